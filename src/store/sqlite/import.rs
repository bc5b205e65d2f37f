//! The ledger from outside: what another store exported goes on where this one ends, or not at all.

use super::{COLUMNS, GENESIS, LedgerEntry, Store, broken, chain_hash, entry, insert, unwritable};
use crate::error::{Code, Error, Result};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A larger file is not read.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// One entry.
const LIMIT_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Entries of the file.
    pub entries: u64,
    /// Entries that were not here before.
    pub added: u64,
}

impl Store {
    /// Takes over a ledger that was written as JSON Lines, in one transaction. The chain of the file is recomputed
    /// from its first entry on; what this ledger holds must be what the file begins with.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` naming the line when the file is no whole ledger; `E-STORE` naming the
    /// entry where the two ledgers part; `E-WRITE`. The ledger then is as it was.
    pub fn import_ledger(&mut self, file: &Path) -> Result<Imported> {
        let failed = |cause: std::io::Error| Error::read(file, &cause);
        let metadata = std::fs::metadata(file).map_err(failed)?;
        if !metadata.is_file() {
            return Err(Error::new(Code::Read, "not a regular file").at_path(file).help("name one file"));
        }
        let too_large =
            || Error::new(Code::TooLarge, format!("larger than {LIMIT_BYTES} bytes")).at_path(file);
        if metadata.len() > LIMIT_BYTES {
            return Err(too_large());
        }
        let mut lines = Lines { from: BufReader::new(File::open(file).map_err(failed)?), file, number: 0 };
        let path = self.path.clone();
        let unwritten = |cause: rusqlite::Error| unwritable(path.as_deref(), &cause);
        let unread = |cause: rusqlite::Error| broken(path.as_deref(), &cause);
        // Immediate: nobody else may append between the comparison and the end.
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unwritten)?;
        let here: i64 = change
            .query_row("SELECT coalesce(max(seq), 0) FROM ledger", [], |row| row.get(0))
            .map_err(unread)?;
        let here = u64::try_from(here).unwrap_or(0);
        let mut done = Imported { entries: 0, added: 0 };
        let mut previous = GENESIS.to_owned();
        while let Some(entry) = lines.next()? {
            lines.check(&entry, done.entries, &previous)?;
            done.entries = entry.seq;
            if entry.seq > here {
                insert(&change, &entry).map_err(unwritten)?;
                done.added += 1;
            } else if at(&change, entry.seq).map_err(unread)?.as_ref() != Some(&entry) {
                return Err(parting(&entry));
            }
            previous = entry.hash;
        }
        if done.entries == 0 {
            return Err(Error::new(Code::Malformed, "there is no entry of a ledger in it")
                .at_path(file)
                .help("`touchmark ledger export > FILE` writes one"));
        }
        if done.added > 0 {
            change.commit().map_err(unwritten)?;
        }
        Ok(done)
    }

    /// The number of entries of the ledger, and the hash of the last; 64 zeros when there is none.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn ledger_end(&self) -> Result<(u64, String)> {
        let query = "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1";
        let end: Option<(i64, String)> = self
            .connection
            .query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(|cause| broken(self.path.as_deref(), &cause))?;
        Ok(end.map_or((0, GENESIS.to_owned()), |(seq, hash)| (u64::try_from(seq).unwrap_or(0), hash)))
    }

    /// The hash of one entry of the ledger.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn ledger_hash(&self, seq: u64) -> Result<Option<String>> {
        let found = at(&self.connection, seq).map_err(|cause| broken(self.path.as_deref(), &cause))?;
        Ok(found.map(|entry| entry.hash))
    }
}

fn at(connection: &Connection, seq: u64) -> rusqlite::Result<Option<LedgerEntry>> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM ledger WHERE seq = ?1"))?;
    Ok(query.query_row([seq], entry).optional()?.flatten())
}

fn parting(entry: &LedgerEntry) -> Error {
    Error::new(Code::Store, "the ledgers part: this entry is another one here")
        .at(format!("ledger entry {}", entry.seq))
        .help("only a ledger that goes on from this one can be imported; keep the other in a workspace of its own")
}

struct Lines<'a> {
    from: BufReader<File>,
    file: &'a Path,
    number: usize,
}

impl Lines<'_> {
    /// The next entry; blank lines are left out.
    fn next(&mut self) -> Result<Option<LedgerEntry>> {
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.from).take(LIMIT_LINE_BYTES + 1);
            limited.read_until(b'\n', &mut line).map_err(|cause| Error::read(self.file, &cause))?;
            self.number += 1;
            if line.is_empty() {
                return Ok(None);
            }
            if line.len() as u64 > LIMIT_LINE_BYTES {
                return Err(Error::new(
                    Code::TooLarge,
                    format!("an entry of more than {LIMIT_LINE_BYTES} bytes"),
                )
                .at(self.place()));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            return match serde_json::from_slice(&line) {
                Ok(entry) => Ok(Some(entry)),
                Err(_) => Err(self.refused("it is no entry of a ledger, or it is cut off")),
            };
        }
    }

    fn check(&self, entry: &LedgerEntry, before: u64, previous: &str) -> Result<()> {
        if entry.seq != before + 1 {
            return Err(self.refused(&format!(
                "entry {} stands where entry {} should",
                entry.seq,
                before + 1
            )));
        }
        if entry.previous != previous {
            return Err(self.refused("it does not follow the entry before it"));
        }
        if entry.hash != chain_hash(entry)? {
            return Err(self.refused("its content does not match its hash"));
        }
        Ok(())
    }

    fn refused(&self, what: &str) -> Error {
        Error::new(Code::Malformed, format!("not a whole ledger: {what}"))
            .at(self.place())
            .help("it was changed or damaged after it was exported; get it again. Nothing was imported")
    }

    fn place(&self) -> String {
        format!("{}, line {}", self.file.to_string_lossy(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RecordKind;
    use super::*;
    use crate::inventory::ModelId;

    #[test]
    fn a_disk_that_is_full_half_way_leaves_the_ledger_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = Store::open(&folder.path().join("one.db")).unwrap();
        let body = "x".repeat(10_000);
        let mut lines = String::new();
        for number in 0..100 {
            let model = ModelId::new(&format!("m{number}"));
            let entry = one.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &model, &body).unwrap();
            lines += &(serde_json::to_string(&entry).unwrap() + "\n");
        }
        let file = folder.path().join("ledger.jsonl");
        std::fs::write(&file, lines).unwrap();
        let path = folder.path().join("other.db");
        let mut other = Store::open(&path).unwrap();
        other.connection.pragma_update(None, "max_page_count", 60).unwrap();
        assert_eq!(other.import_ledger(&file).unwrap_err().code, Code::Write);
        assert_eq!(other.verify_ledger().unwrap(), 0);
        drop(other);
        let mut other = Store::open(&path).unwrap();
        assert_eq!(other.import_ledger(&file).unwrap(), Imported { entries: 100, added: 100 });
        assert_eq!(other.import_ledger(&file).unwrap(), Imported { entries: 100, added: 0 });
        assert_eq!(other.verify_ledger().unwrap(), 100);
    }
}
