//! The closed world: which kinds of files are known to be data and nothing else, by their content. A file of another
//! kind may be harmless, and nobody here knows that it is. The kinds stand in tables: how one begins, and what has to
//! hold to its last byte. It knows no format of weights: these have readers of their own.

use std::path::Path;

use super::hazards::{Hazards, Stop};
use super::{media, text};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// What is read at the end of a file, where an archive would have its directory.
const TAIL: u64 = 65_535 + 22;
/// How the end of a ZIP archive begins; the length of a comment stands 20 bytes on.
const ZIP_END: &[u8] = b"PK\x05\x06";

/// A kind that is known to be data.
struct Kind {
    /// Whether the first bytes are its own.
    begins: fn(&[u8]) -> bool,
    /// The endings of names by which nothing else than its own reader opens it.
    endings: &'static [&'static str],
    /// What has to hold to the last byte.
    holds: fn(&mut media::Reading<'_>) -> Result<(), Stop>,
    /// Whether only its beginning can be told.
    is_loose: bool,
}

/// The kinds.
const KINDS: [Kind; 14] = [
    Kind {
        begins: |head| head.starts_with(media::PNG),
        endings: &["png"],
        holds: media::png,
        is_loose: false,
    },
    Kind {
        begins: |head| head.starts_with(b"\xff\xd8\xff"),
        endings: &["jpeg", "jpg"],
        holds: media::jpeg,
        is_loose: false,
    },
    Kind {
        begins: |head| head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
        endings: &["gif"],
        holds: media::gif,
        is_loose: false,
    },
    Kind { begins: is_riff, endings: &["avi", "wav", "webp"], holds: media::riff, is_loose: false },
    Kind {
        begins: |head| head.get(4..8) == Some(b"ftyp"),
        endings: &["avif", "heic", "m4a", "mov", "mp4"],
        holds: media::boxes,
        is_loose: false,
    },
    Kind {
        begins: |head| head.starts_with(b"OggS"),
        endings: &["oga", "ogg", "ogv", "opus"],
        holds: media::ogg,
        is_loose: false,
    },
    Kind {
        begins: |head| head.starts_with(b"fLaC"),
        endings: &["flac"],
        holds: media::to_the_end,
        is_loose: true,
    },
    Kind { begins: is_mp3, endings: &["mp3"], holds: media::to_the_end, is_loose: true },
    Kind { begins: |head| head.starts_with(b"%PDF-"), endings: &["pdf"], holds: media::pdf, is_loose: true },
    Kind {
        begins: |head| head.starts_with(b"PAR1"),
        endings: &["parquet"],
        holds: |file| media::both_ends(file, b"PAR1"),
        is_loose: true,
    },
    Kind {
        begins: |head| head.starts_with(b"ARROW1\0\0"),
        endings: &["arrow", "feather"],
        holds: |file| media::both_ends(file, b"ARROW1"),
        is_loose: true,
    },
    Kind { begins: media::is_record, endings: &["tfrecord"], holds: media::records, is_loose: false },
    Kind {
        begins: is_signature,
        endings: &["asc", "gpg", "pgp", "sig"],
        holds: media::packets,
        is_loose: false,
    },
    // A tokenizer of sentencepiece: no byte of its own says so, but all its fields do.
    Kind {
        begins: |head| matches!(head, [0x0a, ..]) && !text::is_text(head),
        endings: &["bpe", "model", "spm"],
        holds: media::pieces,
        is_loose: false,
    },
];

/// What is no data, or holds what nobody looks into: how it begins, where, and what it is.
const OTHERS: [(usize, &[u8], HazardKind, &str); 40] = [
    (0, b"\x7fELF", HazardKind::Program, "a program or library (ELF)"),
    (0, b"MZ", HazardKind::Program, "a program or library (PE)"),
    (0, b"\xfe\xed\xfa\xce", HazardKind::Program, "a program or library (Mach-O)"),
    (0, b"\xfe\xed\xfa\xcf", HazardKind::Program, "a program or library (Mach-O)"),
    (0, b"\xce\xfa\xed\xfe", HazardKind::Program, "a program or library (Mach-O)"),
    (0, b"\xcf\xfa\xed\xfe", HazardKind::Program, "a program or library (Mach-O)"),
    (0, b"\xca\xfe\xba\xbe", HazardKind::Program, "a class of Java, or a program (Mach-O)"),
    (0, b"\xca\xfe\xba\xbf", HazardKind::Program, "a program or library (Mach-O)"),
    (0, b"\0asm", HazardKind::Program, "a program (WebAssembly)"),
    (0, b"dex\n", HazardKind::Program, "a program (Dalvik)"),
    (0, b"BC\xc0\xde", HazardKind::Program, "a program (LLVM)"),
    (0, b"\xde\xc0\x17\x0b", HazardKind::Program, "a program (LLVM)"),
    (0, b"\x1bLua", HazardKind::Program, "a program (Lua)"),
    (0, b"!<arch>\n", HazardKind::Program, "a library (ar)"),
    (0, b"#!", HazardKind::Script, "a script"),
    (2, b"\r\n", HazardKind::Program, "a program (Python bytecode)"),
    (0, b"ptrt", HazardKind::Program, "an engine of TensorRT: it holds a program"),
    (0, b"ftrt", HazardKind::Program, "an engine of TensorRT: it holds a program"),
    (4, b"TFL3", HazardKind::Unknown, "a model of TensorFlow Lite, which is not looked into"),
    (0, b"7z\xbc\xaf\x27\x1c", HazardKind::Archive, "a 7z archive, which is not looked into"),
    (0, b"Rar!\x1a\x07", HazardKind::Archive, "a RAR archive, which is not looked into"),
    (0, b"MSCF", HazardKind::Archive, "a cabinet archive, which is not looked into"),
    (0, b"xar!", HazardKind::Archive, "a xar archive, which is not looked into"),
    (0, b"hsqs", HazardKind::Archive, "a SquashFS image, which is not looked into"),
    (0, b"07070", HazardKind::Archive, "a cpio archive, which is not looked into"),
    (0, b"LZIP", HazardKind::Archive, "compressed by lzip, which is not looked into"),
    (0, b"\x1f\x9d", HazardKind::Archive, "compressed by compress, which is not looked into"),
    (0, b"\x1f\xa0", HazardKind::Archive, "compressed by compress, which is not looked into"),
    (0, b"\x89LZO\0", HazardKind::Archive, "compressed by lzop, which is not looked into"),
    (0, b"\xff\x06\0\0sNaPpY", HazardKind::Archive, "compressed by Snappy, which is not looked into"),
    (0, b"\x02\x21\x4c\x18", HazardKind::Archive, "compressed by an old lz4, which is not looked into"),
    (0, b"zQ\x1b\x30", HazardKind::Archive, "compressed by zstd in an old form, which is not looked into"),
    (0, b"Salted__", HazardKind::Archive, "encrypted"),
    (0, b"age-encryption.org/", HazardKind::Archive, "encrypted"),
    (0, b"-----BEGIN PGP MESSAGE", HazardKind::Archive, "encrypted"),
    (0, b"SQLite format 3\0", HazardKind::Unknown, "a database (SQLite), which is not looked into"),
    (0, b"lmgg", HazardKind::Unknown, "GGML, from before GGUF, which is not looked into"),
    (0, b"tjgg", HazardKind::Unknown, "GGML, from before GGUF, which is not looked into"),
    (0, b"fmgg", HazardKind::Unknown, "GGML, from before GGUF, which is not looked into"),
    (0, b"\x89HDF\r\n\x1a\n", HazardKind::Unknown, "HDF5 that could not be read"),
];
/// How those of them begin that are text; a text may begin like any other of them.
const OF_TEXT: [&[u8]; 4] = [b"#!", b"!<arch>", b"age-", b"-----"];
/// Names that say what content without a mark of its own is.
const BY_NAME: [(&str, &str); 14] = [
    ("saved_model.pb", "a SavedModel of TensorFlow: a program of its operators"),
    (".pb", "a graph of TensorFlow, or another message, which is not looked into"),
    (".mlmodel", "a model of Core ML, which is not looked into"),
    (".tflite", "a model of TensorFlow Lite, which is not looked into"),
    (".engine", "an engine of TensorRT: it holds a program"),
    (".plan", "an engine of TensorRT: it holds a program"),
    (".trt", "an engine of TensorRT: it holds a program"),
    (".msgpack", "MessagePack, as Flax writes it, which is not looked into"),
    (".pdmodel", "a program of Paddle"),
    (".onnx_data", "numbers that no ONNX model here names"),
    (".mnn", "a model of MNN, which is not looked into"),
    (".data-00000-of-00001", "variables of TensorFlow, which are not looked into"),
    (".index", "an index of TensorFlow, which is not looked into"),
    (".mar", "an archive of TorchServe that is none"),
];

/// A file that nobody else has judged.
pub(super) struct Unjudged<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// How long it is.
    pub size: u64,
    /// What a loader would call it.
    pub name: &'a str,
    /// Its first bytes.
    pub head: &'a [u8],
}

/// What it is, unless it is known to be data.
pub(super) fn judge(file: &Unjudged<'_>, budget: &mut u64, found: &mut Hazards) {
    let mut unknown = |kind: HazardKind, why: &str| found.add(Tier::Unreadable, kind, "", "", why);
    if file.size == 0 {
        return;
    }
    let is_text = text::is_text(file.head);
    let is_other = |at: usize, magic: &[u8]| {
        let may_be_text = magic.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        let is_of_text = OF_TEXT.iter().any(|begins| magic.starts_with(begins));
        is_at(file.head, at, magic) && (!is_text || !may_be_text || is_of_text)
    };
    if let Some((_, _, kind, what)) = OTHERS.iter().find(|(at, magic, ..)| is_other(*at, magic)) {
        return unknown(*kind, what);
    }
    let mut reading = media::Reading { path: file.path, size: file.size, head: file.head, budget };
    let extension = extension(file.name);
    let is_named = |kind: &Kind| kind.endings.contains(&extension.as_str());
    // Where nothing but the beginning is its own, the name has to say it as well.
    let fits = |kind: &&Kind| (kind.begins)(file.head) && (!kind.is_loose || is_named(kind));
    if let Some(kind) = KINDS.iter().find(fits) {
        return match (kind.holds)(&mut reading) {
            Ok(()) => {
                if !is_named(kind) && has_archive_behind(&mut reading) {
                    unknown(HazardKind::Archive, "a ZIP archive lies behind it");
                }
            }
            Err(stop) => unknown(HazardKind::Unknown, &format!("it is not what it begins as: {stop}")),
        };
    }
    match text::look(&mut reading, file.name, found) {
        Ok(text::Text::Plain) => {}
        Ok(text::Text::Code(what)) => found.add(Tier::Unreadable, HazardKind::Program, "", "", what),
        Ok(text::Text::Script(what)) => found.add(Tier::Unreadable, HazardKind::Script, "", "", what),
        Ok(text::Text::No) => {
            let lower = file.name.to_lowercase();
            let named = BY_NAME.iter().find(|(end, _)| lower.ends_with(end)).map(|(_, what)| *what);
            let what = match () {
                () if has_user_block(&mut reading) => "HDF5 behind a block of another kind",
                () if has_archive_behind(&mut reading) => "a ZIP archive lies behind something else",
                () => named.unwrap_or("of no kind that is known to be data"),
            };
            found.add(Tier::Unreadable, HazardKind::Unknown, "", "", what);
        }
        Err(stop) => {
            let why = format!("cannot be looked at to its end: {stop}");
            found.add(Tier::Unreadable, HazardKind::Unknown, "", "", why);
        }
    }
}

/// Whether an archive's directory lies at the end of a file that begins as something else, by a name that another
/// reader may go by.
pub(super) fn is_named_otherwise(
    file: &Unjudged<'_>,
    endings: &[&str],
    budget: &mut u64,
    found: &mut Hazards,
) {
    let mut reading = media::Reading { path: file.path, size: file.size, head: file.head, budget };
    let extension = extension(file.name);
    if !endings.contains(&extension.as_str()) && !extension.is_empty() && has_archive_behind(&mut reading) {
        found.add(Tier::Unreadable, HazardKind::Archive, "", "", "a ZIP archive lies behind it");
    }
}

fn is_at(head: &[u8], at: usize, magic: &[u8]) -> bool {
    let is_there = head.get(at..).is_some_and(|rest| rest.starts_with(magic));
    // The number of a version, then a line end: text has a letter and a line end here, too.
    is_there && (at != 2 || magic != b"\r\n" || head.get(1) == Some(&0x0d) || head.get(1) == Some(&0x0c))
}

fn is_riff(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && matches!(head.get(8..12), Some(b"WAVE" | b"WEBP" | b"AVI "))
}

fn is_mp3(head: &[u8]) -> bool {
    head.starts_with(b"ID3") || matches!(head, [0xff, 0xfa | 0xfb | 0xf2 | 0xf3, ..])
}

/// A packet of OpenPGP that is a signature (RFC 9580, 4.2).
fn is_signature(head: &[u8]) -> bool {
    matches!(head, [0x88..=0x8a | 0xc2, ..]) && !text::is_text(head)
}

fn extension(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default()
}

fn has_archive_behind(file: &mut media::Reading<'_>) -> bool {
    let Ok(tail) = file.tail(TAIL) else { return true };
    tail.windows(ZIP_END.len()).enumerate().any(|(at, window)| {
        let length = tail.get(at + 20..at + 22).and_then(|length| length.first_chunk());
        let ends_at = length.map(|length| at + 22 + usize::from(u16::from_le_bytes(*length)));
        // Some readers take what follows the comment for nothing.
        window == ZIP_END && ends_at.is_some_and(|ends_at| ends_at <= tail.len())
    })
}

/// The superblock may lie at 512 bytes, or at a power of two of them.
fn has_user_block(file: &mut media::Reading<'_>) -> bool {
    let magic = b"\x89HDF\r\n\x1a\n";
    let mut at = 512_u64;
    while at < file.size {
        if file.at(at, magic.len()).is_ok_and(|bytes| bytes == magic) {
            return true;
        }
        at = match at.checked_mul(2) {
            Some(next) => next,
            None => return false,
        };
    }
    false
}
