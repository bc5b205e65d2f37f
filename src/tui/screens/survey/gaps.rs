//! The gaps: which control keeps how many models from their next level, and who has to act. Below, the chosen one.

use super::shown::Shown;
use crate::report::survey::{duty, outcomes};
use crate::text::{count, screen};
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::hit::{Drawn, Hit};
use crate::tui::state::surveying::SurveyPane;
use crate::tui::theme::Role;
use crate::view::Gap;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Draws it.
pub(super) fn draw(shown: &Shown<'_>, pen: Pen<'_>, frame: &mut Frame<'_>, inside: Rect) -> Drawn {
    let survey = shown.survey;
    let all = survey.measured.models;
    if survey.gaps.is_empty() {
        let text = match all {
            0 => " nothing is measured yet: * then V in the inventory verifies all",
            _ => " no must is open: every measured model has the highest level",
        };
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return Drawn::default();
    }
    let chosen = shown.chosen(SurveyPane::Gaps);
    let columns = usize::from(inside.width);
    let about = survey.gaps.get(chosen).map(|gap| chosen_gap(shown, gap, pen, columns)).unwrap_or_default();
    let foot = u16::try_from(about.len()).unwrap_or(0).min(inside.height / 2);
    let [head, list, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(foot)]).areas(inside);
    let number = survey.gaps.first().map_or(0, |gap| gap.models).to_string().len();
    let bar = if columns >= 90 { 20 } else { 4 };
    let counts = format!("{:>number$} of {all}", "").len();
    let titles = format!(
        "  {} {} {}{}what it asks",
        fit("models", counts),
        fit("", bar),
        fit("control", 8),
        fit("who", 9)
    );
    lines(frame, head, &[pen.line(Role::Muted, titles)], 0);
    let first = first_row(chosen, survey.gaps.len(), list.height);
    let mut drawn = Drawn::default();
    for (y, (position, gap)) in (list.y..list.bottom()).zip(survey.gaps.iter().enumerate().skip(first)) {
        let [full, rest] = pen.gauge(Role::Accent, gap.models, all, bar);
        let is_chosen = position == chosen;
        let line = Line::from(vec![
            pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " }),
            pen.span(Role::Title, format!("{:>number$} of {all}", gap.models)),
            Span::raw(" "),
            full,
            rest,
            Span::raw(" "),
            pen.span(Role::Text, fit(&screen(&gap.control), 8)),
            pen.span(Role::Muted, fit(duty(gap.duty), 9)),
            pen.span(Role::Text, screen(&gap.title)),
        ]);
        put(frame, list.x, y, &line, list.width);
        if is_chosen && shown.is_focused(SurveyPane::Gaps) {
            choose(frame, pen, list, y);
            let rows = u16::try_from(survey.gaps.len() - first).unwrap_or(u16::MAX);
            drawn.hits.push(Hit::list(Rect { height: list.height.min(rows), ..list }, y));
        }
    }
    lines(frame, foot, &about, 0);
    drawn
}

fn chosen_gap(shown: &Shown<'_>, gap: &Gap, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let place = format!(
        "{} · {} of {}",
        screen(&gap.control),
        shown.chosen(SurveyPane::Gaps) + 1,
        shown.survey.gaps.len()
    );
    let mut text = vec![pen.rule(&place, columns)];
    text.extend(pen.wrapped(vec![Span::raw(" ")], Role::Title, &screen(&gap.title), columns));
    let all = shown.survey.measured.models;
    let found = format!(
        "keeps {} of {} from level {}: {} · {}, {}",
        gap.models,
        count(all, "measured model"),
        gap.level,
        outcomes(&gap.outcomes),
        count(gap.exposure.deployments, "deployment"),
        count(gap.exposure.descendants, "descendant"),
    );
    text.extend(pen.wrapped(vec![Span::raw(" ")], Role::Muted, &found, columns));
    let control = shown.view.rubric.control(&gap.control);
    if let Some(control) = control {
        let head = vec![pen.span(Role::Accent, " → ")];
        text.extend(pen.wrapped(head, Role::Text, &screen(&control.remediation), columns));
    }
    text
}
