//! The policy screen: the file's text with its faults marked, and beside it what the policy does now.

use crate::decision::Decision;
use crate::policy::{Action, Stage};
use crate::signing::Health;
use crate::text::{count, width};
use crate::tui::screens::paint::{Pane, Pen, bounded, fit, lines, outcome_role, put};
use crate::tui::screens::toml::roles;
use crate::tui::state::app::App;
use crate::tui::state::hit::{Drawn, Hit, Under};
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::seal::seal;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// From this width on the anchors have a pane of their own.
const ANCHORS_BESIDE: u16 = 150;

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let wide = area.width >= ANCHORS_BESIDE;
    let right = match area.width {
        ANCHORS_BESIDE.. => 50,
        100.. => 46,
        _ => 32,
    };
    let third = if wide { 50 } else { 0 };
    let [text, side, anchors] =
        Layout::horizontal([Constraint::Min(0), Constraint::Length(right), Constraint::Length(third)])
            .areas(area);
    let of_text = draw_text(app, view, pen, frame, text);
    let mut rows = summary(view, pen, usize::from(side.width.saturating_sub(2)));
    let anchors_text = |columns: u16| self::anchors(view, pen, usize::from(columns.saturating_sub(2)));
    let mut of_side = 0;
    if wide {
        let note = count(view.anchors.len(), "anchor");
        of_side = draw_side(app, &Pane::new("Trust").note(&note), anchors_text(third), pen, frame, anchors);
    } else {
        rows.push(Line::default());
        rows.extend(anchors_text(right));
    }
    of_side = of_side.max(draw_side(app, &Pane::new("In force"), rows, pen, frame, side));
    let hit = |area, under| Hit { area, under };
    Drawn::from(if app.side.is_some() { of_side } else { of_text })
        .with(hit(text, Under::Text))
        .with(hit(side, Under::Side))
        .with(hit(anchors, Under::Side))
}

/// A pane that scrolls while the keys act on the side; gives how far.
fn draw_side(
    app: &App,
    pane: &Pane<'_>,
    rows: Vec<Line<'_>>,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
) -> usize {
    let inside = pen.pane(frame, area, &pane.focused(app.side.is_some()));
    let (first, furthest) = bounded(app.side.unwrap_or(0), rows.len(), inside.height);
    lines(frame, inside, &rows, first);
    if rows.len() > first + usize::from(inside.height) && inside.height > 0 {
        let more = if app.side.is_some() { "… more" } else { "… more: Tab, then j" };
        let last = Rect { y: inside.bottom() - 1, height: 1, ..inside };
        lines(frame, last, &[pen.line(Role::Muted, fit(more, usize::from(inside.width)))], 0);
    }
    furthest
}

fn draw_text(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> usize {
    let total = view.policy_text.lines().count();
    let title = format!("{} · e edits", crate::text::screen(&view.policy.origin));
    let first = bounded(app.scroll, total, area.height.saturating_sub(2)).0;
    let note = format!("line {} of {total}", (first + 1).min(total));
    let inside = pen.pane(frame, area, &Pane::new(&title).note(&note).focused(app.side.is_none()));
    let (first, furthest) = bounded(app.scroll, total, inside.height);
    let visible = view.policy_text.lines().enumerate().skip(first);
    for (y, (number, text)) in (inside.y..inside.bottom()).zip(visible) {
        let number = number + 1;
        let faulty = view.policy_errors.iter().any(|error| error.line == Some(number));
        let mut line = Line::from(vec![
            pen.span(Role::Muted, format!("{number:>4} ")),
            pen.span(Role::Error, if faulty { "✗ " } else { "  " }),
        ]);
        let text = crate::text::block(text).replace('\n', " ");
        line.extend(if faulty { vec![pen.span(Role::Error, text)] } else { toml(&text, pen) });
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
    let (outcome, words) = seal(&view.seal);
    let role = if view.seal.is_unsigned() { Role::Muted } else { outcome_role(outcome) };
    let head = vec![pen.span(role, format!("{} ", outcome.glyph()))];
    out.extend(pen.wrapped(head, role, &words, columns));
    let decided = |wanted: Decision| {
        view.judgement.standings().iter().filter(|standing| standing.decision == wanted).count()
    };
    let stage = format!("stage {}", crate::text::screen(&view.stage));
    let hint = " · S for the next";
    let hint = if width(&stage) + width(hint) <= columns { hint } else { " · S next" };
    out.push(Line::from(vec![pen.span(Role::Title, stage), pen.span(Role::Muted, hint)]));
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
    out.extend(outcomes(view, pen, columns));
    out.push(Line::default());
    out.push(pen.line(Role::Text, count(view.policy.publishers.len(), "publisher")));
    let counted =
        [(view.policy.attesters.len(), "attester"), (view.policy.requirements.len(), "requirement")];
    for (many, what) in counted.into_iter().filter(|(many, _)| *many > 0) {
        out.push(pen.line(Role::Text, count(many, what)));
    }
    out
}

/// A line of TOML: comments, tables, keys and values look different.
fn toml(text: &str, pen: Pen<'_>) -> Vec<Span<'static>> {
    let mut from = 0;
    let parts = roles(text).into_iter().map(|(end, role)| {
        let part = pen.span(role, text.get(from..end).unwrap_or_default());
        from = end;
        part
    });
    parts.collect()
}

/// What each stage does about each kind of evidence.
fn outcomes(view: &View, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    const EVIDENCE: usize = 13;
    const LEAST: usize = 10;
    const MOST: usize = 20;
    type Does = fn(&Stage) -> Action;
    let kinds: [(&str, Does); 5] = [
        ("contradicted", |stage| stage.on_contradicted),
        ("missing", |stage| stage.on_missing),
        ("error", |stage| stage.on_error),
        ("unavailable", |stage| stage.on_unavailable),
        ("partial", |stage| stage.on_partial),
    ];
    // The sign before a name and a gap behind it belong to the column; behind the last one no gap is needed.
    let named = |stage: &Stage| (width(&crate::text::screen(&stage.name)) + 2).clamp(LEAST, MOST);
    let room = columns.saturating_sub(EVIDENCE) + 1;
    let needed: usize = view.policy.stages.iter().map(named).sum();
    // The stage in force is always among those shown, with its whole name.
    let at = view.policy.stages.iter().position(|stage| stage.name == view.stage).unwrap_or(0);
    let rest = room.saturating_sub(view.policy.stages.get(at).map_or(0, named));
    // Other names are cut only where else not all stages would be seen.
    let fits = if needed <= room { view.policy.stages.len() } else { 1 + rest / LEAST };
    let first = (at + 1).saturating_sub(fits);
    let shown: Vec<&Stage> = view.policy.stages.iter().skip(first).take(fits).collect();
    let spare = rest / shown.len().saturating_sub(1).max(1);
    let is_whole = |stage: &Stage| needed <= room || stage.name == view.stage;
    let cells =
        |stage: &Stage| if is_whole(stage) { named(stage) } else { named(stage).min(spare.max(LEAST)) };
    let role = |stage: &Stage| if stage.name == view.stage { Role::Title } else { Role::Muted };
    let row = |label: &str, cell: &dyn Fn(&Stage) -> Span<'static>| {
        let mut line = Line::from(pen.span(Role::Muted, fit(label, EVIDENCE)));
        line.extend(shown.iter().map(|stage| cell(stage)));
        if let Some(last) = line.spans.last_mut() {
            last.content = last.content.trim_end().to_owned().into();
        }
        line
    };
    let name = |stage: &Stage| {
        let mark = if stage.name == view.stage { "▸" } else { " " };
        pen.span(role(stage), fit(&format!("{mark}{}", crate::text::screen(&stage.name)), cells(stage)))
    };
    let level = |stage: &Stage| {
        let production = if stage.production { " prod" } else { "" };
        pen.span(role(stage), fit(&format!(" L{}{production}", stage.min_level), cells(stage)))
    };
    let mut out = vec![row("evidence", &name), row("level", &level)];
    for (kind, does) in kinds {
        out.push(row(kind, &|stage| {
            let (role, glyph, word) = match kind {
                // What it takes from an earlier decision, or from a part that is all that a loader takes.
                "unavailable" if stage.cached_max_hours.is_some() => (Role::Warn, "!", "cached"),
                "partial" if stage.on_load_set != stage.on_partial => (Role::Warn, "!", "load set"),
                _ => action(does(stage)),
            };
            pen.span(role, fit(&format!(" {glyph} {word}"), cells(stage)))
        }));
    }
    let hidden = view.policy.stages.len() - shown.len();
    if hidden > 0 {
        out.push(pen.line(Role::Muted, format!("{} not shown: S", count(hidden, "more stage"))));
    }
    out
}

/// What is trusted, with age, origin and what is wrong with it.
fn anchors(view: &View, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    if view.anchors.is_empty() {
        return vec![pen.line(Role::Unknown, "? no anchors: no signature can be proven")];
    }
    for anchor in &view.anchors {
        let (role, glyph) = match (&anchor.error, anchor.stale) {
            (Some(_), _) => (Role::Error, "✗ "),
            (None, true) => (Role::Warn, "! "),
            (None, false) => (Role::Pass, "✓ "),
        };
        let age = anchor.age_days.map(|days| format!(" · {days} d old")).unwrap_or_default();
        let head = vec![pen.span(role, glyph)];
        out.extend(pen.wrapped(head, Role::Title, &crate::text::screen(&anchor.name), columns));
        let about = format!("{}{age} · {}", anchor.kind.word(), crate::text::screen(&anchor.origin));
        out.extend(pen.wrapped(vec![Span::raw("  ")], Role::Muted, &about, columns));
        if let Some(error) = &anchor.error {
            let error = crate::text::screen(error);
            out.extend(pen.wrapped(vec![pen.span(Role::Error, "  ✗ ")], Role::Error, &error, columns));
            continue;
        }
        for fault in &anchor.health {
            let (role, glyph) = match fault.health {
                Health::Ended => (Role::Error, "  ✗ "),
                Health::Warn => (Role::Warn, "  ! "),
            };
            out.extend(pen.wrapped(vec![pen.span(role, glyph)], role, &fault.text.screen(), columns));
        }
        let head = vec![pen.span(Role::Muted, "  ")];
        out.extend(pen.digest(head, Role::Muted, &format!("sha256:{}", anchor.digest), columns));
    }
    out
}

fn action(action: Action) -> (Role, &'static str, &'static str) {
    match action {
        Action::Open => (Role::Pass, "✓", "allow"),
        Action::Warn => (Role::Warn, "!", "warn"),
        Action::Closed => (Role::Fail, "✗", "refuse"),
    }
}
