//! Deployments: added, ended, imported from a document, and reloaded when `touchmark.toml` changes.

use super::door::Workbench;
use super::publish::Next;
use crate::error::{Code, Error, Result};
use crate::inventory::{Deployment, Runs, Workspace, bom};
use crate::text::Untrusted;
use jiff::Timestamp;
use std::path::Path;
use std::sync::PoisonError;

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
    /// `E-WRITE`, `E-CONFIG`, `E-CHANGED`; `E-USAGE` when nothing may be written, or a word is not one for a file.
    pub fn deploy(&self, deployments: &[Deployment]) -> Result<Vec<Deployment>> {
        deployments.iter().try_for_each(writable_words)?;
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
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`.
    pub fn spotted(&self, file: &Path, rest: &Spotting) -> Result<Vec<Deployment>> {
        let found = bom::spotted(file)?;
        let deployments = found.into_iter().map(|spotted| {
            let place = match &rest.cluster {
                Some(cluster) => Untrusted::new(format!("{cluster}/{}", spotted.place.raw())),
                None => spotted.place,
            };
            let owner = spotted.owner.or_else(|| rest.owner.as_deref().map(Untrusted::new));
            Deployment {
                model: Runs::Named(spotted.model),
                stage: Untrusted::new(&rest.stage),
                place,
                owner,
                since: spotted.since,
                until: None,
            }
        });
        Ok(deployments.collect())
    }

    /// Imports deployments into the workspace's file.
    ///
    /// # Errors
    /// `E-CONFIG`, `E-READ`.
    pub fn reload_deployments(&self) -> Result<()> {
        let before = self.workspace().pins;
        let differs =
            self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner).reread_deployments()?;
        if self.workspace().pins != before {
            self.renew_pins()?;
        } else if differs {
            self.renew(|view| Ok(Next::as_in(view)))?;
        }
        Ok(())
    }

    fn redeploy(
        &self,
        change: impl FnOnce(&mut Workspace) -> Result<Vec<Deployment>>,
    ) -> Result<Vec<Deployment>> {
        self.writable()?;
        let file = Workspace::file_in(&self.workspace().root);
        let changed = self.writing(&[&file], || {
            change(&mut self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner))
        })?;
        if !changed.is_empty() {
            self.renew(|view| Ok(Next::as_in(view)))?;
        }
        Ok(changed)
    }
}

/// What the file would refuse when it is read again is refused before.
fn writable_words(deployment: &Deployment) -> Result<()> {
    let Deployment { stage, place, owner, since, until, .. } = deployment;
    for (key, word) in [("stage", Some(stage)), ("where", Some(place)), ("owner", owner.as_ref())] {
        if word.is_some_and(|word| word.raw().trim().is_empty() || word.is_hostile()) {
            return Err(Error::new(
                Code::Usage,
                format!("`{key}` is empty or has characters that do not belong in a name"),
            )
            .at(word.map(Untrusted::screen).unwrap_or_default()));
        }
    }
    if since.zip(*until).is_some_and(|(since, until)| until < since) {
        return Err(Error::new(Code::Usage, "a deployment cannot end before it starts"));
    }
    Ok(())
}
