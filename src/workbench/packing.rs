//! What goes into an evidence pack of some models: the verdicts, made again from what is kept of the latest verifications,
//! all that they rest on, and the records of the ledger with their proofs. No file is looked at anew, and nothing is
//! recorded.

use super::checkpoints::LIMIT_BYTES;
use super::door::{Workbench, not_found};
use super::in_force::known_stage;
use crate::decision::{
    Again, AnchorsDocument, EvidenceDocument, Inputs, LedgerProof, RecordRef, bytes_of, inputs_of,
};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::pack::{MemberKind, Pack, PackedModel, anchor_files, judged, pieces_of, record_name};
use crate::progress::Progress;
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind};
use crate::view::View;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What was gathered for a pack.
pub struct GatheredPack {
    /// What it was gathered from: at the stage that was asked for.
    pub view: Arc<View>,
    /// The models, by their indices.
    pub models: Vec<usize>,
    /// The members so far.
    pub pack: Pack,
    /// How many records of the ledger are in it.
    pub records: usize,
    /// How many of them no checkpoint stands for.
    pub unproven: usize,
}

/// The evidence of a recorded verification stands in it; that of a decision is kept.
#[derive(Deserialize)]
struct RecordedEvidence {
    evidence: Option<EvidenceDocument>,
}

/// Bytes that go into the pack, and those that the store keeps.
struct Sources<'w> {
    workbench: &'w Workbench,
    pieces: HashMap<EvidenceDigest, Arc<[u8]>>,
}

impl Sources<'_> {
    fn get(&self, digest: EvidenceDigest) -> Result<Option<Vec<u8>>> {
        match self.pieces.get(&digest) {
            Some(piece) => Ok(Some(piece.to_vec())),
            None => self.workbench.store().evidence(digest),
        }
    }

    fn keep(&mut self, pieces: impl IntoIterator<Item = Arc<[u8]>>) -> Result<()> {
        for piece in pieces {
            self.pieces.insert(EvidenceDigest::of(&piece)?, piece);
        }
        Ok(())
    }

    /// Adds what a judgement names, as far as it is kept: what is not shows when the pack is checked.
    fn add(&self, pack: &mut Pack, inputs: &Inputs, evidence: &EvidenceDocument) -> Result<()> {
        for (kind, digest) in pieces_of(inputs, evidence) {
            if pack.holds(kind, digest) {
                continue;
            }
            let Some(bytes) = self.get(digest)? else { continue };
            if kind == MemberKind::Anchors
                && let Ok(anchors) = serde_json::from_slice::<AnchorsDocument>(&bytes)
            {
                for file in anchor_files(&anchors) {
                    if let Some(bytes) = self.get(file)? {
                        pack.add(MemberKind::Anchor, "", bytes)?;
                    }
                }
            }
            pack.add(kind, "", bytes)?;
        }
        Ok(())
    }
}

impl Workbench {
    /// Gathers a pack of some models, or of all, at a stage or the workspace's.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-CONFIG` when the policy is not valid, `E-TOO-LARGE`; `E-EVIDENCE` when the evidence of a model is
    /// not kept; `E-STORE`.
    pub fn gather_pack(
        &self,
        models: &[ModelId],
        stage: Option<&str>,
        progress: &Progress,
    ) -> Result<GatheredPack> {
        self.valid_policy()?;
        let view = self.view();
        let mut indices: Vec<usize> = match models {
            [] => (0..view.models.len()).collect(),
            ids => {
                let index = |id| view.model(id).map(|(index, _)| index).ok_or_else(|| not_found(id));
                ids.iter().map(index).collect::<Result<_>>()?
            }
        };
        indices.sort_unstable();
        indices.dedup();
        let family = indices.iter().flat_map(|index| view.family(*index));
        let family: Vec<ModelId> =
            family.filter_map(|index| Some(view.models.get(index)?.id.clone())).collect();
        self.look_again(&family)?;
        let view = self.view();
        let view = match stage {
            None => view,
            Some(stage) => {
                known_stage(&view.policy, stage)?;
                Arc::new(
                    view.at_stage(stage)
                        .ok_or_else(|| Error::new(Code::NotFound, "there is no such stage"))?,
                )
            }
        };
        let mut gathered = GatheredPack {
            view: view.clone(),
            models: indices,
            pack: Pack::default(),
            records: 0,
            unproven: 0,
        };
        let records = self.gather_verdicts(&mut gathered, progress)?;
        self.gather_records(&mut gathered, records, progress)?;
        Ok(gathered)
    }

    /// The verdicts with their evidence; the numbers of the records that they rest on, and of the latest decisions.
    fn gather_verdicts(
        &self,
        gathered: &mut GatheredPack,
        progress: &Progress,
    ) -> Result<BTreeMap<u64, LedgerEntry>> {
        let GatheredPack { view, models, pack, .. } = gathered;
        let mut sources = Sources { workbench: self, pieces: HashMap::new() };
        sources.keep(view.trust.pieces()?)?;
        sources.keep([view.policy.text.as_bytes().into(), view.rubric.text.as_bytes().into()])?;
        // What the policy extends, to be read; the text that is judged by holds both.
        let mut below = view.policy.below.as_deref();
        while let Some(policy) = below {
            pack.add(MemberKind::Policy, "", policy.text.as_bytes())?;
            below = policy.below.as_deref();
        }
        let mut named = Vec::new();
        progress.expect(u64::try_from(models.len()).unwrap_or(u64::MAX), 0);
        for index in models.iter() {
            progress.check()?;
            let (evidence, pieces) = view.evidence(*index)?;
            sources.keep(pieces)?;
            named.push((view.inputs(*index)?, evidence));
        }
        let mut records = BTreeMap::new();
        let kept = |digest: EvidenceDigest| sources.get(digest);
        let again = Again::new(&kept);
        for (number, (inputs, evidence)) in (1_usize..).zip(named) {
            progress.check()?;
            progress.add_file();
            let id = evidence.subject.clone();
            let rests_on = rests_on(view, &evidence);
            let verdict = judged(&again, &inputs, rests_on.clone()).map_err(|error| match error.at {
                None => error.at(id.raw()),
                Some(_) => error,
            })?;
            let verdict = pack.add(MemberKind::Verdict, &format!("{number:05}.json"), verdict)?;
            pack.models.push(PackedModel { model: id.clone(), verdict });
            pack.add(MemberKind::Evidence, "", bytes_of(&evidence)?)?;
            sources.add(pack, &inputs, &evidence)?;
            let decided = self.store().latest_of(&RecordKind::Decision, &[&id])?;
            for of in &rests_on {
                let entry = self.store().entry(of.number)?.ok_or_else(|| gone(of.number))?;
                records.insert(of.number, entry);
            }
            records.extend(decided.into_iter().map(|entry| (entry.seq, entry)));
        }
        for entry in records.values() {
            progress.check()?;
            sources.add_of_record(pack, entry)?;
        }
        Ok(records)
    }

    /// The records, each with its proof where a checkpoint stands for it.
    fn gather_records(
        &self,
        gathered: &mut GatheredPack,
        mut records: BTreeMap<u64, LedgerEntry>,
        progress: &Progress,
    ) -> Result<()> {
        gathered.records = records.len();
        let pack = &mut gathered.pack;
        // The newest checkpoint stands for the most records.
        if let Some(first) = records.keys().next().copied()
            && let Some((file, kept)) = self.checkpoint_for(first)?
        {
            let bytes = read_small(&file, LIMIT_BYTES)?;
            if EvidenceDigest::of(&bytes)? != kept.digest {
                return Err(
                    Error::new(Code::Changed, "the checkpoint was changed while it was read").at_path(&file)
                );
            }
            let later = records.split_off(&(kept.checkpoint.records + 1));
            for proof in self.proofs(records.into_values().collect(), &kept)? {
                pack.add(MemberKind::Proof, &record_name(proof.record.seq), LedgerProof::bytes(&proof)?)?;
            }
            pack.add(MemberKind::Checkpoint, "", bytes)?;
            records = later;
        }
        gathered.unproven = records.len();
        for (number, entry) in records {
            progress.check()?;
            pack.add(MemberKind::Record, &record_name(number), bytes_of(&entry)?)?;
        }
        Ok(())
    }
}

impl Sources<'_> {
    /// Adds what a recorded judgement names. One of an earlier version names nothing, and a person's word neither.
    fn add_of_record(&self, pack: &mut Pack, entry: &LedgerEntry) -> Result<()> {
        let Ok(inputs) = inputs_of(entry) else { return Ok(()) };
        let recorded: Option<RecordedEvidence> = serde_json::from_str(&entry.body).ok();
        let evidence = match recorded.and_then(|recorded| recorded.evidence) {
            Some(evidence) => evidence,
            None => {
                let Some(bytes) = self.get(inputs.evidence)? else { return Ok(()) };
                let Ok(evidence) = serde_json::from_slice(&bytes) else { return Ok(()) };
                pack.add(MemberKind::Evidence, "", bytes)?;
                evidence
            }
        };
        self.add(pack, &inputs, &evidence)
    }
}

/// The records that say that the evidence was seen, and what people said; by number.
fn rests_on(view: &View, evidence: &EvidenceDocument) -> Vec<RecordRef> {
    let verified = evidence.models.iter().filter(|model| model.seen.is_some()).filter_map(|model| {
        let (index, _) = view.model(&model.id)?;
        Some(view.verified.get(index)?.as_deref()?.record)
    });
    let mut records: Vec<RecordRef> =
        verified.chain(evidence.reviews.iter().map(|review| review.record)).collect();
    records.sort_unstable();
    records.dedup();
    records
}

fn gone(number: u64) -> Error {
    Error::new(Code::Store, "the ledger was changed: a record that others rest on is missing")
        .at(format!("ledger entry {number}"))
        .help("`touchmark ledger verify` says more")
}
