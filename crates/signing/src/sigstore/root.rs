//! Trusted roots: those inside this program, whether one can be used, and the timestamp authorities that it names. A
//! root is read once, however many bundles are judged against it.

use crate::error::{Code, Error, Result};
use crate::time::authority::TimestampAuthority;
use crate::x509::der_limits::is_modest;
use jiff::Timestamp;
use sigstore_verify::trust_root::{
    SIGSTORE_GITHUB_TRUSTED_ROOT, SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_TRUSTED_ROOT,
    TrustedRoot,
};
use sigstore_verify::types::{SignatureBytes, TimeRange, TimestampToken};
use sigstore_verify::{Error as Fault, Verifier};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A trusted root: its document, and what is made of it when the first bundle is judged. A clone shares both.
#[derive(Clone)]
pub struct SigstoreRoot {
    json: Arc<str>,
    read: Arc<OnceLock<std::result::Result<Root, Fault>>>,
}

/// A root as it was read.
pub(crate) struct Root {
    pub(super) document: TrustedRoot,
    pub(super) verifier: Verifier,
}

impl SigstoreRoot {
    /// Reads a trusted root, or the one inside a `ClientTrustConfig`, and makes sure that it can be used.
    ///
    /// # Errors
    /// `E-MALFORMED`.
    pub(crate) fn parse(json: &[u8]) -> Result<Self> {
        let root = Self::of(&root_within(json)?);
        root.read().map_err(unusable_root)?;
        Ok(root)
    }

    /// The trusted root of the public-good instance, inside this program.
    pub(crate) fn public_good() -> Self {
        static ROOT: OnceLock<SigstoreRoot> = OnceLock::new();
        ROOT.get_or_init(|| Self::of(SIGSTORE_PRODUCTION_TRUSTED_ROOT)).clone()
    }

    /// The trusted root of GitHub's own instance, inside this program.
    pub(crate) fn github() -> Self {
        static ROOT: OnceLock<SigstoreRoot> = OnceLock::new();
        ROOT.get_or_init(|| Self::of(SIGSTORE_GITHUB_TRUSTED_ROOT)).clone()
    }

    /// The trusted root of the staging instance, inside this program.
    pub(crate) fn staging() -> Self {
        static ROOT: OnceLock<SigstoreRoot> = OnceLock::new();
        ROOT.get_or_init(|| Self::of(SIGSTORE_STAGING_TRUSTED_ROOT)).clone()
    }

    fn of(json: &str) -> Self {
        SigstoreRoot { json: json.into(), read: Arc::default() }
    }

    /// The `trusted_root.json`.
    pub fn json(&self) -> &str {
        &self.json
    }

    pub(super) fn read(&self) -> std::result::Result<&Root, &Fault> {
        let read = || {
            let document = TrustedRoot::from_json(&self.json)?;
            Ok(Root { verifier: Verifier::new(&document)?, document })
        };
        self.read.get_or_init(read).as_ref()
    }

    /// When its services begin and end.
    pub(crate) fn windows(&self) -> Vec<(Timestamp, Option<Timestamp>)> {
        let Ok(Root { document, .. }) = self.read() else { return Vec::new() };
        let keys = document.tlogs.iter().map(|log| log.public_key.valid_for);
        let keys = keys.chain(document.ctlogs.iter().map(|log| log.public_key.valid_for));
        let authorities = document.certificate_authorities.iter().map(|one| one.valid_for);
        let stampers = document.timestamp_authorities.iter().map(|one| one.valid_for);
        let windows = keys.chain(authorities).chain(stampers).flatten();
        windows.map(|TimeRange { start, end }| (start, end)).collect()
    }

    /// The certificates of its authorities, DER.
    pub(crate) fn certificates(&self) -> Vec<&[u8]> {
        let Ok(Root { document, .. }) = self.read() else { return Vec::new() };
        let authorities = document.certificate_authorities.iter().map(|one| &one.cert_chain);
        let stampers = document.timestamp_authorities.iter().map(|one| &one.cert_chain);
        let chains = authorities.chain(stampers).flat_map(|chain| &chain.certificates);
        chains.map(|certificate| certificate.raw_bytes.as_bytes()).collect()
    }
}

impl fmt::Debug for SigstoreRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigstoreRoot").field(&self.json).finish()
    }
}

/// For fuzzing: whether a token is a timestamp, over nothing, of an authority that is inside this program.
pub(crate) fn holds_timestamp(token: &[u8]) -> bool {
    if !is_modest(token) {
        return false;
    }
    let roots = [SigstoreRoot::public_good(), SigstoreRoot::staging()];
    let authorities = roots.iter().filter_map(|root| root.read().ok());
    let authorities = authorities.flat_map(|root| root.document.tsa_authorities());
    let (token, nothing) = (TimestampToken::new(token.to_vec()), SignatureBytes::new(Vec::new()));
    let mut authorities = authorities.into_iter();
    authorities
        .any(|one| sigstore_verify::tsa::verify_timestamp_for_authority(&token, &nothing, &one).is_ok())
}

/// The timestamp authorities of a trusted root, or of the one inside a `ClientTrustConfig`. Whether one has begun or
/// ended is for whoever judges a timestamp.
///
/// # Errors
/// `E-MALFORMED`.
pub(crate) fn timestamp_authorities(json: &[u8]) -> Result<Vec<TimestampAuthority>> {
    Ok(stampers(&TrustedRoot::from_json(&root_within(json)?).map_err(unusable_root)?))
}

pub(super) fn stampers(document: &TrustedRoot) -> Vec<TimestampAuthority> {
    let found = document.timestamp_authorities.iter().filter_map(|one| {
        let certificates = one.cert_chain.certificates.iter();
        let mut certificates = certificates.map(|certificate| certificate.raw_bytes.as_bytes().to_vec());
        let signer = certificates.next()?;
        let mut above: Vec<Vec<u8>> = certificates.collect();
        if above.is_empty() {
            above.push(signer.clone());
        }
        let window = one.valid_for.map(|TimeRange { start, end }| (start, end));
        Some(TimestampAuthority { certificates: above, signer: Some(signer), window })
    });
    found.collect()
}

/// The root as JSON, alone or in a `ClientTrustConfig`.
fn root_within(json: &[u8]) -> Result<String> {
    let document: serde_json::Value = serde_json::from_slice(json).map_err(unusable_root)?;
    Ok(document.get("trustedRoot").unwrap_or(&document).to_string())
}

/// For messages: a root that cannot be used.
fn unusable_root(cause: impl fmt::Display) -> Error {
    Error::new(Code::Malformed, format!("not a Sigstore trusted root that can be used ({cause})"))
        .help("expected a trusted_root.json, as `cosign trusted-root create` or a TUF repository gives")
}
