//! Two models side by side: what the view knows of them, their files as they were signed, and the headers of their
//! weights.

use super::door::{Workbench, not_found};
use crate::error::Result;
use crate::inventory::{ModelId, tensors_of};
use crate::view::View;
use crate::view::comparison::{Comparison, Content, compare};

impl Workbench {
    /// Compares two models.
    ///
    /// # Errors
    /// `E-NOT-FOUND`.
    pub fn compare(&self, first: &ModelId, second: &ModelId) -> Result<Comparison> {
        let view = self.view();
        let index = |id: &ModelId| view.model(id).map(|(index, _)| index).ok_or_else(|| not_found(id));
        let (one, other) = (index(first)?, index(second)?);
        let (here, there) = (self.content(&view, one), self.content(&view, other));
        compare(&view, (one, &here), (other, &there))
    }

    fn content(&self, view: &View, index: usize) -> Content {
        let Some(model) = view.models.get(index) else { return Content::default() };
        // What was never verified, or whose evidence is gone, has no list of files: the comparison says so.
        let files =
            self.anatomy(&model.id).ok().map(|(_, anatomy)| anatomy.files).filter(|files| !files.is_empty());
        let location = model.location.as_ref().map(|place| view.workspace.root.join(place));
        Content { files, tensors: location.and_then(|place| tensors_of(&place)) }
    }
}
