//! The common changes of the policy: which there are for the model that the screen is about, why one cannot be made, and
//! the edit that each is. It changes no text.

use crate::commands::Screen;
use crate::decision::ReasonCode;
use crate::policy::{
    Exception, Excused, ModelPattern, NewIdentity, PolicyEdit, Stage, Subject, WARN_DAYS, edited_on,
};
use crate::signing::{Identity, Outcome, Stage as Checked, Verification};
use crate::text::screen;
use crate::tui::state::app::App;
use crate::view::View;
use jiff::Timestamp;

/// The highest level.
const MOST: u8 = 3;
/// How long an exception is proposed for.
const DAYS: i64 = 90;

/// A common change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amendment {
    /// Trusts the signer of the model, as it was observed.
    Trust,
    /// Denies the signer of the model from a time on.
    Deny,
    /// Lets a control of the model stay open for a while.
    Except,
    /// The same, for exactly these bytes.
    Pin,
    /// Demands a claim of every model.
    Require,
    /// Demands a higher level at the stage.
    Raise,
}

impl Amendment {
    /// All, in the order in which they are offered.
    pub const ALL: [Amendment; 6] = [
        Amendment::Trust,
        Amendment::Deny,
        Amendment::Except,
        Amendment::Pin,
        Amendment::Require,
        Amendment::Raise,
    ];

    /// Its key.
    pub fn key(self) -> char {
        match self {
            Amendment::Trust => 't',
            Amendment::Deny => 'd',
            Amendment::Except => 'e',
            Amendment::Pin => 'p',
            Amendment::Require => 'a',
            Amendment::Raise => 'r',
        }
    }

    /// The one of a key.
    pub fn of_key(key: char) -> Option<Self> {
        Amendment::ALL.into_iter().find(|one| one.key() == key)
    }

    /// What it does, in a few words.
    pub fn word(self) -> &'static str {
        match self {
            Amendment::Trust => "trust this signer",
            Amendment::Deny => "deny this signer",
            Amendment::Except => "except a control",
            Amendment::Pin => "pin this digest",
            Amendment::Require => "require an attestation",
            Amendment::Raise => "raise the level",
        }
    }

    /// What has to be typed for it: a label, and what it means.
    pub fn asks(self) -> Option<(&'static str, &'static str)> {
        match self {
            Amendment::Deny => Some((
                "bad since",
                "A time as 2026-11-27T00:00:00Z: what was signed before it, by a trusted \
                     time, still counts. Empty: nothing counts.",
            )),
            Amendment::Require => {
                Some(("predicate", "The type of the claim, or its id in docs/predicates.md."))
            }
            Amendment::Except => Some((
                "reason",
                "Why it may stay open for 90 days. The policy's owner answers for it; \
                 Esc before saving leaves the text to be edited.",
            )),
            Amendment::Pin => Some((
                "reason",
                "Why exactly these bytes may pass without the control for 90 days, whatever they are \
                 called. Any other bytes need it again.",
            )),
            Amendment::Trust | Amendment::Raise => None,
        }
    }
}

/// What it would be about, safe to show.
///
/// # Errors
/// Why it cannot be made, safe to show.
pub fn about(app: &App, one: Amendment) -> Result<String, String> {
    match one {
        Amendment::Trust => {
            let (_, verification, signer) = signer(app)?;
            let is_trusted = verification.outcome_of(Checked::Identity) == Outcome::Pass;
            if is_trusted {
                return Err("the policy trusts this signer for it already".to_owned());
            }
            Ok(signer.subject.screen())
        }
        Amendment::Deny => signer(app).map(|(_, _, signer)| signer.subject.screen()),
        Amendment::Except | Amendment::Pin => exception(app, one, "")
            .map(|new| format!("{} of {}", screen(new.excuses.as_str()), screen(&new.subject.as_written()))),
        Amendment::Require => Ok(String::new()),
        Amendment::Raise => {
            let stage = stage(app)?;
            Ok(format!("stage {}: L{} → L{}", screen(&stage.name), stage.min_level, stage.min_level + 1))
        }
    }
}

/// The text of the policy with it, given what was typed. What was edited and not saved stays in it.
///
/// # Errors
/// Why there is none, safe to show.
pub fn amended(app: &App, one: Amendment, typed: &str) -> Result<String, String> {
    let edit = edit_of(app, one, typed)?;
    let unsaved = app.editor.as_ref().filter(|editor| editor.is_edited()).map(|editor| editor.text.whole());
    let text = unsaved.or_else(|| app.view.as_ref().map(|view| view.policy_text.as_str()));
    let below = app.view.as_ref().and_then(|view| view.policy.below.as_deref());
    edited_on(text.unwrap_or_default(), below, &edit).map_err(|error| {
        let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
        screen(&format!("{error}{help}"))
    })
}

/// The edit of the policy that it is.
fn edit_of(app: &App, one: Amendment, typed: &str) -> Result<PolicyEdit, String> {
    about(app, one)?;
    let typed = typed.trim();
    Ok(match one {
        Amendment::Trust => {
            let (view, verification, signer) = signer(app)?;
            let model = app.subject().ok_or_else(no_model)?;
            let anchor = verification.anchor.as_ref().ok_or_else(unproven)?;
            let new = NewIdentity::observed(&view.policy, model.raw(), signer, &anchor.name);
            PolicyEdit::TrustIdentity(new)
        }
        Amendment::Deny => {
            let (_, _, signer) = signer(app)?;
            let after = match typed {
                "" => None,
                typed => Some(
                    typed
                        .parse::<Timestamp>()
                        .map_err(|_| format!("{} is no time: write 2026-11-27T00:00:00Z", screen(typed)))?,
                ),
            };
            PolicyEdit::DenyIdentity { subject: signer.subject.raw().to_owned(), after, reason: None }
        }
        Amendment::Except | Amendment::Pin => match typed {
            "" => return Err("an exception has a reason".to_owned()),
            typed => PolicyEdit::AddException(exception(app, one, typed)?),
        },
        Amendment::Require => {
            let last = typed.trim_end_matches('/').rsplit(['/', ':']).find(|part| part.len() > 3);
            let id: String = last
                .unwrap_or("claim")
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' })
                .collect();
            PolicyEdit::RequireAttestation { id, predicate: typed.to_owned(), role: None }
        }
        Amendment::Raise => {
            let stage = stage(app)?;
            PolicyEdit::RaiseFloor { stage: stage.name.clone(), min_level: stage.min_level + 1 }
        }
    })
}

/// An exception for the chosen control, or for the one that weighs most against the model: for its name, or for its
/// bytes.
fn exception(app: &App, one: Amendment, reason: &str) -> Result<Exception, String> {
    let view = app.view.as_deref().ok_or_else(no_model)?;
    let model = app.subject().ok_or_else(no_model)?;
    let (index, _) = view.model(&model).ok_or_else(no_model)?;
    let chosen = || app.controls().get(app.control).map(|(control, _)| control.id.to_string());
    let weightiest = || match view.judgement.cause(index).map(|reason| reason.code) {
        Some(ReasonCode::Control(id)) => Some(id.to_string()),
        _ => None,
    };
    let control = if app.screen == Screen::Maturity && !app.whole { chosen() } else { weightiest() };
    let control = control.ok_or("no control stands against it: choose one on the Maturity screen")?;
    let policy = &view.policy;
    let owner = policy.owner.clone().ok_or("the policy names no `owner` to answer for it")?;
    let is_known = |id: &String| policy.exceptions.iter().any(|one| one.id == *id);
    let id = (1..).map(|number: u32| format!("EX-{number}")).find(|id| !is_known(id)).unwrap_or_default();
    let expires = view.at.checked_add(jiff::Span::new().hours(24 * DAYS)).map_err(|_| "the time is odd")?;
    let root = view.verification(index).and_then(Verification::root_of_files);
    let subject = match one {
        Amendment::Pin => Subject::Root(root.ok_or("its files have no verified root digest")?),
        _ => Subject::Models(ModelPattern::new(model.raw())),
    };
    Ok(Exception {
        id,
        excuses: match policy.requirements.iter().any(|one| *one.id == *control) {
            true => Excused::Requirement(control),
            false => Excused::Control(control),
        },
        subject,
        stages: vec![view.stage.clone()],
        approved_by: policy.approved_by.first().unwrap_or(&owner).clone(),
        owner,
        reason: reason.to_owned(),
        compensating: Vec::new(),
        created: view.at,
        expires,
        warn_days: WARN_DAYS,
    })
}

fn stage(app: &App) -> Result<&Stage, String> {
    let view = app.view.as_deref().ok_or_else(no_model)?;
    let stage = view.policy.stage(&view.stage).ok_or("the policy has no such stage")?;
    match stage.min_level < MOST {
        true => Ok(stage),
        false => Err(format!("stage {} asks for level {MOST} already", screen(&stage.name))),
    }
}

/// The signer of the model, where the signature proves one.
fn signer(app: &App) -> Result<(&View, &Verification, &Identity), String> {
    let view = app.view.as_deref().ok_or_else(no_model)?;
    let (index, _) = app.subject().and_then(|id| view.model(&id)).ok_or_else(no_model)?;
    let verification = view.verification(index).ok_or("this model was never verified")?;
    let signer = verification.signer.as_ref().ok_or("its signature names no signer")?;
    // What nothing proves may be anybody's.
    match verification.signer_proven() && verification.anchor.is_some() {
        true => Ok((view, verification, signer)),
        false => Err(unproven()),
    }
}

fn no_model() -> String {
    "there is no model here".to_owned()
}

fn unproven() -> String {
    "no anchor of the policy proves its signer".to_owned()
}
