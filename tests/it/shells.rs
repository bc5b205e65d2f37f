//! Completions and pages of the manual: made from the command line as it is parsed, whole, and readable by those that
//! they are for.

use crate::support::{err, out, touchmark};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use touchmark::commands::{GROUPS, OnLine, TABLE};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn script(shell: &str) -> String {
    let done = touchmark(["completions", shell]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    out(&done)
}

fn paths() -> impl Iterator<Item = &'static str> {
    let rows = TABLE.iter().filter_map(|row| match &row.line {
        OnLine::Own(line) => Some(line.path),
        _ => None,
    });
    rows.chain(GROUPS.iter().map(|(word, _)| *word))
}

/// Whether a program is on this machine.
fn is_there(program: &str, argument: &str) -> bool {
    let quiet = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let there = quiet(Command::new(program).arg(argument));
    if !there {
        eprintln!("SKIPPED: there is no {program}");
    }
    there
}

#[test]
fn each_shell_gets_a_script_with_every_command_and_nothing_that_the_help_hides() {
    for shell in SHELLS {
        let made = script(shell);
        for word in paths().flat_map(str::split_whitespace) {
            assert!(made.contains(word), "{shell}: {word} is missing");
        }
        assert!(made.contains("read-only") && made.contains("explain"), "{shell}");
        for hidden in ["log-level", "progress-lines"] {
            assert!(!made.contains(hidden), "{shell}: {hidden}");
        }
        assert!(!made.contains('\u{1b}'), "{shell}");
    }
    let bad = touchmark(["completions", "cmd.exe"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(err(&bad).contains("powershell") && out(&bad).is_empty(), "{}", err(&bad));
}

/// What bash offers after these words.
#[cfg(unix)]
fn offered(words: &[&str]) -> BTreeSet<String> {
    let last = words.len() - 1;
    let ask = format!(
        "{}\nCOMP_WORDS=({})\nCOMP_CWORD={last}\n_touchmark touchmark '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        script("bash"),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words[last],
        words[last - 1],
    );
    let mut bash = Command::new("bash")
        .args(["--norc", "-s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin.take().unwrap().write_all(ask.as_bytes()).unwrap();
    let done = bash.wait_with_output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{}", err(&done));
    out(&done).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_flags_and_values() {
    if !is_there("bash", "--version") {
        return;
    }
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(offered(&["touchmark", "ver"]), set(&["verify"]));
    assert_eq!(offered(&["touchmark", "ledger", "anch"]), set(&["anchor", "anchors"]));
    assert_eq!(offered(&["touchmark", "verify", "--expl"]), set(&["--explain"]));
    assert_eq!(offered(&["touchmark", "list", "--color", ""]), set(&["always", "auto", "never"]));
    assert_eq!(offered(&["touchmark", "completions", "po"]), set(&["powershell"]));
    assert!(offered(&["touchmark", "nothing-of-this-name"]).is_empty());
    assert!(offered(&["touchmark", "--log"]).is_empty(), "what the help hides is offered");
}

#[test]
fn there_is_a_page_for_every_command_and_it_can_be_printed_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("share/man/man1");
    let done = touchmark(["man", "--out", folder.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let written: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let wanted: BTreeSet<String> = paths()
        .map(|path| format!("touchmark-{}.1", path.replace(' ', "-")))
        .chain(["touchmark.1".to_owned()])
        .collect();
    assert_eq!(written, wanted);
    for path in paths().chain([""]) {
        let name = format!("touchmark {path}").trim_end().replace(' ', "-");
        let page = std::fs::read_to_string(folder.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH NAME") && page.contains(".SH \"EXIT STATUS\""), "{name}");
        assert!(page.contains(concat!("touchmark ", env!("CARGO_PKG_VERSION"))), "{name}");
        assert_eq!(page.contains(".SH \"SEE ALSO\""), !path.is_empty(), "{name}");
        assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "{name}: control characters");
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let request = line.split_whitespace().next().unwrap();
            let known = [".TH", ".SH", ".TP", ".PP", ".IP", ".RS", ".RE", ".br", ".ie", ".el"];
            assert!(known.contains(&request), "{name}: {line:?} is text that would be obeyed");
        }
    }
    let verify = out(&touchmark(["man", "ledger", "verify"]));
    assert_eq!(verify, std::fs::read_to_string(folder.join("touchmark-ledger-verify.1")).unwrap());
    assert!(
        verify.contains("Recompute the chain of hashes") && verify.contains("\\-\\-checkpoint"),
        "{verify}"
    );
    assert!(!verify.contains("log\\-level"), "{verify}");
    let own = out(&touchmark(["man"]));
    assert!(own.contains("touchmark\\-ledger(1)"), "{own}");
}

#[test]
fn a_page_goes_alone_into_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let done = touchmark(["man", "list", "--out", dir.path().to_str().unwrap()]);
    assert!(out(&done).contains("touchmark-list.1"), "{}", out(&done));
    let names: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["touchmark-list.1"]);
}

#[test]
fn what_is_no_command_and_what_is_no_folder_is_said() {
    for words in [&["nothing"][..], &["ledger", "nothing"], &["verify", "../../x"], &["help"], &["\u{1b}[2J"]]
    {
        let bad = touchmark([&["man"], words].concat());
        assert_eq!(bad.status.code(), Some(2), "{words:?}: {}", out(&bad));
        assert!(err(&bad).contains("error[E-USAGE]") && err(&bad).contains("help: "), "{}", err(&bad));
        assert!(!err(&bad).contains('\u{1b}') && out(&bad).is_empty(), "{words:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("taken");
    std::fs::write(&file, "x").unwrap();
    let bad = touchmark(["man", "--out", file.to_str().unwrap()]);
    assert_eq!(bad.status.code(), Some(4), "{}", err(&bad));
    assert!(err(&bad).contains("error[E-WRITE]"), "{}", err(&bad));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "x");
}

#[cfg(unix)]
#[test]
fn a_formatter_of_pages_finds_nothing_to_complain_about() {
    if !is_there("groff", "--version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    touchmark(["man", "--out", dir.path().to_str().unwrap()]);
    let pages = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let done = Command::new("groff").args(["-man", "-Kutf8", "-ww", "-z"]).args(pages).output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{}", err(&done));
}
