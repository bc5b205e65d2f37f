//! The policy in force: the file that an opened workspace asks for, read, and the stage to judge for. What happens
//! to a view is not known here.

use super::options::OpenOptions;
use super::seal::look_at_seal;
use crate::clock::this_second;
use crate::error::{Code, Error, Result};
use crate::inventory::Workspace;
use crate::maturity::PolicySeal;
use crate::policy::{self, Policy, PolicyError};
use crate::view::View;
use std::path::{Path, PathBuf};

/// A policy larger than this is refused.
pub(super) const LIMIT_POLICY_BYTES: u64 = 1024 * 1024;

/// The policy in force and its text, and the faults of the file when it is not the one in force.
#[derive(Clone)]
pub(super) struct PolicyInForce {
    pub policy: Policy,
    pub text: String,
    pub faults: Vec<PolicyError>,
    /// What is known of the signature of the policy in force.
    pub seal: PolicySeal,
}

pub(super) fn in_force(view: &View) -> PolicyInForce {
    PolicyInForce {
        policy: view.policy.clone(),
        text: view.policy_text.clone(),
        faults: view.policy_errors.clone(),
        seal: view.seal.clone(),
    }
}

pub(super) fn known_stage(policy: &Policy, stage: &str) -> Result<()> {
    if policy.stage(stage).is_some() {
        return Ok(());
    }
    let names: Vec<String> = policy.stages.iter().map(|s| crate::text::screen(&s.name)).collect();
    Err(Error::new(Code::NotFound, "the policy has no such stage")
        .at(stage)
        .help(format!("stages are: {}", names.join(", "))))
}

pub(super) fn stage_of(workspace: &Workspace, options: &OpenOptions, policy: &Policy) -> Result<String> {
    if let Some(stage) = &options.stage {
        known_stage(policy, stage)?;
        return Ok(stage.clone());
    }
    match known_stage(policy, &workspace.stage) {
        Ok(()) => Ok(workspace.stage.clone()),
        // The strictest stage that there is: the last, by the order in which models are promoted.
        Err(_) => Ok(policy.stages.last().map_or_else(String::new, |stage| stage.name.clone())),
    }
}

pub(super) fn policy_file(workspace: &Workspace, options: &OpenOptions) -> Option<PathBuf> {
    options.policy.clone().or_else(|| workspace.policy.as_ref().map(|p| workspace.root.join(p)))
}

/// Reads the policy. With faults in the file, `before` (or else the built-in baseline, which knows no
/// publisher and so admits nothing to production) stays in force, and the faults are returned.
pub(super) fn read_policy(
    workspace: &Workspace,
    options: &OpenOptions,
    before: Option<(Policy, PolicySeal)>,
) -> Result<PolicyInForce> {
    let now = options.at.unwrap_or_else(this_second);
    let built_in = || {
        let (_, text) = policy::BUILT_IN.first().copied().unwrap_or(("baseline", ""));
        policy::parse(text, "built-in", None).and_then(|policy| policy.valid_at(now)).map_err(|faults| {
            let why = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
            Error::new(Code::Internal, format!("the built-in policy is not valid ({why})"))
        })
    };
    let Some(path) = policy_file(workspace, options) else {
        let text = policy::BUILT_IN.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default();
        let seal = PolicySeal::default();
        return Ok(PolicyInForce { policy: built_in()?, text, faults: Vec::new(), seal });
    };
    let bytes = crate::disk::read_small(&path, LIMIT_POLICY_BYTES)?;
    let seal = look_at_seal(workspace, &path, &bytes, now).seal;
    let instead = |before: Option<(Policy, PolicySeal)>| match before {
        Some(before) => Ok(before),
        None => built_in().map(|policy| (policy, PolicySeal::default())),
    };
    let Ok(text) = String::from_utf8(bytes) else {
        let fault = PolicyError {
            line: None,
            message: "the policy is not UTF-8 text".to_owned(),
            help: Some("save it as UTF-8".to_owned()),
        };
        let (policy, seal) = instead(before)?;
        return Ok(PolicyInForce { policy, text: String::new(), faults: vec![fault], seal });
    };
    let base = path.parent().map(Path::to_owned);
    let origin = path.strip_prefix(&workspace.root).unwrap_or(&path);
    let read = policy::parse(&text, &origin.to_string_lossy(), base);
    match read.and_then(|policy| policy.valid_at(now)) {
        Ok(policy) => Ok(PolicyInForce { policy, text, faults: Vec::new(), seal }),
        Err(faults) => {
            let (policy, seal) = instead(before)?;
            Ok(PolicyInForce { policy, text, faults, seal })
        }
    }
}

/// The error of a policy that has this fault.
pub(super) fn invalid(fault: &PolicyError, file: &Path) -> Error {
    let line = fault.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    Error::new(Code::Config, format!("the policy is not valid: {line}{}", fault.message))
        .at_path(file)
        .help(fault.help.clone().unwrap_or_else(|| "run `touchmark policy check`".to_owned()))
}
