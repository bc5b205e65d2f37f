//! NumPy's array files: an array of Python objects is a pickle behind a header.

use std::io::{Read, Seek};

use super::found::Hazards;
use super::walked::walked;
use super::window::{Stop, Window};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// How an array file begins.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// NumPy itself wants no header longer than 10,000 characters.
const MAX_HEADER: u32 = 64 * 1024;

/// Looks at an array; `inside` names it in an archive.
pub(super) fn look<R: Read + Seek>(window: &mut Window<'_, R>, inside: &str, found: &mut Hazards) {
    match header(window) {
        Ok(header) if holds_objects(&header) => walked(window, inside, found),
        Ok(header) if length(&header) == Some(window.left()) => {}
        Ok(_) => {
            let why = "an array that is not as long as its header says, or of a type that is not known here";
            found.add(Tier::Unreadable, HazardKind::Header, inside, "", why);
        }
        Err(stop) => {
            let why = format!("the header of the array cannot be read: {stop}");
            found.add(Tier::Unreadable, HazardKind::Header, inside, "", why);
        }
    }
}

/// The header of an array: a dictionary of Python, as text.
pub(super) fn header<R: Read + Seek>(window: &mut Window<'_, R>) -> Result<Vec<u8>, Stop> {
    if window.array::<6>()? != MAGIC {
        return Err(Stop::Broken("it is no NumPy array"));
    }
    let [version, _] = window.array()?;
    let length = match version {
        1 => u16::from_le_bytes(window.array()?).into(),
        _ => u32::from_le_bytes(window.array()?),
    };
    if length > MAX_HEADER {
        return Err(Stop::Limit("it says that it is longer than NumPy allows"));
    }
    window.bytes(usize::try_from(length).map_err(|_| Stop::Cut)?)
}

/// A type of `O`, alone, as a field or in a list: `'|O'`, `[('a', 'f4'), ('b', 'O8')]`, `'f4,(2,)O'`. Any capital O
/// that is no part of a word counts, and whatever is escaped: a field of such a name makes an array of numbers look
/// worse, never the reverse.
fn holds_objects(header: &[u8]) -> bool {
    let text = String::from_utf8_lossy(header);
    let is_word = |next: Option<char>| next.is_some_and(|next| next.is_alphabetic() || next == '_');
    let mut capitals = text.match_indices('O');
    let alone = capitals.any(|(at, capital)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + capital.len()..).and_then(|after| after.chars().next());
        !is_word(before) && !is_word(after)
    });
    alone || text.contains("object") || text.contains('\\')
}

/// How many bytes follow, of a type of plain numbers or texts, or of fields of such:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
fn length(header: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(header).ok()?;
    let after = |key: &str| text.split_once(key).map(|(_, after)| after.trim_start());
    let described = after("'descr':")?;
    let width = match described.strip_prefix('[') {
        Some(fields) => {
            // `('name', '<f4')`, without shapes of their own.
            let fields = fields.split_once(']')?.0;
            let mut sum = 0_u64;
            for field in fields.split(')').map(|field| field.trim_matches([',', ' ', '('])) {
                if !field.is_empty() {
                    let (_, kind) = field.split_once(',')?;
                    sum = sum.checked_add(width(kind.trim())?)?;
                }
            }
            sum
        }
        None => width(described.split_once(',')?.0)?,
    };
    let shape = after("'shape':")?.strip_prefix('(')?.split(')').next()?;
    let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    sizes
        .map(|size| size.trim_end_matches('L').parse::<u64>())
        .try_fold(width, |product, size| product.checked_mul(size.ok()?))
}

/// The bytes of one element of a type in quotes: `'<f4'`, `'|S10'`, `'<M8[ns]'`.
fn width(quoted: &str) -> Option<u64> {
    let quote = quoted.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let kind = quoted.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = kind.trim_start_matches(['<', '>', '=', '|']);
    let (letter, digits) = plain.split_at_checked(1)?;
    // Dates say their unit behind the width.
    let width: u64 = digits.split('[').next()?.parse().ok()?;
    match letter {
        "b" | "i" | "u" | "f" | "c" | "S" | "V" | "M" | "m" | "a" | "?" => Some(width),
        "U" => width.checked_mul(4),
        _ => None,
    }
}
