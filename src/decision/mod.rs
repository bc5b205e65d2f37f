//! `evaluate`: policy, evidence and rubric to verdicts for a whole inventory. No input or output, no clock,
//! no hidden state, no words.

mod again;
mod anchoring;
mod anchors;
mod apply;
mod chain;
mod checkpoint;
mod claimants;
mod denied_data;
mod descent;
mod difference;
mod evaluate;
mod evidence;
mod examined;
mod family;
mod given;
mod heads;
mod inputs;
mod judge;
mod kin;
mod ledger_proof;
mod made;
mod meeting;
mod own;
mod predicates;
mod proofs;
mod raising;
mod reason;
mod records;
mod review;
mod shape;
mod trial;
mod unjudged;
mod unlock;
mod unlogged;
mod verdict;
mod walk;

pub use again::{Again, Rules, inputs_of};
pub use anchoring::Anchoring;
pub use anchors::{AnchorEntry, AnchorFile, Anchors, AnchorsDocument, CrlEntry, Made};
pub use apply::{apply_policy, apply_policy_to, apply_to_claim};
pub use chain::{CapStep, chain};
pub use checkpoint::{
    Anchored, CHECKPOINT_TYPE, Checkpoint, CheckpointSchema, KeptCheckpoint, LedgerFound, SNAPSHOT_TYPE,
    Vouched, marked, snapshot_of, snapshot_statement, statement_of, subject_of,
};
pub use descent::Descent;
pub use difference::{Difference, Replayed, differences};
pub use evaluate::{Decision, Earned, Judgement, Standing, StandingException, Verdict};
pub use evidence::{
    ClaimsSeen, Evidence, FurtherClaims, Kept, ModelEvidence, Named, SeenEvidence, claims_seen,
};
pub use examined::{Effect, Examined, TriedRule, examine};
pub use family::Cap;
pub use given::{Input, Known, Reviews, Touched, Verifications};
pub use heads::{AnchorRecord, AnchorRecordSchema, HeadStanding, MOST_RUNS, RunRoot};
pub use inputs::{
    AnchorsSchema, ClaimsDigest, DecisionRecordSchema, EvidenceDocument, EvidenceSchema, FeedInput, Feeds,
    FurtherDigest, Inputs, Joined, LineageFacts, ModelDigests, PolicyChangeRecordSchema, PolicyInput,
    ReviewRecordSchema, SeenDigests, StatedDigests, VerificationRecordSchema, bytes_of, digest_of,
};
pub use judge::{
    By, add_policy, aliases, counts_otherwise, holds_by_claims, holds_by_policy, holds_until, judge_model,
};
pub use ledger_proof::{LedgerProof, LedgerProofSchema, ProofFault};
pub use made::{About, Actor, Making, RecordRef, WorkspaceId};
pub use meeting::meets;
pub use predicates::{Under, judge_claims, predicates_check};
pub use proofs::{Join, digests_of, in_role, named_digests, origins, proven, root_of, stands};
pub use raising::{Hindrance, Lift};
pub use reason::{Reason, ReasonCode, ReasonFact};
pub use records::{
    ChangedDecisions, DecisionRecord, Facts, PolicyChangeRecord, RecordedDecision, RecordedMade,
    RecordedSeen, RecordedVerification, ReviewRecord, SeenSchema, VerificationRecord,
};
pub use review::{Glass, GlassTerm, ReviewWord, StandingReview};
pub use trial::{Tried, Unexpected, try_test};
pub use unjudged::Unjudged;
pub use unlock::{AncestorUnlock, ControlUnlock, Risen, StepUnlock, Unlock};
pub use unlogged::{ProfileUnlogged, Unlogged};
pub use verdict::{Evaluated, Question, evaluate, name_inputs};
pub use walk::{Stop, WalkEnd};
