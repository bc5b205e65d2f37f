//! Lineage queries as documents: why a level is capped, how two models are related, the blast radius.

use super::names;
use crate::decision::CapStep;
use crate::inventory::{Basis, ModelId, ParentRef, Relation};
use crate::lineage::{Because, Chain, Kin, Link, Side};
use crate::maturity::Deployed;
use crate::signing::RootDigest;
use crate::text::Untrusted;
use crate::view::{Blamed, Blast, BlastRow, EdgeSeen, View};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What caps a model, and how to raise it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WhyDocument<'a> {
    /// The document's name.
    pub schema: names::Why,
    /// The model.
    pub model: &'a ModelId,
    /// Its own level.
    pub own: u8,
    /// Its level after the caps.
    pub effective: u8,
    /// The shortest chain that caps it, itself first; empty if nothing does.
    pub chain: &'a [CapStep],
    /// The same as a sentence.
    pub sentence: Option<Untrusted>,
    /// How to raise the cap.
    pub lift: Option<Lift>,
    /// Why the stage in force refuses it, and what would change that.
    pub lines: Vec<WhyRow>,
}

/// A step that raises a cap.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Lift {
    /// What to do.
    pub what: Untrusted,
    /// The command that does it; none if Touchmark cannot.
    pub command: Option<String>,
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhyKind {
    /// A heading.
    Heading,
    /// A cause.
    Cause,
    /// Something to do.
    Step,
    /// An ancestor that caps the level.
    Cap,
    /// An open control.
    Must,
    /// A remark.
    Note,
}

/// A line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WhyRow {
    /// Its kind.
    pub kind: WhyKind,
    /// The code, the control, the ancestor or the number that it is about; may be empty.
    pub about: Untrusted,
    /// The text.
    pub text: Untrusted,
    /// The command that does it, if any.
    pub command: Option<String>,
}

/// How two models are related.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathDocument<'a> {
    /// The document's name.
    pub schema: names::Path,
    /// The first model.
    pub from: &'a ModelId,
    /// The second model.
    pub to: &'a ModelId,
    /// How they are related; none if no source relates them.
    pub relation: Option<KinWord>,
    /// The nearest common ancestor.
    pub common: Option<&'a ModelId>,
    /// The models on the way, both ends included.
    pub models: &'a [ModelId],
    /// The edges on the way.
    pub edges: Vec<PathEdge<'a>>,
    /// The weakest proof on the way.
    pub weakest: Option<Link>,
}

/// How two models are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KinWord {
    /// They are the same.
    Same,
    /// The first derives from the second.
    Descends,
    /// The second derives from the first.
    Begets,
    /// Both derive from a third.
    Shares,
}

/// An edge, with its proof.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathEdge<'a> {
    /// The child.
    pub child: &'a ModelId,
    /// The parent.
    pub parent: &'a ModelId,
    /// How the child was derived from it.
    pub relation: Relation,
    /// How far that is trusted.
    pub basis: Basis,
    /// How far it is proven.
    pub proof: Link,
    /// The documents that declare it, one by one.
    pub declared: Vec<DeclaredBy<'a>>,
    /// The claims that name both ends by digest.
    pub claims: Vec<ClaimedBy<'a>>,
}

/// A document that declares an edge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeclaredBy<'a> {
    /// The document.
    pub source: &'a Untrusted,
    /// The place in it.
    pub place: &'a Untrusted,
    /// How the child was derived from the parent.
    pub relation: Relation,
    /// The digest that pins the parent.
    pub digest: Option<RootDigest>,
}

/// A claim that proves an edge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimedBy<'a> {
    /// SHA-256 over its bundle, hex.
    pub claim: &'a str,
    /// The signer.
    pub signer: &'a Untrusted,
    /// Whether the policy gives that signer the role for it.
    pub in_role: bool,
    /// The parent's digest.
    pub digest: RootDigest,
    /// The trusted signing time, if any.
    pub signed_at: Option<Timestamp>,
    /// When the parent was verified before use, according to the claim.
    pub verified_at: Option<Timestamp>,
}

impl<'a> PathEdge<'a> {
    /// Of an edge of a view.
    pub fn of(seen: &'a EdgeSeen<'a>) -> Self {
        let declared = |said: &'a ParentRef| DeclaredBy {
            source: &said.source,
            place: &said.place,
            relation: said.relation,
            digest: said.digest,
        };
        PathEdge {
            child: &seen.child,
            parent: &seen.parent,
            relation: seen.edge.relation,
            basis: seen.edge.basis,
            proof: seen.link,
            declared: seen.said.iter().map(declared).collect(),
            claims: seen
                .proofs
                .iter()
                .map(|proof| ClaimedBy {
                    claim: &proof.claim,
                    signer: &proof.signer,
                    in_role: proof.in_role,
                    digest: proof.digest,
                    signed_at: proof.signed_at,
                    verified_at: proof.verified_at,
                })
                .collect(),
        }
    }
}

impl<'a> PathDocument<'a> {
    /// Of a chain between two models, and of its edges.
    pub fn of(
        from: &'a ModelId,
        to: &'a ModelId,
        chain: Option<&'a Chain>,
        edges: &'a [EdgeSeen<'a>],
    ) -> Self {
        let word = |chain: &Chain| match chain.kin {
            Kin::Same => KinWord::Same,
            Kin::Descends => KinWord::Descends,
            Kin::Begets => KinWord::Begets,
            Kin::Shares => KinWord::Shares,
        };
        PathDocument {
            schema: names::Path,
            from,
            to,
            relation: chain.map(word),
            common: chain.map(|chain| &chain.top),
            models: chain.map(|chain| chain.models.as_slice()).unwrap_or_default(),
            edges: edges.iter().map(PathEdge::of).collect(),
            weakest: edges.iter().map(|seen| seen.link).min(),
        }
    }
}

/// Everything downstream of what went bad.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BlastDocument<'a> {
    /// The document's name.
    pub schema: names::Blast,
    /// What went bad.
    pub subject: &'a Blamed,
    /// When it went bad; none: always bad.
    pub since: Option<Timestamp>,
    /// How many are tainted.
    pub tainted: usize,
    /// How many are suspect.
    pub suspect: usize,
    /// How many are proven clean.
    pub clean: usize,
    /// How many deployments run what is not proven clean.
    pub exposed_deployments: usize,
    /// The owners of these deployments, each once.
    pub owners: Vec<&'a Untrusted>,
    /// By group, the worst first, then by exposure.
    pub models: Vec<StruckRow<'a>>,
}

/// A downstream model or dataset.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StruckRow<'a> {
    /// Its id.
    pub id: &'a ModelId,
    /// Its group.
    pub group: Side,
    /// The reason.
    pub because: &'a Because,
    /// The model that led to it; none if affected directly.
    pub via: Option<&'a ModelId>,
    /// Distance in edges from what is affected directly.
    pub distance: u32,
    /// The weakest proof on the way.
    pub weakest_proof: Option<Link>,
    /// Whether it is in the inventory.
    pub in_inventory: bool,
    /// Its effective level.
    pub level: Option<u8>,
    /// How many models derive from it directly.
    pub used: usize,
    /// Where it runs.
    pub deployments: &'a [Deployed],
}

impl<'a> BlastDocument<'a> {
    /// Of a blast radius of a view.
    pub fn of(view: &View, blast: &'a Blast) -> Self {
        let exposed = blast.rows.iter().filter(|row| row.struck.side != Side::Clean);
        let mut owners: Vec<&Untrusted> =
            exposed.flat_map(|row| &row.deployments).filter_map(|deployed| deployed.owner.as_ref()).collect();
        owners.sort();
        owners.dedup();
        let row = |row: &'a BlastRow| StruckRow {
            id: &row.struck.id,
            group: row.struck.side,
            because: &row.struck.because,
            via: row.struck.via.as_ref(),
            distance: row.struck.distance,
            weakest_proof: row.struck.weakest,
            in_inventory: row.model.is_some(),
            level: row.model.map(|index| view.summary(index).effective),
            used: row.used,
            deployments: &row.deployments,
        };
        BlastDocument {
            schema: names::Blast,
            subject: &blast.blamed,
            since: blast.since,
            tainted: blast.many(Side::Tainted),
            suspect: blast.many(Side::Suspect),
            clean: blast.many(Side::Clean),
            exposed_deployments: blast.exposed(),
            owners,
            models: blast.rows.iter().map(row).collect(),
        }
    }
}
