//! A check is one step of a verification: which code, what became of it, and the facts that it rests on. It holds no
//! words: they are made from these facts, in one place (`words`).

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes::CheckCode;
use super::identity::NameDifference;
use super::outcome::Outcome;
use super::stage::Stage;
use super::why::{Prose, Why};

/// One step of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Where it stands in the order.
    pub stage: Stage,
    /// A stable code below the stage, for example `FILES-CHANGED`; only the stage's name when it passes.
    pub code: CheckCode,
    /// What became of it.
    pub outcome: Outcome,
    /// The facts.
    #[serde(default, skip_serializing_if = "Why::is_nothing")]
    pub why: Why,
}

impl Check {
    /// A check by its code.
    pub fn new(code: CheckCode, outcome: Outcome, why: impl Into<Why>) -> Self {
        Check { stage: code.stage(), code, outcome, why: why.into() }
    }

    /// A check with a plain code: the stage passed, does not apply, or was not checked.
    pub fn plain(stage: Stage, outcome: Outcome, why: impl Into<Why>) -> Self {
        Check { stage, code: CheckCode::of(stage), outcome, why: why.into() }
    }

    /// A pass.
    pub fn pass(stage: Stage, why: impl Into<Why>) -> Self {
        Check::plain(stage, Outcome::Pass, why)
    }

    /// One that was not, or could not be, checked.
    pub fn unknown(stage: Stage, why: impl Into<Why>) -> Self {
        Check::plain(stage, Outcome::Unknown, why)
    }
}

/// The way from words to facts: what still makes words where it makes a check.
impl Check {
    #[doc(hidden)]
    pub fn prose(stage: Stage, code: &str, outcome: Outcome, summary: impl Into<String>) -> Self {
        let code = CheckCode::parse(code).unwrap_or(CheckCode::of(stage));
        let prose = Prose { summary: summary.into(), ..Prose::default() };
        Check { stage, code, outcome, why: Why::Prose(Box::new(prose)) }
    }

    #[doc(hidden)]
    pub fn prose_pass(stage: Stage, summary: impl Into<String>) -> Self {
        Check::prose(stage, stage.name(), Outcome::Pass, summary)
    }

    #[doc(hidden)]
    pub fn prose_mut(&mut self) -> &mut Prose {
        if !matches!(self.why, Why::Prose(_)) {
            self.why = Why::Prose(Box::default());
        }
        match &mut self.why {
            Why::Prose(prose) => prose,
            _ => unreachable!(),
        }
    }

    #[doc(hidden)]
    pub fn expected(mut self, text: impl Into<Untrusted>) -> Self {
        self.prose_mut().expected = Some(text.into());
        self
    }

    #[doc(hidden)]
    pub fn found(mut self, text: impl Into<Untrusted>) -> Self {
        self.prose_mut().found = Some(text.into());
        self
    }

    #[doc(hidden)]
    pub fn evidence(mut self, text: impl Into<Untrusted>) -> Self {
        self.prose_mut().evidence = Some(text.into());
        self
    }

    #[doc(hidden)]
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.prose_mut().remedy = Some(text.into());
        self
    }

    #[doc(hidden)]
    pub fn differing(mut self, difference: NameDifference) -> Self {
        let prose = self.prose_mut();
        prose.details.extend(difference.line());
        prose.difference = Some(difference);
        self
    }

    #[doc(hidden)]
    pub fn detail(mut self, text: impl Into<Untrusted>) -> Self {
        self.prose_mut().details.push(text.into());
        self
    }
}
