//! Who hashes which job when: largest first, so that no long one is left for the end; several streams to a
//! thread, so that its lanes are full; and about as many bytes for every thread, so that none idles. It opens
//! nothing.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::job::HashJob;
use super::source::Stamp;

/// Memory for the buffers of all threads together.
const BUFFERS_BYTES: usize = 32 << 20;
/// A read of this size costs little more than its bytes, and what a thread's streams have in memory stays in the
/// processor's caches until it is hashed: with 256 KiB each, 32 streams are an eighth slower, with 16 KiB, too.
/// What the disk is asked for does not depend on it: the kernel reads ahead.
const MOST_BUFFER_BYTES: usize = 64 << 10;
/// A whole number of chunks of every algorithm, and a page.
const LEAST_BUFFER_BYTES: usize = 4 << 10;

/// How large the buffer of one stream is, among so many.
pub(super) fn buffer_bytes(streams: usize) -> usize {
    let fair = (BUFFERS_BYTES / streams.max(1)).clamp(LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES);
    fair - fair % LEAST_BUFFER_BYTES
}

/// How a thread is best used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes {
    /// Streams at once.
    pub(super) most: usize,
    /// How much faster it is with all of them than with one, as a fraction.
    pub(super) gain: (u64, u64),
}

/// The jobs in the order in which they are begun.
pub(super) struct Plan<'j> {
    jobs: &'j [HashJob],
    order: Vec<u32>,
    begun: Mutex<usize>,
    lanes: Lanes,
    /// What a thread would have to do if all had the same.
    share_bytes: u64,
    /// A job above this takes longer by itself than everything else together: it gets no company.
    long_bytes: u64,
    stamps: Stamps,
}

/// A job to be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begin {
    /// Its index.
    pub(super) index: usize,
    /// How many are begun together with it.
    pub(super) together: usize,
}

impl<'j> Plan<'j> {
    pub(super) fn new(jobs: &'j [HashJob], threads: usize, lanes: Lanes) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(jobs.len()).unwrap_or(u32::MAX)).collect();
        let bytes_of = |index: u32| bytes_at(jobs, index);
        // Stable: files of one size are read in the order of their names, which is often that of the disk.
        order.sort_by_key(|index| std::cmp::Reverse(bytes_of(*index)));
        let all: u64 = order.iter().map(|index| bytes_of(*index)).fold(0, u64::saturating_add);
        let threads = threads.max(1) as u64;
        let (gain, of) = lanes.gain;
        // By itself a job goes slower by the gain; on one thread there is nothing to be gained by it.
        let long = u128::from(all) * u128::from(of) / (u128::from(gain) * u128::from(threads)).max(1);
        Plan {
            jobs,
            order,
            begun: Mutex::new(0),
            lanes,
            share_bytes: all.div_ceil(threads),
            long_bytes: if threads == 1 { u64::MAX } else { u64::try_from(long).unwrap_or(u64::MAX) },
            stamps: Stamps::of(jobs, |_| false),
        }
    }

    /// What a thread begins that has these jobs at work; empty when it should begin none now.
    pub(super) fn begin(&self, at_work: &[usize]) -> Vec<Begin> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let is_long = |bytes: u64| bytes > self.long_bytes;
        let size_of = |index: usize| self.jobs.get(index).map_or(0, HashJob::bytes);
        let mut bytes: u64 = at_work.iter().map(|index| size_of(*index)).fold(0, u64::saturating_add);
        let mut has_long = at_work.iter().any(|index| is_long(size_of(*index)));
        let mut room = self.lanes.most.saturating_sub(at_work.len());
        let first = *begun;
        while let Some(index) = self.order.get(*begun).filter(|_| room > 0) {
            let next = bytes_at(self.jobs, *index);
            let is_alone = *begun == first && at_work.is_empty();
            // Half a job more or less than the share is as near as one can come.
            let is_too_much = bytes.saturating_add(next / 2) > self.share_bytes;
            if !is_alone && (is_too_much || has_long && !is_long(next)) {
                break;
            }
            bytes = bytes.saturating_add(next);
            has_long |= is_long(next);
            room -= 1;
            *begun += 1;
        }
        let taken = self.order.get(first..*begun).unwrap_or_default();
        taken.iter().map(|index| Begin { index: *index as usize, together: taken.len() }).collect()
    }

    /// The job at an index, and what all readers of its file share.
    pub(super) fn job(&self, index: usize) -> Option<(&'j HashJob, Option<&OnceLock<Stamp>>)> {
        Some((self.jobs.get(index)?, self.stamps.get(index)))
    }
}

fn bytes_at(jobs: &[HashJob], index: u32) -> u64 {
    jobs.get(index as usize).map_or(0, HashJob::bytes)
}

/// One stamp for every file that is opened more than once. The jobs of a file stand beside each other.
pub(super) struct Stamps {
    /// For each such file the index of its first job, and one more than that of its last.
    ranges: Vec<(usize, usize)>,
    stamps: Vec<OnceLock<Stamp>>,
}

impl Stamps {
    /// `is_cut` says whether a job by itself opens its file more than once.
    pub(super) fn of(jobs: &[HashJob], is_cut: impl Fn(&HashJob) -> bool) -> Self {
        let mut ranges = Vec::new();
        let mut start = 0;
        for file in jobs.chunk_by(|a, b| a.path == b.path) {
            if file.len() > 1 || file.iter().any(&is_cut) {
                ranges.push((start, start + file.len()));
            }
            start += file.len();
        }
        let stamps = ranges.iter().map(|_| OnceLock::new()).collect();
        Stamps { ranges, stamps }
    }

    pub(super) fn get(&self, index: usize) -> Option<&OnceLock<Stamp>> {
        let found = self.ranges.partition_point(|(_, end)| *end <= index);
        let (start, _) = self.ranges.get(found)?;
        if *start <= index { self.stamps.get(found) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAIN: (u64, u64) = (31 * 16, 190);

    fn jobs(sizes: &[u64]) -> Vec<HashJob> {
        let job = |(index, size): (usize, &u64)| HashJob {
            path: format!("{index}").into(),
            size: *size,
            range: None,
        };
        sizes.iter().enumerate().map(job).collect()
    }

    /// What each of the threads begins with, by size.
    fn first_groups(sizes: &[u64], threads: usize) -> Vec<Vec<u64>> {
        let jobs = jobs(sizes);
        let plan = Plan::new(&jobs, threads, Lanes { most: 16, gain: GAIN });
        (0..threads).map(|_| plan.begin(&[]).iter().map(|begin| sizes[begin.index]).collect()).collect()
    }

    #[test]
    fn fewer_streams_than_lanes_are_shared_among_the_threads() {
        assert_eq!(first_groups(&[256; 16], 2), [vec![256; 8], vec![256; 8]]);
        assert_eq!(first_groups(&[5; 4], 2), [vec![5; 2], vec![5; 2]]);
        assert_eq!(first_groups(&[5; 3], 2), [vec![5; 2], vec![5; 1]]);
        assert_eq!(first_groups(&[64; 64], 2), [vec![64; 16], vec![64; 16]]);
    }

    #[test]
    fn a_job_that_outlasts_all_others_gets_no_company_where_there_is_another_thread() {
        let mut sizes = vec![40; 100];
        sizes.push(4000);
        assert_eq!(first_groups(&sizes, 2), [vec![4000], vec![40; 16]]);
        let alone = first_groups(&sizes, 1);
        assert_eq!(alone.iter().map(Vec::len).collect::<Vec<_>>(), [16]);
        let mut sizes = vec![1; 15];
        sizes.extend([5000, 5000]);
        let groups = first_groups(&sizes, 2);
        assert_eq!(groups.iter().map(|group| group.first()).collect::<Vec<_>>(), [Some(&5000); 2]);
    }

    #[test]
    fn the_memory_for_buffers_does_not_grow_with_the_number_of_threads() {
        for threads in 1..=256 {
            assert!(threads * 32 * buffer_bytes(threads * 32) <= BUFFERS_BYTES, "{threads}");
        }
        assert_eq!(buffer_bytes(64), MOST_BUFFER_BYTES);
    }

    #[test]
    fn every_job_is_begun_once() {
        let sizes: Vec<u64> = (0..1000).map(|i| i * 7919 % 1013).collect();
        let jobs = jobs(&sizes);
        let plan = Plan::new(&jobs, 3, Lanes { most: 16, gain: GAIN });
        let mut seen = Vec::new();
        let mut at_work: Vec<usize> = Vec::new();
        loop {
            let begun = plan.begin(&at_work);
            if begun.is_empty() && at_work.is_empty() {
                break;
            }
            at_work.extend(begun.iter().map(|begin| begin.index));
            assert!(at_work.len() <= 16, "a stream more than there are buffers for");
            seen.extend(begun.iter().map(|begin| begin.index));
            at_work.remove(0);
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_opened_more_than_once_has_a_stamp_and_shards_of_one_file_share_it() {
        let mut jobs = jobs(&[1, 2, 3, 4, 5, 6]);
        jobs[2].path = jobs[1].path.clone();
        jobs[5].path = jobs[4].path.clone();
        let stamps = Stamps::of(&jobs, |job| job.size == 1);
        let which = |index: usize| stamps.get(index).map(std::ptr::from_ref);
        assert_eq!(which(3), None);
        assert_eq!((which(1), which(4)), (which(2), which(5)));
        let three = [which(0), which(1), which(4)];
        assert!(three.iter().all(Option::is_some) && three[0] != three[1] && three[1] != three[2]);
    }
}
