//! What changed between two times for levels and decisions, and why: what a trend says.

use super::continuity::PublisherTrend;
use crate::decision::{Decision, Inputs};
use crate::inventory::ModelId;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// An input of a judgement, as it can be exchanged for that of another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrendInput {
    /// What is known of the models: their entries in the inventory and their verifications.
    Evidence,
    /// The reviews.
    Reviews,
    /// The recorded decisions of gates.
    Gates,
    /// The policy, but for its exceptions.
    Policy,
    /// The exceptions of the policy.
    Exceptions,
    /// The trust anchors, with their revocation lists.
    Anchors,
    /// The rubric.
    Rubric,
    /// The time.
    Time,
}

/// Why a model stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TrendCause {
    /// Only the later snapshot has it.
    Added,
    /// Only the earlier side has it.
    Removed,
    /// It was verified for the first time.
    FirstVerified,
    /// Its files are others.
    Files,
    /// Its files changed after they were verified.
    FilesChanged,
    /// Its signature is another one.
    Signature,
    /// Its claims are others.
    Claims,
    /// What was found inside its files is something else.
    Contents,
    /// What documents and folders say of it is something else.
    Inventory,
    /// It was verified again; what was found is the same.
    VerifiedAgain,
    /// The evidence of its verification is gone.
    EvidenceLost,
    /// Something of an ancestor.
    Ancestor {
        /// The ancestor.
        model: ModelId,
    },
    /// What was known then of how models belong together.
    Lineage,
    /// A review.
    Review,
    /// A decision of a gate.
    Gate,
    /// The policy, but for its exceptions.
    Policy,
    /// An exception of the policy was added, changed or removed.
    Exception,
    /// A trust anchor or a revocation list.
    Anchors,
    /// The rubric.
    Rubric,
    /// Time passed.
    Time,
    /// It cannot be told.
    Unknown {
        /// What it would take.
        missing: Missing,
    },
}

/// What it would take to tell a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The ledger that a snapshot names: this one does not hold its records.
    Ledger,
    /// The policy, the trust anchors or the rubric of a snapshot: they are not in this store.
    Rules,
    /// Something that only a snapshot saw: judged from the records, the model stands elsewhere than it says.
    Unrecorded,
    /// Nothing is missing: no single input does it.
    Combination,
}

/// How a cause is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Judged again with this input alone as it was before, the model does not stand where it stands now.
    Needed,
    /// Judged again with this input alone as it is now, the decision or the level is no longer what it was; no single input
    /// was needed for it, because another one would have changed it too.
    Enough,
    /// One of several things that changed in the same input; they were not told apart.
    Together,
    /// By the lists of both sides, or not at all.
    Stated,
}

/// A cause, and how it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Ascribed {
    /// The cause.
    pub cause: TrendCause,
    /// How it is known.
    pub proof: Proof,
}

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Stand {
    /// The decision.
    pub decision: Decision,
    /// The effective level; none where nothing was decided: then nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
}

impl Stand {
    /// Of a decision and a level.
    pub fn of(decision: Decision, effective: u8) -> Self {
        let level = (decision != Decision::NotJudged).then_some(effective);
        Stand { decision, level }
    }

    fn is_in(self) -> bool {
        matches!(self.decision, Decision::Admit | Decision::Warn)
    }

    pub(super) fn strictness(self) -> u8 {
        match self.decision {
            Decision::Admit => 0,
            Decision::Warn => 1,
            Decision::NotJudged => 2,
            Decision::Refuse => 3,
        }
    }
}

/// What a change means, in the order in which changes are listed: what was lost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shift {
    /// It was let in, and is kept out.
    KeptOut,
    /// It is decided more strictly.
    Tightened,
    /// Its level fell.
    Lowered,
    /// It is gone.
    Removed,
    /// It was kept out, and is let in.
    LetIn,
    /// It is decided less strictly.
    Eased,
    /// Its level rose.
    Raised,
    /// It is new.
    Added,
}

impl Shift {
    pub(super) fn of(before: Option<Stand>, after: Option<Stand>) -> Self {
        let (was, is) = match (before, after) {
            (Some(was), Some(is)) => (was, is),
            (Some(_), None) => return Shift::Removed,
            (None, _) => return Shift::Added,
        };
        match was.strictness().cmp(&is.strictness()) {
            std::cmp::Ordering::Less if was.is_in() && !is.is_in() => Shift::KeptOut,
            std::cmp::Ordering::Less => Shift::Tightened,
            std::cmp::Ordering::Greater if is.is_in() && !was.is_in() => Shift::LetIn,
            std::cmp::Ordering::Greater => Shift::Eased,
            std::cmp::Ordering::Equal if is.level < was.level => Shift::Lowered,
            std::cmp::Ordering::Equal => Shift::Raised,
        }
    }
}

/// What one side of a trend is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Origin {
    /// The workspace as it is.
    Now,
    /// A snapshot.
    Snapshot {
        /// Its digest.
        digest: String,
    },
    /// A date: judged again from what was recorded by then.
    Date,
    /// Right after a record: judged again from what was recorded by then.
    Record,
}

/// One side of a trend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrendSide {
    /// What it is.
    pub origin: Origin,
    /// The time that it is judged by.
    pub at: Timestamp,
    /// How many records of the ledger it takes in.
    pub records: u64,
    /// The hash of the last of them; 64 zeros when there is none.
    pub last_record: Untrusted,
    /// How many models it has, but for those that are not recorded.
    pub models: usize,
    /// What it was judged from; none where the rules of a snapshot are not in this store. `evidence` is the SHA-256 over the
    /// digests of the evidence on each model, in the order of their ids.
    pub inputs: Option<Inputs>,
}

/// How many models there are of a kind on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrendTotal<T> {
    /// Which.
    pub of: T,
    /// How many before.
    pub before: usize,
    /// How many after.
    pub after: usize,
}

/// Models that changed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrendGroup {
    /// What the change means.
    pub shift: Shift,
    /// Where they stood; none where they were not there, or nothing was recorded on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Stand>,
    /// Where they stand; none where they are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Stand>,
    /// Why.
    pub causes: Vec<Ascribed>,
    /// The code of the reason that weighs most: of the stricter decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The models, by id.
    pub models: Vec<TrendModel>,
}

/// A model that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrendModel {
    /// The model.
    pub model: ModelId,
    /// At how many places it runs on the later side.
    pub deployments: usize,
    /// What was known of it, by digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_before: Option<EvidenceDigest>,
    /// What is known of it, by digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_after: Option<EvidenceDigest>,
}

/// What changed between two times.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The earlier side.
    pub from: TrendSide,
    /// The later side.
    pub to: TrendSide,
    /// The stage that is judged for.
    pub stage: String,
    /// The publisher whose models alone are looked at.
    pub publisher: Option<String>,
    /// Which models alone are looked at, in words; none for all.
    pub scope: Option<String>,
    /// The inputs that differ, each of which was exchanged.
    pub differing: Vec<TrendInput>,
    /// How many models stand where they stood.
    pub unchanged: usize,
    /// How many models stand elsewhere.
    pub changed: usize,
    /// How many models of the later side were left out: there is no verification of them on either, and the earlier side
    /// knows only what was recorded.
    pub not_recorded: usize,
    /// How many records were not read, because an earlier version wrote them.
    pub unread: usize,
    /// How many models are at each level; none is where nothing was decided.
    pub levels: Vec<TrendTotal<Option<u8>>>,
    /// How many models there are of each decision.
    pub decisions: Vec<TrendTotal<Decision>>,
    /// The models that changed, those that lost most first.
    pub groups: Vec<TrendGroup>,
    /// Publishers that sign otherwise than before.
    pub publishers: Vec<PublisherTrend>,
}
