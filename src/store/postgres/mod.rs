//! The store on a PostgreSQL server, which people share: the same promises as of a file, held by the same contract
//! tests. What is remembered of the files of one machine stays on that machine.

mod address;
mod connection;
mod copied;
mod evidence;
mod inventory;
mod ledger;
mod rights;
mod schema;
mod trouble;

pub use connection::Postgres;
pub(super) use rights::{grant, shown};
