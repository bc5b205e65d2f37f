//! Reads what the ledger recorded in a period, in one walk through it.

use super::door::Workbench;
use super::gates;
use super::made::{record_of, recorded};
use crate::decision::PolicyChangeRecord;
use crate::error::Result;
use crate::signing::Progress;
use crate::store::{LedgerEntry, RecordKind, ledger};
use crate::view::activity::{Activity, PolicyChanged};
use jiff::Timestamp;

/// So many records are read while nobody else can use the store.
const CHUNK: usize = 1000;

impl Workbench {
    /// What was recorded from a time on and before another, where they are named.
    ///
    /// # Errors
    /// `E-STORE`; `E-CANCELLED` when somebody asked to stop.
    pub fn activity(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        progress: &Progress,
    ) -> Result<Activity> {
        let (mut activity, mut next) = (Activity::default(), 0);
        loop {
            progress.check()?;
            let mut some = Vec::new();
            {
                let store = self.store();
                for entry in ledger::entries_from(&**store, next).take(CHUNK) {
                    some.push(entry?);
                }
            }
            let Some(last) = some.last() else { return Ok(activity) };
            next = last.seq.saturating_add(1);
            let is_within = |entry: &LedgerEntry| {
                let at = recorded(entry);
                from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to)
            };
            for entry in some.into_iter().filter(is_within) {
                take(&mut activity, entry);
            }
        }
    }
}

fn take(activity: &mut Activity, entry: LedgerEntry) {
    *activity.kinds.entry(entry.kind.as_str().to_owned()).or_default() += 1;
    let of_model = |activity: &mut Activity, verifications, decisions, reviews| {
        let model = activity.models.entry(entry.model.clone()).or_default();
        model.verifications += verifications;
        model.decisions += decisions;
        model.reviews += reviews;
        model.last = model.last.max(Some(recorded(&entry)));
    };
    match entry.kind {
        RecordKind::Verification => of_model(activity, 1, 0, 0),
        RecordKind::Review => of_model(activity, 0, 0, 1),
        RecordKind::Decision => {
            of_model(activity, 0, 1, 0);
            match gates::gated(&entry) {
                Some(gated) => {
                    let words = activity.gates.entry(gated.stage.raw().to_owned()).or_default();
                    words.let_in += usize::from(gated.let_in);
                    words.kept_out += usize::from(!gated.let_in);
                }
                None => activity.unread += 1,
            }
        }
        RecordKind::PolicyChange => {
            let change = serde_json::from_str::<PolicyChangeRecord>(&entry.body).ok();
            match change.zip(record_of(&entry).ok()) {
                Some((change, record)) => {
                    activity.changes.push(PolicyChanged { record, file: entry.model, change });
                }
                None => activity.unread += 1,
            }
        }
        _ => {}
    }
}
