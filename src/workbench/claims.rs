//! Claims under the workspace's policy: its anchors, its publishers and whom it denies.

use super::door::Workbench;
use crate::attest::{Claim, Judge, Judged};
use crate::decision::{Under, aliases, judge_claims};
use crate::error::Result;
use crate::inventory::Model;
use crate::signing::{IdentityRule, Progress, RootDigest, Trust, VerifyOptions};

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
        let trust = Trust { anchors: view.trust.trust().anchors.clone(), identity };
        let options = VerifyOptions { beyond: view.policy.beyond(), ..VerifyOptions::at(view.at) };
        let aliases = model.map(aliases).unwrap_or_default();
        let by = Judge { trust: &trust, options: &options, root, aliases: &aliases };
        judge_claims(claims, &by, &Under { model, policy: &view.policy, now: view.at }, progress)
    }
}
