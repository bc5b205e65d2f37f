//! SARIF 2.1.0: what its documents are made of. It knows no gate and no report.

use serde::Serialize;
use std::fmt::Write;

/// A document with its results.
#[derive(Debug, Serialize)]
pub struct Sarif<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<R>; 1],
}

#[derive(Debug, Serialize)]
struct Run<R> {
    tool: Tool,
    #[serde(rename = "columnKind")]
    column_kind: &'static str,
    results: R,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
struct Driver {
    name: &'static str,
    #[serde(rename = "semanticVersion")]
    version: &'static str,
    rules: Vec<Rule>,
}

/// What a result can be about.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// Its code.
    pub id: String,
    /// What it means.
    #[serde(rename = "shortDescription")]
    pub about: Message,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Message>,
}

/// A text.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// The text, safe to show.
    pub text: String,
}

/// A result.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The code of its rule.
    #[serde(rename = "ruleId")]
    pub rule: String,
    /// Where that rule stands.
    #[serde(rename = "ruleIndex")]
    pub index: usize,
    /// What kind of result it is; none for one that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// How much it matters.
    pub level: Level,
    /// What was found.
    pub message: Message,
    /// Where.
    pub locations: [Location; 1],
    /// What stays the same when it is found again.
    #[serde(rename = "partialFingerprints", skip_serializing_if = "Option::is_none")]
    pub fingerprints: Option<Fingerprints>,
}

/// What kind of result it is that does not fail.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nobody knows.
    Open,
}

/// How much a result matters.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It does not fail.
    None,
    /// It is reported.
    Note,
    /// It is to be looked at.
    Warning,
    /// It is to be put right.
    Error,
}

/// Where a result was found.
#[derive(Debug, Serialize)]
pub struct Location {
    #[serde(rename = "physicalLocation", skip_serializing_if = "Option::is_none")]
    physical: Option<Physical>,
    #[serde(rename = "logicalLocations", skip_serializing_if = "Option::is_none")]
    logical: Option<[Logical; 1]>,
}

#[derive(Debug, Serialize)]
struct Physical {
    #[serde(rename = "artifactLocation")]
    artifact: Artifact,
}

#[derive(Debug, Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Debug, Serialize)]
struct Logical {
    #[serde(rename = "fullyQualifiedName")]
    name: String,
}

/// A name made of what a result is about.
#[derive(Debug, Serialize)]
pub struct Fingerprints {
    /// The name.
    #[serde(rename = "touchmark/v1")]
    pub name: String,
}

impl<R> Sarif<R> {
    /// Of these results.
    pub fn new(rules: Vec<Rule>, results: R) -> Self {
        let driver = Driver { name: "Touchmark", version: env!("CARGO_PKG_VERSION"), rules };
        Sarif {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
        }
    }
}

impl Location {
    /// A file or folder of the workspace.
    pub fn file(path: &str) -> Self {
        let artifact = Artifact { uri: uri(path) };
        Location { physical: Some(Physical { artifact }), logical: None }
    }

    /// A model by its name, and its folder if it has one.
    pub fn model(name: String, path: Option<&str>) -> Self {
        let physical = path.map(|path| Physical { artifact: Artifact { uri: uri(path) } });
        Location { physical, logical: Some([Logical { name }]) }
    }
}

/// A path as a relative reference (RFC 3986): everything that is not plain is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                out.push(byte.into())
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
