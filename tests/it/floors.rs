//! The floors of the house: which room may name what, and that no file outgrows its room.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (package, below) in [("src", ""), ("crates/signing/src", "signing/")] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(package);
        let mut found = Vec::new();
        sources(&root, &mut found);
        all.extend(found.into_iter().map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (format!("{below}{name}"), std::fs::read_to_string(&path).unwrap())
        }));
    }
    all
}

fn only_under(words: &[&str], rooms: &[&str]) {
    for (name, text) in all() {
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") || rooms.iter().any(|room| name.starts_with(room)) {
                continue;
            }
            for word in words {
                assert!(!code.contains(word), "{name}:{}: `{word}` belongs under {rooms:?}", number + 1);
            }
        }
    }
}

#[test]
fn the_terminal_is_named_only_under_tui() {
    only_under(&["ratatui::", "crossterm::"], &["tui/"]);
}

#[test]
fn arguments_are_named_only_under_cli() {
    only_under(&["clap::"], &["cli/"]);
}

#[test]
fn sql_is_written_only_in_the_store() {
    only_under(&["rusqlite", "SELECT ", "INSERT ", "CREATE TABLE"], &["store/sqlite/"]);
}

#[test]
fn the_sigstore_crates_are_named_only_in_their_module() {
    only_under(&["sigstore_verify::"], &["signing/sigstore/", "signing/sign/keyless/"]);
}

#[test]
fn the_network_is_used_only_by_keyless_signing() {
    only_under(
        &["ureq::", "rustls::", "std::net::", "TcpStream"],
        &["signing/http.rs", "signing/sign/keyless/"],
    );
}

#[test]
fn the_token_crate_is_named_only_in_its_module() {
    only_under(&["cryptoki::"], &["signing/keys/pkcs11.rs"]);
}

/// An arrow means "may use"; nothing points back up.
#[test]
fn no_room_uses_one_above_it() {
    let floors = [
        "signing",
        "attest",
        "inventory",
        "policy",
        "store",
        "lineage",
        "maturity",
        "decision",
        "view",
        "report",
        "workbench",
    ];
    for (name, text) in all() {
        let room = name.split('/').next().unwrap();
        let Some(floor) = floors.iter().position(|f| *f == room) else { continue };
        for above in floors.iter().skip(floor + 1) {
            let used = text
                .lines()
                .any(|l| !l.trim_start().starts_with("//") && l.contains(&format!("crate::{above}::")));
            assert!(!used, "src/{name} uses {above}, which stands above it");
        }
    }
}

#[test]
fn no_file_has_more_than_600_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "tests", "examples", "benches"] {
        sources(&root.join(folder), &mut found);
    }
    for path in found {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}

/// SHA-256 over lanes needs loads and stores through pointers, and nothing else may.
#[test]
fn unsafe_code_stands_in_one_room_and_every_block_says_why() {
    for (name, text) in all() {
        let is_kernel = name.starts_with("signing/hashing/kernel/");
        assert!(is_kernel || !text.contains("unsafe {") && !text.contains("unsafe fn"), "src/{name}");
        let allowed = text.contains("allow(unsafe_code)");
        assert_eq!(allowed, name == "signing/hashing/kernel/mod.rs", "src/{name}");
        let (blocks, reasons) = (text.matches("unsafe {").count(), text.matches("// SAFETY").count());
        assert!(blocks == reasons || name == "signing/hashing/kernel/mod.rs" && reasons == 1, "src/{name}");
        assert!(blocks <= 8, "src/{name}: {blocks} blocks");
    }
}
