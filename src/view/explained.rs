//! Which rules of the policy concern a model, and what each comes to. It judges nothing: it puts beside each other what
//! the policy says and what was concluded.

use super::View;
use crate::decision::{Decision, Unjudged, Verdict};
use crate::inventory::{ModelId, folded};
use crate::maturity::{Since, meeting};
use crate::policy::{
    Attester, DenyIdentity, Exception, IdentityPattern, ModelPattern, Policy, Publisher, Requirement, Risk,
    Stage, Term, Window,
};
use crate::signing::{AnchorUse, CheckCode, Identity, Outcome};
use jiff::Timestamp;

/// The rules that concern a model.
#[derive(Debug, Clone)]
pub struct Explained<'v> {
    /// The model.
    pub model: &'v ModelId,
    /// Whose it is.
    pub publisher: Option<Owner<'v>>,
    /// Who signed it, where anybody looked.
    pub signer: Option<Signer<'v>>,
    /// Who may make claims about it.
    pub attesters: Vec<Claimant<'v>>,
    /// What claims about it must state.
    pub requirements: Vec<Demand<'v>>,
    /// The stage.
    pub stage: Option<&'v Stage>,
    /// The level that the stage requires of it.
    pub min_level: u8,
    /// The risk of its use.
    pub risk: Option<Risk>,
    /// The exceptions that name it, at any stage and time.
    pub exceptions: Vec<(&'v Exception, Term)>,
    /// Why nothing was decided about it.
    pub unjudged: Option<Unjudged>,
    /// What was concluded.
    pub verdict: Verdict,
}

/// The publisher of a model.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'v> {
    /// The publisher.
    pub publisher: &'v Publisher,
    /// Its pattern that matches: the longest.
    pub pattern: Option<&'v ModelPattern>,
    /// Where now lies in its grant.
    pub now: Window,
}

/// The signer of a model.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'v> {
    /// Who.
    pub identity: &'v Identity,
    /// The anchor that proves it; none: nothing does.
    pub anchor: Option<&'v AnchorUse>,
    /// The trusted time of the signature.
    pub signed_at: Option<Timestamp>,
    /// The publisher's identity that it is.
    pub granted: Option<&'v IdentityPattern>,
    /// The rule that denies it.
    pub denied: Option<&'v DenyIdentity>,
    /// What the check IDENTITY comes to.
    pub identity_check: Option<(CheckCode, Outcome)>,
    /// What the check POLICY comes to.
    pub policy_check: Option<(CheckCode, Outcome)>,
}

/// An attester that may make claims about a model.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'v> {
    /// The attester.
    pub attester: &'v Attester,
    /// How many claims of its are known.
    pub claims: usize,
}

/// A requirement, and what the claims of a model come to under it.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'v> {
    /// The requirement.
    pub requirement: &'v Requirement,
    /// What they come to; none: no claim is about its predicate.
    pub met: Option<Outcome>,
}

impl Demand<'_> {
    /// What it comes to.
    pub fn outcome(&self) -> Outcome {
        self.met.unwrap_or(Outcome::Missing)
    }
}

impl View {
    /// The rules of the policy that concern the model of an index.
    pub fn explained(&self, index: usize) -> Option<Explained<'_>> {
        let (model, policy) = (self.models.get(index)?, &self.policy);
        let id = folded(model.id.raw());
        let root = self.root(index);
        let testimonies = self.known(index).testimonies;
        let attesters = policy.attesters.iter().filter(|attester| {
            attester.models.is_empty() || attester.models.iter().any(|pattern| pattern.matches(&id))
        });
        let claimant = |attester: &'_ Attester| {
            let is_theirs = |whose: &crate::text::Untrusted| whose.raw() == attester.id;
            testimonies.iter().filter(|one| one.whose.iter().any(is_theirs)).count()
        };
        let (verified, reviews) = (|index| self.known(index), |index| self.standing_reviews(index));
        let input = self.input(self.judgement.descent(), &verified, &reviews);
        let kinship = self.judgement.kinship(&input, index);
        let stage = policy.stage(&self.stage);
        let risk = policy.risk_of(model.id.raw());
        let by_risk = stage.and_then(|stage| stage.min_level_by_risk.of(risk?));
        let exceptions = policy.exceptions.iter();
        let named = exceptions.filter(|one| one.subject.matches(model.id.raw(), root.as_ref()));
        Some(Explained {
            model: &model.id,
            publisher: policy.publisher_of(model.id.raw()).map(|publisher| owner(publisher, &id, self.at)),
            signer: self.signer_explained(index, policy),
            attesters: attesters.map(|attester| Claimant { attester, claims: claimant(attester) }).collect(),
            requirements: policy
                .requirements
                .iter()
                .map(|requirement| Demand { requirement, met: meeting(requirement, testimonies, &kinship) })
                .collect(),
            stage,
            min_level: stage.map_or(0, |stage| stage.min_level).max(by_risk.unwrap_or_default()),
            risk,
            exceptions: named.map(|one| (one, one.term(self.at))).collect(),
            unjudged: self.unjudged(index),
            verdict: self.verdict(index)?,
        })
    }

    /// Why nothing was decided about the model of an index; none where something was.
    pub fn unjudged(&self, index: usize) -> Option<Unjudged> {
        let summary = self.summary(index);
        (summary.decision == Decision::NotJudged).then_some(match summary.since {
            _ if summary.is_without_files() => Unjudged::NoFiles,
            Since::Changed => Unjudged::Changed,
            Since::Lost => Unjudged::EvidenceLost,
            Since::Same => Unjudged::NotVerified,
        })
    }

    fn signer_explained<'v>(&'v self, index: usize, policy: &'v Policy) -> Option<Signer<'v>> {
        let verification = &self.standing(index)?.verification;
        let identity = verification.signer.as_ref()?;
        let is_proven = verification.signer_proven();
        let anchor = verification.anchor.as_ref().filter(|_| is_proven);
        let signed_at = verification.signed_at.map(|(at, _)| at);
        let owner = policy.publisher_of(self.models.get(index)?.id.raw());
        let trusted = owner.filter(|owner| anchor.is_some_and(|anchor| owner.trust.contains(&anchor.name)));
        let check = |stage| verification.check(stage).map(|check| (check.code, check.outcome));
        Some(Signer {
            identity,
            anchor,
            signed_at,
            granted: trusted.and_then(|owner| owner.identities.iter().find(|one| one.matches(identity))),
            denied: policy.denies(identity, signed_at).filter(|_| is_proven),
            identity_check: check(crate::signing::Stage::Identity),
            policy_check: check(crate::signing::Stage::Policy),
        })
    }
}

fn owner<'v>(publisher: &'v Publisher, id: &str, now: Timestamp) -> Owner<'v> {
    let matching = publisher.models.iter().filter(|pattern| pattern.matches(id));
    let pattern = matching.max_by_key(|pattern| pattern.literal_bytes());
    Owner { publisher, pattern, now: publisher.window(now) }
}
