//! `attest inherit`: what a derived model inherits from its parents, and the command that claims it.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_browse};
use crate::documents::InheritDocument;
use crate::error::Result;
use crate::report;
use clap::Args;

use super::parts;

/// The arguments of `attest inherit`.
#[derive(Debug, Args)]
pub(crate) struct Inherit {
    /// The model's id
    model: String,
    /// Who built it, as a URI
    #[arg(long, value_name = "URI", value_parser = parts::uri)]
    builder: Option<String>,
}

pub(super) fn run(arguments: &Inherit, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    let view = workbench.view();
    let index = find(&view, &arguments.model)?;
    let inheritance = view.inheritance(index, arguments.builder.as_deref())?;
    output.print(&report::inheritance(&inheritance), || InheritDocument::of(&inheritance));
    Ok(0)
}
