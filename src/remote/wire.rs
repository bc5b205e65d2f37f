//! How keys, entity tags and headers are written in requests and answers. It knows no service.

use http::HeaderMap;

/// Percent-encodes everything but what needs none; slashes stay where they divide a path.
pub(super) fn encoded(text: &str, keep_slash: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b'/' if keep_slash => out.push('/'),
            _ => {
                out.push('%');
                out.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    out
}

/// A key as it was before it was percent-encoded, as forms are where `+` stands for a space; none when that is no text.
pub(super) fn decoded(key: &str, is_form: bool) -> Option<String> {
    let bytes = key.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| hex::decode(pair).ok());
        match (byte, pair.as_deref()) {
            (b'%', Some([one])) => (plain.push(*one), at += 3).1,
            (b'+', _) if is_form => (plain.push(b' '), at += 1).1,
            _ => (plain.push(*byte), at += 1).1,
        }
    }
    String::from_utf8(plain).ok()
}

/// An entity tag without its quotes.
pub(super) fn etag(raw: &str) -> String {
    raw.trim().trim_matches('"').to_owned()
}

/// A header as text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
