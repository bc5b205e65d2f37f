//! The rows in groups of one publisher each, that fold. It knows no model: only which group each belongs to, and how
//! many rows there are to draw.

use crate::decision::Decision;
use crate::query::Key;
use crate::signing::Outcome;

/// What a row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The head of a group, by its place among the groups.
    Group(usize),
    /// A model, by its index.
    Model(usize),
}

/// The models of one publisher that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Which publisher.
    pub publisher: u32,
    /// How many models.
    pub models: usize,
    /// Of how many evidence contradicts.
    pub failing: usize,
    /// How many are refused.
    pub refused: usize,
    /// Whether only its head is shown.
    pub is_folded: bool,
    /// Where its first model stands among those shown.
    first: usize,
    /// Its row.
    row: usize,
}

/// All groups, in the order of their first models.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    all: Vec<Group>,
    rows: usize,
}

impl Groups {
    /// Puts models of one publisher together, in the order in which they are; the first of each group says where the
    /// group stands.
    pub fn of(shown: &mut Vec<u32>, keys: &[Key], publishers: usize, folded: impl Fn(u32) -> bool) -> Self {
        const NONE: usize = usize::MAX;
        let mut places = vec![NONE; publishers];
        let mut all: Vec<Group> = Vec::new();
        let publisher = |row: &u32| keys.get(*row as usize).map(|key| key.publisher as usize);
        for row in shown.iter() {
            let (Some(key), Some(place)) =
                (keys.get(*row as usize), publisher(row).and_then(|at| places.get_mut(at)))
            else {
                continue;
            };
            if *place == NONE {
                *place = all.len();
                all.push(Group {
                    publisher: key.publisher,
                    models: 0,
                    failing: 0,
                    refused: 0,
                    is_folded: folded(key.publisher),
                    first: 0,
                    row: 0,
                });
            }
            if let Some(group) = all.get_mut(*place) {
                group.models += 1;
                group.failing += usize::from(key.outcome == Outcome::Fail);
                group.refused += usize::from(key.decision == Decision::Refuse);
            }
        }
        let mut first = 0;
        for group in &mut all {
            group.first = first;
            first += group.models;
        }
        let mut next: Vec<usize> = all.iter().map(|group| group.first).collect();
        let mut sorted = vec![0; first];
        for row in shown.iter() {
            let place = publisher(row).and_then(|at| places.get(at).copied());
            let Some(at) = place.and_then(|place| next.get_mut(place)) else { continue };
            if let Some(slot) = sorted.get_mut(*at) {
                *slot = *row;
            }
            *at += 1;
        }
        *shown = sorted;
        let mut groups = Groups { all, rows: 0 };
        groups.number();
        groups
    }

    /// The rows of the heads follow from what is folded.
    fn number(&mut self) {
        let mut row = 0;
        for group in &mut self.all {
            group.row = row;
            row += 1 + if group.is_folded { 0 } else { group.models };
        }
        self.rows = row;
    }

    /// All of them, in order.
    pub fn all(&self) -> &[Group] {
        &self.all
    }

    /// How many rows they take.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The group that a row belongs to: its place, and the place of the model among those shown, where the row is one.
    pub fn at(&self, row: usize) -> Option<(usize, Option<usize>)> {
        if row >= self.rows {
            return None;
        }
        let place = self.all.partition_point(|group| group.row <= row).checked_sub(1)?;
        let group = self.all.get(place)?;
        Some((place, row.checked_sub(group.row + 1).map(|offset| group.first + offset)))
    }

    /// The row of the model that stands there among those shown; of a folded group its head.
    pub fn row_of(&self, position: usize) -> Option<usize> {
        let place = self.all.partition_point(|group| group.first <= position).checked_sub(1)?;
        let group = self.all.get(place)?;
        let offset = if group.is_folded { 0 } else { 1 + position.saturating_sub(group.first) };
        Some(group.row + offset)
    }

    /// The row of the head of a publisher's group.
    pub fn head_of(&self, publisher: u32) -> Option<usize> {
        self.all.iter().find(|group| group.publisher == publisher).map(|group| group.row)
    }

    /// The row of the head of the group at a place.
    pub fn head(&self, place: usize) -> Option<usize> {
        self.all.get(place).map(|group| group.row)
    }

    /// The models of the group at a place, as a range among those shown.
    pub fn range(&self, place: usize) -> std::ops::Range<usize> {
        self.all.get(place).map_or(0..0, |group| group.first..group.first + group.models)
    }

    /// Folds or unfolds the group at a place.
    pub fn fold(&mut self, place: usize, is_folded: bool) {
        if let Some(group) = self.all.get_mut(place) {
            group.is_folded = is_folded;
        }
        self.number();
    }
}
