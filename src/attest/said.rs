//! The content of claims as typed facts, limited to what controls and lineage need. Whether it is trusted is
//! decided elsewhere.

use super::decimal::Decimal;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The content of one predicate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Nothing relevant: another kind, or a predicate that does not match its schema.
    #[default]
    Nothing,
    /// How it was made.
    Provenance(Box<Provenance>),
    /// What a verifier found.
    Summary(Box<Summary>),
    /// How it performed in an evaluation.
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
    /// Vulnerabilities, with their status.
    Vulnerabilities(Box<VulnerabilitiesSaid>),
    /// A release.
    Release(Box<ReleaseSaid>),
    /// An agent.
    Agent(Box<AgentSaid>),
    /// A person's review.
    Review(Box<ReviewSaid>),
    /// What binds a bill of materials to it.
    Binding(Box<BindingSaid>),
}

/// The kind of input of a digest. Digests of different domains are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// SHA-256: the OMS root digest for a model, the bytes for anything else.
    Sha256,
    /// A commit of Git.
    GitCommit,
    /// Another algorithm.
    Other,
}

/// A digest as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct NamedDigest {
    /// The kind of its input.
    pub domain: Domain,
    /// The name of the algorithm, as in the statement.
    pub algorithm: Untrusted,
    /// Lower-case hex.
    pub value: Untrusted,
}

/// The role of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputRole {
    /// A model whose weights were used.
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
    /// A chat template.
    Template,
    /// Anything else, or not stated.
    Other,
}

impl InputRole {
    /// All of them.
    pub const ALL: [InputRole; 9] = [
        InputRole::Base,
        InputRole::Adapter,
        InputRole::Teacher,
        InputRole::Dataset,
        InputRole::Code,
        InputRole::Config,
        InputRole::Tokenizer,
        InputRole::Template,
        InputRole::Other,
    ];

    /// As claims write it.
    pub fn word(self) -> &'static str {
        match self {
            InputRole::Base => "base",
            InputRole::Adapter => "adapter",
            InputRole::Teacher => "teacher",
            InputRole::Dataset => "dataset",
            InputRole::Code => "code",
            InputRole::Config => "config",
            InputRole::Tokenizer => "tokenizer",
            InputRole::Template => "template",
            InputRole::Other => "other",
        }
    }

    /// The one of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        InputRole::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// An input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Input {
    /// Its name or URI, as stated.
    pub name: Untrusted,
    /// Its role.
    pub role: InputRole,
    /// Its digests.
    pub digests: Vec<NamedDigest>,
    /// When it was verified before use, if stated.
    pub verified_at: Option<Timestamp>,
}

/// How a model was derived from its parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transformation {
    /// Trained from scratch.
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
    /// Whether it explicitly states that there was no input model.
    pub is_root: bool,
    /// The builder.
    pub builder: Option<Untrusted>,
    /// The build type, as stated.
    pub build_type: Option<Untrusted>,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// Whether it has parameters.
    pub has_parameters: bool,
    /// When the build started.
    pub started: Option<Timestamp>,
    /// When the build finished.
    pub finished: Option<Timestamp>,
}

/// What a verifier found: VSA or SVR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Whether it is an SVR, which lists only what holds.
    pub is_result: bool,
    /// The verifier.
    pub verifier: Untrusted,
    /// The URI of the resource.
    pub resource: Option<Untrusted>,
    /// The URI of the policy used; the first of several.
    pub policy_uri: Option<Untrusted>,
    /// The digest of that policy, SHA-256 where it has one.
    pub policy: Option<NamedDigest>,
    /// The digests of all policies used.
    pub policies: Vec<NamedDigest>,
    /// Whether it passed; an SVR always did.
    pub passed: bool,
    /// Levels or properties.
    pub levels: Vec<Untrusted>,
    /// Levels of its dependencies, with the count of each.
    pub dependencies: Vec<(Untrusted, u64)>,
    /// The time.
    pub at: Option<Timestamp>,
    /// Digests of the attestations that support it.
    pub inputs: Vec<NamedDigest>,
}

/// How a model performed in an evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Evaluation {
    /// Its names: benchmark, suite or configuration.
    pub names: Vec<Untrusted>,
    /// What was measured.
    pub metrics: Vec<Metric>,
    /// Whether it passed, if stated.
    pub passed: Option<bool>,
    /// Whether the evaluator made the model; none if not stated.
    pub self_attested: Option<bool>,
    /// The number of samples.
    pub samples: Option<u64>,
    /// The harness, by digest.
    pub harness: Option<NamedDigest>,
    /// The data that it was tested on, by digest.
    pub dataset: Option<NamedDigest>,
    /// How independently its result was confirmed, if stated.
    pub assurance: Option<Assurance>,
    /// Whether it passed with warnings.
    pub warned: bool,
    /// When it was tested.
    pub at: Option<Timestamp>,
    /// Whether it is in a dialect that deviates from the specification.
    pub is_dialect: bool,
}

/// How independently the result of an evaluation was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// Stated by the producer, not confirmed.
    SelfAttested,
    /// Tested by a third party.
    ThirdParty,
    /// Reproduced by a third party.
    Reproduced,
    /// It was tested in an enclave.
    Enclave,
}

/// How a value compares with its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub enum Comparator {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// Above.
    #[serde(rename = ">")]
    Above,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Below.
    #[serde(rename = "<")]
    Below,
    /// Exactly.
    #[serde(rename = "==")]
    Exactly,
}

impl Comparator {
    /// As claims write it.
    pub fn sign(self) -> &'static str {
        match self {
            Comparator::AtLeast => ">=",
            Comparator::Above => ">",
            Comparator::AtMost => "<=",
            Comparator::Below => "<",
            Comparator::Exactly => "==",
        }
    }

    /// Whether a value meets a threshold.
    pub fn holds(self, value: &Decimal, threshold: &Decimal) -> bool {
        match self {
            Comparator::AtLeast => value >= threshold,
            Comparator::Above => value > threshold,
            Comparator::AtMost => value <= threshold,
            Comparator::Below => value < threshold,
            Comparator::Exactly => value == threshold,
        }
    }
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Metric {
    /// Its name.
    pub name: Untrusted,
    /// The value; none if only the result is stated.
    pub value: Option<Decimal>,
    /// How it must compare with the threshold.
    pub comparator: Option<Comparator>,
    /// The threshold.
    pub threshold: Option<Decimal>,
    /// Whether it was met, as stated.
    pub passed: Option<bool>,
}

impl Metric {
    /// Whether it was met: computed from the numbers if present, otherwise as stated. A stated result that
    /// the numbers contradict counts as not met.
    pub fn met(&self) -> Option<bool> {
        let numbers = self.value.as_ref().zip(self.comparator).zip(self.threshold.as_ref());
        let computed = numbers.map(|((value, comparator), threshold)| comparator.holds(value, threshold));
        match (computed, self.passed) {
            (Some(computed), Some(passed)) => Some(computed && passed),
            (computed, passed) => computed.or(passed),
        }
    }
}

/// Statements about datasets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DataSaid {
    /// The datasets.
    pub datasets: Vec<Input>,
    /// Which fields every dataset has: `source`, `collection`, `preprocessing`, `licence`, `personalData`, `governance`,
    /// `digest`.
    pub fields: Vec<Untrusted>,
    /// Licences.
    pub licences: Vec<Untrusted>,
}

/// The training configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfigSaid {
    /// Which fields are present: `hyperparameters`, `config`, `code`, `framework`, `seed`, `hardware`.
    pub fields: Vec<Untrusted>,
    /// The digest of the configuration.
    pub config: Option<NamedDigest>,
    /// The commit of the code.
    pub code: Option<NamedDigest>,
}

/// Statements about a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardSaid {
    /// The card's digest; for a reference, that of the first document with a digest.
    pub digest: Option<NamedDigest>,
    /// The digests of all documents that belong to the model.
    pub documents: Vec<NamedDigest>,
    /// Its sections.
    pub sections: Vec<Untrusted>,
    /// The model that it is about, as stated.
    pub model: Option<Untrusted>,
}

/// Statements about where it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InfrastructureSaid {
    /// Attributes.
    pub attributes: Vec<Untrusted>,
    /// Whether they name evidence.
    pub has_evidence: bool,
}

/// Statements about vulnerabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VulnerabilitiesSaid {
    /// The named vulnerabilities, each with its status.
    pub found: Vec<(Untrusted, Triage)>,
    /// When the scan ran.
    pub at: Option<Timestamp>,
}

/// The status of a vulnerability (OpenVEX).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Triage {
    /// Found by a scanner, without a status.
    Found,
    /// It does not affect the model.
    NotAffected,
    /// It affects the model.
    Affected,
    /// It is fixed.
    Fixed,
    /// Under investigation.
    UnderInvestigation,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReleaseSaid {
    /// The package, as a package URL.
    pub package: Untrusted,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgentSaid {
    /// Its name.
    pub name: Untrusted,
    /// Its version.
    pub version: Option<Untrusted>,
    /// Its endpoint.
    pub address: Option<Untrusted>,
    /// The names of its skills.
    pub skills: Vec<Untrusted>,
}

/// A reviewer's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewDecision {
    /// The model may be used.
    Approve,
    /// The model must not be used.
    Reject,
    /// The producer was asked.
    AskProducer,
}

/// A person's review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReviewSaid {
    /// The decision.
    pub decision: ReviewDecision,
    /// The reason.
    pub reason: Untrusted,
    /// The reviewer, as stated.
    pub reviewer: Untrusted,
    /// The time.
    pub at: Option<Timestamp>,
    /// When it expires.
    pub until: Option<Timestamp>,
}

/// What binds a bill of materials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BindingSaid {
    /// The digests of the bill.
    pub bill: Vec<NamedDigest>,
    /// The digests of the signature created with it.
    pub signature: Vec<NamedDigest>,
}
