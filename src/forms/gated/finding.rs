//! What a gate found, one by one. What becomes of a finding follows from what the stage does about it, so that a report
//! never fails a model that the gate let in.

use crate::decision::{Decision, Reason, ReasonCode, Verdict};
use crate::policy::{Action, Class};
use crate::report::case;
use crate::signing::{CheckCode, Outcome, Verification};
use crate::text::{Untrusted, screen};
use crate::view::View;
use crate::words::{Face, reasons};

/// What a finding does at the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// There is nothing to report.
    Passes,
    /// It is reported, and decides nothing.
    Noted,
    /// It asks for an acknowledgement.
    Warns,
    /// It refuses.
    Refuses,
}

impl From<Action> for Effect {
    fn from(action: Action) -> Self {
        match action {
            Action::Open => Effect::Noted,
            Action::Warn => Effect::Warns,
            Action::Closed => Effect::Refuses,
        }
    }
}

/// A check, or a reason that rests on no check.
pub(super) struct Finding {
    /// Its code; of a check that passes, the name of its stage.
    pub code: String,
    pub check: Option<CheckCode>,
    pub effect: Effect,
    /// What was found, safe to show.
    pub text: String,
    /// What to do; may be empty.
    pub remedy: String,
}

/// The checks in their order, then the other reasons, worst first.
pub(super) fn findings(view: &View, verdict: &Verdict) -> Vec<Finding> {
    let case = case(view, verdict);
    let checks = case.verification.map(|verification| verification.checks.as_slice()).unwrap_or_default();
    let is_of = |code: CheckCode, reason: &ReasonCode| match reason {
        ReasonCode::Check(other) => *other == code,
        _ => false,
    };
    // A check that fails contradicts, whether the stage says so of the check or of a control that rests on it.
    let effect = |code: CheckCode, outcome: Outcome| {
        let is_about = |reason: &&Reason| {
            is_of(code, &reason.code) || outcome == Outcome::Fail && reason.class == Some(Class::Contradicted)
        };
        match (verdict.reasons.iter().filter(is_about).map(|reason| reason.action).max(), outcome) {
            (Some(action), _) => Effect::from(action),
            (None, Outcome::Pass | Outcome::NotApplicable) => Effect::Passes,
            (None, _) => Effect::Noted,
        }
    };
    let of_checks = checks.iter().map(|check| {
        let words = case.verification.map(|verification| verification.words_of(check)).unwrap_or_default();
        Finding {
            code: check.code.as_str().to_owned(),
            check: Some(check.code),
            effect: effect(check.code, check.outcome),
            text: screen(&words.summary),
            remedy: screen(&words.remedy.unwrap_or_default()),
        }
    });
    let others = verdict
        .reasons
        .iter()
        .filter(|reason| !checks.iter().any(|check| is_of(check.code, &reason.code)))
        .map(|reason| {
            let (text, remedy) = reasons::reason(reason, &case, Face::Text);
            Finding {
                code: reason.code.as_str().to_owned(),
                check: None,
                effect: reason.action.into(),
                text: screen(text.raw()),
                remedy: screen(&remedy),
            }
        });
    of_checks.chain(others).collect()
}

/// Whether the model may enter.
pub(super) fn is_let_in(verdict: &Verdict, allow_warn: bool) -> bool {
    match verdict.decision {
        Decision::Admit => true,
        Decision::Warn => allow_warn,
        Decision::Refuse | Decision::NotJudged => false,
    }
}

/// `acme/bot at production: refuse`.
pub(super) fn title(verdict: &Verdict) -> String {
    format!("{} at {}: {}", verdict.model.screen(), screen(&verdict.stage), verdict.decision.word())
}

/// The files that differ from what was signed, with the check that each one fails.
pub(super) fn files(verification: &Verification) -> impl Iterator<Item = (CheckCode, &Untrusted)> {
    let files = &verification.files;
    let changed = files.changed.iter().map(|file| (CheckCode::FilesChanged, &file.name));
    let missing = files.missing.iter().map(|name| (CheckCode::FilesMissing, name));
    let extra = files.extra.iter().map(|name| (CheckCode::FilesExtra, name));
    let unreadable = files.unreadable.iter().map(|(name, _)| (CheckCode::FilesUnreadable, name));
    changed.chain(missing).chain(extra).chain(unreadable)
}
