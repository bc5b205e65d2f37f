//! One thing that changed between two snapshots, and what can be asked of the present workspace.

use crate::inventory::Basis;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// How much a change matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Evidence was lost or contradicts.
    Worse,
    /// Somebody should look at it.
    Attention,
    /// Evidence was won.
    Better,
    /// Good to know.
    Neutral,
}

impl Weight {
    /// The glyph that stands before the words.
    pub fn glyph(self) -> &'static str {
        match self {
            Weight::Worse => "✗",
            Weight::Attention => "!",
            Weight::Better => "✓",
            Weight::Neutral => "·",
        }
    }
}

/// A value on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// The value.
    pub value: Untrusted,
    /// How far it is to be believed, where it is a fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// How much it matters.
    pub weight: Weight,
    /// What: our own words.
    pub what: &'static str,
    /// What it was; none when there was nothing.
    pub before: Option<Said>,
    /// What it is; none when there is nothing.
    pub after: Option<Said>,
}

/// What is known of a file or ledger that should only have been appended to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// As it was.
    Same,
    /// All that was there is there still, and more.
    Appended,
    /// Something that was there is gone or was changed.
    Rewritten,
    /// Longer than it was, and nobody could look at what it was made from.
    Unknown,
}

/// What can be asked when the later side is the present workspace.
pub struct Present<'a> {
    /// The hash of the ledger's entry of that number.
    pub ledger: &'a dyn Fn(u64) -> Option<String>,
    /// SHA-256, hex, over the first so many bytes of a file of claims.
    pub claims: &'a dyn Fn(&Untrusted, u64) -> Option<String>,
}

pub(super) fn said(value: impl Into<String>) -> Said {
    Said { value: Untrusted::from(value.into()), basis: None }
}

/// The changes of one model in the making.
#[derive(Default)]
pub(super) struct Changes(pub(super) Vec<Change>);

impl Changes {
    pub(super) fn add(
        &mut self,
        weight: Weight,
        what: &'static str,
        before: Option<Said>,
        after: Option<Said>,
    ) {
        self.0.push(Change { weight, what, before, after });
    }

    /// A value that is or is not what it was.
    pub(super) fn value(
        &mut self,
        weight: Weight,
        what: &'static str,
        before: Option<&str>,
        after: Option<&str>,
    ) {
        if before != after {
            self.add(weight, what, before.map(said), after.map(said));
        }
    }

    /// A number that should not fall.
    pub(super) fn rank(&mut self, what: &'static str, before: (usize, String), after: (usize, String)) {
        if before.1 != after.1 {
            let weight = match before.0.cmp(&after.0) {
                std::cmp::Ordering::Greater => Weight::Worse,
                std::cmp::Ordering::Less => Weight::Better,
                std::cmp::Ordering::Equal => Weight::Attention,
            };
            self.add(weight, what, Some(said(before.1)), Some(said(after.1)));
        }
    }
}
