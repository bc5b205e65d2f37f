//! Words for levels: the level itself, with its star, and the distance to the next one.

use crate::maturity::Score;
use crate::text::count;

/// The distance to the next level, if it was measured: `62 % to L2`, `40 % to L2, 4 unknown: verify`,
/// `L2 not measured: 18 unknown`. Empty at the highest level.
pub fn progress(score: &Score) -> String {
    if score.own == score.next {
        return String::new();
    }
    match (score.is_measured(), score.unknown) {
        (false, 0) => format!("L{} does not apply", score.next),
        (false, unknown) => format!("L{} not measured: {}", score.next, count(unknown, "unknown control")),
        (true, 0) => format!("{} % to L{}", score.percent, score.next),
        (true, unknown) => format!("{} % to L{}, {unknown} unknown", score.percent, score.next),
    }
}

/// What already holds of higher levels: `already there: 40 % of L3`. Empty if nothing does.
pub fn above(score: &Score) -> String {
    let parts: Vec<String> =
        score.above.iter().map(|above| format!("{} % of L{}", above.percent, above.level)).collect();
    if parts.is_empty() { String::new() } else { format!("already there: {}", parts.join(", ")) }
}

/// The meaning of the star after a level; empty without one.
pub fn star(score: &Score, effective: u8) -> &'static str {
    let star = score.star;
    match (star.at(score.own.max(effective)), star.resigned, star.bridged) {
        (false, _, _) => "",
        (true, true, _) => "* signed at ingest, not by its producer: the trust boundary begins there",
        (true, false, _) => "* a parent counts through an ingest signature or a trusted summary",
    }
}
