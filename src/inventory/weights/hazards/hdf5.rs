//! HDF5 files, read as a stream for what matters when they are loaded: configurations in JSON, which lie in them
//! unpacked, and messages that send the reader to other files. It builds no tree of the file and knows no Keras.
//! HDF5 File Format Specification, version 3.0.

use serde_json::Value;
use std::io::{Read, Seek};

use super::window::{Stop, Window};

/// How an HDF5 file begins; behind a user block it lies at 512 bytes or a power of two of them.
pub(super) const MAGIC: &[u8] = b"\x89HDF\r\n\x1a\n";
/// What is read at a time, and how much of it is looked at twice, for what lies across.
const STEP: usize = 1024 * 1024;
const ACROSS: usize = 8192;
/// The longest configuration that is read.
const MAX_CONFIG: usize = 16 * 1024 * 1024;
/// Bytes that are looked through for configurations, beside all of the file: what begins as one may begin often.
const MAX_WORK: usize = 64 * 1024 * 1024;
/// Files in one list of external storage.
const MAX_SLOTS: u16 = 4096;

/// What was found in a file.
pub(super) enum Part<'a> {
    /// A configuration that could be read.
    Config(&'a Value),
    /// Something that begins as a configuration and is too long to be read.
    TooLong,
    /// Bytes as they pass by, some of them twice.
    Bytes(&'a [u8]),
    /// Data that lie in another file, in our own words.
    Elsewhere(&'static str),
}

/// Reads the file to its end.
pub(super) fn read<R: Read + Seek>(
    window: &mut Window<'_, R>,
    mut tell: impl FnMut(Part<'_>),
) -> Result<(), Stop> {
    let size = window.left();
    let mut seen: Vec<u8> = Vec::new();
    let mut known = 0_usize;
    let mut work = MAX_WORK;
    loop {
        let count = usize::try_from(window.left()).unwrap_or(STEP).min(STEP);
        seen.extend(window.bytes(count)?);
        let is_last = window.left() == 0;
        let new = seen.get(known.saturating_sub(ACROSS).min(seen.len())..).unwrap_or_default();
        tell(Part::Bytes(new));
        if let Some(how) = elsewhere(new, size) {
            tell(Part::Elsewhere(how));
        }
        let kept_from = configurations(&seen, is_last, &mut work, &mut tell);
        if is_last {
            return Ok(());
        }
        let keep = kept_from.min(seen.len().saturating_sub(ACROSS));
        seen.drain(..keep);
        known = seen.len();
    }
}

/// Tells the objects in JSON that are whole; where the first one begins that is not yet.
fn configurations(seen: &[u8], is_last: bool, work: &mut usize, tell: &mut impl FnMut(Part<'_>)) -> usize {
    let mut at = 0;
    while let Some(next) = seen.get(at..).and_then(|rest| rest.windows(2).position(|pair| pair == b"{\"")) {
        let start = at + next;
        let rest = seen.get(start..).unwrap_or_default();
        if *work == 0 {
            tell(Part::TooLong);
            return seen.len();
        }
        match object(rest, work) {
            Object::Whole(length) => {
                let text = rest.get(..length).unwrap_or_default();
                match serde_json::from_slice::<Value>(text) {
                    Ok(config) => {
                        tell(Part::Config(&config));
                        at = start + length;
                    }
                    Err(_) => at = start + 1,
                }
            }
            Object::Cut if rest.len() > MAX_CONFIG => {
                tell(Part::TooLong);
                at = start + rest.len();
            }
            Object::Cut if !is_last => return start,
            Object::Cut | Object::None => at = start + 1,
        }
    }
    seen.len()
}

enum Object {
    Whole(usize),
    Cut,
    None,
}

/// How long the object is that begins here: braces that balance, and no byte that JSON does not allow.
fn object(bytes: &[u8], work: &mut usize) -> Object {
    let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        *work = work.saturating_sub(1);
        match byte {
            0..=8 | 11 | 12 | 14..=31 => return Object::None,
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' if !in_text => depth += 1,
            b'}' if !in_text => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Object::Whole(at + 1);
                }
            }
            _ => {}
        }
    }
    Object::Cut
}

/// Messages of object headers that name another file.
fn elsewhere(bytes: &[u8], size: u64) -> Option<&'static str> {
    bytes.iter().enumerate().find_map(|(at, byte)| {
        let rest = bytes.get(at..).unwrap_or_default();
        match byte {
            7 if external_storage(rest, size) => {
                Some("its numbers are read from other files, which it names")
            }
            8 if virtual_data(rest, size) => {
                Some("its numbers are put together from other files, which it names")
            }
            1 if external_link(rest) => Some("a part of it is read from another file, which it names"),
            _ => None,
        }
    })
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Message 7, external data files, in headers of version 1 and 2 (IV.A.2.h).
fn external_storage(bytes: &[u8], size: u64) -> bool {
    let body = |at: usize| {
        let is_one = bytes.get(at..at + 4) == Some(&[1, 0, 0, 0]);
        let slots = half(bytes, at + 4).zip(half(bytes, at + 6));
        let heap =
            bytes.get(at + 8..).and_then(|rest| rest.first_chunk()).map(|heap| u64::from_le_bytes(*heap));
        is_one
            && slots.is_some_and(|(all, used)| used > 0 && used <= all && all < MAX_SLOTS)
            && heap.is_some_and(|heap| heap > 0 && heap < size)
    };
    let long = |length: u16, slots: Option<u16>| {
        slots.is_some_and(|slots| u32::from(length) >= 16 + 24 * u32::from(slots))
    };
    let first = bytes.get(1) == Some(&0) && bytes.get(5..8) == Some(&[0, 0, 0]);
    let in_first = first && half(bytes, 2).is_some_and(|length| long(length, half(bytes, 12))) && body(8);
    let second =
        |at: usize| half(bytes, 1).is_some_and(|length| long(length, half(bytes, at + 4))) && body(at);
    in_first || second(4) || second(6)
}

/// Message 8, a layout of class 3, virtual (IV.A.2.i).
fn virtual_data(bytes: &[u8], size: u64) -> bool {
    let body = |at: usize| {
        let heap =
            bytes.get(at + 2..).and_then(|rest| rest.first_chunk()).map(|heap| u64::from_le_bytes(*heap));
        matches!(bytes.get(at..at + 2), Some([4 | 5, 3]))
            && heap.is_some_and(|heap| heap > 0 && heap < size)
            && bytes.get(at + 12..at + 14) == Some(&[0, 0])
    };
    let in_first = bytes.get(1) == Some(&0) && bytes.get(5..8) == Some(&[0, 0, 0]) && body(8);
    let is_long = half(bytes, 1).is_some_and(|length| (14..=24).contains(&length));
    in_first || is_long && (body(4) || body(6))
}

/// Message 6, a link of the external type (IV.A.2.g): its name, then the file's and the object's, each to a NUL.
fn external_link(bytes: &[u8]) -> bool {
    let Some([1, flags, 64, ..]) = bytes.first_chunk::<3>().map(|three| three.as_slice()) else {
        return false;
    };
    if flags & 0x08 == 0 || flags & 0xe0 != 0 {
        return false;
    }
    let mut at = 3;
    at += if flags & 0x04 != 0 { 8 } else { 0 };
    at += if flags & 0x10 != 0 { 1 } else { 0 };
    let width = 1_usize << (flags & 3);
    let digits = bytes.get(at..at + width).unwrap_or_default();
    let length = digits
        .iter()
        .rev()
        .try_fold(0_usize, |length, byte| length.checked_mul(256)?.checked_add(usize::from(*byte)));
    let Some(length) = length.filter(|length| (1..4096).contains(length)) else { return false };
    at += width;
    let is_text = |bytes: &[u8]| !bytes.is_empty() && !bytes.iter().any(u8::is_ascii_control);
    let has_name = bytes.get(at..at + length).is_some_and(is_text);
    let Some(long) = half(bytes, at + length).map(usize::from) else { return false };
    let start = at + length + 2;
    let Some([0, told @ .., 0]) = bytes.get(start..start + long) else { return false };
    let mut parts = told.split(|byte| *byte == 0);
    has_name
        && parts.next().is_some_and(is_text)
        && parts.next().is_some_and(is_text)
        && parts.next().is_none()
}
