//! What a finding was read from: the kind of evidence, never the evidence itself. A report names it by its digest.

use super::claim_fact::ClaimFact;
use super::fact::ControlFact;
use super::lineage_fact::LineageFact;
use super::use_fact::UseFact;
use crate::attest::PredicateKind;
use crate::signing::Stage;
use crate::text::Untrusted;

/// The kind of evidence that a finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground<'f> {
    /// None: nobody looked, or it is not evaluated.
    Nothing,
    /// The signature.
    Signature,
    /// The digests of the files, and which files there are.
    Files,
    /// What is inside the files.
    Content,
    /// What the documents of the inventory say.
    Documents,
    /// One document, by its name in the workspace.
    Document(&'f Untrusted),
    /// Claims of these kinds; empty: of any kind.
    Claims(&'static [PredicateKind]),
    /// The claims that prove where it comes from, or else the documents that say so.
    Lineage,
    /// The record of the verification.
    Record,
    /// The policy.
    Policy,
    /// The deployments, the decisions for them, and what feeds say.
    Usage,
    /// What is known of it and of its relatives together: no piece of its own decides.
    Whole,
}

/// A list of one kind, for ever.
macro_rules! one {
    ($($kind:ident)*) => {
        fn alone(kind: PredicateKind) -> &'static [PredicateKind] {
            match kind { $(PredicateKind::$kind => &[PredicateKind::$kind],)* }
        }
    };
}

one! {
    Integrity Provenance Summary Result Evaluation Data Config Card Composition Infrastructure
    Vulnerabilities Release Reference Bill Agent Review Binding
}

/// Any kind of claim.
const ANY: Ground<'static> = Ground::Claims(&[]);
const PROVENANCE: Ground<'static> = Ground::Claims(&[PredicateKind::Provenance]);
const DATA: Ground<'static> = Ground::Claims(&[PredicateKind::Data, PredicateKind::Provenance]);
const CONFIG: Ground<'static> = Ground::Claims(&[PredicateKind::Config, PredicateKind::Provenance]);
const EVALUATION: Ground<'static> = Ground::Claims(&[PredicateKind::Evaluation]);
const CARD: Ground<'static> = Ground::Claims(&[PredicateKind::Card]);
const INFRASTRUCTURE: Ground<'static> = Ground::Claims(&[PredicateKind::Infrastructure]);
const SUMMARIES: Ground<'static> = Ground::Claims(&[PredicateKind::Summary, PredicateKind::Result]);

impl ControlFact {
    /// What it was read from.
    pub fn ground(&self) -> Ground<'_> {
        use ControlFact as F;
        match self {
            F::NotEvaluated | F::NotVerified | F::ChangedSince | F::EvidenceLost => Ground::Nothing,
            F::OfCheck(Stage::Files) => Ground::Files,
            F::OfCheck(Stage::Predicates) => ANY,
            F::OfCheck(_) => Ground::Signature,
            F::Unsigned
            | F::UnsignedAndNotLogged
            | F::FilesDiffer
            | F::FilesUnreadable
            | F::FilesMatch
            | F::FilesUnsigned
            | F::FilesChanging
            | F::SingleFile
            | F::NothingUnsigned
            | F::NoRootDigest
            | F::RootDigest => Ground::Files,
            F::FilesLeftOut { .. }
            | F::SignerNotProven
            | F::NoSigner
            | F::NoAnchor
            | F::KeyWithoutTime
            | F::MethodUnknown
            | F::LogAbsent
            | F::LogNotRequired
            | F::HashUnknown
            | F::KeyUnknown
            | F::HashNotListed { .. }
            | F::Algorithms { .. }
            | F::ShortLivedKey => Ground::Signature,
            F::KeyNotPinned | F::KeyPinned => Ground::Policy,
            F::RootDigestDiffers { .. }
            | F::RootDigestStated
            | F::RootDigestOtherKind
            | F::PublicationUnknown
            | F::Dataset
            | F::AgentCard
            | F::NoFiles
            | F::NoBinding
            | F::SameName { .. }
            | F::CustodyUnknown
            | F::NoDistributor => Ground::Documents,
            F::BindingDiffers { source, .. }
            | F::BindingOpen { source, .. }
            | F::BindingUnproven { source }
            | F::BindingOurs { source, .. }
            | F::BindingEqual { source, .. } => Ground::Document(source),
            F::BindingsDisagree { sources, .. } => Ground::Document(&sources.0),
            F::VerificationFails { .. }
            | F::VerificationAhead
            | F::VerificationOld { .. }
            | F::VerifiedLately => Ground::Record,
            F::NoDeployment => Ground::Usage,
            F::FormatsRunCode { .. } | F::Hazard(_) | F::FormatsOfData { .. } | F::NoFormat => {
                Ground::Content
            }
            F::Lineage(fact) => of_lineage(fact),
            F::Claims(fact) => of_claims(fact),
            F::Use(fact) => of_use(fact),
        }
    }
}

fn of_lineage(fact: &LineageFact) -> Ground<'_> {
    use LineageFact as F;
    match fact {
        F::Root
        | F::RootWithParents(_)
        | F::Undeclared
        | F::NoParents
        | F::From(_)
        | F::OnlyInCard(_)
        | F::Pinned(_)
        | F::PinnedByRevision(_)
        | F::NotPinned(_)
        | F::PinDiffers(_)
        | F::InputsVerified(_)
        | F::InputsLate(_)
        | F::InputsInPart(_)
        | F::InputsNotVerified
        | F::DigestsMapped(_)
        | F::Ordered
        | F::OrderUnprovable(_)
        | F::OlderThanParents(_)
        | F::ClaimWithoutTime
        | F::NoBill
        | F::BillEqual(_)
        | F::BillLacks(_)
        | F::BillDenied
        | F::RelationDeclared(_)
        | F::AncestorsReach
        | F::AncestorsBridged
        | F::AncestorsShort { .. }
        | F::AncestorsNotJudged => Ground::Lineage,
        // What is known of its ancestors, or of what derives from it.
        F::ParentsContradicted(_)
        | F::ParentsUnresolved(_)
        | F::ParentsUnsigned(_)
        | F::ParentsNotVerified(_)
        | F::ParentsVerified(_)
        | F::ParentsBridged(_)
        | F::Cycle
        | F::Complete { .. }
        | F::Gaps { .. }
        | F::SinglePath
        | F::OneDigest
        | F::DigestsDiffer
        | F::Plausible
        | F::PlausibleByMetadata(_)
        | F::Implausible
        | F::NotCompared
        | F::ParentsWithoutTime(_)
        | F::NothingAttested
        | F::Archived(_)
        | F::ArchivedInPart(_)
        | F::NotArchived(_)
        | F::Descendants { .. }
        | F::DescendantsAndDeployments { .. } => Ground::Whole,
    }
}

fn of_claims(fact: &ClaimFact) -> Ground<'_> {
    use ClaimFact as F;
    match fact {
        F::None(kind) | F::OfAnother(kind) | F::Complete(kind) => Ground::Claims(alone(*kind)),
        F::Fails { kind, .. }
        | F::NotCounted { kind, .. }
        | F::By { kind, .. }
        | F::OutsideRole { kind, .. }
        | F::NoRole { kind, .. }
        | F::Lacks { kind, .. } => Ground::Claims(alone(*kind)),
        F::DeclaredOnly => Ground::Documents,
        F::Transformed(_)
        | F::TransformedInPart { .. }
        | F::TransformedOtherwise(_)
        | F::InputsIncomplete(_)
        | F::InputsContradict
        | F::NoLevelClaimed => PROVENANCE,
        F::Agree { .. }
        | F::OneAttester
        | F::Settled(_)
        | F::Disputed(_)
        | F::DisputedWithoutRule(_)
        | F::AllValid { .. }
        | F::SomeUnknown { .. }
        | F::SomeInvalid { .. }
        | F::Fresh { .. }
        | F::GraceUntil(_)
        | F::Stale { .. } => ANY,
        // Claims of other kinds can be there: none of them decides.
        F::NoClaims => Ground::Whole,
        F::NoDispute | F::NoDisputeRule | F::NotRequired(_) | F::NoAgeRequired | F::InfrastructureAside => {
            Ground::Policy
        }
        F::NoDatasets
        | F::NoData
        | F::DatasetsPinned { .. }
        | F::DatasetsNamed { .. }
        | F::DatasetsDenied
        | F::DatasetsSigned { .. }
        | F::DatasetsSignedInPart { .. }
        | F::DatasetsUnsigned { .. }
        | F::DatasetFails(_)
        | F::LicenceDenied(_)
        | F::DatasetDenied(_) => DATA,
        F::CodeAndConfig | F::CodeOrConfig | F::NoCode | F::CodeDiffers => CONFIG,
        F::RequiredMet { .. }
        | F::RequiredInPart(_)
        | F::RequiredShort(_)
        | F::RequiredAbsent(_)
        | F::EvaluationFailed(_)
        | F::SelfAttested(_) => EVALUATION,
        F::CardSigned => Ground::Files,
        F::CardBound | F::CardLacks(_) | F::CardOfAnother(_) => CARD,
        F::InfrastructureAppraised(_) | F::InfrastructureOnly(_) | F::InfrastructureRefused(_) => {
            INFRASTRUCTURE
        }
        F::DistributorAgrees(_) | F::DistributorRefuses(_) => ANY,
    }
}

fn of_use(fact: &UseFact) -> Ground<'_> {
    use UseFact as F;
    match fact {
        F::SignedBefore { .. } | F::SignedAfter { .. } | F::SignedAtIngest | F::SigningTimeUnknown => {
            Ground::Signature
        }
        F::VerifiedBeforeUse(_) | F::VerifiedBeside(_) | F::RunsThoughFailing(_) => Ground::Record,
        F::RunsUnverified(_) | F::LetIn(_) | F::LetInWithOtherBytes(_) | F::NotLetIn(_) => Ground::Usage,
        F::KeyUntil(_)
        | F::KeyOverdue
        | F::PolicySigned(_)
        | F::PolicyUnsigned
        | F::PolicyChanged
        | F::PolicySealInvalid
        | F::PolicyExpired(_)
        | F::PolicyNamesNobody
        | F::GateAdvisory(_)
        | F::ProductionClosed
        | F::ProductionOpenForMissing(_)
        | F::ProductionOpenForContradicted(_)
        | F::NoProduction
        | F::ProductionUnderGlass { .. }
        | F::NoExceptions
        | F::NoExceptionHere
        | F::ExceptionsInDate { .. }
        | F::ExceptionEndsSoon { .. }
        | F::ExceptionEnded { .. }
        | F::NoRunbook(_)
        | F::RunbookBound { .. } => Ground::Policy,
        F::DecisionClaimed(_)
        | F::DecisionUnderAnother(_)
        | F::DecisionRefused(_)
        | F::NoSummaries
        | F::SummariesChecked
        | F::SummariesInPart
        | F::SummaryFails => SUMMARIES,
        F::DecisionOnlyRecorded
        | F::NoDecision
        | F::FeedTooOld { .. }
        | F::DrillTooOld { .. }
        | F::Drilled { .. }
        | F::NoThreat
        | F::ThreatsTriaged { .. }
        | F::ThreatsToConfirm(_)
        | F::ThreatsOpen(_)
        | F::ThreatsAffect(_) => Ground::Usage,
        F::NoFeed | F::NoFramework | F::NoAgent => Ground::Nothing,
        F::AgentSigned | F::AgentPinned | F::AgentBare | F::AgentChanged => Ground::Content,
    }
}
