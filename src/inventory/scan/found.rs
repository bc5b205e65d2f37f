//! Where the sources of a workspace have a model now: what is verified is found here and not looked up in a store,
//! which may say anything. It reads no weights and no bills.

use crate::error::Result;
use crate::progress::Progress;
use std::collections::HashMap;
use std::path::{Component, Path};
use std::sync::OnceLock;

use super::sources;
use crate::inventory::model::aliases::Aliases;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Model;
use crate::inventory::model::twins::plain;
use crate::inventory::places::discovery::Place;
use crate::inventory::workspace::{SourceKind, Workspace};

/// What the folders of a workspace hold, found at one moment.
pub struct Found {
    aliases: Aliases,
    /// In the order in which they count, each with its models once they were asked for.
    places: Vec<(Place, OnceLock<Vec<Model>>)>,
    /// The folders of each model, by their indices.
    folders: HashMap<ModelId, Vec<usize>>,
    /// Those that hold models in blobs.
    stores: Vec<usize>,
}

impl Found {
    /// Looks for models in all folders that the workspace names, in their order, under the names that the aliases give
    /// them. A source that is not there has none.
    ///
    /// # Errors
    /// `E-READ` when a source cannot be looked into, `E-CANCELLED`.
    pub fn in_sources(workspace: &Workspace, aliases: Aliases, progress: &Progress) -> Result<Self> {
        let mut found = Found { aliases, places: Vec::new(), folders: HashMap::new(), stores: Vec::new() };
        for (_, discovered) in sources::discover(workspace, Path::is_dir, progress)? {
            discovered.places.into_iter().for_each(|place| found.add(place));
        }
        Ok(found)
    }

    fn add(&mut self, place: Place) {
        let index = self.places.len();
        match place.named() {
            Some(mut model) => {
                self.aliases.apply(&mut model);
                self.folders.entry(model.id).or_default().push(index);
            }
            None => self.stores.push(index),
        }
        self.places.push((place, OnceLock::new()));
    }

    /// Where the model of that id lies, with its bundle and its claims, in the order in which the places count; nothing
    /// else of these models is known. A store of blobs is read only when `kept`, the place that was known, is in it, or
    /// when no folder has the model.
    pub fn of(&self, id: &ModelId, kept: Option<&Path>) -> Vec<&Model> {
        let folders = self.folders.get(id).map(Vec::as_slice).unwrap_or_default();
        let is_asked = |index: &&usize| {
            let place = self.places.get(**index).map(|(place, _)| place);
            folders.is_empty()
                || place.zip(kept).is_some_and(|(place, kept)| kept.starts_with(place.location()))
        };
        let mut asked: Vec<usize> = self.stores.iter().filter(is_asked).chain(folders).copied().collect();
        asked.sort_unstable();
        let mut models: Vec<&Model> = Vec::new();
        for (place, read) in asked.into_iter().filter_map(|index| self.places.get(index)) {
            let named = || {
                let mut models = place.models();
                models.iter_mut().for_each(|model| self.aliases.apply(model));
                models
            };
            for model in read.get_or_init(named) {
                // Sources may lie in each other.
                let is_new = models.iter().all(|known| known.location != model.location);
                if model.id == *id && is_new {
                    models.push(model);
                }
            }
        }
        let chosen = self.aliases.chosen_for(id);
        let is_chosen = |model: &&Model| model.location.as_deref().map(plain).as_deref() == chosen;
        if chosen.is_some() && models.iter().any(is_chosen) {
            models.retain(is_chosen);
        }
        models
    }
}

impl Workspace {
    /// Whether a path is one that a model of this workspace's sources can have: one of their folders, or below it. A
    /// path from a store that is not may lead anywhere.
    pub fn covers(&self, path: &Path) -> bool {
        let is_plain = |rest: &Path| rest.components().all(|part| matches!(part, Component::Normal(_)));
        self.sources
            .iter()
            .filter(|source| source.kind == SourceKind::Models)
            .any(|source| path.strip_prefix(&source.path).is_ok_and(is_plain))
    }
}
