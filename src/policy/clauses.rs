//! Evaluates the clauses of a requirement on a predicate. Numbers are compared as exact decimals, and nothing
//! is converted: a number in quotes is a text. It is total: every predicate has a result.

use super::requirement::{Clause, Measure, Order, Requirement, Scalar, Step, Test, reaches};
use crate::attest::Decimal;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Why a clause does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseFault {
    /// There is something, of another type: it contradicts.
    Type,
    /// There is something, and it is not what is demanded: it contradicts.
    Value,
    /// Nothing is there: it is not established.
    Missing,
}

/// What a predicate says to all clauses of a requirement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The clause that does not hold, by its place, and why; none when all do. One that contradicts comes first.
    pub fault: Option<(usize, ClauseFault)>,
    /// For a clause that asks whether the parents are covered: the SHA-256 digests that the statement names there, sorted.
    /// Whether those are the parents' is not known here.
    pub named: Option<Vec<String>>,
}

/// Asks a predicate, as it is written in the statement.
pub fn answer(requirement: &Requirement, predicate: &RawValue) -> Answer {
    let mut answer = Answer::default();
    for (at, clause) in requirement.clauses.iter().enumerate() {
        let found = Values::at(clause, predicate);
        if clause.test == Test::CoversParents {
            answer.named.get_or_insert_default().extend(found.digests());
        }
        let Some(fault) = found.fault(&clause.test) else { continue };
        let is_worse = answer.fault.is_none_or(|(_, known)| known == ClauseFault::Missing && fault != known);
        if is_worse {
            answer.fault = Some((at, fault));
        }
    }
    if let Some(named) = &mut answer.named {
        named.sort();
        named.dedup();
    }
    answer
}

/// A value, as far as it matters.
enum Found<'v> {
    Text(String),
    Number(Decimal),
    Flag(bool),
    Null,
    List(Vec<&'v RawValue>),
    Object(BTreeMap<String, &'v RawValue>),
    /// A number that is too long.
    Other,
}

impl<'v> Found<'v> {
    fn of(raw: &'v RawValue) -> Self {
        let text = raw.get().trim();
        let read = match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text).ok().map(Found::Text),
            Some(b'[') => serde_json::from_str(text).ok().map(Found::List),
            Some(b'{') => serde_json::from_str(text).ok().map(Found::Object),
            Some(b't') => Some(Found::Flag(true)),
            Some(b'f') => Some(Found::Flag(false)),
            Some(b'n') => Some(Found::Null),
            _ => Decimal::parse(text).map(Found::Number),
        };
        read.unwrap_or(Found::Other)
    }
}

/// The values at a path.
#[derive(Default)]
struct Values<'v> {
    found: Vec<Found<'v>>,
    /// Whether something on the way was not there.
    lacks: bool,
    /// Whether something on the way had another type.
    differs: bool,
}

impl<'v> Values<'v> {
    fn at(clause: &Clause, predicate: &'v RawValue) -> Self {
        let mut values = Values::default();
        values.walk(predicate, clause.path.steps());
        values
    }

    fn walk(&mut self, raw: &'v RawValue, steps: &[Step]) {
        match (Found::of(raw), steps) {
            (Found::Null, _) => self.lacks = true,
            (found, []) => self.found.push(found),
            (Found::Object(members), [Step::Member(name), rest @ ..]) => match members.get(name) {
                Some(member) => self.walk(member, rest),
                None => self.lacks = true,
            },
            (Found::List(entries), [Step::Each, rest @ ..]) => {
                entries.into_iter().for_each(|entry| self.walk(entry, rest));
            }
            _ => self.differs = true,
        }
    }

    /// The values, with those of lists in their place.
    fn flat(&self) -> impl Iterator<Item = Found<'v>> + '_ {
        self.found.iter().flat_map(|found| match found {
            Found::List(entries) => entries.iter().map(|entry| Found::of(entry)).collect(),
            Found::Text(text) => vec![Found::Text(text.clone())],
            Found::Number(number) => vec![Found::Number(number.clone())],
            Found::Flag(flag) => vec![Found::Flag(*flag)],
            Found::Object(members) => vec![Found::Object(members.clone())],
            Found::Null | Found::Other => Vec::new(),
        })
    }

    /// Why a test does not hold; none when it does.
    fn fault(&self, test: &Test) -> Option<ClauseFault> {
        let none = || match self.differs {
            true => ClauseFault::Type,
            false => ClauseFault::Missing,
        };
        match test {
            // What is not there may as well have another shape.
            Test::Exists(false) => (!self.found.is_empty()).then_some(ClauseFault::Value),
            Test::Exists(true) => (self.found.is_empty() || self.lacks || self.differs).then(none),
            _ if self.found.is_empty() => Some(none()),
            Test::Contains(scalar) => self.any(std::slice::from_ref(scalar)),
            Test::Covers(scalars) => scalars.iter().find_map(|scalar| self.any(std::slice::from_ref(scalar))),
            Test::CoversParents => None,
            Test::ContainsLevel(wanted) => {
                let reached =
                    |found: Found<'_>| matches!(found, Found::Text(level) if reaches(&level, wanted));
                let is_text = |found: Found<'_>| matches!(found, Found::Text(_));
                match self.flat().any(reached) {
                    true => None,
                    false if self.flat().all(is_text) && !self.differs => Some(ClauseFault::Value),
                    false => Some(ClauseFault::Type),
                }
            }
            _ => self.each(test),
        }
    }

    /// Whether one of the values is one of these.
    fn any(&self, scalars: &[Scalar]) -> Option<ClauseFault> {
        let mut is_of_type = false;
        for found in self.flat() {
            match equals_one(&found, scalars) {
                Some(true) => return None,
                Some(false) => is_of_type = true,
                None => {}
            }
        }
        // An empty list has no values of another type.
        let is_empty = self.flat().next().is_none() && !self.differs;
        Some(if is_of_type || is_empty { ClauseFault::Value } else { ClauseFault::Type })
    }

    /// Whether each of the values fits.
    fn each(&self, test: &Test) -> Option<ClauseFault> {
        let faults = self.found.iter().filter_map(|found| match holds(found, test) {
            Some(true) => None,
            Some(false) => Some(ClauseFault::Value),
            None => Some(ClauseFault::Type),
        });
        let around = [(self.differs, ClauseFault::Type), (self.lacks, ClauseFault::Missing)];
        faults.chain(around.into_iter().filter_map(|(is, fault)| is.then_some(fault))).min()
    }

    /// The SHA-256 digests that are named there: of resource descriptors, or as texts.
    fn digests(&self) -> BTreeSet<String> {
        let named = |found: Found<'v>| match found {
            Found::Text(text) => Some(text),
            Found::Object(members) => {
                let Found::Object(digests) = Found::of(members.get("digest")?) else { return None };
                match Found::of(digests.get("sha256")?) {
                    Found::Text(digest) => Some(digest),
                    _ => None,
                }
            }
            _ => None,
        };
        let hex = |text: String| {
            let digest = text.strip_prefix("sha256:").unwrap_or(&text).to_ascii_lowercase();
            (digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digest)
        };
        self.flat().filter_map(named).filter_map(hex).collect()
    }
}

/// Whether a value is one of these; none when it has the type of none of them.
fn equals_one(found: &Found<'_>, scalars: &[Scalar]) -> Option<bool> {
    scalars.iter().filter_map(|scalar| equals(found, scalar)).reduce(|one, other| one || other)
}

fn equals(found: &Found<'_>, scalar: &Scalar) -> Option<bool> {
    match (found, scalar) {
        (Found::Text(found), Scalar::Text(text)) => Some(found == text),
        (Found::Number(found), Scalar::Number(number)) => Some(found == number),
        (Found::Flag(found), Scalar::Flag(flag)) => Some(found == flag),
        _ => None,
    }
}

/// Whether a test holds of one value; none when it is about another type.
fn holds(found: &Found<'_>, test: &Test) -> Option<bool> {
    match (test, found) {
        (Test::Equal(scalar), found) => equals(found, scalar),
        (Test::NotEqual(scalar), found) => equals(found, scalar).map(|is| !is),
        (Test::In(scalars), found) => equals_one(found, scalars),
        (Test::NotIn(scalars), found) => equals_one(found, scalars).map(|is| !is),
        (Test::Compare(order, Measure::Number(number)), Found::Number(found)) => {
            Some(is_in(*order, found.cmp(number)))
        }
        (Test::Compare(order, Measure::Moment(moment)), Found::Text(found)) => {
            Some(is_in(*order, found.parse::<Timestamp>().ok()?.cmp(moment)))
        }
        (Test::Matches(pattern), Found::Text(found)) => Some(pattern.matches(found)),
        (Test::Between(from, until), Found::Text(found)) => {
            Some((*from..*until).contains(&found.parse::<Timestamp>().ok()?))
        }
        _ => None,
    }
}

fn is_in(order: Order, found: Ordering) -> bool {
    match order {
        Order::Less => found == Ordering::Less,
        Order::AtMost => found != Ordering::Greater,
        Order::AtLeast => found != Ordering::Less,
        Order::More => found == Ordering::Greater,
    }
}
