//! What a recorded verification says of who signed.

use super::made::record_of;
use crate::decision::Making;
use crate::signing::{Check, CheckCode, Identity, Method, Outcome, Stage, TimeSource};
use crate::store::LedgerEntry;
use crate::view::continuity::{SignatureSeen, SignerSeen};
use jiff::Timestamp;
use serde::Deserialize;

/// As much of a recorded verification as it takes.
#[derive(Deserialize)]
struct Past {
    made: Making,
    verification: PastFacts,
}

#[derive(Deserialize)]
struct PastFacts {
    checks: Vec<Check>,
    method: Option<Method>,
    signer: Option<Identity>,
    signed_at: Option<(Timestamp, TimeSource)>,
    bundle_digest: Option<String>,
}

/// Who signed, or that nobody did; none where the signature could not be read, or the record is of an earlier version.
pub(super) fn signature_in(entry: &LedgerEntry) -> Option<SignatureSeen> {
    let Past { made, verification } = serde_json::from_str(&entry.body).ok()?;
    let (record, model, at) = (record_of(entry).ok()?, entry.model.clone(), made.recorded);
    if verification.checks.iter().any(|check| check.code == CheckCode::ParseAbsent) {
        return Some(SignatureSeen::Unsigned { model, record, at });
    }
    let proven = is_proven(&verification.checks);
    let method = verification.method?;
    let (signer, issuer) = match verification.signer {
        Some(Identity { subject, issuer, .. }) => (Some(subject), issuer),
        None => (None, None),
    };
    let signed_at = verification.signed_at.map(|(at, _)| at);
    let bundle = verification.bundle_digest;
    let seen = SignerSeen { model, record, at, signed_at, method, signer, issuer, proven, bundle };
    Some(SignatureSeen::Signed(seen))
}

/// As [`crate::signing::Verification::signer_proven`].
fn is_proven(checks: &[Check]) -> bool {
    let of = |stage: Stage| checks.iter().find(|check| check.stage == stage).map(|check| check.outcome);
    let passes = |stage: &Stage| of(*stage) == Some(Outcome::Pass);
    let holds =
        |stage: &Stage| matches!(of(*stage), Some(Outcome::Pass | Outcome::Partial | Outcome::NotApplicable));
    [Stage::Trust, Stage::Signature].iter().all(passes) && [Stage::Chain, Stage::Log].iter().all(holds)
}
