//! Reports in their forms: pages for people, JSON for programs, rows for auditors. All are made from the document of the
//! report; nothing is computed here.

mod audit;
mod basis;
mod inventory;
mod model;

pub use audit::{AUDIT_COLUMNS, audit_rows};

use super::form::Form;
use super::html::html;
use super::markdown::markdown;
use super::page::Page;
use super::subject::{json, page};
use crate::documents::{MaturityReportDocument, ReportAbout};
use crate::error::Result;
use crate::view::View;

/// A report, ready to be written in any form.
pub struct ReportFile<'a> {
    /// The view that it is made from.
    pub view: &'a View,
    /// Its figures.
    pub document: MaturityReportDocument<'a>,
    /// The models that it covers, by their indices.
    pub models: &'a [usize],
}

/// The forms of reports.
pub const FORMS_OF_REPORTS: &[Form] = &[Form::Text, Form::Markdown, Form::Html, Form::Json, Form::Csv];

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that reports do not have, `E-INTERNAL`; what `out` gives.
pub fn report(file: &ReportFile<'_>, form: Form, out: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    match form {
        Form::Json => out(&json(&file.document)?),
        Form::Csv => {
            let evidence = file.document.models.iter().map(|model| model.evidence);
            audit_rows(file.view, file.models.iter().copied().zip(evidence), out)
        }
        Form::Html => out(&html(&page_of(file))),
        Form::Markdown => out(&markdown(&page_of(file))),
        form => out(&page(&page_of(file), form)?),
    }
}

fn page_of(file: &ReportFile<'_>) -> Page {
    let document = &file.document;
    match (&document.about, &document.detail, document.survey) {
        (ReportAbout::Model(id), Some(detail), _) => model::page(file.view, document, id, detail),
        (_, _, Some(survey)) => inventory::page(document, survey),
        // A document has the one or the other.
        _ => Page::new("Maturity report"),
    }
}
