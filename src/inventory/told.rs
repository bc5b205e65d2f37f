//! By what kind of source a parent is told, and which kind is believed first when several disagree. All that
//! is told is kept; this only picks what is shown.

use super::types::{Basis, ParentRef};

/// The kinds, the most reliable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// A claim that verifies.
    Claim,
    /// The pedigree or a relationship of a bill of materials.
    Pedigree,
    /// The header of a file with weights, or the configuration of an adapter.
    Header,
    /// A model card.
    Card,
    /// A property of a bill of materials.
    Property,
    /// The recipe of a merge.
    Recipe,
    /// A configuration's note of where its values came from.
    Configuration,
}

/// How the source's name ends, in lower case.
const BY_SOURCE: [(&str, Told); 6] = [
    ("adapter_config.json", Told::Header),
    (".gguf", Told::Header),
    ("readme.md", Told::Card),
    ("mergekit_config.yml", Told::Recipe),
    ("mergekit_config.yaml", Told::Recipe),
    ("config.json", Told::Configuration),
];

impl Told {
    /// How a parent is told.
    pub fn of(parent: &ParentRef) -> Self {
        if matches!(parent.basis, Basis::Attested | Basis::Observed) {
            return Told::Claim;
        }
        let source = parent.source.raw().to_lowercase();
        if let Some((_, told)) = BY_SOURCE.iter().find(|(end, _)| source.ends_with(end)) {
            return *told;
        }
        if parent.place.raw().contains("/properties/") { Told::Property } else { Told::Pedigree }
    }

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Told::Claim => "a claim",
            Told::Pedigree => "a bill of materials",
            Told::Header => "a file's header",
            Told::Card => "a model card",
            Told::Property => "a property of a bill",
            Told::Recipe => "a merge recipe",
            Told::Configuration => "a configuration",
        }
    }
}
