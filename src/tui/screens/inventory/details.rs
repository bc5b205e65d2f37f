//! The pane of the chosen model, or of the chosen group: what is wrong, what follows, what to do, and what else is known.

use super::cells::{name, status};
use super::group;
use super::names::middle;
use super::pane::{framed, scrolled};
use super::strip::thousands;
use crate::commands::Cmd;
use crate::inventory::{Basis, FactKey, Model, ParentRef};
use crate::report::case;
use crate::text::{count, size, width};
use crate::tui::screens::paint::{Pen, lines};
use crate::tui::screens::verdict::{headline, reason, standing};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::View;
use crate::words::Face;
use crate::words::controls::found;
use crate::words::names::{mark as words_of, taken_for};
use crate::words::reasons::told;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

const MAX_FILES_LISTED: usize = 4;

/// What is shown beside it.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    /// The table; else it stands above.
    pub table: bool,
    /// The family and the files, which are then not repeated.
    pub family: bool,
}

/// Draws it; gives how far it can be scrolled, where `scroll` says that it is the pane that the keys move.
pub(super) fn draw(
    app: &App,
    view: &View,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    beside: Beside,
    scroll: Option<usize>,
) -> Option<usize> {
    let columns = usize::from(area.width.saturating_sub(2));
    let place = format!("{} of {}", thousands(app.rows.place()), thousands(app.rows.shown().len()));
    if let Some(place) = app.rows.current_group() {
        let inside = framed(pen, frame, area, &group::title(app, view, place), "", scroll.is_some());
        lines(frame, inside, &of_group(app, view, place, pen, columns), 0);
        return scroll.map(|_| 0);
    }
    let Some((index, model)) = app.rows.current().and_then(|i| Some((i, view.models.get(i)?))) else {
        framed(pen, frame, area, "no model", "", scroll.is_some());
        return scroll.map(|_| 0);
    };
    let title = middle(&name(model), columns.saturating_sub(width(&place) + 6));
    let verification = view.standing(index).map(|verified| &verified.verification);
    let text = match verification.filter(|found| !beside.table && found.headline().is_some()) {
        Some(verification) => {
            let mut text = headline(verification, pen, columns, MAX_FILES_LISTED);
            text.extend(details(app, view, index, model, pen, columns, beside, true));
            text
        }
        None => details(app, view, index, model, pen, columns, beside, false),
    };
    scrolled(pen, frame, area, (&title, &place), text, scroll)
}

fn of_group(app: &App, view: &View, place: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some(found) = app.rows.group(place) else { return Vec::new() };
    let mut out = vec![Line::from(group::counts(view, found, pen)), Line::default()];
    let keys =
        "Enter folds or unfolds this group, space marks its models: V then verifies and r reviews them";
    out.extend(pen.wrapped(vec![pen.span(Role::Accent, "→ ")], Role::Text, keys, columns));
    out
}

/// What is known of a model, the worst first.
/// `is_after_headline` where the failing check stands above already.
#[allow(clippy::too_many_arguments)]
fn details(
    app: &App,
    view: &View,
    index: usize,
    model: &Model,
    pen: Pen<'_>,
    columns: usize,
    beside: Beside,
    is_after_headline: bool,
) -> Vec<Line<'static>> {
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
        Some(_) if is_after_headline => {}
        Some(verified) => {
            let most = if beside.family { 0 } else { MAX_FILES_LISTED };
            out.extend(headline(&verified.verification, pen, columns, most));
        }
        None => {
            let (role, words) = status(&summary, view.is_judged());
            let head = vec![pen.span(role, format!("{words}  "))];
            let verify = app.key_of(Cmd::StartVerify);
            let text = if !summary.since.is_same() {
                format!("the latest verification no longer holds: {verify} verifies it again")
            } else if model.signature.is_some() {
                format!("not verified yet: {verify} verifies it")
            } else {
                "No signature found. Ask the producer for a signed release".to_owned()
            };
            out.extend(pen.wrapped(head, Role::Text, &text, columns));
        }
    }
    out.push(Line::default());
    out.extend(judgement(app, view, index, pen, columns));
    out.push(Line::default());

    out.extend(facts(app, view, index, model, pen, columns, beside));
    out
}

/// What is known of it, each with its basis at the right edge.
fn facts(
    app: &App,
    view: &View,
    index: usize,
    model: &Model,
    pen: Pen<'_>,
    columns: usize,
    beside: Beside,
) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let mut fact = |name: &str, value: String, basis: Option<Basis>| {
        out.extend(pen.fact(name, &value, basis, columns));
    };
    let verification = view.standing(index).map(|verified| &verified.verification);
    match verification.filter(|found| found.signer.is_some()) {
        Some(found) if found.signer_proven() => {
            let signer = taken_for(&view.summary(index).signer.screen(), view.signer_like(index));
            fact("signed by", signer, Some(Basis::Attested));
        }
        Some(_) => {
            let signer = format!("{}, not proven", view.summary(index).signer.screen());
            fact("signed by", taken_for(&signer, view.signer_like(index)), None);
        }
        None if model.signature.is_none() => fact("signed by", "not signed".to_owned(), None),
        None => fact("signed by", "not verified".to_owned(), None),
    }
    if let Some(found) = verification {
        if let Some(coverage) = found.coverage() {
            let bytes = format!("{} of {}", size(coverage.covered), size(coverage.total));
            fact("covered", format!("{}, {bytes}", coverage.bar()), Some(Basis::Observed));
        }
        if let Some(first) = found.foreign.first() {
            let more = found.foreign.len() - 1;
            let more = if more > 0 { format!(" · {more} more") } else { String::new() };
            fact("not OMS", format!("{}{more}", first.line().screen()), None);
        }
    }
    let used = app.rows.made().children(index);
    if used > 0 {
        fact("used by", format!("{} directly", count(used as usize, "model")), None);
    }
    if !beside.family {
        out.extend(parents(view, model, pen, columns));
    }
    let mut fact = |name: &str, value: String, basis: Option<Basis>| {
        out.extend(pen.fact(name, &value, basis, columns));
    };
    for key in [FactKey::Licence, FactKey::Version, FactKey::Publisher, FactKey::Task] {
        if let Some(found) = model.fact(key) {
            let other = view.publisher_like(index).filter(|_| key == FactKey::Publisher);
            fact(key.word(), taken_for(&found.value.screen(), other), Some(found.basis));
        }
    }
    let formats: Vec<&str> = model.formats.iter().map(|format| format.word()).collect();
    let formats = if formats.is_empty() { String::new() } else { format!(", {}", formats.join(", ")) };
    let files = count(usize::try_from(model.files).unwrap_or(usize::MAX), "file");
    fact(model.kind.word(), format!("{files}, {}{formats}", size(model.bytes)), Some(Basis::Observed));
    if let Some(review) = view.reviews.get(index).and_then(Option::as_ref) {
        let value = format!("{} by {}: {}", review.word.word(), review.by.screen(), review.reason.screen());
        fact("review", value, None);
    }
    for finding in view.findings.iter().filter(|finding| finding.model.as_ref() == Some(&model.id)).take(6) {
        fact("finding", format!("{} {}", finding.code, crate::text::screen(&finding.message)), None);
    }
    for doubt in crate::lineage::doubts_of(model, &view.models, &view.graph).iter().take(3) {
        fact("finding", crate::report::graph_finding(doubt), None);
    }
    for key in [FactKey::Architecture, FactKey::Parameters, FactKey::Quantisation, FactKey::Made] {
        if let Some(found) = model.fact(key) {
            fact(key.word(), found.value.screen(), Some(found.basis));
        }
    }
    out
}

/// Level, decision, the cap, and the first reason.
fn judgement(app: &App, view: &View, index: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
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
            out.push(
                pen.line(Role::Muted, format!("{} ({})", count(more, "more reason"), app.key_of(Cmd::Why))),
            );
        }
    }
    out
}

/// What it was made from, each with how, whether it is pinned, and the basis.
pub(super) fn parents(view: &View, model: &Model, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (parent, pinned) in each_parent(view, model) {
        let pinned = if pinned { ", pinned" } else { "" };
        let label = if parent.relation.bears_weight() { "base" } else { "data" };
        let value = format!("{} ({}{pinned})", parent.id.screen(), parent.relation.word());
        out.extend(pen.fact(label, &value, Some(parent.basis), columns));
    }
    out
}

/// Each parent that is shown once, however many sources name it, with its best basis; and whether any of them pins it.
fn each_parent<'m>(view: &View, model: &'m Model) -> Vec<(&'m ParentRef, bool)> {
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
