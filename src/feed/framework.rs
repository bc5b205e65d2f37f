//! Catalogues of techniques and risks: MITRE ATLAS and the CoSAI Risk Map.

use super::few::{Few, items};
use super::item::Item;
use crate::text::Untrusted;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

// ATLAS

#[derive(Deserialize)]
pub(super) struct Atlas {
    pub(super) version: String,
    matrices: Few<Matrix>,
    #[serde(rename = "case-studies")]
    case_studies: Option<Few<Entry>>,
}

#[derive(Deserialize)]
struct Matrix {
    tactics: Option<Few<Entry>>,
    techniques: Option<Few<Entry>>,
    mitigations: Option<Few<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    name: Option<String>,
    #[serde(rename = "subtechnique-of")]
    parent: Option<String>,
    #[serde(rename = "modified_date")]
    modified: Option<String>,
}

impl Atlas {
    pub(super) fn into_items(self) -> Vec<Item> {
        let of_matrix = |matrix: Matrix| {
            let Matrix { tactics, techniques, mitigations } = matrix;
            items(tactics).into_iter().chain(items(techniques)).chain(items(mitigations))
        };
        let entries = self.matrices.0.into_iter().flat_map(of_matrix).chain(items(self.case_studies));
        entries.map(Item::from).collect()
    }
}

impl From<Entry> for Item {
    fn from(entry: Entry) -> Item {
        Item {
            id: entry.id.into(),
            title: entry.name.map(Untrusted::from),
            parent: entry.parent.map(Untrusted::from),
            modified: entry.modified.map(Untrusted::from),
            ..Item::default()
        }
    }
}

// CoSAI-RM

/// A file of the risk map: one of these lists.
#[derive(Deserialize)]
pub(super) struct RiskMap {
    risks: Option<Few<Mapped>>,
    controls: Option<Few<Mapped>>,
    components: Option<Few<Mapped>>,
    personas: Option<Few<Mapped>>,
    frameworks: Option<Few<Mapped>>,
}

/// The lists by which a file of the risk map is known.
pub(super) const RISK_MAP: [&str; 5] = ["risks", "controls", "components", "personas", "frameworks"];

#[derive(Deserialize)]
struct Mapped {
    id: String,
    title: Option<String>,
    name: Option<String>,
    mappings: Option<BTreeMap<String, Refs>>,
}

/// Ids of another framework, or something else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Refs {
    Many(Few<String>),
    One(String),
    Else(IgnoredAny),
}

impl Refs {
    fn ids(self) -> Vec<String> {
        match self {
            Refs::Many(ids) => ids.0,
            Refs::One(id) => vec![id],
            Refs::Else(_) => Vec::new(),
        }
    }
}

impl RiskMap {
    pub(super) fn into_items(self) -> Vec<Item> {
        let lists = [self.risks, self.controls, self.components, self.personas, self.frameworks];
        lists.into_iter().flat_map(items).map(Item::from).collect()
    }
}

impl From<Mapped> for Item {
    fn from(entry: Mapped) -> Item {
        let refs = entry.mappings.into_iter().flatten().flat_map(|(_, refs)| refs.ids());
        Item {
            id: entry.id.into(),
            title: entry.title.or(entry.name).map(Untrusted::from),
            refs: refs.map(Untrusted::from).collect(),
            ..Item::default()
        }
    }
}
