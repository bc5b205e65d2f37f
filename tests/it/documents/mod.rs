//! Every JSON that leaves the program: it fits its published schema, the schemas are fresh, and nothing of a document
//! can go missing, be renamed or be added unseen.

pub mod validator;

use crate::bench::Bench;
use crate::support::{copy_of_samples, out};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use touchmark::documents::{PUBLISHED, schema_files};
use touchmark::workbench::{OpenOptions, Workbench};

fn schemas() -> &'static BTreeMap<&'static str, Value> {
    static SCHEMAS: OnceLock<BTreeMap<&'static str, Value>> = OnceLock::new();
    SCHEMAS.get_or_init(|| PUBLISHED.iter().map(|document| (document.name, document.schema())).collect())
}

/// What the schema of that name has against a value.
fn faults(name: &str, value: &Value) -> Vec<String> {
    validator::faults(schemas().get(name).unwrap_or_else(|| panic!("no schema {name}")), value)
}

#[track_caller]
fn fits(name: &str, value: &Value) {
    let faults = faults(name, value);
    assert!(faults.is_empty(), "{name}: {}\n{value:#}", faults.join("\n"));
}

/// The name that a document gives itself, without its version.
fn name_of(document: &Value) -> Option<&str> {
    let name = document.get("schema")?.as_str()?.strip_prefix("touchmark.")?;
    Some(name.rsplit_once('/').map_or(name, |(name, _)| name))
}

/// Holds whatever the program printed against its schema; of what is not one of our documents nothing is said. Every
/// test that runs the program calls it.
#[track_caller]
pub fn hold(output: &Output) {
    if !output.stdout.starts_with(b"{") {
        return;
    }
    let Ok(document) = serde_json::from_slice::<Value>(&output.stdout) else { return };
    let Some(name) = name_of(&document) else { return };
    fits(name, &document);
    match name {
        "ledger-export" => document["lines"].as_str().unwrap().lines().for_each(hold_line),
        "ledger" => document["records"].as_array().unwrap().iter().for_each(hold_record),
        _ => {}
    }
}

/// One line of an exported ledger.
fn hold_line(line: &str) {
    let entry: Value = serde_json::from_str(line).unwrap();
    fits("ledger-entry", &entry);
    hold_record(&entry);
}

/// The body of a record that this version wrote.
fn hold_record(entry: &Value) {
    let Ok(body) = serde_json::from_str::<Value>(entry["body"].as_str().unwrap()) else { return };
    if let Some(name) = name_of(&body) {
        fits(name, &body);
    }
}

#[test]
fn the_published_schemas_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    let made: BTreeMap<String, String> = schema_files().into_iter().collect();
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        // Those of predicates lie in a folder by themselves.
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(there.iter().eq(made.keys()), "stale: run `cargo run --example make-docs`; {there:?}");
    for (name, text) in made {
        let is = fs::read_to_string(folder.join(&name)).unwrap();
        assert!(is == text, "docs/schemas/{name} is stale: run `cargo run --example make-docs`");
    }
}

#[test]
fn a_schema_is_named_as_its_document_and_describes_each_member() {
    let names: Vec<&str> = PUBLISHED.iter().map(|document| document.name).collect();
    assert!(names.is_sorted() && names.iter().collect::<BTreeSet<_>>().len() == names.len());
    for document in PUBLISHED {
        let (name, version) = (document.name, document.version);
        let schema = document.schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:touchmark:schema:{name}:{version}"));
        let members = schema["properties"].as_object().unwrap();
        match members.get("schema") {
            Some(says) => assert_eq!(says["const"], format!("touchmark.{name}/{version}")),
            // The chain of hashes fixes what an entry holds.
            None => assert!(["ledger-entry", "observation"].contains(&name)),
        }
        for (member, says) in members {
            assert!(says["description"].is_string(), "{name}: nothing says what {member} is");
        }
        assert_eq!(schema["additionalProperties"], false, "{name}");
    }
}

/// A workspace to run every command in.
struct Desk {
    dir: tempfile::TempDir,
    /// Documents by the name of their schema: the first of each.
    seen: BTreeMap<String, Value>,
}

impl Desk {
    fn new() -> Self {
        Desk { dir: copy_of_samples(), seen: BTreeMap::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(self.dir.path())
            .env("HOME", self.dir.path())
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("USER", "somebody")
            .env_remove("CLICOLOR_FORCE")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    /// Saves a change of the policy, as the workbench does, while verifications stand.
    fn saves_policy(&self) {
        let options = OpenOptions { dir: Some(self.dir.path().to_owned()), ..OpenOptions::default() };
        let workbench = Workbench::open(&options).unwrap();
        let text = workbench.view().policy_text.clone();
        let after = text.replacen("[\"pickle\", \"remote-code\"]", "[\"pickle\"]", 1);
        workbench.save_policy(&text, &after, "no agents here").unwrap();
    }

    /// The document that a command prints, which is of that name.
    #[track_caller]
    fn prints(&mut self, name: &str, words: &[&str]) -> Value {
        let done = self.run(&[words, &["--format", "json"]].concat());
        let document: Value = serde_json::from_slice(&done.stdout)
            .unwrap_or_else(|error| panic!("{words:?}: {error}: {}", String::from_utf8_lossy(&done.stderr)));
        assert_eq!(name_of(&document), Some(name), "{words:?}: {document:#}");
        hold(&done);
        self.seen.entry(name.to_owned()).or_insert_with(|| document.clone());
        document
    }

    #[track_caller]
    fn holds(&mut self, name: &str, document: Value) {
        fits(name, &document);
        self.seen.entry(name.to_owned()).or_insert(document);
    }
}

const BILL: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":
    [{"type":"machine-learning-model","name":"acme/imported","version":"1","hashes":[{"alg":"SHA-256","content":"00"}]}]}"#;

/// Runs every command; the first document of each name.
fn every_document() -> Desk {
    let mut desk = Desk::new();
    // Of a model that is signed here.
    let bench = Bench::new();
    fs::create_dir(desk.path("mine")).unwrap();
    fs::write(desk.path("mine/weights.bin"), "weights").unwrap();
    desk.prints("key-generated", &["key", "generate", "own.pem", "--no-password"]);
    desk.prints("key", &["key", "show", "own.pem"]);
    desk.prints("signed", &["sign", "key", "mine", "--private-key", "own.pem"]);
    desk.prints("digest", &["digest", "mine"]);
    desk.prints("verification", &["verify", "key", "mine", "--public-key", "own.pem.pub"]);
    fs::write(desk.path("mine/weights.bin"), "weightz").unwrap();
    desk.prints("verification", &["verify", "key", "mine", "--public-key", "own.pem.pub"]);
    fs::copy(bench.bundle(), desk.path("other.sig")).unwrap();
    desk.prints("claims-append", &["claims", "append", "claims.jsonl", "mine/model.sig"]);
    fs::copy(desk.path("claims.jsonl"), desk.path("before.jsonl")).unwrap();
    desk.prints("claims-append", &["claims", "append", "claims.jsonl", "other.sig", "mine/model.sig"]);
    fs::write(desk.path("moved.jsonl"), {
        let text = fs::read_to_string(desk.path("claims.jsonl")).unwrap();
        let lines: Vec<&str> = text.lines().rev().collect();
        lines.join("\n") + "\nno claim\n"
    })
    .unwrap();
    desk.prints("claims", &["claims", "list", "moved.jsonl", "--public-key", "own.pem.pub"]);
    let predicate = "https://model_signing/signature/v1.0";
    let by = ["--predicate", predicate, "--public-key", "own.pem.pub"];
    // Of one line: several come in the order of their digests, which differs from run to run.
    desk.prints("claim", &[&["claims", "show", "before.jsonl"][..], &by].concat());
    desk.prints("claims-check", &["claims", "check", "before.jsonl", "claims.jsonl"]);
    desk.prints("claims-check", &["claims", "check", "claims.jsonl", "moved.jsonl"]);
    desk.prints("claims-check", &["claims", "check", "moved.jsonl", "before.jsonl"]);
    desk.prints("claims-form", &["claims", "check", "before.jsonl"]);
    desk.prints("claims-form", &["claims", "check", "moved.jsonl"]);
    desk.prints("inspection", &["inspect", "mine/model.sig"]);
    desk.prints("inspect-bom", &["inspect", "boms/vendor.cdx.json"]);
    // Of the workspace.
    desk.prints("themes", &["themes", "dark"]);
    desk.prints("themes", &["themes"]);
    desk.prints("themes", &["themes", "mono", "--check"]);
    desk.prints("demo", &["demo", "copied"]);
    desk.prints("init", &["init", "fresh"]);
    desk.prints("scan", &["scan"]);
    desk.prints("snapshot-taken", &["snapshot"]);
    desk.prints("snapshot-taken", &["snapshot", "-o", "first.json"]);
    for model in ["lumen/iris-base", "acme/support-bot-7b", "acme/badge-check", "vendor/iris-quick"] {
        desk.prints("verification", &["verify", model]);
    }
    desk.prints("list", &["list"]);
    for row in desk.seen["list"]["models"].as_array().unwrap().clone() {
        if row["name"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_graphic()) {
            desk.prints("model", &["show", row["id"].as_str().unwrap()]);
        }
    }
    desk.prints("score", &["score", "acme/claims-sorter", "lumen/iris-base"]);
    desk.prints("verdict", &["gate", "acme/claims-sorter", "--stage", "production"]);
    desk.prints("review", &["review", "acme/claims-sorter", "approve", "--reason", "seen"]);
    desk.prints("review-history", &["review", "--history", "acme/claims-sorter"]);
    desk.prints("lineage", &["lineage", "acme/claims-sorter"]);
    desk.prints("deployed", &["deploy", "add", "acme/claims-sorter", "--where", "here", "--owner", "us"]);
    fs::write(
        desk.path("surface.toml"),
        crate::surfaces::FILE.replace("tools/refund.json", "touchmark.toml"),
    )
    .unwrap();
    desk.prints("deployment-surface", &["deploy", "declare", "here", "surface.toml", "--by", "Ann"]);
    let here = desk.prints(
        "deployment-runbook",
        &["incident", "runbook", "model_substitution", "--deployment", "here", "-o", "here.md"],
    );
    assert_eq!(here["written"]["version"], 1);
    desk.prints("deployments", &["deploy", "list"]);
    fs::write(desk.path("one.mcp.json"), r#"{"tools":[{"name":"a","inputSchema":{}}]}"#).unwrap();
    fs::write(desk.path("two.mcp.json"), r#"{"tools":[{"name":"a","description":"b","inputSchema":{}}]}"#)
        .unwrap();
    desk.prints("pins", &["pin", "one.mcp.json"]);
    fs::copy(desk.path("two.mcp.json"), desk.path("one.mcp.json")).unwrap();
    desk.prints("pins", &["pin"]);
    fs::write(desk.path("one.mcp.json"), r#"{"tools":[{"name":"a","inputSchema":{}}]}"#).unwrap();
    desk.prints("descriptor-diff", &["diff", "one.mcp.json", "two.mcp.json"]);
    desk.prints("why", &["why", "acme/support-bot-voice"]);
    desk.prints("why", &["why", "lumen/iris-base"]);
    desk.prints("path", &["path", "acme/claims-sorter", "northwind/harbour-7b"]);
    desk.prints("blast", &["blast", "northwind/harbour-7b"]);
    desk.prints("deployed", &["deploy", "end", "acme/claims-sorter"]);
    desk.prints("comparison", &["compare", "acme/claims-sorter", "lumen/iris-base"]);
    fs::write(desk.path("one.json"), BILL).unwrap();
    desk.prints("import", &["import", "one.json"]);
    desk.prints("policy", &["policy", "show", "strict"]);
    desk.prints("policy-check", &["policy", "check"]);
    desk.prints("policy-lint", &["policy", "lint"]);
    desk.prints("policy-conversion", &["policy", "convert", "--to", "model-signing"]);
    desk.prints("policy-exceptions", &["policy", "exceptions"]);
    fs::write(desk.path("tested.toml"), include_str!("../../../policies/trust/strict.toml")).unwrap();
    let tested = desk.prints("policy-test", &["policy", "test", "tested.toml"]);
    assert!(
        tested["tests"][0]["passes"].as_bool().unwrap() && !tested["rules"].as_array().unwrap().is_empty()
    );
    fs::write(
        desk.path("policies/new.toml"),
        fs::read_to_string(desk.path("policies/samples.toml"))
            .unwrap()
            .replace("min_level = 1", "min_level = 2"),
    )
    .unwrap();
    desk.prints("policy-explain", &["policy", "explain", "acme/claims-sorter"]);
    desk.prints("policy-what-if", &["policy", "what-if", "--deny", "CN=acme release,O=Acme"]);
    desk.run(&["gate", "orchid/speech-1-nightly", "--stage", "production"]);
    desk.prints("policy-suggest", &["policy", "suggest", "orchid/speech-1-nightly"]);
    desk.prints("policy-preview", &["policy", "preview", "policies/new.toml"]);
    let rubric = include_str!("../../../policies/rubric/aimm.toml");
    fs::write(desk.path("rubric.toml"), rubric.replacen("severity = \"should\"", "severity = \"must\"", 1))
        .unwrap();
    // Where one verification stands: how many of several become too old in one second differs from run to run.
    desk.run(&["verify", "lumen/iris-base", "--workspace", "copied"]);
    desk.prints("report-forecast", &["report", "forecast", "--days", "400", "--workspace", "copied"]);
    desk.prints("report-trend", &["report", "trend", "--from", "0", "--workspace", "copied"]);
    desk.prints("maturity-report", &["report", "maturity", "acme/claims-sorter"]);
    desk.prints("maturity-report", &["report", "maturity", "--producer", "acme"]);
    desk.prints("maturity-report", &["report", "maturity"]);
    desk.prints("report-producer", &["report", "producer"]);
    desk.prints("report-producer", &["report", "producer", "acme"]);
    desk.prints("report-model", &["report", "model", "acme/claims-sorter"]);
    desk.prints("report-written", &["report", "maturity", "-o", "report.md", "-o", "report.csv"]);
    desk.prints("maturity", &["maturity"]);
    desk.prints("completions", &["completions", "bash"]);
    desk.prints("man", &["man", "ledger", "verify"]);
    desk.prints("maturity-comparison", &["maturity", "compare", "rubric.toml"]);
    desk.prints("maturity-unlock", &["maturity", "--unlock"]);
    #[cfg(feature = "tui")]
    {
        fs::write(desk.path("keys.toml"), "[[key]]\non = \"ctrl-q\"\nrun = \"quit\"\n").unwrap();
        desk.prints("keymap", &["keymap", "print", "--keymap", "keys.toml"]);
        desk.prints("keymap-check", &["keymap", "check", "keys.toml"]);
        fs::write(desk.path("keys.toml"), "[[key]]\non = \"ctrl-q\"\nrun = \"quiet\"\n").unwrap();
        let bad = desk.prints("keymap-check", &["keymap", "check", "keys.toml"]);
        assert!(!bad["faults"].as_array().unwrap().is_empty());
    }
    fs::write(desk.path("bad.toml"), "schema = \"trust-policy/0.1\"\ncolour = \"red\"\n").unwrap();
    let bad = desk.prints("policy-check", &["policy", "check", "bad.toml"]);
    assert!(!bad["faults"].as_array().unwrap().is_empty());
    for (schema, command) in [("policy-lint", "lint"), ("policy-test", "test")] {
        let bad = desk.prints(schema, &["policy", command, "bad.toml"]);
        assert!(!bad["faults"].as_array().unwrap().is_empty());
    }
    desk.prints("store", &["store", "show"]);
    desk.run(&["ledger", "checkpoint", "-o", "theirs.json", "--workspace", "copied"]);
    desk.prints("ledger-anchor", &["ledger", "anchor", "theirs.json"]);
    desk.prints("ledger-anchors", &["ledger", "anchors"]);
    desk.prints("trust", &["trust", "list"]);
    desk.prints("trust-anchor", &["trust", "show", "public-good"]);
    desk.prints("trust-added", &["trust", "add", "own", "own.pem.pub"]);
    desk.prints("trust-removed", &["trust", "remove", "own"]);
    #[cfg(feature = "keyless")]
    {
        desk.prints("trust-added", &["trust", "add", "good", "--embedded", "public-good"]);
        let at = ["--url", "http://127.0.0.1:1", "--root", "own.pem.pub"];
        desk.prints("trust-refreshed", &[&["trust", "refresh", "good"][..], &at].concat());
    }
    desk.prints("snapshot-taken", &["snapshot", "-o", "second.json"]);
    for file in ["first.json", "second.json"] {
        let snapshot = serde_json::from_str(&fs::read_to_string(desk.path(file)).unwrap()).unwrap();
        desk.holds("snapshot", snapshot);
    }
    desk.prints("snapshot-verify", &["snapshot", "verify", "second.json"]);
    desk.prints("snapshot-signed", &["snapshot", "sign", "key", "second.json", "--private-key", "own.pem"]);
    desk.prints("snapshot-verify", &["snapshot", "verify", "second.json", "--public-key", "own.pem.pub"]);
    desk.prints("inspection", &["inspect", "second.json"]);
    desk.prints("diff", &["diff", "first.json", "second.json"]);
    desk.prints("diff", &["diff", "first.json"]);
    let text = fs::read_to_string(desk.path("second.json")).unwrap();
    fs::write(desk.path("second.json"), text.replacen("\"kind\":\"model\"", "\"kind\":\"agent\"", 1))
        .unwrap();
    let changed = desk.prints("snapshot-verify", &["snapshot", "verify", "second.json"]);
    assert_eq!((&changed["outcome"], &changed["digest"]), (&json!("fail"), &Value::Null));
    // Of the ledger, with a change of the policy in it.
    desk.saves_policy();
    desk.prints("ledger", &["ledger", "show"]);
    desk.prints("ledger-checkpoint-made", &["ledger", "checkpoint", "key", "--private-key", "own.pem"]);
    let bare = desk.prints("ledger-checkpoint-made", &["ledger", "checkpoint", "-o", "bare.json"]);
    desk.holds("ledger-checkpoint", bare["checkpoint"].clone());
    desk.prints("ledger-verify", &["ledger", "verify"]);
    desk.prints("ledger-replay", &["ledger", "replay", "1"]);
    let proof = desk.prints("ledger-proof", &["ledger", "prove", "1", "--checkpoint", "bare.json"]);
    fs::write(desk.path("proof.json"), proof.to_string()).unwrap();
    desk.prints(
        "ledger-proof-check",
        &["ledger", "prove", "--check", "proof.json", "--checkpoint", "bare.json"],
    );
    let key = ["--private-key", "own.pem", "-o", "pack.zip"];
    desk.prints("audit-pack", &[&["audit", "pack", "key", "lumen/iris-base"][..], &key].concat());
    desk.prints("audit-verify", &["audit", "verify", "pack.zip", "--public-key", "own.pem.pub"]);
    let members = crate::audit::members(&desk.path("pack.zip"));
    for (name, member) in [("pack-manifest", "manifest.json"), ("packed-verdict", "verdicts/00001.json")] {
        desk.holds(name, serde_json::from_slice(&members[member]).unwrap());
    }
    desk.prints("ledger-export", &["ledger", "export"]);
    let lines = out(&desk.run(&["ledger", "export"]));
    fs::write(desk.path("ledger.jsonl"), &lines).unwrap();
    desk.prints("ledger-import", &["ledger", "import", "ledger.jsonl"]);
    for line in lines.lines() {
        hold_line(line);
        let entry: Value = serde_json::from_str(line).unwrap();
        let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
        let name = name_of(&body).expect("a record without a name").to_owned();
        let kind = entry["kind"].as_str().unwrap();
        assert_eq!(
            name,
            if kind == "review" { "record-review".to_owned() } else { format!("{kind}-record") }
        );
        desk.holds(&name, body);
        desk.holds("ledger-entry", entry);
    }
    let data = ["--dataset", "data/receipts-2024", "--private-key", "own.pem"];
    desk.prints("attest", &[&["attest", "data", "lumen/iris-large"][..], &data].concat());
    desk.prints("inherit", &["attest", "inherit", "acme/claims-sorter"]);
    desk.prints("bind", &["bind", "lumen/iris-base"]);
    fs::write(desk.path("log.jsonl"), "{\"request_id\": \"1\", \"time\": 1764000000000}\n").unwrap();
    let opened = ["incident", "open", "model_substitution", "--subject", "acme/claims-sorter", "--by", "Ann"];
    let case = desk.prints("incident", &opened)["case"].to_string();
    for words in [
        &["step", &case, "compare", "--outcome", "done", "--note", "seen"][..],
        &["step", &case, "which", "--outcome", "done", "--goto", "known"],
        &["evidence", &case, "host_snapshot", "--file", "touchmark.toml"],
        &["evidence", &case, "auth_events", "--holder", "security", "--file", "touchmark.toml"],
        &["evidence", &case, "iam_trail", "--waive", "none is kept"],
        &["import", &case, "log.jsonl", "--holder", "platform"],
        &["hold", &case, "--reason", "claim 7"],
        &["severity", &case, "low", "--by", "Ann", "--reason", "a drill"],
        &["note", &case, "noted"],
        &["close", &case, "--reason", "a drill"],
    ] {
        desk.prints("incident", &[&["incident"][..], words].concat());
    }
    // The last one has everything in it.
    let closed = desk.prints("incident", &["incident", "status", &case]);
    desk.seen.insert("incident".to_owned(), closed);
    desk.prints("incident-drill", &["incident", "drill", "model_substitution", "--by", "Ann"]);
    desk.prints("incident-disclosure", &["incident", "disclose", &case]);
    desk.prints("incidents", &["incident", "list", "--closed"]);
    desk.prints("report-incident", &["report", "incident"]);
    desk.prints("report-policy", &["report", "policy"]);
    desk.prints("report-inventory", &["report", "inventory"]);
    fs::create_dir(desk.path("runbooks")).unwrap();
    fs::write(desk.path("runbooks/broken.toml"), "schema = \"runbook/0.1\"\n").unwrap();
    desk.prints("incident-types", &["incident", "types"]);
    desk.prints("incident-triage", &["incident", "triage", "acme/support-bot-7b"]);
    desk.prints("incident-runbook", &["incident", "runbook", "model_substitution"]);
    let bad =
        desk.prints("incident-runbook-check", &["incident", "runbook", "--check", "runbooks/broken.toml"]);
    assert!(!bad["findings"].as_array().unwrap().is_empty());
    for line in out(&desk.run(&["ledger", "export"])).lines().filter(|line| line.contains("incident-record"))
    {
        let entry: Value = serde_json::from_str(line).unwrap();
        desk.holds("incident-record", serde_json::from_str(entry["body"].as_str().unwrap()).unwrap());
    }
    fs::write(desk.path("feed.json"), crate::feeds::osv("X-1", "pkg:generic/northwind/harbour-7b", "9.0.0"))
        .unwrap();
    fs::write(desk.path("feed.yaml"), crate::feeds::ATLAS).unwrap();
    desk.prints("feed-import", &["feed", "import", "feed.json"]);
    desk.prints("feed-import", &["feed", "import", "feed.yaml"]);
    desk.prints("feeds", &["feed", "list"]);
    let said = ["--state", "not_affected", "--reason", "not loaded", "--by", "Ann"];
    desk.prints("feed-triage", &[&["feed", "triage", "northwind/harbour-7b", "CVE-X-1"][..], &said].concat());
    let found = desk.prints("feed-matches", &["feed", "match", "northwind/harbour-7b"]);
    assert_eq!(found["matches"][0]["triage"]["state"], "not_affected");
    let lint = desk.prints("feed-lint", &["feed", "lint"]);
    assert!(!lint["findings"].as_array().unwrap().is_empty());
    for line in out(&desk.run(&["ledger", "export"])).lines().filter(|line| line.contains("feed-record")) {
        let entry: Value = serde_json::from_str(line).unwrap();
        desk.holds("feed-record", serde_json::from_str(entry["body"].as_str().unwrap()).unwrap());
    }
    let mut reader = touchmark::feed::Reader::new(None, None);
    let everything = crate::feeds::osv("X-1", "pkg:generic/a/b", "1.0.0");
    reader.take("x", everything.as_bytes()).unwrap();
    desk.holds("feed", serde_json::to_value(reader.finish().unwrap()).unwrap());
    desk.prints("error", &["show", "nobody/knows-it"]);
    // The last: only some builds have one more record.
    #[cfg(feature = "fleet")]
    of_a_fleet(&mut desk);
    desk
}

/// Of a run with one model: what commands print, and what lies in the run.
#[cfg(feature = "fleet")]
fn of_a_fleet(desk: &mut Desk) {
    let plan = ["fleet", "plan", "--source", "mine", "--out", "runs", "--shards", "1", "--any-build"];
    let planned = desk.prints("fleet-planned", &plan);
    let place = planned["place"].as_str().unwrap().to_owned();
    let folder = PathBuf::from(place.strip_prefix("file:").unwrap());
    let read =
        |name: &str| serde_json::from_str::<Value>(&fs::read_to_string(folder.join(name)).unwrap()).unwrap();
    desk.holds("fleet-plan", read("plan.json"));
    let work = ["fleet", "work", "--plan", &place, "--shard", "0", "--private-key", "own.pem"];
    desk.prints("fleet-worked", &work);
    desk.prints("fleet-status", &["fleet", "status", &place]);
    let bundle = fs::read(folder.join("done/00000")).unwrap();
    let payload = touchmark::signing::Bundle::parse(&bundle).unwrap().envelope.payload;
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    desk.holds("fleet-shard", statement["predicate"].clone());
    desk.prints("fleet-seal", &["fleet", "seal", &place, "--public-key", "own.pem.pub"]);
    desk.holds("fleet-sealed", read("sealed.json"));
    let record = fs::read_to_string(folder.join("records-00000.jsonl")).unwrap();
    desk.holds("fleet-record", serde_json::from_str(record.trim()).unwrap());
    let proved = desk.prints("fleet-prove", &["fleet", "prove", &place, "mine"]);
    desk.holds("fleet-proof", proved["proofs"][0].clone());
    let ledger = desk.run(&["ledger", "export"]);
    let lines = String::from_utf8(ledger.stdout).unwrap();
    let ours = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ours: Vec<Value> = ours.filter(|line| line["kind"] == "fleet-run").collect();
    desk.holds("fleet-run-record", serde_json::from_str(ours[0]["body"].as_str().unwrap()).unwrap());
}

/// Words that differ from run to run become the same, long texts and lists short.
fn masked(value: &Value, name: &str, root: &str) -> Value {
    match value {
        // Whoever runs the tests.
        Value::Object(_) if name == "by" => "ACCOUNT".into(),
        Value::String(_) if name == "account" => "ACCOUNT".into(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), masked(value, name, root))).collect()
        }
        Value::Array(items) => {
            let mut some: Vec<Value> = items.iter().take(2).map(|item| masked(item, "", root)).collect();
            if items.len() > some.len() {
                some.push("…".into());
            }
            some.into()
        }
        Value::Number(_) if ["took_ms", "age_days", "bytes", "bytes_done", "files"].contains(&name) => {
            json!(0)
        }
        Value::String(text) => {
            let text = text.replace(root, "ROOT");
            let digest = regex_lite::Regex::new("[0-9a-f]{12,}").unwrap();
            let time = regex_lite::Regex::new(r"\d{4}-\d\d-\d\dT[0-9:.]+Z").unwrap();
            let text = time.replace_all(&text, "TIME").into_owned();
            let text = digest.replace_all(&text, "#").into_owned();
            let short: String = text.chars().take(60).collect();
            if short == text { text.into() } else { format!("{short}…").into() }
        }
        other => other.clone(),
    }
}

#[test]
fn every_command_prints_what_its_schema_says_and_no_document_changes_unseen() {
    let desk = every_document();
    let wanted: BTreeSet<&str> = PUBLISHED.iter().map(|document| document.name).collect();
    let seen: BTreeSet<&str> = desk.seen.keys().map(String::as_str).collect();
    // Evidence stays in the store; a guard runs until it is ended, and its own tests hold its lines.
    let kept = ["anchors", "evidence", "guard-refusal", "observation"];
    let is_here = |name: &str| cfg!(feature = "fleet") || !name.starts_with("fleet-");
    let unseen: Vec<&&str> =
        wanted.difference(&seen).filter(|name| !kept.contains(*name) && is_here(name)).collect();
    match cfg!(feature = "keyless") {
        true => assert!(unseen.is_empty(), "nothing prints {unseen:?}"),
        false => assert_eq!(unseen, [&"trust-refreshed"]),
    }
    let root = desk.dir.path().canonicalize().unwrap();
    for (name, document) in &desk.seen {
        let shown = serde_json::to_string_pretty(&masked(document, "", root.to_str().unwrap())).unwrap();
        insta::with_settings!({ snapshot_path => "../snapshots", omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), shown);
        });
    }
}

/// Every object of a value, by its place.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            members.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            // One of a list stands for all.
            let first = items.iter().enumerate().take(1);
            first.for_each(|(index, value)| objects(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

#[test]
fn a_member_that_is_missing_renamed_or_new_is_refused() {
    let bench = Bench::new();
    let verification = bench.verify();
    let made = touchmark::documents::VerificationDocument::of("model", None, &verification);
    let document = serde_json::to_value(&made).unwrap();
    fits("verification", &document);
    let mut places = Vec::new();
    objects(&document, "", &mut places);
    assert!(places.len() > 5, "{places:?}");
    for place in &places {
        let mut grown = document.clone();
        grown.pointer_mut(place).unwrap().as_object_mut().unwrap().insert("colour".to_owned(), json!("red"));
        assert!(!faults("verification", &grown).is_empty(), "a new member at {place:?} goes unseen");
    }
    for member in ["schema", "model", "outcome", "headline", "coverage", "verification"] {
        let mut changed = document.clone();
        let value = changed.as_object_mut().unwrap().remove(member).unwrap();
        let told = faults("verification", &changed);
        assert!(told.iter().any(|fault| fault.contains(member)), "{member}: {told:?}");
        changed[format!("{member}s")] = value;
        assert!(faults("verification", &changed).len() >= 2, "{member}");
    }
    for (place, value) in [
        ("/schema", json!("touchmark.verification/2")),
        ("/outcome", json!("PASS")),
        ("/verification/checks/0/code", json!("PARSE-NOTHING")),
        ("/verification/root_digest", json!("00")),
        ("/verification/at", json!("yesterday")),
        ("/verification/files/bytes", json!(-1)),
        ("/verification/files/changed", json!({})),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(place).unwrap() = value;
        assert_eq!(faults("verification", &changed).len(), 1, "{place}");
    }
}

#[test]
fn checks_have_their_words_wherever_a_document_shows_them() {
    let desk = Desk::new();
    let json = |words: &[&str]| -> Value {
        serde_json::from_slice(&desk.run(&[words, &["--format", "json"]].concat()).stdout).unwrap()
    };
    let verified = json(&["verify", "acme/support-bot-7b"]);
    let shown = json(&["show", "acme/support-bot-7b"]);
    let checks = &verified["verification"]["checks"];
    assert_eq!(checks, &shown["verified"]["verification"]["checks"]);
    let files = checks.as_array().unwrap().iter().find(|check| check["stage"] == "FILES").unwrap();
    assert_eq!((&files["code"], &files["outcome"]), (&json!("FILES-CHANGED"), &json!("fail")));
    for words in ["summary", "remedy"] {
        assert!(files[words].as_str().unwrap().len() > 10, "{files:#}");
    }
    assert!(files["details"][0].is_string() && files["why"].is_object(), "{files:#}");
    for control in shown["verdict"]["assessment"]["controls"].as_array().unwrap() {
        assert!(control["found"].is_string() && control["remedy"].is_string(), "{control:#}");
    }
    let reason = &shown["verdict"]["reasons"][0];
    assert!(reason["text"].is_string() && reason["remedy"].is_string(), "{reason:#}");
}
