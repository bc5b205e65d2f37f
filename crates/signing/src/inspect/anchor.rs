//! What an anchor holds, to be looked at before it is trusted and after. It shows and never judges.

use crate::json;
use crate::keys::public::PublicKey;
use crate::text::Untrusted;
use crate::trust::anchor::{Anchor, AnchorMaterial};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::inspection::Inspection;

const MAX_DEPTH: usize = 32;
/// More services of one kind than this are counted instead of shown.
const SHOWN: usize = 50;

impl Anchor {
    /// Its key, its certificates, or the services of its Sigstore instance with their windows of validity.
    pub fn contents(&self) -> Inspection {
        match &self.material {
            AnchorMaterial::Key(keys) => of_keys(keys),
            AnchorMaterial::Ca(certificates) => of_certificates(certificates),
            AnchorMaterial::Tsa(authorities) => {
                let certificates =
                    authorities.iter().flat_map(|one| one.signer.iter().chain(&one.certificates));
                of_certificates(&certificates.cloned().collect::<Vec<_>>())
            }
            AnchorMaterial::Sigstore(root) => match json::parse(root.json().as_bytes(), MAX_DEPTH) {
                Ok(document) => of_root(&document).unwrap_or_else(|| Inspection::new(ROOT)),
                Err(error) => Inspection::new(error.what),
            },
        }
    }
}

pub(super) fn of_keys(keys: &[PublicKey]) -> Inspection {
    let mut seen = Inspection::new(match keys.len() {
        1 => "public key".to_owned(),
        count => format!("{count} public keys"),
    });
    for key in keys {
        match key.kind().curve() {
            Some(curve) => seen.add("curve", curve.as_str()),
            None => seen.add("kind of key", format!("{}, beyond OMS v1.0", key.kind().as_str())),
        }
        seen.add("fingerprint", key.fingerprint());
        seen.add("hint in bundles", key.hint());
    }
    seen
}

pub(crate) fn of_certificates(certificates: &[Vec<u8>]) -> Inspection {
    let mut seen = Inspection::new(match certificates.len() {
        1 => "certificate".to_owned(),
        count => format!("{count} certificates"),
    });
    for (index, der) in certificates.iter().take(SHOWN).enumerate() {
        seen.certificate(&format!("certificate {}", index + 1), der);
    }
    rest(&mut seen, "certificate", certificates.len());
    seen
}

const ROOT: &str = "Sigstore trusted root";

/// A `trusted_root.json`, or the one inside a `ClientTrustConfig`; nothing for another document.
pub(crate) fn of_root(document: &Value) -> Option<Inspection> {
    let root = document.get("trustedRoot").unwrap_or(document);
    let services = |kind: &str| root.get(kind).and_then(Value::as_array);
    services("certificateAuthorities").or_else(|| services("tlogs"))?;
    let mut seen = Inspection::new(ROOT);
    for (kind, label) in [
        ("certificateAuthorities", "certificate authority"),
        ("tlogs", "transparency log"),
        ("ctlogs", "certificate log"),
        ("timestampAuthorities", "timestamp authority"),
    ] {
        let all = services(kind).map(Vec::as_slice).unwrap_or_default();
        for service in all.iter().take(SHOWN) {
            show_service(&mut seen, label, service);
        }
        rest(&mut seen, label, all.len());
    }
    Some(seen)
}

fn show_service(seen: &mut Inspection, label: &str, service: &Value) {
    let text = |pointer: &str| service.pointer(pointer).and_then(Value::as_str);
    let place = text("/uri").or_else(|| text("/baseUrl")).unwrap_or("no address");
    seen.add(label, Untrusted::new(place));
    let window = service.get("validFor").or_else(|| service.pointer("/publicKey/validFor"));
    let edge = |key: &str| window.and_then(|window| window.get(key)?.as_str());
    let from = edge("start").unwrap_or("any time");
    seen.add(
        "  counts",
        Untrusted::new(format!("from {from} until {}", edge("end").unwrap_or("further notice"))),
    );
    if let Some(details) = text("/publicKey/keyDetails") {
        seen.add("  kind of key", Untrusted::new(details));
    }
    let id = text("/logId/keyId").and_then(|id| STANDARD.decode(id).ok());
    if let Some(id) = id {
        seen.add("  log id", hex::encode(id));
    }
    let chain = service.pointer("/certChain/certificates").and_then(Value::as_array);
    for (index, certificate) in chain.into_iter().flatten().take(SHOWN).enumerate() {
        let der =
            certificate.get("rawBytes").and_then(Value::as_str).and_then(|raw| STANDARD.decode(raw).ok());
        seen.certificate(&format!("  certificate {}", index + 1), &der.unwrap_or_default());
    }
}

fn rest(seen: &mut Inspection, label: &str, count: usize) {
    if count > SHOWN {
        seen.add(label, format!("and {} more", count - SHOWN));
    }
}
