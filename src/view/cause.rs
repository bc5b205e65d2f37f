//! What stands in the way of a model first, as a code. It judges nothing: checks and reasons were found before.

use super::View;
use crate::decision::{Decision, ReasonCode};
use crate::maturity::Since;
use crate::policy::{Action, Class};
use crate::signing::CheckCode;

impl View {
    /// Whether the model has files but no signature.
    pub fn is_unsigned(&self, index: usize) -> bool {
        self.models.get(index).is_some_and(|model| model.location.is_some() && model.signature.is_none())
    }

    /// The code of what stands in the way of the model of an index first: the check that fails, or else the reason that
    /// weighs most at the stage. None where nothing does, and where nobody has looked yet.
    pub fn cause(&self, index: usize) -> Option<ReasonCode> {
        match self.since(index) {
            Since::Changed => return Some(ReasonCode::Changed),
            Since::Lost => return Some(ReasonCode::Evidence),
            Since::Same => {}
        }
        let verification = self.standing(index).map(|verified| &verified.verification);
        if let Some(check) = verification.and_then(|verification| verification.headline()) {
            return Some(ReasonCode::Check(check.code));
        }
        let standing = self.judgement.standing(index)?;
        if standing.decision == Decision::NotJudged {
            return None;
        }
        let reason = self.judgement.cause(index).filter(|reason| reason.action > Action::Open)?;
        let is_open = matches!(reason.class, Some(Class::Missing | Class::Unavailable));
        match (reason.code, verification) {
            // An unsigned model is known without verification, so this comes before anything that
            // verification finds.
            (_, None) if is_open && self.is_unsigned(index) => {
                Some(ReasonCode::Check(CheckCode::ParseAbsent))
            }
            // The judgement names checks by their stages.
            (ReasonCode::Check(code), Some(verification)) => {
                let found = verification.check(code.stage()).map_or(code, |check| check.code);
                Some(ReasonCode::Check(found))
            }
            (code, _) => Some(code),
        }
    }
}
