//! Lists of facts and parents that lie in memory and in the store as one compact text each, and are decoded
//! when somebody looks: an inventory of a hundred thousand models holds a million facts, and a screen shows ten.

use crate::text::Untrusted;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use super::types::{Fact, ParentRef};

/// What can lie in a [`List`]: all but its source is in the row, and the source once for all rows.
pub trait Packed: Clone {
    /// One row of the text.
    type Row<'a>: Serialize + Deserialize<'a>;

    /// The document that it was read from.
    fn source(&self) -> &Untrusted;

    /// The row, with the number of its source.
    fn row(&self, source: usize) -> Self::Row<'_>;

    /// The value of a row; the number of its source tells which of `sources`.
    fn value(row: Self::Row<'_>, sources: &[Text<'_>]) -> Self;
}

/// Text that is borrowed where it has no escapes.
#[derive(Serialize, Deserialize)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    fn untrusted(&self) -> Untrusted {
        Untrusted::new(self.0.as_ref())
    }
}

impl<'a> From<&'a Untrusted> for Text<'a> {
    fn from(text: &'a Untrusted) -> Self {
        Text(Cow::Borrowed(text.raw()))
    }
}

/// The text: the sources, then the rows.
type Whole<'a, T> = (Vec<Text<'a>>, Vec<<T as Packed>::Row<'a>>);

/// A list that is a slice to whoever reads it, and a text as long as nobody does.
pub struct List<T> {
    /// While this is there, it counts, and `open` is empty.
    packed: Option<Box<str>>,
    decoded: OnceLock<Box<Vec<T>>>,
    open: Vec<T>,
}

impl<T: Packed> List<T> {
    /// Makes a text of it: what a model of the inventory is kept as.
    pub fn pack(&mut self) {
        let packed = match self.packed.take() {
            Some(packed) => packed,
            None => self.text().into(),
        };
        *self = List { packed: Some(packed), ..List::default() };
    }

    /// The text, as the store keeps it.
    pub(super) fn text(&self) -> Cow<'_, str> {
        if let Some(packed) = &self.packed {
            return Cow::Borrowed(packed);
        }
        let mut sources: Vec<Text<'_>> = Vec::new();
        let rows: Vec<T::Row<'_>> = self
            .iter()
            .map(|item| {
                let source = item.source();
                let known = sources.iter().position(|known| known.0 == source.raw());
                item.row(known.unwrap_or_else(|| {
                    sources.push(source.into());
                    sources.len() - 1
                }))
            })
            .collect();
        // Texts, words and numbers: nothing that JSON cannot say.
        Cow::Owned(serde_json::to_string::<Whole<'_, T>>(&(sources, rows)).unwrap_or_default())
    }

    /// Takes a text of [`List::text`]; none when it is damaged.
    pub(super) fn from_text(text: String) -> Option<Self> {
        serde_json::from_str::<Whole<'_, T>>(&text).ok()?;
        Some(List { packed: Some(text.into()), ..List::default() })
    }

    /// One after the other, without keeping what was decoded: for walks over the whole inventory.
    pub fn each(&self) -> impl Iterator<Item = Cow<'_, T>> {
        let decoded = self.packed.as_deref().map(unpack).unwrap_or_default();
        self.open.iter().map(Cow::Borrowed).chain(decoded.into_iter().map(Cow::Owned))
    }
}

fn unpack<T: Packed>(text: &str) -> Vec<T> {
    // Every text was read once when it was taken in.
    let Ok((sources, rows)) = serde_json::from_str::<Whole<'_, T>>(text) else { return Vec::new() };
    rows.into_iter().map(|row| T::value(row, &sources)).collect()
}

impl<T: Packed> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        match &self.packed {
            Some(packed) => self.decoded.get_or_init(|| Box::new(unpack(packed))),
            None => &self.open,
        }
    }
}

impl<T: Packed> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        if let Some(packed) = self.packed.take() {
            self.open = self.decoded.take().map_or_else(|| unpack(&packed), |decoded| *decoded);
        }
        &mut self.open
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List { packed: None, decoded: OnceLock::new(), open: Vec::new() }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List { open: items, ..List::default() }
    }
}

impl<T: Packed> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(mut self) -> Self::IntoIter {
        std::mem::take(&mut *self).into_iter()
    }
}

impl<'a, T: Packed> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Packed> Clone for List<T> {
    fn clone(&self) -> Self {
        List { packed: self.packed.clone(), decoded: OnceLock::new(), open: self.open.clone() }
    }
}

impl<T: Packed + PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Packed + Eq> Eq for List<T> {}

impl<T: Packed + std::fmt::Debug> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.deref().fmt(f)
    }
}

impl<T: Packed + Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.deref().serialize(serializer)
    }
}

impl<'de, T: Packed + Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(List::from)
    }
}

fn source_of(sources: &[Text<'_>], number: usize) -> Untrusted {
    sources.get(number).map(Text::untrusted).unwrap_or_default()
}

impl Packed for Fact {
    type Row<'a> = (super::FactKey, super::Basis, usize, Text<'a>, Text<'a>);

    fn source(&self) -> &Untrusted {
        &self.source
    }

    fn row(&self, source: usize) -> Self::Row<'_> {
        (self.key, self.basis, source, (&self.place).into(), (&self.value).into())
    }

    fn value((key, basis, source, place, value): Self::Row<'_>, sources: &[Text<'_>]) -> Self {
        Fact {
            key,
            basis,
            source: source_of(sources, source),
            place: place.untrusted(),
            value: value.untrusted(),
        }
    }
}

impl Packed for ParentRef {
    type Row<'a> = (
        super::Relation,
        super::Basis,
        usize,
        Text<'a>,
        super::ModelId,
        Option<crate::signing::RootDigest>,
    );

    fn source(&self) -> &Untrusted {
        &self.source
    }

    fn row(&self, source: usize) -> Self::Row<'_> {
        (self.relation, self.basis, source, (&self.place).into(), self.id.clone(), self.digest)
    }

    fn value((relation, basis, source, place, id, digest): Self::Row<'_>, sources: &[Text<'_>]) -> Self {
        ParentRef { relation, basis, source: source_of(sources, source), place: place.untrusted(), id, digest }
    }
}
