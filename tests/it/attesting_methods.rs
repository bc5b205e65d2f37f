//! Claims signed in every way that the core has: certificate, timestamp, Sigstore; tokens stand in `pkcs11`.

use crate::attesting::Desk;
use crate::instance::{Instance, Uses};
use crate::support::{err, out};
use std::fs;

const MODEL: &str = "lumen/iris-base";

#[test]
fn a_claim_is_signed_at_a_sigstore_instance() {
    let desk = Desk::new();
    let instance = Instance::start();
    fs::write(desk.path("config.json"), instance.config(Uses::FirstLogAndStamps).to_string()).unwrap();
    fs::write(desk.path("token"), instance.token("dana@acme.test")).unwrap();
    let words =
        ["attest", "config", MODEL, "--parameter", "a=1", "--sigstore", "--identity-token-file", "token"];
    let made = desk.says(&[&words[..], &["--trust-config", "config.json"]].concat());
    assert_eq!(made["signer"], "dana@acme.test", "{made:#}");
    assert!(made["signed_at"].is_string(), "{made:#}");
    // The time is the instance's and not the machine's.
    instance.set_clock("2026-10-01T00:00:00Z".parse().unwrap());
    let words =
        ["attest", "config", MODEL, "--parameter", "a=0", "--sigstore", "--identity-token-file", "token"];
    let made = desk.says(&[&words[..], &["--trust-config", "config.json"]].concat());
    assert_eq!(made["signed_at"], "2026-10-01T00:00:00Z", "{made:#}");
    // Without --sigstore a token says the same.
    let words = ["attest", "config", MODEL, "--parameter", "a=2", "--identity-token-file", "token"];
    desk.works(&[&words[..], &["--trust-config", "config.json"]].concat());
    // An instance that is not there writes nothing.
    let before = fs::read(desk.path("models/lumen/iris-base/claims.jsonl")).unwrap();
    drop(instance);
    let words =
        ["attest", "config", MODEL, "--parameter", "a=3", "--identity-token-file", "token", "--timeout", "1"];
    let failed = desk.run(&[&words[..], &["--trust-config", "config.json"]].concat());
    assert!(!failed.status.success(), "{}", out(&failed));
    assert_eq!(fs::read(desk.path("models/lumen/iris-base/claims.jsonl")).unwrap(), before);
}

#[test]
fn a_claim_by_key_can_have_a_timestamp() {
    let desk = Desk::new();
    let instance = Instance::start();
    fs::write(desk.path("config.json"), instance.config(Uses::FirstLogAndStamps).to_string()).unwrap();
    let url = instance.url.clone() + "/stamps";
    let words =
        ["attest", "config", MODEL, "--parameter", "a=1", "--private-key", "key.pem", "--tsa-url", &url];
    let made = desk.says(&[&words[..], &["--trust-config", "config.json"]].concat());
    assert!(made["signed_at"].is_string(), "{made:#}");
    // Authorities without a request for a timestamp are a mistake.
    let words = ["attest", "config", MODEL, "--parameter", "a=1", "--private-key", "key.pem"];
    let slip = desk.run(&[&words[..], &["--trust-config", "config.json"]].concat());
    assert!(err(&slip).contains("--tsa-url"), "{}", err(&slip));
}
