//! What a walk through all screens found: keys that did nothing, titles of another tab, cuts where there was room, and
//! what was said twice or said wrong.

use crate::tui::{cells, now, press, seen, shown, text, told, verified};
use std::sync::Arc;
use touchmark::commands::{Cmd, Keys, Screen, keyed};
use touchmark::decision::{Decision, ReasonCode};
use touchmark::report::case;
use touchmark::tui::App;
use touchmark::view::View;
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
            "Raw" => right.starts_with("The bundle as it is"),
            tab => right.starts_with(&format!("{} · ", tab.to_uppercase())),
        };
        assert!(is_of_it, "{open}: {right}");
        // The check stays chosen, and what it means says of which check it speaks.
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
            press(&mut app, &["?"]);
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
