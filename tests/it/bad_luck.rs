//! Bad luck: full disks, readers that go away, kills in the middle, pipes in the place of files, and twenty programs
//! at once. What cannot be done is not called done, nothing hangs, and nothing is lost.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use touchmark::Code;
use touchmark::signing::{Curve, SigningKey, settle_key_pair, write_key_pair};

/// A folder with a model in it and a pair of keys beside it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("model")).unwrap();
        fs::write(dir.path().join("model/weights.bin"), b"weights").unwrap();
        let desk = Desk(dir);
        let key = SigningKey::generate(Curve::P256).unwrap();
        write_key_pair(&desk.path("key.pem"), &key, None, false).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command.args(words).current_dir(self.0.path()).stdin(Stdio::null()).env_remove("TOUCHMARK_PASSWORD");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn sign(&self, more: &[&str]) -> Output {
        self.run(&[&["sign", "key", "model", "--private-key", "key.pem"], more].concat())
    }

    fn verify(&self) -> Output {
        self.run(&["verify", "key", "model", "--public-key", "key.pem.pub"])
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let names = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Every file below a folder, with its bytes.
fn all_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_files(&path));
            found.insert(path, Vec::new());
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
    found
}

// --- standard output

/// A command line for each row of the table that only shows something.
#[cfg(target_os = "linux")]
const SHOWS: &[(&str, &[&str])] = &[
    ("verify", &["lumen/iris-base"]),
    ("score", &["lumen/iris-base"]),
    ("list", &[]),
    ("show", &["lumen/iris-base"]),
    ("scan", &[]),
    ("snapshot", &[]),
    ("lineage", &["lumen/iris-base"]),
    ("policy check", &[]),
    ("policy show", &[]),
    ("export", &[]),
    ("gate", &["lumen/iris-base", "--stage", "dev"]),
    ("key show", &["keys/lumen.pub.pem"]),
    ("verify key", &["models/lumen/iris-base", "--public-key", "keys/lumen.pub.pem"]),
    ("digest", &["models/lumen/iris-base"]),
    ("inspect", &["models/lumen/iris-base/model.sig"]),
    ("trust list", &[]),
    ("trust show", &["lumen-key"]),
    ("ledger show", &[]),
    ("ledger export", &[]),
    ("ledger replay", &["1"]),
    ("snapshot verify", &["before.json"]),
    ("diff", &["before.json"]),
    ("claims list", &["models/lumen/iris-base"]),
];

#[cfg(target_os = "linux")]
fn in_samples(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
    command.args(words).current_dir(dir).stdin(Stdio::null());
    command
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_to_standard_output_is_an_error() {
    let dir = copy_of_samples();
    let taken = in_samples(dir.path(), &["snapshot", "-o", "before.json"]).output().unwrap();
    assert_eq!(status(&taken), Some(0), "{}", err(&taken));
    let verified = in_samples(dir.path(), &["verify", "lumen/iris-base"]).output().unwrap();
    assert_eq!(status(&verified), Some(0), "{}", err(&verified));
    for (path, more) in SHOWS {
        for format in ["human", "json"] {
            let words: Vec<&str> =
                path.split(' ').chain(more.iter().copied()).chain(["--format", format]).collect();
            let full = fs::File::options().write(true).open("/dev/full").unwrap();
            let done = in_samples(dir.path(), &words).stdout(full).output().unwrap();
            assert_eq!(status(&done), Some(4), "{words:?}: {}", err(&done));
            assert!(err(&done).contains("error[E-WRITE]: cannot write to standard output"), "{words:?}");
        }
    }
    for words in [&["--help"][..], &["--version"], &["help", "sign"], &["ledger", "export", "--help"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let done = in_samples(dir.path(), words).stdout(full).output().unwrap();
        assert_eq!(status(&done), Some(4), "{words:?}: {}", err(&done));
    }
    // Who asks for nothing loses nothing.
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let done = in_samples(dir.path(), &["list", "--quiet"]).stdout(full).output().unwrap();
    assert_eq!(status(&done), Some(0), "{}", err(&done));
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_has_seen_enough_is_no_error_but_a_product_cut_short_is_not_whole() {
    let dir = copy_of_samples();
    let verified = in_samples(dir.path(), &["verify", "lumen/iris-base"]).output().unwrap();
    assert_eq!(status(&verified), Some(0), "{}", err(&verified));
    for (words, ends) in [
        (&["list"][..], 0),
        (&["list", "--format", "json"], 0),
        (&["ledger", "show"], 0),
        (&["--help"], 0),
        (&["ledger", "export"], 4),
        (&["export", "lumen/iris-base"], 4),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let done = in_samples(dir.path(), words).stdout(writer).output().unwrap();
        assert_eq!(status(&done), Some(ends), "{words:?}: {}", err(&done));
        assert!(!err(&done).contains("error"), "{words:?}: {}", err(&done));
    }
}

// --- keys

#[test]
fn without_a_terminal_no_unencrypted_key_is_made_unless_it_was_asked_for() {
    let desk = Desk::new();
    let done = desk.run(&["key", "generate", "new.pem"]);
    assert_eq!(status(&done), Some(2), "{}", out(&done));
    for word in ["E-TERMINAL", "--password-file", "TOUCHMARK_PASSWORD", "--no-password"] {
        assert!(err(&done).contains(word), "{}", err(&done));
    }
    assert_eq!(desk.names("."), ["key.pem", "key.pem.pub", "model"]);
    let done = desk.command(&["key", "generate", "new.pem"]).env("TOUCHMARK_PASSWORD", "x").output().unwrap();
    assert_eq!(status(&done), Some(0), "{}", err(&done));
    assert!(fs::read_to_string(desk.path("new.pem")).unwrap().contains("ENCRYPTED"));
    let done = desk.run(&["key", "generate", "open.pem", "--no-password"]);
    assert_eq!(status(&done), Some(0), "{}", err(&done));
    assert!(!fs::read_to_string(desk.path("open.pem")).unwrap().contains("ENCRYPTED"));
}

#[cfg(unix)]
#[test]
fn a_pair_of_keys_is_replaced_together_or_not_at_all() {
    let desk = Desk::new();
    let before = all_files(desk.0.path());
    // As on a full disk.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" key generate key.pem --force --no-password";
    let done = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_touchmark")])
        .current_dir(desk.0.path())
        .output()
        .unwrap();
    assert_eq!(status(&done), Some(4), "{}", err(&done));
    assert_eq!(all_files(desk.0.path()), before);
    // What has the public key's name cannot be replaced.
    fs::remove_file(desk.path("key.pem.pub")).unwrap();
    fs::create_dir(desk.path("key.pem.pub")).unwrap();
    let done = desk.run(&["key", "generate", "key.pem", "--force", "--no-password"]);
    assert_eq!(status(&done), Some(2), "{}", err(&done));
    assert_eq!(fs::read(desk.path("key.pem")).unwrap(), before[&desk.path("key.pem")]);
    fs::remove_dir(desk.path("key.pem.pub")).unwrap();
    let done = desk.run(&["key", "generate", "key.pem", "--force", "--no-password"]);
    assert_eq!(status(&done), Some(0), "{}", err(&done));
    assert_eq!(status(&desk.sign(&[])), Some(0));
    assert_eq!(status(&desk.verify()), Some(0));
    assert_eq!(desk.names("."), ["key.pem", "key.pem.pub", "model"]);
}

/// A new pair as an interruption leaves it: as far as `steps` were done.
fn interrupted(desk: &Desk, steps: usize) -> (Vec<u8>, Vec<u8>) {
    let other = tempfile::tempdir().unwrap();
    let key = SigningKey::generate(Curve::P256).unwrap();
    write_key_pair(&other.path().join("key.pem"), &key, None, false).unwrap();
    let new = |name: &str| fs::read(other.path().join(name)).unwrap();
    let (private, public) = (new("key.pem"), new("key.pem.pub"));
    fs::write(desk.path(".touchmark-pair-key.pem.pub"), &public).unwrap();
    if steps > 0 {
        fs::write(desk.path(".touchmark-pair-key.pem"), &private).unwrap();
    }
    if steps > 1 {
        fs::rename(desk.path(".touchmark-pair-key.pem.pub"), desk.path("key.pem.pub")).unwrap();
    }
    (private, public)
}

#[test]
fn a_pair_whose_writing_was_interrupted_is_the_old_one_or_the_new_one() {
    for steps in 0..3 {
        let desk = Desk::new();
        let read = |name: &str| fs::read(desk.path(name)).unwrap();
        let old = (read("key.pem"), read("key.pem.pub"));
        let new = interrupted(&desk, steps);
        settle_key_pair(&desk.path("key.pem")).unwrap();
        let expected = if steps == 0 { old } else { new };
        assert_eq!((read("key.pem"), read("key.pem.pub")), expected, "after {steps} steps");
        assert_eq!(desk.names("."), ["key.pem", "key.pem.pub", "model"]);
        // Whoever signs needs to do nothing for it.
        interrupted(&desk, steps);
        assert_eq!(status(&desk.sign(&[])), Some(0));
        assert_eq!(status(&desk.verify()), Some(0), "after {steps} steps");
    }
}

#[test]
fn a_pair_that_waits_never_takes_the_place_of_a_newer_key() {
    let desk = Desk::new();
    interrupted(&desk, 1);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    fs::File::options().write(true).open(desk.path("key.pem")).unwrap().set_modified(later).unwrap();
    let before = fs::read(desk.path("key.pem")).unwrap();
    settle_key_pair(&desk.path("key.pem")).unwrap();
    assert_eq!(fs::read(desk.path("key.pem")).unwrap(), before);
    assert_eq!(desk.names("."), ["key.pem", "key.pem.pub", "model"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_reads_passwords_leaves_no_core_dump() {
    let desk = Desk::new();
    let pipe = desk.path("password");
    make_pipe(&pipe);
    // It waits for the password, and can be looked at meanwhile: a pipe is fine where a person names one.
    let mut child = desk
        .command(&["key", "generate", "new.pem", "--password-file", "password"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut writer = fs::File::options().write(true).open(&pipe).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
    std::io::Write::write_all(&mut writer, b"correct horse\n").unwrap();
    drop(writer);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert!(fs::read_to_string(desk.path("new.pem")).unwrap().contains("ENCRYPTED"));
}

#[cfg(unix)]
#[test]
fn a_private_key_may_come_through_a_pipe_and_nobody_waits_for_one_without_a_writer() {
    let desk = Desk::new();
    let script = "\"$0\" sign key model --private-key <(cat key.pem) && \"$0\" key show <(cat key.pem)";
    let bash = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_touchmark")])
        .current_dir(desk.0.path())
        .output();
    if let Ok(done) = bash {
        assert_eq!(status(&done), Some(0), "{}", err(&done));
        assert_eq!(status(&desk.verify()), Some(0));
    }
    make_pipe(&desk.path("pipe.pem"));
    for words in [
        &["sign", "key", "model", "--private-key", "pipe.pem"][..],
        &["key", "show", "pipe.pem"],
        &["verify", "key", "model", "--public-key", "pipe.pem"],
        &["inspect", "pipe.pem"],
    ] {
        let done = in_time(desk.command(words));
        assert!(!matches!(status(&done), Some(0) | None), "{words:?}: {}", out(&done));
    }
}

// --- signing

#[test]
fn what_an_interrupted_signing_left_is_named_swept_and_never_signed() {
    let desk = Desk::new();
    assert_eq!(status(&desk.sign(&[])), Some(0));
    let bundle = fs::read(desk.path("model/model.sig")).unwrap();
    fs::create_dir(desk.path("model/deep")).unwrap();
    fs::write(desk.path("model/deep/more.bin"), b"more").unwrap();
    assert_eq!(status(&desk.sign(&[])), Some(0));
    for (name, bytes) in [
        (".touchmark-Ab3dE6", &bundle[..]),
        (".touchmark-Ab3dE7", &bundle[..100]),
        (".touchmark-Ab3dE8", b""),
        ("deep/.touchmark-Ab3dE9", &bundle[..]),
    ] {
        fs::write(desk.path("model").join(name), bytes).unwrap();
    }
    let digest = out(&desk.run(&["digest", "model"]));
    // Unsigned is unsigned; but it is said what it is.
    let verified = desk.verify();
    assert_eq!(status(&verified), Some(1), "{}", out(&verified));
    assert!(out(&verified).contains("FILES-EXTRA"), "{}", out(&verified));
    assert!(out(&verified).contains("left behind by an interrupted signing"), "{}", out(&verified));
    assert_eq!(status(&desk.sign(&[])), Some(0));
    assert_eq!(desk.names("model"), ["deep", "model.sig", "weights.bin"]);
    assert_eq!(desk.names("model/deep"), ["more.bin"]);
    assert_eq!(status(&desk.verify()), Some(0));
    assert_eq!(out(&desk.run(&["digest", "model"])), digest, "a digest never counted them");
}

#[test]
fn a_name_alone_makes_no_leftover() {
    let desk = Desk::new();
    let code = desk.path("model/.touchmark-Ab3dE6");
    fs::write(&code, b"import os\n").unwrap();
    assert_eq!(status(&desk.sign(&[])), Some(0));
    assert!(code.exists(), "it is part of the model");
    fs::write(&code, b"import sys\n").unwrap();
    let verified = desk.verify();
    assert!(out(&verified).contains("FILES-CHANGED"), "{}", out(&verified));
    fs::remove_file(&code).unwrap();
    assert!(out(&desk.verify()).contains("FILES-MISSING"));
}

#[test]
fn a_file_that_is_no_signature_is_never_signed_over() {
    let desk = Desk::new();
    assert_eq!(status(&desk.sign(&[])), Some(0));
    let bundle: serde_json::Value =
        serde_json::from_slice(&fs::read(desk.path("model/model.sig")).unwrap()).unwrap();
    let mut with_notes = bundle.clone();
    with_notes["my"] = "notes".into();
    let mut of_nothing = bundle.clone();
    of_nothing["dsseEnvelope"]["payload"] = "e30=".into();
    for text in [
        "{\"dsseEnvelope\":1,\"my\":\"notes\"}".to_owned(),
        "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"dsseEnvelope\":{}}".to_owned(),
        "precious\n".to_owned(),
        String::new(),
        with_notes.to_string(),
        of_nothing.to_string(),
    ] {
        fs::write(desk.path("notes"), &text).unwrap();
        let done = desk.sign(&["--signature", "notes"]);
        assert_eq!(status(&done), Some(2), "{text}: {}", err(&done));
        assert_eq!(fs::read_to_string(desk.path("notes")).unwrap(), text);
    }
    fs::write(desk.path("earlier"), bundle.to_string()).unwrap();
    let done = desk.sign(&["--signature", "earlier"]);
    assert_eq!(status(&done), Some(0), "{}", err(&done));
}

#[test]
fn claims_are_appended_to_claims_only() {
    let desk = Desk::new();
    for text in ["precious notes\nof many years\n", "{\"my\":\"notes\"}\n", "[1,2]\n", "{\n}\n"] {
        fs::write(desk.path("notes"), text).unwrap();
        let done = desk.sign(&["--append-claims", "notes"]);
        assert_eq!(status(&done), Some(2), "{text}: {}", err(&done));
        assert_eq!(fs::read_to_string(desk.path("notes")).unwrap(), text);
        assert!(!desk.path("model/model.sig").exists(), "asked before it signs");
        let sig = desk.sign(&["--signature", "s.sig"]);
        assert_eq!(status(&sig), Some(0), "{}", err(&sig));
        let done = desk.run(&["claims", "append", "notes", "s.sig"]);
        assert_eq!(status(&done), Some(2), "{text}: {}", err(&done));
        assert_eq!(fs::read_to_string(desk.path("notes")).unwrap(), text);
    }
    fs::write(desk.path("empty"), "").unwrap();
    for file in ["new.jsonl", "empty", "new.jsonl"] {
        let done = desk.sign(&["--append-claims", file]);
        assert_eq!(status(&done), Some(0), "{file}: {}", err(&done));
    }
}

// --- pipes in the place of files

#[cfg(unix)]
fn make_pipe(path: &Path) {
    let done = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(done.success());
}

/// Runs it, and fails when it does not end by itself.
#[cfg(unix)]
fn in_time(mut command: Command) -> Output {
    use std::time::{Duration, Instant};
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("hangs: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_folder_is_no_signature_and_no_claims() {
    for odd in ["claims.jsonl", "other.bin"] {
        for is_pipe in [true, false] {
            let desk = Desk::new();
            assert_eq!(status(&desk.sign(&[])), Some(0));
            let place = desk.path("model").join(odd);
            match is_pipe {
                true => make_pipe(&place),
                false => {
                    fs::create_dir(&place).unwrap();
                    fs::write(place.join("code.py"), b"import os").unwrap();
                }
            }
            let done = in_time(desk.command(&["verify", "key", "model", "--public-key", "key.pem.pub"]));
            assert_eq!(status(&done), Some(1), "{odd}, a pipe: {is_pipe}: {}", out(&done));
            assert!(out(&done).contains("FILES-"), "{}", out(&done));
        }
    }
    // A file of claims is left out, as ever, and so is a link to one.
    let desk = Desk::new();
    assert_eq!(status(&desk.sign(&["--append-claims", "model/claims.jsonl"])), Some(0));
    assert_eq!(status(&desk.verify()), Some(0), "{}", out(&desk.verify()));
    fs::rename(desk.path("model/claims.jsonl"), desk.path("elsewhere.jsonl")).unwrap();
    std::os::unix::fs::symlink("../elsewhere.jsonl", desk.path("model/claims.jsonl")).unwrap();
    assert_eq!(status(&desk.verify()), Some(0), "{}", out(&desk.verify()));
    fs::remove_file(desk.path("model/model.sig")).unwrap();
    make_pipe(&desk.path("model/model.sig"));
    let done = in_time(desk.command(&["verify", "key", "model", "--public-key", "key.pem.pub"]));
    assert_ne!(status(&done), Some(0), "{}", out(&done));
}

#[cfg(unix)]
#[test]
fn no_reader_waits_for_a_pipe_that_a_scan_finds() {
    let dir = copy_of_samples();
    let model = "models/lumen/iris-base";
    let mut places: Vec<String> = fs::read_dir(dir.path().join(model))
        .unwrap()
        .map(|entry| format!("{model}/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    for more in [
        "claims.jsonl",
        "model.safetensors.index.json",
        "x.gguf",
        "x.h5",
        "x.onnx",
        "x.sigstore.json",
        "x.zip",
    ] {
        places.push(format!("{model}/{more}"));
    }
    for more in ["boms/vendor.cdx.json", "policies/samples.toml", "keys/lumen.pub.pem", "touchmark.toml"] {
        places.push(more.to_owned());
    }
    for place in places {
        let file = dir.path().join(&place);
        let kept = fs::read(&file).ok();
        let _ = fs::remove_file(&file);
        make_pipe(&file);
        for words in
            [&["scan"][..], &["gate", "lumen/iris-base", "--stage", "production"], &["inspect", &place]]
        {
            let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
            command.args(words).current_dir(dir.path()).stdin(Stdio::null());
            let done = in_time(command);
            let is_model = place.starts_with(model);
            assert!(words[0] != "gate" || !is_model || status(&done) != Some(0), "{place}: {}", out(&done));
        }
        fs::remove_file(&file).unwrap();
        if let Some(bytes) = kept {
            fs::write(&file, bytes).unwrap();
        }
    }
}

// --- many at once

#[test]
fn sources_that_are_added_at_once_are_all_there() {
    let dir = tempfile::tempdir().unwrap();
    touchmark(["init".as_ref(), dir.path().as_os_str()]);
    let names: Vec<String> = (0..8).map(|number| format!("more{number}")).collect();
    for name in &names {
        let model = dir.path().join(name).join("owner").join(format!("model-of-{name}"));
        fs::create_dir_all(&model).unwrap();
        fs::write(model.join("model.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    }
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            Command::new(env!("CARGO_BIN_EXE_touchmark"))
                .args(["scan", name])
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let done = child.wait_with_output().unwrap();
        assert_eq!(status(&done), Some(0), "{}", err(&done));
    }
    let file = fs::read_to_string(dir.path().join("touchmark.toml")).unwrap();
    let listed = touchmark(["list".as_ref(), "--workspace".as_ref(), dir.path().as_os_str()]);
    for name in &names {
        assert!(file.contains(&format!("path = \"{name}\"")), "{name}: {file}");
        assert!(out(&listed).contains(&format!("owner/model-of-{name}")), "{name}: {}", out(&listed));
    }
}

#[test]
fn anchors_that_are_added_at_once_are_all_there() {
    let dir = copy_of_samples();
    let key = dir.path().join("keys/lumen.pub.pem");
    let names: Vec<String> = (0..6).map(|number| format!("new-{number}")).collect();
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            Command::new(env!("CARGO_BIN_EXE_touchmark"))
                .args(["trust", "add", name])
                .arg(&key)
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let done = child.wait_with_output().unwrap();
        assert_eq!(status(&done), Some(0), "{}", err(&done));
    }
    let policy = fs::read_to_string(dir.path().join("policies/samples.toml")).unwrap();
    for name in &names {
        assert!(policy.contains(&format!("[trust.{name}]")), "{name}");
    }
}

// --- a policy with faults

#[test]
fn nothing_is_judged_by_a_policy_that_has_faults_and_no_other_takes_its_place() {
    let dir = copy_of_samples();
    let run = |words: &[&str]| {
        touchmark(words.iter().copied().chain(["--workspace", dir.path().to_str().unwrap()]))
    };
    let before = dir.path().join("before.json");
    let before = before.to_str().unwrap();
    assert_eq!(status(&run(&["snapshot", "-o", before])), Some(0));
    let policy = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let expired = text.replace("expires = 2045", "expires = 2020");
    assert_ne!(expired, text);
    let faulty: [&[u8]; 3] = [b"nonsense = 1\n", b"\xff\xfe", expired.as_bytes()];
    for bytes in faulty {
        fs::write(&policy, bytes).unwrap();
        for words in [
            &["list"][..],
            &["show", "lumen/iris-base"],
            &["score", "lumen/iris-base"],
            &["gate", "lumen/iris-base", "--stage", "dev"],
            &["verify", "lumen/iris-base"],
            &["snapshot"],
            &["snapshot", "-o", "after.json"],
            &["diff", before],
            &["lineage", "lumen/iris-base"],
            &["export"],
            &["policy", "check"],
        ] {
            let done = run(words);
            assert_eq!(status(&done), Some(2), "{words:?}: {}{}", out(&done), err(&done));
            let told = out(&done) + &err(&done);
            assert!(told.contains("policy"), "{words:?}: {told}");
        }
        for words in [&["scan"][..], &["ledger", "show"], &["ledger", "verify"], &["trust", "list"]] {
            let done = run(words);
            // A ledger without records is missing, whatever the policy says.
            let ends = if words.contains(&"verify") { 3 } else { 0 };
            assert_eq!(status(&done), Some(ends), "{words:?}: {}", err(&done));
            assert!(
                err(&done).contains("nothing is judged until it is corrected"),
                "{words:?}: {}",
                err(&done)
            );
        }
        let at = run(&["gate", "lumen/iris-base", "--stage", "dev", "--policy", "/nonexistent/p.toml"]);
        assert_ne!(status(&at), Some(0));
    }
    let kinds = out(&run(&["ledger", "export"]));
    assert!(!kinds.contains("decision"), "{kinds}");
    fs::write(&policy, text).unwrap();
    assert_eq!(status(&run(&["list"])), Some(0));
}

#[test]
fn the_workbench_records_nothing_under_a_policy_that_has_faults() {
    use touchmark::workbench::{JobKind, JobState, OpenOptions, Workbench};
    let dir = copy_of_samples();
    let policy = dir.path().join("policies/samples.toml");
    fs::write(&policy, "schema = \"trust-policy/0.1\"\nnonsense = 1\n").unwrap();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let view = workbench.view();
    assert!(!view.policy_errors.is_empty(), "it opens, and says so");
    let id = view.models[0].id.clone();
    for kind in [
        JobKind::Verify(vec![id.clone()]),
        JobKind::Score(vec![id.clone()]),
        JobKind::Snapshot(dir.path().join("s.json")),
    ] {
        let job = workbench.wait(workbench.start(kind)).unwrap();
        assert!(
            matches!(&job.state, JobState::Failed(error) if error.code == Code::Config),
            "{:?}",
            job.state
        );
    }
    assert_eq!(workbench.verify_ledger().unwrap(), 0);
}

const DENIED: &str = "[[deny_identity]]\nsubject = \"SUBJECT\"\nreason = \"stolen\"\n";

#[test]
fn an_entry_of_a_policy_that_can_match_nothing_is_a_fault_with_its_line() {
    let dir = copy_of_samples();
    let policy = dir.path().join("policies/samples.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let check = |text: &str| {
        fs::write(&policy, text).unwrap();
        touchmark(["policy", "check", policy.to_str().unwrap()])
    };
    let hex = "0a".repeat(32);
    let deny = |subject: &str| text.clone() + "\n" + &DENIED.replace("SUBJECT", subject);
    for good in [
        format!("exact:sha256:{hex}"),
        "exact:ci@evil.example".to_owned(),
        "regex:^sha256:0a.*$".to_owned(),
        "regex:^.*@evil\\\\.example$".to_owned(),
    ] {
        let done = check(&deny(&good));
        assert_eq!(status(&done), Some(0), "{good}: {}", out(&done));
    }
    for dead in [
        format!("exact:{hex}"),
        format!("exact:{}", hex.to_uppercase()),
        format!("exact:SHA256:{hex}"),
        format!("exact:sha256:{}", hex.to_uppercase()),
        format!("exact:sha256:{}", &hex[2..]),
        format!("exact:sha256:{hex} "),
        format!("exact: sha256:{hex}"),
        "exact:ci@evil.example ".to_owned(),
        "regex:^SHA256:.*$".to_owned(),
        "regex:^a$b$".to_owned(),
        "regex:^$".to_owned(),
    ] {
        let faulty = deny(&dead);
        let line = faulty.lines().count() - 1;
        let done = check(&faulty);
        assert_eq!(status(&done), Some(2), "{dead}: {}", out(&done));
        assert!(out(&done).contains(&format!("line {line}")), "{dead}: {}", out(&done));
    }
    // The samples' keys are made anew each time.
    let lumen = text.split_once("id = \"lumen\"").unwrap().1;
    let finger = lumen.split_once("exact:sha256:").unwrap().1[..64].to_owned();
    for (from, to) in [
        (format!("exact:sha256:{finger}"), format!("exact:sha256:{}", finger.to_uppercase())),
        (format!("exact:sha256:{finger}"), "exact:lumen".to_owned()),
        (format!("exact:sha256:{finger}"), "regex:^lumen.*$".to_owned()),
        (
            format!("{{ subject = \"exact:sha256:{finger}\" }}"),
            format!("{{ subject = \"exact:sha256:{finger}\", issuer = \"https://issuer.example\" }}"),
        ),
        ("exact:CN=acme release,O=Acme".to_owned(), "exact:CN=acme release,O=Acme ".to_owned()),
        ("exact:CN=acme release,O=Acme".to_owned(), format!("exact:sha256:{finger}")),
        ("models = [\"lumen/*\"]".to_owned(), "models = [\"/lumen/*\"]".to_owned()),
        ("models = [\"lumen/*\"]".to_owned(), "models = [\"lumen/\"]".to_owned()),
        ("models = [\"lumen/*\"]".to_owned(), "models = [\"https://huggingface.co/lumen/*\"]".to_owned()),
    ] {
        assert!(text.contains(&from), "{from}");
        let done = check(&text.replacen(&from, &to, 1));
        assert_eq!(status(&done), Some(2), "{to}: {}", out(&done));
    }
    let done = check(&text.replacen("models = [\"lumen/*\"]", "models = [\"LUMEN/*\"]", 1));
    assert_eq!(status(&done), Some(0), "letter case folds: {}", out(&done));
}
