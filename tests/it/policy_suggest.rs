//! `policy suggest`: the edits that would let a model pass, each shown and none made.

use crate::support::{copy_of_samples, out, touchmark};
use serde_json::Value;
use std::fs;
use std::path::Path;
use touchmark::decision::Decision;
use touchmark::inventory::ModelId;
use touchmark::policy::{PolicyEdit, edited};
use touchmark::signing::Progress;
use touchmark::view::suggested::Suggested;
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

const SORTER: &str = "acme/claims-sorter";
/// Only documents speak of it.
const ABSENT: &str = "vendor/ocr-tables";

/// The samples with a changed policy, and some models verified.
fn workspace(change: impl Fn(&str) -> String, models: &[&str]) -> (tempfile::TempDir, Workbench) {
    let dir = copy_of_samples();
    let file = dir.path().join("policies/samples.toml");
    let text = change(&fs::read_to_string(&file).unwrap());
    fs::write(&file, text).unwrap();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let models = models.iter().map(|model| ModelId::new(model)).collect();
    workbench.wait(workbench.start(JobKind::Verify(models))).unwrap();
    (dir, workbench)
}

fn suggested(workbench: &Workbench, model: &str) -> Suggested {
    let before = workbench.view();
    let suggested = workbench.suggest(&ModelId::new(model), &Progress::default()).unwrap();
    assert!(std::sync::Arc::ptr_eq(&workbench.view(), &before), "nothing is published");
    suggested
}

fn stranger(text: &str) -> String {
    text.replace("exact:CN=acme release,O=Acme", "exact:CN=nobody,O=Acme")
}

#[test]
fn a_signer_whom_the_policy_does_not_name_is_suggested_as_observed() {
    let (dir, workbench) = workspace(stranger, &[SORTER, "acme/receipt-reader"]);
    let suggested = suggested(&workbench, SORTER);
    assert_eq!((suggested.before, suggested.after), (Decision::Refuse, Decision::Admit));
    let [only] = suggested.suggestions.as_slice() else { panic!("{:#?}", suggested.suggestions) };
    let PolicyEdit::TrustIdentity(identity) = &only.edit else { panic!("{:?}", only.edit) };
    assert_eq!((identity.publisher.as_str(), identity.anchor.as_str()), ("acme", "samples-ca"));
    assert_eq!(identity.subject, "CN=acme release,O=Acme");
    assert_eq!(identity.issuer.as_deref(), Some("CN=Touchmark Samples Issuing CA,O=Touchmark Samples"));
    // Another model of that signer changes with it.
    let changed: Vec<&str> = only.flips.models.iter().map(|flip| flip.model.raw()).collect();
    assert!(changed.contains(&SORTER) && changed.contains(&"acme/receipt-reader"), "{changed:?}");
    // It does what it says once somebody makes it.
    let file = workbench.policy_file().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, edited(&text, &only.edit).unwrap()).unwrap();
    workbench.reload_policy().unwrap();
    let view = workbench.view();
    let (index, _) = view.model(&ModelId::new(SORTER)).unwrap();
    assert_eq!(view.judgement.standing(index).unwrap().decision, Decision::Admit);
    assert!(self::suggested(&workbench, SORTER).suggestions.is_empty());
    drop(dir);
}

#[test]
fn a_denied_or_unproven_signer_is_never_suggested() {
    let denied = "[[deny_identity]]\nsubject = \"exact:CN=acme release,O=Acme\"\n";
    let (_dir, workbench) = workspace(|text| format!("{}\n{denied}", stranger(text)), &[SORTER]);
    let suggested_denied = suggested(&workbench, SORTER);
    assert!(suggested_denied.suggestions.is_empty(), "{:#?}", suggested_denied.suggestions);
    assert_eq!(suggested_denied.after, Decision::Refuse);
    assert!(!suggested_denied.open.is_empty());
    let without = |text: &str| {
        text.replace(
            "[trust.samples-ca]\nkind = \"x509\"\nfiles = [\"../keys/samples-root-ca.pem\"]",
            "[trust.samples-ca]\nkind = \"x509\"\nfiles = [\"../keys/samples-stamps.pem\"]",
        )
    };
    let (_dir, workbench) = workspace(without, &[SORTER]);
    assert_eq!(workbench.view().policy_errors, []);
    assert!(suggested(&workbench, SORTER).suggestions.is_empty());
    // What contradicts is no matter of trust or of an exception.
    let (_dir, workbench) = workspace(str::to_owned, &["acme/support-bot-7b"]);
    let tampered = suggested(&workbench, "acme/support-bot-7b");
    assert!(tampered.suggestions.is_empty(), "{:#?}", tampered.suggestions);
    assert!(workbench.suggest(&ModelId::new("no/such"), &Progress::default()).is_err());
}

#[test]
fn what_little_is_missing_is_suggested_as_an_exception_for_this_model_and_stage() {
    let demanding = |text: &str| {
        let demand = "[[require]]\nid = \"scan\"\npredicate = \"urn:touchmark:evaluation:1\"\nfrom_role = \"eval\"\n\
                      where = [{ path = \"benchmark.name\", op = \"==\", value = \"a scan\" }]\nseverity = \"should\"\n";
        let here = "require = [\"L1.13\"]";
        assert!(text.contains(here));
        format!("{}\n{demand}", text.replace(here, "require = [\"L1.13\", \"scan\"]"))
    };
    let (_dir, workbench) = workspace(demanding, &[SORTER]);
    assert_eq!(workbench.view().policy_errors, []);
    let suggested = suggested(&workbench, SORTER);
    assert_eq!((suggested.before, suggested.after), (Decision::Refuse, Decision::Admit), "{suggested:#?}");
    let [only] = suggested.suggestions.as_slice() else { panic!("{:#?}", suggested.suggestions) };
    let PolicyEdit::AddException(exception) = &only.edit else { panic!("{:?}", only.edit) };
    assert_eq!((exception.excuses.as_str(), exception.subject.as_written()), ("scan", SORTER.to_owned()));
    assert_eq!(exception.stages, ["production"]);
    assert_eq!(only.flips.models.len(), 1, "no other model is let in");
    assert!(exception.expires > exception.created);
}

#[test]
fn the_command_shows_each_edit_and_makes_none() {
    let (dir, workbench) = workspace(stranger, &[SORTER]);
    drop(workbench);
    let file = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    let run = |dir: &Path, words: &[&str]| {
        let words = [&["policy", "suggest", SORTER, "--workspace", dir.to_str().unwrap()], words].concat();
        let done = touchmark(&words);
        (done.status.code(), out(&done))
    };
    let (code, said) = run(dir.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "1 edit for acme/claims-sorter at stage production: refuse → admit",
        "1. acme/claims-sorter → admit",
        "+ identities = [",
        "subject = \"exact:CN=acme release,O=Acme\"",
        "refuse → admit: 1",
        "nothing was changed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (_, json) = run(dir.path(), &["--format", "json"]);
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["suggestions"][0]["kind"], "trust-identity");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    // Without it, the model is admitted as it is.
    fs::write(&file, text.replace("CN=nobody,O=Acme", "CN=acme release,O=Acme")).unwrap();
    let (code, said) = run(dir.path(), &[]);
    assert_eq!((code, said.as_str()), (Some(0), "✓ acme/claims-sorter is admitted at stage production\n"));
    fs::write(&file, format!("{text}\n[[deny_identity]]\nsubject = \"exact:CN=acme release,O=Acme\"\n"))
        .unwrap();
    let (code, said) = run(dir.path(), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("no edit of the policy is suggested") && said.contains("still against it: "),
        "{said}"
    );
}

#[test]
fn of_a_model_that_nobody_verified_nothing_is_suggested_but_to_verify_it() {
    let (dir, workbench) = workspace(str::to_owned, &[SORTER]);
    drop(workbench);
    let run = |words: &[&str]| {
        let done = touchmark([words, &["--workspace", dir.path().to_str().unwrap()]].concat());
        (done.status.code(), out(&done))
    };
    let unjudged = |document: String| -> Value {
        let document: Value = serde_json::from_str(&document).unwrap();
        document["unjudged"].clone()
    };
    // The samples: one that lies here, and one that only a document mentions.
    for (model, why, remedy) in [
        (
            "acme/invoice-reader",
            "not verified yet",
            "Verify it first: `touchmark verify acme/invoice-reader`",
        ),
        (ABSENT, "only documents mention it", "`touchmark scan`"),
    ] {
        let (code, said) = run(&["policy", "suggest", model]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(why) && said.contains(remedy) && !said.contains("L1.01"), "{said}");
        let (_, document) = run(&["policy", "suggest", model, "--format", "json"]);
        let told = unjudged(document);
        assert!(told["remedy"].as_str().unwrap().contains(remedy), "{told}");
        let (code, said) = run(&["policy", "explain", model]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("decision      not judged: it is ") && said.contains(remedy), "{said}");
        assert!(!said.contains("L1.01"), "{said}");
        let (_, document) = run(&["policy", "explain", model, "--format", "json"]);
        assert_eq!(unjudged(document), told);
    }
    // Once verified, it is judged; changed, it is not any more.
    let (_, document) = run(&["policy", "suggest", SORTER, "--format", "json"]);
    assert_eq!(unjudged(document), Value::Null);
    let weights = dir.path().join("models").join(SORTER).join("config.json");
    fs::write(&weights, "{}").unwrap();
    run(&["scan"]);
    let (code, said) = run(&["policy", "suggest", SORTER]);
    assert!(code == Some(1) && said.contains("changed since it was verified"), "{said}");
    assert!(said.contains("Verify it again: `touchmark verify acme/claims-sorter`"), "{said}");
    let (_, document) = run(&["policy", "explain", SORTER, "--format", "json"]);
    assert_eq!(unjudged(document)["why"], "changed");
}
