//! The controls of level 1, one function each. They read what a verification established and what an
//! AIBOM declares, and decide nothing about trust anew: a stage that did not pass never becomes a pass here.
//! An inventory is judged as a whole, so that a control takes no memory where nothing is wrong.

use super::evidence::Evidence;
use super::fact::{BoundPart, ControlFact, Remedy};
use super::finding::Finding;
use super::sight::{Sight, by_verification, not_looked, outdated, sight, unsigned};
use super::twins::{SameName, unlike_twins};
use crate::inventory::{Basis, Binding, FactKey, Format, Hazard, Kind, Model, Tier};
use crate::signing::{Check, CheckCode, GIT_PATHS, Method, Outcome, Stage, Verification};
use crate::tables::{Closed, Few};
use crate::text::Untrusted;
use jiff::SignedDuration;

/// The combined result of the first seven controls: whose bytes these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// All hold.
    Holds,
    /// There is no signature.
    Unsigned,
    /// One of them contradicts.
    Contradicted,
    /// None contradicts, but not all hold, or they were not checked.
    Open,
}

/// The controls that say it.
const OWN: [fn(&Evidence<'_>) -> Finding; 7] = [
    well_formed,
    signature_verifies,
    digests_match,
    no_unsigned_files,
    root_digest,
    identity_allowed,
    anchor_sound,
];

/// Judges a model by its own files and signature alone, whatever its claims and its lineage say.
pub fn integrity(evidence: &Evidence<'_>) -> Integrity {
    let mut holds = true;
    for judge in OWN {
        match judge(evidence).outcome {
            Outcome::Fail => return Integrity::Contradicted,
            Outcome::Pass | Outcome::NotApplicable => {}
            Outcome::Partial | Outcome::Missing | Outcome::Unknown => holds = false,
        }
    }
    match sight(evidence) {
        _ if contradicts_itself(evidence.model, evidence.verification) => Integrity::Contradicted,
        Sight::Unsigned => Integrity::Unsigned,
        _ if holds => Integrity::Holds,
        Sight::NotLooked if evidence.model.signature.is_none() => Integrity::Unsigned,
        Sight::NotLooked | Sight::Outdated(_) | Sight::Looked(_) => Integrity::Open,
    }
}

/// Names that a fact holds of many.
const NAMED: usize = 3;

/// The worst of several stages decides, the first among equals speaks.
pub(super) fn by_stages(verification: &Verification, stages: &[Stage]) -> Finding {
    match stages.iter().filter_map(|stage| verification.check(*stage)).min_by_key(|c| c.outcome.rank()) {
        Some(check) => by_check(check),
        None => not_looked(),
    }
}

pub(super) fn by_check(check: &Check) -> Finding {
    let fact = ControlFact::OfCheck(check.stage);
    let finding = match check.outcome {
        Outcome::Unknown => Finding::unknown(fact),
        Outcome::Missing => Finding::missing(fact),
        Outcome::NotApplicable => Finding::not_applicable(fact),
        outcome => Finding::observed(outcome, fact),
    };
    finding.remedy(Remedy::OfCheck(check.stage))
}

pub(super) fn well_formed(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| by_stages(v, &[Stage::Statement, Stage::Parse, Stage::Method]))
}

pub(super) fn signature_verifies(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| by_stages(v, &[Stage::Signature]))
}

pub(super) fn digests_match(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let files = &v.files;
        // The stage knows whose signature it is when it is another model's; the report only tells what differs.
        if let Some(check) = v.check(Stage::Files).filter(|check| check.code == CheckCode::FilesOtherModel) {
            return by_check(check);
        }
        if !files.changed.is_empty() || !files.missing.is_empty() {
            return Finding::observed(Outcome::Fail, ControlFact::FilesDiffer)
                .remedy(Remedy::OfCheck(Stage::Files));
        }
        if !files.unreadable.is_empty() {
            return Finding::unknown(ControlFact::FilesUnreadable).remedy(Remedy::MakeReadable);
        }
        match v.check(Stage::Files) {
            // An extra file says nothing against the signed ones: L1.04 tells of it.
            Some(check) if check.code == CheckCode::FilesExtra => {
                Finding::observed(Outcome::Pass, ControlFact::FilesMatch)
            }
            // As little does an empty one that shards leave out.
            Some(c) if c.code == CheckCode::FilesEmptyCode => {
                Finding::observed(Outcome::Pass, ControlFact::FilesMatch)
            }
            // A registry's word for it is none of ours.
            Some(check) if check.code == CheckCode::FilesRegistry => {
                Finding::unknown(ControlFact::OfCheck(Stage::Files)).remedy(Remedy::OfCheck(Stage::Files))
            }
            Some(check) => by_check(check),
            None => not_looked(),
        }
    })
}

pub(super) fn no_unsigned_files(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let outcome = v.outcome_of(Stage::Files);
        if !v.files.extra.is_empty() {
            // With ignore_unsigned the stage itself does not fail.
            let let_through = matches!(outcome, Outcome::Pass | Outcome::Partial);
            let outcome = if let_through { Outcome::Partial } else { Outcome::Fail };
            return Finding::observed(outcome, ControlFact::FilesUnsigned);
        }
        if matches!(outcome, Outcome::Unknown | Outcome::Missing | Outcome::NotApplicable) {
            return v.check(Stage::Files).map_or_else(not_looked, by_check);
        }
        if let Some(check) = v.check(Stage::Files).filter(|check| check.code == CheckCode::FilesEmptyCode) {
            return by_check(check);
        }
        let allowed = &evidence.policy.artifact.allow_ignore_paths;
        let signature = evidence.model.signature.as_deref().and_then(|path| path.file_name());
        let is_hidden = |name: &&Untrusted| {
            let path = std::path::Path::new(name.raw());
            !GIT_PATHS.iter().any(|own| path.starts_with(own))
                && !allowed.iter().any(|allowed| !allowed.is_empty() && path.starts_with(allowed))
                && signature.is_none_or(|signature| path.as_os_str() != signature)
        };
        let hidden = || v.files.ignored.iter().filter(is_hidden);
        if hidden().next().is_some() {
            let count = u64::try_from(hidden().count()).unwrap_or(u64::MAX);
            let first = hidden().take(NAMED).cloned().collect();
            return Finding::observed(Outcome::Partial, ControlFact::FilesLeftOut { count, first })
                .remedy(Remedy::SignLeftOut);
        }
        if let Some(check) = v.check(Stage::Files).filter(|_| v.is_partial()) {
            return by_check(check);
        }
        if is_single_file(evidence) {
            return Finding::not_applicable(ControlFact::SingleFile);
        }
        Finding::observed(Outcome::Pass, ControlFact::NothingUnsigned)
    })
}

/// The controls that do not pass only because a part of the model was verified and not the whole.
pub fn owed_to_part(evidence: &Evidence<'_>) -> &'static [&'static str] {
    const MATCHING: &[&str] = &["L1.03"];
    const ALL: &[&str] = &["L1.03", "L1.04"];
    let is_part = |v: &Verification| {
        v.check(Stage::Files).is_some_and(|c| c.code == CheckCode::FilesPart && c.outcome == Outcome::Partial)
    };
    match evidence.verification.filter(|v| is_part(v)) {
        None => &[],
        Some(_) if no_unsigned_files(evidence).fact == ControlFact::OfCheck(Stage::Files) => ALL,
        Some(_) => MATCHING,
    }
}

/// A folder holds its bundle; beside a single file it lies apart.
fn is_single_file(evidence: &Evidence<'_>) -> bool {
    let model = evidence.model;
    match (&model.location, &model.signature) {
        (Some(location), Some(signature)) => model.files == 1 && !signature.starts_with(location),
        _ => false,
    }
}

/// Documents that cannot all be right contradict whether or not anybody looked at the files.
fn disputed(evidence: &Evidence<'_>, of: impl Fn(BoundPart) -> bool) -> Option<Finding> {
    let disagreement = evidence.model.disagreement()?;
    let disputed = disagreement.parts.iter().filter_map(|place| BoundPart::ALL.get(*place).copied());
    let parts: Few<BoundPart> = disputed.collect();
    let [first, second] = disagreement.sources;
    let sources = Box::new((first, second));
    let fact = ControlFact::BindingsDisagree { sources, parts };
    parts.iter().any(of).then(|| Finding::contradicted(fact).remedy(Remedy::RemoveStaleBom))
}

/// Of several folders of one name nobody knows which is meant.
fn ambiguous(evidence: &Evidence<'_>) -> Option<Finding> {
    let same_name = SameName::of(evidence.model, evidence.verification)?;
    Some(Finding::contradicted(same_name.fact()).remedy(Remedy::ChooseFolder))
}

/// Whether what the inventory knows of a model contradicts itself, whatever its files hold.
pub fn contradicts_itself(model: &Model, verification: Option<&Verification>) -> bool {
    unlike_twins(model, verification).next().is_some() || model.disagreement().is_some()
}

pub(super) fn root_digest(evidence: &Evidence<'_>) -> Finding {
    if let Some(finding) =
        ambiguous(evidence).or_else(|| disputed(evidence, |part| part == BoundPart::RootDigest))
    {
        return finding;
    }
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Subject]);
        let Some(root) = v.root_digest.filter(|_| finding.outcome == Outcome::Pass) else {
            return match finding.outcome {
                Outcome::Pass => Finding::unknown(ControlFact::NoRootDigest),
                _ => finding,
            };
        };
        let stated = evidence.model.bindings().find_map(|binding| binding.root_digest.as_ref());
        let is_other =
            |fact: &crate::inventory::Fact| fact.key == FactKey::Hash && fact.basis != Basis::Observed;
        match stated {
            Some(stated) if !states(stated, &root.0) => {
                Finding::contradicted(ControlFact::RootDigestDiffers { stated: stated.clone() })
            }
            Some(_) => Finding::observed(Outcome::Pass, ControlFact::RootDigestStated),
            None if evidence.model.facts.each().any(|fact| is_other(&fact)) => {
                Finding::observed(Outcome::Partial, ControlFact::RootDigestOtherKind)
            }
            None => Finding::observed(Outcome::Pass, ControlFact::RootDigest),
        }
    })
}

/// IDENTITY has judged publisher, denials and window.
pub(super) fn identity_allowed(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Identity]);
        match finding.outcome {
            Outcome::Fail => finding,
            // Whoever is named, it is not proven that they signed.
            _ if !v.signer_proven() => {
                Finding::unknown(ControlFact::SignerNotProven).remedy(Remedy::ProveSigner)
            }
            _ => finding,
        }
    })
}

pub(super) fn anchor_sound(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Trust, Stage::Chain]);
        if finding.outcome != Outcome::Pass {
            return finding;
        }
        let Some(signer) = &v.signer else { return Finding::unknown(ControlFact::NoSigner) };
        let identity = |code| v.check(Stage::Identity).filter(|check| check.code == code);
        if let Some(denied) = identity(CheckCode::IdentityDenied) {
            return by_check(denied);
        }
        if signer.method != Method::Key {
            return finding;
        }
        // A bare key has no chain: the policy's own pin, inside its window, is what makes it sound.
        let Some(anchor) = &v.anchor else { return Finding::unknown(ControlFact::NoAnchor) };
        if !evidence.policy.trust.iter().any(|source| source.name == anchor.name) {
            return Finding::missing(ControlFact::KeyNotPinned).remedy(Remedy::PinKey);
        }
        match identity(CheckCode::IdentityWindow) {
            Some(outside) => by_check(outside),
            None => Finding::observed(Outcome::Pass, ControlFact::KeyPinned),
        }
    })
}

pub(super) fn trusted_time(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let finding = by_stages(v, &[Stage::Time]);
        let unproven =
            matches!(finding.outcome, Outcome::Partial | Outcome::Missing | Outcome::NotApplicable);
        if v.method == Some(Method::Key) && unproven {
            return Finding::not_applicable(ControlFact::KeyWithoutTime);
        }
        finding
    })
}

fn is_log_required(evidence: &Evidence<'_>, method: Method) -> bool {
    evidence.policy.log.required.contains(&method)
}

pub(super) fn log_inclusion(evidence: &Evidence<'_>) -> Finding {
    match sight(evidence) {
        Sight::Unsigned if evidence.policy.log.required.is_empty() => {
            Finding::not_applicable(ControlFact::UnsignedAndNotLogged)
        }
        Sight::Unsigned => unsigned(),
        Sight::NotLooked => not_looked(),
        Sight::Outdated(since) => outdated(since),
        Sight::Looked(v) => {
            let finding = match v.check(Stage::Log).map(|check| check.code) {
                // The policy takes the log's word.
                Some(CheckCode::LogPromise) if evidence.policy.log.accept_promise_only => {
                    Finding::observed(Outcome::Pass, ControlFact::OfCheck(Stage::Log))
                }
                _ => by_stages(v, &[Stage::Log]),
            };
            let absent = matches!(finding.outcome, Outcome::NotApplicable | Outcome::Missing);
            match v.method {
                None => Finding::unknown(ControlFact::MethodUnknown),
                Some(method)
                    if absent && (method == Method::Sigstore || is_log_required(evidence, method)) =>
                {
                    Finding::missing(ControlFact::LogAbsent)
                }
                Some(_) if absent => Finding::not_applicable(ControlFact::LogNotRequired),
                Some(_) => finding,
            }
        }
    }
}

/// The stages that are about the model itself; what a policy bans besides is its own reason.
pub(super) const ITS_OWN: [Stage; 11] = [
    Stage::Parse,
    Stage::Method,
    Stage::Trust,
    Stage::Signature,
    Stage::Chain,
    Stage::Time,
    Stage::Log,
    Stage::Identity,
    Stage::Statement,
    Stage::Subject,
    Stage::Files,
];

/// Everything is judged anew under the policy in force; what can be old is the look at the files.
pub(super) fn verified_at_pull(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let worst = by_stages(v, &ITS_OWN);
        if worst.outcome.is_open() {
            let fact = ControlFact::VerificationFails { code: v.headline().map(|check| check.code) };
            return Finding { fact, ..worst }.remedy(Remedy::FixOthers);
        }
        let age = evidence.now.duration_since(v.at);
        let freshness = &evidence.policy.freshness;
        if freshness.any_age {
            return Finding::observed(Outcome::Pass, ControlFact::VerifiedLately);
        }
        if age < -SignedDuration::from_secs(freshness.clock_skew_seconds.into()) {
            return Finding::unknown(ControlFact::VerificationAhead).remedy(Remedy::CheckClock);
        }
        let most_days = freshness.max_verification_age_days;
        if age > SignedDuration::from_hours(24 * i64::from(most_days)) {
            return Finding::missing(ControlFact::VerificationOld { most_days }).remedy(Remedy::VerifyAgain);
        }
        Finding::observed(Outcome::Pass, ControlFact::VerifiedLately)
    })
}

/// Whether loading the model can run code, by what was seen inside the files when they were hashed. What was looked at
/// and is bad fails, what could not be looked at is unknown, what nobody has judged is partial.
pub(super) fn no_code(evidence: &Evidence<'_>) -> Finding {
    if !evidence.since.is_same() {
        return outdated(evidence.since);
    }
    let Some(looked) = evidence.looked else {
        // What a scan saw of unverified files never makes a pass, but a danger that was seen is one.
        let seen = runs_code(&evidence.model.formats, &evidence.model.hazards);
        return seen.unwrap_or_else(|| match (evidence.model.kind, &evidence.model.location) {
            (_, Some(_)) => not_looked(),
            (Kind::Dataset, None) => Finding::not_applicable(ControlFact::Dataset),
            (Kind::Agent, None) => Finding::not_applicable(ControlFact::AgentCard),
            (_, None) => Finding::unknown(ControlFact::NoFiles).remedy(Remedy::AddSource),
        });
    };
    if let Some(finding) = runs_code(&looked.formats, &looked.hazards) {
        return finding;
    }
    let worst = worst_of(&looked.hazards);
    if let Some(hazard) = worst {
        let fact = ControlFact::Hazard(Box::new(hazard.clone()));
        let finding = match hazard.tier {
            Tier::Unreadable => Finding::unknown(fact),
            _ => Finding::observed(Outcome::Partial, fact),
        };
        return finding.remedy(Remedy::OfHazard);
    }
    // Bytes of before and after a change would be judged as if they were one.
    if looked.changing {
        return Finding::unknown(ControlFact::FilesChanging).remedy(Remedy::VerifyAgain);
    }
    match looked.formats.as_slice() {
        [] if looked.kind == Kind::Dataset => Finding::not_applicable(ControlFact::Dataset),
        [] if looked.kind == Kind::Agent => Finding::not_applicable(ControlFact::AgentCard),
        [] => Finding::unknown(ControlFact::NoFormat),
        formats => {
            let formats = formats.iter().copied().collect();
            Finding::observed(Outcome::Pass, ControlFact::FormatsOfData { formats })
        }
    }
}

/// The first of the worst tier that matters.
fn worst_of(hazards: &[Hazard]) -> Option<&Hazard> {
    hazards.iter().filter(|hazard| hazard.tier <= Tier::Suspicious).min_by_key(|hazard| hazard.tier)
}

/// That code was seen which runs when the model is loaded; none where none was seen.
fn runs_code(formats: &[Format], hazards: &[Hazard]) -> Option<Finding> {
    let worst = worst_of(hazards);
    let run_code: Few<Format> = formats.iter().copied().filter(|format| format.executes_code()).collect();
    if !run_code.is_empty() {
        let hazard = worst.map(|hazard| Box::new(hazard.clone()));
        // Of a pickle that rebuilds data the rubric says what to do.
        let remedy = if hazard.is_some() { Remedy::OfHazard } else { Remedy::OfRubric };
        let fact = ControlFact::FormatsRunCode { formats: run_code, hazard };
        return Some(Finding::observed(Outcome::Fail, fact).remedy(remedy));
    }
    let dangerous = worst.filter(|hazard| hazard.tier == Tier::Dangerous)?;
    let fact = ControlFact::Hazard(Box::new(dangerous.clone()));
    Some(Finding::observed(Outcome::Fail, fact).remedy(Remedy::OfHazard))
}

/// What became of one value of the AIBOM's binding beside the verified one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Equal,
    Differs,
    /// Not stated, or stated and not verified, though it applies.
    Open,
    /// Not asked for.
    Aside,
}

pub(super) fn aibom_binding(evidence: &Evidence<'_>) -> Finding {
    let remedy = if evidence.model.signature.is_some() { Remedy::Bind } else { Remedy::SignModel };
    let no_binding = || Finding::missing(ControlFact::NoBinding).remedy(remedy);
    if let Some(finding) = disputed(evidence, |_| true) {
        return finding;
    }
    let Some(binding) = evidence.model.bound() else { return no_binding() };
    by_verification(evidence, |v| {
        let ours = evidence.model.bindings().find(|binding| binding.ours);
        let source = binding.source.clone();
        match judge_binding(evidence, &binding, v) {
            // What this workspace wrote is what it saw itself, and never the producer's word.
            Ok(parts) => match (ours, evidence.model.bound_by_others()) {
                (Some(ours), others)
                    if others.as_ref().is_none_or(|others| judge_binding(evidence, others, v).is_err()) =>
                {
                    let source = ours.source.clone();
                    Finding::observed(Outcome::Pass, ControlFact::BindingOurs { source, parts })
                }
                _ => Finding::declared(Outcome::Pass, ControlFact::BindingEqual { source, parts }),
            },
            Err(Some(finding)) => finding,
            Err(None) => no_binding(),
        }
    })
}

/// The parts of a binding that are equal to what was verified, when all that apply are; else what is wrong with it, or
/// nothing when it states nothing.
fn judge_binding(
    evidence: &Evidence<'_>,
    binding: &Binding,
    v: &Verification,
) -> Result<Few<BoundPart>, Option<Finding>> {
    let values = bound_values(evidence, binding, v);
    let those = |wanted: Bound| -> Few<BoundPart> {
        values.iter().filter(|(_, bound)| *bound == wanted).map(|(part, _)| *part).collect()
    };
    let source = binding.source.clone();
    let (equal, open, differ) = (those(Bound::Equal), those(Bound::Open), those(Bound::Differs));
    if !differ.is_empty() {
        return Err(Some(Finding::contradicted(ControlFact::BindingDiffers { source, parts: differ })));
    }
    if equal.is_empty() && binding.parts().iter().all(Option::is_none) {
        return Err(None);
    }
    if !open.is_empty() {
        let fact = ControlFact::BindingOpen { source, parts: open };
        // What is not verified cannot be written either.
        let is_proven = v.outcome() == Outcome::Pass && v.signer_proven();
        let remedy = if is_proven { Remedy::Bind } else { Remedy::OfRubric };
        return Err(Some(Finding::declared(Outcome::Partial, fact).remedy(remedy)));
    }
    if !v.signer_proven() {
        return Err(Some(Finding::declared(Outcome::Partial, ControlFact::BindingUnproven { source })));
    }
    Ok(equal)
}

/// One value: whether it `applies` and was `verified`, and whether what is stated `equals` that.
fn bound(
    stated: Option<&Untrusted>,
    applies: bool,
    verified: bool,
    equals: impl FnOnce(&Untrusted) -> bool,
) -> Bound {
    match stated {
        Some(_) if !verified && applies => Bound::Open,
        Some(stated) if verified && equals(stated) => Bound::Equal,
        Some(_) => Bound::Differs,
        None if applies => Bound::Open,
        None => Bound::Aside,
    }
}

/// What the AIBOM has to state. A bare key has no issuer, and a signature without a log no entry.
fn bound_values(evidence: &Evidence<'_>, binding: &Binding, v: &Verification) -> [(BoundPart, Bound); 5] {
    let signer = v.signer.as_ref();
    let log_wanted = v.method == Some(Method::Sigstore)
        || v.log.is_some()
        || v.outcome_of(Stage::Log) == Outcome::Unknown
        || v.method.is_some_and(|method| is_log_required(evidence, method));
    let fingerprint = signer.filter(|s| s.method == Method::Key).and_then(|s| s.fingerprint.as_deref());
    let issuer = signer.and_then(|signer| signer.issuer.as_ref());
    [
        (
            BoundPart::RootDigest,
            bound(binding.root_digest.as_ref(), true, v.root_digest.is_some(), |stated| {
                v.root_digest.is_some_and(|root| states(stated, &root.0))
            }),
        ),
        (
            BoundPart::Identity,
            bound(binding.identity.as_ref(), true, signer.is_some(), |stated| {
                signer.is_some_and(|signer| signer.subject == *stated) || fingerprint == Some(stated.raw())
            }),
        ),
        (
            BoundPart::Issuer,
            bound(binding.issuer.as_ref(), v.method != Some(Method::Key), issuer.is_some(), |stated| {
                issuer == Some(stated)
            }),
        ),
        (
            BoundPart::LogEntry,
            bound(binding.log_entry.as_ref(), log_wanted, v.log.is_some(), |stated| {
                let written = stated.raw().rsplit_once('/');
                written.zip(v.log.as_ref()).is_some_and(|((log, index), entry)| {
                    log == entry.log_id.raw() && is_number(index, entry.index)
                })
            }),
        ),
        (
            BoundPart::BundleDigest,
            bound(binding.bundle_digest.as_ref(), true, v.bundle_digest.is_some(), |stated| {
                v.bundle_digest
                    .as_deref()
                    .is_some_and(|digest| stated.raw().trim().eq_ignore_ascii_case(digest))
            }),
        ),
    ]
}

/// Whether a text is a number as it is usually written.
fn is_number(text: &str, number: u64) -> bool {
    let is_plain = text == "0" || text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    is_plain && text.parse() == Ok(number)
}

/// Whether a text is these bytes in hex, whatever the case of the letters.
fn states(text: &Untrusted, bytes: &[u8]) -> bool {
    let text = text.raw().trim().as_bytes();
    let digit = |value: u8| char::from_digit(value.into(), 16);
    let is_digit = |written: &u8, value: u8| digit(value) == Some(char::from(written.to_ascii_lowercase()));
    text.len() == 2 * bytes.len()
        && text.chunks(2).zip(bytes).all(|(written, byte)| match written {
            [high, low] => is_digit(high, byte >> 4) && is_digit(low, byte & 15),
            _ => false,
        })
}

pub(super) fn algorithms(evidence: &Evidence<'_>) -> Finding {
    by_verification(evidence, |v| {
        let below_floor = |c: &&Check| c.outcome == Outcome::Fail && c.code.is_algorithm();
        if let Some(check) = v.checks.iter().find(below_floor) {
            return by_check(check);
        }
        let Some(hash) = v.hash else { return Finding::unknown(ControlFact::HashUnknown) };
        // The signing core accepts no key below the floor, so that a signature that verifies has a key above it.
        if v.outcome_of(Stage::Signature) != Outcome::Pass {
            return Finding::unknown(ControlFact::KeyUnknown);
        }
        let allowed = &evidence.policy.crypto.hash;
        if !allowed.is_empty() && !allowed.contains(&hash) {
            return Finding::observed(Outcome::Partial, ControlFact::HashNotListed { hash });
        }
        Finding::observed(Outcome::Pass, ControlFact::Algorithms { hash })
    })
}
