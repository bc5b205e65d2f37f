//! The flags of every command as they are parsed, for the workbench, which completes them. It knows no command.

use crate::commands::{Flag, Shape};
use clap::{Arg, Command};

/// Of every command; those that all take first.
pub(super) fn of(mut command: Command) -> Vec<Shape> {
    command.build();
    let global = command.get_arguments().filter(|arg| arg.is_global_set());
    let mut found = vec![Shape { flags: global.filter_map(flag).collect(), ..Shape::default() }];
    walk(&command, "", &mut found);
    found
}

fn walk(command: &Command, above: &str, found: &mut Vec<Shape>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("{above} {}", sub.get_name()).trim_start().to_owned();
        let own = sub.get_arguments().filter(|arg| !arg.is_global_set());
        found.push(Shape {
            flags: own.filter_map(flag).collect(),
            choices: sub.get_positionals().map(choices).collect(),
            path: path.clone(),
        });
        walk(sub, &path, found);
    }
}

fn flag(arg: &Arg) -> Option<Flag> {
    if arg.is_hide_set() || arg.get_id() == "help" {
        return None;
    }
    let takes = arg.get_action().takes_values();
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    Some(Flag {
        name: format!("--{}", arg.get_long()?),
        value: value.or_else(|| Some(arg.get_id().as_str().to_uppercase())).filter(|_| takes),
        choices: if takes { choices(arg) } else { Vec::new() },
        about: arg.get_help().map(ToString::to_string).unwrap_or_default(),
        required: arg.is_required_set(),
    })
}

fn choices(arg: &Arg) -> Vec<String> {
    arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
}
