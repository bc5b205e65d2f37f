//! What an earlier run has sealed already: models whose record would be the same are taken over by its digest and are not
//! worked again. It counts only where the earlier run answered the very question, and comes to its root again when the
//! new one is sealed.

use super::documents::{FleetItem, FleetRecord, KnownRun, SealedPart, UnknownClass};
use super::packing::unwritten;
use super::proving::each_record;
use super::run::{Run, digest_of};
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::remote::Location;
use crate::store::EvidenceDigest;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A list of what was taken over ends here, and another begins.
const PART_BYTES: usize = 32 * 1024 * 1024;

/// So many runs in a row: all of them are read to seal the last.
pub(super) const MAX_KNOWN: usize = 8;

/// A line of the lists of what was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownLine {
    /// Which source of the new run.
    pub(super) source: u32,
    /// The model's folder below it.
    pub(super) place: String,
    /// SHA-256 over the states of its objects.
    pub(super) states: EvidenceDigest,
    /// SHA-256 of the earlier record.
    pub(super) leaf: EvidenceDigest,
}

/// A record as far as it takes to know it again.
struct Short {
    key: EvidenceDigest,
    bundles: Vec<EvidenceDigest>,
    leaf: EvidenceDigest,
}

/// What an earlier run knows.
pub(super) struct Known {
    run: KnownRun,
    /// By source, model and states.
    records: HashMap<EvidenceDigest, Short>,
    question: EvidenceDigest,
    lists: Vec<Vec<u8>>,
}

impl Known {
    /// What a sealed run knows of a question.
    ///
    /// # Errors
    /// `E-USAGE` when it was asked something else; what proving gives.
    pub(super) fn of(earlier: &Run, question: EvidenceDigest) -> Result<Self> {
        let place = earlier.location.to_string();
        if earlier.question != question {
            let at = earlier.plan.question.at;
            return Err(Error::new(Code::Usage, "the earlier run was asked something else")
                .at(place)
                .help(format!("plan with the same program, policy, stage and basis, and with --at {at}")));
        }
        let (mut depth, mut before) = (1, earlier.plan.known.clone());
        while let Some(known) = before {
            depth += 1;
            if depth > MAX_KNOWN {
                return Err(Error::new(Code::Usage, "too many runs take over from each other")
                    .at(place)
                    .help("plan without --known: the next ones can take over from that run"));
            }
            before = Run::open(&Location::parse(known.place.raw())?)?.plan.known;
        }
        let mut records = HashMap::new();
        let mut twice = HashSet::new();
        let sealed = each_record(earlier, None, &mut |leaf, record| {
            let FleetRecord { key, bundles, class, source, model, states, digests, .. } = record;
            let of = digest_of(&(source.raw(), model.raw(), states))?;
            // What was not judged then may be judged now, and what contradicts is looked at again.
            if class.is_some() || digests.contradicted > 0 {
                return Ok(());
            }
            if records.insert(of, Short { key, bundles, leaf }).is_some() {
                twice.insert(of);
            }
            Ok(())
        })?;
        records.retain(|of, _| !twice.contains(of));
        let run = KnownRun {
            place: place.into(),
            run: earlier.id,
            root: sealed.root,
            models: 0,
            lists: Vec::new(),
        };
        Ok(Known { run, records, question, lists: Vec::new() })
    }

    /// Whether a model is known, whose record would have that name. It is taken over then.
    pub(super) fn takes(&mut self, item: &FleetItem, source: &str, model: &str) -> Result<bool> {
        if !item.odd.is_empty() {
            return Ok(false);
        }
        let states = states_of(item)?;
        let of = digest_of(&(source, model, states))?;
        let Some(short) = self.records.get(&of) else { return Ok(false) };
        let none: Option<UnknownClass> = None;
        if record_key(self.question, (source, model), states, item, &short.bundles, none)? != short.key {
            return Ok(false);
        }
        let (source, place) = (item.source, item.place.clone());
        let line = KnownLine { source, place, states, leaf: short.leaf };
        let mut line = canonical(&line).map_err(|cause| unwritten(&cause))?;
        line.push(b'\n');
        match self.lists.last_mut().filter(|list| list.len() + line.len() <= PART_BYTES) {
            Some(list) => list.extend(line),
            None => self.lists.push(line),
        }
        self.run.models += 1;
        Ok(true)
    }

    /// What was taken over, and the lists of it with their names; none where nothing was.
    pub(super) fn end(mut self) -> Result<Option<(KnownRun, Vec<Vec<u8>>)>> {
        for (index, list) in self.lists.iter().enumerate() {
            let records = list.iter().filter(|byte| **byte == b'\n').count() as u64;
            let name = format!("known-{index:05}.jsonl");
            self.run.lists.push(SealedPart { name, records, sha256: EvidenceDigest::of(list)? });
        }
        Ok((self.run.models > 0).then_some((self.run, self.lists)))
    }
}

/// SHA-256 over the states of the objects.
pub(super) fn states_of(item: &FleetItem) -> Result<EvidenceDigest> {
    let states: Vec<(&str, u64, &str)> =
        item.objects.iter().map(|object| (object.key.as_str(), object.size, object.etag.as_str())).collect();
    digest_of(&states)
}

/// What a record is the answer to.
pub(super) fn record_key(
    question: EvidenceDigest,
    (source, model): (&str, &str),
    states: EvidenceDigest,
    item: &FleetItem,
    bundles: &[EvidenceDigest],
    class: Option<UnknownClass>,
) -> Result<EvidenceDigest> {
    digest_of(&(question, source, model, states, &item.said, bundles, class))
}
