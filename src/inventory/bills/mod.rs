//! The one door for bills of materials: reads a file within limits, tells which format it is, and hands the
//! tree to that format's view. A document is never refused for a schema violation: that is a finding.

mod aitf;
mod cyclonedx;
mod cyclonedx_schema;
mod dialects;
pub mod export;
mod spdx;
mod xml;

use serde_json::Value;
use std::path::Path;

use crate::signing::{ForeignState, JsonSignature, json_signatures};
use crate::text::Untrusted;

use crate::disk;
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::record::note;
use crate::json;

const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// How a bill's file name ends.
const ENDINGS: [&str; 3] = ["json", "jsonld", "xml"];
/// Foreign signatures that are told one by one.
const MAX_SIGNATURES: usize = 16;

/// How a tree of a format is told, and how the format's view reads it.
type Format = (fn(&Value) -> bool, fn(&Value, &Untrusted) -> Scan);

const FORMATS: [Format; 4] = [
    (|root| root.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX"), cyclonedx::view),
    (spdx::is_three, spdx::view_three),
    (|root| root.get("spdxVersion").is_some(), spdx::view_two),
    (aitf::is_one, aitf::view),
];

/// Findings that say that a document is no bill, or none that can be read.
pub const NO_BILL: [&str; 4] = ["F-BOM-UNREADABLE", "F-BOM-JSON", "F-BOM-XML", "F-BOM-FORMAT"];

/// Whether what was read is a bill of materials.
pub(crate) fn is_bill(scan: &Scan) -> bool {
    !scan.findings.iter().any(|finding| NO_BILL.contains(&finding.code.as_str()))
}

/// Whether a file's name is one of a bill of materials.
pub fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

/// Reads one document, which the workspace calls `source`. Models may occur more than once, as they do in it.
pub fn read(path: &Path, source: &Untrusted) -> Scan {
    let refuse = |code: &str, message: String| {
        let mut findings = Vec::new();
        note(&mut findings, code, None, source, "", message);
        Scan { models: Vec::new(), findings }
    };
    let bytes = match disk::whole(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(unread) => return refuse("F-BOM-UNREADABLE", unread.to_string()),
    };
    let mut findings = Vec::new();
    // Of JSON only: XML has its own signatures.
    let mut is_ambiguous = None;
    let root = if xml::is_xml(&bytes) {
        match xml::parse(&bytes) {
            Ok(tree) => {
                if tree.is_signed {
                    let message =
                        "an XML signature of this document; it is none of the model's, and not verified here";
                    note(&mut findings, "F-BOM-SIGNATURE", None, source, "", message);
                }
                tree.root
            }
            Err(message) => return refuse("F-BOM-XML", message),
        }
    } else {
        match json::parse_tree(&bytes) {
            Ok(tree) => {
                for name in &tree.duplicates {
                    let message = "this name occurs twice in one object; the last one counts";
                    note(&mut findings, "F-BOM-DUPLICATE-KEY", None, source, name, message);
                }
                is_ambiguous = Some(!tree.duplicates.is_empty());
                tree.root
            }
            Err(message) => return refuse("F-BOM-JSON", message),
        }
    };
    drop(bytes);
    let Some((_, view)) = FORMATS.iter().find(|(is_it, _)| is_it(&root)) else {
        let message = "not a bill of materials in CycloneDX, SPDX or AITF";
        note(&mut findings, "F-BOM-FORMAT", None, source, "", message);
        return Scan { models: Vec::new(), findings };
    };
    if let Some(is_ambiguous) = is_ambiguous {
        tell_signatures(&root, is_ambiguous, source, &mut findings);
    }
    let Scan { models, findings: more } = view(&root, source);
    findings.extend(more);
    Scan { models, findings }
}

/// Tells each JSON signature (JSF 0.82: `signature` on the document and on parts of it) as what it is, those that
/// do not fit first. None of them is the model's.
fn tell_signatures(root: &Value, is_ambiguous: bool, source: &Untrusted, findings: &mut Vec<Finding>) {
    let mut signatures = root.as_object().map(|root| json_signatures(root, is_ambiguous)).unwrap_or_default();
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
        count => format!("; anybody may have changed what it leaves out ({count})"),
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
