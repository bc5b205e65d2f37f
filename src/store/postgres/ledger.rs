//! The ledger in PostgreSQL: the table `ledger`, which triggers keep append-only, and to which roles may be given that can
//! do nothing else.

use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::store::evidence::EvidenceDigest;
use crate::store::kept::EntryRow;
use crate::store::record::{LedgerEnd, LedgerEntry, RecordKind};
use crate::store::traits::{Imported, Ledger, parting};
use postgres::fallible_iterator::FallibleIterator;
use postgres::{GenericClient, Row, Transaction};
use std::sync::{Mutex, PoisonError};

use super::connection::{Lock, Postgres, Server};
use super::evidence::keep;
use super::trouble::Trouble;

const COLUMNS: &str = "seq, at, kind, model, body, previous, hash";
/// Entries that are read at a time, and of how many bytes about.
const CHUNK_ENTRIES: usize = 1024;
const CHUNK_BYTES: i64 = 1024 * 1024;
/// How a model is found: its beginning is what the index holds.
const OF_MODEL: &str = "substring(model FROM 1 FOR 256) = substring($2::bytea FROM 1 FOR 256) AND model = $2";

type Tried<T> = std::result::Result<T, Trouble>;

impl Ledger for Postgres {
    fn append_with(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
        evidence: &[&[u8]],
    ) -> Result<LedgerEntry> {
        let named: Vec<EvidenceDigest> =
            evidence.iter().map(|bytes| EvidenceDigest::of(bytes)).collect::<Result<_>>()?;
        let entries = self.server.append(&|change, end| {
            for (digest, bytes) in named.iter().zip(evidence) {
                if !keep(change, *digest, bytes)? {
                    return Err(digest.changed().into());
                }
            }
            Ok(vec![LedgerEntry::after(end, at, kind.clone(), model, body)?])
        })?;
        entries.into_iter().next().ok_or_else(|| self.server.unkept())
    }

    fn append_all(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        records: &[(&ModelId, &str)],
    ) -> Result<Vec<LedgerEntry>> {
        self.server.append(&|_, mut end| {
            let mut entries = Vec::with_capacity(records.len());
            for (model, body) in records {
                let entry = LedgerEntry::after(end, at, kind.clone(), model, body)?;
                end = end_at(&entry);
                entries.push(entry);
            }
            Ok(entries)
        })
    }

    fn entries(&self, from: u64) -> Result<Vec<LedgerEntry>> {
        // From 0 on means all that there is, also below.
        let Ok(from) = i64::try_from(from).map(|from| if from == 0 { i64::MIN } else { from }) else {
            return Ok(Vec::new());
        };
        let some = format!(
            "SELECT {COLUMNS}, sum(octet_length(body)) OVER (ORDER BY seq) - octet_length(body) AS before \
             FROM touchmark.ledger WHERE seq >= $1 ORDER BY seq LIMIT {CHUNK_ENTRIES}"
        );
        let sql = format!("SELECT {COLUMNS} FROM ({some}) AS piece WHERE before < $2 ORDER BY seq");
        let server = &self.server;
        server.read(|client| {
            let rows = client.query(&sql, &[&from, &CHUNK_BYTES])?;
            rows.iter().map(|row| server.readable(row)).collect()
        })
    }

    fn entry(&self, number: u64) -> Result<Option<LedgerEntry>> {
        let server = &self.server;
        server.read(|client| {
            let found = at(client, number)?;
            Ok(found.map(|entry| entry.ok_or_else(|| server.unreadable())).transpose()?)
        })
    }

    fn end(&self) -> Result<LedgerEnd> {
        self.server.read(|client| Ok(end(client)?))
    }

    fn latest(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        let sql = format!(
            "SELECT DISTINCT ON (model) {COLUMNS} FROM touchmark.ledger WHERE kind = $1 ORDER BY model, seq DESC"
        );
        self.server.chunks(&sql, kind, take)
    }

    fn latest_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM touchmark.ledger WHERE kind = $1 AND {OF_MODEL} ORDER BY seq DESC LIMIT 1"
        );
        self.server.of_each(&sql, kind, models)
    }

    fn all(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        self.server.chunks(
            &format!("SELECT {COLUMNS} FROM touchmark.ledger WHERE kind = $1 ORDER BY seq"),
            kind,
            take,
        )
    }

    fn all_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        let sql =
            format!("SELECT {COLUMNS} FROM touchmark.ledger WHERE kind = $1 AND {OF_MODEL} ORDER BY seq");
        self.server.of_each(&sql, kind, models)
    }

    fn take_over(&mut self, entries: &mut dyn Iterator<Item = Result<Vec<LedgerEntry>>>) -> Result<Imported> {
        let server = &self.server;
        // The change waits on a thread of its own; what it takes over is read on this one.
        let (give, get) = std::sync::mpsc::sync_channel::<Result<Vec<LedgerEntry>>>(1);
        let get = Mutex::new(get);
        std::thread::scope(|scope| {
            let taking = scope.spawn(move || {
                // Let go of at the end, also at an early one: whoever gives is told so.
                let get = get;
                server.change_once(Lock::Ledger, |change| {
                    let here = end(change)?.entries;
                    let mut done = Imported::default();
                    let get = get.lock().unwrap_or_else(PoisonError::into_inner);
                    for chunk in get.iter() {
                        for entry in chunk? {
                            done.entries += 1;
                            if entry.seq > here {
                                if !insert(change, &entry)? {
                                    return Err(server.unkept().into());
                                }
                                done.added += 1;
                            } else if at(change, entry.seq)?.flatten().as_ref() != Some(&entry) {
                                return Err(parting(&entry).into());
                            }
                        }
                    }
                    Ok(done)
                })
            });
            for chunk in entries {
                let is_last = chunk.is_err();
                if give.send(chunk).is_err() || is_last {
                    break;
                }
            }
            drop(give);
            taking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl Server {
    /// Appends the entries that are made from the end of the ledger, in one change.
    fn append(
        &self,
        make: &(dyn Fn(&mut Transaction<'_>, LedgerEnd) -> Tried<Vec<LedgerEntry>> + Sync),
    ) -> Result<Vec<LedgerEntry>> {
        // Where nobody knows whether a change came about, the next try looks.
        let tried: Mutex<Vec<LedgerEntry>> = Mutex::default();
        self.change(Lock::Ledger, |change| {
            let mut tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(last) = tried.last()
                && at(change, last.seq)?.flatten().as_ref() == Some(last)
            {
                return Ok(tried.clone());
            }
            tried.clear();
            let end_before = end(change)?;
            let entries = make(change, end_before)?;
            for entry in &entries {
                if !insert(change, entry)? {
                    return Err(self.unkept().into());
                }
            }
            if let Some(last) = entries.last()
                && end(change)? != end_at(last)
            {
                return Err(self.unkept().into());
            }
            tried.clone_from(&entries);
            Ok(entries)
        })
    }

    /// What a query finds of a kind, some at a time.
    fn chunks(&self, sql: &str, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        self.stream(
            |client, give| {
                let mut rows = client.query_raw(sql, [kind.as_str()])?;
                let mut some = Vec::new();
                while let Some(row) = rows.next()? {
                    some.push(self.readable(&row)?);
                    if some.len() == CHUNK_ENTRIES && !give(std::mem::take(&mut some)) {
                        return Ok(());
                    }
                }
                give(some);
                Ok(())
            },
            take,
        )
    }

    /// What a query finds of a kind for each of these models.
    fn of_each(&self, sql: &str, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        self.read(|client| {
            let query = client.prepare(sql)?;
            let mut all = Vec::new();
            for model in models {
                for row in client.query(&query, &[&kind.as_str(), &model.raw().as_bytes()])? {
                    all.push(self.readable(&row)?);
                }
            }
            Ok(all)
        })
    }

    fn readable(&self, row: &Row) -> Tried<LedgerEntry> {
        Ok(entry(row)?.ok_or_else(|| self.unreadable())?)
    }

    fn unreadable(&self) -> Error {
        let error = Error::new(Code::Store, "the ledger was changed: an entry cannot be read");
        self.at_server(error).help("compare with an exported ledger")
    }
}

fn end(client: &mut impl GenericClient) -> std::result::Result<LedgerEnd, postgres::Error> {
    let last = client.query_opt("SELECT seq, hash FROM touchmark.ledger ORDER BY seq DESC LIMIT 1", &[])?;
    let Some(last) = last else { return Ok(LedgerEnd::default()) };
    Ok(LedgerEnd { entries: u64::try_from(last.try_get::<_, i64>(0)?).unwrap_or(0), hash: last.try_get(1)? })
}

/// The entry of a number, if there is one, or none when it cannot be read.
fn at(
    client: &mut impl GenericClient,
    number: u64,
) -> std::result::Result<Option<Option<LedgerEntry>>, postgres::Error> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let found =
        client.query_opt(&format!("SELECT {COLUMNS} FROM touchmark.ledger WHERE seq = $1"), &[&number])?;
    found.map(|row| entry(&row)).transpose()
}

/// Writes an entry as it is; its number and hashes are the caller's. Says whether one row came in, and is now what was
/// written.
fn insert(change: &mut Transaction<'_>, written: &LedgerEntry) -> std::result::Result<bool, postgres::Error> {
    let sql = format!(
        "INSERT INTO touchmark.ledger ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {COLUMNS}"
    );
    let rows = change.query(
        &sql,
        &[
            &i64::try_from(written.seq).unwrap_or(i64::MAX),
            &written.at.to_string(),
            &written.kind.as_str(),
            &written.model.raw().as_bytes(),
            &written.body.as_bytes(),
            &written.previous,
            &written.hash,
        ],
    )?;
    let [row] = rows.as_slice() else { return Ok(false) };
    Ok(entry(row)?.as_ref() == Some(written))
}

fn end_at(entry: &LedgerEntry) -> LedgerEnd {
    LedgerEnd { entries: entry.seq, hash: entry.hash.clone() }
}

/// An entry, or none when a column does not hold what we wrote.
fn entry(row: &Row) -> std::result::Result<Option<LedgerEntry>, postgres::Error> {
    let (Ok(model), Ok(body)) = (String::from_utf8(row.try_get(3)?), String::from_utf8(row.try_get(4)?))
    else {
        return Ok(None);
    };
    let row = EntryRow {
        seq: row.try_get(0)?,
        at: row.try_get(1)?,
        kind: row.try_get(2)?,
        model,
        body,
        previous: row.try_get(5)?,
        hash: row.try_get(6)?,
    };
    Ok(row.entry())
}
