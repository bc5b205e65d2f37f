//! `deploy`: what runs where. The list is in `touchmark.toml`, which people also edit by hand.

use super::deploy_surface::{Declare, Surface, declare, surface};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_browse};
use crate::documents::{DeployedDocument, DeploymentsDocument};
use crate::error::{Code, Error, Result};
use crate::inventory::{Deployment, Running, Runs};
use crate::query::{Index, Matcher, parse_strictly};
use crate::report::deployments as report;
use crate::text::{Untrusted, clip, count, screen};
use crate::view::{RunsHere, View};
use crate::workbench::{Spotting, Workbench};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::collections::HashSet;
use std::path::PathBuf;

/// How much of a name that fits nothing an error shows.
const SHOWN_COLUMNS: usize = 60;

/// The commands of `deploy`.
#[derive(Debug, Subcommand)]
pub(crate) enum DeployCommand {
    List(List),
    Add(Add),
    End(End),
    Import(Import),
    Declare(Declare),
    Surface(Surface),
}

/// The arguments of `deploy list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Words that the model, place, stage or owner must contain; terms such as fails:* apply to the models
    filter: Vec<String>,
    /// Also list deployments that have ended
    #[arg(long)]
    ended: bool,
}

/// The arguments of `deploy add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The model's id, or sha256: and its root digest
    model: String,
    /// Where it runs: a cluster, a host, a service
    #[arg(long = "where", value_name = "PLACE")]
    place: String,
    /// At which stage [default: the stage of the workspace]
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// The owner
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Since when (RFC 3339) [default: now]
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Until when (RFC 3339), if known
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// The arguments of `deploy end`.
#[derive(Debug, Args)]
pub(crate) struct End {
    /// The model's id, or sha256: and its root digest
    model: String,
    /// Only the deployment at this place
    #[arg(long = "where", value_name = "PLACE")]
    place: Option<String>,
    /// Only at this stage
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// When it ended (RFC 3339) [default: now]
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// The arguments of `deploy import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A CycloneDX document (JSON): from k8s-aibom, or with services or deployment workflows
    file: PathBuf,
    /// At which stage its models run [default: the stage of the workspace]
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// The cluster, as a prefix for each place
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// The owner, where the document names none
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
}

pub(super) fn run(command: &DeployCommand, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    match command {
        DeployCommand::List(arguments) => list(arguments, &workbench, output),
        DeployCommand::Add(arguments) => add(arguments, &workbench, common, output),
        DeployCommand::End(arguments) => end(arguments, &workbench, common, output),
        DeployCommand::Import(arguments) => import(arguments, &workbench, output),
        DeployCommand::Declare(arguments) => declare(arguments, &workbench, output),
        DeployCommand::Surface(arguments) => surface(arguments, &workbench, output),
    }
}

fn list(arguments: &List, workbench: &Workbench, output: &Output) -> Result<u8> {
    let view = workbench.view();
    let (terms, words): (Vec<&String>, Vec<&String>) =
        arguments.filter.iter().partition(|word| word.contains(':') && !word.starts_with("sha256:"));
    let terms: Vec<&str> = terms.into_iter().map(String::as_str).collect();
    let wanted = found(&view, &terms.join(" "))?;
    let says = |row: &RunsHere<'_>| {
        let Deployment { model, stage, place, owner, .. } = row.deployment;
        let owner = owner.as_ref().map(Untrusted::raw).unwrap_or_default();
        let all = format!("{}\n{}\n{}\n{owner}", model.written(), stage.raw(), place.raw()).to_lowercase();
        words.iter().all(|word| all.contains(&word.to_lowercase()))
    };
    let of_wanted = |row: &RunsHere<'_>| {
        wanted.as_ref().is_none_or(|wanted| row.models.iter().any(|model| wanted.contains(model)))
    };
    let all = view.deployments();
    let total = all.len();
    let shown: Vec<RunsHere<'_>> = all
        .into_iter()
        .filter(|row| (arguments.ended || row.running != Running::Ended) && says(row) && of_wanted(row))
        .collect();
    output.print(&report::list(&view, &shown, total), || DeploymentsDocument::of(&view, &shown));
    Ok(0)
}

/// The models that match the terms; none without terms.
fn found(view: &std::sync::Arc<View>, terms: &str) -> Result<Option<HashSet<usize>>> {
    if terms.is_empty() {
        return Ok(None);
    }
    let query = parse_strictly(terms)?;
    if let Some((what, help)) = query.unknown_stage(view) {
        return Err(Error::new(Code::Usage, what).help(help));
    }
    let index = if query.needs_facts() { Index::of(view) } else { Index::first(view) };
    let rows = Matcher::new(&query, &index, None).find();
    Ok(Some(rows.into_iter().filter_map(|row| usize::try_from(row).ok()).collect()))
}

fn add(arguments: &Add, workbench: &Workbench, common: &Common, output: &Output) -> Result<u8> {
    let view = workbench.view();
    let stage = arguments.stage.as_deref().unwrap_or(&view.stage);
    let deployment = Deployment {
        model: named(&view, &arguments.model)?,
        stage: Untrusted::new(stage),
        place: Untrusted::new(arguments.place.trim()),
        owner: arguments.owner.as_deref().map(|owner| Untrusted::new(owner.trim())),
        since: Some(arguments.since.unwrap_or_else(|| common.now())),
        until: arguments.until,
    };
    let meant = std::slice::from_ref(&deployment);
    let added = workbench.deploy(meant)?;
    tell(workbench, meant, &added, output);
    Ok(0)
}

fn import(arguments: &Import, workbench: &Workbench, output: &Output) -> Result<u8> {
    let stage = arguments.stage.clone().unwrap_or_else(|| workbench.view().stage.clone());
    let rest = Spotting { stage, cluster: arguments.cluster.clone(), owner: arguments.owner.clone() };
    let meant = workbench.spotted(&arguments.file, &rest)?;
    let added = workbench.deploy(&meant)?;
    tell(workbench, &meant, &added, output);
    Ok(0)
}

/// Reports what was added, and which models are not in the inventory.
fn tell(workbench: &Workbench, meant: &[Deployment], added: &[Deployment], output: &Output) {
    let view = workbench.view();
    if view.policy.stage(meant.first().map(|one| one.stage.raw()).unwrap_or_default()).is_none() {
        let stages: Vec<String> =
            view.policy.stages.iter().map(|stage| crate::text::screen(&stage.name)).collect();
        output.note(&format!("! the policy has no such stage; its stages are {}", stages.join(", ")));
    }
    let all = view.deployments();
    let slots: HashSet<_> = meant.iter().map(Deployment::slot).collect();
    let mut lacking: Vec<String> = all
        .iter()
        .filter(|row| row.models.is_empty() && slots.contains(&row.deployment.slot()))
        .map(|row| row.deployment.model.screen())
        .collect();
    lacking.sort();
    lacking.dedup();
    for name in lacking {
        output.note(&format!(
            "? {name} is not in the inventory: the deployment is kept and counts once a source contains the model"
        ));
    }
    let already = meant.len() - added.len();
    let mut human: String = added.iter().map(|one| report::line("✓ added", one)).collect();
    if already > 0 {
        human.push_str(&format!("{} already listed, nothing added\n", count(already, "deployment")));
    }
    output.print(&human, || DeployedDocument::added(added, already));
}

fn end(arguments: &End, workbench: &Workbench, common: &Common, output: &Output) -> Result<u8> {
    let view = workbench.view();
    let model = named(&view, &arguments.model)?;
    let written = Runs::of(&arguments.model);
    let until = arguments.until.unwrap_or_else(|| common.now());
    let is_said = |wanted: &Option<String>, said: &Untrusted| {
        wanted.as_ref().is_none_or(|wanted| wanted.trim() == said.raw())
    };
    let fits = |one: &Deployment| {
        (one.model == model || Some(&one.model) == written.as_ref())
            && is_said(&arguments.place, &one.place)
            && is_said(&arguments.stage, &one.stage)
    };
    let ended = workbench.undeploy(fits, until)?;
    if ended.is_empty() {
        return Err(Error::new(Code::NotFound, "no running deployment matches")
            .at(clip(&screen(&arguments.model), SHOWN_COLUMNS))
            .help("`touchmark deploy list` shows them"));
    }
    let human: String = ended.iter().map(|one| report::line("✓ ended", one)).collect();
    output.print(&human, || DeployedDocument::ended(&ended));
    Ok(0)
}

/// The named model: one of the inventory, or else the name or digest as typed.
fn named(view: &View, typed: &str) -> Result<Runs> {
    if typed.trim().is_empty() {
        return Err(Error::new(Code::Usage, "`model` is empty")
            .at("MODEL")
            .help("name the model's id, or `sha256:` and its root digest; nothing was changed"));
    }
    let runs = Runs::of(typed).ok_or_else(|| {
        Error::new(Code::Usage, "neither a name nor a root digest")
            .at(clip(&screen(typed), SHOWN_COLUMNS))
            .help("name the model's id, or `sha256:` and its root digest: 64 lower-case hexadecimal digits")
    })?;
    let found = match &runs {
        Runs::Named(_) => find(view, typed).ok().and_then(|index| view.models.get(index)),
        Runs::Root(_) => None,
    };
    Ok(found.map_or(runs, |model| Runs::Named(model.id.clone())))
}
