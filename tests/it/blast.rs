//! Blast radius, paths, and the chain that caps: pure functions over graphs and proofs, and the commands that ask them.

use crate::support::{copy_of_samples, err, out, touchmark};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::time::Instant;
use touchmark::decision::{Cap, chain};
use touchmark::inventory::{Basis, Model, ModelId, ParentRef, Relation};
use touchmark::lineage::{
    Because, Graph, Kin, Link, Proof, Proven, Seed, Side, Struck, Struckness, blast, path,
};
use touchmark::maturity::CapReason;
use touchmark::signing::RootDigest;

fn id(name: &str) -> ModelId {
    ModelId::new(name)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn root(byte: u8) -> RootDigest {
    RootDigest([byte; 32])
}

fn parent(name: &str) -> ParentRef {
    ParentRef {
        id: id(name),
        relation: Relation::Finetune,
        basis: Basis::Declared,
        digest: None,
        source: "boms/a.cdx.json".into(),
        place: "/components/0".into(),
    }
}

fn graph(edges: &[(&str, &[&str])]) -> Graph {
    let model = |(child, parents): &(&str, &[&str])| Model {
        parents: parents.iter().map(|name| parent(name)).collect::<Vec<_>>().into(),
        ..Model::new(id(child), *child)
    };
    Graph::build(&edges.iter().map(model).collect::<Vec<_>>())
}

/// A claim by a signer in the role, that names the parent by a digest.
fn proof(child: &str, parent: &str, digest: u8) -> Proof {
    Proof {
        child: id(child),
        parent: id(parent),
        relation: Relation::Finetune,
        digest: root(digest),
        claim: format!("{child}-claims-{parent}").into(),
        signer: "builder@acme".into(),
        in_role: true,
        complete: false,
        signed_at: Some(at("2026-06-01T00:00:00Z")),
        started: None,
        verified_at: None,
    }
}

struct World {
    graph: Graph,
    proofs: Vec<Proof>,
    roots: HashMap<ModelId, RootDigest>,
    signed: HashMap<ModelId, Timestamp>,
    distrusted: BTreeSet<String>,
    since: Option<Timestamp>,
}

impl World {
    /// Each model has the root digest of its position, from 1.
    fn of(edges: &[(&str, &[&str])], proofs: Vec<Proof>) -> Self {
        let roots = edges.iter().zip(1..).map(|((name, _), byte)| (id(name), root(byte))).collect();
        World {
            graph: graph(edges),
            proofs,
            roots,
            signed: HashMap::new(),
            distrusted: BTreeSet::new(),
            since: None,
        }
    }

    fn strike(&self, seed: Seed) -> Vec<Struck> {
        blast(
            vec![seed],
            &Struckness {
                graph: &self.graph,
                proven: &Proven::of(self.proofs.clone()),
                since: self.since,
                root: &|id| self.roots.get(id).copied(),
                signed_at: &|id| self.signed.get(id).copied(),
                is_distrusted: &|proof| self.distrusted.contains(&*proof.claim),
            },
        )
    }

    /// The groups of all that are struck when a model is bad at one digest.
    fn sides(&self, name: &str, bad: u8) -> HashMap<String, Side> {
        let struck = self.strike(subject(name, &[bad]));
        struck.into_iter().map(|struck| (struck.id.raw().to_owned(), struck.side)).collect()
    }
}

fn subject(name: &str, bad: &[u8]) -> Seed {
    Seed {
        id: id(name),
        side: Side::Tainted,
        because: Because::Subject,
        bad: bad.iter().map(|byte| root(*byte)).collect(),
        others_are_good: true,
    }
}

fn groups(pairs: &[(&str, Side)]) -> HashMap<String, Side> {
    pairs.iter().map(|(name, side)| ((*name).to_owned(), *side)).collect()
}

use Side::{Clean, Suspect, Tainted};

#[test]
fn claims_say_who_used_the_bad_bytes_and_documents_do_not() {
    let edges: &[(&str, &[&str])] = &[
        ("o/base", &[]),
        ("o/bad", &["o/base"]),
        ("o/good", &["o/base"]),
        ("o/named", &["o/base"]),
        ("o/far", &["o/bad"]),
    ];
    let proofs = vec![proof("o/bad", "o/base", 1), proof("o/good", "o/base", 9), proof("o/far", "o/bad", 2)];
    let world = World::of(edges, proofs);
    let found = world.sides("o/base", 1);
    let wanted = [
        ("o/base", Tainted),
        ("o/bad", Tainted),
        ("o/good", Clean),
        ("o/named", Suspect),
        ("o/far", Tainted),
    ];
    assert_eq!(found, groups(&wanted));
    // At the other digest it is the other way round.
    let found = world.sides("o/base", 9);
    let wanted =
        [("o/base", Tainted), ("o/bad", Clean), ("o/good", Tainted), ("o/named", Suspect), ("o/far", Clean)];
    assert_eq!(found, groups(&wanted));
}

#[test]
fn a_model_without_a_known_digest_is_bad_whatever_its_bytes() {
    let world = World::of(&[("o/base", &[]), ("o/child", &["o/base"])], vec![proof("o/child", "o/base", 7)]);
    let found: Vec<Side> = world.strike(subject("o/base", &[])).into_iter().map(|s| s.side).collect();
    assert_eq!(found, [Tainted, Tainted]);
}

#[test]
fn a_claim_counts_only_by_a_signer_in_the_role_and_while_it_is_believed() {
    let edges: &[(&str, &[&str])] = &[("o/base", &[]), ("o/child", &["o/base"])];
    let stranger = Proof { in_role: false, ..proof("o/child", "o/base", 9) };
    let mut world = World::of(edges, vec![stranger]);
    assert_eq!(world.sides("o/base", 1)["o/child"], Suspect, "anyone may claim anything");
    world.proofs = vec![proof("o/child", "o/base", 9)];
    assert_eq!(world.sides("o/base", 1)["o/child"], Clean);
    world.distrusted.insert("o/child-claims-o/base".to_owned());
    assert_eq!(world.sides("o/base", 1)["o/child"], Suspect, "by who went bad");
}

#[test]
fn what_a_trusted_time_puts_before_is_clean_and_what_follows_needs_its_own_proof() {
    let edges: &[(&str, &[&str])] =
        &[("o/base", &[]), ("o/old", &["o/base"]), ("o/on-old", &["o/old"]), ("o/proved", &["o/old"])];
    let mut world = World::of(edges, vec![proof("o/proved", "o/old", 2)]);
    world.since = Some(at("2026-03-01T00:00:00Z"));
    world.signed.insert(id("o/old"), at("2026-02-28T23:59:59Z"));
    let wanted = [("o/base", Tainted), ("o/old", Clean), ("o/on-old", Suspect), ("o/proved", Clean)];
    assert_eq!(world.sides("o/base", 1), groups(&wanted));
    // At the very moment is not before.
    world.signed.insert(id("o/old"), at("2026-03-01T00:00:00Z"));
    assert_eq!(world.sides("o/base", 1)["o/old"], Suspect);
    // Without a moment the time says nothing.
    world.since = None;
    assert_eq!(world.sides("o/base", 1)["o/old"], Suspect);
}

#[test]
fn an_input_that_was_verified_before_is_clean() {
    let used = Proof { verified_at: Some(at("2026-01-01T00:00:00Z")), ..proof("o/child", "o/base", 1) };
    let mut world = World::of(&[("o/base", &[]), ("o/child", &["o/base"])], vec![used.clone()]);
    assert_eq!(world.sides("o/base", 1)["o/child"], Tainted);
    world.since = Some(at("2026-03-01T00:00:00Z"));
    assert_eq!(world.sides("o/base", 1)["o/child"], Clean);
    // It has no trusted time.
    world.proofs = vec![Proof { signed_at: None, ..used }];
    assert_eq!(world.sides("o/base", 1)["o/child"], Tainted);
}

#[test]
fn the_worst_of_several_ways_counts_and_the_weakest_proof_is_told() {
    let edges: &[(&str, &[&str])] = &[
        ("o/base", &[]),
        ("o/bad", &["o/base"]),
        ("o/good", &["o/base"]),
        ("o/merge", &["o/bad", "o/good"]),
    ];
    let proofs = vec![
        proof("o/bad", "o/base", 1),
        proof("o/good", "o/base", 9),
        proof("o/merge", "o/bad", 2),
        proof("o/merge", "o/good", 3),
    ];
    let mut world = World::of(edges, proofs);
    let merge = |world: &World| {
        let struck = world.strike(subject("o/base", &[1]));
        struck.into_iter().find(|struck| struck.id == id("o/merge")).unwrap()
    };
    let found = merge(&world);
    assert_eq!((found.side, found.via, found.distance), (Tainted, Some(id("o/bad")), 2));
    assert_eq!(found.weakest, Some(Link::Proved));
    world.proofs.retain(|proof| proof.child != id("o/merge"));
    let found = merge(&world);
    assert_eq!((found.side, found.weakest), (Suspect, Some(Link::Declared)));
}

#[test]
fn a_circle_and_a_chain_of_any_depth_come_to_an_end() {
    let world = World::of(&[("o/a", &["o/b"]), ("o/b", &["o/a"])], vec![]);
    assert_eq!(world.sides("o/a", 1), groups(&[("o/a", Tainted), ("o/b", Suspect)]));
    let names: Vec<String> = (0..5000).map(|n| format!("o/m{n:04}")).collect();
    let models: Vec<Model> = (0..5000)
        .map(|n: usize| Model {
            parents: n.checked_sub(1).map(|up| parent(&names[up])).into_iter().collect::<Vec<_>>().into(),
            ..Model::new(id(&names[n]), names[n].as_str())
        })
        .collect();
    let world = World { graph: Graph::build(&models), ..World::of(&[], vec![]) };
    let struck = world.strike(subject("o/m0000", &[1]));
    assert_eq!(struck.len(), 5000);
    assert_eq!(struck.last().unwrap().distance, 4999);
    let found = path(&world.graph, &id("o/m4999"), &id("o/m0000")).unwrap();
    assert_eq!((found.kin, found.models.len()), (Kin::Descends, 5000));
}

#[test]
fn ten_thousand_dependants_are_each_looked_at_once() {
    let mut models = vec![Model::new(id("o/base"), "o/base")];
    models.extend((0..10_000).map(|n| {
        let name = format!("o/m{n:05}");
        Model { parents: vec![parent("o/base")].into(), ..Model::new(id(&name), name.as_str()) }
    }));
    let world = World { graph: Graph::build(&models), ..World::of(&[], vec![]) };
    let asked = std::cell::Cell::new(0);
    let begun = Instant::now();
    let struck = blast(
        vec![subject("o/base", &[1])],
        &Struckness {
            graph: &world.graph,
            proven: &Proven::default(),
            since: Some(at("2026-03-01T00:00:00Z")),
            root: &|_| None,
            signed_at: &|_| {
                asked.set(asked.get() + 1);
                None
            },
            is_distrusted: &|_| false,
        },
    );
    assert_eq!(struck.len(), 10_001);
    assert_eq!(asked.get(), 10_001, "in {:?}", begun.elapsed());
}

#[test]
fn a_path_leads_up_down_or_over_the_nearest_that_both_come_from() {
    let graph = graph(&[
        ("o/root", &[]),
        ("o/base", &["o/root"]),
        ("o/left", &["o/base"]),
        ("o/right", &["o/base", "o/root"]),
        ("o/alone", &[]),
    ]);
    let found = |from: &str, to: &str| {
        path(&graph, &id(from), &id(to)).map(|chain| {
            let models: Vec<String> = chain.models.iter().map(|id| id.raw().to_owned()).collect();
            (chain.kin, models.join(" "))
        })
    };
    assert_eq!(found("o/left", "o/root"), Some((Kin::Descends, "o/left o/base o/root".to_owned())));
    assert_eq!(found("o/root", "o/left"), Some((Kin::Begets, "o/root o/base o/left".to_owned())));
    assert_eq!(found("o/left", "o/right"), Some((Kin::Shares, "o/left o/base o/right".to_owned())));
    assert_eq!(
        found("o/right", "o/root"),
        Some((Kin::Descends, "o/right o/root".to_owned())),
        "the shortest"
    );
    assert_eq!(found("o/left", "o/left"), Some((Kin::Same, "o/left".to_owned())));
    assert_eq!(found("o/left", "o/alone"), None);
    assert_eq!(found("o/left", "o/nobody"), None);
}

#[test]
fn the_chain_that_caps_is_the_shortest_to_a_cause_and_follows_only_what_binds() {
    let by = |all: &[(&str, CapReason)]| Cap {
        by: all.iter().map(|(name, why)| (id(name), *why)).collect(),
        ..Cap::default()
    };
    let cap = |of: &ModelId| match of.raw() {
        "o/a" => Some(by(&[
            ("o/b", CapReason::Tainted),
            ("o/c", CapReason::Tainted),
            ("o/x", CapReason::Unsigned),
        ])),
        "o/b" => Some(by(&[("o/d", CapReason::Tainted)])),
        "o/c" => Some(by(&[("o/e", CapReason::Contradicted)])),
        "o/d" => Some(by(&[("o/e", CapReason::Contradicted)])),
        _ => None,
    };
    let names = |start: &str| {
        let found = chain(&id(start), &cap);
        found.into_iter().map(|(id, why)| (id.raw().to_owned(), why)).collect::<Vec<_>>()
    };
    let wanted = [("o/c".to_owned(), CapReason::Tainted), ("o/e".to_owned(), CapReason::Contradicted)];
    assert_eq!(names("o/a"), wanted);
    assert!(names("o/e").is_empty());
    // Only by each other: it ends.
    let circle = |of: &ModelId| match of.raw() {
        "o/a" => Some(by(&[("o/b", CapReason::Tainted)])),
        _ => Some(by(&[("o/a", CapReason::Tainted)])),
    };
    assert_eq!(chain(&id("o/a"), &circle).len(), 1);
}

fn run(dir: &Path, words: &[&str]) -> (i32, String, String) {
    let done = touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]));
    (done.status.code().unwrap(), out(&done), err(&done))
}

fn json(dir: &Path, words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let (_, text, error) = run(dir, &words);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}"))
}

#[test]
fn the_commands_answer_in_text_and_in_documents() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let (status, _, error) = run(dir, &["scan"]);
    assert_eq!(status, 0, "{error}");
    let list = json(dir, &["list"]);
    let models: Vec<String> =
        list["models"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect();
    assert!(!models.is_empty());
    let (status, text, error) = run(dir, &["blast", &models[0]]);
    assert_eq!(status, 0, "{error}");
    assert!(text.contains("tainted") && text.contains(&models[0]), "{text}");
    let document = json(dir, &["blast", &models[0]]);
    assert_eq!(document["schema"], "touchmark.blast/1");
    let many = |key: &str| document[key].as_u64().unwrap();
    let rows = document["models"].as_array().unwrap().len() as u64;
    assert_eq!(many("tainted") + many("suspect") + many("clean"), rows);
    let csv = run(dir, &["blast", &models[0], "--as", "csv"]).1;
    assert!(csv.starts_with("group,model,level"), "{csv}");
    for (subject, kind) in [
        ("identity:nobody", "identity"),
        ("key:0000", "key"),
        ("builder:https://nobody.example", "builder"),
        (&*format!("sha256:{}", "0".repeat(64)), "digest"),
    ] {
        let (status, text, error) = run(dir, &["blast", subject]);
        assert_eq!(status, 0, "{subject} {error}");
        assert!(text.starts_with(kind) && text.contains("not found in this workspace"), "{text}");
    }
    for (wrong, code) in [("sha256:12", 2), ("identity:", 2), ("acme/no-such", 2)] {
        let (status, _, error) = run(dir, &["blast", wrong]);
        assert_eq!(status, code, "{wrong} {error}");
        assert!(error.contains("error[E-"), "{error}");
    }
    let why = json(dir, &["why", &models[0]]);
    assert_eq!(why["schema"], "touchmark.why/1");
    assert!(why["chain"].is_array() && why["lines"].is_array());
    let path = json(dir, &["path", &models[0], &models[0]]);
    assert_eq!((&path["schema"], &path["relation"]), (&"touchmark.path/1".into(), &"same".into()));
}

#[test]
fn a_dataset_that_only_documents_name_can_be_asked_about() {
    let dir = copy_of_samples();
    let dir = dir.path();
    std::fs::write(
        dir.join("boms/data.cdx.json"),
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"machine-learning-model","name":"acme/reader","modelCard":{"modelParameters":{"datasets":[{"type":"dataset","name":"corp/leaked-mails"}]}}}]}"#,
    )
    .unwrap();
    assert_eq!(run(dir, &["scan"]).0, 0);
    let found = json(dir, &["blast", "corp/leaked-mails"]);
    let groups: Vec<(&str, &str)> = found["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["group"].as_str().unwrap()))
        .collect();
    assert!(groups.contains(&("acme/reader", "suspect")), "{found}");
    let path = json(dir, &["path", "acme/reader", "corp/leaked-mails"]);
    assert_eq!(path["relation"], "descends", "{path}");
    assert_eq!(path["edges"][0]["declared"][0]["source"], "boms/data.cdx.json");
}
