//! Deployments at the edges: many of them, names that nobody should write, files that change meanwhile, and what each
//! refusal says.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use touchmark::Code;
use touchmark::disk::lock_beside;
use touchmark::inventory::{Deployment, MOST_DEPLOYMENTS, ModelId, Runs, Source, SourceKind, Workspace, bom};
use touchmark::text::Untrusted;
use touchmark::workbench::{OpenOptions, Workbench};

const MODEL: &str = "lumen/iris-base";

fn run(dir: &Path, words: &[&str]) -> (i32, String, String) {
    let done = touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]));
    (done.status.code().unwrap(), out(&done), err(&done))
}

fn file(dir: &Path) -> String {
    fs::read_to_string(dir.join("touchmark.toml")).unwrap()
}

fn small_workspace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("touchmark.toml"), "schema = \"workspace/0.1\"\nname = \"w\"\nstage = \"s\"\n")
        .unwrap();
    dir
}

fn at(place: &str) -> Deployment {
    Deployment {
        model: Runs::Named(ModelId::new(MODEL)),
        stage: Untrusted::new("production"),
        place: Untrusted::new(place),
        owner: None,
        since: None,
        until: None,
    }
}

fn document(models: impl Iterator<Item = String>, rest: &str) -> String {
    let mut text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#.to_owned();
    for (number, model) in models.enumerate() {
        let comma = if number == 0 { "" } else { "," };
        write!(text, r#"{comma}{{"type":"machine-learning-model","bom-ref":"{model}","name":"{model}"}}"#)
            .unwrap();
    }
    text + "]" + rest + "}"
}

const WORKLOAD: &str = r#","metadata":{"component":{"type":"application","name":"w","properties":[{"name":"aibom.workload.kind","value":"D"},{"name":"aibom.workload.name","value":"w"}]}}"#;

// ---- many ----

#[test]
fn as_many_deployments_as_a_file_holds_are_imported_and_one_more_is_refused() {
    let dir = small_workspace();
    let dir = dir.path();
    let bill = dir.join("all.json");
    let import = ["deploy", "import", bill.to_str().unwrap()];
    let before = file(dir);
    let names = |count: usize| (0..count).map(|number| format!("a/{number}"));
    fs::write(&bill, document(names(MOST_DEPLOYMENTS + 1), WORKLOAD)).unwrap();
    let (status, _, error) = run(dir, &import);
    assert_eq!(status, 4, "{error}");
    assert!(error.contains("error[E-TOO-LARGE]: more than 10000 deployments in one document: "), "{error}");
    assert!(error.contains("all.json\nhelp: a workspace holds no more"), "{error}");
    assert_eq!(file(dir), before);
    fs::write(&bill, document(names(MOST_DEPLOYMENTS), WORKLOAD)).unwrap();
    let (status, text, error) = run(dir, &import);
    assert_eq!(status, 0, "{error}");
    assert_eq!(text.matches("✓ added").count(), MOST_DEPLOYMENTS);
    let full = file(dir);
    let (_, text, _) = run(dir, &import);
    assert!(text.contains("10000 deployments already listed, nothing added"), "{text}");
    let (status, _, error) = run(dir, &["deploy", "add", "a/0", "--where", "one more"]);
    assert_eq!(status, 4, "{error}");
    assert!(error.contains("10000 deployments already in the file: 1 more would exceed"), "{error}");
    assert!(error.contains("touchmark.toml\nhelp: remove [[deployment]] blocks"), "{error}");
    assert_eq!(file(dir), full);
    // One that ended stays in the file, and so does the limit.
    assert_eq!(run(dir, &["deploy", "end", "a/0"]).0, 0);
    assert_eq!(run(dir, &["deploy", "add", "a/0", "--where", "one more"]).0, 4);
}

#[test]
fn dependencies_are_followed_up_to_a_limit_of_all_services_together() {
    let dir = tempfile::tempdir().unwrap();
    let bill = dir.path().join("a.json");
    let read = |services: usize, parts: usize| {
        let service = |number| format!(r#"{{"bom-ref":"s{number}","name":"s{number}"}}"#);
        let services_: Vec<String> = (0..services).map(service).collect();
        let on_hub = |number| format!(r#"{{"ref":"s{number}","dependsOn":["hub"]}}"#);
        let mut edges: Vec<String> = (0..services).map(on_hub).collect();
        let of_hub: Vec<String> = (0..parts).map(|number| format!(r#""p{number}""#)).collect();
        edges.push(format!(r#"{{"ref":"hub","dependsOn":["m",{}]}}"#, of_hub.join(",")));
        let rest = format!(r#","services":[{}],"dependencies":[{}]"#, services_.join(","), edges.join(","));
        fs::write(&bill, document(["m".to_owned()].into_iter(), &rest)).unwrap();
        bom::spotted(&bill)
    };
    assert_eq!(read(100, 1000).unwrap().len(), 100, "the counter-case");
    let error = read(1200, 1000).unwrap_err();
    assert_eq!(error.code, Code::TooLarge);
    assert!(error.what.contains("dependencies between services") && error.help.is_some(), "{error}");
}

#[test]
fn many_deployments_end_at_once_and_each_block_keeps_its_place() {
    let dir = small_workspace();
    let dir = dir.path();
    let mut text = file(dir);
    for number in 0..3000 {
        let model = if number % 2 == 0 { "even" } else { "odd" };
        write!(
            text,
            "\n[[deployment]] # {number}\nmodel = \"a/{model}\"\nstage = \"s\"\nwhere = \"{number}\"\n"
        )
        .unwrap();
    }
    fs::write(dir.join("touchmark.toml"), &text).unwrap();
    let (status, _, error) = run(dir, &["deploy", "end", "a/even", "--until", "2026-05-01T00:00:00Z"]);
    assert_eq!(status, 0, "{error}");
    let after = file(dir);
    assert_eq!(after.replace("until = 2026-05-01T00:00:00Z\n", ""), text);
    let read = Workspace::at(dir).unwrap().deployments;
    assert!(read.iter().enumerate().all(|(number, one)| one.until.is_some() == (number % 2 == 0)));
    assert!(after.contains("where = \"2\"\nuntil = 2026-05-01T00:00:00Z\n"), "the counter-case");
}

// ---- names ----

#[test]
fn a_name_that_is_too_long_or_has_control_characters_is_refused_and_nothing_is_written() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let before = file(dir);
    let (long, longest) = ("a".repeat(100_000), "a".repeat(1024));
    let too_long = longest.clone() + "a";
    let bad: [(&str, &str); 5] = [
        ("a\u{1b}[31mb", "has characters that do not belong in a name"),
        ("a\nb", "has characters that do not belong in a name"),
        ("a\u{202e}b", "has characters that do not belong in a name"),
        (&long, "is too long"),
        (&too_long, "is too long"),
    ];
    for (word, why) in bad {
        let rows = [
            ("model", vec!["deploy", "add", word, "--where", "x"]),
            ("where", vec!["deploy", "add", MODEL, "--where", word]),
            ("stage", vec!["deploy", "add", MODEL, "--where", "x", "--stage", word]),
            ("owner", vec!["deploy", "add", MODEL, "--where", "x", "--owner", word]),
        ];
        for (key, words) in rows {
            // A model's name has no marks that nobody sees: they go before anything is compared.
            if key == "model" && word.contains('\u{202e}') {
                continue;
            }
            let (status, text, error) = run(dir, &words);
            assert_eq!(status, 2, "{key}: {error}");
            assert!(
                text.is_empty() && error.contains(&format!("error[E-USAGE]: `{key}` {why}: a")),
                "{error}"
            );
            assert!(error.contains("\nhelp: give ") && error.contains("at most 1024 bytes"), "{error}");
            assert!(error.len() < 500 && !error.contains('\u{1b}') && !error.contains('\u{202e}'), "{error}");
        }
    }
    assert_eq!(file(dir), before);
    let known = Workspace::at(dir).unwrap().deployments.len();
    for word in [longest.as_str(), "größer/als-ascii", "with spaces (and more)"] {
        let (status, _, error) = run(dir, &["deploy", "add", word, "--where", word, "--owner", word]);
        assert_eq!(status, 0, "the counter-case: {error}");
    }
    assert_eq!(Workspace::at(dir).unwrap().deployments.len(), known + 3);
}

#[test]
fn a_name_in_a_document_that_cannot_be_written_refuses_the_import_and_says_where_it_is() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let before = file(dir);
    let bill = dir.join("cluster.json");
    let import = |name: String, words: &[&str]| {
        fs::write(&bill, document([name].into_iter(), WORKLOAD)).unwrap();
        let all: Vec<&str> =
            ["deploy", "import", bill.to_str().unwrap()].iter().chain(words).copied().collect();
        run(dir, &all)
    };
    for (name, why) in [("a\\u001b[31m".to_owned(), "characters"), ("a".repeat(100_000), "is too long")] {
        let (status, _, error) = import(name, &[]);
        assert_eq!(status, 4, "{error}");
        assert!(error.contains("error[E-MALFORMED]: `model` ") && error.contains(why), "{error}");
        assert!(
            error.contains("cluster.json, in a workload: a") && error.contains("help: correct"),
            "{error}"
        );
        assert!(error.len() < 500, "{error}");
    }
    for words in [["--cluster", ""], ["--owner", "a\tb"], ["--stage", "\u{1b}"]] {
        let (status, _, error) = import("a".to_owned(), &words);
        let wanted = format!("error[E-USAGE]: `{}` ", &words[0][2..]);
        assert!(status == 2 && error.contains(&wanted) && error.contains("help: give"), "{error}");
    }
    assert_eq!(file(dir), before);
    assert_eq!(import("a".to_owned(), &["--cluster", "c"]).0, 0, "the counter-case");
}

// ---- what else changes meanwhile ----

#[test]
fn only_deployments_are_taken_over_from_a_file_that_somebody_else_changed() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let opened = Workspace::at(dir).unwrap();
    let mut mine = opened.clone();
    let other = "schema = \"workspace/0.1\"\nname = \"another\"\nstage = \"dev\"\npolicy = \"other.toml\"\n\
                 policy_trust = [\"other.pub\"]\n[[source]]\nkind = \"models\"\npath = \"elsewhere\"\n";
    fs::write(dir.join("touchmark.toml"), other).unwrap();
    let changed = Workspace::at(dir).unwrap();
    assert!(changed.stage != opened.stage && changed.policy != opened.policy, "the counter-case");
    assert!(changed.policy_trust != opened.policy_trust && changed.sources != opened.sources);
    let rest = |of: &Workspace| Workspace { deployments: Vec::new(), ..of.clone() };
    assert_eq!(mine.add_deployments(&[at("here")]).unwrap().len(), 1);
    assert_eq!(mine.deployments.len(), 1);
    assert_eq!(rest(&mine), rest(&opened));
    // The same where nothing has to be written.
    assert!(mine.add_deployments(&[at("here")]).unwrap().is_empty());
    assert_eq!(rest(&mine), rest(&opened));
    let until = "2026-05-01T00:00:00Z".parse().unwrap();
    assert_eq!(mine.end_deployments(|_| true, until).unwrap().len(), 1);
    assert_eq!(rest(&mine), rest(&opened));
    // The file keeps what the other wrote.
    assert!(file(dir).starts_with(other), "{}", file(dir));
    assert_eq!(rest(&Workspace::at(dir).unwrap()), rest(&changed));
}

#[test]
fn a_source_or_a_binding_takes_over_nothing_that_judges_from_a_file_that_somebody_else_changed() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let opened = Workspace::at(dir).unwrap();
    let other = "schema = \"workspace/0.1\"\nname = \"another\"\nstage = \"dev\"\npolicy = \"other.toml\"\n\
                 policy_trust = [\"other.pub\"]\n[[source]]\nkind = \"models\"\npath = \"elsewhere\"\n";
    fs::write(dir.join("touchmark.toml"), other).unwrap();
    let judges =
        |of: &Workspace| (of.policy.clone(), of.policy_trust.clone(), of.stage.clone(), of.store.clone());
    let mut mine = opened.clone();
    let more = Source { kind: SourceKind::Models, path: "more".into(), prefix: None };
    for times in 1..=2 {
        mine.add_source(more.clone()).unwrap();
        assert_eq!(judges(&mine), judges(&opened));
        assert!(mine.sources.iter().any(|source| source.path == more.path), "{:?}", mine.sources);
        assert_eq!(file(dir).matches("path = \"more\"").count(), 1, "after {times}");
    }
    let digest = "0123456789abcdef".repeat(4);
    for _ in 0..2 {
        mine.note_binding(MODEL, &digest).unwrap();
        assert_eq!(judges(&mine), judges(&opened));
        assert_eq!(file(dir).matches(&digest).count(), 1);
    }
    assert_ne!(judges(&Workspace::at(dir).unwrap()), judges(&opened), "the counter-case");
}

#[test]
fn a_deployment_that_somebody_else_has_added_already_is_seen_all_the_same() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let workbench =
        Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap();
    let index = workbench.view().model(&ModelId::new(MODEL)).unwrap().0;
    assert_eq!(run(dir, &["deploy", "add", MODEL, "--where", "here", "--stage", "production"]).0, 0);
    assert!(workbench.view().runs_at(index).is_empty(), "the counter-case");
    assert!(workbench.deploy(&[at("here")]).unwrap().is_empty(), "it is there");
    assert_eq!(workbench.view().runs_at(index).len(), 1);
}

#[test]
fn nobody_waits_for_the_workspace_while_a_deployment_waits_for_its_file() {
    let dir = copy_of_samples();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let held = lock_beside(&dir.path().join("touchmark.toml")).unwrap();
    let (begun, begins) = mpsc::channel();
    let adding = std::thread::spawn({
        let workbench = workbench.clone();
        move || {
            begun.send(()).unwrap();
            workbench.deploy(&[at("here")])
        }
    });
    begins.recv().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let (tell, told) = mpsc::channel();
    std::thread::spawn({
        let workbench = workbench.clone();
        move || tell.send(workbench.session_file())
    });
    let answer = told.recv_timeout(Duration::from_secs(20));
    assert!(!adding.is_finished(), "the counter-case: it still waits");
    drop(held);
    assert_eq!(adding.join().unwrap().unwrap().len(), 1);
    assert!(answer.is_ok(), "whoever asks for the workspace waited for the file");
}

// ---- what is said ----

#[test]
fn every_refusal_says_what_where_and_what_to_do() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let before = file(dir);
    let bill = |name: &str, text: &str| {
        fs::write(dir.join(name), text).unwrap();
        dir.join(name).to_str().unwrap().to_owned()
    };
    let (no_json, deep) = (bill("no.json", "not json"), bill("deep.json", &"[".repeat(500)));
    let twice = bill("twice.json", r#"{"bomFormat":"CycloneDX","services":[],"services":[]}"#);
    let foreign = bill("foreign.json", "{}");
    let digest = format!("sha256:{}", "0".repeat(64));
    let importable = "help: import a CycloneDX document in JSON";
    let cases: [(&[&str], i32, &[&str]); 15] = [
        (
            &["deploy", "import", &no_json],
            4,
            &["error[E-MALFORMED]: not valid JSON, at line 1 column 2: ", "no.json\n", importable],
        ),
        (&["deploy", "import", &deep], 4, &["nested deeper than 128 levels", "deep.json\n", importable]),
        (
            &["deploy", "import", &twice],
            4,
            &[
                "error[E-MALFORMED]: an object has the same key twice: ",
                "twice.json: services\nhelp: parsers",
            ],
        ),
        (&["deploy", "import", &foreign], 4, &["not a CycloneDX document", "foreign.json\n", importable]),
        (
            &["deploy", "add", MODEL, "--where", " "],
            2,
            &["error[E-USAGE]: `where` is empty: lumen/iris-base at \nhelp: give one line"],
        ),
        (
            &["deploy", "add", " ", "--where", "x"],
            2,
            &["error[E-USAGE]: `model` is empty: MODEL\nhelp: name"],
        ),
        (
            &["deploy", "add", MODEL, "--where", "x", "--until", "2020-01-01T00:00:00Z"],
            2,
            &[
                "error[E-USAGE]: this deployment would end before it began: lumen/iris-base at x\nhelp: set --until",
            ],
        ),
        (
            &["blast", "identity:"],
            2,
            &["error[E-USAGE]: no identity after `identity:`: identity:\nhelp: name"],
        ),
        (&["blast", "key: "], 2, &["error[E-USAGE]: no fingerprint after `key:`: key:\nhelp: add"]),
        (&["blast", "builder:"], 2, &["error[E-USAGE]: no id after `builder:`: builder:\nhelp: add"]),
        (&["blast", "sha256:"], 2, &["error[E-USAGE]: not a digest: sha256:\nhelp: write"]),
        (
            &["path", "identity:x@example.com", MODEL],
            2,
            &[
                "error[E-USAGE]: a path connects two models or datasets: identity:x@example.com\nhelp: name a model",
            ],
        ),
        (
            &["path", MODEL, "identity:"],
            2,
            &["a path connects two models or datasets: identity:\nhelp: name"],
        ),
        (&["path", MODEL, &digest], 2, &["a path connects two models or datasets: sha256:000", "help: name"]),
        (
            &["path", MODEL, "lumen/iris-bas"],
            2,
            &["error[E-NOT-FOUND]", "help: did you mean `lumen/iris-base`? name a model or a dataset\n"],
        ),
    ];
    for (words, wanted_status, wanted) in cases {
        let (status, text, error) = run(dir, words);
        assert_eq!((status, text.as_str()), (wanted_status, ""), "{words:?}: {error}");
        for part in wanted {
            assert!(error.contains(part), "{words:?}: {error}");
        }
    }
    assert_eq!(file(dir), before);
    // The counter-cases.
    for words in [&["blast", "identity:x@example.com"][..], &["blast", "key:00"], &["blast", &digest]] {
        assert_eq!(run(dir, words).2.matches("error").count(), 0, "{words:?}");
    }
    assert_eq!(run(dir, &["path", MODEL, "lumen/iris-large"]).2, "");
    let began = ["deploy", "add", MODEL, "--where", "x", "--since", "2026-03-01T00:00:00Z"];
    assert_eq!(run(dir, &began).0, 0);
    let (status, _, error) = run(dir, &["deploy", "end", MODEL, "--until", "2026-02-01T00:00:00Z"]);
    assert_eq!(status, 2);
    assert!(
        error.contains(
            "would end before it began: lumen/iris-base at x\nhelp: it began at 2026-03-01T00:00:00Z: name"
        ),
        "{error}"
    );
    assert_eq!(run(dir, &["deploy", "end", MODEL, "--until", "2026-03-02T00:00:00Z"]).0, 0);
}
