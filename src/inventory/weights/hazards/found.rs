//! What is found in one file while it is being looked at, and how it is told: the worst first, a bounded number.

use crate::inventory::model::hazard::{Hazard, HazardKind, Tier};
use crate::text::Untrusted;

/// Hazards told of one file; the worst are.
const MAX_OF_FILE: usize = 24;

/// The hazards of one file while it is being looked at.
#[derive(Default)]
pub(in crate::inventory) struct Hazards(Vec<Hazard>);

impl Hazards {
    /// Adds one, once.
    pub fn add(&mut self, tier: Tier, kind: HazardKind, place: &str, what: &str, why: impl Into<String>) {
        let what = Untrusted::new(what.chars().take(200).collect::<String>());
        let new = Hazard { tier, kind, file: "".into(), place: place.into(), what, why: why.into() };
        let is_known = |old: &Hazard| (old.kind, &old.what, &old.why) == (new.kind, &new.what, &new.why);
        // A thousand of one kind are as telling as all; the worst must still get in.
        if !self.0.iter().any(is_known) {
            self.0.push(new);
            if self.0.len() > 1024 {
                self.0.sort();
                self.0.truncate(512);
            }
        }
    }

    /// The worst first, a bounded number.
    pub fn told(mut self, file: &str) -> Vec<Hazard> {
        // Of one tier in the order of finding.
        self.0.sort_by_key(|hazard| hazard.tier);
        let more = self.0.len().saturating_sub(MAX_OF_FILE);
        self.0.truncate(MAX_OF_FILE);
        if let Some(last) = self.0.last_mut()
            && more > 0
        {
            last.why = format!("{}; and {more} more like these", last.why);
        }
        self.0.iter_mut().for_each(|hazard| hazard.file = file.into());
        self.0
    }
}

/// A safe line for all hazards of a file that differ in what they are only, and the first of them.
pub(in crate::inventory) fn lines(told: &[Hazard]) -> Vec<(&Hazard, String)> {
    let mut lines: Vec<(&Hazard, Vec<&Hazard>)> = Vec::new();
    for hazard in told {
        let is_like =
            |first: &Hazard| (first.tier, first.kind, &first.why) == (hazard.tier, hazard.kind, &hazard.why);
        match lines.iter_mut().find(|(first, _)| is_like(first)) {
            Some((_, others)) => others.push(hazard),
            None => lines.push((hazard, Vec::new())),
        }
    }
    lines.into_iter().map(|(first, others)| (first, first.line_with(&others))).collect()
}
