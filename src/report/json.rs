//! JSON documents, each with a schema and a version. Text in them is exact; it is escaped when printed.

use super::case;
use crate::decision::{Decision, Verdict};
use crate::inventory::{Basis, ModelId};
use crate::lineage::LaneRow;
use crate::maturity::Score;
use crate::policy::{Action, Class};
use crate::signing::{Coverage, Inspection, Outcome, Recalled, Signed, Verification};
use crate::text::Untrusted;
use crate::view::View;
use crate::words::controls::control as words_of_control;
use crate::words::reasons::reason as words_of_reason;
use crate::words::{Case, Face, caps};
use serde::Serialize;
use serde_json::{Value, json};

/// A verification.
pub fn verification(model: &str, v: &Verification) -> Value {
    json!({
        "schema": "touchmark.verification/1",
        "model": model,
        "outcome": v.outcome(),
        "headline": v.headline().map(|check| &check.code),
        "coverage": coverage(v),
        "verification": v,
    })
}

/// Bytes, and whole percent rounded down.
fn coverage(v: &Verification) -> Value {
    let told = |c: Coverage| json!({ "covered": c.covered, "total": c.total, "percent": c.percent() });
    v.coverage().map_or(Value::Null, told)
}

/// What was signed or digested.
pub fn signed(schema: &str, s: &Signed) -> Value {
    json!({
        "schema": schema,
        "root_digest": s.root_digest,
        "resources": s.resources,
        "bytes": s.bytes,
        "recalled": s.recalled,
        "signature": s.signature.to_string_lossy(),
        "left_out": s.left_out,
    })
}

/// The inventory.
pub fn list(view: &View, keep: &dyn Fn(usize) -> bool) -> Value {
    let models: Vec<Value> =
        (0..view.models.len()).filter(|index| keep(*index)).map(|i| summary(view, i)).collect();
    json!({ "schema": "touchmark.list/1", "stage": view.stage, "policy": view.policy.digest, "models": models })
}

fn summary(view: &View, index: usize) -> Value {
    let s = view.summary(index);
    json!({
        "id": view.models.get(index).map(|m| &m.id),
        "name": view.models.get(index).map(|m| &m.name),
        "outcome": s.outcome,
        "status": s.word,
        "signer": s.signer,
        "own": s.own,
        "effective": s.effective,
        "decision": s.decision,
    })
}

/// One model with its facts, verification, verdict and review.
pub fn model(view: &View, index: usize, read: &[(Untrusted, String)]) -> Value {
    let at = |name: &str, value: Value| (name.to_owned(), value);
    let mut document = serde_json::Map::new();
    document.extend([
        at("schema", json!("touchmark.model/1")),
        at("summary", summary(view, index)),
        at("model", json!(view.models.get(index))),
        at(
            "coverage",
            view.verified
                .get(index)
                .and_then(Option::as_ref)
                .map_or(Value::Null, |v| coverage(&v.verification)),
        ),
        at("verified", json!(view.verified.get(index))),
        at("verdict", json!(view.verdict(index).as_ref().map(|v| VerdictDocument::of(&case(view, v))))),
        at("review", json!(view.reviews.get(index))),
        at("read", read.iter().map(|(source, at)| json!({ "source": source, "at": at })).collect()),
    ]);
    Value::Object(document)
}

/// A decision, with everything that it depends on named by digest.
pub fn verdict(view: &View, v: &Verdict) -> Value {
    json!({
        "schema": "touchmark.verdict/1",
        "policy": view.policy.digest,
        "rubric": view.rubric.digest,
        "at": view.at,
        "scope": super::text::SCOPE,
        "verdict": VerdictDocument::of(&case(view, v)),
    })
}

/// A verdict, in words where it has facts.
#[derive(Serialize)]
struct VerdictDocument<'a> {
    model: &'a ModelId,
    assessment: AssessmentDocument<'a>,
    effective: u8,
    cap: Option<Untrusted>,
    tainted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached: Option<Recalled>,
    stage: &'a str,
    decision: Decision,
    reasons: Vec<ReasonDocument<'a>>,
}

#[derive(Serialize)]
struct AssessmentDocument<'a> {
    controls: Vec<ControlDocument<'a>>,
    score: &'a Score,
}

#[derive(Serialize)]
struct ControlDocument<'a> {
    id: &'a str,
    outcome: Outcome,
    basis: Option<Basis>,
    found: Untrusted,
    remedy: String,
}

#[derive(Serialize)]
struct ReasonDocument<'a> {
    code: &'a str,
    class: Option<Class>,
    action: Action,
    text: Untrusted,
    remedy: String,
}

impl<'a> VerdictDocument<'a> {
    fn of(case: &Case<'a>) -> Self {
        let v = case.verdict;
        VerdictDocument {
            model: &v.model,
            assessment: assessment(case),
            effective: v.effective,
            cap: v.cap.as_ref().map(caps::cap),
            tainted: v.tainted,
            cached: v.cached,
            stage: &v.stage,
            decision: v.decision,
            reasons: reasons(case),
        }
    }
}

fn assessment<'a>(case: &Case<'a>) -> AssessmentDocument<'a> {
    let controls = case.verdict.assessment.controls.iter().filter_map(|result| {
        let control = case.rubric.control(&result.id)?;
        let (found, remedy) = words_of_control(result, control, case.verification, Face::Text);
        Some(ControlDocument { id: &result.id, outcome: result.outcome, basis: result.basis, found, remedy })
    });
    AssessmentDocument { controls: controls.collect(), score: &case.verdict.assessment.score }
}

fn reasons<'a>(case: &Case<'a>) -> Vec<ReasonDocument<'a>> {
    let documents = case.verdict.reasons.iter().map(|one| {
        let (text, remedy) = words_of_reason(one, case, Face::Text);
        ReasonDocument { code: one.code.as_str(), class: one.class, action: one.action, text, remedy }
    });
    documents.collect()
}

/// A family as lanes.
pub fn lineage(rows: &[LaneRow]) -> Value {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "generation": row.generation,
                "in_inventory": row.model.is_some(),
                "relation": row.edge.map(|(relation, _)| relation),
                "basis": row.edge.map(|(_, basis)| basis),
                "pinned": row.pinned,
                "repeated": row.repeated,
            })
        })
        .collect();
    json!({ "schema": "touchmark.lineage/1", "rows": rows })
}

/// What a file holds.
pub fn inspection(i: &Inspection) -> Value {
    json!({ "schema": "touchmark.inspection/1", "kind": i.kind, "fields": i.fields })
}
