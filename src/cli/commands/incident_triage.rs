//! `incident triage`: which bytes lie where a model should be, and what follows from that.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{find, no_such_model, open_to_judge};
use crate::documents::{IncidentTriageDocument, names};
use crate::error::{Code, Error, Result};
use crate::incident::Class;
use crate::inventory::ModelId;
use crate::json;
use crate::report;
use crate::view::View;
use crate::workbench::{ExpectedAs, TriageOf};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `incident triage`.
#[derive(Debug, Args)]
pub(crate) struct Triage {
    /// A model of the inventory, or the folder or file where it runs
    #[arg(value_name = "MODEL")]
    model: String,
    /// What should be there: a model of the inventory, or a root digest
    #[arg(long, value_name = "SUBJECT")]
    expected: Option<String>,
    /// Open a case with the answers
    #[arg(long, requires = "by")]
    open: bool,
    /// Who opens the case
    #[arg(long, value_name = "NAME", requires = "open")]
    by: Option<String>,
}

/// 0 when the expected bytes lie there, 1 when others do, 3 when nobody can tell.
pub(super) fn triage(arguments: &Triage, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let of = asked(arguments, &view)?;
    let triaged = shown(output, |progress| workbench.triage(&of, progress))?;
    let triage = &triaged.triage;
    let document = |case| IncidentTriageDocument { schema: names::IncidentTriage, case, triage };
    let case = match arguments.by.as_deref().filter(|_| arguments.open) {
        None => None,
        Some(by) => {
            let kept = json::to_string(&document(None)).map_err(|error| {
                Error::new(Code::Internal, format!("the triage cannot be written as JSON ({error})"))
            })?;
            Some(workbench.open_triaged(&triaged, by, kept.as_bytes())?)
        }
    };
    let mut text = report::triage(triage);
    if let Some(case) = &case {
        let number = case.record.number;
        text.push_str(&format!("\n✓ opened    case {number}: touchmark incident status {number}\n"));
    }
    output.print(&text, || document(case.as_ref().map(|case| case.record.number)));
    // Where nothing says what should be there, that it is something known or unknown tells nothing.
    let is_open = triage.expected.is_none();
    Ok(match &triage.class {
        Class::Expected => 0,
        Class::NotRead => 3,
        Class::OtherVersion { .. } if is_open => 3,
        Class::Unknown if is_open && triage.model.is_none() => 3,
        _ => 1,
    })
}

/// What is meant: a model of the inventory, or a place where the expected one should lie.
fn asked(arguments: &Triage, view: &View) -> Result<TriageOf> {
    let id = |name: &str| -> Result<ModelId> {
        let model = view.models.get(find(view, name)?);
        model.map(|model| model.id.clone()).ok_or_else(|| no_such_model(name))
    };
    let expected = arguments.expected.as_deref().map(|written| match digest(written) {
        Some(root) => Ok(ExpectedAs::Root(root)),
        None => id(written).map(ExpectedAs::Model),
    });
    let expected = expected.transpose()?;
    let asked = arguments.model.clone();
    let path = PathBuf::from(&asked);
    Ok(match id(&asked) {
        Ok(model) => TriageOf { asked, model: Some(model), path: None, expected },
        Err(_) if path.exists() => {
            let model = match &expected {
                Some(ExpectedAs::Model(model)) => Some(model.clone()),
                Some(ExpectedAs::Root(_)) | None => None,
            };
            TriageOf { asked, model, path: Some(path), expected }
        }
        Err(error) => return Err(error),
    })
}

/// A root digest, with its algorithm before it or without.
fn digest(written: &str) -> Option<crate::signing::RootDigest> {
    written.trim().strip_prefix("sha256:").unwrap_or(written.trim()).parse().ok()
}
