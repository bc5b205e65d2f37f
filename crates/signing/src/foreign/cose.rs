//! COSE_Sign1 (RFC 9052) over a reader of the little CBOR that it needs, with limits. Also what the Notary
//! Project writes as COSE.

use crate::text::Untrusted;

use super::schemes;
use super::seen::{Beside, Covers, ForeignKind, Seen};

const MAX_DEPTH: usize = 8;
const MAX_ITEMS: u64 = 256;
const NOTATION: &str = "application/vnd.cncf.notary.payload.v1+json";

/// As much of a value as is needed here.
enum Item<'a> {
    Integer(i128),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Item<'a>>),
    Map(Vec<(Item<'a>, Item<'a>)>),
    Tagged(u64, Box<Item<'a>>),
    Null,
    Other,
}

struct Reader<'a> {
    rest: &'a [u8],
    left: u64,
}

impl<'a> Reader<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Reader { rest, left: MAX_ITEMS }
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self, bytes: u64) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn item(&mut self, depth: usize) -> Option<Item<'a>> {
        self.left = self.left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let [first] = self.take(1)? else { return None };
        let value = match first & 0x1f {
            short @ 0..24 => u64::from(short),
            size @ 24..28 => self.number(1 << (size - 24))?,
            // Indefinite lengths are not written by any tool for signatures.
            _ => return None,
        };
        Some(match first >> 5 {
            0 => Item::Integer(i128::from(value)),
            1 => Item::Integer(-1 - i128::from(value)),
            2 => Item::Bytes(self.take(value)?),
            3 => Item::Text(std::str::from_utf8(self.take(value)?).ok()?),
            4 => Item::List((0..value).map(|_| self.item(depth)).collect::<Option<_>>()?),
            5 => Item::Map(
                (0..value).map(|_| Some((self.item(depth)?, self.item(depth)?))).collect::<Option<_>>()?,
            ),
            6 => Item::Tagged(value, Box::new(self.item(depth)?)),
            _ if *first == 0xf6 => Item::Null,
            _ => Item::Other,
        })
    }
}

/// A header of that label, the protected ones first.
fn header<'h, 'a>(
    protected: &'h [(Item<'a>, Item<'a>)],
    plain: &'h [(Item<'a>, Item<'a>)],
    label: i128,
) -> Option<&'h Item<'a>> {
    let labelled = |(key, value): &'h (Item<'a>, Item<'a>)| {
        matches!(key, Item::Integer(found) if *found == label).then_some(value)
    };
    protected.iter().chain(plain).find_map(labelled)
}

pub(super) fn begins(head: &[u8]) -> bool {
    // Tag 18 (COSE_Sign1) or 98 (COSE_Sign) before a list of four, or the bare list with protected headers.
    matches!(head, [0xd2, 0x84, ..] | [0xd8, 0x62, 0x84, ..] | [0x84, 0x41..=0x58, ..])
}

pub(super) fn recognise(raw: &[u8], beside: &Beside<'_>) -> Option<Seen> {
    if !begins(raw) {
        return None;
    }
    let is_bare = raw.first() == Some(&0x84);
    let malformed = || (!is_bare).then(|| Seen::malformed(ForeignKind::Cose, "not CBOR that can be read"));
    let mut reader = Reader::new(raw);
    let Some(item) = reader.item(MAX_DEPTH).filter(|_| reader.rest.is_empty()) else { return malformed() };
    let (item, is_many) = match item {
        Item::Tagged(tag, inner) => (*inner, tag == 98),
        other => (other, false),
    };
    let Item::List(parts) = item else { return malformed() };
    let [Item::Bytes(protected_raw), Item::Map(plain), payload, last] = parts.as_slice() else {
        return malformed();
    };
    let protected = match Reader::new(protected_raw).item(MAX_DEPTH) {
        Some(Item::Map(headers)) => headers,
        None if protected_raw.is_empty() => Vec::new(),
        _ => return malformed(),
    };
    let covers = match payload {
        Item::Bytes(bytes) => Covers::Named(vec![format!("{} bytes inside it", bytes.len()).into()]),
        Item::Null => Covers::Beside,
        _ => return malformed(),
    };
    if is_many {
        return Some(
            Seen::new(ForeignKind::Cose, covers).note("several signers (COSE_Sign) are not verified here"),
        );
    }
    let Item::Bytes(signature) = last else { return malformed() };
    let Some(Item::Integer(algorithm)) = header(&protected, plain, 1) else { return malformed() };
    let scheme = ALGORITHMS.iter().find(|(id, _)| id == algorithm).map(|(_, name)| *name);
    let is_notation = matches!(header(&protected, plain, 3), Some(Item::Text(text)) if *text == NOTATION);
    let mut seen = Seen::new(if is_notation { ForeignKind::Notation } else { ForeignKind::Cose }, covers);
    if let (true, Item::Bytes(bytes)) = (is_notation, payload) {
        seen.covers = Covers::Named(crate::foreign::documents::notation_target(bytes).into_iter().collect());
    }
    // RFC 9360: x5chain is one certificate or a list, leaf first.
    let chain = match header(&protected, plain, 33) {
        Some(Item::Bytes(der)) => Some(*der),
        Some(Item::List(list)) => match list.first() {
            Some(Item::Bytes(der)) => Some(*der),
            _ => None,
        },
        _ => None,
    };
    let Some((certificate, subject)) = chain.and_then(schemes::leaf) else {
        let key = match header(&protected, plain, 4) {
            Some(Item::Bytes(id)) => Some(Untrusted::new(match std::str::from_utf8(id) {
                Ok(text) => format!("key {text}"),
                Err(_) => format!("key {}", hex::encode(id)),
            })),
            _ => None,
        };
        return Some(seen.signer(key).note("brings no certificate"));
    };
    let detached = beside_payload(payload, beside);
    let fits = detached.zip(scheme).and_then(|(payload, scheme)| {
        schemes::fits(&certificate, scheme, &to_be_signed(protected_raw, &payload), signature)
    });
    Some(seen.signer(Some(subject)).judged(fits))
}

fn beside_payload(payload: &Item<'_>, beside: &Beside<'_>) -> Option<Vec<u8>> {
    match payload {
        Item::Bytes(bytes) => Some(bytes.to_vec()),
        _ => beside.bytes(),
    }
}

/// RFC 9052, 4.4, without external data.
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0x84, 0x6a];
    out.extend_from_slice(b"Signature1");
    for bytes in [protected, &[], payload] {
        let length = bytes.len() as u64;
        match length {
            0..24 => out.push(0x40 | length as u8),
            24..0x100 => out.extend_from_slice(&[0x58, length as u8]),
            0x100..0x1_0000 => {
                out.push(0x59);
                out.extend_from_slice(&(length as u16).to_be_bytes());
            }
            _ => {
                out.push(0x5a);
                out.extend_from_slice(&(length as u32).to_be_bytes());
            }
        }
        out.extend_from_slice(bytes);
    }
    out
}

const ALGORITHMS: [(i128, &str); 10] = [
    (-7, "ES256"),
    (-35, "ES384"),
    (-36, "ES512"),
    (-37, "PS256"),
    (-38, "PS384"),
    (-39, "PS512"),
    (-257, "RS256"),
    (-258, "RS384"),
    (-259, "RS512"),
    (-8, "EdDSA"),
];
