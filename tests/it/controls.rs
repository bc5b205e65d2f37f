//! All 57 controls from evidence: what passes, and what each comes to when one thing is otherwise.
#![allow(non_snake_case)]

use crate::maturity::{NOW, at, by_sigstore, signed_model};
use crate::support::checked;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use touchmark::attest::{
    About, CardSaid, Claimed, ConfigSaid, DataSaid, Domain, Evaluation, InfrastructureSaid, Input, InputRole,
    NamedDigest, PredicateKind, Provenance, Said, Summary, Transformation, Validity,
};
use touchmark::inventory::{Basis, Fact, FactKey, Format, Kind, Looked, Model, ModelId, ParentRef, Relation};
use touchmark::maturity::{
    Assessment, Completeness, Deployed, EdgeOrder, Evidence, Gated, Kinship, Likeness as L, LineageEdge, Met,
    MetWhy, Musts, Outcomes, ParentSight, Pin, PolicySeal, Rehearsed, Reliance, Rubric, Since, Support,
    Testimony, Threat, TriageState as T, Usage, assess,
};
use touchmark::policy::{Action, Exception, Excused, IrSurface, ModelPattern, Policy, Role, Subject, parse};
use touchmark::signing::{
    CheckCode, HashAlgorithm, Identity, Method, Outcome, RootDigest, Stage, Verification,
};
use touchmark::text::Untrusted;

const RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "test"
version = "1"
[trust.release-key]
kind = "key"
files = ["release.pub"]
[trust.lab-key]
kind = "key"
files = ["lab.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["release-key"]
roles = ["producer", "lineage", "build"]
[[attester]]
id = "lab"
trust = ["lab-key"]
roles = ["eval", "data", "verifier", "distributor"]
[conflicts]
strategy = "strict"
[[require]]
id = "safety"
predicate = "https://in-toto.io/attestation/test-result/v0.1"
max_age_days = 180
[[stage]]
name = "production"
production = true
min_level = 1
on_contradicted = "closed"
on_missing = "closed"
on_error = "closed"
on_unavailable = "closed"
"#;

/// An exception from before to a time.
fn exception(case: &mut Case, models: &str, expires: &str) {
    case.policy.exceptions.push(Exception {
        id: "EX-1".to_owned(),
        excuses: Excused::Control("L1.13".to_owned()),
        subject: Subject::Models(ModelPattern::new(models)),
        stages: vec!["production".to_owned()],
        owner: "o".to_owned(),
        approved_by: "a".to_owned(),
        reason: "r".to_owned(),
        compensating: Vec::new(),
        created: "2025-01-01T00:00:00Z".parse().unwrap(),
        expires: expires.parse().unwrap(),
        warn_days: 30,
    });
}

/// Everything that one model is judged from.
#[derive(Clone)]
struct Case {
    model: Model,
    verification: Option<Verification>,
    looked: bool,
    since: Since,
    claims: Vec<Testimony>,
    kinship: Kinship,
    usage: Usage,
    seal: PolicySeal,
    feeds: Option<jiff::Timestamp>,
    policy: Policy,
}

fn sha(byte: &str) -> NamedDigest {
    NamedDigest { domain: Domain::Sha256, algorithm: "sha256".into(), value: byte.repeat(32).into() }
}

fn input(name: &str, role: InputRole, digest: NamedDigest) -> Input {
    Input { name: name.into(), role, digests: vec![digest], verified_at: None }
}

fn claim(kind: PredicateKind, said: Said, roles: &[Role], by: &str) -> Testimony {
    let digest = format!("{kind:?}{by}");
    Testimony {
        claimed: Claimed {
            digest,
            line: 1,
            predicate_type: RESULT.into(),
            kind: Some(kind),
            validity: Validity::Valid,
            file: None,
            joined: Some(touchmark::attest::JoinedBy::Root),
            cosigners: Vec::new(),
            about: About::ThisModel,
            outcome: Outcome::Pass,
            because: None,
            signer: Some(Identity {
                method: Method::Key,
                subject: by.into(),
                issuer: None,
                fingerprint: None,
            }),
            signed_at: Some(at("2026-02-01T00:00:00Z")),
            said,
        },
        roles: roles.iter().copied().collect(),
        whose: Vec::new(),
        meets: Vec::new(),
    }
}

fn provenance() -> Provenance {
    Provenance {
        transformation: Some(Transformation::Finetune),
        builder: Some("https://build.acme".into()),
        build_type: Some("https://acme/finetune".into()),
        inputs: vec![
            input("acme/base", InputRole::Base, sha("22")),
            input("acme/data", InputRole::Dataset, sha("33")),
            input("code", InputRole::Code, sha("44")),
            input("config", InputRole::Config, sha("55")),
        ],
        has_parameters: true,
        ..Provenance::default()
    }
}

fn met(outcome: Outcome, why: MetWhy) -> Met {
    Met { requirement: "safety".into(), outcome, why, named: None }
}

fn summary(policy: &Policy) -> Summary {
    Summary {
        is_result: false,
        verifier: "https://acme.example/gate".into(),
        resource: None,
        policy_uri: None,
        policy: Some(NamedDigest {
            domain: Domain::Sha256,
            algorithm: "sha256".into(),
            value: policy.file_digest.as_str().into(),
        }),
        policies: Vec::new(),
        passed: true,
        levels: Vec::new(),
        dependencies: Vec::new(),
        at: Some(at("2026-02-10T00:00:00Z")),
        inputs: Vec::new(),
    }
}

fn texts(all: &[&str]) -> Vec<Untrusted> {
    all.iter().map(|text| (*text).into()).collect()
}

fn edge() -> LineageEdge {
    LineageEdge {
        parent: ModelId::new("acme/base"),
        relation: Relation::Finetune,
        basis: Basis::Attested,
        pin: Pin::Digest,
        in_role: Some(true),
        order: EdgeOrder::ParentFirst,
        verified_before: Some(true),
        sight: ParentSight::Verified,
        pin_differs: false,
        digest: None,
    }
}

/// A model that has all that level 3 asks for.
fn good() -> Case {
    let policy = parse(POLICY, "policy.toml", None).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut model = signed_model();
    let binding = model.binding.as_mut().unwrap();
    binding.identity = Some("ci@acme".into());
    binding.issuer = Some("https://ci.acme".into());
    binding.log_entry = Some("wNI9/7".into());
    model.facts.push(Fact {
        key: FactKey::Made,
        value: "2026-02-02T00:00:00Z".into(),
        basis: Basis::Declared,
        source: "bom.json".into(),
        place: "/components/0/releaseTime".into(),
    });
    model.parents.push(ParentRef {
        id: ModelId::new("acme/base"),
        relation: Relation::Finetune,
        basis: Basis::Declared,
        digest: Some(RootDigest([0x22; 32])),
        source: "bom.json".into(),
        place: "/components/0/pedigree/ancestors/0".into(),
    });
    let producer = [Role::Producer, Role::Lineage, Role::Build];
    let mut evaluated = claim(
        PredicateKind::Evaluation,
        Said::Evaluation(Box::new(Evaluation {
            names: texts(&["harmbench"]),
            passed: Some(true),
            self_attested: Some(false),
            samples: Some(400),
            harness: Some(sha("66")),
            ..Evaluation::default()
        })),
        &[Role::Eval],
        "lab",
    );
    evaluated.meets.push(met(Outcome::Pass, MetWhy::Holds));
    let mut data = input("acme/data", InputRole::Dataset, sha("33"));
    data.name = "acme/data".into();
    let claims = vec![
        claim(PredicateKind::Provenance, Said::Provenance(Box::new(provenance())), &producer, "acme"),
        evaluated,
        claim(
            PredicateKind::Data,
            Said::Data(Box::new(DataSaid {
                datasets: vec![data],
                fields: texts(&[
                    "source",
                    "collection",
                    "preprocessing",
                    "licence",
                    "personalData",
                    "governance",
                    "digest",
                ]),
                licences: texts(&["Apache-2.0"]),
            })),
            &[Role::Data],
            "lab",
        ),
        claim(
            PredicateKind::Config,
            Said::Config(Box::new(ConfigSaid {
                fields: texts(&["hyperparameters", "config", "code", "framework", "seed", "hardware"]),
                config: Some(sha("55")),
                code: Some(sha("44")),
            })),
            &producer,
            "acme",
        ),
        claim(
            PredicateKind::Card,
            Said::Card(Box::new(CardSaid {
                digest: Some(sha("77")),
                sections: texts(&["Intended use", "Limitations", "Training data", "Evaluation"]),
                model: Some("acme/bot".into()),
                ..CardSaid::default()
            })),
            &producer,
            "acme",
        ),
        claim(PredicateKind::Summary, Said::Summary(Box::new(summary(&policy))), &[Role::Verifier], "gate"),
    ];
    Case {
        model,
        verification: Some(by_sigstore()),
        looked: true,
        since: Since::Same,
        claims,
        kinship: Kinship {
            edges: vec![edge()],
            completeness: Completeness { declared: 2, verified: 2, open_ends: 0 },
            plausible: Some(true),
            descendants: 1,
            support: Support::Holds,
            lowest_cap: Some(3),
            ..Kinship::default()
        },
        usage: Usage {
            deployments: vec![Deployed {
                stage: "production".into(),
                place: "cluster/eu".into(),
                owner: None,
                since: Some(at("2026-02-28T18:00:00Z")),
                logs: Vec::new(),
            }],
            gates: vec![Gated {
                stage: "production".into(),
                let_in: true,
                root: Some(RootDigest([0x11; 32])),
                at: at("2026-02-28T13:00:00Z"),
                relied: false,
                passed: None,
            }],
            ..Usage::default()
        },
        seal: PolicySeal::Signed("ciso@acme".into()),
        feeds: None,
        policy,
    }
}

impl Case {
    fn with<T>(&self, judge: impl FnOnce(&Evidence<'_>) -> T) -> T {
        let looked = Looked::of(&self.model);
        judge(&Evidence {
            model: &self.model,
            verification: self.verification.as_ref(),
            looked: Some(&looked).filter(|_| self.looked),
            since: self.since,
            testimonies: &self.claims,
            kinship: &self.kinship,
            usage: &self.usage,
            seal: &self.seal,
            feeds: self.feeds,
            policy: &self.policy,
            now: at(NOW),
            told: std::cell::OnceCell::new(),
            told_by: None,
        })
    }

    fn assess(&self) -> Assessment {
        let rubric = Rubric::bundled().unwrap();
        self.with(|evidence| assess(evidence, &rubric, &Musts::of(&rubric, &self.policy.raise)))
    }

    fn outcome(&self, id: &str) -> Outcome {
        self.assess().of(id).unwrap().outcome
    }

    fn drop_claims(&mut self, kind: PredicateKind) {
        self.claims.retain(|one| one.claimed.kind != Some(kind));
    }

    fn claim(&mut self, kind: PredicateKind) -> &mut Testimony {
        self.claims.iter_mut().find(|one| one.claimed.kind == Some(kind)).unwrap()
    }

    fn provenance(&mut self) -> &mut Provenance {
        match &mut self.claim(PredicateKind::Provenance).claimed.said {
            Said::Provenance(said) => said,
            other => panic!("{other:?}"),
        }
    }

    fn evaluation(&mut self) -> &mut Evaluation {
        match &mut self.claim(PredicateKind::Evaluation).claimed.said {
            Said::Evaluation(said) => said,
            other => panic!("{other:?}"),
        }
    }

    fn data(&mut self) -> &mut DataSaid {
        match &mut self.claim(PredicateKind::Data).claimed.said {
            Said::Data(said) => said,
            other => panic!("{other:?}"),
        }
    }

    fn edge(&mut self) -> &mut LineageEdge {
        self.kinship.edges.first_mut().unwrap()
    }

    fn check(&mut self, stage: Stage, code: &str, outcome: Outcome) {
        self.verification.as_mut().unwrap().set(checked(stage, code, outcome));
    }

    fn set_roles(&mut self, kind: PredicateKind, roles: &[Role]) {
        self.claim(kind).roles = roles.iter().copied().collect();
    }
}

type Change = fn(&mut Case);

const PASS: Outcome = Outcome::Pass;
const PARTIAL: Outcome = Outcome::Partial;
const FAIL: Outcome = Outcome::Fail;
const MISSING: Outcome = Outcome::Missing;
const UNKNOWN: Outcome = Outcome::Unknown;
const ASIDE: Outcome = Outcome::NotApplicable;

fn unseen(case: &mut Case) {
    case.verification = None;
    case.looked = false;
}

fn root(case: &mut Case) {
    case.kinship = Kinship { root: Some(Basis::Attested), ..Kinship::default() };
    case.model.parents = Vec::new().into();
}

/// One thing that is otherwise, and what the control comes to then.
fn rows() -> Vec<(&'static str, Outcome, Change)> {
    use PredicateKind as K;
    vec![
        ("L1.01", MISSING, |c| c.check(Stage::Statement, "STATEMENT", MISSING)),
        ("L1.01", FAIL, |c| c.check(Stage::Parse, "PARSE", FAIL)),
        ("L1.01", PARTIAL, |c| c.check(Stage::Method, "METHOD", PARTIAL)),
        ("L1.02", FAIL, |c| c.check(Stage::Signature, "SIGNATURE-INVALID", FAIL)),
        ("L1.02", PARTIAL, |c| c.check(Stage::Signature, "SIGNATURE", PARTIAL)),
        ("L1.03", FAIL, |c| c.check(Stage::Files, "FILES-CHANGED", FAIL)),
        ("L1.03", PARTIAL, |c| c.check(Stage::Files, "FILES", PARTIAL)),
        ("L1.04", FAIL, |c| {
            c.check(Stage::Files, "FILES-EXTRA", FAIL);
            let files = &mut c.verification.as_mut().unwrap().files;
            std::sync::Arc::make_mut(files).extra.push("x.py".into());
        }),
        ("L1.04", PARTIAL, |c| {
            let files = &mut c.verification.as_mut().unwrap().files;
            std::sync::Arc::make_mut(files).ignored.push("x.py".into());
        }),
        ("L1.05", FAIL, |c| c.model.binding.as_mut().unwrap().root_digest = Some("ff".repeat(32).into())),
        ("L1.05", PARTIAL, |c| {
            c.model.binding = None;
            c.model.facts.push(Fact {
                key: FactKey::Hash,
                value: "SHA-256:00".into(),
                basis: Basis::Declared,
                source: "bom.json".into(),
                place: "/components/0/hashes/0".into(),
            });
        }),
        ("L1.06", FAIL, |c| c.check(Stage::Identity, "IDENTITY-DENIED", FAIL)),
        ("L1.06", PARTIAL, |c| c.check(Stage::Identity, "IDENTITY", PARTIAL)),
        ("L1.07", FAIL, |c| c.check(Stage::Trust, "TRUST-NONE", FAIL)),
        ("L1.07", PARTIAL, |c| c.check(Stage::Chain, "CHAIN", PARTIAL)),
        ("L1.08", FAIL, |c| c.check(Stage::Time, "TIME", FAIL)),
        ("L1.08", PARTIAL, |c| c.check(Stage::Time, "TIME", PARTIAL)),
        ("L1.09", FAIL, |c| c.check(Stage::Log, "LOG", FAIL)),
        ("L1.09", PARTIAL, |c| c.check(Stage::Log, "LOG", PARTIAL)),
        ("L1.10", PARTIAL, |c| {
            let mut facts: Vec<Fact> = c.model.facts.to_vec();
            facts.iter_mut().for_each(|fact| fact.value = "2026-01-02T00:00:00Z".into());
            c.model.facts = facts.into();
        }),
        ("L1.10", UNKNOWN, |c| c.model.facts = Vec::new().into()),
        ("L1.10", MISSING, |c| {
            c.verification = None;
            c.model.signature = None;
        }),
        ("L1.11", FAIL, |c| c.check(Stage::Files, "FILES-CHANGED", FAIL)),
        ("L1.11", MISSING, |c| c.verification.as_mut().unwrap().at = at("2026-01-01T00:00:00Z")),
        ("L1.12", ASIDE, |c| c.usage = Usage::default()),
        ("L1.12", PARTIAL, |c| c.usage.deployments[0].since = None),
        ("L1.12", FAIL, |c| c.check(Stage::Files, "FILES-CHANGED", FAIL)),
        ("L1.12", MISSING, unseen),
        ("L1.12", UNKNOWN, |c| c.since = Since::Changed),
        ("L1.13", FAIL, |c| c.model.formats.push(Format::Pickle)),
        ("L1.13", UNKNOWN, |c| c.model.formats.clear()),
        ("L1.14", FAIL, |c| c.model.binding.as_mut().unwrap().identity = Some("other".into())),
        ("L1.14", MISSING, |c| c.model.binding = None),
        ("L1.14", PARTIAL, |c| c.model.binding.as_mut().unwrap().log_entry = None),
        ("L1.15", FAIL, |c| {
            let code = CheckCode::ALL.iter().copied().find(|code| code.is_algorithm()).unwrap();
            let check = touchmark::signing::Check::new(code, FAIL, touchmark::signing::Why::Nothing);
            c.verification.as_mut().unwrap().set(check);
        }),
        ("L1.15", PARTIAL, |c| {
            c.policy.crypto.hash = vec![HashAlgorithm::Sha256];
            c.verification.as_mut().unwrap().hash = Some(HashAlgorithm::Blake3);
        }),
        ("L1.16", MISSING, |c| c.verification.as_mut().unwrap().method = Some(Method::Key)),
        ("L1.16", PARTIAL, |c| {
            c.verification.as_mut().unwrap().method = Some(Method::Key);
            let mut publishers = c.policy.publishers.to_vec();
            publishers[0].valid_until = Some(at("2027-01-01T00:00:00Z"));
            c.policy.publishers = publishers.into();
        }),
        ("L1.17", PASS, |c| {
            c.claims.push(claim(K::Reference, Said::Nothing, &[Role::Distributor], "hub"));
        }),
        ("L1.17", FAIL, |c| {
            let said = Said::Summary(Box::new(Summary { passed: false, ..summary(&c.policy) }));
            c.claims.push(claim(K::Summary, said, &[Role::Distributor], "hub"));
        }),
        ("L2.01", PASS, root),
        ("L2.01", MISSING, |c| c.kinship = Kinship::default()),
        ("L2.01", FAIL, |c| c.kinship.root = Some(Basis::Declared)),
        ("L2.01", PARTIAL, |c| {
            c.edge().basis = Basis::Declared;
            let mut parents: Vec<ParentRef> = c.model.parents.to_vec();
            parents[0].source = "models/bot/README.md".into();
            parents[0].place = "base_model".into();
            c.model.parents = parents.into();
        }),
        ("L2.01", UNKNOWN, |c| {
            unseen(c);
            c.kinship = Kinship::default();
        }),
        ("L2.02", ASIDE, root),
        ("L2.02", MISSING, |c| c.edge().pin = Pin::Name),
        ("L2.02", PARTIAL, |c| c.edge().pin = Pin::Revision),
        ("L2.02", FAIL, |c| c.edge().pin_differs = true),
        ("L2.02", UNKNOWN, |c| {
            unseen(c);
            c.edge().pin = Pin::Name;
        }),
        ("L2.03", ASIDE, root),
        ("L2.03", PARTIAL, |c| c.drop_claims(K::Provenance)),
        ("L2.03", PARTIAL, |c| c.claim(K::Provenance).claimed.outcome = FAIL),
        ("L2.03", MISSING, |c| {
            c.drop_claims(K::Provenance);
            c.kinship = Kinship::default();
        }),
        // Rulings 7: a claim about other bytes neither proves nor contradicts.
        ("L2.03", PARTIAL, |c| c.claim(K::Provenance).claimed.about = About::AnotherModel),
        ("L2.04", ASIDE, root),
        ("L2.04", FAIL, |c| c.edge().sight = ParentSight::Contradicted),
        ("L2.04", MISSING, |c| c.edge().sight = ParentSight::Unsigned),
        ("L2.04", MISSING, |c| c.edge().sight = ParentSight::Resigned),
        ("L2.04", UNKNOWN, |c| c.edge().sight = ParentSight::NotVerified),
        ("L2.04", PASS, |c| c.edge().sight = ParentSight::Summarised),
        ("L2.05", ASIDE, root),
        ("L2.05", FAIL, |c| c.edge().verified_before = Some(false)),
        ("L2.05", MISSING, |c| c.edge().verified_before = None),
        ("L2.05", PARTIAL, |c| {
            c.kinship.edges.push(LineageEdge { verified_before: None, ..edge() });
        }),
        ("L2.05", UNKNOWN, |c| {
            unseen(c);
            c.edge().verified_before = None;
        }),
        ("L2.06", PARTIAL, |c| c.provenance().builder = None),
        ("L2.06", FAIL, |c| c.provenance().transformation = Some(Transformation::Train)),
        ("L2.06", MISSING, |c| {
            c.drop_claims(K::Provenance);
            c.edge().relation = Relation::Unspecified;
        }),
        ("L2.06", ASIDE, |c| {
            root(c);
            c.drop_claims(K::Provenance);
        }),
        ("L2.07", FAIL, |c| c.kinship.on_cycle = true),
        ("L2.07", MISSING, |c| c.kinship.completeness.verified = 1),
        ("L2.07", PARTIAL, |c| {
            c.kinship.completeness = Completeness { declared: 10, verified: 9, open_ends: 0 };
        }),
        ("L2.07", UNKNOWN, |c| {
            c.kinship.completeness.verified = 1;
            c.edge().sight = ParentSight::NotVerified;
        }),
        ("L2.08", FAIL, |c| c.kinship.digests_differ = true),
        ("L2.08", ASIDE, |c| c.kinship.completeness.declared = 1),
        ("L2.08", PARTIAL, |c| c.edge().pin = Pin::Revision),
        ("L2.08", UNKNOWN, |c| c.edge().pin = Pin::Name),
        ("L2.09", ASIDE, root),
        ("L2.09", FAIL, |c| c.kinship.plausible = Some(false)),
        ("L2.09", UNKNOWN, |c| c.kinship.plausible = None),
        ("L2.09", PARTIAL, |c| c.edge().sight = ParentSight::Unresolved),
        ("L2.10", PARTIAL, |c| {
            c.provenance().inputs[1].digests.clear();
            c.data().datasets[0].digests.clear();
        }),
        ("L2.10", MISSING, |c| {
            c.provenance().inputs.remove(1);
            c.drop_claims(K::Data);
        }),
        ("L2.10", FAIL, |c| c.data().datasets.clear()),
        ("L2.10", ASIDE, |c| {
            c.provenance().inputs.remove(1);
            c.provenance().transformation = Some(Transformation::Quantise);
            c.drop_claims(K::Data);
        }),
        ("L2.10", UNKNOWN, |c| {
            unseen(c);
            c.claims.clear();
        }),
        ("L2.11", MISSING, |c| c.drop_claims(K::Data)),
        ("L2.11", PARTIAL, |c| {
            c.provenance().inputs.push(input("acme/more", InputRole::Dataset, sha("88")));
        }),
        ("L2.11", FAIL, |c| {
            let relation = Relation::TrainedOn;
            c.kinship.edges.push(LineageEdge { relation, sight: ParentSight::Contradicted, ..edge() });
        }),
        ("L2.11", UNKNOWN, |c| {
            unseen(c);
            c.claims.clear();
        }),
        ("L2.12", PARTIAL, |c| {
            c.provenance().has_parameters = false;
            c.provenance().inputs.remove(3);
            c.drop_claims(K::Config);
        }),
        ("L2.12", MISSING, |c| {
            c.provenance().inputs.remove(2);
            c.drop_claims(K::Config);
        }),
        ("L2.12", FAIL, |c| c.provenance().inputs[2].digests = vec![sha("99")]),
        ("L2.13", ASIDE, root),
        ("L2.13", FAIL, |c| c.edge().order = EdgeOrder::ChildFirst),
        ("L2.13", PARTIAL, |c| c.edge().order = EdgeOrder::Equal),
        ("L2.13", MISSING, |c| c.claim(K::Provenance).claimed.signed_at = None),
        ("L2.13", UNKNOWN, |c| {
            c.edge().order = EdgeOrder::Unknown;
            c.edge().sight = ParentSight::NotVerified;
        }),
        ("L2.14", MISSING, |c| c.set_roles(K::Provenance, &[Role::Eval])),
        ("L2.14", PARTIAL, |c| c.set_roles(K::Provenance, &[])),
        ("L2.14", PARTIAL, |c| c.set_roles(K::Provenance, &[Role::Producer])),
        ("L2.14", UNKNOWN, |c| c.drop_claims(K::Provenance)),
        ("L2.15", FAIL, |c| {
            let said = Provenance { transformation: Some(Transformation::Merge), ..provenance() };
            c.claims.push(claim(K::Provenance, Said::Provenance(Box::new(said)), &[Role::Lineage], "x"));
        }),
        ("L2.15", PARTIAL, |c| {
            c.policy.conflicts.strategy = Some(touchmark::policy::Strategy::Latest);
            let said = Provenance { transformation: Some(Transformation::Merge), ..provenance() };
            c.claims.push(claim(K::Provenance, Said::Provenance(Box::new(said)), &[Role::Lineage], "x"));
        }),
        ("L2.15", ASIDE, |c| c.claims.clear()),
        ("L2.16", ASIDE, |c| c.model.parents = Vec::new().into()),
        ("L2.16", FAIL, |c| c.kinship.denied_by_claims = true),
        ("L2.16", PARTIAL, |c| {
            let parent = ModelId::new("acme/other");
            c.kinship.edges.push(LineageEdge { parent, ..edge() });
        }),
        ("L2.16", UNKNOWN, |c| c.edge().basis = Basis::Declared),
        ("L2.17", ASIDE, root),
        ("L2.17", FAIL, |c| c.edge().sight = ParentSight::Contradicted),
        ("L2.17", MISSING, |c| c.edge().sight = ParentSight::Unsigned),
        ("L2.17", PARTIAL, |c| c.kinship.completeness.verified = 1),
        ("L2.17", UNKNOWN, |c| c.edge().sight = ParentSight::NotVerified),
        ("L2.18", PARTIAL, |c| c.usage = Usage::default()),
        ("L2.18", FAIL, |c| c.kinship.on_cycle = true),
        ("L3.01", MISSING, |c| c.drop_claims(K::Provenance)),
        ("L3.01", PARTIAL, |c| c.set_roles(K::Provenance, &[Role::Lineage])),
        ("L3.01", PARTIAL, |c| {
            let parent = ModelId::new("acme/other");
            c.kinship.edges.push(LineageEdge { parent, basis: Basis::Declared, ..edge() });
        }),
        ("L3.01", FAIL, |c| c.kinship.denied_by_claims = true),
        ("L3.02", MISSING, |c| c.drop_claims(K::Data)),
        ("L3.02", PARTIAL, |c| c.data().fields.truncate(2)),
        ("L3.02", PARTIAL, |c| c.set_roles(K::Data, &[Role::Eval])),
        ("L3.02", FAIL, |c| {
            c.policy.artifact.license_deny = vec![touchmark::policy::LicencePattern::new("CC-BY-NC-*")];
            c.data().licences = texts(&["CC-BY-NC-4.0"]);
        }),
        ("L3.02", ASIDE, |c| {
            c.provenance().transformation = Some(Transformation::Quantise);
            c.drop_claims(K::Data);
        }),
        ("L3.03", MISSING, |c| c.drop_claims(K::Config)),
        ("L3.03", PARTIAL, |c| match &mut c.claim(K::Config).claimed.said {
            Said::Config(said) => said.fields.truncate(2),
            other => panic!("{other:?}"),
        }),
        ("L3.03", FAIL, |c| c.provenance().inputs[3].digests = vec![sha("99")]),
        ("L3.04", MISSING, |c| c.drop_claims(K::Evaluation)),
        ("L3.04", PARTIAL, |c| c.policy.requirements.clear()),
        ("L3.04", PARTIAL, |c| c.evaluation().harness = None),
        ("L3.04", FAIL, |c| c.evaluation().passed = Some(false)),
        ("L3.04", FAIL, |c| {
            let fault = touchmark::policy::ClauseFault::Value;
            let why = MetWhy::Clause { path: "metrics".into(), operator: ">=".into(), fault };
            c.claim(K::Evaluation).meets = vec![met(FAIL, why)];
        }),
        ("L3.05", PARTIAL, |c| c.evaluation().self_attested = Some(true)),
        ("L3.05", MISSING, |c| c.set_roles(K::Evaluation, &[Role::Data])),
        ("L3.05", UNKNOWN, |c| c.drop_claims(K::Evaluation)),
        ("L3.06", MISSING, |c| c.drop_claims(K::Card)),
        ("L3.06", PARTIAL, |c| match &mut c.claim(K::Card).claimed.said {
            Said::Card(said) => said.sections.truncate(1),
            other => panic!("{other:?}"),
        }),
        ("L3.06", FAIL, |c| match &mut c.claim(K::Card).claimed.said {
            Said::Card(said) => said.model = Some("acme/another".into()),
            other => panic!("{other:?}"),
        }),
        ("L3.07", ASIDE, |_| {}),
        ("L3.07", PASS, |c| {
            let said = InfrastructureSaid { attributes: texts(&["TEE"]), has_evidence: true };
            let said = Said::Infrastructure(Box::new(said));
            c.claims.push(claim(K::Infrastructure, said, &[Role::Infrastructure], "tee"));
        }),
        ("L3.07", PARTIAL, |c| {
            let said = Said::Infrastructure(Box::default());
            c.claims.push(claim(K::Infrastructure, said, &[Role::Infrastructure], "tee"));
        }),
        ("L3.07", MISSING, |c| {
            c.policy.attesters[0].roles = [Role::Infrastructure].into_iter().collect();
        }),
        ("L3.07", FAIL, |c| {
            let said = Said::Summary(Box::new(Summary { passed: false, ..summary(&c.policy) }));
            c.claims.push(claim(K::Summary, said, &[Role::Infrastructure], "tee"));
        }),
        ("L3.08", ASIDE, |_| {}),
        ("L3.08", MISSING, floor),
        ("L3.08", PASS, |c| {
            floor(c);
            c.claim(K::Summary).meets.push(Met { requirement: "slsa".into(), ..met(PASS, MetWhy::Holds) });
        }),
        ("L3.08", PARTIAL, |c| {
            floor(c);
            c.claim(K::Summary)
                .meets
                .push(Met { requirement: "slsa".into(), ..met(FAIL, MetWhy::SelfAttested) });
        }),
        ("L3.08", FAIL, |c| {
            floor(c);
            let levels = texts(&["SLSA_BUILD_LEVEL_3"]);
            let said = Summary { passed: false, levels, ..summary(&c.policy) };
            c.claims.push(claim(K::Summary, Said::Summary(Box::new(said)), &[Role::Verifier], "x"));
        }),
        ("L3.08", UNKNOWN, |c| {
            floor(c);
            unseen(c);
        }),
        ("L3.09", FAIL, |c| c.claim(K::Card).claimed.validity = Validity::Invalid(Vec::new())),
        ("L3.09", PARTIAL, |c| c.claim(K::Card).claimed.validity = Validity::Unknown),
        ("L3.09", UNKNOWN, |c| c.claims.clear()),
        ("L3.10", PARTIAL, |c| c.seal = PolicySeal::Unsigned),
        ("L3.10", FAIL, |c| c.seal = PolicySeal::Changed),
        ("L3.10", FAIL, |c| c.policy.expires = Some(at("2026-01-01T00:00:00Z"))),
        ("L3.10", MISSING, |c| c.policy.publishers = Vec::new().into()),
        ("L3.11", MISSING, |c| c.drop_claims(K::Summary)),
        ("L3.11", PARTIAL, |c| c.policy.file_digest = "00".repeat(32)),
        ("L3.11", FAIL, |c| match &mut c.claim(K::Summary).claimed.said {
            Said::Summary(said) => said.passed = false,
            other => panic!("{other:?}"),
        }),
        ("L3.12", ASIDE, |_| {}),
        ("L3.12", PASS, |c| c.kinship.summaries = Reliance::Checked),
        ("L3.12", PARTIAL, |c| c.kinship.summaries = Reliance::Partly),
        ("L3.12", FAIL, |c| c.kinship.summaries = Reliance::Failed),
        ("L3.12", UNKNOWN, |c| c.edge().sight = ParentSight::NotVerified),
        ("L3.13", ASIDE, |c| c.usage = Usage::default()),
        ("L3.13", FAIL, |c| c.usage.gates[0].root = Some(RootDigest([0x99; 32]))),
        ("L3.13", MISSING, |c| c.usage.gates[0].let_in = false),
        ("L3.13", PARTIAL, |c| {
            c.policy.stages[0].on_contradicted = Action::Warn;
            c.policy.stages[0].on_missing = Action::Open;
        }),
        ("L3.14", FAIL, |c| c.policy.stages[0].on_contradicted = Action::Open),
        ("L3.14", PARTIAL, |c| c.policy.stages[0].on_missing = Action::Warn),
        ("L3.14", MISSING, |c| c.policy.stages.clear()),
        ("L3.16", ASIDE, root),
        ("L3.16", FAIL, |c| c.edge().sight = ParentSight::Contradicted),
        ("L3.16", MISSING, |c| c.edge().sight = ParentSight::Unsigned),
        ("L3.16", MISSING, |c| c.kinship.support = Support::Short),
        ("L3.16", PARTIAL, |c| c.kinship.support = Support::Bridged),
        ("L3.16", UNKNOWN, |c| c.kinship.support = Support::NotJudged),
        ("L3.17", MISSING, |c| c.policy.conflicts.strategy = None),
        ("L3.17", FAIL, |c| {
            let said = Provenance { transformation: Some(Transformation::Merge), ..provenance() };
            c.claims.push(claim(K::Provenance, Said::Provenance(Box::new(said)), &[Role::Lineage], "x"));
        }),
        ("L3.17", PARTIAL, |c| {
            c.policy.conflicts.strategy = Some(touchmark::policy::Strategy::Quorum);
            let said = Provenance { transformation: Some(Transformation::Merge), ..provenance() };
            c.claims.push(claim(K::Provenance, Said::Provenance(Box::new(said)), &[Role::Lineage], "x"));
        }),
        ("L3.18", MISSING, |c| stale(c, "2025-01-01T00:00:00Z")),
        // 180 days and a minute before now: clocks may differ by five.
        ("L3.18", PARTIAL, |c| stale(c, "2025-09-02T11:59:00Z")),
        ("L3.18", UNKNOWN, |c| c.policy.requirements.clear()),
        ("L3.19", ASIDE, |c| c.usage = Usage::default()),
        ("L3.15", PASS, |c| exception(c, "acme/*", "2027-01-01T00:00:00Z")),
        ("L3.15", PASS, |c| exception(c, "other/*", "2026-01-01T00:00:00Z")),
        ("L3.15", PARTIAL, |c| exception(c, "acme/*", "2026-03-30T00:00:00Z")),
        ("L3.15", FAIL, |c| exception(c, "acme/*", "2026-03-01T00:00:00Z")),
        ("L3.19", MISSING, |_| {}),
        ("L3.19", PARTIAL, |c| {
            rehearsed(c, &[]);
        }),
        // A year is allowed, and not a second more; another runbook is another one.
        ("L3.19", PASS, |c| rehearsed(c, &[("substitution", 365 * 86_400)])),
        ("L3.19", PARTIAL, |c| rehearsed(c, &[("substitution", 365 * 86_400 + 1)])),
        ("L3.19", PARTIAL, |c| rehearsed(c, &[("jailbreak", 60)])),
        ("L3.19", PASS, |c| rehearsed(c, &[("substitution", 400 * 86_400), ("substitution", 60)])),
        ("L3.19", MISSING, |c| {
            rehearsed(c, &[("substitution", 60)]);
            c.policy.stages.iter_mut().for_each(|stage| stage.ir_surface = None);
        }),
        ("L3.20", UNKNOWN, |_| {}),
        ("L3.20", PASS, |c| feed(c, &[])),
        // Thirty days are allowed, and not a second more.
        ("L3.20", PASS, |c| aged(c, 30 * 86_400)),
        ("L3.20", UNKNOWN, |c| aged(c, 30 * 86_400 + 1)),
        ("L3.20", FAIL, |c| feed(c, &[(L::Affected, None)])),
        ("L3.20", FAIL, |c| feed(c, &[(L::Affected, Some(T::Affected))])),
        ("L3.20", FAIL, |c| feed(c, &[(L::Name, Some(T::NotAffected)), (L::Name, Some(T::Affected))])),
        // A feed that is too old, or is not here any more, acquits of nothing.
        ("L3.20", FAIL, |c| {
            feed(c, &[(L::Affected, None)]);
            aged(c, 30 * 86_400 + 1);
        }),
        ("L3.20", FAIL, |c| {
            feed(c, &[(L::Affected, None)]);
            c.feeds = None;
        }),
        ("L3.20", UNKNOWN, |c| {
            feed(c, &[(L::Package, None), (L::Affected, Some(T::Fixed))]);
            aged(c, 30 * 86_400 + 1);
        }),
        // What a name alone says, or nobody knows the version of, has to be confirmed.
        ("L3.20", PARTIAL, |c| feed(c, &[(L::Name, None)])),
        ("L3.20", PARTIAL, |c| feed(c, &[(L::Package, None)])),
        ("L3.20", PARTIAL, |c| feed(c, &[(L::Affected, Some(T::UnderInvestigation))])),
        ("L3.20", PARTIAL, |c| feed(c, &[(L::Affected, Some(T::Fixed)), (L::Name, None)])),
        ("L3.20", PASS, |c| feed(c, &[(L::Affected, Some(T::Fixed)), (L::Name, Some(T::NotAffected))])),
        ("L3.21", ASIDE, |_| {}),
        ("L3.22", ASIDE, |_| {}),
        ("L3.22", ASIDE, |c| {
            let mut stray = claim(PredicateKind::Agent, Said::Nothing, &[], "stray");
            stray.claimed.outcome = FAIL;
            c.claims.push(stray);
        }),
        ("L3.22", PASS, |c| c.model.kind = Kind::Agent),
        ("L3.22", FAIL, |c| {
            c.model.kind = Kind::Agent;
            c.check(Stage::Files, "FILES-CHANGED", FAIL);
        }),
        ("L3.22", MISSING, |c| {
            c.model.kind = Kind::Agent;
            unseen(c);
            c.model.signature = None;
        }),
        ("L3.22", PARTIAL, |c| {
            c.model.kind = Kind::Agent;
            unseen(c);
            c.model.signature = None;
            c.model.facts.push(Fact {
                key: FactKey::Hash,
                value: "SHA-256:00".into(),
                basis: Basis::Declared,
                source: "bom.json".into(),
                place: "/components/0/hashes/0".into(),
            });
        }),
        ("L3.22", UNKNOWN, |c| {
            c.model.kind = Kind::Agent;
            unseen(c);
        }),
    ]
}

/// A runbook is bound to every stage, and drills of these came to their ends so many seconds ago.
fn rehearsed(case: &mut Case, drills: &[(&str, i64)]) {
    let (runbook, evidence, retention_days) = ("substitution".to_owned(), Vec::new(), None);
    let surface = IrSurface { runbook, evidence, retention_days };
    case.policy.stages.iter_mut().for_each(|stage| stage.ir_surface = Some(surface.clone()));
    let drill = |(runbook, ago): &(&str, i64)| Rehearsed {
        runbook: (*runbook).into(),
        at: at(NOW) - jiff::SignedDuration::from_secs(*ago),
        walked: false,
    };
    case.usage.drills = drills.iter().map(drill).collect();
}

/// A feed was imported just now, and has these entries.
fn feed(case: &mut Case, entries: &[(L, Option<T>)]) {
    let threat = |(likeness, said): &(L, Option<T>)| Threat {
        id: "CVE-2026-1".into(),
        likeness: *likeness,
        said: *said,
    };
    case.usage.threats = entries.iter().map(threat).collect();
    case.feeds = Some(at(NOW));
}

/// The newest feed was imported so many seconds ago.
fn aged(case: &mut Case, seconds: i64) {
    case.feeds = Some(at(NOW) - jiff::SignedDuration::from_secs(seconds));
}

/// The policy sets a floor for SLSA.
fn floor(case: &mut Case) {
    let text = format!(
        "{POLICY}\n[[require]]\nid = \"slsa\"\npredicate = \"https://slsa.dev/verification_summary/v1\"\nwhere = [{{ \
         path = \"verifiedLevels\", op = \"contains_level\", value = \"SLSA_BUILD_LEVEL_2\" }}]\n"
    );
    case.policy.requirements = parse(&text, "policy.toml", None).unwrap().requirements;
}

fn stale(case: &mut Case, signed: &str) {
    let claim = case.claim(PredicateKind::Evaluation);
    claim.claimed.signed_at = Some(at(signed));
    claim.meets = vec![met(MISSING, MetWhy::Age { days: 181 })];
}

#[test]
fn a_model_with_all_evidence_is_at_level_3_and_no_control_is_left_to_chance() {
    let assessment = good().assess();
    let open: Vec<_> = assessment
        .controls
        .iter()
        .filter(|one| !matches!(one.outcome, PASS | ASIDE) && !["L3.19", "L3.20"].contains(&&*one.id))
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    assert_eq!(assessment.score.own, 3);
    assert!(!assessment.score.star.at(3));
}

#[test]
fn every_control_comes_to_what_the_rubric_says_when_one_thing_is_otherwise() {
    let mut wrong = Vec::new();
    for (number, (id, expected, change)) in rows().into_iter().enumerate() {
        let mut case = good();
        change(&mut case);
        let found = case.assess().of(id).unwrap().clone();
        if found.outcome != expected {
            wrong
                .push(format!("row {number}: {id}: {:?}, not {expected:?}: {:?}", found.outcome, found.fact));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No framework can be given in this version, and what it would come to cannot be made.
/// What L3.19 comes to is never unknown: the program knows its own records.
const NOT_IN_THIS_VERSION: [&str; 2] = ["L3.19", "L3.21"];
/// A verification is judged anew by the policy in force, so that none is of before a change. The core accepts no key below the floor, and no other tool than ours says what was left out of a load.
const NOT_PARTIAL: [&str; 4] = ["L1.11", "L1.13", "L1.17", "L2.04"];

#[test]
fn every_control_has_a_row_for_each_outcome_that_the_rubric_has() {
    let rubric = Rubric::bundled().unwrap();
    let mut seen: BTreeMap<&str, BTreeSet<Outcome>> = BTreeMap::new();
    for (id, outcome, _) in rows() {
        seen.entry(id).or_default().insert(outcome);
    }
    let (whole, mut never) = (good().assess(), good());
    unseen(&mut never);
    let never = never.assess();
    let mut lacks = Vec::new();
    for control in &rubric.controls {
        let mut outcomes = seen.get(&*control.id).cloned().unwrap_or_default();
        outcomes.insert(whole.of(&control.id).unwrap().outcome);
        outcomes.insert(never.of(&control.id).unwrap().outcome);
        if NOT_IN_THIS_VERSION.contains(&&*control.id) {
            continue;
        }
        if !outcomes.contains(&PASS) {
            lacks.push(format!("{} pass", control.id));
        }
        if !outcomes.contains(&FAIL) && !outcomes.contains(&MISSING) {
            lacks.push(format!("{} fail or missing", control.id));
        }
        if !outcomes.contains(&UNKNOWN) {
            lacks.push(format!("{} unknown", control.id));
        }
        let has_partial = control.partial.len() > 1 && !NOT_PARTIAL.contains(&&*control.id);
        if has_partial && !outcomes.contains(&PARTIAL) {
            lacks.push(format!("{} partial", control.id));
        }
    }
    assert!(lacks.is_empty(), "{lacks:?}");
}

#[test]
fn what_passes_or_does_not_apply_asks_for_nothing_and_everything_has_words() {
    let rubric = Rubric::bundled().unwrap();
    for (id, _, change) in rows() {
        let mut case = good();
        change(&mut case);
        for result in &case.assess().controls {
            let control = rubric.control(&result.id).unwrap();
            let done = matches!(result.outcome, PASS | ASIDE);
            let thing = (case.verification.as_ref(), touchmark::signing::Thing::Model);
            for face in [touchmark::words::Face::Text, touchmark::words::Face::Tui] {
                let (found, remedy) = touchmark::words::controls::control(result, control, thing, face);
                assert!(done == result.remedy.is_none(), "{id} {}", result.id);
                assert!(!done || remedy.is_empty(), "{id} {}: {remedy}", result.id);
                assert!(!found.raw().contains("  "), "{id} {}: {}", result.id, found.raw());
            }
        }
        case.with(|evidence| {
            let whole: Vec<Outcome> = case.assess().controls.iter().map(|one| one.outcome).collect();
            assert_eq!(Outcomes::of(evidence).in_order(&rubric), whole, "{id}");
        });
    }
}

#[test]
fn a_model_that_nobody_verified_is_unknown_and_no_alarm() {
    let mut case = good();
    unseen(&mut case);
    case.usage = Usage::default();
    let assessment = case.assess();
    let alarms: Vec<_> = assessment.controls.iter().filter(|one| one.outcome == FAIL).collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
    assert!(assessment.score.own == 0 && !assessment.score.open_musts.is_empty());
}

#[test]
fn a_level_that_rests_on_the_word_of_others_has_a_star() {
    let mut case = good();
    case.edge().sight = ParentSight::Summarised;
    case.kinship.support = Support::Bridged;
    let score = case.assess().score;
    assert_eq!((score.own, score.star.level(2).as_str(), score.star.level(1).as_str()), (2, "L2*", "L1"));
    case.policy.artifact.allow_resign_at_ingest = true;
    case.edge().sight = ParentSight::Resigned;
    assert!(case.assess().score.star.at(2));
    assert_eq!(case.outcome("L2.04"), PASS);
}

#[test]
fn work_above_a_broken_level_is_kept_and_counted_apart() {
    let mut case = good();
    case.check(Stage::Files, "FILES-CHANGED", FAIL);
    let score = case.assess().score;
    assert_eq!((score.own, score.next), (0, 1));
    assert!(score.above.iter().any(|above| above.level == 3 && above.percent > 0), "{score:?}");
    let words = touchmark::words::levels::above(&score);
    assert!(words.starts_with("already there: ") && words.contains("% of L3"), "{words}");
}

#[test]
fn what_nobody_measured_is_not_0_percent() {
    let mut case = good();
    unseen(&mut case);
    let score = case.assess().score;
    let words = touchmark::words::levels::progress(&score);
    assert!(words.contains("unknown"), "{words}");
    let rubric = Rubric::bundled().unwrap();
    let nothing = touchmark::maturity::score(&rubric, &[], &Musts::of(&rubric, &[]));
    assert_eq!(touchmark::words::levels::progress(&nothing), "L1 not measured: 17 unknown controls");
}

/// Evidence that is only ever good.
const GOOD: [Change; 4] = [
    |c| c.claims.push(claim(PredicateKind::Reference, Said::Nothing, &[Role::Distributor], "hub")),
    |c| {
        // Another who says the same.
        let own = c.claims.iter().find_map(|one| match &one.claimed.said {
            Said::Provenance(said) => Some(Provenance::clone(said)),
            _ => None,
        });
        let said = Said::Provenance(Box::new(own.unwrap_or_else(provenance)));
        c.claims.push(claim(PredicateKind::Provenance, said, &[Role::Lineage, Role::Build], "second"));
    },
    |c| {
        let said = InfrastructureSaid { attributes: texts(&["TEE"]), has_evidence: true };
        let said = Said::Infrastructure(Box::new(said));
        c.claims.push(claim(PredicateKind::Infrastructure, said, &[Role::Infrastructure], "tee"));
    },
    |c| c.kinship.lowest_cap = c.kinship.lowest_cap.map(|_| 3),
];

/// Evidence that is only ever bad.
const BAD: [Change; 5] = [
    |c| {
        let said = Said::Summary(Box::new(Summary {
            passed: false,
            at: Some(at("2026-02-28T00:00:00Z")),
            ..summary(&c.policy)
        }));
        c.claims.push(claim(PredicateKind::Summary, said, &[Role::Verifier], "another"));
    },
    |c| {
        let said = Said::Evaluation(Box::new(Evaluation { passed: Some(false), ..Evaluation::default() }));
        c.claims.push(claim(PredicateKind::Evaluation, said, &[Role::Eval], "other lab"));
    },
    |c| c.kinship.digests_differ = true,
    |c| c.kinship.on_cycle = true,
    |c| {
        let said = Said::Provenance(Box::new(provenance()));
        c.claims.push(claim(PredicateKind::Provenance, said, &[Role::Eval], "stranger"));
    },
];

/// Everything that a claim can be about.
const KINDS: [PredicateKind; 17] = [
    PredicateKind::Integrity,
    PredicateKind::Provenance,
    PredicateKind::Summary,
    PredicateKind::Result,
    PredicateKind::Evaluation,
    PredicateKind::Data,
    PredicateKind::Config,
    PredicateKind::Card,
    PredicateKind::Composition,
    PredicateKind::Infrastructure,
    PredicateKind::Vulnerabilities,
    PredicateKind::Release,
    PredicateKind::Reference,
    PredicateKind::Bill,
    PredicateKind::Agent,
    PredicateKind::Review,
    PredicateKind::Binding,
];

#[test]
fn what_anyone_may_append_moves_no_control() {
    type Change = fn(&mut Claimed);
    let strays: [(&str, Change); 4] = [
        ("fails", |claimed| claimed.outcome = FAIL),
        ("is by a stranger", |claimed| claimed.outcome = PARTIAL),
        ("is about another model", |claimed| claimed.about = About::AnotherModel),
        ("is about nothing known", |claimed| claimed.about = About::Unknown),
    ];
    let mut wrong = Vec::new();
    for (number, (id, _, change)) in rows().into_iter().enumerate() {
        let mut case = good();
        change(&mut case);
        let outcomes = |case: &Case| -> Vec<Outcome> {
            case.assess().controls.iter().map(|control| control.outcome).collect()
        };
        let before = outcomes(&case);
        for (how, stray) in &strays {
            let mut more = case.clone();
            for kind in KINDS {
                let said = match kind {
                    PredicateKind::Provenance => Said::Provenance(Box::new(Provenance {
                        transformation: Some(Transformation::Quantise),
                        ..provenance()
                    })),
                    PredicateKind::Evaluation => Said::Evaluation(Box::new(Evaluation {
                        passed: Some(false),
                        ..Evaluation::default()
                    })),
                    PredicateKind::Summary | PredicateKind::Result => {
                        Said::Summary(Box::new(Summary { passed: false, ..summary(&case.policy) }))
                    }
                    _ => Said::Nothing,
                };
                let mut added = claim(kind, said, &[], "stray");
                stray(&mut added.claimed);
                more.claims.push(added);
            }
            if outcomes(&more) != before {
                wrong.push(format!("row {number} {id}: claims of every kind, each of which {how}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_evidence_beside_any_one_thing_that_is_otherwise_never_lowers_a_level() {
    let mut wrong = Vec::new();
    for (number, (id, _, change)) in rows().into_iter().enumerate() {
        let mut case = good();
        change(&mut case);
        let before = case.assess();
        for (nth, add) in GOOD.iter().enumerate() {
            let mut better = case.clone();
            add(&mut better);
            let after = better.assess();
            if after.score.own < before.score.own {
                let pairs = before.controls.iter().zip(&after.controls);
                let lost: Vec<_> = pairs
                    .filter(|(before, after)| before.outcome == PASS && after.outcome != PASS)
                    .map(|(_, after)| (after.id.clone(), after.outcome, after.fact.clone()))
                    .collect();
                wrong.push(format!("row {number} {id}, good {nth}: {lost:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bad_evidence_beside_any_one_thing_that_is_otherwise_never_raises_a_level() {
    let mut wrong = Vec::new();
    for (number, (id, _, change)) in rows().into_iter().enumerate() {
        let mut case = good();
        change(&mut case);
        let before = case.assess();
        for (nth, add) in BAD.iter().enumerate() {
            let mut worse = case.clone();
            add(&mut worse);
            let after = worse.assess();
            if after.score.own > before.score.own {
                let pairs = before.controls.iter().zip(&after.controls);
                let won: Vec<_> = pairs
                    .filter(|(before, after)| before.outcome != PASS && after.outcome == PASS)
                    .map(|(_, after)| (after.id.clone(), after.outcome, after.fact.clone()))
                    .collect();
                wrong.push(format!("row {number} {id}, bad {nth}: {won:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn good_evidence_never_lowers_a_level_and_bad_evidence_never_raises_one(
        rows_at in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        good_at in any::<prop::sample::Index>(),
        bad_at in any::<prop::sample::Index>(),
    ) {
        let all = rows();
        let mut case = good();
        for at in rows_at {
            let change = all[at.index(all.len())].2;
            // Some changes only fit a model that is otherwise good.
            let mut changed = case.clone();
            let fits = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| change(&mut changed))).is_ok();
            if fits {
                case = changed;
            }
        }
        let before = case.assess().score.own;
        let mut better = case.clone();
        GOOD[good_at.index(GOOD.len())](&mut better);
        prop_assert!(better.assess().score.own >= before);
        let mut worse = case.clone();
        BAD[bad_at.index(BAD.len())](&mut worse);
        prop_assert!(worse.assess().score.own <= before);
    }
}
