//! Feeds of threats and vulnerabilities that people import from local files: read within limits, kept as entries of one
//! form, matched against the inventory. What a feed says is somebody's statement; nothing here is a verdict.

mod advisory;
mod affected;
mod few;
mod finding;
mod framework;
mod item;
mod kind;
mod lint;
mod purl;
mod reading;
mod record;
mod standing;
mod version;

pub use crate::maturity::TriageState;
pub use finding::{By, Match, Matches, OfVersion, find};
pub use item::{Affects, Event, Feed, FeedSchema, Item, Range, Scheme, Severity};
pub use kind::FeedKind;
pub use lint::{Cited, Lint, LintFault, LintFinding, NotChecked, ids_in, lint};
pub use reading::{LIMIT_FILE_BYTES, Reader, technique_id};
pub use record::{FeedEntry, FeedRecord, FeedRecordSchema, Import, Triage, TriagedEntry};
pub use standing::{Feeds, Imported, Triaged};

/// What the fuzz target calls: reads any bytes as a feed, and judges a version by what comes of it.
pub(crate) fn fuzz(bytes: &[u8]) {
    let mut reader = Reader::new(None, None);
    if reader.take("feed", bytes).is_ok()
        && let Ok(feed) = reader.finish()
    {
        for affects in feed.items.iter().flat_map(|item| &item.affects) {
            let _ = affected::of_version(affects, Some("1.2.3"));
        }
    }
}
