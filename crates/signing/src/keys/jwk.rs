//! JSON Web Keys (RFC 7517, 7518 6.2): public and private keys on the curves of OMS, alone or as a set.

use crate::check::curve::Curve;
use crate::x509::tlv::{self, BIT_STRING, INTEGER, SEQUENCE};
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde::Deserialize;
use std::borrow::Cow;
use zeroize::Zeroizing;

use super::point::spki_of_point;

const MAX_KEYS: usize = 64;
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

/// One key.
pub(super) enum Jwk {
    /// SubjectPublicKeyInfo.
    Public(Vec<u8>),
    /// On a curve of OMS: the private number, and the point.
    Private(Curve, Zeroizing<Vec<u8>>, Vec<u8>),
    /// Private, of another kind, by its name.
    OtherPrivate(String),
    /// Of another kind, by its name.
    Other(String),
    /// Damaged.
    Damaged,
}

/// Borrowed, so that no copies of secrets are left behind.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    kty: Option<Cow<'a, str>>,
    #[serde(borrow)]
    crv: Option<Cow<'a, str>>,
    #[serde(borrow)]
    x: Option<Cow<'a, str>>,
    #[serde(borrow)]
    y: Option<Cow<'a, str>>,
    #[serde(borrow)]
    d: Option<Cow<'a, str>>,
    #[serde(borrow)]
    n: Option<Cow<'a, str>>,
    #[serde(borrow)]
    e: Option<Cow<'a, str>>,
    #[serde(borrow)]
    keys: Option<Vec<Document<'a>>>,
}

/// The keys in a document; none when it is no key and no set of keys.
pub(super) fn keys(text: &str) -> Option<Vec<Jwk>> {
    let document: Document<'_> = serde_json::from_str(text).ok()?;
    match &document.keys {
        Some(keys) => Some(keys.iter().take(MAX_KEYS).map(key).collect()),
        None => document.kty.is_some().then(|| vec![key(&document)]),
    }
}

fn key(document: &Document<'_>) -> Jwk {
    read(document).unwrap_or(Jwk::Damaged)
}

fn read(document: &Document<'_>) -> Option<Jwk> {
    let kind = document.kty.as_deref().unwrap_or_default();
    let name = document.crv.as_deref().unwrap_or(kind);
    let bits = |bytes: &[u8]| tlv::wrap(BIT_STRING, &[&[0], bytes].concat());
    let curve = Curve::ALL.into_iter().find(|curve| kind == "EC" && curve.as_str() == name);
    if let Some(curve) = curve {
        let (x, y) = (bytes(document.x.as_deref()?)?, bytes(document.y.as_deref()?)?);
        // Each has the whole length of a coordinate (RFC 7518, 6.2.1.2).
        if x.len() != y.len() {
            return None;
        }
        let point = [&[4], x.as_slice(), &y].concat();
        return Some(match document.d.as_deref() {
            Some(private) => Jwk::Private(curve, bytes(private)?, point),
            None => Jwk::Public(spki_of_point(curve, &point)),
        });
    }
    if document.d.is_some() {
        return Some(Jwk::OtherPrivate(name.to_owned()));
    }
    Some(match (kind, name) {
        ("OKP", "Ed25519") => {
            let point = bytes(document.x.as_deref()?)?;
            Jwk::Public(tlv::wrap(SEQUENCE, &[ED25519, &bits(&point)].concat()))
        }
        ("RSA", _) => {
            let number =
                |text: Option<&str>| Some(tlv::wrap(INTEGER, &[&[0], bytes(text?)?.as_slice()].concat()));
            let key = [number(document.n.as_deref())?, number(document.e.as_deref())?].concat();
            Jwk::Public(tlv::wrap(SEQUENCE, &[RSA, &bits(&tlv::wrap(SEQUENCE, &key))].concat()))
        }
        _ => Jwk::Other(name.to_owned()),
    })
}

fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let engine = if text.ends_with('=') { URL_SAFE } else { URL_SAFE_NO_PAD };
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    engine.decode_vec(text, &mut bytes).ok()?;
    Some(bytes)
}
