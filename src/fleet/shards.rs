//! The shards of a run as they stand: which are committed, which were begun; and the statement that commits one, read. It
//! judges no signature.

use super::documents::{FleetLine, FleetShard, SHARD_TYPE};
use super::grouping::called;
use super::known::states_of;
use super::packing::unwritten;
use super::run::{Run, SEALED, root_of};
use crate::decision::subject_of;
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::remote::Seen;
use crate::signing::Bundle;
use crate::store::EvidenceDigest;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// The largest statement of a shard.
const MAX_STATEMENT_BYTES: u64 = 1024 * 1024;
/// The largest file of results.
const MAX_RESULTS_BYTES: u64 = 64 * 1024 * 1024;
const MAX_DEPTH: usize = 16;

pub(super) fn done_key(shard: u32) -> String {
    format!("done/{shard:05}")
}

pub(super) fn results_key(shard: u32, digest: EvidenceDigest) -> String {
    format!("results/{shard:05}/{digest}.jsonl")
}

/// How a shard stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A statement is there. Whether it counts, sealing says.
    Done,
    /// Results are there, and no statement: an attempt is at its end, or was stopped there.
    Begun,
    /// Nothing is there.
    Missing,
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The shards, from 0.
    pub shards: Vec<Standing>,
    /// Models of committed shards.
    pub models_done: u64,
    /// Bytes of them.
    pub bytes_done: u64,
    /// Whether the run was sealed.
    pub sealed: bool,
}

/// How a run stands, by one listing of its place.
///
/// # Errors
/// What the place gives.
pub fn status(run: &Run) -> Result<Status> {
    let (mut done, mut begun, mut sealed) = (BTreeSet::new(), BTreeSet::new(), false);
    run.files.list(&mut |seen| {
        if let Seen::Object(object) = seen {
            let parts: Vec<&str> = object.key.split('/').collect();
            match parts.as_slice() {
                ["done", shard] => drop(done.insert((*shard).to_owned())),
                ["results", shard, _] => drop(begun.insert((*shard).to_owned())),
                [SEALED] => sealed = true,
                _ => {}
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let (mut models_done, mut bytes_done) = (0, 0_u64);
    let shards = (0_u32..).zip(&run.plan.shards).map(|(shard, planned)| {
        let name = format!("{shard:05}");
        match (done.contains(&name), begun.contains(&name)) {
            (true, _) => {
                models_done += planned.models;
                bytes_done = bytes_done.saturating_add(planned.bytes);
                Standing::Done
            }
            (false, true) => Standing::Begun,
            (false, false) => Standing::Missing,
        }
    });
    let shards = shards.collect();
    Ok(Status { shards, models_done, bytes_done, sealed })
}

/// A statement that commits a shard: what it says, and its signature.
pub(super) struct Statement {
    pub(super) bundle: Bundle,
    pub(super) said: FleetShard,
}

/// Why what lies at a shard's place does not count.
pub(super) type Why = String;

/// The statement of a shard; none when there is none.
pub(super) fn statement(run: &Run, shard: u32) -> Result<std::result::Result<Option<Statement>, Why>> {
    let bytes = match run.files.small(&done_key(shard), MAX_STATEMENT_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.code == Code::NotFound => return Ok(Ok(None)),
        Err(error) if error.code == Code::TooLarge => {
            return Ok(Err("the statement is too large".to_owned()));
        }
        Err(error) => return Err(error),
    };
    Ok(read(run, shard, &bytes).map(Some))
}

fn read(run: &Run, shard: u32, bytes: &[u8]) -> std::result::Result<Statement, Why> {
    let bundle = Bundle::parse(bytes).map_err(|_| "the statement is no bundle".to_owned())?;
    let subject = subject_of(&bundle, SHARD_TYPE).ok_or("the statement is none of a shard")?;
    let payload =
        crate::json::parse(&bundle.envelope.payload, MAX_DEPTH).map_err(|_| "the statement is no JSON")?;
    let predicate = payload.get("predicate").cloned().unwrap_or_default();
    let said: FleetShard = serde_json::from_value(predicate)
        .map_err(|_| "the statement says what this version does not read".to_owned())?;
    let models = run.plan.shards.get(shard as usize).map(|planned| planned.models);
    if said.run != run.id {
        return Err("the statement is of another run".to_owned());
    }
    if said.shard != shard {
        return Err("the statement is of another shard".to_owned());
    }
    if said.root != subject {
        return Err("the statement says two roots".to_owned());
    }
    if Some(said.records) != models {
        return Err("the statement has another number of models than the plan".to_owned());
    }
    Ok(Statement { bundle, said })
}

/// Records with their digests and canonical bytes, in order.
pub(super) type Lines = Vec<(EvidenceDigest, Vec<u8>, FleetLine)>;

/// The results that a statement stands for: each record's digest and canonical bytes with what it says, in order.
pub(super) fn results(run: &Run, said: &FleetShard) -> Result<std::result::Result<Lines, Why>> {
    let bytes = match run.files.small(&results_key(said.shard, said.results), MAX_RESULTS_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.code, Code::NotFound | Code::TooLarge) => {
            return Ok(Err("the results are not there".to_owned()));
        }
        Err(error) => return Err(error),
    };
    let Ok(bytes) = said.results.check(bytes) else { return Ok(Err("the results were changed".to_owned())) };
    let written: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let read = |line: &&[u8]| -> Result<Option<(EvidenceDigest, Vec<u8>, FleetLine)>> {
        let Ok(line) = serde_json::from_slice::<FleetLine>(line) else { return Ok(None) };
        let record = canonical(&line.record).map_err(|cause| unwritten(&cause))?;
        Ok(Some((EvidenceDigest::of(&record)?, record, line)))
    };
    let lines: Vec<Option<_>> = written.par_iter().map(read).collect::<Result<_>>()?;
    let Some(lines) = lines.into_iter().collect::<Option<Lines>>() else {
        return Ok(Err("the results hold what this version does not read".to_owned()));
    };
    let in_order =
        lines.is_sorted_by(|one, other| (one.2.record.key, one.0) <= (other.2.record.key, other.0));
    if !in_order
        || lines.len() as u64 != said.records
        || root_of(lines.iter().map(|(leaf, ..)| *leaf)) != said.root
    {
        return Ok(Err("the results do not come to the root that was signed".to_owned()));
    }
    match answers(run, said.shard, &lines)? {
        true => Ok(Ok(lines)),
        false => Ok(Err("the results are not about the models of the plan".to_owned())),
    }
}

/// Whether there is one record for each item, of its objects in the states that were planned.
fn answers(run: &Run, shard: u32, lines: &[(EvidenceDigest, Vec<u8>, FleetLine)]) -> Result<bool> {
    let mut planned = BTreeSet::new();
    let items = run.items(shard)?;
    let states: Vec<EvidenceDigest> = items.par_iter().map(states_of).collect::<Result<_>>()?;
    for (item, states) in items.into_iter().zip(states) {
        planned.insert((run.source_text(item.source)?.to_owned(), called(&item.place), states));
    }
    let mut answered = BTreeSet::new();
    for (_, _, line) in lines {
        let record = &line.record;
        if record.question != run.question {
            return Ok(false);
        }
        // The model at the top of a source is called as the source is.
        let source = record.source.raw().to_owned();
        let at_top = (source.clone(), String::new(), record.states);
        let place = (source, record.model.raw().to_owned(), record.states);
        answered.insert(if planned.contains(&place) { place } else { at_top });
    }
    Ok(answered == planned)
}

impl Run {
    /// An error for a shard that the plan does not have.
    ///
    /// # Errors
    /// `E-USAGE`.
    pub fn has_shard(&self, shard: u32) -> Result<()> {
        match (shard as usize) < self.plan.shards.len() {
            true => Ok(()),
            false => Err(Error::new(Code::Usage, "the plan has no such shard")
                .at(format!("shard {shard}"))
                .help(format!("it has {}, from 0", self.plan.shards.len()))),
        }
    }
}
