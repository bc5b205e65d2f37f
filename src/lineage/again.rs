//! Updates a graph after the claims of a few models changed: only those models and their descendants are read
//! again. Everything else is reused.

use super::build::{Origin, Parent, Said};
use super::finding::GraphFinding;
use super::graph::{Graph, Node};
use super::proven::Proven;
use super::rows::{Link, Place, narrow};
use crate::inventory::{Model, ModelId};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

impl Graph {
    /// The graph of the same models with other proofs, which differ from those that it was drawn with for the `changed`
    /// only. The same as [`Graph::proved`] gives.
    pub fn again(&self, models: &[Model], proven: &Proven, changed: &[ModelId]) -> Self {
        let changed: BTreeSet<Place> = changed.iter().filter_map(|id| self.place(id)).collect();
        // All models of one id are read, and edges that no source names any more are dropped.
        let has_twins = self.nodes.iter().filter(|node| node.model().is_some()).count() != models.len();
        if has_twins || self.edges.len() > 2 * self.parents.links().len() + 1024 {
            return Graph::proved(models, proven);
        }
        let asked = self.asked_again(changed);
        let origin = |place: Place| -> Option<(Place, Origin)> {
            let node = self.at(place)?;
            let model = models.get(node.model()?)?;
            let origins = proven.origins(&node.id).map(|origins| &**origins);
            Some((place, Origin::of(std::iter::once(model), origins, |parent| self.meant(place, parent))))
        };
        let places: Vec<Place> = asked.iter().copied().collect();
        let mut read: BTreeMap<Place, Origin> = places.into_par_iter().filter_map(origin).collect();
        let mut said = Said::new(self.nodes.len());
        said.kinds.edges.clone_from(&self.edges);
        for place in 0..narrow(self.nodes.len()) {
            match read.remove(&place) {
                Some(origin) => said.take(place, origin),
                None => {
                    said.links.extend_from_slice(self.parents.of(place));
                    said.starts.push(narrow(said.links.len()));
                }
            }
        }
        let is_asked = |finding: &GraphFinding| {
            let child = finding.models().first().and_then(|id| self.place(id));
            child.is_some_and(|child| asked.contains(&child))
        };
        let known: Vec<GraphFinding> = self.conflicts.iter().filter(|one| !is_asked(one)).cloned().collect();
        let loops = self.cycles.iter().filter_map(|cycle| match cycle.as_slice() {
            [one] => self.place(one).filter(|place| !asked.contains(place)),
            _ => None,
        });
        said.loops.extend(loops);
        let mut nodes = self.nodes.clone();
        nodes.iter_mut().for_each(|node| node.on_cycle = false);
        let nodes = said.settle(nodes);
        said.into_graph(nodes, known)
    }

    /// The changed, and those below them of whose bases sources may disagree: whether they do depends on what is above.
    fn asked_again(&self, changed: BTreeSet<Place>) -> HashSet<Place> {
        let mut waiting: Vec<Place> = changed.iter().copied().collect();
        let (mut seen, mut asked): (HashSet<Place>, HashSet<Place>) =
            (waiting.iter().copied().collect(), waiting.iter().copied().collect());
        while let Some(place) = waiting.pop() {
            for child in self.children.of(place).iter().map(|link| link.to) {
                if seen.insert(child) {
                    waiting.push(child);
                    if self.parents.of(child).len() > 1 {
                        asked.insert(child);
                    }
                }
            }
        }
        asked
    }

    /// The parent that is meant, as when the graph was drawn.
    fn meant(&self, child: Place, parent: &ModelId) -> Parent {
        let place = self.place(parent);
        let is_model = |place: &Place| self.at(*place).is_some_and(|node| node.model().is_some());
        if let Some(place) = place.filter(is_model) {
            return Parent::Here(place);
        }
        let absent = || place.map_or_else(|| Parent::Absent(parent.clone()), Parent::Here);
        if parent.raw().contains('/') {
            return absent();
        }
        let last = |id: &ModelId| id.raw().rsplit('/').next() == Some(parent.raw());
        let mut meant = (0..)
            .zip(&self.nodes)
            .filter(|(_, node)| node.model().is_some() && last(&node.id))
            .map(|(place, _)| place);
        match (meant.next(), meant.next()) {
            (Some(only), None) if only != child => Parent::Here(only),
            _ => absent(),
        }
    }
}

impl Said {
    /// Sorts all nodes by id, without those that no source mentions any more.
    fn settle(&mut self, mut nodes: Vec<Node>) -> Vec<Node> {
        let known = nodes.len();
        nodes.append(&mut self.absent.nodes);
        let mut is_wanted: Vec<bool> = nodes.iter().map(|node| node.model().is_some()).collect();
        for Link { to, .. } in &self.links {
            is_wanted.get_mut(*to as usize).into_iter().for_each(|wanted| *wanted = true);
        }
        let is_settled = nodes.len() == known && is_wanted.iter().all(|wanted| *wanted);
        if is_settled {
            return nodes;
        }
        let mut order: Vec<usize> = (0..nodes.len()).filter(|at| is_wanted.get(*at) == Some(&true)).collect();
        order.sort_by(|a, b| nodes.get(*a).map(|node| &node.id).cmp(&nodes.get(*b).map(|node| &node.id)));
        let mut places: Vec<Place> = vec![0; nodes.len()];
        let (mut starts, mut links) = (vec![0], Vec::with_capacity(self.links.len()));
        for (place, from) in (0..).zip(&order) {
            places.get_mut(*from).into_iter().for_each(|slot| *slot = place);
            let ends = self.starts.get(*from).zip(self.starts.get(*from + 1));
            let row = ends.and_then(|(from, to)| self.links.get(*from as usize..*to as usize));
            links.extend_from_slice(row.unwrap_or_default());
            starts.push(narrow(links.len()));
        }
        (self.starts, self.links) = (starts, links);
        self.stand_at(&places);
        let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        order.into_iter().filter_map(|at| slots.get_mut(at)?.take()).collect()
    }
}
