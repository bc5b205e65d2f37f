//! Strict JSON for signed documents: duplicate keys, deep nesting and floods of values are refused, and
//! fields are read by name with an error that says where. It knows no document.

use crate::error::{Code, Error, Result};
use serde_json::{Map, Value};

use super::reader::{Duplicates, Items, Keep, Limits, OnItem, Why, read};

/// More values than this are a flood. The items of a list that is read one by one do not count here.
const MAX_VALUES: usize = 500_000;

/// Parses one document; every value above `max_depth` levels of nesting is refused.
///
/// # Errors
/// `E-MALFORMED` for what is no JSON or repeats a key, `E-TOO-LARGE` for too deep or too many values.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value> {
    parse_with(bytes, max_depth, None)
}

/// As [`parse`], but the list under `path` is handed over item by item and left empty in the document, so
/// that a million items are never held at once.
///
/// # Errors
/// As [`parse`], and what `on_item` gives.
pub fn parse_items(
    bytes: &[u8],
    max_depth: usize,
    path: &'static [&'static str],
    on_item: OnItem<'_>,
) -> Result<Value> {
    parse_with(bytes, max_depth, Some(Items { path, on_item }))
}

fn parse_with(bytes: &[u8], max_depth: usize, items: Option<Items<'_>>) -> Result<Value> {
    let limits = Limits { depth: max_depth, values: MAX_VALUES, duplicates: Duplicates::Refused };
    read(bytes, limits, Keep::All, items).map(|read| read.root).map_err(|stopped| match stopped.why {
        Why::TooDeep => Error::new(Code::TooLarge, "the document is nested too deeply"),
        Why::TooMany => Error::new(Code::TooLarge, "the document holds too many values"),
        Why::Twice(key) => Error::new(Code::Malformed, "a key occurs twice in one object")
            .at(key)
            .help("readers disagree about such a document, so none is trusted; make it again"),
        Why::Item(error) => error,
        Why::NotJson | Why::NestedTooDeep => {
            let what = format!("not valid JSON (line {}, column {})", stopped.line, stopped.column);
            Error::new(Code::Malformed, what).help("the file is damaged or is no JSON document; get it again")
        }
    })
}

/// An object of a document together with where it stands, for errors that name the field.
#[derive(Clone)]
pub struct Object<'v> {
    map: &'v Map<String, Value>,
    path: String,
    index: Option<usize>,
}

impl<'v> Object<'v> {
    /// The document itself.
    pub fn root(value: &'v Value) -> Result<Self> {
        let map = value.as_object().ok_or_else(|| malformed("not a JSON object", String::new()))?;
        Ok(Object { map, path: String::new(), index: None })
    }

    /// The object at `index` of the list `path`.
    pub fn item(value: &'v Value, path: &str, index: usize) -> Result<Self> {
        let map =
            value.as_object().ok_or_else(|| malformed("should be an object", format!("{path}[{index}]")))?;
        // Two million resources: the place is written only when it is needed, apart from a short text.
        Ok(Object { map, path: path.to_owned(), index: Some(index) })
    }

    /// Where a field of this object stands, for example `predicate.resources[3].name`.
    pub fn place(&self, key: &str) -> String {
        let index = self.index.map(|index| format!("[{index}]")).unwrap_or_default();
        let dot = if self.path.is_empty() { "" } else { "." };
        format!("{}{index}{dot}{key}", self.path)
    }

    /// A malformed field of this object.
    pub fn fault(&self, key: &str, what: impl Into<String>) -> Error {
        malformed(what, self.place(key))
    }

    /// Refuses every key but these.
    pub fn only(&self, keys: &[&str]) -> Result<()> {
        match self.map.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(unknown) => Err(self.fault(unknown, "unknown field")),
            None => Ok(()),
        }
    }

    /// A field that may be absent.
    pub fn get(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key)
    }

    /// As [`Object::get`], but `null` counts as absent.
    pub fn get_some(&self, key: &str) -> Option<&'v Value> {
        self.get(key).filter(|value| !value.is_null())
    }

    fn need(&self, key: &str) -> Result<&'v Value> {
        self.get(key).ok_or_else(|| self.fault(key, "required field is missing"))
    }

    /// A required text.
    pub fn text(&self, key: &str) -> Result<&'v str> {
        self.need(key)?.as_str().ok_or_else(|| self.fault(key, "should be a text"))
    }

    /// A required list.
    pub fn list(&self, key: &str) -> Result<&'v [Value]> {
        match self.need(key)? {
            Value::Array(items) => Ok(items),
            _ => Err(self.fault(key, "should be a list")),
        }
    }

    /// A required object.
    pub fn object(&self, key: &str) -> Result<Object<'v>> {
        match self.need(key)? {
            Value::Object(map) => Ok(Object { map, path: self.place(key), index: None }),
            _ => Err(self.fault(key, "should be an object")),
        }
    }
}

fn malformed(what: impl Into<String>, place: String) -> Error {
    let error = Error::new(Code::Malformed, what);
    if place.is_empty() { error } else { error.at(place) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_refused_at_any_depth() {
        let error = parse(br#"{"a":[{"b":1,"b":1}]}"#, 64).unwrap_err();
        assert_eq!((error.code, error.at.unwrap().raw()), (Code::Malformed, "b"));
        // An escape spells the same key.
        assert!(parse(br#"{"a":1,"\u0061":2}"#, 64).is_err());
    }

    #[test]
    fn ten_thousand_levels_are_an_error_and_not_a_crash() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(parse(deep.as_bytes(), 64).unwrap_err().code, Code::TooLarge);
        assert!(parse(b"[[[]]]", 3).is_ok());
        assert!(parse(b"[[[[]]]]", 3).is_err());
        assert!(parse(b"{} {}", 3).is_err());
    }
}
