//! What to hash and how: the algorithms of the OMS registry, and bytes in memory.

use aws_lc_rs::digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The algorithms of the OMS registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// SHA-256, 32 bytes.
    Sha256,
    /// BLAKE2b, unkeyed, 64 bytes.
    Blake2b,
    /// BLAKE3, 32 bytes.
    Blake3,
}

impl HashAlgorithm {
    /// The registry's name.
    pub fn as_str(self) -> &'static str {
        match self {
            HashAlgorithm::Sha256 => "sha256",
            HashAlgorithm::Blake2b => "blake2b",
            HashAlgorithm::Blake3 => "blake3",
        }
    }

    /// From the registry's name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sha256, Self::Blake2b, Self::Blake3].into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// Length of a digest in bytes.
    pub fn digest_bytes(self) -> usize {
        if self == Self::Blake2b { 64 } else { 32 }
    }
}

/// One thing to hash: a file, or the byte range `range` of it (shards).
#[derive(Debug, Clone)]
pub struct HashJob {
    /// The file.
    pub path: PathBuf,
    /// Its size when it was listed; a file that is then shorter or longer changed under us.
    pub size: u64,
    /// Start and end (exclusive) of the part to hash; none for the whole file.
    pub range: Option<(u64, u64)>,
}

impl HashJob {
    /// Start and end (exclusive) of what is to be hashed.
    pub(super) fn part(&self) -> (u64, u64) {
        self.range.unwrap_or((0, self.size))
    }

    /// How many bytes are to be hashed.
    pub(super) fn bytes(&self) -> u64 {
        let (start, end) = self.part();
        end.saturating_sub(start)
    }
}

/// Digest of bytes in memory.
pub fn hash_bytes(algorithm: HashAlgorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        HashAlgorithm::Sha256 => digest::digest(&digest::SHA256, bytes).as_ref().to_vec(),
        HashAlgorithm::Blake2b => blake2b_simd::blake2b(bytes).as_bytes().to_vec(),
        HashAlgorithm::Blake3 => blake3::hash(bytes).as_bytes().to_vec(),
    }
}

/// SHA-256 of bytes in memory, as 64 lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_registry() {
        let hex_of = |algorithm| hex::encode(hash_bytes(algorithm, b"abc"));
        assert_eq!(
            hex_of(HashAlgorithm::Sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            hex_of(HashAlgorithm::Blake2b),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        );
        assert_eq!(
            hex_of(HashAlgorithm::Blake3),
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"
        );
    }
}
