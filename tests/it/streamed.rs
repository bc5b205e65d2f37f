//! A model whose files come as streams comes to what the same files come to in a folder: by every algorithm, whole and in
//! shards, as signed and changed in every way.

use crate::bench::Bench;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use touchmark::Code;
use touchmark::signing::{
    CheckCode, HashAlgorithm, Outcome, Progress, Stage, Streamed, Verification, hash_bytes,
};

type Files = BTreeMap<String, Vec<u8>>;

/// Everything in the folder but the signature.
fn files_of(model: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![model.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "model.sig" {
                let name = path.strip_prefix(model).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

/// Gives a byte or a few at a time, as networks do.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let many = self.0.len().min(buffer.len()).min(3);
        let (now, later) = self.0.split_at(many);
        buffer[..many].copy_from_slice(now);
        self.0 = later;
        Ok(many)
    }
}

fn streamed(bench: &Bench, files: &Files) -> Verification {
    let mut model = Streamed::new(&fs::read(bench.bundle()).unwrap()).unwrap();
    for (name, bytes) in files {
        model.file(name, &mut Drops(bytes), &Progress::default()).unwrap();
    }
    model.verify(&bench.trust, &bench.options)
}

fn lay(bench: &Bench, files: &Files) {
    for name in files_of(&bench.model()).into_keys() {
        bench.remove(&name);
    }
    files.iter().for_each(|(name, bytes)| bench.write(name, bytes));
}

/// Every check's code and outcome, and what FILES counted.
fn comes_to(verified: &Verification) -> impl PartialEq + std::fmt::Debug + use<> {
    let checks: Vec<_> =
        verified.checks.iter().map(|check| (check.stage, check.code, check.outcome)).collect();
    let files = &verified.files;
    let changed: Vec<_> =
        files.changed.iter().map(|file| (file.name.clone(), file.size, file.parts_changed)).collect();
    let digests: Vec<_> =
        files.changed.iter().map(|file| (file.expected.clone(), file.found.clone())).collect();
    let lists =
        (files.missing.clone(), files.extra.clone(), files.unsigned_empty.clone(), files.ignored.clone());
    (checks, (files.signed, files.here, files.matched_bytes), changed, digests, lists)
}

const ALL: [HashAlgorithm; 3] = [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3];

/// What becomes of files.
type Change = fn(&mut Files);

/// What may become of them.
const CHANGES: [(&str, Change); 7] = [
    ("nothing", |_| {}),
    ("a byte", |files| files.get_mut("weights.bin").unwrap()[5] ^= 1),
    ("cut off", |files| files.get_mut("weights.bin").unwrap().truncate(30)),
    ("longer", |files| files.get_mut("weights.bin").unwrap().extend(b"and more")),
    ("gone", |files| drop(files.remove("config.json"))),
    ("added", |files| drop(files.insert("sub/extra.bin".to_owned(), b"new".to_vec()))),
    ("added, empty", |files| drop(files.insert("empty".to_owned(), Vec::new()))),
];

#[test]
fn streams_come_to_what_a_folder_comes_to() {
    let weights: Vec<u8> = (0..100_u8).collect();
    let files: [(&str, &[u8]); 3] =
        [("config.json", b"{}"), ("weights.bin", &weights), ("sub/vocab.txt", b"a\nb\n")];
    let mut seen = std::collections::BTreeSet::new();
    for algorithm in ALL {
        for shard_size in [None, Some(16), Some(1000)] {
            let mut bench = Bench::unsigned(&[]);
            files.iter().for_each(|(name, bytes)| bench.write(name, bytes));
            (bench.sign_options.hash, bench.sign_options.shard_size) = (algorithm, shard_size);
            bench.sign();
            let signed = files_of(&bench.model());
            for (what, change) in CHANGES {
                let mut files = signed.clone();
                change(&mut files);
                lay(&bench, &files);
                let (by_streams, by_folder) = (streamed(&bench, &files), bench.verify());
                let about = format!("{what}, {algorithm:?}, shards of {shard_size:?}");
                assert_eq!(comes_to(&by_streams), comes_to(&by_folder), "{about}");
                seen.insert(by_streams.check(Stage::Files).unwrap().code);
            }
        }
    }
    let expected =
        [CheckCode::Files, CheckCode::FilesChanged, CheckCode::FilesMissing, CheckCode::FilesExtra];
    assert!(expected.iter().all(|code| seen.contains(code)), "{seen:?}");
}

#[test]
fn what_was_ignored_when_it_was_signed_is_ignored_in_streams_too() {
    let mut bench = Bench::unsigned(&[("weights.bin", "weights"), ("logs/run.txt", "1")]);
    bench.sign_options.ignore_paths = vec![bench.model().join("logs")];
    bench.sign();
    let files = files_of(&bench.model());
    let verified = streamed(&bench, &files);
    assert_eq!(verified.outcome(), Outcome::Pass, "{:?}", verified.checks);
    assert_eq!(verified.files.ignored.len(), 1);
    assert_eq!(verified.files.here, 1);
}

#[test]
fn a_model_of_one_file_that_the_reference_called_a_dot_is_that_file() {
    let bench = Bench::unsigned(&[("weights.bin", "weights")]);
    bench.sign();
    bench.edit_statement(|statement| {
        statement["predicate"]["resources"][0]["name"] = ".".into();
    });
    let files = files_of(&bench.model());
    assert_eq!(streamed(&bench, &files).check(Stage::Files).unwrap().outcome, Outcome::Pass);
    let two = Files::from([("a".to_owned(), b"weights".to_vec()), ("b".to_owned(), Vec::new())]);
    assert_eq!(streamed(&bench, &two).check(Stage::Files).unwrap().outcome, Outcome::Fail);
}

#[test]
fn what_is_no_file_of_a_model_is_refused_and_nothing_passes_without_all_files_and_trust() {
    let bench = Bench::new();
    let signature = fs::read(bench.bundle()).unwrap();
    let mut model = Streamed::new(&signature).unwrap();
    let taken = |model: &mut Streamed, name: &str| {
        model.file(name, &mut b"x".as_slice(), &Progress::default()).map_err(|error| error.code)
    };
    for name in ["", ".", "..", "a//b", "/a", "a/", "a/../b", "a\0b", "a\\b", &"x/".repeat(3000)] {
        assert_eq!(taken(&mut model, name), Err(Code::Usage), "{name:?}");
    }
    assert_eq!(taken(&mut model, "config.json"), Ok(()));
    assert_eq!(taken(&mut model, "config.json"), Err(Code::Usage), "it came before");
    // Hashed otherwise than asked for.
    let other = touchmark::signing::Hasher::new(HashAlgorithm::Blake3, None);
    assert_eq!(model.add("other", other).unwrap_err().code, Code::Usage);
    let sharded = touchmark::signing::Hasher::new(HashAlgorithm::Sha256, Some(16));
    assert_eq!(model.add("other", sharded).unwrap_err().code, Code::Usage);
    // A stream that breaks off has not come.
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the line is dead"))
        }
    }
    assert_eq!(model.file("weights.bin", &mut Broken, &Progress::default()).unwrap_err().code, Code::Read);
    let stopped = Progress::default();
    stopped.cancel();
    assert_eq!(model.file("weights.bin", &mut b"".as_slice(), &stopped).unwrap_err().code, Code::Cancelled);
    // Nothing came: everything is missing.
    let none = Streamed::new(&signature).unwrap().verify(&bench.trust, &bench.options);
    assert_eq!(none.check(Stage::Files).unwrap().code, CheckCode::FilesMissing);
    // Right bytes, and nobody who is trusted signed them.
    let stranger = Bench::new();
    let mut model = Streamed::new(&signature).unwrap();
    for (name, bytes) in files_of(&bench.model()) {
        model.file(&name, &mut bytes.as_slice(), &Progress::default()).unwrap();
    }
    let verified = model.verify(&stranger.trust, &bench.options);
    assert_eq!(verified.check(Stage::Files).unwrap().outcome, Outcome::Pass);
    assert_ne!(verified.outcome(), Outcome::Pass);
    // What is no signature of files.
    for bytes in
        [b"".as_slice(), b"{}", b"\xff\xfe", &hash_bytes(HashAlgorithm::Sha256, b"noise"), &b"[".repeat(1000)]
    {
        assert!(Streamed::new(bytes).is_err(), "{bytes:?}");
    }
}
