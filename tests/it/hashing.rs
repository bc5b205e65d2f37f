//! Hashing: the same digests by every engine, thread count and instruction set; changed files are named.

#[cfg(unix)]
use crate::support::at_a_terminal;
use crate::support::{err, out};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use touchmark::Code;
use touchmark::signing::{HashAlgorithm, HashJob, Progress, hash_bytes, hash_files};

const ALL: [HashAlgorithm; 3] = [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3];

fn bytes(length: usize, seed: u64) -> Vec<u8> {
    (0..length as u64).map(|i| ((i ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

fn on_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// Writes one file a length; a job for each as a whole.
fn files(folder: &Path, lengths: &[usize]) -> Vec<(HashJob, Vec<u8>)> {
    let file = |(index, length): (usize, &usize)| {
        let (path, bytes) = (folder.join(format!("f{index}")), bytes(*length, index as u64));
        fs::write(&path, &bytes).unwrap();
        (HashJob { path, size: bytes.len() as u64, range: None }, bytes)
    };
    lengths.iter().enumerate().map(file).collect()
}

fn hashed(algorithm: HashAlgorithm, jobs: &[HashJob]) -> Vec<Vec<u8>> {
    let progress = Progress::default();
    let found = hash_files(algorithm, jobs, &progress).unwrap();
    let sum = |job: &HashJob| job.range.map_or(job.size, |(start, end)| end - start);
    let snapshot = progress.snapshot();
    assert_eq!((snapshot.files, snapshot.bytes), (jobs.len() as u64, jobs.iter().map(sum).sum()));
    found.into_iter().map(Result::unwrap).collect()
}

#[test]
fn lengths_at_every_edge_give_the_digests_of_their_bytes_on_one_thread_and_on_three() {
    let dir = tempfile::tempdir().unwrap();
    let mut lengths: Vec<usize> = (0..200).collect();
    for edge in [1024, 16 << 10, 64 << 10, 256 << 10, 1 << 20] {
        lengths.extend([edge - 64, edge - 1, edge, edge + 1, edge + 55, edge + 56]);
    }
    lengths.extend([3 << 20, (5 << 20) + 7]);
    let files = files(dir.path(), &lengths);
    let jobs: Vec<HashJob> = files.iter().map(|(job, _)| job.clone()).collect();
    for algorithm in ALL {
        let expected: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| hash_bytes(algorithm, bytes)).collect();
        for threads in [1, 3] {
            assert!(on_threads(threads, || hashed(algorithm, &jobs)) == expected, "{algorithm:?}, {threads}");
        }
        // One alone takes another path than many.
        for (job, expected) in jobs.iter().zip(&expected).rev().take(4) {
            assert_eq!(&hashed(algorithm, std::slice::from_ref(job))[0], expected);
        }
    }
}

#[test]
fn a_file_of_many_pieces_has_one_digest_whatever_the_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    for length in [(2 << 20) - 1, 2 << 20, (2 << 20) + 1, (9 << 20) + 1000] {
        let (job, bytes) = files(dir.path(), &[length]).remove(0);
        for threads in [1, 2, 5] {
            let digest = on_threads(threads, || hashed(HashAlgorithm::Blake3, std::slice::from_ref(&job)));
            assert_eq!(digest[0], blake3::hash(&bytes).as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn shards_of_any_size_are_hashed_as_their_bytes(
        length in 1..400_000_usize, shard in 1000..200_000_usize, threads in 1..4_usize, others in 0..20_usize
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut files = files(dir.path(), &[vec![length], vec![777; others]].concat());
        let (whole, bytes) = files.remove(0);
        let mut jobs = Vec::new();
        let mut parts: Vec<&[u8]> = Vec::new();
        for (index, part) in bytes.chunks(shard).enumerate() {
            let start = (index * shard) as u64;
            jobs.push(HashJob { range: Some((start, start + part.len() as u64)), ..whole.clone() });
            parts.push(part);
        }
        for (job, bytes) in &files {
            jobs.push(job.clone());
            parts.push(bytes);
        }
        for algorithm in ALL {
            let expected: Vec<Vec<u8>> = parts.iter().map(|part| hash_bytes(algorithm, part)).collect();
            prop_assert!(on_threads(threads, || hashed(algorithm, &jobs)) == expected);
        }
    }
}

#[test]
fn what_changed_is_gone_or_became_a_fifo_is_named_and_the_rest_is_hashed() {
    let dir = tempfile::tempdir().unwrap();
    let files = files(dir.path(), &[100; 40]);
    let mut jobs: Vec<HashJob> = files.iter().map(|(job, _)| job.clone()).collect();
    fs::write(&jobs[3].path, "shorter").unwrap();
    fs::write(&jobs[7].path, bytes(101, 0)).unwrap();
    fs::remove_file(&jobs[11].path).unwrap();
    jobs[13].range = Some((50, 101));
    fs::remove_file(&jobs[17].path).unwrap();
    fs::create_dir(&jobs[17].path).unwrap();
    let mut bad = vec![(3, Code::Changed), (7, Code::Changed), (11, Code::Read), (13, Code::Internal)];
    bad.push((17, Code::Changed));
    if cfg!(unix) {
        fs::remove_file(&jobs[19].path).unwrap();
        assert!(Command::new("mkfifo").arg(&jobs[19].path).status().unwrap().success());
        bad.push((19, Code::Changed));
    }
    for algorithm in ALL {
        let found = hash_files(algorithm, &jobs, &Progress::default()).unwrap();
        for (index, (found, (job, bytes))) in found.iter().zip(&files).enumerate() {
            match bad.iter().find(|(at, _)| *at == index) {
                Some((_, code)) => {
                    let error = found.as_ref().unwrap_err();
                    assert_eq!(error.code, *code, "{index}");
                    assert_eq!(error.at.as_ref().unwrap().raw(), job.path.to_str().unwrap());
                }
                None => assert_eq!(found.as_ref().unwrap(), &hash_bytes(algorithm, bytes)),
            }
        }
    }
}

#[test]
fn files_that_are_all_gone_keep_none_of_the_others_from_being_hashed() {
    let dir = tempfile::tempdir().unwrap();
    let files = files(dir.path(), &[vec![100; 100], vec![10; 5]].concat());
    let jobs: Vec<HashJob> = files.iter().map(|(job, _)| job.clone()).collect();
    jobs.iter().take(100).for_each(|job| fs::remove_file(&job.path).unwrap());
    for algorithm in ALL {
        for threads in [1, 2] {
            let found = on_threads(threads, || hash_files(algorithm, &jobs, &Progress::default()).unwrap());
            let (gone, here) = found.split_at(100);
            assert!(gone.iter().all(|found| found.as_ref().unwrap_err().code == Code::Read));
            for (found, (_, bytes)) in here.iter().zip(files.iter().skip(100)) {
                assert_eq!(found.as_ref().unwrap(), &hash_bytes(algorithm, bytes));
            }
        }
    }
}

#[test]
fn a_cancelled_run_stops_in_the_middle_of_a_file_and_gives_no_digest() {
    let dir = tempfile::tempdir().unwrap();
    // Holes, so long that nobody hashes them to their end before the watcher comes to its turn.
    let file = |index: u32| {
        let (path, size) = (dir.path().join(index.to_string()), 64 << 30);
        fs::File::create(&path).unwrap().set_len(size).unwrap();
        HashJob { path, size, range: None }
    };
    let jobs: Vec<HashJob> = (0..3).map(file).collect();
    for algorithm in ALL {
        let progress = Progress::default();
        let watcher = progress.clone();
        let error = std::thread::scope(|scope| {
            scope.spawn(move || {
                while watcher.snapshot().bytes == 0 {
                    std::thread::yield_now();
                }
                watcher.cancel();
            });
            hash_files(algorithm, &jobs, &progress).unwrap_err()
        });
        assert_eq!((error.code, progress.snapshot().files), (Code::Cancelled, 0));
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_is_told_how_far_hashing_is_and_the_line_goes_when_it_is_done() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("model")).unwrap();
    fs::File::create(dir.path().join("model/weights")).unwrap().set_len(1_500_000_000).unwrap();
    let (seen, status) = at_a_terminal(dir.path(), &[], &["digest", "model"], &[]);
    assert_eq!(status, 0, "{seen}");
    assert!(seen.contains("▯") && seen.contains(" of 1.5 GB, ") && seen.contains("/s, "), "{seen}");
    assert!(seen.contains(" s left"), "{seen}");
    let last = seen.trim_end().rsplit("\u{1b}[2K").next().unwrap();
    assert!(last.len() == 64 && last.bytes().all(|byte| byte.is_ascii_hexdigit()), "{seen:?}");
    let (quiet, _) = at_a_terminal(dir.path(), &[], &["-q", "digest", "model"], &[]);
    assert_eq!(quiet, "");
}

/// One digest of a model with files of many sizes, by every set of instructions that can be asked for; what
/// this machine cannot run falls back to what it can.
#[test]
fn the_program_gives_one_root_digest_by_every_instruction_set_and_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let lengths: Vec<usize> = (0..40).map(|i| i * i * 37 % 7_001).chain([40_000, 0, 64]).collect();
    files(dir.path(), &lengths);
    let root = |set: &str, jobs: &str, shards: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["digest", "--jobs", jobs])
            .args(shards)
            .arg(dir.path())
            .env("TOUCHMARK_SHA256", set)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", err(&done));
        out(&done)
    };
    let sharded = ["--shard-size", "4096"];
    let (whole, shards) = (root("single", "1", &[]), root("single", "1", &sharded));
    assert_ne!(whole, shards);
    for set in ["sha", "avx2", "avx512", "", "no such set"] {
        for jobs in ["1", "2"] {
            assert_eq!(root(set, jobs, &[]), whole, "{set}, {jobs}");
            assert_eq!(root(set, jobs, &sharded), shards, "{set}, {jobs}");
        }
    }
}
