//! What the ledger keeps of feeds: which was imported, and what somebody said of a match. Facts and digests, and the words
//! of people as they wrote them.

use super::kind::FeedKind;
use crate::decision::Making;
use crate::maturity::TriageState;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The name of the schema of a [`FeedRecord`].
const SCHEMA: &str = "touchmark.feed-record/1";

/// The schema of a [`FeedRecord`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeedRecordSchema {
    /// `touchmark.feed-record/1`
    #[default]
    #[serde(rename = "touchmark.feed-record/1")]
    V1,
}

impl JsonSchema for FeedRecordSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FeedRecordSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": SCHEMA })
    }
}

/// The body of a record of kind `feed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedRecord {
    /// `touchmark.feed-record/1`.
    pub schema: FeedRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// What was done.
    pub entry: FeedEntry,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FeedEntry {
    /// A feed was imported.
    Import(Import),
    /// Somebody said what a match comes to.
    Triage(Triage),
}

/// A feed that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Which feed.
    pub kind: FeedKind,
    /// Where it comes from, as somebody said; a later import from there takes its place.
    pub source: Untrusted,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Untrusted>,
    /// SHA-256 of the file; of a folder, of the names and digests of its files.
    pub sha256: EvidenceDigest,
    /// How many bytes were read.
    pub bytes: u64,
    /// Of how many files.
    pub files: usize,
    /// What is kept of it: evidence in the form `touchmark.feed/1`.
    pub kept: EvidenceDigest,
    /// How many entries it has.
    pub entries: usize,
}

/// What somebody said of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Triage {
    /// The id that was triaged.
    pub id: Untrusted,
    /// The entries that have this id, as they were then: a later change of one opens it again.
    pub entries: Vec<TriagedEntry>,
    /// What the match comes to.
    pub state: TriageState,
    /// Why.
    pub reason: Untrusted,
    /// Who says so.
    pub by: Untrusted,
}

/// An entry that was triaged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriagedEntry {
    /// Its id.
    pub id: Untrusted,
    /// The feed that has it: the digest of what is kept of it.
    pub feed: EvidenceDigest,
    /// SHA-256 of the entry.
    pub sha256: EvidenceDigest,
}
