//! Reads the part of a file that a job names, and notices when the file is not what was listed, or changes
//! while it is read. It knows no algorithm.

use crate::disk::{self, Unread};
use crate::error::{Code, Error, ReadFault, Result};
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::sync::OnceLock;
use std::time::SystemTime;

use super::job::HashJob;

/// What tells that a file was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    /// None where the file system does not know.
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Stamp { size: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// An open file, at some place in its part.
#[derive(Debug)]
pub(super) struct Source<'j> {
    job: &'j HashJob,
    file: File,
    left: u64,
    stamp: Stamp,
}

impl<'j> Source<'j> {
    /// Opens a job's file for the bytes from `start` to `end`. All readers of one file share `first`: the
    /// first one says what the file looks like, and the others want it to look like that.
    pub(super) fn open(
        job: &'j HashJob,
        (start, end): (u64, u64),
        first: Option<&OnceLock<Stamp>>,
    ) -> Result<Self> {
        let unreadable = |cause: std::io::Error| Error::read(&job.path, &cause);
        let (mut file, metadata) = open(job)?;
        let stamp = Stamp::of(&metadata);
        let is_first = first.is_none_or(|first| *first.get_or_init(|| stamp) == stamp);
        if stamp.size != job.size || !is_first {
            return Err(changed(job));
        }
        if start > end || end > job.size {
            return Err(Error::new(Code::Internal, "a range outside of its file").at_path(&job.path));
        }
        if start > 0 {
            file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        }
        foretell(&file, start, end - start);
        Ok(Source { job, file, left: end - start, stamp })
    }

    /// Bytes that are still to be read.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Fills `buffer`, or as much of it as is left of the part; how many bytes that were.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let want = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let mut have = 0;
        while have < want {
            #[cfg(test)]
            counts::read();
            match self.file.read(buffer.get_mut(have..want).unwrap_or_default()) {
                Ok(0) => return Err(changed(self.job)),
                Ok(read) => have += read,
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Err(Error::read(&self.job.path, &cause)),
            }
        }
        self.left -= want as u64;
        Ok(want)
    }

    /// To be asked after the last byte: whether the file still is what it was when it was opened.
    pub(super) fn finish(self) -> Result<()> {
        let metadata = self.file.metadata().map_err(|cause| Error::read(&self.job.path, &cause))?;
        if Stamp::of(&metadata) == self.stamp { Ok(()) } else { Err(changed(self.job)) }
    }
}

/// A pipe that took the file's place is no longer the file that was listed.
fn open(job: &HashJob) -> Result<(File, Metadata)> {
    #[cfg(test)]
    counts::OPENS.set(counts::OPENS.get() + 1);
    disk::open(&job.path).map_err(|why| match why {
        Unread::NotAFile => changed(job),
        other => other.error(&job.path),
    })
}

/// Tells the kernel that the bytes will be read in order, so that it reads further ahead. Only advice: what it
/// answers does not matter. A part that few reads fetch needs none.
#[cfg(target_os = "linux")]
fn foretell(file: &File, start: u64, bytes: u64) {
    const WORTH_A_CALL: u64 = 256 * 1024;
    if let Some(bytes) = std::num::NonZeroU64::new(bytes).filter(|bytes| bytes.get() > WORTH_A_CALL) {
        let _ = rustix::fs::fadvise(file, start, Some(bytes), rustix::fs::Advice::Sequential);
    }
}

#[cfg(not(target_os = "linux"))]
fn foretell(_: &File, _: u64, _: u64) {}

fn changed(job: &HashJob) -> Error {
    Error::new(Code::Changed, "the file changed while it was read")
        .at_path(&job.path)
        .help("wait until nothing writes to the model, then try again")
        .fault(ReadFault::Changed)
}

/// What the system was asked for by this thread: tests hold the cost of hashing by it, for clocks waver.
#[cfg(test)]
pub(super) mod counts {
    use crate::progress::Progress;
    use std::cell::{Cell, RefCell};

    thread_local! {
        pub(in super::super) static OPENS: Cell<usize> = const { Cell::new(0) };
        pub(in super::super) static READS: Cell<usize> = const { Cell::new(0) };
        /// Cancels that work at that read.
        pub(in super::super) static CANCELS: RefCell<Option<(usize, Progress)>> = const { RefCell::new(None) };
    }

    pub(super) fn read() {
        READS.set(READS.get() + 1);
        CANCELS.with_borrow(|cancels| match cancels {
            Some((at, progress)) if *at == READS.get() => progress.cancel(),
            _ => {}
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn code(result: Result<()>) -> Option<Code> {
        result.err().map(|error| error.code)
    }

    #[test]
    fn a_file_that_is_written_to_while_it_is_read_is_an_error_though_its_size_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("weights");
        std::fs::write(&path, b"0123456789").unwrap();
        let job = HashJob { path: path.clone(), size: 10, range: None };
        let whole = || {
            let mut source = Source::open(&job, job.part(), None).unwrap();
            assert_eq!(source.read(&mut [0; 100]).unwrap(), 10);
            source
        };
        assert_eq!(code(whole().finish()), None);
        let source = whole();
        let later = SystemTime::now() + Duration::from_secs(10);
        File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        assert_eq!(code(source.finish()), Some(Code::Changed));
        let source = whole();
        File::options().append(true).open(&path).unwrap().set_len(11).unwrap();
        assert_eq!(code(source.finish()), Some(Code::Changed));
    }

    #[test]
    fn all_parts_of_a_file_are_read_from_the_same_state_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("weights");
        std::fs::write(&path, b"0123456789").unwrap();
        let job = HashJob { path: path.clone(), size: 10, range: None };
        let first = OnceLock::new();
        Source::open(&job, (0, 5), Some(&first)).unwrap().finish().unwrap();
        Source::open(&job, (5, 10), Some(&first)).unwrap().finish().unwrap();
        let later = SystemTime::now() + Duration::from_secs(10);
        File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        let error = Source::open(&job, (5, 10), Some(&first)).unwrap_err();
        assert_eq!((error.code, error.at.unwrap().raw()), (Code::Changed, path.to_str().unwrap()));
    }
}
