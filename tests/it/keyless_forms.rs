//! Keyless bundles in the forms of all versions and writers, and with timestamps that a trusted root does not know.

use crate::instance::{Instance, Uses};
use crate::keyless::{Bench, DANA};
use crate::support::err;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use touchmark::signing::{
    Anchor, Method, Outcome, Progress, Stage, TimeSource, Trust, Verification, VerifyOptions, inspect, verify,
};

struct Made {
    bench: Bench,
    good: Value,
    root: Value,
}

impl Made {
    fn new(uses: Uses) -> Self {
        let bench = Bench::open(uses);
        let done = bench.sign_with_token();
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let good = serde_json::from_slice(&fs::read(bench.path("model/model.sig")).unwrap()).unwrap();
        let root = bench.instance.trusted_root();
        Made { bench, good, root }
    }

    fn verify(&self, bundle: &Value, root: &Value) -> Verification {
        self.verify_as(bundle, root, DANA)
    }

    fn verify_as(&self, bundle: &Value, root: &Value, identity: &str) -> Verification {
        fs::write(self.bench.path("model/model.sig"), bundle.to_string()).unwrap();
        let anchor = Anchor::sigstore("private", "test", root.to_string().as_bytes(), None).unwrap();
        let issuer = self.bench.instance.issuer();
        let trust = Trust::new(vec![anchor]).expecting(identity, Some(issuer.as_str().into()));
        let options =
            VerifyOptions { method: Some(Method::Sigstore), ..VerifyOptions::at(jiff::Timestamp::now()) };
        let (model, signature) = (self.bench.path("model"), self.bench.path("model/model.sig"));
        verify(&model, &signature, &trust, &options, &Progress::default()).unwrap()
    }

    fn changed(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut bundle = self.good.clone();
        change(&mut bundle);
        bundle
    }
}

/// The certificate written as a chain, in this version.
fn as_chain(bundle: &mut Value, media_type: &str, more: &[Vec<u8>]) {
    bundle["mediaType"] = media_type.into();
    let material = bundle["verificationMaterial"].as_object_mut().unwrap();
    let leaf = material.remove("certificate").unwrap();
    let more = more.iter().map(|der| json!({ "rawBytes": STANDARD.encode(der) }));
    let certificates: Vec<Value> = std::iter::once(leaf).chain(more).collect();
    material.insert("x509CertificateChain".into(), json!({ "certificates": certificates }));
}

const VERSIONS: [&str; 4] = [
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
];

#[test]
fn a_chain_under_any_version_is_verified_by_all_its_proofs() {
    for uses in [Uses::FirstLog, Uses::FirstLogAndStamps] {
        let made = Made::new(uses);
        let root = STANDARD
            .decode(
                made.root["certificateAuthorities"][0]["certChain"]["certificates"][0]["rawBytes"]
                    .as_str()
                    .unwrap(),
            )
            .unwrap();
        for version in VERSIONS {
            for more in [vec![], vec![root.clone()]] {
                for keyid in [json!(null), json!("me")] {
                    let bundle = made.changed(|bundle| {
                        as_chain(bundle, version, &more);
                        bundle["dsseEnvelope"]["signatures"][0]["keyid"] = keyid.clone();
                    });
                    let seen = made.verify(&bundle, &made.root);
                    assert_eq!(seen.outcome(), Outcome::Pass, "{version} {keyid}: {:#?}", seen.headline());
                    for stage in [Stage::Signature, Stage::Chain, Stage::Log, Stage::Identity, Stage::Files] {
                        assert_eq!(seen.outcome_of(stage), Outcome::Pass, "{version}");
                    }
                    assert_eq!(
                        made.verify_as(&bundle, &made.root, "mallory@evil.test").outcome(),
                        Outcome::Fail
                    );
                }
            }
            let bundle = made.changed(|bundle| as_chain(bundle, version, &[]));
            let shown = serde_json::to_string(&{
                fs::write(made.bench.path("b"), bundle.to_string()).unwrap();
                inspect(&made.bench.path("b")).unwrap()
            });
            assert!(shown.as_ref().unwrap().contains(DANA) && shown.unwrap().contains(version));
            // Nothing of it passes without its log entry, or with another signature.
            let bundle = made.changed(|bundle| {
                as_chain(bundle, version, &[]);
                bundle["verificationMaterial"]["tlogEntries"] = json!([]);
            });
            let seen = made.verify(&bundle, &made.root);
            assert_eq!(seen.outcome(), Outcome::Fail, "{version}");
            let said = seen.headline().unwrap().words();
            let said = format!("{} {:?}", said.summary, said.found);
            assert!(said.contains("log entry") || said.contains("not the version"), "{said}");
            assert!(!format!("{:?}", seen.headline().unwrap().words().remedy).contains("verify certificate"));
            let bundle = made.changed(|bundle| {
                as_chain(bundle, version, &[]);
                let payload = &mut bundle["dsseEnvelope"]["payload"];
                *payload =
                    STANDARD.encode(STANDARD.decode(payload.as_str().unwrap()).unwrap().repeat(2)).into();
            });
            assert_eq!(made.verify(&bundle, &made.root).outcome(), Outcome::Fail, "{version}");
        }
    }
}

#[test]
fn a_promise_of_the_log_is_told_from_a_proof() {
    let made = Made::new(Uses::FirstLog);
    let promised = |version: &str| {
        made.changed(|bundle| {
            as_chain(bundle, version, &[]);
            let entry = bundle["verificationMaterial"]["tlogEntries"][0].as_object_mut().unwrap();
            entry.remove("inclusionProof").unwrap();
        })
    };
    let seen = made.verify(&promised(VERSIONS[0]), &made.root);
    let log = seen.check(Stage::Log).unwrap();
    assert_eq!((log.code.as_str(), log.outcome), ("LOG-PROMISE", Outcome::Partial), "{:#?}", seen.checks);
    assert!(log.words().summary.contains("promised"), "{}", log.words().summary);
    assert!(seen.signer_proven() && seen.log.is_some() && seen.signed_at.is_some());
    // Later versions ask for the proof, and a promise that was altered is none.
    for version in &VERSIONS[1..] {
        assert_eq!(made.verify(&promised(version), &made.root).outcome(), Outcome::Fail, "{version}");
    }
    let mut altered = promised(VERSIONS[0]);
    altered["verificationMaterial"]["tlogEntries"][0]["integratedTime"] = json!("1700000000");
    assert_eq!(made.verify(&altered, &made.root).outcome_of(Stage::Log), Outcome::Fail);
}

#[test]
fn a_keyid_that_is_null_or_any_text_is_no_matter_for_a_keyless_bundle() {
    let made = Made::new(Uses::FirstLog);
    for keyid in [json!(null), json!(""), json!("some key")] {
        let bundle = made.changed(|bundle| bundle["dsseEnvelope"]["signatures"][0]["keyid"] = keyid.clone());
        let seen = made.verify(&bundle, &made.root);
        assert_eq!(seen.outcome(), Outcome::Pass, "{keyid}: {:#?}", seen.headline());
        assert_eq!(
            seen.bundle_digest.unwrap(),
            touchmark::signing::sha256_hex(bundle.to_string().as_bytes())
        );
    }
}

#[test]
fn a_timestamp_of_an_authority_that_the_root_does_not_know_neither_counts_nor_contradicts() {
    let made = Made::new(Uses::FirstLogAndStamps);
    assert_eq!(made.verify(&made.good, &made.root).outcome_of(Stage::Time), Outcome::Pass);
    let mut older = made.root.clone();
    older.as_object_mut().unwrap().remove("timestampAuthorities");
    let mut other = made.root.clone();
    other["timestampAuthorities"] = Instance::start().trusted_root()["timestampAuthorities"].clone();
    for root in [&older, &other] {
        let seen = made.verify(&made.good, root);
        assert_eq!(seen.outcome(), Outcome::Pass, "{:#?}", seen.headline());
        let time = seen.check(Stage::Time).unwrap();
        assert_eq!(time.code, "TIME-UNKNOWN-AUTHORITY");
        assert_eq!(time.outcome, Outcome::Partial);
        assert!(time.words().remedy.unwrap().contains("trust refresh"));
        // The log's own time counts, and is not hidden.
        assert_eq!(seen.signed_at.unwrap().1, TimeSource::Log);
        assert_eq!(
            (seen.outcome_of(Stage::Log), seen.outcome_of(Stage::Chain)),
            (Outcome::Pass, Outcome::Pass)
        );
        assert!(!serde_json::to_string(&seen).unwrap().contains("altered"));
        // What the log says is looked at all the same.
        let bundle = made.changed(|bundle| {
            bundle["verificationMaterial"]["tlogEntries"][0]["integratedTime"] = json!("1700000000");
        });
        assert_eq!(made.verify(&bundle, root).outcome_of(Stage::Log), Outcome::Fail);
    }
}

#[test]
fn an_altered_timestamp_is_a_failure_under_every_root() {
    let made = Made::new(Uses::FirstLogAndStamps);
    const STAMP: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
    let mut older = made.root.clone();
    older.as_object_mut().unwrap().remove("timestampAuthorities");
    let bundle = made.changed(|bundle| {
        let stamp = bundle.pointer_mut(STAMP).unwrap();
        let mut bytes = STANDARD.decode(stamp.as_str().unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        *stamp = STANDARD.encode(bytes).into();
    });
    for root in [&made.root, &older] {
        let seen = made.verify(&bundle, root);
        assert_eq!(seen.check(Stage::Time).unwrap().code, "TIME-INVALID", "{:#?}", seen.checks);
        assert_eq!(seen.outcome(), Outcome::Fail);
    }
}

#[test]
fn without_a_time_of_the_log_an_unknown_authority_leaves_the_time_unknown() {
    let made = Made::new(Uses::SecondLog);
    let mut older = made.root.clone();
    older.as_object_mut().unwrap().remove("timestampAuthorities");
    let seen = made.verify(&made.good, &older);
    assert_eq!(seen.outcome(), Outcome::Unknown, "{:#?}", seen.checks);
    assert_eq!(seen.check(Stage::Time).unwrap().code, "TIME-UNKNOWN-AUTHORITY");
    assert!(seen.signed_at.is_none() && !seen.signer_proven());
}
