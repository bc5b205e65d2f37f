//! How many models of each kind an inventory holds: counted once for a view, and never for a frame.

use super::key::Key;
use crate::decision::Decision;
use crate::signing::Outcome;

/// The counts over a whole inventory, whatever is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All models.
    pub models: usize,
    /// Admitted at the stage in force.
    pub admit: usize,
    /// Admitted with a warning.
    pub warn: usize,
    /// Refused.
    pub refuse: usize,
    /// Not judged: nobody has looked, or what was seen does not hold any more.
    pub not_judged: usize,
    /// Evidence contradicts.
    pub fail: usize,
    /// Without a signature.
    pub unsigned: usize,
    /// Changed since they were verified, or without the evidence of it.
    pub changed: usize,
    /// With a review that stands.
    pub reviewed: usize,
    /// What a person has to look at: warned of, refused, or reviewed already.
    pub to_review: usize,
    /// What still waits for a review: warned of or refused, and not reviewed.
    pub needs_review: usize,
}

impl Counts {
    /// Of all rows.
    pub(super) fn of(keys: &[Key]) -> Self {
        let mut counts = Counts { models: keys.len(), ..Counts::default() };
        for key in keys {
            match key.decision {
                Decision::Admit => counts.admit += 1,
                Decision::Warn => counts.warn += 1,
                Decision::Refuse => counts.refuse += 1,
                Decision::NotJudged => counts.not_judged += 1,
            }
            counts.fail += usize::from(key.outcome == Outcome::Fail);
            counts.unsigned += usize::from(key.unsigned);
            counts.changed += usize::from(key.outdated);
            counts.reviewed += usize::from(key.reviewed);
            let waits = matches!(key.decision, Decision::Warn | Decision::Refuse);
            counts.to_review += usize::from(waits || key.reviewed);
            counts.needs_review += usize::from(waits && !key.reviewed);
        }
        counts
    }
}
