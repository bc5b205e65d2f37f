//! A text while it is edited: cursor, selection, and what can be undone. What nobody changes stays as it is to the
//! byte, line ends too. It knows no key and no screen.

use crate::text::{screen, width};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A text grows no larger: no larger policy is read.
const MAX_BYTES: usize = 1024 * 1024;
/// The oldest changes are forgotten when all together hold more.
const MAX_HISTORY_BYTES: usize = 8 * MAX_BYTES;
/// A tab on the screen.
const TAB: &str = "    ";

/// One change: what stood there, and what stands there now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    at: usize,
    before: String,
    after: String,
    /// Where the cursor was.
    cursor: usize,
    /// What is typed next may join it.
    is_open: bool,
}

/// Where the cursor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// To the character before.
    Left,
    /// Behind the next character.
    Right,
    /// To the beginning of the word.
    WordLeft,
    /// Behind the word.
    WordRight,
    /// So many lines up (negative) or down.
    Lines(isize),
    /// To the first character of the line that is no space, then to its beginning.
    Home,
    /// To the end of the line.
    End,
    /// To the beginning.
    Top,
    /// To the end.
    Bottom,
}

/// The text.
#[derive(Debug, Clone, Default)]
pub struct Text {
    whole: String,
    cursor: usize,
    anchor: Option<usize>,
    /// The column that moving up and down keeps to.
    column: Option<usize>,
    done: Vec<Change>,
    undone: Vec<Change>,
    revision: u64,
}

impl Text {
    /// A text with the cursor at its beginning.
    pub fn new(whole: impl Into<String>) -> Self {
        Text { whole: whole.into(), ..Text::default() }
    }

    /// All of it.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// Grows with each change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The cursor: a byte.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The line of the cursor, from 0.
    pub fn row(&self) -> usize {
        self.row_of(self.cursor)
    }

    /// The line of a byte, from 0.
    pub fn row_of(&self, at: usize) -> usize {
        self.before(at).bytes().filter(|byte| *byte == b'\n').count()
    }

    /// How many lines there are.
    pub fn rows(&self) -> usize {
        self.row_of(self.whole.len()) + 1
    }

    /// The lines from one on, each with its first byte and without its end.
    pub fn lines(&self, from: usize) -> impl Iterator<Item = (usize, &str)> {
        let mut at = self.start_of(from);
        let rest = if from < self.rows() { self.whole.get(at..) } else { None };
        rest.into_iter().flat_map(|rest| rest.split('\n')).map(move |line| {
            let start = at;
            at += line.len() + 1;
            (start, line.strip_suffix('\r').unwrap_or(line))
        })
    }

    /// What is selected; none where nothing is.
    pub fn selection(&self) -> Option<Range<usize>> {
        let anchor = self.anchor.filter(|anchor| *anchor != self.cursor)?;
        Some(anchor.min(self.cursor)..anchor.max(self.cursor))
    }

    /// The selected text.
    pub fn selected(&self) -> Option<&str> {
        self.whole.get(self.selection()?)
    }

    /// Selects all.
    pub fn select_all(&mut self) {
        (self.anchor, self.cursor, self.column) = (Some(0), self.whole.len(), None);
    }

    /// Selects a part, the cursor behind it.
    pub fn select(&mut self, part: Range<usize>) {
        if self.whole.get(part.clone()).is_some() {
            (self.anchor, self.cursor, self.column) = (Some(part.start), part.end, None);
            self.close();
        }
    }

    /// Puts the cursor at the beginning of a line, from 0.
    pub fn go_to_row(&mut self, row: usize) {
        self.put(self.start_of(row), false);
    }

    /// Moves the cursor; what it passes over is selected, or nothing is.
    pub fn go(&mut self, motion: Motion, selects: bool) {
        if let (false, Some(selected)) = (selects, self.selection()) {
            match motion {
                Motion::Left => return self.put(selected.start, false),
                Motion::Right => return self.put(selected.end, false),
                _ => {}
            }
        }
        let goal = self.column;
        let to = match motion {
            Motion::Left => self.left(),
            Motion::Right => self.right(),
            Motion::WordLeft => self.word_left(),
            Motion::WordRight => self.word_right(),
            Motion::Home => {
                let start = self.start_of(self.row());
                let line = self.line_at(start);
                let text = start + (line.len() - line.trim_start().len());
                if self.cursor == text { start } else { text }
            }
            Motion::End => {
                let start = self.start_of(self.row());
                start + self.line_at(start).len()
            }
            Motion::Top => 0,
            Motion::Bottom => self.whole.len(),
            Motion::Lines(by) => {
                let row = self.row();
                let column = goal.unwrap_or_else(|| self.column_of(self.cursor));
                let there = row.saturating_add_signed(by).min(self.rows() - 1);
                let edge = if by < 0 { 0 } else { self.whole.len() };
                let to = if there == row { edge } else { self.at_column(there, column) };
                self.put(to, selects);
                self.column = Some(column);
                return;
            }
        };
        self.put(to, selects);
    }

    /// Puts the cursor at a column of a line, as a click does.
    pub fn go_to(&mut self, row: usize, column: usize) {
        let row = row.min(self.rows() - 1);
        self.put(self.at_column(row, column), false);
    }

    /// The column of a byte in its line, as it is drawn.
    pub fn column_of(&self, at: usize) -> usize {
        let start = self.before(at).rfind('\n').map_or(0, |newline| newline + 1);
        self.whole.get(start..at).unwrap_or_default().graphemes(true).map(|one| width(&drawn(one))).sum()
    }

    /// Whether the cursor stands directly behind a word or a mark that begins one.
    pub fn is_behind_word(&self) -> bool {
        let last = self.before(self.cursor).chars().next_back();
        self.selection().is_none()
            && last.is_some_and(|c| is_word(c) || matches!(c, '"' | '[' | ':' | '/' | '.'))
    }

    /// Types text in the place of what is selected; false when the text would be too large.
    pub fn insert(&mut self, typed: &str) -> bool {
        let part = self.selection().unwrap_or(self.cursor..self.cursor);
        self.replace(part, typed)
    }

    /// Begins a new line with the indentation of this one.
    pub fn new_line(&mut self) -> bool {
        let start = self.start_of(self.row());
        let before = self.whole.get(start..self.cursor).unwrap_or_default();
        let indent: String = before.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        let typed = format!("{}{indent}", self.newline());
        self.insert(&typed)
    }

    /// Deletes what is selected, or the character before the cursor.
    pub fn delete_left(&mut self) {
        let part = self.selection().unwrap_or(self.left()..self.cursor);
        self.replace(part, "");
    }

    /// Deletes what is selected, or the character at the cursor.
    pub fn delete_right(&mut self) {
        let part = self.selection().unwrap_or(self.cursor..self.right());
        self.replace(part, "");
    }

    /// Deletes what is selected, or the word before the cursor.
    pub fn delete_word(&mut self) {
        let part = self.selection().unwrap_or(self.word_left()..self.cursor);
        self.replace(part, "");
    }

    /// Puts another text in the place of the whole; only what differs is replaced, and undoing brings it back.
    pub fn change_to(&mut self, whole: &str) -> bool {
        let same = |(one, other): &(char, char)| one == other;
        let head: usize =
            self.whole.chars().zip(whole.chars()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
        let rest = |text: &str| text.get(head..).unwrap_or_default().to_owned();
        let (before, after) = (rest(&self.whole), rest(whole));
        let tail: usize = before
            .chars()
            .rev()
            .zip(after.chars().rev())
            .take_while(same)
            .map(|(one, _)| one.len_utf8())
            .sum();
        let middle = after.get(..after.len() - tail).unwrap_or_default();
        self.replace(head..self.whole.len() - tail, middle)
    }

    /// Replaces a part; false when the text would be too large.
    pub fn replace(&mut self, part: Range<usize>, with: &str) -> bool {
        let Some(before) = self.whole.get(part.clone()).map(str::to_owned) else { return false };
        if self.whole.len() - before.len() + with.len() > MAX_BYTES {
            return false;
        }
        if before == with {
            return true;
        }
        let cursor = self.cursor;
        self.whole.replace_range(part.clone(), with);
        (self.cursor, self.anchor, self.column) = (part.start + with.len(), None, None);
        self.revision += 1;
        self.undone.clear();
        let is_open = before.is_empty() && with.graphemes(true).count() == 1;
        if is_open
            && let Some(last) = self.done.last_mut()
            && last.is_open
            && last.at + last.after.len() == part.start
            // Undoing goes back word by word.
            && (!last.after.ends_with(char::is_whitespace) || with.starts_with(char::is_whitespace))
        {
            last.after.push_str(with);
            return true;
        }
        self.done.push(Change { at: part.start, before, after: with.to_owned(), cursor, is_open });
        let bytes = |change: &Change| change.before.len() + change.after.len();
        let mut held: usize = self.done.iter().map(bytes).sum();
        while held > MAX_HISTORY_BYTES && self.done.len() > 1 {
            held -= bytes(&self.done.remove(0));
        }
        true
    }

    /// Takes back the latest change; false when there is none.
    pub fn undo(&mut self) -> bool {
        let Some(change) = self.done.pop() else { return false };
        self.whole.replace_range(change.at..change.at + change.after.len(), &change.before);
        (self.cursor, self.anchor, self.column) = (change.cursor.min(self.whole.len()), None, None);
        self.revision += 1;
        self.undone.push(change);
        true
    }

    /// Does again what was taken back; false when there is nothing.
    pub fn redo(&mut self) -> bool {
        let Some(change) = self.undone.pop() else { return false };
        self.whole.replace_range(change.at..change.at + change.before.len(), &change.after);
        (self.cursor, self.anchor, self.column) = (change.at + change.after.len(), None, None);
        self.revision += 1;
        self.done.push(Change { is_open: false, ..change });
        true
    }

    /// Selects the next place of a text behind the cursor, from the beginning again where none follows, or the one before
    /// what is selected, from the end again; upper and lower case count as one unless some of it is upper case. False when
    /// it is nowhere.
    pub fn find(&mut self, wanted: &str, is_back: bool) -> bool {
        let Some(found) = self.found(wanted, is_back) else { return false };
        self.select(found);
        true
    }

    fn found(&self, wanted: &str, is_back: bool) -> Option<Range<usize>> {
        if wanted.is_empty() {
            return None;
        }
        let exact = wanted.chars().any(char::is_uppercase);
        // Only letters of ASCII are folded: every place stays where it is.
        let fold = |text: &str| if exact { text.to_owned() } else { text.to_ascii_lowercase() };
        let (whole, wanted) = (fold(&self.whole), fold(wanted));
        let at = match is_back {
            false => {
                let next = whole.get(self.cursor..).and_then(|rest| rest.find(&wanted));
                next.map(|at| self.cursor + at).or_else(|| whole.find(&wanted))?
            }
            true => {
                let from = self.selection().map_or(self.cursor, |selected| selected.start);
                whole.get(..from).and_then(|before| before.rfind(&wanted)).or_else(|| whole.rfind(&wanted))?
            }
        };
        Some(at..at + wanted.len())
    }

    /// The end that the text's lines have.
    fn newline(&self) -> &'static str {
        if self.whole.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn before(&self, at: usize) -> &str {
        self.whole.get(..at).unwrap_or(&self.whole)
    }

    /// The first byte of a line, from 0; the last line's where there are fewer.
    fn start_of(&self, row: usize) -> usize {
        let ends = self.whole.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        match row.checked_sub(1) {
            None => 0,
            Some(before) => {
                let last = || self.whole.rfind('\n').map_or(0, |newline| newline + 1);
                ends.map(|(at, _)| at + 1).nth(before).unwrap_or_else(last)
            }
        }
    }

    /// The line that begins at a byte, without its end.
    fn line_at(&self, start: usize) -> &str {
        let line = self.whole.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The byte at a column of a line, or at its end.
    fn at_column(&self, row: usize, column: usize) -> usize {
        let start = self.start_of(row);
        let mut cells = 0;
        for (at, one) in self.line_at(start).grapheme_indices(true) {
            cells += width(&drawn(one));
            if cells > column {
                return start + at;
            }
        }
        start + self.line_at(start).len()
    }

    fn left(&self) -> usize {
        self.before(self.cursor).grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        let rest = self.whole.get(self.cursor..).unwrap_or_default();
        self.cursor + rest.graphemes(true).next().map_or(0, str::len)
    }

    fn word_left(&self) -> usize {
        let before = self.before(self.cursor);
        let trimmed = before.trim_end_matches(|c| !is_word(c));
        trimmed.trim_end_matches(is_word).len()
    }

    fn word_right(&self) -> usize {
        let rest = self.whole.get(self.cursor..).unwrap_or_default();
        let behind = rest.trim_start_matches(|c| !is_word(c)).trim_start_matches(is_word);
        self.whole.len() - behind.len()
    }

    fn put(&mut self, to: usize, selects: bool) {
        self.anchor = if selects { self.anchor.or(Some(self.cursor)) } else { None };
        (self.cursor, self.column) = (to, None);
        self.close();
    }

    /// What is typed from here on is undone by itself.
    fn close(&mut self) {
        if let Some(last) = self.done.last_mut() {
            last.is_open = false;
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// A character as it is drawn: nothing of it moves the cursor or is hidden.
pub fn drawn(one: &str) -> String {
    if one == "\t" { TAB.to_owned() } else { screen(one) }
}
