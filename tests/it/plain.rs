//! The linear face on the real program, through a pipe: the same commands, a line a change, nothing that a terminal
//! would obey.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use touchmark::commands::{Cmd, Screen, keyed, keys_of};

fn piped(dir: &Path, arguments: &[&str], variables: &[(&str, &str)], script: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(["open", dir.to_str().unwrap()])
        // What is written without a folder is written there.
        .current_dir(dir.ancestors().find(|folder| folder.is_dir()).unwrap())
        .args(arguments)
        .env_remove("TOUCHMARK_PLAIN")
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// What was said in answer to each line, with the line.
fn said(dir: &Path, arguments: &[&str], script: &str) -> Vec<(String, Vec<String>)> {
    let done = piped(dir, &[&["--plain"], arguments].concat(), &[], script);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    let text = out(&done);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "nothing for a terminal to obey: {text:?}");
    assert!(!text.chars().any(|c| ('\u{2500}'..='\u{257f}').contains(&c)), "no boxes: {text}");
    let mut parts: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    for line in text.lines() {
        match line.strip_prefix("> ") {
            Some(typed) => parts.push((typed.to_owned(), Vec::new())),
            None => parts.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    parts
}

fn answer<'s>(said: &'s [(String, Vec<String>)], typed: &str) -> &'s [String] {
    &said
        .iter()
        .find(|(line, _)| line == typed)
        .unwrap_or_else(|| panic!("no answer to {typed}: {said:#?}"))
        .1
}

fn has(said: &[(String, Vec<String>)], typed: &str, text: &str) {
    let lines = answer(said, typed);
    assert!(lines.iter().any(|line| line.contains(text)), "{typed}: no {text:?} in {lines:#?}");
}

#[test]
fn a_journey_through_a_pipe_finds_the_failure_says_why_and_reviews_it() {
    let dir = copy_of_samples();
    let script = "mark-all\nverify\nwait\nunmark\ngo-to acme/support-bot-7b\nwhy\nopen\nback\n\
                  review reject weights changed after signing\nhistory\nundo\nhistory \nlist 3\nfilter iris\nlist\n1\nnext\n\
                  previous\nquit\n";
    let said = said(dir.path(), &[], script);
    assert!(said[0].1[0].starts_with("Opening "), "{:#?}", said[0]);
    assert!(said[0].1.iter().any(|line| line.contains("43 models")), "{:#?}", said[0]);
    has(&said, "verify", "Job verify 43 models: ");
    has(&said, "wait", "Job verify 43 models: done");
    let place = answer(&said, "go-to acme/support-bot-7b").last().unwrap();
    assert!(place.contains(" of 43: FAIL acme/support-bot-7b, FILES-CHANGED, refuse"), "{place}");
    has(&said, "why", "What stands against it");
    has(&said, "why", "L1.03");
    has(&said, "why", "What would admit it");
    has(&said, "open", "FAIL  acme/support-bot-7b  FILES");
    has(&said, "review reject weights changed after signing", "rejected acme/support-bot-7b (record");
    has(&said, "review reject weights changed after signing", "u takes it back");
    has(&said, "history", "rejected by ");
    has(&said, "history", ": weights changed after signing");
    has(&said, "undo", "took back: rejected");
    assert_eq!(answer(&said, "list 3").iter().filter(|line| line.contains(" of 43: ")).count(), 3);
    let found = answer(&said, "list");
    assert!(found.iter().any(|line| line.contains("pass lumen/iris-base, admit")), "{found:#?}");
    assert!(!found.iter().any(|line| line.contains(" of 43: ")), "filtered: {found:#?}");
    assert!(answer(&said, "1").last().unwrap().starts_with("1 of "), "{said:#?}");
    assert!(answer(&said, "next").last().unwrap().starts_with("2 of "));
    assert!(answer(&said, "previous").last().unwrap().starts_with("1 of "));
    let ledger =
        touchmark(["ledger", "show", "acme/support-bot-7b", "--workspace", dir.path().to_str().unwrap()]);
    assert!(
        out(&ledger).contains("rejected by ") && out(&ledger).contains("took back record"),
        "{}",
        out(&ledger)
    );
}

#[test]
fn in_groups_the_head_is_said_and_a_number_is_still_a_model() {
    let dir = copy_of_samples();
    let script = "group\nfirst\nopen\nagain\nl\nnext\n7\nlist 1\ngo-to acme/claims-sorter\nlist 2\n";
    let said = said(dir.path(), &[], script);
    let last = |typed: &str| answer(&said, typed).last().cloned().unwrap_or_default();
    let head = last("first");
    assert!(head.starts_with("group ") && head.ends_with(" models; open folds it"), "{head}");
    assert_eq!(last("open"), head.replace("open folds it", "folded, open unfolds it"), "{said:#?}");
    assert_eq!(last("again"), last("open"));
    assert_eq!(last("l"), head);
    assert!(last("next").starts_with("1 of 43: "), "{}", last("next"));
    assert!(last("7").starts_with("7 of 43: "), "{said:#?}");
    // What is listed from here on begins with what is said of here.
    assert_eq!(answer(&said, "list 1")[0], last("7"));
    assert!(last("go-to acme/claims-sorter").contains(" acme/claims-sorter,"), "{said:#?}");
    assert!(answer(&said, "list 2")[0].contains(" acme/claims-sorter,"), "{said:#?}");
}

#[test]
fn approving_a_failure_asks_twice_here_too() {
    let dir = copy_of_samples();
    let script = "verify acme\ngo-to acme/support-bot-7b\nverify\nwait\nreview approve looks fine\nno\n\
                  review approve\nlooks fine to me\nyes\n";
    let said = said(dir.path(), &[], script);
    has(&said, "review approve looks fine", "contradicts its signature or policy");
    has(&said, "review approve looks fine", "lifts no failed check");
    has(&said, "no", "nothing was recorded");
    has(&said, "review approve", "Type the reason");
    has(&said, "looks fine to me", "Type yes to record it");
    has(&said, "yes", "approved acme/support-bot-7b");
}

#[test]
fn every_command_of_the_table_can_be_typed_or_says_why_not() {
    let dir = copy_of_samples();
    for screen in Screen::TABS {
        let cmd = match screen {
            Screen::Lineage => Cmd::Lineage,
            Screen::Verify => Cmd::Verify,
            Screen::Maturity => Cmd::Maturity,
            Screen::Policy => Cmd::Policy,
            Screen::Incidents => Cmd::Incidents,
            Screen::Reports => Cmd::Reports,
            Screen::Jobs => Cmd::Jobs,
            _ => Cmd::Inventory,
        };
        let first = keys_of(cmd).unwrap().name;
        let mut script = format!("{first}\n");
        let names: Vec<&str> =
            keyed().map(|row| row.name).filter(|name| !matches!(*name, "quit" | "back")).collect();
        for name in &names {
            // What is asked is left by an empty line, and then one says again where one is.
            script.push_str(&format!("{name}\nesc\n{first}\n"));
        }
        let said = said(dir.path(), &[], &script);
        for name in &names {
            let lines = answer(&said, name);
            let is_here = screen_of(name) == Some(screen);
            assert!(
                !lines.is_empty() || is_here || QUIET.contains(name),
                "{name} on {} says nothing:\n{:#?}",
                screen.word(),
                said.iter().take(12).collect::<Vec<_>>()
            );
        }
    }
}

/// Commands that change only what a screen would show, or where one is at the first or last row already.
const QUIET: [&str; 13] = [
    "look-into",
    "up",
    "down",
    "first",
    "last",
    "page-up",
    "page-down",
    "left",
    "right",
    "next-tab",
    "previous-tab",
    "details",
    "redraw",
];

fn screen_of(name: &str) -> Option<Screen> {
    let name = if name == "verification" { "verify" } else { name };
    Screen::ALL.into_iter().find(|screen| screen.word().to_lowercase() == name)
}

#[test]
fn what_is_not_known_says_so_and_names_the_nearest() {
    let dir = copy_of_samples();
    let said = said(dir.path(), &[], "revieww\n999\nlist none\ngo-to nobody\nhelp\nthemes\nreview maybe\n");
    has(&said, "revieww", "Do you mean review?");
    has(&said, "999", "There is no row 999");
    has(&said, "list none", "a number of rows");
    has(&said, "review maybe", "touchmark review maybe");
    has(&said, "go-to nobody", "No model is called nobody");
    has(&said, "help", "review, r: ");
    has(&said, "themes", "no colours");
}

#[test]
fn a_dumb_terminal_and_the_variable_get_it_and_a_pipe_alone_is_told_of_it() {
    let dir = copy_of_samples();
    for variables in [&[("TERM", "dumb")][..], &[("TOUCHMARK_PLAIN", "1")]] {
        let done = piped(dir.path(), &[], variables, "quit\n");
        assert_eq!(done.status.code(), Some(0), "{variables:?}: {}", err(&done));
        assert!(out(&done).contains("43 models"), "{variables:?}: {}", out(&done));
    }
    for variables in [&[][..], &[("TOUCHMARK_PLAIN", "0")]] {
        let done = piped(dir.path(), &[], variables, "quit\n");
        assert_eq!(done.status.code(), Some(2));
        assert!(err(&done).contains("--plain"), "{}", err(&done));
    }
}

#[test]
fn hostile_names_are_harmless_and_still_told_apart() {
    let dir = copy_of_samples();
    let said = said(
        dir.path(),
        &[],
        "filter quiet\nlist\nfilter vendor/\nlist \nopen\nwhy\nreview\n\u{1b}[31mred\u{202e}\n",
    );
    has(&said, "list", "quiet-model␊");
    let all: Vec<&String> = said.iter().flat_map(|(_, lines)| lines).collect();
    assert!(!all.iter().any(|line| line.contains('\u{202e}')), "{all:#?}");
}

#[test]
fn read_only_refuses_a_review_and_the_end_of_the_input_waits_for_the_jobs() {
    let dir = copy_of_samples();
    let found = said(dir.path(), &["--read-only"], "review\nundo\ngo-to lumen/iris-base\nverify\n");
    has(&found, "review", "read-only");
    has(&found, "undo", "read-only");
    has(&found, "verify", "Job verify lumen/iris-base: done");
}

#[test]
fn a_workspace_that_cannot_be_opened_says_so_and_lines_are_still_answered() {
    let dir = tempfile::tempdir().unwrap();
    let done = piped(&dir.path().join("nothing"), &["--plain"], &[], "list\nhelp\nquit\n");
    let text = out(&done) + &err(&done);
    assert!(text.contains("could not be opened") || text.contains("error["), "{text}");
}
