//! Why a decision is what it is, and what would change it, in lines that both faces show: what stands against the model,
//! the cheapest things to do, what caps the level, and what is open for the next one. It concludes nothing: the lines
//! follow from the reasons of a verdict.

use super::reasons::{Told, line, told};
use super::{Case, Face, caps, chain, controls};
use crate::decision::{Decision, ReasonFact, ReviewWord};
use crate::inventory::ModelId;
use crate::maturity::{CapReason, ControlFact, Remedy};
use crate::policy::Action;
use crate::signing::Stage;
use crate::text::{Untrusted, count, screen};

/// Causes that are shown before what to do about them; the others stand at the end.
const FIRST: usize = 4;

/// Something that this program does about a cause. Each face names its own key or command for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Verify the model.
    Verify,
    /// Verify it and compute every digest anew.
    VerifyInFull,
    /// Write what was verified into a bill of the workspace.
    Bind,
    /// Take back the review of this record.
    TakeBack(u64),
    /// See the controls of its level.
    Score,
}

/// How much it takes to do something, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effort {
    /// This program does it.
    Here,
    /// Something of this workspace has to be edited.
    Edit,
    /// Files have to be fetched or changed.
    Files,
    /// Somebody else has to act.
    Others,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    effort: Effort,
    /// What, as a sentence without its full stop; may quote the model.
    pub what: Untrusted,
    /// What this program can do of it.
    pub deed: Option<Deed>,
    /// The model to do it with, where it is another one.
    pub on: Option<ModelId>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A heading; only its text is set.
    Heading,
    /// A cause: the lead is its code.
    Cause,
    /// Something to do: the lead is its number.
    Step,
    /// An ancestor that caps the level: the lead is its name.
    Cap,
    /// An open control: the lead is its id.
    Must,
    /// A remark without a lead.
    Note,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyLine {
    /// What it is.
    pub kind: Kind,
    /// What stands before the text.
    pub lead: Untrusted,
    /// The text.
    pub text: Untrusted,
    /// The key or the command that does it; safe to show, may be empty.
    pub how: String,
}

impl WhyLine {
    fn of(kind: Kind, lead: impl Into<String>, text: impl Into<String>) -> Self {
        WhyLine {
            kind,
            lead: Untrusted::new(lead.into()),
            text: Untrusted::new(text.into()),
            how: String::new(),
        }
    }
}

/// The command that does something with a model, as a shell takes it.
pub fn command(deed: Deed, model: &ModelId) -> String {
    let model = quoted(model.raw());
    match deed {
        Deed::Verify => format!("touchmark verify {model}"),
        Deed::VerifyInFull => format!("touchmark verify {model} --in-full"),
        Deed::Bind => format!("touchmark bind {model}"),
        Deed::TakeBack(record) => format!("touchmark review take-back {model} --of {record} --reason WHY"),
        Deed::Score => format!("touchmark score {model}"),
    }
}

/// As a shell takes it; safe to show.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:@+".contains(&byte);
    match text.bytes().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", screen(text).replace('\'', "'\\''")),
    }
}

/// All lines of a case; `how` names the key or the command of a step.
pub fn why(case: &Case<'_>, face: Face, how: &dyn Fn(&Step) -> String) -> Vec<WhyLine> {
    let verdict = case.verdict;
    let told = told(case, face);
    let (causes, follows): (Vec<&Told<'_>>, Vec<&Told<'_>>) =
        told.iter().partition(|told| told.codes.iter().any(|code| !follows_from_others(code, case)));
    let (causes, follows) = if causes.is_empty() { (follows, Vec::new()) } else { (causes, follows) };
    let mut out = Vec::new();
    let stage = screen(&verdict.stage);
    match (causes.len(), verdict.decision) {
        (0, _) => {
            out.push(WhyLine::of(Kind::Note, "", format!("Nothing stands against it at stage {stage}")))
        }
        (_, Decision::Admit) => {
            out.push(WhyLine::of(Kind::Heading, "", "What is open, and does not decide here"))
        }
        (_, Decision::NotJudged) => out.push(WhyLine::of(Kind::Heading, "", "Why nothing is decided yet")),
        _ => out.push(WhyLine::of(Kind::Heading, "", format!("What stands against it at stage {stage}"))),
    }
    out.extend(causes.iter().take(FIRST).map(|told| cause(told)));
    if causes.len() > FIRST {
        out.push(WhyLine::of(
            Kind::Note,
            "",
            format!("and {} below", count(causes.len() - FIRST, "more cause")),
        ));
    }
    if !follows.is_empty() {
        let codes: Vec<&str> = follows.iter().flat_map(|told| told.codes.iter().copied()).collect();
        out.push(WhyLine::of(Kind::Note, "", format!("and what follows from it: {}", some(&codes))));
    }
    let steps = steps(case, face);
    if !steps.is_empty() {
        let heading = match verdict.decision {
            Decision::Refuse => "What would admit it, the least effort first",
            Decision::Warn => "What would admit it without a warning, the least effort first",
            Decision::NotJudged => "What to do first; what else is needed shows then",
            Decision::Admit => "What would close it, the least effort first",
        };
        out.push(WhyLine::of(Kind::Heading, "", heading));
        for (number, step) in (1..).zip(&steps) {
            let lead = number.to_string();
            out.push(WhyLine { how: how(step), ..WhyLine::of(Kind::Step, lead, step.what.raw()) });
        }
    }
    out.extend(capped(case));
    out.extend(musts(case, &told));
    if causes.len() > FIRST {
        out.push(WhyLine::of(Kind::Heading, "", "The other causes"));
        out.extend(causes.iter().skip(FIRST).map(|told| cause(told)));
    }
    out
}

fn cause(told: &Told<'_>) -> WhyLine {
    let lead = match told.codes.as_slice() {
        [code] => (*code).to_owned(),
        codes => format!("{} controls", codes.len()),
    };
    let more = if told.codes.len() > 1 { format!(": {}", some(&told.codes)) } else { String::new() };
    WhyLine::of(Kind::Cause, lead, capital(&(line(told) + &more)))
}

/// The first of many codes, and how many more there are.
fn some(codes: &[&str]) -> String {
    const NAMED: usize = 8;
    let named: Vec<String> = codes.iter().take(NAMED).map(|code| screen(code)).collect();
    let more = codes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    named.join(", ") + &more
}

/// Whether a reason only says that others have to be fixed first.
fn follows_from_others(code: &str, case: &Case<'_>) -> bool {
    let remedy = case.verdict.assessment.of(code).and_then(|result| result.remedy);
    matches!(remedy, Some(Remedy::FixOthers | Remedy::ProveSigner))
}

/// What to do, the cheapest first, each thing once. Of a model that nobody verified nothing but that is known to help,
/// and what was not evaluated has no remedy.
fn steps(case: &Case<'_>, face: Face) -> Vec<Step> {
    let verdict = case.verdict;
    let decides = |action: Action| match verdict.decision {
        Decision::Refuse => action == Action::Closed,
        Decision::Warn => action != Action::Open,
        Decision::Admit | Decision::NotJudged => true,
    };
    let reasons = verdict.reasons.iter().filter(|reason| decides(reason.action));
    let mut steps: Vec<Step> = Vec::new();
    for reason in reasons {
        for step in steps_of(reason, case, face) {
            if !steps
                .iter()
                .any(|known| (&known.what, known.deed, &known.on) == (&step.what, step.deed, &step.on))
            {
                steps.push(step);
            }
        }
    }
    let first = |step: &Step| step.deed == Some(Deed::Verify) && step.on.is_none();
    let is_seen = case.verification.is_some() && verdict.decision != Decision::NotJudged;
    if !is_seen && let Some(at) = steps.iter().position(first) {
        return vec![steps.swap_remove(at)];
    }
    steps.sort_by_key(|step| step.effort);
    // What changes files or the policy shows only in the next verification of the files.
    if steps.iter().any(|step| step.effort >= Effort::Files) && !steps.iter().any(first) {
        steps.push(here("Then verify it again", Deed::Verify));
    }
    steps
}

fn here(what: &str, deed: Deed) -> Step {
    Step { effort: Effort::Here, what: Untrusted::new(what), deed: Some(deed), on: None }
}

fn other(effort: Effort, what: &str) -> Step {
    Step { effort, what: Untrusted::new(what), deed: None, on: None }
}

fn steps_of(reason: &crate::decision::Reason, case: &Case<'_>, face: Face) -> Vec<Step> {
    let said = || super::reasons::reason(reason, case, face).1;
    let as_said = |effort: Effort| {
        let said = said();
        if said.is_empty() { Vec::new() } else { vec![other(effort, &said)] }
    };
    match reason.fact {
        ReasonFact::OfControl => {
            let Some(result) = case.verdict.assessment.of(reason.code.as_str()) else { return Vec::new() };
            if result.fact == ControlFact::NotEvaluated {
                return Vec::new();
            }
            match result.remedy {
                // The first says what others say; the second follows from them.
                None | Some(Remedy::FixOthers | Remedy::ProveSigner) => Vec::new(),
                Some(Remedy::Verify) => vec![here("Verify it", Deed::Verify)],
                Some(Remedy::VerifyAgain) => vec![here("Verify it again", Deed::Verify)],
                Some(Remedy::Bind) => vec![here("Write what was verified into an AIBOM", Deed::Bind)],
                Some(Remedy::OfCheck(stage)) => as_said(effort_of(stage)),
                Some(Remedy::SignModel | Remedy::SignLeftOut | Remedy::OfRubric) => as_said(Effort::Others),
                Some(Remedy::OfHazard | Remedy::MakeReadable) => as_said(Effort::Files),
                Some(
                    Remedy::PinKey
                    | Remedy::CheckClock
                    | Remedy::AddSource
                    | Remedy::ChooseFolder
                    | Remedy::RemoveStaleBom
                    | Remedy::CorrectParents
                    | Remedy::GrantRole
                    | Remedy::DeclareStrategy
                    | Remedy::DeclareAge
                    | Remedy::DeclareRequirement
                    | Remedy::SignPolicy
                    | Remedy::NamePublisher
                    | Remedy::RenewPolicy
                    | Remedy::CloseStage
                    | Remedy::StateRelease
                    | Remedy::EnterDeployment
                    | Remedy::ImportFeed
                    | Remedy::TriageThreats
                    | Remedy::HoldDrill
                    | Remedy::AddParents
                    | Remedy::AskGate
                    | Remedy::VerifyParents,
                ) => as_said(Effort::Edit),
                Some(
                    Remedy::AttestProvenance
                    | Remedy::AttestWithTime
                    | Remedy::AttestData
                    | Remedy::AttestConfig
                    | Remedy::AttestEvaluation
                    | Remedy::AttestCard
                    | Remedy::AttestSummary
                    | Remedy::SignParents
                    | Remedy::RaiseParents
                    | Remedy::Investigate,
                ) => as_said(Effort::Others),
                Some(Remedy::Nothing) => Vec::new(),
            }
        }
        ReasonFact::OfCheck => as_said(match &reason.code {
            crate::decision::ReasonCode::Check(code) => effort_of(code.stage()),
            _ => Effort::Files,
        }),
        ReasonFact::Cached => {
            vec![here("Verify it again, with every digest computed anew", Deed::VerifyInFull)]
        }
        ReasonFact::BasisTooWeak => vec![here("Verify it with all bytes read", Deed::VerifyInFull)],
        ReasonFact::BasisEnough => Vec::new(),
        ReasonFact::ChangedSince | ReasonFact::EvidenceLost => vec![here("Verify it again", Deed::Verify)],
        ReasonFact::Part => vec![here("Verify the whole model", Deed::Verify)],
        ReasonFact::BelowStage { .. } => {
            vec![here("See which controls of the next level are open", Deed::Score)]
        }
        ReasonFact::Cap | ReasonFact::UnsignedAncestor => match &case.verdict.cap {
            // The remedy is at the end of the chain.
            Some(_) if case.chain.len() > 2 => {
                chain::cause(&case.chain).map(|(id, why)| lift(id, why)).into_iter().collect()
            }
            Some(cap) => cap.by.iter().map(|(id, why)| lift(id, *why)).collect(),
            None => Vec::new(),
        },
        ReasonFact::Rejected => {
            let rejections = case.verdict.reviews.iter().filter(|review| review.word == ReviewWord::Reject);
            let back = |number: u64| {
                let what = format!("Have the rejection taken back (record {number}), or use another model");
                here(&what, Deed::TakeBack(number))
            };
            rejections.map(|review| back(review.record.number)).collect()
        }
        ReasonFact::OfRequirement => as_said(Effort::Others),
        // Nothing has to be done about these.
        ReasonFact::Excepted | ReasonFact::PassedBefore { .. } | ReasonFact::GlassBroken { .. } => Vec::new(),
        ReasonFact::RequiredUnknown
        | ReasonFact::RaisedUnknown
        | ReasonFact::NotPromoted
        | ReasonFact::NotLogged
        | ReasonFact::RefusedBefore
        | ReasonFact::NoStage
        | ReasonFact::UnanchoredRecords { .. }
        | ReasonFact::UnanchoredDays { .. }
        | ReasonFact::NotAnchored
        | ReasonFact::LedgerContradicted
        | ReasonFact::ByClock { .. } => as_said(Effort::Edit),
    }
}

/// Who has to act when a check of this stage does not pass.
fn effort_of(stage: Stage) -> Effort {
    match stage {
        Stage::Trust | Stage::Policy => Effort::Edit,
        Stage::Files | Stage::Parse => Effort::Files,
        _ => Effort::Others,
    }
}

/// What lifts the cap of an ancestor.
pub fn lift(id: &ModelId, why: CapReason) -> Step {
    let named = |what: &str| Untrusted::new(format!("{what} {}", id.raw()));
    let (effort, what, deed) = match why {
        CapReason::NotVerified => (Effort::Here, named("Verify its ancestor"), Some(Deed::Verify)),
        CapReason::Contradicted | CapReason::Tainted => {
            (Effort::Files, named("Fix what fails of its ancestor, or build on another than"), None)
        }
        CapReason::Unexplored => {
            (Effort::Edit, named("Raise `max_depth` in the policy's [lineage] to look beyond"), None)
        }
        CapReason::Unresolved => (Effort::Edit, named("Add a source that holds its ancestor"), None),
        CapReason::Unsigned | CapReason::Resigned => {
            (Effort::Others, named("Have the producer sign its ancestor"), None)
        }
        CapReason::Summarised | CapReason::Derived | CapReason::Capped | CapReason::Verified => {
            (Effort::Others, named("Raise the level of its ancestor"), None)
        }
    };
    Step { effort, what, deed, on: Some(id.clone()) }
}

/// The ancestors that cap the level.
fn capped(case: &Case<'_>) -> Vec<WhyLine> {
    let verdict = case.verdict;
    if verdict.decision == Decision::NotJudged {
        return Vec::new();
    }
    let Some(cap) = verdict.cap.as_ref() else { return held(case) };
    let own = verdict.assessment.score.own;
    let heading = match verdict.effective == own {
        true => format!("What would cap its level {own}"),
        false => format!("What keeps its level at {} instead of {own}", verdict.effective),
    };
    let mut out = vec![WhyLine::of(Kind::Heading, "", heading)];
    if cap.on_cycle {
        out.push(WhyLine::of(Kind::Note, "", "These models derive from each other"));
    }
    out.extend(cap.by.iter().map(|(id, why)| WhyLine::of(Kind::Cap, id.raw(), caps::words(*why))));
    // For a parent, the line above is enough.
    if let Some(sentence) = chain::sentence(&case.chain).filter(|_| case.chain.len() > 2) {
        out.push(WhyLine::of(Kind::Note, "", sentence.raw()));
    }
    if cap.more > 0 {
        out.push(WhyLine::of(Kind::Note, "", format!("and {} more", cap.more)));
    }
    out
}

/// What keeps it from rising, where nothing caps its level.
fn held(case: &Case<'_>) -> Vec<WhyLine> {
    let Some(held) = chain::sentence(&case.chain) else { return Vec::new() };
    let heading = format!("What keeps its level at {}", case.verdict.effective);
    vec![WhyLine::of(Kind::Heading, "", heading), WhyLine::of(Kind::Note, "", held.raw())]
}

/// The musts of the next level that are open: those that no cause says already, each with what was found.
fn musts(case: &Case<'_>, told: &[Told<'_>]) -> Vec<WhyLine> {
    let score = &case.verdict.assessment.score;
    if score.open_musts.is_empty() || case.verdict.decision == Decision::NotJudged {
        return Vec::new();
    }
    let is_said = |id: &str| told.iter().any(|told| told.codes.contains(&id));
    let (said, rest): (Vec<&str>, Vec<&str>) =
        score.open_musts.iter().map(|id| &**id).partition(|id| is_said(id));
    let many = count(score.open_musts.len(), "control");
    let mut out = vec![WhyLine::of(Kind::Heading, "", format!("Open for level {}: {many}", score.next))];
    let mut not_evaluated: Vec<&str> = Vec::new();
    for id in rest {
        let Some(result) = case.verdict.assessment.of(id) else { continue };
        if result.fact == ControlFact::NotEvaluated {
            not_evaluated.push(id);
            continue;
        }
        let title = case.rubric.control(id).map_or("", |control| control.title.as_str());
        let found = controls::found(&result.fact, case.verification);
        out.push(WhyLine::of(Kind::Must, id, format!("{title}: {}", found.raw())));
    }
    if !said.is_empty() {
        out.push(WhyLine::of(Kind::Note, "", format!("as said above: {}", some(&said))));
    }
    if !not_evaluated.is_empty() {
        let text = format!("not evaluated by this version: {}", some(&not_evaluated));
        out.push(WhyLine::of(Kind::Note, "", text));
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
