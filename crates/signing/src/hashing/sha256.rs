//! Which way of compressing is the fastest for so many streams on this machine, and how a message ends. It
//! knows no files.

use std::sync::OnceLock;

use super::kernel::{Block, INITIAL, Kernel, State, Stream};

/// Overrides the choice of instruction set; for tests and measurements. Digests never depend on it.
pub(super) const VARIABLE: &str = "TOUCHMARK_SHA256";

/// What one row of blocks costs, a block for each lane, in nanoseconds on the machine of `docs/performance.md`.
/// Only their ratios matter, and those hold well from one processor to the next.
const COSTS: &[(Kernel, u32)] = &[
    #[cfg(target_arch = "x86_64")]
    (Kernel::Sha, 31),
    #[cfg(target_arch = "x86_64")]
    (Kernel::ShaPair, 43),
    #[cfg(target_arch = "x86_64")]
    (Kernel::Avx512Half, 151),
    #[cfg(target_arch = "x86_64")]
    (Kernel::Avx512, 170),
    #[cfg(target_arch = "x86_64")]
    (Kernel::Avx512Pair, 265),
    #[cfg(target_arch = "x86_64")]
    (Kernel::Avx2, 252),
];
/// The same for one stream of aws-lc-rs without SHA extensions.
const COST_WHOLE: u32 = 89;

/// A name for [`VARIABLE`], its kernels, and whether everything goes through them.
type Set = (&'static str, &'static [Kernel], bool);

const SETS: &[Set] = &[
    ("single", &[], true),
    #[cfg(target_arch = "x86_64")]
    ("sha", &[Kernel::Sha, Kernel::ShaPair], true),
    #[cfg(target_arch = "x86_64")]
    ("avx2", &[Kernel::Avx2], true),
    #[cfg(target_arch = "x86_64")]
    ("avx512", &[Kernel::Avx512Half, Kernel::Avx512, Kernel::Avx512Pair], true),
    // The choice of a machine without SHA extensions, whose aws-lc-rs has none either.
    #[cfg(target_arch = "x86_64")]
    ("without-sha", &[Kernel::Avx2, Kernel::Avx512Half, Kernel::Avx512, Kernel::Avx512Pair], false),
];

/// The ways that may be used: none for one stream at a time by aws-lc-rs.
#[derive(Debug, Clone)]
pub(super) struct Sha256 {
    /// With their costs, and all that this machine can run.
    kernels: Vec<(Kernel, u32)>,
    /// Asked for by name, so that everything goes through the lanes.
    is_forced: bool,
}

impl Sha256 {
    /// What is best here, or what [`VARIABLE`] names; decided once.
    pub(super) fn of_this_machine() -> &'static Self {
        static CHOICE: OnceLock<Sha256> = OnceLock::new();
        CHOICE.get_or_init(|| {
            let asked = std::env::var(VARIABLE).ok().and_then(|name| Sha256::named(&name));
            // Without optimisation vectors crawl, and aws-lc-rs does not: tests ask for the lanes by name.
            let without = if cfg!(debug_assertions) { Sha256::named("single") } else { None };
            asked.or(without).unwrap_or_else(Sha256::best)
        })
    }

    fn best() -> Self {
        let kernels = COSTS.iter().filter(|(kernel, _)| kernel.runs_here()).copied().collect();
        Sha256 { kernels, is_forced: false }
    }

    /// A set by its name; none when there is no such set or this machine cannot run it.
    fn named(name: &str) -> Option<Self> {
        let (_, set, is_forced) = SETS.iter().find(|(known, ..)| *known == name)?;
        let runs_here = |kernel: &Kernel| set.contains(kernel) && kernel.runs_here();
        let kernels: Vec<_> = COSTS.iter().filter(|(kernel, _)| runs_here(kernel)).copied().collect();
        let can_run = kernels.len() == set.len() || !is_forced;
        can_run.then_some(Sha256 { kernels, is_forced: *is_forced })
    }

    /// Every set that this machine can run.
    #[cfg(test)]
    pub(super) fn all() -> Vec<Self> {
        SETS.iter().filter_map(|(name, ..)| Self::named(name)).chain([Self::best()]).collect()
    }

    /// The best for so many streams, with what a row of all of them costs.
    fn best_for(&self, streams: usize) -> Option<(Kernel, u32)> {
        let rounds = |kernel: Kernel| u32::try_from(streams.div_ceil(kernel.lanes())).unwrap_or(u32::MAX);
        let all = self.kernels.iter().map(|(kernel, cost)| (*kernel, cost.saturating_mul(rounds(*kernel))));
        all.min_by_key(|(_, cost)| *cost)
    }

    /// How many streams a thread should have at once.
    pub(super) fn lanes(&self) -> usize {
        self.kernels.iter().map(|(kernel, _)| kernel.lanes()).max().unwrap_or(1)
    }

    /// Whether so few streams are better hashed one after the other by aws-lc-rs.
    pub(super) fn prefers_whole(&self, streams: usize) -> bool {
        let whole = u32::try_from(streams).unwrap_or(u32::MAX).saturating_mul(COST_WHOLE);
        !self.is_forced && self.best_for(streams).is_none_or(|(_, cost)| cost > whole)
            || self.kernels.is_empty()
    }

    /// How much faster a thread is with all lanes full than with one stream, as a fraction.
    pub(super) fn gain(&self) -> (u64, u64) {
        let lanes = self.lanes();
        let alone = self.best_for(1).map_or(COST_WHOLE, |(_, cost)| cost.min(COST_WHOLE));
        let full = self.best_for(lanes).map_or(alone, |(_, cost)| cost);
        (u64::from(alone).saturating_mul(lanes as u64), u64::from(full))
    }

    /// Compresses what the streams have ready, and says for each how many blocks that were.
    pub(super) fn compress(&self, streams: &mut [Stream<'_>]) -> Vec<usize> {
        let mut done = Vec::with_capacity(streams.len());
        let kernel = self.best_for(streams.len()).map_or(Kernel::Plain, |(kernel, _)| kernel);
        for group in streams.chunks_mut(kernel.lanes()) {
            // An odd one at the end need not wait for a partner that is not there.
            let kernel =
                if group.len() == 1 { self.best_for(1).map_or(kernel, |(one, _)| one) } else { kernel };
            done.resize(done.len() + group.len(), kernel.compress(group));
        }
        done
    }
}

/// A message in a lane: its state, and how long it has become.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) state: State,
    bytes: u64,
}

impl Message {
    pub(super) fn new() -> Self {
        Message { state: INITIAL, bytes: 0 }
    }

    /// Counts bytes that are about to be compressed.
    pub(super) fn count(&mut self, bytes: usize) {
        self.bytes = self.bytes.wrapping_add(bytes as u64);
    }

    /// What follows the last byte, which is counted already: FIPS 180-4, 5.1.1.
    pub(super) fn padding(&self) -> ([u8; 128], usize) {
        let mut padding = [0; 128];
        let used = self.bytes % 64;
        // One bit, zeros, and eight bytes of length, up to the end of this block or of the next.
        let length = if used < 56 { 64 - used } else { 128 - used };
        let end = usize::try_from(length).unwrap_or(64);
        if let Some(first) = padding.first_mut() {
            *first = 0x80;
        }
        if let Some(place) = padding.get_mut(end - 8..end) {
            place.copy_from_slice(&self.bytes.wrapping_mul(8).to_be_bytes());
        }
        (padding, end)
    }

    /// The digest, once the padding was compressed.
    pub(super) fn digest(&self) -> Vec<u8> {
        self.state.iter().flat_map(|word| word.to_be_bytes()).collect()
    }
}

/// Room for the padding at the end of a buffer.
pub(super) const PADDING_BYTES: usize = 2 * size_of::<Block>();

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::digest;

    /// A message on its way through the lanes.
    struct Lane<'m> {
        bytes: &'m [u8],
        left: &'m [u8],
        message: Message,
        ready: Vec<Block>,
        is_padded: bool,
    }

    /// A small generator, so that a million messages cost little: xorshift.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 16) as usize % bound
        }
    }

    /// So many messages of random lengths, each split at random places, through the lanes of `choice`: lanes
    /// are refilled at random moments, too. How many came out as aws-lc-rs has them.
    fn equal(choice: &Sha256, messages: usize, longest: usize) -> usize {
        let mut dice = Dice(0x2545_f491_4f6c_dd1d ^ messages as u64);
        let source: Vec<u8> = (0..longest + 4096).map(|_| dice.below(256) as u8).collect();
        let (mut begun, mut equal) = (0, 0);
        let mut lanes: Vec<Lane> = Vec::new();
        while begun < messages || !lanes.is_empty() {
            while lanes.len() < choice.lanes() && begun < messages && (lanes.is_empty() || dice.below(8) > 0)
            {
                let bytes = &source[dice.below(4096)..][..dice.below(longest)];
                let message = Message::new();
                lanes.push(Lane { bytes, left: bytes, message, ready: Vec::new(), is_padded: false });
                begun += 1;
            }
            for lane in lanes.iter_mut().filter(|lane| lane.ready.is_empty()) {
                let take = (64 * (1 + dice.below(5))).min(lane.left.len());
                let (now, later) = lane.left.split_at(take);
                lane.left = later;
                lane.message.count(now.len());
                let mut bytes = now.to_vec();
                if later.is_empty() {
                    let (padding, length) = lane.message.padding();
                    bytes.extend(&padding[..length]);
                    lane.is_padded = true;
                }
                lane.ready = bytes.as_chunks().0.to_vec();
            }
            let mut streams: Vec<Stream> =
                lanes.iter_mut().map(|lane| (&mut lane.message.state, lane.ready.as_slice())).collect();
            let done = choice.compress(&mut streams);
            for (lane, done) in lanes.iter_mut().zip(done) {
                lane.ready.drain(..done);
            }
            for lane in lanes.extract_if(.., |lane| lane.ready.is_empty() && lane.is_padded) {
                let expected = digest::digest(&digest::SHA256, lane.bytes);
                equal += usize::from(lane.message.digest() == expected.as_ref());
            }
        }
        equal
    }

    /// How many messages: some for every run, millions when asked for (with `--release`).
    fn messages() -> usize {
        std::env::var("TOUCHMARK_TEST_MESSAGES").ok().and_then(|text| text.parse().ok()).unwrap_or(2000)
    }

    #[test]
    fn every_set_of_kernels_gives_what_aws_lc_rs_gives_for_any_length_and_any_split() {
        for choice in Sha256::all().iter().filter(|choice| !choice.kernels.is_empty()) {
            assert_eq!(equal(choice, messages(), 700), messages(), "{choice:?}");
            assert_eq!(equal(choice, messages() / 20, 9000), messages() / 20, "{choice:?}");
        }
    }

    #[test]
    fn padding_ends_a_block_and_holds_the_length_in_bits() {
        for bytes in 0..300 {
            let mut message = Message::new();
            message.count(bytes);
            let (padding, length) = message.padding();
            assert_eq!((bytes + length) % 64, 0, "{bytes}");
            assert!((9..=72).contains(&length) && padding[0] == 0x80, "{bytes}");
            assert_eq!(padding[length - 8..length], (bytes as u64 * 8).to_be_bytes());
        }
    }

    #[test]
    fn the_choice_follows_the_costs() {
        let costs = |kernels: &[Kernel]| {
            COSTS.iter().filter(|(kernel, _)| kernels.contains(kernel)).copied().collect()
        };
        let of = |kernels: &[Kernel]| Sha256 { kernels: costs(kernels), is_forced: false };
        let none = of(&[]);
        assert!((1..20).all(|streams| none.prefers_whole(streams)) && none.lanes() == 1);
        assert_eq!(none.gain(), (u64::from(COST_WHOLE), u64::from(COST_WHOLE)));
        #[cfg(target_arch = "x86_64")]
        {
            let best = |choice: &Sha256, streams| choice.best_for(streams).unwrap().0;
            let every: Vec<Kernel> = COSTS.iter().map(|(kernel, _)| *kernel).collect();
            let all = of(&every);
            let chosen: Vec<Kernel> = [1, 2, 6, 7, 9, 16, 17, 32].map(|streams| best(&all, streams)).to_vec();
            let (pair, two) = (Kernel::ShaPair, Kernel::Avx512Pair);
            let (half, one) = (Kernel::Avx512Half, Kernel::Avx512);
            assert_eq!(chosen, [Kernel::Sha, pair, pair, half, one, one, two, two]);
            assert!(!all.prefers_whole(1));
            let no_sha = of(&[Kernel::Avx512Half, Kernel::Avx512]);
            let whole: Vec<bool> = (1..5).map(|streams| no_sha.prefers_whole(streams)).collect();
            assert_eq!(whole, [true, false, false, false]);
            assert_eq!((best(&no_sha, 8), best(&no_sha, 9)), (Kernel::Avx512Half, Kernel::Avx512));
            let no_avx512 = of(&[Kernel::Avx2, Kernel::Sha, Kernel::ShaPair]);
            assert_eq!(best(&no_avx512, 8), pair);
            assert!(of(&[Kernel::Avx2]).prefers_whole(2) && !of(&[Kernel::Avx2]).prefers_whole(3));
        }
    }
}
