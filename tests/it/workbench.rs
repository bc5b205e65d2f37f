//! The one door for both faces.

use crate::support::copy_of_samples;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use touchmark::Code;
use touchmark::inventory::ModelId;
use touchmark::signing::{Outcome, Progress};
use touchmark::workbench::{Event, Job, JobId, JobKind, JobState, OpenOptions, ReviewWord, View, Workbench};

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
fn what_a_view_keeps_of_the_lineage_changes_no_verdict() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    let afresh_is_the_same = |workbench: &Workbench| {
        let view = workbench.view();
        let mut afresh = (*view).clone();
        afresh.judge();
        assert_eq!(afresh.judgement.standings(), view.judgement.standings());
        (0..view.models.len()).for_each(|index| assert_eq!(afresh.verdict(index), view.verdict(index)));
    };
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    afresh_is_the_same(&workbench);
    let before = workbench.view();
    workbench.set_stage("dev").unwrap();
    afresh_is_the_same(&workbench);
    assert!(Arc::ptr_eq(before.judgement.descent(), workbench.view().judgement.descent()));
    // Another inventory has another graph.
    workbench.wait(workbench.start(JobKind::Scan));
    std::fs::remove_dir_all(dir.path().join("models/acme/support-bot-7b")).unwrap();
    workbench.wait(workbench.start(JobKind::Scan));
    afresh_is_the_same(&workbench);
    assert!(!Arc::ptr_eq(before.judgement.descent(), workbench.view().judgement.descent()));
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
    let workspace = "schema = \"workspace/0.1\"\n[[source]]\nkind = \"bom\"\npath = \"a.cdx.json\"\n\
                     [[source]]\nkind = \"models\"\npath = \"models\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), workspace).unwrap();
    // Only what has files can be looked at.
    for name in ["m00003", "m05000"] {
        let folder = dir.path().join("models/o").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("model.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    }
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
    assert_eq!(told, [(false, false, 510), (true, false, 6000)]);
    let generations = [seen[0].generation, seen[1].generation, workbench.view().generation];
    assert_eq!(generations, [1, 2, 3], "no number is given twice");
    assert_eq!(seen[0].models[..], seen[1].models[..510]);
    let view = workbench.view();
    assert_eq!((view.is_whole, view.is_judged(), view.models.len()), (true, true, 6000));
    // What the ledger holds is there from the first rows on, and read once for all of them.
    let at = |view: &View| -> Vec<usize> {
        (0..view.models.len()).filter(|at| view.verified[*at].is_some()).collect()
    };
    assert_eq!((at(&seen[0]), at(&seen[1])), (vec![3], vec![3, 5000]));
    let refused = |view: &View| view.summary(0).decision == touchmark::decision::Decision::Refuse;
    assert!(refused(&seen[0]) && refused(&seen[1]), "nothing is admitted before it is judged");
    assert!(seen[0].reviews[3].is_some() && view.reviews[3].is_some());
    assert!(Arc::ptr_eq(&seen[1].verified, &view.verified) && Arc::ptr_eq(&seen[1].models, &view.models));
}

/// Stops the thread of the jobs whenever it tells something, until it is let go.
#[derive(Clone, Default)]
struct Brake(Arc<Mutex<()>>);

impl Brake {
    fn on(workbench: &Workbench) -> Self {
        let brake = Brake::default();
        let inside = brake.clone();
        workbench.subscribe(move |event| {
            if matches!(event, Event::Jobs) && std::thread::current().name() == Some("job-queue") {
                drop(inside.0.lock().unwrap());
            }
        });
        brake
    }
}

fn nothing() -> JobKind {
    JobKind::Verify(Vec::new())
}

fn job(workbench: &Workbench, id: JobId) -> Job {
    workbench.jobs().into_iter().find(|job| job.id == id).unwrap()
}

fn soon(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn jobs_start_one_after_the_other_in_the_order_in_which_they_were_asked_for() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let brake = Brake::on(&workbench);
    let held = brake.0.lock().unwrap();
    let ids: Vec<JobId> = (0..50).map(|_| workbench.start(nothing())).collect();
    let first = ids[0];
    soon("the first one runs", || matches!(job(&workbench, first).state, JobState::Running));
    let queued = |job: &Job| matches!(job.state, JobState::Queued);
    assert_eq!(workbench.jobs().iter().filter(|job| queued(job)).count(), 49);
    drop(held);
    let ended: Vec<Job> = ids.iter().map(|id| workbench.wait(*id).unwrap()).collect();
    assert!(ended.iter().all(|job| matches!(job.state, JobState::Done(_))));
    for pair in ended.windows(2) {
        assert!(pair[0].id < pair[1].id);
        let over = pair[0].started.unwrap() + pair[0].took.unwrap();
        assert!(over <= pair[1].started.unwrap(), "{:?} began before {:?} was over", pair[1].id, pair[0].id);
    }
}

#[test]
fn a_job_that_waits_is_cancelled_at_once_and_never_runs() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let brake = Brake::on(&workbench);
    let held = brake.0.lock().unwrap();
    let [first, second, third] = [(); 3].map(|()| workbench.start(nothing()));
    let (sender, ended) = channel();
    let waiting = workbench.clone();
    std::thread::spawn(move || drop(sender.send(waiting.wait(second))));
    let told = Arc::new(AtomicBool::new(false));
    let sink = told.clone();
    let here = std::thread::current().id();
    workbench.subscribe(move |event| {
        if matches!(event, Event::Jobs) && std::thread::current().id() == here {
            sink.store(true, SeqCst);
        }
    });
    workbench.cancel(second);
    assert!(told.load(SeqCst), "who listens is told");
    let job = ended.recv_timeout(Duration::from_secs(20)).expect("waiting for it is over").unwrap();
    assert!(matches!(job.state, JobState::Cancelled), "{:?}", job.state);
    drop(held);
    for id in [first, third] {
        assert!(matches!(workbench.wait(id).unwrap().state, JobState::Done(_)));
    }
    let job = workbench.wait(second).unwrap();
    assert!(matches!(job.state, JobState::Cancelled) && job.started.is_none() && job.made_from.is_none());
}

#[test]
fn a_job_that_runs_stops_when_it_is_cancelled_and_keeps_what_it_found() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    let (go, goes) = channel::<()>();
    let goes = Mutex::new(goes);
    workbench.subscribe(move |event| {
        if matches!(event, Event::Jobs) && std::thread::current().name() == Some("job-queue") {
            // One step each time; freely when the other end is gone.
            let _ = goes.lock().unwrap().recv();
        }
    });
    let running = workbench.start(JobKind::Verify(ids.clone()));
    let next = workbench.start(nothing());
    soon("it has verified some", || go.send(()).is_ok() && job(&workbench, running).log.len() >= 3);
    let began = Instant::now();
    workbench.cancel(running);
    drop(go);
    let job = workbench.wait(running).unwrap();
    assert!(matches!(job.state, JobState::Cancelled), "{:?}", job.state);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(matches!(workbench.wait(next).unwrap().state, JobState::Done(_)));
    let view = workbench.view();
    let verified = view.verified.iter().flatten().count();
    assert!(verified >= 3 && verified < ids.len(), "{verified} of {}", ids.len());
    assert!(job.shown_in.is_some_and(|generation| generation <= view.generation));
}

#[test]
fn a_job_that_fails_or_panics_does_not_keep_the_next_one_from_running() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let is_first = AtomicBool::new(true);
    workbench.subscribe(move |event| {
        assert!(!matches!(event, Event::View(_)) || !is_first.swap(false, SeqCst), "a defect, for this test");
    });
    let missing = PathBuf::from("there-is-no-such.snapshot");
    let kinds = [nothing(), nothing(), JobKind::Diff(missing), nothing()];
    let [broken, after, failed, last] = kinds.map(|kind| workbench.start(kind));
    let code = |id| match workbench.wait(id).unwrap().state {
        JobState::Failed(error) => error.code,
        other => panic!("{other:?}"),
    };
    assert_eq!((code(broken), code(failed)), (Code::Internal, Code::Read));
    for id in [after, last] {
        assert!(matches!(workbench.wait(id).unwrap().state, JobState::Done(_)));
    }
    // Views are still told.
    let (sender, told) = channel();
    workbench.subscribe(move |event| {
        if let Event::View(view) = event {
            let _ = sender.send(view.generation);
        }
    });
    workbench.set_stage("dev").unwrap();
    assert_eq!(told.try_recv(), Ok(workbench.view().generation));
}

#[test]
fn a_workbench_that_is_dropped_does_not_wait_for_its_jobs() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let brake = Brake::on(&workbench);
    let held = brake.0.lock().unwrap();
    let id = ModelId::new("acme/support-bot-7b");
    for kind in [nothing(), JobKind::Verify(vec![id])] {
        workbench.start(kind);
    }
    drop(workbench);
    drop(held);
    let again = open(dir.path());
    soon("what was asked for is done", || again.verify_ledger().unwrap() == 1);
}

/// The threads of jobs in this process.
#[cfg(target_os = "linux")]
fn threads_of_jobs() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.filter(|name| name.starts_with("job-")).count()
}

/// In a process of its own: the other tests have jobs, too.
#[cfg(target_os = "linux")]
#[test]
fn no_thread_waits_where_no_job_runs_and_one_is_enough_for_many() {
    const CHILD: &str = "TOUCHMARK_TEST_IS_ALONE";
    if std::env::var_os(CHILD).is_none() {
        let name = "workbench::no_thread_waits_where_no_job_runs_and_one_is_enough_for_many";
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = alone.args(["--exact", name]).env(CHILD, "1").output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    assert_eq!(threads_of_jobs(), 0);
    for many in [50, 1] {
        let brake = Brake::on(&workbench);
        let held = brake.0.lock().unwrap();
        let ids: Vec<JobId> = (0..many).map(|_| workbench.start(nothing())).collect();
        soon("one runs", || matches!(job(&workbench, ids[0]).state, JobState::Running));
        assert_eq!(threads_of_jobs(), 1, "a job that waits costs no thread");
        drop(held);
        for id in ids {
            workbench.wait(id).unwrap();
        }
        soon("the thread is gone", || threads_of_jobs() == 0);
    }
}

#[test]
fn a_job_notes_the_view_that_it_worked_from_and_the_one_that_shows_its_result() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let opened = workbench.view().generation;
    let job = workbench.wait(workbench.start(nothing())).unwrap();
    assert_eq!((job.made_from, job.shown_in), (Some(opened), Some(opened + 1)));
    assert_eq!(workbench.view().generation, opened + 1);
    let file = dir.path().join("before.snapshot");
    let job = workbench.wait(workbench.start(JobKind::Snapshot(file.clone()))).unwrap();
    assert_eq!((job.made_from, job.shown_in), (Some(opened + 1), None), "{:?}", job.state);
    workbench.set_stage("dev").unwrap();
    let job = workbench.wait(workbench.start(JobKind::Diff(file))).unwrap();
    assert_eq!((job.made_from, job.shown_in), (Some(opened + 2), None), "{:?}", job.state);
}

/// One changes policy and stage, one reviews, and jobs scan and verify, all at once and many times: each sees its own
/// change as soon as it is made and until it makes the next, and the numbers of the views only grow.
#[test]
fn of_several_who_change_the_view_at_once_none_loses_a_change() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ModelId::new("acme/support-bot-7b");
    let told = Arc::new(Mutex::new(vec![workbench.view().generation]));
    let sink = told.clone();
    workbench.subscribe(move |event| {
        if let Event::View(view) = event {
            sink.lock().unwrap().push(view.generation);
        }
    });
    let policy = workbench.policy_file().unwrap();
    let text = std::fs::read_to_string(&policy).unwrap();
    let readme = dir.path().join("models/acme/support-bot-7b/README.md");
    let index = workbench.view().model(&id).unwrap().0;
    let stage = |round: usize| ["dev", "production"][round % 2];
    let steers = |round: usize| {
        std::fs::write(&policy, format!("{text}\n# round {round}\n")).unwrap();
        workbench.reload_policy().unwrap();
        let is_current = |view: &View| view.policy_text.ends_with(&format!("# round {round}\n"));
        assert!(is_current(&workbench.view()), "the policy of round {round} was lost");
        workbench.set_stage(stage(round)).unwrap();
        let view = workbench.view();
        assert!(view.stage == stage(round) && is_current(&view), "the stage of round {round} was lost");
    };
    let reviews = |round: usize| {
        let reason = format!("round {round}");
        workbench.review(&id, ReviewWord::Approve, &reason).unwrap();
        let view = workbench.view();
        assert_eq!(view.reviews[index].as_ref().unwrap().reason.raw(), reason, "a review was lost");
    };
    let works = |round: usize| {
        std::fs::write(&readme, format!("---\nlicense: l{round}\n---\n")).unwrap();
        let [scan, verify] = [JobKind::Scan, JobKind::Verify(vec![id.clone()])]
            .map(|kind| workbench.start(kind))
            .map(|id| workbench.wait(id).unwrap());
        assert!(scan.made_from < scan.shown_in && verify.made_from < verify.shown_in, "{scan:?} {verify:?}");
        assert!(scan.shown_in < verify.shown_in, "{scan:?} {verify:?}");
        let view = workbench.view();
        assert!(verify.shown_in.unwrap() <= view.generation);
        let licence = format!("l{round}");
        assert!(view.models[index].facts.iter().any(|fact| fact.value.raw() == licence), "a scan was lost");
        assert!(view.verified[index].is_some(), "a verification was lost");
    };
    const ROUNDS: usize = 12;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut last = 0;
            while !is_over.load(SeqCst) {
                let now = workbench.view().generation;
                assert!(last <= now, "{last} then {now}");
                last = now;
                std::thread::yield_now();
            }
        });
        let all: [&(dyn Fn(usize) + Sync); 3] = [&steers, &reviews, &works];
        let writers = all.map(|writer| scope.spawn(move || (0..ROUNDS).for_each(writer)));
        let ended = writers.map(|writer| writer.join());
        is_over.store(true, SeqCst);
        watcher.join().unwrap();
        ended.into_iter().for_each(|ended| ended.unwrap());
    });
    let last = ROUNDS - 1;
    let view = workbench.view();
    assert!(view.stage == stage(last) && view.policy_text.ends_with(&format!("# round {last}\n")));
    assert_eq!(view.reviews[index].as_ref().unwrap().reason.raw(), format!("round {last}"));
    assert!(view.models[index].facts.iter().any(|fact| fact.value.raw() == format!("l{last}")));
    // Five views a round, each with a number of its own.
    assert_eq!(view.generation, told.lock().unwrap()[0] + 5 * ROUNDS as u64);
    let told = told.lock().unwrap();
    assert!(told.is_sorted_by(|one, next| one < next), "{told:?}");
    assert_eq!(told.last(), Some(&view.generation));
}

#[test]
fn what_is_verified_already_is_scored_without_verifying_it_again() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let [one, two] = ["acme/support-bot-7b", "acme/claims-sorter"].map(ModelId::new);
    let said = |kind: JobKind| match workbench.wait(workbench.start(kind)).unwrap().state {
        JobState::Done(said) => said,
        other => panic!("{other:?}"),
    };
    said(JobKind::Verify(vec![one.clone()]));
    assert!(said(JobKind::Score(vec![one.clone(), two])).contains("; 1 newly verified"));
    assert_eq!(workbench.verify_ledger().unwrap(), 2);
    assert!(said(JobKind::Score(vec![one])).contains("; 0 newly verified"));
    assert_eq!(workbench.verify_ledger().unwrap(), 2);
}

#[test]
fn a_diff_logs_every_change() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let file = dir.path().join("before.snapshot");
    workbench.wait(workbench.start(JobKind::Snapshot(file.clone()))).unwrap();
    workbench.wait(workbench.start(JobKind::Verify(vec![ModelId::new("acme/support-bot-7b")]))).unwrap();
    let diff = workbench.diff(&file, &Progress::default()).unwrap();
    let changes = touchmark::report::snapshot::changes(&diff);
    let job = workbench.wait(workbench.start(JobKind::Diff(file))).unwrap();
    assert!(!job.log.is_empty() && changes.lines().eq(job.log.iter()), "{:?}", job.log);
}

#[test]
fn an_imported_ledger_is_shown_at_once() {
    let dir = copy_of_samples();
    let id = ModelId::new("acme/support-bot-7b");
    let file = dir.path().join("ledger.jsonl");
    let other = copy_of_samples();
    let elsewhere = open(other.path());
    elsewhere.review(&id, ReviewWord::Reject, "seen elsewhere").unwrap();
    let mut lines = String::new();
    let take = |line: String| {
        lines += &line;
        Ok(std::ops::ControlFlow::Continue(()))
    };
    elsewhere.export_ledger(take).unwrap();
    std::fs::write(&file, lines).unwrap();
    let workbench = open(dir.path());
    let before = workbench.view();
    assert_eq!(workbench.import_ledger(&file).unwrap().added, 1);
    let view = workbench.view();
    let (index, _) = view.model(&id).unwrap();
    assert!(view.generation > before.generation);
    assert_eq!(view.reviews[index].as_ref().unwrap().reason.raw(), "seen elsewhere");
}

/// Between the moment in which it is its turn and the first thing that it does.
#[test]
fn a_job_that_is_cancelled_before_its_first_step_does_nothing() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let inside = workbench.clone();
    workbench.subscribe(move |event| {
        if matches!(event, Event::Jobs) && std::thread::current().name() == Some("job-queue") {
            let is_running = |job: &Job| matches!(job.state, JobState::Running);
            inside.jobs().iter().filter(|job| is_running(job)).for_each(|job| inside.cancel(job.id));
        }
    });
    let generation = workbench.view().generation;
    let job = workbench.wait(workbench.start(JobKind::Verify(Vec::new()))).unwrap();
    assert!(matches!(job.state, JobState::Cancelled), "{:?}", job.state);
    assert!(job.started.is_some() && job.made_from.is_none() && job.log.is_empty());
    assert_eq!(workbench.view().generation, generation);
}

/// Of a file that would take long to hash, little is read once the job is cancelled: counted in bytes, whatever the
/// machine.
#[test]
fn a_verification_that_is_cancelled_within_a_large_file_reads_little_more() {
    const SIZE: u64 = 64 << 30;
    let dir = copy_of_samples();
    let weights = dir.path().join("models/acme/call-notes/model.safetensors");
    // A hole takes no place on the disk.
    if std::fs::File::options().write(true).open(&weights).unwrap().set_len(SIZE).is_err() {
        return;
    }
    let workbench = open(dir.path());
    let id = ModelId::new("acme/call-notes");
    let running = workbench.start(JobKind::VerifyInFull(vec![id]));
    soon("it is within the file", || job(&workbench, running).snapshot().bytes > 4 << 20);
    workbench.cancel(running);
    let before = job(&workbench, running).snapshot().bytes;
    let ended = workbench.wait(running).unwrap();
    assert!(matches!(ended.state, JobState::Cancelled), "{:?}", ended.state);
    let more = ended.snapshot().bytes - before;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    assert!(more <= threads * (16 << 20), "{more} bytes more on {threads} threads");
    assert_eq!(workbench.verify_ledger().unwrap(), 0, "what was not finished is not recorded");
}

#[test]
fn finished_jobs_are_forgotten_oldest_first_and_live_ones_never() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let first = workbench.start(nothing());
    workbench.wait(first).unwrap();
    let brake = Brake::on(&workbench);
    let held = brake.0.lock().unwrap();
    let ids: Vec<JobId> = (0..210).map(|_| workbench.start(nothing())).collect();
    let known = |workbench: &Workbench| workbench.jobs().iter().rev().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(known(&workbench), ids, "all that are live are there, and the one that had ended is not");
    assert!(workbench.wait(first).is_none());
    drop(held);
    workbench.wait(ids[209]).unwrap();
    let last = workbench.start(nothing());
    workbench.wait(last).unwrap();
    let expected: Vec<JobId> = ids[11..].iter().copied().chain([last]).collect();
    assert_eq!(known(&workbench), expected, "the newest 200");
}

#[test]
fn who_listens_may_subscribe_another_and_change_the_view_and_views_are_told_in_order() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let told = Arc::new(Mutex::new(Vec::new()));
    let is_first = AtomicBool::new(true);
    let inside = workbench.clone();
    workbench.subscribe(move |event| {
        if matches!(event, Event::View(_)) && is_first.swap(false, SeqCst) {
            inside.subscribe(|_| {});
            inside.set_stage("dev").unwrap();
        }
    });
    let sink = told.clone();
    workbench.subscribe(move |event| {
        if let Event::View(view) = event {
            sink.lock().unwrap().push(view.generation);
        }
    });
    let (sender, done) = channel();
    let changes = workbench.clone();
    std::thread::spawn(move || sender.send(changes.set_stage("production").map(|_| ())));
    done.recv_timeout(Duration::from_secs(60)).expect("nobody waits for ever").unwrap();
    let generation = workbench.view().generation;
    assert_eq!(*told.lock().unwrap(), [generation - 1, generation], "each once, the older one first");
}

fn verified_samples() -> (tempfile::TempDir, Workbench) {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids))).unwrap();
    (dir, workbench)
}

/// The models whose verification is not the very one of the view before.
fn judged_again(before: &View, after: &View) -> Vec<String> {
    let slots = before.verified.iter().zip(after.verified.iter()).zip(after.models.iter());
    let is_other = |was: &Option<Arc<_>>, is: &Option<Arc<_>>| match (was, is) {
        (Some(was), Some(is)) => !Arc::ptr_eq(was, is),
        (None, None) => false,
        _ => true,
    };
    slots.filter(|((was, is), _)| is_other(was, is)).map(|(_, model)| model.id.raw().to_owned()).collect()
}

fn is_one_inventory(before: &View, after: &View) -> bool {
    Arc::ptr_eq(&before.models, &after.models)
        && Arc::ptr_eq(&before.graph, &after.graph)
        && Arc::ptr_eq(&before.findings, &after.findings)
        && Arc::ptr_eq(before.judgement.descent(), after.judgement.descent())
}

#[test]
fn a_review_a_comment_and_another_stage_judge_no_verification_again() {
    let (_dir, workbench) = verified_samples();
    let file = workbench.policy_file().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let first = workbench.view();
    workbench.review(&ModelId::new("acme/support-bot-7b"), ReviewWord::Approve, "seen").unwrap();
    let reviewed = workbench.view();
    assert!(!Arc::ptr_eq(&first.reviews, &reviewed.reviews));
    std::fs::write(&file, format!("{text}\n# nothing of importance\n")).unwrap();
    workbench.reload_policy().unwrap();
    let commented = workbench.view();
    assert!(
        commented.policy_text != reviewed.policy_text && Arc::ptr_eq(&reviewed.reviews, &commented.reviews)
    );
    for (before, after) in [(&first, &reviewed), (&reviewed, &commented)] {
        assert!(is_one_inventory(before, after) && Arc::ptr_eq(&before.verified, &after.verified));
        assert!(Arc::ptr_eq(before.judgement.standings(), after.judgement.standings()));
    }
    workbench.set_stage("dev").unwrap();
    let staged = workbench.view();
    assert!(is_one_inventory(&commented, &staged) && Arc::ptr_eq(&commented.verified, &staged.verified));
    assert_ne!(commented.judgement.standings(), staged.judgement.standings());
    assert_as_afresh(&staged);
}

#[test]
fn an_edit_of_one_publisher_judges_only_its_models_again_and_one_of_the_rules_all() {
    let (_dir, workbench) = verified_samples();
    let file = workbench.policy_file().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let before = workbench.view();
    std::fs::write(&file, text.replace("models = [\"lumen/*\"]", "models = [\"lumen/iris-*\"]")).unwrap();
    workbench.reload_policy().unwrap();
    let one = workbench.view();
    let again = judged_again(&before, &one);
    // Any signer may claim something of any model.
    let has_claims =
        |id: &str| before.model(&ModelId::new(id)).is_some_and(|(_, model)| model.claims.is_some());
    let is_meant = |id: &str| id.starts_with("lumen/") || has_claims(id);
    assert!(
        again.iter().any(|id| id.starts_with("lumen/")) && again.iter().all(|id| is_meant(id)),
        "{again:?}"
    );
    assert!(is_one_inventory(&before, &one));
    assert_as_afresh(&one);
    std::fs::write(&file, text.replace("clock_skew_seconds = 300", "clock_skew_seconds = 301")).unwrap();
    workbench.reload_policy().unwrap();
    let all = workbench.view();
    let verified = all.verified.iter().flatten().count();
    assert_eq!(judged_again(&one, &all).len(), verified);
    assert_as_afresh(&all);
    std::fs::write(&file, text.replace("min_level = 1", "min_level = 2")).unwrap();
    workbench.reload_policy().unwrap();
    assert_as_afresh(&workbench.view());
}

/// Whatever was taken over from the view before, nothing is judged as it would not be from nothing.
fn assert_as_afresh(view: &View) {
    let mut afresh = view.clone();
    afresh.judge();
    assert_eq!(afresh.judgement.standings(), view.judgement.standings());
}

/// Waits for the first view that is as wanted; the newest there is counts, too.
fn wait_for_view(workbench: &Workbench, told: &Receiver<Event>, is_wanted: impl Fn(&View) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_wanted(&workbench.view()) {
        let left = end.saturating_duration_since(Instant::now());
        assert!(told.recv_timeout(left).is_ok(), "no such view came");
    }
}

#[test]
fn an_anchor_or_a_policy_that_changes_on_disk_gives_a_new_view_at_once() {
    let (dir, workbench) = verified_samples();
    let (sender, told) = channel();
    workbench.subscribe(move |event| drop(sender.send(event)));
    let _watch = workbench.watch().expect("this system tells of changes");
    let id = ModelId::new("lumen/iris-base");
    let outcome = |view: &View| view.summary(view.model(&id).unwrap().0).outcome;
    assert_eq!(outcome(&workbench.view()), Outcome::Pass);

    // Written over, removed, put in place by a new name, and the one before again.
    let keys = dir.path().join("keys");
    let (file, right) = (keys.join("lumen.pub.pem"), std::fs::read(keys.join("lumen.pub.pem")).unwrap());
    std::fs::copy(keys.join("vendor.pub.pem"), &file).unwrap();
    wait_for_view(&workbench, &told, |view| outcome(view) != Outcome::Pass);
    let as_new = keys.join("new.pem");
    std::fs::write(&as_new, &right).unwrap();
    std::fs::rename(&as_new, &file).unwrap();
    wait_for_view(&workbench, &told, |view| outcome(view) == Outcome::Pass);
    std::fs::remove_file(&file).unwrap();
    wait_for_view(&workbench, &told, |view| outcome(view) != Outcome::Pass);

    // Another policy brings a file of its own, in a folder that is not there yet.
    let policy = workbench.policy_file().unwrap();
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace("../keys/lumen.pub.pem", "../more/lumen.pem")).unwrap();
    wait_for_view(&workbench, &told, |view| view.policy_text.contains("../more/"));
    assert_ne!(outcome(&workbench.view()), Outcome::Pass);
    std::fs::create_dir(dir.path().join("more")).unwrap();
    std::fs::write(dir.path().join("more/lumen.pem"), &right).unwrap();
    wait_for_view(&workbench, &told, |view| outcome(view) == Outcome::Pass);
}

#[test]
fn a_file_beside_an_anchor_and_a_watch_that_is_over_give_no_view() {
    let (dir, workbench) = verified_samples();
    let (sender, told) = channel();
    workbench.subscribe(move |event| drop(sender.send(event)));
    let watch = workbench.watch().expect("this system tells of changes");
    let quiet = || while told.recv_timeout(Duration::from_millis(200)).is_ok() {};
    let keys = dir.path().join("keys");
    let generation = workbench.view().generation;
    std::fs::write(keys.join("notes.txt"), "nobody's anchor").unwrap();
    quiet();
    assert_eq!(workbench.view().generation, generation);
    std::fs::copy(keys.join("vendor.pub.pem"), keys.join("lumen.pub.pem")).unwrap();
    wait_for_view(&workbench, &told, |view| view.generation > generation);
    quiet();
    drop(watch);
    let generation = workbench.view().generation;
    std::fs::remove_file(keys.join("lumen.pub.pem")).unwrap();
    quiet();
    assert_eq!(workbench.view().generation, generation);
}
