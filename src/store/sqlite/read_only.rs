//! Copies: of a store that is only read, in memory, where records may be added and are gone with the program; and of
//! such a memory in a file.

use crate::error::{Code, Error, Result};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

use super::connection::{Sqlite, barred, broken};
use super::file::{beside, is_ours};

/// Pages copied at a time.
const PAGES: i32 = 1024;

impl Sqlite {
    /// Opens a copy of the store in memory; without a store, an empty one. The file is left as it is.
    ///
    /// # Errors
    /// `E-STORE` when the file is no store or is damaged, `E-NEWER`; `E-READ` when it has a log, which cannot be read
    /// without write permission.
    pub fn copy_of(path: &Path) -> Result<Self> {
        if !is_ours(path)? {
            return Sqlite::in_memory();
        }
        let failed = |cause: rusqlite::Error| match barred(Some(path), &cause) {
            Some(_) => {
                Error::new(Code::Read, "the store was not closed cleanly, and its folder is not writable")
                    .at_path(path)
                    .help("open the workspace once as a user with write permission; nothing was changed")
            }
            None => broken(Some(path), &cause),
        };
        // Without a write-ahead log beside it the file is all there is, and SQLite need not make any beside it.
        let has_log =
            std::fs::symlink_metadata(beside(path, "-wal")).is_ok_and(|metadata| metadata.len() > 0);
        let mut uri = String::from("file:");
        for byte in path.to_string_lossy().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                    uri.push(char::from(byte))
                }
                other => uri.push_str(&format!("%{other:02X}")),
            }
        }
        uri.push_str(if has_log { "?mode=ro" } else { "?mode=ro&immutable=1" });
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let source = Connection::open_with_flags(uri, flags).map_err(failed)?;
        let mut memory = Connection::open_in_memory().map_err(failed)?;
        Backup::new(&source, &mut memory)
            .and_then(|copy| copy.run_to_completion(PAGES, Duration::ZERO, None))
            .map_err(failed)?;
        Sqlite::of(memory)
    }

    /// Writes everything to an empty file.
    pub(super) fn written_to(&self, file: &Path) -> Result<()> {
        let failed = self.unwritten();
        let mut copy =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(&failed)?;
        Backup::new(self.connection(), &mut copy)
            .and_then(|backup| backup.run_to_completion(PAGES, Duration::ZERO, None))
            .map_err(&failed)?;
        copy.close().map_err(|(_, cause)| failed(cause))
    }
}
