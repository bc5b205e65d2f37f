//! Bills that are built to keep a reader busy: each is done in bounded time, and what is left out is told.

use std::time::{Duration, Instant};

use crate::inventory::{Bench, has, model};

/// Unoptimised, on a busy machine.
const LONGEST: Duration = Duration::from_secs(30);
const MANY: usize = 60_000;

fn list(one: impl Fn(usize) -> String) -> String {
    (0..MANY).map(one).collect::<Vec<_>>().join(",")
}

#[test]
fn one_model_with_very_many_facts_parents_or_tags_is_cut_and_says_so() {
    let bench = Bench::new();
    let licences = list(|i| format!(r#"{{"license":{{"name":"l{i}"}}}}"#));
    let tags = list(|i| format!("base_model:adapter:a/b{i}"));
    let bases = list(|i| format!("a/b{i}"));
    let ancestors = list(|i| format!(r#"{{"name":"c/d{i}"}}"#));
    bench.bom(
        "a",
        &format!(
            r#"{{"type":"machine-learning-model","name":"m","licenses":[{licences}],"pedigree":{{"ancestors":[{ancestors}]}},
            "properties":[{{"name":"tags","value":"{tags}"}},{{"name":"base_model","value":"{bases}"}}]}}"#
        ),
    );
    bench
        .bom("b", &list(|i| format!(r#"{{"type":"machine-learning-model","name":"same","version":"{i}"}}"#)));
    let began = Instant::now();
    let scan = bench.scan();
    assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
    assert!(has(&scan, "F-MODEL-FACTS"));
    for id in ["m", "same"] {
        let found = model(&scan, id);
        assert!(found.facts.len() <= 1000 && found.parents.len() <= 1000, "{id}");
    }
}

#[test]
fn spdx_elements_of_one_id_and_their_relationships_are_read_once() {
    let bench = Bench::new();
    let head = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":["#;
    let same = list(|_| r#"{"type":"ai_AIPackage","spdxId":"u:a","name":"a"}"#.to_owned());
    let licences = list(|i| {
        format!(
            r#"{{"type":"Relationship","from":"u:a","relationshipType":"hasDeclaredLicense","to":["https://spdx.org/licenses/L{i}"]}}"#
        )
    });
    bench.write("boms/a.json", format!("{head}{same},{licences}]}}"));
    let nested = list(|i| {
        format!(r#"{{"type":"ai_AIPackage","spdxId":"u:{i}","name":"n{i}","element":[{{}},{{}},{{}}]}}"#)
    });
    bench.write("boms/b.json", format!("{head}{nested}]}}"));
    let edges = list(|i| {
        format!(
            r#"{{"spdxElementId":"A","relationshipType":"DESCENDANT_OF","relatedSpdxElement":"https://huggingface.co/a/b{i}"}}"#
        )
    });
    let packages = r#"{"SPDXID":"A","name":"x","downloadLocation":"https://huggingface.co/o/x"},{"name":"o/y"},{"name":"o/z"}"#;
    bench.write(
        "boms/c.json",
        format!(r#"{{"spdxVersion":"SPDX-2.3","packages":[{packages}],"relationships":[{edges}]}}"#),
    );
    let began = Instant::now();
    let scan = bench.scan();
    assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
    assert!(
        has(&scan, "F-BOM-DUPLICATE-ID") && has(&scan, "F-BOM-COMPONENTS") && has(&scan, "F-MODEL-FACTS")
    );
    assert!(model(&scan, "a").facts.len() <= 1000);
    assert_eq!(model(&scan, "o/x").parents.len(), 1000);
}

#[test]
fn a_bill_of_sixty_thousand_models_is_read_whole() {
    let bench = Bench::new();
    bench.bom("a", &list(|i| format!(r#"{{"type":"machine-learning-model","name":"o/m{i}"}}"#)));
    let began = Instant::now();
    assert_eq!(bench.scan().models.len(), MANY);
    assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
}
