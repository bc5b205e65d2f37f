//! The lineage screen: the focus and those before it, what is folded, the rows around it, and the chosen one.

use crate::inventory::ModelId;
use crate::lineage::{Folds, LaneRow, folded_lanes};
use crate::view::View;

/// Relatives that are counted.
pub const MOST_COUNTED: usize = 20_000;
/// Rows and relatives of one model once the whole family is asked for.
const WHOLE: (usize, usize) = (20_000, 20_000);
/// How many more relatives are drawn when they are asked for.
const MORE: usize = 200;

/// State of the lineage screen.
#[derive(Default)]
pub struct LineageState {
    /// The model in the middle.
    pub focus: Option<ModelId>,
    /// The focuses before.
    pub trail: Vec<ModelId>,
    /// The rows around it.
    pub rows: Vec<LaneRow>,
    /// The chosen row.
    pub cursor: usize,
    /// Whether the whole family is drawn.
    pub whole: bool,
    /// What is folded and unfolded.
    pub folds: Folds,
    /// How many ancestors and descendants there are, as far as they were counted.
    pub family: (usize, usize),
    /// How many of them are drawn.
    pub drawn: (usize, usize),
    /// How many edges above the focus are proved, of how many.
    pub completeness: (usize, usize),
    /// The widest gutter and the widest name, in columns.
    pub widest: (usize, usize),
    /// From which model a path is to be shown.
    pub marked: Option<ModelId>,
}

impl LineageState {
    /// Back to what is drawn at first.
    pub fn fold_all(&mut self) {
        self.whole = false;
        self.folds = Folds::default();
    }

    /// Draws the whole family, or what is drawn at first.
    pub fn turn_whole(&mut self, view: Option<&View>) {
        let whole = !self.whole;
        self.fold_all();
        self.whole = whole;
        if whole {
            (self.folds.rows, self.folds.at_once) = WHOLE;
        }
        self.redraw(view, true);
    }

    /// Draws the family around another model, with the cursor on it.
    pub fn focus_on(&mut self, view: Option<&View>, focus: Option<ModelId>) {
        if self.focus != focus {
            self.folds.open.clear();
            self.folds.folded.clear();
        }
        self.focus = focus;
        self.redraw(view, false);
    }

    /// Draws it again; the cursor stays on its row, where that is asked for and the row is still there.
    pub fn redraw(&mut self, view: Option<&View>, keeps_cursor: bool) {
        let before = self.rows.get(self.cursor).cloned();
        self.rows = match (view, &self.focus) {
            (Some(view), Some(focus)) => {
                self.family = view.graph.family_size(focus, MOST_COUNTED);
                self.completeness = view.completeness(focus);
                let rows = folded_lanes(&view.graph, focus, &self.folds);
                if rows.is_empty() { vec![lone(view, focus)] } else { rows }
            }
            _ => Vec::new(),
        };
        let many = |is_side: &dyn Fn(i32) -> bool| {
            let counts = |row: &&LaneRow| !row.repeated && row.left_out.is_none() && is_side(row.generation);
            self.rows.iter().filter(counts).count()
        };
        self.drawn = (many(&|generation| generation < 0), many(&|generation| generation > 0));
        let gutter = self.rows.iter().map(|row| row.gutter.chars().count()).max().unwrap_or_default();
        let name = self.rows.iter().map(|row| row.id.raw().len()).max().unwrap_or_default();
        self.widest = (gutter, name);
        let on_focus = |row: &LaneRow| row.generation == 0 && row.left_out.is_none();
        let is_same = |row: &LaneRow, wanted: &LaneRow| {
            (&row.id, &row.ends, row.generation.signum())
                == (&wanted.id, &wanted.ends, wanted.generation.signum())
        };
        let kept = before.filter(|_| keeps_cursor).and_then(|wanted| {
            let exact =
                |row: &LaneRow| is_same(row, &wanted) && row.left_out.is_some() == wanted.left_out.is_some();
            let position = self.rows.iter().position(exact);
            // What was left out may be there now: then the one that it is joined to.
            position.or_else(|| self.rows.iter().position(|row| row.id == wanted.id && !row.repeated))
        });
        let kept = kept.or_else(|| self.rows.iter().position(on_focus));
        self.cursor = kept.unwrap_or(0);
    }

    /// Shows what is left out at the chosen row, or what is folded there; false where nothing is.
    pub fn unfold(&mut self, view: Option<&View>) -> bool {
        let Some(row) = self.rows.get(self.cursor) else { return false };
        let id = row.id.clone();
        let is_cut = self.rows.iter().any(|other| other.id == id && other.left_out.is_some());
        if !is_cut {
            return false;
        }
        if !self.folds.folded.remove(&id) {
            let shown = self.rows.iter().filter(|other| is_joined_to(other, &id)).count();
            self.folds.open.insert(id, shown.max(self.folds.at_once).saturating_add(MORE));
            self.folds.rows = self.folds.rows.saturating_add(MORE + 1);
        }
        self.redraw(view, true);
        true
    }

    /// Folds what is beyond the chosen row; where nothing is, goes to the row that it is joined to. False at the focus of
    /// a family of one.
    pub fn fold(&mut self, view: Option<&View>) -> bool {
        let Some(row) = self.rows.get(self.cursor) else { return false };
        let id = row.id.clone();
        let beyond = |other: &LaneRow| other.left_out.is_none() && is_joined_to(other, &id);
        if row.left_out.is_none() && !row.repeated && row.generation != 0 && self.rows.iter().any(beyond) {
            self.folds.folded.insert(id);
            self.redraw(view, true);
            return true;
        }
        let nearer = match (&row.ends, row.left_out) {
            (_, Some(_)) => Some(id),
            (Some((child, parent)), None) => Some(if *child == id { parent } else { child }.clone()),
            (None, None) => None,
        };
        let is_it =
            |row: &LaneRow| Some(&row.id) == nearer.as_ref() && row.left_out.is_none() && !row.repeated;
        let position = self.rows.iter().position(is_it);
        self.cursor = position.unwrap_or(self.cursor);
        position.is_some()
    }

    /// Whether something beyond a row is folded.
    pub fn is_folded(&self, row: &LaneRow) -> bool {
        row.left_out.is_none() && self.folds.folded.contains(&row.id)
    }
}

/// Whether a row hangs at a model.
fn is_joined_to(row: &LaneRow, id: &ModelId) -> bool {
    row.ends.as_ref().is_some_and(|(child, parent)| {
        row.id != *id && (row.generation < 0 && child == id || row.generation > 0 && parent == id)
    })
}

/// The row of a model without known relatives.
fn lone(view: &View, focus: &ModelId) -> LaneRow {
    LaneRow {
        gutter: "●".to_owned(),
        id: focus.clone(),
        model: view.model(focus).map(|(index, _)| index),
        generation: 0,
        edge: None,
        link: None,
        ends: None,
        pinned: false,
        repeated: false,
        left_out: None,
    }
}
