//! Pins on descriptors with what their files are now, and how two descriptors differ: what both faces show of them. It
//! reads no file.

use crate::inventory::PartChange;
use crate::json::{Difference, Differs};
use crate::text::Untrusted;
use serde_json::Value;

/// Characters of a value.
const MAX_VALUE: usize = 160;

/// A pin, and what its file is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinSeen {
    /// The file, workspace-relative.
    pub file: Untrusted,
    /// SHA-256 of what was pinned, hex.
    pub sha256: String,
    /// Whether there is a descriptor in its place.
    pub is_here: bool,
    /// What is not as pinned.
    pub changes: Vec<PartChange>,
}

/// Two descriptors, and how the second differs from the first.
#[derive(Debug, Clone, PartialEq)]
pub struct DescriptorDiff {
    /// The first.
    pub before: Value,
    /// The second.
    pub after: Value,
    /// The first differences.
    pub changes: Vec<Difference>,
    /// How many more there are.
    pub more: usize,
}

/// The word for how a member differs.
pub fn change_word(how: Differs) -> &'static str {
    match how {
        Differs::Added => "added",
        Differs::Removed => "removed",
        Differs::Changed => "changed",
        Differs::Reordered => "in another order",
    }
}

/// What stands at the place of a difference, cut short.
pub fn changed_value(document: &Value, change: &Difference) -> Option<Untrusted> {
    let mut at = document;
    for part in change.place.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        at = match at {
            Value::Array(items) => {
                let is_named = |item: &&Value| {
                    ["id", "name"].iter().any(|key| item.get(*key).and_then(Value::as_str) == Some(&name))
                };
                let by_name = items.iter().find(is_named);
                by_name.or_else(|| items.get(name.parse::<usize>().ok()?))?
            }
            other => other.get(&name)?,
        };
    }
    let text = match at {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let short: String = text.chars().take(MAX_VALUE).collect();
    Some(Untrusted::new(if short.len() < text.len() { format!("{short}…") } else { short }))
}
