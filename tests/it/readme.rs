//! The command lines that the README shows, run as they stand there.

use crate::support::copy_of_samples;
use std::process::{Command, Stdio};

/// The lines that call the program, continuations joined, comments cut off.
fn shown() -> Vec<String> {
    let readme = include_str!("../../README.md").replace("\\\n", " ");
    let mut inside = false;
    let mut out = Vec::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside && line.starts_with("touchmark ") {
            let line = line.split(" # ").next().unwrap();
            out.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    out
}

/// Whether a line names something that the reader has to fill in, or opens the screens.
fn is_pattern(line: &str) -> bool {
    let to_fill_in = ["MODEL", "NAME", "URL", "release.pem"];
    line.starts_with("touchmark open") || to_fill_in.iter().any(|word| line.contains(word))
}

#[test]
fn every_command_line_of_the_readme_works() {
    let lines = shown();
    let (patterns, whole): (Vec<_>, Vec<_>) = lines.iter().partition(|line| is_pattern(line));
    assert!(whole.len() >= 18, "the README shows fewer command lines than it did: {whole:?}");
    let dir = tempfile::tempdir().unwrap();
    let samples = copy_of_samples();
    std::fs::rename(samples.path(), dir.path().join("samples")).unwrap();
    for line in whole {
        let words = line.replace('"', "'");
        let mut parts = Vec::new();
        for (quoted, piece) in words.split('\'').enumerate() {
            if quoted % 2 == 1 {
                parts.push(piece.to_owned());
            } else {
                parts.extend(piece.split_whitespace().map(str::to_owned));
            }
        }
        let output = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(&parts[1..])
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        // 0 done, 1 refused, 3 undetermined, 5 warned: answers. 2 and 4 are misunderstandings.
        assert!(matches!(output.status.code(), Some(0 | 1 | 3 | 5)), "{line}\n{errors}");
        assert!(!output.stdout.is_empty() || !errors.is_empty(), "{line} says nothing");
    }
    for line in patterns.iter().filter(|line| !line.starts_with("touchmark open")) {
        let words: Vec<&str> = line.split_whitespace().skip(1).take_while(|word| word.is_ascii()).collect();
        let verbs: Vec<&&str> = words
            .iter()
            .take_while(|word| {
                !word.starts_with('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '1')
            })
            .collect();
        let output =
            Command::new(env!("CARGO_BIN_EXE_touchmark")).args(&verbs).arg("--help").output().unwrap();
        let help = String::from_utf8_lossy(&output.stdout);
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(flag), "{line}: there is no {flag}");
        }
    }
}
