//! A document of another tool in JSON or YAML as a tree with lines. Both are read alike: JSON is YAML. Nothing in it stands
//! for more than it is, so there are no aliases.

use super::draft::Spot;
use crate::policy::convert::losses::{Lost, Why, reason};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::cell::Cell;
use std::fmt;

/// Why nothing was converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub what: &'static str,
    /// The line, from 1, where there is one.
    pub line: Option<usize>,
}

/// A document.
#[derive(Debug)]
pub(super) struct Tree(Node);

/// One value of it.
#[derive(Debug)]
pub(super) struct Node {
    pub spot: Spot,
    is_kept: Cell<bool>,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Text(String),
    /// A number, a flag, nothing.
    Other,
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Tree {
    /// # Errors
    /// [`Unreadable`], in our own words: those of the parser may quote the document.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let budget = serde_saphyr::budget! {
            max_depth: 32,
            max_nodes: 20_000,
            max_events: 60_000,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_total_scalar_bytes: 1024 * 1024,
        };
        let options = serde_saphyr::options! { budget: budget, with_snippet: false };
        let text = text.trim_start_matches('\u{feff}');
        let read: Result<Spanned<Raw>, _> = serde_saphyr::from_str_with_options(text, options);
        match read {
            Ok(raw) => Ok(Tree(Node::of(raw, String::new()))),
            Err(error) => {
                let line = error.location().and_then(|place| usize::try_from(place.line()).ok());
                Err(Unreadable {
                    what: "no valid JSON or YAML, too large, more than one document, or with aliases",
                    line,
                })
            }
        }
    }

    pub fn top(&self) -> &Node {
        &self.0
    }

    /// Everything that nobody kept.
    pub fn rest(&self, why: Why, lost: &mut Vec<Lost>) {
        self.0.rest(why, lost);
    }
}

impl Node {
    fn of(raw: Spanned<Raw>, key: String) -> Self {
        let line = usize::try_from(raw.referenced.line()).unwrap_or_default();
        let value = match raw.value {
            Raw::Text(text) => Value::Text(text),
            Raw::Other => Value::Other,
            Raw::List(list) => Value::List(list.into_iter().map(|one| Node::of(one, key.clone())).collect()),
            Raw::Map(map) => {
                let one = |(name, one): (String, Spanned<Raw>)| {
                    let below = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    (name, Node::of(one, below))
                };
                Value::Map(map.into_iter().map(one).collect())
            }
        };
        Node { spot: Spot { key, line }, is_kept: Cell::new(false), value }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(map) => map.iter().find(|(name, _)| name == key).map(|(_, node)| node),
            Value::Text(_) | Value::Other | Value::List(_) => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Other | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The entries of a list.
    pub fn list(&self) -> &[Node] {
        match &self.value {
            Value::List(list) => list,
            Value::Text(_) | Value::Other | Value::Map(_) => &[],
        }
    }

    /// The entries of the list under a name.
    pub fn all(&self, key: &str) -> &[Node] {
        self.get(key).map(Node::list).unwrap_or_default()
    }

    /// The text under a name, which is kept.
    pub fn take(&self, key: &str) -> Option<&str> {
        let node = self.get(key)?;
        let text = node.text()?;
        node.keep();
        Some(text)
    }

    /// The value under a name is kept if it is one of these texts: it says what ours does.
    pub fn take_if(&self, key: &str, texts: &[&str]) {
        if let Some(node) = self.get(key)
            && node.text().is_some_and(|text| texts.contains(&text))
        {
            node.keep();
        }
    }

    /// It need not be lost as the rest is: it is converted, or its loss was reported.
    pub fn keep(&self) {
        self.is_kept.set(true);
    }

    /// It is lost, for its own reason.
    pub fn lose(&self, why: &'static str, lost: &mut Vec<Lost>) {
        self.keep();
        lost.push(self.spot.lost(why));
    }

    fn rest(&self, why: Why, lost: &mut Vec<Lost>) {
        if self.is_kept.get() {
            return;
        }
        match &self.value {
            Value::List(list) if !list.is_empty() => list.iter().for_each(|one| one.rest(why, lost)),
            Value::Map(map) if !map.is_empty() => map.iter().for_each(|(_, one)| one.rest(why, lost)),
            _ => lost.push(self.spot.lost(reason(&self.spot.key, why))),
        }
    }
}

enum Raw {
    Text(String),
    Other,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(String, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(one) = access.next_element()? {
            list.push(one);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(one) = access.next_entry()? {
            map.push(one);
        }
        Ok(Raw::Map(map))
    }
}
