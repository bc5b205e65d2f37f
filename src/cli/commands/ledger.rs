//! `ledger`: the append-only records of verifications, decisions and reviews; shown, checked, carried over.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open;
use crate::error::Result;
use crate::inventory::ModelId;
use crate::report;
use crate::workbench::Workbench;
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The commands of `ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    Show {
        /// Only of this model
        model: Option<String>,
    },
    Verify,
    Export,
    Import {
        /// JSON Lines, as `ledger export` writes them
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &LedgerCommand, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open(common)?;
    match arguments {
        LedgerCommand::Show { model } => show(&workbench, model.as_deref(), output),
        LedgerCommand::Verify => verify(&workbench, output),
        LedgerCommand::Export => export(&workbench, output),
        LedgerCommand::Import { file } => import(&workbench, file, output),
    }
    .map(|()| 0)
}

fn show(workbench: &Workbench, model: Option<&str>, output: &Output) -> Result<()> {
    let id = model.map(ModelId::new);
    let entries: Vec<_> = workbench
        .ledger()?
        .into_iter()
        .filter(|entry| id.as_ref().is_none_or(|id| &entry.model == id))
        .collect();
    let rows: Vec<report::Row> = entries
        .iter()
        .map(|e| {
            let short: String = e.hash.chars().take(12).collect();
            vec![e.seq.to_string(), e.at.to_string(), e.kind.as_str().to_owned(), e.model.screen(), short]
        })
        .collect();
    output.print(&report::table(&rows), || json!({ "schema": "touchmark.ledger/1", "records": entries }));
    Ok(())
}

fn verify(workbench: &Workbench, output: &Output) -> Result<()> {
    let count = workbench.verify_ledger()?;
    output.print(
        &format!("✓ pass  {count} records, the chain of hashes is whole\n"),
        || json!({ "schema": "touchmark.ledger-verify/1", "records": count }),
    );
    Ok(())
}

fn export(workbench: &Workbench, output: &Output) -> Result<()> {
    let mut lines = String::new();
    for entry in workbench.ledger()? {
        let line = serde_json::to_value(&entry).ok().and_then(|v| crate::json::to_line(&v).ok());
        lines.push_str(&line.unwrap_or_default());
        lines.push('\n');
    }
    output.print(&lines, || json!({ "schema": "touchmark.ledger-export/1", "lines": lines }));
    Ok(())
}

fn import(workbench: &Workbench, file: &Path, output: &Output) -> Result<()> {
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
    Ok(())
}
