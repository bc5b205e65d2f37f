//! `scan`: reads the sources of the workspace again; sources that are named are added first.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{open_to_scan, wait, warn_of_policy};
use crate::documents::{ScanDocument, names};
use crate::error::Result;
use crate::lineage::{copies, doubts};
use crate::report::graph_finding;
use crate::text::{count, screen};
use crate::workbench::JobKind;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The arguments of `scan`.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Folders of models, or bills of materials (CycloneDX, SPDX), to add to the workspace
    sources: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Scan, common: &Common, output: &Output) -> Result<u8> {
    let sources = &arguments.sources;
    let workbench = open_to_scan(common)?;
    if !sources.is_empty() {
        for source in shown(output, |progress| workbench.add_sources(sources, progress))? {
            output.note(&format!(
                "source  {}  {}",
                source.kind.word(),
                screen(&source.path.to_string_lossy())
            ));
        }
    }
    wait(&workbench, JobKind::Scan, output)?;
    warn_of_policy(&workbench, output);
    let view = workbench.view();
    let mut in_graph = view.graph.findings();
    in_graph.extend(doubts(&view.models, &view.graph));
    in_graph.extend(copies(&view.models, &view.graph));
    let findings = view.findings.len() + in_graph.len();
    let mut human =
        format!("✓ scanned  {}, {}\n", count(view.models.len(), "model"), count(findings, "finding"));
    let mut told = Told::default();
    for finding in view.findings.iter() {
        told.add(&finding.code, || {
            let place = format!("{} {}", finding.source.screen(), finding.place.screen());
            format!("{}  {}  ({})", finding.code, finding.message, place.trim_end())
        });
    }
    for finding in &in_graph {
        told.add(finding.code(), || graph_finding(finding));
    }
    human.push_str(&told.text());
    output.print(&human, || ScanDocument {
        schema: names::Scan,
        models: view.models.len(),
        findings: &view.findings,
        lineage: in_graph.iter().map(graph_finding).collect(),
    });
    Ok(0)
}

/// Findings as lines; of one code only so many, and then how many more.
#[derive(Default)]
struct Told {
    lines: String,
    counts: BTreeMap<String, usize>,
}

impl Told {
    const OF_ONE_CODE: usize = 20;

    fn add(&mut self, code: &str, line: impl FnOnce() -> String) {
        let count = self.counts.entry(code.to_owned()).or_default();
        *count += 1;
        if *count <= Told::OF_ONE_CODE {
            self.lines.push_str(&format!("  ! {}\n", line()));
        }
    }

    fn text(self) -> String {
        let more = self.counts.iter().filter(|(_, count)| **count > Told::OF_ONE_CODE);
        let more: Vec<String> = more
            .map(|(code, count)| {
                format!("  ! {code}  {} more; use --format json to list all\n", count - Told::OF_ONE_CODE)
            })
            .collect();
        self.lines + &more.concat()
    }
}
