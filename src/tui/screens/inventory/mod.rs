//! The inventory screen: a strip that counts, the table, and beside or below it what is wrong with the chosen model and
//! what to do about it; where there is room, its family and its files too. Only the rows in sight are built.

mod cells;
mod details;
mod family;
mod group;
pub(super) mod names;
mod pane;
mod strip;
mod table;

use self::details::Beside;
use crate::tui::screens::paint::Pen;
use crate::tui::state::app::App;
use crate::tui::state::hit::{Drawn, TableDrawn};
use crate::view::View;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

/// Details stand beside the table from this width on; on a narrower screen under it, if it is this high.
const DETAILS_FROM: u16 = 100;
const UNDER_FROM: u16 = 17;
/// The family and the files stand beside the details from this width on.
const FAMILY_FROM: u16 = 160;

/// Where the panes stand.
struct Panes {
    table: Rect,
    details: Option<Rect>,
    family: Option<Rect>,
}

impl Panes {
    fn of(area: Rect, with_details: bool) -> Self {
        let share = |percent: u16, least: u16, most: u16| {
            Constraint::Length((area.width * percent / 100).clamp(least, most))
        };
        let all = Constraint::Min(0);
        if !with_details {
            return Panes { table: area, details: None, family: None };
        }
        if area.width >= FAMILY_FROM {
            let [table, details, family] =
                Layout::horizontal([all, share(23, 38, 60), share(20, 32, 50)]).areas(area);
            return Panes { table, details: Some(details), family: Some(family) };
        }
        let layout = if area.width >= DETAILS_FROM {
            Layout::horizontal([all, share(30, 34, 60)])
        } else if area.height >= UNDER_FROM {
            Layout::vertical([all, Constraint::Length((area.height / 3).clamp(7, 16))])
        } else {
            return Panes { table: area, details: None, family: None };
        };
        let [table, details] = layout.areas(area);
        Panes { table, details: Some(details), family: None }
    }

    fn count(&self) -> usize {
        1 + usize::from(self.details.is_some()) + usize::from(self.family.is_some())
    }
}

/// Draws it; gives what only a frame can find out.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let [counts, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    strip::draw(app, view, pen, frame, counts);
    let panes = Panes::of(body, app.details);
    let pane = if app.pane < panes.count() { app.pane } else { 0 };
    let scroll = |number: usize| if pane == number { Some(app.scroll) } else { None };
    let (columns, hits) = table::draw(app, view, pen, frame, panes.table, pane == 0);
    let mut furthest = None;
    if let Some(area) = panes.details {
        let beside = Beside { table: area.y == panes.table.y, family: panes.family.is_some() };
        furthest = furthest.or(details::draw(app, view, pen, frame, area, beside, scroll(1)));
    }
    if let Some(area) = panes.family {
        furthest = furthest.or(family::draw(app, view, pen, frame, area, scroll(2)));
    }
    Drawn { furthest, hits, table: Some(TableDrawn { columns, panes: panes.count() }), ..Drawn::default() }
}
