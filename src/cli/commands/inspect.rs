//! `inspect`: shows what a file holds, and trusts nothing of it.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::snapshot_file;
use crate::documents::{InspectBomDocument, InspectionDocument, names};
use crate::error::{Code, Result};
use crate::inventory::{bom, inspect_file};
use crate::report;
use crate::snapshot::is_snapshot;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `inspect`.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The file
    file: PathBuf,
}

pub(super) fn run(arguments: &Inspect, _: &Common, output: &Output) -> Result<u8> {
    let file = &arguments.file;
    if is_snapshot(file) {
        return snapshot(file, output);
    }
    // Before the signing core, which knows the first bytes of weights only.
    if let Some(inspection) = inspect_file(file) {
        output.print(&report::inspection(&inspection), || InspectionDocument::from(inspection));
        return Ok(0);
    }
    let error = match crate::signing::inspect(file) {
        Ok(inspection) => {
            let human = report::inspection(&inspection);
            output.print(&human, || InspectionDocument::from(inspection));
            return Ok(0);
        }
        Err(error) => error,
    };
    // What the signing core does not know may be a bill of materials.
    let found = bom::read(file, &file.to_string_lossy().into_owned().into());
    let foreign = |code: &str| matches!(code, "F-BOM-UNREADABLE" | "F-BOM-JSON" | "F-BOM-FORMAT");
    if error.code != Code::Malformed || found.findings.iter().any(|finding| foreign(&finding.code)) {
        return Err(error.help(
            "known are bundles, claims.jsonl, certificates and public keys in PEM, CycloneDX 1.5 to 1.7, SPDX \
             2.3 and 3.0.1, snapshots, model cards, agent cards, MCP descriptors, Kitfiles, MLmodel files, and weights: safetensors, GGUF, ONNX, \
             pickles, PyTorch, Keras, HDF5 and NumPy files, tar and ZIP archives",
        ));
    }
    output.print(&report::bom(&found), || InspectBomDocument {
        schema: names::InspectBom,
        models: &found.models,
        findings: &found.findings,
    });
    Ok(0)
}

fn snapshot(file: &Path, output: &Output) -> Result<u8> {
    let (reader, seal) = snapshot_file::read(file)?;
    let human = format!("snapshot of an inventory\n{}", snapshot_file::lines(&reader, seal.as_ref()));
    output.print(&human, || {
        let held = report::snapshot::held(&reader, seal.as_ref());
        let fields = held.into_iter().map(|(label, value)| (label.to_owned(), value.into())).collect();
        InspectionDocument { schema: names::Inspection, kind: "snapshot of an inventory".to_owned(), fields }
    });
    Ok(0)
}
