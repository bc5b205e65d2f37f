//! The inventory screen: the table on the left, and beside it what is wrong with the chosen model and what
//! to do about it. Only the rows in sight are built.

use crate::decision::Decision;
use crate::inventory::{FactKey, Model, ParentRef};
use crate::maturity::Since;
use crate::report::case;
use crate::text::{count, size};
use crate::tui::screens::finding;
use crate::tui::screens::paint::{Pen, choose, decision_look, first_row, fit, lines, put, summary_role};
use crate::tui::screens::verdict::{headline, reason, standing};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::Face;
use crate::words::controls::found;
use crate::words::names::{cell, mark as words_of};
use crate::words::reasons::told;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Details stand beside the table from this width on; on a narrower screen under it, if it is this high.
const DETAILS_FROM: u16 = 100;
const STRIP_FROM: u16 = 18;
const STRIP_ROWS: u16 = 7;
const MAX_FILES_LISTED: usize = 4;
/// Wider than this a name column does not grow.
const NAME_CELLS: usize = 36;

/// Columns after the model's name, the first to go last: title, cells, and the inner width that it needs.
const COLUMNS: [(&str, usize, u16); 4] =
    [("verify", 14, 0), ("gate", 8, 44), ("lvl", 5, 50), ("signed by", 20, 76)];

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let layout = if !app.details {
        None
    } else if area.width >= DETAILS_FROM {
        Some(Layout::horizontal([Constraint::Min(0), Constraint::Length((area.width * 2 / 5).max(42))]))
    } else if area.height >= STRIP_FROM {
        Some(Layout::vertical([Constraint::Min(0), Constraint::Length(STRIP_ROWS)]))
    } else {
        None
    };
    let Some(layout) = layout else {
        draw_table(app, view, pen, frame, area);
        return;
    };
    let [table, details] = layout.areas(area);
    let beside = details.y == area.y;
    draw_table(app, view, pen, frame, table);
    draw_details(app, view, pen, frame, details, beside);
}

fn title(app: &App) -> String {
    let rows = &app.rows;
    let mut title = format!("Models · {} of {} · {}", rows.shown().len(), rows.total(), rows.sort().word());
    if rows.is_reversed() {
        title.push_str(", reversed");
    }
    match &app.view {
        Some(view) if !view.is_whole => title.push_str(" · the first ones, reading all"),
        Some(view) if !view.is_judged() => title.push_str(" · being judged"),
        _ => {}
    }
    if app.is_stale {
        title.push_str(" · sources changed (R)");
    }
    if rows.outdated() > 0 {
        title.push_str(&format!(" · {} to verify again (V)", rows.outdated()));
    }
    if rows.marks() > 0 {
        title.push_str(&format!(" · {} marked", rows.marks()));
    }
    title
}

fn draw_table(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let inside = pen.boxed(frame, area, &title(app));
    let nothing_verified =
        app.rows.total() > 0 && app.rows.unverified() == app.rows.total() && app.live_jobs() == 0;
    let [saved, filter, hint, head, body] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(finding::filter_height(app)),
        Constraint::Length(u16::from(nothing_verified)),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(inside);
    finding::draw_tabs(app, pen, frame, saved);
    if filter.height > 0 {
        finding::draw_filter(app, pen, frame, filter);
    }
    if nothing_verified {
        let text = " nothing verified yet: press * then V to verify all";
        lines(frame, hint, &[pen.line(Role::Accent, text)], 0);
    }
    if app.rows.shown().is_empty() {
        draw_nothing(app, pen, frame, head.union(body));
        return;
    }
    let mut columns: Vec<(&str, usize)> = COLUMNS
        .iter()
        .filter(|(_, _, needs)| inside.width >= *needs)
        .map(|(title, cells, _)| (*title, *cells))
        .collect();
    let taken: usize = columns.iter().map(|(_, cells)| cells + 1).sum();
    let mut name = usize::from(inside.width).saturating_sub(taken + 4);
    // What a name seldom needs goes to the last column, the signer.
    if let Some((_, cells)) = columns.last_mut().filter(|_| name > NAME_CELLS) {
        *cells += name - NAME_CELLS;
        name = NAME_CELLS;
    }
    let mut heading = format!("    {}", fit("model", name));
    for (title, cells) in &columns {
        heading.push(' ');
        heading.push_str(&fit(title, *cells));
    }
    lines(frame, head, &[pen.line(Role::Muted, heading)], 0);

    let rows = app.rows.shown();
    let first = first_row(app.rows.cursor, rows.len(), body.height);
    let visible = rows.iter().enumerate().skip(first).take(usize::from(body.height));
    for (y, (position, index)) in (body.y..).zip(visible) {
        let row = build_row(app, view, pen, *index as usize, position == app.rows.cursor, name, &columns);
        put(frame, body.x, y, &row, body.width);
        if position == app.rows.cursor {
            choose(frame, pen, body, y);
        }
    }
}

fn build_row(
    app: &App,
    view: &View,
    pen: Pen<'_>,
    index: usize,
    chosen: bool,
    name: usize,
    columns: &[(&str, usize)],
) -> Line<'static> {
    let Some(model) = view.models.get(index) else { return Line::default() };
    let summary = view.summary(index);
    let role = summary_role(&summary);
    let mark = if app.rows.is_marked(&model.id) { "*" } else { " " };
    let mut spans = vec![
        pen.span(Role::Accent, if chosen { "▸" } else { " " }),
        pen.span(Role::Marked, mark),
        pen.span(role, format!("{} ", summary.glyph())),
    ];
    match view.name_mark(index) {
        Some(odd) => spans.push(pen.span(Role::Warn, fit(&cell(&model.id.screen(), odd), name))),
        None => {
            let found = finding::highlights(app, index);
            spans.extend(finding::marked(pen, Role::Text, &fit(&model.id.screen(), name), &found));
        }
    }
    for (column, cells) in columns {
        let (role, text) = match *column {
            // The word has no room.
            "verify" if summary.since == Since::Changed => (role, format!("{} changed", summary.glyph())),
            "verify" => (role, format!("{} {}", summary.glyph(), summary.word)),
            "gate" | "lvl" if !view.is_judged() => (Role::Muted, "…".to_owned()),
            "lvl" if summary.decision == Decision::NotJudged => (Role::Muted, "–".to_owned()),
            "gate" if summary.decision == Decision::NotJudged => (Role::Muted, "·".to_owned()),
            "gate" => {
                let (role, glyph) = decision_look(summary.decision);
                (role, format!("{glyph} {}", summary.decision.word()))
            }
            "lvl" if summary.own == summary.effective => (Role::Text, format!("L{}", summary.own)),
            "lvl" => (Role::Warn, format!("L{}→{}", summary.own, summary.effective)),
            _ => (Role::Muted, summary.signer.screen()),
        };
        spans.push(Span::raw(" "));
        spans.push(pen.span(role, fit(&text, *cells)));
    }
    Line::from(spans)
}

/// Empty and filtered to nothing are two things.
fn draw_nothing(app: &App, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let text = if app.rows.total() == 0 {
        vec![
            pen.line(Role::Title, " The inventory is empty."),
            Line::default(),
            pen.line(Role::Text, " touchmark demo        lays out sample models to try"),
            pen.line(Role::Text, " touchmark scan PATH   adds a folder of models, or a CycloneDX file"),
        ]
    } else {
        vec![
            pen.line(Role::Title, format!(" None of {} models is shown.", app.rows.total())),
            Line::default(),
            pen.line(
                Role::Text,
                format!(
                    " view: {} · filter: {}",
                    app.rows.saved_name(),
                    match app.rows.filter.as_str() {
                        "" => "none".to_owned(),
                        filter => crate::text::screen(filter),
                    }
                ),
            ),
            pen.line(Role::Text, " Esc clears the filter and the view"),
        ]
    };
    lines(frame, area, &text, 0);
}

fn draw_details(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect, beside: bool) {
    let Some((index, model)) = app.rows.current().and_then(|i| Some((i, view.models.get(i)?))) else {
        pen.boxed(frame, area, "no model");
        return;
    };
    let inside = pen.boxed(frame, area, &model.name.screen());
    let columns = usize::from(inside.width);
    let failed = view.standing(index).map(|verified| &verified.verification);
    let mut text = match failed.filter(|verification| !beside && verification.headline().is_some()) {
        Some(verification) => headline(verification, pen, columns, 1),
        None => details(view, index, model, pen, columns),
    };
    if text.len() > usize::from(inside.height) {
        // Empty lines are for the eye; what was found comes before them.
        text.retain(|line| line.width() > 0);
        if let Some(last) = text.get_mut(usize::from(inside.height.saturating_sub(1))) {
            *last = pen.line(Role::Muted, "… more: Enter the checks, w the reasons");
        }
    }
    lines(frame, inside, &text, 0);
}

/// What is known of a model, the worst first.
fn details(view: &View, index: usize, model: &Model, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let summary = view.summary(index);
    if let Some(odd) = view.name_mark(index) {
        let head = vec![pen.span(Role::Warn, "! ")];
        out.extend(pen.wrapped(head, Role::Text, &format!("name: {}", words_of(odd).screen()), columns));
    }
    if let Some(same_name) = view.same_name(index) {
        let head = vec![pen.span(Role::Fail, "✗ ambiguous  ")];
        out.extend(pen.wrapped(head, Role::Text, &found(&same_name.fact(), None).screen(), columns));
    }
    match view.standing(index) {
        Some(verified) => out.extend(headline(&verified.verification, pen, columns, MAX_FILES_LISTED)),
        None => {
            let head = vec![pen.span(Role::Unknown, format!("{} {}  ", summary.glyph(), summary.word))];
            let text = if !summary.since.is_same() {
                "the verification on record does not hold any more: V verifies it again"
            } else if model.signature.is_some() {
                "nobody has checked its signature here yet: V verifies it"
            } else {
                "No signature found. Ask the producer for a signed release"
            };
            out.extend(pen.wrapped(head, Role::Text, text, columns));
        }
    }
    out.push(Line::default());
    out.extend(judgement(view, index, pen, columns));
    out.push(Line::default());

    let mut fact = |name: &str, value: String, basis: &str| {
        let head = vec![pen.span(Role::Muted, fit(name, 13))];
        let basis = if basis.is_empty() { String::new() } else { format!("  {basis}") };
        out.extend(pen.wrapped(head, Role::Text, &format!("{value}{basis}"), columns));
    };
    let signer = match view.standing(index).map(|v| &v.verification) {
        Some(v) if v.signer.is_some() => {
            let basis = if v.signer_proven() { "attested" } else { "claimed, not proven" };
            Some((view.summary(index).signer.screen(), basis))
        }
        _ => None,
    };
    match signer {
        Some((name, basis)) => fact("signed by", name, basis),
        None if model.signature.is_none() => fact("signed by", "nobody".to_owned(), ""),
        None => fact("signed by", "not verified".to_owned(), ""),
    }
    if let Some(v) = view.standing(index).map(|v| &v.verification) {
        if let Some(coverage) = v.coverage() {
            let bytes = format!("{} of {}", size(coverage.covered), size(coverage.total));
            fact("covered", format!("{}, {bytes}", coverage.bar()), "observed");
        }
        if let Some(first) = v.foreign.first() {
            let more = v.foreign.len() - 1;
            let more = if more > 0 { format!(" · {more} more") } else { String::new() };
            fact("not OMS", format!("{}{more}", first.line().screen()), "");
        }
    }
    for (parent, pinned) in parents(view, model) {
        let pinned = if pinned { ", pinned" } else { "" };
        let label = if parent.relation.bears_weight() { "base" } else { "data" };
        let value = format!("{} ({})", parent.id.screen(), parent.relation.word());
        fact(label, value, &format!("{}{pinned}", parent.basis.word()));
    }
    for key in [FactKey::Licence, FactKey::Version, FactKey::Publisher, FactKey::Task] {
        if let Some(found) = model.fact(key) {
            fact(key.word(), found.value.screen(), found.basis.word());
        }
    }
    let formats: Vec<&str> = model.formats.iter().map(|format| format.word()).collect();
    let formats = if formats.is_empty() { String::new() } else { format!(", {}", formats.join(", ")) };
    fact(model.kind.word(), format!("{} files, {}{formats}", model.files, size(model.bytes)), "observed");
    if let Some(review) = view.reviews.get(index).and_then(Option::as_ref) {
        let value = format!("{} by {}: {}", review.word.word(), review.by.screen(), review.reason.screen());
        fact("review", value, "");
    }
    for finding in view.findings.iter().filter(|finding| finding.model.as_ref() == Some(&model.id)).take(6) {
        fact("finding", format!("{} {}", finding.code, crate::text::screen(&finding.message)), "");
    }
    for doubt in crate::lineage::doubts_of(model, &view.models, &view.graph).iter().take(3) {
        fact("finding", crate::report::graph_finding(doubt), "");
    }
    for key in [FactKey::Architecture, FactKey::Parameters, FactKey::Quantisation, FactKey::Made] {
        if let Some(found) = model.fact(key) {
            fact(key.word(), found.value.screen(), found.basis.word());
        }
    }
    out
}

/// Level, decision, the cap, and the first reason.
fn judgement(view: &View, index: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some(verdict) = view.verdict(index) else { return Vec::new() };
    let mut out = standing(&verdict, pen, columns);
    let case = case(view, &verdict);
    let mut told = told(&case, Face::Tui);
    let headline = case.verification.and_then(|verification| verification.headline());
    let more = told.len().saturating_sub(1);
    if let Some(first) = told.first_mut() {
        // The failing check stands above and has given its advice.
        if headline.is_some_and(|check| first.remedy_of == Some(check.stage)) {
            first.remedy.clear();
        }
        out.extend(reason(first, pen, columns));
        if more > 0 {
            out.push(pen.line(Role::Muted, format!("{} (w)", count(more, "more reason"))));
        }
    }
    out
}

/// Each parent that is shown once, however many sources name it, with its best basis; and whether any of them pins it.
fn parents<'m>(view: &View, model: &'m Model) -> Vec<(&'m ParentRef, bool)> {
    let mut known: Vec<(&ParentRef, bool)> = Vec::new();
    for parent in model.parents.iter().filter(|parent| view.graph.shows(&model.id, &parent.id)) {
        let pinned = parent.digest.is_some();
        match known.iter_mut().find(|(other, _)| other.id == parent.id && other.relation == parent.relation) {
            Some(other) => {
                other.1 |= pinned;
                if parent.basis < other.0.basis {
                    other.0 = parent;
                }
            }
            None => known.push((parent, pinned)),
        }
    }
    known
}
