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

    /// A store in memory with nothing in it but the digests that a file remembers, as far as there is such a file.
    ///
    /// # Errors
    /// `E-STORE`.
    #[cfg(feature = "fleet")]
    pub fn digests_of(path: &Path) -> Result<Self> {
        const ALL: &str = "SELECT * FROM digest";
        const ONE: &str = "INSERT INTO digest VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        let mut memory = Sqlite::in_memory()?;
        // They are hints: without them files are read again.
        let Ok(remembered) = Sqlite::copy_of(path) else { return Ok(memory) };
        let failed = memory.unwritten();
        let change = memory.change()?;
        {
            let mut insert = change.prepare(ONE).map_err(&failed)?;
            let mut all = remembered.connection().prepare(ALL).map_err(remembered.unread())?;
            let mut rows = all.query([]).map_err(remembered.unread())?;
            while let Some(row) = rows.next().map_err(remembered.unread())? {
                let columns = (0..12).map(|column| row.get::<_, rusqlite::types::Value>(column));
                let columns: Vec<_> =
                    columns.collect::<rusqlite::Result<_>>().map_err(remembered.unread())?;
                insert.execute(rusqlite::params_from_iter(columns)).map_err(&failed)?;
            }
        }
        change.commit().map_err(failed)?;
        Ok(memory)
    }

    /// Takes over a part of an inventory from another store, as its rows hold it.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    #[cfg(feature = "fleet")]
    pub fn take_part(&mut self, part: &crate::store::kept::KeptPart) -> Result<()> {
        const PART: &str = "INSERT INTO part (name, position, stamp, read_at) VALUES (?1, ?2, ?3, ?4)";
        const RECORD: &str =
            "INSERT INTO record (part, model, core, facts, parents) VALUES (?1, ?2, ?3, ?4, ?5)";
        const FINDING: &str = "INSERT INTO finding (part, position, body) VALUES (?1, ?2, ?3)";
        let (failed, meter) = (self.unwritten(), self.meter.clone());
        let change = self.change()?;
        let write = || -> rusqlite::Result<()> {
            change.execute(PART, rusqlite::params![part.name, part.position, part.stamp, part.read_at])?;
            let id = change.last_insert_rowid();
            for [model, core, facts, parents] in &part.records {
                meter.restart();
                change.prepare_cached(RECORD)?.execute(rusqlite::params![id, model, core, facts, parents])?;
            }
            for (position, body) in (0_i64..).zip(&part.findings) {
                meter.restart();
                change.prepare_cached(FINDING)?.execute(rusqlite::params![id, position, body])?;
            }
            Ok(())
        };
        write().map_err(&failed)?;
        change.commit().map_err(failed)
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
