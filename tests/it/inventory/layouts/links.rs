//! Links to folders: followed within what the user named, once; what leads out of it is told and not read.

use super::*;
use std::os::unix::fs::symlink;

fn ids(scan: &Scan) -> Vec<&str> {
    scan.models.iter().map(|model| model.id.raw()).collect()
}

fn link(bench: &Bench, to: &str, from: &str) {
    let from = bench.path(from);
    fs::create_dir_all(from.parent().unwrap()).unwrap();
    symlink(to, from).unwrap();
}

#[test]
fn a_model_that_is_linked_within_a_source_is_one_and_loops_end() {
    let bench = Bench::new();
    bench.write("src/disk/llama/config.json", "{}");
    link(&bench, "../disk/llama", "src/models/llama");
    link(&bench, "disk", "src/again");
    link(&bench, ".", "src/here");
    link(&bench, "..", "src/disk/up");
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!((ids(&scan), codes(&scan)), (vec!["disk/llama"], vec![]));
    // The source itself may be a link.
    link(&bench, "src", "named");
    assert_eq!(ids(&scan_path(&bench, &bench.path("named"))), ["disk/llama"]);
}

#[test]
fn a_link_out_of_the_source_is_told_and_not_followed_unless_that_folder_is_named_too() {
    let bench = Bench::new();
    bench.write("disk/llama/config.json", "{}");
    bench.write("disk/models--a--m/snapshots/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/config.json", "{}");
    link(&bench, "../disk/llama", "src/llama");
    link(&bench, "../disk/models--a--m", "src/models--a--m");
    link(&bench, "/", "src/everything");
    let scan = scan_path(&bench, &bench.path("src"));
    assert!(scan.models.is_empty());
    let links: Vec<&str> = scan
        .findings
        .iter()
        .filter(|finding| finding.code == "F-FOLDER-LINK")
        .map(|finding| finding.source.raw().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(links, ["everything", "llama", "models--a--m"]);
    assert!(
        scan.findings.iter().any(|finding| finding.message.contains("disk/llama")),
        "{:?}",
        scan.findings
    );
    fs::remove_file(bench.path("src/everything")).unwrap();
    let of = |name: &str| format!("[[source]]\nkind = \"models\"\npath = \"{name}\"\n");
    bench.write("touchmark.toml", format!("{HEADER}{}{}", of("src"), of("disk")));
    let scan = bench.scan();
    assert_eq!((ids(&scan), codes(&scan)), (vec!["a/m", "llama"], vec![]));
}

#[test]
fn a_cache_that_is_linked_within_a_source_is_read_as_one() {
    let bench = Bench::new();
    let snapshot = "snapshots/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    bench.write(&format!("src/.git/annex/models--a--m/{snapshot}/config.json"), "{}");
    bench.write("src/.git/annex/models--a--m/refs/main", "a".repeat(40));
    // What is left out at its own place is read where somebody put a link to it.
    link(&bench, "../.git/annex/models--a--m", "src/hub/models--a--m");
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(ids(&scan), ["a/m"]);
    assert_eq!(values(model(&scan, "a/m"), FactKey::Version), ["a".repeat(40)]);
}
