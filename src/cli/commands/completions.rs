//! `completions`: prints the script that completes the command line in a shell.

use crate::cli::output::Output;
use crate::cli::shells;
use crate::documents::{CompletionsDocument, names};
use crate::error::Result;
use clap::{Args, ValueEnum};
use clap_complete::Shell;

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Completions, output: &Output, tree: fn() -> clap::Command) -> Result<u8> {
    let text = shells::script(&tree(), arguments.shell)?;
    let name = arguments.shell.to_possible_value();
    let shell = name.as_ref().map(clap::builder::PossibleValue::get_name).unwrap_or_default();
    output.print(&text, || CompletionsDocument { schema: names::Completions, shell, text: &text });
    Ok(0)
}
