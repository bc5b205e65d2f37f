//! Pipelines of several models in one folder, as Diffusers lays them out: a folder for each component.

use std::collections::BTreeMap;

/// The index of a pipeline.
pub(super) const FILES: [&str; 2] = ["model_index.json", "modular_model_index.json"];

/// The component that a file lies in.
pub(super) fn folder(place: &str) -> Option<&str> {
    place.split_once('/').map(|(folder, _)| folder)
}

/// The files of each component. Files beside the index hold all of it once more, for other programs.
pub(super) fn components<'w, T>(
    files: &[&'w T],
    place: impl Fn(&'w T) -> &'w str,
) -> BTreeMap<&'w str, Vec<&'w T>> {
    let mut found: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for file in files {
        if let Some(folder) = folder(place(file)) {
            found.entry(folder).or_default().push(file);
        }
    }
    found
}
