//! Changes deployments in `touchmark.toml`: under its lock, after reading it again, and only if nothing but
//! the intended change differs.

use super::deployments::{ended, with};
use super::{FILE, MAX_BYTES, Workspace, parse, text_of};
use crate::disk::{lock_beside, replace};
use crate::error::{Code, Error, Result};
use crate::inventory::model::deployment::Deployment;
use jiff::Timestamp;

impl Workspace {
    /// Adds deployments to `touchmark.toml`, keeping everything else in the file as it is. One that stands there and has
    /// not ended is not added again. Gives those that were added.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`, `E-CHANGED`.
    pub fn add_deployments(&mut self, deployments: &[Deployment]) -> Result<Vec<Deployment>> {
        let mut added: Vec<Deployment> = Vec::new();
        self.redeploy(|text, known| {
            let is_new = |new: &&Deployment| {
                let mut open = known.iter().filter(|known| known.until.is_none());
                !open.any(|known| known.is_same_place(new))
            };
            for deployment in deployments.iter().filter(is_new) {
                if !added.iter().any(|already| already.is_same_place(deployment)) {
                    added.push(deployment.clone());
                }
            }
            if added.is_empty() {
                return Ok(None);
            }
            let meant = known.iter().chain(&added).cloned().collect();
            Ok(Some((with(text, &added)?, meant)))
        })?;
        Ok(added)
    }

    /// Ends the deployments that have not ended and fit. Gives those that it ended.
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
                if deployment.since.is_some_and(|since| since > until) {
                    return Err(Error::new(Code::Usage, "this deployment started after that time")
                        .at(format!("{} at {}", deployment.model, deployment.place.screen()))
                        .help("name a later time with --until; nothing was changed"));
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
        let differs = now.deployments != self.deployments || now.pins != self.pins;
        self.deployments = now.deployments;
        self.pins = now.pins;
        Ok(differs)
    }

    fn redeploy(
        &mut self,
        change: impl FnOnce(&str, &[Deployment]) -> Result<Option<(String, Vec<Deployment>)>>,
    ) -> Result<()> {
        let file = self.root.join(FILE);
        // Read, changed and written while no other program of ours does the same.
        let _held = lock_beside(&file)?;
        let before = text_of(&file)?;
        let now = parse(&before, &self.root)?;
        let Some((text, meant)) = change(&before, &now.deployments)? else {
            *self = now;
            return Ok(());
        };
        if text.len() as u64 > MAX_BYTES {
            return Err(Error::new(Code::Config, "the file would be too large for another deployment")
                .at_path(&file)
                .help("remove [[deployment]] blocks of old deployments; nothing was changed"));
        }
        let changed = parse(&text, &self.root)?;
        if changed.deployments != meant || changed.sources != now.sources || changed.aliases != now.aliases {
            return Err(Error::new(Code::Config, "touchmark cannot edit deployments in this form")
                .at_path(&file)
                .help("write each as its own [[deployment]] block, then run it again; nothing was changed"));
        }
        replace(&file, Some(before.as_bytes()), text.as_bytes())?;
        *self = changed;
        Ok(())
    }
}
