//! A store that lies: whatever stands in it, a verdict rests on the bytes that were just read, from where the sources
//! have them. The honest workspace beside it goes on as ever.

use crate::support::{copy_of_samples, err, out, touchmark};
use rusqlite::{Connection, params};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use touchmark::inventory::ModelId;
use touchmark::signing::{Outcome, Progress};
use touchmark::store::{LedgerEnd, LedgerEntry, RecordKind};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

const MODEL: &str = "lumen/iris-base";
const FOLDER: &str = "models/lumen/iris-base";

struct Desk(tempfile::TempDir);

impl Desk {
    /// The samples, in which the model was verified and admitted.
    fn new() -> Self {
        let desk = Desk(copy_of_samples());
        assert_eq!(desk.gate("production").status.code(), Some(0));
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        let folder = self.0.path().to_string_lossy().into_owned();
        touchmark(words.iter().copied().chain(["--workspace", &folder]))
    }

    fn gate(&self, stage: &str) -> Output {
        self.run(&["gate", MODEL, "--stage", stage])
    }

    fn refused(&self, why: &str) {
        for stage in ["dev", "production"] {
            let gate = self.gate(stage);
            let status = gate.status.code().unwrap();
            assert!(![0, 5].contains(&status), "{why} at {stage}: {status} {}{}", out(&gate), err(&gate));
        }
        let verify = self.run(&["verify", MODEL]);
        assert_ne!(verify.status.code(), Some(0), "{why}: {}", out(&verify));
    }

    fn store(&self) -> Connection {
        let store = Connection::open(self.path("touchmark.db")).unwrap();
        store.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        store
    }

    /// Says in the store that the model lies elsewhere.
    fn moved(&self, to: Option<&str>) {
        let store = self.store();
        let found: Vec<(i64, String)> = store
            .prepare("SELECT rowid, core FROM record WHERE model = ?1 AND core LIKE '%\"location\"%'")
            .unwrap()
            .query_map([MODEL], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let [(row, core)] = found.as_slice() else { panic!("{found:?}") };
        let mut core: Value = serde_json::from_str(core).unwrap();
        match to {
            Some(to) => core["location"] = to.into(),
            None => drop(core.as_object_mut().unwrap().remove("location")),
        }
        store
            .execute("UPDATE record SET core = ?1 WHERE rowid = ?2", params![core.to_string(), row])
            .unwrap();
    }

    fn tamper(&self) {
        tamper(&self.path(FOLDER));
    }
}

fn tamper(folder: &Path) {
    let weights = folder.join("model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
}

#[test]
fn no_place_in_the_store_leads_a_gate_to_other_bytes() {
    let outside = tempfile::tempdir().unwrap();
    crate::support::copy(&copy_of_samples().path().join(FOLDER), &outside.path().join("clean"));
    let clean = outside.path().join("clean");
    let desk = Desk::new();
    // A clean copy, in every place to which a row may point.
    for place in ["clean", "models/other/iris-base", "models/lumen/iris-base/inside"] {
        crate::support::copy(&clean, &desk.path(place));
    }
    desk.tamper();
    desk.refused("tampered, and the store says nothing new");
    let absolute = clean.to_string_lossy().into_owned();
    let up = format!("models/../../{}/clean", outside.path().file_name().unwrap().to_string_lossy());
    for place in [
        absolute.as_str(),
        &up,
        "clean",
        "./models/other/iris-base",
        "models/other/iris-base",
        "models/lumen/../other/iris-base",
        "models/lumen/iris-base/inside",
        "models/lumen/iris-base/model.sig",
        "",
        ".",
    ] {
        desk.moved(Some(place));
        desk.refused(place);
        assert_eq!(desk.run(&["list"]).status.code(), Some(0), "{place}");
    }
    // What no source can have said is not even known: nothing is read there.
    for (place, is_known) in
        [(absolute.as_str(), false), (&up, false), ("clean", false), ("models/other/iris-base", true)]
    {
        desk.moved(Some(place));
        let options = OpenOptions { dir: Some(desk.0.path().to_owned()), ..OpenOptions::default() };
        let view = Workbench::open(&options).unwrap().view();
        let (_, model) = view.model(&ModelId::new(MODEL)).unwrap();
        assert_eq!((model.location.is_some(), model.claims.is_some()), (is_known, false), "{place}");
        assert_eq!(model.signature.is_some(), is_known);
    }
    desk.moved(None);
    desk.refused("no place at all");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_folder_or_another_case_of_its_name_is_not_its_place() {
    let desk = Desk::new();
    crate::support::copy(&desk.path(FOLDER), &desk.path("clean"));
    desk.tamper();
    std::os::unix::fs::symlink(desk.path("clean"), desk.path("models/lumen/link")).unwrap();
    desk.moved(Some("models/lumen/link"));
    desk.refused("a link");
    // Another folder of the id: the sources have the first of them, whatever the store says.
    crate::support::copy(&desk.path("clean"), &desk.path("models/lumen/iris-base-2"));
    fs::rename(desk.path("models/lumen/iris-base-2"), desk.path("models/lumen/iris-basE")).unwrap();
    desk.moved(Some("models/lumen/iris-basE"));
    let gate = desk.gate("production");
    let first = fs::read_dir(desk.path("models/lumen")).unwrap().count();
    assert!(first > 1 && ![Some(0), Some(5)].contains(&gate.status.code()), "{}{}", out(&gate), err(&gate));
}

#[test]
fn a_scan_reads_everything_again_once_the_store_was_found_wrong() {
    for place in [Some("models/lumen/iris-large"), Some("/etc"), None] {
        let desk = Desk::new();
        // Long ago: a scan would leave what did not change.
        desk.run(&["scan"]);
        desk.moved(place);
        let gate = desk.gate("production");
        assert_eq!(gate.status.code(), Some(4), "{place:?} {}{}", out(&gate), err(&gate));
        assert!(err(&gate).contains("touchmark scan"), "{}", err(&gate));
        assert_eq!(desk.run(&["scan"]).status.code(), Some(0));
        let gate = desk.gate("production");
        assert_eq!(gate.status.code(), Some(0), "{place:?} {}{}", out(&gate), err(&gate));
    }
    // What cannot even be read is read anew at once.
    let desk = Desk::new();
    desk.store().execute("UPDATE record SET core = '{' WHERE model = ?1", [MODEL]).unwrap();
    assert_eq!(desk.run(&["list"]).status.code(), Some(4));
    assert_eq!(desk.run(&["scan"]).status.code(), Some(0));
    assert_eq!(desk.gate("production").status.code(), Some(0));
    // An id that is not written as we write ids would hide the model, or another one.
    desk.store().execute("UPDATE record SET model = 'Lumen/Iris-Base' WHERE model = ?1", [MODEL]).unwrap();
    assert_eq!(desk.run(&["list"]).status.code(), Some(4));
}

#[test]
fn a_model_that_went_away_keeps_no_pass() {
    let desk = Desk::new();
    fs::rename(desk.path(FOLDER), desk.path("gone")).unwrap();
    desk.refused("gone, and not scanned");
    // Nobody knows it by its folder any more; a bill may still speak of it.
    assert_eq!(desk.run(&["scan"]).status.code(), Some(0));
    let gate = desk.gate("production");
    assert_ne!(gate.status.code(), Some(0), "{}", out(&gate));
    fs::rename(desk.path("gone"), desk.path(FOLDER)).unwrap();
    assert_eq!(desk.run(&["scan"]).status.code(), Some(0));
    assert_eq!(desk.gate("production").status.code(), Some(0));
}

#[test]
fn a_source_that_is_no_longer_named_gives_no_place() {
    let desk = Desk::new();
    let file = desk.path("touchmark.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("path = \"models\"", "path = \"models/acme\"")).unwrap();
    assert_eq!(desk.run(&["list"]).status.code(), Some(0), "the inventory of the last scan is shown");
    let gate = desk.gate("production");
    assert_ne!(gate.status.code(), Some(0), "{}", out(&gate));
    fs::write(&file, text).unwrap();
    assert_eq!(desk.gate("production").status.code(), Some(0));
}

/// Appends a pass behind the last record, with its chain in order; 0 when another one was quicker.
fn forge_once(store: &Connection, pass: &str) -> usize {
    let model = ModelId::new(MODEL);
    let (seq, hash): (i64, String) = store
        .query_row("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let end = LedgerEnd { entries: seq as u64, hash };
    let entry =
        LedgerEntry::after(end, jiff::Timestamp::now(), RecordKind::Verification, &model, pass).unwrap();
    let row = params![
        entry.seq as i64,
        entry.at.to_string(),
        entry.kind.as_str(),
        entry.model.raw(),
        entry.body,
        entry.previous,
        entry.hash
    ];
    store.execute("INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", row).unwrap_or(0)
}

/// The same, behind every record and as fast as it goes.
fn forge(store: &Connection, pass: &str, is_over: &AtomicBool) -> u64 {
    let mut forged = 0;
    while !is_over.load(SeqCst) {
        forged += forge_once(store, pass) as u64;
    }
    forged
}

#[test]
fn what_was_just_verified_is_not_read_back_from_the_ledger() {
    let desk = Desk::new();
    let pass: String = desk
        .store()
        .query_row("SELECT body FROM ledger WHERE kind = 'verification' AND model = ?1", [MODEL], |row| {
            row.get(0)
        })
        .unwrap();
    desk.tamper();
    let options = OpenOptions { dir: Some(desk.0.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let id = ModelId::new(MODEL);
    let is_over = AtomicBool::new(false);
    let forged = std::thread::scope(|scope| {
        let forger = scope.spawn(|| forge(&desk.store(), &pass, &is_over));
        for round in 0..10 {
            let outcome = if round % 2 == 0 {
                let job = workbench.start(JobKind::VerifyInFull(vec![id.clone()]));
                workbench.wait(job).unwrap();
                None
            } else {
                let checked = workbench.verify(&id, true, &Progress::default()).unwrap().unwrap();
                Some(checked.verification.outcome())
            };
            assert_eq!(outcome.unwrap_or(Outcome::Fail), Outcome::Fail);
            let view = workbench.view();
            assert_eq!(view.verification_of(&id).unwrap().outcome(), Outcome::Fail, "round {round}");
            let verdict = workbench.gate(&id, "production", false).unwrap();
            assert_eq!(verdict.decision.word(), "refuse");
            assert_eq!(workbench.view().verification_of(&id).unwrap().outcome(), Outcome::Fail);
        }
        is_over.store(true, SeqCst);
        forger.join().unwrap()
    });
    assert!(forged > 10, "there were forged passes: {forged}");
}

#[cfg(unix)]
#[test]
fn a_store_behind_a_link_is_refused_and_nothing_is_made_there() {
    use std::os::unix::fs::symlink;
    let desk = Desk(copy_of_samples());
    let outside = tempfile::tempdir().unwrap();
    let file = desk.path("touchmark.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("store = \"touchmark.db\"", "store = \"state/deep/touchmark.db\""))
        .unwrap();
    fs::create_dir_all(outside.path().join("deep")).unwrap();
    symlink(outside.path(), desk.path("state")).unwrap();
    for words in [&["list"][..], &["list", "--read-only"], &["scan"], &["gate", MODEL, "--stage", "dev"]] {
        let done = desk.run(words);
        assert_eq!(done.status.code(), Some(4), "{words:?} {}", out(&done));
        assert!(err(&done).contains("symbolic link"), "{}", err(&done));
    }
    assert_eq!(fs::read_dir(outside.path().join("deep")).unwrap().count(), 0);
    fs::remove_file(desk.path("state")).unwrap();
    fs::create_dir_all(desk.path("state/deep")).unwrap();
    assert_eq!(desk.run(&["list"]).status.code(), Some(0));
    // The workspace itself may be reached through a link.
    let link = outside.path().join("link");
    symlink(desk.0.path(), &link).unwrap();
    let done = touchmark(["list", "--workspace", link.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
}

/// The newest verification of a model in the store.
fn verification_in(store: &Connection) -> Value {
    let newest =
        "SELECT body FROM ledger WHERE kind = 'verification' AND model = ?1 ORDER BY seq DESC LIMIT 1";
    let body: String = store.query_row(newest, [MODEL], |row| row.get(0)).unwrap();
    serde_json::from_str(&body).unwrap()
}

#[test]
fn a_gate_takes_no_pass_of_an_ancestor_from_the_store() {
    let desk = Desk::new();
    let child = |desk: &Desk| {
        let gate = desk.run(&["gate", "acme/receipt-reader", "--stage", "production", "--format", "json"]);
        let verdict: Value = serde_json::from_str(&out(&gate)).unwrap();
        (gate.status.code(), verdict["level"]["effective"].clone())
    };
    let (status, honest) = child(&desk);
    assert_eq!(status, Some(0));
    // Signed by the one who signed the base, and as good: a record of the same bytes, for the state of other ones.
    let mut pass = verification_in(&desk.store());
    desk.tamper();
    assert_eq!(desk.run(&["verify", MODEL]).status.code(), Some(1));
    pass["state"] = verification_in(&desk.store())["state"].clone();
    forge_once(&desk.store(), &pass.to_string());
    let listed = desk.run(&["show", MODEL, "--format", "json"]);
    assert!(out(&listed).contains("\"pass\""), "the forged record is believed in a list: {}", out(&listed));
    let (status, forged) = child(&desk);
    assert_eq!(verification_in(&desk.store())["outcome"], "fail", "the gate looked at the files itself");
    assert_ne!((status, &forged), (Some(0), &honest), "a model is as good as what it derives from");
}
