//! What a model file looks like from its first bytes: safetensors, GGUF, pickle, archive, text. It trusts
//! nothing, reads little, and never runs anything.

use crate::disk::{self, Unread};
use crate::json;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// A safetensors header larger than this is not read.
const LIMIT_HEADER_BYTES: u64 = 32 * 1024 * 1024;
const HEAD_BYTES: u64 = 4096;

/// What the first bytes say.
pub(crate) enum Format {
    /// A readable header: tensors, and what `__metadata__` says.
    Safetensors { tensors: usize, header_bytes: u64, metadata: Vec<(String, String)> },
    /// Magic and version.
    Gguf { version: u32, tensors: u64, pairs: u64 },
    /// Python pickle: loading it runs code.
    Pickle,
    /// A ZIP archive, as PyTorch checkpoints are.
    Zip,
    /// UTF-8 text.
    Text,
    /// Nothing of these; also a safetensors file whose header is damaged.
    Other,
}

/// Looks at the first bytes of a file.
///
/// # Errors
/// What reading gives.
pub(crate) fn read(path: &Path) -> std::io::Result<Format> {
    let (mut file, metadata) = match disk::open(path) {
        Ok(opened) => opened,
        Err(Unread::Io(cause)) => return Err(cause),
        Err(_) => return Ok(Format::Other),
    };
    let size = metadata.len();
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    if head.starts_with(b"GGUF") {
        let (version, tensors, pairs) = (array(&head, 4), array(&head, 8), array(&head, 16));
        // A version is a small number: where its low bytes are nought, all numbers have their high byte first.
        let is_big_endian = matches!(version, [0, 0, a, b] if (a, b) != (0, 0));
        return Ok(match is_big_endian {
            true => Format::Gguf {
                version: u32::from_be_bytes(version),
                tensors: u64::from_be_bytes(tensors),
                pairs: u64::from_be_bytes(pairs),
            },
            false => Format::Gguf {
                version: u32::from_le_bytes(version),
                tensors: u64::from_le_bytes(tensors),
                pairs: u64::from_le_bytes(pairs),
            },
        });
    }
    let header_bytes = u64::from_le_bytes(array(&head, 0));
    if head.get(8) == Some(&b'{') && header_bytes <= size.saturating_sub(8).min(LIMIT_HEADER_BYTES) {
        let mut header = head.get(8..).unwrap_or_default().to_vec();
        let rest = header_bytes.saturating_sub(header.len() as u64);
        file.take(rest).read_to_end(&mut header)?;
        header.truncate(usize::try_from(header_bytes).unwrap_or(usize::MAX));
        return Ok(safetensors(&header, header_bytes).unwrap_or(Format::Other));
    }
    if matches!(head.as_slice(), [0x80, 2..=5, ..]) {
        return Ok(Format::Pickle);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Format::Zip);
    }
    Ok(if is_text(&head) { Format::Text } else { Format::Other })
}

fn safetensors(header: &[u8], header_bytes: u64) -> Option<Format> {
    let Value::Object(tensors) = json::parse(header, 8).ok()? else { return None };
    let metadata = match tensors.get("__metadata__") {
        Some(Value::Object(pairs)) => {
            pairs.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
        }
        _ => Vec::new(),
    };
    let count = tensors.len() - usize::from(tensors.contains_key("__metadata__"));
    Some(Format::Safetensors { tensors: count, header_bytes, metadata })
}

fn is_text(head: &[u8]) -> bool {
    // A character may be cut at the end of what was read.
    let cut = match std::str::from_utf8(head) {
        Ok(_) => head.len(),
        Err(cause) if cause.error_len().is_none() => cause.valid_up_to(),
        Err(_) => return false,
    };
    !head.is_empty() && cut > 0 && !head.contains(&0)
}

fn array<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(bytes.iter().skip(from)).for_each(|(to, byte)| *to = *byte);
    out
}

/// What a file of that name may do when a model is loaded, in our own words.
pub fn hazard(name: &str) -> Option<&'static str> {
    let extension = name.rsplit('/').next()?.rsplit_once('.')?.1.to_ascii_lowercase();
    HAZARDS.iter().find(|(known, _)| *known == extension).map(|(_, what)| *what)
}

/// Whether Python, or a loader, takes a file of this name for code.
pub(crate) fn is_code(name: &str) -> bool {
    const CODE: [&str; 8] = ["py", "pyc", "pyd", "pyw", "so", "dll", "dylib", "sh"];
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| CODE.contains(&extension.as_str()))
}

const HAZARDS: [(&str, &str); 22] = [
    ("py", "code that loading the model may run"),
    ("pyc", "code that loading the model may run"),
    ("so", "native code"),
    ("dll", "native code"),
    ("dylib", "native code"),
    ("sh", "code"),
    ("pkl", "pickle: loading it runs code"),
    ("pickle", "pickle: loading it runs code"),
    ("joblib", "pickle: loading it runs code"),
    ("pt", "may hold pickle, which runs code when loaded"),
    ("pth", "may hold pickle, which runs code when loaded"),
    ("ckpt", "may hold pickle, which runs code when loaded"),
    ("bin", "may hold pickle, which runs code when loaded"),
    ("npy", "may hold pickle, which runs code when loaded"),
    ("h5", "may hold layers with code"),
    ("keras", "may hold layers with code"),
    ("jinja", "a template that the tokenizer may run"),
    ("safetensors", "weights that may be loaded"),
    ("gguf", "weights that may be loaded"),
    ("onnx", "weights that may be loaded"),
    ("sig", "looks like another signature: leave it out with an ignored path"),
    ("jsonl", "if it holds attestations, leave it out with an ignored path"),
];
