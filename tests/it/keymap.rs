//! The keymap file: merged over the table's keys, checked with lines, written so that it can be read back.

use crate::tui::{press, text, told, verified};
use std::process::Command;
use touchmark::commands::{Cmd, Does, Screen, keyed, keys_of};
use touchmark::tui::keymap::{parse, written};
use touchmark::tui::{App, Effect};
use touchmark::workbench::JobKind;

fn with(text: &str) -> App {
    let mut app = verified();
    app.keys = parse(text).unwrap();
    app
}

fn faults(text: &str) -> Vec<(Option<usize>, String)> {
    let faults = parse(text).unwrap_err();
    faults.into_iter().map(|fault| (fault.line, fault.message)).collect()
}

const SOME: &str = r#"
[[key]]
on = "Ctrl-X"
run = "verify"
screen = "inventory"

[[key]]
on = "V"
run = "none"

[[key]]
on = "f5"
run = "gate"
arguments = "lumen/iris-base --stage prod"

[[key]]
on = "j"
run = "help"
screen = "policy"

[[key]]
on = "J"
run = "down"
"#;

#[test]
fn a_key_of_the_file_counts_before_the_tables() {
    let mut app = with(SOME);
    let effects = press(&mut app, &["ctrl-x"]);
    assert!(matches!(effects.as_slice(), [Effect::Start(JobKind::Verify(_))]), "{effects:?}");
    assert!(
        press(&mut app, &["V"]).is_empty() && told(&app).contains("V does nothing here"),
        "{}",
        told(&app)
    );
    let [Effect::Run(asked)] = &press(&mut app, &["f5"])[..] else { panic!() };
    assert_eq!(asked.words, ["gate", "lumen/iris-base", "--stage", "prod"]);
    // Only where the file says so.
    let mut app = with(SOME);
    press(&mut app, &["j"]);
    assert_eq!((app.rows.cursor, app.popup.is_none()), (1, true));
    press(&mut app, &["J"]);
    assert_eq!(app.rows.cursor, 2);
    press(&mut app, &["5", "j"]);
    assert!(app.popup.is_some());
}

#[test]
fn help_bar_and_palette_show_the_keys_in_force() {
    let mut app = with(SOME);
    let bar = text(&app, 160, 40).lines().last().unwrap().to_owned();
    assert!(bar.contains("Ctrl-x verify") && !bar.contains("V verify"), "{bar}");
    press(&mut app, &["?"]);
    let help = text(&app, 160, 110);
    assert!(help.contains("Ctrl-x") && help.contains(": gate lumen/iris-base --stage prod"), "{help}");
    press(&mut app, &["esc", ":", "v", "e", "r", "i"]);
    let palette = text(&app, 160, 60);
    let row = palette.lines().find(|line| line.contains("verify marked")).unwrap();
    assert!(row.contains("Ctrl-x"), "{row}");
}

#[test]
fn every_fault_is_told_with_its_line() {
    let found = faults(
        "[[key]]\non = \"hyper-x\"\nrun = \"verify\"\n\n[[key]]\non = \"x\"\nrun = \"verfy\"\n\n[[key]]\non = \"x\"\nrun = \"mark\"\nscreen = \"policy\"\n\n[[key]]\non = \"ctrl-c\"\nrun = \"quit\"\ncolour = 1\n",
    );
    let lines: Vec<Option<usize>> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [Some(2), Some(7), Some(12), Some(15), Some(17)], "{found:?}");
    for (at, words) in [
        (0, "`hyper-x` is no key"),
        (1, "did you mean `verify`?"),
        (2, "does not work on policy"),
        (3, "always quits"),
        (4, "colour"),
    ] {
        assert!(found[at].1.contains(words), "{:?}", found[at]);
    }
    for text in [
        "[[key]]\non = \"x\"\n",
        "[[key]]\nrun = \"quit\"\n",
        "key = 3",
        "[[key",
        "[[key]]\non=\"x\"\nrun=\"mark\"\narguments=\"a\"\n",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(parse("").unwrap().changes().is_empty());
}

#[test]
fn two_meanings_of_a_key_on_one_screen_are_a_fault_and_on_two_screens_none() {
    let two = "[[key]]\non = \"X\"\nrun = \"mark\"\n\n[[key]]\non = \"X\"\nrun = \"verify\"\n";
    let found = faults(two);
    assert!(
        matches!(&found[..], [(Some(5), message)] if message.contains("inventory") && message.contains("line 1")),
        "{found:?}"
    );
    // One of them is about a screen, so it counts there; and `edit` works nowhere where `mark` does.
    for text in [
        "[[key]]\non = \"X\"\nrun = \"mark\"\nscreen = \"inventory\"\n\n[[key]]\non = \"X\"\nrun = \"verify\"\n",
        "[[key]]\non = \"X\"\nrun = \"mark\"\n\n[[key]]\non = \"X\"\nrun = \"edit\"\n",
    ] {
        assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn what_is_written_is_read_back_the_same() {
    for text in [
        "",
        SOME,
        "[[key]]\non = \"\\\"\"\nrun = \"trust list\"\n\n[[key]]\non = \"enter\"\nrun = \"none\"\nscreen = \"jobs\"\n",
    ] {
        let keys = parse(text).unwrap();
        let file = written(&keys);
        let again = parse(&file).unwrap_or_else(|faults| panic!("{faults:#?}\n{file}"));
        assert_eq!(written(&again), file);
        let nothing = |does: Option<Does>| does.filter(|does| *does != Does::Nothing);
        let all: Vec<&str> =
            keyed().flat_map(|row| row.keys.iter().copied()).chain(["ctrl-x", "f5", "J", "\""]).collect();
        for screen in Screen::ALL {
            for key in &all {
                assert_eq!(
                    nothing(again.of(key, screen)),
                    nothing(keys.of(key, screen)),
                    "{key} on {}",
                    screen.word()
                );
            }
            for cmd in Cmd::ALL.iter().filter(|cmd| keys_of(**cmd).unwrap().is_on(screen)) {
                assert_eq!(again.keys(*cmd, screen), keys.keys(*cmd, screen), "{cmd:?} on {}", screen.word());
            }
        }
    }
}

#[test]
fn the_command_line_prints_and_checks_keymap_files() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let home = dir.path().join("config");
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(arguments)
            .current_dir(dir.path())
            .env("XDG_CONFIG_HOME", &home)
            .env("HOME", dir.path())
            .output()
            .unwrap();
        (
            done.status.code(),
            String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap(),
        )
    };
    let (status, printed) = run(&["keymap", "print"]);
    assert_eq!(status, Some(0), "{printed}");
    assert!(parse(&printed).is_ok());
    assert_eq!(run(&["keymap", "check"]).0, Some(0));
    std::fs::write(
        dir.path().join("k.toml"),
        "[[key]]\non = \"x\"\nrun = \"verfy\"\n\n[[key]]\non = \"?!\"\nrun = \"quit\"\n",
    )
    .unwrap();
    let (status, said) = run(&["keymap", "check", "k.toml"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(
        said.contains('3') && said.contains('6') && said.contains("verfy") && said.contains("?!"),
        "{said}"
    );
    assert_eq!(run(&["keymap", "print", "--keymap", "k.toml"]).0, Some(2));
    std::fs::write(dir.path().join("large.toml"), "# x\n".repeat(20_000)).unwrap();
    assert_eq!(run(&["keymap", "check", "large.toml"]).0, Some(4));
    assert_eq!(run(&["keymap", "check", "absent.toml"]).0, Some(4));
    // The person's own is found.
    let own = dir.path().join("config/touchmark");
    if cfg!(target_os = "linux") {
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("keymap.toml"), SOME).unwrap();
        assert!(run(&["keymap", "print"]).1.contains("ctrl-x"));
    }
}
