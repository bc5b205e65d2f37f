//! Everything that a face may show of a workspace, as one immutable value. A new one replaces it when something
//! changed. How one is made, and drawing, are not known here.

pub mod activity;
mod anchor;
mod asked;
mod blast;
mod cause;
pub mod comparison;
mod concerned;
pub mod continuity;
mod deployments;
mod edges;
pub mod excepted;
pub mod explained;
pub mod flips;
pub mod forecast;
pub mod incidents;
pub mod inherit;
mod lineage;
mod linting;
mod measured;
mod pins;
mod placed;
mod publisher;
mod record;
pub mod rubrics;
pub mod ruled;
pub mod scorecards;
pub mod stock;
pub mod suggested;
mod summary;
mod survey;
mod survey_evidence;
mod surveying;
pub mod suspected;
pub mod trend;
pub(crate) mod trending;
mod unlock;
pub mod way_up;

pub use anchor::AnchorInfo;
pub use asked::{Blamed, Blast, BlastRow, EdgeSeen, RunsHere};
pub use concerned::{Again, Basis, Changed};
pub use pins::{DescriptorDiff, PinSeen, change_word, changed_value};
pub use publisher::publisher;
pub use record::{PastReview, Review, Verified};
use summary::Seen;

pub use crate::decision::ReviewWord;
pub use summary::Summary;
pub use survey::{
    Ask, Covered, Duties, EvidenceLine, Exposure, Gap, GapOutcomes, KeptBack, LevelCount, Methods,
    NotMeasured, OpenMusts, Producer, RECENT_DAYS, Share, SignedTimes, Survey, SurveyOf,
};

use crate::decision::{
    About, Anchoring, Anchors, Cap, Descent, EvidenceDocument, EvidenceSchema, Feeds, Glass, GlassTerm,
    Input, Inputs, Judgement, Known, ModelDigests, Reviews, StandingReview, Touched, Verdict, Verifications,
    bytes_of, digest_of, name_inputs,
};
use crate::disk::slashed;
use crate::error::{Code, Error, Result};
use crate::incident::Surfaces;
use crate::inventory::export::Proof;
use crate::inventory::{FactKey, Finding, Model, ModelId, Workspace};
use crate::lineage::{Digests, Graph, Proven};
use crate::maturity::{Gated, PolicySeal, Rehearsed, Rubric, SameName, Score, Since, Usage};
use crate::policy::{NameMark, NameMarks, Policy, PolicyError, identity_like, publisher_like};
use crate::signing::{ModelState, Outcome, Verification};
use crate::store::{EvidenceDigest, LedgerEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// The state of one workspace. A clone shares what is large.
#[derive(Clone)]
pub struct View {
    /// Grows with each new view.
    pub generation: u64,
    /// The workspace.
    pub workspace: Workspace,
    /// The policy in force.
    pub policy: Policy,
    /// The policy file's text, for reading.
    pub policy_text: String,
    /// Faults of the policy file; while there are any, the last valid policy (or the built-in baseline) is in force.
    pub policy_errors: Vec<PolicyError>,
    /// The policy's anchors, as verifications are judged by them.
    pub trust: Anchors,
    /// The policy's anchors, as they are shown.
    pub anchors: Vec<AnchorInfo>,
    /// The stage that is judged for.
    pub stage: String,
    /// The rubric.
    pub rubric: Arc<Rubric>,
    /// Whether all models are in it: of a large inventory the first are shown before the others are read.
    pub is_whole: bool,
    /// Models, sorted by id.
    pub models: Arc<Vec<Model>>,
    /// Findings of the last scan.
    pub findings: Arc<Vec<Finding>>,
    /// Lineage, from what documents say and claims prove.
    pub graph: Arc<Graph>,
    /// The origins of models according to claims, used to build the lineage.
    pub proven: Arc<Proven>,
    /// The models by their root digests, as claims are joined to them.
    pub digests: Arc<Digests>,
    /// What is odd about how names look, once somebody has asked.
    pub names: Arc<OnceLock<NameMarks>>,
    /// Latest verification of each model.
    pub verified: Arc<Vec<Option<Arc<Verified>>>>,
    /// The latest state of models' files, by their indices, where it differs from the scan.
    pub states: Arc<BTreeMap<usize, Option<ModelState>>>,
    /// Models whose latest verification is recorded without evidence that is still there, by their indices, sorted.
    pub lost: Arc<Vec<usize>>,
    /// Verdict on each model.
    pub judgement: Judgement,
    /// Latest review of each model.
    pub reviews: Arc<Vec<Option<Arc<Review>>>>,
    /// How models are used and governed, where known.
    pub usage: Arc<BTreeMap<ModelId, Usage>>,
    /// The latest gate decisions for deployed models, or for all where the policy asks for them; also part of `usage`.
    pub gates: Arc<BTreeMap<ModelId, Vec<Gated>>>,
    /// What is declared of the places where models run.
    pub surfaces: Arc<Surfaces>,
    /// The feeds that name what they affect; what they say of models is in `usage`.
    pub feeds: Arc<Feeds>,
    /// The last drill of each runbook, with the model that it counts for; none: all that it is bound to.
    pub drills: Arc<Vec<(Option<ModelId>, Rehearsed)>>,
    /// What is known of the policy's own signature.
    pub seal: PolicySeal,
    /// How far checkpoints cover the ledger; none where the policy does not ask for them.
    pub anchoring: Option<Anchoring>,
    /// How far the ledger was read for it.
    pub ledger: LedgerEnd,
    /// When it was made.
    pub at: jiff::Timestamp,
}

/// Records the current state of a model's files.
pub(crate) fn note_state(
    states: &mut Arc<BTreeMap<usize, Option<ModelState>>>,
    index: usize,
    model: &Model,
    now: Option<ModelState>,
) {
    if states.get(&index).copied().unwrap_or(model.state) == now {
        return;
    }
    let states = Arc::make_mut(states);
    if model.state == now {
        states.remove(&index);
    } else {
        states.insert(index, now);
    }
}

impl View {
    /// A model by id.
    pub fn model(&self, id: &ModelId) -> Option<(usize, &Model)> {
        let index = self.models.binary_search_by(|model| model.id.cmp(id)).ok()?;
        Some((index, self.models.get(index)?))
    }

    fn input<'a>(
        &'a self,
        descent: &'a Arc<Descent>,
        verified: &'a Verifications<'a>,
        reviews: &'a Reviews<'a>,
    ) -> Input<'a> {
        Input {
            models: &self.models,
            descent,
            proven: &self.proven,
            stated: self.digests.stated(),
            verified,
            reviews,
            ledger: self.anchoring.as_ref(),
            policy: &self.policy,
            seal: &self.seal,
            feeds: self.feeds.newest(),
            stage: &self.stage,
            rubric: &self.rubric,
            now: self.at,
        }
    }

    /// Judges all models anew.
    pub fn judge(&mut self) {
        self.judge_by(Arc::new(Descent::shared(self.graph.clone())));
    }

    fn judge_by(&mut self, descent: Arc<Descent>) {
        let reviews = |index| self.standing_reviews(index);
        self.judgement = Judgement::of(&self.input(&descent, &|index| self.known(index), &reviews));
    }

    /// The same, given the view before it: what follows from the lineage alone is taken over when the graph is the
    /// same, and so is what is known of all models but the `touched` ones and those whose claims name other parents;
    /// without such a list all are judged.
    pub fn judge_after(&mut self, before: &View, touched: Option<&Touched>) {
        if !Arc::ptr_eq(&self.models, &before.models) || !before.is_judged() {
            return self.judge();
        }
        let mut moved = Vec::new();
        let mut descent = before.judgement.descent().clone();
        if !Arc::ptr_eq(&self.graph, &before.graph) {
            let changed = self.proven.differs_from(&before.proven);
            moved.extend(changed.iter().filter_map(|id| Some(self.model(id)?.0)));
            descent = Arc::new(descent.followed_by(self.graph.clone(), &changed));
        }
        let Some(touched) = touched else { return self.judge_by(descent) };
        let mut touched = touched.clone();
        touched.also(moved);
        let verified = |index| self.known(index);
        let reviews = |index| self.standing_reviews(index);
        self.judgement = before.judgement.after(&self.input(&descent, &verified, &reviews), &touched);
    }

    /// The same models for another stage; `None` when there is no such stage.
    pub fn at_stage(&self, stage: &str) -> Option<View> {
        self.policy.stage(stage)?;
        if stage == self.stage && self.is_judged() {
            return Some(self.clone());
        }
        let mut view = View { stage: stage.to_owned(), ..self.clone() };
        view.judge_after(self, Some(&Touched::default()));
        Some(view)
    }

    /// The same with another verification of some models, or with none.
    pub fn with(&self, fresh: &[(usize, Option<Arc<Verified>>)]) -> View {
        let (mut slots, mut states) = (Vec::clone(&self.verified), self.states.clone());
        for (index, verified) in fresh {
            // It was looked at just now.
            if let (Some(model), Some(seen)) = (self.models.get(*index), verified) {
                note_state(&mut states, *index, model, seen.state);
            }
            if let Some(slot) = slots.get_mut(*index) {
                slot.clone_from(verified);
            }
        }
        let mut view = View { verified: Arc::new(slots), states, ..self.clone() };
        let touched = Touched::models(fresh.iter().map(|(index, _)| *index).collect());
        view.prove_after(self, Some(&touched));
        view.judge_after(self, Some(&touched));
        view
    }

    /// Whether models were judged: right after opening a large inventory they are listed before that is done.
    pub fn is_judged(&self) -> bool {
        self.judgement.standings().len() == self.models.len()
    }

    /// The verdict of the model of an index, made now.
    pub fn verdict(&self, index: usize) -> Option<Verdict> {
        let descent = self.judgement.descent();
        let reviews = |index| self.standing_reviews(index);
        let verified = |index| self.known(index);
        self.judgement.verdict(&self.input(descent, &verified, &reviews), index)
    }

    /// The score of every model, in their order.
    pub fn scores(&self) -> Vec<Arc<Score>> {
        let descent = self.judgement.descent();
        let reviews = |index| self.standing_reviews(index);
        let verified = |index| self.known(index);
        self.judgement.scores(&self.input(descent, &verified, &reviews))
    }

    /// What is known of the verification of the model of an index.
    fn known(&self, index: usize) -> Known<'_> {
        let verified = self.verified.get(index).and_then(Option::as_deref);
        let verification = verified.map(|verified| &verified.verification);
        let looked = verified.and_then(|verified| verified.looked.as_deref());
        let testimonies = verified.map(|verified| &*verified.testimonies).unwrap_or_default();
        let usage = self.models.get(index).and_then(|model| self.usage.get(&model.id));
        let since = self.since(index);
        // A claim is about bytes, so it does not apply to others.
        let testimonies = if since.is_same() { testimonies } else { &[] };
        Known { verification, looked, testimonies, usage, since }
    }

    /// The latest state of a model's files.
    pub fn state(&self, index: usize) -> Option<ModelState> {
        let at_the_scan = || self.models.get(index)?.state;
        self.states.get(&index).copied().unwrap_or_else(at_the_scan)
    }

    /// Whether the verification on record of the model of an index holds: of the files that lie there now, with evidence
    /// that is there.
    pub fn since(&self, index: usize) -> Since {
        let verified = self.verified.get(index).and_then(Option::as_deref);
        let now = self.state(index);
        match verified {
            Some(verified) if verified.state != now => Since::Changed,
            None if self.lost.binary_search(&index).is_ok() => Since::Lost,
            _ => Since::Same,
        }
    }

    /// The latest verification of the model of an index, where it is of the files that lie there now.
    pub fn standing(&self, index: usize) -> Option<&Verified> {
        self.verified.get(index)?.as_deref().filter(|_| self.since(index).is_same())
    }

    /// What a bill of materials may state of the model of an index: only of a verification that stands and passes, and
    /// whose signer is proven.
    pub fn proof(&self, index: usize) -> Option<Proof> {
        let model = self.models.get(index)?;
        let verification = &self.standing(index)?.verification;
        if verification.outcome() != Outcome::Pass || !verification.signer_proven() {
            return None;
        }
        let signer = verification.signer.as_ref()?;
        let log = verification.log.as_ref();
        Some(Proof {
            root_digest: verification.root_digest?,
            identity: signer.subject.clone(),
            issuer: signer.issuer.clone(),
            log_entry: log.map(|entry| format!("{}/{}", entry.log_id.raw(), entry.index).into()),
            bundle: slashed(model.signature.as_ref()?).into(),
            bundle_digest: verification.bundle_digest.clone()?,
            verified_at: verification.at,
        })
    }

    /// The models whose verification on record does not hold any more.
    pub fn outdated(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.models.len()).filter(|index| !self.since(*index).is_same())
    }

    /// The latest verification of the model of an index.
    pub fn verification(&self, index: usize) -> Option<&Verification> {
        self.verified.get(index)?.as_deref().map(|verified| &verified.verification)
    }

    /// The latest verification of a model.
    pub fn verification_of(&self, id: &ModelId) -> Option<&Verification> {
        self.verification(self.model(id)?.0)
    }

    /// Why its level is below its own.
    pub fn cap(&self, index: usize) -> Option<Cap> {
        self.judgement.cap(index)
    }

    /// A model and its ancestors, by their indices.
    pub fn family(&self, index: usize) -> Vec<usize> {
        let descent = self.judgement.descent();
        let (mut next, mut family) = (vec![index], BTreeSet::new());
        while let Some(index) = next.pop() {
            if index < self.models.len() && family.insert(index) {
                next.extend(descent.parents(index).into_iter().filter_map(|id| Some(self.model(id)?.0)));
            }
        }
        family.into_iter().collect()
    }

    /// What is known of a model and of its ancestors, by digest, and the bytes to keep beside what was kept when each
    /// was verified.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-TOO-LARGE`, `E-INTERNAL`.
    pub fn evidence(&self, index: usize) -> Result<(EvidenceDocument, Vec<Arc<[u8]>>)> {
        let subject = self.models.get(index).map(|model| model.id.clone());
        let subject =
            subject.ok_or_else(|| Error::new(Code::NotFound, "there is no such model in the inventory"))?;
        let (mut next, mut family) = (vec![index], BTreeMap::new());
        let mut pieces = Vec::new();
        while let Some(index) = next.pop() {
            let Some(model) = self.models.get(index).filter(|model| !family.contains_key(&model.id)) else {
                continue;
            };
            let (digests, entry) = self.digests_at(index, model)?;
            next.extend(digests.parents.iter().filter_map(|parent| Some(self.model(parent)?.0)));
            family.insert(model.id.clone(), digests);
            pieces.push(entry.into());
        }
        let models = family.into_values().collect();
        let document = EvidenceDocument {
            schema: EvidenceSchema::V1,
            subject,
            models,
            reviews: self.standing_reviews(index),
            ledger: self.anchoring.clone(),
            seal: self.seal.clone(),
        };
        pieces.push(bytes_of(&document)?.into());
        Ok((document, pieces))
    }

    /// What is known of one model, by digest, and its entry in the inventory as bytes.
    fn digests_at(&self, index: usize, model: &Model) -> Result<(ModelDigests, Vec<u8>)> {
        let entry = bytes_of(model)?;
        let parents = self.judgement.descent().all_parents(index);
        let seen = self.verified.get(index).and_then(Option::as_ref).map(|verified| verified.seen.clone());
        let digests = ModelDigests {
            id: model.id.clone(),
            entry: EvidenceDigest::of(&entry)?,
            parents: parents.into_iter().cloned().collect(),
            seen,
            since: self.since(index),
            usage: self.usage.get(&model.id).cloned().unwrap_or_default(),
            lineage: self.lineage_facts(index),
        };
        Ok((digests, entry))
    }

    /// The reviews of a model that stand, by their numbers.
    pub fn standing_reviews(&self, index: usize) -> Vec<StandingReview> {
        let Some(review) = self.reviews.get(index).and_then(Option::as_deref) else { return Vec::new() };
        let glass = |review: &Review| {
            let GlassTerm { stage, until } = *review.glass.clone()?;
            Some(Glass { stage, until, by: review.by.clone(), since: review.at })
        };
        let standing = |review: &Review| StandingReview {
            record: review.record,
            word: review.word,
            glass: glass(review),
        };
        let mut all: Vec<StandingReview> = review.all().map(standing).collect();
        all.sort();
        all
    }

    /// What a verdict on a model is about: the bytes as they were verified last, and where they lie.
    pub fn about(&self, id: &ModelId) -> About {
        let index = self.model(id).map(|(index, _)| index);
        About::of(index.and_then(|index| self.models.get(index)), self.verification_of(id))
    }

    /// The model that owns the signature of the model of an index, where that one is not about its files.
    pub fn owner(&self, index: usize) -> Option<&ModelId> {
        let verified = self.standing(index)?;
        let root = verified.verification.foreign_root()?;
        let is_owner = |index: &usize| {
            self.standing(*index).is_some_and(|v| v.verification.root_of_files() == Some(root))
        };
        let owner = (0..self.models.len()).find(is_owner)?;
        self.models.get(owner).map(|model| &model.id)
    }

    /// Every input of a verdict that was made from this view, by digest.
    ///
    /// # Errors
    /// As [`View::evidence`].
    pub fn inputs(&self, index: usize) -> Result<Inputs> {
        let evidence = digest_of(&self.evidence(index)?.0)?;
        let level = Some((&*self.rubric, self.stage.as_str()));
        name_inputs(evidence, &self.policy, level, &self.trust, &self.feeds, self.at)
    }

    /// What is odd about how the name of the model of an index looks; none for an ordinary name.
    pub fn name_mark(&self, index: usize) -> Option<&NameMark> {
        let named = self.models.iter().map(|model| (&model.id, &model.name));
        self.names.get_or_init(|| NameMarks::of(&self.policy, named)).get(index)
    }

    /// The publisher of the policy that the publisher whom documents name for the model of an index can be taken for.
    pub fn publisher_like(&self, index: usize) -> Option<&str> {
        let publisher = self.models.get(index)?.fact(FactKey::Publisher)?;
        publisher_like(&self.policy, publisher.value.raw())
    }

    /// The signer whom the policy names and whom the signer of the model of an index can be taken for.
    pub fn signer_like(&self, index: usize) -> Option<&str> {
        identity_like(&self.policy, self.standing(index)?.verification.signer.as_ref()?.subject.raw())
    }

    /// The folders that share the name of the model of an index, where they are not known to hold the same.
    pub fn same_name(&self, index: usize) -> Option<SameName> {
        SameName::of(self.models.get(index)?, self.verification(index))
    }

    /// One model in one line.
    pub fn summary(&self, index: usize) -> Summary {
        let verified = self.verified.get(index).and_then(Option::as_deref);
        let seen = match self.since(index) {
            Since::Same => verified.map_or(Seen::Nothing, Seen::Verified),
            since => Seen::Outdated(since),
        };
        let review = self.reviews.get(index).and_then(Option::as_deref);
        Summary::of(self.models.get(index), seen, self.judgement.standing(index), review)
    }
}
