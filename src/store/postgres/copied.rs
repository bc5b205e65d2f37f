//! A copy in memory of a store on a server, for who only looks: what is recorded there is gone with the program.

use crate::error::Result;
use crate::store::kept::KeptPart;
use crate::store::sqlite::Sqlite;
use crate::store::traits::{Evidence, Ledger};
use postgres::fallible_iterator::FallibleIterator;
use postgres::{GenericClient, IsolationLevel, Row};
use std::path::Path;

use super::connection::{Postgres, Server};
use super::trouble::Trouble;

impl Postgres {
    /// Copies the store; the digests are those that are remembered in the file `here`.
    ///
    /// # Errors
    /// As [`Postgres::open`].
    pub fn copy_of(url: &str, here: &Path) -> Result<Sqlite> {
        let store = Postgres { server: Server::at(url)?, here: Sqlite::in_memory()? };
        let mut copy = Sqlite::digests_of(here)?;
        let mut failed = None;
        let mut next = Some(0);
        let mut chunks = std::iter::from_fn(|| match store.entries(next.take()?) {
            Ok(some) => {
                next = some.last().map(|last| last.seq + 1);
                next.is_some().then_some(Ok(some))
            }
            Err(error) => Some(Err(error)),
        });
        copy.take_over(&mut chunks)?;
        store.server.stream(
            |client, give| {
                let mut moment = client
                    .build_transaction()
                    .isolation_level(IsolationLevel::RepeatableRead)
                    .read_only(true)
                    .start()?;
                for row in
                    moment.query("SELECT id, name, position, stamp, read_at FROM touchmark.part", &[])?
                {
                    let part = part_of(&mut moment, &row)?.ok_or_else(|| store.server.damaged())?;
                    if !give(part) {
                        break;
                    }
                }
                Ok(())
            },
            &mut |part| failed = failed.take().or(copy.take_part(&part).err()),
        )?;
        if let Some(failed) = failed {
            return Err(failed);
        }
        let mut failed = None;
        store.server.stream(
            |client, give| {
                let mut rows =
                    client.query_raw("SELECT digest, bytes FROM touchmark.evidence", [0_i32; 0])?;
                while let Some(row) = rows.next()? {
                    let (digest, bytes): (Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
                    if !give((digest, bytes)) {
                        break;
                    }
                }
                Ok(())
            },
            &mut |(digest, bytes): (Vec<u8>, Vec<u8>)| {
                let kept = Evidence::keep(&mut copy, &bytes);
                match kept {
                    Ok(kept) if kept.0.as_slice() == digest => {}
                    Ok(kept) => failed = failed.take().or(Some(kept.changed())),
                    Err(error) => failed = failed.take().or(Some(error)),
                }
            },
        )?;
        failed.map_or(Ok(copy), Err)
    }
}

/// A part with its rows; none where a name is no text.
fn part_of(client: &mut impl GenericClient, row: &Row) -> std::result::Result<Option<KeptPart>, Trouble> {
    let (id, name): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
    let Ok(name) = String::from_utf8(name) else { return Ok(None) };
    let mut part = KeptPart {
        name,
        position: row.try_get(2)?,
        stamp: row.try_get(3)?,
        read_at: row.try_get(4)?,
        records: Vec::new(),
        findings: Vec::new(),
    };
    let records = "SELECT model, core, facts, parents FROM touchmark.record WHERE part = $1";
    for row in client.query(records, &[&id])? {
        let Ok(model) = String::from_utf8(row.try_get(0)?) else { return Ok(None) };
        part.records.push([model, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]);
    }
    for row in client.query("SELECT body FROM touchmark.finding WHERE part = $1 ORDER BY position", &[&id])? {
        part.findings.push(row.try_get(0)?);
    }
    Ok(Some(part))
}
