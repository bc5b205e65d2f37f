//! One frame: header, tabs, the open screen, messages, key bar, popup, and a last sweep over the cells.
//! It changes nothing.

use crate::commands::{Cmd, Keys, Screen, keyed, shown};
use crate::text::{bar, clip, count, width};
use crate::tui::screens::paint::{Pen, lines, wrap};
use crate::tui::screens::{
    changes, compare, inventory, jobs, lineage, maturity, output, policy, popups, verify,
};
use crate::tui::state::app::{App, Drawn, Phase};
use crate::tui::state::enabled::enabled;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

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
    let told = u16::from(app.message.is_some());
    let [header, tabs, body, message, key_bar] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(told),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_header(app, pen, frame, header);
    draw_tabs(app, pen, frame, tabs);
    let mut furthest = None;
    match (&app.phase, &app.view) {
        (_, Some(view)) => furthest = draw_screen(app, view, pen, frame, body),
        _ if app.screen == Screen::Jobs => jobs::draw(app, pen, frame, body),
        (Phase::Failed(error), None) => draw_failure(error, pen, frame, body),
        (_, None) => {
            let inside = pen.boxed(frame, body, app.screen.word());
            lines(frame, inside, &[pen.line(Role::Muted, format!(" opening {} …", app.opening))], 0);
        }
    }
    if let Some(told) = &app.message {
        let role = if told.bad { Role::Error } else { Role::Notice };
        let glyph = if told.bad { "✗" } else { "·" };
        lines(frame, message, &[pen.line(role, format!(" {glyph} {}", told.text))], 0);
    }
    draw_keys(app, pen, frame, key_bar);
    if let Some(popup) = &app.popup {
        furthest = popups::draw(app, popup, pen, frame).or(furthest);
    }
    sweep(frame.buffer_mut());
    Drawn { furthest }
}

/// Gives how far the screen can be scrolled, where it can be.
fn draw_screen(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, body: Rect) -> Option<usize> {
    match app.screen {
        Screen::Inventory => inventory::draw(app, view, pen, frame, body),
        Screen::Lineage => lineage::draw(app, view, pen, frame, body),
        Screen::Verify => return verify::draw(app, view, pen, frame, body),
        Screen::Maturity => maturity::draw(app, view, pen, frame, body),
        Screen::Policy => return Some(policy::draw(app, view, pen, frame, body)),
        Screen::Jobs => jobs::draw(app, pen, frame, body),
        Screen::Compare => return compare::draw(app, pen, frame, body),
        Screen::Changes => return changes::draw(app, pen, frame, body),
        Screen::Output => return output::draw(app, pen, frame, body),
    }
    None
}

fn draw_failure(error: &crate::Error, pen: Pen<'_>, frame: &mut Frame<'_>, body: Rect) {
    let inside = pen.boxed(frame, body, "could not open the workspace");
    let columns = usize::from(inside.width.saturating_sub(2));
    let mut rows = Vec::new();
    for piece in wrap(&crate::text::screen(&error.to_string()), columns) {
        rows.push(pen.line(Role::Error, format!(" {piece}")));
    }
    if let Some(help) = &error.help {
        rows.push(Line::default());
        for piece in wrap(&format!("help: {}", crate::text::screen(help)), columns) {
            rows.push(pen.line(Role::Text, format!(" {piece}")));
        }
    }
    lines(frame, inside, &rows, 0);
}

fn draw_header(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    frame.buffer_mut().set_style(area, app.theme.style(Role::Header));
    let right = jobs_segment(app);
    let room = usize::from(area.width).saturating_sub(width(&right) + 1);
    let mut text = " touchmark".to_owned();
    if let Some(view) = &app.view {
        let digest: String = view.policy.digest.chars().take(6).collect();
        text.push_str(&format!(
            "  {} · policy {}@{digest} · stage {}",
            crate::text::screen(&view.workspace.name),
            crate::text::screen(&view.policy.name),
            crate::text::screen(&view.stage),
        ));
        if !view.policy_errors.is_empty() {
            text.push_str(" · ✗ policy file has faults (5)");
        }
        if app.read_only {
            text.push_str(" · read-only");
        }
        let all = trust(view);
        let fits = width(&text) + width(&all) + " · trust: ".len() <= room;
        text.push_str(&format!(" · trust: {}", if fits { all } else { trust_in_short(view) }));
    }
    let row = Line::from(pen.span(Role::Header, clip(&text, room)));
    frame.buffer_mut().set_line(area.x, area.y, &row, area.width);
    let x = area.right().saturating_sub(u16::try_from(width(&right)).unwrap_or(0));
    frame.buffer_mut().set_line(x, area.y, &Line::from(pen.span(Role::Header, right)), area.width);
}

fn trust(view: &View) -> String {
    let mut anchors: Vec<String> = Vec::new();
    for anchor in &view.anchors {
        let name = crate::text::screen(&anchor.name);
        anchors.push(match (&anchor.error, anchor.age_days) {
            (Some(_), _) => format!("{name} ✗ unreadable"),
            (None, Some(days)) if anchor.stale => format!("{name} ! {days} d"),
            (None, Some(days)) => format!("{name} {days} d"),
            (None, None) => name,
        });
    }
    if anchors.is_empty() { "no anchors".to_owned() } else { anchors.join(", ") }
}

/// How many anchors, how old the oldest, and whether one is unusable.
fn trust_in_short(view: &View) -> String {
    let mut text = count(view.anchors.len(), "anchor");
    if let Some(days) = view.anchors.iter().filter_map(|anchor| anchor.age_days).max() {
        text.push_str(&format!(", oldest {days} d"));
    }
    let stale = view.anchors.iter().filter(|anchor| anchor.stale).count();
    if stale > 0 {
        text.push_str(&format!(", ! {stale} too old"));
    }
    let unusable = view.anchors.iter().filter(|anchor| anchor.error.is_some()).count();
    if unusable > 0 {
        text.push_str(&format!(", ✗ {unusable} unreadable"));
    }
    text
}

fn jobs_segment(app: &App) -> String {
    let live = app.live_jobs();
    if live == 0 {
        return String::new();
    }
    let percent = app.jobs.iter().find(|job| job.is_live).map_or(0, |job| job.done.percent());
    format!("{} {} {percent} % ", count(live, "job"), bar(percent, 5))
}

fn draw_tabs(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let mut spans = Vec::new();
    for (number, screen) in (1..).zip(Screen::TABS) {
        let role = if screen == app.screen { Role::TabCurrent } else { Role::Tab };
        spans.push(pen.span(role, format!(" {number} {} ", screen.word())));
    }
    lines(frame, area, &[Line::from(spans)], 0);
}

/// The bar shows commands from the table while there is room; what cannot act now is dimmed.
fn draw_keys(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    frame.buffer_mut().set_style(area, app.theme.style(Role::KeyLabel));
    let mut spans = Vec::new();
    if app.filtering {
        spans.push(
            pen.span(Role::KeyLabel, " Tab completes · ↑↓ earlier filters · Enter keeps it · Esc clears it"),
        );
        lines(frame, area, &[Line::from(spans)], 0);
        return;
    }
    let rows: Vec<_> = keyed().filter(|row| !row.bar.is_empty() && row.is_on(app.screen)).collect();
    // The way out and the way to everything else stand at the end and are never pushed off.
    let (tail, head): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| matches!(row.cmd, Cmd::Help | Cmd::Palette | Cmd::Quit));
    let text = |row: &Keys| {
        let key = row.keys.first().map(|key| shown(key)).unwrap_or_default();
        (format!(" {key}"), format!(" {} ", row.bar))
    };
    let cells = |row: &Keys| {
        let (key, label) = text(row);
        width(&key) + width(&label)
    };
    let mut room = usize::from(area.width).saturating_sub(tail.iter().map(|row| cells(row)).sum());
    for row in head {
        if cells(row) > room {
            break;
        }
        room -= cells(row);
        let (key, label) = text(row);
        let on = enabled(row, app).is_ok();
        spans.push(pen.span(if on { Role::KeyName } else { Role::KeyOff }, key));
        spans.push(pen.span(if on { Role::KeyLabel } else { Role::KeyOff }, label));
    }
    for row in tail {
        let (key, label) = text(row);
        spans.push(pen.span(Role::KeyName, key));
        spans.push(pen.span(Role::KeyLabel, label));
    }
    lines(frame, area, &[Line::from(spans)], 0);
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
