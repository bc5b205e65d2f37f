//! What a run writes: plan, items, records, the statement of a shard, the seal, and a proof. Types with one spelling;
//! nothing is decided here. What a record's key stands for holds no clock, no host and no order.

use crate::decision::{Decision, FeedInput, Making, PolicyInput};
use crate::inventory::{Basis, Model};
use crate::maturity::PolicySeal;
use crate::remote::{KeyFault, Object};
use crate::signing::{Outcome, RootDigest};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What the statement of a shard claims.
pub const SHARD_TYPE: &str = "urn:touchmark:fleet-shard:1";

/// Schemas of documents, one type each: a document with another schema does not parse.
macro_rules! schema {
    ($(#[doc = $doc:literal] $name:ident $text:literal;)*) => {
        $(#[doc = $doc]
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            #[doc = concat!("`", $text, "`")]
            #[default]
            #[serde(rename = $text)]
            V1,
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "const": $text })
            }
        })*
    };
}

schema! {
    /// The schema of [`FleetPlan`].
    FleetPlanSchema "touchmark.fleet-plan/1";
    /// The schema of [`FleetRecord`].
    FleetRecordSchema "touchmark.fleet-record/1";
    /// The schema of [`FleetShard`].
    FleetShardSchema "touchmark.fleet-shard/1";
    /// The schema of [`FleetSealed`].
    FleetSealedSchema "touchmark.fleet-sealed/1";
    /// The schema of [`FleetProof`].
    FleetProofSchema "touchmark.fleet-proof/1";
    /// The schema of [`FleetRunRecord`].
    FleetRunRecordSchema "touchmark.fleet-run-record/1";
}

/// What is to be found out of which models, and how the work is cut. SHA-256 over its bytes is the id of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetPlan {
    /// `touchmark.fleet-plan/1`.
    pub schema: FleetPlanSchema,
    /// Where the models lie, in the order in which items number them.
    pub sources: Vec<Untrusted>,
    /// What is asked of each model.
    pub question: FleetQuestion,
    /// The shards, from 0.
    pub shards: Vec<ShardPlan>,
    /// What an earlier run has sealed and this one takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownRun>,
    /// Models in all shards, and those that are taken over.
    pub models: u64,
    /// Objects that were listed.
    pub objects: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What was listed and is no part of any model, or has no clean key: how many.
    pub findings: u64,
    /// The first of them.
    pub first_findings: Vec<Finding>,
}

/// What is asked of each model. It is the same however the work is cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetQuestion {
    /// The program that answers.
    pub tool: FleetTool,
    /// The policy.
    pub policy: PolicyInput,
    /// What is known of the policy's own signature.
    #[serde(default, skip_serializing_if = "PolicySeal::is_unsigned")]
    pub seal: PolicySeal,
    /// SHA-256 of the rubric's text.
    pub rubric: EvidenceDigest,
    /// SHA-256 of the document of the anchors.
    pub anchors: EvidenceDigest,
    /// Feeds of warnings.
    pub feeds: Vec<FeedInput>,
    /// The stage to decide for.
    pub stage: String,
    /// The time to judge by.
    pub at: Timestamp,
    /// How digests of files are come by.
    pub basis: WantedBasis,
    /// So many models of a million are read in full nevertheless, and what was said of their bytes is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck_ppm: Option<u32>,
}

/// An earlier run of the same question, some of whose records are taken over. They count under its root alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownRun {
    /// Where it lies.
    pub place: Untrusted,
    /// The run: SHA-256 of its plan.
    pub run: EvidenceDigest,
    /// The root of its records.
    pub root: EvidenceDigest,
    /// So many models are taken over.
    pub models: u64,
    /// The lists of them, below this run.
    pub lists: Vec<SealedPart>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetTool {
    /// Its version.
    pub version: String,
    /// SHA-256 of its file; none where any build of that version may answer.
    pub sha256: Option<EvidenceDigest>,
}

/// How digests of files are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WantedBasis {
    /// All bytes are read.
    Recomputed,
    /// The sums that the provider made of whole objects, where all that a signature lists have them.
    ProviderChecksum,
    /// The digests by which a registry's manifest names blobs; elsewhere all bytes are read.
    RegistryDigest,
}

/// One shard of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShardPlan {
    /// Models.
    pub models: u64,
    /// Bytes of their objects.
    pub bytes: u64,
    /// SHA-256 of its file of items.
    pub items: EvidenceDigest,
}

/// Something that was listed and is not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Which source.
    pub source: u32,
    /// The key.
    pub key: Untrusted,
    /// What is wrong with the key; none where the object belongs to no model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<KeyFault>,
}

/// One model of a shard: a line of its file of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetItem {
    /// Which source.
    pub source: u32,
    /// The model's folder below the source; empty for the source itself.
    pub place: String,
    /// Its objects as they were listed, by key.
    pub objects: Vec<Object>,
    /// Objects of it that have no clean key, the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub odd: Vec<OddKey>,
    /// What documents say of it that do not lie among its objects: bills of materials that the workspace knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Box<Model>>,
}

impl FleetItem {
    /// What only documents say of a model of a workspace; none where they say nothing.
    pub fn said_of(model: &Model) -> Option<Box<Model>> {
        let mut said = Model::new(model.id.clone(), model.name.clone());
        said.facts = model
            .facts
            .iter()
            .filter(|fact| fact.basis != Basis::Observed)
            .cloned()
            .collect::<Vec<_>>()
            .into();
        said.parents = model.parents.clone();
        let said = said.with(|details| {
            details.binding = model.binding.clone();
            details.other_bindings = model.other_bindings.clone();
            details.sources = model.sources.clone();
        });
        let is_something = said.binding.is_some() || !said.sources.is_empty();
        is_something.then(|| Box::new(said))
    }
}

/// An object without a clean key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OddKey {
    /// The key.
    pub key: Untrusted,
    /// What is wrong.
    pub fault: KeyFault,
}

/// What came of one model. The same key has the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetRecord {
    /// `touchmark.fleet-record/1`.
    pub schema: FleetRecordSchema,
    /// SHA-256 over what this is an answer to: the question, the model, the states of its objects, its bundles.
    pub key: EvidenceDigest,
    /// SHA-256 of the question.
    pub question: EvidenceDigest,
    /// Where it lies.
    pub source: Untrusted,
    /// The model.
    pub model: Untrusted,
    /// Its objects.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over the states of its objects: keys, sizes and entity tags.
    pub states: EvidenceDigest,
    /// SHA-256 of its signature and of its files of claims.
    pub bundles: Vec<EvidenceDigest>,
    /// The root digest over the signed resources, as they were found.
    pub root_digest: Option<RootDigest>,
    /// How many digests of files rest on what.
    pub digests: Digests,
    /// What computed digests; none where nothing was computed.
    pub engine: Option<String>,
    /// What became of the verification.
    pub outcome: Outcome,
    /// Why it is unknown, where that is not for a check to say.
    pub class: Option<UnknownClass>,
    /// The checks.
    pub checks: Vec<CheckRecord>,
    /// What the policy says at the stage.
    pub decision: Decision,
    /// The codes of its reasons, the worst first.
    pub reasons: Vec<String>,
    /// The own level; none where nobody could look.
    pub own: Option<u8>,
    /// The level after the caps.
    pub effective: Option<u8>,
}

/// How many digests of files rest on what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Digests {
    /// Computed from bytes that were read.
    pub recomputed: u64,
    /// Said by the provider of the store.
    pub provider_checksum: u64,
    /// Said by a registry.
    pub registry_digest: u64,
    /// Computed earlier.
    pub cached: u64,
    /// Computed although somebody's word would have been enough, and compared with it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rechecked: u64,
    /// Computed, and other than the provider or the registry says: somebody is wrong about the bytes.
    #[serde(default, skip_serializing_if = "is_none")]
    pub contradicted: u64,
}

/// Whether a number is not worth a word.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(number: &u64) -> bool {
    *number == 0
}

/// One check of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRecord {
    /// The stable code.
    pub code: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// Why a model is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownClass {
    /// An object was changed or removed after it was listed.
    Changed,
    /// An object may not be read, or cannot be.
    Unreadable,
    /// Some of its keys are no clean paths.
    Names,
    /// It has more or larger files than are judged.
    TooLarge,
    /// An OCI image layout with no model of a known kind in it, or with several.
    Layout,
}

/// What an attempt says beside a record: nothing that is concluded depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetEnvelope {
    /// Bytes that were read from the store.
    pub bytes_read: u64,
    /// How long it took, milliseconds.
    pub took_ms: u64,
}

/// A line of a shard's results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetLine {
    /// What came of it.
    pub record: FleetRecord,
    /// What the attempt says beside it.
    pub envelope: FleetEnvelope,
}

/// The predicate of the statement by which a shard is committed. Its subject is the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetShard {
    /// `touchmark.fleet-shard/1`.
    pub schema: FleetShardSchema,
    /// The run.
    pub run: EvidenceDigest,
    /// The shard, from 0.
    pub shard: u32,
    /// How many records it has.
    pub records: u64,
    /// The root of the tree of hashes (RFC 6962) over the records in the order of their keys; of none, the hash of nothing.
    pub root: EvidenceDigest,
    /// SHA-256 of the file of results, which also names it.
    pub results: EvidenceDigest,
}

/// How many models came to what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// By outcome. Models of missing shards are `unknown`.
    pub outcomes: BTreeMap<String, u64>,
    /// By decision. Models of missing shards are `not judged`.
    pub decisions: BTreeMap<String, u64>,
    /// By why they are unknown.
    pub unknown: BTreeMap<String, u64>,
    /// Digests of files by what they rest on.
    pub digests: Digests,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetSealed {
    /// `touchmark.fleet-sealed/1`.
    pub schema: FleetSealedSchema,
    /// The run: SHA-256 of the plan.
    pub run: EvidenceDigest,
    /// SHA-256 of the question.
    pub question: EvidenceDigest,
    /// The root of the tree of hashes (RFC 6962) over all records in the order of their keys; of none, the hash of nothing.
    pub root: EvidenceDigest,
    /// How many records there are.
    pub records: u64,
    /// Models of the plan.
    pub models: u64,
    /// How many models came to what.
    pub counts: Counts,
    /// The files of the records, in order.
    pub parts: Vec<SealedPart>,
    /// The same records as tables (Apache Parquet), one for each of these files; none where an earlier version sealed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<SealedPart>,
    /// Shards that are not there, or do not count.
    pub missing: Vec<MissingShard>,
    /// Keys with more than one record: all are kept, and they contradict each other.
    pub conflicts: Vec<Conflict>,
    /// Who signed how many shards.
    pub writers: Vec<Writer>,
}

/// One file of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealedPart {
    /// Its name below the run.
    pub name: String,
    /// How many records it has.
    pub records: u64,
    /// SHA-256 of its bytes.
    pub sha256: EvidenceDigest,
}

/// A shard whose models are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingShard {
    /// The shard.
    pub shard: u32,
    /// How many models it has.
    pub models: u64,
    /// Why what is there does not count; none where nothing is there.
    pub why: Option<Untrusted>,
}

/// A key with more than one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// The key.
    pub key: EvidenceDigest,
    /// SHA-256 of each record.
    pub records: Vec<EvidenceDigest>,
}

/// Who signed shards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    /// The signer, proven.
    pub signer: Untrusted,
    /// How many shards.
    pub shards: u64,
}

/// A record of a sealed run with its way to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetProof {
    /// `touchmark.fleet-proof/1`.
    pub schema: FleetProofSchema,
    /// The run.
    pub run: EvidenceDigest,
    /// The root of the run's records.
    pub root: EvidenceDigest,
    /// How many records it stands for.
    pub records: u64,
    /// Which of them this is, from 0.
    pub index: u64,
    /// The record.
    pub record: FleetRecord,
    /// SHA-256 of the record's canonical bytes: what the tree is made of.
    pub leaf: EvidenceDigest,
    /// The hashes beside the way from the record to the root, from below.
    pub path: Vec<EvidenceDigest>,
}

/// The body of a record of kind `fleet-run`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetRunRecord {
    /// `touchmark.fleet-run-record/1`.
    pub schema: FleetRunRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// Where the run lies.
    pub place: Untrusted,
    /// SHA-256 of the document of the seal.
    pub sealed: EvidenceDigest,
    /// The run: SHA-256 of the plan.
    pub run: EvidenceDigest,
    /// The root of its records.
    pub root: EvidenceDigest,
    /// How many records there are.
    pub records: u64,
    /// How many models came to what.
    pub counts: Counts,
    /// Shards that are not there, or do not count.
    pub missing: Vec<u32>,
    /// How many keys have records that contradict each other.
    pub conflicts: u64,
    /// Who signed.
    pub writers: Vec<Writer>,
}

impl UnknownClass {
    /// The word, as records have it.
    pub fn word(self) -> &'static str {
        match self {
            UnknownClass::Changed => "changed",
            UnknownClass::Unreadable => "unreadable",
            UnknownClass::Names => "names",
            UnknownClass::TooLarge => "too-large",
            UnknownClass::Layout => "layout",
        }
    }
}
