//! What can follow on what was typed: terms, and values that occur in the inventory. It changes nothing.

use super::ast::as_typed;
use super::facts::Of;
use super::index::Index;
use super::parse::{last, parse};
use super::terms::{TERMS, Takes, Term};
use crate::inventory::Relation;
use crate::signing::Outcome;
use crate::view::View;
use std::collections::HashMap;

/// More are not offered.
const MOST: usize = 50;
/// So many names of the lineage are looked through.
const LOOKED_THROUGH: usize = 2000;

/// What can follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// From where on it takes the place of what was typed, in bytes.
    pub from: usize,
    /// What can stand there, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// What the term takes, where that cannot be listed; safe to show.
    pub hint: Option<String>,
}

/// One thing that can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As it is typed: raw.
    pub text: String,
    /// How many models have it.
    pub models: Option<u32>,
}

impl Completion {
    /// The text with a candidate in its place; after a value there is room for the next word.
    pub fn taken(&self, text: &str, at: usize) -> Option<String> {
        let candidate = self.candidates.get(at)?;
        let before = text.get(..self.from)?;
        let gap = if candidate.text.ends_with(':') { "" } else { " " };
        Some(format!("{before}{}{gap}", candidate.text))
    }

    /// The text with what all candidates begin with, where that is more than was typed.
    pub fn common(&self, text: &str) -> Option<String> {
        let (first, others) = self.candidates.split_first()?;
        let mut common = first.text.as_str();
        for other in others {
            let same = common.chars().zip(other.text.chars()).take_while(|(a, b)| a == b);
            let length: usize = same.map(|(c, _)| c.len_utf8()).sum();
            common = common.get(..length)?;
        }
        let typed = text.get(self.from..)?;
        let is_longer =
            common.len() > typed.len() && common.to_lowercase().starts_with(&typed.to_lowercase());
        is_longer.then(|| format!("{}{common}", text.get(..self.from).unwrap_or_default()))
    }
}

/// What can follow on a text.
pub fn complete(text: &str, index: &Index) -> Completion {
    let Some(end) = last(text) else { return Completion { from: text.len(), ..Completion::default() } };
    let typed = end.typed.to_lowercase();
    let Some(term) = end.term else {
        let fits = TERMS.iter().filter(|row| row.name.starts_with(&typed));
        let candidates = fits.map(|row| Candidate { text: format!("{}:", row.name), models: None });
        return Completion { from: end.from, candidates: candidates.collect(), hint: None };
    };
    let row = term.row();
    let mut found = index.view().map(|view| values(term, &typed, index, view)).unwrap_or_default();
    // What begins so comes before what only holds it, and what many have before what few have.
    found.retain(|(value, _)| value.to_lowercase().contains(&typed));
    found.sort_by_cached_key(|(value, models)| {
        let begins = value.to_lowercase().starts_with(&typed);
        (!begins, std::cmp::Reverse(models.unwrap_or(0)))
    });
    found.truncate(MOST);
    let candidates = found.into_iter().map(|(value, models)| Candidate { text: as_typed(&value), models });
    let candidates: Vec<Candidate> = candidates.collect();
    let hint = candidates.is_empty().then(|| format!("{}: takes {}", row.name, row.takes.allowed()));
    Completion { from: end.from, candidates, hint }
}

/// What is to be said of a text that is being typed: what is wrong with it, or what the word at its end takes.
pub fn hint(text: &str, index: &Index) -> Option<String> {
    let parsed = parse(text);
    if let Some(fault) = parsed.faults.first() {
        return Some(format!("{} · {}", fault.what, fault.help));
    }
    let view = index.view()?;
    parsed.query.unknown_stage(view).map(|(what, help)| format!("{what} · {help}"))
}

fn values(term: Term, typed: &str, index: &Index, view: &View) -> Vec<(String, Option<u32>)> {
    let known = |of: Of| {
        let known = index.facts().map_or(&[][..], |facts| facts.known());
        let known = known.iter().filter(move |known| known.of == of);
        known.map(|known| (known.text.to_string(), Some(known.models))).collect()
    };
    match (term.row().takes, term) {
        (Takes::Word(words), _) => words.iter().map(|(word, _)| ((*word).to_owned(), None)).collect(),
        (_, Term::Publisher) => known(Of::Publisher),
        (_, Term::Licence) => known(Of::Licence),
        (_, Term::Dataset) => known(Of::Dataset),
        (_, Term::Finding) => known(Of::Finding),
        (_, Term::Stage) => view.policy.stages.iter().map(|stage| (stage.name.clone(), None)).collect(),
        (_, Term::Fails) => {
            let mut codes = counted(standing(view).flat_map(|verification| {
                let failed = verification.checks.iter().filter(|check| check.outcome == Outcome::Fail);
                failed.map(|check| check.code.as_str())
            }));
            codes.push(("*".to_owned(), None));
            codes
        }
        (_, Term::Open) => {
            view.rubric.controls.iter().map(|control| (control.id.to_string(), None)).collect()
        }
        (_, Term::Signer) => counted(standing(view).filter_map(|v| Some(v.signer.as_ref()?.subject.raw()))),
        (_, Term::Base) => bases(typed, view),
        (_, Term::Level) => ["0", "1", "2", "3", "<2"].map(|level| (level.to_owned(), None)).into(),
        (_, Term::Age) => [">1d", ">7d", ">30d", ">90d"].map(|age| (age.to_owned(), None)).into(),
        (_, _) => Vec::new(),
    }
}

fn standing(view: &View) -> impl Iterator<Item = &crate::signing::Verification> {
    let is_there = |(at, verified): (usize, &Option<_>)| verified.is_some().then_some(at);
    let known = view.verified.iter().enumerate().filter_map(is_there);
    known.filter_map(|at| Some(&view.standing(at)?.verification))
}

fn counted<'v>(values: impl Iterator<Item = &'v str>) -> Vec<(String, Option<u32>)> {
    let mut models: HashMap<&str, u32> = HashMap::new();
    for value in values {
        *models.entry(value).or_default() += 1;
    }
    let mut found: Vec<(String, Option<u32>)> =
        models.into_iter().map(|(value, models)| (value.to_owned(), Some(models))).collect();
    found.sort();
    found
}

/// Names of the lineage that begin so and that models were made from.
fn bases(typed: &str, view: &View) -> Vec<(String, Option<u32>)> {
    let mut found = Vec::new();
    for position in view.graph.from(typed).take(LOOKED_THROUGH) {
        let Some(id) = view.graph.id_at(position).filter(|id| id.raw().starts_with(typed)) else { break };
        let children = view.graph.children(id).into_iter();
        let made = children.filter(|(_, edge)| edge.relation != Relation::TrainedOn).count();
        if made > 0 {
            found.push((id.raw().to_owned(), u32::try_from(made).ok()));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}
