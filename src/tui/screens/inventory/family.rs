//! The third pane: the nearest family of the chosen model, and its files as they were verified.

use super::cells::name;
use super::details;
use super::names::middle;
use super::pane::{framed, scrolled};
use crate::inventory::Basis;
use crate::lineage::{LaneRow, lanes};
use crate::signing::Verification;
use crate::text::{count, size, width};
use crate::tui::screens::paint::{Pen, fit, lines, summary_role};
use crate::tui::screens::verdict::files;
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Generations above, and lanes at most.
const UP: usize = 2;
const MOST_LANES: usize = 40;
/// With more children than this only their number is told: they would have to be walked for every frame.
const MOST_CHILDREN: u32 = 200;
const MAX_FILES_LISTED: usize = 60;

/// Draws it; gives how far it can be scrolled, where `scroll` says that it is the pane that the keys move.
pub(super) fn draw(
    app: &App,
    view: &View,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
    area: Rect,
    scroll: Option<usize>,
) -> Option<usize> {
    let Some((index, model)) = app.rows.current().and_then(|i| Some((i, view.models.get(i)?))) else {
        let inside = framed(pen, frame, area, "Family", "", scroll.is_some());
        lines(frame, inside, &[pen.line(Role::Muted, "choose a model to see its family")], 0);
        return scroll.map(|_| 0);
    };
    let columns = usize::from(area.width.saturating_sub(2));
    let used = app.rows.made().children(index);
    let down = usize::from(used <= MOST_CHILDREN);
    let rows = lanes(&view.graph, &model.id, UP, down, MOST_LANES);
    let mut kin: Vec<Line<'static>> = rows.iter().map(|row| lane(row, index, view, pen, columns)).collect();
    if rows.len() <= 1 && used == 0 {
        kin = vec![pen.line(Role::Muted, "no known parents or children")];
    }
    kin.extend(details::parents(view, model, pen, columns));
    if down == 0 {
        kin.push(
            pen.line(Role::Muted, format!("{} derive from it: 2 shows them", count(used as usize, "model"))),
        );
    }
    let verification = view.standing(index).map(|verified| &verified.verification);
    let found = of_files(verification, model.files, model.bytes, pen, columns);
    // The family takes what it needs, and the files what is left.
    let most = area.height * 3 / 5;
    let needed = u16::try_from(kin.len() + 2).unwrap_or(u16::MAX).clamp(5, most.max(5));
    let [above, below] = Layout::vertical([Constraint::Length(needed), Constraint::Min(0)]).areas(area);
    // The keys move the one that does not fit.
    let is_above = kin.len() > usize::from(above.height.saturating_sub(2));
    let furthest = scrolled(pen, frame, above, ("Family", "2 all"), kin, scroll.filter(|_| is_above));
    let files = scrolled(pen, frame, below, ("Files", "3 checks"), found, scroll.filter(|_| !is_above));
    furthest.or(files)
}

/// One relative: how it is joined, how it stands, its name.
fn lane(row: &LaneRow, focus: usize, view: &View, pen: Pen<'_>, columns: usize) -> Line<'static> {
    let edge = match row.edge {
        Some((_, Basis::Contradicted)) => Role::Fail,
        Some((_, Basis::Declared)) => Role::Muted,
        _ => Role::Text,
    };
    if let Some(many) = row.left_out {
        let side = if row.generation < 0 { "above" } else { "below" };
        return pen.line(Role::Accent, format!("{} {many} more {side}", row.gutter));
    }
    let gutter = fit(&row.gutter, width(&row.gutter).clamp(2, columns / 3));
    let mut spans = vec![pen.span(edge, gutter), Span::raw(" ")];
    let known = row.model.and_then(|index| Some((index, view.models.get(index)?)));
    let (role, shown) = match known {
        Some((index, model)) => {
            let summary = view.summary(index);
            spans.push(pen.span(summary_role(&summary), format!("{} ", summary.glyph())));
            (if index == focus { Role::Title } else { Role::Text }, name(model))
        }
        None => {
            spans.push(pen.span(Role::Unknown, "? "));
            (Role::Muted, row.id.screen())
        }
    };
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push(pen.span(role, middle(&shown, columns.saturating_sub(used))));
    Line::from(spans)
}

fn of_files(
    verification: Option<&Verification>,
    many: u64,
    bytes: u64,
    pen: Pen<'_>,
    columns: usize,
) -> Vec<Line<'static>> {
    let Some(verification) = verification else {
        if many == 0 {
            return vec![pen.line(Role::Muted, "only documents speak of it: no files here")];
        }
        let text = format!("{} files, {}, not verified: V verifies them", many, size(bytes));
        return pen.wrapped(Vec::new(), Role::Muted, &text, columns);
    };
    let matched = verification.files.matched;
    let mut out = pen.wrapped(
        vec![pen.span(Role::Pass, "✓ ")],
        Role::Text,
        &format!("{} as signed, {}", files_are(matched), size(verification.files.matched_bytes)),
        columns,
    );
    if matched == 0 {
        out = vec![pen.line(Role::Muted, "no file was matched")];
    }
    out.extend(files(verification, pen, columns, MAX_FILES_LISTED));
    out
}

fn files_are(many: u64) -> String {
    if many == 1 { "1 file is".to_owned() } else { format!("{many} files are") }
}
