//! What a certificate says that its key is for, in the words of RFC 5280. It judges nothing.

use der::oid::ObjectIdentifier;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

/// Extended usages and how they are called.
const EXTENDED: [(&str, &str); 7] = [
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    ("2.5.29.37.0", "any"),
];
/// More are counted instead of shown.
const SHOWN: usize = 12;

/// Its usages, in order; empty when it names none.
pub(crate) fn usages(certificate: &Certificate) -> Vec<String> {
    let tbs = &certificate.tbs_certificate;
    let mut found: Vec<String> = Vec::new();
    match tbs.get::<KeyUsage>() {
        Ok(None) => {}
        Err(_) => found.push("key usage that cannot be read".to_owned()),
        Ok(Some((_, usage))) => {
            let named = [
                (usage.digital_signature(), "digitalSignature"),
                (usage.non_repudiation(), "contentCommitment"),
                (usage.key_encipherment(), "keyEncipherment"),
                (usage.data_encipherment(), "dataEncipherment"),
                (usage.key_agreement(), "keyAgreement"),
                (usage.key_cert_sign(), "keyCertSign"),
                (usage.crl_sign(), "cRLSign"),
            ];
            found.extend(named.iter().filter(|(holds, _)| *holds).map(|(_, name)| (*name).to_owned()));
        }
    }
    match tbs.get::<ExtendedKeyUsage>() {
        Ok(None) => {}
        Err(_) => found.push("extended usage that cannot be read".to_owned()),
        Ok(Some((_, purposes))) => {
            found.extend(purposes.0.iter().take(SHOWN).map(extended));
            let more = purposes.0.len().saturating_sub(SHOWN);
            if more > 0 {
                found.push(format!("and {more} more"));
            }
        }
    }
    found
}

fn extended(oid: &ObjectIdentifier) -> String {
    let written = oid.to_string();
    EXTENDED.iter().find(|(known, _)| *known == written).map_or(written, |(_, name)| (*name).to_owned())
}

/// Whether it says that it may issue others, and how many may stand below it where it limits that.
pub(crate) fn authority(certificate: &Certificate) -> Option<Option<u8>> {
    let (_, basic) = certificate.tbs_certificate.get::<BasicConstraints>().ok().flatten()?;
    basic.ca.then_some(basic.path_len_constraint)
}
