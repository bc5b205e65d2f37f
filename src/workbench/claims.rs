//! Claims under the workspace's policy: its anchors, its publishers and whom it denies.

use super::anchors;
use super::door::Workbench;
use crate::attest::{Claim, Judge, Judged, judge, predicates_check};
use crate::decision::apply_policy;
use crate::error::Result;
use crate::inventory::Model;
use crate::policy::Policy;
use crate::signing::{
    Check, IdentityRule, Outcome, Progress, RootDigest, Stage, Trust, Verification, VerifyOptions,
};
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
        let policy = |verification: &mut Verification| match model {
            Some(model) => apply_policy(verification, model, &view.policy),
            None => deny(verification, &view.policy),
        };
        let options = VerifyOptions::at(view.at);
        judge(claims, &Judge { trust: &trust, options: &options, root, policy: &policy }, progress)
    }
}

/// PREDICATES of a model that was verified.
pub(super) fn predicates(
    verification: &Verification,
    claims: Option<&Path>,
    model: &Model,
    policy: &Policy,
    trust: &Trust,
    progress: &Progress,
) -> Result<Check> {
    let says = |verification: &mut Verification| apply_policy(verification, model, policy);
    let options = VerifyOptions::at(verification.at);
    let by = Judge { trust, options: &options, root: verification.root_of_files(), policy: &says };
    predicates_check(claims, &by, progress)
}

/// Without a model there is no publisher; whom the policy denies is denied all the same.
fn deny(verification: &mut Verification, policy: &Policy) {
    let signed_at = verification.signed_at.map(|(at, _)| at);
    let denied = verification.signer.as_ref().and_then(|signer| policy.denies(signer, signed_at));
    if denied.is_some() && verification.signer_proven() {
        let summary = "The policy denies this signer";
        verification.set(Check::prose(Stage::Identity, "IDENTITY-DENIED", Outcome::Fail, summary));
    }
}
