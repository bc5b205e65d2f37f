//! SPDX 2 in all its forms, SPDX 3 as generators write it, what stands between files, and files called alike.

use super::{codes, spdx};
use crate::inventory::{Bench, has, model, parents, values};
use touchmark::inventory::{FactKey, Kind, Model, Relation, Scan, bom};

const SUM: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// One bill in the four forms of SPDX 2.3 that are read.
fn in_all_forms() -> [(&'static str, String); 4] {
    let json = format!(
        r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x","creationInfo":{{"creators":["Tool: t"]}},
        "packages":[{{"SPDXID":"SPDXRef-m","name":"m","versionInfo":"2","downloadLocation":"https://huggingface.co/Acme/m",
          "supplier":"Organization: Acme (a@acme.example)","licenseDeclared":"Apache-2.0","description":"two\nlines",
          "checksums":[{{"algorithm":"SHA256","checksumValue":"{SUM}"}}]}},
         {{"SPDXID":"SPDXRef-b","name":"b","downloadLocation":"NOASSERTION",
          "externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:huggingface/Org/b@1"}}]}}],
        "relationships":[{{"spdxElementId":"SPDXRef-m","relationshipType":"DESCENDANT_OF","relatedSpdxElement":"SPDXRef-b",
          "comment":"finetune"}}]}}"#
    );
    let xml = format!(
        r#"<?xml version="1.0"?><Document><spdxVersion>SPDX-2.3</spdxVersion><SPDXID>SPDXRef-DOCUMENT</SPDXID><name>x</name>
        <creationInfo><creators>Tool: t</creators></creationInfo>
        <packages><SPDXID>SPDXRef-m</SPDXID><name>m</name><versionInfo>2</versionInfo>
         <downloadLocation>https://huggingface.co/Acme/m</downloadLocation><supplier>Organization: Acme (a@acme.example)</supplier>
         <licenseDeclared>Apache-2.0</licenseDeclared><description>two
lines</description>
         <checksums><algorithm>SHA256</algorithm><checksumValue>{SUM}</checksumValue></checksums></packages>
        <packages><SPDXID>SPDXRef-b</SPDXID><name>b</name><downloadLocation>NOASSERTION</downloadLocation>
         <externalRefs><referenceCategory>PACKAGE-MANAGER</referenceCategory><referenceType>purl</referenceType>
          <referenceLocator>pkg:huggingface/Org/b@1</referenceLocator></externalRefs></packages>
        <relationships><spdxElementId>SPDXRef-m</spdxElementId><relationshipType>DESCENDANT_OF</relationshipType>
         <relatedSpdxElement>SPDXRef-b</relatedSpdxElement><comment>finetune</comment></relationships></Document>"#
    );
    let yaml = format!(
        "SPDXID: SPDXRef-DOCUMENT\nname: x\ncreationInfo:\n  creators: ['Tool: t']\npackages:\n\
         - SPDXID: SPDXRef-m\n  name: m\n  versionInfo: '2'\n  downloadLocation: https://huggingface.co/Acme/m\n  \
           supplier: 'Organization: Acme (a@acme.example)'\n  licenseDeclared: Apache-2.0\n  description: |-\n    two\n    lines\n  \
           checksums:\n  - algorithm: SHA256\n    checksumValue: {SUM}\n\
         - SPDXID: SPDXRef-b\n  name: b\n  downloadLocation: NOASSERTION\n  externalRefs:\n  - referenceCategory: PACKAGE-MANAGER\n    \
             referenceType: purl\n    referenceLocator: pkg:huggingface/Org/b@1\n\
         relationships:\n- spdxElementId: SPDXRef-m\n  relationshipType: DESCENDANT_OF\n  relatedSpdxElement: SPDXRef-b\n  \
           comment: finetune\nspdxVersion: SPDX-2.3\n"
    );
    let tags = format!(
        "# a comment\nSPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: x\nCreator: Tool: t\n\n\
         PackageName: m\nSPDXID: SPDXRef-m\nPackageVersion: 2\nPackageDownloadLocation: https://huggingface.co/Acme/m\n\
         PackageSupplier: Organization: Acme (a@acme.example)\nPackageLicenseDeclared: Apache-2.0\n\
         PackageDescription: <text>two\nlines</text>\nPackageChecksum: SHA256: {SUM}\n\n\
         PackageName: b\nSPDXID: SPDXRef-b\nPackageDownloadLocation: NOASSERTION\n\
         ExternalRef: PACKAGE-MANAGER purl pkg:huggingface/Org/b@1\n\n\
         Relationship: SPDXRef-m DESCENDANT_OF SPDXRef-b\nRelationshipComment: <text>finetune</text>\n"
    );
    [("a.spdx.json", json), ("a.spdx.xml", xml), ("a.spdx.yaml", yaml), ("a.spdx", tags)]
}

fn read(name: &str, text: &str) -> Scan {
    let bench = Bench::new();
    bench.write(&format!("boms/{name}"), text);
    bench.scan()
}

fn told(model: &Model) -> Vec<(FactKey, String)> {
    model.facts.iter().map(|fact| (fact.key, fact.value.raw().to_owned())).collect()
}

#[test]
fn spdx_2_says_the_same_in_each_of_its_forms() {
    let [first, others @ ..] = in_all_forms().map(|(name, text)| (name, read(name, &text)));
    let expected = model(&first.1, "acme/m");
    assert_eq!(values(expected, FactKey::Licence), ["Apache-2.0"]);
    assert_eq!(values(expected, FactKey::Hash), [format!("sha256:{SUM}")]);
    assert_eq!(values(expected, FactKey::Description), ["two\nlines"]);
    for (name, scan) in &others {
        assert_eq!(scan.findings, [], "{name}");
        let read = model(scan, "acme/m");
        assert_eq!(told(read), told(expected), "{name}");
        assert_eq!(parents(read), [("org/b", Relation::Finetune)], "{name}");
        assert_eq!(values(model(scan, "org/b"), FactKey::Version), ["1"], "{name}");
    }
}

#[test]
fn a_form_that_is_cut_or_is_not_read_is_named_and_other_text_is_no_bill() {
    let rdf = r#"<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:spdx="http://spdx.org/rdf/terms#"><spdx:SpdxDocument rdf:about="x"/></rdf:RDF>"#;
    let turtle = "@prefix spdx: <http://spdx.org/rdf/terms#> .\n<x> a spdx:SpdxDocument .\n";
    for (name, text, code) in [
        ("a.rdf", rdf, "F-BOM-RDF"),
        ("a.rdf", turtle, "F-BOM-RDF"),
        ("a.spdx", "SPDXVersion: SPDX-2.3\nPackageName: <text>no end\n", "F-BOM-TAGS"),
        ("a.spdx", "SPDXVersion: SPDX-2.3\nno tag at all\n", "F-BOM-TAGS"),
        ("a.spdx.yaml", "spdxVersion: SPDX-2.3\npackages: [\n", "F-BOM-YAML"),
        ("a.spdx.yaml", "spdxVersion: SPDX-2.3\na: &x [1]\nb: *x\n", "F-BOM-YAML"),
        ("a.spdx.yaml", "name: x\nversion: 1\n", "F-BOM-JSON"),
        ("a.xml", "<Document><name>x</name></Document>", "F-BOM-FORMAT"),
        ("a.xml", "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>", "F-BOM-FORMAT"),
        ("a.spdx", "SPDXVersion: SPDX-1.2\nPackageName: x\n", "F-BOM-VERSION"),
    ] {
        let scan = read(name, text);
        assert_eq!(
            scan.findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
            [code],
            "{text}"
        );
        assert!(scan.models.is_empty());
        assert_eq!(bom::NO_BILL.contains(&code), code != "F-BOM-VERSION", "{code}");
    }
}

#[test]
fn a_folder_of_bills_is_read_by_their_endings_and_other_yaml_is_passed_over() {
    let bench = Bench::new();
    for (name, text) in in_all_forms() {
        bench.write(&format!("boms/{name}"), text);
    }
    bench.write("boms/values.yaml", "spdxVersion: SPDX-2.3\npackages: []\n");
    bench.write("boms/.spdx", "x");
    let scan = bench.scan();
    assert_eq!(scan.findings, []);
    assert_eq!(model(&scan, "acme/m").sources.len(), 4);
}

#[test]
fn what_is_told_of_files_is_told_of_the_models_and_data_that_hold_them() {
    let element = |kind: &str, id: &str, name: &str| {
        format!(r#"{{"type":"{kind}","spdxId":"urn:x:{id}","creationInfo":"_:c","name":"{name}"}}"#)
    };
    let relate = |kind: &str, from: &str, to: &str| {
        format!(
            r#"{{"type":"Relationship","spdxId":"urn:x:{kind}{from}{to}","relationshipType":"{kind}","from":"urn:x:{from}","to":["urn:x:{to}"]}}"#
        )
    };
    let elements = [
        element("ai_AIPackage", "m", "acme/bot"),
        element("ai_AIPackage", "b", "acme/base"),
        element("dataset_DatasetPackage", "d", "acme/texts"),
        element("dataset_DatasetPackage", "e", "acme/more"),
        element("software_Package", "p", "weights"),
        element("software_File", "w", "model.bin"),
        element("software_File", "v", "base.bin"),
        element("software_File", "s", "train.py"),
        element("software_File", "f", "data"),
        element("software_File", "t", "train.txt"),
        element("software_File", "u", "more.txt"),
        element("software_File", "lone", "lone.txt"),
        // A file in a package in the model, in a folder of a data set, and one that a data set names its own.
        relate("contains", "m", "p"),
        relate("contains", "p", "w"),
        relate("contains", "b", "v"),
        relate("contains", "m", "s"),
        relate("contains", "d", "f"),
        relate("contains", "f", "t"),
        relate("hasDataFile", "e", "u"),
        relate("hasDataFile", "m", "t"),
        relate("trainedOn", "w", "t"),
        relate("trainedOn", "w", "u"),
        relate("trainedOn", "w", "lone"),
        relate("generates", "v", "w"),
        // A script of the model that makes a file of the data, or of the model: nothing comes from itself.
        relate("generates", "s", "t"),
        relate("generates", "s", "w"),
        // Files that hold each other.
        relate("contains", "t", "f"),
    ];
    let scan = read("a.json", &spdx(&elements.join(",")));
    let mut told = parents(model(&scan, "acme/bot"));
    told.sort();
    assert_eq!(
        told,
        [
            ("acme/base", Relation::Unspecified),
            ("acme/more", Relation::TrainedOn),
            ("acme/texts", Relation::TrainedOn)
        ]
    );
    assert!(parents(model(&scan, "acme/texts")).is_empty());
    assert_eq!(scan.models.len(), 4);
}

#[test]
fn a_licence_is_its_expression_its_name_a_set_or_what_its_text_begins_with() {
    let licensed = |licence: &str| {
        let elements = format!(
            r#"{{"type":"ai_AIPackage","spdxId":"urn:x:m","creationInfo":"_:c","name":"acme/m"}},{licence},
            {{"type":"Relationship","spdxId":"urn:x:r","relationshipType":"hasDeclaredLicense","from":"urn:x:m","to":["urn:x:l"]}}"#
        );
        read("a.json", &spdx(&elements))
    };
    let custom = r#"{"type":"expandedlicensing_CustomLicense","spdxId":"urn:x:l","creationInfo":"_:c","#;
    let set = |word: &str| {
        format!(
            r#"{{"type":"expandedlicensing_{word}LicenseSet","spdxId":"urn:x:l","expandedlicensing_member":["https://spdx.org/licenses/MIT","urn:x:o"]}},
            {{"type":"expandedlicensing_CustomLicense","spdxId":"urn:x:o","name":"LicenseRef-own"}}"#
        )
    };
    for (licence, value) in [
        (format!(r#"{custom}"name":"Own","simplelicensing_licenseText":"For research only."}}"#), "Own"),
        (
            format!(r#"{custom}"simplelicensing_licenseText":"\n  For research only.\nAnd more."}}"#),
            "For research only.",
        ),
        (set("Disjunctive"), "MIT OR LicenseRef-own"),
        (set("Conjunctive"), "MIT AND LicenseRef-own"),
    ] {
        let scan = licensed(&licence);
        assert_eq!(values(model(&scan, "acme/m"), FactKey::Licence), [value]);
        assert!(scan.findings.is_empty(), "{:?}", scan.findings);
    }
    let bare = licensed(&format!(r#"{custom}"comment":"x"}}"#));
    assert!(has(&bare, "F-BOM-LICENCE") && !has(&bare, "F-BOM-REF"), "{:?}", bare.findings);
    let absent = licensed(r#"{"type":"Bom","spdxId":"urn:x:other"}"#);
    assert!(has(&absent, "F-BOM-REF") && !has(&absent, "F-BOM-LICENCE"), "{:?}", absent.findings);
}

#[test]
fn elements_in_a_list_called_elements_are_read() {
    let scan = read(
        "a.json",
        r#"{"@context":["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"],"type":"SpdxDocument","spdxId":"urn:x:doc",
        "elements":[{"type":"gen:AIPackage","spdxId":"urn:x:a","name":"acme/a","suppliedBy":{"type":"Organization","name":"Acme"}},
         {"type":"gen:DatasetPackage","spdxId":"urn:x:b","name":"acme/b"}]}"#,
    );
    assert_eq!(scan.models.len(), 2);
    assert_eq!(values(model(&scan, "acme/a"), FactKey::Publisher), ["Acme"]);
    assert_eq!(model(&scan, "acme/b").kind, Kind::Dataset);
    assert!(!has(&scan, "F-BOM-EMPTY"));
}

#[test]
fn cyclonedx_without_a_model_says_so_and_with_one_does_not() {
    let bench = Bench::new();
    bench.bom("a", r#"{"type":"application","name":"acme/tiny"},{"type":"library","name":"x"}"#);
    let scan = bench.scan();
    assert_eq!(codes(&scan), [("F-BOM-EMPTY", "/components")]);
    assert!(scan.findings[0].message.contains('2'), "{}", scan.findings[0].message);
    bench.bom(
        "a",
        r#"{"type":"application","name":"x"},{"type":"machine-learning-model","name":"acme/tiny"}"#,
    );
    assert!(bench.scan().findings.is_empty());
}

#[test]
fn properties_of_generators_are_facts_where_nothing_else_states_them() {
    let bench = Bench::new();
    let property = |name: &str, value: &str| format!(r#"{{"name":"{name}","value":"{value}"}}"#);
    let properties = |list: &[(&str, &str)]| {
        list.iter().map(|(name, value)| property(name, value)).collect::<Vec<_>>().join(",")
    };
    let syft = properties(&[
        ("syft:metadata:architecture", "llama"),
        ("syft:metadata:parameters", "7241732096"),
        ("syft:metadata:quantization", "Q4_K_M"),
    ]);
    let other = properties(&[
        ("model_type", "qwen2"),
        ("library_name", "transformers"),
        ("genai:aibom:modelcard:contextLength", "32768"),
        ("huggingface:datasets", "['acme/a', 'acme/b']"),
        ("trusera:parameters", "temperature"),
        ("touchmark:basis:parameters", "9 observed"),
    ]);
    bench.bom(
        "a",
        &format!(
            r#"{{"type":"machine-learning-model","name":"Foo 7B","properties":[{syft}]}},
            {{"type":"machine-learning-model","name":"acme/other","properties":[{other}],
             "modelCard":{{"modelParameters":{{"modelArchitecture":"Qwen2ForCausalLM"}},
              "quantitativeAnalysis":{{"performanceMetrics":[{{"type":"acc","value":"0.9","slice":"all"}},{{"type":"f1"}}]}}}}}}"#
        ),
    );
    let scan = bench.scan();
    let foo = model(&scan, "foo 7b");
    assert_eq!(values(foo, FactKey::Architecture), ["llama"]);
    assert_eq!(values(foo, FactKey::Parameters), ["7241732096"]);
    assert_eq!(values(foo, FactKey::Quantisation), ["Q4_K_M"]);
    let other = model(&scan, "acme/other");
    assert_eq!(values(other, FactKey::Architecture), ["Qwen2ForCausalLM"]);
    assert_eq!(values(other, FactKey::Library), ["transformers"]);
    assert_eq!(values(other, FactKey::ContextLength), ["32768"]);
    assert_eq!(values(other, FactKey::Metric), ["acc 0.9 on all"]);
    assert_eq!(parents(other), [("acme/a", Relation::TrainedOn), ("acme/b", Relation::TrainedOn)]);
    assert!(values(other, FactKey::Parameters).is_empty());
}

#[test]
fn syft_says_in_an_id_of_spdx_what_is_a_model_and_nobody_else_does() {
    let bill = |tool: &str| {
        let text = format!(
            r#"{{"spdxVersion":"SPDX-2.3","creationInfo":{{"creators":["Tool: {tool}"]}},"packages":[
            {{"SPDXID":"SPDXRef-Package-model-Foo-a","name":"Foo 7B","versionInfo":"1","licenseDeclared":"MIT"}},
            {{"SPDXID":"SPDXRef-Package-python-torch-b","name":"torch"}}]}}"#
        );
        read("a.json", &text)
    };
    let scan = bill("syft-1.40.0");
    assert_eq!(scan.models.len(), 1);
    assert_eq!(values(model(&scan, "foo 7b"), FactKey::Licence), ["MIT"]);
    assert!(has(&bill("other"), "F-BOM-EMPTY"));
}

#[test]
fn files_that_are_only_called_alike_are_two_models_and_the_same_file_is_one() {
    let bench = Bench::new();
    let component = |name: &str, sum: &str| {
        format!(
            r#"{{"type":"machine-learning-model","name":"{name}","hashes":[{{"alg":"SHA-256","content":"{sum}"}}]}}"#
        )
    };
    let other = "f".repeat(64);
    bench.bom("a", &component("model.safetensors", SUM));
    bench.bom("b", &component("model.safetensors", &other));
    bench.bom("c", &component("model.safetensors", &SUM.to_uppercase()));
    let scan = bench.scan();
    let ids: Vec<&str> = scan.models.iter().map(|model| model.id.raw()).collect();
    assert_eq!(
        ids,
        [
            format!("sha256-{}/model.safetensors", &SUM[..16]),
            format!("sha256-{}/model.safetensors", &other[..16])
        ]
    );
    assert_eq!(scan.models[0].sources.len(), 2);
    assert!(scan.findings.is_empty(), "{:?}", scan.findings);
    // A name that is no file's stays, and the disagreement is told.
    bench.bom("a", &component("llama", SUM));
    bench.bom("b", &component("llama", &other));
    bench.bom("c", &component("llama", SUM));
    let scan = bench.scan();
    assert_eq!(scan.models.len(), 1);
    assert!(has(&scan, "F-CONFLICT"));
    for file in ["b", "c"] {
        bench.bom(file, &component("llama", SUM));
    }
    assert!(!has(&bench.scan(), "F-CONFLICT"));
}
