//! Lists the sample workspace's files for `touchmark demo` (the store that opening it leaves behind stays out), and
//! names the state of the inventory's readers, so that what an older program read is read again.
#![allow(clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            walk(&path, found)?;
        } else if !entry.file_name().to_string_lossy().starts_with("touchmark.db") {
            found.push(path);
        }
    }
    Ok(())
}

fn readers(root: &Path) -> Result<u64, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    // What reads a source, what the store makes of it, and the ground that it stands on; the latter is there while both packages are built together,
    // and published ones have a version each.
    let rooms = ["model", "weights", "bills", "places", "scan"].map(|room| format!("src/inventory/{room}"));
    let ground = ["src/store", "crates/signing/src/json", "crates/signing/src/disk.rs"].map(str::to_owned);
    for room in rooms.iter().chain(&ground) {
        let room = root.join(room);
        println!("cargo:rerun-if-changed={}", room.display());
        if room.is_dir() {
            walk(&room, &mut files)?;
        } else if room.is_file() {
            files.push(room);
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    std::env::var("CARGO_PKG_VERSION")?.hash(&mut hasher);
    for file in files {
        std::fs::read(file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo:rustc-env=TOUCHMARK_READERS={:016x}", readers(&root)?);
    let samples = root.join("samples");
    // The store inside changes with every use: only what is copied is watched.
    for part in ["touchmark.toml", "README.md", "expected.toml", "policies", "keys", "models", "boms"] {
        println!("cargo:rerun-if-changed={}", samples.join(part).display());
    }
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    if samples.is_dir() {
        walk(&samples, &mut files)?;
    }
    files.sort();
    let mut table = String::from(
        "/// Name below the workspace, and bytes.\npub(super) const FILES: &[(&str, &[u8])] = &[\n",
    );
    for path in &files {
        let name = path.strip_prefix(&samples)?.to_string_lossy().replace('\\', "/");
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.to_string_lossy())?;
    }
    table.push_str("];\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("samples.rs"), table)?;
    Ok(())
}
