//! JSON as Python's reader takes it: with `NaN`, `Infinity` and `-Infinity`, which other readers refuse. These become
//! null: what they stand for matters to nobody here.

use serde_json::Value;

/// The words, and what they become.
const WORDS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];

/// A value; the error is in our own words.
pub(in crate::inventory) fn value(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).or_else(|strict| {
        let error = match without_words(bytes) {
            Some(plain) => match serde_json::from_slice(&plain) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            },
            None => strict,
        };
        Err(format!("not valid JSON, at line {} column {}", error.line(), error.column()))
    })
}

/// The text with null for these words; none when it has none of them.
fn without_words(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len());
    let (mut in_text, mut escaped, mut has_any) = (false, false, false);
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if !in_text && let Some(word) = WORDS.iter().find(|word| rest.starts_with(word)) {
            plain.extend(b"null");
            has_any = true;
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        match first {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ => {}
        }
        plain.push(*first);
        rest = after;
    }
    has_any.then_some(plain)
}
