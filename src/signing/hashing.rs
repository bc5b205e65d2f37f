//! File hashing: sha256, blake2b (512 bit), blake3; several files at once on the rayon pool. It knows no
//! manifest: it is handed paths and sizes.

use crate::error::{Code, Error, Result};
use aws_lc_rs::digest;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::progress::Progress;

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

/// Digest of bytes in memory.
pub fn hash_bytes(algorithm: HashAlgorithm, bytes: &[u8]) -> Vec<u8> {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

/// Digests of all jobs, in their order. Counts bytes and files in `progress` and stops when it is cancelled.
/// The outer result is for cancellation, the inner for a file that cannot be read or that changed.
///
/// # Errors
/// `E-CANCELLED`.
pub fn hash_files(
    algorithm: HashAlgorithm,
    jobs: &[HashJob],
    progress: &Progress,
) -> Result<Vec<Result<Vec<u8>>>> {
    // One job a leaf: a few large files must not wait in line behind each other while a core idles.
    let digests = jobs.par_iter().with_max_len(1).map(|job| hash_one(algorithm, job, progress)).collect();
    progress.check()?;
    Ok(digests)
}

/// Read at a time; also how long a cancellation waits.
const BUFFER_BYTES: u64 = 1 << 20;

fn hash_one(algorithm: HashAlgorithm, job: &HashJob, progress: &Progress) -> Result<Vec<u8>> {
    progress.check()?;
    let unreadable = |cause: std::io::Error| Error::read(&job.path, &cause);
    // Asked by path first: opening a FIFO that took the file's place would never return.
    if !std::fs::metadata(&job.path).map_err(unreadable)?.is_file() {
        return Err(changed(job));
    }
    let mut file = File::open(&job.path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() != job.size {
        return Err(changed(job));
    }
    let (start, end) = job.range.unwrap_or((0, job.size));
    if start > end || end > job.size {
        return Err(Error::new(Code::Internal, "a range outside of its file").at_path(&job.path));
    }
    if start > 0 {
        file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    }
    let mut hasher = Hasher::new(algorithm);
    let mut left = end - start;
    // One byte more than the file has, so that growth shows in the same read.
    let mut buffer = vec![0; usize::try_from(left.saturating_add(1).min(BUFFER_BYTES)).unwrap_or(1)];
    while left > 0 {
        progress.check()?;
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = match file.read(buffer.get_mut(..want).unwrap_or_default()) {
            Ok(0) => return Err(changed(job)),
            Ok(read) => read,
            Err(cause) if cause.kind() == ErrorKind::Interrupted => continue,
            Err(cause) => return Err(unreadable(cause)),
        };
        hasher.update(buffer.get(..read).unwrap_or_default());
        progress.add_bytes(read as u64);
        left -= read as u64;
    }
    if end == job.size && file.metadata().map_err(unreadable)?.len() != job.size {
        return Err(changed(job));
    }
    progress.add_file();
    Ok(hasher.finish())
}

fn changed(job: &HashJob) -> Error {
    Error::new(Code::Changed, "the file changed while it was read")
        .at_path(&job.path)
        .help("wait until nothing writes to the model, then try again")
}

enum Hasher {
    Sha256(Box<digest::Context>),
    Blake2b(Box<blake2b_simd::State>),
    Blake3(Box<blake3::Hasher>),
}

impl Hasher {
    fn new(algorithm: HashAlgorithm) -> Self {
        match algorithm {
            HashAlgorithm::Sha256 => Hasher::Sha256(Box::new(digest::Context::new(&digest::SHA256))),
            HashAlgorithm::Blake2b => Hasher::Blake2b(Box::default()),
            HashAlgorithm::Blake3 => Hasher::Blake3(Box::default()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(state) => state.update(bytes),
            Hasher::Blake2b(state) => {
                state.update(bytes);
            }
            Hasher::Blake3(state) => {
                state.update(bytes);
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Sha256(state) => state.finish().as_ref().to_vec(),
            Hasher::Blake2b(state) => state.finalize().as_bytes().to_vec(),
            Hasher::Blake3(state) => state.finalize().as_bytes().to_vec(),
        }
    }
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
