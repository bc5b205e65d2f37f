//! What another policy would change: the models that stand elsewhere under it, the dangerous ones first. It judges
//! nothing: it compares two views of the same models.

use super::{AnchorInfo, View};
use crate::decision::{Decision, Reason, ReasonCode, Standing, Tried};
use crate::inventory::ModelId;
use crate::policy::lint::{Finding, Lint};
use crate::policy::{PolicyError, PolicyTest};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What would become of an inventory under another policy.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// What makes the policy invalid; if there is anything, nothing else was looked at.
    pub faults: Vec<PolicyError>,
    /// What is valid in it and probably not meant, as far as it shows without the verified models.
    pub lint: Option<Lint>,
    /// The same, as far as it is not found in the policy in force.
    pub new_findings: Vec<Finding>,
    /// Anchors that cannot be read.
    pub unreadable: Vec<AnchorInfo>,
    /// What its own tests come to.
    pub tests: TestsTried,
    /// What changes.
    pub flips: Flips,
}

/// What the tests of a policy come to.
#[derive(Debug, Clone, Default)]
pub struct TestsTried {
    /// How many pass.
    pub passing: usize,
    /// The others, in the order of the file, and what came of each.
    pub failing: Vec<(PolicyTest, Tried)>,
}

impl TestsTried {
    /// How many there are.
    pub fn all(&self) -> usize {
        self.passing + self.failing.len()
    }
}

/// The models that stand elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flips {
    /// How many models have another decision, by those before and after.
    pub decisions: BTreeMap<(Decision, Decision), usize>,
    /// How many models have another effective level, by those before and after.
    pub levels: BTreeMap<(u8, u8), usize>,
    /// The models: what would be let in that is kept out stands first, then what would be kept out.
    pub models: Vec<Flip>,
    /// How many models do not change.
    pub unchanged: usize,
}

/// One model that stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The model.
    pub model: ModelId,
    /// Under the policy in force.
    pub before: Standing,
    /// Under the other one.
    pub after: Standing,
    /// The reason that weighs most: under the other policy, or where that one decides more leniently, under the policy in
    /// force.
    pub by: Option<Reason>,
}

/// What a change means, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It was kept out, and would be let in.
    LetIn,
    /// It would be let in with fewer questions.
    Eased,
    /// It would be kept out.
    KeptOut,
    /// It would be let in with more questions.
    Tightened,
    /// The decision stays; the level falls, or what it rests on changes.
    Lowered,
    /// The decision stays; the level rises.
    Raised,
}

impl Flip {
    /// What it means.
    pub fn turn(&self) -> Turn {
        let (was, is) = (self.before.decision, self.after.decision);
        let is_in = |decision| matches!(decision, Decision::Admit | Decision::Warn);
        match was.cmp(&is) {
            Ordering::Greater if is_in(is) && !is_in(was) => Turn::LetIn,
            Ordering::Greater => Turn::Eased,
            Ordering::Less if is_in(was) && !is_in(is) => Turn::KeptOut,
            Ordering::Less => Turn::Tightened,
            Ordering::Equal if self.after.effective > self.before.effective => Turn::Raised,
            Ordering::Equal => Turn::Lowered,
        }
    }

    fn of(before: &View, after: &View, index: usize) -> Option<Self> {
        let (was, is) = (before.judgement.standing(index)?, after.judgement.standing(index)?);
        if was == is {
            return None;
        }
        let strict = if is.decision < was.decision { before } else { after };
        let model = after.models.get(index)?.id.clone();
        Some(Flip { model, before: was, after: is, by: strict.weightiest(index) })
    }
}

impl Flips {
    /// What differs between two views of the same models.
    pub fn between(before: &View, after: &View) -> Self {
        let all = 0..after.models.len();
        let mut models: Vec<Flip> =
            all.into_par_iter().filter_map(|index| Flip::of(before, after, index)).collect();
        models.par_sort_unstable_by(|one, other| {
            one.turn().cmp(&other.turn()).then_with(|| one.model.cmp(&other.model))
        });
        let (mut decisions, mut levels) = (BTreeMap::new(), BTreeMap::new());
        for Flip { before, after, .. } in &models {
            if before.decision != after.decision {
                *decisions.entry((before.decision, after.decision)).or_default() += 1;
            }
            if before.effective != after.effective {
                *levels.entry((before.effective, after.effective)).or_default() += 1;
            }
        }
        let unchanged = after.models.len().saturating_sub(models.len());
        Flips { decisions, levels, models, unchanged }
    }

    /// How many models have another decision.
    pub fn decided(&self) -> usize {
        self.decisions.values().sum()
    }
}

impl View {
    /// The reason of the model of an index that weighs most, with the check that was found.
    pub(super) fn weightiest(&self, index: usize) -> Option<Reason> {
        let mut reason = self.judgement.cause(index)?;
        if let ReasonCode::Check(code) = &mut reason.code {
            let found = self.verification(index).and_then(|verification| verification.check(code.stage()));
            *code = found.map_or(*code, |check| check.code);
        }
        Some(reason)
    }
}
