//! What anchors hold and what is wrong with them, told to people and as documents.

use crate::documents::DescribedAnchor;
use crate::report;
use crate::signing::{Anchor, AnchorFault, Health};
use crate::text::screen;
use jiff::Timestamp;

/// What a person who adds an anchor easily takes for granted.
pub(super) const ADMITS_NOBODY: &str =
    "An anchor by itself admits no model: a [[publisher]] of the policy must name it.\n";

/// What anchors hold, for people and as documents.
pub(super) fn described(
    name: &str,
    anchors: &[Anchor],
    at: Timestamp,
    most_days: Option<u32>,
) -> (String, Vec<DescribedAnchor>) {
    let mut human = String::new();
    let mut documents = Vec::new();
    for anchor in anchors {
        let used = anchor.used_at(at);
        let age = used.age_days.map(|days| format!(", {days} d old")).unwrap_or_default();
        let (contents, health) = (anchor.contents(), anchor.health(at, most_days));
        human.push_str(&format!(
            "{}  {} from {}{age}\n",
            screen(name),
            used.kind.word(),
            screen(&used.origin)
        ));
        human.push_str(&format!("  sha256 {}\n", used.digest));
        human.push_str(&told("", &health));
        human.push_str(&report::inspection(&contents));
        documents.push(DescribedAnchor { anchor: used, health, contents: contents.into() });
    }
    (human, documents)
}

/// One line for each fault.
pub(super) fn told(whose: &str, faults: &[AnchorFault]) -> String {
    let line = |fault: &AnchorFault| {
        let glyph = if fault.health == Health::Ended { "✗" } else { "!" };
        format!("{glyph} {whose}{}\n", fault.text.screen())
    };
    faults.iter().map(line).collect()
}
