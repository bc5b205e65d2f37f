//! What is compressed as a whole: by which tool, told by its first bytes, and what it unpacks to, up to a limit. It
//! never says that what is inside is harmless: that is for who looks at it.

use std::io::{Cursor, ErrorKind, Read, Seek};

use super::inflate;
use super::window::{Stop, Window};

/// What one file may unpack to; what is behind that is not looked at.
const MAX_UNPACKED: usize = 64 * 1024 * 1024;
/// What a decompressor may hold at a time, in KiB where it counts so.
const MAX_MEMORY: u32 = 128 * 1024 * 1024;
/// What is looked at to tell a way to compress that has no mark worth the name.
const MAX_HEAD: usize = 64 * 1024;
/// Streams one after the other in one file.
const MAX_STREAMS: usize = 256;
const CHUNK: usize = 64 * 1024;
const TOO_MUCH: Stop = Stop::Limit("it unpacks to more bytes than are looked at");
const CANNOT: Stop = Stop::Broken("it cannot be unpacked");

/// A way to compress that is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zlib,
    /// zlib behind a length in text, as joblib wrote it before version 0.10.
    OldJoblib,
    Bzip2,
    Xz,
    Lzma,
    Zstd,
    Lz4,
}

/// How they begin, what they are called, and the endings that they add to a name.
const PACKINGS: [(Packing, &[u8], &str, &[&str]); 7] = [
    (Packing::Gzip, b"\x1f\x8b", "gzip", &["gz", "gzip", "tgz"]),
    (Packing::OldJoblib, b"ZF0x", "zlib, as old versions of joblib write it", &["z"]),
    (Packing::Bzip2, b"BZh", "bzip2", &["bz2", "tbz2"]),
    (Packing::Xz, b"\xfd7zXZ\0", "xz", &["xz", "txz"]),
    (Packing::Lzma, b"\x5d\0\0", "lzma", &["lzma"]),
    (Packing::Zstd, b"\x28\xb5\x2f\xfd", "zstd", &["zst", "zstd"]),
    (Packing::Lz4, b"\x04\x22\x4d\x18", "lz4", &["lz4"]),
];

impl Packing {
    /// By the first bytes.
    pub fn of(head: &[u8]) -> Option<Self> {
        let head = head.get(..head.len().min(MAX_HEAD)).unwrap_or(head);
        let marked =
            PACKINGS.iter().find(|(_, magic, ..)| head.starts_with(magic)).map(|(packing, ..)| *packing);
        // Bytes that other files begin with, too.
        let marked = marked.filter(|packing| match packing {
            Packing::Lzma => begins(head, Packing::Lzma),
            // The sum of a first block, or of none.
            Packing::Bzip2 => head
                .get(4..)
                .is_some_and(|rest| rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17rE8P\x90")),
            _ => true,
        });
        marked.or_else(|| inflate::is_zlib(head).then_some(Packing::Zlib))
    }

    /// The word shown.
    pub fn word(self) -> &'static str {
        PACKINGS.iter().find(|(packing, ..)| *packing == self).map_or("zlib", |(_, _, word, _)| word)
    }

    /// What the file inside is called.
    pub fn inner(self, name: &str) -> &str {
        let endings = PACKINGS.iter().flat_map(|(.., endings)| *endings).chain(&["z"]);
        let stem = name
            .rsplit_once('.')
            .filter(|(_, end)| endings.clone().any(|known| end.eq_ignore_ascii_case(known)));
        stem.map_or(name, |(stem, _)| stem)
    }
}

/// What it unpacks to, and why there is no more, if there could be.
pub(super) fn unpack<R: Read + Seek>(
    window: &mut Window<'_, R>,
    packing: Packing,
) -> (Vec<u8>, Option<Stop>) {
    let mut unpacked = Vec::new();
    let stop = into(window, packing, &mut unpacked).err();
    // The others take it themselves.
    let is_free = !matches!(packing, Packing::Gzip | Packing::Zlib | Packing::OldJoblib);
    let spent = if is_free { window.spend(unpacked.len() as u64) } else { Ok(()) };
    (unpacked, stop.or(spent.err()))
}

fn into<R: Read + Seek>(window: &mut Window<'_, R>, packing: Packing, out: &mut Vec<u8>) -> Result<(), Stop> {
    match packing {
        Packing::Gzip => {
            for _ in 0..MAX_STREAMS {
                gzip_header(window)?;
                deflated(window, out, inflate::unpack)?;
                window.skip(window.left().min(8))?;
                let mut magic = [0; 2];
                let from = window.at();
                if window.left() < 2 {
                    return Ok(());
                }
                magic.copy_from_slice(&window.array::<2>()?);
                window.go(from)?;
                if magic != [0x1f, 0x8b] {
                    return Ok(());
                }
            }
            Err(Stop::Limit("more streams than are looked at"))
        }
        Packing::Zlib => deflated(window, out, inflate::unpack_zlib),
        Packing::OldJoblib => {
            // `ZF`, then the length in hexadecimal digits, filled up with blanks.
            let header = window.bytes(21)?;
            let digits = header.iter().skip(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let from = [21, 12, 2 + 2 + digits]
                .into_iter()
                .find(|from| header.get(*from).is_none_or(|byte| byte & 0x0f == 8));
            window.go(from.unwrap_or(21) as u64)?;
            deflated(window, out, inflate::unpack_zlib)
        }
        Packing::Bzip2 => all(bzip2::read::MultiBzDecoder::new(&mut *window), out),
        Packing::Lzma => {
            let reader = lzma_rust2::LzmaReader::new_mem_limit(&mut *window, MAX_MEMORY / 1024, None);
            all(reader.map_err(|_| CANNOT)?, out)
        }
        Packing::Xz => xz(window, out),
        Packing::Zstd => {
            for _ in 0..MAX_STREAMS {
                let frame = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(
                    &mut *window,
                    MAX_MEMORY.into(),
                );
                all(frame.map_err(|_| CANNOT)?, out)?;
                if window.left() == 0 {
                    return Ok(());
                }
            }
            Err(Stop::Limit("more streams than are looked at"))
        }
        Packing::Lz4 => all(lz4_flex::frame::FrameDecoder::new(&mut *window), out),
    }
}

type Inflate<R> = fn(&mut Window<'_, R>, u64, usize) -> (Vec<u8>, Option<Stop>);

fn deflated<R: Read + Seek>(
    window: &mut Window<'_, R>,
    out: &mut Vec<u8>,
    inflate: Inflate<R>,
) -> Result<(), Stop> {
    let left = window.left();
    let (bytes, stop) = inflate(window, left, MAX_UNPACKED.saturating_sub(out.len()));
    out.extend(bytes);
    stop.map_or(Ok(()), Err)
}

/// RFC 1952, 2.3.
fn gzip_header<R: Read + Seek>(window: &mut Window<'_, R>) -> Result<(), Stop> {
    let [_, _, method, flags, ..] = window.array::<10>()?;
    if method != 8 {
        return Err(CANNOT);
    }
    if flags & 4 != 0 {
        let length = u16::from_le_bytes(window.array()?);
        window.skip(length.into())?;
    }
    // A name, then a comment, each to a NUL.
    for flag in [8, 16] {
        while flags & flag != 0 && window.byte()? != 0 {}
    }
    if flags & 2 != 0 {
        window.skip(2)?;
    }
    Ok(())
}

/// The container of xz, as far as its streams hold LZMA2 alone: other filters are for programs, and not looked into.
/// The .xz file format, 1.2.0.
fn xz<R: Read + Seek>(window: &mut Window<'_, R>, out: &mut Vec<u8>) -> Result<(), Stop> {
    let header: [u8; 12] = window.array()?;
    let [_, _, _, _, _, _, _, check, ..] = header;
    let sum = match check & 0x0f {
        0 => 0,
        1..=3 => 4,
        4..=6 => 8,
        7..=9 => 16,
        10..=12 => 32,
        _ => 64,
    };
    for _ in 0..MAX_STREAMS {
        let start = window.at();
        let words = window.byte()?;
        if words == 0 {
            // The index: no further block.
            return Ok(());
        }
        let header = window.bytes((usize::from(words) + 1) * 4 - 1)?;
        let mut fields = header.as_slice();
        let flags = take(&mut fields)?;
        for bit in [0x40, 0x80] {
            if flags & bit != 0 {
                number(&mut fields)?;
            }
        }
        let is_plain = flags & 3 == 0 && number(&mut fields)? == 0x21 && number(&mut fields)? == 1;
        let size = take(&mut fields)?;
        if !is_plain || size > 40 {
            return Err(Stop::Broken("a filter of xz that is not looked into"));
        }
        let dictionary = match size {
            40 => u32::MAX,
            _ => (2 | u32::from(size & 1)).checked_shl(u32::from(size) / 2 + 11).unwrap_or(u32::MAX),
        };
        // No more of it is needed than is unpacked.
        let dictionary = dictionary.clamp(4096, MAX_MEMORY);
        all(lzma_rust2::Lzma2Reader::new(&mut *window, dictionary, None), out)?;
        let used = window.at().saturating_sub(start);
        window.skip(used.next_multiple_of(4) - used + sum)?;
    }
    Err(Stop::Limit("more streams than are looked at"))
}

fn take(fields: &mut &[u8]) -> Result<u8, Stop> {
    let (first, rest) = fields.split_first().ok_or(CANNOT)?;
    *fields = rest;
    Ok(*first)
}

fn number(fields: &mut &[u8]) -> Result<u64, Stop> {
    let mut value = 0_u64;
    for shift in 0..9 {
        let byte = take(fields)?;
        value |= u64::from(byte & 0x7f) << (7 * shift);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(CANNOT)
}

/// All that a decompressor gives, up to the limit.
fn all(mut reader: impl Read, out: &mut Vec<u8>) -> Result<(), Stop> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                let room = MAX_UNPACKED.saturating_sub(out.len());
                out.extend_from_slice(buffer.get(..count.min(room)).unwrap_or_default());
                if count > room {
                    return Err(TOO_MUCH);
                }
            }
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) if cause.kind() == ErrorKind::QuotaExceeded => {
                return Err(Stop::Limit("more bytes than are looked at"));
            }
            Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => return Err(Stop::Cut),
            Err(_) => return Err(CANNOT),
        }
    }
}

/// Whether these bytes, which begin like a stream without a mark worth the name, are one: some of it unpacks.
fn begins(head: &[u8], packing: Packing) -> bool {
    let mut budget = head.len() as u64;
    let mut window: Window<'_, Cursor<&[u8]>> = Window::over(head, &mut budget);
    let mut out = Vec::new();
    let ended = into(&mut window, packing, &mut out);
    ended.is_ok() || !out.is_empty()
}
