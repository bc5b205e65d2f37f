//! Known bad inputs: each fails its own check and no other, and its text names cause and remedy. The snapshot
//! holds what a person reads.
#![cfg(unix)]

use crate::bench::{Authority, Bench, PAYLOAD_TYPE, anchor, faults, log_of, mend_root};
use crate::pki::{DAY, Kind, NOW, pem};
use crate::support::even;
use crate::tokens::{SHA1, Token, Tsa, time};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use touchmark::signing::{Anchor, CheckCode, Curve, Method, SigningKey, Trust, code_info};

type Make = fn(&mut Bench);

/// What it is, the code that must fail, and how it is made out of a good, signed model.
const BAD: &[(&str, &str, Make)] = &[
    // PARSE
    ("no signature", "PARSE-ABSENT", |b| b.remove("model.sig")),
    ("an empty signature", "PARSE-EMPTY", |b| b.write("model.sig", "\n")),
    ("a signature cut off", "PARSE-TRUNCATED", |b| {
        let text = b.bundle_text();
        // The same place in each run: signatures differ in length.
        b.write("model.sig", &text[..600]);
    }),
    ("a text instead of a signature", "PARSE-MALFORMED", |b| b.write("model.sig", "hello")),
    ("a pipe instead of a signature", "PARSE-UNREADABLE", |b| {
        b.remove("model.sig");
        assert!(std::process::Command::new("mkfifo").arg(b.bundle()).status().unwrap().success());
    }),
    ("a key twice in one object", "PARSE-MALFORMED", |b| {
        b.edit_text("\"payload\"", "\"payload\":\"AAAA\",\"payload\"")
    }),
    ("an unknown field", "PARSE-MALFORMED", |b| b.edit_bundle(|v| v["extra"] = json!(1))),
    ("a media type of something else", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["mediaType"] = json!("text/plain"))
    }),
    ("a bundle of an old version", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.1"));
    }),
    ("two signatures", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| {
            let list = v["dsseEnvelope"]["signatures"].as_array_mut().unwrap();
            list.push(list[0].clone());
        });
    }),
    ("no signature in the envelope", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["dsseEnvelope"]["signatures"] = json!([]));
    }),
    ("a keyid that is no text", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["dsseEnvelope"]["signatures"][0]["keyid"] = json!(["mine"]));
    }),
    ("base64 with stray bits", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["dsseEnvelope"]["signatures"][0]["sig"] = json!("AB=="));
    }),
    ("no envelope", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| {
            v.as_object_mut().unwrap().remove("dsseEnvelope");
        });
    }),
    ("no material", "PARSE-MALFORMED", |b| b.edit_bundle(|v| v["verificationMaterial"] = json!({}))),
    ("key and certificate at once", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["verificationMaterial"]["certificate"] = json!({ "rawBytes": "AAAA" }));
    }),
    ("a keyless signature without log entry", "PARSE-MALFORMED", |b| {
        b.edit_bundle(|v| v["verificationMaterial"] = json!({ "certificate": { "rawBytes": "AAAA" } }));
    }),
    ("a thousand levels of nesting", "PARSE-TOO-LARGE", |b| {
        b.write("model.sig", format!("{{\"mediaType\":{}{}}}", "[".repeat(1000), "]".repeat(1000)));
    }),
    // METHOD
    ("a certificate asked of a key signature", "METHOD-MISMATCH", |b| {
        b.options.method = Some(Method::Certificate);
        b.trust = Trust::new(vec![Authority::new("root").anchor()]);
    }),
    ("a key asked of a keyless signature", "METHOD-MISMATCH", |b| {
        b.sign_keyless(&Authority::new("root"), "AAAA");
        b.options.method = Some(Method::Key);
    }),
    // TRUST
    ("nothing trusted", "TRUST-NO-ANCHOR", |b| b.trust = Trust::new(Vec::new())),
    ("an authority trusted, and signed with a key", "TRUST-NO-ANCHOR", |b| {
        b.trust = Trust::new(vec![Authority::new("root").anchor()]);
    }),
    ("another key", "TRUST-UNKNOWN-KEY", |b| {
        b.trust = Trust::new(vec![anchor("publisher", &SigningKey::generate(Curve::P384).unwrap())]);
    }),
    ("the hint of another key", "TRUST-HINT", |b| {
        b.edit_bundle(|v| v["verificationMaterial"]["publicKey"]["hint"] = json!("0a".repeat(32)));
    }),
    // SIGNATURE
    ("a statement altered after signing", "SIGNATURE-INVALID", |b| {
        let text =
            String::from_utf8(b.payload()).unwrap().replacen("\"name\":\"model\"", "\"name\":\"other\"", 1);
        b.edit_bundle(|v| v["dsseEnvelope"]["payload"] = STANDARD.encode(text).into());
    }),
    ("another signature", "SIGNATURE-INVALID", |b| {
        let other = b.key.sign(b"something else").unwrap();
        b.edit_bundle(|v| v["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(other).into());
    }),
    ("a certificate with an Ed25519 key", "SIGNATURE-KEY", |b| {
        let root = Authority::new("root");
        b.sign_under(&root.issue_ed25519(), &[]);
        b.trust = Trust::new(vec![root.anchor()]);
    }),
    // CHAIN
    ("an expired certificate", "CHAIN-EXPIRED", |b| {
        certified(b, |params| params.not_after = rcgen::date_time_ymd(2026, 2, 1));
    }),
    ("a certificate of tomorrow", "CHAIN-NOT-YET-VALID", |b| {
        certified(b, |params| params.not_before = rcgen::date_time_ymd(2027, 1, 1));
    }),
    ("a certificate that is not for signing", "CHAIN-USAGE", |b| {
        certified(b, |params| {
            params.key_usages = vec![rcgen::KeyUsagePurpose::KeyEncipherment];
            params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        });
    }),
    ("a certificate of a stranger", "CHAIN-UNTRUSTED", |b| {
        certified(b, |_| {});
        b.trust = Trust::new(vec![Authority::new("stranger").anchor()]);
    }),
    ("an authority of the same name", "CHAIN-SIGNATURE", |b| {
        certified(b, |_| {});
        b.trust = Trust::new(vec![Authority::new("root").anchor()]);
    }),
    ("an intermediate certificate left out", "CHAIN-UNTRUSTED", |b| {
        let root = Authority::new("root");
        let leaf = root.under("issuing").issue(|_| {});
        b.sign_under(&leaf, &[]);
        b.trust = Trust::new(vec![root.anchor()]);
    }),
    // LOG
    ("signed with staging, judged by production", "LOG-UNKNOWN", |b| {
        b.sign_keyless(&Authority::new("root"), &log_of(&Anchor::staging()));
        judged_by(b, Anchor::public_good());
    }),
    ("signed with production, judged by staging", "LOG-UNKNOWN", |b| {
        b.sign_keyless(&Authority::new("root"), &log_of(&Anchor::public_good()));
        judged_by(b, Anchor::staging());
    }),
    ("signed with an instance nobody knows", "LOG-UNKNOWN", |b| {
        b.sign_keyless(&Authority::new("root"), "d29uZGVybGFuZA==");
        judged_by(b, Anchor::public_good());
    }),
    // IDENTITY
    ("a look-alike signer", "IDENTITY-MISMATCH", |b| {
        certified(b, |_| {});
        b.trust = b.trust.clone().expecting("CN=ci,O=acne", Some("CN=root".into()));
    }),
    ("another issuer", "IDENTITY-MISMATCH", |b| {
        certified(b, |_| {});
        b.trust = b.trust.clone().expecting("CN=ci,O=acme", Some("CN=Root".into()));
    }),
    // STATEMENT
    ("a payload of another type", "STATEMENT-PAYLOAD-TYPE", |b| b.sign_payload(&b.payload(), "text/plain")),
    ("a statement of another version", "STATEMENT-TYPE", |b| {
        b.edit_statement(|s| s["_type"] = json!("https://in-toto.io/Statement/v0.1"));
    }),
    ("a provenance instead of a signature", "STATEMENT-TYPE", |b| {
        b.edit_statement(|s| s["predicateType"] = json!("https://slsa.dev/provenance/v1"));
    }),
    ("a future major version", "STATEMENT-VERSION", |b| {
        b.edit_statement(|s| s["predicateType"] = json!("https://model_signing/signature/v2.0"));
    }),
    ("no predicate", "STATEMENT-MALFORMED", |b| {
        b.edit_statement(|s| {
            s.as_object_mut().unwrap().remove("predicate");
        });
    }),
    ("no subject", "STATEMENT-MALFORMED", |b| b.edit_statement(|s| s["subject"] = json!([]))),
    ("two subjects", "STATEMENT-MALFORMED", |b| {
        b.edit_statement(|s| {
            let list = s["subject"].as_array_mut().unwrap();
            list.push(list[0].clone());
        });
    }),
    ("nothing signed", "STATEMENT-MALFORMED", |b| b.edit_resources(Vec::clear)),
    ("a file signed twice", "STATEMENT-MALFORMED", |b| {
        b.edit_resources(|list| list.push(list[0].clone()));
    }),
    ("a name that leaves the model", "STATEMENT-MALFORMED", |b| name(b, "../outside")),
    ("an absolute name", "STATEMENT-MALFORMED", |b| name(b, "/etc/passwd")),
    ("a name with a dot segment", "STATEMENT-MALFORMED", |b| name(b, "sub/./x")),
    ("a digest in upper case", "STATEMENT-MALFORMED", |b| {
        b.edit_resources(|list| {
            list[0]["digest"] = list[0]["digest"].as_str().unwrap().to_uppercase().into();
        });
    }),
    ("an algorithm that is not the recorded one", "STATEMENT-MALFORMED", |b| {
        b.edit_resources(|list| list[0]["algorithm"] = json!("blake3"));
    }),
    ("a hash that OMS does not know", "STATEMENT-MALFORMED", |b| recorded(b, "hash_type", json!("sha1"))),
    ("a rule on links left out", "STATEMENT-MALFORMED", |b| recorded(b, "allow_symlinks", Value::Null)),
    ("a shard size without shards", "STATEMENT-MALFORMED", |b| recorded(b, "shard_size", json!(8))),
    ("an ignored path that leaves the model", "STATEMENT-MALFORMED", |b| {
        recorded(b, "ignore_paths", json!(["../x"]));
    }),
    ("shards with a gap", "STATEMENT-MALFORMED", |b| {
        *b = Bench::sharded(&[("weights.bin", b"0123456789")], 4);
        b.edit_resources(|list| {
            list.remove(1);
        });
    }),
    ("text after the statement", "STATEMENT-MALFORMED", |b| {
        b.sign_payload(&[b.payload(), b"{}".to_vec()].concat(), PAYLOAD_TYPE);
    }),
    ("a statement a thousand levels deep", "STATEMENT-TOO-LARGE", |b| {
        b.sign_payload(&["[".repeat(1000), "]".repeat(1000)].concat().into_bytes(), PAYLOAD_TYPE);
    }),
    // SUBJECT
    ("the root digest of something else", "SUBJECT-DIGEST", |b| {
        b.edit_statement(|s| s["subject"][0]["digest"]["sha256"] = json!("0a".repeat(32)));
    }),
    ("resources in another order than the root digest", "SUBJECT-DIGEST", |b| {
        b.edit_statement(|s| s["predicate"]["resources"].as_array_mut().unwrap().reverse());
    }),
    // TIME
    ("a timestamp that is none", "TIME-MALFORMED", |b| stamped(b, |token| token.answer = Some(2))),
    ("a timestamp of another signature", "TIME-OTHER-SIGNATURE", |b| {
        stamped(b, |token| token.imprint.1 = vec![7; 32]);
    }),
    ("a timestamp whose time was changed", "TIME-INVALID", |b| stamped(b, |token| token.altered = true)),
    ("a timestamp over a digest of SHA-1", "TIME-ALGORITHM", |b| stamped(b, |token| token.imprint.0 = SHA1)),
    ("a timestamp of tomorrow", "TIME-FUTURE", |b| {
        stamped(b, |token| token.at = time(NOW + DAY));
    }),
    ("a timestamp after its certificate had ended", "TIME-AUTHORITY", |b| {
        stamped(b, |token| token.at = time(NOW + 500 * DAY));
    }),
    // FILES
    ("a changed file", "FILES-CHANGED", |b| b.write("weights.bin", "\u{0}wEights")),
    ("an emptied file", "FILES-CHANGED", |b| b.write("weights.bin", "")),
    ("two files exchanged", "FILES-CHANGED", |b| {
        b.write("README.md", "{}");
        b.write("config.json", "# Model\n");
    }),
    ("converted ends of lines", "FILES-CHANGED", |b| b.write("sub/vocab.txt", "a\r\nb\r\nc\r\n")),
    ("a Git LFS pointer", "FILES-CHANGED", |b| {
        let digest = b.statement()["predicate"]["resources"][3]["digest"].as_str().unwrap().to_owned();
        let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 8\n");
        b.write("weights.bin", pointer);
    }),
    ("an error page instead of a file", "FILES-CHANGED", |b| {
        b.write("weights.bin", "<!DOCTYPE html><title>Not found</title>");
    }),
    ("a changed shard", "FILES-CHANGED", |b| {
        *b = Bench::sharded(&[("weights.bin", b"0123456789")], 4);
        b.write("weights.bin", "01234x6789");
    }),
    ("a file cut off in the second shard", "FILES-CHANGED", |b| {
        *b = Bench::sharded(&[("weights.bin", b"0123456789")], 4);
        b.write("weights.bin", "01234");
    }),
    ("a sharded file with something behind it", "FILES-CHANGED", |b| {
        *b = Bench::sharded(&[("weights.bin", b"0123456789")], 4);
        b.write("weights.bin", "0123456789ab");
    }),
    ("a file gone", "FILES-MISSING", |b| b.remove("config.json")),
    ("a file in another place", "FILES-MISSING", |b| b.rename("config.json", "sub/settings.json")),
    ("a name in another case", "FILES-MISSING", |b| b.rename("README.md", "readme.md")),
    ("a name in another Unicode form", "FILES-MISSING", |b| {
        b.write("caf\u{e9}.txt", "x");
        b.sign();
        b.rename("caf\u{e9}.txt", "cafe\u{301}.txt");
    }),
    ("code added", "FILES-EXTRA", |b| b.write("modeling_acme.py", "import os")),
    ("a text that pretends to be an attestation", "FILES-EXTRA", |b| {
        b.write("build.sigstore.json", "import os")
    }),
    ("a symbolic link added", "FILES-LINK", |b| {
        std::os::unix::fs::symlink("config.json", b.model().join("tokenizer.json")).unwrap();
    }),
    ("a pipe in the model", "FILES-ODD", |b| {
        assert!(std::process::Command::new("mkfifo").arg(b.model().join("pipe")).status().unwrap().success());
    }),
    ("the signature of another model", "FILES-OTHER-MODEL", |b| {
        let other = Bench::unsigned(&[("a.safetensors", "x"), ("b.json", "y")]);
        fs::copy(b.bundle(), other.bundle()).unwrap();
        fs::remove_dir_all(b.model()).unwrap();
        fs::rename(other.model(), b.model()).unwrap();
    }),
];

/// After the embedded roots were made.
fn judged_by(bench: &mut Bench, root: Anchor) {
    bench.trust = Trust::new(vec![root]);
    bench.options.at = "2026-12-01T00:00:00Z".parse().unwrap();
}

/// With a timestamp of an authority that is trusted, changed so.
fn stamped(bench: &mut Bench, change: fn(&mut Token)) {
    let tsa = Tsa::new(Kind::P256);
    let sig = bench.bundle_json()["dsseEnvelope"]["signatures"][0]["sig"].as_str().unwrap().to_owned();
    let token = tsa.token(&STANDARD.decode(sig).unwrap()).with(change).make();
    bench.edit_bundle(|v| {
        v["verificationMaterial"]["timestampVerificationData"] =
            json!({ "rfc3161Timestamps": [{ "signedTimestamp": STANDARD.encode(token) }] });
    });
    let root = pem("CERTIFICATE", &tsa.root_der());
    bench.trust.anchors.push(Anchor::tsa("stamps", "test", root.as_bytes(), None).unwrap());
}

/// Signed under an authority that is trusted.
fn certified(bench: &mut Bench, change: impl FnOnce(&mut rcgen::CertificateParams)) {
    let root = Authority::new("root");
    bench.sign_under(&root.issue(change), &[]);
    bench.trust = Trust::new(vec![root.anchor()]);
}

fn name(bench: &Bench, name: &str) {
    bench.edit_resources(|list| list[0]["name"] = name.into());
}

fn recorded(bench: &Bench, field: &str, value: Value) {
    bench.edit_statement(|statement| {
        let recorded = statement["predicate"]["serialization"].as_object_mut().unwrap();
        if value.is_null() {
            recorded.remove(field);
        } else {
            recorded.insert(field.to_owned(), value);
        }
        mend_root(statement);
    });
}

#[test]
fn each_known_bad_input_fails_its_own_check_and_no_other_and_says_why() {
    assert!(BAD.len() >= 40);
    let mut page = String::new();
    for (name, code, make) in BAD {
        let mut bench = Bench::new();
        make(&mut bench);
        let mut seen = bench.verify();
        let info = CheckCode::parse(code)
            .and_then(code_info)
            .unwrap_or_else(|| panic!("{name}: {code} is not in the table"));
        assert_eq!(faults(&seen), [(info.code.stage(), *code)], "{name}: {:#?}", seen.checks);
        let check = seen.headline().unwrap().clone();
        assert_eq!(check.code, *code, "{name}");
        assert!(check.words().remedy.is_some(), "{name}: no remedy");
        seen.checks = vec![check];
        let text = touchmark::report::verification("the model", &seen, None, true);
        assert!(text.contains("cause ") && text.contains("remedy "), "{name}: {text}");
        let place = bench.folder.path().canonicalize().unwrap();
        let text = text.replace(&*place.to_string_lossy(), "DIR");
        let text = text.replace(&*bench.folder.path().to_string_lossy(), "DIR");
        // What follows from the other checks is left out here.
        let text: Vec<&str> =
            text.lines().filter(|line| line.starts_with("   ") || line.contains(['✗', '?'])).collect();
        let _ = writeln!(page, "## {name}\n{}\n", even(&text.join("\n")));
    }
    insta::assert_snapshot!("known_bad", page);
}

#[test]
fn the_good_model_that_they_are_made_of_passes() {
    for bench in [Bench::new(), Bench::sharded(&[("weights.bin", b"0123456789")], 4)] {
        let seen = bench.verify();
        assert!(faults(&seen).is_empty(), "{:#?}", seen.checks);
    }
    let mut bench = Bench::new();
    certified(&mut bench, |_| {});
    assert!(faults(&bench.verify()).is_empty());
}
