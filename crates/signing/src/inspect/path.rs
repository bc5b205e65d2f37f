//! The certificates of a signature, from the one that signed to the trusted one, each with what it says of itself, and
//! the one that fails CHAIN. The order follows names alone; CHAIN checks the signatures.

use crate::check::step::Check;
use crate::check::why::Why;
use crate::check::why::chain::{CertificateName, ChainWhy, Obstacle};
use crate::hashing::job::sha256_hex;
use crate::keys::public::PublicKey;
use crate::text::Untrusted;
use crate::trust::anchor::{AnchorMaterial, Trust};
use crate::x509::certificate;
use crate::x509::purposes::{authority, usages};
use jiff::Timestamp;

/// More certificates than this stand above no signer.
const MAX_PATH: usize = 16;

/// A line of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateLine {
    /// Whom it is about.
    Subject,
    /// Who issued it.
    Issuer,
    /// Its number: revocation lists name it.
    Serial,
    /// From when to when it is valid.
    Validity,
    /// Its key.
    Key,
    /// What the key is for.
    Usage,
    /// Its alternative names.
    Names,
}

/// Where a certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateFrom {
    /// The bundle brings it, so the author of the bundle chose it.
    Bundle,
    /// It is part of this anchor, and trusted for that.
    Anchor(Untrusted),
}

/// A certificate, as it says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateSeen {
    /// Where it comes from.
    pub from: CertificateFrom,
    /// Whether it stands on the way from the signer upwards; others are merely in the bundle.
    pub on_path: bool,
    /// RFC 4514.
    pub subject: Untrusted,
    /// RFC 4514.
    pub issuer: Untrusted,
    /// Hex.
    pub serial: String,
    /// First and last moment of its validity; [`Timestamp::MAX`] stands for no end.
    pub valid: Option<(Timestamp, Timestamp)>,
    /// Kind and fingerprint.
    pub key: String,
    /// What its key is for.
    pub usages: Vec<String>,
    /// Whether it may issue others, and how many below it.
    pub authority: Option<Option<u8>>,
    /// Its alternative names.
    pub names: Vec<Untrusted>,
    /// SHA-256 over its DER, hex.
    pub digest: String,
    /// Why it cannot be read.
    pub fault: Option<Untrusted>,
    /// The line that CHAIN stumbled over, and what CHAIN says of it.
    pub problem: Option<(CertificateLine, Untrusted)>,
}

/// From the leaf upwards, by names; then what the bundle holds beside.
pub(super) fn path(bundle: &[Vec<u8>], chain: Option<&Check>, trust: &Trust) -> Vec<CertificateSeen> {
    let anchored = anchored(trust);
    let is_of =
        |der: &Vec<u8>| anchored.iter().find(|(_, trusted)| trusted == der).map(|(name, _)| name.clone());
    let from = |der: &Vec<u8>| is_of(der).map_or(CertificateFrom::Bundle, CertificateFrom::Anchor);
    let mut left: Vec<CertificateSeen> = bundle.iter().map(|der| seen(der, from(der))).collect();
    let mut above: Vec<CertificateSeen> =
        anchored.iter().map(|(name, der)| seen(der, CertificateFrom::Anchor(name.clone()))).collect();
    let mut path: Vec<CertificateSeen> = Vec::new();
    if !left.is_empty() {
        path.push(left.remove(0));
    }
    while let Some(last) = path.last().filter(|last| last.subject != last.issuer && path.len() < MAX_PATH) {
        let issuer = last.issuer.clone();
        let is_next = |one: &CertificateSeen| one.fault.is_none() && one.subject == issuer;
        // What is trusted ends the path: nothing above it counts.
        if let Some(at) = above.iter().position(is_next) {
            path.push(above.remove(at));
            break;
        }
        match left.iter().position(is_next) {
            Some(at) => path.push(left.remove(at)),
            None => break,
        }
    }
    for certificate in &mut path {
        certificate.on_path = true;
    }
    path.extend(left);
    if let Some((name, line, text)) = chain.and_then(stumbled) {
        let is_it = |one: &&mut CertificateSeen| match name {
            Some(name) => one.serial == name.serial && one.subject == name.subject,
            None => true,
        };
        if let Some(one) = path.iter_mut().find(is_it) {
            one.problem = Some((line, text));
        }
    }
    path
}

/// Certificates that are trusted for signers, each with its anchor's name.
fn anchored(trust: &Trust) -> Vec<(Untrusted, Vec<u8>)> {
    let mut found = Vec::new();
    for anchor in &trust.anchors {
        let name = Untrusted::new(&anchor.name);
        match &anchor.material {
            AnchorMaterial::Ca(certificates) => {
                found.extend(certificates.iter().map(|der| (name.clone(), der.clone())));
            }
            AnchorMaterial::Sigstore(root) => {
                found.extend(root.certificates().into_iter().map(|der| (name.clone(), der.to_vec())));
            }
            AnchorMaterial::Key(_) | AnchorMaterial::Tsa(_) => {}
        }
    }
    found
}

fn seen(der: &[u8], from: CertificateFrom) -> CertificateSeen {
    let mut one = CertificateSeen {
        from,
        on_path: false,
        subject: Untrusted::default(),
        issuer: Untrusted::default(),
        serial: String::new(),
        valid: None,
        key: String::new(),
        usages: Vec::new(),
        authority: None,
        names: Vec::new(),
        digest: sha256_hex(der),
        fault: None,
        problem: None,
    };
    let read = match certificate::parse(der) {
        Ok(read) => read,
        Err(error) => {
            one.fault = Some(error.what.into());
            return one;
        }
    };
    let named = certificate::name_of(&read);
    (one.subject, one.serial) = (named.subject, named.serial);
    one.issuer = certificate::issuer(&read);
    one.valid = Some(certificate::written_validity(der).unwrap_or_else(|| certificate::validity(&read)));
    one.key = match PublicKey::any_from_spki_der(&certificate::spki(&read)) {
        Ok(key) => format!("{} {}", key.kind().as_str(), key.fingerprint()),
        Err(error) => error.what,
    };
    one.usages = usages(&read);
    one.authority = authority(&read);
    one.names = certificate::alternative_names(&read);
    one
}

/// The certificate and the line that CHAIN stumbled over; no name stands for the signer's.
fn stumbled(check: &Check) -> Option<(Option<&CertificateName>, CertificateLine, Untrusted)> {
    let Why::Chain(why) = &check.why else { return None };
    let (name, line) = match &**why {
        ChainWhy::Expired(validity) | ChainWhy::NotYetValid(validity) => {
            (Some(&validity.certificate), CertificateLine::Validity)
        }
        ChainWhy::Revoked { revoked, .. } | ChainWhy::RevokedLater { revoked, .. } => {
            (Some(&revoked.certificate), CertificateLine::Serial)
        }
        ChainWhy::Key { certificate, .. } => (Some(certificate), CertificateLine::Key),
        ChainWhy::Names { certificate, .. } => (Some(certificate), CertificateLine::Names),
        ChainWhy::Usage { certificate, .. } | ChainWhy::UsageUnreadable { certificate } => {
            (Some(certificate), CertificateLine::Usage)
        }
        ChainWhy::Rule { at: Some((_, certificate)), .. } => (Some(certificate), CertificateLine::Subject),
        ChainWhy::NoPath { obstacle, .. } => match obstacle {
            Obstacle::Algorithm { certificate, .. } | Obstacle::OtherKey { certificate, .. } => {
                (Some(certificate), CertificateLine::Issuer)
            }
            Obstacle::NotSigned { certificate, .. } => (Some(certificate), CertificateLine::Issuer),
            Obstacle::Key { issuer, .. } => (Some(issuer), CertificateLine::Key),
            Obstacle::UntrustedRoot { top, .. } => (Some(top), CertificateLine::Subject),
            Obstacle::NoIssuer { certificate, .. } => (Some(certificate), CertificateLine::Issuer),
            _ => (None, CertificateLine::Issuer),
        },
        ChainWhy::Unusable { .. } => (None, CertificateLine::Subject),
        _ => return None,
    };
    Some((name, line, check.words().summary.into()))
}
