//! A runbook for one place: what runs there, what is declared of it, and what is missing. What a view knows of the models is
//! handed to it.

use super::filling::{Filling, Word};
use super::runbook::Runbook;
use super::surface::{Covered, Declared, Issued, Surface};
use crate::decision::{Decision, RecordRef};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::json::canonical;
use crate::signing::RootDigest;
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A runbook for one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlacedRunbook {
    /// The place.
    #[serde(rename = "where")]
    pub place: Untrusted,
    /// What runs there, or is to run there.
    pub models: Vec<PlacedModel>,
    /// What was declared of the place; none where nothing was.
    pub declared: Option<PlacedSurface>,
    /// The file of the workspace that the runbook comes from; none for one of the program.
    pub file: Option<Untrusted>,
    /// The runbook.
    pub runbook: Runbook,
}

/// A model at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlacedModel {
    /// The model, as the deployment names it.
    pub model: Untrusted,
    /// The model of the inventory that this is.
    pub id: Option<ModelId>,
    /// The stage.
    pub stage: Untrusted,
    /// Who owns the deployment.
    pub owner: Option<Untrusted>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The root digest of its files, or else the one that a bill of materials states.
    pub root_digest: Option<RootDigest>,
    /// Its own level and the effective one.
    pub levels: Option<(u8, u8)>,
    /// What the policy decides of it at that stage; none where it has no such stage.
    pub decision: Option<Decision>,
}

/// What was declared of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacedSurface {
    /// Which declaration about the place it is, from 1.
    pub version: u64,
    /// The record of it.
    pub record: RecordRef,
    /// Who declared it, as they said.
    pub by: Untrusted,
    /// What was declared.
    pub surface: Surface,
}

/// A runbook for a place, and the version of it that was written last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The runbook.
    pub placed: PlacedRunbook,
    /// Its digest.
    pub digest: EvidenceDigest,
    /// The version that was written last.
    pub last: Option<Issued>,
}

impl Versioned {
    /// The version that says the same, where it is the one that was written last.
    pub fn issued(&self) -> Option<&Issued> {
        self.last.as_ref().filter(|last| last.issue.sha256 == self.digest)
    }
}

/// What a runbook for a place lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// Nothing was declared of the place.
    NothingDeclared,
    /// Nobody is named as responsible.
    NoOwner,
    /// Nobody is named to reach.
    NoContact,
    /// A model is not in the inventory.
    NotInInventory(Untrusted),
    /// Nothing is decided about a model: verify it first.
    NotJudged(ModelId),
    /// Fields of an evidence profile are not logged.
    NotLogged {
        /// The profile.
        profile: String,
        /// The fields.
        fields: Vec<String>,
    },
    /// Fields of an evidence profile are kept for less than it takes.
    KeptTooShort {
        /// The profile.
        profile: String,
        /// For how many days it takes them to be kept.
        wanted: u32,
        /// The fields, with the days for which they are kept.
        fields: Vec<(String, u32)>,
    },
}

impl From<&Declared> for PlacedSurface {
    fn from(declared: &Declared) -> Self {
        let Declared { version, record, by, surface, .. } = declared;
        PlacedSurface { version: *version, record: *record, by: by.clone(), surface: surface.clone() }
    }
}

impl PlacedRunbook {
    /// SHA-256 of its canonical form (RFC 8785): it changes when anything in it does.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`.
    pub fn digest(&self) -> Result<EvidenceDigest> {
        let bytes = canonical(self).map_err(|error| {
            Error::new(Code::Internal, format!("a runbook without canonical form ({error})"))
        })?;
        EvidenceDigest::of(&bytes)
    }

    /// The evidence profiles that the runbook needs, held against what is logged.
    pub fn evidence(&self) -> Vec<Covered<'_>> {
        const NOTHING: &Surface = &Surface::NONE;
        let surface = self.declared.as_ref().map_or(NOTHING, |declared| &declared.surface);
        self.runbook.needed().map(|profile| surface.covers(profile)).collect()
    }

    /// What it lacks, the gravest first.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for one in &self.models {
            gaps.extend(match (&one.id, one.decision) {
                (None, _) => Some(Gap::NotInInventory(one.model.clone())),
                (Some(id), Some(Decision::NotJudged)) => Some(Gap::NotJudged(id.clone())),
                (Some(_), _) => None,
            });
        }
        let is_owned = self.models.iter().any(|one| one.owner.is_some());
        let Some(PlacedSurface { surface, .. }) = &self.declared else {
            gaps.push(Gap::NothingDeclared);
            gaps.extend((!is_owned).then_some(Gap::NoOwner));
            return gaps;
        };
        gaps.extend((surface.owners.is_empty() && !is_owned).then_some(Gap::NoOwner));
        gaps.extend(surface.contacts.is_empty().then_some(Gap::NoContact));
        for covered in self.evidence() {
            let profile = || covered.profile.id.clone();
            let fields: Vec<String> = covered.missing().map(str::to_owned).collect();
            if !fields.is_empty() {
                gaps.push(Gap::NotLogged { profile: profile(), fields });
            }
            let fields: Vec<(String, u32)> =
                covered.short().map(|(field, days)| (field.to_owned(), days)).collect();
            if let Some(wanted) = covered.profile.retention_days.filter(|_| !fields.is_empty()) {
                gaps.push(Gap::KeptTooShort { profile: profile(), wanted, fields });
            }
        }
        gaps
    }

    /// What fills in the words of its steps. What differs between the models there stays open.
    pub fn filling(&self) -> Filling {
        let only = match self.models.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let first = self.declared.as_ref().and_then(|declared| declared.surface.owners.first());
        let owner = only.and_then(|only| only.owner.as_ref()).or(first);
        let name = only.map(|only| only.id.as_ref().map_or(only.model.raw(), |id| id.raw()));
        Filling::default()
            .with(Word::Model, name)
            .with(Word::Subject, name)
            .with(Word::Digest, only.and_then(|only| only.root_digest).map(|digest| digest.to_string()))
            .with(Word::Deployment, Some(self.place.raw()))
            .with(Word::Stage, only.map(|only| only.stage.raw()))
            .with(Word::Owner, owner.map(|owner| owner.raw()))
    }
}
