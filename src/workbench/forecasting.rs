//! What time alone will change: the inventory judged at each later moment at which anything is due, one after the other,
//! from the evidence that is kept. Nothing is published, recorded or written.

use super::door::Workbench;
use super::keeping;
use super::publish::Next;
use crate::attest::claims_in;
use crate::decision::{ClaimsSeen, SeenEvidence, Touched};
use crate::error::{Code, Error, Result};
use crate::signing::{Due, Progress, bundle_dues, bundle_in};
use crate::view::forecast::{DueThen, Dues, Forecast, Forecasting, Only};
use crate::view::{Verified, View};
use jiff::Timestamp;
use std::sync::Arc;

/// Where there are more moments, only the last of each day is judged.
const MOST_MOMENTS: usize = 1000;

impl Workbench {
    /// What will have changed until a time if nobody does anything.
    ///
    /// # Errors
    /// `E-USAGE` when that time is past; `E-CANCELLED`, `E-STORE`, `E-TOO-LARGE`, `E-INTERNAL`.
    pub fn forecast(&self, until: Timestamp, progress: &Progress) -> Result<Forecast> {
        self.forecast_of(until, None, progress)
    }

    /// The same of some models alone; the others are judged too, since models belong together.
    ///
    /// # Errors
    /// As [`Workbench::forecast`].
    pub fn forecast_of(
        &self,
        until: Timestamp,
        only: Option<&Only>,
        progress: &Progress,
    ) -> Result<Forecast> {
        let mut now = self.brought_up_to_date(progress)?;
        if until <= now.at {
            return Err(Error::new(Code::Usage, format!("{until} is not after {}", now.at))
                .help("a forecast looks ahead: name a later time"));
        }
        let mut dues = Dues::of(&now, until);
        progress.expect(u64::try_from(now.models.len()).unwrap_or(u64::MAX), 0);
        for index in 0..now.models.len() {
            progress.check()?;
            progress.add_file();
            if let Some(seen) = self.evidence_of(&now, index) {
                dues.signed(index, of_signatures(&seen));
            }
        }
        let (steps, by_day) = dues.steps(MOST_MOMENTS);
        let mut forecasting = Forecasting::begin(&now, until, (steps.len(), by_day), only)?;
        for (at, due) in steps {
            progress.check()?;
            let after = self.later(&now, at, &due, progress)?;
            forecasting.step(&now, &after, &due);
            now = after;
        }
        Ok(forecasting.done())
    }

    /// What was seen of the model of an index; none where it was not looked at, or its evidence is not there.
    fn evidence_of(&self, view: &View, index: usize) -> Option<SeenEvidence> {
        let model = view.models.get(index)?;
        let verified = view.verified.get(index)?.as_deref()?;
        keeping::seen(&**self.store(), view, model, &verified.seen).ok()
    }

    /// The same at a later moment.
    fn later(&self, before: &View, at: Timestamp, due: &DueThen, progress: &Progress) -> Result<View> {
        let (models, for_all) = (due.models(), due.is_for_all());
        let mut before = before.clone();
        let slots: &mut Vec<Option<Arc<Verified>>> = Arc::make_mut(&mut before.verified);
        for (index, slot) in slots.iter_mut().enumerate() {
            if let Some(verified) = slot.as_mut().filter(|_| for_all || models.binary_search(&index).is_ok())
            {
                // It is judged again from its evidence.
                *slot = Some(Arc::new(Verified { until: Some(at), ..Verified::clone(verified) }));
            }
        }
        let next = Next { at: Some(at), progress: progress.clone(), ..Next::as_in(&before) };
        let (mut after, touched) = self.made_from(&before, next)?;
        if after.ledger != before.ledger {
            return Err(Error::new(Code::Store, "the ledger changed while the forecast was made")
                .help("run it again"));
        }
        let touched = touched.map(|mut touched: Touched| {
            touched.also(models);
            touched.rules |= for_all;
            touched
        });
        progress.check()?;
        after.judge_after(&before, touched.as_ref());
        Ok(after)
    }
}

/// What is due in the signature of a model and in those of its claims.
fn of_signatures(seen: &SeenEvidence) -> Vec<(Timestamp, Due)> {
    let own = seen.bundle.as_deref().and_then(bundle_in);
    let mut dues = own.as_ref().map(bundle_dues).unwrap_or_default();
    for claims in std::iter::once(&seen.claims).chain(seen.further.iter().map(|one| &one.claims)) {
        let ClaimsSeen::Read(bytes) = claims else { continue };
        let Ok(found) = claims_in(bytes) else { continue };
        for claim in &found.claims {
            dues.extend(bundle_dues(&claim.bundle));
            dues.extend(claim.cosigned.iter().flat_map(bundle_dues));
        }
    }
    dues
}
