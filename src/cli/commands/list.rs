//! `list`: the models of the inventory that a filter finds, one a line.

use crate::cli::common::Common;
use crate::cli::forms::of_pages;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::ListDocument;
use crate::error::Result;
use crate::forms::{COLUMNS, Form, Subject, write};
use crate::query::{Order, Sort};
use crate::report;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::filtering::find;

/// The arguments of `list`.
#[derive(Debug, Args)]
#[command(
    after_help = "Filter:\n  words and terms such as publisher:acme or status:fail; --help lists the terms"
)]
#[command(after_long_help = crate::query::help())]
pub(crate) struct List {
    /// Words and terms that must all hold
    filter: Vec<String>,
    /// Order the models by this column instead of by name
    #[arg(long, value_name = "COLUMN", value_parser = PossibleValuesParser::new(Order::ALL.map(Order::word)))]
    sort: Option<String>,
    /// Reverse the order
    #[arg(long)]
    reverse: bool,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_pages())]
    form: Option<Form>,
}

pub(super) fn run(arguments: &List, common: &Common, output: &Output) -> Result<u8> {
    let text = arguments.filter.join(" ");
    let view = open_to_judge(common)?.view();
    let (found, query) = find(&text, &view)?;
    let by = arguments.sort.as_deref().and_then(Order::named).unwrap_or(Order::Model);
    let rows = Sort { by, is_reversed: arguments.reverse }.sorted(&view, &found);
    if let Some(form) = arguments.form {
        let subject = Subject::Models { rows, columns: COLUMNS.to_vec(), about: query.to_string() };
        output.made(&write(&subject, form, &view, &[])?);
        return Ok(0);
    }
    output.print_long(|| report::list_ordered(&view, &rows), || ListDocument::ordered(&view, &rows));
    Ok(0)
}
