//! What several tests need: a copy of the samples, and the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The samples: made again elsewhere when `TOUCHMARK_SAMPLES` says so, else those of the repository.
pub fn samples() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("TOUCHMARK_SAMPLES").map_or_else(|| root.join("samples"), |dir| root.join(dir))
}

/// A copy of the samples that a test may change.
pub fn copy_of_samples() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&samples(), dir.path());
    dir
}

/// Copies a folder, without the store that opening it may have left behind.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("touchmark.db") {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            std::fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

/// Runs the program.
pub fn touchmark<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
