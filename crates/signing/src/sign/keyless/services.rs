//! What Fulcio, Rekor (v1 and v2) and timestamp authorities are asked, and how their answers are read. Each
//! answer is only brought into the bundle's form here; whether it is genuine is found by verifying the bundle.

use crate::bundle::dsse::{Envelope, pae};
use crate::error::{Code, Error, Result};
use crate::hashing::job::{HashAlgorithm, hash_bytes};
use crate::http::{Body, Client, Service};
use crate::json;
use crate::keys::private::SigningKey;
use crate::keys::public::PublicKey;
use crate::pem;
use crate::sigstore::identity::claimed_identity;
use crate::time::token;
use crate::x509::certificate;
use crate::x509::file::certificates_from_pem;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{BitString, SetOfVec};
use der::oid::ObjectIdentifier;
use der::{Decode, Encode};
use serde_json::{Value, json};
use sigstore_verify::rekor::{DsseEntry, HashedRekordV2, LogEntry, RekorV2KeyDetails};
use sigstore_verify::types::{
    DerCertificate, DsseEnvelope, DsseSignature, KeyId, KindVersion, PayloadBytes, Sha256Hash,
    SignatureBytes, TransparencyLogEntry,
};
use x509_cert::name::RdnSequence;
use x509_cert::request::{CertReq, CertReqInfo, Version};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::instance::{Log, LogVersion};
use super::token::IdentityToken;

const MAX_DEPTH: usize = 32;
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A short-lived certificate for the key in the name of the token's owner: the leaf, DER.
pub(super) fn certificate(
    client: &Client,
    authority: &Service,
    token: &IdentityToken,
    key: &SigningKey,
) -> Result<Vec<u8>> {
    let place = authority.below("/api/v2/signingCert");
    // A signing request proves that we have the key without knowing which claim the authority takes for a name.
    let request = json!({
        "credentials": { "oidcIdentityToken": token.raw() },
        "certificateSigningRequest": STANDARD.encode(signing_request(key)?),
    });
    let answer = client.call(&place, "issue a certificate", &Body::Json(&request), None)?;
    let document = json::parse(&answer, MAX_DEPTH).map_err(|error| place.unusable(error.what))?;
    if document.get("signedCertificateDetachedSct").is_some() {
        return Err(place.unusable(
            "the certificate does not hold its proof of having been logged, and a bundle has no place beside it",
        ));
    }
    let leaf = document
        .pointer("/signedCertificateEmbeddedSct/chain/certificates/0")
        .and_then(Value::as_str)
        .and_then(|pem| certificates_from_pem(pem.as_bytes()).ok()?.into_iter().next())
        .ok_or_else(|| place.unusable("it holds no certificate"))?;
    let parsed = certificate::parse(&leaf).map_err(|_| place.unusable("the certificate cannot be read"))?;
    if PublicKey::from_spki_der(&certificate::spki(&parsed)).ok().as_ref() != Some(key.public()) {
        return Err(place.unusable("the certificate is for another key"));
    }
    let identity =
        claimed_identity(&leaf).ok_or_else(|| place.unusable("the certificate names no identity"))?;
    if !token.is_of(&identity) {
        return Err(place.unusable(format!(
            "the certificate is in another name than the token's: {} of {}",
            identity.subject.screen(),
            identity.issuer.map(|issuer| issuer.screen()).unwrap_or_default()
        )));
    }
    Ok(leaf)
}

/// PKCS #10 (RFC 2986) without a subject, in PEM.
fn signing_request(key: &SigningKey) -> Result<String> {
    let failed = |_| Error::new(Code::Internal, "the certificate request cannot be written");
    let info = CertReqInfo {
        version: Version::V1,
        subject: RdnSequence::default(),
        public_key: SubjectPublicKeyInfoOwned::from_der(key.public().spki_der()).map_err(failed)?,
        attributes: SetOfVec::new(),
    };
    let signature = key.sign(&info.to_der().map_err(failed)?)?;
    let algorithm = AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None };
    let signature = BitString::from_bytes(&signature).map_err(failed)?;
    let der = CertReq { info, algorithm, signature }.to_der().map_err(failed)?;
    Ok(pem::text("CERTIFICATE REQUEST", &der).to_string())
}

/// The log entry for a signature, as bundles hold it.
pub(super) fn log_entry(client: &Client, log: &Log, envelope: &Envelope, leaf: &[u8]) -> Result<Value> {
    let leaf = DerCertificate::new(leaf.to_vec());
    let signature = SignatureBytes::new(envelope.signature.clone());
    let doing = "log the signature";
    let unwritable = |_| Error::new(Code::Internal, "the log entry cannot be written");
    match log.version {
        LogVersion::V1 => {
            let place = log.service.below("/api/v1/log/entries");
            let payload = PayloadBytes::new(envelope.payload.clone());
            let envelope = DsseEnvelope::new(
                &envelope.payload_type,
                payload,
                DsseSignature::new(signature, KeyId::default()),
            );
            let entry = DsseEntry::new(&envelope, &leaf)
                .map_err(|_| Error::new(Code::Internal, "the log entry cannot be written"))?;
            let request = serde_json::to_value(entry).map_err(unwritable)?;
            let answer = client.call(&place, doing, &Body::Json(&request), None)?;
            let document = json::parse(&answer, MAX_DEPTH).map_err(|error| place.unusable(error.what))?;
            // The entry's name in the log is the document's only key.
            let entry = match document.as_object().map(|entries| entries.values().collect::<Vec<_>>()) {
                Some(entries) => match entries.as_slice() {
                    [entry] => (*entry).clone(),
                    _ => return Err(place.unusable("it does not hold exactly one entry")),
                },
                None => return Err(place.unusable("it is no log entry")),
            };
            let entry: LogEntry =
                serde_json::from_value(entry).map_err(|cause| place.unusable(cause.to_string()))?;
            let entry = entry
                .to_bundle_entry(KindVersion::DsseV001)
                .map_err(|cause| place.unusable(cause.to_string()))?;
            serde_json::to_value(entry).map_err(unwritable)
        }
        LogVersion::V2 => {
            let place = log.service.below("/api/v2/log/entries");
            let digest = hash_bytes(HashAlgorithm::Sha256, &pae(&envelope.payload_type, &envelope.payload));
            let digest = Sha256Hash::from_hex(&hex::encode(digest))
                .map_err(|_| Error::new(Code::Internal, "the log entry cannot be written"))?;
            let entry = HashedRekordV2::new_with_certificate(
                &digest,
                &signature,
                &leaf,
                RekorV2KeyDetails::PkixEcdsaP256Sha256,
            );
            let request = serde_json::to_value(entry).map_err(unwritable)?;
            let answer = client.call(&place, doing, &Body::Json(&request), None)?;
            let document = json::parse(&answer, MAX_DEPTH).map_err(|error| place.unusable(error.what))?;
            let entry: TransparencyLogEntry =
                serde_json::from_value(document).map_err(|cause| place.unusable(cause.to_string()))?;
            if entry.kind_version != KindVersion::HashedRekordV002 {
                return Err(place.unusable("the entry is of another kind than was asked for"));
            }
            serde_json::to_value(entry).map_err(unwritable)
        }
    }
}

/// A timestamp token over the signature (RFC 3161), DER. Without a nonce: the signature is new, so no older token
/// can be over it.
pub(super) fn timestamp(client: &Client, authority: &Service, signature: &[u8]) -> Result<Vec<u8>> {
    let query = token::query(signature, None)?;
    let body = Body::Bytes { kind: "application/timestamp-query", bytes: &query };
    let answer = client.call(authority, "give a timestamp", &body, None)?;
    if token::holds_token(&answer) { Ok(answer) } else { Err(authority.unusable("it holds no timestamp")) }
}
