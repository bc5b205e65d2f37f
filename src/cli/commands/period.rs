//! The period that a report counts records of: from one point to before another. It prints nothing.

use super::trend::point;
use crate::documents::ReportPeriod;
use crate::error::{Code, Error, Result};
use crate::workbench::Workbench;
use jiff::Timestamp;

/// The period from one point to another; none where neither is named.
///
/// # Errors
/// `E-USAGE` when it ends before it begins; as [`Workbench::time_of`].
pub(super) fn period(
    workbench: &Workbench,
    (from, to): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<Option<ReportPeriod>> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let at = |text: &str| workbench.time_of(&point(text), now);
    let from = from.map(at).transpose()?;
    let to = to.map_or(Ok(now), at)?;
    match from {
        Some(from) if from >= to => Err(Error::new(Code::Usage, format!("{from} is not before {to}"))
            .help("name the beginning of the period with --from")),
        from => Ok(Some(ReportPeriod { from, to })),
    }
}
