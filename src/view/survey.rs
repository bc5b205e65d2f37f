//! An inventory in numbers, as plain values: how its levels are distributed, how far it is covered, what stands in the
//! way of how many models, whose turn it is, who makes the models. Never one number for an organisation: a level is
//! about a model. It counts nothing and judges nothing.

use crate::decision::{Inputs, ModelDigests, RecordRef, StandingReview};
use crate::inventory::ModelId;
use crate::maturity::Duty;
use crate::progress::Progress;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A verification is recent for so many days, where nobody says otherwise.
pub const RECENT_DAYS: u32 = 30;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct SurveyOf<'a> {
    /// The models, by their indices in ascending order; none for all of them.
    pub rows: Option<&'a [usize]>,
    /// A verification is recent for so many days.
    pub days: u32,
    /// Where the models are counted whose evidence is named, and whoever waits asks to stop.
    pub progress: Option<&'a Progress>,
}

impl Default for SurveyOf<'_> {
    fn default() -> Self {
        SurveyOf { rows: None, days: RECENT_DAYS, progress: None }
    }
}

/// Which kinds of models some controls keep from their next level.
pub struct KeptBack(pub(super) Vec<bool>);

/// What is known of one model, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EvidenceLine {
    /// Its entry, what was seen of its files, its use and its place in the lineage.
    #[serde(flatten)]
    pub model: ModelDigests,
    /// Its reviews that stand.
    pub reviews: Vec<StandingReview>,
}

/// How much something weighs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Exposure {
    /// Models.
    pub models: usize,
    /// Places where they run now.
    pub deployments: usize,
    /// Models that derive from them, directly or not; one that derives from several counts for each.
    pub descendants: usize,
}

/// How many of some models have something. Those of which nobody can say so are never counted as those without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Share {
    /// They have it.
    pub yes: usize,
    /// They were looked at, and do not.
    pub no: usize,
    /// Nobody knows yet.
    pub unknown: usize,
    /// The question does not apply to them.
    pub not_applicable: usize,
}

impl Share {
    /// How many the question applies to.
    pub fn of(&self) -> usize {
        self.yes + self.no + self.unknown
    }

    /// The share in whole percent, rounded down; none where nothing is known.
    pub fn percent(&self) -> Option<usize> {
        if self.yes + self.no == 0 { None } else { (self.yes * 100).checked_div(self.of()) }
    }
}

/// The models of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LevelCount {
    /// 0 to 3.
    pub level: u8,
    /// Its names, as the rubric has them; empty for level 0.
    pub name: String,
    /// Those whose own level it is.
    pub own: Exposure,
    /// Those whose level it is after the caps by their ancestors.
    pub effective: Exposure,
}

/// Models whose level was not measured, by why. They are at no level, and not at level 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotMeasured {
    /// All of them.
    pub all: Exposure,
    /// They have a signature that nobody has verified.
    pub not_verified: usize,
    /// Their files changed after they were verified.
    pub changed: usize,
    /// Their verification is recorded, but its evidence is gone.
    pub evidence_lost: usize,
    /// Only documents mention them: there are no files to look at.
    pub no_files: usize,
}

/// How far the models are covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Covered {
    /// They come with a signature; unknown for models without files.
    pub signed: Share,
    /// They were verified within the given days, and did not change since; whatever the result was.
    pub verified: Share,
    /// Their verification passes; unknown where there is none that holds.
    pub passing: Share,
    /// The policy names the identity or key that signed them (L1.06).
    pub pinned: Share,
    /// A verified entry of a transparency log stands for the signature (L1.09).
    pub logged: Share,
    /// A bill of materials binds signer, log entry and digest (L1.14).
    pub bound: Share,
}

/// A control that stands between models and their next level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gap {
    /// Its id.
    pub control: Arc<str>,
    /// The level that it keeps them from.
    pub level: u8,
    /// What it asks.
    pub title: String,
    /// Who has to act.
    pub duty: Duty,
    /// How many measured models it keeps back.
    pub models: usize,
    /// How exposed they are.
    pub exposure: Exposure,
    /// What became of it for them.
    pub outcomes: GapOutcomes,
    /// The digest over the evidence lines of these models; none where digests were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceDigest>,
}

/// What became of a control that keeps models back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GapOutcomes {
    /// Evidence contradicts.
    pub contradicted: usize,
    /// Looked for, and not there.
    pub missing: usize,
    /// There in part.
    pub partial: usize,
    /// Not known.
    pub unknown: usize,
}

/// Whose turn it is: open musts by who has to act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Duties {
    /// Those of producers.
    pub producer: OpenMusts,
    /// Ours.
    pub us: OpenMusts,
    /// Those of both together.
    pub both: OpenMusts,
    /// Models that wait for their producer alone.
    pub models_producer: usize,
    /// Models that wait for us alone.
    pub models_us: usize,
    /// Models that wait for both.
    pub models_both: usize,
    /// Measured models that wait for nobody: they have the highest level.
    pub models_none: usize,
}

/// Open musts of one duty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenMusts {
    /// How many controls.
    pub controls: usize,
    /// How many open musts, one for each model and control.
    pub open: usize,
}

/// How signatures were made, as far as a verification read it. Whether a key lay in a PKCS#11 token, no signature says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Methods {
    /// With a key and its certificate chain.
    pub certificate: usize,
    /// With a bare key.
    pub key: usize,
    /// With a short-lived certificate and a transparency log (Sigstore).
    pub keyless: usize,
    /// Signed, but nobody has read the signature yet, or it cannot be read.
    pub unknown: usize,
}

/// When models were signed, by proven times alone: of a log or of a timestamp authority.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignedTimes {
    /// The first; none where no time is proven.
    pub first: Option<Timestamp>,
    /// The last.
    pub last: Option<Timestamp>,
    /// How many models have a proven time.
    pub proven: usize,
}

/// A standing review that asks the producer for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ask {
    /// The model.
    pub model: ModelId,
    /// Since when.
    pub at: Timestamp,
    /// What for.
    pub reason: Untrusted,
    /// By whom.
    pub by: Untrusted,
    /// Its record.
    pub record: RecordRef,
}

/// A producer's adoption. A distribution, never one level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Producer {
    /// The part of the models' names before the first slash, or else the publisher that a source states; empty where
    /// neither says anything.
    pub name: Untrusted,
    /// All of its models.
    pub models: usize,
    /// Those whose level was measured.
    pub measured: usize,
    /// Those whose level was not.
    pub not_measured: NotMeasured,
    /// Those that come with a signature.
    pub signed: Share,
    /// Those whose verification passes.
    pub passing: Share,
    /// How they were signed.
    pub methods: Methods,
    /// When they were signed.
    pub times: SignedTimes,
    /// Measured ones by their own level, from 0 to 3.
    pub own: [usize; 4],
    /// Measured ones by their effective level, from 0 to 3.
    pub effective: [usize; 4],
    /// Those that the stage refuses.
    pub refused: usize,
    /// What it was asked for and did not answer yet, the oldest first.
    pub asks: Vec<Ask>,
    /// The digest over the evidence lines of its models; none where digests were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceDigest>,
}

/// An inventory in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Survey {
    /// When it was judged.
    pub at: Timestamp,
    /// The stage that it was judged for.
    pub stage: String,
    /// A verification is recent for so many days.
    pub days: u32,
    /// How many models the inventory has.
    pub inventory: usize,
    /// The models that are counted here.
    pub counted: Exposure,
    /// Those whose level was measured.
    pub measured: Exposure,
    /// Those whose level was not.
    pub not_measured: NotMeasured,
    /// Measured models by level, from 0 to 3.
    pub levels: Vec<LevelCount>,
    /// Measured models that lose a level to an ancestor.
    pub capped: Exposure,
    /// How far they are covered.
    pub coverage: Covered,
    /// Open musts, those that keep most models back first.
    pub gaps: Vec<Gap>,
    /// Whose turn it is.
    pub duties: Duties,
    /// Who makes the models, those with most first.
    pub producers: Vec<Producer>,
    /// Every input by its digest; `evidence` is the digest over the evidence lines of all models that are counted.
    /// None where digests were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Inputs>,
}

impl Survey {
    /// How many requests to producers are open.
    pub fn asks(&self) -> usize {
        self.producers.iter().map(|producer| producer.asks.len()).sum()
    }
}
