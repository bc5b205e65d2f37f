//! The verify screen: the checks in order at the left; at the right, tab by tab, what a check means and what it rests
//! on. Beneath, where there is room, what the chosen check means and what to do.

mod chain;
mod check;
mod files;
mod identity;
mod log;
mod raw;
mod shown;
mod statement;

use self::shown::{Shown, foot};
use crate::commands::Cmd;
use crate::signing::{Check, Verification};
use crate::text::{count, size};
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, outcome_role, put, scrolled};
use crate::tui::state::app::App;
use crate::tui::state::hit::{Drawn, Hit, Under};
use crate::tui::state::verifying::Tab;
use crate::tui::theme::Role;
use crate::view::{Verified, View};
use crate::words::names::named;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

const CHECKS_ONLY: u16 = 24;
/// The summaries of the checks stand beside them from this width on.
const WITH_SUMMARIES: u16 = 110;
/// They get the room that they need, as long as the right pane keeps this much: a line of a digest with its label, and
/// a file with its size.
const RIGHT_LEAST: u16 = 64;
/// From this height on the right pane has a foot that says what the chosen check means.
const WITH_FOOT: u16 = 22;

/// Draws it; gives how far the right pane can be scrolled, when there is one, and where its tabs are.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let Some((index, model)) = app.model() else {
        let inside = pen.boxed(frame, area, "Verify");
        let text = pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)");
        lines(frame, inside, &[text], 0);
        return Drawn::default();
    };
    let Some(verified) = view.verified.get(index).and_then(Option::as_ref) else {
        let inside = pen.boxed(frame, area, &named(&model.name.screen(), view.name_mark(index)));
        let signed = match &model.signature {
            Some(path) => format!(" signature: {}", crate::text::screen(&path.to_string_lossy())),
            None => " no signature was found for it".to_owned(),
        };
        let text = [
            pen.line(
                Role::Unknown,
                format!(" ? not verified yet: {} verifies it", app.key_of(Cmd::StartVerify)),
            ),
            Line::default(),
            pen.line(Role::Text, signed),
        ];
        lines(frame, inside, &text, 0);
        return Drawn::default();
    };
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let name = named(&model.name.screen(), view.name_mark(index));
    let facts = match view.since(index).is_same() {
        true => pen.line(Role::Muted, facts(verified, &name)),
        false => pen.line(
            Role::Unknown,
            format!(
                " ? {name} changed since verified {}: {} verifies it again",
                verified.verification.at,
                app.key_of(Cmd::StartVerify)
            ),
        ),
    };
    lines(frame, top, &[facts], 0);
    let left = match area.width {
        WITH_SUMMARIES.. => {
            with_summaries(&verified.verification).min(area.width.saturating_sub(RIGHT_LEAST))
        }
        _ => CHECKS_ONLY,
    };
    let [checks, right] = Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(body);
    draw_checks(app, &verified.verification, pen, frame, checks);
    let shown = Shown {
        app,
        view,
        verified,
        check: verified.verification.checks.get(app.check),
        id: model.id.screen(),
        owner: view.owner(index).map(|id| id.screen()),
        columns: usize::from(right.width.saturating_sub(2)),
    };
    draw_right(&shown, pen, frame, right)
}

/// What the checks need so that no summary is cut.
fn with_summaries(verification: &Verification) -> u16 {
    let summaries = verification.checks.iter().map(|check| summary(verification, check));
    let widest = summaries.map(|text| crate::text::width(&text)).max().unwrap_or(0);
    // The two borders are not in the columns of what stands before.
    u16::try_from(widest).unwrap_or(u16::MAX).saturating_add(CHECKS_ONLY)
}

fn summary(verification: &Verification, check: &Check) -> String {
    crate::text::screen(&verification.words_of(check).summary)
}

/// The model, what was read of it, and when, in how many tenths of a second begun; on a narrow screen the end is cut.
fn facts(verified: &Verified, name: &str) -> String {
    let v = &verified.verification;
    let tenths = verified.took_ms.div_ceil(100).max(1);
    format!(
        " {name} · {}, {}{} · verified {} in {}.{} s",
        count(usize::try_from(v.files.here).unwrap_or(usize::MAX), "file"),
        size(v.files.bytes),
        v.hash.map(|hash| format!(", {}", hash.as_str())).unwrap_or_default(),
        v.at.strftime("%F %T UTC"),
        tenths / 10,
        tenths % 10,
    )
}

fn draw_checks(app: &App, verification: &Verification, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let inside = pen.boxed(frame, area, "Checks");
    focus(pen, frame, area, !app.verify.inside);
    let first = first_row(app.check, verification.checks.len(), inside.height);
    let rows = verification.checks.iter().enumerate().skip(first);
    for (y, (position, check)) in (inside.y..inside.bottom()).zip(rows) {
        let chosen = position == app.check;
        let mut line = Line::from(vec![
            pen.span(Role::Accent, if chosen { "▸" } else { " " }),
            pen.span(
                outcome_role(check.outcome),
                fit(&format!("{} {}", check.outcome.glyph(), check.outcome.word()), 10),
            ),
            pen.span(Role::Text, fit(check.stage.name(), 11)),
        ]);
        if area.width > CHECKS_ONLY {
            line.push_span(pen.span(Role::Muted, summary(verification, check)));
        }
        put(frame, inside.x, y, &line, inside.width);
        if chosen {
            choose(frame, pen, inside, y);
        }
    }
    let at = format!("check {} of {}", app.check.saturating_add(1), verification.checks.len());
    foot(pen, frame, area, &at);
}

/// What the tab shows, and how the check of that ended; the chosen check has a tab of its own.
fn title(shown: &Shown<'_>) -> String {
    let tab = shown.app.verify.tab;
    let check = match tab.stage() {
        Some(stage) => shown.v().check(stage),
        None => shown.check.filter(|_| tab == Tab::Check),
    };
    match check {
        Some(check) if tab == Tab::Check => format!("{} · expected | found", check.stage.name()),
        Some(check) if check.code.is_plain() => {
            format!("{} · {} {}", check.stage.name(), check.outcome.glyph(), check.outcome.word())
        }
        Some(check) => format!("{} · {} {}", check.stage.name(), check.outcome.glyph(), check.code),
        None => tab.about().to_owned(),
    }
}

fn draw_right(shown: &Shown<'_>, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let tab = shown.app.verify.tab;
    let inside = pen.boxed(frame, area, &title(shown));
    focus(pen, frame, area, shown.app.verify.inside);
    let meaning = match tab {
        Tab::Check => Vec::new(),
        _ if inside.height < WITH_FOOT => Vec::new(),
        // Of what passes there is nothing to explain.
        _ if !shown.check.is_some_and(check::is_explained) => Vec::new(),
        _ => check::meaning(shown, pen),
    };
    let room = usize::from(inside.height / 3);
    let feet = u16::try_from(meaning.len().min(room)).unwrap_or(0);
    let feet = if feet > 0 { feet + 1 } else { 0 };
    let [tabs, body, bottom] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(feet)]).areas(inside);
    let mut drawn = Drawn::default();
    let (mut spans, mut x) = (Vec::new(), tabs.x);
    for (place, one) in Tab::ALL.into_iter().enumerate() {
        let role = if one == tab { Role::TabCurrent } else { Role::Tab };
        let text = format!(" {} ", one.word());
        let cells = u16::try_from(crate::text::width(&text)).unwrap_or(0);
        drawn = drawn.with(Hit { area: Rect::new(x, tabs.y, cells, 1), under: Under::PaneTab(place) });
        x = x.saturating_add(cells);
        spans.push(pen.span(role, text));
    }
    drawn = drawn.with(Hit { area: body, under: Under::Text });
    lines(frame, tabs, &[Line::from(spans)], 0);
    if feet > 0 {
        // The check stays chosen whatever tab is open.
        let of = shown.check.map_or("", |check| check.stage.name());
        let mut text = vec![pen.rule(&format!("{of} · What this means"), shown.columns)];
        text.extend(meaning);
        lines(frame, bottom, &text, 0);
    }
    let text = match tab {
        Tab::Files => {
            drawn.furthest = Some(files::draw(shown, pen, frame, body, area));
            return drawn;
        }
        Tab::Check => check::explain(shown, pen),
        Tab::Chain => chain::lines(shown, pen),
        Tab::Identity => identity::lines(shown, pen),
        Tab::Log => log::lines(shown, pen),
        Tab::Statement => statement::lines(shown, pen),
        Tab::Raw => {
            drawn.furthest = Some(raw::draw(shown, pen, frame, body, area));
            return drawn;
        }
    };
    let furthest = scrolled(frame, body, &text, shown.app.scroll);
    whereabouts(pen, frame, area, (shown.app.scroll.min(furthest), body.height, text.len()));
    drawn.furthest = Some(furthest);
    drawn
}

/// Says on the lower border which lines are in sight, where that is not all.
fn whereabouts(pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, (first, height, total): (usize, u16, usize)) {
    let last = first.saturating_add(usize::from(height)).min(total);
    if last - first.min(last) < total {
        foot(pen, frame, area, &format!("lines {}–{last} of {total}", first + 1));
    }
}

/// The pane that keys move in has an accent.
fn focus(pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, has_it: bool) {
    if !has_it || area.width < 2 || area.height < 2 {
        return;
    }
    let style = pen.theme.style(Role::Accent);
    let edges = [
        Rect { width: 1, ..area },
        Rect { x: area.right() - 1, width: 1, ..area },
        Rect { y: area.bottom() - 1, height: 1, ..area },
    ];
    for edge in edges {
        frame.buffer_mut().set_style(edge, style);
    }
}
