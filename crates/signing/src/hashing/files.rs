//! The door to hashing files: each algorithm by the way that is fastest for it.

use crate::error::Result;
use crate::progress::Progress;

use super::job::{HashAlgorithm, HashJob};
use super::sha256::Sha256;
use super::streams::{self, Method};
use super::tree;

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

    /// Opens and reads of one thread for these parts of files.
    #[cfg(unix)]
    fn asked(algorithm: HashAlgorithm, jobs: &[HashJob]) -> (usize, usize) {
        use crate::hashing::source::counts::{OPENS, READS};
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
        use crate::hashing::source::counts::{CANCELS, READS};
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
