//! Making claims (`attest`): what is made verifies, says what was asked for, and is appended whole or not at all.

use crate::support::{copy_of_samples, err, out};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const MODEL: &str = "northwind/harbour-7b-instruct";
const FOLDER: &str = "models/northwind/harbour-7b-instruct";
const PARENT: &str = "northwind/harbour-7b";
const AT: &str = "2026-11-27T03:00:00Z";

/// A copy of the samples without their claims, and a key.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        let desk = Desk(copy_of_samples());
        for owner in fs::read_dir(desk.path("models")).unwrap() {
            for model in fs::read_dir(owner.unwrap().path()).unwrap() {
                let claims = model.unwrap().path().join("claims.jsonl");
                assert!(fs::remove_file(&claims).is_ok() || !claims.exists());
            }
        }
        desk.works(&["key", "generate", "key.pem", "--no-password"]);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn run(&self, words: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(self.0.path())
            .env_remove("CLICOLOR_FORCE")
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env("XDG_STATE_HOME", self.path("home/state"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        crate::documents::hold(&output);
        output
    }

    #[track_caller]
    pub fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}\n{}{}", out(&done), err(&done));
        out(&done)
    }

    /// The document that a command prints.
    #[track_caller]
    pub fn says(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.works(&[words, &["--format", "json"]].concat())).unwrap()
    }

    /// It is refused with this status: what it says.
    #[track_caller]
    pub fn refused(&self, words: &[&str], status: i32) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(status), "{words:?}\n{}{}", out(&done), err(&done));
        let said = err(&done);
        assert!(said.contains("error[E-") && said.contains("help: "), "{said}");
        said
    }

    /// The claims of a model, each proven by our key.
    #[track_caller]
    fn claims(&self, model: &str) -> Vec<Value> {
        let found = self.says(&["claims", "list", model, "--public-key", "key.pem.pub"]);
        found["claims"].as_array().unwrap().clone()
    }
}

/// Every command that makes a claim, with what it takes; and the type of what it makes.
const EACH: &[(&[&str], &str)] = &[
    (
        &[
            "provenance",
            MODEL,
            "--build",
            "finetune",
            "--base",
            PARENT,
            "--dataset",
            "data/harbour-web-2025",
            "--code",
            "https://git.northwind.example/train@0123456789012345678901234567890123456789",
            "--config",
            "models/northwind/harbour-7b-instruct/config.json",
            "--builder",
            "https://ci.northwind.example/train",
            "--parameter",
            "method=sft",
            "--parameter",
            "seed=7",
            "--started",
            "2026-11-01T00:00:00Z",
            "--finished",
            "2026-11-02T00:00:00Z",
        ],
        "https://slsa.dev/provenance/v1",
    ),
    (
        &[
            "data",
            MODEL,
            "--dataset",
            "data/harbour-web-2025",
            "--source",
            "crawl of 2025",
            "--licence",
            "CC-BY-4.0",
            "--personal-data",
            "removed",
            "--owner",
            "data office",
            "--collection",
            "crawler",
            "--preprocessing",
            "deduplicated",
        ],
        "urn:touchmark:training-data:1",
    ),
    (
        &[
            "config",
            MODEL,
            "--parameter",
            "epochs=3",
            "--parameter",
            "lr=0.0001",
            "--framework",
            "torch=2.9",
            "--seed",
            "7",
            "--hardware",
            "H100",
            "--devices",
            "8",
        ],
        "urn:touchmark:training-config:1",
    ),
    (
        &[
            "evaluation",
            MODEL,
            "--benchmark",
            "harbour-bench=2",
            "--metric",
            "accuracy",
            "--value",
            "0.91",
            "--threshold",
            "0.9",
            "--samples",
            "1000",
            "--harness",
            "bench=1",
            "--assurance",
            "self_attested",
        ],
        "urn:touchmark:evaluation:1",
    ),
    (&["card", MODEL, "models/northwind/harbour-7b-instruct/README.md"], "urn:touchmark:model-card:1"),
    (
        &["composition", MODEL, "--adapter", "acme/summary-lora", "--quantisation", "q4_k_m"],
        "urn:touchmark:composition:1",
    ),
    (&["review", MODEL, "--word", "approve", "--reason", "looked at it"], "urn:touchmark:review:1"),
    (&["summary", MODEL, "--stage", "dev"], "https://slsa.dev/verification_summary/v1"),
    (&["summary", MODEL, "--stage", "dev", "--svr"], "https://in-toto.io/attestation/svr/v0.2"),
];

#[test]
fn each_claim_is_signed_appended_and_verifies_as_one_about_this_model() {
    let desk = Desk::new();
    for (words, _) in EACH {
        let said = desk.works(&[&["attest"][..], words, &["--private-key", "key.pem"]].concat());
        assert!(said.contains("✓ claimed"), "{said}");
    }
    let claims = desk.claims(MODEL);
    assert_eq!(claims.len(), EACH.len());
    for ((words, kind), claim) in EACH.iter().zip(&claims) {
        assert_eq!(claim["predicate_type"], *kind, "{words:?}");
        assert_eq!((&claim["outcome"], &claim["about"]), (&json!("pass"), &json!("this-model")), "{claim:#}");
    }
    // The model's own signature holds as before.
    desk.works(&["verify", MODEL]);
}

#[test]
fn what_was_asked_for_is_what_the_claim_says() {
    let desk = Desk::new();
    let of = |words: &[&str]| desk.says(&[&["attest"][..], words, &["--dry-run"]].concat());
    let made = of(EACH[0].0);
    let definition = &made["statement"]["predicate"]["buildDefinition"];
    assert_eq!(definition["buildType"], "urn:touchmark:build:finetune:1");
    assert_eq!(definition["externalParameters"]["base"], PARENT);
    assert_eq!(definition["externalParameters"]["method"], "sft");
    assert_eq!(definition["externalParameters"]["seed"], 7);
    let root = desk.says(&["digest", "models/northwind/harbour-7b"])["root_digest"].clone();
    assert_eq!(definition["resolvedDependencies"][0]["digest"]["sha256"], root);
    let said = &made["said"]["provenance"];
    assert_eq!((&said["transformation"], &said["is_root"]), (&json!("finetune"), &json!(false)));
    let own = desk.says(&["digest", FOLDER])["root_digest"].clone();
    assert_eq!((&made["root_digest"], &made["statement"]["subject"][0]["digest"]["sha256"]), (&own, &own));

    let made = of(&["provenance", PARENT, "--build", "train", "--builder", "urn:northwind:lab"]);
    assert_eq!(made["said"]["provenance"]["is_root"], true, "training without a base is outright a root");

    let made = of(EACH[3].0);
    let result = &made["statement"]["predicate"]["results"][0];
    assert_eq!(result["value"], "0.91", "decimals stay as they were typed");
    assert_eq!((&result["comparator"], &result["passed"]), (&json!(">="), &json!(true)));
    let worse = [EACH[3].0, &["--comparator", "<"]].concat();
    assert_eq!(of(&worse)["statement"]["predicate"]["results"][0]["passed"], false);

    let made = of(EACH[4].0);
    let card = &made["statement"]["predicate"]["card"];
    let bytes = fs::read(desk.path(FOLDER).join("README.md")).unwrap();
    assert_eq!(card["digest"]["sha256"], touchmark::signing::sha256_hex(&bytes));
    assert!(!made["said"]["card"]["sections"].as_array().unwrap().is_empty());

    let made = of(EACH[5].0);
    let members = made["said"]["composition"].as_array().unwrap();
    let names: Vec<&Value> = members.iter().map(|member| &member["name"]).collect();
    assert_eq!(names, [MODEL, "acme/summary-lora"], "the model is a member by itself");
    assert_eq!(made["statement"]["predicate"]["quantisation"], "q4_k_m");
}

#[test]
fn parents_of_the_inventory_are_pinned_with_the_time_of_their_verification() {
    let desk = Desk::new();
    let words = [
        "attest",
        "provenance",
        MODEL,
        "--build",
        "finetune",
        "--base",
        PARENT,
        "--builder",
        "urn:n:lab",
        "--dry-run",
    ];
    let base = |made: &Value| made["said"]["provenance"]["inputs"][0].clone();
    let before = base(&desk.says(&words));
    assert_eq!(before["verified_at"], Value::Null, "not verified yet");
    desk.works(&["verify", PARENT]);
    let after = base(&desk.says(&words));
    assert!(after["verified_at"].is_string(), "{after}");
    assert_eq!(after["digests"], before["digests"]);
    // A digest of what is not here, with a name, and of what is here, without one.
    let hex = "ab".repeat(32);
    let named = format!("acme/elsewhere@sha256:{hex}");
    let known = after["digests"][0]["value"].as_str().unwrap().to_owned();
    for (value, name) in [(named.as_str(), "acme/elsewhere"), (known.as_str(), PARENT)] {
        let mut words = words;
        words[6] = value;
        assert_eq!(base(&desk.says(&words))["name"], name);
    }
    // Verified after the build began: reported, because it does not count as verified before use.
    let late = desk.run(&[&words[..], &["--started", "2020-01-01T00:00:00Z"]].concat());
    assert!(err(&late).contains("after the build began"), "{}", err(&late));
}

#[test]
fn the_summary_states_the_verdict_and_fails_where_the_model_is_refused() {
    let desk = Desk::new();
    desk.works(&["scan"]);
    for parent in ["northwind/harbour-7b", "northwind/harbour-7b-instruct"] {
        desk.works(&["verify", parent]);
    }
    let made = desk.says(&["attest", "summary", MODEL, "--stage", "production", "--dry-run"]);
    let predicate = &made["statement"]["predicate"];
    assert_eq!(predicate["verificationResult"], "PASSED");
    let levels = predicate["verifiedLevels"].as_array().unwrap();
    assert!(levels.contains(&json!("TOUCHMARK_PRODUCTION_ADMITTED")), "{levels:?}");
    let score = desk.says(&["score", MODEL]);
    let effective = score["verdicts"][0]["verdict"]["effective"].as_u64().unwrap();
    assert!(levels.contains(&json!(format!("COSAI_AIMM_LEVEL_{effective}"))), "{levels:?} {effective}");
    assert_eq!(predicate["resourceUri"], "pkg:generic/northwind/harbour-7b-instruct@1.1");
    let policy = fs::read(desk.path("policies/samples.toml")).unwrap();
    assert_eq!(predicate["policy"]["digest"]["sha256"], touchmark::signing::sha256_hex(&policy));
    let bundle = touchmark::signing::sha256_hex(&fs::read(desk.path(FOLDER).join("model.sig")).unwrap());
    let rests: Vec<&Value> = predicate["inputAttestations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["digest"]["sha256"])
        .collect();
    assert!(rests.contains(&&json!(bundle)) && rests.len() == 2, "its signature and its parent's: {rests:?}");
    let dependencies = predicate["dependencyLevels"].as_object().unwrap();
    assert_eq!(dependencies.values().map(|many| many.as_u64().unwrap()).sum::<u64>(), 1, "{dependencies:?}");
    assert!(predicate["verifier"]["id"].as_str().unwrap().starts_with("urn:touchmark:workspace:"));

    // Refused: one byte of it was changed.
    let words = ["attest", "summary", "acme/support-bot-7b", "--stage", "dev", "--private-key", "key.pem"];
    let refused = desk.run(&[&words[..], &["--format", "json"]].concat());
    assert_eq!(refused.status.code(), Some(1), "{}", err(&refused));
    let made: Value = serde_json::from_slice(&refused.stdout).unwrap();
    let predicate = &made["statement"]["predicate"];
    assert_eq!(predicate["verificationResult"], "FAILED");
    assert_eq!(predicate["verifiedLevels"], json!(["FAILED"]));
    assert_eq!(made["said"]["summary"]["passed"], false);
    let svr = desk.refused(&[&words[..], &["--svr"]].concat(), 3);
    assert!(svr.contains("lists only what holds"), "{svr}");
    assert!(
        desk.refused(&["attest", "summary", MODEL, "--stage", "moon", "--dry-run"], 2)
            .contains("no such stage")
    );
}

#[test]
fn a_review_is_the_one_of_the_ledger() {
    let desk = Desk::new();
    let words = ["attest", "review", MODEL, "--dry-run"];
    let none = desk.refused(&words, 2);
    assert!(none.contains("the ledger has no review of this model"), "{none}");
    desk.works(&["review", MODEL, "approve", "--reason", "first look"]);
    let made = desk.says(&words);
    let predicate = &made["statement"]["predicate"];
    assert_eq!((&predicate["word"], &predicate["reason"]), (&json!("approve"), &json!("first look")));
    let history = desk.says(&["review", "--history", MODEL]);
    let record = &history["reviews"][0]["record"];
    assert_eq!(predicate["record"]["number"], record["number"], "{history:#}");
    assert_eq!(predicate["record"]["digest"]["sha256"], record["hash"]);
    // A word on the command line is recorded first; with --dry-run it is not.
    let said = ["--word", "reject", "--reason", "second look"];
    let reviews = || desk.says(&["review", "--history", MODEL])["reviews"].as_array().unwrap().len();
    let before = reviews();
    desk.works(&[&words[..], &said].concat());
    assert_eq!(reviews(), before);
    desk.works(&[&["attest", "review", MODEL, "--private-key", "key.pem"][..], &said].concat());
    assert_eq!(reviews(), before + 1);
    assert!(desk.refused(&[&words[..], &["--record", "999"]].concat(), 2).contains("has this number"));
    // Without a signer, nothing is recorded.
    desk.refused(&[&["attest", "review", MODEL][..], &said].concat(), 2);
    assert_eq!(reviews(), before + 1);
}

#[test]
fn what_is_inherited_is_shown_and_the_command_that_claims_it_works() {
    let desk = Desk::new();
    desk.works(&["verify", PARENT]);
    let found = desk.says(&["attest", "inherit", MODEL]);
    assert_eq!(found["transformation"], "finetune");
    let parents = found["parents"].as_array().unwrap();
    let parent = parents.iter().find(|parent| parent["id"] == PARENT).unwrap();
    assert_eq!(parent["root_digest"], desk.says(&["digest", "models/northwind/harbour-7b"])["root_digest"]);
    assert!(parent["verified_at"].is_string() && parent["record"]["number"].is_u64(), "{parent:#}");
    assert!(parent["signer"]["subject"].as_str().unwrap().contains("northwind release"));
    for model in [
        MODEL,
        "northwind/harbour-7b-instruct-q4",
        "acme/claims-sorter",
        "acme/summary-lora",
        "acme/call-notes",
    ] {
        let found = desk.says(&["attest", "inherit", model]);
        let command = found["command"].as_str().unwrap();
        assert!(out(&desk.run(&["attest", "inherit", model])).contains(command), "{command}");
        let words: Vec<&str> =
            command.split_whitespace().skip(1).map(|word| word.trim_matches('\'')).collect();
        let lacks_files =
            found["parents"].as_array().unwrap().iter().any(|parent| parent["lacks"] == "files");
        let done = desk.run(&words);
        assert_eq!(done.status.success(), !lacks_files, "{command}\n{}", err(&done));
    }
    let root = desk.refused(&["attest", "inherit", "lumen/iris-base"], 2);
    assert!(root.contains("nothing to inherit"), "{root}");
}

#[test]
fn the_statement_is_the_same_for_the_same_time() {
    let desk = Desk::new();
    desk.works(&["verify", MODEL, "--at", AT]);
    for (words, _) in EACH.iter().filter(|(words, _)| words[0] != "review") {
        let all = [&["attest"][..], words, &["--dry-run", "--at", AT]].concat();
        assert_eq!(desk.works(&all), desk.works(&all), "{words:?}");
    }
    let later = [&["attest"][..], EACH[3].0, &["--dry-run", "--at", "2026-11-28T00:00:00Z"]].concat();
    let sooner = [&["attest"][..], EACH[3].0, &["--dry-run", "--at", AT]].concat();
    assert_ne!(
        desk.works(&sooner),
        desk.works(&later),
        "when it was evaluated is the time that is asked about"
    );
}

#[test]
fn a_printed_statement_can_be_corrected_and_given_back() {
    let desk = Desk::new();
    let printed = desk.works(&[&["attest"][..], EACH[1].0, &["--dry-run"]].concat());
    fs::write(desk.path("data.json"), &printed).unwrap();
    let again = ["attest", "data", MODEL, "--predicate", "data.json", "--dry-run"];
    assert_eq!(desk.works(&again), printed);
    // The predicate alone does as well.
    let mut statement: Value = serde_json::from_str(&printed).unwrap();
    fs::write(desk.path("bare.json"), statement["predicate"].to_string()).unwrap();
    assert_eq!(desk.works(&["attest", "data", MODEL, "--predicate", "bare.json", "--dry-run"]), printed);
    // One about another digest does not.
    statement["subject"][0]["digest"]["sha256"] = json!("ab".repeat(32));
    fs::write(desk.path("other.json"), statement.to_string()).unwrap();
    let said = desk.refused(&["attest", "data", MODEL, "--predicate", "other.json", "--dry-run"], 2);
    assert!(said.contains("subject[0].digest.sha256") && said.contains("other.json"), "{said}");
    // Nor a predicate beside flags that say the same.
    let both =
        desk.run(&["attest", "data", MODEL, "--predicate", "bare.json", "--dataset", PARENT, "--dry-run"]);
    assert_eq!(both.status.code(), Some(2), "{}", err(&both));
}

#[test]
fn a_field_that_is_missing_or_wrong_is_named_by_its_path() {
    let desk = Desk::new();
    let file = |text: &str| fs::write(desk.path("p.json"), text).unwrap();
    let words =
        |kind: &'static str| ["attest", kind, MODEL, "--predicate", "p.json", "--private-key", "key.pem"];
    for (kind, text, path) in [
        ("data", r#"{"datasets":[{"uri":"urn:x"}]}"#, "datasets[0].name"),
        (
            "provenance",
            r#"{"buildDefinition":{"externalParameters":{}},"runDetails":{}}"#,
            "buildDefinition.buildType",
        ),
        (
            "evaluation",
            r#"{"benchmark":{"name":"b"},"results":[{"metric":"m","value":"much"}],"evaluatedAt":"2026-01-01T00:00:00Z"}"#,
            "results[0].value",
        ),
        (
            "summary",
            r#"{"verifier":{"id":"urn:x"},"resourceUri":"urn:y","policy":{"uri":"urn:z"},"verificationResult":"MAYBE","verifiedLevels":[]}"#,
            "verificationResult",
        ),
    ] {
        file(text);
        let said = desk.refused(&words(kind), 4);
        assert!(said.contains(path) && said.contains("p.json"), "{kind}: {said}");
    }
    file("[1]");
    assert!(desk.refused(&words("data"), 4).contains("JSON object"));
    file(r#"{"datasets":[{"name":"a","name":"b"}]}"#);
    desk.refused(&words("data"), 4);
    let missing = desk.run(&["attest", "data", MODEL, "--predicate", "nowhere.json", "--dry-run"]);
    assert_eq!(missing.status.code(), Some(4), "{}", err(&missing));
    file("{}");
    let typed = |uri: &str| desk.refused(&[&words("data")[..], &["--type", uri]].concat(), 2);
    assert!(typed("urn:nobody:knows:1").contains("would never count"));
    assert!(typed("https://slsa.dev/provenance/v1").contains("does not make predicates of this type"));
    assert!(!desk.path(FOLDER).join("claims.jsonl").exists(), "nothing was written by any of these");
}

#[test]
fn what_a_build_needs_and_cannot_have_is_told_with_the_flag() {
    let desk = Desk::new();
    let with = |more: &[&str]| {
        let words = ["attest", "provenance", MODEL, "--builder", "urn:n:lab", "--dry-run", "--build"];
        desk.refused(&[&words[..], more].concat(), 2)
    };
    assert!(with(&["finetune"]).contains("--base"), "a finetune has a base");
    assert!(with(&["train", "--base", PARENT]).contains("takes no base"));
    assert!(with(&["finetune", "--base", PARENT, "--base", "lumen/iris-base"]).contains("has one base"));
    assert!(with(&["quantise", "--base", PARENT]).contains("method=VALUE"));
    assert!(with(&["finetune", "--base", MODEL]).contains("named as its own input"));
    assert!(with(&["finetune", "--base", "acme/unknown"]).contains("NAME@sha256:HEX"));
    assert!(with(&["finetune", "--base", "sha256:abc"]).contains("not a SHA-256"));
    let times = [
        "finetune",
        "--base",
        PARENT,
        "--started",
        "2026-11-02T00:00:00Z",
        "--finished",
        "2026-11-01T00:00:00Z",
    ];
    assert!(with(&times).contains("the build finished before it started"));
    for words in [
        &["evaluation", MODEL, "--benchmark", "b", "--metric", "m", "--value", "much"][..],
        &["evaluation", MODEL, "--benchmark", "b", "--metric", "m", "--metric", "n", "--value", "1"],
        &["data", MODEL],
        &[
            "data",
            MODEL,
            "--dataset",
            PARENT,
            "--dataset",
            PARENT,
            "--dataset",
            PARENT,
            "--licence",
            "a",
            "--licence",
            "b",
        ],
        &["config", MODEL],
        &["composition", MODEL],
        &["provenance", MODEL, "--build", "finetune", "--base", PARENT, "--builder", "a lab"],
    ] {
        let done = desk.run(&[&["attest"][..], words, &["--dry-run"]].concat());
        assert_eq!(done.status.code(), Some(2), "{words:?}: {}", err(&done));
    }
}

#[test]
fn a_parent_that_contradicts_its_signature_is_not_pinned() {
    let desk = Desk::new();
    let words = [
        "attest",
        "provenance",
        MODEL,
        "--build",
        "finetune",
        "--base",
        "acme/support-bot-7b",
        "--builder",
        "urn:n:lab",
        "--dry-run",
    ];
    let said = desk.refused(&words, 3);
    assert!(said.contains("acme/support-bot-7b") && said.contains("FILES"), "{said}");
}

#[test]
fn files_that_contradict_their_signature_are_claimed_only_when_that_is_asked_for() {
    let desk = Desk::new();
    let words = ["attest", "config", "acme/support-bot-7b", "--parameter", "a=1", "--private-key", "key.pem"];
    let said = desk.refused(&words, 3);
    assert!(said.contains("E-EVIDENCE") && said.contains("--despite-failure"), "{said}");
    let claims = desk.path("models/acme/support-bot-7b/claims.jsonl");
    assert!(!claims.exists());
    let done = desk.run(&[&words[..], &["--despite-failure"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(err(&done).contains("as they are now"), "{}", err(&done));
    assert!(claims.exists());
}

#[test]
fn nothing_is_written_where_it_cannot_be_written_whole() {
    let desk = Desk::new();
    fn make<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["attest", "config", MODEL, "--parameter", "a=1"][..], more].concat()
    }
    let claims = desk.path(FOLDER).join("claims.jsonl");
    // No signer; a key that does not exist; two signers.
    assert!(desk.refused(&make(&[]), 2).contains("--private-key"));
    desk.refused(&make(&["--private-key", "nowhere.pem"]), 4);
    let two = desk.run(&make(&["--private-key", "key.pem", "--sigstore"]));
    assert_eq!(two.status.code(), Some(2), "{}", err(&two));
    assert!(!claims.exists());
    // A file that already exists.
    fs::write(desk.path("there.json"), "old").unwrap();
    let said = desk.refused(&make(&["--private-key", "key.pem", "--out", "there.json"]), 2);
    assert!(said.contains("there.json") && said.contains("already"), "{said}");
    assert_eq!(fs::read(desk.path("there.json")).unwrap(), b"old");
    // A new file holds the bundle, and no claims are touched.
    desk.works(&make(&["--private-key", "key.pem", "--out", "new.json"]));
    let listed = desk.says(&["claims", "list", "new.json", "--public-key", "key.pem.pub"]);
    assert_eq!(listed["claims"].as_array().unwrap().len(), 1, "{listed:#}");
    assert!(!claims.exists());
    // What is there and is no file of claims stays.
    fs::write(&claims, "notes of mine\n").unwrap();
    desk.refused(&make(&["--private-key", "key.pem"]), 2);
    assert_eq!(fs::read(&claims).unwrap(), b"notes of mine\n");
    fs::remove_file(&claims).unwrap();
    // A file of claims that may not be written, and a read-only workspace.
    desk.works(&make(&["--private-key", "key.pem"]));
    let before = fs::read(&claims).unwrap();
    let mut permissions = fs::metadata(&claims).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&claims, permissions).unwrap();
    assert!(desk.refused(&make(&["--private-key", "key.pem"]), 2).contains("read-only"));
    let said = desk.refused(&make(&["--private-key", "key.pem", "--read-only"]), 2);
    assert!(said.contains("--read-only allows no writing"), "{said}");
    assert_eq!(fs::read(&claims).unwrap(), before);
    // A dry run writes nothing, with any signer.
    desk.works(&make(&["--dry-run"]));
    assert_eq!(fs::read(&claims).unwrap(), before);
}

#[test]
fn an_unknown_model_is_told_with_the_one_that_comes_nearest() {
    let desk = Desk::new();
    let said = desk.refused(
        &["attest", "config", "northwind/harbour-7b-instrukt", "--parameter", "a=1", "--dry-run"],
        2,
    );
    assert!(said.contains("E-NOT-FOUND") && said.contains(MODEL), "{said}");
    // A folder that is in no source can be claimed as well.
    fs::create_dir(desk.path("loose")).unwrap();
    fs::write(desk.path("loose/weights.bin"), "weights").unwrap();
    desk.works(&["attest", "config", "loose", "--parameter", "a=1", "--private-key", "key.pem"]);
    assert_eq!(desk.claims("loose").len(), 1);
}

#[test]
fn a_summary_passes_the_validators_of_the_reference() {
    let Some(reference) = std::env::var_os("TOUCHMARK_REFERENCE") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must set TOUCHMARK_REFERENCE");
        eprintln!("SKIPPED: the validators of in-toto-attestation, TOUCHMARK_REFERENCE is not set");
        return;
    };
    let there =
        Command::new(&reference).args(["-c", "import in_toto_attestation.v1.statement"]).output().unwrap();
    if !there.status.success() {
        eprintln!("SKIPPED: the validators of in-toto-attestation, the package is not installed");
        return;
    }
    let desk = Desk::new();
    desk.works(&["verify", PARENT]);
    for (model, more) in [(MODEL, None), (MODEL, Some("--svr")), ("acme/support-bot-7b", None)] {
        let words = ["attest", "summary", model, "--stage", "dev", "--dry-run"];
        let words: Vec<&str> = words.into_iter().chain(more).collect();
        let made = desk.run(&words);
        fs::write(desk.path("statement.json"), &made.stdout).unwrap();
        let done = Command::new(&reference)
            .args(["-c", VALIDATE])
            .arg(desk.path("statement.json"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{words:?}: {}{}", out(&done), err(&done));
        let mut broken: Value = serde_json::from_slice(&made.stdout).unwrap();
        broken["subject"][0].as_object_mut().unwrap().remove("digest");
        fs::write(desk.path("statement.json"), broken.to_string()).unwrap();
        let done = Command::new(&reference)
            .args(["-c", VALIDATE])
            .arg(desk.path("statement.json"))
            .output()
            .unwrap();
        assert!(!done.status.success(), "a statement without a digest is refused");
    }
}

/// Reads a statement and validates it and every resource that it names.
const VALIDATE: &str = r#"
import json, sys
import google.protobuf.json_format as pb_json
import in_toto_attestation.v1.statement_pb2 as spb
import in_toto_attestation.v1.resource_descriptor_pb2 as rdpb
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
text = open(sys.argv[1]).read()
Statement.copy_from_pb(pb_json.Parse(text, spb.Statement())).validate()
predicate = json.loads(text)["predicate"]
resources = predicate.get("inputAttestations", []) + predicate["verifier"].get("policies", [])
resources += [predicate["policy"]] if "policy" in predicate else []
assert resources
for resource in resources:
    ResourceDescriptor.copy_from_pb(pb_json.ParseDict(resource, rdpb.ResourceDescriptor())).validate()
"#;

/// The lines of the page on making claims that call the program.
fn shown(page: &str) -> Vec<String> {
    let joined = page.replace("\\\n", " ");
    let mut inside = false;
    let mut lines = Vec::new();
    for line in joined.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && line.starts_with("touchmark ") {
            lines.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    lines
}

#[test]
fn every_command_of_the_page_on_claims_works() {
    let lines = shown(include_str!("../../docs/claims.md"));
    assert!(lines.len() >= 12, "{lines:?}");
    let dir = tempfile::tempdir().unwrap();
    for line in &lines {
        let mut words = Vec::new();
        for (quoted, piece) in line.split('\'').enumerate() {
            match quoted % 2 {
                1 => words.push(piece.to_owned()),
                _ => words.extend(piece.split_whitespace().map(str::to_owned)),
            }
        }
        let at: &Path = match dir.path().join("samples").is_dir() {
            true => &dir.path().join("samples"),
            false => dir.path(),
        };
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(&words[1..])
            .current_dir(at)
            .env("HOME", dir.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(0), "{line}\n{}{}", out(&done), err(&done));
    }
}
