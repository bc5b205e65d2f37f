//! `init`: makes an empty workspace, with the baseline policy in it.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::documents::{InitDocument, names};
use crate::error::Result;
use crate::text::screen;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where
    #[arg(default_value = ".")]
    dir: PathBuf,
}

pub(super) fn run(arguments: &Init, _: &Common, output: &Output) -> Result<u8> {
    let file = crate::workbench::init(&arguments.dir)?;
    let shown = screen(&file.to_string_lossy());
    let human = format!(
        "✓ made  {shown}\n  next: name your models in it, then `touchmark scan` and `touchmark open`\n"
    );
    output.print(&human, || InitDocument { schema: names::Init, file: file.to_string_lossy() });
    Ok(0)
}
