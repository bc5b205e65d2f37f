//! Numbers of large files are hashed while they come and kept nowhere: whatever lies in a model, a record says what it says
//! where all bytes are kept, and what is as signed is read once and hardly takes room.
#![cfg(unix)]

use super::made::{Faults, Faulty, Fleet, Place, parsed, records};
use crate::engines::Simulated;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use touchmark::error::Result;
use touchmark::fleet::{FleetRecord, Run, Work, work};
use touchmark::remote::{Files, Folder, Location, Object, Seen};
use touchmark::signing::{
    Curve, DigestEngine, HashAlgorithm, Progress, SignOptions, SigningKey, sha256_hex, sign_key,
    sign_statement_key,
};

const MIB: usize = 1 << 20;

/// Numbers in safetensors, so many bytes.
fn safetensors(bytes: usize) -> Vec<u8> {
    let head = format!(r#"{{"w":{{"dtype":"U8","shape":[{bytes}],"data_offsets":[0,{bytes}]}}}}"#);
    let numbers = (0..bytes).map(|at| (at * 7919 % 251) as u8);
    (head.len() as u64).to_le_bytes().into_iter().chain(head.bytes()).chain(numbers).collect()
}

/// The beginning of a GGUF file without metadata or tensors, and numbers.
fn gguf(bytes: usize) -> Vec<u8> {
    let mut file =
        [b"GGUF".as_slice(), &3_u32.to_le_bytes(), &0_u64.to_le_bytes(), &0_u64.to_le_bytes()].concat();
    file.resize(bytes, 7);
    file
}

/// Many tensors: a header of half a mebibyte.
fn long_safetensors() -> Vec<u8> {
    let each = 512;
    let row = |at: usize| {
        format!(
            r#""layer.{at:05}":{{"dtype":"U8","shape":[{each}],"data_offsets":[{},{}]}}"#,
            at * each,
            (at + 1) * each
        )
    };
    let head = format!("{{{}}}", (0..6000).map(row).collect::<Vec<_>>().join(","));
    assert!(head.len() > MIB / 3, "{}", head.len());
    let numbers = std::iter::repeat_n(3_u8, 6000 * each);
    (head.len() as u64).to_le_bytes().into_iter().chain(head.bytes()).chain(numbers).collect()
}

/// Half a mebibyte of metadata, and behind it a template: a header that is cut off before it cannot be read.
fn long_gguf() -> Vec<u8> {
    let mut file =
        [b"GGUF".as_slice(), &3_u32.to_le_bytes(), &0_u64.to_le_bytes(), &2_u64.to_le_bytes()].concat();
    let template = "{{ messages }}";
    for (key, text) in
        [("general.notes", "n".repeat(MIB / 2)), ("tokenizer.chat_template", template.to_owned())]
    {
        for bytes in [key.as_bytes(), text.as_bytes()] {
            if bytes == text.as_bytes() {
                file.extend(8_u32.to_le_bytes());
            }
            file.extend((bytes.len() as u64).to_le_bytes());
            file.extend(bytes);
        }
    }
    file.resize(3 * MIB, 7);
    file
}

/// An archive behind numbers, as `zip` would find it.
fn with_archive(mut file: Vec<u8>) -> Vec<u8> {
    file.extend(b"PK\x05\x06");
    file.extend([0; 18]);
    file
}

type Changes = fn(&Path);

fn edit(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// What is signed, how, and what becomes of it afterwards.
const CASES: [(&str, HashAlgorithm, Option<u64>, Changes); 11] = [
    ("as signed", HashAlgorithm::Sha256, None, |_| {}),
    ("as signed, in shards", HashAlgorithm::Sha256, Some(300_000), |_| {}),
    ("as signed, BLAKE2b", HashAlgorithm::Blake2b, None, |_| {}),
    ("as signed, BLAKE3 in shards", HashAlgorithm::Blake3, Some(1 << 20), |_| {}),
    ("a number is changed", HashAlgorithm::Sha256, None, |model| {
        edit(&model.join("model.safetensors"), MIB + 17)
    }),
    ("a number of a shard", HashAlgorithm::Sha256, Some(300_000), |model| {
        edit(&model.join("model.safetensors"), MIB + 17);
    }),
    ("cut off", HashAlgorithm::Sha256, None, |model| {
        let bytes = fs::read(model.join("model.safetensors")).unwrap();
        fs::write(model.join("model.safetensors"), &bytes[..2 * MIB]).unwrap();
    }),
    ("an unsigned file beside", HashAlgorithm::Sha256, None, |model| {
        fs::write(model.join("more.safetensors"), safetensors(2 * MIB)).unwrap();
    }),
    ("renamed", HashAlgorithm::Sha256, None, |model| {
        fs::rename(model.join("model.safetensors"), model.join("renamed.safetensors")).unwrap();
    }),
    ("a list of sums beside", HashAlgorithm::Sha256, None, |model| {
        let sum = sha256_hex(&fs::read(model.join("model.safetensors")).unwrap());
        fs::write(model.join("SHA256SUMS"), format!("{sum}  model.safetensors\n")).unwrap();
    }),
    ("no signature", HashAlgorithm::Sha256, None, |model| fs::remove_file(model.join("model.sig")).unwrap()),
];

/// Files by their names.
type Named = Vec<(&'static str, Vec<u8>)>;

/// What large files may be.
fn files() -> Vec<(&'static str, Named)> {
    let named = |name, bytes| vec![("model.safetensors", safetensors(3 * MIB)), (name, bytes)];
    vec![
        ("safetensors alone", vec![("model.safetensors", safetensors(3 * MIB))]),
        ("an archive behind", vec![("model.safetensors", with_archive(safetensors(3 * MIB)))]),
        ("GGUF", named("model.gguf", gguf(2 * MIB))),
        ("a long header", vec![("model.safetensors", long_safetensors())]),
        ("long metadata", named("model.gguf", long_gguf())),
        (
            "another format by that name",
            named("other.safetensors", [b"\x80\x04".to_vec(), vec![b'.'; 2 * MIB]].concat()),
        ),
        (
            "a header that is longer than the file",
            named("long.safetensors", {
                let mut file = safetensors(2 * MIB);
                file[..8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
                file
            }),
        ),
        ("by another name", named("weights.bin", safetensors(2 * MIB))),
    ]
}

/// A workspace with one large model, signed; and the bytes that lie there at the end.
fn with_model(what: &[(&str, Vec<u8>)], case: &(&str, HashAlgorithm, Option<u64>, Changes)) -> Fleet {
    // A stage that asks for what is seen inside files.
    let fleet = Fleet { stage: "production", ..Fleet::new() };
    let model = fleet.models().join("large/numbers");
    fs::create_dir_all(&model).unwrap();
    fs::write(model.join("config.json"), "{}").unwrap();
    for (name, bytes) in what {
        fs::write(model.join(name), bytes).unwrap();
    }
    let key = SigningKey::generate(Curve::P256).unwrap();
    let options =
        SignOptions { hash: case.1, shard_size: case.2, ..SignOptions::to(model.join("model.sig")) };
    sign_key(&model, &key, &options, &Progress::default()).unwrap();
    case.3(&model);
    fleet
}

/// The record of the model, and how many bytes were read for it.
fn record(fleet: &mut Fleet, engine: Option<&dyn DigestEngine>) -> (FleetRecord, u64) {
    fleet.out = tempfile::tempdir().unwrap();
    let source = fleet.below("large");
    let run = Run::open(&fleet.plan(vec![source], 1).location).unwrap();
    let faults = Arc::new(Faults::default());
    let reach = |place: &Location| -> Result<Place> {
        let Location::Folder(folder) = place else { panic!("a folder") };
        Ok(Arc::new(Faulty { below: Folder::new(folder), faults: faults.clone() }))
    };
    assert!(fleet.work_by(&run, 0, &reach, engine).unwrap().committed);
    let sealed = fleet.seal(&run).unwrap();
    let mut found = parsed(&records(&run, &sealed));
    assert_eq!(found.len(), 1);
    (found.remove(0), faults.read.load(SeqCst))
}

#[test]
fn a_record_says_the_same_whether_numbers_are_kept_or_not() {
    let mut outcomes = Vec::new();
    for (kind, files) in files() {
        for case in CASES {
            // The other kinds are looked into as they were signed, and changed.
            if kind != "safetensors alone"
                && !matches!(case.0, "as signed" | "a number is changed" | "no signature")
            {
                continue;
            }
            let mut fleet = with_model(&files, &case);
            let (without, _) = record(&mut fleet, None);
            // What is another engine reads files, so everything is kept.
            let (with, _) = record(&mut fleet, Some(&Simulated::default()));
            let with = FleetRecord { engine: without.engine.clone(), ..with };
            assert_eq!(without, with, "{kind}, {}", case.0);
            outcomes.push((kind, case.0, without));
        }
    }
    let files = |what: &str, code: &str| {
        let mut of = outcomes.iter().filter(|(_, case, _)| *case == what);
        of.all(|(.., record)| record.checks.iter().any(|check| check.code == code))
    };
    assert!(files("a number is changed", "FILES-CHANGED") && files("as signed", "FILES"), "{outcomes:?}");
}

#[test]
fn what_is_as_signed_is_read_once_and_what_is_not_comes_again_to_be_looked_into() {
    let files = [("model.safetensors", safetensors(3 * MIB))];
    let total = |fleet: &Fleet| -> u64 {
        let model = fleet.models().join("large/numbers");
        fs::read_dir(model).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
    };
    for (name, times) in [
        ("as signed", 1),
        ("as signed, in shards", 1),
        ("a number is changed", 2),
        ("renamed", 2),
        ("no signature", 1),
    ] {
        let case = CASES.iter().find(|case| case.0 == name).unwrap();
        let mut fleet = with_model(&files, case);
        let (_, read) = record(&mut fleet, None);
        assert_eq!(read, total(&fleet) * times, "{name}");
    }
}

/// Looks at how much room the scratch folder takes after each read.
struct Watching {
    below: Folder,
    scratch: std::path::PathBuf,
    most: Arc<AtomicU64>,
}

fn room(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        if path.is_dir() { room(&path) } else { fs::metadata(&path).map_or(0, |file| file.blocks() * 512) }
    };
    entries.map(of).sum()
}

impl Files for Watching {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<std::ops::ControlFlow<()>>) -> Result<()> {
        self.below.list(take)
    }

    fn state(&self, key: &str) -> Result<Object> {
        self.below.state(key)
    }

    fn read(&self, object: &Object, range: std::ops::Range<u64>) -> Result<Vec<u8>> {
        self.most.fetch_max(room(&self.scratch), SeqCst);
        self.below.read(object, range)
    }

    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool> {
        self.below.put_new(key, bytes)
    }
}

#[test]
fn the_scratch_folder_holds_headers_and_not_the_numbers_of_what_is_as_signed() {
    let most = |case: &str| {
        // The weights come before what is named later and read last.
        let files = [("a.safetensors", safetensors(24 * MIB)), ("z.safetensors", safetensors(2 * MIB))];
        let fleet = with_model(&files, CASES.iter().find(|known| known.0 == case).unwrap());
        let run = Run::open(&fleet.plan(vec![fleet.below("large")], 1).location).unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let most = Arc::new(AtomicU64::new(0));
        let asked = Work {
            shard: 0,
            scratch: scratch.path(),
            reach: &|place| {
                let Location::Folder(folder) = place else { panic!("a folder") };
                let (below, scratch) = (Folder::new(folder), scratch.path().to_owned());
                Ok(Arc::new(Watching { below, scratch, most: most.clone() }))
            },
            sign: &|payload| sign_statement_key(payload, &fleet.key, None),
            engine: None,
            progress: &Progress::default(),
            tell: &|_| {},
        };
        assert!(work(&run, &asked).unwrap().committed);
        most.load(SeqCst)
    };
    let kept = most("as signed");
    assert!(kept < 2 * MIB as u64, "{kept} bytes");
    // The counter-case: without a signature nothing says how to hash, and all of it is kept.
    let kept = most("no signature");
    assert!(kept > 20 * MIB as u64, "{kept} bytes");
}

/// Hands out pieces of any size, as places do.
struct Crumbs(Folder, Mutex<u64>);

impl Files for Crumbs {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<std::ops::ControlFlow<()>>) -> Result<()> {
        self.0.list(take)
    }

    fn state(&self, key: &str) -> Result<Object> {
        self.0.state(key)
    }

    fn read(&self, object: &Object, range: std::ops::Range<u64>) -> Result<Vec<u8>> {
        self.0.read(object, range)
    }

    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool> {
        self.0.put_new(key, bytes)
    }

    fn stream(&self, object: &Object, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let (mut at, mut seed) = (0, self.1.lock().unwrap());
        while at < object.size {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // The first piece may be shorter than any header.
            let many = if at == 0 { 1 + *seed % 12 } else { 1 + *seed % 700_000 };
            let end = object.size.min(at + many);
            take(&self.0.read(object, at..end)?)?;
            at = end;
        }
        Ok(())
    }
}

#[test]
fn pieces_of_any_size_come_to_the_same_record() {
    let files = [("model.safetensors", safetensors(3 * MIB)), ("model.gguf", gguf(2 * MIB))];
    for name in ["as signed, in shards", "a number is changed"] {
        let mut fleet = with_model(&files, CASES.iter().find(|case| case.0 == name).unwrap());
        let (expected, _) = record(&mut fleet, None);
        for seed in 1..4 {
            fleet.out = tempfile::tempdir().unwrap();
            let run = Run::open(&fleet.plan(vec![fleet.below("large")], 1).location).unwrap();
            let reach = |place: &Location| -> Result<Place> {
                let Location::Folder(folder) = place else { panic!("a folder") };
                Ok(Arc::new(Crumbs(Folder::new(folder), Mutex::new(seed))))
            };
            assert!(fleet.work_from(&run, 0, &reach).unwrap().committed);
            let found = parsed(&records(&run, &fleet.seal(&run).unwrap()));
            assert_eq!(found, std::slice::from_ref(&expected), "{name}, {seed}");
        }
    }
}
