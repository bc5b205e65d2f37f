//! Names of places in a document.

/// A member's name inside a JSON pointer (RFC 6901, section 3).
pub fn pointer_part(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
