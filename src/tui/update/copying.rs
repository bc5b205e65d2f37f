//! Copies what is under the cursor to the clipboard of the terminal.

use crate::commands::Cmd;
use crate::tui::state::app::App;
use crate::tui::state::copies::copies;
use crate::tui::state::popup::Popup;
use crate::tui::update::effect::Effect;

/// The command.
pub(super) fn copy(app: &mut App) -> Vec<Effect> {
    app.popup = Some(Popup::Choose { of: Cmd::Copy });
    Vec::new()
}

/// The key after it.
pub(super) fn chosen(app: &mut App, key: char) -> Vec<Effect> {
    let found = copies(app).into_iter().find(|copy| copy.key == key);
    match found.and_then(|copy| Some((copy.word, copy.text.ok()?))) {
        Some((what, text)) => vec![Effect::Copy { what: what.to_owned(), text }],
        None => Vec::new(),
    }
}

/// What a popup shows, copied whole; none where it has nothing of its own.
pub(super) fn of_popup(app: &App, popup: &Popup) -> Option<Effect> {
    match popup {
        Popup::Why { .. } => {
            let reasons = copies(app).into_iter().find(|copy| copy.key == 'w')?;
            Some(Effect::Copy { what: reasons.word.to_owned(), text: reasons.text.ok()? })
        }
        Popup::Log { job, .. } => {
            let job = app.jobs.iter().find(|known| known.id == *job)?;
            let lines = std::iter::once(job.title.clone()).chain(job.log.iter().cloned());
            Some(Effect::Copy { what: "log".to_owned(), text: lines.collect::<Vec<_>>().join("\n") })
        }
        Popup::Messages { .. } if !app.messages.is_empty() => {
            let lines: Vec<&str> = app.messages.iter().map(|message| message.text.as_str()).collect();
            Some(Effect::Copy { what: "messages".to_owned(), text: lines.join("\n") })
        }
        _ => None,
    }
}
