//! The controls of level 3 on a model's claims, one function each: process, data, configuration, evaluation,
//! card, infrastructure, and the validity of the claims.

use super::claim_fact::{ClaimFact, Field, Section};
use super::evidence::{Evidence, Testimony};
use super::fact::Remedy;
use super::finding::Finding;
use super::level2::{has, provenances, signer, uncounted, uncounted_unknown};
use super::level2_data::{code_differs, config_said, data_said, evaluations, is_untrained};
use super::lineage_fact::Parents;
use super::parents::Bearing;
use super::required::{Required, SLSA, is_floor, required};
use super::sight::{Lack, Sight, by_claims, counted, sight};
use crate::attest::{
    Domain, Evaluation, Input, InputRole, NamedDigest, PredicateKind, Provenance, Said, Summary, Validity,
};
use crate::inventory::Basis;
use crate::policy::Role;
use crate::signing::Outcome;
use crate::tables::Few;
use crate::text::Untrusted;

/// The parents that a claim does not have among its inputs: by digest, where the lineage knows them as attested.
fn left_out(said: &Provenance, parents: Option<Bearing<'_>>) -> Option<Parents> {
    let is_model = |role| matches!(role, InputRole::Base | InputRole::Adapter | InputRole::Teacher);
    let inputs = said.inputs.iter().filter(|input| is_model(input.role) && !input.digests.is_empty());
    let (parents, inputs) = (parents?, u32::try_from(inputs.count()).unwrap_or(u32::MAX));
    let open = parents.those(|edge| edge.basis != Basis::Attested);
    match open {
        Some(open) => Some(open),
        // Another claim attests the rest.
        None if inputs < parents.named().count => Some(parents.named()),
        None => None,
    }
}

pub(super) fn process(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let kind = PredicateKind::Provenance;
        let parents = Bearing::of(evidence);
        if evidence.kinship.denied_by_claims {
            return Finding::contradicted(ClaimFact::InputsContradict.into()).remedy(Remedy::CorrectParents);
        }
        let built = || provenances(evidence).filter(|(_, said)| said.builder.is_some());
        let (mut incomplete, mut other) = (None, None);
        for (testimony, said) in built() {
            if !has(testimony, Role::Build) {
                other = other.or(Some(testimony));
                continue;
            }
            match left_out(said, parents) {
                Some(those) => incomplete = incomplete.or(Some(those)),
                None => {
                    let fact = ClaimFact::By { kind, signer: signer(testimony) };
                    return Finding::of(Outcome::Pass, Basis::Attested, fact);
                }
            }
        }
        match (incomplete, other, provenances(evidence).next()) {
            (Some(those), _, _) => {
                Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::InputsIncomplete(those))
                    .remedy(Remedy::AttestProvenance)
            }
            (None, Some(testimony), _) => {
                let fact = ClaimFact::NoRole { kind, signer: signer(testimony) };
                Finding::of(Outcome::Partial, Basis::Attested, fact).remedy(Remedy::GrantRole)
            }
            (None, None, Some(_)) => {
                let fields = std::iter::once(Field::Builder).collect();
                Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::Lacks { kind, fields })
                    .remedy(Remedy::AttestProvenance)
            }
            (None, None, None) => uncounted(evidence, kind, Lack::Missing).remedy(Remedy::AttestProvenance),
        }
    })
}

/// The fields that a data attestation must have, by their names in the registry.
const DATA: [(Field, &[&str]); 6] = [
    (Field::Source, &["source"]),
    (Field::Collection, &["collection"]),
    (Field::Preprocessing, &["preprocessing"]),
    (Field::Licence, &["licence", "license"]),
    (Field::PersonalData, &["personalData", "personal-data", "personal data", "pii"]),
    (Field::Governance, &["governance"]),
];
/// The same of a training configuration.
const CONFIG: [(Field, &[&str]); 5] = [
    (Field::Hyperparameters, &["hyperparameters"]),
    (Field::Code, &["code"]),
    (Field::Framework, &["framework", "frameworks"]),
    (Field::Seed, &["seed"]),
    (Field::Hardware, &["hardware"]),
];
/// The sections of a card.
const CARD: [(Section, &[&str]); 4] = [
    (Section::IntendedUse, &["intendeduse", "directuse", "uses", "purpose"]),
    (Section::Limitations, &["limitation", "risk", "outofscope"]),
    (Section::Training, &["training"]),
    (Section::Evaluation, &["evaluation", "performance", "results"]),
];

/// Headings are written as people like it: a section is there when one of these words is in a heading.
fn lacks_sections(there: &[Untrusted]) -> Few<Section> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let there: Vec<String> = there.iter().map(|section| plain(section.raw())).collect();
    let has = |words: &[&str]| there.iter().any(|section| words.iter().any(|word| section.contains(word)));
    CARD.iter().filter(|(_, words)| !has(words)).map(|(section, _)| *section).collect()
}

fn lacks<T: crate::tables::Closed>(wanted: &[(T, &[&str])], there: &[Untrusted]) -> Few<T> {
    let has = |names: &[&str]| there.iter().any(|field| names.iter().any(|name| field.raw() == *name));
    wanted.iter().filter(|(_, names)| !has(names)).map(|(field, _)| *field).collect()
}

/// Of claims of a kind, each with its role given or not and what it lacks: the best decides.
fn by_fields(
    evidence: &Evidence<'_>,
    kind: PredicateKind,
    claims: impl Iterator<Item = (bool, Untrusted, Few<Field>)>,
    remedy: Remedy,
) -> Finding {
    let best = claims.min_by_key(|(in_role, _, lacks)| (!in_role, lacks.iter().count()));
    match best {
        None => uncounted(evidence, kind, Lack::Missing).remedy(remedy),
        Some((false, signer, _)) => {
            Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::NoRole { kind, signer })
                .remedy(Remedy::GrantRole)
        }
        Some((true, _, fields)) if !fields.is_empty() => {
            Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::Lacks { kind, fields }).remedy(remedy)
        }
        Some(_) => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::Complete(kind)),
    }
}

pub(super) fn data(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let mut licences = data_said(evidence).flat_map(|(_, said)| &said.licences);
        if let Some(denied) = licences.find(|licence| is_denied(evidence, licence)) {
            return Finding::contradicted(ClaimFact::LicenceDenied(denied.clone()).into());
        }
        let mut datasets = data_said(evidence).flat_map(|(_, said)| &said.datasets);
        let denied = &evidence.policy.artifact.dataset_deny;
        let is_named = |input: &&Input| {
            let has = |digest: &NamedDigest| {
                digest.domain == Domain::Sha256 && denied.iter().any(|one| one.has_digest(digest.value.raw()))
            };
            denied.iter().any(|one| one.names(input.name.raw())) || input.digests.iter().any(has)
        };
        if let Some(denied) = datasets.find(is_named) {
            return Finding::contradicted(ClaimFact::DatasetDenied(denied.name.clone()).into());
        }
        if data_said(evidence).next().is_none() && is_untrained(evidence) {
            return Finding::not_applicable(ClaimFact::NoData.into());
        }
        let claims = data_said(evidence)
            .map(|(one, said)| (has(one, Role::Data), signer(one), lacks(&DATA, &said.fields)));
        by_fields(evidence, PredicateKind::Data, claims, Remedy::AttestData)
    })
}

fn is_denied(evidence: &Evidence<'_>, licence: &Untrusted) -> bool {
    evidence.policy.artifact.license_deny.iter().any(|denied| denied.names(licence.raw()))
}

pub(super) fn configuration(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        if code_differs(evidence) {
            return Finding::contradicted(ClaimFact::CodeDiffers.into()).remedy(Remedy::Investigate);
        }
        if config_said(evidence).next().is_none() && is_untrained(evidence) {
            return Finding::not_applicable(ClaimFact::NoData.into());
        }
        let claims = config_said(evidence).map(|(one, said)| {
            let in_role = [Role::Build, Role::Producer, Role::Lineage].iter().any(|role| has(one, *role));
            (in_role, signer(one), lacks(&CONFIG, &said.fields))
        });
        by_fields(evidence, PredicateKind::Config, claims, Remedy::AttestConfig)
    })
}

/// The evaluations that count by signers who may evaluate.
fn by_evaluators<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a Evaluation)> + use<'a> {
    evaluations(evidence).filter(|(one, _)| has(one, Role::Eval) || has(one, Role::Producer))
}

fn name_of(said: &Evaluation) -> Untrusted {
    said.names.first().cloned().unwrap_or_default()
}

pub(super) fn evaluation(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let kind = PredicateKind::Evaluation;
        if let Some((_, failed)) = by_evaluators(evidence).find(|(_, said)| said.passed == Some(false)) {
            return Finding::contradicted(ClaimFact::EvaluationFailed(name_of(failed)).into());
        }
        match required(evidence, kind, |_| true) {
            Required::Short(which) => Finding::contradicted(ClaimFact::RequiredShort(which).into()),
            Required::Absent(which) => Finding::missing(ClaimFact::RequiredAbsent(which).into()),
            Required::Partly(which) => {
                Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::RequiredInPart(which))
            }
            Required::Met { count } => {
                let unmeasured = by_evaluators(evidence).map(|(_, said)| unmeasured(said));
                match unmeasured.min_by_key(|lacks| lacks.iter().count()) {
                    Some(fields) if !fields.is_empty() => {
                        Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::Lacks { kind, fields })
                    }
                    _ => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::RequiredMet { count }),
                }
            }
            Required::Nothing => match by_evaluators(evidence).next() {
                Some(_) => {
                    return Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::NotRequired(kind))
                        .remedy(Remedy::DeclareRequirement);
                }
                None => uncounted(evidence, kind, Lack::Missing),
            },
        }
        .remedy(Remedy::AttestEvaluation)
    })
}

/// What an evaluation leaves out without which a figure says little.
fn unmeasured(said: &Evaluation) -> Few<Field> {
    let lacks = [(said.samples.is_none(), Field::Samples), (said.harness.is_none(), Field::Harness)];
    lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, field)| field).collect()
}

pub(super) fn evaluator(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Unknown, || {
        let kind = PredicateKind::Evaluation;
        let stranger = |(one, _): &(&Testimony, &Evaluation)| {
            !one.roles.is_empty() && !has(one, Role::Eval) && !has(one, Role::Producer)
        };
        let own =
            |one: &Testimony, said: &Evaluation| said.self_attested == Some(true) || has(one, Role::Producer);
        let mut authorised = evaluations(evidence).filter(|(one, _)| has(one, Role::Eval));
        if let Some((one, _)) = authorised.find(|(one, said)| !own(one, said)) {
            let fact = ClaimFact::By { kind, signer: signer(one) };
            return Finding::of(Outcome::Pass, Basis::Attested, fact);
        }
        if let Some((one, _)) = evaluations(evidence).find(stranger) {
            let fact = ClaimFact::OutsideRole { kind, signer: signer(one) };
            return Finding::missing(fact.into()).remedy(Remedy::GrantRole);
        }
        if let Some((one, _)) = evaluations(evidence).find(|(one, said)| own(one, said)) {
            let fact = ClaimFact::SelfAttested(signer(one));
            return Finding::of(Outcome::Partial, Basis::Attested, fact).remedy(Remedy::AttestEvaluation);
        }
        match evaluations(evidence).next() {
            Some((one, _)) => {
                let fact = ClaimFact::NoRole { kind, signer: signer(one) };
                Finding::of(Outcome::Partial, Basis::Attested, fact).remedy(Remedy::GrantRole)
            }
            None => uncounted_unknown(evidence, kind).remedy(Remedy::AttestEvaluation),
        }
    })
}

pub(super) fn card(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let kind = PredicateKind::Card;
        let cards = || {
            counted(evidence, kind).filter_map(|one| match &one.claimed.said {
                Said::Card(said) => Some((one, &**said)),
                _ => None,
            })
        };
        let is_other = |name: &Untrusted| {
            let id = crate::inventory::ModelId::new(name.raw());
            // A card may name the model without its owner.
            id != evidence.model.id
                && *name != evidence.model.name
                && evidence.model.id.raw().rsplit('/').next() != Some(id.raw())
        };
        let other = cards().filter_map(|(_, said)| said.model.as_ref()).find(|name| is_other(name));
        if let Some(other) = other {
            return Finding::contradicted(ClaimFact::CardOfAnother(other.clone()).into());
        }
        let in_role = |one: &Testimony| has(one, Role::Card) || has(one, Role::Producer);
        let bound = cards().filter(|(_, said)| said.digest.is_some());
        let best = bound
            .map(|(one, said)| (in_role(one), signer(one), lacks_sections(&said.sections)))
            .min_by_key(|(in_role, _, lacks)| (!in_role, lacks.iter().count()));
        match best {
            Some((true, _, lacks)) if lacks.is_empty() => {
                Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::CardBound)
            }
            Some((true, _, lacks)) => {
                Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::CardLacks(lacks))
            }
            Some((false, signer, _)) => {
                return Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::NoRole { kind, signer })
                    .remedy(Remedy::GrantRole);
            }
            // It is bound by the signature over the files; what is in it was not read.
            None if has_card(evidence) => Finding::observed(Outcome::Partial, ClaimFact::CardSigned.into()),
            None => uncounted(evidence, kind, Lack::Missing),
        }
        .remedy(Remedy::AttestCard)
    })
}

/// Whether a card lies among the files of a model: its facts name it as their source.
fn has_card(evidence: &Evidence<'_>) -> bool {
    let is_card = |source: &Untrusted| {
        let path = std::path::Path::new(source.raw());
        let inside = evidence.model.location.as_deref().is_some_and(|folder| path.starts_with(folder));
        inside && path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("README.md"))
    };
    evidence.model.sources.iter().any(is_card)
}

/// What verifiers say in summaries that count.
pub(super) fn summaries<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a Summary)> + use<'a> {
    evidence.testimonies.iter().filter(|one| one.claimed.counts()).filter_map(|one| match &one.claimed.said {
        Said::Summary(said) => Some((one, &**said)),
        _ => None,
    })
}

pub(super) fn infrastructure(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let kind = PredicateKind::Infrastructure;
        let refused = summaries(evidence).find(|(one, said)| has(one, Role::Infrastructure) && !said.passed);
        if let Some((one, _)) = refused {
            return Finding::contradicted(ClaimFact::InfrastructureRefused(signer(one)).into());
        }
        if let Some((one, _)) = summaries(evidence).find(|(one, _)| has(one, Role::Infrastructure)) {
            let fact = ClaimFact::InfrastructureAppraised(signer(one));
            return Finding::of(Outcome::Pass, Basis::Attested, fact);
        }
        let mut reports = counted(evidence, kind).filter_map(|one| match &one.claimed.said {
            Said::Infrastructure(said) => Some((one, &**said)),
            _ => None,
        });
        let Some(first) = reports.next() else {
            return match asks_infrastructure(evidence) {
                true => uncounted(evidence, kind, Lack::Missing),
                false => Finding::not_applicable(ClaimFact::InfrastructureAside.into()),
            };
        };
        let appraised = std::iter::once(first)
            .chain(reports)
            .find(|(one, said)| has(one, Role::Infrastructure) && said.has_evidence);
        match appraised {
            Some((one, _)) => {
                let fact = ClaimFact::InfrastructureAppraised(signer(one));
                Finding::of(Outcome::Pass, Basis::Attested, fact)
            }
            None => {
                let fact = ClaimFact::InfrastructureOnly(signer(first.0));
                Finding::of(Outcome::Partial, Basis::Attested, fact)
            }
        }
    })
}

/// Whether the policy allows or requires claims about infrastructure.
fn asks_infrastructure(evidence: &Evidence<'_>) -> bool {
    let required = required(evidence, PredicateKind::Infrastructure, |_| true);
    !matches!(required, Required::Nothing)
        || evidence.policy.attesters.iter().any(|attester| attester.roles.contains(Role::Infrastructure))
}

pub(super) fn slsa_floors(evidence: &Evidence<'_>) -> Finding {
    let kind = PredicateKind::Summary;
    if matches!(required(evidence, kind, is_floor), Required::Nothing) {
        return Finding::not_applicable(ClaimFact::NotRequired(kind).into());
    }
    by_claims(evidence, Lack::Missing, || {
        let claims = |said: &Summary| said.levels.iter().any(|level| level.raw().starts_with(SLSA));
        let refused =
            summaries(evidence).find(|(one, said)| has(one, Role::Verifier) && !said.passed && claims(said));
        if let Some((one, _)) = refused {
            return Finding::contradicted(ClaimFact::Fails { kind, because: one.claimed.because }.into());
        }
        match required(evidence, kind, is_floor) {
            Required::Met { count } => {
                Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::RequiredMet { count })
            }
            Required::Short(which) | Required::Partly(which) => {
                Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::RequiredShort(which))
            }
            Required::Absent(_) | Required::Nothing => Finding::missing(ClaimFact::NoLevelClaimed.into()),
        }
    })
}

/// An unexpected signer cannot invalidate the claims of others.
pub(super) fn predicates_valid(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Unknown, || {
        let claims = || {
            evidence.testimonies.iter().map(|one| &one.claimed).filter(|claim| {
                claim.outcome == Outcome::Pass && claim.about == crate::attest::About::ThisModel
            })
        };
        let of = |wanted: fn(&Validity) -> bool| {
            let mut those = claims().filter(move |claim| wanted(&claim.validity));
            let first = those.next()?.predicate_type.clone();
            Some((first, u32::try_from(1 + those.count()).unwrap_or(u32::MAX)))
        };
        if let Some((first, count)) = of(|validity| matches!(validity, Validity::Invalid(_))) {
            return Finding::contradicted(ClaimFact::SomeInvalid { first, count }.into());
        }
        if let Some((first, count)) = of(|validity| *validity == Validity::Unknown) {
            return Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::SomeUnknown { first, count });
        }
        match of(|validity| *validity == Validity::Valid) {
            Some((_, count)) => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::AllValid { count }),
            None => Finding::unknown(ClaimFact::NoClaims.into()).remedy(Remedy::AttestProvenance),
        }
    })
}

/// Whether a model was never verified: policies are judged by what they do with it.
pub(super) fn once_looked(evidence: &Evidence<'_>, judge: impl FnOnce() -> Finding) -> Finding {
    match sight(evidence) {
        Sight::NotLooked => super::sight::not_looked(),
        Sight::Outdated(since) => super::sight::outdated(since),
        Sight::Unsigned | Sight::Looked(_) => judge(),
    }
}
