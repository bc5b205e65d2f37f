//! The entries of a transparency log that a bundle brings, as the bundle says: index, log, proof of inclusion,
//! checkpoint. Whether any of it holds is for LOG.

use crate::json;
use crate::text::Untrusted;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

const MAX_DEPTH: usize = 64;
/// More entries are no entries of one signature.
const MAX_ENTRIES: usize = 32;
/// Hashes of a proof that are kept; a log of 2^64 entries needs no more.
const MAX_HASHES: usize = 64;
const MAX_CHECKPOINT_LINES: usize = 16;

/// A log entry, as the bundle says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Its kind and version: `dsse 0.0.1`.
    pub kind: Untrusted,
    /// The key id of the log, base64.
    pub log_id: Untrusted,
    /// Its index.
    pub index: Untrusted,
    /// When the log took it in.
    pub integrated: Option<Timestamp>,
    /// Whether the log promises to include it.
    pub has_promise: bool,
    /// The proof that it is included.
    pub proof: Option<InclusionProof>,
}

/// A proof of inclusion, as the bundle says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InclusionProof {
    /// Index in the tree.
    pub index: Untrusted,
    /// How many entries the tree has.
    pub tree_size: Untrusted,
    /// Its root, hex.
    pub root: String,
    /// The hashes on the way to it, hex.
    pub hashes: Vec<String>,
    /// The lines of the signed checkpoint.
    pub checkpoint: Vec<Untrusted>,
}

pub(super) fn logged(bundle: &[u8]) -> Vec<LoggedEntry> {
    let Ok(document) = json::parse(bundle, MAX_DEPTH) else { return Vec::new() };
    let entries = document.pointer("/verificationMaterial/tlogEntries").and_then(Value::as_array);
    entries.into_iter().flatten().take(MAX_ENTRIES).map(entry).collect()
}

fn entry(entry: &Value) -> LoggedEntry {
    let kind = [text(entry, "/kindVersion/kind"), text(entry, "/kindVersion/version")];
    let kind = format!("{} {}", kind[0].raw(), kind[1].raw());
    let seconds: Option<i64> = text(entry, "/integratedTime").raw().parse().ok();
    LoggedEntry {
        kind: kind.trim().into(),
        log_id: text(entry, "/logId/keyId"),
        index: text(entry, "/logIndex"),
        integrated: seconds.filter(|at| *at > 0).and_then(|at| Timestamp::from_second(at).ok()),
        has_promise: !text(entry, "/inclusionPromise/signedEntryTimestamp").raw().is_empty(),
        proof: entry.get("inclusionProof").filter(|proof| proof.is_object()).map(proof),
    }
}

fn proof(proof: &Value) -> InclusionProof {
    let hashes = proof.get("hashes").and_then(Value::as_array).into_iter().flatten();
    let checkpoint = text(proof, "/checkpoint/envelope");
    InclusionProof {
        index: text(proof, "/logIndex"),
        tree_size: text(proof, "/treeSize"),
        root: hex_of(text(proof, "/rootHash").raw()),
        hashes: hashes.filter_map(Value::as_str).take(MAX_HASHES).map(hex_of).collect(),
        checkpoint: checkpoint
            .raw()
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(MAX_CHECKPOINT_LINES)
            .map(Untrusted::new)
            .collect(),
    }
}

/// Numbers are written as text or as numbers.
fn text(value: &Value, place: &str) -> Untrusted {
    match value.pointer(place) {
        Some(Value::String(text)) => text.as_str().into(),
        Some(Value::Number(number)) => number.to_string().into(),
        _ => Untrusted::default(),
    }
}

fn hex_of(base64: &str) -> String {
    STANDARD.decode(base64).map_or_else(|_| "not base64".to_owned(), hex::encode)
}
