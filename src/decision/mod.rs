//! `evaluate`: policy, evidence and rubric to verdicts for a whole inventory. No input or output, no clock,
//! no hidden state, no words.

mod anchoring;
mod anchors;
mod apply;
mod chain;
mod checkpoint;
mod claimants;
mod denied_data;
mod difference;
mod evaluate;
mod evidence;
mod family;
mod inputs;
mod judge;
mod made;
mod meeting;
mod predicates;
mod reason;
mod records;
mod review;
mod shape;
mod verdict;

pub use anchoring::Anchoring;
pub use anchors::{AnchorEntry, AnchorFile, Anchors, AnchorsDocument, CrlEntry, Made};
pub use apply::{apply_policy, apply_policy_to};
pub use chain::{CapStep, chain};
pub use checkpoint::{
    Anchored, CHECKPOINT_TYPE, Checkpoint, CheckpointSchema, KeptCheckpoint, LedgerFound, SNAPSHOT_TYPE,
    Vouched, marked, snapshot_of, snapshot_statement,
};
pub use difference::{Difference, Replayed, differences};
pub use evaluate::{Decision, Input, Judgement, Known, Reviews, Standing, Verdict, Verifications};
pub use evidence::{ClaimsSeen, Evidence, Kept, ModelEvidence, Named, SeenEvidence};
pub use family::{Cap, Descent};
pub use inputs::{
    AnchorsSchema, ClaimsDigest, DecisionRecordSchema, EvidenceDocument, EvidenceSchema, FeedInput, Feeds,
    Inputs, ModelDigests, PolicyInput, ReviewRecordSchema, SeenDigests, VerificationRecordSchema, bytes_of,
    digest_of,
};
pub use judge::{By, add_policy, holds_by_claims, holds_by_policy, holds_until, judge_model};
pub use made::{About, Actor, Making, RecordRef, WorkspaceId};
pub use meeting::meets;
pub use predicates::{Under, judge_claims, predicates_check};
pub use reason::{Reason, ReasonCode, ReasonFact};
pub use records::{
    DecisionRecord, Facts, RecordedDecision, RecordedMade, RecordedSeen, RecordedVerification, ReviewRecord,
    SeenSchema, VerificationRecord,
};
pub use review::{ReviewWord, StandingReview};
pub use verdict::{Evaluated, Question, evaluate, name_inputs};
