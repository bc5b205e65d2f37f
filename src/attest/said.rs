//! What claims say, as typed facts: what controls and lineage ask of a predicate, and nothing else of it. Whether any of
//! it is to be believed is not known here.

use super::decimal::Decimal;
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
    /// Vulnerabilities, and what was said of them.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
    /// The address of the policy that it was verified by; of several, the first.
    pub policy_uri: Option<Untrusted>,
    /// The digest of that policy, SHA-256 where it has one.
    pub policy: Option<NamedDigest>,
    /// The digests of all policies that it was verified by.
    pub policies: Vec<NamedDigest>,
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
    /// Its names: benchmark, suite or configuration.
    pub names: Vec<Untrusted>,
    /// What was measured.
    pub metrics: Vec<Metric>,
    /// Whether it was passed, if that is said.
    pub passed: Option<bool>,
    /// Whether who says so made the model: none where that is not said.
    pub self_attested: Option<bool>,
    /// How many samples.
    pub samples: Option<u64>,
    /// The harness, by digest.
    pub harness: Option<NamedDigest>,
    /// The data that it was tested on, by digest.
    pub dataset: Option<NamedDigest>,
    /// How far its result was confirmed, if that is said.
    pub assurance: Option<Assurance>,
    /// Whether it passed with warnings.
    pub warned: bool,
    /// When it was tested.
    pub at: Option<Timestamp>,
    /// Whether it is written as some writers do and the specification does not.
    pub is_dialect: bool,
}

/// How far the result of an evaluation was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// By nobody: who made it says so.
    SelfAttested,
    /// Somebody else tested.
    ThirdParty,
    /// Somebody else tested again.
    Reproduced,
    /// It was tested in an enclave.
    Enclave,
}

/// How a value stands to its threshold.
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
    /// The value; none where only the result is told.
    pub value: Option<Decimal>,
    /// How it has to stand to the threshold.
    pub comparator: Option<Comparator>,
    /// The threshold.
    pub threshold: Option<Decimal>,
    /// Whether it was met, as said.
    pub passed: Option<bool>,
}

impl Metric {
    /// Whether it was met: as the numbers say where they are there, else as said. What is said and not so counts as not
    /// met.
    pub fn met(&self) -> Option<bool> {
        let numbers = self.value.as_ref().zip(self.comparator).zip(self.threshold.as_ref());
        let computed = numbers.map(|((value, comparator), threshold)| comparator.holds(value, threshold));
        match (computed, self.passed) {
            (Some(computed), Some(passed)) => Some(computed && passed),
            (computed, passed) => computed.or(passed),
        }
    }
}

/// What is said of a dataset.
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

/// What is said of how it was trained.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfigSaid {
    /// Which fields are there: `hyperparameters`, `config`, `code`, `framework`, `seed`, `hardware`.
    pub fields: Vec<Untrusted>,
    /// The digest of the configuration.
    pub config: Option<NamedDigest>,
    /// The commit of the code.
    pub code: Option<NamedDigest>,
}

/// What is said of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardSaid {
    /// The card's digest; of a reference, of the first document that has one.
    pub digest: Option<NamedDigest>,
    /// The digests of all documents that belong to the model.
    pub documents: Vec<NamedDigest>,
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

/// What is said of vulnerabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VulnerabilitiesSaid {
    /// Those that are named, each with what was said of it.
    pub found: Vec<(Untrusted, Triage)>,
    /// When it was looked.
    pub at: Option<Timestamp>,
}

/// What was said of a vulnerability (OpenVEX).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Triage {
    /// A scanner found it, nobody said more.
    Found,
    /// It does not concern the model.
    NotAffected,
    /// It does.
    Affected,
    /// It is fixed.
    Fixed,
    /// Somebody is looking at it.
    UnderInvestigation,
}

/// What is said of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReleaseSaid {
    /// The package, as a package URL.
    pub package: Untrusted,
}

/// What is said of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgentSaid {
    /// Its name.
    pub name: Untrusted,
    /// Its version.
    pub version: Option<Untrusted>,
    /// Where it answers.
    pub address: Option<Untrusted>,
    /// The names of its skills.
    pub skills: Vec<Untrusted>,
}

/// A reviewer's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewDecision {
    /// May be used.
    Approve,
    /// May not be used.
    Reject,
    /// The producer was asked.
    AskProducer,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReviewSaid {
    /// The decision.
    pub decision: ReviewDecision,
    /// Why.
    pub reason: Untrusted,
    /// Who, as said.
    pub reviewer: Untrusted,
    /// When.
    pub at: Option<Timestamp>,
    /// Until when it is meant.
    pub until: Option<Timestamp>,
}

/// What binds a bill of materials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BindingSaid {
    /// The digests of the bill.
    pub bill: Vec<NamedDigest>,
    /// The digests of the signature that it was made beside.
    pub signature: Vec<NamedDigest>,
}
