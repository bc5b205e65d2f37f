//! What S3 answers, read: the pages of a listing, and the headers of an object. Nothing in it is believed.

use super::cloud::{Page, Row};
use super::files::Checksum;
use super::names::KeyFault;
use super::wire::{decoded, etag, header};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use object_store::HeaderMap;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

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
                    ["ListBucketResult", "Contents", "Key"] => {
                        let key = decoded(&said, true);
                        row.fault = key.is_none().then_some(KeyFault::NotText);
                        row.key = key.unwrap_or_else(|| std::mem::take(&mut said));
                    }
                    ["ListBucketResult", "Contents", "ETag"] => row.tag = etag(&said),
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
