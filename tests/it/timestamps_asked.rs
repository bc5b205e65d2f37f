//! Asking for timestamps (`--tsa-url`): what the authority gives is verified before anything is written, and
//! whatever it does wrong leads to an error with a code and leaves the old signature as it was.

use crate::instance::{At, Fault, Instance, Uses};
use crate::support::{err, out, touchmark};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use touchmark::signing::{Curve, SigningKey};

struct Bench {
    instance: Instance,
    folder: tempfile::TempDir,
}

impl Bench {
    fn open() -> Self {
        let bench = Bench { instance: Instance::start(), folder: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.path("model")).unwrap();
        fs::write(bench.path("model/weights.bin"), "weights").unwrap();
        let key = SigningKey::generate(Curve::P256).unwrap();
        fs::write(bench.path("key.pub"), key.public().to_pem()).unwrap();
        fs::write(bench.path("key.pem"), key.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
        let config = bench.instance.config(Uses::FirstLogAndStamps);
        fs::write(bench.path("trust.json"), config.to_string()).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn sign(&self, more: &[&str]) -> Output {
        let (model, key, url) =
            (self.text("model"), self.text("key.pem"), self.instance.url.clone() + "/stamps");
        let words = ["sign", "key", &model, "--private-key", &key, "--tsa-url", &url, "--tsa-timeout", "1"];
        touchmark(words.iter().chain(more))
    }

    fn verify(&self, more: &[&str]) -> Output {
        let (model, key) = (self.text("model"), self.text("key.pub"));
        touchmark(["verify", "key", &model, "--public-key", &key].iter().chain(more))
    }
}

#[test]
fn a_signature_with_a_timestamp_verifies_and_says_when() {
    let bench = Bench::open();
    let trust = bench.text("trust.json");
    let signed = bench.sign(&["--trust-config", &trust]);
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    assert!(out(&signed).contains("signed at") && !out(&signed).contains("not checked"), "{}", out(&signed));
    let verified = bench.verify(&["--trust-config", &trust, "--require-timestamp"]);
    assert_eq!(verified.status.code(), Some(0), "{}", out(&verified));
    assert!(out(&verified).contains("signed at    20"), "{}", out(&verified));
    // Without anybody who is trusted it holds as one without a timestamp does.
    let verified = bench.verify(&["--explain"]);
    assert_eq!(verified.status.code(), Some(0), "{}", out(&verified));
    assert!(out(&verified).contains("--tsa-certificate-chain"), "{}", out(&verified));
}

#[test]
fn a_timestamp_of_an_authority_that_was_not_named_is_written_and_said_to_be_unchecked() {
    let bench = Bench::open();
    let signed = bench.sign(&[]);
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    assert!(out(&signed).contains("not checked against --tsa-certificate-chain"), "{}", out(&signed));
    let document: serde_json::Value = serde_json::from_str(&out(&bench.sign(&["--format", "json"]))).unwrap();
    assert_eq!(document["timestamp"]["trusted"], false);
}

#[test]
fn whatever_the_authority_does_wrong_leaves_the_old_signature_as_it_was() {
    use Fault::*;
    let cases = [
        (Down, "E-NETWORK"),
        (Hangs, "E-NETWORK"),
        (Refuses, "E-REFUSED"),
        (Huge, "E-ANSWER"),
        (Elsewhere, "E-ANSWER"),
        (Garbage, "E-ANSWER"),
        (WrongNonce, "E-ANSWER"),
        (WrongBody, "E-ANSWER"),
        (OtherKey, "E-UNPROVEN"),
    ];
    let bench = Bench::open();
    assert_eq!(bench.sign(&[]).status.code(), Some(0));
    let before = fs::read(bench.path("model/model.sig")).unwrap();
    for (fault, code) in cases {
        bench.instance.fail(At::Stamps, fault);
        let failed = bench.sign(&[]);
        assert!(err(&failed).contains(code), "{fault:?}: {}", err(&failed));
        assert_ne!(failed.status.code(), Some(0), "{fault:?}");
        assert_eq!(fs::read(bench.path("model/model.sig")).unwrap(), before, "{fault:?}");
        assert_eq!(fs::read_dir(bench.path("model")).unwrap().count(), 2, "{fault:?}");
    }
}

#[test]
fn an_authority_that_is_named_and_is_another_is_refused_before_anything_is_written() {
    let bench = Bench::open();
    let other = Instance::start().config(Uses::FirstLogAndStamps).to_string();
    fs::write(bench.path("other.json"), other).unwrap();
    let failed = bench.sign(&["--trust-config", &bench.text("other.json")]);
    assert!(
        err(&failed).contains("E-UNPROVEN") && err(&failed).contains("TIME-UNKNOWN-AUTHORITY"),
        "{}",
        err(&failed)
    );
    assert!(!bench.path("model/model.sig").exists());
    // Authorities without anybody to ask are a slip.
    let words = ["sign", "key", &bench.text("model"), "--private-key", &bench.text("key.pem")];
    let slip = touchmark(words.iter().copied().chain(["--trust-config", &bench.text("trust.json")]));
    assert_eq!(slip.status.code(), Some(2), "{}", err(&slip));
    assert!(err(&slip).contains("--tsa-url"), "{}", err(&slip));
    for url in ["ftp://stamps.test", "no url", "http://user@stamps.test/"] {
        let refused = touchmark(words.iter().copied().chain(["--tsa-url", url]));
        assert!(err(&refused).contains("E-CONFIG"), "{url}: {}", err(&refused));
    }
}

#[test]
fn the_reference_verifies_signatures_with_timestamps() {
    let Some(reference) = std::env::var_os("TOUCHMARK_REFERENCE") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must set TOUCHMARK_REFERENCE");
        eprintln!("SKIPPED: interoperation with the reference, TOUCHMARK_REFERENCE is not set");
        return;
    };
    let bench = Bench::open();
    assert_eq!(bench.sign(&[]).status.code(), Some(0));
    let output = Command::new(reference)
        .args(["-m", "model_signing", "verify", "key"])
        .arg(bench.path("model"))
        .arg("--signature")
        .arg(bench.path("model/model.sig"))
        .arg("--public_key")
        .arg(bench.path("key.pub"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}{}", out(&output), err(&output));
}
