//! The filter of a command: the models of a view that its words and terms find. It prints nothing.

use crate::error::{Code, Error, Result};
use crate::query::{Index, Matcher, Query, parse_strictly};
use crate::view::View;

/// The models that a filter finds, by their indices in ascending order, and the filter as it was understood.
///
/// # Errors
/// `E-USAGE` when it is no filter, or names a stage that the policy does not have.
pub(super) fn find(text: &str, view: &View) -> Result<(Vec<u32>, Query)> {
    let query = parse_strictly(text)?;
    if let Some((what, help)) = query.unknown_stage(view) {
        return Err(Error::new(Code::Usage, what).help(help));
    }
    let index = if query.needs_facts() { Index::of(view) } else { Index::first(view) };
    let found = Matcher::new(&query, &index, None).find();
    Ok((found, query))
}
