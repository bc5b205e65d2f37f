//! What a policy demands of claims: requirements on predicates, trusted summaries, lineage, conflicts, denied data. Each
//! key has its counter-case; the operators are total, and demand what they say and nothing else.

use crate::policy_roles::{anchor, signer};
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use touchmark::attest::{About, Claimed, PredicateKind, Said, Summary, Validity};
use touchmark::decision::meets;
use touchmark::inventory::{Basis, ModelId, Relation};
use touchmark::maturity::{EdgeOrder, Few, Kinship, LineageEdge, Met, ParentSight, Pin, Testimony, meeting};
use touchmark::policy::{
    BUILT_IN, ClauseFault, Policy, PolicyError, SummaryKind, answer, concerns, parse, with_anchor,
    without_anchor,
};
use touchmark::signing::{AnchorUse, Outcome};

const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";
const VSA: &str = "https://slsa.dev/verification_summary/v1";

pub const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "demands"
version = "1"
[trust.ca]
kind = "x509"
files = ["ca.pem"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ subject = "exact:CN=acme" }]
roles = ["producer", "eval", "lineage"]
[[attester]]
id = "lab"
trust = ["ca"]
identities = [{ subject = "exact:CN=lab" }]
roles = ["eval"]
domains = ["safety"]
[[attester]]
id = "gate"
trust = ["ca"]
identities = [{ subject = "exact:CN=gate" }]
roles = ["verifier"]
[artifact]
allow_resign_at_ingest = true
dataset_deny = ["bad/*"]
license_deny = ["CC-BY-NC-*"]
[[require]]
id = "safety-eval"
predicate = "https://in-toto.io/attestation/test-result/v0.1"
from_role = "eval"
domain = "safety"
where = [
  { path = "configuration[*].name", op = "contains", value = "harmbench" },
  { path = "metrics.refusal_rate", op = ">=", value = 0.97 },
]
max_age_days = 180
severity = "should"
self_attested = "warn"
[[require]]
id = "source-vsa"
predicate = "https://slsa.dev/verification_summary/v1"
verifier = "https://git.acme.example/scs"
where = [{ path = "verifiedLevels", op = "contains_level", value = "SLSA_SOURCE_LEVEL_2" }]
[[trusted_summary]]
verifier = "https://acme.example/gate"
signer = "gate"
kinds = ["vsa"]
min_properties = ["ACME_L2_VERIFIED"]
resource = "pkg:huggingface/acme/bot"
policy = "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
max_age_days = 90
max_hops_covered = 10
[lineage]
min_completeness = 0.8
max_depth = 20
unsigned_ancestor = "warn"
ancestor_contradicted = "fail"
[conflicts]
strategy = "hierarchy"
hierarchy = ["verifier", "producer"]
digest_conflict = "fail"
"#;

fn read(text: &str) -> Policy {
    parse(text, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"))
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

/// A policy with one requirement of one clause.
fn with_clause(clause: &str) -> String {
    format!(
        "schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n[[require]]\nid = \"r\"\npredicate = \"{TEST_RESULT}\"\nwhere = [{{ {clause} }}]\n"
    )
}

fn asked(clause: &str, predicate: &str) -> Option<ClauseFault> {
    let policy = read(&with_clause(clause));
    let predicate = RawValue::from_string(predicate.to_owned()).unwrap();
    answer(&policy.requirements[0], &predicate).fault.map(|(_, fault)| fault)
}

#[test]
fn each_operator_holds_contradicts_or_is_not_established() {
    use ClauseFault::{Missing, Type, Value};
    let hex = "ab".repeat(32);
    let table: &[(&str, &str, Option<ClauseFault>)] = &[
        ("path = 'a.b', op = '==', value = 'x'", r#"{"a":{"b":"x"}}"#, None),
        ("path = 'a.b', op = '==', value = 'x'", r#"{"a":{"b":"y"}}"#, Some(Value)),
        ("path = 'a.b', op = '==', value = 'x'", r#"{"a":{}}"#, Some(Missing)),
        ("path = 'a.b', op = '==', value = 'x'", r#"{"a":{"b":null}}"#, Some(Missing)),
        ("path = 'a.b', op = '==', value = 'x'", r#"{"a":"b"}"#, Some(Type)),
        ("path = 'a.b', op = '==', value = 'x'", r#"[]"#, Some(Type)),
        // A number in quotes is no number, and neither the other way round.
        ("path = 'n', op = '==', value = 1", r#"{"n":"1"}"#, Some(Type)),
        ("path = 'n', op = '==', value = '1'", r#"{"n":1}"#, Some(Type)),
        ("path = 'n', op = '==', value = true", r#"{"n":1}"#, Some(Type)),
        ("path = 'n', op = '==', value = 1", r#"{"n":1.0}"#, None),
        ("path = 'n', op = '==', value = 0x10", r#"{"n":16}"#, None),
        ("path = 'n', op = '!=', value = 1", r#"{"n":2}"#, None),
        ("path = 'n', op = '!=', value = 1", r#"{"n":1e0}"#, Some(Value)),
        ("path = 'n', op = '!=', value = 1", r#"{}"#, Some(Missing)),
        ("path = 'n', op = '!=', value = 1", r#"{"n":"2"}"#, Some(Type)),
        ("path = 'n', op = 'in', value = ['x', 'y']", r#"{"n":"y"}"#, None),
        ("path = 'n', op = 'in', value = ['x', 'y']", r#"{"n":"z"}"#, Some(Value)),
        ("path = 'n', op = 'in', value = ['x', 'y']", r#"{"n":["x"]}"#, Some(Type)),
        ("path = 'n', op = 'in', value = ['x', 1]", r#"{"n":1}"#, None),
        ("path = 'n', op = 'not_in', value = ['x']", r#"{"n":"z"}"#, None),
        ("path = 'n', op = 'not_in', value = ['x']", r#"{"n":"x"}"#, Some(Value)),
        ("path = 'n', op = 'not_in', value = ['x']", r#"{}"#, Some(Missing)),
        ("path = 'n', op = '>=', value = 0.97", r#"{"n":0.97}"#, None),
        // There is no double between the two: only decimals distinguish them.
        ("path = 'n', op = '>=', value = 0.97", r#"{"n":0.96999999999999999999}"#, Some(Value)),
        ("path = 'n', op = '>=', value = 0.97", r#"{"n":"0.98"}"#, Some(Type)),
        ("path = 'n', op = '>', value = 9007199254740992", r#"{"n":9007199254740993}"#, None),
        ("path = 'n', op = '>', value = +1.5", r#"{"n":1.50001}"#, None),
        ("path = 'n', op = '<', value = -1", r#"{"n":-1.5}"#, None),
        ("path = 'n', op = '<=', value = 1", r#"{"n":1.1}"#, Some(Value)),
        ("path = 't', op = '<', value = 2026-06-01T00:00:00Z", r#"{"t":"2026-05-31T23:00:00+00:00"}"#, None),
        (
            "path = 't', op = '<', value = 2026-06-01T00:00:00Z",
            r#"{"t":"2026-06-01T02:00:00+02:00"}"#,
            Some(Value),
        ),
        ("path = 't', op = '<', value = 2026-06-01T00:00:00Z", r#"{"t":"yesterday"}"#, Some(Type)),
        ("path = 'n', op = 'matches', value = 'regex:^v[0-9]+$'", r#"{"n":"v12"}"#, None),
        ("path = 'n', op = 'matches', value = 'regex:^v[0-9]+$'", r#"{"n":"v12\n"}"#, Some(Value)),
        ("path = 'n', op = 'matches', value = 'regex:^v[0-9]+$'", r#"{"n":12}"#, Some(Type)),
        ("path = 'l', op = 'contains', value = 'x'", r#"{"l":["y","x"]}"#, None),
        ("path = 'l', op = 'contains', value = 'x'", r#"{"l":["y"]}"#, Some(Value)),
        ("path = 'l', op = 'contains', value = 'x'", r#"{"l":[1]}"#, Some(Type)),
        ("path = 'l', op = 'contains', value = 'x'", r#"{"l":[]}"#, Some(Value)),
        ("path = 'l', op = 'contains', value = 'x'", r#"{}"#, Some(Missing)),
        ("path = 'l[*].n', op = 'contains', value = 'x'", r#"{"l":[{"m":1},{"n":"x"}]}"#, None),
        ("path = 'l[*].n', op = 'contains', value = 'x'", r#"{"l":[{"m":1}]}"#, Some(Missing)),
        ("path = 'l[*].n', op = 'contains', value = 'x'", r#"{"l":{"n":"x"}}"#, Some(Type)),
        ("path = 'l[*].n', op = '>=', value = 1", r#"{"l":[{"n":1},{"n":2}]}"#, None),
        ("path = 'l[*].n', op = '>=', value = 1", r#"{"l":[{"n":1},{"n":0}]}"#, Some(Value)),
        ("path = 'l[*].n', op = '>=', value = 1", r#"{"l":[{"n":1},{}]}"#, Some(Missing)),
        ("path = 'l[*].n', op = '>=', value = 1", r#"{"l":[]}"#, Some(Missing)),
        ("path = 'l', op = 'covers', value = ['x', 'y']", r#"{"l":["y","z","x"]}"#, None),
        ("path = 'l', op = 'covers', value = ['x', 'y']", r#"{"l":["y","z"]}"#, Some(Value)),
        ("path = 'l', op = 'covers', value = 'lineage.parents'", r#"{"l":[]}"#, None),
        ("path = 'l', op = 'covers', value = 'lineage.parents'", r#"{}"#, Some(Missing)),
        (
            "path = 'l', op = 'contains_level', value = 'SLSA_BUILD_LEVEL_2'",
            r#"{"l":["SLSA_BUILD_LEVEL_3"]}"#,
            None,
        ),
        (
            "path = 'l', op = 'contains_level', value = 'SLSA_BUILD_LEVEL_2'",
            r#"{"l":["SLSA_SOURCE_LEVEL_3"]}"#,
            Some(Value),
        ),
        ("path = 'l', op = 'contains_level', value = 'SLSA_BUILD_LEVEL_2'", r#"{"l":[3]}"#, Some(Type)),
        ("path = 'n', op = 'exists', value = true", r#"{"n":0}"#, None),
        ("path = 'n', op = 'exists', value = true", r#"{"n":null}"#, Some(Missing)),
        ("path = 'n', op = 'exists', value = false", r#"{}"#, None),
        ("path = 'n', op = 'exists', value = false", r#"{"n":0}"#, Some(Value)),
        (
            "path = 't', op = 'between_dates', value = [2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z]",
            r#"{"t":"2026-01-01T00:00:00Z"}"#,
            None,
        ),
        (
            "path = 't', op = 'between_dates', value = [2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z]",
            r#"{"t":"2027-01-01T00:00:00Z"}"#,
            Some(Value),
        ),
        (
            "path = 't', op = 'between_dates', value = [2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z]",
            r#"{"t":2026}"#,
            Some(Type),
        ),
    ];
    for (clause, predicate, fault) in table {
        assert_eq!(asked(clause, predicate), *fault, "{clause} {predicate}");
    }
    let policy = read(&with_clause("path = 'd', op = 'covers', value = 'lineage.parents'"));
    let predicate =
        json!({ "d": [{ "digest": { "sha256": hex.to_uppercase() } }, { "name": "x" }, "sha256:zz"] });
    assert_eq!(answer(&policy.requirements[0], &raw(&predicate)).named, Some(vec![hex]));
}

proptest! {
    #[test]
    fn any_predicate_has_an_answer_and_any_clause_is_read_or_refused(
        predicate in "[\\[\\]{}\":,a0-9.truefalsn -]{0,40}|\\{\"a\":[0-9]{1,30}(\\.[0-9]{1,30})?(e[0-9]{1,4})?\\}",
        path in "[ab.\\[\\]*\"]{0,8}|a",
        op in "==|!=|in|not_in|<=|>|matches|contains|covers|contains_level|exists|between_dates|[a-z]{2}",
        value in "1|0\\.5|true|'x'|\\['x'\\]|\\[\\]|'regex:\\^a\\$'|2026-01-01T00:00:00Z|\\{\\}",
    ) {
        let clause = format!("path = '{path}', op = '{op}', value = {value}");
        if let (Ok(policy), Ok(predicate)) = (parse(&with_clause(&clause), "t", None), RawValue::from_string(predicate)) {
            let first = answer(&policy.requirements[0], &predicate);
            prop_assert_eq!(first, answer(&policy.requirements[0], &predicate));
        }
    }

    #[test]
    fn the_form_of_demands_is_the_same_in_any_layout(shift in 0_usize..4, comments in proptest::bool::ANY) {
        let mut parts: Vec<&str> = POLICY.split("\n[").collect();
        let tail = parts.split_off(parts.len() - 2);
        let mut tail = tail;
        let many = tail.len();
        tail.rotate_left(shift % many);
        let gap = if comments { "\n# said before\n[" } else { "\n\n[" };
        let text = parts.into_iter().chain(tail).collect::<Vec<_>>().join(gap);
        prop_assert_eq!(read(&text).digest, read(POLICY).digest);
    }
}

/// A claim of the safety evaluation that counts.
fn evaluation(by: &str, signed_at: Option<&str>) -> Claimed {
    Claimed {
        file: None,
        digest: "11".repeat(32),
        line: 1,
        predicate_type: TEST_RESULT.into(),
        kind: Some(PredicateKind::Evaluation),
        validity: Validity::Valid,
        about: About::ThisModel,
        joined: None,
        outcome: Outcome::Pass,
        because: None,
        signer: Some(signer(by)),
        signed_at: signed_at.map(|at| at.parse().unwrap()),
        cosigners: Vec::new(),
        said: Said::Nothing,
    }
}

const NOW: &str = "2026-06-01T00:00:00Z";

fn met(text: &str, claimed: &Claimed, predicate: &Value) -> Vec<Met> {
    let statement = json!({ "predicateType": claimed.predicate_type, "predicate": predicate }).to_string();
    meets(
        claimed,
        || statement.as_bytes(),
        Some(&anchor("ca")),
        (&read(text), "acme/bot"),
        NOW.parse().unwrap(),
    )
}

fn good() -> Value {
    json!({ "configuration": [{ "name": "harmbench" }], "metrics": { "refusal_rate": 0.98 } })
}

fn outcome(text: &str, claimed: &Claimed, predicate: &Value) -> (Outcome, String) {
    let met = met(text, claimed, predicate);
    (met[0].outcome, serde_json::to_string(&met[0].why).unwrap())
}

#[test]
fn a_claim_meets_a_requirement_only_in_its_role_domain_age_and_words() {
    let lab = evaluation("CN=lab", Some("2026-05-01T00:00:00Z"));
    assert_eq!(outcome(POLICY, &lab, &good()), (Outcome::Pass, "\"holds\"".to_owned()));
    let low = json!({ "configuration": [{ "name": "harmbench" }], "metrics": { "refusal_rate": 0.5 } });
    let (is, why) = outcome(POLICY, &lab, &low);
    assert!(
        is == Outcome::Fail && why.contains("metrics.refusal_rate") && why.contains("\"value\""),
        "{why}"
    );
    let (is, why) = outcome(POLICY, &lab, &json!({ "configuration": [{ "name": "harmbench" }] }));
    assert!(is == Outcome::Missing && why.contains("missing"), "{why}");
    // A clause that contradicts weighs more than one before it that is not established.
    let (is, _) = outcome(POLICY, &lab, &json!({ "metrics": { "refusal_rate": "0.98" } }));
    assert_eq!(is, Outcome::Fail);
    let cases: &[(&str, Claimed, Outcome, &str)] = &[
        ("an old one", evaluation("CN=lab", Some("2025-06-01T00:00:00Z")), Outcome::Missing, "age"),
        ("one without a time", evaluation("CN=lab", None), Outcome::Missing, "no-time"),
        ("another role", evaluation("CN=gate", Some("2026-05-01T00:00:00Z")), Outcome::Missing, "role"),
        (
            "its producer's",
            evaluation("CN=acme", Some("2026-05-01T00:00:00Z")),
            Outcome::Partial,
            "self-attested",
        ),
        ("a stranger's", evaluation("CN=eve", Some("2026-05-01T00:00:00Z")), Outcome::Missing, "role"),
        (
            "one that is invalid",
            Claimed { validity: Validity::Unknown, ..lab.clone() },
            Outcome::Missing,
            "not-counted",
        ),
        (
            "one of another model",
            Claimed { about: About::AnotherModel, ..lab.clone() },
            Outcome::Missing,
            "not-counted",
        ),
        (
            "one that fails",
            Claimed { outcome: Outcome::Fail, ..lab.clone() },
            Outcome::Missing,
            "not-counted",
        ),
    ];
    for (what, claimed, expected, because) in cases {
        let (is, why) = outcome(POLICY, claimed, &good());
        assert!(is == *expected && why.contains(because), "{what}: {is:?} {why}");
    }
    let accuracy = POLICY.replace("domains = [\"safety\"]", "domains = [\"accuracy\"]");
    assert_eq!(outcome(&accuracy, &lab, &good()), (Outcome::Missing, "\"domain\"".to_owned()));
    for (word, is) in [("pass", Outcome::Pass), ("fail", Outcome::Missing)] {
        let text = POLICY.replace("self_attested = \"warn\"", &format!("self_attested = \"{word}\""));
        let own = evaluation("CN=acme", Some("2026-05-01T00:00:00Z"));
        assert_eq!(outcome(&text, &own, &good()).0, is, "{word}");
    }
    // What is about another predicate is asked nothing.
    assert!(met(POLICY, &Claimed { predicate_type: "urn:x".into(), ..lab }, &good()).is_empty());
}

#[test]
fn a_grant_for_something_else_gives_no_domain() {
    // One signer with two grants: evaluations in one domain, and another role in all domains.
    let also = |roles: &str| {
        let lab = POLICY.replace("domains = [\"safety\"]", "domains = [\"accuracy\"]");
        let second = format!(
            "[[attester]]\nid = \"lab-also\"\ntrust = [\"ca\"]\nidentities = [{{ subject = \"exact:CN=lab\" }}]\nroles = [\"{roles}\"]\n[artifact]"
        );
        lab.replace("[artifact]", &second)
    };
    let lab = evaluation("CN=lab", Some("2026-05-01T00:00:00Z"));
    let own = evaluation("CN=acme", Some("2026-05-01T00:00:00Z"));
    let any_role = |text: &str| text.replace("from_role = \"eval\"\n", "");
    for text in [also("card"), any_role(&also("card"))] {
        assert_eq!(outcome(&text, &lab, &good()), (Outcome::Missing, "\"domain\"".to_owned()), "{text}");
    }
    for text in [also("eval"), any_role(&also("eval")), any_role(POLICY)] {
        assert_eq!(outcome(&text, &lab, &good()).0, Outcome::Pass, "{text}");
    }
    // A publisher covers all domains, but only in its roles.
    let producer = any_role(&POLICY.replace("\"producer\", \"eval\", \"lineage\"", "\"producer\""));
    assert_eq!(outcome(&producer, &own, &good()), (Outcome::Missing, "\"domain\"".to_owned()));
    assert_eq!(outcome(&any_role(POLICY), &own, &good()).0, Outcome::Partial);
    // If a policy assigns no roles, its publishers may make any claim.
    let plain = format!(
        "schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n[trust.ca]\nkind = \"x509\"\nfiles = [\"ca.pem\"]\n[[publisher]]\nid = \"acme\"\nmodels = [\"acme/*\"]\ntrust = [\"ca\"]\nidentities = [{{ subject = \"exact:CN=acme\" }}]\n[[require]]\nid = \"r\"\npredicate = \"{TEST_RESULT}\"\ndomain = \"safety\"\nself_attested = \"pass\"\n"
    );
    assert_eq!(outcome(&plain, &own, &good()).0, Outcome::Pass);
}

#[test]
fn the_statement_of_a_claim_is_read_only_if_a_requirement_accepts_it() {
    let asked = std::cell::Cell::new(false);
    let statement = json!({ "predicate": good() }).to_string();
    let ask_by = |text: &str, claimed: &Claimed, by: Option<&AnchorUse>| {
        asked.set(false);
        let given = || {
            asked.set(true);
            statement.as_bytes()
        };
        let met = meets(claimed, given, by, (&read(text), "acme/bot"), NOW.parse().unwrap());
        (met[0].outcome, asked.get())
    };
    let ask = |claimed: &Claimed, by: Option<&AnchorUse>| ask_by(POLICY, claimed, by);
    let lab = evaluation("CN=lab", Some("2026-05-01T00:00:00Z"));
    let ca = anchor("ca");
    assert_eq!(ask(&lab, Some(&ca)), (Outcome::Pass, true));
    let not_counted = [
        Claimed { validity: Validity::Unknown, ..lab.clone() },
        Claimed { about: About::AnotherModel, ..lab.clone() },
        Claimed { outcome: Outcome::Fail, ..lab.clone() },
        Claimed { signer: None, ..lab.clone() },
    ];
    for claimed in &not_counted {
        assert_eq!(ask(claimed, Some(&ca)), (Outcome::Missing, false), "{claimed:?}");
    }
    assert_eq!(ask(&lab, None), (Outcome::Missing, false));
    let old = evaluation("CN=lab", Some("2020-05-01T00:00:00Z"));
    for claimed in [old, evaluation("CN=lab", None)] {
        assert_eq!(ask(&claimed, Some(&ca)), (Outcome::Missing, false), "{claimed:?}");
    }
    let gate = evaluation("CN=gate", Some("2026-05-01T00:00:00Z"));
    assert_eq!(ask(&gate, Some(&ca)), (Outcome::Missing, false), "it has another role");
    let elsewhere = POLICY.replace("domain = \"safety\"", "domain = \"law\"");
    assert_ne!(elsewhere, POLICY);
    assert_eq!(ask_by(&elsewhere, &lab, Some(&ca)), (Outcome::Missing, false));
}

#[test]
fn a_clause_has_a_limited_number_of_values() {
    for op in ["in", "not_in", "covers"] {
        let of = |many: usize| {
            let values: Vec<String> = (0..many).map(|value| value.to_string()).collect();
            let clause = format!("path = 'n', op = '{op}', value = [{}]", values.join(", "));
            parse(&with_clause(&clause), "t", None).map_err(|faults| format!("{faults:?}"))
        };
        assert!(of(1000).is_ok(), "{op}");
        let fault = of(1001).unwrap_err();
        assert!(fault.contains(&format!("`value` of `{op}` has 1001 values, more than 1000")), "{fault}");
    }
}

#[test]
fn a_summary_has_to_name_the_verifier_that_is_demanded() {
    let summary = |verifier: &str| Claimed {
        predicate_type: VSA.into(),
        kind: Some(PredicateKind::Summary),
        said: Said::Summary(Box::new(Summary {
            is_result: false,
            verifier: verifier.into(),
            resource: None,
            policy_uri: None,
            policy: None,
            policies: Vec::new(),
            passed: true,
            levels: Vec::new(),
            dependencies: Vec::new(),
            at: None,
            inputs: Vec::new(),
        })),
        ..evaluation("CN=gate", None)
    };
    let levels = json!({ "verifiedLevels": ["SLSA_SOURCE_LEVEL_3"] });
    assert_eq!(outcome(POLICY, &summary("https://git.acme.example/scs"), &levels).0, Outcome::Pass);
    let (is, why) = outcome(POLICY, &summary("https://git.acme.example/other"), &levels);
    assert_eq!((is, why.as_str()), (Outcome::Missing, "\"verifier\""));
}

#[test]
fn one_claim_that_meets_a_requirement_is_enough_whatever_others_say() {
    let policy = read(POLICY);
    let testimony = |claimed: Claimed, predicate: &Value| Testimony {
        whose: Vec::new(),
        meets: met(POLICY, &claimed, predicate),
        claimed,
        roles: Few::NONE,
    };
    let lab = || evaluation("CN=lab", Some("2026-05-01T00:00:00Z"));
    let low = json!({ "configuration": [{ "name": "harmbench" }], "metrics": { "refusal_rate": 0.5 } });
    let old = evaluation("CN=lab", Some("2025-06-01T00:00:00Z"));
    let all = [testimony(old, &good()), testimony(lab(), &low), testimony(lab(), &good())];
    let of = |testimonies: &[Testimony]| meeting(&policy.requirements[0], testimonies, Kinship::none());
    assert_eq!(of(&all), Some(Outcome::Pass));
    assert_eq!(of(&all[..2]), Some(Outcome::Fail));
    assert_eq!(of(&all[..1]), Some(Outcome::Missing));
    assert_eq!(of(&[]), None);
}

#[test]
fn a_claim_that_is_to_cover_the_parents_names_the_digest_of_each() {
    let text = POLICY.replace(
        r#"{ path = "metrics.refusal_rate", op = ">=", value = 0.97 }"#,
        r#"{ path = "parents", op = "covers", value = "lineage.parents" }"#,
    );
    let (policy, one, other) = (read(&text), "a1".repeat(32), "b2".repeat(32));
    let said =
        json!({ "configuration": [{ "name": "harmbench" }], "parents": [{ "digest": { "sha256": one } }] });
    let claimed = evaluation("CN=lab", Some("2026-05-01T00:00:00Z"));
    let testimony =
        Testimony { whose: Vec::new(), meets: met(&text, &claimed, &said), claimed, roles: Few::NONE };
    let edge = |digest: Option<&str>, relation: Relation| LineageEdge {
        parent: ModelId::new("acme/base"),
        relation,
        basis: Basis::Declared,
        pin: Pin::Name,
        in_role: None,
        order: EdgeOrder::Unknown,
        verified_before: None,
        sight: ParentSight::Verified,
        pin_differs: false,
        digest: digest.map(|digest| digest.parse().unwrap()),
    };
    let under = |edges: Vec<LineageEdge>| {
        let kinship = Kinship { edges, ..Kinship::default() };
        meeting(&policy.requirements[0], std::slice::from_ref(&testimony), &kinship)
    };
    assert_eq!(under(Vec::new()), Some(Outcome::Pass));
    assert_eq!(under(vec![edge(Some(&one), Relation::Finetune)]), Some(Outcome::Pass));
    let both = vec![edge(Some(&one), Relation::Finetune), edge(Some(&other), Relation::Merge)];
    assert_eq!(under(both), Some(Outcome::Missing), "one parent is not named");
    assert_eq!(
        under(vec![edge(None, Relation::Finetune)]),
        Some(Outcome::Missing),
        "nobody knows its digest"
    );
    assert_eq!(
        under(vec![edge(Some(&other), Relation::TrainedOn)]),
        Some(Outcome::Pass),
        "no parent bears it"
    );
}

/// Every key of the new sections: what it is now, what it is instead, and what only the changed policy says, as a fault or
/// in [`told`].
pub const KEYS: &[(&str, &str, &str, &str)] = &[
    ("attester.id", "id = \"lab\"", "id = \"gate\"", "have the id `gate`"),
    (
        "attester.trust",
        "trust = [\"ca\"]\nidentities = [{ subject = \"exact:CN=lab\"",
        "trust = [\"cb\"]\nidentities = [{ subject = \"exact:CN=lab\"",
        "no anchor `cb`",
    ),
    ("attester.identities.subject", "exact:CN=lab", "exact:CN=bar", "lab []"),
    (
        "attester.identities.issuer",
        "subject = \"exact:CN=lab\"",
        "issuer = \"CN=x\", subject = \"exact:CN=lab\"",
        "lab []",
    ),
    ("attester.roles", "roles = [\"eval\"]", "roles = [\"eval\", \"data\"]", "lab [Data, Eval]"),
    ("attester.domains", "domains = [\"safety\"]", "domains = [\"accuracy\"]", "met \"domain\""),
    ("attester.models", "domains = [\"safety\"]", "domains = [\"safety\"]\nmodels = [\"other/*\"]", "lab []"),
    (
        "attester.valid_from",
        "domains = [\"safety\"]",
        "domains = [\"safety\"]\nvalid_from = 2030-01-01T00:00:00Z",
        "lab []",
    ),
    (
        "attester.valid_until",
        "domains = [\"safety\"]",
        "domains = [\"safety\"]\nvalid_until = 2020-01-01T00:00:00Z",
        "lab []",
    ),
    (
        "publisher.roles",
        "roles = [\"producer\", \"eval\", \"lineage\"]",
        "roles = [\"producer\"]",
        "acme [Producer]",
    ),
    ("require.id", "id = \"safety-eval\"", "id = \"L1.01\"", "`L1.01` is the id of a control"),
    (
        "require.predicate",
        "predicate = \"https://in-toto.io/attestation/test-result/v0.1\"",
        "predicate = \"test-reslt\"",
        "unknown predicate `test-reslt`",
    ),
    ("require.from_role", "from_role = \"eval\"", "from_role = \"card\"", "role `card`"),
    ("require.domain", "domain = \"safety\"\nwhere", "domain = \"privacy\"\nwhere", "met \"domain\""),
    (
        "require.verifier",
        "verifier = \"https://git.acme.example/scs\"",
        "verifier = \"\"",
        "`verifier` in [[require]] is empty",
    ),
    ("require.max_age_days", "max_age_days = 180", "max_age_days = 9", "\"age\""),
    ("require.severity", "severity = \"should\"", "severity = \"must\"", "severity Must"),
    ("require.self_attested", "self_attested = \"warn\"", "self_attested = \"fail\"", "own Missing"),
    ("require.where.path", "metrics.refusal_rate", "metrics.refusal", "\"missing\""),
    ("require.where.op", "op = \">=\"", "op = \"<\"", "\"value\""),
    ("require.where.value", "value = 0.97", "value = 0.99", "\"value\""),
    (
        "trusted_summary.verifier",
        "https://acme.example/gate",
        "https://acme.example/gatf",
        "acme.example/gatf",
    ),
    ("trusted_summary.signer", "signer = \"gate\"", "signer = \"lab\"", "does not have the role `verifier`"),
    ("trusted_summary.kinds", "kinds = [\"vsa\"]", "kinds = [\"svr\"]", "[Svr]"),
    ("trusted_summary.min_properties", "ACME_L2_VERIFIED", "ACME_L3_VERIFIED", "ACME_L3_VERIFIED"),
    ("trusted_summary.resource", "acme/bot\"", "acme/bat\"", "acme/bat"),
    ("trusted_summary.policy", "00aa\"", "00ab\"", "00ab"),
    ("trusted_summary.max_age_days", "max_age_days = 90", "max_age_days = 91", "91"),
    ("trusted_summary.max_hops_covered", "max_hops_covered = 10", "max_hops_covered = 11", "11"),
    ("lineage.min_completeness", "min_completeness = 0.8", "min_completeness = 0.7", "enough from 7"),
    ("lineage.max_depth", "max_depth = 20", "max_depth = 21", "depth 21"),
    (
        "lineage.unsigned_ancestor",
        "unsigned_ancestor = \"warn\"",
        "unsigned_ancestor = \"fail\"",
        "unsigned Fail",
    ),
    (
        "lineage.ancestor_contradicted",
        "ancestor_contradicted = \"fail\"",
        "ancestor_contradicted = \"warn\"",
        "`ancestor_contradicted` must be",
    ),
    (
        "conflicts.strategy",
        "strategy = \"hierarchy\"",
        "strategy = \"latest\"",
        "no effect with another strategy",
    ),
    (
        "conflicts.hierarchy",
        "hierarchy = [\"verifier\", \"producer\"]",
        "hierarchy = [\"producer\", \"verifier\"]",
        "[Producer, Verifier]",
    ),
    (
        "conflicts.digest_conflict",
        "digest_conflict = \"fail\"",
        "digest_conflict = \"warn\"",
        "`digest_conflict` must be",
    ),
    (
        "artifact.allow_resign_at_ingest",
        "allow_resign_at_ingest = true",
        "allow_resign_at_ingest = false",
        "resign false",
    ),
    ("artifact.dataset_deny", "bad/*", "good/*", "denies good/set"),
    ("artifact.license_deny", "CC-BY-NC-*", "MIT", "denies MIT"),
];

/// What a policy makes of fixed questions, or its faults.
fn told(text: &str) -> String {
    let policy = match parse(text, "t", None) {
        Ok(policy) => policy,
        Err(faults) => return format!("{faults:?}"),
    };
    let mut said = String::new();
    for name in ["acme", "lab", "gate"] {
        let signer = signer(&format!("CN={name}"));
        let roles = policy.roles_of("acme/bot", &signer, &anchor("ca"), None, NOW.parse().unwrap());
        let mut roles: Vec<_> = roles.into();
        roles.sort();
        said += &format!("{name} {roles:?}\n");
    }
    let lab = evaluation("CN=lab", Some("2026-05-01T00:00:00Z"));
    let own = evaluation("CN=acme", Some("2026-05-01T00:00:00Z"));
    said += &format!("met {}\nown {:?}\n", outcome(text, &lab, &good()).1, outcome(text, &own, &good()).0);
    said += &format!("severity {:?}\n", policy.requirements[0].severity);
    said += &format!("{:?}\n", policy.summaries);
    let kinds: Vec<SummaryKind> = policy.summaries[0].kinds.into();
    let enough = (0..=10).find(|verified| policy.lineage.is_enough(*verified, 10));
    said += &format!("{kinds:?}\nenough from {}\n", enough.unwrap());
    said += &format!("depth {} unsigned {:?}\n", policy.lineage.depth(), policy.lineage.unsigned_ancestor);
    said += &format!("{:?} {:?}\n", policy.conflicts.strategy, policy.conflicts.hierarchy);
    said += &format!("resign {}\n", policy.artifact.allow_resign_at_ingest);
    for set in ["bad/set", "good/set"] {
        let denies = policy.artifact.dataset_deny.iter().any(|pattern| pattern.names(set));
        said += &format!("{} {set}\n", if denies { "denies" } else { "takes" });
    }
    for licence in ["CC-BY-NC-4.0", "MIT"] {
        let denies = policy.artifact.license_deny.iter().any(|pattern| pattern.names(licence));
        said += &format!("{} {licence}\n", if denies { "denies" } else { "takes" });
    }
    said
}

#[test]
fn each_key_changes_what_is_said_and_what_the_policy_means() {
    let before = told(POLICY);
    for (key, from, to, says) in KEYS {
        assert_eq!(POLICY.matches(from).count(), 1, "{key}: {from:?}");
        let changed = POLICY.replace(from, to);
        let after = told(&changed);
        assert!(after.contains(says), "{key}: {after}");
        assert!(!before.contains(says), "{key}: said before too: {before}");
        if let Ok(policy) = parse(&changed, "t", None) {
            assert_ne!(policy.digest, read(POLICY).digest, "{key} is not in the digest");
            let concern = concerns(&read(POLICY), &policy);
            assert!(
                concern.everything || concern.conclusions || concern.claims || !concern.publishers.is_empty(),
                "{key}: {concern:?}"
            );
        }
    }
}

#[test]
fn a_policy_without_demands_has_no_trace_of_them_in_its_form() {
    let plain = read("schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n");
    let same = read(
        "schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n[artifact]\nban_formats = [\"pickle\", \"remote-code\", \"keras-code\"]\n\
         allow_resign_at_ingest = false\ndataset_deny = []\nlicense_deny = []\n\
         [lineage]\nmin_completeness = 1.0\nmax_depth = 100\nunsigned_ancestor = \"cap\"\nancestor_contradicted = \"fail\"\n",
    );
    assert_eq!(plain.digest, same.digest);
    let form = String::from_utf8(plain.canonical().unwrap()).unwrap();
    for key in ["attester", "require\":[{", "trusted", "lineage", "conflicts", "deny\":[", "resign"] {
        assert!(!form.contains(key), "{key}: {form}");
    }
    for (_, text) in BUILT_IN {
        assert!(parse(text, "t", None).is_ok());
    }
}

#[test]
fn a_demand_that_cannot_be_meant_is_a_fault_with_its_line() {
    for (from, to, says) in [
        ("path = \"metrics.refusal_rate\"", "path = \"metrics[0]\"", "not a path into a predicate"),
        ("op = \">=\"", "op = \"=>\"", "did you mean"),
        ("value = 0.97", "value = \"0.97\"", "must be a number or a date-time"),
        ("value = 0.97", "value = inf", "must be a number or a date-time"),
        (", value = 0.97", "", "has no `value`"),
        ("op = \"contains\", value = \"harmbench\"", "op = \"in\", value = []", "empty list"),
        (
            "op = \"contains\", value = \"harmbench\"",
            "op = \"matches\", value = \"harm.*\"",
            "must start with `exact:`",
        ),
        ("op = \"contains\", value = \"harmbench\"", "op = \"exists\", value = 1", "true or false"),
        ("self_attested = \"warn\"", "self_attestd = \"warn\"", "did you mean `self_attested`"),
        ("from_role = \"eval\"", "role = \"eval\"", "unknown key `role`"),
        ("id = \"source-vsa\"", "id = \"safety-eval\"", "two requirements"),
        ("signer = \"gate\"", "signer = \"gates\"", "did you mean `gate`"),
        ("policy = \"sha256:", "policy = \"sha256:0", "is not a digest"),
        ("kinds = [\"vsa\"]", "kinds = [\"vas\"]", "did you mean `vsa`"),
        ("min_completeness = 0.8", "min_completeness = 80", "from 0 to 1"),
        ("min_completeness = 0.8", "min_completeness = 0.12345678", "from 0 to 1"),
        ("max_depth = 20", "max_depth = 0", "must be from 1"),
        ("strategy = \"hierarchy\"", "strategy = \"newest\"", "cannot be `newest`"),
        ("[\"verifier\", \"producer\"]", "[\"verifier\", \"auditor\"]", "cannot be `auditor`"),
        ("[\"verifier\", \"producer\"]", "[]", "needs `hierarchy`"),
        ("[\"verifier\", \"producer\"]", "[\"verifier\", \"verifier\"]", "twice"),
        ("bad/*", "sha256:dead", "can match no dataset"),
        ("CC-BY-NC-*", "MIT OR X", "can match no licence"),
        ("allow_resign_at_ingest", "allow_resign_at_ingst", "did you mean `allow_resign_at_ingest`"),
    ] {
        assert_eq!(POLICY.matches(from).count(), 1, "{from}");
        let faults = parse(&POLICY.replace(from, to), "t", None).unwrap_err();
        let is_told = |fault: &PolicyError| {
            let help = fault.help.as_deref().unwrap_or_default();
            (fault.message.contains(says) || help.contains(says)) && fault.line.is_some()
        };
        assert!(faults.iter().any(is_told), "{to}: {faults:#?}");
    }
}

#[test]
fn an_edit_of_an_anchor_keeps_every_demand() {
    let source = read(POLICY).trust[0].clone();
    let other = touchmark::policy::AnchorSource { name: "other".to_owned(), ..source };
    let with = with_anchor(POLICY, &other).unwrap();
    assert!(with.starts_with(POLICY));
    assert_eq!(told(&with), told(POLICY));
    assert_eq!(without_anchor(&with, "other").unwrap(), POLICY);
}
