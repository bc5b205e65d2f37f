//! What the screens ask of the loop, and what it gives back to their state.

use crate::support::copy_of_samples;
use crate::tui::{app, event, now, press, seen, text, told, verified};
use std::sync::Arc;
use std::time::Duration;
use touchmark::inventory::ModelId;
use touchmark::signing::Snapshot;
use touchmark::tui::theme::{Depth, Theme};
use touchmark::tui::{Action, App, COLUMNS, ColumnId, Drawn, Effect, Licences, Popup, update};
use touchmark::view::View;
use touchmark::workbench::{JobKind, JobState, OpenOptions, ReviewWord, Workbench};

fn typed(app: &mut App, line: &str) -> Vec<Effect> {
    press(app, &[":"]);
    update(app, Action::Paste(line.to_owned()));
    update(app, Action::Key(event("enter")))
}

#[test]
fn a_theme_is_asked_for_and_taken_when_it_comes() {
    let mut app = verified();
    assert_eq!(typed(&mut app, "themes light"), [Effect::Theme("light".to_owned())]);
    assert_eq!(app.theme.name, "dark");
    update(&mut app, Action::Theme(Theme::load("light", Depth::True)));
    assert_eq!(app.theme.name, "light");
    update(&mut app, Action::Theme(Theme::load("drak", Depth::True)));
    assert_eq!(app.theme.name, "light");
    assert!(told(&app).contains("no such theme") && told(&app).contains("colour-blind"), "{}", told(&app));
}

#[test]
fn the_themes_to_choose_from_are_those_given_in() {
    let mut app = verified();
    app.themes = vec!["dark".to_owned(), "mine.toml".to_owned()];
    press(&mut app, &["T"]);
    let drawn = text(&app, 80, 24);
    assert!(drawn.contains("▸ dark") && drawn.contains("mine.toml") && !drawn.contains("mono"), "{drawn}");
    for _ in 0..3 {
        assert_eq!(
            update(&mut app, Action::Key(event("down"))),
            [Effect::Theme("mine.toml".to_owned())],
            "the last one is the last"
        );
    }
}

#[test]
fn a_frame_that_scrolls_nothing_leaves_what_is_known_of_scrolling() {
    let mut app = verified();
    app.drew(Drawn::from(7));
    app.drew(Drawn::default());
    assert_eq!(app.furthest, 7);
}

#[test]
fn a_job_that_runs_shows_the_progress_that_was_last_told() {
    let mut app = app("dark", Some(&seen().verified));
    let mut jobs = seen().jobs.clone();
    jobs[0].state = JobState::Running;
    update(&mut app, Action::Jobs(now(&jobs)));
    press(&mut app, &["8"]);
    let done = Snapshot { bytes: 400, bytes_total: 1000, files: 1, files_total: 3 };
    let progress = vec![(jobs[0].id, (done, Duration::from_secs(2)))];
    update(&mut app, Action::Progress(progress));
    let drawn = text(&app, 120, 24);
    assert!(drawn.contains("40 %") && drawn.contains("2.0 s") && drawn.contains("200 B/s"), "{drawn}");
    assert_eq!(drawn, text(&app, 120, 24), "a frame depends on the state alone");
}

#[test]
fn the_job_that_was_just_started_is_chosen_on_the_screen_of_the_jobs() {
    let mut app = verified();
    let mut jobs = seen().jobs.clone();
    let mut older = jobs[0].clone();
    older.id.0 += 1000;
    jobs.push(older);
    update(&mut app, Action::Jobs(now(&jobs)));
    press(&mut app, &["8", "G"]);
    let chosen = app.job;
    assert!(chosen > 0);
    update(&mut app, Action::Jobs(now(&jobs)));
    assert_eq!(app.job, chosen, "news of a job moves no cursor");
    update(&mut app, Action::Started(now(&jobs)));
    assert_eq!(app.job, 0);
}

#[test]
fn what_is_typed_chooses_the_best_match_again() {
    let mut app = verified();
    press(&mut app, &[":", "s", "down", "down"]);
    assert!(matches!(app.popup, Some(Popup::Palette { cursor: 2, .. })));
    press(&mut app, &["c"]);
    assert!(matches!(app.popup, Some(Popup::Palette { cursor: 0, .. })));
}

#[test]
fn only_a_yes_quits_and_only_a_no_stays_for_good() {
    let asked = || {
        let mut app = verified();
        app.popup = Some(Popup::ConfirmQuit);
        app
    };
    for key in ["x", "enter", "space", "down"] {
        let mut app = asked();
        assert!(press(&mut app, &[key]).is_empty(), "{key}");
        assert!(matches!(app.popup, Some(Popup::ConfirmQuit)), "{key}: it still asks");
    }
    for key in ["n", "N", "esc", "q"] {
        let mut app = asked();
        assert!(press(&mut app, &[key]).is_empty() && app.popup.is_none(), "{key}");
    }
    for key in ["y", "Y"] {
        assert_eq!(press(&mut asked(), &[key]), [Effect::Quit], "{key}");
    }
}

#[test]
fn a_popup_scrolls_no_further_than_its_end_also_when_that_came_nearer() {
    let mut app = verified();
    let scrolled = |app: &mut App, furthest: usize, key: &str| {
        app.drew(Drawn::from(furthest));
        press(app, &[key]);
        match app.popup {
            Some(Popup::Help { scroll }) => scroll,
            _ => panic!("no help"),
        }
    };
    press(&mut app, &["?"]);
    assert_eq!(scrolled(&mut app, 20, "pgdn"), 10);
    assert_eq!(scrolled(&mut app, 20, "pgdn"), 20);
    assert_eq!(scrolled(&mut app, 20, "pgdn"), 20);
    assert_eq!(scrolled(&mut app, 7, "k"), 6);
}

#[test]
fn a_command_that_cannot_act_now_says_why() {
    let mut shown = verified();
    press(&mut shown, &["U"]);
    assert_eq!(told(&shown), "unmark: nothing is marked");
    typed(&mut shown, "filter no-model-is-called-this");
    press(&mut shown, &["*"]);
    assert_eq!(told(&shown), "mark-all: no model is shown");

    let mut view = View::clone(&seen().verified);
    view.policy.stages.truncate(1);
    let mut one_stage = app("dark", Some(&Arc::new(view.clone())));
    press(&mut one_stage, &["S"]);
    assert_eq!(told(&one_stage), "stage: the policy has no other stage");

    view.models = Arc::default();
    let mut empty = app("dark", Some(&Arc::new(view)));
    for (key, name) in [("/", "filter"), ("v", "saved-view"), ("s", "sort"), ("o", "reverse")] {
        press(&mut empty, &[key]);
        assert_eq!(told(&empty), format!("{name}: the inventory is empty"));
    }
}

#[test]
fn escape_brings_the_theme_of_before_back() {
    let mut app = verified();
    press(&mut app, &["T", "down"]);
    update(&mut app, Action::Theme(Theme::load("light", Depth::True)));
    assert_eq!(app.theme.name, "light");
    for effect in update(&mut app, Action::Key(event("esc"))) {
        let Effect::Theme(name) = effect else { panic!("{effect:?}") };
        update(&mut app, Action::Theme(Theme::load(&name, Depth::True)));
    }
    assert_eq!((app.theme.name.as_str(), app.popup.is_none()), ("dark", true));
}

#[test]
fn rows_taken_over_from_the_view_before_are_those_made_anew() {
    let dir = copy_of_samples();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let ids = |start: &str| -> Vec<ModelId> {
        let view = workbench.view();
        let ids = view.models.iter().map(|model| model.id.clone());
        ids.filter(|id| id.raw().starts_with(start)).collect()
    };
    let policy = workbench.policy_file().unwrap();
    let text = std::fs::read_to_string(&policy).unwrap();
    let edit = |from: &str, to: &str| {
        std::fs::write(&policy, text.replace(from, to)).unwrap();
        workbench.reload_policy().unwrap();
    };
    let mut goes_on = app("dark", Some(&workbench.view()));
    let mut is_alike = |what: &str| {
        let view = workbench.view();
        update(&mut goes_on, Action::View(view.clone()));
        let mut anew = app("dark", Some(&view));
        assert_eq!(goes_on.rows.unverified(), anew.rows.unverified(), "{what}");
        assert_eq!(goes_on.rows.made().counts(), anew.rows.made().counts(), "{what}");
        for column in COLUMNS {
            for app in [&mut goes_on, &mut anew] {
                app.rows.sort_by(column.id);
                let licences = Licences::of(&view);
                app.rows.take_licences(licences);
            }
            assert_eq!(goes_on.rows.shown(), anew.rows.shown(), "{what}, {}", column.id.first());
        }
        for app in [&mut goes_on, &mut anew] {
            app.rows.sort_by(ColumnId::Status);
        }
        for _ in 0..4 {
            assert_eq!(goes_on.rows.shown(), anew.rows.shown(), "{what}, {}", anew.rows.saved().word());
            goes_on.rows.next_saved();
            anew.rows.next_saved();
        }
        for filter in ["refuse", "fail", "admit", "lumen", "release", ""] {
            goes_on.rows.set_filter(filter.to_owned());
            anew.rows.set_filter(filter.to_owned());
            assert_eq!(goes_on.rows.shown(), anew.rows.shown(), "{what}, filter {filter}");
        }
    };
    workbench.wait(workbench.start(JobKind::Verify(ids("lumen/")))).unwrap();
    is_alike("some verified");
    workbench.wait(workbench.start(JobKind::Verify(ids("")))).unwrap();
    is_alike("all verified");
    workbench.review(&ids("acme/")[0], ReviewWord::Reject, "seen").unwrap();
    is_alike("a review");
    workbench.set_stage("dev").unwrap();
    is_alike("another stage");
    edit("models = [\"lumen/*\"]", "models = [\"lumen/x-*\"]");
    is_alike("a publisher");
    edit("lumen.pub.pem", "vendor.pub.pem");
    is_alike("an anchor");
    workbench.wait(workbench.start(JobKind::Scan)).unwrap();
    is_alike("a scan");
}
