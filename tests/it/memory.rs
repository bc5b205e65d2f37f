//! Memory in proportion to what is read: peaks of the program as the system counts them, never a clock.

use crate::support::{out, touchmark};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const BYTES: usize = 8 << 20;
/// Room beside what the program takes of itself.
const ROOM: usize = 4 << 20;
const AT_MOST: usize = 6;

/// A bill in parts: what comes before the items, each item, what stands between, and the end.
fn bill(head: &str, item: impl Fn(usize) -> String, between: &str, tail: &str) -> String {
    bill_of(usize::MAX, head, item, between, tail)
}

/// The same of so many items, or as many as make a bill large.
fn bill_of(items: usize, head: &str, item: impl Fn(usize) -> String, between: &str, tail: &str) -> String {
    let mut text = head.to_owned();
    for number in 0..items {
        if items == usize::MAX && text.len() >= BYTES {
            break;
        }
        if number > 0 {
            text += between;
        }
        text += &item(number);
    }
    text + tail
}

fn cyclonedx(members: &str) -> String {
    cyclonedx_of(usize::MAX, members)
}

fn cyclonedx_of(models: usize, members: &str) -> String {
    let item = |i: usize| {
        let base = i.saturating_sub(10);
        format!(
            r#"{{"type":"machine-learning-model","bom-ref":"m{i}","group":"team-{}","name":"model-{i:06}","version":"1.0","purl":"pkg:huggingface/team-{}/model-{i:06}@{i:040x}","licenses":[{{"license":{{"id":"Apache-2.0"}}}}],"hashes":[{{"alg":"SHA-256","content":"{i:064x}"}}],"modelCard":{{"modelParameters":{{"task":"text-generation","architectureFamily":"llama","datasets":[{{"type":"dataset","name":"data-{}"}}]}}}},"pedigree":{{"ancestors":[{{"type":"machine-learning-model","group":"team-{}","name":"model-{base:06}"}}]}}}}"#,
            i % 97,
            i % 97,
            i % 50,
            base % 97
        )
    };
    bill_of(
        models,
        &format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6",{members}"components":["#),
        item,
        ",",
        "]}",
    )
}

fn xml() -> String {
    let item = |i: usize| {
        format!(
            r#"<component type="machine-learning-model" bom-ref="m{i}"><group>team-{}</group><name>model-{i:06}</name><version>1.0</version><licenses><license><id>Apache-2.0</id></license></licenses><hashes><hash alg="SHA-256">{i:064x}</hash></hashes><modelCard><modelParameters><task>text-generation</task><datasets><dataset><type>dataset</type><name>data-{}</name></dataset></datasets></modelParameters></modelCard></component>"#,
            i % 97,
            i % 50
        )
    };
    let head =
        r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>"#;
    bill(head, item, "\n", "</components></bom>")
}

fn spdx_3() -> String {
    let item = |i: usize| {
        format!(
            r#"{{"type":"ai_AIPackage","spdxId":"urn:m{i}","creationInfo":"_:creation","software_primaryPurpose":"model","name":"team-{}/model-{i:06}","software_packageVersion":"1.0","software_packageUrl":"pkg:huggingface/team-{}/model-{i:06}@{i:040x}","suppliedBy":"urn:org","ai_domain":["text-generation"],"verifiedUsing":[{{"type":"Hash","algorithm":"sha256","hashValue":"{i:064x}"}}]}},{{"type":"Relationship","spdxId":"urn:r{i}","creationInfo":"_:creation","relationshipType":"descendantOf","from":"urn:m{i}","to":["urn:m{}"]}}"#,
            i % 97,
            i % 97,
            i.saturating_sub(10)
        )
    };
    let head = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"Organization","spdxId":"urn:org","name":"Example"},"#;
    bill(head, item, ",", "]}")
}

fn spdx_2() -> String {
    let item = |i: usize| {
        format!(
            r#"{{"SPDXID":"SPDXRef-{i}","name":"team-{}/model-{i:06}","versionInfo":"1.0","downloadLocation":"https://huggingface.co/team-{}/model-{i:06}","licenseDeclared":"Apache-2.0","licenseConcluded":"NOASSERTION","copyrightText":"NOASSERTION","filesAnalyzed":false,"supplier":"Organization: Example","checksums":[{{"algorithm":"SHA256","checksumValue":"{i:064x}"}}],"externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:huggingface/team-{}/model-{i:06}@{i:040x}"}}]}}"#,
            i % 97,
            i % 97,
            i % 97
        )
    };
    bill(r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":["#, item, ",", "]}")
}

/// The most memory that a process ever had, as far as the system tells.
fn peak(child: &Child) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? * 1024)
}

/// Runs the program to its end; the most memory that it had and what it printed.
fn run(arguments: &[&str], folder: &Path) -> (usize, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(arguments)
        .args(["--workspace", folder.to_str().unwrap()])
        // The C library keeps a pool for each thread that waits for another: how many depends on how busy the machine is.
        .env("MALLOC_ARENA_MAX", "2")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        printed.read_to_string(&mut text).unwrap();
        text
    });
    let mut most = 0;
    let status = loop {
        // A process that has ended tells nothing any more.
        most = most.max(peak(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    let text = reading.join().unwrap();
    assert!(status.success(), "{arguments:?} {text}");
    (most, text)
}

fn workspace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"memory\"\n";
    fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    dir
}

/// Imports a bill, lists it, and reads it again; the peaks.
fn peaks(name: &str, text: &str) -> Option<[(&'static str, usize); 5]> {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("SKIPPED: there is no /proc here to read the memory of a process");
        return None;
    }
    let dir = workspace();
    let file = dir.path().join(name);
    fs::write(&file, text).unwrap();
    let (import, told) = run(&["import", file.to_str().unwrap()], dir.path());
    assert!(told.contains("✓ added"), "{told}");
    let (list, _) = run(&["list", "--format", "json"], dir.path());
    let (export, _) = run(&["export"], dir.path());
    // A document that is read again takes no more for what it said before.
    fs::write(&file, format!("{text}\n")).unwrap();
    let (again, _) = run(&["scan"], dir.path());
    for entry in fs::read_dir(dir.path()).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("touchmark.db") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let (scan, _) = run(&["scan", "--format", "json"], dir.path());
    Some([("import", import), ("list", list), ("export", export), ("scan", scan), ("scan again", again)])
}

/// What an open inventory takes of so many models, and what the program takes besides.
fn open_peak(models: usize) -> usize {
    let dir = workspace();
    let file = dir.path().join("a.cdx.json");
    fs::write(&file, cyclonedx_of(models, "")).unwrap();
    run(&["import", file.to_str().unwrap()], dir.path());
    run(&["list", "nothing-is-called-so"], dir.path()).0
}

#[test]
fn an_open_inventory_takes_at_most_900_bytes_a_model_of_seven_facts() {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("SKIPPED: there is no /proc here to read the memory of a process");
        return;
    }
    // So many that what waits to be read takes the same room of both.
    let (few, many) = (24_000, 48_000);
    let each = || open_peak(many).saturating_sub(open_peak(few)) / (many - few);
    // On a busy machine a peak holds what waits for its turn, too: the least of a few is what is needed.
    let each = (0..3).map(|_| each()).find(|each| (100..=900).contains(each)).unwrap_or_else(each);
    // A model, its facts and parents, and its place in the lineage: a million of them are to fit into a gigabyte.
    assert!((100..=900).contains(&each), "{each} bytes a model");
}

/// What the program takes whatever it reads: the least of a few runs with an empty workspace.
fn itself() -> usize {
    static PEAK: OnceLock<usize> = OnceLock::new();
    *PEAK.get_or_init(|| (0..3).map(|_| run(&["list"], workspace().path()).0).min().unwrap())
}

fn holds_at_most_six_times(name: &str, text: &str) {
    let most = AT_MOST * text.len() + itself() + ROOM;
    // On a busy machine a peak holds what waits for its turn, too: the least of a few is what is needed.
    let too_much = || peaks(name, text).into_iter().flatten().find(|(_, peak)| !(1..=most).contains(peak));
    let found = (0..3).map(|_| too_much()).find(Option::is_none).unwrap_or_else(too_much);
    if let Some((what, peak)) = found {
        panic!("{what} of {name}: {} of {} MB", peak >> 20, most >> 20);
    }
}

#[test]
fn a_large_cyclonedx_bill_takes_at_most_six_times_its_size() {
    holds_at_most_six_times("a.cdx.json", &cyclonedx(""));
}

#[test]
fn a_large_signed_bill_takes_at_most_six_times_its_size_and_its_signature_is_tried() {
    // The public key of RFC 8037, appendix A, and a signature of nothing.
    let signature = format!(
        r#""signature":{{"algorithm":"Ed25519","publicKey":{{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}},"value":"{}"}},"#,
        "A".repeat(86)
    );
    let text = cyclonedx(&signature);
    holds_at_most_six_times("a.cdx.json", &text);
    let dir = workspace();
    fs::write(dir.path().join("a.cdx.json"), text).unwrap();
    let inspected = touchmark(["inspect", dir.path().join("a.cdx.json").to_str().unwrap()]);
    assert!(out(&inspected).contains("does NOT fit what it covers"), "{}", out(&inspected));
}

#[test]
fn a_large_cyclonedx_bill_in_xml_takes_at_most_six_times_its_size() {
    holds_at_most_six_times("a.cdx.xml", &xml());
}

#[test]
fn a_large_spdx_3_bill_takes_at_most_six_times_its_size() {
    holds_at_most_six_times("a.spdx.json", &spdx_3());
}

#[test]
fn a_large_spdx_2_bill_takes_at_most_six_times_its_size() {
    holds_at_most_six_times("a.spdx.json", &spdx_2());
}
