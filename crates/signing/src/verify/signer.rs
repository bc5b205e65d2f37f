//! TRUST, SIGNATURE, CHAIN, TIME, LOG and IDENTITY: who signed, and whether that is to be believed. It knows
//! the signed bytes only as bytes; what they say is looked at elsewhere.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::dsse::{pae, pae_v02};
use crate::bundle::manifest::Statement;
use crate::check::anchor::AnchorKind;
use crate::check::codes::CheckCode;
use crate::check::curve::Beyond;
use crate::check::evidence::TimeSource;
use crate::check::identity::{Identity, Method, NameDifference};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::{KeySaid, NamedAnchor, SignatureWhy, SignerWhy, TrustWhy, TrustedKey, Why};
use crate::keys::public::PublicKey;
use crate::sigstore::evidence::{self, NamedRoot};
use crate::sigstore::identity::claimed_identity;
use crate::text::Untrusted;
use crate::trust::anchor::{Anchor, AnchorMaterial, IdentityRule, Trust};
use crate::x509::judgement::ChainTime;
use crate::x509::revocation::RevocationList;
use crate::x509::{certificate, chain, uris};
use jiff::Timestamp;

use super::hint::Hint;
use super::time;
use super::verification::Verification;

/// Anchors that a check names.
const MAX_NAMED: usize = 16;

/// Sets the checks of the six stages, and what they established.
pub(crate) fn check(
    result: &mut Verification,
    bundle: &Bundle,
    statement: Option<&Statement>,
    (trust, beyond): (&Trust, Beyond),
    now: Timestamp,
) {
    let legacy = statement.is_some_and(|statement| statement.legacy);
    let signed = Signed { bundle, legacy, beyond };
    match &bundle.material {
        Material::Key { hint, raw_bytes } => {
            without_chain_and_log(result, bundle.log_entries);
            time(result, bundle, trust, now);
            key(result, &signed, hint.as_deref(), raw_bytes.as_deref(), trust, now);
            without_signature_no_time(result);
        }
        Material::Certificate { chain } => {
            without_chain_and_log(result, bundle.log_entries);
            time(result, bundle, trust, now);
            certificate(result, &signed, chain, trust, now);
            without_signature_no_time(result);
        }
        Material::Sigstore { leaf } => keyless(result, &signed, leaf, trust, now),
    }
    result.set(identity(result, leaf_of(bundle), &trust.identity));
}

struct Signed<'b> {
    bundle: &'b Bundle,
    legacy: bool,
    /// Kinds of keys beyond OMS that count.
    beyond: Beyond,
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
        let (fingerprint, kind) = (key.fingerprint(), key.kind());
        if !self.beyond.counts(kind) {
            let why = SignatureWhy::UnfitKey { said: format!("an {} key", kind.as_str()).into() };
            return Check::new(CheckCode::SignatureKey, Outcome::Fail, why);
        }
        if self.is_by(key) {
            let beyond = kind.curve().is_none().then_some(kind);
            let why = SignatureWhy::Fits { key: Some(fingerprint), beyond };
            return Check::new(CheckCode::Signature, Outcome::Pass, why);
        }
        let bytes = self.bundle.envelope.payload.len() as u64;
        let why = SignatureWhy::Broken { key: fingerprint, bytes };
        Check::new(CheckCode::SignatureInvalid, Outcome::Fail, why)
    }
}

/// Keys and certificates of OMS v1.0 come without a log.
pub(super) fn without_chain_and_log(result: &mut Verification, entries: usize) {
    result.set(Check::plain(Stage::Chain, Outcome::NotApplicable, Why::NoCertificates));
    let entries = entries as u64;
    result.set(Check::plain(Stage::Log, Outcome::NotApplicable, Why::NoLog { entries }));
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
            result.set(Check::unknown(Stage::Time, Why::After(Stage::Signature)));
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
    let carried = raw_bytes.and_then(|raw| PublicKey::any_from_pem(raw).ok());
    result.signer = carried.as_ref().map(identity_of_key);
    let keys = keys_of(trust);
    if keys.is_empty() {
        return no_anchor(result, trust, Method::Key, &[Stage::Signature]);
    }
    let hint = Hint::of(hint);
    let named = || keys.iter().filter(|(_, key)| hint.fits(key));
    let signer = || keys.iter().find(|(_, key)| signed.is_by(key));
    let carried_along = || keys.iter().find(|(_, key)| carried.as_ref() == Some(key));
    let found = match &hint {
        Hint::Digest(..) => named().find(|(_, key)| signed.is_by(key)).or_else(|| named().next()),
        Hint::Name(_) => signer().or_else(carried_along),
        // Old bundles name no key: the one that fits, else the one that the bundle says, else the only one.
        Hint::Nothing => signer()
            .or_else(carried_along)
            .or_else(|| keys.first().filter(|_| carried.is_none() && keys.len() == 1)),
    };
    // A hint is not signed: whoever made the signature is not held back by one that says something else.
    let found = match (signer(), found) {
        (Some((anchor, key)), None) if hint.is_as_oms_has_it() => {
            result.signer = Some(identity_of_key(key));
            let said = hint.said().unwrap_or_default();
            let why = TrustWhy::OtherHint { key: trusted_key(anchor, key), hint: said.into() };
            result.set(Check::new(CheckCode::TrustHint, Outcome::Fail, why));
            result.set(signed.check(key));
            return;
        }
        (signer, None) => signer,
        (_, found) => found,
    };
    let Some((anchor, key)) = found else {
        let why = TrustWhy::UnknownKey {
            said: match (hint.said(), &carried) {
                (Some(hint), _) => KeySaid::Hint(hint.into()),
                (None, Some(carried)) => KeySaid::Carried(carried.fingerprint()),
                (None, None) => KeySaid::Nothing,
            },
            trusted: keys.iter().take(MAX_NAMED).map(|(anchor, key)| trusted_key(anchor, key)).collect(),
            more: keys.len().saturating_sub(MAX_NAMED) as u64,
            others: other_anchors(trust, AnchorKind::Key),
        };
        result.set(Check::new(CheckCode::TrustUnknownKey, Outcome::Fail, why));
        result.set(Check::unknown(Stage::Signature, Why::After(Stage::Trust)));
        return;
    };
    let signature = signed.check(key);
    // A hint makes nobody the signer.
    if signature.outcome == Outcome::Pass {
        result.signer = Some(identity_of_key(key));
    }
    result.curve = Some(key.kind());
    result.anchor = Some(anchor.used_at(now));
    result.set(Check::pass(Stage::Trust, TrustWhy::Key(trusted_key(anchor, key))));
    result.set(signature);
}

/// All keys that are trusted, each with its anchor.
pub(super) fn keys_of(trust: &Trust) -> Vec<(&Anchor, &PublicKey)> {
    let keys = trust.anchors.iter().filter_map(|anchor| match &anchor.material {
        AnchorMaterial::Key(keys) => Some(keys.iter().map(move |key| (anchor, key))),
        _ => None,
    });
    keys.flatten().collect()
}

pub(super) fn trusted_key(anchor: &Anchor, key: &PublicKey) -> TrustedKey {
    TrustedKey { fingerprint: key.fingerprint(), hint: key.hint(), anchor: Untrusted::new(&anchor.name) }
}

pub(super) fn identity_of_key(key: &PublicKey) -> Identity {
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
    let key = leaf.as_ref().map(|leaf| PublicKey::any_from_spki_der(&certificate::spki(leaf)));
    result.signer = leaf.as_ref().map(|leaf| Identity {
        method: Method::Certificate,
        subject: certificate::subject(leaf),
        issuer: Some(certificate::issuer(leaf)),
        fingerprint: key.as_ref().and_then(|key| key.as_ref().ok()).map(PublicKey::fingerprint),
    });
    result.curve = key.as_ref().and_then(|key| key.as_ref().ok()).map(PublicKey::kind);
    result.set(match key {
        Some(Ok(key)) => signed.check(&key),
        Some(Err(error)) => {
            let why = SignatureWhy::UnfitKey { said: error.what.into() };
            Check::new(CheckCode::SignatureKey, Outcome::Fail, why)
        }
        None => Check::unknown(Stage::Signature, Why::After(Stage::Chain)),
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
    result.set(trust_held(trust, used, Method::Certificate));
}

fn keyless(result: &mut Verification, signed: &Signed, leaf: &[u8], trust: &Trust, now: Timestamp) {
    result.signer = claimed_identity(leaf);
    let key = certificate::parse(leaf)
        .ok()
        .and_then(|leaf| PublicKey::from_spki_der(&certificate::spki(&leaf)).ok());
    result.curve = key.as_ref().map(PublicKey::kind);
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
        result
            .set(signature.unwrap_or_else(|| Check::unknown(Stage::Signature, SignatureWhy::UnreadableKey)));
        return no_anchor(result, trust, Method::Sigstore, &[Stage::Chain, Stage::Time, Stage::Log]);
    }
    let evidence = evidence::check(signed.bundle, &roots);
    let used = evidence.anchor.and_then(|index| anchors.get(index)).copied();
    result.set(trust_held(trust, used, Method::Sigstore));
    let altered = signature.as_ref().is_some_and(|check| check.outcome == Outcome::Fail);
    result.set(match signature {
        Some(check) => check,
        None if used.is_some() => {
            Check::pass(Stage::Signature, SignatureWhy::Fits { key: None, beyond: None })
        }
        None => Check::unknown(Stage::Signature, SignatureWhy::NotCheckedAlone),
    });
    for check in evidence.checks {
        // Time and log vouch for the signature: once that is broken, theirs are no findings of their own.
        if altered && check.stage != Stage::Signature && check.outcome == Outcome::Fail {
            result.set(Check::unknown(check.stage, Why::After(Stage::Signature)));
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
fn trust_held(trust: &Trust, used: Option<&Anchor>, method: Method) -> Check {
    let why = match used {
        Some(anchor) => TrustWhy::Answers { method, anchor: Untrusted::new(&anchor.name) },
        None => {
            let kind = kind_of(method);
            let held: Vec<&Anchor> = trust.anchors.iter().filter(|anchor| anchor.kind() == kind).collect();
            let anchors = held.iter().take(MAX_NAMED).map(|anchor| Untrusted::new(&anchor.name)).collect();
            TrustWhy::Held { method, anchors, more: held.len().saturating_sub(MAX_NAMED) as u64 }
        }
    };
    Check::pass(Stage::Trust, why)
}

fn kind_of(method: Method) -> AnchorKind {
    match method {
        Method::Key => AnchorKind::Key,
        Method::Certificate => AnchorKind::Ca,
        Method::Sigstore => AnchorKind::Sigstore,
    }
}

/// What is trusted for other methods: a mix-up of kinds is seen by it.
pub(super) fn other_anchors(trust: &Trust, kind: AnchorKind) -> Vec<NamedAnchor> {
    const MAX: usize = 5;
    let others = trust.anchors.iter().filter(|anchor| ![kind, AnchorKind::Tsa].contains(&anchor.kind()));
    let named = |anchor: &Anchor| NamedAnchor { name: Untrusted::new(&anchor.name), kind: anchor.kind() };
    others.take(MAX).map(named).collect()
}

/// Nothing to check against: `missing`, unless another method was asked for, which METHOD already says.
pub(super) fn no_anchor(result: &mut Verification, trust: &Trust, method: Method, stages: &[Stage]) {
    let others = other_anchors(trust, kind_of(method));
    result.set(if result.outcome_of(Stage::Method) == Outcome::Fail {
        Check::unknown(Stage::Trust, TrustWhy::OtherMethod { method, others })
    } else {
        Check::new(CheckCode::TrustNoAnchor, Outcome::Missing, TrustWhy::NoAnchor { method, others })
    });
    for stage in stages {
        result.set(Check::unknown(*stage, Why::After(Stage::Trust)));
    }
}

/// IDENTITY, of the certificate that signed where there is one.
pub(super) fn identity(result: &Verification, leaf: Option<&[u8]>, rule: &IdentityRule) -> Check {
    let stage = Stage::Identity;
    let is_proven = result.signer_proven();
    let signer = match (rule, &result.signer) {
        (IdentityRule::Later, signer) => {
            return Check::unknown(stage, SignerWhy::Later { signer: signer.clone(), is_proven });
        }
        (_, Some(signer)) if is_proven => signer.clone(),
        _ => return Check::unknown(stage, SignerWhy::NotProven),
    };
    match rule {
        IdentityRule::Exact { subject, issuer } => exact(signer, subject, issuer.as_ref()),
        IdentityRule::Uris { uris, subject } => {
            let named = leaf.map(uris::uris).unwrap_or_default();
            let expected = uris.iter().find(|uri| !named.contains(uri));
            match expected.or_else(|| subject.as_ref().filter(|subject| **subject != signer.subject)) {
                Some(missing) => {
                    let subject = missing.clone();
                    let why = SignerWhy::Mismatch { signer, subject, issuer: None, difference: None };
                    Check::new(CheckCode::IdentityMismatch, Outcome::Fail, why)
                }
                None => Check::pass(stage, SignerWhy::Exact(signer)),
            }
        }
        // Anybody gets a certificate of the public-good instance.
        _ if signer.method == Method::Sigstore => {
            Check::new(CheckCode::IdentityNotAsked, Outcome::Unknown, SignerWhy::NotAsked(signer))
        }
        _ => Check::pass(stage, SignerWhy::ByAnchor(signer)),
    }
}

/// The certificate that signed.
fn leaf_of(bundle: &Bundle) -> Option<&[u8]> {
    match &bundle.material {
        Material::Key { .. } => None,
        Material::Certificate { chain } => chain.first().map(Vec::as_slice),
        Material::Sigstore { leaf } => Some(leaf),
    }
}

fn exact(signer: Identity, subject: &Untrusted, issuer: Option<&Untrusted>) -> Check {
    let none = Untrusted::default();
    let said = signer.issuer.as_ref().unwrap_or(&none);
    if *subject == signer.subject && issuer.is_none_or(|issuer| issuer == said) {
        return Check::pass(Stage::Identity, SignerWhy::Exact(signer));
    }
    // When both parts differ, the subject is what a person looks at.
    let difference = NameDifference::between(&signer, subject.raw(), issuer.map(Untrusted::raw))
        .or_else(|| NameDifference::between(&signer, subject.raw(), None));
    let why = SignerWhy::Mismatch { signer, subject: subject.clone(), issuer: issuer.cloned(), difference };
    Check::new(CheckCode::IdentityMismatch, Outcome::Fail, why)
}
