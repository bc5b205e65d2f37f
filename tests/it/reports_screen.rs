//! The screen of reports: its table against the command line, what the choices come to, the preview that is never of an
//! earlier choice, and writing files that are never replaced unasked.

use crate::journey::Terminal;
use crate::support::{copy_of_samples, err, even, names_below, touchmark};
use crate::tui::{app, press, shown, text, told, verified};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchmark::cli;
use touchmark::commands::{Cmd, Given, REPORTS, ReportKind, ReportScope, Screen, keys_of};
use touchmark::inventory::ModelId;
use touchmark::tui::{
    Action, App, Effect, Ended, Hit, Popup, ReportChoices, ReportPane, Session, Under, Writing, copies,
    update,
};
use touchmark::view::View;
use touchmark::workbench::{Access, JobKind, JobState, OpenOptions, OtherWork, Workbench};

const SORTER: &str = "acme/claims-sorter";
const THEN: &str = "2026-11-26T12:00:00Z";

fn opened(dir: &Path, read_only: bool) -> Workbench {
    let options = OpenOptions {
        dir: Some(dir.to_owned()),
        at: Some(THEN.parse().unwrap()),
        read_only,
        ..OpenOptions::default()
    };
    Workbench::open(&options).unwrap()
}

fn view() -> Arc<View> {
    opened(copy_of_samples().path(), true).view()
}

/// On the screen, with the keys on a kind.
fn reports(view: &Arc<View>, kind: &str) -> (App, Vec<Effect>) {
    let mut app = app("dark", Some(view));
    app.reports.choices.kind = kind.to_owned();
    let effects = press(&mut app, &["7"]);
    (app, effects)
}

fn command(app: &App) -> String {
    copies(app).into_iter().find(|copy| copy.key == 'c').unwrap().text.unwrap()
}

fn preview(effects: &[Effect]) -> (u64, String) {
    let found = effects.iter().rev().find_map(|effect| match effect {
        Effect::Preview { number, words } => Some((*number, words.join(" "))),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no preview is asked for: {effects:?}"))
}

fn writing(effects: &[Effect]) -> Option<&Writing> {
    effects.iter().find_map(|effect| match effect {
        Effect::WriteReport(writing) => Some(&**writing),
        _ => None,
    })
}

/// Types into the line that is asked for.
fn answer(app: &mut App, typed: &str) -> Vec<Effect> {
    assert!(matches!(app.popup, Some(Popup::Ask(_))), "nothing is asked: {}", told(app));
    press(app, &["ctrl-u"]);
    update(app, Action::Paste(typed.to_owned()));
    press(app, &["enter"])
}

fn choose_row(app: &mut App, row: usize) {
    app.reports.pane = ReportPane::Choices;
    app.reports.row = row;
}

/// The flags of a command and the values of its `--as`.
fn parsed(path: &str) -> (BTreeSet<String>, BTreeSet<String>, bool) {
    let mut command = cli::command();
    command.build();
    let mut at = &command;
    for word in path.split(' ') {
        at = at.find_subcommand(word).unwrap_or_else(|| panic!("there is no command {path}"));
    }
    let own = at.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help");
    let flags = own.filter_map(|arg| arg.get_long()).map(|flag| format!("--{flag}")).collect();
    let forms = at.get_arguments().find(|arg| arg.get_long() == Some("as"));
    let forms = forms.map(|arg| arg.get_possible_values()).unwrap_or_default();
    let forms = forms.iter().map(|value| value.get_name().to_owned()).collect();
    (flags, forms, at.get_positionals().next().is_some())
}

/// The flags that a row of the table knows.
fn known(kind: &ReportKind) -> BTreeSet<&'static str> {
    let scopes = kind.scopes.iter().filter_map(|(_, given)| match given {
        Given::Flag(flag) => Some(*flag),
        _ => None,
    });
    let mut known: BTreeSet<&str> = scopes.chain(kind.fixed.iter().copied()).collect();
    known.extend(kind.unasked);
    known.extend(kind.time.flags());
    known.extend(kind.has_stage.then_some("--stage"));
    if kind.has_file() {
        known.extend(["--out", "--force"]);
    }
    known.extend((!kind.forms.is_empty()).then_some("--as"));
    known
}

#[test]
fn the_table_of_reports_is_what_the_command_line_takes() {
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    for kind in REPORTS {
        let (flags, forms, has_arguments) = parsed(kind.path);
        let of_path: Vec<&ReportKind> = REPORTS.iter().filter(|other| other.path == kind.path).collect();
        for flag in known(kind) {
            assert!(flags.contains(flag), "{}: `{} {flag}` is not parsed", kind.word, kind.path);
        }
        let all: BTreeSet<String> = of_path.iter().flat_map(|kind| known(kind)).map(str::to_owned).collect();
        assert_eq!(
            all, flags,
            "{}: left what src/commands/reports.rs knows, right what is parsed",
            kind.path
        );
        let takes = kind.scopes.iter().any(|(_, given)| *given == Given::Arguments);
        assert!(has_arguments || !takes, "{}: takes no argument", kind.word);
        // A kind with fixed flags may have fewer forms than its command.
        let table: BTreeSet<String> = kind
            .forms
            .iter()
            .filter(|word| cfg!(feature = "pdf") || **word != "pdf")
            .map(|word| (*word).to_owned())
            .collect();
        match kind.fixed {
            [] => assert_eq!(table, forms, "{}: forms", kind.word),
            _ => assert!(table.is_subset(&forms), "{}: {table:?} of {forms:?}", kind.word),
        }
        assert!(!kind.scopes.is_empty() && !kind.about.is_empty(), "{}", kind.word);
        paths.insert(kind.path);
    }
    let mut command = cli::command();
    command.build();
    let report = command.find_subcommand("report").unwrap();
    for sub in report.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("report {}", sub.get_name());
        assert!(paths.contains(path.as_str()), "`{path}` is not offered on the screen of reports");
    }
    let words: BTreeSet<&str> = REPORTS.iter().map(|kind| kind.word).collect();
    assert_eq!(words.len(), REPORTS.len(), "two kinds of one word");
}

#[test]
fn every_command_that_the_screen_composes_is_parsed() {
    let view = view();
    for kind in REPORTS {
        for (scope, _) in kind.scopes {
            let (mut app, _) = reports(&view, kind.word);
            app.current = Some(ModelId::new(SORTER));
            app.rows.set_filter("publisher:acme".to_owned());
            app.rows.toggle_mark(&ModelId::new(SORTER));
            app.reports.choices.scopes.insert(kind.word.to_owned(), scope.word().to_owned());
            let line = command(&app);
            let words: Vec<String> = line.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect();
            let parsed = cli::command().try_get_matches_from(&words);
            assert!(
                parsed.is_ok(),
                "{line}: {}",
                parsed.err().map(|error| error.to_string()).unwrap_or_default()
            );
            match scope {
                ReportScope::All => assert!(!line.contains("acme"), "{line}"),
                _ => assert!(line.contains("acme"), "{line}"),
            }
        }
    }
}

#[test]
fn a_period_begins_where_the_screen_says() {
    let view = view();
    let begins = [
        ("trend", "30 days ago"),
        ("incident", "the first record"),
        ("policy", "the first record"),
        ("inventory", "the first record"),
    ];
    for (kind, says) in begins {
        let (mut app, _) = reports(&view, kind);
        let begin = |app: &mut App| {
            let text = shown(app, 120, 40);
            text.lines().find(|line| line.contains(" from  ")).unwrap_or_default().to_owned()
        };
        assert!(begin(&mut app).contains(says), "{kind}: {}", begin(&mut app));
        assert!(!command(&app).contains("--from"), "{kind}: {}", command(&app));
        // What Space goes through next is said to the command, and Left goes back.
        choose_row(&mut app, 2);
        press(&mut app, &["space"]);
        let next = if kind == "trend" { "2026-08-28" } else { "2026-10-27" };
        assert!(command(&app).contains(&format!("--from {next}")), "{kind}: {}", command(&app));
        press(&mut app, &["left"]);
        assert!(
            begin(&mut app).contains(says) && !command(&app).contains("--from"),
            "{kind}: {}",
            command(&app)
        );
    }
}

#[test]
fn the_screen_shows_kinds_choices_preview_and_command_at_three_sizes() {
    let view = view();
    let (mut app, effects) = reports(&view, "maturity");
    let (number, words) = preview(&effects);
    assert_eq!(words, "report maturity --stage production");
    assert!(text(&app, 80, 24).contains("being made"));
    let lines = ["Maturity of 43 models", "", "✓ pass    12", "✗ FAIL     9"].map(str::to_owned).to_vec();
    update(&mut app, Action::Previewed(number, false, lines));
    update(&mut app, Action::PreviewEnded(number, Ended::Status(0)));
    insta::assert_snapshot!("kinds-80x24", even(&shown(&mut app, 80, 24)));
    press(&mut app, &["enter", "down", "down", "space", "down", "space"]);
    insta::assert_snapshot!("choices-80x24", even(&shown(&mut app, 80, 24)));
    insta::assert_snapshot!("choices-120x36", even(&shown(&mut app, 120, 36)));
    insta::assert_snapshot!("choices-200x60", even(&shown(&mut app, 200, 60)));
    for kind in REPORTS {
        let (mut app, _) = reports(&view, kind.word);
        let drawn = shown(&mut app, 80, 24);
        assert!(drawn.contains(kind.name) && drawn.contains(&format!("touchmark {}", kind.path)), "{drawn}");
    }
}

#[test]
fn what_is_chosen_is_the_command_and_y_copies_it() {
    let view = view();
    let (mut app, _) = reports(&view, "maturity");
    app.current = Some(ModelId::new(SORTER));
    press(&mut app, &["enter", "right"]);
    let line = "touchmark report maturity --stage production --out acme-claims-sorter.maturity-2026-11-26.html acme/claims-sorter";
    assert_eq!(command(&app), line);
    let copied = press(&mut app, &["y"]);
    assert!(
        matches!(copied.as_slice(), [Effect::Copy { text, .. }, ..] if text == line)
            || copied.iter().any(|effect| matches!(effect, Effect::Copy { text, .. } if text == line)),
        "{copied:?}"
    );
    // The stage of the workbench is the first; the next is another one, and comes round again.
    press(&mut app, &["down", "space"]);
    assert!(!command(&app).contains("--stage production"), "{}", command(&app));
    let stages = app.stages().len();
    for _ in 1..stages {
        press(&mut app, &["space"]);
    }
    assert_eq!(command(&app), line);
    // Several forms are several files.
    press(&mut app, &["down", "down", "space", "down", "space"]);
    let line = command(&app);
    for ending in [".html", ".pdf", ".md"] {
        assert!(line.contains(ending) || (ending == ".pdf" && !cfg!(feature = "pdf")), "{line}");
    }
    // A filter is what the inventory has, or what is typed.
    choose_row(&mut app, 0);
    press(&mut app, &["space"]);
    assert!(text(&app, 120, 36).contains("the inventory has no filter"), "{}", text(&app, 120, 36));
    press(&mut app, &["W"]);
    assert!(told(&app).contains("the inventory has no filter"), "{}", told(&app));
    press(&mut app, &["e"]);
    answer(&mut app, "publisher:acme fails:*");
    assert!(command(&app).contains("--filter 'publisher:acme fails:*'"), "{}", command(&app));
    press(&mut app, &["e"]);
    answer(&mut app, "-publisher:acme");
    assert!(
        command(&app).contains("--filter=-publisher:acme")
            || command(&app).contains("'--filter=-publisher:acme'")
    );
    press(&mut app, &["e"]);
    answer(&mut app, "");
    assert!(text(&app, 120, 36).contains("the inventory has no filter"));
}

#[test]
fn times_are_presets_or_typed_and_the_default_is_no_flag() {
    let view = view();
    let (mut app, _) = reports(&view, "forecast");
    let whole = "touchmark report forecast --stage production --out inventory.forecast-2026-11-26.html";
    assert_eq!(command(&app), whole);
    choose_row(&mut app, 2);
    press(&mut app, &["space"]);
    assert!(command(&app).contains(" --days 180 --out "), "{}", command(&app));
    press(&mut app, &["left"]);
    assert_eq!(command(&app), whole);
    press(&mut app, &["e"]);
    answer(&mut app, "2027-02-14");
    assert!(command(&app).contains(" --until 2027-02-14 --out "), "{}", command(&app));
    let (mut app, _) = reports(&view, "trend");
    choose_row(&mut app, 2);
    press(&mut app, &["space"]);
    assert!(command(&app).contains(" --from 2026-08-28 --out "), "{}", command(&app));
    press(&mut app, &["down", "space"]);
    assert!(told(&app).contains("types it"), "{}", told(&app));
    press(&mut app, &["e"]);
    answer(&mut app, "2026-11-01");
    assert!(command(&app).contains(" --from 2026-08-28 --to 2026-11-01 --out "), "{}", command(&app));
    let effects = press(&mut app, &["W"]);
    assert_eq!(writing(&effects).unwrap().files, ["inventory.trend-2026-11-26.html"]);
}

#[test]
fn a_folder_of_files_goes_with_no_other_form() {
    let view = view();
    let (mut app, _) = reports(&view, "maturity");
    let oscal = 2 + REPORTS[0]
        .forms
        .iter()
        .filter(|word| cfg!(feature = "pdf") || **word != "pdf")
        .position(|word| *word == "oscal")
        .unwrap();
    choose_row(&mut app, oscal);
    press(&mut app, &["space"]);
    let line = command(&app);
    assert!(line.ends_with("--as oscal --out inventory.maturity-2026-11-26.oscal"), "{line}");
    choose_row(&mut app, 2);
    press(&mut app, &["space"]);
    assert!(command(&app).ends_with("--out inventory.maturity-2026-11-26.html"), "{}", command(&app));
    // None at all cannot be written, and says so.
    press(&mut app, &["space"]);
    assert_eq!(writing(&press(&mut app, &["W"])), None);
    assert!(told(&app).contains("no form is chosen"), "{}", told(&app));
}

#[test]
fn a_preview_of_earlier_choices_is_dropped() {
    let view = view();
    let (mut app, effects) = reports(&view, "maturity");
    let (first, _) = preview(&effects);
    let line = |app: &mut App, number, line: &str| {
        update(app, Action::Previewed(number, false, vec![line.to_owned()]))
    };
    line(&mut app, first, "of maturity");
    assert!(text(&app, 80, 24).contains("of maturity"));
    let (second, words) = preview(&press(&mut app, &["down"]));
    assert!(second > first && words.starts_with("report producer"), "{words}");
    // Until the new one says something, the old one stays; then what is late of it is not taken.
    assert!(text(&app, 80, 24).contains("of maturity") && text(&app, 80, 24).contains("being made"));
    line(&mut app, second, "of producers");
    line(&mut app, first, "late");
    update(&mut app, Action::PreviewEnded(first, Ended::Status(1)));
    let drawn = text(&app, 80, 24);
    assert!(
        drawn.contains("of producers") && !drawn.contains("late") && !drawn.contains("of maturity"),
        "{drawn}"
    );
    update(&mut app, Action::PreviewEnded(second, Ended::Status(2)));
    assert!(text(&app, 80, 24).contains("exit status 2"), "{}", text(&app, 80, 24));
    // The same choices are not made again; another view is.
    assert!(!press(&mut app, &["up", "down"]).iter().any(|effect| matches!(effect, Effect::StopPreview)));
    // A pack has no text.
    let stopped = press(&mut app, &["G"]);
    assert!(!stopped.iter().any(|effect| matches!(effect, Effect::Preview { .. })), "{stopped:?}");
    assert!(text(&app, 80, 24).contains("no text form"), "{}", text(&app, 80, 24));
    assert_eq!(text(&app, 80, 24).matches("of producers").count(), 0);
}

#[test]
fn a_preview_is_kept_within_bounds_and_more_is_not_made() {
    let view = view();
    let (mut app, effects) = reports(&view, "maturity");
    let (number, _) = preview(&effects);
    let many: Vec<String> = (0..1_999).map(|line| format!("line {line}")).collect();
    assert_eq!(update(&mut app, Action::Previewed(number, false, many.clone())), []);
    assert_eq!(update(&mut app, Action::Previewed(number, false, many)), [Effect::StopPreview]);
    assert_eq!(app.reports.preview.shown().unwrap().lines.len(), 2_000);
    assert!(text(&app, 80, 24).contains("the first lines"), "{}", text(&app, 80, 24));
    // It scrolls to its end, by page from any pane and by row on its own.
    shown(&mut app, 80, 24);
    press(&mut app, &["shift-tab", "G"]);
    assert!(shown(&mut app, 80, 24).contains("and more: W writes it whole"), "{}", text(&app, 80, 24));
    press(&mut app, &["g", "tab", "pgdn"]);
    assert!(!shown(&mut app, 80, 24).contains("line 0 ") && app.scroll == 10);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_somebody_says_so() {
    let view = view();
    let (mut app, _) = reports(&view, "maturity");
    // Enter leads to the choices and then writes; W writes from anywhere.
    assert_eq!(writing(&press(&mut app, &["enter"])), None);
    assert_eq!(app.reports.pane, ReportPane::Choices);
    let effects = press(&mut app, &["enter"]);
    let file = "inventory.maturity-2026-11-26.html";
    let first = writing(&effects).unwrap().clone();
    assert_eq!((first.files.as_slice(), first.replaces), ([file.to_owned()].as_slice(), false));
    assert!(first.words.ends_with(&["--out".to_owned(), file.to_owned()]), "{:?}", first.words);
    assert!(!first.words.contains(&"--force".to_owned()));
    update(&mut app, Action::ReportTaken(vec![file.to_owned()]));
    let drawn = text(&app, 80, 24);
    assert!(drawn.contains("is there already: Enter replaces it"), "{drawn}");
    // Another name.
    let other = answer(&mut app, "q3.html");
    let other = writing(&other).unwrap();
    assert_eq!((other.files.as_slice(), other.replaces), (["q3.html".to_owned()].as_slice(), false));
    assert!(command(&app).ends_with("--out q3.html"));
    // The same name replaces.
    update(&mut app, Action::ReportTaken(vec!["q3.html".to_owned()]));
    let effects = press(&mut app, &["enter"]);
    let again = writing(&effects).unwrap();
    assert!(again.replaces && again.words.contains(&"--force".to_owned()), "{again:?}");
    // Esc leaves, and what was asked is forgotten.
    update(&mut app, Action::ReportTaken(vec!["q3.html".to_owned()]));
    assert_eq!(writing(&press(&mut app, &["esc"])), None);
    assert!(!writing(&press(&mut app, &["W"])).unwrap().replaces);
}

#[test]
fn where_no_report_can_be_made_or_written_the_screen_says_why() {
    let samples = copy_of_samples();
    // Read-only: it is shown and cannot be written.
    let mut app = app("dark", Some(&opened(samples.path(), true).view()));
    app.read_only = true;
    let effects = press(&mut app, &["7"]);
    preview(&effects);
    assert!(text(&app, 80, 24).contains("opened read-only"), "{}", text(&app, 80, 24));
    assert_eq!(writing(&press(&mut app, &["W"])), None);
    assert!(told(&app).contains("read-only"), "{}", told(&app));
    assert_eq!(writing(&press(&mut app, &["enter", "enter"])), None);
    assert!(!text(&app, 200, 60).contains("W write "), "{}", text(&app, 200, 60));
    // A policy that does not load.
    std::fs::write(samples.path().join("policies/samples.toml"), "schema = \"touchmark/9\"\nx = 1\n")
        .unwrap();
    let (mut app, effects) = reports(&opened(samples.path(), true).view(), "maturity");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Preview { .. })), "{effects:?}");
    let drawn = text(&app, 80, 24);
    assert!(drawn.contains("The policy has") && drawn.contains("nothing to write"), "{drawn}");
    assert_eq!(writing(&press(&mut app, &["W"])), None);
    assert!(told(&app).contains("policy does not load"), "{}", told(&app));
    // A folder that is no workspace: a command would find none there.
    let (mut app, _) = reports(&opened(copy_of_samples().path(), true).view(), "maturity");
    update(&mut app, Action::Access(Access::Temporary));
    assert_eq!(update(&mut app, Action::Resize), []);
    assert!(text(&app, 80, 24).contains("not a workspace yet"), "{}", text(&app, 80, 24));
    // An empty inventory.
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join("touchmark.toml"), "schema = \"workspace/0.1\"\n").unwrap();
    let (app, effects) = reports(&opened(empty.path(), true).view(), "maturity");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Preview { .. })), "{effects:?}");
    assert!(text(&app, 80, 24).contains("nothing to report"), "{}", text(&app, 80, 24));
}

#[test]
fn the_maturity_screen_leads_to_the_report_on_its_model_or_on_all() {
    let mut app = verified();
    app.go_about(Screen::Maturity, ModelId::new(SORTER));
    let effects = press(&mut app, &["P"]);
    assert_eq!((app.screen, app.reports.pane), (Screen::Reports, ReportPane::Choices));
    assert_eq!(preview(&effects).1, format!("report maturity --stage production {SORTER}"));
    press(&mut app, &["4", "a", "P"]);
    assert!(!command(&app).contains(SORTER), "{}", command(&app));
}

#[test]
fn what_was_chosen_is_remembered_and_what_nobody_chose_is_left_out() {
    let view = view();
    let (mut app, _) = reports(&view, "producer");
    press(&mut app, &["enter", "space"]);
    assert_eq!(app.reports.choices.scopes["producer"], "producer");
    choose_row(&mut app, 3);
    press(&mut app, &["space"]);
    let bytes = Session::of(&app, &Session::default()).to_json().unwrap();
    let mut other = crate::tui::app("dark", Some(&view));
    Session::parse(&bytes).unwrap().restore(&mut other);
    assert_eq!(other.reports.choices, app.reports.choices);
    assert_eq!(other.screen, Screen::Reports);
    // A file may have come with the workspace.
    for hostile in [
        r#"{"kind": 7}"#.to_owned(),
        r#"{"kind": "none", "scopes": {"maturity": "everything"}, "forms": {"maturity": ["exe"]}, "stage": "\u001b[2J"}"#.to_owned(),
        format!(r#"{{"typed": {{"filter": "{}"}}}}"#, "x".repeat(100_000)),
        format!(r#"{{"forms": {{"maturity": [{}"html"]}}}}"#, "\"html\",".repeat(10_000)),
    ] {
        let text = format!(r#"{{"schema": "session/0.1", "screen": "Reports", "reports": {hostile}}}"#);
        let mut app = crate::tui::app("dark", Some(&view));
        Session::parse(text.as_bytes()).unwrap().restore(&mut app);
        assert_eq!(app.screen, Screen::Reports, "{hostile:.80}");
        let kept = serde_json::to_vec(&app.reports.choices).unwrap().len();
        assert!(kept < 10_000, "{kept} bytes of {hostile:.80}");
        assert!(command(&app).starts_with("touchmark report maturity"), "{}", command(&app));
        text_is_shown(&app);
    }
    assert_eq!(ReportChoices::default().bounded(), ReportChoices::default());
}

fn text_is_shown(app: &App) {
    for (columns, rows) in [(60, 16), (80, 24), (200, 60)] {
        assert!(text(app, columns, rows).chars().all(|c| c == '\n' || !c.is_control()));
    }
}

#[test]
fn a_name_that_cannot_be_typed_is_given_to_the_command_and_not_shown_as_one() {
    let view = Arc::new(crate::tui::holding(["-dash", "acme/a b'c"].map(str::to_owned).into_iter()));
    for (name, is_shown) in [("acme/\u{202e}evil", false), ("-dash", true), ("acme/a b'c", true)] {
        let mut app = app("dark", Some(&view));
        // The inventory's own names hold nothing that nobody sees; what a session remembers may.
        match is_shown {
            true => app.current = Some(ModelId::new(name)),
            false => drop(app.reports.choices.typed.insert("model".to_owned(), name.to_owned())),
        }
        app.reports.choices.scopes.insert("maturity".to_owned(), "model".to_owned());
        app.screen = Screen::Reports;
        let effects = update(&mut app, Action::Resize);
        let (_, words) = preview(&effects);
        assert!(words.ends_with(name), "{words:?}");
        assert_eq!(words.contains(" -- "), name.starts_with('-'), "{words:?}");
        let copied = copies(&app).into_iter().find(|copy| copy.key == 'c').unwrap().text;
        assert_eq!(copied.is_ok(), is_shown, "{copied:?}");
        text_is_shown(&app);
        let written = press(&mut app, &["W"]);
        let file = &writing(&written).unwrap().files[0];
        assert!(file.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{file:?}");
        assert!(!file.starts_with('-') && !file.starts_with('.'), "{file:?}");
        let effects = press(&mut app, &["y"]);
        assert_eq!(effects.iter().any(|effect| matches!(effect, Effect::Copy { .. })), is_shown);
    }
}

#[test]
fn a_click_chooses_and_a_second_one_changes_and_nothing_is_written_by_it() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let view = view();
    let (mut app, _) = reports(&view, "maturity");
    app.mouse = true;
    let click = |app: &mut App, tab: usize| {
        let drawn = shown(app, 120, 40);
        let hit = |hit: &&Hit| hit.under == Under::PaneTab(tab);
        let area =
            app.drawn.hits.iter().find(hit).unwrap_or_else(|| panic!("{tab} is not drawn:\n{drawn}")).area;
        let kind = MouseEventKind::Down(MouseButton::Left);
        let event = MouseEvent { kind, column: area.x + 1, row: area.y, modifiers: KeyModifiers::NONE };
        update(app, Action::Mouse(event))
    };
    click(&mut app, 1);
    assert_eq!((app.reports.choices.kind.as_str(), app.reports.pane), ("producer", ReportPane::Kinds));
    let html = REPORTS.len() + 2;
    click(&mut app, html);
    assert_eq!((app.reports.pane, app.reports.row), (ReportPane::Choices, 2));
    assert!(command(&app).contains(".html"));
    let effects = click(&mut app, html);
    assert!(!command(&app).contains(".html") && writing(&effects).is_none());
}

#[test]
fn other_work_is_a_job_that_is_counted_cancelled_and_run_again() {
    let dir = copy_of_samples();
    let workbench = opened(dir.path(), false);
    let work = OtherWork::new("report x".to_owned(), |progress, line| {
        progress.expect(2, 0);
        progress.add_file();
        line("half".to_owned());
        while !progress.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        progress.check().map(|()| "never".to_owned())
    });
    let id = workbench.start(JobKind::Other(work));
    let began = Instant::now();
    while workbench.jobs()[0].log.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(
        (workbench.jobs()[0].title.as_str(), workbench.jobs()[0].snapshot().percent()),
        ("report x", 50)
    );
    workbench.cancel(id);
    assert!(matches!(workbench.wait(id).unwrap().state, JobState::Cancelled));
    let again = workbench.retry(id).unwrap();
    workbench.cancel(again);
    assert!(matches!(workbench.wait(again).unwrap().state, JobState::Cancelled));
}

#[test]
fn progress_is_told_to_a_program_in_lines_and_to_nobody_else() {
    let dir = copy_of_samples();
    let workspace = dir.path().to_str().unwrap();
    let run = |more: &[&str]| {
        let arguments =
            ["report", "forecast", "--workspace", workspace].into_iter().chain(more.iter().copied());
        let run = touchmark(arguments);
        assert!(run.status.success(), "{}", err(&run));
        err(&run)
    };
    let said = run(&["--progress-lines"]);
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty());
    for line in lines {
        for counter in ["bytes", "bytes_total", "files", "files_total"] {
            assert!(line["progress"][counter].is_u64(), "{line}");
        }
    }
    assert_eq!(run(&[]), "");
}

#[test]
fn keys_of_the_screen_are_in_its_bar_and_help() {
    let view = view();
    let (mut app, _) = reports(&view, "maturity");
    let bar = text(&app, 120, 36);
    for (cmd, word) in
        [(Cmd::WriteReport, "W write"), (Cmd::NextChoice, "Space change"), (Cmd::TypeChoice, "e type")]
    {
        assert!(bar.contains(word), "{word}:\n{bar}");
        assert_eq!(keys_of(cmd).unwrap().screens, [Screen::Reports]);
    }
    press(&mut app, &["?"]);
    assert!(text(&app, 120, 60).contains("write the report to its files"), "{}", text(&app, 120, 60));
}

/// In a pty: a report is looked at, written as a job, found among the jobs, and not written over.
#[test]
fn a_report_is_previewed_written_and_never_replaced_unasked() {
    for (columns, rows) in [(80, 24), (160, 50)] {
        let dir = copy_of_samples();
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("nothing verified yet");
        terminal.keys("7");
        terminal.wait("Preview");
        terminal.wait("43 models");
        terminal.keys("\rG");
        terminal.wait("▸ file");
        terminal.keys("e");
        terminal.wait("Name of the files");
        terminal.keys("\u{15}");
        let stem = dir.path().join("out");
        terminal.keys(&format!("{}\r", stem.display()));
        terminal.gone("Name of the files");
        terminal.keys("W");
        let file = dir.path().join("out.html");
        let began = Instant::now();
        while !file.exists() {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing was written:\n{}", terminal.text());
            std::thread::sleep(Duration::from_millis(20));
        }
        let html = std::fs::read_to_string(&file).unwrap();
        assert!(html.contains("</html>") && html.contains(SORTER));
        terminal.keys("8");
        terminal.wait("✓ done");
        terminal.wait("written:");
        terminal.keys("\r");
        terminal.wait("sha256");
        terminal.keys("q7W");
        terminal.wait("is there already");
        terminal.keys("\u{1b}");
        terminal.gone("is there already");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), html);
        terminal.keys("1");
        terminal.wait("Models");
        terminal.quits();
    }
}

/// A job whose child cannot go on, as the store is held, is cancelled at once and leaves nothing.
#[test]
fn writing_a_report_is_cancelled_at_once_and_leaves_no_file() {
    let dir = copy_of_samples();
    let mut terminal = Terminal::open(dir.path(), 120, 40);
    terminal.wait("nothing verified yet");
    terminal.keys("7");
    terminal.wait("43 models");
    terminal.keys("\rGe");
    terminal.wait("Name of the files");
    terminal.keys("\u{15}");
    terminal.keys(&format!("{}\r", dir.path().join("out").display()));
    terminal.gone("Name of the files");
    let names = || {
        names_below(dir.path())
            .into_iter()
            .filter(|name| !name.to_string_lossy().contains("touchmark.db"))
            .collect::<Vec<_>>()
    };
    let before = names();
    let store = names_below(dir.path())
        .into_iter()
        .find(|name| name.extension().is_some_and(|ending| ending == "db" || ending == "sqlite"))
        .unwrap();
    let held = rusqlite::Connection::open(dir.path().join(store)).unwrap();
    held.execute_batch("BEGIN EXCLUSIVE").unwrap();
    terminal.keys("W8");
    terminal.wait("▸ running");
    let began = Instant::now();
    terminal.keys("x");
    terminal.wait("? cancelled");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    held.execute_batch("ROLLBACK").unwrap();
    drop(held);
    assert_eq!(names(), before);
    terminal.keys("1");
    terminal.wait("Models");
    terminal.quits();
}
