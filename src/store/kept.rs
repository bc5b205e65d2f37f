//! What rows of any database hold, as texts: models, findings and entries of the ledger, to the byte. It must not know a
//! database.

use crate::error::{Code, Error, Result};
use crate::inventory::{
    Binding, Descriptor, Details, Finding, Format, Hazard, Kind, List, Model, ModelId, Sharing, Twin,
};
use crate::signing::ModelState;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

use super::record::{LedgerEntry, RecordKind};

/// Of a model all but its id, facts and parents.
#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Core {
    name: Untrusted,
    #[serde(skip_serializing_if = "is_model")]
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<PathBuf>,
    #[serde(skip_serializing_if = "is_none")]
    files: u64,
    #[serde(skip_serializing_if = "is_none")]
    bytes: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    formats: Vec<Format>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hazards: Vec<Hazard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptors: Vec<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<ModelState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<Box<Binding>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_bindings: Vec<Binding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    twins: Vec<Twin>,
    sources: Vec<Untrusted>,
}

fn is_none(number: &u64) -> bool {
    *number == 0
}

fn is_model(kind: &Kind) -> bool {
    *kind == Kind::Model
}

impl Default for Core {
    fn default() -> Self {
        Core::of(&Model::new(ModelId::new(""), ""))
    }
}

impl Core {
    fn of(model: &Model) -> Self {
        Core {
            name: model.name.clone(),
            kind: model.kind,
            location: model.location.clone(),
            signature: model.signature.clone(),
            claims: model.claims.clone(),
            files: model.files,
            bytes: model.bytes,
            formats: model.formats.clone(),
            hazards: model.hazards.clone(),
            descriptors: model.descriptors.clone(),
            state: model.state,
            binding: model.binding.clone(),
            other_bindings: model.other_bindings.clone(),
            twins: model.twins.clone(),
            sources: model.sources.clone(),
        }
    }

    fn model(self, id: ModelId, facts: &str, parents: &str, sharing: &mut Sharing) -> Option<Model> {
        let mut details = Arc::new(Details {
            location: self.location,
            signature: self.signature,
            claims: self.claims,
            files: self.files,
            bytes: self.bytes,
            formats: self.formats,
            hazards: self.hazards,
            descriptors: self.descriptors,
            pins: Vec::new(),
            state: self.state,
            binding: self.binding,
            other_bindings: self.other_bindings,
            twins: self.twins,
            sources: self.sources,
        });
        sharing.share(&mut details);
        Some(Model {
            // Mostly a name is as it is kept.
            name: if self.name.raw() == id.raw() { id.text().clone() } else { self.name },
            id,
            kind: self.kind,
            facts: List::from_text(facts)?,
            parents: List::from_text(parents)?,
            details,
        })
    }
}

/// The row of a model: its id, core, facts and parents.
///
/// # Errors
/// `E-INTERNAL`.
pub(super) fn texts(model: &Model) -> Result<(&str, String, String, String)> {
    let core = serde_json::to_string(&Core::of(model)).map_err(unwritable)?;
    Ok((model.id.raw(), core, model.facts.text(), model.parents.text()))
}

/// The model of a row; none when it is not as we write it.
pub(super) fn model(
    id: String,
    (core, facts, parents): (&str, &str, &str),
    sharing: &mut Sharing,
) -> Option<Model> {
    let core: Core = serde_json::from_str(core).ok()?;
    let id = ModelId::kept(id);
    // As we write it: under another spelling nobody would find it, or find another one.
    if ModelId::new(id.raw()) != id {
        return None;
    }
    core.model(id, facts, parents, sharing)
}

/// The text of a finding.
///
/// # Errors
/// `E-INTERNAL`.
pub(super) fn finding_text(finding: &Finding) -> Result<String> {
    serde_json::to_string(finding).map_err(unwritable)
}

/// The finding of such a text; none when it is not as we write it.
pub(super) fn finding(text: &str) -> Option<Finding> {
    serde_json::from_str(text).ok()
}

/// A part of the inventory as its rows hold it.
#[cfg(feature = "fleet")]
pub(super) struct KeptPart {
    pub name: String,
    pub position: i64,
    pub stamp: Vec<u8>,
    pub read_at: String,
    /// Model, core, facts and parents.
    pub records: Vec<[String; 4]>,
    pub findings: Vec<String>,
}

/// The columns of an entry of the ledger, in the order of the tables.
pub(super) struct EntryRow {
    pub seq: i64,
    pub at: String,
    pub kind: String,
    pub model: String,
    pub body: String,
    pub previous: String,
    pub hash: String,
}

impl EntryRow {
    /// The entry, or none when a column does not hold what we wrote.
    pub fn entry(self) -> Option<LedgerEntry> {
        let EntryRow { seq, at, kind, model, body, previous, hash } = self;
        // To the byte: `ModelId::new` and the parsing of a time would hide small changes from the chain.
        let time: jiff::Timestamp =
            at.parse().ok().filter(|time: &jiff::Timestamp| time.to_string() == at)?;
        let model = serde_json::from_value(serde_json::Value::String(model)).ok()?;
        let (seq, kind) = (u64::try_from(seq).ok()?, RecordKind::parse(&kind)?);
        Some(LedgerEntry { seq, at: time, kind, model, body, previous, hash })
    }
}

fn unwritable(cause: serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("cannot write as JSON ({cause})"))
}
