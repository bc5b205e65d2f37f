//! The commands of `policy`: the trust policy, looked at and never changed, and what a change of it would do.

use super::policy_convert::{FormName, OriginName, convert};
use super::policy_file::{LIMIT_POLICY_BYTES, text_of};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, no_such_model, open, options};
use crate::decision::{Decision, examine};
use crate::disk::read_small;
use crate::documents::{
    ExceptionDocument, PolicyCheckDocument, PolicyDocument, PolicyExceptionsDocument, PolicyExplainDocument,
    PolicyFaultDocument, PolicyLintDocument, PolicyPreviewDocument, PolicySuggestDocument,
    PolicyTestDocument, PolicyWhatIfDocument, names,
};
use crate::error::{Code, Error, Result};
use crate::inventory::Workspace;
use crate::maturity::{PolicySeal, Rubric};
use crate::policy::{self, Parsed};
use crate::report;
use crate::signing::Progress;
use crate::text::{block, screen};
use crate::view::View;
use crate::words::seal::seal;
use crate::workbench::{OpenOptions, SealSeen, Workbench, look_at_seal, parse_policy};
use clap::Subcommand;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// So many models are listed where nobody says how many.
const SHOWN: usize = 20;

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    Check {
        /// The file [default: the workspace's policy]
        file: Option<PathBuf>,
    },
    Lint {
        /// The file [default: the workspace's policy, with its inventory]
        file: Option<PathBuf>,
    },
    Test {
        /// The file [default: the workspace's policy]
        file: Option<PathBuf>,
        /// Change each rule in turn: list those whose change no test notices, and exit with 1 if there are any
        #[arg(long)]
        mutate: bool,
    },
    Convert {
        /// The file [default: the workspace's policy]
        file: Option<PathBuf>,
        /// Read the policy of another tool [default: what FILE looks like]
        #[arg(long, value_name = "FORM", value_enum, conflicts_with = "to")]
        from: Option<OriginName>,
        /// Write the policy in the form of another tool
        #[arg(long, value_name = "FORM", value_enum)]
        to: Option<FormName>,
        /// Write to this new file [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Exit with status 1 when something is lost
        #[arg(long)]
        strict: bool,
    },
    Exceptions {
        /// The stage at which excused models are counted [default: the workspace's]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
    },
    Preview {
        /// The new policy file; its anchors lie where it says, seen from its own folder
        new: PathBuf,
        /// The stage [default: the workspace's]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
        /// List at most so many models; 0 lists all
        #[arg(long, value_name = "NUMBER", default_value_t = SHOWN)]
        limit: usize,
    },
    Explain {
        /// The model
        model: String,
        /// The stage [default: the workspace's]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
    },
    Suggest {
        /// The model
        model: String,
        /// The stage [default: the workspace's]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
        /// List at most so many models; 0 lists all
        #[arg(long, value_name = "NUMBER", default_value_t = SHOWN)]
        limit: usize,
    },
    WhatIf {
        /// The identity: its subject, or the fingerprint of its key
        #[arg(long, value_name = "SUBJECT")]
        deny: String,
        /// Signatures with an earlier trusted time still count (RFC 3339) [default: none counts]
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        /// The stage [default: the workspace's]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
        /// List at most so many models; 0 lists all
        #[arg(long, value_name = "NUMBER", default_value_t = SHOWN)]
        limit: usize,
    },
    Show {
        /// baseline, strict, research, or in-force for the policy of the workspace
        #[arg(default_value = "baseline")]
        name: String,
    },
}

pub(super) fn run(arguments: &PolicyCommand, common: &Common, output: &Output) -> Result<u8> {
    match arguments {
        PolicyCommand::Check { file } => check(file.as_deref(), common, output),
        PolicyCommand::Convert { file, from, to, out, strict } => {
            let output_file = out.as_deref();
            convert((file.as_deref(), output_file), (*from, *to), *strict, common, output)
        }
        PolicyCommand::Lint { file } => lint(file.as_deref(), common, output),
        PolicyCommand::Test { file, mutate } => test(file.as_deref(), *mutate, common, output),
        PolicyCommand::Exceptions { stage } => exceptions(stage.as_deref(), common, output),
        PolicyCommand::Preview { new, stage, limit } => {
            preview(new, stage.as_deref(), *limit, common, output)
        }
        PolicyCommand::Explain { model, stage } => explain(model, stage.as_deref(), common, output),
        PolicyCommand::Suggest { model, stage, limit } => {
            suggest(model, stage.as_deref(), *limit, common, output)
        }
        PolicyCommand::WhatIf { deny, since, stage, limit } => {
            what_if((deny, *since), stage.as_deref(), *limit, common, output)
        }
        PolicyCommand::Show { name } => show(name, common, output),
    }
}

/// The status is 2 when the policy has faults.
fn check(file: Option<&Path>, common: &Common, output: &Output) -> Result<u8> {
    let (faults, mut human, digests, seen) = match file {
        Some(file) => {
            let bytes = read_small(file, LIMIT_POLICY_BYTES)?;
            // Only a workspace names who may sign the policy.
            let workspace = Workspace::find_made(common.workspace.as_deref()).ok();
            let seen = workspace.map(|workspace| look_at_seal(&workspace, file, &bytes, common.now()));
            let text = text_of(bytes, file)?;
            let read = parse_policy(&text, &file.to_string_lossy(), file);
            match read.and_then(|policy| policy.valid_at(common.now())) {
                Ok(policy) => {
                    let human = report::policy(&policy, seal_of(seen.as_ref()));
                    (Vec::new(), human, (policy.digest, policy.file_digest), seen)
                }
                Err(faults) => {
                    let human = report::policy_faults(&faults);
                    (faults, human, Default::default(), seen)
                }
            }
        }
        None => {
            let workbench = open(common)?;
            let (view, seen) = (workbench.view(), workbench.look_at_seal()?);
            let human = if view.policy_errors.is_empty() {
                report::policy(&view.policy, seal_of(seen.as_ref()))
            } else {
                report::policy_faults(&view.policy_errors)
            };
            let digests = (view.policy.digest.clone(), view.policy.file_digest.clone());
            (view.policy_errors.clone(), human, digests, seen)
        }
    };
    let fault = seen.as_ref().and_then(|seen| seen.fault.as_ref());
    if let Some(fault) = fault {
        human.push_str(&format!("! {}\n", screen(&fault.what)));
        if let Some(help) = &fault.help {
            human.push_str(&format!("  help: {}\n", screen(help)));
        }
    }
    output.print(&human, || {
        let faults = faults.iter().map(PolicyFaultDocument::from).collect();
        let (digest, file_digest) = &digests;
        PolicyCheckDocument {
            schema: names::PolicyCheck,
            digest,
            file_digest,
            seal: seen.as_ref().map(|seen| &seen.seal),
            seal_fault: fault.map(|fault| screen(&fault.what)),
            faults,
        }
    });
    Ok(if faults.is_empty() { 0 } else { 2 })
}

/// The status is 2 when the policy has faults, 1 when something weighs more than a note.
fn lint(file: Option<&Path>, common: &Common, output: &Output) -> Result<u8> {
    let (read, inventory) = match file {
        Some(file) => (read_valid(file, common)?, None),
        None => {
            let view = open(common)?.view();
            (in_force(&view), Some(view.for_lint()))
        }
    };
    let found = read.map(|policy| policy::lint::lint(&policy, common.now(), inventory.as_ref()));
    let (human, status) = match &found {
        Ok(found) => (report::lint(found), if found.is_clean() { 0 } else { 1 }),
        Err(faults) => (report::policy_faults(faults), 2),
    };
    output.print(&human, || PolicyLintDocument::of(found.as_ref().map_err(Vec::as_slice)));
    Ok(status)
}

/// The status is 2 when the policy has faults, 1 when a test fails, or when with `mutate` a rule could be changed and no
/// test would notice.
fn test(file: Option<&Path>, mutate: bool, common: &Common, output: &Output) -> Result<u8> {
    let read = match file {
        Some(file) => read_valid(file, common)?,
        None => in_force(&open(common)?.view()),
    };
    let rubric = Rubric::bundled()?;
    let examined = match &read {
        Ok(policy) => Ok((&*policy.tests, examine(policy, &rubric, common.now())?)),
        Err(faults) => Err(faults),
    };
    let (human, status) = match &examined {
        Ok((tests, examined)) => {
            let is_well = examined.passes() && (!mutate || examined.protects());
            (report::tested(tests, examined, mutate), if is_well { 0 } else { 1 })
        }
        Err(faults) => (report::policy_faults(faults), 2),
    };
    let result = examined.as_ref().map(|(tests, examined)| (*tests, examined));
    output.print(&human, || PolicyTestDocument::of(result.map_err(|faults| faults.as_slice())));
    Ok(status)
}

/// The policy of a file.
fn read_valid(file: &Path, common: &Common) -> Result<Parsed> {
    let text = text_of(read_small(file, LIMIT_POLICY_BYTES)?, file)?;
    let read = parse_policy(&text, &file.to_string_lossy(), file);
    Ok(read.and_then(|policy| policy.valid_at(common.now())))
}

/// The policy of the workspace.
fn in_force(view: &View) -> Parsed {
    match view.policy_errors.as_slice() {
        [] => Ok(view.policy.clone()),
        faults => Err(faults.to_vec()),
    }
}

/// Those of the policy in force.
fn exceptions(stage: Option<&str>, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open(common)?;
    workbench.valid_policy()?;
    if let Some(stage) = stage {
        workbench.set_stage(stage)?;
    }
    let view = workbench.view();
    let all = view.exceptions();
    output.print(&report::exceptions(&all, &view.stage), || PolicyExceptionsDocument {
        schema: names::PolicyExceptions,
        policy: &view.policy.digest,
        stage: &view.stage,
        exceptions: all.iter().map(ExceptionDocument::from).collect(),
    });
    Ok(0)
}

/// The status is 2 when the new policy has faults, 1 when a model would change.
fn preview(new: &Path, stage: Option<&str>, limit: usize, common: &Common, output: &Output) -> Result<u8> {
    let text = text_of(read_small(new, LIMIT_POLICY_BYTES)?, new)?;
    let workbench = open_to_judge_for(common, stage)?;
    let preview = workbench.preview_policy_at(&text, Some(new), &Progress::default())?;
    let stage = workbench.view().stage.clone();
    output.print_long(
        || report::preview(&preview, &stage, most(limit)),
        || PolicyPreviewDocument::of(&preview, &stage),
    );
    Ok(match (preview.faults.is_empty(), preview.flips.models.is_empty()) {
        (false, _) => 2,
        (true, false) => 1,
        (true, true) => 0,
    })
}

fn explain(model: &str, stage: Option<&str>, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge_for(common, stage)?;
    let view = workbench.view();
    let explained = view.explained(find(&view, model)?).ok_or_else(|| no_such_model(model))?;
    output.print(&report::explained(&explained), || PolicyExplainDocument::of(&explained));
    Ok(0)
}

/// The status is 0 when the model is admitted, or would be after these edits; else 1.
fn suggest(model: &str, stage: Option<&str>, limit: usize, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge_for(common, stage)?;
    let view = workbench.view();
    let found = view.models.get(find(&view, model)?).ok_or_else(|| no_such_model(model))?;
    let suggested = workbench.suggest(&found.id, &Progress::default())?;
    output.print_long(
        || report::suggested(&suggested, &view.stage, most(limit)),
        || PolicySuggestDocument::of(&suggested, &view.stage),
    );
    Ok(if suggested.after == Decision::Admit { 0 } else { 1 })
}

/// The status is 1 when a model would change.
fn what_if(
    (subject, since): (&str, Option<Timestamp>),
    stage: Option<&str>,
    limit: usize,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let workbench = open_to_judge_for(common, stage)?;
    let suspected = workbench.what_if_denied(subject, since, &Progress::default())?;
    let stage = workbench.view().stage.clone();
    output.print_long(
        || report::what_if(&suspected, &stage, most(limit)),
        || PolicyWhatIfDocument::of(&suspected, &stage),
    );
    Ok(if suspected.flips.models.is_empty() { 0 } else { 1 })
}

fn open_to_judge_for(common: &Common, stage: Option<&str>) -> Result<Workbench> {
    let workbench = Workbench::open(&OpenOptions { stage: stage.map(str::to_owned), ..options(common) })?;
    workbench.valid_policy()?;
    Ok(workbench)
}

/// How many models are listed; 0 stands for all.
fn most(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { limit }
}

fn seal_of(seen: Option<&SealSeen>) -> &PolicySeal {
    const NONE: &PolicySeal = &PolicySeal::Unsigned;
    seen.map_or(NONE, |seen| &seen.seal)
}

/// The policy in force, as a name beside those of the built-in ones.
const IN_FORCE: &str = "in-force";

fn show(name: &str, common: &Common, output: &Output) -> Result<u8> {
    if name == IN_FORCE {
        let view = open(common)?.view();
        let (_, words) = seal(&view.seal);
        let text = format!("# {}: {words}\n{}", screen(&view.policy.origin), block(&view.policy_text));
        output.print(&text, || PolicyDocument {
            schema: names::Policy,
            name,
            digest: Some(view.policy.digest.clone()),
            file_digest: Some(view.policy.file_digest.clone()),
            seal: Some(&view.seal),
            text: &view.policy_text,
        });
        return Ok(0);
    }
    let Some((_, text)) = policy::BUILT_IN.iter().find(|(known, _)| *known == name) else {
        return Err(Error::new(Code::NotFound, "there is no such built-in policy")
            .at(name)
            .help("baseline, strict, research, or in-force for the workspace's own"));
    };
    // The text alone, so that it can start a file.
    output.print(text, || {
        let policy = policy::parse(text, "built-in", None).ok();
        let digests = policy.as_ref().map(|policy| (policy.digest.clone(), policy.file_digest.clone()));
        let (digest, file_digest) = digests.unzip();
        PolicyDocument { schema: names::Policy, name, digest, file_digest, seal: None, text }
    });
    Ok(0)
}
