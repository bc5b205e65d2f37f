//! The producers as a heat map: how many models, how many of them signed, at which level. A cell says its share by its
//! number and a sign of its own, not by its colour alone. Below, the chosen one.

use super::shown::Shown;
use crate::report::survey::{day, left_open, methods, percent, producer_name, shared, times};
use crate::text::{count, width};
use crate::tui::screens::inventory::names::cut;
use crate::tui::screens::paint::{Pen, choose, first_row, fit, lines, put};
use crate::tui::state::hit::{Drawn, Hit};
use crate::tui::state::surveying::SurveyPane;
use crate::tui::theme::Role;
use crate::view::Producer;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Rows beside those of the producers: the border, the head, the chosen one.
pub(super) const AROUND: usize = 3 + FOOT;
const FOOT: usize = 4;
/// From these widths on there are more columns.
const WITH_GAUGE: usize = 100;
const WITH_TIMES: usize = 116;
const WITH_METHODS: usize = 160;
/// Requests that are shown of the chosen producer; the others are counted.
const ASKS: usize = 3;

/// How wide the columns are.
struct Columns {
    name: usize,
    signed: usize,
    gauge: usize,
    cell: usize,
    times: bool,
    methods: bool,
}

impl Columns {
    fn of(producers: &[Producer], columns: usize) -> Self {
        let names = producers.iter().map(|producer| width(&producer_name(producer))).max().unwrap_or(0);
        let signed = producers.iter().map(|producer| width(&signed(producer))).max().unwrap_or(0);
        let models = producers.iter().map(|producer| producer.models).max().unwrap_or(0);
        let roomy = columns >= WITH_GAUGE;
        let cell = models.to_string().len() + if roomy { 4 } else { 3 };
        let cell = cell.max(5);
        let times = columns >= WITH_TIMES;
        let methods = columns >= WITH_METHODS;
        let gauge = if roomy { 10 } else { 0 };
        let signed = signed.max("signed".len());
        let more = if times { 14 } else { 0 } + if methods { 40 } else { 0 };
        let taken = 2 + 8 + gauge + 1 + signed + 2 + 5 * cell + more + 6 + 8;
        Columns {
            name: names.clamp(10, columns.saturating_sub(taken).max(10)),
            signed,
            gauge,
            cell,
            times,
            methods,
        }
    }
}

fn signed(producer: &Producer) -> String {
    match producer.signed.of() {
        0 => "–".to_owned(),
        all => format!("{}/{all} {}", producer.signed.yes, percent(&producer.signed)),
    }
}

/// Draws it.
pub(super) fn draw(shown: &Shown<'_>, pen: Pen<'_>, frame: &mut Frame<'_>, inside: Rect) -> Drawn {
    let producers = &shown.survey.producers;
    if producers.is_empty() {
        lines(frame, inside, &[pen.line(Role::Muted, " the inventory is empty")], 0);
        return Drawn::default();
    }
    let columns = usize::from(inside.width);
    let at = Columns::of(producers, columns);
    let chosen = shown.chosen(SurveyPane::Producers);
    let about = producers.get(chosen).map(|producer| about(producer, pen, columns)).unwrap_or_default();
    let is_focused = shown.is_focused(SurveyPane::Producers);
    let most = usize::from(inside.height / 2);
    let foot = if is_focused { about.len().min(most) } else { about.len().min(FOOT).min(most) };
    let foot = u16::try_from(foot).unwrap_or(0);
    let [head, list, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(foot)]).areas(inside);
    lines(frame, head, &[pen.line(Role::Muted, titles(&at))], 0);
    let first = first_row(chosen, producers.len(), list.height);
    let left = producers.len().saturating_sub(first + usize::from(list.height));
    let seen = producers.iter().skip(first).take(list.height.into());
    let names = cut(&seen.map(producer_name).collect::<Vec<String>>(), at.name);
    let rows = producers.iter().enumerate().skip(first).zip(&names);
    let mut drawn = Drawn::default();
    for (y, ((position, producer), name)) in (list.y..list.bottom()).zip(rows) {
        if left > 0 && y + 1 == list.bottom() {
            let rest = producers.iter().skip(position);
            let models: usize = rest.map(|producer| producer.models).sum();
            let text = format!("  … {} with {}", count(left + 1, "more producer"), count(models, "model"));
            put(frame, list.x, y, &pen.line(Role::Muted, text), list.width);
            break;
        }
        let is_chosen = position == chosen;
        put(frame, list.x, y, &row((name, producer), is_chosen, &at, pen), list.width);
        if is_chosen && is_focused {
            choose(frame, pen, list, y);
            let rows = u16::try_from(producers.len() - first).unwrap_or(u16::MAX);
            drawn.hits.push(Hit::list(Rect { height: list.height.min(rows), ..list }, y));
        }
    }
    lines(frame, foot, &about, 0);
    drawn
}

fn titles(at: &Columns) -> String {
    let cell = at.cell;
    let mut out = format!("  {}{:>7} ", fit("producer", at.name), "models");
    if at.gauge > 0 {
        out.push_str(&" ".repeat(at.gauge + 1));
    }
    out.push_str(&format!("{:>signed$} ", "signed", signed = at.signed));
    for level in ["L0", "L1", "L2", "L3", "–"] {
        out.push_str(&format!(" {level:>width$} ", width = cell - 2));
    }
    if at.times {
        out.push_str(&fit("  last signed", 14));
    }
    if at.methods {
        out.push_str(&fit("  methods", 40));
    }
    out.push_str(&format!("{:>6}{:>8}", "asks", "refused"));
    out
}

fn row((name, producer): (&str, &Producer), is_chosen: bool, at: &Columns, pen: Pen<'_>) -> Line<'static> {
    let mut line = Line::from(vec![
        pen.span(Role::Accent, if is_chosen { "▸ " } else { "  " }),
        pen.span(Role::Title, fit(name, at.name)),
        pen.span(Role::Text, format!("{:>7} ", producer.models)),
    ]);
    if at.gauge > 0 {
        line.extend(pen.gauge(Role::Accent, producer.signed.yes, producer.signed.of(), at.gauge));
        line.push_span(Span::raw(" "));
    }
    line.push_span(pen.span(Role::Text, format!("{:>width$} ", signed(producer), width = at.signed)));
    for many in producer.effective {
        line.push_span(Span::raw(" "));
        line.push_span(pen.heat_signed(many, producer.models, at.cell - 1));
    }
    let open = producer.models - producer.measured;
    let open = if open == 0 { "·".to_owned() } else { open.to_string() };
    line.push_span(pen.span(Role::Muted, format!(" {open:>width$} ", width = at.cell - 2)));
    if at.times {
        let last = producer.times.last.map(day);
        let last = last.unwrap_or_else(|| if producer.signed.yes == 0 { "–" } else { "unknown" }.to_owned());
        line.push_span(pen.span(Role::Text, fit(&format!("  {last}"), 14)));
    }
    if at.methods {
        line.push_span(pen.span(Role::Text, fit(&format!("  {}", methods(&producer.methods)), 40)));
    }
    line.push_span(match producer.asks.len() {
        0 => pen.span(Role::Muted, format!("{:>6}", "–")),
        many => pen.span(Role::Warn, format!("{many:>6}")),
    });
    line.push_span(match producer.refused {
        0 => pen.span(Role::Muted, format!("{:>8}", "–")),
        many => pen.span(Role::Fail, format!("{:>8}", format!("✗ {many}"))),
    });
    line
}

/// All of one producer.
fn about(producer: &Producer, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut text = vec![pen.rule(&producer_name(producer), columns)];
    let levels = |of: [usize; 4]| {
        let parts = (0..).zip(of).filter(|(_, many)| *many > 0);
        let parts: Vec<String> = parts.map(|(level, many): (u8, usize)| format!("L{level} {many}")).collect();
        if parts.is_empty() { "none measured".to_owned() } else { parts.join(", ") }
    };
    let open = left_open(&producer.signed);
    let mut first = format!("signed {}", shared(&producer.signed));
    if !open.is_empty() {
        first.push_str(&format!(" ({open})"));
    }
    first.push_str(&format!(" · verification passes {}", shared(&producer.passing)));
    let open = left_open(&producer.passing);
    if !open.is_empty() {
        first.push_str(&format!(" ({open})"));
    }
    if producer.signed.yes > 0 {
        first.push_str(&format!(" · methods: {}", methods(&producer.methods)));
        let proven = format!("{} of {} times proven", producer.times.proven, producer.signed.yes);
        first.push_str(&format!(" · first and last signed: {} ({proven})", times(&producer.times)));
    }
    first.push_str(&format!(" · own level: {}", levels(producer.own)));
    first.push_str(&format!(" · effective: {}", levels(producer.effective)));
    text.extend(pen.wrapped(vec![Span::raw(" ")], Role::Text, &first, columns));
    for ask in producer.asks.iter().take(ASKS) {
        let head = vec![pen.span(Role::Warn, " ! ")];
        let words = format!(
            "asked {} by {}: {} · {}",
            day(ask.at),
            ask.by.screen(),
            ask.reason.screen(),
            ask.model.screen()
        );
        text.extend(pen.wrapped(head, Role::Text, &words, columns));
    }
    if producer.asks.len() > ASKS {
        let more = count(producer.asks.len() - ASKS, "more open request");
        text.push(pen.line(Role::Muted, format!("   {more}: touchmark maturity --all lists them")));
    }
    text
}
