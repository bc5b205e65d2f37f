//! Who made a record, when and where, and what it is about: members that all records share. It asks no system and no
//! clock: what is in them comes from outside.

use crate::disk::slashed;
use crate::inventory::Model;
use crate::signing::{RootDigest, Verification};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The id of a workspace's ledger: 128 random bits, drawn when its first record is written. It tells ledgers apart
/// that hold the same names; it proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(pub [u8; 16]);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkspaceId({self})")
    }
}

impl WorkspaceId {
    /// As it is written: 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        let is_lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (is_lower && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(WorkspaceId(bytes))
    }
}

impl Serialize for WorkspaceId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WorkspaceId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        WorkspaceId::parse(&text).ok_or_else(|| serde::de::Error::custom("not the id of a workspace"))
    }
}

impl JsonSchema for WorkspaceId {
    fn schema_name() -> Cow<'static, str> {
        "WorkspaceId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

/// The account that a record was made under, as the operating system knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The account's name; none when the system knows none.
    pub name: Option<Untrusted>,
    /// The account's number; none on systems that have none.
    pub id: Option<u32>,
    /// What the environment calls the user (`USER`): a label, which anyone can set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Untrusted>,
}

impl Actor {
    /// The account in a few words, the number where there is no name.
    pub fn shown(&self) -> Untrusted {
        match (&self.name, self.id) {
            (Some(name), _) => name.clone(),
            (None, Some(id)) => Untrusted::new(format!("user {id}")),
            (None, None) => Untrusted::new("unknown"),
        }
    }
}

/// Who made a record, when and where. Nothing that is concluded depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Making {
    /// When, by the clock. No option moves it.
    pub recorded: Timestamp,
    /// The time that was asked about (`--at`); none when nobody asked about another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// By whom.
    pub by: Actor,
    /// The version of the program.
    pub program: String,
    /// The id of the workspace.
    pub workspace: WorkspaceId,
}

/// A record of the ledger, by its number and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRef {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: EvidenceDigest,
}

/// What a record is about: the bytes, and where they lay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The root digest over the signed resources, as they were found; none when nothing is signed or was looked at.
    #[serde(deserialize_with = "root_digest")]
    pub root_digest: Option<RootDigest>,
    /// Where the files lay, from the workspace's folder; none when there are none.
    pub location: Option<Untrusted>,
    /// SHA-256 of the bundle, hex.
    pub bundle_digest: Option<String>,
}

impl About {
    /// Of a model, and of what was verified of it.
    pub fn of(model: Option<&Model>, verification: Option<&Verification>) -> Self {
        About {
            root_digest: verification.and_then(Verification::root_of_files),
            location: model.and_then(|model| model.location.as_deref()).map(|path| slashed(path).into()),
            bundle_digest: verification.and_then(|verification| verification.bundle_digest.clone()),
        }
    }
}

fn root_digest<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RootDigest>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse().map_err(|_| serde::de::Error::custom("not a root digest"))).transpose()
}
