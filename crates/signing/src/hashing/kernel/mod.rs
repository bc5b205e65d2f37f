//! SHA-256's compression function over many streams at once, in the instruction sets that have lanes. The one
//! room of the house with `unsafe`: loads and stores through pointers, and calls of functions that need an
//! instruction set. It knows blocks and states, no files and no padding.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod sha;
mod words;
#[cfg(target_arch = "x86_64")]
mod x86;

use words::K;
pub(super) use words::{Block, INITIAL, State, Stream};

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kernel {
    /// One stream, plain code: runs everywhere.
    Plain,
    /// One stream, SHA extensions.
    #[cfg(target_arch = "x86_64")]
    Sha,
    /// Two streams whose SHA instructions fill each other's waiting times.
    #[cfg(target_arch = "x86_64")]
    ShaPair,
    /// Eight streams, AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Eight streams in 256 bits, with the rotations and the three-way logic of AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx512Half,
    /// Sixteen streams, AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// Twice sixteen, whose instructions fill each other's waiting times.
    #[cfg(target_arch = "x86_64")]
    Avx512Pair,
}

impl Kernel {
    /// All that were compiled, by the number of streams they take.
    #[cfg(test)]
    pub(super) const ALL: &[Kernel] = &[
        Kernel::Plain,
        #[cfg(target_arch = "x86_64")]
        Kernel::Sha,
        #[cfg(target_arch = "x86_64")]
        Kernel::ShaPair,
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2,
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512Half,
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512,
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512Pair,
    ];

    /// Whether this machine can run it: has all that its functions were compiled for, and what the compiler takes
    /// to come with that (AVX-512 implies AVX2, FMA and F16C). The standard library asks the processor once, and
    /// the system whether it keeps the registers.
    pub(super) fn runs_here(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        use std::arch::is_x86_feature_detected as has;
        #[cfg(target_arch = "x86_64")]
        let has_avx512 = || has!("avx512f") && has!("avx2") && has!("fma") && has!("f16c");
        match self {
            Kernel::Plain => true,
            #[cfg(target_arch = "x86_64")]
            Kernel::Sha | Kernel::ShaPair => has!("sha") && has!("sse2") && has!("ssse3") && has!("sse4.1"),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => has!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512Half => has_avx512() && has!("avx512vl"),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 | Kernel::Avx512Pair => has_avx512() && has!("avx512bw"),
        }
    }

    /// How many streams it takes at once.
    pub(super) fn lanes(self) -> usize {
        match self {
            Kernel::Plain => 1,
            #[cfg(target_arch = "x86_64")]
            Kernel::Sha => 1,
            #[cfg(target_arch = "x86_64")]
            Kernel::ShaPair => 2,
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 | Kernel::Avx512Half => 8,
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 => 16,
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512Pair => 32,
        }
    }

    /// Compresses as many blocks of every stream as the shortest one has, and says how many that were. Takes
    /// at most [`Kernel::lanes`] streams and leaves the rest alone.
    pub(super) fn compress(self, streams: &mut [Stream<'_>]) -> usize {
        // Asked here and not left to the caller: it is what makes the calls below sound.
        if !self.runs_here() {
            return over(streams, plain);
        }
        // SAFETY, of every call below: the processor has what the function was compiled for, as `runs_here`
        // has just said. The functions ask for nothing else.
        match self {
            Kernel::Plain => over(streams, plain),
            #[cfg(target_arch = "x86_64")]
            Kernel::Sha => over::<1>(streams, |states, blocks| unsafe { sha::compress(states, blocks) }),
            #[cfg(target_arch = "x86_64")]
            Kernel::ShaPair => over::<2>(streams, |states, blocks| unsafe { sha::compress(states, blocks) }),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => over(streams, |states, blocks| unsafe { x86::avx2::compress(states, blocks) }),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512Half => {
                over(streams, |states, blocks| unsafe { x86::half::compress(states, blocks) })
            }
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 => {
                over(streams, |states, blocks| unsafe { x86::avx512::compress(states, blocks) })
            }
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512Pair => {
                over(streams, |states, blocks| unsafe { x86::avx512_pair::compress(states, blocks) })
            }
        }
    }
}

/// Fills the lanes, runs them, and takes the states back. Lanes without a stream follow the first one, so that
/// nothing has to be made up for them; their states are thrown away.
fn over<const LANES: usize>(
    streams: &mut [Stream<'_>],
    run: impl Fn(&mut [State; LANES], &[&[Block]; LANES]),
) -> usize {
    let rows = streams.iter().take(LANES).map(|(_, blocks)| blocks.len()).min().unwrap_or(0);
    let Some((_, first)) = streams.first() else { return 0 };
    let mut blocks = [first.get(..rows).unwrap_or_default(); LANES];
    let mut states = [INITIAL; LANES];
    for ((state, blocks), stream) in states.iter_mut().zip(&mut blocks).zip(&*streams) {
        *state = *stream.0;
        *blocks = stream.1.get(..rows).unwrap_or_default();
    }
    run(&mut states, &blocks);
    for (stream, state) in streams.iter_mut().zip(states) {
        *stream.0 = state;
    }
    rows
}

/// FIPS 180-4, 6.2.2.
fn plain([state]: &mut [State; 1], [blocks]: &[&[Block]; 1]) {
    for block in *blocks {
        let mut w = [0_u32; 16];
        for (word, bytes) in w.iter_mut().zip(block.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        for (pass, k) in K.iter().enumerate() {
            for (i, k) in k.iter().enumerate() {
                let at = |ahead: usize| w.get((i + ahead) & 15).copied().unwrap_or_default();
                let word = if pass == 0 {
                    at(0)
                } else {
                    let (x, y) = (at(1), at(14));
                    let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
                    let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
                    at(0).wrapping_add(s0).wrapping_add(at(9)).wrapping_add(s1)
                };
                if let Some(slot) = w.get_mut(i) {
                    *slot = word;
                }
                let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
                let choice = (e & f) ^ (!e & g);
                let t1 = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(*k).wrapping_add(word);
                let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
                let majority = (a & b) ^ (a & c) ^ (b & c);
                (h, g, f, e, d, c, b) = (g, f, e, d.wrapping_add(t1), c, b, a);
                a = t1.wrapping_add(s0).wrapping_add(majority);
            }
        }
        for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 400 }))]
        #[test]
        fn every_kernel_compresses_as_the_plain_one_does_whatever_lanes_are_filled(
            seed in any::<[u32; 8]>(), rows in 0..4_usize, filled in 1..=32_usize, longer in any::<[u8; 32]>()
        ) {
            let blocks: Vec<Vec<Block>> = (0..filled)
                .map(|lane| {
                    let count = rows + usize::from(longer[lane] % 3);
                    (0..count).map(|row| std::array::from_fn(|i| seed[(i ^ lane) & 7].rotate_left((i * 5 + row) as u32) as u8)).collect()
                })
                .collect();
            let start: Vec<State> = (0..filled).map(|lane| seed.map(|word| word.rotate_left(lane as u32))).collect();
            for kernel in Kernel::ALL.iter().filter(|kernel| kernel.runs_here()) {
                let taken = filled.min(kernel.lanes());
                let mut states = start.clone();
                let mut streams: Vec<Stream> =
                    states.iter_mut().zip(&blocks).map(|(state, blocks)| (state, blocks.as_slice())).collect();
                let done = kernel.compress(&mut streams);
                prop_assert_eq!(done, blocks[..taken].iter().map(Vec::len).min().unwrap());
                let mut expected = start.clone();
                for (state, blocks) in expected.iter_mut().zip(&blocks).take(taken) {
                    plain(std::array::from_mut(state), &[&blocks[..done]]);
                }
                prop_assert_eq!(&states, &expected, "{:?}", kernel);
            }
        }
    }
}
