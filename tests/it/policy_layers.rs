//! A team's policy on top of its organisation's: it may only tighten, and what it loosens is named with its line.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::fs;
use touchmark::policy::{Action, Policy, extends, layered, parse};

const BELOW: &str = r#"
schema = "trust-policy/0.1"
name = "organisation"
version = "7"
expires = 2040-01-01T00:00:00Z
[trust.ca]
kind = "x509"
files = ["ca.pem"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ subject = "exact:CN=acme" }]
[crypto]
hash = ["sha256", "blake3"]
[artifact]
ban_formats = ["pickle"]
allow_ignore_paths = ["docs", ".git"]
license_deny = ["GPL-*"]
[freshness]
max_verification_age_days = 9
[log]
required = ["sigstore"]
[lineage]
min_completeness = 0.8
[ledger]
max_unanchored_days = 7
[[stage]]
name = "dev"
min_level = 0
on_missing = "open"
cached_digests_max_hours = 4
digest_basis = ["provider-checksum"]
[[stage]]
name = "watched"
require_evidence_profile = { profiles = ["llm_trace"], min_retention_days = 90 }
[[stage]]
name = "prod"
production = true
from = "dev"
min_level = 1
on_missing = "warn"
require = ["L1.13"]
break_glass = { approvers = 2, max_hours = 12 }
"#;

const HEAD: &str =
    "schema = \"trust-policy/0.1\"\nname = \"team\"\nversion = \"1\"\nextends = \"organisation.toml\"\n";

fn on_top(more: &str) -> Result<Policy, String> {
    let below = parse(BELOW, "organisation.toml", None).unwrap();
    layered(&format!("{HEAD}{more}"), "team.toml", &below, BELOW).map_err(|faults| {
        faults
            .iter()
            .map(|fault| format!("{:?} {}", fault.line, fault.message))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

#[test]
fn what_is_not_said_is_as_below_and_what_is_said_is_tighter() {
    let below = parse(BELOW, "", None).unwrap();
    let policy = on_top("").unwrap();
    assert_eq!((policy.name.as_str(), policy.version.as_str()), ("team", "1"));
    assert_eq!(policy.stages, below.stages);
    assert_eq!(policy.publishers.len(), 1);
    assert_eq!(policy.artifact, below.artifact);
    let policy = on_top(
        "expires = 2030-01-01T00:00:00Z\n[artifact]\nban_formats = [\"onnx\"]\nlicense_deny = [\"CC-BY-NC-*\"]\n\
         [freshness]\nmax_verification_age_days = 3\n[[deny_identity]]\nsubject = \"exact:CN=eve\"\n\
         [[stage]]\nname = \"dev\"\ndigest_basis = [\"recomputed\"]\n\
         [[stage]]\nname = \"prod\"\non_missing = \"closed\"\nmin_level = 2\nrequire = [\"L1.16\"]\n\
         break_glass = { approvers = 3, max_hours = 4 }\n[[stage]]\nname = \"edge\"\n",
    )
    .unwrap();
    assert_eq!(policy.artifact.ban_formats.len(), 2, "both are banned");
    assert_eq!(policy.artifact.license_deny.len(), 2);
    assert_eq!(policy.freshness.max_verification_age_days, 3);
    assert_eq!(policy.denied.len(), 1);
    let prod = policy.stage("prod").unwrap();
    assert!(prod.production && prod.min_level == 2 && prod.on_missing == Action::Closed);
    assert_eq!(prod.require_controls, ["L1.13", "L1.16"]);
    assert_eq!(prod.break_glass.as_ref().unwrap().approvers, 3);
    assert!(policy.stage("edge").is_some() && policy.stage("dev").is_some());
    // It is a policy like any other, and means what both say.
    assert_eq!(parse(&policy.text, "", None).unwrap().digest, policy.digest);
}

#[test]
fn what_is_loosened_is_refused_with_its_line() {
    for (more, line, says) in [
        ("expires = 2041-01-01T00:00:00Z\n", 5, "expires loosens what `organisation` says"),
        ("[crypto]\nhash = [\"blake2b\"]\n", 6, "hash loosens"),
        ("[crypto]\nkeys = [\"ed25519\"]\n", 6, "keys loosens"),
        ("[artifact]\nallow_ignore_paths = [\"weights\"]\n", 6, "allow_ignore_paths loosens"),
        ("[artifact]\nallow_symlinks = true\n", 6, "allow_symlinks loosens"),
        ("[artifact]\nallow_resign_at_ingest = true\n", 6, "allow_resign_at_ingest loosens"),
        ("[artifact]\npartial_verification = \"load-set-only\"\n", 6, "parts of models"),
        ("[log]\naccept_promise_only = true\n", 6, "accept_promise_only loosens"),
        ("[[stage]]\nname = \"prod\"\non_partial = \"warn\"\n", 7, "on_partial loosens"),
        (
            "[[stage]]\nname = \"prod\"\ncached_max_hours = 9\non_unavailable = \"cached\"\n",
            7,
            "earlier decisions would count",
        ),
        ("[freshness]\nmax_verification_age_days = 10\n", 6, "the limit is 9 days"),
        ("[freshness]\nclock_skew_seconds = 301\n", 6, "the limit is 300"),
        ("[lineage]\nmin_completeness = 0.7\n", 6, "min_completeness loosens"),
        ("[lineage]\nmax_depth = 9\n", 6, "max_depth loosens"),
        ("[ledger]\nmax_unanchored_days = 8\n", 6, "max_unanchored_days loosens"),
        ("[ledger]\ntrust = [\"ca\"]\n", 6, "trust loosens"),
        ("[[stage]]\nname = \"prod\"\nproduction = false\n", 7, "production loosens"),
        ("[[stage]]\nname = \"prod\"\nmin_level = 0\n", 7, "it asks for level 1"),
        ("[[stage]]\nname = \"prod\"\non_missing = \"open\"\n", 7, "it says warn"),
        ("[[stage]]\nname = \"dev\"\non_error = \"warn\"\n", 7, "it says closed"),
        ("[[stage]]\nname = \"dev\"\ncached_digests_max_hours = 5\n", 7, "count for longer"),
        ("[[stage]]\nname = \"prod\"\ndigest_basis = [\"registry-digest\"]\n", 7, "more than the bytes"),
        ("[[stage]]\nname = \"dev\"\ndigest_basis = [\"registry-digest\"]\n", 7, "more than the bytes"),
        ("[[stage]]\nname = \"prod\"\nrefuse_rejected = false\n", 7, "refuse_rejected loosens"),
        ("[[stage]]\nname = \"dev\"\nbreak_glass = { approvers = 2, max_hours = 1 }\n", 7, "break the glass"),
        (
            "[[stage]]\nname = \"prod\"\nbreak_glass = { approvers = 2, max_hours = 13 }\n",
            7,
            "break the glass",
        ),
        (
            "[[stage]]\nname = \"prod\"\nbreak_glass = { approvers = 2, max_hours = 1, forbids = [] }\n",
            7,
            "break",
        ),
        (
            "[[stage]]\nname = \"watched\"\nrequire_evidence_profile = { profiles = [\"llm_trace\"], min_retention_days = 89 }\n",
            7,
            "less evidence would have to be logged",
        ),
        (
            "[[stage]]\nname = \"watched\"\nrequire_evidence_profile = { profiles = [\"rag\"], min_retention_days = 90 }\n",
            7,
            "require_evidence_profile loosens",
        ),
        ("[[stage]]\nname = \"edge\"\n[[stage]]\nname = \"prod\"\nfrom = \"edge\"\n", 9, "from loosens"),
        ("[[publisher]]\nid = \"x\"\n", 5, "cannot say `publisher`"),
        ("[[attester]]\nid = \"x\"\n", 5, "cannot say `attester`"),
        ("[trust.x]\nkind = \"key\"\n", 5, "cannot say `trust`"),
        ("[[exception]]\nid = \"x\"\n", 5, "cannot say `exception`"),
        ("[[trusted_summary]]\nverifier = \"x\"\n", 5, "cannot say `trusted_summary`"),
        ("[conflicts]\nstrategy = \"latest\"\n", 5, "cannot say `conflicts`"),
        ("[[stage]]\nname = \"prod\"\nmin_level = 9\n", 7, "must be from 0 to 3"),
    ] {
        let said = on_top(more).expect_err(more);
        assert!(said.contains(says), "{more}: {said}");
        assert!(said.starts_with(&format!("Some({line}) ")), "{more}: {said}");
    }
}

#[test]
fn what_lies_below_may_take_parts_and_earlier_decisions_and_the_top_less_of_both() {
    let below = BELOW.replace("[artifact]\n", "[artifact]\npartial_verification = \"load-set-only\"\n")
        + "on_unavailable = \"cached\"\ncached_max_hours = 9\n[[stage]]\nname = \"edge\"\non_unavailable = \"warn\"\n";
    let organisation = parse(&below, "organisation.toml", None).unwrap();
    let on_top = |more: &str| layered(&format!("{HEAD}{more}"), "team.toml", &organisation, &below);
    let stage = |name: &str, more: &str| format!("[[stage]]\nname = \"{name}\"\n{more}\n");
    for tighter in [
        "[artifact]\npartial_verification = \"never\"\n".to_owned(),
        stage("prod", "on_partial = \"closed\""),
        stage("prod", "cached_max_hours = 8"),
        stage("edge", "on_unavailable = \"cached\"\ncached_max_hours = 99"),
    ] {
        on_top(&tighter).unwrap_or_else(|faults| panic!("{tighter}: {faults:?}"));
    }
    for (looser, says) in [
        ("[artifact]\npartial_verification = \"any\"\n".to_owned(), "partial_verification loosens"),
        (stage("prod", "on_partial = \"warn\""), "on_partial loosens"),
        (stage("prod", "on_partial = \"open\""), "on_partial loosens"),
        (stage("prod", "cached_max_hours = 10"), "cached_max_hours loosens"),
    ] {
        let faults = on_top(&looser).expect_err(&looser);
        assert_eq!(faults.len(), 1, "{looser}: {faults:?}");
        assert!(faults[0].message.contains(says), "{looser}: {faults:?}");
    }
}

#[test]
fn only_the_file_that_is_extended_counts_and_there_are_two_layers() {
    assert_eq!(extends(HEAD).as_deref(), Some("organisation.toml"));
    assert_eq!(extends(BELOW), None);
    assert!(parse(HEAD, "", None).is_err(), "alone it is no policy");
    let samples = copy_of_samples();
    let root = samples.path();
    let team = root.join("policies/team.toml");
    let check = |text: &str| {
        fs::write(&team, text).unwrap();
        let done =
            touchmark(["policy", "check", team.to_str().unwrap(), "--workspace", root.to_str().unwrap()]);
        (done.status.code(), format!("{}{}", out(&done), err(&done)))
    };
    let head = HEAD.replace("organisation.toml", "samples.toml");
    let (code, said) = check(&head);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("team 1"), "{said}");
    let (code, said) = check(&head.replace("samples.toml", "none.toml"));
    assert!(code == Some(2) && said.contains("line 4") && said.contains("cannot be read"), "{said}");
    let (code, said) = check(&head.replace("samples.toml", "team.toml"));
    assert!(code == Some(2) && said.contains("only two layers"), "{said}");
    let (code, said) = check(&format!("{head}[[stage]]\nname = \"production\"\nmin_level = 0\n"));
    assert!(code == Some(2) && said.contains("min_level loosens"), "{said}");
    // In force, a gate decides by both, and its record is the same again.
    let file = root.join("touchmark.toml");
    let workspace = fs::read_to_string(&file).unwrap();
    fs::write(&file, workspace.replace("policies/samples.toml", "policies/team.toml")).unwrap();
    let run = |words: &[&str]| {
        let words: Vec<&str> = words.iter().copied().chain(["--workspace", root.to_str().unwrap()]).collect();
        let done = touchmark(words);
        (done.status.code(), format!("{}{}", out(&done), err(&done)))
    };
    check(&head);
    assert_eq!(run(&["gate", "acme/receipt-reader", "--stage", "production"]).0, Some(0));
    check(&format!("{head}[[stage]]\nname = \"production\"\nrequire = [\"L1.16\"]\n"));
    let (code, said) = run(&["gate", "acme/receipt-reader", "--stage", "production"]);
    assert!(code == Some(1) && said.contains("L1.16"), "{said}");
    let (_, records) = run(&["ledger", "show", "acme/receipt-reader", "--format", "json"]);
    let records: serde_json::Value = serde_json::from_str(&records).unwrap();
    let last = records["records"].as_array().or(records["entries"].as_array()).unwrap().last().unwrap();
    let number = last["seq"].as_u64().unwrap().to_string();
    let (code, said) = run(&["ledger", "replay", &number]);
    assert_eq!(code, Some(0), "{said}");
}
