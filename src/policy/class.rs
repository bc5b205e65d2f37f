//! The classes of what stands against a model, and what a stage does about one.

use crate::tables::Closed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The classes of open controls on which a stage decides (rulings 3), worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Evidence contradicts.
    Contradicted,
    /// Something could not be read.
    Error,
    /// Not checked yet.
    Unavailable,
    /// Checked, and not there.
    Missing,
}

/// What a stage does on a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Allow and record.
    Open,
    /// Allow, but require an acknowledgement.
    Warn,
    /// Refuse.
    Closed,
}

impl Closed for Class {
    const ALL: &'static [Self] = &[Class::Contradicted, Class::Error, Class::Unavailable, Class::Missing];
}
