//! The maturity screen of a model: three gauges, a lamp for every control of the chosen level with its details beneath,
//! the chosen control, and the cheapest way up. The whole inventory is next door.

use crate::commands::Cmd;
use crate::decision::{Decision, Verdict};
use crate::maturity::{Control, ControlResult, Duty, Severity};
use crate::report::way_up::{step as what, way_title};
use crate::signing::{Outcome, Thing, Verification};
use crate::text::{count, width};
use crate::tui::screens::paint::{
    Pane, Pen, bounded, choose, first_row, fit, lines, outcome_role, put, scrolled,
};
use crate::tui::screens::survey;
use crate::tui::state::app::App;
use crate::tui::state::controls::{of_level, outcome_of, result_of};
use crate::tui::state::hit::{Drawn, Hit};
use crate::tui::theme::Role;
use crate::view::View;
use crate::view::way_up::WayUp;
use crate::words::controls::control as words_of;
use crate::words::names::named;
use crate::words::remedies::of_model;
use crate::words::way_up::{assumed, party};
use crate::words::{Face, caps, levels};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// The levels that the rubric describes.
const LEVELS: u8 = 3;
/// From this width on the gauges stand beside the lamps; narrower, above them.
const GAUGES_BESIDE: u16 = 100;
/// From this width on the chosen control has a pane of its own beside the lamps.
const DETAIL_BESIDE: u16 = 140;
/// From this width on the name of a level stands beside its gauge, cut if it has to be; narrower, beneath it.
const NAME_BESIDE: usize = 60;
/// The pane of the way up is at least this high.
const PANE_HEIGHT: u16 = 6;
/// Rows of the details beneath the list, where there is room for both: what is most asked for.
const DETAIL_HEIGHT: u16 = 8;
/// Rows of the pane of the controls beside the list: borders, two rows of lamps and a gap.
const CONTROLS_AROUND: u16 = 5;
/// Cells of a lamp in the strip: sign, number and a gap.
const LAMP: usize = 5;

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    if app.whole {
        return survey::draw(app, view, pen, frame, area);
    }
    let Some((index, model)) = app.model() else {
        let inside = pen.pane(frame, area, &Pane::new("Maturity").focused(true));
        let text = [
            pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)"),
            pen.line(Role::Muted, format!(" {} shows the whole inventory", app.key_of(Cmd::Survey))),
        ];
        lines(frame, inside, &text, 0);
        return Drawn::default();
    };
    let name = named(&model.name.screen(), view.name_mark(index));
    let verdict = view.verdict(index);
    let way_up = view.way_up(index);
    let shown = Shown { app, view, index, verdict: verdict.as_ref(), way_up: way_up.as_ref() };
    if area.width >= GAUGES_BESIDE {
        let pane = way_pane(&shown, pen, area);
        let below = pane.as_ref().map_or(0, |(_, _, height)| *height);
        // What does not fit stands at the end of the details, which scroll.
        let is_cut = pane.as_ref().is_some_and(|(_, text, height)| text.len() + 2 > usize::from(*height));
        let [area, bottom] = Layout::vertical([Constraint::Min(0), Constraint::Length(below)]).areas(area);
        if let Some((title, text, _)) = &pane {
            let note = if is_cut { "PgDn in the details shows all" } else { "" };
            let inside = pen.pane(frame, bottom, &Pane::new(title).note(note));
            lines(frame, inside, text, 0);
        }
        let left = if area.width >= DETAIL_BESIDE { 40 } else { 36 };
        let [left, rest] = Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(area);
        let inside = pen.pane(frame, left, &Pane::new(&name));
        let columns = usize::from(inside.width);
        let mut text = standing(&shown, pen, columns);
        text.push(Line::default());
        for level in 1..=LEVELS {
            text.extend(gauge(&shown, level, pen, columns));
            text.push(Line::default());
        }
        if let Some(cap) = shown.verdict.and_then(|verdict| verdict.cap.as_ref()) {
            let head = vec![pen.span(Role::Warn, "! ")];
            text.extend(pen.wrapped(head, Role::Text, &caps::cap(cap).screen(), columns));
        }
        if pane.is_none() {
            text.extend(
                way(&shown, pen, columns)
                    .into_iter()
                    .flat_map(|(title, steps)| std::iter::once(pen.rule(&title, columns)).chain(steps)),
            );
        }
        if text.len() > usize::from(inside.height) {
            text.retain(|line| line.width() > 0);
        }
        let scope = crate::maturity::SCOPE;
        let note = pen.wrapped(Vec::new(), Role::Muted, scope, columns);
        if text.len() + note.len() < usize::from(inside.height) {
            text.resize(usize::from(inside.height) - note.len(), Line::default());
            text.extend(note);
        }
        lines(frame, inside, &text, 0);
        return draw_controls(&shown, pen, frame, rest, (!is_cut, area.width >= DETAIL_BESIDE));
    }
    // The steps stand at the end of the details: what they lead to is in sight without scrolling.
    let first_way = shown.way_up.and_then(|way_up| Some((way_up, way_up.first()?)));
    let height = if first_way.is_some() { 5 } else { 4 };
    let [top, rest] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area);
    let mut text = Vec::new();
    let mut first = Line::from(vec![pen.span(Role::Title, format!(" {name}")), Span::raw("  ")]);
    if let Some(line) = standing(&shown, pen, usize::from(top.width)).into_iter().next() {
        first.extend(line.spans);
    }
    text.push(first);
    for level in 1..=LEVELS {
        text.extend(gauge(&shown, level, pen, usize::from(top.width)).into_iter().take(1));
    }
    if let Some((way_up, ways)) = first_way {
        let title = way_title(ways, way_up.to_effective.is_some());
        let shows = if ways.ways.is_empty() { "" } else { " · PgDn shows it" };
        text.push(pen.line(Role::Accent, format!(" {title}{shows}")));
    }
    lines(frame, top, &text, 0);
    draw_controls(&shown, pen, frame, rest, (false, false))
}

/// The model that is shown.
struct Shown<'a> {
    app: &'a App,
    view: &'a View,
    index: usize,
    verdict: Option<&'a Verdict>,
    way_up: Option<&'a WayUp>,
}

impl Shown<'_> {
    fn outcome(&self, control: &Control) -> Outcome {
        let results = self.verdict.map(|verdict| verdict.assessment.controls.as_slice()).unwrap_or_default();
        outcome_of(result_of(control, results))
    }

    fn words(&self, control: &Control, result: &ControlResult) -> (String, String) {
        let (found, remedy) = words_of(result, control, self.thing(), Face::Tui);
        let remedy = match self.verdict {
            Some(verdict) => of_model(remedy, &verdict.model),
            None => remedy,
        };
        (found.screen(), crate::text::screen(&remedy))
    }

    fn thing(&self) -> (Option<&Verification>, Thing) {
        let kind = self.view.models.get(self.index).map(|model| model.kind.into()).unwrap_or_default();
        (self.view.verification(self.index), kind)
    }
}

/// Own and effective level, the decision, and what caps it.
fn standing(shown: &Shown<'_>, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some(verdict) = shown.verdict else { return vec![pen.line(Role::Muted, "not judged yet")] };
    let score = &verdict.assessment.score;
    if verdict.decision == Decision::NotJudged {
        return vec![pen.line(Role::Muted, "· level not judged: V verifies it")];
    }
    let mut line = Line::from(pen.level(verdict.effective).to_vec());
    let (own, effective) = (score.star.level(score.own), score.star.level(verdict.effective));
    line.push_span(match score.own == verdict.effective {
        true => pen.span(Role::Title, format!(" {own}")),
        false => pen.span(Role::Warn, format!(" {own}→{}", effective.trim_start_matches('L'))),
    });
    line.push_span(pen.span(Role::Muted, format!("{} · ", verdict.adjective())));
    line.push_span(pen.decision(verdict.decision));
    let star = levels::star(score, verdict.effective);
    let mut out = vec![line];
    if !star.is_empty() {
        out.extend(pen.wrapped(Vec::new(), Role::Muted, star, columns));
    }
    out
}

/// A level: its gauge and name, and beneath it how many controls came to what, on as many lines as that takes.
fn gauge(shown: &Shown<'_>, level: u8, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    const GAUGE: usize = 12;
    let controls: Vec<&Control> = of_level(&shown.view.rubric, level).collect();
    let count = |wanted: Outcome| controls.iter().filter(|c| shown.outcome(c) == wanted).count();
    let applicable = controls.len() - count(Outcome::NotApplicable);
    let unknown = count(Outcome::Unknown);
    let score = shown.verdict.map(|verdict| &verdict.assessment.score);
    let above = score.and_then(|score| score.above.iter().find(|above| above.level == level));
    let percent = match score {
        Some(score) if level <= score.own => 100,
        Some(score) if level == score.next => usize::from(score.percent),
        _ => above.map_or(0, |above| usize::from(above.percent)),
    };
    // 0 % of unexamined controls is not a measurement.
    let is_measured = unknown < applicable;
    let is_above = score.is_some_and(|score| level > score.next);
    let name = shown.view.rubric.level_names.get(usize::from(level) - 1);
    let name = name.map(|name| crate::text::screen(name)).unwrap_or_default();
    let is_chosen = level == shown.app.level;
    let reached = score.is_some_and(|score| level <= score.own);
    let mut line = Line::from(vec![
        pen.span(Role::Accent, if is_chosen { "▸" } else { " " }),
        pen.span(if is_chosen { Role::Title } else { Role::Text }, format!("L{level} ")),
    ]);
    line.extend(match is_above {
        // What is there of it counts once the level below is reached.
        true => pen.hatched(percent, 100, GAUGE),
        false => pen.gauge(if reached { Role::Pass } else { Role::Accent }, percent, 100, GAUGE),
    });
    line.push_span(match is_measured {
        true => pen.span(Role::Text, format!(" {percent:>3} % ")),
        false => pen.span(Role::Muted, "   –   "),
    });
    let beside = columns.saturating_sub(line.width());
    let is_whole = width(&name) <= beside;
    if is_whole || columns >= NAME_BESIDE {
        line.push_span(pen.span(Role::Muted, fit(&name, beside)));
    }
    let mut counts = vec![Line::from(pen.span(Role::Muted, "   "))];
    for outcome in [Outcome::Pass, Outcome::Partial, Outcome::Fail, Outcome::Missing, Outcome::Unknown] {
        let many = count(outcome);
        if many == 0 {
            continue;
        }
        let text = format!(" {} {many} {}", outcome.glyph(), outcome.word());
        if counts.last().is_none_or(|last| last.width() + width(&text) > columns) {
            counts.push(Line::from(pen.span(Role::Muted, "   ")));
        }
        if let Some(last) = counts.last_mut() {
            last.push_span(pen.span(outcome_role(outcome), text));
        }
    }
    let mut out = vec![line];
    out.extend(counts);
    if !is_whole {
        // What the model can do has two names: the paper's, and that of the maturity model.
        out.extend(pen.wrapped(vec![Span::raw("   ")], Role::Muted, &name, columns));
    }
    out
}

/// What caps the model, and the cheapest way up with its commands.
fn way_up(shown: &Shown<'_>, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    if let Some(cap) = shown.verdict.and_then(|verdict| verdict.cap.as_ref()) {
        let head = vec![pen.span(Role::Warn, "! ")];
        out.extend(pen.wrapped(head, Role::Text, &caps::cap(cap).screen(), columns));
    }
    let Some((title, text)) = way(shown, pen, columns) else { return out };
    out.push(pen.rule(&title, columns));
    out.extend(text);
    out
}

/// The cheapest way up: what it leads to, and its steps, each with its command.
fn way(shown: &Shown<'_>, pen: Pen<'_>, columns: usize) -> Option<(String, Vec<Line<'static>>)> {
    let way_up = shown.way_up?;
    let ways = way_up.first()?;
    let title = way_title(ways, way_up.to_effective.is_some());
    let mut out = Vec::new();
    let Some(way) = ways.ways.first() else { return Some((title, out)) };
    for (number, step) in (1..).zip(&way.steps) {
        let head = vec![pen.span(Role::Accent, format!("{number:>2} "))];
        let controls = crate::text::screen(&step.controls.join(" "));
        let gap = if controls.is_empty() { "" } else { " · " };
        let text = format!("{} · {}{gap}{controls}", what(shown.view, step, Face::Tui), party(step.party));
        out.extend(pen.wrapped(head, Role::Text, &text, columns));
        if let Some(command) = &step.command {
            out.extend(pen.wrapped(
                vec![Span::raw("   ")],
                Role::Muted,
                &crate::text::screen(command),
                columns,
            ));
        }
        if let Some(assumption) = step.assumed {
            out.extend(pen.wrapped(vec![Span::raw("   ")], Role::Warn, assumed(assumption), columns));
        }
    }
    let more = ways.ways.len().saturating_sub(1);
    let asks = way.steps.iter().any(|step| !step.blanks.is_empty());
    let note = match (asks, more) {
        (false, 0) => String::new(),
        (true, 0) => "score --next says what the variables stand for".to_owned(),
        (false, _) => format!("score --next lists {} too", count(more, "other way")),
        (true, _) => {
            format!(
                "score --next says what the variables stand for, and lists {} too",
                count(more, "other way")
            )
        }
    };
    if !note.is_empty() {
        out.extend(pen.wrapped(vec![Span::raw("   ")], Role::Muted, &note, columns));
    }
    Some((title, out))
}

/// The pane at the bottom, where there is room for one: as high as its text, at most a third, and less where the list
/// of controls above would be cut.
fn way_pane(shown: &Shown<'_>, pen: Pen<'_>, area: Rect) -> Option<(String, Vec<Line<'static>>, u16)> {
    let (title, text) = way(shown, pen, usize::from(area.width.saturating_sub(2)))?;
    let wanted = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let controls = u16::try_from(shown.app.controls().len()).unwrap_or(u16::MAX);
    let beside = area.width >= DETAIL_BESIDE;
    let taken = CONTROLS_AROUND + if beside { 0 } else { DETAIL_HEIGHT };
    let spared = area.height.saturating_sub(controls.saturating_add(taken));
    let most = spared.max(area.height / 4).min(area.height / 3);
    (most >= PANE_HEIGHT && !text.is_empty()).then_some((title, text, wanted.min(most)))
}

/// The tabs of this screen.
pub fn tabs() -> Vec<String> {
    let mut tabs: Vec<String> = (1..=LEVELS).map(|level| format!("Level {level}")).collect();
    tabs.push("Inventory".to_owned());
    tabs
}

/// The controls of the level and the chosen one; whether the way up stands elsewhere in full, and whether the chosen one
/// has a pane beside them.
fn draw_controls(
    shown: &Shown<'_>,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    (way_elsewhere, beside): (bool, bool),
) -> Drawn {
    let app = shown.app;
    let rows = app.controls();
    let current = usize::from(app.level.saturating_sub(1));
    let mut drawn = Drawn::default();
    let (area, detail) = match beside {
        true => {
            let halves = [Constraint::Fill(1), Constraint::Fill(1)];
            let [left, right] = Layout::horizontal(halves).areas(area);
            (left, Some(right))
        }
        false => (area, None),
    };
    let (inside, hits) = pen.tabbed(frame, area, (&tabs(), current), true);
    drawn.hits.extend(hits);
    if rows.is_empty() {
        let text =
            format!(" the rubric {} has no control here", crate::text::screen(&shown.view.rubric.schema));
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return drawn;
    }
    let strip = lamps(&rows, app.control, pen, usize::from(inside.width));
    let strip_rows = u16::try_from(strip.len()).unwrap_or(0);
    let strip_rows = match inside.height.saturating_sub(strip_rows) {
        0..12 => 0,
        // A row between them is worth less than one of the details.
        12..14 => strip_rows,
        _ => strip_rows + 1,
    };
    // The list keeps some rows, and the details what is most asked for; the list then has all it can use.
    let left = inside.height.saturating_sub(strip_rows);
    let unused = left.saturating_sub(u16::try_from(rows.len()).unwrap_or(u16::MAX));
    let below = if detail.is_some() { 0 } else { unused.max(left.saturating_sub(5).min(DETAIL_HEIGHT)) };
    let [top, list, inner] =
        Layout::vertical([Constraint::Length(strip_rows), Constraint::Min(0), Constraint::Length(below)])
            .areas(inside);
    if strip_rows > 0 {
        lines(frame, top, &strip, 0);
    }
    let first = first_row(app.control, rows.len(), list.height);
    let musts =
        shown.verdict.map(|verdict| verdict.assessment.score.open_musts.as_slice()).unwrap_or_default();
    for (y, (position, (control, result))) in (list.y..list.bottom()).zip(rows.iter().enumerate().skip(first))
    {
        let outcome = outcome_of(result.as_ref());
        let mut line = Line::from(vec![
            pen.span(Role::Accent, if position == app.control { "▸" } else { " " }),
            pen.span(outcome_role(outcome), fit(&format!("{} {}", outcome.glyph(), outcome.word()), 10)),
            pen.span(Role::Muted, format!("{} ", crate::text::screen(&control.id))),
            pen.span(
                if musts.contains(&control.id) { Role::Warn } else { Role::Muted },
                format!("{} ", severity(control.severity)),
            ),
        ]);
        let badge = result.as_ref().and_then(|result| result.basis).map(|basis| pen.badge(basis));
        let taken = line.width() + badge.as_ref().map_or(0, |_| 5);
        let room = usize::from(list.width).saturating_sub(taken);
        line.push_span(pen.span(Role::Text, fit(&crate::text::screen(&control.title), room)));
        let line = match badge {
            Some(badge) => pen.at_right(line, vec![badge], usize::from(list.width) - 1),
            None => line,
        };
        put(frame, list.x, y, &line, list.width);
        if position == app.control {
            choose(frame, pen, list, y);
            let height = list.height.min(u16::try_from(rows.len() - first).unwrap_or(u16::MAX));
            drawn.hits.push(Hit::list(Rect { height, ..list }, y));
        }
    }
    let Some((control, result)) = rows.get(app.control) else { return drawn };
    let id = crate::text::screen(&control.id);
    match detail {
        Some(area) => {
            let note = format!("{} of {}", app.control + 1, rows.len());
            let inside = pen.pane(frame, area, &Pane::new(&id).note(&note));
            let columns = usize::from(inside.width);
            let mut text = explain(shown, control, result.as_ref(), pen, columns);
            if !way_elsewhere {
                text.extend(way_up(shown, pen, columns));
            }
            drawn.furthest = Some(scrolled(frame, inside, &text, app.scroll));
            drawn.hits.push(Hit::text(inside));
        }
        None => {
            let columns = usize::from(inner.width);
            let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inner);
            let mut text = explain(shown, control, result.as_ref(), pen, columns);
            if !way_elsewhere {
                text.extend(way_up(shown, pen, columns));
            }
            let (first, furthest) = bounded(app.scroll, text.len(), body.height);
            let more = if first < furthest { " · PgDn for more" } else { "" };
            let place = format!("{id} · {} of {}{more}", app.control + 1, rows.len());
            lines(frame, head, &[pen.rule(&place, columns)], 0);
            lines(frame, body, &text, first);
            drawn.furthest = Some(furthest);
            drawn.hits.push(Hit::text(body));
        }
    }
    drawn
}

/// A lamp for every control: its sign above its number, the chosen one marked.
fn lamps(
    rows: &[(&Control, Option<ControlResult>)],
    chosen: usize,
    pen: Pen<'_>,
    columns: usize,
) -> Vec<Line<'static>> {
    let a_row = (columns.saturating_sub(1) / LAMP).max(1);
    let mut out = Vec::new();
    for (start, part) in (0..).step_by(a_row).zip(rows.chunks(a_row)) {
        let mut line = Line::from(Span::raw(" "));
        for (position, (control, result)) in (start..).zip(part) {
            let outcome = outcome_of(result.as_ref());
            let number = control.id.rsplit('.').next().unwrap_or_default();
            let text = format!("{}{}", outcome.glyph(), crate::text::screen(number));
            let (mark, end) = if position == chosen { ("▸", " ") } else { (" ", " ") };
            line.push_span(pen.span(Role::Accent, mark));
            line.push_span(pen.span(outcome_role(outcome), fit(&text, LAMP - 2)));
            line.push_span(Span::raw(end));
        }
        out.push(line);
    }
    out
}

fn explain(
    shown: &Shown<'_>,
    control: &Control,
    result: Option<&ControlResult>,
    pen: Pen<'_>,
    columns: usize,
) -> Vec<Line<'static>> {
    let head = vec![pen.outcome(outcome_of(result)), Span::raw("  ")];
    let mut out = pen.wrapped(head, Role::Title, &crate::text::screen(&control.title), columns);
    let (found, remedy) = match result {
        Some(result) => shown.words(control, result),
        None => (String::new(), crate::text::screen(&control.remediation)),
    };
    let basis = result.and_then(|result| result.basis);
    if basis.is_none() {
        out.extend(pen.fact("evidence", "none", None, columns));
    }
    let level = shown.view.rubric.level_names.get(usize::from(control.level).wrapping_sub(1));
    let level = level.map(|name| format!("L{}: {}", control.level, crate::text::screen(name)));
    for (name, value, basis) in [
        ("found", found, basis),
        ("what to do", remedy, None),
        ("who", duty(control.duty).to_owned(), None),
        ("requirement", crate::text::screen(&control.pass), None),
        ("evidence", crate::text::screen(&control.evidence), None),
        ("source", crate::text::screen(&control.clause), None),
        ("level", level.unwrap_or_default(), None),
    ] {
        if !value.is_empty() {
            out.extend(pen.fact(name, &value, basis, columns));
        }
    }
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
