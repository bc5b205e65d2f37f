//! Signatures of certificates, lists and timestamps: whether one holds. Each is verified once, and only so many.

use crate::check::why::chain::WeakKey;
use crate::hashing::job::{HashAlgorithm, hash_bytes};
use der::Encode;
use der::asn1::ObjectIdentifier;
use der::referenced::OwnedToRef;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use x509_cert::Certificate;
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::algorithms::{Key, Refused, Scheme};

/// Signatures that are verified for one chain.
pub(crate) const MAX_SIGNATURES: usize = 128;

pub(crate) enum Verdict {
    Holds,
    DoesNotHold,
    Refused(Weakness),
    TooMany,
}

/// Why a signature is refused without looking at it.
pub(crate) enum Weakness {
    Algorithm(Refused),
    Key(WeakKey),
}

/// Verifies each signature once, and only so many.
#[derive(Default)]
pub(crate) struct Signatures {
    known: RefCell<HashMap<Vec<u8>, bool>>,
    made: Cell<usize>,
}

impl Signatures {
    pub fn made(&self) -> usize {
        self.made.get()
    }

    pub fn verify(
        &self,
        algorithm: AlgorithmIdentifierRef<'_>,
        key: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Verdict {
        let scheme = match Scheme::of(algorithm) {
            Ok(scheme) => scheme,
            Err(refused) => return Verdict::Refused(Weakness::Algorithm(refused)),
        };
        let reader = match Key::of(&key) {
            Ok(reader) => reader,
            Err(what) => return Verdict::Refused(Weakness::Key(what)),
        };
        let (Ok(algorithm), Ok(key)) = (algorithm.to_der(), key.to_der()) else {
            return Verdict::DoesNotHold;
        };
        let parts = [&algorithm, &key, message, signature];
        let parts = parts.map(|part| hash_bytes(HashAlgorithm::Sha256, part)).concat();
        if let Some(known) = self.known.borrow().get(&parts) {
            return if *known { Verdict::Holds } else { Verdict::DoesNotHold };
        }
        if self.made.get() >= MAX_SIGNATURES {
            return Verdict::TooMany;
        }
        self.made.set(self.made.get() + 1);
        let holds = reader.verifies(scheme, message, signature);
        self.known.borrow_mut().insert(parts, holds);
        if holds { Verdict::Holds } else { Verdict::DoesNotHold }
    }
}

/// Whether a signature in CMS fits the certificate's key; none when algorithm or key are refused. CMS may name
/// only the kind of key, and the digest beside it.
pub(crate) fn signature_holds(
    certificate: &Certificate,
    algorithm: AlgorithmIdentifierRef<'_>,
    digest: ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let key = certificate.tbs_certificate.subject_public_key_info.owned_to_ref();
    let scheme = Scheme::of_cms(algorithm, digest).ok()?;
    Some(Key::of(&key).ok()?.verifies(scheme, message, signature))
}
