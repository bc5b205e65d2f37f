//! What is shown, in the forms in which it is let out: Markdown, CSV, JSON, HTML, SVG, and graphs for other programs.
//! Text of others is made harmless for each form here. It computes nothing and knows no face.

pub mod asked;
mod cells;
mod csv;
mod declared;
mod disclosure;
mod drawing;
mod form;
mod gated;
mod graph;
mod html;
mod incident;
mod lanes;
mod letter;
mod markdown;
mod models;
mod ocsf;
mod oscal;
mod page;
mod pages;
#[cfg(feature = "pdf")]
mod pdf;
mod picture;
mod placed;
mod reports;
mod sarif;
mod set;
mod streamed;
mod subject;
mod tone;
mod uuid;

pub use cells::{Grid, Look, Run};
pub use disclosure::disclosure_page;
pub use drawing::{Drawing, Stroke};
pub use form::{FORMS, Form, FormRow};
pub use gated::{junit, sarif};
pub use incident::incident_page;
pub use letter::LetterTemplate;
pub use models::{COLUMNS, Column, row};
pub use ocsf::ocsf;
pub use oscal::{OSCAL_FILES, OscalModel, has_oscal, oscal};
pub use page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
pub use pages::{changes, verification};
pub use placed::placed_page;
pub use reports::{
    AUDIT_COLUMNS, FORECAST_COLUMNS, FORMS_OF_DOCUMENTATION, FORMS_OF_FORECASTS, FORMS_OF_INCIDENTS,
    FORMS_OF_INVENTORIES, FORMS_OF_LETTERS, FORMS_OF_POLICIES, FORMS_OF_PRODUCERS, FORMS_OF_REPORTS,
    FORMS_OF_TRENDS, ForecastFile, INCIDENT_COLUMNS, INVENTORY_COLUMNS, Letter, POLICY_COLUMNS,
    PRODUCED_COLUMNS, PRODUCER_COLUMNS, PolicyFile, ReportFile, TREND_COLUMNS, TrendFile, audit_rows,
    documentation, forecast, incidents, letter, policies, producers, report, stocks, trend,
};
pub use subject::{Subject, json, page, write};
