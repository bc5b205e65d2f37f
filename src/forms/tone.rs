//! What something says at a glance. Forms with colours show it.

use crate::decision::Decision;
use crate::signing::Outcome;

/// What a cell says at a glance; forms with colours show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// To be looked at.
    Warn,
    /// Evidence contradicts, or it is refused.
    Bad,
    /// Not known.
    Unknown,
    /// Beside the point.
    Dim,
}

impl From<Outcome> for Tone {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Tone::Good,
            Outcome::Partial => Tone::Warn,
            Outcome::Fail => Tone::Bad,
            Outcome::Missing | Outcome::Unknown => Tone::Unknown,
            Outcome::NotApplicable => Tone::Dim,
        }
    }
}

impl From<Decision> for Tone {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Admit => Tone::Good,
            Decision::Warn => Tone::Warn,
            Decision::Refuse => Tone::Bad,
            Decision::NotJudged => Tone::Dim,
        }
    }
}

impl Tone {
    /// What fills a bar in text.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Tone::Plain | Tone::Good => "█",
            Tone::Warn => "▒",
            Tone::Bad => "╳",
            Tone::Unknown => "░",
            Tone::Dim => "·",
        }
    }
}
