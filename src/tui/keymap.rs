//! The keymap file: TOML that gives keys another meaning, merged over the table's. Read with a limit, all faults told
//! with their lines; written so that it can be edited and read back. It knows no screen and no state.

use crate::commands::{Binding, Bindings, Does, Screen, TABLE, by_name, by_path, keys_of};
use crate::disk::{self, Unread};
use crate::error::{Code, Error, Result};
use crate::tables::{At, Document, Fault, Faults, Place, Section, quote};
use crate::text::nearest;
use crate::tui::keys;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A keymap file of somebody else is an input like any other.
const LIMIT_BYTES: u64 = 64 * 1024;
/// Entries in one file.
const LIMIT_ENTRIES: usize = 1000;
/// What unbinds a key.
const NONE: &str = "none";

/// Where a person's own stands, whether or not it is there.
pub fn own_path() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "touchmark")?;
    Some(folders.config_dir().join("keymap.toml"))
}

/// The keys in force by a file, or its faults.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`.
pub fn load(path: &Path) -> Result<std::result::Result<Bindings, Vec<Fault>>> {
    let bytes = disk::whole(path, LIMIT_BYTES).map_err(|why| match why {
        Unread::TooLarge(_) => Error::new(Code::TooLarge, "a keymap file has at most 64 KiB").at_path(path),
        Unread::NotAFile => Error::new(Code::Read, "not a keymap file").at_path(path),
        Unread::Io(cause) => Error::read(path, &cause),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let cause =
            std::io::Error::new(std::io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
        Error::read(path, &cause)
    })?;
    Ok(parse(&text))
}

/// The keys in force by the person's own file, where there is one.
///
/// # Errors
/// As [`load`].
pub fn load_own() -> Result<std::result::Result<Bindings, Vec<Fault>>> {
    match own_path().filter(|path| path.exists()) {
        Some(path) => load(&path),
        None => Ok(Ok(Bindings::default())),
    }
}

/// Reads a file's text.
///
/// # Errors
/// All faults, in the order of the file.
pub fn parse(text: &str) -> std::result::Result<Bindings, Vec<Fault>> {
    let mut faults = Faults::new(text);
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(invalid) => {
            faults.add(invalid.at, format!("not TOML: {}", crate::text::screen(&invalid.message)), "");
            return Err(faults.into_errors());
        }
    };
    let top = faults.open(document.top(), "the file", &["key"], &[("keys", "write [[key]] for each")]);
    let entries = faults.tables(top, "key");
    if entries.len() > LIMIT_ENTRIES {
        faults.add(None, format!("more than {LIMIT_ENTRIES} [[key]] entries"), "");
    }
    let mut read: Vec<(Binding, Place)> = Vec::new();
    for table in entries.into_iter().take(LIMIT_ENTRIES) {
        const KEYS: [&str; 4] = ["on", "run", "screen", "arguments"];
        const HINTS: &[(&str, &str)] =
            &[("key", "write `on`"), ("command", "write `run`"), ("keys", "write `on`, one entry a key")];
        let section = faults.open(table, "[[key]]", &KEYS, HINTS);
        let Some(binding) = entry(&mut faults, section) else { continue };
        clash(&mut faults, &read, &binding, table.at, text);
        read.push((binding, table.at));
    }
    if !faults.is_empty() {
        return Err(faults.into_errors());
    }
    Ok(Bindings::new(read.into_iter().map(|(binding, _)| binding).collect()))
}

/// One entry; none when it has faults.
fn entry(faults: &mut Faults<'_>, section: Section<'_>) -> Option<Binding> {
    let on = faults.required(section, "on");
    let run = faults.required(section, "run");
    let screen = faults.text(section, "screen");
    let arguments = faults.text(section, "arguments");
    let key = on.and_then(|on| key(faults, &on));
    let does = run.and_then(|run| does(faults, &run, arguments.as_ref()));
    let only = match &screen {
        Some(named) => Some(self::screen(faults, named)?),
        None => None,
    };
    let (key, does) = (key?, does?);
    if let (Some(only), Some(named), Does::Cmd(cmd)) = (only, &screen, &does)
        && let Some(row) = keys_of(*cmd).filter(|row| !row.is_on(only))
    {
        let works: Vec<String> = row.screens.iter().map(|screen| screen.name()).collect();
        let message = format!("`{}` does not work on {}", row.name, only.name());
        faults.add(Some(named.at), message, format!("it works on {}", works.join(", ")));
        return None;
    }
    Some(Binding { key, screen: only, does })
}

/// A key as the table writes it, however its name is written.
fn key(faults: &mut Faults<'_>, on: &At<String>) -> Option<String> {
    let written = on.value.trim();
    let key = if written.chars().count() == 1 { written.to_owned() } else { written.to_lowercase() };
    if !keys::is_valid(&key) || crate::text::screen(&key) != key || key == " " {
        let message = format!("`{}` is no key", quote(&on.value));
        faults.add(Some(on.at), message, "write keys as `V`, `ctrl-x`, `space`, `enter`, `pgdn`, `f5`");
        return None;
    }
    if key == "ctrl-c" {
        let message = "`ctrl-c` cannot be bound: pressed twice it always quits";
        faults.add(Some(on.at), message, "choose another key");
        return None;
    }
    Some(key)
}

/// What an entry runs.
fn does(faults: &mut Faults<'_>, run: &At<String>, arguments: Option<&At<String>>) -> Option<Does> {
    let name = run.value.split_whitespace().collect::<Vec<&str>>().join(" ");
    if name == NONE {
        if let Some(arguments) = arguments {
            faults.add(Some(arguments.at), "`none` takes no arguments", "leave out `arguments`");
            return None;
        }
        return Some(Does::Nothing);
    }
    let row = by_name(&name);
    if row.is_none() && by_path(&name).is_none() {
        let names: Vec<&str> =
            TABLE.iter().map(crate::commands::Command::name).filter(|name| !name.is_empty()).collect();
        let near =
            nearest(&name, &names).map(|near| format!(" — did you mean `{near}`?")).unwrap_or_default();
        let message = format!("no command is called `{}`{near}", quote(&name));
        faults.add(
            Some(run.at),
            message,
            "docs/keys.md and docs/commands.md list all; `none` unbinds the key",
        );
        return None;
    }
    match (row, arguments) {
        (Some(row), None) => Some(Does::Cmd(row.cmd)),
        (Some(row), Some(arguments)) if row.typed.is_none() && by_path(&name).is_none() => {
            faults.add(
                Some(arguments.at),
                format!("`{}` takes no arguments", row.name),
                "leave out `arguments`",
            );
            None
        }
        (_, arguments) => {
            let arguments =
                arguments.map(|arguments| format!(" {}", arguments.value.trim())).unwrap_or_default();
            Some(Does::Line(format!("{name}{arguments}")))
        }
    }
}

fn screen(faults: &mut Faults<'_>, named: &At<String>) -> Option<Screen> {
    let words: Vec<String> = Screen::ALL.iter().map(|screen| screen.name()).collect();
    let found = Screen::named(&named.value.to_lowercase());
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(String::as_str).collect();
        let near = nearest(&named.value, &known).map(|near| format!(" — did you mean `{near}`?"));
        let message = format!("no screen is called `{}`{}", quote(&named.value), near.unwrap_or_default());
        faults.add(Some(named.at), message, format!("valid values: {}", words.join(", ")));
    }
    found
}

/// Two meanings of one key on one screen, where none is more about that screen than the other.
fn clash(faults: &mut Faults<'_>, read: &[(Binding, Place)], new: &Binding, at: Place, text: &str) {
    let meets = |old: &Binding, screen: &Screen| {
        old.key == new.key
            && old.screen.is_some() == new.screen.is_some()
            && old.is_on(*screen)
            && new.is_on(*screen)
    };
    for (old, place) in read {
        let both: Vec<String> =
            Screen::ALL.into_iter().filter(|screen| meets(old, screen)).map(Screen::name).collect();
        if both.is_empty() {
            continue;
        }
        let on = if both.len() == Screen::ALL.len() { "every screen".to_owned() } else { both.join(", ") };
        let line = place.line(text);
        let message = format!("`{}` has another meaning on {on} already, from line {line}", new.key);
        faults.add(Some(at), message, "keep one of the two, or give one of them a `screen`");
        return;
    }
}

/// The keys in force as a file: all of them, each with what it does.
pub fn written(bindings: &Bindings) -> String {
    let mut out = String::from(
        "# Keys of Touchmark's workbench. What stands here is merged over the built-in keys: delete what you leave as it is.\n\
         # on: a key. run: a command, or \"none\". Optional: screen, arguments. Check with `touchmark keymap check FILE`.\n",
    );
    let mut before = None;
    for binding in bindings.whole() {
        let (run, arguments) = match &binding.does {
            Does::Cmd(cmd) => (keys_of(*cmd).map_or(NONE, |row| row.name).to_owned(), None),
            Does::Line(line) => parted(line),
            Does::Nothing => (NONE.to_owned(), None),
        };
        if before.as_ref() != Some(&run) {
            let about = by_name(&run).map(|row| row.help).or_else(|| crate::commands::about(&run));
            let _ = write!(out, "\n# {}\n", about.unwrap_or("nothing"));
        }
        let _ = write!(out, "[[key]]\non = {}\nrun = {}\n", string(&binding.key), string(&run));
        if let Some(screen) = binding.screen {
            let _ = writeln!(out, "screen = {}", string(&screen.name()));
        }
        if let Some(arguments) = arguments {
            let _ = writeln!(out, "arguments = {}", string(&arguments));
        }
        before = Some(run);
    }
    out
}

/// The command of a line, and the rest of it.
fn parted(line: &str) -> (String, Option<String>) {
    let words: Vec<&str> = line.split(' ').collect();
    for length in (1..=words.len()).rev() {
        let (name, rest) = words.split_at(length);
        let name = name.join(" ");
        if by_path(&name).is_some() || by_name(&name).is_some() {
            return (name, Some(rest.join(" ")).filter(|rest| !rest.is_empty()));
        }
    }
    (line.to_owned(), None)
}

/// A TOML string.
fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
