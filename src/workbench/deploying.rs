//! Deployments: added, ended, imported from a document, and reloaded when `touchmark.toml` changes.

use super::door::Workbench;
use super::publish::Next;
use crate::error::{Code, Error, Result};
use crate::inventory::bom::{self, SpottedBy};
use crate::inventory::{Deployment, Runs, Workspace};
use crate::text::{Untrusted, clip, screen};
use jiff::Timestamp;
use std::path::Path;
use std::sync::PoisonError;

/// Limit of the name of a model, stage, place or owner.
const MAX_WORD_BYTES: usize = 1024;
/// How much of a rejected name an error shows.
const SHOWN_COLUMNS: usize = 60;

/// What a document does not say of the deployments that it shows.
#[derive(Debug, Clone, Default)]
pub struct Spotting {
    /// The stage.
    pub stage: String,
    /// What stands before each place: the cluster.
    pub cluster: Option<String>,
    /// The owner, where the document names none.
    pub owner: Option<String>,
}

impl Workbench {
    /// Adds deployments to the workspace's file. One that is there and has not ended is not added again; gives those that
    /// were.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`, `E-CHANGED`; `E-USAGE` when nothing may be written, or a name cannot be written to the
    /// file; `E-TOO-LARGE` when the file cannot hold them.
    pub fn deploy(&self, deployments: &[Deployment]) -> Result<Vec<Deployment>> {
        deployments.iter().try_for_each(check)?;
        self.redeploy(|workspace| workspace.add_deployments(deployments))
    }

    /// Ends the deployments that have not ended and fit, at a moment. Gives them.
    ///
    /// # Errors
    /// As [`Workbench::deploy`].
    pub fn undeploy(&self, fits: impl Fn(&Deployment) -> bool, until: Timestamp) -> Result<Vec<Deployment>> {
        self.redeploy(|workspace| workspace.end_deployments(fits, until))
    }

    /// The deployments that a document shows, not yet added.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`; `E-USAGE` when a name in `rest` cannot be written to the file.
    pub fn spotted(&self, file: &Path, rest: &Spotting) -> Result<Vec<Deployment>> {
        let Spotting { stage, cluster, owner } = rest;
        let given = [("stage", Some(stage)), ("cluster", cluster.as_ref()), ("owner", owner.as_ref())];
        for (key, word) in given.into_iter().filter_map(|(key, word)| Some((key, word?))) {
            fit(key, word).map_err(|unfit| unfit.typed(&file.to_string_lossy()))?;
        }
        let deployment = |spotted: bom::Spotted| {
            let place = match cluster {
                Some(cluster) => Untrusted::new(format!("{cluster}/{}", spotted.place.raw())),
                None => spotted.place,
            };
            let deployment = Deployment {
                model: Runs::Named(spotted.model),
                stage: Untrusted::new(stage),
                place,
                owner: spotted.owner.or_else(|| owner.as_deref().map(Untrusted::new)),
                since: spotted.since,
                until: None,
            };
            fit_all(&deployment).map_err(|unfit| unfit.imported(file, spotted.by))?;
            Ok(deployment)
        };
        bom::spotted(file)?.into_iter().map(deployment).collect()
    }

    /// Reads the deployments again from the workspace's file.
    ///
    /// # Errors
    /// `E-CONFIG`, `E-READ`.
    pub fn reload_deployments(&self) -> Result<()> {
        self.edit(|workspace| workspace.reread_deployments().map(drop))
    }

    fn redeploy(
        &self,
        change: impl FnOnce(&mut Workspace) -> Result<Vec<Deployment>>,
    ) -> Result<Vec<Deployment>> {
        self.writable()?;
        let file = Workspace::file_in(&self.workspace().root);
        self.edit(|workspace| self.writing(&[&file], || change(workspace)))
    }

    /// Reads or changes the file of the workspace and takes over its deployments. Nobody who asks for the workspace
    /// meanwhile waits for the file or for its lock.
    fn edit<T>(&self, change: impl FnOnce(&mut Workspace) -> Result<T>) -> Result<T> {
        let turn = self.inner.editing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut workspace = self.workspace();
        let done = change(&mut workspace)?;
        let differs = {
            let mut known = self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner);
            let differs = known.deployments != workspace.deployments;
            known.deployments = workspace.deployments;
            differs
        };
        drop(turn);
        // Even where nothing was changed, somebody else may have changed the file before.
        if differs {
            self.renew(|view| Ok(Next::as_in(view)))?;
        }
        Ok(done)
    }
}

/// Rejects what could not be read back from the file.
fn check(deployment: &Deployment) -> Result<()> {
    let Deployment { model, place, since, until, .. } = deployment;
    let at = || format!("{} at {}", clip(&model.screen(), SHOWN_COLUMNS), place.clip(SHOWN_COLUMNS));
    fit_all(deployment).map_err(|unfit| unfit.typed(&at()))?;
    if since.zip(*until).is_some_and(|(since, until)| until < since) {
        return Err(Error::new(Code::Usage, "this deployment would end before it began")
            .at(at())
            .help("set --until to a time after --since (default: now); nothing was changed"));
    }
    Ok(())
}

/// A name that cannot be written to the file.
struct Unfit {
    /// What it names.
    key: &'static str,
    why: &'static str,
    /// Its first characters.
    shown: String,
}

impl Unfit {
    /// From a person; one that is empty is found by the place.
    fn typed(self, place: &str) -> Error {
        let at = if self.shown.is_empty() { place } else { &self.shown };
        let form = match self.key {
            "model" => "give the model's id, or `sha256:` and its root digest",
            _ => "give one line of printable characters",
        };
        self.error(Code::Usage)
            .at(at)
            .help(format!("{form}, at most {MAX_WORD_BYTES} bytes; nothing was changed"))
    }

    /// From a document.
    fn imported(self, file: &Path, by: SpottedBy) -> Error {
        let at = format!("{}, in a {}: {}", file.to_string_lossy(), by.word(), self.shown);
        self.error(Code::Malformed).at(at).help(format!(
            "correct this name in the document: one line of printable characters, at most {MAX_WORD_BYTES} bytes; \
             nothing was changed"
        ))
    }

    fn error(&self, code: Code) -> Error {
        Error::new(code, format!("`{}` {}", self.key, self.why))
    }
}

fn fit_all(deployment: &Deployment) -> std::result::Result<(), Unfit> {
    let Deployment { model, stage, place, owner, .. } = deployment;
    if let Runs::Named(model) = model {
        fit("model", model.raw())?;
    }
    fit("stage", stage.raw())?;
    fit("where", place.raw())?;
    owner.as_ref().map_or(Ok(()), |owner| fit("owner", owner.raw()))
}

fn fit(key: &'static str, word: &str) -> std::result::Result<(), Unfit> {
    let why = match () {
        () if word.trim().is_empty() => "is empty",
        () if word.len() > MAX_WORD_BYTES => "is too long",
        () if Untrusted::new(word).is_hostile() => "has characters that do not belong in a name",
        () => return Ok(()),
    };
    Err(Unfit { key, why, shown: clip(&screen(word), SHOWN_COLUMNS) })
}
