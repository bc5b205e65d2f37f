//! Looking whether files are still those that were verified, without reading them: of a few models now, and of those
//! whose verification and whose last scan do not agree.

use super::door::Workbench;
use super::publish::Next;
use crate::error::Result;
use crate::inventory::{ModelId, state_of};
use crate::signing::ModelState;
use crate::view::{View, note_state};
use rayon::prelude::*;
use std::sync::Arc;

/// Models that are looked at when a view is made; of further ones the last scan counts.
const MAX_LOOKS: usize = 4096;

impl Workbench {
    /// Looks at the files of these models now: where they are not what they were at the latest look, a new view says so.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn look_again(&self, models: &[ModelId]) -> Result<()> {
        let view = self.view();
        let indexes = models.iter().filter_map(|id| Some(view.model(id)?.0));
        let differs = looked(&view, &indexes.collect::<Vec<_>>());
        if !differs.is_empty() {
            self.renew(|now| Ok(Next::as_in(now).looked_at(&differs)))?;
        }
        Ok(())
    }
}

/// What the files of some models are now, where that is not what they were at the latest look.
pub(super) fn looked(view: &View, indexes: &[usize]) -> Vec<(ModelId, Option<ModelState>)> {
    let look = |index: &usize| {
        let model = view.models.get(*index)?;
        // What nobody verified cannot have changed since.
        view.verified.get(*index)?.as_ref()?;
        let state = Some(state_of(&view.workspace.root.join(model.location.as_ref()?)));
        (view.state(*index) != state).then(|| (model.id.clone(), state))
    };
    indexes.par_iter().filter_map(look).collect()
}

/// A scan tells what the files were when it looked, a verification what they were when they were hashed. Where these
/// differ, the files themselves say which of them is the newer one.
pub(super) fn look_where_it_differs(before: &View, view: &mut View) {
    let same_models = Arc::ptr_eq(&before.models, &view.models);
    let is_known = |index: usize| {
        let slot = |view: &View| view.verified.get(index).and_then(Option::as_ref).map(Arc::as_ptr);
        same_models && slot(before) == slot(view) && before.state(index) == view.state(index)
    };
    let differs = |index: &usize| !view.since(*index).is_same() && !is_known(*index);
    let some: Vec<usize> = (0..view.models.len()).filter(differs).take(MAX_LOOKS).collect();
    let found = looked(view, &some);
    if found.is_empty() {
        return;
    }
    let mut states = view.states.clone();
    for (id, state) in found {
        if let Some((index, model)) = view.model(&id) {
            note_state(&mut states, index, model, state);
        }
    }
    view.states = states;
}
