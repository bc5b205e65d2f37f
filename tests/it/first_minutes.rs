//! The first minutes and the bad days: plain folders, empty workspaces, what does not load, what cannot be written, and
//! what is remembered between two visits.

use crate::journey::Terminal;
use crate::support::{copy, copy_of_samples, samples};
use crate::tui::{app, press, seen, text, told, verified};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchmark::Code;
use touchmark::commands::{Cmd, Screen, keyed, keys_of, shown};
use touchmark::error::Error;
use touchmark::inventory::ModelId;
use touchmark::tui::{Action, App, Effect, Fault, Faulty, Session, update};
use touchmark::view::View;
use touchmark::workbench::{Access, JobKind, OpenOptions, Workbench};

fn interactive(dir: &Path) -> OpenOptions {
    OpenOptions { dir: Some(dir.to_owned()), interactive: true, ..OpenOptions::default() }
}

/// Opens as the screens do, and waits for the first scan.
fn open(options: &OpenOptions) -> Workbench {
    let workbench = Workbench::open(options).unwrap();
    workbench.begin();
    let first = workbench.jobs().first().map(|job| job.id);
    if let Some(first) = first {
        workbench.wait(first).unwrap();
    }
    workbench
}

/// A folder with models, and nothing that makes it a workspace.
fn plain_folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&samples().join("models"), dir.path());
    dir
}

/// Everything below a folder, with its bytes.
fn content(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(content(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn verify(workbench: &Workbench, model: &str) {
    workbench.wait(workbench.start(JobKind::Verify(vec![ModelId::new(model)]))).unwrap();
}

fn is_verified(workbench: &Workbench, model: &str) -> bool {
    let view = workbench.view();
    let (index, _) = view.model(&ModelId::new(model)).unwrap();
    view.standing(index).is_some()
}

// ---- plain folders ----

#[test]
fn a_plain_folder_is_opened_for_the_moment_and_nothing_is_written_into_it() {
    let dir = plain_folder();
    let before = content(dir.path());
    let workbench = open(&interactive(dir.path()));
    assert_eq!(workbench.access(), Access::Temporary);
    assert!(workbench.view().models.len() > 20, "{}", workbench.view().models.len());
    verify(&workbench, "acme/support-bot-7b");
    assert!(is_verified(&workbench, "acme/support-bot-7b"));
    let refused = workbench.add_sources(&[dir.path().join("acme")], &Default::default()).unwrap_err();
    assert!(refused.to_string().contains("temporary") && refused.help.unwrap().contains(":keep"));
    assert!(workbench.session_file().is_none());
    drop(workbench);
    assert_eq!(content(dir.path()), before);
    // A command of a shell is about a workspace, and says so.
    let strict = OpenOptions { interactive: false, ..interactive(dir.path()) };
    assert_eq!(Workbench::open(&strict).err().unwrap().code, Code::NotFound);
}

#[test]
fn what_was_verified_stays_when_a_temporary_workspace_is_kept_beside_its_models() {
    let dir = plain_folder();
    let workbench = open(&interactive(dir.path()));
    verify(&workbench, "acme/support-bot-7b");
    let models = workbench.view().models.len();
    assert_eq!(workbench.keep(None).unwrap(), dir.path().canonicalize().unwrap());
    let kept = open(&interactive(dir.path()));
    assert_eq!((kept.access(), kept.view().models.len()), (Access::Full, models));
    assert!(is_verified(&kept, "acme/support-bot-7b"));
    assert_eq!(kept.verify_ledger().unwrap(), 1);
    // Once is enough, and nothing of somebody else is replaced.
    assert_eq!(kept.keep(None).unwrap_err().code, Code::Usage);
    assert_eq!(workbench.keep(None).unwrap_err().code, Code::Usage);
    let names: Vec<PathBuf> =
        content(dir.path()).into_keys().filter(|path| path.parent() == Some(dir.path())).collect();
    assert!(names.iter().all(|path| !path.to_string_lossy().contains(".touchmark-")), "{names:?}");
}

#[test]
fn a_temporary_workspace_is_kept_elsewhere_with_the_same_models() {
    let (dir, other) = (plain_folder(), tempfile::tempdir().unwrap());
    let before = content(dir.path());
    let workbench = open(&interactive(dir.path()));
    verify(&workbench, "acme/support-bot-7b");
    let kept = workbench.keep(Some(&other.path().join("kept"))).unwrap();
    assert_eq!(content(dir.path()), before);
    let kept = open(&interactive(&kept));
    kept.wait(kept.start(JobKind::Scan)).unwrap();
    let ids = |view: &View| view.models.iter().map(|model| model.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&kept.view()), ids(&workbench.view()));
    assert!(is_verified(&kept, "acme/support-bot-7b"));
}

#[test]
fn a_folder_that_is_missing_empty_a_file_or_forbidden_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (empty, file) = (dir.path().join("empty"), dir.path().join("model.gguf"));
    std::fs::create_dir(&empty).unwrap();
    std::fs::write(&file, "x").unwrap();
    let said = |path: &Path| Workbench::open(&interactive(path)).err().unwrap();
    let all = [said(&dir.path().join("missing")), said(&empty), said(&file)];
    for (error, words) in all.iter().zip(["no such folder", "this folder is empty", "a file, not a folder"]) {
        assert!(error.what.contains(words) && error.help.is_some(), "{error}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let shut = dir.path().join("shut");
        std::fs::create_dir(&shut).unwrap();
        std::fs::write(shut.join("x"), "x").unwrap();
        std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o000)).unwrap();
        if std::fs::read_dir(&shut).is_err() {
            assert!(said(&shut).what.contains("may not read"), "{}", said(&shut));
        } else {
            eprintln!("skipped: this user may read every folder");
        }
        std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn the_screens_say_that_a_workspace_is_temporary_and_ask_where_to_keep_it() {
    let mut app = app("dark", Some(&seen().found));
    update(&mut app, Action::Access(Access::Temporary));
    assert!(text(&app, 120, 36).lines().next().unwrap().contains("temporary, read-only"));
    assert_eq!(press(&mut app, &["K"]), [Effect::Keep(None)]);
    update(&mut app, Action::AskKeep("it cannot lie beside the models".to_owned()));
    assert!(text(&app, 120, 36).contains("it cannot lie beside the models"));
    update(&mut app, Action::Paste("/srv/kept".to_owned()));
    assert_eq!(press(&mut app, &["enter"]), [Effect::Keep(Some("/srv/kept".into()))]);
    let mut kept = verified();
    assert!(press(&mut kept, &["K"]).is_empty() && told(&kept).contains("kept already"));
}

// ---- what cannot be written, and stores ----

#[test]
fn a_store_that_cannot_be_written_is_opened_for_reading_when_somebody_watches() {
    let dir = copy_of_samples();
    drop(open(&OpenOptions { interactive: false, ..interactive(dir.path()) }));
    let store = dir.path().join("touchmark.db");
    let mut permissions = std::fs::metadata(&store).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&store, permissions).unwrap();
    let before = content(dir.path());
    let workbench = open(&interactive(dir.path()));
    assert_eq!(workbench.access(), Access::Unwritable);
    assert!(workbench.view().models.len() > 20);
    verify(&workbench, "acme/support-bot-7b");
    drop(workbench);
    assert_eq!(content(dir.path()), before);
}

#[test]
fn a_damaged_store_is_left_alone_and_the_models_can_still_be_seen() {
    let dir = copy_of_samples();
    let store = dir.path().join("touchmark.db");
    std::fs::write(&store, "this is no store").unwrap();
    let error = Workbench::open(&interactive(dir.path())).err().unwrap();
    assert_eq!(error.code, Code::Store);
    let mut app = app("dark", None);
    update(&mut app, Action::OpenFailed(error));
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("could not open the store") && drawn.contains("without the store"), "{drawn}");
    assert_eq!(press(&mut app, &["o"]), [Effect::LeaveStore]);
    let workbench = open(&OpenOptions { without_store: true, ..interactive(dir.path()) });
    assert_eq!(workbench.access(), Access::WithoutStore);
    assert!(workbench.view().models.len() > 20);
    assert_eq!(std::fs::read(&store).unwrap(), b"this is no store");
}

// ---- what does not load ----

fn failed(text: &str) -> (App, Error) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let error = Workbench::open(&interactive(dir.path())).err().unwrap();
    let mut app = app("dark", None);
    update(&mut app, Action::OpenFailed(error.clone()));
    update(&mut app, Action::Fault(Fault::of_opening(&error, Some(text), false)));
    (app, error)
}

#[test]
fn a_faulty_workspace_file_is_shown_at_its_line_with_what_rules_meanwhile_and_the_ways_on() {
    let text_of = "# one\n# two\nschema = \"workspace/0.1\"\nstaeg = \"dev\"\n# after\n";
    let (mut app, error) = failed(text_of);
    assert_eq!(error.spot.as_ref().map(|spot| spot.line), Some(4));
    assert_eq!(app.screen, Screen::Fault);
    let drawn = text(&app, 100, 30);
    for words in [
        "could not open the workspace",
        "line 4",
        "✗ staeg",
        "# two",
        "# after",
        "nothing is admitted",
        "did you mean",
    ] {
        assert!(drawn.contains(words), "no {words:?} in\n{drawn}");
    }
    assert!(
        matches!(press(&mut app, &["e"]).as_slice(), [Effect::Edit(file)] if file.ends_with("touchmark.toml"))
    );
    assert_eq!(press(&mut app, &["R"]), [Effect::Reopen]);
    // Wherever somebody goes, it is there; and it is no prison.
    press(&mut app, &["8", "1"]);
    assert_eq!(app.screen, Screen::Fault);
    assert!(press(&mut app, &["esc"]).is_empty() && told(&app).contains("q quits"));
    assert_eq!(press(&mut app, &["q"]), [Effect::Quit]);
    // Once it opens, work goes on by itself.
    update(&mut app, Action::View(seen().found.clone()));
    assert_eq!((app.screen, app.faults.len()), (Screen::Inventory, 0));
}

#[test]
fn a_policy_that_does_not_load_is_shown_first_and_left_behind_when_it_is_corrected() {
    let dir = copy_of_samples();
    let policy = dir.path().join("policies/samples.toml");
    let valid = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("surplus = 1\n{valid}")).unwrap();
    let workbench = open(&interactive(dir.path()));
    let mut app = app("dark", Some(&workbench.view()));
    assert_eq!(app.screen, Screen::Fault);
    let drawn = text(&app, 100, 30);
    assert!(drawn.contains("the policy does not load") && drawn.contains("✗ surplus = 1"), "{drawn}");
    assert!(drawn.contains("no model is admitted"), "{drawn}");
    assert_eq!(press(&mut app, &["R"]), [Effect::ReloadPolicy]);
    std::fs::write(&policy, &valid).unwrap();
    workbench.reload_policy().unwrap();
    update(&mut app, Action::View(workbench.view()));
    assert_eq!(app.screen, Screen::Inventory);
    // Who breaks it later stays where they are, and is told.
    std::fs::write(&policy, "surplus = 1\n").unwrap();
    workbench.reload_policy().unwrap();
    update(&mut app, Action::View(workbench.view()));
    assert!(app.screen == Screen::Inventory && told(&app).contains("the policy has"), "{}", told(&app));
    assert_eq!(app.faults[0].of, Faulty::Policy);
}

#[test]
fn an_empty_folder_offers_to_become_a_workspace() {
    let dir = tempfile::tempdir().unwrap();
    let error = Workbench::open(&interactive(dir.path())).err().unwrap();
    let mut app = app("dark", None);
    update(&mut app, Action::OpenFailed(error.clone()));
    assert!(press(&mut app, &["i"]).is_empty() && told(&app).contains("not empty"), "{}", told(&app));
    update(&mut app, Action::Fault(Fault::of_opening(&error, None, true)));
    let drawn = text(&app, 100, 30);
    assert!(
        drawn.contains("nothing to open") && drawn.contains("make a workspace in this folder"),
        "{drawn}"
    );
    assert_eq!(press(&mut app, &["i"]), [Effect::MakeWorkspace]);
}

// ---- an empty workspace ----

fn empty() -> App {
    let mut view = View::clone(&seen().found);
    (view.models, view.findings, view.graph) = Default::default();
    (view.verified, view.states, view.reviews) = Default::default();
    view.workspace.sources.clear();
    view.judge();
    app("dark", Some(&Arc::new(view)))
}

#[test]
fn an_empty_workspace_offers_a_scan_the_samples_and_a_tour() {
    let mut app = empty();
    for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
        let drawn = text(&app, columns, rows);
        for words in ["This workspace is empty", "scan a folder", "try the samples", "take the tour"] {
            assert!(drawn.contains(words), "no {words:?} in\n{drawn}");
        }
    }
    press(&mut app, &["a"]);
    update(&mut app, Action::Paste("/srv/models".to_owned()));
    assert_eq!(press(&mut app, &["enter"]), [Effect::AddSource("/srv/models".into())]);
    assert_eq!(press(&mut app, &["m", "enter"]), [Effect::Samples("touchmark-demo".into())]);
    app.read_only = true;
    let drawn = text(&app, 80, 24);
    assert!(!drawn.contains("scan a folder") && !drawn.contains("try the samples"), "{drawn}");
    assert!(drawn.contains("take the tour"), "{drawn}");
    assert!(press(&mut app, &["m", "enter"]).is_empty() && told(&app).contains("read-only"));
}

#[test]
fn a_path_is_completed_while_it_is_typed() {
    let mut app = empty();
    press(&mut app, &["a"]);
    update(&mut app, Action::Paste("/srv/mo".to_owned()));
    assert_eq!(press(&mut app, &["tab"]), [Effect::Complete("/srv/mo".to_owned())]);
    let found = |asked: &str| Action::Completed {
        asked: asked.to_owned(),
        longer: "/srv/models-".to_owned(),
        others: vec!["models-a/".to_owned(), "models-b/".to_owned()],
    };
    update(&mut app, found("/srv/mod"));
    assert!(!text(&app, 100, 30).contains("models-"), "somebody has typed on meanwhile");
    update(&mut app, found("/srv/mo"));
    let drawn = text(&app, 100, 30);
    assert!(drawn.contains("/srv/models-▏") && drawn.contains("models-a/ models-b/"), "{drawn}");
}

#[test]
fn the_tour_has_five_steps_and_points_at_keys_that_there_are() {
    let mut app = verified();
    press(&mut app, &["t"]);
    for step in 1..=5 {
        let drawn = text(&app, 80, 24);
        assert!(drawn.contains(&format!("Tour · {step} of 5")), "{drawn}");
        let quit = keys_of(Cmd::Quit).unwrap();
        assert!(!drawn.contains(quit.help), "the tour is about keys of its own");
        let told = keyed().filter(|row| {
            let key = row.keys.first().map(|key| shown(key)).unwrap_or_default();
            drawn
                .lines()
                .any(|line| line.contains(&format!(" {key}  {}", &row.help[..row.help.len().min(30)])))
        });
        assert!(told.count() >= 3, "{drawn}");
        press(&mut app, &["enter"]);
    }
    assert!(app.popup.is_none());
    press(&mut app, &["t", "enter", "left"]);
    assert!(text(&app, 80, 24).contains("Tour · 1 of 5"));
    press(&mut app, &["esc"]);
    assert!(app.popup.is_none());
}

// ---- read-only ----

#[test]
fn read_only_hides_what_changes_anything_and_its_key_still_says_why() {
    let mut app = verified();
    let bar = |app: &App| text(app, 250, 40).lines().last().unwrap().to_owned();
    assert!(bar(&app).contains("r review"));
    app.read_only = true;
    assert!(!bar(&app).contains("r review") && bar(&app).contains("V verify"), "{}", bar(&app));
    press(&mut app, &["?"]);
    let help = text(&app, 120, 120);
    assert!(!help.contains("record a review") && help.contains("why this decision"), "{help}");
    press(&mut app, &["esc", ":", "r", "e", "v", "i", "e", "w"]);
    assert!(!text(&app, 120, 40).contains("record a review"));
    assert!(
        press(&mut app, &["enter"]).is_empty() && told(&app) == "review: opened read-only",
        "{}",
        told(&app)
    );
    assert!(press(&mut app, &["r"]).is_empty() && told(&app) == "review: opened read-only");
}

// ---- what is remembered ----

#[test]
fn a_session_comes_back_as_it_was_left() {
    let mut app = verified();
    press(&mut app, &["o", "v", "/", "a", "c", "m", "e", "enter", "space", "d"]);
    app.palette_history = vec!["ledger show".to_owned()];
    let (shown_rows, chosen) = (app.rows.shown().to_vec(), app.subject().unwrap());
    press(&mut app, &["4"]);
    let bytes = Session::of(&app, &Session::default()).to_json().unwrap();
    let session = Session::parse(&bytes).unwrap();
    let mut again = verified();
    update(&mut again, Action::Session(Box::new(session.clone()), false));
    assert_eq!((again.screen, again.details), (Screen::Maturity, false));
    assert_eq!(again.current, Some(chosen));
    press(&mut again, &["1"]);
    assert_eq!((again.rows.filter.as_str(), again.rows.shown()), ("acme", shown_rows.as_slice()));
    assert_eq!(again.rows.marked(), app.rows.marked());
    assert_eq!(again.palette_history, ["ledger show"]);
    assert_eq!(Session::of(&again, &session).to_json(), {
        press(&mut app, &["1"]);
        Session::of(&app, &session).to_json()
    });
    // Who has pressed keys already knows better where they are.
    let mut touched = verified();
    update(&mut touched, Action::Session(Box::new(session), true));
    assert!(touched.rows.filter.is_empty() && touched.screen == Screen::Inventory);
}

#[test]
fn theme_and_stage_are_asked_for_where_there_are_such() {
    let session = |text: &str| Box::new(Session::parse(text.as_bytes()).unwrap());
    let mut app = verified();
    let known = r#"{"schema":"session/0.1","theme":"light","stage":"dev","new-in-0.9":[1]}"#;
    let asked = update(&mut app, Action::Session(session(known), false));
    assert_eq!(asked, [Effect::Theme("light".to_owned()), Effect::SetStage("dev".to_owned())]);
    let kept = Session::of(&app, app.session.as_ref().unwrap()).to_json().unwrap();
    assert!(String::from_utf8(kept).unwrap().contains("new-in-0.9"), "what is not known is kept");
    let foreign =
        r#"{"schema":"session/0.1","theme":"/etc/passwd","stage":"nowhere","marks":["no/such"],"model":"x"}"#;
    let mut app = verified();
    assert!(update(&mut app, Action::Session(session(foreign), false)).is_empty());
    assert_eq!(app.rows.marks(), 0);
}

#[test]
fn a_session_that_is_damaged_or_newer_is_not_used() {
    let code = |text: &str| Session::parse(text.as_bytes()).unwrap_err().code;
    assert_eq!(code(r#"{"schema":"session/9.0"}"#), Code::Newer);
    for damaged in [
        "",
        "{",
        "[]",
        r#"{"schema":"session/0.0"}"#,
        r#"{"schema":"x"}"#,
        r#"{"schema":"session/0.1","marks":7}"#,
    ] {
        assert_eq!(code(damaged), Code::Malformed, "{damaged}");
    }
}

// ---- in a real terminal ----

#[test]
fn a_plain_folder_is_opened_verified_and_left_as_it_was() {
    let dir = plain_folder();
    let before = content(dir.path());
    let mut terminal = Terminal::open(dir.path(), 120, 36);
    terminal.wait("temporary, read-only");
    terminal.wait("support-bot-7b");
    terminal.keys("/support-bot-7b\r");
    terminal.wait("1 of 1, 38 in all");
    terminal.keys("V");
    terminal.wait("FILES-CHANGED");
    terminal.wait("idle");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
    assert_eq!(content(dir.path()), before);
}

#[test]
fn a_faulty_workspace_opens_by_itself_once_it_is_corrected_and_ends_with_2_before() {
    let dir = copy_of_samples();
    let file = dir.path().join("touchmark.toml");
    let valid = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, valid.replace("stage =", "staeg =")).unwrap();
    let mut terminal = Terminal::open(dir.path(), 100, 30);
    terminal.wait("could not open the workspace");
    terminal.wait("staeg");
    terminal.keys("q");
    let screen = terminal.screen();
    assert_eq!(terminal.ends(), 2);
    assert!(screen.lock().unwrap().screen().contents().contains("error[E-CONFIG]"));

    let mut terminal = Terminal::open(dir.path(), 100, 30);
    terminal.wait("could not open the workspace");
    std::fs::write(&file, valid).unwrap();
    terminal.wait("Models");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn who_comes_back_finds_the_filter_as_they_left_it_even_after_a_kill() {
    let dir = copy_of_samples();
    let remembered = dir.path().join("touchmark.db-session.json");
    let mut terminal = Terminal::open(dir.path(), 100, 30);
    terminal.wait("Models");
    terminal.keys("/receipt-reader\r");
    terminal.wait("1 of 1, 43 in all");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
    assert!(Session::parse(&std::fs::read(&remembered).unwrap()).is_ok());

    let mut terminal = Terminal::open(dir.path(), 100, 30);
    terminal.wait("1 of 1, 43 in all");
    terminal.keys("4");
    terminal.wait("to L");
    terminal.kill();
    assert!(Session::parse(&std::fs::read(&remembered).unwrap()).is_ok(), "whole, whenever it ends");

    std::fs::write(&remembered, "{ damaged").unwrap();
    let mut terminal = Terminal::open(dir.path(), 100, 30);
    terminal.wait("it is ignored");
    terminal.wait("1 of 43 ·");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}
