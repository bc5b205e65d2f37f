//! What surrounds a model where it runs, as a document.

use super::names;
use crate::decision::RecordRef;
use crate::incident::{Covered, Declared, Profile, Surface};
use crate::inventory::Basis;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What was declared of a place.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeploymentSurfaceDocument<'a> {
    /// The document's name.
    pub schema: names::DeploymentSurface,
    /// What was declared.
    #[serde(flatten)]
    pub declared: DeclaredDocument<'a>,
    /// What each evidence profile that runbooks share comes to there.
    pub evidence: Vec<ProfileLoggedDocument<'a>>,
}

/// A declaration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeclaredDocument<'a> {
    /// The place.
    #[serde(rename = "where")]
    pub place: &'a Untrusted,
    /// Which declaration about this place it is, from 1.
    pub version: u64,
    /// The record of it.
    pub record: RecordRef,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who declared it, as they said.
    pub by: &'a Untrusted,
    /// The account that it was recorded under.
    pub account: Untrusted,
    /// How far it can be believed: `declared`.
    pub basis: Basis,
    /// What was declared.
    pub surface: &'a Surface,
}

/// What an evidence profile comes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProfileLoggedDocument<'a> {
    /// The profile.
    pub profile: &'a str,
    /// For how many days the profile takes its fields to be kept.
    pub retention_days: Option<u32>,
    /// Its fields.
    pub fields: Vec<FieldLoggedDocument<'a>>,
    /// Those that are not logged.
    pub missing: Vec<&'a str>,
    /// Those that are kept for less than the profile takes.
    pub short: Vec<&'a str>,
}

/// A field of an evidence profile.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FieldLoggedDocument<'a> {
    /// The field.
    pub field: &'a str,
    /// What it is.
    pub name: &'a Untrusted,
    /// Where it is logged; none where it is not.
    #[serde(rename = "where")]
    pub place: Option<&'a Untrusted>,
    /// For how many days it is kept.
    pub days: Option<u32>,
}

impl<'a> DeploymentSurfaceDocument<'a> {
    /// Of what was declared.
    pub fn of(declared: &'a Declared, profiles: &'a [Profile]) -> Self {
        DeploymentSurfaceDocument {
            schema: names::DeploymentSurface,
            declared: declared.into(),
            evidence: profiles.iter().map(|one| declared.surface.covers(one).into()).collect(),
        }
    }
}

impl<'a> From<&'a Declared> for DeclaredDocument<'a> {
    fn from(declared: &'a Declared) -> Self {
        let Declared { place, version, record, made, by, surface } = declared;
        DeclaredDocument {
            place,
            version: *version,
            record: *record,
            at: made.recorded,
            by,
            account: made.by.shown(),
            basis: Basis::Declared,
            surface,
        }
    }
}

impl<'a> From<Covered<'a>> for ProfileLoggedDocument<'a> {
    fn from(covered: Covered<'a>) -> Self {
        ProfileLoggedDocument {
            profile: &covered.profile.id,
            retention_days: covered.profile.retention_days,
            missing: covered.missing().collect(),
            short: covered.short().map(|(field, _)| field).collect(),
            fields: covered
                .fields
                .iter()
                .map(|one| FieldLoggedDocument {
                    field: one.field,
                    name: one.name,
                    place: one.log.map(|log| &log.place),
                    days: one.log.map(|log| log.days),
                })
                .collect(),
        }
    }
}
