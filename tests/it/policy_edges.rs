//! Where a policy could let in one too many: the edges of grants, patterns and limits.

use crate::policy::{faults, only_fault, read, with};
use proptest::prelude::*;
use touchmark::policy::{AnchorSource, ModelPattern, Policy, concerns, with_anchor, without_anchor};
use touchmark::signing::{AnchorKind, AnchorUse, Identity, Method};

fn policy(rest: &str) -> Policy {
    read(&with(rest)).unwrap()
}

fn anchor(name: &str, kind: AnchorKind) -> AnchorUse {
    let (origin, digest) = ("file".to_owned(), "00".to_owned());
    AnchorUse { name: name.to_owned(), kind, origin, digest, age_days: None }
}

fn signer(method: Method, subject: &str) -> Identity {
    Identity { method, subject: subject.into(), issuer: None, fingerprint: Some("sha256:00".to_owned()) }
}

const ANCHORS: &str =
    "[trust.key]\nkind = \"key\"\nfiles = [\"a.pub\"]\n[trust.ca]\nkind = \"x509\"\nfiles = [\"ca.pem\"]\n";

fn publisher(id: &str, models: &str, more: &str) -> String {
    format!("[[publisher]]\nid = \"{id}\"\nmodels = [\"{models}\"]\ntrust = [\"key\"]\n{more}")
}

/// A publisher whose signers have certificates.
fn by_authority(more: &str) -> String {
    publisher("acme", "acme/*", more).replace("[\"key\"]", "[\"ca\"]")
}

#[test]
fn a_bare_key_suffices_only_where_no_identities_are_named() {
    let bare = policy(&format!("{ANCHORS}{}", publisher("acme", "acme/*", "")));
    let named_key = format!("sha256:{}", "1".repeat(64));
    let named = format!("identities = [{{ subject = \"exact:{named_key}\" }}]\n");
    let named = policy(&format!("{ANCHORS}{}", publisher("acme", "acme/*", &named)));
    let key = |policy: &Policy, method, kind, name: &str, subject: &str| {
        policy.publishers[0].grants(&signer(method, subject), &anchor(name, kind))
    };
    use {AnchorKind::Ca, AnchorKind::Key as OneKey};
    assert!(key(&bare, Method::Key, OneKey, "key", "sha256:00"));
    // A certificate, an authority under the anchor's name, and another anchor.
    assert!(!key(&bare, Method::Certificate, OneKey, "key", "CN=acme"));
    assert!(!key(&bare, Method::Key, Ca, "key", "sha256:00"));
    assert!(!key(&bare, Method::Certificate, Ca, "key", "CN=acme"));
    assert!(!key(&bare, Method::Key, OneKey, "ca", "sha256:00"));
    // Whom the publisher names counts, and nobody else who holds a trusted key.
    assert!(key(&named, Method::Key, OneKey, "key", &named_key));
    assert!(!key(&named, Method::Key, OneKey, "key", "sha256:00"));
    assert!(!key(&named, Method::Key, OneKey, "ca", &named_key));
}

#[test]
fn of_two_patterns_of_one_length_the_first_in_the_file_decides_in_any_letter_case() {
    let rest = |first: &str, second: &str| {
        let publishers = [publisher("one", first, ""), publisher("two", second, "")].concat();
        policy(&format!("{ANCHORS}{publishers}"))
    };
    let of = |policy: &Policy, model: &str| policy.publisher_of(model).map(|one| one.id.clone());
    assert_eq!(of(&rest("acme/*", "*/bots"), "acme/bots").as_deref(), Some("one"));
    assert_eq!(of(&rest("*/bots", "acme/*"), "acme/bots").as_deref(), Some("one"));
    assert_eq!(of(&rest("acme/*", "acme/b*"), "acme/bots").as_deref(), Some("two"));
    let alone = rest("bot", "other");
    for model in ["bot", "BOT", "Bot", "bOT"] {
        assert_eq!(of(&alone, model).as_deref(), Some("one"), "{model}");
    }
}

/// By the words of the documentation: a star is any run of characters.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|at| matches(rest, &text[at..])),
        [first, rest @ ..] => text.first() == Some(first) && matches(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn a_pattern_matches_what_a_slow_reading_of_it_does(pattern in "[ab*]{0,7}", text in "[ab]{0,7}") {
        let slow = matches(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        prop_assert_eq!(ModelPattern::new(&pattern).matches(&text), slow, "{} {}", pattern, text);
    }
}

#[test]
fn the_middle_of_a_pattern_counts() {
    for (pattern, text, is_match) in
        [("a*b*c", "abc", true), ("a*b*c", "ac", false), ("a*b*c", "axxc", false), ("*bot*", "acme/x", false)]
    {
        assert_eq!(ModelPattern::new(pattern).matches(text), is_match, "{pattern} {text}");
    }
}

#[test]
fn a_file_of_an_anchor_is_named_in_a_way_that_means_the_same_everywhere() {
    for name in ["C:x.pem", "roots\\\\x.pem", "x\\u0000.pem", "/x.pem"] {
        for (kind, files) in [
            ("x509", format!("files = [\"{name}\"]")),
            ("x509", format!("files = [\"a\"]\ncrls = [\"{name}\"]")),
        ] {
            let fault = only_fault(&format!("[trust.a]\nkind = \"{kind}\"\n{files}\n"));
            assert!(fault.message.contains("not a path relative to the policy"), "{name}: {fault:?}");
        }
    }
    policy("[trust.a]\nkind = \"x509\"\nfiles = [\"../roots/x.pem\", \"./y.pem\"]\n");
}

#[test]
fn two_publishers_have_two_ids() {
    let twice = [publisher("acme", "acme/*", ""), publisher("acme", "labs/*", "")].concat();
    let fault = only_fault(&format!("{ANCHORS}{twice}"));
    assert!(fault.message.contains("two publishers have the id `acme`"), "{fault:?}");
    // Where none is given it is that which is told.
    let nameless = [publisher("acme", "acme/*", ""), publisher("labs", "labs/*", "")].concat();
    let nameless = nameless.replace("id = \"acme\"\n", "").replace("id = \"labs\"\n", "");
    let faults = faults(&format!("{ANCHORS}{nameless}"));
    assert!(faults.len() == 2 && faults.iter().all(|fault| fault.message.contains("`id`")), "{faults:?}");
    assert!(!faults.iter().any(|fault| fault.message.contains("two publishers")), "{faults:?}");
}

#[test]
fn an_issuer_is_never_a_pattern() {
    for issuer in ["regex:^CN=.*$", "exact:CN=root"] {
        let identities = format!("identities = [{{ issuer = \"{issuer}\", subject = \"exact:CN=a\" }}]\n");
        let fault = only_fault(&format!("{ANCHORS}{}", by_authority(&identities)));
        assert!(fault.message.contains("`issuer` always matches exactly"), "{fault:?}");
    }
}

#[test]
fn patterns_end_at_4_kib() {
    let models = |length: usize| format!("{ANCHORS}{}", publisher("acme", &"a".repeat(length), ""));
    policy(&models(4096));
    for length in [4097, 4098] {
        assert!(only_fault(&models(length)).message.contains("longer than 4 KiB"), "{length}");
    }
    let subject = |length: usize| {
        format!("[[deny_identity]]\nsubject = \"exact:{}\"\n", "a".repeat(length - "exact:".len()))
    };
    assert_eq!(policy(&subject(4096)).denied.len(), 1);
    for length in [4097, 4098] {
        assert!(only_fault(&subject(length)).message.contains("longer than 4 KiB"), "{length}");
    }
}

#[test]
fn two_thousand_regular_expressions_all_count_and_one_more_is_told_once() {
    let denials = |count: usize| {
        (0..count).map(|at| format!("[[deny_identity]]\nsubject = 'regex:^n{at}$'\n")).collect::<String>()
    };
    let most = policy(&denials(2000));
    assert_eq!(most.denied.len(), 2000);
    for name in ["n0", "n1998", "n1999"] {
        assert!(most.denies(&signer(Method::Key, name), None).is_some(), "{name}");
    }
    for count in [2001, 2003] {
        assert!(only_fault(&denials(count)).message.contains("more than 2000 `regex:`"), "{count}");
    }
}

#[test]
fn a_policy_ends_at_1_mib_and_only_a_later_schema_asks_for_a_newer_program() {
    let text = with("");
    let padded = |size: usize| format!("{text}#{}", "x".repeat(size - text.len() - 1));
    read(&padded(1 << 20)).unwrap();
    let faults = read(&padded((1 << 20) + 1)).unwrap_err();
    assert!(faults.len() == 1 && faults[0].message.contains("larger than 1 MiB"), "{faults:?}");
    for (schema, is_newer) in [
        ("trust-policy/0.1.0", false),
        ("trust-policy/0.0", false),
        ("trust-policy/0", false),
        ("trust-policy/0.2", true),
        ("trust-policy/1", true),
        ("trust-policy/1.0", true),
    ] {
        let faults = read(&text.replace("trust-policy/0.1", schema)).unwrap_err();
        assert_eq!(faults.len(), 1, "{schema}: {faults:?}");
        assert_eq!(faults[0].message.contains("newer version"), is_newer, "{schema}: {faults:?}");
    }
}

#[test]
fn several_identities_of_one_issuer_all_count() {
    let identities = "identities = [{ issuer = \"CN=root\", subject = \"exact:a\" }, \
                      { issuer = \"CN=root\", subject = \"exact:b\" }, { issuer = \"CN=root\", subject = \"exact:a\" }]\n";
    let policy = policy(&format!("{ANCHORS}{}", by_authority(identities)));
    assert_eq!(policy.publishers[0].identities.len(), 2);
    for (subject, is_granted) in [("a", true), ("b", true), ("c", false)] {
        let signer = Identity { issuer: Some("CN=root".into()), ..signer(Method::Certificate, subject) };
        assert_eq!(
            policy.publishers[0].grants(&signer, &anchor("ca", AnchorKind::Ca)),
            is_granted,
            "{subject}"
        );
    }
}

#[test]
fn names_end_at_64_letters() {
    let named = |length: usize| format!("[trust.{}]\nkind = \"key\"\nfiles = [\"a\"]\n", "a".repeat(length));
    assert_eq!(policy(&named(64)).trust[0].name.len(), 64);
    for length in [65, 66] {
        assert!(only_fault(&named(length)).message.contains("an anchor name cannot be"), "{length}");
    }
}

#[test]
fn only_publishers_between_the_first_and_the_last_that_moved_are_concerned() {
    let of = |order: [&str; 5]| {
        let publishers = order.map(|id| publisher(id, &format!("{id}/*"), ""));
        policy(&format!("{ANCHORS}{}", publishers.concat()))
    };
    let concerned = |order| {
        let found = concerns(&of(["a", "b", "c", "d", "e"]), &of(order));
        let mut ids: Vec<String> = found.publishers.into_iter().map(|publisher| publisher.id).collect();
        ids.sort();
        ids.concat()
    };
    assert_eq!(concerned(["a", "b", "c", "d", "e"]), "");
    assert_eq!(concerned(["a", "c", "b", "d", "e"]), "bc");
    assert_eq!(concerned(["a", "d", "c", "b", "e"]), "bcd");
    assert_eq!(concerned(["b", "a", "c", "d", "e"]), "ab");
    assert_eq!(concerned(["a", "b", "c", "e", "d"]), "de");
}

const TOP: &str = "schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n";

#[test]
fn with_an_anchor_goes_its_block_and_no_line_of_others() {
    let block = "[trust.a]\nkind = \"sigstore\"\n";
    for (before, after, left) in [
        ("\n", "\n[log]\nrequired = []\n", "\n[log]\nrequired = []\n"),
        ("\n", "[log]\nrequired = []\n", "\n[log]\nrequired = []\n"),
        ("# note\n", "\n[log]\nrequired = []\n", "# note\n\n[log]\nrequired = []\n"),
        ("# note\n", "[log]\nrequired = []\n", "# note\n[log]\nrequired = []\n"),
        ("# note\n", "", "# note\n"),
        ("# note\n\n", "", "# note\n"),
        ("\n\n", "", "\n"),
    ] {
        let text = format!("{TOP}{before}{block}{after}");
        assert_eq!(without_anchor(&text, "a").unwrap(), format!("{TOP}{left}"), "{before:?} {after:?}");
    }
}

#[test]
fn the_comment_above_a_key_that_goes_stays() {
    let block =
        "[trust.a]\nkind = \"sigstore\"\n  # the root\n  files = [\"a\"]\n  # old\n  max_age_days = 9\n";
    let anchor = AnchorSource {
        name: "a".to_owned(),
        kind: AnchorKind::Sigstore,
        files: Vec::new(),
        crls: Vec::new(),
        max_age_days: Some(9),
    };
    let left = block.replace("  files = [\"a\"]\n", "");
    assert_eq!(with_anchor(&format!("{TOP}{block}"), &anchor).unwrap(), format!("{TOP}{left}"));
}
