//! `snapshot`: takes a snapshot of the workspace, and checks one that was taken.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::cli::snapshot_file::{lines, read};
use crate::documents::{SnapshotTakenDocument, SnapshotVerifyDocument, names};
use crate::error::Result;
use crate::signing::{Outcome, Progress};
use crate::snapshot::Seal;
use crate::text::{count, screen};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// The arguments of `snapshot`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Snapshot {
    /// What to do with a snapshot; without it one is taken
    #[command(subcommand)]
    command: Option<SnapshotCommand>,
    /// Write the snapshot to this file; without it, print only the digest
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a file of that name
    #[arg(long, requires = "out")]
    force: bool,
}

/// What to do with a snapshot.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    Verify {
        /// The snapshot
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &Snapshot, common: &Common, output: &Output) -> Result<u8> {
    if let Some(SnapshotCommand::Verify { file }) = &arguments.command {
        return verify(file, output);
    }
    let workbench = open_to_judge(common)?;
    let file = arguments.out.as_deref();
    let Seal { digest, models } = workbench.snapshot(file, arguments.force, &Progress::default())?;
    let many = count(usize::try_from(models).unwrap_or(usize::MAX), "model");
    let human = match file {
        Some(file) => format!("✓ written  {}  {many}\n{digest}\n", screen(&file.to_string_lossy())),
        None => format!("{digest}\n"),
    };
    output.print(&human, || SnapshotTakenDocument {
        schema: names::SnapshotTaken,
        file: file.map(Path::to_string_lossy),
        models,
        digest: &digest,
    });
    Ok(0)
}

fn verify(file: &Path, output: &Output) -> Result<u8> {
    let (reader, seal) = read(file)?;
    let word = if seal.is_some() { "✓ pass" } else { "✗ FAIL" };
    let human = format!("{word}  {}\n{}", screen(&file.to_string_lossy()), lines(&reader, seal.as_ref()));
    output.print(&human, || SnapshotVerifyDocument {
        schema: names::SnapshotVerify,
        outcome: if seal.is_some() { Outcome::Pass } else { Outcome::Fail },
        at: reader.at(),
        about: reader.about(),
        models: seal.as_ref().map(|seal| seal.models),
        digest: seal.as_ref().map(|seal| seal.digest.as_str()),
    });
    Ok(if seal.is_some() { 0 } else { 1 })
}
