//! The objects of a model as files of this machine, for as long as they are looked at: what reads weights and folders
//! reads the same here as anywhere. It judges nothing.
//!
//! Most bytes of a model are numbers, which are hashed and not looked into. So large files in safetensors and GGUF keep only
//! their beginning and end here, where that is allowed; the rest is hashed as it comes.

use super::documents::UnknownClass;
use crate::error::{Code, Error};
use crate::inventory::looked_into;
use crate::progress::Progress;
use crate::remote::{Files, Object, check_key};
use crate::signing::{Fresh, HashAlgorithm, Hasher, PartDigest};
use std::cell::Cell;
use std::fs::{self, File};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use tempfile::TempDir;

/// Objects up to here are hashed at once: a thread of their own would take longer.
const BESIDE: u64 = 1024 * 1024;
/// Pieces that wait to be hashed.
const AHEAD: usize = 4;
/// What is kept of a beginning and of an end in any case: signatures of other kinds are looked for there.
const TAIL: u64 = 256 * 1024;

/// A model's folder, which is gone with this.
pub(super) struct Spool {
    _kept: TempDir,
    /// The folder, named as the model's is.
    pub(super) folder: PathBuf,
    /// Digests that were computed while its files came. They live as long as the files: an inode may be used again within one
    /// tick of the clock.
    pub(super) fresh: Fresh,
    /// Whether of some file not all bytes are here.
    pub(super) has_gaps: Cell<bool>,
}

/// What stopped the look at one model: something of its own, or something that ends the attempt.
pub(super) enum Stop {
    /// The model is unknown.
    Unknown(UnknownClass),
    /// Nothing can be said of the shard.
    All(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error.code {
            // What was listed is not there any more.
            Code::Changed | Code::NotFound => Stop::Unknown(UnknownClass::Changed),
            Code::Refused | Code::Read | Code::Malformed | Code::Model => {
                Stop::Unknown(UnknownClass::Unreadable)
            }
            Code::TooLarge => Stop::Unknown(UnknownClass::TooLarge),
            _ => Stop::All(error),
        }
    }
}

impl Spool {
    /// An empty folder of that name.
    pub(super) fn new(scratch: &Path, name: &str) -> std::result::Result<Self, Stop> {
        check_key(name).map_err(|_| Stop::Unknown(UnknownClass::Names))?;
        let kept = tempfile::Builder::new().prefix("touchmark-fleet-").tempdir_in(scratch);
        let kept = kept.map_err(|cause| Stop::All(Error::write(scratch, &cause)))?;
        let folder = kept.path().join(name);
        fs::create_dir(&folder).map_err(|cause| Stop::All(Error::write(&folder, &cause)))?;
        Ok(Spool { _kept: kept, folder, fresh: Fresh::default(), has_gaps: Cell::new(false) })
    }

    /// Reads an object into its file, in the state in which it was listed. False when its bytes, all of them, are not
    /// those of the sum that is said of it: they are kept, for somebody to say what that means.
    pub(super) fn take(
        &self,
        files: &dyn Files,
        object: &Object,
        below: &str,
        taking: &Taking<'_>,
        (progress, read): (&Progress, &Cell<u64>),
    ) -> std::result::Result<bool, Stop> {
        let inside = object.key.strip_prefix(below).unwrap_or(&object.key);
        // The key was checked when it was listed; a file of items may come from anywhere.
        check_key(inside).map_err(|_| Stop::Unknown(UnknownClass::Names))?;
        let path = self.folder.join(inside);
        let unwritten = |cause: std::io::Error| match cause.kind() {
            // A file where another key has a folder: no folder can hold both.
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
                Stop::Unknown(UnknownClass::Names)
            }
            _ => Stop::All(Error::write(&path, &cause)),
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(unwritten)?;
        }
        let mut file =
            Kept::new(File::create_new(&path).map_err(unwritten)?, inside, object.size, taking.gaps);
        let mut came = 0_u64;
        let (streamed, hashed) = hashing(taking.hashers(), object.size, |hash| {
            files.pieces(object, &mut |piece| {
                progress.check()?;
                came += piece.len() as u64;
                progress.add_bytes(piece.len() as u64);
                read.set(read.get() + piece.len() as u64);
                file.write(&piece).map_err(|cause| Error::write(&path, &cause))?;
                hash(piece);
                Ok(())
            })
        });
        let sum = hashed.iter().find(|(algorithm, parts)| {
            *algorithm == HashAlgorithm::Sha256 && matches!(parts.as_slice(), [((0, end), _)] if *end == came)
        });
        let sum = sum.and_then(|(_, parts)| parts.first()).map(|(_, sum)| sum.as_slice());
        let is_as_said = came != object.size || taking.said.is_none() || taking.said == sum;
        match streamed {
            Ok(()) => {}
            // A registry's place says so as well, after the last byte.
            Err(error) if error.code == Code::Changed && !is_as_said => {}
            Err(error) => return Err(error.into()),
        }
        let is_whole = file.end().map_err(unwritten)?;
        self.has_gaps.set(self.has_gaps.get() || !is_whole);
        if came != object.size {
            return Err(Stop::Unknown(UnknownClass::Changed));
        }
        for (algorithm, parts) in hashed {
            self.fresh.keep(&path, algorithm, parts);
        }
        Ok(is_as_said)
    }
}

/// How an object is taken.
#[derive(Default)]
pub(super) struct Taking<'a> {
    /// What somebody says that its SHA-256 is.
    pub(super) said: Option<&'a [u8]>,
    /// How the signature names its digests; none where it is not known, or nothing asks for them.
    pub(super) signed: Option<(HashAlgorithm, Option<u64>)>,
    /// Whether numbers need not be kept.
    pub(super) gaps: bool,
}

impl Taking<'_> {
    fn hashers(&self) -> Vec<Hasher> {
        let signed = self.signed.map(|(algorithm, shard)| Hasher::new(algorithm, shard));
        // One is enough where both are the same.
        let is_same = matches!(self.signed, Some((HashAlgorithm::Sha256, None)));
        let said = self.said.filter(|_| !is_same).map(|_| Hasher::new(HashAlgorithm::Sha256, None));
        signed.into_iter().chain(said).collect()
    }
}

/// A file that is being written: all of it, or its beginning and its end.
struct Kept {
    file: BufWriter<File>,
    /// Where the next piece begins.
    at: u64,
    size: u64,
    /// Its name, where a gap is allowed and worth it; what it is shows its first piece.
    name: Option<String>,
    /// The bytes that are not kept.
    gap: Range<u64>,
}

impl Kept {
    fn new(file: File, name: &str, size: u64, gaps: bool) -> Self {
        let name = (gaps && size > BESIDE).then(|| name.to_owned());
        Kept { file: BufWriter::new(file), at: 0, size, name, gap: 0..0 }
    }

    fn write(&mut self, piece: &[u8]) -> std::io::Result<()> {
        if let (0, Some(name)) = (self.at, &self.name) {
            let end = self.size.saturating_sub(TAIL);
            self.gap = looked_into(name, piece).map_or(0..0, |header| header.max(TAIL).min(end)..end);
        }
        let (from, to) = (self.at, self.at + piece.len() as u64);
        self.at = to;
        let part = |range: Range<u64>| {
            let inside = |at: u64| usize::try_from(at.clamp(from, to) - from).unwrap_or(usize::MAX);
            piece.get(inside(range.start)..inside(range.end)).unwrap_or_default()
        };
        if self.gap.is_empty() {
            return self.file.write_all(piece);
        }
        self.file.write_all(part(0..self.gap.start))?;
        if from < self.gap.end && to >= self.gap.end {
            self.file.seek(SeekFrom::Start(self.gap.end))?;
        }
        self.file.write_all(part(self.gap.end..u64::MAX))
    }

    /// Whether all bytes are there.
    fn end(mut self) -> std::io::Result<bool> {
        self.file.flush()?;
        Ok(self.gap.is_empty())
    }
}

/// Hands pieces to all hashers, beside what else is done with them: the next pieces come meanwhile.
fn hashing<T>(
    mut hashers: Vec<Hasher>,
    size: u64,
    feed: impl FnOnce(&mut dyn FnMut(Vec<u8>)) -> T,
) -> (T, Vec<(HashAlgorithm, Vec<PartDigest>)>) {
    let ended = |hashers: Vec<Hasher>| -> Vec<_> {
        hashers.into_iter().map(|hasher| (hasher.algorithm(), hasher.finish())).collect()
    };
    if hashers.is_empty() || size <= BESIDE {
        let fed = feed(&mut |piece| hashers.iter_mut().for_each(|hasher| hasher.update(&piece)));
        return (fed, ended(hashers));
    }
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Vec<u8>>(AHEAD);
        let beside = scope.spawn(move || {
            for piece in receive {
                hashers.iter_mut().for_each(|hasher| hasher.update(&piece));
            }
            ended(hashers)
        });
        // It takes everything until nothing more can come.
        let fed = feed(&mut |piece| drop(send.send(piece)));
        drop(send);
        (fed, beside.join().unwrap_or_default())
    })
}
