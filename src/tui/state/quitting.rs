//! What quitting would end, in words for both faces of the workbench.

use crate::text::{count, count_are};
use crate::tui::state::app::App;

/// The running jobs that would be cancelled. The question stays open when the last one ends, and reports
/// that.
pub fn quitting(app: &App) -> String {
    if app.is_unsaved() {
        return "The edited policy is not saved: quitting drops it.".to_owned();
    }
    let those = match (app.live_jobs(), app.outputs.running().count()) {
        (0, 0) => return "Everything has ended: quitting cancels nothing.".to_owned(),
        (jobs, 0) => count_are(jobs, "job"),
        (0, commands) => count_are(commands, "command"),
        (jobs, commands) => format!("{} and {}", count(jobs, "job"), count_are(commands, "command")),
    };
    format!("{those} still running; quitting cancels.")
}
