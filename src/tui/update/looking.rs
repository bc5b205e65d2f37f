//! What happens on the verify screen: the tabs, the list of files, and what is read of the signature.

use crate::commands::{Cmd, Screen};
use crate::decision::RecordRef;
use crate::error::{Error, Result};
use crate::inventory::ModelId;
use crate::signing::{Anatomy, Stage};
use crate::tui::state::app::App;
use crate::tui::state::verifying::{AskedFor, FileRow, Looked, Tab};
use crate::tui::update::effect::Effect;
use std::sync::Arc;

/// Asks for what the screen shows and the view does not hold.
pub(super) fn wanted(app: &mut App) -> Option<Effect> {
    if app.screen != Screen::Verify {
        return None;
    }
    let (model, verified) = (app.current.clone()?, app.verified()?);
    let chain = verified.verification.check(Stage::Chain).cloned();
    let asked = AskedFor { model: model.clone(), record: verified.record, chain };
    if app.verify.asked.as_ref() == Some(&asked) {
        return None;
    }
    app.verify.asked = Some(asked);
    Some(Effect::TakeApart(model))
}

/// Takes what was read.
pub(super) fn take(app: &mut App, model: ModelId, found: Result<(RecordRef, Anatomy)>) {
    let told = |error: Error| {
        let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
        crate::text::screen(&format!("{error}{help}"))
    };
    let asked = app.verify.asked.as_ref().filter(|asked| asked.model == model).map(|asked| asked.record);
    let looked = match (found, asked) {
        (Ok((record, anatomy)), _) => Looked { model, record, what: Ok(Arc::new(anatomy)) },
        (Err(error), Some(record)) => Looked { model, record, what: Err(told(error)) },
        (Err(_), None) => return,
    };
    app.verify.looked = Some(looked);
}

/// Goes to another tab.
pub(super) fn turn(app: &mut App, by: isize) {
    app.verify.tab = app.verify.tab.turned(by);
    app.scroll = 0;
}

/// Enter: into the tab that shows the chosen check, and there into what is folded.
pub(super) fn into(app: &mut App) {
    let Some(verified) = app.verified() else { return };
    if app.verify.inside {
        if app.verify.tab == Tab::Files
            && matches!(app.verify.row(verified, app.verify.file), Some(FileRow::Matching(_)))
        {
            app.verify.unfolded = true;
        } else {
            let out = app.key_of(Cmd::Back);
            app.tell(format!("already shown in full · {out} goes back to the checks"), false);
        }
        return;
    }
    let stage = verified.verification.checks.get(app.check).map(|check| check.stage);
    if app.verify.tab == Tab::Check
        && let Some(stage) = stage
    {
        app.verify.tab = Tab::of(stage);
        app.scroll = 0;
    }
    app.verify.inside = true;
}

/// Esc: out of the right pane; says whether that was it.
pub(super) fn out(app: &mut App) -> bool {
    if app.verify.only.take().is_some() {
        app.verify.file = 0;
        return true;
    }
    std::mem::take(&mut app.verify.inside)
}

/// Moves among the files, or scrolls the text; says whether the right pane took the key.
pub(super) fn step(app: &mut App, by: isize) -> bool {
    if !app.verify.inside {
        return false;
    }
    if app.verify.tab == Tab::Files {
        let rows = app.verified().map_or(0, |verified| app.verify.rows(verified));
        app.verify.file = app.verify.file.saturating_add_signed(by).min(rows.saturating_sub(1));
        app.scroll = 0;
    } else {
        app.scroll = app.scrolled(app.scroll, by);
    }
    true
}

/// Shows the files of the next state only.
pub(super) fn next_files(app: &mut App) {
    let Some(verified) = app.verified().cloned() else { return };
    app.verify.next_word(&verified);
    (app.verify.tab, app.verify.inside, app.scroll) = (Tab::Files, true, 0);
    let words = match app.verify.only {
        Some(word) => format!("only files that are: {}", word.word()),
        None => "all files".to_owned(),
    };
    app.tell(words, false);
}
