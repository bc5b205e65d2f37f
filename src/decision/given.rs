//! The inputs for judging an inventory, as values and lookups.

use super::anchoring::Anchoring;
use super::descent::Descent;
use super::review::StandingReview;
use crate::inventory::{Looked, Model};
use crate::lineage::{Proven, Stated};
use crate::maturity::{PolicySeal, Rubric, Since, Testimony, Usage};
use crate::policy::Policy;
use crate::signing::Verification;
use std::sync::Arc;

/// What is known of a model's verification.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The checks, with IDENTITY and POLICY as the policy says now.
    pub verification: Option<&'a Verification>,
    /// What was seen inside the files.
    pub looked: Option<&'a Looked>,
    /// What its claims say, in the order of their digests.
    pub testimonies: &'a [Testimony],
    /// How it is used and governed; none where nothing is known.
    pub usage: Option<&'a Usage>,
    /// Whether the files are still those.
    pub since: Since,
}

/// The verification of the model of an index.
pub type Verifications<'a> = dyn Fn(usize) -> Known<'a> + Sync + 'a;

/// The reviews of the model of an index that stand.
pub type Reviews<'a> = dyn Fn(usize) -> Vec<StandingReview> + Sync + 'a;

/// What may be another than when the same models were judged before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Of which models something else may be known, by their indices, sorted.
    pub models: Vec<usize>,
    /// Whether the rules may say something else of every model, whatever is known of it.
    pub rules: bool,
}

impl Touched {
    /// Of these models something else may be known.
    pub fn models(mut models: Vec<usize>) -> Self {
        models.sort_unstable();
        models.dedup();
        Touched { models, rules: false }
    }

    /// And of these.
    pub fn also(&mut self, more: Vec<usize>) {
        self.models.extend(more);
        *self = Touched { rules: self.rules, ..Touched::models(std::mem::take(&mut self.models)) };
    }
}

/// Everything a verdict depends on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The inventory.
    pub models: &'a [Model],
    /// Their lineage, and what follows from it.
    pub descent: &'a Arc<Descent>,
    /// What claims say of it.
    pub proven: &'a Proven,
    /// What documents state of root digests.
    pub stated: &'a Stated,
    /// The latest verification of the model of an index.
    pub verified: &'a Verifications<'a>,
    /// The reviews that stand.
    pub reviews: &'a Reviews<'a>,
    /// How far checkpoints cover the ledger; none if not checked.
    pub ledger: Option<&'a Anchoring>,
    /// The policy.
    pub policy: &'a Policy,
    /// What is known of its own signature.
    pub seal: &'a PolicySeal,
    /// When a feed that names what it affects was imported last; none: there is none.
    pub feeds: Option<jiff::Timestamp>,
    /// The stage's name.
    pub stage: &'a str,
    /// The rubric.
    pub rubric: &'a Rubric,
    /// When.
    pub now: jiff::Timestamp,
}
