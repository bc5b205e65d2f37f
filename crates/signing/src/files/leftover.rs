//! What an interrupted signing leaves behind: a bundle that was being written beside its place and never got its name.
//! It is told by name and content together; a name alone makes no file harmless, and nothing here leaves a file out of
//! a verification.

use crate::disk::{self, DRAFT, DRAFT_LETTERS, folder_of};
use std::fs::TryLockError;
use std::path::Path;

/// How what we write begins, white space aside.
const HEADS: [&[u8]; 3] = [
    br#"{"mediaType":"application/vnd.dev.sigstore.bundle"#,
    br#"{"dsseEnvelope":{"#,
    br#"{"verificationMaterial":{"#,
];
const START_BYTES: u64 = 4096;
/// Files of a folder that are looked at.
const MAX_FILES: usize = 100_000;

/// Whether a file at `path` is one. `name` is its name, or its path inside the model.
pub(crate) fn is_leftover(path: &Path, name: &str) -> bool {
    is_draft_name(name)
        && std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
        && disk::read_start(path, START_BYTES).is_ok_and(|start| begins_like_a_bundle(&start))
}

/// Removes it, unless somebody is still writing it.
pub(crate) fn sweep(path: &Path) {
    let Ok((file, _)) = disk::open(path) else { return };
    if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        let _ = std::fs::remove_file(path);
    }
}

/// Removes those that lie beside a signature.
pub(crate) fn sweep_beside(signature: &Path) {
    let Ok(folder) = std::fs::read_dir(folder_of(signature)) else { return };
    for child in folder.take(MAX_FILES).flatten() {
        if child.file_name().to_str().is_some_and(|name| is_leftover(&child.path(), name)) {
            sweep(&child.path());
        }
    }
}

fn is_draft_name(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.strip_prefix(DRAFT).is_some_and(|letters| {
        letters.len() == DRAFT_LETTERS && letters.bytes().all(|letter| letter.is_ascii_alphanumeric())
    })
}

/// Cut off anywhere: the beginning, or as much of it as there is.
fn begins_like_a_bundle(start: &[u8]) -> bool {
    let dense: Vec<u8> = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    HEADS.iter().any(|head| dense.starts_with(head) || head.starts_with(&dense))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leftover_is_told_by_name_and_content_together() {
        let dir = tempfile::tempdir().unwrap();
        let bundle = "{\n  \"mediaType\": \"application/vnd.dev.sigstore.bundle.v0.3+json\",\n  \"veri";
        for (name, text, is_one) in [
            (".touchmark-Ab3xY9", bundle, true),
            ("deep/.touchmark-Ab3xY9", bundle, true),
            (".touchmark-Ab3xY9", "", true),
            (".touchmark-Ab3xY9", "{\n  \"media", true),
            (".touchmark-Ab3xY9", "import os", false),
            (".touchmark-Ab3xY9", "{\"my\": \"notes\"}", false),
            (".touchmark-Ab3xY", bundle, false),
            (".touchmark-Ab3xY9.py", bundle, false),
            ("model.py", bundle, false),
        ] {
            let path = dir.path().join("file");
            std::fs::write(&path, text).unwrap();
            assert_eq!(is_leftover(&path, name), is_one, "{name} {text}");
        }
    }

    #[test]
    fn what_is_still_being_written_is_not_swept() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("model.sig");
        let draft = disk::write_beside(&target, b"{", 0o600).unwrap();
        sweep_beside(&target);
        assert!(draft.path().exists());
        let (_, left) = draft.keep().map(|(file, path)| (drop(file), path)).unwrap();
        sweep_beside(&target);
        assert!(!left.exists());
    }
}
