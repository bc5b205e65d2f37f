//! Agents: cards that carry their own signatures, skill folders, descriptors of MCP servers. Keys are made here, and
//! what is signed is written by hand, apart from the program's own canonical form.

mod cards;
#[cfg(feature = "keyless")]
mod keyless;
mod pins;
mod wild;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::path::Path;
use touchmark::signing::{
    Anchor, AnchorMaterial, Beyond, Check, Curve, KeyKind, Outcome, Progress, SigningKey, Stage, Trust,
    Verification, VerifyOptions, judge, observe, sign_statement_key, verify,
};

/// A card in the form of RFC 8785, written by hand.
pub const CARD: &str = concat!(
    r#"{"capabilities":{"streaming":false},"defaultInputModes":["text/plain"],"description":"Pays claims.","#,
    r#""name":"Claims agent","skills":[{"id":"triage","name":"Triage","tags":["claims"]},{"id":"pay","name":"Pay","tags":[]}],"#,
    r#""url":"https://agents.example/a2a","version":"2.1"}"#
);
/// The same without its empty members.
pub const CARD_WITHOUT_EMPTY: &str = concat!(
    r#"{"capabilities":{"streaming":false},"defaultInputModes":["text/plain"],"description":"Pays claims.","#,
    r#""name":"Claims agent","skills":[{"id":"triage","name":"Triage","tags":["claims"]},{"id":"pay","name":"Pay"}],"#,
    r#""url":"https://agents.example/a2a","version":"2.1"}"#
);
pub const PREDICATE: &str = "https://a2a.openwallet.dev/agentcard/v1";

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

pub fn url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// A key that makes JSON Web Signatures.
pub struct Key {
    algorithm: &'static str,
    pub jwk: String,
    pair: Pair,
}

impl Key {
    pub fn new(algorithm: &'static str) -> Self {
        let (scheme, curve) = match algorithm {
            "ES256" => (&signature::ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
            "ES384" => (&signature::ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"),
            "ES512" => (&signature::ECDSA_P521_SHA512_FIXED_SIGNING, "P-521"),
            _ => {
                let pair = Ed25519KeyPair::generate().unwrap();
                let jwk =
                    format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, url(pair.public_key().as_ref()));
                return Key { algorithm, jwk, pair: Pair::Ed(pair) };
            }
        };
        let pair = EcdsaKeyPair::generate(scheme).unwrap();
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let jwk = format!(r#"{{"crv":"{curve}","kty":"EC","x":"{}","y":"{}"}}"#, url(x), url(y));
        Key { algorithm, jwk, pair: Pair::Ec(pair) }
    }

    fn raw(&self, message: &str) -> String {
        url(&match &self.pair {
            Pair::Ec(pair) => pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        })
    }

    /// A signature over this payload, with this protected header; the algorithm is the key's unless it says another.
    pub fn sign(&self, payload: &str, mut header: Value) -> Value {
        if header.get("alg").is_none() {
            header["alg"] = self.algorithm.into();
        }
        let protected = url(header.to_string().as_bytes());
        let signature = self.raw(&format!("{protected}.{}", url(payload.as_bytes())));
        json!({ "protected": protected, "signature": signature })
    }

    pub fn fingerprint(&self) -> String {
        match self.anchor().material {
            AnchorMaterial::Key(keys) => keys[0].fingerprint(),
            _ => panic!("no key"),
        }
    }

    pub fn anchor(&self) -> Anchor {
        let beyond = Beyond::of(&KeyKind::ALL);
        Anchor::key_of("publisher", "publisher.jwk", self.jwk.as_bytes(), None, beyond).unwrap()
    }
}

pub fn card() -> Value {
    serde_json::from_str(CARD).unwrap()
}

/// A card with signatures of its own.
pub fn signed(signatures: &[Value]) -> Value {
    let mut card = card();
    card["signatures"] = signatures.into();
    card
}

/// A document of sigstore-a2a with this card shown, signed by this key.
pub fn wrapped(shown: &Value, signed: &str, key: &SigningKey) -> Value {
    let digest = hex::encode(sha256(signed.as_bytes()));
    wrapped_statement(shown, &statement(signed, &digest, PREDICATE), key)
}

pub fn statement(signed: &str, digest: &str, predicate_type: &str) -> String {
    format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"Claims agent","digest":{{"sha256":"{digest}"}}}}],"predicateType":"{predicate_type}","predicate":{signed}}}"#
    )
}

pub fn wrapped_statement(shown: &Value, statement: &str, key: &SigningKey) -> Value {
    let bundle = sign_statement_key(statement.as_bytes(), key, None).unwrap();
    let bundle: Value = serde_json::from_slice(&bundle).unwrap();
    json!({ "agentCard": shown, "attestations": { "signatureBundle": bundle } })
}

pub fn key() -> (SigningKey, Anchor) {
    let key = SigningKey::generate(Curve::P256).unwrap();
    let anchor = Anchor::key("publisher", "key.pub", key.public().to_pem().as_bytes(), None).unwrap();
    (key, anchor)
}

/// Writes a card and verifies it, at once and apart: both come to the same.
pub fn verified(document: &Value, anchors: &[Anchor]) -> Verification {
    verified_text(&document.to_string(), anchors)
}

pub fn verified_text(text: &str, anchors: &[Anchor]) -> Verification {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent-card.json");
    std::fs::write(&file, text).unwrap();
    verified_at(&file, &file, anchors)
}

pub fn verified_at(model: &Path, card: &Path, anchors: &[Anchor]) -> Verification {
    let trust = Trust::new(anchors.to_vec());
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let options = VerifyOptions { beyond: Beyond::of(&KeyKind::ALL), ..VerifyOptions::at(at) };
    let done = verify(model, card, &trust, &options, &Progress::default()).unwrap();
    let seen = observe(model, card, &options, None, &Progress::default()).unwrap();
    let written = serde_json::to_string(&seen.observed).unwrap();
    let again = serde_json::from_str(&written).unwrap();
    let judged = judge(&again, seen.bundle.as_deref(), &trust, &options.judging(), at);
    assert_eq!(judged, done, "looking and judging apart come to something else");
    let dir = model.parent().unwrap().to_string_lossy().into_owned();
    assert!(!written.contains(&dir), "a path of this machine: {written}");
    done
}

pub fn check(verification: &Verification, stage: Stage) -> (&str, Outcome, &Check) {
    let check = verification.check(stage).unwrap();
    (check.code.as_str(), check.outcome, check)
}

/// A check's code and outcome, and all that is said of it.
pub fn said(verification: &Verification, stage: Stage) -> (String, Outcome, String) {
    let (code, outcome, check) = check(verification, stage);
    let words = verification.words_of(check);
    let lines: Vec<String> = words.lines().map(|line| line.raw().to_owned()).collect();
    (code.to_owned(), outcome, format!("{} {}", words.summary, lines.join("\n")))
}
