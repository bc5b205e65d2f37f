//! Opens the line typed after `:`, and keeps what is offered for it up to date.

use crate::tui::state::app::App;
use crate::tui::state::offers::{folder_of, offers, path_typed};
use crate::tui::state::palette::Palette;
use crate::tui::state::popup::Popup;
use crate::tui::update::effect::Effect;

/// Opens it with a line that is begun.
pub(super) fn open(app: &mut App, input: String) -> Vec<Effect> {
    // What is in a folder may be something else by now.
    app.palette = Palette::default();
    app.popup = Some(Popup::Palette { input, cursor: 0 });
    refresh(app)
}

/// Makes the offers anew for the line as it stands.
pub(super) fn refresh(app: &mut App) -> Vec<Effect> {
    let Some(Popup::Palette { input, .. }) = &app.popup else { return Vec::new() };
    let input = input.clone();
    app.palette.is_chosen = false;
    app.palette.offers = offers(app, &input);
    let Some(typed) = path_typed(app, &input) else { return Vec::new() };
    let folder = folder_of(&typed);
    if app.palette.asked.as_deref() == Some(folder) {
        return Vec::new();
    }
    app.palette.asked = Some(folder.to_owned());
    vec![Effect::ReadFolder(folder.to_owned())]
}
