//! Tar archives of any age: v7, ustar, pax and GNU's, told by the sum that each header carries.

use std::io::{Read, Seek};

use super::archive::leaves;
use super::found::Hazards;
use super::window::{Stop, Window};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Members of one archive.
const MAX_MEMBERS: usize = 100_000;
/// What of one member is looked at.
const MAX_MEMBER: u64 = 64 * 1024 * 1024;
/// A long name in a member of its own.
const MAX_NAME: u64 = 4096;
const BLOCK: u64 = 512;

/// Whether these bytes begin with the header of a member.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.first_chunk::<512>().is_some_and(|block| block.first() != Some(&0) && is_header(block))
}

fn is_header(block: &[u8; 512]) -> bool {
    let Some(told) = octal(block.get(148..156).unwrap_or_default()) else { return false };
    let sum = |as_signed: bool| {
        block.iter().enumerate().fold(0_i64, |sum, (at, byte)| {
            let byte = if (148..156).contains(&at) { b' ' } else { *byte };
            sum + if as_signed { i64::from(byte.cast_signed()) } else { i64::from(byte) }
        })
    };
    [false, true].into_iter().any(|as_signed| u64::try_from(sum(as_signed)) == Ok(told))
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.split('\0').next().unwrap_or_default().trim_matches(' ');
    (!digits.is_empty()).then(|| u64::from_str_radix(digits, 8).ok()).flatten()
}

/// In octal digits, or with the high bit set in 256s.
fn size(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((0x80, rest)) => Some(rest.iter().fold(0, |size: u64, byte| size << 8 | u64::from(*byte))),
        _ => octal(field),
    }
}

/// Looks at the members, each by `each`.
pub(super) fn look<R: Read + Seek>(
    window: &mut Window<'_, R>,
    each: &mut super::archive::Each<'_>,
    found: &mut Hazards,
) -> Result<(), Stop> {
    let mut long: Option<String> = None;
    for _ in 0..MAX_MEMBERS {
        if window.left() < BLOCK {
            return Ok(());
        }
        let block: [u8; 512] = window.array()?;
        if block.first() == Some(&0) {
            return Ok(());
        }
        if !is_header(&block) {
            return Err(Stop::Broken("a header of a member is damaged"));
        }
        let field = |from: usize, to: usize| {
            let bytes = block.get(from..to).unwrap_or_default();
            String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
        };
        let size =
            size(block.get(124..136).unwrap_or_default()).ok_or(Stop::Broken("a size that is none"))?;
        let padded = size.checked_next_multiple_of(BLOCK).ok_or(Stop::Cut)?;
        let kind = block.get(156).copied().unwrap_or(0);
        let next = window.at().checked_add(padded).ok_or(Stop::Cut)?;
        let is_ustar = block.get(257..262) == Some(b"ustar");
        let prefix = if is_ustar { field(345, 500) } else { String::new() };
        let own = if prefix.is_empty() { field(0, 100) } else { format!("{prefix}/{}", field(0, 100)) };
        let name = long.take().unwrap_or(own);
        match kind {
            b'L' => {
                let bytes = window.bytes(usize::try_from(size.min(MAX_NAME)).unwrap_or(0))?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                long = Some(text.trim_end_matches('\0').to_owned());
            }
            b'x' | b'g' => {
                let bytes = window.bytes(usize::try_from(size.min(MAX_NAME)).unwrap_or(0))?;
                let text = String::from_utf8_lossy(&bytes);
                long = text.lines().find_map(|line| Some(line.split_once(" path=")?.1.to_owned()));
            }
            _ => {
                let mut odd =
                    |what: &str, why: &str| found.add(Tier::Dangerous, HazardKind::Archive, &name, what, why);
                if leaves(&name) {
                    odd("", "a member whose name leads out of the folder it is unpacked to");
                }
                let target = field(157, 257);
                if matches!(kind, b'1' | b'2') && leaves(&target) {
                    odd(&target, "a link that leads out of the folder it is unpacked to");
                }
                let count = size.min(MAX_MEMBER).min(window.left());
                if count > 0 && !matches!(kind, b'1' | b'2') {
                    let bytes = window.bytes(usize::try_from(count).map_err(|_| Stop::Cut)?)?;
                    each(&name, &bytes, window.budget(), found);
                }
            }
        }
        if window.go(next.min(window.at() + window.left())).is_err() {
            return Err(Stop::Cut);
        }
    }
    Err(Stop::Limit("more members than are looked at"))
}
