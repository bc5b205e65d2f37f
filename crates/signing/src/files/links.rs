//! Links of a model that were followed: which, whereto, and whether a blob of a hub cache is what its name says.
//! It decides nothing about which links may be followed.

use crate::text::{self, Untrusted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

use super::enumerate::{Entry, Listing};

/// Links that are named.
const SHOWN: usize = 10;

/// The links of a listing, those to folders of the model last; none when there are none.
pub(crate) fn followed(listing: &Listing, model: &Path) -> Option<FollowedLinks> {
    let files =
        listing.entries.iter().filter_map(|entry| Some((entry.name.as_str(), entry.link_target.as_deref()?)));
    let folders = listing.linked_folders.iter().map(|(name, target)| (name.as_str(), target.as_path()));
    let links: Vec<(&str, &Path)> = files.chain(folders).collect();
    let count = links.len() as u64;
    // Shown as seen from what holds both the snapshot and the blobs, or from the model.
    let root = model.canonicalize().ok();
    let base = listing.blobs.as_deref().and_then(Path::parent).or(root.as_deref());
    let shown = |target: &Path| {
        let near = base.and_then(|base| target.strip_prefix(base).ok());
        // Whatever lies elsewhere is named without its folder, which is this machine's.
        let near = near.or_else(|| target.file_name().map(Path::new)).unwrap_or(target);
        near.to_string_lossy().into_owned()
    };
    let first = links.iter().take(SHOWN);
    let first = first.map(|(name, target)| Untrusted::new(format!("{name} → {}", shown(target)))).collect();
    let in_blobs = |target: &Path| listing.blobs.as_ref().is_some_and(|blobs| target.starts_with(blobs));
    let hub_cache = links.iter().all(|(_, target)| in_blobs(target));
    (count > 0).then_some(FollowedLinks { count, hub_cache, first })
}

/// Whether a file is a link to a blob of the cache whose name is another SHA-256 than its content has. Blobs that
/// are named otherwise (small files by git's object id) say nothing here.
pub(crate) fn contradicts_its_name(entry: &Entry, blobs: Option<&Path>, sha256: &[u8]) -> bool {
    let Some((target, blobs)) = entry.link_target.as_deref().zip(blobs) else { return false };
    let name = target.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_sha256 = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    target.starts_with(blobs) && is_sha256 && !name.eq_ignore_ascii_case(&hex::encode(sha256))
}

/// Links that led to files of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FollowedLinks {
    /// How many.
    pub count: u64,
    /// Whether they led into the blobs of the hub cache whose snapshot the model is.
    pub hub_cache: bool,
    /// The first few: name, and where it led.
    pub first: Vec<Untrusted>,
}

impl FollowedLinks {
    /// `12 links followed (hub cache)`.
    pub fn line(&self) -> String {
        let place = if self.hub_cache { " (hub cache)" } else { "" };
        let links = text::count(usize::try_from(self.count).unwrap_or(usize::MAX), "link");
        format!("{links} followed{place}")
    }
}
