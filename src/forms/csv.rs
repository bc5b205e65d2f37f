//! A page as comma-separated values (RFC 4180). Programs that calculate with cells take some texts for formulas; those
//! get an apostrophe in front.

use super::page::{Block, Cell, Page, Table};

/// What begins a formula somewhere, fullwidth forms too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The page. A page that is one table is that table; of others each value is a row, with where it stands.
pub fn csv(page: &Page) -> String {
    let mut out = String::new();
    let told: Vec<&Block> = page.blocks.iter().filter(|block| !matches!(block, Block::Note(_))).collect();
    match told.as_slice() {
        [Block::Table(table)] => whole(table, &mut out),
        _ => parts(page, &mut out),
    }
    out
}

fn whole(table: &Table, out: &mut String) {
    line(table.columns.iter().copied(), out);
    for row in &table.rows {
        line(row.iter().map(Cell::text), out);
    }
}

/// `part,row,name,value`.
fn parts(page: &Page, out: &mut String) {
    line(["part", "row", "name", "value"].into_iter(), out);
    let mut part = page.title.text();
    for block in &page.blocks {
        match block {
            Block::Heading(heading) => part = heading.text(),
            Block::Facts(facts) => {
                for (name, value) in facts {
                    line([part, "", *name, value.text()].into_iter(), out);
                }
            }
            Block::Table(table) => {
                for (number, row) in (1..).zip(&table.rows) {
                    let number: String = format!("{number}");
                    for (name, value) in table.columns.iter().zip(row) {
                        line([part, number.as_str(), *name, value.text()].into_iter(), out);
                    }
                }
            }
            Block::Lines(lines) => {
                for (number, text) in (1..).zip(lines) {
                    let number: String = format!("{number}");
                    line([part, number.as_str(), "line", text.text()].into_iter(), out);
                }
            }
            Block::Drawing(drawing) => {
                for (number, text) in (1..).zip(drawing.lines()) {
                    let number: String = format!("{number}");
                    line([part, number.as_str(), "line", text.as_str()].into_iter(), out);
                }
            }
            Block::Chart(chart) => {
                let [first, last] = chart.columns;
                for (number, bar) in (1..).zip(&chart.bars) {
                    let number: String = format!("{number}");
                    line([part, number.as_str(), first, bar.name.text()].into_iter(), out);
                    line([part, number.as_str(), last, bar.figures.text()].into_iter(), out);
                }
            }
            Block::Note(note) => line([part, "", "note", note.text()].into_iter(), out),
        }
    }
}

/// A row.
pub(super) fn line<'a>(cells: impl Iterator<Item = &'a str>, out: &mut String) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            out.push(',');
        }
        field(cell, out);
    }
    out.push_str("\r\n");
}

fn field(text: &str, out: &mut String) {
    let is_number = !text.is_empty() && text.parse::<i64>().is_ok() && !text.starts_with('+');
    let is_formula = text.trim_start().starts_with(FORMULA) && !is_number;
    let is_quoted = text.contains(['"', ',', '\n', '\r', ';', '\'']) || text.trim() != text || is_formula;
    if is_quoted {
        out.push('"');
    }
    if is_formula {
        out.push('\'');
    }
    if is_quoted {
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}
