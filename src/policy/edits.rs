//! The common edits of a policy, each as a function from text to text that changes nothing else: comments, order and
//! line ends stay. It writes no file.

use super::document::{Policy, Publisher, Stage};
use super::edit::read_on;
use super::exception::{Exception, Excused, WARN_DAYS};
use super::names::{ROLES, word};
use super::rewrite::{Change, Named, inline};
use super::role::Role;
use super::text_pattern::TextPattern;
use crate::error::{Code, Error, Result};
use crate::signing::{AnchorKind, Identity};
use crate::tables::quote;
use jiff::Timestamp;
use toml_edit::{Array, Datetime, Value};

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyEdit {
    /// An identity as it was observed signs for a publisher.
    TrustIdentity(NewIdentity),
    /// Whoever has this subject, or this fingerprint of a key, is denied.
    DenyIdentity {
        /// The subject or fingerprint.
        subject: String,
        /// Signatures with a trusted time before this still count; none: no signature counts.
        after: Option<Timestamp>,
        /// Why.
        reason: Option<String>,
    },
    /// An open control does not count for a while.
    AddException(Exception),
    /// A claim that every model must have.
    RequireAttestation {
        /// The id of the requirement.
        id: String,
        /// The predicate: its URI, or its id in the registry.
        predicate: String,
        /// The role that the signer must have; none: any that the predicate takes.
        role: Option<Role>,
    },
    /// A stage asks for a higher level.
    RaiseFloor {
        /// The stage.
        stage: String,
        /// The level.
        min_level: u8,
    },
}

/// An identity for a publisher: of the publisher of this id, or of a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// The id of the publisher.
    pub publisher: String,
    /// Patterns of its models, for a new publisher.
    pub models: Vec<String>,
    /// The name of the anchor that proves the identity.
    pub anchor: String,
    /// The subject, as it was observed.
    pub subject: String,
    /// The issuer, as it was observed.
    pub issuer: Option<String>,
}

impl NewIdentity {
    /// The observed signer of a model, for the publisher that owns it, or for a new one of this model alone.
    pub fn observed(policy: &Policy, model: &str, signer: &Identity, anchor: &str) -> Self {
        let owner = policy.publisher_of(model);
        let models = if owner.is_some() { Vec::new() } else { vec![model.to_owned()] };
        NewIdentity {
            publisher: owner.map_or_else(|| new_id(policy, model), |owner| owner.id.clone()),
            models,
            anchor: anchor.to_owned(),
            subject: signer.subject.raw().to_owned(),
            issuer: signer.issuer.as_ref().map(|issuer| issuer.raw().to_owned()),
        }
    }

    fn changes(&self, policy: &Policy) -> Result<Vec<Change>> {
        let Some(publisher) = policy.publishers.iter().find(|one| one.id == self.publisher) else {
            return Ok(vec![Change::Add(
                "publisher",
                vec![
                    ("id", self.publisher.as_str().into()),
                    ("models", list(&self.models)),
                    ("trust", list([&self.anchor])),
                    ("identities", Value::Array([self.written()].into_iter().collect())),
                ],
            )]);
        };
        let named = || Named { kind: "publisher", key: "id", value: self.publisher.clone() };
        let mut changes = Vec::new();
        if !publisher.trust.contains(&self.anchor) {
            changes.push(Change::Push(named(), "trust", self.anchor.as_str().into()));
        }
        if publisher.identities.is_empty() {
            // Its keys are its signers. With a list of identities, those that are not in it would no longer be.
            let is_key =
                |anchor: &super::AnchorSource| anchor.name == self.anchor && anchor.kind == AnchorKind::Key;
            if !policy.trust.iter().any(is_key) {
                let what =
                    format!("publisher `{}` names no identities: all its keys sign for it", publisher.id);
                return Err(Error::new(Code::Config, what)
                    .help("list its keys under `identities` first, as `exact:FINGERPRINT`"));
            }
        } else if !self.is_in(publisher) {
            changes.push(Change::Push(named(), "identities", self.written()));
        }
        Ok(changes)
    }

    fn is_in(&self, publisher: &Publisher) -> bool {
        let subject = TextPattern::Exact(self.subject.clone());
        publisher.identities.iter().any(|one| one.subject == subject && one.issuer == self.issuer)
    }

    fn written(&self) -> Value {
        let issuer = self.issuer.iter().map(|issuer| ("issuer", issuer.as_str().into()));
        inline(issuer.chain([("subject", exact(&self.subject))]).collect())
    }
}

impl Exception {
    fn keys(&self) -> Vec<(&'static str, Value)> {
        let kind = match &self.excuses {
            Excused::Requirement(_) => "requirement",
            Excused::Control(_) | Excused::Ancestors => "control",
        };
        let mut keys: Vec<(&'static str, Value)> = vec![
            ("id", self.id.as_str().into()),
            (kind, self.excuses.as_str().into()),
            ("subject", self.subject.as_written().into()),
            ("stages", list(&self.stages)),
            ("owner", self.owner.as_str().into()),
            ("approved_by", self.approved_by.as_str().into()),
            ("reason", self.reason.as_str().into()),
        ];
        if !self.compensating.is_empty() {
            keys.push(("compensating", list(&self.compensating)));
        }
        keys.extend([("created", moment(self.created)), ("expires", moment(self.expires))]);
        if self.warn_days != WARN_DAYS {
            keys.push(("warn_days", i64::from(self.warn_days).into()));
        }
        keys
    }
}

impl PolicyEdit {
    /// On top of another policy, only what that one lets it say; a stage of that one is written anew.
    fn changes(&self, policy: &Policy, text: &str) -> Result<Vec<Change>> {
        if let (Some(below), PolicyEdit::TrustIdentity(_) | PolicyEdit::AddException(_)) =
            (&policy.below, self)
        {
            let what = "a policy that extends another one adds no publisher, identity or exception";
            return Err(Error::new(Code::Config, what)
                .help(format!("edit the policy `{}`, which it extends", quote(&below.name))));
        }
        Ok(match self {
            PolicyEdit::TrustIdentity(identity) => identity.changes(policy)?,
            PolicyEdit::DenyIdentity { subject, after, reason } => {
                let mut keys = vec![("subject", exact(subject))];
                keys.extend(after.map(|after| ("after", moment(after))));
                keys.extend(reason.as_ref().map(|reason| ("reason", reason.as_str().into())));
                vec![Change::Add("deny_identity", keys)]
            }
            PolicyEdit::AddException(exception) => vec![Change::Add("exception", exception.keys())],
            PolicyEdit::RequireAttestation { id, predicate, role } => {
                let mut keys = vec![("id", id.as_str().into()), ("predicate", predicate.as_str().into())];
                keys.extend(role.map(|role| ("from_role", word(&ROLES, role).into())));
                vec![Change::Add("require", keys)]
            }
            PolicyEdit::RaiseFloor { stage, min_level } => {
                let known = policy.stage(stage).ok_or_else(|| no_stage(policy, stage))?;
                if *min_level <= known.min_level {
                    let what = format!("the stage requires level {} already", known.min_level);
                    return Err(Error::new(Code::Usage, what)
                        .at(stage)
                        .help("name a higher level; to lower it, edit the policy by hand"));
                }
                let level = ("min_level", i64::from(*min_level).into());
                let named = Named { kind: "stage", key: "name", value: stage.clone() };
                // It may be a stage of the policy below, of which nothing stands in this text yet.
                match policy.below.is_some() && !named.is_in(text) {
                    true => vec![Change::Add("stage", vec![("name", stage.as_str().into()), level])],
                    false => vec![Change::Set(named, level.0, level.1)],
                }
            }
        })
    }
}

/// The text with this edit and no other.
///
/// # Errors
/// `E-CONFIG` when the policy is not valid before or after, or is written in a form that cannot be changed by itself;
/// `E-USAGE` for an edit that changes nothing, `E-NOT-FOUND` for a stage that there is not.
pub fn edited(text: &str, edit: &PolicyEdit) -> Result<String> {
    edited_on(text, None, edit)
}

/// The same of a text that stands on top of another policy, where there is one.
///
/// # Errors
/// As [`edited`]; `E-CONFIG` also for an edit that only the policy below can say.
pub fn edited_on(text: &str, below: Option<&Policy>, edit: &PolicyEdit) -> Result<String> {
    let changes = edit.changes(&read_on(text, below)?, text)?;
    if changes.is_empty() {
        return Err(Error::new(Code::Usage, "the policy says so already"));
    }
    let after = changes.iter().try_fold(text.to_owned(), |text, change| change.made(&text))?;
    read_on(&after, below)
        .map_err(|error| Error { what: format!("after this change {}", error.what), ..error })?;
    Ok(after)
}

fn no_stage(policy: &Policy, stage: &str) -> Error {
    let names: Vec<&str> = policy.stages.iter().map(|Stage { name, .. }| name.as_str()).collect();
    Error::new(Code::NotFound, "the policy has no such stage")
        .at(stage)
        .help(format!("stages are: {}", names.join(", ")))
}

/// An id for the publisher of a model: its owner's name, or what of it an id may have.
fn new_id(policy: &Policy, model: &str) -> String {
    const MOST: usize = 48;
    let owner = model.split('/').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let id: String = owner.chars().map(plain).take(MOST).collect();
    let id = if id.is_empty() { "publisher".to_owned() } else { id };
    let is_known = |id: &String| {
        policy.publishers.iter().any(|one| one.id == *id) || policy.attesters.iter().any(|one| one.id == *id)
    };
    let others = (2..).map(|number: u32| format!("{id}-{number}"));
    std::iter::once(id.clone()).chain(others).find(|id| !is_known(id)).unwrap_or(id)
}

fn exact(subject: &str) -> Value {
    format!("exact:{subject}").into()
}

fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::Array(items.into_iter().map(|item| item.as_ref().to_owned()).collect::<Array>())
}

fn moment(at: Timestamp) -> Value {
    let written = at.to_string();
    // Both write moments by RFC 3339.
    written.parse::<Datetime>().map_or_else(|_| written.into(), Value::from)
}
