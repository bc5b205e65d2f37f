//! The content of a predicate in words: the labelled fields in the registry's order, one line each. Whether
//! the statement is trusted is decided elsewhere.

use super::check::walk;
use super::registry::Predicate;
use crate::text::Untrusted;
use serde_json::{Map, Value};

/// Items of a list that are named.
const MAX_NAMED: usize = 12;
/// A longer value is cut, characters.
const MAX_VALUE: usize = 400;
/// Digits of a digest that are shown.
const DIGITS: usize = 16;

impl Predicate {
    /// What a document says, by the labels of the fields that it has.
    pub fn shown(&self, document: &Value) -> Vec<(&str, Untrusted)> {
        let Value::Object(top) = document else { return Vec::new() };
        let mut shown = Vec::new();
        for field in &self.fields {
            let Some(label) = field.label.as_deref() else { continue };
            let mut values: Vec<String> = Vec::new();
            let mut more = 0_usize;
            walk(field.path.steps(), top, &mut String::new(), &mut |_, value| {
                let Some(value) = value.map(words).filter(|words| !words.is_empty()) else { return };
                if values.contains(&value) {
                    return;
                }
                match values.len() < MAX_NAMED {
                    true => values.push(value),
                    false => more += 1,
                }
            });
            if !values.is_empty() {
                shown.push((label, cut(&with_more(values, more)).into()));
            }
        }
        shown
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn with_more(values: Vec<String>, more: usize) -> String {
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", values.join(", "))
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let named = items.iter().take(MAX_NAMED).map(item).collect();
            match items.is_empty() {
                true => "none".to_owned(),
                false => with_more(named, items.len().saturating_sub(MAX_NAMED)),
            }
        }
        Value::Object(map) => object(map),
    }
}

/// One item of a list, in few words.
fn item(value: &Value) -> String {
    let Value::Object(map) = value else { return scalar(value) };
    let text = |key: &&str| map.get(*key).and_then(Value::as_str);
    if let Some(metric) = map.get("metric").and_then(Value::as_str) {
        let parts = ["value", "comparator", "threshold"];
        let parts = parts.iter().filter_map(|key| map.get(*key)).map(scalar);
        return std::iter::once(metric.to_owned()).chain(parts).collect::<Vec<_>>().join(" ");
    }
    let names = ["name", "attribute", "id", "uri", "downloadLocation"];
    let name = names.iter().find_map(text).map(str::to_owned).or_else(|| {
        let vulnerability = map.get("vulnerability")?;
        let name = vulnerability.as_str().or_else(|| vulnerability.get("name")?.as_str())?;
        Some(format!("{name} {}", text(&"status").unwrap_or_default()))
    });
    let role = text(&"role").map(|role| format!(" ({role})")).unwrap_or_default();
    let digest = map.get("digest").map(digest).filter(|digest| !digest.is_empty());
    match (name, digest) {
        (Some(name), Some(digest)) => format!("{name}{role} {digest}"),
        (Some(name), None) => format!("{name}{role}"),
        (None, Some(digest)) => digest,
        (None, None) => "…".to_owned(),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Object(_) => "{…}".to_owned(),
        Value::Array(items) => format!("[{}]", items.len()),
        _ => words(value),
    }
}

/// A digest set or a digest: the first digits.
fn digest(value: &Value) -> String {
    let short = |text: &str| match text.char_indices().nth(DIGITS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    };
    match value {
        Value::String(text) => match text.split_once(':') {
            Some((algorithm, value)) => format!("{algorithm}:{}", short(value)),
            None => short(text),
        },
        Value::Object(set) => {
            let one = set.get_key_value("sha256").or_else(|| set.iter().next());
            one.and_then(|(name, value)| Some(format!("{name}:{}", short(value.as_str()?))))
                .unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// A digest set, a resource descriptor, or some members of anything else.
fn object(map: &Map<String, Value>) -> String {
    if map.contains_key("digest") || map.contains_key("downloadLocation") {
        return item(&Value::Object(map.clone()));
    }
    let is_hex = |value: &Value| {
        value.as_str().is_some_and(|text| text.len() >= 32 && text.bytes().all(|c| c.is_ascii_hexdigit()))
    };
    if !map.is_empty() && map.values().all(is_hex) {
        let sets = map.iter().take(MAX_NAMED).map(|(name, value)| format!("{name}:{}", scalar(value)));
        return sets.collect::<Vec<_>>().join(", ");
    }
    let members =
        map.iter().take(MAX_NAMED).map(|(name, value)| format!("{name}={}", scalar(value))).collect();
    with_more(members, map.len().saturating_sub(MAX_NAMED))
}
