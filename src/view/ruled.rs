//! What the policy comes to for models: at each of its stages the decisions and what stands in their way, and for each of
//! its rules the models that it concerns. Counts of what was judged; nothing is judged otherwise here.

use super::View;
use crate::decision::{Decision, ReasonCode};
use crate::error::Result;
use crate::maturity::meeting;
use crate::policy::{Action, Class};
use crate::progress::Progress;
use crate::signing::{Outcome, Stage as CheckStage};
use crate::text::Untrusted;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the policy comes to for some models.
#[derive(Debug, Clone, Default)]
pub struct Ruled {
    /// At each stage, in the order of the policy.
    pub stages: Vec<StageRuled>,
    /// For each publisher, in that order.
    pub publishers: Vec<PublisherRuled>,
    /// How many signatures of models each anchor proves, in that order.
    pub anchors: Vec<usize>,
    /// For each attester, how many of its claims count; in that order.
    pub attesters: Vec<usize>,
    /// For each identity that is denied, how many models it signed; in that order.
    pub denied: Vec<usize>,
    /// For each requirement, what the claims of models come to; in that order.
    pub requirements: Vec<BTreeMap<Outcome, usize>>,
    /// Models whose name no publisher of the policy has.
    pub unowned: usize,
}

/// What a stage comes to.
#[derive(Debug, Clone)]
pub struct StageRuled {
    /// Its name.
    pub stage: String,
    /// How many models are decided how.
    pub decided: BTreeMap<Decision, usize>,
    /// What stands in the way of how many models that were judged, or needs an acknowledgement: what refuses first, then
    /// what concerns most.
    pub reasons: Vec<ReasonCount>,
    /// The models, in the order in which they were given; none for an index that no model has.
    pub models: Vec<Option<ModelRuled>>,
}

/// A reason, and how many models it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReasonCount {
    /// The control, check, requirement or rule.
    pub code: String,
    /// What class of evidence it is; none where no class decides.
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// How many models.
    pub models: usize,
}

/// What a stage comes to for a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModelRuled {
    /// The decision.
    pub decision: Decision,
    /// The level after the caps.
    pub effective: u8,
    /// The level that the stage asks of it.
    pub asks_level: u8,
    /// What keeps it out or needs an acknowledgement, worst first; nothing where nothing was decided.
    pub reasons: Vec<ReasonCode>,
    /// The exceptions that hold for it there.
    pub exceptions: Vec<Untrusted>,
}

/// What a publisher's grant comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PublisherRuled {
    /// Models of its patterns.
    pub models: usize,
    /// Those that an identity of its signed, proved and in force.
    pub signed: usize,
    /// Those that somebody else signed.
    pub others: usize,
}

impl View {
    /// What the policy comes to for models, by their indices.
    ///
    /// # Errors
    /// `E-CANCELLED` when somebody asked to stop.
    pub fn ruled(&self, models: &[usize], progress: &Progress) -> Result<Ruled> {
        let mut stages = Vec::new();
        for stage in &self.policy.stages {
            progress.check()?;
            let Some(view) = self.at_stage(&stage.name) else { continue };
            stages.push(view.stage_ruled(models, progress)?);
        }
        let mut ruled = Ruled {
            stages,
            publishers: vec![PublisherRuled::default(); self.policy.publishers.len()],
            anchors: vec![0; self.policy.trust.len()],
            attesters: vec![0; self.policy.attesters.len()],
            denied: vec![0; self.policy.denied.len()],
            requirements: vec![BTreeMap::new(); self.policy.requirements.len()],
            unowned: 0,
        };
        for index in models {
            progress.check()?;
            self.count_rules(*index, &mut ruled);
        }
        Ok(ruled)
    }

    fn stage_ruled(&self, models: &[usize], progress: &Progress) -> Result<StageRuled> {
        let of = |index: &usize| {
            progress.check()?;
            Ok(self.model_ruled(*index))
        };
        let all: Vec<Option<(ModelRuled, Vec<Counted>)>> =
            models.par_iter().map(of).collect::<Result<_>>()?;
        let mut decided: BTreeMap<Decision, usize> = BTreeMap::new();
        let mut counts: BTreeMap<Counted, usize> = BTreeMap::new();
        let mut ruled = Vec::with_capacity(all.len());
        for found in all {
            let (model, reasons) = found.unzip();
            if let Some(model) = &model {
                *decided.entry(model.decision).or_default() += 1;
            }
            for reason in reasons.into_iter().flatten() {
                *counts.entry(reason).or_default() += 1;
            }
            ruled.push(model);
        }
        let count = |((code, class, action), models)| ReasonCount { code, class, action, models };
        let mut reasons: Vec<ReasonCount> = counts.into_iter().map(count).collect();
        reasons.sort_by(|one, other| {
            (other.action, other.models, &one.code).cmp(&(one.action, one.models, &other.code))
        });
        Ok(StageRuled { stage: self.stage.clone(), decided, reasons, models: ruled })
    }

    fn model_ruled(&self, index: usize) -> Option<(ModelRuled, Vec<Counted>)> {
        let verdict = self.verdict(index)?;
        let stage = self.policy.stage(&self.stage)?;
        // What nobody looked at has no reasons of its own: it was not decided.
        let is_judged = verdict.decision != Decision::NotJudged;
        let against = || verdict.reasons.iter().filter(|reason| is_judged && reason.action != Action::Open);
        // A control can stand there for two reasons: the model is counted once.
        let mut counted: Vec<Counted> =
            against().map(|reason| (reason.code.as_str().to_owned(), reason.class, reason.action)).collect();
        counted.sort();
        counted.dedup();
        let model = ModelRuled {
            decision: verdict.decision,
            effective: verdict.effective,
            asks_level: stage.level_for(self.policy.risk_of(verdict.model.raw())),
            reasons: against().map(|reason| reason.code.clone()).collect(),
            exceptions: verdict.exceptions.iter().map(|one| one.id.clone()).collect(),
        };
        Some((model, counted))
    }

    fn count_rules(&self, index: usize, ruled: &mut Ruled) {
        let (Some(model), policy) = (self.models.get(index), &self.policy) else { return };
        let owner = policy.publisher_of(model.id.raw());
        let place = owner.and_then(|owner| policy.publishers.iter().position(|one| one.id == owner.id));
        match place.and_then(|place| ruled.publishers.get_mut(place)) {
            Some(of) => {
                of.models += 1;
                match self.signer_check(index) {
                    Some(Outcome::Pass) => of.signed += 1,
                    Some(Outcome::Fail) => of.others += 1,
                    _ => {}
                }
            }
            None => ruled.unowned += 1,
        }
        if let Some(verification) = self.standing(index).map(|verified| &verified.verification)
            && verification.signer_proven()
        {
            let named = verification.anchor.as_ref().map(|anchor| anchor.name.as_str());
            let slots = policy.trust.iter().zip(&mut ruled.anchors);
            slots.filter(|(anchor, _)| Some(anchor.name.as_str()) == named).for_each(|(_, many)| *many += 1);
            let signed_at = verification.signed_at.map(|(at, _)| at);
            let denied = verification.signer.as_ref().and_then(|signer| policy.denies(signer, signed_at));
            let slots = policy.denied.iter().zip(&mut ruled.denied);
            slots.filter(|(one, _)| Some(*one) == denied).for_each(|(_, many)| *many += 1);
        }
        let testimonies = self.known(index).testimonies;
        let counting = || testimonies.iter().filter(|one| one.claimed.counts());
        for (attester, many) in policy.attesters.iter().zip(&mut ruled.attesters) {
            let theirs = |whose: &Untrusted| whose.raw() == attester.id;
            *many += counting().filter(|one| one.whose.iter().any(theirs)).count();
        }
        if policy.requirements.is_empty() {
            return;
        }
        let (verified, reviews) = (|index| self.known(index), |index| self.standing_reviews(index));
        let input = self.input(self.judgement.descent(), &verified, &reviews);
        let kinship = self.judgement.kinship(&input, index);
        for (requirement, outcomes) in policy.requirements.iter().zip(&mut ruled.requirements) {
            let met = meeting(requirement, testimonies, &kinship);
            // Of a model that nobody looked at nothing is known.
            let looked = if self.standing(index).is_some() { Outcome::Missing } else { Outcome::Unknown };
            *outcomes.entry(met.unwrap_or(looked)).or_default() += 1;
        }
    }

    /// What the check of the signer came to; none where nobody looked.
    fn signer_check(&self, index: usize) -> Option<Outcome> {
        let verification = &self.standing(index)?.verification;
        Some(verification.check(CheckStage::Identity)?.outcome)
    }
}

/// What is counted: code, class, what the stage does.
type Counted = (String, Option<Class>, Action);
