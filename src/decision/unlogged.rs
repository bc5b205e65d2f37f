//! What a stage requires to be logged wherever a model runs at it, and what is lacking of that. What is declared to be logged
//! comes with how the model is used; nobody has proven it.

use crate::maturity::{Deployed, Usage};
use crate::policy::{EvidenceRule, Stage};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// What is lacking of the evidence that a stage requires to be logged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unlogged {
    /// No deployment at the stage is known: nobody says where it runs.
    NoDeployment,
    /// Nothing was declared of a place.
    NothingDeclared(Untrusted),
    /// An evidence profile is not logged as required.
    Profile(ProfileUnlogged),
}

/// An evidence profile that is not logged as required.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub struct ProfileUnlogged {
    /// The place.
    #[serde(rename = "where")]
    pub place: Untrusted,
    /// The profile.
    pub profile: String,
    /// Its fields that are not logged.
    pub missing: Vec<String>,
    /// Its fields that are kept for too short a time, with the days.
    pub short: Vec<(String, u32)>,
    /// For how many days they have to be kept.
    pub wanted_days: u32,
}

/// What is lacking at a stage; nothing where the stage requires nothing.
pub(super) fn unlogged(usage: &Usage, stage: &Stage) -> Vec<Unlogged> {
    let Some(rule) = &stage.require_evidence_profile else { return Vec::new() };
    let here: Vec<&Deployed> =
        usage.deployments.iter().filter(|deployed| deployed.stage.raw() == stage.name).collect();
    match here.is_empty() {
        true => vec![Unlogged::NoDeployment],
        false => here.into_iter().flat_map(|deployed| of_place(deployed, rule)).collect(),
    }
}

fn of_place(deployed: &Deployed, rule: &EvidenceRule) -> Vec<Unlogged> {
    if deployed.logs.is_empty() {
        return vec![Unlogged::NothingDeclared(deployed.place.clone())];
    }
    let lacks = |profile: &&'static str| {
        let known = deployed.logs.iter().find(|logs| logs.profile == **profile);
        let days = || known.iter().flat_map(|logs| &logs.days);
        let missing: Vec<String> =
            days().filter(|(_, days)| days.is_none()).map(|(field, _)| field.clone()).collect();
        let kept = days().filter_map(|(field, days)| Some((field.clone(), (*days)?)));
        let short: Vec<(String, u32)> = kept.filter(|(_, days)| *days < rule.min_retention_days).collect();
        (known.is_none() || !missing.is_empty() || !short.is_empty()).then(|| {
            Unlogged::Profile(ProfileUnlogged {
                place: deployed.place.clone(),
                profile: (*profile).to_owned(),
                missing,
                short,
                wanted_days: rule.min_retention_days,
            })
        })
    };
    rule.profiles.iter().filter_map(lacks).collect()
}
