//! One shard: its models judged one after the other, the results put, and the shard committed by one signed statement
//! that is put only where none is. Before that nothing has happened; after it nobody can say otherwise.

use super::documents::{
    FleetEnvelope, FleetLine, FleetRecord, FleetShard, FleetShardSchema, SHARD_TYPE, UnknownClass,
};
use super::judging::Judging;
use super::packing::unwritten;
use super::run::{Run, digest_of, root_of};
use super::shards::{done_key, results_key};
use crate::decision::statement_of;
use crate::error::{Code, Result};
use crate::json::canonical;
use crate::progress::Progress;
use crate::remote::{Files, Location};
use crate::signing::DigestEngine;
use crate::store::EvidenceDigest;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// How far a shard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Models that were judged.
    pub done: u64,
    /// Models of the shard.
    pub models: u64,
}

/// Work to do.
pub struct Work<'a> {
    /// The shard, from 0.
    pub shard: u32,
    /// A folder for the objects of one model at a time.
    pub scratch: &'a Path,
    /// Opens the place of a source.
    pub reach: &'a dyn Fn(&Location) -> Result<Arc<dyn Files>>,
    /// Signs a statement; the bundle.
    pub sign: &'a dyn Fn(&[u8]) -> Result<Vec<u8>>,
    /// What computes digests of what lies in that folder, in place of the processors. All workers of a run should have the
    /// same: records name it.
    pub engine: Option<&'a dyn DigestEngine>,
    /// Bytes, and whether to stop.
    pub progress: &'a Progress,
    /// Hears of each model.
    pub tell: &'a dyn Fn(Told),
}

/// What became of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// The shard.
    pub shard: u32,
    /// Whether this attempt committed it. Otherwise somebody else had.
    pub committed: bool,
    /// Its records; none where it was committed before anything was looked at.
    pub records: u64,
    /// Models by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Models that could not be read.
    pub unreadable: u64,
    /// The root of its records.
    pub root: Option<EvidenceDigest>,
}

/// Works a shard and commits it. A shard that is committed already is left as it is.
///
/// # Errors
/// `E-NETWORK`, `E-WRITE`, `E-CANCELLED`: nothing was committed, and another attempt may. `E-CONFIG`, `E-MALFORMED`,
/// `E-USAGE`: no attempt will.
pub fn work(run: &Run, work: &Work<'_>) -> Result<Worked> {
    let shard = work.shard;
    let items = run.items(shard)?;
    let done = done_key(shard);
    let was_there =
        Worked { shard, committed: false, records: 0, outcomes: BTreeMap::new(), unreadable: 0, root: None };
    match run.files.state(&done) {
        Ok(_) => return Ok(was_there),
        Err(error) if error.code == Code::NotFound => {}
        Err(error) => return Err(error),
    }
    let judges = run.judges()?;
    let judging =
        Judging { run, judges: &judges, scratch: work.scratch, progress: work.progress, engine: work.engine };
    let models = items.len() as u64;
    let objects = items.iter().map(|item| item.objects.len() as u64).sum();
    let bytes =
        items.iter().flat_map(|item| &item.objects).fold(0, |sum: u64, of| sum.saturating_add(of.size));
    // They are read from the store, and counted again when they are compared.
    work.progress.expect_in_all(objects, bytes.saturating_mul(2));
    let mut places: BTreeMap<u32, Arc<dyn Files>> = BTreeMap::new();
    let mut lines: Vec<(EvidenceDigest, FleetRecord, FleetEnvelope)> = Vec::with_capacity(items.len());
    for (index, item) in (0_u64..).zip(&items) {
        work.progress.check()?;
        let files = match places.get(&item.source) {
            Some(files) => files.clone(),
            None => {
                let files = (work.reach)(&run.source(item.source)?)?;
                places.insert(item.source, files.clone());
                files
            }
        };
        let (record, envelope) = judging.judge(item, &*files)?;
        lines.push((digest_of(&record)?, record, envelope));
        (work.tell)(Told { done: index + 1, models });
    }
    lines.sort_by_key(|(leaf, record, _)| (record.key, *leaf));
    let mut outcomes = BTreeMap::new();
    let mut unreadable = 0;
    for (_, record, _) in &lines {
        *outcomes.entry(record.outcome.key().to_owned()).or_insert(0) += 1;
        unreadable += u64::from(record.class == Some(UnknownClass::Unreadable));
    }
    let root = root_of(lines.iter().map(|(leaf, ..)| *leaf));
    let records = lines.len() as u64;
    let mut results = Vec::new();
    for (_, record, envelope) in lines {
        results.extend(canonical(&FleetLine { record, envelope }).map_err(|cause| unwritten(&cause))?);
        results.push(b'\n');
    }
    let digest = EvidenceDigest::of(&results)?;
    work.progress.check()?;
    run.files.put_new(&results_key(shard, digest), &results)?;
    let said =
        FleetShard { schema: FleetShardSchema::V1, run: run.id, shard, records, root, results: digest };
    let predicate = serde_json::to_value(&said).map_err(|cause| unwritten(&cause))?;
    let bundle = (work.sign)(&statement_of(&format!("shard {shard}"), root, SHARD_TYPE, &predicate)?)?;
    work.progress.check()?;
    let committed = run.files.put_new(&done, &bundle)?;
    Ok(Worked { shard, committed, records, outcomes, unreadable, root: Some(root) })
}
