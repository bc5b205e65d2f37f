//! What else lies in a model's folder: its size, and signatures of other kinds. It judges none of them.

use crate::bundle::manifest::Statement;
use crate::error::Result;
use crate::files::enumerate::Listing;
use crate::files::report::FilesReport;
use crate::foreign;
use crate::foreign::seen::ForeignSignature;
use crate::foreign::survey::Survey;
use crate::hashing::job::HashAlgorithm;
use crate::progress::Progress;
use crate::text::Untrusted;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::compare::{CLAIMS, holds_bundles};

/// Adds to the report what else lies in the folder, in bytes, and finds signatures of other kinds. `bundle` is the
/// signature itself, unless it may be one of another kind.
///
/// # Errors
/// `E-CANCELLED`.
pub(super) fn survey(
    files: &mut FilesReport,
    model: &Path,
    bundle: Option<&Path>,
    statement: Option<&Statement>,
    listed: &Listing,
    progress: &Progress,
) -> Result<Vec<ForeignSignature>> {
    let survey = Survey::of(model, bundle, listed, progress);
    progress.check()?;
    // Signatures and claims that were added since are no part of the model.
    let mut beside: HashSet<&str> = files.attestations.iter().map(Untrusted::raw).collect();
    if statement.is_some() && listed.size_of(CLAIMS).is_none() && holds_bundles(&model.join(CLAIMS)) {
        beside.insert(CLAIMS);
    }
    files.folder_bytes = Some(survey.bytes_without(&beside));
    let differs: HashSet<&str> = (files.changed.iter().map(|file| file.name.raw()))
        .chain(files.unreadable.iter().map(|(name, _)| name.raw()))
        .collect();
    let manifest = statement.map(|statement| &statement.manifest).filter(|manifest| {
        manifest.serialization.hash == HashAlgorithm::Sha256 && manifest.serialization.shard_size.is_none()
    });
    let resources = manifest.into_iter().flat_map(|manifest| &manifest.resources);
    let known: HashMap<&str, &[u8]> = resources
        .filter(|resource| !differs.contains(resource.name.as_str()))
        .map(|resource| (resource.name.as_str(), resource.digest.as_slice()))
        .collect();
    foreign::find(&survey, &known, progress)
}
