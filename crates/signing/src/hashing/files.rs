//! File hashing: sha256, blake2b (512 bit), blake3, as fast as the machine allows. It knows no manifest: it is
//! handed paths and sizes.
//!
//! `plan` says who hashes what and when, `source` reads and notices change, `streams` keeps the lanes of
//! sha256 and blake2b full, `sha256` chooses among the `kernel`s, `tree` cuts files for blake3.

use crate::error::Result;
use crate::progress::Progress;
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

use super::sha256::Sha256;
use super::streams::{self, Method};
use super::tree;

/// The algorithms of the OMS registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// Digests of all jobs, in their order. Counts bytes and files in `progress` and stops when it is cancelled.
/// The outer result is for cancellation, the inner for a file that cannot be read or that changed.
///
/// All threads of the rayon pool that it is called in work on it, largest jobs first; the memory for buffers
/// does not depend on the sizes or the number of the files.
///
/// # Errors
/// `E-CANCELLED`.
pub fn hash_files(
    algorithm: HashAlgorithm,
    jobs: &[HashJob],
    progress: &Progress,
) -> Result<Vec<Result<Vec<u8>>>> {
    let found = match algorithm {
        HashAlgorithm::Sha256 => streams::hash(Method::Sha256(Sha256::of_this_machine()), jobs, progress),
        HashAlgorithm::Blake2b => streams::hash(Method::Blake2b, jobs, progress),
        HashAlgorithm::Blake3 => tree::hash(jobs, progress),
    };
    progress.check()?;
    Ok(found)
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

    /// Opens and reads of one thread for these parts of files.
    #[cfg(unix)]
    fn asked(algorithm: HashAlgorithm, jobs: &[HashJob]) -> (usize, usize) {
        use super::source::counts::OPENS;
        use super::source::counts::READS;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| {
            let found = hash_files(algorithm, jobs, &Progress::default()).unwrap();
            assert!(found.iter().all(Result::is_ok));
            (OPENS.get(), READS.get())
        })
    }

    #[cfg(unix)]
    #[test]
    fn a_small_file_costs_one_open_and_one_read_and_a_large_one_few() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, size: u64| {
            let path = dir.path().join(name);
            std::fs::File::create(&path).unwrap().set_len(size).unwrap();
            HashJob { path, size, range: None }
        };
        let small: Vec<HashJob> = (0..1000).map(|index| file(&index.to_string(), 4096)).collect();
        let large = file("large", 4 << 20);
        let shards: Vec<HashJob> =
            (0..8).map(|at| HashJob { range: Some((at << 19, (at + 1) << 19)), ..large.clone() }).collect();
        for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3] {
            assert_eq!(asked(algorithm, &small), (1000, 1000), "{algorithm:?}");
            let (opens, reads) = asked(algorithm, std::slice::from_ref(&large));
            // Blake3 opens a file for each of its pieces.
            let pieces = if algorithm == HashAlgorithm::Blake3 { 4 } else { 1 };
            assert_eq!((opens, reads), (pieces, 64), "{algorithm:?}");
            assert_eq!(asked(algorithm, &shards), (8, 64), "{algorithm:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_more_is_read_once_the_work_is_cancelled() {
        use super::source::counts::CANCELS;
        use super::source::counts::READS;
        let dir = tempfile::tempdir().unwrap();
        let file = |index: u32| {
            let (path, size) = (dir.path().join(index.to_string()), 2 << 20);
            std::fs::File::create(&path).unwrap().set_len(size).unwrap();
            HashJob { path, size, range: None }
        };
        let jobs: Vec<HashJob> = (0..40).map(file).collect();
        for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3] {
            for at in [1, 7, 50] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
                pool.install(|| {
                    let progress = Progress::default();
                    CANCELS.set(Some((at, progress.clone())));
                    let error = hash_files(algorithm, &jobs, &progress).unwrap_err();
                    assert_eq!(
                        (error.code, READS.get()),
                        (crate::error::Code::Cancelled, at),
                        "{algorithm:?}"
                    );
                });
            }
        }
    }
}
