//! `incident export`: a case for people who do not run this program, and for programs that run playbooks.

use crate::cli::common::Common;
use crate::cli::links;
use crate::cli::output::{Output, folder_is_there};
use crate::disk::write_new;
use crate::documents::IncidentDocument;
use crate::error::{Code, Error, Result};
use crate::forms::incident_page;
use crate::incident::cacao;
use crate::json;
use crate::workbench::Workbench;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The arguments of `incident export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The number of the case
    case: u64,
    /// The form
    #[arg(long = "as", value_name = "FORM", value_enum)]
    form: FormName,
    /// Write to this new file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The forms.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormName {
    /// Markdown, for people
    Md,
    /// The JSON of `incident status`
    Json,
    /// The runbook of the case as a CACAO 2.0 playbook
    Cacao,
}

impl Export {
    /// Whether it goes to standard output.
    pub(super) fn is_product(&self) -> bool {
        self.out.is_none()
    }
}

pub(super) fn export(
    arguments: &Export,
    workbench: &Workbench,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let case = workbench.case(arguments.case)?;
    let at = common.now();
    let unwritten = |error: serde_json::Error| {
        Error::new(Code::Internal, format!("the case cannot be written as JSON ({error})"))
    };
    let text = match arguments.form {
        FormName::Md => incident_page(&case, at),
        FormName::Json => json::to_string(&IncidentDocument::of(&case, at)).map_err(unwritten)? + "\n",
        FormName::Cacao => json::to_string(&cacao(&case)?).map_err(unwritten)? + "\n",
    };
    match &arguments.out {
        None => output.made(&text),
        Some(file) => {
            folder_is_there(file)?;
            write_new(file, text.as_bytes())?;
            output.note(&format!("✓ written  {}", links::noted(file)));
        }
    }
    Ok(0)
}
