//! Lists of facts and parents that lie in the store as one compact text each, in memory as that text compressed, and
//! are decoded when somebody looks: an inventory of a million models holds ten million facts, and a screen shows ten.
//! What lies in them says itself how a row looks.

use crate::text::Untrusted;
use lz4_flex::block::{compress_prepend_size_with_dict, decompress_size_prepended_with_dict};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

/// How places end that occur again and again, so that a number stands for them. New ones go to the end: stores hold
/// these numbers.
const PLACES: [&str; 24] = [
    "",
    "purl",
    "version",
    "description",
    "publisher",
    "licenses/0/license/id",
    "licenses/0/license/name",
    "licenses/0/expression",
    "hashes/0",
    "modelCard/modelParameters/task",
    "modelCard/modelParameters/architectureFamily",
    "modelCard/modelParameters/modelArchitecture",
    "modelCard/modelParameters/datasets/0",
    "modelCard/modelParameters/datasets/1",
    "modelCard/modelParameters/datasets/2",
    "pedigree/ancestors/0",
    "license",
    "pipeline_tag",
    "base_model",
    "library_name",
    "/model_type",
    "/architectures/0",
    "/tokenizer_class",
    "model.safetensors",
];

/// A place as far as it is its own: a number of [`PLACES`], or text.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Place<'a> {
    /// Of [`PLACES`].
    Known(u8),
    /// Any other.
    Own(Text<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Place<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Place<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number or a text")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Place::Known(u8::try_from(number).unwrap_or(u8::MAX)))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Place::Own(Text(Cow::Borrowed(text))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Place::Own(Text(Cow::Owned(text.to_owned()))))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'a> Place<'a> {
    pub(super) fn of(place: &'a str) -> Self {
        let known = (0..).zip(PLACES).find(|(_, known)| *known == place);
        known.map_or_else(|| Place::Own(place.into()), |(number, _)| Place::Known(number))
    }

    /// What no number stands for is nowhere.
    fn text(&self) -> &str {
        match self {
            Place::Known(number) => PLACES.get(usize::from(*number)).copied().unwrap_or_default(),
            Place::Own(text) => &text.0,
        }
    }
}

/// What can lie in a [`List`]: all but its source is in the row, and the source once for all rows.
pub trait Packed: Clone {
    /// One row of the text.
    type Row<'a>: Serialize + Deserialize<'a>;

    /// The document that it was read from.
    fn source(&self) -> &Untrusted;

    /// Where inside it.
    fn place(&self) -> &Untrusted;

    /// The row: the number of the source, and the place as far as it is its own.
    fn row<'a>(&'a self, source: usize, place: &'a str) -> Self::Row<'a>;

    /// The value of a row.
    fn value(row: Self::Row<'_>, shared: &Context<'_>) -> Self;
}

/// Text that is borrowed where it has no escapes.
#[derive(Serialize, Deserialize)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    pub(super) fn untrusted(&self) -> Untrusted {
        Untrusted::new(self.0.as_ref())
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(Cow::Borrowed(text))
    }
}

/// What the rows of a text have in common: the sources, and how all places begin.
#[derive(Serialize, Deserialize)]
pub struct Shared<'a>(#[serde(borrow)] Vec<Text<'a>>, #[serde(borrow)] Text<'a>);

impl<'a> Shared<'a> {
    fn of<T: Packed>(items: &'a [T]) -> Self {
        let mut sources: Vec<Text<'a>> = Vec::new();
        let mut start: Option<&'a str> = None;
        for item in items {
            if !sources.iter().any(|known| known.0 == item.source().raw()) {
                sources.push(item.source().raw().into());
            }
            let place = item.place().raw();
            start = Some(start.map_or(place, |start| common(start, place)));
        }
        Shared(sources, start.unwrap_or_default().into())
    }

    fn number(&self, source: &Untrusted) -> usize {
        self.0.iter().position(|known| known.0 == source.raw()).unwrap_or(usize::MAX)
    }
}

/// The same for who makes values of the rows.
pub struct Context<'a> {
    sources: Vec<Untrusted>,
    start: Text<'a>,
}

impl<'a> From<Shared<'a>> for Context<'a> {
    fn from(Shared(sources, start): Shared<'a>) -> Self {
        Context { sources: sources.iter().map(Text::untrusted).collect(), start }
    }
}

impl Context<'_> {
    pub(super) fn source(&self, number: usize) -> Untrusted {
        self.sources.get(number).cloned().unwrap_or_default()
    }

    pub(super) fn place(&self, rest: &Place<'_>) -> Untrusted {
        Untrusted::new([self.start.0.as_ref(), rest.text()].concat())
    }
}

fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b);
    one.get(..same.map_or(one.len().min(other.len()), |((at, _), _)| at)).unwrap_or_default()
}

/// The text: what is shared, then the rows.
type Whole<'a, T> = (Shared<'a>, Vec<<T as Packed>::Row<'a>>);

/// Reads a list to its end and keeps nothing of it but how many rows there were.
struct Sound<R>(usize, PhantomData<R>);

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Sound<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<R>(PhantomData<R>);
        impl<'de, R: Deserialize<'de>> Visitor<'de> for Each<R> {
            type Value = Sound<R>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of rows")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Sound<R>, A::Error> {
                let mut count = 0;
                while rows.next_element::<R>()?.is_some() {
                    count += 1;
                }
                Ok(Sound(count, PhantomData))
            }
        }
        deserializer.deserialize_seq(Each(PhantomData))
    }
}

/// What most texts hold somewhere: what a text shares with it takes no room in memory. It is never stored, so it may
/// change with any version.
const COMMON: &str = concat!(
    r#"[[["README.md","config.json"],""],[["./boms/models.cdx.json"],"/components/0/"],[["publisher","parameters","#,
    r#""quantisation","tensors","context",null]]][["trained-on",2,0,12,"",null],["merge",2,0,18,"",null],"#,
    r#"["quantised",2,0,18,"",null],["adapter",2,0,18,"",null],["finetune",2,0,18,"",null],"#,
    r#"["unspecified",2,0,15,"",null]]][["purl",2,0,1,"pkg:huggingface/"],["version",2,0,2,"1.0"],"#,
    r#"["licence",2,0,5,"Apache-2.0"],["hash",2,0,8,"sha256:"],["task",2,0,9,"text-generation"],"#,
    r#"["architecture",2,0,10,"llama"],["dataset",2,0,12,""],["base-model",2,0,15,""]]]"#,
);

/// A text of a list, compressed: of an inventory it takes a third of the room.
#[derive(Clone)]
struct Squeezed(Box<[u8]>);

impl Squeezed {
    fn of(text: &str) -> Self {
        Squeezed(compress_prepend_size_with_dict(text.as_bytes(), COMMON.as_bytes()).into())
    }

    /// The text. It was made by [`Squeezed::of`], so there is one.
    fn text(&self) -> String {
        let bytes = decompress_size_prepended_with_dict(&self.0, COMMON.as_bytes()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// A list that is a slice to whoever reads it, and a text as long as nobody does.
#[expect(clippy::box_collection, reason = "most of them are never there, and of each there are many")]
pub struct List<T> {
    /// While this is there, it counts, and `open` is empty.
    packed: Option<Squeezed>,
    decoded: OnceLock<Box<Vec<T>>>,
    open: Option<Box<Vec<T>>>,
}

impl<T: Packed> List<T> {
    /// Makes a text of it: what a model of the inventory is kept as.
    pub fn pack(&mut self) {
        let packed = match self.packed.take() {
            Some(packed) => Some(packed),
            None if self.is_empty() => None,
            None => Some(Squeezed::of(&self.text())),
        };
        *self = List { packed, ..List::default() };
    }

    /// The text, as the store keeps it.
    pub(crate) fn text(&self) -> String {
        if let Some(packed) = &self.packed {
            return packed.text();
        }
        let shared = Shared::of(self.as_slice());
        let skip = shared.1.0.len();
        let rows: Vec<T::Row<'_>> = self
            .iter()
            .map(|item| {
                let place = item.place().raw().get(skip..).unwrap_or_default();
                item.row(shared.number(item.source()), place)
            })
            .collect();
        // Texts, words and numbers: nothing that JSON cannot say.
        serde_json::to_string(&(&shared, &rows)).unwrap_or_default()
    }

    /// Takes a text of [`List::text`]; none when it is damaged.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let (_, Sound(rows, _)) = serde_json::from_str::<(Shared<'_>, Sound<T::Row<'_>>)>(text).ok()?;
        let packed = (rows > 0).then(|| Squeezed::of(text));
        Some(List { packed, ..List::default() })
    }

    /// One after the other, without keeping what was decoded: for walks over the whole inventory.
    pub fn each(&self) -> impl Iterator<Item = Cow<'_, T>> {
        self.those(|_| true, |_| true)
    }

    /// The same for selected entries, as values or as rows: only these are decoded.
    pub(super) fn those(
        &self,
        is_wanted: impl Fn(&T) -> bool,
        is_row_wanted: impl Fn(&T::Row<'_>) -> bool,
    ) -> impl Iterator<Item = Cow<'_, T>> {
        let (open, packed) = match &self.packed {
            Some(packed) => ([].as_slice(), unpack_those(packed, is_row_wanted)),
            // Not by the slice: an empty one would be kept for each model.
            None => (self.open.as_deref().map(Vec::as_slice).unwrap_or_default(), Vec::new()),
        };
        let open = open.iter().filter(move |one| is_wanted(one));
        open.map(Cow::Borrowed).chain(packed.into_iter().map(Cow::Owned))
    }
}

fn unpack<T: Packed>(packed: &Squeezed) -> Vec<T> {
    unpack_those(packed, |_| true)
}

fn unpack_those<T: Packed>(packed: &Squeezed, is_wanted: impl Fn(&T::Row<'_>) -> bool) -> Vec<T> {
    let text = packed.text();
    // Every text was read once when it was taken in.
    let Ok((shared, rows)) = serde_json::from_str::<Whole<'_, T>>(&text) else { return Vec::new() };
    let common = Context::from(shared);
    rows.into_iter().filter(is_wanted).map(|row| T::value(row, &common)).collect()
}

impl<T: Packed> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        match &self.open {
            Some(open) => open,
            None => {
                self.decoded.get_or_init(|| Box::new(self.packed.as_ref().map(unpack).unwrap_or_default()))
            }
        }
    }
}

impl<T: Packed> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        let (packed, decoded) = (self.packed.take(), self.decoded.take());
        self.open.get_or_insert_with(|| {
            decoded.unwrap_or_else(|| Box::new(packed.as_ref().map(unpack).unwrap_or_default()))
        })
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List { packed: None, decoded: OnceLock::new(), open: None }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List { open: Some(Box::new(items)), ..List::default() }
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

/// Whoever reads a document sees a plain list.
impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
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
