//! Finds rows of the table: by key, by name, by what is typed in a shell.

use super::command::{Cmd, Command, Keys, Line, OnLine, OnScreen, Screen, Typed};
use super::table::{GROUPS, TABLE};

/// The commands of the workbench, in the order of the key bar and the help.
pub fn keyed() -> impl Iterator<Item = &'static Keys> {
    TABLE.iter().filter_map(|row| match &row.screen {
        OnScreen::Own(keys) => Some(keys),
        _ => None,
    })
}

/// A command of the workbench.
pub fn keys_of(cmd: Cmd) -> Option<&'static Keys> {
    keyed().find(|keys| keys.cmd == cmd)
}

/// The command that a key means on a screen.
pub fn by_key(written: &str, screen: Screen) -> Option<&'static Keys> {
    keyed().find(|keys| keys.is_on(screen) && keys.keys_on(screen).any(|key| key == written))
}

/// The command of the workbench of a name, as it is typed.
pub fn by_name(name: &str) -> Option<&'static Keys> {
    let also = |keys: &Keys| keys.typed.as_ref().is_some_and(|typed| typed.also == Some(name));
    keyed().find(|keys| keys.name == name).or_else(|| keyed().find(|keys| also(keys)))
}

/// The command of a name after which something may be typed.
pub fn by_typed(name: &str) -> Option<(&'static Keys, &'static Typed)> {
    keyed()
        .filter_map(|keys| keys.typed.as_ref().map(|typed| (keys, typed)))
        .find(|(keys, typed)| keys.name == name || typed.also == Some(name))
}

/// The row whose command line is of this path: `ledger verify`.
pub fn by_path(path: &str) -> Option<(&'static Command, &'static Line)> {
    TABLE.iter().find_map(|row| match &row.line {
        OnLine::Own(line) if line.path == path => Some((row, line)),
        _ => None,
    })
}

/// What a command or a group of commands of the command line does, in one line.
pub fn about(path: &str) -> Option<&'static str> {
    let group = GROUPS.iter().find(|(word, _)| *word == path).map(|(_, about)| *about);
    group.or_else(|| by_path(path).map(|(row, _)| row.about))
}
