//! The policy's own checks of a verification: IDENTITY by publisher, and POLICY. They judge what the signing
//! core found and look at nothing again.

use super::claimants::{in_role, outside, outside_grant, resigned};
use super::denied_data::denied_data;
use crate::attest::PredicateKind;
use crate::inventory::{Format, Hazard, Looked, Model, PartChange, Pin, Tier, is_loadable};
use crate::maturity::Testimony;
use crate::policy::{Granted, IdentityPattern, Policy, Publisher, TextPattern};
use crate::signing::{
    AnchorUse, Check, CheckCode, Differs, ExpectedIdentity, ExpectedSigner, GIT_PATHS, HazardSeen, Identity,
    IdentityWhy, KeyKind, NameDifference, Outcome, PolicyFinding, PolicyWhy, Stage, Verification,
};
use crate::text::Untrusted;
use jiff::Timestamp;

/// Fills in IDENTITY (is the proven signer one of the publisher's identities, under one of its anchors?)
/// and POLICY (banned formats, algorithms, ignored paths, symlinks, denied identities, expired policy), as of `now`.
/// `verification` comes from [`crate::signing::verify`] under [`crate::signing::IdentityRule::Later`].
/// `looked` is what was seen inside the files when they were hashed: what nobody looked into does not pass.
pub fn apply_policy(
    verification: &mut Verification,
    model: &Model,
    looked: Option<&Looked>,
    policy: &Policy,
    now: Timestamp,
) {
    apply_policy_to(verification, model, (looked, &[]), policy, now);
}

/// The same of a model with claims.
pub fn apply_policy_to(
    verification: &mut Verification,
    model: &Model,
    (looked, testimonies): (Option<&Looked>, &[Testimony]),
    policy: &Policy,
    now: Timestamp,
) {
    let identity = identity(verification, model, policy, now);
    let identity = resigned(identity, verification, model, policy, now);
    let data = denied_data(model, testimonies, policy);
    let pins = changed_pins(model, looked);
    let artifact = artifact(verification, (looked, pins.into_iter().chain(data).collect()), policy, now);
    verification.set(identity);
    verification.set(artifact);
}

/// IDENTITY of a claim of this kind.
pub fn apply_to_claim(
    verification: &mut Verification,
    model: &Model,
    kind: Option<PredicateKind>,
    policy: &Policy,
    now: Timestamp,
) {
    let identity = identity(verification, model, policy, now);
    // What is inside the files says nothing of who signed a claim.
    let artifact = artifact(verification, (None, Vec::new()), policy, now);
    let identity = in_role(identity, kind, verification, model, policy, now);
    verification.set(identity);
    verification.set(artifact);
}

/// IDENTITY of a proven signer whom the policy denies.
pub(super) fn denied(verification: &Verification, policy: &Policy) -> Option<Check> {
    let signer = verification.signer.as_ref().filter(|_| verification.signer_proven())?;
    let denied = policy.denies(signer, verification.signed_at.map(|(at, _)| at))?;
    let why = IdentityWhy::Denied {
        signer: signer.clone(),
        by: denied.subject.as_written().into(),
        reason: denied.reason.as_deref().map(Untrusted::new),
    };
    Some(Check::new(CheckCode::IdentityDenied, Outcome::Fail, why))
}

fn identity(verification: &Verification, model: &Model, policy: &Policy, now: Timestamp) -> Check {
    let Some(signer) = &verification.signer else {
        return Check::unknown(
            Stage::Identity,
            match verification.outcome_of(Stage::Parse) {
                Outcome::Missing => IdentityWhy::Unsigned,
                _ => IdentityWhy::NotNamed,
            },
        );
    };
    let proven = verification.anchor.as_ref().filter(|_| verification.signer_proven());
    if let Some(check) = proven.and_then(|_| denied(verification, policy)) {
        return check;
    }
    let Some(publisher) = policy.publisher_of(model.id.raw()) else {
        let why = IdentityWhy::NoPublisher { model: model.id.raw().into() };
        return Check::new(CheckCode::IdentityNoPublisher, Outcome::Missing, why);
    };
    let expected = expected(publisher);
    let Some(anchor) = proven else {
        return Check::unknown(Stage::Identity, IdentityWhy::NotProven { expected });
    };
    let name = Untrusted::new(&anchor.name);
    if publisher.grants(signer, anchor) {
        return match outside_grant(Granted::Publisher(publisher), signer, verification, now) {
            None => Check::pass(
                Stage::Identity,
                IdentityWhy::Granted { expected, signer: signer.clone(), anchor: name },
            ),
            Some(late) => outside(late),
        };
    }
    let other = policy.publishers.another_for(&publisher.id, signer, anchor);
    let code = match other {
        Some(_) => CheckCode::IdentityWrongPublisher,
        None => CheckCode::IdentityMismatch,
    };
    let why = IdentityWhy::Other {
        expected,
        signer: signer.clone(),
        anchor: name,
        publisher: other.map(|other| Untrusted::new(&other.id)),
        differs: differences(publisher, signer, anchor),
        difference: publisher.identities.iter().find_map(|identity| match &identity.subject {
            TextPattern::Exact(subject) => {
                NameDifference::between(signer, subject, identity.issuer.as_deref())
            }
            TextPattern::Regex(_) => None,
        }),
    };
    Check::new(code, Outcome::Fail, why)
}

fn untrusted(texts: &[String]) -> Vec<Untrusted> {
    texts.iter().map(Untrusted::new).collect()
}

/// The publisher's identities as they stand in the policy.
fn expected(publisher: &Publisher) -> ExpectedSigner {
    let written = |identity: &IdentityPattern| ExpectedIdentity {
        subject: identity.subject.as_written().into(),
        issuer: identity.issuer.as_deref().map(Untrusted::new),
    };
    ExpectedSigner {
        publisher: Untrusted::new(&publisher.id),
        identities: publisher.identities.iter().map(written).collect(),
        anchors: untrusted(&publisher.trust),
    }
}

/// Which part of the signer is not as expected, where only one is.
fn differences(publisher: &Publisher, signer: &Identity, anchor: &AnchorUse) -> Vec<Differs> {
    const MOST: usize = 8;
    let mut found = Vec::new();
    let subject = signer.subject.raw();
    if signer.subject.is_hostile() {
        found.push(Differs::Hidden);
    }
    if !publisher.trust.contains(&anchor.name) {
        found.push(Differs::Anchor);
    }
    for identity in &publisher.identities {
        let issuer = signer.issuer.as_ref();
        let same_issuer =
            identity.issuer.as_deref().is_none_or(|expected| Some(expected) == issuer.map(Untrusted::raw));
        match &identity.subject {
            pattern if pattern.matches(subject) && !same_issuer => found.push(Differs::Issuer {
                expected: identity.issuer.as_deref().unwrap_or_default().into(),
                found: issuer.cloned(),
            }),
            TextPattern::Exact(exact)
                if same_issuer && exact != subject && exact.to_lowercase() == subject.to_lowercase() =>
            {
                found.push(Differs::Case);
            }
            TextPattern::Exact(exact) if same_issuer && exact != subject => {
                let same: String =
                    exact.chars().zip(subject.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
                if same.len() >= 4 && same.len() * 2 >= exact.len() {
                    found.push(Differs::Tail { same: same.into() });
                }
            }
            _ => {}
        }
    }
    found.truncate(MOST);
    found
}

/// The signature and the claims, which older signers record as left out.
const OWN: [&str; 2] = ["model.sig", "claims.jsonl"];

fn lies_under(name: &str, allowed: &str) -> bool {
    name.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A finding with its code and outcome, before the worst is known.
type Finding = (CheckCode, Outcome, PolicyFinding);

/// POLICY: every rule is judged; the worst finding is the check, the others stand in it.
fn artifact(
    verification: &Verification,
    (looked, data): (Option<&Looked>, Vec<Finding>),
    policy: &Policy,
    now: Timestamp,
) -> Check {
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(banned(looked, policy));
    findings.extend(data);
    if let Some(found) = verification.hash {
        let allowed = policy.crypto.hash.clone();
        if !allowed.contains(&found) {
            let finding = PolicyFinding::Hash { found, allowed: allowed.clone() };
            findings.push((CheckCode::PolicyHash, Outcome::Fail, finding));
        }
    }
    findings.extend(signer_key(verification, policy));
    findings.extend(links(verification, policy));
    findings.extend(ignored(verification, policy));
    findings.extend(hidden(verification, looked, policy));
    findings.extend(leads(looked, policy));
    findings.extend(old_anchor(verification, policy));
    findings.extend(log(verification, policy));
    if let Some(expires) = policy.expires.filter(|_| policy.expired_at(now)) {
        findings.push((CheckCode::PolicyExpired, Outcome::Unknown, PolicyFinding::Expired { expires }));
    }
    if verification.method.is_none() {
        let finding = match verification.outcome_of(Stage::Parse) {
            Outcome::Missing => PolicyFinding::Unsigned,
            _ => PolicyFinding::Unreadable,
        };
        findings.push((CheckCode::Policy, Outcome::Unknown, finding));
    }
    // `min_by_key` gives the first of equals.
    let worst =
        findings.iter().enumerate().min_by_key(|(_, (_, outcome, _))| outcome.rank()).map(|(at, _)| at);
    let Some(worst) = worst else {
        let (name, version) = (Untrusted::new(&policy.name), Untrusted::new(&policy.version));
        let finding = PolicyFinding::Allowed { name, version };
        return Check::pass(Stage::Policy, PolicyWhy { finding, also: Vec::new() });
    };
    let (code, outcome, finding) = findings.remove(worst);
    let also = findings.into_iter().map(|(code, _, finding)| (code, finding)).collect();
    Check::new(code, outcome, PolicyWhy { finding, also })
}

/// Parts of a descriptor that are named.
const NAMED_PARTS: usize = 12;

/// Descriptors that are not as the workspace pinned them: whatever the signature says, somebody approved another one.
fn changed_pins(model: &Model, looked: Option<&Looked>) -> Vec<Finding> {
    let seen = looked.map_or(model.descriptors.as_slice(), |looked| looked.descriptors.as_slice());
    let changed = |pin: &Pin| {
        let changes = pin.changes(seen);
        (!changes.is_empty()).then(|| {
            let more = u64::try_from(changes.len().saturating_sub(NAMED_PARTS)).unwrap_or(u64::MAX);
            let changed = changes.iter().take(NAMED_PARTS).map(PartChange::line).collect();
            let finding = PolicyFinding::Pin { file: pin.file.clone(), changed, more };
            (CheckCode::PolicyPin, Outcome::Fail, finding)
        })
    };
    model.pins.iter().filter_map(changed).collect()
}

/// Hazards that are named beside a banned format.
const NAMED_HAZARDS: usize = 3;

fn banned(looked: Option<&Looked>, policy: &Policy) -> Option<Finding> {
    let banned = &policy.artifact.ban_formats;
    if banned.is_empty() {
        return None;
    }
    let Some(looked) = looked else {
        return Some((CheckCode::Policy, Outcome::Unknown, PolicyFinding::NotLookedInto));
    };
    let word = |format: &Format| Untrusted::from(format.word());
    let found: Vec<Untrusted> =
        looked.formats.iter().filter(|format| banned.contains(format)).map(word).collect();
    if found.is_empty() {
        return None;
    }
    let seen = |hazard: &Hazard| HazardSeen {
        file: hazard.file.clone(),
        tier: hazard.tier.word().into(),
        kind: hazard.kind.word().into(),
        what: hazard.what.clone(),
        why: Untrusted::new(&hazard.why),
    };
    let dangerous = looked.hazards.iter().filter(|hazard| hazard.tier == Tier::Dangerous);
    let hazards = dangerous.take(NAMED_HAZARDS).map(seen).collect();
    let finding = PolicyFinding::Formats { found, banned: banned.iter().map(word).collect(), hazards };
    Some((CheckCode::PolicyFormat, Outcome::Fail, finding))
}

fn log(verification: &Verification, policy: &Policy) -> Option<Finding> {
    let method = verification.method.filter(|method| policy.log.required.contains(method))?;
    if verification.log.is_some() {
        let is_promise = verification.check(Stage::Log)?.code == CheckCode::LogPromise;
        return (is_promise && !policy.log.accept_promise_only).then_some((
            CheckCode::PolicyLog,
            Outcome::Missing,
            PolicyFinding::LogPromised,
        ));
    }
    Some(match verification.outcome_of(Stage::Log) {
        Outcome::Fail | Outcome::Unknown => {
            (CheckCode::Policy, Outcome::Unknown, PolicyFinding::LogNotProven)
        }
        _ => (CheckCode::PolicyLog, Outcome::Missing, PolicyFinding::LogMissing { method }),
    })
}

/// An old anchor may lack what was added to its instance since, or hold what was withdrawn: reported, no more.
fn old_anchor(verification: &Verification, policy: &Policy) -> Option<Finding> {
    let anchor = verification.anchor.as_ref()?;
    let source = policy.trust.iter().find(|source| source.name == anchor.name)?;
    let (days, most_days) = (anchor.age_days?, source.max_age_days?);
    source.is_stale(Some(days)).then(|| {
        let (anchor, origin) = (Untrusted::new(&anchor.name), Untrusted::new(&anchor.origin));
        let finding = PolicyFinding::AnchorAge { anchor, origin, days, most_days };
        (CheckCode::PolicyAnchorAge, Outcome::Partial, finding)
    })
}

/// A manifest that follows links says what lies outside the signed folder.
fn links(verification: &Verification, policy: &Policy) -> Option<Finding> {
    let code = CheckCode::PolicySymlinks;
    // The hash is recorded with the flag: a record with the one alone is of before the other was kept.
    match (verification.allow_symlinks, verification.hash) {
        _ if policy.artifact.allow_symlinks => None,
        (Some(true), _) => Some((code, Outcome::Fail, PolicyFinding::Links)),
        (None, Some(_)) => Some((code, Outcome::Unknown, PolicyFinding::LinksNotRecorded)),
        (Some(false), _) | (None, None) => None,
    }
}

/// The key that signed must be of a kind that the policy allows.
fn signer_key(verification: &Verification, policy: &Policy) -> Option<Finding> {
    let signer = verification.signer.as_ref().filter(|_| verification.signer_proven())?;
    let allowed = policy.crypto.keys.clone();
    let code = CheckCode::PolicyKey;
    match verification.curve {
        Some(kind) if allowed.contains(&kind) => None,
        // Only keys of OMS had a fingerprint when records did not tell which.
        None if signer.fingerprint.is_some() => {
            let all = KeyKind::OMS.iter().all(|kind| allowed.contains(kind));
            (!all).then_some((code, Outcome::Unknown, PolicyFinding::KeyNotRecorded { allowed }))
        }
        found => Some((code, Outcome::Fail, PolicyFinding::Key { found, allowed })),
    }
}

/// What `ignore_paths` hides must lie where the policy allows it, and must not be anything that is loaded.
fn ignored(verification: &Verification, policy: &Policy) -> Option<Finding> {
    const NAMED: usize = 20;
    let allowed = |name: &str| policy.artifact.allow_ignore_paths.iter().any(|path| lies_under(name, path));
    // OMS leaves version control's files out by itself (OMS v1.0, 6.2), and nothing loads them.
    let of_git = |name: &str| GIT_PATHS.iter().any(|path| lies_under(name, path));
    let hidden: Vec<&Untrusted> = verification
        .files
        .ignored
        .iter()
        .filter(|name| !OWN.contains(&name.raw()))
        .filter(|name| !allowed(name.raw()) || (is_loadable(name.raw()) && !of_git(name.raw())))
        .collect();
    if hidden.is_empty() {
        return None;
    }
    let finding = PolicyFinding::Ignored {
        allowed: untrusted(&policy.artifact.allow_ignore_paths),
        count: u64::try_from(hidden.len()).unwrap_or(u64::MAX),
        first: hidden.into_iter().take(NAMED).cloned().collect(),
    };
    Some((CheckCode::PolicyIgnored, Outcome::Fail, finding))
}

/// Names told of what hides.
const HIDDEN_NAMED: usize = 20;

/// Who bans formats cannot let files be loaded that nobody signed, or that other tools do not look at.
fn hidden(verification: &Verification, looked: Option<&Looked>, policy: &Policy) -> Option<Finding> {
    if policy.artifact.ban_formats.is_empty() {
        return None;
    }
    let aside = &verification.files.aside;
    let outside = aside.outside.iter().filter(|name| is_loadable(name.raw()));
    let hidden: Vec<&Untrusted> =
        outside.chain(looked.into_iter().flat_map(|looked| &looked.hidden)).collect();
    if hidden.is_empty() {
        let finding = (CheckCode::PolicyIgnored, Outcome::Unknown, PolicyFinding::TooManyIgnored);
        return aside.more.then_some(finding);
    }
    let finding = PolicyFinding::Hidden {
        count: u64::try_from(hidden.len()).unwrap_or(u64::MAX),
        first: hidden.into_iter().take(HIDDEN_NAMED).cloned().collect(),
    };
    Some((CheckCode::PolicyIgnored, Outcome::Fail, finding))
}

fn leads(looked: Option<&Looked>, policy: &Policy) -> Option<Finding> {
    let leads = &looked.filter(|_| !policy.artifact.ban_formats.is_empty())?.leads;
    let lead = leads.first()?;
    let finding = PolicyFinding::LeadsOut {
        count: u64::try_from(leads.len()).unwrap_or(u64::MAX),
        file: lead.file.clone(),
        to: lead.to.clone(),
    };
    Some((CheckCode::PolicyIgnored, Outcome::Fail, finding))
}
