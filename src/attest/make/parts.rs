//! What predicates have in common: resource descriptors, and values as they are typed.

use super::super::said::{Domain, Input, InputRole, NamedDigest};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A resource descriptor of something that went in, without what became of it.
pub(super) fn descriptor(input: &Input) -> Map<String, Value> {
    let mut made = Map::new();
    let name = input.name.raw();
    if !name.is_empty() {
        made.insert(if is_uri(name) { "uri" } else { "name" }.to_owned(), name.into());
    }
    if !input.digests.is_empty() {
        made.insert("digest".to_owned(), digests(&input.digests));
    }
    made
}

/// The same with what became of it, and when it was verified, as annotations.
pub(super) fn dependency(input: &Input) -> Value {
    let mut made = descriptor(input);
    let mut annotations = Map::new();
    if input.role != InputRole::Other {
        annotations.insert("role".to_owned(), input.role.word().into());
    }
    if let Some(at) = input.verified_at {
        annotations.insert("verifiedAt".to_owned(), time(at));
    }
    if !annotations.is_empty() {
        made.insert("annotations".to_owned(), annotations.into());
    }
    made.into()
}

/// A digest set.
pub(super) fn digests(digests: &[NamedDigest]) -> Value {
    let pair = |digest: &NamedDigest| (digest.algorithm.raw().to_owned(), Value::from(digest.value.raw()));
    digests.iter().map(pair).collect::<Map<_, _>>().into()
}

/// A moment as predicates write it.
pub(super) fn time(at: Timestamp) -> Value {
    at.to_string().into()
}

/// A member, if there is a value for it.
pub(super) fn put(map: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), value.into());
    }
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme && (rest.starts_with("//") || matches!(scheme, "pkg" | "urn" | "doi" | "hf"))
}

/// A value as it was typed: whole numbers and `true` and `false` as such, all else as text. Decimals stay text, so that
/// no reader rounds them.
pub(super) fn typed(text: &str) -> Value {
    match text {
        "true" => return true.into(),
        "false" => return false.into(),
        _ => {}
    }
    match text.parse::<i64>() {
        // What would be written otherwise than it was typed is a text.
        Ok(number) if number.to_string() == text => number.into(),
        _ => text.into(),
    }
}

impl NamedDigest {
    /// SHA-256, hex.
    pub fn sha256(hex: impl Into<crate::text::Untrusted>) -> Self {
        NamedDigest { domain: Domain::Sha256, algorithm: "sha256".into(), value: hex.into() }
    }

    /// A commit of Git, hex.
    pub fn git_commit(hex: impl Into<crate::text::Untrusted>) -> Self {
        NamedDigest { domain: Domain::GitCommit, algorithm: "gitCommit".into(), value: hex.into() }
    }
}
