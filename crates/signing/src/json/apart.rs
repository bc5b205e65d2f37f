//! A large document in parts: the items of its great lists stay text and become trees one at a time, whenever
//! somebody looks at one. Limits and what is told of a document are those of [`super::tree`].

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

use super::reader::{Keep, Seed, State};
use super::tree::{self, LIMITS, Tree};

/// Levels that the parser takes in a whole document.
const PARSER_LEVELS: usize = 127;

/// One item of a list.
#[derive(Debug, Clone)]
pub enum Item<'b> {
    /// Text that was read once and is sound.
    Text(Cow<'b, RawValue>),
    /// A tree as it is.
    Tree(Box<Value>),
}

impl Item<'_> {
    /// What it holds.
    pub fn value(&self) -> Cow<'_, Value> {
        match self {
            Item::Text(text) => Cow::Owned(serde_json::from_str(text.get()).unwrap_or_default()),
            Item::Tree(tree) => Cow::Borrowed(tree),
        }
    }

    /// An item of one's own, as text where that can be read again.
    pub fn of(value: Value) -> Item<'static> {
        let text = serde_json::value::to_raw_value(&value).ok();
        // An object deep in lists may be nested deeper than the parser takes.
        let text = text.filter(|text| serde_json::from_str::<IgnoredAny>(text.get()).is_ok());
        text.map_or_else(|| Item::Tree(Box::new(value)), |text| Item::Text(Cow::Owned(text)))
    }
}

impl Serialize for Item<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// A document in parts.
pub struct Apart<'b> {
    /// The document; lists that are told apart stand in it, empty.
    pub root: Value,
    /// Members of the document that are lists and were asked for, and their items.
    pub lists: Vec<(String, Vec<Item<'b>>)>,
    /// As in [`Tree::duplicates`].
    pub duplicates: Vec<String>,
    /// Names asked about that occur as keys, at any depth.
    pub met: Vec<&'static str>,
}

/// Reads a document as [`tree::parse`] does. Members of it that are called as one of `lists` and are lists stay text,
/// item by item; and it is noted whether keys of the names `asked` occur.
///
/// # Errors
/// As [`tree::parse`].
pub fn parse<'b>(
    bytes: &'b [u8],
    lists: &[&str],
    asked: &'static [&'static str],
) -> Result<Apart<'b>, String> {
    if let Some(apart) = in_parts(tree::without_mark(bytes), lists, asked) {
        return Ok(apart);
    }
    // What is wrong, and where, is told by reading from the first byte on.
    tree::check(bytes)?;
    let Tree { root, duplicates } = tree::parse(bytes)?;
    Ok(Apart { root, lists: Vec::new(), duplicates, met: asked.to_vec() })
}

/// None when it is no object, or anything stops the reader.
fn in_parts<'b>(bytes: &'b [u8], names: &[&str], asked: &'static [&'static str]) -> Option<Apart<'b>> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Members(members) = Members::read(&mut json).ok()?;
    json.end().ok()?;
    let state = State::asking(LIMITS, asked);
    state.count()?;
    let mut root = Map::new();
    let mut lists: Vec<(String, Vec<Item<'b>>)> = Vec::new();
    for (key, text) in members {
        lists.retain(|(name, _)| *name != key);
        let value = if names.contains(&key.as_str()) && text.get().starts_with('[') {
            state.count()?;
            let items = Items::read(&mut serde_json::Deserializer::from_str(text.get())).ok()?.0;
            for item in &items {
                checked(item, &state, Keep::Nothing, PARSER_LEVELS - 2)?;
            }
            let items = items.into_iter().map(|item| Item::Text(Cow::Borrowed(item))).collect();
            lists.push((key.clone(), items));
            Value::Array(Vec::new())
        } else {
            checked(text, &state, Keep::All, PARSER_LEVELS - 1)?
        };
        state.meet(&key);
        if root.insert(key.clone(), value).is_some() {
            state.note(&key);
        }
    }
    let (duplicates, met) = state.told();
    Some(Apart { root: Value::Object(root), lists, duplicates, met })
}

fn checked(text: &RawValue, state: &State<'_>, keep: Keep, depth: usize) -> Option<Value> {
    let mut json = serde_json::Deserializer::from_str(text.get());
    Seed::within(state, keep, depth).deserialize(&mut json).ok()
}

/// The members of an object, as they stand there.
struct Members<'b>(Vec<(String, &'b RawValue)>);

impl<'b> Members<'b> {
    fn read<D: Deserializer<'b>>(json: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'b> Visitor<'b> for Each {
            type Value = Members<'b>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'b>>(self, mut entries: A) -> Result<Members<'b>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = entries.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        json.deserialize_map(Each)
    }
}

/// The items of a list, as they stand there.
struct Items<'b>(Vec<&'b RawValue>);

impl<'b> Items<'b> {
    fn read<D: Deserializer<'b>>(json: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'b> Visitor<'b> for Each {
            type Value = Items<'b>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'b>>(self, mut entries: A) -> Result<Items<'b>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = entries.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        json.deserialize_seq(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &[&str] = &["ref", "signature"];

    fn whole(apart: &Apart<'_>) -> Value {
        let mut root = apart.root.clone();
        for (name, items) in &apart.lists {
            root[name] = items.iter().map(|item| item.value().into_owned()).collect();
        }
        root
    }

    #[test]
    fn the_parts_together_are_the_tree() {
        for text in [
            r#"{"a":1,"list":[{"b":[1,2.5,-3,1e400]},null,"x\u0041"],"more":{"list":[1]}}"#,
            r#"{"list":[1],"a":{"c":1,"c":2},"list":[{"d":1,"d":2},3],"a":0}"#,
            r#"{"list":[1],"list":{"no":"list"}}"#,
            r#"{"list":{"no":"list"},"list":[1, 2 ]}"#,
            "\u{feff} {\"\\u006cist\": [ [ ] , {} ] } ",
            "[1,2]",
            "3",
            r#"{"list":[]}"#,
        ] {
            let (tree, apart) =
                (tree::parse(text.as_bytes()), parse(text.as_bytes(), &["list", "other"], ASKED));
            match (tree, apart) {
                (Ok(tree), Ok(apart)) => {
                    assert_eq!(tree.root, whole(&apart), "{text}");
                    assert_eq!(tree.duplicates, apart.duplicates, "{text}");
                }
                (tree, apart) => assert_eq!(tree.err(), apart.err(), "{text}"),
            }
        }
    }

    #[test]
    fn what_stops_the_tree_stops_the_parts_in_the_same_words() {
        let nested = |levels: usize| format!("{{\"list\":[{}{}]}}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(125).as_bytes(), &["list"], ASKED).is_ok());
        let bad = [
            "{\"list\":[{\"a\":}]}",
            "{\n\"list\":[1,\n 2,]}",
            "{\"list\":[1]} x",
            "{\"list\":[\"\u{1}\"]}",
            "",
        ];
        for text in bad.map(str::to_owned).into_iter().chain([nested(126), nested(300)]) {
            let tree = tree::parse(text.as_bytes()).err();
            assert!(tree.is_some(), "{text}");
            assert_eq!(tree, parse(text.as_bytes(), &["list"], ASKED).err(), "{text}");
        }
        let no_text = b"{\"list\":[\"\xff\"]}";
        assert_eq!(tree::parse(no_text).err(), parse(no_text, &["list"], ASKED).err());
    }

    #[test]
    fn keys_that_were_asked_about_are_noted_at_any_depth() {
        let met = |text: &str| parse(text.as_bytes(), &["list"], ASKED).ok().map(|apart| apart.met);
        assert_eq!(met(r#"{"list":[{"a":{"r\u0065f":1}}]}"#), Some(vec!["ref"]));
        assert_eq!(met(r#"{"signature":0,"list":["ref"]}"#), Some(vec!["signature"]));
        assert_eq!(met(r#"{"list":["signature"]}"#), Some(vec![]));
    }
}
