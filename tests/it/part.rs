//! Part of a model: verified when somebody asks for it, told as partial everywhere, and enough only where a policy says so.

use crate::before_signing::Desk;
use crate::support::{err, out};
use serde_json::Value;
use std::fs;

const FILES: [(&str, &str); 5] = [
    ("config.json", "{}"),
    ("x-Q4_K_M.gguf", "four"),
    ("x-Q8_0.gguf", "eight"),
    ("onnx/model.onnx", "o"),
    ("onnx/model_fp16.onnx", "f"),
];

fn signed() -> Desk {
    let desk = Desk::new(&FILES);
    desk.said("sign key model --private-key key.pem --signature m.sig", 0);
    desk
}

fn verified(desk: &Desk, more: &str) -> (i32, Value) {
    let done =
        desk.run(&format!("verify key model --signature m.sig --public-key key.pub --format json {more}"));
    let document =
        serde_json::from_str(&out(&done)).unwrap_or_else(|_| panic!("{}{}", out(&done), err(&done)));
    (done.status.code().unwrap(), document)
}

fn files(document: &Value) -> &Value {
    let checks = document["verification"]["checks"].as_array().unwrap();
    checks.iter().find(|check| check["stage"] == "FILES").unwrap()
}

#[test]
fn one_quantisation_is_verified_and_told_as_part() {
    let desk = signed();
    fs::remove_file(desk.path("model/x-Q8_0.gguf")).unwrap();
    fs::remove_dir_all(desk.path("model/onnx")).unwrap();
    let (status, document) = verified(&desk, "--only *Q4_K_M* --only config.json");
    assert_eq!((status, &document["outcome"]), (0, &"partial".into()), "{document}");
    assert_eq!(files(&document)["code"], "FILES-PART");
    assert_eq!(files(&document)["outcome"], "partial");
    let part = &document["verification"]["files"]["part"];
    assert_eq!(part["only"], serde_json::json!(["*Q4_K_M*", "config.json"]));
    assert_eq!(part["signed_beside"], 3);
    assert_eq!(document["verification"]["files"]["matched"], 2);
    let human = desk.said("verify key model --signature m.sig --public-key key.pub --only *Q4_K_M*", 0);
    assert!(human.starts_with("! partial") && human.contains("Partial:"), "{human}");
    // Nobody asked: what is missing is missing.
    let (status, document) = verified(&desk, "");
    assert_eq!((status, &document["outcome"]), (1, &"fail".into()));
    assert_eq!(files(&document)["code"], "FILES-MISSING");
}

#[test]
fn a_part_of_everything_is_still_no_plain_pass() {
    let desk = signed();
    let (status, document) = verified(&desk, "--only *");
    assert_eq!((status, &document["outcome"]), (0, &"partial".into()));
    assert_eq!(document["coverage"]["percent"], 100);
}

#[test]
fn inside_the_part_everything_counts_and_outside_nothing_is_said() {
    let desk = signed();
    for (change, more, status, code) in [
        ("x-Q8_0.gguf", "--only *Q4*", 0, "FILES-PART"),
        ("x-Q8_0.gguf", "--only *gguf", 1, "FILES-CHANGED"),
        ("x-new.gguf", "--only *gguf", 1, "FILES-EXTRA"),
        ("x-new.gguf", "--only *Q4*", 0, "FILES-PART"),
        ("x-new.gguf", "--only x-new.gguf", 1, "FILES-EXTRA"),
    ] {
        fs::remove_dir_all(desk.path("model")).unwrap();
        FILES.iter().for_each(|(name, text)| desk.file(&format!("model/{name}"), text));
        desk.file(&format!("model/{change}"), "changed");
        let (found, document) = verified(&desk, more);
        assert_eq!(
            (found, files(&document)["code"].as_str()),
            (status, Some(code)),
            "{change} {more}: {document}"
        );
    }
    fs::remove_file(desk.path("model/x-Q4_K_M.gguf")).unwrap();
    assert_eq!(verified(&desk, "--only *Q4*").0, 1);
}

#[test]
fn a_pattern_that_fits_no_signed_file_passes_nothing() {
    let desk = signed();
    let (status, document) = verified(&desk, "--only config.json --only *Q5*");
    assert_eq!((status, &document["outcome"]), (3, &"missing".into()), "{document}");
    assert_eq!(document["verification"]["files"]["part"]["unused"], serde_json::json!(["*Q5*"]));
    for refused in ["/etc/passwd", "../x", "."] {
        let done =
            desk.run(&format!("verify key model --signature m.sig --public-key key.pub --only {refused}"));
        assert_eq!(done.status.code(), Some(2), "{refused}");
    }
}

#[test]
fn what_is_missing_beside_a_sibling_was_not_fetched() {
    let desk = signed();
    fs::remove_file(desk.path("model/x-Q8_0.gguf")).unwrap();
    fs::remove_file(desk.path("model/onnx/model_fp16.onnx")).unwrap();
    let said = desk.said("verify key model --signature m.sig --public-key key.pub --explain", 1);
    assert!(
        said.contains("not fetched: x-Q8_0.gguf") && said.contains("not fetched: onnx/model_fp16.onnx"),
        "{said}"
    );
    assert!(said.contains("--only"), "{said}");
    fs::remove_file(desk.path("model/config.json")).unwrap();
    let said = desk.said("verify key model --signature m.sig --public-key key.pub --explain", 1);
    assert!(said.contains("missing: config.json") && said.contains("not fetched: x-Q8_0.gguf"), "{said}");
}

/// A workspace whose policy trusts the key, with one stage that takes a part and one that says nothing.
fn workspace(on_partial: &str) -> Desk {
    let desk = signed();
    fs::rename(desk.path("m.sig"), desk.path("model/model.sig")).unwrap();
    fs::create_dir_all(desk.path("models/acme")).unwrap();
    fs::rename(desk.path("model"), desk.path("models/acme/model")).unwrap();
    desk.file("touchmark.toml", "schema = \"workspace/0.1\"\nname = \"w\"\nstage = \"dev\"\npolicy = \"p.toml\"\n[[source]]\nkind = \"models\"\npath = \"models\"\n");
    desk.file(
        "p.toml",
        &format!(
            "schema = \"trust-policy/0.1\"\nname = \"p\"\nversion = \"1\"\ndefault = \"deny\"\n\
             [trust.k]\nkind = \"key\"\nfiles = [\"key.pub\"]\n\
             [[publisher]]\nid = \"acme\"\nmodels = [\"acme/*\"]\ntrust = [\"k\"]\n\
             [crypto]\nhash = [\"sha256\"]\nkeys = [\"p256\"]\n\
             [artifact]\nban_formats = []\nallow_ignore_paths = [\".git\", \".gitattributes\", \".github\", \".gitignore\"]\nallow_symlinks = false\n\
             [[stage]]\nname = \"dev\"\nmin_level = 0\non_missing = \"open\"\non_unavailable = \"open\"\n{on_partial}\n"
        ),
    );
    desk.said("scan", 0);
    desk
}

#[test]
fn a_stage_takes_a_part_only_where_it_says_so() {
    let verify = "verify acme/model --only *Q4*";
    let gate = "gate acme/model --stage dev --only *Q4*";
    let desk = workspace("");
    assert!(desk.said(verify, 0).contains("partial"));
    let said = desk.said(gate, 1);
    assert!(said.contains("PARTIAL") && said.contains("*Q4*"), "{said}");
    assert!(desk.said("list", 0).contains("partial"));
    // The whole model is another matter.
    desk.said("gate acme/model --stage dev", 0);
    assert!(!desk.said("list", 0).contains("partial"));
    let desk = workspace("on_partial = \"warn\"");
    let said = desk.said(gate, 5);
    assert!(said.contains("PARTIAL"), "{said}");
    let desk = workspace("on_partial = \"open\"");
    let said = desk.said(gate, 0);
    assert!(said.contains("PARTIAL"), "{said}");
    // What is changed in the part is refused, whatever the stage says of parts.
    desk.file("models/acme/model/x-Q4_K_M.gguf", "changed");
    desk.said(gate, 1);
}

#[test]
fn a_load_set_is_enough_where_the_policy_says_so() {
    let desk = workspace("");
    let text = fs::read_to_string(desk.path("p.toml")).unwrap();
    let key = "[artifact]\npartial_verification = \"load-set-only\"\n";
    desk.file("p.toml", &text.replace("[artifact]\n", key));
    let gate = |only: &[&str]| {
        let only: Vec<String> = only.iter().map(|one| format!(" --only {one}")).collect();
        desk.run(&format!("gate acme/model --stage dev{}", only.concat())).status.code().unwrap()
    };
    let whole = ["*gguf", "config.json", "onnx/model.onnx"];
    assert_eq!(gate(&whole), 0);
    assert_eq!(gate(&["x-Q4*", "config.json", "onnx/model.onnx"]), 0, "another quantisation");
    assert_eq!(gate(&["x-Q4*", "onnx/model.onnx"]), 1, "its configuration");
    assert_eq!(gate(&["x-Q4*", "config.json"]), 1, "other weights");
    // What nobody signed is loaded as well.
    desk.file("models/acme/model/notes.md", "n");
    assert_eq!(gate(&whole), 0);
    desk.file("models/acme/model/modeling.py", "import os");
    assert_eq!(gate(&whole), 1);
}

#[test]
fn records_say_that_a_part_was_verified() {
    let desk = workspace("");
    desk.said("verify acme/model --only config.json", 0);
    let shown = desk.said("ledger show --format json", 0);
    assert!(shown.contains("FILES-PART"), "{shown}");
    desk.said("ledger verify", 0);
    let replayed = desk.said("ledger replay 1", 0);
    assert!(!replayed.contains("differs"), "{replayed}");
}
