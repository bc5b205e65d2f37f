//! `trust`: what signatures are checked against.

use super::args::Cli;
use super::output::Output;
use super::run::options;
use crate::error::{Code, Error, Result};
use crate::report;
use crate::signing::Anchor;
use crate::text::{nearest, screen};
use crate::workbench::Workbench;
use clap::Subcommand;
use serde_json::json;

/// What to do with trust anchors.
#[derive(Debug, Subcommand)]
pub enum TrustCommand {
    /// List the anchors of the policy, and those inside this program: kind, age, digest, origin
    List,
    /// Show what an anchor holds: its key, its certificates, or the services of its Sigstore instance
    Show {
        /// Its name in the policy, or public-good, staging, github
        name: String,
    },
}

/// Inside the program, whatever the policy says of them.
fn embedded() -> [(&'static str, Anchor); 3] {
    [("public-good", Anchor::public_good()), ("staging", Anchor::staging()), ("github", Anchor::github())]
}

/// `trust`.
pub fn run(cli: &Cli, command: &TrustCommand, output: &Output) -> Result<u8> {
    let workbench = Workbench::open(&options(cli))?;
    match command {
        TrustCommand::List => list(&workbench, output),
        TrustCommand::Show { name } => show(&workbench, name, output),
    }
    .map(|()| 0)
}

fn list(workbench: &Workbench, output: &Output) -> Result<()> {
    let view = workbench.view();
    let mut rows: Vec<report::Row> =
        vec![["state", "name", "kind", "age", "digest", "origin"].map(str::to_owned).to_vec()];
    let age = |days: Option<i64>| days.map_or_else(|| "unknown".to_owned(), |days| format!("{days} d"));
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    for anchor in &view.anchors {
        let state = match (&anchor.error, anchor.stale) {
            (Some(_), _) => "✗ unreadable",
            (None, true) => "! too old",
            (None, false) => "✓ in use",
        };
        rows.push(vec![
            state.to_owned(),
            screen(&anchor.name),
            anchor.kind.clone(),
            age(anchor.age_days),
            short(&anchor.digest),
            screen(anchor.error.as_ref().unwrap_or(&anchor.origin)),
        ]);
    }
    let mut inside = Vec::new();
    for (name, anchor) in embedded() {
        let used = anchor.used_at(view.at);
        rows.push(vec![
            "· available".to_owned(),
            name.to_owned(),
            used.kind.clone(),
            age(used.age_days),
            short(&used.digest),
            used.origin.clone(),
        ]);
        inside.push(
            json!({ "name": name, "kind": used.kind, "digest": used.digest, "age_days": used.age_days }),
        );
    }
    let mut human = report::table(&rows);
    human.push_str("An anchor admits nobody by itself: a [[publisher]] of the policy names it.\n");
    output.print(
        &human,
        || json!({ "schema": "touchmark.trust/1", "policy": view.anchors, "available": inside }),
    );
    Ok(())
}

fn show(workbench: &Workbench, name: &str, output: &Output) -> Result<()> {
    let found: Vec<Anchor> = workbench.anchors().into_iter().filter(|anchor| anchor.name == name).collect();
    let found = match found.is_empty() {
        false => found,
        true => {
            embedded().into_iter().filter(|(known, _)| *known == name).map(|(_, anchor)| anchor).collect()
        }
    };
    let at = workbench.view().at;
    if found.is_empty() {
        let view = workbench.view();
        if let Some(broken) = view.anchors.iter().find(|anchor| anchor.name == name) {
            let why = broken.error.clone().unwrap_or_default();
            return Err(Error::new(Code::Read, format!("the anchor cannot be read: {why}")).at(name));
        }
        let known: Vec<&str> = view.anchors.iter().map(|anchor| anchor.name.as_str()).collect();
        let near = nearest(name, &known).map(|near| format!("did you mean `{}`? ", screen(near)));
        return Err(Error::new(Code::NotFound, "there is no such anchor")
            .at(name)
            .help(format!("{}`touchmark trust list` shows them", near.unwrap_or_default())));
    }
    let mut human = String::new();
    let mut documents = Vec::new();
    for anchor in &found {
        let used = anchor.used_at(at);
        let age = used.age_days.map(|days| format!(", {days} d old")).unwrap_or_default();
        let contents = anchor.contents();
        human.push_str(&format!("{}  {} from {}{age}\n", screen(name), used.kind, screen(&used.origin)));
        human.push_str(&format!("  sha256 {}\n", used.digest));
        human.push_str(&report::inspection(&contents));
        documents.push(json!({ "anchor": used, "contents": report::json::inspection(&contents) }));
    }
    output.print(&human, || json!({ "schema": "touchmark.trust-anchor/1", "anchors": documents }));
    Ok(())
}
