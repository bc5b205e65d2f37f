//! Findings about the claims on a model: one variant for each situation, without words.

use crate::attest::{PredicateKind, Transformation};
use crate::signing::CheckCode;
use crate::tables::{Closed, Few};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lineage_fact::Parents;

/// A field that a statement can omit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Its builder.
    Builder,
    /// Its parameters, or the digest of its configuration.
    Parameters,
    /// Where data comes from.
    Source,
    /// How it was collected.
    Collection,
    /// How it was prepared.
    Preprocessing,
    /// Under which licence.
    Licence,
    /// Whether it contains personal data.
    PersonalData,
    /// Who is responsible for it.
    Governance,
    /// With which hyperparameters.
    Hyperparameters,
    /// The revision of the code.
    Code,
    /// The versions of frameworks.
    Framework,
    /// The seed.
    Seed,
    /// The class of the hardware.
    Hardware,
    /// The number of samples.
    Samples,
    /// With which harness, by digest.
    Harness,
}

/// A section that a card must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// What it is for.
    IntendedUse,
    /// What it is not for, and its limits.
    Limitations,
    /// What it was trained on.
    Training,
    /// How it was evaluated.
    Evaluation,
}

/// What claims can disagree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dispute {
    /// What it derives from.
    Parents,
    /// How it was made.
    Transformation,
    /// The result of an evaluation.
    Evaluation,
}

/// The basis of a control that reads claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimFact {
    /// There is no claim of that kind.
    None(PredicateKind),
    /// There is one, but its signature does not verify.
    Fails {
        /// The kind of claim.
        kind: PredicateKind,
        /// What kept it from passing.
        because: Option<CheckCode>,
    },
    /// There is one, by an unexpected or unproven signer.
    NotCounted {
        /// The kind of claim.
        kind: PredicateKind,
        /// What kept it from passing.
        because: Option<CheckCode>,
    },
    /// There is one, about other bytes.
    OfAnother(PredicateKind),
    /// There is one that counts.
    By {
        /// The kind of claim.
        kind: PredicateKind,
        /// The signer.
        signer: Untrusted,
    },
    /// Only an unsigned document states it.
    DeclaredOnly,
    /// The policy gives its signer other roles than the one for it.
    OutsideRole {
        /// The kind of claim.
        kind: PredicateKind,
        /// The signer.
        signer: Untrusted,
    },
    /// The policy gives its signer no role.
    NoRole {
        /// The kind of claim.
        kind: PredicateKind,
        /// The signer.
        signer: Untrusted,
    },
    /// How it was made, with builder and parameters.
    Transformed(Transformation),
    /// How it was made, with missing fields.
    TransformedInPart {
        /// What was done; none if not stated.
        what: Option<Transformation>,
        /// The missing fields.
        lacks: Few<Field>,
    },
    /// The files or the parents contradict the stated transformation.
    TransformedOtherwise(Transformation),
    /// All attesters agree.
    Agree {
        /// How many there are.
        attesters: u32,
    },
    /// There is one attester at most.
    OneAttester,
    /// They disagree, and the policy decides who prevails.
    Settled(Dispute),
    /// They disagree.
    Disputed(Dispute),
    /// They disagree, and the policy has no rule for it.
    DisputedWithoutRule(Dispute),
    /// The policy has a conflict strategy, and there is no conflict.
    NoDispute,
    /// The policy has no conflict strategy.
    NoDisputeRule,
    /// No dataset is named.
    NoDatasets,
    /// No data goes into such a transformation.
    NoData,
    /// All datasets are pinned.
    DatasetsPinned {
        /// How many.
        count: u32,
    },
    /// Some are not.
    DatasetsNamed {
        /// How many are named.
        count: u32,
        /// How many are pinned.
        pinned: u32,
    },
    /// One claim states that there is no data, but another names datasets.
    DatasetsDenied,
    /// All are signed or attested.
    DatasetsSigned {
        /// How many.
        count: u32,
    },
    /// Some are.
    DatasetsSignedInPart {
        /// How many there are.
        count: u32,
        /// How many are signed.
        signed: u32,
    },
    /// None is.
    DatasetsUnsigned {
        /// How many.
        count: u32,
    },
    /// The signature of one does not verify.
    DatasetFails(Parents),
    /// Code and configuration are pinned.
    CodeAndConfig,
    /// Only one of them is.
    CodeOrConfig,
    /// Neither is.
    NoCode,
    /// Two claims pin different code or configuration.
    CodeDiffers,
    /// Not all parents are among its inputs.
    InputsIncomplete(Parents),
    /// Its inputs contradict the lineage.
    InputsContradict,
    /// All required fields are present.
    Complete(PredicateKind),
    /// Some required fields are missing.
    Lacks {
        /// The kind of claim.
        kind: PredicateKind,
        /// The missing fields.
        fields: Few<Field>,
    },
    /// A licence that the policy denies.
    LicenceDenied(Untrusted),
    /// A dataset that the policy denies.
    DatasetDenied(Untrusted),
    /// Evaluated, as the policy requires.
    RequiredMet {
        /// How many requirements there are.
        count: u32,
    },
    /// A requirement is met, but only by the producer's own claim.
    RequiredInPart(Untrusted),
    /// A requirement is not met.
    RequiredShort(Untrusted),
    /// There is no claim for a requirement.
    RequiredAbsent(Untrusted),
    /// The policy has no requirement for it.
    NotRequired(PredicateKind),
    /// An evaluation failed.
    EvaluationFailed(Untrusted),
    /// The producer evaluated its own model.
    SelfAttested(Untrusted),
    /// The card is among the signed files.
    CardSigned,
    /// The card is bound and has all its sections.
    CardBound,
    /// The card is bound and lacks sections.
    CardLacks(Few<Section>),
    /// The card is about another model.
    CardOfAnother(Untrusted),
    /// The claim states where it was made, with an appraisal.
    InfrastructureAppraised(Untrusted),
    /// The claim states where it was made, without an appraisal.
    InfrastructureOnly(Untrusted),
    /// A verifier rejected the infrastructure.
    InfrastructureRefused(Untrusted),
    /// The policy has no rule for infrastructure.
    InfrastructureAside,
    /// No claim states an SLSA level.
    NoLevelClaimed,
    /// All claims are known and valid.
    AllValid {
        /// How many.
        count: u32,
    },
    /// Some are of an unknown type.
    SomeUnknown {
        /// The first.
        first: Untrusted,
        /// How many.
        count: u32,
    },
    /// Some do not match their schema.
    SomeInvalid {
        /// The first.
        first: Untrusted,
        /// How many.
        count: u32,
    },
    /// There is none besides the signature.
    NoClaims,
    /// All are within the age limit.
    Fresh {
        /// How many.
        count: u32,
    },
    /// One is over the age limit, but within the clock tolerance.
    GraceUntil(Timestamp),
    /// One is too old.
    Stale {
        /// The requirement.
        requirement: Untrusted,
        /// How old it may be.
        most_days: u32,
    },
    /// The policy has no age limit.
    NoAgeRequired,
    /// A distributor vouches for the same root digest.
    DistributorAgrees(Untrusted),
    /// A distributor refuses it.
    DistributorRefuses(Untrusted),
}

impl Closed for Field {
    const ALL: &'static [Self] = &[
        Field::Builder,
        Field::Parameters,
        Field::Source,
        Field::Collection,
        Field::Preprocessing,
        Field::Licence,
        Field::PersonalData,
        Field::Governance,
        Field::Hyperparameters,
        Field::Code,
        Field::Framework,
        Field::Seed,
        Field::Hardware,
        Field::Samples,
        Field::Harness,
    ];
}

impl Closed for Section {
    const ALL: &'static [Self] =
        &[Section::IntendedUse, Section::Limitations, Section::Training, Section::Evaluation];
}
