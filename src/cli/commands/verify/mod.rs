//! `verify`: verifies a model, by the workspace's policy or as flags say; the exit status tells how it ended.

mod by_flags;
mod target;

use crate::cli::common::Common;
use crate::cli::flags::{Jobs, Location, Part};
use crate::cli::forms::of_pages;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{find_at, no_such_model, open_at, remark};
use crate::decision::About;
use crate::documents::VerificationDocument;
use crate::error::{Code, Error, Result};
use crate::forms::{self, Form};
use crate::inventory::ModelId;
use crate::policy::NameMark;
use crate::report;
use crate::signing::{Outcome, Verification};
use crate::text::{Untrusted, screen};
use crate::workbench::Checked;
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
    /// Print in this form
    #[arg(long = "as", value_name = "FORM", value_parser = of_pages())]
    form: Option<Form>,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    jobs: Jobs,
}

/// A verification, and what is known of the name.
struct Seen {
    verification: Verification,
    /// Whose signature it is, where that is another model.
    owner: Option<ModelId>,
    /// Where the files lie.
    location: Option<Untrusted>,
    /// Folders that share the name and are not known to hold the same.
    same_name: Vec<Untrusted>,
    /// The same in words.
    ambiguity: String,
    mark: Option<NameMark>,
}

impl From<Verification> for Seen {
    /// Of files outside of the inventory.
    fn from(verification: Verification) -> Self {
        let (same_name, ambiguity) = (Vec::new(), String::new());
        Seen { verification, owner: None, location: None, same_name, ambiguity, mark: None }
    }
}

pub(super) fn run(arguments: &Verify, common: &Common, output: &Output) -> Result<u8> {
    let (model, explain, seen) = match (&arguments.method, &arguments.model) {
        (Some(method), _) => {
            let given = method.given();
            (&given.model, given.explain, by_flags::verification(method, common, output)?.into())
        }
        (None, Some(model)) => (model, arguments.explain, by_policy(model, arguments, common, output)?),
        (None, None) => return Err(Error::new(Code::Usage, "name a model").help("touchmark verify --help")),
    };
    let name = model.to_string_lossy();
    let Seen { verification, owner, location, same_name, ambiguity, mark } = seen;
    let owner = owner.as_ref().map(ModelId::raw);
    let name_shown = report::with_mark(&screen(&name), mark.as_ref());
    let mut human = ambiguity + &report::verification(&name_shown, &verification, owner, explain);
    if let Some(location) = &location {
        human.push_str(&format!("  location     {}\n", location.screen()));
    }
    let outcome = if same_name.is_empty() { verification.outcome() } else { Outcome::Fail };
    let page = || forms::verification(&name, location.as_ref(), &verification, mark.as_ref());
    let made = match arguments.form {
        None | Some(Form::Text | Form::Json) => None,
        Some(form) => Some(forms::page(&page(), form)?),
    };
    let document = || VerificationDocument::of(&name, location.clone(), &verification).under(same_name, mark);
    match (arguments.form, made) {
        (_, Some(made)) => output.made(&made),
        (Some(Form::Json), _) => output.document(&document()),
        (Some(_), None) => output.made(&human),
        (None, None) => output.print(&human, document),
    }
    Ok(status_of(outcome))
}

/// Verifies by the policy of the workspace, which records it.
/// Also names the owner of the signature, where that is another model.
fn by_policy(model: &Path, arguments: &Verify, common: &Common, output: &Output) -> Result<Seen> {
    arguments.jobs.set();
    let workbench = open_at(common, &arguments.location, &arguments.part)?;
    let name = model.to_string_lossy();
    let found = find_at(&workbench.view(), &name, &arguments.location);
    let signature = arguments.signature.as_deref();
    match (found, signature) {
        (Ok(index), None) => {
            let id = workbench
                .view()
                .models
                .get(index)
                .map(|m| m.id.clone())
                .ok_or_else(|| no_such_model(&name))?;
            let checked = shown(output, |progress| workbench.verify(&id, arguments.in_full, progress));
            remark(&workbench, common, output);
            // What was found just now, not what the ledger says of it.
            let Checked { verification, view } = checked?.ok_or_else(|| no_such_model(&name))?;
            let location = view.models.get(index).and_then(|model| About::of(Some(model), None).location);
            let owner = view.owner(index).cloned();
            let same_name = view.same_name(index).map(|shared| shared.folders).unwrap_or_default();
            let ambiguity = report::same_name(&view, index, &screen(&name));
            let mark = view.name_mark(index).cloned();
            Ok(Seen { verification, owner, location, same_name, ambiguity, mark })
        }
        _ if model.exists() && arguments.location.location.is_none() => {
            let verified = shown(output, |progress| workbench.verify_path(model, signature, progress));
            verified.map(Seen::from)
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
