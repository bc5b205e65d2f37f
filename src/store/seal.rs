//! The seal of a remembered digest: a keyed hash over everything that its row says. A store may come from anybody, and
//! a digest that is not computed counts only when this program on this machine computed it. Where the key lies is not
//! known here.

use crate::signing::{DigestKey, Remembered};
use std::fmt;
use zeroize::Zeroizing;

/// What a seal is a seal of; another form of it needs another word.
const DOMAIN: &[u8] = b"touchmark remembered digest 1";

/// A keyed BLAKE3 hash.
pub type Seal = [u8; 32];

/// A digest as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The digest.
    pub remembered: Remembered,
    /// Its seal.
    pub seal: Seal,
}

/// The key that seals remembered digests.
#[derive(Clone)]
pub struct CacheKey(pub(super) Zeroizing<[u8; 32]>);

impl CacheKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        CacheKey(Zeroizing::new(bytes))
    }

    /// Seals a digest.
    pub fn seal(&self, key: &DigestKey, remembered: &Remembered) -> Sealed {
        Sealed { remembered: remembered.clone(), seal: *self.hash(key, remembered).as_bytes() }
    }

    /// The digest, when it has the right seal.
    pub fn opened(&self, key: &DigestKey, sealed: Sealed) -> Option<Remembered> {
        let Sealed { remembered, seal } = sealed;
        // Compared in constant time.
        (self.hash(key, &remembered) == blake3::Hash::from_bytes(seal)).then_some(remembered)
    }

    fn hash(&self, key: &DigestKey, remembered: &Remembered) -> blake3::Hash {
        let (file, (first, past)) = (&key.file, key.range);
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        };
        part(DOMAIN);
        for number in [file.device, file.inode, file.size, first, past] {
            part(&number.to_le_bytes());
        }
        for time in [file.modified, file.changed] {
            part(&time.to_le_bytes());
        }
        part(file.address.as_deref().unwrap_or_default().as_bytes());
        part(key.algorithm.as_str().as_bytes());
        part(&remembered.digest);
        part(remembered.at.to_string().as_bytes());
        hasher.finalize()
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheKey")
    }
}
