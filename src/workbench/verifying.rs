//! Verifying models of the inventory by the policy, and recording what was found.

use super::anchors;
use super::door::{Workbench, not_found};
use super::jobs::Note;
use super::publish::Next;
use crate::decision::{Under, apply_policy};
use crate::documents::VerificationRecord;
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId};
use crate::policy::Stage;
use crate::signing::{
    IdentityRule, Outcome, Progress, Reuse, Trust, Verification, VerifyOptions, default_signature,
    verify_with,
};
use crate::store::RecordKind;
use crate::view::{Verified, View};
use jiff::SignedDuration;
use std::path::Path;
use std::time::Instant;

impl Workbench {
    /// Verifies models one after the other (the files of each in parallel) and records each at once, so
    /// that a cancelled run keeps what it found.
    pub(super) fn verify_models(
        &self,
        view: &View,
        ids: &[ModelId],
        in_full: bool,
        progress: &Progress,
        note: &dyn Fn(Note),
    ) -> Result<String> {
        note(Note::MadeFrom(view.generation));
        let log = |line| note(Note::Line(line));
        let (mut passed, mut failed, mut open) = (0, 0, 0);
        let total: (u64, u64) = ids
            .iter()
            .filter_map(|id| view.model(id))
            .fold((0, 0), |sum, (_, model)| (sum.0 + model.files, sum.1 + model.bytes));
        progress.expect_in_all(total.0, total.1);
        let mut stopped = None;
        let reuse = self.reuse(view, in_full);
        for id in ids {
            let (_, model) = view.model(id).ok_or_else(|| not_found(id))?;
            let began = Instant::now();
            let result = match &model.location {
                None => Ok(Verification::not_looked(
                    self.now(),
                    "the last scan found no files of it, only documents that speak of it",
                )),
                Some(location) => {
                    let folder = view.workspace.root.join(location);
                    let bundle = match &model.signature {
                        Some(signature) => view.workspace.root.join(signature),
                        None => default_signature(&folder),
                    };
                    self.check(view, model, (&folder, &bundle), reuse, progress)
                }
            };
            let verification = match result {
                Ok(verification) => verification,
                Err(error) if error.code == Code::Cancelled => {
                    stopped = Some(error);
                    break;
                }
                Err(error) => {
                    log(format!("? {}: {error}", model.name.screen()));
                    open += 1;
                    if ids.len() == 1 {
                        return Err(error);
                    }
                    continue;
                }
            };
            let headline =
                verification.headline().map(|c| format!(": {} {}", c.stage.name(), c.words().summary));
            let outcome = verification.outcome();
            match outcome {
                Outcome::Pass => passed += 1,
                Outcome::Fail => failed += 1,
                _ => open += 1,
            }
            let name = model.name.screen();
            log(format!("{} {}  {name}{}", outcome.glyph(), outcome.word(), headline.unwrap_or_default()));
            let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            let verified = Verified { verification, policy_digest: view.policy.digest.clone(), took_ms };
            self.record(RecordKind::Verification, id, &VerificationRecord::from(&verified))?;
        }
        let shown = self.renew(|now| Ok(Next::as_in(now)))?;
        note(Note::ShownIn(shown.generation));
        match stopped {
            Some(error) => Err(error),
            None => Ok(format!("{passed} pass, {failed} FAIL, {open} open")),
        }
    }

    /// Verifies a folder or file that is not in the inventory, by the policy; nothing is recorded.
    ///
    /// # Errors
    /// `E-CONFIG`, and what stops a verification.
    pub fn verify_path(
        &self,
        path: &Path,
        signature: Option<&Path>,
        progress: &Progress,
    ) -> Result<Verification> {
        self.valid_policy()?;
        let view = self.view();
        let path = std::path::absolute(path).map_err(|error| Error::read(path, &error))?;
        let model = crate::inventory::read_model(&path)?;
        let bundle = signature.map(Path::to_owned).or_else(|| model.signature.clone());
        let bundle = bundle.unwrap_or_else(|| default_signature(&path));
        self.check(&view, &model, (&path, &bundle), None, progress)
    }

    /// One verification by the policy: the model's folder against the bundle.
    pub(super) fn check(
        &self,
        view: &View,
        model: &Model,
        (folder, bundle): (&Path, &Path),
        reuse: Option<Reuse<'_>>,
        progress: &Progress,
    ) -> Result<Verification> {
        let now = self.now();
        let (anchors, _) = anchors::load(&view.policy, now);
        let trust = Trust { anchors, identity: IdentityRule::Later };
        let mut verification = verify_with(folder, bundle, &trust, &VerifyOptions::at(now), reuse, progress)?;
        let claims = model.claims.as_ref().map(|claims| view.workspace.root.join(claims));
        verification.set(super::claims::predicates(
            &verification,
            claims.as_deref(),
            &Under { model: Some(model), policy: &view.policy, now },
            &trust,
            progress,
        )?);
        apply_policy(&mut verification, model, &view.policy, now);
        Ok(verification)
    }

    /// The store as a ledger of digests, where any stage of the policy lets remembered ones count; taken from it is
    /// only what the stage in view lets count.
    fn reuse(&self, view: &View, in_full: bool) -> Option<Reuse<'_>> {
        let hours = |stage: &Stage| stage.cached_digests_max_hours;
        view.policy.stages.iter().find_map(hours)?;
        let allowed = view.policy.stage(&view.stage).and_then(hours).filter(|_| !in_full);
        let not_before =
            allowed.and_then(|hours| self.now().checked_sub(SignedDuration::from_hours(hours.into())).ok());
        Some(Reuse { ledger: &self.inner.store, not_before })
    }
}
