//! The schema of a store, held against what this version makes: whatever else stands in a file could answer in the
//! place of a table, or change what is written. It must not know what the tables hold.

use crate::error::{Code, Error};
use crate::text::screen;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Each brings the store one version further; the number of them is our version.
pub(super) const MIGRATIONS: [&str; 6] = [
    include_str!("0001.sql"),
    include_str!("0002.sql"),
    include_str!("0003.sql"),
    include_str!("0004.sql"),
    include_str!("0005.sql"),
    include_str!("0006.sql"),
];
/// As much of a foreign name is shown.
const MAX_NAME: usize = 80;

/// How an object of a schema differs from what we make.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// We make no such thing.
    Foreign(Object),
    /// We make another one of that name.
    Changed(Object),
    /// We make it, and it is not there.
    Missing(Object),
}

/// A table, index, view or trigger, by its kind and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    kind: String,
    name: String,
}

/// What SQLite keeps of an object: the table that it belongs to, and the statement that made it, to the byte.
type Made = (String, Option<String>);

impl Odd {
    /// The first difference between the schema of a file and the one that this version of a store has.
    pub(super) fn find(connection: &Connection, version: usize) -> rusqlite::Result<Option<Odd>> {
        let mut ours = made_by(version)?;
        let mut roots = Vec::new();
        let mut query =
            connection.prepare("SELECT type, name, tbl_name, sql, rootpage FROM main.sqlite_master")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let object = Object { kind: row.get(0)?, name: row.get(1)? };
            let (made, root): (Made, i64) = ((row.get(2)?, row.get(3)?), row.get(4)?);
            match ours.remove(&object) {
                None => return Ok(Some(Odd::Foreign(object))),
                Some(as_made) if as_made != made => return Ok(Some(Odd::Changed(object))),
                Some(_) => {}
            }
            // Two that share their pages would read each other's rows.
            let has_pages = object.kind == "table" || object.kind == "index";
            if has_pages == (root <= 1) || has_pages && roots.contains(&root) {
                return Ok(Some(Odd::Changed(object)));
            }
            roots.push(root);
        }
        Ok(ours.into_keys().next().map(Odd::Missing))
    }

    /// The error of such a store.
    pub(super) fn error(&self) -> Error {
        let shown = |object: &Object| {
            let name: String = object.name.chars().take(MAX_NAME).collect();
            format!("{} `{}`", screen(&object.kind), screen(&name))
        };
        let what = match self {
            Odd::Foreign(object) => {
                format!("its schema has the {}, which Touchmark did not make", shown(object))
            }
            Odd::Changed(object) => {
                format!("the {} in its schema is not the one that Touchmark makes", shown(object))
            }
            Odd::Missing(object) => format!("the {} is missing from its schema", shown(object)),
        };
        Error::new(Code::Store, format!("this store was changed by another program: {what}")).help(
            "do not rely on it: move the file away, scan and verify again, and import the ledger from an export",
        )
    }
}

/// The objects of a store of that version, as SQLite keeps them.
fn made_by(version: usize) -> rusqlite::Result<BTreeMap<Object, Made>> {
    let made = Connection::open_in_memory()?;
    for migration in MIGRATIONS.iter().take(version) {
        made.execute_batch(migration)?;
    }
    let mut query = made.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master")?;
    query
        .query_map([], |row| {
            Ok((Object { kind: row.get(0)?, name: row.get(1)? }, (row.get(2)?, row.get(3)?)))
        })?
        .collect()
}
