//! The words for the reasons of a decision.

use super::{Case, Face, caps, controls, remedies};
use crate::decision::{Reason, ReasonCode, ReasonFact, ReviewWord, StandingException, Unlogged};
use crate::maturity::{ControlFact, Remedy};
use crate::policy::{Action, Class};
use crate::signing::{Check, Stage, Verification, remedy_for};
use crate::text::{Untrusted, count, screen};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What lifts the lack of a checkpoint.
const CHECKPOINT: &str = "Have the ledger anchored: `touchmark ledger checkpoint key --private-key FILE`";

/// Reasons that say the same and want the same, by their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// The codes.
    pub codes: Vec<&'a str>,
    /// Their class.
    pub class: Option<Class>,
    /// What they say; may quote the model.
    pub text: Untrusted,
    /// What would lift them; may be empty.
    pub remedy: String,
    /// The check whose remedy that is.
    pub remedy_of: Option<Stage>,
}

/// What a reason says, and what would lift it; the latter may be empty.
pub fn reason(reason: &Reason, case: &Case<'_>, face: Face) -> (Untrusted, String) {
    let said = |text: String, remedy: &str| (Untrusted::new(text), remedy.to_owned());
    match reason.fact {
        ReasonFact::OfControl => {
            let id = reason.code.as_str();
            match (case.verdict.assessment.of(id), case.rubric.control(id)) {
                (Some(result), Some(control)) => {
                    let (found, remedy) = controls::control(result, control, (case.verification, case.thing), face);
                    (found, remedies::of_model(remedy, &case.verdict.model))
                }
                _ => said(String::new(), ""),
            }
        }
        ReasonFact::OfCheck => {
            let words = check(reason, case.verification).map(Check::words).unwrap_or_default();
            (Untrusted::new(words.summary), remedy_for(&words.remedy.unwrap_or_default(), case.thing))
        }
        ReasonFact::OfRequirement => {
            let id = screen(reason.code.as_str());
            said(
                match reason.class {
                    Some(Class::Contradicted) => format!("claims state something else than requirement `{id}`"),
                    Some(Class::Missing) => format!("no claim meets requirement `{id}`"),
                    _ => format!("requirement `{id}` was not checked: the model was not verified"),
                },
                "See what each claim comes to: `touchmark claims check`",
            )
        }
        ReasonFact::Excepted => {
            let excuses = |one: &&StandingException| one.excuses.raw() == reason.code.as_str();
            said(
                match case.verdict.exceptions.iter().find(excuses) {
                    Some(one) => format!(
                        "excused by exception {} of {} until {}",
                        one.id.raw(),
                        one.owner.raw(),
                        one.expires
                    ),
                    None => "excused by an exception".to_owned(),
                },
                "",
            )
        }
        ReasonFact::GlassBroken { until } => {
            let glass = case.verdict.reviews.iter().filter_map(|review| review.glass.as_ref());
            let at_stage = glass.filter(|glass| glass.stage.raw() == case.verdict.stage);
            let by: BTreeSet<&str> = at_stage.map(|glass| glass.by.raw()).collect();
            let by: Vec<&str> = by.into_iter().collect();
            said(format!("the glass was broken by {}, until {until}", by.join(" and ")), "")
        }
        ReasonFact::PassedBefore { at } => said(
            format!("let in here on {at}: the same files, under the same policy; what is not available does not count"),
            "",
        ),
        ReasonFact::NotPromoted | ReasonFact::RefusedBefore => {
            let from = screen(case.verdict.from.as_ref().map_or("", |from| from.raw()));
            let text = match reason.fact {
                ReasonFact::RefusedBefore => format!("stage {from} did not let in these files"),
                _ => format!("the latest decision at stage {from} is not about these files, or there is none"),
            };
            let remedy = format!("Decide there first: `touchmark gate MODEL --stage {from}`");
            (Untrusted::new(text), remedies::of_model(remedy, &case.verdict.model))
        }
        ReasonFact::NotLogged => {
            let lacks = &case.verdict.unlogged;
            let text: Vec<String> = lacks.iter().map(unlogged).collect();
            let stage = screen(&case.verdict.stage);
            let remedy = match lacks.first() {
                Some(Unlogged::NoDeployment) => format!(
                    "Say where it runs: `touchmark deploy add MODEL --stage {stage} --where PLACE`, then declare what is \
                     logged there: `touchmark deploy declare PLACE FILE --by NAME`"
                ),
                _ => "Log it there, then declare it: `touchmark deploy declare PLACE FILE --by NAME`".to_owned(),
            };
            (Untrusted::new(text.join("; ")), remedies::of_model(remedy, &case.verdict.model))
        }
        ReasonFact::RequiredUnknown => said(
            "the stage requires a control that the rubric does not have".to_owned(),
            "Correct `require` of the stage",
        ),
        ReasonFact::RaisedUnknown => said(
            "the policy raises a control that the rubric does not have".to_owned(),
            "Correct `raise` of the policy",
        ),
        ReasonFact::BasisTooWeak => said(
            "digests of files rest on what a provider or registry says, and `digest_basis` of the stage does not accept that"
                .to_owned(),
            "Read all bytes: gate the model here, or plan the fleet with `--basis recomputed`",
        ),
        ReasonFact::BasisEnough => said(
            "digests of files rest on what a provider or registry says, as `digest_basis` of the stage accepts".to_owned(),
            "",
        ),
        ReasonFact::Cached => {
            let recalled = case.verdict.cached.as_ref();
            let parts = recalled.map_or(0, |recalled| recalled.parts);
            let many = match usize::try_from(parts).unwrap_or(usize::MAX) {
                1 => "1 digest of a file or shard was".to_owned(),
                many => format!("{} of files or shards were", count(many, "digest")),
            };
            let oldest = recalled.map(|recalled| format!(", since {}", recalled.oldest)).unwrap_or_default();
            said(
                format!("{many} cached{oldest}, which is too old for this stage"),
                match face {
                    Face::Text => "Verify again with --in-full",
                    Face::Tui => "Verify again in full (F)",
                },
            )
        }
        ReasonFact::ChangedSince | ReasonFact::EvidenceLost => said(
            match reason.fact {
                ReasonFact::EvidenceLost => "the evidence of its verification is not in the store any more",
                _ => "the files changed since they were verified",
            }
            .to_owned(),
            match face {
                Face::Text => "Verify the model again: `touchmark verify`",
                Face::Tui => "Verify the model again (V)",
            },
        ),
        ReasonFact::BelowStage { own, wanted } => said(
            format!("level {own}, and the stage requires level {wanted}"),
            match face {
                Face::Text => "See what the next level requires: `touchmark score`",
                Face::Tui => "See what the next level requires (4)",
            },
        ),
        ReasonFact::Cap => match &case.verdict.cap {
            Some(cap) => {
                (caps::cap(cap), "Have the ancestors signed and verified, or build on others".to_owned())
            }
            // No ancestor does it.
            None => said(
                "its own evidence contradicts, so that it is at level 0".to_owned(),
                "Fix the failed checks",
            ),
        },
        ReasonFact::UnsignedAncestor => said(
            match reason.action {
                Action::Closed => "an ancestor is not signed, which the policy refuses at every stage",
                _ => "an ancestor is not signed, which the policy wants acknowledged",
            }
            .to_owned(),
            "Have the ancestors signed and verified, or build on others",
        ),
        ReasonFact::Part => {
            let part = case.verification.and_then(|verification| verification.files.part.as_ref());
            let only: Vec<&str> = part.iter().flat_map(|part| &part.only).map(Untrusted::raw).collect();
            said(
                format!("only part of the model was verified: {}", only.join(", ")),
                match face {
                    Face::Text => "Verify the whole model, or have the stage take a part: `on_partial` in the policy",
                    Face::Tui => "Verify the whole model (V), or have the stage take a part: `on_partial` in the policy",
                },
            )
        }
        ReasonFact::Rejected => {
            let rejections = case.verdict.reviews.iter().filter(|review| review.word == ReviewWord::Reject);
            let records: Vec<String> = rejections.map(|review| review.record.number.to_string()).collect();
            let many = if records.len() == 1 { "a reviewer rejected" } else { "reviewers rejected" };
            said(
                format!("{many} this model (record {})", records.join(", record ")),
                match face {
                    Face::Text => {
                        "Use another model, or have the rejection taken back: `touchmark review MODEL take-back --of RECORD`"
                    }
                    Face::Tui => "Use another model, or have the rejection taken back (r)",
                },
            )
        }
        ReasonFact::UnanchoredRecords { unanchored, most } => said(
            format!("{unanchored} records of the ledger stand behind its newest checkpoint; the policy allows {most}"),
            CHECKPOINT,
        ),
        ReasonFact::UnanchoredDays { days, most } => said(
            format!(
                "a record of the ledger has stood behind the newest checkpoint for {days} days; the policy allows {most}"
            ),
            CHECKPOINT,
        ),
        ReasonFact::NotAnchored => {
            said("the ledger's checkpoints were not checked".to_owned(), CHECKPOINT)
        }
        ReasonFact::LedgerContradicted => said(
            "a signed checkpoint contradicts the ledger: records were cut, replaced or came from another workspace"
                .to_owned(),
            "Compare with an exported ledger: `touchmark ledger verify --checkpoint FILE` says where they part",
        ),
        ReasonFact::ByClock { clock } => said(
            format!("by the clock ({clock}) this is not admitted: what has ended since the time asked about does not count"),
            "Ask without --at",
        ),
        ReasonFact::NoStage => {
            said(format!("the policy has no stage `{}`", case.verdict.stage), "Name a stage of the policy")
        }
    }
}

/// So many fields are named.
const FIELDS: usize = 12;

fn unlogged(lack: &Unlogged) -> String {
    let few = |fields: Vec<String>| {
        let more = fields.len().saturating_sub(FIELDS);
        let more = if more > 0 { format!(" and {}", count(more, "other")) } else { String::new() };
        let fields: Vec<String> = fields.into_iter().take(FIELDS).collect();
        format!("{}{more}", fields.join(", "))
    };
    match lack {
        Unlogged::NoDeployment => {
            "the stage requires evidence to be logged where the model runs, and no deployment at it is known"
                .to_owned()
        }
        Unlogged::NothingDeclared(place) => {
            format!("the stage requires evidence to be logged, and nothing was declared of {}", place.raw())
        }
        Unlogged::Profile(one) => {
            let days = |days: u32| count(days as usize, "day");
            let short = one.short.iter().map(|(field, kept)| format!("{field} ({})", days(*kept)));
            let (missing, short) = (few(one.missing.clone()), few(short.collect()));
            let missing = (!missing.is_empty()).then(|| format!("not logged: {missing}"));
            let short =
                (!short.is_empty()).then(|| format!("kept for less than {}: {short}", days(one.wanted_days)));
            let lacks: Vec<String> = missing.into_iter().chain(short).collect();
            let lacks = if lacks.is_empty() { "not logged".to_owned() } else { lacks.join(", ") };
            format!("{} at {}: {lacks}", one.profile, one.place.raw())
        }
    }
}

/// The reasons in words, worst first; those that say the same and want the same stand together.
pub fn told<'a>(case: &Case<'a>, face: Face) -> Vec<Told<'a>> {
    let mut told: Vec<Told<'a>> = Vec::new();
    // An unsigned model is known before verification, so this comes before anything that verification finds.
    let is_known = |reason: &Reason| {
        let control = case.verdict.assessment.of(reason.code.as_str());
        case.verification.is_none() && control.is_some_and(|result| result.fact == ControlFact::Unsigned)
    };
    let weight = |reason: &&Reason| {
        let class = match reason.class {
            Some(Class::Missing) if is_known(reason) => Some(Class::Unavailable),
            class => class,
        };
        (Reverse(reason.action), class.is_none(), class, !is_known(reason))
    };
    let mut reasons: Vec<&Reason> = case.verdict.reasons.iter().collect();
    reasons.sort_by_key(weight);
    for one in reasons {
        let (text, remedy) = reason(one, case, face);
        let same =
            |other: &&mut Told<'_>| (&other.text, &other.remedy, other.class) == (&text, &remedy, one.class);
        match told.iter_mut().find(same) {
            Some(other) => other.codes.push(one.code.as_str()),
            None => told.push(Told {
                codes: vec![one.code.as_str()],
                class: one.class,
                text,
                remedy,
                remedy_of: remedy_of(one, case),
            }),
        }
    }
    told
}

/// One line of a reason, safe to show.
pub fn line(told: &Told<'_>) -> String {
    let class = told.class.map(|class| format!(" · {}", word(class))).unwrap_or_default();
    format!("{}{class}", screen(told.text.raw()))
}

/// The word for a class.
pub fn word(class: Class) -> &'static str {
    match class {
        Class::Contradicted => "contradicted",
        Class::Error => "error",
        Class::Unavailable => "unavailable",
        Class::Missing => "missing",
    }
}

fn check<'v>(reason: &Reason, verification: Option<&'v Verification>) -> Option<&'v Check> {
    match reason.code {
        ReasonCode::Check(code) => verification?.check(code.stage()).filter(|check| check.code == code),
        _ => None,
    }
}

fn remedy_of(reason: &Reason, case: &Case<'_>) -> Option<Stage> {
    match (&reason.code, reason.fact) {
        (ReasonCode::Check(code), _) => Some(code.stage()),
        (ReasonCode::Control(id), ReasonFact::OfControl) => {
            let result = case.verdict.assessment.of(id)?;
            match (&result.fact, result.remedy) {
                (ControlFact::OfCheck(_) | ControlFact::FilesDiffer, Some(Remedy::OfCheck(stage))) => {
                    Some(stage)
                }
                _ => None,
            }
        }
        _ => None,
    }
}
