//! `blast`: everything downstream of what went bad, in three groups.

use crate::cli::common::Common;
use crate::cli::forms::of_asked;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::BlastDocument;
use crate::error::Result;
use crate::forms::{self, Form};
use crate::report;
use clap::Args;
use jiff::Timestamp;

/// The arguments of `blast`.
#[derive(Debug, Args)]
pub(crate) struct Blast {
    /// A model or dataset (known by name is enough), sha256:DIGEST, identity:SUBJECT, key:FINGERPRINT or
    /// builder:ID
    subject: String,
    /// When it went bad (RFC 3339); anything with an earlier trusted time is clean [default: always bad]
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_asked())]
    form: Option<Form>,
}

pub(super) fn run(arguments: &Blast, common: &Common, output: &Output) -> Result<u8> {
    let view = open_to_judge(common)?.view();
    let blast = view.blast(&view.blamed(&arguments.subject)?, arguments.since);
    match arguments.form {
        Some(Form::Json) => output.made(&forms::json(&BlastDocument::of(&view, &blast))?),
        Some(Form::Text) => output.made(&report::asked::blast(&view, &blast)),
        Some(form) => output.made(&forms::page(&forms::asked::blast(&view, &blast), form)?),
        None => {
            output.print_long(|| report::asked::blast(&view, &blast), || BlastDocument::of(&view, &blast));
        }
    }
    Ok(0)
}
