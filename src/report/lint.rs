//! What the linter found in a policy, as text, and the page of its rules.

use crate::policy::lint::{Finding, Lint, Needs, RULES, Rule, Weight};
use crate::text::{count, screen};
use std::fmt::Write as _;

/// What was found, and what was not examined.
pub fn lint(lint: &Lint) -> String {
    let mut out = String::new();
    lint.findings.iter().for_each(|one| out.push_str(&finding(one)));
    let counts = [Weight::Error, Weight::Warning, Weight::Note];
    let counts = counts.map(|weight| (lint.count(weight), weight.word()));
    let counts: Vec<String> =
        counts.iter().filter(|(many, _)| *many > 0).map(|(many, word)| count(*many, word)).collect();
    let _ = match counts.as_slice() {
        [] => writeln!(out, "✓ nothing found"),
        counts => writeln!(out, "{}", counts.join(", ")),
    };
    for (needs, why) in [
        (Needs::Inventory, "no inventory; run it without FILE in a workspace"),
        (Needs::Verified, "no verified models; verify some with `touchmark verify MODEL` first"),
    ] {
        let codes: Vec<&str> =
            lint.not_examined.iter().filter(|rule| rule.needs == needs).map(|rule| rule.code).collect();
        if !codes.is_empty() {
            let _ = writeln!(out, "not examined: {} ({why})", codes.join(", "));
        }
    }
    out
}

/// One finding.
pub(super) fn finding(Finding { rule, line, what }: &Finding) -> String {
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let found = format!("{:<7}  {line}{}  {}", rule.weight.word(), screen(what), rule.code);
    format!("{found}\n         help: {}\n", rule.help)
}

/// `docs/policy-lint.md`.
pub fn lint_page() -> String {
    let mut out = String::from(
        "# Rules of the policy linter\n\n\
         <!-- Made by `cargo run --example make-docs` from src/policy/lint/rules.rs; do not edit. -->\n\n\
         `touchmark policy check` finds what makes a [policy](policy.md) invalid. `touchmark policy lint` finds what is valid\n\
         and probably not meant. Each finding has a code that stays, a severity, a line and what to do. The exit status is 1\n\
         when there is an error or a warning, 0 when there are only notes or nothing, and 2 when the policy is invalid.\n\n\
         Without `FILE` the policy of the workspace is examined together with its inventory. With `FILE` only the file is,\n\
         and the rules that need more are listed as not examined.\n\n\
         | code | severity | needs | what it finds |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let _ = writeln!(
            out,
            "| [`{}`](#{}) | {} | {} | {} |",
            rule.code,
            rule.code.to_lowercase(),
            rule.weight.word(),
            needs(rule),
            rule.title
        );
    }
    for rule in RULES {
        let example = |text: &str| match text {
            "" => "# nothing".to_owned(),
            text => text.to_owned(),
        };
        let _ = writeln!(
            out,
            "\n## {}\n\n{}.\n\nWhat to do: {}.\n\nIt is found in:\n\n```toml\n{}\n```\n\nand not in:\n\n```toml\n{}\n```",
            rule.code,
            rule.title,
            rule.help,
            example(rule.bad),
            example(rule.good)
        );
    }
    out
}

fn needs(rule: &Rule) -> &'static str {
    match rule.needs {
        Needs::File => "the file",
        Needs::Inventory => "an inventory",
        Needs::Verified => "verified models",
    }
}
