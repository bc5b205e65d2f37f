//! TRUST, SIGNATURE, CHAIN, TIME, LOG and IDENTITY: who signed, and whether that is to be believed. It knows
//! the signed bytes only as bytes; what they say is looked at elsewhere.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::dsse::{pae, pae_v02};
use crate::bundle::manifest::Statement;
use crate::check::evidence::TimeSource;
use crate::check::identity::{Identity, Method, NameDifference};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::{Check, unknown_prose};
use crate::keys::public::PublicKey;
use crate::sigstore::evidence::{self, NamedRoot};
use crate::sigstore::identity::claimed_identity;
use crate::text::Untrusted;
use crate::trust::anchor::{Anchor, AnchorKind, AnchorMaterial, IdentityRule, Trust};
use crate::x509::judgement::ChainTime;
use crate::x509::revocation::RevocationList;
use crate::x509::{certificate, chain};
use jiff::Timestamp;

use super::time;
use super::verification::Verification;

/// Sets the checks of the six stages, and what they established.
pub(crate) fn check(
    result: &mut Verification,
    bundle: &Bundle,
    statement: Option<&Statement>,
    trust: &Trust,
    now: Timestamp,
) {
    let signed = Signed { bundle, legacy: statement.is_some_and(|statement| statement.legacy) };
    match &bundle.material {
        Material::Key { hint, raw_bytes } => {
            without_chain_and_log(result, bundle);
            time(result, bundle, trust, now);
            key(result, &signed, hint.as_deref(), raw_bytes.as_deref(), trust, now);
            without_signature_no_time(result);
        }
        Material::Certificate { chain } => {
            without_chain_and_log(result, bundle);
            time(result, bundle, trust, now);
            certificate(result, &signed, chain, trust, now);
            without_signature_no_time(result);
        }
        Material::Sigstore { leaf } => keyless(result, &signed, leaf, trust, now),
    }
    result.set(identity(result, &trust.identity));
}

struct Signed<'b> {
    bundle: &'b Bundle,
    legacy: bool,
}

impl Signed<'_> {
    /// The raw payload as it came, never written anew (DSSE).
    fn is_by(&self, key: &PublicKey) -> bool {
        let envelope = &self.bundle.envelope;
        if key.verifies(&pae(&envelope.payload_type, &envelope.payload), &envelope.signature) {
            return true;
        }
        if !self.legacy {
            return false;
        }
        // Version 0.2.0 signed other bytes, with certificates hashed with SHA-256 whatever the curve.
        let signed = pae_v02(&envelope.payload_type, &envelope.payload);
        match self.bundle.material {
            Material::Certificate { .. } => key.verifies_sha256(&signed, &envelope.signature),
            _ => key.verifies(&signed, &envelope.signature),
        }
    }

    fn check(&self, key: &PublicKey) -> Check {
        if self.is_by(key) {
            return Check::prose_pass(Stage::Signature, "The signature fits the signed bytes")
                .found(format!("key {}", key.fingerprint()));
        }
        let envelope = &self.bundle.envelope;
        Check::prose(
            Stage::Signature,
            "SIGNATURE-INVALID",
            Outcome::Fail,
            "The signature does not fit the signed bytes: the statement or the signature was altered",
        )
        .expected(format!(
            "a signature by {} over the {} signed bytes",
            key.fingerprint(),
            envelope.payload.len()
        ))
        .evidence("dsseEnvelope.signatures[0]")
        .remedy("Refuse the model until you have the signature again from its publisher")
    }
}

/// Keys and certificates of OMS v1.0 come without a log.
fn without_chain_and_log(result: &mut Verification, bundle: &Bundle) {
    let not_asked = |stage: Stage, why: &str| Check::prose(stage, stage.name(), Outcome::NotApplicable, why);
    result.set(not_asked(Stage::Chain, "A bare key has no certificates"));
    let mut log = not_asked(Stage::Log, "Signatures by this method are not kept in a transparency log");
    if bundle.log_entries > 0 {
        log = log.detail(format!("{} log entries in the bundle were not looked at", bundle.log_entries));
    }
    result.set(log);
}

/// Before CHAIN, which is judged at the signing time where somebody who is trusted says it.
fn time(result: &mut Verification, bundle: &Bundle, trust: &Trust, now: Timestamp) {
    let (check, signed_at) = time::check(&bundle.timestamps, &bundle.envelope.signature, trust, now);
    result.set(check);
    result.signed_at = signed_at.map(|at| (at, TimeSource::Authority));
}

/// A timestamp vouches for the signature: once that is broken, it says nothing.
fn without_signature_no_time(result: &mut Verification) {
    if result.outcome_of(Stage::Signature) == Outcome::Fail {
        result.signed_at = None;
        if matches!(result.outcome_of(Stage::Time), Outcome::Pass | Outcome::Fail) {
            result.set(unknown_prose(Stage::Time, "Does not count, because SIGNATURE did not pass"));
        }
    }
}

fn key(
    result: &mut Verification,
    signed: &Signed,
    hint: Option<&str>,
    raw_bytes: Option<&[u8]>,
    trust: &Trust,
    now: Timestamp,
) {
    // What the bundle itself carries is for display only: it is the attacker's.
    let carried =
        raw_bytes.and_then(|raw| PublicKey::from_pem(raw).or_else(|_| PublicKey::from_spki_der(raw)).ok());
    result.signer = carried.as_ref().map(identity_of_key);
    let keys: Vec<(&Anchor, &PublicKey)> = trust
        .anchors
        .iter()
        .filter_map(|anchor| match &anchor.material {
            AnchorMaterial::Key(key) => Some((anchor, key)),
            _ => None,
        })
        .collect();
    if keys.is_empty() {
        return no_anchor(result, trust, Method::Key, &[Stage::Signature]);
    }
    let hint = hint.filter(|hint| names_a_key(hint));
    let found = match (hint, &carried) {
        (Some(hint), _) => keys.iter().find(|(_, key)| key.hint() == hint),
        // Old bundles name no key: the one that fits, else the one that the bundle says, else the only one.
        (None, carried) => keys
            .iter()
            .find(|(_, key)| signed.is_by(key))
            .or_else(|| keys.iter().find(|(_, key)| carried.as_ref() == Some(key)))
            .or_else(|| keys.first().filter(|_| carried.is_none() && keys.len() == 1)),
    };
    if let (Some(hint), None) = (hint, found)
        && let Some((anchor, key)) = keys.iter().find(|(_, key)| signed.is_by(key))
    {
        result.signer = Some(identity_of_key(key));
        result.set(
            Check::prose(
                Stage::Trust,
                "TRUST-HINT",
                Outcome::Fail,
                "A trusted key made the signature, but the bundle names another key",
            )
            .expected(format!("the hint {} of key {} ({})", key.hint(), key.fingerprint(), anchor.name))
            .found(format!("the hint {hint}"))
            .evidence("verificationMaterial.publicKey.hint")
            .remedy("Have the model signed again with a tool that writes the hint as OMS says"),
        );
        result.set(signed.check(key));
        return;
    }
    let Some((anchor, key)) = found else {
        let expected: Vec<String> =
            keys.iter().map(|(anchor, key)| format!("{} ({})", key.fingerprint(), anchor.name)).collect();
        let said = match (hint, &carried) {
            (Some(hint), _) => format!("a key with the hint {hint}"),
            (None, Some(carried)) => format!("key {}, as the bundle says", carried.fingerprint()),
            (None, None) => "a key that is none of these, and that the bundle does not name".to_owned(),
        };
        let mut check = Check::prose(
            Stage::Trust,
            "TRUST-UNKNOWN-KEY",
            Outcome::Fail,
            "The model was signed with a key that is not trusted",
        )
        .expected(expected.join(" or "))
        .found(said)
        .evidence("verificationMaterial.publicKey")
        .remedy("Ask the publisher which key is theirs, by another way than this model; trust it only then");
        if hint.is_some() {
            let hints: Vec<String> = keys.iter().map(|(_, key)| key.hint()).collect();
            check = check.detail(format!("hints of the trusted keys: {}", hints.join(", ")));
        }
        check.prose_mut().details.extend(other_anchors(trust, AnchorKind::Key));
        result.set(check);
        result.set(unknown_prose(
            Stage::Signature,
            "There is no trusted key to check the signature with; see TRUST",
        ));
        return;
    };
    result.signer = Some(identity_of_key(key));
    result.curve = Some(key.curve());
    result.anchor = Some(anchor.used_at(now));
    result.set(Check::prose_pass(Stage::Trust, "The key is one that is trusted").found(format!(
        "{} ({}, from {})",
        key.fingerprint(),
        anchor.name,
        anchor.origin
    )));
    result.set(signed.check(key));
}

/// A hint as OMS asks for; others are not held against the signer: every trusted key is tried then.
fn names_a_key(hint: &str) -> bool {
    hint.len() == 64 && hint.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn identity_of_key(key: &PublicKey) -> Identity {
    Identity {
        method: Method::Key,
        subject: Untrusted::new(key.fingerprint()),
        issuer: None,
        fingerprint: Some(key.fingerprint()),
    }
}

fn certificate(
    result: &mut Verification,
    signed: &Signed,
    certificates: &[Vec<u8>],
    trust: &Trust,
    now: Timestamp,
) {
    let leaf = certificates.first().and_then(|der| certificate::parse(der).ok());
    let key = leaf.as_ref().map(|leaf| PublicKey::from_spki_der(&certificate::spki(leaf)));
    result.signer = leaf.as_ref().map(|leaf| Identity {
        method: Method::Certificate,
        subject: certificate::subject(leaf),
        issuer: Some(certificate::issuer(leaf)),
        fingerprint: key.as_ref().and_then(|key| key.as_ref().ok()).map(PublicKey::fingerprint),
    });
    result.curve = key.as_ref().and_then(|key| key.as_ref().ok()).map(PublicKey::curve);
    result.set(match key {
        Some(Ok(key)) => signed.check(&key),
        Some(Err(error)) => Check::prose(
            Stage::Signature,
            "SIGNATURE-KEY",
            Outcome::Fail,
            "The signing certificate holds a key that may not sign models",
        )
        .expected("an elliptic-curve key on P-256, P-384 or P-521")
        .found(error.what)
        .remedy("Have the model signed again with a key of OMS"),
        None => unknown_prose(Stage::Signature, "The signing certificate cannot be read; see CHAIN"),
    });
    let authorities: Vec<(&Anchor, &Vec<u8>)> = trust
        .anchors
        .iter()
        .filter_map(|anchor| match &anchor.material {
            AnchorMaterial::Ca(certificates) => Some((anchor, certificates)),
            _ => None,
        })
        .flat_map(|(anchor, certificates)| certificates.iter().map(move |der| (anchor, der)))
        .collect();
    if authorities.is_empty() {
        return no_anchor(result, trust, Method::Certificate, &[Stage::Chain]);
    }
    let ders: Vec<Vec<u8>> = authorities.iter().map(|(_, der)| (*der).clone()).collect();
    let lists: Vec<&RevocationList> = trust.anchors.iter().flat_map(|anchor| &anchor.crls).collect();
    let time = ChainTime { signed: result.signed_at.map(|(at, _)| at), ..ChainTime::now(now) };
    let judged = chain::judge_chain(certificates, &ders, &lists, time);
    result.set(judged.check);
    let used = judged.anchor.and_then(|index| authorities.get(index)).map(|(anchor, _)| *anchor);
    result.anchor = used.map(|anchor| anchor.used_at(now));
    result.set(trust_held("certificate authorities", trust, used, Method::Certificate));
}

fn keyless(result: &mut Verification, signed: &Signed, leaf: &[u8], trust: &Trust, now: Timestamp) {
    result.signer = claimed_identity(leaf);
    let key = certificate::parse(leaf)
        .ok()
        .and_then(|leaf| PublicKey::from_spki_der(&certificate::spki(&leaf)).ok());
    result.curve = key.as_ref().map(PublicKey::curve);
    let signature = key.map(|key| signed.check(&key));
    let (anchors, roots): (Vec<&Anchor>, Vec<NamedRoot>) = trust
        .anchors
        .iter()
        .filter_map(|anchor| match &anchor.material {
            AnchorMaterial::Sigstore(root) => {
                Some((anchor, NamedRoot { name: &anchor.name, made: anchor.made, root }))
            }
            _ => None,
        })
        .unzip();
    if anchors.is_empty() {
        result.set(
            signature.unwrap_or_else(|| unknown_prose(Stage::Signature, "The signer's key cannot be read")),
        );
        return no_anchor(result, trust, Method::Sigstore, &[Stage::Chain, Stage::Time, Stage::Log]);
    }
    let evidence = evidence::check(signed.bundle, &roots);
    let used = evidence.anchor.and_then(|index| anchors.get(index)).copied();
    result.set(trust_held("Sigstore roots", trust, used, Method::Sigstore));
    let altered = signature.as_ref().is_some_and(|check| check.outcome == Outcome::Fail);
    let fits = "The signature fits the signed bytes";
    result.set(match signature {
        Some(check) => check,
        None if used.is_some() => Check::prose_pass(Stage::Signature, fits),
        None => unknown_prose(
            Stage::Signature,
            "The signer's key is of a kind that is not checked by itself; see LOG",
        ),
    });
    for check in evidence.checks {
        // Time and log vouch for the signature: once that is broken, theirs are no findings of their own.
        if altered && check.stage != Stage::Signature && check.outcome == Outcome::Fail {
            result.set(unknown_prose(check.stage, "Not looked at, because SIGNATURE did not pass"));
        } else if check.stage != Stage::Signature || !altered {
            result.set(check);
        }
    }
    if !altered {
        result.anchor = used.map(|anchor| anchor.used_at(now));
        result.signed_at = evidence.signed_at;
        result.log = evidence.log;
    }
}

/// TRUST passes when there is something of the right kind to check against; where it leads is for CHAIN.
fn trust_held(what: &str, trust: &Trust, used: Option<&Anchor>, method: Method) -> Check {
    let kind = kind_of(method);
    let names: Vec<&str> = match used {
        Some(anchor) => vec![anchor.name.as_str()],
        None => trust.anchors.iter().filter(|a| a.kind() == kind).map(|a| a.name.as_str()).collect(),
    };
    let summary = match used {
        Some(_) => format!("One of the trusted {what} answers for the signer"),
        None => format!("There are trusted {what} to check against"),
    };
    Check::prose_pass(Stage::Trust, summary).found(names.join(", "))
}

fn kind_of(method: Method) -> AnchorKind {
    match method {
        Method::Key => AnchorKind::Key,
        Method::Certificate => AnchorKind::Ca,
        Method::Sigstore => AnchorKind::Sigstore,
    }
}

/// What is trusted for other methods: a mix-up of kinds is seen by it.
fn other_anchors(trust: &Trust, kind: AnchorKind) -> Option<Untrusted> {
    const SHOWN: usize = 5;
    let others = trust.anchors.iter().filter(|anchor| ![kind, AnchorKind::Tsa].contains(&anchor.kind()));
    let others: Vec<String> =
        others.take(SHOWN).map(|anchor| format!("{} ({})", anchor.name, anchor.kind().word())).collect();
    let list = others.join(", ");
    (!others.is_empty())
        .then(|| Untrusted::new(format!("trusted, but of another kind than the signature: {list}")))
}

/// Nothing to check against: `missing`, unless another method was asked for, which METHOD already says.
fn no_anchor(result: &mut Verification, trust: &Trust, method: Method, stages: &[Stage]) {
    let what = match method {
        Method::Key => "public key",
        Method::Certificate => "certificate authority",
        Method::Sigstore => "Sigstore trusted root",
    };
    let mut check = if result.outcome_of(Stage::Method) == Outcome::Fail {
        unknown_prose(
            Stage::Trust,
            &format!("No {what} was given, because another method was asked for; see METHOD"),
        )
    } else {
        Check::prose(
            Stage::Trust,
            "TRUST-NO-ANCHOR",
            Outcome::Missing,
            format!("No {what} is trusted that could answer for the signer"),
        )
        .expected(format!("at least one trusted {what}"))
        .found("none")
        .remedy(format!("Name the publisher's {what}, from a source other than this model"))
    };
    check.prose_mut().details.extend(other_anchors(trust, kind_of(method)));
    result.set(check);
    for stage in stages {
        result.set(unknown_prose(*stage, &format!("There is no {what} to check against; see TRUST")));
    }
}

fn identity(result: &Verification, rule: &IdentityRule) -> Check {
    let stage = Stage::Identity;
    if let IdentityRule::Later = rule {
        let check = unknown_prose(stage, "Whether this signer may sign is for the policy to decide");
        return match &result.signer {
            Some(signer) if result.signer_proven() => check.found(signer_line(signer)),
            Some(signer) => check.found(format!("{}, as the bundle says", signer_line(signer))),
            None => check,
        };
    }
    let signer = match &result.signer {
        Some(signer) if result.signer_proven() => signer,
        _ => return unknown_prose(stage, "The signer is not proven, so who it says it is does not count"),
    };
    match rule {
        IdentityRule::Later => unknown_prose(stage, "The policy decides"),
        IdentityRule::AnchorDecides => match signer.method {
            Method::Key => {
                Check::prose_pass(stage, "The trusted key itself is the identity").found(signer_line(signer))
            }
            Method::Certificate => {
                Check::prose_pass(stage, "Any signer under the trusted authority is accepted")
                    .found(signer_line(signer))
            }
            // Anybody gets a certificate of the public-good instance.
            Method::Sigstore => Check::prose(
                stage,
                "IDENTITY-NOT-ASKED",
                Outcome::Unknown,
                "It was not said whom to expect, and anybody can get a certificate of this kind",
            )
            .found(signer_line(signer))
            .remedy(
                "Name the identity and its provider that you expect, from a source other than this model",
            ),
        },
        IdentityRule::Exact { subject, issuer } => exact(signer, subject, issuer.as_ref()),
    }
}

fn exact(signer: &Identity, subject: &Untrusted, issuer: Option<&Untrusted>) -> Check {
    let none = Untrusted::new("");
    let said = signer.issuer.as_ref().unwrap_or(&none);
    let same_issuer = issuer.is_none_or(|issuer| issuer == said);
    if *subject == signer.subject && same_issuer {
        return Check::prose_pass(Stage::Identity, "The signer is exactly who was expected")
            .found(signer_line(signer));
    }
    let expected = match issuer {
        Some(issuer) => format!("{}, issued by {}", subject.raw(), issuer.raw()),
        None => subject.raw().to_owned(),
    };
    let (what, found) = match (*subject == signer.subject, issuer) {
        (true, Some(_)) => ("issuer", said),
        _ => ("subject", &signer.subject),
    };
    let summary = match (what, same_issuer) {
        ("issuer", _) => "The signer has the expected name, but another authority vouches for it",
        (_, true) => "Another than the expected signed the model",
        (_, false) => "Another than the expected signed the model, and another authority vouches for it",
    };
    let mut check = Check::prose(Stage::Identity, "IDENTITY-MISMATCH", Outcome::Fail, summary)
        .expected(expected)
        .found(signer_line(signer))
        .remedy(
            "Refuse the model, unless the publisher confirms the new signer by another way than this model",
        );
    // When both parts differ, the subject is what a person looks at.
    let nearest = NameDifference::between(signer, subject.raw(), issuer.map(Untrusted::raw))
        .or_else(|| NameDifference::between(signer, subject.raw(), None));
    if let Some(difference) = nearest {
        check = check.differing(difference);
    }
    if found.is_hostile() {
        check = check.detail(format!("the {what} found holds characters that do not show"));
    }
    check
}

fn signer_line(signer: &Identity) -> String {
    match &signer.issuer {
        Some(issuer) => format!("{}, issued by {}", signer.subject.raw(), issuer.raw()),
        None => signer.subject.raw().to_owned(),
    }
}
