//! Files beside weights that are data by their form: pictures, recordings, tables, tokenizers of sentencepiece,
//! signatures. Each reader follows its format's own lengths to the last byte of the file; contents are stepped over.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::hazards::Stop;
use crate::disk::{self, Unread};

/// How a PNG picture begins.
pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What is read at a time of what is read whole.
const STEP: usize = 1024 * 1024;
/// Parts of one file.
const MAX_PARTS: usize = 2_000_000;
/// A file that is read whole into memory.
const MAX_WHOLE: u64 = 64 * 1024 * 1024;

const BEHIND: Stop = Stop::Broken("bytes follow where it ends");

/// A file that is being read, of which the first bytes are at hand.
pub(super) struct Reading<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// How long it is.
    pub size: u64,
    /// Its first bytes.
    pub head: &'a [u8],
    /// Bytes that may be read yet, of all files of the model.
    pub budget: &'a mut u64,
}

impl Reading<'_> {
    fn spend(&mut self, count: u64) -> Result<(), Stop> {
        let left = self.budget.checked_sub(count);
        *self.budget = left.unwrap_or(0);
        left.map(drop).ok_or(Stop::Limit("more bytes than are looked at"))
    }

    fn open(&self, at: u64) -> Result<File, Stop> {
        let open = || {
            let (mut file, _) = disk::open(self.path)?;
            file.seek(SeekFrom::Start(at))?;
            Ok(file)
        };
        open().map_err(|unread: Unread| match unread {
            Unread::Io(cause) => Stop::Io(cause.kind()),
            _ => Stop::Io(std::io::ErrorKind::InvalidInput),
        })
    }

    /// Some bytes.
    pub fn at(&mut self, at: u64, count: usize) -> Result<Vec<u8>, Stop> {
        let end = at.checked_add(count as u64).filter(|end| *end <= self.size).ok_or(Stop::Cut)?;
        if let (Ok(from), Ok(to)) = (usize::try_from(at), usize::try_from(end))
            && let Some(bytes) = self.head.get(from..to)
        {
            return Ok(bytes.to_vec());
        }
        self.spend(count as u64)?;
        let mut bytes = vec![0; count];
        self.open(at)?.read_exact(&mut bytes).map_err(|cause| Stop::Io(cause.kind()))?;
        Ok(bytes)
    }

    /// The last bytes, at most `count`.
    pub fn tail(&mut self, count: u64) -> Result<Vec<u8>, Stop> {
        let count = count.min(self.size);
        self.at(self.size - count, usize::try_from(count).map_err(|_| Stop::Cut)?)
    }

    /// All bytes, in pieces, until `each` says that it has seen enough.
    pub fn each(&mut self, each: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Stop> {
        if !each(self.head) || self.head.len() as u64 >= self.size {
            return Ok(());
        }
        let mut file = self.open(self.head.len() as u64)?;
        let mut buffer = vec![0; STEP];
        let mut left = self.size - self.head.len() as u64;
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(STEP).min(STEP);
            self.spend(count as u64)?;
            let piece = buffer.get_mut(..count).unwrap_or_default();
            file.read_exact(piece).map_err(|cause| Stop::Io(cause.kind()))?;
            if !each(piece) {
                return Ok(());
            }
            left -= count as u64;
        }
        Ok(())
    }

    fn whole(&mut self) -> Result<Vec<u8>, Stop> {
        if self.size > MAX_WHOLE {
            return Err(Stop::Limit("longer than is looked at"));
        }
        let mut all = Vec::new();
        self.each(&mut |bytes| {
            all.extend(bytes);
            true
        })?;
        Ok(all)
    }

    fn ends_at(&self, at: u64) -> Result<(), Stop> {
        match at == self.size {
            true => Ok(()),
            false if at < self.size => Err(BEHIND),
            false => Err(Stop::Cut),
        }
    }
}

fn number(bytes: &[u8], is_big: bool) -> u64 {
    let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}

/// PNG: chunks to the last, `IEND`, and nothing behind it.
pub(super) fn png(file: &mut Reading<'_>) -> Result<(), Stop> {
    let mut at = PNG.len() as u64;
    for _ in 0..MAX_PARTS {
        let head = file.at(at, 8)?;
        let length = number(head.get(..4).unwrap_or_default(), true);
        at += 12 + length;
        if head.get(4..8) == Some(b"IEND") {
            return file.ends_at(at);
        }
    }
    Err(Stop::Limit("more parts than are looked at"))
}

/// JPEG: markers to the end of the picture, and nothing behind it but what cameras put there.
pub(super) fn jpeg(file: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = file.whole()?;
    let mut at = 2;
    loop {
        let Some([0xff, marker]) = bytes.get(at..at + 2) else {
            return Err(Stop::Broken("no marker of a picture"));
        };
        match marker {
            0xff => at += 1,
            0xd9 => return file.ends_at(at as u64 + 2),
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let length = bytes.get(at + 2..at + 4).ok_or(Stop::Cut)?;
                at += 2 + usize::try_from(number(length, true)).map_err(|_| Stop::Cut)?;
                if *marker == 0xda {
                    // The picture itself: to the next marker that is none of its own.
                    let rest = bytes.get(at..).ok_or(Stop::Cut)?;
                    let is_end =
                        |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0 | 0xff | 0xd0..=0xd7));
                    at += rest.windows(2).position(is_end).ok_or(Stop::Cut)?;
                }
            }
        }
    }
}

/// GIF: blocks to the trailer, and nothing behind it.
pub(super) fn gif(file: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = file.whole()?;
    let byte = |at: usize| bytes.get(at).copied().ok_or(Stop::Cut);
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + table(byte(10)?);
    loop {
        match byte(at)? {
            0x3b => return file.ends_at(at as u64 + 1),
            0x21 => at += 2,
            0x2c => at += 11 + table(byte(at + 9)?),
            _ => return Err(Stop::Broken("no block of a picture")),
        }
        loop {
            let length = byte(at)?;
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
}

/// RIFF (WAV, WebP, AVI): as long as it says, or with one byte to an even length.
pub(super) fn riff(file: &mut Reading<'_>) -> Result<(), Stop> {
    let length = number(&file.at(4, 4)?, false);
    let mut at = 12;
    for _ in 0..MAX_PARTS {
        if at >= 8 + length {
            return file.ends_at(at).or_else(|_| file.ends_at(8 + length));
        }
        let size = number(&file.at(at + 4, 4)?, false);
        at += 8 + size + (size & 1);
    }
    Err(Stop::Limit("more parts than are looked at"))
}

/// MP4 and its kin: boxes to the end.
pub(super) fn boxes(file: &mut Reading<'_>) -> Result<(), Stop> {
    let mut at = 0;
    for _ in 0..MAX_PARTS {
        if at == file.size {
            return Ok(());
        }
        let head = file.at(at, 8)?;
        if !head.iter().skip(4).all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | 0xa9)) {
            return Err(Stop::Broken("no box of a recording"));
        }
        let length = match number(head.get(..4).unwrap_or_default(), true) {
            0 => return Ok(()),
            1 => number(&file.at(at + 8, 8)?, true),
            length => length,
        };
        if length < 8 {
            return Err(Stop::Broken("a box shorter than its own header"));
        }
        at = at.checked_add(length).ok_or(Stop::Cut)?;
    }
    Err(Stop::Limit("more parts than are looked at"))
}

/// Ogg: pages to the end.
pub(super) fn ogg(file: &mut Reading<'_>) -> Result<(), Stop> {
    let mut at = 0;
    for _ in 0..MAX_PARTS {
        if at == file.size {
            return Ok(());
        }
        let head = file.at(at, 27)?;
        if !head.starts_with(b"OggS") {
            return Err(Stop::Broken("no page of a recording"));
        }
        let segments = head.last().copied().unwrap_or(0);
        let lengths = file.at(at + 27, segments.into())?;
        at += 27 + u64::from(segments) + lengths.iter().copied().map(u64::from).sum::<u64>();
    }
    Err(Stop::Limit("more parts than are looked at"))
}

/// Whether a record of TensorFlow begins here: its length, and the sum of that.
pub(super) fn is_record(head: &[u8]) -> bool {
    let length = head.get(..8).unwrap_or_default();
    head.get(8..12).is_some_and(|told| number(told, false) == u64::from(masked_sum(length)))
}

/// Records of TensorFlow, as its logs of training are written: each with its length and sums, to the end.
pub(super) fn records(file: &mut Reading<'_>) -> Result<(), Stop> {
    let mut at = 0_u64;
    for _ in 0..MAX_PARTS {
        if at == file.size {
            return Ok(());
        }
        let head = file.at(at, 12)?;
        if !is_record(&head) {
            return Err(Stop::Broken("no record"));
        }
        let length = number(head.get(..8).unwrap_or_default(), false);
        at = at.checked_add(16).and_then(|at| at.checked_add(length)).ok_or(Stop::Cut)?;
    }
    Err(Stop::Limit("more parts than are looked at"))
}

/// CRC-32C, turned as TensorFlow does it.
fn masked_sum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 != 0 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 };
    let sum = !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step));
    sum.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// What has no lengths that are followed here: that no archive lies behind it.
pub(super) fn to_the_end(file: &mut Reading<'_>) -> Result<(), Stop> {
    let tail = file.tail(65_535 + 22)?;
    match tail.windows(4).any(|window| window == b"PK\x05\x06") {
        true => Err(BEHIND),
        false => Ok(()),
    }
}

/// PDF: its end mark, and no archive behind it.
pub(super) fn pdf(file: &mut Reading<'_>) -> Result<(), Stop> {
    let tail = file.tail(1024)?;
    if !tail.windows(5).any(|window| window == b"%%EOF") {
        return Err(Stop::Cut);
    }
    to_the_end(file)
}

/// Parquet and Arrow: the same mark at both ends.
pub(super) fn both_ends(file: &mut Reading<'_>, mark: &[u8]) -> Result<(), Stop> {
    let is_long = file.size > 2 * mark.len() as u64 + 4;
    match is_long && file.tail(mark.len() as u64)? == mark {
        true => Ok(()),
        false => Err(Stop::Cut),
    }
}

/// OpenPGP: signatures to the end (RFC 9580, 4.2).
pub(super) fn packets(file: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = file.whole()?;
    let mut at = 0;
    while at < bytes.len() {
        let byte = |at: usize| bytes.get(at).copied().ok_or(Stop::Cut);
        let tag = byte(at)?;
        let (header, length) = match tag {
            0x88 => (2, usize::from(byte(at + 1)?)),
            0x89 => (3, usize::from(byte(at + 1)?) << 8 | usize::from(byte(at + 2)?)),
            0xc2 => match byte(at + 1)? {
                one @ 0..=191 => (2, usize::from(one)),
                one @ 192..=223 => (3, ((usize::from(one) - 192) << 8) + usize::from(byte(at + 2)?) + 192),
                _ => return Err(Stop::Broken("a signature that is longer than any")),
            },
            _ => return Err(Stop::Broken("no signature")),
        };
        if !matches!(byte(at + header)?, 3..=6) || length > 64 * 1024 {
            return Err(Stop::Broken("no signature"));
        }
        at += header + length;
    }
    file.ends_at(at as u64)
}

/// sentencepiece: the message of a model (`sentencepiece_model.proto`), each field of it, to the last byte.
pub(super) fn pieces(file: &mut Reading<'_>) -> Result<(), Stop> {
    let bytes = file.whole()?;
    let mut rest = bytes.as_slice();
    let mut count = 0_u64;
    while !rest.is_empty() {
        let (field, inner) = field(&mut rest)?;
        match (field, inner) {
            (1, Value::Bytes(mut piece)) => {
                count += 1;
                while !piece.is_empty() {
                    match self::field(&mut piece)? {
                        (1, Value::Bytes(text)) if std::str::from_utf8(text).is_ok() => {}
                        (2, Value::Fixed) | (3, Value::Number) => {}
                        _ => return Err(NO_PIECE),
                    }
                }
            }
            // How it was trained, how text is normalised, and its own tests: settings.
            (2..=5, Value::Bytes(mut settings)) => {
                while !settings.is_empty() {
                    self::field(&mut settings)?;
                }
            }
            _ => return Err(NO_PIECE),
        }
    }
    if count == 0 { Err(NO_PIECE) } else { Ok(()) }
}

const NO_PIECE: Stop = Stop::Broken("a field that no tokenizer has");

enum Value<'b> {
    Number,
    Fixed,
    Bytes(&'b [u8]),
}

fn field<'b>(rest: &mut &'b [u8]) -> Result<(u64, Value<'b>), Stop> {
    let key = varint(rest)?;
    let take = |rest: &mut &'b [u8], count: u64| {
        let count = usize::try_from(count).map_err(|_| Stop::Cut)?;
        let (taken, after) = rest.split_at_checked(count).ok_or(Stop::Cut)?;
        *rest = after;
        Ok(taken)
    };
    let value = match key & 7 {
        0 => varint(rest).map(|_| Value::Number)?,
        1 => take(rest, 8).map(|_| Value::Fixed)?,
        5 => take(rest, 4).map(|_| Value::Fixed)?,
        2 => {
            let length = varint(rest)?;
            Value::Bytes(take(rest, length)?)
        }
        _ => return Err(NO_PIECE),
    };
    Ok((key >> 3, value))
}

fn varint(rest: &mut &[u8]) -> Result<u64, Stop> {
    let mut value = 0_u64;
    for shift in 0..10 {
        let (first, after) = rest.split_first().ok_or(Stop::Cut)?;
        *rest = after;
        value |= u64::from(first & 0x7f).checked_shl(7 * shift).unwrap_or(0);
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(NO_PIECE)
}
