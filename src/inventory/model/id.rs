//! What a model is called: its key in the inventory.

use crate::signing::RootDigest;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fold::folded;

/// The prefix of an id that is only a digest. No name folds to anything with an empty part.
const DIGEST: &str = "//sha256:";
/// Limit of the part of a claimed name that goes into a key.
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

    /// The id of something known only by digest, with its claimed name. It never equals the key of a name.
    pub fn of_digest(called: &str, digest: &RootDigest) -> Self {
        let called: String = folded(called).chars().take(MOST_CALLED).collect();
        ModelId(Untrusted::new(format!("{called}{DIGEST}{digest}")))
    }

    /// The digest of an id that is only a digest; none for a name.
    pub fn digest(&self) -> Option<RootDigest> {
        self.raw().rsplit_once(DIGEST)?.1.parse().ok()
    }

    /// The name; the claimed name for an id that is only a digest.
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
