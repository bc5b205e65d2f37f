//! Reports in their forms: pages for people, JSON for programs, rows for auditors. All are made from the document of the
//! report; nothing is computed here.

mod audit;
mod basis;
mod documentation;
mod exceptions;
mod file;
mod forecast;
mod incident;
mod inventory;
mod junit;
mod letter;
mod model;
mod over_time;
mod policy;
mod producer;
mod relevant;
mod sarif;
mod stock;
mod trend;

pub use audit::{AUDIT_COLUMNS, audit_rows};
pub(in crate::forms) use audit::{encoded, url};
pub use documentation::{FORMS_OF_DOCUMENTATION, documentation};
pub use file::ReportFile;
pub use forecast::{FORECAST_COLUMNS, FORMS_OF_FORECASTS, ForecastFile, forecast};
pub use incident::{FORMS_OF_INCIDENTS, INCIDENT_COLUMNS, incidents};
pub use letter::{FORMS_OF_LETTERS, Letter, letter};
pub use policy::{FORMS_OF_POLICIES, POLICY_COLUMNS, PolicyFile, policies};
pub use producer::{FORMS_OF_PRODUCERS, PRODUCED_COLUMNS, PRODUCER_COLUMNS, producers};
pub use stock::{FORMS_OF_INVENTORIES, INVENTORY_COLUMNS, stocks};
pub use trend::{FORMS_OF_TRENDS, TREND_COLUMNS, TrendFile, trend};

use super::declared::declared;
use super::form::Form;
use super::html::html;
use super::markdown::markdown;
use super::page::Page;
#[cfg(feature = "pdf")]
use super::pdf::pdf;
use super::subject::{json, page};
use crate::documents::ReportAbout;
use crate::error::Result;

/// The forms of reports.
pub const FORMS_OF_REPORTS: &[Form] = &[
    Form::Text,
    Form::Markdown,
    Form::Html,
    #[cfg(feature = "pdf")]
    Form::Pdf,
    Form::Json,
    Form::Csv,
    Form::Sarif,
    Form::Junit,
    Form::CycloneDx,
    Form::Oscal,
];

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that reports do not have, `E-INTERNAL`; what `out` gives.
pub fn report(file: &ReportFile<'_>, form: Form, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    match form {
        Form::Json => out(json(&file.document)?.as_bytes()),
        Form::Csv => {
            let evidence = file.document.models.iter().map(|model| model.evidence);
            let clauses = &file.document.relevant_to;
            audit_rows(file.view, clauses, file.models.iter().copied().zip(evidence), out)
        }
        Form::Sarif => sarif::sarif(file, out),
        Form::Junit => junit::junit(file, out),
        Form::CycloneDx => declared(file, out),
        Form::Html => out(html(&page_of(file)).as_bytes()),
        Form::Markdown => out(markdown(&page_of(file)).as_bytes()),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(file), file.view.at)?),
        form => out(page(&page_of(file), form)?.as_bytes()),
    }
}

fn page_of(file: &ReportFile<'_>) -> Page {
    let document = &file.document;
    match (&document.about, &document.detail, document.survey) {
        (ReportAbout::Model(id), Some(detail), _) => model::page(file.view, document, id, detail),
        (_, _, Some(survey)) => inventory::page(file.view, document, survey),
        // A document has the one or the other.
        _ => Page::new("Maturity report"),
    }
}
