//! The cleaning itself. Output holds no control, format, private-use or unassigned-plane character.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Longer fields are cut here: a name of a gigabyte must not freeze a screen.
const MAX_BYTES: usize = 4096;
/// More marks than this on one letter ("zalgo") are cut.
const MAX_MARKS: usize = 4;
/// No script writes more characters than this into what the eye takes for one.
const MAX_CLUSTER: usize = 8;

/// One safe line: every character that could move the cursor, reorder or hide text becomes visible.
pub fn screen(raw: &str) -> String {
    clean(raw, false)
}

/// As [`screen`], but line feeds stay and tabs become four spaces.
pub fn block(raw: &str) -> String {
    clean(raw, true)
}

/// Width in terminal cells of text that is already safe.
pub fn width(safe: &str) -> usize {
    safe.width()
}

/// Cuts safe text to `columns` cells and marks the cut with `…`.
pub fn clip(safe: &str, columns: usize) -> String {
    if safe.width() <= columns {
        return safe.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in safe.graphemes(true) {
        let cells = grapheme.width();
        if used + cells + 1 > columns {
            break;
        }
        out.push_str(grapheme);
        used += cells;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// A digest in whole, over lines of at most `columns` cells. Lines end after fixed places, multiples of 16 digits (of 8
/// where there is no room for 16), so that two digests below each other can be compared line by line; what stands
/// before the digits, as in `sha256:`, has the first line for itself where both do not fit on one.
pub fn digest_lines(digest: &str, columns: usize) -> Vec<String> {
    let safe = screen(digest);
    if safe.width() <= columns {
        return vec![safe];
    }
    let (name, digits) = safe.rsplit_once(':').map_or(("", safe.as_str()), |(name, digits)| (name, digits));
    let step = match columns / 16 * 16 {
        0 => 8,
        room => room,
    };
    let mut lines: Vec<String> = (!name.is_empty()).then(|| format!("{name}:")).into_iter().collect();
    let digits: Vec<char> = digits.chars().collect();
    lines.extend(digits.chunks(step).map(|piece| piece.iter().collect::<String>()));
    lines
}

fn clean(raw: &str, keep_lines: bool) -> String {
    if raw.len() <= MAX_BYTES && raw.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len().min(MAX_BYTES));
    let mut marks = 0;
    for c in raw.chars() {
        if out.len() >= MAX_BYTES {
            out.push('…');
            break;
        }
        match c {
            '\n' if keep_lines => out.push('\n'),
            '\t' if keep_lines => out.push_str("    "),
            '\u{1b}' => out.push('␛'),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('?')),
            '\u{7f}' => out.push('␡'),
            c if hides_or_reorders(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
            c if c.width() == Some(0) => {
                marks += 1;
                if marks <= MAX_MARKS {
                    out.push(c);
                }
                continue;
            }
            c => out.push(c),
        }
        marks = 0;
    }
    // Letters can be joined without end, and a terminal would put them all into one place.
    if out.graphemes(true).any(|cluster| cluster.chars().count() > MAX_CLUSTER) {
        out = out.graphemes(true).map(shorten).collect();
    }
    out
}

fn shorten(cluster: &str) -> String {
    if cluster.chars().count() <= MAX_CLUSTER {
        return cluster.to_owned();
    }
    let mut short: String = cluster.chars().take(MAX_CLUSTER - 1).collect();
    short.push('…');
    short
}

/// C1 controls, format characters, separators that break lines, private use, tags, variation selectors.
fn hides_or_reorders(c: char) -> bool {
    matches!(c as u32,
        0x80..=0x9f | 0xad | 0x34f | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x8e2 | 0x115f..=0x1160 | 0x17b4..=0x17b5
        | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xe000..=0xf8ff
        | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xfffe..=0xffff | 0x110bd | 0x110cd | 0x13430..=0x13455
        | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0x10ffff)
}
