//! Jobs and messages: every result is told, bad news stay until they are read, what a job found out can be opened, and
//! what the program writes itself is no news.

use crate::support::copy_of_samples;
use crate::tui::{app, now, press, seen, text, told, verified};
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchmark::Code;
use touchmark::commands::Screen;
use touchmark::error::Error;
use touchmark::inventory::ModelId;
use touchmark::signing::{Outcome, Progress, Snapshot};
use touchmark::snapshot::Turn;
use touchmark::tui::{Action, App, Effect, Popup, update};
use touchmark::workbench::{Job, JobKind, JobState, OpenOptions, Workbench};

fn open(dir: &std::path::Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

fn done(workbench: &Workbench, kind: JobKind) -> Job {
    workbench.wait(workbench.start(kind)).unwrap()
}

fn ids(names: &[&str]) -> Vec<ModelId> {
    names.iter().map(|name| ModelId::new(name)).collect()
}

fn header(app: &App) -> String {
    text(app, 120, 36).lines().next().unwrap().to_owned()
}

// ---- messages ----

#[test]
fn bad_news_stays_until_it_is_read_and_nothing_is_written_over_it() {
    let mut app = verified();
    app.clock = "12:03:11".to_owned();
    update(&mut app, Action::Message("the disk is full".to_owned(), true));
    press(&mut app, &["j", "2", "1", "k"]);
    update(&mut app, Action::Message("scanned 3 models".to_owned(), false));
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("✗ the disk is full") && drawn.contains("· scanned 3 models"), "{drawn}");
    assert!(header(&app).contains("1 unread error"), "{}", header(&app));
    update(&mut app, Action::Message("the policy is gone".to_owned(), true));
    assert!(header(&app).contains("2 unread errors") && text(&app, 120, 36).contains("the policy is gone"));
    // Esc is done with one, and with nothing else.
    press(&mut app, &["enter", "esc"]);
    assert!(app.screen == Screen::Verify && header(&app).contains("1 unread error"));
    assert!(text(&app, 120, 36).contains("✗ the disk is full"));
    // `!` reads them all: newest last, with the time.
    press(&mut app, &["!"]);
    let drawn = text(&app, 120, 36);
    let at = |words: &str| drawn.find(words).unwrap_or_else(|| panic!("no {words:?} in\n{drawn}"));
    assert!(at("12:03:11  ✗ the disk is full") < at("✗ the policy is gone"), "{drawn}");
    press(&mut app, &["esc"]);
    assert!(!header(&app).contains("unread") && !text(&app, 120, 36).contains("disk is full"));
    press(&mut app, &["esc"]);
    assert_eq!(app.screen, Screen::Inventory);
}

#[test]
fn of_many_messages_those_are_forgotten_first_that_were_read() {
    let mut app = verified();
    update(&mut app, Action::Message("bad news".to_owned(), true));
    for number in 0..600 {
        update(&mut app, Action::Message(format!("notice {number}"), false));
    }
    assert_eq!((app.messages.len(), app.unread()), (500, 1));
    assert_eq!(app.bad_news().unwrap().text, "bad news");
}

// ---- jobs ----

#[test]
fn a_job_tells_how_it_ended_and_its_models_can_be_opened() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let mut app = app("dark", Some(&workbench.view()));
    let models = ids(&["acme/support-bot-7b", "acme/claims-sorter"]);
    let job = done(&workbench, JobKind::Verify(models.clone()));
    let mut live = job.clone();
    live.state = JobState::Running;
    update(&mut app, Action::Jobs(now(&[live])));
    assert_eq!(told(&app), "");
    update(&mut app, Action::View(workbench.view()));
    update(&mut app, Action::Jobs(now(std::slice::from_ref(&job))));
    assert!(told(&app).starts_with("verified 2: ") && told(&app).contains("1 fail"), "{}", told(&app));
    assert!(told(&app).contains("acme/support-bot-7b fails") && app.unread() == 0, "{}", told(&app));
    press(&mut app, &["G", "g"]);
    update(&mut app, Action::Jobs(now(std::slice::from_ref(&job))));
    assert_eq!(told(&app), "", "once");
    let outcomes: Vec<_> = job.rows.iter().map(|row| (row.model.clone(), row.outcome)).collect();
    assert_eq!(outcomes[0], (models[0].clone(), Some(Outcome::Fail)));
    assert!(job.rows[0].words.contains("FILES"), "{:?}", job.rows[0]);
    press(&mut app, &["8", "enter"]);
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("✗ FAIL") && drawn.contains("1 of 2"), "{drawn}");
    press(&mut app, &["j", "enter"]);
    assert_eq!((app.screen, app.current.as_ref()), (Screen::Verify, Some(&models[1])));
    press(&mut app, &["esc"]);
    assert!(app.screen == Screen::Jobs && app.opened.is_some());
    press(&mut app, &["esc"]);
    assert!(app.screen == Screen::Jobs && app.opened.is_none());
    press(&mut app, &["l"]);
    assert!(matches!(app.popup, Some(Popup::Log { .. })));
}

#[test]
fn a_job_that_failed_is_bad_news_and_runs_again_for_what_is_left() {
    let mut job = seen().jobs[0].clone();
    let JobKind::Verify(all) = job.kind.clone() else { panic!() };
    job.rows = Arc::new(job.rows[..3].to_vec());
    job.state = JobState::Cancelled;
    assert_eq!(job.again(), JobKind::Verify(all[3..].to_vec()));
    let mut app = verified();
    update(&mut app, Action::Jobs(now(std::slice::from_ref(&job))));
    assert!(told(&app).contains("cancelled") && app.unread() == 0, "{}", told(&app));
    press(&mut app, &["8"]);
    assert_eq!(press(&mut app, &["r"]), [Effect::Retry(job.id)]);
    job.id.0 += 1;
    job.state = JobState::Failed(Error::new(Code::Read, "cannot read").at("models/x").help("check the path"));
    update(&mut app, Action::Jobs(now(std::slice::from_ref(&job))));
    assert!(app.unread() == 1 && told(&app).contains("check the path"), "{}", told(&app));
    let mut over = seen().jobs[0].clone();
    over.id.0 += 2;
    update(&mut app, Action::Jobs(now(&[over])));
    assert!(press(&mut app, &["r"]).is_empty() && told(&app).contains("only a failed or cancelled job"));
}

#[test]
fn a_job_is_run_again_by_the_workbench() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let failed = done(&workbench, JobKind::Diff(dir.path().join("missing")));
    let again = workbench.wait(workbench.retry(failed.id).unwrap()).unwrap();
    assert_eq!(again.kind, failed.kind);
    assert!(matches!(again.state, JobState::Failed(_)));
}

#[test]
fn the_header_says_how_many_jobs_how_far_how_fast_and_how_long_still() {
    let mut app = verified();
    let mut jobs = seen().jobs.clone();
    jobs[0].state = JobState::Running;
    let mut waits = jobs[0].clone();
    waits.id.0 += 1;
    waits.state = JobState::Queued;
    update(&mut app, Action::Jobs(now(&[waits, jobs[0].clone()])));
    let half = Snapshot { bytes: 1_200_000_000, bytes_total: 3_600_000_000, files: 1, files_total: 3 };
    update(&mut app, Action::Progress(vec![(jobs[0].id, (half, Duration::from_secs(1)))]));
    assert!(header(&app).contains("2 jobs ▮▯▯▯▯ 33 % 1.2 GB/s 2 s"), "{}", header(&app));
}

// ---- differences ----

#[test]
fn a_difference_is_a_screen_whose_rows_open_their_models_the_worst_first() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let (first, second) = (dir.path().join("first.json"), dir.path().join("second.json"));
    done(&workbench, JobKind::Snapshot(first.clone()));
    std::fs::remove_dir_all(dir.path().join("models/orchid/speech-1-nightly")).unwrap();
    done(&workbench, JobKind::Scan);
    done(&workbench, JobKind::Verify(ids(&["acme/support-bot-7b", "lumen/iris-base"])));
    done(&workbench, JobKind::Snapshot(second.clone()));
    let mut app = app("dark", Some(&workbench.view()));
    press(&mut app, &[":"]);
    update(&mut app, Action::Paste(format!("diff '{}'", first.display())));
    assert_eq!(press(&mut app, &["enter"]), [Effect::Start(JobKind::Diff(first.clone()))]);
    assert!(app.screen == Screen::Changes && text(&app, 120, 36).contains("comparing"));
    let job = done(&workbench, JobKind::Diff(first.clone()));
    let mut live = job.clone();
    live.state = JobState::Running;
    live.diff = None;
    update(&mut app, Action::Started(now(&[live])));
    update(&mut app, Action::Jobs(now(std::slice::from_ref(&job))));
    let drawn = text(&app, 120, 90);
    let at = |words: &str| drawn.find(words).unwrap_or_else(|| panic!("no {words:?} in\n{drawn}"));
    assert!(at("new failures · 1") < at("changed · "), "{drawn}");
    assert!(
        at("acme/support-bot-7b") < at("lumen/iris-base") && drawn.contains("Changes · 1 of "),
        "{drawn}"
    );
    let turns: Vec<Turn> = app
        .changes
        .rows
        .iter()
        .filter_map(|row| match row {
            touchmark::tui::ChangeRow::Head(turn, _) => Some(*turn),
            _ => None,
        })
        .collect();
    assert!(turns.is_sorted() && turns.contains(&Turn::NewFailure), "{turns:?}");
    press(&mut app, &["enter"]);
    assert_eq!(
        (app.screen, app.current.clone().unwrap().raw().to_owned()),
        (Screen::Verify, "acme/support-bot-7b".to_owned())
    );
    press(&mut app, &["esc", "G", "g"]);
    assert_eq!(app.screen, Screen::Changes);
    // Two snapshots, and its row among the jobs opens it again.
    let effects = {
        press(&mut app, &[":"]);
        update(&mut app, Action::Paste(format!("diff {} {}", first.display(), second.display())));
        press(&mut app, &["enter"])
    };
    let kind = JobKind::DiffFiles(first, second);
    assert_eq!(effects, [Effect::Start(kind.clone())]);
    let both = done(&workbench, kind);
    let of = |job: &Job| job.diff.as_ref().unwrap().models.len();
    assert_eq!(of(&both), of(&job));
    update(&mut app, Action::Jobs(now(&[both])));
    press(&mut app, &["8", "enter"]);
    assert!(app.screen == Screen::Changes && text(&app, 120, 36).contains("new failures"));
}

#[test]
fn a_difference_that_cannot_be_found_out_says_why_on_its_screen() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let mut app = app("dark", Some(&workbench.view()));
    press(&mut app, &[":"]);
    update(&mut app, Action::Paste("diff missing.json".to_owned()));
    press(&mut app, &["enter"]);
    let job = done(&workbench, JobKind::Diff("missing.json".into()));
    update(&mut app, Action::Started(now(&[job])));
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("error[E-READ]") && drawn.contains("check the path"), "{drawn}");
}

// ---- what the program writes itself ----

#[test]
fn a_bill_that_the_workbench_writes_does_not_make_its_sources_stale() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ids(&["lumen/iris-base"]);
    done(&workbench, JobKind::Verify(id.clone()));
    workbench.add_sources(&[dir.path().join("models/acme")], &Progress::default()).unwrap();
    workbench.bind(&id[0]).unwrap();
    done(&workbench, JobKind::Scan);
    let watch = workbench.watch();
    let Some(_watch) = watch else { return eprintln!("skipped: nothing can be watched here") };
    let bound = workbench.bind(&id[0]).unwrap();
    assert!(dir.path().join(bound.bill.raw()).is_file());
    std::thread::sleep(Duration::from_millis(500));
    assert!(!workbench.is_stale());
    // Somebody else's change of the same file is one.
    let bill = dir.path().join(bound.bill.raw());
    let text = std::fs::read_to_string(&bill).unwrap();
    std::fs::write(&bill, text + "\n\n").unwrap();
    let began = Instant::now();
    while !workbench.is_stale() {
        assert!(began.elapsed() < Duration::from_secs(30), "a foreign change is not seen");
        std::thread::sleep(Duration::from_millis(20));
    }
}
