//! A runbook for one place: what runs there, with its level and what is decided of it at its stage.

use super::View;
use crate::error::{Code, Error, Result};
use crate::incident::{Origin, PlacedModel, PlacedRunbook, PlacedSurface, Shelved};
use crate::inventory::{Deployment, Running};
use crate::text::{Untrusted, count_are, nearest, screen};
use std::collections::BTreeMap;

impl View {
    /// The place as a deployment names it that has not ended.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, with the nearest place.
    pub fn place(&self, wanted: &str) -> Result<Untrusted> {
        let deployments = self.workspace.deployments.iter();
        let places: Vec<&Untrusted> =
            deployments.filter(|one| one.at(self.at) != Running::Ended).map(|one| &one.place).collect();
        let known = places.iter().find(|place| place.raw() == wanted);
        known.map(|place| (*place).clone()).ok_or_else(|| {
            let names: Vec<&str> = places.iter().map(|place| place.raw()).collect();
            let near = nearest(wanted, &names).map(|near| format!("did you mean `{}`? ", screen(near)));
            Error::new(Code::NotFound, "no deployment is at this place").at(screen(wanted)).help(format!(
                "{}`touchmark deploy list` lists what runs where, `touchmark deploy add` adds to it",
                near.unwrap_or_default()
            ))
        })
    }

    /// The only model that runs at a place, as [`View::blamed`] takes it.
    ///
    /// # Errors
    /// As [`View::place`]; `E-USAGE` when several run there, or none does yet.
    pub fn subject_at(&self, place: &str) -> Result<String> {
        let place = self.place(place)?;
        let here = |one: &&Deployment| one.place == place && one.at(self.at) == Running::Now;
        let mut models: Vec<String> =
            self.workspace.deployments.iter().filter(here).map(|one| one.model.written()).collect();
        models.sort();
        models.dedup();
        match models.as_slice() {
            [only] => Ok(only.clone()),
            all => Err(Error::new(Code::Usage, format!("{} at this place", count_are(all.len(), "model")))
                .at(place.screen())
                .help("name what the case is about with --subject")),
        }
    }

    /// A runbook for a place, as everything is known now.
    ///
    /// # Errors
    /// As [`View::place`].
    pub fn placed(&self, shelved: &Shelved, place: &str) -> Result<PlacedRunbook> {
        let place = self.place(place)?;
        let mut at_stage: BTreeMap<&str, Option<View>> = BTreeMap::new();
        let mut models = Vec::new();
        for row in self.deployments() {
            let Deployment { model, stage, place: there, owner, since, .. } = row.deployment;
            if *there != place || row.running == Running::Ended {
                continue;
            }
            let written = Untrusted::new(model.written());
            let judged = at_stage.entry(stage.raw()).or_insert_with(|| self.at_stage(stage.raw())).as_ref();
            let placed = |index: Option<usize>| {
                let standing = judged.zip(index).and_then(|(view, index)| view.judgement.standing(index));
                PlacedModel {
                    model: written.clone(),
                    id: index.and_then(|index| self.models.get(index)).map(|model| model.id.clone()),
                    stage: stage.clone(),
                    owner: owner.clone(),
                    since: *since,
                    root_digest: index.and_then(|index| self.root(index)),
                    levels: standing.map(|standing| (standing.own, standing.effective)),
                    decision: standing.map(|standing| standing.decision),
                }
            };
            match row.models.is_empty() {
                true => models.push(placed(None)),
                false => models.extend(row.models.iter().map(|index| placed(Some(*index)))),
            }
        }
        Ok(PlacedRunbook {
            models,
            declared: self.surfaces.of(place.raw()).map(PlacedSurface::from),
            place,
            file: match &shelved.origin {
                Origin::BuiltIn => None,
                Origin::File(file) => Some(file.clone()),
            },
            runbook: shelved.runbook.clone(),
        })
    }
}
