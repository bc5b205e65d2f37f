//! Finding models, drawn: the tabs of the saved views, the filter's line with what may follow, marked letters of a
//! name, and the list that goes to a model. It changes nothing.

use crate::text::{clip, width};
use crate::tui::screens::paint::{Pen, choose, first_row, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::filter;
use crate::tui::state::goto::GoTo;
use crate::tui::state::hit::{Hit, Under};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Which characters of a text that stands for a name the filter's free words are found in.
pub fn marks(app: &App, shown: &str) -> Vec<usize> {
    if !app.rows.finder().is_ranked() {
        return Vec::new();
    }
    filter::highlights(app.rows.finder().query(), shown)
}

/// A text in a role, with the characters at these positions marked.
pub fn marked(pen: Pen<'_>, role: Role, text: &str, positions: &[usize]) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let (mut run, mut is_found) = (String::new(), false);
    for (at, c) in text.chars().enumerate() {
        let here = positions.binary_search(&at).is_ok();
        if here != is_found && !run.is_empty() {
            spans.push(pen.span(if is_found { Role::Accent } else { role }, std::mem::take(&mut run)));
        }
        is_found = here;
        run.push(c);
    }
    spans.push(pen.span(if is_found { Role::Accent } else { role }, run));
    spans
}

/// The tabs of the saved views. Where there is no room for all, the one in force stays in sight.
/// Gives where each of them is.
pub fn draw_tabs(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Vec<Hit> {
    let tabs = app.rows.tabs();
    let text = |tab: &crate::tui::state::saved::Tab| match tab.models {
        Some(models) => format!(" {} {models} ", tab.name),
        None => format!(" {} ", tab.name),
    };
    let room = usize::from(area.width).saturating_sub(1);
    let current = tabs.iter().position(|tab| tab.is_current).unwrap_or(0);
    // From the first tab on, as long as the one in force still ends in sight.
    let mut first = 0;
    while first < current {
        let cells: usize =
            tabs.iter().skip(first).take(current - first + 1).map(|tab| width(&text(tab))).sum();
        if cells + if first > 0 { 2 } else { 0 } <= room {
            break;
        }
        first += 1;
    }
    let mut spans = vec![pen.span(Role::Text, if first > 0 { " ‹ " } else { " " })];
    let mut hits = Vec::new();
    let mut x = area.x + u16::try_from(if first > 0 { 3 } else { 1 }).unwrap_or(0);
    for (place, tab) in tabs.iter().enumerate().skip(first) {
        let text = text(tab);
        let cells = u16::try_from(width(&text)).unwrap_or(u16::MAX);
        let tab_area = Rect { x, width: cells, height: 1, ..area }.intersection(area);
        hits.push(Hit { area: tab_area, under: Under::PaneTab(place) });
        x = x.saturating_add(cells);
        spans.push(pen.span(if tab.is_current { Role::TabCurrent } else { Role::Tab }, text));
    }
    lines(frame, area, &[Line::from(spans)], 0);
    hits
}

/// How many lines the filter takes: itself, and one for what may follow or what is wrong with it.
pub fn filter_height(app: &App) -> u16 {
    let is_shown = app.filtering || !app.rows.filter.is_empty();
    let has_more = app.filtering || app.line.hint.is_some() || app.rows.awaits_facts();
    if is_shown { 1 + u16::from(has_more) } else { 0 }
}

/// Draws the filter's line.
pub fn draw_filter(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let top = Rect { height: area.height.min(1), ..area };
    frame.buffer_mut().set_style(top, app.theme.style(Role::Input));
    let caret = if app.filtering { "▏" } else { "" };
    let text = crate::text::screen(&app.rows.filter);
    // The end is where somebody types.
    let room = usize::from(area.width).saturating_sub(width(caret) + 3);
    let text = if app.filtering { end_of(&text, room) } else { text };
    lines(frame, top, &[pen.line(Role::Input, format!(" / {text}{caret}"))], 0);
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if below.height > 0 {
        lines(frame, below, &[more(app, pen, usize::from(area.width))], 0);
    }
}

/// What may follow, what is wrong, or how to find out.
fn more(app: &App, pen: Pen<'_>, room: usize) -> Line<'static> {
    if app.rows.awaits_facts() {
        return pen.line(Role::Muted, " reading what this term asks for …");
    }
    let completion = &app.line.completion;
    if app.filtering && !completion.candidates.is_empty() {
        return candidates(app, pen, room);
    }
    let said = app.line.hint.as_ref().or(completion.hint.as_ref().filter(|_| app.filtering));
    match said {
        Some(hint) => pen.line(Role::Muted, clip(&format!(" {hint}"), room)),
        None => pen.line(
            Role::Muted,
            clip(" words, or terms such as publisher: status: level: · Tab completes", room),
        ),
    }
}

/// The candidates that there is room for, the chosen one among them.
fn candidates(app: &App, pen: Pen<'_>, room: usize) -> Line<'static> {
    let completion = &app.line.completion;
    let chosen = app.line.chosen.as_ref().map(|(at, _)| *at);
    let shown: Vec<String> = completion
        .candidates
        .iter()
        .map(|candidate| {
            let name = clip(&crate::text::screen(&candidate.text), 40);
            candidate.models.map_or(name.clone(), |models| format!("{name} {models}"))
        })
        .collect();
    let mut first = 0;
    if let Some(chosen) = chosen {
        let fits = |first: usize| {
            let cells = shown.iter().skip(first).take(chosen + 1 - first).map(|text| width(text) + 2);
            cells.sum::<usize>() + 3 <= room
        };
        while first < chosen && !fits(first) {
            first += 1;
        }
    }
    let mut spans = vec![pen.span(Role::Muted, if first > 0 { " … " } else { " " })];
    let mut taken = 3;
    for (at, text) in shown.iter().enumerate().skip(first) {
        taken += width(text) + 2;
        if taken + 2 > room {
            spans.push(pen.span(Role::Muted, "…"));
            break;
        }
        let role = if chosen == Some(at) { Role::TabCurrent } else { Role::Muted };
        spans.push(pen.span(role, text.clone()));
        spans.push(pen.span(Role::Muted, "  "));
    }
    Line::from(spans)
}

/// The end of a text, as much as there is room for.
fn end_of(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut from = text.len();
    for (at, _) in text.char_indices().rev() {
        let end = text.get(at..).unwrap_or_default();
        if width(end) + 1 > room {
            break;
        }
        from = at;
    }
    format!("…{}", text.get(from..).unwrap_or_default())
}

/// Going to a model: what is typed, and the models that it finds.
pub fn draw_goto(app: &App, goto: &GoTo, pen: Pen<'_>, frame: &mut Frame<'_>) {
    let full = frame.area();
    let height = full.height.saturating_sub(4).min(22);
    let inside = pen.popup(frame, (76, height), "Go to a model · Enter opens it");
    let typed = pen.line(Role::Input, format!(" {}▏", crate::text::screen(&goto.input)));
    put(frame, inside.x, inside.y, &typed, inside.width);
    let count = format!(" {} of {}", goto.found().len(), app.rows.total());
    let more = if goto.is_finding() { " · searching …" } else { "" };
    let last = inside.bottom().saturating_sub(1);
    put(frame, inside.x, last, &pen.line(Role::Muted, format!("{count}{more}")), inside.width);
    let body = Rect { y: inside.y + 1, height: inside.height.saturating_sub(2), ..inside };
    let Some(view) = &app.view else { return };
    let first = first_row(goto.cursor, goto.found().len(), body.height);
    let rows = goto.found().iter().enumerate().skip(first);
    for (y, (position, index)) in (body.y..body.bottom()).zip(rows) {
        let Some(model) = view.models.get(*index as usize) else { continue };
        let name = model.id.screen();
        let sign = if position == goto.cursor { "▸ " } else { "  " };
        let mut spans = vec![pen.span(Role::Accent, sign)];
        spans.extend(marked(pen, Role::Text, &name, &filter::highlights(goto.query(), &name)));
        put(frame, body.x, y, &Line::from(spans), body.width);
        if position == goto.cursor {
            choose(frame, pen, body, y);
        }
    }
}
