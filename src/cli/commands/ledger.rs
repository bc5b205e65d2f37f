//! `ledger`: the append-only records of verifications, decisions and reviews; shown, checked, carried over.
//!
//! A ledger may be larger than memory: what is shown and exported is written while it is read. It is read once before
//! the first word is written, so that of one that cannot be read nothing is shown, as of all else.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{open, warn_of_policy};
use crate::documents::{
    LedgerDocument, LedgerExportDocument, LedgerImportDocument, LedgerReplayDocument, LedgerVerifyDocument,
    names,
};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::report::{self, Columns, Row};
use crate::store::LedgerEntry;
use crate::text::screen;
use crate::workbench::{ReplayBy, Workbench};
use clap::Subcommand;
use serde::Serialize;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::{Path, PathBuf};

/// The commands of `ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    Show {
        /// Only of this model
        model: Option<String>,
    },
    Verify,
    Replay {
        /// The number of a record, as `ledger show` lists it
        record: u64,
        /// Another policy than the recorded one: a file, or `now` for the policy in force
        #[arg(long, value_name = "FILE|now")]
        policy: Option<PathBuf>,
    },
    Export,
    Import {
        /// JSON Lines, as `ledger export` writes them
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &LedgerCommand, common: &Common, output: &Output) -> Result<u8> {
    // The policy of a replay judges the record; the workspace keeps its own, which `now` means.
    let workbench = match arguments {
        LedgerCommand::Replay { .. } => open(&Common { policy: None, ..common.clone() }),
        _ => open(common),
    }?;
    warn_of_policy(&workbench, output);
    match arguments {
        LedgerCommand::Show { model } => {
            show(&workbench, model.as_deref().map(ModelId::new).as_ref(), output)
        }
        LedgerCommand::Verify => verify(&workbench, output),
        LedgerCommand::Replay { record, policy } => {
            return replay(&workbench, *record, policy.as_deref(), output);
        }
        LedgerCommand::Export => export(&workbench, output),
        LedgerCommand::Import { file } => import(&workbench, file, output),
    }
    .map(|()| 0)
}

fn verify(workbench: &Workbench, output: &Output) -> Result<()> {
    let count = workbench.verify_ledger()?;
    output.print(&format!("✓ pass  {count} records, the chain of hashes is whole\n"), || {
        LedgerVerifyDocument { schema: names::LedgerVerify, records: count }
    });
    Ok(())
}

/// The status is 1 when something else comes of it.
fn replay(workbench: &Workbench, record: u64, policy: Option<&Path>, output: &Output) -> Result<u8> {
    let by = match policy {
        None => ReplayBy::Recorded,
        Some(path) if path.as_os_str() == "now" => ReplayBy::InForce,
        Some(path) => ReplayBy::File(path.to_owned()),
    };
    let replayed = workbench.replay(record, &by)?;
    output.print(&report::replayed(&replayed), || LedgerReplayDocument::of(&replayed));
    Ok(if replayed.is_same { 0 } else { 1 })
}

fn import(workbench: &Workbench, file: &Path, output: &Output) -> Result<()> {
    let imported = workbench.import_ledger(file)?;
    let (entries, added) = (imported.entries, imported.added);
    let human = match added {
        0 => format!("✓ nothing to do  all {entries} records are here already\n"),
        _ => format!("✓ imported  {added} of {entries} records; the chain of hashes is whole\n"),
    };
    output.print(&human, || LedgerImportDocument { schema: names::LedgerImport, records: entries, added });
    Ok(())
}

fn show(workbench: &Workbench, model: Option<&ModelId>, output: &Output) -> Result<()> {
    let (mut columns, mut end) = (Columns::default(), 0);
    workbench.show_ledger(model, |entry| {
        columns.fit(&row(&entry));
        end = entry.seq;
        Ok(Continue(()))
    })?;
    let mut pieces = output.pieces();
    let measured = |take: &mut dyn FnMut(LedgerEntry) -> Result<ControlFlow<()>>| {
        // What is appended meanwhile was not measured.
        workbench.show_ledger(model, |entry| if entry.seq <= end { take(entry) } else { Ok(Break(())) })
    };
    if !output.is_json() {
        return measured(&mut |entry| Ok(pieces.add(&columns.line(&row(&entry)))));
    }
    let (head, tail) = around(&LedgerDocument { schema: names::Ledger, records: &[] }, ']')?;
    let (mut before, mut after) = (head.as_str(), "");
    measured(&mut |entry| {
        // An item of this array stands two levels in.
        let item = written(&entry)?.replace('\n', "\n    ");
        let added = pieces.add(&format!("{before}\n    {item}"));
        (before, after) = (",", "\n  ");
        Ok(added)
    })?;
    let head = if after.is_empty() { before } else { after };
    let _ = pieces.add(&format!("{head}{tail}"));
    Ok(())
}

fn export(workbench: &Workbench, output: &Output) -> Result<()> {
    let mut left = 0_u64;
    workbench.export_ledger(|_| {
        left += 1;
        Ok(Continue(()))
    })?;
    let mut counted = |take: &mut dyn FnMut(&str) -> Result<ControlFlow<()>>| {
        workbench.export_ledger(|line| {
            let Some(less) = left.checked_sub(1) else { return Ok(Break(())) };
            left = less;
            take(&line)
        })
    };
    let mut pieces = output.pieces();
    if !output.is_json() {
        return counted(&mut |line| Ok(pieces.add(line)));
    }
    let (head, tail) = around(&LedgerExportDocument { schema: names::LedgerExport, lines: "" }, '"')?;
    let _ = pieces.add(&head);
    counted(&mut |line| {
        let text = written(line)?;
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Ok(pieces.add(inner.unwrap_or_default()))
    })?;
    let _ = pieces.add(&tail);
    Ok(())
}

fn row(entry: &LedgerEntry) -> Row {
    vec![
        entry.seq.to_string(),
        entry.at.to_string(),
        screen(entry.kind.as_str()),
        entry.model.screen(),
        entry.hash.chars().take(12).collect(),
    ]
}

fn written<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    crate::json::to_string(value).map_err(|cause| {
        Error::new(Code::Internal, format!("the document cannot be written as JSON ({cause})"))
    })
}

/// A document whose last member is empty, as what stands before the closing sign of that member and from it on.
fn around(document: &impl Serialize, closing: char) -> Result<(String, String)> {
    let mut head = written(document)?;
    let tail = head.split_off(head.rfind(closing).unwrap_or(head.len()));
    Ok((head, tail + "\n"))
}
