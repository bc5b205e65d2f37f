//! What records name, people's words, and checkpoints: through the command line, with the honest case beside each.

use crate::support::{copy, copy_of_samples, err, out};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha::chained;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BOT: &str = "acme/receipt-reader";

/// Records as they are exported, chained anew after they were changed.
mod sha {
    use serde_json::Value;
    use touchmark::store::LedgerEntry;

    pub fn chained(lines: &[Value]) -> String {
        let mut text = String::new();
        let mut end = touchmark::store::LedgerEnd::default();
        for line in lines {
            let old: LedgerEntry = serde_json::from_value(line.clone()).unwrap();
            let entry = LedgerEntry::after(end, old.at, old.kind, &old.model, &old.body).unwrap();
            end = touchmark::store::LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
            text += &(serde_json::to_string(&entry).unwrap() + "\n");
        }
        text
    }
}

/// A workspace of the samples, with a key for checkpoints that the policy trusts.
struct Desk(tempfile::TempDir);

impl Desk {
    /// As they are, so that any two are the same.
    fn plain() -> Self {
        let desk = Desk(copy_of_samples());
        // How old an anchor is, its file's time says, which copying changes.
        let made = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_780_000_000);
        for key in fs::read_dir(desk.path("keys")).unwrap() {
            let file = fs::File::options().append(true).open(key.unwrap().path()).unwrap();
            file.set_modified(made).unwrap();
        }
        desk
    }

    fn new() -> Self {
        let desk = Desk::plain();
        desk.works(&["key", "generate", "audit.pem", "--no-password"]);
        desk.works(&["trust", "add", "audit", "audit.pem.pub"]);
        desk
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        self.run_as(words, "somebody")
    }

    fn run_as(&self, words: &[&str], user: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(self.dir())
            .envs([("USER", user), ("LOGNAME", user), ("USERNAME", user)])
            .env("HOME", self.dir())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    #[track_caller]
    fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    #[track_caller]
    fn ends(&self, words: &[&str], status: i32) -> Value {
        let done = self.run(&[words, &["--format", "json"]].concat());
        assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn gate(&self, model: &str, stage: &str, more: &[&str]) -> (Option<i32>, Value) {
        let words = [&["gate", model, "--stage", stage, "--format", "json"], more].concat();
        let done = self.run(&words);
        (done.status.code(), serde_json::from_slice(&done.stdout).unwrap_or(Value::Null))
    }

    fn lines(&self) -> Vec<Value> {
        let exported = self.works(&["ledger", "export"]);
        exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn bodies(&self) -> Vec<Value> {
        self.lines()
            .iter()
            .map(|line| serde_json::from_str(line["body"].as_str().unwrap()).unwrap())
            .collect()
    }

    /// Another store with these records.
    fn replace_ledger(&self, lines: &str) {
        for entry in fs::read_dir(self.dir()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("touchmark.db") {
                fs::remove_file(path).unwrap();
            }
        }
        self.works(&["scan"]);
        if !lines.is_empty() {
            let file = self.path("replaced.jsonl");
            fs::write(&file, lines).unwrap();
            self.works(&["ledger", "import", file.to_str().unwrap()]);
        }
    }

    fn policy(&self, change: impl FnOnce(String) -> String) {
        let file = self.path("policies/samples.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, change(text)).unwrap();
    }

    fn checkpoint(&self, file: &str) {
        self.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem", "--out", file]);
    }

    fn against(&self, file: &str, status: i32) -> Value {
        self.ends(&["ledger", "verify", "--checkpoint", file, "--public-key", "audit.pem.pub"], status)
    }
}

fn codes(verdict: &Value) -> Vec<String> {
    let reasons = verdict["verdict"]["reasons"].as_array().cloned().unwrap_or_default();
    reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

fn seconds(text: &Value) -> i64 {
    text.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn later(seconds: i64) -> String {
    jiff::Timestamp::from_second(now() + seconds).unwrap().to_string()
}

// --- what records name

#[test]
fn each_record_names_the_bytes_the_place_the_account_the_clock_and_the_workspace() {
    let desk = Desk::new();
    let past = later(-3 * 86_400);
    desk.works(&["verify", BOT]);
    desk.works(&["verify", BOT, "--at", &past]);
    desk.gate(BOT, "production", &["--at", &past]);
    let reviewed = desk.run_as(&["review", BOT, "approve", "--reason", "seen", "--at", &past], "ciso");
    assert_eq!(reviewed.status.code(), Some(0), "{}", err(&reviewed));
    let (lines, bodies) = (desk.lines(), desk.bodies());
    let workspace = bodies[0]["made"]["workspace"].as_str().unwrap().to_owned();
    assert_eq!(workspace.len(), 32);
    let id = rustix_id();
    // A gate also verifies what the model derives from.
    let about_it = lines.iter().zip(&bodies).filter(|(line, _)| line["model"] == BOT);
    assert_eq!(about_it.clone().count(), 5);
    for (line, body) in about_it {
        let made = &body["made"];
        assert!((now() - seconds(&made["recorded"])).abs() < 600, "the clock's time: {made}");
        assert!((now() - seconds(&line["at"])).abs() < 600, "--at moves no record: {line}");
        assert_eq!(made["by"]["id"], id);
        assert_ne!(made["by"]["name"], "ciso");
        assert_eq!(
            (&made["workspace"], &made["program"]),
            (&json!(workspace), &json!(env!("CARGO_PKG_VERSION")))
        );
        let about = &body["about"];
        assert_eq!(about["location"], "models/acme/receipt-reader", "{body:#}");
        assert_eq!(about["root_digest"].as_str().map(str::len), Some(64));
        assert_eq!(about["bundle_digest"].as_str().map(str::len), Some(64));
    }
    let kinds: Vec<&str> = bodies.iter().map(|body| body["schema"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "touchmark.verification-record/3");
    assert_eq!(kinds[kinds.len() - 1], "touchmark.record-review/3");
    assert_eq!(bodies[0]["made"].get("asked"), None);
    assert_eq!(bodies[1]["made"]["asked"], json!(past));
    assert_eq!(bodies[1]["inputs"]["at"], json!(past));
    let review = bodies.last().unwrap();
    assert_eq!((&review["made"]["by"]["label"], &review["made"]["asked"]), (&json!("ciso"), &json!(past)));
    // A decision names the verification that it rests on.
    let decision = bodies.iter().position(|body| body["schema"] == "touchmark.decision-record/3").unwrap();
    let rests = &bodies[decision]["rests_on"];
    let verification = &lines[rests["number"].as_u64().unwrap() as usize - 1];
    assert_eq!((&verification["kind"], &verification["hash"]), (&json!("verification"), &rests["hash"]));
    for digest in ["policy", "rubric", "anchors", "evidence"] {
        assert!(!bodies[decision]["inputs"][digest].is_null(), "{digest}");
    }
}

#[cfg(unix)]
fn rustix_id() -> Value {
    json!(rustix::process::getuid().as_raw())
}

#[cfg(not(unix))]
fn rustix_id() -> Value {
    Value::Null
}

#[test]
fn gate_and_verify_say_which_bytes_they_speak_of_and_where_these_lie() {
    let desk = Desk::new();
    for words in [vec!["verify", BOT], vec!["gate", BOT, "--stage", "production"]] {
        let document = desk.ends(&words, 0);
        let root = document.get("root_digest").or_else(|| document["verification"].get("root_digest"));
        let root = root.unwrap().as_str().unwrap().to_owned();
        assert_eq!(document["location"], "models/acme/receipt-reader");
        let human = desk.works(&words);
        assert!(human.contains(&root) && human.contains("models/acme/receipt-reader"), "{human}");
    }
}

fn without_making(desk: &Desk, model: &str) -> Value {
    let lines = desk.lines();
    let line = lines.iter().rfind(|line| line["model"] == model && line["kind"] == "verification").unwrap();
    let mut body: Value = serde_json::from_str(line["body"].as_str().unwrap()).unwrap();
    let members = body.as_object_mut().unwrap();
    members.remove("made");
    members.remove("took_ms");
    // What the files were on disk is another thing for a copy of them.
    members.remove("state");
    body
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

    #[test]
    fn a_verification_is_recorded_the_same_whatever_was_verified_before(order in Just(vec![0, 1, 2, 3]).prop_shuffle()) {
        const MODELS: [&str; 4] = [BOT, "lumen/iris-base", "acme/support-bot-7b", "acme/badge-check"];
        let (alone, among) = (Desk::plain(), Desk::plain());
        let at = later(0);
        for index in order {
            among.run(&["verify", MODELS[index], "--at", &at]);
        }
        for model in MODELS {
            alone.run(&["verify", model, "--at", &at]);
            prop_assert_eq!(without_making(&alone, model), without_making(&among, model));
            alone.replace_ledger("");
        }
    }
}

#[test]
fn records_of_earlier_versions_stay_readable_and_a_replay_says_what_it_cannot() {
    let desk = Desk::new();
    desk.works(&["verify", BOT]);
    let mut lines = desk.lines();
    let mut second: Value = serde_json::from_str(lines[0]["body"].as_str().unwrap()).unwrap();
    second["schema"] = json!("touchmark.verification-record/2");
    second.as_object_mut().unwrap().retain(|name, _| name != "made" && name != "about");
    lines[0]["body"] = json!(second.to_string());
    let mut review = lines[0].clone();
    review["kind"] = json!("review");
    review["body"] = json!(
        json!({ "schema": "touchmark.record-review/1", "word": "reject", "reason": "old", "by": "ada",
            "at": "2026-01-02T03:04:05Z" })
        .to_string()
    );
    lines.push(review);
    desk.replace_ledger(&chained(&lines));
    let shown = desk.ends(&["show", BOT], 0);
    assert_eq!((&shown["review"]["word"], &shown["review"]["by"]), (&json!("reject"), &json!("ada")));
    assert_eq!(desk.ends(&["ledger", "verify"], 0)["records"], 2);
    assert_eq!(desk.lines().len(), 2);
    let replayed = desk.run(&["ledger", "replay", "1"]);
    assert!(!matches!(replayed.status.code(), Some(0 | 1)), "{}", out(&replayed));
    assert!(err(&replayed).contains("an earlier version wrote this record"), "{}", err(&replayed));
    // The first record of this version draws the id, and the later ones go on with it.
    desk.works(&["verify", BOT]);
    desk.works(&["verify", BOT]);
    let bodies = desk.bodies();
    assert_eq!(bodies[2]["made"]["workspace"], bodies[3]["made"]["workspace"]);
    assert_eq!(desk.ends(&["ledger", "verify"], 0)["workspace"], bodies[2]["made"]["workspace"]);
}

// --- time

#[test]
fn what_has_ended_by_the_clock_admits_nothing_whatever_time_is_asked_about() {
    let desk = Desk::new();
    let (past, ended) = (later(-2 * 86_400), later(-86_400));
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(0));
    assert_eq!(
        desk.gate(BOT, "production", &["--at", &past]).0,
        Some(0),
        "--at is a question that can be asked"
    );
    // The policy.
    let whole = fs::read_to_string(desk.path("policies/samples.toml")).unwrap();
    desk.policy(|text| text.replace("expires = 2045-01-01T00:00:00Z", &format!("expires = {ended}")));
    let before = desk.lines().len();
    let words = ["gate", BOT, "--stage", "dev", "--at", &past];
    let refused = desk.run(&words);
    assert_eq!(refused.status.code(), Some(2), "{}", out(&refused));
    let said = err(&refused);
    assert!(said.contains(&ended) && said.contains(&past) && said.contains("by the clock"), "{said}");
    assert_eq!(desk.lines().len(), before, "nothing is recorded");
    // A publisher's grant.
    fs::write(desk.path("policies/samples.toml"), &whole).unwrap();
    desk.policy(|text| {
        text.replace("models = [\"acme/*\"]", &format!("models = [\"acme/*\"]\nvalid_until = {ended}"))
    });
    assert_ne!(desk.gate(BOT, "production", &[]).0, Some(0));
    let (status, verdict) = desk.gate(BOT, "production", &["--at", &past]);
    assert_eq!(status, Some(1), "{verdict:#}");
    assert!(codes(&verdict).contains(&"CLOCK".to_owned()), "{verdict:#}");
    let record = desk.lines().len().to_string();
    desk.works(&["ledger", "replay", &record]);
}

// --- people

#[test]
fn a_rejection_refuses_in_production_until_it_is_taken_back_by_name() {
    let desk = Desk::new();
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(0));
    desk.works(&["review", BOT, "reject", "--reason", "stolen key"]);
    let (status, verdict) = desk.gate(BOT, "production", &[]);
    assert_eq!((status, codes(&verdict)), (Some(1), vec!["REVIEW-REJECTED".to_owned()]));
    assert_eq!(verdict["verdict"]["rejected"], true);
    let human = desk.run(&["gate", BOT, "--stage", "production"]);
    assert!(out(&human).contains("rejected") && out(&human).contains("stolen key"), "{}", out(&human));
    // Elsewhere it is told and decides nothing.
    let (status, verdict) = desk.gate(BOT, "dev", &[]);
    assert_eq!((status, codes(&verdict)), (Some(0), vec!["REVIEW-REJECTED".to_owned()]));
    // Lists and screens.
    let listed = desk.ends(&["list"], 0);
    let row = listed["models"].as_array().unwrap().iter().find(|row| row["id"] == BOT).unwrap().clone();
    assert_eq!((&row["review"], &row["decision"]), (&json!("reject"), &json!("refuse")));
    assert!(desk.works(&["list"]).contains("(rejected)"));
    assert_eq!(desk.ends(&["show", BOT], 0)["review"]["word"], "reject");
    assert!(desk.works(&["show", BOT]).contains("rejected by"));
    // An approval lifts nothing, and is shown.
    desk.works(&["review", BOT, "approve", "--reason", "looks fine to me"]);
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(1));
    let shown = desk.ends(&["show", BOT], 0);
    assert_eq!(
        (&shown["review"]["word"], &shown["review"]["beside"][0]["word"]),
        (&json!("reject"), &json!("approve"))
    );
    // A replay comes to the same.
    let refused = desk.lines().len().to_string();
    desk.works(&["ledger", "replay", &refused]);
    // It is taken back by the record that it is, and by no other.
    let rejection = shown["review"]["record"]["number"].as_u64().unwrap().to_string();
    assert_ne!(desk.run(&["review", BOT, "take-back", "--of", "1", "--reason", "x"]).status.code(), Some(0));
    assert_ne!(desk.run(&["review", BOT, "take-back", "--reason", "x"]).status.code(), Some(0));
    assert_ne!(
        desk.run(&["review", "lumen/iris-base", "take-back", "--of", &rejection, "--reason", "x"])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(1));
    desk.works(&["review", BOT, "take-back", "--of", &rejection, "--reason", "it was another key"]);
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(0));
    assert_eq!(desk.ends(&["show", BOT], 0)["review"]["word"], "approve");
    // What was decided then is decided so again.
    desk.works(&["ledger", "replay", &refused]);
    assert_ne!(
        desk.run(&["review", BOT, "take-back", "--of", &rejection, "--reason", "x"]).status.code(),
        Some(0)
    );
}

#[test]
fn the_policy_says_at_which_stages_a_rejection_refuses() {
    let desk = Desk::new();
    desk.works(&["review", BOT, "reject", "--reason", "no"]);
    desk.policy(|text| text.replace("name = \"dev\"", "name = \"dev\"\nrefuse_rejected = true"));
    assert_eq!(desk.gate(BOT, "dev", &[]).0, Some(1));
    desk.policy(|text| text.replace("production = true", "production = true\nrefuse_rejected = false"));
    let (status, verdict) = desk.gate(BOT, "production", &[]);
    assert_eq!((status, codes(&verdict)), (Some(0), vec!["REVIEW-REJECTED".to_owned()]));
}

#[test]
fn an_approval_lifts_no_contradiction() {
    let desk = Desk::new();
    desk.works(&["review", "acme/support-bot-7b", "approve", "--reason", "trust me"]);
    assert_eq!(desk.gate("acme/support-bot-7b", "production", &[]).0, Some(1));
}

// --- checkpoints

#[test]
fn a_ledger_without_records_is_missing_and_one_without_checkpoint_is_not_anchored() {
    let desk = Desk::new();
    desk.works(&["scan"]);
    assert_eq!(desk.ends(&["ledger", "verify"], 3)["outcome"], "missing");
    let human = desk.run(&["ledger", "verify"]);
    assert!(!out(&human).contains('✓') && !out(&human).contains("whole"), "{}", out(&human));
    assert_ne!(desk.run(&["ledger", "checkpoint"]).status.code(), Some(0));
    desk.works(&["verify", BOT]);
    assert_eq!(desk.ends(&["ledger", "verify"], 0)["outcome"], "not-anchored");
    assert!(desk.works(&["ledger", "verify"]).contains("whole in itself, not anchored"));
}

/// A ledger of five records, a checkpoint of it, and its lines.
fn checkpointed() -> (Desk, Vec<Value>) {
    let desk = Desk::new();
    desk.works(&["verify", BOT]);
    desk.works(&["review", BOT, "reject", "--reason", "stolen key"]);
    for model in [BOT, "lumen/iris-base", BOT] {
        desk.works(&["verify", model]);
    }
    desk.checkpoint("monday.json");
    let lines = desk.lines();
    (desk, lines)
}

#[test]
fn a_checkpoint_tells_whole_cut_rewritten_forked_and_foreign_apart() {
    let (desk, lines) = checkpointed();
    assert_eq!(desk.against("monday.json", 0)["outcome"], "whole");
    desk.works(&["verify", BOT]);
    let grown = desk.against("monday.json", 0);
    assert_eq!((&grown["outcome"], &grown["records"]), (&json!("whole"), &json!(6)));
    // Cut off at its end.
    desk.replace_ledger(&chained(&lines[..3]));
    let cut = desk.against("monday.json", 1);
    assert_eq!((&cut["outcome"], &cut["from"]), (&json!("cut"), &json!(4)));
    // Everything gone.
    desk.replace_ledger("");
    let gone = desk.against("monday.json", 1);
    assert_eq!((&gone["outcome"], &gone["from"]), (&json!("cut"), &json!(1)));
    // Without the rejection, and chained anew.
    let without: Vec<Value> = lines.iter().filter(|line| line["kind"] != "review").cloned().collect();
    desk.replace_ledger(&chained(&without));
    let rewritten = desk.against("monday.json", 1);
    assert_eq!((&rewritten["outcome"], &rewritten["from"]), (&json!("rewritten"), &json!(2)));
    let human =
        desk.run(&["ledger", "verify", "--checkpoint", "monday.json", "--public-key", "audit.pem.pub"]);
    assert!(out(&human).contains("✗ rewritten from record 2 on"), "{}", out(&human));
    // An old copy that went on by itself. Records are made to the second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    desk.replace_ledger(&chained(&lines[..2]));
    for _ in 0..2 {
        desk.works(&["verify", BOT]);
    }
    let forked = desk.against("monday.json", 1);
    assert_eq!((&forked["outcome"], &forked["from"]), (&json!("forked"), &json!(3)));
    // The ledger of another workspace.
    let other = Desk::new();
    for _ in 0..6 {
        other.works(&["verify", BOT]);
    }
    other.works(&["ledger", "verify"]);
    let text = fs::read_to_string(desk.path("monday.json")).unwrap();
    fs::write(other.path("monday.json"), text).unwrap();
    fs::copy(desk.path("audit.pem.pub"), other.path("audit.pem.pub")).unwrap();
    let foreign = other.against("monday.json", 1);
    assert_eq!((&foreign["outcome"], &foreign["from"]), (&json!("other-workspace"), &json!(1)));
    // Brought back, it is whole again.
    desk.replace_ledger(&chained(&lines));
    assert_eq!(desk.against("monday.json", 0)["outcome"], "whole");
}

#[test]
fn only_a_signature_that_counts_makes_a_checkpoint_count() {
    let (desk, _) = checkpointed();
    desk.works(&["key", "generate", "other.pem", "--no-password"]);
    let by_other = ["ledger", "verify", "--checkpoint", "monday.json", "--public-key", "other.pem.pub"];
    assert_eq!(desk.ends(&by_other, 3)["outcome"], "unknown");
    // By the policy's anchors.
    let by_policy = ["ledger", "verify", "--checkpoint", "monday.json"];
    assert_eq!(desk.ends(&by_policy, 0)["outcome"], "whole");
    // Nobody signed it.
    desk.works(&["ledger", "checkpoint", "--out", "bare.json"]);
    assert_eq!(desk.ends(&["ledger", "verify", "--checkpoint", "bare.json"], 3)["outcome"], "unknown");
    // Changed after it was signed.
    let mut bundle: Value = serde_json::from_slice(&fs::read(desk.path("monday.json")).unwrap()).unwrap();
    use base64::Engine;
    let engine = base64::engine::general_purpose::STANDARD;
    let payload = engine.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
    let payload = String::from_utf8(payload).unwrap().replacen("\"at\":\"20", "\"at\":\"19", 1);
    bundle["dsseEnvelope"]["payload"] = json!(engine.encode(payload));
    fs::write(desk.path("changed.json"), bundle.to_string()).unwrap();
    assert_eq!(desk.against("changed.json", 3)["outcome"], "unknown");
    // A model's signature is no checkpoint, and a checkpoint none of a model.
    let signature = fs::read_dir(desk.path("models/acme/receipt-reader")).unwrap();
    let signature =
        signature.map(|entry| entry.unwrap().path()).find(|path| path.ends_with("model.sig")).unwrap();
    let refused = desk.run(&["ledger", "verify", "--checkpoint", signature.to_str().unwrap()]);
    assert!(!matches!(refused.status.code(), Some(0 | 1)), "{}", out(&refused));
}

#[test]
fn a_policy_that_asks_for_checkpoints_gets_them_from_those_who_may_vouch() {
    let desk = Desk::new();
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(0));
    desk.policy(|text| text + "\n[ledger]\nmax_unanchored_records = 4\ntrust = [\"audit\"]\n");
    let (status, verdict) = desk.gate(BOT, "production", &[]);
    assert_eq!(status, Some(0), "four records may stand without one: {verdict:#}");
    let (status, verdict) = desk.gate(BOT, "production", &[]);
    assert_eq!((status, codes(&verdict)), (Some(1), vec!["LEDGER-UNANCHORED".to_owned()]), "{verdict:#}");
    let refused = desk.lines().len().to_string();
    // A stage that lets what is missing pass says so only.
    assert_eq!(desk.gate(BOT, "dev", &[]).0, Some(0));
    // One by somebody who may not vouch.
    desk.works(&["key", "generate", "other.pem", "--no-password"]);
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "other.pem"]);
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(1));
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(0));
    desk.works(&["ledger", "replay", &refused]);
    let verified = desk.ends(&["ledger", "verify"], 0);
    assert_eq!(verified["outcome"], "whole");
    let counts: Vec<bool> = verified["checkpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["counts"].as_bool().unwrap())
        .collect();
    assert_eq!(counts.iter().filter(|counts| **counts).count(), 1, "{verified:#}");
    // Cut behind the checkpoint's back.
    let lines = desk.lines();
    let kept = tempfile::tempdir().unwrap();
    copy(&desk.path("checkpoints"), kept.path());
    fs::remove_dir_all(desk.path("checkpoints")).unwrap();
    desk.replace_ledger(&chained(&lines[..2]));
    copy(kept.path(), &desk.path("checkpoints"));
    let (status, verdict) = desk.gate(BOT, "dev", &[]);
    assert_eq!(status, Some(1), "{verdict:#}");
    assert!(codes(&verdict).contains(&"LEDGER-CONTRADICTED".to_owned()), "{verdict:#}");
    assert_eq!(desk.run(&["ledger", "verify"]).status.code(), Some(1));
    // And no new checkpoint hides it.
    assert_ne!(
        desk.run(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]).status.code(),
        Some(0)
    );
}

#[test]
fn days_without_a_checkpoint_count_from_the_oldest_record_behind_it() {
    let desk = Desk::new();
    desk.works(&["verify", BOT]);
    desk.policy(|text| text + "\n[ledger]\nmax_unanchored_days = 3\ntrust = [\"audit\"]\n");
    assert_eq!(desk.gate(BOT, "production", &[]).0, Some(0));
    let (_, verdict) = desk.gate(BOT, "production", &["--at", &later(5 * 86_400)]);
    assert!(codes(&verdict).contains(&"LEDGER-UNANCHORED".to_owned()), "{verdict:#}");
}

#[test]
fn an_import_takes_nothing_that_a_known_checkpoint_contradicts() {
    let (desk, lines) = checkpointed();
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
    let without: Vec<Value> = lines.iter().filter(|line| line["kind"] != "review").cloned().collect();
    fs::write(desk.path("forged.jsonl"), chained(&without)).unwrap();
    fs::write(desk.path("cut.jsonl"), chained(&lines[..3])).unwrap();
    fs::write(desk.path("whole.jsonl"), chained(&lines)).unwrap();
    // As long as the ledger was, with another word in the review.
    let mut rewritten = lines.clone();
    let review = rewritten.iter_mut().find(|line| line["kind"] == "review").unwrap();
    let mut body: Value = serde_json::from_str(review["body"].as_str().unwrap()).unwrap();
    body["reason"] = json!("nothing at all");
    review["body"] = json!(body.to_string());
    fs::write(desk.path("rewritten.jsonl"), chained(&rewritten)).unwrap();
    for file in fs::read_dir(desk.dir()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.file_name().unwrap().to_string_lossy().starts_with("touchmark.db") {
            fs::remove_file(file).unwrap();
        }
    }
    desk.works(&["scan"]);
    for file in ["forged.jsonl", "cut.jsonl", "rewritten.jsonl"] {
        let refused = desk.run(&["ledger", "import", file]);
        assert_ne!(refused.status.code(), Some(0), "{file}");
        assert!(err(&refused).contains("checkpoint"), "{}", err(&refused));
        assert!(desk.lines().is_empty(), "{file}");
    }
    desk.works(&["ledger", "import", "whole.jsonl"]);
    assert_eq!(desk.ends(&["ledger", "verify"], 0)["outcome"], "whole");
}

// --- snapshots

#[test]
fn a_snapshot_is_signed_as_a_checkpoint_is_and_its_signature_is_checked() {
    let desk = Desk::new();
    desk.works(&["verify", BOT]);
    desk.works(&["snapshot", "--out", "monday.json"]);
    assert!(desk.ends(&["snapshot", "verify", "monday.json"], 0)["signature"].is_null());
    desk.works(&["snapshot", "sign", "key", "monday.json", "--private-key", "audit.pem"]);
    let by_key = ["snapshot", "verify", "monday.json", "--public-key", "audit.pem.pub"];
    assert_eq!(desk.ends(&by_key, 0)["signature"]["outcome"], "pass");
    assert_eq!(desk.ends(&["snapshot", "verify", "monday.json"], 0)["signature"]["outcome"], "pass");
    desk.works(&["key", "generate", "other.pem", "--no-password"]);
    let by_other = ["snapshot", "verify", "monday.json", "--public-key", "other.pem.pub"];
    assert_eq!(desk.ends(&by_other, 3)["signature"]["outcome"], "unknown");
    // Another snapshot under its name.
    desk.works(&["verify", "lumen/iris-base"]);
    desk.works(&["snapshot", "--out", "monday.json", "--force"]);
    assert_eq!(desk.ends(&by_key, 1)["signature"]["outcome"], "fail");
    // No signature is written over what is none.
    fs::write(desk.path("monday.json.sig"), "mine").unwrap();
    let taken = desk.run(&["snapshot", "sign", "key", "monday.json", "--private-key", "audit.pem"]);
    assert_ne!(taken.status.code(), Some(0));
    assert_eq!(fs::read_to_string(desk.path("monday.json.sig")).unwrap(), "mine");
}

#[test]
fn a_cut_ledger_shows_against_an_earlier_snapshot() {
    let (desk, lines) = checkpointed();
    desk.works(&["snapshot", "--out", "monday.json", "--force"]);
    desk.replace_ledger(&chained(&lines[..2]));
    let diff = desk.run(&["diff", "monday.json"]);
    assert_eq!(diff.status.code(), Some(1));
    assert!(out(&diff).contains("ledger"), "{}", out(&diff));
}

// --- ledgers of others

/// Another workspace whose checkpoints the first knows by the key `theirs.pub`.
fn with_another() -> (Desk, Desk) {
    let (desk, other) = (Desk::new(), Desk::new());
    fs::copy(other.path("audit.pem.pub"), desk.path("theirs.pub")).unwrap();
    for model in [BOT, "lumen/iris-base", BOT] {
        other.works(&["verify", model]);
    }
    (desk, other)
}

impl Desk {
    /// A checkpoint of another's ledger, or one that was written before, anchored here.
    fn anchor(&self, other: &Desk, file: &str, more: &[&str], status: i32) -> Value {
        if !other.path(file).exists() {
            other.checkpoint(file);
        }
        let file = other.path(file);
        let words = ["ledger", "anchor", file.to_str().unwrap(), "--public-key", "theirs.pub"];
        self.ends(&[&words, more].concat(), status)["anchor"].clone()
    }
}

#[test]
fn another_ledger_that_goes_on_is_told_from_one_that_was_cut_forked_or_hides() {
    let (desk, other) = with_another();
    let exported = |name: &str| {
        let file = desk.path(name);
        fs::write(&file, other.works(&["ledger", "export"])).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let old = other.lines();
    let first = desk.anchor(&other, "one.json", &[], 0);
    assert_eq!(
        (&first["standing"]["is"], &first["records"], &first["counts"]),
        (&json!("first"), &json!(3), &json!(true))
    );
    assert_eq!(desk.anchor(&other, "one.json", &[], 0)["standing"]["is"], "same");
    other.works(&["verify", BOT]);
    let on = desk.anchor(&other, "two.json", &["--records", &exported("theirs.jsonl")], 0);
    assert_eq!((&on["standing"], &on["read"]), (&json!({ "is": "goes-on", "from": 3 }), &json!(true)));
    // What it showed before is shorter now.
    let back = desk.anchor(&other, "one.json", &[], 1);
    assert_eq!(back["standing"], json!({ "is": "rolled-back", "from": 4 }));
    // An old copy that went on by itself, and is longer by now.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    other.replace_ledger(&chained(&old[..2]));
    for _ in 0..4 {
        other.works(&["verify", "lumen/iris-base"]);
    }
    let forked = desk.anchor(&other, "forked.json", &[], 1);
    assert_eq!(forked["standing"], json!({ "is": "forked", "at": 3 }));
    let listed = desk.run(&["ledger", "anchors"]);
    assert_eq!(listed.status.code(), Some(1));
    assert!(out(&listed).contains("✗ forked") && out(&listed).contains("✗ rolled back"), "{}", out(&listed));
    // What contradicted is not what later ones are held against.
    other.replace_ledger(&chained(&old));
    other.works(&["verify", BOT]);
    other.works(&["verify", BOT]);
    assert_eq!(desk.anchor(&other, "again.json", &[], 1)["standing"], json!({ "is": "forked", "at": 4 }));
    assert_eq!(
        desk.works(&["ledger", "verify"]).lines().next().map(|line| line.contains("whole")),
        Some(true)
    );
    assert_eq!(desk.lines().iter().filter(|line| line["kind"] == "anchor").count(), 6);
}

#[test]
fn what_nobody_vouches_for_and_what_does_not_fit_is_not_told_as_another_ledgers_end() {
    let (desk, other) = with_another();
    // A signature that does not count is kept, and nothing is held against it.
    other.checkpoint("one.json");
    let file = other.path("one.json");
    let file = file.to_str().unwrap();
    let by_policy = desk.ends(&["ledger", "anchor", file], 3);
    assert_eq!(
        (&by_policy["anchor"]["counts"], &by_policy["anchor"]["standing"]["is"]),
        (&json!(false), &json!("first"))
    );
    assert_eq!(desk.anchor(&other, "one.json", &[], 0)["standing"]["is"], "first");
    let records = desk.lines().len();
    let refused = |words: &[&str], status: i32, told: &str| {
        let done = desk.run(&[&["ledger", "anchor"], words].concat());
        assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
        let said = out(&done) + &err(&done);
        assert!(said.contains(told), "{words:?}: {said}");
    };
    // One byte of the signed statement.
    let text = fs::read_to_string(file).unwrap();
    let mut bundle: Value = serde_json::from_str(&text).unwrap();
    let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, payload).unwrap();
    let changed = String::from_utf8(bytes).unwrap().replace("\"at\":\"20", "\"at\":\"19");
    bundle["dsseEnvelope"]["payload"] =
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, changed).into();
    fs::write(desk.path("changed.json"), bundle.to_string()).unwrap();
    refused(&["changed.json", "--public-key", "theirs.pub"], 1, "does not verify");
    // Its own, another's records, records that are cut, and what is none.
    desk.works(&["ledger", "checkpoint", "--out", "own.json"]);
    refused(&["own.json"], 2, "this very ledger");
    fs::write(desk.path("own.jsonl"), desk.works(&["ledger", "export"])).unwrap();
    refused(
        &[file, "--public-key", "theirs.pub", "--records", "own.jsonl"],
        1,
        "do not lead to the checkpoint",
    );
    let whole = other.works(&["ledger", "export"]);
    let cut: Vec<&str> = whole.lines().take(2).collect();
    fs::write(desk.path("cut.jsonl"), cut.join("\n")).unwrap();
    refused(
        &[file, "--public-key", "theirs.pub", "--records", "cut.jsonl"],
        1,
        "do not lead to the checkpoint",
    );
    fs::write(desk.path("empty"), "").unwrap();
    refused(&["empty"], 4, "E-");
    refused(&["absent.json"], 4, "E-READ");
    refused(&[file, "--public-key", "theirs.pub", "--records", "empty"], 1, "do not lead to the checkpoint");
    refused(&[file, "--public-key", "theirs.pub", "--records", "empty.jsonl"], 4, "E-READ");
    assert_eq!(desk.lines().len(), records, "nothing of that was recorded");
    assert!(
        desk.works(&["ledger", "anchors"]).contains("no signer")
            || desk.works(&["ledger", "anchors"]).contains("does not count")
    );
}
