//! `maturity compare`: what another version of the rubric changes for every model.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::RubricComparisonDocument;
use crate::error::Result;
use crate::report;
use clap::Subcommand;
use std::path::{Path, PathBuf};

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

pub(super) fn run(arguments: &MaturityCommand, common: &Common, output: &Output) -> Result<u8> {
    match arguments {
        MaturityCommand::Compare { rubric, all } => compare(rubric, *all, common, output),
    }
}

/// The status is 0 when every model comes to the same, else 1.
fn compare(rubric: &Path, all: bool, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let found = workbench.compare_rubric(rubric)?;
    output.print(&report::rubrics(&found, all), || RubricComparisonDocument::of(&found));
    Ok(u8::from(!found.is_same()))
}
