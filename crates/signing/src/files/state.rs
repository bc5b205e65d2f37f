//! What the files of a model are at a moment, told without reading them: a digest over names, sizes, times and inodes,
//! so that whoever looks later sees that something changed since. It includes everything in the folder, also what no
//! signature covers, and no path above it: a folder that is moved keeps its state, a copy has another one.
//!
//! It tells what an ordinary writer leaves behind. Who sets the clock back, or writes through a mapping that was open
//! all the while, can leave nothing behind: a stage that matters hashes.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// More files than a model can have.
const MAX_ENTRIES: usize = 2_000_000;
const MAX_DEPTH: usize = 1024;
/// Two writes that lie this far apart leave two times behind, where the file system keeps fractions of a second…
const FINE: Duration = Duration::from_millis(20);
/// … and where it keeps none.
const COARSE: Duration = Duration::from_secs(2);

/// What the files of a model are at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ModelState([u8; 32]);

impl ModelState {
    /// Where it cannot be told.
    const UNTOLD: ModelState = ModelState([0; 32]);

    /// Of everything that lies in this folder now, or of this file.
    pub fn at(path: &Path) -> Self {
        taken(path).map_or(ModelState::UNTOLD, |taken| taken.state)
    }

    /// The same, once every later change will show: what changed just now is given the time until the next one would
    /// get another time than it. None where that cannot be told: then a later look has nothing to compare with.
    pub fn settled(path: &Path) -> Option<Self> {
        let mut waited = Duration::ZERO;
        loop {
            let taken = taken(path)?;
            let missing = taken.unsettled_for(SystemTime::now());
            if missing.is_zero() {
                return Some(taken.state);
            }
            if waited + missing > 2 * COARSE {
                return None;
            }
            std::thread::sleep(missing);
            waited += missing;
        }
    }
}

impl std::fmt::Display for ModelState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for ModelState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ModelState({self})")
    }
}

impl Serialize for ModelState {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModelState {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let mut state = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut state).map_err(D::Error::custom)?;
        Ok(ModelState(state))
    }
}

impl JsonSchema for ModelState {
    fn schema_name() -> Cow<'static, str> {
        "ModelState".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

struct Taken {
    state: ModelState,
    /// The newest change.
    newest: SystemTime,
    /// Whether the file system keeps fractions of a second.
    is_fine: bool,
}

impl Taken {
    /// How long until a change would get a later time than all that are there.
    fn unsettled_for(&self, now: SystemTime) -> Duration {
        let apart = if self.is_fine { FINE } else { COARSE };
        let until = self.newest.checked_add(apart).unwrap_or(self.newest);
        until.duration_since(now).unwrap_or(Duration::ZERO)
    }
}

/// None where something cannot be looked at, or there is more than a model can have.
fn taken(path: &Path) -> Option<Taken> {
    let mut taking =
        Taking { hasher: blake3::Hasher::new(), newest: SystemTime::UNIX_EPOCH, is_fine: false, entries: 0 };
    let metadata = std::fs::metadata(path).ok()?;
    if metadata.is_dir() {
        taking.folders(path)?;
    } else {
        taking.entry(&metadata);
    }
    let Taking { hasher, newest, is_fine, .. } = taking;
    Some(Taken { state: ModelState(*hasher.finalize().as_bytes()), newest, is_fine })
}

struct Taking {
    hasher: blake3::Hasher,
    newest: SystemTime,
    is_fine: bool,
    entries: usize,
}

impl Taking {
    fn folders(&mut self, root: &Path) -> Option<()> {
        let mut waiting: Vec<(PathBuf, usize)> = vec![(root.to_owned(), 0)];
        while let Some((folder, depth)) = waiting.pop() {
            let mut names: Vec<OsString> = Vec::new();
            for entry in std::fs::read_dir(&folder).ok()? {
                names.push(entry.ok()?.file_name());
                self.entries += 1;
                if self.entries > MAX_ENTRIES {
                    return None;
                }
            }
            names.sort_unstable();
            self.number(names.len() as u64);
            for name in names {
                let path = folder.join(&name);
                self.bytes(name.as_encoded_bytes());
                let metadata = std::fs::symlink_metadata(&path).ok()?;
                if metadata.is_dir() {
                    // A folder is what lies in it: its own times change with every name, and when it is moved.
                    self.bytes(b"folder");
                    if depth >= MAX_DEPTH {
                        return None;
                    }
                    waiting.push((path, depth + 1));
                    continue;
                }
                if metadata.is_symlink() {
                    // A link is what it names, and what stands there.
                    self.bytes(b"link");
                    self.bytes(std::fs::read_link(&path).ok()?.as_os_str().as_encoded_bytes());
                    match std::fs::metadata(&path) {
                        Ok(target) if target.is_dir() => self.bytes(b"to a folder"),
                        Ok(target) => self.entry(&target),
                        Err(_) => self.bytes(b"to nothing"),
                    }
                }
                self.entry(&metadata);
            }
        }
        Some(())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.hasher.update(bytes);
    }

    fn number(&mut self, number: u64) {
        self.hasher.update(&number.to_le_bytes());
    }

    fn time(&mut self, seconds: i64, nanoseconds: i64) {
        self.number(seconds.cast_unsigned());
        self.number(nanoseconds.cast_unsigned());
        self.is_fine |= nanoseconds != 0;
        let since = Duration::new(
            u64::try_from(seconds).unwrap_or(0),
            u32::try_from(nanoseconds.clamp(0, 999_999_999)).unwrap_or(0),
        );
        // A time that no clock reaches does not settle.
        self.newest = self.newest.max(SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(self.newest));
    }

    /// Not the device: its number is another one after a restart.
    #[cfg(unix)]
    fn entry(&mut self, metadata: &Metadata) {
        use std::os::unix::fs::MetadataExt;
        for number in [metadata.ino(), metadata.size(), u64::from(metadata.mode())] {
            self.number(number);
        }
        // Anybody may set the time of modification: only the time of the change is waited for.
        self.number(metadata.mtime().cast_unsigned());
        self.number(metadata.mtime_nsec().cast_unsigned());
        self.time(metadata.ctime(), metadata.ctime_nsec());
    }

    #[cfg(not(unix))]
    fn entry(&mut self, metadata: &Metadata) {
        self.number(metadata.len());
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let modified = modified.unwrap_or(Duration::MAX);
        self.time(i64::try_from(modified.as_secs()).unwrap_or(i64::MAX), i64::from(modified.subsec_nanos()));
    }
}
