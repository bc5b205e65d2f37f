//! Looked at means looked at now: what a verification judges, what it leaves out, and what stands of it once files
//! changed. Through the program, on a workspace of one signed model; the counter-case stands beside each attack.

use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A pickle that runs a command when it is loaded.
const PICKLE: &[u8] = b"\x80\x02cposix\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.";

/// One model of tensors, signed with a key that the policy pins.
struct House {
    dir: TempDir,
}

fn safetensors() -> Vec<u8> {
    let header = br#"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend([1; 16]);
    bytes
}

impl House {
    /// With these files beside the weights, all of them signed.
    fn new(files: &[(&str, &[u8])]) -> Self {
        let house = House { dir: tempfile::tempdir().unwrap() };
        house.run(&["key", "generate", &house.path("key.pem"), "--no-password"], 0);
        let shown = out(&touchmark(["key", "show", &house.path("key.pem.pub"), "--format", "json"]));
        let finger = find(&serde_json::from_str(&shown).unwrap(), "fingerprint").unwrap();
        let finger = finger.trim_start_matches("sha256:");
        fs::write(house.dir.path().join("policy.toml"), policy(finger)).unwrap();
        let toml = "schema = \"workspace/0.1\"\nname = \"w\"\npolicy = \"policy.toml\"\nstage = \"dev\"\n\
                    [[source]]\nkind = \"models\"\npath = \"models\"\n";
        fs::write(house.dir.path().join("touchmark.toml"), toml).unwrap();
        house.put("model.safetensors", &safetensors());
        house.put("config.json", br#"{"model_type":"llama"}"#);
        files.iter().for_each(|(name, bytes)| house.put(name, bytes));
        house.sign();
        house.run(&["scan"], 0);
        house
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn model(&self) -> PathBuf {
        self.dir.path().join("models/acme/bot")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let file = self.model().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    fn sign(&self) {
        self.run(&["sign", "key", &self.path("models/acme/bot"), "--private-key", &self.path("key.pem")], 0);
    }

    /// Runs a command in the workspace; a status of 9 stands for any.
    #[track_caller]
    fn run(&self, words: &[&str], status: i32) -> String {
        let mut words: Vec<&str> = words.to_vec();
        let root = self.dir.path().to_string_lossy().into_owned();
        if !matches!(words.first(), Some(&("key" | "sign"))) {
            words.extend(["--workspace", &root]);
        }
        let ran = touchmark(&words);
        if status != 9 {
            assert_eq!(ran.status.code(), Some(status), "{words:?}: {}{}", out(&ran), err(&ran));
        }
        out(&ran)
    }

    #[track_caller]
    fn json(&self, words: &[&str], status: i32) -> Value {
        serde_json::from_str(&self.run(&[words, &["--format", "json"]].concat(), status)).unwrap()
    }

    /// Status and decision of the only model, as `list` says.
    fn listed(&self) -> (String, String) {
        let row = self.json(&["list"], 0)["models"][0].clone();
        (row["status"].as_str().unwrap().to_owned(), row["decision"].as_str().unwrap().to_owned())
    }

    /// The codes of the policy's check, the worst and those that stand in it.
    fn policy_says(&self) -> String {
        let verified = self.json(&["verify", "acme/bot"], 9);
        let checks = verified["verification"]["checks"].as_array().unwrap().clone();
        let is_policy = |check: &&Value| check["code"].as_str().unwrap().starts_with("POLICY");
        checks.iter().find(is_policy).unwrap().to_string()
    }
}

fn find(value: &Value, key: &str) -> Option<String> {
    match value {
        Value::Object(members) => members
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| members.values().find_map(|value| find(value, key))),
        Value::Array(values) => values.iter().find_map(|value| find(value, key)),
        _ => None,
    }
}

pub fn policy(finger: &str) -> String {
    format!(
        r#"schema = "trust-policy/0.1"
name = "p"
version = "1"
default = "deny"
[trust.key]
kind = "key"
files = ["key.pem.pub"]
[artifact]
ban_formats = ["pickle", "remote-code"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["key"]
identities = [{{ subject = "exact:sha256:{finger}" }}]
[[stage]]
name = "dev"
min_level = 0
on_contradicted = "closed"
on_missing = "open"
on_error = "open"
on_unavailable = "open"
require = ["L1.13"]
"#
    )
}

/// What a clone leaves behind.
fn clone_into(house: &House) {
    let weights = safetensors();
    let name = touchmark::signing::sha256_hex(&weights);
    let lfs = format!(".git/lfs/objects/{}/{}/{name}", &name[..2], &name[2..4]);
    let object = format!(".git/objects/aa/{}", "b".repeat(38));
    for (name, bytes) in [
        (".git/HEAD", b"ref: refs/heads/main\n".as_slice()),
        (".git/config", b"[core]\n\tbare = false\n"),
        (".git/index", b"DIRC\0\0\0\x02\0\0\0\0"),
        (".git/refs/heads/main", format!("{}\n", "a".repeat(40)).as_bytes()),
        (".git/hooks/pre-commit.sample", b"#!/bin/sh\n"),
        (".git/objects/pack/pack-1.pack", b"PACK\0\0\0\x02\0\0\0\0"),
        (".git/modules/sub/HEAD", b"ref: refs/heads/main\n"),
        (&object, b"\x78\x9cK\xca\xc9OR0fHLJ\x06\0\x11\x81\x03\x08"),
        (&lfs, &weights),
        (".gitattributes", b"*.safetensors filter=lfs\n"),
        (".github/workflows/ci.yml", b"on: push\n"),
    ] {
        house.put(name, bytes);
    }
}

#[test]
fn a_release_that_brings_a_pickle_is_judged_by_it_though_nobody_scanned() {
    let house = House::new(&[]);
    assert_eq!(house.json(&["gate", "acme/bot", "--stage", "dev"], 0)["verdict"]["decision"], "admit");
    house.put("pytorch_model.bin", PICKLE);
    house.sign();
    assert!(house.policy_says().contains("POLICY-FORMAT"));
    house.run(&["verify", "acme/bot"], 1);
    let gate = house.json(&["gate", "acme/bot", "--stage", "dev"], 1);
    assert_eq!(gate["verdict"]["decision"], "refuse");
    // And as soon as it is gone, it is gone.
    fs::remove_file(house.model().join("pytorch_model.bin")).unwrap();
    house.sign();
    house.run(&["gate", "acme/bot", "--stage", "dev"], 0);
}

#[test]
fn what_was_seen_inside_is_kept_and_a_record_is_judged_again_from_it() {
    let house = House::new(&[("w.pkl", PICKLE)]);
    house.run(&["gate", "acme/bot", "--stage", "dev"], 1);
    // Neither a scan nor the files are asked again.
    fs::remove_dir_all(house.model()).unwrap();
    for number in ["1", "2"] {
        let replayed = house.run(&["ledger", "replay", number], 0);
        assert!(!replayed.is_empty());
    }
}

#[test]
fn files_that_changed_since_they_were_verified_are_not_judged_anywhere_until_they_are_verified_again() {
    let house = House::new(&[]);
    house.run(&["verify", "acme/bot"], 0);
    assert_eq!(house.listed(), ("pass".to_owned(), "admit".to_owned()));
    let mut bytes = safetensors();
    bytes.push(7);
    house.put("model.safetensors", &bytes);
    // One look at the model finds it…
    let summary = house.json(&["show", "acme/bot"], 0)["summary"].clone();
    assert_eq!(summary["status"], "changed since verified");
    assert_eq!((&summary["outcome"], &summary["decision"]), (&"unknown".into(), &"not judged".into()));
    assert_eq!((&summary["own"], &summary["changed_since"]), (&0.into(), &true.into()));
    assert!(house.run(&["show", "acme/bot"], 0).contains("changed since verified"));
    // …and so does a scan, for all.
    house.run(&["scan"], 0);
    assert_eq!(house.listed(), ("changed since verified".to_owned(), "not judged".to_owned()));
    house.run(&["snapshot", "--out", &house.path("s.json")], 0);
    let snapshot: Value = serde_json::from_slice(&fs::read(house.path("s.json")).unwrap()).unwrap();
    let entry = &snapshot["content"]["models"][0];
    assert_eq!(
        (&entry["decision"], &entry["verified"]["outcome"]),
        (&"not judged".into(), &"unknown".into())
    );
    assert_eq!(entry["verified"]["changed_since"], true);
    // Who asks for a level or a decision has them verified.
    let score = house.json(&["score", "acme/bot"], 1);
    assert_eq!(find(&score, "decision").as_deref(), Some("refuse"));
    house.run(&["gate", "acme/bot", "--stage", "dev"], 1);
    assert_eq!(house.listed(), ("FAIL".to_owned(), "refuse".to_owned()));
    house.sign();
    house.run(&["verify", "acme/bot"], 0);
    assert_eq!(house.listed(), ("pass".to_owned(), "admit".to_owned()));
}

#[test]
fn a_failure_of_other_files_does_not_stand_either() {
    let house = House::new(&[]);
    house.put("extra.txt", b"nobody signed it");
    house.run(&["verify", "acme/bot"], 1);
    fs::remove_file(house.model().join("extra.txt")).unwrap();
    house.run(&["scan"], 0);
    assert_eq!(house.listed(), ("changed since verified".to_owned(), "not judged".to_owned()));
}

#[test]
fn the_same_bytes_written_again_are_another_state_and_a_touched_signature_is_too() {
    for file in ["model.safetensors", "model.sig"] {
        let house = House::new(&[]);
        house.run(&["verify", "acme/bot"], 0);
        let path = house.model().join(file);
        let (bytes, old) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
        fs::write(&path, bytes).unwrap();
        fs::File::options().append(true).open(&path).unwrap().set_modified(old).unwrap();
        house.run(&["scan"], 0);
        assert_eq!(house.listed().0, "changed since verified", "{file}");
    }
}

#[test]
fn what_lies_in_git_belongs_to_the_state_too() {
    let house = House::new(&[]);
    clone_into(&house);
    house.run(&["gate", "acme/bot", "--stage", "dev"], 0);
    house.run(&["scan"], 0);
    assert_eq!(house.listed(), ("pass".to_owned(), "admit".to_owned()));
    house.put(".git/pytorch_model.bin", PICKLE);
    house.run(&["scan"], 0);
    assert_eq!(house.listed().0, "changed since verified");
}

#[test]
fn a_moved_workspace_keeps_its_passes_and_a_copy_does_not() {
    let house = House::new(&[]);
    house.run(&["verify", "acme/bot"], 0);
    let there = tempfile::tempdir().unwrap();
    let moved = there.path().join("moved");
    fs::rename(house.dir.path(), &moved).unwrap();
    let status = |root: &Path| {
        let listed = touchmark(["list", "--format", "json", "--workspace", root.to_str().unwrap()]);
        let listed: Value = serde_json::from_str(&out(&listed)).unwrap();
        listed["models"][0]["status"].as_str().unwrap().to_owned()
    };
    let scan = |root: &Path| touchmark(["scan", "--workspace", root.to_str().unwrap()]);
    assert_eq!(status(&moved), "pass");
    assert!(scan(&moved).status.success());
    assert_eq!(status(&moved), "pass");
    let copied = there.path().join("copied");
    copy_all(&moved, &copied);
    assert!(scan(&copied).status.success());
    assert_eq!(status(&copied), "changed since verified");
}

/// Everything, the store too.
fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

#[test]
fn what_git_itself_keeps_is_in_order_and_is_counted() {
    let house = House::new(&[]);
    clone_into(&house);
    house.run(&["gate", "acme/bot", "--stage", "dev"], 0);
    let verified = house.json(&["verify", "acme/bot"], 0);
    let aside = &verified["verification"]["files"]["aside"];
    assert_eq!(aside["kinds"]["git"], 9, "{aside}");
    assert_eq!(aside["kinds"]["attestation"], 1);
    assert_eq!(aside["outside"], serde_json::json!([".github/workflows/ci.yml"]));
    let human = house.run(&["verify", "acme/bot"], 0);
    assert!(
        human.contains("12 files ignored: 1 signature or file of claims, 9 files that git keeps"),
        "{human}"
    );
    let gate = house.run(&["gate", "acme/bot", "--stage", "dev"], 0);
    assert!(gate.contains("12 files ignored"), "{gate}");
}

#[test]
fn names_that_loaders_take_are_refused_where_no_signature_reaches() {
    let tensors = safetensors();
    for (name, bytes) in [
        (".git/model.safetensors", tensors.as_slice()),
        (".git/lfs/objects/model.safetensors", &tensors),
        (".git/refs/heads/model.safetensors", &tensors),
        (".git/objects/pack/pack-1.bin", &tensors),
        (".git/hooks/helper.py", b"import os\n"),
        (".github/modeling_toy.py", b"import os\n"),
        (".gitignore/model.safetensors", &tensors),
    ] {
        let house = House::new(&[]);
        house.put(name, bytes);
        assert!(house.policy_says().contains("POLICY-IGNORED"), "{name}: {}", house.policy_says());
        house.run(&["gate", "acme/bot", "--stage", "dev"], 1);
    }
    // A script that git runs is no model's, and is told.
    let house = House::new(&[]);
    house.put(".git/hooks/pre-commit", b"#!/bin/sh\n");
    house.run(&["gate", "acme/bot", "--stage", "dev"], 0);
    assert!(house.run(&["verify", "acme/bot"], 0).contains("  ignored      .git/hooks/pre-commit"));
}

#[test]
fn content_counts_whatever_the_name_says() {
    for name in
        [".git/HEAD", ".git/objects/aa/b", ".git/refs/heads/main", ".git/index", ".git/hooks/x.sample"]
    {
        let house = House::new(&[]);
        house.put(name, PICKLE);
        assert!(house.policy_says().contains("POLICY-FORMAT"), "{name}: {}", house.policy_says());
    }
}

#[test]
fn nothing_of_a_model_may_lead_a_loader_to_where_nothing_is_signed() {
    let index = |to: &str| format!(r#"{{"weight_map":{{"w":"{to}"}}}}"#);
    for (name, text) in [
        ("model.safetensors.index.json", index(".git/model.safetensors")),
        ("model.safetensors.index.json", index("sub/../.GIT/w")),
        ("model.safetensors.index.json", index("../other/model.safetensors")),
        ("model.safetensors.index.json", index("/etc/model.safetensors")),
        ("sub/pytorch_model.bin.index.json", index("../.github/w")),
        ("config.json", r#"{"model_type":"llama","vocab_file":"\u002egit/vocab"}"#.to_owned()),
        ("config.json", r#"{"model_type":"llama","eps":NaN,"vocab_file":".git/vocab"}"#.to_owned()),
        ("model_index.json", r#"{"_class_name":"P",".git":["diffusers","UNet2DModel"]}"#.to_owned()),
    ] {
        let house = House::new(&[(name, text.as_bytes())]);
        assert!(house.policy_says().contains("POLICY-IGNORED"), "{name} {text}");
    }
    // Vocabularies, models elsewhere and patterns are none of these.
    let house = House::new(&[
        ("model.safetensors.index.json", index("model.safetensors").as_bytes()),
        ("tokenizer.json", br#"{"model":{"vocab":{".git":1,".github/x":2,"../":3}}}"#),
        ("config.json", br#"{"model_type":"llama","_name_or_path":"/home/me/llama","hub_ignore":[".git"]}"#),
    ]);
    assert!(!house.policy_says().contains("POLICY-IGNORED"), "{}", house.policy_says());
}

#[test]
fn a_nested_git_is_signed_and_looked_into_like_everything_else() {
    let house = House::new(&[("sub/.git/w", PICKLE)]);
    assert!(house.policy_says().contains("POLICY-FORMAT"));
    let house = House::new(&[("sub/.git/model.safetensors", &safetensors())]);
    assert!(house.policy_says().contains("POLICY-IGNORED"));
    let house = House::new(&[("sub/model.safetensors", &safetensors())]);
    house.run(&["verify", "acme/bot"], 0);
}

#[test]
fn a_folder_that_is_named_like_claims_or_a_signature_is_a_folder_like_any_other() {
    let by_key = |house: &House| {
        let key = house.path("key.pem.pub");
        let folder = house.path("models/acme/bot");
        let ran = touchmark(["verify", "key", &folder, "--public-key", &key, "--format", "json"]);
        (ran.status.code().unwrap(), out(&ran))
    };
    for name in ["claims.jsonl/x.txt", "claims.jsonl/deep/w.bin", "other.sig/x.txt"] {
        let house = House::new(&[]);
        assert_eq!(by_key(&house).0, 0);
        house.put(name, b"nobody signed it");
        let (status, said) = by_key(&house);
        assert!(status == 1 && said.contains("FILES-EXTRA"), "{name}: {said}");
        house.run(&["gate", "acme/bot", "--stage", "dev"], 1);
        // Signed or not, other tools leave it out.
        house.sign();
        assert_eq!(by_key(&house).0, 0, "{name}");
        assert!(house.policy_says().contains("POLICY-IGNORED"), "{name}");
    }
    // The file of claims itself stays out of it.
    let house = House::new(&[]);
    house.put("claims.jsonl", b"");
    assert_eq!(by_key(&house).0, 0);
}

#[test]
fn a_model_that_changes_while_it_is_verified_does_not_pass() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let house = House::new(&[]);
    let file = house.model().join("model.safetensors");
    let bytes = safetensors();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                fs::write(&file, &bytes).unwrap();
            }
        });
        let ran = touchmark(["verify", "acme/bot", "--workspace", house.dir.path().to_str().unwrap()]);
        stop.store(true, Ordering::Relaxed);
        assert_ne!(ran.status.code(), Some(0), "{}", out(&ran));
    });
    house.run(&["verify", "acme/bot"], 0);
}

#[test]
fn where_the_evidence_is_gone_a_verification_is_to_be_made_again() {
    let house = House::new(&[]);
    house.run(&["verify", "acme/bot"], 0);
    let store = rusqlite::Connection::open(house.path("touchmark.db")).unwrap();
    let triggers: Vec<String> = store
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'evidence'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut kept = Vec::new();
    for name in triggers {
        let sql: String = store
            .query_row("SELECT sql FROM sqlite_master WHERE name = ?1", [&name], |row| row.get(0))
            .unwrap();
        store.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        kept.push(sql);
    }
    store.execute_batch("DELETE FROM evidence").unwrap();
    kept.iter().for_each(|sql| store.execute_batch(sql).unwrap());
    drop(store);
    assert_eq!(house.listed(), ("verify again".to_owned(), "not judged".to_owned()));
    assert!(house.run(&["show", "acme/bot"], 0).contains("not in the store any more"));
    house.run(&["verify", "acme/bot"], 0);
    assert_eq!(house.listed(), ("pass".to_owned(), "admit".to_owned()));
}

#[test]
fn the_inventory_screen_counts_what_is_to_be_verified_again_and_v_does_it() {
    use crate::tui::{app, press, text};
    use std::sync::Arc;
    use touchmark::tui::Effect;
    use touchmark::workbench::{JobKind, OpenOptions, Workbench};
    let house = House::new(&[]);
    let id = touchmark::inventory::ModelId::new("acme/bot");
    let options = OpenOptions { dir: Some(house.dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let verify = || drop(workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()]))));
    verify();
    let view: Arc<_> = workbench.view();
    assert!(!text(&app("dark", Some(&view)), 160, 50).contains("verify again"));
    house.put("model.safetensors", b"other bytes");
    workbench.look_again(std::slice::from_ref(&id)).unwrap();
    let view = workbench.view();
    assert!(view.outdated().eq([0]) && view.standing(0).is_none());
    let mut app = app("dark", Some(&view));
    let drawn = text(&app, 160, 50);
    assert!(drawn.contains("1 to verify again (V)") && drawn.contains("level not judged"), "{drawn}");
    assert_eq!(press(&mut app, &["V"]), [Effect::Start(JobKind::Verify(vec![id.clone()]))]);
    press(&mut app, &["3"]);
    assert!(text(&app, 160, 50).contains("acme/bot changed since verified"));
    verify();
    assert_eq!(workbench.view().outdated().count(), 0);
}

#[test]
fn a_gate_does_not_build_on_an_ancestor_that_changed_since_it_was_verified() {
    let house = House::new(&[]);
    let root = house.dir.path().join("models/acme/child");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("model.safetensors"), safetensors()).unwrap();
    fs::write(root.join("README.md"), "---\nbase_model: acme/bot\nbase_model_relation: finetune\n---\n")
        .unwrap();
    house.run(&["sign", "key", &house.path("models/acme/child"), "--private-key", &house.path("key.pem")], 0);
    house.run(&["scan"], 0);
    house.run(&["verify", "acme/bot"], 0);
    let gate = |status| house.json(&["gate", "acme/child", "--stage", "dev"], status);
    gate(0);
    house.put("extra.bin", b"not there before");
    // Nobody scanned: the gate itself looks.
    gate(9);
    let records = house.run(&["ledger", "export"], 0);
    let decisions: Vec<&str> = records.lines().filter(|line| line.contains("decision-record")).collect();
    assert_eq!(decisions.len(), 2);
    let evidence = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let body: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
        let digest = body["inputs"]["evidence"].as_str().unwrap().to_owned();
        let store = rusqlite::Connection::open(house.path("touchmark.db")).unwrap();
        let sql = "SELECT CAST(bytes AS TEXT) FROM evidence WHERE digest = ?1";
        store.query_row(sql, [hex::decode(digest).unwrap()], |row| row.get::<_, String>(0)).unwrap()
    };
    // Each names what was seen of the ancestor then, and nothing that did not hold any more.
    let seen = |line: &str| {
        let evidence: Value = serde_json::from_str(&evidence(line)).unwrap();
        assert!(!evidence.to_string().contains("\"since\""), "{evidence}");
        evidence["models"][0].clone()
    };
    let [before, after] = [seen(decisions[0]), seen(decisions[1])];
    assert_eq!((&before["id"], &after["id"]), (&"acme/bot".into(), &"acme/bot".into()));
    assert_ne!(before["seen"]["observed"], after["seen"]["observed"]);
    for line in decisions {
        let record: Value = serde_json::from_str(line).unwrap();
        house.run(&["ledger", "replay", &record["seq"].to_string()], 0);
    }
}

#[test]
fn what_changes_while_it_is_looked_at_is_no_pass() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let house = House::new(&[]);
    // No signature reaches it, so that hashing does not see it change.
    house.put(".git/HEAD", b"ref: refs/heads/main\n");
    house.run(&["verify", "acme/bot"], 0);
    let file = house.model().join(".git/HEAD");
    let is_over = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        // The bytes stay what they are: only that somebody touches the file all the while shows.
        scope.spawn(|| {
            let mut second = 0;
            while !is_over.load(Ordering::Relaxed) {
                second += 1;
                let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000 + second);
                fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
            }
        });
        let root = house.dir.path().to_string_lossy().into_owned();
        // On a busy machine nothing may touch it just then: such a run may pass.
        let is_told = || {
            let ran = touchmark(["verify", "acme/bot", "--workspace", &root]);
            ran.status.code() != Some(0) && out(&ran).contains("chang")
        };
        let seen = (0..30).any(|_| is_told());
        is_over.store(true, Ordering::Relaxed);
        seen
    });
    assert!(seen, "a file that changed all the while passed each time");
    house.run(&["verify", "acme/bot"], 0);
}

#[test]
fn a_danger_that_a_scan_saw_fails_though_nobody_verified_and_a_scan_alone_makes_no_pass() {
    let house = House::new(&[("pytorch_model.bin", PICKLE)]);
    let control = |house: &House| {
        let shown: Value =
            serde_json::from_str(&house.run(&["show", "acme/bot", "--format", "json"], 0)).unwrap();
        outcome_of(&shown, "L1.13").unwrap()
    };
    assert_eq!(control(&house), "fail");
    assert_eq!(control(&House::new(&[])), "unknown");
}

/// The outcome of a control, wherever in a document it stands.
fn outcome_of(value: &Value, id: &str) -> Option<String> {
    match value {
        Value::Object(members) if members.get("id").is_some_and(|found| found == id) => {
            Some(members.get("outcome")?.as_str()?.to_owned())
        }
        Value::Object(members) => members.values().find_map(|inner| outcome_of(inner, id)),
        Value::Array(items) => items.iter().find_map(|inner| outcome_of(inner, id)),
        _ => None,
    }
}
