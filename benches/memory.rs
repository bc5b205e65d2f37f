//! How much memory the program takes for what it reads: the peak of each command as a multiple of the size of one
//! bill of 100,000 models. `cargo bench --bench memory [-- MODELS]`; it needs /proc.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a peak may be at most, as a multiple of the bill, for the commands that read it.
const AT_MOST: f64 = 6.0;

fn main() {
    let models = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(100_000);
    println!("{:<14}{:<14}{:>8}{:>10}{:>8}{:>9}", "bill", "command", "MB", "peak MB", "times", "s");
    for (name, write) in
        [("a.cdx.json", cyclonedx as fn(usize, &mut dyn Write)), ("a.spdx.json", spdx), ("a.cdx.xml", xml)]
    {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("touchmark.toml"), "schema = \"workspace/0.1\"\nname = \"bench\"\n")
            .unwrap();
        let file = dir.path().join(name);
        // XML has a bound of its own on elements.
        let count = if name.ends_with("xml") { models * 7 / 10 } else { models };
        write(count, &mut std::io::BufWriter::new(File::create(&file).unwrap()));
        let bytes = fs::metadata(&file).unwrap().len();
        let words = ["import", file.to_str().unwrap()];
        for words in [&words[..], &["list"], &["list", "--format", "json"], &["export"], &["scan"]] {
            let (peak, took) = run(words, dir.path());
            let times = peak as f64 / bytes as f64;
            let told = if times > AT_MOST { "  too much" } else { "" };
            let what = if words.contains(&"json") { "list json" } else { words[0] };
            let (size, peak) = (bytes as f64 / 1e6, peak as f64 / 1e6);
            println!(
                "{name:<14}{what:<14}{size:>8.1}{peak:>10.1}{times:>8.2}{:>9.2}{told}",
                took.as_secs_f64()
            );
        }
    }
}

/// Runs the program to its end: the most memory that it had, in bytes, and how long it took.
fn run(words: &[&str], folder: &Path) -> (u64, Duration) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(words)
        .arg("--workspace")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let told = fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes: Option<u64> =
            line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|number| number.parse().ok());
        peak = kilobytes.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    (peak * 1024, start.elapsed())
}

fn names(i: usize) -> (String, String) {
    (format!("team-{}", i % 97), format!("model-{i:06}"))
}

fn cyclonedx(models: usize, out: &mut dyn Write) {
    write!(out, r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#).unwrap();
    for i in 0..models {
        let ((group, name), (of, base)) = (names(i), names(i.saturating_sub(10)));
        let component = serde_json::json!({
            "type": "machine-learning-model", "bom-ref": format!("ref-{i}"), "group": group, "name": name, "version": "1.0",
            "purl": format!("pkg:huggingface/{group}/{name}@{i:040x}"),
            "licenses": [{ "license": { "id": "Apache-2.0" } }],
            "hashes": [{ "alg": "SHA-256", "content": format!("{i:064x}") }],
            "modelCard": { "modelParameters": {
                "task": "text-generation", "architectureFamily": "llama",
                "datasets": [{ "type": "dataset", "name": format!("data-{}", i % 50) }],
            } },
            "pedigree": { "ancestors": [{ "type": "machine-learning-model", "group": of, "name": base }] },
        });
        write!(out, "{}{component}", if i > 0 { "," } else { "" }).unwrap();
    }
    write!(out, "]}}").unwrap();
    out.flush().unwrap();
}

fn spdx(models: usize, out: &mut dyn Write) {
    write!(out, r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":["#).unwrap();
    let creation = "_:creation";
    write!(out, r#"{{"type":"Organization","spdxId":"urn:org","name":"Example"}}"#).unwrap();
    write!(out, r#",{{"type":"simplelicensing_LicenseExpression","spdxId":"urn:lic","simplelicensing_licenseExpression":"Apache-2.0"}}"#).unwrap();
    for i in 0..models * 6 / 10 {
        let (group, name) = names(i);
        let package = serde_json::json!({
            "type": "ai_AIPackage", "spdxId": format!("urn:m{i}"), "creationInfo": creation, "name": format!("{group}/{name}"),
            "software_packageVersion": "1.0", "software_packageUrl": format!("pkg:huggingface/{group}/{name}@{i:040x}"),
            "suppliedBy": "urn:org", "ai_domain": ["text-generation"], "ai_typeOfModel": ["llama"],
            "verifiedUsing": [{ "type": "Hash", "algorithm": "sha256", "hashValue": format!("{i:064x}") }],
        });
        let edge = serde_json::json!({
            "type": "Relationship", "spdxId": format!("urn:r{i}"), "creationInfo": creation, "relationshipType": "descendantOf",
            "from": format!("urn:m{i}"), "to": [format!("urn:m{}", i.saturating_sub(10))],
        });
        let licence = serde_json::json!({
            "type": "Relationship", "spdxId": format!("urn:l{i}"), "creationInfo": creation, "relationshipType": "hasDeclaredLicense",
            "from": format!("urn:m{i}"), "to": ["urn:lic"],
        });
        write!(out, ",{package},{licence},{edge}").unwrap();
    }
    write!(out, "]}}").unwrap();
    out.flush().unwrap();
}

fn xml(models: usize, out: &mut dyn Write) {
    write!(out, r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>"#).unwrap();
    for i in 0..models {
        let (group, name) = names(i);
        writeln!(
            out,
            r#"<component type="machine-learning-model" bom-ref="m{i}"><group>{group}</group><name>{name}</name><version>1.0</version><purl>pkg:huggingface/{group}/{name}@{i:040x}</purl><licenses><license><id>Apache-2.0</id></license></licenses><hashes><hash alg="SHA-256">{i:064x}</hash></hashes><modelCard><modelParameters><task>text-generation</task><datasets><dataset><type>dataset</type><name>data-{}</name></dataset></datasets></modelParameters></modelCard></component>"#,
            i % 50
        )
        .unwrap();
    }
    write!(out, "</components></bom>").unwrap();
    out.flush().unwrap();
}
