//! Where the digests of a model's files come from: computed now, known from earlier, or had while the bytes came. Whatever is
//! not computed by the processors may confirm and never contradict: a digest that does not fit is computed again by them.

use crate::error::Result;
use crate::progress::Progress;
use jiff::Timestamp;

use super::engine::DigestEngine;
use super::files::hash_files;
use super::fresh::Fresh;
use super::job::{HashAlgorithm, HashJob};
use super::remembered::{DigestKey, Recalled, Remembered, Reuse, is_settled, key_of};

/// Where digests of files come from. By default all are computed, by the processors.
#[derive(Clone, Copy, Default)]
pub struct Digesting<'d> {
    /// What computes them in place of the processors.
    pub engine: Option<&'d dyn DigestEngine>,
    /// What was computed earlier, and may be taken: FILES then says so.
    pub reuse: Option<Reuse<'d>>,
    /// What was computed a moment ago from the very bytes of these files.
    pub fresh: Option<&'d Fresh>,
}

impl<'d> From<Option<Reuse<'d>>> for Digesting<'d> {
    fn from(reuse: Option<Reuse<'d>>) -> Self {
        Digesting { reuse, ..Digesting::default() }
    }
}

/// Digests in the order of the jobs, and which of them were remembered.
pub(crate) type Hashed = (Vec<Result<Vec<u8>>>, Option<Recalled>);

/// As [`hash_files`], but for what is known already and `fits` the job of that index. A digest that does not fit
/// counts only once the processor has computed it from the bytes: nothing else may contradict.
///
/// # Errors
/// `E-CANCELLED`; what the engine gives.
pub(crate) fn hash_or_recall(
    algorithm: HashAlgorithm,
    jobs: &[HashJob],
    digesting: Digesting<'_>,
    fits: &dyn Fn(usize, &[u8]) -> bool,
    progress: &Progress,
) -> Result<Hashed> {
    let Digesting { engine, reuse, fresh } = digesting;
    if reuse.is_none() && fresh.is_none() {
        let all: Vec<usize> = (0..jobs.len()).collect();
        let digests = compute(algorithm, jobs, &all, engine, fits, progress)?;
        return Ok((digests.into_iter().map(|(digest, _)| digest).collect(), None));
    }
    let keys: Vec<Option<DigestKey>> = jobs.iter().map(|job| key_of(job, algorithm)).collect();
    let mut digests: Vec<Option<Result<Vec<u8>>>> = jobs.iter().map(|_| None).collect();
    let mut recalled: Option<Recalled> = None;
    if let Some(fresh) = fresh {
        for (index, (key, slot)) in keys.iter().zip(&mut digests).enumerate() {
            let Some(key) = key else { continue };
            if let Some(known) = fresh.of(key).filter(|known| fits(index, known)) {
                progress.add_bytes(key.range.1 - key.range.0);
                progress.add_file();
                *slot = Some(Ok(known));
            }
        }
    }
    if let Some(reuse) = reuse
        && let Some(not_before) = reuse.not_before
    {
        let open = keys.iter().zip(&digests).enumerate().filter(|(_, (_, digest))| digest.is_none());
        let (indices, asked): (Vec<usize>, Vec<DigestKey>) =
            open.filter_map(|(index, (key, _))| Some((index, key.clone()?))).unzip();
        let known = reuse.ledger.recall(&asked);
        // What is dated later would never grow old.
        let now = Timestamp::now();
        for ((index, key), known) in indices.into_iter().zip(asked).zip(known) {
            let Some(known) =
                known.filter(|known| (not_before..=now).contains(&known.at) && fits(index, &known.digest))
            else {
                continue;
            };
            let bytes = key.range.1 - key.range.0;
            let before = recalled.unwrap_or(Recalled { parts: 0, bytes: 0, oldest: known.at });
            recalled = Some(Recalled {
                parts: before.parts + 1,
                bytes: before.bytes + bytes,
                oldest: before.oldest.min(known.at),
            });
            progress.add_bytes(bytes);
            progress.add_file();
            if let Some(slot) = digests.get_mut(index) {
                *slot = Some(Ok(known.digest));
            }
        }
    }
    let open: Vec<usize> =
        (0..jobs.len()).filter(|at| digests.get(*at).is_some_and(Option::is_none)).collect();
    let left: Vec<HashJob> = open.iter().filter_map(|at| jobs.get(*at).cloned()).collect();
    let mut computed = Vec::new();
    for (at, (digest, is_own)) in open.iter().zip(compute(algorithm, &left, &open, engine, fits, progress)?) {
        if let (true, Ok(digest), Some(Some(key)), Some(job)) =
            (is_own, &digest, keys.get(*at), jobs.get(*at))
            && key_of(job, algorithm).as_ref() == Some(key)
            && is_settled(&key.file)
        {
            computed.push((key.clone(), Remembered { digest: digest.clone(), at: Timestamp::now() }));
        }
        if let Some(slot) = digests.get_mut(*at) {
            *slot = Some(digest);
        }
    }
    if let Some(reuse) = reuse {
        reuse.ledger.remember(&computed);
    }
    Ok((digests.into_iter().flatten().collect(), recalled))
}

/// Digests of jobs that have these indices among all, and whether the processor computed them.
fn compute(
    algorithm: HashAlgorithm,
    jobs: &[HashJob],
    indices: &[usize],
    engine: Option<&dyn DigestEngine>,
    fits: &dyn Fn(usize, &[u8]) -> bool,
    progress: &Progress,
) -> Result<Vec<(Result<Vec<u8>>, bool)>> {
    let Some(engine) = engine else {
        return Ok(hash_files(algorithm, jobs, progress)?.into_iter().map(|digest| (digest, true)).collect());
    };
    let found = engine.digests(algorithm, jobs, progress)?;
    // Of an engine that gives fewer than were asked for, the others are computed here.
    let found = found.into_iter().map(Some).chain(std::iter::repeat_with(|| None)).take(jobs.len());
    let fit = |(index, digest): (&usize, Option<Result<Vec<u8>>>)| {
        let digest = digest.filter(|digest| digest.as_ref().is_ok_and(|digest| fits(*index, digest)));
        (digest, false)
    };
    let mut all: Vec<(Option<Result<Vec<u8>>>, bool)> = indices.iter().zip(found).map(fit).collect();
    let left: Vec<HashJob> = jobs
        .iter()
        .zip(&all)
        .filter(|(_, (digest, _))| digest.is_none())
        .map(|(job, _)| job.clone())
        .collect();
    let again = hash_files(algorithm, &left, progress)?;
    for (slot, digest) in all.iter_mut().filter(|(digest, _)| digest.is_none()).zip(again) {
        *slot = (Some(digest), true);
    }
    Ok(all.into_iter().filter_map(|(digest, is_own)| Some((digest?, is_own))).collect())
}
