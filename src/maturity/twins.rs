//! Which folders that bear a model's name hold other bytes, as far as anybody knows: whoever has not looked at a folder
//! does not know that it holds the same.

use super::fact::ControlFact;
use crate::inventory::{Model, Twin};
use crate::signing::{Outcome, Stage, Verification};
use crate::text::Untrusted;

/// Folders that share a name and are not known to hold the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameName {
    /// All of them, workspace-relative, the one first whose files are looked at.
    pub folders: Vec<Untrusted>,
}

impl SameName {
    /// Of a model; none where its name means one folder, or folders that hold the same.
    pub fn of(model: &Model, verification: Option<&Verification>) -> Option<Self> {
        let mut twins = unlike_twins(model, verification).map(|twin| twin.location.as_path()).peekable();
        twins.peek()?;
        let all = model.location.as_deref().into_iter().chain(twins);
        Some(SameName { folders: all.map(|place| Untrusted::new(place.to_string_lossy())).collect() })
    }

    /// The same as a fact.
    pub fn fact(&self) -> ControlFact {
        let count = u64::try_from(self.folders.len()).unwrap_or(u64::MAX);
        ControlFact::SameName { count, first: self.folders.iter().take(NAMED).cloned().collect() }
    }
}

/// Names that a fact holds of many.
const NAMED: usize = 3;

/// The folders of a model's name that are not known to hold what was verified: under the same signature, with the same
/// root digest, and with nothing that the signature does not cover.
pub fn unlike_twins<'m>(
    model: &'m Model,
    verification: Option<&'m Verification>,
) -> impl Iterator<Item = &'m Twin> {
    let whole = verification.filter(|v| {
        v.outcome_of(Stage::Files) == Outcome::Pass
            && v.files.ignored.is_empty()
            && v.files.unsigned_empty.is_empty()
    });
    model.twins.iter().filter(move |twin| {
        let is_alike = whole.is_some_and(|v| {
            v.files.copies.iter().any(|copy| {
                *copy.place.raw() == *twin.location.to_string_lossy()
                    && copy.root_digest.is_some()
                    && copy.root_digest == v.root_of_files()
                    && copy.bundle_digest.is_some()
                    && copy.bundle_digest == v.bundle_digest
            })
        });
        !is_alike
    })
}
