//! A snapshot in a file, read to its end: what it says of the whole, and whether its digest fits.

use crate::error::Result;
use crate::report::{snapshot as report, table};
use crate::snapshot::{Reader, Seal};
use std::path::Path;

/// Reads it to its end; no seal when the digest does not fit.
///
/// # Errors
/// As [`Reader::open`], and for an entry that is not as snapshots have it.
pub(super) fn read(file: &Path) -> Result<(Reader, Option<Seal>)> {
    let mut reader = Reader::open(file)?;
    for raw in &mut reader {
        raw?.check()?;
    }
    let seal = reader.seal().ok();
    Ok((reader, seal))
}

/// What it says of the whole, for people.
pub(super) fn lines(reader: &Reader, seal: Option<&Seal>) -> String {
    let rows: Vec<Vec<String>> = report::held(reader, seal)
        .into_iter()
        .map(|(label, value)| vec![format!("  {label}"), value])
        .collect();
    table(&rows)
}
