//! `demo`: copies the sample workspace, to try things out.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::documents::{DemoDocument, names};
use crate::error::Result;
use crate::text::screen;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where
    #[arg(default_value = "touchmark-demo")]
    dir: PathBuf,
}

pub(super) fn run(arguments: &Demo, _: &Common, output: &Output) -> Result<u8> {
    let files = crate::workbench::demo(&arguments.dir)?;
    let shown = screen(&arguments.dir.to_string_lossy());
    output.print(&format!("✓ copied  {files} files to {shown}\n  next: touchmark open {shown}\n"), || {
        DemoDocument { schema: names::Demo, files }
    });
    Ok(0)
}
