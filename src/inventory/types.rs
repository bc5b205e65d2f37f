//! Models, facts and references to parents, as plain values.

use super::hazards::Hazard;
use super::packed::List;
use crate::signing::RootDigest;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The inventory's key of a model: `owner/name` as the source writes it, compared without case. Raw text
/// of a source, so it is shown only cleaned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(Untrusted);

impl ModelId {
    /// Lower-cased; surrounding slashes and spaces removed.
    pub fn new(raw: &str) -> Self {
        ModelId(Untrusted::new(raw.trim().trim_matches('/').to_lowercase()))
    }

    /// A key as [`ModelId::raw`] gave it.
    pub(crate) fn kept(raw: String) -> Self {
        ModelId(Untrusted::new(raw))
    }

    /// The key itself.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }

    /// One safe line.
    pub fn screen(&self) -> String {
        self.0.screen()
    }
}

/// How far a fact is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// We computed it from bytes.
    Observed,
    /// A claim that verifies says so.
    Attested,
    /// An unsigned document says so.
    Declared,
    /// Two of these disagree.
    Contradicted,
}

impl Basis {
    /// The word shown beside every fact.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Observed => "observed",
            Basis::Attested => "attested",
            Basis::Declared => "declared",
            Basis::Contradicted => "contradicted",
        }
    }
}

/// What a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKey {
    /// Version or revision.
    Version,
    /// Who publishes it.
    Publisher,
    /// Licence.
    Licence,
    /// Base model, as written.
    BaseModel,
    /// A dataset, as written.
    Dataset,
    /// What it is for.
    Task,
    /// Architecture or model type.
    Architecture,
    /// A package URL.
    Purl,
    /// A file format found by looking at bytes.
    Format,
    /// What can run code when the model is loaded, found by looking at bytes.
    Hazard,
    /// A hash that a document states, `alg:hex`.
    Hash,
    /// Free text.
    Description,
    /// The name that it gives itself.
    Name,
    /// Elements of all tensors together.
    Parameters,
    /// A summary of the tensors, see [`super::TensorSummary`].
    Tensors,
    /// Types of the tensors' elements.
    DataType,
    /// How the weights were made smaller.
    Quantisation,
    /// Tokens that fit.
    ContextLength,
    /// A chat template, by its digest.
    ChatTemplate,
    /// The tokenizer.
    Tokenizer,
    /// A measurement that somebody states.
    Metric,
    /// What loads it.
    Library,
    /// The address of content by its digest, `alg:hex`, and what was seen of such addresses.
    Address,
    /// A signature of another kind than a model's, in a layout that keeps them apart.
    Signature,
    /// What an agent can do.
    Skill,
    /// Where an agent answers.
    Endpoint,
    /// Another name of the model, by the workspace's word.
    Alias,
    /// When it was made or came out, as written.
    Made,
}

impl FactKey {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            FactKey::Version => "version",
            FactKey::Publisher => "publisher",
            FactKey::Licence => "licence",
            FactKey::BaseModel => "base model",
            FactKey::Dataset => "dataset",
            FactKey::Task => "task",
            FactKey::Architecture => "architecture",
            FactKey::Purl => "purl",
            FactKey::Format => "format",
            FactKey::Hazard => "on loading",
            FactKey::Hash => "hash",
            FactKey::Description => "description",
            FactKey::Name => "own name",
            FactKey::Parameters => "parameters",
            FactKey::Tensors => "tensors",
            FactKey::DataType => "data type",
            FactKey::Quantisation => "quantisation",
            FactKey::ContextLength => "context length",
            FactKey::ChatTemplate => "chat template",
            FactKey::Tokenizer => "tokenizer",
            FactKey::Metric => "metric",
            FactKey::Library => "library",
            FactKey::Address => "content address",
            FactKey::Signature => "other signature",
            FactKey::Skill => "skill",
            FactKey::Endpoint => "endpoint",
            FactKey::Alias => "also called",
            FactKey::Made => "made on",
        }
    }
}

/// One fact: value, basis, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub key: FactKey,
    /// The value as written.
    pub value: Untrusted,
    /// How far to believe it.
    pub basis: Basis,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Where inside it: a JSON pointer, a front matter key, a file name.
    pub place: Untrusted,
}

impl Fact {
    /// One safe line: the value, and of a summary of tensors what a person reads.
    pub fn shown(&self) -> String {
        let whole = self.value.screen();
        match (self.key, whole.split_once(" shapes=")) {
            (FactKey::Tensors, Some((read, _))) => read.to_owned(),
            _ => whole,
        }
    }
}

/// How a model came from a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Trained further.
    Finetune,
    /// An adapter on top of it.
    Adapter,
    /// The same weights in fewer bits.
    Quantised,
    /// Merged from several.
    Merge,
    /// Trained on its outputs.
    Distilled,
    /// Trained on this dataset.
    TrainedOn,
    /// Derived, and nobody says how.
    Unspecified,
}

impl Relation {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Relation::Finetune => "finetune",
            Relation::Adapter => "adapter",
            Relation::Quantised => "quantised",
            Relation::Merge => "merge",
            Relation::Distilled => "distilled",
            Relation::TrainedOn => "trained on",
            Relation::Unspecified => "derived",
        }
    }

    /// Whether the parent's weights are in the child: only such parents cap a level.
    pub fn bears_weight(self) -> bool {
        self != Relation::TrainedOn
    }
}

/// A parent as a source names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentRef {
    /// `owner/name`, or only a name.
    pub id: ModelId,
    /// How the child came from it.
    pub relation: Relation,
    /// How far to believe it.
    pub basis: Basis,
    /// The parent's root digest where the source pins it.
    pub digest: Option<RootDigest>,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Where inside it.
    pub place: Untrusted,
}

/// A weights format, told by looking at bytes, never by loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// safetensors: data only.
    Safetensors,
    /// GGUF: data only.
    Gguf,
    /// ONNX.
    Onnx,
    /// Python pickle, bare or inside a PyTorch zip: runs code when it is loaded.
    Pickle,
    /// A configuration with `auto_map`: Python files beside the weights, or of another repository, run when it
    /// is loaded.
    RemoteCode,
    /// Keras layers that hold code, such as Lambda.
    KerasCode,
}

impl Format {
    /// The word used in facts and in a policy's `ban_formats`.
    pub fn word(self) -> &'static str {
        match self {
            Format::Safetensors => "safetensors",
            Format::Gguf => "gguf",
            Format::Onnx => "onnx",
            Format::Pickle => "pickle",
            Format::RemoteCode => "remote-code",
            Format::KerasCode => "keras-code",
        }
    }

    /// Whether loading it can run code.
    pub fn executes_code(self) -> bool {
        matches!(self, Format::Pickle | Format::RemoteCode | Format::KerasCode)
    }
}

/// What an AIBOM says of a model's signature (`touchmark:oms:*` properties and hashes): declared, to be
/// compared with a verification, never believed. L1.14.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
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
}

/// One model: what the sources together say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What is known, in the order in which it was found.
    pub facts: List<Fact>,
    /// Parents as the sources name them; all are kept.
    pub parents: List<ParentRef>,
    /// What an AIBOM says of its signature.
    pub binding: Option<Box<Binding>>,
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
            facts: List::default(),
            parents: List::default(),
            binding: None,
            sources: Vec::new(),
        }
    }

    /// Makes its lists small, until somebody looks.
    pub(super) fn pack(&mut self) {
        self.facts.pack();
        self.parents.pack();
    }

    /// The first fact of a kind.
    pub fn fact(&self, key: FactKey) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }
}
