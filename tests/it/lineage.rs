//! The lineage graph and its drawing as lanes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, Instant};
use touchmark::inventory::{Basis, Kind, Model, ModelId, ParentRef, Relation};
use touchmark::lineage::{Graph, GraphFinding, LaneRow, lanes};
use touchmark::signing::RootDigest;

fn id(name: &str) -> ModelId {
    ModelId::new(name)
}

fn parent(name: &str, relation: Relation, basis: Basis, digest: Option<u8>) -> ParentRef {
    ParentRef {
        id: id(name),
        relation,
        basis,
        digest: digest.map(|byte| RootDigest([byte; 32])),
        source: "bom.json".into(),
        place: "/components/0".into(),
    }
}

fn finetune(name: &str) -> ParentRef {
    parent(name, Relation::Finetune, Basis::Declared, None)
}

fn model(name: &str, parents: Vec<ParentRef>) -> Model {
    Model { parents: parents.into(), ..Model::new(id(name), name) }
}

/// Models `(child, parents)`, every edge a declared finetune.
fn family(edges: &[(&str, &[&str])]) -> Graph {
    let models: Vec<Model> = edges
        .iter()
        .map(|(child, parents)| model(child, parents.iter().map(|name| finetune(name)).collect()))
        .collect();
    Graph::build(&models)
}

fn ids(nodes: Vec<&touchmark::lineage::Node>) -> Vec<&str> {
    nodes.into_iter().map(|node| node.id.raw()).collect()
}

fn picture(rows: &[LaneRow]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {}", row.gutter, row.id.screen())).collect()
}

#[test]
fn parents_and_children_are_sorted_and_ancestors_come_nearest_first() {
    let graph = family(&[("o/a", &[]), ("o/b", &["o/a"]), ("o/c", &["o/b", "o/a"]), ("o/d", &["o/c"])]);
    let parents: Vec<&str> = graph.parents(&id("o/c")).iter().map(|(node, _)| node.id.raw()).collect();
    assert_eq!(parents, ["o/a", "o/b"]);
    let children: Vec<&str> = graph.children(&id("o/a")).iter().map(|(node, _)| node.id.raw()).collect();
    assert_eq!(children, ["o/b", "o/c"]);
    assert_eq!(ids(graph.ancestors(&id("o/d"), usize::MAX)), ["o/c", "o/a", "o/b"]);
    assert_eq!(ids(graph.ancestors(&id("o/d"), 1)), ["o/c"]);
    assert_eq!(ids(graph.descendants(&id("o/a"), usize::MAX)), ["o/b", "o/c", "o/d"]);
    assert_eq!(ids(graph.nodes()), ["o/a", "o/b", "o/c", "o/d"]);
    assert!(graph.ancestors(&id("o/nobody"), 3).is_empty());
}

#[test]
fn a_bare_name_is_resolved_when_exactly_one_model_has_it() {
    let graph = family(&[("meta/llama", &[]), ("acme/tuned", &["Llama"])]);
    assert_eq!(graph.parents(&id("acme/tuned"))[0].0.id.raw(), "meta/llama");
    assert!(graph.findings().is_empty());
}

#[test]
fn a_bare_name_that_two_models_have_stays_a_placeholder() {
    let graph = family(&[("meta/llama", &[]), ("copy/llama", &[]), ("acme/tuned", &["llama"])]);
    let (node, _) = graph.parents(&id("acme/tuned"))[0];
    assert!(node.name_only && node.model.is_none());
    let dangling = GraphFinding::Dangling { child: id("acme/tuned"), parent: id("llama"), name_only: true };
    assert_eq!(graph.findings(), [dangling]);
}

#[test]
fn a_bare_name_that_only_the_child_has_is_not_the_child() {
    let graph = family(&[("acme/llama", &["llama"])]);
    assert_eq!(graph.parents(&id("acme/llama"))[0].0.id.raw(), "llama");
    assert!(!graph.node(&id("acme/llama")).unwrap().on_cycle);
}

#[test]
fn a_model_that_names_itself_is_reported_as_a_cycle_without_an_edge() {
    let graph = family(&[("o/a", &["O/A"])]);
    assert_eq!(graph.findings(), [GraphFinding::Cycle(vec![id("o/a")])]);
    assert!(graph.parents(&id("o/a")).is_empty());
    assert!(graph.node(&id("o/a")).unwrap().on_cycle);
}

#[test]
fn models_that_derive_from_each_other_are_reported_together() {
    let graph = family(&[("o/c", &["o/a"]), ("o/a", &["o/b"]), ("o/b", &["o/c"]), ("o/d", &["o/c"])]);
    assert_eq!(graph.findings(), [GraphFinding::Cycle(vec![id("o/a"), id("o/b"), id("o/c")])]);
    assert!(!graph.node(&id("o/d")).unwrap().on_cycle);
    assert_eq!(ids(graph.ancestors(&id("o/a"), usize::MAX)), ["o/b", "o/c"]);
}

#[test]
fn sources_that_agree_become_one_edge_with_the_best_basis_and_the_pin() {
    let refs = vec![
        parent("o/a", Relation::Unspecified, Basis::Observed, None),
        parent("o/a", Relation::Quantised, Basis::Declared, Some(7)),
    ];
    for refs in [refs.clone(), refs.into_iter().rev().collect()] {
        let graph = Graph::build(&[model("o/a", vec![]), model("o/b", refs)]);
        let (_, edge) = graph.parents(&id("o/b"))[0];
        assert_eq!(
            (edge.relation, edge.basis, edge.digest, edge.mentions),
            (Relation::Quantised, Basis::Observed, Some(RootDigest([7; 32])), 2)
        );
    }
}

#[test]
fn sources_that_disagree_on_relation_or_digest_contradict() {
    let relations = vec![finetune("o/a"), parent("o/a", Relation::TrainedOn, Basis::Declared, None)];
    let digests = vec![
        parent("o/a", Relation::Finetune, Basis::Attested, Some(1)),
        parent("o/a", Relation::Finetune, Basis::Declared, Some(2)),
    ];
    for refs in [relations, digests] {
        let graph = Graph::build(&[model("o/a", vec![]), model("o/b", refs)]);
        let (_, edge) = graph.parents(&id("o/b"))[0];
        assert_eq!(edge.basis, Basis::Contradicted);
        assert!(edge.relation.bears_weight());
    }
}

#[test]
fn a_chain_is_drawn_from_its_root_with_the_style_of_each_edge() {
    let models = [
        model("o/a", vec![]),
        model("o/b", vec![parent("o/a", Relation::Finetune, Basis::Attested, Some(1))]),
        model("o/c", vec![parent("o/b", Relation::Quantised, Basis::Attested, None)]),
        model("o/d", vec![finetune("o/c")]),
    ];
    let rows = lanes(&Graph::build(&models), &id("o/c"), 9, 9, 100);
    assert_eq!(
        picture(&rows),
        [
            "●          o/a", //
            "╰─● ══     o/b",
            "  ╰─● ──   o/c",
            "    ╰─● ┄┄ o/d",
        ]
    );
    assert_eq!(rows.iter().map(|row| row.generation).collect::<Vec<_>>(), [-2, -1, 0, 1]);
    assert_eq!(rows[0].edge, None);
    assert_eq!(rows[1].edge, Some((Relation::Finetune, Basis::Attested)));
    assert!(rows[1].pinned && !rows[2].pinned);
}

#[test]
fn a_base_with_five_children_fans_out() {
    let graph = family(&[
        ("o/base", &[]),
        ("o/c1", &["o/base"]),
        ("o/c2", &["o/base"]),
        ("o/c3", &["o/base"]),
        ("o/c4", &["o/base"]),
        ("o/c5", &["o/base"]),
        ("o/d1", &["o/c2"]),
        ("o/d2", &["o/c2"]),
    ]);
    assert_eq!(
        picture(&lanes(&graph, &id("o/base"), 3, 2, 100)),
        [
            "●        o/base",
            "├─● ┄┄   o/c1",
            "├─● ┄┄   o/c2",
            "│ ├─● ┄┄ o/d1",
            "│ ╰─● ┄┄ o/d2",
            "├─● ┄┄   o/c3",
            "├─● ┄┄   o/c4",
            "╰─● ┄┄   o/c5",
        ]
    );
    let only_itself = lanes(&graph, &id("o/c1"), 1, 1, 100);
    assert_eq!(picture(&only_itself), ["●      o/base", "╰─● ┄┄ o/c1"]);
}

#[test]
fn a_merge_is_drawn_out_once_and_pointed_to_from_its_second_parent() {
    let graph = family(&[("o/a", &[]), ("o/b", &[]), ("o/m", &["o/a", "o/b"]), ("o/q", &["o/m"])]);
    let rows = lanes(&graph, &id("o/m"), 3, 3, 100);
    assert_eq!(
        picture(&rows),
        [
            "●        o/a", //
            "╰─● ┄┄   o/m",
            "  ╰─● ┄┄ o/q",
            "●        o/b",
            "╰─○ ┄┄   o/m",
        ]
    );
    assert_eq!(rows.iter().map(|row| row.repeated).collect::<Vec<_>>(), [false, false, false, false, true]);
}

#[test]
fn a_dataset_hangs_below_what_was_trained_on_it() {
    let models = [
        model("o/base", vec![]),
        Model { kind: Kind::Dataset, ..model("data/claims", vec![]) },
        model(
            "o/m",
            vec![finetune("o/base"), parent("data/claims", Relation::TrainedOn, Basis::Attested, None)],
        ),
        model("o/q", vec![finetune("o/m")]),
    ];
    let graph = Graph::build(&models);
    assert_eq!(
        picture(&lanes(&graph, &id("o/m"), 2, 2, 100)),
        [
            "●        o/base", //
            "╰─● ┄┄   o/m",
            "  ├─◆ ── data/claims",
            "  ╰─● ┄┄ o/q",
        ]
    );
    let of_the_data = lanes(&graph, &id("data/claims"), 2, 2, 100);
    assert_eq!(picture(&of_the_data), ["◆        data/claims", "╰─● ──   o/m", "  ╰─● ┄┄ o/q"]);
}

#[test]
fn a_cycle_is_drawn_once_around_and_closed_by_a_repeated_row() {
    let graph = family(&[("o/a", &["o/c"]), ("o/b", &["o/a"]), ("o/c", &["o/b"])]);
    let rows = lanes(&graph, &id("o/a"), 5, 5, 100);
    assert_eq!(picture(&rows), ["●          o/b", "╰─● ┄┄     o/c", "  ╰─● ┄┄   o/a", "    ╰─○ ┄┄ o/b"]);
    assert!(rows[3].repeated);
}

#[test]
fn a_contradicted_edge_is_crossed_out() {
    let refs = vec![finetune("o/a"), parent("o/a", Relation::Merge, Basis::Declared, None)];
    let graph = Graph::build(&[model("o/a", vec![]), model("o/b", refs)]);
    assert_eq!(picture(&lanes(&graph, &id("o/b"), 1, 1, 9)), ["●      o/a", "╰─● ╳╳ o/b"]);
}

#[test]
fn a_long_chain_goes_straight_down_and_stays_narrow() {
    let names: Vec<String> = (0..40).map(|n| format!("o/m{n:02}")).collect();
    let models: Vec<Model> = names
        .iter()
        .enumerate()
        .map(|(n, name)| model(name, if n == 0 { vec![] } else { vec![finetune(&names[n - 1])] }))
        .collect();
    let rows = lanes(&Graph::build(&models), &id("o/m39"), 99, 0, 100);
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| row.gutter.chars().count() == 20), "{:#?}", picture(&rows));
    assert_eq!(picture(&rows)[39], "                ● ┄┄ o/m39");
}

#[test]
fn the_nearest_rows_are_kept_when_there_are_too_many() {
    let names: Vec<String> = (0..500).map(|n| format!("o/c{n:03}")).collect();
    let mut models = vec![model("o/base", vec![]), model("o/old", vec![])];
    models.extend(names.iter().map(|name| model(name, vec![finetune("o/base"), finetune("o/old")])));
    let graph = Graph::build(&models);
    for limit in [0, 1, 2, 3, 10, 100] {
        let rows = lanes(&graph, &id("o/base"), 3, 3, limit);
        assert!(rows.len() <= limit);
        assert_eq!(rows.iter().any(|row| row.id == id("o/base")), limit > 0);
    }
    let of_a_child = lanes(&graph, &id("o/c007"), 3, 3, 10);
    assert_eq!(picture(&of_a_child), ["●      o/base", "╰─● ┄┄ o/c007", "●      o/old", "╰─○ ┄┄ o/c007"]);
    assert!(lanes(&graph, &id("o/nobody"), 3, 3, 10).is_empty());
}

#[test]
fn the_order_of_the_inventory_does_not_change_the_drawing() {
    let mut models = vec![
        model("o/a", vec![]),
        model("o/b", vec![finetune("o/a"), finetune("x")]),
        model("o/c", vec![finetune("o/b"), finetune("o/a")]),
    ];
    let before = picture(&lanes(&Graph::build(&models), &id("o/b"), 3, 3, 100));
    models.reverse();
    assert_eq!(picture(&lanes(&Graph::build(&models), &id("o/b"), 3, 3, 100)), before);
}

#[test]
fn a_chain_of_a_hundred_thousand_models_is_built_and_walked_in_seconds() {
    let began = Instant::now();
    let models: Vec<Model> = (0..100_000)
        .map(|n: u32| {
            let parents = n.checked_sub(1).map(|above| finetune(&format!("o/m{above:06}")));
            model(&format!("o/m{n:06}"), parents.into_iter().collect())
        })
        .collect();
    let graph = Graph::build(&models);
    assert_eq!(graph.ancestors(&id("o/m099999"), usize::MAX).len(), 99_999);
    assert!(graph.findings().is_empty());
    let rows = lanes(&graph, &id("o/m050000"), usize::MAX, usize::MAX, 200);
    assert_eq!(rows.len(), 200);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
