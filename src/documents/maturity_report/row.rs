//! One model of a report in one row.

use crate::decision::{Decision, digest_of};
use crate::inventory::{Kind, ModelId};
use crate::policy::NameMark;
use crate::signing::{Outcome, RootDigest};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use crate::view::View;
use crate::words::caps;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// One model in one row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedModel<'a> {
    /// Its id.
    pub id: &'a ModelId,
    /// What is odd about how its name looks; absent for an ordinary name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_mark: Option<&'a NameMark>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// The root digest of the files that were verified; none where none was computed, or they changed since.
    pub root_digest: Option<RootDigest>,
    /// The result of the verification; `missing` for an unsigned model, `unknown` if nobody looked.
    pub outcome: Outcome,
    /// The word that tables show for it.
    pub status: &'static str,
    /// Whether its level was measured. If not, its levels say nothing.
    pub is_measured: bool,
    /// Own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// Both as they are shown: `L2*→1`; `–` if not measured.
    pub level: String,
    /// Why the level is below its own; none if it is not.
    pub cap: Option<Untrusted>,
    /// The decision at the stage.
    pub decision: Decision,
    /// The signer; in parentheses if not proven; empty if there is none.
    pub signer: Untrusted,
    /// When it was verified; none if nobody did, or it changed since.
    pub verified_at: Option<Timestamp>,
    /// In how many places it runs now.
    pub deployments: usize,
    /// Digest of what is known of it, and in the report of a model of what is known of its ancestors too; none where it
    /// cannot be named.
    pub evidence: Option<EvidenceDigest>,
}

impl<'a> ReportedModel<'a> {
    /// Of the model of an index, with the digest of what is known of it. `measured` says of each model whether its level
    /// was.
    pub fn on_evidence(view: &'a View, index: usize, measured: &[bool]) -> Option<Self> {
        let line = view.evidence_line(index).ok().flatten();
        let evidence = line.and_then(|line| digest_of(&line).ok());
        ReportedModel::of(view, index, measured.get(index).copied().unwrap_or(false), evidence)
    }

    /// Of the model of an index.
    pub fn of(
        view: &'a View,
        index: usize,
        is_measured: bool,
        evidence: Option<EvidenceDigest>,
    ) -> Option<Self> {
        let model = view.models.get(index)?;
        let summary = view.summary(index);
        let standing = view.standing(index).map(|verified| &verified.verification);
        let cap = view.cap(index).filter(|_| is_measured && summary.is_capped());
        Some(ReportedModel {
            id: &model.id,
            name_mark: view.name_mark(index),
            kind: model.kind,
            root_digest: standing.and_then(|verification| verification.root_digest),
            outcome: summary.outcome,
            status: summary.word,
            is_measured,
            own: summary.own,
            effective: summary.effective,
            level: if is_measured { summary.levels() } else { "–".to_owned() },
            cap: cap.as_ref().map(caps::cap),
            decision: summary.decision,
            verified_at: standing.map(|verification| verification.at),
            signer: summary.signer,
            deployments: view.runs_at(index).len(),
            evidence,
        })
    }
}
