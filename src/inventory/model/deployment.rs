//! Stated deployments of models as plain values, independent of their source and of the inventory.

use crate::signing::RootDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use std::fmt;

use super::id::ModelId;

/// The most deployments in a workspace's file; more would make it unreadable for people.
pub const MOST_DEPLOYMENTS: usize = 10_000;
/// The prefix of a root digest that names a model.
const BY_DIGEST: &str = "sha256:";

/// The model that runs: by its name, or by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub enum Runs {
    /// By its id.
    Named(ModelId),
    /// By its root digest.
    Root(RootDigest),
}

impl Runs {
    /// Parses a text: `sha256:` and 64 hexadecimal digits are a root digest, anything else is a name. None if
    /// it is neither.
    pub fn of(text: &str) -> Option<Self> {
        match text.strip_prefix(BY_DIGEST) {
            Some(digest) => digest.parse().ok().map(Runs::Root),
            None => (!text.trim().is_empty()).then(|| Runs::Named(ModelId::new(text))),
        }
    }

    /// As it is written in `touchmark.toml`.
    pub fn written(&self) -> String {
        match self {
            Runs::Named(id) => id.raw().to_owned(),
            Runs::Root(root) => format!("{BY_DIGEST}{root}"),
        }
    }

    /// One safe line.
    pub fn screen(&self) -> String {
        match self {
            Runs::Named(id) => id.screen(),
            Runs::Root(_) => self.written(),
        }
    }
}

impl Serialize for Runs {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.written())
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.screen())
    }
}

/// A model that runs somewhere, or ran there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Deployment {
    /// The model.
    pub model: Runs,
    /// The stage.
    pub stage: Untrusted,
    /// The place: a cluster, a host, a service.
    #[serde(rename = "where")]
    pub place: Untrusted,
    /// The owner.
    pub owner: Option<Untrusted>,
    /// The start.
    pub since: Option<Timestamp>,
    /// The end; none while it runs.
    pub until: Option<Timestamp>,
}

/// A model, the stage at which it runs, and the place.
pub type Slot<'d> = (&'d Runs, &'d str, &'d str);

/// Whether a model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Running {
    /// It runs now.
    Now,
    /// It starts later.
    Planned,
    /// It has ended.
    Ended,
}

impl Running {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Running::Now => "runs",
            Running::Planned => "planned",
            Running::Ended => "ended",
        }
    }
}

impl Deployment {
    /// Whether it runs at a moment.
    pub fn at(&self, now: Timestamp) -> Running {
        match (self.since, self.until) {
            (_, Some(until)) if until <= now => Running::Ended,
            (Some(since), _) if since > now => Running::Planned,
            _ => Running::Now,
        }
    }

    /// What identifies it: a model runs only once at a stage and place.
    pub fn slot(&self) -> Slot<'_> {
        (&self.model, self.stage.raw(), self.place.raw())
    }
}
