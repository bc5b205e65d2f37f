//! All folders of models that a workspace names, looked through together: what one source leads to is not another one's
//! for a second time, and folders of different sources that only happen to be called alike are told apart.

use crate::error::{Error, Result};
use crate::progress::Progress;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::inventory::model::id::ModelId;
use crate::inventory::places::discovery::{self, Discovered, Place};
use crate::inventory::workspace::{Source, SourceKind, Workspace};

/// What lies in each source of models, in their order.
///
/// # Errors
/// `E-READ` when one cannot be looked into, `E-CANCELLED`.
pub(super) fn discover<'w>(
    workspace: &'w Workspace,
    is_wanted: impl Fn(&Path) -> bool,
    progress: &Progress,
) -> Result<Vec<(&'w Source, Discovered)>> {
    let of_models = workspace.sources.iter().filter(|source| source.kind == SourceKind::Models);
    let wanted: Vec<(&Source, PathBuf)> = of_models
        .map(|source| (source, workspace.root.join(&source.path)))
        .filter(|(_, root)| is_wanted(root))
        .collect();
    let real: Vec<PathBuf> = wanted.iter().filter_map(|(_, root)| root.canonicalize().ok()).collect();
    let mut all = Vec::with_capacity(wanted.len());
    for (source, root) in wanted {
        progress.check()?;
        // One that is not there says so here.
        std::fs::metadata(&root).map_err(|cause| Error::read(&root, &cause))?;
        let prefix = source.prefix.as_deref();
        all.push((source, discovery::discover_named(&root, &source.path, prefix, &real, progress)?));
    }
    tell_apart(&mut all);
    Ok(all)
}

/// Gives folders of later sources that have nothing but a folder's name in common with one of an earlier source the
/// name of a folder above them, too. Names with an owner mean one model wherever they stand.
fn tell_apart(all: &mut [(&Source, Discovered)]) {
    let mut known: HashMap<ModelId, (usize, PathBuf)> = HashMap::new();
    for (index, (_, found)) in all.iter_mut().enumerate() {
        for place in &mut found.places {
            let Some(id) = place.name_of_path().filter(|name| !name.contains('/')).map(ModelId::new) else {
                continue;
            };
            let Some((first, elsewhere)) = known.get(&id) else {
                known.insert(id, (index, place.real().unwrap_or_default()));
                continue;
            };
            let is_alike = *first != index && place.real().is_some_and(|real| real != *elsewhere);
            if let Some((name, id)) = is_alike.then(|| longer(place, &known)).flatten() {
                known.insert(id, (index, place.real().unwrap_or_default()));
                place.rename(name);
            }
        }
    }
}

/// A name with as many of the folders above as it takes.
fn longer(place: &Place, known: &HashMap<ModelId, (usize, PathBuf)>) -> Option<(String, ModelId)> {
    let name = place.name_of_path()?;
    let location = place.location();
    let above: Vec<&str> = location
        .parent()?
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect();
    let longer = |from: usize| {
        let name = format!("{}/{name}", above.get(from..)?.join("/"));
        Some((ModelId::new(&name), name)).filter(|(id, _)| !known.contains_key(id))
    };
    (0..above.len()).rev().find_map(longer).map(|(id, name)| (name, id))
}
