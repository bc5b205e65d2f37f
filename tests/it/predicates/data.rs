//! The registry is data that is checked when it is read, every fault with its line.

use std::collections::BTreeSet;
use touchmark::Code;
use touchmark::attest::{BuildType, FieldType, InputRole, Registry, Standing, Transformation};
use touchmark::maturity::Rubric;

#[test]
fn the_files_inside_the_program_are_valid_and_know_what_they_should() {
    let registry = Registry::parse(Registry::bundled_files()).unwrap();
    assert_eq!(&registry, Registry::bundled());
    for uri in [
        "https://model_signing/signature/v1.0",
        "https://model_signing/Digests/v0.1",
        "https://slsa.dev/provenance/v1",
        "https://slsa.dev/provenance/v0.2",
        "https://slsa.dev/provenance/v0.1",
        "https://in-toto.io/Provenance/v0.1",
        "https://slsa.dev/verification_summary/v1",
        "https://slsa.dev/verification_summary/v0.2",
        "https://in-toto.io/attestation/svr/v0.2",
        "https://in-toto.io/attestation/svr/v0.1",
        "https://in-toto.io/attestation/test-result/v0.1",
        "https://in-toto.io/attestation/scai/v0.3",
        "https://in-toto.io/attestation/vulns/v0.2",
        "https://in-toto.io/attestation/vulns/v0.1",
        "https://in-toto.io/attestation/release/v0.2",
        "https://in-toto.io/attestation/link/v0.3",
        "https://in-toto.io/Link/v1",
        "https://in-toto.io/attestation/reference/v0.1",
        "https://in-toto.io/attestation/runtime-trace/v0.1",
        "https://spdx.dev/Document",
        "https://spdx.dev/Document/v2.3",
        "https://cyclonedx.org/bom",
        "https://cyclonedx.org/bom/v1.6",
        "https://openvex.dev/ns",
        "https://openvex.dev/ns/v0.2.0",
        "https://aixv.org/attestation/training/v1",
        "https://aixv.org/attestation/evaluation/v1",
        "https://in-toto.io/attestation/eval-result/v0.1",
        "https://b7n0de.com/attestation/eval-result/v0.1",
        "https://a2a.openwallet.dev/agentcard/v1",
        "urn:touchmark:training-data:1",
        "urn:touchmark:training-config:1",
        "urn:touchmark:evaluation:1",
        "urn:touchmark:model-card:1",
        "urn:touchmark:system-card:1",
        "urn:touchmark:composition:1",
        "urn:touchmark:binding:1",
        "urn:touchmark:review:1",
    ] {
        assert!(registry.of(uri).is_some(), "{uri}");
    }
    // A URI is known exactly or not at all.
    for uri in [
        "https://slsa.dev/provenance/v1/",
        "https://slsa.dev/Provenance/v1",
        "https://slsa.dev/provenance/v2",
        "",
    ] {
        assert!(registry.of(uri).is_none(), "{uri}");
    }
}

#[test]
fn every_control_that_a_predicate_serves_is_in_the_rubric() {
    let rubric = Rubric::bundled().unwrap();
    for known in Registry::bundled().predicates() {
        for control in &known.controls {
            assert!(rubric.control(control).is_some(), "{}: {control}", known.id);
        }
        assert!(known.standing != Standing::Ours || known.uri.starts_with("urn:touchmark:"), "{}", known.uri);
    }
}

#[test]
fn a_fault_of_the_data_is_told_with_its_file_and_line() {
    let good = "schema = \"predicates/0.1\"\n\n[[predicate]]\nid = \"x\"\ntitle = \"X\"\nuri = \"urn:x:y\"\nkind = \"card\"\n\
                standing = \"vendor\"\nreads = \"nothing\"\nsource = \"s\"\ncontrols = [\"L1.01\"]\nfields = [\n  \
                { path = \"a\", type = \"object\" },\n  { path = \"a.b\", type = \"text\", values = [\"v\"] },\n]\n";
    assert!(Registry::parse(&[("good.toml", good)]).is_ok());
    for (from, to, line, what) in [
        ("predicates/0.1", "predicates/9", 1, "the schema is not"),
        ("id = \"x\"", "id = \"X\"", 3, "an id holds"),
        ("urn:x:y", "x y", 3, "not an absolute URI"),
        ("kind = \"card\"", "kind = \"cards\"", 7, "unknown variant"),
        ("standing = \"vendor\"", "standing = \"ours\"", 3, "our own predicates have"),
        ("reads = \"nothing\"", "reads = \"tea-leaves\"", 9, "unknown variant"),
        ("L1.01", "L9.01", 3, "unknown control: L9.01"),
        ("path = \"a.b\"", "path = \"c.b\"", 14, "no row for the object or list around c.b"),
        ("path = \"a.b\"", "path = \"a\"", 14, "stands twice"),
        ("path = \"a.b\"", "path = \"a..b\"", 14, "not a path"),
        ("type = \"text\"", "type = \"count\"", 14, "only texts have values"),
        ("type = \"text\"", "type = \"txt\"", 14, "unknown variant"),
        ("title = \"X\"", "title = \"X\"\ncolour = 1", 6, "unknown field"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let error = Registry::parse(&[("bad.toml", &bad)]).unwrap_err();
        assert_eq!(error.code, Code::Config);
        let at = error.at.unwrap().raw().to_owned();
        assert!(at.contains(&format!("bad.toml, line {line}: ")) && at.contains(what), "{from}: {at}");
    }
    let twice = Registry::parse(&[("one.toml", good), ("two.toml", good)]).unwrap_err();
    let at = twice.at.unwrap().raw().to_owned();
    assert!(
        at.contains("two.toml, line 3: the id x") && at.contains("two.toml, line 3: the URI urn:x:y"),
        "{at}"
    );
}

#[test]
fn there_is_a_build_type_for_each_way_from_inputs_to_a_model() {
    let types = BuildType::parse(BuildType::bundled_file()).unwrap();
    assert_eq!(types, BuildType::bundled());
    let ways: BTreeSet<Transformation> = types.iter().map(|known| known.transformation).collect();
    assert_eq!(ways.len(), 8, "{ways:?}");
    for known in &types {
        assert_eq!(BuildType::of(&known.uri), BuildType::named(&known.id));
        let base = known.parameters.iter().find(|parameter| {
            parameter.required && matches!(parameter.role, Some(InputRole::Base | InputRole::Teacher))
        });
        assert_eq!(base.is_none(), known.transformation == Transformation::Train, "{}", known.id);
    }
    let finetune = BuildType::named("finetune").unwrap();
    assert!(finetune.check(&serde_json::json!({ "base": "a", "datasets": ["d"], "other": 1 })).is_empty());
    let faults = finetune.check(&serde_json::json!({ "datasets": "d" }));
    let faults: Vec<&str> = faults.iter().map(|fault| fault.path.raw()).collect();
    assert_eq!(faults, ["base", "datasets"]);
}

#[test]
fn a_build_type_that_names_inputs_by_a_number_is_refused() {
    let good = BuildType::bundled_file();
    let bad = good.replacen(
        "{ name = \"base\", type = \"text\", required = true, role = \"base\"",
        "{ name = \"base\", type = \"count\", required = true, role = \"base\"",
        1,
    );
    assert_ne!(good, bad);
    let error = BuildType::parse(&bad).unwrap_err();
    assert!(error.at.unwrap().raw().contains("names inputs"), "{}", error.what);
    assert_eq!(FieldType::Text.words(), "text");
}
