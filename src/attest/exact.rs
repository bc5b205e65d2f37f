//! Finds numbers that a JSON parser rounds, such as 0.97999999999999999999, and restores them from the raw bytes.
//! It does not know what a number means.

use super::decimal::Decimal;
use super::field::{FieldType, Step};
use super::registry::Predicate;
use crate::error::{Code, Error, Result};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// The members of an object and the items of a list, as raw text.
type Members<'w> = BTreeMap<String, &'w RawValue>;
type Items<'w> = Vec<&'w RawValue>;

/// The part of a statement whose numbers are compared.
#[derive(Deserialize)]
struct Statement<'w> {
    #[serde(borrow)]
    predicate: &'w RawValue,
}

impl Predicate {
    /// Restores the decimal numbers that were rounded, as texts: in a decimal field both mean the same.
    pub(super) fn keep_numbers(&self, predicate: &mut Value, statement: &[u8]) {
        let mut paths = self.fields.iter().filter(|field| field.kind == FieldType::Decimal).peekable();
        if paths.peek().is_none() {
            return;
        }
        let Ok(Statement { predicate: written }) = serde_json::from_slice(statement) else { return };
        for field in paths {
            keep(field.path.steps(), predicate, written);
        }
    }
}

fn keep(steps: &[Step], value: &mut Value, written: &RawValue) {
    let Some((step, rest)) = steps.split_first() else {
        if let Value::Number(number) = value
            && !is_kept(number, written)
        {
            *value = written.get().into();
        }
        return;
    };
    let Some(inner) = value.get_mut(&step.key) else { return };
    let Ok(members) = serde_json::from_str::<Members<'_>>(written.get()) else { return };
    let Some(written) = members.get(&step.key) else { return };
    match inner {
        Value::Array(items) if step.each => {
            let written: Items<'_> = serde_json::from_str(written.get()).unwrap_or_default();
            items.iter_mut().zip(written).for_each(|(item, written)| keep(rest, item, written));
        }
        inner if !step.each => keep(rest, inner, written),
        _ => {}
    }
}

/// Whether a number is exactly the one in the document. A number that is too long to compare is not.
fn is_kept(number: &Number, written: &RawValue) -> bool {
    let exact = Decimal::parse(written.get());
    exact.is_some() && exact == Decimal::parse(&number.to_string())
}

/// Refuses a document if it has a number that would change when it is parsed and written again. The caller has limited
/// its depth; `place` is where the document stands.
///
/// # Errors
/// `E-MALFORMED` with the place of the first such number.
pub(super) fn unchanged(bytes: &[u8], mut place: String) -> Result<()> {
    let is_kept = serde_json::from_slice(bytes).is_ok_and(|written| !is_changed(written, &mut place));
    if is_kept {
        return Ok(());
    }
    let error = Error::new(Code::Malformed, "the number has more digits than JSON readers keep")
        .help("write it in quotes, such as \"0.98\", or with fewer digits");
    Err(if place.is_empty() { error } else { error.at(place) })
}

/// If a number would change, leaves its place behind.
fn is_changed(written: &RawValue, place: &mut String) -> bool {
    let before = place.len();
    let mut is_below = |name: &str, written: &RawValue| {
        place.push_str(name);
        let is = is_changed(written, place);
        if !is {
            place.truncate(before);
        }
        is
    };
    let text = written.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            let dot = if before == 0 { "" } else { "." };
            serde_json::from_str(text).map_or(true, |members: Members<'_>| {
                members.iter().any(|(name, written)| is_below(&format!("{dot}{name}"), written))
            })
        }
        Some(b'[') => serde_json::from_str(text).map_or(true, |items: Items<'_>| {
            items.iter().enumerate().any(|(index, written)| is_below(&format!("[{index}]"), written))
        }),
        Some(b'-' | b'0'..=b'9') => {
            serde_json::from_str(text).map_or(true, |number: Number| !is_kept(&number, written))
        }
        _ => false,
    }
}
