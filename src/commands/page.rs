//! The page about the keys, made from the table.

use super::command::{Cmd, Command, Keys, Line, OnLine, OnScreen, Screen};
use super::find::{by_path, keyed, keys_of};
use super::need::Need;
use super::shown::shown;
use super::table::TABLE;
use std::fmt::Write;

/// `docs/keys.md`.
pub fn keys_page() -> String {
    let mut out = String::from(
        "# Keys\n\n\
         <!-- Made by `cargo run --example make-docs` from src/commands/table.rs; do not edit. -->\n\n\
         The keys of the workbench, screen by screen, and what the command line has for each.\n\
         [Commands](commands.md) lists every command of the command line.\n",
    );
    for (number, screen) in (1..).zip(Screen::TABS) {
        let _ = write!(out, "\n## {number} {}\n\n", screen.word());
        table(&mut out, |keys| keys.screens.contains(&screen));
    }
    for screen in Screen::ALL.into_iter().filter(|screen| !Screen::TABS.contains(screen)) {
        let _ = write!(out, "\n## {}\n\n", screen.word());
        table(&mut out, |keys| keys.screens.contains(&screen));
    }
    out.push_str("\n## Everywhere\n\n");
    table(&mut out, |keys| keys.screens.is_empty());
    palette(&mut out);
    refusals(&mut out);
    out
}

fn table(out: &mut String, belongs: impl Fn(&Keys) -> bool) {
    out.push_str("| key | name | what it does | on the command line |\n|---|---|---|---|\n");
    for row in TABLE {
        let OnScreen::Own(keys) = &row.screen else { continue };
        if belongs(keys) {
            let written: Vec<String> = keys.keys.iter().map(|key| format!("`{}`", shown(key))).collect();
            let line = on_line(row);
            let _ =
                writeln!(out, "| {} | `{}` | {} | {line} |", written.join(" "), keys.name, keys.help_line());
        }
    }
}

/// The command-line form of a row, or why there is none.
fn on_line(row: &Command) -> String {
    match &row.line {
        OnLine::Own(line) => typed_in_a_shell(line, None),
        OnLine::Within { path, flag } => {
            by_path(path).map(|(_, line)| typed_in_a_shell(line, *flag)).unwrap_or_default()
        }
        OnLine::Not(why) => (*why).to_owned(),
    }
}

fn typed_in_a_shell(line: &Line, flag: Option<&str>) -> String {
    let words = ["touchmark", line.path, line.arguments, flag.unwrap_or_default()];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    format!("`{}`", words.join(" "))
}

fn key_of(cmd: Cmd) -> String {
    let key = keys_of(cmd).and_then(|keys| keys.keys.first());
    key.map(|key| shown(key)).unwrap_or_default()
}

fn palette(out: &mut String) {
    let _ = write!(
        out,
        "\n## Typing commands\n\n\
         `{}` opens the palette. Type a name from the tables above, or a part of one, choose with `↑` and `↓`, and\n\
         press `Enter`. The palette offers the commands of the open screen. After these names more can be typed, on\n\
         every screen:\n\n\
         | typed | what it does |\n|---|---|\n",
        key_of(Cmd::Palette)
    );
    for keys in keyed() {
        let Some(typed) = &keys.typed else { continue };
        let also = typed.also.map(|name| format!(" or `{name} {}`", typed.word)).unwrap_or_default();
        let must = if typed.missing.is_some() { " (required)" } else { "" };
        let _ = writeln!(out, "| `{} {}`{also}{must} | {} |", keys.name, typed.word, keys.help);
    }
}

fn refusals(out: &mut String) {
    out.push_str(
        "\n## When a key cannot act\n\n\
         The key bar, the palette and the help dim a command that cannot act now, and its key says why:\n\n\
         | why | commands |\n|---|---|\n",
    );
    let mut told: Vec<&str> = Vec::new();
    for why in Need::ALL.iter().copied().map(Need::why_not) {
        if told.contains(&why) {
            continue;
        }
        told.push(why);
        let needs = |keys: &&Keys| keys.needs.iter().any(|need| need.why_not() == why);
        let (with, without): (Vec<&Keys>, Vec<&Keys>) = keyed().partition(needs);
        let (names, most) = if with.len() > without.len() { (without, "all but ") } else { (with, "") };
        let names: Vec<String> = names.iter().map(|keys| format!("`{}`", keys.name)).collect();
        let _ = writeln!(out, "| {why} | {most}{} |", names.join(", "));
    }
}
