//! The whole inventory on the maturity screen: levels as bars, the gaps that keep most models back, producers as a heat
//! map. The numbers come with the state, once for a view.

use crate::maturity::Rubric;
use crate::text::count;
use crate::tui::screens::paint::{Pane, Pen, choose, first_row, fit, lines, put};
use crate::tui::state::app::App;
use crate::tui::state::hit::{Drawn, Hit};
use crate::tui::theme::Role;
use crate::view::{Producer, Survey, View};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// The levels, from the top.
const LEVELS: [usize; 4] = [3, 2, 1, 0];

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let names = match area.width {
        0..100 => ["L1", "L2", "L3", "Inventory"],
        _ => ["Level 1", "Level 2", "Level 3", "Inventory"],
    };
    let tabs: Vec<String> = names.iter().map(|tab| (*tab).to_owned()).collect();
    let Some(survey) = app.survey.as_ref().map(|(_, survey)| survey) else {
        let (inside, hits) = pen.tabbed(frame, area, (&tabs, 3), true);
        let text = format!(" counting {} …", count(view.models.len(), "model"));
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return Drawn { hits, ..Drawn::default() };
    };
    // The producers take what they need, and at most half.
    let wanted = u16::try_from(survey.producers.len() + 3).unwrap_or(u16::MAX).min(area.height / 2);
    let [top, below] = Layout::vertical([Constraint::Min(0), Constraint::Length(wanted)]).areas(area);
    let [left, right] =
        Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(top);
    let (inside, hits) = pen.tabbed(frame, left, (&tabs, 3), false);
    lines(frame, inside, &levels(survey, pen, inside), 0);
    let mut drawn = Drawn { hits, ..Drawn::default() };
    drawn.add(draw_gaps(app, survey, &view.rubric, pen, frame, right));
    draw_producers(survey, pen, frame, below);
    drawn
}

/// How many models have which level: their own, and what their ancestors leave of it.
fn levels(survey: &Survey, pen: Pen<'_>, inside: Rect) -> Vec<Line<'static>> {
    let columns = usize::from(inside.width);
    let most = survey.levels.iter().map(|l| l.own.models.max(l.effective.models)).max().unwrap_or(0);
    let number = most.to_string().len();
    let cells = columns.saturating_sub(2 * number + 8);
    let roomy = inside.height >= 10;
    let mut out = Vec::new();
    for level in LEVELS {
        let own = survey.levels.get(level).map_or(0, |level| level.own.models);
        let effective = survey.levels.get(level).map_or(0, |level| level.effective.models);
        let role = match level {
            0 => Role::Fail,
            1 => Role::Accent,
            _ => Role::Pass,
        };
        let row = |label: String, value: usize, role: Role, told: String| {
            Line::from(vec![
                pen.span(Role::Title, label),
                pen.bar(role, value, most, cells),
                pen.span(Role::Text, format!(" {told}")),
            ])
        };
        let told = match own == effective || roomy {
            true => own.to_string(),
            false => format!("{own}→{effective}"),
        };
        out.push(row(format!(" L{level}  "), own, role, told));
        if roomy && own == effective {
            out.push(Line::default());
        } else if roomy {
            out.push(row("     ".to_owned(), effective, Role::Muted, effective.to_string()));
        }
    }
    let capped = match survey.capped.models {
        0 => "no model loses a level to an ancestor".to_owned(),
        many => format!(
            "{} a level to an ancestor",
            if many == 1 { "1 model loses".to_owned() } else { format!("{many} models lose") }
        ),
    };
    out.push(pen.line(Role::Muted, format!(" {capped}")));
    if survey.not_measured.all.models > 0 {
        out.push(
            pen.line(
                Role::Muted,
                format!(" · {} not judged", count(survey.not_measured.all.models, "model")),
            ),
        );
    }
    out
}

/// What keeps most models back.
fn draw_gaps(
    app: &App,
    survey: &Survey,
    rubric: &Rubric,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
) -> Drawn {
    const BAR: usize = 12;
    let note = count(survey.gaps.len(), "control");
    let title = "What keeps most models back";
    let inside = pen.pane(frame, area, &Pane::new(title).note(&note).focused(true));
    if survey.gaps.is_empty() {
        let text = match survey.measured.models {
            0 => " nothing is judged yet: * then V in the inventory verifies all",
            _ => " no must is open: every model has the highest level",
        };
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return Drawn::default();
    }
    let most = survey.gaps.first().map_or(0, |gap| gap.models);
    let number = most.to_string().len();
    let [list, foot] = Layout::vertical([Constraint::Min(0), Constraint::Length(2)]).areas(inside);
    let first = first_row(app.gap, survey.gaps.len(), list.height);
    let mut drawn = Drawn::default();
    let title_of = |id: &str| {
        let control = rubric.controls.iter().find(|control| &*control.id == id);
        control.map(|control| crate::text::screen(&control.title)).unwrap_or_default()
    };
    for (y, (position, gap)) in (list.y..list.bottom()).zip(survey.gaps.iter().enumerate().skip(first)) {
        let [full, rest] = pen.gauge(Role::Accent, gap.models, survey.measured.models, BAR);
        let line = Line::from(vec![
            pen.span(Role::Accent, if position == app.gap { "▸" } else { " " }),
            pen.span(Role::Title, format!("{:>number$} ", gap.models)),
            full,
            rest,
            Span::raw(" "),
            pen.span(Role::Muted, format!("{} ", crate::text::screen(&gap.control))),
            pen.span(Role::Text, title_of(&gap.control)),
        ]);
        put(frame, list.x, y, &line, list.width);
        if position == app.gap {
            choose(frame, pen, list, y);
            let rows = u16::try_from(survey.gaps.len() - first).unwrap_or(u16::MAX);
            drawn.hits.push(Hit::list(Rect { height: list.height.min(rows), ..list }, y));
        }
    }
    if let Some(gap) = survey.gaps.get(app.gap) {
        let control = rubric.controls.iter().find(|control| control.id == gap.control);
        let remedy = control.map(|control| crate::text::screen(&control.remediation)).unwrap_or_default();
        let head = vec![pen.span(Role::Accent, " → ")];
        lines(frame, foot, &pen.wrapped(head, Role::Muted, &remedy, usize::from(foot.width)), 0);
    }
    drawn
}

/// Who makes how many models, how many of them are signed, and at which level they are.
fn draw_producers(survey: &Survey, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    const CELL: usize = 7;
    let note = "share signed · models by effective level";
    let title = format!("Producers · {}", survey.producers.len());
    let inside = pen.pane(frame, area, &Pane::new(&title).note(note));
    let columns = usize::from(inside.width);
    let gauge = if columns >= 100 { 20 } else { 10 };
    let name = columns.saturating_sub(gauge + 4 * CELL + 30).clamp(10, 36);
    let head = format!(
        " {}{:>8}  {}{:>CELL$}{:>CELL$}{:>CELL$}{:>CELL$}{:>9}",
        fit("producer", name),
        "models",
        fit("signed", gauge + 6),
        "L0 ",
        "L1 ",
        "L2 ",
        "L3 ",
        "refused"
    );
    let mut text = vec![pen.line(Role::Muted, head)];
    let room = usize::from(inside.height).saturating_sub(1);
    let left_out = survey.producers.len().saturating_sub(room);
    let shown = if left_out > 0 { room.saturating_sub(1) } else { room };
    for producer in survey.producers.iter().take(shown) {
        text.push(producer_row(producer, (name, gauge, CELL), pen));
    }
    if left_out > 0 {
        let rest: usize = survey.producers.iter().skip(shown).map(|producer| producer.models).sum();
        let more = survey.producers.len() - shown;
        let text_of = format!(" … {} with {}", count(more, "more producer"), count(rest, "model"));
        text.push(pen.line(Role::Muted, text_of));
    }
    lines(frame, inside, &text, 0);
}

fn producer_row(
    producer: &Producer,
    (name, gauge, cell): (usize, usize, usize),
    pen: Pen<'_>,
) -> Line<'static> {
    let shown = match producer.name.raw() {
        "" => "(no producer)".to_owned(),
        _ => producer.name.screen(),
    };
    let share = (producer.signed.yes * 100).checked_div(producer.models).unwrap_or(0);
    let role = match share {
        67.. => Role::Pass,
        34.. => Role::Warn,
        _ => Role::Fail,
    };
    let mut line = Line::from(vec![
        pen.span(Role::Title, format!(" {}", fit(&shown, name))),
        pen.span(Role::Text, format!("{:>8}  ", producer.models)),
    ]);
    line.extend(pen.gauge(role, producer.signed.yes, producer.models, gauge));
    line.push_span(pen.span(Role::Muted, format!("{share:>4} %")));
    for many in producer.effective {
        line.push_span(Span::raw(" "));
        line.push_span(pen.heat(many, producer.models, cell - 1));
    }
    line.push_span(match producer.refused {
        0 => pen.span(Role::Muted, format!("{:>9}", "–")),
        many => pen.span(Role::Fail, format!("{many:>9}")),
    });
    line
}
