//! A page before it has a form: headings, facts, tables, lines. Every cell is made safe to show when it is made, so no
//! form meets a control character or one that reorders text.

use crate::decision::Decision;
use crate::signing::Outcome;
use crate::text::Untrusted;

/// What a cell says at a glance; forms with colours show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// To be looked at.
    Warn,
    /// Evidence contradicts, or it is refused.
    Bad,
    /// Not known.
    Unknown,
    /// Beside the point.
    Dim,
}

impl From<Outcome> for Tone {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Tone::Good,
            Outcome::Partial => Tone::Warn,
            Outcome::Fail => Tone::Bad,
            Outcome::Missing | Outcome::Unknown => Tone::Unknown,
            Outcome::NotApplicable => Tone::Dim,
        }
    }
}

impl From<Decision> for Tone {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Admit => Tone::Good,
            Decision::Warn => Tone::Warn,
            Decision::Refuse => Tone::Bad,
            Decision::NotJudged => Tone::Dim,
        }
    }
}

/// One safe line, and its tone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// Of any text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Cell { text: crate::text::screen(text.as_ref()), tone: Tone::Plain }
    }

    /// The same in a tone.
    pub fn in_tone(self, tone: impl Into<Tone>) -> Self {
        Cell { tone: tone.into(), ..self }
    }

    /// Glyph and word of an outcome.
    pub fn outcome(outcome: Outcome) -> Self {
        Cell::new(format!("{} {}", outcome.glyph(), outcome.word())).in_tone(outcome)
    }

    /// Glyph and word of a decision.
    pub fn decision(decision: Decision) -> Self {
        let glyph = match decision {
            Decision::Admit => Outcome::Pass.glyph(),
            Decision::Warn => Outcome::Partial.glyph(),
            Decision::Refuse => Outcome::Fail.glyph(),
            Decision::NotJudged => Outcome::NotApplicable.glyph(),
        };
        Cell::new(format!("{glyph} {}", decision.word())).in_tone(decision)
    }

    /// The line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tone.
    pub fn tone(&self) -> Tone {
        self.tone
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::new(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::new(text)
    }
}

impl From<&Untrusted> for Cell {
    fn from(text: &Untrusted) -> Self {
        Cell::new(text.raw())
    }
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What stands above each column.
    pub columns: Vec<&'static str>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(Cell),
    /// Names and values.
    Facts(Vec<(&'static str, Cell)>),
    /// A table.
    Table(Table),
    /// Lines as they stand, in cells of one width.
    Lines(Vec<Cell>),
    /// A sentence.
    Note(Cell),
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: Cell,
    /// Its parts, in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// Without parts.
    pub fn new(title: impl Into<Cell>) -> Self {
        Page { title: title.into(), blocks: Vec::new() }
    }

    /// Adds a heading and a table below it, unless the table is empty.
    pub(super) fn section(&mut self, heading: &str, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Heading(heading.into()));
            self.blocks.push(Block::Table(table));
        }
    }
}
