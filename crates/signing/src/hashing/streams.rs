//! Hashes many streams at once, as sha256 and blake2b want it: each thread keeps as many open as it has lanes,
//! begins the next as soon as one ends, and compresses what all of them have ready.

use crate::error::{Code, Error, Result};
use crate::progress::Progress;
use aws_lc_rs::digest;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::job::HashJob;
use super::kernel::{Block, Stream};
use super::plan::{Begin, Lanes, Plan, buffer_bytes};
use super::sha256::{Message, PADDING_BYTES, Sha256};
use super::source::Source;

/// What is computed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    Sha256(&'static Sha256),
    Blake2b,
}

impl Method {
    fn lanes(self) -> Lanes {
        match self {
            Method::Sha256(choice) => Lanes { most: choice.lanes(), gain: choice.gain() },
            // Four lanes do 1.4 times what one stream does.
            Method::Blake2b => Lanes { most: blake2b_simd::many::degree().max(1), gain: (14, 10) },
        }
    }
}

/// The digests of all jobs in their order. A job that was not begun because of a cancellation says so.
pub(super) fn hash(method: Method, jobs: &[HashJob], progress: &Progress) -> Vec<Result<Vec<u8>>> {
    let threads = rayon::current_num_threads().min(jobs.len()).max(1);
    let plan = Plan::new(jobs, threads, method.lanes());
    let found = Results::of(jobs.len());
    let buffer = buffer_bytes(threads * method.lanes().most);
    rayon::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| {
                let (at_work, spare) = (Vec::new(), Vec::new());
                Worker { method, plan: &plan, progress, found: &found, buffer, at_work, spare }.run();
            });
        }
    });
    found.into_all()
}

/// What became of every job, as far as it is known.
pub(super) struct Results(Mutex<Vec<Option<Result<Vec<u8>>>>>);

impl Results {
    pub(super) fn of(jobs: usize) -> Self {
        Results(Mutex::new((0..jobs).map(|_| None).collect()))
    }

    pub(super) fn set(&self, index: usize, digest: Result<Vec<u8>>) {
        if let Some(slot) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index) {
            *slot = Some(digest);
        }
    }

    pub(super) fn into_all(self) -> Vec<Result<Vec<u8>>> {
        let all = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        all.into_iter().map(|digest| digest.unwrap_or_else(|| Err(not_begun()))).collect()
    }
}

pub(super) fn not_begun() -> Error {
    Error::new(Code::Cancelled, "cancelled; nothing was changed")
}

/// One thread's streams.
struct Worker<'j, 'p> {
    method: Method,
    plan: &'p Plan<'j>,
    progress: &'p Progress,
    found: &'p Results,
    /// Size of a buffer in bytes, without the room for padding.
    buffer: usize,
    at_work: Vec<Open<'j>>,
    /// Buffers of streams that ended.
    spare: Vec<Vec<u8>>,
}

/// A stream: where it comes from, what of it is in memory, what became of it so far.
struct Open<'j> {
    index: usize,
    source: Source<'j>,
    buffer: Vec<u8>,
    ready: Range<usize>,
    hash: Hash,
}

enum Hash {
    /// Sha256 in a lane.
    Lane(Message),
    /// Sha256 by itself.
    Whole(Box<digest::Context>),
    Blake2b(Box<blake2b_simd::State>),
}

impl Worker<'_, '_> {
    fn run(mut self) {
        while !self.progress.is_cancelled() {
            self.begin();
            if self.at_work.is_empty() {
                return;
            }
            self.fill();
            self.compress();
            self.end();
        }
    }

    /// Opens what comes next. Where none of it can be opened, what comes after that: who has nothing at work
    /// has nothing left to do.
    fn begin(&mut self) {
        loop {
            let at_work: Vec<usize> = self.at_work.iter().map(|open| open.index).collect();
            let begun = self.plan.begin(&at_work);
            self.open(at_work.len(), &begun);
            if begun.is_empty() || !self.at_work.is_empty() || self.progress.is_cancelled() {
                return;
            }
        }
    }

    fn open(&mut self, at_work: usize, begun: &[Begin]) {
        for begin in begun {
            let Some((job, first)) = self.plan.job(begin.index) else { continue };
            let source = match Source::open(job, job.part(), first) {
                Ok(source) => source,
                Err(error) => {
                    self.found.set(begin.index, Err(error));
                    continue;
                }
            };
            let hash = match self.method {
                Method::Sha256(choice) if choice.prefers_whole(at_work + begin.together) => {
                    Hash::Whole(Box::new(digest::Context::new(&digest::SHA256)))
                }
                Method::Sha256(_) => Hash::Lane(Message::new()),
                Method::Blake2b => Hash::Blake2b(Box::default()),
            };
            let buffer = self.spare.pop().unwrap_or_default();
            self.at_work.push(Open { index: begin.index, source, buffer, ready: 0..0, hash });
        }
    }

    /// Reads for every stream of which nothing is in memory.
    fn fill(&mut self) {
        for mut open in std::mem::take(&mut self.at_work) {
            if open.ready.is_empty() && !self.progress.is_cancelled() {
                match open.fill(self.buffer) {
                    Ok(read) => self.progress.add_bytes(read as u64),
                    Err(error) => {
                        self.found.set(open.index, Err(error));
                        self.spare.push(open.buffer);
                        continue;
                    }
                }
            }
            self.at_work.push(open);
        }
    }

    fn compress(&mut self) {
        let mut lanes: Vec<Stream> = Vec::with_capacity(self.at_work.len());
        let mut lane_ready: Vec<&mut Range<usize>> = Vec::with_capacity(self.at_work.len());
        let mut many = Vec::new();
        for open in &mut self.at_work {
            let bytes = open.buffer.get(open.ready.clone()).unwrap_or_default();
            match &mut open.hash {
                Hash::Lane(message) => {
                    lanes.push((&mut message.state, bytes.as_chunks().0));
                    lane_ready.push(&mut open.ready);
                }
                Hash::Whole(context) => {
                    context.update(bytes);
                    open.ready = 0..0;
                }
                Hash::Blake2b(state) => {
                    many.push((&mut **state, bytes));
                    open.ready = 0..0;
                }
            }
        }
        if let Method::Sha256(choice) = self.method {
            for (ready, blocks) in lane_ready.into_iter().zip(choice.compress(&mut lanes)) {
                ready.start += blocks * size_of::<Block>();
            }
        }
        blake2b_simd::many::update_many(many);
    }

    /// Closes what was read and compressed to its end.
    fn end(&mut self) {
        if self.progress.is_cancelled() {
            return; // what was not filled is no digest
        }
        for open in self.at_work.extract_if(.., |open| open.ready.is_empty() && open.source.left() == 0) {
            let finished = open.source.finish();
            if finished.is_ok() {
                self.progress.add_file();
            }
            self.found.set(open.index, finished.map(|()| open.hash.digest()));
            self.spare.push(open.buffer);
        }
    }
}

impl Open<'_> {
    /// Reads a buffer full; behind the last byte of a message in a lane comes its padding.
    fn fill(&mut self, most: usize) -> Result<usize> {
        let want = usize::try_from(self.source.left()).unwrap_or(usize::MAX).min(most);
        if self.buffer.len() < want + PADDING_BYTES {
            self.buffer.resize(want + PADDING_BYTES, 0);
        }
        let read = self.source.read(self.buffer.get_mut(..want).unwrap_or_default())?;
        self.ready = 0..read;
        if let Hash::Lane(message) = &mut self.hash {
            message.count(read);
            if self.source.left() == 0 {
                let (padding, length) = message.padding();
                if let Some(place) = self.buffer.get_mut(read..read + length) {
                    place.copy_from_slice(padding.get(..length).unwrap_or_default());
                }
                self.ready.end += length;
            }
        }
        Ok(read)
    }
}

impl Hash {
    fn digest(self) -> Vec<u8> {
        match self {
            Hash::Lane(message) => message.digest(),
            Hash::Whole(context) => context.finish().as_ref().to_vec(),
            Hash::Blake2b(state) => state.finalize().as_bytes().to_vec(),
        }
    }
}
