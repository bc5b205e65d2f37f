//! The inventory in PostgreSQL: what each part of the sources says, one row of `record` for each model that it speaks of.

use crate::error::{Code, Error, Result};
use crate::inventory::{Finding, Model, Part, Sharing, Stamp, Survey};
use crate::store::kept;
use crate::store::traits::{Inventory, Records};
use crate::text::Untrusted;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{GenericClient, Row, Transaction};
use rayon::prelude::*;
use std::collections::HashMap;

use super::connection::{Lock, Postgres, Server};
use super::trouble::Trouble;

/// Rows that are made into models, or models into rows, at a time: their texts take more room than the models.
const AT_ONCE: usize = 4096;

type Tried<T> = std::result::Result<T, Trouble>;

/// What a part was when it was read last.
struct Known {
    id: i64,
    position: i64,
    stamp: Vec<u8>,
}

/// A row of the table `record`.
struct RecordRow {
    part: i64,
    model: Vec<u8>,
    core: String,
    facts: String,
    parents: String,
}

impl RecordRow {
    fn of(row: &Row) -> std::result::Result<Self, postgres::Error> {
        Ok(RecordRow {
            part: row.try_get(0)?,
            model: row.try_get(1)?,
            core: row.try_get(2)?,
            facts: row.try_get(3)?,
            parents: row.try_get(4)?,
        })
    }

    fn model(self, sharing: &mut Sharing) -> Option<Model> {
        kept::model(String::from_utf8(self.model).ok()?, (&self.core, &self.facts, &self.parents), sharing)
    }
}

impl Inventory for Postgres {
    fn apply(&mut self, survey: &Survey) -> Result<bool> {
        let server = &self.server;
        let known = server.read(|client| Ok(parts(client)?))?;
        let is_same = |(position, part): (usize, &Part)| {
            let same = |known: &Known| usize::try_from(known.position) == Ok(position);
            part.scan.is_none() && known.get(part.name.as_bytes()).is_some_and(same)
        };
        if survey.parts.len() == known.len() && survey.parts.iter().enumerate().all(is_same) {
            return Ok(false);
        }
        server.change(Lock::Inventory, |change| {
            // Read again, now that nobody else can write.
            let mut known = parts(change)?;
            for (position, part) in survey.parts.iter().enumerate() {
                let position = i64::try_from(position).unwrap_or(i64::MAX);
                let before = known.remove(part.name.as_bytes());
                if part.scan.is_none() && before.is_none() {
                    let error = Error::new(Code::Changed, "another process changed the inventory meanwhile");
                    return Err(server.at_server(error).help("scan again; nothing was changed").into());
                }
                write_part(change, part, position, before, survey.at)?;
            }
            for gone in known.values() {
                delete(change, gone.id)?;
                change.execute("DELETE FROM touchmark.part WHERE id = $1", &[&gone.id])?;
            }
            Ok(())
        })?;
        Ok(true)
    }

    fn records(&self) -> Result<Records> {
        let server = &self.server;
        server.read(|client| {
            // All of one moment.
            let mut moment = client
                .build_transaction()
                .isolation_level(postgres::IsolationLevel::RepeatableRead)
                .start()?;
            let positions: HashMap<i64, u64> = parts(&mut moment)?
                .into_values()
                .map(|known| (known.id, u64::try_from(known.position).unwrap_or(0)))
                .collect();
            let position = |part: i64| positions.get(&part).copied().unwrap_or(u64::MAX);
            let models = server.models(&mut moment, &position)?;
            let mut findings = Vec::new();
            for row in
                moment.query("SELECT part, body FROM touchmark.finding ORDER BY part, position", &[])?
            {
                let found: Option<Finding> = kept::finding(row.try_get(1)?);
                findings.push((position(row.try_get(0)?), found.ok_or_else(|| server.damaged())?));
            }
            findings.sort_by_key(|(position, _)| *position);
            Ok(Records { models, findings: findings.into_iter().map(|(_, finding)| finding).collect() })
        })
    }

    fn first_records(&self, count: u32, large: u32) -> Result<Option<Vec<Model>>> {
        const MANY: &str = "SELECT count(*) FROM (SELECT FROM touchmark.record LIMIT $1) AS piece";
        const FIRST: &str = "SELECT part, model, core, facts, parents FROM touchmark.record \
            ORDER BY substring(model FROM 1 FOR 256), model LIMIT $1";
        self.server.read(|client| {
            let large = i64::from(large.max(1));
            if client.query_one(MANY, &[&large])?.try_get::<_, i64>(0)? < large {
                return Ok(None);
            }
            let mut sharing = Sharing::default();
            let mut first = Vec::new();
            for row in client.query(FIRST, &[&i64::from(count)])? {
                first.extend(RecordRow::of(&row)?.model(&mut sharing));
            }
            Ok(Some(first))
        })
    }

    fn distrust(&mut self) -> Result<()> {
        self.server.change(Lock::Inventory, |change| {
            change.execute("UPDATE touchmark.part SET stamp = ''", &[])?;
            Ok(())
        })
    }

    fn stamps(&self) -> Result<HashMap<String, Stamp>> {
        let parts = self.server.read(|client| Ok(parts(client)?))?;
        // Of a name that is no text there is no part.
        let named = |(name, known): (Vec<u8>, Known)| {
            Some((String::from_utf8(name).ok()?, Stamp::from_bytes(known.stamp)))
        };
        Ok(parts.into_iter().filter_map(named).collect())
    }

    fn read_times(&self, sources: &[Untrusted]) -> Result<Vec<(Untrusted, String)>> {
        const AT: &str = "SELECT max(read_at COLLATE \"C\") FROM touchmark.part WHERE sha256(name) IN (sha256($1), sha256($2))";
        self.server.read(|client| {
            let query = client.prepare(AT)?;
            let mut times = Vec::new();
            for source in sources {
                let names = ["bom ", "folder "].map(|kind| format!("{kind}{}", source.raw()).into_bytes());
                let at: Option<String> = client.query_one(&query, &[&names[0], &names[1]])?.try_get(0)?;
                times.extend(at.map(|at| (source.clone(), at)));
            }
            Ok(times)
        })
    }
}

impl Server {
    /// All models, each with the position of its part.
    fn models(
        &self,
        moment: &mut Transaction<'_>,
        position: &(dyn Fn(i64) -> u64 + Sync),
    ) -> Tried<Vec<(u64, Model)>> {
        let mut models = Vec::new();
        let mut made = |rows: Vec<RecordRow>| -> Tried<()> {
            let some: Option<Vec<_>> = rows
                .into_par_iter()
                .map_init(Sharing::default, |sharing, row| Some((position(row.part), row.model(sharing)?)))
                .collect();
            models.append(&mut some.ok_or_else(|| self.damaged())?);
            Ok(())
        };
        let mut found =
            moment.query_raw("SELECT part, model, core, facts, parents FROM touchmark.record", [0_i32; 0])?;
        let mut rows = Vec::with_capacity(AT_ONCE);
        while let Some(row) = found.next()? {
            rows.push(RecordRow::of(&row)?);
            if rows.len() == AT_ONCE {
                made(std::mem::replace(&mut rows, Vec::with_capacity(AT_ONCE)))?;
            }
        }
        made(rows)?;
        Ok(models)
    }
}

fn parts(client: &mut impl GenericClient) -> std::result::Result<HashMap<Vec<u8>, Known>, postgres::Error> {
    let rows = client.query("SELECT name, id, position, stamp FROM touchmark.part", &[])?;
    let known = |row: &Row| {
        Ok((
            row.try_get(0)?,
            Known { id: row.try_get(1)?, position: row.try_get(2)?, stamp: row.try_get(3)? },
        ))
    };
    rows.iter().map(known).collect()
}

fn write_part(
    change: &mut Transaction<'_>,
    part: &Part,
    position: i64,
    before: Option<Known>,
    at: jiff::Timestamp,
) -> Tried<()> {
    let id = part_row(change, part, position, before, at)?;
    let (Some(id), Some(scan)) = (id, &part.scan) else { return Ok(()) };
    let insert = change.prepare(
        "INSERT INTO touchmark.record (part, model, core, facts, parents) \
         SELECT $1, r.* FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[]) AS r",
    )?;
    for models in scan.models.chunks(AT_ONCE) {
        let (mut ids, mut cores, mut facts, mut parents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (model, core, fact, parent) in models.par_iter().map(kept::texts).collect::<Result<Vec<_>>>()? {
            ids.push(model.as_bytes());
            cores.push(core);
            facts.push(fact);
            parents.push(parent);
        }
        change.execute(&insert, &[&id, &ids, &cores, &facts, &parents])?;
    }
    let insert = change.prepare(
        "INSERT INTO touchmark.finding (part, position, body) \
         SELECT $1, f.* FROM unnest($2::bigint[], $3::text[]) AS f",
    )?;
    let numbered: Vec<(i64, &Finding)> = (0_i64..).zip(&scan.findings).collect();
    for findings in numbered.chunks(AT_ONCE) {
        let positions: Vec<i64> = findings.iter().map(|(position, _)| *position).collect();
        let bodies: Vec<String> =
            findings.iter().map(|(_, finding)| kept::finding_text(finding)).collect::<Result<_>>()?;
        change.execute(&insert, &[&id, &positions, &bodies])?;
    }
    Ok(())
}

/// The row of the part itself, without what it said before; none where it says the same as then.
fn part_row(
    change: &mut Transaction<'_>,
    part: &Part,
    position: i64,
    before: Option<Known>,
    at: jiff::Timestamp,
) -> Tried<Option<i64>> {
    if part.scan.is_none() {
        if let Some(known) = before.filter(|known| known.position != position) {
            change
                .execute("UPDATE touchmark.part SET position = $2 WHERE id = $1", &[&known.id, &position])?;
        }
        return Ok(None);
    }
    let (stamp, at) = (part.stamp.as_bytes(), at.to_string());
    Ok(Some(match before {
        Some(known) => {
            delete(change, known.id)?;
            change.execute(
                "UPDATE touchmark.part SET position = $2, stamp = $3, read_at = $4 WHERE id = $1",
                &[&known.id, &position, &stamp, &at],
            )?;
            known.id
        }
        None => change
            .query_one(
                "INSERT INTO touchmark.part (name, position, stamp, read_at) VALUES ($1, $2, $3, $4) RETURNING id",
                &[&part.name.as_bytes(), &position, &stamp, &at],
            )?
            .try_get(0)?,
    }))
}

fn delete(change: &mut Transaction<'_>, part: i64) -> std::result::Result<(), postgres::Error> {
    change.execute("DELETE FROM touchmark.record WHERE part = $1", &[&part])?;
    change.execute("DELETE FROM touchmark.finding WHERE part = $1", &[&part])?;
    Ok(())
}
