//! A stretch of a file, or of an unpacked entry, read in small steps. Every byte read is taken from a budget
//! that all files of a model share; bytes stepped over are not read. It knows no format.

use crate::disk::{self, Unread};
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// Why reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::inventory::weights) enum Stop {
    /// The bytes end before what they promise.
    Cut,
    /// A limit of ours, in our own words.
    Limit(&'static str),
    /// Against the format, in our own words.
    Broken(&'static str),
    /// The system refused.
    Io(ErrorKind),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Cut => f.write_str("it ends too early"),
            Stop::Limit(what) | Stop::Broken(what) => f.write_str(what),
            Stop::Io(kind) => write!(f, "cannot read ({kind})"),
        }
    }
}

/// The bytes from where the reader stands to `end`.
pub(super) struct Window<'b, R> {
    reader: R,
    at: u64,
    end: u64,
    budget: &'b mut u64,
}

impl<'b> Window<'b, BufReader<File>> {
    /// A stretch of a regular file.
    pub fn open(path: &Path, from: u64, end: u64, budget: &'b mut u64) -> Result<Self, Stop> {
        let unread = |cause: std::io::Error| Stop::Io(cause.kind());
        let (mut file, _) = disk::open(path).map_err(|why| match why {
            Unread::Io(cause) => unread(cause),
            _ => Stop::Io(std::io::ErrorKind::Unsupported),
        })?;
        file.seek(SeekFrom::Start(from)).map_err(unread)?;
        Ok(Window { reader: BufReader::new(file), at: from, end, budget })
    }
}

impl<'a, 'b> Window<'b, Cursor<&'a [u8]>> {
    /// Bytes at hand.
    pub fn over(bytes: &'a [u8], budget: &'b mut u64) -> Self {
        Window { reader: Cursor::new(bytes), at: 0, end: bytes.len() as u64, budget }
    }
}

impl<R: Read + Seek> Window<'_, R> {
    /// The offset of the next byte.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// How many bytes are left.
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Stop> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// The next bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The next bytes; the caller holds `count` to a limit.
    pub fn bytes(&mut self, count: usize) -> Result<Vec<u8>, Stop> {
        if count as u64 > self.left() {
            return Err(Stop::Cut);
        }
        let mut bytes = vec![0; count];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Steps over bytes.
    pub fn skip(&mut self, count: u64) -> Result<(), Stop> {
        if count > self.left() {
            return Err(Stop::Cut);
        }
        let step = i64::try_from(count).map_err(|_| Stop::Cut)?;
        self.reader.seek_relative(step).map_err(|cause| Stop::Io(cause.kind()))?;
        self.at += count;
        Ok(())
    }

    /// Goes to an offset.
    pub fn go(&mut self, to: u64) -> Result<(), Stop> {
        if to > self.end {
            return Err(Stop::Cut);
        }
        self.reader.seek(SeekFrom::Start(to)).map_err(|cause| Stop::Io(cause.kind()))?;
        self.at = to;
        Ok(())
    }

    /// The next `count` bytes as a window of their own.
    pub fn part(&mut self, count: u64) -> Result<Window<'_, &mut R>, Stop> {
        if count > self.left() {
            return Err(Stop::Cut);
        }
        Ok(Window { reader: &mut self.reader, at: self.at, end: self.at + count, budget: self.budget })
    }

    /// Reads with a budget of its own, of which no more is had than of the shared one.
    pub fn limited<T>(&mut self, limit: u64, read: impl FnOnce(&mut Window<'_, &mut R>) -> T) -> T {
        let mut own = limit.min(*self.budget);
        let given = own;
        let mut inner = Window { reader: &mut self.reader, at: self.at, end: self.end, budget: &mut own };
        let result = read(&mut inner);
        self.at = inner.at;
        *self.budget -= given - own;
        result
    }

    /// What is left to be read of all files together.
    pub fn budget(&mut self) -> &mut u64 {
        self.budget
    }

    /// Takes from the budget what was had otherwise than by reading.
    pub fn spend(&mut self, count: u64) -> Result<(), Stop> {
        let left = self.budget.checked_sub(count);
        *self.budget = left.unwrap_or(0);
        left.map(drop).ok_or(Stop::Limit("more bytes than are looked at"))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Stop> {
        let count = bytes.len() as u64;
        if count > self.left() {
            return Err(Stop::Cut);
        }
        self.spend(count)?;
        self.reader.read_exact(bytes).map_err(|cause| match cause.kind() {
            ErrorKind::UnexpectedEof => Stop::Cut,
            kind => Stop::Io(kind),
        })?;
        self.at += count;
        Ok(())
    }
}

/// As much as is at hand; a budget that is spent is an error, so that it is not taken for the end.
impl<R: Read + Seek> Read for Window<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = usize::try_from(self.left()).unwrap_or(usize::MAX).min(buffer.len());
        let room = buffer.get_mut(..count).unwrap_or_default();
        if room.is_empty() {
            return Ok(0);
        }
        if *self.budget == 0 {
            return Err(std::io::Error::from(ErrorKind::QuotaExceeded));
        }
        let read = self.reader.read(room)?;
        self.at += read as u64;
        *self.budget = self.budget.saturating_sub(read as u64);
        Ok(read)
    }
}
