//! Digests of bytes that come piece by piece, such as from a network: computed while they are written to a file, so that it
//! need not be read again. It knows no network.

use aws_lc_rs::digest::{Context, SHA256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::job::HashAlgorithm;
use super::remembered::{DigestKey, FileState};

/// A digest, and the bytes that it is of: the first, and the one after the last.
pub type PartDigest = ((u64, u64), Vec<u8>);

enum State {
    Sha256(Context),
    Blake2b(Box<blake2b_simd::State>),
    Blake3(Box<blake3::Hasher>),
}

impl State {
    fn new(algorithm: HashAlgorithm) -> Self {
        match algorithm {
            HashAlgorithm::Sha256 => State::Sha256(Context::new(&SHA256)),
            HashAlgorithm::Blake2b => State::Blake2b(Box::new(blake2b_simd::State::new())),
            HashAlgorithm::Blake3 => State::Blake3(Box::new(blake3::Hasher::new())),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            State::Sha256(state) => state.update(bytes),
            State::Blake2b(state) => drop(state.update(bytes)),
            State::Blake3(state) => drop(state.update(bytes)),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            State::Sha256(state) => state.finish().as_ref().to_vec(),
            State::Blake2b(state) => state.finalize().as_bytes().to_vec(),
            State::Blake3(state) => state.finalize().as_bytes().to_vec(),
        }
    }
}

/// Digests of a file whose bytes come in order: of all of them, or of shards of a size (OMS v1.0, 6.3.2).
pub struct Hasher {
    algorithm: HashAlgorithm,
    shard: Option<u64>,
    state: State,
    /// Where the part began that is being hashed, and where the next byte comes.
    began: u64,
    at: u64,
    done: Vec<PartDigest>,
}

impl Hasher {
    /// Nothing was hashed yet. `shard` is the size of a shard in bytes; none, or nothing, for the whole file.
    pub fn new(algorithm: HashAlgorithm, shard: Option<u64>) -> Self {
        let shard = shard.filter(|size| *size > 0);
        Hasher { algorithm, shard, state: State::new(algorithm), began: 0, at: 0, done: Vec::new() }
    }

    /// The next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.shard.map_or(u64::MAX, |size| self.began + size - self.at);
            let many = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
            let (now, later) = bytes.split_at(many);
            self.state.update(now);
            self.at += many as u64;
            if many as u64 == room {
                self.part();
            }
            bytes = later;
        }
    }

    fn part(&mut self) {
        let state = std::mem::replace(&mut self.state, State::new(self.algorithm));
        self.done.push(((self.began, self.at), state.finish()));
        self.began = self.at;
    }

    /// The digests, in the order of their bytes. An empty file has one as a whole, and none of shards.
    pub fn finish(mut self) -> Vec<PartDigest> {
        if self.shard.is_none() || self.at > self.began {
            self.part();
        }
        self.done
    }

    /// How many bytes came.
    pub fn bytes(&self) -> u64 {
        self.at
    }

    /// The size of a shard in bytes; none for the whole file.
    pub fn shard_size(&self) -> Option<u64> {
        self.shard
    }

    /// The algorithm.
    pub fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }
}

/// Digests that were computed while their files were written. They hold until a file changes.
#[derive(Default)]
pub struct Fresh(Mutex<HashMap<DigestKey, Vec<u8>>>);

impl Fresh {
    /// Keeps the digests of a file that was just written and closed. False where the system does not tell its state: then
    /// it has to be read again.
    pub fn keep(&self, path: &Path, algorithm: HashAlgorithm, digests: Vec<PartDigest>) -> bool {
        let Some(file) = std::fs::metadata(path).ok().and_then(|metadata| FileState::of(path, &metadata))
        else {
            return false;
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (range, digest) in digests {
            kept.insert(DigestKey { file: file.clone(), algorithm, range }, digest);
        }
        true
    }

    pub(super) fn of(&self, key: &DigestKey) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::job::hash_bytes;

    const ALL: [HashAlgorithm; 3] = [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3];

    proptest::proptest! {
        #[test]
        fn pieces_of_any_size_come_to_the_digests_of_the_bytes(
            bytes in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..5000),
            piece in 1_usize..700,
            shard in 0_u64..900,
        ) {
            for algorithm in ALL {
                let mut whole = Hasher::new(algorithm, None);
                let mut shards = Hasher::new(algorithm, Some(shard));
                for piece in bytes.chunks(piece) {
                    whole.update(piece);
                    shards.update(piece);
                }
                let all = (0, bytes.len() as u64);
                assert_eq!(whole.finish(), [(all, hash_bytes(algorithm, &bytes))]);
                let expected: Vec<PartDigest> = match shard {
                    0 => vec![(all, hash_bytes(algorithm, &bytes))],
                    _ => {
                        let parts = bytes.chunks(shard as usize).enumerate();
                        let range = |at: usize, part: &[u8]| (at as u64 * shard, at as u64 * shard + part.len() as u64);
                        parts.map(|(at, part)| (range(at, part), hash_bytes(algorithm, part))).collect()
                    }
                };
                assert_eq!(shards.finish(), expected);
            }
        }
    }
}
