//! `trust add`, `trust remove`, `trust refresh`: changing what signatures are checked against.

use crate::cli::commands::trust::{ADMITS_NOBODY, described};
use crate::cli::output::Output;
use crate::error::Result;
use crate::policy::AnchorKind;
use crate::signing::Embedded;
use crate::text::screen;
use crate::workbench::{AnchorFrom, NewAnchor, Workbench};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to add.
#[derive(Debug, Clone, Args)]
pub struct AddAnchor {
    /// Its name in the policy
    pub name: String,
    /// PEM of public keys or certificates, or one trusted_root.json; copied into the workspace's folder `trust`
    /// when they are elsewhere
    #[arg(required_unless_present = "embedded")]
    pub files: Vec<PathBuf>,
    /// A root inside this program
    #[arg(long, value_enum, value_name = "INSTANCE", conflicts_with_all = ["files", "kind"])]
    pub embedded: Option<InstanceName>,
    /// What the files are, where looking does not tell
    #[arg(long, value_enum)]
    pub kind: Option<KindName>,
    /// Report it when it is older than this
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub max_age_days: Option<u32>,
    /// Take the place of an anchor of this name
    #[arg(long)]
    pub replace: bool,
}

/// The instances inside this program.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum InstanceName {
    /// Sigstore's public-good instance.
    PublicGood,
    /// Sigstore's staging instance: for tests only.
    Staging,
    /// GitHub's own instance.
    Github,
}

/// The kinds of a policy.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum KindName {
    /// Public keys.
    Key,
    /// Certificates of authorities.
    X509,
    /// A Sigstore trusted root.
    Sigstore,
    /// Certificates of timestamp authorities, or a Sigstore trusted root that names some.
    Tsa,
}

/// What to fetch.
#[derive(Debug, Clone, Args)]
pub struct Refresh {
    /// Names in the policy [default: all Sigstore anchors of instances that this program knows]
    pub names: Vec<String>,
    /// The TUF repository to ask: of a private instance, or a mirror
    #[arg(long, value_name = "URL", requires = "names")]
    pub url: Option<String>,
    /// The repository's root.json, got by a way that you trust
    #[arg(long, value_name = "FILE", requires = "url")]
    pub root: Option<PathBuf>,
    /// How long each exchange with a repository may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub timeout: u16,
}

fn shown(path: &Path) -> String {
    screen(&path.to_string_lossy())
}

fn texts(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

/// `trust add`.
pub fn add(workbench: &Workbench, add: &AddAnchor, output: &Output) -> Result<()> {
    let from = match add.embedded {
        Some(InstanceName::PublicGood) => AnchorFrom::Embedded(Embedded::PublicGood),
        Some(InstanceName::Staging) => AnchorFrom::Embedded(Embedded::Staging),
        Some(InstanceName::Github) => AnchorFrom::Embedded(Embedded::Github),
        None => AnchorFrom::Files {
            files: add.files.clone(),
            kind: add.kind.map(|kind| match kind {
                KindName::Key => AnchorKind::Key,
                KindName::X509 => AnchorKind::X509,
                KindName::Sigstore => AnchorKind::Sigstore,
                KindName::Tsa => AnchorKind::Tsa,
            }),
        },
    };
    let new =
        NewAnchor { name: add.name.clone(), from, max_age_days: add.max_age_days, replace: add.replace };
    let changed = workbench.add_anchor(&new)?;
    let word = if changed.replaced { "replaced" } else { "added" };
    let mut human = format!("✓ {word}  {} in {}\n", screen(&add.name), shown(&changed.policy));
    for file in &changed.copied {
        human.push_str(&format!("  copied to {}\n", shown(file)));
    }
    let (held, documents) =
        described(&add.name, &changed.anchors, workbench.view().at, changed.source.max_age_days);
    human.push_str(&held);
    human.push_str(ADMITS_NOBODY);
    output.print(&human, || {
        json!({
            "schema": "touchmark.trust-added/1",
            "name": add.name,
            "replaced": changed.replaced,
            "policy": changed.policy.to_string_lossy(),
            "files": texts(&changed.source.files),
            "copied": texts(&changed.copied),
            "anchors": documents,
        })
    });
    Ok(())
}

/// `trust remove`.
pub fn remove(workbench: &Workbench, name: &str, output: &Output) -> Result<()> {
    let changed = workbench.remove_anchor(name)?;
    let mut human = format!("✓ removed  {} from {}\n", screen(name), shown(&changed.policy));
    for file in &changed.source.files {
        human.push_str(&format!("  its file stays: {}\n", shown(file)));
    }
    output.print(&human, || {
        json!({
            "schema": "touchmark.trust-removed/1",
            "name": name,
            "policy": changed.policy.to_string_lossy(),
            "files": texts(&changed.source.files),
        })
    });
    Ok(())
}

/// `trust refresh`: the status is that of the first anchor that could not be refreshed.
#[cfg(feature = "keyless")]
pub fn refresh(workbench: &Workbench, with: &Refresh, output: &Output) -> Result<u8> {
    use crate::error::{Code, Error};
    use crate::workbench::Repository;
    if with.url.is_some() && with.names.len() != 1 {
        return Err(Error::new(Code::Usage, "--url is for one anchor").help("name one anchor with it"));
    }
    let (names, skipped) = match with.names.is_empty() {
        true => workbench.refreshable(),
        false => (with.names.clone(), Vec::new()),
    };
    let repository = with.url.clone().map(|url| Repository { url, root: with.root.clone() });
    let timeout = std::time::Duration::from_secs(u64::from(with.timeout));
    let (mut human, mut documents, mut status) = (String::new(), Vec::new(), 0);
    for name in &names {
        match workbench.refresh_anchor(name, repository.as_ref(), timeout) {
            Ok(done) => {
                human.push_str(&told(&done));
                documents.push(json!({
                    "name": name,
                    "repository": done.repository,
                    "file": done.file.to_string_lossy(),
                    "before": done.before,
                    "after": done.after,
                    "changes": done.changes,
                    "vouched_until": done.vouched_until,
                }));
            }
            Err(error) => {
                let help = error.help.as_ref().map(|help| format!("\nhelp: {}", screen(help)));
                output.note(&format!("{error}{}", help.unwrap_or_default()));
                human.push_str(&format!("✗ not refreshed  {}: it is as it was\n", screen(name)));
                let said = json!({ "code": error.code.as_str(), "what": error.what, "at": error.at });
                documents.push(json!({ "name": name, "error": said }));
                if status == 0 {
                    status = error.code.exit_status();
                }
            }
        }
    }
    for name in &skipped {
        let name = screen(name);
        human.push_str(&format!(
            "· skipped  {name}: of a private instance; name it with --url URL --root FILE\n"
        ));
    }
    if names.is_empty() && skipped.is_empty() {
        human.push_str("· nothing to refresh: the policy has no Sigstore anchor\n");
    }
    output.print(
        &human,
        || json!({ "schema": "touchmark.trust-refreshed/1", "anchors": documents, "skipped": skipped }),
    );
    Ok(status)
}

#[cfg(feature = "keyless")]
fn told(done: &crate::workbench::RefreshedAnchor) -> String {
    use crate::signing::Change;
    let mut human = format!("✓ refreshed  {} from {}\n", screen(&done.name), screen(&done.repository));
    let named = if done.is_new_file { ", which the policy names now" } else { "" };
    human.push_str(&format!("  file    {}{named}\n", shown(&done.file)));
    human.push_str(&format!("  sha256  {}\n", done.after));
    if let Some(until) = done.vouched_until {
        human.push_str(&format!("  the repository vouches for it until {until}\n"));
    }
    if done.before == done.after {
        human.push_str("  nothing changed since\n");
    } else {
        human.push_str(&format!("  before  {}\n", done.before));
    }
    for change in &done.changes {
        let word = match change.change {
            Change::Added => "added",
            Change::Ended => "ended",
            Change::Changed => "changed",
            Change::Removed => "removed",
        };
        let until = change.until.as_ref().map(|until| format!(", until {}", until.screen()));
        let place = change.place.screen();
        human.push_str(&format!("  {word:<8}{} {place}{}\n", change.kind, until.unwrap_or_default()));
    }
    human
}

/// This build cannot.
#[cfg(not(feature = "keyless"))]
pub fn refresh(_: &Workbench, _: &Refresh, _: &Output) -> Result<u8> {
    use crate::error::{Code, Error};
    Err(Error::new(Code::Usage, "this build does not use the network").help(
        "build with the feature `keyless`, or replace the file: `touchmark trust add NAME FILE --replace`",
    ))
}
