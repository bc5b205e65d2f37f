//! How often a refusal is told: once in a while for each model and process, with the number of those that were not.
//! It knows no clock: times come in.

use std::collections::HashMap;

/// A loader that tries again and again is told of once in this time, in milliseconds.
const ONCE_IN: u64 = 10_000;
/// More pairs than this are not remembered.
const MANY: usize = 4096;

/// What was told lately.
#[derive(Debug, Default)]
pub struct Notices {
    /// By model and process: when it was told, and how often it was kept back since.
    told: HashMap<(Option<usize>, i32), (u64, u64)>,
}

impl Notices {
    /// Whether this refusal is to be told now, and how many were kept back before it.
    pub fn tells(&mut self, model: Option<usize>, process: i32, now: u64) -> Option<u64> {
        if let Some((at, kept)) = self.told.get_mut(&(model, process)) {
            if now.saturating_sub(*at) < ONCE_IN {
                *kept += 1;
                return None;
            }
            let before = std::mem::take(kept);
            *at = now;
            return Some(before);
        }
        if self.told.len() >= MANY {
            self.told.retain(|_, (at, _)| now.saturating_sub(*at) < ONCE_IN);
        }
        // A flood of processes is told of in full rather than remembered.
        if self.told.len() < MANY {
            self.told.insert((model, process), (now, 0));
        }
        Some(0)
    }
}
