//! Which policy file a workspace names: written into `touchmark.toml` where it names none, and nothing else of the file
//! changes.

use super::{FILE, MAX_BYTES, Workspace, parse, text_of};
use crate::disk::{lock_beside, replace};
use crate::error::{Code, Error, Result};
use std::path::Path;

impl Workspace {
    /// Names a policy file, from the workspace's folder, in `touchmark.toml`.
    ///
    /// # Errors
    /// `E-CHANGED` when the file names one by now; `E-CONFIG`, `E-WRITE`.
    pub fn name_policy(&mut self, path: &str) -> Result<()> {
        let file = self.root.join(FILE);
        // Read, changed and written while no other program of ours does the same.
        let _held = lock_beside(&file)?;
        let before = text_of(&file)?;
        let now = parse(&before, &self.root)?;
        if now.policy.is_some() {
            return Err(Error::new(Code::Changed, "touchmark.toml names a policy file by now")
                .at_path(&file)
                .help("open the workspace again; nothing was changed"));
        }
        // Behind the last key above the first table: behind a table, the key would be one of the table's.
        let head = before.split_inclusive('\n').take_while(|line| !line.trim_start().starts_with('['));
        let is_key = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let (_, at) = head.fold((0, 0), |(read, at), line| {
            let read = read + line.len();
            (read, if is_key(line) { read } else { at })
        });
        let (above, below) = before.split_at(at);
        let gap = if above.is_empty() || above.ends_with('\n') { "" } else { "\n" };
        let value = toml::Value::String(path.to_owned());
        let text = format!("{above}{gap}policy = {value}\n{below}");
        let changed = parse(&text, &self.root).map_err(|_| odd_form(&file))?;
        let as_meant = Workspace { policy: Some(self.root.join(path)), ..now };
        if changed != as_meant || text.len() as u64 > MAX_BYTES {
            return Err(odd_form(&file));
        }
        replace(&file, Some(before.as_bytes()), text.as_bytes())?;
        // Nothing else of the file is taken over.
        self.policy = changed.policy;
        Ok(())
    }
}

fn odd_form(file: &Path) -> Error {
    Error::new(Code::Config, "the policy cannot be named in a touchmark.toml of this form")
        .at_path(file)
        .help("write `policy = \"FILE\"` above the first [[source]] by hand; nothing was changed")
}
