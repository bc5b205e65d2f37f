//! The table of codes: complete, true to the source, and the page made from it fresh.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use touchmark::signing::{CODES, CheckCode, Stage, code_info};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("codes.rs") {
            found.push(path);
        }
    }
}

/// Codes that the source names: as `CheckCode::…`, or as a text of their form, `STAGE-…`.
fn used() -> BTreeSet<String> {
    let mut files = Vec::new();
    for package in ["src", "crates/signing/src"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(package), &mut files);
    }
    let mut found = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for name in text.split("CheckCode::").skip(1) {
            let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
            let code = CheckCode::ALL.iter().find(|code| format!("{code:?}") == name[..end]);
            found.extend(code.filter(|code| !code.is_plain()).map(|code| code.to_string()));
        }
        for literal in text.split('"') {
            let is_code = |stage: &Stage| {
                literal.strip_prefix(stage.name()).and_then(|rest| rest.strip_prefix('-')).is_some_and(
                    |rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'),
                )
            };
            if Stage::ALL.iter().any(is_code) {
                found.insert(literal.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_code_in_the_source_is_in_the_table_and_the_reverse() {
    let used = used();
    let table: BTreeSet<String> = CODES.iter().map(|info| info.code.to_string()).collect();
    let missing: Vec<_> = used.difference(&table).collect();
    let unused: Vec<_> = table.difference(&used).collect();
    assert!(missing.is_empty(), "add a row to crates/signing/src/words/codes.rs for {missing:?}");
    assert!(unused.is_empty(), "no check carries {unused:?} any more");
    assert_eq!(table.len(), CODES.len(), "a code stands twice in the table");
}

#[test]
fn every_code_begins_with_its_stage_and_says_what_to_do() {
    for info in CODES {
        assert!(info.code.as_str().starts_with(&format!("{}-", info.code.stage().name())), "{}", info.code);
        for text in [info.meaning, info.cause, info.remedy] {
            assert!(text.ends_with('.') && text.len() > 10, "{}: {text}", info.code);
        }
        assert_eq!(code_info(info.code), Some(info));
    }
    let stages: Vec<Stage> = CODES.iter().map(|info| info.code.stage()).collect();
    assert!(stages.is_sorted());
    assert_eq!(code_info(CheckCode::Files), None);
}

#[test]
fn the_page_of_checks_is_fresh() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md");
    let page = std::fs::read_to_string(page).unwrap_or_default();
    assert!(page == touchmark::report::checks_page(), "stale: run `cargo run --example make-docs`");
}
