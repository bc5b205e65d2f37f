//! Digests in statements: the number of digits of each algorithm, and valid hex. Upper-case hex is rejected,
//! so that a digest has only one spelling (in-toto attestation framework, DigestSet).

use super::said::{Domain, NamedDigest};
use serde_json::{Map, Value};

/// Longer values are rejected, bytes.
const MAX_VALUE: usize = 1024;
/// Algorithms and how many hex digits each has.
const ALGORITHMS: [(&str, &[usize]); 17] = [
    ("sha256", &[64]),
    ("sha224", &[56]),
    ("sha384", &[96]),
    ("sha512", &[128]),
    ("sha512_224", &[56]),
    ("sha512_256", &[64]),
    ("sha3_224", &[56]),
    ("sha3_256", &[64]),
    ("sha3_384", &[96]),
    ("sha3_512", &[128]),
    ("blake2b", &[64, 96, 128]),
    ("blake2s", &[64]),
    ("blake3", &[64]),
    ("gitCommit", &[40, 64]),
    ("gitTree", &[40, 64]),
    ("gitBlob", &[40, 64]),
    ("gitTag", &[40, 64]),
];
/// Broken algorithms: their hex is checked, but they pin nothing.
const BROKEN: [(&str, &[usize]); 2] = [("sha1", &[40]), ("md5", &[32])];

/// What is wrong with a digest.
pub(super) enum HexFault {
    /// It is not hex, in upper case, or of another length.
    NotHex,
    /// It exceeds the length limit.
    TooLong,
}

/// The fault of a digest. An unknown algorithm accepts any value.
pub(super) fn hex_fault(algorithm: &str, value: &str) -> Option<HexFault> {
    if value.len() > MAX_VALUE {
        return Some(HexFault::TooLong);
    }
    let known = ALGORITHMS.iter().chain(&BROKEN).find(|(name, _)| *name == algorithm);
    let fits = known.is_none_or(|(_, lengths)| lengths.contains(&value.len()) && is_hex(value));
    if fits && !value.is_empty() { None } else { Some(HexFault::NotHex) }
}

/// Whether an algorithm pins what it was taken over.
fn pins(algorithm: &str) -> bool {
    ALGORITHMS.iter().any(|(name, _)| *name == algorithm)
}

fn is_hex(value: &str) -> bool {
    value.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
}

fn domain(algorithm: &str) -> Domain {
    match algorithm {
        "sha256" => Domain::Sha256,
        "gitCommit" => Domain::GitCommit,
        _ => Domain::Other,
    }
}

/// The digest of an algorithm, where that is known, not broken, and the value is its hex.
pub(super) fn usable(algorithm: &str, value: &str) -> Option<NamedDigest> {
    let good = pins(algorithm) && hex_fault(algorithm, value).is_none();
    good.then(|| NamedDigest { domain: domain(algorithm), algorithm: algorithm.into(), value: value.into() })
}

/// The usable digests of a digest set, in the order of the algorithms' names.
pub(super) fn of_set(set: &Map<String, Value>) -> Vec<NamedDigest> {
    let mut found: Vec<NamedDigest> =
        set.iter().filter_map(|(algorithm, value)| usable(algorithm, value.as_str()?)).collect();
    found.sort();
    found
}

/// `sha256:HEX`, or the hex of a SHA-256 alone.
pub(super) fn digest_said(text: &str) -> Option<NamedDigest> {
    let (algorithm, value) = text.split_once(':').unwrap_or(("sha256", text));
    usable(algorithm, value)
}

impl NamedDigest {
    /// Reads `sha256:HEX` of any algorithm that pins; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, value) = text.split_once(':')?;
        usable(algorithm, value)
    }
}

/// The digests of a field that is a digest set, `sha256:HEX` or the hex alone.
pub(super) fn of_value(value: &Value) -> Vec<NamedDigest> {
    match value {
        Value::Object(set) => of_set(set),
        Value::String(text) => digest_said(text).into_iter().collect(),
        _ => Vec::new(),
    }
}
