//! Two models side by side: who signed them, what was concluded of them, what sources say of them, their files and
//! their tensors. It puts together what is known and concludes nothing.

use super::View;
use crate::error::{Code, Error, Result};
use crate::inventory::{Basis, FactKey, Model, ModelId, TensorSeen};
use crate::signing::{FileSeen, FileWord};
use crate::text::{Untrusted, size};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one part that are kept, those that differ first; the others are counted.
const MAX_ROWS: usize = 5000;
/// Values of one kind of fact that are kept.
const MAX_VALUES: usize = 50;
/// The longest value that is kept, characters.
const MAX_VALUE: usize = 2000;
/// Generations that are searched for how the two are related.
const GENERATIONS: usize = 16;

/// How two values stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowWord {
    /// They differ.
    Differs,
    /// Only the first has it.
    OnlyFirst,
    /// Only the second has it.
    OnlySecond,
    /// It cannot be told: both have it, in forms that cannot be compared.
    NotComparable,
    /// They are the same.
    Same,
}

impl RowWord {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            RowWord::Differs => "differs",
            RowWord::OnlyFirst => "only first",
            RowWord::OnlySecond => "only second",
            RowWord::NotComparable => "not comparable",
            RowWord::Same => "same",
        }
    }

    /// Its sign.
    pub fn glyph(self) -> &'static str {
        match self {
            RowWord::Differs => "≠",
            RowWord::OnlyFirst => "◂",
            RowWord::OnlySecond => "▸",
            RowWord::NotComparable => "?",
            RowWord::Same => "=",
        }
    }
}

/// A part of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Verification, level, decision, review.
    Standing,
    /// Who signed.
    Identity,
    /// How the two are related, and what they come from.
    Lineage,
    /// What sources say.
    Facts,
    /// Files, as signed.
    Files,
    /// Tensors, by the headers of the weights.
    Tensors,
}

impl Part {
    /// Its title.
    pub fn word(self) -> &'static str {
        match self {
            Part::Standing => "standing",
            Part::Identity => "identity",
            Part::Lineage => "lineage",
            Part::Facts => "facts",
            Part::Files => "files",
            Part::Tensors => "tensors",
        }
    }
}

/// A value, and how far it can be believed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ComparedValue {
    /// What is said.
    pub text: Untrusted,
    /// How far to believe it; none for what follows from other things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ComparedRow {
    /// What is compared.
    pub label: Untrusted,
    /// How the two stand to each other.
    pub word: RowWord,
    /// What the first has.
    pub first: Vec<ComparedValue>,
    /// What the second has.
    pub second: Vec<ComparedValue>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ComparedPart {
    /// Which.
    pub part: Part,
    /// The rows, those that differ first.
    pub rows: Vec<ComparedRow>,
    /// How many are the same.
    pub same: u64,
    /// How many are not.
    pub different: u64,
    /// How many rows are left out.
    pub left_out: u64,
    /// Why it says less than it could.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Two models side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// The first.
    pub first: ModelId,
    /// The second.
    pub second: ModelId,
    /// Whether nothing differs, as far as both are known.
    pub same: bool,
    /// The parts.
    pub parts: Vec<ComparedPart>,
}

/// What is known of the content of one of the two, beyond the view.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Its files; none when it was never verified.
    pub files: Option<Vec<FileSeen>>,
    /// Its tensors, by the headers that lie there; none when they cannot be read.
    pub tensors: Option<Vec<TensorSeen>>,
}

/// Compares two models of a view by their indices.
///
/// # Errors
/// `E-NOT-FOUND`.
pub fn compare(view: &View, first: (usize, &Content), second: (usize, &Content)) -> Result<Comparison> {
    let model = |index: usize| {
        let gone = || Error::new(Code::NotFound, "there is no such model in the inventory");
        view.models.get(index).ok_or_else(gone)
    };
    let (one, other) = (model(first.0)?, model(second.0)?);
    let parts = vec![
        standing(view, first.0, second.0),
        identity(view, first.0, second.0),
        lineage(view, one, other),
        facts(one, other),
        files(view, first, second),
        tensors(first.1, second.1),
    ];
    let same = parts.iter().all(|part| part.different == 0);
    Ok(Comparison { first: one.id.clone(), second: other.id.clone(), same, parts })
}

fn value(text: impl Into<Untrusted>) -> ComparedValue {
    let text: Untrusted = text.into();
    let cut = text.raw().char_indices().nth(MAX_VALUE).and_then(|(end, _)| text.raw().get(..end));
    let text = match cut {
        Some(start) => Untrusted::new(format!("{start}…")),
        None => text,
    };
    ComparedValue { text, basis: None }
}

fn row(
    label: impl Into<Untrusted>,
    first: Vec<ComparedValue>,
    second: Vec<ComparedValue>,
) -> Option<ComparedRow> {
    let texts = |values: &[ComparedValue]| -> BTreeSet<Untrusted> {
        values.iter().map(|value| value.text.clone()).collect()
    };
    let word = match (first.is_empty(), second.is_empty()) {
        (true, true) => return None,
        (false, true) => RowWord::OnlyFirst,
        (true, false) => RowWord::OnlySecond,
        _ if texts(&first) == texts(&second) => RowWord::Same,
        _ => RowWord::Differs,
    };
    Some(ComparedRow { label: label.into(), word, first, second })
}

fn one(text: Option<impl Into<Untrusted>>) -> Vec<ComparedValue> {
    text.map(|text| value(text)).into_iter().filter(|value| !value.text.raw().is_empty()).collect()
}

fn part(part: Part, rows: impl IntoIterator<Item = ComparedRow>, note: Option<String>) -> ComparedPart {
    let mut rows: Vec<ComparedRow> = rows.into_iter().collect();
    let same = rows.iter().filter(|row| row.word == RowWord::Same).count() as u64;
    let different = rows.len() as u64 - same;
    rows.sort_by_key(|row| row.word == RowWord::Same);
    let left_out = rows.len().saturating_sub(MAX_ROWS) as u64;
    rows.truncate(MAX_ROWS);
    ComparedPart { part, rows, same, different, left_out, note }
}

fn standing(view: &View, first: usize, second: usize) -> ComparedPart {
    let of = |index: usize| {
        let summary = view.summary(index);
        let headline = view.verification(index).and_then(|verification| {
            let check = verification.headline()?;
            Some(format!("{}: {}", check.code, verification.words_of(check).summary))
        });
        let review = view.reviews.get(index).and_then(Option::as_ref);
        let level = match summary.is_capped() {
            false => summary.level(),
            true => {
                format!("{}, capped to {}", summary.star.level(summary.own), summary.effective_level())
            }
        };
        [
            ("verification", one(Some(summary.word))),
            ("first failing check", one(headline)),
            ("level", one(Some(level))),
            ("decision", one(Some(summary.decision.word()))),
            ("review", one(review.map(|review| review.word.word()))),
            (
                "root digest",
                one(view.verification(index).and_then(|v| v.root_digest).map(|root| root.to_string())),
            ),
        ]
    };
    let rows = of(first).into_iter().zip(of(second));
    part(Part::Standing, rows.filter_map(|((label, one), (_, other))| row(label, one, other)), None)
}

fn identity(view: &View, first: usize, second: usize) -> ComparedPart {
    let of = |index: usize| {
        let v = view.verification(index);
        let signer = v.and_then(|v| v.signer.as_ref());
        let basis = v.map(|v| if v.signer_proven() { Basis::Attested } else { Basis::Declared });
        let proven = |mut values: Vec<ComparedValue>| {
            for value in &mut values {
                value.basis = basis;
            }
            values
        };
        let signed_at =
            v.and_then(|v| v.signed_at).map(|(at, source)| format!("{at}, says {}", source.words()));
        [
            ("signed by", proven(one(signer.map(|signer| signer.subject.clone())))),
            ("issuer", proven(one(signer.and_then(|signer| signer.issuer.clone())))),
            ("key", proven(one(signer.and_then(|signer| signer.fingerprint.clone())))),
            ("method", one(v.and_then(|v| v.method).map(|method| method.as_str()))),
            ("anchor", one(v.and_then(|v| v.anchor.as_ref()).map(|anchor| anchor.name.clone()))),
            ("signed at", one(signed_at)),
        ]
    };
    let unverified = [first, second].iter().any(|index| view.verification(*index).is_none());
    let note =
        unverified.then(|| "one of the two was never verified: nothing is known of its signer".to_owned());
    let rows = of(first).into_iter().zip(of(second));
    part(Part::Identity, rows.filter_map(|((label, one), (_, other))| row(label, one, other)), note)
}

fn lineage(view: &View, first: &Model, second: &Model) -> ComparedPart {
    let parents = |model: &Model| {
        let values =
            view.graph.parents(&model.id).into_iter().take(MAX_VALUES).map(|(node, edge)| ComparedValue {
                text: format!("{} ({})", node.id.raw(), edge.relation.word()).into(),
                basis: Some(edge.basis),
            });
        values.collect::<Vec<_>>()
    };
    let children = |model: &Model| one(Some(view.graph.children(&model.id).len().to_string()));
    let related = relation(view, &first.id, &second.id);
    let rows = [
        row("parents", parents(first), parents(second)),
        row("models made from it", children(first), children(second)),
    ];
    part(Part::Lineage, rows.into_iter().flatten(), Some(related))
}

/// How the second came from the first, the reverse, or what both come from.
fn relation(view: &View, first: &ModelId, second: &ModelId) -> String {
    let direct = |child: &ModelId, parent: &ModelId| {
        let parents = view.graph.parents(child);
        parents
            .into_iter()
            .find(|(node, _)| node.id == *parent)
            .map(|(_, edge)| format!("{}, {}", edge.relation.word(), edge.basis.word()))
    };
    if let Some(how) = direct(second, first) {
        return format!("the second was made from the first ({how})");
    }
    if let Some(how) = direct(first, second) {
        return format!("the first was made from the second ({how})");
    }
    let above = |id: &ModelId| -> Vec<ModelId> {
        view.graph.ancestors(id, GENERATIONS).into_iter().map(|node| node.id.clone()).collect()
    };
    let (of_first, of_second) = (above(first), above(second));
    if of_second.contains(first) {
        return "the second descends from the first, over others".to_owned();
    }
    if of_first.contains(second) {
        return "the first descends from the second, over others".to_owned();
    }
    match of_first.iter().find(|id| of_second.contains(id)) {
        Some(common) => format!("both come from {}", common.screen()),
        None => "no relation is known".to_owned(),
    }
}

fn facts(first: &Model, second: &Model) -> ComparedPart {
    let of = |model: &Model| {
        let mut by_key: BTreeMap<FactKey, BTreeSet<ComparedValue>> = BTreeMap::new();
        for fact in model.facts.each() {
            let values = by_key.entry(fact.key).or_default();
            if values.len() < MAX_VALUES {
                values.insert(ComparedValue { basis: Some(fact.basis), ..value(fact.shown()) });
            }
        }
        by_key
    };
    let (mut first, mut second) = (of(first), of(second));
    let keys: BTreeSet<FactKey> = first.keys().chain(second.keys()).copied().collect();
    let rows = keys.into_iter().filter_map(|key| {
        let take = |from: &mut BTreeMap<FactKey, BTreeSet<ComparedValue>>| {
            from.remove(&key).unwrap_or_default().into_iter().collect::<Vec<_>>()
        };
        let (one, other) = (take(&mut first), take(&mut second));
        row(key.word(), one, other)
    });
    part(Part::Facts, rows.collect::<Vec<_>>(), None)
}

fn files(view: &View, first: (usize, &Content), second: (usize, &Content)) -> ComparedPart {
    let (Some(here), Some(there)) = (&first.1.files, &second.1.files) else {
        let note = "one of the two was never verified: the list of its files is not known".to_owned();
        return part(Part::Files, [], Some(note));
    };
    let hash = |index: usize| view.verification(index).and_then(|v| v.hash);
    let comparable = hash(first.0) == hash(second.0);
    let of = |file: Option<&&FileSeen>| {
        let Some(file) = file else { return Vec::new() };
        let digest = file.digest.clone().unwrap_or_else(|| file.word.word().to_owned());
        let shards = if file.shards > 0 { format!(" in {} shards", file.shards) } else { String::new() };
        let bytes = file.size.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
        let word = match file.word {
            FileWord::Match => String::new(),
            word => format!(", {} here", word.word()),
        };
        vec![value(format!("{digest}{shards}{bytes}{word}"))]
    };
    let by_name = |files: &'_ [FileSeen]| -> BTreeMap<Untrusted, usize> {
        files.iter().enumerate().map(|(at, file)| (file.name.clone(), at)).collect()
    };
    let (names, others) = (by_name(here), by_name(there));
    let all: BTreeSet<&Untrusted> = names.keys().chain(others.keys()).collect();
    let rows = all.into_iter().filter_map(|name| {
        let file = names.get(name).and_then(|at| here.get(*at));
        let other = others.get(name).and_then(|at| there.get(*at));
        let mut row = row(name.clone(), of(file.as_ref()), of(other.as_ref()))?;
        if let (Some(file), Some(other)) = (file, other) {
            row.word = same_file(file, other, comparable);
        }
        Some(row)
    });
    let note = (!comparable).then(|| "the two were signed with different hashes".to_owned());
    part(Part::Files, rows, note)
}

fn same_file(file: &FileSeen, other: &FileSeen, comparable: bool) -> RowWord {
    match (&file.digest, &other.digest) {
        (Some(_), Some(_)) if !comparable || file.shards != other.shards => RowWord::NotComparable,
        (Some(one), Some(two)) if one == two && file.word == other.word => RowWord::Same,
        (None, None) => RowWord::NotComparable,
        _ => RowWord::Differs,
    }
}

fn tensors(first: &Content, second: &Content) -> ComparedPart {
    let (Some(here), Some(there)) = (&first.tensors, &second.tensors) else {
        let note = "one of the two has no headers of tensors that can be read".to_owned();
        return part(Part::Tensors, [], Some(note));
    };
    let by_name = |tensors: &[TensorSeen]| -> BTreeMap<Untrusted, String> {
        tensors.iter().map(|tensor| (tensor.name.clone(), tensor.shown())).collect()
    };
    let (mut here, mut there) = (by_name(here), by_name(there));
    let names: BTreeSet<Untrusted> = here.keys().chain(there.keys()).cloned().collect();
    let rows = names.into_iter().filter_map(|name| {
        let (one_, other) = (one(here.remove(&name)), one(there.remove(&name)));
        row(name, one_, other)
    });
    let note = "names, shapes and types by the headers that lie there now, as the files say".to_owned();
    part(Part::Tensors, rows.collect::<Vec<_>>(), Some(note))
}
