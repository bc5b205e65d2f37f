//! The sources of an open workspace: named, looked at, and how the store is brought to what they say.

use super::door::Workbench;
use super::inventory::Inventory;
use super::jobs::Note;
use super::publish::Next;
use crate::error::Result;
use crate::inventory::{Model, Source, survey};
use crate::signing::Progress;
use crate::text::{Untrusted, count};
use std::sync::PoisonError;

/// What looking at the sources came to.
pub(super) struct Surveyed {
    parts: usize,
    read: usize,
    /// None when nothing changed.
    pub inventory: Option<Inventory>,
}

impl Workbench {
    /// Adds a source to the workspace; a scan then reads it.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`.
    pub fn add_source(&self, source: Source) -> Result<()> {
        self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner).add_source(source)
    }

    /// When the documents and folders that speak of a model were read last.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn read_times(&self, model: &Model) -> Result<Vec<(Untrusted, String)>> {
        self.store().read_times(&model.sources)
    }

    /// What the store holds, not yet with its lineage.
    pub(super) fn kept(&self) -> Result<Inventory> {
        self.load(&**self.store()).map(Inventory::listed)
    }

    /// Looks at all sources and brings the store to what they say now.
    pub(super) fn survey(&self, progress: &Progress) -> Result<Surveyed> {
        let known = self.store().stamps()?;
        let survey = survey(&self.workspace(), &known, progress)?;
        let (parts, read) = (survey.parts.len(), survey.read());
        let mut store = self.store();
        let is_new = store.apply(&survey)?;
        drop(survey);
        let inventory = is_new.then(|| self.load(&**store).map(Inventory::listed)).transpose()?;
        Ok(Surveyed { parts, read, inventory })
    }

    /// Reads what changed in the sources.
    pub(super) fn rescan(&self, progress: &Progress, note: &dyn Fn(Note)) -> Result<String> {
        // Before anything is read: what changes from now on may be missed.
        #[cfg(feature = "tui")]
        self.is_fresh();
        note(Note::MadeFrom(self.view().generation));
        let surveyed = self.survey(progress)?;
        let found = match surveyed.inventory {
            // Nothing changed, and nothing of it is shown yet.
            None if self.view().generation == 0 => Some(self.kept()?),
            found => found,
        };
        let view = match found.map(Inventory::with_lineage) {
            // Jobs run one after the other, and nothing else scans: nobody can have found something newer.
            Some(inventory) => {
                let view =
                    self.renew(|view| Ok(Next { inventory: inventory.clone(), ..Next::as_in(view) }))?;
                note(Note::ShownIn(view.generation));
                view
            }
            None => self.view(),
        };
        Ok(format!(
            "{}, {}; {} of {} read, the rest is as it was",
            count(view.models.len(), "model"),
            count(view.findings.len(), "finding"),
            surveyed.read,
            count(surveyed.parts, "document or folder"),
        ))
    }
}
