//! Free words against names: whether a word occurs in a name, how well, and where. It knows no model.
//!
//! A word that occurs as it is comes before one whose letters only follow each other; how well either fits is a small
//! number, so that a million models are ranked without being sorted. A bag of characters for each name throws out most
//! names before anything is compared.

/// A name is looked at no further than this: one of a gigabyte must not stop anybody.
const MAX_NAME_BYTES: usize = 1024;
/// A longer word adds nothing and costs much.
const MAX_WORD_CHARS: usize = 100;
/// In a name that is longer, letters are not looked for one by one.
const MAX_LETTERS: usize = 256;

/// How well a word fits: the less, the better.
pub type Rank = u8;

/// The rank of what stands in another column than the name.
pub const ELSEWHERE: Rank = 7;
/// The worst rank.
const SCATTERED: Rank = 15;

/// A free word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    text: String,
    chars: Vec<char>,
    bag: u64,
}

/// What became of a word in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Its letters do not even follow each other.
    No,
    /// Its letters follow each other, too far apart to be meant.
    Loose,
    /// It is found.
    Found(Rank),
}

impl Word {
    /// A word in lower case.
    pub fn new(text: &str) -> Self {
        let text: String = text.chars().take(MAX_WORD_CHARS).collect();
        Word { bag: bag(&text), chars: text.chars().collect(), text }
    }

    /// The word.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a name of this bag may hold its letters.
    pub fn may_be_in(&self, bag: u64) -> bool {
        bag & self.bag == self.bag
    }

    /// How well it fits a name in lower case.
    pub fn fit(&self, name: &str) -> Fit {
        let name = cut(name);
        if let Some((rank, _)) = self.occurrence(name) {
            return Fit::Found(rank);
        }
        if !follows(name, &self.chars) {
            return Fit::No;
        }
        match self.scattered(name) {
            Some((rank, _)) => Fit::Found(rank),
            None => Fit::Loose,
        }
    }

    /// Whether a name in lower case holds it as it is.
    pub fn is_in(&self, name: &str) -> bool {
        cut(name).contains(self.text.as_str())
    }

    /// Which characters of a name in lower case it is found in.
    pub fn positions(&self, name: &str) -> Vec<usize> {
        let name = cut(name);
        if let Some((_, at)) = self.occurrence(name) {
            let first = name.get(..at).map_or(0, |before| before.chars().count());
            return (first..first + self.chars.len()).collect();
        }
        self.scattered(name).map(|(_, positions)| positions).unwrap_or_default()
    }

    /// The best place where it occurs as it is, in bytes.
    fn occurrence(&self, name: &str) -> Option<(Rank, usize)> {
        if self.text.is_empty() {
            return None;
        }
        let tail = name.rfind('/').map_or(0, |slash| slash + 1);
        let mut best: Option<(Rank, usize)> = None;
        for (at, _) in name.match_indices(self.text.as_str()) {
            let end = at + self.text.len();
            let before = name.get(..at).and_then(|before| before.chars().next_back());
            let rank = match (at, end == name.len()) {
                (0, true) => 0,
                (at, true) if at == tail => 1,
                (at, _) if at == tail => 2,
                (0, _) => 3,
                _ if before.is_some_and(|c| !c.is_alphanumeric()) => 4,
                _ if end == name.len() => 5,
                _ => 6,
            };
            if best.is_none_or(|(known, _)| rank < known) {
                best = Some((rank, at));
            }
        }
        best
    }

    /// Its letters in a few runs, the longest taken first; none when there are too many runs to be meant.
    fn scattered(&self, name: &str) -> Option<(Rank, Vec<usize>)> {
        let word = self.chars.as_slice();
        if word.len() < 3 {
            return None;
        }
        let text: Vec<char> = name.chars().take(MAX_LETTERS).collect();
        let latest = latest(&text, word)?;
        let (mut positions, mut runs, mut all_begin) = (Vec::with_capacity(word.len()), 0, true);
        let (mut taken, mut from) = (0, 0);
        while taken < word.len() {
            let until = *latest.get(taken)?;
            let mut best: Option<(usize, bool, usize)> = None;
            for at in from..=until {
                let mut length = run(&text, at, word, taken);
                // What follows must still find its letters.
                while length > 0
                    && taken + length < word.len()
                    && latest.get(taken + length).is_none_or(|latest| at + length > *latest)
                {
                    length -= 1;
                }
                let begins = at == 0 || begins(&text, at);
                let is_better = |known: (usize, bool, usize)| (length, begins) > (known.0, known.1);
                if length > 0 && best.is_none_or(is_better) {
                    best = Some((length, begins, at));
                }
            }
            let (length, begins, at) = best?;
            positions.extend(at..at + length);
            runs += 1;
            all_begin &= begins;
            (taken, from) = (taken + length, at + length);
        }
        let is_meant = runs <= word.len().div_ceil(2) || all_begin;
        let rank = ELSEWHERE.saturating_add(Rank::try_from(runs).unwrap_or(SCATTERED)).min(SCATTERED);
        is_meant.then_some((rank, positions))
    }
}

/// How long the letters of the word run on from there.
fn run(text: &[char], at: usize, word: &[char], taken: usize) -> usize {
    let text = text.iter().skip(at);
    text.zip(word.iter().skip(taken)).take_while(|(a, b)| a == b).count()
}

/// Whether a part of the name begins there.
fn begins(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
    let here = text.get(at).copied();
    match (before, here) {
        (Some(before), Some(here)) => !before.is_alphanumeric() || before.is_numeric() != here.is_numeric(),
        _ => true,
    }
}

/// For each letter of the word the last place from where all that follows can still be found.
fn latest(text: &[char], word: &[char]) -> Option<Vec<usize>> {
    let mut found = vec![0; word.len()];
    let mut end = text.len();
    for (slot, letter) in found.iter_mut().zip(word).rev() {
        end = text.get(..end)?.iter().rposition(|c| c == letter)?;
        *slot = end;
    }
    Some(found)
}

/// Whether the letters follow each other in a name.
fn follows(name: &str, word: &[char]) -> bool {
    let mut chars = name.chars();
    word.iter().all(|letter| chars.any(|c| c == *letter))
}

fn cut(name: &str) -> &str {
    name.get(..name.floor_char_boundary(MAX_NAME_BYTES)).unwrap_or(name)
}

/// Which characters a text in lower case has, more or less.
pub fn bag(text: &str) -> u64 {
    cut(text).chars().fold(0, |bag, c| {
        let bit = match c {
            'a'..='z' => c as u32 - 'a' as u32,
            '0'..='9' => 26 + (c as u32 - '0' as u32),
            c => 36 + (c as u32 % 28),
        };
        bag | 1 << bit
    })
}
