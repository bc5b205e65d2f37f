//! Pickles of protocol 0 inside a text: they are text themselves, and a program that reads past the first lines finds
//! them. What is looked for is an import of what runs code, and a call of it.

use super::found::Hazards;
use super::imports;
use super::pickle::{self, Name};
use super::window::Window;
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Longer names are none.
const MAX_NAME: usize = 128;
/// What of the text after an import is walked through, and after all imports of a piece of text.
const MAX_WALK: usize = 4096;
const MAX_WORK: usize = 16 * 1024 * 1024;

/// Looks through a piece of a text.
pub(in crate::inventory::weights) fn hidden(bytes: &[u8], found: &mut Hazards) {
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let Some(mut first) = ends.next() else { return };
    let (mut start, mut left) = (0, MAX_WORK);
    for second in ends {
        let name = bytes.get(first + 1..second).unwrap_or_default();
        let module = bytes.get(start.max(first.saturating_sub(MAX_NAME))..first).unwrap_or_default();
        if is_name(name) {
            let next = bytes.get(second + 1);
            let plain = module.iter().rev().take_while(|byte| is_part(**byte)).count();
            let opcodes = first - plain..first;
            for at in opcodes.filter(|at| begins(bytes.get(*at), next)) {
                let work = walk(bytes.get(at..).unwrap_or_default(), found);
                left = left.saturating_sub(work);
                if left == 0 {
                    let why = "more of it reads like a pickle than is looked at";
                    return found.add(Tier::Unreadable, HazardKind::Pickle, "", "", why);
                }
            }
        }
        (start, first) = (first + 1, second);
    }
}

/// Walks on from an import; how many bytes that took.
fn walk(bytes: &[u8], found: &mut Hazards) -> usize {
    let bytes = bytes.get(..bytes.len().min(MAX_WALK)).unwrap_or(bytes);
    // An import of the other kind closes a list, which lies before it.
    let closed = if bytes.first() == Some(&b'i') { [b"(", bytes].concat() } else { Vec::new() };
    let text = if closed.is_empty() { bytes } else { closed.as_slice() };
    let mut budget = text.len() as u64;
    let walked = pickle::walk(&mut Window::over(text, &mut budget));
    for import in walked.imports.iter().filter(|import| import.called) {
        if let Name::Known(module, name) = &import.name
            && imports::tier(module, name) == Tier::Dangerous
        {
            let what = format!("{module}.{name}");
            let why = "a pickle inside a text, whose loading calls what can run code";
            found.add(Tier::Dangerous, HazardKind::Pickle, "", &what, why);
        }
    }
    64 + closed.len() + text.len().saturating_sub(usize::try_from(budget).unwrap_or(0))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

fn is_name(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.len() <= MAX_NAME && bytes.iter().all(|byte| is_part(*byte))
}

/// Whether this is the opcode of an import, and the one after it may lead to a call.
fn begins(opcode: Option<&u8>, next: Option<&u8>) -> bool {
    let goes_on = next.is_some_and(|next| b"(pqVSUXNKIFJMG)]}c".contains(next) || *next >= 0x80);
    match opcode {
        Some(b'c') => goes_on,
        // It is a call itself.
        Some(b'i') => goes_on || next.is_some_and(|next| b".0R".contains(next)),
        _ => false,
    }
}
