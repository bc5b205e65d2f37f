//! The latest gate decisions on deployed models, by stage, from the records of decisions; on all models, where a stage
//! of the policy asks for the word of another. Other records are not read.

use super::door::Workbench;
use crate::decision::{About, Decision, Making, ReasonCode, counts_otherwise};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::maturity::{Gated, Passed};
use crate::store::{LedgerEntry, RecordKind};
use crate::text::Untrusted;
use crate::view::View;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The decisions on so many models are read in one go through the ledger, on fewer model by model.
const MANY: usize = 1000;

/// By model: the latest word at each stage, sorted by stage.
pub(super) type Gates = BTreeMap<ModelId, Vec<Gated>>;

/// As much of a recorded decision as it takes to say what became of the model.
#[derive(Deserialize)]
struct Recorded {
    about: About,
    made: Making,
    inputs: Stage,
    #[serde(default)]
    warnings_acknowledged: bool,
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Stage {
    stage: Option<String>,
    policy: Policy,
}

#[derive(Deserialize)]
struct Policy {
    digest: String,
}

#[derive(Deserialize)]
struct Verdict {
    decision: Decision,
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    code: String,
}

/// What a record says; none of one that does not say for which stage.
pub(super) fn gated(entry: &LedgerEntry) -> Option<Gated> {
    let recorded: Recorded = serde_json::from_str(&entry.body).ok()?;
    let let_in = match recorded.verdict.decision {
        Decision::Admit => true,
        Decision::Warn => recorded.warnings_acknowledged,
        Decision::Refuse | Decision::NotJudged => false,
    };
    let (root, at) = (recorded.about.root_digest, recorded.made.recorded);
    let relied = recorded.verdict.reasons.iter().any(|reason| reason.code == ReasonCode::LastPass.as_str());
    let passed = root.filter(|_| let_in && !relied);
    let policy = recorded.inputs.policy.digest;
    let passed = passed.map(|root| Passed { root, policy, at });
    Some(Gated { stage: Untrusted::new(recorded.inputs.stage?), let_in, root, at, relied, passed })
}

/// Puts in a later word. One that relied on an earlier one leaves that as it is.
pub(super) fn put(gates: &mut Vec<Gated>, mut gated: Gated) {
    match gates.binary_search_by(|known| known.stage.cmp(&gated.stage)) {
        Ok(at) => {
            if let Some(known) = gates.get_mut(at) {
                if gated.relied {
                    gated.passed = known.passed.take();
                }
                *known = gated;
            }
        }
        Err(at) => gates.insert(at, gated),
    }
}

/// The models of which an earlier word does not count any more, by their indices.
fn lapsed(before: &View, view: &View) -> Vec<usize> {
    let times = (before.at, view.at);
    let lapses = |gated: &Gated| counts_otherwise(&view.policy, gated, times);
    let lapsed = view.usage.iter().filter(|(_, usage)| usage.gates.iter().any(lapses));
    lapsed.filter_map(|(id, _)| Some(view.model(id)?.0)).collect()
}

impl Workbench {
    /// Brings the words of gates up to date with what was decided since, where the ledger goes on from the one that was
    /// read; puts them to how the models are used; and says of which models they are others now, by their indices.
    pub(super) fn renew_gates(
        &self,
        before: &View,
        view: &mut View,
        decided: Option<Vec<(usize, Gated)>>,
    ) -> Result<Vec<usize>> {
        let asks = |view: &View| view.policy.asks_gates();
        if Arc::ptr_eq(&before.models, &view.models)
            && Arc::ptr_eq(&before.usage, &view.usage)
            && asks(before) == asks(view)
            && decided.as_ref().is_some_and(Vec::is_empty)
        {
            view.gates = before.gates.clone();
            return Ok(lapsed(before, view));
        }
        let runs = view.usage.iter().filter(|(_, usage)| !usage.deployments.is_empty());
        let runs: Vec<ModelId> = match asks(view) {
            true => view.models.iter().map(|model| model.id.clone()).collect(),
            false => runs.map(|(id, _)| id.clone()).collect(),
        };
        let known = decided.as_ref().map(|_| &before.gates);
        let mut gates: Gates =
            runs.iter().filter_map(|id| Some((id.clone(), known?.get(id)?.clone()))).collect();
        let unread: Vec<&ModelId> = runs.iter().filter(|id| !gates.contains_key(id)).collect();
        let mut read = Vec::new();
        match unread.len() {
            0 => {}
            1..MANY => read = self.store().all_of(&RecordKind::Decision, &unread)?,
            _ => {
                let unread: HashSet<&ModelId> = unread.iter().copied().collect();
                self.store().all(&RecordKind::Decision, &mut |entries| {
                    read.extend(entries.into_iter().filter(|entry| unread.contains(&entry.model)));
                })?;
            }
        }
        // All records of theirs are read, those that are new here among them.
        for (index, gated) in decided.into_iter().flatten() {
            let id = view.models.get(index).map(|model| &model.id);
            if let Some(known) = id.and_then(|id| gates.get_mut(id)) {
                put(known, gated);
            }
        }
        gates.extend(unread.into_iter().map(|id| (id.clone(), Vec::new())));
        for entry in read {
            if let (Some(known), Some(gated)) = (gates.get_mut(&entry.model), gated(&entry)) {
                put(known, gated);
            }
        }
        // What is not asked about any more goes.
        let asked = gates.keys().chain(view.usage.keys().filter(|id| !gates.contains_key(*id)));
        let is_known = |id: &ModelId| {
            view.usage.get(id).map_or(&[][..], |usage| usage.gates.as_slice())
                == gates.get(id).map_or(&[][..], Vec::as_slice)
        };
        let changed: Vec<(usize, ModelId)> =
            asked.filter(|id| !is_known(id)).filter_map(|id| Some((view.model(id)?.0, id.clone()))).collect();
        if !changed.is_empty() {
            let usage = Arc::make_mut(&mut view.usage);
            for (_, id) in &changed {
                let of_model = usage.entry(id.clone()).or_default();
                of_model.gates = gates.get(id).cloned().unwrap_or_default();
                if of_model.is_empty() {
                    usage.remove(id);
                }
            }
        }
        // Where it is used as before, the gates are the ones that were put there before.
        let differs = |index: &usize| {
            let id = view.models.get(*index).map(|model| &model.id);
            id.is_some_and(|id| view.usage.get(id) != before.usage.get(id))
        };
        let mut touched: Vec<usize> = changed.into_iter().map(|(index, _)| index).filter(differs).collect();
        touched.extend(lapsed(before, view));
        view.gates = Arc::new(gates);
        Ok(touched)
    }
}
