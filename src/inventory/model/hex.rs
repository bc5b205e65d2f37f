//! Hexadecimal digits: of digests, of commits, of escapes.

/// Whether all of it is hexadecimal digits, in either case.
pub(in crate::inventory) fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a digit stands for.
pub(super) fn value_of(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
