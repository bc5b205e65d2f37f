//! Which one thing raises most models: held against a slow reading of what it means, on small inventories.

use crate::support::copy_of_samples;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use touchmark::decision::Decision;
use touchmark::maturity::{CapNode, CapPlan, CapState, Effective, LiftNode, Musts, Steps, score};
use touchmark::signing::Outcome;
use touchmark::view::View;
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

/// A node: what caps its children, what its own level could be, and what of it is open.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    node: CapNode,
    free: u8,
    is_gap: bool,
    /// Whether its own level does not rest on ancestors, up to 2 and up to 3.
    alone: (bool, bool),
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let state = prop_oneof![
        5 => Just(CapState::Signed),
        2 => Just(CapState::Unsigned),
        1 => Just(CapState::Resigned),
        1 => Just(CapState::Contradicted),
        1 => Just(CapState::Unresolved),
        1 => Just(CapState::Summary),
    ];
    // Something is always known beneath a summary.
    let beneath = prop_oneof![Just(CapState::Signed), Just(CapState::Unsigned), Just(CapState::Resigned)];
    let hops = prop_oneof![3 => Just(None), 1 => (0..3_u8).prop_map(Some)];
    (state, 0..4_u8, any::<bool>(), 0..4_u8, hops, beneath, prop::bool::weighted(0.3), any::<(bool, bool)>())
        .prop_map(|(state, free, root_claim, summary_level, hops, beneath, is_gap, alone)| {
            let is_summary = state == CapState::Summary;
            let node = CapNode {
                state,
                own: 0,
                root_claim,
                summary_level: if is_summary { summary_level } else { 0 },
                hops: hops.filter(|_| is_summary),
                beneath: is_summary.then_some(beneath),
            };
            Drawn { node, free, is_gap, alone }
        })
}

struct Family {
    drawn: Vec<Drawn>,
    parents: Vec<Vec<usize>>,
    plan: CapPlan,
    limit: u32,
}

impl Family {
    fn stops(&self, node: usize) -> bool {
        self.drawn[node].node.state == CapState::Summary && !self.drawn[node].is_gap
    }

    /// The nodes as they are if one is lifted: all levels follow from the definitions, one by one.
    fn levels(&self, lifted: Option<usize>) -> (Vec<CapNode>, Vec<Effective>) {
        let many = self.drawn.len();
        let mut nodes: Vec<CapNode> = self.drawn.iter().map(|drawn| drawn.node).collect();
        if let Some(at) = lifted {
            let node = &mut nodes[at];
            match node.state {
                CapState::Summary => node.beneath = Some(CapState::Signed),
                _ => node.state = CapState::Signed,
            }
            node.root_claim |= self.parents[at].is_empty();
        }
        let is_gap = |node: usize| self.drawn[node].is_gap && lifted != Some(node);
        for (at, node) in nodes.iter_mut().enumerate() {
            let Drawn { free, alone, .. } = self.drawn[at];
            node.own = match lifted {
                Some(lifted) if lifted == at => 2,
                _ if free >= 2 && !alone.0 && self.has_gap(at, &is_gap) => 1,
                _ => free.min(2),
            };
        }
        let second = self.plan.levels(&nodes, self.limit).effective;
        let mut whole = nodes.clone();
        for node in 0..many {
            let Drawn { free, alone, .. } = self.drawn[node];
            let rises =
                nodes[node].own == 2 && free == 3 && (alone.1 || self.carries(node, &nodes, &second, 0));
            if rises || lifted == Some(node) {
                whole[node].own = 3;
            }
        }
        let effective = self.plan.levels(&whole, self.limit).effective;
        (whole, effective)
    }

    fn has_gap(&self, node: usize, is_gap: &dyn Fn(usize) -> bool) -> bool {
        let (mut next, mut seen) = (vec![node], BTreeSet::new());
        while let Some(at) = next.pop() {
            for parent in &self.parents[at] {
                if is_gap(*parent) || *parent == node {
                    return true;
                }
                if !self.stops(*parent) && seen.insert(*parent) {
                    next.push(*parent);
                }
            }
        }
        false
    }

    fn carries(&self, node: usize, nodes: &[CapNode], levels: &[Effective], depth: usize) -> bool {
        depth <= self.drawn.len()
            && self.parents[node].iter().all(|parent| {
                let (known, level) = (&nodes[*parent], levels[*parent]);
                let is_root = known.state == CapState::Signed && known.root_claim && known.own > 0;
                match known.state {
                    _ if level.tainted => false,
                    CapState::Contradicted | CapState::Unsigned => false,
                    CapState::Summary if known.summary_level >= 2 => false,
                    _ if is_root && self.parents[*parent].is_empty() => true,
                    _ => level.level >= 2 && self.carries(*parent, nodes, levels, depth + 1),
                }
            })
    }

    /// For each node the ancestors that raise it alone, by trying each.
    fn slowly(&self) -> Vec<BTreeSet<usize>> {
        let (_, before) = self.levels(None);
        let mut found = vec![BTreeSet::new(); self.drawn.len()];
        for ancestor in 0..self.drawn.len() {
            let (_, after) = self.levels(Some(ancestor));
            for node in (0..self.drawn.len()).filter(|node| *node != ancestor) {
                if after[node].level > before[node].level {
                    found[node].insert(ancestor);
                }
            }
        }
        found
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Parents stand before their children: circles are tested apart.
    #[test]
    fn the_ancestors_that_raise_a_model_alone_are_those_that_do_when_each_is_tried(
        drawn in prop::collection::vec((drawn(), prop::collection::vec(any::<u8>(), 0..3)), 1..9),
        limit in prop_oneof![4 => Just(u32::MAX), 1 => 0..4_u32],
    ) {
        let parents: Vec<Vec<usize>> = drawn
            .iter()
            .enumerate()
            .map(|(at, (_, wanted))| {
                let all: BTreeSet<usize> =
                    wanted.iter().filter(|_| at > 0).map(|parent| usize::from(*parent) % at.max(1)).collect();
                all.into_iter().collect()
            })
            .collect();
        let (mut starts, mut flat) = (vec![0], Vec::new());
        for row in &parents {
            flat.extend(row.iter().map(|parent| u32::try_from(*parent).unwrap()));
            starts.push(u32::try_from(flat.len()).unwrap());
        }
        let plan = CapPlan::new(starts, flat);
        let family = Family { drawn: drawn.iter().map(|(drawn, _)| *drawn).collect(), parents, plan, limit };
        let (nodes, _) = family.levels(None);
        let more: Vec<LiftNode> = family
            .drawn
            .iter()
            .enumerate()
            .map(|(at, drawn)| LiftNode { free: drawn.free, is_gap: drawn.is_gap, stops: family.stops(at) })
            .collect();
        let lifts = family.plan.lifts(&nodes, &more, limit);
        let fast: Vec<BTreeSet<usize>> = (0..nodes.len()).map(|node| lifts.of(node).collect()).collect();
        prop_assert_eq!(&fast, &family.slowly(), "{:?} {:?}", family.drawn, family.parents);
        let counts = lifts.counts(|_| true);
        for (ancestor, count) in counts.iter().enumerate() {
            let by_hand = fast.iter().filter(|raised| raised.contains(&ancestor)).count();
            prop_assert_eq!(usize::try_from(*count).unwrap(), by_hand);
        }
    }
}

#[test]
fn nobody_alone_raises_the_members_of_a_circle() {
    let signed = CapNode { state: CapState::Signed, own: 3, ..CapNode::UNRESOLVED };
    // 0 and 1 derive from each other, 2 from 1.
    let plan = CapPlan::new(vec![0, 1, 2, 3], vec![1, 0, 1]);
    let more = [LiftNode { free: 3, ..LiftNode::default() }; 3];
    let lifts = plan.lifts(&[signed; 3], &more, u32::MAX);
    assert_eq!(lifts.counts(|_| true), [0, 0, 0]);
}

#[test]
fn one_unsigned_ancestor_of_many_is_what_raises_all_of_them() {
    const MANY: usize = 50_000;
    let signed = CapNode { state: CapState::Signed, own: 3, ..CapNode::UNRESOLVED };
    let unsigned = CapNode { state: CapState::Unsigned, own: 0, ..CapNode::UNRESOLVED };
    // A chain: each derives from the one before it.
    let mut starts = vec![0];
    starts.extend(0..u32::try_from(MANY).unwrap());
    let parents: Vec<u32> = (0..u32::try_from(MANY - 1).unwrap()).collect();
    let plan = CapPlan::new(starts, parents);
    let mut nodes = vec![signed; MANY];
    nodes[0] = unsigned;
    let more = vec![LiftNode { free: 3, ..LiftNode::default() }; MANY];
    let counts = plan.lifts(&nodes, &more, u32::MAX).counts(|_| true);
    // Its child is at level 1, its child's child at 2, all others at 3: the first two rise by it.
    assert_eq!(&counts[..3], &[2, 0, 0]);
    assert_eq!(counts.iter().map(|count| u64::from(*count)).sum::<u64>(), 2);
}

fn verified() -> (tempfile::TempDir, std::sync::Arc<View>) {
    let dir = copy_of_samples();
    let options = OpenOptions { dir: Some(dir.path().to_owned()), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    let all = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    let job = workbench.start(JobKind::Verify(all));
    workbench.wait(job);
    let view = workbench.view();
    (dir, view)
}

#[test]
fn a_control_raises_as_many_models_as_rise_when_it_is_passed_in_each_verdict() {
    let (_dir, view) = verified();
    let found = view.unlock();
    let musts = Musts::of(&view.rubric, &view.policy.raise);
    let mut slowly: BTreeMap<String, usize> = BTreeMap::new();
    let mut judged = 0;
    for index in 0..view.models.len() {
        let verdict = view.verdict(index).unwrap();
        if verdict.decision == Decision::NotJudged {
            continue;
        }
        judged += 1;
        for (at, result) in verdict.assessment.controls.iter().enumerate() {
            let mut outcomes: Vec<Outcome> =
                verdict.assessment.controls.iter().map(|result| result.outcome).collect();
            outcomes[at] = Outcome::Pass;
            if score(&view.rubric, &outcomes, &musts).own > verdict.assessment.score.own {
                *slowly.entry(result.id.to_string()).or_default() += 1;
            }
        }
    }
    let fast: BTreeMap<String, usize> =
        found.controls.iter().map(|one| (one.control.to_string(), one.risen.own)).collect();
    assert_eq!((found.judged, found.judged + found.open), (judged, view.models.len()));
    assert_eq!(fast, slowly);
    assert!(!fast.is_empty(), "the samples hold models that one control keeps down");
    // The largest come first.
    assert!(found.controls.windows(2).all(|pair| pair[0].risen >= pair[1].risen));
}

#[test]
fn the_steps_are_valid_and_each_control_that_is_a_must_can_be_met_by_one_or_says_itself_what_to_do() {
    let steps = Steps::parse(include_str!("../../policies/rubric/steps.toml")).unwrap();
    assert_eq!(&steps, Steps::bundled());
    assert!(steps.all().len() > 30);
    let rubric = touchmark::maturity::Rubric::bundled().unwrap();
    for step in steps.all() {
        for control in &step.meets {
            assert!(rubric.control(control).is_some(), "{control}");
        }
    }
    let text = include_str!("../../policies/rubric/steps.toml");
    for (from, to) in [
        ("steps/0.1", "steps/9"),
        ("deed = \"bind\"", "deed = \"verify\""),
        ("deed = \"bind\"", "deed = \"conjure\""),
        ("then = [\"verify\"]", "then = [\"trust-signer\"]"),
        ("effort = 1", "effort = -1"),
    ] {
        assert!(Steps::parse(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
}

#[test]
fn every_way_of_the_samples_says_who_acts_and_takes_only_steps_that_can_meet_their_controls() {
    let (_dir, view) = verified();
    let mut ways = 0;
    for index in 0..view.models.len() {
        let Some(way_up) = view.way_up(index) else { continue };
        let all = way_up.to_own.iter().chain(&way_up.to_effective);
        for way in all.filter(|ways| !ways.is_first).flat_map(|ways| &ways.ways) {
            ways += 1;
            assert_eq!(way.effort, way.steps.iter().map(|step| step.effort).sum::<u32>());
            assert!(!way.steps.is_empty(), "{way_up:?}");
            for step in &way.steps {
                let said = step.said_by.is_some() || step.is_ancestor || step.command.is_some();
                assert!(said, "{:?}: {step:?}", way_up.model);
                let Some(kind) = Steps::bundled().of(step.deed) else { panic!("{step:?}") };
                if step.is_ancestor || kind.meets.is_empty() {
                    continue;
                }
                for control in &step.controls {
                    assert!(kind.meets.iter().any(|met| **met == **control), "{control}: {step:?}");
                }
            }
        }
    }
    assert!(ways > 30, "{ways}");
}
