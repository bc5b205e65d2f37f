//! A verdict of a view, with what its words are made from.

use crate::decision::Verdict;
use crate::view::View;
use crate::words::Case;

/// The verdict, its verification and its rubric.
pub fn case<'a>(view: &'a View, verdict: &'a Verdict) -> Case<'a> {
    let found = view.model(&verdict.model);
    let thing = found.map(|(_, model)| model.kind.into()).unwrap_or_default();
    let chain = found.map(|(index, _)| view.cap_chain(index)).unwrap_or_default();
    Case { verdict, verification: view.verification_of(&verdict.model), rubric: &view.rubric, thing, chain }
}
