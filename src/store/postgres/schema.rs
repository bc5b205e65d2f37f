//! The tables, made where there are none and held against what this version makes: whatever else stands in our schema
//! could answer in the place of a table, or change what is written. It must not know what the tables hold.

use crate::error::{Code, Error};
use crate::text::{clip, screen};
use postgres::Transaction;
use postgres::error::SqlState;
use std::collections::BTreeSet;

use super::trouble::Trouble;

/// Each brings the store one version further; the number of them is our version.
const MIGRATIONS: [&str; 1] = [include_str!("0001.sql")];
/// What stands in the schema of this version, a line each, as [`STANDS`] tells it.
const EXPECTED: &str = include_str!("expected.txt");
/// Columns of a foreign name that are shown.
const SHOWN: usize = 80;
/// Only facts that every version of PostgreSQL tells alike.
const STANDS: &str = include_str!("stands.sql");

/// Brings the store to this version, and refuses one that is not ours.
pub(super) fn prepare(change: &mut Transaction<'_>) -> Result<(), Trouble> {
    let found = version(change)?;
    if found > MIGRATIONS.len() {
        return Err(Error::new(Code::Newer, "this store was written by a newer version of Touchmark")
            .help("use that version, or another database")
            .into());
    }
    for migration in MIGRATIONS.iter().skip(found) {
        change.batch_execute(migration).map_err(|cause| unmade(cause, found))?;
    }
    match odd(change)? {
        None => Ok(()),
        Some(odd) => Err(odd.into()),
    }
}

/// The version of the store in this database; 0 where there is none.
fn version(change: &mut Transaction<'_>) -> Result<usize, Trouble> {
    let there = change.query_one("SELECT to_regnamespace('touchmark') IS NOT NULL", &[])?;
    if !there.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let number = change.query_opt("SELECT number FROM touchmark.version", &[])?;
    let number: Option<i32> = number.map(|row| row.try_get(0)).transpose()?;
    // A number below ours that no version wrote is none of ours either.
    Ok(number
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number > 0)
        .unwrap_or(usize::MAX))
}

fn unmade(cause: postgres::Error, found: usize) -> Trouble {
    if cause.code() != Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        return Trouble::Server(cause);
    }
    let what = match found {
        0 => "this database has no Touchmark store yet, and this role may not make one",
        _ => "the store in this database is of an older version, and this role may not bring it to this one",
    };
    Error::new(Code::Write, what)
        .help("open it once as the owner of the database; nothing was changed")
        .into()
}

/// The first difference between what stands in the schema and what this version makes.
fn odd(change: &mut Transaction<'_>) -> Result<Option<Error>, Trouble> {
    let mut expected: BTreeSet<&str> = EXPECTED.lines().collect();
    for row in change.query(STANDS, &[])? {
        let found: String = row.try_get(0)?;
        if !expected.remove(found.as_str()) {
            return Ok(Some(changed(&format!(
                "`{}` is not what Touchmark makes",
                clip(&screen(&found), SHOWN)
            ))));
        }
    }
    Ok(expected.into_iter().next().map(|missing| changed(&format!("`{missing}` is missing"))))
}

fn changed(what: &str) -> Error {
    Error::new(Code::Store, format!("this store was changed by another program: {what}"))
        .help("do not rely on it: use another database, scan and verify again, and import the ledger from an export")
}
