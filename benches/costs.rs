//! What grows with its input, n beside 2n in one run: a ratio much above 2 is work that grows faster than it should.
//! `cargo bench --bench costs`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![allow(clippy::disallowed_methods)] // files of its own

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use touchmark::inventory::ModelId;
use touchmark::policy::{self, NameMarks, Policy};
use touchmark::text::Untrusted;

/// The best of so many, each measured once for either size.
const RUNS: usize = 5;

fn main() {
    println!("{:<52}{:>10}{:>10}{:>8}", "", "n", "2n", "ratio");
    // Edges grow with the square of the models: 283 models have half the edges of 400.
    compare("scan: models that all name each other, 80,000 edges", 283, 400, &|models| {
        let dir = tempfile::tempdir().unwrap();
        dense(models, dir.path());
        run(&["scan", "--workspace"], dir.path())
    });
    compare("inspect: certificates in one file, 6,000", 6_000, 12_000, &|count| {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("many.pem");
        fs::write(&file, certificate().repeat(count)).unwrap();
        run(&["inspect"], &file)
    });
    compare("list: aliases, each of the next, 12,000", 12_000, 24_000, &|count| {
        let dir = tempfile::tempdir().unwrap();
        let mut text = "schema = \"workspace/0.1\"\nname = \"w\"\n".to_owned();
        for number in (0..count).rev() {
            writeln!(text, "[[alias]]\nname = \"b{number}\"\nof = \"b{}\"", number + 1).unwrap();
        }
        fs::write(dir.path().join("touchmark.toml"), text).unwrap();
        run(&["list", "--workspace"], dir.path())
    });
    compare("deploy import: 5,000 deployments that are listed", 5_000, 10_000, &|count| {
        let dir = tempfile::tempdir().unwrap();
        let (mut text, mut models) = ("schema = \"workspace/0.1\"\nname = \"w\"\n".to_owned(), Vec::new());
        for number in 0..count {
            writeln!(text, "[[deployment]]\nmodel = \"m{number}\"\nstage = \"production\"\nwhere = \"d/w\"")
                .unwrap();
            models.push(format!(r#"{{"type":"machine-learning-model","name":"m{number}"}}"#));
        }
        fs::write(dir.path().join("touchmark.toml"), text).unwrap();
        let bill = format!(
            r#"{{"bomFormat":"CycloneDX","metadata":{{"component":{{"properties":[{{"name":"aibom.workload.kind","value":"d"}},{{"name":"aibom.workload.name","value":"w"}}]}}}},"components":[{}]}}"#,
            models.join(",")
        );
        let file = dir.path().join("bill.json");
        fs::write(&file, bill).unwrap();
        run(&["--workspace", dir.path().to_str().unwrap(), "deploy", "import"], &file)
    });
    compare("policy: read 5,000 globs", 5_000, 10_000, &|count| {
        let text = globs(count);
        let began = Instant::now();
        read(&text);
        began.elapsed()
    });
    compare("policy: the publisher of 5,000 models of as many globs", 5_000, 10_000, &|count| {
        let policy = read(&globs(count));
        let began = Instant::now();
        let found = (0..count).filter(|number| policy.publisher_of(&id(*number)).is_some()).count();
        assert_eq!(found, count);
        began.elapsed()
    });
    compare("names: the looks of 5,000 models and publishers", 5_000, 10_000, &|count| {
        let policy = read(&globs(count));
        let names: Vec<(ModelId, Untrusted)> = (0..count)
            .map(|number| format!("\u{43e}wner-{number}/bot"))
            .map(|name| (ModelId::new(&name), Untrusted::new(&name)))
            .collect();
        let began = Instant::now();
        let marks = NameMarks::of(&policy, names.iter().map(|(id, name)| (id, name)));
        assert!(marks.get(0).is_some());
        began.elapsed()
    });
}

fn compare(what: &str, n: usize, twice: usize, took: &dyn Fn(usize) -> Duration) {
    let (mut small, mut large) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        small = small.min(took(n));
        large = large.min(took(twice));
    }
    let ratio = large.as_secs_f64() / small.as_secs_f64();
    println!(
        "{what:<52}{:>8.0}ms{:>8.0}ms{ratio:>8.2}",
        small.as_secs_f64() * 1e3,
        large.as_secs_f64() * 1e3
    );
}

/// The program with a path as its last word; how long it took, however it ended.
fn run(words: &[&str], last: &Path) -> Duration {
    let began = Instant::now();
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(words)
        .arg(last)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    began.elapsed()
}

fn dense(models: usize, folder: &Path) {
    let component = |name: usize| {
        let ancestors: Vec<String> = (0..models)
            .filter(|other| *other != name)
            .map(|other| format!(r#"{{"type":"machine-learning-model","name":"d{other}"}}"#))
            .collect();
        format!(
            r#"{{"type":"machine-learning-model","bom-ref":"d{name}","name":"d{name}","pedigree":{{"ancestors":[{}]}}}}"#,
            ancestors.join(",")
        )
    };
    let components: Vec<String> = (0..models).map(component).collect();
    let bill =
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, components.join(","));
    fs::write(folder.join("dense.cdx.json"), bill).unwrap();
    let toml = "schema = \"workspace/0.1\"\nname = \"w\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \".\"\n";
    fs::write(folder.join("touchmark.toml"), toml).unwrap();
}

fn certificate() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
}

/// A model of the pattern of that number.
fn id(number: usize) -> String {
    match number % 4 {
        0 => format!("owner-{number}/a-model"),
        1 => format!("shared/m-v{number}"),
        2 => format!("whoever/bot-{number}"),
        _ => format!("whoever/an-inner{number}x-model"),
    }
}

fn globs(count: usize) -> String {
    let mut text = policy::BUILT_IN.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default();
    text += "\n[trust.k]\nkind = \"key\"\nfiles = [\"k.pub\"]\n";
    for first in (0..count).step_by(4) {
        let [prefix, suffix, name, inner] = [0, 1, 2, 3].map(|more| first + more);
        writeln!(
            text,
            "[[publisher]]\nid = \"p{first}\"\nmodels = [\"owner-{prefix}/*\", \"shared/*-v{suffix}\", \"*/bot-{name}\", \
             \"*inner{inner}x*\"]\ntrust = [\"k\"]"
        )
        .unwrap();
    }
    text
}

fn read(text: &str) -> Policy {
    policy::parse(text, "p.toml", None).unwrap()
}
