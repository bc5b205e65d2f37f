//! The live filter: words that must all match, fuzzily, behind one function. A bag of characters per row
//! throws out most rows before the costly matching.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use rayon::prelude::*;
use std::sync::Arc;

/// A longer query adds nothing and costs much.
const MAX_QUERY_CHARS: usize = 200;
/// A name of a gigabyte must not freeze the filter.
const MAX_HAY_CHARS: usize = 1024;

/// What is matched against: lower-case text and its bag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hay {
    text: Arc<str>,
    bag: u64,
}

impl Hay {
    /// Takes the text of a row.
    pub fn new(text: &str) -> Self {
        let text: String = text.chars().take(MAX_HAY_CHARS).collect();
        let text: Arc<str> = text.to_lowercase().into();
        Hay { bag: bag(&text), text }
    }
}

/// The rows of `among` that hold every word of `query`, in the same order.
pub fn matching(hays: &[Hay], among: &[u32], query: &str) -> Vec<u32> {
    let query: String = query.to_lowercase().chars().take(MAX_QUERY_CHARS).collect();
    let words: Vec<(&str, u64)> = query.split_whitespace().map(|word| (word, bag(word))).collect();
    if words.is_empty() {
        return among.to_vec();
    }
    let matcher = SkimMatcherV2::default().ignore_case();
    among
        .par_iter()
        .with_min_len(512)
        .copied()
        .filter(|row| {
            let Some(hay) = hays.get(*row as usize) else { return false };
            words.iter().all(|(word, bag)| {
                hay.bag & bag == *bag
                    && (hay.text.contains(word) || matcher.fuzzy_match(&hay.text, word).is_some())
            })
        })
        .collect()
}

/// A palette entry's score; none when it does not match.
pub fn score(text: &str, query: &str) -> Option<i64> {
    if query.trim().is_empty() {
        return Some(0);
    }
    let matcher = SkimMatcherV2::default().ignore_case();
    query.split_whitespace().map(|word| matcher.fuzzy_match(text, word)).sum()
}

fn bag(text: &str) -> u64 {
    text.chars().fold(0, |bag, c| {
        let bit = match c {
            'a'..='z' => c as u32 - 'a' as u32,
            '0'..='9' => 26 + (c as u32 - '0' as u32),
            c => 36 + (c as u32 % 28),
        };
        bag | 1 << bit
    })
}
