//! A document of sigstore-a2a that was signed keyless, by a Sigstore instance that runs here.

use super::*;
use crate::instance::{Instance, Uses};
use touchmark::signing::{self, Credentials, IdentityToken, sign_statement_sigstore};

const DANA: &str = "dana@agents.example";

#[test]
fn a_keyless_card_verifies_by_the_root_of_its_instance_and_for_its_signer_only() {
    let instance = Instance::start();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.json");
    std::fs::write(&config, instance.config(Uses::FirstLog).to_string()).unwrap();
    let token = IdentityToken::parse(&instance.token(DANA), "sigstore", jiff::Timestamp::now()).unwrap();
    let digest = hex::encode(sha256(CARD.as_bytes()));
    let signed = sign_statement_sigstore(
        statement(CARD, &digest, PREDICATE).as_bytes(),
        &signing::Instance::read(&config).unwrap(),
        Credentials::Token(token),
        std::time::Duration::from_secs(20),
        &Progress::default(),
    )
    .unwrap();
    let bundle: Value = serde_json::from_slice(&signed.bundle).unwrap();
    let document = json!({ "agentCard": card(), "attestations": { "signatureBundle": bundle } });
    let file = folder.path().join("agent-card.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let root = instance.trusted_root().to_string();
    let anchor = Anchor::sigstore("here", "root.json", root.as_bytes(), None).unwrap();
    let options = VerifyOptions::at(jiff::Timestamp::now());
    let of = |who: &str, anchor: &Anchor| {
        let trust = Trust::new(vec![anchor.clone()]).expecting(who, Some(instance.issuer().into()));
        verify(&file, &file, &trust, &options, &Progress::default()).unwrap()
    };
    let done = of(DANA, &anchor);
    assert_eq!(done.outcome(), Outcome::Pass, "{:?}", done.headline());
    assert!(done.log.is_some() && done.signed_at.is_some());
    assert_eq!(check(&of("eve@agents.example", &anchor), Stage::Identity).0, "IDENTITY-MISMATCH");
    assert_eq!(of(DANA, &Anchor::public_good()).outcome(), Outcome::Fail);
    // The card that is shown is another one.
    std::fs::write(&file, document.to_string().replacen("agents.example/a2a", "evil.example/a2a", 1))
        .unwrap();
    let done = of(DANA, &anchor);
    assert_eq!(check(&done, Stage::Files).0, "FILES-CARD");
    assert_eq!(done.outcome(), Outcome::Fail);
}
