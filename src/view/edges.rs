//! Edges in a view: the documents that declare them, the claims that prove them, and the chain that caps a
//! level.

use super::View;
use super::asked::EdgeSeen;
use crate::decision::{CapStep, chain};
use crate::inventory::ModelId;
use crate::lineage::{Link, Proof, said_of};

impl View {
    /// The edge between two models, if any.
    pub fn edge<'v>(&'v self, child: &ModelId, parent: &ModelId) -> Option<EdgeSeen<'v>> {
        let parents = self.graph.parents(child);
        let (_, edge) = parents.into_iter().find(|(node, _)| node.id == *parent)?;
        let proofs: Vec<&Proof> = self.proven.of_edge(child, parent).collect();
        let said = self.model(child).map(|(_, model)| said_of(model, parent)).unwrap_or_default();
        let link = Link::of(edge, proofs.iter().copied());
        Some(EdgeSeen { child: child.clone(), parent: parent.clone(), edge, link, said, proofs })
    }

    /// How much of the lineage above a model is proven: the edges that count, are proven and lead to a
    /// verified model, and the total.
    pub fn completeness(&self, id: &ModelId) -> (usize, usize) {
        let found = self.model(id).map(|(index, _)| self.kinship(index).completeness).unwrap_or_default();
        let wide = |many: u32| usize::try_from(many).unwrap_or(usize::MAX);
        (wide(found.verified), wide(found.declared))
    }

    /// The edges between the models of a chain, in its order.
    pub fn edges(&self, models: &[ModelId]) -> Vec<EdgeSeen<'_>> {
        let pairs = models.windows(2).filter_map(|pair| Some((pair.first()?, pair.get(1)?)));
        pairs.filter_map(|(one, other)| self.edge(one, other).or_else(|| self.edge(other, one))).collect()
    }

    /// The shortest chain that caps the model of an index or keeps it from rising, itself first; empty if nothing does.
    pub fn cap_chain(&self, index: usize) -> Vec<CapStep> {
        let Some(start) = self.models.get(index).map(|model| model.id.clone()) else { return Vec::new() };
        let cap = |id: &ModelId| {
            let index = self.model(id)?.0;
            self.cap(index).or_else(|| self.judgement.ceiling(index).filter(|_| *id == start))
        };
        let way = chain(&start, &cap);
        if way.is_empty() {
            return Vec::new();
        }
        let mut steps = vec![self.cap_step(start.clone())];
        let mut below = start;
        for (id, why) in way {
            let edge = self.edge(&below, &id);
            let (relation, link) = (edge.as_ref().map(|seen| seen.edge.relation), edge.map(|seen| seen.link));
            steps.push(CapStep { why: Some(why), relation, link, ..self.cap_step(id.clone()) });
            below = id;
        }
        steps
    }

    fn cap_step(&self, id: ModelId) -> CapStep {
        let index = self.model(&id).map(|(index, _)| index);
        let standing = index.and_then(|index| self.judgement.standing(index));
        CapStep {
            in_inventory: index.is_some(),
            own: standing.map_or(0, |standing| standing.own),
            effective: standing.map_or(0, |standing| standing.effective),
            why: None,
            relation: None,
            link: None,
            id,
        }
    }
}
