//! A report as JUnit XML: a model is a test suite, and a control a test case. It fails where evidence contradicts or is
//! missing, and is skipped where nobody looked or it does not apply.

use super::ReportFile;
use crate::error::Result;
use crate::forms::html::escaped;
use crate::forms::set::{Looked, Set};
use crate::signing::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What becomes of a test case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Passes,
    Fails,
    Skipped,
}

impl From<Outcome> for End {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => End::Passes,
            Outcome::Fail | Outcome::Missing | Outcome::Partial => End::Fails,
            Outcome::Unknown | Outcome::NotApplicable => End::Skipped,
        }
    }
}

fn suite(set: &Set<'_>, looked: &Looked<'_>) -> String {
    let name = escaped(&looked.model.id.screen());
    let results = &looked.verdict.assessment.controls;
    let counts = counts(results.iter().map(|result| End::from(result.outcome)));
    let mut out = String::new();
    let _ = writeln!(out, "  <testsuite name=\"{name}\" {counts} timestamp=\"{}\">", set.at());
    for result in results {
        let Some(control) = set.view().rubric.control(&result.id) else { continue };
        let title = escaped(&crate::text::screen(&format!("{} {}", control.id, control.title)));
        let word = result.outcome.word();
        let text = escaped(&format!("{word}: {}", looked.found(result, control).screen()));
        let _ = write!(out, "    <testcase classname=\"{name}\" name=\"{title}\"");
        let _ = match End::from(result.outcome) {
            End::Passes => writeln!(out, "/>"),
            End::Skipped => writeln!(out, "><skipped message=\"{text}\"/></testcase>"),
            End::Fails => writeln!(out, "><failure type=\"{word}\" message=\"{text}\"/></testcase>"),
        };
    }
    out.push_str("  </testsuite>\n");
    out
}

fn counts(ends: impl Iterator<Item = End>) -> String {
    let mut many: BTreeMap<End, usize> = BTreeMap::new();
    ends.for_each(|end| *many.entry(end).or_default() += 1);
    let of = |end: End| many.get(&end).copied().unwrap_or_default();
    let all: usize = many.values().sum();
    format!("tests=\"{all}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"", of(End::Fails), of(End::Skipped))
}

/// The report, suite by suite as it is made.
///
/// # Errors
/// What `out` gives.
pub(super) fn junit(file: &ReportFile<'_>, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let set = &Set::of(file);
    let ends = set.each(|looked| {
        looked.verdict.assessment.controls.iter().map(|result| End::from(result.outcome)).collect()
    });
    let counts = counts(ends);
    let head = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n");
    out(head.as_bytes())?;
    set.each(|looked| vec![suite(set, &looked)]).try_for_each(|suite| out(suite.as_bytes()))?;
    out(b"</testsuites>\n")
}
