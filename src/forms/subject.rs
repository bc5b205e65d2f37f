//! What can be let out, in which forms, and under which name.

use super::cells::Grid;
use super::csv::csv;
use super::form::Form;
use super::graph::{dot, mermaid};
use super::html::html;
use super::lanes::{lineage, picture};
use super::markdown::markdown;
use super::models::{Column, models};
use super::page::{Bar, Block, Cell, Page};
use super::pages::{comparison, model, verification};
use super::picture::svg;
use crate::decision::About;
use crate::documents::{
    ComparisonDocument, LineageDocument, ListDocument, ModelDocument, VerdictBody, VerificationDocument,
};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::lineage::{LaneRow, doubts_of};
use crate::report;
use crate::text::Untrusted;
use crate::view::View;
use crate::view::comparison::Comparison;
use serde::Serialize;
use std::sync::Arc;

/// What is let out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// These models of the view, in this order.
    Models {
        /// Their indices.
        rows: Vec<u32>,
        /// The columns.
        columns: Vec<Column>,
        /// Which they are, in words; may be empty.
        about: String,
    },
    /// Everything that is known of a model.
    Model(ModelId),
    /// Its latest verification.
    Verification(ModelId),
    /// The family around a focus.
    Lineage {
        /// The focus.
        focus: ModelId,
        /// The rows around it.
        rows: Vec<LaneRow>,
    },
    /// Two models side by side.
    Comparison(Arc<Comparison>),
    /// A page that was made elsewhere.
    Page(Page),
    /// A screen.
    Picture(Grid),
}

impl Subject {
    /// The forms of models, verifications and comparisons.
    pub const PAGES: &'static [Form] = &[Form::Text, Form::Markdown, Form::Csv, Form::Json, Form::Html];

    /// The forms of families.
    pub const GRAPHS: &'static [Form] =
        &[Form::Text, Form::Markdown, Form::Csv, Form::Json, Form::Html, Form::Svg, Form::Dot, Form::Mermaid];

    /// The forms that it has.
    pub fn forms(&self) -> &'static [Form] {
        match self {
            Subject::Models { .. }
            | Subject::Model(_)
            | Subject::Verification(_)
            | Subject::Comparison(_) => Subject::PAGES,
            Subject::Lineage { .. } => Subject::GRAPHS,
            Subject::Page(_) => &[Form::Text, Form::Markdown, Form::Csv, Form::Html],
            Subject::Picture(_) => &[Form::Svg],
        }
    }
}

/// It in a form. `read` says when the sources of a model were read, where that is known.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-NOT-FOUND` for a model that is not there, `E-INTERNAL`.
pub fn write(subject: &Subject, form: Form, view: &View, read: &[(Untrusted, String)]) -> Result<String> {
    match (subject, form) {
        (Subject::Lineage { focus, rows }, Form::Svg) => Ok(svg(&picture(view, rows, focus))),
        (Subject::Lineage { focus, rows }, Form::Dot) => Ok(dot(view, rows, focus)),
        (Subject::Lineage { focus, rows }, Form::Mermaid) => Ok(mermaid(view, rows, focus)),
        (Subject::Lineage { rows, .. }, Form::Json) => json(&LineageDocument::of(rows)),
        (Subject::Lineage { rows, .. }, Form::Text) => Ok(report::lineage(view, rows)),
        (Subject::Models { rows, .. }, Form::Json) => json(&ListDocument::ordered(view, rows)),
        (Subject::Models { rows, .. }, Form::Text) => Ok(report::list_ordered(view, rows)),
        (Subject::Model(id), Form::Json) => model_document(view, index_of(view, id)?, read),
        (Subject::Model(id), Form::Text) => {
            Ok(report::model(view, index_of(view, id)?) + &report::read_times(read))
        }
        (Subject::Verification(id), Form::Json) => verification_document(view, id),
        (Subject::Verification(id), Form::Text) => {
            let index = index_of(view, id)?;
            let v = view.verification(index).ok_or_else(|| not_verified(id))?;
            let name = report::with_mark(&id.screen(), view.name_mark(index));
            Ok(report::verification(&name, v, view.owner(index).map(ModelId::raw), true))
        }
        (Subject::Models { rows, columns, about }, form) => page(&models(view, rows, columns, about), form),
        (Subject::Model(id), form) => page(&model(view, index_of(view, id)?), form),
        (Subject::Verification(id), form) => {
            let index = index_of(view, id)?;
            let v = view.verification(index).ok_or_else(|| not_verified(id))?;
            let location = About::of(view.models.get(index), None).location;
            page(&verification(id.raw(), location.as_ref(), v, view.name_mark(index)), form)
        }
        (Subject::Lineage { focus, rows }, form) => page(&lineage(view, rows, focus), form),
        (Subject::Comparison(found), Form::Json) => json(&ComparisonDocument::of(found)),
        (Subject::Comparison(found), Form::Text) => Ok(report::comparison(found)),
        (Subject::Comparison(found), form) => page(&comparison(found), form),
        (Subject::Page(made), form) => page(made, form),
        (Subject::Picture(grid), Form::Svg) => Ok(svg(grid)),
        (Subject::Picture(_), form) => Err(no_such(form)),
    }
}

/// A page in a form.
///
/// # Errors
/// `E-USAGE` for a form that pages do not have.
pub fn page(page: &Page, form: Form) -> Result<String> {
    match form {
        Form::Text => Ok(text(page)),
        Form::Markdown => Ok(markdown(page)),
        Form::Csv => Ok(csv(page)),
        Form::Html => Ok(html(page)),
        Form::Json
        | Form::Svg
        | Form::Dot
        | Form::Mermaid
        | Form::Pdf
        | Form::Sarif
        | Form::Junit
        | Form::CycloneDx
        | Form::Oscal => Err(no_such(form)),
    }
}

fn text(page: &Page) -> String {
    let mut out = format!("{}\n", page.title.text());
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(cell) | Block::Note(cell) => out.push_str(&format!("{}\n", cell.text())),
            Block::Facts(facts) => {
                let rows: Vec<report::Row> = facts
                    .iter()
                    .map(|(name, value)| vec![format!("  {name}"), value.text().to_owned()])
                    .collect();
                out.push_str(&report::table(&rows));
            }
            Block::Table(table) => {
                let head: report::Row = table.columns.iter().map(|column| (*column).to_owned()).collect();
                let cells = |row: &Vec<Cell>| row.iter().map(|cell| cell.text().to_owned()).collect();
                let rows: Vec<report::Row> =
                    std::iter::once(head).chain(table.rows.iter().map(cells)).collect();
                out.push_str(&report::table(&rows));
            }
            Block::Lines(lines) => lines.iter().for_each(|line| out.push_str(&format!("{}\n", line.text()))),
            Block::Drawing(drawing) => {
                drawing.lines().iter().for_each(|line| out.push_str(&format!("{line}\n")))
            }
            Block::Chart(chart) => {
                let row = |bar: &Bar| {
                    vec![bar.name.text().to_owned(), chart.text(bar), bar.figures.text().to_owned()]
                };
                let rows: Vec<report::Row> = chart.bars.iter().map(row).collect();
                out.push_str(&report::table(&rows));
            }
        }
    }
    out
}

fn no_such(form: Form) -> Error {
    Error::new(Code::Usage, format!("this cannot be written as {}", form.name()))
}

fn not_verified(id: &ModelId) -> Error {
    Error::new(Code::NotFound, "this model was never verified").at(id.screen())
}

fn index_of(view: &View, id: &ModelId) -> Result<usize> {
    let found = view.model(id).map(|(index, _)| index);
    found.ok_or_else(|| Error::new(Code::NotFound, "there is no such model in the inventory").at(id.screen()))
}

/// A document as JSON.
///
/// # Errors
/// `E-INTERNAL`.
pub fn json(document: &impl Serialize) -> Result<String> {
    let text = crate::json::to_string(document);
    let text =
        text.map_err(|cause| Error::new(Code::Internal, format!("a document cannot be written ({cause})")))?;
    Ok(text + "\n")
}

fn model_document(view: &View, index: usize, read: &[(Untrusted, String)]) -> Result<String> {
    let verdict = view.verdict(index);
    let doubts = view.models.get(index).map(|model| doubts_of(model, &view.models, &view.graph));
    let doubts = doubts.unwrap_or_default().iter().map(report::graph_finding).collect();
    let verdict = verdict.as_ref().map(|verdict| VerdictBody::of(view, verdict));
    json(&ModelDocument::of(view, index, verdict, read, doubts))
}

fn verification_document(view: &View, id: &ModelId) -> Result<String> {
    let index = index_of(view, id)?;
    let v = view.verification(index).ok_or_else(|| not_verified(id))?;
    let location = About::of(view.models.get(index), None).location;
    let same_name = view.same_name(index).map(|shared| shared.folders).unwrap_or_default();
    let document =
        VerificationDocument::of(id.raw(), location, v).under(same_name, view.name_mark(index).cloned());
    json(&document)
}
