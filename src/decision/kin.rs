//! The lineage result for each model: first each model itself, then along the edges, parents first. What the
//! controls read of it is made when they are asked; kept are a few bytes for each.

use super::descent::{Descent, Moved};
use super::given::{Input, Known, Touched};
use super::proofs::root_of;
use crate::inventory::{Basis, Model, ModelId};
use crate::lineage::{Edge, Origins, Proof};
use crate::maturity::{
    CapNode, CapState, Completeness, EdgeOrder, Evidence, Integrity, Kinship, LineageEdge, ParentSight, Pin,
    Reliance, Support, Usage, integrity, is_resigned, reliance, vouched,
};
use jiff::SignedDuration;
use rayon::prelude::*;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many edges above one model are looked at one by one; beyond that those are counted twice that are reached on two
/// ways.
const MOST_CLOSURE: u32 = 2000;

/// Where more than this part of all places changed, all are counted again.
const ONE_BY_ONE: usize = 8;

/// A model itself, as seen by its descendants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub sight: ParentSight,
    /// Whether a claim by a signer with the role states that it has no parents.
    pub is_root: bool,
    /// The level that a trusted summary states, and for how many edges; none where there is no such summary.
    pub summary: Option<(u8, Option<u8>)>,
    /// How well its summaries were checked, where those that derive from it rely on them.
    reliance: Reliance,
    /// Whether references to it name different digests of it.
    is_disputed: bool,
}

/// What is above a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Above {
    completeness: Completeness,
    /// Whether an artifact is referred to by different digests.
    is_disputed: bool,
}

/// What the lineage says of all models, by the places of the lineage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kin {
    seen: Vec<Seen>,
    above: Vec<Above>,
    /// What follows from the levels of the ancestors.
    supports: Vec<(Support, Option<u8>)>,
}

/// Where something stands, and what is asked of it.
struct Look<'i, 'a> {
    input: &'i Input<'a>,
    descent: &'i Descent,
}

impl Kin {
    /// Of everything.
    pub fn of(input: &Input<'_>) -> Self {
        let look = Look { input, descent: input.descent };
        let many = look.descent.plan().len();
        let seen = look.all_seen();
        let plan = look.descent.plan();
        let support = |place: usize| match plan.parents(place).next() {
            None => (Support::Alone, None),
            Some(_) => (Support::NotJudged, None),
        };
        let supports = (0..many).map(support).collect();
        let mut kin = Kin { seen, above: vec![Above::default(); many], supports };
        let mut closure = Closure::of(many);
        for place in plan.order() {
            kin.take_above(&look, place, &mut closure);
        }
        kin
    }

    /// The same after something of what is `touched` changed, and the lineage that the models stand in; and at which
    /// places what it says may be another, but for what the rules say of them.
    pub fn after(&self, before: &Arc<Descent>, input: &Input<'_>, touched: &Touched) -> (Self, Vec<usize>) {
        let look = Look { input, descent: input.descent };
        let many = look.descent.plan().len();
        let moved = match Arc::ptr_eq(before, input.descent) {
            true => Moved::Nothing,
            false => look.descent.moved_from(before),
        };
        let mut kin = self.moved(&moved, many);
        let rules = touched.rules;
        let touched: Vec<usize> =
            touched.models.iter().filter_map(|index| look.descent.place(*index)).collect();
        // What a place is by itself is asked again where its model changed, where it is new, and where something came to
        // derive from it.
        let mut own: BTreeSet<usize> = touched.iter().copied().collect();
        let mut changed: BTreeSet<usize> = own.clone();
        if !Arc::ptr_eq(before, input.descent) {
            own.extend((0..many).filter(|place| moved.before(*place).is_none()));
            let parents: Vec<usize> = own.iter().flat_map(|place| look.parents(*place)).collect();
            own.extend(parents);
            changed.extend((0..many).filter(|place| look.differs(before, moved.before(*place), *place)));
        }
        // Times are compared along edges, and names with those that claims use.
        for place in touched {
            changed.extend(look.children(place));
            changed.extend(look.called(place).flat_map(|place| look.children(place)));
        }
        // What the rules say of a place changes what is above others, and nothing above it.
        let mut take = |place: usize, seen: Seen| {
            let slot = kin.seen.get_mut(place).filter(|slot| **slot != seen);
            slot.map(|slot| *slot = seen).map(|()| look.children(place)).into_iter().flatten()
        };
        if rules {
            for (place, seen) in look.all_seen().into_iter().enumerate() {
                changed.extend(take(place, seen));
            }
        } else {
            own.iter().for_each(|place| changed.extend(take(*place, look.seen(*place))));
        }
        changed.extend(own);
        let mut closure = Closure::of(many);
        if changed.len() > many / ONE_BY_ONE {
            for place in look.descent.plan().order() {
                kin.take_above(&look, place, &mut closure);
            }
            return (kin, (0..many).collect());
        }
        // Parents first; what is above one can change only by what is above its parents.
        let mut waiting: BTreeSet<(u32, usize)> =
            changed.iter().map(|place| (look.descent.rank(*place), *place)).collect();
        while let Some((_, place)) = waiting.pop_first() {
            let was = kin.above.get(place).copied();
            kin.take_above(&look, place, &mut closure);
            // What is above several is not the sum of what is above each: a change may leave one as it was, and not the
            // one below.
            let children = look
                .children(place)
                .filter(|child| kin.above.get(place).copied() != was || look.above(*child).nth(1).is_some());
            for child in children.collect::<Vec<_>>() {
                if changed.insert(child) {
                    waiting.insert((look.descent.rank(child), child));
                }
            }
        }
        (kin, changed.into_iter().collect())
    }

    fn moved(&self, moved: &Moved, many: usize) -> Self {
        let Moved::To(_) = moved else { return self.clone() };
        let of = |place: usize| moved.before(place);
        Kin {
            seen: (0..many).map(|at| at_before(&self.seen, of(at))).collect(),
            above: (0..many).map(|at| at_before(&self.above, of(at))).collect(),
            supports: (0..many).map(|at| at_before(&self.supports, of(at))).collect(),
        }
    }

    /// Records what follows from the levels of the ancestors, and returns the places where that changed.
    pub fn support(&mut self, supports: Vec<(Support, Option<u8>)>) -> Vec<usize> {
        let was = |place: usize| self.supports.get(place).copied().unwrap_or_default();
        let differs =
            |(place, support): (usize, &(Support, Option<u8>))| (was(place) != *support).then_some(place);
        let changed = supports.iter().enumerate().filter_map(differs).collect();
        self.supports = supports;
        changed
    }

    /// Whether anything depends on how far the ancestors of a place carry: on each of its parents one may rely.
    pub fn asks_support(&self, descent: &Descent, place: usize) -> bool {
        let relied =
            |sight| matches!(sight, ParentSight::Verified | ParentSight::Resigned | ParentSight::Summarised);
        descent.plan().parents(place).all(|parent| relied(self.seen(parent).sight))
    }

    /// Whether each model looks the same to those that derive from it.
    pub fn looks_like(&self, other: &Kin) -> bool {
        self.seen == other.seen
    }

    /// What those see of a place that derive from it.
    pub fn seen(&self, place: usize) -> Seen {
        self.seen.get(place).copied().unwrap_or_default()
    }

    /// What a parent is known as when its children are capped, of an own level and given whether its own evidence
    /// contradicts.
    pub fn as_ancestor(&self, place: usize, model: &Model, own: u8, contradicts: bool) -> CapNode {
        let seen = self.seen(place);
        let known = match seen.sight {
            _ if contradicts => CapState::Contradicted,
            ParentSight::Resigned => CapState::Resigned,
            _ if model.signature.is_none() => CapState::Unsigned,
            _ => CapState::Signed,
        };
        let node = CapNode { state: known, own, root_claim: seen.is_root, ..CapNode::UNRESOLVED };
        match seen.summary.filter(|_| !contradicts) {
            Some((summary_level, hops)) => {
                CapNode { state: CapState::Summary, summary_level, hops, beneath: Some(known), ..node }
            }
            None => node,
        }
    }

    /// The lineage result for a place, if any.
    pub fn kinship(&self, input: &Input<'_>, descent: &Descent, place: usize) -> Option<Kinship> {
        let look = Look { input, descent };
        let graph = descent.graph();
        let at = u32::try_from(place).ok()?;
        let node = graph.node_at(at)?;
        let origins = input.proven.origins(&node.id).map(|origins| &**origins);
        let edges: Vec<(u32, &Edge)> = graph.edges_at(at).collect();
        let descendants = descent.descendants_at(place);
        if edges.is_empty() && descendants == 0 && origins.is_none() && !node.on_cycle {
            return None;
        }
        let edge = |(parent, edge): &(u32, &Edge)| self.edge(&look, origins, *parent, edge);
        let bears = |(_, edge): &&(u32, &Edge)| edge.relation.bears_weight();
        let is_denied = |(parent, edge): &&(u32, &Edge)| {
            let is_contradicted = edge.outranked || edge.basis == Basis::Contradicted;
            is_contradicted
                && graph
                    .node_at(*parent)
                    .is_some_and(|node| proofs(origins, &node.id).all(|proof| !proof.in_role))
        };
        let is_complete = origins.is_some_and(Origins::is_complete);
        let above = self.above.get(place).copied().unwrap_or_default();
        let (support, lowest_cap) = self.supports.get(place).copied().unwrap_or_default();
        let has_bases = edges.iter().any(|edge| bears(&edge));
        let root = origins.filter(|origins| origins.is_root());
        Some(Kinship {
            root: root.map(|_| if has_bases { Basis::Contradicted } else { Basis::Attested }),
            edges: edges.iter().filter_map(edge).collect(),
            completeness: above.completeness,
            on_cycle: node.on_cycle,
            digests_differ: above.is_disputed,
            disagree: descent.disputes(place),
            plausible: if has_bases { descent.is_plausible(input.models, place) } else { None },
            denied_by_claims: is_complete && edges.iter().filter(bears).any(|edge| is_denied(&edge)),
            descendants,
            support,
            lowest_cap,
            summaries: edges.iter().filter(bears).map(|edge| self.reliance(edge.0)).max().unwrap_or_default(),
        })
    }

    fn reliance(&self, place: u32) -> Reliance {
        usize::try_from(place).map(|place| self.seen(place).reliance).unwrap_or_default()
    }

    fn edge(
        &self,
        look: &Look<'_, '_>,
        origins: Option<&Origins>,
        parent: u32,
        edge: &Edge,
    ) -> Option<LineageEdge> {
        let node = look.descent.graph().node_at(parent)?;
        let seen = self.seen(usize::try_from(parent).ok()?);
        let known = node.model().map(|index| (look.input.verified)(index)).unwrap_or_default();
        // Anyone may append a claim: one outside its signer's role says nothing of times.
        let told = || proofs(origins, &node.id).filter(|proof| proof.in_role);
        let last = node.id.raw().rsplit('/').next().unwrap_or_default();
        let pin = match &edge.digest {
            Some(_) => Pin::Digest,
            None if node.id.digest().is_some() => Pin::Digest,
            None if last.contains(['@', ':']) => Pin::Revision,
            None => Pin::Name,
        };
        let contradicts = edge.outranked || edge.basis == Basis::Contradicted;
        let root = root_of(&known);
        Some(LineageEdge {
            parent: node.id.clone(),
            relation: edge.relation,
            basis: if contradicts { Basis::Contradicted } else { edge.basis },
            pin,
            in_role: proofs(origins, &node.id).map(|proof| proof.in_role).max(),
            order: order(look, seen.sight, &known, told()),
            verified_before: told().filter_map(verified_before).min(),
            sight: seen.sight,
            pin_differs: edge.digest.as_deref().zip(root).is_some_and(|(pin, root)| *pin != root),
            digest: root.or(edge.digest.as_deref().copied()),
        })
    }

    /// Counts what is above a place, whose parents are counted.
    fn take_above(&mut self, look: &Look<'_, '_>, place: usize, closure: &mut Closure) {
        let found = match look.above(place).count() {
            0 => Above { is_disputed: look.is_disputed(place), ..Above::default() },
            1 if !look.descent.plan().is_on_cycle(place) => self.sum_above(look, place),
            _ => closure.above(self, look, place).unwrap_or_else(|| self.sum_above(look, place)),
        };
        self.above.get_mut(place).into_iter().for_each(|slot| *slot = found);
    }

    /// What is above the parents and the edges to them together: of one parent that is exact.
    fn sum_above(&self, look: &Look<'_, '_>, place: usize) -> Above {
        let mut sum = Above { is_disputed: look.is_disputed(place), ..Above::default() };
        for (parent, edge) in look.above(place) {
            let seen = self.seen(parent);
            sum.completeness.declared = sum.completeness.declared.saturating_add(1);
            sum.completeness.verified =
                sum.completeness.verified.saturating_add(u32::from(is_verified(edge, seen)));
            sum.is_disputed |= seen.is_disputed;
            if stands_for_all(seen) {
                continue;
            }
            if look.above(parent).next().is_none() {
                let is_open = !seen.is_root;
                sum.completeness.open_ends = sum.completeness.open_ends.saturating_add(u32::from(is_open));
                continue;
            }
            // Those of a circle are counted by themselves.
            let above = self.above.get(parent).copied().unwrap_or_default();
            let (sum, above) = (&mut sum.completeness, above.completeness);
            sum.declared = sum.declared.saturating_add(above.declared);
            sum.verified = sum.verified.saturating_add(above.verified);
            sum.open_ends = sum.open_ends.saturating_add(above.open_ends);
        }
        let mut above = look.above(place).filter_map(|(parent, _)| self.above.get(parent));
        sum.is_disputed |= above.any(|above| above.is_disputed);
        sum
    }
}

fn at_before<T: Copy + Default>(list: &[T], place: Option<usize>) -> T {
    place.and_then(|place| list.get(place)).copied().unwrap_or_default()
}

/// What was visited above one place.
struct Closure {
    /// For which visit each place was seen last.
    seen: Vec<u32>,
    visit: u32,
}

impl Closure {
    fn of(many: usize) -> Self {
        Closure { seen: vec![0; many], visit: 0 }
    }

    /// Everything above a place, each edge once; none where that is too much.
    fn above(&mut self, kin: &Kin, look: &Look<'_, '_>, place: usize) -> Option<Above> {
        self.visit = self.visit.wrapping_add(1);
        let mut found = Above { is_disputed: look.is_disputed(place), ..Above::default() };
        let mut waiting = vec![place];
        self.enter(place);
        while let Some(at) = waiting.pop() {
            for (parent, edge) in look.above(at) {
                let seen = kin.seen(parent);
                let count = &mut found.completeness;
                count.declared += 1;
                count.verified += u32::from(is_verified(edge, seen));
                if count.declared > MOST_CLOSURE {
                    // A circle proves nothing.
                    let is_on_cycle = look.descent.plan().is_on_cycle(place);
                    return is_on_cycle.then_some(Above {
                        completeness: Completeness { declared: MOST_CLOSURE, ..Completeness::default() },
                        ..found
                    });
                }
                found.is_disputed |= seen.is_disputed || look.is_misnamed(parent);
                if !self.enter(parent) || stands_for_all(seen) {
                    continue;
                }
                if look.above(parent).next().is_none() {
                    found.completeness.open_ends += u32::from(!seen.is_root);
                } else {
                    waiting.push(parent);
                }
            }
        }
        Some(found)
    }

    /// Whether a place was not visited yet.
    fn enter(&mut self, place: usize) -> bool {
        self.seen.get_mut(place).is_some_and(|seen| std::mem::replace(seen, self.visit) != self.visit)
    }
}

impl Look<'_, '_> {
    /// The parents whose weights are in a place, with their edges.
    fn above(&self, place: usize) -> impl Iterator<Item = (usize, &Edge)> {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let edges = self.descent.graph().edges_at(place).filter(|(_, edge)| edge.relation.bears_weight());
        edges.filter_map(|(parent, edge)| Some((usize::try_from(parent).ok()?, edge)))
    }

    /// Whether the result of the lineage alone changed for a place.
    fn differs(&self, before: &Descent, was: Option<usize>, place: usize) -> bool {
        let Some(was) = was else { return true };
        let on_cycle = |descent: &Descent, place: usize| {
            let node = u32::try_from(place).ok().and_then(|place| descent.graph().node_at(place));
            node.is_some_and(|node| node.on_cycle)
        };
        before.descendants_at(was) != self.descent.descendants_at(place)
            || before.disputes(was) != self.descent.disputes(place)
            || on_cycle(before, was) != on_cycle(self.descent, place)
    }

    /// The places of what claims call by the name of a place, and that only a digest names.
    fn called(&self, place: usize) -> impl Iterator<Item = usize> {
        let name = self.descent.id(place).map(ModelId::raw).unwrap_or_default();
        let first = format!("{name}//");
        let is_so_called = |place: &usize| self.descent.id(*place).is_some_and(|id| id.called() == name);
        let places: Vec<usize> = self.descent.graph().from(&first).take_while(is_so_called).collect();
        places.into_iter()
    }

    fn parents(&self, place: usize) -> impl Iterator<Item = usize> {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let edges = self.descent.graph().edges_at(place);
        edges.filter_map(|(parent, _)| usize::try_from(parent).ok())
    }

    fn children(&self, place: usize) -> impl Iterator<Item = usize> {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let edges = self.descent.graph().children_at(place);
        edges.filter_map(|(child, _)| usize::try_from(child).ok())
    }

    /// What each place is by itself.
    fn all_seen(&self) -> Vec<Seen> {
        let places = (0..self.descent.plan().len()).into_par_iter();
        places.with_min_len(256).map(|place| self.seen(place)).collect()
    }

    /// What a place is by itself. Of one from which nothing derives it is only asked whether it is a root.
    fn seen(&self, place: usize) -> Seen {
        let node = u32::try_from(place).ok().and_then(|place| self.descent.graph().node_at(place));
        let Some(node) = node else { return Seen::default() };
        let is_root = self.input.proven.origins(&node.id).is_some_and(|origins| origins.is_root());
        if self.children(place).next().is_none() {
            return Seen { is_root, ..Seen::default() };
        }
        let is_disputed = self.is_artifact_disputed(&node.id, node.model());
        let model = node.model().and_then(|index| Some((index, self.input.models.get(index)?)));
        let Some((index, model)) = model else { return Seen { is_disputed, ..Seen::default() } };
        let known = (self.input.verified)(index);
        let testimonies = known.testimonies;
        let summary = vouched(testimonies, self.input.policy, self.input.now);
        let evidence = bare(self.input, known, model);
        let own = integrity(&evidence);
        let sight = match own {
            Integrity::Holds
                if self.input.policy.artifact.allow_resign_at_ingest && is_resigned(&evidence) =>
            {
                ParentSight::Resigned
            }
            Integrity::Contradicted => ParentSight::Contradicted,
            Integrity::Holds => ParentSight::Verified,
            _ if summary.is_some() => ParentSight::Summarised,
            Integrity::Unsigned => ParentSight::Unsigned,
            Integrity::Open => ParentSight::NotVerified,
        };
        let reliance = match sight {
            ParentSight::Verified | ParentSight::Resigned | ParentSight::Contradicted => Reliance::None,
            _ => reliance(testimonies, self.input.policy, self.input.now),
        };
        Seen {
            reliance,
            sight,
            is_root,
            summary: summary
                .filter(|_| sight != ParentSight::Contradicted)
                .map(|summary| (summary.level, summary.hops)),
            is_disputed,
        }
    }

    /// Whether references to an artifact whose own digest is not known name different digests of it.
    fn is_artifact_disputed(&self, id: &ModelId, index: Option<usize>) -> bool {
        // A document that states another digest than the one computed contradicts what it describes (`pin_differs`), and
        // not this model: otherwise any document could refuse any model.
        if index.and_then(|index| root_of(&(self.input.verified)(index))).is_some() {
            return false;
        }
        let mut stated = self.input.stated.of_parent(id).peekable();
        let Some(first) = stated.peek().copied() else { return false };
        stated.any(|digest| digest != first)
    }

    /// Whether a claim calls something by the name of a model that is known to have another digest.
    fn is_misnamed(&self, place: usize) -> bool {
        let graph = self.descent.graph();
        let node = u32::try_from(place).ok().and_then(|place| graph.node_at(place));
        let Some((node, digest)) = node.and_then(|node| Some((node, node.id.digest()?))) else {
            return false;
        };
        let called = ModelId::new(node.id.called());
        let root = graph.node(&called).and_then(|node| node.model());
        let root = root.and_then(|index| root_of(&(self.input.verified)(index)));
        match root {
            // What was computed is its digest, whatever documents state.
            Some(root) => root != digest,
            None => {
                let mut stated = self.input.stated.of_parent(&called).peekable();
                stated.peek().is_some() && stated.all(|known| known != digest)
            }
        }
    }

    /// Whether a place, or a parent of it, is referred to by different digests.
    fn is_disputed(&self, place: usize) -> bool {
        let id = self.descent.id(place);
        let index = u32::try_from(place).ok().and_then(|at| self.descent.graph().node_at(at)?.model());
        id.is_some_and(|id| self.is_artifact_disputed(id, index))
            || self.parents(place).any(|parent| self.is_misnamed(parent))
    }
}

/// The evidence of a model without its lineage.
fn bare<'e, 'a: 'e>(input: &'e Input<'a>, known: Known<'e>, model: &'e Model) -> Evidence<'e> {
    Evidence {
        model,
        verification: known.verification,
        looked: known.looked,
        since: known.since,
        testimonies: known.testimonies,
        kinship: Kinship::none(),
        usage: known.usage.unwrap_or(Usage::none()),
        seal: input.seal,
        feeds: input.feeds,
        policy: input.policy,
        now: input.now,
        told: OnceCell::new(),
        told_by: None,
    }
}

/// Whether an edge is proved, and leads to a parent that verifies.
fn is_verified(edge: &Edge, seen: Seen) -> bool {
    let leads = matches!(seen.sight, ParentSight::Verified | ParentSight::Resigned | ParentSight::Summarised);
    edge.basis == Basis::Attested && !edge.outranked && leads
}

/// Whether the walk can stop at a parent.
fn stands_for_all(seen: Seen) -> bool {
    seen.sight == ParentSight::Summarised
}

fn proofs<'o>(origins: Option<&'o Origins>, parent: &ModelId) -> impl Iterator<Item = &'o Proof> {
    let proofs = origins.map(Origins::proofs).unwrap_or_default();
    let from = proofs.partition_point(|proof| proof.parent < *parent);
    let to = proofs.partition_point(|proof| proof.parent <= *parent);
    proofs.get(from..to).unwrap_or_default().iter()
}

/// How the times of the claims stand to that of the parent's own signature. A claim that came first is told, whatever
/// the others say.
fn order<'p>(
    look: &Look<'_, '_>,
    sight: ParentSight,
    known: &Known<'_>,
    told: impl Iterator<Item = &'p Proof>,
) -> EdgeOrder {
    // What was signed when it was received says nothing of the time before.
    let parent = known.verification.filter(|_| sight == ParentSight::Verified);
    let parent = parent.and_then(|verification| Some(verification.signed_at.as_ref()?.0));
    let skew = SignedDuration::from_secs(i64::from(look.input.policy.freshness.clock_skew_seconds));
    let compared = told.filter_map(|proof| {
        let between = proof.signed_at?.duration_since(parent?);
        Some(match () {
            () if between < -skew => EdgeOrder::ChildFirst,
            () if between <= skew => EdgeOrder::Equal,
            () => EdgeOrder::ParentFirst,
        })
    });
    let rank = |order: &EdgeOrder| match order {
        EdgeOrder::ChildFirst => 0,
        EdgeOrder::ParentFirst => 1,
        EdgeOrder::Equal => 2,
        EdgeOrder::Unknown => 3,
    };
    compared.min_by_key(rank).unwrap_or_default()
}

/// Whether a claim says that the parent was verified before it was used.
fn verified_before(proof: &Proof) -> Option<bool> {
    let used = proof.started.or(proof.signed_at)?;
    Some(proof.verified_at? <= used)
}
