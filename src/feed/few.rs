//! Lists of others, with a limit: what is longer ends in an error before it is held.

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The most items of a list within an entry.
const MOST: usize = 50_000;

/// A list of at most [`MOST`] items.
pub(super) struct Few<T>(pub(super) Vec<T>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Few(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Few<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(to, "a list of at most {MOST} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Few<T>, A::Error> {
                let mut found = Vec::new();
                while let Some(item) = items.next_element()? {
                    if found.len() == MOST {
                        return Err(A::Error::custom("too many items"));
                    }
                    found.push(item);
                }
                Ok(Few(found))
            }

            // YAML has `null` for a list that is empty.
            fn visit_unit<E: Error>(self) -> Result<Few<T>, E> {
                Ok(Few::default())
            }
        }

        from.deserialize_seq(List(PhantomData))
    }
}

/// The items of a list that may be `null` or not there.
pub(super) fn items<T>(list: Option<Few<T>>) -> Vec<T> {
    list.map(|list| list.0).unwrap_or_default()
}
