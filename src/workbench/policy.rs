//! The policy and the stage of an open workspace: read again, changed, asked for.

use super::door::Workbench;
use super::in_force::{LIMIT_POLICY_BYTES, invalid, known_stage, policy_file, read_policy};
use super::publish::Next;
use super::seal::{SealSeen, look_at_seal};
use crate::disk::read_small;
use crate::error::Result;
use crate::signing::Anchor;
use std::path::PathBuf;

impl Workbench {
    /// Judges for another stage.
    ///
    /// # Errors
    /// `E-NOT-FOUND` with the stages that there are.
    pub fn set_stage(&self, stage: &str) -> Result<()> {
        self.renew(|view| {
            known_stage(&view.policy, stage)?;
            Ok(Next { stage: stage.to_owned(), ..Next::as_in(view) })
        })?;
        Ok(())
    }

    /// Reads the policy file again. Faults go into the view; the policy in force then stays.
    ///
    /// # Errors
    /// `E-READ`.
    pub fn reload_policy(&self) -> Result<()> {
        self.renew(|view| {
            let read = read_policy(
                &self.workspace(),
                &self.inner.options,
                Some((view.policy.clone(), view.seal.clone())),
            )?;
            let stage = match known_stage(&read.policy, &view.stage) {
                Ok(()) => view.stage.clone(),
                Err(_) => read.policy.stages.first().map_or_else(String::new, |stage| stage.name.clone()),
            };
            Ok(Next { in_force: read, stage, ..Next::as_in(view) })
        })?;
        Ok(())
    }

    /// The file that [`Workbench::reload_policy`] reads; none when the built-in baseline is in force.
    pub fn policy_file(&self) -> Option<PathBuf> {
        policy_file(&self.workspace(), &self.inner.options)
    }

    /// What is known of the policy file's own signature, and why it is no better; none where the built-in baseline is in
    /// force.
    ///
    /// # Errors
    /// `E-READ`.
    pub fn look_at_seal(&self) -> Result<Option<SealSeen>> {
        let Some(file) = self.policy_file() else { return Ok(None) };
        let bytes = read_small(&file, LIMIT_POLICY_BYTES)?;
        Ok(Some(look_at_seal(&self.workspace(), &file, &bytes, self.now())))
    }

    /// An error when the policy file has faults: nothing is decided by a policy that was not asked for.
    ///
    /// # Errors
    /// `E-CONFIG` with the first fault.
    pub fn valid_policy(&self) -> Result<()> {
        let view = self.view();
        // It may have expired since it was read.
        let expired = || view.policy.fault_at(self.now());
        let Some(fault) = view.policy_errors.first().cloned().or_else(expired) else { return Ok(()) };
        Err(invalid(&fault, &self.policy_file().unwrap_or_default()))
    }

    /// The anchors of the policy that can be read.
    pub fn anchors(&self) -> Vec<Anchor> {
        self.view().trust.trust().anchors.clone()
    }
}
