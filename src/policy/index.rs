//! Patterns and signers, found without asking each of them: a policy may have many, and is asked for every model. It
//! finds what a walk through all would find.

use super::patterns::ModelPattern;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Patterns of ids, by a part that every id that matches must have at the same place: the part that the fewest of them
/// share.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    all: Vec<ModelPattern>,
    whole: Table,
    start: Table,
    end: Table,
    inside: Table,
    /// Of those that have no such part.
    any: Vec<usize>,
}

/// By the part; the pattern with the most letters first, among equals the first of all.
#[derive(Debug, Clone, Default)]
struct Table {
    by_part: HashMap<String, Vec<usize>>,
    /// The lengths that parts have.
    lengths: BTreeSet<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Start,
    End,
    Inside,
}

/// A part of a pattern that only few share, and where in a name it stands; nowhere for one without a wildcard.
type Key = (Option<Place>, String);

impl Patterns {
    /// Of patterns in their order.
    pub fn of<'p>(patterns: impl Iterator<Item = &'p ModelPattern>) -> Self {
        let mut index = Patterns { all: patterns.cloned().collect(), ..Patterns::default() };
        let mut shared: HashMap<(Place, &str), usize> = HashMap::new();
        for part in index.all.iter().flat_map(parts) {
            *shared.entry(part).or_default() += 1;
        }
        let mut order: Vec<usize> = (0..index.all.len()).collect();
        order.sort_by_key(|at| (Reverse(index.all.get(*at).map(ModelPattern::literal_bytes)), *at));
        let places: Vec<(usize, Option<Key>)> = order
            .into_iter()
            .filter_map(|at| {
                let pattern = index.all.get(at)?;
                if let [only] = pattern.pieces() {
                    return Some((at, Some((None, only.clone()))));
                }
                let rarest =
                    parts(pattern).min_by_key(|part| (shared.get(part).copied(), Reverse(part.1.len())));
                Some((at, rarest.map(|(place, part)| (Some(place), part.to_owned()))))
            })
            .collect();
        drop(shared);
        for (at, key) in places {
            let Some((place, part)) = key else {
                index.any.push(at);
                continue;
            };
            let table = match place {
                None => &mut index.whole,
                Some(Place::Start) => &mut index.start,
                Some(Place::End) => &mut index.end,
                Some(Place::Inside) => &mut index.inside,
            };
            table.lengths.insert(part.len());
            table.by_part.entry(part).or_default().push(at);
        }
        index
    }

    /// The place of the pattern with the most letters that matches an id; among equals the first.
    pub fn best(&self, id: &str) -> Option<usize> {
        let mut best: Option<(Reverse<usize>, usize)> = None;
        let mut look = |some: &[usize]| {
            for at in some {
                let Some(pattern) = self.all.get(*at) else { continue };
                let rank = (Reverse(pattern.literal_bytes()), *at);
                if best.is_some_and(|best| best < rank) {
                    break;
                }
                if pattern.matches(id) {
                    best = Some(rank);
                    break;
                }
            }
        };
        look(self.whole.get(Some(id)));
        for length in self.start.lengths.range(..=id.len()) {
            look(self.start.get(id.get(..*length)));
        }
        for length in self.end.lengths.range(..=id.len()) {
            look(self.end.get(id.get(id.len() - length..)));
        }
        for length in self.inside.lengths.range(..=id.len()) {
            for start in 0..=id.len() - length {
                look(self.inside.get(id.get(start..start + length)));
            }
        }
        look(&self.any);
        best.map(|(_, at)| at)
    }
}

impl Table {
    fn get(&self, part: Option<&str>) -> &[usize] {
        part.and_then(|part| self.by_part.get(part)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What every id that matches has, and where.
fn parts(pattern: &ModelPattern) -> impl Iterator<Item = (Place, &str)> {
    let last = pattern.pieces().len().saturating_sub(1);
    let pieces = pattern.pieces().iter().enumerate().filter(move |(_, piece)| last > 0 && !piece.is_empty());
    pieces.map(move |(at, piece)| {
        let place = match at {
            0 => Place::Start,
            at if at == last => Place::End,
            _ => Place::Inside,
        };
        (place, piece.as_str())
    })
}

/// What is granted, by the anchor and by the exact subject where there is one.
#[derive(Debug, Clone, Default)]
pub(super) struct Signers {
    by_anchor: HashMap<String, OfAnchor>,
}

#[derive(Debug, Clone, Default)]
struct OfAnchor {
    by_subject: HashMap<String, Vec<usize>>,
    /// Of those that name no subject, or a pattern of some.
    others: Vec<usize>,
}

impl Signers {
    /// Under an anchor, something is granted to one subject, or to whomever it says itself.
    pub fn add(&mut self, anchor: &str, subject: Option<&str>, what: usize) {
        let of_anchor = self.by_anchor.entry(anchor.to_owned()).or_default();
        match subject {
            Some(subject) => of_anchor.by_subject.entry(subject.to_owned()).or_default().push(what),
            None => of_anchor.others.push(what),
        }
    }

    /// Everything that may concern this subject under this anchor, sorted.
    pub fn candidates(&self, anchor: &str, subject: &str) -> Vec<usize> {
        let Some(of_anchor) = self.by_anchor.get(anchor) else { return Vec::new() };
        let exact = of_anchor.by_subject.get(subject).into_iter().flatten();
        let mut candidates: Vec<usize> = exact.chain(&of_anchor.others).copied().collect();
        candidates.sort_unstable();
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_index_finds_what_a_walk_through_all_finds(
            texts in proptest::collection::vec("[ab/*]{0,6}|é[ab*]{0,3}", 0..24),
            ids in proptest::collection::vec("[ab/]{0,7}|é[ab]{0,3}", 1..12),
        ) {
            let patterns: Vec<ModelPattern> = texts.iter().map(|text| ModelPattern::new(text)).collect();
            let index = Patterns::of(patterns.iter());
            for id in ids {
                let all = patterns.iter().enumerate().filter(|(_, pattern)| pattern.matches(&id));
                let best = all.min_by_key(|(at, pattern)| (Reverse(pattern.literal_bytes()), *at));
                prop_assert_eq!(index.best(&id), best.map(|(at, _)| at), "{}", id);
            }
        }
    }
}
