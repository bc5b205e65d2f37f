//! The policy while it is edited: its text with cursor, selection and the lines at fault, and beside or below it what
//! saving it would change.

use crate::commands::Cmd;
use crate::decision::Decision;
use crate::text::{count, screen, width};
use crate::tui::screens::paint::{Pane, Pen, choose, decision_look, first_row, fit, lines, put};
use crate::tui::screens::toml::roles;
use crate::tui::state::app::App;
use crate::tui::state::editor::{
    Completing, Differs, Editor, GUTTER, Looked, Mark, Window, difference, drawn,
};
use crate::tui::state::hit::{Drawn, Hit, Under};
use crate::tui::state::popup::SaveAsk;
use crate::tui::theme::Role;
use crate::view::flips::{Flip, Preview, TestsTried};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::Clear;
use unicode_segmentation::UnicodeSegmentation;

/// From this width on what would change stands beside the text.
const BESIDE: u16 = 100;
/// Its rows where it stands below.
const ROWS_BELOW: u16 = 8;
/// Faults, findings and models that are listed.
const MOST: usize = 40;
/// Rows of what changes above the difference.
const FEW: usize = 10;
/// Rows of the list of what may stand at the cursor, and its cells.
const OFFERED: u16 = 8;
const OFFER_CELLS: u16 = 60;
/// Cells kept in sight before and behind the cursor.
const MARGIN: usize = 4;

/// Draws it.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let Some(editor) = &app.editor else {
        let inside = pen.boxed(frame, area, "Editor");
        let text = format!(" The policy is not being edited: {} edits it.", app.key_of(Cmd::Edit));
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return Drawn::default();
    };
    let [text, side] = match area.width {
        BESIDE.. => {
            let columns = if area.width >= 140 { 60 } else { 44 };
            Layout::horizontal([Constraint::Min(0), Constraint::Length(columns)]).areas(area)
        }
        _ => Layout::vertical([Constraint::Min(0), Constraint::Length(ROWS_BELOW)]).areas(area),
    };
    let window = draw_text(editor, pen, frame, text);
    draw_side(app, editor, pen, frame, side);
    Drawn { window: Some(window), ..Drawn::default() }.with(Hit { area: text, under: Under::Editor })
}

/// The first line and column to show so that the cursor is in sight.
fn window(editor: &Editor, height: usize, columns: usize) -> Window {
    let row = editor.text.row();
    let column = editor.text.column_of(editor.text.cursor());
    let Window { mut top, mut left, .. } = editor.window;
    top = top.min(row).max((row + 1).saturating_sub(height));
    let furthest = (column + MARGIN + 1).saturating_sub(columns);
    left = left.max(furthest).min(column.saturating_sub(MARGIN));
    Window { top, left, height }
}

fn draw_text(editor: &Editor, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Window {
    let text = &editor.text;
    let name = editor.file.as_deref().map(|file| file.file_name().unwrap_or_default().to_string_lossy());
    let name = name.map_or_else(|| "the built-in policy".to_owned(), |name| screen(&name));
    let state = match (editor.is_stale, editor.is_edited()) {
        (true, _) => " · ✗ changed on disk meanwhile",
        (_, true) => " · ● edited",
        _ => "",
    };
    let row = text.row();
    let column = text.column_of(text.cursor());
    let note = format!("{}:{} of {}", row + 1, column + 1, text.rows());
    let title = format!("{name}{state}");
    let inside = pen.pane(frame, area, &Pane::new(&title).note(&note).focused(true));
    let columns = usize::from(inside.width.saturating_sub(GUTTER));
    let window = window(editor, usize::from(inside.height), columns);
    let marks = editor.marks();
    let mut rows = text.lines(window.top).enumerate().map(|(at, line)| (window.top + at, line));
    for y in inside.y..inside.bottom() {
        let Some((at, (start, line))) = rows.next() else { break };
        let (role, mark) = match marks.get(&at) {
            Some(Mark::Fault) => (Role::Error, "✗ "),
            Some(Mark::Finding) => (Role::Warn, "! "),
            None => (Role::Muted, "  "),
        };
        let number = if at == row { Role::Text } else { Role::Muted };
        let gutter = Line::from(vec![pen.span(number, format!("{:>4} ", at + 1)), pen.span(role, mark)]);
        frame.buffer_mut().set_line(inside.x, y, &gutter, inside.width);
        let room = Rect {
            x: inside.x + GUTTER.min(inside.width),
            y,
            width: inside.width.saturating_sub(GUTTER),
            height: 1,
        };
        // Only the line of the cursor is moved: the others keep their beginning in sight.
        let left = if at == row { window.left } else { 0 };
        draw_line(editor, (start, line), left, pen, frame, room);
    }
    if let Some(list) = editor.listed() {
        let from = text.column_of(list.part.start).saturating_sub(window.left);
        let cell = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let x = inside.x.saturating_add(GUTTER).saturating_add(cell(from));
        let y = inside.y.saturating_add(cell(row.saturating_sub(window.top)));
        draw_offers(list, (x, y), pen, frame, inside);
    }
    window
}

/// What may stand at the cursor: below its line where there is more room, else above it.
fn draw_offers(list: &Completing, (x, y): (u16, u16), pen: Pen<'_>, frame: &mut Frame<'_>, inside: Rect) {
    let (above, below) = (y.saturating_sub(inside.y), inside.bottom().saturating_sub(y + 1));
    let wanted = u16::try_from(list.offers.len()).unwrap_or(OFFERED).min(OFFERED);
    let is_below = below >= wanted || below >= above;
    let height = wanted.min(if is_below { below } else { above });
    let names = list.offers.iter().map(|offer| width(&offer.shown)).max().unwrap_or(0);
    let notes = list.offers.iter().map(|offer| width(&offer.note)).max().unwrap_or(0);
    let columns = u16::try_from(names + notes + 4).unwrap_or(OFFER_CELLS).min(OFFER_CELLS).min(inside.width);
    let area = Rect {
        x: x.min(inside.right().saturating_sub(columns)),
        y: if is_below { y + 1 } else { y - height },
        width: columns,
        height,
    };
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, pen.theme.style(Role::Panel));
    // A name is shown before what it is, and keeps some room for that.
    let names = match notes {
        0 => names,
        _ => names.min(usize::from(columns).saturating_sub(14)).max(1),
    };
    let first = first_row(list.chosen, list.offers.len(), height);
    for (y, (at, offer)) in (area.y..area.bottom()).zip(list.offers.iter().enumerate().skip(first)) {
        let name = fit(&format!(" {}", offer.shown), names + 2);
        let row =
            Line::from(vec![pen.span(Role::Text, name), pen.span(Role::Muted, format!(" {}", offer.note))]);
        put(frame, area.x, y, &row, columns);
        if at == list.chosen {
            choose(frame, pen, area, y);
        }
    }
}

/// One line: what is in sight of it, with selection and cursor.
fn draw_line(
    editor: &Editor,
    (start, line): (usize, &str),
    left: usize,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    room: Rect,
) {
    let selected = editor.text.selection().unwrap_or(0..0);
    let cursor = editor.text.cursor();
    let parts = roles(line);
    let mut parts = parts.iter();
    let mut part = parts.next();
    let mut column = 0;
    let right = left + usize::from(room.width);
    let mut put = |column: usize, shown: &str, role: Role, at: usize| {
        let cells = width(shown);
        if column < left || column + cells.max(1) > right {
            return;
        }
        let mut style = pen.theme.ink(role);
        if selected.contains(&at) {
            style = style.patch(pen.theme.ground(Role::Chosen)).add_modifier(Modifier::UNDERLINED);
        }
        if at == cursor {
            style = style.add_modifier(Modifier::REVERSED);
        }
        let x = room.x.saturating_add(u16::try_from(column - left).unwrap_or(u16::MAX));
        frame.buffer_mut().set_stringn(x, room.y, shown, usize::from(room.right().saturating_sub(x)), style);
    };
    for (at, one) in line.grapheme_indices(true) {
        while part.is_some_and(|(end, _)| *end <= at) {
            part = parts.next();
        }
        if column >= right {
            break;
        }
        let shown = drawn(one);
        put(column, &shown, part.map_or(Role::Text, |(_, role)| *role), start + at);
        column += width(&shown);
    }
    // Behind the last character the cursor stands on nothing.
    if cursor == start + line.len() || selected.contains(&(start + line.len())) {
        put(column, " ", Role::Text, start + line.len());
    }
}

fn draw_side(app: &App, editor: &Editor, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let note = match (&editor.looked, editor.looked_now()) {
        (Some(_), None) => "looking …".to_owned(),
        (_, Some(Looked { preview: Ok(preview), .. })) if preview.faults.is_empty() && editor.is_edited() => {
            let all = preview.flips.models.len() + preview.flips.unchanged;
            format!("{} of {} change", preview.flips.models.len(), count(all, "model"))
        }
        _ => String::new(),
    };
    let inside = pen.pane(frame, area, &Pane::new("If you save").note(&note));
    let columns = usize::from(inside.width);
    let mut rows: Vec<Line<'static>> = Vec::new();
    let error = |what: &str| pen.wrapped(vec![pen.span(Role::Error, "✗ ")], Role::Error, what, columns);
    match editor.looked.as_ref().map(|looked| (looked, &looked.preview)) {
        _ if editor.is_stale => {
            let revert = app.key_of(Cmd::Revert);
            let what = "somebody else changed the file: it is not overwritten";
            rows.extend(error(&format!("{what} · {revert} takes its text")));
        }
        None => rows.push(pen.line(Role::Muted, "looking …")),
        Some((_, Err(why))) => rows.extend(error(why)),
        Some((looked, Ok(preview))) if !preview.faults.is_empty() => {
            rows.extend(faults(looked, editor.text.row(), pen, columns));
        }
        Some((_, Ok(preview))) => {
            if editor.is_edited() {
                rows.extend(changes(preview, pen, columns, usize::from(inside.height)));
            } else {
                rows.push(pen.line(Role::Muted, "nothing was changed yet"));
            }
            rows.extend(findings(preview, pen, columns));
        }
    }
    lines(frame, inside, &rows, 0);
}

/// What is wrong, from the cursor's line on.
fn faults(looked: &Looked, row: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let faults = looked.faults();
    let head = format!("✗ {}: it cannot be saved", count(faults.len(), "fault"));
    let mut out = vec![pen.line(Role::Error, head)];
    let (before, from): (Vec<_>, Vec<_>) =
        faults.iter().partition(|fault| fault.line.is_some_and(|line| line < row + 1));
    for fault in from.into_iter().chain(before).take(MOST) {
        let place = fault.line.map(|line| format!("line {line} ")).unwrap_or_default();
        let head = vec![pen.span(Role::Muted, place)];
        out.extend(pen.wrapped(head, Role::Text, &screen(&fault.message), columns));
        if let Some(help) = &fault.help {
            let head = vec![pen.span(Role::Accent, "→ ")];
            out.extend(pen.wrapped(head, Role::Text, &screen(help), columns));
        }
    }
    out
}

/// How many models are decided otherwise, or reach another level; then the first of them, the dangerous ones first.
fn changes(preview: &Preview, pen: Pen<'_>, columns: usize, room: usize) -> Vec<Line<'static>> {
    let flips = &preview.flips;
    let mut out = counted(preview, pen);
    let shown = room.saturating_sub(out.len() + 2).clamp(2, MOST);
    let code = |flip: &Flip| flip.by.as_ref().map(|by| by.code.as_str().to_owned()).unwrap_or_default();
    for flip in flips.models.iter().take(shown) {
        let (from, to) = (flip.before.decision, flip.after.decision);
        let falls = flip.after.effective < flip.before.effective;
        let (turn, role) = match from == to {
            true => (
                format!(" L{}→{} ", flip.before.effective, flip.after.effective),
                if falls { Role::Warn } else { Role::Pass },
            ),
            false => (format!(" {}→{} ", from.word(), to.word()), decision_look(to).0),
        };
        let code = screen(&code(flip));
        let name = columns.saturating_sub(2 + width(&turn) + width(&code));
        out.push(Line::from(vec![
            pen.span(Role::Accent, "▸ "),
            pen.span(Role::Text, fit(&flip.model.screen(), name)),
            pen.span(role, turn),
            pen.span(Role::Muted, code),
        ]));
    }
    if flips.models.len() > shown {
        out.push(
            pen.line(Role::Muted, format!("  and {}", count(flips.models.len() - shown, "other model"))),
        );
    }
    out
}

/// How many models are decided otherwise, by what they are and would be; what would be let in stands first.
fn counted(preview: &Preview, pen: Pen<'_>) -> Vec<Line<'static>> {
    let flips = &preview.flips;
    let mut decisions: Vec<_> = flips.decisions.iter().collect();
    decisions.sort_by_key(|((from, to), _)| (to > from, *from, *to));
    let mut out: Vec<Line<'static>> = Vec::new();
    for ((from, to), many) in decisions {
        out.push(Line::from(vec![
            pen.decision(*from),
            pen.span(Role::Muted, " → "),
            pen.decision(*to),
            pen.span(Role::Text, format!("  {}", count(*many, "model"))),
        ]));
    }
    if flips.decisions.is_empty() {
        out.push(pen.line(Role::Text, "no decision changes"));
    }
    let levels: Vec<String> =
        flips.levels.iter().map(|((from, to), many)| format!("L{from}→L{to} {many}")).collect();
    if !levels.is_empty() {
        out.push(pen.line(Role::Muted, format!("levels  {}", levels.join(" · "))));
    }
    out
}

/// What is valid and probably not meant: what is new first, then how much is as it was.
fn findings(preview: &Preview, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for anchor in preview.unreadable.iter().take(MOST) {
        let what = format!("anchor {} cannot be read", screen(&anchor.name));
        out.extend(pen.wrapped(vec![pen.span(Role::Error, "✗ ")], Role::Error, &what, columns));
    }
    for finding in preview.new_findings.iter().take(MOST) {
        let line = finding.line.map(|line| format!("line {line} ")).unwrap_or_default();
        let head = vec![pen.span(Role::Warn, "! "), pen.span(Role::Muted, line)];
        let what = format!("{} ({})", screen(&finding.what), finding.rule.code);
        out.extend(pen.wrapped(head, Role::Text, &what, columns));
    }
    let TestsTried { passing, failing } = &preview.tests;
    if !failing.is_empty() {
        let what = format!("{} of {} would fail", failing.len(), count(preview.tests.all(), "test"));
        out.push(pen.line(Role::Error, format!("✗ {what}")));
    } else if *passing > 0 {
        let what = if *passing == 1 { "passes" } else { "pass" };
        out.push(pen.line(Role::Muted, format!("✓ {} {what}", count(*passing, "test"))));
    }
    for (test, tried) in failing.iter().take(MOST) {
        let head = vec![pen.span(Role::Error, "✗ ")];
        let (wanted, came) = (Decision::from(test.expect.decision), tried.verdict.decision);
        let what = match wanted == came {
            true => screen(&test.name),
            false => format!("{}: {} instead of {}", screen(&test.name), came.word(), wanted.word()),
        };
        out.extend(pen.wrapped(head, Role::Text, &what, columns));
    }
    let all = preview.lint.as_ref().map_or(0, |lint| lint.findings.len());
    let known = all.saturating_sub(preview.new_findings.len());
    if known > 0 {
        out.push(pen.line(Role::Muted, format!("! {} as before", count(known, "finding"))));
    }
    out
}

/// Asks why, below what changes; gives how far that can be scrolled.
pub fn draw_save(app: &App, ask: &SaveAsk, pen: Pen<'_>, frame: &mut Frame<'_>) -> usize {
    const ASKED: u16 = 3;
    let Some(editor) = &app.editor else { return 0 };
    let full = frame.area();
    let columns = 110.min(full.width.saturating_sub(4)).max(2);
    let text = difference(&editor.base, editor.text.whole());
    let preview = editor.looked.as_ref().and_then(|looked| looked.preview.as_ref().ok());
    let mut rows: Vec<Line<'static>> = Vec::new();
    if let Some(preview) = preview {
        rows.extend(changes(preview, pen, usize::from(columns - 2), FEW));
        rows.extend(findings(preview, pen, usize::from(columns - 2)));
        rows.push(Line::default());
    }
    rows.extend(text.iter().flat_map(|line| differs(*line, pen, usize::from(columns - 2))));
    let wanted = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(ASKED + 2);
    let inside = pen.popup(frame, (columns, wanted), "Save the policy");
    let [above, below] = Layout::vertical([Constraint::Min(0), Constraint::Length(ASKED)]).areas(inside);
    let (first, furthest) = crate::tui::screens::paint::bounded(ask.scroll, rows.len(), above.height);
    lines(frame, above, &rows, first);
    let more = if furthest > first { "↑↓ the rest · " } else { "" };
    let missing = if ask.is_missing { "say why: it is recorded with the change · " } else { "" };
    let room = usize::from(inside.width);
    let reason = format!(" reason: {}▏", screen(&ask.reason));
    lines(
        frame,
        below,
        &[
            pen.line(Role::Border, "─".repeat(room)),
            pen.line(Role::Input, fit(&reason, room)),
            pen.line(Role::Muted, format!(" {missing}{more}Enter saves · Esc leaves")),
        ],
        0,
    );
    furthest
}

/// A line of the difference, over as many rows as it takes: what was changed may stand at its end.
fn differs(line: Differs<'_>, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let (sign, role, text) = match line {
        Differs::Both(text) => (" ", Role::Muted, text),
        Differs::Gone(text) => ("-", Role::Fail, text),
        Differs::New(text) => ("+", Role::Pass, text),
        Differs::Skipped(many) => {
            return vec![pen.line(Role::Muted, format!("   … {}", count(many, "line")))];
        }
    };
    let room = columns.saturating_sub(3).max(1);
    let (mut rows, mut cells) = (vec![String::new()], 0);
    for one in text.graphemes(true).map(drawn) {
        if cells + width(&one) > room {
            rows.push(String::new());
            cells = 0;
        }
        cells += width(&one);
        rows.last_mut().into_iter().for_each(|row| row.push_str(&one));
    }
    let signs = std::iter::once(sign).chain(std::iter::repeat(" "));
    rows.into_iter().zip(signs).map(|(row, sign)| pen.line(role, format!(" {sign} {row}"))).collect()
}
