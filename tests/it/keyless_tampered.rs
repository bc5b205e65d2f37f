//! A bundle of an instance of our own, tampered with in one place: exactly that stage fails, with what was
//! found and what to do, and the others pass or say that they did not look.

use crate::instance::{Instance, Uses};
use crate::keyless::{Bench, DANA};
use crate::support::{copy_of_samples, err, out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use touchmark::signing::{
    Anchor, Bundle, Outcome, Progress, Stage, Trust, Verification, VerifyOptions, Why, verify, verify_claim,
};

/// A bundle that verifies, and another by the same signer over the same model.
struct Made {
    bench: Bench,
    good: Value,
    other: Value,
}

impl Made {
    fn new(uses: Uses) -> Self {
        let bench = Bench::open(uses);
        let sign = || -> Value {
            let done = bench.sign_with_token();
            assert_eq!(done.status.code(), Some(0), "{}", err(&done));
            serde_json::from_slice(&fs::read(bench.path("model/model.sig")).unwrap()).unwrap()
        };
        let (other, good) = (sign(), sign());
        Made { bench, good, other }
    }

    fn verify(&self, bundle: &Value, root: &Value, identity: &str, issuer: &str) -> Verification {
        fs::write(self.bench.path("model/model.sig"), bundle.to_string()).unwrap();
        let anchor = Anchor::sigstore("private", "test", root.to_string().as_bytes(), None).unwrap();
        let trust = Trust::new(vec![anchor]).expecting(identity, Some(issuer.into()));
        let options = VerifyOptions::at(jiff::Timestamp::now());
        let (model, signature) = (self.bench.path("model"), self.bench.path("model/model.sig"));
        verify(&model, &signature, &trust, &options, &Progress::default()).unwrap()
    }

    /// Verifies a changed bundle; exactly this stage contradicts.
    fn fails(&self, what: &str, stage: Stage, code: &str, change: impl FnOnce(&mut Value, &Value)) {
        let mut bundle = self.good.clone();
        change(&mut bundle, &self.other);
        assert_ne!(bundle, self.good, "{what}");
        let issuer = self.bench.instance.issuer();
        let root = self.bench.instance.trusted_root();
        exactly(what, &self.verify(&bundle, &root, DANA, &issuer), stage, code);
    }

    /// Verifies the good bundle against a changed root.
    fn fails_under(&self, what: &str, stage: Stage, code: &str, change: impl FnOnce(&mut Value)) {
        let mut root = self.bench.instance.trusted_root();
        change(&mut root);
        let issuer = self.bench.instance.issuer();
        exactly(what, &self.verify(&self.good, &root, DANA, &issuer), stage, code);
    }
}

fn exactly(what: &str, found: &Verification, stage: Stage, code: &str) {
    let check = found.check(stage).unwrap();
    assert_eq!(check.code, code, "{what}: {:#?}", found.checks);
    assert!(check.words().found.is_some() || check.words().expected.is_some(), "{what}: {check:?}");
    assert!(check.words().remedy.is_some(), "{what}: {check:?}");
    assert_eq!(found.headline().unwrap().stage, stage, "{what}");
    for other in found.checks.iter().filter(|other| other.stage != stage) {
        let quiet = [Outcome::Pass, Outcome::Unknown, Outcome::NotApplicable];
        assert!(quiet.contains(&other.outcome), "{what}: {other:?}");
    }
    let proven = found.signer_proven();
    assert!(!proven || stage == Stage::Identity || stage == Stage::Time, "{what}: the signer is proven");
}

/// The same base64 text with its last byte changed.
fn last_byte(value: &mut Value) {
    let mut bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    *value = json!(STANDARD.encode(bytes));
}

fn entry(bundle: &mut Value) -> &mut Value {
    &mut bundle["verificationMaterial"]["tlogEntries"][0]
}

fn take(bundle: &mut Value, from: &Value, pointer: &str) {
    *bundle.pointer_mut(pointer).unwrap() = from.pointer(pointer).unwrap().clone();
}

const ENTRY: &str = "/verificationMaterial/tlogEntries/0";
const STAMP: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
const LEAF: &str = "/verificationMaterial/certificate/rawBytes";

#[test]
fn a_tampered_bundle_of_the_first_log_fails_where_it_was_tampered_with() {
    let made = Made::new(Uses::FirstLogAndStamps);
    let whole =
        made.verify(&made.good, &made.bench.instance.trusted_root(), DANA, &made.bench.instance.issuer());
    assert_eq!(whole.outcome(), Outcome::Pass, "{:#?}", whole.headline());
    let log = |what: &str, change: &dyn Fn(&mut Value, &Value)| {
        made.fails(what, Stage::Log, "LOG-INVALID", |bundle, other| change(bundle, other));
    };
    log("the promise altered", &|b, _| last_byte(&mut entry(b)["inclusionPromise"]["signedEntryTimestamp"]));
    log("the promise for another entry", &|b, o| take(b, o, &format!("{ENTRY}/inclusionPromise")));
    log("another time", &|b, _| entry(b)["integratedTime"] = json!("1700000000"));
    log("another index", &|b, _| entry(b)["logIndex"] = json!("1"));
    log("the proof altered", &|b, _| last_byte(&mut entry(b)["inclusionProof"]["hashes"][0]));
    log("the proof of another entry", &|b, o| take(b, o, &format!("{ENTRY}/inclusionProof/hashes")));
    log("the root altered", &|b, _| last_byte(&mut entry(b)["inclusionProof"]["rootHash"]));
    log("the checkpoint of another tree", &|b, o| take(b, o, &format!("{ENTRY}/inclusionProof/checkpoint")));
    log("the checkpoint altered", &|b, _| {
        let note = &mut entry(b)["inclusionProof"]["checkpoint"]["envelope"];
        *note = json!(note.as_str().unwrap().replace("first.log.test\n", "other.log.test\n"));
    });
    log("the body of another entry", &|b, o| take(b, o, &format!("{ENTRY}/canonicalizedBody")));
    log("the whole entry of another signature", &|b, o| take(b, o, ENTRY));
    made.fails("a timestamp of another signature", Stage::Time, "TIME-INVALID", |b, o| take(b, o, STAMP));
    made.fails("a timestamp altered", Stage::Time, "TIME-INVALID", |b, _| {
        last_byte(b.pointer_mut(STAMP).unwrap())
    });
    made.fails("another's certificate", Stage::Signature, "SIGNATURE-INVALID", |b, o| take(b, o, LEAF));
    made.fails("the certificate altered", Stage::Chain, "CHAIN-UNTRUSTED", |b, _| {
        last_byte(b.pointer_mut(LEAF).unwrap());
    });
    made.fails("another signature", Stage::Signature, "SIGNATURE-INVALID", |b, o| {
        take(b, o, "/dsseEnvelope/signatures/0/sig");
    });
    made.fails("another name in the statement", Stage::Signature, "SIGNATURE-INVALID", |b, _| {
        let payload = STANDARD.decode(b["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
        let payload = String::from_utf8(payload).unwrap().replace("\"model\"", "\"modem\"");
        b["dsseEnvelope"]["payload"] = json!(STANDARD.encode(payload));
    });
}

#[test]
fn what_a_broken_signature_leaves_without_meaning_is_no_finding_of_its_own() {
    let made = Made::new(Uses::FirstLogAndStamps);
    let rename = |b: &mut Value| {
        let payload = STANDARD.decode(b["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
        let payload = String::from_utf8(payload).unwrap().replace("\"model\"", "\"modem\"");
        b["dsseEnvelope"]["payload"] = json!(STANDARD.encode(payload));
    };
    made.fails("and a timestamp altered", Stage::Signature, "SIGNATURE-INVALID", |b, _| {
        rename(b);
        last_byte(b.pointer_mut(STAMP).unwrap());
    });
    made.fails("and the promise altered", Stage::Signature, "SIGNATURE-INVALID", |b, _| {
        rename(b);
        last_byte(&mut entry(b)["inclusionPromise"]["signedEntryTimestamp"]);
    });
    let mut alone = made.good.clone();
    rename(&mut alone);
    let (root, issuer) = (made.bench.instance.trusted_root(), made.bench.instance.issuer());
    let found = made.verify(&alone, &root, DANA, &issuer);
    // It is our own look at the signature that is told, and the chain was looked at.
    assert!(matches!(found.check(Stage::Signature).unwrap().why, Why::Signature(_)), "{found:#?}");
    assert_eq!(found.outcome_of(Stage::Chain), Outcome::Pass, "{found:#?}");
    assert!(found.anchor.is_none() && found.signed_at.is_none() && found.log.is_none());
}

#[test]
fn a_tampered_bundle_of_the_second_log_fails_where_it_was_tampered_with() {
    let made = Made::new(Uses::SecondLog);
    let log = |what: &str, change: &dyn Fn(&mut Value, &Value)| {
        made.fails(what, Stage::Log, "LOG-INVALID", |bundle, other| change(bundle, other));
    };
    log("the proof altered", &|b, _| last_byte(&mut entry(b)["inclusionProof"]["hashes"][0]));
    log("another index", &|b, _| entry(b)["logIndex"] = json!("1"));
    log("the checkpoint of another tree", &|b, o| take(b, o, &format!("{ENTRY}/inclusionProof/checkpoint")));
    log("the body of another entry", &|b, o| take(b, o, &format!("{ENTRY}/canonicalizedBody")));
    log("the whole entry of another signature", &|b, o| take(b, o, ENTRY));
    made.fails("a timestamp of another signature", Stage::Time, "TIME-INVALID", |b, o| take(b, o, STAMP));
    made.fails("no timestamp", Stage::Time, "TIME-ABSENT", |b, _| {
        b["verificationMaterial"]["timestampVerificationData"] = json!({});
    });
}

#[test]
fn a_root_that_is_not_the_instances_fails_where_it_differs() {
    let made = Made::new(Uses::FirstLogAndStamps);
    let stranger = Instance::start().trusted_root();
    made.fails_under("another instance's root", Stage::Log, "LOG-UNKNOWN", |root| *root = stranger.clone());
    made.fails_under("another authority", Stage::Chain, "CHAIN-UNTRUSTED", |root| {
        take(root, &stranger, "/certificateAuthorities");
    });
    made.fails_under("another certificate log under the same name", Stage::Chain, "CHAIN-SCT", |root| {
        take(root, &stranger, "/ctlogs/0/publicKey/rawBytes");
    });
    made.fails_under("another log under the same name", Stage::Log, "LOG-INVALID", |root| {
        take(root, &stranger, "/tlogs/0/publicKey/rawBytes");
    });
    // Whose timestamp a root does not know neither counts nor contradicts: the log says when.
    let mut root = made.bench.instance.trusted_root();
    take(&mut root, &stranger, "/timestampAuthorities");
    let seen = made.verify(&made.good, &root, DANA, &made.bench.instance.issuer());
    assert_eq!(seen.check(Stage::Time).unwrap().code, "TIME-UNKNOWN-AUTHORITY");
    assert_eq!(seen.outcome_of(Stage::Time), Outcome::Partial);
    made.fails_under("an authority that had ended", Stage::Chain, "CHAIN-UNTRUSTED", |root| {
        root["certificateAuthorities"][0]["validFor"]["end"] = json!("2024-06-01T00:00:00Z");
    });
}

#[test]
fn another_identity_or_issuer_fails_identity_alone() {
    let made = Made::new(Uses::FirstLog);
    let (root, issuer) = (made.bench.instance.trusted_root(), made.bench.instance.issuer());
    for (identity, issuer) in [
        ("mallory@evil.test", issuer.as_str()),
        ("Dana@acme.test", issuer.as_str()),
        (DANA, "https://issuer.evil.test"),
    ] {
        let found = made.verify(&made.good, &root, identity, issuer);
        exactly(identity, &found, Stage::Identity, "IDENTITY-MISMATCH");
    }
}

/// Two parsers read a keyless bundle: ours says who signed what, the library's is given to judge the evidence. No
/// document is known that they read differently, so that here they are given two.
#[test]
fn evidence_that_is_read_from_another_bundle_than_ours_does_not_count() {
    let made = Made::new(Uses::FirstLogAndStamps);
    let anchor = made.bench.instance.trusted_root().to_string();
    let trust = Trust::new(vec![Anchor::sigstore("private", "test", anchor.as_bytes(), None).unwrap()]);
    let options = VerifyOptions::at(jiff::Timestamp::now());
    let good = Bundle::parse(made.good.to_string().as_bytes()).unwrap();
    let whole = verify_claim(&good, &trust, &options);
    assert!(whole.signer_proven() && whole.signed_at.is_some(), "{whole:#?}");
    let judged = |what: &str, theirs: &Value| {
        let bundle = Bundle { raw: theirs.to_string().into_bytes(), ..good.clone() };
        let found = verify_claim(&bundle, &trust, &options);
        assert_eq!(found.outcome_of(Stage::Signature), Outcome::Pass, "{what}");
        let log = found.check(Stage::Log).unwrap();
        assert_eq!(
            (log.code.as_str(), log.outcome),
            ("LOG-UNSUPPORTED", Outcome::Unknown),
            "{what}: {log:?}"
        );
        assert!(log.words().found.unwrap().raw().contains("read in two ways"), "{what}");
        assert!(!found.signer_proven() && found.signed_at.is_none() && found.log.is_none(), "{what}");
    };
    // By itself it verifies as well.
    judged("all of it", &made.other);
    for pointer in
        ["/dsseEnvelope/payload", "/dsseEnvelope/payloadType", "/dsseEnvelope/signatures/0/sig", LEAF]
    {
        let mut theirs = made.good.clone();
        match pointer {
            "/dsseEnvelope/payload" => last_byte(theirs.pointer_mut(pointer).unwrap()),
            "/dsseEnvelope/payloadType" => theirs["dsseEnvelope"]["payloadType"] = json!("text/plain"),
            _ => take(&mut theirs, &made.other, pointer),
        }
        judged(pointer, &theirs);
    }
}

#[test]
fn of_several_instances_the_one_that_signed_answers() {
    let made = Made::new(Uses::FirstLog);
    let stranger = Instance::start();
    let anchor = |name: &str, document: Value| {
        Anchor::sigstore(name, "test", document.to_string().as_bytes(), None).unwrap()
    };
    let anchors = vec![
        Anchor::public_good(),
        anchor("stranger", stranger.config(Uses::FirstLog)),
        anchor("ours", made.bench.instance.config(Uses::FirstLog)),
    ];
    let trust = Trust::new(anchors).expecting(DANA, Some(made.bench.instance.issuer().as_str().into()));
    let options = VerifyOptions::at(jiff::Timestamp::now());
    let (model, signature) = (made.bench.path("model"), made.bench.path("model/model.sig"));
    let found = verify(&model, &signature, &trust, &options, &Progress::default()).unwrap();
    assert_eq!(found.outcome(), Outcome::Pass, "{:#?}", found.headline());
    assert_eq!(found.anchor.unwrap().name, "ours");
}

/// A workspace with one model, whose policy knows two private instances by name.
#[test]
fn a_policy_names_the_private_instance_that_may_sign() {
    let bench = Bench::open(Uses::FirstLog);
    assert_eq!(bench.sign_with_token().status.code(), Some(0));
    let stranger = Instance::start();
    let samples = copy_of_samples();
    let place = samples.path().join("models/keyless/bot");
    crate::support::copy(&bench.path("model"), &place);
    let keys = samples.path().join("keys");
    fs::write(keys.join("ours.json"), bench.instance.config(Uses::FirstLog).to_string()).unwrap();
    fs::write(keys.join("theirs.json"), stranger.trusted_root().to_string()).unwrap();
    let file = samples.path().join("policies/samples.toml");
    let policy = fs::read_to_string(&file).unwrap();
    let with = |trust: &str, issuer: &str| {
        let anchors = "[trust.theirs]\nkind = \"sigstore\"\nfiles = [\"../keys/theirs.json\"]\n\n\
                       [trust.ours]\nkind = \"sigstore\"\nfiles = [\"../keys/ours.json\"]\n\n[crypto]";
        let publisher = format!(
            "\n[[publisher]]\nid = \"keyless\"\nmodels = [\"keyless/*\"]\ntrust = [\"{trust}\"]\n\
             identities = [{{ issuer = \"{issuer}\", subject = \"exact:{DANA}\" }}]\n"
        );
        fs::write(&file, policy.replacen("[crypto]", anchors, 1) + &publisher).unwrap();
        let done = touchmark([
            "--workspace",
            samples.path().to_str().unwrap(),
            "verify",
            "keyless/bot",
            "--explain",
        ]);
        out(&done) + &err(&done)
    };
    let issuer = bench.instance.issuer();
    let admitted = with("ours", &issuer);
    assert!(admitted.starts_with("✓ pass") && admitted.contains("Signed by publisher keyless"), "{admitted}");
    let elsewhere = with("theirs", &issuer);
    assert!(elsewhere.contains("✗ FAIL     IDENTITY"), "{elsewhere}");
    assert!(elsewhere.contains("expected theirs, found ours"), "{elsewhere}");
    let another = with("ours", "https://issuer.evil.test");
    assert!(another.contains("✗ FAIL     IDENTITY") && another.contains("the issuer is not"), "{another}");
}
