//! The one door for bills of materials: reads a file within limits, tells which format it is, and hands the
//! tree to that format's view. A document is never refused for a schema violation: that is a finding.

use serde_json::Value;
use std::path::Path;

use crate::text::Untrusted;

use super::record::note;
use super::scan::{Finding, Scan};
use super::{cyclonedx, json_tree, reading, spdx, telemetry, xml_tree};

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
    (telemetry::is_one, telemetry::view),
];

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
    let bytes = match reading::whole(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(unread) => return refuse("F-BOM-UNREADABLE", unread.to_string()),
    };
    let mut findings = Vec::new();
    let root = if xml_tree::is_xml(&bytes) {
        match xml_tree::parse(&bytes) {
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
        match json_tree::parse(&bytes) {
            Ok(tree) => {
                for name in &tree.duplicates {
                    let message = "this name occurs twice in one object; the last one counts";
                    note(&mut findings, "F-BOM-DUPLICATE-KEY", None, source, name, message);
                }
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
    let mut signatures = Vec::new();
    foreign_signatures(&root, &mut String::new(), source, &mut signatures);
    findings.append(&mut signatures);
    let Scan { models, findings: more } = view(&root, source);
    findings.extend(more);
    Scan { models, findings }
}

/// Tells each JSON signature (JSF 0.82: `signature` on the document and on parts of it) as what it is. The
/// parsers bound the depth.
fn foreign_signatures(value: &Value, at: &mut String, source: &Untrusted, findings: &mut Vec<Finding>) {
    let length = at.len();
    match value {
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(_, value)| value.is_object() || value.is_array()) {
                at.push('/');
                at.push_str(&pointer_part(key));
                let is_signature = key == "signature"
                    && ["algorithm", "signers", "chain"].iter().any(|part| value.get(part).is_some());
                if is_signature && findings.len() < MAX_SIGNATURES {
                    let message = "a JSON signature (JSF) of this document; it is none of the model's, and not verified here";
                    note(findings, "F-BOM-SIGNATURE", None, source, at, message);
                }
                foreign_signatures(value, at, source, findings);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in
                items.iter().enumerate().filter(|(_, item)| item.is_object() || item.is_array())
            {
                at.push_str(&format!("/{index}"));
                foreign_signatures(item, at, source, findings);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// A member's name inside a JSON pointer (RFC 6901, section 3).
pub(super) fn pointer_part(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
