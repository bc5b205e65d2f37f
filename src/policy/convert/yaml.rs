//! Text and names in the YAML that is written.

use crate::text::screen;
use std::collections::HashSet;

/// Text in quotes; none for text that is not what it looks like.
pub(super) fn quoted(text: &str) -> Option<String> {
    // A string of JSON is one of YAML.
    if screen(text) == text { serde_json::to_string(text).ok() } else { None }
}

/// Names of objects of Kubernetes, each once: lower-case letters, digits and `-`.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    const LIMIT: usize = 50;

    pub fn of(&mut self, text: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let plain: String = text.chars().take(Self::LIMIT).map(plain).collect();
        let base = Some(plain.trim_matches('-')).filter(|base| !base.is_empty()).unwrap_or("policy");
        let mut name = base.to_owned();
        let mut next = 2_usize;
        while !self.0.insert(name.clone()) {
            name = format!("{base}-{next}");
            next += 1;
        }
        name
    }
}
