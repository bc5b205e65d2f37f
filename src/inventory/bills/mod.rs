//! The one door for bills of materials: reads a file within limits, tells which format it is, and hands the
//! tree to that format's view. A document is never refused for a schema violation: that is a finding.

mod aitf;
mod cyclonedx;
mod cyclonedx_schema;
mod dialects;
pub mod export;
mod parts;
mod spdx;
mod spotted;
mod tag_value;
mod xml;
mod yaml;

use serde_json::Value;
use std::path::Path;

use crate::signing::{ForeignState, JsonSignature};
use crate::text::Untrusted;

use crate::disk;
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::record::note;

pub use parts::Take;
pub use spotted::{Spotted, SpottedBy, spotted};

use parts::Parts;

const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// How a bill's file name ends.
const ENDINGS: [&str; 5] = [".json", ".jsonld", ".xml", ".spdx", ".rdf"];
/// The same, where only the longer ending says so: much else is YAML.
const LONG_ENDINGS: [&str; 3] = [".spdx.yaml", ".spdx.yml", ".spdx.tag"];
/// Foreign signatures that are told one by one.
const MAX_SIGNATURES: usize = 16;

/// How a document of a format is told, and how the format's view reads it.
type Format = (fn(&Parts<'_>) -> bool, fn(&Parts<'_>, &Untrusted, Take<'_>) -> Vec<Finding>);

const FORMATS: [Format; 4] = [
    (|parts| parts.root.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX"), cyclonedx::view),
    (spdx::is_three, spdx::view_three),
    (|parts| parts.root.get("spdxVersion").is_some(), spdx::view_two),
    (aitf::is_one, aitf::view),
];

/// Findings that say that a document is no bill, or none that can be read.
pub const NO_BILL: [&str; 7] =
    ["F-BOM-UNREADABLE", "F-BOM-JSON", "F-BOM-XML", "F-BOM-FORMAT", NOT_READ, "F-BOM-YAML", "F-BOM-TAGS"];
/// The one of a bill in a form that is not read: RDF.
pub const NOT_READ: &str = "F-BOM-RDF";
const IS_RDF: &str =
    "an SPDX bill in RDF, which is not read here; its JSON, YAML, XML and tag-value forms are";

/// Whether what was read is a bill of materials.
pub(crate) fn is_bill(findings: &[Finding]) -> bool {
    !findings.iter().any(|finding| NO_BILL.contains(&finding.code.as_str()))
}

/// Whether a file's name is one of a bill of materials.
pub fn is_document(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()) else {
        return false;
    };
    ENDINGS.iter().chain(&LONG_ENDINGS).any(|known| name.len() > known.len() && name.ends_with(known))
}

/// Reads one document, which the workspace calls `source`. Models may occur more than once, as they do in it.
pub fn read(path: &Path, source: &Untrusted) -> Scan {
    let mut models = Vec::new();
    let findings = read_each(path, source, &mut |model| models.push(model));
    Scan { models, findings }
}

/// The same for who takes the models one after the other; the findings are what is returned.
pub fn read_each(path: &Path, source: &Untrusted, take: Take<'_>) -> Vec<Finding> {
    let refuse = |code: &str, message: String| {
        let mut findings = Vec::new();
        note(&mut findings, code, None, source, "", message);
        findings
    };
    let bytes = match disk::whole(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(unread) => return refuse("F-BOM-UNREADABLE", unread.to_string()),
    };
    let mut findings = Vec::new();
    if is_triples(&bytes) {
        return refuse(NOT_READ, IS_RDF.to_owned());
    }
    // XML has signatures of its own, and its parts keep nothing of the text.
    if xml::is_xml(&bytes) {
        let xml = match xml::parse(&bytes) {
            Ok(xml) => xml,
            Err(message) => return refuse("F-BOM-XML", message),
        };
        drop(bytes);
        if xml.is_rdf {
            return refuse(NOT_READ, IS_RDF.to_owned());
        }
        if xml.is_signed {
            let message =
                "an XML signature of this document; it is none of the model's, and not verified here";
            note(&mut findings, "F-BOM-SIGNATURE", None, source, "", message);
        }
        return read_parts(&Parts::of_xml(xml), source, findings, take, |_| {});
    }
    if !is_json(&bytes) {
        let parts = if tag_value::is_one(&bytes) {
            Some(tag_value::parse(&bytes).map(Parts::of_tags).map_err(|words| ("F-BOM-TAGS", words)))
        } else if yaml::is_one(&bytes) {
            Some(yaml::parse(&bytes).map(Parts::of_tree).map_err(|words| ("F-BOM-YAML", words)))
        } else {
            None
        };
        match parts {
            Some(Ok(parts)) => {
                drop(bytes);
                return read_parts(&parts, source, findings, take, |_| {});
            }
            Some(Err((code, words))) => return refuse(code, words),
            None => {}
        }
    }
    let (parts, json) = match Parts::of_json(&bytes) {
        Ok(read) => read,
        Err(message) => return refuse("F-BOM-JSON", message),
    };
    for name in &json.duplicates {
        let message = "this name occurs twice in one object; the last one counts";
        note(&mut findings, "F-BOM-DUPLICATE-KEY", None, source, name, message);
    }
    read_parts(&parts, source, findings, take, |findings| {
        if json.has_signatures {
            tell_signatures(&parts, !json.duplicates.is_empty(), source, findings);
        }
    })
}

fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Whether a document is SPDX in the forms of RDF that are no XML: Turtle and its like.
fn is_triples(bytes: &[u8]) -> bool {
    const START: usize = 64 * 1024;
    const VOCABULARY: &[u8] = b"spdx.org/rdf/";
    let start = bytes.get(..START).unwrap_or(bytes).trim_ascii_start();
    let is_turtle =
        [&b"@prefix"[..], b"@base", b"PREFIX", b"BASE", b"<http"].iter().any(|word| start.starts_with(word));
    is_turtle && start.windows(VOCABULARY.len()).any(|part| part == VOCABULARY)
}

/// Hands a document to its format's view, once `tell` has told what is to be told of a bill of any format.
fn read_parts(
    parts: &Parts<'_>,
    source: &Untrusted,
    mut findings: Vec<Finding>,
    take: Take<'_>,
    tell: impl FnOnce(&mut Vec<Finding>),
) -> Vec<Finding> {
    let Some((_, view)) = FORMATS.iter().find(|(is_it, _)| is_it(parts)) else {
        let message = "not a bill of materials in CycloneDX, SPDX or AITF";
        note(&mut findings, "F-BOM-FORMAT", None, source, "", message);
        return findings;
    };
    tell(&mut findings);
    findings.extend(view(parts, source, take));
    findings
}

/// Tells each JSON signature (JSF 0.82: `signature` on the document and on parts of it) as what it is, those that
/// do not fit first. None of them is the model's.
fn tell_signatures(parts: &Parts<'_>, is_ambiguous: bool, source: &Untrusted, findings: &mut Vec<Finding>) {
    let mut signatures = parts.signatures(is_ambiguous);
    signatures.sort_by_key(|signature| signature.state != ForeignState::DoesNotFit);
    for signature in signatures.iter().take(MAX_SIGNATURES) {
        note(findings, "F-BOM-SIGNATURE", None, source, signature.place.raw(), words(signature));
    }
    if signatures.len() > MAX_SIGNATURES {
        let message = format!("{} JSON signatures or more; {MAX_SIGNATURES} are told", signatures.len());
        note(findings, "F-BOM-SIGNATURE", None, source, "", message);
    }
}

fn words(signature: &JsonSignature) -> String {
    let left_out = match signature.left_out.len() {
        0 => String::new(),
        count => format!("; the part it does not cover may have been changed ({count})"),
    };
    let told = match (signature.state, signature.why) {
        (ForeignState::FitsOwnKey, _) => {
            "that fits the key that it brings along; whose key that is, is not known".to_owned()
        }
        (ForeignState::DoesNotFit, _) => {
            "that does NOT fit what it covers: one of the two was changed".to_owned()
        }
        (ForeignState::Malformed, why) => format!("that is malformed: {}", why.unwrap_or("not readable")),
        (_, why) => format!("of this document, not verified here: {}", why.unwrap_or("not known")),
    };
    format!("a JSON signature (JSF) {told}{left_out}; it is none of the model's")
}
