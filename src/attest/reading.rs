//! Turns a predicate that matches its schema into typed facts: one reader for each shape. What a reader does
//! not find it leaves open; nothing is guessed from names.

use super::build_types::BuildType;
use super::check::{MAX_ITEMS, text};
use super::decimal::Decimal;
use super::digests::{of_set, of_value};
use super::said::{
    AgentSaid, Assurance, BindingSaid, CardSaid, Comparator, ConfigSaid, DataSaid, Domain, Evaluation,
    InfrastructureSaid, Input, InputRole, Metric, NamedDigest, Provenance, ReleaseSaid, ReviewDecision,
    ReviewSaid, Said, Summary, Transformation, Triage, VulnerabilitiesSaid,
};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Which reader turns a predicate into facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Reader {
    #[serde(rename = "nothing")]
    Nothing,
    #[serde(rename = "slsa-v1")]
    SlsaV1,
    #[serde(rename = "slsa-v0.2")]
    SlsaV02,
    #[serde(rename = "slsa-v0.1")]
    SlsaV01,
    #[serde(rename = "vsa")]
    Vsa,
    #[serde(rename = "vsa-v0.2")]
    VsaV02,
    #[serde(rename = "svr")]
    Svr,
    #[serde(rename = "test-result")]
    TestResult,
    #[serde(rename = "scai")]
    Scai,
    #[serde(rename = "vulns")]
    Vulns,
    #[serde(rename = "cosign-vuln")]
    CosignVuln,
    #[serde(rename = "release")]
    Release,
    #[serde(rename = "link")]
    Link,
    #[serde(rename = "reference")]
    Reference,
    #[serde(rename = "runtime-trace")]
    RuntimeTrace,
    #[serde(rename = "spdx")]
    Spdx,
    #[serde(rename = "cyclonedx")]
    CycloneDx,
    #[serde(rename = "openvex")]
    OpenVex,
    #[serde(rename = "aixv-training")]
    AixvTraining,
    #[serde(rename = "aixv-evaluation")]
    AixvEvaluation,
    #[serde(rename = "eval-result")]
    EvalResult,
    #[serde(rename = "agent-card")]
    AgentCard,
    #[serde(rename = "training-data")]
    TrainingData,
    #[serde(rename = "training-config")]
    TrainingConfig,
    #[serde(rename = "evaluation")]
    Evaluation,
    #[serde(rename = "card")]
    Card,
    #[serde(rename = "composition")]
    Composition,
    #[serde(rename = "binding")]
    Binding,
    #[serde(rename = "review")]
    Review,
}

/// What a predicate says.
pub(super) fn said(reader: Reader, of: &Value) -> Said {
    match reader {
        // The document itself is not read here: bills of materials are the inventory's.
        Reader::Nothing | Reader::Spdx | Reader::CycloneDx => Said::Nothing,
        Reader::SlsaV1 => slsa_v1(of),
        Reader::SlsaV02 => slsa_v0_2(of),
        Reader::SlsaV01 => slsa_v0_1(of),
        Reader::Vsa => vsa(of, &V1),
        Reader::VsaV02 => vsa(of, &V0_2),
        Reader::Svr => svr(of),
        Reader::TestResult => test_result(of),
        Reader::Scai => scai(of),
        Reader::Vulns => {
            vulns(of, at(of, "/metadata/scanFinishedOn").or_else(|| at(of, "/metadata/scannedOn")))
        }
        Reader::CosignVuln => vulns(&Value::Null, at(of, "/metadata/scanFinishedOn")),
        Reader::Release => {
            text(of, "purl").map_or(Said::Nothing, |package| Said::Release(Box::new(ReleaseSaid { package })))
        }
        Reader::Link => link(of),
        Reader::Reference => reference(of),
        Reader::RuntimeTrace => runtime_trace(of),
        Reader::OpenVex => openvex(of),
        Reader::AixvTraining => aixv_training(of),
        Reader::AixvEvaluation => aixv_evaluation(of),
        Reader::EvalResult => eval_result(of),
        Reader::AgentCard => agent_card(of),
        Reader::TrainingData => training_data(of),
        Reader::TrainingConfig => training_config(of),
        Reader::Evaluation => evaluation(of),
        Reader::Card => card(of),
        Reader::Composition => composition(of),
        Reader::Binding => binding(of),
        Reader::Review => review(of),
    }
}

/// The text under a pointer.
fn at_text(of: &Value, pointer: &str) -> Option<Untrusted> {
    of.pointer(pointer)?.as_str().filter(|text| !text.is_empty()).map(Untrusted::from)
}

/// The time under a pointer.
fn at(of: &Value, pointer: &str) -> Option<Timestamp> {
    of.pointer(pointer)?.as_str()?.parse().ok()
}

/// The items of a list under a key; longer lists were refused.
fn items<'v>(of: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten().take(MAX_ITEMS)
}

fn texts(of: &Value, key: &str) -> Vec<Untrusted> {
    items(of, key).filter_map(Value::as_str).map(Untrusted::from).collect()
}

/// The digest that is compared first: SHA-256 where there is one.
fn first(digests: &[NamedDigest]) -> Option<NamedDigest> {
    digests.iter().find(|digest| digest.domain == Domain::Sha256).or_else(|| digests.first()).cloned()
}

/// The digests of a resource descriptor.
fn digests(resource: &Value) -> Vec<NamedDigest> {
    resource.get("digest").map(of_value).unwrap_or_default()
}

/// How a resource descriptor is called: name, address, place of download.
fn called(resource: &Value) -> Vec<&str> {
    ["name", "uri", "downloadLocation"]
        .into_iter()
        .filter_map(|key| resource.get(key)?.as_str())
        .filter(|text| !text.is_empty())
        .collect()
}

/// The inputs. Each has its own role, or else the one from `role`.
fn input(resource: &Value, role: impl FnOnce(&[&str]) -> Option<InputRole>) -> Input {
    let called = called(resource);
    let own = resource.pointer("/annotations/role").and_then(Value::as_str).and_then(InputRole::of_word);
    Input {
        role: own.or_else(|| role(&called)).unwrap_or(InputRole::Other),
        name: called.first().map_or_else(|| "".into(), |name| Untrusted::from(*name)),
        digests: digests(resource),
        verified_at: at(resource, "/annotations/verifiedAt"),
    }
}

/// Inputs of a list of resource descriptors, or of an object of digest sets.
fn artifacts(of: &Value, key: &str, role: impl Fn(&[&str]) -> Option<InputRole>) -> Vec<Input> {
    match of.get(key) {
        Some(Value::Array(list)) => list.iter().take(MAX_ITEMS).map(|one| input(one, &role)).collect(),
        Some(Value::Object(named)) => {
            let one = |(name, set): (&String, &Value)| Input {
                name: name.as_str().into(),
                role: role(&[name]).unwrap_or(InputRole::Other),
                digests: set.as_object().map(of_set).unwrap_or_default(),
                verified_at: None,
            };
            named.iter().take(MAX_ITEMS).map(one).collect()
        }
        _ => Vec::new(),
    }
}

/// What the shapes of SLSA provenance have in common.
struct Build<'v> {
    builder: Option<Untrusted>,
    kind: Option<Untrusted>,
    parameters: Option<&'v Value>,
    inputs: (&'v Value, &'static str),
    times: (Option<Timestamp>, Option<Timestamp>),
}

fn build(build: Build<'_>) -> Said {
    let known = build.kind.as_ref().and_then(|kind| BuildType::of(kind.raw()));
    let parameters = build.parameters.unwrap_or(&Value::Null);
    let role = |called: &[&str]| known?.role_of(parameters, called);
    let inputs = artifacts(build.inputs.0, build.inputs.1, role);
    let transformation = known.map(|known| known.transformation);
    let is_model =
        |input: &Input| matches!(input.role, InputRole::Base | InputRole::Adapter | InputRole::Teacher);
    Said::Provenance(Box::new(Provenance {
        transformation,
        is_root: transformation == Some(Transformation::Train) && !inputs.iter().any(is_model),
        builder: build.builder,
        build_type: build.kind,
        inputs,
        has_parameters: has_something(parameters),
        started: build.times.0,
        finished: build.times.1,
    }))
}

fn has_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

fn slsa_v1(of: &Value) -> Said {
    build(Build {
        builder: at_text(of, "/runDetails/builder/id"),
        kind: at_text(of, "/buildDefinition/buildType"),
        parameters: of.pointer("/buildDefinition/externalParameters"),
        inputs: (of.get("buildDefinition").unwrap_or(&Value::Null), "resolvedDependencies"),
        times: (at(of, "/runDetails/metadata/startedOn"), at(of, "/runDetails/metadata/finishedOn")),
    })
}

fn slsa_v0_2(of: &Value) -> Said {
    build(Build {
        builder: at_text(of, "/builder/id"),
        kind: text(of, "buildType"),
        parameters: of.pointer("/invocation/parameters"),
        inputs: (of, "materials"),
        times: (at(of, "/metadata/buildStartedOn"), at(of, "/metadata/buildFinishedOn")),
    })
}

fn slsa_v0_1(of: &Value) -> Said {
    build(Build {
        builder: at_text(of, "/builder/id"),
        kind: at_text(of, "/recipe/type"),
        parameters: of.pointer("/recipe/arguments"),
        inputs: (of, "materials"),
        times: (at(of, "/metadata/buildStartedOn"), at(of, "/metadata/buildFinishedOn")),
    })
}

fn link(of: &Value) -> Said {
    Said::Provenance(Box::new(Provenance {
        inputs: artifacts(of, "materials", |_| None),
        has_parameters: of.get("command").is_some_and(has_something),
        ..Provenance::default()
    }))
}

fn aixv_training(of: &Value) -> Said {
    let read = |key: &str, role: InputRole| {
        let one = move |one: &Value| Input {
            name: text(one, "uri").unwrap_or_else(|| "".into()),
            role,
            digests: digests(one),
            verified_at: None,
        };
        items(of, key).map(one).collect::<Vec<_>>()
    };
    let parents = read("parent_models", InputRole::Base);
    let (is_root, mut inputs) = (parents.is_empty(), parents);
    inputs.extend(read("datasets", InputRole::Dataset));
    let run = of.get("training_run").unwrap_or(&Value::Null);
    for (key, role) in [("code_digest", InputRole::Code), ("environment_digest", InputRole::Other)] {
        let digests = run.get(key).map(of_value).unwrap_or_default();
        inputs.push(Input { name: key.into(), role, digests, verified_at: None });
    }
    Said::Provenance(Box::new(Provenance {
        // It states that the model was trained, from scratch or from other models.
        transformation: Some(if is_root { Transformation::Train } else { Transformation::Finetune }),
        is_root,
        builder: None,
        build_type: None,
        inputs,
        has_parameters: of.get("hyperparameters").is_some_and(has_something),
        started: None,
        finished: None,
    }))
}

/// How the versions of VSA spell their fields.
struct Spelling {
    at: &'static str,
    resource: &'static str,
    inputs: &'static str,
    result: &'static str,
    levels: &'static str,
    dependencies: &'static str,
}

const V1: Spelling = Spelling {
    at: "/timeVerified",
    resource: "resourceUri",
    inputs: "inputAttestations",
    result: "verificationResult",
    levels: "verifiedLevels",
    dependencies: "dependencyLevels",
};
const V0_2: Spelling = Spelling {
    at: "/time_verified",
    resource: "resource_uri",
    inputs: "input_attestations",
    result: "verification_result",
    levels: "verified_levels",
    dependencies: "dependency_levels",
};

fn vsa(of: &Value, spelled: &Spelling) -> Said {
    let Some(verifier) = at_text(of, "/verifier/id") else { return Said::Nothing };
    let policies = of.get("policy").map(digests).unwrap_or_default();
    let counts = of.get(spelled.dependencies).and_then(Value::as_object).into_iter().flatten();
    let mut levels = texts(of, spelled.levels);
    levels.extend(text(of, "policy_level").filter(|level| !levels.contains(level)));
    Said::Summary(Box::new(Summary {
        is_result: false,
        verifier,
        resource: text(of, spelled.resource),
        policy_uri: at_text(of, "/policy/uri"),
        policy: first(&policies),
        policies,
        passed: of.get(spelled.result).and_then(Value::as_str) == Some("PASSED"),
        levels,
        dependencies: counts
            .filter_map(|(level, many)| Some((Untrusted::from(level.as_str()), many.as_u64()?)))
            .collect(),
        at: at(of, spelled.at),
        inputs: items(of, spelled.inputs).filter_map(|one| first(&digests(one))).collect(),
    }))
}

fn svr(of: &Value) -> Said {
    let Some(verifier) = at_text(of, "/verifier/id") else { return Said::Nothing };
    let verified = of.get("verifier").unwrap_or(&Value::Null);
    // Version 0.1 had one, as an extension.
    let policies: Vec<&Value> = items(verified, "policies").chain(verified.get("policy")).collect();
    let uri = policies.first().and_then(|policy| text(policy, "uri").or_else(|| text(policy, "name")));
    let policies: Vec<NamedDigest> = policies.iter().filter_map(|policy| first(&digests(policy))).collect();
    Said::Summary(Box::new(Summary {
        is_result: true,
        verifier,
        resource: None,
        policy_uri: uri,
        policy: first(&policies),
        policies,
        passed: true,
        levels: texts(of, "properties"),
        dependencies: Vec::new(),
        at: at(of, "/timeCreated"),
        inputs: items(of, "inputAttestations").filter_map(|one| first(&digests(one))).collect(),
    }))
}

fn test_result(of: &Value) -> Said {
    let result = of.get("result").and_then(Value::as_str).unwrap_or_default();
    let (passed, warned) = match result {
        "PASSED" | "SUCCESS" => (Some(true), false),
        "WARNED" | "WARNING" => (Some(true), true),
        "FAILED" | "FAILURE" => (Some(false), false),
        // What was skipped or broke off says nothing of the model.
        _ => (None, false),
    };
    let names =
        items(of, "configuration").filter_map(|one| called(one).first().map(|name| Untrusted::from(*name)));
    let is_standard = matches!(result, "PASSED" | "WARNED" | "FAILED") && of.get("configuration").is_some();
    let counts = ["successes", "warnings", "failures"].iter().any(|key| of.get(*key).is_some());
    Said::Evaluation(Box::new(Evaluation {
        names: names.collect(),
        passed,
        warned,
        at: at(of, "/timestamp"),
        is_dialect: !is_standard || counts,
        ..Evaluation::default()
    }))
}

fn assurance(of: &Value) -> Option<Assurance> {
    Some(match of.get("assuranceLevel")?.as_str()? {
        "self_attested" => Assurance::SelfAttested,
        "third_party" => Assurance::ThirdParty,
        "reproduced" => Assurance::Reproduced,
        "enclave_attested" => Assurance::Enclave,
        _ => return None,
    })
}

fn metric(of: &Value) -> Option<Metric> {
    let comparator = |sign: &str| {
        Some(match sign {
            ">=" => Comparator::AtLeast,
            ">" => Comparator::Above,
            "<=" => Comparator::AtMost,
            "<" => Comparator::Below,
            "==" => Comparator::Exactly,
            _ => return None,
        })
    };
    Some(Metric {
        name: text(of, "metric")?,
        value: of.get("value").and_then(Decimal::of),
        comparator: of.get("comparator").and_then(Value::as_str).and_then(comparator),
        threshold: of.get("threshold").and_then(Decimal::of),
        passed: of.get("passed").and_then(Value::as_bool),
    })
}

/// Whether all was met, where that is known of each; one that was not met is enough to know.
fn all_met(metrics: &[Metric]) -> Option<bool> {
    let met: Vec<Option<bool>> = metrics.iter().map(Metric::met).collect();
    if met.contains(&Some(false)) {
        return Some(false);
    }
    (!met.is_empty() && met.iter().all(|met| *met == Some(true))).then_some(true)
}

/// What our own evaluations and the proposed ones have in common.
fn measured(of: &Value, name: Option<Untrusted>, metrics: Vec<Metric>, samples: &str) -> Said {
    let assurance = assurance(of);
    Said::Evaluation(Box::new(Evaluation {
        names: name.into_iter().collect(),
        passed: all_met(&metrics),
        metrics,
        self_attested: assurance.map(|assurance| assurance == Assurance::SelfAttested),
        samples: of.get(samples).and_then(Value::as_u64),
        harness: of.get("harness").and_then(|harness| first(&digests(harness))),
        dataset: of.get("dataset").and_then(|dataset| first(&digests(dataset))),
        assurance,
        warned: false,
        at: at(of, "/evaluatedAt"),
        is_dialect: false,
    }))
}

fn eval_result(of: &Value) -> Said {
    let metrics = items(of, "claims").filter_map(metric).collect();
    measured(of, at_text(of, "/suite/name"), metrics, "sampleSize")
}

fn evaluation(of: &Value) -> Said {
    let metrics = items(of, "results").filter_map(metric).collect();
    measured(of, at_text(of, "/benchmark/name"), metrics, "samples")
}

fn aixv_evaluation(of: &Value) -> Said {
    let mut names: Vec<Untrusted> = text(of, "benchmark").into_iter().collect();
    names.extend(texts(of, "benchmarks"));
    Said::Evaluation(Box::new(Evaluation {
        names,
        passed: of.get("passed").and_then(Value::as_bool),
        ..Evaluation::default()
    }))
}

fn scai(of: &Value) -> Said {
    let attributes: Vec<Untrusted> =
        items(of, "attributes").filter_map(|one| text(one, "attribute")).collect();
    let mut evidence =
        items(of, "attributes").map(|one| one.get("evidence").map(digests).unwrap_or_default());
    let has_evidence = !attributes.is_empty() && evidence.all(|digests| !digests.is_empty());
    Said::Infrastructure(Box::new(InfrastructureSaid { attributes, has_evidence }))
}

fn runtime_trace(of: &Value) -> Said {
    let attributes =
        ["/monitor/type", "/monitoredProcess/type"].iter().filter_map(|pointer| at_text(of, pointer));
    let log = of.get("monitorLog").and_then(Value::as_object).into_iter().flatten();
    Said::Infrastructure(Box::new(InfrastructureSaid {
        attributes: attributes.collect(),
        has_evidence: log.into_iter().any(|(_, part)| has_something(part)),
    }))
}

fn vulns(of: &Value, at: Option<Timestamp>) -> Said {
    let result = of.get("scanner").map(|scanner| items(scanner, "result")).into_iter().flatten();
    let found = result.filter_map(|one| Some((text(one, "id")?, Triage::Found))).collect();
    Said::Vulnerabilities(Box::new(VulnerabilitiesSaid { found, at }))
}

fn openvex(of: &Value) -> Said {
    let one = |statement: &Value| {
        // Earlier versions name it by a text.
        let id = text(statement, "vulnerability").or_else(|| at_text(statement, "/vulnerability/name"))?;
        let triage = match statement.get("status")?.as_str()? {
            "not_affected" => Triage::NotAffected,
            "affected" => Triage::Affected,
            "fixed" => Triage::Fixed,
            _ => Triage::UnderInvestigation,
        };
        Some((id, triage))
    };
    let found = items(of, "statements").filter_map(one).collect();
    Said::Vulnerabilities(Box::new(VulnerabilitiesSaid { found, at: at(of, "/timestamp") }))
}

fn reference(of: &Value) -> Said {
    let documents: Vec<NamedDigest> = items(of, "references").flat_map(digests).collect();
    Said::Card(Box::new(CardSaid { digest: first(&documents), documents, ..CardSaid::default() }))
}

fn card(of: &Value) -> Said {
    let documents = of.get("card").map(digests).unwrap_or_default();
    Said::Card(Box::new(CardSaid {
        digest: first(&documents),
        documents,
        sections: texts(of, "sections"),
        model: at_text(of, "/model/name"),
    }))
}

fn agent_card(of: &Value) -> Said {
    let Some(name) = text(of, "name") else { return Said::Nothing };
    let skills = items(of, "skills").filter_map(|skill| text(skill, "name").or_else(|| text(skill, "id")));
    Said::Agent(Box::new(AgentSaid {
        name,
        version: text(of, "version"),
        address: text(of, "url"),
        skills: skills.collect(),
    }))
}

fn training_data(of: &Value) -> Said {
    const FIELDS: [&str; 7] =
        ["source", "collection", "preprocessing", "licence", "personalData", "governance", "digest"];
    let of_each = |field: &&&str| {
        let mut all = items(of, "datasets");
        all.all(|one| one.get(**field).is_some_and(has_something))
    };
    let dataset = |one: &Value| Input {
        name: text(one, "name").unwrap_or_else(|| "".into()),
        role: InputRole::Dataset,
        digests: digests(one),
        verified_at: at(one, "/verifiedAt"),
    };
    let mut licences: Vec<Untrusted> = items(of, "datasets").filter_map(|one| text(one, "licence")).collect();
    licences.sort();
    licences.dedup();
    Said::Data(Box::new(DataSaid {
        datasets: items(of, "datasets").map(dataset).collect(),
        fields: FIELDS.iter().filter(of_each).map(|field| Untrusted::from(*field)).collect(),
        licences,
    }))
}

fn training_config(of: &Value) -> Said {
    const FIELDS: [&str; 6] = ["hyperparameters", "config", "code", "framework", "seed", "hardware"];
    let code = of.get("code").map(digests).unwrap_or_default();
    let commit = code.iter().find(|digest| digest.domain == Domain::GitCommit).cloned();
    let there = |field: &&&str| of.get(**field).is_some_and(has_something);
    Said::Config(Box::new(ConfigSaid {
        fields: FIELDS.iter().filter(there).map(|field| Untrusted::from(*field)).collect(),
        config: of.get("config").and_then(|config| first(&digests(config))),
        code: commit.or_else(|| first(&code)),
    }))
}

fn composition(of: &Value) -> Said {
    let member = |one: &Value| Input {
        name: text(one, "name").unwrap_or_else(|| "".into()),
        role: one
            .get("role")
            .and_then(Value::as_str)
            .and_then(InputRole::of_word)
            .unwrap_or(InputRole::Other),
        digests: digests(one),
        verified_at: at(one, "/verifiedAt"),
    };
    Said::Composition(items(of, "members").map(member).collect())
}

fn binding(of: &Value) -> Said {
    Said::Binding(Box::new(BindingSaid {
        bill: of.get("bill").map(digests).unwrap_or_default(),
        signature: of.get("signature").map(of_value).unwrap_or_default(),
    }))
}

fn review(of: &Value) -> Said {
    let decision = match of.get("word").and_then(Value::as_str) {
        Some("approve") => ReviewDecision::Approve,
        Some("reject") => ReviewDecision::Reject,
        Some("ask-producer") => ReviewDecision::AskProducer,
        _ => return Said::Nothing,
    };
    let (Some(reason), Some(reviewer)) = (text(of, "reason"), at_text(of, "/reviewer/id")) else {
        return Said::Nothing;
    };
    Said::Review(Box::new(ReviewSaid {
        decision,
        reason,
        reviewer,
        at: at(of, "/reviewedAt"),
        until: at(of, "/validUntil"),
    }))
}
