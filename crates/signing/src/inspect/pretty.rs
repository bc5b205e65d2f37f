//! A document as lines to read, within limits: JSON written out over lines, anything else as it is. What is left out is
//! counted.

use crate::hashing::job::sha256_hex;
use crate::text::Untrusted;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Documents up to this size are written out.
const LIMIT_WRITTEN_OUT: usize = 8 * 1024 * 1024;
const LIMIT_LINES: usize = 4000;
/// Longer lines are cut, and say so.
const LIMIT_LINE: usize = 2000;
/// Of a document that is not written out.
const LIMIT_START: usize = 64 * 1024;
const MAX_DEPTH: usize = 64;

/// A document to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawText {
    /// SHA-256 over its bytes, hex; empty when there is none.
    pub digest: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its lines: JSON written out, where it is JSON.
    pub lines: Vec<Untrusted>,
    /// What was signed, as its own lines, where that is JSON.
    pub payload: Vec<Untrusted>,
    /// What is left out of the lines, in words; none when nothing is.
    pub left_out: Option<String>,
}

pub(super) fn raw_text(bytes: &[u8]) -> RawText {
    let mut raw = RawText { digest: sha256_hex(bytes), bytes: bytes.len() as u64, ..RawText::default() };
    let document =
        (bytes.len() <= LIMIT_WRITTEN_OUT).then(|| crate::json::parse(bytes, MAX_DEPTH).ok()).flatten();
    let Some(document) = document else {
        let start = bytes.get(..LIMIT_START.min(bytes.len())).unwrap_or_default();
        let text = String::from_utf8_lossy(start);
        let (lines, cut) = lines(&text);
        raw.lines = lines;
        let rest = bytes.len().saturating_sub(start.len());
        if rest > 0 || cut > 0 {
            raw.left_out = Some(format!("{rest} further bytes are not shown"));
        }
        return raw;
    };
    let payload = document.pointer("/dsseEnvelope/payload").and_then(Value::as_str);
    let payload = payload.and_then(|text| STANDARD.decode(text).ok());
    let payload = payload.and_then(|bytes| crate::json::parse(&bytes, MAX_DEPTH).ok());
    let (lines, cut) = written(&document);
    let (signed, signed_cut) = payload.as_ref().map(written).unwrap_or_default();
    (raw.lines, raw.payload) = (lines, signed);
    if cut + signed_cut > 0 {
        raw.left_out = Some(format!("{} further lines are not shown", cut + signed_cut));
    }
    raw
}

fn written(document: &Value) -> (Vec<Untrusted>, usize) {
    lines(&serde_json::to_string_pretty(document).unwrap_or_default())
}

fn lines(text: &str) -> (Vec<Untrusted>, usize) {
    let short = |line: &str| {
        let end = line.char_indices().nth(LIMIT_LINE).map(|(at, _)| at);
        match end.and_then(|end| line.split_at_checked(end)) {
            Some((start, rest)) => {
                Untrusted::new(format!("{start}… {} more characters", rest.chars().count()))
            }
            None => Untrusted::new(line),
        }
    };
    let shown = text.lines().take(LIMIT_LINES).map(short).collect();
    (shown, text.lines().count().saturating_sub(LIMIT_LINES))
}
