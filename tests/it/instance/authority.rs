//! Fulcio v2's `signingCert`: a certificate for ten minutes in the token's name, entered in a certificate log
//! (RFC 6962) whose promise it holds.

use super::http::{Reply, Request};
use super::{Clock, Fault, Key, State, base64, sha256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::{Decode, DecodePem, Encode};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm,
};
use serde_json::{Value, json};
use std::time::Duration;
use x509_cert::request::CertReq;

pub struct Authority {
    key: KeyPair,
    params: CertificateParams,
    root: Vec<u8>,
    pub log: Key,
    other_log: Key,
    clock: Clock,
}

struct Subject(Vec<u8>);

impl PublicKeyData for Subject {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }
    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl Authority {
    pub fn new(clock: Clock) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "certificates.test");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(2045, 1, 1);
        let root = params.self_signed(&key).unwrap().der().to_vec();
        Authority { key, params, root, log: Key::p256(), other_log: Key::p256(), clock }
    }

    pub fn root(&self) -> Vec<u8> {
        self.root.clone()
    }

    fn issue(&self, point: Vec<u8>, name: SanType, issuer: &str, fault: Option<Fault>) -> String {
        let from = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(self.clock.now() as u64 - 5);
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.not_before = from;
        params.not_after = from + Duration::from_secs(600);
        params.serial_number = Some(SerialNumber::from(sha256(&point)[..16].to_vec()));
        params.subject_alt_names = vec![name];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        params.use_authority_key_identifier_extension = true;
        let fulcio = |last: u64| [1, 3, 6, 1, 4, 1, 57264, 1, last];
        let text = x509_cert::der::asn1::Utf8StringRef::new(issuer).unwrap().to_der().unwrap();
        params.custom_extensions = vec![
            CustomExtension::from_oid_content(&fulcio(1), issuer.as_bytes().to_vec()),
            CustomExtension::from_oid_content(&fulcio(8), text),
        ];
        let authority = Issuer::from_params(&self.params, &self.key);
        let subject = Subject(point);
        let before = params.clone().signed_by(&subject, &authority).unwrap();
        let log = if fault == Some(Fault::OtherCertificateLog) { &self.other_log } else { &self.log };
        let promise = self.promise(before.der(), log);
        params.custom_extensions.push(CustomExtension::from_oid_content(
            &[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2],
            x509_cert::der::asn1::OctetString::new(promise).unwrap().to_der().unwrap(),
        ));
        params.signed_by(&subject, &authority).unwrap().pem()
    }

    /// RFC 6962, 3.2 and 3.3: the log's promise over the certificate without it.
    fn promise(&self, certificate: &[u8], log: &Key) -> Vec<u8> {
        let parsed = x509_cert::Certificate::from_der(certificate).unwrap();
        let tbs = parsed.tbs_certificate.to_der().unwrap();
        let at = (self.clock.now() as u64 * 1000).to_be_bytes();
        let mut signed = vec![0, 0];
        signed.extend_from_slice(&at);
        signed.extend_from_slice(&[0, 1]);
        signed.extend_from_slice(&sha256(&self.key.subject_public_key_info()));
        signed.extend_from_slice(&(tbs.len() as u32).to_be_bytes()[1..]);
        signed.extend_from_slice(&tbs);
        signed.extend_from_slice(&[0, 0]);
        let signature = log.sign(&signed);
        let mut promise = vec![0];
        // The other log claims to be the one that is trusted.
        promise.extend_from_slice(&sha256(&self.log.spki()));
        promise.extend_from_slice(&at);
        promise.extend_from_slice(&[0, 0, 4, 3]);
        promise.extend_from_slice(&(signature.len() as u16).to_be_bytes());
        promise.extend_from_slice(&signature);
        let mut list = (promise.len() as u16 + 2).to_be_bytes().to_vec();
        list.extend_from_slice(&(promise.len() as u16).to_be_bytes());
        list.extend_from_slice(&promise);
        list
    }
}

impl State {
    pub(super) fn certificate(&self, request: &Request, fault: Option<Fault>) -> Reply {
        let asked = request.json();
        let refuse = |why: &str| Reply::json(400, &json!({ "code": 3, "message": why }));
        // The reference sends its token as a header, ours goes into the document: Fulcio takes both.
        let header = request.authorization.as_deref().and_then(|value| value.strip_prefix("Bearer "));
        let token = asked["credentials"]["oidcIdentityToken"].as_str().or(header).unwrap_or_default();
        let claims = match self.claims(token) {
            Ok(claims) => claims,
            Err(why) => return refuse(&format!("There was an error processing the identity token: {why}")),
        };
        let pem = STANDARD.decode(asked["certificateSigningRequest"].as_str().unwrap_or_default()).unwrap();
        let Ok(csr) = CertReq::from_pem(&pem) else { return refuse("CSR") };
        let mut point = csr.info.public_key.subject_public_key.raw_bytes().to_vec();
        let signed = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point)
            .verify(&csr.info.to_der().unwrap(), csr.signature.raw_bytes());
        if signed.is_err() {
            return refuse("The signature supplied in the request could not be verified");
        }
        if fault == Some(Fault::OtherKey) {
            let other = rcgen::KeyPair::generate().unwrap();
            point = other.public_key_raw().to_vec();
        }
        let text = |claim: &str| claims[claim].as_str().map(str::to_owned);
        let name = match (text("email"), text("job_workflow_ref")) {
            _ if fault == Some(Fault::OtherName) => {
                SanType::Rfc822Name("mallory@evil.test".try_into().unwrap())
            }
            (Some(mail), _) => SanType::Rfc822Name(mail.try_into().unwrap()),
            (None, Some(workflow)) => {
                SanType::URI(format!("https://github.com/{workflow}").try_into().unwrap())
            }
            (None, None) => SanType::URI(text("sub").unwrap().try_into().unwrap()),
        };
        let issuer = match claims["federated_claims"]["connector_id"].as_str() {
            _ if fault == Some(Fault::OtherIssuer) => "https://issuer.evil.test".to_owned(),
            Some(connector) => connector.to_owned(),
            None => text("iss").unwrap(),
        };
        let leaf = self.authority.issue(point, name, &issuer, fault);
        let chain = json!({ "chain": { "certificates": [leaf, self.authority.root_pem()] } });
        if fault == Some(Fault::DetachedProof) {
            return Reply::json(200, &json!({ "signedCertificateDetachedSct": chain }));
        }
        Reply::json(200, &json!({ "signedCertificateEmbeddedSct": chain }))
    }
}

impl Authority {
    fn root_pem(&self) -> Value {
        let text = base64(&self.root);
        json!(format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"))
    }
}
