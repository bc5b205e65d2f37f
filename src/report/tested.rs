//! What the tests of a policy come to, as text.

use crate::decision::{Effect, Examined, Tried, TriedRule, Unexpected};
use crate::policy::PolicyTest;
use crate::text::{count, screen};
use std::fmt::Write as _;

/// Each test, the rules that none of them reaches, and with `mutate` also those whose change none of them notices.
pub fn tested(tests: &[PolicyTest], examined: &Examined, mutate: bool) -> String {
    let mut out = String::new();
    for (test, tried) in tests.iter().zip(&examined.tests) {
        out.push_str(&one(test, tried));
    }
    let passed = examined.tests.iter().filter(|tried| tried.passes()).count();
    let _ = match examined.tests.len() {
        0 => writeln!(out, "the policy has no tests: add [[test]], see docs/policy.md"),
        all if all == passed => {
            writeln!(out, "{} {}", count(all, "test"), if all == 1 { "passes" } else { "pass" })
        }
        all => writeln!(out, "{} of {} failed", all - passed, count(all, "test")),
    };
    let all = examined.rules.len();
    let unreached: Vec<&TriedRule> = examined.with(Effect::Unreached).collect();
    let _ = writeln!(out, "the tests reach {} of {}", all - unreached.len(), count(all, "rule"));
    list(&mut out, "no test reaches", &unreached);
    if mutate {
        let unnoticed: Vec<&TriedRule> = examined.with(Effect::Unnoticed).collect();
        let noticed = examined.with(Effect::Noticed).count();
        let _ = writeln!(out, "the tests notice the change of {noticed} of {}", count(all, "rule"));
        list(&mut out, "no test notices the change of", &unnoticed);
    }
    if examined.untried > 0 {
        let _ = writeln!(out, "not examined: {}", count(examined.untried, "more rule"));
    }
    out
}

/// One test, and what came of it.
pub(super) fn one(test: &PolicyTest, tried: &Tried) -> String {
    let mark = if tried.passes() { "✓" } else { "✗" };
    let mut out = format!("{mark} {}\n", screen(&test.name));
    for unexpected in &tried.unexpected {
        let _ = match unexpected {
            Unexpected::Decision { wanted, came } => {
                writeln!(out, "    decision: expected {}, found {}", wanted.word(), came.word())
            }
            Unexpected::Level { wanted, came } => {
                writeln!(out, "    effective level: expected {wanted}, found {came}")
            }
            Unexpected::Reason { wanted } => {
                writeln!(out, "    reason: {} is not among them", screen(wanted))
            }
        };
    }
    if !tried.passes() {
        let reasons =
            tried.verdict.reasons.iter().filter(|reason| reason.action >= test.expect.decision.action());
        let codes: Vec<String> = reasons.map(|reason| screen(reason.code.as_str())).collect();
        let found = if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
        let _ = writeln!(out, "    stage {}, reasons of that weight: {found}", screen(&test.stage));
    }
    out
}

fn list(out: &mut String, what: &str, rules: &[&TriedRule]) {
    if !rules.is_empty() {
        let _ = writeln!(out, "{what}:");
    }
    for rule in rules {
        let _ = writeln!(out, "  {}  {}", screen(&rule.rule), rule.change.word());
    }
}
