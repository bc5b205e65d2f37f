//! Shared by the parsers of predicate and build type files: how faults are reported, and what a URI is.

use crate::error::{Code, Error};

/// A scheme and something after it, in ASCII without white space (RFC 3986, for an in-toto TypeURI).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let letters = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(letters)
        && !rest.is_empty()
        && rest.bytes().all(|c| c.is_ascii_graphic())
}

/// All faults of files of data.
pub(super) fn invalid(faults: &[String]) -> Error {
    Error::new(Code::Config, "the predicate registry is not valid").at(faults.join("; "))
}
