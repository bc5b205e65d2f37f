//! The one reader of JSON documents: it makes the tree. How deep, how many values and what a repeated key means is for
//! its callers, and so are the words for what stops it.

use crate::error::{Error, Result};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::{Cell, RefCell};
use std::fmt;

/// An item of a list that is handed over has at most this many values; they do not count among the others.
const MAX_ITEM_VALUES: usize = 64;
/// Names of repeated keys that are kept.
const MAX_DUPLICATES: usize = 16;

/// What a document may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Levels of nesting. The parser itself stops at 128.
    pub(super) depth: usize,
    /// Values, each of which costs many times its bytes in memory.
    pub(super) values: usize,
    pub(super) duplicates: Duplicates,
}

/// What a key means that occurs twice in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duplicates {
    /// The document is refused.
    Refused,
    /// The last value counts, and the key is noted.
    Noted,
}

/// Whether what is read is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    All,
    /// Items of lists are read and forgotten: to see whether a document is sound.
    Nothing,
}

/// Takes one item of a list, with its index.
pub type OnItem<'a> = &'a mut dyn FnMut(usize, Value) -> Result<()>;

/// A list that is handed over item by item and left empty in the tree, and the keys that lead to it.
pub(super) struct Items<'a> {
    pub(super) path: &'static [&'static str],
    pub(super) on_item: OnItem<'a>,
}

/// A document that was read.
pub(super) struct Read {
    pub(super) root: Value,
    /// Keys that occur twice in one object, the first few.
    pub(super) duplicates: Vec<String>,
}

/// What stopped the reader, and where.
pub(super) struct Stopped {
    pub(super) why: Why,
    pub(super) line: usize,
    pub(super) column: usize,
}

pub(super) enum Why {
    NotJson,
    /// More levels than the parser takes.
    NestedTooDeep,
    /// More levels than [`Limits::depth`].
    TooDeep,
    TooMany,
    Twice(String),
    /// What the taker of items said.
    Item(Error),
}

/// Reads a whole document.
pub(super) fn read(
    bytes: &[u8],
    limits: Limits,
    keep: Keep,
    items: Option<Items<'_>>,
) -> std::result::Result<Read, Stopped> {
    let ahead = items.as_ref().map(|items| items.path);
    let state =
        State { on_item: RefCell::new(items.map(|items| items.on_item)), ..State::asking(limits, &[]) };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = Seed { ahead, ..Seed::within(&state, keep, limits.depth) }.deserialize(&mut json);
    match parsed.and_then(|root| json.end().map(|()| root)) {
        Ok(root) => Ok(Read { root, duplicates: state.noted.into_inner() }),
        Err(cause) => {
            // The parser's words are fixed phrases, and this is the only one worth telling apart.
            let is_nested = cause.to_string().starts_with("recursion limit");
            let theirs = if is_nested { Why::NestedTooDeep } else { Why::NotJson };
            let why = state.why.into_inner().unwrap_or(theirs);
            Err(Stopped { why, line: cause.line(), column: cause.column() })
        }
    }
}

pub(super) struct State<'a> {
    left: Cell<usize>,
    duplicates: Duplicates,
    noted: RefCell<Vec<String>>,
    /// Our own reason, because serde_json carries only text.
    why: RefCell<Option<Why>>,
    on_item: RefCell<Option<OnItem<'a>>>,
    /// Keys to look out for, and those that occurred.
    asked: &'static [&'static str],
    met: RefCell<Vec<&'static str>>,
}

impl State<'_> {
    /// Nothing is read yet; keys of the names `asked` are noted.
    pub(super) fn asking(limits: Limits, asked: &'static [&'static str]) -> Self {
        State {
            left: Cell::new(limits.values),
            duplicates: limits.duplicates,
            noted: RefCell::default(),
            why: RefCell::default(),
            on_item: RefCell::default(),
            asked,
            met: RefCell::default(),
        }
    }

    /// Counts a value; none when it is one too many.
    pub(super) fn count(&self) -> Option<()> {
        self.left.set(self.left.get().checked_sub(1)?);
        Some(())
    }

    /// Notes a key that occurs twice.
    pub(super) fn note(&self, key: &str) {
        let mut noted = self.noted.borrow_mut();
        if noted.len() < MAX_DUPLICATES {
            noted.push(key.to_owned());
        }
    }

    /// Notes a key that is looked out for.
    pub(super) fn meet(&self, key: &str) {
        if let Some(name) = self.asked.iter().find(|name| **name == key) {
            let mut met = self.met.borrow_mut();
            if !met.contains(name) {
                met.push(name);
            }
        }
    }

    /// Keys that occurred twice, and those that were looked out for.
    pub(super) fn told(self) -> (Vec<String>, Vec<&'static str>) {
        (self.noted.into_inner(), self.met.into_inner())
    }

    fn stop<E: serde::de::Error>(&self, why: Why) -> E {
        *self.why.borrow_mut() = Some(why);
        E::custom("refused")
    }
}

#[derive(Clone, Copy)]
pub(super) struct Seed<'s, 'a> {
    state: &'s State<'a>,
    depth: usize,
    keep: Keep,
    /// What of the path to the list that is handed over lies ahead; none beside the path.
    ahead: Option<&'static [&'static str]>,
}

impl<'s, 'a> Seed<'s, 'a> {
    /// A value of at most so many levels.
    pub(super) fn within(state: &'s State<'a>, keep: Keep, depth: usize) -> Self {
        Seed { state, depth, keep, ahead: None }
    }

    fn below<E: serde::de::Error>(self) -> std::result::Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| self.state.stop(Why::TooDeep))?;
        Ok(Seed { depth, ahead: None, ..self })
    }

    fn hand_over<'de, A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let below = self.below()?;
        let others = self.state.left.get();
        for index in 0.. {
            self.state.left.set(MAX_ITEM_VALUES);
            let Some(item) = items.next_element_seed(below)? else { break };
            if let Some(on_item) = self.state.on_item.borrow_mut().as_mut() {
                on_item(index, item).map_err(|error| self.state.stop(Why::Item(error)))?;
            }
        }
        self.state.left.set(others);
        Ok(Value::Array(Vec::new()))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<Value, D::Error> {
        self.state.count().ok_or_else(|| self.state.stop(Why::TooMany))?;
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
            if self.keep == Keep::All {
                list.push(item);
            }
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let below = self.below()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let is_known = map.contains_key(&key);
            if is_known && self.state.duplicates == Duplicates::Refused {
                return Err(self.state.stop(Why::Twice(key)));
            }
            let ahead = self.ahead.and_then(<[_]>::split_first).filter(|(next, _)| **next == key);
            let value = entries.next_value_seed(Seed { ahead: ahead.map(|(_, rest)| rest), ..below })?;
            if is_known {
                self.state.note(&key);
            }
            self.state.meet(&key);
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
