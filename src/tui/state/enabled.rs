//! Whether each command can act now and, if not, why. The keys ask before they act; the key bar, the palette and the
//! help show it. What a command needs and the words stand in the table of commands.

use crate::commands::{Keys, Need, Screen};
use crate::tui::state::app::{App, Phase};
use crate::tui::state::fault::Faulty;
use crate::tui::state::jobs::JobNow;
use crate::tui::state::reporting::typed_row;
use crate::view::View;

/// Whether a command can act now.
///
/// # Errors
/// Why not, in words for the person.
pub fn enabled(keys: &Keys, app: &App) -> Result<(), String> {
    match keys.needs.iter().find(|need| !holds(**need, app)) {
        Some(need) => Err(need.why_not(&|cmd| app.key_of(cmd))),
        None => Ok(()),
    }
}

/// Whether a command is offered at all: what changes anything is not, where nothing may be changed. Its key still says
/// why not.
pub fn is_offered(keys: &Keys, app: &App) -> bool {
    !app.read_only || !keys.needs.contains(&Need::Writable)
}

/// Whether a command can act on what is typed after its name: no model need be under the cursor then.
///
/// # Errors
/// Why not, in words for the person.
pub fn enabled_for_typed(keys: &Keys, app: &App) -> Result<(), String> {
    let is_here = |need: &Need| {
        matches!(need, Need::Model | Need::Models | Need::ModelShown | Need::KnownRow | Need::Checks)
    };
    match keys.needs.iter().find(|need| !is_here(need) && !holds(**need, app)) {
        Some(need) => Err(need.why_not(&|cmd| app.key_of(cmd))),
        None => Ok(()),
    }
}

fn holds(need: Need, app: &App) -> bool {
    match need {
        Need::Openable => app.view.is_some() || !matches!(app.phase, Phase::Failed(_)),
        Need::Open => app.view.is_some(),
        Need::Writable => !app.read_only,
        Need::Model => app.subject().is_some(),
        Need::KnownRow => {
            app.lane().zip(app.view.as_ref()).is_some_and(|(row, view)| view.graph.node(&row.id).is_some())
        }
        // Marks count where they are seen.
        Need::Models => (app.screen == Screen::Inventory && app.rows.marks() > 0) || app.subject().is_some(),
        Need::ModelShown => app.screen == Screen::Reports || app.model().is_some(),
        Need::EverVerified => subject(app).is_some_and(|(view, at)| view.verification(at).is_some()),
        Need::Unchanged => subject(app).is_some_and(|(view, at)| view.standing(at).is_some()),
        Need::Proven => subject(app).is_some_and(|(view, at)| view.proof(at).is_some()),
        Need::Checks => app.screen != Screen::Verify || app.verified().is_some(),
        Need::Named => app.named().is_some(),
        Need::OtherFocus => app
            .lane()
            .is_some_and(|row| row.left_out.is_some() || Some(&row.id) != app.lineage.focus.as_ref()),
        Need::FocusBefore => !app.lineage.trail.is_empty(),
        Need::RowShown => !app.rows.shown().is_empty(),
        Need::Mark => app.rows.marks() > 0,
        Need::OwnReview => !app.review.acts.is_empty() || app.review.recording > 0 || app.review.undoing > 0,
        Need::AnyModel => app.rows.total() > 0,
        Need::Editor => app.editor.is_some(),
        Need::EditablePolicy | Need::PolicyFile => app.policy_path().is_some(),
        Need::OtherStage => app.stages().len() > 1,
        Need::SurveyRow => {
            app.whole && app.survey.as_ref().is_some_and(|(_, survey)| app.surveying.row(survey).is_some())
        }
        Need::SoundPolicy => app.view.as_ref().is_some_and(|view| view.policy_errors.is_empty()),
        Need::TypedChoice => typed_row(app).is_some(),
        Need::Case => app.cases.case().is_some(),
        Need::OpenStep => app.cases.open_case().is_some_and(|case| case.next().is_some()),
        Need::OpenCase => app.cases.open_case().is_some(),
        Need::Job => app.job().is_some(),
        Need::OverJob => app.job().is_some_and(JobNow::can_retry),
        Need::Change => app.changes.model().is_some(),
        Need::Fault => !app.faults.is_empty(),
        Need::FaultFile => app.faults.first().is_some_and(|fault| fault.file.is_some()),
        Need::FaultyStore => app.faults.first().is_some_and(|fault| fault.of == Faulty::Store),
        Need::EmptyFolder => app.faults.first().is_some_and(|fault| fault.of == Faulty::EmptyFolder),
        Need::Running if app.screen == Screen::Output => {
            app.outputs.shown().is_some_and(|output| output.ended.is_none())
        }
        Need::Running => app.job().is_some_and(|job| job.is_live),
        Need::OlderOutput => app.outputs.has_older(),
        Need::NewerOutput => app.outputs.has_newer(),
        Need::JobControl => cfg!(unix),
    }
}

fn subject(app: &App) -> Option<(&View, usize)> {
    let view = app.view.as_deref()?;
    Some((view, view.model(&app.subject()?)?.0))
}
