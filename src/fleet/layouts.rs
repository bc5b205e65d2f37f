//! A model in an OCI image layout: of a registry, or in a folder or bucket. Its documents and signatures are read in any
//! case; its layers unless a registry's word for them is enough. How layouts are read is for the inventory to know.

use super::documents::{Digests, FleetItem, UnknownClass, WantedBasis};
use super::grouping::LAYOUT;
use super::spool::{Spool, Stop, Taking};
use crate::inventory::{Model, in_layout, listed};
use crate::progress::Progress;
use crate::remote::{Files, Object};
use crate::signing::{HashAlgorithm, Listed, default_signature};
use std::cell::Cell;
use std::path::PathBuf;

/// Blobs up to here are read in any case. No document of a layout and no signature in one is larger.
const SMALL: u64 = 4 * 1024 * 1024;

/// A model that was found in a layout.
pub(super) struct InLayout {
    pub(super) model: Model,
    /// Its manifest.
    pub(super) manifest: PathBuf,
    /// What the manifest lists.
    pub(super) listed: Listed,
    /// Its signature, or where one would be.
    pub(super) bundle: PathBuf,
    /// Whether all blobs are here.
    pub(super) in_full: bool,
    /// Blobs whose bytes are not what the registry says.
    pub(super) digests: Digests,
}

/// Whether a model is a layout and nothing that was signed as a folder.
pub(super) fn is_layout(item: &FleetItem, below: &str) -> bool {
    let has = |name: &str| item.objects.iter().any(|object| object.key.strip_prefix(below) == Some(name));
    LAYOUT.iter().all(|name| has(name)) && !has("model.sig")
}

/// Reads a layout as far as the basis asks for.
pub(super) fn in_registry(
    files: &dyn Files,
    (item, below): (&FleetItem, &str),
    spool: &Spool,
    (basis, rechecks): (WantedBasis, bool),
    seen: (&Progress, &Cell<u64>),
) -> Result<InLayout, Stop> {
    let said = |object: &Object| object.checksum.as_ref().and_then(|checksum| checksum.sha256());
    // A name of a blob in a folder or bucket is nobody's word.
    let is_left = |object: &Object| {
        !rechecks && basis == WantedBasis::RegistryDigest && object.size > SMALL && said(object).is_some()
    };
    let is_index = |object: &Object| object.key.strip_prefix(below) == Some(LAYOUT[0]);
    // First what a registry may have changed since.
    let (first, others): (Vec<&Object>, Vec<&Object>) = item.objects.iter().partition(|one| is_index(one));
    let mut digests = Digests::default();
    for object in first.into_iter().chain(others.iter().copied().filter(|one| !is_left(one))) {
        let said = said(object);
        // Whatever a signature lists of a layout, it lists by SHA-256.
        let signed = said.is_some().then_some((HashAlgorithm::Sha256, None));
        let taking = Taking { said: said.as_deref(), signed, gaps: false };
        let is_as_said = spool.take(files, object, below, &taking, seen)?;
        digests.contradicted += u64::from(!is_as_said);
    }
    let scan = in_layout(&spool.folder).ok_or(Stop::Unknown(UnknownClass::Layout))?;
    let [model] = <[Model; 1]>::try_from(scan.models).map_err(|_| Stop::Unknown(UnknownClass::Layout))?;
    let manifest = model.location.clone().unwrap_or_default();
    let listed = listed(&manifest)?.ok_or(Stop::Unknown(UnknownClass::Layout))?;
    let bundle = model.signature.clone().unwrap_or_else(|| default_signature(&manifest));
    let is_rechecked = |one: &&&Object| one.size > SMALL && said(one).is_some();
    if rechecks && basis == WantedBasis::RegistryDigest {
        digests.rechecked = others.iter().filter(is_rechecked).count() as u64;
    }
    let in_full = !others.into_iter().any(is_left);
    if !in_full {
        let here = listed.files.iter().filter(|file| file.blob.is_some()).count() as u64;
        digests.recomputed = here;
        digests.registry_digest = listed.files.len() as u64 - here;
    }
    Ok(InLayout { model, manifest, listed, bundle, in_full, digests })
}
