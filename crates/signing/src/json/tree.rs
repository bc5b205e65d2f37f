//! A JSON document as a tree, within limits; it knows nothing of what the document means. Depth is bounded by
//! the parser (128), the number of values here, since a value costs many times its bytes in memory.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Values in one document.
const MAX_VALUES: u64 = 16_000_000;
/// Starts the message of the one error that is not the document's own.
const TOO_MANY: &str = "more values than the limit";

/// A parsed document.
pub struct Tree {
    /// The root.
    pub root: Value,
    /// Names that occur twice in one object; the last value counts. Only the first few are kept.
    pub duplicates: Vec<String>,
}

/// Parses a whole document.
///
/// # Errors
/// Our own words, with line and column.
pub fn parse(bytes: &[u8]) -> Result<Tree, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut state = State { left: MAX_VALUES, duplicates: Vec::new() };
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let root = Seed(&mut state).deserialize(&mut parser).and_then(|root| parser.end().map(|()| root));
    root.map(|root| Tree { root, duplicates: state.duplicates }).map_err(|error| {
        let place = format!("at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        // The parser's words are fixed phrases, but only these two are worth telling apart.
        if message.starts_with("recursion limit") {
            format!("nested deeper than 128 levels, {place}")
        } else if message.starts_with(TOO_MANY) {
            format!("more than {MAX_VALUES} values, {place}")
        } else {
            format!("not valid JSON, {place}")
        }
    })
}

struct State {
    left: u64,
    duplicates: Vec<String>,
}

struct Seed<'a>(&'a mut State);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.0.left = self.0.left.checked_sub(1).ok_or_else(|| D::Error::custom(TOO_MANY))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Seed(self.0))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Seed(self.0))?;
            if map.contains_key(&key) && self.0.duplicates.len() < 16 {
                self.0.duplicates.push(key.clone());
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
