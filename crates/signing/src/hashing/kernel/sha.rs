//! The kernel of the SHA extensions: four rounds of FIPS 180-4, 6.2.2, at a time.

use std::arch::x86_64::*;

use super::words::{Block, K, State};

/// A stream in the registers of the SHA extensions: words a, b, e, f and c, d, g, h, and the last sixteen
/// words of the message schedule.
#[derive(Clone, Copy)]
struct Rolling {
    abef: __m128i,
    cdgh: __m128i,
    w: [__m128i; 4],
}

/// One stream, or a few side by side: the instructions of one wait for each other longer than they work.
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(super) fn compress<const STREAMS: usize>(states: &mut [State; STREAMS], blocks: &[&[Block]; STREAMS]) {
    let rows = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    let zero = _mm_setzero_si128();
    let mut streams = [Rolling { abef: zero, cdgh: zero, w: [zero; 4] }; STREAMS];
    for (stream, state) in streams.iter_mut().zip(&*states) {
        let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
        (stream.abef, stream.cdgh) = (_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h));
    }
    for row in 0..rows {
        let before = streams;
        for (stream, blocks) in streams.iter_mut().zip(blocks) {
            let [a, b, c, d] = quarters(blocks.get(row).unwrap_or(&[0; 64]));
            stream.w = [words(a), words(b), words(c), words(d)];
        }
        for (pass, k) in K.iter().enumerate() {
            let [k0, k1, k2, k3] = four_times_four(k);
            for k in [k0, k1, k2, k3] {
                for stream in &mut streams {
                    four_rounds(stream, k, pass > 0);
                }
            }
        }
        for (stream, before) in streams.iter_mut().zip(before) {
            stream.abef = _mm_add_epi32(stream.abef, before.abef);
            stream.cdgh = _mm_add_epi32(stream.cdgh, before.cdgh);
        }
    }
    for (state, stream) in states.iter_mut().zip(streams) {
        let word = i32::cast_unsigned;
        *state = [
            word(_mm_extract_epi32::<3>(stream.abef)),
            word(_mm_extract_epi32::<2>(stream.abef)),
            word(_mm_extract_epi32::<3>(stream.cdgh)),
            word(_mm_extract_epi32::<2>(stream.cdgh)),
            word(_mm_extract_epi32::<1>(stream.abef)),
            word(_mm_extract_epi32::<0>(stream.abef)),
            word(_mm_extract_epi32::<1>(stream.cdgh)),
            word(_mm_extract_epi32::<0>(stream.cdgh)),
        ];
    }
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn four_rounds(stream: &mut Rolling, k: __m128i, schedules: bool) {
    let [w0, w1, w2, w3] = stream.w;
    let now = if schedules {
        let sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8::<4>(w3, w2));
        _mm_sha256msg2_epu32(sum, w3)
    } else {
        w0
    };
    stream.w = [w1, w2, w3, now];
    let kw = _mm_add_epi32(now, k);
    stream.cdgh = _mm_sha256rnds2_epu32(stream.cdgh, stream.abef, kw);
    stream.abef = _mm_sha256rnds2_epu32(stream.abef, stream.cdgh, _mm_shuffle_epi32::<0x0e>(kw));
}

#[inline]
fn quarters(block: &Block) -> [&[u8; 16]; 4] {
    let (chunks, _) = block.as_chunks::<16>();
    match chunks {
        [a, b, c, d] => [a, b, c, d],
        _ => [&[0; 16]; 4], // a block has four
    }
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn four_times_four(k: &[u32; 16]) -> [__m128i; 4] {
    // Without closures: one that is not inlined, as where nothing is optimised across units, takes longer than the rounds.
    let words = k.as_ptr().cast::<__m128i>();
    // SAFETY: 16 words are the four times 16 bytes that are read; no alignment is asked for.
    unsafe {
        [
            _mm_loadu_si128(words),
            _mm_loadu_si128(words.add(1)),
            _mm_loadu_si128(words.add(2)),
            _mm_loadu_si128(words.add(3)),
        ]
    }
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn words(quarter: &[u8; 16]) -> __m128i {
    // SAFETY: a quarter of a block has the 16 bytes that are read; no alignment is asked for.
    let bytes = unsafe { _mm_loadu_si128(quarter.as_ptr().cast()) };
    _mm_shuffle_epi8(bytes, _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3))
}
