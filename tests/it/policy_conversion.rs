//! `policy convert`: what comes of each way to sign, and that no key is lost in silence.

use crate::policy::read;
use crate::support::{err, out, touchmark};
use serde_json::Value;
use std::fs;
use touchmark::policy::BUILT_IN;
use touchmark::policy::convert::{Converted, Form, to};

const HEAD: &str = "schema = \"trust-policy/0.1\"\nname = \"acme\"\nversion = \"1\"\ndefault = \"deny\"\n";

fn of(text: &str) -> Converted {
    let text = format!("{HEAD}{text}");
    to(&read(&text).unwrap_or_else(|faults| panic!("{text}: {faults:?}")), Form::ModelSigning)
}

fn commands(converted: &Converted) -> Vec<&str> {
    converted.text.lines().filter(|line| line.starts_with("model_signing ")).collect()
}

fn keys(converted: &Converted) -> Vec<(&str, usize)> {
    converted.lost.iter().map(|lost| (lost.key.as_str(), lost.line)).collect()
}

fn publisher(anchor: &str, rest: &str) -> String {
    format!(
        "[trust.a]\n{anchor}\n[[publisher]]\nid = \"p\"\nmodels = [\"acme/*\"]\ntrust = [\"a\"]\n{rest}\n"
    )
}

const END: &str = "--signature \"$MODEL/model.sig\" \"$MODEL\"";

#[test]
fn each_key_of_an_anchor_makes_a_command() {
    let made = of(&publisher("kind = \"key\"\nfiles = [\"a.pub\", \"my 'b'.pub\"]", ""));
    let quoted = r"'my '\''b'\''.pub'";
    assert_eq!(
        commands(&made),
        [
            format!("model_signing verify key --public_key a.pub {END}"),
            format!("model_signing verify key --public_key {quoted} {END}"),
        ]
    );
    assert_eq!(keys(&made), [("publisher.models", 10)]);
    assert!(made.text.contains("\n# p: acme/*\n"), "{}", made.text);
}

#[test]
fn authorities_make_one_command_that_does_not_check_who_signed() {
    let anchor = "kind = \"x509\"\nfiles = [\"a.pem\", \"b.pem\"]\ncrls = [\"a.crl\"]\nmax_age_days = 9";
    let made = of(&publisher(anchor, "identities = [{ subject = \"exact:CN=train\" }]"));
    let chain = "--certificate_chain a.pem --certificate_chain b.pem";
    assert_eq!(commands(&made), [format!("model_signing verify certificate {chain} {END}")]);
    let lost = [
        ("trust.a.crls", 8),
        ("trust.a.max_age_days", 9),
        ("publisher.models", 12),
        ("publisher.identities.subject", 14),
    ];
    assert_eq!(keys(&made), lost);
    assert!(made.lost[3].why.contains("only `verify sigstore` checks who signed"));
}

#[test]
fn an_exact_identity_of_the_public_root_makes_a_command_and_no_other_does() {
    let identities = |subject: &str| {
        format!("identities = [{{ subject = '{subject}', issuer = \"https://ci.acme.example\" }}]")
    };
    let made = of(&publisher("kind = \"sigstore\"", &identities("exact:ci@acme.example")));
    let who = "--identity ci@acme.example --identity_provider https://ci.acme.example";
    assert_eq!(commands(&made), [format!("model_signing verify sigstore {who} {END}")]);
    assert_eq!(keys(&made), [("publisher.models", 9)]);
    for (anchor, subject) in [
        ("kind = \"sigstore\"", r"regex:^ci@acme\.example$"),
        ("kind = \"sigstore\"", "exact:--help"),
        ("kind = \"sigstore\"\nfiles = [\"root.json\"]", "exact:ci@acme.example"),
    ] {
        let made = of(&publisher(anchor, &identities(subject)));
        assert_eq!(commands(&made), [""; 0], "{anchor} {subject}");
        assert!(made.text.contains("# no command can be written"), "{}", made.text);
        let lost: Vec<&str> = keys(&made).into_iter().map(|(key, _)| key).collect();
        for key in ["trust.a.kind", "publisher.trust", "publisher.identities.subject"] {
            assert!(lost.contains(&key), "{key}: {lost:?}");
        }
    }
}

#[test]
fn links_are_followed_only_where_the_policy_allows_them() {
    for (flag, follows) in [("true", true), ("false", false)] {
        let rest = format!("[artifact]\nallow_symlinks = {flag}");
        let made = of(&publisher("kind = \"key\"\nfiles = [\"a.pub\"]", &rest));
        assert_eq!(commands(&made)[0].contains(" --allow_symlinks "), follows);
        assert_eq!(keys(&made), [("publisher.models", 10)]);
    }
}

#[test]
fn text_of_a_policy_cannot_leave_its_argument() {
    let text = publisher("kind = \"key\"\nfiles = [\"a$(id).pub\", \"b\\u001b.pub\"]", "");
    let made = of(&text);
    assert_eq!(commands(&made), [format!("model_signing verify key --public_key 'a$(id).pub' {END}")]);
    assert!(keys(&made).contains(&("trust.a.files", 7)));
}

/// Every value of a file is in the text or in the report.
#[test]
fn nothing_of_the_built_in_policies_is_dropped_in_silence() {
    for (name, text) in BUILT_IN {
        let made = to(&read(text).unwrap(), Form::ModelSigning);
        let lines: Vec<usize> = made.lost.iter().map(|lost| lost.line).collect();
        assert!(lines.is_sorted());
        // Tests of the policy are told once each.
        assert!(made.lost.iter().any(|lost| lost.key == "test"), "{name}");
        let rules = text.lines().take_while(|line| *line != "[[test]]");
        for (index, line) in rules.enumerate() {
            let key = line.split_once(" = ").map(|(key, _)| key);
            let Some(key) = key.filter(|key| !key.contains(['#', ' ', '{'])) else { continue };
            if ["schema", "name", "version", "default", "allow_symlinks"].contains(&key)
                && !lines.contains(&(index + 1))
            {
                continue;
            }
            let is_lost = made.lost.iter().any(|lost| lost.key.rsplit('.').next() == Some(key));
            assert!(is_lost, "{name}: {line}");
        }
    }
}

#[test]
fn the_report_goes_to_standard_error_and_only_strict_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    let good = publisher("kind = \"key\"\nfiles = [\"a.pub\"]", "");
    fs::write(&file, format!("{HEAD}{good}")).unwrap();
    let run = |more: &[&str]| {
        let first = ["policy", "convert", file.to_str().unwrap(), "--to", "model-signing"];
        touchmark(first.iter().chain(more).copied())
    };
    let plain = run(&[]);
    assert_eq!(plain.status.code(), Some(0));
    assert!(out(&plain).contains("verify key --public_key a.pub") && !out(&plain).contains("lost"));
    assert!(
        err(&plain).contains("lost  line 10: publisher.models: ") && err(&plain).contains("1 value lost")
    );
    let strict = run(&["--strict", "--format", "json"]);
    assert_eq!(strict.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&strict.stdout).unwrap();
    assert_eq!(document["lost"][0]["key"], "publisher.models");
    // A policy without a publisher loses nothing, and no command passes anything.
    fs::write(&file, HEAD).unwrap();
    let empty = run(&["--strict"]);
    assert_eq!(empty.status.code(), Some(0), "{}", err(&empty));
    assert!(err(&empty).contains("nothing was lost") && !out(&empty).contains("\nmodel_signing"));
    fs::write(&file, "colour = 1\n").unwrap();
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (file, to) = (folder.path().join("policy.toml"), folder.path().join("verify.sh"));
    fs::write(&file, format!("{HEAD}{}", publisher("kind = \"key\"\nfiles = [\"a.pub\"]", ""))).unwrap();
    let run = || {
        let [file, to] = [&file, &to].map(|path| path.to_str().unwrap());
        touchmark(["policy", "convert", file, "--to", "model-signing", "--out", to])
    };
    let first = run();
    assert_eq!((first.status.code(), out(&first).as_str()), (Some(0), ""));
    let text = fs::read_to_string(&to).unwrap();
    assert!(text.contains("verify key --public_key a.pub"), "{text}");
    fs::write(&to, "mine").unwrap();
    assert_ne!(run().status.code(), Some(0));
    assert_eq!(fs::read_to_string(&to).unwrap(), "mine");
}

fn to_form(text: &str, form: Form) -> Converted {
    let text = format!("{HEAD}{text}");
    to(&read(&text).unwrap_or_else(|faults| panic!("{text}: {faults:?}")), form)
}

/// The objects in a text of several.
fn objects(made: &Converted) -> Vec<Value> {
    let parts = made.text.split("---\n").skip(1);
    parts.map(|part| serde_saphyr::from_str(part).unwrap_or_else(|error| panic!("{part}: {error}"))).collect()
}

#[test]
fn each_way_to_sign_makes_a_model_validation() {
    let text = "[trust.k]\nkind = \"key\"\nfiles = [\"a.pub\"]\n[trust.c]\nkind = \"x509\"\nfiles = [\"a #b.pem\"]\n\
                [trust.s]\nkind = \"sigstore\"\n[[publisher]]\nid = \"p.Q\"\nmodels = [\"acme/*\"]\ntrust = [\"k\", \"c\", \"s\"]\n\
                identities = [{ subject = \"exact:ci\", issuer = \"https://ci.example\" }, { subject = 'regex:^cd$', issuer = \"https://ci.example\" }]\n\
                [artifact]\nallow_symlinks = true\n";
    let made = to_form(text, Form::ModelValidation);
    let all = objects(&made);
    let configs: Vec<&Value> = all.iter().map(|one| &one["spec"]["config"]).collect();
    assert_eq!(
        configs,
        [
            &serde_json::json!({ "publicKeyConfig": { "keyPath": "a.pub" } }),
            &serde_json::json!({ "pkiConfig": { "certificateAuthority": "a #b.pem" } }),
            &serde_json::json!({ "sigstoreConfig": {
                "certificateIdentity": "ci", "certificateOidcIssuer": "https://ci.example",
            } }),
        ]
    );
    for (one, name) in all.iter().zip(["p-q", "p-q-2", "p-q-3"]) {
        assert_eq!(one["apiVersion"], "ml.sigstore.dev/v1alpha1");
        assert_eq!(
            (&one["metadata"]["name"], &one["spec"]["model"]["allowSymlinks"]),
            (&name.into(), &true.into())
        );
    }
    assert_eq!(
        keys(&made),
        [("publisher.models", 15), ("publisher.identities.issuer", 17), ("publisher.identities.subject", 17)]
    );
    // Several authorities together have no place there, and links stay forbidden.
    let two = to_form(
        &publisher(
            "kind = \"x509\"\nfiles = [\"a.pem\", \"b.pem\"]",
            "identities = [{ subject = \"exact:CN=x\" }]",
        ),
        Form::ModelValidation,
    );
    assert!(objects(&two).is_empty() && two.text.contains("# no object can be written"), "{}", two.text);
    let key = to_form(&publisher("kind = \"key\"\nfiles = [\"a.pub\"]", ""), Form::ModelValidation);
    assert_eq!(objects(&key)[0]["spec"]["model"].get("allowSymlinks"), None);
}

#[test]
fn keys_and_identities_make_authorities_of_one_cluster_policy() {
    let text = "[trust.k]\nkind = \"key\"\nfiles = [\"a.pub\"]\n[trust.s]\nkind = \"sigstore\"\n\
                [[publisher]]\nid = \"p\"\nmodels = [\"acme/*\", \"b?d/x\"]\ntrust = [\"k\", \"s\"]\n\
                identities = [{ subject = 'regex:^ci|cd$', issuer = \"https://ci.example\" }]\n\
                [[require]]\nid = \"tested\"\npredicate = \"https://in-toto.io/attestation/test-result/v0.1\"\n\
                where = [{ path = \"result\", op = \"==\", value = \"PASSED\" }]\n";
    let made = to_form(text, Form::ClusterImagePolicy);
    let all = objects(&made);
    let attestations = serde_json::json!([{ "name": "tested", "predicateType": "https://in-toto.io/attestation/test-result/v0.1" }]);
    assert_eq!(all.len(), 1);
    assert_eq!(
        all[0]["spec"],
        serde_json::json!({
            "images": [{ "glob": "acme/**" }],
            "authorities": [
                { "key": { "secretRef": { "name": "k" } }, "attestations": attestations },
                {
                    "keyless": { "url": "https://fulcio.sigstore.dev", "identities": [
                        { "issuer": "https://ci.example", "subjectRegExp": "^(?:ci|cd)$" },
                    ] },
                    "ctlog": { "url": "https://rekor.sigstore.dev" },
                    "attestations": attestations,
                },
            ],
        })
    );
    let lost: Vec<&str> = keys(&made).into_iter().map(|(key, _)| key).collect();
    let clause = ["require.where.path", "require.where.op", "require.where.value"];
    assert!(clause.iter().all(|key| lost.contains(key)), "{lost:?}");
    assert_eq!(lost.len(), 1 + clause.len(), "one name that would be a glob, and the clause: {lost:?}");
    // Where others attest, an authority need not; and a requirement that may fail requires nothing.
    let attester = "[[attester]]\nid = \"e\"\ntrust = [\"k\"]\nroles = [\"eval\"]\n";
    for text in [format!("{text}{attester}"), format!("{text}severity = \"should\"\n")] {
        let made = to_form(&text, Form::ClusterImagePolicy);
        assert!(!made.text.contains("attestations"), "{}", made.text);
        assert!(keys(&made).iter().any(|(key, _)| *key == "require.predicate"));
    }
    let none = to_form(
        &publisher("kind = \"x509\"\nfiles = [\"a.pem\"]", "identities = [{ subject = \"exact:CN=x\" }]"),
        Form::ClusterImagePolicy,
    );
    assert!(objects(&none).is_empty() && keys(&none).iter().any(|(key, _)| *key == "publisher.models"));
}
