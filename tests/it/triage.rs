//! Triage of a suspected substitution: each class beside its counter-case, and each answer. The bytes decide, and what is
//! proven of them; a name decides nothing.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const BOT: &str = "own/bot";
const TAMPERED: &str = "acme/support-bot-7b";

/// The samples, with a publisher whose key is here, and a stranger whose key is trusted for other models.
struct House {
    dir: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let house = House { dir: copy_of_samples() };
        for key in ["own", "stranger"] {
            house.works(&["key", "generate", &house.at(key), "--no-password"]);
            house.works(&["trust", "add", key, &house.at(&format!("{key}.pub"))]);
        }
        let policy = house.path("policies/samples.toml");
        let text = fs::read_to_string(&policy).unwrap();
        let publishers = "[[publisher]]\nid = \"own\"\nmodels = [\"own/*\"]\ntrust = [\"own\"]\n\
                          [[publisher]]\nid = \"stranger\"\nmodels = [\"stranger/*\"]\ntrust = [\"stranger\"]\n";
        fs::write(&policy, format!("{text}\n{publishers}")).unwrap();
        house
    }

    /// The same with two versions of a model: both passed, and a gate let in the second one last.
    fn with_two_versions() -> Self {
        let house = House::new();
        fs::create_dir_all(house.bot()).unwrap();
        let weights = house.path("models/lumen/iris-base/model.safetensors");
        fs::copy(weights, house.bot().join("model.safetensors")).unwrap();
        fs::write(house.bot().join("tokenizer_config.json"), "{}").unwrap();
        for version in ["first", "second"] {
            fs::write(house.bot().join("README.md"), version).unwrap();
            house.sign("own");
            house.works(&["scan"]);
            house.works(&["verify", BOT]);
            house.works(&["gate", BOT, "--stage", "dev"]);
            copy(&house.bot(), &house.path(version));
        }
        house.works(&[
            "deploy",
            "add",
            BOT,
            "--where",
            "shop/eu-1",
            "--stage",
            "dev",
            "--owner",
            "shop team",
        ]);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn bot(&self) -> PathBuf {
        self.path("models/own/bot")
    }

    fn sign(&self, key: &str) {
        let _ = fs::remove_file(self.bot().join("model.sig"));
        self.works(&["sign", "key", self.bot().to_str().unwrap(), "--private-key", &self.at(key)]);
    }

    /// Puts another version in the place of the model.
    fn put(&self, version: &str) {
        fs::remove_dir_all(self.bot()).unwrap();
        copy(&self.path(version), &self.bot());
    }

    fn run(&self, words: &[&str]) -> Output {
        touchmark([words, &["--workspace", &self.at("")]].concat())
    }

    #[track_caller]
    fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    /// The status and the answers of a triage.
    #[track_caller]
    fn triage(&self, words: &[&str]) -> (i32, Value) {
        let done = self.run(&[&["incident", "triage"], words, &["--format", "json"]].concat());
        let document: Value =
            serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}{}", out(&done), err(&done)));
        (done.status.code().unwrap(), document["triage"].clone())
    }

    #[track_caller]
    fn text(&self, words: &[&str]) -> String {
        let text = out(&self.run(&[&["incident", "triage"], words].concat()));
        // One screen: no line is too long for the narrowest one, but for what cannot be broken.
        for line in text.lines().filter(|line| line.trim().contains(' ') && !line.contains("$ ")) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        text
    }

    fn root(&self, folder: &str) -> String {
        self.works(&["digest", &self.at(folder)]).trim().to_owned()
    }

    fn records(&self) -> usize {
        let shown: Value =
            serde_json::from_str(&self.works(&["ledger", "show", "--format", "json"])).unwrap();
        shown["records"].as_array().unwrap().len()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn stage<'v>(triage: &'v Value, name: &str) -> &'v Value {
    let stages = triage["stages"].as_array().unwrap();
    stages.iter().find(|stage| stage["stage"] == name).unwrap_or_else(|| panic!("{triage:#}"))
}

#[test]
fn the_bytes_decide_which_model_lies_there() {
    let house = House::with_two_versions();
    let (first, second) = (house.root("first"), house.root("second"));
    let before = house.records();

    // Expected: what the gate let in last.
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]), (0, &json!({ "is": "expected" })));
    assert_eq!(triage["expected"]["from"], "gate");
    assert_eq!((&triage["expected"]["root"], &triage["observed"]["root"]), (&json!(second), &json!(second)));
    assert_eq!((&triage["rollback"], &triage["patch"]), (&json!("not-needed"), &json!("not-needed")));
    assert_eq!(triage["timeline"]["first_bad"], Value::Null);
    assert!(house.text(&[BOT]).starts_with("✓ expected  own/bot\n"));

    // An older version, whose signature is good: a rollback. Seen from there, the other one is newer.
    house.put("first");
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]["is"]), (1, &json!("other-version")));
    assert_eq!((&triage["class"]["age"], &triage["observed"]["root"]), (&json!("older"), &json!(first)));
    assert_eq!((&triage["observed"]["outcome"], &triage["patch"]), (&json!("pass"), &json!("not-needed")));
    assert_eq!(house.triage(&[BOT, "--expected", &first]).0, 0);
    house.put("second");
    let (status, triage) = house.triage(&[BOT, "--expected", &format!("sha256:{first}")]);
    assert_eq!((status, &triage["class"]["age"]), (1, &json!("newer")));
    assert_eq!(
        (&triage["expected"]["from"], &triage["expected"]["basis"]),
        (&json!("asked"), &json!("declared"))
    );

    // One byte of a file: nobody signed that.
    fs::write(house.bot().join("tokenizer_config.json"), "{ }").unwrap();
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]), (1, &json!({ "is": "unknown" })));
    assert_eq!((&triage["observed"]["is_about"], &triage["patch"]), (&json!(false), &json!("nobody-signed")));
    assert_eq!(triage["observed"]["root"], json!(house.root("models/own/bot")));
    assert_eq!(triage["observed"]["files"]["is_only_small"], true);
    assert_eq!(triage["observed"]["files"]["rows"][0]["name"], "tokenizer_config.json");

    // Signed by whom the policy allows, and nobody ever saw it.
    house.sign("own");
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]), (1, &json!({ "is": "unrecorded" })));
    assert_eq!(triage["observed"]["is_allowed"], true);
    let unrecorded = triage["observed"]["root"].as_str().unwrap().to_owned();

    // The same bytes, signed by a stranger.
    copy(&house.bot(), &house.path("unrecorded"));
    house.sign("stranger");
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]), (1, &json!({ "is": "foreign" })));
    assert_eq!(triage["observed"]["root"], json!(unrecorded));
    assert_eq!(
        (&triage["observed"]["is_proven"], &triage["observed"]["is_allowed"]),
        (&json!(true), &json!(false))
    );

    // Signed with a key that nobody trusts: that proves nothing.
    house.works(&["key", "generate", &house.at("nobody"), "--no-password"]);
    house.sign("nobody");
    let (_, triage) = house.triage(&[BOT]);
    assert_eq!(
        (&triage["class"], &triage["observed"]["is_proven"]),
        (&json!({ "is": "unknown" }), &json!(false))
    );

    // Not signed at all.
    fs::remove_file(house.bot().join("model.sig")).unwrap();
    assert_eq!(house.triage(&[BOT]).1["class"], json!({ "is": "unknown" }));

    // The files of another model: they are known as what they are, whatever they are called here.
    fs::remove_dir_all(house.bot()).unwrap();
    house.works(&["verify", "lumen/iris-base"]);
    let other = house.path("models/lumen/iris-base");
    copy(&other, &house.bot());
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]["age"]), (1, &json!("other-model")));
    assert_eq!(triage["class"]["model"], "lumen/iris-base");
    // Nothing of all that was recorded, but for what was verified here.
    assert_eq!(house.records(), before + 1);
}

#[test]
fn what_was_denied_stays_denied() {
    let house = House::with_two_versions();
    fs::write(house.bot().join("README.md"), "third").unwrap();
    house.sign("stranger");
    let (_, triage) = house.triage(&[BOT]);
    let deny = &triage["patch"]["deny"];
    assert_eq!((&triage["class"]["is"], &deny["findings"]), (&json!("foreign"), &json!([])));
    assert_eq!(deny["after"], triage["timeline"]["last_good"]["at"]);
    // The lines work as they stand, and the linter has nothing new to say.
    let policy = house.path("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let lint = || out(&house.run(&["policy", "lint"])).lines().count();
    let before = lint();
    let lines: Vec<&str> =
        deny["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(lines.iter().any(|line| line.starts_with("after = ")), "{lines:?}");
    fs::write(&policy, format!("{text}\n{}\n", lines.join("\n"))).unwrap();
    assert_eq!(lint(), before);
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]["is"]), (1, &json!("denied")));
    assert!(triage["class"]["by"]["policy"].is_object(), "{triage:#}");
    assert_eq!(triage["patch"], "already");
    fs::write(&policy, text).unwrap();

    // A reviewer's word is about the bytes that were verified then, and about no others.
    house.put("second");
    house.works(&["verify", BOT]);
    house.works(&["review", "reject", BOT, "--reason", "answers oddly"]);
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]["is"]), (1, &json!("denied")));
    assert!(triage["class"]["by"]["review"]["number"].is_u64(), "{triage:#}");
    house.put("first");
    assert_eq!(house.triage(&[BOT]).1["class"]["is"], "other-version");
    house.put("second");
    house.works(&["review", "--undo"]);
    assert_eq!(house.triage(&[BOT]).0, 0);
}

#[test]
fn a_rollback_is_answered_in_all_parts() {
    let house = House::with_two_versions();
    house.put("first");
    // The gate keeps out what is not the version that runs there. Somebody lets it in all the same.
    assert_eq!(house.run(&["gate", BOT, "--stage", "dev"]).status.code(), Some(1));
    house.works(&["deploy", "end", BOT]);
    house.works(&["gate", BOT, "--stage", "dev"]);
    house.works(&["deploy", "add", BOT, "--where", "shop/eu-1", "--stage", "dev"]);
    let second = house.root("second");
    let (_, triage) = house.triage(&[BOT, "--expected", &second]);
    let timeline = &triage["timeline"];
    // Scan, verify and gate of two versions, and the gate of the first one again.
    let events = timeline["events"].as_array().unwrap();
    let number = |moment: &Value| moment["record"]["number"].as_u64().unwrap();
    let (good, bad) = (number(&timeline["last_good"]), number(&timeline["first_bad"]));
    assert!(good < bad, "{timeline:#}");
    let of = |number: u64| events.iter().find(|event| event["record"]["number"] == number).unwrap();
    assert_eq!(of(good)["what"]["decided"]["root"], json!(second));
    // The verification of the gate is the first record of the bad bytes.
    assert_eq!(of(bad)["what"]["verified"]["root"], json!(house.root("first")));
    let dev = stage(&triage, "dev");
    assert_eq!((&dev["decision"], &dev["runs"]), (&json!("admit"), &json!(1)));
    assert_eq!(dev["asked"]["what"]["decided"]["let_in"], true);
    assert_eq!(stage(&triage, "production")["asked"], Value::Null);
    let files = &triage["observed"]["files"];
    assert_eq!((&files["total"], &files["rows"][0]["name"]), (&json!(1), &json!("README.md")));
    assert_eq!((&files["rows"][0]["how"], &files["is_only_small"]), (&json!("changed"), &json!(false)));
    let to = &triage["rollback"]["to"];
    assert_eq!((&to["version"]["root"], &to["is_expected"]), (&json!(second), &json!(true)));
    assert_eq!((&to["stages"], to["level"].is_u64()), (&json!(["dev"]), true));
    assert_eq!(stage(&triage, "production")["decision"], "refuse", "{triage:#}");
    let shared: Vec<&Value> =
        triage["siblings"].as_array().unwrap().iter().map(|group| &group["by"]).collect();
    assert!(shared.contains(&&json!({ "publisher": "own" })), "{shared:?}");
    assert!(shared.contains(&&json!({ "place": "shop/eu-1" })), "{shared:?}");
    let evidence = &triage["evidence"];
    assert!(
        evidence["known"].as_u64().unwrap() > 5 && evidence["known"].as_u64() < evidence["fields"].as_u64()
    );
    assert_eq!(evidence["ledger"][0], house.records());
    let text = house.text(&[BOT, "--expected", &second]);
    for line in
        ["✗ rolled back  own/bot", "First: stop promotion and redeploy", "dev ✓ admit", "LET IN", &second]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.lines().count() <= 45, "{text}");
}

#[test]
fn the_radius_tells_clean_from_tainted() {
    let house = House { dir: copy_of_samples() };
    let (status, triage) = house.triage(&[TAMPERED]);
    assert_eq!(
        (status, &triage["class"]["is"], &triage["expected"]["from"]),
        (1, &json!("unknown"), &json!("document"))
    );
    assert_eq!(
        (&triage["expected"]["basis"], &triage["timeline"]["last_good"]),
        (&json!("declared"), &Value::Null)
    );
    let radius = &triage["radius"];
    let many = |group: &str| radius[group].as_u64().unwrap() as usize;
    assert_eq!(many("tainted") + many("suspect") + many("clean"), radius["rows"].as_array().unwrap().len());
    assert!(many("suspect") > 0, "{radius:#}");
    assert!(radius["rows"].as_array().unwrap().iter().all(|row| row["id"] != TAMPERED));
    assert_eq!(triage["observed"]["check"], "FILES-CHANGED");
    assert_eq!(stage(&triage, "production")["because"][0], "L1.03");
    assert!(house.text(&[TAMPERED]).contains("changed model-00003-of-00004.safetensors"));
    // Whoever proves that other bytes were used is clean: claims name the digest that was signed.
    let (_, sound) = house.triage(&["northwind/harbour-7b"]);
    assert_eq!((&sound["class"]["is"], &sound["radius"]["rows"]), (&json!("expected"), &json!([])));
    house.works(&["verify", "northwind/harbour-7b"]);
    house.works(&["verify", "northwind/harbour-7b-instruct"]);
    let folder = house.path("models/northwind/harbour-7b");
    fs::write(folder.join("config.json"), "{}").unwrap();
    let (_, triage) = house.triage(&["northwind/harbour-7b"]);
    let radius = &triage["radius"];
    let clean: Vec<&Value> =
        radius["rows"].as_array().unwrap().iter().filter(|row| row["side"] == "clean").collect();
    assert_eq!((clean.len() as u64, &radius["tainted"]), (radius["clean"].as_u64().unwrap(), &json!(0)));
    assert!(clean.iter().any(|row| row["id"] == "northwind/harbour-7b-instruct"), "{radius:#}");
}

#[test]
fn what_cannot_be_told_is_not_told() {
    let house = House::with_two_versions();
    let first = house.at("first");
    // A path beside the inventory says what it should be, or it is only what it is.
    let (status, triage) = house.triage(&[&first, "--expected", BOT]);
    assert_eq!((status, &triage["model"], &triage["class"]["age"]), (1, &json!(BOT), &json!("older")));
    assert_eq!(house.triage(&[&house.at("second"), "--expected", BOT]).0, 0);
    // A place of the inventory is its model. That a document states the digest does not let a stranger sign.
    let (status, triage) = house.triage(&[&house.at("models/acme/badge-check")]);
    assert_eq!((status, &triage["model"]), (1, &json!("acme/badge-check")));
    assert_eq!(
        (&triage["class"]["is"], &triage["expected"]["from"]),
        (&json!("foreign"), &json!("document"))
    );
    assert_eq!(triage["expected"]["root"], triage["observed"]["root"]);
    let (status, triage) = house.triage(&[&first]);
    assert_eq!((status, &triage["expected"], &triage["stages"]), (3, &Value::Null, &json!([])));
    assert!(house.text(&[&first]).contains("Who may sign them depends on the model"));
    // A digest that nobody knows can be expected all the same.
    let (status, triage) = house.triage(&[BOT, "--expected", &"0".repeat(64)]);
    assert_eq!((status, &triage["expected"]["version"]), (1, &Value::Null));
    assert!(house.text(&[BOT, "--expected", &"0".repeat(64)]).contains("no record here knows it"));
    // Names that are not there.
    for words in
        [&["no/such-model"][..], &[BOT, "--expected", "no/such-model"], &[BOT, "--expected", "sha256:x"]]
    {
        let done = house.run(&[&["incident", "triage"], words].concat());
        assert_eq!(done.status.code(), Some(2), "{words:?}: {}", out(&done));
        assert!(err(&done).contains("E-NOT-FOUND"), "{}", err(&done));
    }
    // Files that are gone.
    fs::remove_dir_all(house.bot()).unwrap();
    let (status, triage) = house.triage(&[BOT]);
    assert_eq!((status, &triage["class"]), (3, &json!({ "is": "not-read" })));
    assert!(triage["observed"]["fault"].is_string());
    assert_eq!((&triage["radius"]["rows"], &triage["rollback"]), (&json!([]), &json!("not-needed")));
    let text = house.text(&[BOT]);
    assert!(text.starts_with("? not read  own/bot\n") && !text.contains("--open"), "{text}");
    let refused = house.run(&["incident", "triage", BOT, "--open", "--by", "Ann"]);
    assert!(err(&refused).contains("no substitution to open a case for"), "{}", err(&refused));
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_case_opens_with_the_answers() {
    let house = House::with_two_versions();
    house.put("first");
    let (_, triage) = house.triage(&[BOT]);
    let done = house.run(&["incident", "triage", BOT, "--open", "--by", "Ann Lee", "--format", "json"]);
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), &document["triage"]["class"]), (Some(1), &triage["class"]));
    let case = document["case"].as_u64().unwrap().to_string();
    let shown: Value =
        serde_json::from_str(&house.works(&["incident", "status", &case, "--format", "json"])).unwrap();
    assert_eq!((&shown["kind"], &shown["by"]), (&json!("model_substitution"), &json!("Ann Lee")));
    // Comparing is done; which way to go is left to a person.
    assert_eq!(shown["next"], "which");
    assert_eq!(
        (&shown["subject"]["expected"], &shown["subject"]["observed"]),
        (&triage["expected"]["root"], &triage["observed"]["root"])
    );
    assert_eq!(shown["subject"]["deployments"][0]["place"], "shop/eu-1");
    // The answers are kept by their digest.
    let kept = house.path("triage.json");
    house.works(&["incident", "evidence", &case, "verification_records", "--out", kept.to_str().unwrap()]);
    let kept: Value = serde_json::from_slice(&fs::read(kept).unwrap()).unwrap();
    assert_eq!(
        (&kept["schema"], &kept["triage"]["class"]),
        (&json!("touchmark.incident-triage/1"), &triage["class"])
    );
    assert_eq!((&shown["integrity"], &shown["severity"]), (&json!("contradicted"), &json!("medium")));
    let status = house.works(&["incident", "status", &case]);
    let front = status.find("Deadlines").unwrap();
    assert!(status[..front].contains("This points to the way `known`."), "{status}");
    let field = |id: &str| {
        let all = shown["evidence"].as_array().unwrap();
        all.iter().find(|one| one["field"] == id).unwrap().clone()
    };
    assert_eq!(field("file_digest_diff")["value"], "changed README.md");
    assert_eq!(field("verification_records")["state"], "collected");
    let page = house.works(&["incident", "export", &case, "--as", "md"]);
    for words in
        ["Triage: rolled back", "a wrong deployment, or a rollback attack", "shop/eu-1", "triage.json"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    house.works(&["ledger", "verify"]);
    // Nothing is opened for what is as expected.
    house.put("second");
    let before = house.records();
    let refused = house.run(&["incident", "triage", BOT, "--open", "--by", "Ann"]);
    assert_eq!((refused.status.code(), house.records()), (Some(2), before));
}

#[cfg(unix)]
#[test]
fn hostile_names_reach_no_terminal() {
    let house = House::with_two_versions();
    let hostile = "evil\u{1b}[2J\u{202e}x";
    let folder = house.path(hostile);
    copy(&house.path("second"), &folder);
    fs::write(folder.join("a\u{1b}]0;owned\u{7}.bin"), "x").unwrap();
    let text = house.text(&[folder.to_str().unwrap(), "--expected", BOT]);
    assert!(text.contains("added") && !text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
}
