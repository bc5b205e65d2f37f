//! `exec`: a command starts only with a model that was let in, and only while its files are those that were verified.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use touchmark::Code;
use touchmark::inventory::ModelId;
use touchmark::policy::Moment;
use touchmark::signing::sha256_hex;
use touchmark::workbench::{Loadable, OpenOptions, Workbench};

const ID: &str = "lumen/iris-base";
const WEIGHTS: &str = "models/lumen/iris-base/model.safetensors";
/// A loader: it says where the model is, and what its weights are.
const LOADER: &str = "echo \"$TOUCHMARK_MODEL\"; sha256sum < \"$TOUCHMARK_MODEL/model.safetensors\"";

fn command(dir: &Path, flags: &[&str], loader: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
    command.args(["exec", ID, "--stage", "production"]).args(flags).args(["--", "sh", "-c", loader]);
    command
        .current_dir(dir)
        .env("HOME", dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(dir: &Path, flags: &[&str], loader: &str) -> Output {
    command(dir, flags, loader).output().unwrap()
}

/// Puts another file of the same size in the place of the weights, as a writer who is careful does.
fn swap(dir: &Path) {
    let mut bytes = fs::read(dir.join(WEIGHTS)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(dir.join("other"), bytes).unwrap();
    fs::rename(dir.join("other"), dir.join(WEIGHTS)).unwrap();
}

fn let_in(dir: &Path) -> Loadable {
    let options = OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let (_, loadable) = workbench.gate_at(("production", Moment::Load), &ModelId::new(ID), false).unwrap();
    loadable.unwrap()
}

#[test]
fn the_command_gets_the_verified_model_and_its_status_is_passed_on() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let digest = sha256_hex(&fs::read(dir.join(WEIGHTS)).unwrap());
    let done = run(dir, &[], &format!("{LOADER}; exit 7"));
    assert_eq!(done.status.code(), Some(7), "{}{}", out(&done), err(&done));
    let place = dir.canonicalize().unwrap().join("models/lumen/iris-base");
    let said = out(&done);
    let (first, rest) = said.split_once('\n').unwrap();
    assert_eq!(Path::new(first).canonicalize().unwrap(), place);
    assert!(Path::new(first).is_absolute());
    assert!(rest.starts_with(&digest), "{said}");
    assert!(err(&done).contains("lumen/iris-base admit at production: starting sh"), "{}", err(&done));
    // The decision is in the ledger, as that of a gate.
    let shown = touchmark(["ledger", "show", ID, "--workspace", dir.to_str().unwrap()]);
    assert!(out(&shown).contains("decision"), "{}", out(&shown));
}

#[test]
fn what_stands_after_the_dashes_belongs_to_the_command() {
    let dir = copy_of_samples();
    let done = run(dir.path(), &["--quiet"], "echo \"$0\" \"$@\"");
    assert_eq!(out(&done), "sh\n");
    let mut with = command(dir.path(), &["--quiet"], "echo \"$0\" \"$@\"");
    let done = with.args(["list", "-status:fail", "--a_b", "--stage"]).output().unwrap();
    assert_eq!(out(&done), "list -status:fail --a_b --stage\n", "{}", err(&done));
}

#[cfg(unix)]
#[test]
fn signals_reach_the_command() {
    use std::os::unix::process::ExitStatusExt;
    let dir = copy_of_samples();
    // The process is the command: what is sent to the one that was started arrives there.
    let mut child = command(dir.path(), &[], "echo ready; exec sleep 600").spawn().unwrap();
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut said)
        .unwrap();
    assert_eq!(said, "ready\n");
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
}

#[test]
fn nothing_starts_with_a_model_that_is_refused() {
    let dir = copy_of_samples();
    swap(dir.path());
    let done = run(dir.path(), &[], "touch started");
    assert_eq!(done.status.code(), Some(1), "{}{}", out(&done), err(&done));
    assert!(out(&done).contains("refuse"), "{}", out(&done));
    assert!(!dir.path().join("started").exists());
    // As JSON it is the document of a decision.
    let done = run(dir.path(), &["--format", "json"], "touch started");
    let document: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(document["verdict"]["decision"], "refuse");
    assert!(!dir.path().join("started").exists());
}

#[test]
fn nothing_starts_where_there_are_no_files_to_load() {
    let dir = copy_of_samples();
    let open =
        "\n[[stage]]\nname = \"lax\"\nmin_level = 0\non_missing = \"open\"\non_unavailable = \"open\"\n";
    let policy = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap() + open;
    fs::write(&policy, text).unwrap();
    // Only a document mentions it: nothing stands against it, and nothing is there.
    let ask = |words: &[&str]| touchmark([words, &["--workspace", dir.path().to_str().unwrap()]].concat());
    let gated = ask(&["gate", "vendor/ocr-tables", "--stage", "lax"]);
    assert_eq!(gated.status.code(), Some(0), "{}{}", out(&gated), err(&gated));
    let mark = dir.path().join("started");
    let mut exec = Command::new(env!("CARGO_BIN_EXE_touchmark"));
    exec.args(["exec", "vendor/ocr-tables", "--stage", "lax", "--", "touch"]).arg(&mark);
    let done = exec.current_dir(dir.path()).env("HOME", dir.path()).output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{}{}", out(&done), err(&done));
    assert!(!mark.exists());
}

#[test]
fn warnings_start_nothing_unless_they_are_acknowledged() {
    let dir = copy_of_samples();
    let policy = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let at = text.find("name = \"production\"").unwrap();
    let (before, stage) = text.split_at(at);
    let stage = stage.replacen("on_missing = \"closed\"", "on_missing = \"warn\"", 1);
    // The policy of the copy is not signed.
    let stage = stage.replacen("require = [", "require = [\"L3.10\", ", 1);
    fs::write(&policy, format!("{before}{stage}")).unwrap();
    let done = run(dir.path(), &[], "touch started");
    assert_eq!(done.status.code(), Some(5), "{}{}", out(&done), err(&done));
    assert!(!dir.path().join("started").exists());
    let done = run(dir.path(), &["--allow-warn"], "touch started");
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    assert!(dir.path().join("started").exists());
}

#[test]
fn a_command_that_cannot_be_started_is_an_error() {
    let dir = copy_of_samples();
    let words =
        ["exec", ID, "--stage", "production", "--workspace", dir.path().to_str().unwrap(), "--", "./no-such"];
    let done = touchmark(words);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    assert!(err(&done).contains("cannot start the command"), "{}", err(&done));
}

#[test]
fn each_change_after_the_gate_shows() {
    type Change = (&'static str, fn(&Path));
    let changes: [Change; 6] = [
        ("swapped", swap),
        ("written in place", |dir| {
            let bytes = fs::read(dir.join(WEIGHTS)).unwrap();
            fs::write(dir.join(WEIGHTS), bytes).unwrap();
        }),
        ("added", |dir| fs::write(dir.join("models/lumen/iris-base/new.py"), "x").unwrap()),
        ("removed", |dir| fs::remove_file(dir.join("models/lumen/iris-base/README.md")).unwrap()),
        ("the folder replaced", |dir| {
            let model = dir.join("models/lumen/iris-base");
            let copy = dir.join("copy");
            crate::support::copy(&model, &copy);
            fs::rename(&model, dir.join("old")).unwrap();
            fs::rename(&copy, &model).unwrap();
        }),
        ("all removed", |dir| fs::remove_dir_all(dir.join("models/lumen/iris-base")).unwrap()),
    ];
    for (name, change) in changes {
        let dir = copy_of_samples();
        let loadable = let_in(dir.path());
        loadable.unchanged().unwrap();
        change(dir.path());
        assert_eq!(loadable.unchanged().unwrap_err().code, Code::Changed, "{name}");
        let copy = dir.path().join("private");
        assert!(loadable.copy_to(&copy).is_err(), "{name}");
        assert!(!copy.exists(), "{name}: half a copy is left");
    }
}

#[test]
fn a_change_between_the_gate_and_the_start_starts_nothing() {
    for (swaps, flags) in [(true, &[][..]), (true, &["--copy", "private"]), (false, &[])] {
        let dir = copy_of_samples();
        let dir = dir.path();
        assert_eq!(run(dir, &[], "true").status.code(), Some(0));
        // Whoever holds the store keeps the decision waiting after the files were hashed.
        let store = rusqlite::Connection::open(dir.join("touchmark.db")).unwrap();
        store.execute_batch("BEGIN IMMEDIATE").unwrap();
        let child = command(dir, flags, "touch started").spawn().unwrap();
        std::thread::sleep(Duration::from_secs(4));
        if swaps {
            swap(dir);
        }
        store.execute_batch("COMMIT").unwrap();
        let done = child.wait_with_output().unwrap();
        let status = if swaps { 1 } else { 0 };
        assert_eq!(done.status.code(), Some(status), "{}{}", out(&done), err(&done));
        assert_eq!(dir.join("started").exists(), !swaps);
        assert_eq!(err(&done).contains("E-CHANGED"), swaps, "{}", err(&done));
        assert!(!dir.join("private").exists());
    }
}

#[test]
fn a_copy_is_out_of_reach_of_later_changes() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let before = fs::read(dir.join(WEIGHTS)).unwrap();
    // The loader itself changes the model before it reads.
    let loader = format!("printf x > {WEIGHTS}; {LOADER}");
    let done = run(dir, &["--copy", "private"], &loader);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let said = out(&done);
    assert!(said.contains(&sha256_hex(&before)), "{said}");
    assert!(said.starts_with(dir.canonicalize().unwrap().join("private").to_str().unwrap()), "{said}");
    assert!(fs::metadata(dir.join("private/model.safetensors")).unwrap().permissions().readonly());
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(dir.join("private")).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "others may enter the copy");
    // A folder that is there already is nobody's private one.
    crate::support::copy(
        &crate::support::samples().join("models/lumen/iris-base"),
        &dir.join("models/lumen/iris-base"),
    );
    let done = run(dir, &["--copy", "private"], "touch started");
    assert_eq!(done.status.code(), Some(4), "{}", err(&done));
    assert!(err(&done).contains("E-WRITE"), "{}", err(&done));
    assert!(!dir.join("started").exists());
    assert!(dir.join("private/model.safetensors").exists());
}

#[test]
fn no_loader_sees_other_bytes_while_somebody_swaps_files() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let good = fs::read(dir.join(WEIGHTS)).unwrap();
    let digest = sha256_hex(&good);
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    let ends = AtomicBool::new(false);
    let (mut started, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut pause = 1;
            while !ends.load(Ordering::Relaxed) {
                for bytes in [&bad, &good] {
                    fs::write(dir.join("other"), bytes).unwrap();
                    fs::rename(dir.join("other"), dir.join(WEIGHTS)).unwrap();
                    // Short and long, so that it meets every moment of a run.
                    pause = pause * 7 % 1009;
                    std::thread::sleep(Duration::from_millis(pause));
                }
            }
        });
        for turn in 0..10 {
            let private: PathBuf = dir.join(format!("private-{turn}"));
            let done = run(dir, &["--copy", private.to_str().unwrap()], LOADER);
            match done.status.code() {
                Some(0) => {
                    assert!(out(&done).contains(&digest), "other bytes were loaded: {}", out(&done));
                    started += 1;
                }
                Some(1) => refused += 1,
                other => panic!("{other:?}: {}{}", out(&done), err(&done)),
            }
        }
        ends.store(true, Ordering::Relaxed);
    });
    assert!(refused > 0, "nobody met a swap: {started} started");
    // Without anybody who swaps, it starts.
    fs::write(dir.join(WEIGHTS), &good).unwrap();
    let done = run(dir, &["--copy", "last"], LOADER);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
}

#[test]
fn a_stage_is_asked_only_at_the_moments_that_it_lists() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let policy = dir.join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let gate = |more: &[&str]| {
        let words = ["gate", ID, "--stage", "production", "--workspace", dir.to_str().unwrap()];
        touchmark([&words[..], more].concat())
    };
    let moments = [("pull", &[][..]), ("load", &["--when", "load"]), ("periodic", &["--when", "periodic"])];
    for listed in [&["pull"][..], &["load"], &["load", "periodic"], &["pull", "load", "periodic"]] {
        let at = format!("name = \"production\"\nat = {listed:?}");
        fs::write(&policy, text.replace("name = \"production\"", &at)).unwrap();
        for (moment, flags) in moments {
            let done = gate(flags);
            let is_listed = listed.contains(&moment);
            let status = if is_listed { 0 } else { 2 };
            assert_eq!(done.status.code(), Some(status), "{moment} of {listed:?}: {}", err(&done));
            assert_eq!(err(&done).contains("E-USAGE"), !is_listed);
            assert!(
                is_listed || err(&done).contains(&format!("lists: {}", listed.join(", "))),
                "{}",
                err(&done)
            );
        }
        let done = run(dir, &[], "touch started");
        assert_eq!(done.status.success(), listed.contains(&"load"), "{}", err(&done));
        assert_eq!(fs::remove_file(dir.join("started")).is_ok(), listed.contains(&"load"));
    }
    // Without the key every moment is one.
    fs::write(&policy, &text).unwrap();
    for (_, flags) in moments {
        assert_eq!(gate(flags).status.code(), Some(0));
    }
}
