//! What gates decide about a model, recorded.

use super::door::{Workbench, not_found};
use super::fresh::Slot;
use super::in_force::{asked_at, known_stage};
use super::loadable::Loadable;
use super::publish::Next;
use super::verifying::Reading;
use crate::clock::this_second;
use crate::decision::{Decision, Evidence, Question, Verdict, evaluate};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::policy::Moment;
use crate::signing::Progress;
use crate::store::EvidenceDigest;
use crate::view::View;
use std::collections::HashMap;
use std::sync::Arc;

impl Workbench {
    /// An error when the policy has ended by the clock: a time that is asked about brings it back for nobody.
    fn valid_by_the_clock(&self) -> Result<()> {
        let Some(asked) = self.inner.options.at else { return Ok(()) };
        let (view, clock) = (self.view(), this_second());
        let Some(expires) = view.policy.expires.filter(|_| view.policy.expired_at(clock)) else {
            return Ok(());
        };
        let error = Error::new(
            Code::Config,
            format!(
                "the policy expired on {expires}: it is {clock} by the clock, and --at asks about {asked}; a policy \
                 that has ended admits nothing"
            ),
        );
        let error = match self.policy_file() {
            Some(file) => error.at_path(&file),
            None => error,
        };
        Err(error.help("review the policy, then extend `expires`; nothing was recorded"))
    }

    /// The verdict at the time that was asked about, and no better than the one by the clock.
    fn also_by_the_clock(&self, view: &View, index: usize, clock: jiff::Timestamp) -> Result<Verdict> {
        let (document, pieces) = view.evidence(index)?;
        let pieces: HashMap<EvidenceDigest, Arc<[u8]>> = pieces
            .into_iter()
            .map(|piece| Ok((EvidenceDigest::of(&piece)?, piece)))
            .collect::<Result<_>>()?;
        let kept = |digest: EvidenceDigest| match pieces.get(&digest) {
            Some(piece) => Ok(Some(piece.to_vec())),
            None => self.store().evidence(digest),
        };
        let evidence = Evidence::again(&document, &kept)?;
        let question = Question { stage: view.stage.clone(), now: view.at, clock: Some(clock) };
        Ok(evaluate(&evidence, &view.policy, &view.rubric, &view.trust, &view.feeds, &question)?.verdict)
    }

    /// An error unless the policy is valid, and has a stage of that name that is asked at that moment.
    ///
    /// # Errors
    /// `E-CONFIG`, `E-NOT-FOUND`, `E-USAGE`.
    pub fn valid_stage(&self, stage: &str, moment: Moment) -> Result<()> {
        self.valid_policy()?;
        let view = self.view();
        known_stage(&view.policy, stage)?;
        asked_at(&view.policy, stage, moment)
    }

    /// Verifies a model and what it derives from, decides at a stage and records the decision, and whether its warnings
    /// were acknowledged beforehand (rulings 8).
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-CONFIG` when the policy is not valid, `E-STORE`, `E-WRITE`, and what stops a
    /// verification.
    pub fn gate(&self, model: &ModelId, stage: &str, warnings_acknowledged: bool) -> Result<Verdict> {
        self.gate_at((stage, Moment::Pull), model, warnings_acknowledged).map(|(verdict, _)| verdict)
    }

    /// The same at another moment; with it what may be loaded: with warnings only if they were acknowledged.
    ///
    /// # Errors
    /// As [`Workbench::gate`]; `E-USAGE` when the gate of the stage is not asked at that moment.
    pub fn gate_at(
        &self,
        (stage, moment): (&str, Moment),
        model: &ModelId,
        warnings_acknowledged: bool,
    ) -> Result<(Verdict, Option<Loadable>)> {
        self.valid_policy()?;
        self.valid_by_the_clock()?;
        // A view of its own: nobody else sees another stage by it, and what they change meanwhile does not matter.
        let current = self.view();
        let (view, touched) = self.made_from(&current, Next::as_in(&current))?;
        let mut view = view;
        view.judge_after(&current, touched.as_ref());
        known_stage(&view.policy, stage)?;
        asked_at(&view.policy, stage, moment)?;
        let view = view.at_stage(stage).ok_or_else(|| not_found(model))?;
        let (index, known) = view.model(model).ok_or_else(|| not_found(model))?;
        let progress = Progress::default();
        let found = self.found(&view, Some(known), &progress)?;
        // What it derives from counts by what its files are now, too, not by what the store says of them.
        let ancestors = view.family(index).into_iter().filter(|ancestor| *ancestor != index);
        let mut fresh = Vec::new();
        for ancestor in ancestors {
            let Some(known) = view.models.get(ancestor) else { continue };
            let verified = match self.verify_model(&view, &found, known, Reading::Files, &progress) {
                Ok(verified) => verified.map(Arc::new),
                // What cannot be looked at counts as never verified.
                Err(error) if matches!(error.code, Code::Read | Code::NotFound | Code::TooLarge) => None,
                Err(error) => return Err(error),
            };
            fresh.push((ancestor, verified));
        }
        // A model without files keeps no verification of an earlier time.
        let verified = self.verify_model(&view, &found, known, Reading::Files, &progress)?;
        let loadable = verified.as_ref().zip(known.location.as_ref()).map(|(verified, location)| {
            let place = view.workspace.root.join(location);
            let place = std::path::absolute(&place).unwrap_or(place);
            Loadable { place, state: verified.state }
        });
        fresh.push((index, verified.map(Arc::new)));
        let view = Arc::new(view.with(&fresh));
        let verified =
            fresh.into_iter().filter_map(|(index, slot)| Some((view.models.get(index)?.id.clone(), slot)));
        let verified: Vec<(ModelId, Slot)> = verified.collect();
        let made = self.made()?;
        let verdict = match made.asked {
            None => view.verdict(index).ok_or_else(|| not_found(model))?.by_gate(),
            Some(_) => self.also_by_the_clock(&view, index, made.recorded)?,
        };
        self.record_decision(&view, index, &verdict, warnings_acknowledged, made)?;
        self.renew_with(&view, verified)?;
        let is_let_in = match verdict.decision {
            Decision::Admit => true,
            Decision::Warn => warnings_acknowledged,
            Decision::Refuse | Decision::NotJudged => false,
        };
        let loadable = loadable.filter(|_| is_let_in);
        Ok((verdict, loadable))
    }
}
