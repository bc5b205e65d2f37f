//! What a policy does about ancestors that nobody signed (`lineage.unsigned_ancestor`), at every stage and whatever
//! stands between.

use touchmark::decision::{Decision, ReasonFact, Verdict, try_test};
use touchmark::maturity::Rubric;
use touchmark::policy::{Class, parse};

const NOW: &str = "2026-11-20T00:00:00Z";

/// `dev` lets in whatever is known, `prod` nothing that lacks anything at level 0, `lax` takes contradictions too.
const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "t"
version = "1"
[trust.ca]
kind = "x509"
files = ["ca.pem"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ subject = "exact:CN=acme" }]
roles = ["producer", "lineage"]
[[attester]]
id = "gate"
trust = ["ca"]
identities = [{ subject = "exact:CN=gate" }]
roles = ["verifier"]
[[trusted_summary]]
verifier = "https://gate.example"
signer = "gate"
HOPS
[lineage]
unsigned_ancestor = "RULE"
[[stage]]
name = "dev"
on_missing = "open"
[[stage]]
name = "prod"
on_missing = "closed"
on_contradicted = "closed"
[[stage]]
name = "strict"
min_level = 1
on_missing = "closed"
[[exception]]
id = "E"
control = "CAP"
subject = "acme/excused"
stages = ["dev", "prod"]
owner = "o@acme.example"
approved_by = "a@acme.example"
reason = "being rebuilt"
created = 2026-11-01T00:00:00Z
expires = 2026-12-01T00:00:00Z
"#;

const SIGNER: &str = r#"signer = { anchor = "ca", issuer = "CN=root", subject = "CN=acme" }"#;
const GATE: &str = r#"signer = { anchor = "ca", issuer = "CN=root", subject = "CN=gate" }"#;

fn signed(name: &str, parents: &[String]) -> String {
    format!("{{ model = \"acme/{name}\", {SIGNER}, parents = [{}] }}", parents.join(", "))
}

fn in_state(name: &str, state: &str, parents: &[String]) -> String {
    let signer = if state == "unsigned" { String::new() } else { format!("{SIGNER}, ") };
    format!("{{ model = \"acme/{name}\", state = \"{state}\", {signer}parents = [{}] }}", parents.join(", "))
}

fn unsigned(name: &str) -> String {
    in_state(name, "unsigned", &[])
}

/// One that a trusted summary stands for.
fn summarised(name: &str, parents: &[String]) -> String {
    let states = r#"{ verifier = { id = "https://gate.example" }, timeVerified = "2026-11-01T00:00:00Z", resourceUri = "pkg:acme/x", policy = { uri = "p" }, verificationResult = "PASSED", verifiedLevels = ["COSAI_AIMM_LEVEL_2"] }"#;
    let claim = format!(
        "{{ predicate = \"https://slsa.dev/verification_summary/v1\", {GATE}, signed_at = 2026-11-01T00:00:00Z, states = {states} }}"
    );
    format!("{{ model = \"acme/{name}\", {SIGNER}, claims = [{claim}], parents = [{}] }}", parents.join(", "))
}

fn judge(rule: &str, hops: &str, stage: &str, given: &str) -> Verdict {
    let text = POLICY.replace("RULE", rule).replace("HOPS", hops);
    let text = format!(
        "{text}[[test]]\nname = \"it\"\nstage = \"{stage}\"\ngiven = {given}\nexpect = {{ decision = \"admit\" }}\n"
    );
    let policy = parse(&text, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"));
    let rubric = Rubric::bundled().unwrap();
    try_test(&policy, &rubric, &policy.tests[0], NOW.parse().unwrap()).unwrap().verdict
}

fn decided(rule: &str, stage: &str, given: &str) -> Decision {
    judge(rule, "", stage, given).decision
}

#[test]
fn an_unsigned_ancestor_caps_asks_for_an_acknowledgement_or_is_refused_at_every_stage() {
    let fine = signed("bot", &[signed("base", &[])]);
    let parent = signed("bot", &[unsigned("base")]);
    let above = signed("bot", &[signed("mid", &[unsigned("base")])]);
    let beside = signed("bot", &[signed("base", &[]), signed("mid", &[unsigned("other")])]);
    for stage in ["dev", "prod"] {
        for (rule, below) in [("cap", Decision::Admit), ("warn", Decision::Warn), ("fail", Decision::Refuse)]
        {
            assert_eq!(decided(rule, stage, &fine), Decision::Admit, "{rule} at {stage}");
            for given in [&parent, &above, &beside] {
                let verdict = judge(rule, "", stage, given);
                assert_eq!(verdict.decision, below, "{rule} at {stage}: {given}\n{:#?}", verdict.reasons);
            }
        }
    }
    let verdict = judge("fail", "", "dev", &above);
    let reason = &verdict.reasons[0];
    assert_eq!(
        (reason.code.as_str(), reason.class, reason.fact),
        ("CAP", Some(Class::Missing), ReasonFact::UnsignedAncestor)
    );
    assert_eq!(verdict.reasons.iter().filter(|reason| reason.code.as_str() == "CAP").count(), 1);
    // The model itself is not its own ancestor.
    let alone = in_state("bot", "unsigned", &[]);
    assert_eq!(decided("fail", "dev", &alone), Decision::Admit);
}

#[test]
fn where_the_stage_weighs_more_it_decides() {
    // At level 1 the stage refuses what is below it, whatever the rule says of the ancestor.
    let given = signed("bot", &[in_state("base", "unsigned", &[])]);
    for rule in ["cap", "warn", "fail"] {
        let verdict = judge(rule, "", "strict", &given);
        let cap = verdict.reasons.iter().find(|reason| reason.code.as_str() == "CAP");
        match rule {
            "cap" => assert!(verdict.effective >= 1 || cap.is_some_and(|cap| cap.fact == ReasonFact::Cap)),
            _ => assert!(cap.is_some(), "{rule}: {:#?}", verdict.reasons),
        }
    }
}

#[test]
fn an_ancestor_that_contradicts_is_no_better_than_one_without_a_signature() {
    let lax = POLICY.replace("on_missing = \"open\"", "on_missing = \"open\"\non_contradicted = \"warn\"");
    let given = signed("bot", &[in_state("base", "tampered", &[])]);
    let text = format!(
        "{}[[test]]\nname = \"it\"\nstage = \"dev\"\ngiven = {given}\nexpect = {{ decision = \"admit\" }}\n",
        lax.replace("RULE", "fail").replace("HOPS", "")
    );
    let policy = parse(&text, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let rubric = Rubric::bundled().unwrap();
    let verdict = try_test(&policy, &rubric, &policy.tests[0], NOW.parse().unwrap()).unwrap().verdict;
    assert_eq!(verdict.decision, Decision::Refuse, "{:#?}", verdict.reasons);
    assert_eq!(verdict.reasons[0].class, Some(Class::Contradicted));
}

#[test]
fn an_exception_for_the_ancestors_excuses_it_and_one_that_ended_does_not() {
    let given = signed("excused", &[unsigned("base")]);
    assert_eq!(decided("fail", "dev", &given), Decision::Admit);
    assert_eq!(decided("fail", "dev", &signed("bot", &[unsigned("base")])), Decision::Refuse);
    let ended = POLICY.replace("2026-12-01", "2026-11-10").replace("RULE", "fail").replace("HOPS", "");
    let text = format!(
        "{ended}[[test]]\nname = \"it\"\nstage = \"dev\"\ngiven = {given}\nexpect = {{ decision = \"admit\" }}\n"
    );
    let policy = parse(&text, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let rubric = Rubric::bundled().unwrap();
    let verdict = try_test(&policy, &rubric, &policy.tests[0], NOW.parse().unwrap()).unwrap().verdict;
    assert_eq!(verdict.decision, Decision::Refuse);
}

#[test]
fn a_trusted_summary_stands_for_what_is_above_it_as_far_as_it_reaches() {
    let deep = |base: &str| signed("bot", &[signed("mid", &[base.to_owned()])]);
    let base = summarised("base", &[unsigned("root")]);
    let near = signed("bot", std::slice::from_ref(&base));
    // One edge is covered, and the deep one is two below it.
    for (hops, of_near, of_deep) in [
        ("", Decision::Admit, Decision::Admit),
        ("max_hops_covered = 1", Decision::Admit, Decision::Refuse),
        ("max_hops_covered = 2", Decision::Admit, Decision::Admit),
    ] {
        assert_eq!(judge("fail", hops, "dev", &near).decision, of_near, "{hops}");
        assert_eq!(judge("fail", hops, "dev", &deep(&base)).decision, of_deep, "{hops}");
    }
    // It says nothing of another parent.
    let two = signed("bot", &[base, unsigned("other")]);
    assert_eq!(judge("fail", "", "dev", &two).decision, Decision::Refuse);
}
