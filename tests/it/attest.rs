//! Claims beside a model are shown, and counted only when they are about it and proven.

use crate::support::copy_of_samples;
use touchmark::attest::read_claims;
use touchmark::inventory::ModelId;
use touchmark::signing::{Outcome, Stage, Verification};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

fn verified(dir: &std::path::Path, id: &str) -> Verification {
    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap();
    let id = ModelId::new(id);
    workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()])));
    let view = workbench.view();
    let (index, _) = view.model(&id).unwrap();
    view.verified[index].as_ref().unwrap().verification.clone()
}

fn line(model: &std::path::Path) -> String {
    let bundle = std::fs::read(model.join("model.sig")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&bundle).unwrap().to_string()
}

#[test]
fn lines_that_are_no_claims_are_kept_with_their_fault_and_the_verification_stands() {
    let dir = copy_of_samples();
    let model = dir.path().join("models/acme/receipt-reader");
    let claims = model.join("claims.jsonl");
    std::fs::write(&claims, format!("{}\n\nnot a claim\u{1b}[2J\n", line(&model))).unwrap();

    let read = read_claims(&claims).unwrap();
    assert_eq!((read.claims[0].line, read.unknown[0].line), (1, 3));
    assert_eq!(read.claims[0].predicate_type.raw(), "https://model_signing/signature/v1.0");

    let verification = verified(dir.path(), "acme/receipt-reader");
    assert_eq!(verification.outcome(), Outcome::Pass, "{:?}", verification.headline());
    let check = verification.check(Stage::Predicates).unwrap();
    assert_eq!((check.outcome, check.code.as_str()), (Outcome::Partial, "PREDICATES-NOT-COUNTED"));
    assert!(check.words().summary.starts_with("1 of 2"), "{}", check.words().summary);
    assert!(
        check.words().details[0].raw().contains("about this model: verified"),
        "{:?}",
        check.words().details
    );
}

#[test]
fn claims_of_the_publisher_about_this_model_count_and_those_about_another_do_not() {
    let dir = copy_of_samples();
    let model = dir.path().join("models/acme/receipt-reader");
    let other = dir.path().join("models/lumen/iris-base");
    std::fs::write(model.join("claims.jsonl"), format!("{}\n", line(&model))).unwrap();
    let verification = verified(dir.path(), "acme/receipt-reader");
    let check = verification.check(Stage::Predicates).unwrap();
    assert_eq!((check.outcome, check.code.as_str()), (Outcome::Pass, "PREDICATES"), "{check:?}");

    std::fs::write(model.join("claims.jsonl"), format!("{}\n", line(&other))).unwrap();
    let verification = verified(dir.path(), "acme/receipt-reader");
    assert_eq!(verification.outcome(), Outcome::Pass);
    let check = verification.check(Stage::Predicates).unwrap();
    assert_eq!(check.outcome, Outcome::Partial);
    assert!(check.words().details[0].raw().contains("about another model"), "{:?}", check.words().details);
    assert!(
        check.words().found.as_ref().unwrap().raw().contains("1 about another"),
        "{:?}",
        check.words().found
    );
}

#[test]
fn claims_without_end_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let claims = dir.path().join("claims.jsonl");
    std::fs::write(&claims, "{}\n".repeat(10_001)).unwrap();
    assert_eq!(read_claims(&claims).unwrap_err().code, touchmark::Code::TooLarge);
    std::fs::File::create(&claims).unwrap().set_len(65 * 1024 * 1024).unwrap();
    assert_eq!(read_claims(&claims).unwrap_err().code, touchmark::Code::TooLarge);
}
