//! Keeping a temporary workspace: it gets a `touchmark.toml`, and a store with everything found out so far.

use super::access::Access;
use super::door::Workbench;
use crate::disk::{check_writable, name, write_beside, write_new};
use crate::error::{Code, Error, Result};
use crate::inventory::Workspace;
use std::path::{Path, PathBuf};

impl Workbench {
    /// Makes this temporary workspace one that stays: in a folder, made when absent, or beside its models. Gives the
    /// folder, which is then to be opened.
    ///
    /// # Errors
    /// `E-USAGE` when it is not temporary, or when there is a workspace or a store already; `E-WRITE`, `E-CONFIG`,
    /// `E-STORE`. Nothing is left behind.
    pub fn keep(&self, dir: Option<&Path>) -> Result<PathBuf> {
        if self.access() != Access::Temporary {
            return Err(Error::new(
                Code::Usage,
                "only a temporary workspace can be kept, and this one is kept already",
            ));
        }
        let workspace = self.workspace();
        let folder = match dir {
            Some(dir) => {
                std::fs::create_dir_all(dir).map_err(|cause| Error::write(dir, &cause))?;
                dir.canonicalize().map_err(|cause| Error::read(dir, &cause))?
            }
            None => workspace.root.clone(),
        };
        let (file, store) = (Workspace::file_in(&folder), Workspace::store_in(&folder));
        check_writable(&file)?;
        for taken in [&file, &store] {
            if std::fs::symlink_metadata(taken).is_ok() {
                return Err(Error::new(Code::Usage, "a file or folder of that name already exists")
                    .at_path(taken)
                    .help("name another folder: `:keep DIR`; nothing was changed"));
            }
        }
        let text = workspace.kept_text(&folder)?;
        // The store is whole before anything has a name: whoever is stopped here leaves nothing, or a workspace.
        let draft = write_beside(&store, &[], 0o666)?;
        self.store().copy_to(draft.path())?;
        write_new(&file, text.as_bytes())?;
        if let Err(cause) = name(draft, &store, false) {
            let _ = std::fs::remove_file(&file);
            return Err(Error::write(&store, &cause));
        }
        Ok(folder)
    }
}
