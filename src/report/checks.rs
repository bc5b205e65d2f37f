//! The page that explains every check, made from the tables of the signing core.

use crate::signing::{CODES, Stage};
use std::fmt::Write;

/// `docs/checks.md`.
pub fn checks_page() -> String {
    let mut out = String::from(
        "# Checks\n\n\
         <!-- Made by `cargo run --example make-docs` from crates/signing/src/words/codes.rs; do not edit. -->\n\n\
         A verification is a list of checks, one a stage, always in this order. Every stage that can be judged is\n\
         judged, even after another one failed; one that cannot be judged says `unknown`, and why. A check has an\n\
         outcome, a stable code, what was expected, what was found, where the evidence is, and a remedy.\n\
         A code that is only the stage's name means that it passed, or that it was not checked.\n\n\
         | outcome | what it means |\n|---|---|\n\
         | pass | the evidence is there and says yes |\n\
         | partial | some of it is there; no failure by itself |\n\
         | FAIL | the evidence contradicts |\n\
         | missing | looked, and it is not there |\n\
         | unknown | could not look, or did not |\n\
         | n/a | the question does not arise |\n\n\
         The first check of the worst outcome is told first: FAIL before missing before unknown.\n",
    );
    for stage in Stage::ALL {
        let _ = write!(out, "\n## {}\n\n{}\n\n", stage.name(), stage.question());
        let rows: Vec<_> = CODES.iter().filter(|info| info.code.stage() == stage).collect();
        let _ = writeln!(out, "| code | what it means | usual cause | what to do |\n|---|---|---|---|");
        for info in rows {
            let _ =
                writeln!(out, "| `{}` | {} | {} | {} |", info.code, info.meaning, info.cause, info.remedy);
        }
    }
    out
}
