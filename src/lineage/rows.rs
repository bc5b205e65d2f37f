//! Edges between numbered nodes as compressed rows: four bytes for the start of each node's edges, and four
//! for the target of each edge.

/// The number of a node.
pub(super) type Place = u32;

/// A number of 32 bits: of a large inventory the lists are long. No inventory comes near the end.
pub(super) fn narrow(wide: usize) -> u32 {
    u32::try_from(wide).unwrap_or(u32::MAX)
}

/// An edge as one of its ends has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// The node at the other end.
    pub to: Place,
    /// Which edge it is, among those that differ.
    pub edge: u32,
}

/// The edges that leave each node.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// Where the links of each node begin, and at last where they end.
    starts: Vec<u32>,
    links: Vec<Link>,
}

impl Rows {
    /// Of where each node's links begin, and at last where they end. Each row is put in order.
    pub fn new(starts: Vec<u32>, links: Vec<Link>) -> Self {
        let mut rows = Rows { starts, links };
        for place in 0..narrow(rows.len()) {
            let range = rows.range(place);
            rows.links.get_mut(range).into_iter().for_each(|row| row.sort_unstable_by_key(|link| link.to));
        }
        rows
    }

    /// All links, those of each node together.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn range(&self, place: Place) -> std::ops::Range<usize> {
        let at = place as usize;
        let ends = self.starts.get(at).zip(self.starts.get(at + 1));
        ends.map_or(0..0, |(from, to)| *from as usize..*to as usize)
    }

    /// The links of a node, in the order of the nodes that they lead to.
    pub fn of(&self, place: Place) -> &[Link] {
        self.links.get(self.range(place)).unwrap_or_default()
    }

    /// The link between two nodes.
    pub fn between(&mut self, from: Place, to: Place) -> Option<&mut Link> {
        let range = self.range(from);
        let row = self.links.get_mut(range)?;
        let at = row.binary_search_by_key(&to, |link| link.to).ok()?;
        row.get_mut(at)
    }

    /// The same edges, seen from their other ends.
    pub fn turned(&self) -> Rows {
        let mut starts = vec![0_u32; self.starts.len()];
        for link in &self.links {
            if let Some(many) = starts.get_mut(link.to as usize + 1) {
                *many += 1;
            }
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        let mut next = starts.clone();
        let mut links = vec![Link { to: 0, edge: 0 }; self.links.len()];
        for from in 0..narrow(self.len()) {
            for link in self.of(from) {
                let Some(next) = next.get_mut(link.to as usize) else { continue };
                if let Some(slot) = links.get_mut(*next as usize) {
                    *slot = Link { to: from, edge: link.edge };
                }
                *next += 1;
            }
        }
        Rows { starts, links }
    }

    /// The nodes that reach each other, all of one circle together; nodes on none are left out. Tarjan's algorithm, with
    /// a stack of its own, so that a chain of any depth is fine.
    pub fn circles(&self) -> Vec<Vec<Place>> {
        const UNSEEN: u32 = 0;
        const FINISHED: u32 = u32::MAX;
        /// A node whose links are being followed, which of them is next, and the earliest node that it reaches.
        struct Visit {
            place: Place,
            next: usize,
            earliest: u32,
        }
        let mut found = Vec::new();
        let mut seen = vec![UNSEEN; self.len()];
        let (mut count, mut open, mut visits) = (UNSEEN, Vec::<Place>::new(), Vec::<Visit>::new());
        let number = |seen: &[u32], place: Place| seen.get(place as usize).copied().unwrap_or(FINISHED);
        for root in 0..narrow(self.len()) {
            let mut enter = Some(root).filter(|root| number(&seen, *root) == UNSEEN);
            loop {
                if let Some(place) = enter.take() {
                    count += 1;
                    seen.get_mut(place as usize).into_iter().for_each(|slot| *slot = count);
                    open.push(place);
                    visits.push(Visit { place, next: 0, earliest: count });
                }
                let Some(visit) = visits.last_mut() else { break };
                if let Some(link) = self.of(visit.place).get(visit.next) {
                    visit.next += 1;
                    match number(&seen, link.to) {
                        UNSEEN => enter = Some(link.to),
                        number => visit.earliest = visit.earliest.min(number),
                    }
                    continue;
                }
                let (place, earliest) = (visit.place, visit.earliest);
                visits.pop();
                if let Some(above) = visits.last_mut() {
                    above.earliest = above.earliest.min(earliest);
                }
                if number(&seen, place) != earliest {
                    continue;
                }
                // Everything above it in `open` reaches it, and is reached by it.
                let from = open.iter().rposition(|other| *other == place).unwrap_or_default();
                let members = open.get(from..).unwrap_or_default();
                for member in members {
                    seen.get_mut(*member as usize).into_iter().for_each(|slot| *slot = FINISHED);
                }
                if members.len() > 1 {
                    found.push(members.to_vec());
                }
                open.truncate(from);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn rows(nodes: u32, edges: &BTreeSet<(u32, u32)>) -> Rows {
        let starts = (0..=nodes).map(|node| narrow(edges.iter().filter(|(from, _)| *from < node).count()));
        let links = edges.iter().zip(0..).map(|((_, to), edge)| Link { to: *to, edge });
        Rows::new(starts.collect(), links.collect())
    }

    /// Who reaches whom, one step at a time.
    fn reached(nodes: u32, edges: &BTreeSet<(u32, u32)>) -> BTreeSet<(u32, u32)> {
        let mut reached = edges.clone();
        for _ in 0..nodes {
            let further: Vec<(u32, u32)> = reached
                .iter()
                .flat_map(|(from, over)| {
                    edges.iter().filter(move |(start, _)| start == over).map(move |(_, to)| (*from, *to))
                })
                .collect();
            reached.extend(further);
        }
        reached
    }

    proptest! {
        #[test]
        fn circles_are_what_reaches_itself_over_others(
            nodes in 1..9_u32,
            edges in proptest::collection::btree_set((0..9_u32, 0..9_u32), 0..16),
        ) {
            let edges: BTreeSet<(u32, u32)> =
                edges.into_iter().map(|(from, to)| (from % nodes, to % nodes)).filter(|(a, b)| a != b).collect();
            let reached = reached(nodes, &edges);
            let together = |a: u32, b: u32| reached.contains(&(a, b)) && reached.contains(&(b, a));
            let mut expected: BTreeSet<Vec<u32>> = BTreeSet::new();
            for node in (0..nodes).filter(|node| reached.contains(&(*node, *node))) {
                expected.insert((0..nodes).filter(|other| together(node, *other)).collect());
            }
            let mut found: Vec<Vec<u32>> = rows(nodes, &edges).circles();
            found.iter_mut().for_each(|circle| circle.sort_unstable());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
        }

        #[test]
        fn turning_twice_changes_nothing(
            edges in proptest::collection::btree_set((0..9_u32, 0..9_u32), 0..30),
        ) {
            let rows = rows(9, &edges);
            let turned = rows.turned();
            for (from, to) in &edges {
                prop_assert!(turned.of(*to).iter().any(|link| link.to == *from));
            }
            let again = turned.turned();
            prop_assert_eq!(again.starts, rows.starts);
            prop_assert_eq!(again.links, rows.links);
        }
    }
}
