//! What is known of a model's verification and review, as the faces show it.

use crate::decision::{GlassTerm, RecordRef, ReviewWord, SeenDigests};
use crate::inventory::Looked;
use crate::maturity::Testimony;
use crate::signing::{ModelState, Verification};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// The newest verification of a model: what was seen of its files, judged as of the view.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The checks, by the policy and the anchors in force.
    pub verification: Verification,
    /// What was seen inside the files.
    pub looked: Option<Arc<Looked>>,
    /// The content of its claims, in the order of their digests.
    pub testimonies: Arc<[Testimony]>,
    /// What was seen, by digest.
    pub seen: SeenDigests,
    /// What the files were when they were hashed; none where that could not be told.
    pub state: Option<ModelState>,
    /// The earliest moment at which it may be judged differently; none when time changes nothing.
    pub until: Option<Timestamp>,
    /// How long looking took, milliseconds.
    pub took_ms: u64,
    /// The record of it.
    pub record: RecordRef,
}

/// A recorded review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Review {
    /// Its record.
    pub record: RecordRef,
    /// What was said.
    pub word: ReviewWord,
    /// Why.
    pub reason: Untrusted,
    /// By whom.
    pub by: Untrusted,
    /// When.
    pub at: Timestamp,
    /// Where and until when the glass is broken; only of that word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glass: Option<Box<GlassTerm>>,
    /// Further reviews that stand, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Review>,
}

impl Review {
    /// It and those beside it.
    pub fn all(&self) -> impl Iterator<Item = &Review> {
        std::iter::once(self).chain(&self.beside)
    }
}

/// A review of a model as the ledger holds it, whether it still stands or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PastReview {
    /// Its record.
    pub record: RecordRef,
    /// What was said.
    pub word: ReviewWord,
    /// Why.
    pub reason: Untrusted,
    /// By whom.
    pub by: Untrusted,
    /// When.
    pub at: Timestamp,
    /// Where and until when the glass is broken; only of that word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glass: Option<Box<GlassTerm>>,
    /// The record that it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<RecordRef>,
    /// The record that took it back; none while it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_back_by: Option<RecordRef>,
}
