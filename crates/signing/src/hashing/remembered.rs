//! Digests that were computed before and are remembered: so that what nobody has touched need not be read again.
//! It knows how a file is told from what it was; who remembers, and whether that may count, is for others to say.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::job::{HashAlgorithm, HashJob};

/// What tells that a file is still the one that was hashed. Times are nanoseconds since 1970; `changed` is set by
/// the system on every write, rename and change of rights, and a program cannot set it back. It does not show everything:
/// a write through a mapping that was open before may show late or, in memory file systems, never; an administrator can
/// set the clock, or write to the disk below the file system. So a remembered digest is a shortcut and no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileState {
    /// Device.
    pub device: u64,
    /// Inode on the device.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// When the contents changed.
    pub modified: i64,
    /// When anything of it changed.
    pub changed: i64,
    /// The name of a blob in a content-addressed cache: another name is another content.
    pub address: Option<String>,
}

/// A digest that is asked for, or one to remember: of these bytes of a file in this state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DigestKey {
    /// The file.
    pub file: FileState,
    /// The algorithm.
    pub algorithm: HashAlgorithm,
    /// First byte and the one after the last.
    pub range: (u64, u64),
}

/// A digest with when it was computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The digest.
    pub digest: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// Remembers digests. It may forget, and it may not invent: what it gives counts as computed. One that keeps them where
/// others can write has to know its own again.
pub trait DigestLedger: Sync {
    /// What is remembered, in the order of the keys.
    fn recall(&self, keys: &[DigestKey]) -> Vec<Option<Remembered>>;
    /// Remembers all of these, or none when it cannot; nobody waits for it.
    fn remember(&self, digests: &[(DigestKey, Remembered)]);
}

/// A ledger, and what may be taken from it.
#[derive(Clone, Copy)]
pub struct Reuse<'l> {
    /// The ledger. What is computed is remembered there in any case.
    pub ledger: &'l dyn DigestLedger,
    /// Digests from before are computed again; none computes all again.
    pub not_before: Option<Timestamp>,
}

/// What was not computed this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recalled {
    /// Files or shards.
    pub parts: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// When the oldest of the digests was computed.
    pub oldest: Timestamp,
}

impl Recalled {
    /// `cached 3 h ago`.
    pub fn age(&self, now: Timestamp) -> String {
        let minutes = (now.as_second() - self.oldest.as_second()).max(0) / 60;
        match minutes {
            0..60 => format!("cached {minutes} min ago"),
            60..2880 => format!("cached {} h ago", minutes / 60),
            _ => format!("cached {} d ago", minutes / 1440),
        }
    }
}

pub(super) fn key_of(job: &HashJob, algorithm: HashAlgorithm) -> Option<DigestKey> {
    let metadata = std::fs::metadata(&job.path).ok()?;
    let file = FileState::of(&job.path, &metadata)?;
    let range = job.range.unwrap_or((0, job.size));
    (file.size == job.size && range.0 <= range.1).then_some(DigestKey { file, algorithm, range })
}

impl FileState {
    /// None where the system does not say when a file was changed.
    #[cfg(unix)]
    pub(super) fn of(path: &Path, metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
        Some(FileState {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec())?,
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec())?,
            address: address(path),
        })
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Path, _: &Metadata) -> Option<Self> {
        None
    }
}

/// `blobs/HEX` of Hugging Face, `blobs/ALGORITHM/HEX` of OCI, `blobs/sha256-HEX` of Ollama, with links followed.
#[cfg(unix)]
fn address(path: &Path) -> Option<String> {
    let real = path.canonicalize().ok()?;
    let name = real.file_name()?.to_str()?;
    let below_blobs = real.ancestors().skip(1).take(2).any(|folder| folder.ends_with("blobs"));
    let hex = name.strip_prefix("sha256-").unwrap_or(name);
    let is_hex = hex.len() >= 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    (below_blobs && is_hex).then(|| name.to_owned())
}

/// Within one tick of its clock a file can change twice under the same times: what was changed just now is not
/// remembered.
pub(super) fn is_settled(file: &FileState) -> bool {
    const TICK: Duration = Duration::from_secs(2);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let settled = i64::try_from(now.saturating_sub(TICK).as_nanos()).unwrap_or(0);
    file.modified <= settled && file.changed <= settled
}
