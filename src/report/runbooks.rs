//! Runbooks, as text, and the page of the rules of their linter.

use super::text::{Row, table};
use crate::incident::{
    Basis, END, Filling, HEAD, Library, Origin, Profile, RULES, Runbook, SeverityRule, Shelved, Step, Trouble,
};
use crate::text::{Untrusted, count, screen};
use std::fmt::Write as _;

/// The types of incidents, one per line, and the files that cannot be used.
pub fn types(library: &Library) -> String {
    let mut rows: Vec<Row> =
        vec![["type", "steps", "evidence", "from", "what it is"].map(str::to_owned).to_vec()];
    for Shelved { origin, runbook, replaces, .. } in library.runbooks() {
        let from = match (origin, replaces) {
            (Origin::BuiltIn, _) => "built in".to_owned(),
            (Origin::File(file), false) => file.screen(),
            (Origin::File(file), true) => format!("{}, instead of the built-in one", file.screen()),
        };
        let steps = runbook.steps.len().to_string();
        rows.push(vec![runbook.id.clone(), steps, runbook.evidence.join(", "), from, runbook.name.screen()]);
    }
    let mut out = table(&rows);
    let _ = writeln!(out, "{}", count(library.runbooks().len(), "type"));
    for (file, troubles) in library.broken() {
        let _ = writeln!(out, "✗ {} cannot be used:", file.screen());
        troubles.iter().for_each(|trouble| out.push_str(&found(trouble)));
    }
    out
}

/// What checking a file came to.
pub fn checked(checked: Result<&Runbook, &[Trouble]>) -> String {
    match checked {
        Ok(runbook) => {
            format!("✓ a runbook for {}, {}\n", runbook.id, count(runbook.steps.len(), "step"))
        }
        Err(troubles) => {
            let lines: String = troubles.iter().map(found).collect();
            format!("{lines}{}\n", count(troubles.len(), "fault"))
        }
    }
}

fn found(Trouble { code, line, what, help }: &Trouble) -> String {
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let help = help.as_ref().map(|help| format!("         help: {}\n", screen(help))).unwrap_or_default();
    format!("error    {line}{}  {code}\n{help}", screen(what))
}

/// A whole runbook.
pub fn runbook(shelved: &Shelved) -> String {
    let Shelved { origin, runbook, .. } = shelved;
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", runbook.id, runbook.name.screen());
    let from = match origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::File(file) => file.screen(),
    };
    let _ = writeln!(out, "  version     {}, {from}", runbook.version.screen());
    for source in &runbook.sources {
        let _ = writeln!(out, "  source      {}", source.screen());
    }
    if !runbook.atlas.is_empty() {
        let _ = writeln!(out, "  techniques  {}", joined(&runbook.atlas));
    }
    if let Some(role) = &runbook.owner_role {
        let _ = writeln!(out, "  led by      {}", role.screen());
    }
    runbook.severity.iter().for_each(|rule| {
        let _ = writeln!(out, "  severity    {}", severity(rule));
    });
    list(&mut out, "How it is noticed", &runbook.detection);
    let plain = if runbook.plain { ", made from the lists of the runbook" } else { "" };
    let _ = writeln!(out, "\nSteps{plain}");
    for (index, step) in runbook.steps.iter().enumerate() {
        let _ = writeln!(out, "  {:>2}  {}", index + 1, heading(step, &Filling::default()));
        for line in details(step, &Filling::default()) {
            let _ = writeln!(out, "        {line}");
        }
    }
    let _ = writeln!(out, "\nEvidence");
    for profile in runbook.needed() {
        let _ = writeln!(out, "  {}: {}, {}", profile.id, profile.name.screen(), retention(profile));
        for field in &profile.required {
            let _ = writeln!(out, "    {}  {}", field.id, field.name.screen());
        }
        if !profile.recommended.is_empty() {
            let fields: Vec<&str> = profile.recommended.iter().map(|field| field.id.as_str()).collect();
            let _ = writeln!(out, "    also useful: {}", fields.join(", "));
        }
    }
    if !runbook.clocks.is_empty() {
        let _ = writeln!(out, "\nDeadlines that may apply; counsel decides");
        for clock in &runbook.clocks {
            let _ = writeln!(
                out,
                "  {:>5}  {}  ({})",
                hours(clock.hours),
                clock.name.screen(),
                clock.source.screen()
            );
        }
    }
    list(&mut out, "Questions for the review", &runbook.questions);
    out
}

/// A step in one line.
pub(super) fn heading(step: &Step, filling: &Filling) -> String {
    let kind = step.kind.word();
    format!("{}  {}, {kind}: {}", step.id, step.phase.word(), filling.sentence(step.title.raw()))
}

/// What a step consists of, and what follows it.
pub(super) fn details(step: &Step, filling: &Filling) -> Vec<String> {
    let mut lines = Vec::new();
    if !step.evidence_before.is_empty() {
        lines.push(format!("evidence first: {}", step.evidence_before.join(", ")));
    }
    if step.approval {
        lines.push("needs approval".to_owned());
    }
    lines.extend(step.commands.iter().map(|command| format!("$ {}", filling.command(command.raw()))));
    lines.extend(step.tasks.iter().map(|task| format!("- {}", filling.sentence(task.raw()))));
    let branch =
        |branch: &crate::incident::Branch| format!("if {}: go to {}", branch.holds.screen(), branch.goto);
    lines.extend(step.when.iter().map(branch));
    lines.extend(step.child.iter().map(|child| format!("may open a case of {child}")));
    lines.extend(step.exit_when.iter().map(|holds| format!("done when {}", filling.sentence(holds.raw()))));
    lines.extend(
        step.due_days.map(|days| format!("due {} after the case was opened", count(days as usize, "day"))),
    );
    lines.extend(step.next.iter().map(|next| match next.as_str() {
        END => "then: the end".to_owned(),
        next => format!("then: {next}"),
    }));
    lines
}

/// For how long a profile is kept, and why.
pub(super) fn retention(profile: &Profile) -> String {
    match profile.retention_days {
        Some(days) => format!("kept {} ({})", count(days as usize, "day"), basis(profile.basis)),
        None => "nothing says how long it is kept".to_owned(),
    }
}

/// Where a retention comes from.
pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Announcement => "CoSAI's announcement",
        Basis::Companion => "CoSAI's companion draft",
        Basis::Ours => "chosen here; the sources give no number",
        Basis::Own => "the runbook",
    }
}

/// Hours, in days where they are whole ones.
pub(super) fn hours(hours: u32) -> String {
    match hours {
        240.. if hours.is_multiple_of(24) => format!("{} d", hours / 24),
        _ => format!("{hours} h"),
    }
}

fn severity(rule: &SeverityRule) -> String {
    let stages: Vec<String> = rule.stages.iter().map(Untrusted::screen).collect();
    let stages = (!stages.is_empty()).then(|| format!("it runs at {}", stages.join(" or ")));
    let integrity = rule.integrity.map(|integrity| format!("its integrity is {}", integrity.word()));
    let conditions: Vec<String> = stages.into_iter().chain(integrity).collect();
    match conditions.is_empty() {
        true => format!("{} otherwise", rule.level.word()),
        false => format!("{} where {}", rule.level.word(), conditions.join(" and ")),
    }
}

fn joined(texts: &[Untrusted]) -> String {
    texts.iter().map(Untrusted::screen).collect::<Vec<_>>().join(", ")
}

fn list(out: &mut String, heading: &str, items: &[Untrusted]) {
    if !items.is_empty() {
        let _ = writeln!(out, "\n{heading}");
        for item in items {
            let _ = writeln!(out, "  - {}", item.screen());
        }
    }
}

/// `docs/runbook-lint.md`.
pub fn runbook_lint_page() -> String {
    let mut out = String::from(
        "# Rules of the runbook linter\n\n\
         <!-- Made by `cargo run --example make-docs` from src/incident/rules.rs; do not edit. -->\n\n\
         A [runbook](incidents.md) is checked when it is loaded; one with a finding is not used. `touchmark incident runbook\n\
         --check FILE` checks a file: the exit status is 1 when a rule finds something, and 2 when the file is no runbook\n\
         (`RUNBOOK-INVALID`).\n\n\
         | code | what it finds |\n|---|---|\n",
    );
    for rule in RULES {
        let _ = writeln!(out, "| [`{}`](#{}) | {} |", rule.code, rule.code.to_lowercase(), rule.title);
    }
    for rule in RULES {
        let example = |text: &str| {
            let text = format!("{HEAD}{}", rule.around.replacen("{}", text, 1));
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            lines.join("\n").replace("\n[", "\n\n[")
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
