//! The parts that files of runbooks have in common: ids, evidence profiles, deadlines, rules of severity.

use super::runbook::{Clock, Field, Profile, SeverityRule};
use super::vocabulary::{Basis, Integrity, Severity};
use crate::tables::{At, Faults, Place, Table, Value, quote, values};
use crate::text::Untrusted;
use std::collections::{BTreeMap, HashSet};

/// The longest id.
const LIMIT_ID: usize = 64;
const PROFILE_KEYS: &[&str] = &["name", "required", "recommended", "retention_days", "basis"];

/// Whether it is an id: short, and plain enough to be typed and shown.
pub(super) fn is_id(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    (1..=LIMIT_ID).contains(&text.len()) && text.chars().all(is_plain)
}

/// An id, or a fault.
pub(super) fn id_of(faults: &mut Faults<'_>, key: &str, text: &At<String>) -> Option<String> {
    if is_id(&text.value) {
        return Some(text.value.clone());
    }
    let message = format!("`{key}` is not an id: `{}`", quote(&text.value));
    let help = format!("write lower-case letters, digits, `_` and `-`, at most {LIMIT_ID}");
    faults.add(Some(text.at), message, help);
    None
}

/// One evidence profile.
pub(super) fn profile(
    faults: &mut Faults<'_>,
    key: At<&str>,
    value: Value<'_>,
    known: &BTreeMap<String, Untrusted>,
) -> Option<Profile> {
    let id = id_of(faults, "profile", &At { value: key.value.to_owned(), at: key.at })?;
    let table = value.table();
    let Ok(table) = table else {
        faults.add(Some(value.at()), "a profile must be a table", "write [profile.NAME]");
        return None;
    };
    let section = faults.open(table, "[profile]", PROFILE_KEYS, &[]);
    let name = faults.text(section, "name").map_or_else(|| id.clone(), |name| name.value);
    let basis = faults.text(section, "basis");
    let basis = basis.and_then(|text| faults.one_of("basis", &text, Basis::WORDS)).unwrap_or(Basis::Own);
    let mut fields = |key: &str| {
        let texts = faults.texts(section, key).unwrap_or_default();
        let ids: Vec<String> = texts.iter().filter_map(|text| id_of(faults, key, text)).collect();
        ids.into_iter()
            .map(|id| Field { name: known.get(&id).cloned().unwrap_or_else(|| id.as_str().into()), id })
            .collect::<Vec<_>>()
    };
    let (required, recommended) = (fields("required"), fields("recommended"));
    let retention_days = faults.number(section, "retention_days", 1, 36_500);
    Some(Profile { id, name: name.into(), required, recommended, retention_days, basis })
}

/// One deadline.
pub(super) fn clock(faults: &mut Faults<'_>, table: Table<'_>) -> Option<Clock> {
    let section = faults.open(table, "[[clock]]", &["id", "name", "hours", "source"], &[]);
    let id = faults.required(section, "id");
    let id = id.and_then(|text| id_of(faults, "id", &text));
    let name = faults.required(section, "name");
    let hours = faults.number(section, "hours", 1, 24 * 3650);
    let source = faults.required(section, "source");
    Some(Clock { id: id?, name: name?.value.into(), hours: hours?, source: source?.value.into() })
}

/// One rule of severity.
pub(super) fn rule(faults: &mut Faults<'_>, table: Table<'_>) -> Option<SeverityRule> {
    let section = faults.open(table, "[[severity]]", &["stages", "integrity", "level"], &[]);
    let stages = values(faults.texts(section, "stages")).iter().map(Untrusted::new).collect();
    let integrity = faults.text(section, "integrity");
    let integrity = integrity.and_then(|text| faults.one_of("integrity", &text, Integrity::WORDS));
    let level = faults.required(section, "level");
    let level = level.and_then(|text| faults.one_of("level", &text, Severity::WORDS))?;
    Some(SeverityRule { stages, integrity, level })
}

/// No two of these may be the same.
pub(super) fn unique<'i>(faults: &mut Faults<'_>, ids: impl Iterator<Item = &'i str>, what: &str) {
    let mut seen = HashSet::new();
    for id in ids.filter(|id| !seen.insert(*id)) {
        faults.add(Some(Place::START), format!("two of `{what}` have the id `{id}`"), "");
    }
}
