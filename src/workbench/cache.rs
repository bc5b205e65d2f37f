//! Remembered digests, as far as a verification may use them: sealed by a key outside of the workspace, where the
//! policy lets them count, and never for a question about another time than now.

use super::door::Workbench;
use crate::clock::this_second;
use crate::error::Error;
use crate::policy::Stage;
use crate::signing::Reuse;
use crate::store::{CacheKey, SealedDigests, cache_key};
use crate::view::View;
use jiff::{SignedDuration, Timestamp};

/// Where digests are remembered, and from when on they count.
pub(super) struct Cache<'w> {
    digests: SealedDigests<'w>,
    not_before: Option<Timestamp>,
}

impl Cache<'_> {
    /// As the signing core asks for it.
    pub(super) fn reuse(&self) -> Reuse<'_> {
        Reuse { ledger: &self.digests, not_before: self.not_before }
    }
}

impl Workbench {
    /// The cache, where any stage of the policy lets remembered digests count; taken from it is only what the stage in
    /// view lets count. None without a key, and when the question is about another time: what was remembered is judged
    /// by the clock.
    pub(super) fn cache(&self, view: &View, in_full: bool) -> Option<Cache<'_>> {
        if self.inner.options.at.is_some() {
            return None;
        }
        view.policy.stages.iter().find_map(Stage::cached_hours)?;
        let digests = self.inner.store.digests(self.cache_key().ok()?);
        let hours = view.policy.stage(&view.stage).and_then(Stage::cached_hours).filter(|_| !in_full);
        let not_before =
            hours.and_then(|hours| this_second().checked_sub(SignedDuration::from_hours(hours.into())).ok());
        Some(Cache { digests, not_before })
    }

    /// Why no digest is remembered, though the policy lets some count; none while that did not come up.
    pub fn cache_fault(&self) -> Option<Error> {
        self.inner.cache_key.get()?.as_ref().err().cloned()
    }

    fn cache_key(&self) -> Result<CacheKey, Error> {
        self.inner.cache_key.get_or_init(|| cache_key(&self.workspace().root)).clone()
    }
}
