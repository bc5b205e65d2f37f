//! The policy document: what is read, what is refused, and how a refusal reads.

use proptest::prelude::*;
use touchmark::inventory::Format;
use touchmark::policy::{Action, BUILT_IN, Policy, PolicyError, Stage, Window, parse};
use touchmark::signing::{Identity, Method, Recalled};

fn at(moment: &str) -> jiff::Timestamp {
    moment.parse().unwrap()
}

pub fn read(text: &str) -> Result<Policy, Vec<PolicyError>> {
    parse(text, "test.toml", None)
}

/// The head of every policy, and `rest` from line 4 on.
pub fn with(rest: &str) -> String {
    format!("schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n{rest}")
}

pub fn faults(rest: &str) -> Vec<PolicyError> {
    read(&with(rest)).unwrap_err()
}

pub fn only_fault(rest: &str) -> PolicyError {
    let mut faults = faults(rest);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

const ACME: &str = r#"
[trust.ca]
kind = "x509"
files = ["roots/ca.pem"]
[trust.key]
kind = "key"
files = ["roots/key.pub"]
[[publisher]]
id = "acme"
models = ["Acme/*"]
trust = ["ca"]
identities = [{ issuer = "CN=root", subject = "exact:CN=acme" }]
[[publisher]]
id = "acme-labs"
models = ["acme/labs-*", "*/labs"]
trust = ["key"]
"#;

#[test]
fn a_timestamp_authority_is_an_anchor_and_no_publisher() {
    let anchor = "[trust.stamps]\nkind = \"tsa\"\nfiles = [\"stamps.pem\"]\n";
    let policy = read(&with(anchor)).unwrap();
    assert_eq!(policy.trust[0].kind, touchmark::policy::AnchorKind::Tsa);
    let publisher = "[[publisher]]\nid = \"acme\"\nmodels = [\"acme/*\"]\ntrust = [\"stamps\"]\nidentities = [{ issuer = \"CN=a\", subject = \"exact:CN=b\" }]\n";
    let fault = only_fault(&format!("{anchor}{publisher}"));
    assert!(fault.message.contains("cannot identify a publisher"), "{fault:?}");
}

#[test]
fn the_built_in_policies_are_valid_until_2040_at_least() {
    for (name, text) in BUILT_IN {
        for moment in ["2024-01-01T00:00:00Z", "2039-12-31T23:59:59Z"] {
            let policy = parse(text, "built-in", None).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert!(!policy.expired_at(at(moment)));
            assert_eq!(policy.name, name);
            assert_eq!(policy.digest.len(), 64);
            assert!(policy.stages.iter().any(|stage| stage.production));
            assert_eq!(policy.stages.first().unwrap().name, "dev");
        }
    }
}

#[test]
fn the_examples_in_the_baseline_are_valid_once_uncommented() {
    let (_, text) = BUILT_IN[0];
    let mut uncommented = String::new();
    for line in text.lines() {
        let example = line.strip_prefix("# ").filter(|rest| rest.starts_with('[') || rest.contains(" = "));
        uncommented.push_str(example.unwrap_or(line));
        uncommented.push('\n');
    }
    let policy = read(&uncommented).unwrap();
    assert_eq!(policy.publishers.len(), 2);
    assert_eq!(policy.trust.len(), 4);
    assert_eq!(policy.denied.len(), 1);
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_key() {
    let fault = only_fault("[[stage]]\nname = \"dev\"\non_mising = \"warn\"\n");
    assert_eq!(fault.line, Some(6));
    assert_eq!(fault.message, "unknown key `on_mising` — did you mean `on_missing`?");

    for (rest, near) in [
        ("ownr = \"x\"", "owner"),
        ("[crypto]\nhahs = [\"sha256\"]", "hash"),
        ("[artifact]\nban_format = []", "ban_formats"),
        ("[freshness]\nclock_skew_second = 3", "clock_skew_seconds"),
        ("[controls]\nrise = []", "raise"),
        ("[[deny_identity]]\nsubject = \"exact:x\"\nreson = \"y\"", "reason"),
        ("[trust.a]\nkind = \"sigstore\"\nfile = []", "files"),
    ] {
        assert!(only_fault(rest).message.ends_with(&format!("did you mean `{near}`?")), "{rest}");
    }
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let faults = faults("nmae = 1\n[crypto]\nhash = [\"sha1\"]\n[[stage]]\nname = \"a b\"\nmin_level = 4\n");
    let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [Some(4), Some(6), Some(8), Some(9)], "{faults:?}");
}

#[test]
fn what_is_not_toml_is_one_fault_with_its_line() {
    let fault = only_fault("[crypto\n");
    assert_eq!(fault.line, Some(4));
    assert!(fault.message.starts_with("not valid TOML: "));
}

#[test]
fn a_newer_schema_says_so_and_nothing_else() {
    let faults = read("schema = \"trust-policy/0.2\"\nbrand_new = true\n").unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].message.contains("newer version"), "{faults:?}");
    assert!(!read("schema = \"trust-policy/zero\"").unwrap_err()[0].message.contains("newer"));
    assert!(read("").unwrap_err()[0].message.contains("no `schema`"));
}

#[test]
fn a_pattern_that_is_not_anchored_is_refused() {
    for subject in
        ["regex:acme", "regex:^acme", "regex:acme$", "acme", "exact:", "regex:^a(b$", "regex:^a)|(b$"]
    {
        let fault = only_fault(&format!("[[deny_identity]]\nsubject = '{subject}'\n"));
        assert_eq!(fault.line, Some(5), "{subject}");
    }
    let fault = only_fault("[[deny_identity]]\nsubject = 'regex:acme'\n");
    assert!(fault.message.contains("not anchored"), "{fault:?}");
}

#[test]
fn an_alternative_in_a_pattern_is_anchored_on_both_sides() {
    let policy = read(&with("[[deny_identity]]\nsubject = 'regex:^a|b$'\n")).unwrap();
    let subject = &policy.denied[0].subject;
    assert!(subject.matches("a") && subject.matches("b"));
    assert!(!subject.matches("a@elsewhere") && !subject.matches("elsewhere/b"));
    assert_eq!(subject.as_written(), "regex:^a|b$");
}

#[test]
fn a_pattern_that_would_compile_to_something_huge_is_refused() {
    assert!(
        only_fault("[[deny_identity]]\nsubject = 'regex:^((a{100}){100}){100}$'\n")
            .message
            .contains("too large")
    );
}

#[test]
fn production_cannot_let_contradicted_evidence_through() {
    for action in ["open", "warn"] {
        let stage =
            format!("[[stage]]\nname = \"prod\"\nproduction = true\non_contradicted = \"{action}\"\n");
        assert_eq!(only_fault(&stage).line, Some(7));
    }
    read(&with("[[stage]]\nname = \"dev\"\non_contradicted = \"open\"\n")).unwrap();
}

#[test]
fn an_expired_policy_is_an_error_at_that_time_only() {
    let policy = read(&with("owner = \"x\"\nexpires = 2026-11-20T12:00:00Z\n")).unwrap();
    let end = at("2026-11-20T12:00:00Z");
    assert!(policy.expired_at(end), "at the second at which it ends it has ended");
    let fault = policy.fault_at(end).unwrap();
    assert_eq!(fault.message, "the policy expired on 2026-11-20T12:00:00Z");
    assert_eq!(fault.help.as_deref(), Some("review the policy, then extend `expires`"));
    assert_eq!(fault.line, Some(5));
    assert_eq!(policy.clone().valid_at(end).unwrap_err(), [fault]);
    let before = at("2026-11-20T11:59:59Z");
    assert!(!policy.expired_at(before) && policy.fault_at(before).is_none());
    assert!(policy.valid_at(before).is_ok());
    let policy = read(&with("expires = \"2026-11-20T13:00:00+02:00\"\n")).unwrap();
    assert!(policy.expired_at(end) && !policy.expired_at(at("2026-11-20T10:59:59Z")));
    assert!(!read(&with("")).unwrap().expired_at(jiff::Timestamp::MAX));
    let fault = only_fault("expires = 2027-05-31\n");
    assert_eq!(fault.message, "`expires` in the policy is not a date-time with an offset: `2027-05-31`");
    let fault = only_fault("expires = 2027\n");
    assert_eq!(fault.message, "`expires` in the policy must be a date-time, not an integer");
}

#[test]
fn a_grant_begins_at_its_first_second_and_has_ended_at_its_last() {
    let window = "valid_from = 2026-01-01T00:00:00Z\nvalid_until = 2026-06-01T00:00:00Z\n";
    let policy = read(&with(&format!("{ACME}{window}"))).unwrap();
    let publisher = &policy.publishers[1];
    for (moment, window) in [
        ("2025-12-31T23:59:59.999999999Z", Window::Before),
        ("2026-01-01T00:00:00Z", Window::Inside),
        ("2026-05-31T23:59:59.999999999Z", Window::Inside),
        ("2026-06-01T00:00:00Z", Window::After),
    ] {
        assert_eq!(publisher.window(at(moment)), window, "{moment}");
    }
    assert_eq!(policy.publishers[0].window(jiff::Timestamp::MIN), Window::Inside, "no limit is no end");
    assert_eq!(policy.publishers[0].window(jiff::Timestamp::MAX), Window::Inside);
}

#[test]
fn remembered_digests_count_to_the_last_second_of_their_hours() {
    let stage =
        |more: &str| read(&with(&format!("[[stage]]\nname = \"dev\"\n{more}"))).unwrap().stages.remove(0);
    let recalled = Recalled { parts: 1, bytes: 1, oldest: at("2026-11-20T12:00:00Z") };
    let two_hours = stage("cached_digests_max_hours = 2\n");
    assert!(two_hours.lets_count(&recalled, at("2026-11-20T12:00:00Z")));
    assert!(two_hours.lets_count(&recalled, at("2026-11-20T14:00:00Z")));
    assert!(!two_hours.lets_count(&recalled, at("2026-11-20T14:00:01Z")));
    assert!(!stage("").lets_count(&recalled, at("2026-11-20T12:00:00Z")));
    // A question about an earlier time does not make them young.
    assert!(!two_hours.lets_count(&recalled, at("2026-11-20T11:00:00Z")));
}

#[test]
fn a_production_stage_takes_remembered_digests_only_knowingly() {
    let policy = |more: &str| read(&with(&format!("[[stage]]\nname = \"p\"\n{more}")));
    let fault = |more: &str| {
        let faults = policy(more).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        (faults[0].message.clone(), faults[0].line, faults[0].help.clone().unwrap())
    };
    const PRODUCTION: &str = "production = true\ncached_digests_max_hours = 2\n";
    let (message, line, help) = fault(PRODUCTION);
    assert!(
        message.contains("production stage") && help.contains("accept_cache = \"knowing\""),
        "{message} {help}"
    );
    assert_eq!(line, Some(with("[[stage]]\nname = \"p\"\nproduction = true\n").lines().count() + 1));
    let knowing = format!("{PRODUCTION}accept_cache = \"knowing\"\n");
    let stage = policy(&knowing).unwrap().stages.remove(0);
    let recalled = Recalled { parts: 1, bytes: 1, oldest: at("2026-11-20T12:00:00Z") };
    assert!(stage.lets_count(&recalled, at("2026-11-20T13:00:00Z")));
    // The type says the same, however it was made.
    let unknowing = Stage { accept_cache: None, ..stage };
    assert!(!unknowing.lets_count(&recalled, at("2026-11-20T13:00:00Z")));
    // Elsewhere it may be said and need not.
    for more in ["", "accept_cache = \"knowing\"\n"] {
        let stage = policy(&format!("cached_digests_max_hours = 2\n{more}")).unwrap().stages.remove(0);
        assert_eq!(stage.cached_hours(), Some(2));
    }
    assert!(fault("accept_cache = \"knowing\"\n").0.contains("accepts nothing"));
    assert!(
        fault("cached_digests_max_hours = 2\naccept_cache = \"yes\"\n").0.contains("must be \"knowing\"")
    );
    // A policy that does not say it is named as before.
    let (with_word, without) = (policy(&knowing).unwrap(), policy("cached_digests_max_hours = 2\n").unwrap());
    assert!(
        String::from_utf8(with_word.canonical().unwrap()).unwrap().contains("\"accept_cache\":\"knowing\"")
    );
    assert!(!String::from_utf8(without.canonical().unwrap()).unwrap().contains("accept_cache"));
}

#[test]
fn what_is_left_out_has_a_closed_default() {
    let policy = read(&with("")).unwrap();
    let [stage] = policy.stages.as_slice() else { panic!() };
    assert!(stage.production && stage.min_level == 1);
    let actions = [stage.on_contradicted, stage.on_missing, stage.on_error, stage.on_unavailable];
    assert_eq!(actions, [Action::Closed; 4]);
    assert_eq!(policy.artifact.ban_formats, [Format::Pickle, Format::RemoteCode, Format::KerasCode]);
    assert_eq!(policy.log.required, [Method::Sigstore]);
    assert!(!policy.artifact.allow_symlinks);
}

#[test]
fn references_and_names_are_checked() {
    for (rest, line, says) in [
        ("default = \"allow\"\n", 4, "must be \"deny\", not `allow`"),
        ("[[publisher]]\nid = \"a\"\nmodels = [\"a/*\"]\ntrust = [\"nobody\"]\n", 7, "no anchor `nobody`"),
        ("[[publisher]]\nid = \"a\"\nmodels = [\"a/*\"]\n", 4, "no `trust`"),
        ("[trust.a]\nkind = \"x509\"\n", 4, "no `files`"),
        ("[trust.a]\nkind = \"x509\"\nfiles = [\"/etc/ca.pem\"]\n", 6, "not a path relative to the policy"),
        (
            "[trust.a]\nkind = \"x509\"\nfiles = [\"a\"]\ncrls = [\"/a.crl\"]\n",
            7,
            "not a path relative to the policy",
        ),
        ("[trust.a]\nkind = \"key\"\nfiles = [\"a\"]\ncrls = [\"a.crl\"]\n", 4, "kind x509"),
        ("[trust.a]\nkind = \"pgp\"\n", 5, "cannot be `pgp`"),
        ("[[stage]]\nname = \"a\"\n[[stage]]\nname = \"a\"\n", 6, "two stages"),
        ("[[stage]]\nname = \"a\"\nrequire = [\"L4.01\"]\n", 6, "neither a control id nor a requirement"),
        ("[artifact]\nban_formats = [\"pickel\"]\n", 5, "did you mean `pickle`?"),
        ("[artifact]\nallow_ignore_paths = [\"../x\"]\n", 5, "not a path inside a model"),
        ("[crypto]\nhash = []\n", 5, "allows nothing"),
        ("[crypto]\nhash = \"sha256\"\n", 5, "must be an array of strings, not a string"),
    ] {
        let fault = only_fault(rest);
        assert_eq!(fault.line, Some(line), "{rest} {fault:?}");
        assert!(fault.message.contains(says), "{fault:?}");
    }
}

#[test]
fn a_publisher_without_identities_may_only_trust_keys() {
    let without = ACME.replace("identities = [{ issuer = \"CN=root\", subject = \"exact:CN=acme\" }]\n", "");
    assert!(only_fault(&without).message.contains("covers many signers"));
    read(&with(ACME)).unwrap();
}

#[test]
fn a_pattern_of_models_belongs_to_one_publisher() {
    let twice = format!("{ACME}[[publisher]]\nid = \"other\"\nmodels = [\"ACME/*\"]\ntrust = [\"key\"]\n");
    assert!(only_fault(&twice).message.contains("two publishers"));
}

#[test]
fn the_longest_pattern_that_fits_decides() {
    let policy = read(&with(ACME)).unwrap();
    let id = |model: &str| policy.publisher_of(model).map(|publisher| publisher.id.as_str());
    assert_eq!(id("acme/bot"), Some("acme"));
    assert_eq!(id("ACME/Bot"), Some("acme"));
    assert_eq!(id("acme/labs-bot"), Some("acme-labs"));
    assert_eq!(id("acmes/bot"), None);
    assert_eq!(id("acme"), None);
}

#[test]
fn a_denial_spares_only_signatures_with_a_trusted_time_before_it() {
    let policy =
        read(&with("[[deny_identity]]\nsubject = \"exact:eve\"\nafter = 2026-10-01T00:00:00Z\n")).unwrap();
    let eve = Identity {
        method: Method::Sigstore,
        subject: "eve".into(),
        issuer: Some("x".into()),
        fingerprint: None,
    };
    assert!(policy.denies(&eve, Some(at("2026-09-30T23:59:59Z"))).is_none());
    assert!(policy.denies(&eve, Some(at("2026-10-01T00:00:00Z"))).is_some());
    assert!(policy.denies(&eve, None).is_some());
}

#[test]
fn a_quotation_of_the_file_is_safe_to_show() {
    let fault = only_fault("\"\\u001b[2Jevil\" = 1\n");
    assert!(fault.message.contains("␛[2Jevil"), "{fault:?}");
    let fault = only_fault("[crypto]\nhash = [\"\\u202Esha\"]\n");
    assert!(!fault.message.contains('\u{202e}'));
}

#[test]
fn a_file_that_is_too_large_or_too_deep_is_refused() {
    let large = with(&format!("# {}", "x".repeat(1 << 20)));
    assert!(read(&large).unwrap_err()[0].message.contains("1 MiB"));
    let dotted = "a.".repeat(79) + "a";
    let mut nested = String::from("x = ");
    (0..79).for_each(|_| nested.push_str(&format!("{{{dotted}=")));
    nested.push('1');
    (0..79).for_each(|_| nested.push('}'));
    // On a stack of the size that a worker has.
    let worker = std::thread::Builder::new().stack_size(2 << 20);
    worker.spawn(move || assert!(read(&with(&nested)).is_err())).unwrap().join().unwrap();
}

#[test]
fn many_faults_are_cut_short() {
    let many: String = (0..500).map(|i| format!("zz{i} = 1\n")).collect();
    let faults = faults(&many);
    assert_eq!(faults.len(), 51);
    assert_eq!(faults[50].message, "and 450 more faults");
}

#[test]
fn a_long_quotation_is_cut_and_says_so() {
    let fault = only_fault(&format!("{} = 1\n", "k".repeat(300)));
    assert!(fault.message.contains(&format!("`{}…`", "k".repeat(80))), "{fault:?}");
    let fault = only_fault(&format!("{} = 1\n", "k".repeat(80)));
    assert!(fault.message.contains(&format!("`{}`", "k".repeat(80))), "{fault:?}");
}

#[test]
fn a_list_of_too_many_entries_is_a_fault() {
    let list = |count: usize| format!("approved_by = [{}]\n", vec!["\"x\""; count].join(","));
    assert!(read(&with(&list(10_000))).is_ok());
    assert!(only_fault(&list(10_001)).message.contains("more than 10000 entries"));
    let tables = faults(&"[[publisher]]\n".repeat(10_001));
    assert!(tables.iter().any(|fault| fault.message == "more than 10000 `publisher` tables"), "{tables:?}");
    let tables = faults(&"[[publisher]]\n".repeat(10_000));
    assert!(!tables.iter().any(|fault| fault.message.starts_with("more than")), "{tables:?}");
}

#[test]
fn an_empty_entry_of_a_list_is_a_fault_and_a_number_may_be_written_in_any_base() {
    let fault = only_fault("approved_by = [\"x\",\n\"\"]\n");
    assert_eq!((fault.message.as_str(), fault.line), ("an entry of `approved_by` is empty", Some(5)));
    let days = |text: &str| {
        let policy = read(&with(&format!("[freshness]\nmax_verification_age_days = {text}\n"))).unwrap();
        format!("{:?}", policy.freshness)
    };
    assert_eq!(days("0x10"), days("16"));
    assert_eq!(days("0b101"), days("5"));
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC{0,200}", cut in 0usize..4000, put in 0usize..4000) {
        let _ = read(&text);
        let mut baseline = BUILT_IN[0].1.to_owned() + ACME;
        let place = |at: usize, text: &str| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        baseline.truncate(place(cut, &baseline));
        baseline.insert_str(place(put, &baseline), &text);
        if let Err(faults) = read(&baseline) {
            prop_assert!(!faults.is_empty());
        }
    }
}
