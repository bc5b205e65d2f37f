//! Findings about a model's use and the policy: one variant for each situation, without words.

use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Entries of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Those {
    /// How many.
    pub count: u32,
    /// The id of the first.
    pub first: Untrusted,
}

/// What a control of use or governance rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UseFact {
    /// It was signed when it was published, or before.
    SignedBefore {
        /// When it was published.
        published: Timestamp,
    },
    /// It was signed later.
    SignedAfter {
        /// When it was published.
        published: Timestamp,
    },
    /// Only the signature from when it was received verifies.
    SignedAtIngest,
    /// No trusted time says when it was signed.
    SigningTimeUnknown,
    /// It runs there, and was verified before it began.
    VerifiedBeforeUse(Untrusted),
    /// It runs there, and was verified at some other time.
    VerifiedBeside(Untrusted),
    /// It runs there, and what was verified last does not hold.
    RunsThoughFailing(Untrusted),
    /// It runs there, but was not verified, or too long ago.
    RunsUnverified(Untrusted),
    /// The policy says until when the key is used.
    KeyUntil(Timestamp),
    /// The key was used after that.
    KeyOverdue,
    /// The policy is signed and in date.
    PolicySigned(Untrusted),
    /// It is not signed; decisions name it by its digest.
    PolicyUnsigned,
    /// It was changed after it was signed.
    PolicyChanged,
    /// Its signature does not verify.
    PolicySealInvalid,
    /// It has expired.
    PolicyExpired(Timestamp),
    /// It names no publisher for this model.
    PolicyNamesNobody,
    /// The decision is claimed, under the policy in force.
    DecisionClaimed(Untrusted),
    /// It is claimed under another policy.
    DecisionUnderAnother(Untrusted),
    /// It was refused.
    DecisionRefused(Untrusted),
    /// It is recorded here, and not as a signed claim.
    DecisionOnlyRecorded,
    /// There is none.
    NoDecision,
    /// No summary is relied on.
    NoSummaries,
    /// Those that are relied on hold.
    SummariesChecked,
    /// Their age or their policy is not known.
    SummariesInPart,
    /// One of them does not hold.
    SummaryFails,
    /// It was admitted wherever it runs.
    LetIn(Untrusted),
    /// The gate of that stage refuses nothing.
    GateAdvisory(Untrusted),
    /// It was let in there with other bytes.
    LetInWithOtherBytes(Untrusted),
    /// It runs there and was not let in.
    NotLetIn(Untrusted),
    /// Production refuses what contradicts and what lacks evidence.
    ProductionClosed,
    /// It does, but for some hours and by several people's word.
    ProductionUnderGlass {
        /// By the word of so many.
        approvers: u32,
        /// For so many hours at most.
        hours: u32,
    },
    /// Production lets in what lacks evidence.
    ProductionOpenForMissing(Untrusted),
    /// Production lets in what contradicts.
    ProductionOpenForContradicted(Untrusted),
    /// No stage is for production.
    NoProduction,
    /// The policy has no exceptions.
    NoExceptions,
    /// It has none for this model.
    NoExceptionHere,
    /// All for this model are in date.
    ExceptionsInDate {
        /// How many.
        count: u32,
    },
    /// This one ends soon.
    ExceptionEndsSoon {
        /// Its id.
        id: Untrusted,
        /// When.
        until: Timestamp,
    },
    /// This one has ended and still stands in the policy.
    ExceptionEnded {
        /// Its id.
        id: Untrusted,
        /// When.
        until: Timestamp,
    },
    /// The policy binds no runbook where it runs.
    NoRunbook(Untrusted),
    /// It binds one there, and no drill of it came to its end.
    RunbookBound {
        /// Where.
        stage: Untrusted,
        /// Which.
        runbook: Untrusted,
    },
    /// The last drill of the one that it binds there was too long ago.
    DrillTooOld {
        /// Where.
        stage: Untrusted,
        /// Which.
        runbook: Untrusted,
        /// When.
        at: Timestamp,
    },
    /// The one that it binds was rehearsed lately, wherever the model runs.
    Drilled {
        /// Which.
        runbook: Untrusted,
        /// When.
        at: Timestamp,
        /// Whether people took the steps that are for people.
        walked: bool,
    },
    /// No feed that names what it affects was imported.
    NoFeed,
    /// The newest was imported too long ago.
    FeedTooOld {
        /// When.
        imported: Timestamp,
        /// So many days ago it may have been.
        most_days: u32,
    },
    /// No entry of a feed may be about it.
    NoThreat,
    /// All that may be were triaged, and nothing is left to do.
    ThreatsTriaged {
        /// How many.
        count: u32,
    },
    /// Somebody has to confirm that these are about it, or is looking.
    ThreatsToConfirm(Those),
    /// These are about its package and version, and nobody has triaged them.
    ThreatsOpen(Those),
    /// Somebody said that these affect it.
    ThreatsAffect(Those),
    /// No framework was chosen.
    NoFramework,
    /// There is no agent.
    NoAgent,
    /// The agent's parts are signed and pinned.
    AgentSigned,
    /// They are pinned.
    AgentPinned,
    /// They are neither.
    AgentBare,
    /// They changed since.
    AgentChanged,
}
