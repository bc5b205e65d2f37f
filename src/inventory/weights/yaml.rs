//! YAML within limits: an alias may stand for much.

use serde_json::Value;

/// The limits on any YAML.
pub(in crate::inventory) fn options() -> serde_saphyr::Options {
    let budget = serde_saphyr::budget! {
        max_depth: 32,
        max_nodes: 50_000,
        max_events: 200_000,
        max_aliases: 100,
        max_anchors: 100,
        max_documents: 1,
        max_total_scalar_bytes: 1024 * 1024,
    };
    serde_saphyr::options! { budget: budget, with_snippet: false }
}

/// The same where a key that is there twice counts as its last, as Python's reader has it.
pub(in crate::inventory) fn last_wins() -> serde_saphyr::Options {
    let mut options = options();
    options.duplicate_keys = serde_saphyr::DuplicateKeyPolicy::LastWins;
    options
}

/// A YAML document within the limits; else the line where it fails, when there is one. The parser's own words may
/// quote the document, so they are not repeated.
pub(in crate::inventory) fn yaml(text: &str) -> Result<Value, Option<u64>> {
    serde_saphyr::from_str_with_options(text, options())
        .map_err(|error| error.location().map(|place| place.line()))
}
