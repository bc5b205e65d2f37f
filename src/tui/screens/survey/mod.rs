//! The whole inventory on the maturity screen: levels, coverage and whose turn it is; the gaps; the producers. Where
//! there is room they stand side by side, else each behind its tab. The numbers come with the state, once for a view.

mod gaps;
mod levels;
mod producers;
mod shown;

use crate::text::count;
use crate::tui::screens::paint::{Pane, Pen, lines};
use crate::tui::state::app::App;
use crate::tui::state::hit::Drawn;
use crate::tui::state::surveying::SurveyPane;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use shown::Shown;

/// From this size on all panes are in sight.
const ALL_IN_SIGHT: (u16, u16) = (110, 30);

/// Draws it.
pub fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) -> Drawn {
    let current = 3 + app.surveying.pane.place();
    let tabs = tabs();
    let Some((_, survey)) = app.survey.as_ref().filter(|_| view.is_judged()) else {
        let (inside, hits) = pen.tabbed(frame, area, (&tabs, current), true);
        let does = if view.is_judged() { "counting" } else { "judging" };
        let text = format!(" {does} {} …", count(view.models.len(), "model"));
        lines(frame, inside, &[pen.line(Role::Muted, text)], 0);
        return Drawn { hits, ..Drawn::default() };
    };
    let shown = Shown { app, view, survey };
    let is_roomy = area.width >= ALL_IN_SIGHT.0 && area.height >= ALL_IN_SIGHT.1;
    if !is_roomy {
        let (inside, hits) = pen.tabbed(frame, area, (&tabs, current), true);
        let mut drawn = Drawn { hits, ..Drawn::default() };
        drawn.add(match app.surveying.pane {
            SurveyPane::Levels => levels::draw(&shown, pen, frame, inside),
            SurveyPane::Gaps => gaps::draw(&shown, pen, frame, inside),
            SurveyPane::Producers => producers::draw(&shown, pen, frame, inside),
        });
        return drawn;
    }
    let wanted = u16::try_from(survey.producers.len() + producers::AROUND).unwrap_or(u16::MAX);
    let below = wanted.min(area.height / 2 - 2);
    let [top, below] = Layout::vertical([Constraint::Min(0), Constraint::Length(below)]).areas(area);
    let [left, right] = Layout::horizontal([Constraint::Percentage(48), Constraint::Fill(1)]).areas(top);
    let (inside, hits) = pen.tabbed(frame, left, (&tabs, current), shown.is_focused(SurveyPane::Levels));
    let mut drawn = Drawn { hits, ..Drawn::default() };
    drawn.add(levels::draw(&shown, pen, frame, inside));
    let note = count(survey.gaps.len(), "control");
    let pane = Pane::new("What keeps most models back").note(&note);
    let inside = pen.pane(frame, right, &pane.focused(shown.is_focused(SurveyPane::Gaps)));
    drawn.add(gaps::draw(&shown, pen, frame, inside));
    let title = format!("Producers · {}", survey.producers.len());
    let pane = Pane::new(&title).note("models by effective level · – not measured");
    let inside = pen.pane(frame, below, &pane.focused(shown.is_focused(SurveyPane::Producers)));
    drawn.add(producers::draw(&shown, pen, frame, inside));
    drawn
}

/// The tabs: the levels of a model, then the panes of the inventory.
fn tabs() -> Vec<String> {
    let panes = SurveyPane::ALL.into_iter().map(SurveyPane::word);
    ["L1", "L2", "L3"].into_iter().chain(panes).map(str::to_owned).collect()
}
