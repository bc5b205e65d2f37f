//! A grid as SVG: text stays text, in cells of one width, so that lines meet whatever font is there. The same grid gives
//! the same bytes.

use super::cells::{Grid, Look, Run, Shade};
use super::html::escaped;
use crate::text::width;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Width and height of a cell, the baseline in it, and the size of letters, in units of the picture.
const CELL: (usize, usize) = (9, 18);
const BASELINE: usize = 14;
const LETTERS: usize = 15;
/// Room around the grid.
const MARGIN: usize = 12;

/// The picture.
pub fn svg(grid: &Grid) -> String {
    let (width, height) = (grid.columns * CELL.0 + 2 * MARGIN, grid.rows.len() * CELL.1 + 2 * MARGIN);
    let mut looks: BTreeMap<String, usize> = BTreeMap::new();
    for run in grid.rows.iter().flatten().filter(|run| is_inked(run)) {
        let next = looks.len();
        looks.entry(declared(&run.look)).or_insert(next);
    }
    let mut out = String::new();
    let title = escaped(&grid.title);
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n<style>text{{font:{LETTERS}px ui-monospace,\
         'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace}}"
    );
    let mut declared_looks: Vec<(&String, &usize)> = looks.iter().collect();
    declared_looks.sort_by_key(|(_, number)| **number);
    for (look, number) in declared_looks {
        let _ = write!(out, ".{}{{{look}}}", class(*number));
    }
    let _ = write!(
        out,
        "</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{}\"/>\n",
        written(grid.ground)
    );
    for (row, runs) in grid.rows.iter().enumerate() {
        grounds(runs, row, &mut out);
    }
    for (row, runs) in grid.rows.iter().enumerate() {
        for run in runs.iter().filter(|run| is_inked(run)) {
            let number = looks.get(&declared(&run.look)).copied().unwrap_or_default();
            text(run, row, number, &mut out);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Spaces are seen by their ground alone.
fn is_inked(run: &Run) -> bool {
    run.look.underlined || run.look.struck || !run.text.trim_matches(' ').is_empty()
}

/// What lies below the runs of a row; runs on one ground share a rectangle.
fn grounds(runs: &[Run], row: usize, out: &mut String) {
    let mut open: Option<(usize, usize, Shade)> = None;
    let mut close = |open: &mut Option<(usize, usize, Shade)>| {
        if let Some((from, to, shade)) = open.take() {
            let _ = writeln!(
                out,
                "<path d=\"M{} {}h{}v{}h-{}z\" fill=\"{}\"/>",
                MARGIN + from * CELL.0,
                MARGIN + row * CELL.1,
                (to - from) * CELL.0,
                CELL.1,
                (to - from) * CELL.0,
                written(shade)
            );
        }
    };
    for run in runs {
        match (&mut open, run.look.ground) {
            (Some((_, to, shade)), Some(ground)) if *to == run.column && *shade == ground => *to += run.cells,
            (_, ground) => {
                close(&mut open);
                open = ground.map(|ground| (run.column, run.column + run.cells, ground));
            }
        }
    }
    close(&mut open);
}

fn text(run: &Run, row: usize, look: usize, out: &mut String) {
    let y = MARGIN + row * CELL.1 + BASELINE;
    let mut piece = |column: usize, text: &str| {
        let length = match width(text) {
            0 | 1 => String::new(),
            cells => format!(" textLength=\"{}\"", cells * CELL.0),
        };
        let (x, class) = (MARGIN + column * CELL.0, class(look));
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\"{length} class=\"{class}\">{}</text>", escaped(text));
    };
    // A line below or through the letters runs on where there are none.
    if run.look.underlined || run.look.struck {
        return piece(run.column, &run.text.replace(' ', "\u{a0}"));
    }
    // Of several spaces readers leave one: each word group stands at its own place.
    let mut column = run.column;
    for part in run.text.split("  ") {
        let shown = part.trim_start_matches(' ');
        let before = part.len() - shown.len();
        if !shown.trim_end_matches(' ').is_empty() {
            piece(column + before, shown.trim_end_matches(' '));
        }
        column += width(part) + 2;
    }
}

/// `a`, `b`, …, `aa`: short names for looks.
fn class(number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 26).unwrap_or(0));
    match number.checked_sub(26) {
        None => letter(number).to_string(),
        Some(rest) => class(rest / 26) + &letter(rest).to_string(),
    }
}

fn declared(look: &Look) -> String {
    let mut out = format!("fill:{}", written(look.ink));
    let line = match (look.underlined, look.struck) {
        (true, true) => Some("underline line-through"),
        (true, false) => Some("underline"),
        (false, true) => Some("line-through"),
        (false, false) => None,
    };
    if look.bold {
        out.push_str(";font-weight:700");
    }
    if look.italic {
        out.push_str(";font-style:italic");
    }
    if look.faint {
        out.push_str(";opacity:.6");
    }
    if let Some(line) = line {
        let _ = write!(out, ";text-decoration:{line}");
    }
    out
}

fn written([red, green, blue]: Shade) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
