//! How a snapshot and the present, or two snapshots, differ: as rows in groups, the worst first. It compares nothing.

use crate::inventory::ModelId;
use crate::snapshot::{Diff, ModelChange, Turn};
use crate::workbench::JobId;
use std::sync::Arc;

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRow {
    /// What changed of the whole, by its place in the difference.
    General(usize),
    /// The head of a group, and how many are in it.
    Head(Turn, usize),
    /// A model, by its place in the difference.
    Model(usize),
}

/// The difference that is shown, or waited for.
#[derive(Default)]
pub struct Changes {
    /// Who finds it out; none before it has begun.
    pub job: Option<JobId>,
    /// Whether somebody asked for one.
    pub is_asked: bool,
    /// What was found.
    pub diff: Option<Arc<Diff>>,
    /// Its rows.
    pub rows: Vec<ChangeRow>,
    /// The chosen one.
    pub cursor: usize,
}

impl Changes {
    /// Waits for another one.
    pub fn ask(&mut self) {
        *self = Changes { is_asked: true, ..Changes::default() };
    }

    /// Takes what was found.
    pub fn take(&mut self, job: JobId, diff: Arc<Diff>) {
        let mut rows: Vec<ChangeRow> = (0..diff.general.len()).map(ChangeRow::General).collect();
        for turn in Turn::ALL {
            let from = rows.len();
            let of_turn = (0..).zip(&diff.models).filter(|(_, model)| model.turn == turn);
            rows.extend(of_turn.map(|(at, _)| ChangeRow::Model(at)));
            let many = rows.len() - from;
            if many > 0 {
                rows.insert(from, ChangeRow::Head(turn, many));
            }
        }
        let cursor = rows.iter().position(|row| matches!(row, ChangeRow::Model(_))).unwrap_or(0);
        *self = Changes { job: Some(job), is_asked: true, diff: Some(diff), rows, cursor };
    }

    /// Moves the cursor; heads are passed over.
    pub fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        let wanted = self.cursor.saturating_add_signed(by).min(last);
        let is_head = |at: usize| matches!(self.rows.get(at), Some(ChangeRow::Head(..)));
        self.cursor = match is_head(wanted) {
            false => wanted,
            // A head always stands before a row.
            true if by >= 0 || wanted == 0 => wanted + 1,
            true => wanted - 1,
        }
        .min(last);
    }

    /// The chosen model's change.
    pub fn chosen(&self) -> Option<&ModelChange> {
        match self.rows.get(self.cursor)? {
            ChangeRow::Model(at) => self.diff.as_ref()?.models.get(*at),
            _ => None,
        }
    }

    /// The chosen model.
    pub fn model(&self) -> Option<&ModelId> {
        Some(&self.chosen()?.id)
    }
}
