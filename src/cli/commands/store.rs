//! `store`: where the store of a workspace is, and who may do what in it.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{open, open_to_browse};
use crate::documents::StoreDocument;
use crate::error::Result;
use crate::report;
use clap::Subcommand;

/// The commands of `store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    Show,
    Grant {
        /// The role; `createuser` makes one
        role: String,
        /// It may look and append nothing: for auditors and dashboards
        #[arg(long)]
        reads: bool,
    },
}

pub(super) fn run(command: &StoreCommand, common: &Common, output: &Output) -> Result<u8> {
    let workbench = match command {
        StoreCommand::Show => open_to_browse(common, output)?,
        StoreCommand::Grant { role, reads } => {
            let workbench = open(common)?;
            workbench.grant_store(role, *reads)?;
            workbench
        }
    };
    let shown = workbench.store_shown()?;
    match command {
        StoreCommand::Show => output.print(&report::store(&shown), || StoreDocument::of(&shown)),
        StoreCommand::Grant { role, reads } => {
            let what = if *reads { "look at the store" } else { "look at the store and append to it" };
            let role = crate::text::screen(role);
            output.print(&format!("✓ {role} may {what}, and change nothing of the ledger\n"), || {
                StoreDocument::of(&shown)
            });
        }
    }
    Ok(0)
}
