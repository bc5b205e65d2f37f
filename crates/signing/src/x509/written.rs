//! What certificates say in forms that the decoder does not read: names in old alphabets, times before 1970. They are
//! made readable in a copy; signatures are verified over the bytes as they came. It judges nothing.

use der::{Decode, Encode};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use x509_cert::name::Name;

use super::tlv::{self, Element, OBJECT_IDENTIFIER, SEQUENCE};

const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Parts of a certificate, of a name, of a part of a name: more is not looked at, and then the decoder speaks.
const MAX_PARTS: usize = 256;

/// The certificate for the decoder: every text of its names in UTF-8, no time before 1970. Times before that are moved
/// there, which changes no judgement: nobody verifies before 1970.
pub(super) fn readable(der: &[u8]) -> Cow<'_, [u8]> {
    rewritten(der).map_or(Cow::Borrowed(der), Cow::Owned)
}

/// A name that stands elsewhere than as a subject or an issuer, its texts in UTF-8 as theirs are: only so the two
/// can be compared.
pub(crate) fn plain_name(name: &Name) -> Name {
    let rewritten = name.to_der().ok().and_then(|der| self::name(&tlv::first(&der)?.0));
    rewritten.and_then(|der| Name::from_der(&der).ok()).unwrap_or_else(|| name.clone())
}

/// First and last moment of validity as written; [`Timestamp::MAX`] stands for "no end" (RFC 5280, 4.1.2.5).
pub(super) fn validity(tbs: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let inside = tlv::sequence(tbs, MAX_PARTS)?;
    let at = usize::from(inside.first()?.tag == VERSION) + 3;
    match tlv::all(inside.get(at)?.content, 2)?.as_slice() {
        [from, to] => Some((time(from)?, time(to)?)),
        _ => None,
    }
}

fn rewritten(der: &[u8]) -> Option<Vec<u8>> {
    let outer = tlv::sequence(der, 3)?;
    let (tbs, signature) = outer.split_first()?;
    let inside = tlv::sequence(tbs.whole, MAX_PARTS)?;
    let begin = usize::from(inside.first()?.tag == VERSION);
    let (issuer, validity, subject) = (begin + 2, begin + 3, begin + 4);
    let mut changed = false;
    let mut content = Vec::with_capacity(tbs.content.len());
    for (index, element) in inside.iter().enumerate() {
        let new = match index {
            index if index == issuer || index == subject => name(element),
            index if index == validity => times(element),
            _ => None,
        };
        changed |= new.is_some();
        content.extend_from_slice(new.as_deref().unwrap_or(element.whole));
    }
    if !changed {
        return None;
    }
    let mut whole = tlv::wrap(SEQUENCE, &content);
    signature.iter().for_each(|element| whole.extend_from_slice(element.whole));
    Some(tlv::wrap(SEQUENCE, &whole))
}

/// A name with its texts in UTF-8; none when they are as the decoder likes them.
fn name(name: &Element<'_>) -> Option<Vec<u8>> {
    let mut changed = false;
    let mut parts = Vec::with_capacity(name.content.len());
    for part in tlv::all(name.content, MAX_PARTS)? {
        let mut values = Vec::new();
        for value in tlv::all(part.content, MAX_PARTS)? {
            let new = attribute(&value);
            changed |= new.is_some();
            values.extend_from_slice(new.as_deref().unwrap_or(value.whole));
        }
        parts.extend(tlv::wrap(SET, &values));
    }
    changed.then(|| tlv::wrap(SEQUENCE, &parts))
}

fn attribute(attribute: &Element<'_>) -> Option<Vec<u8>> {
    match tlv::all(attribute.content, 2)?.as_slice() {
        [kind, value] if kind.tag == OBJECT_IDENTIFIER => {
            let value = tlv::wrap(UTF8_STRING, text(value)?.as_bytes());
            Some(tlv::wrap(SEQUENCE, &[kind.whole, &value].concat()))
        }
        _ => None,
    }
}

/// The text of a value that the decoder does not read as text. T61String is read as Latin-1, as OpenSSL does.
fn text(value: &Element<'_>) -> Option<String> {
    let bytes = value.content;
    let latin1 = || bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    match value.tag {
        // NumericString, VisibleString, GeneralString
        0x12 | 0x1a | 0x1b => bytes.is_ascii().then(latin1),
        // PrintableString, for which many take any text; IA5String
        0x13 => (!bytes.iter().all(|byte| is_printable(*byte))).then(latin1),
        0x16 => (!bytes.is_ascii()).then(latin1),
        // T61String
        0x14 => Some(latin1()),
        // UniversalString
        0x1c => {
            let (units, rest) = bytes.as_chunks::<4>();
            let all = units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit)));
            if rest.is_empty() { all.collect() } else { None }
        }
        // BMPString
        0x1e => {
            let (units, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
        }
        _ => None,
    }
}

/// The alphabet of PrintableString.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// A validity without a time before 1970; none when there is none.
fn times(validity: &Element<'_>) -> Option<Vec<u8>> {
    let mut changed = false;
    let mut content = Vec::new();
    for element in tlv::all(validity.content, 2)? {
        let moved: Option<&[u8]> = match (element.tag, time(&element)) {
            (UTC_TIME, Some(at)) if at < Timestamp::UNIX_EPOCH => Some(b"700101000000Z"),
            (GENERALIZED_TIME, Some(at)) if at < Timestamp::UNIX_EPOCH => Some(b"19700101000000Z"),
            _ => None,
        };
        changed |= moved.is_some();
        match moved {
            Some(moved) => content.extend(tlv::wrap(element.tag, moved)),
            None => content.extend_from_slice(element.whole),
        }
    }
    changed.then(|| tlv::wrap(SEQUENCE, &content))
}

/// A time in either form; 9999-12-31 is no end.
fn time(element: &Element<'_>) -> Option<Timestamp> {
    let digits = element.content.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |from: usize, length: usize| -> Option<i16> {
        let digits = digits.get(from..from + length)?;
        Some(digits.iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0')))
    };
    let (year, after) = match (element.tag, digits.len()) {
        // RFC 5280, 4.1.2.5.1
        (UTC_TIME, 12) => match number(0, 2)? {
            late @ 50.. => (1900 + late, 2),
            early => (2000 + early, 2),
        },
        (GENERALIZED_TIME, 14) => (number(0, 4)?, 4),
        _ => return None,
    };
    let part = |index: usize| Some(i8::try_from(number(after + 2 * index, 2)?).unwrap_or(i8::MAX));
    let civil = DateTime::new(year, part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, 0).ok()?;
    // The last day of the calendar is beyond what a timestamp holds.
    Some(civil.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(tag: u8, text: &str) -> Option<Timestamp> {
        let der = tlv::wrap(tag, text.as_bytes());
        time(&tlv::first(&der).unwrap().0)
    }

    #[test]
    fn both_forms_of_time_are_read_and_the_last_day_is_no_end() {
        assert_eq!(at(UTC_TIME, "600101000000Z"), Some("1960-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(at(UTC_TIME, "491231235959Z"), Some("2049-12-31T23:59:59Z".parse().unwrap()));
        assert_eq!(at(GENERALIZED_TIME, "19500101000000Z"), Some("1950-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(at(GENERALIZED_TIME, "99991231235959Z"), Some(Timestamp::MAX));
        for bad in ["6001010000Z", "600101000000", "601301000000Z", "600101000000+0000", "6001010000:0Z"] {
            assert_eq!(at(UTC_TIME, bad), None, "{bad}");
        }
    }

    #[test]
    fn old_alphabets_are_read_and_what_is_damaged_stays_as_it_is() {
        let read = |tag: u8, bytes: &[u8]| {
            let der = tlv::wrap(tag, bytes);
            text(&tlv::first(&der).unwrap().0)
        };
        assert_eq!(read(0x1e, b"\0A\x01\x07").as_deref(), Some("Ać"));
        assert_eq!(read(0x1c, b"\0\0\0A\0\x01\xf5\x11").as_deref(), Some("A🔑"));
        assert_eq!(read(0x14, b"M\xfcller").as_deref(), Some("Müller"));
        assert_eq!(read(0x13, b"a_b").as_deref(), Some("a_b"));
        assert_eq!(read(0x12, b"12").as_deref(), Some("12"));
        for (tag, bytes) in [
            (0x1e, &b"\xd8\0"[..]),
            (0x1e, b"\0"),
            (0x1c, b"\0\0\xd8\0"),
            (0x1c, b"\0\0\0"),
            (0x13, b"plain"),
            (0x0c, b"utf8"),
        ] {
            assert_eq!(read(tag, bytes), None, "{tag:x} {bytes:x?}");
        }
    }
}
