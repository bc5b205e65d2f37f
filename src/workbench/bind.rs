//! Writing what was verified of a model into a bill of materials of the workspace's own. What is stated was seen here;
//! it is never the producer's word, and `touchmark.toml` notes that this workspace wrote it.

use super::door::Workbench;
use crate::decision::Making;
use crate::disk::write_whole;
use crate::error::{Code, Error, Result};
use crate::inventory::export::{CycloneDx, Entry, Proof, Writer, cyclonedx_by};
use crate::inventory::{List, Model, ModelId, Source, SourceKind, Workspace, bom};
use crate::signing::Outcome;
use crate::text::Untrusted;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// Where these bills lie, below the workspace.
const FOLDER: &str = "bindings";
/// Longer names are cut; a digest follows them.
const MAX_NAME: usize = 100;

/// A bill that states what was verified of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The model.
    pub model: ModelId,
    /// The bill, workspace-relative, with `/`.
    pub bill: Untrusted,
    /// What it states.
    pub proof: Proof,
}

impl Workbench {
    /// Writes what the latest verification of a model proved into a bill of the workspace, which becomes a source; a
    /// scan then reads it.
    ///
    /// # Errors
    /// `E-NOT-FOUND`; `E-EVIDENCE` when nothing is proven that could be stated; `E-USAGE` when nothing may be written;
    /// `E-WRITE`, `E-CONFIG`, `E-STORE`.
    pub fn bind(&self, id: &ModelId) -> Result<Bound> {
        self.writable()?;
        let view = self.view();
        let (index, model) = view
            .model(id)
            .ok_or_else(|| Error::new(Code::NotFound, "no such model in the inventory").at(id.raw()))?;
        let Some(proof) = view.proof(index) else {
            return Err(unproven(
                view.standing(index).map(|verified| verified.verification.outcome()),
                model,
            ));
        };
        let Making { by, workspace, .. } = self.made()?;
        let writer = Writer {
            workspace: format!("workspace {} ({workspace})", view.workspace.name).into(),
            by: by.shown(),
        };
        let bill = Path::new(FOLDER).join(file_name(id));
        let root = view.workspace.root.clone();
        let stated = bare(model);
        let entry = [Entry { model: &stated, proof: Some(proof.clone()) }];
        let document = cyclonedx_by(&entry, CycloneDx::V1_7, self.now(), Some(&writer));
        let mut bytes = serde_json::to_vec_pretty(&document)
            .map_err(|_| Error::new(Code::Internal, "the bill could not be written as JSON"))?;
        bytes.push(b'\n');
        let (folder, whole) = (root.join(FOLDER), root.join(&bill));
        let name = crate::disk::slashed(&bill);
        self.writing(&[&folder, &whole, &Workspace::file_in(&root)], || {
            make_folder(&folder)?;
            write_whole(&whole, &bytes)?;
            self.note(id, &whole, &Untrusted::new(name.as_str()))
        })?;
        Ok(Bound { model: id.clone(), bill: name.into(), proof })
    }

    /// Notes the binding as it is read from the bill, and the bill as a source.
    fn note(&self, id: &ModelId, whole: &Path, source: &Untrusted) -> Result<()> {
        let read = bom::read(whole, source);
        let binding =
            read.models.iter().find(|model| model.id == *id).and_then(|model| model.binding.as_deref());
        let digest = binding.map(|binding| binding.digest(id)).ok_or_else(|| {
            Error::new(Code::Internal, "the bill does not read as it was written").at_path(whole)
        })?;
        let folder = PathBuf::from(FOLDER);
        let mut workspace = self.inner.workspace.write().unwrap_or_else(PoisonError::into_inner);
        let is_read = |known: &Source| {
            known.kind == SourceKind::Bom && (known.path == folder || Path::new(source.raw()) == known.path)
        };
        if !workspace.sources.iter().any(is_read) {
            workspace.add_source(Source { kind: SourceKind::Bom, path: folder, prefix: None })?;
        }
        workspace.note_binding(id.raw(), &digest)
    }
}

/// The folder, in the workspace and no link to elsewhere.
fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|cause| Error::write(folder, &cause))?;
    let metadata = std::fs::symlink_metadata(folder).map_err(|cause| Error::write(folder, &cause))?;
    match metadata.is_dir() {
        true => Ok(()),
        false => Err(Error::new(Code::Write, "not a folder of the workspace, but a link")
            .at_path(folder)
            .help("put a folder in its place; nothing was written")),
    }
}

/// Only what names the model: its facts are for their own sources to tell.
fn bare(model: &Model) -> Model {
    let mut stated = Model::new(model.id.clone(), model.name.clone());
    stated.kind = model.kind;
    stated.facts = List::default();
    stated
}

fn unproven(outcome: Option<Outcome>, model: &Model) -> Error {
    let error = |what: &str| Error::new(Code::Evidence, what.to_owned()).at(model.id.raw());
    match outcome {
        _ if model.signature.is_none() => error("this model has no signature, so there is nothing to bind")
            .help("sign it, or ask its producer to"),
        None => error("this model was not verified since its files last changed")
            .help("run `touchmark verify MODEL`, or press V in the workbench"),
        Some(Outcome::Pass) => error("the signer of this model is not proven, so there is nothing to bind")
            .help("`touchmark verify MODEL --explain` shows what is missing"),
        Some(_) => error("the verification of this model does not pass, so there is nothing to bind")
            .help("`touchmark verify MODEL --explain` shows why"),
    }
}

/// A file name for a model: its id where that is one, and a digest where anything had to be changed.
fn file_name(id: &ModelId) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let raw = id.raw();
    let plain: String = raw.replace('/', "--").chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let short: String = plain.trim_start_matches('.').chars().take(MAX_NAME).collect();
    let is_exact = short.replace("--", "/") == raw && !raw.contains("--");
    match is_exact {
        true => format!("{short}.cdx.json"),
        false => {
            let digest = blake3::hash(raw.as_bytes()).to_hex();
            format!("{short}-{}.cdx.json", digest.get(..12).unwrap_or_default())
        }
    }
}
