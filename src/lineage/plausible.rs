//! What speaks against a model's having come from a parent: facts that such a derivation keeps, and that differ.
//! It compares what the sources say and proves nothing: a finding is a question to the producer.

use super::content::{Content, tells_of_content};
use super::finding::GraphFinding;
use super::graph::Graph;
use crate::inventory::{Basis, Fact, FactKey, Model, ModelId, Relation, TensorSummary};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What derivations of some kinds would leave as it is, or would not.
struct Rule {
    /// What is compared, in words.
    what: &'static str,
    by: &'static [Relation],
    /// The values of the child and of the parent that do not go together; none when nothing speaks against it.
    against: fn(&Told, &Told) -> Option<(String, String)>,
}

const ALL: &[Relation] = &[
    Relation::Finetune,
    Relation::Quantised,
    Relation::Adapter,
    Relation::Merge,
    Relation::Distilled,
    Relation::Unspecified,
];
const SAME_WEIGHTS: &[Relation] = &[Relation::Finetune, Relation::Quantised, Relation::Merge];

/// What is compared for which derivation. Of unknown derivations little can be expected. Names of tensors are not
/// compared by themselves: formats name the same tensor differently, and heads come and go.
const RULES: [Rule; 8] = [
    Rule { what: "architecture", by: SAME_WEIGHTS, against: architectures },
    Rule {
        what: "hidden size",
        by: SAME_WEIGHTS,
        against: |own, its| sizes(own, its, |told| told.hidden, u64::ne),
    },
    Rule {
        what: "number of layers",
        // A merge may stack layers.
        by: &[Relation::Finetune, Relation::Quantised],
        against: |own, its| sizes(own, its, |told| told.layers, u64::ne),
    },
    // Tokens are added, and rarely taken away.
    Rule {
        what: "vocabulary",
        by: SAME_WEIGHTS,
        against: |own, its| sizes(own, its, |told| told.vocabulary, u64::lt),
    },
    Rule { what: "shapes of the same tensors", by: SAME_WEIGHTS, against: shapes },
    Rule { what: "types of the tensors", by: &[Relation::Quantised], against: types },
    Rule { what: "time of making", by: ALL, against: times },
    // The same bytes under another name are a copy.
    Rule { what: "same content", by: ALL, against: contents },
];

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
    // Each is compared with all its parents: what is told of it is read once.
    let told: Vec<Told> = models.par_iter().map(Told::by).collect();
    let told =
        |at: usize, model: &Model| told.get(at).map_or_else(|| Cow::Owned(Told::by(model)), Cow::Borrowed);
    let of_model = |(at, model): (usize, &Model)| doubts_by(model, &told(at, model), models, graph, &told);
    models.par_iter().enumerate().flat_map_iter(of_model).collect()
}

/// What speaks against one model's lineage, and where sources disagree about it.
pub fn doubts_of(model: &Model, models: &[Model], graph: &Graph) -> Vec<GraphFinding> {
    let mut found = graph.conflicts_of(&model.id);
    found.extend(doubts_by(model, &Told::by(model), models, graph, &|_, base| Cow::Owned(Told::by(base))));
    found
}

/// A model with more parents than this is not compared with any of them: each would have to be read.
const MOST_PARENTS: usize = 64;

/// Whether what such derivations keep goes together in a model and in its parents; none where nothing could be compared.
pub fn is_plausible(model: &Model, models: &[Model], graph: &Graph, place: u32) -> Option<bool> {
    if graph.parents_at(place).nth(MOST_PARENTS).is_some() {
        return None;
    }
    let (mut own, mut compared) = (None, None);
    for (parent, edge) in graph.parents_at(place) {
        let Some(base) = parent.model().and_then(|at| models.get(at)) else { continue };
        let own = &*own.get_or_insert_with(|| Told::by(model));
        let rules = RULES.iter().filter(|rule| rule.by.contains(&edge.relation));
        let its = Told::by(base).seen_from(model, base);
        for rule in rules {
            if (rule.against)(own, &its).is_some() {
                return Some(false);
            }
        }
        if edge.relation.bears_weight() && own.can_be_compared(&its) {
            compared = Some(true);
        }
    }
    compared
}

/// The same, given what is told of the model, and who says what is told of another one.
fn doubts_by<'t>(
    model: &Model,
    own: &Told,
    models: &[Model],
    graph: &Graph,
    told: &dyn Fn(usize, &Model) -> Cow<'t, Told>,
) -> Vec<GraphFinding> {
    let mut found = Vec::new();
    for (parent, edge) in graph.parents(&model.id) {
        let rules = || RULES.iter().filter(|rule| rule.by.contains(&edge.relation));
        let base = parent.model().and_then(|at| Some((at, models.get(at)?)));
        let Some((at, base)) = base.filter(|_| rules().count() > 0) else {
            continue;
        };
        let mut its = told(at, base);
        if base.kind != model.kind && its.tensors.is_some() {
            its = Cow::Owned(its.into_owned().seen_from(model, base));
        }
        for rule in rules() {
            if let Some((here, there)) = (rule.against)(own, &its) {
                found.push(GraphFinding::Doubtful {
                    child: model.id.clone(),
                    parent: parent.id.clone(),
                    relation: edge.relation,
                    what: rule.what,
                    values: Box::new((here.into(), there.into())),
                });
            }
        }
    }
    found
}

/// Models of different names that are told to have the same content, where no edge between two of them says so: one
/// artifact under several names, of which perhaps only one is watched. Revisions and tags of one repository are one
/// name.
pub fn copies(models: &[Model], graph: &Graph) -> Vec<GraphFinding> {
    // Hashes first: hardly any content is told twice, and all of them as texts would take as much as the models.
    let hash = |whole: &str| {
        let digest = blake3::hash(whole.as_bytes());
        digest.as_bytes().first_chunk().copied().map_or(0, u128::from_le_bytes)
    };
    let mut told: Vec<(u128, u32)> = Vec::new();
    for (index, model) in (0u32..).zip(models) {
        told.extend(Content::of(model).wholes().iter().map(|whole| (hash(whole), index)));
    }
    told.sort_unstable();
    let model = |index: u32| models.get(index as usize);
    let related =
        |one: &ModelId, other: &ModelId| graph.parents(one).iter().any(|(parent, _)| parent.id == *other);
    let mut groups: BTreeMap<Vec<&ModelId>, String> = BTreeMap::new();
    for same in told.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1) {
        let ids: BTreeSet<&ModelId> = same.iter().filter_map(|(_, index)| Some(&model(*index)?.id)).collect();
        let ids: Vec<&ModelId> = ids.into_iter().collect();
        let content = same.first().and_then(|(wanted, index)| {
            let wholes = Content::of(model(*index)?).wholes();
            wholes.into_iter().find(|whole| hash(whole) == *wanted)
        });
        let content = content.unwrap_or_default();
        let is_known = match ids.as_slice() {
            [one, other] => related(one, other) || related(other, one),
            _ => false,
        };
        let repositories: BTreeSet<&str> = ids.iter().map(|id| repository(id)).collect();
        if !is_known && repositories.len() > 1 {
            groups.entry(ids).or_insert(content);
        }
    }
    let finding = |(ids, content): (Vec<&ModelId>, String)| GraphFinding::Copies {
        models: ids.into_iter().cloned().collect(),
        digest: content.split_whitespace().next().unwrap_or_default().into(),
    };
    groups.into_iter().map(finding).collect()
}

/// A name without the revision or tag behind it.
fn repository(id: &ModelId) -> &str {
    let raw = id.raw();
    let last = raw.rfind('/').map_or(0, |at| at + 1);
    let end = raw.get(last..).and_then(|name| name.find(['@', ':'])).filter(|at| *at > 0);
    end.and_then(|at| raw.get(..last + at)).unwrap_or(raw)
}

/// What the sources tell of one model, as far as it is compared.
#[derive(Default, Clone)]
struct Told {
    architectures: Vec<String>,
    tensors: Option<TensorSummary>,
    made: Option<String>,
    /// The digests of all that it is.
    wholes: Box<[String]>,
}

impl Told {
    /// Without what says nothing of a model: an adapter that was merged in has tensors of its own.
    fn seen_from(mut self, model: &Model, base: &Model) -> Self {
        if base.kind != model.kind {
            self.tensors = None;
        }
        self
    }

    fn can_be_compared(&self, its: &Told) -> bool {
        let has_architectures = !self.architectures.is_empty() && !its.architectures.is_empty();
        has_architectures || self.tensors.is_some() && its.tensors.is_some()
    }

    fn by(model: &Model) -> Self {
        let is_told = |key| matches!(key, FactKey::Architecture | FactKey::Tensors | FactKey::Made);
        let is_wanted = |key, basis| basis != Basis::Contradicted && (tells_of_content(key) || is_told(key));
        let facts: Vec<Cow<'_, Fact>> = model.facts.each_of(is_wanted).collect();
        let content = Content::by(facts.iter().map(|fact| Cow::Borrowed(&**fact)));
        let mut told = Told { wholes: content.wholes().into(), ..Told::default() };
        for fact in facts {
            let value = fact.value.raw();
            match fact.key {
                FactKey::Architecture => told.architectures.push(value.to_owned()),
                FactKey::Tensors if told.tensors.is_none() => told.tensors = value.parse().ok(),
                // The earliest: a later time may be that of a copy.
                FactKey::Made if is_date(value) && told.made.as_deref().is_none_or(|made| value < made) => {
                    told.made = Some(value.to_owned());
                }
                _ => {}
            }
        }
        told
    }
}

fn architectures(own: &Told, its: &Told) -> Option<(String, String)> {
    let agree = |one: &String| its.architectures.iter().any(|other| same_architecture(one, other));
    let differ = !own.architectures.iter().any(agree);
    Some((own.architectures.first()?.clone(), its.architectures.first()?.clone())).filter(|_| differ)
}

fn sizes(
    own: &Told,
    its: &Told,
    of: fn(&TensorSummary) -> Option<u64>,
    differ: fn(&u64, &u64) -> bool,
) -> Option<(String, String)> {
    let (own, its) = (of(own.tensors.as_ref()?)?, of(its.tensors.as_ref()?)?);
    differ(&own, &its).then(|| (own.to_string(), its.to_string()))
}

/// Tensors of the same names with other shapes, where neither another type nor more tokens explains them.
fn shapes(own: &Told, its: &Told) -> Option<(String, String)> {
    let (own, its) = (own.tensors.as_ref()?, its.tensors.as_ref()?);
    let is_explained = own.types != its.types || own.vocabulary != its.vocabulary;
    let differ = own.names == its.names && own.shapes != its.shapes && !is_explained;
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    differ.then(|| (short(&own.shapes), short(&its.shapes)))
}

/// Quantising changes the types of most tensors.
fn types(own: &Told, its: &Told) -> Option<(String, String)> {
    let (own, its) = (own.tensors.as_ref()?, its.tensors.as_ref()?);
    let words = |summary: &TensorSummary| {
        let words: Vec<&str> = summary.types.iter().map(|(word, _)| word.as_str()).collect();
        words.join(", ")
    };
    (own.types == its.types && !own.types.is_empty()).then(|| (words(own), words(its)))
}

/// A child that was made on a day before its parent was.
fn times(own: &Told, its: &Told) -> Option<(String, String)> {
    let (own, its) = (own.made.as_deref()?, its.made.as_deref()?);
    (own.get(..10)? < its.get(..10)?).then(|| (own.to_owned(), its.to_owned()))
}

fn contents(own: &Told, its: &Told) -> Option<(String, String)> {
    let same = own.wholes.iter().find(|whole| its.wholes.contains(whole))?;
    let first = same.split_whitespace().next().unwrap_or_default().to_owned();
    Some((first.clone(), first))
}

/// Whether a text begins as ISO 8601 writes a day, so that texts are in the order of their times.
fn is_date(text: &str) -> bool {
    text.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
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
