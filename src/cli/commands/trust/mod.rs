//! `trust`: what signatures are checked against; listed, shown, added to, taken from, refreshed.

mod edit;
mod refresh;
mod shown;

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open_to_browse;
use crate::documents::{AvailableAnchor, TrustAnchorDocument, TrustDocument, names};
use crate::error::{Code, Error, Result};
use crate::report;
use crate::signing::{Anchor, Embedded, Health};
use crate::text::screen;
use crate::workbench::{Workbench, unknown_anchor};
use clap::Subcommand;
use edit::AddAnchor;
use refresh::Refresh;
use shown::{ADMITS_NOBODY, described, told};

/// The commands of `trust`.
#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    List,
    Show {
        /// Its name in the policy, or public-good, staging, github
        name: String,
    },
    Add(AddAnchor),
    Remove {
        /// Its name in the policy
        name: String,
    },
    Refresh(Refresh),
}

pub(super) fn run(arguments: &TrustCommand, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_browse(common, output)?;
    match arguments {
        TrustCommand::List => list(&workbench, output),
        TrustCommand::Show { name } => show(&workbench, name, output),
        TrustCommand::Add(add) => edit::add(&workbench, add, output),
        TrustCommand::Remove { name } => edit::remove(&workbench, name, output),
        TrustCommand::Refresh(refresh) => return refresh::refresh(&workbench, refresh, output),
    }
    .map(|()| 0)
}

fn list(workbench: &Workbench, output: &Output) -> Result<()> {
    let view = workbench.view();
    let mut rows: Vec<report::Row> =
        vec![["state", "name", "kind", "age", "digest", "origin"].map(str::to_owned).to_vec()];
    let age = |days: Option<i64>| days.map_or_else(|| "unknown".to_owned(), |days| format!("{days} d"));
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    let mut faults = String::new();
    for anchor in &view.anchors {
        let state = match (&anchor.error, anchor.stale, anchor.health.first().map(|fault| fault.health)) {
            (Some(_), ..) => "✗ unreadable",
            (None, _, Some(Health::Ended)) => "✗ ended",
            (None, true, _) => "! too old",
            (None, false, Some(Health::Warn)) => "! in use",
            (None, false, None) => "✓ in use",
        };
        rows.push(vec![
            state.to_owned(),
            screen(&anchor.name),
            anchor.kind.word().to_owned(),
            age(anchor.age_days),
            short(&anchor.digest),
            screen(anchor.error.as_ref().unwrap_or(&anchor.origin)),
        ]);
        faults.push_str(&told(&format!("{}: ", screen(&anchor.name)), &anchor.health));
    }
    let mut inside = Vec::new();
    for instance in Embedded::ALL {
        let (name, anchor) = (instance.name(), instance.anchor());
        let (used, health) = (anchor.used_at(view.at), anchor.health(view.at, None));
        rows.push(vec![
            "· available".to_owned(),
            name.to_owned(),
            used.kind.word().to_owned(),
            age(used.age_days),
            short(&used.digest),
            used.origin.clone(),
        ]);
        faults.push_str(&told(&format!("{name}: "), &health));
        inside.push(AvailableAnchor {
            name,
            kind: used.kind,
            digest: used.digest,
            age_days: used.age_days,
            health,
        });
    }
    let mut human = report::table(&rows);
    human.push_str(&faults);
    human.push_str(ADMITS_NOBODY);
    output.print(&human, || TrustDocument { schema: names::Trust, policy: &view.anchors, available: inside });
    Ok(())
}

fn show(workbench: &Workbench, name: &str, output: &Output) -> Result<()> {
    let found: Vec<Anchor> = workbench.anchors().into_iter().filter(|anchor| anchor.name == name).collect();
    let found = match found.is_empty() {
        false => found,
        true => Embedded::from_name(name).map(Embedded::anchor).into_iter().collect(),
    };
    let at = workbench.view().at;
    if found.is_empty() {
        let view = workbench.view();
        if let Some(broken) = view.anchors.iter().find(|anchor| anchor.name == name) {
            let why = broken.error.clone().unwrap_or_default();
            return Err(Error::new(Code::Read, format!("the anchor cannot be read: {why}")).at(name));
        }
        return Err(unknown_anchor(&view, name));
    }
    let most_days =
        workbench.view().policy.trust.iter().find(|a| a.name == name).and_then(|a| a.max_age_days);
    let (human, documents) = described(name, &found, at, most_days);
    output.print(&human, || TrustAnchorDocument { schema: names::TrustAnchor, anchors: &documents });
    Ok(())
}
