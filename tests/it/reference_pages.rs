//! Pages of reference that are made from tables: fresh, and whole against the source that uses the codes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use touchmark::maturity::Rubric;
use touchmark::{cli, report};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).unwrap_or_default()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The texts in quotes that a pattern finds in the source of the program, but for one file.
fn quoted(pattern: &str, but_for: &str) -> BTreeSet<String> {
    let pattern = regex_lite::Regex::new(&format!("\"({pattern})\"")).unwrap();
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("crates/signing/src"), &mut files);
    let texts = files
        .iter()
        .filter(|file| !file.ends_with(but_for))
        .map(|file| std::fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| pattern.captures_iter(&text).map(|found| found[1].to_owned()).collect::<Vec<_>>())
        .collect()
}

/// The codes in the first column of a page's tables.
fn rows(page: &str, begin: &str) -> Vec<String> {
    let start = format!("| `{begin}");
    let lines = page.lines().filter(|line| line.starts_with(&start));
    lines.map(|line| line.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn the_pages_are_fresh() {
    for (name, made) in [
        ("findings.md", report::findings_page()),
        ("controls.md", report::controls_page().unwrap()),
        ("exit-status.md", cli::statuses_page()),
    ] {
        assert!(page(name) == made, "{name} is stale: run `cargo run --example make-docs`");
    }
}

#[test]
fn every_finding_of_the_source_is_on_the_page_once_and_no_other() {
    let page = report::findings_page();
    let rows = rows(&page, "F-");
    let known: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), known.len(), "a code stands twice");
    let found = quoted("F-[A-Z0-9-]+", "src/report/findings.rs");
    assert!(found.len() > 80, "{found:?}");
    assert_eq!(known, found, "left: src/report/findings.rs, right: the source");
}

#[test]
fn every_error_code_is_on_the_page_once_and_no_other() {
    let page = cli::statuses_page();
    let rows = rows(&page, "E-");
    let known: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), known.len(), "a code stands twice");
    assert_eq!(
        known,
        quoted("E-[A-Z-]+", "src/cli/statuses.rs"),
        "left: src/cli/statuses.rs, right: the source"
    );
}

#[test]
fn every_control_has_a_section_that_its_row_leads_to() {
    let page = report::controls_page().unwrap();
    let rubric = Rubric::bundled().unwrap();
    assert_eq!(rubric.controls.len(), 57);
    for control in &rubric.controls {
        let anchor = control.id.to_lowercase().replace('.', "");
        assert_eq!(page.matches(&format!("[{}](#{anchor})", control.id)).count(), 1, "{}", control.id);
        assert_eq!(page.matches(&format!("\n### {}\n", control.id)).count(), 1, "{}", control.id);
    }
    assert!(!page.to_lowercase().contains("compliant"));
}

/// The keys that the reader of `touchmark.toml` takes, from its source.
fn keys_of_workspaces() -> BTreeSet<String> {
    let folder = root().join("src/inventory/workspace");
    let list = regex_lite::Regex::new(r"const \w*KEYS: \[&str; \d+\] =\s*\[([^\]]*)\]").unwrap();
    let word = regex_lite::Regex::new("\"([a-z_]+)\"").unwrap();
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let mut found = BTreeSet::new();
    for text in files.iter().map(|file| std::fs::read_to_string(file).unwrap()) {
        for keys in list.captures_iter(&text) {
            found.extend(word.captures_iter(&keys[1]).map(|key| key[1].to_owned()));
        }
    }
    found
}

#[test]
fn the_page_about_workspaces_has_every_key() {
    let page = page("workspace.md");
    let keys = keys_of_workspaces();
    assert!(keys.len() > 18, "{keys:?}");
    for key in keys {
        assert!(page.contains(&format!("| `{key}` |")), "docs/workspace.md has no row for `{key}`");
    }
}
