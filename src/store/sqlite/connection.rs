//! An SQLite file or memory with our schema: opening, migrations, and what its errors mean. It must not know what
//! the tables hold.

use crate::disk::{folder_of, try_folder};
use crate::error::{Code, Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::{APPLICATION_ID, is_ours};
use super::meter::Meter;
use super::schema::{MIGRATIONS, Odd};

/// How long another process may hold the store.
const BUSY: Duration = Duration::from_secs(60);
/// What is switched on and off before anything is read: a store may come from somebody else, and nothing in its
/// schema may run. Triggers stay on; of these only our own are let stand ([`Odd`]).
const SETTINGS: [(DbConfig, bool); 7] = [
    (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
];
/// Our rows and statements stay far below these.
const LIMITS: [(Limit, i32); 8] = [
    (Limit::SQLITE_LIMIT_LENGTH, 128 * 1024 * 1024),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 64 * 1024),
    (Limit::SQLITE_LIMIT_COLUMN, 64),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 64),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 8),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 4),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// An open store.
pub struct Sqlite {
    connection: Connection,
    path: Option<PathBuf>,
    pub(super) meter: Meter,
    page_bytes: u64,
    /// SQLite's count of changes to the schema when it was held against ours.
    checked: i64,
}

impl Sqlite {
    /// Opens or makes the store. A file that is not ours is left as it is.
    ///
    /// # Errors
    /// `E-STORE` when the file is no store or is damaged, `E-NEWER`, `E-WRITE` when the file or its folder is not
    /// writable.
    pub fn open(path: &Path) -> Result<Self> {
        let exists = is_ours(path)?;
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(path, flags).map_err(|cause| {
            if exists { broken(Some(path), &cause) } else { unwritable(Some(path), &cause) }
        })?;
        let store = Sqlite::prepared(connection, Some(path))?;
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
        Sqlite::prepared(connection, None)
    }

    /// The connection, for one statement that may take what reading the whole file takes.
    pub(super) fn connection(&self) -> &Connection {
        self.meter.allow(0);
        let pages: i64 =
            self.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap_or(0);
        self.meter.allow(u64::try_from(pages).unwrap_or(0).saturating_mul(self.page_bytes));
        &self.connection
    }

    /// A change during which nobody else can write, under a schema that is still ours.
    pub(super) fn change(&mut self) -> Result<Transaction<'_>> {
        self.connection();
        let path = self.path.as_deref();
        let failed = |cause| unwritable(path, &cause);
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let changes = schema_changes(&change).map_err(failed)?;
        if changes != self.checked {
            held_against_ours(&change, MIGRATIONS.len(), path)?;
            self.checked = changes;
        }
        Ok(change)
    }

    /// The error of a store that did not keep what was written.
    pub(super) fn unkept(&self) -> Error {
        let what = "the store did not keep a record as it was written; nothing was recorded";
        self.at_file(Error::new(Code::Store, what)).help(
            "this store was changed outside Touchmark: move the file away, scan and verify again, and import the ledger from an \
             export",
        )
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

    /// Settings, the schema, and the migrations that are still to be made.
    fn prepared(connection: Connection, path: Option<&Path>) -> Result<Self> {
        let unread = |cause| broken(path, &cause);
        let meter = settled(&connection).map_err(unread)?;
        let page_bytes: i64 =
            connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(unread)?;
        let (found, checked) = {
            // One moment of the file: another process may bring it to this version right now.
            let reading = connection.unchecked_transaction().map_err(unread)?;
            let found = version(&reading).map_err(unread)?;
            if found > MIGRATIONS.len() {
                return Err(newer(path));
            }
            let checked = schema_changes(&reading).map_err(unread)?;
            held_against_ours(&reading, found, path)?;
            (found, checked)
        };
        let mut store = Sqlite {
            checked,
            page_bytes: u64::try_from(page_bytes).unwrap_or(0),
            path: path.map(Path::to_owned),
            connection,
            meter,
        };
        if found < MIGRATIONS.len() {
            store.migrate()?;
        }
        Ok(store)
    }

    /// Brings the store to this version.
    fn migrate(&mut self) -> Result<()> {
        self.connection();
        let path = self.path.as_deref();
        let failed = |cause| unwritable(path, &cause);
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Read again: another process may have migrated while we waited.
        let done = version(&change).map_err(failed)?;
        if done > MIGRATIONS.len() {
            return Err(newer(path));
        }
        held_against_ours(&change, done, path)?;
        let migrate = || -> rusqlite::Result<i64> {
            for migration in MIGRATIONS.iter().skip(done) {
                change.execute_batch(migration)?;
            }
            change.pragma_update(None, "application_id", APPLICATION_ID)?;
            let version = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
            change.pragma_update(None, "user_version", version)?;
            schema_changes(&change)
        };
        let changes = migrate().map_err(failed)?;
        held_against_ours(&change, MIGRATIONS.len(), path)?;
        change.commit().map_err(failed)?;
        self.checked = changes;
        Ok(())
    }
}

/// Brings a connection to where nothing in the file can run or run on.
fn settled(connection: &Connection) -> rusqlite::Result<Meter> {
    connection.busy_timeout(BUSY)?;
    for (setting, value) in SETTINGS {
        connection.set_db_config(setting, value)?;
    }
    for (limit, value) in LIMITS {
        connection.set_limit(limit, value)?;
    }
    connection.pragma_update(None, "cell_size_check", true)?;
    Meter::watch(connection)
}

fn held_against_ours(connection: &Connection, version: usize, path: Option<&Path>) -> Result<()> {
    match Odd::find(connection, version).map_err(|cause| broken(path, &cause))? {
        None => Ok(()),
        Some(odd) => Err(with_path(odd.error(), path)),
    }
}

fn schema_changes(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "schema_version", |row| row.get(0))
}

fn newer(path: Option<&Path>) -> Error {
    with_path(Error::new(Code::Newer, "this store was written by a newer version of Touchmark"), path)
        .help("use that version, or move the file away and scan again (its ledger stays in the old file)")
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

/// The error when not the store, but a missing permission stopped SQLite. Even reading can need one: SQLite keeps its
/// log in the folder of the store.
pub(super) fn barred(path: Option<&Path>, cause: &rusqlite::Error) -> Option<Error> {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    let path = path?;
    let code =
        cause.sqlite_error_code().filter(|code| matches!(code, ReadOnly | PermissionDenied | CannotOpen))?;
    let folder = folder_of(path);
    let denied = try_folder(folder)
        .err()
        .filter(|cause| matches!(cause.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem));
    let error = match denied {
        Some(cause) => {
            let what = format!("the folder of the store is not writable ({cause})");
            Error::new(Code::Write, what).at_path(folder)
        }
        None if code == CannotOpen => return None,
        None => Error::new(Code::Write, "the store is not writable").at_path(path),
    };
    let help = "ask for write permission, or add --read-only to look without writing; nothing was changed";
    Some(error.help(help))
}

/// What SQLite says of a file that it cannot read.
pub(super) fn broken(path: Option<&Path>, cause: &rusqlite::Error) -> Error {
    if let Some(error) = barred(path, cause) {
        return error;
    }
    if cause.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
        let what = "this store is damaged: reading it takes far more than a file of its size can need";
        return with_path(Error::new(Code::Store, what), path)
            .help("move the file away, scan and verify again, and import the ledger from an export");
    }
    with_path(Error::new(Code::Store, format!("this store is damaged or busy ({})", reason(cause))), path)
        .help("try again; when it stays, move the file away and scan again (keep it: the ledger is inside)")
}

/// What SQLite says when a change did not come about.
fn unwritable(path: Option<&Path>, cause: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, SystemIoFailure, TooBig};
    if let Some(error) = barred(path, cause) {
        return error;
    }
    match cause.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked) => {
            with_path(Error::new(Code::Write, "the store is in use by another process"), path)
                .help("try again when it has finished; nothing was changed")
        }
        Some(CannotOpen | DiskFull | SystemIoFailure) => with_path(
            Error::new(Code::Write, format!("cannot write the store ({})", reason(cause))),
            path,
        )
        .help(
            "check free space and permissions, or look with --read-only; what was there before is unchanged",
        ),
        Some(TooBig) => with_path(Error::new(Code::TooLarge, "more than the store keeps in one row"), path)
            .help("nothing was changed"),
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
