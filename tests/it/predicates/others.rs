//! What the predicates of SLSA, in-toto and others say, and what makes them invalid.

use super::{faults, provenance, read, said, sha};
use serde_json::{Value, json};
use touchmark::attest::{
    Domain, InputRole, PredicateKind, Provenance, Said, Summary, Transformation, Triage, Validity,
};

const SLSA: &str = "https://slsa.dev/provenance/v1";
const VSA: &str = "https://slsa.dev/verification_summary/v1";
const SVR: &str = "https://in-toto.io/attestation/svr/v0.2";
const TEST: &str = "https://in-toto.io/attestation/test-result/v0.1";

fn made(uri: &str, predicate: &Value) -> Provenance {
    match said(uri, predicate) {
        Said::Provenance(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn summed(uri: &str, predicate: &Value) -> Summary {
    match said(uri, predicate) {
        Said::Summary(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn roles(made: &Provenance) -> Vec<(&str, InputRole)> {
    made.inputs.iter().map(|input| (input.name.raw(), input.role)).collect()
}

#[test]
fn provenance_says_what_went_in_and_as_what() {
    let made = made(SLSA, &provenance());
    assert_eq!(made.transformation, Some(Transformation::Finetune));
    assert!(!made.is_root && made.has_parameters);
    assert_eq!(made.builder.as_ref().unwrap().raw(), "https://ci.example/acme");
    assert_eq!(
        roles(&made),
        [
            ("lumen/iris-base", InputRole::Base),
            ("acme/receipts", InputRole::Dataset),
            ("train.py", InputRole::Code),
            ("vocab", InputRole::Tokenizer),
            ("notes.txt", InputRole::Other),
        ]
    );
    let [base, _, code, vocab, notes] = made.inputs.as_slice() else { panic!() };
    assert_eq!((base.digests[0].domain, base.digests[0].value.raw()), (Domain::Sha256, sha('a').as_str()));
    assert_eq!(code.digests[0].domain, Domain::GitCommit);
    assert_eq!(vocab.verified_at.unwrap().to_string(), "2026-03-01T08:00:00Z");
    assert!(notes.digests.is_empty());
    assert_eq!(made.started.unwrap().to_string(), "2026-03-01T09:00:00Z");
    assert_eq!(made.finished.unwrap().to_string(), "2026-03-01T12:00:00Z");
}

#[test]
fn what_a_builder_of_others_says_has_no_role_unless_it_says_so() {
    let mut predicate = provenance();
    predicate["buildDefinition"]["buildType"] = json!("https://actions.github.io/buildtypes/workflow/v1");
    let made = made(SLSA, &predicate);
    assert_eq!(made.transformation, None);
    assert_eq!(roles(&made)[0], ("lumen/iris-base", InputRole::Other));
    // What an input says itself holds under any build type.
    assert_eq!(roles(&made)[3], ("vocab", InputRole::Tokenizer));
}

#[test]
fn training_without_a_base_is_a_root_and_with_one_it_is_not() {
    let mut predicate = provenance();
    predicate["buildDefinition"]["buildType"] = json!("urn:touchmark:build:train:1");
    // The parameter `base` is no parameter of `train`.
    assert!(made(SLSA, &predicate).is_root);
    predicate["buildDefinition"]["resolvedDependencies"][0]["annotations"] = json!({ "role": "base" });
    assert!(!made(SLSA, &predicate).is_root);
    // Nothing said is not a root.
    let link = json!({ "name": "train", "materials": [] });
    assert!(!made("https://in-toto.io/attestation/link/v0.3", &link).is_root);
}

#[test]
fn older_provenance_is_read() {
    let v02 = json!({
        "builder": { "id": "https://ci.example" },
        "buildType": "https://tekton.dev/attestations/chains@v2",
        "invocation": { "configSource": {}, "parameters": { "epochs": 3 } },
        "metadata": { "buildStartedOn": "2025-01-01T00:00:00Z", "buildFinishedOn": null },
        "materials": [{ "uri": "git+https://git.example/x", "digest": { "sha1": "e".repeat(40) } }, { "uri": "b", "digest": { "sha256": sha('b') } }],
    });
    let read = made("https://slsa.dev/provenance/v0.2", &v02);
    assert!(read.has_parameters && read.started.is_some() && read.finished.is_none());
    assert_eq!(read.inputs.len(), 2);
    assert!(read.inputs[0].digests.is_empty(), "SHA-1 pins nothing");
    assert_eq!(read.inputs[1].digests[0].value.raw(), sha('b'));

    let v01 = json!({
        "builder": { "id": "b" },
        "recipe": { "type": "https://example.org/make", "arguments": {} },
        "materials": [{ "uri": "a", "digest": { "sha256": sha('a') } }],
    });
    for uri in ["https://slsa.dev/provenance/v0.1", "https://in-toto.io/Provenance/v0.1"] {
        let read = made(uri, &v01);
        assert_eq!((read.inputs.len(), read.has_parameters), (1, false));
        assert_eq!(read.build_type.unwrap().raw(), "https://example.org/make");
    }

    // The links of in-toto before the attestation framework have an object of materials.
    let link = json!({ "_type": "link", "command": ["make"], "materials": { "weights.bin": { "sha256": sha('a') } } });
    let read = made("https://in-toto.io/Link/v1", &link);
    assert_eq!((read.inputs[0].name.raw(), read.inputs[0].digests.len()), ("weights.bin", 1));
}

#[test]
fn every_fault_of_provenance_is_told_with_its_path() {
    assert_eq!(
        faults(
            SLSA,
            &json!({ "buildDefinition": { "externalParameters": [] }, "runDetails": { "builder": {} } })
        ),
        [
            "buildDefinition.buildType is missing",
            "buildDefinition.externalParameters has the wrong type",
            "runDetails.builder.id is missing",
        ]
    );
    let mut predicate = provenance();
    let inputs = &mut predicate["buildDefinition"]["resolvedDependencies"];
    inputs[0]["digest"]["sha256"] = json!(sha('A'));
    inputs[1]["digest"]["sha256"] = json!("abc");
    inputs[2]["digest"] = json!("c");
    inputs[4] = json!("notes");
    predicate["runDetails"]["metadata"]["startedOn"] = json!("yesterday");
    assert_eq!(
        faults(SLSA, &predicate),
        [
            "buildDefinition.resolvedDependencies[0].digest.sha256 has a value that is not allowed",
            "buildDefinition.resolvedDependencies[1].digest.sha256 has a value that is not allowed",
            "buildDefinition.resolvedDependencies[2].digest has the wrong type",
            "buildDefinition.resolvedDependencies[4] has the wrong type",
            "runDetails.metadata.startedOn has a value that is not allowed",
        ]
    );
    assert_eq!(faults(SLSA, &json!(["no object"])), [" has the wrong type"]);
    assert_eq!(faults(SLSA, &Value::Null), [" has the wrong type"]);
}

#[test]
fn fields_that_are_not_known_are_ignored_and_null_is_nothing() {
    let mut predicate = provenance();
    predicate["future"] = json!({ "deep": [[[1]]] });
    predicate["runDetails"]["byproducts"] = Value::Null;
    predicate["buildDefinition"]["resolvedDependencies"][0]["mirrors"] = json!([1, 2]);
    said(SLSA, &predicate);
    predicate["runDetails"]["builder"]["id"] = Value::Null;
    assert_eq!(faults(SLSA, &predicate), ["runDetails.builder.id is missing"]);
}

#[test]
fn a_summary_says_all_that_its_seven_steps_ask_for() {
    let predicate = json!({
        "verifier": { "id": "https://verifier.example" },
        "timeVerified": "2026-05-01T00:00:00Z",
        "resourceUri": "pkg:huggingface/acme/x",
        "policy": { "uri": "https://verifier.example/policy", "digest": { "sha256": sha('f') } },
        "inputAttestations": [{ "uri": "https://a", "digest": { "sha256": sha('1') } }],
        "verificationResult": "PASSED",
        "verifiedLevels": ["SLSA_BUILD_LEVEL_3", "COSAI_AIMM_LEVEL_2"],
        "dependencyLevels": { "SLSA_BUILD_LEVEL_1": 4 },
        "slsaVersion": "1.1",
    });
    let read = summed(VSA, &predicate);
    assert!(read.passed && !read.is_result);
    assert_eq!(read.verifier.raw(), "https://verifier.example");
    assert_eq!(read.resource.as_ref().unwrap().raw(), "pkg:huggingface/acme/x");
    assert_eq!(read.policy.as_ref().unwrap().value.raw(), sha('f'));
    assert_eq!(read.policy_uri.as_ref().unwrap().raw(), "https://verifier.example/policy");
    assert_eq!(read.levels.len(), 2);
    assert_eq!(read.dependencies[0].1, 4);
    assert_eq!(read.inputs[0].value.raw(), sha('1'));
    assert!(read.at.is_some());

    let mut failed = predicate.clone();
    failed["verificationResult"] = json!("FAILED");
    assert!(!summed(VSA, &failed).passed);
    let mut odd = predicate.clone();
    odd["verificationResult"] = json!("passed");
    odd["policy"] = json!({});
    assert_eq!(
        faults(VSA, &odd),
        ["policy.uri is missing", "verificationResult has a value that is not allowed"]
    );

    let old = json!({
        "verifier": { "id": "v" }, "time_verified": "2026-05-01T00:00:00Z", "resource_uri": "r",
        "policy": { "uri": "p" }, "verification_result": "PASSED", "policy_level": "SLSA_LEVEL_3",
    });
    let read = summed("https://slsa.dev/verification_summary/v0.2", &old);
    assert_eq!((read.passed, read.levels[0].raw()), (true, "SLSA_LEVEL_3"));
}

#[test]
fn a_verification_result_lists_what_holds() {
    let predicate = json!({
        "verifier": { "id": "v", "policies": [
            { "uri": "p", "digest": { "sha256": sha('2') } }, { "name": "q", "digest": { "sha256": sha('3') } }] },
        "timeCreated": "2026-05-01T00:00:00Z",
        "properties": ["COSAI_AIMM_LEVEL_2"],
    });
    let result = summed(SVR, &predicate);
    assert!(result.is_result && result.passed);
    assert_eq!(result.policy_uri.unwrap().raw(), "p");
    assert_eq!((result.policies.len(), result.policy.unwrap().value.raw()), (2, sha('2').as_str()));

    // Version 0.2 requires the policies, version 0.1 had none.
    let bare = json!({ "verifier": { "id": "v" }, "timeCreated": "2026-05-01T00:00:00Z", "properties": [] });
    assert_eq!(faults(SVR, &bare), ["verifier.policies is missing"]);
    assert_eq!(summed("https://in-toto.io/attestation/svr/v0.1", &bare).policy, None);
}

#[test]
fn test_results_of_the_field_are_read_and_marked() {
    let result = |predicate: Value| match said(TEST, &predicate) {
        Said::Evaluation(said) => (said.passed, said.warned, said.is_dialect),
        other => panic!("{other:?}"),
    };
    let standard =
        |word: &str| json!({ "result": word, "configuration": [{ "name": "suite" }], "passedTests": ["a"] });
    assert_eq!(result(standard("PASSED")), (Some(true), false, false));
    assert_eq!(result(standard("WARNED")), (Some(true), true, false));
    assert_eq!(result(standard("FAILED")), (Some(false), false, false));
    // Konflux.
    let counted = |word: &str| json!({ "result": word, "successes": 3, "warnings": 0, "failures": 0 });
    assert_eq!(result(counted("SUCCESS")), (Some(true), false, true));
    assert_eq!(result(counted("FAILURE")), (Some(false), false, true));
    assert_eq!(result(counted("ERROR")), (None, false, true));
    assert_eq!(result(counted("SKIPPED")), (None, false, true));
    assert_eq!(faults(TEST, &json!({ "result": "GREAT" })), ["result has a value that is not allowed"]);
    assert_eq!(
        faults(TEST, &json!({ "result": true, "failures": -1 })),
        ["result has the wrong type", "failures has a value that is not allowed",]
    );
}

#[test]
fn training_of_aixv_names_parents_and_datasets() {
    let digest = |digit| format!("sha256:{}", sha(digit));
    let mut predicate = json!({
        "parent_models": [{ "digest": digest('a'), "uri": "hf://lumen/iris" }],
        "datasets": [{ "digest": digest('b'), "split": "train" }],
        "training_run": { "framework": "pytorch", "code_digest": digest('c'), "environment_digest": digest('d') },
        "hyperparameters": { "lr": 0.1 },
    });
    let uri = "https://aixv.org/attestation/training/v1";
    let read = made(uri, &predicate);
    assert_eq!(read.transformation, Some(Transformation::Finetune));
    assert_eq!(roles(&read)[0], ("hf://lumen/iris", InputRole::Base));
    assert_eq!(roles(&read)[1].1, InputRole::Dataset);
    assert_eq!(read.inputs[0].digests[0].value.raw(), sha('a'));
    predicate["parent_models"] = json!([]);
    let read = made(uri, &predicate);
    assert!(read.is_root && read.transformation == Some(Transformation::Train));
    predicate["parent_models"] = json!([{ "digest": "sha256:AB" }]);
    assert_eq!(faults(uri, &predicate), ["parent_models[0].digest has a value that is not allowed"]);
}

#[test]
fn the_others_are_read() {
    let scai = json!({ "attributes": [{ "attribute": "HARDWARE_TDX", "evidence": { "digest": { "sha256": sha('e') } } }] });
    let Said::Infrastructure(read) = said("https://in-toto.io/attestation/scai/v0.3", &scai) else {
        panic!()
    };
    assert!(read.has_evidence && read.attributes[0].raw() == "HARDWARE_TDX");
    let bare = json!({ "attributes": [{ "attribute": "HARDWARE_TDX" }] });
    let Said::Infrastructure(read) = said("https://in-toto.io/attestation/scai/v0.3", &bare) else {
        panic!()
    };
    assert!(!read.has_evidence);
    assert_eq!(
        faults("https://in-toto.io/attestation/scai/v0.3", &json!({ "attributes": [] })),
        ["attributes is missing"]
    );

    let reference = json!({ "attester": { "id": "a" }, "references": [
        { "downloadLocation": "https://x/README.md", "mediaType": "text/markdown", "digest": { "sha256": sha('7') } }] });
    let Said::Card(read) = said("https://in-toto.io/attestation/reference/v0.1", &reference) else {
        panic!()
    };
    assert_eq!((read.digest.unwrap().value.raw(), read.documents.len()), (sha('7').as_str(), 1));

    let vex = json!({ "statements": [
        { "vulnerability": { "name": "CVE-1" }, "status": "not_affected" }, { "vulnerability": "CVE-2", "status": "affected" }] });
    let Said::Vulnerabilities(read) = said("https://openvex.dev/ns/v0.2.0", &vex) else { panic!() };
    assert_eq!(read.found, [("CVE-1".into(), Triage::NotAffected), ("CVE-2".into(), Triage::Affected)]);

    let Said::Release(read) =
        said("https://in-toto.io/attestation/release/v0.1", &json!({ "purl": "pkg:npm/a@1" }))
    else {
        panic!()
    };
    assert_eq!(read.package.raw(), "pkg:npm/a@1");

    let (kind, validity, said) = super::read(
        "https://cyclonedx.org/bom/v1.6",
        &json!({ "bomFormat": "CycloneDX", "specVersion": "1.6" }),
    );
    assert_eq!((kind, validity, said), (Some(PredicateKind::Bill), Validity::Valid, Said::Nothing));
}

#[test]
fn what_is_not_known_is_kept_and_says_nothing() {
    let (kind, validity, said) = read("https://example.org/mood/v1", &json!({ "mood": "good" }));
    assert_eq!((kind, validity, said), (None, Validity::Unknown, Said::Nothing));
}
