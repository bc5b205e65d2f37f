//! What became of judging a record again, in words.

use crate::decision::Replayed;
use crate::text::{count, screen};
use std::fmt::Write;

/// Differences that are listed; the rest is counted.
const SHOWN: usize = 50;

/// The same, or the differences.
pub fn replayed(replayed: &Replayed) -> String {
    let entry = &replayed.entry;
    let policy = screen(&replayed.inputs.policy.origin);
    let what =
        format!("record {}  {} of {}  {}", entry.seq, entry.kind.as_str(), entry.model.screen(), entry.at);
    let mut out = match (replayed.is_same, replayed.under_another) {
        (true, false) => format!("✓ same  {what}: the same bytes\n"),
        (true, true) => format!("✓ same  {what}: the policy {policy} comes to the same\n"),
        (false, false) if replayed.differences.is_empty() => {
            format!("✗ differs  {what}: the same conclusions, from inputs that are named differently\n")
        }
        (false, _) => format!(
            "✗ differs  {what}: {} by the policy {policy}\n",
            count(replayed.differences.len(), "difference")
        ),
    };
    let text = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), screen);
    for difference in replayed.differences.iter().take(SHOWN) {
        let (was, is) = (text(&difference.was), text(&difference.is));
        let _ = writeln!(out, "  {}: {was} → {is}", screen(&difference.place));
    }
    let more = replayed.differences.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(out, "  and {more} more; use --format json to list all");
    }
    out
}
