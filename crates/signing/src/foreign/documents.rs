//! Signatures that are JSON documents: JWS, the Notary Project, JSF, cosign, DSSE, C2PA as JSON.

use crate::json;
use crate::sigstore::identity::claimed_identity;
use crate::text::Untrusted;
use crate::x509::file;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::seen::{Covers, ForeignKind, Seen};
use super::{jsf, schemes};

const MAX_DEPTH: usize = 64;
const NOTATION_PAYLOAD: &str = "application/vnd.cncf.notary.payload.v1+json";
const NOTATION_TYPE: &str = "application/vnd.cncf.notary.signature";
/// Large documents are parsed only when they hold one of these.
const MARKS: [&str; 6] =
    ["\"signature\"", "\"signatures\"", "ignature\":", "\"critical\"", "claim_generator", "notary.signature"];

pub(super) fn recognise(raw: &[u8]) -> Option<Seen> {
    let text = std::str::from_utf8(raw).ok()?;
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let Value::Object(document) = json::parse(raw, MAX_DEPTH).ok()? else { return None };
    SHAPES.iter().find_map(|shape| shape(&document))
}

type Shape = fn(&Map<String, Value>) -> Option<Seen>;

/// In this order: the first that fits names it.
const SHAPES: [Shape; 7] = [blob, cosign, dsse, jws, notation_manifest, c2pa, jsf::recognise];

/// Three parts of base64 between dots.
pub(super) fn compact(raw: &[u8]) -> Option<Seen> {
    let text = std::str::from_utf8(raw).ok()?.trim();
    let [protected, payload, signature] = *text.split('.').collect::<Vec<_>>() else { return None };
    text.starts_with("eyJ").then(|| flattened(protected, payload, signature, None))?
}

fn said<'v>(document: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    document.get(key)?.as_str()
}

fn blob(document: &Map<String, Value>) -> Option<Seen> {
    let is_bundle = said(document, "mediaType")?.starts_with("application/vnd.dev.sigstore.bundle");
    if !is_bundle || !document.contains_key("messageSignature") {
        return None;
    }
    let material = document.get("verificationMaterial")?;
    let leaf = ["/certificate/rawBytes", "/x509CertificateChain/certificates/0/rawBytes"]
        .iter()
        .find_map(|place| material.pointer(place)?.as_str());
    Some(
        Seen::new(ForeignKind::SigstoreBlob, Covers::Beside)
            .signer(leaf.and_then(|leaf| keyless(&STANDARD.decode(leaf).ok()?))),
    )
}

fn keyless(der: &[u8]) -> Option<Untrusted> {
    let Some(identity) = claimed_identity(der) else {
        return schemes::leaf(der).map(|(_, name)| name);
    };
    let issuer = identity.issuer.map(|issuer| format!(" by {}", issuer.raw())).unwrap_or_default();
    Some(Untrusted::new(format!("{}{issuer}", identity.subject.raw())))
}

fn cosign(document: &Map<String, Value>) -> Option<Seen> {
    if said(document, "base64Signature").is_some() {
        let pem = said(document, "cert").and_then(|cert| STANDARD.decode(cert).ok());
        let leaf = pem.and_then(|pem| file::certificates_from_pem(&pem).ok()?.into_iter().next());
        return Some(
            Seen::new(ForeignKind::Cosign, Covers::Beside).signer(leaf.and_then(|leaf| keyless(&leaf))),
        );
    }
    // The payload that cosign signs for an image.
    let critical = document.get("critical")?;
    let image = critical.pointer("/image/docker-manifest-digest")?.as_str()?;
    let covers = Covers::Named(vec![format!("the OCI manifest {image}").into()]);
    Some(
        Seen::new(ForeignKind::Cosign, covers)
            .note("what was signed for an OCI image; the signature is elsewhere"),
    )
}

fn dsse(document: &Map<String, Value>) -> Option<Seen> {
    let (payload, _) = (said(document, "payload")?, said(document, "payloadType")?);
    let key = document.get("signatures")?.as_array()?.first()?.get("keyid").and_then(Value::as_str);
    let Ok(payload) = STANDARD.decode(payload) else {
        return Some(Seen::malformed(ForeignKind::Dsse, "its payload is not base64"));
    };
    let statement = json::parse(&payload, MAX_DEPTH).ok();
    let subjects = statement.as_ref().and_then(|statement| statement.get("subject")?.as_array());
    let names = subjects.into_iter().flatten().filter_map(|subject| subject.get("name")?.as_str());
    let seen = Seen::new(ForeignKind::Dsse, Covers::Named(names.map(Untrusted::from).collect()));
    Some(seen.signer(key.filter(|key| !key.is_empty()).map(|key| Untrusted::new(format!("key {key}")))))
}

fn jws(document: &Map<String, Value>) -> Option<Seen> {
    if let (Some(protected), Some(signature)) = (said(document, "protected"), said(document, "signature")) {
        return flattened(protected, said(document, "payload")?, signature, document.get("header"));
    }
    let first = document.get("signatures")?.as_array()?.first()?.as_object()?;
    let (protected, signature) = (said(first, "protected")?, said(first, "signature")?);
    match said(document, "payload") {
        Some(payload) => flattened(protected, payload, signature, first.get("header")),
        // An agent card signs its own document.
        None => {
            let key = decoded(protected).and_then(|headers| Some(headers.get("kid")?.as_str()?.to_owned()));
            let covers = Covers::Named(vec!["the document itself".into()]);
            Some(
                Seen::new(ForeignKind::Jws, covers)
                    .signer(key.map(|key| Untrusted::new(format!("key {key}")))),
            )
        }
    }
}

fn decoded(part: &str) -> Option<Value> {
    json::parse(&URL_SAFE_NO_PAD.decode(part).ok()?, MAX_DEPTH).ok()
}

/// RFC 7515, 5.1: what is signed is the two encoded parts with a dot between them.
fn flattened(protected: &str, payload: &str, signature: &str, plain: Option<&Value>) -> Option<Seen> {
    let headers = decoded(protected)?;
    let header = |key: &str| headers.get(key).or_else(|| plain?.get(key));
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(payload) else {
        return Some(Seen::malformed(ForeignKind::Jws, "its payload is not base64url"));
    };
    let is_notation = header("cty").and_then(Value::as_str) == Some(NOTATION_PAYLOAD);
    let seen = if is_notation {
        Seen::new(ForeignKind::Notation, Covers::Named(notation_target(&bytes).into_iter().collect()))
    } else if bytes.is_empty() {
        Seen::new(ForeignKind::Jws, Covers::Beside)
    } else {
        let covers = Covers::Named(vec![format!("{} bytes inside it", bytes.len()).into()]);
        Seen::new(ForeignKind::Jws, covers)
    };
    let leaf = header("x5c").and_then(|chain| STANDARD.decode(chain.get(0)?.as_str()?).ok());
    let Some((certificate, subject)) = leaf.as_deref().and_then(schemes::leaf) else {
        let key = header("kid").and_then(Value::as_str).map(|key| Untrusted::new(format!("key {key}")));
        return Some(seen.signer(key).note("brings no certificate"));
    };
    let fits = header("alg").and_then(Value::as_str).filter(|_| !bytes.is_empty()).and_then(|scheme| {
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        schemes::fits(&certificate, scheme, format!("{protected}.{payload}").as_bytes(), &signature)
    });
    Some(seen.signer(Some(subject)).judged(fits))
}

/// What a Notary Project payload points at.
pub(super) fn notation_target(payload: &[u8]) -> Option<Untrusted> {
    let payload = json::parse(payload, MAX_DEPTH).ok()?;
    let digest = payload.pointer("/targetArtifact/digest")?.as_str()?;
    Some(Untrusted::new(format!("the OCI manifest {digest}")))
}

fn notation_manifest(document: &Map<String, Value>) -> Option<Seen> {
    let config = document.get("config").and_then(|config| config.get("mediaType")?.as_str());
    [said(document, "artifactType"), config].contains(&Some(NOTATION_TYPE)).then(|| {
        let digest = document.get("subject").and_then(|subject| subject.get("digest")?.as_str());
        let covers = digest.map(|digest| format!("the OCI manifest {digest}").into());
        Seen::new(ForeignKind::Notation, Covers::Named(covers.into_iter().collect()))
    })
}

fn c2pa(document: &Map<String, Value>) -> Option<Seen> {
    let claim = document.get("claim").and_then(Value::as_object).unwrap_or(document);
    let generator = said(claim, "claim_generator")
        .or_else(|| claim.get("claim_generator_info")?.get(0)?.get("name")?.as_str())?;
    let seen = Seen::new(ForeignKind::C2pa, Covers::NotTold).note("a manifest written as JSON");
    Some(seen.signer(Some(Untrusted::new(format!("made by {generator}")))))
}
