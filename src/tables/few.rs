//! Small closed sets: a subset of a few known values, in two bytes.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::marker::PhantomData;

/// A small closed set of values.
pub trait Closed: Copy + PartialEq + 'static {
    /// All of them, at most sixteen, in their order of appearance.
    const ALL: &'static [Self];
}

/// Some of a small closed set, without a place of their own in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    into = "Vec<T>",
    from = "Vec<T>",
    bound(serialize = "T: Closed + Serialize", deserialize = "T: Closed + Deserialize<'de>")
)]
pub struct Few<T> {
    bits: u16,
    of: PhantomData<T>,
}

impl<T: JsonSchema> JsonSchema for Few<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Few{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}

impl<T: Closed> Few<T> {
    /// None of them.
    pub const NONE: Self = Few { bits: 0, of: PhantomData };

    /// Puts one in.
    pub fn add(&mut self, value: T) {
        if let Some(at) = T::ALL.iter().position(|known| *known == value) {
            self.bits |= 1 << at;
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether one is in it.
    pub fn contains(self, value: T) -> bool {
        self.iter().any(|known| known == value)
    }

    /// All of them, in the order of the set.
    pub fn iter(self) -> impl Iterator<Item = T> {
        T::ALL.iter().enumerate().filter(move |(at, _)| self.bits & (1 << at) != 0).map(|(_, value)| *value)
    }
}

impl<T: Closed> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut few = Few::NONE;
        values.into_iter().for_each(|value| few.add(value));
        few
    }
}

impl<T: Closed> From<Vec<T>> for Few<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Closed> From<Few<T>> for Vec<T> {
    fn from(few: Few<T>) -> Self {
        few.iter().collect()
    }
}
