//! To which clauses the evidence for controls is relevant: a column for each document, and the documents themselves.

use super::super::page::{Cell, Page, Table, Tone};
use crate::documents::{MaturityReportDocument, RelevantClause, ReportedMapping};
use crate::maturity::{Control, Rubric};
use crate::signing::Outcome;

/// What stands behind an id that was not checked.
const UNCONFIRMED: &str = "*";

/// `Art. 15(5)*`.
fn written(clause: &RelevantClause) -> String {
    let mark = if clause.unconfirmed { UNCONFIRMED } else { "" };
    format!("{}{mark}", clause.clause)
}

/// Those of one document: `Art. 12*, Art. 15(5)*`.
fn of(mapping: &ReportedMapping<'_>, clauses: &[RelevantClause]) -> String {
    let theirs = clauses.iter().filter(|clause| clause.mapping == mapping.id);
    theirs.map(written).collect::<Vec<String>>().join(", ")
}

/// All of them in one line: `EU AI Act: Art. 12*; SP 800-218A: PS.2.1`.
pub(super) fn line(mappings: &[ReportedMapping<'_>], control: &Control) -> String {
    let clauses = RelevantClause::of(control);
    let some = mappings.iter().map(|mapping| (mapping, of(mapping, &clauses)));
    let some = some.filter(|(_, ids)| !ids.is_empty());
    some.map(|(mapping, ids)| format!("{}: {ids}", mapping.name)).collect::<Vec<String>>().join("; ")
}

/// A row for each control, with what became of it where that is known, and the documents.
pub(super) fn section(
    document: &MaturityReportDocument<'_>,
    rubric: &Rubric,
    outcome: impl Fn(&str) -> Option<Outcome>,
    page: &mut Page,
) {
    let mappings = &document.relevant_to;
    let row = |control: &Control| {
        let clauses = RelevantClause::of(control);
        if clauses.is_empty() {
            return None;
        }
        let mut row = vec![Cell::new(&*control.id)];
        row.extend(outcome(&control.id).map(Cell::outcome));
        row.extend(mappings.iter().map(|mapping| Cell::new(of(mapping, &clauses))));
        Some(row)
    };
    let rows: Vec<Vec<Cell>> = rubric.controls.iter().filter_map(row).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("Clauses that the evidence is relevant to");
    page.note(
        "The evidence for a control is relevant to these clauses. That is no statement that a clause is met. Ids with * \
         were not checked against a text of the document.",
    );
    let is_known = rubric.controls.iter().any(|control| outcome(&control.id).is_some());
    let mut columns = vec!["control"];
    columns.extend(is_known.then_some("outcome"));
    columns.extend(mappings.iter().map(|mapping| mapping.name));
    page.add(Table { columns, rows });
    let source = |mapping: &ReportedMapping<'_>| {
        vec![
            Cell::new(mapping.name),
            Cell::new(mapping.document),
            Cell::new(mapping.version),
            Cell::new(mapping.source).in_tone(Tone::Dim),
            Cell::new(mapping.revised),
            Cell::code(mapping.digest),
        ]
    };
    let columns = vec!["name", "document", "version", "where the ids come from", "revised", "mapping sha256"];
    page.add(Table { columns, rows: mappings.iter().map(source).collect() });
}
