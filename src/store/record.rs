//! One entry of the ledger, and how entries are chained. It must not know what a record means, nor where it is kept.

use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// The previous hash of the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The longest word for a kind.
const MAX_WORD_BYTES: usize = 32;
/// The last number that every database can hold.
const MAX_NUMBER: u64 = i64::MAX.unsigned_abs();

/// What an entry records.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// A verification: body is a [`crate::signing::Verification`].
    Verification,
    /// A decision of a gate.
    Decision,
    /// A reviewer's word.
    Review,
    /// A change of the policy, as somebody saved it.
    PolicyChange,
    /// A case of an incident, or something that was done in one.
    Incident,
    /// A feed that was imported, or what somebody said of a match of it.
    Feed,
    /// What surrounds a model where it runs, as somebody declared it.
    Surface,
    /// A run of a fleet that was sealed.
    FleetRun,
    /// Where the ledger of another workspace ended, as a checkpoint of it said.
    Anchor,
    /// A kind of a newer version. It is kept, hashed and exported as it was written.
    Other(OtherKind),
}

/// The word for a kind that this version does not know: 1 to 32 lower-case ASCII letters, digits and `-`, so that it
/// is safe to show. Only [`RecordKind::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OtherKind(Box<str>);

impl RecordKind {
    /// The word stored and shown.
    pub fn as_str(&self) -> &str {
        match self {
            RecordKind::Verification => "verification",
            RecordKind::Decision => "decision",
            RecordKind::Review => "review",
            RecordKind::PolicyChange => "policy-change",
            RecordKind::Incident => "incident",
            RecordKind::Feed => "feed",
            RecordKind::Surface => "surface",
            RecordKind::FleetRun => "fleet-run",
            RecordKind::Anchor => "anchor",
            RecordKind::Other(OtherKind(word)) => word,
        }
    }

    /// The kind of that word, or none when no version writes such a word.
    pub fn parse(word: &str) -> Option<Self> {
        let known = [
            RecordKind::Verification,
            RecordKind::Decision,
            RecordKind::Review,
            RecordKind::PolicyChange,
            RecordKind::Incident,
            RecordKind::Feed,
            RecordKind::Surface,
            RecordKind::FleetRun,
            RecordKind::Anchor,
        ];
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        known.into_iter().find(|kind| kind.as_str() == word).or_else(|| {
            let is_valid = (1..=MAX_WORD_BYTES).contains(&word.len()) && word.bytes().all(is_word);
            is_valid.then(|| RecordKind::Other(OtherKind(word.into())))
        })
    }
}

impl Serialize for RecordKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl JsonSchema for RecordKind {
    fn schema_name() -> Cow<'static, str> {
        "RecordKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`verification`, `decision`, `review`, `policy-change`, `incident`, `feed`, `surface`, `fleet-run`, `anchor`, or the word of a newer version",
            "type": "string",
            "pattern": format!("^[a-z0-9-]{{1,{MAX_WORD_BYTES}}}$")
        })
    }
}

impl<'de> Deserialize<'de> for RecordKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        RecordKind::parse(&word).ok_or_else(|| serde::de::Error::custom("not a kind of record"))
    }
}

/// One entry of the ledger. `hash` is SHA-256 over the previous hash and the entry's canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerEntry {
    /// From 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: jiff::Timestamp,
    /// What.
    pub kind: RecordKind,
    /// Of which model; of a change of the policy, the policy file; of an incident, its subject; of a feed, its
    /// source; of a surface, its place; of a run of a fleet, its id; of an anchor, the workspace whose ledger it is.
    pub model: ModelId,
    /// The record, JSON text, kept to the byte.
    pub body: String,
    /// Hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// Hash of this one.
    pub hash: String,
}

/// Where a ledger ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEnd {
    /// How many entries there are, which is the number of the last.
    pub entries: u64,
    /// The hash of the last; 64 zeros when there is none.
    pub hash: String,
}

impl Default for LedgerEnd {
    /// The end of an empty ledger.
    fn default() -> Self {
        LedgerEnd { entries: 0, hash: GENESIS.to_owned() }
    }
}

/// How an entry breaks the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// It has another number than the next.
    Number,
    /// It names another entry as the one before it.
    Previous,
    /// Its content is not what was hashed.
    Content,
}

impl LedgerEntry {
    /// The entry that goes on from `end`.
    ///
    /// # Errors
    /// `E-STORE` when no number is left.
    pub fn after(
        end: LedgerEnd,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
    ) -> Result<Self> {
        if end.entries >= MAX_NUMBER {
            return Err(Error::new(Code::Store, "the ledger was changed: no number is left"));
        }
        let mut entry = LedgerEntry {
            seq: end.entries + 1,
            at,
            kind,
            model: model.clone(),
            body: body.to_owned(),
            previous: end.hash,
            hash: String::new(),
        };
        entry.hash = chain_hash(&entry)?;
        Ok(entry)
    }

    /// How it breaks the chain that ends at `end`; none when it goes on from there.
    pub(super) fn breaks(&self, end: &LedgerEnd) -> Result<Option<Break>> {
        if end.entries.checked_add(1) != Some(self.seq) {
            return Ok(Some(Break::Number));
        }
        if self.previous != end.hash {
            return Ok(Some(Break::Previous));
        }
        Ok((!self.is_as_hashed()?).then_some(Break::Content))
    }

    /// Whether its content is what was hashed.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn is_as_hashed(&self) -> Result<bool> {
        Ok(self.hash == chain_hash(self)?)
    }

    /// The end of the ledger that this entry is the last of.
    pub(super) fn into_end(self) -> LedgerEnd {
        LedgerEnd { entries: self.seq, hash: self.hash }
    }
}

/// SHA-256 over the previous hash, a line feed, and the entry as JSON with its members in this order.
fn chain_hash(entry: &LedgerEntry) -> Result<String> {
    #[derive(Serialize)]
    struct Canonical<'a> {
        seq: u64,
        at: String,
        kind: &'a str,
        model: &'a str,
        body: &'a str,
    }
    let canonical = Canonical {
        seq: entry.seq,
        at: entry.at.to_string(),
        kind: entry.kind.as_str(),
        model: entry.model.raw(),
        body: &entry.body,
    };
    let json = serde_json::to_string(&canonical)
        .map_err(|cause| Error::new(Code::Internal, format!("cannot write as JSON ({cause})")))?;
    let text = format!("{}\n{json}", entry.previous);
    Ok(crate::signing::sha256_hex(text.as_bytes()))
}
