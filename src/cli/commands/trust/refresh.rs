//! `trust refresh`: fetches newer trusted roots. Built without the feature `keyless`, it says what to do instead.

use crate::cli::output::Output;
use crate::error::{Code, Error, Result};
use crate::workbench::Workbench;
use clap::Args;
use std::path::PathBuf;

#[cfg(feature = "keyless")]
use {
    crate::documents::{
        NotRefreshedDocument, RefreshDocument, RefreshErrorDocument, RefreshedDocument,
        TrustRefreshedDocument, names,
    },
    crate::signing::Change,
    crate::text::screen,
    crate::workbench::{RefreshedAnchor, Repository},
};

/// The arguments of `trust refresh`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Refresh {
    /// Names in the policy [default: all Sigstore anchors of instances that this program knows]
    names: Vec<String>,
    /// The TUF repository to ask: of a private instance, or a mirror
    #[arg(long, value_name = "URL", requires = "names")]
    url: Option<String>,
    /// The repository's root.json, got by a way that you trust
    #[arg(long, value_name = "FILE", requires = "url")]
    root: Option<PathBuf>,
    /// How long each exchange with a repository may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    timeout: u16,
}

/// `trust refresh`: the status is that of the first anchor that could not be refreshed.
#[cfg(feature = "keyless")]
pub(super) fn refresh(workbench: &Workbench, with: &Refresh, output: &Output) -> Result<u8> {
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
                documents.push(RefreshDocument::Done(RefreshedDocument {
                    name: name.clone(),
                    repository: done.repository,
                    file: done.file.to_string_lossy().into_owned(),
                    before: done.before,
                    after: done.after,
                    changes: done.changes,
                    vouched_until: done.vouched_until,
                }));
            }
            Err(error) => {
                let help = error.help.as_ref().map(|help| format!("\nhelp: {}", screen(help)));
                output.note(&format!("{error}{}", help.unwrap_or_default()));
                human.push_str(&format!("✗ not refreshed  {}: it is as it was\n", screen(name)));
                if status == 0 {
                    status = error.code.exit_status();
                }
                let (code, what, at) = (error.code.as_str(), error.what, error.at);
                documents.push(RefreshDocument::Failed(NotRefreshedDocument {
                    name: name.clone(),
                    error: RefreshErrorDocument { code, what, at },
                }));
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
    output.print(&human, || TrustRefreshedDocument {
        schema: names::TrustRefreshed,
        anchors: documents,
        skipped: &skipped,
    });
    Ok(status)
}

#[cfg(feature = "keyless")]
fn told(done: &RefreshedAnchor) -> String {
    let mut human = format!("✓ refreshed  {} from {}\n", screen(&done.name), screen(&done.repository));
    let named = if done.is_new_file { ", which the policy names now" } else { "" };
    human.push_str(&format!("  file    {}{named}\n", screen(&done.file.to_string_lossy())));
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
pub(super) fn refresh(_: &Workbench, _: &Refresh, _: &Output) -> Result<u8> {
    Err(Error::new(Code::Usage, "this build does not use the network").help(
        "build with the feature `keyless`, or replace the file: `touchmark trust add NAME FILE --replace`",
    ))
}
