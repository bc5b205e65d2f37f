//! What the panes of the inventory draw from. It draws nothing.

use crate::tui::state::app::App;
use crate::tui::state::surveying::SurveyPane;
use crate::view::{Survey, View};

/// What is drawn.
pub(super) struct Shown<'a> {
    pub app: &'a App,
    pub view: &'a View,
    pub survey: &'a Survey,
}

impl Shown<'_> {
    pub fn is_focused(&self, pane: SurveyPane) -> bool {
        self.app.surveying.pane == pane
    }

    pub fn chosen(&self, pane: SurveyPane) -> usize {
        self.app.surveying.chosen(pane)
    }
}
