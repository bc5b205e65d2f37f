//! Lists the sample workspace's files for `touchmark demo`. The store that opening it leaves behind stays out.

use std::fmt::Write as _;
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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let samples = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("samples");
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
