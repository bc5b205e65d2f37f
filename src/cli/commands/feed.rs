//! `feed`: feeds of threats and vulnerabilities, from local files.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_browse};
use crate::documents::{
    FeedImportDocument, FeedLintDocument, FeedMatchesDocument, FeedTriageDocument, FeedsDocument,
};
use crate::error::Result;
use crate::feed::{FeedKind, TriageState};
use crate::report::feeds as report;
use crate::workbench::{NewFeed, NewTriage, Workbench};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The commands of `feed`.
#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
    Import(Import),
    List,
    Match(Match),
    Triage(Triage),
    Lint,
}

/// The arguments of `feed import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A file, or a folder of files: ATLAS.yaml, JSON of AVID, OSV or CVE 5 (records, lists or lines), the YAML files of
    /// CoSAI-RM, a checkout of SAFE-MCP
    path: PathBuf,
    /// Which feed it is [default: as its content says]
    #[arg(long = "as", value_name = "KIND", value_enum)]
    kind: Option<KindName>,
    /// The version of the feed, if it does not say it
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Where it comes from; it takes the place of an earlier import of the same kind from there [default: its file name]
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
}

/// A kind of feed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KindName {
    /// MITRE ATLAS
    Atlas,
    /// AVID
    Avid,
    /// OSV
    Osv,
    /// CVE records, version 5
    Cve,
    /// The CoSAI Risk Map
    CosaiRm,
    /// SAFE-MCP
    SafeMcp,
}

/// The arguments of `feed match`.
#[derive(Debug, Args)]
pub(crate) struct Match {
    /// Only this model
    model: Option<String>,
}

/// The arguments of `feed triage`.
#[derive(Debug, Args)]
pub(crate) struct Triage {
    /// The model
    model: String,
    /// The id of the entry, or one of its other ids
    id: String,
    /// What the match comes to
    #[arg(long, value_name = "STATE", value_enum)]
    state: StateName,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// What a match comes to, in the words of VEX.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum StateName {
    /// The model is affected
    Affected,
    /// It is not
    NotAffected,
    /// It was, and is no more
    Fixed,
    /// Somebody is looking
    UnderInvestigation,
}

pub(super) fn run(command: &FeedCommand, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    match command {
        FeedCommand::Import(arguments) => {
            let Import { path, kind, version, source } = arguments;
            let new = NewFeed {
                path: path.clone(),
                kind: kind.map(FeedKind::from),
                version: version.clone(),
                source: source.clone(),
            };
            let imported = workbench.import_feed(&new)?;
            output.print(&report::imported(&imported), || FeedImportDocument::of(&imported));
            Ok(0)
        }
        FeedCommand::List => {
            let feeds = workbench.feeds()?;
            output.print(&report::list(&feeds), || FeedsDocument::of(&feeds));
            Ok(0)
        }
        FeedCommand::Match(arguments) => matches(arguments, &workbench, output),
        FeedCommand::Triage(arguments) => triage(arguments, &workbench, output),
        FeedCommand::Lint => {
            let lint = workbench.lint_feeds()?;
            output.print(&report::lint(&lint), || FeedLintDocument::of(&lint));
            Ok(match (lint.findings.is_empty(), lint.not_checked.is_empty()) {
                (false, _) => 1,
                (true, false) => 3,
                (true, true) => 0,
            })
        }
    }
}

/// Matches are no verdict: only that nothing is known shows in the status.
fn matches(arguments: &Match, workbench: &Workbench, output: &Output) -> Result<u8> {
    let view = workbench.view();
    let model = arguments.model.as_deref().map(|name| find(&view, name)).transpose()?;
    let (feeds, asked, found) = workbench.match_feeds(model)?;
    output
        .print(&report::matches(&feeds, &asked, &found), || FeedMatchesDocument::of(&feeds, &asked, &found));
    Ok(if asked.is_empty() { 3 } else { 0 })
}

fn triage(arguments: &Triage, workbench: &Workbench, output: &Output) -> Result<u8> {
    let Triage { model, id, state, reason, by } = arguments;
    let model = find(&workbench.view(), model)?;
    let new = NewTriage {
        id: id.clone(),
        state: TriageState::from(*state),
        reason: reason.clone(),
        by: by.clone(),
    };
    let (found, said) = workbench.triage_match(model, &new)?;
    output.print(&report::triaged(&found, &said), || FeedTriageDocument::of(&found, &said));
    Ok(0)
}

impl From<KindName> for FeedKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Atlas => FeedKind::Atlas,
            KindName::Avid => FeedKind::Avid,
            KindName::Osv => FeedKind::Osv,
            KindName::Cve => FeedKind::Cve,
            KindName::CosaiRm => FeedKind::CosaiRm,
            KindName::SafeMcp => FeedKind::SafeMcp,
        }
    }
}

impl From<StateName> for TriageState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Affected => TriageState::Affected,
            StateName::NotAffected => TriageState::NotAffected,
            StateName::Fixed => TriageState::Fixed,
            StateName::UnderInvestigation => TriageState::UnderInvestigation,
        }
    }
}
