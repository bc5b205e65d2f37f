//! `policy convert --from`: what comes of the policies of other tools, that it never says more than they do, and that no
//! key is lost in silence.

use crate::policy::read;
use crate::support::{err, out, touchmark};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use touchmark::policy::Policy;
use touchmark::policy::convert::{Converted, Form, Origin, from, guess, to};
use touchmark::policy::lint::{Weight, lint};

/// The policy that a text comes to, which is valid and without errors of the linter.
fn policy(made: &Converted) -> Policy {
    let policy = read(&made.text).unwrap_or_else(|faults| panic!("{}\n{faults:?}", made.text));
    let found = lint(&policy, jiff::Timestamp::UNIX_EPOCH, None);
    assert_eq!(found.count(Weight::Error), 0, "{}", made.text);
    policy
}

fn made(text: &str, origin: Origin) -> (Converted, Policy) {
    let made = from(text, origin).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let policy = policy(&made);
    (made, policy)
}

fn lost(made: &Converted) -> Vec<(&str, usize)> {
    made.lost.iter().map(|lost| (lost.key.as_str(), lost.line)).collect()
}

fn why<'a>(made: &'a Converted, key: &str) -> &'a str {
    made.lost.iter().find(|lost| lost.key == key).map_or("", |lost| lost.why)
}

/// Publishers as `ID models trust identities`.
fn publishers(policy: &Policy) -> Vec<String> {
    let one = |publisher: &touchmark::policy::Publisher| {
        let models: Vec<&str> = publisher.models.iter().map(|model| model.as_str()).collect();
        let identities: Vec<String> = publisher
            .identities
            .iter()
            .map(|one| format!("{}<{}", one.subject.as_written(), one.issuer.as_deref().unwrap_or("-")))
            .collect();
        format!(
            "{} {} {} {}",
            publisher.id,
            models.join(","),
            publisher.trust.join(","),
            identities.join(",")
        )
    };
    policy.publishers.iter().map(one).collect()
}

const NOTATION: &str = r#"{
  "version": "1.0",
  "trustPolicies": [
    {
      "name": "acme images",
      "registryScopes": [ "registry.acme.example/ml/chat", "registry.acme.example/ml/voice" ],
      "signatureVerification": { "level": "strict" },
      "trustStores": [ "ca:acme", "tsa:stamps" ],
      "trustedIdentities": [
        "x509.subject: C=US, ST=WA, O=Acme\\, Inc, CN=train"
      ]
    }
  ]
}
"#;

#[test]
fn a_policy_of_notation_becomes_a_publisher_with_its_names() {
    let (made, policy) = made(NOTATION, Origin::Notation);
    assert_eq!(
        publishers(&policy),
        [
            r"acme-images registry.acme.example/ml/chat,registry.acme.example/ml/voice ca-acme exact:CN=train,O=Acme\, Inc,ST=WA,C=US<-"
        ]
    );
    assert!(made.text.contains("files = [\"x509/ca/acme.pem\"]"), "{}", made.text);
    assert!(made.text.contains("[trust.\"tsa-stamps\"]\nkind = \"tsa\""), "{}", made.text);
    // The bytes of stores are elsewhere, and a subject is exact.
    assert_eq!(
        lost(&made),
        [
            ("trustPolicies.name", 5),
            ("trustPolicies.trustStores", 8),
            ("trustPolicies.trustStores", 8),
            ("trustPolicies.trustedIdentities", 10),
        ]
    );
}

#[test]
fn only_what_notation_enforces_is_as_strict_here() {
    let level = |level: &str| {
        let text = NOTATION.replace("{ \"level\": \"strict\" }", level);
        made(&text, Origin::Notation)
    };
    let key = "trustPolicies.signatureVerification.level";
    for (written, is_lost) in [("strict", false), ("permissive", true), ("audit", true), ("unheard-of", true)]
    {
        let (made, policy) = level(&format!("{{ \"level\": \"{written}\" }}"));
        assert_eq!(made.lost.iter().any(|lost| lost.key == key), is_lost, "{written}");
        assert_eq!(policy.publishers.len(), 1, "{written}");
    }
    let (skipped, policy) = level("{ \"level\": \"skip\" }");
    assert!(policy.publishers.is_empty());
    assert!(why(&skipped, key).contains("what is not signed is refused"));
    assert!(why(&skipped, "trustPolicies.registryScopes").contains("left out"));
    let (made, _) = level(
        r#"{ "level": "strict", "override": { "expiry": "log", "revocation": "enforce", "more": "enforce" } }"#,
    );
    let keys: Vec<&str> = made.lost.iter().map(|lost| lost.key.as_str()).collect();
    assert!(keys.contains(&"trustPolicies.signatureVerification.override.expiry"));
    assert!(!keys.contains(&"trustPolicies.signatureVerification.override.revocation"));
    assert!(keys.contains(&"trustPolicies.signatureVerification.override.more"));
}

#[test]
fn nobody_becomes_anybody() {
    for (there, then) in [
        ("\"x509.subject: C=US, ST=WA, O=Acme\\\\, Inc, CN=train\"", "\"*\""),
        ("\"x509.subject: C=US, ST=WA, O=Acme\\\\, Inc, CN=train\"", "\"x509.subject: C=US, UNHEARD=x\""),
        ("\"x509.subject: C=US, ST=WA, O=Acme\\\\, Inc, CN=train\"", "\"did:web:acme.example\""),
        ("\"ca:acme\"", "\"other:acme\""),
        ("\"ca:acme\"", "\"ca:../acme\""),
    ] {
        let text = NOTATION.replace(there, then);
        assert_ne!(text, NOTATION, "{there}");
        let (made, policy) = made(&text, Origin::Notation);
        assert!(policy.publishers.is_empty(), "{then}: {}", made.text);
        assert!(made.lost.iter().any(|lost| lost.why.starts_with("left out")), "{then}");
        assert!(made.text.contains("# The publisher acme-images was left out."), "{}", made.text);
    }
}

#[test]
fn subjects_are_written_as_certificates_are_shown() {
    for (written, shown) in [
        ("C=US, ST=WA, O=Acme", "O=Acme,ST=WA,C=US"),
        ("CN=train, O=Acme, C=US", "CN=train,O=Acme,C=US"),
        ("C=US,S=WA,O=Acme,OU=ml,OU=train", "OU=train,OU=ml,O=Acme,ST=WA,C=US"),
    ] {
        let text = NOTATION.replace("C=US, ST=WA, O=Acme\\\\, Inc, CN=train", written);
        let (_, policy) = made(&text, Origin::Notation);
        assert_eq!(policy.publishers[0].identities[0].subject.as_written(), format!("exact:{shown}"));
    }
}

#[test]
fn what_nobody_knows_is_lost_by_name_and_line() {
    let text = NOTATION
        .replace("  \"version\": \"1.0\",", "  \"version\": \"2.0\",\n  \"colour\": [ 1, null, \"red\" ],");
    let (made, _) = made(&text, Origin::Notation);
    assert_eq!(lost(&made)[..4], [("version", 2), ("colour", 3), ("colour", 3), ("colour", 3)]);
    let scopes = NOTATION.replace("\"strict\" }", "\"strict\", \"verifyTimestamp\": \"always\" }");
    let (made, _) = self::made(&scopes, Origin::Notation);
    assert!(lost(&made).contains(&("trustPolicies.signatureVerification.verifyTimestamp", 7)));
}

#[test]
fn a_name_has_one_owner() {
    let (_, policy) = made(NOTATION, Origin::Notation);
    assert_eq!(policy.publishers.len(), 1);
    let start = NOTATION.find("    {").unwrap();
    let end = NOTATION.rfind("    }").unwrap() + 5;
    let one = &NOTATION[start..end];
    let twice = NOTATION.replace(one, &format!("{one},\n{}", one.replace("ml/voice", "ml/VIDEO")));
    let (made, policy) = made(&twice, Origin::Notation);
    let models: Vec<usize> = policy.publishers.iter().map(|publisher| publisher.models.len()).collect();
    assert_eq!(models, [2, 1]);
    assert_eq!(policy.publishers[1].id, "acme-images-2");
    assert!(why(&made, "trustPolicies.registryScopes").contains("another publisher"));
}

fn cosign(text: &str) -> (Converted, Policy) {
    made(text, Origin::Cosign)
}

const WHO: &str = "--certificate-identity ci@acme.example --certificate-oidc-issuer https://ci.acme.example";

#[test]
fn each_command_of_cosign_becomes_a_publisher() {
    let text = format!(
        "# verify\ncosign verify {WHO} registry.acme.example/chat\n\
         cosign verify --key cosign.pub \\\n  registry.acme.example/voice # a key\n"
    );
    let (made, policy) = cosign(&text);
    assert_eq!(
        publishers(&policy),
        [
            "cosign registry.acme.example/chat sigstore-public exact:ci@acme.example<https://ci.acme.example",
            "cosign-2 registry.acme.example/voice key-cosign ",
        ]
    );
    assert_eq!(lost(&made), [("cosign", 3)], "only the second id was changed");
    assert!(made.text.contains("files = [\"cosign.pub\"]"), "{}", made.text);
}

#[test]
fn patterns_of_go_match_anywhere_unless_they_are_anchored() {
    for (regex, pattern) in [
        (r"^ci@acme\.example$", r"regex:^ci@acme\.example$"),
        (r"^(ci|cd)@acme\.example$", r"regex:^(ci|cd)@acme\.example$"),
        (r"ci@acme\.example", r"regex:^.*(?:ci@acme\.example).*$"),
        (r"^ci@acme\.example|cd$", r"regex:^.*(?:^ci@acme\.example|cd$).*$"),
        (r"^ci@acme\.example\$", r"regex:^.*(?:^ci@acme\.example\$).*$"),
    ] {
        let text = format!(
            "cosign verify --certificate-identity-regexp='{regex}' --certificate-oidc-issuer=https://ci.acme.example x/y"
        );
        let (_, policy) = cosign(&text);
        assert_eq!(policy.publishers[0].identities[0].subject.as_written(), pattern);
    }
    for issuer in [r"^https://ci\.acme\.example$", "https://ci.acme.example"] {
        let text = format!(
            "cosign verify --certificate-identity a@b.example --certificate-oidc-issuer-regexp '{issuer}' x/y"
        );
        let (made, policy) = cosign(&text);
        let read = policy.publishers[0].identities[0].issuer.as_deref();
        assert_eq!(read, Some("https://ci.acme.example"), "{issuer}");
        assert!(why(&made, "--certificate-oidc-issuer-regexp").contains("exact"));
    }
}

#[test]
fn what_would_trust_somebody_else_is_left_out() {
    for (options, key) in [
        ("--key awskms:///alias/x", "--key"),
        ("--key env://KEY", "--key"),
        ("--key \"$KEY\"", "--key"),
        ("--sk", "--sk"),
        (
            "--ca-roots roots.pem --certificate-identity a@b.example --certificate-oidc-issuer https://x.example",
            "--ca-roots",
        ),
        (
            "--certificate-chain c.pem --certificate-identity a@b.example --certificate-oidc-issuer https://x.example",
            "--certificate-chain",
        ),
        (
            "--rekor-url https://rekor.acme.example --certificate-identity a@b.example --certificate-oidc-issuer https://x.example",
            "--rekor-url",
        ),
        (
            "--certificate-identity-regexp '.*' --certificate-oidc-issuer https://x.example",
            "--certificate-identity-regexp",
        ),
        ("--certificate-identity a@b.example", "--certificate-identity"),
        (
            "--certificate-identity a@b.example --certificate-oidc-issuer-regexp '.+'",
            "--certificate-oidc-issuer-regexp",
        ),
        ("", "cosign"),
    ] {
        let (made, policy) = cosign(&format!("cosign verify {options} registry.acme.example/chat"));
        assert!(policy.publishers.is_empty(), "{options}: {}", made.text);
        assert_ne!(why(&made, key), "", "{options}: {:?}", made.lost);
    }
    let (made, policy) = cosign(&format!("cosign verify {WHO} --rekor-url https://rekor.sigstore.dev x/y"));
    assert_eq!((policy.publishers.len(), lost(&made).len()), (1, 0));
}

#[test]
fn options_and_images_that_lose_something_are_named() {
    let text = format!(
        "cosign verify {WHO} --insecure-ignore-tlog -a team=ml --max-workers 3 --offline \\\n x/y:v1@sha256:00 \"$IMAGE\""
    );
    let (made, policy) = cosign(&text);
    assert_eq!(policy.publishers[0].models[0].as_str(), "x/y");
    assert_eq!(
        lost(&made),
        [
            ("--insecure-ignore-tlog", 1),
            ("-a", 1),
            ("--max-workers", 1),
            ("--offline", 1),
            ("image", 2),
            ("image", 2),
        ]
    );
    let (made, policy) = cosign(&format!("--key 'keys/my key.pub' # {WHO}"));
    assert_eq!(policy.publishers[0].models[0].as_str(), "*");
    assert!(made.text.contains("files = [\"my key.pub\"]"), "{}", made.text);
    assert!(why(&made, "cosign").contains("for all models"));
    let (made, policy) = cosign("cosign sign --key cosign.key x/y");
    assert!(policy.publishers.is_empty() && why(&made, "cosign").contains("not a command"));
    let error = from("cosign verify \\\n 'x", Origin::Cosign).unwrap_err();
    assert_eq!((error.what, error.line), ("a quote is not closed", Some(2)));
    // A port is not a tag.
    let (_, policy) = cosign(&format!("cosign verify {WHO} registry.acme.example:5000/chat"));
    assert_eq!(policy.publishers[0].models[0].as_str(), "registry.acme.example:5000/chat");
}

const CLUSTER: &str = r#"apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata:
  name: acme-models
spec:
  images:
    - glob: "registry.acme.example/ml/**"
  authorities:
    - name: ci
      keyless:
        url: https://fulcio.sigstore.dev
        identities:
          - issuer: https://ci.acme.example
            subject: ci@acme.example
          - issuer: https://ci.acme.example
            subjectRegExp: ^cd@acme\.example$
      ctlog:
        url: https://rekor.sigstore.dev
"#;

fn cluster(there: &str, then: &str) -> (Converted, Policy) {
    let text = CLUSTER.replacen(there, then, 1);
    assert!(there == then || text != CLUSTER, "{there}");
    made(&text, Origin::ClusterImagePolicy)
}

#[test]
fn keyless_authorities_become_one_publisher_and_nothing_is_lost() {
    let (made, policy) = cluster("", "");
    assert_eq!(
        publishers(&policy),
        [
            r"acme-models registry.acme.example/ml/* sigstore-public exact:ci@acme.example<https://ci.acme.example,regex:^cd@acme\.example$<https://ci.acme.example"
        ]
    );
    assert_eq!((policy.name.as_str(), lost(&made).len()), ("acme-models", 0), "{:?}", made.lost);
}

#[test]
fn what_a_cluster_policy_says_besides_is_lost_by_name_and_line() {
    for (there, then, key, line, publishers) in [
        ("spec:\n", "spec:\n  mode: warn\n", "spec.mode", 6, 1),
        ("v1beta1", "v9", "apiVersion", 1, 1),
        ("  name: acme-models\n", "  name: acme-models\n  labels: {a: b}\n", "metadata.labels.a", 5, 1),
        ("ml/**", "ml/*", "spec.images.glob", 7, 1),
        ("ml/**", "ml/?", "spec.images.glob", 7, 0),
        (
            "      ctlog:\n",
            "      source: [{ oci: x }]\n      ctlog:\n",
            "spec.authorities.source.oci",
            17,
            1,
        ),
        ("rekor.sigstore.dev", "rekor.acme.example", "spec.authorities.ctlog.url", 18, 1),
        ("fulcio.sigstore.dev", "fulcio.acme.example", "spec.authorities.keyless.url", 11, 0),
        (
            "url: https://fulcio.sigstore.dev",
            "ca-cert: {data: x}",
            "spec.authorities.keyless.ca-cert.data",
            11,
            0,
        ),
        ("spec:\n", "spec:\n  match: [{version: v1}]\n", "spec.match.version", 6, 1),
        ("spec:\n", "spec:\n  policy: {type: cue, data: x}\n", "spec.policy.type", 6, 1),
        ("spec:\n", "spec:\n  colour: red\n", "spec.colour", 6, 1),
        (
            "subject: ci@acme.example\n",
            "subjectRegExp: .*\n",
            "spec.authorities.keyless.identities.subjectRegExp",
            14,
            1,
        ),
        (
            "issuer: https://ci.acme.example\n",
            "issuerRegExp: https://.*\n",
            "spec.authorities.keyless.identities.issuerRegExp",
            13,
            1,
        ),
    ] {
        let (made, policy) = cluster(there, then);
        assert!(lost(&made).contains(&(key, line)), "{then}: {:?}", lost(&made));
        assert_eq!(policy.publishers.len(), publishers, "{then}: {}", made.text);
    }
}

#[test]
fn keys_become_a_publisher_unless_identities_do() {
    let keys = "    - key:\n        secretRef: {name: release, namespace: cosign-system}\n        hashAlgorithm: sha256\n    \
                - name: inline\n      key:\n        data: |\n          -----BEGIN PUBLIC KEY-----\n          x\n          -----END PUBLIC KEY-----\n    \
                - key: {kms: 'awskms:///alias/x'}\n    - static: {action: fail}\n    - static: {action: pass}\n";
    let (start, _) = CLUSTER.split_once("    - name: ci\n").unwrap();
    let (made, policy) = made(&format!("{start}{keys}"), Origin::ClusterImagePolicy);
    assert_eq!(publishers(&policy), ["acme-models registry.acme.example/ml/* inline,release "]);
    assert!(
        made.text.contains("files = [\"keys/release.pub\"]")
            && made.text.contains("files = [\"keys/inline.pub\"]")
    );
    let keys: Vec<&str> = lost(&made).into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        keys,
        [
            "spec.authorities.key.secretRef.name",
            "spec.authorities.key.data",
            "spec.authorities.key.kms",
            "spec.authorities.static.action",
        ]
    );
    let both = cluster("    - name: ci\n", "    - key: {secretRef: {name: release}}\n    - name: ci\n");
    assert_eq!(both.1.publishers[0].trust, ["sigstore-public"]);
    assert!(why(&both.0, "spec.authorities.key").contains("left out"));
}

#[test]
fn the_root_of_another_instance_is_named_and_never_replaced() {
    let (made, policy) = cluster("url: https://fulcio.sigstore.dev", "trustRootRef: acme-root");
    assert_eq!(policy.publishers[0].trust, ["acme-root"]);
    assert!(made.text.contains("files = [\"roots/acme-root.json\"]"), "{}", made.text);
    assert!(why(&made, "spec.authorities.keyless.trustRootRef").contains("trusted_root.json"));
    // Identities under a second root would count under the first.
    let second = "    - keyless:\n        trustRootRef: acme-root\n        identities: [{issuer: 'https://x.example', subject: other}]\n";
    let (made, policy) = self::made(&format!("{CLUSTER}{second}"), Origin::ClusterImagePolicy);
    assert_eq!(
        (policy.publishers[0].trust.len(), policy.publishers[0].identities.len()),
        (1, 2),
        "{}",
        made.text
    );
    assert!(lost(&made).iter().any(|(key, _)| *key == "spec.authorities.keyless.identities.subject"));
}

#[test]
fn attestations_are_required_and_their_clauses_lost() {
    let more = "      attestations:\n        - name: tested\n          predicateType: https://in-toto.io/attestation/test-result/v0.1\n          \
                policy: {type: cue, data: x}\n        - name: odd\n          predicateType: \"\"\n";
    let (made, policy) = made(&format!("{CLUSTER}{more}"), Origin::ClusterImagePolicy);
    let ids: Vec<&str> = policy.requirements.iter().map(|one| &*one.id).collect();
    assert_eq!(ids, ["tested"], "{}", made.text);
    let keys: Vec<&str> = lost(&made).into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        keys,
        [
            "spec.authorities.attestations.policy.type",
            "spec.authorities.attestations.policy.data",
            "spec.authorities.attestations.name",
            "spec.authorities.attestations.predicateType",
        ]
    );
}

#[test]
fn a_document_that_is_none_or_stands_for_more_is_refused() {
    let bomb = format!("a: &a [x, x]\nb: [*a, *a]\n{CLUSTER}");
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let many = format!("{CLUSTER}colours: [{}]\n", "x, ".repeat(30_000));
    let two = format!("{CLUSTER}---\n{CLUSTER}");
    let (large, words) = (" ".repeat((1 << 20) + 1), "x ".repeat(5_001));
    for (text, origin) in [
        (bomb.as_str(), Origin::ClusterImagePolicy),
        (deep.as_str(), Origin::Notation),
        (many.as_str(), Origin::ClusterImagePolicy),
        (two.as_str(), Origin::ClusterImagePolicy),
        ("{\"trustPolicies\": ", Origin::Notation),
        ("{\"version\": \"1.0\"}", Origin::Notation),
        ("kind: Pod", Origin::ClusterImagePolicy),
        (large.as_str(), Origin::Cosign),
        (words.as_str(), Origin::Cosign),
    ] {
        assert!(from(text, origin).is_err(), "{}", text.get(..40).unwrap_or(text));
    }
}

#[test]
fn the_form_is_guessed_where_it_is_clear() {
    for (text, origin) in [
        (NOTATION, Some(Origin::Notation)),
        (CLUSTER, Some(Origin::ClusterImagePolicy)),
        ("# x\n\n  cosign verify x", Some(Origin::Cosign)),
        ("--key x.pub", Some(Origin::Cosign)),
        ("kind: Pod", None),
        ("schema = \"trust-policy/0.1\"", None),
        ("", None),
    ] {
        assert_eq!(guess(text), origin, "{text}");
    }
}

#[test]
fn a_policy_that_a_cluster_can_keep_comes_back_the_same() {
    let (_, before) = cluster("", "");
    let there = to(&before, Form::ClusterImagePolicy);
    assert!(there.lost.is_empty(), "{:?}", there.lost);
    let (_, after) = made(&there.text, Origin::ClusterImagePolicy);
    assert_eq!(publishers(&before), publishers(&after), "{}", there.text);
}

#[test]
fn the_command_guesses_reports_and_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("source");
    let run = |text: &str, more: &[&str]| {
        fs::write(&file, text).unwrap();
        touchmark(["policy", "convert", file.to_str().unwrap()].iter().chain(more).copied())
    };
    let plain = run(NOTATION, &[]);
    assert_eq!(plain.status.code(), Some(0), "{}", err(&plain));
    assert!(out(&plain).contains("id = \"acme-images\"") && !out(&plain).contains("lost  "));
    assert!(err(&plain).contains("lost  line 8: trustPolicies.trustStores: "), "{}", err(&plain));
    let strict = run(NOTATION, &["--from", "notation", "--strict", "--format", "json"]);
    assert_eq!(strict.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&strict.stdout).unwrap();
    assert_eq!((&document["from"], &document["to"]), (&"notation".into(), &"touchmark".into()));
    assert_eq!(document["lost"].as_array().unwrap().len(), 4);
    assert_eq!(run(CLUSTER, &["--strict"]).status.code(), Some(0));
    for (text, more) in [
        ("kind: Pod", &[][..]),
        (NOTATION, &["--from", "cluster-image-policy"]),
        (NOTATION, &["--from", "notation", "--to", "model-signing"]),
    ] {
        assert_eq!(run(text, more).status.code(), Some(2), "{more:?}");
    }
    assert_eq!(touchmark(["policy", "convert"]).status.code(), Some(2));
}

/// What may stand in a text of the source: all that is special in TOML, YAML, a shell, or a pattern.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        "[ -~\\n\\t]{0,12}",
        "\\PC{0,6}",
        Just("a\u{202e}b".to_owned()),
        Just("'''\"\"\"\\".to_owned()),
        Just("acme/chat".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever stands in it, what comes of it is a valid policy, and each text of the source is in it or lost.
    #[test]
    fn any_text_of_notation_is_converted_or_lost(texts in prop::collection::vec(piece(), 5)) {
        let source = serde_json::json!({ "version": texts[0], "trustPolicies": [{
            "name": texts[1], "registryScopes": [texts[2]], (texts[3].as_str()): "x",
            "signatureVerification": { "level": "strict" },
            "trustStores": ["ca:acme"], "trustedIdentities": [format!("x509.subject: CN={}", texts[4])],
        }]}).to_string();
        if let Ok(made) = from(&source, Origin::Notation) {
            let policy = policy(&made);
            prop_assert!(policy.publishers.len() == 1 || made.lost.iter().any(|lost| lost.why.starts_with("left out")));
        }
    }

    #[test]
    fn any_text_of_a_cluster_policy_is_converted_or_lost(texts in prop::collection::vec(piece(), 5)) {
        let source = serde_json::json!({ "kind": "ClusterImagePolicy", "metadata": { "name": texts[0] }, "spec": {
            "images": [{ "glob": texts[1] }], "authorities": [{
                "keyless": { "identities": [{ "issuer": texts[2], "subjectRegExp": texts[3] }] },
                "attestations": [{ "name": texts[4], "predicateType": texts[4] }],
            }],
        }}).to_string();
        if let Ok(made) = from(&source, Origin::ClusterImagePolicy) {
            policy(&made);
        }
    }

    #[test]
    fn any_command_line_is_converted_or_refused(
        words in prop::collection::vec(prop_oneof![
            piece(),
            prop::sample::select(vec!["--key", "--certificate-identity", "--certificate-oidc-issuer", "cosign", "verify", "'", "\\"])
                .prop_map(str::to_owned),
        ], 0..12),
    ) {
        if let Ok(made) = from(&format!("cosign verify {}", words.join(" ")), Origin::Cosign) {
            policy(&made);
        }
    }

    #[test]
    fn no_bytes_stop_the_reader(text in "\\PC{0,200}", structured in "[-:{}\\[\\]\",&*!|> a\n]{0,120}") {
        for text in [text, structured] {
            for origin in [Origin::Notation, Origin::Cosign, Origin::ClusterImagePolicy] {
                if let Ok(made) = from(&text, origin) {
                    policy(&made);
                }
            }
            let _ = guess(&text);
        }
    }
}
