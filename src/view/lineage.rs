//! The lineage of a view: the parents that its claims prove, and the resulting graph. It is rebuilt only
//! where a claim, a verified root or the inventory changed.

use super::View;
use crate::decision::{
    Joined, LineageFacts, StatedDigests, Touched, WalkEnd, digests_of, named_digests, origins, proven,
    root_of,
};
use crate::inventory::ModelId;
use crate::lineage::{Digests, Graph, Proof, Stated};
use crate::maturity::Kinship;
use crate::signing::RootDigest;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl View {
    /// Whether its lineage is built: right after opening, models are listed before that.
    pub fn has_lineage(&self) -> bool {
        self.models.is_empty() || !self.graph.is_empty()
    }

    /// Builds the lineage of everything.
    pub fn draw_lineage(&mut self) {
        let stated = Arc::new(Stated::of(&self.models));
        let digests = digests_of(&self.models, &|index| self.known(index), stated);
        self.proven = Arc::new(proven(&self.models, &|index| self.known(index), &digests, &self.policy));
        self.digests = Arc::new(digests);
        self.graph = Arc::new(Graph::proved(&self.models, &self.proven));
    }

    /// Brings the proofs and the lineage up to date, given a view that was before: of the same models only what the
    /// `touched` ones say may be different; without such a list everything is asked again. The graph must be the one that
    /// was drawn of these models with the proofs that the view has; of one that has none nothing is drawn.
    pub fn prove_after(&mut self, before: &View, touched: Option<&Touched>) {
        if !self.has_lineage() {
            return;
        }
        let is_known = Arc::ptr_eq(&self.models, &before.models) && before.has_lineage();
        let changed = match touched.filter(|_| is_known) {
            Some(touched) => self.prove_some(before, &touched.models),
            None => self.prove_all(before),
        };
        if !changed.is_empty() {
            self.graph = Arc::new(self.graph.again(&self.models, &self.proven, &changed));
        }
    }

    /// Reads all claims again, and returns the models for which the result changed.
    fn prove_all(&mut self, before: &View) -> Vec<ModelId> {
        let stated = match Arc::ptr_eq(&self.models, &before.models) && before.has_lineage() {
            true => before.digests.stated().clone(),
            false => Arc::new(Stated::of(&self.models)),
        };
        let digests = digests_of(&self.models, &|index| self.known(index), stated);
        let now = proven(&self.models, &|index| self.known(index), &digests, &self.policy);
        self.digests = Arc::new(digests);
        let changed = now.differs_from(&self.proven);
        if !changed.is_empty() {
            self.proven = Arc::new(now);
        }
        changed
    }

    /// Asks the claims of some models again, and those that name what some models turn out to be.
    fn prove_some(&mut self, before: &View, touched: &[usize]) -> Vec<ModelId> {
        let root = |view: &View, index: usize| root_of(&view.known(index));
        let moved: Vec<(ModelId, Option<RootDigest>, Option<RootDigest>)> = touched
            .iter()
            .filter_map(|index| {
                let (was, is) = (root(before, *index), root(self, *index));
                (was != is).then(|| Some((self.models.get(*index)?.id.clone(), was, is)))?
            })
            .collect();
        let mut again: BTreeSet<usize> = touched.iter().copied().collect();
        if !moved.is_empty() {
            let stated = self.digests.stated().clone();
            let digests = digests_of(&self.models, &|index| self.known(index), stated);
            let moved = digests.moved(&moved);
            let named = self.proven.all().filter(|proof| moved.contains(&proof.digest));
            again.extend(named.filter_map(|proof| Some(self.model(&proof.child)?.0)));
            self.digests = Arc::new(digests);
        }
        let digests: &Digests = &self.digests;
        let join = |digest: &RootDigest| digests.model_of(digest).cloned();
        let said = again.into_iter().filter_map(|index| {
            let id = &self.models.get(index)?.id;
            Some((id.clone(), origins(id, self.known(index).testimonies, &self.policy, &join)))
        });
        match self.proven.with(said.collect::<Vec<_>>()) {
            Some((proven, changed)) => {
                self.proven = Arc::new(proven);
                changed
            }
            None => Vec::new(),
        }
    }

    /// What the lineage says of the model of an index.
    pub fn kinship(&self, index: usize) -> Kinship {
        let (verified, reviews) = (|index| self.known(index), |index| self.standing_reviews(index));
        let descent = self.judgement.descent();
        self.judgement.kinship(&self.input(descent, &verified, &reviews), index)
    }

    /// Where the walk up from the model of an index ends, and why; the nearest ends first.
    pub fn walk_ends(&self, index: usize) -> Vec<WalkEnd> {
        self.judgement.ends(index)
    }

    /// The claims that prove an edge, and those whose signer lacks the role.
    pub fn proofs_of(&self, child: &ModelId, parent: &ModelId) -> Vec<&Proof> {
        self.proven.of_edge(child, parent).collect()
    }

    /// The model that a root digest names.
    pub fn model_of(&self, digest: &RootDigest) -> Option<&ModelId> {
        self.digests.model_of(digest)
    }

    /// The lineage facts of a model that need the whole inventory.
    pub(super) fn lineage_facts(&self, index: usize) -> LineageFacts {
        let Some(model) = self.models.get(index) else { return LineageFacts::default() };
        let descent = self.judgement.descent();
        let named = named_digests(self.known(index).testimonies);
        let joined = named
            .into_iter()
            .filter_map(|digest| Some(Joined { digest, model: self.digests.model_of(&digest)?.clone() }));
        let mut stated: BTreeMap<ModelId, BTreeSet<RootDigest>> = BTreeMap::new();
        let note = |stated: &mut BTreeMap<ModelId, BTreeSet<RootDigest>>, id: &ModelId| {
            let digests: BTreeSet<RootDigest> = self.digests.stated().of_parent(id).collect();
            if !digests.is_empty() {
                stated.insert(id.clone(), digests);
            }
        };
        note(&mut stated, &model.id);
        for parent in descent.all_parents(index) {
            if parent.digest().is_some() {
                let called = ModelId::new(parent.called());
                let known = self.model(&called).map(|(index, _)| index);
                // One model of the family states it itself.
                match known.and_then(|index| root_of(&self.known(index))) {
                    Some(root) => drop(stated.insert(called, BTreeSet::from([root]))),
                    None => note(&mut stated, &called),
                }
            } else if self.model(parent).is_none() {
                note(&mut stated, parent);
            }
        }
        let of_model = |(model, digests): (ModelId, BTreeSet<RootDigest>)| StatedDigests {
            model,
            digests: digests.into_iter().collect(),
        };
        LineageFacts {
            joined: joined.collect(),
            stated: stated.into_iter().map(of_model).collect(),
            descendants: descent.descendants(index),
        }
    }
}
