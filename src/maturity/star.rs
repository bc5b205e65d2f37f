//! Whether a level rests on more than the producers' own signatures; it is then shown with a star.

use super::evidence::Evidence;
use super::level1_use::is_resigned;
use super::level2::rests_on_bridges;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a level rests on one party vouching for another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Star {
    /// Its own signature is the one that was made when it was received.
    pub resigned: bool,
    /// Parents count by such a signature, or by a trusted summary.
    pub bridged: bool,
}

impl Star {
    pub(super) fn of(evidence: &Evidence<'_>) -> Self {
        Star { resigned: is_resigned(evidence), bridged: rests_on_bridges(evidence) }
    }

    /// Whether a level of that height is shown with a star: at level 1 parents count for nothing yet.
    pub fn at(self, level: u8) -> bool {
        level > 0 && self.resigned || level > 1 && self.bridged
    }

    /// A level as it is shown: `L2`, or `L2*`.
    pub fn level(self, level: u8) -> String {
        format!("L{level}{}", if self.at(level) { "*" } else { "" })
    }
}
