//! The lineage screen: the family around a focus as lanes, one model a row; beneath, what leads to the chosen row: who
//! says so, and what it costs.

use crate::commands::Cmd;

use crate::inventory::{ModelId, Relation};
use crate::lineage::{LaneRow, Link, doubts_of};
use crate::report::asked::best_evidence;
use crate::report::doubt;
use crate::signing::Outcome;
use crate::text::{count, width};
use crate::tui::screens::paint::{Pane, Pen, choose, first_row, fit, lines, put, summary_role};
use crate::tui::state::app::App;
use crate::tui::state::relatives::MOST_COUNTED;
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::blast::proof;
use crate::words::caps;
use crate::words::names::cell;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use std::collections::BTreeSet;

/// Rows of the pane below, with its border.
const EDGE_PANE: u16 = 8;
/// From this height on there is such a pane.
const WITH_PANE: u16 = 17;
/// Sources of one edge that are shown.
const SHOWN_SOURCES: usize = 20;

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = &app.lineage.rows;
    let Some(focus) = app.lineage.focus.as_ref().filter(|_| !rows.is_empty()) else {
        let inside = pen.boxed(frame, area, "Lineage");
        let text = pen.line(Role::Muted, " no model is chosen: choose one in the inventory (1)");
        lines(frame, inside, &[text], 0);
        return;
    };
    let pane = if area.height >= WITH_PANE { EDGE_PANE.max(area.height / 4) } else { 0 };
    let [top, bottom] = Layout::vertical([Constraint::Min(0), Constraint::Length(pane)]).areas(area);
    draw_rows(app, view, focus, pen, frame, top);
    if pane > 0 {
        draw_edge(app, view, pen, frame, bottom);
    }
}

/// `8`, or `20000+` where no more were counted.
fn counted(many: usize) -> String {
    if many >= MOST_COUNTED { format!("{MOST_COUNTED}+") } else { many.to_string() }
}

/// `focus northwind/harbour-7b · 3 of 8 up · 2 of 14 down · completeness 2 / 5`; the name is cut where it must be.
fn head(app: &App, focus: &ModelId, columns: usize) -> String {
    let ((up, down), (drawn_up, drawn_down)) = (app.lineage.family, app.lineage.drawn);
    let (proved, edges) = app.lineage.completeness;
    let rest = format!(
        " · {drawn_up} of {} up · {drawn_down} of {} down · completeness {proved} / {edges}",
        counted(up),
        counted(down),
    );
    let room = columns.saturating_sub(width(&rest) + 6).max(12);
    format!("focus {}{rest}", shortened(&focus.screen(), room))
}

/// What does not fit loses its middle: names differ at their ends.
fn shortened(text: &str, columns: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if width(text) <= columns || columns < 5 {
        return fit(text, columns).trim_end().to_owned();
    }
    let (head, tail) = ((columns - 1) / 3, columns - 1 - (columns - 1) / 3);
    let start: String = chars.iter().take(head).collect();
    let end: String = chars.iter().skip(chars.len().saturating_sub(tail)).collect();
    format!("{start}…{end}")
}

fn draw_rows(app: &App, view: &View, focus: &ModelId, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = &app.lineage.rows;
    let place = format!("row {} of {}", app.lineage.cursor + 1, rows.len());
    // The place gives way to the head where there is no room for both.
    let columns = usize::from(area.width).saturating_sub(4);
    let title = head(app, focus, columns);
    let inside = pen.pane(frame, area, &Pane::new(&title).note(&place));
    let [body, legend] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(inside);
    let first = first_row(app.lineage.cursor, rows.len(), body.height);
    let in_sight = rows.iter().skip(first).take(usize::from(body.height));
    let widths = Widths::of(app, view, in_sight, usize::from(body.width));
    for (y, (position, row)) in (body.y..body.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let chosen = position == app.lineage.cursor;
        let line = build_row(app, row, view, pen, chosen, &widths);
        put(frame, body.x, y, &line, body.width);
        if chosen {
            choose(frame, pen, body, y);
        }
    }
    let text = match rows.len() {
        1 => " no known parents or children".to_owned(),
        _ => format!(
            " ╠═ attested, pinned  ├─ attested  ├┄ declared  ├╳ contradicted · {} explains",
            app.key_of(Cmd::Legend)
        ),
    };
    lines(frame, legend, &[pen.line(Role::Muted, text)], 0);
}

/// The columns of a row.
struct Widths {
    gutter: usize,
    name: usize,
    state: usize,
    /// Of what is said of the edge.
    edge: usize,
    /// Whether there is room for whole words.
    is_wide: bool,
}

impl Widths {
    const LEVEL: usize = 6;

    fn of<'r>(app: &App, view: &View, rows: impl Iterator<Item = &'r LaneRow>, columns: usize) -> Self {
        let (gutter, name) = app.lineage.widest;
        let is_wide = columns >= 110;
        let most = if is_wide { 23 } else { 13 };
        // The rows in sight need so much; what they leave goes to what is said of the edges.
        let needed = rows.filter(|row| row.left_out.is_none()).map(|row| {
            let beyond = if row.model.is_some() { 0 } else { Widths::LEVEL };
            (width(&state(row, view, is_wide).1) + 2).saturating_sub(beyond)
        });
        let state = needed.max().unwrap_or_default().clamp(8, most);
        let gutter = gutter.clamp(2, (columns / 4).max(2)) + 1;
        let rest = columns.saturating_sub(1 + gutter + 1 + state + Widths::LEVEL);
        // What is said of the edge takes what names leave, and two fifths at least.
        let name = name.clamp(10, 60).min(rest * 3 / 5);
        Widths { gutter, name, state, edge: rest.saturating_sub(name), is_wide }
    }
}

/// What leads to the chosen row: who says so, how far to believe it, what it costs.
fn draw_edge(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let Some(row) = app.lane() else { return };
    if let Some(many) = row.left_out {
        let side = if row.generation < 0 { "parents" } else { "children" };
        let inside = pen.boxed(frame, area, "not drawn");
        let text = format!(" {many} more {side} of {}, and what is beyond them", row.id.screen());
        let how = format!(
            " {} or Enter shows them · {} draws the whole family",
            app.key_of(Cmd::Right),
            app.key_of(Cmd::WholeFamily)
        );
        lines(frame, inside, &[pen.line(Role::Text, text), pen.line(Role::Muted, how)], 0);
        return;
    }
    let title = match &row.ends {
        Some((child, parent)) => format!("{} → {}", parent.screen(), child.screen()),
        None => row.id.screen(),
    };
    let inside = pen.boxed(frame, area, &title);
    let columns = usize::from(inside.width);
    let mut out = Vec::new();
    let mut say = |label: &str, role: Role, text: &str| {
        out.extend(pen.wrapped(vec![pen.span(Role::Muted, fit(label, 9))], role, text, columns));
    };
    match &row.ends {
        Some((child, parent)) => edge(child, parent, row, view, &mut say),
        None if view.graph.parents(&row.id).is_empty() => {
            say("edge", Role::Muted, "a root: no source names a parent")
        }
        None => say("edge", Role::Muted, "the focus: its parents stand above, its children below"),
    }
    let children = view.graph.children(&row.id);
    let trained = children.iter().filter(|(_, edge)| edge.relation == Relation::TrainedOn).count();
    let (of_data, others) = (trained, children.len() - trained);
    if of_data > 0 {
        let is_focus = app.lineage.focus.as_ref() == Some(&row.id);
        let how = if is_focus { "" } else { " · Enter shows them" };
        let text = format!("{} trained on it{how}", count(of_data, "model"));
        say("below", Role::Text, &text);
    }
    if others > 0 {
        say("below", Role::Text, &format!("{} made from it", count(others, "model")));
    }
    if let Some(cap) = subject_cap(app, view) {
        say("cost", Role::Warn, &format!("! {cap} · w why"));
    }
    if let Some(doubt) = subject_doubt(app, view) {
        say("doubt", Role::Warn, &format!("! {doubt}"));
    }
    let room = usize::from(inside.height);
    if out.len() > room {
        let more = count(out.len() + 1 - room, "more line");
        out.truncate(room.saturating_sub(1));
        out.push(pen.line(Role::Muted, format!("{more}: `touchmark show` lists all sources")));
    }
    lines(frame, inside, &out, 0);
}

fn edge(
    child: &ModelId,
    parent: &ModelId,
    row: &LaneRow,
    view: &View,
    say: &mut dyn FnMut(&str, Role, &str),
) {
    let Some(seen) = view.edge(child, parent) else { return };
    if let Some((relation, _)) = row.edge {
        let role = if seen.link == Link::Contradicted { Role::Fail } else { Role::Text };
        say("proof", role, &format!("{}: {}", relation.word(), seen.link.word()));
    }
    for (at, found) in seen.proofs.iter().take(SHOWN_SOURCES).enumerate() {
        say(if at == 0 { "claims" } else { "" }, Role::Text, &proof(found));
    }
    for (at, one) in seen.said.iter().take(SHOWN_SOURCES).enumerate() {
        let text = format!(
            "{}  {} · {}, {}",
            one.source.screen(),
            one.place.screen(),
            one.relation.word(),
            one.basis.word()
        );
        say(if at == 0 { "says" } else { "" }, Role::Text, &text);
    }
    let more = seen.said.len().saturating_sub(SHOWN_SOURCES);
    if more > 0 {
        say("", Role::Muted, &format!("and {}", count(more, "more source")));
    }
    let declared = seen.said.iter().filter_map(|one| Some(one.digest.as_ref()?.to_string()));
    let pins: BTreeSet<String> =
        declared.chain(seen.proofs.iter().map(|found| found.digest.to_string())).collect();
    if pins.is_empty() {
        say("pinned", Role::Muted, "no: no source states the digest of the parent");
    }
    for pin in pins {
        say("pinned", Role::Text, &pin);
    }
}

fn subject_cap(app: &App, view: &View) -> Option<String> {
    let row = app.lineage.rows.get(app.lineage.cursor)?;
    Some(caps::cap(&view.cap(row.model?)?).screen())
}

fn subject_doubt(app: &App, view: &View) -> Option<String> {
    let row = app.lineage.rows.get(app.lineage.cursor)?;
    let doubts = doubts_of(view.models.get(row.model?)?, &view.models, &view.graph);
    doubts.first().and_then(doubt)
}

fn build_row(
    app: &App,
    row: &LaneRow,
    view: &View,
    pen: Pen<'_>,
    chosen: bool,
    widths: &Widths,
) -> Line<'static> {
    let cursor = pen.span(Role::Accent, if chosen { "▸" } else { " " });
    if let Some(many) = row.left_out {
        let (side, folded) =
            (if row.generation < 0 { "above" } else { "below" }, app.lineage.folds.folded.contains(&row.id));
        let how = if folded { "folded: " } else { "" };
        let text = format!(" {many} more {side} {} · {how}→ shows them", row.id.screen());
        return Line::from(vec![
            cursor,
            pen.span(Role::Accent, fit(&row.gutter, widths.gutter)),
            pen.span(Role::Accent, text),
        ]);
    }
    let edge_role = match row.link {
        Some(Link::Contradicted) => Role::Fail,
        Some(Link::Declared | Link::DeclaredPinned | Link::OutOfRole) => Role::Muted,
        _ => Role::Text,
    };
    let name_role = match (row.generation == 0, row.model) {
        (true, _) => Role::Title,
        (_, None) => Role::Muted,
        _ => Role::Text,
    };
    let shown = match row.model.and_then(|index| view.name_mark(index)) {
        Some(odd) => (Role::Warn, cell(&row.id.screen(), odd)),
        None => (name_role, row.id.screen()),
    };
    let mut spans = vec![
        cursor,
        pen.span(edge_role, fit(&row.gutter, widths.gutter)),
        pen.span(shown.0, fit(&shortened(&shown.1, widths.name), widths.name)),
        Span::raw(" "),
    ];
    let (role, text) = state(row, view, widths.is_wide);
    match row.model {
        Some(index) => {
            spans.push(pen.span(role, fit(&text, widths.state)));
            spans.push(pen.span(Role::Text, fit(&view.summary(index).levels(), Widths::LEVEL)));
        }
        None => spans.push(pen.span(role, fit(&text, widths.state + Widths::LEVEL))),
    }
    let said = said(row, view, widths);
    spans.push(pen.span(edge_role, said));
    Line::from(spans)
}

/// What became of the model of a row.
fn state(row: &LaneRow, view: &View, is_wide: bool) -> (Role, String) {
    let Some(index) = row.model else {
        let text = if is_wide { "? not in the inventory" } else { "? not here" };
        return (Role::Unknown, text.to_owned());
    };
    let summary = view.summary(index);
    // A model that fails itself shows it.
    let is_tainted = summary.outcome != Outcome::Fail
        && view.judgement.standing(index).is_some_and(|standing| standing.tainted);
    match is_tainted {
        true => (Role::Fail, "✗ tainted".to_owned()),
        // The whole of it does not fit, and this says the same.
        false if summary.is_untouched && !is_wide => (Role::Muted, "· not judged".to_owned()),
        false => (summary_role(&summary), format!("{} {}", summary.glyph(), summary.word)),
    }
}

/// What is said of the edge of a row: how it came about, and which claim proves or which document declares it.
fn said(row: &LaneRow, view: &View, widths: &Widths) -> String {
    let (Some((relation, basis)), Some((child, parent))) = (row.edge, &row.ends) else {
        return String::new();
    };
    let room = widths.edge;
    let seen = view.edge(child, parent);
    let is_claimed = seen.as_ref().is_some_and(|seen| !seen.proofs.is_empty());
    let best = seen.and_then(|edge| best_evidence(&edge)).unwrap_or_else(|| basis.word().to_owned());
    let again = if row.repeated { "again · " } else { "" };
    let whole = format!("{again}{} · {best}", relation.word());
    if widths.is_wide && width(&whole) <= room {
        return whole;
    }
    // Of a document its name is enough: the pane below says the rest.
    let short = best.strip_prefix("declared in ").unwrap_or(&best);
    let word = if widths.is_wide { relation.word() } else { brief(relation) };
    let head = if widths.is_wide { format!("{again}{word}") } else { word.to_owned() };
    let left = room.saturating_sub(width(&head) + 3);
    match left {
        0..6 => fit(&head, room),
        _ if width(short) <= left => format!("{head} · {short}"),
        // The start of a claim distinguishes it, and the end of a path.
        _ if is_claimed => format!("{head} · {}", crate::text::clip(short, left)),
        _ => {
            let from = short.chars().count().saturating_sub(left - 1);
            format!("{head} · …{}", short.chars().skip(from).collect::<String>())
        }
    }
}

/// A relation where there is little room.
fn brief(relation: Relation) -> &'static str {
    match relation {
        Relation::Finetune => "tuned",
        Relation::Adapter => "adapter",
        Relation::Quantised => "quant",
        Relation::Merge => "merge",
        Relation::Distilled => "distil",
        Relation::TrainedOn => "data",
        Relation::Unspecified => "from",
    }
}
