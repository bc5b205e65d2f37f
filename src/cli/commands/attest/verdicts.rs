//! What was decided of a model: a person's review, and the verdict at a stage.

use super::making::{Making, Of};
use super::parts;
use crate::attest::{PredicateKind, ResultDraft, ReviewDraft, SummaryDraft};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, finish};
use crate::decision::ReviewWord;
use crate::error::{Code, Error, Result};
use crate::workbench::{JobKind, SummaryNames};
use clap::Args;

/// The arguments of `attest review`.
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// The model's id
    model: String,
    #[command(flatten)]
    what: ReviewWhat,
    #[command(flatten)]
    making: Making,
}

/// Which review.
#[derive(Debug, Args)]
#[group(id = "review", multiple = true, conflicts_with = "predicate")]
struct ReviewWhat {
    /// The number of its record, as in `review --history` [default: the current review]
    #[arg(long, value_name = "RECORD")]
    record: Option<u64>,
    /// Record a review with this word first
    #[arg(long, value_name = "WORD", requires = "reason", conflicts_with = "record", value_parser = ["approve", "reject", "ask"])]
    word: Option<String>,
    /// The reason of that review
    #[arg(long, value_name = "TEXT", requires = "word")]
    reason: Option<String>,
}

pub(super) fn review(arguments: &Review, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: ReviewDraft::TYPE, kinds: &[PredicateKind::Review] };
    let Review { model, what, making } = arguments;
    // Who signs is asked first: a record cannot be taken out of the ledger again.
    let begun = making.begin_anyhow(model, common, output)?;
    let index = begun.index()?;
    let spoken = match (what.word.as_deref(), what.reason.as_deref()) {
        (Some(word), Some(reason)) => Some((spoken(word), reason)),
        _ => None,
    };
    let approves = match spoken {
        Some((word, _)) => word == ReviewWord::Approve,
        None if making.predicate.is_some() => true,
        None => begun.workbench.review_to_attest(index, what.record)?.word == APPROVE,
    };
    // Files that contradict their signature may well be rejected.
    if approves {
        begun.unless_contradicted()?;
    }
    let made = begun.check(&OF, || match spoken {
        None => Ok(begun.workbench.review_to_attest(index, what.record)?.draft()),
        Some((word, reason)) if making.is_dry() => Ok(begun.workbench.review_to_come(word, reason)?.draft()),
        Some((word, reason)) => {
            let record = begun.workbench.review(&begun.subject.model.id, word, reason)?;
            Ok(begun.workbench.review_to_attest(index, Some(record.number))?.draft())
        }
    })?;
    begun.finish(&made)
}

/// The word as records write it.
const APPROVE: &str = "approve";

fn spoken(word: &str) -> ReviewWord {
    match word {
        APPROVE => ReviewWord::Approve,
        "reject" => ReviewWord::Reject,
        _ => ReviewWord::AskProducer,
    }
}

/// The arguments of `attest summary`.
#[derive(Debug, Args)]
pub(crate) struct Summary {
    /// The model's id
    model: String,
    #[command(flatten)]
    what: SummaryWhat,
    #[command(flatten)]
    making: Making,
}

/// Which verdict.
#[derive(Debug, Args)]
#[group(id = "summary", multiple = true, conflicts_with = "predicate")]
struct SummaryWhat {
    /// The stage [default: the one in force]
    #[arg(long)]
    stage: Option<String>,
    /// Make a simple verification result, which lists what holds, instead of a verification summary
    #[arg(long)]
    svr: bool,
    /// Who verified, as a URI [default: this workspace]
    #[arg(long, value_name = "URI", value_parser = parts::uri)]
    verifier: Option<String>,
    /// The model, as a URI [default: its package URL, or else its name]
    #[arg(long, value_name = "URI", value_parser = parts::uri)]
    resource: Option<String>,
    /// The policy, as a URI [default: the name of its file]
    #[arg(long, value_name = "URI", value_parser = parts::uri)]
    policy_uri: Option<String>,
}

/// The status is that of the verdict: 0 where the model is let in, with warnings or without, 1 where it is refused.
pub(super) fn summary(arguments: &Summary, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: SummaryDraft::TYPE, kinds: &[PredicateKind::Summary, PredicateKind::Result] };
    const RESULT: Of = Of { usual: ResultDraft::TYPE, ..OF };
    let Summary { model, what, making } = arguments;
    if making.predicate.is_some() {
        let begun = making.begin(model, common, output)?;
        let made = begun.check(&OF, || Err(Error::new(Code::Internal, "a predicate was given")))?;
        return begun.finish(&made);
    }
    making.signer_required()?;
    let workbench = making.open(common)?;
    workbench.valid_policy()?;
    let id = {
        let view = workbench.view();
        let index = find(&view, model)?;
        view.models.get(index).map(|model| model.id.clone())
    };
    // The verdict is on the files as they are now.
    finish(&workbench, JobKind::Verify(id.into_iter().collect()), output)?;
    let begun = making.begin_in(workbench, model, common, output)?;
    let names = SummaryNames {
        verifier: what.verifier.clone(),
        resource: what.resource.clone(),
        policy: what.policy_uri.clone(),
    };
    let summarised = begun.workbench.summarised(begun.index()?, what.stage.as_deref(), &names)?;
    let made = match what.svr {
        true => begun.check(&RESULT, || Ok(summarised.result()?.draft())),
        false => begun.check(&OF, || Ok(summarised.summary.draft())),
    }?;
    let status = begun.finish(&made)?;
    Ok(if status == 0 && summarised.summary.levels.is_none() { 1 } else { status })
}
