//! Where a model lies, asked of the sources themselves when it is verified: the store remembers places and does not
//! decide which bytes are hashed.

use super::door::Workbench;
use crate::error::{Code, Error, Result};
use crate::inventory::{DUPLICATE, Found, Model};
use crate::view::View;
use std::path::Path;

const SCAN: &str = "run `touchmark scan`, which reads all sources anew, then verify again";

impl Workbench {
    /// The model with its place, its bundle and its claims as the sources have them now; none when it has no files.
    ///
    /// # Errors
    /// `E-READ` when it lies elsewhere than the inventory says, or in another folder, too: what else is known of it may
    /// be of other bytes. The next scan then reads everything.
    pub(super) fn placed(&self, view: &View, found: &Found, model: &Model) -> Result<Option<Model>> {
        let kept = model.location.as_deref();
        let now = found.of(&model.id, kept);
        let place = now.first().and_then(|now| now.location.as_deref());
        let mut more = now.iter().skip(1).filter_map(|now| now.location.as_deref());
        let unknown = more.find(|place| !is_known(view, model, place));
        if place != kept || unknown.is_some() {
            // Where that cannot be written, scanning goes on to take what changed.
            let _ = self.store().distrust();
            return Err(elsewhere(kept, unknown.or(place)));
        }
        let here = |now: &&Model| Model {
            signature: now.signature.clone(),
            claims: now.claims.clone(),
            ..model.clone()
        };
        Ok(now.first().map(here))
    }
}

/// Whether the inventory knows that another folder has a model's name, too.
fn is_known(view: &View, model: &Model, place: &Path) -> bool {
    let place = place.to_string_lossy();
    view.findings.iter().any(|finding| {
        finding.code == DUPLICATE && finding.model.as_ref() == Some(&model.id) && finding.place.raw() == place
    })
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
