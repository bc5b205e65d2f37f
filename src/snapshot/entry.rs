//! What a snapshot holds: of the whole, and of each model. Lists are sorted, so that what is the same is spelt the
//! same, whatever the order of the sources.

use crate::disk::slashed;
use crate::error::{Code as ErrorCode, Error, Result};
use crate::inventory::{Basis, Binding, Fact, FactKey, Format, Hazard, Kind, Model, ModelId, ParentRef};
use crate::json::{MAX_INTEGER, canonical};
use crate::signing::{Method, Outcome, RootDigest};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What is said of the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct About {
    /// The workspace's name.
    pub workspace: Untrusted,
    /// The stage that was judged for.
    pub stage: Untrusted,
    /// Digest of the policy in force.
    pub policy: Untrusted,
    /// Digest of its trust anchors; none in snapshots of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchors: Option<Untrusted>,
    /// Digest of the rubric.
    pub rubric: Untrusted,
    /// How far the ledger was.
    pub ledger: LedgerState,
}

/// How far a ledger is: its end names all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerState {
    /// Number of entries.
    pub entries: u64,
    /// Hash of the last one; 64 zeros when there is none.
    pub head: Untrusted,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The inventory's key.
    pub id: ModelId,
    /// What it is.
    pub kind: Kind,
    /// Its folder or file, workspace-relative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Untrusted>,
    /// Its bundle, workspace-relative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Untrusted>,
    /// Its `claims.jsonl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<Claims>,
    /// Files on disk.
    #[serde(with = "exact")]
    #[schemars(with = "exact::Either")]
    pub files: u64,
    /// Bytes on disk.
    #[serde(with = "exact")]
    #[schemars(with = "exact::Either")]
    pub bytes: u64,
    /// Weights formats.
    pub formats: Vec<Format>,
    /// What can run code when it is loaded.
    pub hazards: Vec<Hazard>,
    /// Facts. Where sources disagree, each of theirs is `contradicted`.
    pub facts: Vec<Fact>,
    /// Parents as the sources name them.
    pub parents: Vec<ParentRef>,
    /// What a bill says of its signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<Box<Binding>>,
    /// Further folders of the same name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<Untrusted>,
    /// The documents that speak of it.
    pub sources: Vec<Untrusted>,
    /// Its latest verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Box<Checked>>,
    /// Own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
    /// The decision at the stage: `admit`, `warn`, `refuse` or `not judged`.
    pub decision: Untrusted,
    /// Its latest review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Box<Reviewed>>,
}

/// A file of claims by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claims {
    /// Workspace-relative.
    pub path: Untrusted,
    /// Its size; none when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 over its bytes, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Untrusted>,
}

/// A verification in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checked {
    /// When.
    pub at: jiff::Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether files changed since: then it says nothing of what lies here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed_since: bool,
    /// Checks that did not simply pass.
    pub codes: Vec<Code>,
    /// Whether it rests on digests that were computed before.
    pub cached: bool,
    /// How it was signed.
    pub method: Option<Method>,
    /// Who signed.
    pub signer: Option<Untrusted>,
    /// Who answers for the signer's name.
    pub issuer: Option<Untrusted>,
    /// Whether the signer is proven.
    pub proven: bool,
    /// The root digest that is signed.
    pub root_digest: Option<RootDigest>,
    /// SHA-256 of the bundle, hex.
    pub bundle_digest: Option<Untrusted>,
    /// In snapshots of earlier versions: digest of the policy under which it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Untrusted>,
}

/// One check by its code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Code {
    /// The code.
    pub code: Untrusted,
    /// The outcome, as it is written: `fail`, `missing`, …
    pub outcome: Untrusted,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reviewed {
    /// What was said.
    pub word: Untrusted,
    /// Why.
    pub reason: Untrusted,
    /// By whom.
    pub by: Untrusted,
    /// When.
    pub at: jiff::Timestamp,
}

impl Entry {
    /// A model of the inventory, of which nothing was concluded yet.
    pub fn of(model: &Model) -> Self {
        let mut facts: Vec<Fact> = model.facts.each().map(std::borrow::Cow::into_owned).collect();
        level_contradictions(&mut facts);
        facts.sort_by(|a, b| order(a).cmp(&order(b)));
        facts.dedup();
        let mut parents: Vec<ParentRef> = model.parents.each().map(std::borrow::Cow::into_owned).collect();
        parents.sort_by(|a, b| key(a).cmp(&key(b)));
        parents.dedup();
        Entry {
            id: model.id.clone(),
            kind: model.kind,
            location: model.location.as_deref().map(|path| slashed(path).into()),
            signature: model.signature.as_deref().map(|path| slashed(path).into()),
            claims: model.claims.as_deref().map(|path| Claims {
                path: slashed(path).into(),
                bytes: None,
                digest: None,
            }),
            files: model.files,
            bytes: model.bytes,
            formats: sorted(&model.formats),
            hazards: sorted(&model.hazards),
            facts,
            parents,
            binding: model.binding.clone(),
            twins: model.twins.iter().map(|twin| slashed(&twin.location).into()).collect(),
            sources: sorted(&model.sources),
            verified: None,
            own: 0,
            effective: 0,
            tainted: false,
            decision: Untrusted::default(),
            reviewed: None,
        }
    }

    /// The bytes that a snapshot holds of it.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn canonical(&self) -> Result<Vec<u8>> {
        canonical(self).map_err(|cause| {
            Error::new(ErrorCode::Internal, format!("a model cannot be written as JSON ({cause})"))
                .at(self.id.raw())
        })
    }
}

/// Which of two facts that disagree is marked in the inventory depends on which was read first; here each is.
fn level_contradictions(facts: &mut [Fact]) {
    let disputed: HashSet<FactKey> =
        facts.iter().filter(|fact| fact.basis == Basis::Contradicted).map(|fact| fact.key).collect();
    for fact in facts.iter_mut().filter(|fact| disputed.contains(&fact.key)) {
        fact.basis = Basis::Contradicted;
    }
}

fn order(fact: &Fact) -> (FactKey, &str, &str, &str, Basis) {
    (fact.key, fact.value.raw(), fact.source.raw(), fact.place.raw(), fact.basis)
}

fn key(parent: &ParentRef) -> impl Ord + '_ {
    (&parent.id, parent.relation, parent.source.raw(), parent.place.raw(), parent.basis, parent.digest)
}

fn sorted<T: Ord + Clone>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort();
    items.dedup();
    items
}

/// Numbers of a disk's own words may be too large for JSON; they are then texts.
mod exact {
    use super::MAX_INTEGER;
    use schemars::JsonSchema;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[schemars(inline)]
    pub enum Either {
        Number(u64),
        Text(String),
    }

    pub fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        if *number <= MAX_INTEGER { to.serialize_u64(*number) } else { to.collect_str(number) }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        match Either::deserialize(from)? {
            Either::Number(number) => Ok(number),
            Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}
