//! The screen of cases: the next step in front, what is read when, and the commands that its keys begin.

use crate::incidents::run;
use crate::support::{copy_of_samples, even, out};
use crate::tui::{app, open, press, shown, told};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use touchmark::commands::Screen;
use touchmark::decision::Actor;
use touchmark::incident::{Cases, CloseEntry, Entry, NoteEntry};
use touchmark::inventory::ModelId;
use touchmark::tui::{Action, App, CasesRead, Effect, Popup, copies, update};
use touchmark::workbench::{JobKind, NewCase, Workbench};

const BOT: &str = "acme/support-bot-7b";
const THEN: &str = "2026-11-26T12:00:00Z";

fn then() -> Timestamp {
    THEN.parse().unwrap()
}

fn opened(workbench: &Workbench, kind: &str, subject: &str) -> u64 {
    let new = NewCase {
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        deployment: None,
        by: "jo".to_owned(),
        aware: None,
    };
    workbench.open_case(&new).unwrap().record.number
}

/// As they are in the store, but that nothing of them depends on the clock or on who runs the tests.
fn still(workbench: &Workbench) -> Cases {
    let mut cases = workbench.cases().unwrap();
    for case in cases.cases.values_mut() {
        (case.made.recorded, case.opening.aware) = (then(), then());
        case.made.by = Actor { name: Some("jo".into()), id: None, label: None };
    }
    cases
}

/// Answers what the screen asks for.
fn answer(app: &mut App, effects: Vec<Effect>, cases: &Cases, at: Timestamp) -> usize {
    let asked: Vec<u64> = effects
        .into_iter()
        .filter_map(|effect| if let Effect::Cases(generation) = effect { Some(generation) } else { None })
        .collect();
    for generation in &asked {
        let read = CasesRead { generation: *generation, at, cases: Ok(Arc::new(cases.clone())) };
        assert_eq!(update(app, Action::Cases(read)), []);
    }
    asked.len()
}

fn typed(app: &App) -> String {
    match &app.popup {
        Some(Popup::Palette { input, .. }) => input.clone(),
        _ => String::new(),
    }
}

fn bench(dir: &Path) -> Workbench {
    let workbench = open(dir, false);
    workbench.wait(workbench.start(JobKind::Verify(vec![ModelId::new(BOT)])));
    workbench
}

#[test]
fn a_case_shows_its_next_step_first_and_its_keys_begin_the_commands_that_record_it() {
    let dir = copy_of_samples();
    let workbench = bench(dir.path());
    let number = opened(&workbench, "model_substitution", BOT);
    let cases = still(&workbench);
    let mut app = app("dark", Some(&workbench.view()));
    let effects = press(&mut app, &["6"]);
    assert!(shown(&mut app, 80, 24).contains("the cases are being read"));
    assert_eq!(answer(&mut app, effects, &cases, then()), 1);
    insta::assert_snapshot!("cases-80x24", even(&shown(&mut app, 80, 24)));
    insta::assert_snapshot!("cases-160x50", even(&shown(&mut app, 160, 50)));
    // The whole case, scrolled to its end, and back.
    press(&mut app, &["enter"]);
    let whole = shown(&mut app, 80, 24);
    assert!(whole.contains("Next: compare") && !whole.contains("Incidents · 1 open"), "{whole}");
    press(&mut app, &["G"]);
    let end = shown(&mut app, 80, 24);
    assert!(end.contains("ahead") && !end.contains("Next: compare"), "{end}");
    press(&mut app, &["esc"]);
    assert!(shown(&mut app, 80, 24).contains("Incidents · 1 open"));
    assert_eq!(app.screen, Screen::Incidents);
    // What is typed can be seen before it is run.
    for (key, line) in [
        ("s", format!("incident step {number} compare --outcome done")),
        ("v", format!("incident evidence {number} observed_root_sha256 --file ")),
        ("n", format!("incident note {number} ")),
        ("I", "incident open ".to_owned()),
    ] {
        press(&mut app, &[key]);
        assert_eq!(typed(&app), line);
        press(&mut app, &["esc", "esc"]);
        app.screen = Screen::Incidents;
    }
    let copied = |key: char| copies(&app).into_iter().find(|copy| copy.key == key).unwrap().text;
    assert!(copied('c').unwrap().ends_with(&format!("incident status {number}")));
    assert_eq!(copied('n').unwrap(), BOT);
    // About the model under the cursor.
    press(&mut app, &["3", "I"]);
    assert!(typed(&app).starts_with("incident open model_substitution --subject "), "{}", typed(&app));
    assert!(typed(&app).ends_with(" --by "));
}

#[test]
fn open_cases_stand_before_closed_ones_and_the_chosen_one_stays_chosen() {
    let dir = copy_of_samples();
    let workbench = bench(dir.path());
    let first = opened(&workbench, "model_substitution", BOT);
    let second = opened(&workbench, "jailbreak", "lumen/iris-base");
    let mut app = app("dark", Some(&workbench.view()));
    let effects = press(&mut app, &["6"]);
    answer(&mut app, effects, &still(&workbench), then());
    let order = |app: &App| app.cases.shown().map(|case| case.record.number).collect::<Vec<_>>();
    let before = order(&app);
    assert_eq!(before.len(), 2);
    let at = before.iter().position(|number| *number == second).unwrap();
    press(&mut app, if at == 0 { &["k"] } else { &["j"] });
    assert_eq!(app.cases.case().unwrap().record.number, second);
    // A new view: read again, once.
    let close = Entry::Close(CloseEntry { reason: "nothing was wrong".into() });
    workbench.add_to_case(first, close).unwrap();
    let effects = update(&mut app, Action::View(workbench.view()));
    assert_eq!(answer(&mut app, effects, &still(&workbench), then()), 1);
    assert_eq!(order(&app), [second, first]);
    assert_eq!(app.cases.case().unwrap().record.number, second);
    assert_eq!(press(&mut app, &["k"]), []);
    press(&mut app, &["j"]);
    let closed = shown(&mut app, 120, 40);
    assert!(closed.contains("The case is closed.") && closed.contains("✓ closed"), "{closed}");
    for key in ["s", "v", "n"] {
        press(&mut app, &[key]);
        assert!(typed(&app).is_empty() && !told(&app).is_empty(), "{key}: {}", told(&app));
    }
    // What time ends shows by the time at which they were read.
    press(&mut app, &["k"]);
    let is_over = |app: &mut App| shown(app, 160, 50).contains("deadlines are over");
    let is_late = is_over(&mut app);
    let later = CasesRead {
        generation: workbench.view().generation,
        at: "2027-11-26T12:00:00Z".parse().unwrap(),
        cases: Ok(Arc::new(still(&workbench))),
    };
    update(&mut app, Action::Cases(later));
    assert!(!is_late && is_over(&mut app));
}

#[test]
fn cases_are_read_where_they_are_looked_at_and_a_failure_is_told() {
    let dir = copy_of_samples();
    let workbench = bench(dir.path());
    let mut app = app("dark", Some(&workbench.view()));
    let elsewhere = press(&mut app, &["5", "1"]);
    assert!(!elsewhere.iter().any(|effect| matches!(effect, Effect::Cases(_))));
    let effects = press(&mut app, &["6"]);
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Cases(_))).count(), 1);
    // While they are being read nobody asks again.
    assert!(!press(&mut app, &["j"]).iter().any(|effect| matches!(effect, Effect::Cases(_))));
    let generation = workbench.view().generation;
    let read = CasesRead { generation, at: then(), cases: Err("the store cannot be read".to_owned()) };
    update(&mut app, Action::Cases(read));
    assert!(shown(&mut app, 80, 24).contains("the store cannot be read"));
    press(&mut app, &["enter"]);
    assert!(told(&app).contains("no case here"), "{}", told(&app));
}

#[test]
fn texts_of_a_case_reach_the_screen_made_safe() {
    let dir = copy_of_samples();
    let workbench = bench(dir.path());
    let number = opened(&workbench, "model_substitution", BOT);
    let text = "\u{1b}[31mred\u{202e}\r\nforged line";
    workbench.add_to_case(number, Entry::Note(NoteEntry { text: text.into() })).unwrap();
    let mut app = app("dark", Some(&workbench.view()));
    let effects = press(&mut app, &["6"]);
    answer(&mut app, effects, &still(&workbench), then());
    press(&mut app, &["enter", "G"]);
    let page = shown(&mut app, 120, 40);
    assert!(page.contains("forged line") && !page.contains(['\u{1b}', '\u{202e}']), "{page}");
    // And in lines.
    let said = run(dir.path(), &["incident", "status", &number.to_string()]);
    assert!(!out(&said).contains(['\u{1b}', '\u{202e}']));
}
