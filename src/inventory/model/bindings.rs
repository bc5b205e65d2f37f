//! What several documents say of one model's signature: nothing of it is lost, what is said twice is kept once, and
//! what cannot both be true is known, whatever the order of the documents.

use super::id::ModelId;
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
        let Binding { root_digest, identity, issuer, log_entry, bundle_digest, source: _, ours: _ } = self;
        [root_digest, identity, issuer, log_entry, bundle_digest].map(Option::as_ref)
    }

    /// A digest of what it states of the model of an id, and of the document that does: by that a workspace knows what
    /// it wrote itself. Another document that states the same is not it.
    pub fn digest(&self, id: &ModelId) -> String {
        let mut hasher = blake3::Hasher::new();
        let stated = self.parts().map(|part| part.map(Untrusted::raw));
        for part in [Some(id.raw()), Some(self.source.raw())].into_iter().chain(stated) {
            // Their lengths keep the parts apart.
            hasher.update(format!("{:?} ", part.map(str::len)).as_bytes());
            hasher.update(part.unwrap_or_default().as_bytes());
        }
        hasher.finalize().to_hex().to_string()
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

fn together(bindings: Vec<&Binding>) -> Option<Binding> {
    let first = *bindings.first()?;
    let [root_digest, identity, issuer, log_entry, bundle_digest] =
        values(bindings.iter().copied()).map(|values| values.first().map(|(value, _)| (*value).clone()));
    let (source, ours) = (first.source.clone(), first.ours);
    Some(Binding { root_digest, identity, issuer, log_entry, bundle_digest, source, ours })
}

impl Model {
    /// What documents say of its signature: all that differs.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.binding.as_deref().into_iter().chain(&self.other_bindings)
    }

    /// Takes in what one more document says.
    pub(super) fn bind(&mut self, binding: Binding) {
        let says_more = {
            // What this workspace wrote and what others state is kept apart.
            let known = values(self.bindings().filter(|known| known.ours == binding.ours));
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
        together(self.bindings().collect())
    }

    /// The same of the documents that this workspace did not write.
    pub fn bound_by_others(&self) -> Option<Binding> {
        together(self.bindings().filter(|binding| !binding.ours).collect())
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
