//! The store: SQLite with migrations, one writer, and the append-only hash-chained ledger.
//! SQL is written here and nowhere else.

mod digests;
mod import;
mod inventory;
mod read_only;

use crate::error::{Code, Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use digests::Shared;
pub use import::Imported;

use crate::inventory::{Model, ModelId};

/// "Tmrk" in the SQLite header: how we know our own files.
const APPLICATION_ID: u32 = 0x546d_726b;
/// Each brings the store one version further; the number of them is our version.
const MIGRATIONS: [&str; 4] =
    [include_str!("0001.sql"), include_str!("0002.sql"), include_str!("0003.sql"), include_str!("0004.sql")];
/// How long another process may hold the store.
const BUSY: Duration = Duration::from_secs(5);
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The previous hash of the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const COLUMNS: &str = "seq, at, kind, model, body, previous, hash";

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordKind {
    /// A verification: body is a [`crate::signing::Verification`].
    Verification,
    /// A decision of a gate.
    Decision,
    /// A reviewer's word.
    Review,
}

impl RecordKind {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            RecordKind::Verification => "verification",
            RecordKind::Decision => "decision",
            RecordKind::Review => "review",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [RecordKind::Verification, RecordKind::Decision, RecordKind::Review]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// One entry of the ledger. `hash` is SHA-256 over the previous hash and the entry's canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// From 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: jiff::Timestamp,
    /// What.
    pub kind: RecordKind,
    /// Of which model.
    pub model: ModelId,
    /// The record, JSON text, kept to the byte.
    pub body: String,
    /// Hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// Hash of this one.
    pub hash: String,
}

/// An open store.
pub struct Store {
    connection: Connection,
    path: Option<PathBuf>,
}

impl Store {
    /// Opens or makes the store. A file that is not ours is left as it is.
    ///
    /// # Errors
    /// `E-STORE` when the file is no store or is damaged, `E-NEWER`, `E-WRITE`.
    pub fn open(path: &Path) -> Result<Self> {
        let exists = is_ours(path)?;
        let connection = Connection::open(path).map_err(|cause| {
            if exists { broken(Some(path), &cause) } else { unwritable(Some(path), &cause) }
        })?;
        let store = Store { connection, path: Some(path.to_owned()) }.prepare()?;
        // Only after the header is on disk in its plain form: `is_ours` reads it there. A file system
        // without shared memory keeps the slower journal.
        let _ = store.connection.pragma_update(None, "journal_mode", "WAL");
        Ok(store)
    }

    /// A store in memory, for trying things out.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn in_memory() -> Result<Self> {
        let connection = Connection::open_in_memory().map_err(|cause| broken(None, &cause))?;
        Store { connection, path: None }.prepare()
    }

    /// Appends a record to the ledger.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    pub fn append(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
    ) -> Result<LedgerEntry> {
        let path = self.path.clone();
        let failed = |cause: rusqlite::Error| unwritable(path.as_deref(), &cause);
        // Immediate: between reading the last hash and writing the next, nobody else may append.
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let last: Option<(i64, String)> = change
            .query_row("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(failed)?;
        let (seq, previous) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let seq = seq
            .checked_add(1)
            .and_then(|seq| u64::try_from(seq).ok())
            .ok_or_else(|| Error::new(Code::Store, "the ledger was changed: no number is left"))?;
        let mut entry = LedgerEntry {
            seq,
            at,
            kind,
            model: model.clone(),
            body: body.to_owned(),
            previous,
            hash: String::new(),
        };
        entry.hash = chain_hash(&entry)?;
        insert(&change, &entry).map_err(failed)?;
        change.commit().map_err(failed)?;
        Ok(entry)
    }

    /// All entries, oldest first.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn ledger(&self) -> Result<Vec<LedgerEntry>> {
        self.entries(&format!("SELECT {COLUMNS} FROM ledger ORDER BY seq"), &[])
    }

    /// The newest entry of a kind for each model, by the models' ids and some at a time: all together may be large.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn latest(&self, kind: RecordKind, mut take: impl FnMut(Vec<LedgerEntry>)) -> Result<()> {
        const AT_ONCE: usize = 1024;
        let newest = "SELECT max(seq) FROM ledger WHERE kind = ?1 GROUP BY model";
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE seq IN ({newest}) ORDER BY model");
        let unread = |cause: rusqlite::Error| broken(self.path.as_deref(), &cause);
        let mut query = self.connection.prepare(&sql).map_err(unread)?;
        let mut found = query.query([kind.as_str()]).map_err(unread)?;
        let mut some = Vec::new();
        while let Some(row) = found.next().map_err(unread)? {
            some.push(entry(row).map_err(unread)?.ok_or_else(|| self.unreadable())?);
            if some.len() == AT_ONCE {
                take(std::mem::take(&mut some));
            }
        }
        take(some);
        Ok(())
    }

    /// The newest entry of a kind for each of a few models that has one.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn latest_of(&self, kind: RecordKind, models: &[Model]) -> Result<Vec<LedgerEntry>> {
        let newest =
            format!("SELECT {COLUMNS} FROM ledger WHERE kind = ?1 AND model = ?2 ORDER BY seq DESC LIMIT 1");
        let mut found = Vec::new();
        for model in models {
            found.extend(self.entries(&newest, &[&kind.as_str(), &model.id.raw()])?);
        }
        Ok(found)
    }

    /// Recomputes the chain; the number of entries, or the first that does not fit. A chain shows changes
    /// and gaps; entries cut off at its end show only against a number or hash noted elsewhere.
    ///
    /// # Errors
    /// `E-STORE` naming the entry.
    pub fn verify_ledger(&self) -> Result<u64> {
        let mut previous = GENESIS.to_owned();
        let mut count = 0;
        for entry in self.ledger()? {
            let broken = |what: &str| {
                Error::new(Code::Store, format!("the ledger was changed: {what}"))
                    .at(format!("ledger entry {}", entry.seq))
                    .help("compare with an exported ledger; what this entry and those after it say is not to be relied on")
            };
            if entry.seq != count + 1 {
                return Err(broken("entries are missing before this one"));
            }
            if entry.previous != previous {
                return Err(broken("it does not follow the entry before it"));
            }
            if entry.hash != chain_hash(&entry)? {
                return Err(broken("its content does not match its hash"));
            }
            count = entry.seq;
            previous = entry.hash;
        }
        Ok(count)
    }

    /// Settings, and the migrations that are still to be made.
    fn prepare(mut self) -> Result<Self> {
        let path = self.path.clone();
        let newer = || {
            let mut error = Error::new(Code::Newer, "this store was written by a newer version of Touchmark");
            error.at = path.as_deref().map(|path| path.to_string_lossy().as_ref().into());
            error.help(
                "use that version, or move the file away and scan again (its ledger stays in the old file)",
            )
        };
        let mut migrate = || -> rusqlite::Result<bool> {
            let connection = &mut self.connection;
            connection.busy_timeout(BUSY)?;
            // A store may come from somebody else: nothing in its schema may run code of ours.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            let found = version(connection)?;
            if found >= MIGRATIONS.len() {
                return Ok(found == MIGRATIONS.len());
            }
            let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Read again: another process may have migrated while we waited.
            let done = version(&change)?;
            if done > MIGRATIONS.len() {
                return Ok(false);
            }
            for migration in MIGRATIONS.iter().skip(done) {
                change.execute_batch(migration)?;
            }
            change.pragma_update(None, "application_id", APPLICATION_ID)?;
            change.pragma_update(
                None,
                "user_version",
                i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX),
            )?;
            change.commit()?;
            Ok(true)
        };
        match migrate() {
            Ok(true) => Ok(self),
            Ok(false) => Err(newer()),
            Err(cause) => Err(unwritable(path.as_deref(), &cause)),
        }
    }

    fn entries(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<LedgerEntry>> {
        let query = || -> rusqlite::Result<Vec<Option<LedgerEntry>>> {
            self.connection.prepare_cached(sql)?.query_map(values, entry)?.collect()
        };
        let entries = query().map_err(|cause| broken(self.path.as_deref(), &cause))?;
        entries.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| self.unreadable())
    }

    fn unreadable(&self) -> Error {
        let error = Error::new(Code::Store, "the ledger was changed: an entry cannot be read");
        with_path(error, self.path.as_deref()).help("compare with an exported ledger")
    }
}

/// Whether there is a store of ours; no file at all is fine too. Reads the header only: SQLite would
/// already change some files when it opens them.
fn is_ours(path: &Path) -> Result<bool> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(Error::read(path, &cause)),
    };
    let foreign = || {
        Error::new(Code::Store, "this file is not a Touchmark store")
            .at_path(path)
            .help("move it away, or name another `store` in touchmark.toml; nothing was changed")
    };
    if !metadata.is_file() {
        return Err(foreign());
    }
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(|cause| Error::read(path, &cause))?;
    // An empty file is what remains when the making of a store was interrupted.
    let id = header.get(68..72).map(|id| id == APPLICATION_ID.to_be_bytes());
    if header.is_empty() || header.starts_with(MAGIC) && id == Some(true) { Ok(true) } else { Err(foreign()) }
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative version is none of ours either.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// An entry, or none when a column does not hold what we wrote.
/// Writes an entry as it is; its number and hashes are the caller's.
fn insert(connection: &Connection, entry: &LedgerEntry) -> rusqlite::Result<()> {
    let sql = format!("INSERT INTO ledger ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    connection.prepare_cached(&sql)?.execute(params![
        i64::try_from(entry.seq).unwrap_or(i64::MAX),
        entry.at.to_string(),
        entry.kind.as_str(),
        entry.model.raw(),
        entry.body,
        entry.previous,
        entry.hash
    ])?;
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Option<LedgerEntry>> {
    let (seq, at, kind, model): (i64, String, String, String) =
        (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let (body, previous, hash) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let parse = || {
        // To the byte: `ModelId::new` and the parsing of a time would hide small changes from the chain.
        let time: jiff::Timestamp =
            at.parse().ok().filter(|time: &jiff::Timestamp| time.to_string() == at)?;
        let model = serde_json::from_value(serde_json::Value::String(model)).ok()?;
        let (seq, kind) = (u64::try_from(seq).ok()?, RecordKind::parse(&kind)?);
        Some(LedgerEntry { seq, at: time, kind, model, body, previous, hash })
    };
    Ok(parse())
}

/// SHA-256 over the previous hash, a line feed, and the entry as JSON with its members in this order.
fn chain_hash(entry: &LedgerEntry) -> Result<String> {
    #[derive(Serialize)]
    struct Canonical<'a> {
        seq: u64,
        at: String,
        kind: &'a str,
        model: &'a str,
        body: &'a str,
    }
    let canonical = Canonical {
        seq: entry.seq,
        at: entry.at.to_string(),
        kind: entry.kind.as_str(),
        model: entry.model.raw(),
        body: &entry.body,
    };
    let json = serde_json::to_string(&canonical)
        .map_err(|cause| Error::new(Code::Internal, format!("cannot write as JSON ({cause})")))?;
    let text = format!("{}\n{json}", entry.previous);
    Ok(crate::signing::sha256_hex(text.as_bytes()))
}

fn with_path(mut error: Error, path: Option<&Path>) -> Error {
    error.at = path.map(|path| path.to_string_lossy().as_ref().into());
    error
}

/// What SQLite says of a file that it cannot read.
fn broken(path: Option<&Path>, cause: &rusqlite::Error) -> Error {
    with_path(Error::new(Code::Store, format!("this store is damaged or busy ({})", reason(cause))), path)
        .help("try again; when it stays, move the file away and scan again (keep it: the ledger is inside)")
}

/// What SQLite says when a change did not come about.
fn unwritable(path: Option<&Path>, cause: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::SystemIoFailure;
    use rusqlite::ErrorCode::{
        CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, PermissionDenied, ReadOnly,
    };
    match cause.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked) => {
            with_path(Error::new(Code::Write, "the store is in use by another process"), path)
                .help("try again when it has finished; nothing was changed")
        }
        Some(CannotOpen | DiskFull | PermissionDenied | ReadOnly | SystemIoFailure) => with_path(
            Error::new(Code::Write, format!("cannot write the store ({})", reason(cause))),
            path,
        )
        .help(
            "check free space and permissions, or look with --read-only; what was there before is unchanged",
        ),
        _ => broken(path, cause),
    }
}

/// The kind of failure; SQLite's messages may quote what is in the file.
fn reason(cause: &rusqlite::Error) -> String {
    match cause.sqlite_error_code() {
        Some(code) => format!("SQLite: {code:?}"),
        None => "a value of an unexpected type".to_owned(),
    }
}
