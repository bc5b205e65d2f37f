//! `diff`: how two snapshots differ, or a snapshot and the workspace as it is; or two agent cards or MCP descriptors.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::documents::{DescriptorDiffDocument, DiffDocument};
use crate::error::Result;
use crate::report::{pins, snapshot as report};
use crate::signing::Progress;
use crate::snapshot::{Diff as Difference, is_snapshot};
use crate::workbench::{diff_descriptors, diff_files};
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier snapshot, agent card or MCP descriptor
    before: PathBuf,
    /// The later one [default: the workspace as it is]
    after: Option<PathBuf>,
}

/// The status is 0 when they say the same, else 1.
pub(super) fn run(arguments: &Diff, common: &Common, output: &Output) -> Result<u8> {
    let Diff { before, after } = arguments;
    if let Some(after) = after.as_deref().filter(|after| !is_snapshot(before) && !is_snapshot(after))
        && let Some(diff) = diff_descriptors(before, after)?
    {
        output.print(&pins::diff(&diff), || DescriptorDiffDocument::from(&diff));
        return Ok(if diff.changes.is_empty() { 0 } else { 1 });
    }
    let diff: Difference = match after.as_deref() {
        Some(after) if after != Path::new(".") => diff_files(before, after)?,
        _ => open_to_judge(common)?.diff(before, &Progress::default())?,
    };
    output.print(&report::diff(&diff), || DiffDocument::from(&diff));
    Ok(if diff.is_same() { 0 } else { 1 })
}
