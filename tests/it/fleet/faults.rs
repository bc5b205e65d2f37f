//! What goes wrong on machines and in stores: a worker that is killed after any of its requests, one whose clock is a day
//! off, a disk that is full, a store that does not show what was put yet. Each time the next attempt comes to what
//! a fleet without trouble comes to.

use super::s3::{Faults, Shell, ask, moto, proxy, upload};
use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// A store with one folder of models.
fn stored(shell: &Shell, port: u16) {
    for bucket in ["/models", "/audit"] {
        ask(port, "PUT", bucket, &[], &[]);
    }
    upload(port, &shell.dir.path().join("models/lumen/iris-base"), "models/hub/iris-base", false);
    upload(port, &shell.dir.path().join("models/lumen/iris-large"), "models/hub/iris-large", false);
}

#[test]
fn a_worker_that_is_killed_after_any_request_leaves_a_shard_undone_or_whole() {
    let Some(moto) = moto() else { return };
    let shell = Shell::new(moto.port);
    stored(&shell, moto.port);
    let faults = Arc::new(Faults::default());
    let port = proxy(moto.port, faults.clone());
    // What it is without trouble, and how many requests that takes.
    let calm = shell.plan("s3://models/hub", "s3://audit/calm", &["--shards", "1"]);
    shell.work(port, &calm, "0", 0);
    let root = shell.seal(&calm)["root"].clone();
    let requests: u64 = faults.seen.lock().unwrap().values().sum();
    assert!(requests > 10, "{requests}");
    let key = shell.dir.path().join("writer.pem");
    let scratch = shell.dir.path().join("scratch");
    fs::create_dir(&scratch).unwrap();
    let run = shell.plan("s3://models/hub", "s3://audit/killed", &["--shards", "1"]);
    let work = ["work", "--plan", &run, "--shard", "0", "--private-key", key.to_str().unwrap()];
    let work = [&work[..], &["--scratch", scratch.to_str().unwrap()]].concat();
    let mut was_done = false;
    for after in 1..=requests {
        *faults.dies.lock().unwrap() = None;
        faults.dies_after.store(after, SeqCst);
        let mut worker =
            shell.command(port, &work).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        *faults.dies.lock().unwrap() = Some(worker.id());
        let ended = worker.wait().unwrap();
        assert_eq!(ended.code(), None, "request {after} of {requests} came, and it was killed");
        let done = shell.run(&["status", &run], 0)["done"].as_u64().unwrap();
        // Only the last request commits.
        assert_eq!(done, u64::from(after == requests), "after request {after} of {requests}");
        was_done |= done == 1;
    }
    assert!(was_done);
    assert!(
        fs::read_dir(&scratch).unwrap().count() > 0,
        "what was killed could not tidy up: that is the counter-case"
    );
    // Whoever comes next finds it done, and it is what it would have been.
    assert_eq!(shell.work(port, &run, "0", 0)["committed"], false);
    assert_eq!(shell.seal(&run)["root"], root);
}

#[test]
fn a_store_that_does_not_show_yet_what_was_put_costs_work_and_changes_nothing() {
    let Some(moto) = moto() else { return };
    let shell = Shell::new(moto.port);
    stored(&shell, moto.port);
    let calm = shell.plan("s3://models/hub", "s3://audit/calm", &["--shards", "2"]);
    for shard in ["0", "1"] {
        shell.work(moto.port, &calm, shard, 0);
    }
    let root = shell.seal(&calm)["root"].clone();
    let faults = Arc::new(Faults::default());
    let port = proxy(moto.port, faults.clone());
    let run = shell.plan("s3://models/hub", "s3://audit/late", &["--shards", "2"]);
    let place = run.strip_prefix("s3:/").unwrap().to_owned();
    *faults.forgotten.lock().unwrap() = Some(format!("{place}/done/"));
    for shard in ["0", "1"] {
        assert_eq!(shell.work(port, &run, shard, 0)["committed"], true);
        // It is worked again, and of two statements the first one stays.
        assert_eq!(shell.work(port, &run, shard, 0)["committed"], false);
    }
    let key = shell.dir.path().join("writer.pem.pub");
    let seal = |status: i32| {
        let words = ["seal", &run, "--public-key", key.to_str().unwrap()];
        shell.over(port, &words, status)["sealed"].clone()
    };
    // Whoever seals meanwhile is told that they are missing, and seals nothing for good.
    let partial = seal(3);
    assert_eq!(partial["missing"].as_array().unwrap().len(), 2);
    assert_eq!(ask(moto.port, "HEAD", &format!("{place}/sealed.json"), &[], &[]).0, 404);
    *faults.forgotten.lock().unwrap() = Some(format!("{place}/results/"));
    let partial = seal(1);
    assert!(partial["missing"][0]["why"].as_str().unwrap().contains("not there"), "{partial}");
    *faults.forgotten.lock().unwrap() = None;
    assert_eq!(seal(0)["root"], root);
    // The plan is not shown yet: the engine is told to stop or to come again, and nothing is begun.
    *faults.forgotten.lock().unwrap() = Some(format!("{place}/plan.json"));
    let words = ["work", "--plan", &run, "--shard", "0", "--private-key", key.to_str().unwrap()];
    assert_ne!(shell.run_over(port, &words).status.code(), Some(0));
}

/// Models and runs in folders.
struct Folders {
    dir: tempfile::TempDir,
    at: String,
}

impl Folders {
    fn new() -> Self {
        let dir = crate::support::copy_of_samples();
        let key = dir.path().join("writer.pem");
        let made = touchmark(["key", "generate", key.to_str().unwrap(), "--no-password"]);
        assert_eq!(made.status.code(), Some(0));
        Folders { dir, at: touchmark::clock::this_second().to_string() }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn plan(&self, out_to: &Path) -> String {
        let (source, workspace) = (self.path("models/lumen"), self.path(""));
        let done = touchmark([
            "fleet",
            "plan",
            "--source",
            &source,
            "--out",
            out_to.to_str().unwrap(),
            "--shards",
            "1",
            "--at",
            &self.at,
            "--workspace",
            &workspace,
            "--format",
            "json",
        ]);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let planned: Value = serde_json::from_str(&out(&done)).unwrap();
        planned["place"].as_str().unwrap().to_owned()
    }

    fn work(&self, before: &[&str], run: &str, scratch: &Path) -> Output {
        let words = [before, &[env!("CARGO_BIN_EXE_touchmark")]].concat();
        Command::new(words[0])
            .args(&words[1..])
            .args(["fleet", "work", "--plan", run, "--shard", "0", "--private-key", &self.path("writer.pem")])
            .args(["--scratch", scratch.to_str().unwrap()])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What lies in the sealed run: the document and the records.
    fn sealed(&self, run: &str) -> Vec<Vec<u8>> {
        let (key, workspace) = (self.path("writer.pem.pub"), self.path(""));
        let done = touchmark(["fleet", "seal", run, "--public-key", &key, "--workspace", &workspace]);
        assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
        let folder = PathBuf::from(run.strip_prefix("file:").unwrap());
        ["sealed.json", "records-00000.jsonl"].map(|name| fs::read(folder.join(name)).unwrap()).into()
    }
}

#[test]
fn a_worker_whose_clock_is_a_day_off_comes_to_the_same_bytes() {
    if Command::new("faketime").args(["-f", "+1d", "true"]).output().is_err() {
        eprintln!("SKIPPED: a clock that is a day off, there is no faketime (apt-get install faketime)");
        return;
    }
    let folders = Folders::new();
    let mut all = Vec::new();
    for before in [&[][..], &["faketime", "-f", "-1d"], &["faketime", "-f", "+1d"]] {
        let runs = tempfile::tempdir().unwrap();
        let run = folders.plan(runs.path());
        let done = folders.work(before, &run, runs.path());
        assert_eq!(done.status.code(), Some(0), "{before:?}: {}", err(&done));
        all.push(folders.sealed(&run));
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    // The counter-case: the clock of this very program was another.
    let workspace = folders.path("");
    let said = Command::new("faketime")
        .args(["-f", "-1d", env!("CARGO_BIN_EXE_touchmark"), "review", "approve", "lumen/iris-base"])
        .args(["--reason", "yesterday", "--workspace", &workspace])
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", err(&said));
    let ledger = out(&touchmark(["ledger", "export", "--workspace", &workspace]));
    let record = ledger.lines().rfind(|line| line.contains("yesterday")).unwrap().to_owned();
    let record: Value = serde_json::from_str(&record).unwrap();
    let at: jiff::Timestamp = record["at"].as_str().unwrap().parse().unwrap();
    assert!(touchmark::clock::this_second().as_second() - at.as_second() > 80_000, "{record}");
}

/// A small disk, as long as this lives.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of(bytes: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"])
            .arg(dir.path())
            .stderr(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: a full disk, nobody lets this test mount one");
            return None;
        }
        Some(Disk(dir))
    }

    fn grows_to(&self, bytes: &str) {
        let option = format!("remount,size={bytes}");
        let grown = Command::new("mount").args(["-o", &option]).arg(self.0.path()).status().unwrap();
        assert!(grown.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_a_reason_to_try_again_and_leaves_nothing_half_done() {
    let Some(disk) = Disk::of("8k") else { return };
    let folders = Folders::new();
    let calm = tempfile::tempdir().unwrap();
    let run = folders.plan(calm.path());
    assert_eq!(folders.work(&[], &run, calm.path()).status.code(), Some(0));
    let whole = folders.sealed(&run);
    // Where models wait.
    let runs = tempfile::tempdir().unwrap();
    let run = folders.plan(runs.path());
    let full = folders.work(&[], &run, disk.0.path());
    assert_eq!(full.status.code(), Some(75), "{}{}", out(&full), err(&full));
    assert!(err(&full).contains("E-WRITE"), "{}", err(&full));
    assert_eq!(fs::read_dir(disk.0.path()).unwrap().count(), 0, "what waited there is gone");
    disk.grows_to("64m");
    let done = folders.work(&[], &run, disk.0.path());
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(folders.sealed(&run), whole);
    // Where the run lies: room for the plan alone, and none for results.
    let run = folders.plan(disk.0.path());
    let filler = disk.0.path().join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 512]).is_ok() {}
    let full = folders.work(&[], &run, runs.path());
    assert_eq!(full.status.code(), Some(75), "{}{}", out(&full), err(&full));
    assert!(err(&full).contains("E-WRITE"), "{}", err(&full));
    let below = PathBuf::from(run.strip_prefix("file:").unwrap());
    let done: Vec<_> = fs::read_dir(below.join("done")).into_iter().flatten().collect();
    assert!(done.is_empty(), "{done:?}");
    drop(file);
    fs::remove_file(filler).unwrap();
    assert_eq!(folders.work(&[], &run, runs.path()).status.code(), Some(0));
    assert_eq!(folders.sealed(&run), whole);
}
