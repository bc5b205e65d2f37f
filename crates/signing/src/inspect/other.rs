//! What is shown of a file that is often taken for a signature and is none, and of one that is half a bundle.

use crate::check::other::OtherFile;
use crate::error::{Code, Error};
use crate::foreign::other;
use crate::json;
use crate::text::Untrusted;
use crate::words::parse::other_file;
use serde_json::Value;

use super::inspection::Inspection;

const MAX_DEPTH: usize = 64;
const SHOWN: usize = 20;
/// The parts of a bundle, without which it is none.
const PARTS: [&str; 3] = ["mediaType", "verificationMaterial", "dsseEnvelope"];

/// What bytes are, where that is worth showing by itself.
pub(super) fn of(raw: &[u8]) -> Option<Inspection> {
    let found = other::recognise(raw)?;
    let (what, remedy) = other_file(found);
    let mut seen = Inspection::new(what);
    match found {
        OtherFile::LfsPointer => pointer(&mut seen, raw),
        OtherFile::Statement => statement(&mut seen, &json::parse(raw, MAX_DEPTH).ok()?),
        OtherFile::InTotoLink => link(&mut seen, &json::parse(raw, MAX_DEPTH).ok()?),
        // Keys and certificates in that form are for whoever reads those.
        OtherFile::Utf16
            if raw.iter().find(|byte| byte.is_ascii_graphic()).is_none_or(|byte| *byte != b'{') =>
        {
            return None;
        }
        OtherFile::WebPage | OtherFile::Utf16 | OtherFile::ByteOrderMark => {}
        // These have readers of their own.
        OtherFile::Foreign(_)
        | OtherFile::Claims { .. }
        | OtherFile::Certificates
        | OtherFile::PublicKey
        | OtherFile::PrivateKey => return None,
    }
    seen.add("what to do", remedy);
    Some(seen)
}

fn pointer(seen: &mut Inspection, raw: &[u8]) {
    let text = String::from_utf8_lossy(raw);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    for (label, name) in [("digest of the file", "oid "), ("size in bytes", "size ")] {
        if let Some(value) = field(name) {
            seen.add(label, value);
        }
    }
}

fn statement(seen: &mut Inspection, document: &Value) {
    seen.add("note", "as the file says; not signed");
    let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(Untrusted::from);
    for (label, field) in [("statement type", "_type"), ("predicate type", "predicateType")] {
        seen.add(label, text(document, field).unwrap_or_else(|| "not given".into()));
    }
    let subjects = document.get("subject").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    seen.add("subjects", subjects.len().to_string());
    for subject in subjects.iter().take(SHOWN) {
        let digest = subject.pointer("/digest/sha256").and_then(Value::as_str).unwrap_or("no sha256");
        let name = subject.get("name").and_then(Value::as_str).unwrap_or("no name");
        seen.add("  subject", format!("{digest}  {name}"));
    }
}

fn link(seen: &mut Inspection, document: &Value) {
    seen.add("note", "as the file says; nothing was checked");
    let signed = document.get("signed").unwrap_or(document);
    for (label, field) in [("type", "_type"), ("name", "name"), ("expires", "expires")] {
        if let Some(value) = signed.get(field).and_then(Value::as_str) {
            seen.add(label, value);
        }
    }
    for field in ["materials", "products"] {
        let Some(files) = signed.get(field).and_then(Value::as_object) else { continue };
        seen.add(field, files.len().to_string());
        for (name, digests) in files.iter().take(SHOWN) {
            let digest = digests.get("sha256").and_then(Value::as_str).unwrap_or("no sha256");
            seen.add("  file", format!("{digest}  {name}"));
        }
    }
    for signature in document.get("signatures").and_then(Value::as_array).into_iter().flatten().take(SHOWN) {
        let key = signature.get("keyid").and_then(Value::as_str).unwrap_or("no keyid");
        seen.add("signature by key", key);
    }
}

/// Why a document is no bundle: where there are some parts of one, which are missing.
pub(super) fn refused(raw: &[u8], refused: Error) -> Error {
    let document = json::parse(raw, MAX_DEPTH).ok();
    let has = |part: &str| document.as_ref().is_some_and(|document| document.get(part).is_some());
    let missing: Vec<&str> = PARTS.into_iter().filter(|part| !has(part)).collect();
    if !missing.is_empty() && ["verificationMaterial", "dsseEnvelope"].into_iter().any(has) {
        let what = format!("half a Sigstore bundle, without {}", missing.join(" and "));
        return Error::new(Code::Malformed, what).help("get the whole file again from the publisher");
    }
    refused
}
