//! How a snapshot and the present, or two snapshots, differ: rows in groups, the worst first, and beneath what changed of
//! the chosen one. Only the rows in sight are built.

use crate::report::snapshot::{change, side, summary};
use crate::snapshot::{Change, Diff, ModelChange, Turn, Weight, Word};
use crate::text::{count, screen};
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::changes::ChangeRow;
use crate::tui::theme::Role;
use crate::workbench::JobState;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

/// Cells of a model's name.
const NAME_CELLS: usize = 40;

/// Draws it.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Option<usize> {
    let Some(diff) = &app.changes.diff else {
        let inside = pen.boxed(frame, area, app.screen.word());
        lines(frame, inside, &waiting(app, pen, usize::from(inside.width)), 0);
        return None;
    };
    let [head, list, detail] =
        Layout::vertical([Constraint::Length(3), Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    let said = [
        pen.line(Role::Muted, format!(" {} → {}", side(&diff.before), side(&diff.after))),
        pen.line(
            if diff.is_same() { Role::Pass } else { Role::Text },
            format!(" {}", screen(&summary(diff))),
        ),
    ];
    for (y, line) in (head.y..).zip(&said) {
        put(frame, head.x, y, line, head.width);
    }
    draw_rows(app, diff, pen, frame, list);
    draw_detail(app, diff, pen, frame, detail);
    None
}

/// What is said while there is no difference to show: nothing asked, being found out, failed.
fn waiting(app: &App, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let job = app.changes.job.and_then(|id| app.jobs.iter().find(|job| job.id == id));
    match job.map(|job| &job.state) {
        None if !app.changes.is_asked => {
            vec![pen.line(Role::Muted, " no snapshot is compared: D names one, or two")]
        }
        Some(JobState::Failed(error)) => {
            let mut text = pen.wrapped(
                vec![pen.span(Role::Error, "✗ ")],
                Role::Error,
                &screen(&error.to_string()),
                columns,
            );
            if let Some(help) = &error.help {
                text.extend(pen.wrapped(
                    vec![pen.span(Role::Accent, "→ ")],
                    Role::Text,
                    &screen(help),
                    columns,
                ));
            }
            text
        }
        Some(JobState::Cancelled) => vec![pen.line(Role::Unknown, " ? cancelled: D compares again")],
        _ => {
            let percent = job.map_or(0, |job| job.done.percent());
            vec![pen.line(Role::Muted, format!(" comparing … {percent} %"))]
        }
    }
}

fn draw_rows(app: &App, diff: &Diff, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = &app.changes.rows;
    let models = rows.iter().take(app.changes.cursor + 1).filter(|row| matches!(row, ChangeRow::Model(_)));
    let title = match diff.models.len() {
        0 => "Changes".to_owned(),
        all => format!("Changes · {} of {}", models.count(), count(all, "model")),
    };
    let inside = pen.boxed(frame, area, &title);
    if rows.is_empty() {
        lines(frame, inside, &[pen.line(Role::Pass, " ✓ nothing changed")], 0);
        return;
    }
    let first = first_row(app.changes.cursor, rows.len(), inside.height);
    for (y, (position, row)) in (inside.y..inside.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let is_chosen = position == app.changes.cursor;
        let line = match row {
            ChangeRow::Head(turn, many) => pen.line(head_role(*turn), format!(" {} · {many}", turn.words())),
            ChangeRow::General(at) => match diff.general.get(*at) {
                Some(one) => pen.line(weight_role(one.weight), format!("   {}", change(one))),
                None => Line::default(),
            },
            ChangeRow::Model(at) => match diff.models.get(*at) {
                Some(model) => row_of(model, pen, is_chosen),
                None => Line::default(),
            },
        };
        put(frame, inside.x, y, &line, inside.width);
        if is_chosen {
            choose(frame, pen, inside, y);
        }
    }
}

fn row_of(model: &ModelChange, pen: Pen<'_>, is_chosen: bool) -> Line<'static> {
    let weight = model.weight();
    let more = model.changes.len().saturating_sub(1) + model.more;
    let more = if more > 0 { format!(" · {more} more") } else { String::new() };
    // What a row is about stands in its group already.
    let first = model.changes.iter().find(|one| is_told_by(model.turn, one)).or(model.changes.first());
    let first = first.map(said).unwrap_or_default();
    Line::from(vec![
        pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " }),
        pen.span(weight_role(weight), format!("{} ", weight.glyph())),
        pen.span(Role::Text, fit(&model.id.screen(), NAME_CELLS)),
        pen.span(Role::Muted, format!("  {first}{more}")),
    ])
}

/// Whether a change is what put a model into its group: the worst one, but for levels.
fn is_told_by(turn: Turn, change: &Change) -> bool {
    turn != Turn::Changed && change.weight == Weight::Worse
}

/// A change without its glyph, which stands before the row.
fn said(one: &Change) -> String {
    let text = change(one);
    text.split_once(' ').map_or(text.clone(), |(_, rest)| rest.to_owned())
}

fn draw_detail(app: &App, diff: &Diff, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let Some(model) = app.changes.chosen() else {
        let inside = pen.boxed(frame, area, "Workspace");
        let columns = usize::from(inside.width);
        let text: Vec<Line<'_>> = diff
            .general
            .iter()
            .flat_map(|one| pen.wrapped(Vec::new(), weight_role(one.weight), &change(one), columns))
            .collect();
        lines(frame, inside, &text, 0);
        return;
    };
    let word = match model.word {
        Word::Added => "added",
        Word::Removed => "removed",
        Word::Changed => "changed",
    };
    let inside = pen.boxed(frame, area, &format!("{} · {word}", model.id.screen()));
    let columns = usize::from(inside.width);
    let mut text: Vec<Line<'static>> = Vec::new();
    for one in &model.changes {
        if text.len() > usize::from(inside.height) {
            break;
        }
        text.extend(pen.wrapped(Vec::new(), weight_role(one.weight), &change(one), columns));
    }
    if model.more > 0 {
        text.push(pen.line(Role::Muted, format!("· and {}", count(model.more, "more change"))));
    }
    if text.len() > usize::from(inside.height)
        && let Some(last) = text.get_mut(usize::from(inside.height.saturating_sub(1)))
    {
        let all = count(model.changes.len() + model.more, "change");
        *last = pen.line(Role::Muted, format!("… {all} in all: touchmark diff lists them"));
    }
    lines(frame, inside, &text, 0);
}

fn head_role(turn: Turn) -> Role {
    match turn {
        Turn::LevelDown | Turn::NewFailure => Role::Fail,
        Turn::Added | Turn::Removed | Turn::Changed => Role::Title,
    }
}

fn weight_role(weight: Weight) -> Role {
    match weight {
        Weight::Worse => Role::Fail,
        Weight::Attention => Role::Warn,
        Weight::Better => Role::Pass,
        Weight::Neutral => Role::Muted,
    }
}
