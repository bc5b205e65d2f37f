//! The one table of commands: both faces are in it, whole, and agree with it; the pages made from it are fresh.

use crate::tui::{press, told, verified};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use touchmark::cli;
use touchmark::commands::{
    Cmd, GROUPS, Need, Network, OnLine, OnScreen, Screen, TABLE, Value, Writes, about, by_name, by_path,
    by_typed, keyed, keys_of,
};
use touchmark::tui::{Action, Effect, Popup, keys, update};

/// A command of the command line, as clap knows it.
struct Leaf {
    path: String,
    /// It does nothing by itself.
    is_group: bool,
    arguments: String,
    flags: Vec<String>,
    about: String,
}

/// All of the command line, without `help`.
fn tree() -> Vec<Leaf> {
    fn walk(command: &clap::Command, above: &str, found: &mut Vec<Leaf>) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let path = format!("{above} {}", sub.get_name()).trim_start().to_owned();
            let arguments: Vec<String> = sub.get_positionals().map(ToString::to_string).collect();
            let flags = sub.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(|arg| arg.get_long());
            found.push(Leaf {
                is_group: sub.is_subcommand_required_set(),
                arguments: arguments.join(" "),
                flags: flags.map(|flag| format!("--{flag}")).collect(),
                about: sub.get_about().map(ToString::to_string).unwrap_or_default(),
                path: path.clone(),
            });
            walk(sub, &path, found);
        }
    }
    let mut command = cli::command();
    command.build();
    let mut found = Vec::new();
    walk(&command, "", &mut found);
    found
}

fn sorted<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort();
    all
}

#[test]
fn every_command_of_the_command_line_is_a_row_and_the_reverse() {
    let tree = tree();
    let parsed = sorted(tree.iter().filter(|leaf| !leaf.is_group).map(|leaf| leaf.path.as_str()));
    let rows = sorted(TABLE.iter().filter_map(|row| match &row.line {
        OnLine::Own(line) => Some(line.path),
        _ => None,
    }));
    assert!(parsed.len() > 40, "{parsed:?}");
    assert_eq!(parsed, rows, "left: what the command line parses, right: rows of src/commands/table.rs");
    let groups = sorted(tree.iter().filter(|leaf| leaf.is_group).map(|leaf| leaf.path.as_str()));
    assert_eq!(groups, sorted(GROUPS.iter().map(|(word, _)| *word)), "groups of commands");
}

#[test]
fn the_arguments_in_the_table_are_those_that_are_parsed() {
    let mut wrong = Vec::new();
    for leaf in tree().iter().filter(|leaf| !leaf.is_group) {
        let Some((_, line)) = by_path(&leaf.path) else { continue }; // told above
        if leaf.arguments != line.arguments {
            wrong.push(format!(
                "{}: parsed {:?}, in the table {:?}",
                leaf.path, leaf.arguments, line.arguments
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_help_of_every_command_comes_from_the_table_and_stands_nowhere_else() {
    for leaf in tree() {
        assert!(!leaf.about.is_empty(), "{} has no description", leaf.path);
        assert_eq!(Some(leaf.about.as_str()), about(&leaf.path), "{}", leaf.path);
        assert!(!leaf.about.ends_with('.'), "{}", leaf.path);
    }
    let known: BTreeSet<String> = tree().into_iter().map(|leaf| leaf.about).collect();
    for (file, text) in sources("src/cli") {
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("/// ")) {
            assert!(!known.contains(line), "{}: the table has `{line}` already", file.display());
        }
    }
}

#[test]
fn every_command_of_the_workbench_has_exactly_one_row() {
    for cmd in Cmd::ALL {
        assert_eq!(keyed().filter(|keys| keys.cmd == *cmd).count(), 1, "{cmd:?}");
    }
}

/// A reason that a person can follow.
fn is_sentence(text: &str) -> bool {
    text.ends_with('.')
        && text.starts_with(|c: char| c.is_uppercase())
        && text.split_whitespace().count() >= 4
        && !text.contains("TODO")
}

#[test]
fn a_row_has_both_forms_or_a_reason_that_is_a_sentence() {
    let tree = tree();
    for row in TABLE {
        assert!(row.about.split_whitespace().count() >= 2, "{}: {:?}", row.name(), row.about);
        match &row.line {
            OnLine::Own(_) => {}
            OnLine::Not(why) => assert!(is_sentence(why), "{}: {why:?}", row.name()),
            OnLine::Within { path, flag } => {
                let leaf = tree.iter().find(|leaf| leaf.path == *path && !leaf.is_group);
                let leaf = leaf.unwrap_or_else(|| panic!("{}: there is no `{path}`", row.name()));
                let known = flag.is_none_or(|flag| leaf.flags.iter().any(|known| known == flag));
                assert!(known, "{}: `{path}` has no {flag:?}", row.name());
            }
        }
        match &row.screen {
            OnScreen::Own(_) | OnScreen::Run => {}
            OnScreen::Not(why) => assert!(is_sentence(why), "{}: {why:?}", row.name()),
            OnScreen::Within { by, how } => {
                assert!(keys_of(*by).is_some() && is_sentence(how), "{}: {how:?}", row.name());
            }
        }
        let named = matches!(row.line, OnLine::Own(_)) || matches!(row.screen, OnScreen::Own(_));
        assert!(named, "{:?} is no command of either face", row.about);
    }
}

#[test]
fn reasons_name_commands_that_there_are() {
    for row in TABLE {
        let OnLine::Not(why) = &row.line else { continue };
        for quoted in why.split('`').skip(1).step_by(2) {
            if let Some(path) = quoted.strip_prefix("touchmark ") {
                assert!(by_path(path).is_some(), "{}: {why}", row.name());
            }
        }
    }
}

#[test]
fn no_two_commands_of_a_screen_share_a_key_or_a_name() {
    for screen in Screen::ALL {
        let (mut taken, mut names) = (BTreeSet::new(), BTreeSet::new());
        for row in keyed().filter(|row| row.is_on(screen)) {
            assert!(names.insert(row.name), "{} stands twice on {}", row.name, screen.word());
            assert!(!row.keys.is_empty(), "{} has no key", row.name);
            for key in row.keys {
                assert!(keys::is_valid(key), "{key:?} of {} is no key", row.name);
                assert!(taken.insert(*key), "{key} of {} is taken on {}", row.name, screen.word());
            }
        }
    }
}

#[test]
fn every_need_has_words_and_is_needed() {
    for need in Need::ALL {
        assert!(need.why_not(&|_| "V".to_owned()).split_whitespace().count() >= 2, "{need:?}");
        assert!(keyed().any(|row| row.needs.contains(need)), "no command needs {need:?}");
    }
    for row in keyed().filter(|row| row.needs.contains(&Need::Open)) {
        assert_eq!(
            row.needs[0],
            Need::Openable,
            "{}: what failed to open is not still being opened",
            row.name
        );
    }
}

#[test]
fn what_is_typed_after_a_name_finds_its_command() {
    let typed: Vec<_> = keyed().filter_map(|row| Some((row, row.typed.as_ref()?))).collect();
    assert!(typed.len() >= 15, "{}", typed.len());
    for (row, typed) in typed {
        for name in [Some(row.name), typed.also].into_iter().flatten() {
            assert_eq!(by_typed(name).map(|(found, _)| found.cmd), Some(row.cmd), "{name}");
            assert_eq!(by_name(name).map(|found| found.cmd), Some(row.cmd), "{name}");
        }
        assert_eq!(typed.word, typed.word.to_uppercase());
        let missing = typed.missing.unwrap_or(row.name);
        assert!(missing.contains(row.name), "{}: {missing}", row.name);
    }
    assert!(by_typed("mark").is_none());
}

#[test]
fn what_arguments_stand_for_is_known_of_every_usage() {
    // Words of usages that stand for something that nothing is offered for.
    const FREE: [&str; 16] = [
        "ID", "RECORD", "REASON", "NAME", "NAMES", "CLAIM", "COMMAND", "TYPE", "CASE", "STEP", "FIELDS",
        "TEXT", "PLACE", "LEVEL", "ROLE", "SHELL",
    ];
    let mut unknown = Vec::new();
    let usages = TABLE.iter().flat_map(|row| {
        let line = match &row.line {
            OnLine::Own(line) => Some((line.path, line.arguments)),
            _ => None,
        };
        let typed = match &row.screen {
            OnScreen::Own(keys) => keys.typed.as_ref().map(|typed| (keys.name, typed.word)),
            _ => None,
        };
        line.into_iter().chain(typed)
    });
    for (name, usage) in usages {
        for word in usage.split_whitespace() {
            let bare = word.trim_end_matches("...").trim_matches(['<', '>', '[', ']']);
            if Value::of(name, bare) == Value::Free && !FREE.contains(&bare) {
                unknown.push(format!("{name}: {bare}"));
            }
        }
    }
    assert!(unknown.is_empty(), "rows for src/commands/value.rs: {unknown:?}");
    assert_eq!(Value::at("trust show", "<NAME>", 0), Some(Value::Anchor));
    assert_eq!(Value::at("score", "<MODELS>...", 4), Some(Value::Model));
    assert_eq!(Value::at("gate", "<MODEL>", 1), None);
}

/// What is typed after the names of commands to try them with, by what it stands for.
fn tried(value: Option<Value>) -> &'static str {
    match value {
        Some(Value::Model) => "lumen/iris-base",
        Some(Value::Column) => "level",
        Some(Value::ReviewWord) => "approve typed.json",
        _ => "typed.json",
    }
}

#[test]
fn what_is_typed_after_a_name_reaches_its_command_on_every_screen() {
    for screen in Screen::ALL {
        for (row, typed) in keyed().filter_map(|row| Some((row, row.typed.as_ref()?))) {
            let value = Value::at(row.name, typed.word, 0);
            for name in [Some(row.name), typed.also].into_iter().flatten() {
                let mut app = verified();
                app.go(screen);
                press(&mut app, &["f2"]);
                update(&mut app, Action::Paste(format!("{name} {}", tried(value))));
                let effects = press(&mut app, &["enter"]);
                let about = app.current.as_ref().map(|id| id.raw().to_owned()).unwrap_or_default();
                let reached = match value {
                    Some(Value::Model) => {
                        let popup = matches!(&app.popup, Some(Popup::Why { model, .. }) if model.raw() == tried(value));
                        format!("{effects:?} {about}").contains(tried(value)) || popup
                    }
                    Some(Value::Column) => told(&app).contains("lowest level first"),
                    // What it would do is asked about once more.
                    Some(Value::ReviewWord) => {
                        matches!(&app.popup, Some(Popup::Confirm(ask)) if ask.input.contains("typed.json"))
                    }
                    _ => format!("{effects:?} {} {}", app.rows.filter, told(&app)).contains("typed.json"),
                };
                assert!(reached, "{name} on {}: {effects:?} {}", screen.word(), told(&app));
            }
            let Some(missing) = typed.missing else { continue };
            let mut app = verified();
            app.go(screen);
            press(&mut app, &["f2"]);
            update(&mut app, Action::Paste(row.name.to_owned()));
            assert!(press(&mut app, &["enter"]).is_empty());
            assert_eq!(told(&app), format!("{}: {missing}", row.name));
        }
    }
}

#[test]
fn every_command_of_the_command_line_runs_after_the_colon_or_says_why_not() {
    for row in TABLE {
        let OnLine::Own(line) = &row.line else { continue };
        // A flag makes it the command line's where the workbench has one of the name.
        let typed = format!("{} --format json{}", line.path, " x".repeat(line.required()));
        let run = |read_only: bool| {
            let mut app = verified();
            app.read_only = read_only;
            press(&mut app, &["5", ":"]);
            update(&mut app, Action::Paste(typed.clone()));
            let mut effects = press(&mut app, &["enter"]);
            let asked = matches!(app.popup, Some(Popup::ConfirmNetwork(_)));
            assert_eq!(
                asked,
                row.network == Network::Always && !(read_only && row.writes == Writes::Always),
                "{typed}"
            );
            if asked {
                effects.extend(press(&mut app, &["y"]));
            }
            (app, effects)
        };
        let (app, effects) = run(false);
        match &row.screen {
            OnScreen::Not(why) => {
                assert!(effects.is_empty(), "{typed}");
                assert_eq!(told(&app), format!("{}: {why}", line.path));
                continue;
            }
            _ => {
                let [Effect::Run(asked)] = effects.as_slice() else { panic!("{typed}: {effects:?}") };
                assert_eq!(asked.words.join(" "), typed);
                assert_eq!(asked.asks, row.asks, "{typed}");
                assert_eq!(app.screen, Screen::Output, "{typed}");
            }
        }
        let (app, effects) = run(true);
        if row.writes == Writes::Always {
            assert!(effects.is_empty() && told(&app).contains("read-only"), "{typed}: {effects:?}");
        } else {
            assert!(matches!(effects.as_slice(), [Effect::Run(_)]), "{typed}: {effects:?}");
        }
    }
}

#[test]
fn only_what_cannot_be_run_says_so() {
    let not = TABLE.iter().filter(|row| matches!(row.screen, OnScreen::Not(_))).map(|row| row.name());
    assert_eq!(not.collect::<Vec<_>>(), ["open", "exec", "guard"]);
}

#[test]
fn the_pages_of_commands_and_keys_are_fresh() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (name, made) in [("commands.md", cli::commands_page()), ("keys.md", touchmark::commands::keys_page())]
    {
        let page = std::fs::read_to_string(docs.join(name)).unwrap_or_default();
        assert!(page == made, "{name} is stale: run `cargo run --example make-docs`");
    }
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}
