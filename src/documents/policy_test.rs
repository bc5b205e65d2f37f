//! What the tests of a policy come to, as a document.

use super::names;
use super::workspace::PolicyFaultDocument;
use crate::decision::{Decision, Effect, Examined, Reason, Tried, TriedRule};
use crate::policy::{Action, PolicyError, PolicyTest};
use schemars::JsonSchema;
use serde::Serialize;

/// What the tests of a policy come to, and which of its rules they examine.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyTestDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyTest,
    /// What makes the policy invalid; if there is anything, nothing was tried.
    pub faults: Vec<PolicyFaultDocument<'a>>,
    /// The tests, in the order of the file.
    pub tests: Vec<TestDocument<'a>>,
    /// The rules of the policy, and what a change of each does to the tests.
    pub rules: Vec<TriedRuleDocument<'a>>,
    /// How many more rules there are, which were not changed.
    pub untried: usize,
}

/// One test.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TestDocument<'a> {
    /// Its name.
    pub name: &'a str,
    /// The stage that it asks for.
    pub stage: &'a str,
    /// Whether everything that it expects came.
    pub passes: bool,
    /// What it expects.
    pub expected: ExpectedDocument<'a>,
    /// What came.
    pub found: FoundDocument<'a>,
}

/// What a test expects.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExpectedDocument<'a> {
    /// The decision.
    pub decision: Decision,
    /// The effective level; none: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_level: Option<u8>,
    /// Codes that have to be among the reasons that weigh as much as the decision.
    pub reasons: &'a [String],
}

/// What came of a test.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FoundDocument<'a> {
    /// The decision.
    pub decision: Decision,
    /// The effective level.
    pub effective_level: u8,
    /// The reasons, worst first.
    pub reasons: Vec<FoundReason<'a>>,
}

/// A reason, and what the stage does about it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FoundReason<'a> {
    /// Its code.
    pub code: &'a str,
    /// What the stage does.
    pub action: Action,
}

/// A rule, and what a change of it does to the tests.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TriedRuleDocument<'a> {
    /// The rule, as the file calls it.
    pub rule: &'a str,
    /// What was done to it: `removed`, `loosened` or `tightened`.
    pub change: &'static str,
    /// What that did: `noticed` (a test fails), `unnoticed` (something else is concluded and no test fails) or
    /// `unreached` (nothing else is concluded).
    pub effect: Effect,
}

impl<'a> PolicyTestDocument<'a> {
    /// Of a policy that has faults, or else of its tests and what came of them.
    pub fn of(result: Result<(&'a [PolicyTest], &'a Examined), &'a [PolicyError]>) -> Self {
        let faults = result.err().unwrap_or_default().iter().map(PolicyFaultDocument::from).collect();
        let (tests, examined) = result.ok().unzip();
        let tried = examined.into_iter().flat_map(|examined| &examined.tests);
        let rules = examined.into_iter().flat_map(|examined| &examined.rules);
        PolicyTestDocument {
            schema: names::PolicyTest,
            faults,
            tests: tests.into_iter().flatten().zip(tried).map(TestDocument::from).collect(),
            rules: rules.map(TriedRuleDocument::from).collect(),
            untried: examined.map_or(0, |examined| examined.untried),
        }
    }
}

impl<'a> From<(&'a PolicyTest, &'a Tried)> for TestDocument<'a> {
    fn from((test, tried): (&'a PolicyTest, &'a Tried)) -> Self {
        let reason = |reason: &'a Reason| FoundReason { code: reason.code.as_str(), action: reason.action };
        TestDocument {
            name: &test.name,
            stage: &test.stage,
            passes: tried.passes(),
            expected: ExpectedDocument {
                decision: test.expect.decision.into(),
                effective_level: test.expect.effective_level,
                reasons: &test.expect.reasons,
            },
            found: FoundDocument {
                decision: tried.verdict.decision,
                effective_level: tried.verdict.effective,
                reasons: tried.verdict.reasons.iter().map(reason).collect(),
            },
        }
    }
}

impl<'a> From<&'a TriedRule> for TriedRuleDocument<'a> {
    fn from(of: &'a TriedRule) -> Self {
        TriedRuleDocument { rule: &of.rule, change: of.change.word(), effect: of.effect }
    }
}
