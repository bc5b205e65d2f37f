//! L1.13: whether loading the model can run code. What was looked at and is bad fails, what could not be looked
//! at is unknown, what nobody has judged is partial.

use super::assess::Evidence;
use super::level1::Finding;
use crate::inventory::{Format, Kind, Tier};
use crate::signing::Outcome;

/// L1.13.
pub(super) fn no_code(evidence: &Evidence<'_>) -> Finding {
    let model = evidence.model;
    let words = |formats: &[Format]| {
        let unsafe_only = formats.iter().any(|format| format.executes_code());
        let wanted = formats.iter().filter(|format| !unsafe_only || format.executes_code());
        wanted.map(|format| format.word()).collect::<Vec<_>>().join(", ")
    };
    // The first of the worst tier.
    let worst = model.hazards.iter().filter(|hazard| hazard.tier <= Tier::Suspicious);
    let worst = worst.min_by_key(|hazard| hazard.tier).map(|hazard| {
        let file = hazard.file.screen();
        let line = format!("{file}{}{}", if file.is_empty() { "" } else { ": " }, hazard.line());
        (hazard.tier, line, hazard.remedy())
    });
    let by_format = model.formats.iter().any(|format| format.executes_code());
    if let Some((tier, line, remedy)) = worst.clone().filter(|_| !by_format) {
        let found = match tier {
            Tier::Dangerous => Finding::observed(Outcome::Fail, line),
            Tier::Unreadable => Finding::unknown(line),
            _ => Finding::observed(Outcome::Partial, line),
        };
        return found.remedy(remedy);
    }
    match model.formats.as_slice() {
        [] if model.kind == Kind::Dataset => Finding::not_applicable("a dataset has no weights"),
        [] if model.kind == Kind::Agent => Finding::not_applicable("an agent's card has no weights"),
        [] if model.location.is_none() => {
            Finding::unknown("no files to look at").remedy("add the folder that holds the files as a source")
        }
        [] => Finding::unknown("no known format of weights was found"),
        formats if formats.iter().any(|format| format.executes_code()) => {
            let line = worst.as_ref().map(|(_, line, _)| format!("; {line}")).unwrap_or_default();
            let words = words(formats);
            let found =
                Finding::observed(Outcome::Fail, format!("can run code when it is loaded: {words}{line}"));
            // Of a pickle that rebuilds data the rubric says what to do.
            match worst {
                Some((_, _, remedy)) => found.remedy(remedy),
                None => found,
            }
        }
        formats => Finding::observed(Outcome::Pass, words(formats)),
    }
}
