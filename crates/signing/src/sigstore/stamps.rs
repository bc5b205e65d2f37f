//! Timestamps of a keyless bundle by authorities that a trusted root does not name: older roots than the bundle, and
//! authorities that anybody may add. Such a timestamp counts for nothing, and says nothing against the bundle.

use crate::check::why::time::Stamper;
use crate::time::authority::TimestampAuthority;
use crate::time::token::{Token, is_meant, unnamed};
use crate::x509::certificate;
use crate::x509::signatures::signature_holds;
use der::Encode;
use der::referenced::OwnedToRef;
use x509_cert::Certificate;
use x509_cert::name::Name;

/// Who made a timestamp, where that is nobody whom the authorities name, by any name in their certificates. None where
/// one of them may be meant, and where the timestamp contradicts itself: then it is judged like any other.
pub(super) fn stranger(stamp: &[u8], signature: &[u8], known: &[TimestampAuthority]) -> Option<Stamper> {
    let token = Token::read(stamp).ok()?;
    if token.imprint.is_of(signature) != Some(true) || !token.is_whole {
        return None;
    }
    let sid = &token.signer.sid;
    let trusted = known.iter().flat_map(|one| one.certificates.iter().chain(&one.signer));
    let trusted: Vec<Certificate> = trusted.filter_map(|der| certificate::parse(der).ok()).collect();
    if trusted.iter().any(|certificate| is_meant(certificate, sid)) {
        return None;
    }
    let names: Vec<Vec<u8>> = trusted.iter().flat_map(names).collect();
    let brought = token.certificates.iter().filter_map(|der| certificate::parse(der).ok());
    let Some(signer) = brought.into_iter().find(|certificate| is_meant(certificate, sid)) else {
        let is_known = match sid {
            cms::signed_data::SignerIdentifier::IssuerAndSerialNumber(name) => {
                written(&name.issuer).is_some_and(|name| names.contains(&name))
            }
            // A key that no certificate here has.
            cms::signed_data::SignerIdentifier::SubjectKeyIdentifier(_) => false,
        };
        return (!is_known).then(|| unnamed(sid));
    };
    let holds = signature_holds(
        &signer,
        token.signer.signature_algorithm.owned_to_ref(),
        token.signer.digest_alg.oid,
        &token.signed,
        token.signer.signature.as_bytes(),
    );
    let is_known = self::names(&signer).iter().any(|name| names.contains(name));
    (!is_known && holds == Some(true)).then(|| Stamper::Certificate(certificate::name_of(&signer)))
}

/// Its own and its issuer's, DER.
fn names(certificate: &Certificate) -> Vec<Vec<u8>> {
    let tbs = &certificate.tbs_certificate;
    [&tbs.subject, &tbs.issuer].into_iter().filter_map(written).collect()
}

fn written(name: &Name) -> Option<Vec<u8>> {
    name.to_der().ok()
}
