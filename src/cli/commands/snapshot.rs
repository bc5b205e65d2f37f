//! `snapshot`, `diff`, and what comes in from files: `import` and `ledger import`.

use crate::cli::args::Cli;
use crate::cli::commands::{finish, options};
use crate::cli::output::Output;
use crate::error::{Code, Error, Result};
use crate::inventory::snapshot::{Diff, Reader, Seal};
use crate::report::snapshot as report;
use crate::report::table;
use crate::signing::Progress;
use crate::text::{count, screen};
use crate::workbench::{JobKind, Workbench, diff_files};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

/// `snapshot`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Snapshot {
    /// What to do with a snapshot; without it one is taken
    #[command(subcommand)]
    pub command: Option<SnapshotCommand>,
    /// Write it there; without, only its digest is told
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace a file of that name
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// What to do with a snapshot.
#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// Check that a snapshot is as it was written: form, order and digest
    Verify {
        /// The snapshot
        file: PathBuf,
    },
}

/// `snapshot`.
pub fn run(cli: &Cli, snapshot: &Snapshot, output: &Output) -> Result<u8> {
    if let Some(SnapshotCommand::Verify { file }) = &snapshot.command {
        return verify(file, output);
    }
    let workbench = Workbench::open(&options(cli))?;
    let file = snapshot.out.as_deref();
    let Seal { digest, models } = workbench.snapshot(file, snapshot.force, &Progress::default())?;
    let many = count(usize::try_from(models).unwrap_or(usize::MAX), "model");
    let human = match file {
        Some(file) => format!("✓ written  {}  {many}\n{digest}\n", screen(&file.to_string_lossy())),
        None => format!("{digest}\n"),
    };
    output.print(&human, || {
        json!({
            "schema": "touchmark.snapshot-taken/1",
            "file": file.map(Path::to_string_lossy),
            "models": models,
            "digest": digest,
        })
    });
    Ok(0)
}

fn verify(file: &Path, output: &Output) -> Result<u8> {
    let (reader, seal) = read(file)?;
    let word = if seal.is_some() { "✓ pass" } else { "✗ FAIL" };
    let human = format!("{word}  {}\n{}", screen(&file.to_string_lossy()), lines(&reader, seal.as_ref()));
    output.print(&human, || {
        json!({
            "schema": "touchmark.snapshot-verify/1",
            "outcome": if seal.is_some() { "pass" } else { "fail" },
            "at": reader.at(),
            "about": reader.about(),
            "models": seal.as_ref().map(|seal| seal.models),
            "digest": seal.as_ref().map(|seal| &seal.digest),
        })
    });
    Ok(if seal.is_some() { 0 } else { 1 })
}

/// `inspect` of a snapshot.
pub fn inspect(file: &Path, output: &Output) -> Result<u8> {
    let (reader, seal) = read(file)?;
    let human = format!("snapshot of an inventory\n{}", lines(&reader, seal.as_ref()));
    output.print(&human, || {
        let fields = report::held(&reader, seal.as_ref());
        json!({ "schema": "touchmark.inspection/1", "kind": "snapshot of an inventory", "fields": fields })
    });
    Ok(0)
}

/// Reads it to its end; no seal when the digest does not fit.
fn read(file: &Path) -> Result<(Reader, Option<Seal>)> {
    let mut reader = Reader::open(file)?;
    for raw in &mut reader {
        raw?.check()?;
    }
    let seal = reader.seal().ok();
    Ok((reader, seal))
}

fn lines(reader: &Reader, seal: Option<&Seal>) -> String {
    let rows: Vec<Vec<String>> = report::held(reader, seal)
        .into_iter()
        .map(|(label, value)| vec![format!("  {label}"), value])
        .collect();
    table(&rows)
}

/// `diff`: 0 the same, 1 different.
pub fn diff(cli: &Cli, before: &Path, after: Option<&Path>, output: &Output) -> Result<u8> {
    let diff: Diff = match after {
        Some(after) if after != Path::new(".") => diff_files(before, after)?,
        _ => Workbench::open(&options(cli))?.diff(before, &Progress::default())?,
    };
    output.print(&report::diff(&diff), || report::diff_json(&diff));
    Ok(if diff.is_same() { 0 } else { 1 })
}

/// `ledger import`.
pub fn import_ledger(workbench: &Workbench, file: &Path, output: &Output) -> Result<u8> {
    let imported = workbench.import_ledger(file)?;
    let (entries, added) = (imported.entries, imported.added);
    let human = match added {
        0 => format!("✓ nothing to do  all {entries} records are here already\n"),
        _ => format!("✓ imported  {added} of {entries} records; the chain of hashes is whole\n"),
    };
    output.print(
        &human,
        || json!({ "schema": "touchmark.ledger-import/1", "records": entries, "added": added }),
    );
    Ok(0)
}

/// `import`: bills of materials become sources and are read.
pub fn import(cli: &Cli, files: &[PathBuf], output: &Output) -> Result<u8> {
    if cli.common.read_only {
        return Err(Error::new(
            Code::Usage,
            "nothing can be imported into a workspace that is opened read-only",
        )
        .help("leave out --read-only; `touchmark inspect FILE` shows what a bill says"));
    }
    let workbench = Workbench::open(&options(cli))?;
    let imported = workbench.import_bills(files)?;
    finish(&workbench, JobKind::Scan, output)?;
    let mut human = String::new();
    for bill in &imported {
        let word = if bill.already { "✓ a source already" } else { "✓ added" };
        human.push_str(&format!(
            "{word}  {}  {}, {}\n",
            bill.source.screen(),
            count(bill.models, "model"),
            count(bill.findings.len(), "finding")
        ));
        for finding in &bill.findings {
            human.push_str(&format!(
                "  ! {}  {}  ({})\n",
                finding.code,
                finding.message,
                finding.place.screen()
            ));
        }
    }
    let models = workbench.view().models.len();
    human.push_str(&format!("{} in the inventory\n", count(models, "model")));
    output.print(&human, || {
        let bills: Vec<_> = imported
            .iter()
            .map(|bill| {
                json!({
                    "source": bill.source,
                    "already": bill.already,
                    "models": bill.models,
                    "findings": bill.findings,
                })
            })
            .collect();
        json!({ "schema": "touchmark.import/1", "bills": bills, "models": models })
    });
    Ok(0)
}
