//! DSSE envelopes: the signed bytes and what was signed (PAE). It knows no payload.

/// A DSSE envelope with exactly one signature. `payload` holds the raw signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The payload's type.
    pub payload_type: String,
    /// Raw bytes, base64 removed.
    pub payload: Vec<u8>,
    /// The signature, base64 removed.
    pub signature: Vec<u8>,
}

/// The pre-authentication encoding `DSSEv1 SP len SP type SP len SP body`: what is signed.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = head("DSSEv1", payload_type, payload);
    out.extend_from_slice(payload);
    out
}

/// What the reference's version 0.2.0 signed instead: `DSSEV1` and the payload as Python's bytes repr,
/// under its raw length. Only ever tried for the predicate of that version.
pub(crate) fn pae_v02(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = head("DSSEV1", payload_type, payload);
    // CPython's bytes repr prefers ' and takes " only when the bytes hold ' and no ".
    let quote = if payload.contains(&b'\'') && !payload.contains(&b'"') { b'"' } else { b'\'' };
    out.extend_from_slice(&[b'b', quote]);
    for &byte in payload {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            byte if byte == quote => out.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            byte => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    out.push(quote);
    out
}

fn head(version: &str, payload_type: &str, payload: &[u8]) -> Vec<u8> {
    format!("{version} {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pae_is_as_the_dsse_specification_shows_it() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            *b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("", b""), *b"DSSEv1 0  0 ");
    }

    #[test]
    fn the_old_encoding_is_python_bytes_repr() {
        let body = |payload: &[u8]| String::from_utf8(pae_v02("t", payload)).unwrap();
        assert_eq!(body(b"{\"a\":\n 1}"), r#"DSSEV1 1 t 9 b'{"a":\n 1}'"#);
        assert_eq!(body(b"it's"), r#"DSSEV1 1 t 4 b"it's""#);
        assert_eq!(body(b"'\"\\\x00\xff\x7f\t\r"), r#"DSSEV1 1 t 8 b'\'"\\\x00\xff\x7f\t\r'"#);
    }

    proptest! {
        #[test]
        fn two_payloads_never_share_an_encoding(a: Vec<u8>, b: Vec<u8>, s: String, t: String) {
            prop_assert_eq!(pae(&s, &a) == pae(&t, &b), (&s, &a) == (&t, &b));
        }
    }
}
