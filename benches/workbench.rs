//! 10,000 synthetic models: open from the store, draw a frame, move, filter. `cargo bench`.
//! Ratios to read: `draw` against `draw_one_row` (drawing may not depend on the number of models), and
//! `open` against `read_the_store_file` (the floor).
#![allow(clippy::unwrap_used)]

use divan::{Bencher, black_box};
use std::path::Path;
use std::sync::OnceLock;
use touchmark::tui::app::{Action, App, update};
use touchmark::tui::draw::draw;
use touchmark::tui::theme::{Depth, Theme};
use touchmark::workbench::{OpenOptions, Workbench};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const MODELS: usize = 10_000;

fn main() {
    divan::main();
}

/// A workspace with one bill of materials of many models, each derived from the one ten before it.
fn workspace(models: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let components: Vec<serde_json::Value> = (0..models)
        .map(|i| {
            serde_json::json!({
                "type": "machine-learning-model", "group": format!("team-{}", i % 97), "name": format!("model-{i:06}"),
                "version": "1.0", "licenses": [{ "license": { "id": "Apache-2.0" } }],
                "pedigree": { "ancestors": if i < 10 { vec![] } else {
                    vec![serde_json::json!({ "type": "machine-learning-model", "group": format!("team-{}", (i - 10) % 97), "name": format!("model-{:06}", i - 10) })]
                } },
            })
        })
        .collect();
    let bom = serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": components });
    std::fs::write(dir.path().join("all.cdx.json"), bom.to_string()).unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"bench\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \"all.cdx.json\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    open(dir.path());
    dir
}

fn open(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

fn large() -> &'static tempfile::TempDir {
    static LARGE: OnceLock<tempfile::TempDir> = OnceLock::new();
    LARGE.get_or_init(|| workspace(MODELS))
}

fn app(dir: &Path) -> App {
    let mut app = App::new(Theme::load("dark", Depth::True).unwrap(), Depth::True);
    update(&mut app, Action::View(open(dir).view()));
    app
}

fn key(app: &mut App, code: KeyCode) {
    black_box(update(app, Action::Key(KeyEvent::from(code))));
}

#[divan::bench(sample_count = 10)]
fn open_10_000_models(bencher: Bencher) {
    let dir = large();
    bencher.bench_local(|| black_box(open(dir.path()).view().models.len()));
}

#[divan::bench(sample_count = 10)]
fn read_the_store_file(bencher: Bencher) {
    let file = large().path().join("touchmark.db");
    bencher.bench_local(|| black_box(std::fs::read(&file).unwrap().len()));
}

#[divan::bench]
fn draw_10_000_models(bencher: Bencher) {
    let app = app(large().path());
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    bencher.bench_local(|| terminal.draw(|frame| draw(&app, frame)).unwrap().count);
}

#[divan::bench]
fn draw_one_row(bencher: Bencher) {
    let dir = workspace(1);
    let app = app(dir.path());
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    bencher.bench_local(|| terminal.draw(|frame| draw(&app, frame)).unwrap().count);
}

#[divan::bench]
fn move_down_and_draw(bencher: Bencher) {
    let mut app = app(large().path());
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    bencher.bench_local(|| {
        key(&mut app, KeyCode::Char('j'));
        terminal.draw(|frame| draw(&app, frame)).unwrap().count
    });
}

#[divan::bench]
fn filter_a_letter_and_erase_it(bencher: Bencher) {
    let mut app = app(large().path());
    key(&mut app, KeyCode::Char('/'));
    bencher.bench_local(|| {
        key(&mut app, KeyCode::Char('7'));
        key(&mut app, KeyCode::Backspace);
    });
}
