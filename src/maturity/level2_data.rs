//! The controls of level 2 on data, code, several attesters, the bill of materials, and kept evidence, one function each.

use super::claim_fact::{ClaimFact, Dispute};
use super::evidence::{Evidence, Testimony, ToldBy};
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;
use super::kinship::{LineageEdge, ParentSight};
use super::level2::{has, in_role, provenances, uncounted};
use super::lineage_fact::{LineageFact, Parents};
use super::parents::{Bearing, by_parents};
use super::sight::{Lack, Sight, by_claims, counted, outdated, sight, unless_unread};
use crate::attest::{
    ConfigSaid, DataSaid, Domain, Evaluation, Input, InputRole, NamedDigest, PredicateKind, Provenance, Said,
    Transformation,
};
use crate::inventory::{Basis, FactKey, Relation};
use crate::policy::{Role, Strategy};
use crate::signing::Outcome;
use crate::text::Untrusted;
use std::collections::{BTreeMap, BTreeSet};

/// What the claims that count say of data.
pub(super) fn data_said<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a DataSaid)> + use<'a> {
    counted(evidence, PredicateKind::Data).filter_map(|one| match &one.claimed.said {
        Said::Data(said) => Some((one, &**said)),
        _ => None,
    })
}

/// What they say of configuration.
pub(super) fn config_said<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a ConfigSaid)> + use<'a> {
    counted(evidence, PredicateKind::Config).filter_map(|one| match &one.claimed.said {
        Said::Config(said) => Some((one, &**said)),
        _ => None,
    })
}

/// What they say of tests.
pub(super) fn evaluations<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a Evaluation)> + use<'a> {
    counted(evidence, PredicateKind::Evaluation).filter_map(|one| match &one.claimed.said {
        Said::Evaluation(said) => Some((one, &**said)),
        _ => None,
    })
}

/// Whether a transformation trains: only then data and a training configuration belong to it.
pub(super) fn trains(what: Transformation) -> bool {
    match what {
        Transformation::Train
        | Transformation::Finetune
        | Transformation::Adapter
        | Transformation::Distil => true,
        Transformation::Merge
        | Transformation::Quantise
        | Transformation::Convert
        | Transformation::Prune => false,
    }
}

/// Whether the model was made without training, by the claims or, where they say nothing, by the documents.
pub(super) fn is_untrained(evidence: &Evidence<'_>) -> bool {
    let mut said = in_role(evidence).filter_map(|(_, said)| said.transformation).peekable();
    if said.peek().is_some() {
        return said.all(|what| !trains(what));
    }
    let without = |edge: &LineageEdge| matches!(edge.relation, Relation::Quantised | Relation::Merge);
    Bearing::of(evidence).is_some_and(|parents| parents.all(without))
}

/// A dataset, as far as it is known.
#[derive(Default)]
struct Dataset {
    is_pinned: bool,
    is_signed: bool,
}

fn is_pinned(input: &Input) -> bool {
    !input.digests.is_empty()
}

/// Every dataset that claims, documents or the lineage name, by its name.
fn datasets(evidence: &Evidence<'_>) -> BTreeMap<Untrusted, Dataset> {
    let mut all: BTreeMap<Untrusted, Dataset> = BTreeMap::new();
    let inputs = provenances(evidence).flat_map(|(_, said)| &said.inputs);
    for input in inputs.filter(|input| input.role == InputRole::Dataset) {
        all.entry(input.name.clone()).or_default().is_pinned |= is_pinned(input);
    }
    for (testimony, said) in data_said(evidence) {
        for input in &said.datasets {
            let known = all.entry(input.name.clone()).or_default();
            known.is_pinned |= is_pinned(input);
            known.is_signed |= is_pinned(input) && has(testimony, Role::Data);
        }
    }
    for edge in evidence.kinship.edges.iter().filter(|edge| !edge.relation.bears_weight()) {
        let name = Untrusted::new(edge.parent.raw());
        let known = all.entry(name).or_default();
        known.is_pinned |= edge.pin != super::kinship::Pin::Name;
        known.is_signed |= edge.sight == ParentSight::Verified;
    }
    // Data that only a document names is not pinned. For an unexamined model that matters only where no data
    // is needed, so the facts need not be read.
    let is_unread = matches!(sight(evidence), Sight::NotLooked | Sight::Outdated(_));
    if all.is_empty() && (!is_unread || is_untrained(evidence)) {
        let told = evidence.model.facts.each_of(|key, _| key == FactKey::Dataset);
        all.extend(told.map(|fact| (fact.value.clone(), Dataset::default())));
    }
    all
}

fn wide(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

/// Whether one claim says that there is no data, and another names some.
fn data_denied(evidence: &Evidence<'_>) -> bool {
    let none = data_said(evidence).any(|(_, said)| said.datasets.is_empty());
    let some = || data_said(evidence).any(|(_, said)| !said.datasets.is_empty());
    let in_build = || {
        let mut inputs = provenances(evidence).flat_map(|(_, said)| &said.inputs);
        inputs.any(|input| input.role == InputRole::Dataset)
    };
    none && (some() || in_build())
}

pub(super) fn datasets_pinned(evidence: &Evidence<'_>) -> Finding {
    if data_denied(evidence) {
        return Finding::contradicted(ClaimFact::DatasetsDenied.into());
    }
    let all = datasets(evidence);
    let count = wide(all.len());
    let pinned = wide(all.values().filter(|dataset| dataset.is_pinned).count());
    let finding = match count {
        0 if is_untrained(evidence) => return Finding::not_applicable(ClaimFact::NoData.into()),
        0 => Finding::missing(ClaimFact::NoDatasets.into()),
        _ if pinned == count => {
            return Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::DatasetsPinned { count });
        }
        _ => Finding::declared(Outcome::Partial, ClaimFact::DatasetsNamed { count, pinned }.into()),
    };
    unless_unread(evidence, finding.remedy(Remedy::AttestData))
}

pub(super) fn datasets_signed(evidence: &Evidence<'_>) -> Finding {
    let fails =
        |edge: &&LineageEdge| !edge.relation.bears_weight() && edge.sight == ParentSight::Contradicted;
    let mut failing = evidence.kinship.edges.iter().filter(fails);
    if let Some(first) = failing.next() {
        let those = Parents { first: first.parent.clone(), count: wide(1 + failing.count()) };
        return Finding::contradicted(ClaimFact::DatasetFails(those).into()).remedy(Remedy::Investigate);
    }
    let all = datasets(evidence);
    let count = wide(all.len());
    let signed = wide(all.values().filter(|dataset| dataset.is_signed).count());
    let finding = match (count, signed) {
        (0, _) if is_untrained(evidence) => return Finding::not_applicable(ClaimFact::NoData.into()),
        (0, _) => Finding::missing(ClaimFact::NoDatasets.into()),
        (_, 0) => Finding::missing(ClaimFact::DatasetsUnsigned { count }.into()),
        _ if signed == count => {
            return Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::DatasetsSigned { count });
        }
        _ => {
            Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::DatasetsSignedInPart { count, signed })
        }
    };
    unless_unread(evidence, finding.remedy(Remedy::AttestData))
}

/// Digests of code or configuration that claims pin: of one domain there may be one only.
fn pinned_by<'a>(
    evidence: &Evidence<'a>,
    role: InputRole,
    of_config: fn(&ConfigSaid) -> Option<&NamedDigest>,
) -> impl Iterator<Item = &'a NamedDigest> {
    let inputs = provenances(evidence).flat_map(|(_, said)| &said.inputs);
    let digests = inputs.filter(move |input| input.role == role).flat_map(|input| &input.digests);
    digests.chain(config_said(evidence).filter_map(move |(_, said)| of_config(said)))
}

fn differ<'a>(digests: impl Iterator<Item = &'a NamedDigest>) -> bool {
    let mut seen: BTreeMap<(Domain, &Untrusted), &Untrusted> = BTreeMap::new();
    let mut digests = digests;
    digests.any(|digest| {
        let before = seen.insert((digest.domain, &digest.algorithm), &digest.value);
        before.is_some_and(|before| *before != digest.value)
    })
}

/// Whether a configuration claim pins another commit or configuration than the provenance does. A build may well pin
/// several repositories: only where each names one there is something to compare.
pub(super) fn code_differs(evidence: &Evidence<'_>) -> bool {
    let one = |role: InputRole| {
        let mut inputs =
            provenances(evidence).flat_map(|(_, said)| &said.inputs).filter(move |i| i.role == role);
        inputs.next().is_some() && inputs.next().is_none()
    };
    let code = || pinned_by(evidence, InputRole::Code, |said| said.code.as_ref());
    let config = || pinned_by(evidence, InputRole::Config, |said| said.config.as_ref());
    one(InputRole::Code) && differ(code()) || one(InputRole::Config) && differ(config())
}

pub(super) fn code_pinned(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        if code_differs(evidence) {
            return Finding::contradicted(ClaimFact::CodeDiffers.into()).remedy(Remedy::Investigate);
        }
        let has_code = pinned_by(evidence, InputRole::Code, |said| said.code.as_ref()).next().is_some();
        let parameters = |(_, said): (&Testimony, &Provenance)| said.has_parameters;
        let has_config = pinned_by(evidence, InputRole::Config, |said| said.config.as_ref()).next().is_some()
            || provenances(evidence).any(parameters);
        match (has_code, has_config) {
            (true, true) => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::CodeAndConfig),
            (true, false) => Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::CodeOrConfig)
                .remedy(Remedy::AttestProvenance),
            (false, _) => match provenances(evidence).next() {
                Some(_) => Finding::missing(ClaimFact::NoCode.into()),
                None => uncounted(evidence, PredicateKind::Provenance, Lack::Missing),
            }
            .remedy(Remedy::AttestProvenance),
        }
    })
}

/// All signers whose claims about the model count.
fn attesters<'a>(evidence: &Evidence<'a>) -> BTreeSet<&'a Untrusted> {
    let says = |testimony: &&Testimony| {
        let kind = testimony.claimed.kind;
        testimony.claimed.counts()
            && matches!(
                kind,
                Some(PredicateKind::Provenance | PredicateKind::Evaluation | PredicateKind::Config)
            )
    };
    let signers = evidence.testimonies.iter().filter(says).filter_map(|one| one.claimed.signer.as_ref());
    signers.map(|signer| &signer.subject).collect()
}

/// What claims that count disagree on.
pub(super) fn dispute(evidence: &Evidence<'_>) -> Option<Dispute> {
    if evidence.testimonies.is_empty() {
        return None;
    }
    let several = |signers: BTreeSet<&Untrusted>| signers.len() > 1;
    let who = |testimony: &Testimony| testimony.claimed.signer.as_ref().map(|signer| signer.subject.clone());
    let derive = in_role(evidence).filter_map(|(one, _)| one.claimed.signer.as_ref().map(|s| &s.subject));
    if evidence.kinship.disagree && several(derive.collect()) {
        return Some(Dispute::Parents);
    }
    let mut how = in_role(evidence).filter_map(|(_, said)| said.transformation);
    let first = how.next();
    if how.any(|what| Some(what) != first) {
        return Some(Dispute::Transformation);
    }
    // The same test, passed by the word of one and not by the word of another.
    let mut results: BTreeMap<&Untrusted, (bool, Option<Untrusted>)> = BTreeMap::new();
    for (testimony, said) in evaluations(evidence).filter(|(one, _)| has(one, Role::Eval)) {
        let Some(passed) = said.passed else { continue };
        for name in &said.names {
            match results.get(name) {
                Some((before, by)) if *before != passed && *by != who(testimony) => {
                    return Some(Dispute::Evaluation);
                }
                Some(_) => {}
                None => drop(results.insert(name, (passed, who(testimony)))),
            }
        }
    }
    None
}

pub(super) fn parties_agree(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Unknown, || match dispute(evidence) {
        Some(what) => match settles(evidence) {
            true => Finding::of(Outcome::Partial, Basis::Contradicted, ClaimFact::Settled(what)),
            false => Finding::contradicted(ClaimFact::Disputed(what).into()).remedy(Remedy::DeclareStrategy),
        },
        None => match attesters(evidence).len() {
            0 | 1 => Finding::not_applicable(ClaimFact::OneAttester.into()),
            many => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::Agree { attesters: wide(many) }),
        },
    })
}

/// Whether the policy says who prevails.
pub(super) fn settles(evidence: &Evidence<'_>) -> bool {
    evidence.policy.conflicts.strategy.is_some_and(|strategy| strategy != Strategy::Strict)
}

pub(super) fn bill_equals_claims(evidence: &Evidence<'_>) -> Finding {
    // What documents say of parents stands among the edges, too: without one there is nothing to read.
    if Bearing::of(evidence).is_none() {
        return Finding::not_applicable(LineageFact::NoBill.into());
    }
    if evidence.told_by() != ToldBy::Bills {
        return Finding::not_applicable(LineageFact::NoBill.into());
    }
    if evidence.kinship.denied_by_claims {
        return Finding::contradicted(LineageFact::BillDenied.into()).remedy(Remedy::CorrectParents);
    }
    by_claims(evidence, Lack::Unknown, || {
        let attested = |edge: &LineageEdge| matches!(edge.basis, Basis::Attested | Basis::Observed);
        let parents = Bearing::of(evidence).filter(|parents| !parents.all(|edge| !attested(edge)));
        let Some(parents) = parents else {
            return Finding::unknown(LineageFact::NothingAttested.into()).remedy(Remedy::AttestProvenance);
        };
        let declared = &evidence.parents_told().in_bills;
        match parents.those(|edge| attested(edge) && !declared.contains(&edge.parent)) {
            Some(those) => Finding::declared(Outcome::Partial, LineageFact::BillLacks(those).into()),
            None => Finding::of(Outcome::Pass, Basis::Attested, LineageFact::BillEqual(parents.named())),
        }
    })
}

/// What was verified is kept with everything that it takes to verify it again: signature, what was seen, and anchors.
pub(super) fn evidence_archived(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Missing, |parents| {
        if let Some(those) = parents.those(|edge| edge.sight == ParentSight::Contradicted) {
            let fact = LineageFact::ParentsContradicted(those);
            return Finding::contradicted(fact.into()).remedy(Remedy::Investigate);
        }
        let kept = |edge: &LineageEdge| matches!(edge.sight, ParentSight::Verified | ParentSight::Resigned);
        let Some(open) = parents.those(|edge| !kept(edge)) else {
            let all = evidence.kinship.completeness;
            let fact = match all.declared == all.verified {
                true => {
                    return Finding::observed(Outcome::Pass, LineageFact::Archived(parents.named()).into());
                }
                false => LineageFact::ArchivedInPart(parents.named()),
            };
            return Finding::observed(Outcome::Partial, fact.into()).remedy(Remedy::VerifyParents);
        };
        if let Some(those) = parents.those(|edge| edge.sight == ParentSight::NotVerified) {
            let fact = LineageFact::ParentsNotVerified(those);
            return Finding::unknown(fact.into()).remedy(Remedy::VerifyParents);
        }
        match parents.those(kept) {
            Some(_) => Finding::observed(Outcome::Partial, LineageFact::ArchivedInPart(open).into()),
            None => Finding::missing(LineageFact::NotArchived(open).into()),
        }
        .remedy(Remedy::AddParents)
    })
}

pub(super) fn descendants(evidence: &Evidence<'_>) -> Finding {
    if evidence.kinship.on_cycle {
        return Finding::contradicted(LineageFact::Cycle.into()).remedy(Remedy::CorrectParents);
    }
    // Deployments are linked by what was verified.
    match sight(evidence) {
        Sight::NotLooked => return super::sight::not_looked(),
        Sight::Outdated(since) => return outdated(since),
        Sight::Unsigned | Sight::Looked(_) => {}
    }
    let models = evidence.kinship.descendants;
    let fact: ControlFact = match evidence.usage.deployments.len() {
        0 => LineageFact::Descendants { models }.into(),
        many => {
            let fact = LineageFact::DescendantsAndDeployments { models, deployments: wide(many) };
            return Finding::observed(Outcome::Pass, fact.into());
        }
    };
    Finding::observed(Outcome::Partial, fact).remedy(Remedy::EnterDeployment)
}
