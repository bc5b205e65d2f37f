//! `compare`: two models side by side.

use crate::cli::common::Common;
use crate::cli::forms::of_pages;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::documents::ComparisonDocument;
use crate::error::Result;
use crate::forms::{Form, Subject, write};
use crate::inventory::ModelId;
use crate::report;
use clap::Args;
use std::sync::Arc;

/// The arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The first model's id
    first: String,
    /// The second model's id
    second: String,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_pages())]
    form: Option<Form>,
}

/// The status is 0 when nothing differs, else 1.
pub(super) fn run(arguments: &Compare, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let id = |name: &str| -> Result<ModelId> {
        let index = find(&view, name)?;
        Ok(view.models.get(index).map_or_else(|| ModelId::new(name), |model| model.id.clone()))
    };
    let found = workbench.compare(&id(&arguments.first)?, &id(&arguments.second)?)?;
    let status = u8::from(!found.same);
    if let Some(form) = arguments.form {
        output.made(&write(&Subject::Comparison(Arc::new(found)), form, &view, &[])?);
        return Ok(status);
    }
    output.print(&report::comparison(&found), || ComparisonDocument::of(&found));
    Ok(status)
}
