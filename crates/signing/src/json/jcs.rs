//! JSON values in the forms that others sign, and how two of them differ. It knows no document.

use serde_json::{Map, Value};

use super::pointer::pointer_part;
use super::written::{MAX_INTEGER, in_order};

/// Members that can identify the items of a list.
const KEYS: [&str; 2] = ["id", "name"];
/// Deeper differences count as one.
const MAX_DEPTH: usize = 64;

/// How a member differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differs {
    /// Only the second value has it.
    Added,
    /// Only the first value has it.
    Removed,
    /// Both have it, with other contents.
    Changed,
    /// A list holds the same items in another order.
    Reordered,
}

/// A difference between two values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: the names of members and the indices of items, as in a JSON pointer. Items that name themselves (`id` or
    /// `name`) stand under that name.
    pub place: String,
    /// How.
    pub how: Differs,
}

/// The canonical form of RFC 8785. None for a number that not every reader reads alike.
pub fn jcs(value: &Value) -> Option<Vec<u8>> {
    if !is_exact(value) {
        return None;
    }
    serde_json_canonicalizer::to_vec(value).ok()
}

/// The form that Python's `json.dumps` writes with sorted keys, without white space and with letters as they are. None
/// as for [`jcs`].
pub fn sorted(value: &Value) -> Option<Vec<u8>> {
    // Python compares code points, as a comparison of UTF-8 does.
    is_exact(value).then(|| in_order(value, str::cmp).ok()).flatten()
}

/// Whether no integer in it is beyond what every reader reads alike (RFC 7493, 2.2).
pub fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let is_integer = number.is_i64() || number.is_u64();
            let is_small = number.as_i64().is_some_and(|number| number.unsigned_abs() <= MAX_INTEGER);
            // What was written as an integer and is read as a double was too large for one.
            is_small
                || !is_integer
                    && number.as_f64().is_some_and(|number| number.abs() <= 9_007_199_254_740_991.0)
        }
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

/// How two values differ: the first few places, and how many more there are.
pub fn differences(one: &Value, other: &Value, most: usize) -> (Vec<Difference>, usize) {
    let mut found = Found { kept: Vec::new(), most, more: 0 };
    found.compare(one, other, &mut String::new(), 0);
    (found.kept, found.more)
}

struct Found {
    kept: Vec<Difference>,
    most: usize,
    more: usize,
}

impl Found {
    fn add(&mut self, place: &str, how: Differs) {
        if self.kept.len() < self.most {
            self.kept.push(Difference { place: place.to_owned(), how });
        } else {
            self.more += 1;
        }
    }

    fn many(&self) -> usize {
        self.kept.len() + self.more
    }

    fn compare(&mut self, one: &Value, other: &Value, place: &mut String, depth: usize) {
        match (one, other) {
            (Value::Object(one), Value::Object(other)) if depth < MAX_DEPTH => {
                self.members(one.iter(), |name| other.get(name), place, depth);
                self.added(other.keys().filter(|name| !one.contains_key(*name)), place);
            }
            (Value::Array(one_items), Value::Array(other_items)) if depth < MAX_DEPTH => {
                match named(one_items).zip(named(other_items)) {
                    Some((one_named, other_named)) => {
                        let before = self.many();
                        self.members(one_named.iter(), |name| other_named.get(name), place, depth);
                        self.added(other_named.keys().filter(|name| !one_named.contains_key(*name)), place);
                        if self.many() == before && !one_named.keys().eq(other_named.keys()) {
                            self.add(place, Differs::Reordered);
                        }
                    }
                    None => self.items(one_items, other_items, place, depth),
                }
            }
            _ if is_same(one, other) => {}
            _ => self.add(place, Differs::Changed),
        }
    }

    fn members<'v>(
        &mut self,
        one: impl Iterator<Item = (&'v String, &'v Value)>,
        other: impl Fn(&str) -> Option<&'v Value>,
        place: &mut String,
        depth: usize,
    ) {
        for (name, value) in one {
            let length = place.len();
            place.push('/');
            place.push_str(&pointer_part(name));
            match other(name) {
                Some(other) => self.compare(value, other, place, depth + 1),
                None => self.add(place, Differs::Removed),
            }
            place.truncate(length);
        }
    }

    fn added<'v>(&mut self, names: impl Iterator<Item = &'v String>, place: &str) {
        for name in names {
            self.add(&format!("{place}/{}", pointer_part(name)), Differs::Added);
        }
    }

    fn items(&mut self, one: &[Value], other: &[Value], place: &mut String, depth: usize) {
        for index in 0..one.len().max(other.len()) {
            let length = place.len();
            place.push_str(&format!("/{index}"));
            match (one.get(index), other.get(index)) {
                (Some(one), Some(other)) => self.compare(one, other, place, depth + 1),
                (Some(_), None) => self.add(place, Differs::Removed),
                (None, _) => self.add(place, Differs::Added),
            }
            place.truncate(length);
        }
    }
}

/// The items of a list by the names that they give themselves: none unless each has its own.
fn named(items: &[Value]) -> Option<Map<String, Value>> {
    KEYS.iter().find_map(|key| {
        let mut named = Map::new();
        for item in items {
            let name = item.as_object()?.get(*key)?.as_str()?;
            if named.insert(name.to_owned(), item.clone()).is_some() {
                return None;
            }
        }
        (!named.is_empty()).then_some(named)
    })
}

/// `1` and `1.0` are one number.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() != other.is_f64() => {
            one.as_f64() == other.as_f64()
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(one: &Value, other: &Value) -> Vec<(String, Differs)> {
        differences(one, other, 100).0.into_iter().map(|one| (one.place, one.how)).collect()
    }

    #[test]
    fn differences_are_named_by_path_and_items_by_the_names_they_give_themselves() {
        let one = json!({"a": 1, "tools": [{"name": "x", "d": "1"}, {"name": "y"}], "l": [1, 2], "gone": 0});
        let other = json!({"a": 1.0, "tools": [{"name": "y"}, {"name": "x", "d": "2"}, {"name": "z"}], "l": [1, 3, 4], "a/b": 0});
        assert_eq!(
            told(&one, &other),
            [
                ("/tools/x/d".to_owned(), Differs::Changed),
                ("/tools/z".to_owned(), Differs::Added),
                ("/l/1".to_owned(), Differs::Changed),
                ("/l/2".to_owned(), Differs::Added),
                ("/gone".to_owned(), Differs::Removed),
                ("/a~1b".to_owned(), Differs::Added),
            ]
        );
        assert_eq!(told(&one, &one), []);
        let (a, b) = (json!([{"id": "1"}, {"id": "2"}]), json!([{"id": "2"}, {"id": "1"}]));
        assert_eq!(told(&a, &b), [(String::new(), Differs::Reordered)]);
        // Names that occur twice tell nothing apart.
        let twice = json!([{"id": "1"}, {"id": "1", "x": 1}]);
        assert_eq!(told(&json!([{"id": "1"}, {"id": "2"}]), &twice).len(), 2);
    }

    #[test]
    fn numbers_that_readers_read_differently_have_no_form() {
        for text in ["9007199254740993", "-9007199254740993", "18446744073709551616", "1e300"] {
            let value: Value = serde_json::from_str(&format!("[{text}]")).unwrap();
            assert!(jcs(&value).is_none() && sorted(&value).is_none(), "{text}");
        }
        let value = json!({"b": 1.5, "a": "\u{e9}\n"});
        assert_eq!(jcs(&value), sorted(&value));
        assert_eq!(jcs(&value).unwrap(), "{\"a\":\"\u{e9}\\n\",\"b\":1.5}".as_bytes());
    }
}
