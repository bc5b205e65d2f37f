//! Files of a report that were written, as a document.

use super::names;
use crate::store::EvidenceDigest;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The files that a report was written to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportWrittenDocument<'a> {
    /// The document's name.
    pub schema: names::ReportWritten,
    /// The files, as they were asked for.
    pub files: Vec<WrittenReport<'a>>,
}

/// A file of a report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WrittenReport<'a> {
    /// The file, as it was named.
    pub file: Cow<'a, str>,
    /// Its form: `markdown`, `html`, `json`, `csv`, `oscal`, …
    pub form: &'static str,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: EvidenceDigest,
}
