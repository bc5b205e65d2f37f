//! What commands of the command line printed: those of this session, the last ones kept, each as far as it was kept.
//! It runs nothing.

use crate::commands::status;
use crate::text::width;
use std::collections::VecDeque;

/// So many are kept.
const KEPT: usize = 20;
/// So many lines of each.
const MAX_LINES: usize = 20_000;
/// Longer lines are kept in pieces.
const MAX_PIECE_BYTES: usize = 1000;
/// So many bytes of each.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A command that is to be run, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its number in this session.
    pub id: u64,
    /// As it was typed, safe to show.
    pub line: String,
    /// Its words.
    pub words: Vec<String>,
    /// Whether it may ask on the terminal.
    pub asks: bool,
    /// What has to be read again when it ended.
    pub renews: Renews,
}

/// What a command may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renews {
    /// Nothing.
    Nothing,
    /// Records, the policy or its anchors.
    Records,
    /// The same, and sources.
    Sources,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
    /// By whoever cancelled it.
    Cancelled,
    /// It could not be started, for this reason, safe to show.
    NotStarted(String),
}

impl Ended {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Ended::Status(number) => match status(*number) {
                Some(meaning) => format!("exit status {number}: {meaning}"),
                None => format!("exit status {number}"),
            },
            Ended::Signal(number) => format!("ended by signal {number}"),
            Ended::Cancelled => "cancelled".to_owned(),
            Ended::NotStarted(why) => format!("could not be started: {why}"),
        }
    }

    /// Whether it did what it was asked for, and all was well.
    pub fn is_good(&self) -> bool {
        *self == Ended::Status(0)
    }
}

/// A line that was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Safe to show.
    pub text: String,
    /// Cells that it takes.
    pub cells: usize,
    /// On standard error.
    pub is_aside: bool,
}

/// A command and what it printed.
#[derive(Debug, Clone)]
pub struct Output {
    /// The command.
    pub asked: Asked,
    /// What it printed, as it came.
    pub lines: Vec<Printed>,
    /// Whether more was printed than is kept.
    pub is_cut: bool,
    /// How it ended; none while it runs.
    pub ended: Option<Ended>,
    bytes: usize,
}

impl Output {
    /// Nothing printed yet.
    pub fn new(asked: Asked) -> Self {
        Output { asked, lines: Vec::new(), is_cut: false, ended: None, bytes: 0 }
    }

    /// Takes what was printed, as far as it is kept.
    pub fn take(&mut self, is_aside: bool, lines: Vec<String>) {
        for raw in lines.iter().flat_map(|line| pieces(line)) {
            if self.lines.len() >= MAX_LINES || self.bytes >= MAX_BYTES {
                self.is_cut = true;
                return;
            }
            let text = crate::text::screen(&raw.replace('\t', "    "));
            self.bytes += text.len();
            let cells = width(&text);
            self.lines.push(Printed { text, cells, is_aside });
        }
    }

    /// Rows that it takes at a width.
    pub fn rows(&self, columns: usize) -> usize {
        self.lines.iter().map(|line| line.rows(columns)).sum()
    }
}

impl Printed {
    /// Rows that it takes at a width.
    pub fn rows(&self, columns: usize) -> usize {
        self.cells.div_ceil(columns.max(1)).max(1)
    }
}

/// A line in pieces that can be shown whole: what is made safe is cut where it is longer.
fn pieces(line: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), line);
    while rest.len() > MAX_PIECE_BYTES {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_PIECE_BYTES));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// All that are kept.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    /// Oldest first.
    kept: VecDeque<Output>,
    at: usize,
    last: u64,
}

impl Outputs {
    /// The number of the next command.
    pub fn next_id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// A command begins, and is the one shown. The oldest that has ended makes room.
    pub fn begin(&mut self, asked: Asked) {
        if self.kept.len() >= KEPT
            && let Some(oldest) = self.kept.iter().position(|output| output.ended.is_some())
        {
            self.kept.remove(oldest);
        }
        self.kept.push_back(Output::new(asked));
        self.at = self.kept.len() - 1;
    }

    /// Takes what a command printed.
    pub fn take(&mut self, id: u64, is_aside: bool, lines: Vec<String>) {
        if let Some(output) = self.kept.iter_mut().find(|output| output.asked.id == id) {
            output.take(is_aside, lines);
        }
    }

    /// A command ended.
    pub fn end(&mut self, id: u64, ended: Ended) -> Option<&Output> {
        let output = self.kept.iter_mut().find(|output| output.asked.id == id)?;
        output.ended = Some(ended);
        Some(output)
    }

    /// The one shown.
    pub fn shown(&self) -> Option<&Output> {
        self.kept.get(self.at)
    }

    /// Its place among all, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.at + 1, self.kept.len())
    }

    /// Shows the one before or after.
    pub fn turn(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.kept.len().saturating_sub(1));
    }

    /// Whether there is one before.
    pub fn has_older(&self) -> bool {
        self.at > 0
    }

    /// Whether there is one after.
    pub fn has_newer(&self) -> bool {
        self.at + 1 < self.kept.len()
    }

    /// Those that run.
    pub fn running(&self) -> impl Iterator<Item = &Output> {
        self.kept.iter().filter(|output| output.ended.is_none())
    }
}
