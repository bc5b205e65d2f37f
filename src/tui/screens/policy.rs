//! The policy screen: the file's text with its faults marked, and beside it what the policy does now.

use crate::decision::Decision;
use crate::policy::Action;
use crate::signing::Health;
use crate::text::count;
use crate::tui::screens::paint::{Pen, bounded, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

/// Draws it; gives how far the pane that moves can be scrolled.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> usize {
    let right = if area.width >= 100 { 44 } else { 32 };
    let [text, side] = Layout::horizontal([Constraint::Min(0), Constraint::Length(right)]).areas(area);
    let of_text = draw_text(app, view, pen, frame, text);
    let inside = pen.boxed(frame, side, if app.side.is_some() { "▸ In force" } else { "In force" });
    let rows = summary(view, pen, usize::from(inside.width));
    let (first, of_side) = bounded(app.side.unwrap_or(0), rows.len(), inside.height);
    lines(frame, inside, &rows, first);
    if rows.len() > first + usize::from(inside.height) && inside.height > 0 {
        let more = if app.side.is_some() { "… more" } else { "… more: Tab, then j" };
        let last = Rect { y: inside.bottom() - 1, height: 1, ..inside };
        lines(frame, last, &[pen.line(Role::Muted, fit(more, usize::from(inside.width)))], 0);
    }
    if app.side.is_some() { of_side } else { of_text }
}

fn draw_text(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> usize {
    let mark = if app.side.is_none() { "▸ " } else { "" };
    let title = format!("{mark}{} · read-only, e edits", crate::text::screen(&view.policy.origin));
    let inside = pen.boxed(frame, area, &title);
    let total = view.policy_text.lines().count();
    let (first, furthest) = bounded(app.scroll, total, inside.height);
    let visible = view.policy_text.lines().enumerate().skip(first);
    for (y, (number, text)) in (inside.y..inside.bottom()).zip(visible) {
        let number = number + 1;
        let faulty = view.policy_errors.iter().any(|error| error.line == Some(number));
        let comment = text.trim_start().starts_with('#');
        let role = match (faulty, comment) {
            (true, _) => Role::Error,
            (_, true) => Role::Muted,
            _ => Role::Text,
        };
        let line = Line::from(vec![
            pen.span(Role::Muted, format!("{number:>4} ")),
            pen.span(Role::Error, if faulty { "✗ " } else { "  " }),
            pen.span(role, crate::text::block(text).replace('\n', " ")),
        ]);
        put(frame, inside.x, y, &line, inside.width);
    }
    if total == 0 {
        lines(frame, inside, &[pen.line(Role::Muted, " the policy has no text")], 0);
    }
    furthest
}

fn summary(view: &View, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    if !view.policy_errors.is_empty() {
        let faults = count(view.policy_errors.len(), "fault");
        out.push(pen.line(Role::Error, format!("✗ {faults}; nothing is judged until corrected")));
        for error in view.policy_errors.iter().take(20) {
            let place = error.line.map(|line| format!("line {line} ")).unwrap_or_default();
            let head = vec![pen.span(Role::Muted, place)];
            out.extend(pen.wrapped(head, Role::Text, &crate::text::screen(&error.message), columns));
            if let Some(help) = &error.help {
                let help = crate::text::screen(help);
                out.extend(pen.wrapped(vec![pen.span(Role::Accent, "→ ")], Role::Text, &help, columns));
            }
        }
        out.push(Line::default());
    }
    let decided = |wanted: Decision| {
        view.judgement.standings().iter().filter(|standing| standing.decision == wanted).count()
    };
    out.push(pen.line(Role::Title, format!("stage {} · S for the next", crate::text::screen(&view.stage))));
    let open = decided(Decision::NotJudged);
    let open = (open > 0).then_some(Decision::NotJudged);
    for decision in [Decision::Admit, Decision::Warn, Decision::Refuse].into_iter().chain(open) {
        out.push(Line::from(vec![
            pen.span(Role::Text, " "),
            pen.decision(decision),
            pen.span(Role::Text, format!("  {}", count(decided(decision), "model"))),
        ]));
    }
    out.push(Line::default());
    out.push(pen.line(Role::Title, "Stages"));
    for stage in &view.policy.stages {
        let mark = if stage.name == view.stage { "▸" } else { " " };
        let production = if stage.production { ", production" } else { "" };
        let text =
            format!("{mark}{} requires L{}{production}", crate::text::screen(&stage.name), stage.min_level);
        out.extend(pen.wrapped(Vec::new(), Role::Text, &text, columns));
        for (evidence, does) in [
            ("contradicted", stage.on_contradicted),
            ("missing", stage.on_missing),
            ("error", stage.on_error),
            ("unavailable", stage.on_unavailable),
        ] {
            out.push(pen.line(Role::Muted, fit(&format!("   {evidence:<14}{}", action(does)), columns)));
        }
    }
    out.push(Line::default());
    out.push(pen.line(Role::Title, "Anchors"));
    if view.anchors.is_empty() {
        out.push(pen.line(Role::Unknown, "? none: no signature can be proven"));
    }
    for anchor in &view.anchors {
        let age = anchor.age_days.map(|days| format!(", {days} d")).unwrap_or_default();
        let text = format!(
            "{} {}{age}, {}",
            crate::text::screen(&anchor.name),
            anchor.kind.word(),
            crate::text::screen(&anchor.origin)
        );
        out.extend(pen.wrapped(Vec::new(), Role::Text, &text, columns));
        match &anchor.error {
            Some(error) => {
                let error = crate::text::screen(error);
                out.extend(pen.wrapped(vec![pen.span(Role::Error, " ✗ ")], Role::Error, &error, columns));
            }
            None => {
                for fault in &anchor.health {
                    let (role, glyph) = match fault.health {
                        Health::Ended => (Role::Error, " ✗ "),
                        Health::Warn => (Role::Warn, " ! "),
                    };
                    out.extend(pen.wrapped(vec![pen.span(role, glyph)], role, &fault.text.screen(), columns));
                }
                let head = vec![pen.span(Role::Muted, "   ")];
                out.extend(pen.digest(head, Role::Muted, &format!("sha256:{}", anchor.digest), columns));
            }
        }
    }
    out.push(Line::default());
    out.push(pen.line(Role::Text, count(view.policy.publishers.len(), "publisher")));
    out
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Open => "allow",
        Action::Warn => "warn",
        Action::Closed => "refuse",
    }
}
