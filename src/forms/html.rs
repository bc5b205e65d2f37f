//! A page as HTML: one file that loads nothing and runs nothing. It is well-formed XML too, so that any reader of either
//! takes text for text.

use super::page::{Block, Cell, Page, Table, Tone};
use std::fmt::Write;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
    <meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n\
    <meta name=\"referrer\" content=\"no-referrer\"/>\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n";

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1b2733;--dim:#57636f;--line:#cfd6de;--ground:#fff;\
    --good:#1a6b2c;--warn:#7a5200;--bad:#a8221a;--unknown:#5b3a96}\
    @media(prefers-color-scheme:dark){:root{--ink:#d8dee6;--dim:#98a3b0;--line:#3a444f;--ground:#14181d;\
    --good:#7fd18b;--warn:#f0c05a;--bad:#ff8a80;--unknown:#c9a8ff}}\
    body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);margin:2rem}\
    h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}\
    table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;\
    border-bottom:1px solid var(--line)}td,dd{overflow-wrap:anywhere}\
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt,.dim{color:var(--dim)}dd{margin:0}\
    .good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.unknown{color:var(--unknown)}\
    pre{line-height:1.25;overflow-x:auto}";

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

fn element(name: &str, cell: &Cell) -> String {
    let class = match cell.tone() {
        Tone::Plain => "",
        Tone::Good => " class=\"good\"",
        Tone::Warn => " class=\"warn\"",
        Tone::Bad => " class=\"bad\"",
        Tone::Unknown => " class=\"unknown\"",
        Tone::Dim => " class=\"dim\"",
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
