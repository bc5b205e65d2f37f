//! A store in SQLite: in a file with one writer at a time, or in memory. SQL is written here and nowhere else.

mod connection;
mod digests;
mod evidence;
mod file;
mod inventory;
mod ledger;
mod meter;
mod read_only;
mod schema;

pub use connection::Sqlite;
