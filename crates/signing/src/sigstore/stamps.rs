//! Timestamps of a keyless bundle by authorities that a trusted root does not name: older roots than the bundle, and
//! authorities that anybody may add. Such a timestamp counts for nothing, and says nothing against the bundle.

use crate::check::why::time::Stamper;
use crate::time::authority::TimestampAuthority;
use crate::time::token::{Token, is_meant, unnamed};
use crate::x509::certificate;
use crate::x509::signatures::signature_holds;
use cms::signed_data::SignerIdentifier;
use der::referenced::OwnedToRef;
use x509_cert::Certificate;
use x509_cert::name::Name;

/// Who made a timestamp, where that is nobody whom the authorities name. None where one of them may be meant, and where
/// the timestamp contradicts itself: then it is judged like any other.
pub(super) fn stranger(stamp: &[u8], signature: &[u8], known: &[TimestampAuthority]) -> Option<Stamper> {
    let token = Token::read(stamp).ok()?;
    if token.imprint.is_of(signature) != Some(true) || !token.is_whole {
        return None;
    }
    let sid = &token.signer.sid;
    let trusted: Vec<&Vec<u8>> =
        known.iter().flat_map(|one| one.certificates.iter().chain(&one.signer)).collect();
    let parsed = |der: &Vec<u8>| certificate::parse(der).ok();
    let signer = token.certificates.iter().find_map(|der| {
        let certificate = parsed(der).filter(|certificate| is_meant(certificate, sid))?;
        Some((der, certificate))
    });
    let trusted_certificates: Vec<Certificate> = trusted.iter().filter_map(|der| parsed(der)).collect();
    let is_known = |name: &Name| trusted_certificates.iter().flat_map(names).any(|known| known == name);
    let Some((der, signer)) = signer else {
        let is_meant = trusted_certificates.iter().any(|certificate| is_meant(certificate, sid));
        let is_named = matches!(sid, SignerIdentifier::IssuerAndSerialNumber(name) if is_known(&name.issuer));
        return (!is_meant && !is_named).then(|| unnamed(sid));
    };
    let holds = signature_holds(
        &signer,
        token.signer.signature_algorithm.owned_to_ref(),
        token.signer.digest_alg.oid,
        &token.signed,
        token.signer.signature.as_bytes(),
    );
    // Its own signed part names the certificate: then it is as it was made, whatever names others bear.
    let is_named = token.named.as_ref().is_some_and(|named| named.is(der));
    let is_other = is_named || !names(&signer).into_iter().any(is_known);
    (holds == Some(true) && is_other && !trusted.contains(&der))
        .then(|| Stamper::Certificate(certificate::name_of(&signer)))
}

/// Its own name and its issuer's.
fn names(certificate: &Certificate) -> [&Name; 2] {
    [&certificate.tbs_certificate.subject, &certificate.tbs_certificate.issuer]
}
