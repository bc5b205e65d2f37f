//! What people said of a model, a line a record.

use crate::text::Untrusted;
use crate::view::PastReview;
use crate::words::reviews::said;
use std::fmt::Write;

/// All that was said, newest first as it comes; what no longer stands says so.
pub fn reviews(past: &[PastReview]) -> String {
    let mut out = String::new();
    for one in past {
        let _ = writeln!(out, "  review       {}", review(one).screen());
    }
    out
}

/// One of them: `approved by ada: looks fine (record 12, 2026-11-26T12:00:00Z; taken back by record 14)`.
pub fn review(one: &PastReview) -> Untrusted {
    let back =
        one.taken_back_by.map(|by| format!("; taken back by record {}", by.number)).unwrap_or_default();
    let said = said(one.word, one.of, &one.by, &one.reason);
    Untrusted::new(format!("{} (record {}, {}{back})", said.raw(), one.record.number, one.at))
}
