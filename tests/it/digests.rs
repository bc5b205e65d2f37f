//! Digests that were computed before: what nobody touched is not read again where the policy allows it, what was
//! touched is, and everything that rests on them says so.
#![cfg(unix)]

use crate::bench::{Bench, faults};
use crate::support::{copy_of_samples, err, out, touchmark};
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use touchmark::signing::{
    DigestKey, DigestLedger, Outcome, Progress, Remembered, Reuse, Stage, Verification, verify_with,
};

/// A ledger in memory that counts.
#[derive(Default)]
struct Memory {
    digests: Mutex<HashMap<DigestKey, Remembered>>,
}

impl DigestLedger for Memory {
    fn recall(&self, keys: &[DigestKey]) -> Vec<Option<Remembered>> {
        let digests = self.digests.lock().unwrap();
        keys.iter().map(|key| digests.get(key).cloned()).collect()
    }

    fn remember(&self, digests: &[(DigestKey, Remembered)]) {
        self.digests.lock().unwrap().extend(digests.iter().cloned());
    }
}

impl Memory {
    fn verify(&self, bench: &Bench, not_before: Option<jiff::Timestamp>) -> Verification {
        let reuse = Reuse { ledger: self, not_before };
        let progress = Progress::default();
        let (model, bundle) = (bench.model(), bench.bundle());
        verify_with(&model, &bundle, &bench.trust, &bench.options, Some(reuse), &progress).unwrap()
    }

    fn len(&self) -> usize {
        self.digests.lock().unwrap().len()
    }
}

const ANY: Option<jiff::Timestamp> = Some(jiff::Timestamp::MIN);

fn recalled(verified: &Verification) -> u64 {
    verified.files.recalled.map_or(0, |recalled| recalled.parts)
}

/// Until what was written now is older than the tick within which a change could hide.
fn settle(folder: &Path) {
    let newest = |path: &Path| fs::metadata(path).map(|meta| meta.ctime()).unwrap_or(0);
    let mut latest = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        latest = latest.max(newest(&path));
        if path.is_dir() {
            fs::read_dir(&path)
                .unwrap()
                .for_each(|inner| latest = latest.max(newest(&inner.unwrap().path())));
        }
    }
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64;
    while now() <= latest + 3 {
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_nobody_touched_is_not_hashed_again_and_what_was_touched_is() {
    let bench = Bench::new();
    let memory = Memory::default();
    // Just written: it could change again under the same times.
    assert_eq!(recalled(&memory.verify(&bench, ANY)), 0);
    assert_eq!(memory.len(), 0, "nothing that could still change unseen is remembered");
    settle(&bench.model());
    assert_eq!(recalled(&memory.verify(&bench, ANY)), 0);
    assert_eq!(memory.len(), 4);
    let verified = memory.verify(&bench, ANY);
    assert_eq!((recalled(&verified), verified.files.bytes), (4, 0));
    assert_eq!(faults(&verified), []);
    let files = &verified.words_of(verified.check(Stage::Files).unwrap()).summary;
    assert!(files.contains("4 of 4 by digests cached"), "{files}");
    // Whoever wants all computed gets it, and so does whoever wants newer ones.
    assert_eq!(recalled(&memory.verify(&bench, None)), 0);
    assert_eq!(recalled(&memory.verify(&bench, Some(jiff::Timestamp::now()))), 0);

    // The same length, and the old time of the contents put back: the system still knows.
    let weights = bench.model().join("weights.bin");
    let before = fs::metadata(&weights).unwrap();
    fs::write(&weights, "\u{0}weighty").unwrap();
    let file = fs::File::options().write(true).open(&weights).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&weights).unwrap().mtime_nsec(), before.mtime_nsec());
    let verified = memory.verify(&bench, ANY);
    assert_eq!(faults(&verified), [(Stage::Files, "FILES-CHANGED")], "{verified:#?}");
    assert_eq!(recalled(&verified), 3);
    // The right bytes in another file under the name.
    fs::write(bench.model().join("new"), "\u{0}weights").unwrap();
    bench.rename("new", "weights.bin");
    assert_eq!(faults(&memory.verify(&bench, ANY)), []);
}

#[test]
fn a_remembered_digest_never_contradicts_by_itself() {
    let bench = Bench::new();
    let memory = Memory::default();
    settle(&bench.model());
    memory.verify(&bench, ANY);
    for remembered in memory.digests.lock().unwrap().values_mut() {
        remembered.digest = vec![7; 32];
    }
    let verified = memory.verify(&bench, ANY);
    assert_eq!((faults(&verified), recalled(&verified)), (vec![], 0), "the bytes were looked at again");
}

#[test]
fn shards_are_remembered_one_by_one() {
    let bench = Bench::sharded(&[("weights.bin", b"0123456789")], 4);
    let memory = Memory::default();
    settle(&bench.model());
    memory.verify(&bench, ANY);
    assert_eq!((memory.len(), recalled(&memory.verify(&bench, ANY))), (3, 3));
}

/// The samples with a policy whose stage `dev` lets digests of an hour count.
struct Workspace(tempfile::TempDir);

impl Workspace {
    fn new() -> Self {
        let copy = copy_of_samples();
        let policy = copy.path().join("policies/samples.toml");
        let text = fs::read_to_string(&policy).unwrap();
        let text = text.replacen("min_level = 0", "min_level = 0\ncached_digests_max_hours = 1", 1);
        fs::write(policy, text).unwrap();
        settle(&copy.path().join("models/lumen"));
        Workspace(copy)
    }

    fn run(&self, words: &[&str]) -> Output {
        let folder = self.0.path().to_string_lossy().into_owned();
        touchmark(words.iter().copied().chain(["--workspace", &folder]))
    }

    fn stage(&self, from: &str, to: &str) {
        let file = self.0.path().join("touchmark.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text.replace(&format!("stage = \"{from}\""), &format!("stage = \"{to}\""))).unwrap();
    }
}

#[test]
fn the_policy_says_at_which_stage_remembered_digests_count() {
    let workspace = Workspace::new();
    let model = "lumen/iris-base";
    workspace.stage("production", "dev");
    for what in ["nothing is remembered yet", "then it is"] {
        let verified = workspace.run(&["verify", model]);
        assert_eq!(verified.status.code(), Some(0), "{what}: {}{}", out(&verified), err(&verified));
    }
    let list = out(&workspace.run(&["list"]));
    let row = list.lines().find(|line| line.contains(model)).unwrap();
    assert!(row.contains("✓ cached"), "{row}");
    let score = out(&workspace.run(&["score", model]));
    assert!(score.contains("(cached, since 20"), "{score}");
    let gate = workspace.run(&["gate", model, "--stage", "dev"]);
    assert_eq!(gate.status.code(), Some(0), "{}", out(&gate));
    // Production computes all anew, and what was remembered does not count there.
    workspace.run(&["verify", model]);
    workspace.stage("dev", "production");
    let why = out(&workspace.run(&["list", "--format", "json"]));
    let list: serde_json::Value = serde_json::from_str(&why).unwrap();
    let row = list["models"].as_array().unwrap().iter().find(|row| row["id"] == model).unwrap().clone();
    assert_eq!((row["status"].as_str(), row["decision"].as_str()), (Some("cached"), Some("refuse")));
    let gate = workspace.run(&["gate", model, "--stage", "production"]);
    assert_eq!(gate.status.code(), Some(0), "{}", out(&gate));
    assert!(!out(&gate).contains("cached"), "{}", out(&gate));
    // In full, also where it need not be.
    workspace.stage("production", "dev");
    workspace.run(&["verify", model]);
    let verified = out(&workspace.run(&["verify", model, "--in-full", "--explain"]));
    assert!(!verified.contains("cached"), "{verified}");
}

/// The store of the workspace, from behind.
fn store(workspace: &Workspace) -> rusqlite::Connection {
    rusqlite::Connection::open(workspace.0.path().join("touchmark.db")).unwrap()
}

/// The outcome of a verification of the sample at `dev`, and how many digests were remembered.
fn verified(workspace: &Workspace, more: &[&str]) -> (String, u64) {
    let words = [&["verify", "lumen/iris-base", "--format", "json"], more].concat();
    let done = workspace.run(&words);
    let document: serde_json::Value =
        serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}{}", out(&done), err(&done)));
    let recalled = document["verification"]["files"]["recalled"]["parts"].as_u64().unwrap_or(0);
    (document["outcome"].as_str().unwrap().to_owned(), recalled)
}

#[test]
fn a_remembered_digest_counts_only_under_its_seal() {
    let workspace = Workspace::new();
    workspace.stage("production", "dev");
    verified(&workspace, &[]);
    let (outcome, whole) = verified(&workspace, &[]);
    assert!(outcome == "pass" && whole > 1, "an untouched cache saves the hashing");
    let weights = fs::read_dir(workspace.0.path().join("models/lumen/iris-base"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "safetensors"))
        .unwrap();
    let inode = fs::metadata(&weights).unwrap().ino() as i64;
    let raw = store(&workspace);
    // Whatever is changed of a row, it is forgotten: also where it fits the file all the same.
    for (column, value) in
        [("at", "'2999-01-01T00:00:00Z'"), ("at", "'2020-01-01T00:00:00Z'"), ("seal", "zeroblob(32)")]
    {
        let change = format!("UPDATE digest SET {column} = {value} WHERE inode = ?1");
        assert_eq!(raw.execute(&change, [inode]).unwrap(), 1);
        assert_eq!(verified(&workspace, &[]), ("pass".to_owned(), whole - 1), "{column} {value}");
        assert_eq!(verified(&workspace, &[]).1, whole, "and is remembered again");
    }
    // The file is changed, and the row says of it what the signature says.
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, &bytes).unwrap();
    settle(&workspace.0.path().join("models/lumen"));
    let told = fs::metadata(&weights).unwrap();
    let nanoseconds = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
    let forged = raw
        .execute(
            "UPDATE digest SET modified = ?2, changed = ?3 WHERE inode = ?1",
            rusqlite::params![
                inode,
                nanoseconds(told.mtime(), told.mtime_nsec()),
                nanoseconds(told.ctime(), told.ctime_nsec())
            ],
        )
        .unwrap();
    assert_eq!(forged, 1);
    assert_eq!(verified(&workspace, &[]), ("fail".to_owned(), whole - 1));
    let gate = workspace.run(&["gate", "lumen/iris-base", "--stage", "dev"]);
    assert_eq!(gate.status.code(), Some(1), "{}", out(&gate));
}

#[test]
fn nothing_remembered_counts_for_a_question_about_another_time_or_in_full() {
    let workspace = Workspace::new();
    workspace.stage("production", "dev");
    verified(&workspace, &[]);
    assert!(verified(&workspace, &[]).1 > 1);
    let rows = || -> i64 {
        store(&workspace).query_row("SELECT count(*) FROM digest", [], |row| row.get(0)).unwrap()
    };
    let kept = rows();
    let now = jiff::Timestamp::now();
    for at in [now, now - jiff::SignedDuration::from_hours(2), now + jiff::SignedDuration::from_hours(2)] {
        assert_eq!(verified(&workspace, &["--at", &at.to_string()]).1, 0, "{at}");
    }
    assert_eq!(verified(&workspace, &["--in-full"]).1, 0);
    assert_eq!(rows(), kept);
    assert!(verified(&workspace, &[]).1 > 1);
}

#[test]
fn what_is_dated_later_than_now_is_computed_again() {
    let bench = Bench::new();
    let memory = Memory::default();
    settle(&bench.model());
    memory.verify(&bench, ANY);
    assert_eq!(recalled(&memory.verify(&bench, ANY)), 4);
    for remembered in memory.digests.lock().unwrap().values_mut() {
        remembered.at += jiff::SignedDuration::from_hours(1);
    }
    assert_eq!(recalled(&memory.verify(&bench, ANY)), 0);
}

#[test]
fn without_a_key_of_its_own_the_cache_is_off_and_says_so_when_asked() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let workspace = Workspace::new();
    workspace.stage("production", "dev");
    let state = tempfile::tempdir().unwrap();
    let folder = workspace.0.path().to_string_lossy().into_owned();
    let verify = |more: &[&str]| {
        let words = [&["verify", "lumen/iris-base", "--explain", "--workspace", &folder], more].concat();
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .env("XDG_STATE_HOME", state.path())
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
        (out(&done).contains("cached"), err(&done))
    };
    verify(&[]);
    assert_eq!(verify(&["-v"]), (true, String::new()));
    let key = state.path().join("touchmark/digest-cache.key");
    let is_private = |mode: u32| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    is_private(0o644);
    assert_eq!(verify(&[]), (false, String::new()));
    let (is_cached, said) = verify(&["-v"]);
    assert!(
        !is_cached && said.contains("digests are not remembered") && said.contains("others may read"),
        "{said}"
    );
    is_private(0o600);
    assert!(verify(&[]).0);
    fs::rename(&key, state.path().join("moved")).unwrap();
    symlink(state.path().join("moved"), &key).unwrap();
    assert!(!verify(&[]).0);
    // Under another key everything is forgotten, and remembered anew.
    fs::remove_file(&key).unwrap();
    assert!(!verify(&[]).0);
    assert!(verify(&[]).0);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn signing_hashes_what_it_signs() {
    let bench = Bench::new();
    let workspace = Workspace::new();
    let key = bench.folder.path().join("key.pem");
    fs::write(&key, bench.key.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
    let (model, key) = (bench.model(), key.to_string_lossy().into_owned());
    let model = model.to_string_lossy().into_owned();
    let sign = |more: &[&str]| {
        let words = [&["sign", "key", &model, "--private-key", &key, "--format", "json"], more].concat();
        workspace.run(&words)
    };
    let before = bench.verify().files.bytes;
    let signed: serde_json::Value = serde_json::from_slice(&sign(&[]).stdout).unwrap();
    assert_eq!(signed["bytes"].as_u64(), Some(before));
    assert_eq!(signed.get("recalled"), None);
    assert_eq!(bench.verify().outcome_of(Stage::Files), Outcome::Pass);
    assert_eq!(sign(&["--reuse-digests"]).status.code(), Some(2), "there is no such shortcut");
}
