//! `review`: records what a reviewer says of a model.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_browse;
use crate::documents::{ReviewDocument, names};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::view::ReviewWord;
use clap::{Args, ValueEnum};

/// The arguments of `review`.
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// The model's id
    model: String,
    /// What you say
    #[arg(value_enum)]
    word: Word,
    /// Why
    #[arg(long)]
    reason: String,
}

/// A reviewer's word.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    /// May be used.
    Approve,
    /// May not be used.
    Reject,
    /// The producer was asked.
    Ask,
}

pub(super) fn run(arguments: &Review, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    let word = match arguments.word {
        Word::Approve => ReviewWord::Approve,
        Word::Reject => ReviewWord::Reject,
        Word::Ask => ReviewWord::AskProducer,
    };
    workbench.review(&ModelId::new(&arguments.model), word, &arguments.reason)?;
    output.print(&format!("✓ recorded  {}\n", word.word()), || ReviewDocument {
        schema: names::Review,
        word,
    });
    Ok(0)
}
