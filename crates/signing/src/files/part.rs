//! Part of a model, by patterns over the names of its files: as whoever downloads or loads only that part names it. It
//! knows nothing of signatures.

use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::siblings::no_other_makings;

const MAX_PATTERNS: usize = 64;
const MAX_PATTERN_BYTES: usize = 1024;
const MAX_APART: usize = 1000;

/// Which files of a model are meant.
///
/// A pattern is over the whole name, as downloaders of models take it: `*` is any text, a `/` in it or not, `?` one
/// character, `[…]` one of those, `[!…]` one of the others. A folder means all that lies in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Only(Vec<Vec<char>>);

impl Only {
    /// By patterns; none means the whole model.
    ///
    /// # Errors
    /// `E-USAGE` for a pattern that names no file, and for too many.
    pub fn parse(patterns: &[String]) -> Result<Self> {
        let refused = |what: &str, pattern: &str| {
            Err(Error::new(Code::Usage, what)
                .at(pattern)
                .help("name files as they stand in the signature, from the model's folder: '*Q4_K_M*', onnx/model.onnx"))
        };
        if patterns.len() > MAX_PATTERNS {
            return refused("too many patterns for part of a model", "");
        }
        let mut only = Vec::new();
        for written in patterns {
            let pattern = written.strip_prefix("./").unwrap_or(written).trim_end_matches('/');
            if pattern.is_empty() || pattern == "." {
                return refused("a pattern for part of a model that names no file", written);
            }
            if pattern.len() > MAX_PATTERN_BYTES {
                return refused("a pattern for part of a model that is too long", "");
            }
            if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
                return refused("a pattern for part of a model that leads out of it", written);
            }
            only.push(pattern.chars().collect());
        }
        Ok(Only(only))
    }

    /// Whether the whole model is meant.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file is meant.
    pub fn covers(&self, name: &str) -> bool {
        self.is_all() || self.0.iter().any(|pattern| covers(pattern, name))
    }

    /// The patterns, and whether each covers one of the names.
    pub(crate) fn used<'n>(&self, names: impl Iterator<Item = &'n str> + Clone) -> Vec<(Untrusted, bool)> {
        let used = |pattern: &Vec<char>| names.clone().any(|name| covers(pattern, name));
        self.0
            .iter()
            .map(|pattern| (Untrusted::new(pattern.iter().collect::<String>()), used(pattern)))
            .collect()
    }
}

/// What of a model was verified, where that was part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartSeen {
    /// The patterns that say which part.
    pub only: Vec<Untrusted>,
    /// Patterns that fit no signed file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<Untrusted>,
    /// Signed digests of that part: of files, or of shards.
    pub digests: u64,
    /// Signed files that are no part of it: nobody looked at them.
    pub signed_beside: u64,
    /// Files that lie here and are no part of it.
    pub here_beside: u64,
    /// Those of both that are not another making of a file of the part; none where nobody asked for their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
}

/// Files beside a part, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Apart {
    /// The first of them.
    pub names: Vec<Untrusted>,
    /// How many there are besides.
    #[serde(default, skip_serializing_if = "is_none_more")]
    pub more: u64,
}

impl Apart {
    /// Of the names beside a part, and those of the part.
    pub(crate) fn of<'n>(beside: impl Iterator<Item = &'n str>, part: impl Iterator<Item = &'n str>) -> Self {
        let mut names: Vec<Untrusted> =
            no_other_makings(beside, part).into_iter().map(Untrusted::new).collect();
        let more = names.len().saturating_sub(MAX_APART) as u64;
        names.truncate(MAX_APART);
        Apart { names, more }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none_more(more: &u64) -> bool {
    *more == 0
}

/// The name itself, or a folder above it.
fn covers(pattern: &[char], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let folders = name.iter().enumerate().filter(|(_, letter)| **letter == '/').map(|(at, _)| at);
    folders.chain([name.len()]).any(|end| name.get(..end).is_some_and(|start| fits(pattern, start)))
}

/// With one place to come back to: every step goes forward in the name or in the pattern.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match step(pattern, at, name.get(read).copied()) {
            Some(Step::Star) => {
                star = Some((at + 1, read));
                at += 1;
            }
            Some(Step::One(next)) => {
                at = next;
                read += 1;
            }
            None => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    at = after;
                    read = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|letter| *letter == '*'))
}

enum Step {
    Star,
    /// One character fits; where the pattern goes on.
    One(usize),
}

fn step(pattern: &[char], at: usize, letter: Option<char>) -> Option<Step> {
    let letter = letter?;
    match pattern.get(at)? {
        '*' => Some(Step::Star),
        '?' => Some(Step::One(at + 1)),
        '[' => match class(pattern, at + 1) {
            Some((negated, members, end)) => (holds(members, letter) != negated).then_some(Step::One(end)),
            None => (letter == '[').then_some(Step::One(at + 1)),
        },
        plain => (*plain == letter).then_some(Step::One(at + 1)),
    }
}

/// `[…]`: whether it is `[!…]`, what stands in it, and what comes behind it.
fn class(pattern: &[char], from: usize) -> Option<(bool, &[char], usize)> {
    let negated = pattern.get(from) == Some(&'!');
    let from = from + usize::from(negated);
    // A first `]` is one of the members.
    let end = (from + 1..pattern.len()).find(|at| pattern.get(*at) == Some(&']'))?;
    Some((negated, pattern.get(from..end)?, end + 1))
}

fn holds(members: &[char], letter: char) -> bool {
    let ranges =
        members.windows(3).any(|three| matches!(three, [low, '-', high] if (*low..=*high).contains(&letter)));
    ranges || members.contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_as_downloaders_of_models_take_them() {
        for (pattern, name, fits) in [
            ("*Q4_K_M*", "model-Q4_K_M.gguf", true),
            ("*Q4_K_M*", "Q4_K_M/model-00001-of-00002.gguf", true),
            ("*Q4_K_M*", "model-Q8_0.gguf", false),
            ("Q4_K_M", "Q4_K_M/model.gguf", true),
            ("Q4_K_M/", "Q4_K_M/model.gguf", true),
            ("Q4_K_M", "Q4_K_M.gguf", false),
            ("./config.json", "config.json", true),
            ("*.json", "a/b.json", true),
            ("model.?guf", "model.gguf", true),
            ("model.?guf", "model.guf", false),
            ("model-0000[12]-of-3", "model-00002-of-3", true),
            ("model-0000[!1-2]-of-3", "model-00002-of-3", false),
            ("model-0000[!1-2]-of-3", "model-00003-of-3", true),
            ("a[b", "a[b", true),
            ("CONFIG.json", "config.json", false),
            ("*", "anything/at all", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
        ] {
            let only = Only::parse(&[pattern.to_owned()]).unwrap();
            assert_eq!(only.covers(name), fits, "{pattern} {name}");
        }
        for refused in ["", ".", "/", "/etc/passwd", "../other", "a/../b"] {
            assert!(Only::parse(&[refused.to_owned()]).is_err(), "{refused}");
        }
        assert!(Only::default().is_all() && Only::default().covers("x"));
    }

    #[test]
    fn a_long_pattern_of_stars_costs_little() {
        let only = Only::parse(&["*a".repeat(500)]).unwrap();
        assert!(!only.covers(&"b".repeat(4000)));
        assert!(!only.covers(&format!("{}b", "a".repeat(499))));
        assert!(only.covers(&"ba".repeat(500)));
    }
}
