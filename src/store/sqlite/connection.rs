//! An SQLite file or memory with our schema: opening, migrations, and what its errors mean. It must not know what
//! the tables hold.

use crate::disk::read_start;
use crate::error::{Code, Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// "Tmrk" in the SQLite header: how we know our own files.
const APPLICATION_ID: u32 = 0x546d_726b;
/// Each brings the store one version further; the number of them is our version.
const MIGRATIONS: [&str; 5] = [
    include_str!("0001.sql"),
    include_str!("0002.sql"),
    include_str!("0003.sql"),
    include_str!("0004.sql"),
    include_str!("0005.sql"),
];
/// How long another process may hold the store.
const BUSY: Duration = Duration::from_secs(60);
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// An open store.
pub struct Sqlite {
    pub(super) connection: Connection,
    path: Option<PathBuf>,
}

impl Sqlite {
    /// Opens or makes the store. A file that is not ours is left as it is.
    ///
    /// # Errors
    /// `E-STORE` when the file is no store or is damaged, `E-NEWER`, `E-WRITE`.
    pub fn open(path: &Path) -> Result<Self> {
        let exists = is_ours(path)?;
        let connection = Connection::open(path).map_err(|cause| {
            if exists { broken(Some(path), &cause) } else { unwritable(Some(path), &cause) }
        })?;
        let store = Sqlite { connection, path: Some(path.to_owned()) }.prepare()?;
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
        Sqlite::of(connection)
    }

    /// A store in memory that a connection holds.
    pub(super) fn of(connection: Connection) -> Result<Self> {
        Sqlite { connection, path: None }.prepare()
    }

    /// A change during which nobody else can write.
    pub(super) fn change(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.connection.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// The error of a reading that failed.
    pub(super) fn unread(&self) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.path.clone();
        move |cause| broken(path.as_deref(), &cause)
    }

    /// The error of a change that failed.
    pub(super) fn unwritten(&self) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.path.clone();
        move |cause| unwritable(path.as_deref(), &cause)
    }

    /// An error with the file as its place.
    pub(super) fn at_file(&self, error: Error) -> Error {
        with_path(error, self.path.as_deref())
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
}

/// Whether there is a store of ours; no file at all is fine too. Reads the header only: SQLite would
/// already change some files when it opens them.
pub(super) fn is_ours(path: &Path) -> Result<bool> {
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
    let header = read_start(path, 100)?;
    // An empty file is what remains when the making of a store was interrupted.
    let id = header.get(68..72).map(|id| id == APPLICATION_ID.to_be_bytes());
    if header.is_empty() || header.starts_with(MAGIC) && id == Some(true) { Ok(true) } else { Err(foreign()) }
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative version is none of ours either.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn with_path(mut error: Error, path: Option<&Path>) -> Error {
    error.at = path.map(|path| path.to_string_lossy().as_ref().into());
    error
}

/// What SQLite says of a file that it cannot read.
pub(super) fn broken(path: Option<&Path>, cause: &rusqlite::Error) -> Error {
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
