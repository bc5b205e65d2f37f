//! What may be written to an open workspace, and how a folder that is none is opened all the same when somebody is
//! there to see what that means.

use super::options::OpenOptions;
use crate::disk::check_writable;
use crate::error::{Code, Error, Result};
use crate::inventory::{Workspace, kinds_at_sight, promises_models};
use crate::store::Place;
use std::path::Path;

/// What may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Everything.
    #[default]
    Full,
    /// Nothing, as asked.
    ReadOnly,
    /// Nothing: the folder or its store cannot be written.
    Unwritable,
    /// Nothing: the store was left alone, and everything is in memory.
    WithoutStore,
    /// Nothing yet: the folder is no workspace, and everything is in memory.
    Temporary,
}

impl Access {
    /// Whether nothing may be written.
    pub fn is_read_only(self) -> bool {
        self != Access::Full
    }

    /// A few words for a header; none when everything may be written.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Access::Full => None,
            Access::ReadOnly => Some("read-only"),
            Access::Unwritable => Some("read-only: the folder cannot be written"),
            Access::WithoutStore => Some("read-only, without the store"),
            Access::Temporary => Some("temporary, read-only (K keeps it)"),
        }
    }

    /// Of a workspace that is about to be opened.
    pub(super) fn of(workspace: &Workspace, options: &OpenOptions) -> Self {
        match () {
            () if workspace.is_temporary => Access::Temporary,
            () if options.without_store => Access::WithoutStore,
            () if options.read_only => Access::ReadOnly,
            () if workspace.server.is_some() => Access::Full,
            () if (options.interactive || options.may_be_unwritable) && !is_writable(&workspace.store) => {
                Access::Unwritable
            }
            () => Access::Full,
        }
    }

    /// Whether nothing is known of a workspace before it is scanned, whenever it is opened.
    pub(super) fn begins_empty(self) -> bool {
        matches!(self, Access::WithoutStore | Access::Temporary)
    }

    /// Where what is recorded goes.
    pub(super) fn place<'w>(self, workspace: &'w Workspace) -> Result<Place<'w>> {
        let here = workspace.store_file()?;
        Ok(match (self, &workspace.server) {
            (Access::WithoutStore | Access::Temporary, _) => Place::Memory,
            (Access::Full, None) => Place::File(here),
            (Access::Full, Some(url)) => Place::Server { url, here },
            (Access::ReadOnly | Access::Unwritable, None) => Place::Copy(here),
            (Access::ReadOnly | Access::Unwritable, Some(url)) => Place::ServerCopy { url, here },
        })
    }

    /// Why nothing may be written.
    pub(super) fn refusal(self) -> Option<Error> {
        let error = |what: &str| Error::new(Code::Usage, what);
        match self {
            Access::Full => None,
            Access::ReadOnly => Some(
                error("the workspace is open for reading only")
                    .help("leave out --read-only; nothing was changed"),
            ),
            Access::Unwritable => Some(
                error("the workspace is open for reading only: its folder cannot be written")
                    .help("change its permissions and open it again; nothing was changed"),
            ),
            Access::WithoutStore => Some(
                error("the workspace is open for reading only: its store was left alone")
                    .help("repair or move the store and open it again; nothing was changed"),
            ),
            Access::Temporary => Some(
                error("this workspace is temporary: nothing is written yet")
                    .help("keep it first, with K or `:keep`; nothing was changed"),
            ),
        }
    }
}

/// Whether the store could be written.
fn is_writable(store: &Path) -> bool {
    let is_locked = std::fs::metadata(store).is_ok_and(|metadata| metadata.permissions().readonly());
    !is_locked && check_writable(store).is_ok()
}

/// The workspace that options ask for.
pub(super) fn workspace_of(options: &OpenOptions) -> Result<Workspace> {
    let dir = options.dir.as_deref();
    if options.interactive
        && let Some(folder) = Workspace::plain_folder(dir)?
        && (dir.is_some() || !is_home(&folder) && promises_models(&folder))
    {
        return Ok(Workspace::temporary(&folder, &kinds_at_sight(&folder)));
    }
    if options.read_only { Workspace::find_made(dir) } else { Workspace::find(dir) }
}

fn is_home(folder: &Path) -> bool {
    directories::BaseDirs::new().is_some_and(|dirs| dirs.home_dir() == folder)
}

/// Whether options name a folder with nothing in it.
pub fn is_empty_folder(options: &OpenOptions) -> bool {
    options.dir.as_deref().is_some_and(Workspace::is_empty_folder)
}
