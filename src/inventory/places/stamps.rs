//! What a document or folder was when it was read: by names, sizes, times and inodes, so that only what changed is
//! read again. Contents are not looked at; verification never relies on this.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A digest over the sources of this room, made when it is compiled: a program that reads otherwise reads anew.
const READERS: &str = env!("TOUCHMARK_READERS");
/// What changed as lately as this may change once more without showing: clocks of file systems are coarse.
const SETTLED: Duration = Duration::from_secs(2);
const MAX_ENTRIES: usize = 100_000;

/// What tells that a part is as it was. An empty one is equal to none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp(Vec<u8>);

impl Stamp {
    /// Of a part that is to be read again in any case.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Stamp(bytes)
    }

    pub(in crate::inventory) fn of_text(text: &str) -> Self {
        let mut taking = Taking::new(SystemTime::now());
        taking.text(text);
        taking.finish()
    }

    /// Of one file, or empty when it cannot be told. `since` is when looking began.
    pub(in crate::inventory) fn of_file(path: &Path, since: SystemTime) -> Self {
        let mut taking = Taking::new(since);
        taking.file(path);
        taking.finish()
    }

    /// Of some files, and of how they are read.
    pub(super) fn of_files(files: &[std::path::PathBuf], read_as: &str, since: SystemTime) -> Self {
        let mut taking = Taking::new(since);
        taking.text(read_as);
        for path in files {
            match fs::symlink_metadata(path) {
                Ok(metadata) if metadata.is_symlink() => taking.link(path),
                _ => taking.file(path),
            }
        }
        taking.finish()
    }

    /// Of everything in a folder, and of how it is read.
    pub(super) fn of_folder(path: &Path, read_as: &str, since: SystemTime) -> Self {
        let mut taking = Taking::new(since);
        taking.text(read_as);
        let mut waiting = vec![path.to_owned()];
        let mut entries = 0;
        while let Some(folder) = waiting.pop() {
            taking.file(&folder);
            let Ok(listed) = fs::read_dir(&folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            else {
                return Stamp::default();
            };
            let mut paths: Vec<_> =
                listed.into_iter().map(|entry| (entry.path(), entry.file_type())).collect();
            paths.sort_by(|a, b| a.0.cmp(&b.0));
            entries += paths.len();
            if entries > MAX_ENTRIES {
                return Stamp::default();
            }
            for (path, file_type) in paths {
                match file_type {
                    Ok(kind) if kind.is_dir() => waiting.push(path),
                    Ok(kind) if kind.is_symlink() => taking.link(&path),
                    _ => taking.file(&path),
                }
            }
        }
        taking.finish()
    }
}

/// A stamp in the making.
struct Taking {
    hasher: blake3::Hasher,
    /// Whatever changed before this has settled.
    settled: SystemTime,
    is_sure: bool,
}

impl Taking {
    fn new(since: SystemTime) -> Self {
        let settled = since.checked_sub(SETTLED).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut taking = Taking { hasher: blake3::Hasher::new(), settled, is_sure: true };
        taking.text(READERS);
        taking
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }

    fn file(&mut self, path: &Path) {
        self.bytes(path.as_os_str().as_encoded_bytes());
        self.metadata(fs::metadata(path));
    }

    /// A link is what it names and what stands there.
    fn link(&mut self, path: &Path) {
        self.metadata(fs::symlink_metadata(path));
        match fs::read_link(path) {
            Ok(target) => self.bytes(target.as_os_str().as_encoded_bytes()),
            Err(_) => self.is_sure = false,
        }
        self.bytes(path.as_os_str().as_encoded_bytes());
        match fs::metadata(path) {
            Ok(metadata) => self.metadata(Ok(metadata)),
            Err(_) => self.text("leads nowhere"),
        }
    }

    fn metadata(&mut self, metadata: std::io::Result<Metadata>) {
        let Ok(metadata) = metadata else {
            self.is_sure = false;
            return;
        };
        self.is_sure &= metadata.modified().is_ok_and(|at| at < self.settled);
        self.bytes(format!("{:?}", metadata.file_type()).as_bytes());
        let told = told_by(&metadata, self.settled, &mut self.is_sure);
        self.bytes(&told);
    }

    fn finish(self) -> Stamp {
        if self.is_sure { Stamp(self.hasher.finalize().as_bytes().to_vec()) } else { Stamp::default() }
    }
}

#[cfg(unix)]
fn told_by(metadata: &Metadata, settled: SystemTime, is_sure: &mut bool) -> Vec<u8> {
    use std::os::unix::fs::MetadataExt;
    let settled = settled.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    *is_sure &= u64::try_from(metadata.ctime()).is_ok_and(|changed| changed < settled);
    let numbers = [
        metadata.dev(),
        metadata.ino(),
        metadata.size(),
        metadata.mtime().cast_unsigned(),
        metadata.mtime_nsec().cast_unsigned(),
        metadata.ctime().cast_unsigned(),
        metadata.ctime_nsec().cast_unsigned(),
        u64::from(metadata.mode()),
    ];
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[cfg(not(unix))]
fn told_by(metadata: &Metadata, _: SystemTime, is_sure: &mut bool) -> Vec<u8> {
    let modified = metadata.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    *is_sure &= modified.is_some();
    let nanoseconds = modified.map_or(0, |since| since.as_nanos());
    [metadata.len().to_le_bytes().as_slice(), nanoseconds.to_le_bytes().as_slice()].concat()
}
