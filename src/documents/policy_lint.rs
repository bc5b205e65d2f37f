//! What the linter found in a policy, as a document.

use super::names;
use super::workspace::PolicyFaultDocument;
use crate::policy::PolicyError;
use crate::policy::lint::{Finding, Lint, Weight};
use schemars::JsonSchema;
use serde::Serialize;

/// What is valid in a policy and probably not meant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyLintDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyLint,
    /// What makes the policy invalid; if there is anything, nothing else was examined.
    pub faults: Vec<PolicyFaultDocument<'a>>,
    /// The findings, in the order of their lines.
    pub findings: Vec<LintFindingDocument<'a>>,
    /// Codes of the rules that were not examined, because they need an inventory or verified models.
    pub not_examined: Vec<&'static str>,
}

/// One finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LintFindingDocument<'a> {
    /// The code of its rule.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Weight,
    /// Line, from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// What was found.
    pub message: &'a str,
    /// What to do.
    pub help: &'static str,
}

impl<'a> PolicyLintDocument<'a> {
    /// Of a policy that has faults, or else of what was found in it.
    pub fn of(result: Result<&'a Lint, &'a [PolicyError]>) -> Self {
        let (faults, findings, not_examined) = match result {
            Ok(lint) => (&[][..], lint.findings.as_slice(), lint.not_examined.as_slice()),
            Err(faults) => (faults, &[][..], &[][..]),
        };
        PolicyLintDocument {
            schema: names::PolicyLint,
            faults: faults.iter().map(PolicyFaultDocument::from).collect(),
            findings: findings.iter().map(LintFindingDocument::from).collect(),
            not_examined: not_examined.iter().map(|rule| rule.code).collect(),
        }
    }
}

impl<'a> From<&'a Finding> for LintFindingDocument<'a> {
    fn from(finding: &'a Finding) -> Self {
        let Finding { rule, line, what } = finding;
        LintFindingDocument {
            code: rule.code,
            severity: rule.weight,
            line: *line,
            message: what,
            help: rule.help,
        }
    }
}
