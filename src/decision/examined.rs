//! The tests of a policy, and which of its rules they examine: each test is tried again with one rule changed after the
//! other.

use super::evaluate::{Decision, Verdict};
use super::reason::ReasonCode;
use super::trial::{Tried, try_test};
use crate::error::Result;
use crate::maturity::Rubric;
use crate::policy::{Action, Change, Class, Policy, mutants};
use crate::signing::{CheckCode, Outcome};
use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// So many changes of a policy are tried at most.
const LIMIT_CHANGES: usize = 2000;

/// What the tests of a policy come to, and which of its rules they examine.
#[derive(Debug, Clone)]
pub struct Examined {
    /// What came of each test, in the order of the file.
    pub tests: Vec<Tried>,
    /// What a change of each rule does to the tests, in the order of the sections.
    pub rules: Vec<TriedRule>,
    /// How many more rules there are, which were not changed.
    pub untried: usize,
}

/// What the change of a rule does to the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRule {
    /// The rule, as the file calls it.
    pub rule: String,
    /// What was done to it.
    pub change: Change,
    /// What that did.
    pub effect: Effect,
}

/// What the change of a rule does to the tests of its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing: no test reaches the rule.
    Unreached,
    /// Something else is concluded, and every test passes or fails as before.
    Unnoticed,
    /// A test passes no more.
    Noticed,
}

impl Examined {
    /// Whether each test passes.
    pub fn passes(&self) -> bool {
        self.tests.iter().all(Tried::passes)
    }

    /// Whether a test notices the change of each rule.
    pub fn protects(&self) -> bool {
        self.untried == 0 && self.rules.iter().all(|rule| rule.effect == Effect::Noticed)
    }

    /// The rules whose change has that effect.
    pub fn with(&self, effect: Effect) -> impl Iterator<Item = &TriedRule> {
        self.rules.iter().filter(move |rule| rule.effect == effect)
    }
}

/// Tries all tests of a policy, then again with each of its rules changed.
///
/// # Errors
/// `E-INTERNAL`.
pub fn examine(policy: &Policy, rubric: &Rubric, now: Timestamp) -> Result<Examined> {
    let tests: Vec<Tried> =
        policy.tests.iter().map(|test| try_test(policy, rubric, test, now)).collect::<Result<_>>()?;
    let before: Vec<(bool, Trace)> = tests.iter().map(|tried| (tried.passes(), Trace::of(tried))).collect();
    let mut changes = mutants(policy);
    let untried = changes.len().saturating_sub(LIMIT_CHANGES);
    changes.truncate(LIMIT_CHANGES);
    let rules = changes.into_par_iter().map(|change| {
        let effect = match change.of(policy) {
            Some(changed) => effect(&changed, rubric, &before, now)?,
            None => Effect::Unreached,
        };
        Ok(TriedRule { rule: change.rule, change: change.change, effect })
    });
    let rules = rules.collect::<Result<_>>()?;
    Ok(Examined { tests, rules, untried })
}

fn effect(changed: &Policy, rubric: &Rubric, before: &[(bool, Trace)], now: Timestamp) -> Result<Effect> {
    let mut effect = Effect::Unreached;
    for (test, (passed, trace)) in changed.tests.iter().zip(before) {
        let after = try_test(changed, rubric, test, now)?;
        if *passed && !after.passes() {
            return Ok(Effect::Noticed);
        }
        if Trace::of(&after) != *trace {
            effect = Effect::Unnoticed;
        }
    }
    Ok(effect)
}

/// What was concluded, without the facts, which quote the policy.
#[derive(PartialEq, Eq)]
struct Trace {
    decision: Decision,
    levels: (u8, u8, bool),
    reasons: Vec<(ReasonCode, Option<Class>, Action)>,
    controls: Vec<Outcome>,
    checks: Vec<(CheckCode, Outcome)>,
}

impl Trace {
    fn of(tried: &Tried) -> Self {
        let Verdict { assessment, effective, tainted, decision, reasons, .. } = &tried.verdict;
        let checks = tried.verification.iter().flat_map(|verification| &verification.checks);
        Trace {
            decision: *decision,
            levels: (assessment.score.own, *effective, *tainted),
            reasons: reasons.iter().map(|one| (one.code.clone(), one.class, one.action)).collect(),
            controls: assessment.controls.iter().map(|control| control.outcome).collect(),
            checks: checks.map(|check| (check.code, check.outcome)).collect(),
        }
    }
}
