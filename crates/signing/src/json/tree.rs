//! A JSON document as a tree, within limits; it knows nothing of what the document means. Depth is bounded by
//! the parser (128), the number of values here, since a value costs many times its bytes in memory.

use serde_json::Value;

use super::reader::{Duplicates, Keep, Limits, Read, Why, read};

/// Values in one document.
const MAX_VALUES: usize = 16_000_000;

/// What a document may be.
pub(super) const LIMITS: Limits =
    Limits { depth: usize::MAX, values: MAX_VALUES, duplicates: Duplicates::Noted };

/// A parsed document.
pub struct Tree {
    /// The root.
    pub root: Value,
    /// Names that occur twice in one object; the last value counts. Only the first few are kept.
    pub duplicates: Vec<String>,
}

/// Parses a whole document.
///
/// # Errors
/// Our own words, with line and column.
pub fn parse(bytes: &[u8]) -> Result<Tree, String> {
    let Read { root, duplicates } = reading(bytes, Keep::All)?;
    Ok(Tree { root, duplicates })
}

/// Whether [`parse`] would read it.
///
/// # Errors
/// Those of [`parse`].
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    reading(bytes, Keep::Nothing).map(drop)
}

/// A byte order mark is no part of the document.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn reading(bytes: &[u8], keep: Keep) -> Result<Read, String> {
    read(without_mark(bytes), LIMITS, keep, None).map_err(|stopped| {
        let what = match stopped.why {
            Why::NestedTooDeep => "nested deeper than 128 levels".to_owned(),
            Why::TooMany => format!("more than {MAX_VALUES} values"),
            _ => "not valid JSON".to_owned(),
        };
        format!("{what}, at line {} column {}", stopped.line, stopped.column)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_noted_and_the_last_value_counts() {
        let tree = parse(br#"{"a":1,"b":{"c":1,"c":2},"a":3}"#).ok();
        let tree = tree.map(|tree| (tree.root.to_string(), tree.duplicates));
        assert_eq!(tree, Some((r#"{"a":3,"b":{"c":2}}"#.to_owned(), vec!["c".to_owned(), "a".to_owned()])));
    }

    #[test]
    fn what_stops_it_is_said_with_its_place() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        let told = |text: &str| parse(text.as_bytes()).err();
        assert_eq!(told(&deep).as_deref(), Some("nested deeper than 128 levels, at line 1 column 128"));
        assert_eq!(told("{\n \"a\": }").as_deref(), Some("not valid JSON, at line 2 column 7"));
    }
}
