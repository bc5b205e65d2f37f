//! Whose the claims are, and what of them counts: a claim counts when it is about this model and its signer is
//! proven. What does not count is told; it neither proves nor contradicts, because anybody may append a line.

use super::claimed::{Claimed, Validity};
use super::claims::{Claim, ClaimFile, UnknownLine, claims_in};
use super::kind::PredicateKind;
use super::registry::Registry;
use super::said::Said;
use crate::error::Result;
use crate::signing::{
    About, AnchorUse, Check, CheckCode, ClaimRow, ClaimsFault, Identity, Outcome, PredicatesWhy, Progress,
    RootDigest, Stage, Trust, Verification, VerifyOptions, verify_claim,
};
use rayon::prelude::*;

/// What the claims are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// What is trusted.
    pub trust: &'a Trust,
    /// The time.
    pub options: &'a VerifyOptions,
    /// The model's root digest, computed from its files.
    pub root: Option<RootDigest>,
}

/// The further claims of a model, as they were read.
#[derive(Debug, Clone, Copy)]
pub enum Claims<'a> {
    /// There is no file of them.
    Absent,
    /// There is one, and it could not be read.
    Unreadable(ClaimsFault),
    /// Its bytes.
    Bytes(&'a [u8]),
}

/// A claim, and what became of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The claim.
    pub claim: Claim,
    /// Whom it is about.
    pub about: About,
    /// Pass: the signer is proven and is who was expected. Partial: proven, but somebody else.
    pub outcome: Outcome,
    /// What kept it from passing.
    pub because: Option<Check>,
    /// The signer; none unless proven.
    pub signer: Option<Identity>,
    /// The anchor that answered for the signer; none unless proven.
    pub anchor: Option<AnchorUse>,
    /// When it was signed, if somebody who is trusted says so.
    pub signed_at: Option<jiff::Timestamp>,
    /// What kind of predicate it is, where the registry knows it.
    pub kind: Option<PredicateKind>,
    /// Whether the predicate is as its schema wants it.
    pub validity: Validity,
    /// What it says.
    pub said: Said,
}

impl Judged {
    /// Whether it is about this model, as its schema wants it, and its signer is proven to be an expected one.
    pub fn counts(&self) -> bool {
        self.about == About::ThisModel && self.outcome == Outcome::Pass && self.validity == Validity::Valid
    }

    /// The same without its bytes.
    pub fn claimed(self) -> Claimed {
        Claimed {
            digest: self.claim.bundle.digest,
            line: self.claim.line,
            predicate_type: self.claim.predicate_type,
            kind: self.kind,
            validity: self.validity,
            about: self.about,
            outcome: self.outcome,
            because: self.because.map(|check| check.code),
            signer: self.signer,
            signed_at: self.signed_at,
            said: self.said,
        }
    }
}

impl Judge<'_> {
    /// Verifies the signature of one claim.
    pub fn verify(&self, claim: &Claim) -> Verification {
        verify_claim(&claim.bundle, self.trust, self.options)
    }

    /// What a claim comes to, from its verification, with what a policy says of that.
    pub fn weigh(&self, claim: Claim, verification: Verification) -> Judged {
        let proven = verification.signer_proven();
        // A proven stranger is no forger; one that the policy denies is refused.
        let stranger = |check: &Check| {
            proven
                && check.stage == Stage::Identity
                && matches!(check.outcome, Outcome::Fail | Outcome::Missing)
                && check.code != CheckCode::IdentityDenied
        };
        let worst = verification
            .checks
            .iter()
            .filter(|check| check.stage < Stage::Files)
            .filter(|check| check.outcome.is_open())
            .map(|check| (if stranger(check) { Outcome::Partial } else { check.outcome }, check))
            .min_by_key(|(outcome, _)| outcome.rank());
        let (outcome, because) =
            worst.map_or((Outcome::Pass, None), |(outcome, check)| (outcome, Some(check)));
        let about = match &self.root {
            Some(root) if claim.is_about(root) => About::ThisModel,
            Some(_) => About::AnotherModel,
            None => About::Unknown,
        };
        let predicate =
            claim.statement().ok().and_then(|mut statement| Some(statement.get_mut("predicate")?.take()));
        let (kind, validity, said) =
            Registry::bundled().read(claim.predicate_type.raw(), &predicate.unwrap_or_default());
        Judged {
            kind,
            validity,
            said,
            anchor: verification.anchor.filter(|_| proven),
            about,
            outcome,
            because: because.cloned(),
            signer: verification.signer.filter(|_| proven),
            signed_at: verification.signed_at.filter(|_| proven).map(|(at, _)| at),
            claim,
        }
    }
}

/// Judges each claim by itself, by what is trusted alone.
///
/// # Errors
/// `E-CANCELLED`.
pub fn judge(claims: Vec<Claim>, by: &Judge<'_>, progress: &Progress) -> Result<Vec<Judged>> {
    judge_each(claims, progress, |claim| {
        let verification = by.verify(&claim);
        by.weigh(claim, verification)
    })
}

/// The same, with somebody's own way to judge one; what comes out stands in the order of the claims.
///
/// # Errors
/// `E-CANCELLED`.
pub fn judge_each(
    claims: Vec<Claim>,
    progress: &Progress,
    one: impl Fn(Claim) -> Judged + Sync + Send,
) -> Result<Vec<Judged>> {
    claims
        .into_par_iter()
        .map(|claim| {
            progress.check()?;
            Ok(one(claim))
        })
        .collect()
}

/// PREDICATES by what is trusted alone: which further claims there are, what they claim, and which of them count.
///
/// # Errors
/// `E-CANCELLED`.
pub fn predicates_check(claims: Claims<'_>, by: &Judge<'_>, progress: &Progress) -> Result<Check> {
    Ok(predicates_by(claims, |claims| judge(claims, by, progress))?.0)
}

/// PREDICATES, with somebody's own way to judge the claims. It never fails: a claim that does not hold says nothing of
/// the model. With it what became of each, in no order.
///
/// # Errors
/// Those of `judge`.
pub fn predicates_by(
    claims: Claims<'_>,
    judge: impl FnOnce(Vec<Claim>) -> Result<Vec<Judged>>,
) -> Result<(Check, Vec<Judged>)> {
    let unreadable = |fault| {
        Check::new(CheckCode::PredicatesUnreadable, Outcome::Partial, PredicatesWhy::Unreadable(fault))
    };
    let bytes = match claims {
        Claims::Absent => {
            let check = Check::plain(Stage::Predicates, Outcome::NotApplicable, PredicatesWhy::None);
            return Ok((check, Vec::new()));
        }
        Claims::Unreadable(fault) => return Ok((unreadable(fault), Vec::new())),
        Claims::Bytes(bytes) => bytes,
    };
    match claims_in(bytes) {
        Err(fault) => Ok((unreadable(fault), Vec::new())),
        Ok(ClaimFile { claims, unknown }) => {
            let mut judged = judge(claims)?;
            let check = check(&mut judged, &unknown);
            Ok((check, judged))
        }
    }
}

/// Lines of detail of the check; `claims list` shows all.
const SHOWN: usize = 50;

fn check(judged: &mut [Judged], unknown: &[UnknownLine]) -> Check {
    // Many bad lines must not push the good ones out of sight.
    judged.sort_by_key(|judged| (!judged.counts(), judged.about != About::ThisModel, judged.claim.line));
    let tally = |about: About| wide(judged.iter().filter(|judged| judged.about == about).count());
    let (lines, counted) =
        (judged.len() + unknown.len(), judged.iter().filter(|judged| judged.counts()).count());
    let rows = judged.iter().map(row).chain(
        unknown.iter().map(|unknown| ClaimRow::NotAClaim { line: wide(unknown.line), fault: unknown.kind }),
    );
    let why = PredicatesWhy::Judged {
        counted: wide(counted),
        about_this: tally(About::ThisModel),
        about_another: tally(About::AnotherModel),
        about_unknown: tally(About::Unknown),
        not_claims: wide(unknown.len()),
        first: rows.take(SHOWN).collect(),
    };
    match (counted, lines) {
        (_, 0) => Check::plain(Stage::Predicates, Outcome::NotApplicable, PredicatesWhy::None),
        (counted, lines) if counted == lines => Check::pass(Stage::Predicates, why),
        _ => Check::new(CheckCode::PredicatesNotCounted, Outcome::Partial, why),
    }
}

fn wide(many: usize) -> u64 {
    u64::try_from(many).unwrap_or(u64::MAX)
}

fn row(judged: &Judged) -> ClaimRow {
    let claim = &judged.claim;
    ClaimRow::Claim {
        line: wide(claim.line),
        predicate_type: claim.predicate_type.clone(),
        about: judged.about,
        outcome: judged.outcome,
        because: judged.because.as_ref().map(|check| check.code),
        signer: judged.signer.as_ref().or(claim.signer.as_ref()).map(|signer| signer.subject.clone()),
        proven: judged.signer.is_some(),
    }
}
