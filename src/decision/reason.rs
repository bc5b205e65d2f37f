//! The reasons of a decision, as facts. What they rest on stands in the verdict and in the verification: nothing of it
//! is copied, and there are no words here.

use crate::policy::{Action, Class};
use crate::signing::CheckCode;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

/// One reason of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
    /// What it is about.
    pub code: ReasonCode,
    /// Its class; none where no class decides: what only informs, and what people say.
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// What it rests on.
    pub fact: ReasonFact,
}

/// What a reason is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReasonCode {
    /// A control of the rubric, or one that somebody takes for such; or a requirement of the policy.
    Control(Arc<str>),
    /// A check of the verification.
    Check(CheckCode),
    /// Digests that were not computed at the verification.
    Cached,
    /// Files that changed since they were verified.
    Changed,
    /// Evidence that is not there any more.
    Evidence,
    /// The level.
    Level,
    /// The ancestors.
    Cap,
    /// The stage itself.
    Stage,
    /// That only part of the model was verified.
    Part,
    /// A reviewer's word.
    Rejected,
    /// The ledger's checkpoints: some are missing.
    Unanchored,
    /// The ledger's checkpoints: one contradicts it.
    LedgerContradicted,
    /// The clock, where another time was asked about.
    Clock,
    /// That the glass was broken.
    BreakGlass,
    /// The word of the stage before.
    Promotion,
    /// An earlier word of the stage itself.
    LastPass,
    /// What is logged where the model runs.
    Surface,
    /// What digests of files rest on.
    DigestBasis,
}

impl ReasonCode {
    /// As it is written: `L1.03`, `FILES-CHANGED`, `CAP`.
    pub fn as_str(&self) -> &str {
        match self {
            ReasonCode::Control(id) => id,
            ReasonCode::Check(code) => code.as_str(),
            ReasonCode::Cached => CheckCode::FilesCached.as_str(),
            ReasonCode::Changed => "CHANGED",
            ReasonCode::Evidence => "EVIDENCE",
            ReasonCode::Level => "LEVEL",
            ReasonCode::Cap => "CAP",
            ReasonCode::Stage => "STAGE",
            ReasonCode::Part => "PARTIAL",
            ReasonCode::Rejected => "REVIEW-REJECTED",
            ReasonCode::Unanchored => "LEDGER-UNANCHORED",
            ReasonCode::LedgerContradicted => "LEDGER-CONTRADICTED",
            ReasonCode::Clock => "CLOCK",
            ReasonCode::BreakGlass => "BREAK-GLASS",
            ReasonCode::Promotion => "PROMOTION",
            ReasonCode::LastPass => "LAST-PASS",
            ReasonCode::Surface => "SURFACE",
            ReasonCode::DigestBasis => "DIGEST-BASIS",
        }
    }
}

impl JsonSchema for ReasonCode {
    fn schema_name() -> Cow<'static, str> {
        "ReasonCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// What a reason rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonFact {
    /// The result of that control.
    OfControl,
    /// The check of that code.
    OfCheck,
    /// The stage requires a control that the rubric does not have.
    RequiredUnknown,
    /// The stage requires what no claim meets.
    OfRequirement,
    /// It is missing, and an exception of the verdict excuses that.
    Excepted,
    /// The reviews of the verdict by which the glass is broken.
    GlassBroken {
        /// Until when.
        until: Timestamp,
    },
    /// What is not available does not count: these bytes were let in here before, under the same policy.
    PassedBefore {
        /// When.
        at: Timestamp,
    },
    /// The latest decision at the stage before, if any, is about other bytes.
    NotPromoted,
    /// The stage before did not let in these bytes.
    RefusedBefore,
    /// The stage requires evidence to be logged that, by the verdict, is not.
    NotLogged,
    /// Digests rest on the word of a provider or registry, which is not enough for the stage.
    BasisTooWeak,
    /// They do, and the stage takes that for enough.
    BasisEnough,
    /// The policy raises a control that the rubric does not have.
    RaisedUnknown,
    /// Digests were computed too long ago for this stage.
    Cached,
    /// Files changed since they were verified.
    ChangedSince,
    /// The evidence of the verification is gone.
    EvidenceLost,
    /// The level is below that of the stage, and nothing says why.
    BelowStage {
        /// The model's own level.
        own: u8,
        /// The stage's.
        wanted: u8,
    },
    /// The cap of the verdict.
    Cap,
    /// An ancestor is not signed, and the policy says what that means at every stage.
    UnsignedAncestor,
    /// The policy has no such stage.
    NoStage,
    /// Only part of the model was verified.
    Part,
    /// The reviews of the verdict that reject it.
    Rejected,
    /// More records than the policy allows stand behind the newest checkpoint.
    UnanchoredRecords {
        /// How many.
        unanchored: u64,
        /// How many the policy allows.
        most: u32,
    },
    /// A record has stood behind the newest checkpoint for longer than the policy allows.
    UnanchoredDays {
        /// For how many days.
        days: i64,
        /// How many the policy allows.
        most: u32,
    },
    /// Nobody looked for checkpoints.
    NotAnchored,
    /// A checkpoint says something else of the ledger.
    LedgerContradicted,
    /// By the clock something has ended that held at the time asked about.
    ByClock {
        /// The clock's time.
        clock: Timestamp,
    },
}

/// The worst first; equals in the order of their codes. Nothing depends on words.
pub(super) fn sort(reasons: &mut [Reason]) {
    let rank = |reason: &Reason| (Reverse(reason.action), reason.class.is_none(), reason.class);
    reasons.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.code.as_str().cmp(b.code.as_str())));
}
