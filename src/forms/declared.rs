//! A report as CycloneDX attestations: the rubric is a standard, and what was found are claims, evidence and attestations
//! about it. A requirement has a score only where it was judged. Lists of models are written as they are made.

use super::reports::ReportFile;
use super::set::{Exhibit, Looked, Set};
use super::streamed::streamed;
use super::uuid::Uuid;
use crate::error::Result;
use crate::inventory::Kind;
use crate::json::Each;
use crate::maturity::{Control, ControlResult, Rubric, Severity, halves};
use crate::signing::Outcome;
use jiff::Timestamp;
use serde::Serialize;

/// The assessor's name in the document.
const ASSESSOR: &str = "assessor:touchmark";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bill<A, C, E, T> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata,
    definitions: Definitions,
    declarations: Declarations<A, C, E, T>,
}

#[derive(Serialize)]
struct Metadata {
    timestamp: Timestamp,
    tools: Tools,
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Tools {
    components: [Tool; 1],
}

#[derive(Serialize)]
struct Tool {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    version: String,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

fn property(name: &'static str, value: impl ToString) -> Property {
    Property { name, value: value.to_string() }
}

#[derive(Serialize)]
struct Definitions {
    standards: [Standard; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Standard {
    bom_ref: String,
    name: &'static str,
    version: String,
    description: String,
    owner: &'static str,
    requirements: Vec<Requirement>,
    levels: Vec<Level>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Requirement {
    bom_ref: String,
    identifier: String,
    title: String,
    text: String,
    descriptions: Vec<String>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Level {
    bom_ref: String,
    identifier: String,
    title: String,
    requirements: Vec<String>,
}

#[derive(Serialize)]
struct Declarations<A, C, E, T> {
    assessors: [Assessor; 1],
    attestations: A,
    claims: C,
    evidence: E,
    targets: Targets<T>,
}

#[derive(Serialize)]
struct Assessor {
    #[serde(rename = "bom-ref")]
    bom_ref: &'static str,
    #[serde(rename = "thirdParty")]
    is_third_party: bool,
}

#[derive(Serialize)]
struct Attestation {
    summary: String,
    assessor: &'static str,
    map: Vec<Mapped>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mapped {
    requirement: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<[String; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter_claims: Option<[String; 1]>,
    conformance: Conformance,
}

#[derive(Serialize)]
struct Conformance {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    rationale: String,
}

#[derive(Serialize)]
struct Claim {
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    target: String,
    predicate: String,
    reasoning: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<String>,
    #[serde(rename = "counterEvidence", skip_serializing_if = "Vec::is_empty")]
    counter_evidence: Vec<String>,
}

#[derive(Serialize)]
struct Evidence {
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    #[serde(rename = "propertyName")]
    property_name: &'static str,
    description: String,
    data: [Data; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
}

#[derive(Serialize)]
struct Data {
    name: String,
    contents: Contents,
}

#[derive(Serialize)]
struct Contents {
    url: String,
}

#[derive(Serialize)]
struct Targets<T> {
    components: T,
}

#[derive(Serialize)]
struct Target {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    name: String,
    properties: Vec<Property>,
}

/// What a claim says of its requirement.
#[derive(PartialEq, Eq)]
enum Side {
    For,
    Against,
}

/// Which side a finding is on; none where there is nothing to claim.
fn side(outcome: Outcome) -> Option<Side> {
    match outcome {
        Outcome::Pass | Outcome::Partial => Some(Side::For),
        Outcome::Fail => Some(Side::Against),
        Outcome::Missing | Outcome::Unknown | Outcome::NotApplicable => None,
    }
}

/// What a finding earns, from 0 to 1; none where nothing was judged.
fn score(outcome: Outcome) -> Option<f64> {
    let is_judged = !matches!(outcome, Outcome::Unknown | Outcome::NotApplicable);
    is_judged.then(|| f64::from(halves(outcome)) / 2.0)
}

fn requirement_ref(control: &str) -> String {
    format!("requirement:{control}")
}

fn model_ref(uuid: Uuid) -> String {
    format!("model:{uuid}")
}

fn claim_ref(set: &Set<'_>, looked: &Looked<'_>, control: &str) -> String {
    format!("claim:{}", set.observation(&looked.model.id, control))
}

fn evidence_ref(exhibit: &Exhibit) -> String {
    format!("evidence:{}", exhibit.uuid)
}

fn requirement(control: &Control) -> Requirement {
    let severity = match control.severity {
        Severity::Must => "must",
        Severity::Should => "should",
        Severity::May => "may",
    };
    let line = |word: &str, text: &str| format!("{word}: {text}");
    let outcomes = [
        Some(line("pass", &control.pass)),
        Some(line("partial", &control.partial)),
        Some(line("fail", &control.fail)),
        control.missing.as_deref().map(|text| line("missing", text)),
        control.not_applicable.as_deref().map(|text| line("not applicable", text)),
    ];
    Requirement {
        bom_ref: requirement_ref(&control.id),
        identifier: control.id.to_string(),
        title: control.title.clone(),
        text: control.evidence.clone(),
        descriptions: outcomes.into_iter().flatten().collect(),
        properties: vec![
            property("touchmark:severity", severity),
            property("touchmark:conditional", control.conditional),
            property("touchmark:clause", &control.clause),
        ],
    }
}

fn standard(rubric: &Rubric, scope: &str) -> Standard {
    let level = |(level, name): (u8, &String)| Level {
        bom_ref: format!("level:{level}"),
        identifier: level.to_string(),
        title: name.clone(),
        requirements: rubric
            .controls
            .iter()
            .filter(|control| control.level == level)
            .map(|control| requirement_ref(&control.id))
            .collect(),
    };
    Standard {
        bom_ref: format!("standard:{}", rubric.digest),
        name: "Maturity of machine-learning models",
        version: rubric.schema.clone(),
        description: scope.to_owned(),
        owner: "Touchmark",
        requirements: rubric.controls.iter().map(requirement).collect(),
        levels: (1..).zip(&rubric.level_names).map(level).collect(),
    }
}

fn attestation(set: &Set<'_>, looked: &Looked<'_>) -> Attestation {
    let mapped = |result: &ControlResult| {
        let control = set.view().rubric.control(&result.id)?;
        let (side, claim) = (side(result.outcome), claim_ref(set, looked, &result.id));
        let found = looked.found(result, control);
        Some(Mapped {
            requirement: requirement_ref(&result.id),
            claims: (side == Some(Side::For)).then(|| [claim.clone()]),
            counter_claims: (side == Some(Side::Against)).then_some([claim]),
            conformance: Conformance {
                score: score(result.outcome),
                rationale: format!("{}: {}", result.outcome.word(), found.raw()),
            },
        })
    };
    let level = match looked.row.is_measured {
        true => format!("level {}", looked.row.level),
        false => "not measured, at no level".to_owned(),
    };
    Attestation {
        summary: format!("{}: {level}", looked.model.id.raw()),
        assessor: ASSESSOR,
        map: looked.verdict.assessment.controls.iter().filter_map(mapped).collect(),
    }
}

fn claim(set: &Set<'_>, looked: &Looked<'_>, result: &ControlResult) -> Option<Claim> {
    let side = side(result.outcome)?;
    let control = set.view().rubric.control(&result.id)?;
    let evidence = looked.exhibits(result).iter().map(evidence_ref).collect();
    let (evidence, counter_evidence) = match side {
        Side::For => (evidence, Vec::new()),
        Side::Against => (Vec::new(), evidence),
    };
    Some(Claim {
        bom_ref: claim_ref(set, looked, &result.id),
        target: model_ref(set.model(&looked.model.id)),
        predicate: format!("{} {}: {}", control.id, control.title, result.outcome.word()),
        reasoning: looked.found(result, control).raw().to_owned(),
        evidence,
        counter_evidence,
    })
}

fn claims(set: &Set<'_>, looked: &Looked<'_>) -> Vec<Claim> {
    let results = looked.verdict.assessment.controls.iter();
    results.filter_map(|result| claim(set, looked, result)).collect()
}

fn evidence(exhibit: &Exhibit) -> Evidence {
    Evidence {
        bom_ref: evidence_ref(exhibit),
        property_name: "sha256",
        description: exhibit.title.clone(),
        data: [Data { name: exhibit.sha256.clone(), contents: Contents { url: exhibit.url.clone() } }],
        created: exhibit.at,
    }
}

fn target(set: &Set<'_>, looked: &Looked<'_>) -> Target {
    let row = looked.row;
    let mut properties = vec![
        property("touchmark:kind", row.kind.word()),
        property("touchmark:verification", row.outcome.key()),
    ];
    properties.extend(row.root_digest.map(|root| property("touchmark:oms:rootDigest", root)));
    Target {
        kind: if row.kind == Kind::Dataset { "data" } else { "machine-learning-model" },
        bom_ref: model_ref(set.model(row.id)),
        name: row.id.raw().to_owned(),
        properties,
    }
}

fn metadata(set: &Set<'_>) -> Metadata {
    let document = &set.file.document;
    let (rests, population) = (&document.rests_on, &document.population);
    let tool = Tool { kind: "application", name: "touchmark", version: rests.program.clone() };
    Metadata {
        timestamp: set.at(),
        tools: Tools { components: [tool] },
        properties: vec![
            property("touchmark:about", set.about()),
            property("touchmark:stage", rests.stage),
            property("touchmark:evidence:sha256", rests.evidence),
            property("touchmark:policy:sha256", rests.policy.digest),
            property("touchmark:rubric:sha256", rests.rubric.digest),
            property("touchmark:anchors:sha256", rests.anchors),
            property("touchmark:ledger:records", rests.ledger_records),
            property("touchmark:ledger:head", rests.ledger_head),
            property("touchmark:models:inventory", population.inventory),
            property("touchmark:models:covered", population.covered),
            property("touchmark:models:which", population.filter.raw()),
            property("touchmark:models:measured", population.measured),
            property("touchmark:models:notMeasured", population.not_measured),
        ],
    }
}

/// The report, piece by piece as it is made.
///
/// # Errors
/// `E-INTERNAL`; what `out` gives.
pub fn declared(file: &ReportFile<'_>, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let set = &Set::of(file);
    let bill = Bill {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: format!("urn:uuid:{}", set.uuid("declarations", &[])),
        version: 1,
        metadata: metadata(set),
        definitions: Definitions { standards: [standard(&file.view.rubric, file.document.scope)] },
        declarations: Declarations {
            assessors: [Assessor { bom_ref: ASSESSOR, is_third_party: false }],
            attestations: Each(|| set.each(|looked| vec![attestation(set, &looked)])),
            claims: Each(|| set.each(|looked| claims(set, &looked))),
            evidence: Each(|| set.all_exhibits().map(|exhibit| evidence(&exhibit))),
            targets: Targets { components: Each(|| set.each(|looked| vec![target(set, &looked)])) },
        },
    };
    streamed(&bill, out)
}
