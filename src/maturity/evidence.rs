//! What the controls are judged from, as plain values. It knows no control.

use super::kinship::Kinship;
use super::met::Met;
use super::usage::{PolicySeal, Usage};
use crate::attest::Claimed;
use crate::inventory::{Looked, Model, ModelId, Told};
use crate::policy::{Policy, Role};
use crate::signing::Verification;
use crate::tables::Few;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Whether a verification on record still holds: of the files that lie there, and with what it rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// Nothing is known to have changed.
    #[default]
    Same,
    /// The files changed, or may have without showing it.
    Changed,
    /// The evidence is not there any more.
    Lost,
}

impl Since {
    /// Whether it holds.
    pub fn is_same(&self) -> bool {
        *self == Since::Same
    }
}

/// A claim, and what the policy lets its signer say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Testimony {
    /// The claim.
    pub claimed: Claimed,
    /// The roles of its signer for this model; none of one who is not proven.
    pub roles: Few<Role>,
    /// The publisher and the attesters of the policy whose signer it is for this model, by their ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub whose: Vec<Untrusted>,
    /// What it comes to under each requirement of the policy about its predicate, in the order of the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meets: Vec<Met>,
}

/// What is known of one model when it is judged.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The inventory's entry.
    pub model: &'a Model,
    /// The latest verification, with IDENTITY and POLICY as the policy in force says now; none: not looked yet.
    pub verification: Option<&'a Verification>,
    /// What was seen inside the files when they were hashed for it.
    pub looked: Option<&'a Looked>,
    /// Whether the files are still those that were hashed: where they are not, nothing of it stands.
    pub since: Since,
    /// What claims say of it, in the order of their digests.
    pub testimonies: &'a [Testimony],
    /// What the lineage says of it.
    pub kinship: &'a Kinship,
    /// How it is used and governed.
    pub usage: &'a Usage,
    /// What is known of the policy's own signature.
    pub seal: &'a PolicySeal,
    /// When a feed that names what it affects was imported last; none: there is none.
    pub feeds: Option<jiff::Timestamp>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// When it is judged.
    pub now: jiff::Timestamp,
    /// What documents tell of its parents, once somebody asked: several controls do, and decoding them takes longer than
    /// most of what is judged.
    pub told: OnceCell<ParentsTold>,
    /// Which documents tell of them, where that is known already.
    pub told_by: Option<ToldBy>,
}

/// Which documents tell of the parents whose weights are in a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ToldBy {
    /// Model cards, and nothing else.
    Cards,
    /// Some of them a bill of materials.
    Bills,
    /// Others, or none.
    #[default]
    Others,
}

/// What documents tell of the parents whose weights are in a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParentsTold {
    /// Which documents.
    pub by: ToldBy,
    /// Those that bills of materials name.
    pub in_bills: BTreeSet<ModelId>,
}

impl ParentsTold {
    /// Of a model.
    pub fn of(model: &Model) -> Self {
        let mut told = ParentsTold::default();
        let (mut all, mut in_card) = (0_usize, 0_usize);
        for parent in model.parents.each().filter(|parent| parent.relation.bears_weight()) {
            all += 1;
            match Told::of(&parent) {
                Told::Card => in_card += 1,
                Told::Pedigree | Told::Property => _ = told.in_bills.insert(parent.id.clone()),
                _ => {}
            }
        }
        told.by = match () {
            () if !told.in_bills.is_empty() => ToldBy::Bills,
            () if all > 0 && all == in_card => ToldBy::Cards,
            () => ToldBy::Others,
        };
        told
    }
}

impl Evidence<'_> {
    /// Which documents tell of the parents whose weights are in the model.
    pub fn told_by(&self) -> ToldBy {
        self.told_by.unwrap_or_else(|| self.parents_told().by)
    }

    /// What documents tell of the parents whose weights are in the model.
    pub fn parents_told(&self) -> &ParentsTold {
        self.told.get_or_init(|| ParentsTold::of(self.model))
    }
}
