//! `import`: bills of materials become sources of the workspace and are read.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{finish, open_to_scan, warn_of_policy};
use crate::documents::{ImportDocument, ImportedBillDocument, names};
use crate::error::Result;
use crate::text::count;
use crate::workbench::JobKind;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The bills
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Import, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_scan(common)?;
    let mut imported = workbench.import_bills(&arguments.files)?;
    finish(&workbench, JobKind::Scan, output)?;
    warn_of_policy(&workbench, output);
    // What only shows when its models are brought together with those of other sources.
    let view = workbench.view();
    for bill in &mut imported {
        let of_bill = view.findings.iter().filter(|finding| finding.source == bill.source);
        let new: Vec<_> = of_bill.filter(|finding| !bill.findings.contains(finding)).cloned().collect();
        bill.findings.extend(new);
    }
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
    let models = view.models.len();
    human.push_str(&format!("{} in the inventory\n", count(models, "model")));
    output.print(&human, || {
        let bills = imported
            .iter()
            .map(|bill| ImportedBillDocument {
                source: &bill.source,
                already: bill.already,
                models: bill.models,
                findings: &bill.findings,
            })
            .collect();
        ImportDocument { schema: names::Import, bills, models }
    });
    Ok(0)
}
