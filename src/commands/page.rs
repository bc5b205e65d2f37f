//! The page about the keys, made from the table.

use super::command::{Cmd, Command, Keys, Line, Network, OnLine, OnScreen, Screen};
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
    table(&mut out, |keys| keys.is_everywhere());
    palette(&mut out);
    keymap(&mut out);
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
         `{}` takes any command by its name, from every screen: those of the tables above, and those of the\n\
         [command line](commands.md) as they are typed in a shell, without `touchmark`. A part of a name is enough.\n\n\
         - `Tab` completes: names first, then flags and arguments (models, files, stages, themes, columns, anchors).\n\
         - `↑` and `↓` choose in the list; `↑` at its top, `Ctrl-p` and `Ctrl-n` go through the lines typed before.\n\
         - Quotes and backslashes hold words together as in a shell. No shell is involved: there are no variables,\n  \
           patterns or pipes. A leading `~/` is your home folder.\n\
         - A command of another screen goes there first.\n\n\
         After these names of the workbench something can be typed:\n\n\
         | typed | what it does |\n|---|---|\n",
        key_of(Cmd::Palette)
    );
    for keys in keyed() {
        let Some(typed) = &keys.typed else { continue };
        let also = typed.also.map(|name| format!(" or `{name} {}`", typed.word)).unwrap_or_default();
        let must = if typed.missing.is_some() { " (required)" } else { "" };
        let _ = writeln!(out, "| `{} {}`{also}{must} | {} |", keys.name, typed.word, keys.help);
    }
    let _ = write!(
        out,
        "\nA command of the command line runs in the background, in the open workspace, with `--policy`, `--at` and\n\
         `--read-only` as the workbench was opened. What it prints is shown on the screen Output with its exit status;\n\
         `{}` opens that screen again. Commands that write are refused when the workbench is read-only. These use the\n\
         network, which is asked about first: {}. These may ask for a passphrase, a PIN or a login, and get the terminal\n\
         while they run: {}. These cannot be run from the workbench:\n\n\
         | command | why |\n|---|---|\n",
        key_of(Cmd::Output),
        listed(|row| row.network == Network::Always),
        listed(|row| row.asks),
    );
    for row in TABLE {
        if let (OnLine::Own(line), OnScreen::Not(why)) = (&row.line, &row.screen) {
            let _ = writeln!(out, "| `{}` | {why} |", line.path);
        }
    }
}

/// The commands of the command line of which something holds.
fn listed(holds: impl Fn(&Command) -> bool) -> String {
    let path = |row: &Command| match &row.line {
        OnLine::Own(line) if holds(row) => Some(format!("`{}`", line.path)),
        _ => None,
    };
    TABLE.iter().filter_map(path).collect::<Vec<String>>().join(", ")
}

fn keymap(out: &mut String) {
    let _ = write!(
        out,
        "\n## Keymap file\n\n\
         `keymap.toml` in your folder of configuration (`$XDG_CONFIG_HOME/touchmark`, usually `~/.config/touchmark`)\n\
         changes keys; `touchmark open --keymap FILE` takes another file. Its entries are merged over the keys above:\n\n\
         ```toml\n\
         [[key]]\n\
         on = \"ctrl-x\"            # the key\n\
         run = \"verify\"           # a command of the workbench or of the command line\n\
         screen = \"inventory\"     # only there; without it wherever the command works\n\n\
         [[key]]\n\
         on = \"f5\"\n\
         run = \"gate\"\n\
         arguments = \"acme/bot --stage prod\"\n\n\
         [[key]]\n\
         on = \"V\"\n\
         run = \"none\"             # unbinds it\n\
         ```\n\n\
         Keys are written as `V`, `ctrl-x`, `space`, `enter`, `esc`, `tab`, `shift-tab`, `up`, `down`, `left`, `right`,\n\
         `pgup`, `pgdn`, `home`, `end`, `insert`, `delete`, `backspace`, `f1` to `f12`. `ctrl-c` cannot be bound: pressed\n\
         twice it always quits. Keys inside popups and typed lines cannot be changed. An entry with a `screen` counts\n\
         before one without. Screens: {}.\n\n\
         A file with a fault changes nothing: the workbench opens with the keys above and says so.\n\
         `touchmark keymap check` lists all faults with their lines, and `touchmark keymap print` writes the keys in force\n\
         as such a file.\n",
        Screen::ALL.map(|screen| format!("`{}`", screen.name())).join(", "),
    );
}

fn refusals(out: &mut String) {
    out.push_str(
        "\n## When a key cannot act\n\n\
         The key bar, the palette and the help dim a command that cannot act now, and its key says why:\n\n\
         | why | commands |\n|---|---|\n",
    );
    let key = |cmd| {
        let first = keys_of(cmd).and_then(|row| row.keys.first());
        first.map(|key| format!("`{}`", shown(key))).unwrap_or_default()
    };
    let mut told: Vec<String> = Vec::new();
    for why in Need::ALL.iter().map(|need| need.why_not(&key)) {
        if told.contains(&why) {
            continue;
        }
        told.push(why.clone());
        let needs = |keys: &&Keys| keys.needs.iter().any(|need| need.why_not(&key) == why);
        let (with, without): (Vec<&Keys>, Vec<&Keys>) = keyed().partition(needs);
        let (names, most) = if with.len() > without.len() { (without, "all but ") } else { (with, "") };
        let names: Vec<String> = names.iter().map(|keys| format!("`{}`", keys.name)).collect();
        let _ = writeln!(out, "| {why} | {most}{} |", names.join(", "));
    }
}
