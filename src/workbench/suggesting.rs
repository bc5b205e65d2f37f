//! The edits of the policy that would let a model pass a stage, from what was observed of it. None is made: each is
//! shown, with what it would change in the whole inventory.

use super::door::{Workbench, not_found};
use super::previewing::candidate;
use crate::decision::{Decision, Reason, ReasonCode};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::policy::{
    Action, Class, Exception, Excused, ModelPattern, NewIdentity, Policy, PolicyEdit, Subject, WARN_DAYS,
    diff, edited_on,
};
use crate::signing::{CheckCode, Progress};
use crate::view::View;
use crate::view::flips::Flips;
use crate::view::suggested::{Suggested, Suggestion};
use jiff::SignedDuration;

/// A suggested exception ends after so many hours.
const EXCEPTION_HOURS: i64 = 30 * 24;
/// Where more is missing, exceptions are no advice.
const MOST_EXCEPTIONS: usize = 3;
/// What a person has to fill in.
const BLANKS: (&str, &str, &str) = ("OWNER", "APPROVER", "REASON");

impl Workbench {
    /// The edits that would let a model pass at the stage of the view, each judged on top of those before it.
    ///
    /// # Errors
    /// `E-NOT-FOUND`; `E-CANCELLED`, `E-STORE`, `E-TOO-LARGE`.
    pub fn suggest(&self, model: &ModelId, progress: &Progress) -> Result<Suggested> {
        let mut view = self.brought_up_to_date(progress)?;
        let (index, _) = view.model(model).ok_or_else(|| not_found(model))?;
        let before = decision(&view, index);
        let unjudged = view.unjudged(index);
        let mut suggestions = Vec::new();
        // The signer first: much else follows from it.
        for what in [trusted, exceptions] {
            // Of what nobody looked at nothing is known that an edit could answer.
            let edits = if unjudged.is_none() { what(&view, index) } else { Vec::new() };
            for edit in edits {
                // What cannot be written, or would not be valid, is not suggested.
                let Ok(text) = edited_on(&view.policy_text, view.policy.below.as_deref(), &edit) else {
                    continue;
                };
                let Ok(policy) = candidate(&text, self.policy_file().as_deref()) else { continue };
                let after = self.under(&view, policy, &text, progress)?;
                let flips = Flips::between(&view, &after);
                let decision = decision(&after, index);
                suggestions.push(Suggestion { edit, diff: diff(&view.policy_text, &text), flips, decision });
                view = after;
            }
        }
        let open = view.verdict(index).map(|verdict| verdict.reasons).unwrap_or_default();
        let open = open.into_iter().filter(|reason| reason.action > Action::Open).collect();
        let (model, after) = (model.clone(), decision(&view, index));
        Ok(Suggested { model, unjudged, before, suggestions, after, open })
    }
}

fn decision(view: &View, index: usize) -> Decision {
    view.judgement.standing(index).map_or(Decision::Refuse, |standing| standing.decision)
}

/// Trust in the signer as it was observed, where an anchor of the policy proves it and nothing denies it.
fn trusted(view: &View, index: usize) -> Vec<PolicyEdit> {
    new_identity(view, index).map(PolicyEdit::TrustIdentity).into_iter().collect()
}

fn new_identity(view: &View, index: usize) -> Option<NewIdentity> {
    let explained = view.explained(index)?;
    let signer = explained.signer?;
    // That another publisher signed it is no reason to trust that one for it.
    let is_stranger =
        matches!(signer.identity_check?.0, CheckCode::IdentityNoPublisher | CheckCode::IdentityMismatch);
    let anchor = signer.anchor.filter(|_| is_stranger && signer.denied.is_none())?;
    Some(NewIdentity::observed(&view.policy, explained.model.raw(), signer.identity, &anchor.name))
}

/// Exceptions for what is missing, where that is little and nothing else stands against the model.
fn exceptions(view: &View, index: usize) -> Vec<PolicyEdit> {
    let Some(verdict) = view.verdict(index) else { return Vec::new() };
    let against = verdict.reasons.iter().filter(|reason| reason.action > Action::Open);
    // A level follows from the controls.
    let against: Vec<&Reason> = against.filter(|reason| reason.code != ReasonCode::Level).collect();
    let is_missing = |reason: &&Reason| reason.class == Some(Class::Missing);
    if !against.iter().all(is_missing) || against.len() > MOST_EXCEPTIONS {
        return Vec::new();
    }
    let excused = against.iter().filter_map(|reason| excused(&view.policy, &reason.code));
    let numbered = excused.zip(1..);
    numbered.map(|(excuses, number)| exception(view, &verdict.model, excuses, number)).collect()
}

fn excused(policy: &Policy, code: &ReasonCode) -> Option<Excused> {
    match code {
        ReasonCode::Control(id) if policy.requirements.iter().any(|one| one.id == *id) => {
            Some(Excused::Requirement(id.to_string()))
        }
        ReasonCode::Control(id) => Some(Excused::Control(id.to_string())),
        ReasonCode::Cap => Some(Excused::Ancestors),
        _ => None,
    }
}

fn exception(view: &View, model: &ModelId, excuses: Excused, number: usize) -> PolicyEdit {
    let (owner, approver, reason) = BLANKS;
    let policy = &view.policy;
    let ended = view.at.checked_add(SignedDuration::from_hours(EXCEPTION_HOURS)).unwrap_or(view.at);
    let number = policy.exceptions.len() + number;
    PolicyEdit::AddException(Exception {
        id: format!("EX-{number}-{}", excuses.as_str()),
        excuses,
        subject: Subject::Models(ModelPattern::new(model.raw())),
        stages: vec![view.stage.clone()],
        owner: policy.owner.clone().unwrap_or_else(|| owner.to_owned()),
        approved_by: policy.approved_by.first().cloned().unwrap_or_else(|| approver.to_owned()),
        reason: reason.to_owned(),
        compensating: Vec::new(),
        created: view.at,
        expires: ended,
        warn_days: WARN_DAYS,
    })
}
