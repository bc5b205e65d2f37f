//! The policy in force: the file that an opened workspace asks for, read, and the stage to judge for. What happens
//! to a view is not known here.

use super::options::OpenOptions;
use super::seal::{look_at_seal, with_below};
use crate::clock::this_second;
use crate::error::{Code, Error, Result};
use crate::inventory::Workspace;
use crate::maturity::PolicySeal;
use crate::policy::{self, Moment, Policy, PolicyError};
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

/// An error when the gate of a stage is not asked at that moment.
pub(super) fn asked_at(policy: &Policy, stage: &str, moment: Moment) -> Result<()> {
    let Some(stage) = policy.stage(stage).filter(|stage| !stage.is_for(moment)) else { return Ok(()) };
    let words = |moments: &mut dyn Iterator<Item = Moment>| {
        let word = |moment| Moment::WORDS.iter().find(|(_, known)| *known == moment).map(|(word, _)| *word);
        moments.filter_map(word).collect::<Vec<_>>().join(", ")
    };
    let what = format!("the policy does not use this stage at `{}`", words(&mut std::iter::once(moment)));
    Err(Error::new(Code::Usage, what)
        .at(&stage.name)
        .help(format!("its `at` lists: {}", words(&mut stage.at.iter()))))
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
    let origin = path.strip_prefix(&workspace.root).unwrap_or(&path);
    let read = parse_policy(&text, &origin.to_string_lossy(), &path);
    match read.and_then(|policy| policy.valid_at(now)) {
        Ok(policy) => {
            let seal = match below_of(&text, &path) {
                Some(below) => with_below(seal, workspace, &below, now),
                None => seal,
            };
            Ok(PolicyInForce { policy, text, faults: Vec::new(), seal })
        }
        Err(faults) => {
            let (policy, seal) = instead(before)?;
            Ok(PolicyInForce { policy, text, faults, seal })
        }
    }
}

/// The file that the policy of a file extends.
pub(super) fn below_of(text: &str, file: &Path) -> Option<PathBuf> {
    Some(file.parent()?.join(policy::extends(text)?))
}

/// The policy of a text that stands, or is to stand, in a file, with the one that it extends.
///
/// # Errors
/// Every fault found; never empty.
pub fn parse_policy(text: &str, origin: &str, file: &Path) -> std::result::Result<Policy, Vec<PolicyError>> {
    let Some(below) = below_of(text, file) else {
        return policy::parse(text, origin, file.parent().map(Path::to_owned));
    };
    let name = || crate::text::screen(&policy::extends(text).unwrap_or_default());
    let line = text.lines().zip(1..).find(|(line, _)| line.trim_start().starts_with("extends"));
    let line = line.map(|(_, line)| line);
    let fault = |message: String, help: Option<String>| vec![PolicyError { line, message, help }];
    let read = crate::disk::read_small(&below, LIMIT_POLICY_BYTES).map_err(|error| {
        fault(format!("`{}`, which this policy extends, cannot be read: {}", name(), error.what), error.help)
    })?;
    let read = String::from_utf8(read)
        .map_err(|_| fault(format!("`{}`, which this policy extends, is not UTF-8 text", name()), None))?;
    if policy::extends(&read).is_some() {
        let message = format!("`{}` extends another policy itself: only two layers are possible", name());
        return Err(fault(message, Some("extend that one".to_owned())));
    }
    let under = policy::parse(&read, origin, below.parent().map(Path::to_owned)).map_err(|faults| {
        let first = faults.into_iter().next();
        let at = first.as_ref().and_then(|fault| fault.line).map(|line| format!("line {line}: "));
        let what = first.map(|fault| (fault.message, fault.help)).unwrap_or_default();
        let message = format!(
            "`{}`, which this policy extends, is not valid: {}{}",
            name(),
            at.unwrap_or_default(),
            what.0
        );
        fault(message, what.1)
    })?;
    policy::layered(text, origin, &under, &read)
}

/// The error of a policy that has this fault.
pub(super) fn invalid(fault: &PolicyError, file: &Path) -> Error {
    let line = fault.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    Error::new(Code::Config, format!("the policy is not valid: {line}{}", fault.message))
        .at_path(file)
        .help(fault.help.clone().unwrap_or_else(|| "run `touchmark policy check`".to_owned()))
}
