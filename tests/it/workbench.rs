//! The one door for both faces.

use crate::support::copy_of_samples;
use std::sync::{Arc, Mutex};
use touchmark::inventory::ModelId;
use touchmark::signing::Outcome;
use touchmark::workbench::{Event, JobKind, JobState, OpenOptions, ReviewWord, View, Workbench};

fn open(dir: &std::path::Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

#[test]
fn a_verification_is_a_job_with_a_result_that_outlives_the_program() {
    let dir = copy_of_samples();
    let id = ModelId::new("acme/support-bot-7b");
    let workbench = open(dir.path());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    workbench.subscribe(move |event| {
        if let Event::View(view) = event {
            sink.lock().unwrap().push(view.generation);
        }
    });
    let job = workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()]))).unwrap();
    assert!(matches!(job.state, JobState::Done(_)), "{:?}", job.state);
    assert!(job.snapshot().bytes > 0, "progress counts bytes");
    assert!(!seen.lock().unwrap().is_empty(), "a new view was announced");
    drop(workbench);
    let again = open(dir.path());
    let view = again.view();
    let (index, _) = view.model(&id).unwrap();
    assert_eq!(view.summary(index).outcome, Outcome::Fail);
    assert_eq!(again.verify_ledger().unwrap(), 1);
}

#[test]
fn a_cancelled_job_keeps_what_it_found() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    let id = workbench.start(JobKind::Verify(ids));
    workbench.cancel(id);
    let job = workbench.wait(id).unwrap();
    assert!(matches!(job.state, JobState::Cancelled | JobState::Done(_)), "{:?}", job.state);
    workbench.verify_ledger().unwrap();
}

#[test]
fn a_review_is_recorded_and_shown() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ModelId::new("acme/support-bot-7b");
    workbench.review(&id, ReviewWord::Reject, "weights changed after signing").unwrap();
    let view = workbench.view();
    let (index, _) = view.model(&id).unwrap();
    assert_eq!(view.reviews[index].as_ref().unwrap().word, ReviewWord::Reject);
    assert!(workbench.review(&ModelId::new("no/such"), ReviewWord::Approve, "x").is_err());
}

#[test]
fn a_faulty_policy_leaves_the_last_valid_one_in_force_and_says_so() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let before = workbench.view().policy.digest.clone();
    let file = workbench.policy_file().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n[nonsense]\n")).unwrap();
    workbench.reload_policy().unwrap();
    assert_eq!(workbench.view().policy.digest, before);
    assert!(!workbench.view().policy_errors.is_empty());
    assert_eq!(workbench.valid_policy().unwrap_err().code, touchmark::Code::Config);
    std::fs::write(&file, text).unwrap();
    workbench.reload_policy().unwrap();
    assert!(workbench.view().policy_errors.is_empty());
}

#[test]
fn another_stage_judges_otherwise_and_an_unknown_one_is_refused() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    workbench.set_stage("dev").unwrap();
    assert_eq!(workbench.view().stage, "dev");
    assert!(workbench.set_stage("moon").is_err());
}

#[test]
fn verifying_twice_gives_the_same_verdicts() {
    let dir = copy_of_samples();
    let at = Some("2026-11-20T12:00:00Z".parse().unwrap());
    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.path().to_owned()), at, ..OpenOptions::default() })
            .unwrap();
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids.clone())));
    let verdicts = |workbench: &Workbench| -> Vec<_> {
        let view = workbench.view();
        (0..view.models.len()).map(|index| view.verdict(index).unwrap()).collect()
    };
    let first = verdicts(&workbench);
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    assert_eq!(first, verdicts(&workbench));
}

#[test]
fn a_change_on_disk_is_told_once_until_the_sources_are_read_again() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let (sender, told) = std::sync::mpsc::channel();
    workbench.subscribe(move |event| {
        if let Event::Stale(is_stale) = event {
            let _ = sender.send(is_stale);
        }
    });
    let watch = workbench.watch().expect("this system tells of changes");
    assert_eq!(watch.unwatched, 0);
    let wait = || told.recv_timeout(std::time::Duration::from_secs(20));
    // Reading, and writing the store, is no change.
    let id = ModelId::new("acme/support-bot-7b");
    workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()])));
    assert!(!workbench.is_stale());
    let readme = dir.path().join("models/acme/support-bot-7b/README.md");
    std::fs::write(&readme, "---\nlicense: isc\n---\n").unwrap();
    assert_eq!(wait(), Ok(true));
    std::fs::write(readme.with_file_name("more.txt"), "more").unwrap();
    let job = workbench.wait(workbench.start(JobKind::Scan)).unwrap();
    assert!(matches!(job.state, JobState::Done(_)), "{:?}", job.state);
    assert_eq!(wait(), Ok(false));
    let view = workbench.view();
    let (_, model) = view.model(&id).unwrap();
    assert!(model.facts.iter().any(|fact| fact.value.raw() == "isc"));
}

#[test]
fn a_large_inventory_shows_its_first_models_then_all_and_then_how_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    let components: Vec<String> = (0..6000)
        .map(|at| format!(r#"{{"type":"machine-learning-model","group":"o","name":"m{:05}"}}"#, 5999 - at))
        .collect();
    let bill =
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, components.join(","));
    std::fs::write(dir.path().join("a.cdx.json"), bill).unwrap();
    let workspace = "schema = \"workspace/0.1\"\n[[source]]\nkind = \"bom\"\npath = \"a.cdx.json\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), workspace).unwrap();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let recorded = [ModelId::new("o/m00003"), ModelId::new("o/m05000")];
    let workbench = open(dir.path());
    workbench.wait(workbench.start(JobKind::Verify(recorded.to_vec()))).unwrap();
    workbench.review(&recorded[0], ReviewWord::Approve, "seen").unwrap();
    drop(workbench);
    let seen = Mutex::new(Vec::new());
    let workbench = Workbench::open_listing(&options, |view| seen.lock().unwrap().push(view)).unwrap();
    let seen = seen.into_inner().unwrap();
    let told: Vec<_> = seen.iter().map(|view| (view.is_whole, view.is_judged(), view.models.len())).collect();
    assert_eq!(told, [(false, false, 511), (true, false, 6000)]);
    assert_eq!(seen[0].models[..], seen[1].models[..511]);
    let view = workbench.view();
    assert_eq!((view.is_whole, view.is_judged(), view.models.len()), (true, true, 6000));
    // What the ledger holds is there from the first rows on, and read once for all of them.
    let at = |view: &View| -> Vec<usize> {
        (0..view.models.len()).filter(|at| view.verified[*at].is_some()).collect()
    };
    assert_eq!((at(&seen[0]), at(&seen[1])), (vec![3], vec![3, 5000]));
    assert!(seen[0].reviews[3].is_some() && view.reviews[3].is_some());
    assert!(Arc::ptr_eq(&seen[1].verified, &view.verified) && Arc::ptr_eq(&seen[1].models, &view.models));
}
