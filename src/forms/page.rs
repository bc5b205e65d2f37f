//! A page before it has a form: headings, facts, tables, lines. Every cell is made safe to show when it is made, so no
//! form meets a control character or one that reorders text.

use super::drawing::Drawing;
use crate::decision::Decision;
use crate::signing::Outcome;
use crate::text::Untrusted;

pub use super::tone::Tone;

/// One safe line, and its tone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tone: Tone,
    is_code: bool,
}

impl Cell {
    /// Of any text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Cell { text: crate::text::screen(text.as_ref()), tone: Tone::Plain, is_code: false }
    }

    /// Of a digest, or of anything else that is compared letter by letter.
    pub fn code(text: impl AsRef<str>) -> Self {
        Cell { is_code: true, ..Cell::new(text) }
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

    /// Whether it is compared letter by letter.
    pub fn is_code(&self) -> bool {
        self.is_code
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

/// A part of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How much.
    pub many: usize,
    /// What it stands for at a glance.
    pub tone: Tone,
}

/// A bar with its name and its figures in words: nobody has to see the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is about.
    pub name: Cell,
    /// Its parts, from the left.
    pub parts: Vec<Part>,
    /// The figures in words.
    pub figures: Cell,
}

/// Bars on one scale.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// What the bars are about.
    pub columns: [&'static str; 2],
    /// How much a full bar stands for; bars never exceed it.
    pub whole: usize,
    /// The bars.
    pub bars: Vec<Bar>,
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
    /// Bars.
    Chart(Chart),
    /// A drawing of lines and names.
    Drawing(Drawing),
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

    /// Adds a part.
    pub(super) fn add(&mut self, block: impl Into<Block>) {
        self.blocks.push(block.into());
    }

    /// Adds a heading.
    pub(super) fn heading(&mut self, heading: &str) {
        self.blocks.push(Block::Heading(heading.into()));
    }

    /// Adds a sentence.
    pub(super) fn note(&mut self, note: impl Into<Cell>) {
        self.blocks.push(Block::Note(note.into()));
    }

    /// Adds a heading and a table below it, unless the table is empty.
    pub(super) fn section(&mut self, heading: &str, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Heading(heading.into()));
            self.blocks.push(Block::Table(table));
        }
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Block::Table(table)
    }
}

impl From<Chart> for Block {
    fn from(chart: Chart) -> Self {
        Block::Chart(chart)
    }
}

impl From<Drawing> for Block {
    fn from(drawing: Drawing) -> Self {
        Block::Drawing(drawing)
    }
}

impl Chart {
    /// How many of `cells` the parts of a bar take: each that is there takes one at least, where there is room.
    pub(super) fn cells(&self, bar: &Bar, cells: usize) -> Vec<(usize, Tone)> {
        let whole = self.whole.max(1);
        let mut left = cells;
        let share = |part: &Part| {
            let exact = part.many.min(whole).saturating_mul(cells) / whole;
            let taken = exact.max(usize::from(part.many > 0)).min(left);
            left -= taken;
            (taken, part.tone)
        };
        bar.parts.iter().map(share).collect()
    }

    /// A bar in text: `████▒▒╳░░···`, a sign for each tone.
    pub(super) fn text(&self, bar: &Bar) -> String {
        const CELLS: usize = 20;
        let parts = self.cells(bar, CELLS);
        let full: usize = parts.iter().map(|(cells, _)| cells).sum();
        let drawn = parts.into_iter().map(|(cells, tone)| tone.sign().repeat(cells));
        drawn.chain([Tone::Dim.sign().repeat(CELLS.saturating_sub(full))]).collect()
    }
}
