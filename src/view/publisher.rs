//! Who publishes a model, as far as its name or a source says so. It proves nothing.

use crate::inventory::{FactKey, Model};
use std::borrow::Cow;

/// Who publishes a model: the first part of its name, or what a source states of a name without parts.
pub fn publisher(model: &Model) -> Option<Cow<'_, str>> {
    if let Some((owner, _)) = model.id.raw().split_once('/') {
        return Some(owner.into());
    }
    let stated = model.facts.each_of(|key, _| key == FactKey::Publisher).next()?;
    Some(stated.value.raw().to_owned().into())
}
