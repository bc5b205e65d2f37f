//! A page as Markdown (GitHub's). What would be taken for markup, HTML, a link or a formula is escaped.

use super::page::{Block, Cell, Chart, Page, Table};
use std::fmt::Write;

/// What can begin markup anywhere in a line.
const MARKUP: [char; 15] = ['\\', '`', '*', '_', '[', ']', '<', '>', '|', '&', '~', '$', '#', '!', '{'];

/// The page.
pub fn markdown(page: &Page) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}", text(&page.title));
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(heading) => {
                let _ = writeln!(out, "## {}", text(heading));
            }
            Block::Facts(facts) => {
                for (name, value) in facts {
                    let _ = writeln!(out, "- **{name}**: {}", text(value));
                }
            }
            Block::Table(table) => rows(table, &mut out),
            Block::Lines(lines) => fenced(lines.iter().map(Cell::text), &mut out),
            Block::Drawing(drawing) => fenced(drawing.lines().iter().map(String::as_str), &mut out),
            Block::Chart(chart) => bars(chart, &mut out),
            Block::Note(note) => {
                let _ = writeln!(out, "{}", text(note));
            }
        }
    }
    out
}

fn rows(table: &Table, out: &mut String) {
    let _ = writeln!(out, "| {} |", table.columns.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(table.columns.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(text).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn bars(chart: &Chart, out: &mut String) {
    let [first, last] = chart.columns;
    let _ = writeln!(out, "| {first} | | {last} |\n|---|---|---|");
    for bar in &chart.bars {
        let _ = writeln!(out, "| {} | {} | {} |", text(&bar.name), chart.text(bar), text(&bar.figures));
    }
}

/// Behind a fence that is longer than any in the lines.
fn fenced<'l>(lines: impl Iterator<Item = &'l str> + Clone, out: &mut String) {
    let longest = lines.clone().flat_map(|line| line.split(|c| c != '`')).map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    let _ = writeln!(out, "{fence}text");
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{fence}");
}

fn text(cell: &Cell) -> String {
    escaped(cell.text())
}

/// One line of text that stays text.
pub(super) fn escaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        if MARKUP.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    // What makes a link by itself does so no more.
    let out = out.replace("://", ":\\//").replace("www.", "www\\.").replace("WWW.", "WWW\\.");
    // Digits with a point, and signs of lists, at the start of a line.
    match out.chars().next() {
        Some('-' | '+' | '=') => format!("\\{out}"),
        Some('0'..='9') => {
            let digits = out.chars().take_while(char::is_ascii_digit).count();
            match out.split_at_checked(digits) {
                Some((digits, rest)) if rest.starts_with(['.', ')']) => format!("{digits}\\{rest}"),
                _ => out,
            }
        }
        _ => out,
    }
}
