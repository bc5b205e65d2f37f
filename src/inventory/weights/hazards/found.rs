//! What is found in one file while it is being looked at, and how it is told: the worst first, a bounded number.

use crate::inventory::model::hazard::{Hazard, HazardKind, Tier};
use crate::text::Untrusted;

/// Hazards told of one file; the worst are.
const MAX_OF_FILE: usize = 24;

/// The hazards of one file while it is being looked at.
#[derive(Default)]
pub(in crate::inventory) struct Hazards {
    found: Vec<Hazard>,
    /// Files beside it that it reads, as it names them.
    pub(super) reads: Vec<String>,
}

impl Hazards {
    /// Adds one, once.
    pub fn add(&mut self, tier: Tier, kind: HazardKind, place: &str, what: &str, why: impl Into<String>) {
        let what = Untrusted::new(what.chars().take(200).collect::<String>());
        let new = Hazard { tier, kind, file: "".into(), place: place.into(), what, why: why.into() };
        let is_known = |old: &Hazard| (old.kind, &old.what, &old.why) == (new.kind, &new.what, &new.why);
        // A thousand of one kind are as telling as all; the worst must still get in.
        if !self.found.iter().any(is_known) {
            self.found.push(new);
            if self.found.len() > 1024 {
                self.found.sort();
                self.found.truncate(512);
            }
        }
    }

    /// Takes in what was found in something that lies in `place` of this file.
    pub(super) fn take_in(&mut self, place: &str, inner: Hazards) {
        for hazard in inner.found {
            let at = match hazard.place.raw() {
                "" => place.to_owned(),
                inside => format!("{place}, {inside}"),
            };
            self.add(hazard.tier, hazard.kind, &at, hazard.what.raw(), hazard.why);
        }
    }

    /// Whether something in it runs code for sure: that it is of no known kind says less.
    pub fn is_dangerous(&self) -> bool {
        self.found.iter().any(|hazard| hazard.tier == Tier::Dangerous)
    }

    /// Whether loading it may do anything: there is nothing more to say of what nobody knows.
    pub fn is_judged(&self) -> bool {
        let speaks = |hazard: &Hazard| hazard.tier <= Tier::Suspicious || hazard.kind == HazardKind::Pickle;
        self.found.iter().any(speaks)
    }

    /// Whether it is a program, or an archive, and no mere unknown.
    pub fn is_program(&self) -> bool {
        self.found.iter().any(|hazard| hazard.kind != HazardKind::Unknown)
    }

    /// Whether it is a program in text and nothing worse.
    pub fn is_script(&self) -> bool {
        !self.found.is_empty() && self.found.iter().all(|hazard| hazard.kind == HazardKind::Script)
    }

    /// Files beside it that it reads, as it names them.
    pub fn reads(&self) -> &[String] {
        &self.reads
    }

    /// The worst first, a bounded number.
    pub fn told(mut self, file: &str) -> Vec<Hazard> {
        // Of one tier in the order of finding.
        self.found.sort_by_key(|hazard| hazard.tier);
        let more = self.found.len().saturating_sub(MAX_OF_FILE);
        self.found.truncate(MAX_OF_FILE);
        if let Some(last) = self.found.last_mut()
            && more > 0
        {
            last.why = format!("{}; and {more} more like these", last.why);
        }
        self.found.iter_mut().for_each(|hazard| hazard.file = file.into());
        self.found
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
