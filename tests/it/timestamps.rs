//! Timestamps over signatures by key and certificate: one that holds is the signing time, and lets a signature
//! outlive its certificate; each that does not fails TIME alone, with its own code.
#![allow(non_snake_case)]

use crate::bench::{Bench, Leaf, details, faults};
use crate::pki::*;
use crate::support::{err, out, touchmark};
use crate::tokens::oid;
use crate::tokens::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use std::process::Command;
use touchmark::signing::{Anchor, Outcome, Stage, TimeSource, Verification, inspect};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsages};

/// A signed model whose bundle holds timestamps, and an authority that is trusted.
struct Stamped {
    bench: Bench,
    tsa: Tsa,
}

impl Stamped {
    fn by(tsa: Tsa) -> Self {
        let mut bench = Bench::new();
        bench.trust.anchors.push(
            Anchor::tsa("stamps", "test", pem("CERTIFICATE", &tsa.root_der()).as_bytes(), None).unwrap(),
        );
        Stamped { bench, tsa }
    }

    fn new() -> Self {
        Self::by(Tsa::new(Kind::P256))
    }

    fn signature(&self) -> Vec<u8> {
        let sig = &self.bench.bundle_json()["dsseEnvelope"]["signatures"][0]["sig"];
        STANDARD.decode(sig.as_str().unwrap()).unwrap()
    }

    fn token(&self) -> Token<'_> {
        self.tsa.token(&self.signature())
    }

    fn put(&self, tokens: &[Vec<u8>]) {
        let stamps: Vec<_> =
            tokens.iter().map(|der| json!({ "signedTimestamp": STANDARD.encode(der) })).collect();
        self.bench.edit_bundle(|bundle| {
            bundle["verificationMaterial"]["timestampVerificationData"] =
                json!({ "rfc3161Timestamps": stamps });
        });
    }

    fn verify_with(&self, token: &Token) -> Verification {
        self.put(&[token.make()]);
        self.bench.verify()
    }
}

fn passes_at(what: &str, verified: &Verification, at: i64) {
    assert_eq!(faults(verified), [], "{what}: {verified:#?}");
    assert_eq!(verified.outcome_of(Stage::Time), Outcome::Pass, "{what}");
    let at = jiff::Timestamp::from_second(at).unwrap();
    assert_eq!(verified.signed_at, Some((at, TimeSource::Authority)), "{what}");
}

#[test]
fn a_timestamp_by_every_key_that_is_known_says_when() {
    for kind in [Kind::P256, Kind::P384, Kind::P521, Kind::Rsa] {
        let stamped = Stamped::by(Tsa::new(kind));
        let what = format!("{kind:?}");
        passes_at(&what, &stamped.verify_with(&stamped.token()), NOW - 30 * DAY);
        // As many write it: without the answer around it, the kind of key instead of the algorithm.
        let plain = match kind {
            Kind::Rsa => "1.2.840.113549.1.1.1",
            _ => "1.2.840.10045.2.1",
        };
        let bare = stamped.token().with(|token| token.answer = None);
        passes_at(&what, &stamped.verify_with(&bare), NOW - 30 * DAY);
        if kind == Kind::Rsa {
            let brief = stamped.token().with(|token| token.algorithm = Some(plain));
            passes_at(&what, &stamped.verify_with(&brief), NOW - 30 * DAY);
        }
    }
}

type Change = fn(&mut Token);

#[test]
fn a_timestamp_may_be_written_in_every_way_that_the_standard_allows() {
    let ways: &[(&str, Change)] = &[
        ("granted with changes", |t| t.answer = Some(1)),
        ("a digest of SHA-384", |t| t.digest = SHA384),
        ("the older way to name the certificate", |t| t.named = vec![ess_v1(&t.leaf)]),
        ("both ways", |t| t.named.push(ess_v1(&t.leaf))),
        ("the signer by its key", |t| t.by_key_id = true),
        ("attributes that nobody knows", |t| t.attributes = vec![attribute("1.2.3.5", int(1))]),
        ("accuracy, ordering and a nonce", |t| {
            let accuracy = seq(&[int(1), vec![0x80, 2, 1, 0xf4]]);
            t.more = [accuracy, vec![1, 1, 0xff], int(5)].concat();
        }),
        ("a certificate that has nothing to do with it", |t| {
            let key = Key::new(Kind::P256);
            t.certificates.push(Spec::leaf("CN=other", "CN=nobody").issue(&key, &key));
        }),
    ];
    for (what, change) in ways {
        let stamped = Stamped::new();
        passes_at(what, &stamped.verify_with(&stamped.token().with(change)), NOW - 30 * DAY);
    }
    let stamped = Stamped::new();
    let token = stamped.token().with(|token| {
        token.imprint = (SHA512, hash(SHA512, &stamped.signature()));
        token.at = time(NOW - 30 * DAY).replace('Z', ".25Z");
    });
    let verified = stamped.verify_with(&token);
    assert_eq!(verified.signed_at.unwrap().0.to_string(), "2026-05-02T00:00:00.25Z");
    let token = stamped
        .token()
        .with(|token| token.more = [seq(&[int(1), vec![0x80, 2, 1, 0xf4]]), vec![1, 1, 0xff]].concat());
    let told = details(&stamped.verify_with(&token), Stage::Time);
    assert!(told.contains("accurate to 1.5 s") && told.contains("timestamps: yes"), "{told}");
}

#[test]
fn a_timestamp_that_does_not_hold_fails_TIME_alone_with_its_own_code() {
    let bad: &[(&str, &str, Change)] = &[
        ("of another signature", "TIME-OTHER-SIGNATURE", |t| t.imprint.1 = hash(SHA256, b"another")),
        ("over a digest of SHA-1", "TIME-ALGORITHM", |t| t.imprint.0 = SHA1),
        ("signed with a digest of SHA-1", "TIME-MALFORMED", |t| t.digest = SHA1),
        ("with another time than was signed", "TIME-INVALID", |t| t.altered = true),
        ("of another content", "TIME-MALFORMED", |t| t.content = "1.2.840.113549.1.7.1"),
        ("of version 2", "TIME-MALFORMED", |t| t.version = 2),
        ("with two signers", "TIME-MALFORMED", |t| t.signers = 2),
        ("with no signer", "TIME-MALFORMED", |t| t.signers = 0),
        ("refused by the authority", "TIME-MALFORMED", |t| t.answer = Some(2)),
        ("with a time of minutes", "TIME-MALFORMED", |t| t.at = "202605020000Z".into()),
        ("with a time of a place", "TIME-MALFORMED", |t| t.at = "20260502000000+0100".into()),
        ("of tomorrow", "TIME-FUTURE", |t| t.at = time(NOW + DAY)),
        ("before its certificate began", "TIME-AUTHORITY", |t| t.at = time(NOW - 400 * DAY)),
        ("after its certificate had ended", "TIME-AUTHORITY", |t| t.at = time(NOW + 400 * DAY)),
        ("that names no certificate", "TIME-AUTHORITY", |t| t.named.clear()),
        ("that names another certificate", "TIME-AUTHORITY", |t| t.named = vec![ess_v2(b"another")]),
        ("that names another the older way", "TIME-AUTHORITY", |t| t.named = vec![ess_v1(b"another")]),
        ("with the content type twice", "TIME-MALFORMED", |t| {
            t.attributes = vec![attribute("1.2.840.113549.1.9.3", oid("1.2.3"))];
        }),
        ("with a critical extension", "TIME-MALFORMED", |t| {
            t.more = tlv(0xa1, &[seq(&[oid("1.2.3.6"), vec![1, 1, 0xff], octets(b"x")])]);
        }),
        ("that says to be by RSA", "TIME-INVALID", |t| t.algorithm = Some(SHA256_RSA)),
    ];
    for (what, code, change) in bad {
        let stamped = Stamped::new();
        let verified = stamped.verify_with(&stamped.token().with(change));
        assert_eq!(faults(&verified), [(Stage::Time, *code)], "{what}: {verified:#?}");
        assert_eq!(verified.signed_at, None, "{what}");
        let check = verified.check(Stage::Time).unwrap();
        assert!(check.words().found.is_some() && check.words().remedy.is_some(), "{what}: {check:#?}");
    }
}

#[test]
fn what_is_no_timestamp_fails_TIME_as_malformed() {
    let stamped = Stamped::new();
    let good = stamped.token().make();
    let cut = good[..good.len() - 1].to_vec();
    let followed = [good.clone(), vec![0]].concat();
    for (what, bytes) in [
        ("text", b"hello".to_vec()),
        ("an empty sequence", vec![0x30, 0]),
        ("cut off", cut),
        ("followed by something", followed),
        ("too large", vec![0x30; 70_000]),
        ("deep", (0..10_000).flat_map(|_| [0x30, 0x80]).collect()),
        ("an indefinite length", vec![0x30, 0x80, 0, 0]),
    ] {
        stamped.put(&[bytes]);
        let verified = stamped.bench.verify();
        assert_eq!(faults(&verified), [(Stage::Time, "TIME-MALFORMED")], "{what}");
    }
}

#[test]
fn a_certificate_that_is_not_for_timestamps_alone_makes_none() {
    type Edit = fn(&mut Tsa);
    let bad: &[(&str, &str, Edit)] = &[
        ("no purpose", "extended key usage", |t| t.leaf.remove(only_for(&[], true).0)),
        ("another purpose", "timestamps alone", |t| t.leaf.set(only_for(&[CODE_SIGNING], true))),
        ("two purposes", "timestamps alone", |t| t.leaf.set(only_for(&[TIME_STAMPING, CODE_SIGNING], true))),
        ("not critical", "not critical", |t| t.leaf.set(only_for(&[TIME_STAMPING], false))),
        ("only for certificates", "key usage", |t| t.leaf.set(may(KeyUsages::KeyCertSign))),
        ("under a root that is no authority", "", |t| {
            t.root.set(ext(true, &BasicConstraints { ca: false, path_len_constraint: None }))
        }),
        ("with a critical extension that nobody knows", "", |t| t.leaf.set(unknown(true))),
    ];
    for (what, said, edit) in bad {
        let mut tsa = Tsa::new(Kind::P256);
        edit(&mut tsa);
        let stamped = Stamped::by(tsa);
        let verified = stamped.verify_with(&stamped.token());
        assert_eq!(faults(&verified), [(Stage::Time, "TIME-AUTHORITY")], "{what}: {verified:#?}");
        let found = verified.check(Stage::Time).unwrap().words().found.unwrap();
        let found = found.raw();
        assert!(found.contains(said), "{what}: {found}");
    }
}

#[test]
fn an_authority_that_is_not_trusted_says_nothing_and_contradicts_nothing() {
    let stamped = Stamped::new();
    let stranger = Tsa::new(Kind::P256);
    // The same names and another key, and names of its own: both bring their root along.
    let mut renamed = Tsa::new(Kind::P256);
    renamed.root = Spec::ca("CN=mine", "CN=mine");
    renamed.leaf.issuer = "CN=mine".to_owned();
    for tsa in [&stranger, &renamed] {
        let token = tsa.token(&stamped.signature()).with(|token| token.certificates.push(tsa.root_der()));
        let verified = stamped.verify_with(&token);
        assert_eq!(faults(&verified), [], "{verified:#?}");
        let check = verified.check(Stage::Time).unwrap();
        assert_eq!((check.code.as_str(), check.outcome), ("TIME-UNKNOWN-AUTHORITY", Outcome::Partial));
        assert_eq!(verified.signed_at, None);
    }
    // Beside one that is trusted it does not matter, and neither does a broken one; both are told.
    stamped.put(&[stranger.token(&stamped.signature()).make(), b"junk".to_vec(), stamped.token().make()]);
    let verified = stamped.bench.verify();
    passes_at("a trusted one among others", &verified, NOW - 30 * DAY);
    let told = details(&verified, Stage::Time);
    assert!(
        told.contains("timestamp 1 does not count") && told.contains("timestamp 2 does not count"),
        "{told}"
    );
    // With nobody trusted it is as if there were none, and what they say is told.
    stamped.put(&[stranger.token(&stamped.signature()).make(), stamped.token().make()]);
    let mut bench = stamped.bench;
    bench.trust.anchors.pop();
    let verified = bench.verify();
    let check = verified.check(Stage::Time).unwrap();
    assert_eq!((check.code.as_str(), check.outcome), ("TIME-UNTRUSTED", Outcome::Partial));
    assert!(check.words().remedy.as_ref().unwrap().contains("--tsa-certificate-chain"), "{check:#?}");
    assert!(details(&verified, Stage::Time).contains("CN=stamps"), "{check:#?}");
}

#[test]
fn the_earliest_of_several_trusted_timestamps_is_the_signing_time() {
    let stamped = Stamped::new();
    let at = |days: i64| stamped.token().with(|token| token.at = time(NOW - days * DAY)).make();
    stamped.put(&[at(3), at(9), at(5)]);
    passes_at("the second", &stamped.bench.verify(), NOW - 9 * DAY);
}

#[test]
fn too_many_timestamps_are_no_bundle() {
    let stamped = Stamped::new();
    stamped.put(&vec![stamped.token().make(); 17]);
    assert_eq!(faults(&stamped.bench.verify()), [(Stage::Parse, "PARSE-MALFORMED")]);
}

#[test]
fn a_certificate_of_the_authority_that_has_ended_since_still_counts_and_is_told() {
    let mut tsa = Tsa::new(Kind::P256);
    tsa.leaf.to = NOW - 10 * DAY;
    let stamped = Stamped::by(tsa);
    let verified = stamped.verify_with(&stamped.token());
    passes_at("ended since", &verified, NOW - 30 * DAY);
    assert!(details(&verified, Stage::Time).contains("valid until 2026-05-22"), "{verified:#?}");
}

#[test]
fn the_signers_certificate_may_come_from_the_one_who_trusts_it_alone() {
    let tsa = Tsa::new(Kind::P256);
    let both = pem("CERTIFICATE", &tsa.leaf_der()) + &pem("CERTIFICATE", &tsa.root_der());
    let mut stamped = Stamped::by(tsa);
    stamped.bench.trust.anchors.pop();
    let token = stamped.token().with(|token| token.certificates.clear());
    assert_eq!(stamped.verify_with(&token).signed_at, None);
    drop(token);
    stamped.bench.trust.anchors.push(Anchor::tsa("both", "test", both.as_bytes(), None).unwrap());
    let token = stamped.token().with(|token| token.certificates.clear());
    passes_at("brought by us", &stamped.verify_with(&token), NOW - 30 * DAY);
}

/// A bundle by a certificate that has ended since.
fn by_an_ended_certificate() -> Stamped {
    let (root_key, key) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let root = Spec::ca("CN=root", "CN=root").issue(&root_key, &root_key);
    let mut leaf = Spec::leaf("CN=ci,O=acme", "CN=root");
    leaf.to = NOW - 10 * DAY;
    let mut stamped = Stamped::new();
    stamped.bench.trust.anchors.push(Anchor::ca("authority", "test", &root, None).unwrap());
    stamped.bench.sign_under(&Leaf { der: leaf.issue(&key, &root_key), key: Some(key.pem()) }, &[]);
    stamped
}

#[test]
fn a_signature_outlives_its_certificate_by_a_timestamp_and_only_by_one_that_holds() {
    let stamped = by_an_ended_certificate();
    assert_eq!(faults(&stamped.bench.verify()), [(Stage::Chain, "CHAIN-EXPIRED")]);
    passes_at("in its time", &stamped.verify_with(&stamped.token()), NOW - 30 * DAY);
    let late = stamped.token().with(|token| token.at = time(NOW - 5 * DAY));
    assert_eq!(faults(&stamped.verify_with(&late)), [(Stage::Chain, "CHAIN-EXPIRED")]);
    let early = stamped.token().with(|token| token.at = time(NOW - 364 * DAY - 23 * 3600));
    passes_at("in its first hour", &stamped.verify_with(&early), NOW - 364 * DAY - 23 * 3600);
    let other = stamped.token().with(|token| token.imprint.1 = hash(SHA256, b"another"));
    assert_eq!(
        faults(&stamped.verify_with(&other)),
        [(Stage::Chain, "CHAIN-EXPIRED"), (Stage::Time, "TIME-OTHER-SIGNATURE")]
    );
    let stranger = Tsa::new(Kind::P256);
    let theirs = stranger.token(&stamped.signature());
    assert_eq!(faults(&stamped.verify_with(&theirs)), [(Stage::Chain, "CHAIN-EXPIRED")]);
}

#[test]
fn a_timestamp_over_a_broken_signature_says_nothing() {
    let stamped = by_an_ended_certificate();
    let broken = [stamped.signature(), vec![0]].concat();
    stamped.bench.edit_bundle(|bundle| {
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(&broken).into();
    });
    let verified = stamped.verify_with(&stamped.tsa.token(&broken));
    assert_eq!(verified.outcome_of(Stage::Signature), Outcome::Fail);
    assert_eq!((verified.outcome_of(Stage::Time), verified.signed_at), (Outcome::Unknown, None));
}

#[test]
fn the_authorities_of_a_trusted_root_count_in_their_windows_and_for_their_signer_alone() {
    let stamped = Stamped::new();
    let chain = |tsa: &Tsa, signer: Vec<u8>, valid: serde_json::Value| {
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [], "certificateAuthorities": [], "ctlogs": [],
            "timestampAuthorities": [{
                "subject": { "organization": "test", "commonName": "test" },
                "uri": "https://test",
                "certChain": { "certificates": [
                    { "rawBytes": STANDARD.encode(signer) }, { "rawBytes": STANDARD.encode(tsa.root_der()) },
                ] },
                "validFor": valid,
            }],
        })
        .to_string()
    };
    let since = json!({ "start": "2024-01-01T00:00:00Z" });
    let until = json!({ "start": "2024-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z" });
    let mut other = stamped.tsa.leaf.clone();
    other.serial += 1;
    let other = other.issue(&stamped.tsa.key, &stamped.tsa.root_key);
    let leaf = stamped.tsa.leaf_der();
    let roots = [
        (chain(&stamped.tsa, leaf.clone(), since.clone()), "TIME"),
        (chain(&stamped.tsa, leaf, until), "TIME-AUTHORITY"),
        (chain(&stamped.tsa, other, since), "TIME-UNKNOWN-AUTHORITY"),
    ];
    stamped.put(&[stamped.token().make()]);
    let Stamped { mut bench, .. } = stamped;
    for (root, code) in roots {
        bench.trust.anchors.pop();
        bench.trust.anchors.push(Anchor::tsa("root", "test", root.as_bytes(), None).unwrap());
        let verified = bench.verify();
        assert_eq!(verified.check(Stage::Time).unwrap().code, code, "{verified:#?}");
        assert_eq!(verified.signed_at.is_some(), code == "TIME", "{verified:#?}");
    }
    assert!(Anchor::tsa("none", "test", br#"{"timestampAuthorities":[]}"#, None).is_err());
}

#[test]
fn inspect_shows_what_timestamps_say_unchecked() {
    let stamped = Stamped::new();
    stamped.put(&[stamped.token().make(), b"junk".to_vec()]);
    let seen = format!("{:?}", inspect(&stamped.bench.bundle()).unwrap());
    assert!(seen.contains("2026-05-02T00:00:00Z by CN=stamps") && seen.contains("cannot be read"), "{seen}");
}

#[test]
fn tokens_of_openssl_hold() {
    if Command::new("openssl").arg("version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI wants openssl");
        eprintln!("SKIPPED: openssl is not installed; its timestamps are not verified");
        return;
    }
    for keys in ["rsa:2048", "ec"] {
        let stamped = Stamped::new();
        let folder = stamped.bench.folder.path();
        fs::write(folder.join("signature"), stamped.signature()).unwrap();
        fs::write(folder.join("ts.cnf"), OPENSSL).unwrap();
        let run = |line: &str| {
            let words = line.split_whitespace();
            let output = Command::new("openssl").args(words).current_dir(folder).output().unwrap();
            assert!(output.status.success(), "{line}: {}", err(&output));
        };
        let new = if keys == "ec" { "ec -pkeyopt ec_paramgen_curve:P-384" } else { keys };
        run(&format!(
            "req -config ts.cnf -x509 -newkey {new} -nodes -keyout root.key -out root.pem -days 30 -subj /CN=root -extensions ca"
        ));
        run(&format!(
            "req -config ts.cnf -newkey {new} -nodes -keyout tsa.key -out tsa.csr -subj /CN=stamps"
        ));
        run(
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial 7 -days 30 -out tsa.pem -extfile ts.cnf -extensions stamp",
        );
        for digest in ["sha256", "sha512"] {
            run(&format!("ts -query -data signature -{digest} -cert -out query"));
            run("ts -reply -config ts.cnf -queryfile query -out reply");
            stamped.put(&[fs::read(folder.join("reply")).unwrap()]);
            let mut bench = Bench { trust: stamped.bench.trust.clone(), ..Bench::unsigned(&[]) };
            bench.trust.anchors.push(Anchor::read_tsa("openssl", &folder.join("root.pem")).unwrap());
            bench.options.at = jiff::Timestamp::now();
            let verified = touchmark::signing::verify(
                &stamped.bench.model(),
                &stamped.bench.bundle(),
                &bench.trust,
                &bench.options,
                &Default::default(),
            )
            .unwrap();
            assert_eq!(faults(&verified), [], "{keys} {digest}: {verified:#?}");
            assert_eq!(verified.outcome_of(Stage::Time), Outcome::Pass);
        }
    }
}

const OPENSSL: &str = "
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamp]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = root.pem
signer_digest = sha384
default_policy = 1.2.3.4
digests = sha256, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_chain = yes
ess_cert_id_alg = sha256
";

#[test]
fn verify_takes_authorities_by_flag_and_says_what_they_say() {
    let stamped = Stamped::new();
    stamped.put(&[stamped.token().make()]);
    let folder = stamped.bench.folder.path();
    let file = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_string_lossy().into_owned()
    };
    let key = file("key.pem", &stamped.bench.key.public().to_pem());
    let root = file("stamps.pem", &pem("CERTIFICATE", &stamped.tsa.root_der()));
    let model = stamped.bench.model().to_string_lossy().into_owned();
    let run = |more: &[&str]| {
        let words = ["verify", "key", &model, "--public-key", &key, "--at", "2026-06-01T00:00:00Z"];
        touchmark(words.iter().chain(more))
    };
    let good = run(&["--tsa-certificate-chain", &root, "--require-timestamp"]);
    assert_eq!(good.status.code(), Some(0), "{}{}", out(&good), err(&good));
    assert!(out(&good).contains("signed at    2026-05-02T00:00:00Z"), "{}", out(&good));
    let bad = run(&["--require-timestamp"]);
    assert_eq!(bad.status.code(), Some(3), "{}", out(&bad));
    assert!(out(&bad).contains("TIME-REQUIRED") && out(&bad).contains("CN=stamps"), "{}", out(&bad));
    let usage = run(&["--tsa-certificate-chain", &key]);
    assert_ne!(usage.status.code(), Some(0));
    assert!(err(&usage).contains("key.pem"), "{}", err(&usage));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Whatever byte of a token is changed, no other time comes out of it.
    #[test]
    fn no_changed_byte_of_a_timestamp_gives_another_time(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        thread_local!(static MADE: (Stamped, Vec<u8>) = {
            let stamped = Stamped::new();
            let token = stamped.token().make();
            (stamped, token)
        });
        MADE.with(|(stamped, token)| {
            let mut changed = token.clone();
            changed[at.index(token.len())] ^= 1 << bit;
            stamped.put(&[changed]);
            let verified = stamped.bench.verify();
            if let Some((at, _)) = verified.signed_at {
                assert_eq!(at.as_second(), NOW - 30 * DAY);
            }
        });
    }
}
