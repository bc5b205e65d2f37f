//! RFC 7512: a `pkcs11:` URI names a module, a token and an object in it. Parsing only; it loads nothing.

use crate::error::{Code, Error, Result};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

use super::secret::Secret;

const MAX_URI_BYTES: usize = 8 * 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Query,
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Bytes,
    Number,
    Version,
    /// One of `TYPES`.
    Type,
}

/// The attributes of RFC 7512, 2.3.
const ATTRIBUTES: [(&str, Part, Form); 17] = [
    ("token", Part::Path, Form::Text),
    ("manufacturer", Part::Path, Form::Text),
    ("serial", Part::Path, Form::Text),
    ("model", Part::Path, Form::Text),
    ("library-manufacturer", Part::Path, Form::Text),
    ("library-description", Part::Path, Form::Text),
    ("library-version", Part::Path, Form::Version),
    ("object", Part::Path, Form::Text),
    ("type", Part::Path, Form::Type),
    ("id", Part::Path, Form::Bytes),
    ("slot-manufacturer", Part::Path, Form::Text),
    ("slot-description", Part::Path, Form::Text),
    ("slot-id", Part::Path, Form::Number),
    ("pin-source", Part::Query, Form::Text),
    (PIN_VALUE, Part::Query, Form::Text),
    ("module-name", Part::Query, Form::Text),
    ("module-path", Part::Query, Form::Text),
];
const PIN_VALUE: &str = "pin-value";
const TYPES: [&str; 5] = ["private", "public", "cert", "secret-key", "data"];

/// A parsed `pkcs11:` URI. It may hold a PIN, so it is wiped when it is dropped, and its `Debug` leaves the PIN
/// out.
#[derive(Clone, PartialEq, Eq)]
pub struct Pkcs11Uri {
    /// Decoded, by name.
    attributes: BTreeMap<&'static str, Zeroizing<Vec<u8>>>,
}

impl Pkcs11Uri {
    /// Parses a URI.
    ///
    /// # Errors
    /// `E-USAGE` for anything that RFC 7512 does not allow, for an attribute that it does not know or that is
    /// given twice, and for a PIN given in two ways; `E-TOO-LARGE` for more than 8 KiB.
    pub fn parse(uri: &str) -> Result<Self> {
        if uri.len() > MAX_URI_BYTES {
            return Err(Error::new(
                Code::TooLarge,
                format!("a PKCS#11 URI of more than {MAX_URI_BYTES} bytes"),
            ));
        }
        let rest = match uri.split_at_checked("pkcs11:".len()) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("pkcs11:") => rest,
            _ => return Err(refused("the URI does not begin with `pkcs11:`")),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parsed = Pkcs11Uri { attributes: BTreeMap::new() };
        for (part, text, separator) in [(Part::Path, path, ';'), (Part::Query, query, '&')] {
            if !text.is_empty() {
                text.split(separator).try_for_each(|attribute| parsed.add(part, attribute))?;
            }
        }
        // RFC 7512, 2.4: then neither can be relied on.
        if parsed.text("pin-source").is_some() && parsed.text(PIN_VALUE).is_some() {
            return Err(refused("`pin-source` and `pin-value` are both given"));
        }
        Ok(parsed)
    }

    fn add(&mut self, part: Part, attribute: &str) -> Result<()> {
        let (name, encoded) = attribute.split_once('=').ok_or_else(|| refused("an attribute without `=`"))?;
        let Some((name, _, form)) = ATTRIBUTES.iter().find(|(known, at, _)| *known == name && *at == part)
        else {
            let elsewhere = ATTRIBUTES.iter().any(|(known, ..)| *known == name);
            let what = match (elsewhere, part) {
                (false, _) => "an attribute that is not known",
                (true, Part::Path) => "an attribute that belongs behind the `?`",
                (true, Part::Query) => "an attribute that belongs before the `?`",
            };
            return Err(refused(what).at(name));
        };
        let value = decode(part, encoded).map_err(|error| error.at(*name))?;
        let text = std::str::from_utf8(&value);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match (form, text) {
            (Form::Bytes, _) => true,
            (Form::Text, Ok(text)) => !text.contains('\0'),
            (Form::Number, Ok(text)) => is_number(text) && text.parse::<u64>().is_ok(),
            (Form::Version, Ok(text)) => {
                let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
                [major, minor].iter().all(|number| is_number(number) && number.parse::<u8>().is_ok())
            }
            (Form::Type, Ok(text)) => TYPES.contains(&text),
            (_, Err(_)) => false,
        };
        if !fits {
            return Err(refused("an attribute whose value is not what it should be").at(*name));
        }
        if self.attributes.insert(name, value).is_some() {
            return Err(refused("an attribute that is given twice").at(*name));
        }
        Ok(())
    }

    /// The decoded text of an attribute, by its name in RFC 7512.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.bytes(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The decoded bytes of an attribute: `id` need not be text.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.attributes.get(name).map(|value| value.as_slice())
    }

    /// The slot.
    pub fn slot_id(&self) -> Option<u64> {
        self.text("slot-id")?.parse().ok()
    }

    /// The version of the module; a missing minor number is 0.
    pub fn library_version(&self) -> Option<(u8, u8)> {
        let text = self.text("library-version")?;
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Some((major.parse().ok()?, minor.parse().ok()?))
    }

    /// The PIN, which had better not stand here.
    pub fn pin_value(&self) -> Option<Secret> {
        self.text(PIN_VALUE).map(Secret::new)
    }
}

impl fmt::Debug for Pkcs11Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &'static str| match self.bytes(name) {
            Some(value) if name != PIN_VALUE => String::from_utf8_lossy(value).into_owned(),
            _ => "…".to_owned(),
        };
        f.debug_map().entries(self.attributes.keys().map(|name| (name, shown(name)))).finish()
    }
}

/// Percent-decoding; what RFC 7512 wants encoded must be.
fn decode(part: Part, encoded: &str) -> Result<Zeroizing<Vec<u8>>> {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b"-._~:[]@!$'()*+,=".contains(&byte)
            || match part {
                Part::Path => byte == b'&',
                Part::Query => b"/?|".contains(&byte),
            }
    };
    let mut decoded = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut bytes = encoded.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
            let pair = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
            decoded.push(pair.ok_or_else(|| refused("`%` without two hexadecimal digits"))?);
        } else if plain(byte) {
            decoded.push(byte);
        } else {
            return Err(refused("a character that must be written as `%` and two hexadecimal digits"));
        }
    }
    Ok(decoded)
}

fn refused(what: &str) -> Error {
    Error::new(Code::Usage, format!("not a PKCS#11 URI that can be used: {what}"))
        .help("for example pkcs11:token=My%20token;object=release?module-name=softhsm2 (RFC 7512)")
}
