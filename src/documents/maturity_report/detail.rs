//! All about the one model of a report.

use super::super::asked::{Lift, PathEdge};
use super::super::conclusions::{ReasonDocument, reasons_of};
use super::relevant::RelevantClause;
use super::unseen::{NotLookedAt, unseen};
use crate::attest::{PredicateKind, Validity};
use crate::decision::{CapStep, RecordRef, SeenDigests, WalkEnd};
use crate::dossier::{Dossier, Piece, relative};
use crate::inventory::Basis;
use crate::maturity::{Completeness, ControlResult, Deployed, Duty, Score, Severity, Since};
use crate::policy::Role;
use crate::signing::{CheckCode, Identity, Method, Outcome, RootDigest, Stage, Thing, TimeSource};
use crate::tables::Few;
use crate::text::Untrusted;
use crate::view::PastReview;
use crate::words::chain::{cause, sentence};
use crate::words::{Case, Face, controls, levels, remedies, why};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// All about one model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ModelDetail<'a> {
    /// The name as first written.
    pub name: &'a Untrusted,
    /// Where its files lie, relative to the workspace; none if only documents mention it.
    pub location: Option<Untrusted>,
    /// Own level, percent, open musts.
    pub score: &'a Score,
    /// The distance to the next level, in words; empty at the highest.
    pub progress: String,
    /// What the star after the level stands for; empty without one.
    pub star: &'static str,
    /// The chain that caps the level, itself first; empty if nothing does.
    pub chain: &'a [CapStep],
    /// The same as a sentence.
    pub sentence: Option<Untrusted>,
    /// How to raise the cap.
    pub lift: Option<Lift>,
    /// The reasons of the decision, worst first.
    pub reasons: Vec<ReasonDocument>,
    /// All controls, in the rubric's order.
    pub controls: Vec<ReportedControl<'a>>,
    /// Where it comes from.
    pub lineage: ReportedLineage<'a>,
    /// What claims say of it.
    pub claims: Vec<ReportedClaim<'a>>,
    /// Its verification; none if nobody looked.
    pub verification: Option<ReportedVerification<'a>>,
    /// All reviews of it, the newest first.
    pub reviews: &'a [PastReview],
    /// Where it runs now.
    pub deployments: &'a [Deployed],
    /// What nobody looked at.
    pub not_looked_at: Vec<NotLookedAt>,
}

/// A level of the rubric.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct ReportedLevel<'a> {
    /// 1 to 3.
    pub level: u8,
    /// Its names: that of the paper, and that of the integrity model where it differs.
    pub name: &'a str,
}

/// A control, and what became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedControl<'a> {
    /// `L1.01`, …
    pub id: &'a str,
    /// The level that it belongs to.
    pub level: u8,
    /// What it asks.
    pub title: &'a str,
    /// How much it weighs.
    pub severity: Severity,
    /// Who has to act.
    pub duty: Duty,
    /// The clauses it derives from.
    pub clause: &'a str,
    /// The clauses of laws and standards that the evidence is relevant to.
    pub relevant_to: Vec<RelevantClause>,
    /// What became of it.
    pub outcome: Outcome,
    /// How far the evidence is to be believed; none where there is none.
    pub basis: Option<Basis>,
    /// What was found.
    pub found: Untrusted,
    /// What it rests on, the deciding piece first. Where it is empty, it rests on the evidence as a whole.
    pub evidence: Vec<Piece>,
    /// What to do; empty when it passes.
    pub remedy: String,
}

/// Where a model comes from.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedLineage<'a> {
    /// The edges above it, the nearest first.
    pub edges: Vec<PathEdge<'a>>,
    /// How many ancestors have edges that are not listed.
    pub left_out: usize,
    /// How much of it is proved.
    pub completeness: Completeness,
    /// Where the walk up ends, and why.
    pub ends: &'a [WalkEnd],
    /// How many models derive from it, directly or not.
    pub descendants: u32,
}

/// A claim, and what became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedClaim<'a> {
    /// The claim by its digest, with the place where it lies.
    pub evidence: Piece,
    /// The type of its predicate, from the statement.
    pub predicate_type: &'a Untrusted,
    /// The kind of that type, if known.
    pub kind: Option<PredicateKind>,
    /// Whether it matches its schema.
    pub validity: &'a Validity,
    /// The signer; none unless proven.
    pub signer: Option<&'a Identity>,
    /// The roles of the signer for this model.
    pub roles: Few<Role>,
    /// The trusted signing time, if any.
    pub signed_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: Outcome,
    /// What kept it from passing.
    pub because: Option<CheckCode>,
    /// Whether it is about this model, valid, and its signer is proven and expected.
    pub counts: bool,
}

/// A verification.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedVerification<'a> {
    /// When the files and the signature were looked at.
    pub at: Timestamp,
    /// Whether it still holds; if not, nothing of it counts.
    pub since: Since,
    /// The result.
    pub outcome: Outcome,
    /// How it was signed.
    pub method: Option<Method>,
    /// Who signed, as the bundle says.
    pub signer: Option<&'a Identity>,
    /// Whether that is proven.
    pub is_proven: bool,
    /// The trusted signing time, and who says so.
    pub signed_at: Option<(Timestamp, TimeSource)>,
    /// The root digest over the signed files.
    pub root_digest: Option<RootDigest>,
    /// SHA-256 of the bundle, hex.
    pub bundle_digest: Option<&'a str>,
    /// The name of the trust anchor.
    pub anchor: Option<&'a str>,
    /// SHA-256 of the trust anchor, hex.
    pub anchor_digest: Option<&'a str>,
    /// Digest of the policy that it was judged by.
    pub policy_digest: &'a str,
    /// The version of the rubric that it was judged by.
    pub rubric: &'a str,
    /// The checks, in their order.
    pub checks: Vec<ReportedCheck>,
    /// What was seen, by digest.
    pub seen: &'a SeenDigests,
    /// Its record in the ledger.
    pub record: RecordRef,
}

/// A check of a verification.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedCheck {
    /// Its stage.
    pub stage: Stage,
    /// Its code.
    pub code: CheckCode,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found, in one line.
    pub summary: String,
}

impl<'a> ModelDetail<'a> {
    pub(super) fn of(dossier: &'a Dossier<'a>) -> Self {
        let (view, index, verdict) = (dossier.view, dossier.index, &dossier.verdict);
        let score = &verdict.assessment.score;
        let case = Case {
            verdict,
            verification: view.verification(index),
            rubric: &view.rubric,
            thing: dossier.model.kind.into(),
            chain: dossier.chain.clone(),
        };
        let results = verdict.assessment.controls.iter();
        let lift = cause(&dossier.chain).map(|(id, reason)| {
            let step = why::lift(id, reason);
            Lift { command: step.deed.map(|deed| why::command(deed, id)), what: step.what }
        });
        ModelDetail {
            name: &dossier.model.name,
            location: dossier.model.location.as_ref().map(|place| relative(&crate::disk::slashed(place))),
            score,
            progress: levels::progress(score),
            star: levels::star(score, verdict.effective),
            chain: &dossier.chain,
            sentence: sentence(&dossier.chain),
            lift,
            reasons: reasons_of(&case),
            controls: results.filter_map(|result| ReportedControl::of(dossier, result, case.thing)).collect(),
            lineage: ReportedLineage {
                edges: dossier.ancestry.edges.iter().map(PathEdge::of).collect(),
                left_out: dossier.ancestry.left_out,
                completeness: dossier.kinship.completeness,
                ends: &dossier.ends,
                descendants: dossier.kinship.descendants,
            },
            claims: claims(dossier),
            verification: verification(dossier),
            reviews: &dossier.reviews,
            deployments: view.runs_at(index),
            not_looked_at: unseen(dossier),
        }
    }
}

impl<'a> ReportedControl<'a> {
    fn of(dossier: &'a Dossier<'a>, result: &'a ControlResult, thing: Thing) -> Option<Self> {
        let control = dossier.view.rubric.control(&result.id)?;
        let verification = dossier.view.verification(dossier.index);
        let (found, remedy) = controls::control(result, control, (verification, thing), Face::Text);
        Some(ReportedControl {
            id: &result.id,
            level: control.level,
            title: &control.title,
            severity: control.severity,
            duty: control.duty,
            clause: &control.clause,
            relevant_to: RelevantClause::of(control),
            outcome: result.outcome,
            basis: result.basis,
            found,
            evidence: dossier.pieces.of(&result.fact),
            remedy: remedies::of_model(remedy, &dossier.model.id),
        })
    }
}

fn claims<'a>(dossier: &'a Dossier<'a>) -> Vec<ReportedClaim<'a>> {
    let standing = dossier.view.standing(dossier.index);
    let testimonies = standing.map(|verified| &*verified.testimonies).unwrap_or_default();
    let row = |testimony: &'a crate::maturity::Testimony| {
        let claimed = &testimony.claimed;
        ReportedClaim {
            evidence: dossier.pieces.claim(testimony),
            predicate_type: &claimed.predicate_type,
            kind: claimed.kind,
            validity: &claimed.validity,
            signer: claimed.signer.as_ref(),
            roles: testimony.roles,
            signed_at: claimed.signed_at,
            outcome: claimed.outcome,
            because: claimed.because,
            counts: claimed.counts(),
        }
    };
    testimonies.iter().map(row).collect()
}

fn verification<'a>(dossier: &'a Dossier<'a>) -> Option<ReportedVerification<'a>> {
    let view = dossier.view;
    let verified = view.verified.get(dossier.index)?.as_deref()?;
    let v = &verified.verification;
    let check = |check: &crate::signing::Check| ReportedCheck {
        stage: check.stage,
        code: check.code,
        outcome: check.outcome,
        summary: v.words_of(check).summary,
    };
    Some(ReportedVerification {
        at: v.at,
        since: view.since(dossier.index),
        outcome: v.outcome(),
        method: v.method,
        signer: v.signer.as_ref(),
        is_proven: v.signer_proven(),
        signed_at: v.signed_at,
        root_digest: v.root_digest,
        bundle_digest: v.bundle_digest.as_deref(),
        anchor: v.anchor.as_ref().map(|anchor| anchor.name.as_str()),
        anchor_digest: v.anchor.as_ref().map(|anchor| anchor.digest.as_str()),
        policy_digest: &view.policy.digest,
        rubric: &view.rubric.schema,
        checks: v.checks.iter().map(check).collect(),
        seen: &verified.seen,
        record: verified.record,
    })
}
