//! What claims say is what was put into them: every statement that is made validates, and reads back to the same facts.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use touchmark::attest::{
    Attested, BuildType, CardDraft, CardSaid, CompositionDraft, ConfigDraft, ConfigSaid, DataDraft, DataSaid,
    DatasetDraft, Draft, EvaluationDraft, Input, InputRole, NamedDigest, PolicyNamed, PredicateKind,
    Provenance, ProvenanceDraft, Registry, ResultDraft, ResultOf, ReviewDraft, Said, Subject, Summary,
    SummaryDraft, Transformation, Validity, headings,
};
use touchmark::attest::{Comparator, Decimal};

const ALL: &[PredicateKind] = &[
    PredicateKind::Provenance,
    PredicateKind::Data,
    PredicateKind::Config,
    PredicateKind::Evaluation,
    PredicateKind::Card,
    PredicateKind::Composition,
    PredicateKind::Review,
    PredicateKind::Summary,
    PredicateKind::Result,
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}/[a-z0-9._-]{1,12}", "https://[a-z]{1,8}\\.example/[a-z]{0,8}", "[a-zé 漢]{0,5}x"]
}

fn hex() -> impl Strategy<Value = String> {
    "[0-9a-f]{64}"
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn input(role: InputRole) -> impl Strategy<Value = Input> {
    (name(), hex(), proptest::option::of(moment())).prop_map(move |(name, hex, verified_at)| Input {
        name: name.into(),
        role,
        digests: vec![NamedDigest::sha256(hex)],
        verified_at,
    })
}

fn code() -> impl Strategy<Value = Input> {
    (name(), "[0-9a-f]{40}").prop_map(|(name, hex)| Input {
        name: name.into(),
        role: InputRole::Code,
        digests: vec![NamedDigest::git_commit(hex)],
        verified_at: None,
    })
}

fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let value = prop_oneof!["[a-z]{1,6}", "-?[0-9]{1,4}", "[0-9]\\.[0-9]{1,4}", Just("true".to_owned())];
    proptest::collection::btree_map("p_[a-z]{1,6}", value, 0..4).prop_map(|map| map.into_iter().collect())
}

/// A build with what its type asks for.
fn provenance() -> impl Strategy<Value = ProvenanceDraft> {
    let many = |role, range: std::ops::Range<usize>| proptest::collection::vec(input(role), range);
    let parts = (
        0..BuildType::bundled().len(),
        many(InputRole::Base, 1..3),
        input(InputRole::Teacher),
        many(InputRole::Dataset, 0..3),
        proptest::option::of(code()),
        proptest::option::of(input(InputRole::Config)),
    );
    let rest = (parameters(), proptest::option::of((moment(), 0_i64..100_000)), "urn:[a-z]{1,8}:[a-z]{1,8}");
    (parts, rest).prop_map(|((at, bases, teacher, data, code, config), (parameters, times, builder))| {
        let build = &BuildType::bundled()[at];
        let mut inputs: Vec<Input> = match build.transformation {
            Transformation::Train => Vec::new(),
            Transformation::Merge => bases,
            Transformation::Distil => vec![teacher],
            _ => bases.into_iter().take(1).collect(),
        };
        inputs.extend(data);
        inputs.extend(code);
        inputs.extend(config);
        let asked =
            build.parameters.iter().filter(|parameter| parameter.required && parameter.role.is_none());
        let asked = asked.map(|parameter| (parameter.name.clone(), "x1".to_owned()));
        let (started, finished) = match times {
            Some((began, took)) => (Some(began), Timestamp::from_second(began.as_second() + took).ok()),
            None => (None, None),
        };
        ProvenanceDraft {
            transformation: build.transformation,
            inputs,
            builder,
            invocation: None,
            parameters: asked.chain(parameters).collect(),
            started,
            finished,
        }
    })
}

/// Reads a statement as a verifier does.
fn read_back(draft: Draft) -> Said {
    let made = draft.check(ALL).unwrap();
    let subject = Subject { name: "acme/model".into(), root: "ab".repeat(32).parse().unwrap() };
    let payload = made.payload(&subject).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(statement["subject"][0]["digest"]["sha256"], "ab".repeat(32));
    let uri = statement["predicateType"].as_str().unwrap();
    let (kind, validity, said) = Registry::bundled().read(uri, &statement["predicate"]);
    assert_eq!((kind, validity), (Some(made.kind), Validity::Valid));
    assert_eq!(said, made.said);
    said
}

proptest! {
    #[test]
    fn provenance_reads_back(draft in provenance()) {
        let build = BuildType::bundled().iter().find(|build| build.transformation == draft.transformation).unwrap();
        let said = read_back(draft.draft().unwrap());
        let has_parameters = !draft.parameters.is_empty()
            || draft.inputs.iter().any(|input| build.parameters.iter().any(|known| known.role == Some(input.role)));
        prop_assert_eq!(said, Said::Provenance(Box::new(Provenance {
            transformation: Some(draft.transformation),
            is_root: draft.transformation == Transformation::Train,
            builder: Some(draft.builder.as_str().into()),
            build_type: Some(build.uri.as_str().into()),
            inputs: draft.inputs,
            has_parameters,
            started: draft.started,
            finished: draft.finished,
        })));
    }

    #[test]
    fn training_data_reads_back(
        all in proptest::collection::vec((input(InputRole::Dataset), proptest::option::of("[A-Z]{2,6}"), any::<bool>()), 1..4),
    ) {
        let datasets = all.into_iter().map(|(dataset, licence, owned)| DatasetDraft {
            dataset,
            split: None,
            source: owned.then(|| "a crawl".to_owned()),
            collection: None,
            preprocessing: None,
            licence,
            personal_data: owned.then(|| "none".to_owned()),
            owner: owned.then(|| "data office".to_owned()),
        });
        let draft = DataDraft { datasets: datasets.collect() };
        let said = read_back(draft.draft());
        let mut licences: Vec<_> = draft.datasets.iter().filter_map(|one| one.licence.as_deref().map(Into::into)).collect();
        licences.sort();
        licences.dedup();
        let each = |of: fn(&DatasetDraft) -> bool| draft.datasets.iter().all(of);
        let there = [
            ("source", each(|one| one.source.is_some())),
            ("licence", each(|one| one.licence.is_some())),
            ("personalData", each(|one| one.personal_data.is_some())),
            ("governance", each(|one| one.owner.is_some())),
            ("digest", true),
        ];
        prop_assert_eq!(said, Said::Data(Box::new(DataSaid {
            datasets: draft.datasets.iter().map(|one| one.dataset.clone()).collect(),
            fields: there.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.into()).collect(),
            licences,
        })));
    }

    #[test]
    fn configuration_reads_back(
        parameters in parameters(),
        code in proptest::option::of(code()),
        config in proptest::option::of(input(InputRole::Config)),
        seed in proptest::option::of("[0-9]{1,5}"),
        hardware in proptest::option::of(("[A-Z0-9]{1,5}", proptest::option::of(0_u64..1000))),
    ) {
        let draft = ConfigDraft { parameters, config, code, frameworks: vec![("torch".into(), None)], seed, hardware };
        let there = [
            ("hyperparameters", !draft.parameters.is_empty()),
            ("config", draft.config.is_some()),
            ("code", draft.code.is_some()),
            ("framework", true),
            ("seed", draft.seed.is_some()),
            ("hardware", draft.hardware.is_some()),
        ];
        prop_assert_eq!(read_back(draft.draft()), Said::Config(Box::new(ConfigSaid {
            fields: there.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.into()).collect(),
            config: draft.config.as_ref().map(|config| config.digests[0].clone()),
            code: draft.code.as_ref().map(|code| code.digests[0].clone()),
        })));
    }

    #[test]
    fn an_evaluation_reads_back(
        value in "-?[0-9]{1,3}(\\.[0-9]{1,6})?",
        threshold in proptest::option::of("-?[0-9]{1,3}(\\.[0-9]{1,6})?"),
        samples in proptest::option::of(any::<u32>()),
        harness in proptest::option::of(hex()),
        at in moment(),
    ) {
        let draft = EvaluationDraft {
            benchmark: "bench".to_owned(),
            benchmark_version: None,
            results: vec![ResultOf {
                metric: "m".to_owned(),
                value: value.clone(),
                bar: threshold.clone().map(|threshold| (Comparator::AtLeast, threshold)),
            }],
            samples: samples.map(u64::from),
            harness: harness.map(|hex| ("h".to_owned(), None, Some(NamedDigest::sha256(hex)))),
            dataset: None,
            evaluator: None,
            assurance: Some("third_party".to_owned()),
            at,
        };
        let Said::Evaluation(said) = read_back(draft.draft()) else { panic!("another kind") };
        let number = |text: &str| Decimal::parse(text).unwrap();
        prop_assert_eq!(said.metrics[0].value.clone(), Some(number(&value)));
        prop_assert_eq!(said.metrics[0].threshold.clone(), threshold.as_deref().map(number));
        let passed = threshold.as_deref().map(|threshold| number(&value) >= number(threshold));
        prop_assert_eq!(said.passed, passed);
        prop_assert_eq!((said.samples, said.self_attested, said.at), (draft.samples, Some(false), Some(at)));
        prop_assert_eq!(said.harness.clone(), draft.harness.and_then(|(_, _, digest)| digest));
    }

    #[test]
    fn a_card_reads_back(text in "(# [a-z]{1,8}\n(\n?[a-z]{0,9}\n){0,3}){1,4}", model in name()) {
        let mut draft = CardDraft::of("README.md", text.as_bytes());
        draft.model = model;
        prop_assert_eq!(read_back(draft.draft()), Said::Card(Box::new(CardSaid {
            digest: Some(NamedDigest::sha256(draft.digest.as_str())),
            documents: vec![NamedDigest::sha256(draft.digest.as_str())],
            sections: draft.sections.iter().map(|section| section.as_str().into()).collect(),
            model: Some(draft.model.as_str().into()),
        })));
    }

    #[test]
    fn a_composition_reads_back(base in input(InputRole::Base), tokenizer in input(InputRole::Tokenizer)) {
        let members: Vec<Input> =
            [base, tokenizer].into_iter().map(|member| Input { verified_at: None, ..member }).collect();
        let draft = CompositionDraft { members: members.clone(), quantisation: Some("q4".to_owned()) };
        prop_assert_eq!(read_back(draft.draft()), Said::Composition(members));
    }

    #[test]
    fn a_summary_reads_back(
        inputs in proptest::collection::vec(hex(), 0..3),
        levels in proptest::option::of(proptest::collection::vec("[A-Z_]{1,9}", 1..3)),
        many in 1_u64..9,
        at in moment(),
        policy in hex(),
    ) {
        let policy = PolicyNamed { uri: "urn:p".to_owned(), digest: NamedDigest::sha256(policy) };
        let draft = SummaryDraft {
            verifier: "urn:v".to_owned(),
            version: ("touchmark".to_owned(), "1".to_owned()),
            at,
            resource: "urn:r".to_owned(),
            policy: policy.clone(),
            inputs: inputs.iter().map(|hex| Attested { uri: None, digest: hex.clone() }).collect(),
            levels: levels.clone(),
            dependencies: vec![("LEVEL_1".to_owned(), many)],
        };
        let said = read_back(draft.draft());
        let levels = levels.clone().unwrap_or_else(|| vec!["FAILED".to_owned()]);
        let texts: Vec<_> = levels.iter().map(|level| level.as_str().into()).collect();
        let expected = Summary {
            is_result: false,
            verifier: "urn:v".into(),
            resource: Some("urn:r".into()),
            policy_uri: Some("urn:p".into()),
            policy: Some(policy.digest.clone()),
            policies: vec![policy.digest.clone()],
            passed: draft.levels.is_some(),
            levels: texts.clone(),
            dependencies: vec![("LEVEL_1".into(), many)],
            at: Some(at),
            inputs: inputs.iter().map(|hex| NamedDigest::sha256(hex.as_str())).collect(),
        };
        prop_assert_eq!(said, Said::Summary(Box::new(expected.clone())));
        let result = ResultDraft { verifier: "urn:v".to_owned(), at, policy, properties: levels };
        let expected = Summary {
            is_result: true, resource: None, passed: true, dependencies: Vec::new(), inputs: Vec::new(), ..expected
        };
        prop_assert_eq!(read_back(result.draft()), Said::Summary(Box::new(expected)));
    }

    #[test]
    fn a_review_reads_back(reason in "[a-z ]{0,20}x", at in moment(), number in proptest::option::of(1_u64..99)) {
        let draft = ReviewDraft {
            word: "approve".to_owned(),
            reason: reason.as_str().into(),
            reviewer: "dana".into(),
            at,
            record: number.map(|number| (number, "ab".repeat(32))),
        };
        let Said::Review(said) = read_back(draft.draft()) else { panic!("another kind") };
        prop_assert_eq!((said.reason.raw(), said.reviewer.raw(), said.at), (reason.as_str(), "dana", Some(at)));
    }
}

#[test]
fn headings_are_those_of_the_text_and_not_of_its_code() {
    let text = "---\ntitle: x\n# not this\n---\n# Model card\n\nIntended use\n---\n\n```\n# no heading\n```\n## Limits ##\n\
                #hashtag\n    # code\n### \nC#\n===\n";
    assert_eq!(headings(text), ["Model card", "Intended use", "Limits", "C#"]);
    assert!(headings("no headings here\n").is_empty());
}
