//! Finds rows a slice at a time, so that a key that is pressed meanwhile wins: the best matches first, and within the
//! same the order in force. A longer query searches only what the shorter one left. It knows no drawing.

use crate::query::{Hit, Index, Matcher, Query, RANKS, Word};
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// So many rows are held against a query at once: a few milliseconds.
const SLICE: usize = 16_384;

/// A search, and what it found so far.
#[derive(Default)]
pub struct Finder {
    query: Query,
    matcher: Option<Matcher>,
    /// What is searched, in the order in force.
    among: Vec<u32>,
    /// How many of these were looked at.
    at: usize,
    /// Found, by rank.
    found: Vec<Vec<u32>>,
    /// What a longer query may find.
    left: Vec<u32>,
    /// How many had been looked at when rows were given last.
    told: usize,
    looked_at: usize,
}

impl Finder {
    /// Begins a search of rows in their order. Where it goes on from the query before, only what that one left is
    /// searched.
    pub fn start(&mut self, index: &Index, query: Query, order: &[u32], may_narrow: bool) {
        let is_narrower =
            may_narrow && self.is_done() && self.matcher.is_some() && query.narrows(&self.query);
        self.among = if is_narrower { std::mem::take(&mut self.left) } else { order.to_vec() };
        let before = self.matcher.take();
        self.matcher =
            if query.is_empty() { None } else { Some(Matcher::new(&query, index, before.as_ref())) };
        self.query = query;
        (self.at, self.told) = (0, 0);
        self.left.clear();
        self.found.clear();
        self.found.resize_with(RANKS, Vec::new);
        if self.matcher.is_none() {
            self.at = self.among.len();
        }
    }

    /// Whether all was looked at.
    pub fn is_done(&self) -> bool {
        self.at >= self.among.len()
    }

    /// Whether rows of this search were given before.
    pub fn has_begun(&self) -> bool {
        self.told > 0
    }

    /// What it searches for.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Whether the best match comes first.
    pub fn is_ranked(&self) -> bool {
        self.matcher.as_ref().is_some_and(Matcher::is_ranked)
    }

    /// How many rows were looked at in all, for counting.
    pub fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// Looks at one more slice. Gives the rows found so far when there are enough new ones to show, and at the end.
    pub fn go_on(&mut self) -> Option<Vec<u32>> {
        if let Some(matcher) = &self.matcher {
            let end = self.among.len().min(self.at + SLICE);
            let slice = self.among.get(self.at..end).unwrap_or_default();
            for row in slice {
                match matcher.hit(*row as usize) {
                    Hit::No => continue,
                    Hit::Later => {}
                    Hit::Found(rank) => {
                        if let Some(found) = self.found.get_mut(usize::from(rank)) {
                            found.push(*row);
                        }
                    }
                }
                self.left.push(*row);
            }
            self.looked_at += slice.len();
            self.at = end;
        } else {
            return Some(std::mem::take(&mut self.among));
        }
        if self.is_done() {
            self.among = Vec::new();
            self.at = 0;
            return Some(std::mem::take(&mut self.found).concat());
        }
        if self.at < 2 * self.told {
            return None;
        }
        self.told = self.at;
        Some(self.found.concat())
    }
}

/// A palette entry's score; none when it does not match.
pub fn score(text: &str, query: &str) -> Option<i64> {
    if query.trim().is_empty() {
        return Some(0);
    }
    let matcher = SkimMatcherV2::default().ignore_case();
    query.split_whitespace().map(|word| matcher.fuzzy_match(text, word)).sum()
}

/// Which characters of a shown text the free words of a query are found in, in order.
pub fn highlights(query: &Query, shown: &str) -> Vec<usize> {
    // A character that becomes several in lower case would shift those behind it.
    let lower: String = shown
        .chars()
        .map(|c| Some(c.to_lowercase()).filter(|l| l.len() == 1).and_then(|mut l| l.next()).unwrap_or(c))
        .collect();
    let mut positions: Vec<usize> =
        query.words().flat_map(|word| Word::new(word).positions(&lower)).collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}
