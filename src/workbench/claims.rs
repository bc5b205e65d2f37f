//! Claims under the workspace's policy: its anchors, its publishers and whom it denies.

use super::anchors;
use super::door::Workbench;
use crate::attest::{Claim, Claims, Judge, Judged, read_claims_bytes};
use crate::decision::{Under, judge_claims, predicates_check};
use crate::error::Result;
use crate::inventory::Model;
use crate::signing::{Check, IdentityRule, Progress, RootDigest, Trust, Verification, VerifyOptions};
use std::path::Path;

impl Workbench {
    /// Judges claims by the policy in force; with a model by its publisher too. `root` is the model's root digest,
    /// computed from its files.
    ///
    /// # Errors
    /// `E-CONFIG` when the policy is not valid, `E-CANCELLED`.
    pub fn judge_claims(
        &self,
        claims: Vec<Claim>,
        model: Option<&Model>,
        root: Option<RootDigest>,
        progress: &Progress,
    ) -> Result<Vec<Judged>> {
        self.valid_policy()?;
        let view = self.view();
        let identity = if model.is_some() { IdentityRule::Later } else { IdentityRule::AnchorDecides };
        let trust = Trust { anchors: anchors::load(&view.policy, view.at).0, identity };
        let options = VerifyOptions::at(view.at);
        let by = Judge { trust: &trust, options: &options, root };
        judge_claims(claims, &by, &Under { model, policy: &view.policy, now: view.at }, progress)
    }
}

/// PREDICATES of a model that was verified.
pub(super) fn predicates(
    verification: &Verification,
    file: Option<&Path>,
    under: &Under<'_>,
    trust: &Trust,
    progress: &Progress,
) -> Result<Check> {
    let options = VerifyOptions::at(verification.at);
    let by = Judge { trust, options: &options, root: verification.root_of_files() };
    let read = file.map(read_claims_bytes);
    let claims = match &read {
        None => Claims::Absent,
        Some(Ok(bytes)) => Claims::Bytes(bytes),
        Some(Err(fault)) => Claims::Unreadable(*fault),
    };
    predicates_check(claims, &by, under, progress)
}
