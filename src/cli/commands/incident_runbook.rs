//! `incident runbook`: a runbook as it is in the library, as a file to start from, checked, or for one deployment.

use crate::cli::output::{Output, folder_is_there};
use crate::disk::{check_writable, write_new};
use crate::documents::{DeploymentRunbookDocument, IncidentRunbookCheckDocument, IncidentRunbookDocument};
use crate::error::{Code, Error, Result};
use crate::forms::placed_page;
use crate::incident::{INVALID, Library};
use crate::json;
use crate::report::{placed, runbooks};
use crate::text::screen;
use crate::workbench::{Workbench, runbook_text};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The arguments of `incident runbook`.
#[derive(Debug, Args)]
pub(crate) struct Runbook {
    /// The type of incident
    #[arg(value_name = "TYPE", required_unless_present = "check", conflicts_with = "check")]
    kind: Option<String>,
    /// Check this file instead: whether it is a runbook that works
    #[arg(long, value_name = "FILE")]
    pub(super) check: Option<PathBuf>,
    /// Print the file of the runbook, to start a runbook of your own from
    #[arg(long, conflicts_with_all = ["check", "deployment"])]
    pub(super) source: bool,
    /// The runbook for the deployment at this place, filled in with what runs there and what was declared of it
    #[arg(long, value_name = "PLACE", conflicts_with = "check")]
    deployment: Option<String>,
    /// Write it to this new file as a version: recorded with its digest, numbered anew where it says something else
    #[arg(long, short, value_name = "FILE", requires = "deployment")]
    out: Option<PathBuf>,
    /// The form of the file [default: md]
    #[arg(long = "as", value_name = "FORM", value_enum, requires = "out")]
    form: Option<FormName>,
}

/// The forms.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormName {
    /// Markdown, for people
    Md,
    /// JSON, for programs
    Json,
}

pub(super) fn runbook(arguments: &Runbook, workbench: &Workbench, output: &Output) -> Result<u8> {
    let Some(kind) = &arguments.kind else {
        return Err(Error::new(Code::Usage, "no type of incident is named")
            .help("`touchmark incident types` lists them"));
    };
    if let Some(place) = &arguments.deployment {
        return for_place(arguments, (kind, place), workbench, output);
    }
    let library = workbench.runbooks()?;
    let shelved = library.find(kind)?;
    if arguments.source && !output.is_json() {
        output.made(&shelved.text);
    } else {
        output.print(&runbooks::runbook(shelved), || IncidentRunbookDocument::of(shelved));
    }
    Ok(0)
}

fn for_place(
    arguments: &Runbook,
    (kind, place): (&str, &str),
    workbench: &Workbench,
    output: &Output,
) -> Result<u8> {
    let Some(file) = &arguments.out else {
        let versioned = workbench.runbook_for(kind, place)?;
        output.print(&placed::placed(&versioned), || DeploymentRunbookDocument::of(&versioned));
        return Ok(0);
    };
    // A version is recorded only if there is somewhere to write it.
    folder_is_there(file)?;
    if std::fs::symlink_metadata(file).is_ok() {
        return Err(Error::new(Code::Usage, "a file or folder of that name already exists")
            .at_path(file)
            .help("name another file; nothing was changed"));
    }
    check_writable(file)?;
    let versioned = workbench.issue_runbook(kind, place)?;
    let text = match arguments.form.unwrap_or(FormName::Md) {
        FormName::Md => placed_page(&versioned),
        FormName::Json => {
            json::to_string(&DeploymentRunbookDocument::of(&versioned)).map_err(|error| {
                Error::new(Code::Internal, format!("a runbook cannot be written as JSON ({error})"))
            })? + "\n"
        }
    };
    write_new(file, text.as_bytes())?;
    let name = screen(&file.to_string_lossy());
    output.print(&placed::written(&versioned, &name), || DeploymentRunbookDocument::of(&versioned));
    Ok(0)
}

pub(super) fn check(file: &Path, output: &Output) -> Result<u8> {
    let checked = Library::bundled()?.check(&runbook_text(file)?);
    let checked = checked.as_ref().map_err(Vec::as_slice);
    output.print(&runbooks::checked(checked), || IncidentRunbookCheckDocument::of(checked));
    Ok(match checked {
        Ok(_) => 0,
        Err(troubles) if troubles.iter().any(|trouble| trouble.code == INVALID) => 2,
        Err(_) => 1,
    })
}
