//! Words for findings about the claims on a model.

use super::lineage::{names, wide};
use crate::attest::{PredicateKind, Transformation};
use crate::maturity::{ClaimFact, Dispute, Field, Section};
use crate::signing::CheckCode;
use crate::tables::{Closed, Few};
use crate::text::count;

/// What was found.
pub(super) fn found(fact: &ClaimFact) -> String {
    match fact {
        ClaimFact::None(kind) => format!("no {} claim", adjective(*kind)),
        ClaimFact::Fails { kind, because } => {
            format!("the {} claim does not verify{}", adjective(*kind), code(*because))
        }
        ClaimFact::NotCounted { kind, because } => {
            format!("the {} claim does not count{}", adjective(*kind), code(*because))
        }
        ClaimFact::OfAnother(kind) => {
            format!("the only {} claim is about other files", adjective(*kind))
        }
        ClaimFact::By { kind, signer } => format!("{} claimed by {}", noun(*kind), signer.raw()),
        ClaimFact::DeclaredOnly => "only an unsigned document declares the derivation".to_owned(),
        ClaimFact::OutsideRole { kind, signer } => {
            format!("{} has no role for {} claims: the claim is rejected", signer.raw(), adjective(*kind))
        }
        ClaimFact::NoRole { kind, signer } => {
            format!("the policy does not give {} a role for {} claims", signer.raw(), adjective(*kind))
        }
        ClaimFact::Transformed(what) => format!("{}, with builder and parameters", deed(*what)),
        ClaimFact::TransformedInPart { what, lacks } => {
            format!("{}; not stated: {}", what.map_or("a build", deed), fields(*lacks))
        }
        ClaimFact::TransformedOtherwise(what) => {
            format!("the claim states {}, but its files or parents contradict it", deed(*what))
        }
        ClaimFact::Agree { attesters } => format!("{} agree", count(wide(*attesters), "attester")),
        ClaimFact::OneAttester => "at most one attester: nothing to compare".to_owned(),
        ClaimFact::Settled(what) => {
            format!("claims disagree on {}; the policy's strategy decides", dispute(*what))
        }
        ClaimFact::Disputed(what) => format!("claims disagree on {}", dispute(*what)),
        ClaimFact::DisputedWithoutRule(what) => {
            format!("claims disagree on {}, and the policy has no conflict strategy", dispute(*what))
        }
        ClaimFact::NoDispute => "strategy declared, no conflict open".to_owned(),
        ClaimFact::NoDisputeRule => "the policy declares no conflict strategy".to_owned(),
        ClaimFact::NoDatasets => "no dataset is named".to_owned(),
        ClaimFact::NoData => "made without training".to_owned(),
        ClaimFact::DatasetsPinned { count: many } => {
            format!("{} pinned by digest", count(wide(*many), "dataset"))
        }
        ClaimFact::DatasetsNamed { count: many, pinned } => {
            format!("{} named, {pinned} pinned", count(wide(*many), "dataset"))
        }
        ClaimFact::DatasetsDenied => {
            "one claim states that there is no training data, another names datasets".to_owned()
        }
        ClaimFact::DatasetsSigned { count: many } => {
            format!("{} signed or attested", count(wide(*many), "dataset"))
        }
        ClaimFact::DatasetsSignedInPart { count: many, signed } => {
            format!("{signed} of {} signed or attested", count(wide(*many), "dataset"))
        }
        ClaimFact::DatasetsUnsigned { count: many } => {
            format!("{} named, none signed or attested", count(wide(*many), "dataset"))
        }
        ClaimFact::DatasetFails(those) => format!("the signature does not verify: {}", names(those)),
        ClaimFact::CodeAndConfig => "code and configuration are pinned".to_owned(),
        ClaimFact::CodeOrConfig => "the code is pinned, the configuration is not".to_owned(),
        ClaimFact::NoCode => "the provenance names no commit of the code".to_owned(),
        ClaimFact::CodeDiffers => "two claims pin different code or configuration".to_owned(),
        ClaimFact::InputsIncomplete(parents) => {
            format!("not among the inputs of the provenance: {}", names(parents))
        }
        ClaimFact::InputsContradict => "the inputs contradict the declared lineage".to_owned(),
        ClaimFact::Complete(kind) => format!("{} with all required fields", noun(*kind)),
        ClaimFact::Lacks { kind, fields: lacks } => {
            format!("{}; not stated: {}", noun(*kind), fields(*lacks))
        }
        ClaimFact::LicenceDenied(licence) => format!("the policy denies the licence {}", licence.raw()),
        ClaimFact::DatasetDenied(dataset) => format!("the policy denies the dataset {}", dataset.raw()),
        ClaimFact::RequiredInPart(which) => {
            format!("requirement {} is met only by the producer's own claim", which.raw())
        }
        ClaimFact::RequiredMet { count: many } => {
            format!("{} met", count(wide(*many), "requirement"))
        }
        ClaimFact::RequiredShort(which) => format!("requirement {} is not met", which.raw()),
        ClaimFact::RequiredAbsent(which) => format!("no claim for requirement {}", which.raw()),
        ClaimFact::NotRequired(kind) => {
            format!("the policy has no requirement for {} claims", adjective(*kind))
        }
        ClaimFact::EvaluationFailed(name) => match name.raw() {
            "" => "an evaluation was not passed".to_owned(),
            name => format!("the evaluation {name} was not passed"),
        },
        ClaimFact::SelfAttested(signer) => format!("evaluated by the producer itself: {}", signer.raw()),
        ClaimFact::CardSigned => {
            "a model card is among the signed files; no claim states its sections".to_owned()
        }
        ClaimFact::CardBound => "card bound to this root digest, with all sections".to_owned(),
        ClaimFact::CardLacks(lacks) => format!("card bound; sections missing: {}", sections(*lacks)),
        ClaimFact::CardOfAnother(name) => format!("the card is about {}", name.raw()),
        ClaimFact::InfrastructureAppraised(signer) => format!("appraised by {}", signer.raw()),
        ClaimFact::InfrastructureOnly(signer) => {
            format!("reported by {}, without an appraisal", signer.raw())
        }
        ClaimFact::InfrastructureRefused(signer) => format!("the appraisal by {} failed", signer.raw()),
        ClaimFact::InfrastructureAside => "the policy has no rule for infrastructure".to_owned(),
        ClaimFact::NoLevelClaimed => "no verifier states an SLSA level".to_owned(),
        ClaimFact::AllValid { count: many } => {
            format!("{}, all known and valid", count(wide(*many), "claim"))
        }
        ClaimFact::SomeUnknown { first, count: many } => {
            format!("{} of an unknown type: {}", count(wide(*many), "claim"), first.raw())
        }
        ClaimFact::SomeInvalid { first, count: many } => {
            format!("{} violating the schema: {}", count(wide(*many), "claim"), first.raw())
        }
        ClaimFact::NoClaims => "no claim besides the signature".to_owned(),
        ClaimFact::Fresh { count: many } => format!("{} within the age limit", count(wide(*many), "claim")),
        ClaimFact::GraceUntil(until) => {
            format!("a claim is over its age limit, within the clock tolerance until {until}")
        }
        ClaimFact::Stale { requirement, most_days } => {
            format!("the claim for {} is older than {most_days} days", requirement.raw())
        }
        ClaimFact::NoAgeRequired => "the policy sets no age limit for claims".to_owned(),
        ClaimFact::DistributorAgrees(signer) => format!("{} vouches for the same root digest", signer.raw()),
        ClaimFact::DistributorRefuses(signer) => format!("{} states that it does not verify", signer.raw()),
    }
}

fn code(because: Option<CheckCode>) -> String {
    because.map(|code| format!(": {code}")).unwrap_or_default()
}

fn noun(kind: PredicateKind) -> &'static str {
    match kind {
        PredicateKind::Integrity => "integrity",
        PredicateKind::Provenance => "provenance",
        PredicateKind::Summary => "verification summary",
        PredicateKind::Result => "verification result",
        PredicateKind::Evaluation => "evaluation",
        PredicateKind::Data => "training data",
        PredicateKind::Config => "training configuration",
        PredicateKind::Card => "card",
        PredicateKind::Composition => "composition",
        PredicateKind::Infrastructure => "infrastructure",
        PredicateKind::Vulnerabilities => "vulnerability",
        PredicateKind::Release => "release",
        PredicateKind::Reference => "reference",
        PredicateKind::Bill => "bill of materials",
        PredicateKind::Agent => "agent card",
        PredicateKind::Review => "review",
        PredicateKind::Binding => "binding",
    }
}

/// Before `claim`.
fn adjective(kind: PredicateKind) -> &'static str {
    match kind {
        PredicateKind::Bill => "bill-of-materials",
        PredicateKind::Data => "training-data",
        PredicateKind::Config => "training-configuration",
        kind => noun(kind),
    }
}

fn deed(what: Transformation) -> &'static str {
    match what {
        Transformation::Train => "trained from scratch",
        Transformation::Finetune => "fine-tuned",
        Transformation::Adapter => "adapter trained",
        Transformation::Merge => "merged",
        Transformation::Quantise => "quantised",
        Transformation::Distil => "distilled",
        Transformation::Convert => "converted",
        Transformation::Prune => "pruned",
    }
}

fn dispute(what: Dispute) -> &'static str {
    match what {
        Dispute::Parents => "the parents",
        Dispute::Transformation => "how it was made",
        Dispute::Evaluation => "the result of a test",
    }
}

fn fields(lacks: Few<Field>) -> String {
    these(lacks, |field| match field {
        Field::Builder => "builder",
        Field::Parameters => "parameters or configuration",
        Field::Source => "source",
        Field::Collection => "collection",
        Field::Preprocessing => "preprocessing",
        Field::Licence => "licence",
        Field::PersonalData => "personal data",
        Field::Governance => "governance",
        Field::Hyperparameters => "hyperparameters",
        Field::Code => "code revision",
        Field::Framework => "framework versions",
        Field::Seed => "seed",
        Field::Hardware => "hardware",
        Field::Samples => "sample size",
        Field::Harness => "harness digest",
    })
}

fn sections(lacks: Few<Section>) -> String {
    these(lacks, |section| match section {
        Section::IntendedUse => "intended use",
        Section::Limitations => "limitations",
        Section::Training => "training data",
        Section::Evaluation => "evaluation",
    })
}

fn these<T: Closed>(lacks: Few<T>, word: impl Fn(T) -> &'static str) -> String {
    lacks.iter().map(word).collect::<Vec<_>>().join(", ")
}
