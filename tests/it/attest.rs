//! Claims beside a model are shown and not counted, whatever they hold.

use crate::support::copy_of_samples;
use touchmark::attest::read_claims;
use touchmark::inventory::ModelId;
use touchmark::signing::{Outcome, Stage};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

#[test]
fn lines_that_are_no_claims_are_kept_with_their_fault_and_the_verification_stands() {
    let dir = copy_of_samples();
    let model = dir.path().join("models/acme/receipt-reader");
    let bundle: serde_json::Value =
        serde_json::from_slice(&std::fs::read(model.join("model.sig")).unwrap()).unwrap();
    let claims = model.join("claims.jsonl");
    std::fs::write(&claims, format!("{bundle}\n\nnot a claim\u{1b}[2J\n")).unwrap();

    let read = read_claims(&claims).unwrap();
    assert_eq!(read.iter().map(|claim| claim.line).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(read[0].predicate_type.as_ref().unwrap().raw(), "https://model_signing/signature/v1.0");
    assert!(read[1].fault.is_some());

    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() }).unwrap();
    let id = ModelId::new("acme/receipt-reader");
    workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()])));
    let view = workbench.view();
    let (index, _) = view.model(&id).unwrap();
    let verification = &view.verified[index].as_ref().unwrap().verification;
    assert_eq!(verification.outcome(), Outcome::Pass, "{:?}", verification.headline());
    let check = verification.check(Stage::Predicates).unwrap();
    assert_eq!((check.outcome, check.code.as_str()), (Outcome::Partial, "PREDICATES-NOT-EVALUATED"));
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
