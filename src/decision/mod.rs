//! `evaluate`: policy, evidence and rubric to verdicts for a whole inventory. No input or output, no clock,
//! no hidden state, no words.

mod anchors;
mod apply;
mod evaluate;
mod family;
mod inputs;
mod predicates;
mod reason;
mod shape;

pub use anchors::{AnchorEntry, AnchorFile, Anchors, AnchorsDocument, CrlEntry, Made};
pub use apply::apply_policy;
pub use evaluate::{Decision, Input, Judgement, Known, Standing, Verdict, evaluate};
pub use family::{Cap, Descent};
pub use inputs::{
    AnchorsSchema, ClaimsDigest, DecisionRecordSchema, EvidenceDocument, EvidenceSchema, FeedInput, Feeds,
    Inputs, ModelDigests, PolicyInput, SeenDigests, VerificationRecordSchema, bytes_of, digest_of,
};
pub use predicates::{Under, judge_claims, predicates_check};
pub use reason::{Reason, ReasonCode, ReasonFact};
