//! One name, one model: names that are equal, names that look alike, folders and documents that do not agree.

use crate::bench::{Bench, faults};
use crate::support::{copy, err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use touchmark::inventory::ModelId;
use touchmark::policy::{self, NameMarks};
use touchmark::signing::{Outcome, Stage};
use touchmark::text::Untrusted;

/// A workspace with two publishers: `acme`, whose release `acme/bot` is, and `evil`.
struct Lab {
    dir: tempfile::TempDir,
}

impl Lab {
    /// With `acme/bot`, signed, and bound by an AIBOM.
    fn new() -> Self {
        let lab = Lab { dir: tempfile::tempdir().unwrap() };
        for folder in ["models", "boms", "keys", "policies"] {
            fs::create_dir(lab.path(folder)).unwrap();
        }
        for key in ["acme", "evil"] {
            let file = lab.path(&format!("keys/{key}.pem"));
            ok(&touchmark(["key", "generate", file.to_str().unwrap(), "--no-password"]));
        }
        lab.policy("acme/*", "");
        lab.toml(&["models"], "");
        lab.model("models/acme/bot", 1, "acme");
        lab.bom("bind.cdx.json", "acme/bot", "models/acme/bot");
        lab
    }

    fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    fn policy(&self, acme: &str, more: &str) {
        let print = |key: &str| {
            let shown = touchmark([
                "key",
                "show",
                self.path(&format!("keys/{key}.pem.pub")).to_str().unwrap(),
                "--format",
                "json",
            ]);
            let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
            shown["fingerprint"].as_str().unwrap().to_owned()
        };
        let publisher = |id: &str, models: &str, key: &str| {
            format!(
                "[[publisher]]\nid = \"{id}\"\nmodels = [\"{models}\"]\ntrust = [\"{key}-key\"]\n\
                 identities = [{{ subject = \"exact:{}\" }}]\n",
                print(key)
            )
        };
        let anyone = if more.is_empty() { String::new() } else { publisher("anyone", more, "evil") };
        let text = format!(
            "schema = \"trust-policy/0.1\"\nname = \"p\"\nversion = \"1\"\nexpires = 2099-01-01T00:00:00Z\n\
             owner = \"owner@example\"\ndefault = \"deny\"\n\
             [trust.acme-key]\nkind = \"key\"\nfiles = [\"../keys/acme.pem.pub\"]\n\
             [trust.evil-key]\nkind = \"key\"\nfiles = [\"../keys/evil.pem.pub\"]\n\
             [crypto]\nhash = [\"sha256\"]\nkeys = [\"p256\", \"p384\", \"p521\"]\n\
             [artifact]\nban_formats = [\"pickle\"]\nallow_ignore_paths = []\nallow_symlinks = false\n\
             [freshness]\nmax_verification_age_days = 30\nclock_skew_seconds = 300\n{}{}{anyone}\
             [[stage]]\nname = \"dev\"\nmin_level = 0\non_contradicted = \"closed\"\non_missing = \"open\"\n\
             on_error = \"open\"\non_unavailable = \"open\"\n\
             [[stage]]\nname = \"production\"\nproduction = true\nmin_level = 1\non_contradicted = \"closed\"\n\
             on_missing = \"closed\"\non_error = \"closed\"\non_unavailable = \"closed\"\n",
            publisher("acme", acme, "acme"),
            publisher("evil", "evil/*", "evil"),
        );
        fs::write(self.path("policies/p.toml"), text).unwrap();
    }

    fn toml(&self, sources: &[&str], more: &str) {
        let sources: String = sources
            .iter()
            .map(|path| match path.split_once('=') {
                Some((path, prefix)) => {
                    format!("[[source]]\nkind = \"models\"\npath = \"{path}\"\nprefix = \"{prefix}\"\n")
                }
                None => format!("[[source]]\nkind = \"models\"\npath = \"{path}\"\n"),
            })
            .collect();
        let text = format!(
            "schema = \"workspace/0.1\"\nname = \"w\"\npolicy = \"policies/p.toml\"\nstage = \"production\"\n\
             {sources}[[source]]\nkind = \"bom\"\npath = \"boms\"\n{more}"
        );
        fs::write(self.path("touchmark.toml"), text).unwrap();
    }

    fn model(&self, place: &str, fill: u8, key: &str) {
        let folder = self.path(place);
        fs::create_dir_all(&folder).unwrap();
        let head = r#"{"w":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}"#;
        let bytes = [&(head.len() as u64).to_le_bytes(), head.as_bytes(), &[fill; 32]].concat();
        fs::write(folder.join("model.safetensors"), bytes).unwrap();
        fs::write(folder.join("config.json"), r#"{"model_type":"llama"}"#).unwrap();
        self.sign(place, key);
    }

    fn sign(&self, place: &str, key: &str) {
        let (folder, key) = (self.path(place), self.path(&format!("keys/{key}.pem")));
        ok(&touchmark(["sign", "key", folder.to_str().unwrap(), "--private-key", key.to_str().unwrap()]));
    }

    /// Binds a name to what lies in a folder.
    fn bom(&self, file: &str, name: &str, place: &str) {
        let binding = self.binding(place);
        self.write_bom(file, name, &binding);
    }

    fn binding(&self, place: &str) -> Vec<(&'static str, String)> {
        let bundle = fs::read(self.path(place).join("model.sig")).unwrap();
        let seen = touchmark([
            "verify",
            "key",
            self.path(place).to_str().unwrap(),
            "--public-key",
            self.path("keys/acme.pem.pub").to_str().unwrap(),
            "--format",
            "json",
        ]);
        let seen: Value = serde_json::from_slice(&seen.stdout).unwrap();
        let of = |pointer: &str| seen.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        vec![
            ("rootDigest", of("/verification/root_digest")),
            ("identity", of("/verification/signer/fingerprint")),
            ("bundleDigest", touchmark::signing::sha256_hex(&bundle)),
        ]
    }

    fn write_bom(&self, file: &str, name: &str, binding: &[(&str, String)]) {
        let (group, short) = name.split_once('/').unwrap();
        let properties: Vec<Value> = binding
            .iter()
            .map(|(name, value)| json!({ "name": format!("touchmark:oms:{name}"), "value": value }))
            .collect();
        let bom = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "components": [{ "type": "machine-learning-model", "bom-ref": name, "group": group, "name": short,
                             "properties": properties }],
        });
        fs::write(self.path("boms").join(file), bom.to_string()).unwrap();
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut all = vec!["--workspace", self.dir.path().to_str().unwrap()];
        all.extend(words);
        touchmark(all)
    }

    fn scan(&self) -> Value {
        let done = self.run(&["scan", "--format", "json"]);
        ok(&done);
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn gate(&self, model: &str, stage: &str, more: &[&str]) -> (i32, Value) {
        let done = self.run(&[&["gate", model, "--stage", stage, "--format", "json"], more].concat());
        let document = serde_json::from_slice(&done.stdout).unwrap_or_default();
        (done.status.code().unwrap(), document)
    }

    fn json(&self, words: &[&str]) -> Value {
        let done = self.run(&[words, &["--format", "json"]].concat());
        serde_json::from_slice(&done.stdout)
            .unwrap_or_else(|_| panic!("{words:?} {}{}", out(&done), err(&done)))
    }

    fn row(&self, id: &str) -> Value {
        let list = self.json(&["list"]);
        let rows = list["models"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no {id} in {list}")).clone()
    }

    fn twin(&self, place: &str) {
        copy(&self.path("models/acme/bot"), &self.path(place));
    }

    fn spoil(&self, place: &str) {
        let file = self.path(place).join("model.safetensors");
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(file, bytes).unwrap();
    }
}

#[track_caller]
fn ok(done: &Output) {
    assert_eq!(done.status.code(), Some(0), "{}{}", out(done), err(done));
}

/// What became of a control in a document that a gate printed.
fn control<'v>(document: &'v Value, id: &str) -> (&'v str, &'v str) {
    let controls = document.pointer("/verdict/assessment/controls").unwrap().as_array().unwrap();
    let control = controls.iter().find(|control| control["id"] == id).unwrap();
    (control["outcome"].as_str().unwrap(), control["found"].as_str().unwrap())
}

#[test]
fn two_folders_that_come_to_one_name_contradict_at_every_stage_and_everybody_is_told() {
    for twin in ["models/acme/Bot", "models/acme/bot.", "models/ACME/bo\u{200b}t", "models/acme /bot"] {
        let lab = Lab::new();
        lab.scan();
        assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0, "without a twin");
        lab.twin(twin);
        lab.spoil(twin);
        let scan = lab.scan();
        let findings = scan["findings"].as_array().unwrap();
        assert!(findings.iter().any(|finding| finding["code"] == "F-DUPLICATE-FOLDER"), "{twin} {scan}");
        for stage in ["dev", "production"] {
            let (status, document) = lab.gate("acme/bot", stage, &[]);
            assert_eq!(status, 1, "{twin} {document}");
            assert_eq!(control(&document, "L1.05").0, "fail", "{document}");
            let reasons = document["verdict"]["reasons"].as_array().unwrap();
            assert!(reasons.iter().any(|reason| reason["class"] == "contradicted"), "{document}");
        }
        let row = lab.row("acme/bot");
        assert_eq!((&row["outcome"], &row["status"]), (&json!("fail"), &json!("ambiguous")), "{row}");
        assert_eq!(row["decision"], "refuse");
        let shown = out(&lab.run(&["show", "acme/bot"]));
        assert!(shown.contains("also at") && shown.contains("not known to hold the same"), "{shown}");
        let verified = lab.run(&["verify", "acme/bot"]);
        assert_eq!(verified.status.code(), Some(1), "{}", out(&verified));
        assert!(out(&verified).starts_with("✗ ambiguous"), "{}", out(&verified));
    }
}

#[test]
fn folders_of_one_name_that_hold_the_same_are_one_once_both_were_looked_at() {
    let lab = Lab::new();
    lab.toml(&["mirror", "models"], "");
    lab.twin("mirror/acme/bot");
    lab.scan();
    assert_eq!(lab.row("acme/bot")["status"], "ambiguous", "nobody has looked");
    let (status, document) = lab.gate("acme/bot", "production", &[]);
    assert_eq!(status, 0, "{document}");
    assert_eq!(lab.row("acme/bot")["status"], "pass");
    let shown = out(&lab.run(&["show", "acme/bot"]));
    assert!(shown.contains("models/acme/bot: holds the same"), "{shown}");
    ok(&lab.run(&["verify", "acme/bot"]));
    // Sizes and names are no proof: one byte is enough, in whichever of the two.
    for spoiled in ["models/acme/bot", "mirror/acme/bot"] {
        lab.spoil(spoiled);
        assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 1, "{spoiled}");
        assert_ne!(lab.run(&["verify", "acme/bot"]).status.code(), Some(0), "{spoiled}");
        lab.spoil(spoiled);
        assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 0, "{spoiled} again");
    }
    fs::write(lab.path("models/acme/bot/evil.py"), "import os\n").unwrap();
    assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 1, "a file beside the signed ones");
    fs::remove_file(lab.path("models/acme/bot/evil.py")).unwrap();
    lab.sign("models/acme/bot", "evil");
    assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 1, "the same files under another signature");
}

#[test]
fn sources_that_lie_in_each_other_or_lead_to_one_folder_make_no_twin() {
    let lab = Lab::new();
    lab.toml(&["models", "./models"], "");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(lab.path("models"), lab.path("again")).unwrap();
        lab.toml(&["models", "./models", "again"], "");
    }
    let scan = lab.scan();
    let findings = scan["findings"].as_array().unwrap();
    assert_eq!(lab.row("acme/bot")["status"], "not verified", "{findings:?}");
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0);
}

#[test]
fn a_location_chooses_one_folder_and_only_that_one_is_named() {
    let lab = Lab::new();
    lab.toml(&["aaa", "models"], "");
    lab.twin("aaa/acme/bot");
    lab.spoil("aaa/acme/bot");
    lab.scan();
    let at = |place: &str| lab.path(place).to_str().unwrap().to_owned();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 1);
    let good = at("models/acme/bot");
    let (status, document) = lab.gate("acme/bot", "production", &["--location", &good]);
    assert_eq!(status, 0, "{document}");
    assert!(!document.to_string().contains("aaa/acme/bot"), "{document}");
    let (status, document) = lab.gate("acme/bot", "dev", &["--location", &at("aaa/acme/bot")]);
    assert_eq!(status, 1, "{document}");
    ok(&lab.run(&["verify", "acme/bot", "--location", &good]));
    assert_eq!(lab.run(&["verify", "acme/bot", "--location", &at("aaa/acme/bot")]).status.code(), Some(1));
    // The choice was for that once.
    assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 1);
    assert_eq!(lab.row("acme/bot")["decision"], "refuse");
    for elsewhere in [at("models"), at("nowhere")] {
        let (status, _) = lab.gate("acme/bot", "dev", &["--location", &elsewhere]);
        assert!(status > 1, "{elsewhere}");
    }
    lab.model("models/evil/toy", 2, "evil");
    lab.scan();
    let (status, _) = lab.gate("acme/bot", "dev", &["--location", &at("models/evil/toy")]);
    assert!(status > 1, "another model's folder");
}

#[test]
fn an_alias_chooses_the_folder_of_a_name_and_a_prefix_gives_a_mirror_names_of_its_own() {
    let lab = Lab::new();
    lab.twin("aaa/acme/bot");
    lab.spoil("aaa/acme/bot");
    let alias = |at: &str| format!("[[alias]]\nname = \"Acme/Bot\"\nat = \"{at}\"\n");
    lab.toml(&["aaa", "models"], &alias("./models/acme/bot"));
    let scan = lab.scan();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0);
    let codes = |scan: &Value| {
        let findings = scan["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(codes(&scan).contains(&"F-FOLDER-SET-ASIDE".to_owned()), "{scan}");
    lab.toml(&["aaa", "models"], &alias("aaa/acme/bot"));
    lab.scan();
    assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 1, "the spoiled one was chosen");
    // A choice of what is not there chooses nothing.
    lab.toml(&["aaa", "models"], &alias("models/acme/nobody"));
    assert!(codes(&lab.scan()).contains(&"F-ALIAS-PLACE".to_owned()));
    assert_eq!(lab.gate("acme/bot", "dev", &[]).0, 1);
    assert_eq!(lab.row("acme/bot")["status"], "ambiguous");
    // The other one under another name.
    lab.toml(&["aaa", "models"], "[[alias]]\nname = \"acme/old-bot\"\nat = \"aaa/acme/bot\"\n");
    lab.scan();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0);
    assert_eq!(lab.gate("acme/old-bot", "dev", &[]).0, 1, "spoiled under whatever name");

    lab.toml(&["aaa=mirror", "models"], "");
    lab.scan();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0);
    assert_eq!(lab.gate("mirror/acme/bot", "dev", &[]).0, 1);
    assert_eq!(lab.row("mirror/acme/bot")["name"], "mirror/acme/bot");
    for wrong in [
        "[[source]]\nkind = \"bom\"\npath = \"boms\"\nprefix = \"x\"\n",
        "[[source]]\nkind = \"models\"\npath = \"models\"\nprefix = \"\"\n",
        "[[alias]]\nname = \"a/b\"\nof = \"c/d\"\nat = \"models\"\n",
        "[[alias]]\nname = \"a/b\"\n",
        "[[alias]]\nname = \"a/b\"\nat = \"x\"\n[[alias]]\nname = \"A/B\"\nat = \"y\"\n",
    ] {
        lab.toml(&["models"], wrong);
        let done = lab.run(&["list"]);
        assert_eq!(done.status.code(), Some(2), "{wrong} {}", err(&done));
        assert!(err(&done).contains("E-CONFIG"), "{}", err(&done));
    }
}

#[test]
fn an_ancestor_whose_name_means_two_folders_taints_what_comes_from_it() {
    let lab = Lab::new();
    lab.model("models/acme/child", 3, "acme");
    fs::write(lab.path("models/acme/child/README.md"), "---\nbase_model: acme/bot\n---\n").unwrap();
    lab.sign("models/acme/child", "acme");
    lab.scan();
    assert_eq!(lab.gate("acme/child", "dev", &[]).0, 0);
    lab.twin("models/acme/BOT");
    lab.spoil("models/acme/BOT");
    lab.scan();
    let (status, document) = lab.gate("acme/child", "dev", &[]);
    assert_eq!((status, &document["verdict"]["tainted"]), (1, &json!(true)), "{document}");
}

#[test]
fn bills_that_bind_different_things_contradict_whatever_their_order_and_equal_ones_do_not() {
    let lab = Lab::new();
    lab.model("old", 9, "acme");
    let (new, old) = (lab.binding("models/acme/bot"), lab.binding("old"));
    lab.bom("00.cdx.json", "acme/bot", "models/acme/bot");
    lab.scan();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0, "two that state the same");
    // Digests in capital letters, and one that states a part of it.
    let capital: Vec<_> = new
        .iter()
        .map(|(part, value)| (*part, if *part == "identity" { value.clone() } else { value.to_uppercase() }))
        .collect();
    lab.write_bom("00.cdx.json", "acme/bot", &capital);
    lab.write_bom("zz.cdx.json", "acme/bot", &new[..1]);
    lab.scan();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0, "the same in other letters");
    for file in ["00.cdx.json", "zz.cdx.json"] {
        lab.write_bom("00.cdx.json", "acme/bot", &new);
        lab.write_bom("zz.cdx.json", "acme/bot", &new);
        lab.write_bom(file, "Acme/Bot", &old);
        lab.scan();
        let (status, document) = lab.gate("acme/bot", "dev", &[]);
        assert_eq!(status, 1, "{file} {document}");
        assert_eq!(control(&document, "L1.05").0, "fail", "{file}");
        let (outcome, found) = control(&document, "L1.14");
        assert_eq!(outcome, "fail", "{file}");
        assert!(found.contains("bind.cdx.json") || found.contains("00.cdx.json"), "{found}");
        assert!(found.contains(file) && found.contains("contradict each other: root digest"), "{found}");
    }
    // One that only names another signer says nothing against the files.
    fs::remove_file(lab.path("boms/zz.cdx.json")).unwrap();
    lab.write_bom("00.cdx.json", "acme/bot", &[("identity", "sha256:00".to_owned())]);
    lab.scan();
    let (status, document) = lab.gate("acme/bot", "dev", &[]);
    assert_eq!(status, 1);
    let outcomes = ["L1.05", "L1.14"].map(|id| control(&document, id).0);
    assert_eq!(outcomes, ["pass", "fail"], "{document}");
}

#[test]
fn parts_of_a_binding_may_stand_in_several_bills() {
    let lab = Lab::new();
    let binding = lab.binding("models/acme/bot");
    lab.write_bom("bind.cdx.json", "acme/bot", &binding[..1]);
    lab.scan();
    assert_eq!(control(&lab.gate("acme/bot", "dev", &[]).1, "L1.14").0, "partial");
    lab.write_bom("zz.cdx.json", "acme/bot", &binding[1..]);
    lab.scan();
    let (status, document) = lab.gate("acme/bot", "production", &[]);
    assert_eq!((status, control(&document, "L1.14").0), (0, "pass"), "{document}");
}

#[test]
fn a_policy_means_the_same_in_every_way_to_write_a_name() {
    let text = |models: &str| {
        let base = policy::BUILT_IN[0].1;
        let publisher = |id: &str, models: &str| {
            format!("[[publisher]]\nid = \"{id}\"\nmodels = [\"{models}\"]\ntrust = [\"k\"]\n")
        };
        format!(
            "{base}\n[trust.k]\nkind = \"key\"\nfiles = [\"k.pub\"]\n{}{}",
            publisher("strict", models),
            publisher("lax", "*")
        )
    };
    for written in ["acm\u{e9}/*", "acme\u{301}/*", "ACM\u{c9}/*", "Acme\u{301}/*"] {
        let policy = policy::parse(&text(written), "p.toml", None).unwrap();
        for name in [
            "acm\u{e9}/bot",
            "acme\u{301}/Bot",
            "ACM\u{c9}/bot.",
            "ac\u{200d}m\u{e9} /bot",
            "ACME\u{301}//bot",
        ] {
            for name in [name.to_owned(), ModelId::new(name).raw().to_owned()] {
                let publisher = policy.publisher_of(&name).map(|publisher| publisher.id.as_str());
                assert_eq!(publisher, Some("strict"), "{written} {name}");
            }
        }
        for other in ["acme/bot", "acm\u{451}/bot"] {
            assert_eq!(policy.publisher_of(other).unwrap().id, "lax", "{written} {other}");
        }
    }
}

#[test]
fn a_folder_is_found_by_every_way_to_write_its_name_and_shown_as_it_is_written() {
    let lab = Lab::new();
    lab.policy("acm\u{e9}/*", "*");
    lab.model("models/Acme\u{301}/Bot", 4, "acme");
    lab.scan();
    for name in ["acm\u{e9}/bot", "acme\u{301}/BOT", "ACM\u{c9}/Bot."] {
        assert_eq!(lab.gate(name, "dev", &[]).0, 0, "{name}");
    }
    assert_eq!(lab.row("acm\u{e9}/bot")["name"], "Acme\u{301}/Bot");
    assert_eq!(lab.row("acm\u{e9}/bot").get("name_mark"), None, "nothing is odd about it");
    lab.sign("models/Acme\u{301}/Bot", "evil");
    assert_eq!(lab.gate("acm\u{e9}/bot", "dev", &[]).0, 1, "signed by another publisher");
}

#[test]
fn a_name_that_looks_like_another_is_marked_wherever_it_is_shown_and_an_ordinary_one_never() {
    let lab = Lab::new();
    lab.policy("acme/*", "*");
    let ordinary = [
        "\u{65e5}\u{672c}/\u{30e2}\u{30c7}\u{30eb}-7b",
        "m\u{fc}ller/gr\u{f6}\u{df}e",
        "\u{43c}\u{43e}\u{434}\u{435}\u{43b}\u{44c}/gpt",
    ];
    let odd = [
        ("\u{430}\u{441}\u{43c}\u{435}/bot", "looks like acme/bot (Cyrillic letters)", "Cyrillic"),
        ("\u{ff41}cme/toy", "looks like acme/toy (fullwidth or styled letters)", ""),
        ("acrne/toy", "looks like acme/toy (confusable letters)", ""),
        ("other/b\u{3bf}t", "mixed scripts (Greek letters)", "Greek"),
    ];
    let names = || ordinary.iter().copied().chain(odd.iter().map(|(name, ..)| *name));
    names().for_each(|name| lab.model(&format!("models/{name}"), 5, "evil"));
    lab.scan();
    let screens = |name: &str| {
        [
            vec!["list", name],
            vec!["show", name],
            vec!["gate", name, "--stage", "dev"],
            vec!["score", name],
            vec!["verify", name],
            vec!["lineage", name],
        ]
        .map(|words| (words.join(" "), out(&lab.run(&words))))
    };
    for name in ordinary.iter().copied().chain(["acme/bot"]) {
        for (words, text) in screens(name) {
            assert!(!text.contains("looks like") && !text.contains("scripts"), "{words}: {text}");
        }
        assert_eq!(lab.row(ModelId::new(name).raw()).get("name_mark"), None, "{name}");
    }
    for (name, mark, script) in odd {
        for (words, text) in screens(name) {
            assert!(text.contains(mark), "{words}: {text}");
        }
        let row = lab.row(ModelId::new(name).raw());
        let scripts = row["name_mark"]["scripts"].as_array().cloned().unwrap_or_default();
        assert_eq!(scripts.iter().any(|one| one == script), !script.is_empty(), "{row}");
        let gate = lab.gate(name, "dev", &[]).1;
        assert_eq!(gate["verdict"]["name_mark"], row["name_mark"], "{gate}");
        assert_eq!(lab.json(&["show", name])["summary"]["name_mark"], row["name_mark"]);
        assert_eq!(lab.json(&["score", name])["verdicts"][0]["verdict"]["name_mark"], row["name_mark"]);
        assert_eq!(lab.json(&["verify", name])["name_mark"], row["name_mark"]);
    }
}

#[test]
fn hidden_characters_in_a_name_are_marked_though_they_make_no_other_name() {
    let lab = Lab::new();
    fs::rename(lab.path("models/acme/bot"), lab.path("models/acme/bo\u{200b}t")).unwrap();
    lab.scan();
    let row = lab.row("acme/bot");
    assert_eq!(row["name_mark"]["hidden_characters"], true, "{row}");
    assert!(out(&lab.run(&["list"])).contains("acme/bo<U+200B>t  ! hidden characters"));
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0, "it is acme/bot all the same");
}

#[test]
fn empty_files_that_shards_leave_out_are_told_by_name_and_named_like_code_they_are_no_full_pass() {
    let files: &[(&str, &[u8])] = &[("weights.bin", b"0123456789"), ("added_tokens.txt", b"")];
    let bench = Bench::sharded(files, 4);
    let text = |bench: &Bench| touchmark::report::verification("the model", &bench.verify(), None, true);
    let seen = bench.verify();
    assert_eq!(seen.outcome_of(Stage::Files), Outcome::Pass);
    assert_eq!(seen.files.unsigned_empty, ["added_tokens.txt".into()]);
    assert!(text(&bench).contains("added_tokens.txt"), "{}", text(&bench));
    // Many harmless ones do not hide the others.
    (0..40).for_each(|number| bench.write(&format!("a{number}.txt"), ""));
    for name in ["__init__.py", "torch/__init__.py", "libtorch.SO"] {
        fs::create_dir_all(bench.model().join(name).parent().unwrap()).unwrap();
        bench.write(name, "");
    }
    let seen = bench.verify();
    assert_eq!(seen.outcome_of(Stage::Files), Outcome::Partial);
    assert_eq!(seen.outcome(), Outcome::Pass);
    assert!(faults(&seen).is_empty());
    for name in ["__init__.py", "torch/__init__.py", "libtorch.SO"] {
        assert!(text(&bench).contains(&format!("{name} (named like code)")), "{}", text(&bench));
    }
    assert_eq!(seen.check(Stage::Files).unwrap().code.as_str(), "FILES-EMPTY-CODE");
    // One with something in it is an unsigned file like any other.
    bench.write("__init__.py", "import os");
    assert_eq!(faults(&bench.verify()), [(Stage::Files, "FILES-EXTRA")]);
}

#[test]
fn an_unsigned_empty_module_keeps_a_model_in_shards_from_the_first_level_and_no_other_empty_file_does() {
    let lab = Lab::new();
    let folder = lab.path("models/acme/bot");
    fs::write(folder.join("added_tokens.txt"), "").unwrap();
    let key = lab.path("keys/acme.pem");
    let words = ["sign", "key", folder.to_str().unwrap(), "--private-key", key.to_str().unwrap()];
    ok(&touchmark(words.iter().copied().chain(["--shard-size", "1000"])));
    lab.bom("bind.cdx.json", "acme/bot", "models/acme/bot");
    lab.scan();
    assert_eq!(lab.gate("acme/bot", "production", &[]).0, 0);
    fs::write(folder.join("__init__.py"), "").unwrap();
    lab.scan();
    let (status, document) = lab.gate("acme/bot", "production", &[]);
    let outcomes = ["L1.03", "L1.04"].map(|id| control(&document, id).0);
    assert_eq!(outcomes, ["pass", "partial"], "{document}");
    assert_eq!(status, 1, "{document}");
}

#[test]
fn a_name_that_only_the_policy_knows_marks_what_looks_like_it() {
    let text = format!(
        "{}\n[trust.k]\nkind = \"key\"\nfiles = [\"k.pub\"]\n[[publisher]]\nid = \"acme\"\nmodels = [\"acme/bot\"]\n\
         trust = [\"k\"]\n",
        policy::BUILT_IN[0].1
    );
    let policy = policy::parse(&text, "p.toml", None).unwrap();
    // The owner is the policy's own; no model of that name is in the inventory.
    let names = ["acme/b\u{43e}t", "acme/bit"].map(|name| (ModelId::new(name), Untrusted::new(name)));
    let marks = NameMarks::of(&policy, names.iter().map(|(id, name)| (id, name)));
    let looks_like = |index: usize| Some(marks.get(index)?.looks_like.as_ref()?.raw().to_owned());
    assert_eq!((looks_like(0).as_deref(), looks_like(1)), (Some("acme/bot"), None));
}

#[test]
fn a_publisher_or_signer_that_only_looks_like_one_of_the_policy_is_told_apart() {
    let text = format!(
        "{}\n[trust.ca]\nkind = \"x509\"\nfiles = [\"ca.pem\"]\n[[publisher]]\nid = \"acme\"\nmodels = [\"acme-labs/*\"]\n\
         trust = [\"ca\"]\nidentities = [{{ subject = \"exact:CN=ci,O=acme\" }}]\n",
        policy::BUILT_IN[0].1
    );
    let policy = policy::parse(&text, "p.toml", None).unwrap();
    for (name, like) in [
        ("\u{430}cme", Some("acme")),
        ("acrne", Some("acme")),
        ("\u{ff41}cme-labs", Some("acme-labs")),
        ("acme", None),
        ("ACME", None),
        ("vendor", None),
    ] {
        assert_eq!(policy::publisher_like(&policy, name), like, "{name}");
    }
    assert_eq!(policy::identity_like(&policy, "CN=ci,O=\u{430}cme"), Some("CN=ci,O=acme"));
    assert_eq!(policy::identity_like(&policy, "CN=ci,O=acme"), None);
    assert_eq!(policy::identity_like(&policy, "CN=ci,O=other"), None);
}
