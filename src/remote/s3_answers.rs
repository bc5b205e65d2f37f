//! What S3 answers, read: the pages of a listing, and the headers of an object. Nothing in it is believed.

use super::files::Checksum;
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use object_store::HeaderMap;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// One page of a listing.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Keys as they were sent (percent-encoded), with size and entity tag.
    pub(super) objects: Vec<Row>,
    /// Where the next page begins; none after the last.
    pub(super) next: Option<String>,
}

/// One object of a page.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) etag: String,
}

/// Reads a `ListBucketResult`.
pub(super) fn page(body: &[u8]) -> Result<Page> {
    let odd = |what: &str| {
        Error::new(Code::Answer, format!("the listing cannot be read ({what})"))
            .help("check that the endpoint speaks S3")
    };
    let text = std::str::from_utf8(body).map_err(|_| odd("not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let (mut page, mut row, mut path) = (Page::default(), Row::default(), Vec::<String>::new());
    let (mut said, mut is_listing, mut is_cut) = (String::new(), false, false);
    loop {
        match reader.read_event().map_err(|_| odd("no XML"))? {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                is_listing |= path.is_empty() && name == "ListBucketResult";
                if path.len() > 8 {
                    return Err(odd("too deep"));
                }
                path.push(name);
                said.clear();
            }
            Event::Text(text) => said.push_str(&text.xml10_content()),
            Event::GeneralRef(of) => {
                let unknown = || odd("an entity of its own");
                match of.resolve_char_ref().map_err(|_| unknown())? {
                    Some(letter) => said.push(letter),
                    None => said.push_str(resolve_predefined_entity(&of).ok_or_else(unknown)?),
                }
            }
            Event::End(_) => {
                let place: Vec<&str> = path.iter().map(String::as_str).collect();
                match place.as_slice() {
                    ["ListBucketResult", "Contents", "Key"] => row.key = std::mem::take(&mut said),
                    ["ListBucketResult", "Contents", "ETag"] => row.etag = std::mem::take(&mut said),
                    ["ListBucketResult", "Contents", "Size"] => {
                        row.size = said.trim().parse().map_err(|_| odd("a size that is no number"))?;
                    }
                    ["ListBucketResult", "Contents"] => page.objects.push(std::mem::take(&mut row)),
                    ["ListBucketResult", "IsTruncated"] => is_cut = said.trim() == "true",
                    ["ListBucketResult", "NextContinuationToken"] => {
                        page.next = Some(std::mem::take(&mut said))
                    }
                    _ => {}
                }
                path.pop();
                said.clear();
            }
            Event::DocType(_) => return Err(odd("a document type")),
            Event::Eof => break,
            _ => {}
        }
    }
    match (is_listing && path.is_empty(), is_cut, &page.next) {
        (false, ..) => Err(odd("no list of objects")),
        (true, true, None) => Err(odd("more objects, and no way to them")),
        (true, false, _) => Ok(Page { next: None, ..page }),
        (true, true, Some(_)) => Ok(page),
    }
}

/// A key as it was before it was percent-encoded; none when that is no text.
pub(super) fn decoded(key: &str) -> Option<String> {
    let bytes = key.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| hex::decode(pair).ok());
        match (byte, pair.as_deref()) {
            (b'%', Some([one])) => (plain.push(*one), at += 3).1,
            (b'+', _) => (plain.push(b' '), at += 1).1,
            _ => (plain.push(*byte), at += 1).1,
        }
    }
    String::from_utf8(plain).ok()
}

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

/// An entity tag without its quotes.
pub(super) fn etag(raw: &str) -> String {
    raw.trim().trim_matches('"').to_owned()
}

/// A header as text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The checksum that the provider made, SHA-256 if there are several.
pub(super) fn checksum(headers: &HeaderMap) -> Option<Checksum> {
    let kind = header(headers, "x-amz-checksum-type");
    for algorithm in ["sha256", "crc64nvme", "sha1", "crc32c", "crc32"] {
        let Some(value) = header(headers, &format!("x-amz-checksum-{algorithm}")) else { continue };
        // The sum of the sums of parts ends in their number.
        let of_parts =
            value.contains('-') || kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("FULL_OBJECT"));
        let sum = value.split('-').next().unwrap_or_default();
        let Ok(sum) = STANDARD.decode(sum) else { continue };
        return Some(Checksum { algorithm: algorithm.to_owned(), hex: hex::encode(sum), whole: !of_parts });
    }
    None
}
