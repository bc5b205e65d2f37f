//! What several commands say of a decision at a stage: its text or document, and its exit status.

use super::output::Output;
use crate::decision::{Decision, Verdict};
use crate::documents::VerdictDocument;
use crate::report;
use crate::view::View;

/// Prints a decision that was made from this view.
pub(super) fn print(view: &View, verdict: &Verdict, output: &Output) {
    let id = &verdict.model;
    let index = view.model(id).map(|(index, _)| index);
    let reviews = index.map(|index| report::standing_reviews(view, index)).unwrap_or_default();
    let human = format!(
        "{}\n{}{}{reviews}",
        report::with_mark(&id.screen(), index.and_then(|index| view.name_mark(index))),
        report::about(&view.about(id)),
        report::verdict(&report::case(view, verdict))
    );
    output.print(&human, || VerdictDocument::of(view, verdict));
}

/// The status is 0 when the model may enter, 5 when it may with warnings that nobody acknowledged, 1 when it may not, 3
/// when nothing was decided.
pub(super) fn status(decision: Decision, allow_warn: bool) -> u8 {
    match decision {
        Decision::Admit => 0,
        Decision::Warn if allow_warn => 0,
        Decision::Warn => 5,
        Decision::Refuse => 1,
        Decision::NotJudged => 3,
    }
}
