//! What the inventory holds, and what was read into it, as documents.

use super::names;
use super::verdict::VerdictBody;
use super::verification::{CoverageDocument, VerificationBody};
use crate::decision::{Decision, ReviewWord, SeenDigests};
use crate::inventory::export::Proof;
use crate::inventory::{Basis, Finding, Model, ModelId, Relation};
use crate::lineage::{LaneRow, Link, shown};
use crate::maturity::{Deployed, Since};
use crate::policy::NameMark;
use crate::signing::{Outcome, RootDigest};
use crate::text::Untrusted;
use crate::view::{Review, Verified, View};
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The models of the inventory.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ListDocument<'a> {
    /// The document's name.
    pub schema: names::List,
    /// The stage that was judged for.
    pub stage: &'a str,
    /// Digest of the policy.
    pub policy: &'a str,
    /// The models, by id unless another order was asked for.
    pub models: ListRows<'a>,
}

/// Rows that are made one after the other while they are written.
#[derive(Clone, Copy)]
pub struct ListRows<'a> {
    view: &'a View,
    which: Which<'a>,
}

/// Which models are listed.
#[derive(Clone, Copy)]
enum Which<'a> {
    /// Those that are to be kept, by id.
    Kept(&'a dyn Fn(usize) -> bool),
    /// Those of these indices, in this order.
    Ordered(&'a [u32]),
}

impl std::fmt::Debug for ListRows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ListRows")
    }
}

impl Serialize for ListRows<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let row = |index| ListRow::of(self.view, index);
        match self.which {
            Which::Kept(keep) => {
                to.collect_seq((0..self.view.models.len()).filter(|index| keep(*index)).map(row))
            }
            Which::Ordered(rows) => {
                to.collect_seq(rows.iter().filter_map(|index| usize::try_from(*index).ok()).map(row))
            }
        }
    }
}

impl JsonSchema for ListRows<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ListRows".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<ListRow<'_>>::json_schema(generator)
    }
}

impl<'a> ListDocument<'a> {
    /// Of the models whose indexes are to be kept.
    pub fn of(view: &'a View, keep: &'a dyn Fn(usize) -> bool) -> Self {
        ListDocument::listing(view, Which::Kept(keep))
    }

    /// Of the models of these indices, in this order.
    pub fn ordered(view: &'a View, rows: &'a [u32]) -> Self {
        ListDocument::listing(view, Which::Ordered(rows))
    }

    fn listing(view: &'a View, which: Which<'a>) -> Self {
        ListDocument {
            schema: names::List,
            stage: &view.stage,
            policy: &view.policy.digest,
            models: ListRows { view, which },
        }
    }
}

/// One model in one line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ListRow<'a> {
    /// The inventory's key.
    pub id: Option<&'a ModelId>,
    /// The name as first written.
    pub name: Option<&'a Untrusted>,
    /// What became of the verification; `missing` for an unsigned model, `unknown` when nobody looked.
    pub outcome: Outcome,
    /// The word that tables show for it.
    pub status: &'static str,
    /// Whether files changed since they were verified: then nothing of that counts.
    pub changed_since: bool,
    /// Who signed; in parentheses when that is not proven.
    pub signer: Untrusted,
    /// Own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// The decision at the stage.
    pub decision: Decision,
    /// The reviewer's word that stands: a rejection, or else the newest; none when nobody reviewed it.
    pub review: Option<ReviewWord>,
    /// What is odd about how its name looks; absent for an ordinary name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_mark: Option<&'a NameMark>,
}

impl<'a> ListRow<'a> {
    /// Of the model of an index.
    pub fn of(view: &'a View, index: usize) -> Self {
        let (model, summary) = (view.models.get(index), view.summary(index));
        ListRow {
            id: model.map(|model| &model.id),
            name: model.map(|model| &model.name),
            outcome: summary.outcome,
            status: summary.word,
            changed_since: summary.since == Since::Changed,
            signer: summary.signer,
            own: summary.own,
            effective: summary.effective,
            decision: summary.decision,
            review: summary.review,
            name_mark: view.name_mark(index),
        }
    }
}

/// Everything that is known of a model.
#[derive(Serialize, JsonSchema)]
pub struct ModelDocument<'a> {
    /// The document's name.
    pub schema: names::Model,
    /// The model in one line.
    pub summary: ListRow<'a>,
    /// What the sources together say of it; of parents, those that no better source contradicts.
    pub model: Option<Cow<'a, Model>>,
    /// What is odd about its lineage, in words.
    pub lineage: Vec<String>,
    /// How many of its bytes the signature covers; none when they were not counted.
    pub coverage: Option<CoverageDocument>,
    /// Its latest verification.
    pub verified: Option<VerifiedDocument<'a>>,
    /// What was concluded of it.
    pub verdict: Option<VerdictBody<'a>>,
    /// Its review that stands: a rejection, or else the newest, with the others beside it.
    pub review: Option<&'a Review>,
    /// Where it runs, as somebody declared.
    pub deployments: &'a [Deployed],
    /// When each of its sources was read.
    pub read: Vec<ReadDocument<'a>>,
}

/// What was seen of a model's files, judged by the policy and the anchors in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerifiedDocument<'a> {
    /// Whether files changed since: then nothing of it counts.
    pub changed_since: bool,
    /// The checks, and what they established.
    pub verification: VerificationBody<'a>,
    /// Digest of the policy that it was judged by.
    pub policy_digest: &'a str,
    /// How long looking took, milliseconds.
    pub took_ms: u64,
    /// What was seen, by digest.
    pub seen: &'a SeenDigests,
}

impl<'a> VerifiedDocument<'a> {
    fn of(view: &'a View, index: usize, verified: &'a Verified) -> Self {
        VerifiedDocument {
            changed_since: view.since(index) == Since::Changed,
            verification: VerificationBody::from(&verified.verification),
            policy_digest: &view.policy.digest,
            took_ms: verified.took_ms,
            seen: &verified.seen,
        }
    }
}

/// When a source was read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReadDocument<'a> {
    /// The source, workspace-relative.
    pub source: &'a Untrusted,
    /// When, RFC 3339.
    pub at: &'a str,
}

impl<'a> ModelDocument<'a> {
    /// Of the model of an index, its verdict, and when its sources were read.
    pub fn of(
        view: &'a View,
        index: usize,
        verdict: Option<VerdictBody<'a>>,
        read: &'a [(Untrusted, String)],
        lineage: Vec<String>,
    ) -> Self {
        let verified = view.verified.get(index).and_then(Option::as_deref);
        let coverage = view.standing(index).and_then(|verified| verified.verification.coverage());
        ModelDocument {
            schema: names::Model,
            summary: ListRow::of(view, index),
            model: view.models.get(index).map(|model| shown(&view.graph, model)),
            lineage,
            coverage: coverage.map(CoverageDocument::from),
            verified: verified.map(|verified| VerifiedDocument::of(view, index, verified)),
            verdict,
            review: view.reviews.get(index).and_then(Option::as_deref),
            deployments: view.runs_at(index),
            read: read.iter().map(|(source, at)| ReadDocument { source, at }).collect(),
        }
    }
}

/// A model's ancestors and descendants, as lanes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LineageDocument<'a> {
    /// The document's name.
    pub schema: names::Lineage,
    /// One a model, and one for each further edge.
    pub rows: Vec<LineageRow<'a>>,
    /// Relatives left out on request or for lack of room.
    pub left_out: Vec<LeftOutRow<'a>>,
}

/// Relatives that are not listed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LeftOutRow<'a> {
    /// The model.
    pub of: &'a ModelId,
    /// Whether they are its parents; otherwise its children.
    pub parents: bool,
    /// How many.
    pub many: usize,
}

/// One row of a family.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LineageRow<'a> {
    /// The model.
    pub id: &'a ModelId,
    /// Generations from the one that was asked for: negative for ancestors, positive for descendants.
    pub generation: i32,
    /// Whether the inventory has it.
    pub in_inventory: bool,
    /// How it came from the row nearer to the root, or that one from it.
    pub relation: Option<Relation>,
    /// How far that is to be believed.
    pub basis: Option<Basis>,
    /// How far that is proven.
    pub proof: Option<Link>,
    /// Whether the parent is pinned by digest.
    pub pinned: bool,
    /// Whether it stands on another row already.
    pub repeated: bool,
}

impl<'a> LineageDocument<'a> {
    /// Of the rows of a drawing.
    pub fn of(rows: &'a [LaneRow]) -> Self {
        let row = |row: &'a LaneRow| LineageRow {
            id: &row.id,
            generation: row.generation,
            in_inventory: row.model.is_some(),
            relation: row.edge.map(|(relation, _)| relation),
            basis: row.edge.map(|(_, basis)| basis),
            proof: row.link,
            pinned: row.pinned,
            repeated: row.repeated,
        };
        let left_out = rows.iter().filter_map(|row| {
            Some(LeftOutRow { of: &row.id, parents: row.generation < 0, many: row.left_out? })
        });
        let listed = rows.iter().filter(|row| row.left_out.is_none());
        LineageDocument {
            schema: names::Lineage,
            left_out: left_out.collect(),
            rows: listed.map(row).collect(),
        }
    }
}

/// What a scan found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ScanDocument<'a> {
    /// The document's name.
    pub schema: names::Scan,
    /// How many models there are now.
    pub models: usize,
    /// What the sources get wrong.
    pub findings: &'a [Finding],
    /// What is odd about lineage, in words.
    pub lineage: Vec<String>,
}

/// What was verified of a model, and the bill that states it now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BindDocument<'a> {
    /// The document's name.
    pub schema: names::Bind,
    /// The model.
    pub model: &'a ModelId,
    /// The bill, workspace-relative.
    pub bill: &'a Untrusted,
    /// The root digest.
    pub root_digest: RootDigest,
    /// The signer.
    pub identity: &'a Untrusted,
    /// Who vouches for the signer; none for a bare key.
    pub issuer: Option<&'a Untrusted>,
    /// Log id and index, `id/index`, when there is an entry.
    pub log_entry: Option<&'a Untrusted>,
    /// SHA-256 of the bundle, hex.
    pub bundle_digest: &'a str,
    /// When it was verified.
    pub verified_at: jiff::Timestamp,
}

impl<'a> BindDocument<'a> {
    /// Of a model, its bill, and what the bill states.
    pub fn of(model: &'a ModelId, bill: &'a Untrusted, proof: &'a Proof) -> Self {
        BindDocument {
            schema: names::Bind,
            model,
            bill,
            root_digest: proof.root_digest,
            identity: &proof.identity,
            issuer: proof.issuer.as_ref(),
            log_entry: proof.log_entry.as_ref(),
            bundle_digest: &proof.bundle_digest,
            verified_at: proof.verified_at,
        }
    }
}

/// Bills of materials that became sources.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportDocument<'a> {
    /// The document's name.
    pub schema: names::Import,
    /// The bills.
    pub bills: Vec<ImportedBillDocument<'a>>,
    /// How many models there are now.
    pub models: usize,
}

/// A bill that is a source now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportedBillDocument<'a> {
    /// Its path, as the workspace calls it.
    pub source: &'a Untrusted,
    /// Whether it was a source before.
    pub already: bool,
    /// How many models it names.
    pub models: usize,
    /// What it gets wrong.
    pub findings: &'a [Finding],
}

/// What a bill of materials says.
#[derive(Serialize, JsonSchema)]
pub struct InspectBomDocument<'a> {
    /// The document's name.
    pub schema: names::InspectBom,
    /// The models that it names.
    pub models: &'a [Model],
    /// What it gets wrong.
    pub findings: &'a [Finding],
}
