//! What a person can ask for, one file a command: what it does, its arguments, and how it is done. Commands do
//! not use each other; what several need stands outside this folder.

mod attest;
mod audit;
mod bind;
mod blast;
mod claims;
mod compare;
mod completions;
mod demo;
mod deploy;
mod deploy_surface;
mod diff;
mod digest;
mod drill_fixture;
mod exec;
mod export;
mod feed;
mod filtering;
// Without the feature only the help knows the arguments.
#[cfg_attr(not(feature = "fleet"), allow(dead_code))]
mod fleet;
#[cfg(feature = "fleet")]
mod fleet_runs;
mod forecast;
mod gate;
mod guard;
mod import;
mod incident;
mod incident_disclose;
mod incident_drill;
mod incident_export;
mod incident_runbook;
mod incident_triage;
mod init;
mod inspect;
mod key;
mod keymap;
mod ledger;
mod ledger_anchor;
mod ledger_prove;
mod lineage;
mod list;
mod man;
mod maturity;
mod open;
mod path;
mod period;
mod pin;
mod policy;
mod policy_convert;
mod policy_file;
mod report;
mod report_files;
mod report_incident;
mod report_inventory;
mod report_model;
mod report_policy;
mod report_producer;
mod review;
mod scan;
mod scope;
mod score;
mod show;
mod sign;
mod snapshot;
mod store;
mod themes;
mod trend;
mod trust;
mod verify;
mod why;

use super::common::Common;
use super::output::Output;
use crate::commands::Shape;
use crate::error::Result;
use clap::Subcommand;

/// What to do, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Open(open::Open),
    Themes(themes::Themes),
    Init(init::Init),
    Demo(demo::Demo),
    #[command(subcommand)]
    Sign(sign::Sign),
    #[command(subcommand)]
    Key(key::KeyCommand),
    Verify(verify::Verify),
    Digest(digest::Digest),
    Inspect(inspect::Inspect),
    Pin(pin::Pin),
    #[command(subcommand)]
    Attest(Box<attest::Attest>),
    #[command(subcommand)]
    Claims(claims::ClaimsCommand),
    Scan(scan::Scan),
    Import(import::Import),
    Export(export::Export),
    List(list::List),
    Show(show::Show),
    Snapshot(snapshot::Snapshot),
    Diff(diff::Diff),
    Compare(compare::Compare),
    Lineage(lineage::Lineage),
    Path(path::Path),
    Why(why::Why),
    Blast(blast::Blast),
    #[command(subcommand)]
    Deploy(deploy::DeployCommand),
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    #[command(subcommand)]
    Trust(trust::TrustCommand),
    Gate(gate::Gate),
    Exec(exec::Exec),
    Guard(guard::Guard),
    Score(score::Score),
    Maturity(maturity::Maturity),
    #[command(subcommand)]
    Report(report::ReportCommand),
    #[command(subcommand)]
    Audit(Box<audit::AuditCommand>),
    Review(review::Review),
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    #[command(subcommand)]
    Incident(incident::IncidentCommand),
    Bind(bind::Bind),
    #[command(subcommand)]
    Fleet(Box<fleet::FleetCommand>),
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    #[command(subcommand)]
    Store(store::StoreCommand),
    #[command(subcommand)]
    Keymap(keymap::KeymapCommand),
    Completions(completions::Completions),
    Man(man::Manual),
}

impl Command {
    /// Whether its output is a file for other programs: cut short, it must not be taken for whole.
    pub(super) fn is_product(&self) -> bool {
        match self {
            Command::Export(_) => true,
            Command::Ledger(ledger) => ledger.is_product(),
            Command::Report(report) => report.is_product(),
            Command::Incident(incident) => incident.is_product(),
            _ => false,
        }
    }
}

/// Does what was asked, and opens the workbench when nothing was; the exit status.
/// `shapes` gives the flags of all commands, `tree` the command line as it is parsed.
pub(super) fn run(
    command: Option<&Command>,
    common: &Common,
    output: &Output,
    shapes: fn() -> Vec<Shape>,
    tree: fn() -> clap::Command,
) -> Result<u8> {
    let Some(command) = command else { return open::run(&open::Open::default(), common, output, shapes) };
    match command {
        Command::Open(open) => open::run(open, common, output, shapes),
        Command::Themes(themes) => themes::run(themes, common, output),
        Command::Init(init) => init::run(init, common, output),
        Command::Demo(demo) => demo::run(demo, common, output),
        Command::Sign(sign) => sign::run(sign, common, output),
        Command::Key(key) => key::run(key, common, output),
        Command::Verify(verify) => verify::run(verify, common, output),
        Command::Digest(digest) => digest::run(digest, common, output),
        Command::Inspect(inspect) => inspect::run(inspect, common, output),
        Command::Pin(pin) => pin::run(pin, common, output),
        Command::Attest(attest) => attest::run(attest, common, output),
        Command::Claims(claims) => claims::run(claims, common, output),
        Command::Scan(scan) => scan::run(scan, common, output),
        Command::Import(import) => import::run(import, common, output),
        Command::Export(export) => export::run(export, common, output),
        Command::List(list) => list::run(list, common, output),
        Command::Show(show) => show::run(show, common, output),
        Command::Snapshot(snapshot) => snapshot::run(snapshot, common, output),
        Command::Diff(diff) => diff::run(diff, common, output),
        Command::Compare(compare) => compare::run(compare, common, output),
        Command::Deploy(command) => deploy::run(command, common, output),
        Command::Path(path) => path::run(path, common, output),
        Command::Why(why) => why::run(why, common, output),
        Command::Blast(blast) => blast::run(blast, common, output),
        Command::Lineage(lineage) => lineage::run(lineage, common, output),
        Command::Policy(policy) => policy::run(policy, common, output),
        Command::Trust(trust) => trust::run(trust, common, output),
        Command::Gate(gate) => gate::run(gate, common, output),
        Command::Exec(exec) => exec::run(exec, common, output),
        Command::Guard(guard) => guard::run(guard, common, output),
        Command::Score(score) => score::run(score, common, output),
        Command::Maturity(maturity) => maturity::run(maturity, common, output),
        Command::Report(report) => report::run(report, common, output),
        Command::Audit(audit) => audit::run(audit, common, output),
        Command::Review(review) => review::run(review, common, output),
        Command::Feed(command) => feed::run(command, common, output),
        Command::Incident(command) => incident::run(command, common, output),
        Command::Bind(bind) => bind::run(bind, common, output),
        #[cfg(feature = "fleet")]
        Command::Fleet(command) => fleet_runs::run(command, common, output),
        #[cfg(not(feature = "fleet"))]
        Command::Fleet(command) => fleet::run(command, common, output),
        Command::Ledger(ledger) => ledger::run(ledger, common, output),
        Command::Store(store) => store::run(store, common, output),
        Command::Keymap(keymap) => keymap::run(keymap, output),
        Command::Completions(completions) => completions::run(completions, output, tree),
        Command::Man(manual) => man::run(manual, output, tree),
    }
}
