//! A Sigstore bundle over any artifact, whose digest the caller tells. It says nothing about models.

use crate::check::codes::CheckCode;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::sigstore::SigstoreWhy;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::keys::public::PublicKey;
use crate::text::Untrusted;
use sigstore_verify::types::{DerPublicKey, Sha256Hash};
use sigstore_verify::{Error as Fault, Policy, PublicKeyVerificationPolicy, VerificationPolicy};

use super::evidence::{explain, is_within_limits};
use super::root::SigstoreRoot;

const MAX_DEPTH: usize = 64;

/// Whom a bundle over any artifact is expected from.
#[derive(Debug, Clone)]
pub enum BundleSigner {
    /// Exactly this identity, vouched for by exactly this issuer.
    Identity {
        /// The certificate's subject, byte for byte.
        subject: Untrusted,
        /// The issuer, byte for byte.
        issuer: Untrusted,
    },
    /// The holder of this key; the bundle then brings no certificate.
    Key(PublicKey),
}

/// Verifies a Sigstore bundle over any artifact: a message signature, or a statement of which the artifact is
/// a subject. Offline. `digest` is the artifact's SHA-256, `root` a `trusted_root.json` as
/// [`crate::Anchor::sigstore`] takes it. Says nothing about models: those are for [`crate::verify()`].
///
/// All is well when every check of the result passes; the first that does not is told why.
///
/// # Errors
/// `E-MALFORMED` for a root that cannot be used or what is no bundle, `E-TOO-LARGE`.
pub fn verify_artifact(
    bundle: &[u8],
    root: &[u8],
    digest: [u8; 32],
    signer: &BundleSigner,
) -> Result<Vec<Check>> {
    let root = SigstoreRoot::parse(root)?;
    let malformed = |cause: String| {
        Error::new(Code::Malformed, format!("not a Sigstore bundle ({cause})"))
            .help("get the bundle again from the publisher")
    };
    let text = std::str::from_utf8(bundle).map_err(|cause| malformed(cause.to_string()))?;
    // The library takes the last of two equal keys; others take the first.
    json::parse(bundle, MAX_DEPTH)?;
    let bundle = sigstore_verify::types::Bundle::from_json(text)
        .map_err(|cause| malformed(crate::text::screen(&cause.to_string())))?;
    if !is_within_limits(&bundle) {
        const WHAT: &str = "the bundle has more certificates, timestamps or log entries, or larger ones, than any signature needs";
        return Err(Error::new(Code::TooLarge, WHAT).help("get the bundle again from the publisher"));
    }
    let policy: Box<dyn Policy> = match signer {
        BundleSigner::Identity { subject, issuer } => {
            Box::new(VerificationPolicy::new(subject.raw(), issuer.raw()))
        }
        BundleSigner::Key(key) => {
            Box::new(PublicKeyVerificationPolicy::new(DerPublicKey::from_bytes(key.spki_der())))
        }
    };
    let verified = match root.read() {
        Ok(root) => root.verifier.verify(Sha256Hash::new(digest), &bundle, policy.as_ref()).map(|_| ()),
        Err(fault) => Err(Fault::InvalidTrustRoot(fault.to_string())),
    };
    Ok(match verified {
        Ok(()) => vec![Check::pass(Stage::Signature, SigstoreWhy::ExpectedSigner)],
        Err(Fault::ArtifactMismatch(cause)) => {
            let why = SigstoreWhy::OtherArtifact { cause: cause.into() };
            vec![Check::new(CheckCode::SubjectArtifact, Outcome::Fail, why)]
        }
        Err(fault) => explain(&fault, &bundle, &[]),
    })
}
