//! What a walk through all screens found: keys that did nothing, titles of another tab, cuts where there was room, and
//! what was said twice or said wrong.

use crate::support::{out, touchmark};
use crate::tui::{cells, now, press, seen, shown, text, told, verified};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::sync::Arc;
use touchmark::commands::{Cmd, Keys, Screen, keyed};
use touchmark::decision::{Decision, ReasonCode};
use touchmark::forms::{Form, write};
use touchmark::inventory::ModelId;
use touchmark::report::case;
use touchmark::tui::{Action, App, Effect, Seen, Under, draw, update};
use touchmark::view::View;
use touchmark::view::comparison::{Comparison, RowWord};
use touchmark::words::{Face, reasons};

/// Where the cursor stands among rows, on the model that fails by its files.
fn on_the_tampered(screen: Screen) -> App {
    let mut app = verified();
    press(&mut app, &["ctrl-p"]);
    for letter in "support-bot-7b".chars() {
        press(&mut app, &[&letter.to_string()]);
    }
    press(&mut app, &["enter", "esc"]);
    app.go(screen);
    app
}

fn pane<'t>(drawn: &'t str, title: &str) -> &'t str {
    drawn.lines().find(|line| line.contains(title)).unwrap_or_else(|| panic!("no {title}:\n{drawn}"))
}

/// Motions stand still at an end, and these do what only a terminal shows.
fn may_stand_still(row: &Keys) -> bool {
    matches!(
        row.cmd,
        Cmd::Down | Cmd::Up | Cmd::PageDown | Cmd::PageUp | Cmd::First | Cmd::Last | Cmd::Left | Cmd::Right
    )
}

#[test]
fn every_key_of_every_screen_shows_something_does_something_or_says_why_not() {
    for screen in Screen::ALL {
        for row in keyed().filter(|row| row.is_on(screen)) {
            for key in row.keys {
                let mut app = on_the_tampered(screen);
                app.jobs = now(&seen().jobs);
                press(&mut app, &["j"]);
                shown(&mut app, 120, 40);
                let before = cells(&app, 120, 40);
                let message = told(&app).to_owned();
                let effects = press(&mut app, &[key]);
                let is_heard = cells(&app, 120, 40) != before || !effects.is_empty() || told(&app) != message;
                assert!(
                    is_heard || may_stand_still(row) || app.screen != screen,
                    "{key} ({}) on {}",
                    row.name,
                    screen.word()
                );
            }
        }
    }
}

#[test]
fn the_title_of_the_right_pane_is_that_of_its_tab() {
    let mut app = on_the_tampered(Screen::Verify);
    press(&mut app, &["enter"]);
    for _ in 0..7 {
        let drawn = text(&app, 160, 50);
        let title = pane(&drawn, "╭ Checks");
        let right = title.rsplit("╭ ").next().unwrap();
        let open = app.verify.tab.word();
        let is_of_it = match open {
            "Check" => right.starts_with("FILES"),
            "Files" => right.starts_with("FILES · ✗ FILES-CHANGED"),
            "Raw" => right.starts_with("The raw bundle"),
            tab => right.starts_with(&format!("{} · ", tab.to_uppercase())),
        };
        assert!(is_of_it, "{open}: {right}");
        // The check stays chosen, and its meaning names it.
        assert!(open == "Check" || drawn.contains("── FILES · What this means"), "{open}:\n{drawn}");
        press(&mut app, &["tab"]);
    }
}

#[test]
fn the_summaries_of_the_checks_take_the_room_that_they_need() {
    let app = on_the_tampered(Screen::Verify);
    let left = |columns: u16| {
        let drawn = text(&app, columns, 50);
        let rows: Vec<String> =
            drawn.lines().filter_map(|line| line.split("││").next()).map(str::to_owned).collect();
        rows.into_iter().filter(|row| row.contains(" pass ") || row.contains(" FAIL ")).collect::<Vec<_>>()
    };
    for columns in [160, 200] {
        let rows = left(columns);
        assert!(rows.len() > 8 && rows.iter().all(|row| !row.contains('…')), "{columns}: {rows:#?}");
    }
    assert!(left(120).iter().any(|row| row.contains('…')), "there is no room for all at 120");
    assert!(text(&app, 120, 40).contains("1 of 9 differ"), "the right pane keeps its room");
}

#[test]
fn a_code_is_cut_only_where_the_names_would_vanish_and_never_where_it_differs() {
    let app = verified();
    for (columns, rows, whole) in [
        (80, 24, &["FILES-CHANGED", "FILES-OTHER-MODEL"][..]),
        (120, 40, &["PARSE-TRUNCATED", "IDENTITY-MISMATCH", "FILES-OTHER-MODEL"][..]),
        (160, 50, &["IDENTITY-WRONG-PUBLISHER", "IDENTITY-MISMATCH"][..]),
        (200, 60, &["IDENTITY-WRONG-PUBLISHER", "IDENTITY-MISMATCH"][..]),
    ] {
        let drawn = text(&app, columns, rows);
        for code in whole {
            assert!(drawn.contains(code), "{code} at {columns}:\n{drawn}");
        }
        let codes: Vec<&str> = drawn.lines().filter_map(|line| line.split("IDENTITY-").nth(1)).collect();
        let cut: std::collections::BTreeSet<_> =
            codes.iter().filter_map(|code| code.split_whitespace().next()).collect();
        assert!(cut.len() >= 2, "{columns}: {codes:?}");
    }
}

#[test]
fn a_third_pane_says_what_the_second_does_not() {
    let mut app = on_the_tampered(Screen::Inventory);
    let wide = shown(&mut app, 200, 60);
    for once in ["northwind/harbour-7b-instruct (finetune, pinned)", "✗ changed", "signed def262c3"] {
        let flat: String = wide.lines().map(|line| line.to_owned() + "\n").collect();
        assert!(flat.matches(once).count() <= 1, "{once}:\n{wide}");
    }
    assert_eq!(wide.matches("✗ changed").count(), 1, "{wide}");
    assert_eq!(wide.matches("│base ").count(), 1, "{wide}");
    // Without the third pane the second says it.
    let narrow = shown(&mut app, 120, 60);
    assert!(narrow.contains("✗ changed") && narrow.contains("│base "), "{narrow}");
}

#[test]
fn an_unsigned_model_that_was_never_verified_is_held_up_by_its_missing_signature() {
    let view = &seen().found;
    let (index, model) =
        view.models.iter().enumerate().find(|(_, model)| model.id.raw() == "vendor/claims-lora").unwrap();
    assert!(view.verification(index).is_none() && model.signature.is_none());
    assert_eq!(view.cause(index).as_ref().map(ReasonCode::as_str), Some("PARSE-ABSENT"));
    let verdict = view.verdict(index).unwrap();
    assert_eq!(verdict.decision, Decision::Refuse, "what is decided stays");
    let told = reasons::told(&case(view, &verdict), Face::Tui);
    assert_eq!(told[0].text.raw(), "the model is not signed");
    assert!(told.iter().any(|told| told.codes.contains(&"L1.13")), "the others are still said");
    // After a look the look says what stands first.
    let verified = &seen().verified;
    assert_eq!(verified.cause(index).as_ref().map(ReasonCode::as_str), Some("PARSE-ABSENT"));
    // What was signed and never verified is open, and what a scan found to be dangerous is not hidden.
    let first = |view: &Arc<View>, id: &str| {
        let index = view.models.iter().position(|model| model.id.raw() == id).unwrap();
        (view.summary(index).decision, view.cause(index).map(|cause| cause.as_str().to_owned()))
    };
    assert_eq!(first(view, "acme/badge-check"), (Decision::NotJudged, None));
    assert_eq!(first(view, "vendor/iris-quick"), (Decision::Refuse, Some("L1.13".to_owned())));
}

#[test]
fn what_was_decided_is_never_cut_off_in_the_details() {
    let mut app = verified();
    for columns in [100, 120, 140, 160, 200] {
        for _ in 0..4 {
            let drawn = shown(&mut app, columns, 70);
            let line = drawn.lines().find(|line| line.contains("gate production: ")).unwrap();
            let after = line.split("gate production: ").nth(1).unwrap();
            let decided = ["✗ refuse", "✓ admit", "! warn", "· not judged"];
            assert!(decided.iter().any(|decision| after.starts_with(decision)), "{columns}: {line}");
            press(&mut app, &["j"]);
        }
        press(&mut app, &["g"]);
    }
}

#[test]
fn help_says_of_every_key_all_that_it_does() {
    for columns in [80, 120, 200] {
        for screen in Screen::ALL {
            let mut app = on_the_tampered(screen);
            press(&mut app, &["f1"]);
            let drawn = text(&app, columns, 160);
            let title: Vec<char> = pane(&drawn, "╭ Keys ·").chars().collect();
            let left = title.windows(3).position(|three| three == ['╭', ' ', 'K']).unwrap();
            let right = title.iter().rposition(|c| *c == '╮' || *c == '─').unwrap();
            let is_cut = |line: &&str| {
                line.chars().take(right).skip(left).any(|c| c == '…') && !line.contains("unsigned, …")
            };
            let cut: Vec<&str> =
                drawn.lines().skip(3).filter(|line| line.chars().nth(left) == Some('│')).collect();
            let cut: Vec<&str> = cut.into_iter().filter(is_cut).collect();
            assert!(cut.is_empty(), "{} at {columns}: {cut:#?}", screen.word());
        }
    }
    let mut app = verified();
    press(&mut app, &["?"]);
    let drawn = text(&app, 80, 120);
    assert!(drawn.contains("verify-in-full  verify, and compute every digest anew"), "{drawn}");
}

#[test]
fn the_question_whether_to_quit_says_when_what_ran_has_ended() {
    let mut app = verified();
    app.jobs = crate::tui::running();
    press(&mut app, &["q"]);
    assert!(text(&app, 80, 24).contains("1 job is still running; quitting cancels."));
    app.jobs = now(&seen().jobs);
    let drawn = text(&app, 80, 24);
    assert!(drawn.contains("Everything has ended: quitting cancels nothing."), "{drawn}");
    assert!(!drawn.contains("still running") && drawn.contains("y quit"), "{drawn}");
}

#[test]
fn the_name_of_the_stage_in_force_is_whole_where_there_is_room() {
    for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = verified();
        press(&mut app, &["5"]);
        let drawn = text(&app, columns, rows);
        assert!(drawn.contains("▸production"), "{columns}:\n{drawn}");
        let line = pane(&drawn, "stage production · S");
        assert!(!line.split("││").nth(1).unwrap().contains('…'), "{columns}:\n{drawn}");
    }
}

#[test]
fn a_line_completes_the_terms_and_values_of_a_filter_as_the_filter_itself_does() {
    let mut app = verified();
    let facts = app.rows.made().index().view().cloned();
    assert!(facts.is_some());
    let offered = |app: &mut App, line: &str| -> Vec<(String, String)> {
        press(app, &["esc", ":"]);
        for c in line.chars() {
            press(app, &[&(if c == ' ' { "space".to_owned() } else { c.to_string() })]);
        }
        app.palette.offers.iter().map(|offer| (offer.shown.clone(), offer.line.clone())).collect()
    };
    for command in ["filter", "list"] {
        let terms = offered(&mut app, &format!("{command} pub"));
        assert_eq!(terms, [("publisher:".to_owned(), format!("{command} publisher:"))], "{command}");
        let values = offered(&mut app, &format!("{command} acme fails:FILES-CH"));
        let line = format!("{command} acme fails:FILES-CHANGED ");
        assert_eq!(values, [("FILES-CHANGED".to_owned(), line)], "{command}");
        let words = offered(&mut app, &format!("{command} !status:un"));
        assert!(words.iter().any(|(_, line)| line.ends_with("status:unsigned ")), "{words:?}");
    }
    // What is taken is what the command then gets.
    offered(&mut app, "filter fails:FILES-CH");
    press(&mut app, &["tab", "enter"]);
    assert_eq!((app.rows.filter.trim_end(), app.rows.shown().len()), ("fails:FILES-CHANGED", 1));
    let notes: Vec<String> = {
        offered(&mut app, "list fails:");
        app.palette.offers.iter().map(|offer| offer.note.clone()).collect()
    };
    assert!(notes.contains(&"1 model".to_owned()), "{notes:?}");
    offered(&mut app, "list publ");
    assert!(app.palette.offers[0].note.starts_with("models of a publisher"));
}

#[test]
fn what_is_said_of_a_key_names_the_key_in_force() {
    let mut app = verified();
    app.keys = touchmark::tui::keymap::parse(
        "[[key]]\non = \"f9\"\nrun = \"verify\"\n[[key]]\non = \"V\"\nrun = \"none\"\n",
    )
    .unwrap();
    let unseen = seen().verified.models.iter().position(|model| model.location.is_none()).unwrap();
    let id = seen().verified.models[unseen].id.raw().to_owned();
    press(&mut app, &["/"]);
    for c in "ocr-tables".chars() {
        press(&mut app, &[&c.to_string()]);
    }
    press(&mut app, &["enter", "b"]);
    let said = told(&app).to_owned();
    assert!(said.contains("F9") && !said.contains(": V "), "{said} ({id})");
    // Unbound altogether it can still be typed.
    app.keys = touchmark::tui::keymap::parse("[[key]]\non = \"V\"\nrun = \"none\"\n").unwrap();
    press(&mut app, &["b"]);
    assert!(told(&app).contains(":verify"), "{}", told(&app));
    // So do the texts of the screens.
    let mut first = crate::tui::app("dark", Some(&seen().found));
    first.keys = touchmark::tui::keymap::parse(
        "[[key]]\non = \"f9\"\nrun = \"verify\"\n[[key]]\non = \"V\"\nrun = \"none\"\n",
    )
    .unwrap();
    let drawn = text(&first, 120, 40);
    assert!(drawn.contains("press * then F9 to verify all"), "{drawn}");
}

/// Draws as the loop does, then clicks on the middle of what lies there.
fn click(app: &mut App, find: impl Fn(&Under) -> bool) -> Vec<Effect> {
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let mut drawn = None;
    terminal.draw(|frame| drawn = Some(draw(app, frame))).unwrap();
    let drawn = drawn.unwrap();
    let area = drawn.hits.iter().find(|hit| find(&hit.under)).expect("it is drawn").area;
    let (column, row) = (area.x + area.width / 2, area.y);
    assert!(find(&drawn.at(column, row).unwrap().under), "something else lies over it");
    app.drew(drawn);
    let kind = MouseEventKind::Down(MouseButton::Left);
    update(app, Action::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

#[test]
fn a_click_on_a_saved_view_opens_that_one_and_on_a_choice_takes_it() {
    let mut app = verified();
    press(&mut app, &["%"]);
    let all = app.rows.shown().len();
    click(&mut app, |under| *under == Under::PaneTab(2));
    assert_eq!((app.rows.saved_name(), app.rows.shown().len()), ("unsigned".to_owned(), 2));
    click(&mut app, |under| *under == Under::PaneTab(0));
    assert_eq!(app.rows.shown().len(), all);
    // Those that were kept have tabs too.
    press(&mut app, &["/", "n", "o", "r", "t", "h", "enter", "ctrl-s", "n", "enter"]);
    let kept = app.rows.shown().len();
    click(&mut app, |under| *under == Under::PaneTab(0));
    click(&mut app, |under| *under == Under::PaneTab(4));
    assert_eq!((app.rows.saved_name(), app.rows.shown().len()), ("n".to_owned(), kept));
    // One-key popups.
    press(&mut app, &["s"]);
    click(&mut app, |under| *under == Under::Keys(vec!["m".to_owned()]));
    assert!(app.popup.is_none() && app.rows.sort().word() == "by name", "{}", app.rows.sort().word());
    press(&mut app, &["y"]);
    let effects = click(&mut app, |under| *under == Under::Keys(vec!["n".to_owned()]));
    assert!(matches!(effects.as_slice(), [Effect::Copy { .. }]), "{effects:?}");
    // Beside the choices nothing is taken, and what lies beneath is not reached.
    press(&mut app, &["s"]);
    click(&mut app, |under| *under == Under::Popup);
    assert!(app.popup.is_some());
}

fn compared(app: &mut App) -> Arc<Comparison> {
    let dir = crate::support::copy_of_samples();
    let workbench = crate::tui::open(dir.path(), false);
    let (first, second) = (ModelId::new("acme/claims-sorter"), ModelId::new("acme/form-filler"));
    let found = Arc::new(workbench.compare(&first, &second).unwrap());
    app.compare.pair = Some((first, second));
    app.compare.found = Some(Ok(found.clone()));
    app.go(Screen::Compare);
    found
}

#[test]
fn a_comparison_is_copied_as_a_command_and_written_in_every_form_of_the_command_line() {
    let mut app = verified();
    let found = compared(&mut app);
    press(&mut app, &["n"]);
    let copied = |app: &mut App, key: &str| match press(app, &["y", key]).remove(0) {
        Effect::Copy { text, .. } => text,
        other => panic!("{other:?}"),
    };
    let command = copied(&mut app, "c");
    assert!(command.starts_with("touchmark compare "), "{command}");
    assert!(command.ends_with(" acme/claims-sorter acme/form-filler"), "{command}");
    let row = copied(&mut app, "r");
    let chosen = app.compare.chosen().unwrap();
    assert!(row.contains(&chosen.label.screen()), "{row}");
    let view = app.view.clone().unwrap();
    for (key, form) in [("m", Form::Markdown), ("c", Form::Csv), ("j", Form::Json), ("h", Form::Html)] {
        press(&mut app, &["e", key]);
        let effects = press(&mut app, &["enter"]);
        let Some(Effect::Export(export)) = effects.iter().find(|effect| matches!(effect, Effect::Export(_)))
        else {
            panic!("{effects:?}")
        };
        assert_eq!(
            export.file.to_str().unwrap().split('.').next(),
            Some("acme-claims-sorter-and-acme-form-filler")
        );
        let Seen::Whole(subject) = &export.seen else { panic!("drawn: {form:?}") };
        let written = write(subject, form, &view, &[]).unwrap();
        let differing =
            found.parts.iter().flat_map(|part| &part.rows).find(|row| row.word == RowWord::Differs);
        let first = &differing.unwrap().first[0];
        assert!(written.contains(first.text.raw()), "{form:?}: {written}");
    }
    // The command line writes the same.
    let dir = crate::support::copy_of_samples();
    let dir = dir.path().to_str().unwrap();
    for form in ["markdown", "csv", "html"] {
        let pair = ["acme/claims-sorter", "acme/form-filler"];
        let run = touchmark(["compare", pair[0], pair[1], "--as", form, "--workspace", dir]);
        assert_eq!(run.status.code(), Some(1), "{form}");
        assert!(out(&run).contains("different: 6 differences"), "{form}: {}", out(&run));
    }
}
