//! SARIF 2.1.0: a finding is a result under the rule of its code, and a file that differs is its location.

use super::finding::{Effect, Finding, files, findings, title};
use crate::decision::Verdict;
use crate::signing::{CheckCode, Stage, code_info};
use crate::view::View;
use serde::Serialize;
use std::fmt::Write;

/// More results than programs that read SARIF show.
const MOST_RESULTS: usize = 5000;

/// The document.
#[derive(Debug, Serialize)]
pub struct Sarif {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
struct Run {
    tool: Tool,
    #[serde(rename = "columnKind")]
    column_kind: &'static str,
    results: Vec<Found>,
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

#[derive(Debug, Serialize)]
struct Rule {
    id: String,
    #[serde(rename = "shortDescription")]
    about: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
}

#[derive(Debug, Clone, Serialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
struct Found {
    #[serde(rename = "ruleId")]
    rule: String,
    #[serde(rename = "ruleIndex")]
    index: usize,
    level: Level,
    message: Message,
    locations: [Location; 1],
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Note,
    Warning,
    Error,
}

#[derive(Debug, Serialize)]
struct Location {
    #[serde(rename = "physicalLocation")]
    physical: Physical,
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

/// What a gate found, without what passes. Paths are relative to the workspace.
pub fn sarif(view: &View, verdict: &Verdict) -> Sarif {
    let place = view.about(&verdict.model).location;
    let place = place.as_ref().map(|place| place.raw()).unwrap_or_default();
    let mut rules: Vec<Rule> = Vec::new();
    let mut results = Vec::new();
    for finding in findings(view, verdict) {
        let level = match finding.effect {
            Effect::Passes => continue,
            Effect::Noted => Level::Note,
            Effect::Warns => Level::Warning,
            Effect::Refuses => Level::Error,
        };
        let differ = || view.verification_of(&verdict.model).into_iter().flat_map(files);
        if finding.check.is_some_and(|check| check.stage() == Stage::Files) && differ().next().is_some() {
            for (code, name) in differ() {
                let about = of_check(code).unwrap_or_default();
                let text = format!("{about} {}: {}", name.screen(), title(verdict));
                let path = format!("{place}/{}", name.raw());
                results.push(found(&mut rules, code.as_str(), (level, text, &path), &finding));
            }
        } else {
            let text = format!("{} ({})", finding.text, title(verdict));
            results.push(found(&mut rules, &finding.code, (level, text, place), &finding));
        }
    }
    results.truncate(MOST_RESULTS);
    let driver = Driver { name: "Touchmark", version: env!("CARGO_PKG_VERSION"), rules };
    Sarif {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
    }
}

fn found(
    rules: &mut Vec<Rule>,
    code: &str,
    (level, text, path): (Level, String, &str),
    finding: &Finding,
) -> Found {
    let index = rules.iter().position(|rule| rule.id == code).unwrap_or_else(|| {
        let check = CheckCode::parse(code);
        let about = check.and_then(of_check).map_or_else(|| finding.text.clone(), str::to_owned);
        let remedy = Some(finding.remedy.clone()).filter(|remedy| !remedy.is_empty());
        let help = remedy.map(|text| Message { text });
        rules.push(Rule { id: code.to_owned(), about: Message { text: about }, help });
        rules.len() - 1
    });
    let artifact = Artifact { uri: uri(path) };
    Found {
        rule: code.to_owned(),
        index,
        level,
        message: Message { text },
        locations: [Location { physical: Physical { artifact } }],
    }
}

/// What a code means.
fn of_check(code: CheckCode) -> Option<&'static str> {
    code_info(code).map(|info| info.meaning)
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
