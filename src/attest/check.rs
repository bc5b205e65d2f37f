//! Checks a document against the fields of a predicate and lists every fault with its path, within limits. It
//! visits only the named fields, so the depth of a document does not matter. It does not interpret the
//! fields.

use super::claimed::{FaultKind, SchemaFault};
use super::decimal::Decimal;
use super::digests::{HexFault, digest_said, hex_fault};
use super::field::{Field, FieldType, Step};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Longer lists are rejected.
pub(super) const MAX_ITEMS: usize = 10_000;
/// Longer texts are rejected, bytes.
const MAX_TEXT: usize = 64 * 1024;
/// Limit of reported faults; more would not help.
const MAX_FAULTS: usize = 64;
/// Names in paths are cut here, characters.
const MAX_NAME: usize = 80;

/// Every fault of a document, in the order of the fields.
pub(super) fn faults(fields: &[Field], document: &Value) -> Vec<SchemaFault> {
    let mut found = Found(Vec::new());
    let Value::Object(top) = document else {
        found.add("", FaultKind::Type);
        return found.0;
    };
    for field in fields {
        walk(field.path.steps(), top, &mut String::new(), &mut |place, value| match value {
            None if field.required => found.add(place, FaultKind::Missing),
            None => {}
            Some(value) => check(field, value, place, &mut found),
        });
    }
    found.0
}

/// Whether a document is in a dialect: it has a field that only dialects have, or lacks one that they omit.
pub(super) fn is_dialect(fields: &[Field], document: &Value) -> bool {
    let Value::Object(top) = document else { return false };
    let mut is_dialect = false;
    for field in fields {
        walk(field.path.steps(), top, &mut String::new(), &mut |_, value| {
            is_dialect |= match value {
                None => field.expected,
                Some(Value::String(text)) if !field.also.is_empty() => field.also.contains(text),
                Some(_) => field.foreign,
            };
        });
    }
    is_dialect
}

struct Found(Vec<SchemaFault>);

impl Found {
    fn add(&mut self, place: &str, what: FaultKind) {
        let fault = SchemaFault { path: place.into(), what };
        // A place can be in a resource descriptor and a field as well.
        if self.0.len() < MAX_FAULTS && !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }
}

/// Every place of a field in an object, with its value; null counts as absent. A field has no place if its
/// parent is absent or of another type.
pub(super) fn walk(
    steps: &[Step],
    object: &Map<String, Value>,
    place: &mut String,
    found: &mut dyn FnMut(&str, Option<&Value>),
) {
    let Some((step, rest)) = steps.split_first() else { return };
    let before = place.len();
    if !place.is_empty() {
        place.push('.');
    }
    place.push_str(&step.key);
    let value = object.get(&step.key).filter(|value| !value.is_null());
    match (value, step.each, rest.is_empty()) {
        (value, false, true) => found(place, value),
        (Some(Value::Object(inner)), false, false) => walk(rest, inner, place, found),
        (Some(Value::Array(items)), true, _) => {
            for (index, item) in items.iter().enumerate().take(MAX_ITEMS) {
                let list = place.len();
                place.push_str(&format!("[{index}]"));
                match (item, rest.is_empty()) {
                    (item, true) => found(place, Some(item)),
                    (Value::Object(inner), false) => walk(rest, inner, place, found),
                    // The fault is reported for the field of the list.
                    (_, false) => {}
                }
                place.truncate(list);
            }
        }
        _ => {}
    }
    place.truncate(before);
}

fn check(field: &Field, value: &Value, place: &str, found: &mut Found) {
    if found.is_full() {
        return;
    }
    match (field.kind, value) {
        (FieldType::Any, _)
        | (FieldType::Boolean, Value::Bool(_))
        | (FieldType::Object, Value::Object(_))
        | (FieldType::Bulk, Value::Array(_)) => {}
        (FieldType::Text, Value::String(text)) => {
            if text.is_empty() {
                found.add(place, FaultKind::Value);
            } else if text.len() > MAX_TEXT {
                found.add(place, FaultKind::Limit);
            } else if !field.values.is_empty() && !field.values.contains(text) && !field.also.contains(text) {
                found.add(place, FaultKind::Value);
            }
        }
        (FieldType::Time, Value::String(text)) => {
            if text.parse::<Timestamp>().is_err() {
                found.add(place, FaultKind::Value);
            }
        }
        (FieldType::Count, Value::Number(number)) => {
            if !number.is_u64() {
                found.add(place, FaultKind::Value);
            }
        }
        (FieldType::Decimal, value @ (Value::Number(_) | Value::String(_))) => {
            if Decimal::of(value).is_none() {
                found.add(place, FaultKind::Value);
            }
        }
        (FieldType::List, Value::Array(items)) => list(field, items, place, found),
        (FieldType::Texts, Value::Array(items)) => {
            list(field, items, place, found);
            for (index, item) in items.iter().enumerate().take(MAX_ITEMS) {
                if !item.is_string() {
                    found.add(&format!("{place}[{index}]"), FaultKind::Type);
                }
            }
        }
        (FieldType::Counts, Value::Object(counts)) => {
            if counts.len() > MAX_ITEMS {
                found.add(place, FaultKind::Limit);
            }
            for (name, count) in counts.iter().take(MAX_ITEMS) {
                if !count.is_u64() {
                    found.add(&below(place, name), FaultKind::Type);
                }
            }
        }
        (FieldType::Digests, Value::Object(set)) => digests(set, place, found),
        (FieldType::Digest, Value::Object(set)) => digests(set, place, found),
        (FieldType::Digest, Value::String(text)) => {
            if digest_said(text).is_none() {
                found.add(place, FaultKind::Value);
            }
        }
        (FieldType::Resource, Value::Object(resource)) => descriptor(resource, place, found),
        (FieldType::Resources, Value::Array(items)) => {
            list(field, items, place, found);
            descriptors(items, place, found);
        }
        (FieldType::Artifacts, Value::Array(items)) => {
            if items.len() > MAX_ITEMS {
                found.add(place, FaultKind::Limit);
            }
            descriptors(items, place, found);
        }
        (FieldType::Artifacts, Value::Object(artifacts)) => {
            if artifacts.len() > MAX_ITEMS {
                found.add(place, FaultKind::Limit);
            }
            for (name, set) in artifacts.iter().take(MAX_ITEMS) {
                match set {
                    Value::Object(set) => digests(set, &below(place, name), found),
                    _ => found.add(&below(place, name), FaultKind::Type),
                }
            }
        }
        _ => found.add(place, FaultKind::Type),
    }
}

fn list(field: &Field, items: &[Value], place: &str, found: &mut Found) {
    if items.len() > MAX_ITEMS {
        found.add(place, FaultKind::Limit);
    } else if field.filled && items.is_empty() {
        found.add(place, FaultKind::Missing);
    }
    if field.of_objects && field.kind == FieldType::List {
        for (index, item) in items.iter().enumerate().take(MAX_ITEMS) {
            if !item.is_object() {
                found.add(&format!("{place}[{index}]"), FaultKind::Type);
            }
        }
    }
}

fn descriptors(items: &[Value], place: &str, found: &mut Found) {
    for (index, item) in items.iter().enumerate().take(MAX_ITEMS) {
        let place = format!("{place}[{index}]");
        match item {
            Value::Object(resource) => descriptor(resource, &place, found),
            _ => found.add(&place, FaultKind::Type),
        }
    }
}

/// A resource descriptor: its texts are texts, and its digests are digests. Without a digest it pins nothing.
fn descriptor(resource: &Map<String, Value>, place: &str, found: &mut Found) {
    for key in ["name", "uri", "downloadLocation", "mediaType"] {
        match resource.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.len() > MAX_TEXT => {
                found.add(&below(place, key), FaultKind::Limit);
            }
            Some(Value::String(_)) => {}
            Some(_) => found.add(&below(place, key), FaultKind::Type),
        }
    }
    match resource.get("digest") {
        None | Some(Value::Null) => {}
        Some(Value::Object(set)) => digests(set, &below(place, "digest"), found),
        Some(_) => found.add(&below(place, "digest"), FaultKind::Type),
    }
}

fn digests(set: &Map<String, Value>, place: &str, found: &mut Found) {
    const MAX_DIGESTS: usize = 32;
    if set.len() > MAX_DIGESTS {
        found.add(place, FaultKind::Limit);
    }
    for (algorithm, value) in set.iter().take(MAX_DIGESTS) {
        let Value::String(hex) = value else {
            found.add(&below(place, algorithm), FaultKind::Type);
            continue;
        };
        match hex_fault(algorithm, hex) {
            None => {}
            Some(HexFault::TooLong) => found.add(&below(place, algorithm), FaultKind::Limit),
            Some(HexFault::NotHex) => found.add(&below(place, algorithm), FaultKind::Value),
        }
    }
}

/// The place of a name that a document gives.
fn below(place: &str, name: &str) -> String {
    let short: String = name.chars().take(MAX_NAME).collect();
    if place.is_empty() { short } else { format!("{place}.{short}") }
}

/// A text of an object, never truncated: longer texts were rejected before.
pub(super) fn text(object: &Value, key: &str) -> Option<Untrusted> {
    object.get(key)?.as_str().filter(|text| !text.is_empty()).map(Untrusted::from)
}
