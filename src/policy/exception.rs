//! Exceptions: for some models and stages, until a time, the lack of one piece of evidence does not decide. They excuse
//! no contradiction.

use super::patterns::ModelPattern;
use crate::inventory::folded;
use crate::signing::RootDigest;
use jiff::{SignedDuration, Timestamp};

/// The word for the level of a model's ancestors.
pub(super) const ANCESTORS: &str = "CAP";
pub(super) const DIGEST: &str = "sha256:";
/// So many days before its end an exception is reported where nothing is said.
pub const WARN_DAYS: u32 = 30;

/// One `[[exception]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its id.
    pub id: String,
    /// What may be missing.
    pub excuses: Excused,
    /// The models.
    pub subject: Subject,
    /// The stages, a set.
    pub stages: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// Why.
    pub reason: String,
    /// What is done instead.
    pub compensating: Vec<String>,
    /// It begins.
    pub created: Timestamp,
    /// It ends.
    pub expires: Timestamp,
    /// So many days before its end it is reported.
    pub warn_days: u32,
}

/// What may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excused {
    /// A control, by its id.
    Control(String),
    /// A requirement, by its id.
    Requirement(String),
    /// The level that ancestors leave.
    Ancestors,
}

impl Excused {
    /// As the policy writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Excused::Control(id) | Excused::Requirement(id) => id,
            Excused::Ancestors => ANCESTORS,
        }
    }
}

/// The models of an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// By their ids.
    Models(ModelPattern),
    /// The one of this root digest.
    Root(RootDigest),
}

impl Subject {
    /// As the policy writes it.
    pub fn as_written(&self) -> String {
        match self {
            Subject::Models(pattern) => pattern.as_str().to_owned(),
            Subject::Root(digest) => format!("{DIGEST}{digest}"),
        }
    }

    /// Whether a model is one of them.
    pub fn matches(&self, id: &str, root: Option<&RootDigest>) -> bool {
        match self {
            Subject::Models(pattern) => pattern.matches(&folded(id)),
            Subject::Root(digest) => root == Some(digest),
        }
    }
}

/// Where an exception is in its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// It has not begun.
    Ahead,
    /// It is in force.
    Running,
    /// It is in force and ends soon.
    EndsSoon,
    /// It has ended.
    Ended,
}

impl Exception {
    /// Where it is in its time.
    pub fn term(&self, now: Timestamp) -> Term {
        let notice = SignedDuration::from_hours(24 * i64::from(self.warn_days));
        if now >= self.expires {
            Term::Ended
        } else if now < self.created {
            Term::Ahead
        } else if self.expires.duration_since(now) <= notice {
            Term::EndsSoon
        } else {
            Term::Running
        }
    }

    /// When its place in its time changes: it begins, ends soon, ends.
    pub fn moments(&self) -> [Option<Timestamp>; 3] {
        let notice = SignedDuration::from_hours(24 * i64::from(self.warn_days));
        [Some(self.created), self.expires.checked_sub(notice).ok(), Some(self.expires)]
    }

    /// Whether it is in force at a stage.
    pub fn holds(&self, stage: &str, now: Timestamp) -> bool {
        matches!(self.term(now), Term::Running | Term::EndsSoon) && self.stages.iter().any(|one| one == stage)
    }
}
