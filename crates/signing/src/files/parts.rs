//! The signed files of a statement, each with its signed parts.

use crate::bundle::manifest::{Statement, parse_shard_name};
use std::collections::BTreeMap;
use std::path::Path;

use super::enumerate::Listing;

/// One signed digest: of a whole file, or of a range of it.
pub(crate) struct Part<'s> {
    pub(crate) range: Option<(u64, u64)>,
    pub(crate) digest: &'s [u8],
}

/// Shards tell how long a file was.
pub(crate) fn signed_size(parts: &[Part<'_>]) -> Option<u64> {
    parts.last().and_then(|part| part.range).map(|(_, end)| end)
}

/// Signed files by name, each with its parts in the order of their place.
pub(crate) fn signed_files<'s>(
    statement: &'s Statement,
    listing: &'s Listing,
    model: &Path,
) -> BTreeMap<&'s str, Vec<Part<'s>>> {
    let sharded = statement.manifest.serialization.shard_size.is_some();
    // The reference up to 1.0.0 calls a model that is one file `.`.
    let only = match listing.entries.as_slice() {
        [only] if model.is_file() => Some(only.name.as_str()),
        _ => None,
    };
    let mut files: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    for resource in &statement.manifest.resources {
        let (name, range) = match parse_shard_name(&resource.name) {
            Some((path, start, end)) if sharded => (path, Some((start, end))),
            _ => (resource.name.as_str(), None),
        };
        let name = if name == "." { only.unwrap_or(name) } else { name };
        files.entry(name).or_default().push(Part { range, digest: &resource.digest });
    }
    for parts in files.values_mut() {
        parts.sort_by_key(|part| part.range);
    }
    files
}
