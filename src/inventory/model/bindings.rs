//! What several documents say of one model's signature: nothing of it is lost, what is said twice is kept once, and
//! what cannot both be true is known, whatever the order of the documents.

use super::models::{Binding, Model};
use crate::text::Untrusted;

/// Values of a binding, in the order of [`Binding::parts`].
pub const PARTS: usize = 5;
/// Of one part two values are enough: no third makes them agree again.
const MOST: usize = 2;

/// Documents that state different things of one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// In which parts, by their places among [`Binding::parts`].
    pub parts: Vec<usize>,
    /// The two documents, where the first of these parts stands.
    pub sources: [Untrusted; 2],
}

impl Binding {
    /// Root digest, identity, issuer, log entry, digest of the bundle.
    pub fn parts(&self) -> [Option<&Untrusted>; PARTS] {
        let Binding { root_digest, identity, issuer, log_entry, bundle_digest, source: _ } = self;
        [root_digest, identity, issuer, log_entry, bundle_digest].map(Option::as_ref)
    }
}

/// Digests are the same in either case; everything else is the same to the byte.
fn same(part: usize, one: &Untrusted, other: &Untrusted) -> bool {
    let (one, other) = (one.raw().trim(), other.raw().trim());
    let is_digest = matches!(part, 0 | 4);
    one == other || is_digest && one.eq_ignore_ascii_case(other)
}

/// The different values of each part, with the document that says so first.
fn values<'b>(bindings: impl Iterator<Item = &'b Binding>) -> [Vec<(&'b Untrusted, &'b Untrusted)>; PARTS] {
    let mut values: [Vec<(&Untrusted, &Untrusted)>; PARTS] = Default::default();
    for binding in bindings {
        for (part, (stated, known)) in binding.parts().into_iter().zip(&mut values).enumerate() {
            if let Some(stated) = stated
                && !known.iter().any(|(value, _)| same(part, value, stated))
            {
                known.push((stated, &binding.source));
            }
        }
    }
    values
}

impl Model {
    /// What documents say of its signature: all that differs.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.binding.as_deref().into_iter().chain(&self.other_bindings)
    }

    /// Takes in what one more document says.
    pub(super) fn bind(&mut self, binding: Binding) {
        let says_more = {
            let known = values(self.bindings());
            let is_new = |(part, (stated, known)): (usize, (Option<&Untrusted>, &Vec<(&Untrusted, _)>))| {
                stated.is_some_and(|stated| {
                    known.len() < MOST && !known.iter().any(|(value, _)| same(part, value, stated))
                })
            };
            binding.parts().into_iter().zip(&known).enumerate().any(is_new)
        };
        if !says_more {
            return;
        }
        match self.binding {
            None => self.binding = Some(Box::new(binding)),
            Some(_) => self.other_bindings.push(binding),
        }
    }

    /// What the documents together say of its signature, where they agree: of each part what any of them states.
    pub fn bound(&self) -> Option<Binding> {
        let first = self.binding.as_deref()?;
        let [root_digest, identity, issuer, log_entry, bundle_digest] =
            values(self.bindings()).map(|values| values.first().map(|(value, _)| (*value).clone()));
        let source = first.source.clone();
        Some(Binding { root_digest, identity, issuer, log_entry, bundle_digest, source })
    }

    /// Where the documents contradict each other.
    pub fn disagreement(&self) -> Option<Disagreement> {
        if self.other_bindings.is_empty() {
            return None;
        }
        let values = values(self.bindings());
        let disputed = |(_, values): &(usize, &Vec<_>)| values.len() > 1;
        let parts: Vec<usize> = values.iter().enumerate().filter(disputed).map(|(part, _)| part).collect();
        let [(_, first), (_, second), ..] = values.get(*parts.first()?)?.as_slice() else { return None };
        let mut sources = [(*first).clone(), (*second).clone()];
        sources.sort();
        Some(Disagreement { parts, sources })
    }
}
