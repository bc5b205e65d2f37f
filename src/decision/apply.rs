//! The policy's own checks of a verification: IDENTITY by publisher, and POLICY. They judge what the signing
//! core found and look at nothing again.

use crate::inventory::{Format, Model, Tier};
use crate::policy::{IdentityPattern, Policy, Publisher, TextPattern, Window};
use crate::signing::{
    AnchorUse, Check, Curve, GIT_PATHS, Identity, NameDifference, Outcome, Stage, Verification,
};
use crate::text::Untrusted;

/// Fills in IDENTITY (is the proven signer one of the publisher's identities, under one of its anchors?)
/// and POLICY (banned formats, algorithms, ignored paths, symlinks, denied identities, expired policy).
/// `verification` comes from [`crate::signing::verify`] under [`crate::signing::IdentityRule::Later`].
pub fn apply_policy(verification: &mut Verification, model: &Model, policy: &Policy) {
    let identity = identity(verification, model, policy);
    let artifact = artifact(verification, model, policy);
    verification.set(identity);
    verification.set(artifact);
}

fn open(code: &str, outcome: Outcome, summary: impl Into<String>) -> Check {
    Check::prose(Stage::Identity, code, outcome, summary)
}

fn identity(verification: &Verification, model: &Model, policy: &Policy) -> Check {
    let Some(signer) = &verification.signer else {
        return match verification.outcome_of(Stage::Parse) {
            Outcome::Missing => open("IDENTITY", Outcome::Unknown, "Nobody signed, so there is no signer"),
            _ => open("IDENTITY", Outcome::Unknown, "The bundle does not tell who signed"),
        };
    };
    let proven = verification.anchor.as_ref().filter(|_| verification.signer_proven());
    let signed_at = verification.signed_at.map(|(at, _)| at);
    if proven.is_some()
        && let Some(denied) = policy.denies(signer, signed_at)
    {
        let check = open("IDENTITY-DENIED", Outcome::Fail, "The policy denies this signer")
            .expected(format!("anyone but {}", denied.subject.as_written()))
            .found(as_text(signer))
            .remedy("Do not use the model; ask its publisher for a signature by somebody else");
        return match &denied.reason {
            Some(reason) => check.detail(format!("reason: {reason}")),
            None => check,
        };
    }
    let Some(publisher) = policy.publisher_of(model.id.raw()) else {
        return open(
            "IDENTITY-NO-PUBLISHER",
            Outcome::Missing,
            "The policy names no publisher for this model",
        )
        .expected("a [[publisher]] whose `models` fit")
        .found(model.id.raw())
        .remedy(
            "Ask the publisher, over another channel than the model, who signs; then add a [[publisher]]",
        );
    };
    let Some(anchor) = proven else {
        return open("IDENTITY", Outcome::Unknown, "The signature does not prove who signed")
            .expected(expected(publisher))
            .remedy("First mend what TRUST, SIGNATURE, CHAIN and LOG say");
    };
    if publisher.grants(signer, anchor) {
        return window(publisher, signer, signed_at, verification.at).unwrap_or_else(|| {
            Check::prose_pass(Stage::Identity, format!("Publisher {}, as the policy says", publisher.id))
                .expected(expected(publisher))
                .found(found(signer, anchor))
        });
    }
    let other =
        policy.publishers.iter().find(|other| other.id != publisher.id && other.grants(signer, anchor));
    let check = match other {
        Some(other) => open(
            "IDENTITY-WRONG-PUBLISHER",
            Outcome::Fail,
            format!("The signer belongs to publisher {}, and the model to {}", other.id, publisher.id),
        )
        .remedy("A publisher signs its own models only: find out where this copy comes from"),
        None => open(
            "IDENTITY-MISMATCH",
            Outcome::Fail,
            "The signer is not one of the publisher's identities",
        )
        .remedy("Ask the publisher, over another channel, whether it signs so; only then change the policy"),
    };
    let mut check = check.expected(expected(publisher)).found(found(signer, anchor));
    check.prose_mut().details = differences(publisher, signer, anchor);
    check.prose_mut().difference = publisher.identities.iter().find_map(|identity| match &identity.subject {
        TextPattern::Exact(subject) => NameDifference::between(signer, subject, identity.issuer.as_deref()),
        _ => None,
    });
    check
}

/// A fault of the publisher's window; none when the signature lies inside. A trusted time counts; without one it
/// is judged as of the verification, which saw the signature (rulings 2). L1.06 and L1.07 say the same.
fn window(
    publisher: &Publisher,
    signer: &Identity,
    signed_at: Option<jiff::Timestamp>,
    now: jiff::Timestamp,
) -> Option<Check> {
    let at = signed_at.unwrap_or(now);
    let (outcome, summary) = match (publisher.window(at), signed_at) {
        (Window::Inside, _) => return None,
        (Window::Before, _) => (Outcome::Fail, "Signed before the policy's grant begins"),
        (Window::After, Some(_)) => (Outcome::Fail, "Signed after the policy's grant ended"),
        // It may have been signed in time: what nobody who is trusted says contradicts nothing (rulings 1).
        (Window::After, None) => {
            (Outcome::Missing, "The grant ended, and no trusted time tells when it was signed")
        }
    };
    let end =
        |moment: Option<jiff::Timestamp>| moment.map_or_else(|| "any time".to_owned(), |at| at.to_string());
    let check = open("IDENTITY-WINDOW", outcome, summary)
        .expected(format!("from {} until {}", end(publisher.valid_from), end(publisher.valid_until)))
        .found(format!("{} at {at}", signer.subject.raw()))
        .remedy("Sign again inside the window, or extend the grant after a review");
    Some(check)
}

fn as_text(signer: &Identity) -> String {
    match &signer.issuer {
        Some(issuer) => format!("{} issued by {}", signer.subject.raw(), issuer.raw()),
        None => signer.subject.raw().to_owned(),
    }
}

fn found(signer: &Identity, anchor: &AnchorUse) -> String {
    format!("{} under {}", as_text(signer), anchor.name)
}

/// The publisher's identities as they stand in the policy.
fn expected(publisher: &Publisher) -> String {
    let written = |identity: &IdentityPattern| match &identity.issuer {
        Some(issuer) => format!("{} issued by {issuer}", identity.subject.as_written()),
        None => identity.subject.as_written(),
    };
    let identities: Vec<String> = publisher.identities.iter().map(written).collect();
    let anchors = publisher.trust.join(" or ");
    if identities.is_empty() {
        return format!("the key {anchors}");
    }
    format!("{} under {anchors}", identities.join(", or "))
}

/// Which part of the signer is not as expected, where only one is.
fn differences(publisher: &Publisher, signer: &Identity, anchor: &AnchorUse) -> Vec<Untrusted> {
    let mut lines: Vec<String> = Vec::new();
    let subject = signer.subject.raw();
    if signer.subject.is_hostile() {
        lines.push("the subject holds characters that do not show".to_owned());
    }
    if !publisher.trust.contains(&anchor.name) {
        let trusted = publisher.trust.join(" or ");
        lines.push(format!("the anchor is another: expected {trusted}, found {}", anchor.name));
    }
    for identity in &publisher.identities {
        let issuer = signer.issuer.as_ref().map(Untrusted::raw);
        let same_issuer = identity.issuer.as_deref().is_none_or(|expected| Some(expected) == issuer);
        match &identity.subject {
            pattern if pattern.matches(subject) && !same_issuer => lines.push(format!(
                "the subject is the expected one, the issuer is not: expected {}, found {}",
                identity.issuer.as_deref().unwrap_or_default(),
                issuer.unwrap_or("none"),
            )),
            TextPattern::Exact(exact)
                if same_issuer && exact != subject && exact.to_lowercase() == subject.to_lowercase() =>
            {
                lines.push("the subject differs only in upper and lower case".to_owned());
            }
            TextPattern::Exact(exact) if same_issuer && exact != subject => {
                let same: String =
                    exact.chars().zip(subject.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
                if same.len() >= 4 && same.len() * 2 >= exact.len() {
                    lines.push(format!("the subject departs from the expected one after `{same}`"));
                }
            }
            _ => {}
        }
    }
    lines.truncate(8);
    lines.into_iter().map(Untrusted::new).collect()
}

/// Extensions of files that a loader reads as weights or runs.
const LOADABLE: [&str; 20] = [
    "safetensors",
    "bin",
    "pt",
    "pth",
    "pkl",
    "pickle",
    "ckpt",
    "gguf",
    "onnx",
    "h5",
    "keras",
    "npz",
    "npy",
    "msgpack",
    "py",
    "pyc",
    "so",
    "dll",
    "dylib",
    "jinja",
];
/// Files that a loader reads by their name.
const LOADED_BY_NAME: [&str; 8] = [
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "generation_config.json",
    "adapter_config.json",
    "model.safetensors.index.json",
    "preprocessor_config.json",
];

/// The signature and the claims, which older signers record as left out.
const OWN: [&str; 2] = ["model.sig", "claims.jsonl"];

fn looks_loadable(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    LOADED_BY_NAME.contains(&file.as_str()) || extension.is_some_and(|word| LOADABLE.contains(&word))
}

fn lies_under(name: &str, allowed: &str) -> bool {
    name.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// POLICY: every rule is judged; the worst finding is the check, the others are its details.
fn artifact(verification: &Verification, model: &Model, policy: &Policy) -> Check {
    let check = |code: &str, outcome, summary: String| Check::prose(Stage::Policy, code, outcome, summary);
    let mut findings = Vec::new();
    let words = |formats: &[Format]| formats.iter().map(|format| format.word()).collect::<Vec<_>>();
    let is_banned = |format: &&Format| policy.artifact.ban_formats.contains(format);
    let banned: Vec<Format> = model.formats.iter().filter(is_banned).copied().collect();
    if !banned.is_empty() {
        let dangerous = model.hazards.iter().filter(|hazard| hazard.tier == Tier::Dangerous);
        let worst = dangerous.map(|hazard| format!("{}: {}", hazard.file.screen(), hazard.line())).take(3);
        let summary = format!("The policy bans {} in a model", words(&banned).join(" and "));
        findings.push(
            check("POLICY-FORMAT", Outcome::Fail, summary)
                .expected(format!("none of {}", words(&policy.artifact.ban_formats).join(", ")))
                .found([words(&banned).join(", ")].into_iter().chain(worst).collect::<Vec<_>>().join("; "))
                .remedy("Ask for the weights as safetensors; do not load this model to convert it"),
        );
    }
    if let Some(hash) = verification.hash.filter(|hash| !policy.crypto.hash.contains(hash)) {
        let allowed: Vec<&str> = policy.crypto.hash.iter().map(|hash| hash.as_str()).collect();
        findings.push(
            check("POLICY-HASH", Outcome::Fail, "The policy does not allow the recorded hash".to_owned())
                .expected(allowed.join(" or "))
                .found(hash.as_str())
                .remedy("Have the model signed again with an allowed hash"),
        );
    }
    findings.extend(signer_key(verification, policy));
    findings.extend(links(verification, policy));
    findings.extend(ignored(verification, policy));
    findings.extend(old_anchor(verification, policy));
    let logged = verification
        .method
        .filter(|method| policy.log_required.contains(method) && verification.log.is_none());
    match (logged, verification.outcome_of(Stage::Log)) {
        (None, _) => {}
        (Some(_), Outcome::Fail | Outcome::Unknown) => findings.push(
            check(
                "POLICY",
                Outcome::Unknown,
                "The policy wants a log entry, and LOG could not prove one".to_owned(),
            )
            .remedy("See what LOG says"),
        ),
        (Some(method), _) => findings.push(
            check(
                "POLICY-LOG",
                Outcome::Missing,
                "The policy wants a log entry, and there is none".to_owned(),
            )
            .expected(format!("a transparency log entry for method {}", method.as_str()))
            .remedy("Have the model signed with a transparency log entry"),
        ),
    }
    if let Some(expires) = policy.expires.filter(|_| policy.expired_at(verification.at)) {
        findings.push(
            check("POLICY-EXPIRED", Outcome::Unknown, "The policy has expired and cannot say yes".to_owned())
                .found(expires.to_string())
                .remedy("Review the policy, then extend `expires`"),
        );
    }
    if verification.method.is_none() {
        let summary = match verification.outcome_of(Stage::Parse) {
            Outcome::Missing => "Nothing is signed: there is nothing more to judge",
            _ => "The bundle could not be read: there is nothing more to judge",
        };
        findings.push(check("POLICY", Outcome::Unknown, summary.to_owned()));
    }
    // `min_by_key` gives the first of equals.
    let worst = findings.iter().enumerate().min_by_key(|(_, check)| check.outcome.rank()).map(|(at, _)| at);
    let Some(worst) = worst else {
        return Check::prose_pass(Stage::Policy, "As the policy says")
            .found(format!("{} {}", policy.name, policy.version));
    };
    let mut worst = findings.remove(worst);
    for other in findings {
        worst.prose_mut().details.push(Untrusted::new(format!("{}: {}", other.code, other.words().summary)));
    }
    worst
}

/// An old anchor may lack what was added to its instance since, or hold what was withdrawn: reported, no more.
fn old_anchor(verification: &Verification, policy: &Policy) -> Option<Check> {
    let anchor = verification.anchor.as_ref()?;
    let source = policy.trust.iter().find(|source| source.name == anchor.name)?;
    let (age, most) = (anchor.age_days?, source.max_age_days?);
    source.is_stale(Some(age)).then(|| {
        Check::prose(
            Stage::Policy,
            "POLICY-ANCHOR-AGE",
            Outcome::Partial,
            format!("The trust anchor {} is older than the policy wants", anchor.name),
        )
        .expected(format!("at most {most} days"))
        .found(format!("{age} days, from {}", anchor.origin))
        .remedy("Get the anchor again from its source, compare, and replace the file")
    })
}

/// A manifest that follows links says what lies outside the signed folder.
fn links(verification: &Verification, policy: &Policy) -> Option<Check> {
    let check = |outcome, summary: &str| {
        Check::prose(Stage::Policy, "POLICY-SYMLINKS", outcome, summary)
            .expected("a manifest with allow_symlinks = false")
    };
    // The hash is recorded with the flag: a record with the one alone is of before the other was kept.
    match (verification.allow_symlinks, verification.hash) {
        _ if policy.artifact.allow_symlinks => None,
        (Some(true), _) => Some(
            check(Outcome::Fail, "The signature follows symbolic links, and the policy does not allow that")
                .found("allow_symlinks = true")
                .remedy("Have the model signed with files in place of the links"),
        ),
        (None, Some(_)) => Some(
            check(Outcome::Unknown, "The record does not tell whether the signature follows symbolic links")
                .remedy("Verify the model again"),
        ),
        (Some(false), _) | (None, None) => None,
    }
}

/// The key that signed must be of a kind that the policy allows.
fn signer_key(verification: &Verification, policy: &Policy) -> Option<Check> {
    let signer = verification.signer.as_ref().filter(|_| verification.signer_proven())?;
    let word = |curve: Curve| match curve {
        Curve::P256 => "p256",
        Curve::P384 => "p384",
        Curve::P521 => "p521",
    };
    let allowed = |curve: Curve| policy.crypto.keys.contains(&curve);
    let keys: Vec<&str> = policy.crypto.keys.iter().map(|curve| word(*curve)).collect();
    let check = |outcome, summary: &str| {
        Check::prose(Stage::Policy, "POLICY-KEY", outcome, summary).expected(keys.join(" or "))
    };
    match verification.curve {
        Some(curve) if allowed(curve) => None,
        Some(curve) => Some(
            check(Outcome::Fail, "The policy does not allow keys of the kind that signed")
                .found(word(curve))
                .remedy("Have the model signed again with an allowed key"),
        ),
        // Only keys on these curves have a fingerprint; a record of before does not tell which.
        None if signer.fingerprint.is_some() => {
            let all = [Curve::P256, Curve::P384, Curve::P521].into_iter().all(allowed);
            (!all).then(|| {
                check(Outcome::Unknown, "The record does not tell what kind of key signed")
                    .remedy("Verify the model again")
            })
        }
        None => Some(
            check(Outcome::Fail, "The policy does not allow keys of the kind that signed")
                .found("a key on no curve of OMS")
                .remedy("Have the model signed again with an allowed key"),
        ),
    }
}

/// What `ignore_paths` hides must lie where the policy allows it, and must not be anything that is loaded.
fn ignored(verification: &Verification, policy: &Policy) -> Option<Check> {
    let allowed = |name: &str| policy.artifact.allow_ignore_paths.iter().any(|path| lies_under(name, path));
    // OMS leaves version control's files out by itself (OMS v1.0, 6.2), and nothing loads them.
    let of_git = |name: &str| GIT_PATHS.iter().any(|path| lies_under(name, path));
    let hidden: Vec<&Untrusted> = verification
        .files
        .ignored
        .iter()
        .filter(|name| !OWN.contains(&name.raw()))
        .filter(|name| !allowed(name.raw()) || (looks_loadable(name.raw()) && !of_git(name.raw())))
        .collect();
    let first = hidden.first()?;
    let mut check = Check::prose(
        Stage::Policy,
        "POLICY-IGNORED",
        Outcome::Fail,
        "The signature leaves out files that the policy does not allow to be left out",
    )
    .expected(format!("left out at most: {}", policy.artifact.allow_ignore_paths.join(", ")))
    .found(format!("{} files, first {}", hidden.len(), first.raw()))
    .remedy("Remove these files, or have the model signed without leaving them out");
    check.prose_mut().details = hidden.iter().take(20).map(|name| (*name).clone()).collect();
    Some(check)
}
