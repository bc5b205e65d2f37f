//! What is shown, in the forms in which it is let out: Markdown, CSV, JSON, HTML, SVG, and graphs for other programs.
//! Text of others is made harmless for each form here. It computes nothing and knows no face.

pub mod asked;
mod cells;
mod csv;
mod drawing;
mod form;
mod gated;
mod graph;
mod html;
mod incident;
mod lanes;
mod markdown;
mod models;
mod ocsf;
mod page;
mod pages;
mod picture;
mod reports;
mod subject;
mod tone;

pub use cells::{Grid, Look, Run};
pub use drawing::{Drawing, Stroke};
pub use form::{FORMS, Form, FormRow};
pub use gated::{Sarif, junit, sarif};
pub use incident::incident_page;
pub use models::{COLUMNS, Column, row};
pub use ocsf::ocsf;
pub use page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
pub use pages::{changes, verification};
pub use reports::{AUDIT_COLUMNS, FORMS_OF_REPORTS, ReportFile, audit_rows, report};
pub use subject::{Subject, json, page, write};
