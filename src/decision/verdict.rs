//! The one function: from complete evidence to everything that is concluded of a model. Pure and total; what it was
//! made from is named by digest.

use crate::error::{Code, Error, Result};
use crate::inventory::{Looked, Model, ModelId};
use crate::lineage::{Graph, Proven, Stated};
use crate::maturity::{Rubric, Testimony};
use crate::policy::{Freshness, Policy};
use crate::progress::Progress;
use crate::signing::{RootDigest, Verification};
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::anchors::Anchors;
use super::descent::Descent;
use super::evaluate::{Judgement, Verdict};
use super::evidence::{Evidence, ModelEvidence};
use super::given::{Input, Known, Verifications};
use super::inputs::{Feeds, Inputs, PolicyInput};
use super::judge::{By, judge_model};
use super::proofs::origins;

/// What is asked of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The stage to judge for.
    pub stage: String,
    /// The time to judge by.
    pub now: Timestamp,
    /// The clock's time, where another one is asked about: what has ended by the clock does not admit.
    pub clock: Option<Timestamp>,
}

/// Everything that was concluded of a model, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// What it rests on.
    pub inputs: Inputs,
    /// The checks; none when nobody looked at the files.
    pub verification: Option<Verification>,
    /// Controls, levels and the decision.
    pub verdict: Verdict,
}

/// Judges the subject of the evidence, from nothing but these values, as a gate does: what nobody looked at is
/// `unavailable`.
///
/// # Errors
/// `E-NOT-FOUND` when the subject is not among the models; `E-TOO-LARGE` when evidence cannot be named.
pub fn evaluate(
    evidence: &Evidence,
    policy: &Policy,
    rubric: &Rubric,
    anchors: &Anchors,
    feeds: &Feeds,
    question: &Question,
) -> Result<Evaluated> {
    let at = |policy: &Policy, now: Timestamp| {
        concluded(evidence, policy, rubric, anchors, feeds, (&question.stage, now))
    };
    let (verification, mut verdict) = at(policy, question.now)?;
    if let Some(clock) = question.clock {
        verdict = verdict.also_by(&at(&undated(policy), clock)?.1, clock);
    }
    let level = Some((rubric, question.stage.as_str()));
    let inputs = name_inputs(evidence.digest()?, policy, level, anchors, feeds, question.now)?;
    Ok(Evaluated { inputs, verification, verdict })
}

/// The same policy, whatever the age of a verification: it is as old by the clock as by the time asked about.
fn undated(policy: &Policy) -> Policy {
    let freshness = Freshness { any_age: true, ..policy.freshness.clone() };
    Policy { freshness, ..policy.clone() }
}

fn concluded(
    evidence: &Evidence,
    policy: &Policy,
    rubric: &Rubric,
    anchors: &Anchors,
    feeds: &Feeds,
    (stage, now): (&str, Timestamp),
) -> Result<(Option<Verification>, Verdict)> {
    let progress = Progress::default();
    let by = By { policy, anchors, now };
    let judged = |known: &ModelEvidence| {
        let Some(seen) = &known.seen else { return Ok(None) };
        let (verification, testimonies) = judge_model(&known.model, seen, &by, &progress)?;
        Ok(Some(Seen { verification, testimonies, looked: seen.looked.clone() }))
    };
    let seen = evidence.models.iter().map(judged).collect::<Result<_>>()?;
    conclude(evidence, seen, policy, rubric, feeds, (stage, now))
}

/// What was seen of a model, judged by itself.
pub(super) struct Seen {
    /// The checks.
    pub verification: Verification,
    /// What its claims say, in the order of their digests.
    pub testimonies: Vec<Testimony>,
    /// What was seen inside the files.
    pub looked: Option<Arc<Looked>>,
}

/// What follows from what was seen of each model of the evidence.
pub(super) fn conclude(
    evidence: &Evidence,
    seen: Vec<Option<Seen>>,
    policy: &Policy,
    rubric: &Rubric,
    feeds: &Feeds,
    (stage, now): (&str, Timestamp),
) -> Result<(Option<Verification>, Verdict)> {
    let models: Vec<_> = evidence.models.iter().map(|known| known.model.clone()).collect();
    let known = |index: usize| {
        let Some(known) = evidence.models.get(index) else { return Known::default() };
        let seen = seen.get(index).and_then(Option::as_ref);
        let looked = seen.and_then(|seen| seen.looked.as_deref());
        let verification = seen.map(|seen| &seen.verification);
        let said = seen.filter(|_| known.since.is_same());
        let testimonies = said.map(|seen| seen.testimonies.as_slice()).unwrap_or_default();
        Known { verification, looked, testimonies, usage: Some(&known.usage), since: known.since }
    };
    let Lineage { descent, proven, stated } = lineage(evidence, &models, &known, policy);
    let input = Input {
        models: &models,
        descent: &descent,
        proven: &proven,
        stated: &stated,
        verified: &known,
        // Reviews of ancestors are no reason of this model's.
        reviews: &|index| match models.get(index) {
            Some(model) if model.id == evidence.subject => evidence.reviews.clone(),
            _ => Vec::new(),
        },
        ledger: evidence.ledger.as_ref(),
        policy,
        seal: &evidence.seal,
        feeds: feeds.newest(),
        stage,
        rubric,
        now,
    };
    let judgement = Judgement::of(&input);
    let index = models.iter().position(|model| model.id == evidence.subject);
    let verdict = index.and_then(|index| judgement.verdict(&input, index)).ok_or_else(|| {
        Error::new(Code::NotFound, "the evidence does not hold the model that it is about")
            .at(evidence.subject.raw())
    })?;
    let verification =
        index.and_then(|index| seen.into_iter().nth(index)).flatten().map(|seen| seen.verification);
    Ok((verification, verdict.by_gate()))
}

/// A lineage as it follows from evidence.
struct Lineage {
    descent: Arc<Descent>,
    proven: Proven,
    stated: Stated,
}

/// The lineage of a family: what its documents say and its claims prove, with what only the whole inventory could say.
fn lineage(evidence: &Evidence, models: &[Model], known: &Verifications<'_>, policy: &Policy) -> Lineage {
    let origins = evidence.models.iter().enumerate().map(|(index, of)| {
        let joined: BTreeMap<&RootDigest, &ModelId> =
            of.lineage.joined.iter().map(|joined| (&joined.digest, &joined.model)).collect();
        let join = |digest: &RootDigest| joined.get(digest).copied().cloned();
        (of.model.id.clone(), origins(&of.model.id, known(index).testimonies, policy, &join))
    });
    let proven = Proven::by(origins);
    let recorded =
        |index: usize| evidence.models.get(index).map(|known| known.parents.as_slice()).unwrap_or_default();
    let graph = Graph::among(models, &proven, &recorded);
    let counted = |index: usize| evidence.models.get(index).map_or(0, |known| known.lineage.descendants);
    let descent = Arc::new(Descent::among(graph, counted));
    let stated = evidence.models.iter().flat_map(|known| &known.lineage.stated);
    let stated = stated.flat_map(|of| of.digests.iter().map(|digest| (of.model.clone(), *digest)));
    Lineage { descent, proven, stated: Stated::recorded(stated) }
}

/// Names the inputs of what was judged.
///
/// # Errors
/// `E-INTERNAL`.
pub fn name_inputs(
    evidence: EvidenceDigest,
    policy: &Policy,
    level: Option<(&Rubric, &str)>,
    anchors: &Anchors,
    feeds: &Feeds,
    now: Timestamp,
) -> Result<Inputs> {
    Ok(Inputs {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        evidence,
        policy: PolicyInput {
            digest: policy.digest.clone(),
            text: policy.file_digest.parse()?,
            origin: policy.origin.clone(),
        },
        rubric: level.map(|(rubric, _)| rubric.digest.parse()).transpose()?,
        anchors: anchors.digest(),
        feeds: feeds.feeds.clone(),
        stage: level.map(|(_, stage)| stage.to_owned()),
        at: now,
    })
}
