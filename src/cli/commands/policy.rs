//! `policy check`, `policy show`: the trust policy, looked at and never changed.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::open;
use crate::disk::read_small;
use crate::documents::{PolicyCheckDocument, PolicyDocument, PolicyFaultDocument, names};
use crate::error::{Code, Error, Result};
use crate::policy;
use crate::report;
use clap::Subcommand;
use std::path::{Path, PathBuf};

const LIMIT_POLICY_BYTES: u64 = 1024 * 1024;

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    Check {
        /// The file [default: the workspace's policy]
        file: Option<PathBuf>,
    },
    Show {
        /// baseline or strict
        #[arg(default_value = "baseline")]
        name: String,
    },
}

pub(super) fn run(arguments: &PolicyCommand, common: &Common, output: &Output) -> Result<u8> {
    match arguments {
        PolicyCommand::Check { file } => check(file.as_deref(), common, output),
        PolicyCommand::Show { name } => show(name, output),
    }
}

/// The status is 2 when the policy has faults.
fn check(file: Option<&Path>, common: &Common, output: &Output) -> Result<u8> {
    let (faults, human, digests) = match file {
        Some(file) => {
            let bytes = read_small(file, LIMIT_POLICY_BYTES)?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Error::new(Code::Config, "the policy is not UTF-8 text").at_path(file))?;
            let base = file.parent().map(Path::to_owned);
            let read = policy::parse(&text, &file.to_string_lossy(), base);
            match read.and_then(|policy| policy.valid_at(common.now())) {
                Ok(policy) => (Vec::new(), report::policy(&policy), (policy.digest, policy.file_digest)),
                Err(faults) => {
                    let human = report::policy_faults(&faults);
                    (faults, human, Default::default())
                }
            }
        }
        None => {
            let view = open(common)?.view();
            let human = if view.policy_errors.is_empty() {
                report::policy(&view.policy)
            } else {
                report::policy_faults(&view.policy_errors)
            };
            let digests = (view.policy.digest.clone(), view.policy.file_digest.clone());
            (view.policy_errors.clone(), human, digests)
        }
    };
    output.print(&human, || {
        let faults = faults.iter().map(PolicyFaultDocument::from).collect();
        let (digest, file_digest) = &digests;
        PolicyCheckDocument { schema: names::PolicyCheck, digest, file_digest, faults }
    });
    Ok(if faults.is_empty() { 0 } else { 2 })
}

fn show(name: &str, output: &Output) -> Result<u8> {
    let Some((_, text)) = policy::BUILT_IN.iter().find(|(known, _)| *known == name) else {
        return Err(Error::new(Code::NotFound, "there is no such built-in policy")
            .at(name)
            .help("baseline or strict"));
    };
    // The text alone, so that it can start a file.
    output.print(text, || {
        let policy = policy::parse(text, "built-in", None).ok();
        let digests = policy.as_ref().map(|policy| (policy.digest.clone(), policy.file_digest.clone()));
        let (digest, file_digest) = digests.unzip();
        PolicyDocument { schema: names::Policy, name, digest, file_digest, text }
    });
    Ok(0)
}
