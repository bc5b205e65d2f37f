//! `[[test]]` and `policy test`: what a test says is judged as what is seen; what no test protects is listed.

use crate::policy::read;
use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use touchmark::decision::{Effect, Examined, examine, try_test};
use touchmark::maturity::Rubric;
use touchmark::policy::{BUILT_IN, Policy, layered};
use touchmark::report;

const NOW: &str = "2026-11-20T00:00:00Z";
/// A policy with every rule that a test can reach, and the tests that protect them.
const RICH: &str = include_str!("../data/tested-policy.toml");
/// One whose rules are about summaries of ancestors.
const LINEAGE: &str = include_str!("../data/tested-lineage.toml");

fn examined(policy: &Policy) -> Examined {
    examine(policy, &Rubric::bundled().unwrap(), NOW.parse().unwrap()).unwrap()
}

fn named(examined: &Examined, effect: Effect) -> Vec<&str> {
    examined.with(effect).map(|rule| rule.rule.as_str()).collect()
}

/// The same without the tests whose names have these words in them.
fn without(text: &str, words: &[&str]) -> String {
    let mut parts = text.split("[[test]]");
    let mut kept = parts.next().unwrap().to_owned();
    for test in parts.filter(|test| !words.iter().any(|word| test.lines().nth(1).unwrap().contains(word))) {
        kept.push_str("[[test]]");
        kept.push_str(test);
    }
    kept
}

#[test]
fn the_tests_of_the_shipped_policies_pass_and_notice_every_change() {
    for (name, text) in BUILT_IN {
        let policy = read(text).unwrap();
        let examined = examined(&policy);
        assert!(examined.passes() && examined.tests.len() > 20, "{name}");
        assert_eq!(named(&examined, Effect::Unreached), Vec::<&str>::new(), "{name}");
        assert_eq!(named(&examined, Effect::Unnoticed), Vec::<&str>::new(), "{name}");
        assert!(examined.protects() && examined.rules.len() > 30, "{name}");
    }
}

#[test]
fn a_rule_whose_test_is_gone_is_listed() {
    let (_, baseline) = BUILT_IN[0];
    let lacks = |words: &[&str]| {
        let text = without(baseline, words);
        assert_ne!(text, baseline);
        let policy = read(&text).unwrap();
        let examined = examined(&policy);
        assert!(examined.passes() && !examined.protects());
        let missing =
            [Effect::Unreached, Effect::Unnoticed].map(|effect| named(&examined, effect).join("; "));
        missing.join(" | ")
    };
    assert_eq!(lacks(&["a pickle"]), "artifact.ban_formats pickle | ");
    assert_eq!(lacks(&["RSA"]), "crypto.keys | ");
    assert_eq!(lacks(&["third curve"]), "crypto.hash blake3; crypto.keys p521 | ");
    assert_eq!(lacks(&["dev refuses a part"]), "stage dev, on_partial | ");
    // Another test reaches it, and does not ask why.
    assert_eq!(
        lacks(&["files that cannot be read"]).split(" | ").next(),
        Some("stage staging, on_error; stage production, on_error")
    );
    let none = read(&without(baseline, &["name"])).unwrap();
    assert!(none.tests.is_empty());
    let none = examined(&none);
    assert_eq!(none.with(Effect::Unreached).count(), none.rules.len());
}

#[test]
fn every_kind_of_rule_can_be_protected_by_a_test() {
    let policy = read(RICH).unwrap();
    let examined = examined(&policy);
    let failed: Vec<&str> = policy
        .tests
        .iter()
        .zip(&examined.tests)
        .filter(|(_, tried)| !tried.passes())
        .map(|(test, _)| test.name.as_str())
        .collect();
    assert_eq!(failed, Vec::<&str>::new());
    assert_eq!(named(&examined, Effect::Unreached), Vec::<&str>::new());
    assert_eq!(named(&examined, Effect::Unnoticed), Vec::<&str>::new());
    assert!(examined.protects());
    let rules: String =
        examined.rules.iter().map(|rule| format!("{} {}\n", rule.change.word(), rule.rule)).collect();
    insta::assert_snapshot!(rules);
}

#[test]
fn a_rule_that_a_test_reaches_without_asking_is_unnoticed() {
    let (_, strict) = BUILT_IN[1];
    let policy = read(&without(strict, &["nor looked for code"])).unwrap();
    let found = examined(&policy);
    // Production is asked about what nobody has verified, too, and not for this reason.
    assert_eq!(named(&found, Effect::Unnoticed), ["controls.raise L1.13"]);
    assert_eq!(named(&found, Effect::Unreached), ["stage staging, on_unavailable"]);
    assert!(found.passes() && !found.protects());
}

#[test]
fn rules_about_summaries_can_be_protected_by_tests_that_give_parents() {
    let policy = read(LINEAGE).unwrap();
    let found = examined(&policy);
    assert!(found.passes() && found.tests.len() == 8);
    let about =
        |rule: &&str| rule.starts_with("trusted_summary") || rule.starts_with("attester gate, identity");
    let noticed: Vec<&str> = named(&found, Effect::Noticed).into_iter().filter(about).collect();
    let of = |what: &str| format!("trusted_summary https://gate.example{what}");
    let mut expected = vec!["attester gate, identity exact:CN=gate".to_owned(), of("")];
    expected
        .extend([", min_properties GATE_L2_VERIFIED", ", resource", ", policy", ", max_age_days"].map(of));
    assert_eq!(noticed, expected);
    let without = read(&without(LINEAGE, &["old summary"])).unwrap();
    let without = examined(&without);
    assert!(
        named(&without, Effect::Unnoticed).contains(&&*of(", max_age_days"))
            || named(&without, Effect::Unreached).contains(&&*of(", max_age_days"))
    );
}

#[test]
fn the_rule_on_what_digests_rest_on_is_protected_by_a_test_of_what_it_accepts() {
    let with = |basis: &str, decision: &str| {
        let text = ONE.split("[[test]]").next().unwrap();
        let text = format!(
            "{text}[[test]]\nname = \"it\"\nstage = \"live\"\ngiven = {{ model = \"acme/bot\", {SIGNED}, log = true, \
             digest_basis = \"{basis}\" }}\nexpect = {{ decision = \"{decision}\" }}\n"
        );
        examined(&read(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}")))
    };
    let rule = "stage live, digest_basis";
    let found = with("provider-checksum", "admit");
    assert!(found.passes(), "{:?}", found.rules);
    let noticed: Vec<&str> =
        named(&found, Effect::Noticed).into_iter().filter(|noticed| *noticed == rule).collect();
    assert_eq!(noticed, [rule, rule], "taken away, and tightened: {:?}", found.rules);
    let found = with("registry-digest", "refuse");
    assert!(found.passes() && !named(&found, Effect::Noticed).contains(&rule), "{:?}", found.rules);
    let found = with("recomputed", "admit");
    assert!(found.passes() && named(&found, Effect::Unreached).contains(&rule), "{:?}", found.rules);
}

#[test]
fn the_rule_about_unsigned_ancestors_is_protected_by_a_test_that_gives_one() {
    let with = |tests: &str| {
        let text = LINEAGE.split("[[test]]").next().unwrap();
        let text = format!(
            "{text}[lineage]\nunsigned_ancestor = \"fail\"\n[[stage]]\nname = \"any\"\non_missing = \"open\"\n{tests}"
        );
        examined(&read(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}")))
    };
    let test = |base: &str| {
        format!(
            "[[test]]\nname = \"it\"\nstage = \"any\"\ngiven = {{ model = \"acme/bot\", {ACME}, parents = [{{ model = \"acme/base\", {base} }}] }}\nexpect = {{ decision = \"EXPECTED\" }}\n"
        )
    };
    let rule = "lineage.unsigned_ancestor";
    let found = with(&test("state = \"unsigned\"").replace("EXPECTED", "refuse"));
    assert!(found.passes() && named(&found, Effect::Noticed).contains(&rule), "{:?}", found.rules);
    let found = with(&test(ACME).replace("EXPECTED", "admit"));
    assert!(found.passes() && named(&found, Effect::Unreached).contains(&rule), "{:?}", found.rules);
}

/// The signer of a model.
const ACME: &str = "signer = { anchor = \"ca\", issuer = \"CN=root\", subject = \"CN=acme\" }";

/// A policy with one test, which passes.
const ONE: &str = r#"schema = "trust-policy/0.1"
name = "t"
version = "1"
expires = 2028-01-01T00:00:00Z
[trust.ca]
kind = "x509"
files = ["ca.pem"]
[trust.other]
kind = "x509"
files = ["other.pem"]
[trust.keyless]
kind = "sigstore"
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ issuer = "CN=root", subject = "exact:CN=acme" }]
roles = ["producer", "eval"]
[[deny_identity]]
subject = "exact:CN=acme"
after = 2026-06-01T00:00:00Z
[crypto]
hash = ["sha256"]
[artifact]
ban_formats = ["pickle"]
dataset_deny = ["bad/*"]
license_deny = ["CC-BY-NC-*"]
[log]
required = ["certificate"]
[ledger]
max_unanchored_records = 10
max_unanchored_days = 3
[[require]]
id = "safety"
predicate = "https://in-toto.io/attestation/test-result/v0.1"
max_age_days = 365
where = [{ path = "result", op = "==", value = "PASSED" }]
[[stage]]
name = "live"
cached_digests_max_hours = 2
refuse_rejected = true
digest_basis = ["provider-checksum"]
break_glass = { approvers = 2, max_hours = 4, forbids = [] }
[[stage]]
name = "later"
from = "live"
[[stage]]
name = "watched"
require_evidence_profile = { profiles = ["rag"], min_retention_days = 90 }
[[stage]]
name = "judged"
min_level = 0
require = ["safety"]
[[exception]]
id = "EX-1"
control = "L1.14"
subject = "sha256:00000000000000000000000000000000000000000000000000000000000000cc"
stages = ["live"]
owner = "a"
approved_by = "b"
reason = "c"
created = 2026-10-01T00:00:00Z
expires = 2026-12-31T00:00:00Z
[[test]]
name = "it"
stage = "live"
given = { model = "acme/bot", SIGNED, log = true }
expect = { decision = "admit" }
"#;

/// A signature whose time is before its signer was denied.
const SIGNED: &str = "signer = { anchor = \"ca\", issuer = \"CN=root\", subject = \"CN=acme\" }, signed_at = 2026-05-01T00:00:00Z";
const CLAIMED: &str = "claims = [{ predicate = \"https://in-toto.io/attestation/test-result/v0.1\", SIGNED, states = { result = \"PASSED\" } }]";

/// Each key with a text of that test, and what stands there instead: what is told of it differs, too.
pub const KEYS: &[(&str, &str, &str)] = &[
    ("test.name", "name = \"it\"", "name = \"that\""),
    ("test.stage", "stage = \"live\"\ngiven", "stage = \"later\"\ngiven"),
    ("test.at", "given = {", "at = 2028-01-01T00:00:00Z\ngiven = {"),
    ("test.given.model", "\"acme/bot\"", "\"other/bot\""),
    ("test.given.state", "log = true", "log = true, state = \"tampered\""),
    ("test.given.signer.anchor", "anchor = \"ca\"", "anchor = \"other\""),
    (
        "test.given.signer.issuer",
        "{ anchor = \"ca\", issuer = \"CN=root\"",
        "{ anchor = \"ca\", issuer = \"CN=else\"",
    ),
    ("test.given.signer.subject", "subject = \"CN=acme\"", "subject = \"CN=else\""),
    ("test.given.signed_at", "signed_at = 2026-05", "signed_at = 2026-07"),
    ("test.given.log", "log = true", "log = false"),
    ("test.given.bound", "log = true", "log = true, bound = false"),
    ("test.given.key", "log = true", "log = true, key = \"rsa\""),
    ("test.given.hash", "log = true", "log = true, hash = \"blake2b\""),
    ("test.given.age_days", "log = true", "log = true, age_days = 8"),
    ("test.given.ahead_seconds", "log = true", "log = true, ahead_seconds = 301"),
    ("test.given.cached_hours", "log = true", "log = true, cached_hours = 3"),
    ("test.given.partial", "log = true", "log = true, partial = true"),
    ("test.given.digest_basis", "log = true", "log = true, digest_basis = \"registry-digest\""),
    ("test.given.symlinks", "log = true", "log = true, symlinks = true"),
    ("test.given.ignored", "log = true", "log = true, ignored = [\"docs\"]"),
    ("test.given.formats", "log = true", "log = true, formats = [\"pickle\"]"),
    ("test.given.datasets", "log = true", "log = true, datasets = [\"bad/one\"]"),
    ("test.given.licenses", "log = true", "log = true, licenses = [\"CC-BY-NC-4.0\"]"),
    ("test.given.rejected", "log = true", "log = true, rejected = true"),
    (
        "test.given.parents",
        "log = true",
        "log = true, parents = [{ model = \"acme/base\", SIGNED, log = true, state = \"tampered\" }]",
    ),
    (
        "test.given.ledger.unanchored_records",
        "log = true",
        "log = true, ledger = { unanchored_records = 11 }",
    ),
    ("test.given.ledger.unanchored_days", "log = true", "log = true, ledger = { unanchored_days = 4 }"),
    ("test.expect.decision", "decision = \"admit\"", "decision = \"warn\""),
    ("test.expect.effective_level", "decision = \"admit\"", "decision = \"admit\", effective_level = 2"),
    ("test.expect.reasons", "decision = \"admit\"", "decision = \"admit\", reasons = [\"L1.03\"]"),
];

/// The same of what shows only beside something else: a stage, what is given there, and what is given instead.
pub const PAIRS: &[(&str, &str, &str, &str)] = &[
    (
        "test.given.assume_publisher",
        "live",
        "model = \"x/bot\", signer = { anchor = \"keyless\", issuer = \"i\", subject = \"s\" }",
        "model = \"x/bot\", signer = { anchor = \"keyless\", issuer = \"i\", subject = \"s\" }, assume_publisher = true",
    ),
    (
        "test.given.digest",
        "live",
        "model = \"acme/bot\", SIGNED, log = true, bound = false",
        "model = \"acme/bot\", SIGNED, log = true, bound = false, digest = \"sha256:00000000000000000000000000000000000000000000000000000000000000cc\"",
    ),
    (
        "test.given.admitted_at",
        "later",
        "model = \"acme/bot\", SIGNED, log = true",
        "model = \"acme/bot\", SIGNED, log = true, admitted_at = [\"live\"]",
    ),
    (
        "test.given.refused_at",
        "later",
        "model = \"acme/bot\", SIGNED, log = true, admitted_at = [\"live\"]",
        "model = \"acme/bot\", SIGNED, log = true, refused_at = [\"live\"]",
    ),
    (
        "test.given.glass.by",
        "live",
        "model = \"acme/bot\", state = \"unsigned\", glass = { by = [\"ann\"], hours = 4 }",
        "model = \"acme/bot\", state = \"unsigned\", glass = { by = [\"ann\", \"ben\"], hours = 4 }",
    ),
    (
        "test.given.glass.hours",
        "live",
        "model = \"acme/bot\", state = \"unsigned\", glass = { by = [\"ann\", \"ben\"], hours = 4 }",
        "model = \"acme/bot\", state = \"unsigned\", glass = { by = [\"ann\", \"ben\"], hours = 5 }",
    ),
    (
        "test.given.logged.profiles",
        "watched",
        "model = \"acme/bot\", SIGNED, log = true, bound = true, logged = { profiles = [\"rag\"], days = 90 }",
        "model = \"acme/bot\", SIGNED, log = true, bound = true, logged = { profiles = [\"infra\"], days = 90 }",
    ),
    (
        "test.given.logged.days",
        "watched",
        "model = \"acme/bot\", SIGNED, log = true, bound = true, logged = { profiles = [\"rag\"], days = 90 }",
        "model = \"acme/bot\", SIGNED, log = true, bound = true, logged = { profiles = [\"rag\"], days = 89 }",
    ),
    (
        "test.given.claims.predicate",
        "judged",
        "model = \"acme/bot\", SIGNED, log = true, CLAIMED",
        "model = \"acme/bot\", SIGNED, log = true, claims = [{ predicate = \"https://slsa.dev/provenance/v1\", SIGNED, states = { result = \"PASSED\" } }]",
    ),
    (
        "test.given.claims.signer",
        "judged",
        "model = \"acme/bot\", SIGNED, log = true, CLAIMED",
        "model = \"acme/bot\", SIGNED, log = true, claims = [{ predicate = \"https://in-toto.io/attestation/test-result/v0.1\", signer = { anchor = \"other\", issuer = \"CN=root\", subject = \"CN=acme\" }, signed_at = 2026-05-01T00:00:00Z, states = { result = \"PASSED\" } }]",
    ),
    (
        "test.given.claims.signed_at",
        "judged",
        "model = \"acme/bot\", SIGNED, log = true, CLAIMED",
        "model = \"acme/bot\", SIGNED, log = true, claims = [{ predicate = \"https://in-toto.io/attestation/test-result/v0.1\", signer = { anchor = \"ca\", issuer = \"CN=root\", subject = \"CN=acme\" }, signed_at = 2025-02-01T00:00:00Z, states = { result = \"PASSED\" } }]",
    ),
    (
        "test.given.claims.states",
        "judged",
        "model = \"acme/bot\", SIGNED, log = true, CLAIMED",
        "model = \"acme/bot\", SIGNED, log = true, claims = [{ predicate = \"https://in-toto.io/attestation/test-result/v0.1\", SIGNED, states = { result = \"WARNED\" } }]",
    ),
];

/// With what is abbreviated above.
fn whole(text: &str) -> String {
    text.replace("CLAIMED", CLAIMED).replace("SIGNED", SIGNED)
}

/// What is said of the only test of a policy.
fn told(text: &str) -> String {
    let policy = read(text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    let rubric = Rubric::bundled().unwrap();
    let tried = try_test(&policy, &rubric, &policy.tests[0], NOW.parse().unwrap()).unwrap();
    report::tested(&policy.tests, &Examined { tests: vec![tried], rules: Vec::new(), untried: 0 }, false)
}

#[test]
fn each_key_of_a_test_changes_what_is_told_of_it() {
    let one = whole(ONE);
    let before = told(&one);
    assert!(before.starts_with("✓ it\n1 test passes\n"), "{before}");
    let start = one.find("[[test]]").unwrap();
    for (key, from, to) in KEYS {
        let (policy, test) = one.split_at(start);
        assert_eq!(test.matches(from).count(), 1, "{key}: {from:?}");
        let after = told(&format!("{policy}{}", whole(&test.replace(from, to))));
        assert_ne!(after, before, "{key}");
        if *key != "test.name" {
            assert!(after.starts_with("✗ it\n"), "{key}: {after}");
        }
    }
    for (key, stage, given, instead) in PAIRS {
        let of = |given: &str| {
            let test = format!(
                "[[test]]\nname = \"it\"\nstage = \"{stage}\"\ngiven = {{ {} }}\nexpect = {{ decision = \"admit\" }}\n",
                whole(given)
            );
            told(&format!("{}{test}", &one[..start]))
        };
        assert_ne!(of(given), of(instead), "{key}");
    }
}

#[test]
fn what_failed_is_told_with_what_was_found() {
    let text = whole(ONE).replace(
        "log = true }\nexpect = { decision = \"admit\" }",
        "log = true, state = \"tampered\" }\nexpect = { decision = \"admit\", effective_level = 1, reasons = [\"CAP\"] }",
    );
    insta::assert_snapshot!(told(&text));
}

#[test]
fn a_reason_counts_only_where_it_weighs_as_much_as_the_decision() {
    let expects = |stage: &str, decision: &str| {
        let text = whole(ONE).replace("refuse_rejected = true", "refuse_rejected = false").replace(
            "log = true }\nexpect = { decision = \"admit\" }",
            &format!("log = true, rejected = true }}\nexpect = {{ decision = \"{decision}\", reasons = [\"REVIEW-REJECTED\"] }}"),
        );
        told(&text.replace("stage = \"live\"\ngiven", &format!("stage = \"{stage}\"\ngiven")))
    };
    assert!(expects("live", "admit").starts_with("✓ it\n"));
    // There it is refused for something else, and the rejection only informs.
    let refused = expects("later", "refuse");
    assert!(refused.contains("reason: REVIEW-REJECTED is not among them"), "{refused}");
    assert!(
        !refused.contains("decision:") && refused.contains("reasons of that weight: PROMOTION"),
        "{refused}"
    );
}

#[test]
fn what_a_claim_states_keeps_its_types() {
    const WHERE: &str = "where = [{ path = \"result\", op = \"==\", value = \"PASSED\" }]";
    let clauses = "where = [{ path = \"a\", op = \"==\", value = \"x \\\"y\" }, { path = \"b\", op = \">=\", value = 0.97 }, \
        { path = \"c\", op = \"==\", value = true }, { path = \"d\", op = \"contains\", value = 3 }, \
        { path = \"e.f\", op = \"<\", value = 2026-12-01T00:00:00Z }]";
    let states = "states = { result = \"PASSED\", a = \"x \\\"y\", b = +0.98, c = true, d = [1, 0x3], e = { f = 2026-11-01T00:00:00Z } }";
    let of = |states: &str| {
        let given = format!("log = true, {}", CLAIMED.replace("states = { result = \"PASSED\" }", states));
        let text =
            ONE.replace(WHERE, clauses).replace("stage = \"live\"\ngiven", "stage = \"judged\"\ngiven");
        told(&whole(&text.replace("log = true", &given)))
    };
    assert!(of(states).starts_with("✓ it\n"), "{}", of(states));
    for (from, to) in [
        ("x \\\"y", "x"),
        ("+0.98", "0.96"),
        ("+0.98", "\"0.98\""),
        ("c = true", "c = false"),
        ("0x3", "4"),
        ("2026-11", "2027-11"),
    ] {
        assert!(states.contains(from));
        assert!(
            of(&states.replace(from, to)).contains("reasons of that weight: L3.04, safety"),
            "{from} {to}"
        );
    }
}

#[test]
fn a_test_that_fails_notices_nothing() {
    let failing = read(&whole(ONE).replace("decision = \"admit\"", "decision = \"warn\"")).unwrap();
    let found = examined(&failing);
    assert!(!found.passes());
    assert_eq!(named(&found, Effect::Noticed), Vec::<&str>::new());
    assert!(named(&found, Effect::Unnoticed).contains(&"publisher acme"));
    assert!(named(&examined(&read(&whole(ONE)).unwrap()), Effect::Noticed).contains(&"publisher acme"));
}

#[test]
fn tests_change_the_file_and_not_what_the_policy_means() {
    let one = whole(ONE);
    let (policy, _) = one.split_at(one.find("[[test]]").unwrap());
    let (with, without) = (read(&one).unwrap(), read(policy).unwrap());
    assert_eq!(with.digest, without.digest);
    assert_ne!(with.file_digest, without.file_digest);
    assert_eq!((with.tests.len(), without.tests.len()), (1, 0));
}

#[test]
fn a_policy_on_top_of_another_brings_its_tests_too() {
    let one = whole(ONE);
    let below = read(&one).unwrap();
    let top = "schema = \"trust-policy/0.1\"\nname = \"team\"\nversion = \"1\"\nextends = \"one.toml\"\n\
        [[test]]\nname = \"of the team\"\nstage = \"live\"\ngiven = { model = \"acme/bot\", state = \"unsigned\" }\n\
        expect = { decision = \"refuse\" }\n";
    let policy = layered(top, "team.toml", &below, &one).unwrap();
    let found = examined(&policy);
    let names: BTreeSet<&str> = policy.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["it", "of the team"].into());
    assert!(found.passes() && found.tests.len() == 2);
}

#[test]
fn a_word_that_no_test_knows_is_a_fault_with_its_line() {
    const GIVEN: &str = "given = { model = \"acme/bot\", SIGNED, log = true }";
    let rows: &[(&str, &str, &str)] = &[
        ("stage = \"live\"\ngiven", "stage = \"lives\"\ngiven", "there is no stage `lives`"),
        ("stage = \"live\"\ngiven", "given", "[[test]] has no `stage`"),
        (GIVEN, "", "[[test]] has no `given`"),
        (GIVEN, "given = 3", "`given` in [[test]] must be a table, not an integer"),
        (GIVEN, "given = { SIGNED }", "`given` has no `model`"),
        (GIVEN, "given = { model = \"a/b\" }", "a signed model has no `signer`"),
        (
            GIVEN,
            "given = { model = \"a/b\", state = \"unsigned\", SIGNED }",
            "there is a `signer` where no signature was seen",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", state = \"tamperd\", SIGNED }",
            "`state` cannot be `tamperd` — did you mean `tampered`?",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", SIGNED, agedays = 3 }",
            "unknown key `agedays` — did you mean `age_days`?",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", signer = { anchor = \"cb\", issuer = \"i\", subject = \"s\" } }",
            "there is no anchor `cb` that proves a signer",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", signer = { anchor = \"ca\", subject = \"s\" } }",
            "`signer` has no `issuer`",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", signer = { anchor = \"ca\", issuer = \"i\" } }",
            "`signer` has no `subject`",
        ),
        (GIVEN, "given = { model = \"a/b\", SIGNED, digest = \"ff\" }", "`ff` is not a root digest"),
        (GIVEN, "given = { model = \"a/b\", SIGNED, refused_at = [\"dev\"] }", "there is no stage `dev`"),
        (GIVEN, "given = { model = \"a/b\", SIGNED, glass = { by = [\"ann\"] } }", "`glass` has no `hours`"),
        (
            GIVEN,
            "given = { model = \"a/b\", SIGNED, parents = [{ model = \"a/c\", state = \"unsigned\", rejected = true }] }",
            "unknown key `rejected` in `parents`",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", SIGNED, claims = [{ predicate = \"test-result-v0.1\" }] }",
            "`claims` has no `signer`",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", SIGNED, claims = [{ predicate = \"test-result-v0\", SIGNED }] }",
            "unknown predicate `test-result-v0`",
        ),
        (
            GIVEN,
            "given = { model = \"a/b\", SIGNED, claims = [{ predicate = \"test-result-v0.1\", SIGNED, states = { score = nan } }] }",
            "`states` has a number that JSON does not have",
        ),
        ("expect = {", "expects = {", "unknown key `expects` — did you mean `expect`?"),
        ("decision = \"admit\"", "decision = \"allow\"", "`decision` cannot be `allow`"),
        (
            "decision = \"admit\"",
            "decision = \"admit\", reasons = [\"POLICY-FORMT\"]",
            "`POLICY-FORMT` is not the code of a reason — did you mean `POLICY-FORMAT`?",
        ),
        ("decision = \"admit\"", "decision = \"admit\", effective_level = 4", "`effective_level`"),
    ];
    for (from, to, says) in rows {
        let text = ONE.replace(from, to);
        assert_ne!(text, ONE, "{from}");
        let faults = read(&whole(&text)).unwrap_err();
        let said: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert!(said.iter().any(|message| message.starts_with(says)), "{says}: {said:?}");
        let first = ONE.lines().position(|line| line == "[[test]]").unwrap() + 1;
        let lines = faults.iter().map(|fault| fault.line.unwrap());
        lines.for_each(|line| assert!((first..first + 5).contains(&line), "{says}: line {line}"));
    }
    let twice = format!("{ONE}{}", &ONE[ONE.find("[[test]]").unwrap()..]);
    assert_eq!(read(&whole(&twice)).unwrap_err()[0].message, "two tests have the name `it`");
    let known = ["safety", "L3.04", "TRUST-NO-ANCHOR", "CAP", "PROMOTION"];
    let known = ONE.replace("decision = \"admit\"", &format!("decision = \"admit\", reasons = {known:?}"));
    assert!(read(&whole(&known)).is_ok());
}

#[test]
fn more_parents_than_anybody_needs_are_a_fault() {
    let of = |generations: usize| {
        let mut given = "model = \"a/0\", state = \"unsigned\"".to_owned();
        for number in 1..=generations {
            given = format!("model = \"a/{number}\", state = \"unsigned\", parents = [{{ {given} }}]");
        }
        let text = ONE.replace("model = \"acme/bot\", SIGNED, log = true", &given);
        read(&whole(&text)).map(|policy| policy.tests.len()).map_err(|faults| faults[0].message.clone())
    };
    assert_eq!(of(15), Ok(1));
    assert_eq!(of(16), Err("more than 16 generations of parents".to_owned()));
    let beside = |many: usize| {
        let parents: Vec<String> =
            (0..many).map(|number| format!("{{ model = \"a/{number}\", state = \"unsigned\" }}")).collect();
        let given = format!("model = \"a/b\", state = \"unsigned\", parents = [{}]", parents.join(", "));
        let text = ONE.replace("model = \"acme/bot\", SIGNED, log = true", &given);
        read(&whole(&text)).map(|policy| policy.tests.len()).map_err(|faults| faults[0].message.clone())
    };
    assert_eq!(beside(199), Ok(1));
    assert_eq!(beside(200), Err("more than 200 models in one test".to_owned()));
}

/// Models of the samples, as a test gives them.
const SAMPLES: &[(&str, &str)] = &[
    ("acme/receipt-reader", "signer = ACME"),
    ("acme/badge-check", "signer = STRANGER"),
    ("acme/invoice-reader", "signer = ACME, state = \"tampered\""),
    ("lumen/iris-base", "signer = LUMEN"),
    ("vendor/claims-lora", "state = \"unsigned\""),
];

#[test]
fn what_is_given_is_decided_as_what_is_seen() {
    let samples = copy_of_samples();
    let file = samples.path().join("policies/samples.toml");
    let mut text = fs::read_to_string(&file).unwrap();
    let base = text.clone();
    let base = read(&base).unwrap();
    let signer = |id: &str| {
        let publisher = base.publishers.iter().find(|publisher| publisher.id == id).unwrap();
        let identity = &publisher.identities[0];
        let subject = identity.subject.as_written().replace("exact:", "");
        let issuer =
            identity.issuer.as_ref().map(|issuer| format!(", issuer = \"{issuer}\"")).unwrap_or_default();
        format!("{{ anchor = \"{}\", subject = \"{subject}\"{issuer} }}", publisher.trust[0])
    };
    let stranger = signer("acme").replace("acme", "somebody");
    for (model, given) in SAMPLES {
        let given = given
            .replace("ACME", &signer("acme"))
            .replace("LUMEN", &signer("lumen"))
            .replace("STRANGER", &stranger);
        text += &format!(
            "[[test]]\nname = \"{model}\"\nstage = \"production\"\ngiven = {{ model = \"{model}\", {given} }}\nexpect = {{ decision = \"admit\" }}\n"
        );
    }
    fs::write(&file, text).unwrap();
    let json = |arguments: &[&str]| -> Value {
        let arguments =
            [&["--workspace", samples.path().to_str().unwrap(), "--format", "json"], arguments].concat();
        serde_json::from_str(&out(&touchmark(arguments))).unwrap()
    };
    let tested = json(&["policy", "test"]);
    let mut decisions = BTreeSet::new();
    let tests = tested["tests"].as_array().unwrap();
    for (model, _) in SAMPLES {
        let test = tests.iter().find(|test| test["name"] == *model).unwrap();
        let verdict = &json(&["gate", model, "--stage", "production"])["verdict"];
        let codes = |reasons: &Value| -> Vec<String> {
            reasons.as_array().unwrap().iter().map(|reason| reason["code"].to_string()).collect()
        };
        assert_eq!(test["found"]["decision"], verdict["decision"], "{model}");
        assert_eq!(test["found"]["effective_level"], verdict["effective"], "{model}");
        assert_eq!(codes(&test["found"]["reasons"]), codes(&verdict["reasons"]), "{model}");
        decisions.insert(verdict["decision"].to_string());
    }
    assert_eq!(decisions.len(), 2);
}

#[test]
fn the_status_says_whether_tests_pass_and_protect() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let run = |arguments: &[&str]| touchmark([&["policy", "test"], arguments].concat());
    let one = whole(ONE);
    let good = file("good.toml", &one);
    let done = run(&[&good]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let text = out(&done);
    assert!(text.starts_with("✓ it\n1 test passes\nthe tests reach "), "{text}");
    assert!(
        text.contains("no test reaches:\n") && text.contains("\n  stage later, from  removed\n"),
        "{text}"
    );
    assert!(!text.contains("notice"), "{text}");
    let done = run(&[&good, "--mutate"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(out(&done).contains("the tests notice the change of "), "{}", out(&done));
    let bad = file("bad.toml", &one.replace("decision = \"admit\"", "decision = \"warn\""));
    let done = run(&[&bad]);
    assert_eq!(done.status.code(), Some(1));
    assert!(out(&done).contains("    decision: expected warn, found admit\n"), "{}", out(&done));
    let invalid = file("invalid.toml", &one.replace("decision = \"admit\"", "decision = \"allow\""));
    assert_eq!(run(&[&invalid]).status.code(), Some(2));
    let expired = run(&[&good, "--at", "2029-01-01T00:00:00Z"]);
    assert_eq!(expired.status.code(), Some(2), "{}", out(&expired));
    let (_, strict) = BUILT_IN[1];
    let whole = file("strict.toml", strict);
    assert_eq!(run(&[&whole, "--mutate"]).status.code(), Some(0));
    let hostile = file("hostile.toml", &one.replace("name = \"it\"", "name = \"it\\u001b[2J\""));
    assert!(!out(&run(&[&hostile])).contains('\u{1b}'));
    let none = file("none.toml", &one[..one.find("[[test]]").unwrap()]);
    let done = run(&[&none]);
    assert_eq!(done.status.code(), Some(0));
    assert!(out(&done).starts_with("the policy has no tests: "), "{}", out(&done));
    let document: Value = serde_json::from_str(&out(&run(&[&good, "--format", "json"]))).unwrap();
    let rules = document["rules"].as_array().unwrap();
    let promoted = rules.iter().find(|rule| rule["rule"] == "stage later, from").unwrap();
    assert_eq!(
        (&promoted["change"], &promoted["effect"]),
        (&Value::from("removed"), &Value::from("unreached"))
    );
}
