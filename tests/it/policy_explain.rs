//! `policy explain`: the rules of the policy that concern a model, each with what it comes to.

use crate::support::{copy_of_samples, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn explained(dir: &Path, model: &str, words: &[&str]) -> Value {
    let at = ["policy", "explain", model, "--workspace", dir.to_str().unwrap(), "--format", "json"];
    let done = touchmark([&at[..], words].concat());
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn said(dir: &Path, model: &str) -> String {
    out(&touchmark(["policy", "explain", model, "--workspace", dir.to_str().unwrap()]))
}

/// The samples with a policy that says more of some models, and these verified.
fn workspace(more: &str, models: &[&str]) -> tempfile::TempDir {
    let dir = copy_of_samples();
    let file = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n{more}")).unwrap();
    for model in models {
        touchmark(["verify", model, "--workspace", dir.path().to_str().unwrap(), "-q"]);
    }
    dir
}

#[test]
fn a_model_has_a_publisher_by_the_longest_pattern_a_signer_and_claimants() {
    let more = "[[publisher]]\nid = \"sorter\"\nmodels = [\"acme/claims-*\", \"acme/c*\"]\ntrust = [\"samples-ca\"]\n\
                identities = [{ subject = \"exact:CN=nobody\" }]\nvalid_until = 2020-01-01T00:00:00Z\n";
    let dir = workspace(more, &["acme/claims-sorter", "acme/receipt-reader", "orchid/speech-1"]);
    let owned = explained(dir.path(), "acme/receipt-reader", &[]);
    assert_eq!(owned["publisher"]["id"], "acme");
    assert_eq!(owned["publisher"]["pattern"], "acme/*");
    assert_eq!(owned["publisher"]["in_force"], true);
    assert_eq!(owned["signer"]["granted"]["subject"], "exact:CN=acme release,O=Acme");
    assert_eq!(owned["signer"]["anchor"], "samples-ca");
    assert_eq!(owned["signer"]["denied"], Value::Null);
    assert_eq!(owned["signer"]["identity_check"]["outcome"], "pass");
    let other = explained(dir.path(), "acme/claims-sorter", &[]);
    assert_eq!(other["publisher"]["id"], "sorter");
    assert_eq!(other["publisher"]["pattern"], "acme/claims-*");
    assert_eq!(other["publisher"]["in_force"], false);
    assert_eq!(other["signer"]["granted"], Value::Null);
    assert_eq!(other["signer"]["identity_check"]["outcome"], "fail");
    assert_eq!(other["decision"], "refuse");
    assert!(!other["reasons"].as_array().unwrap().is_empty());
    let claims = |model: &Value, id: &str| {
        let all = model["attesters"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["id"] == id).map(|one| one["claims"].as_u64().unwrap())
    };
    let speech = explained(dir.path(), "orchid/speech-1", &[]);
    assert!(claims(&speech, "earwitness").unwrap() > 0, "{speech:#}");
    assert_eq!(claims(&owned, "earwitness"), Some(0));
    let met = &speech["requirements"][0];
    assert_eq!((&met["id"], &met["outcome"]), (&json!("speech-evaluation"), &json!("pass")));
    let none = &owned["requirements"][0];
    assert_eq!((&none["outcome"], &none["claimed"]), (&json!("missing"), &json!(false)));
    let text = said(dir.path(), "acme/receipt-reader");
    for part in [
        "publisher     acme  by the pattern acme/*",
        "granted by  exact:CN=acme release,O=Acme",
        "decision      ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(said(dir.path(), "acme/claims-sorter").contains("its grant has ended"));
    let unknown = said(dir.path(), "acme/support-bot-7b");
    assert!(unknown.contains("signer        not known"), "{unknown}");
    let stranger = touchmark(["policy", "explain", "no/such", "--workspace", dir.path().to_str().unwrap()]);
    assert_eq!(stranger.status.code(), Some(2), "{}", String::from_utf8_lossy(&stranger.stderr));
}

#[test]
fn a_denial_an_exception_and_the_stage_stand_beside_it() {
    let exception = |id: &str, subject: &str, expires: &str| {
        format!(
            "[[exception]]\nid = \"{id}\"\ncontrol = \"L1.13\"\nsubject = \"{subject}\"\nstages = [\"production\"]\n\
             owner = \"a@acme.example\"\napproved_by = \"b@acme.example\"\nreason = \"later\"\n\
             created = 2026-01-01T00:00:00Z\nexpires = {expires}\n"
        )
    };
    let more = [
        "[[deny_identity]]\nsubject = \"exact:CN=acme release,O=Acme\"\nreason = \"stolen\"\n".to_owned(),
        exception("EX-1", "acme/*", "2044-01-01T00:00:00Z"),
        exception("EX-2", "acme/receipt-reader", "2026-02-01T00:00:00Z"),
        exception("EX-3", "lumen/*", "2044-01-01T00:00:00Z"),
    ]
    .concat();
    let dir = workspace(&more, &["acme/receipt-reader", "lumen/iris-base"]);
    let denied = explained(dir.path(), "acme/receipt-reader", &[]);
    assert_eq!(denied["signer"]["denied"], "exact:CN=acme release,O=Acme");
    let exceptions: Vec<(&str, bool)> = denied["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["in_force"].as_bool().unwrap()))
        .collect();
    assert_eq!(exceptions, [("EX-1", true), ("EX-2", false)]);
    assert_eq!(
        (&denied["stage"]["name"], &denied["stage"]["production"]),
        (&json!("production"), &json!(true))
    );
    let dev = explained(dir.path(), "acme/receipt-reader", &["--stage", "dev"]);
    assert_eq!((&dev["stage"]["name"], &dev["stage"]["min_level"]), (&json!("dev"), &json!(0)));
    let other = explained(dir.path(), "lumen/iris-base", &[]);
    assert_eq!(other["signer"]["denied"], Value::Null);
    let text = said(dir.path(), "acme/receipt-reader");
    assert!(text.contains("denied by   exact:CN=acme release,O=Acme: stolen"), "{text}");
    assert!(
        text.contains("exception     EX-2  for L1.13 at production: ended 2026-02-01T00:00:00Z"),
        "{text}"
    );
}
