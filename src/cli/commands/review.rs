//! `review`: records what a reviewer says of a model.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_browse;
use crate::documents::{ReviewDocument, names};
use crate::error::{Code, Error, Result};
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
    /// The number of the record of the review to take back, as `show` and `ledger show` list it
    #[arg(long, value_name = "RECORD", required_if_eq("word", "take-back"))]
    of: Option<u64>,
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
    /// An earlier review no longer stands: name its record with --of
    TakeBack,
}

pub(super) fn run(arguments: &Review, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    let word = match arguments.word {
        Word::Approve => ReviewWord::Approve,
        Word::Reject => ReviewWord::Reject,
        Word::Ask => ReviewWord::AskProducer,
        Word::TakeBack => ReviewWord::TakeBack,
    };
    let (model, reason) = (ModelId::new(&arguments.model), arguments.reason.as_str());
    let record = match (word, arguments.of) {
        (ReviewWord::TakeBack, Some(of)) => workbench.take_back(&model, of, reason)?,
        (_, Some(_)) => {
            return Err(Error::new(Code::Usage, "--of names the review that is taken back")
                .help("leave it out, or write `take-back` as the word"));
        }
        (_, None) => workbench.review(&model, word, reason)?,
    };
    output.print(&format!("✓ recorded  {} (record {})\n", word.word(), record.number), || ReviewDocument {
        schema: names::Review,
        word,
        record,
    });
    Ok(0)
}
