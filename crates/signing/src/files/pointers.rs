//! Git LFS pointers: small texts that lie where a checkout did not fetch the files themselves.

use crate::disk::read_small;
use std::path::Path;

use super::enumerate::Entry;

/// Git LFS keeps its pointers below this.
const LIMIT_POINTER_BYTES: u64 = 1024;
const LEAST_POINTER_BYTES: u64 = 64;

/// How the first line of a pointer begins, by the names that the format had.
const VERSIONS: [&str; 3] = [
    "version https://git-lfs.github.com/spec/v",
    "version https://hawser.github.com/spec/v",
    "version http://git-media.io/v/",
];

/// The files of a listing that are pointers. What cannot be read is left to whoever hashes it.
pub(crate) fn pointers(entries: &[Entry]) -> Vec<String> {
    let may_be = |entry: &&Entry| (LEAST_POINTER_BYTES..=LIMIT_POINTER_BYTES).contains(&entry.size);
    entries
        .iter()
        .filter(may_be)
        .filter(|entry| holds_pointer(&entry.path))
        .map(|entry| entry.name.clone())
        .collect()
}

fn holds_pointer(path: &Path) -> bool {
    read_small(path, LIMIT_POINTER_BYTES).is_ok_and(|text| is_pointer(&text))
}

/// Whether a text is a pointer and nothing else: version, object and size, one a line. Text that speaks of pointers, or
/// quotes one, is none.
pub(crate) fn is_pointer(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let mut lines = text.lines();
    if !lines.next().is_some_and(|first| VERSIONS.iter().any(|version| first.starts_with(version))) {
        return false;
    }
    let (mut object, mut size) = (false, false);
    for line in lines.filter(|line| !line.is_empty()) {
        match line.split_once(' ') {
            Some(("oid", oid)) => object = oid.contains(':') && !oid.contains(' '),
            Some(("size", bytes)) => size = bytes.parse::<u64>().is_ok(),
            Some((key, _)) if key.starts_with("ext-") => {}
            _ => return false,
        }
    }
    object && size
}

#[cfg(test)]
mod tests {
    use super::is_pointer;

    #[test]
    fn a_pointer_is_told_from_text_about_pointers() {
        let oid = "ab".repeat(32);
        let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12\n");
        assert!(is_pointer(pointer.as_bytes()));
        assert!(is_pointer(pointer.replace('\n', "\r\n").as_bytes()));
        assert!(is_pointer(pointer.replace("oid", "ext-0-x sha256:00\noid").as_bytes()));
        for other in [
            format!("# Pointers\n\n{pointer}"),
            format!("{pointer}Run `git lfs pull`.\n"),
            pointer.replace("size 12\n", ""),
            pointer.replace("size 12", "size many"),
            pointer.replace("version https", "version: https"),
            "version 1\n".to_owned(),
        ] {
            assert!(!is_pointer(other.as_bytes()), "{other}");
        }
    }
}
