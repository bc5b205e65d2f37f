//! The lineage graph and its drawing as lanes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, Instant};
use touchmark::inventory::{Basis, Fact, FactKey, Kind, Model, ModelId, ParentRef, Relation, Told};
use touchmark::lineage::{Folds, Graph, GraphFinding, LaneRow, copies, doubts, folded_lanes, lanes};
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
fn rows_of_parents_hold_those_whose_weights_are_in_the_child() {
    let trained = ParentRef { relation: Relation::TrainedOn, ..finetune("o/a") };
    let models = [
        model("o/d", vec![finetune("x/gone"), finetune("o/b"), finetune("o/a")]),
        model("o/c", vec![trained]),
        model("o/b", vec![finetune("o/c"), finetune("o/b")]),
        model("o/a", vec![]),
    ];
    let graph = Graph::build(&models);
    assert_eq!(ids(graph.nodes()), ["o/a", "o/b", "o/c", "o/d", "x/gone"]);
    assert_eq!(graph.weight_bearing_rows(), (vec![0, 0, 1, 1, 4, 4], vec![2, 0, 1, 4]));
    assert_eq!(graph.places_of_models(), [Some(3), Some(2), Some(1), Some(0)]);
    assert_eq!(Graph::default().weight_bearing_rows(), (vec![0], vec![]));
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
            (edge.relation, edge.basis, edge.digest.clone(), edge.mentions),
            (Relation::Quantised, Basis::Observed, Some(Box::new(RootDigest([7; 32]))), 2)
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
fn ancestors_stand_above_and_the_connector_says_how_far_an_edge_is_proved() {
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
            "  ╔═● o/a", //
            "╭─●   o/b",
            "●     o/c",
            "╰┄●   o/d",
        ]
    );
    assert_eq!(rows.iter().map(|row| row.generation).collect::<Vec<_>>(), [-2, -1, 0, 1]);
    assert_eq!(rows[2].edge, None);
    assert_eq!(rows[0].edge, Some((Relation::Finetune, Basis::Attested)));
    assert_eq!(rows[0].ends, Some((id("o/b"), id("o/a"))));
    assert_eq!(rows[3].ends, Some((id("o/d"), id("o/c"))));
    assert!(rows[0].pinned && !rows[1].pinned);
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
            "●     o/base",
            "├┄●   o/c1",
            "├┄●   o/c2",
            "│ ├┄● o/d1",
            "│ ╰┄● o/d2",
            "├┄●   o/c3",
            "├┄●   o/c4",
            "╰┄●   o/c5",
        ]
    );
    let only_itself = lanes(&graph, &id("o/c1"), 1, 1, 100);
    assert_eq!(picture(&only_itself), ["╭┄● o/base", "●   o/c1"]);
}

#[test]
fn the_parents_of_a_merge_stand_above_it() {
    let graph = family(&[("o/a", &[]), ("o/b", &[]), ("o/m", &["o/a", "o/b"]), ("o/q", &["o/m"])]);
    let rows = lanes(&graph, &id("o/m"), 3, 3, 100);
    assert_eq!(
        picture(&rows),
        [
            "╭┄● o/a", //
            "├┄● o/b",
            "●   o/m",
            "╰┄● o/q",
        ]
    );
    // One that is reached on two ways is drawn out once, and pointed to from the other.
    let graph = family(&[("o/r", &[]), ("o/a", &["o/r"]), ("o/b", &["o/r"]), ("o/m", &["o/a", "o/b"])]);
    let rows = lanes(&graph, &id("o/m"), 3, 3, 100);
    assert_eq!(picture(&rows), ["  ╭┄● o/r", "╭┄●   o/a", "│ ╭┄○ o/r", "├┄●   o/b", "●     o/m"]);
    assert_eq!(rows.iter().map(|row| row.repeated).collect::<Vec<_>>(), [false, false, true, false, false]);
}

#[test]
fn a_dataset_is_an_ancestor_like_any_other() {
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
            "╭─◆ data/claims", //
            "├┄● o/base",
            "●   o/m",
            "╰┄● o/q",
        ]
    );
    let of_the_data = lanes(&graph, &id("data/claims"), 2, 2, 100);
    assert_eq!(picture(&of_the_data), ["◆     data/claims", "╰─●   o/m", "  ╰┄● o/q"]);
}

#[test]
fn a_cycle_is_drawn_once_around_and_closed_by_a_repeated_row() {
    let graph = family(&[("o/a", &["o/c"]), ("o/b", &["o/a"]), ("o/c", &["o/b"])]);
    let rows = lanes(&graph, &id("o/a"), 5, 5, 100);
    assert_eq!(picture(&rows), ["    ╭┄○ o/a", "  ╭┄●   o/b", "╭┄●     o/c", "●       o/a", "╰┄○     o/b"]);
    assert!(rows[0].repeated && rows[4].repeated && !rows[3].repeated);
}

#[test]
fn a_contradicted_edge_is_crossed_out() {
    let refs = vec![finetune("o/a"), parent("o/a", Relation::Merge, Basis::Declared, None)];
    let graph = Graph::build(&[model("o/a", vec![]), model("o/b", refs)]);
    assert_eq!(picture(&lanes(&graph, &id("o/b"), 1, 1, 9)), ["╭╳● o/a", "●   o/b"]);
}

#[test]
fn a_long_chain_goes_straight_up_and_stays_narrow() {
    let names: Vec<String> = (0..40).map(|n| format!("o/m{n:02}")).collect();
    let models: Vec<Model> = names
        .iter()
        .enumerate()
        .map(|(n, name)| model(name, if n == 0 { vec![] } else { vec![finetune(&names[n - 1])] }))
        .collect();
    let rows = lanes(&Graph::build(&models), &id("o/m39"), 99, 0, 100);
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| row.gutter.chars().count() == 17), "{:#?}", picture(&rows));
    assert_eq!(picture(&rows)[0], "               ┄● o/m00");
    assert_eq!(picture(&rows)[39], "●                 o/m39");
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
    assert_eq!(picture(&of_a_child), ["╭┄● o/base", "├┄● o/old", "●   o/c007"]);
    assert!(lanes(&graph, &id("o/nobody"), 3, 3, 10).is_empty());
}

#[test]
fn what_is_left_out_has_a_row_that_says_how_many() {
    let names: Vec<String> = (0..30).map(|n| format!("o/c{n:02}")).collect();
    let mut models = vec![model("o/old", vec![]), model("o/base", vec![finetune("o/old")])];
    models.extend(names.iter().map(|name| model(name, vec![finetune("o/base")])));
    let graph = Graph::build(&models);
    let left_out = |rows: &[LaneRow]| {
        let told =
            rows.iter().filter_map(|row| Some((row.id.raw().to_owned(), row.generation, row.left_out?)));
        told.collect::<Vec<_>>()
    };
    let rows = lanes(&graph, &id("o/base"), 9, 9, 100);
    assert_eq!((rows.len(), left_out(&rows)), (32, vec![]));
    // Generations that were not asked for.
    let rows = lanes(&graph, &id("o/base"), 0, 0, 100);
    let wanted = [("o/base".to_owned(), -1, 1), ("o/base".to_owned(), 1, 30)];
    assert_eq!(left_out(&rows), wanted);
    assert_eq!(picture(&rows), ["╭┄▸ o/base", "●   o/base", "╰┄▸ o/base"]);
    // Rows that there is no room for: what is drawn and what is not is everything.
    let rows = lanes(&graph, &id("o/base"), 9, 9, 20);
    let drawn = rows.iter().filter(|row| row.left_out.is_none() && row.generation > 0).count();
    assert_eq!(left_out(&rows), [("o/base".to_owned(), 1, 30 - drawn)]);
    assert_eq!(rows.len(), 20);
    // Folded, and of some more were asked for.
    let folds = Folds { at_once: 5, ..Folds::default() };
    let rows = folded_lanes(&graph, &id("o/base"), &folds);
    assert_eq!(left_out(&rows), [("o/base".to_owned(), 1, 25)]);
    let folds = Folds { open: [(id("o/base"), 28)].into(), ..folds };
    assert_eq!(left_out(&folded_lanes(&graph, &id("o/base"), &folds)), [("o/base".to_owned(), 1, 2)]);
    let folds = Folds { folded: [id("o/base")].into(), ..folds };
    assert_eq!(left_out(&folded_lanes(&graph, &id("o/c00"), &folds)), [("o/base".to_owned(), -2, 1)]);
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

fn told_by(source: &str, place: &str, relation: Relation) -> ParentRef {
    ParentRef {
        source: source.into(),
        place: place.into(),
        ..parent("o/base", relation, Basis::Declared, None)
    }
}

#[test]
fn the_most_reliable_kind_of_source_is_shown_and_a_conflict_is_told() {
    use Relation::{Finetune, Merge, Quantised, TrainedOn};
    let card = || told_by("m/README.md", "base_model", Finetune);
    let bill = || told_by("bom.json", "/components/0/pedigree/ancestors/0", Quantised);
    let property = || told_by("bom.json", "/components/0/properties/1", Merge);
    let configuration = || told_by("m/config.json", "/_name_or_path", Finetune);
    let header = || told_by("m/adapter_config.json", "/base_model_name_or_path", Relation::Adapter);
    for (told, shown) in [
        (vec![card(), bill()], (Quantised, Told::Pedigree)),
        (vec![property(), card()], (Finetune, Told::Card)),
        (vec![card(), header(), property()], (Relation::Adapter, Told::Header)),
        (vec![configuration(), property()], (Merge, Told::Property)),
        // Only a parent whose weights are in the child caps: that word is never lost to another.
        (vec![told_by("bom.json", "/x", TrainedOn), configuration()], (Finetune, Told::Configuration)),
    ] {
        for told in [told.clone(), told.iter().rev().cloned().collect()] {
            let graph = Graph::build(&[model("o/child", told.clone()), model("o/base", vec![])]);
            let (_, edge) = graph.parents(&id("o/child"))[0];
            assert_eq!((edge.relation, edge.told, edge.basis), (shown.0, shown.1, Basis::Contradicted));
            let findings = graph.findings();
            let [GraphFinding::Conflict { child, said, .. }] = findings.as_slice() else {
                panic!("{findings:?}")
            };
            assert_eq!((child, said.len()), (&id("o/child"), told.len()));
            assert!(said.is_sorted_by_key(|(_, told)| *told));
        }
    }
    let agreed = Graph::build(&[model("o/child", vec![card(), configuration()]), model("o/base", vec![])]);
    assert_eq!(agreed.findings(), []);
}

fn of_architecture(name: &str, parents: Vec<ParentRef>, values: &[&str]) -> Model {
    let mut model = model(name, parents);
    for value in values {
        model.facts.push(Fact {
            key: FactKey::Architecture,
            value: (*value).into(),
            basis: Basis::Declared,
            source: "config.json".into(),
            place: "/model_type".into(),
        });
    }
    model
}

#[test]
fn a_derivation_that_changes_the_architecture_is_doubtful() {
    let doubt = |relation, own: &[&str], its: &[&str]| -> Vec<(String, String)> {
        let told = vec![parent("o/base", relation, Basis::Declared, None)];
        let models = [of_architecture("o/base", vec![], its), of_architecture("o/child", told, own)];
        doubts(&models, &Graph::build(&models))
            .into_iter()
            .map(|finding| match finding {
                GraphFinding::Doubtful { values, .. } => {
                    (values.0.raw().to_owned(), values.1.raw().to_owned())
                }
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let differ = || vec![("llama".to_owned(), "qwen2".to_owned())];
    assert_eq!(doubt(Relation::Finetune, &["llama", "LlamaForCausalLM"], &["qwen2"]), differ());
    assert_eq!(doubt(Relation::Quantised, &["llama"], &["qwen2"]), differ());
    // Of these derivations nothing is known that would keep it, or it is one name.
    assert_eq!(doubt(Relation::Adapter, &["llama"], &["qwen2"]), []);
    assert_eq!(doubt(Relation::Distilled, &["llama"], &["qwen2"]), []);
    assert_eq!(doubt(Relation::Finetune, &["LlamaForCausalLM"], &["llama"]), []);
    assert_eq!(doubt(Relation::Finetune, &["Qwen2MoE"], &["qwen2"]), []);
    assert_eq!(doubt(Relation::Finetune, &[], &["qwen2"]), []);
}

fn told(name: &str, parents: Vec<ParentRef>, facts: &[(FactKey, &str)]) -> Model {
    let mut model = model(name, parents);
    for (key, value) in facts {
        model.facts.push(Fact {
            key: *key,
            value: (*value).into(),
            basis: Basis::Observed,
            source: "model.safetensors".into(),
            place: "".into(),
        });
    }
    model
}

/// A summary of tensors: types, vocabulary, hidden size, layers, and a letter for the shapes.
fn tensors(types: &str, vocabulary: u64, hidden: u64, layers: u64, shapes: char) -> String {
    let (shapes, names) = (shapes.to_string().repeat(64), "a".repeat(64));
    format!(
        "tensors=9 parameters=9 types={types} vocabulary={vocabulary} hidden={hidden} layers={layers} \
         shapes={shapes} names={names}"
    )
}

#[test]
fn what_the_headers_of_weights_say_speaks_against_a_derivation() {
    use Relation::*;
    let doubt = |relation, own: &str, its: &str| -> Vec<(&'static str, String, String)> {
        let from = vec![parent("o/base", relation, Basis::Declared, None)];
        let base = told("o/base", vec![], &[(FactKey::Tensors, its)]);
        let models = [base, told("o/child", from, &[(FactKey::Tensors, own)])];
        let found = doubts(&models, &Graph::build(&models)).into_iter().map(|finding| match finding {
            GraphFinding::Doubtful { what, values, .. } => {
                (what, values.0.raw().to_owned(), values.1.raw().to_owned())
            }
            other => panic!("{other:?}"),
        });
        found.collect()
    };
    let one = |what, own: &str, its: &str| vec![(what, own.to_owned(), its.to_owned())];
    let base = tensors("BF16:9", 32_000, 4096, 32, 'b');
    let bf16 = |vocabulary, hidden, layers, shapes| tensors("BF16:9", vocabulary, hidden, layers, shapes);
    assert_eq!(doubt(Finetune, &base, &base), []);
    assert_eq!(doubt(Finetune, &bf16(32_000, 2048, 32, 'c'), &base)[..1], one("hidden size", "2048", "4096"));
    assert_eq!(
        doubt(Quantised, &tensors("Q4_K:9", 32_000, 4096, 16, 'c'), &base),
        one("number of layers", "16", "32")
    );
    // A merge may stack layers, and tokens may come in.
    assert_eq!(doubt(Merge, &tensors("F16:9", 32_000, 4096, 48, 'c'), &base), []);
    assert_eq!(doubt(Finetune, &bf16(32_064, 4096, 32, 'c'), &base), []);
    assert_eq!(doubt(Finetune, &bf16(31_000, 4096, 32, 'c'), &base), one("vocabulary", "31000", "32000"));
    let shapes = one("shapes of the same tensors", &"c".repeat(12), &"b".repeat(12));
    assert_eq!(doubt(Finetune, &bf16(32_000, 4096, 32, 'c'), &base), shapes);
    assert_eq!(doubt(Quantised, &base, &base), one("types of the tensors", "BF16", "BF16"));
    // Whoever learns from outputs, or does not say how, keeps nothing.
    assert_eq!(doubt(Distilled, &bf16(9, 9, 9, 'c'), &base), []);
    assert_eq!(doubt(Finetune, "no summary", &base), []);
}

#[test]
fn a_child_that_is_older_than_its_parent_or_the_same_bytes_is_doubtful() {
    let doubt = |own: &[(FactKey, &str)], its: &[(FactKey, &str)]| -> Vec<&'static str> {
        let from = vec![parent("o/base", Relation::Distilled, Basis::Declared, None)];
        let models = [told("o/base", vec![], its), told("o/child", from, own)];
        let found = doubts(&models, &Graph::build(&models)).into_iter().map(|finding| match finding {
            GraphFinding::Doubtful { what, .. } => what,
            other => panic!("{other:?}"),
        });
        found.collect()
    };
    let made = |at| [(FactKey::Made, at)];
    assert_eq!(doubt(&made("2024-05-01T10:00:00Z"), &made("2024-05-02")), ["time of making"]);
    assert_eq!(doubt(&made("2024-05-02T10:00:00Z"), &made("2024-05-02 11:00:00")), [] as [&str; 0]);
    assert_eq!(doubt(&made("last spring"), &made("2024-05-02")), [] as [&str; 0]);
    let digest = format!("sha256:{}", "ab".repeat(32));
    assert_eq!(doubt(&[(FactKey::Address, &digest)], &[(FactKey::Hash, &digest)]), ["same content"]);
    assert_eq!(doubt(&[(FactKey::Hash, "sha256:ab")], &[(FactKey::Hash, "sha256:ab")]), [] as [&str; 0]);
}

#[test]
fn one_content_under_several_names_is_told_where_no_edge_tells_it() {
    let digest = format!("sha256:{}", "ab".repeat(32));
    let same = [(FactKey::Hash, digest.as_str())];
    let of = |parents| [told("o/a", vec![], &same), told("o/b", parents, &same), told("o/c", vec![], &[])];
    let found = |models: &[Model]| copies(models, &Graph::build(models));
    let ids = ["o/a", "o/b"].map(ModelId::new);
    let apart = GraphFinding::Copies { models: ids.to_vec(), digest: digest.as_str().into() };
    assert_eq!(found(&of(vec![])), [apart]);
    assert_eq!(found(&of(vec![parent("o/a", Relation::Finetune, Basis::Declared, None)])), []);
    let mut three = of(vec![parent("o/a", Relation::Finetune, Basis::Declared, None)]);
    three[2] = told("o/c", vec![], &[(FactKey::Address, digest.as_str())]);
    assert_eq!(found(&three)[0].models().len(), 3);
}

/// A model with these facts and their places.
fn at_places(name: &str, facts: &[(FactKey, &str, &str)]) -> Model {
    let pairs: Vec<(FactKey, &str)> = facts.iter().map(|(key, value, _)| (*key, *value)).collect();
    let mut model = told(name, vec![], &pairs);
    for (fact, (_, _, place)) in model.facts.iter_mut().zip(facts) {
        fact.place = (*place).into();
    }
    model
}

#[test]
fn only_whole_models_are_the_same_content_and_never_a_shared_part_another_revision_or_other_settings() {
    let digest = |byte: &str| format!("sha256:{}", byte.repeat(32));
    let (vae, one, two) = (digest("aa"), digest("bb"), digest("cc"));
    let file = |name: &str, files: &[(&str, &str)]| {
        let facts: Vec<(FactKey, &str, &str)> =
            files.iter().map(|(place, digest)| (FactKey::Address, *digest, *place)).collect();
        at_places(name, &facts)
    };
    let found = |models: &[Model]| copies(models, &Graph::build(models)).len();
    let pipeline = |name: &str, transformer: &str| {
        file(name, &[("vae/m.safetensors", &vae), ("transformer/m.safetensors", transformer)])
    };
    assert_eq!(found(&[pipeline("a/dev", &one), pipeline("b/schnell", &two)]), 0, "a shared part");
    assert_eq!(found(&[pipeline("a/dev", &one), pipeline("b/mirror", &one)]), 1, "all parts");
    // Weights in a second form, or in a folder of parts, make no other model.
    let mirror = file("b/two", &[("model.safetensors", &one)]);
    let first =
        file("a/one", &[("model.safetensors", &one), ("pytorch_model.bin", &two), ("onnx/m.onnx", &vae)]);
    assert_eq!(found(&[first.clone(), mirror.clone()]), 1);
    assert_eq!(found(&[first, file("a/one@0123", &[("model.safetensors", &one)])]), 0, "a second revision");
    let shards = |name: &str, second: &str| {
        file(name, &[("m-00001-of-00002.safetensors", &one), ("m-00002-of-00002.safetensors", second)])
    };
    assert_eq!(found(&[shards("a/s", &two), shards("b/s", &vae)]), 0, "half of the shards");
    let tag = |name: &str, manifest: &str| file(name, &[("manifest", manifest), ("/layers/0 model", &one)]);
    assert_eq!(
        found(&[tag("llama:latest", &two), tag("mario:latest", &vae)]),
        0,
        "other settings over the same weights"
    );
    assert_eq!(found(&[tag("llama:latest", &two), tag("llama:3b", &two)]), 0, "two tags of one repository");
    assert_eq!(found(&[tag("llama:latest", &two), tag("copy:latest", &two)]), 1);
}

#[test]
fn datasets_that_are_nowhere_are_counted_once_and_other_parents_each() {
    let models = [
        model("a/x", vec![parent("d/one", Relation::TrainedOn, Basis::Declared, None)]),
        model(
            "a/y",
            vec![
                parent("d/one", Relation::TrainedOn, Basis::Declared, None),
                parent("d/two", Relation::TrainedOn, Basis::Declared, None),
                parent("b/base", Relation::Finetune, Basis::Declared, None),
            ],
        ),
    ];
    let dangling = GraphFinding::Dangling { child: id("a/y"), parent: id("b/base"), name_only: false };
    let datasets = GraphFinding::Datasets { datasets: vec![id("d/one"), id("d/two")], models: 2 };
    assert_eq!(Graph::build(&models).findings(), [dangling, datasets]);
}

/// As large as the graph of all models of the largest hub (402,654 nodes, 462,524 edges).
#[test]
fn a_graph_of_400_000_nodes_builds_and_answers() {
    let models: Vec<Model> = (0..400_000_usize)
        .map(|at| {
            let parents = (1..=if at % 6 == 0 { 2 } else { 1 }).map(|n| format!("o/m{:06}", at / (2 + n)));
            let parents = parents.filter(|_| at > 3).map(|name| finetune(&name)).collect();
            model(&format!("o/m{at:06}"), parents)
        })
        .collect();
    let graph = Graph::build(&models);
    assert_eq!((graph.nodes().len(), graph.findings().len()), (400_000, 0));
    assert!(graph.ancestors(&id("o/m399999"), usize::MAX).len() >= 10);
}
