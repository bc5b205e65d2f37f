//! What the store holds, as models: folders that are one and the same are one, and of several that come to one name the
//! one that was asked for counts.

use super::door::Workbench;
use super::sources::plausible;
use crate::error::{Code, Error, Result};
use crate::inventory::{DUPLICATE, Finding, Model};
use crate::store::{self, Store};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

type Loaded = (Vec<Model>, Vec<Finding>);

impl Workbench {
    /// The models of a store, sorted by id, and what the sources get wrong.
    ///
    /// # Errors
    /// `E-STORE`; `E-NOT-FOUND` when a folder was asked for that no model has.
    pub(super) fn load(&self, store: &dyn Store) -> Result<Loaded> {
        let workspace = self.workspace();
        let mut loaded = store::load(store, &workspace.aliases)?;
        plausible(&workspace, &mut loaded.0);
        let changed = workspace.tell_pins(&mut loaded.0);
        loaded.1.extend(changed);
        let Some(location) = &self.inner.options.location else {
            merge_same(&workspace.root, &mut loaded);
            return Ok(loaded);
        };
        let wanted = location.canonicalize().map_err(|cause| Error::read(location, &cause))?;
        let is_wanted =
            |place: &&Path| workspace.root.join(place).canonicalize().is_ok_and(|place| place == wanted);
        let found = loaded.0.iter().find_map(|model| Some((model, places(model).find(is_wanted)?)));
        let Some((model, place)) = found else {
            return Err(Error::new(Code::NotFound, "no model of the inventory lies there")
                .at_path(location)
                .help("`touchmark scan` reads the sources again; `touchmark show MODEL` names the folders of a model"));
        };
        let aliases = workspace.aliases.choosing(&model.id, place);
        let mut loaded = store::load(store, &aliases)?;
        plausible(&workspace, &mut loaded.0);
        let changed = workspace.tell_pins(&mut loaded.0);
        loaded.1.extend(changed);
        merge_same(&workspace.root, &mut loaded);
        Ok(loaded)
    }
}

fn places(model: &Model) -> impl Iterator<Item = &Path> {
    model.location.as_deref().into_iter().chain(model.twins.iter().map(|twin| twin.location.as_path()))
}

/// Sources may lie in each other, or lead to the same folder by several ways: that is one folder, and no twin.
fn merge_same(root: &Path, (models, findings): &mut Loaded) {
    let mut same: HashSet<(String, String)> = HashSet::new();
    for model in models.iter_mut().filter(|model| !model.twins.is_empty()) {
        let real = |place: &Path| root.join(place).canonicalize().ok();
        let mut known: Vec<PathBuf> = model.location.as_deref().and_then(real).into_iter().collect();
        let id = model.id.raw().to_owned();
        model.twins.retain(|twin| {
            let Some(place) = real(&twin.location) else { return true };
            let is_new = !known.contains(&place);
            if is_new {
                known.push(place);
            } else {
                same.insert((id.clone(), twin.location.to_string_lossy().into_owned()));
            }
            is_new
        });
    }
    let is_same = |finding: &Finding| {
        finding.code == DUPLICATE
            && finding
                .model
                .as_ref()
                .is_some_and(|id| same.contains(&(id.raw().to_owned(), finding.place.raw().to_owned())))
    };
    if !same.is_empty() {
        findings.retain(|finding| !is_same(finding));
    }
}
