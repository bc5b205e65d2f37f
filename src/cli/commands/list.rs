//! `list`: the models of the inventory, one a line.

use crate::cli::common::Common;
use crate::cli::forms::of_pages;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::ListDocument;
use crate::error::Result;
use crate::forms::{COLUMNS, Form, Subject, write};
use crate::report;
use clap::Args;

/// The arguments of `list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Words that must all occur in the name, signer or status
    filter: Vec<String>,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_pages())]
    form: Option<Form>,
}

pub(super) fn run(arguments: &List, common: &Common, output: &Output) -> Result<u8> {
    let view = open_to_judge(common)?.view();
    let words: Vec<String> =
        arguments.filter.iter().flat_map(|f| f.split_whitespace()).map(str::to_lowercase).collect();
    let keep = |index: usize| {
        let summary = view.summary(index);
        let id = view.models.get(index).map_or("", |model| model.id.raw());
        let text = format!("{id} {} {} {}", summary.word, summary.signer.raw(), summary.decision.word())
            .to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    if let Some(form) = arguments.form {
        let kept = (0..view.models.len()).filter(|index| keep(*index));
        let rows = kept.filter_map(|index| u32::try_from(index).ok()).collect();
        let subject = Subject::Models { rows, columns: COLUMNS.to_vec(), about: words.join(" ") };
        output.made(&write(&subject, form, &view, &[])?);
        return Ok(0);
    }
    output.print_long(|| report::list(&view, &keep), || ListDocument::of(&view, &keep));
    Ok(0)
}
