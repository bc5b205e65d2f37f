//! A model: what it is and what the sources together say of it, as a plain value.

use super::facts::{Fact, FactKey, ParentRef};
use super::format::Format;
use super::hazard::Hazard;
use super::id::ModelId;
use super::packed::List;
use super::twins::Twin;
use crate::signing::{ModelState, Thing};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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
}

impl From<Kind> for Thing {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Model => Thing::Model,
            Kind::Adapter => Thing::Adapter,
            Kind::Dataset => Thing::Dataset,
            Kind::Agent => Thing::Agent,
            Kind::Skill => Thing::Skill,
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

/// One model: what the sources together say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// The inventory's key.
    pub id: ModelId,
    /// The name as first written.
    pub name: Untrusted,
    /// What it is.
    pub kind: Kind,
    /// Its folder or file, workspace-relative; none when only documents speak of it.
    pub location: Option<PathBuf>,
    /// Its bundle, workspace-relative.
    pub signature: Option<PathBuf>,
    /// Its `claims.jsonl`, workspace-relative.
    pub claims: Option<PathBuf>,
    /// Files and bytes on disk.
    pub files: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Weights formats found.
    pub formats: Vec<Format>,
    /// What can run code when it is loaded, worst first for each file.
    #[serde(default)]
    pub hazards: Vec<Hazard>,
    /// What its files were when they were read; none where it has none.
    #[serde(skip)]
    pub state: Option<ModelState>,
    /// What is known, in the order in which it was found.
    pub facts: List<Fact>,
    /// Parents as the sources name them; all are kept.
    pub parents: List<ParentRef>,
    /// What an AIBOM says of its signature.
    pub binding: Option<Box<Binding>>,
    /// What further AIBOMs say of it that the first does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_bindings: Vec<Binding>,
    /// Further folders that come to this name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<Twin>,
    /// The documents that speak of it, workspace-relative.
    pub sources: Vec<Untrusted>,
}

impl Model {
    /// A model of which nothing is known yet.
    pub fn new(id: ModelId, name: impl Into<Untrusted>) -> Self {
        Model {
            id,
            name: name.into(),
            kind: Kind::Model,
            location: None,
            signature: None,
            claims: None,
            files: 0,
            bytes: 0,
            formats: Vec::new(),
            hazards: Vec::new(),
            state: None,
            facts: List::default(),
            parents: List::default(),
            binding: None,
            other_bindings: Vec::new(),
            twins: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// Makes its lists small, until somebody looks.
    pub(in crate::inventory) fn pack(&mut self) {
        self.facts.pack();
        self.parents.pack();
    }

    /// The first fact of a kind.
    pub fn fact(&self, key: FactKey) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }
}
