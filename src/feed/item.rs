//! What is kept of a feed: its entries, all in one form. It must not know any format.

use super::kind::FeedKind;
use crate::text::Untrusted;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The name of the schema of a [`Feed`].
const SCHEMA: &str = "touchmark.feed/1";

/// The schema of a [`Feed`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeedSchema {
    /// `touchmark.feed/1`
    #[default]
    #[serde(rename = "touchmark.feed/1")]
    V1,
}

impl JsonSchema for FeedSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FeedSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": SCHEMA })
    }
}

/// A feed as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// `touchmark.feed/1`.
    pub schema: FeedSchema,
    /// Which feed.
    pub kind: FeedKind,
    /// Its version: what it says, or else what the importer said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Untrusted>,
    /// Its entries, by their ids.
    pub items: Vec<Item>,
}

/// An entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id.
    pub id: Untrusted,
    /// What it is, cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Untrusted>,
    /// Other ids of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Untrusted>,
    /// The entry that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Untrusted>,
    /// When it was last changed, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Untrusted>,
    /// How severe it is, by its own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Whether it was withdrawn or rejected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// What it affects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<Affects>,
    /// Entries of other feeds that it names, some with a version: `AML.T0010.003@5.0.1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<Untrusted>,
}

/// How severe an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Critical.
    Critical,
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }

    /// Of a word of CVSS or of a database.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "critical" => Some(Severity::Critical),
            "high" | "important" => Some(Severity::High),
            "medium" | "moderate" => Some(Severity::Medium),
            "low" => Some(Severity::Low),
            _ => None,
        }
    }
}

/// A product or package that an entry affects, and at which versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Affects {
    /// Its package URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<Untrusted>,
    /// Its names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Untrusted>,
    /// Versions that are affected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Untrusted>,
    /// Ranges of versions that are affected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Range>,
    /// Ranges of versions that are not affected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spared: Vec<Range>,
    /// Whether all other versions are affected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
}

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// How its versions compare.
    pub scheme: Scheme,
    /// Where it begins and ends.
    pub events: Vec<Event>,
}

/// How versions compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Semantic versions.
    Semver,
    /// Commits: only their graph could tell.
    Git,
    /// Any other; plain numbers with dots can be compared.
    Other,
}

/// Where a range begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// From this version on; `0` is before all.
    Introduced(Untrusted),
    /// Up to this version, without it.
    Fixed(Untrusted),
    /// Up to this version, with it.
    LastAffected(Untrusted),
}

impl Event {
    /// The version.
    pub fn version(&self) -> &Untrusted {
        match self {
            Event::Introduced(version) | Event::Fixed(version) | Event::LastAffected(version) => version,
        }
    }
}
