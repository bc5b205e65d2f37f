//! Two models side by side, as text.

use crate::text::count;
use crate::view::comparison::{ComparedPart, ComparedValue, Comparison, RowWord};
use std::fmt::Write;

/// Rows that are the same, of one part, that are shown.
const SHOWN_SAME: usize = 12;

/// A comparison, what differs first.
pub fn comparison(c: &Comparison) -> String {
    let mut out = format!("first   {}\nsecond  {}\n", c.first.screen(), c.second.screen());
    for part in &c.parts {
        let _ = writeln!(out, "\n{}", compared_title(part));
        let same = part.rows.iter().filter(|row| row.word == RowWord::Same).count();
        let shown = part.rows.len() - same + same.min(SHOWN_SAME);
        for row in part.rows.iter().take(shown) {
            let head = format!("  {} {}", row.word.glyph(), row.label.screen());
            match row.word {
                RowWord::Same => {
                    let _ = writeln!(out, "{head}  {}", values(&row.first));
                }
                word => {
                    let _ = writeln!(out, "{head}  {}", word.word());
                    for (side, of) in [("first", &row.first), ("second", &row.second)] {
                        if !of.is_empty() {
                            let _ = writeln!(out, "      {side:<8}{}", values(of));
                        }
                    }
                }
            }
        }
        let more = (part.rows.len() - shown) as u64 + part.left_out;
        if more > 0 {
            let more = count(usize::try_from(more).unwrap_or(usize::MAX), "more row");
            let _ = writeln!(out, "  · {more}; use --format json to list all");
        }
    }
    let _ = writeln!(out, "\n{}", compared_summary(c));
    out
}

/// `files: 2 differ, 11 same`, with what limits it.
pub fn compared_title(part: &ComparedPart) -> String {
    let note = part.note.as_ref().map(|note| format!(" · {}", crate::text::screen(note))).unwrap_or_default();
    let counts = match (part.different, part.same) {
        (0, 0) => "nothing to compare".to_owned(),
        (0, same) => format!("{same} same"),
        (1, same) => format!("1 differs, {same} same"),
        (different, same) => format!("{different} differ, {same} same"),
    };
    format!("{}: {counts}{note}", part.part.word())
}

/// One line of the whole.
pub fn compared_summary(c: &Comparison) -> String {
    let different: u64 = c.parts.iter().map(|part| part.different).sum();
    match c.same {
        true => "✓ same in all that is known of both".to_owned(),
        false => {
            let many = count(usize::try_from(different).unwrap_or(usize::MAX), "difference");
            format!("! different: {many}")
        }
    }
}

/// Values with their basis, in one line.
pub fn values(values: &[ComparedValue]) -> String {
    let shown = |value: &ComparedValue| {
        let basis = value.basis.map(|basis| format!(" ({})", basis.word())).unwrap_or_default();
        format!("{}{basis}", value.text.screen())
    };
    values.iter().map(shown).collect::<Vec<_>>().join("; ")
}
