//! What a case comes to at a time: its deadlines, and for how long each piece of evidence is kept.

use super::case::Case;
use super::record::{EvidenceEntry, Held};
use super::runbook::{Clock, Field, Step};
use super::surface::Log;
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};

const HOURS_A_DAY: i64 = 24;

/// A deadline that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer<'c> {
    /// Which.
    pub clock: &'c Clock,
    /// When it is over; none beyond all dates.
    pub due: Option<Timestamp>,
    /// Whether it is.
    pub is_over: bool,
}

/// A line of the checklist of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'c> {
    /// The field.
    pub field: &'c Field,
    /// The profiles that take it.
    pub profiles: Vec<&'c str>,
    /// What there is.
    pub state: ItemState<'c>,
    /// Where it is declared to be logged; none where it is not.
    pub log: Option<&'c Log>,
    /// For how long it is kept, in days.
    pub days: Option<u32>,
    /// Until when it is kept; none as long as that is open.
    pub until: Option<Timestamp>,
    /// Whether it goes before the incident is reviewed.
    pub too_short: bool,
}

/// What there is for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState<'c> {
    /// Nothing yet.
    Missing,
    /// The program knew it.
    Known(&'c Untrusted),
    /// It was collected, or given up.
    Collected(&'c EvidenceEntry),
}

impl Case {
    /// The deadlines that may apply, the first that ends first.
    pub fn timers<'c>(&'c self, at: Timestamp) -> Vec<Timer<'c>> {
        let timer = |clock: &'c Clock| {
            let due = later(self.opening.aware, i64::from(clock.hours));
            Timer { clock, due, is_over: due.is_some_and(|due| due <= at) }
        };
        let mut timers: Vec<Timer<'c>> = self.opening.runbook.clocks.iter().map(timer).collect();
        // One without an end is beyond the end of the calendar.
        timers.sort_by_key(|timer| timer.due.unwrap_or(Timestamp::MAX));
        timers
    }

    /// Every field that the runbook takes, in its order.
    pub fn checklist(&self) -> Vec<Item<'_>> {
        let mut items: Vec<Item<'_>> = Vec::new();
        for profile in self.opening.runbook.needed() {
            for field in &profile.required {
                match items.iter_mut().find(|item| item.field.id == field.id) {
                    Some(item) => {
                        item.profiles.push(&profile.id);
                        item.days = item.days.max(profile.retention_days);
                    }
                    None => items.push(Item {
                        field,
                        profiles: vec![profile.id.as_str()],
                        state: self.state_of(field),
                        log: self.opening.surface.as_ref().and_then(|one| one.surface.log(&field.id)),
                        days: profile.retention_days,
                        until: None,
                        too_short: false,
                    }),
                }
            }
        }
        for item in &mut items {
            item.until = self.kept_until(item);
            let review = self.review();
            item.too_short = item.until.zip(review).is_some_and(|(until, review)| until < review);
        }
        items
    }

    fn state_of(&self, field: &Field) -> ItemState<'_> {
        let known = self.opening.subject.known.iter().find(|known| known.field == field.id);
        match (self.collected(&field.id), known) {
            (Some((_, entry)), _) => ItemState::Collected(entry),
            (None, Some(known)) => ItemState::Known(&known.value),
            (None, None) => ItemState::Missing,
        }
    }

    /// What the workspace keeps counts from the end of the case, what others keep from when it was captured. Under a legal
    /// hold nothing ends.
    fn kept_until(&self, item: &Item<'_>) -> Option<Timestamp> {
        let days = i64::from(item.days?);
        let closed = || self.closed().map(|(logged, _)| logged.made.recorded);
        let from = match &item.state {
            _ if self.hold().is_some() => None,
            ItemState::Missing => None,
            ItemState::Known(_) => closed(),
            ItemState::Collected(EvidenceEntry { held, captured, .. }) => match held {
                Held::Kept(_) => closed(),
                Held::Elsewhere { .. } => Some(*captured),
                Held::Waived { .. } => None,
            },
        };
        later(from?, days.checked_mul(HOURS_A_DAY)?)
    }

    /// When the incident is to be reviewed: when the last step that has a date is due.
    fn review(&self) -> Option<Timestamp> {
        self.opening.runbook.steps.iter().filter_map(|step| self.due(step)).max()
    }

    /// When a step is due.
    pub fn due(&self, step: &Step) -> Option<Timestamp> {
        later(self.made.recorded, i64::from(step.due_days?).checked_mul(HOURS_A_DAY)?)
    }
}

fn later(from: Timestamp, hours: i64) -> Option<Timestamp> {
    from.checked_add(SignedDuration::from_hours(hours)).ok()
}
