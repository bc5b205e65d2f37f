//! `lineage`: a model's ancestors and descendants, as a graph of lines.

use crate::cli::common::Common;
use crate::cli::forms::of_lineage;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::documents::LineageDocument;
use crate::error::Result;
use crate::forms::{Form, Subject, write};
use crate::inventory::ModelId;
use crate::lineage::lanes;
use crate::report;
use clap::Args;

/// More rows than this nobody reads.
const MOST_ROWS: usize = 10_000;

/// The arguments of `lineage`.
#[derive(Debug, Args)]
pub(crate) struct Lineage {
    /// The model's id
    model: String,
    /// Generations of ancestors
    #[arg(long, default_value_t = 16)]
    up: usize,
    /// Generations of descendants
    #[arg(long, default_value_t = 16)]
    down: usize,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_lineage())]
    form: Option<Form>,
}

pub(super) fn run(arguments: &Lineage, common: &Common, output: &Output) -> Result<u8> {
    let Lineage { model, up, down, form } = arguments;
    let view = open_to_judge(common)?.view();
    let index = find(&view, model)?;
    let focus = view.models.get(index).map_or_else(|| ModelId::new(model), |m| m.id.clone());
    let rows = lanes(&view.graph, &focus, *up, *down, MOST_ROWS);
    if let Some(form) = form {
        output.made(&write(&Subject::Lineage { focus, rows }, *form, &view, &[])?);
        return Ok(0);
    }
    output.print(&report::lineage(&view, &rows), || LineageDocument::of(&rows));
    Ok(0)
}
