//! SPDX 2 in YAML as the tree that its JSON form would be, so that one view reads both.

use serde_json::Value;

const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The members by which a bill is told, at the beginning of a line.
const TOLD_BY: [&str; 2] = ["spdxVersion", "bomFormat"];

/// Whether a document is a bill in YAML. Keys may stand in any order, so every line is looked at.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let is_told = |line: &[u8]| {
        let line = line.strip_prefix(b"\"").or_else(|| line.strip_prefix(b"'")).unwrap_or(line);
        TOLD_BY.iter().any(|key| {
            let rest = line.strip_prefix(key.as_bytes());
            rest.is_some_and(|rest| matches!(rest, [b':', ..] | [b'"' | b'\'', b':', ..]))
        })
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.len() <= MAX_BYTES && text.split(|byte| *byte == b'\n').any(is_told)
}

/// Parses a whole document, without aliases: they may stand for much, and no bill needs one.
///
/// # Errors
/// Our own words, with the line where there is one: those of the parser may quote the document.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let budget = serde_saphyr::budget! {
        max_depth: 32,
        max_nodes: 2_000_000,
        max_events: 4_000_000,
        max_aliases: 0,
        max_anchors: 100,
        max_documents: 1,
        max_total_scalar_bytes: 64 * 1024 * 1024,
    };
    let options = serde_saphyr::options! { budget: budget, with_snippet: false };
    let text = std::str::from_utf8(bytes).map_err(|_| "YAML that is not valid UTF-8".to_owned())?;
    serde_saphyr::from_str_with_options(text.trim_start_matches('\u{feff}'), options).map_err(|error| {
        match error.location() {
            Some(place) => format!("YAML that is not valid, or too large, at line {}", place.line()),
            None => "YAML that is not valid, or too large".to_owned(),
        }
    })
}
