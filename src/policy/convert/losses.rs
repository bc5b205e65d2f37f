//! Which keys of a policy a conversion used, and which it lost.

use crate::tables::{Place, Table, Value};
use std::collections::BTreeSet;

/// A key that has no counterpart, or a value that the other tool cannot take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Its path: `publisher.identities.subject`.
    pub key: String,
    /// Its line, from 1.
    pub line: usize,
    /// Why.
    pub why: &'static str,
}

/// A policy in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// What the other tool takes; or ours.
    pub text: String,
    /// What it does not take, in the order of the lines.
    pub lost: Vec<Lost>,
}

/// Why keys are lost, by the beginnings of their paths; the first that fits counts.
pub(super) type Why = &'static [(&'static str, &'static str)];

/// The tests of a policy.
const TESTS: &str = "test";

/// Why a key is lost.
pub(super) fn reason(key: &str, why: Why) -> &'static str {
    let fits =
        |start: &str| key.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    why.iter().find(|(start, _)| fits(start)).map_or("no counterpart", |(_, reason)| reason)
}

/// The values that were used, by where they begin.
#[derive(Debug, Default)]
pub(super) struct Kept(BTreeSet<usize>);

impl Kept {
    pub fn keep(&mut self, at: Place) {
        self.0.insert(at.start);
    }

    /// Everything else.
    pub fn rest(&self, top: Table<'_>, text: &str, why: Why) -> Vec<Lost> {
        let mut lost = Vec::new();
        self.walk(top, "", &mut |key, at| {
            lost.push(Lost { line: at.line(text), why: reason(&key, why), key });
        });
        lost.sort_by_key(|lost| lost.line);
        // A list in one line is one key.
        lost.dedup();
        lost
    }

    fn walk(&self, table: Table<'_>, above: &str, lost: &mut impl FnMut(String, Place)) {
        for (key, value) in table.entries() {
            let path = if above.is_empty() { key.value.to_owned() } else { format!("{above}.{}", key.value) };
            self.leaves(value, path, lost);
        }
    }

    fn leaves(&self, value: Value<'_>, path: String, lost: &mut dyn FnMut(String, Place)) {
        // They say nothing that the rules do not.
        if path == TESTS && value.list().is_err() {
            return lost(path, value.at());
        }
        if self.0.contains(&value.at().start) {
            return;
        }
        if let Ok(table) = value.table() {
            return self.walk(table, &path, &mut |key, at| lost(key, at));
        }
        match value.list() {
            Ok(list) if list.len() > 0 => list.for_each(|one| self.leaves(one, path.clone(), lost)),
            _ => lost(path, value.at()),
        }
    }
}
