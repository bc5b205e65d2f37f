//! A model: what it is and what the sources together say of it, as a plain value.

use super::descriptor::{Descriptor, Pin};
use super::facts::{Fact, FactKey, ParentRef};
use super::format::Format;
use super::hazard::Hazard;
use super::id::ModelId;
use super::packed::List;
use super::twins::Twin;
use crate::signing::{ModelState, Thing};
use crate::text::Untrusted;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::Arc;

/// What a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Weights.
    Model,
    /// An adapter for weights.
    Adapter,
    /// Data.
    Dataset,
    /// An agent's card.
    Agent,
    /// A folder of instructions for an agent.
    Skill,
    /// What describes servers of tools (MCP).
    Mcp,
}

impl From<Kind> for Thing {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Model => Thing::Model,
            Kind::Adapter => Thing::Adapter,
            Kind::Dataset => Thing::Dataset,
            Kind::Agent => Thing::Agent,
            Kind::Skill => Thing::Skill,
            Kind::Mcp => Thing::Mcp,
        }
    }
}

impl Kind {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Model => "model",
            Kind::Adapter => "adapter",
            Kind::Dataset => "dataset",
            Kind::Agent => "agent",
            Kind::Skill => "skill",
            Kind::Mcp => "mcp",
        }
    }
}

/// What an AIBOM says of a model's signature (`touchmark:oms:*` properties and hashes): declared, to be
/// compared with a verification, never believed. L1.14.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
pub struct Binding {
    /// Expected OMS root digest, hex.
    pub root_digest: Option<Untrusted>,
    /// Signer.
    pub identity: Option<Untrusted>,
    /// Issuer of the signer's identity.
    pub issuer: Option<Untrusted>,
    /// Log id and index, `id/index`.
    pub log_entry: Option<Untrusted>,
    /// SHA-256 of the bundle, hex.
    pub bundle_digest: Option<Untrusted>,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Whether this workspace wrote it, from a verification of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ours: bool,
}

/// One model, combined from all sources. What most models of one document have in common is in [`Details`],
/// which they share; its fields read and change like the model's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Model {
    /// The inventory's key.
    pub id: ModelId,
    /// The name as first written.
    pub name: Untrusted,
    /// What it is.
    pub kind: Kind,
    /// What is known, in the order in which it was found.
    pub facts: List<Fact>,
    /// Parents as the sources name them; all are kept.
    pub parents: List<ParentRef>,
    /// Its place, its files, and the documents that name it.
    pub details: Arc<Details>,
}

/// Everything about a model except its names, facts and parents. Models known only from one bill share it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Its folder or file, workspace-relative; none if only documents name it.
    pub location: Option<PathBuf>,
    /// Its bundle, workspace-relative.
    pub signature: Option<PathBuf>,
    /// Its `claims.jsonl`, workspace-relative.
    pub claims: Option<PathBuf>,
    /// Files on disk.
    pub files: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Weights formats found.
    pub formats: Vec<Format>,
    /// What can run code when it is loaded, worst first for each file.
    pub hazards: Vec<Hazard>,
    /// Descriptors of agents and servers among its files.
    pub descriptors: Vec<Descriptor>,
    /// Pins of the workspace on files of it.
    pub pins: Vec<Pin>,
    /// What its files were when they were read; none where it has none.
    pub state: Option<ModelState>,
    /// The statements of an AIBOM about its signature.
    pub binding: Option<Box<Binding>>,
    /// Statements of further AIBOMs that the first one lacks.
    pub other_bindings: Vec<Binding>,
    /// Further folders with this name.
    pub twins: Vec<Twin>,
    /// The documents that name it, workspace-relative.
    pub sources: Vec<Untrusted>,
}

/// A model as serialised in documents.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Written {
    /// The inventory's key.
    id: ModelId,
    /// The name as first written.
    name: Untrusted,
    /// What it is.
    kind: Kind,
    /// Its folder or file, workspace-relative; none if only documents name it.
    location: Option<PathBuf>,
    /// Its bundle, workspace-relative.
    signature: Option<PathBuf>,
    /// Its `claims.jsonl`, workspace-relative.
    claims: Option<PathBuf>,
    /// Files and bytes on disk.
    files: u64,
    /// Bytes on disk.
    bytes: u64,
    /// Weights formats found.
    formats: Vec<Format>,
    /// What can run code when it is loaded, worst first for each file.
    #[serde(default)]
    hazards: Vec<Hazard>,
    /// Descriptors of agents and servers among its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    descriptors: Vec<Descriptor>,
    /// Pins of the workspace on files of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pins: Vec<Pin>,
    /// What is known, in the order in which it was found.
    facts: List<Fact>,
    /// Parents as the sources name them; all are kept.
    parents: List<ParentRef>,
    /// The statements of an AIBOM about its signature.
    binding: Option<Box<Binding>>,
    /// Statements of further AIBOMs that the first one lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    other_bindings: Vec<Binding>,
    /// Further folders with this name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    twins: Vec<Twin>,
    /// The documents that name it, workspace-relative.
    sources: Vec<Untrusted>,
}

impl From<Model> for Written {
    fn from(model: Model) -> Self {
        let Model { id, name, kind, facts, parents, details } = model;
        let Details {
            location,
            signature,
            claims,
            files,
            bytes,
            formats,
            hazards,
            descriptors,
            pins,
            // The files on this machine mean nothing elsewhere.
            state: _,
            binding,
            other_bindings,
            twins,
            sources,
        } = Arc::unwrap_or_clone(details);
        Written {
            id,
            name,
            kind,
            location,
            signature,
            claims,
            files,
            bytes,
            formats,
            hazards,
            descriptors,
            pins,
            facts,
            parents,
            binding,
            other_bindings,
            twins,
            sources,
        }
    }
}

impl From<Written> for Model {
    fn from(written: Written) -> Self {
        let Written { id, name, kind, facts, parents, .. } = written;
        let details = Details {
            location: written.location,
            signature: written.signature,
            claims: written.claims,
            files: written.files,
            bytes: written.bytes,
            formats: written.formats,
            hazards: written.hazards,
            descriptors: written.descriptors,
            pins: written.pins,
            state: None,
            binding: written.binding,
            other_bindings: written.other_bindings,
            twins: written.twins,
            sources: written.sources,
        };
        Model { id, name, kind, facts, parents, details: Arc::new(details) }
    }
}

impl JsonSchema for Model {
    fn schema_name() -> Cow<'static, str> {
        "Model".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Written::json_schema(generator);
        schema.insert("description".to_owned(), "One model, combined from all sources.".into());
        schema
    }
}

impl Deref for Model {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.details
    }
}

/// What is changed is no longer shared.
impl DerefMut for Model {
    fn deref_mut(&mut self) -> &mut Details {
        Arc::make_mut(&mut self.details)
    }
}

impl Model {
    /// A model of which nothing is known yet.
    pub fn new(id: ModelId, name: impl Into<Untrusted>) -> Self {
        Model {
            id,
            name: name.into(),
            kind: Kind::Model,
            facts: List::default(),
            parents: List::default(),
            details: Arc::default(),
        }
    }

    /// The same with other details.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self);
        self
    }

    /// Makes its lists small, until somebody looks.
    pub(in crate::inventory) fn pack(&mut self) {
        self.facts.pack();
        self.parents.pack();
    }

    /// Shares what others say too.
    pub(in crate::inventory) fn share(&mut self, sharing: &mut Sharing) {
        sharing.share(&mut self.details);
        if self.name.raw() == self.id.raw() {
            self.name.clone_from(self.id.text());
        }
    }

    /// The first fact of a kind.
    pub fn fact(&self, key: FactKey) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }
}

/// Shares equal details between models: compares with those seen last.
#[derive(Default)]
pub(crate) struct Sharing(VecDeque<Arc<Details>>);

impl Sharing {
    /// The same details, shared in memory with equal ones if any.
    pub fn share(&mut self, details: &mut Arc<Details>) {
        const LATEST: usize = 16;
        if Arc::strong_count(details) > 1 {
            return; // somebody does
        }
        match self.0.iter().find(|known| **known == *details) {
            Some(known) => details.clone_from(known),
            None => {
                self.0.truncate(LATEST - 1);
                self.0.push_front(details.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_small_where_others_share_its_details() {
        assert!(size_of::<Model>() <= 128, "{}", size_of::<Model>());
        let mut sharing = Sharing::default();
        let mut all: Vec<Arc<Details>> = (0..40)
            .map(|at| Details {
                sources: vec![Untrusted::new(format!("{}.json", at % 4))],
                ..Details::default()
            })
            .map(Arc::new)
            .collect();
        all.iter_mut().for_each(|details| sharing.share(details));
        let mut places: Vec<*const Details> = all.iter().map(Arc::as_ptr).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 4);
    }
}
