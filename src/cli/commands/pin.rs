//! `pin`: says what descriptors of agents and servers were when somebody approved them, and whether they still are.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_browse;
use crate::documents::PinsDocument;
use crate::error::Result;
use crate::report::pins as report;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `pin`.
#[derive(Debug, Args)]
pub(crate) struct Pin {
    /// Agent cards and MCP descriptors to pin as they are now, or folders of them [default: compare those that are pinned]
    files: Vec<PathBuf>,
    /// Remove the pins of these files
    #[arg(long, requires = "files")]
    remove: bool,
}

/// Without files, the status is 1 where one is not as pinned.
pub(super) fn run(arguments: &Pin, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    let asked = !arguments.files.is_empty();
    if asked && arguments.remove {
        workbench.unpin(&arguments.files)?;
    } else if asked {
        let pinned = workbench.pin(&arguments.files)?;
        let files: Vec<String> = pinned.iter().map(|pin| crate::disk::slashed(&pin.file)).collect();
        let seen: Vec<_> = workbench
            .pins()
            .into_iter()
            .filter(|pin| files.iter().any(|file| file == pin.file.raw()))
            .collect();
        output.print(&report::pinned(&seen), || PinsDocument::of(&seen));
        return Ok(0);
    }
    let seen = workbench.pins();
    output.print(&report::list(&seen), || PinsDocument::of(&seen));
    let is_as_pinned = seen.iter().all(|pin| pin.is_here && pin.changes.is_empty());
    Ok(if asked || is_as_pinned { 0 } else { 1 })
}
