//! Datasets and licences that a policy denies, and the sources that name them for a model. A document is
//! enough, as is a claim that counts; the absence of both proves nothing.

use crate::attest::{Domain, Input, InputRole, NamedDigest, Said};
use crate::inventory::{FactKey, Model, Relation};
use crate::maturity::Testimony;
use crate::policy::{DatasetPattern, LicencePattern, Policy};
use crate::signing::{CheckCode, Outcome, PolicyFinding};
use crate::text::Untrusted;

/// What is said of data, and where.
struct Spoken<'m> {
    name: &'m Untrusted,
    digests: &'m [NamedDigest],
    place: Place<'m>,
}

#[derive(Clone, Copy)]
enum Place<'m> {
    Document(&'m Untrusted),
    Claim(usize),
}

impl Place<'_> {
    fn named(self) -> Untrusted {
        match self {
            Place::Document(source) => source.clone(),
            Place::Claim(line) => Untrusted::new(format!("claim on line {line}")),
        }
    }
}

/// The findings, none where the policy denies nothing.
pub(super) fn denied_data(
    model: &Model,
    testimonies: &[Testimony],
    policy: &Policy,
) -> Vec<(CheckCode, Outcome, PolicyFinding)> {
    let mut findings = Vec::new();
    if !policy.artifact.dataset_deny.is_empty() {
        findings.extend(dataset(model, testimonies, &policy.artifact.dataset_deny));
    }
    if !policy.artifact.license_deny.is_empty() {
        findings.extend(licence(model, testimonies, &policy.artifact.license_deny));
    }
    findings
}

fn dataset(
    model: &Model,
    testimonies: &[Testimony],
    denied: &[DatasetPattern],
) -> Option<(CheckCode, Outcome, PolicyFinding)> {
    let found = |spoken: &Spoken<'_>| {
        let is_denied = |pattern: &&DatasetPattern| {
            pattern.names(spoken.name.raw())
                || spoken
                    .digests
                    .iter()
                    .any(|digest| digest.domain == Domain::Sha256 && pattern.has_digest(digest.value.raw()))
        };
        let pattern = denied.iter().find(is_denied)?;
        Some(PolicyFinding::Dataset {
            found: spoken.name.clone(),
            denied: pattern.as_str().into(),
            said_by: spoken.place.named(),
        })
    };
    let parents = model.parents.iter().filter(|parent| parent.relation == Relation::TrainedOn);
    let by_parent = parents.into_iter().find_map(|parent| {
        let name = Untrusted::new(parent.id.raw());
        found(&Spoken { name: &name, digests: &[], place: Place::Document(&parent.source) })
    });
    let by_fact = || {
        model.facts.iter().filter(|fact| fact.key == FactKey::Dataset).find_map(|fact| {
            found(&Spoken { name: &fact.value, digests: &[], place: Place::Document(&fact.source) })
        })
    };
    let by_claim = || {
        counted(testimonies).find_map(|(line, said)| {
            datasets(said).find_map(|input| {
                found(&Spoken { name: &input.name, digests: &input.digests, place: Place::Claim(line) })
            })
        })
    };
    let finding = by_parent.or_else(by_fact).or_else(by_claim)?;
    Some((CheckCode::PolicyDataset, Outcome::Fail, finding))
}

fn licence(
    model: &Model,
    testimonies: &[Testimony],
    denied: &[LicencePattern],
) -> Option<(CheckCode, Outcome, PolicyFinding)> {
    let found = |licence: &Untrusted, place: Place<'_>| {
        let pattern = denied.iter().find(|pattern| pattern.names(licence.raw()))?;
        Some(PolicyFinding::Licence {
            found: licence.clone(),
            denied: pattern.as_str().into(),
            said_by: place.named(),
        })
    };
    let facts = model.facts.iter().filter(|fact| fact.key == FactKey::Licence);
    let by_fact = facts.into_iter().find_map(|fact| found(&fact.value, Place::Document(&fact.source)));
    let by_claim = || {
        counted(testimonies).find_map(|(line, said)| match said {
            Said::Data(data) => data.licences.iter().find_map(|licence| found(licence, Place::Claim(line))),
            _ => None,
        })
    };
    let finding = by_fact.or_else(by_claim)?;
    Some((CheckCode::PolicyLicence, Outcome::Fail, finding))
}

fn counted(testimonies: &[Testimony]) -> impl Iterator<Item = (usize, &Said)> {
    let counts = testimonies.iter().filter(|testimony| testimony.claimed.counts());
    counts.map(|testimony| (testimony.claimed.line, &testimony.claimed.said))
}

/// The datasets that a claim names.
fn datasets(said: &Said) -> impl Iterator<Item = &Input> {
    let (own, inputs): (&[Input], &[Input]) = match said {
        Said::Data(data) => (&data.datasets, &[]),
        Said::Provenance(provenance) => (&[], &provenance.inputs),
        _ => (&[], &[]),
    };
    own.iter().chain(inputs.iter().filter(|input| input.role == InputRole::Dataset))
}
