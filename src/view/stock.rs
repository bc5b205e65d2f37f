//! What is there, counted: kinds of things, their files and formats, licences with how far they are to be believed, and how
//! much of the lineage is proved. Nothing is judged here.

use super::View;
use crate::error::Result;
use crate::inventory::{Basis, FactKey, Finding, Format, Kind, ModelId};
use crate::lineage::Link;
use crate::progress::Progress;
use crate::signing::Outcome;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// By kind, in the order of their words.
    pub kinds: Vec<KindCount>,
    /// By the format of weights; a model with two formats counts for both.
    pub formats: BTreeMap<&'static str, usize>,
    /// Models with files that can run code when they are loaded.
    pub runs_code: usize,
    /// By licence, the most frequent first.
    pub licences: Vec<LicenceCount>,
    /// How much of the lineage is proved.
    pub origins: Origins,
    /// Findings of the last scan about these models or about no model, by their codes.
    pub findings: BTreeMap<String, FindingCount>,
}

/// Things of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KindCount {
    /// The kind.
    pub kind: Kind,
    /// How many.
    pub models: usize,
    /// How many of them have files here.
    pub with_files: usize,
    /// How many files these have.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Whose verification passes.
    pub passing: usize,
    /// Whose verification fails.
    pub failing: usize,
    /// Which come without a signature.
    pub unsigned: usize,
    /// Which nobody looked at, or not since they changed.
    pub unknown: usize,
}

/// Models of a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LicenceCount {
    /// The licence as it is written; empty where nothing states one.
    pub licence: Untrusted,
    /// How far that is to be believed; none where nothing states one.
    pub basis: Option<Basis>,
    /// How many models.
    pub models: usize,
}

/// How much is known of where models come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origins {
    /// How many edges from these models to their parents are known how, by the word for it.
    pub edges: BTreeMap<&'static str, usize>,
    /// Models of which nothing names a parent.
    pub without_parents: usize,
}

/// Findings of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingCount {
    /// How many.
    pub many: usize,
    /// What the first of them says.
    pub message: String,
    /// The document of the first.
    pub source: Untrusted,
}

impl View {
    /// How each edge from a model to a parent that is shown is known.
    pub fn parent_links(&self, id: &ModelId) -> Vec<Link> {
        let parents = self.graph.parents(id).into_iter().filter(|(_, edge)| !edge.outranked);
        parents.map(|(node, edge)| Link::of(edge, self.proven.of_edge(id, &node.id))).collect()
    }

    /// What is there of models, by their indices in ascending order.
    ///
    /// # Errors
    /// `E-CANCELLED` when somebody asked to stop.
    pub fn stock(&self, models: &[usize], progress: &Progress) -> Result<Stock> {
        let mut stock = Stock::default();
        let mut kinds: BTreeMap<&str, KindCount> = BTreeMap::new();
        let mut licences: BTreeMap<(String, Option<Basis>), usize> = BTreeMap::new();
        for index in models {
            progress.check()?;
            let Some(model) = self.models.get(*index) else { continue };
            let kind = kinds.entry(model.kind.word()).or_insert(KindCount::of(model.kind));
            let has_files = model.location.is_some();
            kind.models += 1;
            kind.with_files += usize::from(has_files);
            kind.files = kind.files.saturating_add(model.files);
            kind.bytes = kind.bytes.saturating_add(model.bytes);
            *match self.summary(*index).outcome {
                Outcome::Pass => &mut kind.passing,
                Outcome::Fail => &mut kind.failing,
                Outcome::Missing => &mut kind.unsigned,
                _ => &mut kind.unknown,
            } += 1;
            for format in &model.formats {
                *stock.formats.entry(format.word()).or_default() += 1;
            }
            stock.runs_code += usize::from(model.formats.iter().copied().any(Format::executes_code));
            let licence = model.fact(FactKey::Licence);
            let key = licence.map(|fact| (fact.value.raw().to_owned(), Some(fact.basis)));
            *licences.entry(key.unwrap_or_default()).or_default() += 1;
            let links = self.parent_links(&model.id);
            stock.origins.without_parents += usize::from(links.is_empty());
            for link in links {
                *stock.origins.edges.entry(link.word()).or_default() += 1;
            }
        }
        stock.kinds = kinds.into_values().collect();
        let licence = |((licence, basis), models): ((String, _), _)| LicenceCount {
            licence: Untrusted::new(licence),
            basis,
            models,
        };
        stock.licences = licences.into_iter().map(licence).collect();
        stock.licences.sort_by_key(|count| std::cmp::Reverse(count.models));
        let is_here = |finding: &&Finding| {
            let index = finding.model.as_ref().and_then(|id| self.model(id)).map(|(index, _)| index);
            index.is_none_or(|index| models.binary_search(&index).is_ok())
        };
        for finding in self.findings.iter().filter(is_here) {
            let first =
                || FindingCount { many: 0, message: finding.message.clone(), source: finding.source.clone() };
            stock.findings.entry(finding.code.clone()).or_insert_with(first).many += 1;
        }
        Ok(stock)
    }
}

impl KindCount {
    fn of(kind: Kind) -> Self {
        let (models, with_files, files, bytes) = (0, 0, 0, 0);
        let (passing, failing, unsigned, unknown) = (0, 0, 0, 0);
        KindCount { kind, models, with_files, files, bytes, passing, failing, unsigned, unknown }
    }
}
