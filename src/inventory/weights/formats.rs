//! Weights formats, told by the first (of archives also the last) 64 KiB of a file. Nothing is loaded.

use std::path::Path;

use super::hazards::LOADED_AS_PICKLE;
use crate::disk::{self, Unread};
use crate::inventory::model::format::Format;

/// How much of a file is looked at.
pub(super) const HEAD_BYTES: u64 = 64 * 1024;
/// The safetensors format's own limit on its header.
const MAX_SAFETENSORS_HEADER: u64 = 100_000_000;
/// The pickle inside a PyTorch archive.
const ARCHIVED_PICKLE: &[u8] = b"data.pkl";

/// What a look at one file told.
pub(in crate::inventory) struct Look {
    /// The format, when it is one that we know.
    pub format: Option<Format>,
    /// The name promises a format that the bytes are not.
    pub mislabelled: bool,
    /// The bytes that were read.
    pub head: Vec<u8>,
}

/// Looks at one file, which a loader calls `name`.
pub(in crate::inventory) fn look(path: &Path, size: u64, name: &str) -> Result<Look, Unread> {
    let extension =
        Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (head, complete) = disk::start(path, HEAD_BYTES)?;
    let mut format = by_content(&head, size);
    if format.is_none() && head.starts_with(b"PK") {
        let archived = contains(&head, ARCHIVED_PICKLE)
            || !complete && contains(&disk::end(path, HEAD_BYTES)?, ARCHIVED_PICKLE);
        format = archived.then_some(Format::Pickle);
    } else if format.is_none() && extension == "onnx" {
        format = Some(Format::Onnx);
    } else if format.is_none() && LOADED_AS_PICKLE.contains(&extension.as_str()) {
        format = Some(Format::Pickle);
    }
    let promised = match extension.as_str() {
        "safetensors" => Some(Format::Safetensors),
        "gguf" => Some(Format::Gguf),
        _ => None,
    };
    Ok(Look { format, mislabelled: promised.is_some() && promised != format, head })
}

fn by_content(head: &[u8], size: u64) -> Option<Format> {
    match head {
        [b'G', b'G', b'U', b'F', ..] => Some(Format::Gguf),
        [0x80, 2..=5, ..] => Some(Format::Pickle),
        [a, b, c, d, e, f, g, h, b'{', ..] => {
            let header = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
            let fits = header <= MAX_SAFETENSORS_HEADER && header.saturating_add(8) <= size;
            fits.then_some(Format::Safetensors)
        }
        _ => None,
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
