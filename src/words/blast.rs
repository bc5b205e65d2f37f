//! Words for the blast radius and for the proof of an edge.

use crate::inventory::ModelId;
use crate::lineage::{Because, Proof, Side, Struck};
use crate::text::Untrusted;

/// A short prefix of a digest, enough to distinguish it.
const SHORT: usize = 12;

/// The glyph of a group.
pub fn glyph(side: Side) -> &'static str {
    match side {
        Side::Tainted => "✗",
        Side::Suspect => "?",
        Side::Clean => "✓",
    }
}

/// Why something is in its group: one safe line.
pub fn because(struck: &Struck) -> String {
    let short = |digest: &str| digest.chars().take(SHORT).collect::<String>();
    let claim = |claim: &str| format!("claim {}", short(claim));
    let via = struck.via.as_ref().map_or_else(|| "the subject".to_owned(), ModelId::screen);
    match &struck.because {
        Because::Subject => "the subject itself".to_owned(),
        Because::Holds => "it holds this digest".to_owned(),
        Because::SaidToHold => "a document or claim states that it had this digest".to_owned(),
        Because::Signed(Some(at)) => format!("signed by it on {at}"),
        Because::Signed(None) => "signed by it; no trusted signing time".to_owned(),
        Because::SaidToSign => "its signature names this signer, who is not proven".to_owned(),
        Because::Claimed { claim: of } => format!("{} about it is by this signer", claim(of)),
        Because::Built { claim: of } => format!("built by it, by {}", claim(of)),
        Because::SignedBefore(at) => format!("signed before, on {at}"),
        Because::UsedBefore { at, claim: of } => format!("used {via} before, on {at}, by {}", claim(of)),
        Because::FromBad { digest, claim: of } => {
            format!("made from {via} at {}, by {}", short(&digest.to_string()), claim(of))
        }
        Because::FromOther { digest, claim: of } => {
            format!("made from other bytes of {via}, {}, by {}", short(&digest.to_string()), claim(of))
        }
        Because::FromClean { claim: of } => format!("made from {via}, which is clean, by {}", claim(of)),
        Because::FromUnknown { claim: of } => {
            format!("made from unknown bytes of {via}, by {}", claim(of))
        }
        Because::Named => format!("documents name {via}; no claim proves which bytes"),
        Because::FromSuspect => format!("made from {via}, which is suspect"),
    }
}

/// The signer and content of a claim that proves an edge: one safe line.
pub fn proof(proof: &Proof) -> String {
    let Proof { claim, signer, in_role, signed_at, verified_at, .. } = proof;
    let when = signed_at.map(|at| format!(", signed {at}")).unwrap_or_default();
    let verified = verified_at.map(|at| format!(", parent verified {at}")).unwrap_or_default();
    let role = if *in_role { "" } else { ", without the lineage role" };
    let claim: String = claim.chars().take(SHORT).collect();
    format!("claim {} by {}{when}{verified}{role}", Untrusted::new(claim).screen(), signer.screen())
}
