//! A document without the spaces between its members, and otherwise byte for byte as it was written.

/// Takes out the spaces between members. What is no JSON comes out in some way, and means nothing.
pub fn compact(document: &[u8]) -> Vec<u8> {
    let (mut compact, mut in_text, mut is_escaped) = (Vec::with_capacity(document.len()), false, false);
    for byte in document {
        if !in_text && byte.is_ascii_whitespace() {
            continue;
        }
        compact.push(*byte);
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ => {}
        }
    }
    compact
}
