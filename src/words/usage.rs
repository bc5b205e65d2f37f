//! Words for what a model's use and the policy were found to be. It judges nothing.

use crate::maturity::{DRILL_DAYS, Deployed, Those, UseFact};
use crate::text::count;

/// What was found.
pub(super) fn found(fact: &UseFact) -> String {
    match fact {
        UseFact::SignedBefore { published } => format!("signed before its release on {published}"),
        UseFact::SignedAfter { published } => format!("signed after its release on {published}"),
        UseFact::SignedAtIngest => "signed only when it was ingested, not by its producer".to_owned(),
        UseFact::SigningTimeUnknown => "no trusted signing time".to_owned(),
        UseFact::VerifiedBeforeUse(place) => format!("verified before it went to {}", place.raw()),
        UseFact::VerifiedBeside(place) => {
            format!("verified, but not tied to its start at {}", place.raw())
        }
        UseFact::RunsThoughFailing(place) => {
            format!("runs at {}, and its verification does not pass", place.raw())
        }
        UseFact::RunsUnverified(place) => format!("runs at {} without a recent verification", place.raw()),
        UseFact::KeyUntil(until) => {
            format!("a long-lived key, granted until {until}; key storage is not stated")
        }
        UseFact::KeyOverdue => "the key was used outside the time of its grant".to_owned(),
        UseFact::PolicySigned(by) => format!("the policy is in date and signed by {}", by.raw()),
        UseFact::PolicyUnsigned => {
            "the policy is in date but not signed; decisions name it by digest".to_owned()
        }
        UseFact::PolicyChanged => "the policy was changed after it was signed".to_owned(),
        UseFact::PolicySealInvalid => "the policy's signature does not verify".to_owned(),
        UseFact::PolicyExpired(at) => format!("the policy expired on {at}"),
        UseFact::PolicyNamesNobody => "the policy names no publisher for this model".to_owned(),
        UseFact::DecisionClaimed(by) => {
            format!("a summary by {} under the policy in force states PASSED", by.raw())
        }
        UseFact::DecisionUnderAnother(by) => {
            format!("the summary by {} is not under the policy in force", by.raw())
        }
        UseFact::DecisionRefused(by) => format!("the latest summary, by {}, states FAILED", by.raw()),
        UseFact::DecisionOnlyRecorded => {
            "the decision is in the ledger, but no signed summary states it".to_owned()
        }
        UseFact::NoDecision => "no gate has decided on it".to_owned(),
        UseFact::NoSummaries => "no summary is used".to_owned(),
        UseFact::SummariesChecked => "every summary in use holds".to_owned(),
        UseFact::SummariesInPart => "a summary in use has no known age or policy".to_owned(),
        UseFact::SummaryFails => "a summary in use does not hold".to_owned(),
        UseFact::LetIn(stage) => {
            format!("admitted at {} with these files, as everywhere it runs", stage.raw())
        }
        UseFact::GateAdvisory(stage) => {
            format!("admitted, but the stage {} refuses nothing", stage.raw())
        }
        UseFact::LetInWithOtherBytes(stage) => {
            format!("other files than these were admitted at {}", stage.raw())
        }
        UseFact::NotLetIn(stage) => format!("runs at {} without an admitting decision", stage.raw()),
        UseFact::ProductionClosed => {
            "production refuses contradicted and missing evidence; there is no break-glass".to_owned()
        }
        UseFact::ProductionUnderGlass { approvers, hours } => format!(
            "production refuses contradicted and missing evidence; {approvers} approvers can break the glass for at most {hours} hours"
        ),
        UseFact::ProductionOpenForMissing(stage) => {
            format!("{} admits models without evidence", stage.raw())
        }
        UseFact::ProductionOpenForContradicted(stage) => {
            format!("{} admits models with contradicted evidence", stage.raw())
        }
        UseFact::NoProduction => "the policy has no production stage".to_owned(),
        UseFact::NoExceptions => "the policy has no exceptions".to_owned(),
        UseFact::NoExceptionHere => "no exception of the policy is for this model".to_owned(),
        UseFact::ExceptionsInDate { count: 1 } => "1 exception, in date".to_owned(),
        UseFact::ExceptionsInDate { count } => format!("{count} exceptions, all in date"),
        UseFact::ExceptionEndsSoon { id, until } => format!("exception {} ends on {until}", id.raw()),
        UseFact::ExceptionEnded { id, until } => {
            format!("exception {} ended on {until} and is still in the policy", id.raw())
        }
        UseFact::NoRunbook(stage) => format!("the policy binds no runbook to {}", stage.raw()),
        UseFact::RunbookBound { stage, runbook } => {
            format!("runbook {} is bound to {}, and no drill of it was completed", runbook.raw(), stage.raw())
        }
        UseFact::DrillTooOld { stage, runbook, at } => format!(
            "runbook {} is bound to {}; its last drill was on {at}, more than {DRILL_DAYS} days ago",
            runbook.raw(),
            stage.raw()
        ),
        UseFact::Drilled { runbook, at, walked } => {
            let how = if *walked { "walked" } else { "replayed" };
            format!("runbook {} is bound; its last drill was {how} on {at}", runbook.raw())
        }
        UseFact::NoFeed => "no feed of vulnerabilities was imported".to_owned(),
        UseFact::FeedTooOld { imported, most_days } => {
            format!("the newest feed was imported on {imported}, more than {most_days} days ago")
        }
        UseFact::NoThreat => "no entry of the imported feeds names this model".to_owned(),
        UseFact::ThreatsTriaged { count: 1 } => "1 match in the feeds, triaged".to_owned(),
        UseFact::ThreatsTriaged { count } => format!("{count} matches in the feeds, all triaged"),
        UseFact::ThreatsToConfirm(those) => format!("to confirm or to finish: {}", entries(those)),
        UseFact::ThreatsOpen(those) => {
            format!("the feeds say that this version is affected, and nobody triaged it: {}", entries(those))
        }
        UseFact::ThreatsAffect(those) => format!("triaged as affected: {}", entries(those)),
        UseFact::NoFramework => "no compliance framework is selected".to_owned(),
        UseFact::NoAgent => "not an agent".to_owned(),
        UseFact::AgentSigned => "signed by its publisher, and unchanged since".to_owned(),
        UseFact::AgentPinned => "pinned by digest, not signed".to_owned(),
        UseFact::AgentBare => "neither signed nor pinned".to_owned(),
        UseFact::AgentChanged => "changed after it was signed or approved".to_owned(),
    }
}

/// A place where a model runs, safe to show.
pub fn runs_at(deployed: &Deployed) -> String {
    let owner = deployed.owner.as_ref().map(|owner| format!(" ({})", owner.screen())).unwrap_or_default();
    let whole = deployed.logs.iter().filter(|logs| logs.days.values().all(Option::is_some)).count();
    let logs = match deployed.logs.len() {
        0 => String::new(),
        all => format!(", declared to log {whole} of {}", count(all, "evidence profile")),
    };
    format!("{} {}{owner}{logs}", deployed.stage.screen(), deployed.place.screen())
}

fn entries(those: &Those) -> String {
    match those.count.saturating_sub(1) {
        0 => those.first.raw().to_owned(),
        more => {
            let others = usize::try_from(more).unwrap_or(usize::MAX);
            format!("{} and {}", those.first.raw(), count(others, "other"))
        }
    }
}
