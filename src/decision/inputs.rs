//! What a verdict rests on, each input by its digest: whoever has the bytes can judge again and must come to the same.

use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::maturity::{PolicySeal, Since, Usage};
use crate::signing::{ClaimsFault, RootDigest};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::anchoring::Anchoring;
use super::review::StandingReview;

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
    /// The schema of [`super::AnchorsDocument`].
    AnchorsSchema "touchmark.anchors/1";
    /// The schema of [`EvidenceDocument`].
    EvidenceSchema "touchmark.evidence/1";
    /// The schema of [`super::VerificationRecord`].
    VerificationRecordSchema "touchmark.verification-record/3";
    /// The schema of [`super::DecisionRecord`].
    DecisionRecordSchema "touchmark.decision-record/3";
    /// The schema of [`super::ReviewRecord`].
    ReviewRecordSchema "touchmark.record-review/3";
    /// The schema of [`super::PolicyChangeRecord`].
    PolicyChangeRecordSchema "touchmark.policy-change-record/1";
}

/// Every input of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// The version of the program that judged.
    pub program: String,
    /// The digest of an [`EvidenceDocument`].
    pub evidence: EvidenceDigest,
    /// The policy.
    pub policy: PolicyInput,
    /// The digest of the rubric's text; none where no level was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<EvidenceDigest>,
    /// The digest of an [`super::AnchorsDocument`].
    pub anchors: EvidenceDigest,
    /// Feeds of warnings, by digest.
    pub feeds: Vec<FeedInput>,
    /// The stage that was judged for; none where nothing was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The time that it was judged by.
    pub at: Timestamp,
}

/// A policy by its digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyInput {
    /// SHA-256 of its canonical form: what it says, however it is written.
    pub digest: String,
    /// SHA-256 of its text, which is kept.
    pub text: EvidenceDigest,
    /// The file's name, or `built-in`.
    pub origin: String,
}

/// A feed by its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedInput {
    /// Its name.
    pub name: String,
    /// SHA-256 of what is kept of it.
    pub digest: EvidenceDigest,
    /// When it was imported.
    pub imported: Timestamp,
}

/// Feeds of warnings that bear on a verdict: those that name what they affect. What they say of a model is among its
/// evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feeds {
    /// Each by its digest, sorted.
    pub feeds: Vec<FeedInput>,
}

impl Feeds {
    /// When one was imported last.
    pub fn newest(&self) -> Option<Timestamp> {
        self.feeds.iter().map(|feed| feed.imported).max()
    }
}

/// What is known of one model and of those that it derives from, by digest. Kept as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDocument {
    /// `touchmark.evidence/1`.
    pub schema: EvidenceSchema,
    /// The model that was judged.
    pub subject: ModelId,
    /// It and its ancestors, by id.
    pub models: Vec<ModelDigests>,
    /// The reviews of the subject that stand, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<StandingReview>,
    /// How far checkpoints cover the ledger; none where the policy does not ask for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Anchoring>,
    /// What is known of the policy's own signature.
    #[serde(default, skip_serializing_if = "PolicySeal::is_unsigned")]
    pub seal: PolicySeal,
}

/// What is known of one model, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelDigests {
    /// The model.
    pub id: ModelId,
    /// What the inventory says of it: an entry as JSON.
    pub entry: EvidenceDigest,
    /// Its parents, by id, datasets too. One that is not among the models is not in the inventory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<ModelId>,
    /// What was seen of its files; none when nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenDigests>,
    /// Whether the files are still those.
    #[serde(default, skip_serializing_if = "Since::is_same")]
    pub since: Since,
    /// How it is used and governed.
    #[serde(default, skip_serializing_if = "Usage::is_empty")]
    pub usage: Usage,
    /// What the inventory knows of its lineage.
    #[serde(default, skip_serializing_if = "LineageFacts::is_empty")]
    pub lineage: LineageFacts,
}

/// What the inventory as a whole knows of a model's lineage, and the evidence of its family alone does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LineageFacts {
    /// Which models the digests are that its claims name, in the order of the digests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Joined>,
    /// What is known of the digests of the model, of parents that are not in the inventory, and of models by whose names
    /// its claims call something else; in the order of the ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<StatedDigests>,
    /// How many models derive from it, directly or not.
    #[serde(skip_serializing_if = "is_zero")]
    pub descendants: u32,
}

/// Which model a digest names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joined {
    /// The digest.
    pub digest: RootDigest,
    /// The model of the inventory that has it.
    pub model: ModelId,
}

/// The digests that are stated of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedDigests {
    /// The model.
    pub model: ModelId,
    /// The digests, in order.
    pub digests: Vec<RootDigest>,
}

impl LineageFacts {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == LineageFacts::default()
    }
}

fn is_zero(many: &u32) -> bool {
    *many == 0
}

/// What was seen of a model's files, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenDigests {
    /// The observation, as JSON.
    pub observed: EvidenceDigest,
    /// What was seen inside the files, as JSON; none when nobody looked into them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<EvidenceDigest>,
    /// The signature's bytes; none when there are none, or too many to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<EvidenceDigest>,
    /// The file of claims.
    #[serde(default, skip_serializing_if = "ClaimsDigest::is_absent")]
    pub claims: ClaimsDigest,
    /// Other files that hold claims, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<FurtherDigest>,
}

impl SeenDigests {
    /// Whether there is any file of claims, readable or not.
    pub fn has_claims(&self) -> bool {
        !self.claims.is_absent() || !self.further.is_empty()
    }
}

/// Another file that holds claims, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FurtherDigest {
    /// Its name below the model.
    pub file: Untrusted,
    /// What was found in it.
    pub claims: ClaimsDigest,
}

/// A file of claims.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimsDigest {
    /// There is none.
    #[default]
    Absent,
    /// It could not be read.
    Unreadable(ClaimsFault),
    /// SHA-256 of its bytes.
    Read(EvidenceDigest),
}

impl ClaimsDigest {
    /// Whether there is no file of claims.
    pub fn is_absent(&self) -> bool {
        *self == ClaimsDigest::Absent
    }
}

/// A document of ours as the bytes that are kept and digested.
///
/// # Errors
/// `E-INTERNAL`.
pub fn bytes_of<T: Serialize>(document: &T) -> Result<Vec<u8>> {
    let line = crate::json::to_line(document);
    line.map(String::into_bytes)
        .map_err(|cause| Error::new(Code::Internal, format!("evidence cannot be written as JSON ({cause})")))
}

/// The digest of a document's bytes.
///
/// # Errors
/// `E-INTERNAL`, `E-TOO-LARGE`.
pub fn digest_of<T: Serialize>(document: &T) -> Result<EvidenceDigest> {
    EvidenceDigest::of(&bytes_of(document)?)
}
