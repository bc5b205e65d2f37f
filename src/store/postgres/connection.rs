//! The connection to a server: made again when it was lost, and what its errors mean. It must not know what the tables
//! hold.

use crate::error::{Code, Error, Result};
use crate::store::sqlite::Sqlite;
use crate::text::{clip, screen};
use postgres::error::SqlState;
use postgres::{Client, Transaction};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::address::Address;
use super::schema;
use super::trouble::Trouble;

/// How long a server that answered before may be away.
const PATIENCE: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The first half of our keys of locks: "Tmrk".
const LOCKS: i32 = 0x546d_726b;
/// Columns of a server's own words that are shown.
const SHOWN: usize = 160;
/// What holds for a connection: no name leads anywhere but to our tables, rows that are hidden are an error, and
/// nobody waits for ever.
const SETTINGS: &str = "SET search_path = pg_catalog; SET row_security = off; SET synchronous_commit = on; \
    SET statement_timeout = '15min'; SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = '10min'; \
    SET default_transaction_isolation = 'read committed'; SET client_min_messages = error";

/// What may be changed by one at a time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lock {
    /// The ledger; its trigger takes the same.
    Ledger = 1,
    /// The inventory.
    Inventory = 2,
    /// The schema.
    Schema = 3,
}

/// A store on a server.
pub struct Postgres {
    pub(super) server: Server,
    /// Digests of files of this machine.
    pub(super) here: Sqlite,
}

/// The server and the way to it.
pub(super) struct Server {
    address: Address,
    /// None while the connection is lost.
    client: Mutex<Option<Client>>,
}

impl Postgres {
    /// Opens the store of a database, and makes it where there is none. Digests of files are remembered in the file
    /// `here`, or not at all where that cannot be.
    ///
    /// # Errors
    /// `E-CONFIG` for a URL that names no server; `E-NETWORK`, `E-REFUSED`; `E-STORE` when the tables are not ours,
    /// `E-NEWER`; `E-WRITE` when this role may not make them.
    pub fn open(url: &str, here: &Path) -> Result<Self> {
        let server = Server::at(url)?;
        let here = Sqlite::open(here).or_else(|_| Sqlite::in_memory())?;
        Ok(Postgres { server, here })
    }
}

impl Server {
    /// Connects to the server of a URL.
    pub fn at(url: &str) -> Result<Self> {
        let address = Address::of(url)?;
        let client = outside(|| connected(&address))?;
        Ok(Server { address, client: Mutex::new(Some(client)) })
    }

    /// Reads; where the connection is lost, once more on a new one.
    pub fn read<R: Send>(
        &self,
        read: impl Fn(&mut Client) -> std::result::Result<R, Trouble> + Sync,
    ) -> Result<R> {
        self.again(&read, &mut || true)
    }

    /// Reads what comes piece by piece: `read` hands pieces over and is not begun again after the first, and `take`
    /// gets them on this thread.
    pub fn stream<T: Send>(
        &self,
        read: impl Fn(&mut Client, &mut dyn FnMut(T) -> bool) -> std::result::Result<(), Trouble> + Sync,
        take: &mut dyn FnMut(T),
    ) -> Result<()> {
        let (give, get) = std::sync::mpsc::sync_channel(1);
        let read = &read;
        std::thread::scope(|scope| {
            let reader = scope.spawn(move || {
                let given = std::sync::atomic::AtomicBool::new(false);
                let work = |client: &mut Client| {
                    read(client, &mut |piece| {
                        given.store(true, std::sync::atomic::Ordering::Relaxed);
                        give.send(piece).is_ok()
                    })
                };
                self.again(&work, &mut || !given.load(std::sync::atomic::Ordering::Relaxed))
            });
            for piece in get {
                take(piece);
            }
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Changes something as a whole, while nobody else changes the same. The work may be begun again; what it did in a
    /// change of which nobody knows whether it came about must then be the same.
    pub fn change<R: Send>(
        &self,
        lock: Lock,
        work: impl Fn(&mut Transaction<'_>) -> std::result::Result<R, Trouble> + Sync,
    ) -> Result<R> {
        self.again(&|client: &mut Client| changed(client, lock, &work), &mut || true)
    }

    /// The same for work that cannot be begun again.
    pub fn change_once<R: Send>(
        &self,
        lock: Lock,
        work: impl Fn(&mut Transaction<'_>) -> std::result::Result<R, Trouble> + Sync,
    ) -> Result<R> {
        self.again(&|client: &mut Client| changed(client, lock, &work), &mut || false)
    }

    fn again<R: Send>(
        &self,
        work: &(dyn Fn(&mut Client) -> std::result::Result<R, Trouble> + Sync),
        may_again: &mut dyn FnMut() -> bool,
    ) -> Result<R> {
        let (started, mut pause) = (Instant::now(), FIRST_PAUSE);
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let slot = &mut *kept;
            let done = outside(|| {
                let lost = slot.as_ref().is_none_or(Client::is_closed);
                if lost {
                    *slot = None;
                    *slot = Some(connected_again(&self.address)?);
                }
                let Some(client) = slot.as_mut() else {
                    return Err(Error::new(Code::Internal, "no connection").into());
                };
                let done = work(client);
                if client.is_closed() {
                    *slot = None;
                }
                done
            });
            match done {
                Ok(done) => return Ok(done),
                Err(Trouble::Ours(error)) => return Err(error),
                Err(Trouble::Server(cause)) => {
                    if !passes(&cause) || started.elapsed() >= PATIENCE || !may_again() {
                        return Err(self.error(&cause));
                    }
                }
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// An error at this store.
    pub fn at_server(&self, error: Error) -> Error {
        error.at(self.address.shown.clone())
    }

    /// The error of a row that is not as we write it.
    pub fn damaged(&self) -> Error {
        self.at_server(Error::new(Code::Store, "a row of this store is damaged"))
            .help("scan again: that makes the inventory anew and leaves the ledger as it is")
    }

    /// The error of a store that did not keep what was written.
    pub fn unkept(&self) -> Error {
        self.at_server(Error::new(
            Code::Store,
            "the store did not keep a record as it was written; nothing was recorded",
        ))
        .help("this store was changed outside Touchmark: ask who owns the database, and import the ledger from an export")
    }

    fn error(&self, cause: &postgres::Error) -> Error {
        said(&self.address, cause)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let client = self.client.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        outside(|| drop(client));
    }
}

fn changed<R>(
    client: &mut Client,
    lock: Lock,
    work: &(dyn Fn(&mut Transaction<'_>) -> std::result::Result<R, Trouble> + Sync),
) -> std::result::Result<R, Trouble> {
    let mut change = client.transaction()?;
    change.execute("SELECT pg_advisory_xact_lock($1, $2)", &[&LOCKS, &(lock as i32)])?;
    let done = work(&mut change)?;
    change.commit()?;
    Ok(done)
}

/// A connection whose schema is ours, made where there was none.
fn connected(address: &Address) -> Result<Client> {
    connected_again(address).map_err(|trouble| match trouble {
        Trouble::Ours(error) => error,
        Trouble::Server(cause) => said(address, &cause),
    })
}

fn connected_again(address: &Address) -> std::result::Result<Client, Trouble> {
    let mut client = address.connect()?;
    client.batch_execute(SETTINGS)?;
    changed(&mut client, Lock::Schema, &schema::prepare).map_err(|trouble| match trouble {
        Trouble::Ours(error) => Trouble::Ours(error.at(address.shown.clone())),
        other => other,
    })?;
    Ok(client)
}

/// The client waits in a runtime of its own, which cannot be inside of another.
fn outside<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    if tokio::runtime::Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| {
        scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Whether the same may work out a little later.
fn passes(cause: &postgres::Error) -> bool {
    let lost = cause.is_closed() || io_of(cause).is_some();
    lost || cause.code().is_some_and(|code| {
        [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ]
        .contains(code)
            // Somebody appended without the lock.
            || *code == SqlState::UNIQUE_VIOLATION
            || code.code() == "TM001"
    })
}

fn io_of(cause: &postgres::Error) -> Option<&std::io::Error> {
    std::error::Error::source(cause)?.downcast_ref()
}

fn said(address: &Address, cause: &postgres::Error) -> Error {
    let words = |what: &str| {
        let own = match cause.as_db_error() {
            Some(error) => format!("{}: {}", error.code().code(), error.message()),
            None => match io_of(cause) {
                Some(cause) => cause.to_string(),
                None => cause.to_string(),
            },
        };
        format!("{what} ({})", clip(&screen(&own), SHOWN))
    };
    let error = |code: Code, what: &str, help: &str| {
        Error::new(code, words(what)).at(address.shown.clone()).help(help)
    };
    let Some(code) = cause.code() else {
        return error(
            Code::Network,
            "cannot reach the PostgreSQL server of this store",
            "check that it runs and that host and port are right; without the store: --read-only of an export, or another `store`",
        );
    };
    let class = code.code().get(..2).unwrap_or_default();
    match class {
        "28" => error(
            Code::Refused,
            "the PostgreSQL server refuses this user",
            "name the user in the URL, and the password in PGPASSWORD or ~/.pgpass",
        ),
        "3D" => {
            error(Code::NotFound, "there is no such database", "make it with `createdb`, or correct the URL")
        }
        "42" if *code == SqlState::INSUFFICIENT_PRIVILEGE => error(
            Code::Write,
            "this role may not do that in the store",
            "ask who owns the database to grant it, or look with --read-only; nothing was changed",
        ),
        "53" => error(
            Code::Write,
            "the server has no room for that",
            "nothing was changed; try again when it has",
        ),
        "57" | "08" => error(Code::Network, "the server went away", "try again; nothing was changed"),
        "55" => error(
            Code::Write,
            "the store is in use by somebody else",
            "try again when they have finished; nothing was changed",
        ),
        _ => error(
            Code::Store,
            "the store does not answer as Touchmark's tables do",
            "try again; when it stays, ask who owns the database",
        ),
    }
}
