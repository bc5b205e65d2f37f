//! `path`: how two models are related, each edge with what proves it.

use crate::cli::common::Common;
use crate::cli::forms::of_asked;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::PathDocument;
use crate::error::Result;
use crate::forms::{self, Form};
use crate::lineage::path;
use crate::report;
use clap::Args;

/// The arguments of `path`.
#[derive(Debug, Args)]
pub(crate) struct Path {
    /// A model or a dataset, even if only documents name it
    first: String,
    /// The other model or dataset
    second: String,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_asked())]
    form: Option<Form>,
}

pub(super) fn run(arguments: &Path, common: &Common, output: &Output) -> Result<u8> {
    let view = open_to_judge(common)?.view();
    let (from, to) = (view.end_of_path(&arguments.first)?, view.end_of_path(&arguments.second)?);
    let chain = path(&view.graph, &from, &to);
    let edges = chain.as_ref().map(|chain| view.edges(&chain.models)).unwrap_or_default();
    let status = if chain.is_some() { 0 } else { 1 };
    match arguments.form {
        Some(Form::Json) => {
            output.made(&forms::json(&PathDocument::of(&from, &to, chain.as_ref(), &edges))?);
        }
        Some(Form::Text) => output.made(&report::asked::path(&view, &from, &to, chain.as_ref(), &edges)),
        Some(form) => {
            output.made(&forms::page(&forms::asked::path(&from, &to, chain.as_ref(), &edges), form)?);
        }
        None => output.print(&report::asked::path(&view, &from, &to, chain.as_ref(), &edges), || {
            PathDocument::of(&from, &to, chain.as_ref(), &edges)
        }),
    }
    Ok(status)
}
