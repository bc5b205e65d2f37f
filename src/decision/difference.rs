//! How two documents differ, value by value, and what became of judging a record again. It knows no words.

use crate::store::LedgerEntry;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::inputs::Inputs;

/// What became of judging a record again.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The record.
    pub entry: LedgerEntry,
    /// What it was judged by this time.
    pub inputs: Inputs,
    /// Whether another policy than the recorded one was asked for.
    pub under_another: bool,
    /// Whether the same came of it: the same bytes, or under another policy the same conclusions.
    pub is_same: bool,
    /// What is not the same, but for the inputs.
    pub differences: Vec<Difference>,
}

/// One value that is not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// Where: names of members, and of items by what names them (`checks.TRUST.outcome`).
    pub place: String,
    /// The value before; none when there was none.
    pub was: Option<String>,
    /// The value now; none when there is none.
    pub is: Option<String>,
}

/// What names an item of a list.
const NAMES: [&str; 4] = ["stage", "id", "code", "name"];

/// All values that differ, in the order of the first document.
pub fn differences(was: &Value, is: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk("", Some(was), Some(is), &mut found);
    found
}

fn walk(place: &str, was: Option<&Value>, is: Option<&Value>, found: &mut Vec<Difference>) {
    if was == is {
        return;
    }
    let under = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match (was, is) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            for (name, value) in before {
                walk(&under(name), Some(value), after.get(name), found);
            }
            for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
                walk(&under(name), None, Some(value), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if are_named(before) && are_named(after) => {
            let of = |items: &'_ [Value], name: &str| -> Option<Value> {
                items.iter().find(|item| name_of(item) == Some(name)).cloned()
            };
            for item in before {
                let name = name_of(item).unwrap_or_default();
                walk(&under(name), Some(item), of(after, name).as_ref(), found);
            }
            for item in after {
                let name = name_of(item).unwrap_or_default();
                if of(before, name).is_none() {
                    walk(&under(name), None, Some(item), found);
                }
            }
        }
        _ => {
            let text = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            found.push(Difference { place: place.to_owned(), was: was.map(text), is: is.map(text) });
        }
    }
}

fn name_of(item: &Value) -> Option<&str> {
    NAMES.iter().find_map(|name| item.get(name)?.as_str())
}

/// Whether every item has a name of its own.
fn are_named(items: &[Value]) -> bool {
    let names: Option<Vec<&str>> = items.iter().map(name_of).collect();
    names.is_some_and(|mut names| {
        names.sort_unstable();
        names.windows(2).all(|pair| pair.first() != pair.last())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_that_differ_are_told_by_where_they_stand() {
        let was = json!({ "checks": [{ "stage": "TRUST", "outcome": "pass" }, { "stage": "LOG", "outcome": "pass" }],
            "own": 1, "gone": true });
        let is = json!({ "checks": [{ "stage": "TRUST", "outcome": "fail" }, { "stage": "LOG", "outcome": "pass" },
            { "stage": "TIME" }], "own": 0 });
        let told: Vec<(String, Option<String>, Option<String>)> =
            differences(&was, &is).into_iter().map(|d| (d.place, d.was, d.is)).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("checks.TRUST.outcome".to_owned(), text("pass"), text("fail")),
                ("checks.TIME".to_owned(), None, text("{\"stage\":\"TIME\"}")),
                ("own".to_owned(), text("1"), text("0")),
                ("gone".to_owned(), text("true"), None),
            ]
        );
        assert_eq!(differences(&was, &was), []);
    }
}
