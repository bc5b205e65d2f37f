//! The edits of the policy that would let a model pass, as text.

use super::preview::{diff, flips};
use crate::decision::Decision;
use crate::text::{count, screen};
use crate::view::suggested::Suggested;
use crate::words::unjudged;
use std::fmt::Write as _;

/// The edits at a stage, each with what it would change; of the models at most so many are listed.
pub fn suggested(suggested: &Suggested, stage: &str, most: usize) -> String {
    let Suggested { model, unjudged, before, suggestions, after, open } = suggested;
    let (name, stage_name) = (model.screen(), screen(stage));
    if let Some(why) = unjudged {
        let (text, remedy) = (unjudged::text(*why), unjudged::remedy(*why, model));
        return format!("no edit of the policy is suggested for {name}: it is {text}\n  {remedy}\n");
    }
    let mut out = match (before, suggestions.len()) {
        (Decision::Admit, _) => return format!("✓ {name} is admitted at stage {stage_name}\n"),
        (_, 0) => format!("no edit of the policy is suggested for {name} at stage {stage_name}\n"),
        (_, many) => {
            let edits = count(many, "edit");
            format!("{edits} for {name} at stage {stage_name}: {} → {}\n", before.word(), after.word())
        }
    };
    for (number, suggestion) in suggestions.iter().enumerate() {
        let _ = writeln!(out, "\n{}. {} → {}\n", number + 1, name, suggestion.decision.word());
        out.push_str(&diff(&suggestion.diff));
        out.push('\n');
        out.push_str(&flips(&suggestion.flips, stage, most));
    }
    if *after != Decision::Admit && !open.is_empty() {
        let codes: Vec<String> = open.iter().map(|reason| screen(reason.code.as_str())).collect();
        let _ = writeln!(out, "\nstill against it: {}", codes.join(", "));
        let _ = writeln!(out, "  `touchmark why {name}` says what would change that");
    }
    if !suggestions.is_empty() {
        out.push_str(
            "\nnothing was changed: check who the signer is and what an exception hides before you edit\n",
        );
    }
    out
}
