//! Every engine of sha256, and blake2b and blake3, over files in the page cache, with one thread and with two.
//! `cargo bench --bench hashing`. Ratios to read: each engine against `read_only` (the floor) and, for sha256,
//! against `single`, which is one stream of aws-lc-rs at a time in as many threads.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use touchmark::signing::{HashAlgorithm, HashJob, Progress, hash_files};

const FILES: usize = 64;
const FILE_BYTES: usize = 4 << 20;
const THREADS: [usize; 2] = [1, 2];

fn main() {
    // The engine of sha256 is chosen once in a process: each is measured in a process of its own.
    const NAMES: [&str; 6] = ["single", "sha", "avx2", "avx512", "without-sha", ""];
    if std::env::var_os("TOUCHMARK_SHA256").is_some() || std::env::args().any(|argument| argument == "--list")
    {
        return divan::main();
    }
    for name in NAMES {
        let shown = if name.is_empty() { "the choice of this machine" } else { name };
        let only = if name.is_empty() { "" } else { "sha256" };
        std::io::Write::write_all(&mut std::io::stdout(), format!("\nTOUCHMARK_SHA256={shown}\n").as_bytes())
            .unwrap();
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(std::env::args_os().skip(1)).arg(only).env("TOUCHMARK_SHA256", name).stdin(Stdio::null());
        assert!(again.status().unwrap().success());
    }
}

struct Files {
    folder: tempfile::TempDir,
    jobs: Vec<HashJob>,
}

fn files() -> &'static Files {
    static FILES_MADE: OnceLock<Files> = OnceLock::new();
    FILES_MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes: Vec<u8> =
            (0..FILE_BYTES as u64).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 13) as u8).collect();
        let job = |index: usize| {
            let path = folder.path().join(format!("{index}"));
            bytes.rotate_left(1);
            std::fs::write(&path, &bytes).unwrap();
            HashJob { path, size: FILE_BYTES as u64, range: None }
        };
        let jobs = (0..FILES).map(job).collect();
        Files { folder, jobs }
    })
}

fn in_threads(threads: usize, bencher: Bencher, jobs: &[HashJob], work: impl Fn(&[HashJob]) + Sync) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let bytes: u64 = jobs.iter().map(|job| job.size).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| pool.install(|| work(black_box(jobs))));
}

fn hash(algorithm: HashAlgorithm, jobs: &[HashJob]) {
    black_box(hash_files(algorithm, jobs, &Progress::default()).unwrap());
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn sha256_of_64_files(bencher: Bencher, threads: usize) {
    in_threads(threads, bencher, &files().jobs, |jobs| hash(HashAlgorithm::Sha256, jobs));
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn sha256_of_16_files(bencher: Bencher, threads: usize) {
    in_threads(threads, bencher, &files().jobs[..16], |jobs| hash(HashAlgorithm::Sha256, jobs));
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn sha256_of_one_file(bencher: Bencher, threads: usize) {
    in_threads(threads, bencher, &files().jobs[..1], |jobs| hash(HashAlgorithm::Sha256, jobs));
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn sha256_of_one_file_in_64_shards(bencher: Bencher, threads: usize) {
    let whole = &files().jobs[0];
    let shard = whole.size / 64;
    let jobs: Vec<HashJob> = (0..64)
        .map(|index| HashJob { range: Some((index * shard, (index + 1) * shard)), ..whole.clone() })
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    bencher
        .counter(BytesCount::new(whole.size))
        .bench_local(|| pool.install(|| hash(HashAlgorithm::Sha256, black_box(&jobs))));
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn blake2b_of_64_files(bencher: Bencher, threads: usize) {
    in_threads(threads, bencher, &files().jobs, |jobs| hash(HashAlgorithm::Blake2b, jobs));
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn blake3_of_64_files(bencher: Bencher, threads: usize) {
    in_threads(threads, bencher, &files().jobs, |jobs| hash(HashAlgorithm::Blake3, jobs));
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn blake3_of_one_file(bencher: Bencher, threads: usize) {
    in_threads(threads, bencher, &files().jobs[..1], |jobs| hash(HashAlgorithm::Blake3, jobs));
}

/// What reading alone costs.
#[divan::bench(args = THREADS, sample_count = 20)]
fn read_only(bencher: Bencher, threads: usize) {
    let read = |path: &Path, buffer: &mut [u8]| {
        let mut file = std::fs::File::open(path).unwrap();
        while file.read(buffer).unwrap() > 0 {}
    };
    in_threads(threads, bencher, &files().jobs, |jobs| {
        let paths: Vec<PathBuf> = jobs.iter().map(|job| job.path.clone()).collect();
        rayon::scope(|scope| {
            for paths in paths.chunks(paths.len().div_ceil(threads)) {
                scope.spawn(move |_| {
                    let mut buffer = vec![0; 256 << 10];
                    paths.iter().for_each(|path| read(path, &mut buffer));
                });
            }
        });
    });
    assert!(files().folder.path().exists());
}
