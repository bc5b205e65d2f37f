//! Which commands this face has: those of the table that need no screen, and a few words of its own.

use crate::commands::{Cmd, keyed};
use crate::tui::state::app::App;
use crate::tui::state::enabled::enabled;

/// Words that only this face has, with what they do.
pub const OWN: [(&str, &str); 6] = [
    ("list [NUMBER|all]", "say the rows from this one on, 20 or as many as asked for"),
    ("NUMBER", "go to the row of that number"),
    ("next, previous", "go to the next or the previous row"),
    ("again", "say again where you are"),
    ("wait", "take the next line when no job runs"),
    ("esc", "leave what is asked; then as the key does"),
];

/// Why a command has no form here.
pub fn why_not(cmd: Cmd) -> Option<&'static str> {
    Some(match cmd {
        Cmd::Mouse => "there is no screen to point at",
        Cmd::Themes => "there are no colours here",
        Cmd::Palette => "every line that is typed here is a command already",
        Cmd::Columns => "a row is one line here, with all that it says",
        Cmd::Details => "`open` says the details of a model",
        Cmd::Legend => "the rows of the lineage say what they are",
        Cmd::Edit => "a text is edited on a screen; `edit-outside` opens the file in $EDITOR",
        Cmd::Copy => "copy from the terminal what it printed",
        _ => return None,
    })
}

/// The lines of the help.
pub fn help(app: &App) -> Vec<String> {
    let mut out = vec!["Type a command by its name or its key. Words of this face:".to_owned()];
    out.extend(OWN.iter().map(|(word, about)| format!("  {word}: {about}")));
    for (title, everywhere) in [("On this screen:", false), ("Everywhere:", true)] {
        out.push(title.to_owned());
        for row in keyed().filter(|row| row.is_on(app.screen) && row.is_everywhere() == everywhere) {
            if why_not(row.cmd).is_some() {
                continue;
            }
            let key = app.key_of(row.cmd);
            let off = enabled(row, app).err();
            let off = off.map(|why| format!(" (not now: {why})")).unwrap_or_default();
            out.push(format!("  {}, {key}: {}{off}", row.name, row.help_line()));
        }
    }
    out
}
