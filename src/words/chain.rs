//! Words for the chain that caps a level.

use crate::decision::CapStep;
use crate::inventory::ModelId;
use crate::maturity::CapReason;
use crate::text::Untrusted;

/// The chain as a sentence: `acme/a stays at level 1 instead of 2: it is a finetune of acme/b, which is a merge of acme/c,
/// which is not signed.` None where nothing caps the model.
pub fn sentence(chain: &[CapStep]) -> Option<Untrusted> {
    let (first, rest) = chain.split_first()?;
    let last = rest.last()?;
    let mut out = match first.effective < first.own {
        true => format!("{} stays at level {} instead of {}", first.id.raw(), first.effective, first.own),
        false => format!("{} stays at level {} and cannot rise", first.id.raw(), first.effective),
    };
    for (at, step) in rest.iter().enumerate() {
        out.push_str(if at == 0 { ": it " } else { ", which " });
        out.push_str(&format!("{} {}", comes_from(step), step.id.raw()));
    }
    out.push_str(&format!(", which {}.", last.why.map_or("caps it", own_fault)));
    Some(Untrusted::new(out))
}

fn comes_from(step: &CapStep) -> String {
    use crate::inventory::Relation;
    match step.relation {
        Some(Relation::Finetune) => "was finetuned from",
        Some(Relation::Adapter) => "is an adapter for",
        Some(Relation::Quantised) => "was quantised from",
        Some(Relation::Merge) => "was merged from",
        Some(Relation::Distilled) => "was distilled from",
        Some(Relation::TrainedOn) => "was trained on",
        Some(Relation::Unspecified) | None => "derives from",
    }
    .to_owned()
}

/// The problem of the ancestor at the end of a chain.
pub fn own_fault(why: CapReason) -> &'static str {
    match why {
        CapReason::Contradicted => "fails its own verification",
        CapReason::Tainted => "is tainted by its own lineage",
        CapReason::Summarised => "is vouched for by a summary only up to this level",
        CapReason::Unresolved => "is not in the inventory",
        CapReason::Unsigned => "is not signed",
        CapReason::NotVerified => "has not been verified here yet",
        CapReason::Resigned => "was signed only when it was received",
        CapReason::Capped => "is capped by its own ancestors",
        CapReason::Derived => "is at level 1 and may itself be derived",
        CapReason::Unexplored => "has ancestors beyond the depth that the policy allows",
        CapReason::Verified => "is verified",
    }
}

/// The last link of a chain, with the reason why it caps.
pub fn cause(chain: &[CapStep]) -> Option<(&ModelId, CapReason)> {
    let last = chain.get(1..)?.last()?;
    Some((&last.id, last.why?))
}
