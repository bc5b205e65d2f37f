//! OpenPGP, minisign, OpenSSH, bare signatures, lists of checksums, and C2PA in its binary form.

use crate::hashing::job::{HashAlgorithm, hash_bytes};
use crate::pem;
use crate::text::Untrusted;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::seen::{Covers, ForeignKind, Seen};

const MAX_LINES: usize = 100_000;

/// JUMBF: a box `jumb` whose description says `c2pa`.
pub(super) fn c2pa(head: &[u8]) -> Option<Seen> {
    let is_box = head.get(4..8) == Some(b"jumb") && head.get(12..16) == Some(b"jumd");
    let description = head.get(16..80.min(head.len())).unwrap_or_default();
    (is_box && description.windows(4).any(|window| window == b"c2pa"))
        .then(|| Seen::new(ForeignKind::C2pa, Covers::Beside))
}

pub(super) fn recognise(raw: &[u8]) -> Option<Seen> {
    if begins_packet(raw) {
        return Some(packet(raw, Covers::Beside));
    }
    let text = std::str::from_utf8(raw).ok()?;
    let start = text.trim_start();
    if let Some(body) = armoured(start, "PGP SIGNATURE") {
        let covers = if start.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
            Covers::Named(vec!["the text inside it".into()])
        } else {
            Covers::Beside
        };
        return Some(match body {
            Some(body) => packet(&body, covers),
            None => Seen::malformed(ForeignKind::OpenPgp, "its armour is damaged"),
        });
    }
    if let Some(body) = armoured(start, "SSH SIGNATURE") {
        return Some(match body.as_deref().and_then(ssh_key) {
            Some(key) => Seen::new(ForeignKind::Ssh, Covers::Beside).signer(Some(key)),
            None => Seen::malformed(ForeignKind::Ssh, "its armour is damaged"),
        });
    }
    if let Some(rest) = start.strip_prefix("untrusted comment:") {
        let body = rest.lines().nth(1).and_then(|line| STANDARD.decode(line.trim()).ok());
        // Public keys look the same and are shorter: 42 bytes.
        return match body.as_deref() {
            Some([b'E', b'd' | b'D', id @ ..]) if id.len() == 72 => {
                let id: Vec<u8> = id.iter().take(8).rev().copied().collect();
                let signer = Untrusted::new(format!("key {}", hex::encode_upper(id)));
                Some(Seen::new(ForeignKind::Minisign, Covers::Beside).signer(Some(signer)))
            }
            _ => None,
        };
    }
    list(text).or_else(|| bare(text))
}

/// The bytes in an armour of that label, when it is there.
fn armoured(text: &str, label: &str) -> Option<Option<Vec<u8>>> {
    if !text.starts_with("-----BEGIN PGP SIGN") && !text.starts_with("-----BEGIN SSH SIGN") {
        return None;
    }
    let block = pem::body(text, label)?.ok();
    Some(block.and_then(|(body, _)| {
        let lines = body.trim_start_matches(['\r', '\n']).lines();
        // Headers end with an empty line; the checksum of the armour begins with `=`.
        let base64: String =
            lines.map(str::trim).filter(|line| !line.contains(": ") && !line.starts_with('=')).collect();
        STANDARD.decode(base64).ok()
    }))
}

/// A signature packet of OpenPGP (RFC 9580, 4.2): tag 2 in the old or the new form, version 3 to 6.
pub(super) fn begins_packet(head: &[u8]) -> bool {
    match head {
        [0x88, _, version, kind, ..]
        | [0x89, _, _, version, kind, ..]
        | [0xc2, 0..=191, version, kind, ..]
        | [0xc2, 192..=223, _, version, kind, ..] => {
            matches!(version, 3..=6) && (*kind <= 1 || *version == 3)
        }
        _ => false,
    }
}

fn packet(raw: &[u8], covers: Covers) -> Seen {
    let body = match raw {
        [0x88, _, rest @ ..] | [0xc2, 0..=191, rest @ ..] => rest,
        [0x89, _, _, rest @ ..] | [0xc2, 192..=223, _, rest @ ..] => rest,
        _ => return Seen::malformed(ForeignKind::OpenPgp, "not a signature packet"),
    };
    let seen = Seen::new(ForeignKind::OpenPgp, covers);
    match body {
        [4, _, _, _, high, low, rest @ ..] => {
            let hashed = usize::from(u16::from_be_bytes([*high, *low]));
            let Some((hashed, rest)) = rest.split_at_checked(hashed) else {
                return Seen::malformed(ForeignKind::OpenPgp, "cut off");
            };
            let plain = match rest {
                [high, low, rest @ ..] => {
                    rest.get(..usize::from(u16::from_be_bytes([*high, *low]))).unwrap_or_default()
                }
                _ => &[],
            };
            let key = issuer(hashed).or_else(|| issuer(plain));
            seen.signer(key.map(|key| Untrusted::new(format!("key {}", hex::encode_upper(key)))))
        }
        [version, ..] => seen.note(format!("version {version}")),
        [] => Seen::malformed(ForeignKind::OpenPgp, "empty"),
    }
}

/// Subpacket 33 (fingerprint), else 16 (key id).
fn issuer(mut rest: &[u8]) -> Option<&[u8]> {
    let mut id = None;
    loop {
        let (length, after) = match rest {
            [first @ 0..=191, after @ ..] => (usize::from(*first), after),
            [first @ 192..=254, second, after @ ..] => {
                ((usize::from(*first) - 192) * 256 + usize::from(*second) + 192, after)
            }
            [255, a, b, c, d, after @ ..] => {
                (usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?, after)
            }
            _ => return id,
        };
        let Some((subpacket, after)) = after.split_at_checked(length) else { return id };
        match subpacket {
            [33 | 0xa1, _, fingerprint @ ..] => return Some(fingerprint),
            [16 | 0x90, key @ ..] => id = Some(key),
            _ => {}
        }
        rest = after;
    }
}

/// PROTOCOL.sshsig: magic, version, then the public key as a string.
fn ssh_key(body: &[u8]) -> Option<Untrusted> {
    let rest = body.strip_prefix(b"SSHSIG")?.get(4..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let key = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let digest = STANDARD_NO_PAD.encode(hash_bytes(HashAlgorithm::Sha256, key));
    Some(Untrusted::new(format!("key SHA256:{digest}")))
}

pub(super) fn is_base64(text: &[u8]) -> bool {
    text.len() > 60
        && text.trim_ascii().iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte))
}

/// `cosign sign-blob` writes the signature alone: an ECDSA signature in base64.
fn bare(text: &str) -> Option<Seen> {
    let der = STANDARD.decode(text.trim()).ok()?;
    let [0x30, length, 0x02, first, rest @ ..] = der.as_slice() else { return None };
    let second = rest.get(usize::from(*first)..)?;
    let [0x02, last, tail @ ..] = second else { return None };
    (usize::from(*length) + 2 == der.len() && usize::from(*last) == tail.len())
        .then(|| Seen::new(ForeignKind::Cosign, Covers::Beside).note("a bare ECDSA signature"))
}

pub(super) fn begins_list(text: &[u8]) -> bool {
    text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count() >= 32
}

/// `sha256sum` and the form of BSD: every line is one.
fn list(text: &str) -> Option<Seen> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut listed = Vec::new();
    let mut names = Vec::new();
    for line in lines.take(MAX_LINES) {
        let (digest, name) = match line.strip_prefix("SHA256 (").and_then(|rest| rest.rsplit_once(") = ")) {
            Some((name, digest)) => (digest, name),
            None => {
                let (digest, name) = line.split_once(' ')?;
                (digest, name.strip_prefix([' ', '*'])?)
            }
        };
        let bytes = hex::decode(digest).ok().filter(|bytes| [16, 20, 32, 48, 64].contains(&bytes.len()))?;
        names.push(Untrusted::new(name));
        if bytes.len() == 32 {
            listed.push((name.to_owned(), bytes));
        }
    }
    if names.is_empty() {
        return None;
    }
    Some(if listed.len() == names.len() {
        Seen::new(ForeignKind::Checksums, Covers::Listed(listed))
    } else {
        Seen::new(ForeignKind::Checksums, Covers::Named(names)).note("not SHA-256, so not compared")
    })
}
