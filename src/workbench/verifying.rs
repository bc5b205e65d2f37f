//! Verifying models of the inventory by the policy, and recording what was found.

use super::door::{Workbench, not_found};
use super::jobs::Note;
use super::publish::Next;
use crate::attest::read_claims_bytes;
use crate::decision::{By, ClaimsSeen, SeenEvidence, add_policy, holds_until};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId, look, settled_state_of, state_of};
use crate::policy::Stage;
use crate::signing::{
    ModelState, Outcome, Progress, Reuse, Verification, VerifyOptions, default_signature, verify_seen,
};
use crate::view::{Verified, View};
use jiff::SignedDuration;
use std::path::Path;
use std::sync::Arc;
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
        let mut looked = Vec::new();
        for id in ids {
            let (_, model) = view.model(id).ok_or_else(|| not_found(id))?;
            let name = model.name.screen();
            let verification = match self.verify_model(view, model, in_full, progress) {
                Ok(Some(verified)) => {
                    looked.push((id.clone(), verified.state));
                    verified.verification
                }
                Ok(None) => {
                    log(format!("? unknown  {name}: no files found; only BOMs mention it"));
                    open += 1;
                    continue;
                }
                Err(error) if error.code == Code::Cancelled => {
                    stopped = Some(error);
                    break;
                }
                Err(error) => {
                    log(format!("? {name}: {error}"));
                    open += 1;
                    if ids.len() == 1 {
                        return Err(error);
                    }
                    continue;
                }
            };
            let headline = verification
                .headline()
                .map(|c| format!(": {} {}", c.stage.name(), verification.words_of(c).summary));
            let outcome = verification.outcome();
            match outcome {
                Outcome::Pass => passed += 1,
                Outcome::Fail => failed += 1,
                _ => open += 1,
            }
            log(format!("{} {}  {name}{}", outcome.glyph(), outcome.word(), headline.unwrap_or_default()));
        }
        let shown = self.renew(|now| Ok(Next::as_in(now).looked_at(&looked)))?;
        note(Note::ShownIn(shown.generation));
        match stopped {
            Some(error) => Err(error),
            None => Ok(format!("{passed} pass, {failed} FAIL, {open} open")),
        }
    }

    /// Looks at a model's files, judges them by a view's policy and anchors, and records that. None when there are no
    /// files to look at.
    ///
    /// # Errors
    /// What stops a verification; `E-STORE`, `E-WRITE`.
    pub(super) fn verify_model(
        &self,
        view: &View,
        model: &Model,
        in_full: bool,
        progress: &Progress,
    ) -> Result<Option<Verified>> {
        let Some(location) = &model.location else { return Ok(None) };
        let began = Instant::now();
        let folder = view.workspace.root.join(location);
        // What lies there now counts, whatever the last scan found.
        let usual = default_signature(&folder);
        let bundle = match &model.signature {
            Some(signature) if !usual.is_file() => view.workspace.root.join(signature),
            _ => usual,
        };
        let reuse = self.reuse(view, in_full);
        let Checked { seen, verification, state } =
            self.check(view, model, (&folder, &bundle), reuse, progress)?;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let by = By { policy: &view.policy, anchors: &view.trust, now: view.at };
        let until = holds_until(&verification, seen.bundle.as_deref(), &by);
        let looked = seen.looked.clone();
        let seen = self.record_verification(view, model, seen, &verification, (state, took_ms))?;
        Ok(Some(Verified { verification, looked, seen, state, until, took_ms }))
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
        Ok(self.check(&view, &model, (&path, &bundle), None, progress)?.verification)
    }

    /// One verification by the policy: the model's folder against the bundle.
    fn check(
        &self,
        view: &View,
        model: &Model,
        (folder, bundle): (&Path, &Path),
        reuse: Option<Reuse<'_>>,
        progress: &Progress,
    ) -> Result<Checked> {
        let before = settled_state_of(folder);
        let began = before.unwrap_or_else(|| state_of(folder));
        let by = By { policy: &view.policy, anchors: &view.trust, now: view.at };
        let options = VerifyOptions::at(view.at);
        let (seen, mut verification) =
            verify_seen(folder, bundle, by.anchors.trust(), &options, reuse, progress)?;
        let claims = match folder.is_dir() {
            true => Some(folder.join("claims.jsonl")).filter(|claims| claims.is_file()),
            false => model.claims.as_ref().map(|claims| view.workspace.root.join(claims)),
        };
        let claims = claims_seen(claims.as_deref());
        let mut looked = look(folder, &seen.observed.files.ignored)?;
        // What was read is one thing only if it was the same from before the first look to after the last one.
        looked.changing = state_of(folder) != began;
        let state = before.filter(|_| !looked.changing);
        let looked = Arc::new(looked);
        add_policy(&mut verification, model, (Some(&looked), &claims), &by, progress)?;
        let (observed, bundle) = (Arc::new(seen.observed), seen.bundle.map(Into::into));
        let seen = SeenEvidence { observed, looked: Some(looked), bundle, claims };
        Ok(Checked { seen, verification, state })
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

/// One look at a model's files, judged.
struct Checked {
    seen: SeenEvidence,
    verification: Verification,
    /// What the files were all the while; none where that cannot be told.
    state: Option<ModelState>,
}

/// A file of claims as it is found now.
fn claims_seen(claims: Option<&Path>) -> ClaimsSeen {
    match claims.map(read_claims_bytes) {
        None => ClaimsSeen::Absent,
        Some(Ok(bytes)) => ClaimsSeen::Read(bytes.into()),
        Some(Err(fault)) => ClaimsSeen::Unreadable(fault),
    }
}
