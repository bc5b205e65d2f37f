//! What the claims about a model were found to say, as facts: one variant for each situation. There are no words here.

use crate::attest::{PredicateKind, Transformation};
use crate::signing::CheckCode;
use crate::tables::{Closed, Few};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lineage_fact::Parents;

/// What a statement can leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Who or what made it.
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
    /// What was looked for in it: personal data.
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
    /// How many samples.
    Samples,
    /// With which harness, by digest.
    Harness,
}

/// A section that a card has to have.
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
    /// How it did in a test.
    Evaluation,
}

/// What a control that reads claims rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimFact {
    /// There is no claim of that kind.
    None(PredicateKind),
    /// There is one, and its signature does not hold.
    Fails {
        /// Of what kind.
        kind: PredicateKind,
        /// What kept it from passing.
        because: Option<CheckCode>,
    },
    /// There is one, by somebody who is not expected or not proven.
    NotCounted {
        /// Of what kind.
        kind: PredicateKind,
        /// What kept it from passing.
        because: Option<CheckCode>,
    },
    /// There is one, about other bytes.
    OfAnother(PredicateKind),
    /// There is one that counts.
    By {
        /// Of what kind.
        kind: PredicateKind,
        /// Who says so.
        signer: Untrusted,
    },
    /// Only an unsigned document says so.
    DeclaredOnly,
    /// The policy gives its signer other roles than the one for it.
    OutsideRole {
        /// Of what kind.
        kind: PredicateKind,
        /// Who says so.
        signer: Untrusted,
    },
    /// The policy gives its signer no role.
    NoRole {
        /// Of what kind.
        kind: PredicateKind,
        /// Who says so.
        signer: Untrusted,
    },
    /// How it was made, by whom and with which parameters.
    Transformed(Transformation),
    /// How it was made, without all that belongs to it.
    TransformedInPart {
        /// What was done; none where not even that is said.
        what: Option<Transformation>,
        /// What is not said.
        lacks: Few<Field>,
    },
    /// The files or the parents do not fit what is said to have been done.
    TransformedOtherwise(Transformation),
    /// All attesters agree.
    Agree {
        /// How many there are.
        attesters: u32,
    },
    /// There is one attester at most.
    OneAttester,
    /// They disagree, and the policy says who prevails.
    Settled(Dispute),
    /// They disagree.
    Disputed(Dispute),
    /// They disagree, and the policy says nothing of that.
    DisputedWithoutRule(Dispute),
    /// The policy says how disputes are settled, and there is none.
    NoDispute,
    /// The policy says nothing of disputes.
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
    /// One claim says that there is no data, and another names datasets.
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
    /// All that is asked for is there.
    Complete(PredicateKind),
    /// Some of it is not.
    Lacks {
        /// Of what kind.
        kind: PredicateKind,
        /// What is not there.
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
    /// A requirement is met, but for who says so.
    RequiredInPart(Untrusted),
    /// A requirement is not met.
    RequiredShort(Untrusted),
    /// Nothing is there for a requirement.
    RequiredAbsent(Untrusted),
    /// The policy requires nothing of it.
    NotRequired(PredicateKind),
    /// An evaluation was not passed.
    EvaluationFailed(Untrusted),
    /// Whoever evaluates it made it.
    SelfAttested(Untrusted),
    /// The card lies among the signed files.
    CardSigned,
    /// The card is bound and has all its sections.
    CardBound,
    /// The card is bound and lacks sections.
    CardLacks(Few<Section>),
    /// The card is about another model.
    CardOfAnother(Untrusted),
    /// It says where it was made, and rests on evidence.
    InfrastructureAppraised(Untrusted),
    /// It says where it was made, and nobody appraised that.
    InfrastructureOnly(Untrusted),
    /// A verifier refused where it was made.
    InfrastructureRefused(Untrusted),
    /// The policy asks nothing of where it was made.
    InfrastructureAside,
    /// Nobody claims a level of SLSA.
    NoLevelClaimed,
    /// All claims are known and valid.
    AllValid {
        /// How many.
        count: u32,
    },
    /// Some are not known.
    SomeUnknown {
        /// The first.
        first: Untrusted,
        /// How many.
        count: u32,
    },
    /// Some are not as their schema wants them.
    SomeInvalid {
        /// The first.
        first: Untrusted,
        /// How many.
        count: u32,
    },
    /// There is none besides the signature.
    NoClaims,
    /// All are young enough.
    Fresh {
        /// How many.
        count: u32,
    },
    /// One is too old, by no more than clocks may differ.
    GraceUntil(Timestamp),
    /// One is too old.
    Stale {
        /// The requirement.
        requirement: Untrusted,
        /// How old it may be.
        most_days: u32,
    },
    /// The policy says nothing of their age.
    NoAgeRequired,
    /// A distributor hands it on as it was signed.
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
