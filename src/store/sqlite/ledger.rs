//! The ledger in SQLite: the table `ledger`, which triggers keep append-only.

use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::store::evidence::EvidenceDigest;
use crate::store::kept::EntryRow;
use crate::store::record::{LedgerEnd, LedgerEntry, RecordKind};
use crate::store::traits::{Imported, Ledger, parting};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::connection::Sqlite;
use super::evidence::keep;

const COLUMNS: &str = "seq, at, kind, model, body, previous, hash";
/// Entries that are read at a time, and of how many bytes about.
const CHUNK_ENTRIES: usize = 1024;
const CHUNK_BYTES: usize = 1024 * 1024;

impl Ledger for Sqlite {
    fn copy_to(&self, file: &std::path::Path) -> Result<()> {
        self.written_to(file)
    }

    fn append_with(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
        evidence: &[&[u8]],
    ) -> Result<LedgerEntry> {
        let failed = self.unwritten();
        let named: Vec<EvidenceDigest> =
            evidence.iter().map(|bytes| EvidenceDigest::of(bytes)).collect::<Result<_>>()?;
        // Between reading the last hash and writing the next, nobody else may append.
        let (meter, unkept) = (self.meter.clone(), self.unkept());
        let change = self.change()?;
        for (digest, bytes) in named.into_iter().zip(evidence) {
            meter.restart();
            if !keep(&change, digest, bytes).map_err(&failed)? {
                return Err(unkept);
            }
        }
        meter.restart();
        let entry = LedgerEntry::after(end(&change).map_err(&failed)?, at, kind, model, body)?;
        if !insert(&change, &entry).map_err(&failed)? || end(&change).map_err(&failed)? != end_at(&entry) {
            return Err(unkept);
        }
        change.commit().map_err(failed)?;
        Ok(entry)
    }

    fn append_all(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        records: &[(&ModelId, &str)],
    ) -> Result<Vec<LedgerEntry>> {
        let failed = self.unwritten();
        let (meter, unkept) = (self.meter.clone(), self.unkept());
        let change = self.change()?;
        meter.restart();
        let mut last = end(&change).map_err(&failed)?;
        let mut entries = Vec::with_capacity(records.len());
        for (model, body) in records {
            meter.restart();
            let entry = LedgerEntry::after(last, at, kind.clone(), model, body)?;
            if !insert(&change, &entry).map_err(&failed)? {
                return Err(unkept);
            }
            last = end_at(&entry);
            entries.push(entry);
        }
        meter.restart();
        if end(&change).map_err(&failed)? != last {
            return Err(unkept);
        }
        change.commit().map_err(failed)?;
        Ok(entries)
    }

    fn entries(&self, from: u64) -> Result<Vec<LedgerEntry>> {
        // From 0 on means all that there is, also below.
        let Ok(from) = i64::try_from(from).map(|from| if from == 0 { i64::MIN } else { from }) else {
            return Ok(Vec::new());
        };
        let failed = self.unread();
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE seq >= ?1 ORDER BY seq");
        let mut query = self.connection().prepare_cached(&sql).map_err(&failed)?;
        let mut rows = query.query([from]).map_err(&failed)?;
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while entries.len() < CHUNK_ENTRIES && bytes < CHUNK_BYTES {
            let Some(row) = rows.next().map_err(&failed)? else { break };
            let entry = entry(row).map_err(&failed)?.ok_or_else(|| self.unreadable())?;
            bytes += entry.body.len();
            entries.push(entry);
        }
        Ok(entries)
    }

    fn entry(&self, number: u64) -> Result<Option<LedgerEntry>> {
        let found = at(self.connection(), number).map_err(self.unread())?;
        found.map(|entry| entry.ok_or_else(|| self.unreadable())).transpose()
    }

    fn end(&self) -> Result<LedgerEnd> {
        end(self.connection()).map_err(self.unread())
    }

    fn latest(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        // Of the rows themselves: an index in a file that somebody prepared may leave out what came last.
        let newest = "SELECT max(seq) FROM ledger NOT INDEXED WHERE kind = ?1 GROUP BY model";
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE seq IN ({newest}) ORDER BY model");
        let failed = self.unread();
        let mut query = self.connection().prepare(&sql).map_err(&failed)?;
        let mut found = query.query([kind.as_str()]).map_err(&failed)?;
        let mut some = Vec::new();
        while let Some(row) = found.next().map_err(&failed)? {
            some.push(entry(row).map_err(&failed)?.ok_or_else(|| self.unreadable())?);
            if some.len() == CHUNK_ENTRIES {
                take(std::mem::take(&mut some));
            }
        }
        take(some);
        Ok(())
    }

    fn latest_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        let sql =
            format!("SELECT {COLUMNS} FROM ledger WHERE kind = ?1 AND model = ?2 ORDER BY seq DESC LIMIT 1");
        let failed = self.unread();
        let mut query = self.connection().prepare_cached(&sql).map_err(&failed)?;
        let mut newest = |model: &ModelId| {
            self.meter.restart();
            let found = query.query_row([kind.as_str(), model.raw()], entry).optional().map_err(&failed)?;
            found.map(|entry| entry.ok_or_else(|| self.unreadable())).transpose()
        };
        models.iter().filter_map(|model| newest(model).transpose()).collect()
    }

    fn all(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE kind = ?1 ORDER BY seq");
        let failed = self.unread();
        let mut query = self.connection().prepare_cached(&sql).map_err(&failed)?;
        let mut found = query.query([kind.as_str()]).map_err(&failed)?;
        let mut some = Vec::new();
        while let Some(row) = found.next().map_err(&failed)? {
            some.push(entry(row).map_err(&failed)?.ok_or_else(|| self.unreadable())?);
            if some.len() == CHUNK_ENTRIES {
                take(std::mem::take(&mut some));
            }
        }
        take(some);
        Ok(())
    }

    fn all_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE kind = ?1 AND model = ?2 ORDER BY seq");
        let failed = self.unread();
        let mut query = self.connection().prepare_cached(&sql).map_err(&failed)?;
        let mut all = Vec::new();
        for model in models {
            self.meter.restart();
            let mut found = query.query([kind.as_str(), model.raw()]).map_err(&failed)?;
            while let Some(row) = found.next().map_err(&failed)? {
                all.push(entry(row).map_err(&failed)?.ok_or_else(|| self.unreadable())?);
            }
        }
        Ok(all)
    }

    fn take_over(&mut self, entries: &mut dyn Iterator<Item = Result<Vec<LedgerEntry>>>) -> Result<Imported> {
        let (unread, unwritten, unkept) = (self.unread(), self.unwritten(), self.unkept());
        let meter = self.meter.clone();
        // Nobody else may append between the comparison and the end.
        let change = self.change()?;
        let here = end(&change).map_err(&unread)?.entries;
        let mut done = Imported::default();
        for chunk in entries {
            for entry in chunk? {
                done.entries += 1;
                meter.restart();
                if entry.seq > here {
                    if !insert(&change, &entry).map_err(&unwritten)? {
                        return Err(unkept);
                    }
                    done.added += 1;
                } else if at(&change, entry.seq).map_err(&unread)?.flatten().as_ref() != Some(&entry) {
                    return Err(parting(&entry));
                }
            }
        }
        if done.added > 0 {
            change.commit().map_err(unwritten)?;
        }
        Ok(done)
    }
}

impl Sqlite {
    fn unreadable(&self) -> Error {
        let error = Error::new(Code::Store, "the ledger was changed: an entry cannot be read");
        self.at_file(error).help("compare with an exported ledger")
    }
}

fn end(connection: &Connection) -> rusqlite::Result<LedgerEnd> {
    let mut query = connection.prepare_cached("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1")?;
    let last: Option<(i64, String)> = query.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(last.map_or_else(LedgerEnd::default, |(seq, hash)| LedgerEnd {
        entries: u64::try_from(seq).unwrap_or(0),
        hash,
    }))
}

/// The entry of a number, if there is one, or none when it cannot be read.
fn at(connection: &Connection, number: u64) -> rusqlite::Result<Option<Option<LedgerEntry>>> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM ledger WHERE seq = ?1"))?;
    query.query_row([number], entry).optional()
}

/// Writes an entry as it is; its number and hashes are the caller's. Says whether one row came in, and is now what was
/// written: a store that was changed may drop rows, or make others of them.
fn insert(connection: &Connection, entry: &LedgerEntry) -> rusqlite::Result<bool> {
    let sql = format!("INSERT INTO ledger ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    let before = connection.total_changes();
    let rows = connection.prepare_cached(&sql)?.execute(params![
        i64::try_from(entry.seq).unwrap_or(i64::MAX),
        entry.at.to_string(),
        entry.kind.as_str(),
        entry.model.raw(),
        entry.body,
        entry.previous,
        entry.hash
    ])?;
    let is_one = rows == 1 && connection.total_changes() - before == 1;
    Ok(is_one && at(connection, entry.seq)?.flatten().as_ref() == Some(entry))
}

fn end_at(entry: &LedgerEntry) -> LedgerEnd {
    LedgerEnd { entries: entry.seq, hash: entry.hash.clone() }
}

/// An entry, or none when a column does not hold what we wrote.
fn entry(row: &Row<'_>) -> rusqlite::Result<Option<LedgerEntry>> {
    let row = EntryRow {
        seq: row.get(0)?,
        at: row.get(1)?,
        kind: row.get(2)?,
        model: row.get(3)?,
        body: row.get(4)?,
        previous: row.get(5)?,
        hash: row.get(6)?,
    };
    Ok(row.entry())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ledger::{import, verify};

    #[test]
    fn a_disk_that_is_full_half_way_leaves_the_ledger_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = Sqlite::open(&folder.path().join("one.db")).unwrap();
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
        let mut other = Sqlite::open(&path).unwrap();
        other.connection().pragma_update(None, "max_page_count", 60).unwrap();
        assert_eq!(import(&mut other, &file).unwrap_err().code, Code::Write);
        assert_eq!(verify(&other).unwrap(), 0);
        drop(other);
        let mut other = Sqlite::open(&path).unwrap();
        assert_eq!(import(&mut other, &file).unwrap(), Imported { entries: 100, added: 100 });
        assert_eq!(import(&mut other, &file).unwrap(), Imported { entries: 100, added: 0 });
        assert_eq!(verify(&other).unwrap(), 100);
    }

    #[test]
    fn a_row_that_does_not_come_in_alone_and_as_written_is_no_record() {
        for trigger in [
            "CREATE TEMP TRIGGER t BEFORE INSERT ON main.ledger BEGIN SELECT RAISE(IGNORE); END",
            "CREATE TEMP TRIGGER t AFTER INSERT ON main.ledger BEGIN INSERT INTO finding VALUES (1, 1, ''); END",
            "DROP TRIGGER ledger_no_update; CREATE TEMP TRIGGER t AFTER INSERT ON main.ledger \
             BEGIN UPDATE ledger SET body = '{}' WHERE seq = NEW.seq; END",
            "DROP TRIGGER ledger_no_delete; CREATE TEMP TRIGGER t AFTER INSERT ON main.ledger \
             BEGIN DELETE FROM ledger WHERE seq = NEW.seq; END",
        ] {
            let mut store = Sqlite::in_memory().unwrap();
            let (time, model) = (jiff::Timestamp::UNIX_EPOCH, ModelId::new("m"));
            let entry = store.append(time, RecordKind::Review, &model, "1").unwrap();
            let next = LedgerEntry::after(end_at(&entry), time, RecordKind::Review, &model, "2").unwrap();
            store.connection().execute_batch(trigger).unwrap();
            assert!(!insert(store.connection(), &next).unwrap(), "{trigger}");
        }
    }

    #[test]
    fn of_records_that_belong_together_all_come_in_or_none() {
        let mut store = Sqlite::in_memory().unwrap();
        let (time, a, b) = (jiff::Timestamp::UNIX_EPOCH, ModelId::new("a"), ModelId::new("b"));
        let trigger = "CREATE TEMP TRIGGER t BEFORE INSERT ON main.ledger WHEN NEW.model = 'b' \
                       BEGIN SELECT RAISE(IGNORE); END";
        store.connection().execute_batch(trigger).unwrap();
        store.append_all(time, RecordKind::Review, &[(&a, "1"), (&b, "2")]).unwrap_err();
        assert_eq!(verify(&store).unwrap(), 0);
        store.connection().execute_batch("DROP TRIGGER t").unwrap();
        assert_eq!(store.append_all(time, RecordKind::Review, &[(&a, "1"), (&b, "2")]).unwrap().len(), 2);
        assert_eq!(verify(&store).unwrap(), 2);
    }

    #[test]
    fn what_is_not_kept_as_written_is_an_error_and_changes_nothing() {
        let mut store = Sqlite::in_memory().unwrap();
        let (time, model) = (jiff::Timestamp::UNIX_EPOCH, ModelId::new("m"));
        let entry = store.append(time, RecordKind::Review, &model, "1").unwrap();
        let next = LedgerEntry::after(end_at(&entry), time, RecordKind::Review, &model, "2").unwrap();
        let ignore = |table: &str| {
            format!(
                "CREATE TEMP TRIGGER {table}_t BEFORE INSERT ON main.{table} BEGIN SELECT RAISE(IGNORE); END"
            )
        };
        store.connection().execute_batch(&ignore("evidence")).unwrap();
        let unkept = |error: Error| assert!(error.code == Code::Store && error.what.contains("did not keep"));
        unkept(crate::store::Evidence::keep(&mut store, b"facts").unwrap_err());
        unkept(store.append_with(time, RecordKind::Review, &model, "2", &[b"facts"]).unwrap_err());
        store.append(time, RecordKind::Review, &model, "2").unwrap();
        store.connection().execute_batch(&ignore("ledger")).unwrap();
        unkept(store.append(time, RecordKind::Review, &model, "3").unwrap_err());
        let (a, b) = (ModelId::new("a"), ModelId::new("b"));
        unkept(store.append_all(time, RecordKind::Review, &[(&a, "3"), (&b, "4")]).unwrap_err());
        let third = LedgerEntry::after(end_at(&next), time, RecordKind::Review, &model, "3").unwrap();
        unkept(store.take_over(&mut std::iter::once(Ok(vec![entry, next, third]))).unwrap_err());
        store.connection().execute_batch("DROP TRIGGER ledger_t").unwrap();
        assert_eq!(verify(&store).unwrap(), 2);
    }

    #[test]
    fn a_statement_without_an_end_is_stopped_and_long_ones_of_a_large_file_are_not() {
        let store = Sqlite::in_memory().unwrap();
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";
        let counted = store.connection().query_row(endless, [], |row| row.get::<_, i64>(0));
        let error = store.unread()(counted.unwrap_err());
        assert!(error.code == Code::Store && error.what.contains("far more"), "{error}");
        // Many short ones in a row are each counted anew.
        let short = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT max(x) FROM c";
        for _ in 0..40 {
            let counted = store.connection().query_row(short, [], |row| row.get::<_, i64>(0));
            assert_eq!(counted.unwrap(), 100_000);
        }
    }
}
