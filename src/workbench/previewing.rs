//! What another policy would change, before anything is saved: the whole inventory judged under it from the evidence
//! that is kept. Nothing is published, recorded or written.

use super::door::Workbench;
use super::in_force::{PolicyInForce, invalid, parse_policy};
use super::publish::Next;
use crate::decision::{Tried, try_test};
use crate::error::{Code, Error, Result};
use crate::policy::lint::{Finding, Lint, lint};
use crate::policy::{self, Policy, PolicyEdit, PolicyError, PolicyTest, edited_on};
use crate::signing::Progress;
use crate::view::View;
use crate::view::flips::{Flips, Preview, TestsTried};
use crate::view::suspected::Suspected;
use jiff::Timestamp;
use rayon::prelude::*;
use std::path::Path;

impl Workbench {
    /// What would change if this text were in the policy file.
    ///
    /// # Errors
    /// `E-CANCELLED`, `E-STORE`, `E-TOO-LARGE`.
    pub fn preview_policy(&self, text: &str, progress: &Progress) -> Result<Preview> {
        let file = self.policy_file();
        self.preview_policy_at(text, file.as_deref(), progress)
    }

    /// What would change if the policy were this text in this file.
    ///
    /// # Errors
    /// As [`Workbench::preview_policy`].
    pub fn preview_policy_at(&self, text: &str, file: Option<&Path>, progress: &Progress) -> Result<Preview> {
        let Both { before, after } = match self.both(text, file, progress)? {
            Ok(both) => both,
            Err(faults) => return Ok(Preview { faults, ..Preview::default() }),
        };
        let flips = Flips::between(&before, &after);
        progress.check()?;
        let inventory = after.listed_for_lint();
        let lint = |policy: &Policy| lint(policy, after.at, Some(&inventory));
        let (found, known) = (lint(&after.policy), lint(&before.policy));
        let unreadable = after.anchors.iter().filter(|anchor| anchor.error.is_some()).cloned().collect();
        let new_findings = new_in(&found, &known);
        let tests = tried(&after, progress)?;
        Ok(Preview { faults: Vec::new(), lint: Some(found), new_findings, unreadable, tests, flips })
    }

    /// What would follow from denying an identity, from some time on or altogether.
    ///
    /// # Errors
    /// As [`Workbench::preview_policy`], and `E-CONFIG` when the policy cannot be edited.
    pub fn what_if_denied(
        &self,
        subject: &str,
        since: Option<Timestamp>,
        progress: &Progress,
    ) -> Result<Suspected> {
        let edit = PolicyEdit::DenyIdentity { subject: subject.to_owned(), after: since, reason: None };
        let view = self.view();
        let text = edited_on(&view.policy_text, view.policy.below.as_deref(), &edit)?;
        let file = self.policy_file();
        match self.both(&text, file.as_deref(), progress)? {
            Ok(Both { before, after }) => Ok(Suspected::between(subject, since, &before, &after)),
            Err(faults) => Err(faults.first().map_or_else(
                || Error::new(Code::Config, "the policy is not valid"),
                |fault| invalid(fault, &file.unwrap_or_default()),
            )),
        }
    }

    /// The inventory as it is judged now, and as it would be judged if the policy were this text in this file; or the
    /// faults of the text.
    fn both(
        &self,
        text: &str,
        file: Option<&Path>,
        progress: &Progress,
    ) -> Result<std::result::Result<Both, Vec<PolicyError>>> {
        let policy = match candidate(text, file).and_then(|policy| policy.valid_at(self.now())) {
            Ok(policy) => policy,
            Err(faults) => return Ok(Err(faults)),
        };
        progress.check()?;
        let before = self.brought_up_to_date(progress)?;
        let after = self.under(&before, policy, text, progress)?;
        Ok(Ok(Both { before, after }))
    }

    /// The same inventory under another policy.
    pub(super) fn under(
        &self,
        before: &View,
        policy: Policy,
        text: &str,
        progress: &Progress,
    ) -> Result<View> {
        // It would have to be signed again: until then its signature is no matter of what it says.
        let (text, seal) = (text.to_owned(), before.seal.clone());
        let in_force = PolicyInForce { policy, text, faults: Vec::new(), seal };
        let next = Next { in_force, at: Some(before.at), progress: progress.clone(), ..Next::as_in(before) };
        let (mut after, touched) = self.made_from(before, next)?;
        progress.check()?;
        after.judge_after(before, touched.as_ref());
        progress.check()?;
        Ok(after)
    }

    /// The current view with what was recorded since and by the time that it is now: what these change is not the other
    /// policy's doing.
    pub(super) fn brought_up_to_date(&self, progress: &Progress) -> Result<View> {
        let current = self.view();
        let next = Next { progress: progress.clone(), ..Next::as_in(&current) };
        let (mut view, touched) = self.made_from(&current, next)?;
        progress.check()?;
        view.judge_after(&current, touched.as_ref());
        Ok(view)
    }
}

/// The inventory under two policies.
struct Both {
    before: View,
    after: View,
}

pub(super) fn candidate(text: &str, file: Option<&Path>) -> std::result::Result<Policy, Vec<PolicyError>> {
    let origin = file.map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
    match file {
        Some(file) => parse_policy(text, &origin, file),
        None => policy::parse(text, &origin, None),
    }
}

/// What the tests of the policy of a view come to.
fn tried(view: &View, progress: &Progress) -> Result<TestsTried> {
    let policy = &view.policy;
    let try_one = |test: &PolicyTest| {
        progress.check()?;
        try_test(policy, &view.rubric, test, view.at)
    };
    let tried: Vec<Tried> = policy.tests.par_iter().map(try_one).collect::<Result<_>>()?;
    let failing = policy.tests.iter().cloned().zip(tried).filter(|(_, tried)| !tried.passes());
    let failing: Vec<(PolicyTest, Tried)> = failing.collect();
    Ok(TestsTried { passing: policy.tests.len() - failing.len(), failing })
}

/// The findings that the other policy does not have, wherever they stand in it.
fn new_in(found: &Lint, known: &Lint) -> Vec<Finding> {
    let is_known = |finding: &&Finding| {
        known.findings.iter().any(|one| one.rule.code == finding.rule.code && one.what == finding.what)
    };
    found.findings.iter().filter(|finding| !is_known(finding)).cloned().collect()
}
