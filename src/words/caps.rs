//! Words for what lineage does to a level. It judges nothing.

use crate::decision::{Cap, Verdict};
use crate::maturity::CapReason;
use crate::text::Untrusted;

/// Why lineage keeps a model below its own level: `capped by vendor/claims-lora: ancestor unsigned`.
pub fn cap(cap: &Cap) -> Untrusted {
    let mut reasons: Vec<String> = Vec::new();
    if cap.on_cycle {
        reasons.push("its own lineage: these models derive from each other".to_owned());
    }
    reasons.extend(cap.by.iter().map(|(id, reason)| match (reason, cap.max_depth) {
        (CapReason::Unexplored, Some(depth)) => {
            format!("{}: ancestors unexplored beyond depth {depth}", id.called())
        }
        (reason, _) => format!("{}: {}", id.called(), words(*reason)),
    }));
    if cap.more > 0 {
        reasons.push(format!("and {} more", cap.more));
    }
    if reasons.is_empty() {
        return Untrusted::new("capped by its lineage");
    }
    Untrusted::new(format!("capped by {}", reasons.join("; ")))
}

/// Why a model is tainted: `its ancestor acme/support-bot-7b fails`.
pub fn taint(verdict: &Verdict) -> Untrusted {
    let Some(cap) = &verdict.cap else { return Untrusted::new("its own verification failed") };
    let cause = cap.by.iter().find_map(|(id, reason)| match reason {
        CapReason::Contradicted => Some(format!("its ancestor {} fails", id.raw())),
        CapReason::Tainted => Some(format!("its ancestor {} is tainted", id.raw())),
        _ => None,
    });
    let cause = match cause {
        _ if cap.on_cycle => "it derives from itself".to_owned(),
        Some(cause) => cause,
        None => "its own verification failed".to_owned(),
    };
    Untrusted::new(cause)
}

/// Why an ancestor caps.
pub fn words(reason: CapReason) -> &'static str {
    match reason {
        CapReason::Contradicted => "ancestor contradicts its own claims",
        CapReason::Tainted => "ancestor is tainted by its own lineage",
        CapReason::Summarised => "a trusted summary vouches for it up to this level",
        CapReason::Unresolved => "lineage asserted, not verifiable",
        CapReason::Unsigned => "ancestor unsigned",
        CapReason::NotVerified => "ancestor not verified by us yet",
        CapReason::Resigned => "trust boundary starts at ingestion",
        CapReason::Capped => "ancestor is capped by its own ancestors",
        CapReason::Derived => "ancestor at level 1 and itself derived",
        CapReason::Unexplored => "ancestors unexplored beyond the depth that the policy allows",
        CapReason::Verified => "ancestor verified",
    }
}
