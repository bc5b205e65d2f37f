//! The kernels of x86-64. Everything here is safe but for what its `SAFETY` lines say; the arithmetic is that
//! of FIPS 180-4, 6.2.2, word by word over all lanes.

use std::arch::x86_64::*;

use super::words::{Block, K, State};

#[cfg(not(miri))]
use std::arch::asm;

/// The function over vectors of `$lanes` words. What differs between instruction sets stands in the module
/// that uses it: `add`, `xor3`, `choose`, `majority`, `splat`, `settled`, `rotate`, `shift`, `words_of`, `load`,
/// `store`.
macro_rules! compress_over_lanes {
    ($features:literal, $lanes:literal) => {
        #[target_feature(enable = $features)]
        pub(in super::super) fn compress(states: &mut [State; $lanes], blocks: &[&[Block]; $lanes]) {
            let rows = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
            // By word instead of by stream.
            let mut columns = [[0_u32; $lanes]; 8];
            for (lane, state) in states.iter().enumerate() {
                for (column, word) in columns.iter_mut().zip(state) {
                    if let Some(slot) = column.get_mut(lane) {
                        *slot = *word;
                    }
                }
            }
            let [a, b, c, d, e, f, g, h] = &columns;
            let mut state = [load(a), load(b), load(c), load(d), load(e), load(f), load(g), load(h)];
            for row in 0..rows {
                let mut w = words_of(blocks, row);
                let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
                macro_rules! round {
                    ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $k:ident, $i:literal) => {
                        let s1 = xor3(rotate!($e, 6), rotate!($e, 11), rotate!($e, 25));
                        let kw = settled(add($h, add(w[$i], splat($k[$i]))));
                        let t1 = add(add(kw, choose($e, $f, $g)), s1);
                        let s0 = xor3(rotate!($a, 2), rotate!($a, 13), rotate!($a, 22));
                        $d = add($d, t1);
                        $h = add(t1, add(s0, majority($a, $b, $c)));
                    };
                }
                macro_rules! scheduled {
                    ($i:literal $i1:literal $i9:literal $i14:literal) => {
                        let s0 = xor3(rotate!(w[$i1], 7), rotate!(w[$i1], 18), shift!(w[$i1], 3));
                        let s1 = xor3(rotate!(w[$i14], 17), rotate!(w[$i14], 19), shift!(w[$i14], 10));
                        w[$i] = add(add(w[$i], s0), add(w[$i9], s1));
                    };
                }
                let [first, later @ ..] = &K;
                round!(a b c d e f g h, first, 0);
                round!(h a b c d e f g, first, 1);
                round!(g h a b c d e f, first, 2);
                round!(f g h a b c d e, first, 3);
                round!(e f g h a b c d, first, 4);
                round!(d e f g h a b c, first, 5);
                round!(c d e f g h a b, first, 6);
                round!(b c d e f g h a, first, 7);
                round!(a b c d e f g h, first, 8);
                round!(h a b c d e f g, first, 9);
                round!(g h a b c d e f, first, 10);
                round!(f g h a b c d e, first, 11);
                round!(e f g h a b c d, first, 12);
                round!(d e f g h a b c, first, 13);
                round!(c d e f g h a b, first, 14);
                round!(b c d e f g h a, first, 15);
                for k in later {
                    scheduled!(0 1 9 14);
                    round!(a b c d e f g h, k, 0);
                    scheduled!(1 2 10 15);
                    round!(h a b c d e f g, k, 1);
                    scheduled!(2 3 11 0);
                    round!(g h a b c d e f, k, 2);
                    scheduled!(3 4 12 1);
                    round!(f g h a b c d e, k, 3);
                    scheduled!(4 5 13 2);
                    round!(e f g h a b c d, k, 4);
                    scheduled!(5 6 14 3);
                    round!(d e f g h a b c, k, 5);
                    scheduled!(6 7 15 4);
                    round!(c d e f g h a b, k, 6);
                    scheduled!(7 8 0 5);
                    round!(b c d e f g h a, k, 7);
                    scheduled!(8 9 1 6);
                    round!(a b c d e f g h, k, 8);
                    scheduled!(9 10 2 7);
                    round!(h a b c d e f g, k, 9);
                    scheduled!(10 11 3 8);
                    round!(g h a b c d e f, k, 10);
                    scheduled!(11 12 4 9);
                    round!(f g h a b c d e, k, 11);
                    scheduled!(12 13 5 10);
                    round!(e f g h a b c d, k, 12);
                    scheduled!(13 14 6 11);
                    round!(d e f g h a b c, k, 13);
                    scheduled!(14 15 7 12);
                    round!(c d e f g h a b, k, 14);
                    scheduled!(15 0 8 13);
                    round!(b c d e f g h a, k, 15);
                }
                let [a0, b0, c0, d0, e0, f0, g0, h0] = state;
                state = [
                    add(a0, a),
                    add(b0, b),
                    add(c0, c),
                    add(d0, d),
                    add(e0, e),
                    add(f0, f),
                    add(g0, g),
                    add(h0, h),
                ];
            }
            for (column, words) in columns.iter_mut().zip(state) {
                store(column, words);
            }
            for (lane, state) in states.iter_mut().enumerate() {
                for (word, column) in state.iter_mut().zip(&columns) {
                    *word = column.get(lane).copied().unwrap_or_default();
                }
            }
        }
    };
}

/// A block of a lane; zeros stand for one that is not there, which `rows` rules out.
macro_rules! block {
    ($blocks:ident, $lane:literal, $row:ident) => {
        $blocks[$lane].get($row).unwrap_or(&[0; 64])
    };
}

/// The first or the second half of a block; a block has two.
#[inline]
fn half_of(block: &Block, half: usize) -> &[u8; 32] {
    block.as_chunks().0.get(half).unwrap_or(&[0; 32])
}

pub(super) mod avx512 {
    use super::*;

    macro_rules! rotate {
        ($x:expr, $by:literal) => {
            _mm512_ror_epi32::<$by>($x)
        };
    }
    macro_rules! shift {
        ($x:expr, $by:literal) => {
            _mm512_srli_epi32::<$by>($x)
        };
    }

    compress_over_lanes!("avx512f,avx512bw", 16);

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add(x: __m512i, y: __m512i) -> __m512i {
        _mm512_add_epi32(x, y)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn xor3(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
        _mm512_ternarylogic_epi32::<0x96>(x, y, z)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn choose(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
        _mm512_ternarylogic_epi32::<0xca>(x, y, z)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn majority(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
        _mm512_ternarylogic_epi32::<0xe8>(x, y, z)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn splat(word: u32) -> __m512i {
        _mm512_set1_epi32(word.cast_signed())
    }

    /// The sum of a round that can be had before the others. Not told, the compiler adds the round's constant last
    /// of all, and every round waits for it: with that, sixteen lanes take a sixth longer.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn settled(sum: __m512i) -> __m512i {
        #[cfg(not(miri))]
        let sum = {
            let mut sum = sum;
            // SAFETY: there is no instruction; that the register may have changed is all that the compiler is told.
            unsafe { asm!("/* {0} */", inout(zmm_reg) sum, options(pure, nomem, nostack, preserves_flags)) };
            sum
        };
        sum
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn load(words: &[u32; 16]) -> __m512i {
        // SAFETY: 16 words are the 64 bytes that are read; no alignment is asked for.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn store(words: &mut [u32; 16], from: __m512i) {
        // SAFETY: 16 words are the 64 bytes that are written; no alignment is asked for.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), from) }
    }

    /// A block as it lies in memory, its words turned from big-endian.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn block_words(block: &Block) -> __m512i {
        // SAFETY: a block has the 64 bytes that are read; no alignment is asked for.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let turn = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
        _mm512_shuffle_epi8(bytes, _mm512_broadcast_i32x4(turn))
    }

    /// Word by word over all lanes: a 16 by 16 transposition in four steps.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn words_of(blocks: &[&[Block]; 16], row: usize) -> [__m512i; 16] {
        // Four lanes to four vectors, in each of whose quarters stand the four lanes' words `4 * quarter + n`.
        macro_rules! four {
            ($a:literal $b:literal $c:literal $d:literal) => {{
                let a = block_words(block!(blocks, $a, row));
                let b = block_words(block!(blocks, $b, row));
                let c = block_words(block!(blocks, $c, row));
                let d = block_words(block!(blocks, $d, row));
                let (ab, cd) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
                let (ab_high, cd_high) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
                [
                    _mm512_unpacklo_epi64(ab, cd),
                    _mm512_unpackhi_epi64(ab, cd),
                    _mm512_unpacklo_epi64(ab_high, cd_high),
                    _mm512_unpackhi_epi64(ab_high, cd_high),
                ]
            }};
        }
        let (p, q) = (four!(0 1 2 3), four!(4 5 6 7));
        let (r, s) = (four!(8 9 10 11), four!(12 13 14 15));
        // The quarters of four such vectors to the words 0, 4, 8 and 12 (or 1, 5, 9, 13, and so on).
        macro_rules! quarters {
            ($n:literal) => {{
                let even = _mm512_shuffle_i32x4::<0x88>(p[$n], q[$n]);
                let odd = _mm512_shuffle_i32x4::<0xdd>(p[$n], q[$n]);
                let even_high = _mm512_shuffle_i32x4::<0x88>(r[$n], s[$n]);
                let odd_high = _mm512_shuffle_i32x4::<0xdd>(r[$n], s[$n]);
                [
                    _mm512_shuffle_i32x4::<0x88>(even, even_high),
                    _mm512_shuffle_i32x4::<0x88>(odd, odd_high),
                    _mm512_shuffle_i32x4::<0xdd>(even, even_high),
                    _mm512_shuffle_i32x4::<0xdd>(odd, odd_high),
                ]
            }};
        }
        let [w0, w4, w8, w12] = quarters!(0);
        let [w1, w5, w9, w13] = quarters!(1);
        let [w2, w6, w10, w14] = quarters!(2);
        let [w3, w7, w11, w15] = quarters!(3);
        [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15]
    }
}

pub(super) mod avx512_pair {
    use super::*;

    /// Lanes 0 to 15, and 16 to 31.
    type Two = [__m512i; 2];

    macro_rules! rotate {
        ($x:expr, $by:literal) => {{
            let [low, high] = $x;
            [_mm512_ror_epi32::<$by>(low), _mm512_ror_epi32::<$by>(high)]
        }};
    }
    macro_rules! shift {
        ($x:expr, $by:literal) => {{
            let [low, high] = $x;
            [_mm512_srli_epi32::<$by>(low), _mm512_srli_epi32::<$by>(high)]
        }};
    }

    compress_over_lanes!("avx512f,avx512bw", 32);

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add([x0, x1]: Two, [y0, y1]: Two) -> Two {
        [_mm512_add_epi32(x0, y0), _mm512_add_epi32(x1, y1)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn xor3([x0, x1]: Two, [y0, y1]: Two, [z0, z1]: Two) -> Two {
        [_mm512_ternarylogic_epi32::<0x96>(x0, y0, z0), _mm512_ternarylogic_epi32::<0x96>(x1, y1, z1)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn choose([x0, x1]: Two, [y0, y1]: Two, [z0, z1]: Two) -> Two {
        [_mm512_ternarylogic_epi32::<0xca>(x0, y0, z0), _mm512_ternarylogic_epi32::<0xca>(x1, y1, z1)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn majority([x0, x1]: Two, [y0, y1]: Two, [z0, z1]: Two) -> Two {
        [_mm512_ternarylogic_epi32::<0xe8>(x0, y0, z0), _mm512_ternarylogic_epi32::<0xe8>(x1, y1, z1)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn splat(word: u32) -> Two {
        [_mm512_set1_epi32(word.cast_signed()); 2]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn settled([x0, x1]: Two) -> Two {
        [avx512::settled(x0), avx512::settled(x1)]
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn load(words: &[u32; 32]) -> Two {
        let (halves, _) = words.as_chunks::<16>();
        match halves {
            [low, high] => [avx512::load(low), avx512::load(high)],
            _ => splat(0), // 32 words have two
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn store(words: &mut [u32; 32], from: Two) {
        let (halves, _) = words.as_chunks_mut::<16>();
        for (half, from) in halves.iter_mut().zip(from) {
            avx512::store(half, from);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn words_of(blocks: &[&[Block]; 32], row: usize) -> [Two; 16] {
        let (halves, _) = blocks.as_chunks::<16>();
        let [low, high] = halves else { return [splat(0); 16] }; // 32 lanes have two
        let (low, high) = (avx512::words_of(low, row), avx512::words_of(high, row));
        let mut words = [splat(0); 16];
        for ((words, low), high) in words.iter_mut().zip(low).zip(high) {
            *words = [low, high];
        }
        words
    }
}

/// What the two kernels of 256 bits share.
macro_rules! eight_lanes {
    ($features:literal) => {
        #[inline]
        #[target_feature(enable = $features)]
        fn add(x: __m256i, y: __m256i) -> __m256i {
            _mm256_add_epi32(x, y)
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn splat(word: u32) -> __m256i {
            _mm256_set1_epi32(word.cast_signed())
        }

        /// The sum of a round that can be had before the others. Not told, the compiler adds the round's constant last
        /// of all, and every round waits for it: with that, sixteen lanes take a sixth longer.
        #[inline]
        #[target_feature(enable = $features)]
        fn settled(sum: __m256i) -> __m256i {
            #[cfg(not(miri))]
            let sum = {
                let mut sum = sum;
                // SAFETY: there is no instruction; that the register may have changed is all that the compiler is told.
                unsafe { asm!("/* {0} */", inout(ymm_reg) sum, options(pure, nomem, nostack, preserves_flags)) };
                sum
            };
            sum
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn load(words: &[u32; 8]) -> __m256i {
            // SAFETY: 8 words are the 32 bytes that are read; no alignment is asked for.
            unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn store(words: &mut [u32; 8], from: __m256i) {
            // SAFETY: 8 words are the 32 bytes that are written; no alignment is asked for.
            unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), from) }
        }

        /// Half a block as it lies in memory, its words turned from big-endian.
        #[inline]
        #[target_feature(enable = $features)]
        fn half_words(half: &[u8; 32]) -> __m256i {
            // SAFETY: half a block has the 32 bytes that are read; no alignment is asked for.
            let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
            let turn = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
            _mm256_shuffle_epi8(bytes, _mm256_broadcastsi128_si256(turn))
        }

        /// Word by word over all lanes: two 8 by 8 transpositions in three steps.
        #[inline]
        #[target_feature(enable = $features)]
        fn words_of(blocks: &[&[Block]; 8], row: usize) -> [__m256i; 16] {
            macro_rules! transposed {
                        ($half:literal) => {{
                            // Four lanes to four vectors, in whose halves stand the lanes' words `4 * half + n`.
                            macro_rules! four {
                                ($a:literal $b:literal $c:literal $d:literal) => {{
                                    let a = half_words(half_of(block!(blocks, $a, row), $half));
                                    let b = half_words(half_of(block!(blocks, $b, row), $half));
                                    let c = half_words(half_of(block!(blocks, $c, row), $half));
                                    let d = half_words(half_of(block!(blocks, $d, row), $half));
                                    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
                                    let (ab_high, cd_high) =
                                        (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
                                    [
                                        _mm256_unpacklo_epi64(ab, cd),
                                        _mm256_unpackhi_epi64(ab, cd),
                                        _mm256_unpacklo_epi64(ab_high, cd_high),
                                        _mm256_unpackhi_epi64(ab_high, cd_high),
                                    ]
                                }};
                            }
                            let (p, q) = (four!(0 1 2 3), four!(4 5 6 7));
                            [
                                _mm256_permute2x128_si256::<0x20>(p[0], q[0]),
                                _mm256_permute2x128_si256::<0x20>(p[1], q[1]),
                                _mm256_permute2x128_si256::<0x20>(p[2], q[2]),
                                _mm256_permute2x128_si256::<0x20>(p[3], q[3]),
                                _mm256_permute2x128_si256::<0x31>(p[0], q[0]),
                                _mm256_permute2x128_si256::<0x31>(p[1], q[1]),
                                _mm256_permute2x128_si256::<0x31>(p[2], q[2]),
                                _mm256_permute2x128_si256::<0x31>(p[3], q[3]),
                            ]
                        }};
                    }
            let [w0, w1, w2, w3, w4, w5, w6, w7] = transposed!(0);
            let [w8, w9, w10, w11, w12, w13, w14, w15] = transposed!(1);
            [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15]
        }
    };
}

pub(super) mod half {
    use super::*;

    macro_rules! rotate {
        ($x:expr, $by:literal) => {
            _mm256_ror_epi32::<$by>($x)
        };
    }
    macro_rules! shift {
        ($x:expr, $by:literal) => {
            _mm256_srli_epi32::<$by>($x)
        };
    }

    compress_over_lanes!("avx2,avx512f,avx512vl", 8);
    eight_lanes!("avx2,avx512f,avx512vl");

    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    fn xor3(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
        _mm256_ternarylogic_epi32::<0x96>(x, y, z)
    }

    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    fn choose(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
        _mm256_ternarylogic_epi32::<0xca>(x, y, z)
    }

    #[inline]
    #[target_feature(enable = "avx2,avx512f,avx512vl")]
    fn majority(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
        _mm256_ternarylogic_epi32::<0xe8>(x, y, z)
    }
}

pub(super) mod avx2 {
    use super::*;

    macro_rules! rotate {
        ($x:expr, $by:literal) => {{
            let x = $x;
            _mm256_or_si256(_mm256_srli_epi32::<$by>(x), _mm256_slli_epi32::<{ 32 - $by }>(x))
        }};
    }
    macro_rules! shift {
        ($x:expr, $by:literal) => {
            _mm256_srli_epi32::<$by>($x)
        };
    }

    compress_over_lanes!("avx2", 8);
    eight_lanes!("avx2");

    #[inline]
    #[target_feature(enable = "avx2")]
    fn xor3(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
        _mm256_xor_si256(_mm256_xor_si256(x, y), z)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn choose(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
        _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn majority(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
        _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(z, _mm256_or_si256(x, y)))
    }
}
