//! Keys on the whole inventory in numbers: its panes, and from a row to its models.

use crate::commands::Screen;
use crate::text::{count, screen};
use crate::tui::state::app::App;
use crate::tui::state::surveying::SurveyPane;
use crate::tui::update::effect::Effect;
use crate::view::Survey;
use std::sync::Arc;

/// Tabs before those of the inventory: the levels of a model.
pub(super) const LEVELS: usize = 3;

/// The whole inventory, or the model again.
pub(super) fn turn(app: &mut App) -> Vec<Effect> {
    let shows = app.screen == Screen::Maturity && app.whole;
    app.go(Screen::Maturity);
    if shows {
        app.whole = false;
        app.scroll = 0;
        app.tell("the model again", false);
        return Vec::new();
    }
    app.whole = true;
    let models = app.view.as_ref().map_or(0, |view| view.models.len());
    app.tell(format!("the whole inventory: {}", count(models, "model")), false);
    wanted(app).into_iter().collect()
}

/// Opens a pane, by its place.
pub(super) fn open(app: &mut App, place: usize) -> Vec<Effect> {
    app.whole = true;
    app.surveying.pane = SurveyPane::ALL.get(place).copied().unwrap_or_default();
    wanted(app).into_iter().collect()
}

/// Which tab is open: of a level of a model, or of a pane.
pub(super) fn tab(app: &App) -> usize {
    match app.whole {
        true => LEVELS + app.surveying.pane.place(),
        false => usize::from(app.level.saturating_sub(1)),
    }
}

/// How many tabs there are.
pub(super) const TABS: usize = LEVELS + SurveyPane::ALL.len();

pub(super) fn step(app: &mut App, by: isize) {
    if let Some((_, survey)) = app.survey.clone() {
        app.surveying.step(&survey, by);
    }
}

/// A survey is made where it is looked at and not of the view that is shown; one at a time.
pub(super) fn wanted(app: &mut App) -> Option<Effect> {
    let is_seen = app.screen == Screen::Maturity && app.whole;
    let is_due = is_seen && app.needs_survey() && !app.surveying.is_counting;
    app.surveying.is_counting |= is_due;
    is_due.then_some(Effect::Survey)
}

/// Takes a survey; the view may have gone on meanwhile.
pub(super) fn taken(app: &mut App, generation: u64, survey: Arc<Survey>) -> Vec<Effect> {
    app.surveying.is_counting = false;
    app.surveying.keep_inside(&survey);
    app.survey = Some((generation, survey));
    wanted(app).into_iter().collect()
}

/// The models of the chosen row, in the inventory.
pub(super) fn show_models(app: &mut App) {
    let Some((_, survey)) = app.survey.clone() else { return };
    let Some(row) = app.surveying.row(&survey) else { return };
    let filter = row.filter().to_string();
    app.go(Screen::Inventory);
    app.rearrange(|rows| {
        rows.show_all();
        rows.set_filter(filter.clone());
    });
    app.follow();
    app.tell(format!("the models of this row: {}", screen(&filter)), false);
}
