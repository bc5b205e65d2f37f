//! JSON documents, each with a schema and a version. Text in them is exact; it is escaped when printed.

use crate::decision::Verdict;
use crate::json::Each;
use crate::lineage::LaneRow;
use crate::signing::{Coverage, Inspection, Signed, Verification};
use crate::text::Untrusted;
use crate::view::View;
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

/// The inventory, each model made when it is written.
pub fn list<'v>(view: &'v View, keep: &'v dyn Fn(usize) -> bool) -> impl Serialize + 'v {
    let kept = move || (0..view.models.len()).filter(|index| keep(*index));
    List {
        schema: "touchmark.list/1",
        stage: &view.stage,
        policy: &view.policy.digest,
        models: Each(move || kept().map(|index| summary(view, index))),
    }
}

#[derive(Serialize)]
struct List<'v, M, D> {
    schema: &'static str,
    stage: &'v str,
    policy: &'v D,
    models: M,
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
        at("verdict", json!(view.verdict(index))),
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
        "verdict": v,
    })
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
