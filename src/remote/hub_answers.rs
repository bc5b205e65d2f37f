//! What a hub answers, read: the commit that a revision leads to, and the files of a commit. Nothing in it is believed.

use super::files::{Checksum, Object, Seen};
use super::names::{KeyFault, check_key};
use super::web::object;
use serde::Deserialize;
use serde_json::Value;

/// No file has more bytes. Larger numbers could not be written down exactly.
const MAX_FILE_BYTES: u64 = 1 << 50;
/// So much of a name that is no path is kept.
const MAX_ODD_CHARS: usize = 200;
/// Digits of git's names of commits and blobs, and of SHA-256.
const GIT: usize = 40;
const SHA256: usize = 64;

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    size: Option<u64>,
    oid: Option<String>,
    lfs: Option<Large>,
}

/// What git keeps elsewhere, as the hub says of it.
#[derive(Deserialize)]
struct Large {
    oid: String,
    size: u64,
}

/// The commit that a revision leads to.
pub(super) fn commit(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Revision {
        sha: String,
    }
    object::<Revision>(bytes).map(|revision| revision.sha).filter(|sha| is_commit(sha))
}

/// Whether it is the name of a commit.
pub(super) fn is_commit(text: &str) -> bool {
    is_digits(text, GIT)
}

fn is_digits(text: &str, many: usize) -> bool {
    text.len() == many && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// One page of the files of a commit, below a folder. A file's state is what git or SHA-256 makes of its bytes.
pub(super) fn files(bytes: &[u8], folder: &str, commit: &str) -> Result<Vec<Seen>, &'static str> {
    // A list of anything but objects would be read as their members.
    let entries: Vec<Value> = serde_json::from_slice(bytes).map_err(|_| "no list of files")?;
    let mut seen = Vec::new();
    for entry in entries {
        let entry = Some(entry).filter(Value::is_object).ok_or("no list of files")?;
        let entry: Entry =
            serde_json::from_value(entry).map_err(|_| "a file without a name, or with none that can be")?;
        if entry.kind == "directory" {
            continue;
        }
        let key = format!("{folder}{}", entry.path);
        let fault = match entry.kind.as_str() {
            // The whole key may be too long where the path alone is not.
            "file" => check_key(&entry.path).and_then(|()| check_key(&key)).err(),
            _ => Some(KeyFault::NotAFile),
        };
        if let Some(fault) = fault {
            let key = format!("{folder}{}", entry.path.chars().take(MAX_ODD_CHARS).collect::<String>());
            seen.push(Seen::Odd { key, fault });
            continue;
        }
        let size = entry.size.filter(|size| *size <= MAX_FILE_BYTES).ok_or("a file without a size")?;
        let (etag, checksum) = match entry.lfs {
            Some(large) => {
                let hex = large.oid.strip_prefix("sha256:").unwrap_or(&large.oid);
                if !is_digits(hex, SHA256) || large.size != size {
                    return Err("a large file with no SHA-256, or with two sizes");
                }
                let checksum = Checksum { algorithm: "sha256".to_owned(), hex: hex.to_owned(), whole: true };
                (hex.to_owned(), Some(checksum))
            }
            None => {
                (entry.oid.filter(|oid| is_digits(oid, GIT)).ok_or("a file without git's name of it")?, None)
            }
        };
        seen.push(Seen::Object(Object { key, size, etag, version: Some(commit.to_owned()), checksum }));
    }
    Ok(seen)
}
