//! The head of a group: its sign, its publisher, how many models it has and how many of them need somebody.

use super::cells::name;
use super::strip::thousands;
use crate::tui::screens::paint::Pen;
use crate::tui::state::app::App;
use crate::tui::state::groups::Group;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::text::{Line, Span};

/// `▾ acme  12 models · 3 fail · 5 refused`.
pub(super) fn row(app: &App, view: &View, pen: Pen<'_>, place: usize, is_chosen: bool) -> Line<'static> {
    let Some(group) = app.rows.group(place) else { return Line::default() };
    let sign = if group.is_folded { "▸" } else { "▾" };
    let mut spans = vec![
        pen.span(Role::Accent, format!("{sign} ")),
        pen.span(if is_chosen { Role::Accent } else { Role::Title }, title(app, view, place)),
        Span::raw("  "),
    ];
    spans.extend(counts(view, group, pen));
    Line::from(spans)
}

/// What a group is called: its publisher, as the first of its names writes it.
pub(super) fn title(app: &App, view: &View, place: usize) -> String {
    let first = app.rows.first_of(place).and_then(|index| view.models.get(index));
    let written = first.map(name).unwrap_or_default();
    match written.split_once('/') {
        Some((publisher, _)) => publisher.to_owned(),
        None => "no publisher".to_owned(),
    }
}

/// How many models a group has, and how many of them need somebody.
pub(super) fn counts(view: &View, group: &Group, pen: Pen<'_>) -> Vec<Span<'static>> {
    let models =
        if group.models == 1 { "1 model".to_owned() } else { format!("{} models", thousands(group.models)) };
    let mut spans = vec![pen.span(Role::Muted, models)];
    let mut also = |role, many: usize, text: String| {
        if many > 0 {
            spans.push(pen.span(Role::Muted, " · "));
            spans.push(pen.span(role, text));
        }
    };
    also(Role::Fail, group.failing, format!("✗ {} fail", thousands(group.failing)));
    if view.is_judged() {
        also(Role::Fail, group.refused, format!("✗ {} refused", thousands(group.refused)));
    }
    spans
}
