//! A query held against the models, one after the other. It decides nothing about a model: it reads what was concluded.

use super::ast::{Clause, Compare, Query, Value, What};
use super::facts::{Facts, Of};
use super::index::Index;
use super::pattern::{Pattern, holds};
use super::terms::{Choice, Fits, Reviewed, Status, Takes, Term};
use super::word::{ELSEWHERE, Fit, Rank, Word};
use crate::decision::{Decision, ReviewWord, Standing};
use crate::inventory::Relation;
use crate::maturity::Since;
use crate::signing::Outcome;
use crate::view::{KeptBack, Summary, View};
use rayon::prelude::*;
use std::sync::Arc;

/// Ranks are less than this.
pub const RANKS: usize = 48;
/// Shorter words are looked for in names alone, and longer ones are not looked for among what these find.
const LONG_ENOUGH: usize = 3;

/// What became of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Neither this query finds it nor one that goes on from this one.
    No,
    /// A longer query may find it.
    Later,
    /// It is found; the less, the better.
    Found(Rank),
}

/// A query that is ready to be held against models.
pub struct Matcher {
    index: Index,
    tests: Vec<Test>,
    is_ranked: bool,
    stages: Vec<AtStage>,
}

/// Where all models stand at a stage.
#[derive(Clone)]
struct AtStage {
    name: String,
    standings: Arc<[Standing]>,
}

enum Test {
    Word {
        word: Word,
        is_negated: bool,
    },
    Any {
        of: Vec<Is>,
        is_negated: bool,
    },
    /// It is of another test, and says nothing by itself.
    Nothing,
}

/// One alternative.
enum Is {
    /// Which of the distinct values would do.
    Known(Vec<bool>),
    Choice(Choice),
    /// Any of these decisions, at any of these stages.
    Gate(Vec<Decision>, Vec<Arc<[Standing]>>),
    Fails(Pattern),
    Open(KeptBack),
    Signer(Pattern),
    Base(Pattern),
    Level(Compare, u64),
    Used(Compare, u64),
    Age(Compare, u64),
}

impl Query {
    /// Whether all that this query finds is among what the other one finds or leaves for later.
    pub fn narrows(&self, other: &Query) -> bool {
        let Some((last, first)) = other.clauses.split_last() else { return false };
        // A stage says what other terms are about.
        if self.has(Term::Stage) || !self.clauses.starts_with(first) {
            return false;
        }
        let Some(here) = self.clauses.get(first.len()) else { return false };
        match (&last.what, &here.what) {
            _ if last == here => true,
            (What::Word(shorter), What::Word(longer)) => {
                !last.is_negated
                    && !here.is_negated
                    && longer.starts_with(shorter)
                    && shorter.chars().count() >= LONG_ENOUGH
            }
            _ => false,
        }
    }

    /// Whether it asks what only the facts say.
    pub fn needs_facts(&self) -> bool {
        [Term::Publisher, Term::Licence, Term::Dataset, Term::Basis, Term::Finding]
            .into_iter()
            .any(|term| self.has(term))
    }

    /// The first stage that it names and the policy does not have, and what to do.
    pub fn unknown_stage(&self, view: &View) -> Option<(String, String)> {
        let names = self.clauses.iter().filter_map(|clause| match &clause.what {
            What::Term(Term::Stage, values) => Some(values),
            _ => None,
        });
        let unknown = names.flatten().find_map(|value| match value {
            Value::Name(name) => stages(view, name).is_empty().then_some(name),
            _ => None,
        })?;
        let known: Vec<&str> = view.policy.stages.iter().map(|stage| stage.name.as_str()).collect();
        let known = known.join(", ");
        Some((
            crate::text::screen(&format!("the policy has no stage `{unknown}`")),
            crate::text::screen(&format!("its stages are {known}")),
        ))
    }
}

/// The stages of the policy that a name means: the one of that name, or else those that begin with it.
fn stages<'v>(view: &'v View, name: &str) -> Vec<&'v str> {
    let fits = Pattern::new(name);
    let all = || view.policy.stages.iter().map(|stage| stage.name.as_str());
    let found: Vec<&str> = all().filter(|stage| fits.is_whole(stage)).collect();
    if found.is_empty() {
        all().filter(|stage| stage.to_lowercase().starts_with(name)).collect()
    } else {
        found
    }
}

/// What became of the verification of a model.
pub fn status(view: &View, at: usize, summary: &Summary) -> Status {
    match (summary.outcome, summary.since) {
        (_, Since::Changed | Since::Lost) => Status::Changed,
        (Outcome::Fail, _) => Status::Fail,
        (Outcome::Pass | Outcome::NotApplicable, _) => Status::Pass,
        (Outcome::Partial, _) => Status::Warn,
        (Outcome::Missing, _) if view.models.get(at).is_some_and(|model| model.signature.is_none()) => {
            Status::Unsigned
        }
        (Outcome::Unknown, _) if view.verification(at).is_none() => Status::NotJudged,
        (Outcome::Missing | Outcome::Unknown, _) => Status::Unknown,
    }
}

impl Matcher {
    /// Makes a query ready. What the query `before` it had to find out about the same view is taken over.
    pub fn new(query: &Query, index: &Index, before: Option<&Matcher>) -> Self {
        let mut matcher = Matcher {
            index: index.clone(),
            tests: Vec::new(),
            is_ranked: query.words().next().is_some(),
            stages: Vec::new(),
        };
        let Some(view) = index.view() else { return matcher };
        let is_same = |before: &&Matcher| before.index.view().is_some_and(|known| Arc::ptr_eq(known, view));
        let known: &[AtStage] = before.filter(is_same).map_or(&[], |before| &before.stages);
        let mut at_gate: Vec<Arc<[Standing]>> = Vec::new();
        let names_gate = query.has(Term::Gate);
        for clause in &query.clauses {
            let What::Term(Term::Stage, values) = &clause.what else { continue };
            let names = values.iter().filter_map(|value| match value {
                Value::Name(name) => Some(name),
                _ => None,
            });
            for name in names.flat_map(|name| stages(view, name)) {
                let standings = matcher.at_stage(view, name, known);
                if names_gate && !clause.is_negated {
                    at_gate.push(standings);
                }
            }
        }
        if at_gate.is_empty() {
            at_gate.push(view.judgement.standings().clone());
        }
        let tests = query.clauses.iter().map(|clause| matcher.test(view, clause, names_gate, &at_gate));
        matcher.tests = tests.collect();
        matcher
    }

    fn at_stage(&mut self, view: &View, name: &str, known: &[AtStage]) -> Arc<[Standing]> {
        if name == view.stage {
            return view.judgement.standings().clone();
        }
        if let Some(found) = self.stages.iter().chain(known).find(|at| at.name == name).cloned() {
            if !self.stages.iter().any(|at| at.name == name) {
                self.stages.push(found.clone());
            }
            return found.standings;
        }
        let there = view.at_stage(name);
        let standings = there.map_or_else(Default::default, |view| view.judgement.standings().clone());
        self.stages.push(AtStage { name: name.to_owned(), standings: standings.clone() });
        standings
    }

    fn test(&self, view: &View, clause: &Clause, names_gate: bool, at_gate: &[Arc<[Standing]>]) -> Test {
        let is_negated = clause.is_negated;
        let (term, values) = match &clause.what {
            What::Word(word) => return Test::Word { word: Word::new(word), is_negated },
            What::Term(term, values) => (*term, values),
        };
        if term == Term::Stage && names_gate && !is_negated {
            return Test::Nothing;
        }
        let known = |of: Of, fits: &Pattern, how: Fits| {
            let values = self.index.facts().map_or(&[][..], |facts| facts.known());
            Is::Known(values.iter().map(|known| known.of == of && fits.fits(&known.text, how)).collect())
        };
        let is = |value: &Value| match value {
            Value::Name(name) => {
                let fits = Pattern::new(name);
                let how = match term.row().takes {
                    Takes::Name(how) => how,
                    _ => Fits::Whole,
                };
                match term {
                    Term::Publisher => known(Of::Publisher, &fits, how),
                    Term::Licence => known(Of::Licence, &fits, how),
                    Term::Dataset => known(Of::Dataset, &fits, how),
                    Term::Finding => known(Of::Finding, &fits, how),
                    Term::Open => Is::Open(view.kept_back(|control| fits.is_whole(control))),
                    Term::Signer => Is::Signer(fits),
                    Term::Base => Is::Base(fits),
                    Term::Stage => {
                        let named = stages(view, name);
                        let here = named.contains(&view.stage.as_str());
                        let here = here.then(|| view.judgement.standings().clone());
                        let others = self.stages.iter().filter(|at| named.contains(&at.name.as_str()));
                        let standings = here.into_iter().chain(others.map(|at| at.standings.clone()));
                        Is::Gate(vec![Decision::Admit, Decision::Warn], standings.collect())
                    }
                    _ => Is::Fails(fits),
                }
            }
            Value::Choice(Choice::Gate(decision)) => Is::Gate(vec![*decision], at_gate.to_vec()),
            Value::Choice(choice) => Is::Choice(*choice),
            Value::Number(compare, number) if term == Term::Used => Is::Used(*compare, *number),
            Value::Number(compare, number) => Is::Level(*compare, *number),
            Value::Time(compare, many, unit) => Is::Age(*compare, many.saturating_mul(unit.seconds())),
        };
        Test::Any { of: values.iter().map(is).collect(), is_negated }
    }

    /// Whether what it finds is ranked.
    pub fn is_ranked(&self) -> bool {
        self.is_ranked
    }

    /// Holds it against the model of an index.
    pub fn hit(&self, at: usize) -> Hit {
        let Some(view) = self.index.view() else { return Hit::No };
        let mut model = Model { index: &self.index, view, at, summary: None };
        let (mut rank, mut is_later) = (0, false);
        for test in &self.tests {
            match test {
                Test::Nothing => {}
                Test::Any { of, is_negated } => {
                    if of.iter().any(|is| model.is(is)) == *is_negated {
                        return Hit::No;
                    }
                }
                Test::Word { word, is_negated: true } => {
                    if model.holds(word) {
                        return Hit::No;
                    }
                }
                Test::Word { word, is_negated: false } => match model.fit(word) {
                    Fit::No => return Hit::No,
                    Fit::Loose => is_later = true,
                    Fit::Found(found) => rank += found,
                },
            }
            rank = rank.min(RANK_LIMIT);
        }
        if is_later { Hit::Later } else { Hit::Found(rank) }
    }

    /// All models that it finds, by their indices.
    pub fn find(&self) -> Vec<u32> {
        let models = u32::try_from(self.index.len()).unwrap_or(u32::MAX);
        let is_found = |at: &u32| matches!(self.hit(*at as usize), Hit::Found(_));
        (0..models).into_par_iter().with_min_len(512).filter(is_found).collect()
    }
}

const RANK_LIMIT: Rank = 32;

/// A model, while a query is held against it.
struct Model<'m> {
    index: &'m Index,
    view: &'m View,
    at: usize,
    summary: Option<Summary>,
}

impl Model<'_> {
    fn name(&self) -> &str {
        self.view.models.get(self.at).map_or("", |model| model.id.raw())
    }

    fn summary(&mut self) -> &Summary {
        let (view, at) = (self.view, self.at);
        self.summary.get_or_insert_with(|| view.summary(at))
    }

    /// The best of the name and the other columns.
    fn fit(&mut self, word: &Word) -> Fit {
        let fit = if word.may_be_in(self.index.bag(self.at)) { word.fit(self.name()) } else { Fit::No };
        match fit {
            Fit::Found(rank) if rank <= ELSEWHERE => fit,
            fit if self.is_elsewhere(word) => match fit {
                Fit::Found(rank) => Fit::Found(rank.min(ELSEWHERE)),
                _ => Fit::Found(ELSEWHERE),
            },
            fit => fit,
        }
    }

    fn holds(&mut self, word: &Word) -> bool {
        word.may_be_in(self.index.bag(self.at)) && word.is_in(self.name()) || self.is_elsewhere(word)
    }

    /// Whether another column has a word that begins so, or a signer that holds it.
    fn is_elsewhere(&mut self, word: &Word) -> bool {
        let word = word.text();
        if word.chars().nth(LONG_ENOUGH - 1).is_none() {
            return false;
        }
        let (view, at) = (self.view, self.at);
        let standing = view.standing(at).map(|verified| &verified.verification);
        let signer = standing.and_then(|verification| verification.signer.as_ref());
        if signer.is_some_and(|signer| holds(signer.subject.raw(), word))
            || standing.and_then(|v| v.anchor.as_ref()).is_some_and(|anchor| begins_in(&anchor.name, word))
        {
            return true;
        }
        let cause = view.cause(at);
        let code = standing.and_then(|verification| verification.headline()).map(|check| check.code.as_str());
        let summary = self.summary();
        begins_in(summary.word, word)
            || view.is_judged() && begins_in(summary.decision.word(), word)
            || code.is_some_and(|code| begins_in(code, word))
            || cause.is_some_and(|cause| begins_in(cause.as_str(), word))
    }

    fn is(&mut self, is: &Is) -> bool {
        let (view, at) = (self.view, self.at);
        match is {
            Is::Known(fits) => self.facts().is_some_and(|facts| {
                facts.ids(at).iter().any(|id| fits.get(*id as usize).copied().unwrap_or(false))
            }),
            Is::Choice(choice) => self.is_choice(*choice),
            Is::Open(by) => view.is_kept_back(by, at),
            // Right after opening, models are listed before they are judged.
            Is::Gate(decisions, stages) => stages.iter().any(|standings| {
                standings.get(at).is_some_and(|standing| decisions.contains(&standing.decision))
            }),
            Is::Fails(pattern) => {
                let standing = view.standing(at).map(|verified| &verified.verification);
                let mut failed = standing
                    .iter()
                    .flat_map(|verification| &verification.checks)
                    .filter(|check| check.outcome == Outcome::Fail);
                // Several folders of one name fail without a check.
                failed.any(|check| {
                    pattern.is_whole(check.code.as_str()) || pattern.is_whole(check.stage.name())
                }) || pattern.is_anything() && self.summary().outcome == Outcome::Fail
            }
            Is::Signer(pattern) => {
                let standing = view.standing(at).map(|verified| &verified.verification);
                standing.is_some_and(|verification| {
                    let signer = verification.signer.as_ref();
                    signer.is_some_and(|signer| pattern.fits(signer.subject.raw(), Fits::Part))
                        || signer.is_some()
                            && verification
                                .anchor
                                .as_ref()
                                .is_some_and(|anchor| pattern.fits(&anchor.name, Fits::Part))
                })
            }
            Is::Base(pattern) => self.index.place(at).is_some_and(|place| {
                view.graph.parents_at(place).any(|(parent, edge)| {
                    edge.relation != Relation::TrainedOn && pattern.fits(parent.id.raw(), Fits::Tail)
                })
            }),
            Is::Level(compare, level) => {
                let standing = view.judgement.standing(at);
                standing.is_some_and(|standing| {
                    standing.decision != Decision::NotJudged
                        && compare.holds(standing.effective.into(), *level)
                })
            }
            Is::Used(compare, number) => compare.holds(self.index.used(at), *number),
            Is::Age(compare, seconds) => view.verification(at).is_some_and(|verification| {
                let age = view.at.as_second().saturating_sub(verification.at.as_second());
                compare.holds(u64::try_from(age).unwrap_or(0), *seconds)
            }),
        }
    }

    fn facts(&self) -> Option<&Facts> {
        self.index.facts().map(Arc::as_ref)
    }

    fn is_choice(&mut self, choice: Choice) -> bool {
        let (view, at) = (self.view, self.at);
        match choice {
            Choice::Format(format) => {
                view.models.get(at).is_some_and(|model| model.formats.contains(&format))
            }
            Choice::Kind(kind) => view.models.get(at).is_some_and(|model| model.kind == kind),
            Choice::Status(wanted) => status(view, at, self.summary()) == wanted,
            Choice::Gate(wanted) => {
                view.judgement.standing(at).is_some_and(|standing| standing.decision == wanted)
            }
            Choice::Basis(basis) => self.facts().is_some_and(|facts| facts.has_basis(at, basis)),
            Choice::Reviewed(wanted) => {
                let review = view.reviews.get(at).and_then(Option::as_ref).map(|review| review.word);
                match wanted {
                    Reviewed::Yes => review.is_some(),
                    Reviewed::No => review.is_none(),
                    Reviewed::Approved => review == Some(ReviewWord::Approve),
                    Reviewed::Rejected => review == Some(ReviewWord::Reject),
                    Reviewed::Asked => review == Some(ReviewWord::AskProducer),
                }
            }
        }
    }
}

/// Whether a word of a text begins so; the text is ours or a name of the policy.
fn begins_in(text: &str, lower: &str) -> bool {
    let is_head = |at: usize| {
        let head = text.get(at..).and_then(|rest| rest.get(..lower.len()));
        head.is_some_and(|head| head.eq_ignore_ascii_case(lower))
    };
    let begins = |(at, c): (usize, char)| {
        c.is_alphanumeric()
            && text
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_none_or(|c| !c.is_alphanumeric())
            && is_head(at)
    };
    text.char_indices().any(begins)
}
