//! Bills of materials beside plain CycloneDX: SPDX in its versions and dialects, the ways in which generators
//! write a base model, AITF, and a corpus of real documents where one is given.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Bench, has, model, parents, values};
use touchmark::inventory::{Basis, FactKey, Kind, Relation, Scan, bom};

mod forms;
mod large;
pub(crate) mod written;
mod xml;

/// Where real bills lie: `TOUCHMARK_CORPUS` names a folder with `cyclonedx/`, `spdx/` and `huggingface/`.
const CORPUS: &str = "TOUCHMARK_CORPUS";

fn codes(scan: &Scan) -> Vec<(&str, &str)> {
    scan.findings.iter().map(|finding| (finding.code.as_str(), finding.place.raw())).collect()
}

fn spdx(elements: &str) -> String {
    format!(
        r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-01-01T00:00:00Z","createdBy":["urn:x:org"]}},
        {{"type":"Organization","spdxId":"urn:x:org","creationInfo":"_:c","name":"Acme Inc"}},{elements}]}}"#
    )
}

// SPDX 3.0.1

#[test]
fn spdx_3_gives_models_data_sets_facts_and_edges_from_child_to_parent() {
    let bench = Bench::new();
    let digest = "ab".repeat(32);
    bench.write(
        "boms/a.json",
        spdx(&format!(
            r#"{{"type":"ai_AIPackage","spdxId":"urn:x:child","creationInfo":"_:c","name":"Child","suppliedBy":"urn:x:org",
              "software_packageVersion":"1.2","software_packageUrl":"pkg:huggingface/Acme/Child@abc","ai_typeOfModel":["llama"],
              "ai_domain":["chat"],"verifiedUsing":[{{"type":"Hash","algorithm":"sha256","hashValue":"{digest}"}},
              {{"type":"Hash","algorithm":"sha3_256","hashValue":"{digest}"}},{{"type":"Hash","algorithm":"sha512","hashValue":"{digest}"}}]}},
            {{"type":"ai_AIPackage","spdxId":"urn:x:base","creationInfo":"_:c","name":"Org/Base"}},
            {{"type":"ai_AIPackage","spdxId":"urn:x:small","creationInfo":"_:c","name":"Acme/Small"}},
            {{"type":"dataset_DatasetPackage","spdxId":"urn:x:data","creationInfo":"_:c","name":"org/corpus"}},
            {{"type":"simplelicensing_LicenseExpression","spdxId":"urn:x:lic","creationInfo":"_:c","simplelicensing_licenseExpression":"MIT OR Apache-2.0"}},
            {{"type":"Relationship","spdxId":"urn:x:r1","relationshipType":"descendantOf","from":"urn:x:child","to":["urn:x:base"],"comment":"finetune"}},
            {{"type":"Relationship","spdxId":"urn:x:r2","relationshipType":"ancestorOf","from":"urn:x:child","to":["urn:x:small"]}},
            {{"type":"LifecycleScopedRelationship","spdxId":"urn:x:r3","relationshipType":"trainedOn","from":"urn:x:child","to":["urn:x:data"]}},
            {{"type":"Relationship","spdxId":"urn:x:r4","relationshipType":"testedOn","from":"urn:x:child","to":["urn:x:data"]}},
            {{"type":"Relationship","spdxId":"urn:x:r5","relationshipType":"hasDeclaredLicense","from":"urn:x:child","to":["urn:x:lic"]}},
            {{"type":"Relationship","spdxId":"urn:x:r6","relationshipType":"hasConcludedLicense","from":"urn:x:child","to":["https://spdx.org/licenses/MIT"]}},
            {{"type":"Relationship","spdxId":"urn:x:r7","relationshipType":"descendantOf","from":"urn:x:base","to":["https://huggingface.co/Org/Root","urn:x:nowhere"]}}"#
        )),
    );
    let scan = bench.scan();
    let child = model(&scan, "acme/child");
    assert_eq!(parents(child), [("org/base", Relation::Finetune), ("org/corpus", Relation::TrainedOn)]);
    assert_eq!(parents(model(&scan, "acme/small")), [("acme/child", Relation::Unspecified)]);
    assert_eq!(parents(model(&scan, "org/base")), [("org/root", Relation::Unspecified)]);
    assert_eq!(model(&scan, "org/corpus").kind, Kind::Dataset);
    assert_eq!(values(child, FactKey::Version), ["1.2"]);
    assert_eq!(values(child, FactKey::Publisher), ["Acme Inc"]);
    assert_eq!(values(child, FactKey::Licence), ["MIT OR Apache-2.0", "MIT"]);
    assert_eq!(values(child, FactKey::Architecture), ["llama"]);
    assert_eq!(values(child, FactKey::Task), ["chat"]);
    assert_eq!(values(child, FactKey::Hash), [format!("sha256:{digest}"), format!("sha3-256:{digest}")]);
    assert!(child.facts.iter().all(|fact| fact.basis == Basis::Declared));
    let edge = &child.parents[0];
    assert_eq!(
        (edge.basis, edge.place.raw(), edge.source.raw()),
        (Basis::Declared, "/@graph/7/to/0", "boms/a.json")
    );
    assert_eq!(
        codes(&scan),
        [("F-BOM-HASH-LENGTH", "/@graph/2/verifiedUsing/2"), ("F-BOM-REF", "/@graph/13/to/1")]
    );
}

#[test]
fn the_element_dialect_of_spdx_3_is_read_and_told() {
    let bench = Bench::new();
    let digest = "cd".repeat(32);
    bench.write(
        "boms/a.jsonld",
        format!(
            r#"{{"type":"SpdxDocument","spdxId":"doc","element":[
            {{"type":"AIPackage","spdxId":"SPDXRef-m","name":"Acme/M","packageVersion":"2","packageUrl":7,
              "suppliedBy":[{{"type":"Organization","spdxId":"o","name":"Acme"}}],"hash":[{{"algorithm":"SHA256","hashValue":"{digest}"}}]}},
            {{"type":"DatasetPackage","spdxId":"SPDXRef-d","name":"d"}},
            {{"type":"Relationship","relationshipType":"trainedOn","from":"SPDXRef-m","to":"SPDXRef-d"}},
            {{"type":"NewThing","spdxId":"n"}}, 17]}}"#
        ),
    );
    let scan = bench.scan();
    let m = model(&scan, "acme/m");
    assert_eq!(parents(m), [("d", Relation::TrainedOn)]);
    assert_eq!(values(m, FactKey::Hash), [format!("sha256:{digest}")]);
    assert_eq!(values(m, FactKey::Publisher), ["Acme"]);
    assert_eq!(codes(&scan), [("F-BOM-DIALECT", "/@graph"), ("F-BOM-TYPE", "/element/0/packageUrl")]);
}

#[test]
fn a_build_that_generates_a_model_is_no_parent_of_it() {
    let bench = Bench::new();
    bench.write(
        "boms/a.json",
        spdx(
            r#"{"type":"ai_AIPackage","spdxId":"urn:x:m","creationInfo":"_:c","name":"a/m"},
            {"type":"software_File","spdxId":"urn:x:f","creationInfo":"_:c","name":"train.py"},
            {"type":"Relationship","relationshipType":"generates","from":"urn:x:f","to":["urn:x:m"]},
            {"type":"Relationship","relationshipType":"dependsOn","from":"urn:x:m","to":["urn:x:f"]}"#,
        ),
    );
    let scan = bench.scan();
    assert!(parents(model(&scan, "a/m")).is_empty());
    assert_eq!(scan.models.len(), 1);
}

// SPDX 2.3

#[test]
fn spdx_2_packages_on_the_hub_are_models_and_so_is_what_descends_from_them() {
    let bench = Bench::new();
    let digest = "ab".repeat(32);
    bench.write(
        "boms/a.spdx.json",
        format!(
            r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[
            {{"SPDXID":"SPDXRef-a","name":"Base","versionInfo":"1","supplier":"Organization: Acme (a@example.org)","licenseDeclared":"MIT",
              "licenseConcluded":"NOASSERTION","downloadLocation":"https://huggingface.co/Org/Base",
              "checksums":[{{"algorithm":"SHA256","checksumValue":"{digest}"}},{{"algorithm":"SHA1","checksumValue":"ab"}}]}},
            {{"SPDXID":"SPDXRef-b","name":"acme/tuned","versionInfo":3}},
            {{"SPDXID":"SPDXRef-c","name":"numpy"}},
            {{"SPDXID":"SPDXRef-d","name":"set","externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:huggingface/datasets/org/set@1"}}]}}],
            "relationships":[{{"spdxElementId":"SPDXRef-a","relationshipType":"ANCESTOR_OF","relatedSpdxElement":"SPDXRef-b","comment":"quantized"}},
            {{"spdxElementId":"SPDXRef-b","relationshipType":"DEPENDS_ON","relatedSpdxElement":"SPDXRef-c"}},
            {{"spdxElementId":"SPDXRef-c","relationshipType":"DESCENDANT_OF","relatedSpdxElement":"SPDXRef-c"}},
            {{"spdxElementId":"SPDXRef-a"}}]}}"#
        ),
    );
    let scan = bench.scan();
    let base = model(&scan, "org/base");
    assert_eq!(values(base, FactKey::Publisher), ["Acme"]);
    assert_eq!(values(base, FactKey::Licence), ["MIT"]);
    assert_eq!(values(base, FactKey::Hash), [format!("sha256:{digest}")]);
    assert_eq!(parents(model(&scan, "acme/tuned")), [("org/base", Relation::Quantised)]);
    assert_eq!(model(&scan, "org/set").kind, Kind::Dataset);
    assert_eq!(scan.models.len(), 3);
    assert_eq!(
        codes(&scan),
        [
            ("F-BOM-TYPE", "/relationships/3"),
            ("F-BOM-HASH-LENGTH", "/packages/0/checksums/1"),
            ("F-BOM-TYPE", "/packages/1/versionInfo")
        ]
    );
}

#[test]
fn a_document_without_models_says_so_and_an_old_version_is_named() {
    let bench = Bench::new();
    bench.write(
        "boms/a.json",
        r#"{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"a","name":"numpy"}],"relationships":{}}"#,
    );
    bench.write("boms/b.json", r#"{"spdxVersion":"SPDX-2.1"}"#);
    let scan = bench.scan();
    assert_eq!(
        codes(&scan),
        [("F-BOM-TYPE", "/relationships"), ("F-BOM-EMPTY", ""), ("F-BOM-VERSION", "/spdxVersion")]
    );
}

// Generators

#[test]
fn aibomgen_names_the_relation_in_a_note_and_its_commit_is_no_hash() {
    let bench = Bench::new();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    bench.write(
        "boms/a.json",
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"tools":{{"components":[{{"type":"application","name":"aibomgen-cli"}}]}},
            "component":{{"type":"machine-learning-model","group":"Acme","name":"Acme/M","hashes":[{{"alg":"SHA-1","content":"{commit}"}}],
            "pedigree":{{"ancestors":[{{"type":"machine-learning-model","group":"Qwen","name":"Qwen/Base",
              "externalReferences":[{{"type":"website","url":"https://huggingface.co/Qwen/Base"}}]}}],"notes":"finetune of Qwen/Base"}},
            "properties":[{{"name":"huggingface:baseModel","value":"Qwen/Base"}}]}}}}}}"#
        ),
    );
    let scan = bench.scan();
    let m = model(&scan, "acme/m");
    assert_eq!(parents(m), [("qwen/base", Relation::Finetune), ("qwen/base", Relation::Unspecified)]);
    assert!(values(m, FactKey::Hash).is_empty());
    assert_eq!(codes(&scan), [("F-BOM-HASH-COMMIT", "/metadata/component/hashes/0")]);
}

#[test]
fn trusera_names_the_model_in_a_property_and_a_provider_is_no_model() {
    let bench = Bench::new();
    bench.bom(
        "a",
        r#"{"type":"machine-learning-model","name":"OpenAI Model","purl":"pkg:pypi/openai model","properties":[
            {"name":"trusera:provider","value":"OpenAI"},{"name":"trusera:model_name","value":"gpt-4o"}]},
           {"type":"machine-learning-model","name":"openai","properties":[{"name":"trusera:provider","value":"OpenAI"}]}"#,
    );
    let scan = bench.scan();
    assert_eq!(scan.models.len(), 1);
    assert_eq!(values(model(&scan, "gpt-4o"), FactKey::Publisher), ["OpenAI"]);
    assert_eq!(codes(&scan), [("F-BOM-PROVIDER", "/components/1")]);
}

#[test]
fn descendants_in_a_pedigree_are_children_and_python_lists_are_lists() {
    let bench = Bench::new();
    bench.bom(
        "a",
        r#"{"type":"machine-learning-model","name":"a/base","pedigree":{"descendants":[{"name":"b/child","properties":[
             {"name":"base_model_relation","value":"adapter"}]},{}]}},
           {"type":"machine-learning-model","name":"c/d","modelCard":{"properties":[{"name":"base_model","value":"['x/y', 'z/w']"}]}}"#,
    );
    let scan = bench.scan();
    assert_eq!(parents(model(&scan, "b/child")), [("a/base", Relation::Adapter)]);
    assert!(parents(model(&scan, "a/base")).is_empty());
    assert_eq!(
        parents(model(&scan, "c/d")),
        [("x/y", Relation::Unspecified), ("z/w", Relation::Unspecified)]
    );
    assert_eq!(codes(&scan), [("F-BOM-NAME", "/components/0/pedigree/descendants/1")]);
}

#[test]
fn a_bill_that_claims_a_verification_is_told_and_not_believed() {
    let bench = Bench::new();
    let digest = "ab".repeat(32);
    bench.write(
        "boms/a.json",
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","signature":{{"algorithm":"ES256","value":"AA"}},"components":[
            {{"type":"machine-learning-model","name":"a/b","properties":[{{"name":"oms:status","value":"verified"}},
            {{"name":"touchmark:oms:rootDigest","value":"{digest}"}},{{"name":"touchmark:oms:digestDomain","value":"file"}}]}}]}}"#
        ),
    );
    let scan = bench.scan();
    assert_eq!(
        codes(&scan),
        [
            ("F-BOM-SIGNATURE", "/signature"),
            ("F-BOM-CLAIM", "/components/0/properties/0"),
            ("F-BOM-DOMAIN", "/components/0/properties/2")
        ]
    );
    assert!(model(&scan, "a/b").binding.is_none());
}

#[test]
fn what_the_schema_forbids_in_a_model_card_is_a_finding_with_its_place() {
    let bench = Bench::new();
    bench.bom(
        "a",
        r#"{"type":"machine-learning-model","name":"a/b","bom-ref":1,"externalReferences":[{"url":"x"},7],"modelCard":{
            "modelParameters":{"approach":{"type":"magic"},"inputs":{}},"quantitativeAnalysis":{"performanceMetrics":[{"value":0.9}]},
            "considerations":{"technicalLimitations":["ok",{}],"environmentalConsiderations":{"energyConsumptions":[{"activity":"training"}]}}}},
           {"type":"data","name":"d","data":{"type":"dataset"}},{"type":"data","name":"e","data":[{"type":"dataset"},{"name":"x"}]}"#,
    );
    let scan = bench.scan();
    let mut found = codes(&scan);
    found.sort_unstable();
    let energy = "/components/0/modelCard/considerations/environmentalConsiderations/energyConsumptions/0";
    assert_eq!(
        found,
        [
            ("F-BOM-MISSING", "/components/0/externalReferences/0"),
            ("F-BOM-MISSING", energy),
            ("F-BOM-MISSING", energy),
            ("F-BOM-MISSING", "/components/2/data/1"),
            ("F-BOM-TYPE", "/components/0/bom-ref"),
            ("F-BOM-TYPE", "/components/0/externalReferences/1"),
            ("F-BOM-TYPE", "/components/0/modelCard/considerations/technicalLimitations/1"),
            ("F-BOM-TYPE", "/components/0/modelCard/modelParameters/inputs"),
            ("F-BOM-TYPE", "/components/0/modelCard/quantitativeAnalysis/performanceMetrics/0/value"),
            ("F-BOM-TYPE", "/components/1/data"),
            ("F-BOM-VALUE", "/components/0/modelCard/modelParameters/approach/type")
        ]
    );
    assert_eq!(scan.models.len(), 3);
}

#[test]
fn the_telemetry_bill_of_aitf_gives_models_and_what_they_derive_from() {
    let bench = Bench::new();
    let digest = "ab".repeat(32);
    bench.write(
        "boms/a.json",
        format!(
            r#"{{"bom_id":"x","spec_version":"1.0","format":"aitf","components":[
            {{"component_id":"1","type":"model","name":"llama"}},{{"component_id":"2","type":"dataset","name":"org/set"}},
            {{"component_id":"3","type":"model","name":"acme/tuned","provider":"acme","hash":"{digest}","license":3,
              "dependencies":["1","2"],"properties":{{"derived_from":"llama"}}}},{{"type":"agent","name":"bot"}},{{"type":"model"}},5]}}"#
        ),
    );
    let scan = bench.scan();
    let tuned = model(&scan, "acme/tuned");
    assert_eq!(parents(tuned), [("llama", Relation::Unspecified), ("org/set", Relation::TrainedOn)]);
    assert_eq!(values(tuned, FactKey::Hash), [format!("sha256:{digest}")]);
    assert_eq!(scan.models.len(), 3);
    assert_eq!(
        codes(&scan),
        [
            ("F-BOM-TYPE", "/components/2/license"),
            ("F-BOM-NAME", "/components/4"),
            ("F-BOM-TYPE", "/components/5")
        ]
    );
}

// Real documents

#[test]
fn every_bill_of_the_corpus_is_read_with_its_findings_and_none_is_refused() {
    let Some(corpus) = std::env::var_os(CORPUS) else {
        eprintln!("SKIPPED: the corpus of bills, {CORPUS} is not set");
        return;
    };
    let refused = ["F-BOM-UNREADABLE", "F-BOM-JSON", "F-BOM-FORMAT", "F-BOM-VERSION"];
    let mut edges = Vec::new();
    let mut violations = Vec::new();
    let mut read = 0;
    for folder in ["cyclonedx", "spdx"] {
        let mut files: Vec<_> =
            std::fs::read_dir(Path::new(&corpus).join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for path in files {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let scan = bom::read(&path, &name.as_str().into());
            read += 1;
            assert!(!refused.iter().any(|code| has(&scan, code)), "{name}: {:?}", scan.findings);
            let violates = |code: &str| matches!(code, "F-BOM-TYPE" | "F-BOM-MISSING" | "F-BOM-VALUE");
            let found = scan.findings.iter().filter(|finding| violates(&finding.code));
            violations
                .extend(found.map(|finding| format!("{name}: {} {}", finding.code, finding.place.raw())));
            for model in &scan.models {
                assert!(
                    model
                        .facts
                        .iter()
                        .all(|fact| fact.basis == Basis::Declared && !fact.place.raw().is_empty())
                );
                let found = model.parents.iter().filter(|parent| parent.relation.bears_weight());
                edges.extend(found.map(|parent| {
                    assert_eq!(parent.basis, Basis::Declared);
                    format!("{name}: {} {} {}", model.id.raw(), parent.relation.word(), parent.id.raw())
                }));
            }
        }
    }
    // What a validator says of models and data in these files; it says nothing of the others'.
    let energy = "F-BOM-MISSING /components/0/modelCard/considerations/environmentalConsiderations/energyConsumptions/0";
    assert_eq!(
        violations,
        [
            format!("sbomtools-aibom-complete.json: {energy}"),
            "sbomtools-minimal-dataset.json: F-BOM-TYPE /components/2/data".to_owned(),
            format!("sbomtools-minimal-mlbom.json: {energy}"),
        ]
    );
    edges.dedup();
    assert!(read >= 30, "only {read} documents");
    assert_eq!(
        edges,
        [
            "manifest-Qwen2.5-7B-Instruct.json: qwen/qwen2.5-7b-instruct finetune qwen/qwen2.5-7b",
            "owasp-aibom-generator-1.7-Qwen2.5-7B-Instruct.json: qwen/qwen2.5-7b-instruct derived qwen/qwen2.5-7b",
        ]
    );
}

#[test]
fn every_model_card_of_the_corpus_is_read_as_a_folder() {
    let Some(corpus) = std::env::var_os(CORPUS) else {
        eprintln!("SKIPPED: the corpus of model cards, {CORPUS} is not set");
        return;
    };
    let bench = Bench::new();
    let mut cards = 0;
    for entry in std::fs::read_dir(Path::new(&corpus).join("huggingface")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        bench.write(&format!("models/{name}/README.md"), std::fs::read(&path).unwrap());
        cards += 1;
    }
    let scan = bench.scan();
    assert_eq!(scan.models.len(), cards, "{:?}", scan.findings);
    // The files are named by how their models were made; what stands in the base_model of each was counted by eye.
    let relations = [
        ("adapter__", Relation::Adapter),
        ("finetune__", Relation::Finetune),
        ("qwen__", Relation::Finetune),
        ("merge", Relation::Merge),
        ("quantized__", Relation::Quantised),
    ];
    let mut bases = 0;
    for model in &scan.models {
        let (_, wanted) = relations.iter().find(|(start, _)| model.id.raw().starts_with(start)).unwrap();
        let weighty: Vec<_> = model.parents.iter().filter(|parent| parent.relation.bears_weight()).collect();
        assert!(!weighty.is_empty(), "{} has no parent", model.id.raw());
        for parent in &weighty {
            assert_eq!((parent.relation, parent.basis), (*wanted, Basis::Declared), "{}", model.id.raw());
        }
        bases += weighty.iter().map(|parent| parent.id.raw()).collect::<BTreeSet<_>>().len();
    }
    assert_eq!((cards, bases), (16, 30));
}
