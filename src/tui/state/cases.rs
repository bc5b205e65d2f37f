//! Cases of incidents as they stood when they were last read, and which of them is chosen.

use crate::incident::{Case, Cases};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::sync::Arc;

/// Cases that were read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The generation of the view that they belong to.
    pub generation: u64,
    /// The time that deadlines are held against.
    pub at: Timestamp,
    /// They, or why they could not be read, safe to show.
    pub cases: Result<Arc<Cases>, String>,
}

/// State of the screen.
#[derive(Debug, Default)]
pub struct CasesState {
    /// What was read last; none before the first time.
    pub read: Option<Read>,
    /// Whether they are being read.
    pub is_reading: bool,
    /// Whether the chosen case takes the whole screen.
    pub whole: bool,
    /// The numbers of all, in the order shown.
    order: Vec<u64>,
    /// The place of the chosen one among them.
    at: usize,
}

impl CasesState {
    /// Takes what was read: open cases first, the worst and then the latest of them first. The chosen one stays chosen.
    pub fn take(&mut self, read: Read) {
        let chosen = self.order.get(self.at).copied();
        self.order.clear();
        if let Ok(cases) = &read.cases {
            let mut all: Vec<&Case> = cases.cases.values().collect();
            all.sort_by_key(|case| {
                let is_closed = case.closed().is_some();
                (is_closed, Reverse(case.severity()), Reverse(case.record.number))
            });
            self.order.extend(all.into_iter().map(|case| case.record.number));
        }
        self.read = Some(read);
        self.is_reading = false;
        let kept = chosen.and_then(|number| self.order.iter().position(|known| *known == number));
        self.at = kept.unwrap_or_default();
        self.whole &= kept.is_some();
    }

    /// Whether what was read does not belong to a view.
    pub fn is_stale(&self, generation: u64) -> bool {
        self.read.as_ref().is_none_or(|read| read.generation != generation)
    }

    /// All of them, in the order shown.
    pub fn shown(&self) -> impl Iterator<Item = &Case> {
        let cases = self.read.as_ref().and_then(|read| read.cases.as_ref().ok());
        self.order.iter().filter_map(move |number| cases?.cases.get(number))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The place of the chosen one.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Chooses another.
    pub fn choose(&mut self, place: usize) {
        self.at = place.min(self.order.len().saturating_sub(1));
    }

    /// The chosen one.
    pub fn case(&self) -> Option<&Case> {
        self.shown().nth(self.at)
    }

    /// The chosen one, where it is open.
    pub fn open_case(&self) -> Option<&Case> {
        self.case().filter(|case| case.closed().is_none())
    }

    /// The time that deadlines are held against.
    pub fn time(&self) -> Timestamp {
        self.read.as_ref().map(|read| read.at).unwrap_or_default()
    }
}
