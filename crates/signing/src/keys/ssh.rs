//! Keys as OpenSSH writes them (RFC 4253 6.6, RFC 5656, PROTOCOL.key): the numbers in them, for keys of the kinds that
//! PKCS#8 knows as well. It opens no password.

use crate::check::curve::Curve;
use crate::x509::tlv::{self, BIT_STRING, INTEGER, SEQUENCE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::point::spki_of_point;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// AlgorithmIdentifier of RSA and of Ed25519.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

/// A private key in a file of OpenSSH.
pub(super) enum Private<'a> {
    /// On a curve of OMS: the private number, and the point.
    Ec(Curve, Zeroizing<Vec<u8>>, &'a [u8]),
    /// Of another kind, by its name.
    Other(String),
    /// Under a password.
    Encrypted,
}

/// The key in a block `OPENSSH PRIVATE KEY`; none for a damaged one.
pub(super) fn private(bytes: &[u8]) -> Option<Private<'_>> {
    let mut wire = Wire(bytes.strip_prefix(MAGIC)?);
    let (cipher, _, _) = (wire.string()?, wire.string()?, wire.string()?);
    if wire.number()? != 1 {
        return None;
    }
    let _ = wire.string()?;
    let mut inside = Wire(wire.string()?);
    if cipher != b"none" {
        return Some(Private::Encrypted);
    }
    if inside.number()? != inside.number()? {
        return None;
    }
    let kind = inside.string()?;
    let Some(curve) = curve(kind) else {
        return Some(Private::Other(String::from_utf8_lossy(kind).into_owned()));
    };
    let (_, point, private) = (inside.string()?, inside.string()?, inside.string()?);
    // As a number with a sign it may be longer or shorter than the curve asks for.
    let short: Vec<u8> = private.iter().copied().skip_while(|byte| *byte == 0).collect();
    let short = Zeroizing::new(short);
    let mut scalar = Zeroizing::new(vec![0; width(curve).checked_sub(short.len())?]);
    scalar.extend_from_slice(&short);
    Some(Private::Ec(curve, scalar, point))
}

/// What a line or a block of a public key holds.
pub(super) enum Public {
    /// SubjectPublicKeyInfo.
    Spki(Vec<u8>),
    /// Of a kind that has none, by its name.
    Other(String),
}

/// The public keys in lines as those of `id_ecdsa.pub` and `authorized_keys`.
pub(super) fn lines(text: &str) -> Vec<Public> {
    let of = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let kind = words.by_ref().find(|word| is_kind(word))?;
        let bytes = STANDARD.decode(words.next()?).ok()?;
        blob(&bytes).filter(|_| Wire(&bytes).string() == Some(kind.as_bytes()))
    };
    text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(of).collect()
}

/// The public key in a block of RFC 4716.
pub(super) fn block(text: &str) -> Option<Public> {
    let (_, body) = text.split_once("---- BEGIN SSH2 PUBLIC KEY ----")?;
    let (body, _) = body.split_once("---- END SSH2 PUBLIC KEY ----")?;
    let mut base64 = String::new();
    let mut is_header = false;
    for line in body.lines().map(str::trim) {
        if !is_header && !line.contains(':') {
            base64.push_str(line);
            continue;
        }
        // A header goes on where its line ends so.
        is_header = line.ends_with('\\');
    }
    blob(&STANDARD.decode(base64).ok()?)
}

fn is_kind(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-"].iter().any(|begin| word.starts_with(begin))
}

fn curve(kind: &[u8]) -> Option<Curve> {
    match kind {
        b"ecdsa-sha2-nistp256" => Some(Curve::P256),
        b"ecdsa-sha2-nistp384" => Some(Curve::P384),
        b"ecdsa-sha2-nistp521" => Some(Curve::P521),
        _ => None,
    }
}

fn width(curve: Curve) -> usize {
    match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
        Curve::P521 => 66,
    }
}

fn blob(bytes: &[u8]) -> Option<Public> {
    let mut wire = Wire(bytes);
    let kind = wire.string()?;
    if let Some(curve) = curve(kind) {
        let (_, point) = (wire.string()?, wire.string()?);
        return Some(Public::Spki(spki_of_point(curve, point)));
    }
    let bits = |bytes: &[u8]| tlv::wrap(BIT_STRING, &[&[0], bytes].concat());
    Some(match kind {
        b"ssh-ed25519" => Public::Spki(tlv::wrap(SEQUENCE, &[ED25519, &bits(wire.string()?)].concat())),
        b"ssh-rsa" => {
            let (exponent, modulus) = (wire.string()?, wire.string()?);
            let key = [tlv::wrap(INTEGER, modulus), tlv::wrap(INTEGER, exponent)].concat();
            Public::Spki(tlv::wrap(SEQUENCE, &[RSA, &bits(&tlv::wrap(SEQUENCE, &key))].concat()))
        }
        other => Public::Other(String::from_utf8_lossy(other).into_owned()),
    })
}

/// Lengths of four bytes before everything.
struct Wire<'a>(&'a [u8]);

impl<'a> Wire<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}
