//! Whose the claims are, and what of them counts: a claim counts when it is about this model and its signer is
//! proven. What does not count is told; it neither proves nor contradicts, because anybody may append a line.

use super::claims::{Claim, read_claims};
use crate::error::{Code, Result};
use crate::signing::{
    Check, CheckCode, Identity, Outcome, Progress, RootDigest, Stage, Trust, Verification, VerifyOptions,
    verify_claim,
};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;

/// Whom a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// One of its subjects is this model's root digest.
    ThisModel,
    /// None of them is.
    AnotherModel,
    /// The root digest of the model is not known.
    Unknown,
}

impl About {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            About::ThisModel => "this model",
            About::AnotherModel => "another model",
            About::Unknown => "unknown model",
        }
    }
}

/// What the claims are judged by.
pub struct Judge<'a> {
    /// What is trusted.
    pub trust: &'a Trust,
    /// The time.
    pub options: &'a VerifyOptions,
    /// The model's root digest, computed from its files.
    pub root: Option<RootDigest>,
    /// What a policy has to say of each verification.
    pub policy: &'a (dyn Fn(&mut Verification) + Sync),
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
    /// When it was signed, if somebody who is trusted says so.
    pub signed_at: Option<jiff::Timestamp>,
}

impl Judged {
    /// Whether it is about this model and its signer is proven to be an expected one.
    pub fn counts(&self) -> bool {
        self.about == About::ThisModel && self.outcome == Outcome::Pass
    }
}

/// Judges each claim by itself.
///
/// # Errors
/// `E-CANCELLED`.
pub fn judge(claims: Vec<Claim>, by: &Judge<'_>, progress: &Progress) -> Result<Vec<Judged>> {
    claims
        .into_par_iter()
        .map(|claim| {
            progress.check()?;
            Ok(one(claim, by))
        })
        .collect()
}

fn one(claim: Claim, by: &Judge<'_>) -> Judged {
    let mut verification = verify_claim(&claim.bundle, by.trust, by.options);
    (by.policy)(&mut verification);
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
        .filter(|check| matches!(check.outcome, Outcome::Fail | Outcome::Missing | Outcome::Unknown))
        .map(|check| (if stranger(check) { Outcome::Partial } else { check.outcome }, check))
        .min_by_key(|(outcome, _)| outcome.rank());
    let (outcome, because) = worst.map_or((Outcome::Pass, None), |(outcome, check)| (outcome, Some(check)));
    let about = match &by.root {
        Some(root) if claim.is_about(root) => About::ThisModel,
        Some(_) => About::AnotherModel,
        None => About::Unknown,
    };
    Judged {
        about,
        outcome,
        because: because.cloned(),
        signer: verification.signer.filter(|_| proven),
        signed_at: verification.signed_at.filter(|_| proven).map(|(at, _)| at),
        claim,
    }
}

/// Lines of detail of the check; `claims list` shows all.
const SHOWN: usize = 50;

/// PREDICATES: which further claims lie in the file, what they claim, and which of them count. It never fails: a
/// claim that does not hold says nothing of the model.
///
/// # Errors
/// `E-CANCELLED`.
pub fn predicates_check(claims: Option<&Path>, by: &Judge<'_>, progress: &Progress) -> Result<Check> {
    let stage = Stage::Predicates;
    let Some(path) = claims else {
        return Ok(Check::prose(stage, stage.name(), Outcome::NotApplicable, "no further claims"));
    };
    let place = path.to_string_lossy().into_owned();
    let found = match read_claims(path) {
        Ok(found) => found,
        Err(error) if error.code == Code::Cancelled => return Err(error),
        Err(error) => {
            let summary = "the claims cannot be read";
            return Ok(Check::prose(stage, "PREDICATES-UNREADABLE", Outcome::Partial, summary)
                .found(error.what)
                .evidence(place)
                .remedy("look at the file; no claim is counted, and nothing else changes"));
        }
    };
    let mut judged = judge(found.claims, by, progress)?;
    // Many bad lines must not push the good ones out of sight.
    judged.sort_by_key(|judged| (!judged.counts(), judged.about != About::ThisModel, judged.claim.line));
    let lines = judged.len() + found.unknown.len();
    let counted = judged.iter().filter(|judged| judged.counts()).count();
    let tally = |about: About| judged.iter().filter(|judged| judged.about == about).count();
    let mut check = if counted == lines {
        let summary = match lines {
            0 => "no further claims".to_owned(),
            lines => format!("{lines} further claims about this model, all verified"),
        };
        let outcome = if lines == 0 { Outcome::NotApplicable } else { Outcome::Pass };
        Check::prose(stage, stage.name(), outcome, summary)
    } else {
        let summary = format!("{counted} of {lines} further claims count; the others are shown only");
        Check::prose(stage, "PREDICATES-NOT-COUNTED", Outcome::Partial, summary)
            .found(format!(
                "{} about this model, {counted} of them verified; {} about another, {} of which it is not known; \
                 {} lines that are no claims",
                tally(About::ThisModel),
                tally(About::AnotherModel),
                tally(About::Unknown),
                found.unknown.len()
            ))
            .remedy("`touchmark claims list` shows each line; what does not count changes nothing")
    };
    for judged in judged.iter().take(SHOWN) {
        check = check.detail(line_of(judged));
    }
    for unknown in found.unknown.iter().take(SHOWN.saturating_sub(judged.len())) {
        check = check.detail(format!("line {}: no claim: {}", unknown.line, unknown.fault));
    }
    if lines > SHOWN {
        check = check.detail(format!("and {} more lines", lines - SHOWN));
    }
    Ok(check.evidence(place))
}

fn line_of(judged: &Judged) -> String {
    let Judged { claim, about, because, .. } = judged;
    let verdict = match because {
        None => "verified".to_owned(),
        Some(check) => format!("{} {}", judged.outcome.word(), check.code),
    };
    let signer = match (&judged.signer, &claim.signer) {
        (Some(signer), _) => format!(", by {}", signer.subject.raw()),
        (None, Some(claimed)) => format!(", by {} as it says", claimed.subject.raw()),
        (None, None) => String::new(),
    };
    format!("line {}: {}, about {}: {verdict}{signer}", claim.line, claim.predicate_type.raw(), about.words())
}
