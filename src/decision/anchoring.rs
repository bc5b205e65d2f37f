//! How far signed checkpoints cover the ledger, as evidence. It knows neither the ledger nor a checkpoint.

use crate::policy::LedgerRules;
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far the checkpoints that count cover the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anchoring {
    /// SHA-256 of the newest checkpoint that counts; none when none does.
    pub checkpoint: Option<EvidenceDigest>,
    /// Records that no checkpoint covers.
    pub unanchored: u64,
    /// When the oldest of these was made, by its own word.
    pub since: Option<Timestamp>,
    /// Whether a checkpoint that counts contradicts the ledger.
    pub contradicted: bool,
}

/// What a policy asks for and the ledger does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanchored {
    Contradicted,
    Records { unanchored: u64, most: u32 },
    Days { days: i64, most: u32 },
    NotLooked,
}

impl Anchoring {
    /// What is missing at a time.
    pub(super) fn lacks(of: Option<&Anchoring>, rules: &LedgerRules, now: Timestamp) -> Vec<Unanchored> {
        if !rules.asks() {
            return Vec::new();
        }
        let Some(anchoring) = of else { return vec![Unanchored::NotLooked] };
        let mut lacks = Vec::new();
        if anchoring.contradicted {
            lacks.push(Unanchored::Contradicted);
        }
        if let Some(most) =
            rules.max_unanchored_records.filter(|most| anchoring.unanchored > u64::from(*most))
        {
            lacks.push(Unanchored::Records { unanchored: anchoring.unanchored, most });
        }
        if let (Some(most), Some(since)) = (rules.max_unanchored_days, anchoring.since) {
            let seconds = now.as_second().saturating_sub(since.as_second());
            if seconds > i64::from(most) * 86_400 {
                lacks.push(Unanchored::Days { days: seconds / 86_400, most });
            }
        }
        lacks
    }
}
