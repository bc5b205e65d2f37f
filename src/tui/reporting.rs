//! Reports that are written as jobs: each by a child of this program, whose lines say how far it is and how it ended.
//! A child that is cancelled leaves no file behind. It knows words and files, and no screen.

use crate::disk::{self, folder_of, is_draft};
use crate::error::{Code, Error, Result};
use crate::progress::{Progress, Snapshot};
use crate::text::screen;
use crate::tui::child::{End, Running, Said, Under, at_home};
use crate::tui::update::Writing;
use crate::workbench::OtherWork;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it is looked whether somebody cancelled it.
const PAUSE: Duration = Duration::from_millis(20);
/// So many lines of what it says are kept.
const MAX_LINES: usize = 500;

/// Those that are at work.
#[derive(Clone, Default)]
pub(super) struct Children(Arc<Mutex<Vec<(u64, Running)>>>);

/// A line of progress.
#[derive(Deserialize)]
struct Line {
    progress: Counters,
}

#[derive(Deserialize)]
struct Counters {
    bytes: u64,
    bytes_total: u64,
    files: u64,
    files_total: u64,
}

/// The files of a report that are there, and that it does not replace.
pub(super) fn taken(writing: &Writing) -> Vec<String> {
    let is_taken = |file: &&String| {
        let path = PathBuf::from(at_home(file));
        match path.symlink_metadata() {
            Err(_) => false,
            // A folder is filled where it is empty, and never replaced.
            Ok(metadata) if metadata.is_dir() => {
                std::fs::read_dir(&path).map_or(true, |mut entries| entries.next().is_some())
            }
            Ok(_) => !writing.replaces,
        }
    };
    writing.files.iter().filter(is_taken).cloned().collect()
}

impl Children {
    /// The job that writes a report.
    pub fn job(&self, writing: Writing, under: Under) -> OtherWork {
        let children = self.clone();
        let title = writing.title.clone();
        OtherWork::new(title, move |progress, line| children.write(&writing, &under, progress, line))
    }

    /// Asks all to end, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.lock().iter().for_each(|(_, running)| running.interrupt());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(u64, Running)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(
        &self,
        writing: &Writing,
        under: &Under,
        progress: &Progress,
        line: &dyn Fn(String),
    ) -> Result<String> {
        let folders: BTreeSet<PathBuf> =
            writing.files.iter().map(|file| folder_of(Path::new(&at_home(file))).to_owned()).collect();
        let before = drafts(&folders);
        let (sender, said) = channel();
        let running =
            Running::start(&writing.words, under, move |said| drop(sender.send(said))).map_err(|cause| {
                Error::new(Code::Internal, format!("the report could not be started ({cause})"))
            })?;
        let number = self.begin(running.clone());
        let mut heard = Heard::default();
        let mut is_asked = false;
        let end = loop {
            if progress.is_cancelled() && !is_asked {
                running.cancel();
                is_asked = true;
            }
            match said.recv_timeout(PAUSE) {
                Ok(Said::Lines(is_aside, lines)) => heard.take(is_aside, lines, progress, line),
                Ok(Said::Ended(end)) => break end,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break End::Status(-1),
            }
        };
        self.lock().retain(|(known, _)| *known != number);
        if end != End::Status(0) {
            sweep(&folders, &before);
        }
        match end {
            End::Status(0) => {
                let files: Vec<String> = writing.files.iter().map(|file| screen(file)).collect();
                Ok(format!("written: {}{}", files.join(", "), place(&writing.files)))
            }
            // It was over before it could be asked.
            End::Status(status) if !is_asked => Err(heard.error(status)),
            End::Signal(signal) if !is_asked => {
                Err(Error::new(Code::Internal, format!("the report was ended by signal {signal}"))
                    .help("nothing was written; run it again"))
            }
            End::Cancelled | End::Status(_) | End::Signal(_) => {
                Err(Error::new(Code::Cancelled, "cancelled; nothing was written"))
            }
        }
    }

    fn begin(&self, running: Running) -> u64 {
        let mut all = self.lock();
        let number = all.last().map_or(0, |(last, _)| last + 1);
        all.push((number, running));
        number
    }
}

/// What a child said.
#[derive(Default)]
struct Heard {
    counted: Snapshot,
    lines: usize,
    aside: Vec<String>,
}

impl Heard {
    fn take(&mut self, is_aside: bool, lines: Vec<String>, progress: &Progress, line: &dyn Fn(String)) {
        for text in lines {
            if is_aside && let Ok(Line { progress: now }) = serde_json::from_str(&text) {
                self.count(&now, progress);
                continue;
            }
            self.lines += 1;
            if self.lines > MAX_LINES {
                continue;
            }
            if is_aside {
                self.aside.push(text);
            } else {
                line(screen(&text));
            }
        }
    }

    /// Counts what was done since the line before.
    fn count(&mut self, now: &Counters, progress: &Progress) {
        progress.expect(now.files_total, now.bytes_total);
        progress.add_bytes(now.bytes.saturating_sub(self.counted.bytes));
        for _ in self.counted.files..now.files.min(now.files_total) {
            progress.add_file();
        }
        self.counted.bytes = self.counted.bytes.max(now.bytes);
        self.counted.files = self.counted.files.max(now.files.min(now.files_total));
    }

    /// The error that it printed, with what to do about it.
    fn error(&self, status: i32) -> Error {
        const CODES: [Code; 12] = [
            Code::Usage,
            Code::Config,
            Code::NotFound,
            Code::Read,
            Code::Write,
            Code::Malformed,
            Code::Store,
            Code::Evidence,
            Code::TooLarge,
            Code::Newer,
            Code::Changed,
            Code::Cancelled,
        ];
        let found = self.aside.iter().rev().find_map(|text| {
            let (code, what) = text.strip_prefix("error[")?.split_once("]: ")?;
            let code = CODES.into_iter().find(|known| known.as_str() == code);
            Some((code.unwrap_or(Code::Internal), what))
        });
        let help = self.aside.iter().rev().find_map(|text| text.strip_prefix("help: "));
        let error = match (found, self.aside.last()) {
            (Some((code, what)), _) => Error::new(code, screen(what)),
            (None, Some(last)) => Error::new(Code::Internal, screen(last)),
            (None, None) => Error::new(Code::Internal, format!("the report ended with status {status}")),
        };
        match help {
            Some(help) => error.help(screen(help)),
            None => error,
        }
    }
}

/// The folder that names without one are in: who opened the workbench elsewhere may not know.
fn place(files: &[String]) -> String {
    let is_relative = |file: &String| Path::new(&at_home(file)).is_relative();
    match std::env::current_dir() {
        Ok(here) if files.iter().any(is_relative) => format!(" in {}", screen(&here.to_string_lossy())),
        _ => String::new(),
    }
}

/// What is called in these folders as files of ours are before they have their names.
fn drafts(folders: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_draft(path)).collect()
}

/// Takes away what was left behind and was not there before. What somebody holds is being written.
fn sweep(folders: &BTreeSet<PathBuf>, before: &BTreeSet<PathBuf>) {
    for path in drafts(folders).difference(before) {
        if path.is_dir() {
            let _ = std::fs::remove_dir_all(path);
        } else if let Ok((file, _)) = disk::open(path)
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drafts_that_are_new_and_held_by_nobody_are_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let folders = BTreeSet::from([dir.path().to_owned()]);
        std::fs::write(path(".touchmark-before"), "x").unwrap();
        std::fs::write(path(".touchmark-abcdef"), "x").unwrap();
        let before = drafts(&folders);
        assert_eq!(before, BTreeSet::from([path(".touchmark-abcdef"), path(".touchmark-before")]));
        for name in [".touchmark-ghijkl", ".touchmark-mnopqr", "report.html", ".touchmark-a"] {
            std::fs::write(path(name), "x").unwrap();
        }
        std::fs::create_dir(path(".touchmark-folder")).unwrap();
        std::fs::write(path(".touchmark-folder/profile.json"), "x").unwrap();
        let held = std::fs::File::open(path(".touchmark-mnopqr")).unwrap();
        held.try_lock().unwrap();
        sweep(&folders, &before);
        let is_there = |name: &str| path(name).exists();
        assert!(!is_there(".touchmark-ghijkl") && !is_there(".touchmark-folder"));
        for name in [".touchmark-abcdef", ".touchmark-mnopqr", "report.html", ".touchmark-a"] {
            assert!(is_there(name), "{name}");
        }
    }

    #[test]
    fn lines_of_progress_are_counted_and_an_error_keeps_its_code_and_its_help() {
        let (progress, log) = (Progress::default(), std::cell::RefCell::new(Vec::new()));
        let line = |text: String| log.borrow_mut().push(text);
        let mut heard = Heard::default();
        let counted = |bytes: u64, files: u64| {
            format!(
                "{{\"progress\":{{\"bytes\":{bytes},\"bytes_total\":0,\"files\":{files},\"files_total\":2}}}}"
            )
        };
        // What comes late or lies counts nothing twice, and no more than there is.
        for (bytes, files) in [(5, 0), (9, 1), (7, 1), (9, 900)] {
            heard.take(true, vec![counted(bytes, files)], &progress, &line);
        }
        let now = progress.snapshot();
        assert_eq!((now.bytes, now.files, now.files_total), (9, 2, 2));
        heard.take(false, vec!["\u{1b}[2Jwritten".to_owned(), counted(1, 1)], &progress, &line);
        assert!(log.borrow().iter().all(|text| !text.contains('\u{1b}')) && log.borrow().len() == 2);
        let said = ["{\"progress\":7}", "error[E-NOT-FOUND]: no such model: x", "help: name another one"];
        heard.take(true, said.map(str::to_owned).to_vec(), &progress, &line);
        let error = heard.error(2);
        assert_eq!((error.code, error.what.as_str()), (Code::NotFound, "no such model: x"));
        assert_eq!(error.help.as_deref(), Some("name another one"));
        assert_eq!(Heard::default().error(7).code, Code::Internal);
    }
}
