//! Patterns of model ids, split once so that many ids can be matched. It knows no publisher.

use crate::inventory::folded;

/// A pattern of model ids: `*` matches any run of characters, every other character itself, in the
/// form of names in which case and the ways to write a letter do not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelPattern {
    /// In the form of ids.
    written: String,
    /// What stands before, between and after its stars.
    pieces: Vec<String>,
    literal_bytes: usize,
}

impl ModelPattern {
    /// The pattern of a text.
    pub fn new(text: &str) -> Self {
        let written = folded(text).into_owned();
        let pieces: Vec<String> = written.split('*').map(str::to_owned).collect();
        let literal_bytes = pieces.iter().map(String::len).sum();
        ModelPattern { written, pieces, literal_bytes }
    }

    /// The text, in the form of ids.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// What stands before, between and after its stars.
    pub(super) fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Bytes that are no star: of two patterns that match, the one with more decides.
    pub fn literal_bytes(&self) -> usize {
        self.literal_bytes
    }

    /// Whether an id matches. Each piece between stars is searched for once, from left to right:
    /// never more than one pass over the id.
    pub fn matches(&self, id: &str) -> bool {
        let (first, middle, last) = match self.pieces.as_slice() {
            [first, middle @ .., last] => (first, middle, last),
            [only] => return only == id,
            [] => return id.is_empty(),
        };
        let Some(mut left) =
            id.strip_prefix(first.as_str()).and_then(|left| left.strip_suffix(last.as_str()))
        else {
            return false;
        };
        for piece in middle.iter().filter(|piece| !piece.is_empty()) {
            match left.split_once(piece.as_str()) {
                Some((_, after)) => left = after,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::ModelPattern;

    #[test]
    fn a_star_matches_any_run_and_nothing_else_is_special() {
        for (pattern, text, matches) in [
            ("acme/*", "acme/bot", true),
            ("acme/*", "acme/", true),
            ("acme/*", "acmes/bot", false),
            ("ACME/*", "acme/bot", true),
            ("*/bot", "acme/bot", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a.c", "abc", false),
            ("**", "", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(ModelPattern::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn the_literal_part_of_a_pattern_is_all_but_its_stars() {
        for (pattern, bytes) in [("acme/*", 5), ("*", 0), ("**", 0), ("a*b*c", 3), ("é", 2)] {
            assert_eq!(ModelPattern::new(pattern).literal_bytes(), bytes, "{pattern}");
        }
    }
}
