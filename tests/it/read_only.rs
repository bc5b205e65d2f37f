//! `--read-only`: the whole table of commands, one by one. What is there to write is refused by its name, and nothing
//! else changes a byte of the workspace.

use crate::support::{copy_of_samples, err, out};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use touchmark::Code;
use touchmark::commands::{Cmd, Need, OnLine, OnScreen, TABLE, Writes};
use touchmark::inventory::{ModelId, Source, SourceKind};
use touchmark::view::ReviewWord;
use touchmark::workbench::{JobKind, JobState, OpenOptions, Workbench};

const MODEL: &str = "models/lumen/iris-base";
/// Where a model of the samples runs.
const PLACE: &str = "claims-desk/eu-1";

/// What each command is tried with.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("verify", &["lumen/iris-base"]),
    ("score", &["lumen/iris-base"]),
    ("list", &[]),
    ("themes", &[]),
    ("review", &["--history", "lumen/iris-base"]),
    ("bind", &["lumen/iris-base"]),
    ("show", &["lumen/iris-base"]),
    ("scan", &[]),
    ("snapshot", &[]),
    ("diff", &["before.json"]),
    ("lineage", &["lumen/iris-base"]),
    ("path", &["lumen/iris-base", "lumen/iris-large"]),
    ("why", &["lumen/iris-base"]),
    ("blast", &["lumen/iris-base"]),
    ("deploy list", &[]),
    ("deploy add", &["lumen/iris-base", "--where", "here"]),
    ("deploy end", &["lumen/iris-base"]),
    ("deploy declare", &[PLACE, "surface.toml", "--by", "Ann"]),
    ("deploy surface", &[PLACE]),
    ("incident types", &[]),
    ("incident runbook", &["model_substitution"]),
    ("incident triage", &["lumen/iris-base"]),
    ("incident drill", &["jailbreak", "--by", "Ann"]),
    ("incident open", &["jailbreak", "--subject", "lumen/iris-base", "--by", "Ann"]),
    ("incident list", &[]),
    ("incident status", &["3"]),
    ("incident step", &["3", "verify", "--outcome", "done"]),
    ("incident evidence", &["3", "request_id", "--waive", "x"]),
    ("incident import", &["3", "touchmark.toml", "--holder", "x"]),
    ("incident hold", &["3", "--reason", "x"]),
    ("incident severity", &["3", "low", "--by", "Ann", "--reason", "x"]),
    ("incident note", &["3", "x"]),
    ("incident close", &["3", "--reason", "x"]),
    ("incident export", &["3", "--as", "cacao"]),
    ("incident disclose", &["lumen/iris-base"]),
    ("feed import", &["threats.yaml"]),
    ("feed list", &[]),
    ("feed match", &[]),
    ("feed triage", &["lumen/iris-base", "X-1", "--state", "fixed", "--reason", "x", "--by", "Ann"]),
    ("feed lint", &[]),
    ("deploy import", &["boms/acme.cdx.json"]),
    ("compare", &["lumen/iris-base", "lumen/iris-base"]),
    ("policy check", &[]),
    ("maturity", &["--days", "7"]),
    ("maturity compare", &["rubric.toml"]),
    ("report maturity", &["lumen/iris-base"]),
    ("report producer", &["acme"]),
    ("report model", &["lumen/iris-base"]),
    ("report incident", &[]),
    ("report policy", &[]),
    ("report inventory", &[]),
    ("report forecast", &["--days", "400"]),
    ("report trend", &["--from", "0"]),
    ("audit pack", &["lumen/iris-base", "-o", "new.zip"]),
    ("audit pack key", &["lumen/iris-base", "-o", "new.zip", "--private-key", "key.pem"]),
    (
        "audit pack certificate",
        &[
            "lumen/iris-base",
            "-o",
            "new.zip",
            "--private-key",
            "key.pem",
            "--signing-certificate",
            "keys/samples-root-ca.pem",
        ],
    ),
    ("audit pack sigstore", &["lumen/iris-base", "-o", "new.zip"]),
    ("audit pack pkcs11-key", &["lumen/iris-base", "-o", "new.zip", "--pkcs11-uri", "pkcs11:token=x"]),
    (
        "audit pack pkcs11-certificate",
        &[
            "lumen/iris-base",
            "-o",
            "new.zip",
            "--pkcs11-uri",
            "pkcs11:token=x",
            "--signing-certificate",
            "keys/samples-root-ca.pem",
        ],
    ),
    ("audit verify", &["pack.zip", "--public-key", "key.pem.pub"]),
    ("open", &[]),
    ("init", &["fresh"]),
    ("demo", &["fresh"]),
    ("import", &["boms/acme.cdx.json"]),
    ("export", &[]),
    ("snapshot verify", &["before.json"]),
    ("gate", &["lumen/iris-base", "--stage", "dev"]),
    ("exec", &["lumen/iris-base", "--stage", "dev", "--", "ls"]),
    // Without a stage it ends at once, whatever this build and this user can.
    ("guard", &["models"]),
    ("sign key", &[MODEL, "--private-key", "key.pem"]),
    (
        "sign certificate",
        &[MODEL, "--private-key", "key.pem", "--signing-certificate", "keys/samples-root-ca.pem"],
    ),
    ("sign sigstore", &[MODEL]),
    ("sign pkcs11-key", &[MODEL, "--pkcs11-uri", "pkcs11:token=x"]),
    (
        "sign pkcs11-certificate",
        &[MODEL, "--pkcs11-uri", "pkcs11:token=x", "--signing-certificate", "keys/samples-root-ca.pem"],
    ),
    ("key generate", &["new.pem", "--no-password"]),
    ("key show", &["key.pem"]),
    ("verify key", &[MODEL, "--public-key", "keys/lumen.pub.pem"]),
    ("verify certificate", &[MODEL, "--certificate-chain", "keys/samples-root-ca.pem"]),
    ("verify sigstore", &[MODEL, "--identity", "x", "--identity-provider", "https://x.example"]),
    ("digest", &[MODEL]),
    ("inspect", &["models/lumen/iris-base/model.sig"]),
    ("pin", &[]),
    ("attest provenance", &[MODEL, "--build", "train", "--builder", "urn:acme:lab", "--dry-run"]),
    ("attest data", &[MODEL, "--dataset", "data/receipts-2024", "--dry-run"]),
    ("attest config", &[MODEL, "--parameter", "epochs=3", "--dry-run"]),
    ("attest evaluation", &[MODEL, "--benchmark", "b", "--metric", "m", "--value", "1", "--dry-run"]),
    ("attest card", &[MODEL, "models/lumen/iris-base/README.md", "--dry-run"]),
    ("attest composition", &[MODEL, "--tokenizer", "lumen/iris-large", "--dry-run"]),
    ("attest review", &[MODEL, "--word", "approve", "--reason", "x", "--dry-run"]),
    ("attest summary", &[MODEL, "--stage", "dev", "--dry-run"]),
    ("attest inherit", &["lumen/iris-large"]),
    ("claims list", &[MODEL]),
    ("claims show", &["claims.jsonl", "1"]),
    ("claims append", &["claims.jsonl", "models/lumen/iris-base/model.sig"]),
    ("claims check", &["claims.jsonl", "claims.jsonl"]),
    ("policy convert", &["policies/samples.toml", "--to", "model-signing"]),
    ("policy exceptions", &[]),
    ("policy lint", &["policies/samples.toml"]),
    ("policy preview", &["policies/samples.toml"]),
    ("policy explain", &["lumen/iris-base"]),
    ("policy suggest", &["lumen/iris-base"]),
    ("policy what-if", &["--deny", "CN=acme release,O=Acme"]),
    ("policy show", &[]),
    ("policy test", &["policies/samples.toml"]),
    ("trust list", &[]),
    ("trust show", &["lumen-key"]),
    ("trust add", &["new", "keys/lumen.pub.pem"]),
    ("trust remove", &["samples-stamps"]),
    ("trust refresh", &[]),
    ("ledger show", &[]),
    ("ledger verify", &[]),
    ("ledger replay", &["1"]),
    ("ledger prove", &["1"]),
    ("ledger anchor", &["checkpoint.json"]),
    ("ledger anchors", &[]),
    ("ledger export", &[]),
    ("ledger import", &["ledger.jsonl"]),
    ("store show", &[]),
    ("store grant", &["ada"]),
    ("snapshot sign key", &["before.json", "--private-key", "key.pem"]),
    (
        "snapshot sign certificate",
        &["before.json", "--private-key", "key.pem", "--signing-certificate", "keys/samples-root-ca.pem"],
    ),
    ("snapshot sign sigstore", &["before.json"]),
    ("snapshot sign pkcs11-key", &["before.json", "--pkcs11-uri", "pkcs11:token=x"]),
    (
        "snapshot sign pkcs11-certificate",
        &[
            "before.json",
            "--pkcs11-uri",
            "pkcs11:token=x",
            "--signing-certificate",
            "keys/samples-root-ca.pem",
        ],
    ),
    ("ledger checkpoint", &[]),
    ("ledger checkpoint key", &["--private-key", "key.pem"]),
    (
        "ledger checkpoint certificate",
        &["--private-key", "key.pem", "--signing-certificate", "keys/samples-root-ca.pem"],
    ),
    ("ledger checkpoint sigstore", &[]),
    ("ledger checkpoint pkcs11-key", &["--pkcs11-uri", "pkcs11:token=x"]),
    (
        "ledger checkpoint pkcs11-certificate",
        &["--pkcs11-uri", "pkcs11:token=x", "--signing-certificate", "keys/samples-root-ca.pem"],
    ),
    ("fleet plan", &["--source", "models", "--out", "runs"]),
    ("fleet work", &["--plan", "runs/x", "--private-key", "key.pem"]),
    ("fleet status", &["runs/x"]),
    ("fleet seal", &["runs/x"]),
    ("fleet prove", &["runs/x", "lumen/iris-base"]),
    ("keymap print", &[]),
    ("keymap check", &[]),
    ("completions", &["bash"]),
    ("man", &["ledger", "verify"]),
];

/// What makes a command write that otherwise only shows.
const GIVEN: &[(&str, &[&str])] = &[
    ("scan", &["keys"]),
    ("snapshot", &["--out", "new.json"]),
    ("pin", &["boms/acme.cdx.json"]),
    ("report maturity", &["--out", "new.html"]),
    ("report producer", &["--out", "new.html"]),
    ("report model", &["--out", "new.html"]),
    ("report incident", &["--out", "new.html"]),
    ("report policy", &["--out", "new.html"]),
    ("report inventory", &["--out", "new.html"]),
    ("report forecast", &["--out", "new.html"]),
    ("report trend", &["--out", "new.html"]),
    ("incident export", &["--out", "new.md"]),
    ("incident disclose", &["--out", "new.md"]),
    ("incident triage", &["--open", "--by", "Ann"]),
    ("incident runbook", &["--deployment", PLACE, "--out", "new-runbook.md"]),
    ("exec", &["--copy", "copy"]),
    ("man", &["--out", "new-pages"]),
    ("review", &["--undo"]),
    ("attest provenance", SIGNED),
    ("attest data", SIGNED),
    ("attest config", SIGNED),
    ("attest evaluation", SIGNED),
    ("attest card", SIGNED),
    ("attest composition", SIGNED),
    ("attest review", SIGNED),
    ("attest summary", SIGNED),
];

/// Who signs.
const SIGNED: &[&str] = &["--private-key", "key.pem"];

fn run(dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(words)
        .current_dir(dir)
        .env("HOME", dir.join("home"))
        .env("XDG_DATA_HOME", dir.join("home/data"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // SQLite's shared memory is a file only while, and as long as, somebody looks.
        if path.to_string_lossy().ends_with("-shm") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
            found.insert(path, Vec::new());
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn unchanged(dir: &Path, before: &BTreeMap<PathBuf, Vec<u8>>, words: &[&str]) {
    let after = files(dir);
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&after), names(before), "{words:?}");
    let changed: Vec<_> = before.iter().filter(|(path, bytes)| after.get(*path) != Some(*bytes)).collect();
    assert!(
        changed.is_empty(),
        "{words:?} changed {:?}",
        changed.iter().map(|(path, _)| path).collect::<Vec<_>>()
    );
}

#[test]
fn read_only_refuses_by_name_what_writes_and_leaves_every_byte_as_it_is() {
    let dir = copy_of_samples();
    let dir = dir.path();
    fs::write(dir.join("surface.toml"), "schema = \"surface/0.1\"\nowners = [\"claims team\"]\n").unwrap();
    for words in [
        &["snapshot", "-o", "before.json"][..],
        &["gate", "lumen/iris-base", "--stage", "dev"],
        &["incident", "open", "jailbreak", "--subject", "lumen/iris-base", "--by", "Ann"],
        &["deploy", "declare", PLACE, "surface.toml", "--by", "Ann"],
        &["key", "generate", "key.pem", "--no-password"],
        &["claims", "append", "claims.jsonl", "models/lumen/iris-base/model.sig"],
        &["ledger", "checkpoint", "key", "--private-key", "key.pem"],
        &["audit", "pack", "key", "lumen/iris-base", "-o", "pack.zip", "--private-key", "key.pem"],
    ] {
        let done = run(dir, words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
    }
    fs::write(dir.join("ledger.jsonl"), run(dir, &["ledger", "export"]).stdout).unwrap();
    fs::write(dir.join("rubric.toml"), include_str!("../../policies/rubric/aimm.toml")).unwrap();
    let before = files(dir);
    let refused = |path: &str, words: &[&str]| {
        let done = run(dir, words);
        assert_eq!(done.status.code(), Some(2), "{words:?}: {}{}", out(&done), err(&done));
        assert!(err(&done).contains(&format!("error[E-USAGE]: `touchmark {path}` writes")), "{}", err(&done));
        assert!(err(&done).contains("--read-only"), "{}", err(&done));
        unchanged(dir, &before, words);
    };
    for row in TABLE {
        let OnLine::Own(line) = &row.line else { continue };
        let more = ARGUMENTS.iter().find(|(path, _)| *path == line.path);
        let (_, more) =
            more.unwrap_or_else(|| panic!("name arguments to try `{}` with in ARGUMENTS", line.path));
        let words: Vec<&str> =
            ["--read-only"].into_iter().chain(line.path.split(' ')).chain(more.iter().copied()).collect();
        match row.writes {
            Writes::Always => {
                refused(line.path, &words);
                continue;
            }
            Writes::With(_) => {
                let (_, given) = GIVEN.iter().find(|(path, _)| *path == line.path).unwrap();
                let (before, after) = words.split_at(1 + line.path.split(' ').count());
                refused(line.path, &[before, given, after].concat());
            }
            Writes::Store => {}
        }
        let done = run(dir, &words);
        // It does what it does without the option: nothing of it is refused for writing.
        assert!(!err(&done).contains("allows no writing"), "{words:?}: {}", err(&done));
        let works = !matches!(
            line.path,
            // There is no run, and perhaps no feature.
            "fleet status"
                | "fleet prove"
                | "open"
                | "guard"
                | "diff"
                | "feed match"
                | "feed lint"
                | "verify certificate"
                | "verify sigstore"
        );
        assert!(!works || done.status.code() == Some(0), "{words:?}: {}{}", out(&done), err(&done));
        unchanged(dir, &before, &words);
    }
}

#[test]
fn the_workbench_disables_the_same_commands() {
    for row in TABLE.iter().filter(|row| row.writes != Writes::Store) {
        let OnScreen::Own(keys) = &row.screen else { continue };
        // Its key adds no source, and without one a scan keeps nothing.
        let adds_nothing = keys.cmd == Cmd::Scan && keys.typed.is_none();
        // Its key opens the screen where another one writes.
        let opens = keys.cmd == Cmd::Report;
        let is_bare = adds_nothing || opens;
        assert_ne!(keys.needs.contains(&Need::Writable), is_bare, "{}", keys.name);
    }
    let writes = TABLE.iter().find_map(|row| match &row.screen {
        OnScreen::Own(keys) if keys.cmd == Cmd::WriteReport => Some(keys.needs.contains(&Need::Writable)),
        _ => None,
    });
    assert_eq!(writes, Some(true));
}

#[test]
fn the_service_refuses_too() {
    let dir = copy_of_samples();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), read_only: true, ..OpenOptions::default() };
    let before = files(dir.path());
    let workbench = Workbench::open(&options).unwrap();
    let id = ModelId::new("lumen/iris-base");
    let review = workbench.review(&id, ReviewWord::Reject, "x");
    assert_eq!(review.unwrap_err().code, Code::Usage);
    let source = Source { kind: SourceKind::Models, path: "keys".into(), prefix: None };
    assert_eq!(workbench.add_source(source).unwrap_err().code, Code::Usage);
    let file = dir.path().join("s.json");
    let job = workbench.wait(workbench.start(JobKind::Snapshot(file))).unwrap();
    assert!(matches!(&job.state, JobState::Failed(error) if error.code == Code::Usage), "{:?}", job.state);
    let job = workbench.wait(workbench.start(JobKind::Verify(vec![id]))).unwrap();
    assert!(matches!(job.state, JobState::Done(_)), "{:?}", job.state);
    assert_eq!(files(dir.path()), before);
}

#[test]
fn read_only_makes_no_workspace_of_your_own() {
    let dir = tempfile::tempdir().unwrap();
    let done = run(dir.path(), &["list", "--read-only"]);
    assert_eq!(done.status.code(), Some(2), "{}{}", out(&done), err(&done));
    assert!(err(&done).contains("E-NOT-FOUND"), "{}", err(&done));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
