//! `verify`: verifies a model, by the workspace's policy or as flags say; the exit status tells how it ended.

mod by_flags;

use crate::cli::common::Common;
use crate::cli::flags::Jobs;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{find, finish, no_such_model, open_to_judge};
use crate::documents::VerificationDocument;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::report;
use crate::signing::{Outcome, Verification};
use crate::text::screen;
use crate::workbench::JobKind;
use by_flags::VerifyMethod;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `verify`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Verify {
    /// What to trust, when flags say it
    #[command(subcommand)]
    method: Option<VerifyMethod>,
    /// A model's id, folder or file, verified by the policy
    #[arg(required = true)]
    model: Option<PathBuf>,
    /// The bundle, when it is not in the model's folder
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Show every check with expected, found and remedy
    #[arg(long)]
    explain: bool,
    /// Compute every digest, also where the policy lets remembered ones count
    #[arg(long)]
    in_full: bool,
    #[command(flatten)]
    jobs: Jobs,
}

type Seen = (Verification, Option<ModelId>);

pub(super) fn run(arguments: &Verify, common: &Common, output: &Output) -> Result<u8> {
    let (model, explain, (verification, owner)) = match (&arguments.method, &arguments.model) {
        (Some(method), _) => {
            let given = method.given();
            (&given.model, given.explain, (by_flags::verification(method, common, output)?, None))
        }
        (None, Some(model)) => (model, arguments.explain, by_policy(model, arguments, common, output)?),
        (None, None) => return Err(Error::new(Code::Usage, "name a model").help("touchmark verify --help")),
    };
    let name = model.to_string_lossy();
    let human =
        report::verification(&screen(&name), &verification, owner.as_ref().map(ModelId::raw), explain);
    output.print(&human, || VerificationDocument::of(&name, &verification));
    Ok(status_of(verification.outcome()))
}

/// Verifies by the policy of the workspace, which records it.
/// Also names the owner of the signature, where that is another model.
fn by_policy(model: &Path, arguments: &Verify, common: &Common, output: &Output) -> Result<Seen> {
    arguments.jobs.set();
    let workbench = open_to_judge(common)?;
    let name = model.to_string_lossy();
    let found = find(&workbench.view(), &name);
    let signature = arguments.signature.as_deref();
    match (found, signature) {
        (Ok(index), None) => {
            let id = workbench
                .view()
                .models
                .get(index)
                .map(|m| m.id.clone())
                .ok_or_else(|| no_such_model(&name))?;
            let kind = if arguments.in_full { JobKind::VerifyInFull } else { JobKind::Verify };
            finish(&workbench, kind(vec![id]), output)?;
            let view = workbench.view();
            let verified = view.verified.get(index).and_then(Option::as_ref);
            let verification =
                verified.map(|v| v.verification.clone()).ok_or_else(|| no_such_model(&name))?;
            Ok((verification, view.owner(index).cloned()))
        }
        _ if model.exists() => {
            let verified = shown(output, |progress| workbench.verify_path(model, signature, progress));
            verified.map(|verification| (verification, None))
        }
        (Err(error), _) => Err(error),
        (Ok(_), Some(_)) => Err(no_such_model(&name)),
    }
}

/// The exit status of an outcome: 0 verified, 1 failed, 3 could not be determined.
fn status_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Pass | Outcome::Partial | Outcome::NotApplicable => 0,
        Outcome::Fail => 1,
        Outcome::Missing | Outcome::Unknown => 3,
    }
}
