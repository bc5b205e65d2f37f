//! Two models side by side, what differs first; beneath, both values of the chosen row in full.

use crate::report::{compared_summary, compared_title, values};
use crate::text::{clip, count};
use crate::tui::screens::digests::compared;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::comparing::CompareRow;
use crate::tui::theme::Role;
use crate::view::comparison::{ComparedRow, ComparedValue, Comparison, RowWord};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Digits of the shortest digest that is shown as one.
const MIN_DIGEST: usize = 32;

/// Draws it; gives how far it can be scrolled.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let Some((first, second)) = &app.compare.pair else {
        let inside = pen.boxed(frame, area, app.screen.word());
        lines(frame, inside, &[pen.line(Role::Muted, " no models are compared: mark two and press =")], 0);
        return None;
    };
    let title = format!("{} ↔ {}", first.screen(), second.screen());
    let found = match &app.compare.found {
        Some(Ok(found)) => found,
        other => {
            let inside = pen.boxed(frame, area, &title);
            let line = match other {
                Some(Err(why)) => pen.line(Role::Error, format!(" ✗ {why}")),
                _ => pen.line(Role::Muted, " comparing …"),
            };
            lines(frame, inside, &[line], 0);
            return None;
        }
    };
    let below = (area.height / 3).clamp(5, 12);
    let [top, bottom] = Layout::vertical([Constraint::Min(0), Constraint::Length(below)]).areas(area);
    draw_rows(app, found, &title, pen, frame, top);
    let label =
        app.compare.chosen().map(|row| row.label.screen()).unwrap_or_else(|| "both in full".to_owned());
    let inside = pen.boxed(frame, bottom, &label);
    let text = match app.compare.chosen() {
        Some(row) => in_full(row, pen, usize::from(inside.width)),
        None => vec![pen.line(Role::Muted, " n next difference · j k move · Esc back")],
    };
    let shown = usize::from(inside.height);
    if text.len() > shown {
        let rest = text.len() + 1 - shown;
        lines(frame, inside, text.get(..shown.saturating_sub(1)).unwrap_or_default(), 0);
        let more =
            pen.line(Role::Muted, format!("… {} below: a larger window shows them", count(rest, "line")));
        put(frame, inside.x, inside.bottom().saturating_sub(1), &more, inside.width);
    } else {
        lines(frame, inside, &text, 0);
    }
    None
}

fn draw_rows(app: &App, found: &Comparison, title: &str, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let inside = pen.boxed(frame, area, title);
    let [head, body] = Layout::vertical([Constraint::Length(2), Constraint::Min(0)]).areas(inside);
    let rows = app.compare.rows();
    let role = if found.same { Role::Pass } else { Role::Warn };
    let summary = format!(" {} · row {} of {rows}", compared_summary(found), app.compare.cursor + 1);
    let columns = Columns::of(body.width);
    let names = Line::from(vec![
        Span::raw(" ".repeat(columns.label + 3)),
        pen.span(Role::Title, fit(&found.first.screen(), columns.value)),
        Span::raw(" "),
        pen.span(Role::Title, fit(&found.second.screen(), columns.value)),
    ]);
    lines(frame, head, &[pen.line(role, summary), names], 0);
    let from = first_row(app.compare.cursor, rows, body.height);
    for (y, at) in (body.y..body.bottom()).zip(from..rows) {
        let part = |index: usize| found.parts.get(index);
        let line = match app.compare.row(at) {
            Some(CompareRow::Title(index)) => part(index).map(|part| {
                let role = if part.different > 0 { Role::Title } else { Role::Muted };
                pen.line(role, format!("─ {}", compared_title(part)))
            }),
            Some(CompareRow::Row(index, row)) => {
                part(index).and_then(|part| part.rows.get(row)).map(|row| side_by_side(row, columns, pen))
            }
            Some(CompareRow::LeftOut(index)) => part(index).map(|part| {
                pen.line(
                    Role::Muted,
                    format!("   {} more rows: `touchmark compare` counts them", part.left_out),
                )
            }),
            None => None,
        };
        let Some(line) = line else { continue };
        put(frame, body.x, y, &line, body.width);
        if at == app.compare.cursor {
            choose(frame, pen, body, y);
        }
    }
}

/// How wide the columns are.
#[derive(Clone, Copy)]
struct Columns {
    label: usize,
    value: usize,
}

impl Columns {
    fn of(width: u16) -> Self {
        let width = usize::from(width);
        let label = (width / 4).clamp(14, 36);
        Columns { label, value: width.saturating_sub(label + 4) / 2 }
    }
}

fn role_of(word: RowWord) -> Role {
    match word {
        RowWord::Differs => Role::Warn,
        RowWord::OnlyFirst | RowWord::OnlySecond => Role::Accent,
        RowWord::NotComparable => Role::Unknown,
        RowWord::Same => Role::Muted,
    }
}

fn side_by_side(row: &ComparedRow, columns: Columns, pen: Pen<'_>) -> Line<'static> {
    let role = role_of(row.word);
    let text = if row.word == RowWord::Same { Role::Muted } else { Role::Text };
    let (first, second) = (values(&row.first), values(&row.second));
    let (first, second) = apart(&first, &second, columns.value);
    Line::from(vec![
        pen.span(role, format!("{} ", row.word.glyph())),
        pen.span(text, fit(&row.label.screen(), columns.label)),
        Span::raw(" "),
        pen.span(text, fit(&first, columns.value)),
        Span::raw(" "),
        pen.span(text, fit(&second, columns.value)),
    ])
}

/// Two values that do not fit are shown from where they part: no cut hides a difference.
fn apart(first: &str, second: &str, columns: usize) -> (String, String) {
    const BEFORE: usize = 4;
    let long = |text: &str| crate::text::width(text) > columns;
    if first == second || first.is_empty() || second.is_empty() || !(long(first) || long(second)) {
        return (clip(first, columns), clip(second, columns));
    }
    let same = first.chars().zip(second.chars()).take_while(|(a, b)| a == b).count();
    let skip = if same < columns.saturating_sub(2) { 0 } else { same.saturating_sub(BEFORE) };
    let from = |text: &str| match skip {
        0 => clip(text, columns),
        skip => clip(&format!("…{}", text.chars().skip(skip).collect::<String>()), columns),
    };
    (from(first), from(second))
}

/// Both values, whole.
fn in_full(row: &ComparedRow, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = vec![pen.line(role_of(row.word), format!("{} {}", row.word.glyph(), row.word.word()))];
    let digest = |text: &str| -> Option<String> {
        let text = text.strip_prefix("sha256:").unwrap_or(text);
        let hex = text.split([',', ' ']).next().unwrap_or_default();
        (hex.len() >= MIN_DIGEST && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| hex.to_owned())
    };
    let only = |of: &[ComparedValue]| match of {
        [value] => digest(value.text.raw()),
        _ => None,
    };
    if let (RowWord::Differs, Some(first), Some(second)) = (row.word, only(&row.first), only(&row.second)) {
        // Labels of a verification do not fit here: the first is not what was expected.
        for (at, mut line) in compared(pen, &first, &second, columns).into_iter().enumerate() {
            let label = match at {
                0 => "first",
                1 => "second",
                _ => "",
            };
            if let Some(head) = line.spans.first_mut() {
                *head = pen.span(Role::Muted, fit(label, 10));
            }
            out.push(line);
        }
        return out;
    }
    for (label, of) in [("first", &row.first), ("second", &row.second)] {
        if of.is_empty() {
            out.push(Line::from(vec![
                pen.span(Role::Muted, fit(label, 10)),
                pen.span(Role::Muted, "nothing"),
            ]));
        }
        for (at, value) in of.iter().enumerate() {
            let head = if at == 0 { label } else { "" };
            let basis = value.basis.map(|basis| format!("  {}", basis.word())).unwrap_or_default();
            let head = vec![pen.span(Role::Muted, fit(head, 10))];
            let room = columns.saturating_sub(crate::text::width(&basis));
            let mut wrapped = pen.wrapped(head, Role::Text, &value.text.screen(), room);
            if let Some(last) = wrapped.last_mut() {
                last.push_span(pen.span(Role::Muted, basis));
            }
            out.extend(wrapped);
        }
    }
    out
}
