//! The workspace as it was at an earlier record of the ledger, judged again from the records up to there and the evidence
//! that they name. What no record keeps (deployments, checkpoints, the policy's own signature) is taken as it is now, and so
//! is what feeds, drills and declarations of places say.

use super::door::Workbench;
use super::gates::{self, Gates};
use super::refresh::Recorded;
use super::reviews::{Said, stand};
use super::snapshot::anchors_named;
use crate::decision::{Again, Anchors, Inputs, PolicyChangeRecord, PolicyInput, bytes_of, inputs_of};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId};
use crate::maturity::{Rubric, Usage};
use crate::policy::Policy;
use crate::signing::Progress;
use crate::store::{EvidenceDigest, LedgerEnd, LedgerEntry, RecordKind};
use crate::view::{View, note_state};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the ledger held after some record, as far as judging takes it.
#[derive(Clone, Default)]
pub(super) struct Held {
    /// Where it ended.
    pub end: LedgerEnd,
    /// The time by which its last record was judged, or at which it was written.
    pub at: Option<Timestamp>,
    /// The newest verification of each model, by its number.
    pub verified: BTreeMap<ModelId, u64>,
    /// All reviews.
    pub reviews: Vec<LedgerEntry>,
    /// The latest word of a gate at each stage.
    pub gates: Gates,
    /// The policy of the newest record that names one.
    pub policy: Option<PolicyInput>,
    /// The anchors of the newest record that names them.
    pub anchors: Option<EvidenceDigest>,
    /// The rubric of the newest record that names one.
    pub rubric: Option<EvidenceDigest>,
    /// Any inputs, to name others in their place.
    pub inputs: Option<Inputs>,
    /// How many records were not read: an earlier version wrote them.
    pub unread: usize,
}

/// Models by id, and what was seen of some of them, by their places.
type ModelsThen = (Vec<Model>, Vec<(usize, Recorded)>);

/// What a side is judged by.
#[derive(Clone)]
pub(super) struct Rules {
    pub policy: Policy,
    pub anchors: Anchors,
    pub rubric: Arc<Rubric>,
}

impl Rules {
    /// Those of a view.
    pub fn of(view: &View) -> Self {
        Rules { policy: view.policy.clone(), anchors: view.trust.clone(), rubric: view.rubric.clone() }
    }
}

/// By what digests a snapshot names its rules.
pub(super) struct RuleNames {
    pub policy: String,
    /// None in snapshots of earlier versions.
    pub anchors: Option<String>,
    pub rubric: String,
}

impl Held {
    /// Takes in the next record.
    pub fn take(&mut self, entry: LedgerEntry) {
        self.at = Some(entry.at);
        self.end = LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
        match entry.kind {
            RecordKind::Verification | RecordKind::Decision => match inputs_of(&entry) {
                Ok(inputs) => {
                    self.at = Some(inputs.at);
                    self.policy = Some(inputs.policy.clone());
                    self.anchors = Some(inputs.anchors);
                    self.rubric = inputs.rubric.or(self.rubric);
                    self.inputs = Some(inputs);
                }
                Err(_) => self.unread += 1,
            },
            RecordKind::PolicyChange => match serde_json::from_str::<PolicyChangeRecord>(&entry.body) {
                Ok(changed) => self.policy = Some(changed.after),
                Err(_) => self.unread += 1,
            },
            _ => {}
        }
        match entry.kind {
            RecordKind::Verification => drop(self.verified.insert(entry.model, entry.seq)),
            RecordKind::Decision => {
                if let Some(gated) = gates::gated(&entry) {
                    gates::put(self.gates.entry(entry.model).or_default(), gated);
                }
            }
            RecordKind::Review => self.reviews.push(entry),
            _ => {}
        }
    }
}

impl Workbench {
    /// The rules that the newest records name; those of now where they are the same, or no record names any.
    ///
    /// # Errors
    /// `E-EVIDENCE` when they are not in this store; `E-CONFIG`, `E-STORE`.
    pub(super) fn recorded_rules(&self, now: &View, held: &Held) -> Result<Rules> {
        let mut rules = Rules::of(now);
        let kept = |digest: EvidenceDigest| self.store().evidence(digest);
        let again = Again::new(&kept);
        if let (Some(inputs), Some(policy), Some(anchors)) = (&held.inputs, &held.policy, held.anchors) {
            let inputs = Inputs { policy: policy.clone(), anchors, ..inputs.clone() };
            let recorded = again.rules(&inputs, None)?;
            if recorded.policy.digest != rules.policy.digest {
                rules.policy = recorded.policy.clone();
            }
            if recorded.anchors.digest() != rules.anchors.digest() {
                rules.anchors = recorded.anchors.clone();
            }
        }
        if let Some(rubric) = held.rubric.filter(|rubric| rubric.to_string() != rules.rubric.digest) {
            rules.rubric = Arc::new((*again.rubric(rubric)?).clone());
        }
        Ok(rules)
    }

    /// The rules that have these names: those of now, or those of some record of the ledger. None where one of them is
    /// not in this store.
    pub(super) fn named_rules(&self, now: &View, sides: &[&Held], names: &RuleNames) -> Option<Rules> {
        let recorded = sides.iter().filter_map(|held| self.recorded_rules(now, held).ok());
        let known: Vec<Rules> = std::iter::once(Rules::of(now)).chain(recorded).collect();
        let policy = known.iter().find(|rules| rules.policy.digest == names.policy)?.policy.clone();
        let is_named = |anchors: &Anchors| match &names.anchors {
            None => true,
            Some(name) => anchors_named(anchors).is_ok_and(|known| known == *name),
        };
        let anchors = known.iter().find(|rules| is_named(&rules.anchors))?.anchors.clone();
        let rubric = known.iter().find(|rules| rules.rubric.digest == names.rubric)?.rubric.clone();
        Some(Rules { policy, anchors, rubric })
    }

    /// The workspace as it was after some record.
    ///
    /// # Errors
    /// `E-STORE`, `E-CANCELLED`, `E-INTERNAL`, `E-TOO-LARGE`.
    pub(super) fn past(
        &self,
        now: &View,
        held: &Held,
        rules: Rules,
        at: Timestamp,
        progress: &Progress,
    ) -> Result<View> {
        let (models, records) = self.models_then(now, held, progress)?;
        let Rules { policy, anchors, rubric } = rules;
        let mut view = View {
            policy_text: policy.text.to_string(),
            policy,
            trust: anchors,
            rubric,
            models: Arc::new(models),
            states: Arc::default(),
            reviews: Arc::default(),
            names: Arc::default(),
            ledger: held.end.clone(),
            at,
            ..now.clone()
        };
        let mut lost: Vec<usize> = held.verified.keys().filter_map(|id| Some(view.model(id)?.0)).collect();
        self.judge_recorded(&mut view, records, progress)?;
        lost.retain(|index| view.verified.get(*index).is_none_or(Option::is_none));
        view.lost = Arc::new(lost);
        // What the files were when they were verified is taken to be what they were.
        let verified = view.verified.clone();
        for (index, (slot, model)) in verified.iter().zip(view.models.clone().iter()).enumerate() {
            if let Some(verified) = slot {
                note_state(&mut view.states, index, model, verified.state);
            }
        }
        let said =
            held.reviews.iter().filter_map(|entry| Some((view.model(&entry.model)?.0, Said::of(entry)?)));
        let said: Vec<(usize, Said)> = said.collect();
        let mut reviews = vec![None; view.models.len()];
        stand(&mut reviews, said);
        view.reviews = Arc::new(reviews);
        conclude(&mut view, &held.gates);
        Ok(view)
    }

    /// The models as the records of their verifications hold them, the others as they are now, by id; and what was seen of
    /// them.
    fn models_then(&self, now: &View, held: &Held, progress: &Progress) -> Result<ModelsThen> {
        let mut seen: BTreeMap<ModelId, Recorded> = BTreeMap::new();
        let mut models: BTreeMap<ModelId, Model> = BTreeMap::new();
        for (id, number) in &held.verified {
            progress.check()?;
            let entry = self.store().entry(*number)?;
            let Some((digest, recorded)) = entry.as_ref().and_then(Recorded::read) else { continue };
            let known = now.model(id).map(|(_, model)| model);
            let is_as_now = match known {
                Some(model) => EvidenceDigest::of(&bytes_of(model)?)? == digest,
                None => false,
            };
            if !is_as_now && let Some(model) = self.model_kept(digest)? {
                models.insert(id.clone(), model);
            }
            seen.insert(id.clone(), recorded);
        }
        let others = now.models.iter().filter(|model| !models.contains_key(&model.id)).cloned();
        let mut all: Vec<Model> = others.collect();
        all.extend(models.into_values());
        all.sort_by(|one, other| one.id.cmp(&other.id));
        let place = |id: &ModelId| all.binary_search_by(|model| model.id.cmp(id)).ok();
        let records = seen.into_iter().filter_map(|(id, recorded)| Some((place(&id)?, recorded)));
        let records = records.collect();
        Ok((all, records))
    }

    fn model_kept(&self, digest: EvidenceDigest) -> Result<Option<Model>> {
        let bytes = self.store().evidence(digest)?;
        bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(|_| digest.changed())).transpose()
    }
}

/// Draws the lineage of a view and judges it, with what gates decided.
pub(super) fn conclude(view: &mut View, gates: &Gates) {
    view.draw_lineage();
    // What feeds and drills say is as it is now.
    let others = |usage: &Usage| Usage { gates: Vec::new(), deployments: Vec::new(), ..usage.clone() };
    let mut used: BTreeMap<ModelId, Usage> =
        view.usage.iter().map(|(id, usage)| (id.clone(), others(usage))).collect();
    for (id, gates) in gates {
        used.entry(id.clone()).or_default().gates.clone_from(gates);
    }
    view.usage = Arc::new(used);
    let alone = view.clone();
    view.take_deployments(&alone);
    if !view.policy.asks_gates() {
        let usage = Arc::make_mut(&mut view.usage);
        let not_deployed = usage.values_mut().filter(|usage| usage.deployments.is_empty());
        not_deployed.for_each(|usage| usage.gates.clear());
        usage.retain(|_, usage| !usage.is_empty());
    }
    view.judge();
}

/// The error of rules that are not there any more.
pub(super) fn rules_gone(cause: Error) -> Error {
    match cause.code {
        Code::Evidence => cause.help("name a snapshot of that time instead"),
        _ => cause,
    }
}
