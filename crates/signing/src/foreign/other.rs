//! What a file is that was taken for a signature and is none: by its contents alone.

use crate::bundle::document::Bundle;
use crate::check::other::OtherFile;
use crate::json;
use crate::progress::Progress;
use serde_json::Value;

use super::recognise_bytes;
use super::seen::{Beside, LIMIT_BYTES};

const MAX_DEPTH: usize = 64;
/// Lines of a file of claims that are looked at.
const MAX_LINES: usize = 10_000;
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v";

/// What bytes are that are no bundle of OMS; none when that is not known.
pub(crate) fn recognise(raw: &[u8]) -> Option<OtherFile> {
    if raw.len() as u64 > LIMIT_BYTES {
        return None;
    }
    let start = raw.trim_ascii_start();
    if start.starts_with(LFS) {
        return Some(OtherFile::LfsPointer);
    }
    if is_utf16(raw) {
        return Some(OtherFile::Utf16);
    }
    if is_page(start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start)) {
        return Some(OtherFile::WebPage);
    }
    if raw.strip_prefix(BYTE_ORDER_MARK).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{")) {
        return Some(OtherFile::ByteOrderMark);
    }
    let foreign = || recognise_bytes(raw, &Beside { path: None, progress: &Progress::default() });
    if let Some(seen) = foreign() {
        return Some(OtherFile::Foreign(seen.kind));
    }
    if start.starts_with(b"{") {
        return json::parse(raw, MAX_DEPTH).ok().as_ref().and_then(document).or_else(|| claims(raw));
    }
    armoured(raw)
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// With a byte-order mark, or every other byte of the beginning is empty.
fn is_utf16(raw: &[u8]) -> bool {
    if raw.starts_with(b"\xff\xfe") || raw.starts_with(b"\xfe\xff") {
        return true;
    }
    let start: Vec<u8> = raw.iter().copied().take(64).collect();
    let empty = |first: usize| start.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    let text = |first: usize| {
        start.iter().skip(first).step_by(2).all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    };
    start.len() >= 8 && (empty(0) && text(1) || empty(1) && text(0))
}

fn is_page(start: &[u8]) -> bool {
    let start: Vec<u8> = start.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let begins = |begin: &[u8]| start.starts_with(begin);
    let holds = |text: &[u8]| start.windows(text.len()).any(|window| window == text);
    [b"<!doctype html".as_slice(), b"<html", b"<head", b"<body"].into_iter().any(begins)
        // Storage servers answer so; other documents in XML are none of this.
        || begins(b"<?xml") && (holds(b"<error>") || holds(b"<html"))
}

/// A document of in-toto without an envelope.
fn document(document: &Value) -> Option<OtherFile> {
    let said = |value: &Value| value.get("_type")?.as_str().map(str::to_owned);
    let is_statement = said(document).is_some_and(|said| said.starts_with("https://in-toto.io/Statement/"));
    if is_statement {
        return Some(OtherFile::Statement);
    }
    let signed = document.get("signed").and_then(said);
    let alone = said(document);
    let is_link = |said: &String| matches!(said.as_str(), "link" | "layout");
    [signed, alone].iter().flatten().any(is_link).then_some(OtherFile::InTotoLink)
}

/// Lines of JSON, of which some are bundles.
fn claims(raw: &[u8]) -> Option<OtherFile> {
    let lines = raw.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<&[u8]> = lines.take(MAX_LINES).collect();
    // One line is one bundle, whatever is wrong with it.
    if lines.len() < 2 {
        return None;
    }
    let bundles = lines.iter().filter(|line| Bundle::parse(line).is_ok()).count() as u64;
    (bundles > 0).then_some(OtherFile::Claims { bundles })
}

/// Keys and certificates in PEM, by their labels.
fn armoured(raw: &[u8]) -> Option<OtherFile> {
    let text = std::str::from_utf8(raw).ok()?;
    let label = |line| str::strip_prefix(str::trim(line), "-----BEGIN ")?.strip_suffix("-----");
    let labels: Vec<&str> = text.lines().take(MAX_LINES).filter_map(label).collect();
    let has = |ending: &str| labels.iter().any(|label| label.ends_with(ending));
    if has("PRIVATE KEY") {
        Some(OtherFile::PrivateKey)
    } else if has("PUBLIC KEY") {
        Some(OtherFile::PublicKey)
    } else {
        has("CERTIFICATE").then_some(OtherFile::Certificates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_for_a_signature_is_named() {
        let utf16: Vec<u8> = b"{\"mediaType\": 1}".iter().flat_map(|byte| [*byte, 0]).collect();
        for (raw, kind) in [
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".as_slice(),
                Some(OtherFile::LfsPointer),
            ),
            (b"\n<!DOCTYPE html><html><body>Log in</body></html>", Some(OtherFile::WebPage)),
            (b"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>", Some(OtherFile::WebPage)),
            (b"<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>", None),
            (b"<HTML>", Some(OtherFile::WebPage)),
            (&utf16, Some(OtherFile::Utf16)),
            (b"\xff\xfe{\0", Some(OtherFile::Utf16)),
            (b"\xef\xbb\xbf{\"mediaType\": 1}", Some(OtherFile::ByteOrderMark)),
            (br#"{"_type": "https://in-toto.io/Statement/v1", "subject": []}"#, Some(OtherFile::Statement)),
            (br#"{"signed": {"_type": "link"}, "signatures": []}"#, Some(OtherFile::InTotoLink)),
            (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", Some(OtherFile::PublicKey)),
            (b"{\"mediaType\": \"x\"}\n", None),
            (b"", None),
            (b"version 1.0\n", None),
            (b"a\0b", None),
        ] {
            assert_eq!(recognise(raw), kind, "{}", String::from_utf8_lossy(raw));
        }
    }
}
