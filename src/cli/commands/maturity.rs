//! `maturity`: the whole inventory in numbers, what one thing would raise most models, and what another version of the
//! rubric changes for every model.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::{RubricComparisonDocument, SurveyDocument, UnlockDocument};
use crate::error::Result;
use crate::report;
use crate::view::{RECENT_DAYS, SurveyOf};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

use super::filtering::find;

/// The arguments of `maturity`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Filter:\n  words and terms such as publisher:acme or level:<2; `list --help` lists the terms"
)]
pub(crate) struct Maturity {
    /// What to do with the rubric; without it the inventory is counted
    #[command(subcommand)]
    command: Option<MaturityCommand>,
    /// Count only the models that these words and terms find
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// A verification is recent for this many days
    #[arg(long, value_name = "DAYS", default_value_t = RECENT_DAYS)]
    days: u32,
    /// List all gaps, producers and requests
    #[arg(long)]
    all: bool,
    /// Show instead which one control, step or ancestor would raise most models
    #[arg(long, conflicts_with_all = ["filter", "days", "all"])]
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
    match &arguments.command {
        Some(MaturityCommand::Compare { rubric, all }) => compare(rubric, *all, common, output),
        None if arguments.unlock => unlock(common, output),
        None => survey(arguments, common, output),
    }
}

/// The status is 0: what was counted is no verdict.
fn survey(arguments: &Maturity, common: &Common, output: &Output) -> Result<u8> {
    let view = open_to_judge(common)?.view();
    let found = arguments.filter.as_deref().map(|text| find(text, &view)).transpose()?;
    let about = found.as_ref().map(|(_, query)| query.to_string()).unwrap_or_default();
    let rows: Option<Vec<usize>> =
        found.map(|(rows, _)| rows.into_iter().filter_map(|row| row.try_into().ok()).collect());
    let of = SurveyOf { rows: rows.as_deref(), days: arguments.days, ..SurveyOf::default() };
    let survey = view.survey_on_evidence(&of)?;
    output.print_long(
        || report::survey(&survey, &about, arguments.all),
        || SurveyDocument::of(&survey, &about),
    );
    Ok(0)
}

/// The status is 0, as of what was counted.
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
