//! Sources that name different bases of one model: both are told, and the more reliable one is shown.

use touchmark::decision::Descent;
use touchmark::inventory::{Basis, Model, ModelId, ParentRef, Relation, Told};
use touchmark::lineage::{Graph, GraphFinding, doubts_of, lanes, shown};

fn id(name: &str) -> ModelId {
    ModelId::new(name)
}

fn told(by: &str, place: &str, base: &str, relation: Relation) -> ParentRef {
    ParentRef {
        id: id(base),
        relation,
        basis: Basis::Declared,
        digest: None,
        source: by.into(),
        place: place.into(),
    }
}

fn bill(base: &str) -> ParentRef {
    told("boms/a.json", "/components/0/pedigree/ancestors/0", base, Relation::Unspecified)
}

fn adapter(base: &str) -> ParentRef {
    told("m/adapter_config.json", "/base_model_name_or_path", base, Relation::Adapter)
}

fn card(base: &str) -> ParentRef {
    told("m/README.md", "base_model", base, Relation::Finetune)
}

fn configuration(base: &str) -> ParentRef {
    told("m/config.json", "/_name_or_path", base, Relation::Unspecified)
}

fn claim(base: &str) -> ParentRef {
    ParentRef { basis: Basis::Attested, ..told("m/claims.jsonl", "/0", base, Relation::Finetune) }
}

fn model(name: &str, parents: &[ParentRef]) -> Model {
    Model { parents: parents.to_vec().into(), ..Model::new(id(name), name) }
}

fn rivals(graph: &Graph) -> Vec<(Vec<(String, Told)>, Vec<(String, Told)>)> {
    let names =
        |list: &[(ModelId, Told)]| list.iter().map(|(id, told)| (id.raw().to_owned(), *told)).collect();
    let of = |finding: GraphFinding| match finding {
        GraphFinding::Rivals { shown, others, .. } => Some((names(&shown), names(&others))),
        _ => None,
    };
    graph.findings().into_iter().filter_map(of).collect()
}

fn parents(graph: &Graph) -> Vec<String> {
    graph.parents(&id("o/child")).iter().map(|(node, _)| node.id.raw().to_owned()).collect()
}

#[test]
fn a_base_that_two_sources_tell_differently_is_told_with_both_names_and_the_better_one_is_shown() {
    let ranked: [fn(&str) -> ParentRef; 5] = [claim, bill, adapter, card, configuration];
    for (better, one) in ranked.iter().enumerate() {
        for other in &ranked[better + 1..] {
            for turned in [false, true] {
                let mut parents_told = vec![one("o/good"), other("o/bad")];
                if turned {
                    parents_told.reverse();
                }
                let child = model("o/child", &parents_told);
                let models = [child.clone(), model("o/good", &[]), model("o/bad", &[])];
                let graph = Graph::build(&models);
                let kind = |parent: ParentRef| Told::of(&parent);
                let expected = (
                    vec![("o/good".to_owned(), kind(one("x")))],
                    vec![("o/bad".to_owned(), kind(other("x")))],
                );
                assert_eq!(rivals(&graph), [expected]);
                assert_eq!(parents(&graph), ["o/good"]);
                assert!(graph.children(&id("o/bad")).is_empty());
                let rows = lanes(&graph, &id("o/child"), 9, 9, 99);
                assert!(rows.iter().all(|row| row.id != id("o/bad")), "{rows:?}");
                assert!(graph.ancestors(&id("o/child"), 9).iter().all(|node| node.id != id("o/bad")));
                let seen: Vec<_> =
                    shown(&graph, &child).parents.iter().map(|parent| parent.id.clone()).collect();
                assert_eq!(seen, [id("o/good")]);
                let [ref finding] = doubts_of(&child, &models, &graph)[..] else { panic!() };
                assert_eq!(finding.code(), "F-LINEAGE-CONFLICT");
                // Whatever is shown: a level is capped by every base that anybody names.
                let descent = Descent::of(&graph);
                assert_eq!(descent.parents(0), [&id("o/bad"), &id("o/good")]);
            }
        }
    }
}

#[test]
fn sources_of_the_same_kind_that_disagree_are_both_shown_and_told() {
    let other = ParentRef { source: "boms/b.json".into(), ..bill("o/b") };
    let graph = Graph::build(&[model("o/child", &[bill("o/a"), other])]);
    assert_eq!(parents(&graph), ["o/a", "o/b"]);
    assert_eq!(rivals(&graph).len(), 1);
    assert!(graph.parents(&id("o/child")).iter().all(|(_, edge)| edge.basis == Basis::Contradicted));
}

#[test]
fn sources_that_agree_say_less_or_tell_of_an_earlier_ancestor_contradict_nobody() {
    let merge = |base: &str| told("m/README.md", "base_model", base, Relation::Merge);
    let teacher = told("boms/a.json", "/components/0/pedigree/ancestors/1", "o/teacher", Relation::Distilled);
    for told in [
        vec![card("o/a"), configuration("o/a")],
        vec![merge("o/a"), merge("o/b")],
        vec![merge("o/a"), merge("o/b"), configuration("o/a")],
        vec![bill("o/a"), merge("o/a"), merge("o/b")],
        // The same base by its bare name.
        vec![card("o/base-7b"), configuration("base-7b")],
        vec![adapter("o/Base 7B"), card("o/base-7b")],
        // A header that still names the base of the base, as converters write it; and the other way round.
        vec![adapter("o/root"), card("o/mid")],
        vec![adapter("o/mid"), card("o/root")],
        vec![card("o/a"), teacher.clone()],
        // Data is no base.
        vec![bill("o/a"), told_on("o/data")],
        // Its own name is no base either.
        vec![card("o/a"), configuration("o/child")],
    ] {
        let graph =
            Graph::build(&[model("o/child", &told), model("o/mid", &[card("o/root")]), model("o/root", &[])]);
        assert_eq!(rivals(&graph), [], "{told:?}");
        let named: Vec<&ParentRef> = told.iter().filter(|parent| parent.id != id("o/child")).collect();
        assert!(named.iter().all(|parent| graph.shows(&id("o/child"), &parent.id)), "{told:?}");
    }
}

fn told_on(data: &str) -> ParentRef {
    told("m/README.md", "datasets", data, Relation::TrainedOn)
}

#[test]
fn a_parent_that_is_not_shown_does_not_dangle_and_a_bare_name_that_was_resolved_is_it() {
    let graph = Graph::build(&[model("o/child", &[card("o/a"), configuration("bad")]), model("p/bad", &[])]);
    assert_eq!(parents(&graph), ["o/a"]);
    assert!(!graph.shows(&id("o/child"), &id("bad")) && graph.shows(&id("o/child"), &id("o/a")));
    let absent =
        Graph::build(&[model("o/child", &[card("o/a"), configuration("p/gone")]), model("o/a", &[])]);
    let codes: Vec<_> = absent.findings().iter().map(GraphFinding::code).collect();
    assert_eq!(codes, ["F-LINEAGE-CONFLICT"]);
}
