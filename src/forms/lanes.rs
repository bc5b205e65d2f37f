//! A family as a page, and as a picture of its lanes.

use super::cells::{Grid, Look, Run, Shade};
use super::drawing::{Drawing, Stroke};
use super::page::{Block, Cell, Page, Table, Tone};
use crate::decision::Decision;
use crate::inventory::{Basis, ModelId};
use crate::lineage::LaneRow;
use crate::report;
use crate::text::width;
use crate::view::View;
use crate::words::names::named;

const GROUND: Shade = [0xff, 0xff, 0xff];
const INK: Shade = [0x1b, 0x27, 0x33];
const DIM: Shade = [0x57, 0x63, 0x6f];
const GOOD: Shade = [0x1a, 0x6b, 0x2c];
const WARN: Shade = [0x7a, 0x52, 0x00];
const BAD: Shade = [0xa8, 0x22, 0x1a];
const UNKNOWN: Shade = [0x5b, 0x3a, 0x96];

/// Longer names than this are cut in the picture.
const NAME_CELLS: usize = 60;

/// The family around a focus.
pub(super) fn lineage(view: &View, rows: &[LaneRow], focus: &ModelId) -> Page {
    let mut page = Page::new(format!("Lineage of {}", focus.raw()));
    let text = report::lineage(view, rows);
    page.blocks.push(Block::Lines(text.lines().map(Cell::from).collect()));
    let cells = |row: &LaneRow| {
        vec![
            Cell::new(row.generation.to_string()),
            Cell::new(name(view, row)),
            status(view, row),
            level(view, row),
            row.edge.map(|(relation, _)| relation.word()).unwrap_or_default().into(),
            row.edge.map(|(_, basis)| Cell::new(basis.word()).in_tone(tone(basis))).unwrap_or_default(),
            if row.pinned { "pinned" } else { "" }.into(),
        ]
    };
    let columns = vec!["generation", "model", "status", "level", "relation", "basis", "pinned"];
    let rows = rows.iter().filter(|row| !row.repeated && row.left_out.is_none()).map(cells).collect();
    page.section("Models", Table { columns, rows });
    page
}

fn name(view: &View, row: &LaneRow) -> String {
    if let Some(many) = row.left_out {
        return format!("{many} more {}", if row.generation < 0 { "above" } else { "below" });
    }
    named(&row.id.screen(), row.model.and_then(|index| view.name_mark(index)))
}

fn status(view: &View, row: &LaneRow) -> Cell {
    if row.left_out.is_some() {
        return Cell::default();
    }
    let Some(index) = row.model else { return Cell::new("? not in the inventory").in_tone(Tone::Unknown) };
    let summary = view.summary(index);
    let tone = if summary.is_untouched { Tone::Dim } else { summary.outcome.into() };
    Cell::new(format!("{} {}", summary.glyph(), summary.word)).in_tone(tone)
}

fn level(view: &View, row: &LaneRow) -> Cell {
    let Some(index) = row.model else { return Cell::default() };
    let summary = view.summary(index);
    let tone = match summary.decision {
        Decision::NotJudged => Tone::Dim,
        _ if summary.is_capped() => Tone::Warn,
        _ => Tone::Plain,
    };
    Cell::new(summary.levels()).in_tone(tone)
}

fn tone(basis: Basis) -> Tone {
    match basis {
        Basis::Observed | Basis::Attested => Tone::Plain,
        Basis::Declared => Tone::Dim,
        Basis::Contradicted => Tone::Bad,
    }
}

/// The lanes as a drawing.
pub(super) fn drawing(view: &View, rows: &[LaneRow], focus: &ModelId) -> Drawing {
    let clipped = |row: &LaneRow| crate::text::clip(&name(view, row), NAME_CELLS);
    let widest = |of: &dyn Fn(&LaneRow) -> usize| rows.iter().map(of).max().unwrap_or_default();
    let gutter = widest(&|row| width(&row.gutter));
    let names = widest(&|row| width(&clipped(row)));
    let states = widest(&|row| width(status(view, row).text()));
    let strokes = |row: &LaneRow| {
        let mut strokes = Vec::new();
        let mut put = |column: usize, text: &str, tone: Tone, bold: bool| {
            if !text.is_empty() {
                strokes.push(Stroke { column, text: text.to_owned(), tone, bold });
            }
        };
        let edge = row.edge.map_or(Tone::Plain, |(_, basis)| tone(basis));
        put(0, &row.gutter, edge, false);
        put(gutter + 1, &clipped(row), Tone::Plain, row.id == *focus);
        let (state, level) = (status(view, row), level(view, row));
        put(gutter + names + 3, state.text(), state.tone(), false);
        put(gutter + names + states + 5, level.text(), level.tone(), false);
        if let Some((relation, basis)) = row.edge {
            let pinned = if row.pinned { ", pinned" } else { "" };
            let text = format!("{}, {}{pinned}", relation.word(), basis.word());
            put(gutter + names + states + 12, &text, Tone::Dim, false);
        }
        strokes
    };
    Drawing {
        title: format!("Lineage of {}", focus.screen()),
        columns: gutter + names + states + 50,
        rows: rows.iter().map(strokes).collect(),
    }
}

/// The lanes as a picture.
pub(super) fn picture(view: &View, rows: &[LaneRow], focus: &ModelId) -> Grid {
    let Drawing { title, columns, rows } = drawing(view, rows, focus);
    let run = |stroke: Stroke| Run {
        column: stroke.column,
        cells: width(&stroke.text),
        look: Look { bold: stroke.bold, ..Look::plain(shade(stroke.tone)) },
        text: stroke.text,
    };
    let rows = rows.into_iter().map(|row| row.into_iter().map(run).collect()).collect();
    Grid { title, columns, ground: GROUND, rows }
}

fn shade(tone: Tone) -> Shade {
    match tone {
        Tone::Plain => INK,
        Tone::Good => GOOD,
        Tone::Warn => WARN,
        Tone::Bad => BAD,
        Tone::Unknown => UNKNOWN,
        Tone::Dim => DIM,
    }
}
