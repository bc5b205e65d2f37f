//! One frame: header, tabs, the open screen, messages, key bar, popup, and a last sweep over the cells.
//! It changes nothing.

use crate::commands::{Cmd, Keys, Need, Screen, keyed, shown};
use crate::text::{clip, count, width};
use crate::tui::screens::paint::{Pen, lines, wrap};
use crate::tui::screens::{
    ascii, cases, changes, compare, editor, fault, inventory, jobs, lineage, maturity, output, policy,
    popups, reports, touch, verify, welcome,
};
use crate::tui::state::app::{App, Phase};
use crate::tui::state::enabled::{enabled, is_offered};
use crate::tui::state::hit::{Drawn, Hit, Under};
use crate::tui::state::popup::Popup;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The smallest size that is drawn.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Draws the state.
pub fn draw(app: &App, frame: &mut Frame<'_>) -> Drawn {
    let area = frame.area();
    let pen = Pen { theme: &app.theme };
    frame.buffer_mut().set_style(area, app.theme.style(Role::Text));
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let text =
            format!("needs at least {}×{}, now {}×{}", SMALLEST.0, SMALLEST.1, area.width, area.height);
        let rows: Vec<Line<'_>> =
            wrap(&text, usize::from(area.width)).into_iter().map(|row| pen.line(Role::Text, row)).collect();
        lines(frame, area, &rows, 0);
        return Drawn::default();
    }
    let bad = app.bad_news();
    // Bad news keeps its own line until somebody reads it.
    let notice = app.message.as_ref().filter(|told| !told.is_unread || bad.is_none());
    let [header, tabs, body, bad_news, message, key_bar] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(u16::from(bad.is_some())),
        Constraint::Length(u16::from(notice.is_some())),
        Constraint::Length(1),
    ])
    .areas(area);
    let mut drawn = Drawn::default();
    draw_header(app, pen, frame, header);
    drawn.add(draw_tabs(app, pen, frame, tabs));
    match (&app.phase, &app.view) {
        (_, Some(view)) => drawn.add(draw_screen(app, view, pen, frame, body)),
        _ if app.screen == Screen::Jobs => jobs::draw(app, pen, frame, body),
        (Phase::Failed(_), None) => drawn.add(fault::draw(app, pen, frame, body).into()),
        (_, None) => {
            let inside = pen.boxed(frame, body, app.screen.word());
            let mut text = vec![pen.line(Role::Muted, format!(" opening {} …", app.opening))];
            if app.is_slow {
                let words = "this takes long: the disk is slow, or another process holds the store (q quits)";
                text.push(pen.line(Role::Muted, format!(" {words}")));
            }
            lines(frame, inside, &text, 0);
        }
    }
    // What is read off the screen would open a row by its second click, and a report is written by nobody's click.
    let names_lists =
        app.screen == Screen::Reports || drawn.hits.iter().any(|hit| matches!(hit.under, Under::List { .. }));
    if app.mouse && !names_lists {
        drawn.hits.extend(touch::list(frame.buffer_mut(), body, pen.theme));
    }
    if let Some(told) = bad {
        draw_bad_news(app, &told.text, pen, frame, bad_news);
    }
    if let Some(told) = notice {
        let role = if told.bad { Role::Error } else { Role::Notice };
        let glyph = if told.bad { "✗" } else { "·" };
        lines(frame, message, &[pen.line(role, format!(" {glyph} {}", told.text))], 0);
    }
    drawn.add(draw_keys(app, pen, frame, key_bar));
    if let Some(popup) = &app.popup {
        if !matches!(popup, Popup::Themes { .. }) {
            beneath(frame.buffer_mut(), pen.theme.style(Role::Beneath));
        }
        // What lies beneath cannot be acted on.
        drawn.hits.clear();
        let before = app.mouse.then(|| frame.buffer_mut().clone());
        let part = popups::draw(app, popup, pen, frame);
        if let Some(before) = before {
            drawn.hits.extend(touch::over(&before, frame.buffer_mut(), pen.theme));
        }
        // What the popup itself says counts before what can be read off it.
        drawn.add(part);
    }
    sweep(frame.buffer_mut());
    if app.ascii {
        ascii::fall_back(frame.buffer_mut());
    }
    drawn
}

/// Draws the open screen. Each says as much as it finds out: nothing, how far it scrolls, or what lies where.
fn draw_screen(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, body: Rect) -> Drawn {
    match app.screen {
        Screen::Inventory if app.is_empty() => {
            welcome::draw(app, view, pen, frame, body);
            Drawn::default()
        }
        Screen::Inventory => inventory::draw(app, view, pen, frame, body),
        Screen::Lineage => {
            lineage::draw(app, view, pen, frame, body);
            Drawn::default()
        }
        Screen::Verify => verify::draw(app, view, pen, frame, body),
        Screen::Maturity => maturity::draw(app, view, pen, frame, body),
        Screen::Editor => editor::draw(app, pen, frame, body),
        Screen::Policy => policy::draw(app, view, pen, frame, body),
        Screen::Incidents => cases::draw(app, pen, frame, body).into(),
        Screen::Reports => reports::draw(app, pen, frame, body),
        Screen::Jobs => {
            jobs::draw(app, pen, frame, body);
            Drawn::default()
        }
        Screen::Compare => compare::draw(app, pen, frame, body).into(),
        Screen::Changes => changes::draw(app, pen, frame, body).into(),
        Screen::Output => output::draw(app, pen, frame, body).into(),
        Screen::Fault => fault::draw(app, pen, frame, body).into(),
    }
}

/// What lies beneath a popup loses its colours.
fn beneath(buffer: &mut Buffer, style: Style) {
    for cell in &mut buffer.content {
        cell.set_style(Style::reset().patch(style));
    }
}

/// The line of bad news, and how to be done with it.
fn draw_bad_news(app: &App, text: &str, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let more = app.unread().saturating_sub(1);
    let hint = match more {
        0 => " ! shows it whole, Esc dismisses it ".to_owned(),
        more => format!(" and {more} more: ! shows them, Esc dismisses this one "),
    };
    let room = usize::from(area.width).saturating_sub(width(&hint));
    let row = Line::from(pen.span(Role::Error, clip(&format!(" ✗ {text}"), room)));
    frame.buffer_mut().set_line(area.x, area.y, &row, area.width);
    let x = area.right().saturating_sub(u16::try_from(width(&hint)).unwrap_or(0)).max(area.x);
    frame.buffer_mut().set_line(x, area.y, &Line::from(pen.span(Role::Muted, hint)), area.width);
}

/// A part of the header, and how early it goes when there is no room: the higher, the earlier.
struct Part(u8, Vec<Span<'static>>);

impl Part {
    fn cells(&self) -> usize {
        self.1.iter().map(Span::width).sum()
    }
}

fn draw_header(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    frame.buffer_mut().set_style(area, app.theme.style(Role::Header));
    let right = right_segment(app, pen);
    let taken: usize = right.iter().map(Span::width).sum();
    let mut parts = vec![Part(0, vec![pen.span(Role::KeyName, " touchmark")])];
    if let Some(view) = &app.view {
        parts.push(Part(0, vec![pen.span(Role::Title, crate::text::screen(&view.workspace.name))]));
        if let Some(words) = app.access.words().or(app.read_only.then_some("read-only")) {
            parts.push(Part(1, vec![pen.span(Role::Warn, words)]));
        }
        parts.push(Part(2, labelled("stage", crate::text::screen(&view.stage), pen)));
        parts.push(Part(1, policy_part(view, pen)));
        parts.push(trust_part(view, pen));
    }
    let mut room = usize::from(area.width).saturating_sub(taken + 1);
    let mut shown: Vec<Part> = Vec::new();
    // What matters most takes its room first; what is shown stands in its order.
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|place| parts.get(*place).map(|part| part.0));
    let mut kept: Vec<usize> = Vec::new();
    for place in order {
        let cells = parts.get(place).map_or(0, Part::cells) + 2;
        if kept.is_empty() || cells <= room {
            room = room.saturating_sub(cells);
            kept.push(place);
        }
    }
    for (place, part) in parts.into_iter().enumerate() {
        if kept.contains(&place) {
            shown.push(part);
        }
    }
    let mut row = Line::default();
    for (place, part) in shown.into_iter().enumerate() {
        if place > 0 {
            row.push_span(Span::raw("  "));
        }
        row.extend(part.1);
    }
    frame.buffer_mut().set_line(area.x, area.y, &row, area.width);
    let x = area.right().saturating_sub(u16::try_from(taken).unwrap_or(0));
    frame.buffer_mut().set_line(x, area.y, &Line::from(right), area.width);
}

fn labelled(label: &str, value: String, pen: Pen<'_>) -> Vec<Span<'static>> {
    vec![pen.span(Role::Muted, format!("{label} ")), pen.span(Role::Text, value)]
}

fn policy_part(view: &View, pen: Pen<'_>) -> Vec<Span<'static>> {
    let digest: String = view.policy.digest.chars().take(6).collect();
    let mut part = labelled("policy", format!("{}@{digest} ", crate::text::screen(&view.policy.name)), pen);
    part.push(match view.policy_errors.len() {
        0 => pen.span(Role::Pass, "✓"),
        faults => pen.span(Role::Fail, format!("✗ {} (5)", count(faults, "fault"))),
    });
    part
}

/// Whether what is trusted can be used, how old it is, and what is wrong with it.
fn trust_part(view: &View, pen: Pen<'_>) -> Part {
    let unusable = view.anchors.iter().filter(|anchor| anchor.error.is_some()).count();
    let stale = view.anchors.iter().filter(|anchor| anchor.stale).count();
    let oldest = view.anchors.iter().filter_map(|anchor| anchor.age_days).max();
    let (rank, role, text) = match (view.anchors.len(), unusable, stale) {
        (0, _, _) => (1, Role::Unknown, "? no anchors".to_owned()),
        (_, 1.., _) => (1, Role::Fail, format!("✗ {unusable} unreadable")),
        (_, _, 1..) => (1, Role::Warn, format!("! {stale} too old, {} d", oldest.unwrap_or_default())),
        _ => (3, Role::Pass, "✓".to_owned()),
    };
    let mut part = vec![pen.span(Role::Muted, "trust ")];
    if view.anchors.len() > 1 {
        part.push(pen.span(Role::Text, format!("{} ", count(view.anchors.len(), "anchor"))));
    }
    part.push(pen.span(role, text));
    Part(rank, part)
}

/// How much work runs, how far it is, how fast, and how long it still takes.
/// Errors that nobody has read, and the work that goes on.
fn right_segment(app: &App, pen: Pen<'_>) -> Vec<Span<'static>> {
    let mut right = match app.unread() {
        0 => Vec::new(),
        many => vec![pen.span(Role::Fail, format!("✗ {} (!) ", count(many, "unread error")))],
    };
    right.push(match jobs::in_short(app) {
        text if text.is_empty() => match app.outputs.running().count() {
            0 => pen.span(Role::Muted, "idle "),
            running => pen.span(Role::Accent, format!("{} … ", count(running, "command"))),
        },
        text => pen.span(Role::Accent, text),
    });
    right
}

fn draw_tabs(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let mut drawn = Drawn::default();
    let mut x = area.x;
    // A screen without a tab says its name where the tabs end.
    let own = Some(app.screen).filter(|screen| !Screen::TABS.contains(screen));
    let own = own.map(|screen| format!(" {} ", screen.word()));
    let room = usize::from(area.width).saturating_sub(own.as_deref().map_or(0, width));
    let whole: usize = Screen::TABS.iter().map(|screen| width(screen.word()) + 4).sum();
    let is_roomy = whole <= room;
    // Where there is not even room for their words, only the open one has its own.
    let has_words = whole.saturating_sub(Screen::TABS.len()) <= room;
    for (number, screen) in (1..).zip(Screen::TABS) {
        let is_open = screen == app.screen;
        let role = if is_open { Role::TabCurrent } else { Role::Tab };
        let mut text = format!(" {number}");
        if has_words || is_open {
            text = format!("{text} {}", screen.word());
        }
        text.push_str(if is_roomy { " " } else { "" });
        let cells = u16::try_from(width(&text)).unwrap_or(u16::MAX).min(area.right().saturating_sub(x));
        frame.buffer_mut().set_line(x, area.y, &pen.line(role, text), cells);
        drawn.hits.push(Hit::keys(Rect::new(x, area.y, cells, 1), [number.to_string()]));
        x = x.saturating_add(cells);
    }
    if let Some(text) = own {
        frame.buffer_mut().set_line(x, area.y, &pen.line(Role::TabCurrent, text), area.right() - x);
    }
    drawn
}

/// The bar shows commands from the table while there is room; what cannot act now is dimmed.
fn draw_keys(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let mut drawn = Drawn::default();
    frame.buffer_mut().set_style(area, app.theme.style(Role::Header));
    if app.filtering {
        let text = " Tab completes · ↑↓ earlier filters · Enter keeps it · Esc clears it";
        lines(frame, area, &[pen.line(Role::KeyLabel, text)], 0);
        return drawn;
    }
    // What acts on the rows of the inventory is of no use beside those of a model.
    let is_elsewhere = |row: &&Keys| row.needs.contains(&Need::SurveyRow) && !app.whole;
    let is_in_bar = |row: &&Keys| {
        !row.bar.is_empty() && row.is_on(app.screen) && is_offered(row, app) && !is_elsewhere(row)
    };
    let has_key = |row: &&Keys| app.keys.first(row.cmd, app.screen).is_some();
    let rows: Vec<_> = keyed().filter(is_in_bar).filter(has_key).collect();
    // The way out and the way to everything else stand at the end and are never pushed off.
    let (tail, head): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| matches!(row.cmd, Cmd::Help | Cmd::Palette | Cmd::Quit));
    let text = |row: &Keys| {
        let key = app.keys.first(row.cmd, app.screen).map(shown).unwrap_or_default();
        (format!(" {key}"), format!(" {} ", row.bar))
    };
    let cells = |row: &Keys| {
        let (key, label) = text(row);
        width(&key) + width(&label)
    };
    let mut room = usize::from(area.width).saturating_sub(tail.iter().map(|row| cells(row) + 1).sum());
    let mut kept = Vec::new();
    for row in head {
        if cells(row) + 1 > room {
            break;
        }
        room -= cells(row) + 1;
        kept.push(row);
    }
    let mut x = area.x;
    for (place, row) in kept.into_iter().chain(tail).enumerate() {
        let (key, label) = text(row);
        let on = enabled(row, app).is_ok();
        let role = |role| if on { role } else { Role::KeyOff };
        let mut spans = Vec::new();
        if place > 0 {
            spans.push(pen.span(Role::Border, "│"));
        }
        spans.extend([pen.span(role(Role::KeyName), key), pen.span(role(Role::KeyLabel), label)]);
        let line = Line::from(spans);
        let cells = u16::try_from(line.width()).unwrap_or(u16::MAX).min(area.right().saturating_sub(x));
        frame.buffer_mut().set_line(x, area.y, &line, cells);
        drawn.hits.push(Hit { area: Rect::new(x, area.y, cells, 1), under: Under::Command(row.cmd) });
        x = x.saturating_add(cells);
    }
    drawn
}

/// The belt beside the braces: whatever was forgotten to be made safe does not leave as it is.
fn sweep(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        let plain = matches!(symbol.as_bytes(), [b' '..=b'~']);
        if !plain && !symbol.is_empty() && crate::text::screen(symbol) != symbol {
            cell.set_symbol("?");
        }
    }
}
