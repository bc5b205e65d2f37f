//! Rekor: a Merkle tree (RFC 6962) of entries with signed checkpoints, behind the interfaces of v1 and v2.

use super::http::{Reply, Request};
use super::{Clock, Fault, Key, base64, sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Mutex;

pub struct Log {
    pub origin: &'static str,
    pub key: Key,
    other: Key,
    leaves: Mutex<Vec<Vec<u8>>>,
    clock: Clock,
}

/// Entries of the log that were made before this one of its shards.
const EARLIER: u64 = 1000;

struct Place {
    index: u64,
    size: u64,
    root: Vec<u8>,
    path: Vec<Vec<u8>>,
    checkpoint: String,
}

impl Log {
    pub fn new(origin: &'static str, key: Key, clock: Clock) -> Self {
        let other = match key {
            Key::P256(_) => Key::p256(),
            Key::Ed25519(_) => Key::ed25519(),
        };
        // Not the first entry: a proof then has something to prove.
        let leaves = (0..5u8).map(|n| leaf(&[n])).collect();
        Log { origin, key, other, leaves: Mutex::new(leaves), clock }
    }

    /// Version 1 names a log by its key, version 2 by name and key (C2SP signed-note).
    pub fn id(&self) -> Vec<u8> {
        match self.key {
            Key::P256(_) => sha256(&self.key.spki()),
            Key::Ed25519(_) => {
                let mut text = format!("{}\n\u{1}", self.origin).into_bytes();
                text.extend_from_slice(&self.key.spki()[12..]);
                sha256(&text)
            }
        }
    }

    fn sign(&self, message: &[u8], fault: Option<Fault>) -> Vec<u8> {
        let key = if fault == Some(Fault::OtherKey) { &self.other } else { &self.key };
        key.sign(message)
    }

    fn enter(&self, body: &[u8], fault: Option<Fault>) -> Place {
        let mut leaves = self.leaves.lock().unwrap();
        let index = leaves.len();
        leaves.push(leaf(body));
        let mut path = Vec::new();
        let root = tree(&leaves, Some(index), &mut path);
        let mut hint = self.id();
        hint.truncate(4);
        let note = format!("{}\n{}\n{}\n", self.origin, leaves.len(), base64(&root));
        hint.extend_from_slice(&self.sign(note.as_bytes(), fault));
        let checkpoint = format!("{note}\n\u{2014} {} {}\n", self.origin, base64(hint));
        if fault == Some(Fault::WrongProof) {
            path[0] = sha256(b"another tree");
        }
        Place { index: index as u64, size: leaves.len() as u64, root, path, checkpoint }
    }

    pub fn enter_v1(&self, request: &Request, fault: Option<Fault>) -> Reply {
        let asked = request.json();
        let content = &asked["spec"]["proposedContent"];
        let envelope_text = content["envelope"].as_str().unwrap_or_default();
        let Ok(envelope) = serde_json::from_str::<Value>(envelope_text) else {
            return Reply::json(400, &json!({ "code": 400, "message": "no envelope" }));
        };
        let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
        let payload = if fault == Some(Fault::WrongBody) { b"other".to_vec() } else { payload };
        let hash = |bytes: &[u8]| json!({ "algorithm": "sha256", "value": hex::encode(sha256(bytes)) });
        let body = json!({
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": hash(envelope_text.as_bytes()),
                "payloadHash": hash(&payload),
                "signatures": [{
                    "signature": envelope["signatures"][0]["sig"],
                    "verifier": canonical(content["verifiers"][0].as_str().unwrap()),
                }],
            },
        })
        .to_string();
        let place = self.enter(body.as_bytes(), fault);
        let index = EARLIER + place.index;
        // Canonical JSON: the keys in order, no space.
        let promised = format!(
            r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{index}}}"#,
            base64(&body),
            self.clock.now(),
            hex::encode(self.id())
        );
        let mut entry: Value = serde_json::from_str(&promised).unwrap();
        let promised = if fault == Some(Fault::WrongPromise) { "something else" } else { &promised };
        entry["verification"] = json!({
            "signedEntryTimestamp": base64(self.sign(promised.as_bytes(), fault)),
            "inclusionProof": {
                "checkpoint": place.checkpoint,
                "hashes": place.path.iter().map(hex::encode).collect::<Vec<_>>(),
                "logIndex": place.index,
                "rootHash": hex::encode(&place.root),
                "treeSize": place.size,
            },
        });
        Reply::json(201, &json!({ hex::encode(leaf(body.as_bytes())): entry }))
    }

    pub fn enter_v2(&self, request: &Request, fault: Option<Fault>) -> Reply {
        let asked = &request.json()["hashedRekordRequestV002"];
        let digest = if fault == Some(Fault::WrongBody) {
            json!(base64(sha256(b"x")))
        } else {
            asked["digest"].clone()
        };
        let body = json!({
            "apiVersion": "0.0.2",
            "kind": "hashedrekord",
            "spec": { "hashedRekordV002": {
                "data": { "algorithm": "SHA2_256", "digest": digest },
                "signature": asked["signature"],
            } },
        })
        .to_string();
        let place = self.enter(body.as_bytes(), fault);
        let entry = json!({
            "logIndex": place.index.to_string(),
            "logId": { "keyId": base64(self.id()) },
            "kindVersion": { "kind": "hashedrekord", "version": "0.0.2" },
            "integratedTime": "0",
            "inclusionPromise": null,
            "inclusionProof": {
                "logIndex": place.index.to_string(),
                "rootHash": base64(&place.root),
                "treeSize": place.size.to_string(),
                "hashes": place.path.iter().map(base64).collect::<Vec<_>>(),
                "checkpoint": { "envelope": place.checkpoint },
            },
            "canonicalizedBody": base64(&body),
        });
        Reply::json(201, &entry)
    }
}

/// The log writes certificates anew: lines of 64, and a line feed at the end.
fn canonical(verifier: &str) -> String {
    let pem = String::from_utf8(STANDARD.decode(verifier).unwrap()).unwrap();
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let lines = lines.join("\n");
    base64(format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"))
}

fn leaf(body: &[u8]) -> Vec<u8> {
    sha256(&[&[0], body].concat())
}

/// The root over these leaves (RFC 6962, 2.1); and, for a leaf, the way up to it (2.1.1).
fn tree(leaves: &[Vec<u8>], of: Option<usize>, path: &mut Vec<Vec<u8>>) -> Vec<u8> {
    if let [only] = leaves {
        return only.clone();
    }
    let half = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(half);
    let in_left = of.filter(|index| *index < half);
    let in_right = of.and_then(|index| index.checked_sub(half));
    let (l, r) = (tree(left, in_left, path), tree(right, in_right, path));
    if in_left.is_some() {
        path.push(r.clone());
    } else if in_right.is_some() {
        path.push(l.clone());
    }
    sha256(&[&[1], l.as_slice(), r.as_slice()].concat())
}
