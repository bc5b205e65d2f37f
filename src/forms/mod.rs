//! What is shown, in the forms in which it is let out: Markdown, CSV, JSON, HTML, SVG, and graphs for other programs.
//! Text of others is made harmless for each form here. It computes nothing and knows no face.

pub mod asked;
mod cells;
mod csv;
mod form;
mod graph;
mod html;
mod lanes;
mod markdown;
mod models;
mod page;
mod pages;
mod picture;
mod subject;

pub use cells::{Grid, Look, Run};
pub use form::{FORMS, Form, FormRow};
pub use models::{COLUMNS, Column, row};
pub use page::{Block, Cell, Page, Table, Tone};
pub use pages::{changes, verification};
pub use subject::{Subject, json, page, write};
