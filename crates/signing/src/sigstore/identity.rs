//! Who a Fulcio certificate says that signed. Nothing is checked.

use crate::check::identity::{Identity, Method};
use crate::keys::public::PublicKey;
use crate::text::Untrusted;
use crate::x509::der_limits::is_modest;
use sigstore_verify::types::DerCertificate;

/// Who signed, as the leaf says; nothing is checked.
pub(crate) fn claimed_identity(leaf: &[u8]) -> Option<Identity> {
    if !is_modest(leaf) {
        return None;
    }
    let leaf = DerCertificate::new(leaf.to_vec());
    let info = sigstore_verify::crypto::parse_certificate_info(&leaf).ok()?;
    let key = PublicKey::from_spki_der(info.public_key.as_bytes()).ok();
    Some(Identity {
        method: Method::Sigstore,
        subject: Untrusted::new(info.identity?.as_str()),
        issuer: info.issuer.map(Untrusted::new),
        fingerprint: key.map(|key| key.fingerprint()),
    })
}
