//! Query results of a view beyond its models, as plain values: deployments, edges, the blast radius.

use crate::incident::Declared;
use crate::inventory::{Deployment, ModelId, ParentRef, Running};
use crate::lineage::{Edge, Link, Proof, Side, Struck};
use crate::maturity::Deployed;
use crate::signing::RootDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A deployment with its models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunsHere<'v> {
    /// The entry in the workspace.
    pub deployment: &'v Deployment,
    /// The matching models, by their indices; empty if there are none.
    pub models: Vec<usize>,
    /// Whether it runs.
    pub running: Running,
    /// What is declared of the place.
    pub surface: Option<&'v Declared>,
}

/// One edge with everything known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeSeen<'v> {
    /// The child.
    pub child: ModelId,
    /// The parent.
    pub parent: ModelId,
    /// The edge in the graph.
    pub edge: &'v Edge,
    /// How far it is proven.
    pub link: Link,
    /// The documents that declare it, one by one.
    pub said: Vec<ParentRef>,
    /// The claims that name both ends.
    pub proofs: Vec<&'v Proof>,
}

/// What went bad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blamed {
    /// A model or dataset, in the inventory or only named.
    Model(ModelId),
    /// A digest: of a root, or of a file.
    Digest(RootDigest),
    /// A signer, by its subject.
    Identity(Untrusted),
    /// A key, by its fingerprint: `sha256:` and hex.
    Key(Untrusted),
    /// A builder, by its id.
    Builder(Untrusted),
}

/// A downstream model or dataset, with the data needed to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlastRow {
    /// The result of the lineage walk.
    pub struck: Struck,
    /// Its index; none if it is not in the inventory.
    pub model: Option<usize>,
    /// Where it runs.
    pub deployments: Vec<Deployed>,
    /// How many derive from it directly.
    pub used: usize,
}

/// Everything downstream of what went bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blast {
    /// What went bad.
    pub blamed: Blamed,
    /// When it went bad.
    pub since: Option<Timestamp>,
    /// By group, the worst first, then by exposure.
    pub rows: Vec<BlastRow>,
}

/// The prefix of a digest.
pub(super) const BY_DIGEST: &str = "sha256:";

impl Blamed {
    /// The subject as typed.
    pub fn written(&self) -> Untrusted {
        match self {
            Blamed::Model(id) => Untrusted::new(id.raw()),
            Blamed::Digest(digest) => Untrusted::new(format!("{BY_DIGEST}{digest}")),
            Blamed::Identity(subject) => Untrusted::new(format!("identity:{}", subject.raw())),
            Blamed::Key(fingerprint) => Untrusted::new(format!("key:{}", fingerprint.raw())),
            Blamed::Builder(id) => Untrusted::new(format!("builder:{}", id.raw())),
        }
    }

    /// Its kind, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Blamed::Model(_) => "model",
            Blamed::Digest(_) => "digest",
            Blamed::Identity(_) => "identity",
            Blamed::Key(_) => "key",
            Blamed::Builder(_) => "builder",
        }
    }
}

impl Blast {
    /// How many are in a group.
    pub fn many(&self, side: Side) -> usize {
        self.rows.iter().filter(|row| row.struck.side == side).count()
    }

    /// Those of a group.
    pub fn of(&self, side: Side) -> impl Iterator<Item = &BlastRow> {
        self.rows.iter().filter(move |row| row.struck.side == side)
    }

    /// How many deployments run what is not proven clean.
    pub fn exposed(&self) -> usize {
        self.rows.iter().filter(|row| row.struck.side != Side::Clean).map(|row| row.deployments.len()).sum()
    }
}
