//! Names of files that were written, as links where a terminal shows them, and as plain text anywhere else.

use crate::support::{at_a_terminal, out, touchmark};

#[test]
fn a_terminal_that_shows_links_gets_the_address_of_a_written_file_and_a_pipe_its_name_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().canonicalize().unwrap();
    let workspace = folder.join("workspace");
    assert!(touchmark(["init", workspace.to_str().unwrap()]).status.success());
    let report = |name: &'static str| {
        ["report", "inventory", "--workspace", workspace.to_str().unwrap(), "--out", name].map(str::to_owned)
    };
    let run = |name: &'static str, variables: &[(&str, &str)]| {
        let words = report(name);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (seen, status) = at_a_terminal(&folder, variables, &words, &[]);
        assert_eq!(status, 0, "{seen}");
        seen
    };
    let seen = run("what is there;.md", &[("FORCE_HYPERLINK", "1")]);
    let address = format!("\u{1b}]8;;file://{}/what%20is%20there%3B.md\u{1b}\\", folder.to_str().unwrap());
    assert!(seen.contains(&format!("{address}what is there;.md\u{1b}]8;;\u{1b}\\")), "{seen:?}");
    let seen = run("plain.md", &[("FORCE_HYPERLINK", "0"), ("TERM", "xterm")]);
    assert!(seen.contains("plain.md") && !seen.contains("\u{1b}]8"), "{seen:?}");
    // Whatever a variable says, a pipe gets no escape.
    let words =
        report("piped.md").map(|word| word.replace("piped.md", folder.join("piped.md").to_str().unwrap()));
    let piped = touchmark(words);
    assert!(piped.status.success());
    assert!(out(&piped).contains("piped.md") && !out(&piped).contains('\u{1b}'), "{}", out(&piped));
}
