//! `export`: writes a bill of materials for others. A model that carries a signature is verified first: the bill
//! states what was proved now, or nothing.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, finish, open_to_judge};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::inventory::export::{CycloneDx, Entry, cyclonedx, spdx};
use crate::lineage::shown;
use crate::workbench::JobKind;
use clap::{Args, ValueEnum};

/// The arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The models' ids [default: all models]
    models: Vec<String>,
    /// The format
    #[arg(long = "as", value_name = "FORMAT", default_value = "cyclonedx")]
    form: ExportForm,
    /// The version of CycloneDX [default: 1.7]
    #[arg(long, value_name = "VERSION")]
    spec_version: Option<BillVersion>,
}

/// A format of bills of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportForm {
    /// CycloneDX, JSON.
    Cyclonedx,
    /// SPDX 3.0.1, JSON-LD.
    Spdx,
}

/// A version of CycloneDX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BillVersion {
    /// 1.6.
    #[value(name = "1.6")]
    V1_6,
    /// 1.7.
    #[value(name = "1.7")]
    V1_7,
}

pub(super) fn run(arguments: &Export, common: &Common, output: &Output) -> Result<u8> {
    let Export { models, form, spec_version: version } = arguments;
    if *form == ExportForm::Spdx && version.is_some() {
        return Err(Error::new(Code::Usage, "--spec-version is CycloneDX's; SPDX is written as 3.0.1"));
    }
    let workbench = open_to_judge(common)?;
    let before = workbench.view();
    let wanted: Vec<usize> = match models.as_slice() {
        [] => (0..before.models.len()).collect(),
        names => {
            let mut found = names.iter().map(|name| find(&before, name)).collect::<Result<Vec<_>>>()?;
            found.sort_unstable();
            found.dedup();
            found
        }
    };
    let ids: Vec<ModelId> =
        wanted.iter().filter_map(|index| before.models.get(*index)).map(|model| model.id.clone()).collect();
    let is_signed = |id: &&ModelId| before.model(id).is_some_and(|(_, model)| model.signature.is_some());
    let signed: Vec<ModelId> = ids.iter().filter(is_signed).cloned().collect();
    if !signed.is_empty() {
        finish(&workbench, JobKind::Verify(signed), output)?;
    }
    let view = workbench.view();
    let models: Vec<_> = ids
        .iter()
        .filter_map(|id| view.model(id))
        .map(|(index, model)| (shown(&view.graph, model), view.proof(index)))
        .collect();
    let entries: Vec<Entry<'_>> =
        models.iter().map(|(model, proof)| Entry { model, proof: proof.clone() }).collect();
    for entry in entries.iter().filter(|entry| entry.proof.is_none() && entry.model.signature.is_some()) {
        output.note(&format!("? not stated  {}: its signature does not pass here", entry.model.id.screen()));
    }
    match form {
        ExportForm::Spdx => output.document(&spdx(&entries, view.at)),
        ExportForm::Cyclonedx => {
            let version = match version {
                Some(BillVersion::V1_6) => CycloneDx::V1_6,
                Some(BillVersion::V1_7) | None => CycloneDx::V1_7,
            };
            output.document(&cyclonedx(&entries, version, view.at));
        }
    }
    Ok(0)
}
