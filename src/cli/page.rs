//! The page about the commands of the command line, made from the arguments as they are parsed and the table of
//! commands.

use crate::commands::{Cmd, Keys, OnLine, OnScreen, STATUSES, Screen, TABLE, about, by_path, keys_of, shown};
use clap::{Arg, Command};
use std::fmt::Write;

/// `docs/commands.md`, from the arguments.
pub(super) fn page(mut command: Command) -> String {
    command.build();
    let mut out = String::from(
        "# Commands\n\n\
         <!-- Made by `cargo run --example make-docs` from src/commands/table.rs and the arguments in src/cli; do not edit. -->\n\n\
         Every command of `touchmark`, and how the workbench does the same. [Keys](keys.md) lists the workbench's keys.\n\
         `touchmark` without a command opens the workbench, and so does `touchmark FOLDER`.\n\n\
         ## Options of every command\n\n",
    );
    options(&mut out, command.get_arguments().filter(|arg| arg.is_global_set()));
    out.push_str("\n## Exit status\n\n| status | meaning |\n|---|---|\n");
    for (status, meaning) in STATUSES {
        let _ = writeln!(out, "| {status} | {meaning} |");
    }
    for sub in command.get_subcommands_mut() {
        section(&mut out, sub, "", 2);
    }
    out
}

fn section(out: &mut String, command: &mut Command, above: &str, depth: usize) {
    if command.get_name() == "help" {
        return;
    }
    let path = format!("{above} {}", command.get_name()).trim_start().to_owned();
    let _ = write!(out, "\n{} {path}\n\n{}.\n", "#".repeat(depth), about(&path).unwrap_or_default());
    if let Some((row, _)) = by_path(&path) {
        let usage = command.render_usage().to_string();
        let usage: Vec<&str> = usage.lines().map(|line| line.trim_start_matches("Usage:").trim()).collect();
        let _ = write!(out, "\n```\n{}\n```\n\n{}\n", usage.join("\n"), in_the_workbench(&row.screen));
        out.push_str(&other_keys(&path));
        let own = |arg: &&Arg| !arg.is_global_set() && !arg.is_hide_set() && arg.get_id() != "help";
        if command.get_arguments().any(|arg| own(&arg)) {
            out.push('\n');
            options(out, command.get_arguments().filter(own));
        }
    }
    for sub in command.get_subcommands_mut() {
        section(out, sub, &path, depth + 1);
    }
}

fn options<'a>(out: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    out.push_str("| argument | what it is |\n|---|---|\n");
    for arg in arguments {
        let short = arg.get_short().map(|letter| format!("-{letter}, ")).unwrap_or_default();
        let required = if arg.is_required_set() && !arg.is_positional() { " (required)" } else { "" };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = write!(out, "| `{short}{arg}`{required} | {}", help.replace('|', "\\|"));
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|_| arg.get_action().takes_values())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !values.is_empty() {
            let _ = write!(out, ": {}", values.join(", "));
        }
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !defaults.is_empty() && arg.get_action().takes_values() {
            let _ = write!(out, " [default: {}]", defaults.join(" "));
        }
        out.push_str(" |\n");
    }
}

/// Keys that do the same as this command, or as it with a flag.
fn other_keys(path: &str) -> String {
    let mut found = Vec::new();
    for row in TABLE {
        if let (OnLine::Within { path: within, flag }, OnScreen::Own(keys)) = (&row.line, &row.screen)
            && *within == path
        {
            let with = flag.map(|flag| format!(" for `{flag}`")).unwrap_or_default();
            found.push(format!("{}{with}", named(keys)));
        }
    }
    if found.is_empty() {
        String::new()
    } else {
        format!("\nSee also in the workbench: {}.\n", found.join(", "))
    }
}

fn named(keys: &Keys) -> String {
    let key = keys.keys.first().map(|key| shown(key)).unwrap_or_default();
    format!("`{key}` ({})", keys.name)
}

fn in_the_workbench(form: &OnScreen) -> String {
    match form {
        OnScreen::Own(keys) => {
            let screens: Vec<&str> = keys.screens.iter().copied().map(Screen::word).collect();
            let on = if screens.is_empty() { "every screen".to_owned() } else { screens.join(", ") };
            format!(
                "In the workbench: {} on {on}: {}. With arguments after `{}` it runs as here.",
                named(keys),
                keys.help_line(),
                palette()
            )
        }
        OnScreen::Within { by, how } => {
            let by = keys_of(*by).map(named).unwrap_or_default();
            format!("In the workbench: {by}. {how} Typed after `{}` it runs as here.", palette())
        }
        OnScreen::Run => {
            format!("In the workbench: type it after `{}`; its output is shown.", palette())
        }
        OnScreen::Not(why) => format!("Not in the workbench. {why}"),
    }
}

/// The key after which commands are typed.
fn palette() -> String {
    let key = keys_of(Cmd::Palette).and_then(|keys| keys.keys.first());
    key.map(|key| shown(key)).unwrap_or_default()
}
