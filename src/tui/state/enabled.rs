//! Whether each command can act now and, if not, why. The keys ask before they act; the key bar, the palette and the
//! help show it.

use crate::commands::{Cmd, Screen};
use crate::tui::state::app::{App, Phase};

/// Whether a command can act now.
///
/// # Errors
/// Why not, in words for the person.
pub fn enabled(cmd: Cmd, app: &App) -> Result<(), String> {
    let no = |why: &str| Err(why.to_owned());
    let needs_view = !matches!(
        cmd,
        Cmd::Help
            | Cmd::Palette
            | Cmd::Quit
            | Cmd::Back
            | Cmd::Redraw
            | Cmd::Suspend
            | Cmd::Themes
            | Cmd::Messages
            | Cmd::Jobs
            | Cmd::Inventory
    );
    if needs_view && app.view.is_none() {
        return match app.phase {
            Phase::Failed(_) => no("the workspace could not be opened"),
            _ => no("the workspace is still being opened"),
        };
    }
    match cmd {
        // Marks count where they are seen.
        Cmd::StartVerify | Cmd::VerifyInFull | Cmd::StartScore
            if app.screen == Screen::Inventory && app.rows.marks() > 0 =>
        {
            Ok(())
        }
        Cmd::Open
        | Cmd::StartVerify
        | Cmd::VerifyInFull
        | Cmd::StartScore
        | Cmd::Why
        | Cmd::Mark
        | Cmd::Lineage
        | Cmd::Verify
        | Cmd::Maturity
            if app.subject().is_none() =>
        {
            no("there is no model here")
        }
        Cmd::Refocus if app.subject().is_none() => {
            no("this row is not in the inventory: nothing more is known of it")
        }
        Cmd::Refocus if app.subject() == app.lineage.focus => no("this is the focus already"),
        Cmd::NextTab | Cmd::PreviousTab | Cmd::Left | Cmd::Right if app.model().is_none() => {
            no("there is no model here")
        }
        Cmd::NextTab | Cmd::PreviousTab | Cmd::Left | Cmd::Right
            if app.screen == Screen::Verify && app.verified().is_none() =>
        {
            no("nothing was verified here yet: V verifies it")
        }
        Cmd::MarkAll if app.rows.shown().is_empty() => no("no model is shown"),
        Cmd::Unmark if app.rows.marks() == 0 => no("nothing is marked"),
        Cmd::Filter | Cmd::SavedView | Cmd::Sort | Cmd::Reverse if app.rows.total() == 0 => {
            no("the inventory is empty")
        }
        Cmd::Review if app.read_only => no("opened read-only"),
        Cmd::Review if app.subject().is_none() => no("there is no model here"),
        Cmd::Edit if app.read_only => no("opened read-only"),
        Cmd::Edit if app.policy_path().is_none() => {
            no("the built-in policy cannot be edited: name a policy file in touchmark.toml")
        }
        Cmd::Reload if app.policy_path().is_none() => no("the built-in policy never changes"),
        Cmd::Stage if app.stages().len() < 2 => no("the policy has no other stage"),
        Cmd::Log if app.job().is_none() => no("nothing has run yet"),
        Cmd::Cancel if !app.job().is_some_and(|job| job.is_live) => no("this job is not running"),
        Cmd::FocusBack if app.lineage.trail.is_empty() => no("this is the first focus"),
        Cmd::Suspend if !cfg!(unix) => no("this system cannot suspend programs"),
        _ => Ok(()),
    }
}
