//! By what kind of source a parent is told, and which kind is believed first when several disagree. All that
//! is told is kept; this only picks what is shown.

use super::facts::{Basis, ParentRef};

/// The kinds, the most reliable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// A claim that verifies.
    Claim,
    /// The pedigree or a relationship of a bill of materials.
    Pedigree,
    /// The header of a file with weights, or the configuration of an adapter.
    Header,
    /// A manifest or its configuration, in a layout of blobs.
    Manifest,
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
const BY_SOURCE: [(&str, Told); 7] = [
    ("mlmodel", Told::Configuration),
    ("adapter_config.json", Told::Header),
    (".gguf", Told::Header),
    ("readme.md", Told::Card),
    ("mergekit_config.yml", Told::Recipe),
    ("mergekit_config.yaml", Told::Recipe),
    ("config.json", Told::Configuration),
];

/// What only the places of that kind hold.
const BY_PLACE: [(&str, Told); 6] = [
    ("general.base_model", Told::Header),
    ("__metadata__/", Told::Header),
    ("/properties/", Told::Property),
    ("config /descriptor/", Told::Manifest),
    ("config /model/", Told::Manifest),
    ("/layers/", Told::Manifest),
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
        let place = parent.place.raw();
        BY_PLACE.iter().find(|(part, _)| place.contains(part)).map_or(Told::Pedigree, |(_, told)| *told)
    }

    /// The words shown.
    pub fn word(self) -> &'static str {
        match self {
            Told::Claim => "a claim",
            Told::Pedigree => "a bill of materials",
            Told::Header => "a file's header",
            Told::Manifest => "a manifest",
            Told::Card => "a model card",
            Told::Property => "a property of a bill",
            Told::Recipe => "a merge recipe",
            Told::Configuration => "a configuration",
        }
    }
}
