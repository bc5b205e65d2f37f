//! `show`: everything that is known of a model.

use crate::cli::common::Common;
use crate::cli::forms::of_pages;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::documents::{ModelDocument, VerdictBody};
use crate::error::Result;
use crate::forms::{Form, Subject, write};
use crate::lineage::doubts_of;
use crate::report;
use clap::Args;

/// The arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The model's id
    model: String,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_pages())]
    form: Option<Form>,
}

pub(super) fn run(arguments: &Show, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let asked = view.models.get(find(&view, &arguments.model)?).map(|model| model.id.clone());
    workbench.look_again(asked.as_slice())?;
    let view = workbench.view();
    let index = find(&view, &arguments.model)?;
    let read = view.models.get(index).map(|model| workbench.read_times(model)).transpose()?;
    let read = read.unwrap_or_default();
    let id = view.models.get(index).map(|model| model.id.clone());
    if let Some((form, id)) = arguments.form.zip(id) {
        output.made(&write(&Subject::Model(id), form, &view, &read)?);
        return Ok(0);
    }
    let verdict = view.verdict(index);
    let said = view.models.get(index).map(|model| workbench.review_history(&model.id)).transpose()?;
    let said = report::reviews(&said.unwrap_or_default());
    output.print(&(report::model(&view, index) + &said + &report::read_times(&read)), || {
        ModelDocument::of(
            &view,
            index,
            verdict.as_ref().map(|verdict| VerdictBody::of(&view, verdict)),
            &read,
            view.models
                .get(index)
                .map(|model| doubts_of(model, &view.models, &view.graph))
                .unwrap_or_default()
                .iter()
                .map(report::graph_finding)
                .collect(),
        )
    });
    Ok(0)
}
