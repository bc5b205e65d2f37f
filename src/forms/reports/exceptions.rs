//! The exceptions of the policy that are for models of a report: who answers for each, and when it ends.

use super::super::page::{Cell, Page, Table, Tone};
use crate::documents::ExceptionDocument;
use crate::policy::Term;
use crate::text::count;

/// Where it is in its time, and how that looks.
fn state(exception: &ExceptionDocument<'_>) -> Cell {
    let days = |many: i64| count(usize::try_from(many.max(0)).unwrap_or(usize::MAX), "day");
    let left = exception.days_left;
    match exception.state {
        Term::Ahead => Cell::new(format!("begins in {}", days(-exception.age_days))).in_tone(Tone::Dim),
        Term::Running => Cell::new(format!("in force, ends in {}", days(left))),
        Term::EndsSoon => Cell::new(format!("ends in {}", days(left))).in_tone(Tone::Warn),
        Term::Ended => Cell::new(format!("ended {} ago", days(-left))).in_tone(Tone::Bad),
    }
}

pub(super) fn section(exceptions: &[ExceptionDocument<'_>], page: &mut Page) {
    page.heading("Exceptions");
    if exceptions.is_empty() {
        page.note("The policy has no exception for these models.");
        return;
    }
    let row = |exception: &ExceptionDocument<'_>| {
        vec![
            Cell::new(exception.id),
            Cell::new(exception.excuses),
            format!("{}: {}", exception.subject, count(exception.models, "model")).into(),
            exception.stages.join(", ").into(),
            Cell::new(exception.owner),
            Cell::new(exception.approved_by),
            Cell::new(exception.reason),
            exception.compensating.join("; ").into(),
            exception.created.to_string().into(),
            exception.expires.to_string().into(),
            state(exception),
        ]
    };
    let columns = vec![
        "exception",
        "may be missing",
        "models",
        "stages",
        "owner",
        "approved by",
        "reason",
        "instead",
        "begins",
        "ends",
        "state",
    ];
    page.add(Table { columns, rows: exceptions.iter().map(row).collect() });
}
