//! The command line of the fleet: what an engine sees, and what a person reads.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

struct Shell {
    dir: tempfile::TempDir,
}

impl Shell {
    fn new() -> Self {
        let dir = copy_of_samples();
        let key = dir.path().join("writer.pem");
        let made = touchmark(["key", "generate", key.to_str().unwrap(), "--no-password"]);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
        Shell { dir }
    }

    fn at(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, words: &[&str]) -> Output {
        let workspace = ["--workspace", self.dir.path().to_str().unwrap()];
        touchmark(["fleet"].iter().chain(words).chain(&workspace).copied())
    }

    fn plan(&self, more: &[&str]) -> String {
        let (source, runs) = (self.at("models"), self.at("runs"));
        let planned = ["plan", "--source", &source, "--out", &runs, "--format", "json"];
        let done = self.run(&[&planned[..], more].concat());
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let planned: Value = serde_json::from_str(&out(&done)).unwrap();
        planned["place"].as_str().unwrap().to_owned()
    }

    fn work(&self, run: &str, more: &[&str]) -> Output {
        let key = self.at("writer.pem");
        self.run(&[&["work", "--plan", run, "--private-key", &key][..], more].concat())
    }

    fn seal(&self, run: &str, more: &[&str]) -> Output {
        let key = self.at("writer.pem.pub");
        self.run(&[&["seal", run, "--public-key", &key][..], more].concat())
    }
}

#[track_caller]
fn ended(done: &Output, status: i32, says: &str) {
    let text = format!("{}{}", out(done), err(done));
    assert_eq!(done.status.code(), Some(status), "{text}");
    assert!(text.contains(says), "{text}");
}

#[test]
fn a_run_is_watched_until_all_shards_are_committed_and_each_change_is_said_once() {
    let shell = Shell::new();
    let run = shell.plan(&["--shards", "2"]);
    let mut watching = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(["fleet", "status", &run, "--watch", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut said = Vec::new();
    // A shard may be seen between its results and its statement: that is a change as well.
    let mut until = |says: &str| {
        loop {
            said.push(lines.next().unwrap_or_else(|| panic!("it ended before {says}")));
            if said.last().unwrap().contains(says) {
                return;
            }
        }
    };
    until("0 of 2 shards committed");
    until("missing      0-1");
    ended(&shell.work(&run, &["--shard", "1"]), 0, "committed  shard 1");
    until("1 of 2 shards committed");
    until("missing      0");
    // Nothing changes: nothing is said.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    ended(&shell.work(&run, &["--shard", "0"]), 0, "committed  shard 0");
    until("2 of 2 shards committed");
    assert_eq!(lines.next(), None, "it is over");
    let states = said.join("\n");
    let states: Vec<&str> = states.split("? ").collect();
    assert!(states.windows(2).all(|pair| pair[0].trim() != pair[1].trim()), "{states:?}");
    assert!(watching.wait().unwrap().success());
    ended(&shell.run(&["status", &run, "--watch", "0"]), 2, "--watch");
    // Whoever does not read any more ends it, too.
    let other = shell.plan(&["--shards", "3"]);
    let mut watching = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(["fleet", "status", &other, "--watch", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(watching.stdout.take());
    ended(&shell.work(&other, &["--shard", "0"]), 0, "committed  shard 0");
    let began = std::time::Instant::now();
    while watching.try_wait().unwrap().is_none() {
        assert!(began.elapsed().as_secs() < 60, "it goes on for nobody");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_run_goes_from_plan_to_proof() {
    let shell = Shell::new();
    let run = shell.plan(&["--shards", "2"]);
    ended(&shell.run(&["status", &run]), 0, "0 of 2 shards committed");
    ended(&shell.work(&run, &["--shard", "0"]), 0, "committed  shard 0");
    ended(&shell.work(&run, &["--shard", "0"]), 0, "committed already");
    ended(&shell.run(&["status", &run]), 0, "missing      1");
    let partial = shell.seal(&run, &[]);
    ended(&partial, 3, "shard 1: not committed");
    ended(&partial, 3, "records-00000.parquet: Parquet, the same records");
    ended(&shell.work(&run, &["--shard", "1", "--format", "json"]), 0, "\"committed\": true");
    ended(&shell.run(&["prove", &run, "lumen/iris-base"]), 2, "not sealed");
    let sealed = shell.seal(&run, &["--format", "json"]);
    ended(&sealed, 0, "");
    let sealed: Value = serde_json::from_str(&out(&sealed)).unwrap();
    let root = sealed["sealed"]["root"].as_str().unwrap();
    ended(&shell.run(&["prove", &run, "lumen/iris-base", "--root", root]), 0, "proven  lumen/iris-base");
    ended(&shell.run(&["prove", &run, "lumen/iris-base", "--format", "json"]), 0, "\"outcome\": \"pass\"");
    ended(&shell.run(&["prove", &run, "nobody/here"]), 3, "no model of that name");
    ended(&shell.run(&["prove", &run, "lumen/iris-base", "--root", "x"]), 4, "--root");
    ended(&shell.run(&["status", &run, "--format", "json"]), 0, "\"sealed\": true");
    // One record for each seal, whatever the number of models.
    let workspace = shell.dir.path().to_str().unwrap();
    let ledger = touchmark(["ledger", "export", "--workspace", workspace]);
    let lines: Vec<Value> = out(&ledger).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ours: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "fleet-run").collect();
    assert_eq!(ours.len(), 2, "the one without a shard, and the whole one");
    let body: Value = serde_json::from_str(ours[1]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["root"].as_str(), Some(root));
    assert_eq!(touchmark(["ledger", "verify", "--workspace", workspace]).status.code(), Some(0));
}

#[test]
fn without_flags_those_count_whom_the_policy_names_and_no_publisher() {
    let shell = Shell::new();
    let run = shell.plan(&["--shards", "1"]);
    ended(&shell.work(&run, &["--shard", "0"]), 0, "");
    // The policy trusts keys for models: none of them may speak for shards.
    ended(&shell.run(&["seal", &run]), 2, "nobody is named");
    let (key, workspace) = (shell.at("writer.pem.pub"), shell.dir.path().to_str().unwrap().to_owned());
    let other = shell.at("other.pem");
    for words in [
        &["trust", "add", "writer", &key][..],
        &["key", "generate", &other, "--no-password"],
        &["trust", "add", "other", &format!("{other}.pub")],
    ] {
        let done = touchmark(words.iter().copied().chain(["--workspace", &workspace]));
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
    }
    let policy = shell.dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    for (name, status, says) in [("writer", 0, "38 of 38"), ("other", 1, "nobody whose signature counts")] {
        fs::write(&policy, format!("{text}\n[ledger]\ntrust = [\"{name}\"]\n")).unwrap();
        let run = shell.plan(&["--shards", "1"]);
        ended(&shell.work(&run, &["--shard", "0"]), 0, "");
        ended(&shell.run(&["seal", &run]), status, says);
    }
}

#[test]
fn the_index_comes_from_the_engine_where_nobody_names_it() {
    let shell = Shell::new();
    let run = shell.plan(&["--shards", "4"]);
    ended(&shell.work(&run, &[]), 2, "SLURM_ARRAY_TASK_ID");
    let work = |name: &str, value: &str| {
        let key = shell.at("writer.pem");
        Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["fleet", "work", "--plan", &run, "--private-key", &key])
            .env(name, value)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let names = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"];
    for (index, name) in names.iter().enumerate() {
        ended(&work(name, &index.to_string()), 0, &format!("shard {index}"));
    }
    ended(&work("SLURM_ARRAY_TASK_ID", "4"), 2, "no such shard");
    for odd in ["", "-1", "one", "99999999999"] {
        ended(&work("SLURM_ARRAY_TASK_ID", odd), 2, "not the number of a shard");
    }
}

#[test]
fn what_no_attempt_can_change_ends_with_two() {
    let shell = Shell::new();
    let run = shell.plan(&["--shards", "2"]);
    let folder = Path::new(run.strip_prefix("file:").unwrap()).to_owned();
    ended(&shell.work(&run, &["--shard", "2"]), 2, "no such shard");
    ended(&shell.work(&shell.at("runs"), &["--shard", "0"]), 2, "no plan lies there");
    ended(&shell.run(&["work", "--plan", &run, "--shard", "0"]), 2, "no signer is named");
    let nobody = shell.at("nobody.pem");
    ended(&shell.run(&["work", "--plan", &run, "--shard", "0", "--private-key", &nobody]), 2, "nobody.pem");
    // The same policy, in another file, fits; another does not.
    let policy = shell.at("policies/samples.toml");
    ended(&shell.work(&run, &["--shard", "1", "--policy", &policy]), 0, "");
    let other = shell.at("other.toml");
    fs::write(&other, "schema = \"trust-policy/0.1\"\n").unwrap();
    ended(&shell.work(&run, &["--shard", "0", "--policy", &other]), 2, "another policy");
    // Items, inputs or the plan itself were changed.
    let restore = |file: &Path, then: &dyn Fn()| {
        let good = fs::read(file).unwrap();
        let mut odd = good.clone();
        odd.push(b' ');
        fs::write(file, odd).unwrap();
        then();
        fs::write(file, good).unwrap();
    };
    restore(&folder.join("items-00000.jsonl"), &|| {
        ended(&shell.work(&run, &["--shard", "0"]), 2, "not those of the plan");
    });
    for input in fs::read_dir(folder.join("inputs")).unwrap() {
        restore(&input.unwrap().path(), &|| ended(&shell.work(&run, &["--shard", "0"]), 2, "was changed"));
    }
    restore(&folder.join("plan.json"), &|| {
        ended(&shell.work(&run, &["--shard", "0"]), 2, "not written as a plan is");
    });
    let text = fs::read_to_string(folder.join("plan.json")).unwrap();
    for (odd, says) in [
        (text.replacen("\"production\"", "\"staging\"", 1), "not the one that its folder is named after"),
        (String::new(), "not a plan"),
        ("[]".to_owned(), "not a plan"),
    ] {
        fs::write(folder.join("plan.json"), odd).unwrap();
        ended(&shell.work(&run, &["--shard", "0"]), 2, says);
    }
    fs::write(folder.join("plan.json"), &text).unwrap();
    // Another program: the plan names this one by its digest.
    let moved = |text: String| {
        let id = touchmark::signing::sha256_hex(text.as_bytes());
        let folder = folder.with_file_name(&id);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("plan.json"), text).unwrap();
        folder.to_str().unwrap().to_owned()
    };
    let plan: Value = serde_json::from_str(&text).unwrap();
    let binary = plan["question"]["tool"]["sha256"].as_str().unwrap();
    let other = moved(text.replace(binary, &"0".repeat(64)));
    ended(&shell.work(&other, &["--shard", "0"]), 2, "another build");
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let other = moved(text.replace(&version, "\"version\":\"0.0.1\""));
    ended(&shell.work(&other, &["--shard", "0"]), 2, "for version 0.0.1");
    let status = shell.run(&["status", &run, "--format", "json"]);
    ended(&status, 0, "\"done\": 1");
}

#[test]
fn a_place_that_takes_nothing_is_a_reason_to_try_again() {
    let shell = Shell::new();
    let run = shell.plan(&["--shards", "1"]);
    ended(&shell.work(&run, &["--shard", "0", "--scratch", "/nowhere/at/all"]), 75, "E-WRITE");
    let folder = Path::new(run.strip_prefix("file:").unwrap()).to_owned();
    // A file where the results would be put.
    fs::write(folder.join("results"), "").unwrap();
    ended(&shell.work(&run, &["--shard", "0"]), 75, "E-WRITE");
    fs::remove_file(folder.join("results")).unwrap();
    ended(&shell.work(&run, &["--shard", "0"]), 0, "committed");
}

#[cfg(unix)]
#[test]
fn more_unreadable_models_than_allowed_are_told_and_committed() {
    use std::os::unix::fs::PermissionsExt;
    let shell = Shell::new();
    let weights = shell.dir.path().join("models/lumen/iris-base/model.sig");
    let run = shell.plan(&["--shards", "1"]);
    fs::set_permissions(&weights, fs::Permissions::from_mode(0o000)).unwrap();
    // Who may read anything, as in many containers, finds the changed time instead.
    let worked = shell.work(&run, &["--shard", "0", "--format", "json"]);
    let told: Value = serde_json::from_str(&out(&worked)).unwrap();
    let unreadable = told["unreadable"].as_u64().unwrap();
    assert_eq!(worked.status.code(), Some(if unreadable > 0 { 4 } else { 0 }), "{told}");
    assert_eq!(told["committed"], true);
    assert!(told["outcomes"]["unknown"].as_u64().unwrap() >= 1, "{told}");
}

#[cfg(unix)]
#[test]
fn sigterm_ends_a_worker_soon_and_leaves_nothing() {
    use std::time::{Duration, Instant};
    let shell = Shell::new();
    // Enough to be at work for a while in any build.
    let large = shell.dir.path().join("models/acme/large");
    fs::create_dir(&large).unwrap();
    fs::File::create(large.join("w.safetensors")).unwrap().set_len(1 << 30).unwrap();
    let run = shell.plan(&["--shards", "1"]);
    let (key, scratch) = (shell.at("writer.pem"), shell.at("scratch"));
    fs::create_dir(&scratch).unwrap();
    let mut worker = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(["fleet", "work", "--plan", &run, "--shard", "0", "--private-key", &key, "--scratch", &scratch])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while fs::read_dir(&scratch).unwrap().count() == 0 && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = rustix::process::Pid::from_child(&worker);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    let told = Instant::now();
    let status = worker.wait().unwrap();
    assert_eq!(status.code(), Some(75));
    assert!(told.elapsed() < Duration::from_secs(30), "far beyond five seconds, on any machine");
    ended(&shell.run(&["status", &run, "--format", "json"]), 0, "\"done\": 0");
}

/// The samples in `deploy`, as an engine runs them.
#[cfg(unix)]
#[test]
fn the_launchers_work_every_shard_and_tell_what_went_wrong() {
    let shell = Shell::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let launch = |script: &str, words: &[&str], environment: &[(&str, &str)]| {
        Command::new("sh")
            .arg(root.join("deploy").join(script))
            .args(words)
            .env("TOUCHMARK", env!("CARGO_BIN_EXE_touchmark"))
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let key = shell.at("writer.pem");
    let run = shell.plan(&["--shards", "5"]);
    ended(&launch("fleet-xargs.sh", &[&run, &key, "2"], &[]), 0, "committed  shard 4");
    ended(&shell.run(&["status", &run]), 0, "5 of 5 shards committed");
    ended(&launch("fleet-xargs.sh", &[&run, &key], &[]), 0, "committed already");
    ended(&launch("fleet-xargs.sh", &[&run], &[]), 2, "usage");
    // A key that is not there is no reason to try again.
    let run = shell.plan(&["--shards", "2"]);
    let done = launch("fleet-xargs.sh", &[&run, &shell.at("nobody.pem")], &[]);
    assert!(!done.status.success(), "{}", err(&done));
    ended(&shell.run(&["status", &run]), 0, "0 of 2 shards committed");
    // One task of an array.
    let run = shell.plan(&["--shards", "3"]);
    let task = |index: &str| {
        launch("fleet-slurm.sh", &[], &[("RUN", &run), ("KEY", &key), ("SLURM_ARRAY_TASK_ID", index)])
    };
    ended(&task("2"), 0, "committed  shard 2");
    ended(&task("3"), 2, "no such shard");
    ended(&shell.run(&["status", &run]), 0, "missing      0-1");
}
