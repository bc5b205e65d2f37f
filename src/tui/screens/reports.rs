//! The screen of reports: the kinds, the choices for the chosen one, what it comes to as text, and the command line
//! that is the same.

use crate::commands::{Cmd, REPORTS};
use crate::text::width;
use crate::tui::screens::paint::{Pane, Pen, choose, first_row, fit, lines, put, reported, scrolled, wrap};
use crate::tui::state::app::App;
use crate::tui::state::hit::{Drawn, Hit, Under};
use crate::tui::state::outputs::{Ended, Output, Printed};
use crate::tui::state::reported::ReportPane;
use crate::tui::state::reporting::{self, ReportRow};
use crate::tui::theme::Role;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// From this height on the command has more rows.
const TALL: u16 = 34;
/// Rows of a kind that says what it answers.
const TOLD_ROWS: u16 = 3;
/// Cells of what stands before a value.
const LABEL_CELLS: usize = 7;

/// Draws it.
pub fn draw(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let columns = usize::from(area.width.saturating_sub(4));
    let text = command(app, pen, columns, if area.height < TALL { 2 } else { 6 });
    let rows = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let [top, below] = Layout::vertical([Constraint::Min(0), Constraint::Length(rows + 2)]).areas(area);
    let left = (area.width * 2 / 5).clamp(32, 56);
    let [side, right] = Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(top);
    let many = |many: usize| u16::try_from(many).unwrap_or(u16::MAX);
    let (kinds, choices) = (many(REPORTS.len()), many(reporting::rows(app).len()));
    // The borders of both.
    let room = side.height.saturating_sub(4);
    // Where there is no room for both, the one that the keys are on has more.
    let (kinds, is_told) = match app.reports.pane {
        _ if kinds * TOLD_ROWS + choices <= room => (kinds * TOLD_ROWS, true),
        _ if kinds + choices <= room => (kinds, false),
        ReportPane::Choices => (1, false),
        _ => (kinds, false),
    };
    let [kinds, choices] = Layout::vertical([Constraint::Length(kinds + 2), Constraint::Min(3)]).areas(side);
    let mut drawn = draw_kinds(app, pen, frame, kinds, is_told);
    drawn.add(draw_choices(app, pen, frame, choices));
    drawn.add(draw_preview(app, pen, frame, right, is_told));
    let inside = pen.pane(frame, below, &Pane::new("Command").note(&copied(app)));
    lines(frame, inside, &text, 0);
    drawn
}

fn copied(app: &App) -> String {
    format!("{} copies", app.key_of(Cmd::Copy))
}

fn draw_kinds(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, is_told: bool) -> Drawn {
    let place = app.reports.place();
    let note = format!("{} of {}", place + 1, REPORTS.len());
    let focused = app.reports.pane == ReportPane::Kinds;
    let inside = pen.pane(frame, area, &Pane::new("Reports").note(&note).focused(focused));
    let mut drawn = Drawn::default();
    let columns = usize::from(inside.width);
    let each: u16 = if is_told { TOLD_ROWS } else { 1 };
    let first = first_row(place, REPORTS.len(), inside.height / each);
    let mut y = inside.y;
    for (at, kind) in REPORTS.iter().enumerate().skip(first) {
        if y >= inside.bottom() {
            break;
        }
        let is_chosen = at == place;
        let row = Line::from(vec![
            pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " }),
            pen.span(Role::Text, kind.name),
        ]);
        put(frame, inside.x, y, &row, inside.width);
        if is_chosen {
            choose(frame, pen, inside, y);
        }
        let rows = each.min(inside.bottom() - y);
        for (line, text) in (1..rows).zip(wrap(kind.about, columns.saturating_sub(5))) {
            put(frame, inside.x, y + line, &pen.line(Role::Muted, format!("    {text}")), inside.width);
        }
        let area = Rect::new(inside.x, y, inside.width, rows);
        drawn.hits.push(Hit { area, under: Under::PaneTab(at) });
        y += each;
    }
    drawn
}

fn draw_choices(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let rows = reporting::rows(app);
    let focused = app.reports.pane == ReportPane::Choices;
    let at = app.reports.row.min(rows.len().saturating_sub(1));
    let note = if focused { format!("{} of {}", at + 1, rows.len()) } else { String::new() };
    let inside = pen.pane(frame, area, &Pane::new("Choices").note(&note).focused(focused));
    let mut drawn = Drawn::default();
    let first = first_row(at, rows.len(), inside.height);
    for (y, (place, row)) in (inside.y..inside.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let is_chosen = focused && place == at;
        put(frame, inside.x, y, &choice(app, pen, *row, is_chosen, usize::from(inside.width)), inside.width);
        if is_chosen {
            choose(frame, pen, inside, y);
        }
        let area = Rect::new(inside.x, y, inside.width, 1);
        drawn.hits.push(Hit { area, under: Under::PaneTab(REPORTS.len() + place) });
    }
    drawn
}

fn choice(app: &App, pen: Pen<'_>, row: ReportRow, is_chosen: bool, columns: usize) -> Line<'static> {
    let mut spans = vec![pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " })];
    let room = columns.saturating_sub(LABEL_CELLS + 3);
    if let ReportRow::Form(word) = row {
        let taken = reporting::forms(app).contains(&word);
        let (role, sign) = if taken { (Role::Pass, "[✓] ") } else { (Role::Muted, "[ ] ") };
        let value = reporting::value(app, row).unwrap_or_default();
        spans.extend([pen.span(role, sign), pen.span(Role::Text, value)]);
        return Line::from(spans);
    }
    spans.push(pen.span(Role::Muted, fit(row.label(), LABEL_CELLS)));
    let (role, value) = match reporting::value(app, row) {
        Ok(value) => (Role::Text, value),
        Err(why) => (Role::Warn, format!("! {why}")),
    };
    spans.push(pen.span(role, if width(&value) > room { fit(&value, room) } else { value }));
    Line::from(spans)
}

fn draw_preview(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, is_told: bool) -> Drawn {
    let preview = &app.reports.preview;
    let focused = app.reports.pane == ReportPane::Preview;
    let name = app.reports.kind().map_or("", |kind| kind.name);
    let state = match preview.shown() {
        _ if preview.is_being_made() => "being made …".to_owned(),
        Some(shown) if shown.is_cut => "the first lines".to_owned(),
        Some(shown) => crate::text::count(shown.lines.len(), "line"),
        None => String::new(),
    };
    let title = format!("Preview · {name}");
    let inside = pen.pane(frame, area, &Pane::new(&title).note(&state).focused(focused));
    let mut drawn = Drawn::default().with(Hit::text(inside));
    let columns = usize::from(inside.width.saturating_sub(2)).max(8);
    let told = |role, text: &str| pen.wrapped(vec![Span::raw(" ")], role, text, columns);
    // What the kind answers stands in front of the text, where it does not stand beside its name.
    let mut text: Vec<Line<'static>> = match app.reports.kind() {
        Some(kind) if !is_told => told(Role::Muted, &sentence(kind.about)),
        _ => Vec::new(),
    };
    if !text.is_empty() {
        text.push(Line::default());
    }
    let none = match (reporting::hindrance(app), reporting::preview_words(app), preview.shown()) {
        (Some(why), ..) => Some((Role::Warn, why)),
        (_, Err(why), _) => Some((Role::Muted, sentence(&why))),
        (_, _, None) => Some((Role::Muted, "The preview is being made …".to_owned())),
        _ => None,
    };
    if let Some((role, words)) = none {
        text.extend(told(role, &words));
        lines(frame, inside, &text, 0);
        return drawn;
    }
    let Some(shown) = preview.shown() else { return drawn };
    text.extend(shown.lines.iter().flat_map(|line| printed(pen, line, columns)));
    if shown.is_cut {
        let key = app.key_of(Cmd::WriteReport);
        text.extend(told(Role::Warn, &format!("… and more: {key} writes it whole")));
    }
    text.extend(failed(shown).map(|words| pen.line(Role::Error, format!(" ✗ {words}"))));
    let furthest = scrolled(frame, inside, &text, app.scroll);
    drawn.furthest = Some(furthest);
    drawn
}

/// A line as it was printed; an error and what to do about it in their colours.
fn printed(pen: Pen<'_>, line: &Printed, columns: usize) -> Vec<Line<'static>> {
    let head = || vec![Span::raw(" ")];
    match (line.is_aside, line.text.strip_prefix("help: ")) {
        (true, Some(help)) => pen.wrapped(vec![pen.span(Role::Accent, " → ")], Role::Text, help, columns),
        (true, None) => pen.wrapped(head(), Role::Error, &line.text, columns),
        (false, _) => reported(pen, &line.text, columns),
    }
}

/// How it ended, where that is not well. What was cut was cancelled by us.
fn failed(shown: &Output) -> Option<String> {
    let ended = shown.ended.as_ref().filter(|ended| !ended.is_good())?;
    (!shown.is_cut || *ended != Ended::Cancelled).then(|| ended.words())
}

fn sentence(why: &str) -> String {
    let mut chars = why.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// The command over at most so many rows, and what Enter does with it.
fn command(app: &App, pen: Pen<'_>, columns: usize, most: usize) -> Vec<Line<'static>> {
    let mut text: Vec<Line<'static>> = Vec::new();
    match reporting::command(app) {
        Ok(command) => {
            let mut rows = wrap(&command, columns.saturating_sub(2));
            if rows.len() > most {
                rows.truncate(most);
                if let Some(last) = rows.last_mut() {
                    *last = format!("{} …", crate::text::clip(last, columns.saturating_sub(4)));
                }
            }
            let head = |at: usize| if at == 0 { " $ " } else { "   " };
            for (at, row) in rows.into_iter().enumerate() {
                text.push(Line::from(vec![pen.span(Role::Accent, head(at)), pen.span(Role::Text, row)]));
            }
        }
        Err(why) => text.push(pen.line(Role::Muted, format!(" {}", sentence(&why)))),
    }
    text.push(what_now(app, pen));
    text
}

/// What comes next, or why it cannot be written.
fn what_now(app: &App, pen: Pen<'_>) -> Line<'static> {
    let key = app.key_of(Cmd::WriteReport);
    if reporting::hindrance(app).is_some() {
        return pen.line(Role::Warn, " ! nothing to write");
    }
    if app.read_only {
        return pen
            .line(Role::Warn, " ! opened read-only: nothing is written here; the command can be copied");
    }
    match reporting::written_words(app, false) {
        Ok((_, files)) if files.len() == 1 => pen.line(Role::Muted, format!(" {key} writes it as a job")),
        Ok((_, files)) => pen.line(Role::Muted, format!(" {key} writes {} files as a job", files.len())),
        Err(why) => pen.line(Role::Warn, format!(" ! {why}")),
    }
}
