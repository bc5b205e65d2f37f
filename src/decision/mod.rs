//! `evaluate`: policy, evidence and rubric to verdicts for a whole inventory. No input or output, no clock,
//! no hidden state.

mod anchors;
mod apply;
mod evaluate;
mod family;
mod inputs;

pub use anchors::{AnchorEntry, AnchorFile, Anchors, AnchorsDocument, CrlEntry, Made};
pub use apply::apply_policy;
pub use evaluate::{Decision, Input, Judgement, Known, Reason, ReasonText, Standing, Verdict, evaluate};
pub use family::{Cap, Descent};
pub use inputs::{
    AnchorsSchema, ClaimsDigest, DecisionRecordSchema, EvidenceDocument, EvidenceSchema, FeedInput, Feeds,
    Inputs, ModelDigests, PolicyInput, SeenDigests, VerificationRecordSchema, bytes_of, digest_of,
};
