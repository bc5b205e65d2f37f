//! What would follow from denying an identity, as text.

use super::preview::{diff, flips};
use crate::text::count;
use crate::view::suspected::{Running, Suspected, When};
use std::fmt::Write as _;

/// What would follow at a stage; of the models and signatures at most so many are listed.
pub fn what_if(suspected: &Suspected, stage: &str, most: usize) -> String {
    let since = suspected.since.map(|since| format!(" since {since}")).unwrap_or_default();
    let mut out = format!("if {} is denied{since}\n\n", suspected.subject.screen());
    let _ = writeln!(out, "it signed {}", count(suspected.signed.len(), "thing"));
    for when in When::ALL {
        let many = suspected.count(when);
        if many == 0 {
            continue;
        }
        let _ = writeln!(out, "  {}: {many}", words(when));
        for signed in suspected.signed.iter().filter(|signed| signed.when == when).take(most) {
            let what = signed.claim.as_ref().map_or_else(|| "its files".to_owned(), |claim| claim.screen());
            let at = signed.at.map(|at| format!("  {at}")).unwrap_or_default();
            let _ = writeln!(out, "    {}  {what}{at}", signed.model.screen());
        }
        if many > most {
            let _ = writeln!(out, "    {} more; use --limit 0 to list all", many - most);
        }
    }
    out.push('\n');
    out.push_str(&flips(&suspected.flips, stage, most));
    if !suspected.running.is_empty() {
        out.push_str("\nwhere it runs\n");
    }
    for Running { model, deployed, let_in, before, after } in &suspected.running {
        let gate = let_in.map(|at| format!("  let in {at}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {}  {} ({})  {} → {}{gate}",
            model.screen(),
            deployed.place.screen(),
            deployed.stage.screen(),
            before.word(),
            after.word()
        );
    }
    out.push_str("\nnothing was changed; to deny it, change the policy\n\n");
    out.push_str(&diff(&suspected.edit));
    out
}

fn words(when: When) -> &'static str {
    match when {
        When::Before => "signed before, by a trusted time; still counts",
        When::After => "signed after, by a trusted time; would not count",
        When::Without => "no trusted time; would not count",
    }
}
