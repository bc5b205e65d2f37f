//! What a model is called: its key in the inventory.

use crate::signing::RootDigest;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fold::folded;

/// Before the digest of what only a digest names. No name folds to anything with an empty part.
const DIGEST: &str = "//sha256:";
/// So much of what a claim calls something goes into a key.
const MOST_CALLED: usize = 256;

/// The inventory's key of a model: `owner/name` in the one form of all names that mean it (`folded`). Text of a
/// source all the same, so it is shown only cleaned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ModelId(Untrusted);

impl ModelId {
    /// Of a name as a source writes it.
    pub fn new(raw: &str) -> Self {
        ModelId(Untrusted::new(folded(raw)))
    }

    /// A key as [`ModelId::raw`] gave it.
    pub(crate) fn kept(raw: String) -> Self {
        ModelId(Untrusted::new(raw))
    }

    /// Of something that only a digest names, and what it is called there: never the key of a name, whatever that is.
    pub fn of_digest(called: &str, digest: &RootDigest) -> Self {
        let called: String = folded(called).chars().take(MOST_CALLED).collect();
        ModelId(Untrusted::new(format!("{called}{DIGEST}{digest}")))
    }

    /// The digest of something that only a digest names; none of a name.
    pub fn digest(&self) -> Option<RootDigest> {
        self.raw().rsplit_once(DIGEST)?.1.parse().ok()
    }

    /// The name: of something that only a digest names, what it is called there.
    pub fn called(&self) -> &str {
        match self.raw().rsplit_once(DIGEST) {
            Some((called, digest)) if digest.parse::<RootDigest>().is_ok() => called,
            _ => self.raw(),
        }
    }

    /// The key itself.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }

    /// The same as text of a source.
    pub(crate) fn text(&self) -> &Untrusted {
        &self.0
    }

    /// One safe line.
    pub fn screen(&self) -> String {
        self.0.screen()
    }
}
