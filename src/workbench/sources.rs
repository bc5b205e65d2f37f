//! The sources of an open workspace: named, looked at, and how the store is brought to what they say.

use super::door::Workbench;
use super::inventory::Inventory;
use super::jobs::Note;
use super::publish::Next;
use crate::error::{Code, Error, Result};
use crate::inventory::{Details, Model, Source, Workspace, survey};
use crate::signing::Progress;
use crate::text::{Untrusted, count};
use std::path::PathBuf;
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
    /// `E-WRITE`, `E-CONFIG`; `E-USAGE` when nothing may be written.
    pub fn add_source(&self, source: Source) -> Result<()> {
        self.writable()?;
        let file = Workspace::file_in(&self.workspace().root);
        self.writing(&[&file], || {
            self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner).add_source(source)
        })
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

    /// Looks at all sources and brings the store to what they say now. Another program may have added a source
    /// meanwhile: whoever writes to the store last must know all of them.
    pub(super) fn survey(&self, progress: &Progress) -> Result<Surveyed> {
        const ATTEMPTS: usize = 100;
        let mut surveyed = self.survey_undisturbed(progress)?;
        for _ in 0..ATTEMPTS {
            if !self.has_other_sources_now() {
                break;
            }
            let next = self.survey_undisturbed(progress)?;
            let (parts, read) = (next.parts, surveyed.read + next.read);
            surveyed = Surveyed { parts, read, inventory: next.inventory.or(surveyed.inventory) };
        }
        Ok(surveyed)
    }

    /// Again when another program changed the store between our looking and our writing.
    fn survey_undisturbed(&self, progress: &Progress) -> Result<Surveyed> {
        const ATTEMPTS: usize = 20;
        for _ in 1..ATTEMPTS {
            match self.survey_once(progress) {
                Err(error) if error.code == Code::Changed => {
                    self.has_other_sources_now();
                }
                ended => return ended,
            }
        }
        self.survey_once(progress)
    }

    /// Whether the workspace's file names other sources than those that were looked at; they are then known.
    fn has_other_sources_now(&self) -> bool {
        let mut workspace = self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner);
        if workspace.is_temporary {
            return false;
        }
        match Workspace::at(&workspace.root) {
            Ok(now) if now.sources != workspace.sources => {
                workspace.sources = now.sources;
                true
            }
            _ => false,
        }
    }

    fn survey_once(&self, progress: &Progress) -> Result<Surveyed> {
        let known = self.store().stamps()?;
        let survey = survey(&self.workspace(), &known, progress)?;
        let (parts, read) = (survey.parts.len(), survey.read());
        let is_new = self.store().apply(&survey)?;
        drop(survey);
        let inventory = is_new.then(|| self.kept()).transpose()?;
        Ok(Surveyed { parts, read, inventory })
    }

    /// The same, anew when what is kept of the sources that did not change cannot be read.
    fn survey_whole(&self, progress: &Progress) -> Result<Surveyed> {
        let is_first = self.view().generation == 0;
        let survey = || {
            let mut surveyed = self.survey(progress)?;
            if surveyed.inventory.is_none() && is_first {
                // Nothing changed, and nothing of it is shown yet.
                surveyed.inventory = Some(self.kept()?);
            }
            Ok(surveyed)
        };
        survey().or_else(|error: Error| match error.code {
            Code::Store => {
                self.store().distrust()?;
                survey()
            }
            _ => Err(error),
        })
    }

    /// Reads what changed in the sources.
    pub(super) fn rescan(&self, progress: &Progress, note: &dyn Fn(Note)) -> Result<String> {
        // Before anything is read: what changes from now on may be missed.
        #[cfg(feature = "tui")]
        self.is_fresh();
        note(Note::MadeFrom(self.view().generation));
        let surveyed = self.survey_whole(progress)?;
        let proven = self.view().proven.clone();
        let view = match surveyed.inventory.map(|inventory| inventory.with_lineage(&proven)) {
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
            "scanned {}, {}; {} of {} documents and folders read, the rest is as it was",
            count(view.models.len(), "model"),
            count(view.findings.len(), "finding"),
            surveyed.read,
            surveyed.parts,
        ))
    }
}

/// Takes from models the places that no source of the workspace can have given them. The store says them, and a source
/// may be gone from `touchmark.toml` since the last scan.
pub(super) fn plausible(workspace: &Workspace, models: &mut [Model]) {
    let is_other = |path: &PathBuf| !workspace.covers(path);
    for model in models {
        let files = model.location.iter().chain(&model.signature).chain(&model.claims);
        if !files.chain(model.twins.iter().map(|twin| &twin.location)).any(is_other) {
            continue;
        }
        let model: &mut Details = model;
        if model.location.as_deref().is_some_and(|path| !workspace.covers(path)) {
            (model.location, model.signature, model.claims) = (None, None, None);
        }
        model.twins.retain(|twin| workspace.covers(&twin.location));
        for file in [&mut model.signature, &mut model.claims] {
            if file.as_deref().is_some_and(|path| !workspace.covers(path)) {
                *file = None;
            }
        }
    }
}
