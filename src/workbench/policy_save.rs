//! A policy that somebody edited, put in force: held against what the file says, written, and recorded with who, why and
//! what it changed.

use super::door::Workbench;
use super::in_force::{LIMIT_POLICY_BYTES, invalid, parse_policy};
use crate::decision::{
    ChangedDecisions, Decision, PolicyChangeRecord, PolicyChangeRecordSchema, PolicyInput, RecordRef,
};
use crate::disk::{lock_beside, replace, slashed, write_new};
use crate::error::{Code, Error, Result};
use crate::inventory::{ModelId, Workspace};
use crate::policy::{self, Policy};
use crate::store::RecordKind;
use crate::view::View;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// Where a policy lies that was the one inside the program.
const OWN_FOLDER: &str = "policies";

/// A policy that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPolicy {
    /// The file.
    pub file: PathBuf,
    /// What it says now.
    pub text: String,
    /// The record of the change.
    pub record: RecordRef,
    /// What it changed.
    pub changed: Vec<ChangedDecisions>,
}

impl Workbench {
    /// Puts an edited policy in force and records it. `before` is the text that was edited: a file that says something
    /// else by now is not overwritten. The policy inside the program becomes a file of the workspace.
    ///
    /// # Errors
    /// `E-USAGE` when nothing may be written, or there is no reason; `E-CONFIG` when the text is not a valid policy;
    /// `E-CHANGED`, `E-TOO-LARGE`, `E-READ`, `E-WRITE`, `E-STORE`.
    pub fn save_policy(&self, before: &str, after: &str, reason: &str) -> Result<SavedPolicy> {
        self.writable()?;
        if reason.trim().is_empty() {
            return Err(Error::new(Code::Usage, "a policy is changed for a reason")
                .help("say why; it is recorded with the change"));
        }
        if after.len() as u64 > LIMIT_POLICY_BYTES {
            return Err(crate::disk::too_large(LIMIT_POLICY_BYTES));
        }
        let named = self.policy_file();
        let file = named.clone().unwrap_or_else(|| self.own_policy_file());
        self.as_valid(after, &file)?;
        let old = self.view();
        match named {
            Some(_) => {
                let _held = lock_beside(&file)?;
                replace(&file, Some(before.as_bytes()), after.as_bytes())?;
            }
            None => self.write_own(&file, after)?,
        }
        self.reload_policy()?;
        let new = self.view();
        let changed = changed_decisions(&old, &new);
        let record = self.record_policy(&old, &new, &file, reason, &changed)?;
        Ok(SavedPolicy { file, text: after.to_owned(), record, changed })
    }

    /// The policy that a text is, if it could be in force.
    fn as_valid(&self, text: &str, file: &Path) -> Result<Policy> {
        let read = parse_policy(text, "", file).and_then(|policy| policy.valid_at(self.now()));
        read.map_err(|faults| match faults.first() {
            Some(fault) => invalid(fault, file),
            None => Error::new(Code::Config, "the policy is not valid"),
        })
    }

    fn own_policy_file(&self) -> PathBuf {
        let name = policy::BUILT_IN.first().map_or("baseline", |(name, _)| name);
        self.workspace().root.join(OWN_FOLDER).join(format!("{name}.toml"))
    }

    /// A new file, which the workspace then names.
    fn write_own(&self, file: &Path, text: &str) -> Result<()> {
        let root = self.workspace().root;
        let folder = crate::disk::folder_of(file);
        std::fs::create_dir_all(folder).map_err(|cause| Error::write(folder, &cause))?;
        write_new(file, text.as_bytes())?;
        let path = slashed(file.strip_prefix(&root).unwrap_or(file));
        let named = self.writing(&[&Workspace::file_in(&root)], || {
            self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner).name_policy(&path)
        });
        named.inspect_err(|_| drop(std::fs::remove_file(file)))
    }

    fn record_policy(
        &self,
        old: &View,
        new: &View,
        file: &Path,
        reason: &str,
        changed: &[ChangedDecisions],
    ) -> Result<RecordRef> {
        let path = slashed(file.strip_prefix(&new.workspace.root).unwrap_or(file));
        let record = PolicyChangeRecord {
            schema: PolicyChangeRecordSchema::V1,
            made: self.made()?,
            before: input(&old.policy)?,
            after: input(&new.policy)?,
            reason: reason.trim().into(),
            stage: new.stage.clone(),
            models: new.models.len(),
            changed: changed.to_vec(),
        };
        let pieces = [old.policy.text.as_bytes().into(), new.policy.text.as_bytes().into()];
        self.record_with(RecordKind::PolicyChange, &ModelId::new(&path), &record, &pieces).map_err(|error| {
            Error {
                what: format!("the policy is saved and in force, but not recorded: {}", error.what),
                ..error
            }
        })
    }
}

fn input(policy: &Policy) -> Result<PolicyInput> {
    Ok(PolicyInput {
        digest: policy.digest.clone(),
        text: policy.file_digest.parse()?,
        origin: policy.origin.clone(),
    })
}

/// How many models are decided otherwise, by what they were and are.
fn changed_decisions(old: &View, new: &View) -> Vec<ChangedDecisions> {
    let mut counted: BTreeMap<(Decision, Decision), usize> = BTreeMap::new();
    for (model, standing) in new.models.iter().zip(new.judgement.standings().iter()) {
        let before = old.model(&model.id).and_then(|(index, _)| old.judgement.standings().get(index));
        if let Some(before) = before.filter(|before| before.decision != standing.decision) {
            *counted.entry((before.decision, standing.decision)).or_default() += 1;
        }
    }
    counted.into_iter().map(|((from, to), models)| ChangedDecisions { from, to, models }).collect()
}
