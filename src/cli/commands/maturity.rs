//! `maturity`: what one thing would raise most models, and what another version of the rubric changes for every model.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::{RubricComparisonDocument, UnlockDocument};
use crate::error::{Code, Error, Result};
use crate::report;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// The arguments of `maturity`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Maturity {
    /// What to do with the rubric
    #[command(subcommand)]
    command: Option<MaturityCommand>,
    /// Show which one control, step or ancestor would raise most models
    #[arg(long)]
    unlock: bool,
}

/// The commands of `maturity`.
#[derive(Debug, Subcommand)]
pub(crate) enum MaturityCommand {
    Compare {
        /// The other rubric, a TOML file
        rubric: PathBuf,
        /// Also list the models that stay the same
        #[arg(long)]
        all: bool,
    },
}

pub(super) fn run(arguments: &Maturity, common: &Common, output: &Output) -> Result<u8> {
    match (&arguments.command, arguments.unlock) {
        (Some(MaturityCommand::Compare { rubric, all }), _) => compare(rubric, *all, common, output),
        (None, true) => unlock(common, output),
        (None, false) => Err(Error::new(Code::Usage, "say what to show of the inventory")
            .at("maturity")
            .help("add --unlock, or use `maturity compare RUBRIC`")),
    }
}

/// The status is 0: what was counted is no verdict.
fn unlock(common: &Common, output: &Output) -> Result<u8> {
    let view = open_to_judge(common)?.view();
    let found = view.unlock();
    output.print(&report::way_up::unlock(&view, &found), || UnlockDocument::of(&view, &found));
    Ok(0)
}

/// The status is 0 when every model comes to the same, else 1.
fn compare(rubric: &Path, all: bool, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let found = workbench.compare_rubric(rubric)?;
    output.print(&report::rubrics(&found, all), || RubricComparisonDocument::of(&found));
    Ok(u8::from(!found.is_same()))
}
