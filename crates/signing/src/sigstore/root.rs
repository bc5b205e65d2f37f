//! Trusted roots: those inside this program, whether one can be used, and the timestamp authorities that it names.

use crate::error::{Code, Error, Result};
use crate::time::authority::TimestampAuthority;
use crate::x509::der_limits::is_modest;
use sigstore_verify::Verifier;
use sigstore_verify::trust_root::{
    SIGSTORE_GITHUB_TRUSTED_ROOT, SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_TRUSTED_ROOT,
    TrustedRoot,
};
use sigstore_verify::types::{SignatureBytes, TimestampToken};

/// The trusted root of the public-good instance.
pub(crate) const PUBLIC_GOOD: &str = SIGSTORE_PRODUCTION_TRUSTED_ROOT;

/// The trusted root of GitHub's own instance.
pub(crate) const GITHUB: &str = SIGSTORE_GITHUB_TRUSTED_ROOT;

/// The trusted root of the staging instance.
pub(crate) const STAGING: &str = SIGSTORE_STAGING_TRUSTED_ROOT;

/// For fuzzing: whether a token is a timestamp, over nothing, of an authority that is inside this program.
pub(crate) fn holds_timestamp(token: &[u8]) -> bool {
    if !is_modest(token) {
        return false;
    }
    let roots = [PUBLIC_GOOD, STAGING].map(TrustedRoot::from_json);
    let authorities = roots.iter().flatten().flat_map(TrustedRoot::tsa_authorities);
    let (token, nothing) = (TimestampToken::new(token.to_vec()), SignatureBytes::new(Vec::new()));
    let mut authorities = authorities.into_iter();
    authorities
        .any(|one| sigstore_verify::tsa::verify_timestamp_for_authority(&token, &nothing, &one).is_ok())
}

/// The timestamp authorities of a trusted root, or of the one inside a `ClientTrustConfig`.
///
/// # Errors
/// `E-MALFORMED`.
pub(crate) fn timestamp_authorities(json: &[u8]) -> Result<Vec<TimestampAuthority>> {
    let root = TrustedRoot::from_json(&trusted_root(json)?).map_err(unusable_root)?;
    let found = root.tsa_authorities().into_iter().map(|one| {
        let certificates = std::iter::once(&one.root).chain(&one.intermediates);
        TimestampAuthority {
            certificates: certificates.map(|certificate| certificate.as_bytes().to_vec()).collect(),
            signer: Some(one.leaf.as_bytes().to_vec()),
            window: one.valid_for.map(|window| (window.start, window.end)),
        }
    });
    Ok(found.collect())
}

/// Reads a trusted root, or the one inside a `ClientTrustConfig`, and makes sure that it can be used.
///
/// # Errors
/// `E-MALFORMED`.
pub(crate) fn trusted_root(json: &[u8]) -> Result<String> {
    let document: serde_json::Value = serde_json::from_slice(json).map_err(unusable_root)?;
    let root = document.get("trustedRoot").unwrap_or(&document).to_string();
    let parsed = TrustedRoot::from_json(&root).map_err(unusable_root)?;
    Verifier::new(&parsed).map_err(unusable_root)?;
    Ok(root)
}

/// For messages: a root that cannot be used.
fn unusable_root(cause: impl std::fmt::Display) -> Error {
    Error::new(Code::Malformed, format!("not a Sigstore trusted root that can be used ({cause})"))
        .help("expected a trusted_root.json, as `cosign trusted-root create` or a TUF repository gives")
}
