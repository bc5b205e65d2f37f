//! The controls of level 3 on the policy, its decisions and what follows from them, one function each.

use super::claim_fact::{ClaimFact, Dispute};
use super::evidence::Evidence;
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;
use super::kinship::{ParentSight, Reliance, Support};
use super::level1::by_stages;
use super::level2::{has, signer};
use super::level2_data::{dispute, settles};
use super::level3::{once_looked, summaries};
use super::lineage_fact::LineageFact;
use super::parents::by_parents;
use super::required::{Freshness, freshness};
use super::sight::{Lack, Sight, by_claims, sight};
use super::usage::{
    FEED_DAYS, FeedAge, Likeness, PolicySeal, Rehearsed, Threat, TriageState, rehearsal_counts,
};
use super::use_fact::{Those, UseFact};
use crate::attest::PredicateKind;
use crate::inventory::{Basis, FactKey, Kind};
use crate::policy::{Action, Role, Stage as GateStage, Term};
use crate::signing::{Outcome, Stage};
use crate::text::Untrusted;

fn use_of(outcome: Outcome, fact: UseFact) -> Finding {
    Finding::observed(outcome, fact.into())
}

pub(super) fn policy_applies(evidence: &Evidence<'_>) -> Finding {
    let policy = evidence.policy;
    if let Some(expired) = policy.expires.filter(|_| policy.expired_at(evidence.now)) {
        return Finding::contradicted(UseFact::PolicyExpired(expired).into()).remedy(Remedy::RenewPolicy);
    }
    once_looked(evidence, || {
        if policy.publisher_of(evidence.model.id.raw()).is_none() {
            return Finding::missing(UseFact::PolicyNamesNobody.into()).remedy(Remedy::NamePublisher);
        }
        match evidence.seal {
            PolicySeal::Signed(by) => use_of(Outcome::Pass, UseFact::PolicySigned(by.clone())),
            PolicySeal::Unsigned => {
                use_of(Outcome::Partial, UseFact::PolicyUnsigned).remedy(Remedy::SignPolicy)
            }
            PolicySeal::Changed => {
                Finding::contradicted(UseFact::PolicyChanged.into()).remedy(Remedy::SignPolicy)
            }
            PolicySeal::Invalid => {
                Finding::contradicted(UseFact::PolicySealInvalid.into()).remedy(Remedy::SignPolicy)
            }
        }
    })
}

pub(super) fn decision_claimed(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Missing, || {
        let by_verifiers = summaries(evidence).filter(|(one, _)| has(one, Role::Verifier));
        let newest =
            by_verifiers.max_by_key(|(one, said)| (said.at.or(one.claimed.signed_at), &one.claimed.digest));
        let Some((one, said)) = newest else {
            let fact = match evidence.usage.gates.is_empty() {
                true => UseFact::NoDecision,
                false => UseFact::DecisionOnlyRecorded,
            };
            return Finding::missing(fact.into()).remedy(Remedy::AttestSummary);
        };
        if !said.passed {
            return Finding::contradicted(UseFact::DecisionRefused(signer(one)).into());
        }
        let policy = evidence.policy;
        let is_current = said.policy.as_ref().is_some_and(|digest| {
            digest.value.raw() == policy.file_digest || digest.value.raw() == policy.digest
        });
        match is_current {
            true => Finding::of(Outcome::Pass, Basis::Attested, UseFact::DecisionClaimed(signer(one))),
            false => {
                Finding::of(Outcome::Partial, Basis::Attested, UseFact::DecisionUnderAnother(signer(one)))
                    .remedy(Remedy::AttestSummary)
            }
        }
    })
}

pub(super) fn summaries_checked(evidence: &Evidence<'_>) -> Finding {
    let kinship = evidence.kinship;
    let summarised = || kinship.edges.iter().any(|edge| edge.sight == ParentSight::Summarised);
    match kinship.summaries {
        Reliance::Failed => Finding::contradicted(UseFact::SummaryFails.into()).remedy(Remedy::Investigate),
        Reliance::Partly => Finding::of(Outcome::Partial, Basis::Attested, UseFact::SummariesInPart),
        Reliance::Checked => Finding::of(Outcome::Pass, Basis::Attested, UseFact::SummariesChecked),
        Reliance::None if super::level2::reaches_by_summary(evidence) || summarised() => {
            // The caller has checked every step.
            Finding::of(Outcome::Pass, Basis::Attested, UseFact::SummariesChecked)
        }
        // An unexamined parent may still be vouched for.
        Reliance::None => match super::parents::Bearing::of(evidence)
            .and_then(|parents| parents.those(|edge| edge.sight == ParentSight::NotVerified))
        {
            Some(those) => {
                let fact = LineageFact::ParentsNotVerified(those);
                Finding::unknown(fact.into()).remedy(Remedy::VerifyParents)
            }
            None => Finding::not_applicable(UseFact::NoSummaries.into()),
        },
    }
}

/// The stages at which it runs, by the names of the policy.
fn stage_of<'a>(evidence: &Evidence<'a>, name: &Untrusted) -> Option<&'a GateStage> {
    evidence.policy.stages.iter().find(|stage| stage.name == name.raw())
}

fn is_advisory(stage: &GateStage) -> bool {
    [stage.on_contradicted, stage.on_missing].iter().all(|action| *action != Action::Closed)
}

pub(super) fn gates_enforced(evidence: &Evidence<'_>) -> Finding {
    let usage = evidence.usage;
    if usage.deployments.is_empty() {
        return Finding::not_applicable(ControlFact::NoDeployment);
    }
    once_looked(evidence, || {
        let root = evidence.verification.and_then(|v| v.root_of_files());
        let (mut not_let_in, mut advisory) = (None, None);
        for deployed in &usage.deployments {
            let gate = usage.gates.iter().find(|gate| gate.stage == deployed.stage && gate.let_in);
            match gate {
                Some(gate) if gate.root.is_some() && root.is_some() && gate.root != root => {
                    let fact = UseFact::LetInWithOtherBytes(deployed.stage.clone());
                    return Finding::contradicted(fact.into()).remedy(Remedy::Investigate);
                }
                Some(gate) if gate.root.is_some() => {
                    if stage_of(evidence, &deployed.stage).is_none_or(is_advisory) {
                        advisory = advisory.or(Some(&deployed.stage));
                    }
                }
                _ => not_let_in = not_let_in.or(Some(&deployed.stage)),
            }
        }
        match (not_let_in, advisory, usage.deployments.first()) {
            (Some(stage), _, _) => {
                Finding::missing(UseFact::NotLetIn(stage.clone()).into()).remedy(Remedy::AskGate)
            }
            (None, Some(stage), _) => {
                use_of(Outcome::Partial, UseFact::GateAdvisory(stage.clone())).remedy(Remedy::CloseStage)
            }
            (None, None, Some(first)) => use_of(Outcome::Pass, UseFact::LetIn(first.stage.clone())),
            (None, None, None) => Finding::not_applicable(ControlFact::NoDeployment),
        }
    })
}

pub(super) fn failure_defined(evidence: &Evidence<'_>) -> Finding {
    once_looked(evidence, || {
        let production = || evidence.policy.stages.iter().filter(|stage| stage.production);
        let name = |stage: &GateStage| Untrusted::new(&stage.name);
        if let Some(open) = production().find(|stage| stage.on_contradicted != Action::Closed) {
            let fact = UseFact::ProductionOpenForContradicted(name(open));
            return Finding::contradicted(fact.into()).remedy(Remedy::CloseStage);
        }
        if let Some(open) = production().find(|stage| stage.on_missing != Action::Closed) {
            let fact = UseFact::ProductionOpenForMissing(name(open));
            return use_of(Outcome::Partial, fact).remedy(Remedy::CloseStage);
        }
        if let Some(glass) = production().find_map(|stage| stage.break_glass.as_ref()) {
            let (approvers, hours) = (glass.approvers, glass.max_hours);
            return use_of(Outcome::Pass, UseFact::ProductionUnderGlass { approvers, hours });
        }
        match production().next() {
            Some(_) => use_of(Outcome::Pass, UseFact::ProductionClosed),
            None => Finding::missing(UseFact::NoProduction.into()).remedy(Remedy::CloseStage),
        }
    })
}

/// Owner, reason, approver and end stand in each, or the policy would not be valid.
pub(super) fn exceptions_governed(evidence: &Evidence<'_>) -> Finding {
    once_looked(evidence, || {
        let (id, root) = (evidence.model.id.raw(), evidence.verification.and_then(|v| v.root_of_files()));
        let here = evidence.policy.exceptions.iter().filter(|one| one.subject.matches(id, root.as_ref()));
        let (mut count, mut soon) = (0, None);
        for exception in here {
            let (id, until) = (Untrusted::new(&exception.id), exception.expires);
            match exception.term(evidence.now) {
                Term::Ended => {
                    return Finding::contradicted(UseFact::ExceptionEnded { id, until }.into())
                        .remedy(Remedy::OfRubric);
                }
                Term::EndsSoon => soon = soon.or(Some(UseFact::ExceptionEndsSoon { id, until })),
                Term::Ahead | Term::Running => {}
            }
            count += 1;
        }
        match (soon, count) {
            (Some(soon), _) => use_of(Outcome::Partial, soon).remedy(Remedy::OfRubric),
            (None, 0) if evidence.policy.exceptions.is_empty() => {
                use_of(Outcome::Pass, UseFact::NoExceptions)
            }
            (None, 0) => use_of(Outcome::Pass, UseFact::NoExceptionHere),
            (None, count) => use_of(Outcome::Pass, UseFact::ExceptionsInDate { count }),
        }
    })
}

pub(super) fn ancestors_reach(evidence: &Evidence<'_>) -> Finding {
    by_parents(evidence, Lack::Missing, |parents| {
        let seen = |wanted: ParentSight| parents.those(|edge| edge.sight == wanted);
        if let Some(those) = seen(ParentSight::Contradicted) {
            let fact = LineageFact::ParentsContradicted(those);
            return Finding::contradicted(fact.into()).remedy(Remedy::Investigate);
        }
        if let Some(those) = seen(ParentSight::Unresolved) {
            return Finding::missing(LineageFact::ParentsUnresolved(those).into()).remedy(Remedy::AddParents);
        }
        if let Some(those) = seen(ParentSight::Unsigned) {
            return Finding::missing(LineageFact::ParentsUnsigned(those).into()).remedy(Remedy::SignParents);
        }
        if let Some(those) = seen(ParentSight::NotVerified) {
            let fact = LineageFact::ParentsNotVerified(those);
            return Finding::unknown(fact.into()).remedy(Remedy::VerifyParents);
        }
        // What a parent lets its children reach is one above its own.
        let level = evidence.kinship.lowest_cap.unwrap_or_default().saturating_sub(1);
        match evidence.kinship.support {
            Support::Holds | Support::Alone => use_of_lineage(Outcome::Pass, LineageFact::AncestorsReach),
            Support::Bridged => use_of_lineage(Outcome::Partial, LineageFact::AncestorsBridged),
            Support::Short | Support::Unsigned | Support::Contradicted => {
                Finding::missing(LineageFact::AncestorsShort { level }.into())
            }
            Support::NotJudged => Finding::unknown(LineageFact::AncestorsNotJudged.into()),
        }
        .remedy(Remedy::RaiseParents)
    })
}

fn use_of_lineage(outcome: Outcome, fact: LineageFact) -> Finding {
    Finding::observed(outcome, fact.into())
}

pub(super) fn conflicts_settled(evidence: &Evidence<'_>) -> Finding {
    once_looked(evidence, || {
        let (declared, open) = (declares_strategy(evidence), dispute(evidence));
        match (declared, open) {
            (true, None) => use_of_claims(Outcome::Pass, ClaimFact::NoDispute),
            (true, Some(what)) if settles(evidence) => {
                use_of_claims(Outcome::Partial, ClaimFact::Settled(what))
            }
            (true, Some(what)) => open_dispute(what),
            (false, Some(what)) => Finding::missing(ClaimFact::DisputedWithoutRule(what).into()),
            (false, None) => Finding::missing(ClaimFact::NoDisputeRule.into()),
        }
        .remedy(Remedy::DeclareStrategy)
    })
}

fn open_dispute(what: Dispute) -> Finding {
    Finding::contradicted(ClaimFact::Disputed(what).into())
}

fn use_of_claims(outcome: Outcome, fact: ClaimFact) -> Finding {
    Finding::observed(outcome, fact.into())
}

fn declares_strategy(evidence: &Evidence<'_>) -> bool {
    evidence.policy.conflicts.strategy.is_some()
}

pub(super) fn claims_fresh(evidence: &Evidence<'_>) -> Finding {
    by_claims(evidence, Lack::Unknown, || match freshness(evidence) {
        Freshness::NotAsked => Finding::unknown(ClaimFact::NoAgeRequired.into()).remedy(Remedy::DeclareAge),
        Freshness::Nothing => Finding::unknown(ClaimFact::NoClaims.into()).remedy(Remedy::AttestEvaluation),
        Freshness::Fresh { count } => Finding::of(Outcome::Pass, Basis::Attested, ClaimFact::Fresh { count }),
        Freshness::Grace(until) => {
            Finding::of(Outcome::Partial, Basis::Attested, ClaimFact::GraceUntil(until))
                .remedy(Remedy::AttestEvaluation)
        }
        Freshness::Stale { requirement, most_days } => {
            // An outdated statement is not wrong; it must be renewed.
            Finding::missing(ClaimFact::Stale { requirement, most_days }.into())
                .remedy(Remedy::AttestEvaluation)
        }
    })
}

/// Which runbook is bound where it runs, and whether it was rehearsed lately.
pub(super) fn incident_ready(evidence: &Evidence<'_>) -> Finding {
    let (mut open, mut rehearsed) = (None, None);
    for deployed in &evidence.usage.deployments {
        let surface = stage_of(evidence, &deployed.stage).and_then(|stage| stage.ir_surface.as_ref());
        let stage = deployed.stage.clone();
        let Some(surface) = surface else {
            return Finding::missing(UseFact::NoRunbook(stage).into()).remedy(Remedy::OfRubric);
        };
        let runbook = Untrusted::new(&surface.runbook);
        let last = evidence
            .usage
            .drills
            .iter()
            .filter(|drill| drill.runbook == runbook)
            .max_by_key(|drill| drill.at);
        match last {
            None => open = open.or(Some(UseFact::RunbookBound { stage, runbook })),
            Some(drill) if !rehearsal_counts(drill.at, evidence.now) => {
                open = open.or(Some(UseFact::DrillTooOld { stage, runbook, at: drill.at }));
            }
            Some(Rehearsed { at, walked, .. }) => {
                rehearsed = rehearsed.or(Some(UseFact::Drilled { runbook, at: *at, walked: *walked }));
            }
        }
    }
    match (open, rehearsed) {
        (Some(open), _) => use_of(Outcome::Partial, open).remedy(Remedy::HoldDrill),
        (None, Some(rehearsed)) => use_of(Outcome::Pass, rehearsed),
        (None, None) => Finding::not_applicable(ControlFact::NoDeployment),
    }
}

/// What is known to be about it is so however old the feed is. A name in common proves nothing, either way.
pub(super) fn threats_triaged(evidence: &Evidence<'_>) -> Finding {
    let threats = &evidence.usage.threats;
    let those = |wanted: fn(&Threat) -> bool| {
        let mut those = threats.iter().filter(|threat| wanted(threat));
        let first = those.next()?.id.clone();
        Some(Those { count: 1 + u32::try_from(those.count()).unwrap_or(u32::MAX - 1), first })
    };
    if let Some(those) = those(|threat| threat.said == Some(TriageState::Affected)) {
        return Finding::contradicted(UseFact::ThreatsAffect(those).into()).remedy(Remedy::TriageThreats);
    }
    if let Some(those) = those(|threat| threat.likeness == Likeness::Affected && threat.said.is_none()) {
        return Finding::contradicted(UseFact::ThreatsOpen(those).into()).remedy(Remedy::TriageThreats);
    }
    match FeedAge::of(evidence.feeds, evidence.now) {
        FeedAge::None => return Finding::unknown(UseFact::NoFeed.into()).remedy(Remedy::ImportFeed),
        FeedAge::Old(imported) => {
            let fact = UseFact::FeedTooOld { imported, most_days: FEED_DAYS };
            return Finding::unknown(fact.into()).remedy(Remedy::ImportFeed);
        }
        FeedAge::Fresh => {}
    }
    match (those(|threat| !threat.said.is_some_and(TriageState::is_settled)), threats.len()) {
        (Some(those), _) => {
            use_of(Outcome::Partial, UseFact::ThreatsToConfirm(those)).remedy(Remedy::TriageThreats)
        }
        (None, 0) => use_of(Outcome::Pass, UseFact::NoThreat),
        (None, count) => {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            use_of(Outcome::Pass, UseFact::ThreatsTriaged { count })
        }
    }
}

/// No framework can be chosen in this version.
pub(super) fn compliance_exported(_: &Evidence<'_>) -> Finding {
    Finding::not_applicable(UseFact::NoFramework.into())
}

pub(super) fn agents_signed(evidence: &Evidence<'_>) -> Finding {
    let is_agent = matches!(evidence.model.kind, Kind::Agent | Kind::Skill | Kind::Mcp)
        || super::sight::counted(evidence, PredicateKind::Agent).next().is_some();
    if !is_agent {
        return Finding::not_applicable(UseFact::NoAgent.into());
    }
    let model = evidence.model;
    let seen = evidence.looked.map_or(model.descriptors.as_slice(), |looked| &looked.descriptors);
    if model.pins.iter().any(|pin| !pin.changes(seen).is_empty()) {
        return Finding::contradicted(UseFact::AgentChanged.into()).remedy(Remedy::Investigate);
    }
    match sight(evidence) {
        Sight::NotLooked => super::sight::not_looked(),
        Sight::Outdated(since) => super::sight::outdated(since),
        Sight::Looked(v) => {
            let worst =
                by_stages(v, &[Stage::Trust, Stage::Signature, Stage::Chain, Stage::Identity, Stage::Files]);
            match worst.outcome {
                Outcome::Pass | Outcome::NotApplicable => use_of(Outcome::Pass, UseFact::AgentSigned),
                Outcome::Fail => {
                    Finding::contradicted(UseFact::AgentChanged.into()).remedy(Remedy::Investigate)
                }
                _ => worst,
            }
        }
        Sight::Unsigned => {
            let pinned = evidence.model.facts.each().any(|fact| fact.key == FactKey::Hash);
            match pinned {
                _ if !model.pins.is_empty() => use_of(Outcome::Partial, UseFact::AgentPinned),
                true => Finding::declared(Outcome::Partial, UseFact::AgentPinned.into()),
                false => Finding::missing(UseFact::AgentBare.into()),
            }
            .remedy(Remedy::SignModel)
        }
    }
}
