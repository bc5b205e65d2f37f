//! `trust refresh` against a repository of The Update Framework on loopback: what it takes, and that nothing
//! that breaks the rules changes an anchor.

use crate::instance::{Instance, Key, Reply, serve, sha256};
use crate::support::{copy_of_samples, err, out};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

/// The canonical JSON that TUF signs: sorted keys, no spaces.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_bytes());
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("\"{key}\":{}", canonical(value))).collect();
            format!("{{{}}}", entries.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

fn signed(document: &Value, keys: &[(&str, &Key)]) -> Vec<u8> {
    let text = canonical(document);
    let signatures: Vec<Value> = keys
        .iter()
        .map(|(id, key)| json!({ "keyid": id, "sig": hex::encode(key.sign(text.as_bytes())) }))
        .collect();
    json!({ "signed": document, "signatures": signatures }).to_string().into_bytes()
}

type Files = Arc<Mutex<HashMap<String, (u16, Vec<u8>)>>>;

/// A repository: its files, and the keys of its roles.
struct Tuf {
    url: String,
    files: Files,
    asked: Arc<Mutex<Vec<String>>>,
    root: Key,
    online: Key,
}

const LATER: &str = "2040-01-01T00:00:00Z";

impl Tuf {
    fn start() -> Self {
        let files = Files::default();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (shared, heard) = (files.clone(), asked.clone());
        let answer = move |request: &crate::instance::Request| {
            heard.lock().unwrap().push(request.path.clone());
            match shared.lock().unwrap().get(&request.path) {
                Some((200, body)) => Reply::bytes("application/json", body.clone()),
                Some((302, _)) => Reply::redirect("http://127.0.0.1:1/elsewhere"),
                Some((status, _)) => Reply::text(*status, "out of order\u{1b}[31m"),
                None => Reply::text(404, "nothing here"),
            }
        };
        let url = serve(answer, || false);
        Tuf { url, files, asked, root: Key::ed25519(), online: Key::ed25519() }
    }

    fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.files.lock().unwrap().insert(path.to_owned(), (200, body.into()));
    }

    fn fail(&self, path: &str, status: u16) {
        self.files.lock().unwrap().insert(path.to_owned(), (status, Vec::new()));
    }

    fn root_document(version: u64, root: &Key, online: &Key) -> Value {
        let key = |key: &Key| {
            let public = hex::encode(&key.spki()[12..]);
            json!({ "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": public } })
        };
        let role = |id: &str| json!({ "keyids": [id], "threshold": 1 });
        let (first, second) = (id(root), id(online));
        json!({
            "_type": "root", "spec_version": "1.0", "version": version, "expires": LATER,
            "consistent_snapshot": true,
            "keys": { &first: key(root), &second: key(online) },
            "roles": {
                "root": role(&first), "timestamp": role(&second), "snapshot": role(&second),
                "targets": role(&second),
            },
        })
    }

    /// The first root, as a person would have got it.
    fn first_root(&self) -> Vec<u8> {
        signed(&Self::root_document(1, &self.root, &self.online), &[(&id(&self.root), &self.root)])
    }

    /// Publishes a state: the trusted root, or none.
    fn publish(&self, version: u64, target: Option<&[u8]>) {
        let targets = match target {
            Some(bytes) => {
                let digest = hex::encode(sha256(bytes));
                self.put(&format!("/targets/{digest}.trusted_root.json"), bytes);
                json!({ "trusted_root.json": { "length": bytes.len(), "hashes": { "sha256": digest } } })
            }
            None => json!({ "other.json": { "length": 1, "hashes": { "sha256": "00" } } }),
        };
        self.publish_targets(version, &targets, LATER, &self.online);
    }

    fn publish_targets(&self, version: u64, targets: &Value, expires: &str, online: &Key) {
        let role = |kind: &str, expires: &str, key: &str, value: &Value| {
            let document = json!({
                "_type": kind, "spec_version": "1.0", "version": version, "expires": expires, key: value,
            });
            signed(&document, &[(&id(&self.online), online)])
        };
        let pin = json!({ "version": version });
        self.put(&format!("/{version}.targets.json"), role("targets", LATER, "targets", targets));
        let meta = json!({ "targets.json": pin });
        self.put(&format!("/{version}.snapshot.json"), role("snapshot", LATER, "meta", &meta));
        self.put("/timestamp.json", role("timestamp", expires, "meta", &json!({ "snapshot.json": pin })));
    }
}

fn id(key: &Key) -> String {
    hex::encode(sha256(&key.spki()))
}

/// A workspace with a Sigstore anchor `own` of a private instance, a repository for it, and a home.
struct World {
    dir: tempfile::TempDir,
    home: PathBuf,
    tuf: Tuf,
    instance: Instance,
    anchor: PathBuf,
    root: PathBuf,
}

impl World {
    fn new() -> Self {
        let dir = copy_of_samples();
        let (tuf, instance) = (Tuf::start(), Instance::start());
        let (home, root) = (dir.path().join("home"), dir.path().join("root.json"));
        std::fs::create_dir(&home).unwrap();
        std::fs::write(&root, tuf.first_root()).unwrap();
        let anchor = dir.path().join("keys/own.json");
        std::fs::write(&anchor, instance.trusted_root().to_string()).unwrap();
        let world = World { dir, home, tuf, instance, anchor, root };
        let added = world.run(&["add", "own", world.anchor.to_str().unwrap()]);
        assert_eq!(added.status.code(), Some(0), "{}", err(&added));
        world
    }

    fn run(&self, words: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["trust", "--workspace", self.dir.path().to_str().unwrap()])
            .args(words)
            .env("HOME", &self.home)
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env_remove("CLICOLOR_FORCE")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        crate::documents::hold(&output);
        output
    }

    fn refresh(&self, name: &str, more: &[&str]) -> Output {
        let (url, root) = (self.tuf.url.as_str(), self.root.to_str().unwrap());
        self.run(&[&["refresh", name, "--url", url, "--root", root], more].concat())
    }

    /// A root that is not the one before: another log is there, the first one has ended.
    fn newer(&self) -> Vec<u8> {
        let mut root = self.instance.trusted_root();
        let ended = root["tlogs"][0].clone();
        root["tlogs"][0]["publicKey"]["validFor"]["end"] = "2026-01-01T00:00:00Z".into();
        root["tlogs"][1] = ended;
        root["tlogs"][1]["baseUrl"] = "https://third.log.test".into();
        root["tlogs"][1]["logId"]["keyId"] = crate::instance::base64([7; 32]).into();
        root.to_string().into_bytes()
    }

    fn policy(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("policies/samples.toml")).unwrap()
    }

    /// Refreshing ends so, says so, and changes nothing.
    fn refuses(&self, status: i32, said: &str) {
        self.refuses_as(self.refresh("own", &[]), status, said);
    }

    fn refuses_as(&self, refused: Output, status: i32, said: &str) {
        assert_eq!(refused.status.code(), Some(status), "{said}: {}{}", out(&refused), err(&refused));
        assert!(err(&refused).contains(said), "{said}: {}", err(&refused));
        assert!(!err(&refused).contains('\u{1b}'), "{}", err(&refused));
        let still = std::fs::read_to_string(&self.anchor).unwrap();
        assert_eq!(still, self.instance.trusted_root().to_string(), "{said}");
    }
}

fn drafts(dir: &Path) -> usize {
    let hidden = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    std::fs::read_dir(dir).unwrap().filter(|entry| hidden(entry.as_ref().unwrap())).count()
}

#[test]
fn a_newer_root_takes_the_place_of_the_old_one_and_what_changed_is_shown() {
    let world = World::new();
    let policy = world.policy();
    let newer = world.newer();
    world.tuf.publish(1, Some(&newer));
    let listed = world.run(&["list"]);
    assert_eq!(listed.status.code(), Some(0));
    assert!(world.tuf.asked.lock().unwrap().is_empty(), "nothing is fetched unless it is asked for");
    let done = world.refresh("own", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let text = out(&done);
    assert!(text.contains("ended   transparency log https://first.log.test, until 2026-01-01"), "{text}");
    assert!(text.contains("added   transparency log https://third.log.test"), "{text}");
    assert!(text.contains("removed transparency log https://second.log.test"), "{text}");
    assert_eq!(std::fs::read(&world.anchor).unwrap(), newer);
    assert_eq!(world.policy(), policy);
    assert_eq!(drafts(world.anchor.parent().unwrap()), 0);
    // The same again: nothing changed, and the root counts as looked at now.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(300 * 86_400);
    std::fs::File::options().append(true).open(&world.anchor).unwrap().set_modified(old).unwrap();
    assert!(out(&world.run(&["list"])).contains("! own: 300 days old, more than 120"));
    world.tuf.publish(2, Some(&newer));
    let again = world.refresh("own", &["--format", "json"]);
    let document: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(document["anchors"][0]["changes"], json!([]), "{}", err(&again));
    assert_eq!(document["anchors"][0]["before"], document["anchors"][0]["after"]);
    assert!(!out(&world.run(&["list"])).contains("days old"));
}

#[test]
fn the_root_inside_the_program_becomes_a_file_that_the_policy_names() {
    let world = World::new();
    assert_eq!(world.run(&["add", "good", "--embedded", "public-good"]).status.code(), Some(0));
    let before = world.policy();
    let touchmark::signing::AnchorMaterial::Sigstore(root) =
        touchmark::signing::Anchor::public_good().material
    else {
        panic!("no root")
    };
    let mut root: Value = serde_json::from_str(root.json()).unwrap();
    root["tlogs"].as_array_mut().unwrap().pop();
    let root = root.to_string().into_bytes();
    world.tuf.publish(1, Some(&root));
    let done = world.refresh("good", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).contains("removed transparency log https://log2025-1"), "{}", out(&done));
    assert_eq!(std::fs::read(world.dir.path().join("trust/good.json")).unwrap(), root);
    let table = "[trust.good]\nkind = \"sigstore\"\n";
    assert_eq!(world.policy(), before.replace(table, &format!("{table}files = [\"../trust/good.json\"]\n")));
    // A policy in which this cannot be written stays, and so does the folder.
    std::fs::write(world.dir.path().join("policies/samples.toml"), &before).unwrap();
    let mut read_only =
        std::fs::metadata(world.dir.path().join("policies/samples.toml")).unwrap().permissions();
    read_only.set_readonly(true);
    std::fs::set_permissions(world.dir.path().join("policies/samples.toml"), read_only).unwrap();
    std::fs::remove_file(world.dir.path().join("trust/good.json")).unwrap();
    let refused = world.refresh("good", &[]);
    assert_eq!(refused.status.code(), Some(4), "{}", err(&refused));
    assert_eq!(world.policy(), before);
    assert!(!world.dir.path().join("trust/good.json").exists());
}

#[test]
fn a_root_that_its_predecessor_signed_is_followed_and_no_other() {
    let world = World::new();
    let (root, online) = (Key::ed25519(), Key::ed25519());
    let next = Tuf::root_document(2, &root, &online);
    // Signed by the new keys alone.
    world.tuf.put("/2.root.json", signed(&next, &[(&id(&root), &root)]));
    world.tuf.publish(1, Some(&world.newer()));
    world.refuses(3, "threshold not met for role root");
    // Skips a version.
    let skipping = Tuf::root_document(3, &root, &online);
    let both = [(id(&world.tuf.root), &world.tuf.root), (id(&root), &root)];
    let both: Vec<(&str, &Key)> = both.iter().map(|(id, key)| (id.as_str(), *key)).collect();
    world.tuf.put("/2.root.json", signed(&skipping, &both));
    world.refuses(3, "root version must increment by one");
    world.tuf.put("/2.root.json", signed(&next, &both));
    // The keys of before do not count any more.
    world.refuses(3, "threshold not met for role timestamp");
    let rotated = Tuf {
        url: world.tuf.url.clone(),
        files: world.tuf.files.clone(),
        asked: Arc::default(),
        root,
        online,
    };
    rotated.publish(1, Some(&world.newer()));
    let done = world.refresh("own", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(std::fs::read(&world.anchor).unwrap(), world.newer());
}

#[test]
fn whatever_breaks_the_rules_leaves_the_anchor_byte_for_byte() {
    let world = World::new();
    let newer = world.newer();
    let policy = world.policy();
    let entry = |bytes: &[u8], digest: &str| json!({ "trusted_root.json": { "length": bytes.len(), "hashes": { "sha256": digest } } });
    let digest = hex::encode(sha256(&newer));
    world.refuses(3, "timestamp.json not found");
    world.tuf.publish(1, Some(&newer));
    world.tuf.publish_targets(1, &entry(&newer, &digest), "2026-01-01T00:00:00Z", &world.tuf.online);
    world.refuses(3, "timestamp metadata expired");
    world.tuf.publish_targets(1, &entry(&newer, &digest), LATER, &Key::ed25519());
    world.refuses(3, "threshold not met for role timestamp");
    world.tuf.put("/timestamp.json", vec![b' '; 17_000]);
    world.refuses(3, "larger than 16384 bytes");
    world.tuf.put("/timestamp.json", "{\"signed\": [");
    world.refuses(3, "E-ANSWER");
    world.tuf.fail("/timestamp.json", 500);
    world.refuses(3, "E-NETWORK");
    world.tuf.fail("/timestamp.json", 302);
    world.refuses(3, "it points elsewhere");
    world.tuf.fail("/timestamp.json", 400);
    world.refuses(3, "E-REFUSED");
    world.tuf.publish(2, None);
    world.refuses(3, "it publishes no trusted_root.json");
    world.tuf.publish(3, Some(b"{\"tlogs\": \"\"}"));
    world.refuses(3, "not a Sigstore trusted root");
    world.tuf.publish(4, Some(b"\0\xff"));
    world.refuses(3, "not a Sigstore trusted root");
    world.tuf.publish_targets(5, &entry(&newer, "../../../etc/passwd"), LATER, &world.tuf.online);
    world.refuses(3, "names a file outside of itself");
    world.tuf.publish_targets(6, &entry(&vec![0; 9 << 20], &digest), LATER, &world.tuf.online);
    world.refuses(3, "exceeds configured max");
    world.tuf.publish(7, Some(&newer));
    world.tuf.put(&format!("/targets/{digest}.trusted_root.json"), [&newer[1..], b" "].concat());
    world.refuses(3, "E-ANSWER");
    world.tuf.put(&format!("/targets/{digest}.trusted_root.json"), [&newer[..], b" "].concat());
    world.refuses(3, "larger than");
    world.tuf.fail(&format!("/targets/{digest}.trusted_root.json"), 404);
    world.refuses(3, "not found");
    // What was seen is remembered: the state of before is a rollback now.
    world.tuf.publish(6, Some(&newer));
    world.refuses(3, "rollback detected for timestamp");
    assert_eq!(world.policy(), policy);
    assert_eq!(drafts(world.anchor.parent().unwrap()), 0);
    world.tuf.publish(8, Some(&newer));
    assert_eq!(world.refresh("own", &[]).status.code(), Some(0));
}

#[test]
fn nothing_is_believed_that_cannot_be_remembered_and_nothing_is_fetched_for_the_wrong_anchor() {
    let world = World::new();
    world.tuf.publish(1, Some(&world.newer()));
    let said = world.run(&["refresh"]);
    assert_eq!(said.status.code(), Some(0), "{}", err(&said));
    assert!(out(&said).contains("· skipped  own: of a private instance"), "{}", out(&said));
    world.refuses_as(world.run(&["refresh", "own"]), 2, "does not know the instance");
    world.refuses_as(world.run(&["refresh", "lumen-key", "--url", &world.tuf.url]), 2, "not published");
    world.refuses_as(world.run(&["refresh", "nobody"]), 2, "no such anchor");
    world.refuses_as(world.run(&["refresh", "own", "lumen-key", "--url", &world.tuf.url]), 2, "one anchor");
    world.refuses_as(world.refresh("own", &["--read-only"]), 2, "--read-only allows no writing");
    let root = world.root.to_str().unwrap();
    let plain = world.run(&["refresh", "own", "--url", "http://a.example", "--root", root]);
    world.refuses_as(plain, 2, "not https");
    let no_root =
        world.run(&["refresh", "own", "--url", &world.tuf.url, "--root", world.anchor.to_str().unwrap()]);
    world.refuses_as(no_root, 4, "not a TUF root");
    assert!(world.tuf.asked.lock().unwrap().is_empty());
    std::fs::write(world.home.join("data"), "not a folder").unwrap();
    world.refuses(4, "data/touchmark/tuf/");
    assert!(world.tuf.asked.lock().unwrap().is_empty());
    std::fs::remove_file(world.home.join("data")).unwrap();
    let mut read_only = std::fs::metadata(&world.anchor).unwrap().permissions();
    read_only.set_readonly(true);
    std::fs::set_permissions(&world.anchor, read_only).unwrap();
    world.refuses(4, "E-WRITE");
    // A file that holds the services of the instance, too, is not cut down to its root.
    let config = world.dir.path().join("keys/config.json");
    let text = world.instance.config(crate::instance::Uses::FirstLog).to_string();
    std::fs::write(&config, &text).unwrap();
    assert_eq!(world.run(&["add", "config", config.to_str().unwrap()]).status.code(), Some(0));
    let refused = world.refresh("config", &[]);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert_eq!(std::fs::read_to_string(&config).unwrap(), text);
}
