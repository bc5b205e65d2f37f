//! What is verified by flags: a folder or file, or a model in an OCI layout, with the signature that belongs to it.

use crate::attest::{ClaimsFound, ClaimsPlace, claims_with};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, Scan, attached, in_layout, listed};
use crate::signing::{Listed, Place, default_signature, find_signature};
use crate::text::screen;
use std::path::{Path, PathBuf};

/// How a model in an OCI layout is named, as other tools for registries do.
const OCI: &str = "oci:";

/// What is verified, and against which bundle.
pub(super) struct Target {
    place: Placed,
    /// The bundle.
    pub(super) bundle: PathBuf,
}

enum Placed {
    Files(PathBuf),
    Registry { manifest: PathBuf, listed: Listed },
}

impl Target {
    /// What a path and an option name.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when a layout has no such model, or several; `E-MODEL`, `E-TOO-LARGE`.
    pub(super) fn of(model: &Path, signature: Option<&Path>) -> Result<Self> {
        let word = model.to_string_lossy();
        let (layout, wanted) = match word.strip_prefix(OCI).filter(|_| !model.exists()) {
            Some(named) => split(named),
            None if signature.is_none() && find_signature(model).is_none() => (model.to_owned(), None),
            None => return Ok(Target::files(model, signature)),
        };
        let scan = match in_layout(&layout) {
            Some(scan) => scan,
            None if word.starts_with(OCI) && !model.exists() => {
                return Err(Error::new(
                    Code::NotFound,
                    "not an OCI layout: no `oci-layout` and `index.json` in it",
                )
                .at_path(&layout)
                .help("name the folder of a layout: oci:FOLDER, oci:FOLDER:TAG or oci:FOLDER@DIGEST"));
            }
            None => return Ok(Target::files(model, signature)),
        };
        let model = chosen(&scan, wanted.as_deref(), &layout)?;
        let manifest = model.location.clone().unwrap_or_default();
        let attached = || model.signature.clone().unwrap_or_else(|| default_signature(&manifest));
        let bundle = signature.map_or_else(attached, Path::to_owned);
        let listed = listed(&manifest)?.unwrap_or_default();
        Ok(Target { place: Placed::Registry { manifest, listed }, bundle })
    }

    fn files(model: &Path, signature: Option<&Path>) -> Self {
        let found = || find_signature(model).unwrap_or_else(|| default_signature(model));
        let bundle = signature.map_or_else(found, Path::to_owned);
        Target { place: Placed::Files(model.to_owned()), bundle }
    }

    /// Where its files are; those in a layout are read on request.
    pub(super) fn place(&self, in_full: bool) -> Place<'_> {
        match &self.place {
            Placed::Files(model) => Place::Files(model),
            Placed::Registry { manifest, listed } => Place::Registry { manifest, listed, in_full },
        }
    }

    /// The files of claims that lie with it.
    pub(super) fn claims(&self) -> Vec<ClaimsFound> {
        match &self.place {
            Placed::Files(model) => claims_with(ClaimsPlace::Model { model, signature: Some(&self.bundle) }),
            Placed::Registry { manifest, .. } => {
                let (files, is_cut) = attached(manifest);
                claims_with(ClaimsPlace::Attached { files: &files, is_cut })
            }
        }
    }
}

/// `FOLDER`, `FOLDER:TAG`, `FOLDER@DIGEST`.
fn split(named: &str) -> (PathBuf, Option<String>) {
    if Path::new(named).exists() {
        return (named.into(), None);
    }
    let by_tag = || named.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    match named.rsplit_once('@').or_else(by_tag) {
        Some((folder, wanted)) => (folder.into(), Some(wanted.to_owned())),
        None => (named.into(), None),
    }
}

/// The model of a layout with this tag or digest; the only one where none is named.
fn chosen<'m>(scan: &'m Scan, wanted: Option<&str>, layout: &Path) -> Result<&'m Model> {
    let Scan { models, findings } = scan;
    let digest = |model: &Model| {
        let name = model.location.as_ref().and_then(|place| place.file_name());
        format!("sha256:{}", name.unwrap_or_default().to_string_lossy())
    };
    let is_wanted = |model: &&Model| match wanted {
        Some(wanted) => tag_of(model) == Some(wanted) || digest(model) == wanted,
        None => true,
    };
    let fitting: Vec<&Model> = models.iter().filter(is_wanted).collect();
    match fitting.as_slice() {
        [one] => Ok(one),
        fitting => {
            let what = match (fitting.len(), wanted) {
                (0, None) => "no model in this OCI layout",
                (0, Some(_)) => "no model with this tag or digest in the OCI layout",
                _ => "several models in this OCI layout",
            };
            let names: Vec<String> = models
                .iter()
                .take(8)
                .map(|model| tag_of(model).map_or_else(|| digest(model), screen))
                .collect();
            let error = Error::new(Code::NotFound, what).at_path(layout);
            Err(match names.is_empty() {
                // What keeps them from being read.
                true => match findings.first() {
                    Some(found) => error.help(format!("{}: {}", found.code, found.message)),
                    None => error,
                },
                false => error.help(format!(
                    "name one, as in oci:FOLDER:TAG or oci:FOLDER@DIGEST: {}",
                    names.join(", ")
                )),
            })
        }
    }
}

fn tag_of(model: &Model) -> Option<&str> {
    model.name.raw().rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/'))
}
