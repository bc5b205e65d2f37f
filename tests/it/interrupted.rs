//! Reports and packs that somebody interrupts: the work stops at its next model, and no file, no half of one and no draft
//! is left behind.

use crate::reports::AT;
use crate::support::{err, names_below, touchmark};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use touchmark::Code;
use touchmark::disk::is_draft;
use touchmark::documents::{MaturityReportDocument, ProducerReportDocument, ReportAbout};
use touchmark::signing::Progress;
use touchmark::view::SurveyOf;
use touchmark::workbench::{OpenOptions, TrendPoint, Workbench};

/// So many that a report on them takes its time.
const MANY: usize = 3000;

/// A workspace of many models that only a document mentions, scanned.
fn many() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let component = |number: usize| json!({ "type": "machine-learning-model", "name": format!("acme/model-{number}"), "bom-ref": format!("{number}") });
    let components: Vec<_> = (0..MANY).map(component).collect();
    let bom = json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": components });
    fs::write(dir.path().join("all.cdx.json"), bom.to_string()).unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"many\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \"all.cdx.json\"\n";
    fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let folder = dir.path().to_string_lossy().into_owned();
    let done = touchmark(["scan", "--workspace", &folder]);
    assert!(done.status.success(), "{}", err(&done));
    dir
}

fn open(root: &Path) -> Workbench {
    let at = Some(AT.parse().unwrap());
    Workbench::open(&OpenOptions { dir: Some(root.to_owned()), at, ..OpenOptions::default() }).unwrap()
}

#[test]
fn figures_count_each_model_and_stop_in_the_middle() {
    let dir = many();
    let workbench = open(dir.path());
    let view = workbench.view();
    let whole = Progress::default();
    let of = |progress| SurveyOf { progress: Some(progress), ..SurveyOf::default() };
    let survey = view.survey_on_evidence(&of(&whole)).unwrap();
    let all = u64::try_from(MANY).unwrap();
    assert_eq!((whole.snapshot().files, whole.snapshot().files_total), (all, all));
    assert_eq!(survey, view.survey_on_evidence(&SurveyOf::default()).unwrap(), "counting changes no figure");

    let stopped = Progress::default();
    let found = std::thread::scope(|scope| {
        scope.spawn(|| {
            while stopped.snapshot().files < 20 {
                std::thread::yield_now();
            }
            stopped.cancel();
        });
        view.survey_on_evidence(&of(&stopped)).map(drop)
    });
    assert_eq!(found.unwrap_err().code, Code::Cancelled);
    let done = stopped.snapshot().files;
    assert!((20..all).contains(&done), "{done} of {all}");
    assert_eq!(view.scorecards(&of(&stopped)).map(drop).unwrap_err().code, Code::Cancelled);
    assert_eq!(stopped.snapshot().files, done, "nothing more is done");

    let models: Vec<usize> = (0..MANY).collect();
    let name = &view.workspace.name;
    let document = |progress: &Progress| {
        let about = ReportAbout::Inventory(name);
        MaturityReportDocument::of_models(&view, about, "all", &models, (&survey, &[]), progress)
            .map(|document| document.models.len())
    };
    assert_eq!(document(&whole).unwrap(), MANY);
    assert_eq!(document(&stopped).unwrap_err().code, Code::Cancelled);
    let cards = view.scorecards(&SurveyOf::default()).unwrap();
    let document = |progress: &Progress| {
        let about = ReportAbout::Inventory(name);
        ProducerReportDocument::of(&view, about, "all", (&cards, &[]), Some(&models), progress)
            .map(|document| document.models.map_or(0, |models| models.len()))
    };
    assert_eq!(document(&whole).unwrap(), MANY);
    assert_eq!(document(&stopped).unwrap_err().code, Code::Cancelled);

    let until = "2027-12-01T00:00:00Z".parse().unwrap();
    assert_eq!(workbench.forecast(until, &stopped).map(drop).unwrap_err().code, Code::Cancelled);
    let points = (&TrendPoint::At(AT.parse().unwrap()), &TrendPoint::Now);
    assert_eq!(workbench.trend(points, None, &stopped).map(drop).unwrap_err().code, Code::Cancelled);
    assert_eq!(workbench.gather_pack(&[], None, &stopped).map(drop).unwrap_err().code, Code::Cancelled);
}

fn start(root: &Path, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(words)
        .args(["--at", AT])
        .current_dir(root)
        .env("XDG_STATE_HOME", root.join("no-state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What was made, whole or half.
fn files(root: &Path) -> BTreeSet<PathBuf> {
    let is_made = |path: &PathBuf| {
        is_draft(path) || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("new."))
    };
    names_below(root).into_iter().filter(is_made).collect()
}

/// Interrupts what runs, and says how it ended, how long that took and what it said.
fn interrupted(child: Child) -> (Option<i32>, Duration, String) {
    let since = Instant::now();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), since.elapsed(), err(&done))
}

#[test]
fn ctrl_c_leaves_nothing_behind_wherever_it_comes() {
    let dir = many();
    let root = dir.path();
    let reports: [&[&str]; 4] = [
        &["report", "maturity", "-o", "new.csv", "-o", "new.html", "-o", "new.json"],
        &["report", "producer", "acme", "-o", "new.html", "-o", "new.json"],
        &["report", "forecast", "-o", "new.html"],
        &["audit", "pack", "-o", "new.zip"],
    ];
    let mut stopped = 0;
    for words in reports {
        for millis in [40, 150, 400] {
            let child = start(root, words);
            std::thread::sleep(Duration::from_millis(millis));
            let (status, took, said) = interrupted(child);
            if status == Some(0) {
                // It was faster, and then all of it is there.
                let made = files(root);
                assert_eq!(made.len(), words.iter().filter(|word| **word == "-o").count(), "{made:?}");
                made.iter().for_each(|file| fs::remove_file(file).unwrap());
                continue;
            }
            assert_eq!(files(root), BTreeSet::new(), "{words:?} after {millis} ms: {said}");
            // Before it listens, the signal alone ends it.
            if status.is_some() {
                assert_eq!(status, Some(130), "{words:?} after {millis} ms: {said}");
                assert!(said.contains("E-CANCELLED"), "{said}");
                stopped += 1;
            }
            // A slow machine takes longer than the 100 ms to do the same.
            assert!(took < Duration::from_secs(2), "{words:?} took {took:?}");
        }
    }
    assert!(stopped > 2, "{stopped} were stopped in the middle");
}

#[test]
fn ctrl_c_takes_a_half_written_draft_away() {
    let dir = many();
    let root = dir.path();
    let child = start(root, &["report", "maturity", "-o", "new.csv", "-o", "new.html", "-o", "new.json"]);
    let since = Instant::now();
    let draft = loop {
        if let Some(draft) = names_below(root).into_iter().find(|path| is_draft(path)) {
            break draft;
        }
        assert!(since.elapsed() < Duration::from_secs(120), "no draft was ever made");
        std::thread::sleep(Duration::from_millis(1));
    };
    let (status, _, said) = interrupted(child);
    assert_eq!(status, Some(130), "{said}");
    assert!(!draft.exists());
    assert_eq!(files(root), BTreeSet::new());
}
