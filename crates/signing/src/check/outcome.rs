//! What became of a check or a control, and the one table of what an outcome is called and weighs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of a check or a control. Evidence that contradicts, evidence that is missing and not having looked are
/// three things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The evidence contradicts.
    Fail,
    /// We looked and it is not there.
    Missing,
    /// We could not look, or have not yet.
    Unknown,
    /// Some of it is there.
    Partial,
    /// The evidence is there and says yes.
    Pass,
    /// The question does not arise.
    NotApplicable,
}

/// One row of the table of outcomes.
struct Row {
    outcome: Outcome,
    word: &'static str,
    key: &'static str,
    glyph: &'static str,
    meaning: &'static str,
}

/// By rank: when several facts bear on one question, the first that occurs decides (rulings 1).
const TABLE: [Row; 6] = [
    row(Outcome::Fail, "FAIL", "fail", "✗", "the evidence contradicts"),
    row(Outcome::Missing, "missing", "missing", "?", "looked for, and not there"),
    row(Outcome::Unknown, "unknown", "unknown", "?", "could not be checked, or was not checked yet"),
    row(Outcome::Partial, "partial", "partial", "!", "some of the evidence is there; no failure by itself"),
    row(Outcome::Pass, "pass", "pass", "✓", "the evidence is there and says yes"),
    row(Outcome::NotApplicable, "n/a", "not-applicable", "·", "the question does not arise"),
];

const fn row(
    outcome: Outcome,
    word: &'static str,
    key: &'static str,
    glyph: &'static str,
    meaning: &'static str,
) -> Row {
    Row { outcome, word, key, glyph, meaning }
}

impl Outcome {
    /// All outcomes, by rank.
    pub const ALL: [Outcome; 6] = [
        Outcome::Fail,
        Outcome::Missing,
        Outcome::Unknown,
        Outcome::Partial,
        Outcome::Pass,
        Outcome::NotApplicable,
    ];

    fn row(self) -> &'static Row {
        // The table has a row for every outcome; a test holds that.
        TABLE.iter().find(|row| row.outcome == self).unwrap_or(&TABLE[2])
    }

    /// The field's own word.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// How it is spelt in documents: `fail`, `not-applicable`.
    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// The glyph that stands before the word.
    pub fn glyph(self) -> &'static str {
        self.row().glyph
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// Rank when several facts bear on one question: the lowest decides (rulings 1).
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// Whether it stands in the way: the evidence contradicts, is missing, or was not looked at.
    pub fn is_open(self) -> bool {
        matches!(self, Outcome::Fail | Outcome::Missing | Outcome::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_row_in_the_order_of_the_ranks() {
        let rows: Vec<Outcome> = TABLE.iter().map(|row| row.outcome).collect();
        assert_eq!(rows, Outcome::ALL);
        let keys: Vec<String> = TABLE.iter().map(|row| format!("{:?}", row.key)).collect();
        let spelt: Vec<String> = Outcome::ALL.iter().map(|o| serde_json::to_string(o).unwrap()).collect();
        assert_eq!(keys, spelt);
        assert!(Outcome::ALL.windows(2).all(|pair| pair[0].rank() < pair[1].rank()));
    }
}
