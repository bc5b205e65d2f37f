//! What speaks against a model's having come from a parent: facts that such a derivation keeps, and that differ.
//! It compares what the sources say and proves nothing: a finding is a question to the producer.

use super::graph::{Graph, GraphFinding};
use crate::inventory::{Basis, FactKey, Model, Relation};
use crate::text::Untrusted;

/// A fact that is kept by derivations of some kinds, and how two values of it are compared.
struct Kept {
    key: FactKey,
    by: &'static [Relation],
    agree: fn(&str, &str) -> bool,
}

/// What is kept by which derivation. A derivation of unknown kind keeps nothing for certain.
const KEPT: [Kept; 1] = [Kept {
    key: FactKey::Architecture,
    by: &[Relation::Finetune, Relation::Quantised, Relation::Merge],
    agree: same_architecture,
}];

/// What a class of the usual library adds to the architecture's name.
const HEADS: [&str; 9] = [
    "forcausallm",
    "forconditionalgeneration",
    "formaskedlm",
    "forsequenceclassification",
    "fortokenclassification",
    "forquestionanswering",
    "forimageclassification",
    "lmheadmodel",
    "model",
];

/// What speaks against the lineage of all models, in the order of their ids.
pub fn doubts(models: &[Model], graph: &Graph) -> Vec<GraphFinding> {
    models.iter().flat_map(|model| doubts_of(model, models, graph)).collect()
}

/// What speaks against one model's lineage.
pub fn doubts_of(model: &Model, models: &[Model], graph: &Graph) -> Vec<GraphFinding> {
    let mut found = Vec::new();
    for (parent, edge) in graph.parents(&model.id) {
        let Some(base) = parent.model.and_then(|at| models.get(at)) else { continue };
        for kept in KEPT.iter().filter(|kept| kept.by.contains(&edge.relation)) {
            let (own, its) = (values(model, kept.key), values(base, kept.key));
            let agree = own.iter().any(|own| its.iter().any(|its| (kept.agree)(own.raw(), its.raw())));
            if let (Some(own), Some(its), false) = (own.first(), its.first(), agree) {
                found.push(GraphFinding::Doubtful {
                    child: model.id.clone(),
                    parent: parent.id.clone(),
                    relation: edge.relation,
                    what: kept.key,
                    values: Box::new((own.clone(), its.clone())),
                });
            }
        }
    }
    found
}

fn values(model: &Model, key: FactKey) -> Vec<Untrusted> {
    let told = model.facts.each().filter(|fact| fact.key == key && fact.basis != Basis::Contradicted);
    told.map(|fact| fact.value.clone()).collect()
}

fn same_architecture(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        let text: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let head = HEADS.iter().find_map(|head| text.strip_suffix(head));
        head.filter(|rest| !rest.is_empty()).unwrap_or(&text).to_owned()
    };
    let (one, other) = (plain(one), plain(other));
    // `qwen2` and `qwen2moe`, `phi3` and `phi3small`: of one family, and no contradiction.
    one.starts_with(&other) || other.starts_with(&one)
}
