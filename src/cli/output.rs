//! Printing: people's text or one JSON document on standard output, everything else on standard error.
//!
//! What could not be written is remembered and makes the command fail at its end ([`Output::finish`]): a full disk is
//! no success. A reader that closed its pipe has seen enough, and is none; only what is a product by itself, and would
//! be taken for whole, then ends with another status than 0 ([`Output::is_product`]).
#![allow(clippy::print_stdout, clippy::print_stderr)]

use super::common::{Color, Common, Format};
use crate::disk::folder_of;
use crate::documents::ErrorDocument;
use crate::error::{Code, Error, Result};
use crate::text;
use serde::Serialize;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Where a command's words go.
pub(super) struct Output {
    format: Format,
    quiet: bool,
    /// Whether remarks are left out.
    bare: bool,
    colored: bool,
    /// Why not all was written, the first time.
    lost: Mutex<Option<io::Error>>,
    is_product: bool,
    /// Whether progress goes to a program, line by line.
    tells_progress: bool,
}

impl Output {
    pub(super) fn new(common: &Common, is_product: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let force = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let colored = match common.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => force || (!no_color && std::io::stdout().is_terminal()),
        };
        let (format, quiet) = (common.format, common.quiet);
        let bare = common.leaves_out_remarks();
        let tells_progress = common.progress_lines;
        Output { format, quiet, bare, colored, lost: Mutex::new(None), is_product, tells_progress }
    }

    /// Prints safe text for people, or the document.
    pub(super) fn print<D: Serialize>(&self, human: &str, document: impl FnOnce() -> D) {
        if self.quiet {
            return;
        }
        match self.format {
            Format::Human | Format::Junit | Format::Sarif => {
                self.write_out(&if self.colored { colored(human) } else { human.to_owned() });
            }
            Format::Json => match crate::json::to_string(&document()) {
                Ok(json) => {
                    self.write_out(&format!("{json}\n"));
                }
                Err(error) => self.lose(io::Error::other(error)),
            },
        }
    }

    /// As [`Output::print`], of what may be long: only what is asked for is made, and the document is written as it is
    /// made.
    pub(super) fn print_long<D: Serialize>(
        &self,
        human: impl FnOnce() -> String,
        document: impl FnOnce() -> D,
    ) {
        match self.format {
            _ if self.quiet => {}
            Format::Human | Format::Junit | Format::Sarif => self.print(&human(), || ()),
            Format::Json => self.document(&document()),
        }
    }

    /// Prints a document, whatever the format is, as it is made.
    pub(super) fn document(&self, document: &impl Serialize) {
        if self.quiet {
            return;
        }
        let mut out = BufWriter::with_capacity(Pieces::AT_ONCE, std::io::stdout().lock());
        let written = crate::json::to_writer(document, &mut out).map_err(io::Error::from);
        if let Err(cause) = written.and_then(|()| writeln!(out)).and_then(|()| out.flush()) {
            // What is left in the buffer would be tried again when it is dropped.
            drop(out.into_parts());
            self.lose(cause);
        }
    }

    /// Prints what was made in a form, as it is.
    pub(super) fn made(&self, text: &str) {
        if !self.quiet {
            self.write_out(text);
        }
    }

    /// Prints bytes that were made in a form, as they are.
    pub(super) fn made_bytes(&self, bytes: &[u8]) {
        if !self.quiet {
            self.write_bytes(bytes);
        }
    }

    /// False when nothing more can be written: nobody reads any more, or the disk is full.
    fn write_out(&self, text: &str) -> bool {
        self.write_bytes(text.as_bytes())
    }

    fn write_bytes(&self, bytes: &[u8]) -> bool {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        written.map_err(|cause| self.lose(cause)).is_ok()
    }

    fn lose(&self, cause: io::Error) {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(cause);
    }

    /// Prints what comes piece by piece: safe lines for people, or parts of the document.
    pub fn pieces(&self) -> Pieces<'_> {
        Pieces { output: self, waiting: String::new(), is_closed: self.quiet }
    }

    /// A remark on standard error.
    pub(super) fn note(&self, safe: &str) {
        if !self.bare {
            let _ = writeln!(std::io::stderr().lock(), "{safe}");
        }
    }

    /// Whether somebody sees a line that changes.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet
            && std::io::stderr().is_terminal()
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// Whether a program reads how far it is.
    pub(super) fn tells_progress(&self) -> bool {
        self.tells_progress
    }

    /// A line for that program.
    pub(super) fn progress_line(&self, line: &serde_json::Value) {
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// The one line that changes, over what it said before; nothing takes it away.
    pub(super) fn status_line(&self, safe: &str) {
        let _ = write!(std::io::stderr().lock(), "\r\u{1b}[2K{safe}");
    }

    /// What a person has to read to go on: on standard error, even when quiet.
    #[cfg(feature = "keyless")]
    pub(super) fn ask(&self, safe: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{safe}");
    }

    /// Whether writing has failed: the reader closed its end, or the disk is full.
    #[cfg(feature = "fleet")]
    pub(super) fn is_closed(&self) -> bool {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether a document was asked for.
    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Ends with the status of the command, or with that of a standard output that could not be written.
    pub(super) fn finish(&self, status: u8) -> ExitCode {
        match self.lost.lock().unwrap_or_else(PoisonError::into_inner).take() {
            None => ExitCode::from(status),
            Some(cause) if cause.kind() != ErrorKind::BrokenPipe => {
                let error = unwritten(&cause);
                complain(&error);
                ExitCode::from(error.code.exit_status())
            }
            Some(_) if self.is_product && status == 0 => ExitCode::from(Code::Write.exit_status()),
            Some(_) => ExitCode::from(status),
        }
    }

    /// Prints an error: code, what, where; then what to do.
    pub(super) fn fail(&self, error: &Error) -> ExitCode {
        self.tell(error);
        ExitCode::from(error.code.exit_status())
    }

    /// Prints an error that is the answer, with the status of a refusal.
    pub(super) fn refuse(&self, error: &Error) -> u8 {
        self.tell(error);
        1
    }

    /// Prints an error, also as a document where one was asked for.
    pub(super) fn tell(&self, error: &Error) {
        complain(error);
        if self.is_json()
            && !self.quiet
            && let Ok(json) = crate::json::to_string(&ErrorDocument::from(error))
        {
            self.write_out(&format!("{json}\n"));
        }
    }

    /// Help and version.
    pub(super) fn raw(help: &str) -> ExitCode {
        let mut out = std::io::stdout().lock();
        match out.write_all(help.as_bytes()).and_then(|()| out.flush()) {
            Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
                let error = unwritten(&cause);
                complain(&error);
                ExitCode::from(error.code.exit_status())
            }
            _ => ExitCode::SUCCESS,
        }
    }

    /// A wrong command line.
    pub(super) fn usage(message: &str) -> ExitCode {
        let _ = write!(std::io::stderr().lock(), "{}", text::block(message));
        ExitCode::from(2)
    }
}

/// What is printed while it is made.
pub struct Pieces<'o> {
    output: &'o Output,
    waiting: String,
    /// Nobody reads any more.
    is_closed: bool,
}

impl Pieces<'_> {
    const AT_ONCE: usize = 64 * 1024;

    /// Prints a piece. It breaks off when nobody reads any more: then the others need not be made.
    pub fn add(&mut self, safe: &str) -> ControlFlow<()> {
        if self.output.colored && !self.output.is_json() {
            self.waiting += &colored(safe);
        } else {
            self.waiting += safe;
        }
        if self.waiting.len() >= Pieces::AT_ONCE {
            self.write();
        }
        if self.is_closed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn write(&mut self) {
        let text = std::mem::take(&mut self.waiting);
        self.is_closed = self.is_closed || !self.output.write_out(&text);
    }
}

impl Drop for Pieces<'_> {
    fn drop(&mut self) {
        self.write();
    }
}

/// Whether there is a folder for a file that is to be written.
///
/// # Errors
/// `E-WRITE` when there is none.
pub(super) fn folder_is_there(file: &Path) -> Result<()> {
    let folder = folder_of(file);
    if folder.is_dir() {
        return Ok(());
    }
    Err(Error::new(Code::Write, "the folder does not exist")
        .at_path(folder)
        .help("make it first, or name another one"))
}

fn unwritten(cause: &io::Error) -> Error {
    Error::new(Code::Write, format!("cannot write to standard output ({cause})"))
        .help("check free space where the output goes; what was written there is not whole")
}

/// Code, what, where; then what to do.
pub(super) fn complain(error: &Error) {
    let help = error.help.as_ref().map(|help| format!("help: {}\n", text::screen(help)));
    let _ = write!(std::io::stderr().lock(), "{error}\n{}", help.unwrap_or_default());
}

/// Colours the status at the head of each line; the words stay as they are.
fn colored(text: &str) -> String {
    const STATUS: [(&str, &str); 5] = [("✓", "32"), ("✗", "31"), ("!", "33"), ("?", "36"), ("·", "90")];
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let status = STATUS
            .iter()
            .find(|(glyph, _)| body.strip_prefix(glyph).is_some_and(|rest| rest.starts_with(' ')));
        let (Some((glyph, color)), Some((spaces, rest))) = (status, line.split_at_checked(indent)) else {
            out.push_str(line);
            continue;
        };
        let word_end = rest
            .char_indices()
            .skip(glyph.chars().count() + 1)
            .find(|(_, c)| c.is_whitespace())
            .map_or(rest.len(), |(at, _)| at);
        match rest.split_at_checked(word_end) {
            Some((head, tail)) => out.push_str(&format!("{spaces}\u{1b}[{color}m{head}\u{1b}[0m{tail}")),
            None => out.push_str(line),
        }
    }
    out
}
