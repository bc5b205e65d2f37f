//! 100,000 synthetic models: read ten bills, open from the store, scan again, draw a frame, move, filter.
//! `cargo bench --bench workbench`. Ratios to read: `draw` against `draw_one_row` (drawing may not depend on the
//! number of models), `import` against `parse_the_bills`, and `open` against `read_the_store_file` (the floors).
#![allow(clippy::unwrap_used)]

use divan::{Bencher, black_box};
use std::path::Path;
use std::sync::OnceLock;
use touchmark::inventory::Aliases;
use touchmark::maturity::{CapNode, CapPlan, CapState};
use touchmark::store::{self, Place};
use touchmark::tui::theme::{self, Depth, Theme};
use touchmark::tui::{Action, App, draw, update};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const MODELS: usize = 100_000;
const BILLS: usize = 10;

fn main() {
    divan::main();
}

/// Compressed rows of two parents for most of the models, all of which bear weight.
fn rows() -> (Vec<u32>, Vec<u32>) {
    let (mut starts, mut parents) = (vec![0], Vec::new());
    for model in 0..u32::try_from(MODELS).unwrap() {
        parents.extend(model.checked_sub(10));
        parents.extend(model.checked_sub(10_000).map(|at| at * 7 % model));
        starts.push(u32::try_from(parents.len()).unwrap());
    }
    (starts, parents)
}

/// A workspace with bills of materials of many models, each derived from the one ten before it.
fn unread(models: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let components: Vec<serde_json::Value> = (0..models)
        .map(|i| {
            let (group, name) = (format!("team-{}", i % 97), format!("model-{i:06}"));
            let ancestors: Vec<serde_json::Value> = i
                .checked_sub(10)
                .map(|i| serde_json::json!({ "type": "machine-learning-model", "group": format!("team-{}", i % 97), "name": format!("model-{i:06}") }))
                .into_iter()
                .collect();
            serde_json::json!({
                "type": "machine-learning-model", "group": group, "name": name, "version": "1.0",
                "purl": format!("pkg:huggingface/{group}/{name}@{i:040x}"),
                "licenses": [{ "license": { "id": "Apache-2.0" } }],
                "hashes": [{ "alg": "SHA-256", "content": format!("{i:064x}") }],
                "modelCard": { "modelParameters": {
                    "task": "text-generation", "architectureFamily": "llama",
                    "datasets": [{ "type": "dataset", "name": format!("data-{}", i % 50) }],
                } },
                "pedigree": { "ancestors": ancestors },
            })
        })
        .collect();
    for (number, some) in components.chunks(models.div_ceil(BILLS)).enumerate() {
        let bill = serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": some });
        std::fs::write(dir.path().join(format!("{number}.cdx.json")), bill.to_string()).unwrap();
    }
    let text = "schema = \"workspace/0.1\"\nname = \"bench\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \".\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    dir
}

/// The same, read into its store.
fn workspace(models: usize) -> tempfile::TempDir {
    let dir = unread(models);
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
    let mut app = App::new(Theme::load("dark", Depth::True).unwrap(), theme::names());
    update(&mut app, Action::View(open(dir).view()));
    app
}

fn key(app: &mut App, code: KeyCode) {
    black_box(update(app, Action::Key(KeyEvent::from(code))));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn import_100_000_models(bencher: Bencher) {
    bencher.with_inputs(|| unread(MODELS)).bench_local_values(|dir| {
        black_box(open(dir.path()).view().models.len());
        dir
    });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn parse_the_bills(bencher: Bencher) {
    let dir = large().path();
    bencher.bench_local(|| {
        for number in 0..BILLS {
            let bytes = std::fs::read(dir.join(format!("{number}.cdx.json"))).unwrap();
            black_box(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
        }
    });
}

#[divan::bench(sample_count = 10)]
fn first_rows_of_100_000_models(bencher: Bencher) {
    let file = large().path().join("touchmark.db");
    bencher.bench_local(|| {
        store::load_first(&*store::open(Place::File(&file)).unwrap(), 512, 5000).unwrap().unwrap().len()
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn load_100_000_models(bencher: Bencher) {
    let file = large().path().join("touchmark.db");
    bencher.bench_local(|| {
        store::load(&*store::open(Place::File(&file)).unwrap(), &Aliases::default()).unwrap().0.len()
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn open_and_judge_100_000_models(bencher: Bencher) {
    let dir = large();
    bencher.bench_local(|| black_box(open(dir.path()).view().models.len()));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn judge_100_000_models(bencher: Bencher) {
    let before = open(large().path()).view();
    let mut view = (*before).clone();
    bencher.bench_local(|| {
        view.judge_after(&before, None);
        black_box(view.judgement.standings().len())
    });
}

#[divan::bench]
fn order_100_000_models_by_lineage(bencher: Bencher) {
    bencher.with_inputs(rows).bench_local_values(|(starts, parents)| CapPlan::new(starts, parents));
}

#[divan::bench]
fn cap_100_000_models(bencher: Bencher) {
    let (starts, parents) = rows();
    let plan = CapPlan::new(starts, parents);
    let states = [CapState::Unsigned, CapState::Signed, CapState::Signed, CapState::Signed];
    let node = |(own, state)| CapNode { state, own, root_claim: false, summary_level: 0 };
    let nodes: Vec<CapNode> = (0..4).cycle().zip(states).cycle().take(MODELS).map(node).collect();
    bencher.bench_local(|| plan.effective(black_box(&nodes)));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn scan_again_with_nothing_changed(bencher: Bencher) {
    let workbench = open(large().path());
    bencher.bench_local(|| workbench.wait(workbench.start(JobKind::Scan)).unwrap().state);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn list_json(bencher: Bencher) {
    let view = open(large().path()).view();
    bencher.bench_local(|| {
        let document = touchmark::documents::ListDocument::of(&view, &|_| true);
        touchmark::json::to_writer(&document, &mut std::io::sink()).unwrap();
    });
}

#[divan::bench(sample_count = 10)]
fn read_the_store_file(bencher: Bencher) {
    let file = large().path().join("touchmark.db");
    bencher.bench_local(|| black_box(std::fs::read(&file).unwrap().len()));
}

#[divan::bench]
fn draw_100_000_models(bencher: Bencher) {
    let app = app(large().path());
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    bencher.bench_local(|| terminal.draw(|frame| _ = black_box(draw(&app, frame))).unwrap().count);
}

#[divan::bench]
fn draw_one_row(bencher: Bencher) {
    let dir = workspace(1);
    let app = app(dir.path());
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    bencher.bench_local(|| terminal.draw(|frame| _ = black_box(draw(&app, frame))).unwrap().count);
}

#[divan::bench]
fn move_down_and_draw(bencher: Bencher) {
    let mut app = app(large().path());
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    bencher.bench_local(|| {
        key(&mut app, KeyCode::Char('j'));
        terminal.draw(|frame| _ = black_box(draw(&app, frame))).unwrap().count
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
