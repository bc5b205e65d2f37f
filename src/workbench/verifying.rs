//! Verifying models of the inventory by the policy, and recording what was found.

use super::cache::Cache;
use super::door::{Workbench, not_found};
use super::fresh::{Fresh, Slot};
use super::job::JobRow;
use super::jobs::Note;
use super::publish::Next;
use crate::attest::{ClaimsPlace, claims_with};
use crate::decision::{By, SeenEvidence, add_policy, claims_seen, holds_by_claims, holds_until};
use crate::error::{Code, Error, Result};
use crate::inventory::{Found, Model, ModelId, attached, listed, look, settled_state_of, state_of};
use crate::maturity::{SameName, Testimony};
use crate::report::same_name_line;
use crate::signing::{
    ModelState, Outcome, Place, Progress, Reuse, Verification, VerifyOptions, default_signature,
    find_any_signature, verify_place,
};
use crate::text::screen;
use crate::view::{Verified, View};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// A verification as it was just made, for whoever asked for it.
pub struct Checked {
    /// The checks.
    pub verification: Verification,
    /// A view that shows the model by it.
    pub view: View,
}

impl Workbench {
    /// Verifies one model by the policy and records that. What is handed out is what was just found: nothing is read
    /// back. None when no files are known.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-STORE`, `E-WRITE`, and what stops a verification.
    pub fn verify(&self, id: &ModelId, in_full: bool, progress: &Progress) -> Result<Option<Checked>> {
        let view = self.view();
        let (index, model) = view.model(id).ok_or_else(|| not_found(id))?;
        progress.expect_in_all(model.files, model.bytes);
        let found = self.found(&view, Some(model), progress)?;
        let reading = if in_full { Reading::Everything } else { Reading::AsAsked };
        let verified = self.verify_model(&view, &found, model, reading, progress)?.map(Arc::new);
        let checked = verified.as_ref().map(|verified| Checked {
            verification: verified.verification.clone(),
            view: view.with(&[(index, Some(verified.clone()))]),
        });
        self.renew_with(&view, vec![(id.clone(), verified)])?;
        Ok(checked)
    }

    /// Verifies models one after the other (the files of each in parallel) and records each at once, so
    /// that a cancelled run keeps what it found.
    pub(super) fn verify_models(
        &self,
        view: &Arc<View>,
        ids: &[ModelId],
        in_full: bool,
        progress: &Progress,
        note: &dyn Fn(Note),
    ) -> Result<String> {
        note(Note::MadeFrom(view.generation));
        let log = |line| note(Note::Line(line));
        let mut rows: Vec<JobRow> = Vec::new();
        let total: (u64, u64) = ids
            .iter()
            .filter_map(|id| view.model(id))
            .fold((0, 0), |sum, (_, model)| (sum.0 + model.files, sum.1 + model.bytes));
        progress.expect_in_all(total.0, total.1);
        let found = self.found(view, None, progress)?;
        let reading = if in_full { Reading::Everything } else { Reading::AsAsked };
        let (mut stopped, mut fresh) = (None, Vec::new());
        for id in ids {
            let (_, model) = view.model(id).ok_or_else(|| not_found(id))?;
            let name = model.name.screen();
            let verified = match self.verify_model(view, &found, model, reading, progress) {
                Ok(verified) => verified.map(Arc::new),
                Err(error) if error.code == Code::Cancelled => {
                    stopped = Some(error);
                    break;
                }
                Err(error) => {
                    log(format!("? {name}: {error}"));
                    rows.push(JobRow { model: id.clone(), outcome: None, words: screen(&error.to_string()) });
                    if ids.len() == 1 {
                        return Err(error);
                    }
                    continue;
                }
            };
            fresh.push((id.clone(), verified.clone()));
            let Some(verified) = verified else {
                const WORDS: &str = "no files found; only BOMs mention it";
                log(format!("? unknown  {name}: {WORDS}"));
                rows.push(JobRow {
                    model: id.clone(),
                    outcome: Some(Outcome::Unknown),
                    words: WORDS.to_owned(),
                });
                continue;
            };
            let verification = &verified.verification;
            let headline = verification
                .headline()
                .map(|c| format!("{} {}", c.stage.name(), verification.words_of(c).summary));
            // A pass of one folder says nothing of a name that means several.
            let same_name = SameName::of(model, Some(verification));
            let headline = match &same_name {
                Some(same_name) => Some(same_name_line(same_name)),
                None => headline,
            };
            let outcome = if same_name.is_some() { Outcome::Fail } else { verification.outcome() };
            let words = headline.unwrap_or_default();
            let colon = if words.is_empty() { "" } else { ": " };
            log(format!("{} {}  {name}{colon}{words}", outcome.glyph(), outcome.word()));
            rows.push(JobRow { model: id.clone(), outcome: Some(outcome), words });
        }
        let shown = self.renew_with(view, fresh)?;
        note(Note::ShownIn(shown.generation));
        let said = tally(&rows);
        note(Note::Rows(rows));
        match stopped {
            Some(error) => Err(error),
            None => Ok(said),
        }
    }

    /// Looks at a model's files where the sources have them now, judges them by a view's policy and anchors, and records
    /// that. None when there are no files to look at.
    ///
    /// # Errors
    /// What stops a verification; `E-STORE`, `E-WRITE`.
    pub(super) fn verify_model(
        &self,
        view: &View,
        found: &Found,
        model: &Model,
        reading: Reading,
        progress: &Progress,
    ) -> Result<Option<Verified>> {
        let Some(model) = &self.placed(view, found, model)? else { return Ok(None) };
        let Some(location) = &model.location else { return Ok(None) };
        let began = Instant::now();
        let folder = view.workspace.root.join(location);
        // What lies there now counts, whatever the last scan found.
        // In a registry's layout the scan found what refers to the manifest: nothing lies beside it.
        let attached = if listed(&folder)?.is_some() { model.signature.as_ref() } else { None };
        let attached = attached.map(|signature| view.workspace.root.join(signature));
        let bundle =
            attached.or_else(|| find_any_signature(&folder)).unwrap_or_else(|| match &model.signature {
                Some(signature) => view.workspace.root.join(signature),
                None => default_signature(&folder),
            });
        let cache = self.cache(view, reading == Reading::Everything);
        let reuse = cache.as_ref().map(Cache::reuse);
        let Look { seen, verification, testimonies, state } =
            self.check(view, model, (&folder, &bundle), (reading, reuse), progress)?;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let by = By { policy: &view.policy, anchors: &view.trust, now: view.at };
        let until = holds_until(&verification, seen.bundle.as_deref(), &by);
        let until = until.into_iter().chain(holds_by_claims(&seen, &testimonies, &by)).min();
        let looked = seen.looked.clone();
        let (seen, record) = self.record_verification(view, model, seen, &verification, (state, took_ms))?;
        let testimonies = testimonies.into();
        Ok(Some(Verified { verification, looked, testimonies, seen, state, until, took_ms, record }))
    }

    /// Publishes a view that shows verifications as they were just made by another one.
    pub(super) fn renew_with(&self, by: &Arc<View>, verified: Vec<(ModelId, Slot)>) -> Result<Arc<View>> {
        let looked = verified.iter().filter_map(|(id, slot)| Some((id.clone(), slot.as_ref()?.state)));
        let looked: Vec<(ModelId, Option<ModelState>)> = looked.collect();
        let fresh = Some(Fresh { by: by.clone(), verified: Arc::new(verified) });
        self.renew(|now| Ok(Next { fresh: fresh.clone(), ..Next::as_in(now).looked_at(&looked) }))
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
        let mut model = crate::inventory::read_model(&path)?;
        // Pins name files below the workspace.
        let inside = path.canonicalize().ok().and_then(|real| {
            Some(real.strip_prefix(view.workspace.root.canonicalize().ok()?).ok()?.to_owned())
        });
        if let Some(inside) = inside {
            let outside = model.location.replace(inside);
            view.workspace.tell_pins(std::slice::from_mut(&mut model));
            model.location = outside;
        }
        let bundle = signature.map(Path::to_owned).or_else(|| find_any_signature(&path));
        let bundle = bundle.unwrap_or_else(|| default_signature(&path));
        let reading = (Reading::Everything, None);
        Ok(self.check(&view, &model, (&path, &bundle), reading, progress)?.verification)
    }

    /// One verification by the policy: the model's folder against the bundle.
    pub(super) fn check(
        &self,
        view: &View,
        model: &Model,
        (folder, bundle): (&Path, &Path),
        (reading, reuse): (Reading, Option<Reuse<'_>>),
        progress: &Progress,
    ) -> Result<Look> {
        let before = settled_state_of(folder);
        let began = before.unwrap_or_else(|| state_of(folder));
        let by = By { policy: &view.policy, anchors: &view.trust, now: view.at };
        let options = VerifyOptions {
            only: self.inner.options.only.clone(),
            beyond: view.policy.beyond(),
            ..VerifyOptions::at(view.at)
        };
        let in_registry = listed(folder)?;
        let place = match &in_registry {
            Some(listed) => {
                Place::Registry { manifest: folder, listed, in_full: reading != Reading::AsAsked }
            }
            None => Place::Files(folder),
        };
        let (mut seen, mut verification) =
            verify_place(place, bundle, by.anchors.trust(), &options, reuse.into(), progress)?;
        Arc::make_mut(&mut seen.observed.files).thing = model.kind.into();
        verification.files = seen.observed.files.clone();
        self.look_at_twins(view, model, &mut seen, &mut verification, progress)?;
        let found = match &in_registry {
            Some(_) => {
                let (files, is_cut) = attached(folder);
                claims_with(ClaimsPlace::Attached { files: &files, is_cut })
            }
            None => claims_with(ClaimsPlace::Model { model: folder, signature: Some(bundle) }),
        };
        let (claims, further) = claims_seen(found);
        let mut looked = look(folder, &seen.observed.files.ignored)?;
        // What was read is one thing only if it was the same from before the first look to after the last one.
        looked.changing = state_of(folder) != began;
        let state = before.filter(|_| !looked.changing);
        let looked = Arc::new(looked);
        let both = (&claims, further.as_slice());
        let testimonies = add_policy(&mut verification, model, (Some(&looked), both), &by, progress)?;
        let (observed, bundle) = (Arc::new(seen.observed), seen.bundle.map(Into::into));
        let seen = SeenEvidence { observed, looked: Some(looked), bundle, claims, further };
        Ok(Look { seen, verification, testimonies, state })
    }
}

/// What is read of a model's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// What the policy asks for; of a model in a registry's layout, its manifest.
    AsAsked,
    /// The files, or where the policy lets digests count that were remembered, those.
    Files,
    /// All files.
    Everything,
}

/// One look at a model's files, judged.
pub(super) struct Look {
    pub seen: SeenEvidence,
    pub verification: Verification,
    pub testimonies: Vec<Testimony>,
    /// What the files were all the while; none where that cannot be told.
    pub state: Option<ModelState>,
}

/// `verified 12: 10 pass, 2 fail`, and of one model its own outcome.
fn tally(rows: &[JobRow]) -> String {
    if let [JobRow { model, outcome: Some(outcome), words }] = rows {
        let words = if words.is_empty() { String::new() } else { format!(": {words}") };
        return format!("verified {}: {} {}{words}", model.screen(), outcome.glyph(), outcome.word());
    }
    let many = |wanted: fn(Option<Outcome>) -> bool| rows.iter().filter(|row| wanted(row.outcome)).count();
    let counts = [
        (many(|outcome| outcome == Some(Outcome::Pass)), "pass"),
        (many(|outcome| outcome == Some(Outcome::Fail)), "fail"),
        (
            many(|outcome| outcome.is_some_and(|known| !matches!(known, Outcome::Pass | Outcome::Fail))),
            "open",
        ),
        (many(|outcome| outcome.is_none()), "could not be read"),
    ];
    let told: Vec<String> =
        counts.iter().filter(|(many, _)| *many > 0).map(|(many, word)| format!("{many} {word}")).collect();
    let told = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
    format!("verified {}{told}", rows.len())
}
