//! What a conversion of a policy lost, as text.

use crate::policy::convert::Lost;
use crate::text::{count, screen};
use std::fmt::Write as _;

/// Each key with its line and why, then how many.
pub fn lost(all: &[Lost]) -> String {
    let mut out = String::new();
    for Lost { key, line, why } in all {
        let _ = writeln!(out, "lost  line {line}: {}: {why}", screen(key));
    }
    out.push_str(&match all.len() {
        0 => "✓ nothing was lost".to_owned(),
        many => format!("{} lost", count(many, "value")),
    });
    out
}
