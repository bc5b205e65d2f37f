//! What the members of a pack say, each against the others: records against their hashes, their chain and their
//! checkpoint, and every verdict and recorded judgement made again from the evidence that it names.

use crate::decision::{Again, EvidenceDocument, Kept, LedgerProof, RecordRef, bytes_of, differences};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::signing::Outcome;
use crate::store::{EvidenceDigest, LedgerEnd, LedgerEntry, RecordKind};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Seek};

use super::checked::{CheckedCheckpoint, CheckedRecord, CheckedVerdict};
use super::fault::{Faults, PackFault, PackFaultKind};
use super::manifest::{MemberKind, PackManifest, PackedModel, record_member};
use super::members::Members;
use super::verdict::{ReadVerdict, judged, says_seen};
use super::zip::Archive;

/// What judges.
pub(super) struct Judge<'a, R> {
    pub(super) archive: &'a Archive<R>,
    pub(super) manifest: &'a PackManifest,
    pub(super) members: &'a Members<'a>,
}

/// What was not there when something was judged.
type Lacks = RefCell<BTreeSet<String>>;

impl<R: Read + Seek> Judge<'_, R> {
    fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        Ok(self.archive.read(name)?.map(|member| member.bytes).unwrap_or_default())
    }

    /// The bytes of a digest, from the members that are what the manifest says.
    fn kept(&self, digest: EvidenceDigest, lacks: &Lacks) -> Result<Option<Vec<u8>>> {
        if let Some(name) = self.members.by_digest.get(&digest) {
            return digest.check(self.bytes(name)?).map(Some);
        }
        let name = self.members.redacted_by_digest.get(&digest).map(|name| (*name).to_owned());
        lacks.borrow_mut().insert(name.unwrap_or_else(|| digest.to_string()));
        Ok(None)
    }

    fn entries(&self, faults: &mut Faults) -> Result<Vec<(LedgerEntry, Option<LedgerProof>, &str)>> {
        let mut entries = Vec::new();
        for (name, member) in &self.members.good {
            let bytes = match member.kind {
                MemberKind::Proof | MemberKind::Record => self.bytes(name)?,
                _ => continue,
            };
            let read = match member.kind {
                MemberKind::Proof => {
                    LedgerProof::parse(&bytes).map(|proof| (proof.record.clone(), Some(proof)))
                }
                _ => serde_json::from_slice(&bytes)
                    .map(|entry| (entry, None))
                    .map_err(|cause| Error::new(Code::Malformed, cause.to_string())),
            };
            let again = read.and_then(|(entry, proof)| {
                let written = proof.as_ref().map_or_else(|| bytes_of(&entry), LedgerProof::bytes)?;
                match written == bytes {
                    true => Ok((entry, proof)),
                    false => Err(Error::new(Code::Malformed, "it is not written as a record is")),
                }
            });
            match again {
                Err(error) => faults.tell(PackFaultKind::RecordForm, name, Some(error.what)),
                Ok((entry, _)) if record_member(entry.seq) != **name => {
                    faults.add(PackFaultKind::RecordPlace, name);
                }
                Ok((entry, proof)) => entries.push((entry, proof, *name)),
            }
        }
        entries.sort_by_key(|(entry, ..)| entry.seq);
        Ok(entries)
    }

    /// The records: each by itself, its proof, its chain, and what is judged again of it.
    pub(super) fn records(
        &self,
        checkpoints: &[CheckedCheckpoint],
        faults: &mut Faults,
    ) -> Result<Vec<CheckedRecord>> {
        let lacks = Lacks::default();
        let kept = |digest: EvidenceDigest| self.kept(digest, &lacks);
        let again = Again::new(&kept);
        let is_left_out = self
            .manifest
            .members
            .iter()
            .any(|member| member.kind == MemberKind::Checkpoint && member.redacted);
        // What became of the signatures of the checkpoints that name a root; the best counts.
        let mut roots: HashMap<(EvidenceDigest, u64), Outcome> = HashMap::new();
        for CheckedCheckpoint { kept, outcome, .. } in checkpoints {
            let Some(root) = kept.checkpoint.root else { continue };
            let best = roots.entry((root, kept.checkpoint.records)).or_insert(*outcome);
            *best = (*best).max(*outcome);
        }
        let mut checked: Vec<CheckedRecord> = Vec::new();
        let mut before = LedgerEnd::default();
        for (entry, proof, name) in self.entries(faults)? {
            let by_itself = match &proof {
                Some(proof) => proof.fault()?.map(PackFaultKind::from),
                None => (!entry.is_as_hashed()?).then_some(PackFaultKind::RecordChanged),
            };
            let proven = match (by_itself, &proof) {
                (Some(fault), _) => {
                    faults.add(fault, name);
                    Outcome::Fail
                }
                (None, None) => Outcome::Missing,
                (None, Some(proof)) => match roots.get(&(proof.root, proof.records)) {
                    Some(outcome) => *outcome,
                    None if is_left_out => Outcome::Unknown,
                    None => {
                        faults.add(PackFaultKind::ProofOther, name);
                        Outcome::Fail
                    }
                },
            };
            if before.entries + 1 == entry.seq && before.hash != entry.previous {
                faults.add(PackFaultKind::RecordChain, name);
            }
            before = LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
            lacks.borrow_mut().clear();
            let outcome = self.record_again(&again, &entry, name, &lacks, faults)?;
            checked.push(CheckedRecord {
                proven,
                again: outcome,
                lacks: lacks.take().into_iter().collect(),
                member: name.to_owned(),
                entry,
            });
        }
        Ok(checked)
    }

    fn record_again(
        &self,
        again: &Again<'_>,
        entry: &LedgerEntry,
        name: &str,
        lacks: &Lacks,
        faults: &mut Faults,
    ) -> Result<Outcome> {
        if !matches!(entry.kind, RecordKind::Verification | RecordKind::Decision) {
            return Ok(Outcome::NotApplicable);
        }
        let kind = PackFaultKind::RecordDiffers;
        match again.record(entry.clone(), None) {
            Ok(replayed) if replayed.is_same => Ok(Outcome::Pass),
            Ok(replayed) => {
                faults.put(PackFault {
                    kind,
                    member: name.to_owned(),
                    why: None,
                    differences: replayed.differences,
                });
                Ok(Outcome::Fail)
            }
            Err(error) => unjudged(kind, error, name, lacks, faults),
        }
    }

    /// The verdicts: one of each model, and the same again from the evidence that each names.
    pub(super) fn verdicts(
        &self,
        records: &[CheckedRecord],
        faults: &mut Faults,
    ) -> Result<Vec<CheckedVerdict>> {
        let lacks = Lacks::default();
        let kept = |digest: EvidenceDigest| self.kept(digest, &lacks);
        let again = Again::new(&kept);
        let numbered: BTreeMap<u64, &CheckedRecord> =
            records.iter().map(|record| (record.entry.seq, record)).collect();
        let verdicts = self.manifest.members.iter().filter(|member| member.kind == MemberKind::Verdict);
        let verdicts: BTreeSet<&str> = verdicts.map(|member| member.name.as_str()).collect();
        let mut named = BTreeSet::new();
        let mut checked = Vec::new();
        for of in &self.manifest.models {
            let name = of.verdict.as_str();
            let is_first = named.insert(name);
            let is_verdict = verdicts.contains(name);
            lacks.borrow_mut().clear();
            let mut decision = None;
            let outcome = match self.members.good.contains_key(name) {
                _ if !is_verdict || !is_first => {
                    faults.tell(PackFaultKind::VerdictMissing, name, Some(of.model.raw().to_owned()));
                    Outcome::Fail
                }
                true => match self.read_verdict(name, faults)? {
                    Some((read, bytes)) => {
                        decision = Some(read.verdict.decision);
                        self.verdict(of, (&read, &bytes), (&again, &kept), &numbered, (&lacks, faults))?
                    }
                    None => Outcome::Fail,
                },
                false if self.members.redacted.contains(name) => {
                    lacks.borrow_mut().insert(name.to_owned());
                    Outcome::Unknown
                }
                // Why it cannot be used was said when the members were counted.
                false => Outcome::Fail,
            };
            checked.push(CheckedVerdict {
                model: of.model.clone(),
                member: name.to_owned(),
                decision,
                outcome,
                lacks: lacks.take().into_iter().collect(),
            });
        }
        for name in verdicts.difference(&named) {
            faults.add(PackFaultKind::VerdictMissing, name);
        }
        Ok(checked)
    }

    fn read_verdict(&self, name: &str, faults: &mut Faults) -> Result<Option<(ReadVerdict, Vec<u8>)>> {
        let bytes = self.bytes(name)?;
        match serde_json::from_slice(&bytes) {
            Ok(read) => Ok(Some((read, bytes))),
            Err(cause) => {
                faults.tell(PackFaultKind::VerdictForm, name, Some(cause.to_string()));
                Ok(None)
            }
        }
    }

    fn verdict(
        &self,
        of: &PackedModel,
        (read, bytes): (&ReadVerdict, &[u8]),
        (again, kept): (&Again<'_>, &Kept<'_>),
        records: &BTreeMap<u64, &CheckedRecord>,
        (lacks, faults): (&Lacks, &mut Faults),
    ) -> Result<Outcome> {
        let name = of.verdict.as_str();
        let manifest = self.manifest;
        let is_of_it = read.verdict.model == of.model
            && read.inputs.stage.as_ref() == Some(&manifest.stage)
            && read.inputs.at == manifest.at;
        if !is_of_it {
            faults.add(PackFaultKind::VerdictOther, name);
            return Ok(Outcome::Fail);
        }
        match judged(again, &read.inputs, read.rests_on.clone()) {
            Ok(again) if again == bytes => self.seen(name, read, kept, records, (lacks, faults)),
            Ok(again) => {
                let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
                let differences = differences(&value(bytes), &value(&again));
                let kind = PackFaultKind::VerdictDiffers;
                faults.put(PackFault { kind, member: name.to_owned(), why: None, differences });
                Ok(Outcome::Fail)
            }
            Err(error) => unjudged(PackFaultKind::VerdictUnjudged, error, name, lacks, faults),
        }
    }

    /// Whether the ledger says that the evidence of a verdict was seen: the records that it rests on are there, one of the
    /// verification of each model that somebody looked at, and each review that stands.
    fn seen(
        &self,
        name: &str,
        read: &ReadVerdict,
        kept: &Kept<'_>,
        records: &BTreeMap<u64, &CheckedRecord>,
        (lacks, faults): (&Lacks, &mut Faults),
    ) -> Result<Outcome> {
        let evidence = kept(read.inputs.evidence)?.unwrap_or_default();
        let Ok(evidence) = serde_json::from_slice::<EvidenceDocument>(&evidence) else {
            return Ok(Outcome::Unknown);
        };
        let mut outcome = Outcome::Pass;
        let mut rests_on: HashMap<&ModelId, Vec<&LedgerEntry>> = HashMap::new();
        for of in &read.rests_on {
            let member = record_member(of.number);
            match records.get(&of.number) {
                Some(record) if record.entry.hash == of.hash.to_string() => {
                    rests_on.entry(&record.entry.model).or_default().push(&record.entry);
                }
                None if self.members.redacted.contains(member.as_str()) => {
                    lacks.borrow_mut().insert(member);
                    outcome = Outcome::Unknown;
                }
                _ => {
                    faults.tell(PackFaultKind::RecordMissing, name, Some(format!("record {}", of.number)));
                    return Ok(Outcome::Fail);
                }
            }
        }
        if outcome == Outcome::Unknown {
            return Ok(outcome);
        }
        for model in &evidence.models {
            let Some(seen) = &model.seen else { continue };
            let mut of_it = rests_on.get(&model.id).into_iter().flatten();
            if !of_it.any(|entry| says_seen(entry, &model.id, seen)) {
                faults.tell(PackFaultKind::RecordMissing, name, Some(model.id.raw().to_owned()));
                outcome = Outcome::Fail;
            }
        }
        let named: BTreeSet<&RecordRef> = read.rests_on.iter().collect();
        for review in &evidence.reviews {
            if !named.contains(&review.record) {
                let why = format!("record {}", review.record.number);
                faults.tell(PackFaultKind::RecordMissing, name, Some(why));
                outcome = Outcome::Fail;
            }
        }
        Ok(outcome)
    }
}

/// Evidence that is not there leaves it unknown; anything else is a fault.
fn unjudged(
    kind: PackFaultKind,
    error: Error,
    name: &str,
    lacks: &Lacks,
    faults: &mut Faults,
) -> Result<Outcome> {
    match error.code {
        Code::Read => Err(error),
        Code::Evidence => {
            let mut lacks = lacks.borrow_mut();
            if lacks.is_empty() {
                lacks.insert(error.what);
            }
            Ok(Outcome::Unknown)
        }
        _ => {
            faults.tell(kind, name, Some(error.what));
            Ok(Outcome::Fail)
        }
    }
}
