//! Where the tensors of a safetensors or GGUF file lie, and how long the file should be by its own header.
//! Headers are read with limits and believed only as far as a message goes: nothing is decided by them.

use crate::check::change::HeaderFormat;
use crate::disk;
use crate::json;
use serde_json::Value;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

const LIMIT_SAFETENSORS_HEADER: u64 = 32 * 1024 * 1024;
const LIMIT_GGUF_HEADER: u64 = 64 * 1024 * 1024;
const MAX_TENSORS: u64 = 1_000_000;
const MAX_GGUF_DIMENSIONS: u32 = 8;
const MAX_GGUF_NAME: u64 = 4096;

/// One tensor: its name, and its bytes counted from the start of the file.
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// What a header says of its file.
pub(crate) struct Layout {
    /// Whose header it is.
    pub(crate) format: HeaderFormat,
    /// Where the header ends.
    pub(super) header_end: u64,
    /// The size that the header promises: at least, and at most (padding at the end is allowed).
    pub(super) promised: (u64, u64),
    /// In the order of their place.
    pub(crate) tensors: Vec<Tensor>,
}

/// What lies at the start of a file.
pub(crate) enum Head {
    /// A header that could be read.
    Whole(Layout),
    /// A safetensors header that says that it is longer than the file is.
    Cut {
        /// The size that the header alone would need.
        at_least: u64,
    },
    /// Neither, or damaged, or beyond the limits.
    Unknown,
}

/// Reads the header of a regular file; whatever stops it is [`Head::Unknown`].
pub(crate) fn read(path: &Path) -> Head {
    let Ok((mut file, metadata)) = disk::open(path) else { return Head::Unknown };
    let size = metadata.len();
    let mut magic = [0; 9];
    if file.read_exact(&mut magic).is_err() {
        return Head::Unknown;
    }
    if magic.starts_with(b"GGUF") {
        return gguf(path).map_or(Head::Unknown, Head::Whole);
    }
    let [length @ .., brace] = magic;
    let header_bytes = u64::from_le_bytes(length);
    if brace != b'{' || !(2..=LIMIT_SAFETENSORS_HEADER).contains(&header_bytes) {
        return Head::Unknown;
    }
    let header_end = header_bytes + 8;
    if header_end > size {
        return Head::Cut { at_least: header_end };
    }
    let mut header = vec![b'{'];
    if file.take(header_bytes - 1).read_to_end(&mut header).is_err() {
        return Head::Unknown;
    }
    safetensors(&header, header_end).map_or(Head::Unknown, Head::Whole)
}

fn safetensors(header: &[u8], header_end: u64) -> Option<Layout> {
    let Value::Object(fields) = json::parse(header, 8).ok()? else { return None };
    let mut tensors = Vec::with_capacity(fields.len());
    for (name, field) in fields.into_iter().filter(|(name, _)| name != "__metadata__") {
        let offsets = field.get("data_offsets")?.as_array()?;
        let [start, end] = offsets.as_slice() else { return None };
        let at = |offset: &Value| header_end.checked_add(offset.as_u64()?);
        let (start, end) = (at(start)?, at(end)?);
        if start > end {
            return None;
        }
        tensors.push(Tensor { name, start, end });
    }
    let promised = tensors.iter().map(|tensor| tensor.end).max().unwrap_or(header_end);
    Some(Layout::new(HeaderFormat::Safetensors, header_end, (promised, promised), tensors))
}

impl Layout {
    fn new(format: HeaderFormat, header_end: u64, promised: (u64, u64), mut tensors: Vec<Tensor>) -> Self {
        tensors.sort_by_key(|tensor| (tensor.start, tensor.end));
        Layout { format, header_end, promised, tensors }
    }

    /// The tensors that have bytes between `start` and `end`.
    pub(crate) fn within(&self, start: u64, end: u64) -> impl Iterator<Item = &Tensor> {
        self.tensors.iter().filter(move |tensor| tensor.start < end && tensor.end > start)
    }
}

/// GGUF versions 2 and 3, little-endian.
fn gguf(path: &Path) -> Option<Layout> {
    let mut source = Source { file: BufReader::new(disk::open(path).ok()?.0), at: 0 };
    source.skip(4)?;
    if !matches!(source.u32()?, 2 | 3) {
        return None;
    }
    let (count, pairs) = (source.u64()?, source.u64()?);
    if count > MAX_TENSORS || pairs > MAX_TENSORS {
        return None;
    }
    let mut alignment = 32;
    for _ in 0..pairs {
        let key = source.string()?;
        let kind = source.u32()?;
        if key == b"general.alignment" && kind == 4 {
            alignment = u64::from(source.u32()?);
        } else {
            source.skip_value(kind)?;
        }
    }
    if alignment == 0 || !alignment.is_multiple_of(8) {
        return None;
    }
    let mut found = Vec::new();
    for _ in 0..count {
        let name = String::from_utf8_lossy(&source.string()?).into_owned();
        let dimensions = source.u32()?;
        if dimensions > MAX_GGUF_DIMENSIONS {
            return None;
        }
        let mut values: u64 = 1;
        for _ in 0..dimensions {
            values = values.checked_mul(source.u64()?)?;
        }
        let kind = source.u32()?;
        found.push((name, source.u64()?, stored_bytes(kind, values)));
    }
    let header_end = source.at;
    let data = header_end.checked_next_multiple_of(alignment)?;
    found.sort_by_key(|(_, offset, _)| *offset);
    let next: Vec<u64> = found.iter().skip(1).map(|(_, offset, _)| *offset).collect();
    let mut tensors = Vec::with_capacity(found.len());
    for (index, (name, offset, bytes)) in found.into_iter().enumerate() {
        // Of a type that is not known here, only that it ends where the next one begins.
        let length = bytes.unwrap_or_else(|| next.get(index).map_or(0, |next| next - offset));
        let start = data.checked_add(offset)?;
        tensors.push(Tensor { name, start, end: start.checked_add(length)? });
    }
    let least = tensors.iter().map(|tensor| tensor.end).max().unwrap_or(header_end);
    let most = least.checked_next_multiple_of(alignment)?;
    Some(Layout::new(HeaderFormat::Gguf, header_end, (least, most), tensors))
}

/// Bytes of `values` numbers of a GGML type: blocks of so many values take so many bytes.
fn stored_bytes(kind: u32, values: u64) -> Option<u64> {
    let (_, per_block, block_bytes) = GGML_TYPES.iter().find(|(known, ..)| *known == kind)?;
    values.div_ceil(*per_block).checked_mul(*block_bytes)
}

const GGML_TYPES: [(u32, u64, u64); 32] = [
    (0, 1, 4),
    (1, 1, 2),
    (2, 32, 18),
    (3, 32, 20),
    (6, 32, 22),
    (7, 32, 24),
    (8, 32, 34),
    (9, 32, 36),
    (10, 256, 84),
    (11, 256, 110),
    (12, 256, 144),
    (13, 256, 176),
    (14, 256, 210),
    (15, 256, 292),
    (16, 256, 66),
    (17, 256, 74),
    (18, 256, 98),
    (19, 256, 50),
    (20, 32, 18),
    (21, 256, 110),
    (22, 256, 82),
    (23, 256, 136),
    (24, 1, 1),
    (25, 1, 2),
    (26, 1, 4),
    (27, 1, 8),
    (28, 1, 8),
    (29, 256, 56),
    (30, 1, 2),
    (34, 256, 54),
    (35, 256, 66),
    (39, 32, 17),
];

/// Reads forwards and gives up at the limit.
struct Source {
    file: BufReader<File>,
    at: u64,
}

impl Source {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.advance(N as u64)?;
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn advance(&mut self, bytes: u64) -> Option<()> {
        self.at = self.at.checked_add(bytes).filter(|at| *at <= LIMIT_GGUF_HEADER)?;
        Some(())
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        self.advance(bytes)?;
        let copied = std::io::copy(&mut self.file.by_ref().take(bytes), &mut std::io::sink()).ok()?;
        (copied == bytes).then_some(())
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn string(&mut self) -> Option<Vec<u8>> {
        let length = self.u64().filter(|length| *length <= MAX_GGUF_NAME)?;
        self.advance(length)?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(length).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 == length).then_some(bytes)
    }

    /// Arrays of arrays end the reading.
    fn skip_value(&mut self, kind: u32) -> Option<()> {
        match (width(kind), kind) {
            (Some(bytes), _) => self.skip(bytes),
            (None, 8) => self.skip_string(),
            (None, 9) => {
                let (item, count) = (self.u32()?, self.u64()?);
                match width(item) {
                    Some(bytes) => self.skip(count.checked_mul(bytes)?),
                    None if item == 8 => (0..count).try_for_each(|_| self.skip_string()),
                    None => None,
                }
            }
            _ => None,
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let length = self.u64()?;
        self.skip(length)
    }
}

/// Bytes of a metadata value of this type, when it is a plain number.
fn width(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gguf_header_says_where_its_tensors_lie() {
        let mut bytes = b"GGUF".to_vec();
        let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
        bytes.extend(3u32.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        bytes.extend([text("general.name"), 8u32.to_le_bytes().to_vec(), text("x")].concat());
        bytes.extend([text("tokens"), 9u32.to_le_bytes().to_vec(), 8u32.to_le_bytes().to_vec()].concat());
        bytes.extend([2u64.to_le_bytes().to_vec(), text("a"), text("b")].concat());
        for (name, kind, offset) in [("blk.0", 0u32, 0u64), ("blk.1", 8, 32)] {
            bytes.extend(text(name));
            bytes.extend(1u32.to_le_bytes());
            bytes.extend(if kind == 0 { 4u64 } else { 64 }.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(offset.to_le_bytes());
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.gguf");
        std::fs::write(&path, &bytes).unwrap();
        let Head::Whole(layout) = read(&path) else { panic!("not read") };
        let data = (bytes.len() as u64).next_multiple_of(32);
        assert_eq!(layout.header_end, bytes.len() as u64);
        assert_eq!(layout.promised, (data + 32 + 68, (data + 32 + 68).next_multiple_of(32)));
        let names: Vec<&str> = layout.within(data + 40, data + 41).map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["blk.1"]);
        // Counts beyond reason are not believed.
        bytes[8..16].fill(0xff);
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(read(&path), Head::Unknown));
    }
}
