//! The words that a runbook leaves open, such as `$model`, and what stands for them in a case. In a command each becomes
//! one word of a shell.

use crate::text::{screen, shell_word};
use std::collections::BTreeMap;

/// A word that is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// The model.
    Model,
    /// What the case is about, as `blast` takes it.
    Subject,
    /// The root digest of the model.
    Digest,
    /// The place where it runs.
    Deployment,
    /// The stage at which it runs.
    Stage,
    /// Who owns that deployment.
    Owner,
    /// Who opened the case.
    By,
}

/// How a file writes each, and what stands there as long as nothing is known.
const WORDS: [(Word, &str, &str); 7] = [
    (Word::Model, "model", "MODEL"),
    (Word::Subject, "subject", "SUBJECT"),
    (Word::Digest, "digest", "DIGEST"),
    (Word::Deployment, "deployment", "PLACE"),
    (Word::Stage, "stage", "STAGE"),
    (Word::Owner, "owner", "OWNER"),
    (Word::By, "by", "NAME"),
];

/// What is known of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filling(BTreeMap<Word, String>);

impl Filling {
    /// Fills in a word, where something is known.
    #[must_use]
    pub fn with(mut self, word: Word, value: Option<impl Into<String>>) -> Self {
        self.0.extend(value.map(|value| (word, value.into())));
        self
    }

    /// A sentence; safe to show.
    pub fn sentence(&self, text: &str) -> String {
        screen(&self.filled(text, |value| Some(value.to_owned())))
    }

    /// A command; safe to show. What cannot be one visible word of a shell stays open.
    pub fn command(&self, text: &str) -> String {
        screen(&self.filled(text, shell_word))
    }

    fn filled(&self, text: &str, written: impl Fn(&str) -> Option<String>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let name = name_of(after);
            rest = after.get(1 + name.len()..).unwrap_or_default();
            match WORDS.iter().find(|(_, known, _)| *known == name) {
                Some((word, _, open)) => {
                    let value = self.0.get(word).and_then(|value| written(value));
                    out.push_str(value.as_deref().unwrap_or(open));
                }
                None => {
                    out.push('$');
                    out.push_str(name);
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// The letters after a `$`.
fn name_of(after: &str) -> &str {
    let after = after.get(1..).unwrap_or_default();
    let end = after.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(after.len());
    after.get(..end).unwrap_or_default()
}

/// The words in a text that nothing fills in. A `$` that no letter follows is none.
pub(super) fn unknown_words(text: &str) -> Vec<&str> {
    let names = text.match_indices('$').map(|(at, _)| name_of(text.get(at..).unwrap_or_default()));
    names.filter(|name| !name.is_empty() && WORDS.iter().all(|(_, known, _)| known != name)).collect()
}
