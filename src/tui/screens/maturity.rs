//! The maturity screen: three levels as bars, and the controls of the chosen one with outcome, basis,
//! evidence, remedy and who is responsible. It counts outcomes; it does not score.

use crate::decision::Decision;
use crate::inventory::Basis;
use crate::maturity::{Control, ControlResult, Duty, Severity};
use crate::signing::{Outcome, Thing, Verification};
use crate::text::bar;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, outcome_role, put};
use crate::tui::state::app::App;
use crate::tui::state::controls::{of_level, outcome_of, result_of};
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::controls::control as words_of;
use crate::words::names::named;
use crate::words::{Face, caps};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let Some((index, model)) = app.model() else {
        let inside = pen.boxed(frame, area, "Maturity");
        lines(
            frame,
            inside,
            &[pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)")],
            0,
        );
        return;
    };
    let [left, right] = Layout::horizontal([Constraint::Length(36), Constraint::Min(0)]).areas(area);
    let inside = pen.boxed(frame, left, &named(&model.name.screen(), view.name_mark(index)));
    let text = levels(app, view, index, pen, usize::from(inside.width));
    lines(frame, inside, &text, 0);
    draw_controls(app, view, pen, frame, right);
}

fn levels(app: &App, view: &View, index: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some(verdict) = view.verdict(index) else {
        return vec![pen.line(Role::Muted, "not judged yet")];
    };
    let score = &verdict.assessment.score;
    let badge = if verdict.decision == Decision::NotJudged {
        "level not judged".to_owned()
    } else if score.own == verdict.effective {
        format!("own level L{}", score.own)
    } else {
        format!("own level L{} → effective L{}", score.own, verdict.effective)
    };
    let badge = badge + &verdict.adjective();
    let mut out = vec![pen.line(Role::Title, badge), Line::default()];
    for level in 1..=3u8 {
        let outcomes: Vec<Outcome> = of_level(&view.rubric, level)
            .map(|control| outcome_of(result_of(control, &verdict.assessment.controls)))
            .collect();
        let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let applicable = outcomes.len() - count(Outcome::NotApplicable);
        let percent = match level {
            level if level <= score.own => 100,
            level if level == score.next => u64::from(score.percent),
            _ => (count(Outcome::Pass) * 100).checked_div(applicable).unwrap_or(0) as u64,
        };
        let name = view
            .rubric
            .level_names
            .get(usize::from(level) - 1)
            .map(|n| crate::text::screen(n))
            .unwrap_or_default();
        let role = if level == app.level { Role::TabCurrent } else { Role::Text };
        out.push(pen.line(role, fit(&format!(" L{level} {name}"), columns)));
        out.push(Line::from(vec![
            pen.span(Role::Accent, format!(" {} ", bar(percent, 16))),
            pen.span(Role::Text, format!("{percent} %")),
        ]));
        let mut spans = vec![Span::raw(" ")];
        for outcome in [Outcome::Pass, Outcome::Partial, Outcome::Fail, Outcome::Missing, Outcome::Unknown] {
            let many = count(outcome);
            if many > 0 {
                spans.push(pen.span(outcome_role(outcome), format!("{many} {} ", outcome.word())));
            }
        }
        out.push(Line::from(spans));
        out.push(Line::default());
    }
    if !score.open_musts.is_empty() {
        let musts: Vec<String> = score.open_musts.iter().map(|id| crate::text::screen(id)).collect();
        let head = vec![pen.span(Role::Muted, format!("to L{}: ", score.next))];
        out.extend(pen.wrapped(head, Role::Text, &musts.join(", "), columns));
    }
    if let Some(cap) = &verdict.cap {
        out.extend(pen.wrapped(
            vec![pen.span(Role::Warn, "! ")],
            Role::Text,
            &caps::cap(cap).screen(),
            columns,
        ));
    }
    out.push(Line::default());
    let scope = "A level speaks of integrity and authenticity, not safety or correctness.";
    out.extend(pen.wrapped(Vec::new(), Role::Muted, scope, columns));
    out
}

fn draw_controls(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = app.controls();
    let title = format!("Controls of level {} · {}", app.level, rows.len());
    let inside = pen.boxed(frame, area, &title);
    if rows.is_empty() {
        let text = format!(" the rubric {} has no control here", crate::text::screen(&view.rubric.schema));
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return;
    }
    let below = (inside.height / 2).min(14);
    let [list, detail] = Layout::vertical([Constraint::Min(0), Constraint::Length(below)]).areas(inside);
    let first = first_row(app.control, rows.len(), list.height);
    for (y, (position, (control, result))) in (list.y..list.bottom()).zip(rows.iter().enumerate().skip(first))
    {
        let outcome = outcome_of(result.as_ref());
        let chosen = position == app.control;
        let line = Line::from(vec![
            pen.span(Role::Accent, if chosen { "▸" } else { " " }),
            pen.span(outcome_role(outcome), fit(&format!("{} {}", outcome.glyph(), outcome.word()), 10)),
            pen.span(
                Role::Muted,
                format!("{} {} ", crate::text::screen(&control.id), severity(control.severity)),
            ),
            pen.span(Role::Text, crate::text::screen(&control.title)),
        ]);
        put(frame, list.x, y, &line, list.width);
        if chosen {
            choose(frame, pen, list, y);
        }
    }
    if let Some((control, result)) = rows.get(app.control) {
        let verification = app.model().and_then(|(index, _)| view.verification(index));
        let thing = app.model().map(|(_, model)| model.kind.into()).unwrap_or_default();
        let text = explain(control, result.as_ref(), (verification, thing), pen, usize::from(detail.width));
        lines(frame, detail, &text, 0);
    }
}

fn explain(
    control: &Control,
    result: Option<&ControlResult>,
    (verification, thing): (Option<&Verification>, Thing),
    pen: Pen<'_>,
    columns: usize,
) -> Vec<Line<'static>> {
    let outcome = outcome_of(result);
    let basis = result.and_then(|result| result.basis).map_or("no evidence", Basis::word);
    let mut out = vec![pen.line(Role::Border, "─".repeat(columns))];
    let head = vec![pen.outcome(outcome), Span::raw("  ")];
    out.extend(pen.wrapped(head, Role::Title, &crate::text::screen(&control.title), columns));
    let label = if columns >= 60 { 11 } else { 8 };
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            out.extend(pen.wrapped(
                vec![pen.span(Role::Muted, format!("{name:<label$} "))],
                Role::Text,
                value,
                columns,
            ));
        }
    };
    let (found, remedy) =
        result.map(|result| words_of(result, control, (verification, thing), Face::Tui)).unwrap_or_default();
    row("found", &found.screen());
    row("basis", basis);
    if result.is_none() {
        row("remedy", &crate::text::screen(&control.remediation));
    }
    row("remedy", &crate::text::screen(&remedy));
    row("responsible", duty(control.duty));
    row("requirement", &crate::text::screen(&control.pass));
    row("source", &crate::text::screen(&control.clause));
    out
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Must => "must  ",
        Severity::Should => "should",
        Severity::May => "may   ",
    }
}

fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Producer => "producer",
        Duty::Consumer => "consumer",
        Duty::Both => "producer and consumer",
    }
}
