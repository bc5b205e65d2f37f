//! The closed vocabularies of runbooks: each value with the word that a file writes for it. It reads nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($($(#[doc = $about:literal])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident $word:literal,)* })*) => {$(
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[doc = $doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// The words, each with its value.
            pub const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$variant)),*];

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }
    )*};
}

vocabulary! {
    /// When in an incident something is done.
    Phase {
        /// Before there is one.
        Prepare "prepare",
        /// While nobody knows yet.
        Detect "detect",
        /// What is it?
        Triage "triage",
        /// Stop it from spreading.
        Contain "contain",
        /// Remove its cause.
        Eradicate "eradicate",
        /// Bring back what was there.
        Recover "recover",
        /// What is to change?
        Learn "learn",
    }

    /// How a step is done.
    StepKind {
        /// By commands that look and change nothing outside the program.
        Auto "auto",
        /// By a person.
        Manual "manual",
        /// By a person who chooses how to go on.
        Decision "decision",
        /// By several people at the same time.
        Parallel "parallel",
        /// By telling somebody.
        Notify "notify",
    }

    /// How severe an incident is.
    Severity {
        /// It can wait.
        Low "low",
        /// It is handled in working hours.
        Medium "medium",
        /// It is handled at once.
        High "high",
        /// It is handled at once, with everybody it takes.
        Critical "critical",
    }

    /// What the last verification of a model came to.
    Integrity {
        /// Evidence contradicts.
        Contradicted "contradicted",
        /// There is no signature.
        Unsigned "unsigned",
        /// It was not verified, or that could not be finished.
        Unknown "unknown",
        /// It passed.
        Verified "verified",
    }

    /// What a CACAO 2.0 playbook is for.
    PlaybookType {
        /// `attack`
        Attack "attack",
        /// `detection`
        Detection "detection",
        /// `engagement`
        Engagement "engagement",
        /// `investigation`
        Investigation "investigation",
        /// `mitigation`
        Mitigation "mitigation",
        /// `notification`
        Notification "notification",
        /// `prevention`
        Prevention "prevention",
        /// `remediation`
        Remediation "remediation",
    }

    /// Where the retention of an evidence profile comes from.
    Basis {
        /// CoSAI's announcement of its AI Incident Response framework.
        Announcement "announcement",
        /// CoSAI's draft pattern beside the Artifact Integrity Maturity Model.
        Companion "companion",
        /// Chosen for this program: the framework says to decide retention at design time, and gives no number.
        Ours "ours",
        /// Chosen by whoever wrote the runbook.
        Own "own",
    }
}
