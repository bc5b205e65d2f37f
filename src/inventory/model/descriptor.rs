//! Descriptors of agents and of the servers that they call (agent cards, MCP): what a file describes, part by part, each
//! by its digest; and pins, which say what it was when somebody approved it. It reads no file.

use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a file describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Descriptor {
    /// The file, below the model's folder.
    pub file: Untrusted,
    /// What it is now.
    #[serde(flatten)]
    pub content: Content,
}

/// A pin of the workspace, at the model that has the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pin {
    /// The file, below the model's folder.
    pub file: Untrusted,
    /// What it was when it was pinned.
    #[serde(flatten)]
    pub content: Content,
}

/// What a descriptor says, by digests: of the whole in canonical form (RFC 8785), and of its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// SHA-256 of the whole, hex.
    pub sha256: String,
    /// SHA-256 of each part, hex, by its place: `/tools/NAME/description`.
    pub parts: BTreeMap<String, String>,
}

/// A part that is not as it was pinned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct PartChange {
    /// Its place.
    pub place: Untrusted,
    /// How it changed.
    pub how: Changed,
}

/// How a part differs from what was pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// It has other contents.
    Changed,
    /// It was not pinned.
    Added,
    /// It was pinned and is gone.
    Removed,
}

impl Changed {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Changed::Changed => "changed",
            Changed::Added => "added",
            Changed::Removed => "removed",
        }
    }
}

impl PartChange {
    /// `changed /tools/pay/description`.
    pub fn line(&self) -> Untrusted {
        Untrusted::new(format!("{} {}", self.how.word(), self.place.raw()))
    }
}

impl Content {
    /// How it differs from what was pinned; empty when it does not.
    pub fn since(&self, pinned: &Content) -> Vec<PartChange> {
        if self.sha256 == pinned.sha256 {
            return Vec::new();
        }
        let places: BTreeSet<&String> = self.parts.keys().chain(pinned.parts.keys()).collect();
        let how = |place: &String| match (pinned.parts.get(place), self.parts.get(place)) {
            (Some(was), Some(is)) if was == is => None,
            (Some(_), Some(_)) => Some(Changed::Changed),
            (None, _) => Some(Changed::Added),
            (Some(_), None) => Some(Changed::Removed),
        };
        let changed = places.into_iter().filter_map(|place| Some((place, how(place)?)));
        let mut changed: Vec<PartChange> =
            changed.map(|(place, how)| PartChange { place: place.as_str().into(), how }).collect();
        if changed.is_empty() {
            // Parts in another order, or beyond those that are told apart.
            changed.push(PartChange { place: "/".into(), how: Changed::Changed });
        }
        changed
    }
}

impl Pin {
    /// How the file differs from this pin, among those that were seen.
    pub fn changes(&self, seen: &[Descriptor]) -> Vec<PartChange> {
        match seen.iter().find(|descriptor| descriptor.file == self.file) {
            Some(descriptor) => descriptor.content.since(&self.content),
            None => vec![PartChange { place: "/".into(), how: Changed::Removed }],
        }
    }
}

/// A pin as the workspace has it: a file, and what it was when it was pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The file, workspace-relative.
    pub file: PathBuf,
    /// What it was.
    pub content: Content,
}

impl Pinned {
    /// The same at the model that lies there.
    pub(in crate::inventory) fn at(&self, location: &Path) -> Pin {
        let below = self.file.strip_prefix(location).ok().filter(|below| !below.as_os_str().is_empty());
        let name = || self.file.file_name().map(PathBuf::from).unwrap_or_default();
        let file = below.map_or_else(name, Path::to_owned);
        let parts: Vec<String> =
            file.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        Pin { file: Untrusted::new(parts.join("/")), content: self.content.clone() }
    }
}
