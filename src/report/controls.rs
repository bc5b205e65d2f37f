//! The page of the controls, made from the rubric inside the program.

use crate::error::Result;
use crate::maturity::{Control, Duty, Rubric, Severity};
use std::fmt::Write as _;

/// `docs/controls.md`.
///
/// # Errors
/// When the rubric inside the program is not valid, which is a defect.
pub fn controls_page() -> Result<String> {
    let rubric = Rubric::bundled()?;
    let mut out = format!(
        "# Controls\n\n\
         <!-- Made by `cargo run --example make-docs` from policies/rubric/aimm.toml; do not edit. -->\n\n\
         A level says how much evidence there is of a model's integrity and authenticity. It rests on {} controls in three\n\
         levels, which are cumulative. A level says nothing of safety, quality or fitness for a purpose.\n\n\
         A *must* blocks its level until it passes; a *should* counts for the score; a *may* is only shown. `touchmark score\n\
         MODEL --all` shows the evidence for each, and `--next` what raises the level. Only `pass` counts for a level, and\n\
         only `fail` (evidence contradicts) taints what derives from a model. What was not examined is `unknown`.\n\n\
         The clauses name where a control comes from. A control is evidence relevant to a clause, never a statement that\n\
         it is met.\n",
        rubric.controls.len()
    );
    for (number, name) in (1..).zip(&rubric.level_names) {
        let _ = write!(
            out,
            "\n## Level {number}: {name}\n\n| control | what it asks | weight | who acts |\n|---|---|---|---|\n"
        );
        let of_level = || rubric.controls.iter().filter(|control| control.level == number);
        for control in of_level() {
            let Control { id, title, .. } = control;
            let anchor = id.to_lowercase().replace('.', "");
            let _ = writeln!(
                out,
                "| [{id}](#{anchor}) | {} | {} | {} |",
                cell(title),
                weight(control),
                who(control.duty)
            );
        }
        for control in of_level() {
            section(&mut out, control);
        }
    }
    Ok(out)
}

fn section(out: &mut String, control: &Control) {
    let _ =
        write!(out, "\n### {}\n\n{}.\n\n| outcome | when |\n|---|---|\n", control.id, plain(&control.title));
    let rows = [
        ("pass", Some(&control.pass)),
        ("partial", Some(&control.partial)),
        ("fail", Some(&control.fail)),
        ("missing", control.missing.as_ref()),
        ("not applicable", control.not_applicable.as_ref()),
    ];
    for (outcome, when) in rows {
        if let Some(when) = when.filter(|when| !when.is_empty()) {
            let _ = writeln!(out, "| {outcome} | {} |", cell(when));
        }
    }
    let _ = write!(
        out,
        "\n- Evidence: {}\n- What to do: {}\n- Clauses: {}\n",
        plain(&control.evidence),
        plain(&control.remediation),
        plain(&control.clause)
    );
}

/// Text that Markdown would take for markup stays text.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '<' | '*' | '_' | '[' | ']' | '\\' | '`') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

fn weight(control: &Control) -> String {
    let word = match control.severity {
        Severity::Must => "must",
        Severity::Should => "should",
        Severity::May => "may",
    };
    let condition = if control.conditional { ", where it applies" } else { "" };
    let raised = if control.policy_can_raise { "; a policy may raise it" } else { "" };
    format!("{word}{condition}{raised}")
}

fn who(duty: Duty) -> &'static str {
    match duty {
        Duty::Producer => "producer",
        Duty::Consumer => "consumer",
        Duty::Both => "both",
    }
}
