//! What runs where: the deployments in the workspace, joined to the models of the inventory by id or root
//! digest.

use super::View;
use super::asked::RunsHere;
use crate::incident::{Declared, Profile, shared_profiles};
use crate::inventory::{Deployment, ModelId, Running, Runs};
use crate::lineage::stated_digest;
use crate::maturity::{Deployed, ProfileLogs, Usage};
use crate::signing::RootDigest;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

impl View {
    /// All deployments, in the order of the workspace's file.
    pub fn deployments(&self) -> Vec<RunsHere<'_>> {
        let known = Roots::of(self);
        let row = |deployment| {
            let models = known.models(self, deployment);
            let surface = self.surfaces.of(deployment.place.raw());
            RunsHere { deployment, models, running: deployment.at(self.at), surface }
        };
        self.workspace.deployments.iter().map(row).collect()
    }

    /// Where the model of an index runs now.
    pub fn runs_at(&self, index: usize) -> &[Deployed] {
        let usage = self.models.get(index).and_then(|model| self.usage.get(&model.id));
        usage.map(|usage| usage.deployments.as_slice()).unwrap_or_default()
    }

    /// Merges the workspace's deployments into the usage of models. Returns the models whose usage differs
    /// from the view before, by their indices, sorted.
    pub fn take_deployments(&mut self, before: &View) -> Vec<usize> {
        let mut now: BTreeMap<ModelId, Usage> = BTreeMap::new();
        let profiles =
            if self.surfaces.is_empty() { Vec::new() } else { shared_profiles().unwrap_or_default() };
        for row in self.deployments().into_iter().filter(|row| row.running == Running::Now) {
            let Deployment { stage, place, owner, since, .. } = row.deployment.clone();
            let logs = row.surface.map(|declared| logs(declared, &profiles)).unwrap_or_default();
            let deployed = Deployed { stage, place, owner, since, logs };
            for id in row.models.iter().filter_map(|index| Some(&self.models.get(*index)?.id)) {
                now.entry(id.clone()).or_default().deployments.push(deployed.clone());
            }
        }
        let sort = |usage: &mut Usage| {
            usage.deployments.sort();
            usage.deployments.dedup();
        };
        now.values_mut().for_each(sort);
        for (id, known) in self.usage.iter() {
            let deployments = now.remove(id).unwrap_or_default().deployments;
            let usage = Usage { deployments, ..known.clone() };
            if !usage.is_empty() {
                now.insert(id.clone(), usage);
            }
        }
        if *self.usage != now {
            self.usage = Arc::new(now);
        }
        if Arc::ptr_eq(&self.usage, &before.usage) {
            return Vec::new();
        }
        let ids: BTreeSet<&ModelId> = before.usage.keys().chain(self.usage.keys()).collect();
        let differs = |id: &&&ModelId| before.usage.get(**id) != self.usage.get(**id);
        ids.iter().filter(differs).filter_map(|id| Some(self.model(id)?.0)).collect()
    }
}

/// What is declared to be logged, by evidence profile.
fn logs(declared: &Declared, profiles: &[Profile]) -> Vec<ProfileLogs> {
    let of_profile = |profile: &Profile| {
        let fields = declared.surface.covers(profile).fields;
        let days = fields.iter().map(|field| (field.field.to_owned(), field.log.map(|log| log.days)));
        ProfileLogs { profile: profile.id.clone(), days: days.collect() }
    };
    profiles.iter().map(of_profile).collect()
}

/// The models by root digest, for the digests that deployments name.
#[derive(Default)]
struct Roots(HashMap<RootDigest, Vec<usize>>);

impl Roots {
    fn of(view: &View) -> Self {
        let is_asked = |deployment: &Deployment| matches!(deployment.model, Runs::Root(_));
        if !view.workspace.deployments.iter().any(is_asked) {
            return Roots::default();
        }
        let mut roots: HashMap<RootDigest, Vec<usize>> = HashMap::new();
        for index in 0..view.models.len() {
            if let Some(root) = view.root(index) {
                roots.entry(root).or_default().push(index);
            }
        }
        Roots(roots)
    }

    fn models(&self, view: &View, deployment: &Deployment) -> Vec<usize> {
        match &deployment.model {
            Runs::Named(id) => {
                view.model(view.workspace.aliases.resolve(id)).map(|(index, _)| index).into_iter().collect()
            }
            Runs::Root(root) => self.0.get(root).cloned().unwrap_or_default(),
        }
    }
}

impl View {
    /// The root digest of a model: that of its files if every signed file is unchanged; for an unverified
    /// model the one that a bill states.
    pub fn root(&self, index: usize) -> Option<RootDigest> {
        match self.standing(index) {
            Some(verified) => verified.verification.root_of_files(),
            None => {
                let mut bindings = self.models.get(index)?.bindings();
                bindings.find_map(|binding| stated_digest(binding.root_digest.as_ref()?))
            }
        }
    }
}
