//! Changes deployments in `touchmark.toml`: under its lock, after reading it again, and only if nothing but
//! the intended change differs.

use super::deployments::{ended, with};
use super::{FILE, MAX_BYTES, Workspace, parse, text_of};
use crate::disk::{lock_beside, replace};
use crate::error::{Code, Error, Result};
use crate::inventory::model::deployment::{Deployment, MOST_DEPLOYMENTS, Slot};
use crate::text::count;
use jiff::Timestamp;
use std::collections::HashSet;
use std::path::Path;

impl Workspace {
    /// Adds deployments to `touchmark.toml`, keeping everything else in the file as it is. One that is listed there and
    /// has not ended is not added again. Returns those that were added.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`, `E-CHANGED`; `E-TOO-LARGE` when the file cannot hold them.
    pub fn add_deployments(&mut self, deployments: &[Deployment]) -> Result<Vec<Deployment>> {
        let mut meant: HashSet<Slot<'_>> = HashSet::with_capacity(deployments.len());
        let wanted: Vec<&Deployment> = deployments.iter().filter(|one| meant.insert(one.slot())).collect();
        // Nobody has to wait for the lock because of what can never fit.
        room_for(&wanted, &self.root.join(FILE))?;
        let mut added: Vec<Deployment> = Vec::new();
        self.redeploy(|text, known| {
            let open: HashSet<Slot<'_>> =
                known.iter().filter(|known| known.until.is_none()).map(Deployment::slot).collect();
            added.extend(wanted.iter().filter(|new| !open.contains(&new.slot())).map(|new| (*new).clone()));
            if added.is_empty() {
                return Ok(None);
            }
            if known.len() + added.len() > MOST_DEPLOYMENTS {
                let known = count(known.len(), "deployment");
                let what = format!(
                    "{known} already in the file: {} more would exceed the limit of {MOST_DEPLOYMENTS}",
                    added.len()
                );
                return Err(Error::new(Code::TooLarge, what).help(FEWER));
            }
            let meant = known.iter().chain(&added).cloned().collect();
            Ok(Some((with(text, &added)?, meant)))
        })?;
        Ok(added)
    }

    /// Ends the deployments that have not ended and fit. Returns those that it ended.
    ///
    /// # Errors
    /// As [`Workspace::add_deployments`]; `E-USAGE` when one of them began later than it would end.
    pub fn end_deployments(
        &mut self,
        fits: impl Fn(&Deployment) -> bool,
        until: Timestamp,
    ) -> Result<Vec<Deployment>> {
        let mut over = Vec::new();
        self.redeploy(|text, known| {
            let (mut positions, mut meant) = (Vec::new(), known.to_vec());
            let open = meant.iter_mut().enumerate().filter(|(_, known)| known.until.is_none() && fits(known));
            for (position, deployment) in open {
                if let Some(since) = deployment.since.filter(|since| *since > until) {
                    return Err(Error::new(Code::Usage, "this deployment would end before it began")
                        .at(format!("{} at {}", deployment.model, deployment.place.screen()))
                        .help(format!(
                            "it began at {since}: name a later time with --until; nothing was changed"
                        )));
                }
                deployment.until = Some(until);
                positions.push(position);
                over.push(deployment.clone());
            }
            if positions.is_empty() {
                return Ok(None);
            }
            Ok(Some((ended(text, &positions, until)?, meant)))
        })?;
        Ok(over)
    }

    /// Takes over what another program, or a person, wrote of deployments meanwhile; whether anything differs.
    ///
    /// # Errors
    /// As [`Workspace::at`].
    pub fn reread_deployments(&mut self) -> Result<bool> {
        if self.is_temporary {
            return Ok(false);
        }
        let now = Workspace::at(&self.root)?;
        let differs = now.deployments != self.deployments;
        self.deployments = now.deployments;
        Ok(differs)
    }

    /// Changes the deployments in the file and takes over only those: the policy, its trust and the stage stay as they
    /// were when the workspace was opened, whatever the file says by now.
    fn redeploy(
        &mut self,
        change: impl FnOnce(&str, &[Deployment]) -> Result<Option<(String, Vec<Deployment>)>>,
    ) -> Result<()> {
        let file = self.root.join(FILE);
        // Read, changed and written while no other program of ours does the same.
        let _held = lock_beside(&file)?;
        let before = text_of(&file)?;
        let now = parse(&before, &self.root)?;
        let located = |error: Error| if error.at.is_some() { error } else { error.at_path(&file) };
        let Some((text, meant)) = change(&before, &now.deployments).map_err(located)? else {
            self.deployments = now.deployments;
            return Ok(());
        };
        if text.len() as u64 > MAX_BYTES {
            return Err(Error::new(Code::TooLarge, "the file would exceed 1 MiB with these deployments")
                .at_path(&file)
                .help(FEWER));
        }
        let changed = parse(&text, &self.root)?;
        if changed.deployments != meant || !changed.is_same_otherwise(&now) {
            return Err(Error::new(Code::Config, "touchmark cannot edit deployments in this form")
                .at_path(&file)
                .help("write each as its own [[deployment]] block, then run it again; nothing was changed"));
        }
        replace(&file, Some(before.as_bytes()), text.as_bytes())?;
        self.deployments = changed.deployments;
        Ok(())
    }

    /// Whether everything but the deployments is the same.
    fn is_same_otherwise(&self, other: &Workspace) -> bool {
        let rest = |of: &Workspace| Workspace { deployments: Vec::new(), ..of.clone() };
        rest(self) == rest(other)
    }
}

const FEWER: &str = "remove [[deployment]] blocks of old deployments, or add fewer; nothing was changed";

/// Refuses deployments that not even an otherwise empty file could hold.
fn room_for(wanted: &[&Deployment], file: &Path) -> Result<()> {
    let words = |one: &Deployment| {
        let (model, stage, place) = one.slot();
        (model.written().len() + stage.len() + place.len()) as u64
    };
    let many = count(wanted.len(), "deployment");
    let what = if wanted.len() > MOST_DEPLOYMENTS {
        format!("{many} would exceed the limit of {MOST_DEPLOYMENTS}")
    } else if wanted.iter().map(|one| words(one)).sum::<u64>() > MAX_BYTES {
        format!("{many} with names of this length would exceed 1 MiB")
    } else {
        return Ok(());
    };
    Err(Error::new(Code::TooLarge, what).at_path(file).help("add fewer of them; nothing was changed"))
}
