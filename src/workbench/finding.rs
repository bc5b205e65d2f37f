//! Where a model lies, asked of the sources themselves when it is verified: the store remembers places and does not
//! decide which bytes are hashed.

use super::door::Workbench;
use crate::error::{Code, Error, Result};
use crate::inventory::{Found, Model};
use crate::progress::Progress;
use crate::view::View;
use std::path::{Path, PathBuf};

const SCAN: &str = "run `touchmark scan`, which reads all sources anew, then verify again";

impl Workbench {
    /// What the sources of a view hold now. Where one folder was asked for, it is the only one of the model.
    ///
    /// # Errors
    /// As [`Found::in_sources`].
    pub(super) fn found(&self, view: &View, asked: Option<&Model>, progress: &Progress) -> Result<Found> {
        let aliases = &view.workspace.aliases;
        let place = asked.and_then(|model| Some((&model.id, model.location.as_deref()?)));
        let aliases = match place.filter(|_| self.inner.options.location.is_some()) {
            Some((id, place)) => aliases.choosing(id, place),
            None => aliases.clone(),
        };
        Found::in_sources(&view.workspace, aliases, progress)
    }

    /// The model with its place, its bundle and its claims as the sources have them now; none when it has no files.
    ///
    /// # Errors
    /// `E-READ` when it lies elsewhere than the inventory says, or in another folder, too: what else is known of it may
    /// be of other bytes. The next scan then reads everything.
    pub(super) fn placed(&self, view: &View, found: &Found, model: &Model) -> Result<Option<Model>> {
        let kept = model.location.as_deref();
        let now = found.of(&model.id, kept);
        let unknown = unknown(&view.workspace.root, model, &now);
        let is_as_known = here_of(&now, kept).is_some() || (kept.is_none() && now.is_empty());
        if !is_as_known || unknown.is_some() {
            // Where that cannot be written, scanning goes on to take what changed.
            let _ = self.store().distrust();
            let first = now.first().and_then(|now| now.location.as_deref());
            return Err(elsewhere(kept, unknown.or(first)));
        }
        let here = |now: &Model| {
            model.clone().with(|details| {
                details.signature.clone_from(&now.signature);
                details.claims.clone_from(&now.claims);
            })
        };
        Ok(here_of(&now, kept).map(here))
    }
}

fn here_of<'m>(now: &[&'m Model], kept: Option<&Path>) -> Option<&'m Model> {
    now.iter().copied().find(|now| now.location.as_deref() == kept)
}

/// A folder of the model's name that the inventory does not know. Sources may lie in each other, or lead to the same
/// folder by several ways: that is no other folder.
fn unknown<'m>(root: &Path, model: &Model, now: &[&'m Model]) -> Option<&'m Path> {
    let known = || model.location.iter().chain(model.twins.iter().map(|twin| &twin.location));
    let is_named = |place: &Path| known().any(|known| known == place);
    let others: Vec<&Path> =
        now.iter().filter_map(|now| now.location.as_deref()).filter(|place| !is_named(place)).collect();
    if others.is_empty() {
        return None;
    }
    let real = |place: &Path| root.join(place).canonicalize().ok();
    let known: Vec<PathBuf> = known().filter_map(|place| real(place)).collect();
    others.into_iter().find(|place| real(place).is_none_or(|place| !known.contains(&place)))
}

fn elsewhere(kept: Option<&Path>, now: Option<&Path>) -> Error {
    let what = match (kept, now) {
        (Some(_), None) => "no source has this model at the place that the inventory gives",
        (None, _) => "the inventory gives no place for this model, and a source has one",
        (Some(_), Some(_)) => {
            "the sources have this model at another place than the inventory gives, or at more"
        }
    };
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    let at = match (kept, now) {
        (Some(kept), Some(now)) => format!("{}, now {}", shown(kept), shown(now)),
        (one, other) => one.or(other).map(shown).unwrap_or_default(),
    };
    Error::new(Code::Read, what).at(at).help(SCAN)
}
