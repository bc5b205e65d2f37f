//! What is remembered of the state, and the state put where it was. It reads and writes no file.

use crate::commands::Screen;
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::reported::ReportChoices;
use crate::tui::state::session::Session;

/// More marks than these are not remembered: nobody looks for them again.
const MAX_MARKS: usize = 2_000;
/// So many typed lines are taken back.
const MAX_COMMANDS: usize = 200;

impl Session {
    /// Of the state as it is, where `before` is what was remembered before it.
    pub fn of(app: &App, before: &Session) -> Self {
        let marks = app.rows.marked();
        let marks = if marks.len() > MAX_MARKS { Vec::new() } else { marks };
        let kept = Screen::TABS.contains(&app.screen).then(|| app.screen.word().to_owned());
        Session {
            theme: Some(app.theme.name.clone())
                .filter(|name| app.theme_is_chosen && app.themes.contains(name)),
            stage: app.view.as_ref().map(|view| view.stage.clone()),
            screen: kept.or_else(|| before.screen.clone()),
            model: app.current.as_ref().map(|id| id.raw().to_owned()),
            filter: app.rows.filter.clone(),
            view: Some(app.rows.saved_name()),
            views: app.kept_views().to_vec(),
            filters: app.line.past().to_vec(),
            commands: app.palette_history.clone(),
            table: Some(app.rows.arrangement()),
            reports: Some(app.reports.choices.clone()).filter(|reports| *reports != ReportChoices::default()),
            mouse: Some(app.mouse),
            details: Some(app.details),
            marks: marks.iter().map(|id| id.raw().to_owned()).collect(),
            ..Session::after(before)
        }
    }

    /// Puts the state where it was, as far as that is still there; theme and stage are for the loop.
    pub fn restore(&self, app: &mut App) {
        app.details = self.details.unwrap_or(app.details);
        app.reports.choices = self.reports.clone().unwrap_or_default().bounded();
        app.set_kept_views(self.views.clone());
        app.line.set_past(self.filters.clone());
        app.palette_history = self.commands.iter().take(MAX_COMMANDS).cloned().collect();
        let saved = self.view.as_deref().and_then(|name| app.rows.saved_of(name));
        let Some(view) = app.view.clone() else { return };
        for id in self.marks.iter().map(|id| ModelId::new(id)).filter(|id| view.model(id).is_some()) {
            if !app.rows.is_marked(&id) {
                app.rows.toggle_mark(&id);
            }
        }
        let filter = self.filter.clone();
        app.rearrange(|rows| {
            if let Some(saved) = saved.filter(|saved| *saved != rows.saved()) {
                rows.show_saved(saved);
            }
            if let Some(table) = &self.table {
                rows.arrange(table);
            }
            rows.set_filter(filter);
        });
        if let Some(id) = self.model.as_deref().map(ModelId::new).filter(|id| view.model(id).is_some()) {
            app.rows.seek(&view, &id);
            app.current = Some(id);
        }
        // What does not load comes first.
        if app.screen == Screen::Fault {
            return;
        }
        let screen = Screen::TABS.into_iter().find(|screen| self.screen.as_deref() == Some(screen.word()));
        if let Some(screen) = screen.filter(|screen| *screen == Screen::Jobs || !view.models.is_empty()) {
            app.go(screen);
        }
    }
}
