//! The basis for judging a model: a current verification, and the claims that were read with it. Without them
//! the result is unknown.

use super::evidence::{Evidence, Since, Testimony};
use super::fact::{ControlFact, Remedy};
use super::finding::Finding;
use crate::attest::PredicateKind;
use crate::signing::{Outcome, Stage, Verification};

/// Whether there is a verification to read.
pub(super) enum Sight<'a> {
    /// There is no signature.
    Unsigned,
    /// There is one, but it was not verified.
    NotLooked,
    /// It was verified, and that does not hold any more.
    Outdated(Since),
    /// It was verified.
    Looked(&'a Verification),
}

pub(super) fn sight<'a>(evidence: &Evidence<'a>) -> Sight<'a> {
    match evidence.verification {
        _ if !evidence.since.is_same() => Sight::Outdated(evidence.since),
        // A model that only documents name has nothing to examine.
        None if evidence.model.signature.is_none() && evidence.model.location.is_some() => Sight::Unsigned,
        None => Sight::NotLooked,
        Some(v) if v.outcome_of(Stage::Parse) == Outcome::Missing => Sight::Unsigned,
        Some(v) => Sight::Looked(v),
    }
}

/// Whether a model was not examined yet although it has a signature, or has nothing but documents.
pub fn nobody_looked(evidence: &Evidence<'_>) -> bool {
    matches!(sight(evidence), Sight::NotLooked)
}

/// Judges by a verification; without a signature the control is missing, without a verification unknown.
pub(super) fn by_verification(
    evidence: &Evidence<'_>,
    judge: impl FnOnce(&Verification) -> Finding,
) -> Finding {
    match sight(evidence) {
        Sight::Unsigned => unsigned(),
        Sight::NotLooked => not_looked(),
        Sight::Outdated(since) => outdated(since),
        Sight::Looked(verification) => judge(verification),
    }
}

pub(super) fn unsigned() -> Finding {
    Finding::missing(ControlFact::Unsigned).remedy(Remedy::SignModel)
}

pub(super) fn not_looked() -> Finding {
    Finding::unknown(ControlFact::NotVerified).remedy(Remedy::Verify)
}

pub(super) fn outdated(since: Since) -> Finding {
    let fact = match since {
        Since::Lost => ControlFact::EvidenceLost,
        Since::Same | Since::Changed => ControlFact::ChangedSince,
    };
    Finding::unknown(fact).remedy(Remedy::VerifyAgain)
}

/// What a control comes to where what it asks for is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// It was searched for, but not found.
    Missing,
    /// The rubric does not require it, so there is nothing to judge.
    Unknown,
}

impl Lack {
    pub fn of(self, fact: impl Into<ControlFact>) -> Finding {
        match self {
            Lack::Missing => Finding::missing(fact.into()),
            Lack::Unknown => Finding::unknown(fact.into()),
        }
    }
}

/// Judges by the claims, once they were read: a claim is about a root digest, so that nothing can be claimed of what is
/// not signed, or not as it was signed.
pub(super) fn by_claims(evidence: &Evidence<'_>, lack: Lack, judge: impl FnOnce() -> Finding) -> Finding {
    match sight(evidence) {
        Sight::Unsigned => lack.of(ControlFact::Unsigned).remedy(Remedy::SignModel),
        Sight::NotLooked => not_looked(),
        Sight::Outdated(since) => outdated(since),
        Sight::Looked(v) if v.root_of_files().is_none() => {
            Finding::unknown(ControlFact::NoRootDigest).remedy(Remedy::FixOthers)
        }
        Sight::Looked(_) => judge(),
    }
}

/// What documents alone do not establish may be in unread claims.
pub(super) fn unless_unread(evidence: &Evidence<'_>, finding: Finding) -> Finding {
    let is_open = matches!(finding.outcome, Outcome::Missing | Outcome::Partial);
    match sight(evidence) {
        Sight::NotLooked if is_open => not_looked(),
        Sight::Outdated(since) if is_open => outdated(since),
        _ => finding,
    }
}

/// The claims of a kind that count.
pub(super) fn counted<'a>(
    evidence: &Evidence<'a>,
    kind: PredicateKind,
) -> impl Iterator<Item = &'a Testimony> + use<'a> {
    let of_kind =
        move |testimony: &&Testimony| testimony.claimed.kind == Some(kind) && testimony.claimed.counts();
    evidence.testimonies.iter().filter(of_kind)
}
