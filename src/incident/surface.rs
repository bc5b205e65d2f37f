//! What surrounds a model where it runs, as somebody declares it: owners, contacts, tools, MCP descriptors, data sets, and
//! what is logged where and for how long. It is declared and never proven. The ledger keeps each declaration.

use super::parts::is_id;
use super::runbook::Profile;
use crate::decision::{Making, RecordRef};
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind};
use crate::text::Untrusted;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The name of the schema of a [`SurfaceRecord`].
const SCHEMA: &str = "touchmark.surface-record/1";

/// The schema of a [`SurfaceRecord`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SurfaceRecordSchema {
    /// `touchmark.surface-record/1`
    #[default]
    #[serde(rename = "touchmark.surface-record/1")]
    V1,
}

impl JsonSchema for SurfaceRecordSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SurfaceRecordSchema".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": SCHEMA })
    }
}

/// The body of a record of kind `surface`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurfaceRecord {
    /// `touchmark.surface-record/1`.
    pub schema: SurfaceRecordSchema,
    /// Who, when and where.
    pub made: Making,
    /// The place that it is about, as deployments name it.
    pub place: Untrusted,
    /// What was done.
    pub entry: SurfaceEntry,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SurfaceEntry {
    /// Somebody declared what surrounds a model there. It takes the place of what was declared before.
    Declare {
        /// Who, as they said.
        by: Untrusted,
        /// What they declared.
        surface: Box<Surface>,
    },
    /// A version of a runbook was written for the place.
    Issue(Issue),
}

/// A version of a runbook for a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// The type of incident.
    pub runbook: String,
    /// Which version it is, from 1.
    pub version: u64,
    /// SHA-256 of the canonical form of what it says.
    pub sha256: EvidenceDigest,
}

/// What surrounds a model where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Surface {
    /// Who is responsible.
    pub owners: Vec<Untrusted>,
    /// Whom to reach in an incident.
    pub contacts: Vec<Contact>,
    /// Tools that the model may call.
    pub tools: Vec<Part>,
    /// Descriptors of MCP servers.
    pub mcp: Vec<Part>,
    /// Data sets that it reads.
    pub datasets: Vec<Part>,
    /// What is logged.
    pub logs: Vec<Log>,
}

/// Somebody to reach in an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What for: `incident commander`.
    pub role: Untrusted,
    /// Who.
    pub name: Untrusted,
    /// How: a number, an address, a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Untrusted>,
}

/// A tool, a descriptor or a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub name: Untrusted,
    /// The file of the workspace that it is; its digest is that of the file when it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// SHA-256; none where nobody says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<EvidenceDigest>,
}

/// Fields of evidence that are logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The fields, as evidence profiles call them.
    pub fields: Vec<String>,
    /// Where.
    #[serde(rename = "where")]
    pub place: Untrusted,
    /// For how many days.
    pub days: u32,
}

impl Surface {
    /// Nothing is declared.
    pub(super) const NONE: Surface = Surface {
        owners: Vec::new(),
        contacts: Vec::new(),
        tools: Vec::new(),
        mcp: Vec::new(),
        datasets: Vec::new(),
        logs: Vec::new(),
    };

    /// Where a field is kept for longest.
    pub fn log(&self, field: &str) -> Option<&Log> {
        let logs = self.logs.iter().filter(|log| log.fields.iter().any(|known| known == field));
        logs.max_by_key(|log| log.days)
    }

    /// What an evidence profile comes to here.
    pub fn covers<'s>(&'s self, profile: &'s Profile) -> Covered<'s> {
        let field = |field: &'s super::runbook::Field| CoveredField {
            field: &field.id,
            name: &field.name,
            log: self.log(&field.id),
        };
        Covered { profile, fields: profile.required.iter().map(field).collect() }
    }
}

/// An evidence profile, held against what is declared to be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered<'s> {
    /// The profile.
    pub profile: &'s Profile,
    /// The fields that it takes.
    pub fields: Vec<CoveredField<'s>>,
}

/// A field of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredField<'s> {
    /// What profiles call it.
    pub field: &'s str,
    /// What it is.
    pub name: &'s Untrusted,
    /// Where it is logged; none where it is not.
    pub log: Option<&'s Log>,
}

impl<'s> Covered<'s> {
    /// The fields that are not logged.
    pub fn missing(&self) -> impl Iterator<Item = &'s str> {
        self.fields.iter().filter(|field| field.log.is_none()).map(|field| field.field)
    }

    /// The fields that are kept for less than the profile takes.
    pub fn short(&self) -> impl Iterator<Item = (&'s str, u32)> {
        let least = self.profile.retention_days.unwrap_or(0);
        let kept = self.fields.iter().filter_map(|field| Some((field.field, field.log?.days)));
        kept.filter(move |(_, days)| *days < least)
    }
}

/// What was declared last of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The place.
    pub place: Untrusted,
    /// Which declaration about this place it is, from 1.
    pub version: u64,
    /// The record of it.
    pub record: RecordRef,
    /// Who recorded it, when and where.
    pub made: Making,
    /// Who declared it, as they said.
    pub by: Untrusted,
    /// What they declared.
    pub surface: Surface,
}

/// The version of a runbook that was written last for a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The record of it.
    pub record: RecordRef,
    /// Who recorded it, when and where.
    pub made: Making,
    /// Which version.
    pub issue: Issue,
}

/// What the ledger says of surfaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surfaces {
    declared: BTreeMap<Untrusted, Declared>,
    issued: BTreeMap<(Untrusted, String), Issued>,
    unread: Vec<u64>,
}

impl Surfaces {
    /// Takes the next record of the ledger; records of other kinds are left out.
    pub fn take(&mut self, entry: &LedgerEntry) {
        if entry.kind != RecordKind::Surface {
            return;
        }
        let (Ok(hash), Ok(said)) = (entry.hash.parse(), serde_json::from_str::<SurfaceRecord>(&entry.body))
        else {
            self.unread.push(entry.seq);
            return;
        };
        let record = RecordRef { number: entry.seq, hash };
        let SurfaceRecord { made, place, entry: said, .. } = said;
        let (by, surface) = match said {
            SurfaceEntry::Declare { by, surface } => (by, surface),
            SurfaceEntry::Issue(issue) => {
                let key = (place, issue.runbook.clone());
                // A number that does not rise names no version.
                match self.issued.get(&key).is_none_or(|before| before.issue.version < issue.version) {
                    true => drop(self.issued.insert(key, Issued { record, made, issue })),
                    false => self.unread.push(entry.seq),
                }
                return;
            }
        };
        // Nobody has checked the ids of a record that came from elsewhere.
        if !surface.logs.iter().flat_map(|log| &log.fields).all(|field| is_id(field)) {
            self.unread.push(entry.seq);
            return;
        }
        let version = self.declared.get(&place).map_or(0, |before| before.version) + 1;
        let declared = Declared { place: place.clone(), version, record, made, by, surface: *surface };
        self.declared.insert(place, declared);
    }

    /// What was declared last of a place.
    pub fn of(&self, place: &str) -> Option<&Declared> {
        self.declared.get(&Untrusted::new(place))
    }

    /// The version of a runbook that was written last for a place.
    pub fn issued(&self, place: &Untrusted, runbook: &str) -> Option<&Issued> {
        self.issued.get(&(place.clone(), runbook.to_owned()))
    }

    /// Whether nothing was declared of any place.
    pub fn is_empty(&self) -> bool {
        self.declared.is_empty()
    }

    /// Records of this kind that cannot be read, and count for nothing.
    pub fn unread(&self) -> &[u64] {
        &self.unread
    }
}
