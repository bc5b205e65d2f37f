//! `policy lint`: each rule by its two examples, and what only an inventory can show.

use crate::policy::read;
use crate::support::{copy_of_samples, out};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use touchmark::policy::lint::{Idle, Inventory, Lint, Needs, RULES, Rule, SeenAnchor, Weight, Why, lint};
use touchmark::policy::{BUILT_IN, parse};
use touchmark::signing::{Identity, Method};

const HEAD: &str = "schema = \"trust-policy/0.1\"\nname = \"acme\"\nversion = \"1\"\n";
const NOW: &str = "2026-11-27T00:00:00Z";

fn inventory() -> Inventory {
    let signer = |subject: &str| Identity {
        method: Method::Sigstore,
        subject: subject.into(),
        issuer: Some("https://ci.acme.example".into()),
        fingerprint: None,
    };
    Inventory {
        models: vec!["acme/chat".to_owned()],
        is_verified: true,
        signers: vec![signer("ci@acme.example")],
        anchors: vec![SeenAnchor { name: "public".to_owned(), age_days: 100 }],
        idle: vec![Idle { requirement: "idle".to_owned(), why: Why::NeverMet }],
    }
}

fn of(text: &str, inventory: Option<&Inventory>) -> Lint {
    let text = format!("{HEAD}{text}");
    let policy = read(&text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    lint(&policy, NOW.parse().unwrap(), inventory)
}

fn codes(lint: &Lint) -> Vec<&'static str> {
    lint.findings.iter().map(|finding| finding.rule.code).collect()
}

/// An example of a rule in its policy, with an inventory where the rule needs one.
fn example(rule: &Rule, text: &str) -> Lint {
    let inventory = inventory();
    of(&rule.around.replacen("{}", text, 1), (rule.needs > Needs::File).then_some(&inventory))
}

#[test]
fn each_rule_finds_its_example_and_nothing_else_and_nothing_in_the_other_one() {
    for rule in RULES {
        let bad = example(rule, rule.bad);
        assert_eq!(codes(&bad), [rule.code], "{bad:#?}");
        let good = example(rule, rule.good);
        assert_eq!(good.findings, [], "{}", rule.code);
        assert_ne!(rule.bad, rule.good);
    }
}

#[test]
fn each_finding_names_the_line_of_its_example() {
    for rule in RULES {
        let lines = |text: &str| text.lines().count();
        let (before, _) = rule.around.split_once("{}").unwrap();
        let first = lines(HEAD) + before.matches('\n').count() + 1;
        let lint = example(rule, rule.bad);
        let line = lint.findings[0].line.unwrap();
        // What is missing, unused or ended stands at what it is missing from.
        let elsewhere = ["GRANT-DENIED", "UNUSED", "ANCHOR-AGELESS"].contains(&rule.code);
        let is_inside = (first..first + lines(rule.bad).max(1)).contains(&line);
        assert_eq!(is_inside, !elsewhere, "{}: line {line}, example at {first}", rule.code);
    }
    let line = |code: &str| {
        let rule = RULES.iter().find(|rule| rule.code == code).unwrap();
        let text = format!("{HEAD}{}", rule.around.replacen("{}", rule.bad, 1));
        let line = example(rule, rule.bad).findings[0].line.unwrap();
        text.lines().nth(line - 1).unwrap().to_owned()
    };
    assert!(line("GRANT-DENIED").starts_with("identities = "));
    assert_eq!(line("UNUSED"), "[trust.other-key]");
    assert_eq!(line("ANCHOR-AGELESS"), "[trust.private]");
}

#[test]
fn codes_differ_and_say_what_to_do() {
    let codes: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), RULES.len());
    for rule in RULES {
        assert!(rule.code.chars().all(|c| c.is_ascii_uppercase() || c == '-'), "{}", rule.code);
        assert!(rule.around.contains("{}") && rule.title.len() > 20 && rule.help.len() > 10);
        assert!(!rule.title.ends_with('.') && !rule.help.ends_with('.'), "{}", rule.code);
    }
}

#[test]
fn what_was_not_examined_is_listed() {
    let alone = of("", None);
    let needing = |least| RULES.iter().filter(move |rule| rule.needs >= least).map(|rule| rule.code);
    let listed = |lint: &Lint| lint.not_examined.iter().map(|rule| rule.code).collect::<Vec<_>>();
    assert_eq!(listed(&alone), needing(Needs::Inventory).collect::<Vec<_>>());
    let fresh = Inventory { is_verified: false, signers: Vec::new(), ..inventory() };
    let unverified = of(
        "[trust.public]\nkind = \"sigstore\"\n[[publisher]]\nid = \"a\"\nmodels = [\"acme/*\"]\ntrust = [\"public\"]\n\
         identities = [{ issuer = \"https://x.example\", subject = \"exact:nobody\" }]\n",
        Some(&fresh),
    );
    assert_eq!(listed(&unverified), needing(Needs::Verified).collect::<Vec<_>>());
    assert_eq!(unverified.findings, []);
    assert_eq!(listed(&of("", Some(&inventory()))), Vec::<&str>::new());
    assert!(needing(Needs::Verified).count() > 0 && needing(Needs::Inventory).count() > 2);
}

#[test]
fn the_built_in_policies_have_nothing_that_weighs_more_than_a_note() {
    for (name, text) in BUILT_IN {
        let policy = parse(text, name, None).unwrap();
        let lint = lint(&policy, NOW.parse().unwrap(), None);
        assert!(lint.is_clean(), "{name}: {lint:#?}");
    }
}

const ANCHORS: &str = "[trust.key]\nkind = \"key\"\nfiles = [\"a.pub\"]\n\
    [trust.public]\nkind = \"sigstore\"\n\
    [[publisher]]\nid = \"base\"\nmodels = [\"base/*\"]\ntrust = [\"key\", \"public\"]\n\
    identities = [{ issuer = \"https://ci.example\", subject = \"exact:ci\" }]\n";

fn beside(rest: &str) -> Vec<(&'static str, Weight)> {
    let found = of(&format!("{ANCHORS}{rest}"), None);
    found.findings.iter().map(|finding| (finding.rule.code, finding.rule.weight)).collect()
}

#[test]
fn patterns_are_examined_wherever_they_stand() {
    let denied = |subject: &str| beside(&format!("[[deny_identity]]\nsubject = '{subject}'\n"));
    assert_eq!(denied("regex:^.+$"), [("GRANT-DENIED", Weight::Warning), ("PATTERN-BROAD", Weight::Error)]);
    assert_eq!(denied("regex:^a.b@c$"), [("PATTERN-DOT", Weight::Warning)]);
    assert_eq!(denied("regex:^a\\.b@c$"), []);
    let attester = |more: &str| {
        beside(&format!("[[attester]]\nid = \"e\"\ntrust = [\"public\"]\nroles = [\"eval\"]\n{more}\n"))
    };
    let identity = "identities = [{ issuer = \"https://ci.example\", subject = \"exact:e\" }]";
    assert_eq!(attester("identities = [{ subject = \"exact:e\" }]"), [("ISSUER-MISSING", Weight::Error)]);
    assert_eq!(attester(identity), []);
    // An attester for all models says so, and one for an open owner most likely does not mean it.
    assert_eq!(attester(&format!("{identity}\nmodels = [\"*\"]")), []);
    assert_eq!(attester(&format!("{identity}\nmodels = [\"acme*\"]")), [("MODELS-BROAD", Weight::Warning)]);
    // A key has no issuer, so none is missing.
    let by_key = format!(
        "[[attester]]\nid = \"k\"\ntrust = [\"key\"]\nroles = [\"eval\"]\n\
        identities = [{{ subject = \"exact:sha256:{}\" }}]\n",
        "0a".repeat(32)
    );
    assert_eq!(beside(&by_key), []);
    let ledger =
        "[ledger]\nmax_unanchored_days = 7\ntrust = [\"public\"]\nidentities = [{ subject = \"exact:e\" }]\n";
    assert_eq!(beside(ledger), [("ISSUER-MISSING", Weight::Error)]);
    let clause = |value: &str| {
        beside(&format!(
            "[[publisher]]\nid = \"p\"\nmodels = [\"p/*\"]\ntrust = [\"key\"]\nroles = [\"eval\"]\n[[require]]\nid = \"r\"\n\
             predicate = \"https://in-toto.io/attestation/test-result/v0.1\"\n\
             where = [{{ path = \"url\", op = \"matches\", value = '{value}' }}]\n"
        ))
    };
    assert_eq!(clause("regex:^tests.acme$"), [("PATTERN-DOT", Weight::Warning)]);
    assert_eq!(clause("regex:^tests\\.acme$"), []);
}

#[test]
fn publishers_overlap_only_where_one_id_matches_both_equally_long() {
    let two = |one: &str, other: &str| {
        let publisher = |id, models| {
            format!("[[publisher]]\nid = \"{id}\"\nmodels = [\"{models}\"]\ntrust = [\"key\"]\n")
        };
        beside(&[publisher("one", one), publisher("two", other)].concat())
    };
    assert_eq!(two("acme/a*", "acme/*a"), [("PUBLISHERS-OVERLAP", Weight::Warning)]);
    assert_eq!(two("acme/*a", "acme/a*"), [("PUBLISHERS-OVERLAP", Weight::Warning)]);
    assert_eq!(two("acme/a*", "acme/*ab"), []);
    assert_eq!(two("acme/a*", "acme/b*"), []);
    let own = "[[publisher]]\nid = \"one\"\nmodels = [\"acme/a*\", \"acme/*a\"]\ntrust = [\"key\"]\n";
    assert_eq!(beside(own), [], "one publisher owns them either way");
}

#[test]
fn stages_are_examined_by_what_they_say() {
    let stage = |rest: &str| beside(&format!("[[stage]]\n{rest}\n"));
    for (key, is_found) in
        [("on_missing", true), ("on_error", true), ("on_unavailable", true), ("on_partial", true)]
    {
        let production = stage(&format!("name = \"p\"\nproduction = true\n{key} = \"open\""));
        assert_eq!(production == [("STAGE-OPEN", Weight::Error)], is_found, "{key}");
        assert_eq!(stage(&format!("name = \"p\"\n{key} = \"open\"")), [], "{key}");
    }
    let parts = |word: &str| {
        let artifact = format!("[artifact]\npartial_verification = \"{word}\"\n");
        beside(&format!("{artifact}[[stage]]\nname = \"p\"\nproduction = true\n"))
    };
    assert_eq!(parts("any"), [("STAGE-OPEN", Weight::Error)]);
    assert_eq!(parts("load-set-only"), []);
    assert_eq!(stage("name = \"eu-live\""), [("STAGE-NAME", Weight::Warning)]);
    assert_eq!(stage("name = \"Prod\""), [("STAGE-NAME", Weight::Warning)]);
    assert_eq!(stage("name = \"products\""), []);
    assert_eq!(
        stage("name = \"dev\"\non_contradicted = \"warn\""),
        [("STAGE-CONTRADICTED", Weight::Warning)]
    );
}

#[test]
fn clauses_exclude_each_other_only_at_one_path() {
    let two = |one: &str, other: &str| {
        let found = beside(&format!(
            "[[publisher]]\nid = \"p\"\nmodels = [\"p/*\"]\ntrust = [\"key\"]\nroles = [\"eval\"]\n[[require]]\nid = \"r\"\n\
             predicate = \"https://in-toto.io/attestation/test-result/v0.1\"\n\
             where = [{{ {one} }}, {{ {other} }}]\n"
        ));
        found == [("REQUIREMENT-CONTRARY", Weight::Error)]
    };
    let is = "path = \"result\", op = \"==\", value = \"A\"";
    assert!(two(is, "path = \"result\", op = \"==\", value = \"B\""));
    assert!(!two(is, "path = \"url\", op = \"==\", value = \"B\""));
    assert!(two(is, "path = \"result\", op = \"!=\", value = \"A\""));
    assert!(!two(is, "path = \"result\", op = \"!=\", value = \"B\""));
    assert!(two(is, "path = \"result\", op = \"in\", value = [\"B\", \"C\"]"));
    assert!(two("path = \"result\", op = \"in\", value = [\"B\", \"C\"]", is));
    assert!(!two(is, "path = \"result\", op = \"in\", value = [\"A\", \"C\"]"));
    assert!(two(is, "path = \"result\", op = \"not_in\", value = [\"A\", \"C\"]"));
    assert!(!two(is, "path = \"result\", op = \"not_in\", value = [\"B\", \"C\"]"));
    assert!(two(is, "path = \"result\", op = \"exists\", value = false"));
    assert!(!two(is, "path = \"result\", op = \"exists\", value = true"));
}

#[test]
fn unused_roles_anchors_and_alike_subjects_are_found() {
    let attester = "[[attester]]\nid = \"i\"\ntrust = [\"key\"]\nroles = [\"ingest\"]\n";
    assert_eq!(beside(attester), [("UNUSED", Weight::Note)]);
    assert_eq!(beside(&format!("{attester}[artifact]\nallow_resign_at_ingest = true\n")), []);
    let hierarchy = |role: &str| {
        beside(&format!("[conflicts]\nstrategy = \"hierarchy\"\nhierarchy = [\"producer\", \"{role}\"]\n"))
    };
    assert_eq!(hierarchy("reviewer"), [("UNUSED", Weight::Note)]);
    // Timestamps are for all signatures, and a ledger that asks for checkpoints takes every key.
    let tsa = "[trust.stamps]\nkind = \"tsa\"\nfiles = [\"a.pem\"]\n";
    let spare = "[trust.spare]\nkind = \"key\"\nfiles = [\"b.pub\"]\n";
    assert_eq!(beside(tsa), []);
    assert_eq!(beside(spare), [("UNUSED", Weight::Note)]);
    assert_eq!(beside(&format!("{spare}[ledger]\nmax_unanchored_days = 7\n")), []);
    let publisher = |id: &str, subject: &str| {
        format!(
            "[[publisher]]\nid = \"{id}\"\nmodels = [\"{id}/*\"]\ntrust = [\"public\"]\n\
             identities = [{{ issuer = \"https://ci.example\", subject = \"exact:{subject}\" }}]\n"
        )
    };
    let two = |one: &str, other: &str| beside(&[publisher("one", one), publisher("two", other)].concat());
    assert_eq!(two("release@acme.example", "re1ease@acme.example"), [("LOOKS-ALIKE", Weight::Warning)]);
    assert_eq!(two("release@acme.example", "delease@acme.example"), []);
    assert_eq!(two("release@acme.example", "release@acme.example"), []);
}

fn run(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(words)
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .output()
        .unwrap()
}

#[test]
fn the_exit_status_says_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let status = |text: &str| {
        fs::write(folder.path().join("p.toml"), format!("{HEAD}{text}")).unwrap();
        let done = run(folder.path(), &["policy", "lint", "p.toml"]);
        (done.status.code(), out(&done))
    };
    let (code, text) = status("[[stage]]\nname = \"dev\"\n");
    assert_eq!(code, Some(0));
    assert!(text.contains("✓ nothing found") && text.contains("not examined: MODELS-UNMATCHED"), "{text}");
    let (code, text) = status("[trust.key]\nkind = \"key\"\nfiles = [\"a.pub\"]\n");
    assert_eq!(code, Some(0));
    assert!(text.contains("note     line 4: ") && text.contains("1 note\n"), "{text}");
    let (code, text) = status("[[stage]]\nname = \"prod\"\n");
    assert_eq!(code, Some(1));
    assert!(text.contains("warning  line 5: ") && text.contains("  STAGE-NAME\n"), "{text}");
    let (code, text) = status("colour = 1\n");
    assert_eq!(code, Some(2));
    assert!(text.contains("✗ FAIL  line 4: "), "{text}");
    let (code, text) = status("expires = 2020-01-01T00:00:00Z\n");
    assert_eq!(code, Some(2));
    assert!(text.contains("expired"), "{text}");
}

/// A requirement without which nothing would be otherwise is found, and one that decides is not; so are patterns and
/// signers that the inventory does not know.
#[test]
fn the_inventory_of_a_workspace_shows_what_has_no_effect() {
    let samples = copy_of_samples();
    let file = samples.path().join("policies/samples.toml");
    let text = fs::read_to_string(&file).unwrap();
    let more = "[[publisher]]\nid = \"gone\"\nmodels = [\"gone/*\"]\ntrust = [\"samples-ca\"]\n\
        identities = [{ subject = \"exact:CN=gone\" }]\n\
        [[require]]\nid = \"vacuous\"\npredicate = \"urn:touchmark:evaluation:1\"\n\
        where = [{ path = \"benchmark.name\", op = \"==\", value = \"nowhere\" }]\nseverity = \"should\"\n";
    fs::write(&file, format!("{text}{more}")).unwrap();
    let findings = |folder: &Path| {
        let done = run(folder, &["policy", "lint", "--format", "json"]);
        let document: Value = serde_json::from_slice(&done.stdout).unwrap();
        let found = document["findings"].as_array().unwrap().clone();
        let found: Vec<String> =
            found.iter().map(|one| format!("{} {}", one["code"], one["message"])).collect();
        (found, document["not_examined"].as_array().unwrap().len())
    };
    let has = |found: &[String], code: &str, name: &str| {
        found.iter().any(|one| one.contains(code) && one.contains(name))
    };
    let (before, not_examined) = findings(samples.path());
    assert!(
        has(&before, "MODELS-UNMATCHED", "gone/*") && !has(&before, "MODELS-UNMATCHED", "acme/*"),
        "{before:#?}"
    );
    assert!(!has(&before, "REQUIREMENT-IDLE", "") && !has(&before, "SIGNER-UNSEEN", ""), "{before:#?}");
    assert_eq!(not_examined, 2);
    for model in ["orchid/speech-1", "orchid/speech-1-distilled", "acme/claims-sorter"] {
        run(samples.path(), &["verify", model]);
    }
    let (after, not_examined) = findings(samples.path());
    assert_eq!(not_examined, 0);
    assert!(
        has(&after, "SIGNER-UNSEEN", "CN=gone") && !has(&after, "SIGNER-UNSEEN", "CN=acme release"),
        "{after:#?}"
    );
    // Whoever signed a claim has signed something.
    assert!(!has(&after, "SIGNER-UNSEEN", "CN=acme gate"), "{after:#?}");
    assert!(has(&after, "REQUIREMENT-IDLE", "no verified model meets requirement `vacuous`"), "{after:#?}");
    assert!(!has(&after, "REQUIREMENT-IDLE", "speech-evaluation"), "{after:#?}");
}

#[test]
fn the_page_of_the_rules_is_fresh() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policy-lint.md");
    let page = fs::read_to_string(page).unwrap_or_default();
    assert!(page == touchmark::report::lint_page(), "stale: run `cargo run --example make-docs`");
}
