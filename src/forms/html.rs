//! A page as HTML: one file that loads nothing and runs nothing. It is well-formed XML too, so that any reader of either
//! takes text for text.

use super::drawing::Drawing;
use super::page::{Block, Cell, Chart, Page, Table, Tone};
use crate::text::width;
use std::fmt::Write;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
    <meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"/>\n\
    <meta name=\"referrer\" content=\"no-referrer\"/>\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n";

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1b2733;--dim:#57636f;--line:#cfd6de;--ground:#fff;\
    --good:#1a6b2c;--warn:#7a5200;--bad:#a8221a;--unknown:#5b3a96;--bar:#2f5d8a}\
    @media(prefers-color-scheme:dark){:root{--ink:#d8dee6;--dim:#98a3b0;--line:#3a444f;--ground:#14181d;\
    --good:#7fd18b;--warn:#f0c05a;--bad:#ff8a80;--unknown:#c9a8ff;--bar:#7fb0e0}}\
    body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);margin:2rem}\
    h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}\
    table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;\
    border-bottom:1px solid var(--line)}td,dd{overflow-wrap:anywhere}td{min-width:3.2rem}\
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt,.dim{color:var(--dim)}dd{margin:0}\
    .good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.unknown{color:var(--unknown)}\
    pre{line-height:1.25;overflow-x:auto}\
    .code{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:.8em;min-width:9rem}\
    .chart{margin:.5rem 0}.chart th{font-weight:400}.chart td{white-space:normal}\
    .chart svg{display:block;width:18rem;max-width:100%;height:.9rem;margin-top:.3rem}\
    .drawing{overflow-x:auto}.drawing svg{display:block;min-width:40rem;max-width:100%;height:auto}\
    .drawing text{font:15px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;white-space:pre}\
    .rest{fill:var(--line)}.fill-plain{fill:var(--bar)}.fill-good{fill:var(--good)}.fill-warn{fill:var(--warn)}\
    .fill-bad{fill:var(--bad)}.fill-unknown{fill:var(--unknown)}.fill-dim{fill:var(--line)}\
    text.plain{fill:var(--ink)}text.good{fill:var(--good)}text.warn{fill:var(--warn)}text.bad{fill:var(--bad)}\
    text.unknown{fill:var(--unknown)}text.dim{fill:var(--dim)}text.bold{font-weight:700}\
    @media print{:root{color-scheme:light;--ink:#000;--dim:#444;--line:#bbb;--ground:#fff;--good:#1a6b2c;\
    --warn:#7a5200;--bad:#a8221a;--unknown:#5b3a96;--bar:#2f5d8a}body{margin:0;font-size:8pt}h2{break-after:avoid}\
    thead{display:table-header-group}tr,.drawing,pre{break-inside:avoid}pre{white-space:pre-wrap}\
    svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}@page{margin:15mm}";

/// The page.
pub fn html(page: &Page) -> String {
    let mut out = String::from(HEAD);
    let title = escaped(page.title.text());
    let _ =
        write!(out, "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n");
    for block in &page.blocks {
        match block {
            Block::Heading(heading) => {
                let _ = writeln!(out, "<h2>{}</h2>", escaped(heading.text()));
            }
            Block::Facts(facts) => {
                out.push_str("<dl>\n");
                for (name, value) in facts {
                    let _ = writeln!(out, "<dt>{}</dt>{}", escaped(name), element("dd", value));
                }
                out.push_str("</dl>\n");
            }
            Block::Table(table) => rows(table, &mut out),
            Block::Lines(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| escaped(line.text())).collect();
                let _ = writeln!(out, "<pre>{}</pre>", lines.join("\n"));
            }
            Block::Chart(chart) => bars(chart, &mut out),
            Block::Drawing(drawing) => drawn(drawing, &mut out),
            Block::Note(note) => {
                let _ = writeln!(out, "{}", element("p", note));
            }
        }
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn rows(table: &Table, out: &mut String) {
    out.push_str("<table>\n<thead><tr>");
    for column in &table.columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(column));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        row.iter().for_each(|cell| out.push_str(&element("td", cell)));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

/// Bars as a table: what it is, the bar, and the figures in words for whoever does not see it.
fn bars(chart: &Chart, out: &mut String) {
    /// Units of a whole bar.
    const WIDE: usize = 1000;
    const HIGH: usize = 40;
    let [first, last] = chart.columns;
    let _ = write!(
        out,
        "<table class=\"chart\">\n<thead><tr><th scope=\"col\">{}</th><td></td><th scope=\"col\">{}</th></tr>\
         </thead>\n<tbody>\n",
        escaped(first),
        escaped(last)
    );
    for bar in &chart.bars {
        let figures = escaped(bar.figures.text());
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td><svg viewBox=\"0 0 {WIDE} {HIGH}\" preserveAspectRatio=\"none\" \
             role=\"img\" aria-label=\"{}: {figures}\"><rect class=\"rest\" width=\"{WIDE}\" height=\"{HIGH}\" fill=\"#cfd6de\"/>",
            escaped(bar.name.text()),
            escaped(bar.name.text())
        );
        let mut from = 0;
        for (wide, tone) in chart.cells(bar, WIDE).into_iter().filter(|(wide, _)| *wide > 0) {
            let _ = write!(
                out,
                "<rect class=\"fill-{}\" x=\"{from}\" width=\"{wide}\" height=\"{HIGH}\" fill=\"{}\"/>",
                word(tone),
                plain_color(tone)
            );
            from += wide;
        }
        let _ = writeln!(out, "</svg></td>{}</tr>", element("td", &bar.figures));
    }
    out.push_str("</tbody>\n</table>\n");
}

/// A drawing as a picture in the page, in its colours.
fn drawn(drawing: &Drawing, out: &mut String) {
    /// Width and height of a cell, and the baseline in it.
    const CELL: (usize, usize) = (9, 18);
    const BASELINE: usize = 14;
    let (wide, high) = (drawing.columns * CELL.0, drawing.rows.len() * CELL.1);
    let _ = writeln!(
        out,
        "<div class=\"drawing\"><svg viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"img\" \
         aria-label=\"{}\">",
        escaped(&drawing.title)
    );
    for (row, strokes) in drawing.rows.iter().enumerate() {
        for stroke in strokes {
            let bold = if stroke.bold { " bold" } else { "" };
            let length = match width(&stroke.text) {
                0 | 1 => String::new(),
                cells => format!(" textLength=\"{}\"", cells * CELL.0),
            };
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\"{length} class=\"{}{bold}\" fill=\"{}\">{}</text>",
                stroke.column * CELL.0,
                row * CELL.1 + BASELINE,
                word(stroke.tone),
                plain_color(stroke.tone),
                // Of several spaces readers leave one.
                escaped(&stroke.text).replace(' ', "\u{a0}")
            );
        }
    }
    out.push_str("</svg></div>\n");
}

fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Unknown => "unknown",
        Tone::Dim => "dim",
    }
}

/// The colour for readers that know no style of the page.
fn plain_color(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "#2f5d8a",
        Tone::Good => "#1a6b2c",
        Tone::Warn => "#7a5200",
        Tone::Bad => "#a8221a",
        Tone::Unknown => "#5b3a96",
        Tone::Dim => "#57636f",
    }
}

fn element(name: &str, cell: &Cell) -> String {
    let class = match (cell.tone(), cell.is_code()) {
        (Tone::Plain, false) => String::new(),
        (Tone::Plain, true) => " class=\"code\"".to_owned(),
        (tone, false) => format!(" class=\"{}\"", word(tone)),
        (tone, true) => format!(" class=\"{} code\"", word(tone)),
    };
    format!("<{name}{class}>{}</{name}>", escaped(cell.text()))
}

/// Text that stays text, between elements and in the values of attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
