//! Strict JSON for signed documents: duplicate keys, deep nesting and floods of values are refused, and
//! fields are read by name with an error that says where. It knows no document.

use crate::error::{Code, Error, Result};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::{Cell, RefCell};
use std::fmt;

/// More values than this are a flood. The items of a list that is read one by one do not count here.
const MAX_VALUES: usize = 500_000;
/// An item of such a list has at most this many values.
const MAX_ITEM_VALUES: usize = 64;

/// Takes one item of a list, with its index.
pub type OnItem<'a> = &'a mut dyn FnMut(usize, Value) -> Result<()>;

/// Parses one document; every value above `max_depth` levels of nesting is refused.
///
/// # Errors
/// `E-MALFORMED` for what is no JSON or repeats a key, `E-TOO-LARGE` for too deep or too many values.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value> {
    parse_with(bytes, max_depth, None, None)
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
    parse_with(bytes, max_depth, Some(path), Some(on_item))
}

fn parse_with(
    bytes: &[u8],
    max_depth: usize,
    ahead: Option<&'static [&'static str]>,
    on_item: Option<OnItem<'_>>,
) -> Result<Value> {
    let limits =
        Limits { left: Cell::new(MAX_VALUES), broken: RefCell::new(None), on_item: RefCell::new(on_item) };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = Seed { limits: &limits, depth: max_depth, ahead }.deserialize(&mut json);
    match parsed.and_then(|value| json.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(cause) => Err(limits.broken.into_inner().unwrap_or_else(|| {
            let what = format!("not valid JSON (line {}, column {})", cause.line(), cause.column());
            Error::new(Code::Malformed, what).help("the file is damaged or is no JSON document; get it again")
        })),
    }
}

struct Limits<'a> {
    left: Cell<usize>,
    /// Our own error, because serde_json carries only text.
    broken: RefCell<Option<Error>>,
    on_item: RefCell<Option<OnItem<'a>>>,
}

impl Limits<'_> {
    fn refuse<E: serde::de::Error>(&self, error: Error) -> E {
        *self.broken.borrow_mut() = Some(error);
        E::custom("refused")
    }
}

#[derive(Clone, Copy)]
struct Seed<'l, 'a> {
    limits: &'l Limits<'a>,
    depth: usize,
    /// What of the path to the list that is handed over lies ahead; none beside the path.
    ahead: Option<&'static [&'static str]>,
}

impl Seed<'_, '_> {
    fn below<E: serde::de::Error>(self) -> std::result::Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| {
            self.limits.refuse(Error::new(Code::TooLarge, "the document is nested too deeply"))
        })?;
        Ok(Seed { depth, ahead: None, ..self })
    }

    fn hand_over<'de, A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let below = self.below()?;
        let others = self.limits.left.get();
        for index in 0.. {
            self.limits.left.set(MAX_ITEM_VALUES);
            let Some(item) = items.next_element_seed(below)? else { break };
            if let Some(on_item) = self.limits.on_item.borrow_mut().as_mut() {
                on_item(index, item).map_err(|error| self.limits.refuse(error))?;
            }
        }
        self.limits.left.set(others);
        Ok(Value::Array(Vec::new()))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<Value, D::Error> {
        match self.limits.left.get().checked_sub(1) {
            Some(left) => self.limits.left.set(left),
            None => {
                return Err(self
                    .limits
                    .refuse(Error::new(Code::TooLarge, "the document holds too many values")));
            }
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> std::result::Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }
    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        if self.ahead.is_some_and(<[_]>::is_empty) {
            return self.hand_over(items);
        }
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let below = self.below()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(self.limits.refuse(
                    Error::new(Code::Malformed, "a key occurs twice in one object")
                        .at(key)
                        .help("readers disagree about such a document, so none is trusted; make it again"),
                ));
            }
            let ahead = self.ahead.and_then(<[_]>::split_first).filter(|(next, _)| **next == key);
            let value = entries.next_value_seed(Seed { ahead: ahead.map(|(_, rest)| rest), ..below })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
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
