//! A workspace that this user may read and not write: what it says, and what can be done all the same.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use touchmark::workbench::{Access, OpenOptions, Workbench};

const MODEL: &str = "lumen/iris-base";
/// A user of no files. Root may write everywhere, so the program is run as this one instead.
const NOBODY: u32 = 65_534;

/// The samples with their store, in a folder that everybody can reach.
fn reachable() -> tempfile::TempDir {
    let dir = copy_of_samples();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let done = touchmark([OsStr::new("list"), OsStr::new("--workspace"), dir.path().as_os_str()]);
    assert!(done.status.success(), "{}", err(&done));
    dir
}

fn is_root() -> bool {
    let probe = tempfile::tempdir().unwrap();
    fs::set_permissions(probe.path(), Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::write(probe.path().join("x"), "").is_ok();
    fs::set_permissions(probe.path(), Permissions::from_mode(0o755)).unwrap();
    is_root
}

/// Runs the program as somebody who is bound by permissions.
fn bound(dir: &Path, words: &[&str]) -> Output {
    let run = |program: &Path| {
        let mut command = Command::new(program);
        command.args(words).arg("--workspace").arg(dir).stdin(std::process::Stdio::null());
        command.env("XDG_STATE_HOME", dir.join("no-state")).current_dir("/");
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output()
    };
    let program = PathBuf::from(env!("CARGO_BIN_EXE_touchmark"));
    match run(&program) {
        // Built where only root may look.
        Err(cause) if cause.kind() == ErrorKind::PermissionDenied => {
            let public = tempfile::tempdir().unwrap();
            fs::set_permissions(public.path(), Permissions::from_mode(0o755)).unwrap();
            let copy = public.path().join("touchmark");
            fs::copy(&program, &copy).unwrap();
            run(&copy).unwrap()
        }
        done => done.unwrap(),
    }
}

/// While the folder and the store have these modes; both are writable again afterwards.
fn under<T>(dir: &Path, folder: u32, store: u32, act: impl FnOnce() -> T) -> T {
    let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(&dir.join("touchmark.db"), store);
    mode(dir, folder);
    let done = act();
    mode(dir, 0o755);
    mode(&dir.join("touchmark.db"), 0o644);
    done
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into()).collect();
    names.sort();
    names
}

const DRY: [&str; 9] =
    ["attest", "evaluation", MODEL, "--benchmark", "b", "--metric", "m", "--value=1", "--dry-run"];

#[test]
fn a_folder_without_permission_is_named_and_not_called_damage() {
    let dir = reachable();
    let dir = dir.path();
    let done = under(dir, 0o555, 0o644, || bound(dir, &["list"]));
    let error = err(&done);
    assert_eq!(done.status.code(), Some(4), "{error}");
    assert!(
        error.contains("error[E-WRITE]: the folder of the store is not writable (Permission denied"),
        "{error}"
    );
    assert!(
        error.contains(&format!("{}\nhelp: ask for write permission", dir.canonicalize().unwrap().display()))
    );
    assert!(error.contains("--read-only") && !error.contains("damaged"), "{error}");
    // What the help names works.
    let done = under(dir, 0o555, 0o644, || bound(dir, &["list", "--read-only"]));
    assert!(done.status.success() && out(&done).contains("iris-base"), "{}", err(&done));
    // Where there is no store yet, none can be made.
    fs::rename(dir.join("touchmark.db"), dir.join("away.db")).unwrap();
    fs::set_permissions(dir, Permissions::from_mode(0o555)).unwrap();
    let (done, looked) = (bound(dir, &["list"]), bound(dir, &["list", "--read-only"]));
    fs::set_permissions(dir, Permissions::from_mode(0o755)).unwrap();
    assert!(err(&done).contains("the folder of the store is not writable"), "{}", err(&done));
    assert!(looked.status.success(), "{}", err(&looked));
}

#[test]
fn a_store_file_without_permission_is_named_and_not_its_folder() {
    let dir = reachable();
    let dir = dir.path();
    let done = under(dir, 0o777, 0o444, || bound(dir, &["verify", MODEL]));
    let error = err(&done);
    assert!(error.contains("error[E-WRITE]: the store is not writable: "), "{error}");
    assert!(error.contains("touchmark.db\nhelp: ask for write permission"), "{error}");
}

#[test]
fn a_damaged_store_is_still_called_damaged() {
    let dir = reachable();
    let dir = dir.path();
    let store = dir.join("touchmark.db");
    let mut bytes = fs::read(&store).unwrap();
    bytes[100..].fill(0xa5);
    fs::write(&store, bytes).unwrap();
    let done = touchmark([OsStr::new("list"), OsStr::new("--workspace"), dir.as_os_str()]);
    assert!(err(&done).contains("error[E-STORE]: this store is damaged"), "{}", err(&done));
}

#[test]
fn a_dry_run_works_where_nothing_can_be_written_and_leaves_no_trace() {
    let dir = reachable();
    let dir = dir.path();
    let (before, store) = (names(dir), fs::read(dir.join("touchmark.db")).unwrap());
    for (folder, file) in [(0o555, 0o644), (0o777, 0o444), (0o555, 0o444)] {
        let done = under(dir, folder, file, || bound(dir, &DRY));
        assert!(done.status.success(), "{}", err(&done));
        let statement: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        let summary = ["attest", "summary", MODEL, "--stage", "dev", "--dry-run"];
        let done = under(dir, folder, file, || bound(dir, &summary));
        assert!(done.status.success(), "{}", err(&done));
    }
    assert_eq!((names(dir), fs::read(dir.join("touchmark.db")).unwrap()), (before, store));
}

#[test]
fn only_who_need_keep_nothing_opens_what_cannot_be_written() {
    let dir = reachable();
    let dir = dir.path();
    let access = |may_be_unwritable: bool, mode: u32| {
        let options = OpenOptions { dir: Some(dir.to_owned()), may_be_unwritable, ..OpenOptions::default() };
        under(dir, 0o755, mode, || Workbench::open(&options).map(|workbench| workbench.access()))
    };
    assert_eq!(access(true, 0o444).unwrap(), Access::Unwritable);
    assert_eq!(access(true, 0o644).unwrap(), Access::Full);
    assert_ne!(access(false, 0o444).ok(), Some(Access::Unwritable));
}
