//! The controls of level 2 on a model's origin and its parents, one function each. They judge the graph built
//! from documents and claims.

use super::claim_fact::{ClaimFact, Field};
use super::evidence::{Evidence, Testimony, ToldBy};
use super::fact::Remedy;
use super::finding::Finding;
use super::kinship::{EdgeOrder, LineageEdge, ParentSight, Pin, Support};
use super::lineage_fact::{LineageFact, Parents};
use super::parents::{Bearing, by_parents, is_root, undeclared};
use super::sight::{Lack, by_claims, counted, unless_unread};
use crate::attest::{About, InputRole, PredicateKind, Provenance, Said, Transformation};
use crate::inventory::{Basis, Relation};
use crate::policy::Role;
use crate::signing::Outcome;
use crate::tables::Few;

/// What a claim says of how a model was made.
pub(super) fn provenance(testimony: &Testimony) -> Option<&Provenance> {
    match &testimony.claimed.said {
        Said::Provenance(said) => Some(said),
        _ => None,
    }
}

/// The claims that count of how a model was made.
pub(super) fn provenances<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a Provenance)> + use<'a> {
    all_provenances(evidence).filter(|(testimony, _)| !is_stranger(testimony))
}

/// The same, also by signers whom the policy knows for something else.
fn all_provenances<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a Provenance)> + use<'a> {
    counted(evidence, PredicateKind::Provenance).filter_map(|one| Some((one, provenance(one)?)))
}

/// Whether the policy knows a signer for something else than deriving and publishing. A producer whose further roles are not
/// stated is trusted, and no stranger to the model.
fn is_stranger(testimony: &Testimony) -> bool {
    !testimony.roles.is_empty() && !may_derive(testimony) && !has(testimony, Role::Producer)
}

/// Those by signers who may say so.
pub(super) fn in_role<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Testimony, &'a Provenance)> + use<'a> {
    provenances(evidence).filter(|(testimony, _)| may_derive(testimony))
}

fn may_derive(testimony: &Testimony) -> bool {
    has(testimony, Role::Lineage) || has(testimony, Role::Build)
}

/// Whether the policy gives its signer a role.
pub(super) fn has(testimony: &Testimony, role: Role) -> bool {
    testimony.roles.iter().any(|known| known == role)
}

pub(super) fn signer(testimony: &Testimony) -> crate::text::Untrusted {
    testimony.claimed.signer.as_ref().map(|signer| signer.subject.clone()).unwrap_or_default()
}

/// What there is of a kind that counts for nothing, or that there is nothing. It contradicts nothing, whatever is wrong with
/// it: anyone may append a claim.
pub(super) fn uncounted(evidence: &Evidence<'_>, kind: PredicateKind, lack: Lack) -> Finding {
    let of_kind = || evidence.testimonies.iter().map(|one| &one.claimed).filter(|one| one.kind == Some(kind));
    let mut about_this = of_kind().filter(|one| one.about == About::ThisModel);
    if let Some(other) = about_this.find(|one| !one.counts()) {
        return lack.of(ClaimFact::NotCounted { kind, because: other.because });
    }
    match of_kind().next() {
        Some(_) => lack.of(ClaimFact::OfAnother(kind)),
        None => lack.of(ClaimFact::None(kind)),
    }
}

pub(super) fn derivation_declared(evidence: &Evidence<'_>) -> Finding {
    let Some(parents) = Bearing::of(evidence) else {
        return match evidence.kinship.root {
            Some(basis) => Finding::of(Outcome::Pass, basis, LineageFact::Root),
            None => {
                let nothing = Finding::missing(LineageFact::Undeclared.into());
                unless_unread(evidence, nothing.remedy(Remedy::AttestProvenance))
            }
        };
    };
    if evidence.kinship.root.is_some() {
        let fact = LineageFact::RootWithParents(parents.named());
        return Finding::contradicted(fact.into()).remedy(Remedy::CorrectParents);
    }
    let attested = !parents.all(|edge| edge.basis == Basis::Declared);
    if !attested && evidence.told_by() == ToldBy::Cards {
        let fact = LineageFact::OnlyInCard(parents.named());
        let finding = Finding::declared(Outcome::Partial, fact.into()).remedy(Remedy::AttestProvenance);
        return unless_unread(evidence, finding);
    }
    Finding::of(Outcome::Pass, parents.basis(), LineageFact::From(parents.named()))
}

pub(super) fn parents_pinned(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Missing, |parents| {
        if let Some(those) = parents.those(|edge| edge.pin_differs) {
            return Finding::contradicted(LineageFact::PinDiffers(those).into())
                .remedy(Remedy::CorrectParents);
        }
        let open = |finding: Finding| unless_unread(evidence, finding.remedy(Remedy::AttestProvenance));
        if let Some(those) = parents.those(|edge| edge.pin == Pin::Name) {
            return open(Finding::missing(LineageFact::NotPinned(those).into()));
        }
        if let Some(those) = parents.those(|edge| edge.pin == Pin::Revision) {
            let fact = LineageFact::PinnedByRevision(those);
            return open(Finding::of(Outcome::Partial, parents.basis(), fact));
        }
        Finding::of(Outcome::Pass, parents.basis(), LineageFact::Pinned(parents.named()))
    })
}

/// Whether a claim says where the model comes from: parents, or that there are none.
fn says_derivation(said: &Provenance) -> bool {
    let is_parent = |role| matches!(role, InputRole::Base | InputRole::Adapter | InputRole::Teacher);
    said.is_root || said.inputs.iter().any(|input| is_parent(input.role))
}

pub(super) fn derivation_signed(evidence: &Evidence<'_>) -> Finding {
    if is_root(evidence) {
        return Finding::not_applicable(LineageFact::Root.into());
    }
    by_claims(evidence, Lack::Missing, || {
        let kind = PredicateKind::Provenance;
        if let Some((testimony, _)) = provenances(evidence).find(|(_, said)| says_derivation(said)) {
            let fact = ClaimFact::By { kind, signer: signer(testimony) };
            return Finding::of(Outcome::Pass, Basis::Attested, fact);
        }
        let finding = uncounted(evidence, kind, Lack::Missing);
        let finding = match Bearing::of(evidence) {
            Some(_) if finding.outcome == Outcome::Missing => {
                Finding::declared(Outcome::Partial, ClaimFact::DeclaredOnly.into())
            }
            _ => finding,
        };
        finding.remedy(Remedy::AttestProvenance)
    })
}

pub(super) fn parents_verify(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Missing, |parents| {
        let seen = |wanted: ParentSight| parents.those(|edge| edge.sight == wanted);
        // Rulings 5: where the policy does not allow it, such a signature is none.
        let allowed = evidence.policy.artifact.allow_resign_at_ingest;
        let is_unsigned = |sight: ParentSight| match sight {
            ParentSight::Unsigned => true,
            ParentSight::Resigned => !allowed,
            _ => false,
        };
        if let Some(those) = seen(ParentSight::Contradicted) {
            let fact = LineageFact::ParentsContradicted(those);
            return Finding::contradicted(fact.into()).remedy(Remedy::Investigate);
        }
        if let Some(those) = seen(ParentSight::Unresolved) {
            return Finding::missing(LineageFact::ParentsUnresolved(those).into()).remedy(Remedy::AddParents);
        }
        if let Some(those) = parents.those(|edge| is_unsigned(edge.sight)) {
            return Finding::missing(LineageFact::ParentsUnsigned(those).into()).remedy(Remedy::SignParents);
        }
        if let Some(those) = seen(ParentSight::NotVerified) {
            let fact = LineageFact::ParentsNotVerified(those);
            return Finding::unknown(fact.into()).remedy(Remedy::VerifyParents);
        }
        // Rulings 5: with a star.
        match bridged(parents) {
            Some(those) => Finding::observed(Outcome::Pass, LineageFact::ParentsBridged(those).into()),
            None => Finding::observed(Outcome::Pass, LineageFact::ParentsVerified(parents.named()).into()),
        }
    })
}

/// The parents that count only by a signature at ingest or by a summary.
fn bridged(parents: Bearing<'_>) -> Option<Parents> {
    parents.those(|edge| matches!(edge.sight, ParentSight::Resigned | ParentSight::Summarised))
}

/// Whether level 2 rests on parents that were signed again when they were received, or on a summary.
pub(super) fn rests_on_bridges(evidence: &Evidence<'_>) -> bool {
    reaches_by_summary(evidence) || Bearing::of(evidence).is_some_and(|parents| bridged(parents).is_some())
}

/// Whether its ancestors carry the highest level only by a summary. How far they carry is asked only where one may rely on
/// each of the parents.
pub(super) fn reaches_by_summary(evidence: &Evidence<'_>) -> bool {
    let relied = |edge: &LineageEdge| {
        matches!(edge.sight, ParentSight::Verified | ParentSight::Resigned | ParentSight::Summarised)
    };
    evidence.kinship.support == Support::Bridged
        && Bearing::of(evidence).is_some_and(|parents| parents.all(relied))
}

pub(super) fn inputs_verified(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Missing, |parents| {
        if let Some(those) = parents.those(|edge| edge.verified_before == Some(false)) {
            return Finding::contradicted(LineageFact::InputsLate(those).into());
        }
        let Some(those) = parents.those(|edge| edge.verified_before.is_none()) else {
            let fact = LineageFact::InputsVerified(parents.named());
            return Finding::of(Outcome::Pass, Basis::Attested, fact);
        };
        let finding = match parents.those(|edge| edge.verified_before.is_some()) {
            Some(_) => Finding::of(Outcome::Partial, Basis::Attested, LineageFact::InputsInPart(those)),
            None => Finding::missing(LineageFact::InputsNotVerified.into()),
        };
        unless_unread(evidence, finding.remedy(Remedy::AttestProvenance))
    })
}

/// How well one claim documents a transformation: what it leaves out.
fn undocumented(said: &Provenance) -> Few<Field> {
    let mut lacks = Few::NONE;
    if said.builder.is_none() {
        lacks.add(Field::Builder);
    }
    let config = said.inputs.iter().any(|input| input.role == InputRole::Config && !input.digests.is_empty());
    if !said.has_parameters && !config {
        lacks.add(Field::Parameters);
    }
    lacks
}

/// Whether what is said to have been done cannot have been done to these parents.
fn is_otherwise(said: &Provenance, what: Transformation, parents: Option<Bearing<'_>>) -> bool {
    let from_nothing = what == Transformation::Train;
    let names_base =
        said.inputs.iter().any(|input| matches!(input.role, InputRole::Base | InputRole::Adapter));
    // What was seen in the files says how they were made; what documents say is less than a claim.
    let seen = |relation: Relation| match relation {
        Relation::Finetune => Some(Transformation::Finetune),
        Relation::Adapter => Some(Transformation::Adapter),
        Relation::Quantised => Some(Transformation::Quantise),
        Relation::Merge => Some(Transformation::Merge),
        Relation::Distilled => Some(Transformation::Distil),
        Relation::TrainedOn | Relation::Unspecified => None,
    };
    let contradicts = |parents: Bearing<'_>| {
        let mut observed = parents.iter().filter(|edge| edge.basis == Basis::Observed);
        observed.any(|edge| seen(edge.relation).is_some_and(|seen| seen != what))
    };
    from_nothing && (names_base || parents.is_some()) || parents.is_some_and(contradicts)
}

pub(super) fn transformation(evidence: &Evidence<'_>) -> Finding {
    let finding = transformation_said(evidence);
    // What is trained from nothing is a transformation, too, and where it is documented that counts.
    match finding.outcome {
        Outcome::Pass | Outcome::Fail => finding,
        _ if is_root(evidence) => Finding::not_applicable(LineageFact::Root.into()),
        _ => finding,
    }
}

fn transformation_said(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let parents = Bearing::of(evidence);
        let otherwise = in_role(evidence)
            .find_map(|(_, said)| said.transformation.filter(|what| is_otherwise(said, *what, parents)));
        if let Some(what) = otherwise {
            return Finding::contradicted(ClaimFact::TransformedOtherwise(what).into());
        }
        let best = in_role(evidence)
            .filter_map(|(_, said)| Some((said.transformation?, undocumented(said))))
            .min_by_key(|(_, lacks)| lacks.iter().count());
        let finding = match best {
            Some((what, lacks)) if lacks.is_empty() => {
                return Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::Transformed(what));
            }
            Some((what, lacks)) => {
                let fact = ClaimFact::TransformedInPart { what: Some(what), lacks };
                Finding::of(Outcome::Partial, Basis::Attested, fact)
            }
            None => match parents.map(|parents| parents.iter().map(|edge| edge.relation)) {
                Some(mut relations) => match relations.find(|relation| *relation != Relation::Unspecified) {
                    Some(relation) => {
                        Finding::declared(Outcome::Partial, LineageFact::RelationDeclared(relation).into())
                    }
                    None => uncounted(evidence, PredicateKind::Provenance, Lack::Missing),
                },
                None => uncounted(evidence, PredicateKind::Provenance, Lack::Missing),
            },
        };
        finding.remedy(Remedy::AttestProvenance)
    })
}

/// How much of the lineage must be proven for a partial result by default, in percent.
const COMPLETE_ENOUGH: u64 = 80;

pub(super) fn lineage_complete(evidence: &Evidence<'_>) -> Finding {
    let kinship = evidence.kinship;
    if kinship.on_cycle {
        return Finding::contradicted(LineageFact::Cycle.into()).remedy(Remedy::CorrectParents);
    }
    let all = kinship.completeness;
    let Some(parents) = Bearing::of(evidence) else {
        return match kinship.root {
            Some(basis) => Finding::of(Outcome::Pass, basis, LineageFact::Complete { edges: 0 }),
            None => unless_unread(evidence, undeclared(Lack::Missing)),
        };
    };
    if all.declared > 0 && all.verified == all.declared && all.open_ends == 0 {
        let fact = LineageFact::Complete { edges: all.declared };
        return Finding::of(Outcome::Pass, parents.basis(), fact);
    }
    if let Some(those) = parents.those(|edge| edge.sight == ParentSight::NotVerified) {
        return Finding::unknown(LineageFact::ParentsNotVerified(those).into()).remedy(Remedy::VerifyParents);
    }
    let gaps = LineageFact::Gaps { declared: all.declared, verified: all.verified, open_ends: all.open_ends };
    let rules = &evidence.policy.lineage;
    let is_enough = all.verified > 0
        && match rules.min_completeness {
            Some(_) => rules.is_enough(all.verified, all.declared),
            None => u64::from(all.verified) * 100 >= u64::from(all.declared) * COMPLETE_ENOUGH,
        };
    let finding = match is_enough {
        true => Finding::of(Outcome::Partial, parents.basis(), gaps),
        false => Finding::missing(gaps.into()),
    };
    unless_unread(evidence, finding.remedy(Remedy::AttestProvenance))
}

pub(super) fn one_digest(evidence: &Evidence<'_>) -> Finding {
    let kinship = evidence.kinship;
    if kinship.digests_differ {
        return Finding::contradicted(LineageFact::DigestsDiffer.into()).remedy(Remedy::Investigate);
    }
    let Some(parents) = Bearing::of(evidence) else {
        return Finding::not_applicable(LineageFact::SinglePath.into());
    };
    if kinship.completeness.declared.max(parents.named().count) < 2 {
        return Finding::not_applicable(LineageFact::SinglePath.into());
    }
    let mapped =
        |edge: &super::kinship::LineageEdge| edge.pin == Pin::Revision && edge.basis == Basis::Attested;
    if let Some(those) = parents.those(mapped) {
        return Finding::of(Outcome::Partial, Basis::Attested, LineageFact::DigestsMapped(those))
            .remedy(Remedy::AttestProvenance);
    }
    // Anything unpinned was never checked.
    if let Some(those) = parents.those(|edge| edge.pin == Pin::Name) {
        return Finding::unknown(LineageFact::NotPinned(those).into()).remedy(Remedy::AttestProvenance);
    }
    Finding::of(Outcome::Pass, parents.basis(), LineageFact::OneDigest)
}

pub(super) fn plausible(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Unknown, |parents| match evidence.kinship.plausible {
        Some(false) => Finding::contradicted(LineageFact::Implausible.into()).remedy(Remedy::CorrectParents),
        None => Finding::unknown(LineageFact::NotCompared.into()).remedy(Remedy::AddParents),
        Some(true) => match parents.those(|edge| edge.sight == ParentSight::Unresolved) {
            Some(those) => {
                Finding::observed(Outcome::Partial, LineageFact::PlausibleByMetadata(those).into())
                    .remedy(Remedy::AddParents)
            }
            None => Finding::observed(Outcome::Pass, LineageFact::Plausible.into()),
        },
    })
}

pub(super) fn time_ordered(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Missing, |parents| {
        if let Some(those) = parents.those(|edge| edge.order == EdgeOrder::ChildFirst) {
            let fact = LineageFact::OlderThanParents(those);
            return Finding::contradicted(fact.into()).remedy(Remedy::Investigate);
        }
        by_claims(evidence, Lack::Missing, || {
            let mut claims = provenances(evidence).peekable();
            if claims.peek().is_none() {
                let nothing = uncounted(evidence, PredicateKind::Provenance, Lack::Missing);
                return nothing.remedy(Remedy::AttestWithTime);
            }
            // One claim in time is enough: another one may only repeat it.
            if claims.all(|(testimony, _)| testimony.claimed.signed_at.is_none()) {
                let fact = LineageFact::ClaimWithoutTime;
                return Finding::missing(fact.into()).remedy(Remedy::AttestWithTime);
            }
            let unordered = |edge: &super::kinship::LineageEdge| edge.order == EdgeOrder::Unknown;
            let unseen = |edge: &super::kinship::LineageEdge| {
                unordered(edge) && edge.sight == ParentSight::NotVerified
            };
            if let Some(those) = parents.those(|edge| unordered(edge) && !unseen(edge)) {
                let fact = LineageFact::ParentsWithoutTime(those);
                return Finding::missing(fact.into()).remedy(Remedy::AttestWithTime);
            }
            if let Some(those) = parents.those(unseen) {
                let fact = LineageFact::ParentsNotVerified(those);
                return Finding::unknown(fact.into()).remedy(Remedy::VerifyParents);
            }
            match parents.those(|edge| edge.order == EdgeOrder::Equal) {
                Some(those) => {
                    Finding::of(Outcome::Partial, Basis::Attested, LineageFact::OrderUnprovable(those))
                }
                None => Finding::of(Outcome::Pass, Basis::Attested, LineageFact::Ordered),
            }
        })
    })
}

/// The claims of derivation whose signers the policy knows for something else, or for nothing.
fn misplaced<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = &'a Testimony> + use<'a> {
    all_provenances(evidence).map(|(testimony, _)| testimony).filter(|testimony| !may_derive(testimony))
}

pub(super) fn attester_in_role(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Unknown, || {
        let kind = PredicateKind::Provenance;
        if let Some((testimony, _)) = in_role(evidence).next() {
            let fact = ClaimFact::By { kind, signer: signer(testimony) };
            return Finding::of(Outcome::Pass, Basis::Attested, fact);
        }
        // It is reported but does no harm: a signer trusted for other things can append a line.
        if let Some(outside) = misplaced(evidence).find(|testimony| is_stranger(testimony)) {
            let fact = ClaimFact::OutsideRole { kind, signer: signer(outside) };
            return Finding::missing(fact.into()).remedy(Remedy::GrantRole);
        }
        match misplaced(evidence).next() {
            Some(testimony) => {
                let fact = ClaimFact::NoRole { kind, signer: signer(testimony) };
                Finding::of(Outcome::Partial, Basis::Attested, fact).remedy(Remedy::GrantRole)
            }
            None => uncounted_unknown(evidence, kind).remedy(Remedy::AttestProvenance),
        }
    })
}

/// What counts for nothing says nothing of roles.
pub(super) fn uncounted_unknown(evidence: &Evidence<'_>, kind: PredicateKind) -> Finding {
    uncounted(evidence, kind, Lack::Unknown)
}
