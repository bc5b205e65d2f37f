//! What else lies in a model's folder: its size, and signatures of other kinds. It judges none of them.

use crate::bundle::manifest::Statement;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::error::Result;
use crate::files::enumerate::Listing;
use crate::foreign;
use crate::foreign::seen::ForeignSignature;
use crate::foreign::survey::Survey;
use crate::hashing::job::HashAlgorithm;
use crate::progress::Progress;
use crate::text::Untrusted;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::verification::Verification;

const SHOWN_FOREIGN: usize = 10;

/// Adds to a verification what else lies in the folder: its size, and signatures of other kinds.
///
/// # Errors
/// `E-CANCELLED`.
pub(super) fn look_around(
    result: &mut Verification,
    model: &Path,
    bundle: &Path,
    statement: Option<&Statement>,
    listed: &Listing,
    progress: &Progress,
) -> Result<()> {
    // What could not be read as a bundle may be a signature of another kind.
    let is_bundle = result.bundle_digest.is_some();
    let survey = Survey::of(model, is_bundle.then_some(bundle), listed, progress);
    progress.check()?;
    result.files.folder_bytes = Some(survey.bytes());
    let differs: HashSet<&str> = (result.files.changed.iter().map(|file| file.name.raw()))
        .chain(result.files.unreadable.iter().map(|(name, _)| name.raw()))
        .collect();
    let manifest = statement.map(|statement| &statement.manifest).filter(|manifest| {
        manifest.serialization.hash == HashAlgorithm::Sha256 && manifest.serialization.shard_size.is_none()
    });
    let resources = manifest.into_iter().flat_map(|manifest| &manifest.resources);
    let known: HashMap<&str, &[u8]> = resources
        .filter(|resource| !differs.contains(resource.name.as_str()))
        .map(|resource| (resource.name.as_str(), resource.digest.as_slice()))
        .collect();
    let found = foreign::find(&survey, &known, progress)?;
    let parse = result.checks.iter_mut().find(|check| check.stage == Stage::Parse);
    if let Some(check) = parse.filter(|_| !is_bundle && !found.is_empty()) {
        let lines = found.iter().take(SHOWN_FOREIGN);
        check
            .prose_mut()
            .details
            .extend(lines.map(|one| Untrusted::new(format!("not OMS: {}", one.line().raw()))));
        let taken_for_oms = bundle.file_name().map(|name| name.to_string_lossy());
        let is_it = |one: &ForeignSignature| Some(one.file.raw()) == taken_for_oms.as_deref();
        if check.outcome == Outcome::Missing || found.iter().any(is_it) {
            check.prose_mut().remedy = Some(ForeignSignature::ADD_OMS.to_owned());
        }
    }
    result.foreign = found;
    Ok(())
}
