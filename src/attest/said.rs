//! What claims say, as typed facts: what controls and lineage ask of a predicate, and nothing else of it. Whether any of
//! it is to be believed is not known here.

use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one predicate says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Nothing that is asked for: another kind, or a predicate that is not as its schema wants it.
    #[default]
    Nothing,
    /// How it was made.
    Provenance(Box<Provenance>),
    /// What a verifier found.
    Summary(Box<Summary>),
    /// How it did in a test.
    Evaluation(Box<Evaluation>),
    /// Data.
    Data(Box<DataSaid>),
    /// Configuration.
    Config(Box<ConfigSaid>),
    /// A card.
    Card(Box<CardSaid>),
    /// Models that run together.
    Composition(Vec<Input>),
    /// Where it was made.
    Infrastructure(Box<InfrastructureSaid>),
}

/// What a digest was taken over. Digests of different domains are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// SHA-256: of a model the OMS root digest, of anything else its bytes.
    Sha256,
    /// A commit of Git.
    GitCommit,
    /// Another algorithm.
    Other,
}

/// A digest as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct NamedDigest {
    /// Over what.
    pub domain: Domain,
    /// The name of the algorithm, as the statement has it.
    pub algorithm: Untrusted,
    /// Lower-case hex.
    pub value: Untrusted,
}

/// What became of something that went in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputRole {
    /// A model whose weights went in.
    Base,
    /// An adapter that was merged, or runs on top.
    Adapter,
    /// A model whose outputs it was trained on.
    Teacher,
    /// Data that it was trained on.
    Dataset,
    /// Code.
    Code,
    /// Configuration.
    Config,
    /// A tokenizer.
    Tokenizer,
    /// A template of chats.
    Template,
    /// Anything else, or not said.
    Other,
}

/// Something that went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Input {
    /// Its name or address, as said.
    pub name: Untrusted,
    /// What became of it.
    pub role: InputRole,
    /// Its digests.
    pub digests: Vec<NamedDigest>,
    /// When it was verified before it was used, if that is said.
    pub verified_at: Option<Timestamp>,
}

/// How a model came from its parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transformation {
    /// Trained from nothing.
    Train,
    /// Trained further.
    Finetune,
    /// An adapter on top of it.
    Adapter,
    /// Merged from several.
    Merge,
    /// The same weights in fewer bits.
    Quantise,
    /// Trained on its outputs.
    Distil,
    /// The same in another format.
    Convert,
    /// With fewer weights.
    Prune,
}

/// How a model was made, and from what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Provenance {
    /// What was done.
    pub transformation: Option<Transformation>,
    /// Whether it says outright that no model went in.
    pub is_root: bool,
    /// Who did it.
    pub builder: Option<Untrusted>,
    /// The type of the build, as said.
    pub build_type: Option<Untrusted>,
    /// What went in.
    pub inputs: Vec<Input>,
    /// Whether it has parameters.
    pub has_parameters: bool,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it was done.
    pub finished: Option<Timestamp>,
}

/// What a verifier found: VSA or SVR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Whether it is an SVR, which lists what holds, and never what does not.
    pub is_result: bool,
    /// Who verified.
    pub verifier: Untrusted,
    /// Of what, by address.
    pub resource: Option<Untrusted>,
    /// The policy that it was verified by, SHA-256.
    pub policy: Option<NamedDigest>,
    /// Whether it passed; an SVR always did.
    pub passed: bool,
    /// Levels or properties.
    pub levels: Vec<Untrusted>,
    /// Levels of what it depends on, with how many of each.
    pub dependencies: Vec<(Untrusted, u64)>,
    /// When.
    pub at: Option<Timestamp>,
    /// Digests of the attestations that it rests on.
    pub inputs: Vec<NamedDigest>,
}

/// How a model did in a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Evaluation {
    /// Its name: benchmark or configuration.
    pub names: Vec<Untrusted>,
    /// Whether it was passed, if that is said.
    pub passed: Option<bool>,
    /// Whether who says so made the model: none where that is not said.
    pub self_attested: Option<bool>,
    /// How many samples.
    pub samples: Option<u64>,
    /// The harness, by digest.
    pub harness: Option<NamedDigest>,
}

/// What is said of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DataSaid {
    /// The datasets.
    pub datasets: Vec<Input>,
    /// Which of the fields are there: source, collection, preprocessing, licence, personal data, governance.
    pub fields: Vec<Untrusted>,
    /// Licences.
    pub licences: Vec<Untrusted>,
}

/// What is said of how it was trained.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfigSaid {
    /// Which of the fields are there: hyperparameters, code, framework, seed, hardware.
    pub fields: Vec<Untrusted>,
    /// The digest of the configuration.
    pub config: Option<NamedDigest>,
    /// The commit of the code.
    pub code: Option<NamedDigest>,
}

/// What is said of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardSaid {
    /// The card's digest.
    pub digest: Option<NamedDigest>,
    /// Its sections.
    pub sections: Vec<Untrusted>,
    /// What model it says it is about.
    pub model: Option<Untrusted>,
}

/// What is said of where it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InfrastructureSaid {
    /// Attributes.
    pub attributes: Vec<Untrusted>,
    /// Whether evidence is named for them.
    pub has_evidence: bool,
}
