//! Blake3 by its own tree: every file is cut where subtrees end, all threads read and hash the pieces, and who
//! finishes a file's last piece joins them. So one file keeps all threads busy, with reading too.

use crate::error::{Error, Result};
use crate::progress::Progress;
use blake3::Hasher;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};

use super::job::HashJob;
use super::plan::{Stamps, buffer_bytes};
use super::source::Source;
use super::streams::{Results, not_begun};

/// Powers of two, so that every piece but the last of a file is a complete subtree.
const LEAST_PIECE_BYTES: u64 = 1 << 20;
const MOST_PIECE_BYTES: u64 = 16 << 20;
/// Pieces for a thread: enough that all end at about the same time.
const PIECES_FOR_A_THREAD: u64 = 8;

/// A piece of a job.
#[derive(Debug, Clone, Copy)]
struct Piece {
    job: u32,
    number: u32,
}

/// A job of several pieces: what is known of each.
struct Pieces {
    values: Vec<Option<ChainingValue>>,
    left: usize,
    error: Option<Error>,
}

/// The digests of all jobs in their order. A job that was not finished because of a cancellation says so.
pub(super) fn hash(jobs: &[HashJob], progress: &Progress) -> Vec<Result<Vec<u8>>> {
    let threads = rayon::current_num_threads();
    let piece_bytes = piece_bytes(jobs, threads);
    let work = Work {
        jobs,
        progress,
        piece_bytes,
        order: order(jobs, piece_bytes),
        begun: AtomicUsize::new(0),
        stamps: Stamps::of(jobs, |job| count(job.bytes(), piece_bytes) > 1),
        joining: Mutex::default(),
        found: Results::of(jobs.len()),
    };
    let buffer = buffer_bytes(threads);
    rayon::scope(|scope| {
        for _ in 0..threads.min(work.order.len()) {
            scope.spawn(|_| work.run(&mut vec![0; buffer]));
        }
    });
    work.found.into_all()
}

fn piece_bytes(jobs: &[HashJob], threads: usize) -> u64 {
    let all = jobs.iter().map(HashJob::bytes).fold(0, u64::saturating_add);
    let fair = all / (threads as u64 * PIECES_FOR_A_THREAD).max(1);
    let power = fair.checked_ilog2().map_or(LEAST_PIECE_BYTES, |log| 1 << log);
    power.clamp(LEAST_PIECE_BYTES, MOST_PIECE_BYTES)
}

/// All pieces, those of the largest jobs first.
fn order(jobs: &[HashJob], piece_bytes: u64) -> Vec<Piece> {
    let mut by_size: Vec<u32> = (0..u32::try_from(jobs.len()).unwrap_or(u32::MAX)).collect();
    let bytes = |job: u32| jobs.get(job as usize).map_or(0, HashJob::bytes);
    by_size.sort_by_key(|job| std::cmp::Reverse(bytes(*job)));
    let pieces = |job: u32| u32::try_from(count(bytes(job), piece_bytes)).unwrap_or(u32::MAX);
    by_size.into_iter().flat_map(|job| (0..pieces(job)).map(move |number| Piece { job, number })).collect()
}

/// An empty file is one piece, too.
fn count(bytes: u64, piece_bytes: u64) -> u64 {
    bytes.div_ceil(piece_bytes).max(1)
}

struct Work<'j, 'p> {
    jobs: &'j [HashJob],
    progress: &'p Progress,
    piece_bytes: u64,
    order: Vec<Piece>,
    begun: AtomicUsize,
    stamps: Stamps,
    /// Jobs of several pieces that are not finished.
    joining: Mutex<HashMap<u32, Pieces>>,
    found: Results,
}

impl Work<'_, '_> {
    fn run(&self, buffer: &mut [u8]) {
        while let Some(piece) = self.order.get(self.begun.fetch_add(1, Relaxed)) {
            let Some(job) = self.jobs.get(piece.job as usize) else { return };
            let pieces = count(job.bytes(), self.piece_bytes);
            let hashed = self.hash(*piece, job, pieces > 1, buffer);
            if self.progress.is_cancelled() {
                return;
            }
            let digest = if pieces == 1 {
                Some(hashed.map(|hasher| hasher.finalize().as_bytes().to_vec()))
            } else {
                self.join(*piece, pieces, hashed.map(|hasher| hasher.finalize_non_root()))
            };
            if let Some(digest) = digest {
                if digest.is_ok() {
                    self.progress.add_file();
                }
                self.found.set(piece.job as usize, digest);
            }
        }
    }

    fn hash(&self, piece: Piece, job: &HashJob, is_part: bool, buffer: &mut [u8]) -> Result<Hasher> {
        let (start, end) = job.part();
        let offset = u64::from(piece.number) * self.piece_bytes;
        let from = start.saturating_add(offset);
        let to = if is_part { end.min(from.saturating_add(self.piece_bytes)) } else { end };
        // Pieces are opened one by one: what the first of them saw, the others must see.
        let own = self.stamps.get(piece.job as usize);
        let mut source = Source::open(job, (from, to), own)?;
        let mut hasher = Hasher::new();
        if is_part {
            hasher.set_input_offset(offset);
        }
        while source.left() > 0 {
            self.progress.check()?;
            let read = source.read(buffer)?;
            hasher.update(buffer.get(..read).unwrap_or_default());
            self.progress.add_bytes(read as u64);
        }
        source.finish()?;
        Ok(hasher)
    }

    /// Keeps what became of a piece; the digest of its job, once all its pieces are there.
    fn join(&self, piece: Piece, pieces: u64, value: Result<ChainingValue>) -> Option<Result<Vec<u8>>> {
        let mut joining = self.joining.lock().unwrap_or_else(PoisonError::into_inner);
        let count = usize::try_from(pieces).unwrap_or(usize::MAX);
        let all = joining.entry(piece.job).or_insert_with(|| Pieces {
            values: vec![None; count],
            left: count,
            error: None,
        });
        match value {
            Ok(value) => {
                if let Some(slot) = all.values.get_mut(piece.number as usize) {
                    *slot = Some(value);
                }
            }
            Err(error) => all.error = Some(error),
        }
        all.left -= 1;
        if all.left > 0 {
            return None;
        }
        let all = joining.remove(&piece.job)?;
        drop(joining);
        if let Some(error) = all.error {
            return Some(Err(error));
        }
        let values: Option<Vec<ChainingValue>> = all.values.into_iter().collect();
        Some(values.as_deref().and_then(root).ok_or_else(not_begun))
    }
}

/// Blake3, 2.1: a left subtree is complete, and holds as many chunks as it can and still leave one.
fn halves(values: &[ChainingValue]) -> Option<(&[ChainingValue], &[ChainingValue])> {
    values.split_at_checked(values.len().next_power_of_two() / 2)
}

fn root(values: &[ChainingValue]) -> Option<Vec<u8>> {
    let (left, right) = halves(values)?;
    let digest = merge_subtrees_root(&subtree(left)?, &subtree(right)?, Mode::Hash);
    Some(digest.as_bytes().to_vec())
}

fn subtree(values: &[ChainingValue]) -> Option<ChainingValue> {
    if let [value] = values {
        return Some(*value);
    }
    let (left, right) = halves(values)?;
    Some(merge_subtrees_non_root(&subtree(left)?, &subtree(right)?, Mode::Hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_digest_of_the_whole_whatever_their_number() {
        for pieces in 2..40_usize {
            let bytes: Vec<u8> = (0..pieces * 2048 - 1000).map(|i| (i / 7) as u8).collect();
            let value = |(number, piece): (usize, &[u8])| {
                let mut hasher = Hasher::new();
                hasher.set_input_offset(number as u64 * 2048).update(piece);
                hasher.finalize_non_root()
            };
            let values: Vec<ChainingValue> = bytes.chunks(2048).enumerate().map(value).collect();
            assert_eq!(root(&values).unwrap(), blake3::hash(&bytes).as_bytes());
        }
    }
}
