//! `trust add`, `trust remove`: changes what the policy checks signatures against.

use super::shown::{ADMITS_NOBODY, described};
use crate::cli::output::Output;
use crate::documents::{TrustAddedDocument, TrustRemovedDocument, names};
use crate::error::Result;
use crate::policy::AnchorKind;
use crate::signing::Embedded;
use crate::text::screen;
use crate::workbench::{AnchorFrom, NewAnchor, Workbench};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The arguments of `trust add`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AddAnchor {
    /// Its name in the policy
    name: String,
    /// Files of public keys or certificates, or one trusted_root.json; copied into the workspace's folder `trust`
    /// when they are elsewhere
    #[arg(required_unless_present = "embedded")]
    files: Vec<PathBuf>,
    /// A root inside this program
    #[arg(long, value_enum, value_name = "INSTANCE", conflicts_with_all = ["files", "kind"])]
    embedded: Option<InstanceName>,
    /// What the files are, where looking does not tell
    #[arg(long, value_enum)]
    kind: Option<KindName>,
    /// Report it when it is older than this
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    max_age_days: Option<u32>,
    /// Take the place of an anchor of this name
    #[arg(long)]
    replace: bool,
}

/// The instances inside this program.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum InstanceName {
    /// Sigstore's public-good instance.
    PublicGood,
    /// Sigstore's staging instance: for tests only.
    Staging,
    /// GitHub's own instance.
    Github,
}

/// The kinds of a policy.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindName {
    /// Public keys.
    Key,
    /// Certificates of authorities.
    X509,
    /// A Sigstore trusted root.
    Sigstore,
    /// Certificates of timestamp authorities, or a Sigstore trusted root that names some.
    Tsa,
}

fn shown(path: &Path) -> String {
    screen(&path.to_string_lossy())
}

fn texts(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

/// `trust add`.
pub(super) fn add(workbench: &Workbench, add: &AddAnchor, output: &Output) -> Result<()> {
    let from = match add.embedded {
        Some(InstanceName::PublicGood) => AnchorFrom::Embedded(Embedded::PublicGood),
        Some(InstanceName::Staging) => AnchorFrom::Embedded(Embedded::Staging),
        Some(InstanceName::Github) => AnchorFrom::Embedded(Embedded::Github),
        None => AnchorFrom::Files {
            files: add.files.clone(),
            kind: add.kind.map(|kind| match kind {
                KindName::Key => AnchorKind::Key,
                KindName::X509 => AnchorKind::Ca,
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
    output.print(&human, || TrustAddedDocument {
        schema: names::TrustAdded,
        name: &add.name,
        replaced: changed.replaced,
        policy: changed.policy.to_string_lossy(),
        files: texts(&changed.source.files),
        copied: texts(&changed.copied),
        anchors: &documents,
    });
    Ok(())
}

/// `trust remove`.
pub(super) fn remove(workbench: &Workbench, name: &str, output: &Output) -> Result<()> {
    let changed = workbench.remove_anchor(name)?;
    let mut human = format!("✓ removed  {} from {}\n", screen(name), shown(&changed.policy));
    for file in &changed.source.files {
        human.push_str(&format!("  its file stays: {}\n", shown(file)));
    }
    output.print(&human, || TrustRemovedDocument {
        schema: names::TrustRemoved,
        name,
        policy: changed.policy.to_string_lossy(),
        files: texts(&changed.source.files),
    });
    Ok(())
}
