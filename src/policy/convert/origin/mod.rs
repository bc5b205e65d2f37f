//! The trust policies of other tools, read as ours. What they hold and ours cannot say is lost, and never loosens: a
//! signer that cannot be named as exactly is left out.

mod cluster_image_policy;
mod cosign;
mod draft;
mod go_regex;
mod notation;
mod tree;

use crate::policy::convert::losses::{Converted, Lost};
use draft::Draft;
use tree::Tree;

pub use tree::Unreadable;

/// The forms that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `trustpolicy.json` of Notation, version 1.0.
    Notation,
    /// Command lines of `cosign verify`.
    Cosign,
    /// `ClusterImagePolicy` of the Sigstore policy controller, in YAML.
    ClusterImagePolicy,
}

impl Origin {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Notation => "notation",
            Origin::Cosign => "cosign",
            Origin::ClusterImagePolicy => "cluster-image-policy",
        }
    }
}

const LIMIT_BYTES: usize = 1 << 20;

/// The form of a text, where that is clear.
pub fn guess(text: &str) -> Option<Origin> {
    if cosign::is_one(text) {
        return Some(Origin::Cosign);
    }
    let tree = Tree::read(text).ok()?;
    let top = tree.top();
    match top.get("kind").and_then(|kind| kind.text()) {
        Some("ClusterImagePolicy") => Some(Origin::ClusterImagePolicy),
        _ => top.get("trustPolicies").map(|_| Origin::Notation),
    }
}

/// A policy of ours that says what the text says, or less admits, with what was lost.
///
/// # Errors
/// [`Unreadable`]: the text is too large, or not of this form.
pub fn from(text: &str, origin: Origin) -> Result<Converted, Unreadable> {
    if text.len() > LIMIT_BYTES {
        return Err(Unreadable { what: "the file is larger than 1 MiB", line: None });
    }
    let mut lost: Vec<Lost> = Vec::new();
    let mut draft = Draft::new(origin.name());
    match origin {
        Origin::Cosign => cosign::read(text, &mut draft, &mut lost)?,
        Origin::Notation | Origin::ClusterImagePolicy => {
            let tree = Tree::read(text)?;
            match origin {
                Origin::Notation => notation::read(&tree, &mut draft, &mut lost)?,
                _ => cluster_image_policy::read(&tree, &mut draft, &mut lost)?,
            }
        }
    }
    lost.sort_by_key(|lost| lost.line);
    Ok(Converted { text: draft.text(), lost })
}
