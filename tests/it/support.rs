//! What several tests need: a copy of the samples, and the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use touchmark::signing::{Check, CheckCode, Outcome, Stage, Why};

/// The samples: made again elsewhere when `TOUCHMARK_SAMPLES` says so, else those of the repository.
pub fn samples() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("TOUCHMARK_SAMPLES").map_or_else(|| root.join("samples"), |dir| root.join(dir))
}

/// A copy of the samples that a test may change, the policy too: its signature is left behind.
pub fn copy_of_samples() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&samples(), dir.path());
    dir
}

/// Copies a folder, without the store that opening it may have left behind, and without the signature of the samples'
/// policy.
pub fn copy(from: &Path, to: &Path) {
    copy_but_for(from, to, &["touchmark.db", "samples.toml.sig"]);
}

/// The same with that signature.
pub fn copy_with_seal(from: &Path, to: &Path) {
    copy_but_for(from, to, &["touchmark.db"]);
}

fn copy_but_for(from: &Path, to: &Path, but_for: &[&str]) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if but_for.iter().any(|but_for| name.to_string_lossy().starts_with(but_for)) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy_but_for(&entry.path(), &to.join(name), but_for);
        } else {
            std::fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

/// Runs the program. What it prints as JSON is held against its schema.
#[track_caller]
pub fn touchmark<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        // The user's own state is not for tests.
        .env("XDG_STATE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    crate::documents::hold(&output);
    output
}

/// Changes what the triggers of a store guard; afterwards the schema is as it was.
pub fn behind_its_back(raw: &rusqlite::Connection, change: impl FnOnce(&rusqlite::Connection)) {
    let mut query = raw.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").unwrap();
    let triggers: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    triggers.iter().for_each(|(name, _)| raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    change(raw);
    triggers.iter().for_each(|(_, sql)| raw.execute_batch(sql).unwrap());
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program at a terminal, answering each question when it is asked with the echo off: what was on
/// the screen, and the exit status.
#[cfg(unix)]
pub fn at_a_terminal(
    folder: &Path,
    variables: &[(&str, &str)],
    words: &[&str],
    answers: &[(&str, &str)],
) -> (String, u32) {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::{Read, Write};
    use std::time::{Duration, Instant};
    let patience = Duration::from_secs(60);
    let pty = native_pty_system()
        .openpty(PtySize { rows: 24, cols: 120, pixel_width: 0, pixel_height: 0 })
        .unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_touchmark"));
    command.args(words);
    command.cwd(folder);
    command.env_remove("TOUCHMARK_PASSWORD");
    command.env_remove("TOUCHMARK_PIN");
    for (name, value) in variables {
        command.env(name, value);
    }
    let with_echo = format!("{:?}", pty.master.get_termios().unwrap().local_flags);
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let mut writer = pty.master.take_writer().unwrap();
    let (said, hears) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = reader.read(&mut bytes) {
            if said.send(bytes[..read].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut seen = String::new();
    let hear = |until: &str, seen: &mut String| {
        let mut new = String::new();
        while until.is_empty() || !new.contains(until) {
            match hears.recv_timeout(patience) {
                Ok(bytes) => new.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) if until.is_empty() => break,
                Err(_) => panic!("no {until:?} in {seen}{new}"),
            }
        }
        seen.push_str(&new);
    };
    for (question, answer) in answers {
        hear(question, &mut seen);
        let began = Instant::now();
        while format!("{:?}", pty.master.get_termios().unwrap().local_flags) == with_echo {
            assert!(began.elapsed() < patience, "the echo stays on");
            std::thread::sleep(Duration::from_millis(5));
        }
        writer.write_all(format!("{answer}\n").as_bytes()).unwrap();
        writer.flush().unwrap();
    }
    hear("", &mut seen);
    (seen, child.wait().unwrap().exit_code())
}

/// Runs of hexadecimal digits that name a digest, and digits of times, become `#` and `0`, as many as they were.
pub fn even(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| matches!(c, '0'..='9' | 'a'..='f')).count();
        let inside_word = at > 0 && chars[at - 1].is_alphanumeric();
        let before = if at > 0 { chars[at - 1] } else { ' ' };
        let after = chars.get(at + run).copied().unwrap_or(' ');
        let is_digest = chars[at..at + run].iter().any(char::is_ascii_digit) || before == '…' || after == '…';
        let long = run >= 6 || (run > 0 && before == ':');
        if long && !inside_word && is_digest && !after.is_alphanumeric() {
            out.extend(std::iter::repeat_n('#', run));
            at += run;
        } else if run == 0 {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(&chars[at..at + run]);
            at += run;
        }
    }
    // 2026-11-20 22:11:56 UTC in 0.0 s
    let chars: Vec<char> = out.chars().collect();
    let is_time = |at: usize| {
        let shape = "dddd-dd-dd";
        shape.chars().enumerate().all(|(i, s)| {
            chars.get(at + i).is_some_and(|c| if s == 'd' { c.is_ascii_digit() } else { *c == s })
        })
    };
    let starts: Vec<usize> = (0..chars.len()).filter(|at| is_time(*at)).collect();
    let near_time = |at: usize| starts.iter().any(|start| (*start..start + 34).contains(&at));
    let line_of: Vec<usize> = chars
        .iter()
        .scan(0, |line, c| {
            *line += usize::from(*c == '\n');
            Some(*line)
        })
        .collect();
    let same_line = |at: usize| starts.iter().any(|s| line_of[*s] == line_of[at] && near_time(at));
    chars
        .iter()
        .enumerate()
        .map(|(at, c)| if c.is_ascii_digit() && same_line(at) { '0' } else { *c })
        .collect()
}

/// A check without facts; a code that there is not is that of the stage.
pub fn checked(stage: Stage, code: &str, outcome: Outcome) -> Check {
    Check { stage, code: CheckCode::parse(code).unwrap_or(CheckCode::of(stage)), outcome, why: Why::Nothing }
}

/// The names of all that lies below a folder, sorted.
pub fn names_below(folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            }
            names.push(entry.path());
        }
    }
    names.sort();
    names
}
