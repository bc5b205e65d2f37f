//! Draws every screen of the workbench on the samples, in two themes and three sizes, as SVG into `docs/screens/`:
//! `cargo run --example make-screens [-- FOLDER]`. The time stands still and no path of this machine is drawn, so that the
//! same program gives the same bytes: `.ci/run` says when the pictures are stale.
#![allow(clippy::disallowed_methods)]

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use touchmark::commands::Screen;
use touchmark::decision::Actor;
use touchmark::forms::{Form, Subject, write};
use touchmark::incident::Cases;
use touchmark::tui::photograph::photograph;
use touchmark::tui::theme::{self, Depth, Theme};
use touchmark::tui::{Action, App, CasesRead, Effect, JobNow, update};
use touchmark::view::View;
use touchmark::workbench::{Job, JobKind, NewCase, OpenOptions, Workbench};

/// When the pictures were taken, as they say.
const AT: &str = "2026-11-26T12:00:00Z";
/// Where, as they say.
const ROOT: &str = "/srv/models";
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
const THEMES: [&str; 2] = ["dark", "light"];

/// A picture: its name, what it shows, whether models were verified before, and the keys that lead there.
struct Shot {
    name: &'static str,
    about: &'static str,
    verified: bool,
    keys: &'static [&'static str],
}

const fn shot(name: &'static str, about: &'static str, keys: &'static [&'static str]) -> Shot {
    Shot { name, about, verified: true, keys }
}

const SHOTS: [Shot; 19] = [
    Shot { name: "first", about: "The inventory, opened for the first time", verified: false, keys: &[] },
    shot("inventory", "The inventory: the worst first", &[]),
    shot("verify", "The verification of a tampered model", &["enter"]),
    shot("lineage", "The family of a model", &["2"]),
    shot("maturity", "The controls of a level", &["4"]),
    shot("policy", "The policy, its stages and anchors", &["5"]),
    shot("incidents", "Cases of incidents, the next step in front", &["6"]),
    shot("reports", "Reports: kinds, choices, preview and the command that makes them", &["7"]),
    shot("jobs", "Running and finished work", &["8"]),
    shot("compare", "Two models side by side", &["space", "space", "="]),
    shot("why", "Why a model is refused, and what would admit it", &["w"]),
    shot("filter", "A filter, while it is typed", &["/", "q", "w", "e", "n"]),
    shot("review", "A review", &["r"]),
    shot("copy", "What can be copied", &["y"]),
    shot("export", "The forms in which this can be exported", &["e"]),
    shot("go-to", "Going to a model by its name", &["ctrl-p", "b", "o", "t"]),
    shot("palette", "Commands by name", &[":"]),
    shot("themes", "The themes", &["T"]),
    shot("help", "The keys of a screen", &["?"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = std::env::args().nth(1).map_or_else(|| root.join("docs/screens"), PathBuf::from);
    let samples = tempfile::tempdir()?;
    copy(&root.join("samples"), samples.path())?;
    let options =
        OpenOptions { dir: Some(samples.path().to_owned()), at: Some(AT.parse()?), ..OpenOptions::default() };
    let workbench = Workbench::open(&options)?;
    let found = workbench.view();
    let ids = found.models.iter().map(|model| model.id.clone()).collect();
    workbench.wait(workbench.start(JobKind::Verify(ids)));
    let (found, verified) = (still(&found)?, still(&workbench.view())?);
    workbench.open_case(&NewCase {
        kind: "model_substitution".to_owned(),
        subject: "acme/support-bot-7b".to_owned(),
        deployment: None,
        by: "jo".to_owned(),
        aware: None,
    })?;
    let cases = Arc::new(still_cases(workbench.cases()?)?);
    let jobs: Vec<JobNow> = workbench.jobs().iter().map(still_job).collect();
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    std::fs::create_dir_all(&out)?;
    let mut index = String::from(
        "# Screens\n\n<!-- Made by `cargo run --example make-screens`; do not edit. -->\n\n\
         The workbench on the samples, drawn by the program itself.\n",
    );
    for shot in SHOTS {
        let _ = write!(index, "\n## {}\n\n![{}]({}-120x40-dark.svg)\n\n", shot.about, shot.about, shot.name);
        let mut links = Vec::new();
        for (columns, rows) in SIZES {
            for name in THEMES {
                let view = if shot.verified { &verified } else { &found };
                let app = opened((view, &cases), if shot.verified { &jobs } else { &[] }, name, shot.keys)?;
                let picture = Subject::Picture(photograph(&app, columns, rows));
                let file = format!("{}-{columns}x{rows}-{name}.svg", shot.name);
                std::fs::write(out.join(&file), write(&picture, Form::Svg, view, &[])?)?;
                links.push(format!("[{columns}×{rows} {name}]({file})"));
            }
        }
        let _ = writeln!(index, "{}", links.join(" · "));
    }
    std::fs::write(out.join("README.md"), index)?;
    Ok(())
}

/// The workbench after these keys.
fn opened(
    (view, cases): (&Arc<View>, &Arc<Cases>),
    jobs: &[JobNow],
    theme: &str,
    keys: &[&str],
) -> Result<App, Box<dyn Error>> {
    let mut app = App::new(Theme::load(theme, Depth::True)?, theme::names());
    update(&mut app, Action::View(view.clone()));
    update(&mut app, Action::Jobs(jobs.to_vec()));
    for key in keys {
        for effect in update(&mut app, Action::Key(event(key))) {
            match effect {
                Effect::Theme(name) => {
                    update(&mut app, Action::Theme(Theme::load(&name, Depth::True)));
                }
                Effect::Cases(generation) => {
                    let read = CasesRead { generation, at: AT.parse()?, cases: Ok(cases.clone()) };
                    update(&mut app, Action::Cases(read));
                }
                _ => {}
            }
        }
    }
    if app.screen == Screen::Inventory {
        app.message = None;
    }
    Ok(app)
}

fn event(key: &str) -> KeyEvent {
    let (modifiers, base) = match key.strip_prefix("ctrl-") {
        Some(base) => (KeyModifiers::CONTROL, base),
        None => (KeyModifiers::NONE, key),
    };
    let code = match base {
        "enter" => KeyCode::Enter,
        "space" => KeyCode::Char(' '),
        "tab" => KeyCode::Tab,
        "down" => KeyCode::Down,
        other => other.chars().next().map_or(KeyCode::Null, KeyCode::Char),
    };
    KeyEvent::new(code, modifiers)
}

/// A view in which nothing depends on the machine or on how fast it is.
fn still(view: &View) -> Result<Arc<View>, Box<dyn Error>> {
    let mut view = view.clone();
    view.at = AT.parse()?;
    view.workspace.policy = view.workspace.policy.map(|policy| {
        let name = policy.strip_prefix(&view.workspace.root).map(Path::to_owned);
        Path::new(ROOT).join(name.unwrap_or(policy))
    });
    view.workspace.root = ROOT.into();
    let verified = view.verified.iter().map(|verified| {
        let mut verified = verified.as_deref()?.clone();
        verified.took_ms = 40;
        Some(Arc::new(verified))
    });
    view.verified = Arc::new(verified.collect());
    Ok(Arc::new(view))
}

/// Cases that were opened then, by an account that no machine has.
fn still_cases(mut cases: Cases) -> Result<Cases, Box<dyn Error>> {
    for case in cases.cases.values_mut() {
        (case.made.recorded, case.opening.aware) = (AT.parse()?, AT.parse()?);
        case.made.by = Actor { name: Some("jo".into()), id: None, label: None };
    }
    Ok(cases)
}

fn still_job(job: &Job) -> JobNow {
    let mut job = JobNow::of(job, std::time::Instant::now());
    job.elapsed = Duration::from_secs(1);
    job
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("touchmark.db") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else {
            std::fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}
