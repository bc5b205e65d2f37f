//! Another version of the rubric, read from a file and compared with the one in force.

use super::door::Workbench;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::maturity::Rubric;
use crate::view::rubrics::RubricComparison;
use std::path::Path;
use std::sync::Arc;

/// Larger ones are no rubrics.
const LIMIT_RUBRIC_BYTES: u64 = 1 << 20;

impl Workbench {
    /// What the rubric of a file changes for every model.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`; `E-CONFIG` with the line when it is not a valid rubric.
    pub fn compare_rubric(&self, file: &Path) -> Result<RubricComparison> {
        let bytes = read_small(file, LIMIT_RUBRIC_BYTES)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::new(Code::Config, "the rubric is not UTF-8 text").at_path(file))?;
        Ok(self.view().compare_rubric(Arc::new(Rubric::parse(&text)?)))
    }
}
