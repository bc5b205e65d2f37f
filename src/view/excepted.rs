//! The exceptions of the policy in force, with the models that they are for and those whose decision rests on them.

use super::View;
use crate::decision::ReasonFact;
use crate::policy::{Exception, Term};

/// An exception, and what it does in the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excepted {
    /// The exception.
    pub exception: Exception,
    /// Where it is in its time.
    pub term: Term,
    /// For how many whole days it has been in force; negative before it begins.
    pub age_days: i64,
    /// In how many whole days it ends; negative after its end.
    pub days_left: i64,
    /// So many models it is for.
    pub models: usize,
    /// So many of them it excuses at the stage that is looked at.
    pub excuses: usize,
}

const DAY_SECONDS: i64 = 24 * 60 * 60;

impl View {
    /// Those of the policy, in the order of their ends.
    pub fn exceptions(&self) -> Vec<Excepted> {
        self.exceptions_of(0..self.models.len())
    }

    /// The same, with the counts for the models of these indices alone.
    pub fn exceptions_of(&self, models: impl Iterator<Item = usize> + Clone) -> Vec<Excepted> {
        let days = |from: jiff::Timestamp, to: jiff::Timestamp| {
            (to.as_second() - from.as_second()).div_euclid(DAY_SECONDS)
        };
        let mut all: Vec<Excepted> = self
            .policy
            .exceptions
            .iter()
            .map(|exception| {
                let (mut many, mut excuses) = (0, 0);
                let some = models.clone().filter_map(|index| Some((index, self.models.get(index)?)));
                for (index, model) in some {
                    let root = self.verification(index).and_then(|verification| verification.root_of_files());
                    if exception.subject.matches(model.id.raw(), root.as_ref()) {
                        many += 1;
                        excuses += usize::from(self.rests_on(index, exception));
                    }
                }
                Excepted {
                    exception: exception.clone(),
                    term: exception.term(self.at),
                    age_days: days(exception.created, self.at),
                    days_left: days(self.at, exception.expires),
                    models: many,
                    excuses,
                }
            })
            .collect();
        all.sort_by(|one, other| {
            let end = |of: &Excepted| (of.exception.expires, of.exception.id.clone());
            end(one).cmp(&end(other))
        });
        all
    }

    /// Whether the exception excuses something of the model of an index.
    fn rests_on(&self, index: usize, exception: &Exception) -> bool {
        let Some(verdict) = self.verdict(index) else { return false };
        let excused = verdict.reasons.iter().filter(|reason| reason.fact == ReasonFact::Excepted);
        let mut codes = excused.map(|reason| reason.code.as_str());
        verdict.exceptions.iter().any(|one| one.id.raw() == exception.id)
            && codes.any(|code| code == exception.excuses.as_str())
    }
}
