//! Whose the claims are, and what of them counts: a claim counts when it is about this model and its signer is
//! proven. What does not count is told; it neither proves nor contradicts, because anybody may append a line.

use super::claimed::{Claimed, Cosigner, JoinedBy, Validity};
use super::claims::{Claim, ClaimFile, UnknownLine, claims_in};
use super::kind::PredicateKind;
use super::registry::Registry;
use super::said::{NamedDigest, Said};
use crate::error::Result;
use crate::signing::{
    About, AnchorUse, Check, CheckCode, ClaimRow, ClaimsFault, Identity, Outcome, PredicatesWhy, Progress,
    RootDigest, Stage, Trust, Unread, Verification, VerifyOptions, verify_claim,
};
use crate::text::Untrusted;
use rayon::prelude::*;
use serde_json::Value;

/// What the claims are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// What is trusted.
    pub trust: &'a Trust,
    /// The time.
    pub options: &'a VerifyOptions,
    /// The model's root digest, computed from its files.
    pub root: Option<RootDigest>,
    /// Other digests of its bytes, each of its own domain.
    pub aliases: &'a [NamedDigest],
}

/// One of the files that hold claims.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// Its name below the model; none for the file of claims.
    pub file: Option<&'a Untrusted>,
    /// What is in it.
    pub claims: Claims<'a>,
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
    /// By what it is about this model.
    pub joined: Option<JoinedBy>,
    /// Pass: the signer is proven and expected. Partial: proven, but a different signer.
    pub outcome: Outcome,
    /// What kept it from passing.
    pub because: Option<Check>,
    /// The signer; none unless proven.
    pub signer: Option<Identity>,
    /// The anchor that answered for the signer; none unless proven.
    pub anchor: Option<AnchorUse>,
    /// The trusted signing time, if any.
    pub signed_at: Option<jiff::Timestamp>,
    /// The other signatures of an envelope that has several, whose signers are proven; each signer once.
    pub cosigners: Vec<Weighed>,
    /// What kind of predicate it is, where the registry knows it.
    pub kind: Option<PredicateKind>,
    /// Whether the predicate matches its schema.
    pub validity: Validity,
    /// Its content.
    pub said: Said,
}

impl Judged {
    /// Whether it is about this model, matches its schema, and its signer is proven and expected.
    pub fn counts(&self) -> bool {
        self.about == About::ThisModel && self.outcome == Outcome::Pass && self.validity == Validity::Valid
    }

    /// Its content, by the registry's labels; empty if the predicate is unknown.
    pub fn says(&self) -> Vec<(&'static str, Untrusted)> {
        let Some(known) = Registry::bundled().of(self.claim.predicate_type.raw()) else { return Vec::new() };
        predicate(&self.claim).map(|predicate| known.shown(&predicate)).unwrap_or_default()
    }

    /// The same without its bytes.
    pub fn claimed(self) -> Claimed {
        let cosigner = |one: Weighed| {
            Some(Cosigner { signer: one.signer?, outcome: one.outcome, signed_at: one.signed_at })
        };
        Claimed {
            file: self.claim.file,
            digest: self.claim.bundle.digest,
            line: self.claim.line,
            predicate_type: self.claim.predicate_type,
            kind: self.kind,
            validity: self.validity,
            about: self.about,
            joined: self.joined,
            outcome: self.outcome,
            because: self.because.map(|check| check.code),
            signer: self.signer,
            signed_at: self.signed_at,
            cosigners: self.cosigners.into_iter().filter_map(cosigner).collect(),
            said: self.said,
        }
    }

    /// Who signed and is proven, with the anchor and the time: of an envelope with several signatures, each. Whom the
    /// policy denies is none of them.
    pub fn signers(&self) -> impl Iterator<Item = (&Identity, &AnchorUse, Option<jiff::Timestamp>)> {
        let is_heard = |outcome: Outcome| matches!(outcome, Outcome::Pass | Outcome::Partial);
        let own = is_heard(self.outcome).then_some((&self.signer, &self.anchor, self.signed_at));
        let others = self.cosigners.iter().filter(move |one| is_heard(one.outcome));
        let others = others.map(|one| (&one.signer, &one.anchor, one.signed_at));
        own.into_iter()
            .chain(others)
            .filter_map(|(signer, anchor, at)| Some((signer.as_ref()?, anchor.as_ref()?, at)))
    }
}

/// What one signature comes to.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// Pass: the signer is proven and expected. Partial: proven, but a different signer.
    pub outcome: Outcome,
    /// What kept it from passing.
    pub because: Option<Check>,
    /// The signer; none unless proven.
    pub signer: Option<Identity>,
    /// The anchor that answered for the signer; none unless proven.
    pub anchor: Option<AnchorUse>,
    /// The trusted signing time, if any.
    pub signed_at: Option<jiff::Timestamp>,
}

impl Weighed {
    fn of(verification: Verification) -> Self {
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
            worst.map_or((Outcome::Pass, None), |(outcome, check)| (outcome, Some(check.clone())));
        Weighed {
            outcome,
            because,
            signer: verification.signer.filter(|_| proven),
            anchor: verification.anchor.filter(|_| proven),
            signed_at: verification.signed_at.filter(|_| proven).map(|(at, _)| at),
        }
    }

    /// What says most of the signer first.
    fn standing(&self) -> (bool, bool) {
        (self.outcome != Outcome::Pass, self.signer.is_none())
    }
}

impl Judge<'_> {
    /// Verifies each signature of one claim; most have one.
    pub fn verify(&self, claim: &Claim) -> Vec<Verification> {
        let bundles = std::iter::once(&claim.bundle).chain(&claim.cosigned);
        bundles.map(|bundle| verify_claim(bundle, self.trust, self.options)).collect()
    }

    /// What a claim comes to, from the verifications of its signatures, with what a policy says of those. Of several
    /// signatures the one that proves most is the claim's; one that proves nothing takes nothing away.
    pub fn weigh(&self, claim: Claim, verifications: Vec<Verification>) -> Judged {
        let mut signatures: Vec<Weighed> = verifications.into_iter().map(Weighed::of).collect();
        signatures.sort_by_key(Weighed::standing);
        let mut signatures = signatures.into_iter();
        let main = signatures.next().unwrap_or(Weighed {
            outcome: Outcome::Unknown,
            because: None,
            signer: None,
            anchor: None,
            signed_at: None,
        });
        // Who signs twice is one signer.
        let mut cosigners: Vec<Weighed> = Vec::new();
        for one in signatures.filter(|one| one.signer.is_some()) {
            if one.signer != main.signer && cosigners.iter().all(|known| known.signer != one.signer) {
                cosigners.push(one);
            }
        }
        let by_root = self.root.as_ref().is_some_and(|root| claim.is_about(root));
        let by_alias = || claim.digests().any(|digest| self.aliases.contains(&digest));
        let joined = match by_root {
            true => Some(JoinedBy::Root),
            false => by_alias().then_some(JoinedBy::Alias),
        };
        let about = match (joined, self.root) {
            (Some(_), _) => About::ThisModel,
            (None, Some(_)) => About::AnotherModel,
            (None, None) => About::Unknown,
        };
        let (kind, validity, said) = content_of(&claim);
        Judged {
            kind,
            validity,
            said,
            about,
            joined,
            outcome: main.outcome,
            because: main.because,
            signer: main.signer,
            anchor: main.anchor,
            signed_at: main.signed_at,
            cosigners,
            claim,
        }
    }
}

/// The predicate of a claim, with its decimal numbers unrounded.
fn predicate(claim: &Claim) -> Option<Value> {
    let mut predicate = claim.statement().ok()?.get_mut("predicate")?.take();
    if let Some(known) = Registry::bundled().of(claim.predicate_type.raw()) {
        known.keep_numbers(&mut predicate, &claim.bundle.envelope.payload);
    }
    Some(predicate)
}

/// The content of a claim. Without a usable digest in its subject it is invalid: its subject is unknown.
pub(super) fn content_of(claim: &Claim) -> (Option<PredicateKind>, Validity, Said) {
    let (kind, validity, said) =
        Registry::bundled().read(claim.predicate_type.raw(), &predicate(claim).unwrap_or_default());
    let mut faults = claim.subject_faults();
    match validity {
        Validity::Unknown => (kind, Validity::Unknown, said),
        validity if faults.is_empty() => (kind, validity, said),
        Validity::Valid => (kind, Validity::Invalid(faults), Said::Nothing),
        Validity::Invalid(more) => {
            faults.extend(more);
            (kind, Validity::Invalid(faults), Said::Nothing)
        }
    }
}

/// Judges each claim by itself, by what is trusted alone.
///
/// # Errors
/// `E-CANCELLED`.
pub fn judge(claims: Vec<Claim>, by: &Judge<'_>, progress: &Progress) -> Result<Vec<Judged>> {
    judge_each(claims, progress, |claim| {
        let verifications = by.verify(&claim);
        by.weigh(claim, verifications)
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
pub fn predicates_check(pieces: &[Piece<'_>], by: &Judge<'_>, progress: &Progress) -> Result<Check> {
    Ok(predicates_by(pieces, |claims| judge(claims, by, progress))?.0)
}

/// PREDICATES, with somebody's own way to judge the claims. It never fails: a claim that does not hold says nothing of
/// the model. With it what became of each, in no order.
///
/// # Errors
/// Those of `judge`.
pub fn predicates_by(
    pieces: &[Piece<'_>],
    judge: impl FnOnce(Vec<Claim>) -> Result<Vec<Judged>>,
) -> Result<(Check, Vec<Judged>)> {
    let (mut claims, mut unknown, mut hollow, mut fault) = (Vec::new(), Vec::new(), Vec::new(), None);
    for piece in pieces {
        let read = match piece.claims {
            Claims::Absent => continue,
            Claims::Unreadable(ClaimsFault::NoClaim { lines, line, fault }) => {
                hollow.push((lines, ClaimRow::NotAClaim { file: piece.file.cloned(), line, fault }));
                continue;
            }
            Claims::Unreadable(fault) => Err(fault),
            Claims::Bytes(bytes) => claims_in(bytes),
        };
        match read {
            Err(found) => fault = fault.or(Some(found)),
            Ok(read) => {
                let ClaimFile { claims: mut more, unknown: mut others } = read.in_file(piece.file);
                claims.append(&mut more);
                unknown.append(&mut others);
            }
        }
    }
    let mut judged = if claims.is_empty() { Vec::new() } else { judge(claims)? };
    let check = match fault {
        None => check(&mut judged, &unknown, hollow),
        Some(fault) => {
            let why = PredicatesWhy::Unreadable(fault);
            Check::new(CheckCode::PredicatesUnreadable, Outcome::Partial, why)
        }
    };
    Ok((check, judged))
}

/// Lines of detail of the check; `claims list` shows all.
const SHOWN: usize = 50;

/// Of a file without any claim only the number of its lines and the first of them are known.
fn check(judged: &mut [Judged], unknown: &[UnknownLine], hollow: Vec<(u64, ClaimRow)>) -> Check {
    // Many bad lines must not push the good ones out of sight.
    judged.sort_by(|a, b| {
        let key = |judged: &Judged| (!judged.counts(), judged.about != About::ThisModel);
        let place = |judged: &Judged| (judged.claim.file.clone(), judged.claim.line);
        key(a).cmp(&key(b)).then_with(|| place(a).cmp(&place(b)))
    });
    let tally = |about: About| wide(judged.iter().filter(|judged| judged.about == about).count());
    let not_claims = wide(unknown.len()) + hollow.iter().map(|(lines, _)| lines).sum::<u64>();
    let counted = wide(judged.iter().filter(|judged| judged.counts()).count());
    let lines = wide(judged.len()) + not_claims;
    let rows = judged.iter().map(row).chain(unknown.iter().map(|unknown| ClaimRow::NotAClaim {
        file: unknown.file.clone(),
        line: wide(unknown.line),
        fault: unknown.kind,
    }));
    let rows = rows.chain(hollow.into_iter().map(|(_, row)| row));
    let why = PredicatesWhy::Judged {
        counted,
        about_this: tally(About::ThisModel),
        about_another: tally(About::AnotherModel),
        about_unknown: tally(About::Unknown),
        not_claims,
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
        file: claim.file.clone(),
        line: wide(claim.line),
        predicate_type: claim.predicate_type.clone(),
        about: judged.about,
        outcome: judged.outcome,
        because: judged.because.as_ref().map(|check| check.code),
        signer: judged.signer.as_ref().or(claim.signer.as_ref()).map(|signer| signer.subject.clone()),
        proven: judged.signer.is_some(),
        unread: match &judged.validity {
            Validity::Valid => None,
            Validity::Unknown => Some(Unread::UnknownPredicate),
            Validity::Invalid(faults) => Some(Unread::Invalid { faults: wide(faults.len()) }),
        },
    }
}
