//! The inventory in SQLite: what each part of the sources says, one row of `record` for each model that it speaks of.

use crate::error::{Code, Error, Result};
use crate::inventory::{Finding, Model, Part, Sharing, Stamp, Survey};
use crate::store::kept;
use crate::store::traits::{Inventory, Records};
use crate::text::Untrusted;
use rayon::prelude::*;
use rusqlite::{Transaction, params};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::connection::Sqlite;
use super::meter::Meter;

/// What a part was when it was read last.
struct Known {
    id: i64,
    position: i64,
    stamp: Vec<u8>,
}

/// A row of the table `record`.
struct Row {
    part: i64,
    model: String,
    core: String,
    facts: String,
    parents: String,
}

impl Row {
    fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Row {
            part: row.get(0)?,
            model: row.get(1)?,
            core: row.get(2)?,
            facts: row.get(3)?,
            parents: row.get(4)?,
        })
    }

    fn model(self, sharing: &mut Sharing) -> Option<Model> {
        kept::model(self.model, (&self.core, &self.facts, &self.parents), sharing)
    }
}

impl Inventory for Sqlite {
    fn apply(&mut self, survey: &Survey) -> Result<bool> {
        let failed = self.unwritten();
        let known = parts(self.connection()).map_err(&failed)?;
        let meter = self.meter.clone();
        let is_same = |(position, part): (usize, &Part)| {
            let same = |known: &Known| usize::try_from(known.position) == Ok(position);
            part.scan.is_none() && known.get(&part.name).is_some_and(same)
        };
        if survey.parts.len() == known.len() && survey.parts.iter().enumerate().all(is_same) {
            return Ok(false);
        }
        let meanwhile = self.at_file(
            Error::new(Code::Changed, "another process changed the inventory meanwhile")
                .help("scan again; nothing was changed"),
        );
        let change = self.change()?;
        // Read again, now that nobody else can write.
        let mut known = parts(&change).map_err(&failed)?;
        for (position, part) in survey.parts.iter().enumerate() {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            let before = known.remove(&part.name);
            if part.scan.is_none() && before.is_none() {
                return Err(meanwhile);
            }
            write_part((&change, &meter), part, position, before, survey.at, &failed)?;
        }
        for gone in known.values() {
            meter.restart();
            delete(&change, gone.id).map_err(&failed)?;
            change.execute("DELETE FROM part WHERE id = ?1", [gone.id]).map_err(&failed)?;
        }
        change.commit().map_err(failed)?;
        Ok(true)
    }

    fn records(&self) -> Result<Records> {
        let failed = self.unread();
        let damaged = || {
            self.at_file(Error::new(Code::Store, "a row of this store is damaged"))
                .help("scan again: that makes the inventory anew and leaves the ledger as it is")
        };
        let positions: HashMap<i64, u64> = parts(self.connection())
            .map_err(&failed)?
            .into_values()
            .map(|known| (known.id, u64::try_from(known.position).unwrap_or(0)))
            .collect();
        let position = |part: i64| positions.get(&part).copied().unwrap_or(u64::MAX);
        let read = |row: Row, sharing: &mut Sharing| Some((position(row.part), row.model(sharing)?));
        let models = self.read_rows(read).map_err(&failed)?.ok_or_else(damaged)?;
        let bodies: Vec<(i64, String)> = self.finding_bodies().map_err(&failed)?;
        let mut findings: Vec<(u64, Finding)> = bodies
            .into_par_iter()
            .map(|(part, body)| Some((position(part), kept::finding(&body)?)))
            .collect::<Option<_>>()
            .ok_or_else(damaged)?;
        findings.sort_by_key(|(position, _)| *position);
        Ok(Records { models, findings: findings.into_iter().map(|(_, finding)| finding).collect() })
    }

    fn first_records(&self, count: u32, large: u32) -> Result<Option<Vec<Model>>> {
        const FIRST: &str = "SELECT part, model, core, facts, parents FROM record ORDER BY model LIMIT ?1";
        let failed = self.unread();
        let last: Option<u32> = self
            .connection()
            .query_row("SELECT max(rowid) FROM record", [], |row| row.get(0))
            .map_err(&failed)?;
        if last.is_none_or(|last| last < large) {
            return Ok(None);
        }
        let mut query = self.connection().prepare(FIRST).map_err(&failed)?;
        let rows: rusqlite::Result<Vec<Row>> = query.query_map([count], Row::of).map_err(&failed)?.collect();
        let mut sharing = Sharing::default();
        Ok(Some(rows.map_err(failed)?.into_iter().filter_map(|row| row.model(&mut sharing)).collect()))
    }

    fn distrust(&mut self) -> Result<()> {
        let failed = self.unwritten();
        let change = self.change()?;
        change.execute("UPDATE part SET stamp = x''", []).map_err(&failed)?;
        change.commit().map_err(failed)
    }

    fn stamps(&self) -> Result<HashMap<String, Stamp>> {
        let parts = parts(self.connection()).map_err(self.unread())?;
        Ok(parts.into_iter().map(|(name, known)| (name, Stamp::from_bytes(known.stamp))).collect())
    }

    fn read_times(&self, sources: &[Untrusted]) -> Result<Vec<(Untrusted, String)>> {
        let failed = self.unread();
        let query = "SELECT max(read_at) FROM part WHERE name IN ('bom ' || ?1, 'folder ' || ?1)";
        let mut query = self.connection().prepare(query).map_err(&failed)?;
        let mut times = Vec::new();
        for source in sources {
            self.meter.restart();
            let at: Option<String> = query.query_row([source.raw()], |row| row.get(0)).map_err(&failed)?;
            times.extend(at.map(|at| (source.clone(), at)));
        }
        Ok(times)
    }
}

impl Sqlite {
    /// Reads all records; while one thread fetches rows, the others make models of them. None when one cannot.
    fn read_rows<T: Send>(
        &self,
        read: impl Fn(Row, &mut Sharing) -> Option<T> + Sync,
    ) -> rusqlite::Result<Option<Vec<T>>> {
        const AT_ONCE: usize = 2048;
        // More would lie in memory as text and wait, where rows are fetched faster than models are made of them.
        const WAITING: usize = 8;
        let waiting = AtomicUsize::new(0);
        let made: Mutex<Vec<Option<Vec<T>>>> = Mutex::new(Vec::new());
        let make = |number: usize, rows: Vec<Row>| {
            let mut sharing = Sharing::default();
            let some: Option<Vec<T>> = rows.into_iter().map(|row| read(row, &mut sharing)).collect();
            let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
            if made.len() <= number {
                made.resize_with(number + 1, || Some(Vec::new()));
            }
            if let Some(slot) = made.get_mut(number) {
                *slot = some;
            }
        };
        // Not inside of the pool: a connection stays on its thread.
        rayon::in_place_scope(|scope| -> rusqlite::Result<()> {
            let mut query =
                self.connection().prepare("SELECT part, model, core, facts, parents FROM record")?;
            let mut found = query.query([])?;
            let mut rows = Vec::with_capacity(AT_ONCE);
            let mut number = 0;
            while let Some(row) = found.next()? {
                rows.push(Row::of(row)?);
                if rows.len() == AT_ONCE {
                    let rows = std::mem::replace(&mut rows, Vec::with_capacity(AT_ONCE));
                    let (make, waiting) = (&make, &waiting);
                    if waiting.fetch_add(1, Ordering::Relaxed) < WAITING {
                        scope.spawn(move |_| {
                            make(number, rows);
                            waiting.fetch_sub(1, Ordering::Relaxed);
                        });
                    } else {
                        make(number, rows);
                        waiting.fetch_sub(1, Ordering::Relaxed);
                    }
                    number += 1;
                }
            }
            make(number, rows);
            Ok(())
        })?;
        let made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(made) = made.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let mut all = Vec::with_capacity(made.iter().map(Vec::len).sum());
        made.into_iter().for_each(|mut some| all.append(&mut some));
        Ok(Some(all))
    }

    fn finding_bodies(&self) -> rusqlite::Result<Vec<(i64, String)>> {
        self.connection()
            .prepare("SELECT part, body FROM finding ORDER BY part, position")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }
}

fn parts(connection: &rusqlite::Connection) -> rusqlite::Result<HashMap<String, Known>> {
    connection
        .prepare("SELECT name, id, position, stamp FROM part")?
        .query_map([], |row| {
            Ok((row.get(0)?, Known { id: row.get(1)?, position: row.get(2)?, stamp: row.get(3)? }))
        })?
        .collect()
}

fn write_part(
    (change, meter): (&Transaction<'_>, &Meter),
    part: &Part,
    position: i64,
    before: Option<Known>,
    at: jiff::Timestamp,
    failed: &dyn Fn(rusqlite::Error) -> Error,
) -> Result<()> {
    // Their texts take more room than the models.
    const AT_ONCE: usize = 4096;
    let id = part_row((change, meter), part, position, before, at).map_err(failed)?;
    let (Some(id), Some(scan)) = (id, &part.scan) else { return Ok(()) };
    let mut insert = change
        .prepare_cached("INSERT INTO record (part, model, core, facts, parents) VALUES (?1, ?2, ?3, ?4, ?5)")
        .map_err(failed)?;
    for models in scan.models.chunks(AT_ONCE) {
        for (model, core, facts, parents) in models.par_iter().map(kept::texts).collect::<Result<Vec<_>>>()? {
            meter.restart();
            insert.execute(params![id, model, core, facts, parents]).map_err(failed)?;
        }
    }
    let mut insert = change
        .prepare_cached("INSERT INTO finding (part, position, body) VALUES (?1, ?2, ?3)")
        .map_err(failed)?;
    for (position, finding) in (0_i64..).zip(&scan.findings) {
        meter.restart();
        let body = kept::finding_text(finding)?;
        insert.execute(params![id, position, body]).map_err(failed)?;
    }
    Ok(())
}

/// The row of the part itself, without what it said before; none where it says the same as then.
fn part_row(
    (change, meter): (&Transaction<'_>, &Meter),
    part: &Part,
    position: i64,
    before: Option<Known>,
    at: jiff::Timestamp,
) -> rusqlite::Result<Option<i64>> {
    meter.restart();
    if part.scan.is_none() {
        if let Some(known) = before.filter(|known| known.position != position) {
            let mut moved = change.prepare_cached("UPDATE part SET position = ?2 WHERE id = ?1")?;
            moved.execute(params![known.id, position])?;
        }
        return Ok(None);
    }
    let id = match before {
        Some(known) => {
            delete(change, known.id)?;
            change
                .prepare_cached("UPDATE part SET position = ?2, stamp = ?3, read_at = ?4 WHERE id = ?1")?
                .execute(params![known.id, position, part.stamp.as_bytes(), at.to_string()])?;
            known.id
        }
        None => {
            change
                .prepare_cached("INSERT INTO part (name, position, stamp, read_at) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![part.name, position, part.stamp.as_bytes(), at.to_string()])?;
            change.last_insert_rowid()
        }
    };
    Ok(Some(id))
}

fn delete(change: &Transaction<'_>, part: i64) -> rusqlite::Result<()> {
    change.prepare_cached("DELETE FROM record WHERE part = ?1")?.execute([part])?;
    change.prepare_cached("DELETE FROM finding WHERE part = ?1")?.execute([part])?;
    Ok(())
}
