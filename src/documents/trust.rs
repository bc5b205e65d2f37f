//! What signatures are checked against, as documents.

use super::names;
use super::signing::InspectionDocument;
use crate::signing::{AnchorFault, AnchorKind, AnchorUse, ServiceChange};
use crate::text::Untrusted;
use crate::view::AnchorInfo;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The anchors of the policy, and those inside this program.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrustDocument<'a> {
    /// The document's name.
    pub schema: names::Trust,
    /// The policy's anchors.
    pub policy: &'a [AnchorInfo],
    /// Roots inside this program, whether the policy names them or not.
    pub available: Vec<AvailableAnchor>,
}

/// A root inside this program.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AvailableAnchor {
    /// Its name.
    pub name: &'static str,
    /// What kind of anchor it is.
    pub kind: AnchorKind,
    /// SHA-256 over it, hex.
    pub digest: String,
    /// Whole days since it was made.
    pub age_days: Option<i64>,
    /// What is wrong with its age and its end, the worst first.
    pub health: Vec<AnchorFault>,
}

/// What anchors of one name hold.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrustAnchorDocument<'a> {
    /// The document's name.
    pub schema: names::TrustAnchor,
    /// The anchors: one a file.
    pub anchors: &'a [DescribedAnchor],
}

/// An anchor, what is wrong with it, and what it holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DescribedAnchor {
    /// The anchor.
    pub anchor: AnchorUse,
    /// What is wrong with its age and its end, the worst first.
    pub health: Vec<AnchorFault>,
    /// What it holds.
    pub contents: InspectionDocument,
}

/// An anchor that was added to the policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrustAddedDocument<'a> {
    /// The document's name.
    pub schema: names::TrustAdded,
    /// Its name in the policy.
    pub name: &'a str,
    /// Whether it took the place of another.
    pub replaced: bool,
    /// The policy's file.
    pub policy: Cow<'a, str>,
    /// Its files, as the policy names them.
    pub files: Vec<String>,
    /// Files that were copied into the workspace.
    pub copied: Vec<String>,
    /// What it holds: one a file.
    pub anchors: &'a [DescribedAnchor],
}

/// An anchor that was removed from the policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrustRemovedDocument<'a> {
    /// The document's name.
    pub schema: names::TrustRemoved,
    /// Its name in the policy.
    pub name: &'a str,
    /// The policy's file.
    pub policy: Cow<'a, str>,
    /// Its files, which stay.
    pub files: Vec<String>,
}

/// Anchors that were to be refreshed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrustRefreshedDocument<'a> {
    /// The document's name.
    pub schema: names::TrustRefreshed,
    /// What became of each.
    pub anchors: Vec<RefreshDocument>,
    /// Anchors of private instances: they have to be named.
    pub skipped: &'a [String],
}

/// What became of an anchor.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RefreshDocument {
    /// It is as its repository has it.
    Done(RefreshedDocument),
    /// It is as it was.
    Failed(NotRefreshedDocument),
}

/// An anchor as its repository has it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefreshedDocument {
    /// Its name in the policy.
    pub name: String,
    /// Where the root came from.
    pub repository: String,
    /// Its file, as the policy names it.
    pub file: String,
    /// SHA-256 before, hex.
    pub before: String,
    /// SHA-256 now, hex.
    pub after: String,
    /// What differs.
    pub changes: Vec<ServiceChange>,
    /// Until when the repository vouches for it.
    pub vouched_until: Option<Timestamp>,
}

/// An anchor that could not be refreshed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NotRefreshedDocument {
    /// Its name in the policy.
    pub name: String,
    /// Why.
    pub error: RefreshErrorDocument,
}

/// Why an anchor could not be refreshed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefreshErrorDocument {
    /// The stable code.
    pub code: &'static str,
    /// What happened.
    pub what: String,
    /// Where.
    pub at: Option<Untrusted>,
}
