//! What a control comes to, before the rubric's own words are put to it.

use crate::inventory::Basis;
use crate::signing::Outcome;
use crate::text::Untrusted;

/// What one control came to.
pub(super) struct Finding {
    pub outcome: Outcome,
    pub basis: Option<Basis>,
    pub found: Untrusted,
    /// Better advice than the rubric's, where there is some.
    pub remedy: Option<String>,
}

impl Finding {
    pub fn unknown(found: impl Into<Untrusted>) -> Self {
        Finding { outcome: Outcome::Unknown, basis: None, found: found.into(), remedy: None }
    }

    pub fn missing(found: impl Into<Untrusted>) -> Self {
        Finding { outcome: Outcome::Missing, basis: None, found: found.into(), remedy: None }
    }

    pub fn not_applicable(found: impl Into<Untrusted>) -> Self {
        Finding { outcome: Outcome::NotApplicable, basis: None, found: found.into(), remedy: None }
    }

    pub fn observed(outcome: Outcome, found: impl Into<Untrusted>) -> Self {
        Finding { outcome, basis: Some(Basis::Observed), found: found.into(), remedy: None }
    }

    pub fn remedy(mut self, remedy: &str) -> Self {
        self.remedy = Some(remedy.to_owned());
        self
    }
}
