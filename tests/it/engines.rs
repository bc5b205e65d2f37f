//! What computes digests in place of the processors: held to the very digests that these give, by a contract that any engine
//! has to keep; and what a verification comes to when one does not keep it. There is no device here: the engines are
//! simulated.

use crate::bench::Bench;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use touchmark::signing::{
    CheckCode, DigestEngine, Digesting, HashAlgorithm, HashJob, Outcome, Place, Progress, Stage,
    Verification, hash_bytes, hash_files, verify_place,
};
use touchmark::{Code, Error};

const ALL: [HashAlgorithm; 3] = [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3];

type Digests = Vec<Result<Vec<u8>, Error>>;
/// What becomes of the right answers.
type Spoils = fn(&mut Digests);

/// A device as far as anybody outside can tell: it reads the files by itself, and computes in a way of its own.
#[derive(Default)]
pub struct Simulated {
    /// What it does with the right answers.
    spoils: Option<Spoils>,
    pub jobs: AtomicUsize,
}

impl Simulated {
    fn that(spoils: Spoils) -> Self {
        Simulated { spoils: Some(spoils), ..Simulated::default() }
    }
}

impl DigestEngine for Simulated {
    fn name(&self) -> &str {
        "simulated"
    }

    fn digests(
        &self,
        algorithm: HashAlgorithm,
        jobs: &[HashJob],
        progress: &Progress,
    ) -> touchmark::Result<Digests> {
        self.jobs.fetch_add(jobs.len(), SeqCst);
        let one = |job: &HashJob| {
            let bytes = fs::read(&job.path).map_err(|cause| Error::read(&job.path, &cause))?;
            if bytes.len() as u64 != job.size {
                return Err(Error::new(Code::Changed, "the file changed"));
            }
            let (from, to) = job.range.unwrap_or((0, job.size));
            let part =
                bytes.get(from as usize..to as usize).ok_or_else(|| Error::new(Code::Internal, "range"))?;
            progress.add_bytes(part.len() as u64);
            progress.add_file();
            Ok(hash_bytes(algorithm, part))
        };
        progress.check()?;
        let mut digests = jobs.iter().map(one).collect();
        if let Some(spoils) = self.spoils {
            spoils(&mut digests);
        }
        Ok(digests)
    }
}

/// What every engine has to keep, held against the processors.
fn contract(engine: &dyn DigestEngine) {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: String, size: u64| {
        let path = dir.path().join(name);
        fs::write(&path, (0..size).map(|at| (at * 7919 % 251) as u8).collect::<Vec<u8>>()).unwrap();
        HashJob { path, size, range: None }
    };
    // Around blocks, chunks and buffers of every algorithm.
    let sizes =
        [0, 1, 55, 56, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 65_535, 65_536, 65_537, 1_100_000];
    let mut jobs: Vec<HashJob> = sizes.iter().map(|size| file(size.to_string(), *size)).collect();
    let large = jobs.last().unwrap().clone();
    let cuts = [(0, 1), (1, 64), (64, 65_600), (500_000, 1_100_000), (7, 7)];
    jobs.extend(cuts.map(|range| HashJob { range: Some(range), ..large.clone() }));
    jobs.push(HashJob { path: dir.path().join("absent"), size: 3, range: None });
    jobs.push(HashJob { size: 2, ..file("longer".to_owned(), 3) });
    jobs.push(file("last".to_owned(), 10));
    for algorithm in ALL {
        let progress = Progress::default();
        let expected = hash_files(algorithm, &jobs, &progress).unwrap();
        let counted = progress.snapshot();
        let progress = Progress::default();
        let found = engine.digests(algorithm, &jobs, &progress).unwrap();
        assert_eq!(found.len(), jobs.len(), "{algorithm:?}: one answer a job");
        for ((job, expected), found) in jobs.iter().zip(&expected).zip(&found) {
            match (expected, found) {
                (Ok(expected), Ok(found)) => assert_eq!(hex::encode(expected), hex::encode(found), "{job:?}"),
                (Err(_), Err(_)) => {}
                (expected, found) => panic!("{job:?}: {expected:?} by the processors, {found:?} by it"),
            }
        }
        assert!(progress.snapshot().bytes >= counted.bytes, "{algorithm:?}: it tells how far it is");
    }
    let progress = Progress::default();
    progress.cancel();
    let error = engine.digests(HashAlgorithm::Sha256, &jobs, &progress).unwrap_err();
    assert_eq!(error.code, Code::Cancelled);
}

/// Engines that keep it nearly.
const BAD: [(&str, Spoils); 4] = [
    ("one bit is wrong", |digests| {
        if let Some(Ok(digest)) = digests.first_mut() {
            digest[0] ^= 1;
        }
    }),
    ("they come in another order", |digests| digests.reverse()),
    ("the last is left out", |digests| drop(digests.pop())),
    ("it calls a file unreadable", |digests| {
        if let Some(first) = digests.first_mut() {
            *first = Err(Error::new(Code::Read, "the device is busy"));
        }
    }),
];

#[test]
fn an_engine_gives_what_the_processors_give_and_one_that_does_not_is_found() {
    contract(&Simulated::default());
    for (what, spoils) in BAD {
        let found = catch_unwind(AssertUnwindSafe(|| contract(&Simulated::that(spoils))));
        assert!(found.is_err(), "{what}, and nobody noticed");
    }
}

fn verified(bench: &Bench, engine: Option<&dyn DigestEngine>) -> touchmark::Result<Verification> {
    let (model, bundle) = (bench.model(), bench.bundle());
    let digesting = Digesting { engine, ..Digesting::default() };
    let place = Place::Files(&model);
    Ok(verify_place(place, &bundle, &bench.trust, &bench.options, digesting, &Progress::default())?.1)
}

fn change_a_file(model: &Path) {
    let file = fs::read_dir(model).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_file());
    let file = file.unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[0] ^= 1;
    fs::write(&file, bytes).unwrap();
}

#[test]
fn whatever_an_engine_gives_only_the_processors_contradict_a_signature() {
    let bench = Bench::new();
    let by_cpu = verified(&bench, None).unwrap();
    assert_eq!(by_cpu.outcome_of(Stage::Files), Outcome::Pass);
    let good = Simulated::default();
    assert_eq!(verified(&bench, Some(&good)).unwrap(), by_cpu);
    assert_eq!(good.jobs.load(SeqCst) as u64, by_cpu.files.compared, "it was asked for all of them");
    for (what, spoils) in BAD {
        assert_eq!(verified(&bench, Some(&Simulated::that(spoils))).unwrap(), by_cpu, "{what}");
    }
    // The counter-case: bytes that are not as signed fail, by the digests that the processors found.
    change_a_file(&bench.model());
    let by_cpu = verified(&bench, None).unwrap();
    assert!(by_cpu.checks.iter().any(|check| check.code == CheckCode::FilesChanged), "{:?}", by_cpu.checks);
    for (what, spoils) in BAD {
        assert_eq!(verified(&bench, Some(&Simulated::that(spoils))).unwrap(), by_cpu, "{what}");
    }
    assert_eq!(verified(&bench, Some(&Simulated::default())).unwrap(), by_cpu);
}
