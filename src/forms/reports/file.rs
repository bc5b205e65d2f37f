//! A report before it has a form.

use crate::documents::MaturityReportDocument;
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
