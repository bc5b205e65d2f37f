//! Writes the notices of everything that is compiled into the program, from `cargo metadata` and the crates' own files:
//! `cargo run --example make-notices [-- FILE]`, by default `THIRD-PARTY.md`.
//!
//! A crate that may be taken under Apache-2.0 is: its text stands once. Of all others the texts in their packages stand
//! here, each once with the crates that have it, and of every crate its NOTICE. It knows nothing of Touchmark.
#![allow(clippy::disallowed_methods, clippy::print_stderr)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A crate that is compiled in.
struct Crate {
    name: String,
    version: String,
    licence: String,
    folder: PathBuf,
}

fn main() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let to = std::env::args_os().nth(1).map_or_else(|| root.join("THIRD-PARTY.md"), PathBuf::from);
    std::fs::write(to, page(&crates(root)?)?)?;
    Ok(())
}

fn text<'v>(value: &'v Value, member: &str) -> Outcome<&'v str> {
    value.get(member).and_then(Value::as_str).ok_or_else(|| format!("no {member} in what cargo says").into())
}

fn list<'v>(value: &'v Value, place: &str) -> Outcome<&'v Vec<Value>> {
    value
        .pointer(place)
        .and_then(Value::as_array)
        .ok_or_else(|| format!("no {place} in what cargo says").into())
}

/// What is compiled in with every feature, on any platform: not what only builds or tests it.
fn crates(root: &Path) -> Outcome<Vec<Crate>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let words = ["metadata", "--format-version", "1", "--locked", "--all-features"];
    let done = Command::new(cargo).args(words).current_dir(root).output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into());
    }
    let metadata: Value = serde_json::from_slice(&done.stdout)?;
    let mut below: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in list(&metadata, "/resolve/nodes")? {
        let of = below.entry(text(node, "id")?).or_default();
        for dependency in list(node, "/deps")? {
            if list(dependency, "/dep_kinds")?.iter().any(|kind| kind.get("kind").is_some_and(Value::is_null))
            {
                of.push(text(dependency, "pkg")?);
            }
        }
    }
    let members = list(&metadata, "/workspace_members")?;
    let own: BTreeSet<&str> = members.iter().filter_map(Value::as_str).collect();
    let (mut seen, mut open) = (BTreeSet::new(), own.iter().copied().collect::<Vec<_>>());
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(below.get(id).into_iter().flatten());
        }
    }
    let mut found = Vec::new();
    for package in list(&metadata, "/packages")? {
        let id = text(package, "id")?;
        // Macros run while others are compiled, and nothing of them is in the program.
        let is_macro = list(package, "/targets")?
            .iter()
            .any(|target| target.pointer("/kind/0").and_then(Value::as_str) == Some("proc-macro"));
        if !seen.contains(id) || own.contains(id) || is_macro {
            continue;
        }
        let name = text(package, "name")?.to_owned();
        let licence = text(package, "license").map_err(|_| format!("{name} names no licence"))?;
        found.push(Crate {
            version: text(package, "version")?.to_owned(),
            // An older way to write it.
            licence: licence.replace('/', " OR "),
            folder: Path::new(text(package, "manifest_path")?).parent().unwrap_or(root).to_owned(),
            name,
        });
    }
    found.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    Ok(found)
}

/// Whether a crate may be taken under Apache-2.0 alone.
fn is_apache(licence: &str) -> bool {
    let is_plain = |part: &str| part.trim().trim_matches(['(', ')']) == "Apache-2.0";
    !licence.contains(" AND ") && licence.split(" OR ").any(is_plain)
}

/// The files of a crate whose names begin so, as text with one kind of line ends.
fn files(one: &Crate, begins: &[&str]) -> Outcome<Vec<String>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&one.folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    paths.sort();
    let fits = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        path.is_file() && begins.iter().any(|begin| name.starts_with(begin))
    };
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| fits(path)) {
        let text = String::from_utf8_lossy(&std::fs::read(path)?).replace('\r', "");
        found.push(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned());
    }
    Ok(found)
}

/// Whether a text is that of Apache-2.0 and nothing else: it stands elsewhere.
fn is_apache_text(text: &str) -> bool {
    const WITH_APPENDIX: usize = 12_500;
    text.trim_start().starts_with("Apache License") && text.len() < WITH_APPENDIX
}

fn page(crates: &[Crate]) -> Outcome<String> {
    let mut out = String::from(
        "# Third-party notices\n\n\
         <!-- Made by `cargo run --example make-notices` from `cargo metadata`; do not edit. -->\n\n\
         These crates are compiled into the program, on one platform or another and with one feature or another. Those that\n\
         may be taken under Apache-2.0 are; its text is that of LICENSE. The texts of all other licences follow.\n\n\
         | crate | version | licence |\n|---|---|---|\n",
    );
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in crates {
        let _ = writeln!(out, "| {} | {} | {} |", one.name, one.version, one.licence);
        let label = format!("{} {}", one.name, one.version);
        let mut own = files(one, &["NOTICE"])?;
        if !is_apache(&one.licence) {
            let licences = files(one, &["LICENSE", "LICENCE", "COPYING", "UNLICENSE"])?;
            let licences: Vec<String> = licences.into_iter().filter(|text| !is_apache_text(text)).collect();
            if licences.is_empty() {
                eprintln!("{label} ({}) brings no text of its licence", one.licence);
                own.push(format!("{}. The package holds no text of it.", one.licence));
            }
            own.extend(licences);
        }
        for text in own.into_iter().filter(|text| !text.is_empty()) {
            let of = texts.entry(text).or_default();
            if !of.contains(&label) {
                of.push(label.clone());
            }
        }
    }
    let mut texts: Vec<(Vec<String>, String)> = texts.into_iter().map(|(text, of)| (of, text)).collect();
    texts.sort();
    for (of, text) in texts {
        // A fence that nothing in the text can close.
        let _ = write!(out, "\n## {}\n\n~~~~~~text\n{text}\n~~~~~~\n", of.join(", "));
    }
    Ok(out)
}
