//! A bill whose lists of models are told apart from the rest of its tree: an item of them becomes a tree when it is
//! looked at, so that a document takes little more than its own size while it is read. It knows no dialect.

use serde_json::Value;
use std::borrow::Cow;

use super::tag_value::Tags;
use super::xml;
use crate::inventory::model::models::Model;
use crate::json::{self, Apart, Item};
use crate::signing::{JsonSignature, json_signatures};

/// The lists of all dialects that grow with the number of models.
const LISTS: [&str; 4] = ["components", "@graph", "packages", "relationships"];
/// Keys that ask for more work where they occur.
const ASKED: &[&str] = &["ref", "signature"];

/// Who takes the models of a document as they are found.
pub type Take<'t> = &'t mut dyn FnMut(Model);

/// A document, in parts.
pub(super) struct Parts<'b> {
    /// The document, with these lists empty.
    pub root: Value,
    lists: Vec<(String, Vec<Item<'b>>)>,
    /// Whether anything in it refers to a part of it by `ref`.
    pub has_refs: bool,
}

/// What only JSON has.
pub(super) struct Json {
    /// Names that occur twice in one object, the first few.
    pub duplicates: Vec<String>,
    /// Whether a key in it is `signature`.
    pub has_signatures: bool,
}

impl<'b> Parts<'b> {
    /// Reads JSON.
    ///
    /// # Errors
    /// Our own words, with line and column.
    pub fn of_json(bytes: &'b [u8]) -> Result<(Self, Json), String> {
        let Apart { root, lists, duplicates, met } = json::parse_apart(bytes, &LISTS, ASKED)?;
        let has = |name| met.contains(&name);
        let json = Json { duplicates, has_signatures: has("signature") };
        Ok((Parts { root, lists, has_refs: has("ref") }, json))
    }

    /// Takes what XML says.
    pub fn of_xml(xml: xml::Xml) -> Parts<'static> {
        Parts { root: xml.root, lists: xml.lists, has_refs: true }
    }

    /// Takes what tag-value says.
    pub fn of_tags(tags: Tags) -> Parts<'static> {
        let lists =
            [("packages".to_owned(), tags.packages), ("relationships".to_owned(), tags.relationships)].into();
        Parts { root: Value::Object(tags.root), lists, has_refs: false }
    }

    /// Takes a whole tree.
    pub fn of_tree(root: Value) -> Parts<'static> {
        Parts { root, lists: Vec::new(), has_refs: true }
    }

    /// The JSON signatures of the document and of parts of it.
    pub fn signatures(&self, is_ambiguous: bool) -> Vec<JsonSignature> {
        let root = self.root.as_object();
        root.map(|root| json_signatures(root, &self.lists, is_ambiguous)).unwrap_or_default()
    }

    /// The items of a list of the document; none when there is no such member, or it is no list.
    pub fn list<'p>(&'p self, name: &str) -> Option<impl ExactSizeIterator<Item = Cow<'p, Value>>> {
        let apart = self.lists.iter().find(|(known, _)| known == name);
        let (apart, plain) = match apart {
            Some((_, items)) => (items.as_slice(), [].as_slice()),
            None => ([].as_slice(), self.root.get(name)?.as_array()?.as_slice()),
        };
        let count = apart.len() + plain.len();
        // Either is empty.
        Some((0..count).map(move |index| match (apart.get(index), plain.get(index)) {
            (Some(item), _) => item.value(),
            (None, Some(value)) => Cow::Borrowed(value),
            (None, None) => Cow::Owned(Value::Null),
        }))
    }
}
