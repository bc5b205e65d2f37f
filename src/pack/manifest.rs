//! The manifest of a pack: what it is about, and each member by its digest. Which members there can be stands in one
//! table. Nothing is read or judged here.

use crate::decision::{bytes_of, statement_of, subject_of};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::signing::Bundle;
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::borrow::Cow;

/// The member that names all others.
pub const MANIFEST: &str = "manifest.json";
/// Its signature, where somebody signed it.
pub const SIGNATURE: &str = "manifest.sig";
/// What the signature of a pack claims.
pub const PACK_TYPE: &str = "urn:touchmark:audit-pack:1";

macro_rules! versions {
    ($($(#[$about:meta])* $name:ident $version:literal;)*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            #[doc = concat!("`", $version, "`")]
            #[default]
            #[serde(rename = $version)]
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
                json_schema!({ "const": $version })
            }
        }
    )*};
}

versions! {
    /// The schema of [`PackManifest`].
    ManifestSchema "touchmark.pack-manifest/1";
    /// The schema of [`super::PackedVerdict`].
    PackedVerdictSchema "touchmark.packed-verdict/1";
}

/// What a pack is about, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackManifest {
    /// `touchmark.pack-manifest/1`.
    pub schema: ManifestSchema,
    /// The version of Touchmark that made it.
    pub program: String,
    /// The time that everything in it was judged by.
    pub at: Timestamp,
    /// The stage that it was judged for.
    pub stage: String,
    /// The models that it is about, by id.
    pub models: Vec<PackedModel>,
    /// Every other member but the signature, by name.
    pub members: Vec<PackMember>,
}

/// A model that a pack is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackedModel {
    /// The model.
    pub model: ModelId,
    /// The member that holds the verdict on it.
    pub verdict: String,
}

/// A member of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackMember {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: MemberKind,
    /// SHA-256 of its bytes.
    pub sha256: EvidenceDigest,
    /// How many bytes it has.
    pub bytes: u64,
    /// Whether it was left out: the pack then holds its digest only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redacted: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemberKind {
    /// What the pack is and how to check it, for people.
    Readme,
    /// A bill of materials of the models.
    Bill,
    /// A report.
    Report,
    /// A verdict on a model.
    Verdict,
    /// The evidence of a verdict, by digest.
    Evidence,
    /// What the inventory says of a model.
    Inventory,
    /// What was seen of a model's files: their digests.
    Files,
    /// What was seen inside a model's files.
    Contents,
    /// A signature.
    Bundle,
    /// A file of claims.
    Claims,
    /// Trust anchors, by digest.
    Anchors,
    /// The file of a trust anchor, or of its revocation lists.
    Anchor,
    /// The text of a policy.
    Policy,
    /// The text of a rubric.
    Rubric,
    /// A record of the ledger, with the proof that a checkpoint stands for it.
    Proof,
    /// A record of the ledger for which no checkpoint stands.
    Record,
    /// A checkpoint of the ledger.
    Checkpoint,
}

/// How the members of a kind are called.
pub struct KindRow {
    /// The kind.
    pub kind: MemberKind,
    /// Its word, as the manifest and the command line have it.
    pub word: &'static str,
    /// The folder of its members.
    pub folder: &'static str,
    /// How the names of members end that are called by their digest; none where they have other names.
    pub ending: Option<&'static str>,
}

const fn row(
    kind: MemberKind,
    word: &'static str,
    folder: &'static str,
    ending: Option<&'static str>,
) -> KindRow {
    KindRow { kind, word, folder, ending }
}

/// All kinds.
pub const KINDS: [KindRow; 17] = [
    row(MemberKind::Readme, "readme", "", None),
    row(MemberKind::Bill, "bill", "", None),
    row(MemberKind::Report, "report", "reports/", None),
    row(MemberKind::Verdict, "verdict", "verdicts/", None),
    row(MemberKind::Evidence, "evidence", "evidence/", Some(".json")),
    row(MemberKind::Inventory, "inventory", "inventory/", Some(".json")),
    row(MemberKind::Files, "files", "files/", Some(".json")),
    row(MemberKind::Contents, "contents", "contents/", Some(".json")),
    row(MemberKind::Bundle, "bundle", "bundles/", Some(".json")),
    row(MemberKind::Claims, "claims", "claims/", Some(".jsonl")),
    row(MemberKind::Anchors, "anchors", "trust/", Some(".json")),
    row(MemberKind::Anchor, "anchor", "anchors/", Some(".bin")),
    row(MemberKind::Policy, "policy", "policies/", Some(".toml")),
    row(MemberKind::Rubric, "rubric", "rubrics/", Some(".toml")),
    row(MemberKind::Proof, "proof", "ledger/", None),
    row(MemberKind::Record, "record", "ledger/", None),
    row(MemberKind::Checkpoint, "checkpoint", "checkpoints/", Some(".json")),
];

impl MemberKind {
    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        KINDS.iter().find(|row| row.word == word).map(|row| row.kind)
    }

    /// Its row.
    pub fn row(self) -> Option<&'static KindRow> {
        KINDS.iter().find(|row| row.kind == self)
    }

    /// The name of a member of this kind: by its digest, or as it is given.
    pub fn name(self, digest: EvidenceDigest, given: &str) -> String {
        let row = self.row();
        let folder = row.map_or("", |row| row.folder);
        match row.and_then(|row| row.ending) {
            Some(ending) => format!("{folder}{digest}{ending}"),
            None => format!("{folder}{given}"),
        }
    }
}

impl PackMember {
    /// Whether it is called as a member of its kind and digest is.
    pub fn is_well_named(&self) -> bool {
        let Some(row) = self.kind.row() else { return false };
        let given = self.name.strip_prefix(row.folder).unwrap_or_default();
        super::zip::is_name(&self.name)
            && ![MANIFEST, SIGNATURE].contains(&self.name.as_str())
            && self.name == self.kind.name(self.sha256, given)
    }
}

/// The name of the member that holds a record of the ledger, below the folder of its kind.
pub fn record_name(number: u64) -> String {
    format!("{number:012}.json")
}

/// The whole name of that member.
pub fn record_member(number: u64) -> String {
    let folder = MemberKind::Record.row().map_or("", |row| row.folder);
    format!("{folder}{}", record_name(number))
}

impl PackManifest {
    /// The bytes that are digested, signed and written: there is one form only.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        bytes_of(self)
    }

    /// The statement to sign.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`.
    pub fn statement(&self) -> Result<Vec<u8>> {
        let digest = EvidenceDigest::of(&self.bytes()?)?;
        let predicate = json!({ "at": self.at, "models": self.models.len(), "members": self.members.len() });
        statement_of(MANIFEST, digest, PACK_TYPE, &predicate)
    }
}

/// The digest of the manifest that a bundle is about; none when it is about no pack.
pub fn pack_of(bundle: &Bundle) -> Option<EvidenceDigest> {
    subject_of(bundle, PACK_TYPE)
}
