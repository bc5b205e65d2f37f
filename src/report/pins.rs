//! Pins on descriptors, and how two descriptors differ, as text.

use super::text::{Row, table};
use crate::inventory::Changed;
use crate::json::Differs;
use crate::text::{Untrusted, count};
use crate::view::{DescriptorDiff, PinSeen, change_word, changed_value};
use std::fmt::Write;

/// Changes of one file that are listed.
const SHOWN: usize = 40;

/// The pins, one a line, with what changed since.
pub fn list(pins: &[PinSeen]) -> String {
    if pins.is_empty() {
        return "Nothing is pinned. `touchmark pin FILE` pins an agent card or an MCP descriptor as it is now.\n".to_owned();
    }
    let mut out = String::new();
    for pin in pins {
        let (glyph, word) = match (pin.is_here, pin.changes.is_empty()) {
            (false, _) => ('✗', "not there, or no descriptor any more"),
            (true, true) => ('✓', "as pinned"),
            (true, false) => ('✗', "not as pinned"),
        };
        let _ = writeln!(out, "{glyph} {}  {word}", pin.file.screen());
        for change in pin.changes.iter().take(SHOWN) {
            let sign = match change.how {
                Changed::Added => '+',
                Changed::Removed => '-',
                Changed::Changed => '~',
            };
            let _ = writeln!(out, "    {sign} {}  {}", change.place.screen(), change.how.word());
        }
        let more = pin.changes.len().saturating_sub(SHOWN);
        if more > 0 {
            let _ = writeln!(out, "    … {more} more");
        }
    }
    let open = pins.iter().filter(|pin| !pin.is_here || !pin.changes.is_empty()).count();
    if open > 0 {
        let _ = writeln!(
            out,
            "{} of {} not as pinned. Review the change; `touchmark pin FILE` then approves it.",
            open,
            count(pins.len(), "descriptor")
        );
    }
    out
}

/// What was pinned.
pub fn pinned(pins: &[PinSeen]) -> String {
    let rows: Vec<Row> = pins
        .iter()
        .map(|pin| vec!["✓ pinned".to_owned(), pin.file.screen(), format!("sha256:{}", pin.sha256)])
        .collect();
    table(&rows)
}

/// How two descriptors differ, a line each, with the values before and after.
pub fn diff(diff: &DescriptorDiff) -> String {
    if diff.changes.is_empty() {
        return "The descriptors say the same.\n".to_owned();
    }
    let mut out = String::new();
    for change in &diff.changes {
        let sign = match change.how {
            Differs::Added => '+',
            Differs::Removed => '-',
            Differs::Changed | Differs::Reordered => '~',
        };
        let place = if change.place.is_empty() { "/" } else { change.place.as_str() };
        let _ = writeln!(out, "{sign} {}  {}", Untrusted::new(place).screen(), change_word(change.how));
        let (before, after) = (changed_value(&diff.before, change), changed_value(&diff.after, change));
        for (label, value) in [("was", before), ("is", after)] {
            if let Some(value) = value.filter(|_| change.how != Differs::Reordered) {
                let _ = writeln!(out, "    {label:<4} {}", value.screen());
            }
        }
    }
    if diff.more > 0 {
        let _ = writeln!(out, "… {} more", diff.more);
    }
    let all = diff.changes.len() + diff.more;
    let _ = writeln!(out, "{}", count(all, "difference"));
    out
}
