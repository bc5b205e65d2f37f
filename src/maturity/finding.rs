//! What a control comes to, before it is put to the control of a rubric.

use super::fact::{ControlFact, Remedy};
use crate::inventory::Basis;
use crate::signing::Outcome;

/// What one control came to.
pub(super) struct Finding {
    pub outcome: Outcome,
    pub basis: Option<Basis>,
    pub fact: ControlFact,
    /// None where nothing has to be done.
    pub remedy: Option<Remedy>,
}

impl Finding {
    fn new(outcome: Outcome, basis: Option<Basis>, fact: ControlFact) -> Self {
        let done = matches!(outcome, Outcome::Pass | Outcome::NotApplicable);
        Finding { outcome, basis, fact, remedy: (!done).then_some(Remedy::OfRubric) }
    }

    pub fn of(outcome: Outcome, basis: Basis, fact: impl Into<ControlFact>) -> Self {
        Finding::new(outcome, Some(basis), fact.into())
    }

    pub fn unknown(fact: ControlFact) -> Self {
        Finding::new(Outcome::Unknown, None, fact)
    }

    pub fn missing(fact: ControlFact) -> Self {
        Finding::new(Outcome::Missing, None, fact)
    }

    pub fn not_applicable(fact: ControlFact) -> Self {
        Finding::new(Outcome::NotApplicable, None, fact)
    }

    pub fn observed(outcome: Outcome, fact: ControlFact) -> Self {
        Finding::new(outcome, Some(Basis::Observed), fact)
    }

    pub fn declared(outcome: Outcome, fact: ControlFact) -> Self {
        Finding::new(outcome, Some(Basis::Declared), fact)
    }

    pub fn contradicted(fact: ControlFact) -> Self {
        Finding::new(Outcome::Fail, Some(Basis::Contradicted), fact)
    }

    /// Better advice than the rubric's, where anything has to be done.
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = self.remedy.map(|_| remedy);
        self
    }
}
