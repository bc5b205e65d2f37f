//! Hugging Face caches: which links are followed, what is told of them, and that a signed model verifies there.

use super::*;
use crate::bench::{Bench as Signed, details, faults};
use crate::support::{err, out, touchmark};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use touchmark::signing::{Stage, Verification, verify};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OLDER: &str = "aaaaaaaaaaaabbbbbbbbbbbbccccccccccccdddd";

/// A repository below `hub`, its files as blobs named by SHA-256, linked into the snapshot.
fn cache(hub: &Path, repository: &str, commit: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let root = hub.join(repository);
    let snapshot = root.join("snapshots").join(commit);
    fs::create_dir_all(root.join("blobs")).unwrap();
    fs::create_dir_all(root.join("refs")).unwrap();
    fs::create_dir_all(root.join(".no_exist").join(commit)).unwrap();
    fs::write(root.join(".no_exist").join(commit).join("adapter_config.json"), "").unwrap();
    fs::write(root.join("refs/main"), commit).unwrap();
    for (name, bytes) in files {
        let blob = root.join("blobs").join(sha256(bytes));
        fs::write(&blob, bytes).unwrap();
        let link = snapshot.join(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let up = "../".repeat(name.matches('/').count() + 2);
        symlink(format!("{up}blobs/{}", sha256(bytes)), link).unwrap();
    }
    snapshot
}

/// A model that was signed as a plain folder and lies in a cache now.
struct Cached {
    signed: Signed,
    snapshot: PathBuf,
}

impl Cached {
    fn new() -> Self {
        let signed = Signed::new();
        let files: Vec<(&str, Vec<u8>)> =
            ["config.json", "weights.bin", "sub/vocab.txt", "README.md", "model.sig"]
                .iter()
                .map(|name| (*name, fs::read(signed.model().join(name)).unwrap()))
                .collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let hub = signed.folder.path().join("hub");
        let snapshot = cache(&hub, "models--Org--Name", COMMIT, &files);
        Cached { signed, snapshot }
    }

    fn verify(&self) -> Verification {
        let (trust, options) = (&self.signed.trust, &self.signed.options);
        verify(&self.snapshot, &self.snapshot.join("model.sig"), trust, options, &Progress::default())
            .unwrap()
    }
}

#[test]
fn a_signed_model_in_a_hub_cache_verifies_and_says_which_links_it_followed() {
    let cached = Cached::new();
    let found = cached.verify();
    assert!(
        faults(&found).iter().all(|(stage, _)| *stage == Stage::Time || *stage > Stage::Files),
        "{:?}",
        faults(&found)
    );
    let links = found.files.links.as_ref().unwrap();
    assert_eq!((links.count, links.hub_cache), (4, true));
    assert!(
        found.words_of(found.check(Stage::Files).unwrap()).summary.contains("4 links followed (hub cache)")
    );
    assert!(details(&found, Stage::Files).contains("followed link: sub/vocab.txt → blobs/"));
}

#[test]
fn the_command_says_so_without_being_asked() {
    let cached = Cached::new();
    let key = cached.signed.folder.path().join("key.pem");
    fs::write(&key, cached.signed.key.public().to_pem()).unwrap();
    let done = touchmark([
        "verify",
        "key",
        cached.snapshot.to_str().unwrap(),
        "--public-key",
        key.to_str().unwrap(),
    ]);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    assert!(out(&done).contains("links followed (hub cache)"), "{}", out(&done));
}

#[test]
fn links_that_leave_the_repositorys_own_blobs_fail_as_before() {
    for target in ["../../../models--Other--One/blobs/x", "../../refs/main", "/etc/hostname", "config.json"] {
        let cached = Cached::new();
        let other = cached.signed.folder.path().join("hub/models--Other--One/blobs/x");
        fs::create_dir_all(other.parent().unwrap()).unwrap();
        fs::write(&other, "x").unwrap();
        let file = cached.snapshot.join("README.md");
        fs::remove_file(&file).unwrap();
        symlink(target, &file).unwrap();
        let found = cached.verify();
        let code = found.check(Stage::Files).unwrap().code.as_str();
        // A link to another link of the snapshot ends in a blob: then the content tells.
        let expected = if target == "config.json" { "FILES-CHANGED" } else { "FILES-LINK" };
        assert_eq!(code, expected, "{target}");
    }
}

#[test]
fn a_folder_that_only_looks_like_a_snapshot_follows_no_link() {
    let cached = Cached::new();
    let hub = cached.signed.folder.path().join("hub");
    fs::rename(hub.join("models--Org--Name"), hub.join("plain")).unwrap();
    let cached = Cached { snapshot: hub.join("plain/snapshots").join(COMMIT), ..cached };
    assert_eq!(cached.verify().check(Stage::Files).unwrap().code, "FILES-LINK");
}

#[test]
fn a_blob_that_is_not_what_its_name_says_contradicts() {
    let cached = Cached::new();
    let link = cached.snapshot.join("config.json");
    let blobs = cached.snapshot.join("../../blobs").canonicalize().unwrap();
    fs::rename(link.canonicalize().unwrap(), blobs.join("0".repeat(64))).unwrap();
    fs::remove_file(&link).unwrap();
    symlink(format!("../../blobs/{}", "0".repeat(64)), &link).unwrap();
    let found = cached.verify();
    assert_eq!(found.check(Stage::Files).unwrap().code, "FILES-BLOB-NAME");
    assert_eq!(found.files.misnamed[0].raw(), "config.json");
    // What was changed in place says both: it is not what was signed, and not what the cache says.
    fs::write(link.canonicalize().unwrap(), "{\"changed\":1}").unwrap();
    let found = cached.verify();
    assert_eq!(found.check(Stage::Files).unwrap().code, "FILES-CHANGED");
    assert!(details(&found, Stage::Files).contains("not what its blob's name says: config.json"));
}

#[test]
fn a_cache_is_told_from_its_root_its_repository_its_snapshot_and_its_parent() {
    let bench = Bench::new();
    let hub = bench.path("home/.cache/huggingface/hub");
    let weights = super::super::safetensors();
    let snapshot =
        cache(&hub, "models--Org--Name", COMMIT, &[("w.safetensors", &weights), ("notes.txt", b"x")]);
    for path in [bench.path("home"), hub.clone(), hub.join("models--Org--Name"), snapshot] {
        let scan = scan_path(&bench, &path);
        assert_eq!(scan.models.len(), 1, "{path:?}");
        let found = model(&scan, "org/name");
        assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
        assert_eq!(told(found, FactKey::Version), [(COMMIT, Basis::Declared)]);
        let seen = told(found, FactKey::Address);
        assert!(
            seen[0].0.starts_with("2 links followed into the repository's own blobs")
                && seen[0].1 == Basis::Observed
        );
        assert_eq!(seen[1], (format!("sha256:{}", sha256(&weights)).as_str(), Basis::Declared));
        assert_eq!(found.formats, [Format::Safetensors]);
        assert!(found.facts.iter().any(|fact| fact.place.raw().contains("refs/main")));
    }
}

#[test]
fn two_commits_of_a_repository_are_two_models_and_the_main_one_has_the_plain_name() {
    let bench = Bench::new();
    let hub = bench.path("hub");
    cache(&hub, "models--Org--Name", OLDER, &[("config.json", b"{}")]);
    cache(&hub, "models--Org--Name", COMMIT, &[("config.json", b"{ }")]);
    cache(&hub, "datasets--Org--Set", OLDER, &[("train.txt", b"x")]);
    let scan = scan_path(&bench, &hub);
    assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
    assert_eq!(values(model(&scan, "org/name"), FactKey::Version), [COMMIT]);
    assert_eq!(values(model(&scan, "org/name@aaaaaaaaaaaa"), FactKey::Version), [OLDER]);
    assert_eq!(model(&scan, "org/set").kind, Kind::Dataset);
}

#[test]
fn a_link_in_a_snapshot_that_leaves_the_blobs_is_not_read_even_inside_the_source() {
    let bench = Bench::new();
    let hub = bench.path("hub");
    cache(&hub, "models--Other--One", COMMIT, &[("config.json", b"{}")]);
    let snapshot = cache(&hub, "models--Org--Name", COMMIT, &[("config.json", b"{}")]);
    symlink(hub.join("models--Other--One/refs/main"), snapshot.join("w.safetensors")).unwrap();
    let scan = scan_path(&bench, &hub);
    assert_eq!(codes(&scan), ["F-FILE-LINK"]);
}
