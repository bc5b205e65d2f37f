//! What was found, and where. It knows no rule by name.

use super::rules::{Needs, RULES, Rule, Weight};
use crate::tables::Place;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The line, from 1; none where it is about the whole file.
    pub line: Option<usize>,
    /// What was found; safe to show.
    pub what: String,
}

/// The findings of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// In the order of their lines.
    pub findings: Vec<Finding>,
    /// The rules that were not examined, because they need more of an inventory than there was.
    pub not_examined: Vec<&'static Rule>,
}

impl Lint {
    /// How many findings have a weight.
    pub fn count(&self, weight: Weight) -> usize {
        self.findings.iter().filter(|finding| finding.rule.weight == weight).count()
    }

    /// Whether nothing weighs more than a note.
    pub fn is_clean(&self) -> bool {
        self.count(Weight::Error) + self.count(Weight::Warning) == 0
    }
}

/// Collects findings.
pub(super) struct Findings {
    /// Where each line of the policy ends: a place is looked up in them, because there may be thousands of findings.
    ends: Vec<usize>,
    all: Vec<Finding>,
}

impl Findings {
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at);
        Findings { ends: ends.collect(), all: Vec::new() }
    }

    pub fn add(&mut self, rule: &'static Rule, at: Option<Place>, what: impl Into<String>) {
        let line = at.map(|at| 1 + self.ends.partition_point(|end| *end < at.start));
        self.all.push(Finding { rule, line, what: what.into() });
    }

    pub fn sorted(mut self, has: Needs) -> Lint {
        self.all.sort_by(|one, other| (one.line, one.rule.code).cmp(&(other.line, other.rule.code)));
        self.all.dedup();
        let not_examined = RULES.iter().copied().filter(|rule| rule.needs > has);
        Lint { not_examined: not_examined.collect(), findings: self.all }
    }
}
