//! How much of a model verified signatures cover.

use crate::text;
use serde::{Deserialize, Serialize};

/// How many of a model's bytes verified signatures cover. Files that nobody signed, that the signature leaves
/// out, and that differ count as not covered; the signature itself and others that were added since do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Bytes of files that are as a verified signature says.
    pub covered: u64,
    /// Bytes of all files in the folder.
    pub total: u64,
}

impl Coverage {
    /// Whole percent, rounded down: 100 only when every byte is covered.
    pub fn percent(self) -> u64 {
        let percent = u128::from(self.covered) * 100 / u128::from(self.total.max(1));
        if self.total == 0 { 0 } else { u64::try_from(percent).unwrap_or(100).min(100) }
    }

    /// `▮▮▮▮▯ 97 %`.
    pub fn bar(self) -> String {
        let percent = match self.percent() {
            0 if self.covered > 0 => "under 1".to_owned(),
            percent => percent.to_string(),
        };
        format!("{} {percent} %", text::bar(self.percent(), 5))
    }
}
