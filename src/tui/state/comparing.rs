//! Two models side by side: what was compared, and the rows that are shown of it.

use crate::inventory::ModelId;
use crate::view::comparison::{ComparedPart, ComparedRow, Comparison, RowWord};
use std::sync::Arc;

/// A row of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareRow {
    /// The title of a part, by its index.
    Title(usize),
    /// A row of a part.
    Row(usize, usize),
    /// Rows of a part that are not kept.
    LeftOut(usize),
}

/// State of the screen.
#[derive(Default)]
pub struct CompareState {
    /// What was asked for.
    pub pair: Option<(ModelId, ModelId)>,
    /// What was found, or why nothing was, safe to show; none while it is being made.
    pub found: Option<Result<Arc<Comparison>, String>>,
    /// The chosen row.
    pub cursor: usize,
}

impl CompareState {
    /// What is compared.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.found.as_ref()?.as_ref().ok().map(|found| &**found)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        let lengths = |found: &Comparison| found.parts.iter().map(length).sum();
        self.comparison().map_or(0, lengths)
    }

    /// The row at a place.
    pub fn row(&self, at: usize) -> Option<CompareRow> {
        let mut before = 0;
        for (part, one) in self.comparison()?.parts.iter().enumerate() {
            if at < before + length(one) {
                return Some(match at - before {
                    0 => CompareRow::Title(part),
                    row if row <= one.rows.len() => CompareRow::Row(part, row - 1),
                    _ => CompareRow::LeftOut(part),
                });
            }
            before += length(one);
        }
        None
    }

    /// What is compared in the chosen row.
    pub fn chosen(&self) -> Option<&ComparedRow> {
        match self.row(self.cursor)? {
            CompareRow::Row(part, row) => self.comparison()?.parts.get(part)?.rows.get(row),
            _ => None,
        }
    }

    /// The place of the next row that differs, round and round; none when nothing does.
    pub fn next_difference(&self) -> Option<usize> {
        let found = self.comparison()?;
        let (mut before, mut first) = (0, None);
        for part in &found.parts {
            // Those that differ stand first in each part.
            let differing = part.rows.partition_point(|row| row.word != RowWord::Same);
            if differing > 0 {
                let (from, to) = (before + 1, before + differing);
                first = first.or(Some(from));
                if self.cursor < to {
                    return Some(from.max(self.cursor + 1));
                }
            }
            before += length(part);
        }
        first
    }
}

fn length(part: &ComparedPart) -> usize {
    1 + part.rows.len() + usize::from(part.left_out > 0)
}
