//! Making untrusted text safe to show. Used by every face and by reports; knows no room of the domain.
//!
//! Names, identities, paths and notes come from files that an attacker may have written. They are kept
//! raw in [`Untrusted`], which has no `Display`; what may reach a terminal, a log or a document is what
//! [`Untrusted::screen`] gives. Unsafe characters are replaced by something visible, never deleted:
//! deleting would turn `pay<U+200B>pal` into a clean name.

mod clean;
mod nearest;
mod shell;

pub use clean::{block, clip, digest_lines, screen, width};
pub use nearest::nearest;
pub use shell::shell_word;

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// `1 claim`, `2 claims`.
pub fn count(many: usize, one: &str) -> String {
    format!("{many} {one}{}", if many == 1 { "" } else { "s" })
}

/// `1 file is`, `2 files are`.
pub fn count_are(many: usize, one: &str) -> String {
    format!("{} {}", count(many, one), if many == 1 { "is" } else { "are" })
}

/// `▮▮▮▯▯`.
pub fn bar(percent: u64, cells: usize) -> String {
    let full = usize::try_from(percent.min(100)).unwrap_or(0) * cells / 100;
    "▮".repeat(full) + &"▯".repeat(cells.saturating_sub(full))
}

/// `1.9 GB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// How long something takes, to the nearest that a person plans by: `40 s`, `12 min`, `3 h 20 min`.
pub fn span(length: Duration) -> String {
    let seconds = length.as_secs() + u64::from(length.subsec_millis() >= 500);
    match seconds {
        0..60 => format!("{} s", seconds.max(1)),
        60..3600 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Text of somebody else: compare it, hash it, store it, but show only [`Untrusted::screen`]. A clone shares it: an
/// inventory says the same names and sources over and over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Untrusted(Arc<str>);

impl Untrusted {
    /// Takes any text as it is.
    pub fn new(raw: impl AsRef<str>) -> Self {
        Untrusted(raw.as_ref().into())
    }

    /// The text as it came, for comparing, hashing and storing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// One safe line.
    pub fn screen(&self) -> String {
        screen(&self.0)
    }

    /// Safe text that keeps its line breaks.
    pub fn block(&self) -> String {
        block(&self.0)
    }

    /// One safe line of at most `columns` terminal cells; a cut is marked with `…`.
    pub fn clip(&self, columns: usize) -> String {
        clip(&self.screen(), columns)
    }

    /// Whether showing it changes it: it holds something that does not belong in a name.
    pub fn is_hostile(&self) -> bool {
        *self.screen() != *self.0
    }
}

impl schemars::JsonSchema for Untrusted {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Untrusted".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

impl From<&str> for Untrusted {
    fn from(raw: &str) -> Self {
        Untrusted(raw.into())
    }
}

impl From<String> for Untrusted {
    fn from(raw: String) -> Self {
        Untrusted(raw.into())
    }
}
