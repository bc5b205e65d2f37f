//! Keyless signing at an instance of our own, and what a verifier says of its bundles, whole and tampered.

use crate::instance::{At, Fault, Instance, Uses};
use crate::support::{err, out, touchmark};
use std::fs;
use std::path::PathBuf;
use std::process::Output;

const DANA: &str = "dana@acme.test";

struct Bench {
    instance: Instance,
    folder: tempfile::TempDir,
}

impl Bench {
    fn open(uses: Uses) -> Self {
        let bench = Bench { instance: Instance::start(), folder: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.path("model")).unwrap();
        fs::write(bench.path("model/weights.bin"), "weights").unwrap();
        fs::write(bench.path("config.json"), bench.instance.config(uses).to_string()).unwrap();
        fs::write(bench.path("token"), bench.instance.token(DANA)).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn sign(&self, more: &[&str]) -> Output {
        let (model, config) = (self.text("model"), self.text("config.json"));
        let mut words = vec!["sign", "sigstore", &model, "--trust-config", &config];
        words.extend(more);
        touchmark(words)
    }

    fn sign_with_token(&self) -> Output {
        self.sign(&["--identity-token-file", &self.text("token"), "--timeout", "1"])
    }

    fn verify(&self, root: &str) -> Output {
        self.verify_as(root, DANA, &self.instance.issuer())
    }

    fn verify_as(&self, root: &str, identity: &str, issuer: &str) -> Output {
        let (model, root) = (self.text("model"), self.text(root));
        touchmark([
            "verify",
            "sigstore",
            &model,
            "--trust-config",
            &root,
            "--identity",
            identity,
            "--identity-provider",
            issuer,
            "--explain",
        ])
    }
}

#[test]
fn what_is_signed_at_an_instance_verifies_there() {
    for uses in [Uses::FirstLog, Uses::FirstLogAndStamps, Uses::SecondLog] {
        let bench = Bench::open(uses);
        let signed = bench.sign_with_token();
        assert_eq!(signed.status.code(), Some(0), "{uses:?} {}{}", out(&signed), err(&signed));
        assert!(out(&signed).contains(DANA) && out(&signed).contains("log entry"), "{}", out(&signed));
        let verified = bench.verify("config.json");
        assert_eq!(verified.status.code(), Some(0), "{uses:?} {}{}", out(&verified), err(&verified));
    }
    let _ = (At::Fulcio, Fault::Down);
}
