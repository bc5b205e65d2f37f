//! A report as SARIF: a control of a model that is open is a result under the rule of the control. What nobody looked at
//! is a result that is open, and fails nothing. Results are written as they are made.

use super::ReportFile;
use crate::disk::slashed;
use crate::dossier::relative;
use crate::error::Result;
use crate::forms::sarif::{Fingerprints, Found, Kind, Level, Location, Message, Rule, Sarif};
use crate::forms::set::{Looked, Set};
use crate::forms::streamed::streamed;
use crate::json::Each;
use crate::maturity::{Control, ControlResult, Severity};
use crate::signing::Outcome;
use crate::text::screen;

/// How much it matters what became of a control; none where there is nothing to report.
fn level(outcome: Outcome, severity: Severity) -> Option<(Option<Kind>, Level)> {
    match (outcome, severity) {
        (Outcome::Pass | Outcome::NotApplicable, _) => None,
        (Outcome::Unknown, _) => Some((Some(Kind::Open), Level::None)),
        (Outcome::Fail, _) => Some((None, Level::Error)),
        (Outcome::Missing | Outcome::Partial, Severity::Must) => Some((None, Level::Warning)),
        (Outcome::Missing | Outcome::Partial, Severity::Should | Severity::May) => Some((None, Level::Note)),
    }
}

fn rule(control: &Control) -> Rule {
    let text = |text: &str| Message { text: screen(text) };
    Rule { id: control.id.to_string(), about: text(&control.title), help: Some(text(&control.remediation)) }
}

fn result(set: &Set<'_>, looked: &Looked<'_>, result: &ControlResult) -> Option<Found> {
    let controls = &set.view().rubric.controls;
    let index = controls.iter().position(|control| control.id == result.id)?;
    let control = controls.get(index)?;
    let (kind, level) = level(result.outcome, control.severity)?;
    let id = &looked.model.id;
    let found = looked.found(result, control);
    let place = looked.model.location.as_deref().map(|place| relative(&slashed(place)));
    Some(Found {
        rule: result.id.to_string(),
        index,
        kind,
        level,
        message: Message { text: format!("{}: {} ({})", id.screen(), found.screen(), result.outcome.word()) },
        locations: [Location::model(id.screen(), place.as_ref().map(|place| place.raw()))],
        fingerprints: Some(Fingerprints { name: set.finding(id, &result.id).to_string() }),
    })
}

/// The report, piece by piece as it is made.
///
/// # Errors
/// `E-INTERNAL`; what `out` gives.
pub(super) fn sarif(file: &ReportFile<'_>, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let set = &Set::of(file);
    let results = Each(|| {
        set.each(|looked| {
            let results = looked.verdict.assessment.controls.iter();
            results.filter_map(|one| result(set, &looked, one)).collect()
        })
    });
    streamed(&Sarif::new(file.view.rubric.controls.iter().map(rule).collect(), results), out)
}
