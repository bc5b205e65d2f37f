//! Every screen on the samples, at 80×24 and at 160×50, as text. What changes with each making of the
//! samples (fingerprints, times) is made even first.

use crate::support::{copy_of_samples, even};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use touchmark::inventory::ModelId;
use touchmark::tui::theme::{self, Depth, Theme};
use touchmark::tui::{Action, App, draw, update};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

fn open(dir: &std::path::Path) -> (Workbench, App) {
    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap();
    let mut app = App::new(Theme::load("dark", Depth::True).unwrap(), theme::names());
    update(&mut app, Action::View(workbench.view()));
    (workbench, app)
}

fn verified(dir: &std::path::Path) -> App {
    let (workbench, mut app) = open(dir);
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    update(&mut app, Action::View(workbench.view()));
    // The cursor stayed on its model; the worst is told until a key is pressed.
    press(&mut app, "g");
    app
}

fn press(app: &mut App, keys: &str) {
    for key in keys.chars() {
        let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
        update(app, Action::Key(KeyEvent::from(code)));
    }
}

fn screen(app: &App, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| _ = draw(app, frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut text = String::new();
    for y in 0..rows {
        let line: String = (0..columns).map(|x| buffer[(x, y)].symbol()).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    even(&text)
}

fn photographs(name: &str, app: &App) {
    for (columns, rows) in [(80, 24), (160, 50)] {
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen(app, columns, rows));
    }
}

#[test]
fn the_first_screen_lists_the_models_and_says_what_to_press() {
    let dir = copy_of_samples();
    photographs("inventory_first", &open(dir.path()).1);
}

#[test]
fn the_inventory_shows_the_worst_first_with_file_and_remedy() {
    let dir = copy_of_samples();
    photographs("inventory_verified", &verified(dir.path()));
}

#[test]
fn the_table_stands_in_groups_and_with_its_family_at_three_sizes() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
        insta::assert_snapshot!(format!("table_{columns}x{rows}"), screen(&app, columns, rows));
    }
    press(&mut app, "zsm");
    for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
        insta::assert_snapshot!(format!("groups_{columns}x{rows}"), screen(&app, columns, rows));
    }
}

#[test]
fn a_tampered_model_is_explained() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    press(&mut app, "\n");
    photographs("verify_tampered", &app);
}

#[test]
fn a_family_is_drawn_with_its_taint() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    press(&mut app, "2");
    photographs("lineage", &app);
}

#[test]
fn controls_of_level_1_are_listed_with_what_is_open() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    press(&mut app, "4");
    photographs("maturity", &app);
}

#[test]
fn the_policy_is_shown_with_what_it_decides() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    press(&mut app, "5");
    photographs("policy", &app);
}

#[test]
fn help_lists_the_keys_of_the_screen() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    press(&mut app, "?");
    photographs("help", &app);
}

#[test]
fn why_tells_the_reasons_of_a_decision() {
    let dir = copy_of_samples();
    let mut app = verified(dir.path());
    press(&mut app, "w");
    photographs("why", &app);
}

#[test]
fn drawing_builds_only_the_rows_that_are_seen() {
    let dir = copy_of_samples();
    let app = verified(dir.path());
    let short = screen(&app, 100, 20);
    assert!(short.lines().filter(|line| line.contains("refuse") || line.contains("admit")).count() <= 20);
}
